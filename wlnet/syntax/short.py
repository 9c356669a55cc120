"""Short: an expression with `<<n>>` for what does not fit, found without printing all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr.association import Association
from wlnet.expr.expression import Expr, items
from wlnet.expr.symbols import S, Symbol

Text = Callable[[Any], str]

# Below this room in characters a part that has parts itself is left out rather than shown as `{<<1000>>}`.
_LEAST = 16

_BRACKETS = (S.List, S.Association, S.Rule)  # written with two characters or so


def shortened(value: Any, room: int, text: Text) -> Any:
    """`value` with <<n>> for the arguments, in the middle at every level, that go beyond `room` characters.

    `text` gives the text of an atom. The size of the value does not matter: only what is shown is looked at.
    """
    return _cut(value, room, text)[0]


def _cut(value: Any, room: int, text: Text) -> tuple[Any, int, bool]:
    """(what is shown of `value`, its length in characters or somewhat more, whether that is all of it)."""
    kind = type(value)
    if kind is str:
        size = len(value)
        return (value, size, True) if size <= room else (value[: max(room - 3, 0)] + "...", room, False)
    count, part = _parts(value)
    if part is None:
        size = len(text(value))
        return (value, size, True) if size <= room else (_left_out(1), 5, False)
    head = value.head if kind is Expr else S.Association if kind is Association else S.List
    size, whole = 2, True
    if type(head) is not Symbol:
        head, head_size, whole = _cut(head, room // 2, text)
        size += head_size
    elif head not in _BRACKETS:
        size += len(head.name)
    front: list[Any] = []
    back: list[Any] = []
    left, right = 0, count
    while left < right:
        side = front if len(front) <= len(back) else back
        share = room - size if right - left == 1 else (room - size) // 2
        shown, more, all_of_it = _cut(part(left if side is front else right - 1), share, text)
        if size + more > room or not (all_of_it or share >= _LEAST):
            break
        size += more + 2
        whole = whole and all_of_it
        side.append(shown)
        left, right = left + (side is front), right - (side is back)
    if left == right and whole and kind is not Association:
        return value, size, True
    middle = (_left_out(right - left),) if left < right else ()
    return Expr(head, (*front, *middle, *back[::-1])), size, whole and not middle


def _left_out(count: int) -> Expr:
    return Expr(S.Skeleton, (count,))


def _parts(value: Any) -> tuple[int, Callable[[int], Any] | None]:
    """How many arguments there are, and a function that gives each; None for an atom."""
    kind = type(value)
    if kind is Expr:
        return len(value.args), value.args.__getitem__
    if kind is np.ndarray:
        if value.ndim > 1:
            return len(value), value.__getitem__
        return len(value), lambda i: items(value[i : i + 1])[0]
    if kind is Association:
        rules = value.rules()
        return len(rules), rules.__getitem__
    return 0, None
