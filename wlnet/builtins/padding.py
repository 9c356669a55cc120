"""PadLeft, PadRight, ArrayPad: lists made longer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, head_of, is_list, items, make_list, packed
from wlnet.kernel.registry import builtin

from .dimensions import dimensions
from .levels import children, size
from .tables import TOO_LARGE, small_enough


def cycle(fills: tuple[Any, ...], count: int, *, at_end: bool) -> list[Any]:
    """`count` elements that repeat `fills`, starting with the first, or ending with the last."""
    if count <= 0:
        return []
    repeated = list(fills) * (count // len(fills) + 1)
    return repeated[-count:] if at_end else repeated[:count]


def padded(inner: list[Any], length: int, margin: int, fills: tuple[Any, ...], *, left: bool) -> list[Any]:
    """PadLeft and PadRight of one level: `margin` further elements stand on the other side."""
    room = length - margin
    if left:
        inner = inner[max(len(inner) - room, 0) :] if room >= 0 else []
        before, after = room - len(inner), min(margin, length)
    else:
        inner = inner[: max(room, 0)]
        before, after = min(margin, length), room - len(inner)
    return [*cycle(fills, before, at_end=True), *inner, *cycle(fills, after, at_end=False)]


PAD_MESSAGES = {
    "toolarge": TOO_LARGE,
    "ilsm": "Single or list of machine-sized integers expected in place of `1`.",
}


def _pad(ev: Any, name: str, expr: Any, spec: Any, padding: Any, margin: Any, *, left: bool) -> Any:
    if size(expr) is None or type(expr) is Association:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr,)))
        return None
    widths = _ragged_shape(expr) if spec is S.Automatic else list(items(spec) if is_list(spec) else (spec,))
    margins = list(items(margin)) if is_list(margin) else [margin] * len(widths)
    if not widths or len(margins) != len(widths) or not all(type(x) is int for x in (*widths, *margins)):
        ev.message(name, "ilsm", spec)
        return None
    if not small_enough(ev, name, math.prod(map(abs, widths))):
        return None
    return _padded_levels(expr, head_of(expr), widths, margins, padding, left)


def _padded_levels(
    expr: Any, head: Any, widths: list[int], margins: list[int], padding: Any, left: bool
) -> Any:
    width = widths[0]
    side = left if width >= 0 else not left
    rest = widths[1:]
    inner = list(children(expr) or ()) if head_of(expr) is head else []
    if not rest:
        fills = items(padding) if is_list(padding) else (padding,)
        numeric = _padded_array(expr, abs(width), margins[0], fills, left=side)
        return (
            numeric
            if numeric is not None
            else Expr(head, tuple(padded(inner, abs(width), margins[0], fills, left=side)))
        )
    rows: list[Any] = padded(inner, abs(width), margins[0], (_BLANK,), left=side)
    empty = Expr(head, ())
    return Expr(
        head,
        tuple(
            _padded_levels(empty if x is _BLANK else x, head, rest, margins[1:], padding, left) for x in rows
        ),
    )


_BLANK = object()


def _padded_array(expr: Any, width: int, margin: int, fills: tuple[Any, ...], *, left: bool) -> Any:
    """A packed vector padded with one number of its own kind; None where that does not apply."""
    if type(expr) is not np.ndarray or expr.ndim != 1 or margin or len(fills) != 1 or not width:
        return None
    fill = fills[0]
    if type(fill) is int and fill == 0 and expr.dtype == np.int64:
        zero: Any = 0
    elif type(fill) is float and expr.dtype == np.float64:
        zero = fill
    else:
        return None
    out = np.full(width, zero, dtype=expr.dtype)
    kept = min(width, len(expr))
    if left:
        out[width - kept :] = expr[len(expr) - kept :]
    else:
        out[:kept] = expr[:kept]
    return packed(out)


def _ragged_shape(expr: Any) -> list[int]:
    """The least shape that holds all elements of a ragged nested list."""
    shape = []
    level = [expr]
    head = head_of(expr)
    while level and all(head_of(x) is head and size(x) is not None for x in level):
        shape.append(max(size(x) or 0 for x in level))
        level = [y for x in level for y in children(x) or ()]
    return shape


@builtin("PadRight", messages=PAD_MESSAGES)
def pad_right(ev: Any, expr: Any, spec: Any = S.Automatic, padding: Any = 0, margin: Any = 0) -> Any:
    """PadRight[list, n] makes list n long with zeros on the right; PadRight[list] makes a ragged list full.
    PadRight[list, n, x] pads with x, PadRight[list, n, {x1, x2, ...}] with the xi in turn.
    PadRight[list, n, x, m] leaves a margin of m on the left; {n1, n2, ...} pads nested lists.

    >>> PadRight[{a, b}, 4]
    {a, b, 0, 0}
    >>> PadRight[{{1}, {2, 3}}]
    {{1, 0}, {2, 3}}
    """
    return _pad(ev, "PadRight", expr, spec, padding, margin, left=False)


@builtin("PadLeft", messages=PAD_MESSAGES)
def pad_left(ev: Any, expr: Any, spec: Any = S.Automatic, padding: Any = 0, margin: Any = 0) -> Any:
    """PadLeft[list, n] makes list n long with zeros on the left; PadLeft[list, n, x] with x.
    PadLeft[list, n, {x1, x2, ...}] pads with the xi in turn, the last next to the list.
    PadLeft[list, n, x, m] leaves a margin of m on the right; {n1, n2, ...} pads nested lists.

    >>> PadLeft[{a, b}, 4]
    {0, 0, a, b}
    >>> PadLeft[{a, b, c}, 7, {x, y}]
    {x, y, x, y, a, b, c}
    """
    return _pad(ev, "PadLeft", expr, spec, padding, margin, left=True)


ARRAY_PAD_MESSAGES = {
    "toolarge": TOO_LARGE,
    "amount": "Padding amount `1` should be an integer, a pair of integers, or a list of pairs by level.",
    "padding": "Padding `1` should be a value, a list, Fixed, Periodic, Reflected or Reversed.",
}

# Which of n old elements stands at index i, counted from the first old one (0-based, may be negative).
INDEX_MAPS: dict[str, Callable[[int, int], int]] = {
    "Fixed": lambda i, n: min(max(i, 0), n - 1),
    "Periodic": lambda i, n: i % n,
    "Reversed": lambda i, n: (i % (2 * n)) if i % (2 * n) < n else 2 * n - 1 - i % (2 * n),
    "Reflected": lambda i, n: 0 if n == 1 else min(i % (2 * n - 2), 2 * n - 2 - i % (2 * n - 2)),
}


@builtin("ArrayPad", messages=ARRAY_PAD_MESSAGES)
def array_pad(ev: Any, expr: Any, amount: Any, padding: Any = 0) -> Any:
    """ArrayPad[array, m] puts m zeros on every side of array; ArrayPad[array, {m, n}] m before and n after
    on each level;
    ArrayPad[array, {{m1, n1}, ...}] by level; negative amounts take away. ArrayPad[array, m, padding] pads
    with a value, a list cyclically, or "Fixed", "Periodic", "Reflected", "Reversed".

    >>> ArrayPad[{a, b}, 1]
    {0, a, b, 0}
    >>> ArrayPad[{1, 2, 3}, 2, "Reflected"]
    {3, 2, 1, 2, 3, 2, 1}
    """
    depth = len(dimensions(expr))
    sides = _sides(amount, depth)
    if sides is None or not depth:
        ev.message("ArrayPad", "amount", amount)
        return None
    if type(padding) is str and padding not in INDEX_MAPS:
        ev.message("ArrayPad", "padding", padding)
        return None
    shape = (n + m + k for n, (m, k) in zip(dimensions(expr), sides, strict=True))
    if not small_enough(ev, "ArrayPad", math.prod(max(n, 0) for n in shape)):
        return None
    return _array_padded(expr, sides, padding)


def _sides(amount: Any, depth: int) -> list[tuple[int, int]] | None:
    if type(amount) is int:
        return [(amount, amount)] * depth
    if not is_list(amount):
        return None
    parts = items(amount)
    if all(type(x) is int for x in parts) and 1 <= len(parts) <= 2:
        return [(parts[0], parts[-1])] * depth
    if len(parts) > depth or not all(is_list(x) for x in parts):
        return None
    pairs = [items(x) for x in parts]
    if not all(1 <= len(x) <= 2 and all(type(n) is int for n in x) for x in pairs):
        return None
    return [(x[0], x[-1]) for x in pairs] + [(0, 0)] * (depth - len(pairs))


def _array_padded(expr: Any, sides: list[tuple[int, int]], padding: Any) -> Any:
    """One level, then the next inside it; rows that are new take the padding throughout."""
    before, after = sides[0]
    inner = (
        [_array_padded(x, sides[1:], padding) for x in children(expr) or ()]
        if len(sides) > 1
        else list(children(expr) or ())
    )
    count = len(inner)
    if type(padding) is str:
        pick = INDEX_MAPS[padding]
        return (
            make_list(inner[pick(i, count)] for i in range(-before, count + after))
            if count
            else make_list(())
        )
    kept = inner[max(-before, 0) : count - max(-after, 0)]
    fills: tuple[Any, ...] = items(padding) if is_list(padding) else (padding,)
    if len(sides) > 1:
        fills = (_constant(inner[0], fills[0]),) if inner else fills
    return make_list([*cycle(fills, before, at_end=True), *kept, *cycle(fills, after, at_end=False)])


def _constant(row: Any, value: Any) -> Any:
    """A row of the shape of `row`, all elements `value`."""
    return make_list(_constant(x, value) for x in children(row) or ()) if is_list(row) else value
