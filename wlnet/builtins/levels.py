"""Level specifications, and walks over the parts of an expression: what Map, Cases, Position,
Level and kin share."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import ATOMS, Association, Expr, S, Symbol, is_list, items, make_list, packed

# A level specification, as (low, high). A level n >= 0 counts from the top; -n means parts whose depth is n.
Levels = tuple[float, float]

LEVEL_0: Levels = (0, 0)
LEVEL_1: Levels = (1, 1)
ALL_LEVELS: Levels = (0, math.inf)
BELOW: Levels = (1, math.inf)

# The part of an expression that `act` sees, and where it stands (None where the walk keeps no positions).
Act = Callable[[Any, tuple[Any, ...] | None], Any]


def level_bound(value: Any) -> float | None:
    """An integer or Infinity as a number; None for anything else."""
    if type(value) is int:
        return value
    if value is S.Infinity or (
        type(value) is Expr and value.head is S.DirectedInfinity and value.args == (1,)
    ):
        return math.inf
    return None


def parse_levels(spec: Any) -> Levels | None:
    """The levels that `n`, `{n}`, `{m, n}`, `Infinity` or `All` name; None when `spec` is none of these."""
    if spec is S.All:
        return ALL_LEVELS
    if is_list(spec):
        bounds = [level_bound(x) for x in items(spec)]
        if not 1 <= len(bounds) <= 2 or bounds[0] is None or bounds[-1] is None:
            return None
        return bounds[0], bounds[-1]
    high = level_bound(spec)
    return None if high is None else (1, high)


def levels_of(ev: Any, name: str, spec: Any) -> Levels | None:
    """`parse_levels`, with the message `name::level` when the specification is malformed."""
    if type(spec) is tuple:
        return spec
    found = parse_levels(spec)
    if found is None:
        ev.message(name, "level", spec)
    return found


def children(value: Any) -> tuple[Any, ...] | None:
    """The elements on level 1 of `value`: arguments, list elements, values of an association;
    None for an atom."""
    kind = type(value)
    if kind is Expr:
        return value.args  # type: ignore[no-any-return]
    if kind is np.ndarray:
        return items(value)
    if kind is Association:
        return tuple(value.values())
    return None


def is_rule(value: Any) -> bool:
    """Whether `value` is a -> b or a :> b."""
    return (
        type(value) is Expr and (value.head is S.Rule or value.head is S.RuleDelayed) and len(value.args) == 2
    )


def size(value: Any) -> int | None:
    """The number of elements on level 1, without making them; None for an atom."""
    kind = type(value)
    if kind is Expr:
        return len(value.args)
    return len(value) if kind is np.ndarray or kind is Association else None


def length(value: Any) -> int:
    """The number of elements of a list, without making them."""
    return len(value) if type(value) is np.ndarray else len(value.args)


def nth(value: Any, index: int) -> Any:
    """Element `index` (0-based, negative from the end) of a value whose `size` is not None."""
    kind = type(value)
    if kind is Expr:
        return value.args[index]
    if kind is np.ndarray:
        return packed(value[index])
    return value.values()[index]


def rebuild(value: Any, new: list[Any] | tuple[Any, ...]) -> Any:
    """`value` with its elements replaced by `new`, to be evaluated.
    An association comes back as a call of Association."""
    kind = type(value)
    if kind is Expr:
        return Expr(value.head, tuple(new))
    if kind is np.ndarray:
        return make_list(new)
    rules = [
        Expr(S.RuleDelayed if delayed else S.Rule, (k, v))
        for (k, _, delayed), v in zip(value.entries.values(), new, strict=True)
    ]
    return Expr(S.Association, tuple(rules))


def labels(value: Any) -> list[Any]:
    """What stands in a position for each element of `value`: 1, 2, ..., or Key[k] in an association."""
    if type(value) is Association:
        return [Expr(S.Key, (k,)) for k in value]
    return list(range(1, len(children(value) or ()) + 1))


def byte_count(value: Any) -> int:
    """`ByteCount[value]`: the bytes of its atoms and of the expressions around them. Iterative."""
    count = 0
    stack = [value]
    while stack:
        part = stack.pop()
        kind = type(part)
        if kind is Expr:
            count += sys.getsizeof(part) + sys.getsizeof(part.args)
            stack.append(part.head)
            stack.extend(part.args)
        elif kind is Association:
            count += sys.getsizeof(part) + sys.getsizeof(part.entries)
            for k, v, _ in part.entries.values():
                stack += (k, v)
        elif isinstance(getattr(part, "nbytes", None), int):
            count += type(part).__basicsize__ + part.nbytes
        elif kind is not Symbol:  # symbols are shared by all expressions
            count += sys.getsizeof(part)
    return count


def depth(value: Any, heads: bool = False) -> int:
    """`Depth[value]`: one more than the longest chain of parts, with `heads` or without. Iterative."""
    deepest = 1
    stack = [(value, 1)]
    while stack:
        part, level = stack.pop()
        if type(part) is np.ndarray:
            deepest = max(deepest, level + part.ndim)
            continue
        inner = children(part)
        if inner is None:
            deepest = max(deepest, level)
            continue
        deepest = max(deepest, level + 1)
        stack.extend((x, level + 1) for x in inner)
        if heads and type(part) is Expr:
            stack.append((part.head, level + 1))
    return deepest


def leaf_count(value: Any) -> int:
    """`LeafCount[value]`: the number of parts that are not divided further, heads included. Iterative."""
    count = 0
    stack = [value]
    while stack:
        part = stack.pop()
        kind = type(part)
        if kind is Expr:
            stack.append(part.head)
            stack.extend(part.args)
        elif kind is np.ndarray:
            rows = math.prod(part.shape[:-1])
            heads = sum(math.prod(part.shape[:k]) for k in range(part.ndim))
            count += heads + (rows * part.shape[-1]) * (3 if part.dtype == np.complex128 else 1)
        elif kind.__name__ in ("Fraction", "Complex"):
            count += 3 if kind.__name__ == "Fraction" else 1 + sum(leaf_count(x) for x in (part.re, part.im))
        elif kind is Association:
            stack.append(ATOMS[Association].full(part))  # type: ignore[misc]
        else:
            count += 1
    return count


def walk(value: Any, levels: Levels, act: Act, *, heads: bool = False, positions: bool = False) -> bool:
    """Call `act(part, position)` for the parts of `value` on `levels`, parts before the whole, left to right.

    `position` is a tuple of indices and Key[k], or None unless `positions`. With `heads`, heads are parts too
    (index 0). Ends as soon as `act` returns a true value; tells whether it did.
    """
    return not _walk(value, 0, levels, act, heads, () if positions else None)


def _walk(value: Any, level: int, levels: Levels, act: Act, heads: bool, at: tuple[Any, ...] | None) -> int:
    """The depth of `value`, or 0 when `act` ended the walk."""
    low, high = levels
    deep = 1
    if high < 0 or level < high:
        inner = children(value)
        if inner is not None:
            deep = 2
            if heads and type(value) is Expr:
                where = None if at is None else (*at, 0)
                if not _walk(value.head, level + 1, levels, act, heads, where):
                    return 0
            names = labels(value) if at is not None else None
            for i, part in enumerate(inner):
                where = None if names is None else (*at, names[i])  # type: ignore[misc]
                inside = _walk(part, level + 1, levels, act, heads, where)
                if not inside:
                    return 0
                if inside >= deep:
                    deep = inside + 1
    elif low < 0:
        deep = depth(value)
    if _within(level, deep, low, high) and act(value, at):
        return 0
    return deep


def _within(level: int, deep: int, low: float, high: float) -> bool:
    return (level >= low if low >= 0 else deep <= -low) and (level <= high if high >= 0 else deep >= -high)


def map_parts(value: Any, levels: Levels, act: Act, *, heads: bool = False, positions: bool = False) -> Any:
    """`value` with each part on `levels` replaced by `act(part, position)`,
    parts before the whole; not evaluated.

    Whether a part lies within a negative level is told by its depth before any replacement.
    """
    return _map_parts(value, 0, levels, act, heads, () if positions else None)[0]


def _map_parts(
    value: Any, level: int, levels: Levels, act: Act, heads: bool, at: tuple[Any, ...] | None
) -> tuple[Any, int]:
    low, high = levels
    deep = 1
    new = value
    if high < 0 or level < high:
        inner = children(value)
        if inner is not None:
            names = labels(value) if at is not None else None
            parts = []
            deep = 2
            head = value.head if type(value) is Expr else None
            if heads and head is not None:
                head, _ = _map_parts(head, level + 1, levels, act, heads, None if at is None else (*at, 0))
            for i, part in enumerate(inner):
                where = None if names is None else (*at, names[i])  # type: ignore[misc]
                changed, inside = _map_parts(part, level + 1, levels, act, heads, where)
                parts.append(changed)
                if inside >= deep:
                    deep = inside + 1
            new = _replaced(value, head, inner, parts)
    elif low < 0:
        deep = depth(value)
    if _within(level, deep, low, high):
        new = act(new, at)
    return new, deep


def _replaced(value: Any, head: Any, old: tuple[Any, ...], new: list[Any]) -> Any:
    """`value` itself when nothing in it changed, so that shared parts stay shared and evaluated."""
    if type(value) is Expr:
        if head is value.head and all(a is b for a, b in zip(old, new, strict=True)):
            return value
        return Expr(head, tuple(new))
    if all(a is b for a, b in zip(old, new, strict=True)):
        return value
    return rebuild(value, new)
