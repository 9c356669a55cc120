"""Level, Position, Count, Cases, DeleteCases, MemberQ, FreeQ: finding the parts of an expression
that fit a pattern."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Association, Expr, S, head_of, make_list, packed, truth
from wlnet.expr.attributes import HOLD_REST
from wlnet.kernel.registry import builtin

from .levels import ALL_LEVELS, LEVEL_1, children, is_rule, level_bound, levels_of, walk

COUNT_MESSAGE = {"innf": "Non-negative integer or Infinity expected in place of `1`."}
NOT_FOUND = Expr(S.Missing, ("NotFound",))


def limit_of(ev: Any, name: str, most: Any) -> float | None:
    """The greatest number of results asked for; None after a message."""
    if most is None:
        return math.inf
    bound = level_bound(most)
    if bound is None or bound < 0:
        ev.message(name, "innf", most)
        return None
    return bound


def _finder(ev: Any, form: Any) -> Callable[[Any], tuple[Any, bool]]:
    """For a pattern: (part, whether it fits). For `pattern -> new`: (new value, whether it fits)."""
    if is_rule(form):
        return ev.replacer(form)  # type: ignore[no-any-return]
    fits = ev.matching(form)
    return lambda part: (part, fits(part))


def _found(
    expr: Any, find: Callable[[Any], tuple[Any, bool]], levels: Any, most: float, heads: bool
) -> list[Any]:
    """The first `most` results of `find` over the parts of `expr` on `levels`."""
    out: list[Any] = []
    if most <= 0:
        return out

    def act(part: Any, at: Any) -> bool:
        new, fits = find(part)
        if fits:
            out.append(new)
        return fits and len(out) >= most

    if levels == LEVEL_1 and not heads:
        for part in children(expr) or ():
            if act(part, None):
                break
    else:
        walk(expr, levels, act, heads=heads)
    return out


@builtin("Level")
def level(ev: Any, expr: Any, levelspec: Any, wrapper: Any = None, *, heads: Any = FALSE) -> Any:
    """Level[expr, levelspec] gives a list of the parts of expr on the levels that levelspec names, parts
    before wholes.
    Level[expr, levelspec, f] applies f to the sequence of parts.

    >>> Level[a + f[x, y^n], {-1}]
    {a, x, y, n}
    >>> Level[{{1, 2}, {3}}, {1, 2}]
    {1, 2, {1, 2}, 3, {3}}
    """
    levels = levels_of(ev, "Level", levelspec)
    if levels is None:
        return None
    out: list[Any] = []
    walk(expr, levels, lambda part, at: out.append(part), heads=heads is TRUE)
    return make_list(out) if wrapper is None else Expr(wrapper, tuple(out))


@builtin("Cases", operator=0, messages=COUNT_MESSAGE)
def cases(
    ev: Any, expr: Any, form: Any, levelspec: Any = LEVEL_1, most: Any = None, *, heads: Any = FALSE
) -> Any:
    """Cases[expr, pattern] gives the elements of expr that match pattern; Cases[expr, pattern -> rhs] the
    values of rhs.
    Cases[expr, pattern, levelspec] looks on the levels named, Cases[expr, pattern, levelspec, n] stops
    after n.
    Cases[pattern] is an operator form.

    >>> Cases[{1, f[2], 3, f[x]}, f[_]]
    {f[2], f[x]}
    >>> Cases[{1, f[2], 3, f[x]}, f[u_] -> u]
    {2, x}
    >>> Cases[{1, {2, {3}}}, _Integer, Infinity, 2]
    {1, 2}
    """
    levels, limit = levels_of(ev, "Cases", levelspec), limit_of(ev, "Cases", most)
    if levels is None or limit is None:
        return None
    return make_list(_found(expr, _finder(ev, form), levels, limit, heads is TRUE))


@builtin("FirstCase", operator=0, attributes=HOLD_REST)
def first_case(
    ev: Any, expr: Any, form: Any, default: Any = NOT_FOUND, levelspec: Any = LEVEL_1, *, heads: Any = FALSE
) -> Any:
    """FirstCase[expr, pattern] gives the first element of expr that matches pattern, or Missing["NotFound"].
    FirstCase[expr, pattern -> rhs, default, levelspec] gives a value of rhs, or default; default is
    evaluated only then.

    >>> FirstCase[{a, 1, 2}, _Integer]
    1
    >>> FirstCase[{a, b}, _Integer, none]
    none
    """
    if type(levelspec) is not tuple:
        levelspec = ev.evaluate(levelspec)
    levels = levels_of(ev, "FirstCase", levelspec)
    if levels is None:
        return None
    found = _found(expr, _finder(ev, ev.evaluate(form)), levels, 1, ev.evaluate(heads) is TRUE)
    return found[0] if found else default


@builtin("DeleteCases", operator=0, messages=COUNT_MESSAGE)
def delete_cases(
    ev: Any, expr: Any, form: Any, levelspec: Any = LEVEL_1, most: Any = None, *, heads: Any = FALSE
) -> Any:
    """DeleteCases[expr, pattern] gives expr without its elements that match pattern.
    DeleteCases[expr, pattern, levelspec, n] deletes at most n parts on the levels named.

    >>> DeleteCases[{1, a, 2, b}, _Integer]
    {a, b}
    >>> DeleteCases[{1, {2, a}}, _Integer, {2}]
    {1, {a}}
    >>> DeleteCases[<|"a" -> 1, "b" -> x|>, _Integer]
    <|b -> x|>
    """
    levels, limit = levels_of(ev, "DeleteCases", levelspec), limit_of(ev, "DeleteCases", most)
    if levels is None or limit is None:
        return None
    fits = ev.matching(form)
    if levels == LEVEL_1 and limit == math.inf and heads is not TRUE:
        return _without(expr, [not fits(x) for x in children(expr) or ()])
    return _deleted(expr, fits, levels, limit, heads is TRUE)


def _without(expr: Any, keep: list[bool]) -> Any:
    """The elements of `expr` flagged in `keep`."""
    if all(keep):
        return expr
    if type(expr) is np.ndarray:
        return packed(expr[np.array(keep)]) if any(keep) else make_list(())
    if type(expr) is Association:
        return Association({k: e for (k, e), kept in zip(expr.entries.items(), keep, strict=True) if kept})
    return Expr(expr.head, tuple(x for x, kept in zip(expr.args, keep, strict=True) if kept))


def _deleted(expr: Any, fits: Callable[[Any], bool], levels: Any, limit: float, heads: bool) -> Any:
    """Find the positions first, then delete: whether a part goes never depends on what went inside it."""
    gone: set[tuple[Any, ...]] = set()

    def act(part: Any, at: Any) -> bool:
        if at and len(gone) < limit and fits(part):
            gone.add(at)
        return len(gone) >= limit

    if limit > 0:
        walk(expr, levels, act, heads=heads, positions=True)
    return _rebuilt(expr, gone, ())


def _rebuilt(expr: Any, gone: set[tuple[Any, ...]], at: tuple[Any, ...]) -> Any:
    if not any(len(p) > len(at) and p[: len(at)] == at for p in gone):
        return expr
    if type(expr) is Association:
        kept = {}
        for name, (k, v, delayed) in expr.entries.items():
            place = (*at, Expr(S.Key, (k,)))
            if place not in gone:
                kept[name] = (k, _rebuilt(v, gone, place), delayed)
        return Association(kept)
    parts = [
        _rebuilt(part, gone, (*at, i))
        for i, part in enumerate(children(expr) or (), 1)
        if (*at, i) not in gone
    ]
    head = head_of(expr)
    if (*at, 0) in gone:
        return Expr(S.Sequence, tuple(parts))
    return Expr(_rebuilt(head, gone, (*at, 0)), tuple(parts))


@builtin("Position", operator=0, messages=COUNT_MESSAGE)
def position(
    ev: Any, expr: Any, form: Any, levelspec: Any = ALL_LEVELS, most: Any = None, *, heads: Any = TRUE
) -> Any:
    """Position[expr, pattern] gives the positions of all parts of expr that match pattern,
    in a form for Extract.
    Position[expr, pattern, levelspec, n] gives the first n on the levels named.

    >>> Position[{a, b, {a}}, a]
    {{1}, {3, 1}}
    >>> Position[<|"x" -> 1, "y" -> 2|>, 2]
    {{Key[y]}}
    """
    levels, limit = levels_of(ev, "Position", levelspec), limit_of(ev, "Position", most)
    if levels is None or limit is None:
        return None
    if type(expr) is np.ndarray and type(form) is int and expr.dtype == np.int64 and levels[1] == math.inf:
        places = np.argwhere(expr == form) + 1
        return packed(places[: int(min(limit, len(places)))]) if len(places) and limit else make_list(())
    found = _positions(ev, expr, form, levels, limit, heads is TRUE)
    if (
        found
        and all(len(p) == len(found[0]) > 0 for p in found)
        and all(type(i) is int for p in found for i in p)
    ):
        return packed(np.array(found, dtype=np.int64))
    return make_list(make_list(p) for p in found)


def _positions(
    ev: Any, expr: Any, form: Any, levels: Any, limit: float, heads: bool
) -> list[tuple[Any, ...]]:
    fits = ev.matching(form)
    out: list[tuple[Any, ...]] = []

    def act(part: Any, at: Any) -> bool:
        if fits(part):
            out.append(at)
        return len(out) >= limit

    if limit > 0:
        walk(expr, levels, act, heads=heads, positions=True)
    return out


@builtin("FirstPosition", operator=0, attributes=HOLD_REST)
def first_position(
    ev: Any, expr: Any, form: Any, default: Any = NOT_FOUND, levelspec: Any = ALL_LEVELS, *, heads: Any = TRUE
) -> Any:
    """FirstPosition[expr, pattern] gives the position of the first part of expr that matches pattern, or
    Missing["NotFound"].
    FirstPosition[expr, pattern, default, levelspec] gives default when there is none on the levels named.

    >>> FirstPosition[{a, b, c, b}, b]
    {2}
    """
    if type(levelspec) is not tuple:
        levelspec = ev.evaluate(levelspec)
    levels = levels_of(ev, "FirstPosition", levelspec)
    if levels is None:
        return None
    found = _positions(ev, expr, ev.evaluate(form), levels, 1, ev.evaluate(heads) is TRUE)
    return make_list(found[0]) if found else default


@builtin("Count", operator=0)
def count(ev: Any, expr: Any, form: Any, levelspec: Any = LEVEL_1, *, heads: Any = FALSE) -> Any:
    """Count[expr, pattern] gives the number of elements of expr that match pattern.
    Count[expr, pattern, levelspec] counts on the levels named.

    >>> Count[{a, b, a}, a]
    2
    >>> Count[{1, {2, {3}}}, _Integer, Infinity]
    3
    """
    levels = levels_of(ev, "Count", levelspec)
    if levels is None:
        return None
    if type(expr) is np.ndarray and expr.ndim == 1 and levels == LEVEL_1 and type(form) is int:
        return int(np.count_nonzero(expr == form)) if expr.dtype == np.int64 else 0
    fits = ev.matching(form)
    if levels == LEVEL_1 and heads is not TRUE:
        return sum(fits(x) for x in children(expr) or ())
    total = 0

    def act(part: Any, at: Any) -> None:
        nonlocal total
        total += fits(part)

    walk(expr, levels, act, heads=heads is TRUE)
    return total


@builtin("MemberQ", operator=0)
def member_q(ev: Any, expr: Any, form: Any, levelspec: Any = LEVEL_1, *, heads: Any = FALSE) -> Any:
    """MemberQ[expr, pattern] tells whether an element of expr matches pattern.
    MemberQ[expr, pattern, levelspec] looks on the levels named.

    >>> MemberQ[{a, b}, b]
    True
    >>> MemberQ[{{1}, {2}}, 2]
    False
    """
    levels = levels_of(ev, "MemberQ", levelspec)
    if levels is None:
        return None
    fits = ev.matching(form)
    if levels == LEVEL_1 and heads is not TRUE:
        return truth(any(fits(x) for x in children(expr) or ()))
    return truth(walk(expr, levels, lambda part, at: fits(part), heads=heads is TRUE))


@builtin("FreeQ", operator=0)
def free_q(ev: Any, expr: Any, form: Any, levelspec: Any = ALL_LEVELS, *, heads: Any = TRUE) -> Any:
    """FreeQ[expr, pattern] tells whether no part of expr, heads included, matches pattern.
    FreeQ[expr, pattern, levelspec] looks only on the levels named.

    >>> FreeQ[x^2 + y, x]
    False
    >>> FreeQ[{1, 2}, _Symbol]
    False
    >>> FreeQ[{1, 2}, _Symbol, Heads -> False]
    True
    """
    levels = levels_of(ev, "FreeQ", levelspec)
    if levels is None:
        return None
    fits = ev.matching(form)
    return truth(not walk(expr, levels, lambda part, at: fits(part), heads=heads is TRUE))
