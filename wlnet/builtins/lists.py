"""Join, Catenate, Riffle, Reverse, RotateLeft, RotateRight, TakeWhile, LengthWhile, TakeDrop, TakeList:
whole lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, head_of, is_list, items, make_list, packed, same
from wlnet.expr.attributes import FLAT, ONE_IDENTITY
from wlnet.kernel.registry import builtin

from .levels import children, rebuild, size
from .sequences import SequenceError, take_range
from .slices import slice_of
from .sorting import reordered, reverse_of

HEADS = {"heads": "Heads `3` and `4` at positions `1` and `2` are expected to be the same."}


def joined(lists: tuple[Any, ...]) -> Any:
    """Lists of one head in one; packed when all are packed alike, the entries of associations with the last
    value counting."""
    first = lists[0]
    if type(first) is Association:
        entries: dict[Any, Any] = {}
        for one in lists:
            entries.update(one.entries)
        return Association(entries)
    full = [x for x in lists if size(x)]
    if full and all(type(x) is np.ndarray for x in full):
        if len({(x.dtype, x.shape[1:]) for x in full}) == 1:
            return packed(np.concatenate(full))
    return Expr(head_of(first), tuple(x for one in lists for x in children(one) or ()))


@builtin("Join", attributes=FLAT | ONE_IDENTITY, messages=HEADS)
def join(ev: Any, *lists: Any) -> Any:
    """Join[list1, list2, ...] concatenates lists, or other expressions with the same head; associations are
    merged, later values counting.
    Join[list1, list2, ..., n] joins the elements at level n.

    >>> Join[{a}, {b, c}]
    {a, b, c}
    >>> Join[{{a}, {b}}, {{x}, {y}}, 2]
    {{a, x}, {b, y}}
    """
    level = 1
    if len(lists) > 1 and type(lists[-1]) is int:
        *rest, level = lists
        lists = tuple(rest)
    if not lists:
        return make_list(())
    return _joined_at(ev, lists, level)


def _joined_at(ev: Any, lists: tuple[Any, ...], level: int) -> Any:
    for i, one in enumerate(lists, 1):
        if size(one) is None:
            ev.message("Join", "normal", i, Expr(S.Join, lists))
            return None
        if not same(head_of(one), head_of(lists[0])):
            ev.message("Join", "heads", 1, i, head_of(lists[0]), head_of(one))
            return None
    if level <= 1:
        return joined(lists)
    columns = [children(one) or () for one in lists]
    longest = max(map(len, columns))
    rows = []
    for k in range(longest):
        row = _joined_at(ev, tuple(c[k] for c in columns if k < len(c)), level - 1)
        if row is None:
            return None
        rows.append(row)
    return Expr(head_of(lists[0]), tuple(rows))


@builtin("Catenate", messages={"invrp": "The argument `1` is not a list or association of lists."})
def catenate(ev: Any, lists: Any) -> Any:
    """Catenate[{list1, list2, ...}] gives one list of all their elements; of associations,
    of all their values.

    >>> Catenate[{{a, b}, {c}}]
    {a, b, c}
    >>> Catenate[<|"x" -> {1}, "y" -> {2}|>]
    {1, 2}
    """
    parts = children(lists)
    if parts is None or not all(is_list(x) or type(x) is Association for x in parts):
        ev.message("Catenate", "invrp", lists)
        return None
    if parts and all(map(is_list, parts)):
        return joined(parts)
    return make_list(x for part in parts for x in children(part) or ())


@builtin(
    "Riffle",
    messages={"rspec": "The position specification `1` should be an integer or a list of three integers."},
)
def riffle(ev: Any, expr: Any, new: Any, spec: Any = None) -> Any:
    """Riffle[{e1, e2, ...}, x] puts x between the elements; Riffle[list, {x1, x2, ...}] the xi in turn.
    Riffle[list, x, n] makes every n-th element x; Riffle[list, x, {imin, imax, n}] at positions imin, imin
    + n, ... up to imax.

    >>> Riffle[{a, b, c}, x]
    {a, x, b, x, c}
    >>> Riffle[{a, b, c}, {x, y, z}]
    {a, x, b, y, c, z}
    >>> Riffle[{a, b, c, d}, x, 3]
    {a, b, x, c, d}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Riffle", "normal", 1, Expr(S.Riffle, (expr, new)))
        return None
    fills = items(new) if is_list(new) else (new,)
    if spec is None:
        start, stop, step = 2, (-1 if is_list(new) and len(fills) == len(inner) else -2), 2
    elif type(spec) is int:
        start, stop, step = spec, -2, spec
    elif is_list(spec) and len(items(spec)) == 3 and all(type(x) is int for x in items(spec)):
        start, stop, step = items(spec)
    else:
        ev.message("Riffle", "rspec", spec)
        return None
    if not fills:
        return expr
    if step < 1 or start < 1:
        ev.message("Riffle", "rspec", spec)
        return None
    return Expr(
        head_of(expr) if type(expr) is not Association else S.List,
        tuple(_riffled(inner, fills, start, stop, step)),
    )


def _riffled(inner: tuple[Any, ...], fills: tuple[Any, ...], start: int, stop: int, step: int) -> list[Any]:
    """`fills` in turn at positions start, start + step, ... of the result, as far as `stop` (negative: from
    its end) lets."""
    out: list[Any] = []
    used = taken = 0
    due = start
    while True:
        here = len(out) + 1
        left = len(inner) - taken
        if here == due and (here <= stop if stop >= 0 else left >= -stop - 1):
            out.append(fills[used % len(fills)])
            used += 1
            due += step
        elif left:
            out.append(inner[taken])
            taken += 1
            if here == due:
                due += step
        else:
            return out


@builtin("Reverse", messages={"level": "Level specification `1` is not an integer or a list of integers."})
def reverse(ev: Any, expr: Any, spec: Any = 1) -> Any:
    """Reverse[expr] reverses the order of the elements of expr. Reverse[expr, n] reverses at level n; {n1,
    n2, ...} at several.

    >>> Reverse[{a, b, c}]
    {c, b, a}
    >>> Reverse[{{1, 2}, {3, 4}}, {1, 2}]
    {{4, 3}, {2, 1}}
    """
    levels = items(spec) if is_list(spec) else (spec,)
    if not levels or not all(type(x) is int and x > 0 for x in levels):
        ev.message("Reverse", "level", spec)
        return None
    if size(expr) is None:
        ev.message("Reverse", "normal", 1, Expr(S.Reverse, (expr,)))
        return None
    return _reversed(expr, set(levels), 1)


def _reversed(expr: Any, levels: set[int], level: int) -> Any:
    if size(expr) is None:
        return expr
    if type(expr) is np.ndarray:
        axes = tuple(x - level for x in levels if level <= x < level + expr.ndim)
        return packed(np.flip(expr, axes)) if axes else expr
    if level in levels:
        expr = reverse_of(expr)
    if max(levels) > level:
        expr = rebuild(expr, [_reversed(x, levels, level + 1) for x in children(expr) or ()])
    return expr


def _rotated(expr: Any, amounts: tuple[int, ...]) -> Any:
    """`expr` rotated left by amounts[0] on level 1, amounts[1] on level 2, ..."""
    count = size(expr)
    if not count:
        return expr
    if type(expr) is np.ndarray and len(amounts) <= expr.ndim:
        return packed(np.roll(expr, [-n for n in amounts], axis=tuple(range(len(amounts)))))
    shift = amounts[0] % count
    if shift:
        expr = reordered(expr, [*range(shift, count), *range(shift)])
    if len(amounts) > 1:
        expr = rebuild(expr, [_rotated(x, amounts[1:]) for x in children(expr) or ()])
    return expr


def _rotate(ev: Any, name: str, expr: Any, spec: Any, sign: int) -> Any:
    amounts = items(spec) if is_list(spec) else (spec,)
    if size(expr) is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr, spec)))
        return None
    if not amounts or not all(type(n) is int for n in amounts):
        ev.message(name, "rspec", spec)
        return None
    return _rotated(expr, tuple(sign * n for n in amounts))


ROTATE = {"rspec": "The rotation `1` should be an integer or a list of integers."}


@builtin("RotateLeft", messages=ROTATE)
def rotate_left(ev: Any, expr: Any, n: Any = 1) -> Any:
    """RotateLeft[expr] moves the first element of expr to its end; RotateLeft[expr, n] the first n; {n1,
    n2, ...} on successive levels.

    >>> RotateLeft[{a, b, c}]
    {b, c, a}
    """
    return _rotate(ev, "RotateLeft", expr, n, 1)


@builtin("RotateRight", messages=ROTATE)
def rotate_right(ev: Any, expr: Any, n: Any = 1) -> Any:
    """RotateRight[expr] moves the last element of expr to its beginning; RotateRight[expr, n] the last n.

    >>> RotateRight[{a, b, c}]
    {c, a, b}
    """
    return _rotate(ev, "RotateRight", expr, n, -1)


def leading(ev: Any, expr: Any, criterion: Any) -> int:
    """How many elements at the beginning of `expr` pass the criterion."""
    passes = ev.predicate(criterion)
    for i, x in enumerate(children(expr) or ()):
        if not passes(x):
            return i
    return size(expr) or 0


def _has_elements(ev: Any, name: str, expr: Any, *others: Any) -> bool:
    if size(expr) is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr, *others)))
        return False
    return True


@builtin("TakeWhile", operator=0)
def take_while(ev: Any, expr: Any, criterion: Any) -> Any:
    """TakeWhile[list, crit] gives the elements at the beginning of list for which crit is True.

    >>> TakeWhile[{1, 3, 4, 5}, OddQ]
    {1, 3}
    """
    if not _has_elements(ev, "TakeWhile", expr, criterion):
        return None
    return slice_of(expr, range(leading(ev, expr, criterion)))


@builtin("LengthWhile", operator=0)
def length_while(ev: Any, expr: Any, criterion: Any) -> Any:
    """LengthWhile[list, crit] gives the number of elements at the beginning of list for which crit is True.

    >>> LengthWhile[{1, 3, 4, 5}, OddQ]
    2
    """
    return leading(ev, expr, criterion) if _has_elements(ev, "LengthWhile", expr, criterion) else None


@builtin("TakeDrop")
def take_drop(ev: Any, expr: Any, spec: Any, *more: Any) -> Any:
    """TakeDrop[list, seq] gives {list1, list2}: what Take gives and what Drop gives.

    >>> TakeDrop[{a, b, c}, 1]
    {{a}, {b, c}}
    """
    taken = ev.call(S.Take, expr, spec, *more)
    dropped = ev.call(S.Drop, expr, spec, *more)
    if any(type(x) is Expr and (x.head is S.Take or x.head is S.Drop) for x in (taken, dropped)):
        return None
    return make_list((taken, dropped))


@builtin(
    "TakeList",
    messages={
        "take": "Cannot take positions `1` through `2` in `3`.",
        "tlspec": "`1` is not a list of sequence specifications.",
    },
)
def take_list(ev: Any, expr: Any, specs: Any) -> Any:
    """TakeList[list, {n1, n2, ...}] takes n1 elements from list, then n2 of the rest, and so on.

    >>> TakeList[{a, b, c, d}, {1, 2, All}]
    {{a}, {b, c}, {d}}
    """
    if not _has_elements(ev, "TakeList", expr, specs):
        return None
    if not is_list(specs):
        ev.message("TakeList", "tlspec", specs)
        return None
    left = list(range(size(expr) or 0))
    out = []
    for spec in items(specs):
        try:
            chosen = take_range(spec, len(left))
        except SequenceError as error:
            if error.start is None:
                ev.message("TakeList", "tlspec", specs)
            else:
                ev.message("TakeList", "take", error.start, error.stop, reordered(expr, left))
            return None
        out.append(reordered(expr, [left[i] for i in chosen]))
        gone = set(chosen)
        left = [x for i, x in enumerate(left) if i not in gone]
    return make_list(out)
