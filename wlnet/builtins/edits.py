"""Insert, Delete, ReplacePart, ReplaceAt, MapAt, Append, Prepend:
new expressions that differ in some places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import (
    Association,
    Expr,
    S,
    head_of,
    is_list,
    is_number,
    items,
    key,
    make_list,
    pack,
    packed,
    same,
)
from wlnet.expr.attributes import HOLD_FIRST
from wlnet.kernel.constructs import is_pattern
from wlnet.kernel.registry import builtin

from .assignment import set_value
from .levels import BELOW, children, is_rule, map_parts, size
from .parts import PART_MESSAGES, PartError, complain, indices_of, is_key, is_position_list, key_of

Position = tuple[Any, ...]


class _Gone:
    """What a change gives for a part that is to vanish."""


GONE = _Gone()


def positions_of(spec: Any) -> list[Position]:
    """The positions that `n`, `{i, j}`, `Key[k]` or `{{i, j}, ...}` names."""
    if is_position_list(spec):
        return [items(p) for p in items(spec)]
    return [items(spec) if is_list(spec) else (spec,)]


def change_at(value: Any, positions: list[Position], change: Callable[[Any], Any]) -> Any:
    """`value` with the part at each position replaced by `change(part)`, once for every time it is named;
    not evaluated.

    Positions hold integers, keys, All, spans and lists of them. Raises PartError.
    """
    groups: dict[int, list[Position]] = {}
    whole = 0
    for position in positions:
        if not position:
            whole += 1
            continue
        for index in indices_of(value, position[0]):
            groups.setdefault(index, []).append(position[1:])
    if groups:
        value = _with_changes(
            value, {i: change_at(_child(value, i), rest, change) for i, rest in groups.items()}
        )
    for _ in range(whole):
        value = change(value)
    return value


def _child(value: Any, index: int) -> Any:
    return head_of(value) if index < 0 else (children(value) or ())[index]


def _with_changes(value: Any, new: dict[int, Any]) -> Any:
    """`value` with its elements at the 0-based indices of `new` (-1: the head) replaced,
    or dropped where GONE."""
    head = new.pop(-1, None)
    parts = list(children(value) or ())
    for i, part in new.items():
        parts[i] = part
    if type(value) is Association:
        rules = zip(value.entries.values(), parts, strict=True)
        kept = [Expr(S.RuleDelayed if d else S.Rule, (k, v)) for (k, _, d), v in rules if v is not GONE]
        return Expr(S.Association if head is None else head, tuple(kept))
    if any(x is GONE for x in new.values()):
        parts = [x for x in parts if x is not GONE]
    if head is GONE:
        return Expr(S.Sequence, tuple(parts))
    return Expr(head_of(value) if head is None else head, tuple(parts))


def _changed(ev: Any, name: str, value: Any, spec: Any, change: Callable[[Any], Any]) -> Any:
    """`change_at`, with the message when a part does not exist."""
    try:
        return change_at(value, positions_of(spec), change)
    except PartError as error:
        if is_position_list(spec):
            ev.message(name, "partw", spec, value)
        else:
            (position,) = positions_of(spec)
            if error.tag == "partw":
                ev.message(name, "partw", make_list(position), value)
            else:
                complain(ev, name, error, value, position)
        return None


@builtin("Delete", operator=0, messages=PART_MESSAGES)
def delete(ev: Any, expr: Any, position: Any) -> Any:
    """Delete[expr, n] gives expr without its n-th element, Delete[expr, {i, j, ...}] without the part at
    that position.
    Delete[expr, {pos1, pos2, ...}] deletes several parts; Delete[assoc, Key[k]] the entry at a key.

    >>> Delete[{a, b, c}, 2]
    {a, c}
    >>> Delete[{{1, 2}, {3, 4}}, {{1, 2}, {2, 1}}]
    {{1}, {4}}
    """
    if (
        type(expr) is np.ndarray
        and type(position) is int
        and 0 < abs(position) <= len(expr)
        and len(expr) > 1
    ):
        return packed(np.delete(expr, position - 1 if position > 0 else position, axis=0))
    if any(not p for p in positions_of(position)):
        return Expr(S.Sequence, ())
    return _changed(ev, "Delete", expr, position, lambda part: GONE)


@builtin("MapAt", operator=1, messages=PART_MESSAGES)
def map_at(ev: Any, f: Any, expr: Any, position: Any) -> Any:
    """MapAt[f, expr, n] applies f to the n-th element of expr, MapAt[f, expr, {i, j, ...}] to the part at
    that position.
    MapAt[f, expr, {pos1, pos2, ...}] applies f at several positions, again for each time one is named.

    >>> MapAt[f, {a, b, c}, 2]
    {a, f[b], c}
    >>> MapAt[f, {{1, 2}, {3, 4}}, {All, 1}]
    {{f[1], 2}, {f[3], 4}}
    >>> MapAt[f, <|"x" -> 1, "y" -> 2|>, "y"]
    <|x -> 1, y -> f[2]|>
    """
    return _changed(ev, "MapAt", expr, position, lambda part: Expr(f, (part,)))


@builtin("ReplaceAt", operator=0, messages=PART_MESSAGES)
def replace_at(ev: Any, expr: Any, rules: Any, position: Any) -> Any:
    """ReplaceAt[expr, rules, n] transforms the n-th element of expr by rules; positions are as in MapAt.

    >>> ReplaceAt[{a, a, a}, a -> b, 2]
    {a, b, a}
    """
    replace = ev.replacer(rules)
    if replace is None:
        ev.message("ReplaceAt", "reps", rules)
        return None
    return _changed(ev, "ReplaceAt", expr, position, lambda part: replace(part)[0])


INSERT_MESSAGES = {"ins": "Cannot insert at position `1` in `2`."}


@builtin("Insert", operator=0, messages=INSERT_MESSAGES)
def insert(ev: Any, expr: Any, new: Any, position: Any) -> Any:
    """Insert[expr, elem, n] inserts elem before the n-th element of expr; -n counts from the end,
    so -1 appends.
    Insert[expr, elem, {i, j, ...}] inserts at a deeper place, Insert[expr, elem, {{i}, {j}, ...}] at several.

    >>> Insert[{a, b, c}, x, 2]
    {a, x, b, c}
    >>> Insert[{a, b, c}, x, -1]
    {a, b, c, x}
    >>> Insert[{a, b, c}, x, {{1}, {3}}]
    {x, a, b, x, c}
    """
    try:
        return _inserted(expr, new, positions_of(position))
    except PartError:
        ev.message("Insert", "ins", position if is_list(position) else make_list((position,)), expr)
        return None


def _inserted(value: Any, new: Any, positions: list[Position]) -> Any:
    """`value` with `new` before each position, all counted in the old `value`. Raises PartError."""
    before: dict[int, int] = {}
    inside: dict[int, list[Position]] = {}
    count = size(value)
    for position in positions:
        if not position or count is None:
            raise PartError("ins")
        if len(position) == 1:
            index = _gap(value, position[0], count)
            before[index] = before.get(index, 0) + 1
        else:
            for index in indices_of(value, position[0]):
                inside.setdefault(index, []).append(position[1:])
    parts = list(children(value) or ())
    for index, rest in inside.items():
        parts[index] = _inserted(parts[index], new, rest)
    if type(value) is Association:
        parts = [Expr(S.Rule, (k, v)) for k, v in zip(value, parts, strict=True)]
    out: list[Any] = []
    for i in range(len(parts) + 1):
        out.extend([new] * before.get(i, 0))
        out.extend(parts[i : i + 1])
    return Expr(head_of(value), tuple(out))


def _gap(value: Any, spec: Any, count: int) -> int:
    """The 0-based index before which an insertion at `spec` goes."""
    if is_key(spec) and type(value) is Association:
        return indices_of(value, spec)[0]
    if type(spec) is int and 1 <= spec <= count + 1:
        return spec - 1
    if type(spec) is int and -count - 1 <= spec <= -1:
        return count + spec + 1
    raise PartError("ins")


@builtin(
    "ReplacePart", operator=0, messages={"reps": "`1` is not a replacement rule or a list of such rules."}
)
def replace_part(ev: Any, expr: Any, rules: Any, position: Any = None) -> Any:
    """ReplacePart[expr, i -> new] replaces the i-th element of expr, {i, j, ...} -> new the part at that
    position, {pos1, pos2, ...} -> new the parts at several. Positions may be patterns; parts that do not
    exist are ignored. ReplacePart[expr, new, pos] is an older form.

    >>> ReplacePart[{a, b, c}, 2 -> x]
    {a, x, c}
    >>> ReplacePart[{{1, 2}, {3, 4}}, {i_, i_} -> 0]
    {{0, 2}, {3, 0}}
    >>> ReplacePart[{a, b, c}, {{1}, {3}} -> x]
    {x, b, x}
    """
    if position is not None:
        rules = Expr(S.Rule, (position, rules))
    listed = items(rules) if is_list(rules) else (rules,)
    if type(rules) is Association:
        listed = rules.rules()
    if not all(map(is_rule, listed)):
        ev.message("ReplacePart", "reps", rules)
        return None
    if any(is_pattern(r.args[0]) for r in listed):
        return _replaced_by_pattern(ev, expr, listed)
    wanted: dict[Any, tuple[Position, Any]] = {}
    for rule in listed:
        place, new = rule.args
        for position in positions_of(place):
            found = _resolved(expr, position)
            if found is not None:
                wanted.setdefault(found, (found, new))
    # Longer positions first, so that a replaced whole hides what was asked for inside it.
    for found, new in sorted(wanted.values(), key=lambda pair: -len(pair[0])):
        expr = _put(expr, found, new)
    return expr


def _resolved(value: Any, position: Position) -> tuple[int, ...] | None:
    """`position` as 0-based indices (-1: head), or None where there is no such part."""
    found = []
    for step in position:
        try:
            (index,) = indices_of(value, step)
        except (PartError, ValueError):
            return None
        found.append(index)
        value = _child(value, index)
    return tuple(found)


def _put(value: Any, position: tuple[int, ...], new: Any) -> Any:
    if not position:
        return new
    index = position[0]
    return _with_changes(value, {index: _put(_child(value, index), position[1:], new)})


def _replaced_by_pattern(ev: Any, expr: Any, rules: tuple[Any, ...]) -> Any:
    """ReplacePart with patterns for positions: {i, j, ...} as a list is matched,
    on level 1 also the bare index."""
    replacers = []
    for rule in rules:
        place, new = rule.args
        many = is_position_list(place)
        for one in items(place) if many else (place,):
            replacers.append((is_list(one), ev.replacer(Expr(rule.head, (one, new)))))

    def act(part: Any, at: Position | None) -> Any:
        names = tuple(key_of(x) if is_key(x) else x for x in at or ())
        for listed, replace in replacers:
            if not listed and len(names) != 1:
                continue
            new, changed = replace(make_list(names) if listed else names[0])
            if changed:
                return new
        return part

    return map_parts(expr, BELOW, act, positions=True)


RULES_WANTED = {"invdt2": "The argument `1` is not a rule, a list of rules or an association."}


@builtin("Append", operator=0, messages=RULES_WANTED)
def append(ev: Any, expr: Any, new: Any) -> Any:
    """Append[expr, elem] gives expr with elem added at its end.

    >>> Append[{a, b}, c]
    {a, b, c}
    >>> Append[<|"a" -> 1|>, "b" -> 2]
    <|a -> 1, b -> 2|>
    """
    return _added(ev, "Append", expr, new, at_end=True)


@builtin("Prepend", operator=0, messages=RULES_WANTED)
def prepend(ev: Any, expr: Any, new: Any) -> Any:
    """Prepend[expr, elem] gives expr with elem added at its beginning.

    >>> Prepend[{a, b}, c]
    {c, a, b}
    """
    return _added(ev, "Prepend", expr, new, at_end=False)


def _added(ev: Any, name: str, expr: Any, new: Any, *, at_end: bool) -> Any:
    kind = type(expr)
    if kind is Association:
        return _entry_added(ev, name, expr, new, at_end=at_end)
    if kind is np.ndarray:
        joined = _array_with(expr, new, at_end=at_end)
        if joined is not None:
            return joined
    inner = children(expr)
    if inner is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr, new)))
        return None
    if not inner and is_list(expr) and type(new) in (int, float):
        return pack(make_list((new,)))
    return Expr(head_of(expr), (*inner, new) if at_end else (new, *inner))


def _array_with(array: np.ndarray, new: Any, *, at_end: bool) -> Any:
    """`array` with one more row or number of its own type, packed; None when `new` does not fit."""
    if array.ndim == 1:
        wanted = {"i": int, "f": float}.get(array.dtype.kind)
        if type(new) is not wanted or (type(new) is int and not -(1 << 63) <= new < 1 << 63):
            return None
        row = np.array([new], dtype=array.dtype)
    elif type(new) is np.ndarray and new.dtype == array.dtype and new.shape == array.shape[1:]:
        row = new[np.newaxis]
    else:
        return None
    return packed(np.concatenate((array, row) if at_end else (row, array)))


def _entry_added(ev: Any, name: str, expr: Association, new: Any, *, at_end: bool) -> Any:
    """An association with a rule, a list of rules or another association added; existing keys move to the
    new place."""
    if type(new) is Association:
        rules: tuple[Any, ...] = new.rules()
    else:
        rules = items(new) if is_list(new) else (new,)
    if not all(map(is_rule, rules)):
        ev.message(name, "invdt2", new)
        return None
    added = {key(r.args[0]): (r.args[0], r.args[1], r.head is S.RuleDelayed) for r in rules}
    old = {k: entry for k, entry in expr.entries.items() if k not in added}
    return Association(old | added if at_end else added | old)


def _add_to(ev: Any, name: str, place: Any, new: Any) -> Any:
    """AppendTo and PrependTo: assign the longer expression to `place`."""
    value = ev.evaluate(place)
    if same(value, place):
        ev.message(name, "rvalue", place)
        return None
    longer = _added(ev, name.removesuffix("To"), value, new, at_end=name == "AppendTo")
    if longer is None:
        return None
    # What may be spliced into a list (Nothing, Splice[...]) is; other elements are evaluated already.
    return set_value(place, longer if is_number(new) else ev.evaluate(longer), False, "Set")


@builtin("AppendTo", attributes=HOLD_FIRST, evaluated=True)
def append_to(ev: Any, place: Any, new: Any) -> Any:
    """AppendTo[x, elem] appends elem to the value of x and assigns the result to x.

    >>> x = {a}; AppendTo[x, b]; x
    {a, b}
    """
    return _add_to(ev, "AppendTo", place, new)


@builtin("PrependTo", attributes=HOLD_FIRST, evaluated=True)
def prepend_to(ev: Any, place: Any, new: Any) -> Any:
    """PrependTo[x, elem] prepends elem to the value of x and assigns the result to x.

    >>> x = {a}; PrependTo[x, b]; x
    {b, a}
    """
    return _add_to(ev, "PrependTo", place, new)


SUBSET_MESSAGES = PART_MESSAGES | {"len": "`1` gave `2`, which is not a list of `3` elements."}


@builtin("SubsetMap", operator=1, messages=SUBSET_MESSAGES)
def subset_map(ev: Any, f: Any, expr: Any, positions: Any) -> Any:
    """SubsetMap[f, list, {i, j, ...}] replaces the elements at these positions by those of f[{ei, ej, ...}].

    >>> SubsetMap[Reverse, {a, b, c, d}, {2, 4}]
    {a, d, c, b}
    """
    inner = children(expr)
    if inner is None:
        ev.message("SubsetMap", "normal", 2, Expr(S.SubsetMap, (f, expr, positions)))
        return None
    try:
        places = indices_of(expr, positions)
    except PartError as error:
        complain(ev, "SubsetMap", error, expr, (positions,))
        return None
    new = ev.call(f, make_list(inner[i] for i in places))
    if not is_list(new) or len(items(new)) != len(places) or -1 in places:
        ev.message("SubsetMap", "len", f, new, len(places))
        return None
    return _with_changes(expr, dict(zip(places, items(new), strict=True)))
