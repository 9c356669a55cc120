"""Map, MapIndexed, Scan, MapThread, Select, Pick, Through and function operators:
applying functions to elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import (
    FALSE,
    NULL,
    TRUE,
    Association,
    Expr,
    S,
    head_of,
    is_list,
    items,
    make_list,
    pack,
    packed,
)
from wlnet.expr.attributes import HOLD_FIRST, HOLD_REST
from wlnet.kernel.control import RUN, ReturnValue
from wlnet.kernel.functions import pure_function
from wlnet.kernel.registry import builtin
from wlnet.kernel.templates import finish

from .levels import ALL_LEVELS, LEVEL_1, children, levels_of, map_parts, rebuild, size, walk
from .searching import COUNT_MESSAGE, NOT_FOUND, limit_of
from .whole_arrays import mapped_over, mask_over, takes_arrays


def with_values(assoc: Association, values: list[Any]) -> Association:
    """`assoc` with other values, already evaluated, at the same keys."""
    entries = zip(assoc.entries.items(), values, strict=True)
    return Association({name: (k, v, False) for (name, (k, _, _)), v in entries})


def mapped(ev: Any, f: Any, value: Any) -> Any:
    """`Map[f, value]` on level 1. Numbers that come from a packed list are packed again."""
    kind = type(value)
    if kind is Association:
        if any(delayed for _, _, delayed in value.entries.values()):
            return rebuild(value, [Expr(f, (v,)) for v in value.values()])
        return with_values(value, list(map(ev.function(f), value.values())))
    if kind is np.ndarray:
        if takes_arrays(f):
            return Expr(f, (value,))
        whole = mapped_over(ev, f, value)
        if whole is not None:
            return whole
        return pack(make_list(map(ev.function(f), items(value))))
    if kind is not Expr:
        return value
    if value.head is S.List:
        return make_list(map(ev.function(f), value.args))
    return Expr(value.head, tuple(Expr(f, (x,)) for x in value.args))


@builtin("Map", operator=1)
def map_(ev: Any, f: Any, expr: Any, levelspec: Any = LEVEL_1, *, heads: Any = FALSE) -> Any:
    """Map[f, expr], or f /@ expr, applies f to each element on the first level of expr;
    to the values of an association.
    Map[f, expr, levelspec] applies f to the parts on the levels named. Map[f] is an operator form.

    >>> Map[f, {a, b}]
    {f[a], f[b]}
    >>> Map[f, x + y, {0}]
    f[x + y]
    >>> Map[f, {{a, b}, c}, 2]
    {f[{f[a], f[b]}], f[c]}
    >>> f /@ <|"a" -> 1|>
    <|a -> f[1]|>
    """
    levels = levels_of(ev, "Map", levelspec)
    if levels is None:
        return None
    if levels == LEVEL_1 and heads is not TRUE:
        return mapped(ev, f, expr)
    return map_parts(expr, levels, lambda part, at: Expr(f, (part,)), heads=heads is TRUE)


@builtin("MapAll", operator=1)
def map_all(ev: Any, f: Any, expr: Any, *, heads: Any = FALSE) -> Any:
    """MapAll[f, expr], or f //@ expr, applies f to every part of expr, parts before wholes.

    >>> f //@ {a, {b}}
    f[{f[a], f[{f[b]}]}]
    """
    return map_parts(expr, ALL_LEVELS, lambda part, at: Expr(f, (part,)), heads=heads is TRUE)


@builtin("MapIndexed", operator=1)
def map_indexed(ev: Any, f: Any, expr: Any, levelspec: Any = LEVEL_1, *, heads: Any = FALSE) -> Any:
    """MapIndexed[f, expr] applies f to each element and its position: f[e1, {1}], f[e2, {2}], ...
    MapIndexed[f, expr, levelspec] does so for the parts on the levels named.

    >>> MapIndexed[f, {a, b}]
    {f[a, {1}], f[b, {2}]}
    >>> MapIndexed[f, <|"x" -> 1|>]
    <|x -> f[1, {Key[x]}]|>
    """
    levels = levels_of(ev, "MapIndexed", levelspec)
    if levels is None:
        return None
    if levels == LEVEL_1 and heads is not TRUE and is_list(expr):
        call = ev.function(f)
        out = make_list([call(x, make_list((i,))) for i, x in enumerate(items(expr), 1)])
        return pack(out) if type(expr) is np.ndarray else out
    return map_parts(
        expr,
        levels,
        lambda part, at: Expr(f, (part, make_list(at or ()))),
        heads=heads is TRUE,
        positions=True,
    )


@builtin("Scan", operator=1)
def scan(ev: Any, f: Any, expr: Any, levelspec: Any = LEVEL_1, *, heads: Any = FALSE) -> Any:
    """Scan[f, expr] evaluates f[e] for each element e of expr and gives Null.
    Scan[f, expr, levelspec] does so for the parts on the levels named. Return[v] in f ends it with v.

    >>> Scan[Print, {a, b}]
    a
    b
    >>> Scan[If[# > 1, Return[#]] &, {1, 2, 3}]
    2
    """
    levels = levels_of(ev, "Scan", levelspec)
    if levels is None:
        return None
    call = _leaving(ev, f)

    def act(part: Any, at: Any) -> None:
        call(part)

    depth = RUN.depth
    try:
        if levels == LEVEL_1 and heads is not TRUE:
            for part in children(expr) or ():
                call(part)
        else:
            walk(expr, levels, act, heads=heads is TRUE)
    except ReturnValue as exit_:
        if exit_.head is not None and exit_.head is not S.Scan:
            raise
        RUN.depth = depth
        return exit_.value
    return NULL


def _leaving(ev: Any, f: Any) -> Callable[[Any], Any]:
    """`f` as a Python callable out of which Return leaves the whole Scan, not just the pure function."""
    compiled = pure_function(f) if type(f) is Expr and f.head is S.Function else None
    if compiled is None:
        return ev.function(f)  # type: ignore[no-any-return]

    def call(x: Any) -> Any:
        frame = compiled.frame((x,))
        return None if frame is None else finish(compiled.run(frame))

    return call


@builtin(
    "MapThread",
    operator=1,
    messages={
        "mptc": "Incompatible dimensions of objects at positions {2, `1`} and {2, `2`} of `3`; "
        "dimensions are `4` and `5`.",
        "mptd": "Object `1` at position {2, `2`} in `3` has only `4` of required `5` dimensions.",
    },
)
def map_thread(ev: Any, f: Any, lists: Any, depth: Any = 1) -> Any:
    """MapThread[f, {{a1, a2, ...}, {b1, b2, ...}, ...}] gives {f[a1, b1, ...], f[a2, b2, ...], ...}.
    MapThread[f, lists, n] goes down to level n. Associations with the same keys are threaded by key.

    >>> MapThread[f, {{a, b}, {c, d}}]
    {f[a, c], f[b, d]}
    >>> MapThread[f, {{{a, b}}, {{c, d}}}, 2]
    {{f[a, c], f[b, d]}}
    """
    columns = children(lists)
    plain = type(depth) is int and depth == 1
    call = Expr(S.MapThread, (f, lists) if plain else (f, lists, depth))
    if type(depth) is not int or depth < 0:
        ev.message("MapThread", "intnn", call, 3)
        return None
    if columns is None:
        ev.message("MapThread", "list", 2, call)
        return None
    if not columns:
        return lists
    if depth == 1 and all(type(c) is Association for c in columns):
        return _threaded_by_key(ev, f, columns)
    problem = _unequal(columns, depth)
    if problem is not None:
        tag, *arguments = problem
        ev.message("MapThread", tag, *arguments[:2], call, *arguments[2:])
        return None
    if depth == 1 and takes_arrays(f) and all(type(c) is np.ndarray and c.ndim == 1 for c in columns):
        return Expr(f, columns)
    return _threaded(ev.function(f), columns, depth)


def _unequal(columns: tuple[Any, ...], depth: int) -> tuple[Any, ...] | None:
    """The tag and arguments of the message that tells which lists do not fit together, if any."""
    if depth == 0:
        return None
    lengths = [size(c) if is_list(c) else None for c in columns]
    for i, count in enumerate(lengths, 1):
        if count is None:
            return "mptd", columns[i - 1], i, 0, depth
        if count != lengths[0]:
            return "mptc", 1, i, lengths[0], count
    for row in zip(*map(items, columns), strict=True):
        found = _unequal(row, depth - 1)
        if found is not None:
            return found
    return None


def _threaded(call: Callable[..., Any], columns: tuple[Any, ...], depth: int) -> Any:
    if depth == 0:
        return call(*columns)
    return make_list([_threaded(call, row, depth - 1) for row in zip(*map(items, columns), strict=True)])


def _threaded_by_key(ev: Any, f: Any, columns: tuple[Any, ...]) -> Any:
    first = columns[0]
    if any(set(c.entries) != set(first.entries) for c in columns):
        ev.message(
            "MapThread",
            "mptc",
            1,
            2,
            Expr(S.MapThread, (f, make_list(columns))),
            len(first),
            len(columns[-1]),
        )
        return None
    call = ev.function(f)
    return Association.of((k, call(*(c.get(k) for c in columns))) for k in first)


def chosen(value: Any, keep: list[bool]) -> Any:
    """The elements of `value` flagged in `keep`, under its head, with its keys, packed if it was."""
    kind = type(value)
    if kind is np.ndarray:
        return packed(value[np.array(keep)]) if any(keep) else make_list(())
    if kind is Association:
        return Association({k: e for (k, e), kept in zip(value.entries.items(), keep, strict=True) if kept})
    return Expr(value.head, tuple(x for x, kept in zip(value.args, keep, strict=True) if kept))


@builtin("Select", operator=0, messages=COUNT_MESSAGE)
def select(ev: Any, expr: Any, criterion: Any, most: Any = None) -> Any:
    """Select[list, crit] gives the elements e of list for which crit[e] is True;
    of an association the entries.
    Select[list, crit, n] stops after the first n. Select[crit] is an operator form.

    >>> Select[{1, 2, 3, 4}, EvenQ]
    {2, 4}
    >>> Select[<|"a" -> 1, "b" -> 2|>, # > 1 &]
    <|b -> 2|>
    >>> Select[f[1, a, 2], IntegerQ, 1]
    f[1]
    """
    inner = children(expr)
    limit = limit_of(ev, "Select", most)
    if limit is None:
        return None
    if inner is None:
        ev.message("Select", "normal", 1, Expr(S.Select, (expr, criterion)))
        return None
    if most is None and type(expr) is np.ndarray:
        mask = mask_over(ev, criterion, expr)
        if mask is not None:
            return packed(expr[mask]) if mask.any() else make_list(())
    passes = ev.predicate(criterion)
    if most is None:
        return chosen(expr, [passes(x) for x in inner])
    keep, found = [], 0
    for x in inner:
        keep.append(found < limit and passes(x))
        found += keep[-1]
    return chosen(expr, keep)


@builtin("Discard", operator=0, messages=COUNT_MESSAGE)
def discard(ev: Any, expr: Any, criterion: Any, most: Any = None) -> Any:
    """Discard[list, crit] gives list without the elements e for which crit[e] is True; Discard[list, crit, n]
    without the first n of these. Discard[crit] is an operator form.

    >>> Discard[{1, 2, 3, 4}, EvenQ]
    {1, 3}
    """
    inner = children(expr)
    limit = limit_of(ev, "Discard", most)
    if limit is None:
        return None
    if inner is None:
        ev.message("Discard", "normal", 1, Expr(S.Discard, (expr, criterion)))
        return None
    fails = ev.predicate(criterion)
    keep, found = [], 0
    for x in inner:
        keep.append(found >= limit or not fails(x))
        found += not keep[-1]
    return chosen(expr, keep)


@builtin("SelectFirst", operator=0, attributes=HOLD_REST)
def select_first(ev: Any, expr: Any, criterion: Any, default: Any = NOT_FOUND) -> Any:
    """SelectFirst[list, crit] gives the first element e for which crit[e] is True, or Missing["NotFound"].
    SelectFirst[list, crit, default] gives default, evaluated only then, when there is none.

    >>> SelectFirst[{1, 4, 6}, EvenQ]
    4
    >>> SelectFirst[{1, 3}, EvenQ, none]
    none
    """
    inner = children(expr)
    if inner is None:
        ev.message("SelectFirst", "normal", 1, Expr(S.SelectFirst, (expr, criterion)))
        return None
    passes = ev.predicate(ev.evaluate(criterion))
    for x in inner:
        if passes(x):
            return x
    return default


@builtin("Pick", messages={"incomp": "Expressions `1` and `2` have incompatible shapes."})
def pick(ev: Any, expr: Any, selectors: Any, form: Any = TRUE) -> Any:
    """Pick[list, sel] gives the elements of list for which the corresponding element of sel is True.
    Pick[list, sel, pattern] gives those for which it matches pattern.
    Nested lists are picked from at every level.

    >>> Pick[{a, b, c}, {True, False, True}]
    {a, c}
    >>> Pick[{a, b, c}, {1, 2, 1}, 1]
    {a, c}
    """
    if (
        type(expr) is np.ndarray
        and type(selectors) is np.ndarray
        and type(form) is int
        and selectors.ndim == 1
    ):
        if len(expr) == len(selectors) and selectors.dtype == np.int64:
            keep = selectors == form
            return packed(expr[keep]) if keep.any() else make_list(())
    fits = ev.matching(form)
    if fits(selectors):
        return expr
    found = _picked(expr, selectors, fits)
    if found is None:
        ev.message("Pick", "incomp", expr, selectors)
        return None
    return found[0] if found else Expr(S.Sequence, ())


def _picked(expr: Any, selectors: Any, fits: Callable[[Any], bool]) -> list[Any] | None:
    """What is left of `expr` (a list of one or no element); None where the shapes differ."""
    if fits(selectors):
        return [expr]
    inner, marks = children(expr), children(selectors)
    if marks is None:
        return []
    if inner is None:
        return []
    if len(inner) != len(marks):
        return None
    parts: list[list[Any]] = []
    for x, mark in zip(inner, marks, strict=True):
        part = _picked(x, mark, fits)
        if part is None:
            return None
        parts.append(part)
    if type(expr) is Association:
        kept = zip(expr.entries.items(), parts, strict=True)
        return [Association({name: (k, part[0], d) for (name, (k, _, d)), part in kept if part})]
    return [Expr(head_of(expr), tuple(x for part in parts for x in part))]


@builtin("Identity")
def identity(ev: Any, expr: Any) -> Any:
    """Identity[expr] gives expr.

    >>> Identity[x]
    x
    """
    return expr


@builtin("Construct")
def construct(ev: Any, f: Any, *args: Any) -> Any:
    """Construct[f, x, y, ...] gives f[x, y, ...].

    >>> Construct[f, x, y]
    f[x, y]
    """
    return Expr(f, args)


@builtin("Comap", operator=1)
def comap(ev: Any, functions: Any, x: Any) -> Any:
    """Comap[{f1, f2, ...}, x] gives {f1[x], f2[x], ...}; Comap[functions] is an operator form.

    >>> Comap[{f, g}, x]
    {f[x], g[x]}
    """
    inner = children(functions)
    if inner is None:
        return functions
    return rebuild(functions, [Expr(f, (x,)) for f in inner])


@builtin("ComapApply", operator=1)
def comap_apply(ev: Any, functions: Any, expr: Any) -> Any:
    """ComapApply[{f1, f2, ...}, expr] gives {f1 @@ expr, f2 @@ expr, ...}.

    >>> ComapApply[{f, g}, {x, y}]
    {f[x, y], g[x, y]}
    """
    inner, arguments = children(functions), children(expr)
    if inner is None or arguments is None:
        return functions
    return rebuild(functions, [Expr(f, arguments) for f in inner])


@builtin("ApplyTo", attributes=HOLD_FIRST)
def apply_to(ev: Any, place: Any, f: Any) -> Any:
    """ApplyTo[x, f], or x //= f, assigns f[x] to x and gives it.

    >>> x = 4; x //= g; x
    g[4]
    """
    return Expr(S.Set, (place, Expr(f, (place,))))
