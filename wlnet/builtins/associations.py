"""Association, Keys, Values, Lookup, KeyTake, KeyMap and kin: maps from keys to values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wlnet.expr import ATOMS, Association, Expr, S, Symbol, is_list, items, key, make_list, same, truth
from wlnet.expr.attributes import HOLD_ALL_COMPLETE, HOLD_FIRST, HOLD_REST
from wlnet.kernel.registry import builtin

from .functional import with_values
from .levels import children, is_rule
from .part_assignment import enter_in_place
from .parts import is_missing, missing_key

Entry = tuple[Any, Any, bool]


def entries_of(value: Any) -> list[Entry] | None:
    """(key, value, delayed) of an association, a rule, or nested lists of rules; None for anything else."""
    out: list[Entry] = []
    return out if _add_entries(value, out) else None


def _add_entries(value: Any, out: list[Entry]) -> bool:
    if type(value) is Association:
        out.extend(value.entries.values())
        return True
    if type(value) is not Expr:
        return False
    if value.head is S.List:
        return all([_add_entries(x, out) for x in value.args])
    if not is_rule(value):
        return False
    out.append((value.args[0], value.args[1], value.head is S.RuleDelayed))
    return True


def build(entries: Iterable[Entry]) -> Association:
    """An association of evaluated entries; a later value for a key takes the place of the first."""
    return Association({key(k): (k, v, delayed) for k, v, delayed in entries})


def as_association(value: Any) -> Association | None:
    """An association as it is, or a list of rules as one, in which the first rule
    for a key counts; else None."""
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
def association(ev: Any, *args: Any) -> Any:
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
    """The entries that one argument of Association stands for; None when it is no rule,
    list or association."""
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
    return entries_of(value)


@builtin("AssociationQ")
def association_q(ev: Any, expr: Any) -> Any:
    """AssociationQ[expr] tells whether expr is an association.

    >>> AssociationQ[<||>]
    True
    """
    return truth(type(expr) is Association)


def _sides(ev: Any, name: str, value: Any, which: int) -> Any:
    """Keys or Values of an association, a rule, a list of rules, or a list of associations;
    None after a message."""
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
def keys(ev: Any, expr: Any, wrapper: Any = None) -> Any:
    """Keys[assoc] gives a list of the keys of assoc, or of a list of rules; Keys[assoc, h] wraps each in h.

    >>> Keys[<|"a" -> 1, "b" -> 2|>]
    {a, b}
    >>> Keys[{x -> 1, y -> 2}]
    {x, y}
    """
    return _wrapped(_sides(ev, "Keys", expr, 0), wrapper)


@builtin("Values", messages=RULES_WANTED)
def values(ev: Any, expr: Any, wrapper: Any = None) -> Any:
    """Values[assoc] gives a list of the values of assoc, or of a list of rules; Values[assoc, h] wraps each
    in h.

    >>> Values[<|"a" -> 1, "b" -> 2|>]
    {1, 2}
    """
    return _wrapped(_sides(ev, "Values", expr, 1), wrapper)


def on_associations(ev: Any, name: str, value: Any, apply: Callable[[Association], Any]) -> Any:
    """`apply` to an association or a list of rules, or to each of a list of associations;
    None after a message."""
    assoc = as_association(value)
    if assoc is not None and (type(value) is Association or not _many(value)):
        return apply(assoc)
    if is_list(value):
        parts = [on_associations(ev, name, x, apply) for x in items(value)]
        return None if any(p is None for p in parts) else make_list(parts)
    ev.message(name, "invrl", value)
    return None


def _many(value: Any) -> bool:
    """Whether a list holds associations or lists of rules, not rules."""
    inner = items(value)
    return bool(inner) and not any(map(is_rule, inner))


@builtin("Lookup", operator=0, attributes=HOLD_REST, messages=RULES_WANTED)
def lookup(ev: Any, expr: Any, k: Any, default: Any = None) -> Any:
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

    return on_associations(ev, "Lookup", expr, find)


def key_list(value: Any) -> list[Any]:
    return [plain_key(x) for x in items(value)] if is_list(value) else [plain_key(value)]


@builtin("AssociationMap", operator=1, messages=RULES_WANTED)
def association_map(ev: Any, f: Any, expr: Any) -> Any:
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
def association_thread(ev: Any, names: Any, contents: Any = None) -> Any:
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
def associate_to(ev: Any, place: Any, rules: Any) -> Any:
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
    if type(place) is Symbol and enter_in_place(place, new.entries):
        return place.own
    return _changed_variable(ev, "AssociateTo", place, lambda old: Association(old.entries | new.entries))


@builtin("KeyDropFrom", attributes=HOLD_FIRST, messages=RULES_WANTED)
def key_drop_from(ev: Any, place: Any, names: Any) -> Any:
    """KeyDropFrom[a, k] removes the entry at key k from the association that is the value of a;
    KeyDropFrom[a, {k1, ...}] several.

    >>> a = <|"x" -> 1, "y" -> 2|>; KeyDropFrom[a, "x"]; a
    <|y -> 2|>
    """
    return _changed_variable(ev, "KeyDropFrom", place, lambda old: old.without(key_list(names)))


@builtin("MissingQ")
def missing_q(ev: Any, expr: Any) -> Any:
    """MissingQ[expr] tells whether expr has head Missing.

    >>> MissingQ[Missing["NotAvailable"]]
    True
    """
    return truth(is_missing(expr))


@builtin("DeleteMissing", messages=RULES_WANTED)
def delete_missing(ev: Any, expr: Any, level: Any = 1, depth: Any = 0) -> Any:
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
