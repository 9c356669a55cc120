"""KeyExistsQ, KeyTake, KeyDrop, KeySelect, KeyMap, KeySort, KeyUnion and kin: associations by their keys."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, key, make_list, truth
from wlnet.kernel.registry import builtin

from .associations import RULES_WANTED, as_association, build, key_list, on_associations, plain_key
from .levels import children
from .parts import missing_key
from .sorting import by_order, ordering_of, reordered


@builtin("KeyExistsQ", operator=0, messages=RULES_WANTED)
def key_exists_q(ev: Any, expr: Any, k: Any) -> Any:
    """KeyExistsQ[assoc, k] tells whether assoc has the key k.

    >>> KeyExistsQ[<|"a" -> 1|>, "a"]
    True
    """
    return on_associations(ev, "KeyExistsQ", expr, lambda assoc: truth(plain_key(k) in assoc))


@builtin("KeyMemberQ", operator=0, messages=RULES_WANTED)
def key_member_q(ev: Any, expr: Any, form: Any) -> Any:
    """KeyMemberQ[assoc, pattern] tells whether a key of assoc matches pattern.

    >>> KeyMemberQ[<|1 -> x|>, _Integer]
    True
    """
    fits = ev.matching(form)
    return on_associations(ev, "KeyMemberQ", expr, lambda assoc: truth(any(fits(k) for k in assoc)))


@builtin("KeyFreeQ", operator=0, messages=RULES_WANTED)
def key_free_q(ev: Any, expr: Any, form: Any) -> Any:
    """KeyFreeQ[assoc, pattern] tells whether no key of assoc matches pattern.

    >>> KeyFreeQ[<|1 -> x|>, _String]
    True
    """
    fits = ev.matching(form)
    return on_associations(ev, "KeyFreeQ", expr, lambda assoc: truth(not any(fits(k) for k in assoc)))


@builtin("KeyTake", operator=0, messages=RULES_WANTED)
def key_take(ev: Any, expr: Any, names: Any) -> Any:
    """KeyTake[assoc, {k1, k2, ...}] gives the entries of assoc at the keys given, in their order; absent
    keys are ignored.

    >>> KeyTake[<|"a" -> 1, "b" -> 2, "c" -> 3|>, {"c", "a", "x"}]
    <|c -> 3, a -> 1|>
    """
    wanted = [key(k) for k in key_list(names)]
    return on_associations(
        ev,
        "KeyTake",
        expr,
        lambda assoc: Association({k: assoc.entries[k] for k in wanted if k in assoc.entries}),
    )


@builtin("KeyDrop", operator=0, messages=RULES_WANTED)
def key_drop(ev: Any, expr: Any, names: Any) -> Any:
    """KeyDrop[assoc, {k1, k2, ...}] gives assoc without the entries at the keys given.

    >>> KeyDrop[<|"a" -> 1, "b" -> 2|>, "a"]
    <|b -> 2|>
    """
    gone = key_list(names)
    return on_associations(ev, "KeyDrop", expr, lambda assoc: assoc.without(gone))


@builtin("KeySelect", operator=0, messages=RULES_WANTED)
def key_select(ev: Any, expr: Any, criterion: Any) -> Any:
    """KeySelect[assoc, crit] gives the entries of assoc for whose keys crit is True.

    >>> KeySelect[<|1 -> a, 2 -> b|>, EvenQ]
    <|2 -> b|>
    """
    passes = ev.predicate(criterion)
    return on_associations(
        ev,
        "KeySelect",
        expr,
        lambda assoc: Association({name: e for name, e in assoc.entries.items() if passes(e[0])}),
    )


@builtin("KeyMap", operator=1, messages=RULES_WANTED)
def key_map(ev: Any, f: Any, expr: Any) -> Any:
    """KeyMap[f, assoc] applies f to the keys of assoc; of entries whose keys become the same the last counts.

    >>> KeyMap[f, <|"a" -> 1|>]
    <|f[a] -> 1|>
    """
    call = ev.function(f)
    return on_associations(
        ev, "KeyMap", expr, lambda assoc: build((call(k), v, d) for k, v, d in assoc.entries.values())
    )


@builtin("KeyValueMap", operator=1, messages=RULES_WANTED)
def key_value_map(ev: Any, f: Any, expr: Any) -> Any:
    """KeyValueMap[f, assoc] gives the list of f[k, v] for the entries k -> v of assoc.

    >>> KeyValueMap[f, <|"a" -> 1, "b" -> 2|>]
    {f[a, 1], f[b, 2]}
    """
    call = ev.function(f)
    return on_associations(
        ev, "KeyValueMap", expr, lambda assoc: make_list([call(k, v) for k, v in assoc.pairs()])
    )


@builtin("KeySort", messages=RULES_WANTED)
def key_sort(ev: Any, expr: Any, ordering: Any = None) -> Any:
    """KeySort[assoc] sorts the entries of assoc by their keys; KeySort[assoc, p] by the ordering function p.

    >>> KeySort[<|"b" -> 1, "a" -> 2|>]
    <|a -> 2, b -> 1|>
    """
    return on_associations(ev, "KeySort", expr, lambda a: reordered(a, ordering_of(ev, a.keys(), ordering)))


@builtin("KeySortBy", operator=0, messages=RULES_WANTED)
def key_sort_by(ev: Any, expr: Any, f: Any) -> Any:
    """KeySortBy[assoc, f] sorts the entries of assoc by the values of f at their keys.

    >>> KeySortBy[<|-2 -> a, 1 -> b|>, Abs]
    <|1 -> b, -2 -> a|>
    """
    return on_associations(
        ev, "KeySortBy", expr, lambda assoc: reordered(assoc, by_order(ev, make_list(assoc.keys()), f))
    )


def _associations(ev: Any, name: str, value: Any) -> list[Association] | None:
    """A list of associations (or of lists of rules), or an association of them; None after a message."""
    found = [as_association(x) for x in children(value) or ()]
    if children(value) is None or any(a is None for a in found):
        ev.message(name, "invrl", value)
        return None
    return found  # type: ignore[return-value]


@builtin("KeyUnion", messages=RULES_WANTED)
def key_union(ev: Any, expr: Any, f: Any = None) -> Any:
    """KeyUnion[{assoc1, assoc2, ...}] gives the associations with all keys of any, in the same order;
    absent values are Missing["KeyAbsent", k], or f[k] with KeyUnion[list, f].

    >>> KeyUnion[{<|"a" -> 1|>, <|"b" -> 2|>}, 0 &]
    {<|a -> 1, b -> 0|>, <|a -> 0, b -> 2|>}
    """
    maps = _associations(ev, "KeyUnion", expr)
    if maps is None:
        return None
    names = {hashed: entry[0] for assoc in maps for hashed, entry in assoc.entries.items()}
    absent = missing_key if f is None else ev.function(f)
    return make_list(
        Association(
            {h: assoc.entries[h] if h in assoc.entries else (k, absent(k), False) for h, k in names.items()}
        )
        for assoc in maps
    )


@builtin("KeyIntersection", messages=RULES_WANTED)
def key_intersection(ev: Any, expr: Any) -> Any:
    """KeyIntersection[{assoc1, assoc2, ...}] gives the associations with the entries whose keys all have,
    in the order of the first.

    >>> KeyIntersection[{<|"a" -> 1, "b" -> 2|>, <|"b" -> 3|>}]
    {<|b -> 2|>, <|b -> 3|>}
    """
    maps = _associations(ev, "KeyIntersection", expr)
    if maps is None:
        return None
    common = [h for h in maps[0].entries if all(h in assoc.entries for assoc in maps)] if maps else []
    return make_list(Association({h: assoc.entries[h] for h in common}) for assoc in maps)


@builtin("KeyComplement", messages=RULES_WANTED)
def key_complement(ev: Any, expr: Any) -> Any:
    """KeyComplement[{all, assoc1, assoc2, ...}] gives the entries of all whose keys are in none
    of the others.

    >>> KeyComplement[{<|"a" -> 1, "b" -> 2|>, <|"a" -> 9|>}]
    <|b -> 2|>
    """
    maps = _associations(ev, "KeyComplement", expr)
    if not maps:
        return None
    gone = {h for assoc in maps[1:] for h in assoc.entries}
    return Association({h: e for h, e in maps[0].entries.items() if h not in gone})
