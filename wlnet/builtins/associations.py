"""Association, Keys, Values, Lookup, KeyTake, KeyMap and kin: maps from keys to values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wlnet.expr import ATOMS, Association, Expr, S, is_list, items, key, make_list, same, truth
from wlnet.expr.attributes import HOLD_ALL_COMPLETE, HOLD_FIRST, HOLD_REST
from wlnet.kernel.registry import builtin

from .functional import with_values
from .levels import children
from .parts import is_missing, missing_key
from .sorting import by_order, ordering_of, reordered

RULES = (S.Rule, S.RuleDelayed)
Entry = tuple[Any, Any, bool]


def is_rule(value: Any) -> bool:
    """Whether `value` is a -> b or a :> b."""
    return type(value) is Expr and value.head in RULES and len(value.args) == 2


def entries_of(value: Any) -> Iterator[Entry] | None:
    """(key, value, delayed) of an association, a rule, or nested lists of rules; None for anything else."""
    if type(value) is Association:
        return iter(value.entries.values())
    if is_rule(value):
        return iter(((*value.args, value.head is S.RuleDelayed),))  # type: ignore[arg-type]
    if is_list(value):
        parts = [entries_of(x) for x in items(value)]
        if all(p is not None for p in parts):
            return (entry for part in parts for entry in part)  # type: ignore[union-attr]
    return None


def build(entries: Iterable[Entry]) -> Association:
    """An association of evaluated entries; a later value for a key takes the place of the first."""
    return Association({key(k): (k, v, delayed) for k, v, delayed in entries})


def as_association(value: Any) -> Association | None:
    """An association as it is, or a list of rules as one, in which the first rule for a key counts; else
    None."""
    if type(value) is Association:
        return value
    entries = entries_of(value) if is_list(value) else None
    if entries is None:
        return None
    out: dict[Any, Entry] = {}
    for k, v, delayed in entries:
        out.setdefault(key(k), (k, v, delayed))
    return Association(out)


def plain_key(k: Any) -> Any:
    """The key that k or Key[k] names."""
    return k.args[0] if type(k) is Expr and k.head is S.Key and len(k.args) == 1 else k


@builtin("Association", attributes=HOLD_ALL_COMPLETE)
def association(ev, *args):
    """Association[rules], or <|k1 -> v1, k2 -> v2, ...|>, is an association of keys with values; the last
    value for a key counts.
    Lists of rules and associations among the arguments are spliced in. assoc[k] gives the value at k.

    >>> <|"a" -> 1, "b" -> 2, "a" -> 3|>
    <|a -> 3, b -> 2|>
    >>> <|"a" -> 1|>["b"]
    Missing[KeyAbsent, b]
    """
    entries: list[Entry] = []
    for i, argument in enumerate(args):
        found = _evaluated_entries(ev, argument)
        if found is None:
            rest = tuple(ev.evaluate(x) for x in args[i:])
            if all(same(x, y) for x, y in zip(rest, args[i:], strict=True)):
                return None
            return Expr(S.Association, (*args[:i], *rest))
        entries.extend(found)
    return build(entries)


def _evaluated_entries(ev: Any, argument: Any) -> list[Entry] | None:
    """The entries that one argument of Association stands for; None when it is no rule, list or
    association."""
    if is_rule(argument):
        k, v = argument.args
        delayed = argument.head is S.RuleDelayed
        return [(ev.evaluate(k), v if delayed else ev.evaluate(v), delayed)]
    value = ev.evaluate(argument)
    if value is S.Nothing:
        return []
    if type(value) is Expr and value.head is S.Sequence:
        parts = [_evaluated_entries(ev, x) for x in value.args]
        return None if any(p is None for p in parts) else [e for p in parts for e in p]  # type: ignore[union-attr]
    entries = entries_of(value)
    return None if entries is None else list(entries)


@builtin("AssociationQ")
def association_q(ev, expr):
    """AssociationQ[expr] tells whether expr is an association.

    >>> AssociationQ[<||>]
    True
    """
    return truth(type(expr) is Association)


def _sides(ev: Any, name: str, value: Any, which: int) -> Any:
    """Keys or Values of an association, a rule, a list of rules, or a list of associations; None after a
    message."""
    if type(value) is Association:
        return make_list(value.values() if which else value.keys())
    if is_rule(value):
        return value.args[which]
    atom = ATOMS.get(type(value))
    if atom is not None and atom.keys is not None and atom.values is not None:
        return make_list((atom.values if which else atom.keys)(value))
    if is_list(value) and all(is_rule(x) or type(x) is Association or is_list(x) for x in items(value)):
        parts = [_sides(ev, name, x, which) for x in items(value)]
        return None if any(p is None for p in parts) else make_list(parts)
    ev.message(name, "invrl", value)
    return None


RULES_WANTED = {
    "invrl": "The argument `1` is not a valid Association or a list of rules.",
    "invak": "The argument `1` is not a valid Association.",
}


def _wrapped(found: Any, wrapper: Any) -> Any:
    if wrapper is None or found is None:
        return found
    return make_list(Expr(wrapper, (x,)) for x in items(found)) if is_list(found) else Expr(wrapper, (found,))


@builtin("Keys", messages=RULES_WANTED)
def keys(ev, expr, wrapper=None):
    """Keys[assoc] gives a list of the keys of assoc, or of a list of rules; Keys[assoc, h] wraps each in h.

    >>> Keys[<|"a" -> 1, "b" -> 2|>]
    {a, b}
    >>> Keys[{x -> 1, y -> 2}]
    {x, y}
    """
    return _wrapped(_sides(ev, "Keys", expr, 0), wrapper)


@builtin("Values", messages=RULES_WANTED)
def values(ev, expr, wrapper=None):
    """Values[assoc] gives a list of the values of assoc, or of a list of rules; Values[assoc, h] wraps each
    in h.

    >>> Values[<|"a" -> 1, "b" -> 2|>]
    {1, 2}
    """
    return _wrapped(_sides(ev, "Values", expr, 1), wrapper)


def _maps(ev: Any, name: str, value: Any, apply: Callable[[Association], Any]) -> Any:
    """`apply` to an association or a list of rules, or to each of a list of associations; None after a
    message."""
    assoc = as_association(value)
    if assoc is not None and (type(value) is Association or not _many(value)):
        return apply(assoc)
    if is_list(value):
        parts = [_maps(ev, name, x, apply) for x in items(value)]
        return None if any(p is None for p in parts) else make_list(parts)
    ev.message(name, "invrl", value)
    return None


def _many(value: Any) -> bool:
    """Whether a list holds associations or lists of rules, not rules."""
    inner = items(value)
    return bool(inner) and not any(map(is_rule, inner))


@builtin("Lookup", operator=0, attributes=HOLD_REST, messages=RULES_WANTED)
def lookup(ev, expr, k, default=None):
    """Lookup[assoc, k] gives the value at key k, or Missing["KeyAbsent", k]; Lookup[assoc, {k1, k2, ...}] a
    list of values.
    Lookup[assoc, k, default] gives default, evaluated only then, for an absent key. Lists of associations
    give lists.

    >>> Lookup[<|"a" -> 1|>, "a"]
    1
    >>> Lookup[<|"a" -> 1|>, {"a", "b"}, 0]
    {1, 0}
    >>> Lookup[{<|"a" -> 1|>, <||>}, "a", none]
    {1, none}
    """
    wanted = ev.evaluate(k)

    def at(assoc: Association, name: Any) -> Any:
        entry = assoc.entries.get(key(plain_key(name)))
        if entry is not None:
            return entry[1]
        return missing_key(plain_key(name)) if default is None else default

    def find(assoc: Association) -> Any:
        return make_list(at(assoc, x) for x in items(wanted)) if is_list(wanted) else at(assoc, wanted)

    return _maps(ev, "Lookup", expr, find)


@builtin("KeyExistsQ", operator=0, messages=RULES_WANTED)
def key_exists_q(ev, expr, k):
    """KeyExistsQ[assoc, k] tells whether assoc has the key k.

    >>> KeyExistsQ[<|"a" -> 1|>, "a"]
    True
    """
    return _maps(ev, "KeyExistsQ", expr, lambda assoc: truth(plain_key(k) in assoc))


@builtin("KeyMemberQ", operator=0, messages=RULES_WANTED)
def key_member_q(ev, expr, form):
    """KeyMemberQ[assoc, pattern] tells whether a key of assoc matches pattern.

    >>> KeyMemberQ[<|1 -> x|>, _Integer]
    True
    """
    fits = ev.matching(form)
    return _maps(ev, "KeyMemberQ", expr, lambda assoc: truth(any(fits(k) for k in assoc)))


@builtin("KeyFreeQ", operator=0, messages=RULES_WANTED)
def key_free_q(ev, expr, form):
    """KeyFreeQ[assoc, pattern] tells whether no key of assoc matches pattern.

    >>> KeyFreeQ[<|1 -> x|>, _String]
    True
    """
    fits = ev.matching(form)
    return _maps(ev, "KeyFreeQ", expr, lambda assoc: truth(not any(fits(k) for k in assoc)))


def _key_list(value: Any) -> list[Any]:
    return [plain_key(x) for x in items(value)] if is_list(value) else [plain_key(value)]


@builtin("KeyTake", operator=0, messages=RULES_WANTED)
def key_take(ev, expr, names):
    """KeyTake[assoc, {k1, k2, ...}] gives the entries of assoc at the keys given, in their order; absent
    keys are ignored.

    >>> KeyTake[<|"a" -> 1, "b" -> 2, "c" -> 3|>, {"c", "a", "x"}]
    <|c -> 3, a -> 1|>
    """
    wanted = [key(k) for k in _key_list(names)]
    return _maps(
        ev,
        "KeyTake",
        expr,
        lambda assoc: Association({k: assoc.entries[k] for k in wanted if k in assoc.entries}),
    )


@builtin("KeyDrop", operator=0, messages=RULES_WANTED)
def key_drop(ev, expr, names):
    """KeyDrop[assoc, {k1, k2, ...}] gives assoc without the entries at the keys given.

    >>> KeyDrop[<|"a" -> 1, "b" -> 2|>, "a"]
    <|b -> 2|>
    """
    gone = _key_list(names)
    return _maps(ev, "KeyDrop", expr, lambda assoc: assoc.without(gone))


@builtin("KeySelect", operator=0, messages=RULES_WANTED)
def key_select(ev, expr, criterion):
    """KeySelect[assoc, crit] gives the entries of assoc for whose keys crit is True.

    >>> KeySelect[<|1 -> a, 2 -> b|>, EvenQ]
    <|2 -> b|>
    """
    passes = ev.predicate(criterion)
    return _maps(
        ev,
        "KeySelect",
        expr,
        lambda assoc: Association({name: e for name, e in assoc.entries.items() if passes(e[0])}),
    )


@builtin("KeyMap", operator=1, messages=RULES_WANTED)
def key_map(ev, f, expr):
    """KeyMap[f, assoc] applies f to the keys of assoc; of entries whose keys become the same the last counts.

    >>> KeyMap[f, <|"a" -> 1|>]
    <|f[a] -> 1|>
    """
    call = ev.function(f)
    return _maps(
        ev, "KeyMap", expr, lambda assoc: build((call(k), v, d) for k, v, d in assoc.entries.values())
    )


@builtin("KeyValueMap", operator=1, messages=RULES_WANTED)
def key_value_map(ev, f, expr):
    """KeyValueMap[f, assoc] gives the list of f[k, v] for the entries k -> v of assoc.

    >>> KeyValueMap[f, <|"a" -> 1, "b" -> 2|>]
    {f[a, 1], f[b, 2]}
    """
    call = ev.function(f)
    return _maps(ev, "KeyValueMap", expr, lambda assoc: make_list([call(k, v) for k, v in assoc.pairs()]))


@builtin("KeySort", messages=RULES_WANTED)
def key_sort(ev, expr, ordering=None):
    """KeySort[assoc] sorts the entries of assoc by their keys; KeySort[assoc, p] by the ordering function p.

    >>> KeySort[<|"b" -> 1, "a" -> 2|>]
    <|a -> 2, b -> 1|>
    """
    return _maps(ev, "KeySort", expr, lambda assoc: reordered(assoc, ordering_of(ev, assoc.keys(), ordering)))


@builtin("KeySortBy", operator=0, messages=RULES_WANTED)
def key_sort_by(ev, expr, f):
    """KeySortBy[assoc, f] sorts the entries of assoc by the values of f at their keys.

    >>> KeySortBy[<|-2 -> a, 1 -> b|>, Abs]
    <|1 -> b, -2 -> a|>
    """
    return _maps(
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
def key_union(ev, expr, f=None):
    """KeyUnion[{assoc1, assoc2, ...}] gives the associations with all keys of any, in the same order;
    absent values are
    Missing["KeyAbsent", k], or f[k] with KeyUnion[list, f].

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
def key_intersection(ev, expr):
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
def key_complement(ev, expr):
    """KeyComplement[{all, assoc1, assoc2, ...}] gives the entries of all whose keys are in none of the
    others.

    >>> KeyComplement[{<|"a" -> 1, "b" -> 2|>, <|"a" -> 9|>}]
    <|b -> 2|>
    """
    maps = _associations(ev, "KeyComplement", expr)
    if not maps:
        return None
    gone = {h for assoc in maps[1:] for h in assoc.entries}
    return Association({h: e for h, e in maps[0].entries.items() if h not in gone})


@builtin("AssociationMap", operator=1, messages=RULES_WANTED)
def association_map(ev, f, expr):
    """AssociationMap[f, {k1, k2, ...}] gives <|k1 -> f[k1], ...|>; AssociationMap[f, assoc] applies f to
    the rules of assoc.

    >>> AssociationMap[f, {a, b}]
    <|a -> f[a], b -> f[b]|>
    >>> AssociationMap[Reverse, <|a -> 1|>]
    <|1 -> a|>
    """
    call = ev.function(f)
    if type(expr) is Association:
        return Expr(S.Association, tuple(call(rule) for rule in expr.rules()))
    if not is_list(expr):
        ev.message("AssociationMap", "invak", expr)
        return None
    return build((k, call(k), False) for k in items(expr))


@builtin(
    "AssociationThread",
    messages={
        "idim": "`1` and `2` must have the same length.",
    },
)
def association_thread(ev, names, contents=None):
    """AssociationThread[{k1, k2, ...}, {v1, v2, ...}], or AssociationThread[keys -> values], gives <|k1 ->
    v1, k2 -> v2, ...|>.

    >>> AssociationThread[{"a", "b"}, {1, 2}]
    <|a -> 1, b -> 2|>
    """
    if contents is None:
        if not is_rule(names):
            return None
        names, contents = names.args
    first, second = children(names), children(contents)
    if first is None or second is None:
        ev.message(
            "AssociationThread",
            "list",
            1 if first is None else 2,
            Expr(S.AssociationThread, (names, contents)),
        )
        return None
    if len(first) != len(second):
        ev.message("AssociationThread", "idim", names, contents)
        return None
    return build((k, v, False) for k, v in zip(first, second, strict=True))


def _changed_variable(ev: Any, name: str, place: Any, change: Callable[[Association], Any]) -> Any:
    """AssociateTo and KeyDropFrom: assign `change` of the association that `place` holds."""
    value = ev.evaluate(place)
    if same(value, place):
        ev.message(name, "rvalue", place)
        return None
    if type(value) is not Association:
        ev.message(name, "invak", value)
        return None
    return ev.evaluate(Expr(S.Set, (place, change(value))))


@builtin("AssociateTo", attributes=HOLD_FIRST, messages=RULES_WANTED)
def associate_to(ev, place, rules):
    """AssociateTo[a, k -> v] sets a[k] to v in the association that is the value of a; lists of rules and
    associations too.

    >>> a = <|"x" -> 1|>; AssociateTo[a, "y" -> 2]; a
    <|x -> 1, y -> 2|>
    """
    entries = entries_of(rules)
    if entries is None:
        ev.message("AssociateTo", "invrl", rules)
        return None
    new = build(entries)
    return _changed_variable(ev, "AssociateTo", place, lambda old: Association(old.entries | new.entries))


@builtin("KeyDropFrom", attributes=HOLD_FIRST, messages=RULES_WANTED)
def key_drop_from(ev, place, names):
    """KeyDropFrom[a, k] removes the entry at key k from the association that is the value of a;
    KeyDropFrom[a, {k1, ...}] several.

    >>> a = <|"x" -> 1, "y" -> 2|>; KeyDropFrom[a, "x"]; a
    <|y -> 2|>
    """
    return _changed_variable(ev, "KeyDropFrom", place, lambda old: old.without(_key_list(names)))


@builtin("MissingQ")
def missing_q(ev, expr):
    """MissingQ[expr] tells whether expr has head Missing.

    >>> MissingQ[Missing["NotAvailable"]]
    True
    """
    return truth(is_missing(expr))


@builtin("DeleteMissing", messages=RULES_WANTED)
def delete_missing(ev, expr, level=1, depth=0):
    """DeleteMissing[list] deletes the elements of list with head Missing; of an association the entries.
    DeleteMissing[expr, n] works on level n; DeleteMissing[expr, n, m] deletes elements that hold Missing
    down to level m.

    >>> DeleteMissing[{1, Missing[], 2}]
    {1, 2}
    >>> DeleteMissing[{{1, Missing[]}, {2, 3}}, 1, 1]
    {{2, 3}}
    """
    deep = depth if type(depth) is int else 1 << 30

    def holds_missing(x: Any, left: int) -> bool:
        return is_missing(x) or (left > 0 and any(holds_missing(y, left - 1) for y in children(x) or ()))

    def clean(x: Any, left: int) -> Any:
        inner = children(x)
        if inner is None:
            return x
        if left > 1:
            new = [clean(y, left - 1) for y in inner]
            return (
                with_values(x, new)
                if type(x) is Association
                else Expr(x.head if type(x) is Expr else S.List, tuple(new))
            )
        if type(x) is Association:
            return Association({h: e for h, e in x.entries.items() if not holds_missing(e[1], deep)})
        if type(x) is not Expr:
            return x
        return Expr(x.head, tuple(y for y in inner if not holds_missing(y, deep)))

    return clean(expr, level if type(level) is int else 1)
