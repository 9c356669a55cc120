"""GroupBy, Merge, Counts, PositionIndex, JoinAcross: associations built from lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, is_list, items, key, make_list
from wlnet.kernel.registry import builtin, symbol

from .associations import as_association, plain_key
from .levels import children, is_rule
from .sets import classes, equivalence
from .whole_arrays import values_of

symbol(
    "KeyCollisionFunction",
    usage="KeyCollisionFunction is an option of JoinAcross: the new names for a key that both rows have.",
)

GROUP_MESSAGES = {
    "list1": "The argument `1` is not a list or association.",
    "invrl": "The argument `1` is not a valid Association or a list of rules.",
}


@builtin("GroupBy", operator=0, messages=GROUP_MESSAGES)
def group_by(ev: Any, expr: Any, f: Any, reduce: Any = None) -> Any:
    """GroupBy[list, f] gives an association of the values of f with the lists of elements that have them.
    GroupBy[list, f -> g] keeps g of each element; GroupBy[list, f, red] applies red to each group;
    GroupBy[list, {f1, f2, ...}] groups again within each group. An association is grouped by its values.

    >>> GroupBy[{1, 2, 3, 4}, OddQ]
    <|True -> {1, 3}, False -> {2, 4}|>
    >>> GroupBy[{{a, 1}, {b, 2}, {a, 3}}, First -> Last, Total]
    <|a -> 4, b -> 2|>
    """
    source = expr
    if is_list(expr) and items(expr) and all(map(is_rule, items(expr))) and type(f) is str:
        source = as_association(expr)
    if children(source) is None:
        ev.message("GroupBy", "list1", expr)
        return None
    functions = list(items(f)) if is_list(f) else [f]
    return _grouped(ev, source, functions, reduce)


def _grouped(ev: Any, value: Any, functions: list[Any], reduce: Any) -> Any:
    if not functions:
        return value if reduce is None else ev.call(reduce, value)
    by, keep = functions[0].args if is_rule(functions[0]) else (functions[0], None)
    inner = children(value) or ()
    names = values_of(ev, by, value)
    picked = inner if keep is None else tuple(map(ev.function(keep), inner))
    entries = list(value.entries.items()) if type(value) is Association else None
    out: dict[Hashable, tuple[Any, list[Any]]] = {}
    for i, name in enumerate(names):
        part = picked[i] if entries is None else (entries[i][0], (entries[i][1][0], picked[i], False))
        out.setdefault(key(name), (name, []))[1].append(part)
    head = value.head if type(value) is Expr else S.List
    groups = {}
    for hashed, (name, parts) in out.items():
        group = Expr(head, tuple(parts)) if entries is None else Association(dict(parts))
        groups[hashed] = (name, _grouped(ev, ev.evaluate(group), functions[1:], reduce), False)
    return Association(groups)


@builtin("Merge", operator=0, messages=GROUP_MESSAGES)
def merge(ev: Any, maps: Any, f: Any) -> Any:
    """Merge[{assoc1, assoc2, ...}, f] gives one association with the keys of all; f is applied to the list
    of values of each key.

    >>> Merge[{<|"a" -> 1, "b" -> 2|>, <|"a" -> 3|>}, Total]
    <|a -> 4, b -> 2|>
    """
    if is_list(maps) and items(maps) and all(map(is_rule, items(maps))):
        found: list[Any] = [as_association(make_list((rule,))) for rule in items(maps)]
    else:
        found = [as_association(make_list((x,)) if is_rule(x) else x) for x in children(maps) or ()]
    if children(maps) is None or any(a is None for a in found):
        ev.message("Merge", "invrl", maps)
        return None
    out: dict[Hashable, tuple[Any, list[Any]]] = {}
    for assoc in found:
        for hashed, (k, v, delayed) in assoc.entries.items():
            out.setdefault(hashed, (k, []))[1].append(ev.evaluate(v) if delayed else v)
    call = ev.function(f)
    return Association({hashed: (k, call(make_list(parts)), False) for hashed, (k, parts) in out.items()})


def _counts(names: list[Any] | tuple[Any, ...]) -> Association:
    if set(map(type, names)) == {str}:
        return Association({name: (name, n, False) for name, n in Counter(names).items()})
    out: dict[Hashable, int] = {}
    first: dict[Hashable, Any] = {}
    for x in names:
        hashed = key(x)
        if hashed in out:
            out[hashed] += 1
        else:
            out[hashed] = 1
            first[hashed] = x
    return Association({hashed: (first[hashed], n, False) for hashed, n in out.items()})


@builtin("Counts", messages=GROUP_MESSAGES)
def counts(ev: Any, expr: Any) -> Any:
    """Counts[list] gives an association of the distinct elements of list with how often each occurs.

    >>> Counts[{a, b, a}]
    <|a -> 2, b -> 1|>
    """
    inner = children(expr)
    if inner is None:
        ev.message("Counts", "list1", expr)
        return None
    return _counts(inner)


@builtin("CountsBy", operator=0, messages=GROUP_MESSAGES)
def counts_by(ev: Any, expr: Any, f: Any) -> Any:
    """CountsBy[list, f] gives an association of the values of f with how often each occurs.

    >>> CountsBy[{1, 2, 3}, OddQ]
    <|True -> 2, False -> 1|>
    """
    inner = children(expr)
    if inner is None:
        ev.message("CountsBy", "list1", expr)
        return None
    return _counts(values_of(ev, f, expr))


@builtin("CountDistinct", messages=GROUP_MESSAGES)
def count_distinct(ev: Any, expr: Any, test: Any = S.Automatic) -> Any:
    """CountDistinct[list] gives the number of distinct elements of list; CountDistinct[list, test] by test.

    >>> CountDistinct[{a, b, a}]
    2
    """
    inner = children(expr)
    if inner is None:
        ev.message("CountDistinct", "list1", expr)
        return None
    if type(expr) is np.ndarray and expr.ndim == 1 and test is S.Automatic:
        return int(np.unique(expr).size)
    return len(classes(inner, equivalence(ev, test)))


@builtin("CountDistinctBy", operator=0, messages=GROUP_MESSAGES)
def count_distinct_by(ev: Any, expr: Any, f: Any) -> Any:
    """CountDistinctBy[list, f] gives the number of distinct values of f at the elements of list.

    >>> CountDistinctBy[{1, -1, 2}, Abs]
    2
    """
    inner = children(expr)
    if inner is None:
        ev.message("CountDistinctBy", "list1", expr)
        return None
    return len({key(x) for x in map(ev.function(f), inner)})


@builtin("PositionIndex", messages=GROUP_MESSAGES)
def position_index(ev: Any, expr: Any) -> Any:
    """PositionIndex[list] gives an association of the distinct elements of list with the lists
    of their positions;
    of an association, of its values with the lists of their keys.

    >>> PositionIndex[{a, b, a}]
    <|a -> {1, 3}, b -> {2}|>
    """
    inner = children(expr)
    if inner is None:
        ev.message("PositionIndex", "list1", expr)
        return None
    names = expr.keys() if type(expr) is Association else range(1, len(inner) + 1)
    out: dict[Hashable, tuple[Any, list[Any]]] = {}
    for x, name in zip(inner, names, strict=True):
        out.setdefault(key(x), (x, []))[1].append(name)
    return Association({hashed: (x, make_list(places), False) for hashed, (x, places) in out.items()})


JOIN_MESSAGES = {
    "joinspec": "`1` is not one of the join types Inner, Left, Right, Outer.",
    "invrl": "The argument `1` is not a list of associations.",
    "keyspec": "`1` is not a key, a rule of two keys, or a list of them.",
}


@builtin("JoinAcross", messages=JOIN_MESSAGES)
def join_across(
    ev: Any, left: Any, right: Any, on: Any, kind: Any = "Inner", *, key_collision_function: Any = S.Automatic
) -> Any:
    """JoinAcross[{a1, a2, ...}, {b1, b2, ...}, k] joins the associations a and b that have the same value
    at key k.
    JoinAcross[as, bs, ka -> kb] compares the value at ka with that at kb; {k1, k2, ...} several keys.
    JoinAcross[as, bs, on, "Left"] keeps unmatched as, "Right" unmatched bs, "Outer" both; lacking values
    are Missing["Unmatched"].

    >>> JoinAcross[{<|"id" -> 1, "x" -> a|>}, {<|"id" -> 1, "y" -> b|>}, "id"]
    {<|id -> 1, x -> a, y -> b|>}
    """
    sides = []
    for table in (left, right):
        rows = [as_association(x) for x in children(table) or ()]
        if not is_list(table) or any(r is None for r in rows):
            ev.message("JoinAcross", "invrl", table)
            return None
        sides.append(rows)
    if kind not in ("Inner", "Left", "Right", "Outer"):
        ev.message("JoinAcross", "joinspec", kind)
        return None
    pairs = [
        tuple(map(plain_key, x.args)) if is_rule(x) else (plain_key(x),) * 2
        for x in (items(on) if is_list(on) else (on,))
    ]
    collide = None if key_collision_function is S.Automatic else ev.function(key_collision_function)
    return make_list(_joined(sides[0], sides[1], pairs, kind, collide))  # type: ignore[arg-type]


Rows = list[Association]


def _joined(
    left: Rows, right: Rows, pairs: list[tuple[Any, ...]], kind: str, collide: Callable[..., Any] | None
) -> Rows:
    """Rows of `left` and `right` whose values agree at the key pairs, by hashing; then the unmatched ones
    asked for."""

    def at(row: Association, side: int) -> Hashable | None:
        found = [row.entries.get(key(pair[side])) for pair in pairs]
        return None if any(e is None for e in found) else tuple(key(e[1]) for e in found)  # type: ignore[index]

    partners: dict[Hashable, list[int]] = {}
    for i, row in enumerate(right):
        where = at(row, 1)
        if where is not None:
            partners.setdefault(where, []).append(i)
    out: Rows = []
    matched: set[int] = set()
    lone = []
    for row in left:
        where = at(row, 0)
        found = partners.get(where, []) if where is not None else []
        matched.update(found)
        if not found:
            lone.append(row)
        out.extend(_row(row, right[i], pairs, collide) for i in found)
    if kind in ("Left", "Outer"):
        names = _names(right, {key(p[1]) for p in pairs if key(p[0]) == key(p[1])})
        out.extend(_filled(row, names) for row in lone)
    if kind in ("Right", "Outer"):
        names = _names(left, {key(p[0]) for p in pairs if key(p[0]) == key(p[1])})
        out.extend(_filled(row, names) for i, row in enumerate(right) if i not in matched)
    return out


def _row(
    a: Association, b: Association, pairs: list[tuple[Any, ...]], collide: Callable[..., Any] | None
) -> Association:
    """One joined row: the entries of `a`, then those of `b`; keys that both have beside
    the joining ones collide."""
    joint = {key(p[0]) for p in pairs if key(p[0]) == key(p[1])}
    entries = dict(a.entries)
    for hashed, entry in b.entries.items():
        if hashed in joint:
            continue
        if hashed in entries and collide is not None:
            first, second = items(collide(entry[0]))
            old = entries.pop(hashed)
            entries[key(first)] = (first, old[1], False)
            entries[key(second)] = (second, entry[1], False)
        else:
            entries.setdefault(hashed, entry)
    return Association(entries)


def _names(rows: Rows, joint: set[Hashable]) -> dict[Hashable, Any]:
    return {h: e[0] for row in rows for h, e in row.entries.items() if h not in joint}


def _filled(row: Association, names: dict[Hashable, Any]) -> Association:
    unmatched = Expr(S.Missing, ("Unmatched",))
    extra = {h: (k, unmatched, False) for h, k in names.items() if h not in row.entries}
    return Association(row.entries | extra)
