"""Dimensions, ArrayDepth, ArrayQ, VectorQ, MatrixQ, Flatten, FlattenAt: rectangular and nested lists."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from wlnet.expr import (
    Association,
    Expr,
    NumericArray,
    S,
    head_of,
    is_list,
    items,
    make_list,
    pack,
    packed,
    truth,
)
from wlnet.kernel.registry import builtin

from .edits import change_at, positions_of
from .levels import children, level_bound
from .parts import PART_MESSAGES, PartError, complain


def dimensions(value: Any) -> tuple[int, ...]:
    """The lengths of the levels down to which `value` is rectangular and has one head."""
    if type(value) is np.ndarray:
        return tuple(value.shape)
    if type(value) is NumericArray:
        return value.array.shape
    if type(value) is not Expr:
        return (len(value),) if type(value) is Association else ()
    shape = [len(value.args)]
    level: list[Any] = list(value.args)
    while level:
        if any(head_of(x) is not value.head for x in level):
            break
        rows = [children(x) or () for x in level]
        lengths = set(map(len, rows))
        if len(lengths) != 1:
            break
        shape.append(lengths.pop())
        level = list(itertools.chain.from_iterable(rows))
    return tuple(shape)


@builtin("Dimensions")
def dimensions_(ev: Any, expr: Any, most: Any = None) -> Any:
    """Dimensions[expr] gives the lengths of the levels of a rectangular expr. Dimensions[expr, n] stops at
    level n.

    >>> Dimensions[{{a, b, c}, {d, e, f}}]
    {2, 3}
    >>> Dimensions[{{1}, {2, 3}}]
    {2}
    """
    shape = dimensions(expr)
    bound = math.inf if most is None else level_bound(most)
    if bound is None or bound < 0:
        return None
    return make_list(shape[: int(min(bound, len(shape)))])


@builtin("ArrayDepth")
def array_depth(ev: Any, expr: Any) -> Any:
    """ArrayDepth[expr] gives the number of levels on which expr is a full array.

    >>> ArrayDepth[{{1, 2}, {3, 4}}]
    2
    """
    return len(dimensions(expr))


def full_depth(value: Any) -> int | None:
    """The rank of a full array of lists; None when `value` is no list,
    or ragged below its rectangular levels."""
    if type(value) is np.ndarray:
        return int(value.ndim)
    if type(value) is NumericArray:
        return int(value.array.ndim)
    if not is_list(value):
        return None
    shape = dimensions(value)
    return len(shape) if not any(map(is_list, entries_at(value, len(shape)))) else None


def entries_at(value: Any, level: int) -> list[Any]:
    """The elements of a rectangular list on `level`, in order."""
    if type(value) is np.ndarray and level == value.ndim:
        return list(items(value.reshape(-1)))
    row = [value]
    for _ in range(level):
        if not row:
            break
        row = [x for part in row for x in children(part) or ()]
    return row


def _all_pass(ev: Any, value: Any, level: int, test: Any) -> bool:
    if type(value) is NumericArray:
        value = packed(value.array)
    if type(value) is np.ndarray and level == value.ndim and (test is S.NumberQ or test is S.NumericQ):
        return True
    passes = ev.predicate(test)
    return all(passes(x) for x in entries_at(value, level))


@builtin("ArrayQ")
def array_q(ev: Any, expr: Any, form: Any = None, test: Any = None) -> Any:
    """ArrayQ[expr] tells whether expr is a full array; ArrayQ[expr, pattern] also whether
    its depth matches pattern.
    ArrayQ[expr, pattern, test] requires test to be True of every element.

    >>> ArrayQ[{{1, 2}, {3, 4}}]
    True
    >>> ArrayQ[{{1, 2}, {3, a}}, 2, NumberQ]
    False
    """
    found = full_depth(expr)
    if found is None:
        # The elements are lists of unequal lengths: only the given depth can make it an array of lists.
        if test is None or type(form) is not int or not is_list(expr) or len(dimensions(expr)) < form:
            return truth(False)
        found = form
    if form is not None and not ev.matches(found, form):
        if type(form) is not int or not 1 <= form < found or test is None:
            return truth(False)
        found = form
    return truth(test is None or _all_pass(ev, expr, found, test))


@builtin("VectorQ")
def vector_q(ev: Any, expr: Any, test: Any = None) -> Any:
    """VectorQ[expr] tells whether expr is a list none of whose elements are lists.
    VectorQ[expr, test] tells whether it is a list whose elements all pass test.

    >>> VectorQ[{a, b}]
    True
    >>> VectorQ[{1, x}, NumberQ]
    False
    """
    if type(expr) is NumericArray:
        return truth(expr.array.ndim == 1)
    if not is_list(expr):
        return truth(False)
    if test is None:
        return truth(expr.ndim == 1 if type(expr) is np.ndarray else not any(map(is_list, expr.args)))
    return truth(_all_pass(ev, expr, 1, test))


@builtin("MatrixQ")
def matrix_q(ev: Any, expr: Any, test: Any = None) -> Any:
    """MatrixQ[expr] tells whether expr is a list of lists of equal length without lists inside.
    MatrixQ[expr, test] tells whether its elements all pass test.

    >>> MatrixQ[{{1, 2}, {3, 4}}]
    True
    >>> MatrixQ[{{1, 2}, {3}}]
    False
    """
    if type(expr) is NumericArray:
        return truth(expr.array.ndim == 2)
    if not is_list(expr) or len(dimensions(expr)) < 2:
        return truth(False)
    if test is None:
        return truth(len(dimensions(expr)) == 2 and not any(map(is_list, entries_at(expr, 2))))
    return truth(_all_pass(ev, expr, 2, test))


FLATTEN_MESSAGES = {
    "flpi": "Levels to be flattened together in `1` should be lists of distinct positive integers.",
    "fldep": "Level `1` specified in `2` exceeds the levels, `3`, which can be flattened together in `4`.",
    "flev": "The flatten level `1` should be a non-negative integer or Infinity.",
}


@builtin("Flatten", messages=FLATTEN_MESSAGES)
def flatten(ev: Any, expr: Any, levels: Any = S.Infinity, head: Any = None) -> Any:
    """Flatten[list] flattens nested lists; Flatten[list, n] to level n; Flatten[list, n, h] only where the
    head is h.
    Flatten[list, {{s11, s12, ...}, {s21, ...}, ...}] combines levels s1j to make each level i;
    Flatten[list, {{2}, {1}}]
    transposes, also a ragged list.

    >>> Flatten[{1, {2, {3}}}]
    {1, 2, 3}
    >>> Flatten[{1, {2, {3}}}, 1]
    {1, 2, {3}}
    >>> Flatten[{{a, b, c}, {d}}, {{2}, {1}}]
    {{a, d}, {b}, {c}}
    """
    if children(expr) is None:
        ev.message(
            "Flatten", "normal", 1, Expr(S.Flatten, (expr,) if levels is S.Infinity else (expr, levels))
        )
        return None
    if is_list(levels):
        return _combined(ev, expr, levels)
    bound = level_bound(levels)
    if bound is None or bound < 0:
        ev.message("Flatten", "flev", levels)
        return None
    if type(expr) is Association:
        return Expr(S.Association, tuple(_flat_rules(expr, bound)))
    wanted = head_of(expr) if head is None else head
    if type(expr) is np.ndarray:
        merged = int(min(bound, expr.ndim - 1)) if wanted is S.List else 0
        return packed(expr.reshape(-1, *expr.shape[merged + 1 :]))
    return flattened(expr, wanted, bound)


def flattened(expr: Expr, head: Any, bound: float = math.inf) -> Any:
    """`expr` with parts of the same `head` spliced into it, `bound` levels deep. Iterative; numeric arrays
    stay packed."""
    out: list[Any] = []
    stack: list[tuple[Iterator[Any], float]] = [(iter(expr.args), 0)]
    while stack:
        source, level = stack[-1]
        for part in source:
            if level < bound and _has_head(part, head):
                stack.append((iter(_numbers(part, bound - level)), level + 1))
                break
            out.append(part)
        else:
            stack.pop()
    return Expr(expr.head, tuple(out))


def _has_head(part: Any, head: Any) -> bool:
    kind = type(part)
    if kind is Expr:
        return part.head is head or (type(head) is Expr and part.head == head)
    return kind is np.ndarray and head is S.List


def _numbers(part: Any, bound: float) -> tuple[Any, ...]:
    """The elements of `part`; all numbers of a packed one at once where `bound` levels reach them."""
    if type(part) is np.ndarray and part.ndim > 1 and bound >= part.ndim:
        return items(part.reshape(-1))
    return children(part) or ()


def _flat_rules(value: Association, bound: float) -> Iterator[Expr]:
    for rule in value.rules():
        if type(rule.args[1]) is Association and bound > 0:
            yield from _flat_rules(rule.args[1], bound - 1)
        else:
            yield rule


def _combined(ev: Any, expr: Any, spec: Any) -> Any:
    groups: list[Any] = [list(items(g)) if is_list(g) else g for g in items(spec)]
    if groups and all(type(g) is int for g in groups):
        groups = [groups]
    mentioned = [x for g in groups if type(g) is list for x in g]
    if not all(type(g) is list for g in groups) or not all(type(x) is int and x > 0 for x in mentioned):
        ev.message("Flatten", "flpi", spec)
        return None
    if len(set(mentioned)) != len(mentioned):
        ev.message("Flatten", "flpi", spec)
        return None
    deepest: int = max(mentioned, default=0)
    groups += [[x] for x in range(1, deepest + 1) if x not in mentioned]
    if type(expr) is np.ndarray and deepest <= expr.ndim:
        order = [x - 1 for g in groups for x in g] + list(range(deepest, expr.ndim))
        shape = [math.prod(expr.shape[x - 1] for x in g) for g in groups]
        return packed(expr.transpose(order).reshape(*shape, *expr.shape[deepest:]))
    entries = _indexed(expr, deepest, head_of(expr))
    if entries is None:
        ev.message("Flatten", "fldep", deepest, spec, deepest - 1, expr)
        return None
    return _grouped(entries, groups, head_of(expr))


Entry = tuple[tuple[int, ...], Any]


def _indexed(expr: Any, deepest: int, head: Any) -> list[Entry] | None:
    """All parts on level `deepest` with their indices; None where something above it is no list."""
    entries: list[Entry] = [((), expr)]
    for _ in range(deepest):
        if any(head_of(x) is not head for _, x in entries):
            return None
        entries = [((*at, i), part) for at, x in entries for i, part in enumerate(children(x) or ())]
    return entries


def _grouped(entries: list[Entry], groups: list[list[int]], head: Any) -> Any:
    if not groups:
        return entries[0][1]
    slots: dict[tuple[int, ...], list[Entry]] = {}
    for entry in entries:
        slots.setdefault(tuple(entry[0][x - 1] for x in groups[0]), []).append(entry)
    return Expr(head, tuple(_grouped(slots[k], groups[1:], head) for k in sorted(slots)))


@builtin("FlattenAt", operator=0, messages=PART_MESSAGES)
def flatten_at(ev: Any, expr: Any, position: Any) -> Any:
    """FlattenAt[list, n] flattens the list that is the n-th element; other positions as in MapAt.

    >>> FlattenAt[{a, {b, c}, {d}}, 2]
    {a, b, c, {d}}
    """

    def opened(part: Any) -> Any:
        inner = children(part)
        return part if inner is None else Expr(S.Sequence, inner)

    try:
        return change_at(expr, positions_of(position), opened)
    except PartError as error:
        complain(ev, "FlattenAt", error, expr, positions_of(position)[0])
        return None


@builtin(
    "ArrayFlatten",
    messages={
        "blocks": "The blocks of `1` do not fit together: one height by row, one width by column is needed."
    },
)
def array_flatten(ev: Any, expr: Any) -> Any:
    """ArrayFlatten[{{m11, m12, ...}, {m21, m22, ...}, ...}] puts matrices together to one; 0 stands for a
    block of zeros.

    >>> ArrayFlatten[{{{{1, 2}, {3, 4}}, {{5}, {6}}}, {{{7, 8}}, 0}}]
    {{1, 2, 5}, {3, 4, 6}, {7, 8, 0}}
    """
    if not is_list(expr) or not all(map(is_list, items(expr))):
        return None
    rows = [items(row) for row in items(expr)]
    shapes = [[dimensions(block)[:2] if is_list(block) else None for block in row] for row in rows]
    heights = _agreed([[s[0] if s else None for s in row] for row in shapes])
    widths = _agreed(
        [[s[1] if s and len(s) == 2 else None for s in column] for column in zip(*shapes, strict=False)]
    )
    flat = any(s is not None and len(s) < 2 for row in shapes for s in row)
    if heights is None or widths is None or flat or len({len(row) for row in rows}) > 1:
        ev.message("ArrayFlatten", "blocks", expr)
        return None
    out = []
    for row, height in zip(rows, heights, strict=True):
        for i in range(height):
            line: list[Any] = []
            for block, width in zip(row, widths, strict=True):
                line.extend(items(items(block)[i]) if is_list(block) else (block,) * width)
            out.append(make_list(line))
    return pack(make_list(out))


def _agreed(lines: list[list[int | None]]) -> list[int] | None:
    """The one size that the blocks of each line have; 1 where none says; None where they differ."""
    out = []
    for line in lines:
        sizes = {n for n in line if n is not None}
        if len(sizes) > 1:
            return None
        out.append(sizes.pop() if sizes else 1)
    return out
