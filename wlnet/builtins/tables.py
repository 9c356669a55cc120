"""Range, Table, Array, ConstantArray, Subdivide: lists made from a formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list, packed, to_array
from wlnet.expr.attributes import HOLD_ALL, LISTABLE
from wlnet.kernel.iterators import SLACK, Iterator, iterator, span
from wlnet.kernel.registry import builtin

from .whole_arrays import SHORTEST, is_elementwise, values_over

# No longer list is made: at 8 bytes an element it would take 16 GB, more than most machines can spare.
MOST_ELEMENTS = 2 * 10**9

TOO_LARGE = "A list of `1` elements is too large to be made."
RANGE_MESSAGES = {
    "range": "Range specification in `1` does not have appropriate bounds.",
    "toolarge": TOO_LARGE,
}


@builtin("Range", attributes=LISTABLE, messages=RANGE_MESSAGES)
def range_(ev: Any, first: Any, second: Any = None, step: Any = 1) -> Any:
    """Range[n] gives {1, 2, ..., n}; Range[m, n] gives {m, ..., n}; Range[m, n, d] goes in steps of d.

    >>> Range[4]
    {1, 2, 3, 4}
    >>> Range[1, 2, 1/3]
    {1, 4/3, 5/3, 2}
    >>> Range[x, x + 2]
    {x, 1 + x, 2 + x}
    """
    low, high = (1, first) if second is None else (first, second)
    plain = all(type(x) in (int, float) for x in (low, high, step))
    if plain and step != 0:
        return _number_range(ev, low, high, step)
    found = span(ev, low, high, step)
    if found is None:
        given = (
            (first,)
            if second is None
            else (low, high)
            if type(step) is int and step == 1
            else (low, high, step)
        )
        ev.message("Range", "range", Expr(S.Range, tuple(given)))
        return None
    return make_list(found)


def _number_range(ev: Any, low: Any, high: Any, step: Any) -> Any:
    """A packed list; integers beyond 64 bits as they are."""
    if not all(math.isfinite(x) for x in (low, high, step)):
        return None
    exact = type(low) is int and type(step) is int
    if exact and type(high) is float:  # the limit does not make the elements inexact
        high = math.floor(high + SLACK) if step > 0 else math.ceil(high - SLACK)
    count = int((high - low) // step if exact else math.floor((high - low) / step + SLACK)) + 1
    if count <= 0:
        return make_list(())
    if not small_enough(ev, "Range", count):
        return None
    if not exact:
        return packed(float(low) + np.arange(count) * float(step))
    if abs(low) < 1 << 62 and abs(high) < 1 << 62:
        return packed(np.arange(low, low + count * step, step, dtype=np.int64))
    return make_list(range(low, low + count * step, step))


@builtin("Table", attributes=HOLD_ALL)
def table(ev: Any, body: Any, *iterators: Any) -> Any:
    """Table[expr, {i, imax}] gives the list of values of expr for i from 1 to imax.
    Table[expr, {i, imin, imax, di}] and Table[expr, {i, {v1, v2, ...}}] take other values of i.
    Table[expr, n] makes n copies.
    Table[expr, iter1, iter2, ...] makes a nested list, iter1 outermost.

    >>> Table[i^2, {i, 4}]
    {1, 4, 9, 16}
    >>> Table[{i, j}, {i, 2}, {j, i}]
    {{{1, 1}}, {{2, 1}, {2, 2}}}
    >>> Table[x, 3]
    {x, x, x}
    """
    if not iterators:
        return ev.evaluate(body)
    return _table(ev, body, ev.compiled(body), iterators)


def _table(ev: Any, body: Any, run: Callable[[], Any], iterators: tuple[Any, ...]) -> Any:
    it = iterator(ev, "Table", iterators[0])
    if it is None:
        return None
    if it.count > MOST_ELEMENTS:
        ev.message("Table", "iterb", iterators[0])
        return None
    out: list[Any] = []
    add, rest = out.append, iterators[1:]
    if not rest:
        whole = _whole_table(ev, body, it)
        if whole is not None:
            return whole
        it.run(lambda: add(run()))
        return born_packed(out)
    it.run(lambda: add(_table(ev, body, run, rest)))
    return None if any(x is None for x in out) else born_packed(out)


def _whole_table(ev: Any, body: Any, it: Iterator) -> Any:
    """The values of a body of numeric functions for all values of the iterator at once, or None."""
    if (
        it.symbol is None
        or it.count < SHORTEST
        or type(body) is not Expr
        or not is_elementwise(body, it.symbol)
    ):
        return None
    numbers = range_array(it.values) if type(it.values) is range else to_array(make_list(it.values))
    if numbers is None or numbers.ndim != 1 or numbers.dtype.kind == "c":
        return None
    return values_over(ev, body, it.symbol, packed(numbers))


def range_array(values: range) -> np.ndarray | None:
    """A Python range as an array; None beyond 64 bits."""
    if max(abs(values.start), abs(values.stop)) >= 1 << 62:
        return None
    return np.arange(values.start, values.stop, values.step, dtype=np.int64)


def born_packed(values: list[Any]) -> Any:
    """Computed values as a list: packed when all are machine integers, all reals, or rows packed alike."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return packed(np.array(values))
    if kinds == {int}:
        try:
            return packed(np.array(values, dtype=np.int64))
        except OverflowError:
            return make_list(values)
    if kinds == {np.ndarray} and len({(x.shape, x.dtype) for x in values}) == 1:
        return packed(np.stack(values))
    return make_list(values)


ARRAY_MESSAGES = {
    "toolarge": TOO_LARGE,
    "ilsmn": "Single or list of non-negative integers expected in place of `1`.",
    "plen": "`1` and `2` should have the same length.",
}


def shape_of(spec: Any) -> tuple[int, ...] | None:
    """`n` or `{n1, n2, ...}` as a shape."""
    shape = items(spec) if is_list(spec) else (spec,)
    return shape if all(type(n) is int and n >= 0 for n in shape) else None


def small_enough(ev: Any, name: str, count: int) -> bool:
    """Whether a list of `count` elements may be made; else the message `toolarge`."""
    if count > MOST_ELEMENTS:
        ev.message(name, "toolarge", count)
        return False
    return True


@builtin("Array", messages=ARRAY_MESSAGES)
def array(ev: Any, f: Any, spec: Any, origin: Any = 1, head: Any = S.List) -> Any:
    """Array[f, n] gives {f[1], ..., f[n]}; Array[f, {n1, n2, ...}] a nested list of f[i1, i2, ...].
    Array[f, n, r] counts from r; Array[f, n, {a, b}] takes n values from a to b; Array[f, dims, origin, h]
    uses h for List.

    >>> Array[f, 3]
    {f[1], f[2], f[3]}
    >>> Array[f, {2, 2}, 0]
    {{f[0, 0], f[0, 1]}, {f[1, 0], f[1, 1]}}
    >>> Array[f, 3, {0, 1}]
    {f[0], f[1/2], f[1]}
    """
    shape = shape_of(spec)
    if shape is None:
        if not isinstance(spec, Symbol | Expr) or is_list(spec):
            ev.message("Array", "ilsmn", spec)
        return None
    origins = items(origin) if is_list(origin) else (origin,) * len(shape)
    if is_list(origin) and not is_list(spec) and len(origins) == 2:
        origins = (origin,)
    if len(origins) != len(shape):
        ev.message("Array", "plen", spec, origin)
        return None
    if not small_enough(ev, "Array", math.prod(shape)):
        return None
    axes = [_axis(ev, n, start) for n, start in zip(shape, origins, strict=True)]
    call = ev.function(f)
    return _nested(call, axes, (), head)


def _axis(ev: Any, n: int, start: Any) -> list[Any]:
    """The n indices of one level: from `start`, or evenly spaced over {a, b}."""
    if is_list(start) and len(items(start)) == 2:
        low, high = items(start)
        if n == 1:
            return [low]
        step = ev.evaluate(Expr(S.Divide, (Expr(S.Subtract, (high, low)), n - 1)))
        return [ev.evaluate(Expr(S.Plus, (low, Expr(S.Times, (k, step))))) for k in range(n)]
    if type(start) is int:
        return list(range(start, start + n))
    return [ev.evaluate(Expr(S.Plus, (start, k))) for k in range(n)]


def _nested(call: Any, axes: list[list[Any]], at: tuple[Any, ...], head: Any) -> Any:
    if not axes:
        return call(*at)
    values = [_nested(call, axes[1:], (*at, i), head) for i in axes[0]]
    return born_packed(values) if head is S.List else Expr(head, tuple(values))


@builtin("ConstantArray", messages=ARRAY_MESSAGES)
def constant_array(ev: Any, value: Any, spec: Any) -> Any:
    """ConstantArray[c, n] gives a list of n copies of c; ConstantArray[c, {n1, n2, ...}] a nested list.

    >>> ConstantArray[c, {2, 3}]
    {{c, c, c}, {c, c, c}}
    """
    shape = shape_of(spec)
    if shape is None:
        if not isinstance(spec, Symbol | Expr) or is_list(spec):
            ev.message("ConstantArray", "ilsmn", spec)
        return None
    if not small_enough(ev, "ConstantArray", math.prod(shape)):
        return None
    if not shape:
        return value
    if math.prod(shape) and (type(value) is float or (type(value) is int and -(1 << 63) <= value < 1 << 63)):
        return packed(np.full(shape, value))
    if math.prod(shape) and type(value) is np.ndarray:
        return packed(np.broadcast_to(value, (*shape, *value.shape)))
    for n in reversed(shape):
        value = make_list((value,) * n)
    return value


@builtin(
    "Subdivide",
    messages={
        "sdmint": "The number of subdivisions at position `1` of `2` should be a positive integer.",
        "toolarge": TOO_LARGE,
    },
)
def subdivide(ev: Any, first: Any, second: Any = None, third: Any = None) -> Any:
    """Subdivide[n] gives the n + 1 points {0, 1/n, ..., 1}; Subdivide[xmax, n] from 0 to xmax;
    Subdivide[xmin, xmax, n] from xmin to xmax.

    >>> Subdivide[4]
    {0, 1/4, 1/2, 3/4, 1}
    >>> Subdivide[1, 2, 2]
    {1, 3/2, 2}
    """
    args = tuple(x for x in (first, second, third) if x is not None)
    low, high, n = {1: (0, 1, *args), 2: (0, *args), 3: args}[len(args)]
    if type(n) is not int or n < 1:
        ev.message("Subdivide", "sdmint", len(args), Expr(S.Subdivide, args))
        return None
    if not small_enough(ev, "Subdivide", n + 1):
        return None
    if type(low) in (int, float) and type(high) in (int, float) and float in (type(low), type(high)):
        return packed(np.linspace(float(low), float(high), n + 1))
    weights = (Fraction(k, n) for k in range(n + 1))
    points = []
    for w in weights:
        x = w.numerator if w.denominator == 1 else w
        rest = 1 - x
        rest = rest.numerator if type(rest) is Fraction and rest.denominator == 1 else rest
        points.append(ev.evaluate(Expr(S.Plus, (Expr(S.Times, (rest, low)), Expr(S.Times, (x, high))))))
    return make_list(points)


@builtin("IdentityMatrix", messages=ARRAY_MESSAGES)
def identity_matrix(ev: Any, spec: Any) -> Any:
    """IdentityMatrix[n] gives the n x n identity matrix; IdentityMatrix[{m, n}] the m x n one.

    >>> IdentityMatrix[2]
    {{1, 0}, {0, 1}}
    """
    shape = shape_of(spec)
    if shape is None or not 1 <= len(shape) <= 2 or 0 in shape:
        if not isinstance(spec, Symbol) and not (type(spec) is Expr and not is_list(spec)):
            ev.message("IdentityMatrix", "ilsmn", spec)
        return None
    if not small_enough(ev, "IdentityMatrix", shape[0] * shape[-1]):
        return None
    return packed(np.eye(shape[0], shape[-1], dtype=np.int64))


@builtin("DiagonalMatrix", messages=ARRAY_MESSAGES)
def diagonal_matrix(ev: Any, diagonal: Any, offset: Any = 0, size: Any = None) -> Any:
    """DiagonalMatrix[list] gives a matrix with the elements of list on its diagonal; DiagonalMatrix[list,
    k] on the k-th diagonal.
    DiagonalMatrix[list, k, n] makes the matrix n x n.

    >>> DiagonalMatrix[{a, b}]
    {{a, 0}, {0, b}}
    >>> DiagonalMatrix[{1, 2}, 1]
    {{0, 1, 0}, {0, 0, 2}, {0, 0, 0}}
    """
    if not is_list(diagonal) or type(offset) is not int:
        return None
    values = items(diagonal)
    shape = (len(values) + abs(offset),) * 2 if size is None else shape_of(size)
    if shape is None or not 1 <= len(shape) <= 2:
        ev.message("DiagonalMatrix", "ilsmn", size)
        return None
    rows, columns = shape[0], shape[-1]
    if not small_enough(ev, "DiagonalMatrix", rows * columns):
        return None
    if type(diagonal) is np.ndarray and diagonal.ndim == 1 and size is None:
        return packed(np.diag(diagonal, offset))
    zero = 0.0 if values and all(type(x) is float for x in values) else 0
    first_row, first_column = max(-offset, 0), max(offset, 0)
    grid = [[zero] * columns for _ in range(rows)]
    for k, x in enumerate(values):
        if first_row + k < rows and first_column + k < columns:
            grid[first_row + k][first_column + k] = x
    return make_list(map(make_list, grid))


@builtin(
    "UnitVector",
    messages={"toolarge": TOO_LARGE, "nokun": "There is no unit vector in direction `1` in `2` dimensions."},
)
def unit_vector(ev: Any, n: Any, k: Any = None) -> Any:
    """UnitVector[n, k] gives the n-dimensional unit vector in direction k; UnitVector[k] the
    two-dimensional one.

    >>> UnitVector[3, 2]
    {0, 1, 0}
    """
    n, k = (2, n) if k is None else (n, k)
    if type(n) is not int or type(k) is not int:
        return None
    if not 1 <= k <= n:
        ev.message("UnitVector", "nokun", k, n)
        return None
    if not small_enough(ev, "UnitVector", n):
        return None
    vector = np.zeros(n, dtype=np.int64)
    vector[k - 1] = 1
    return packed(vector)
