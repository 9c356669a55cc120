"""First, Last, Most, Rest, Take, Drop: the ends and stretches of expressions, arrays and associations."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, make_list, packed
from wlnet.expr.attributes import HOLD_REST
from wlnet.kernel.registry import builtin

from .levels import children, nth, size
from .parts import as_slice
from .sequences import SequenceError, take_range


def _end(ev: Any, name: str, tag: str, expr: Any, default: Any, index: int) -> Any:
    count = size(expr)
    if not count:
        if default is not None:
            return default
        if count is None:
            ev.message(name, "normal", 1, Expr(getattr(S, name), (expr,)))
        else:
            ev.message(name, tag, expr)
        return None
    return nth(expr, index)


@builtin("First", attributes=HOLD_REST, messages={"nofirst": "`1` has zero length and no first element."})
def first(ev: Any, expr: Any, default: Any = None) -> Any:
    """First[expr] gives the first element of expr; for an association the first value.
    First[expr, default] gives default, evaluated only then, when there is none.

    >>> First[{a, b, c}]
    a
    >>> First[{}, none]
    none
    """
    return _end(ev, "First", "nofirst", expr, default, 0)


@builtin("Last", attributes=HOLD_REST, messages={"nolast": "`1` has zero length and no last element."})
def last(ev: Any, expr: Any, default: Any = None) -> Any:
    """Last[expr] gives the last element of expr; for an association the last value.
    Last[expr, default] gives default when there is none.

    >>> Last[{a, b, c}]
    c
    """
    return _end(ev, "Last", "nolast", expr, default, -1)


def _keep(ev: Any, name: str, tag: str, expr: Any, start: int, stop: int | None) -> Any:
    count = size(expr)
    if count is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr,)))
        return None
    if not count:
        ev.message(name, tag, expr)
        return None
    return slice_of(expr, range(count)[start:stop])


def slice_of(expr: Any, indices: range) -> Any:
    """The elements `indices` (0-based) of `expr` under its head; an association keeps its keys, an array
    stays packed."""
    kind = type(expr)
    if kind is np.ndarray:
        return packed(expr[as_slice(indices)]) if indices else make_list(())
    if kind is Association:
        entries = list(expr.entries.items())
        return Association(dict(entries[i] for i in indices))
    if indices.step == 1:
        return Expr(expr.head, expr.args[indices.start : indices.stop])
    return Expr(expr.head, tuple(expr.args[i] for i in indices))


@builtin("Most", messages={"nomost": "Cannot take Most of expression `1` with length zero."})
def most(ev: Any, expr: Any) -> Any:
    """Most[expr] gives expr without its last element.

    >>> Most[{a, b, c}]
    {a, b}
    """
    return _keep(ev, "Most", "nomost", expr, 0, -1)


@builtin("Rest", messages={"norest": "Cannot take Rest of expression `1` with length zero."})
def rest(ev: Any, expr: Any) -> Any:
    """Rest[expr] gives expr without its first element.

    >>> Rest[f[a, b, c]]
    f[b, c]
    """
    return _keep(ev, "Rest", "norest", expr, 1, None)


SEQUENCE_MESSAGE = (
    "Sequence specification (+n, -n, {+n}, {-n}, {m, n}, or {m, n, s}) expected at position `2` in `1`."
)


def _taken(ev: Any, name: str, expr: Any, specs: tuple[Any, ...], depth: int, whole: tuple[Any, ...]) -> Any:
    """`expr` after Take or Drop with one specification per level; raises SequenceError once
    a message is printed."""
    if not specs:
        return expr
    count = size(expr)
    if count is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), whole))
        raise SequenceError
    try:
        chosen = take_range(specs[0], count)
    except SequenceError as error:
        if error.start is None:
            ev.message(name, "seqs", Expr(getattr(S, name), whole), depth + 1)
        else:
            ev.message(name, name.lower(), error.start, error.stop, expr)
        raise
    if name == "Drop":
        expr = _without(expr, chosen, count)
    else:
        expr = slice_of(expr, chosen)
    if len(specs) == 1:
        return expr
    parts = [_taken(ev, name, x, specs[1:], depth + 1, whole) for x in children(expr) or ()]
    if type(expr) is np.ndarray:
        return packed(np.array(parts)) if parts and type(parts[0]) is np.ndarray else make_list(parts)
    if type(expr) is Association:
        return Association.of(zip(expr.keys(), parts, strict=True))
    return Expr(expr.head, tuple(parts))


def _without(expr: Any, dropped: range, length: int) -> Any:
    """`expr` without the elements `dropped`."""
    if not dropped:
        return expr
    low, high = min(dropped), max(dropped)
    if abs(dropped.step) == 1 and low == 0:
        return slice_of(expr, range(high + 1, length))
    if abs(dropped.step) == 1 and high == length - 1:
        return slice_of(expr, range(low))
    gone = set(dropped)
    kept = [i for i in range(length) if i not in gone]
    if type(expr) is np.ndarray:
        return packed(expr[kept]) if kept else make_list(())
    if type(expr) is Association:
        entries = list(expr.entries.items())
        return Association(dict(entries[i] for i in kept))
    return Expr(expr.head, tuple(expr.args[i] for i in kept))


@builtin("Take", messages={"take": "Cannot take positions `1` through `2` in `3`.", "seqs": SEQUENCE_MESSAGE})
def take(ev: Any, expr: Any, *specs: Any) -> Any:
    """Take[expr, n] gives the first n elements of expr, Take[expr, -n] the last n, Take[expr, {m, n, s}]
    every s-th of m to n.
    Take[expr, UpTo[n]] gives at most n. Take[expr, spec1, spec2, ...] takes on successive levels.

    >>> Take[{a, b, c, d}, 2]
    {a, b}
    >>> Take[{a, b, c, d}, -2]
    {c, d}
    >>> Take[{{1, 2, 3}, {4, 5, 6}}, All, {1, 3, 2}]
    {{1, 3}, {4, 6}}
    """
    try:
        return _taken(ev, "Take", expr, specs, 1, (expr, *specs))
    except SequenceError:
        return None


@builtin("Drop", messages={"drop": "Cannot drop positions `1` through `2` in `3`.", "seqs": SEQUENCE_MESSAGE})
def drop(ev: Any, expr: Any, *specs: Any) -> Any:
    """Drop[expr, n] gives expr without its first n elements, Drop[expr, -n] without the last n, Drop[expr,
    {m, n, s}]
    without every s-th of m to n. Drop[expr, spec1, spec2, ...] drops on successive levels.

    >>> Drop[{a, b, c, d}, 1]
    {b, c, d}
    >>> Drop[{a, b, c, d}, {2}]
    {a, c, d}
    """
    try:
        return _taken(ev, "Drop", expr, specs, 1, (expr, *specs))
    except SequenceError:
        return None
