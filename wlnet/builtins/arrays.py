"""Transpose, ArrayReshape, ArrayPad, PadLeft, PadRight, Total, Accumulate, Differences:
rectangular lists as arrays."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, head_of, is_list, items, make_list, pack, packed
from wlnet.kernel.registry import builtin

from .dimensions import dimensions, entries_at, flattened, full_depth
from .functional import with_values
from .levels import children, parse_levels, size
from .tables import TOO_LARGE, small_enough


def nested(values: list[Any], shape: tuple[int, ...]) -> Any:
    """A flat list of elements as nested lists of `shape`."""
    for n in reversed(shape[1:]):
        values = (
            [make_list(values[i : i + n]) for i in range(0, len(values), n)]
            if n
            else [make_list(())] * shape[0]
        )
    return make_list(values)


TRANSPOSE_MESSAGES = {
    "nmtx": "The first two levels of `1` cannot be transposed.",
    "perm": "`1` is not a permutation of the levels of an array of depth `2`.",
}


@builtin("Transpose", messages=TRANSPOSE_MESSAGES)
def transpose(ev: Any, expr: Any, order: Any = None) -> Any:
    """Transpose[list] exchanges the first two levels of list. Transpose[list, {n1, n2, ...}] makes level k of
    list level nk of the result; repeated numbers take a diagonal. Transpose[list, m <-> n]
    exchanges two levels.

    >>> Transpose[{{a, b, c}, {d, e, f}}]
    {{a, d}, {b, e}, {c, f}}
    >>> Transpose[{{a, b}, {c, d}}, {1, 1}]
    {a, d}
    """
    shape = dimensions(expr)
    if order is None:
        if type(expr) is np.ndarray and expr.ndim >= 2:
            return packed(np.swapaxes(expr, 0, 1))
        if type(expr) is Association or any(type(row) is Association for row in children(expr) or ()):
            return _transposed_entries(ev, expr)
        if len(shape) < 2:
            if len(shape) == 1 and is_list(expr) and not any(map(is_list, items(expr))):
                return expr
            ev.message("Transpose", "nmtx", expr)
            return None
        return make_list(map(make_list, zip(*map(items, items(expr)), strict=True)))
    levels = _permutation(order, len(shape))
    if levels is None:
        ev.message("Transpose", "perm", order, len(shape))
        return None
    return _transposed(expr, shape, levels)


def _transposed_entries(ev: Any, expr: Any) -> Any:
    """Rows and columns exchanged where either are named: lists or associations of lists or associations."""
    rows = children(expr) or ()
    kinds = {type(row) is Association for row in rows}
    first = rows[0] if rows else None
    names = list(first.entries) if type(first) is Association else list(range(size(first) or 0))
    same_shape = len(kinds) == 1 and all(
        list(row.entries) == names if type(row) is Association else is_list(row) and size(row) == len(names)
        for row in rows
    )
    if not rows or not same_shape:
        ev.message("Transpose", "nmtx", expr)
        return None
    columns = [
        with_values(expr, list(column)) if type(expr) is Association else make_list(column)
        for column in zip(*(children(row) or () for row in rows), strict=True)
    ]
    return with_values(first, columns) if type(first) is Association else make_list(columns)


def _permutation(order: Any, depth: int) -> list[int] | None:
    """For each level of the old array the 0-based level of the new one."""
    if type(order) is Expr and order.head is S.TwoWayRule and len(order.args) == 2:
        a, b = (x + depth + 1 if type(x) is int and x < 0 else x for x in order.args)
        if not all(type(x) is int and 1 <= x <= depth for x in (a, b)):
            return None
        levels = list(range(depth))
        levels[a - 1], levels[b - 1] = b - 1, a - 1
        return levels
    if type(order) is int:
        return [*range(1, depth), 0] if depth and order == 1 else None
    if not is_list(order):
        return None
    given = list(items(order))
    if not given or len(given) > depth or not all(type(x) is int for x in given):
        return None
    levels = [x - 1 for x in given]
    levels += range(len(levels), depth)
    return levels if set(levels) == set(range(max(levels) + 1)) else None


def _transposed(expr: Any, shape: tuple[int, ...], levels: list[int]) -> Any:
    array = expr if type(expr) is np.ndarray else np.empty(shape, dtype=object)
    if type(expr) is not np.ndarray:
        for at, x in zip(np.ndindex(*shape), entries_at(expr, len(shape)), strict=True):
            array[at] = x
    letters = "".join(chr(ord("a") + k) for k in levels)
    wanted = "".join(chr(ord("a") + k) for k in range(max(levels) + 1))
    found = _diagonals(array, letters, wanted)
    if found.dtype != object:
        return packed(found)
    return nested(list(found.reshape(-1)), found.shape)


def _diagonals(array: np.ndarray, letters: str, wanted: str) -> np.ndarray:
    """Einsum without sums, for any dtype: equal letters take the diagonal."""
    names = list(letters)
    for name in set(letters):
        while names.count(name) > 1:
            i = names.index(name)
            j = names.index(name, i + 1)
            array = np.diagonal(array, axis1=i, axis2=j)
            del names[j], names[i]
            names.append(name)
    return array.transpose([names.index(name) for name in wanted])


@builtin(
    "ArrayReshape",
    messages={
        "toolarge": TOO_LARGE,
        "ilsmn": "Single or list of positive integers expected in place of `1`.",
    },
)
def array_reshape(ev: Any, expr: Any, spec: Any, padding: Any = 0) -> Any:
    """ArrayReshape[list, {n1, n2, ...}] arranges the elements of list as an array of the dimensions given,
    dropping or padding with 0 as needed. ArrayReshape[list, dims, c] pads with c.

    >>> ArrayReshape[{a, b, c, d, e, f}, {2, 3}]
    {{a, b, c}, {d, e, f}}
    >>> ArrayReshape[{1, 2, 3}, {2, 2}, x]
    {{1, 2}, {3, x}}
    """
    if not is_list(expr):
        return None
    shape = list(items(spec)) if is_list(spec) else [spec]
    flat: Any = expr.reshape(-1) if type(expr) is np.ndarray else _leaves(expr)
    if sum(n is S.Automatic for n in shape) == 1:
        rest = math.prod(n for n in shape if type(n) is int) or 1
        shape = [-(-len(flat) // rest) if n is S.Automatic else n for n in shape]
    if not all(type(n) is int and n > 0 for n in shape):
        ev.message("ArrayReshape", "ilsmn", spec)
        return None
    count = math.prod(shape)
    if not small_enough(ev, "ArrayReshape", count):
        return None
    if type(flat) is np.ndarray:
        if count <= len(flat):
            return packed(flat[:count].reshape(shape))
        flat = list(items(packed(flat)))
    flat = list(flat[:count]) + [padding] * (count - len(flat))
    return pack(nested(flat, tuple(shape))) if type(expr) is np.ndarray else nested(flat, tuple(shape))


def _leaves(expr: Any) -> list[Any]:
    out: list[Any] = []
    stack = [expr]
    while stack:
        part = stack.pop()
        if is_list(part):
            stack.extend(reversed(items(part)))
        else:
            out.append(part)
    return out


@builtin("Diagonal")
def diagonal(ev: Any, matrix: Any, offset: Any = 0) -> Any:
    """Diagonal[m] gives the list of elements on the diagonal of the matrix m;
    Diagonal[m, k] on the k-th diagonal.

    >>> Diagonal[{{a, b}, {c, d}}]
    {a, d}
    """
    if type(offset) is not int or not is_list(matrix):
        return None
    if type(matrix) is np.ndarray and matrix.ndim == 2:
        found = np.diagonal(matrix, offset)
        return packed(found) if len(found) else make_list(())
    rows = [children(r) for r in items(matrix)]
    start = max(-offset, 0)
    out = []
    for i in range(start, len(rows)):
        row, j = rows[i], i + offset
        if row is None or j >= len(row):
            break
        out.append(row[j])
    return make_list(out)


# Sums along a list


def _fits(array: np.ndarray, terms: int) -> bool:
    """Whether a sum of `terms` elements of an int64 array stays in range."""
    if array.dtype != np.int64 or not array.size:
        return True
    largest = max(abs(int(array.max())), abs(int(array.min())))
    return largest * terms < 1 << 63


def total(ev: Any, value: Any) -> Any:
    """The sum of the elements on level 1; packed lists by NumPy."""
    if type(value) is np.ndarray:
        if _fits(value, len(value)):
            return packed(np.asarray(value.sum(axis=0)))
        if value.ndim == 1:
            return sum(value.tolist())
    inner = children(value) or ()
    if inner and all(type(x) is int for x in inner):
        return sum(inner)
    return Expr(S.Plus, inner)


@builtin("Total", messages={"meth": 'Method `1` should be Automatic or "CompensatedSummation".'})
def total_(ev: Any, expr: Any, spec: Any = None, *, method: Any = S.Automatic) -> Any:
    """Total[list] gives the sum of the elements of list; of an association, of its values.
    Total[list, n] sums all elements down to level n; Total[list, {n}] those on level n; Total[list, {m, n}]
    levels m to n. Method -> "CompensatedSummation" loses no digits of reals on the way.

    >>> Total[{a, b, c}]
    a + b + c
    >>> Total[{{1, 2}, {3, 4}}]
    {4, 6}
    >>> {Total[{{1, 2}, {3, 4}}, 2], Total[{{1, 2}, {3, 4}}, {2}]}
    {10, {3, 7}}
    """
    if size(expr) is None:
        ev.message("Total", "normal", 1, Expr(S.Total, (expr,)))
        return None
    if method == "CompensatedSummation" and spec is None and _reals_only(expr):
        return math.fsum(children(expr) or ())
    if method not in (S.Automatic, "CompensatedSummation"):
        ev.message("Total", "meth", method)
        return None
    if spec is None:
        return total(ev, expr)
    levels = parse_levels(spec)
    if levels is None:
        ev.message("Total", "level", spec)
        return None
    rank = full_depth(expr) or len(dimensions(expr))
    low, high = (x + rank + 1 if x < 0 else x for x in levels)
    return _summed(ev, expr, int(max(low, 1)), int(min(high, max(rank, _depth_of(expr)))))


def _reals_only(expr: Any) -> bool:
    """Whether the elements are machine reals, integers among them or not."""
    if type(expr) is np.ndarray:
        return expr.ndim == 1 and expr.dtype == np.float64
    inner = children(expr) or ()
    return all(type(x) in (int, float) for x in inner) and any(type(x) is float for x in inner)


def _depth_of(expr: Any) -> int:
    """How many levels of lists there are in a possibly ragged list."""
    if type(expr) is np.ndarray:
        return int(expr.ndim)
    return 1 + max((_depth_of(x) for x in expr.args if is_list(x)), default=0) if is_list(expr) else 0


def _summed(ev: Any, expr: Any, low: int, high: int) -> Any:
    """Sum over the levels low to high."""
    if low > high or size(expr) is None:
        return expr
    if type(expr) is np.ndarray and high <= expr.ndim and _fits(expr, expr.size):
        return packed(np.asarray(expr.sum(axis=tuple(range(low - 1, high)))))
    if low > 1:
        return ev.evaluate(make_list(_summed(ev, x, low - 1, high - 1) for x in children(expr) or ()))
    if type(expr) is Expr:
        return ev.evaluate(total(ev, flattened(expr, S.List, high - 1)))
    for _ in range(high):
        if size(expr) is None or not (is_list(expr) or type(expr) is Association):
            break
        expr = ev.evaluate(total(ev, expr))
    return expr


def accumulate(ev: Any, value: Any) -> Any:
    """Running sums, under the same head."""
    if type(value) is np.ndarray and _fits(value, len(value)):
        return packed(np.cumsum(value, axis=0))
    inner = children(value) or ()
    out = list(itertools.accumulate(inner, lambda a, b: ev.evaluate(Expr(S.Plus, (a, b)))))
    if type(value) is Association:
        return with_values(value, out)
    return Expr(head_of(value), tuple(out))


@builtin("Accumulate")
def accumulate_(ev: Any, expr: Any) -> Any:
    """Accumulate[list] gives the list of running totals of list.

    >>> Accumulate[{a, b, c}]
    {a, a + b, a + b + c}
    """
    if size(expr) is None:
        ev.message("Accumulate", "normal", 1, Expr(S.Accumulate, (expr,)))
        return None
    return accumulate(ev, expr)


def _steps(ev: Any, value: Any, lag: int, combine: Callable[[Any, Any], Any]) -> Any:
    inner = children(value) or ()
    return Expr(head_of(value), tuple(combine(a, b) for a, b in zip(inner, inner[lag:], strict=False)))


def _repeated(ev: Any, name: str, expr: Any, order: Any, lag: Any, once: Callable[[Any], Any]) -> Any:
    """Differences and Ratios: `once` repeated, for each level when `order` is a list."""
    if size(expr) is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr,)))
        return None
    orders = items(order) if is_list(order) else (order,)
    if not all(type(n) is int and n >= 0 for n in orders) or type(lag) is not int or lag < 1:
        return None
    for _ in range(orders[0] if orders else 0):
        if not size(expr):
            break
        expr = ev.evaluate(once(expr))
    if len(orders) > 1:
        rest = make_list(orders[1:])
        parts = [_repeated(ev, name, x, rest, lag, once) for x in children(expr) or ()]
        return None if any(x is None for x in parts) else ev.evaluate(make_list(parts))
    return expr


@builtin("Differences")
def differences(ev: Any, expr: Any, order: Any = 1, lag: Any = 1) -> Any:
    """Differences[list] gives the differences of neighbouring elements of list; Differences[list, n]
    repeats it n times.
    Differences[list, n, s] takes elements s steps apart; Differences[list, {n1, n2, ...}]
    on successive levels.

    >>> Differences[{1, 4, 9, 16}]
    {3, 5, 7}
    >>> Differences[{a, b, c}]
    {-a + b, -b + c}
    """

    def once(value: Any) -> Any:
        if type(value) is np.ndarray and type(lag) is int and (value.dtype != np.int64 or _fits(value, 2)):
            found = value[lag:] - value[:-lag]
            return packed(found) if len(found) else make_list(())
        return _steps(ev, value, lag, lambda a, b: Expr(S.Subtract, (b, a)))

    return _repeated(ev, "Differences", expr, order, lag, once)


@builtin("Ratios")
def ratios(ev: Any, expr: Any, order: Any = 1) -> Any:
    """Ratios[list] gives the ratios of neighbouring elements of list; Ratios[list, n] repeats it n times.

    >>> Ratios[{1, 2, 6}]
    {2, 3}
    >>> Ratios[{a, b, c}]
    {b/a, c/b}
    """

    def once(value: Any) -> Any:
        return _steps(ev, value, 1, lambda a, b: Expr(S.Divide, (b, a)))

    return _repeated(ev, "Ratios", expr, order, 1, once)
