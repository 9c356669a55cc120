"""The building path: an expression with bound values put in, not evaluated.

`build(e, scope)` compiles this to a closure over a list of bindings. Substituting into a construct that
declares variables renames what it declares (`x` becomes `x$`), as the language does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import LIST, Association, Expr, S, Symbol, key

from .control import RUN
from .scope import OPTIONS, Scope
from .shaping import SEQUENCE

Build = Callable[[list[Any]], Any]


FUNCTION = S.Function


SLOT = S.Slot


SLOT_SEQUENCE = S.SlotSequence


OPTION_VALUE = S.OptionValue


# Constructs that declare variables: substituting into them renames what they declare.
SCOPING = frozenset((S.Module, S.With, FUNCTION))


DELAYED_RULES = frozenset((S.RuleDelayed, S.SetDelayed))


def build(e: Any, scope: Scope) -> Build | None:
    """A closure that makes `e` with the bound values put in; None when there is nothing to put in."""
    kind = type(e)
    if kind is Symbol:
        place = scope.slots.get(e)
        return None if place is None else lambda b: b[place]
    if kind is Expr:
        return _build_expr(e, scope)
    if kind is Association:
        return _build_association(e, scope)
    return None


def built(e: Any, scope: Scope) -> Build:
    """As `build`, with a constant closure where there is nothing to put in."""
    found = build(e, scope)
    return (lambda b: e) if found is None else found


def _build_expr(e: Expr, scope: Scope) -> Build | None:
    head = e.head
    if type(head) is Symbol:
        if head is SLOT or head is SLOT_SEQUENCE:
            return _build_slot(e, scope)
        if head is FUNCTION and len(e.args) == 1:
            scope = _without_slots(scope)
        elif head in SCOPING and len(e.args) >= 2:
            return _build_scoping(e, scope)
        elif head is OPTION_VALUE and OPTIONS in scope.slots and len(e.args) == 1:
            return _build_option_value(e, scope)
    makers = [build(x, scope) for x in (head, *e.args)]
    if not any(makers):
        return None
    return _maker(e, makers, any(_may_splice(x, scope) for x in e.args))


def _may_splice(x: Any, scope: Scope) -> bool:
    if type(x) is Symbol:
        place = scope.slots.get(x)
        return place is not None and place in scope.sequences
    return type(x) is Expr and x.head is SLOT_SEQUENCE


def _maker(e: Expr, makers: list[Build | None], splices: bool) -> Build:
    head, make_head = e.head, makers[0]
    arg_makers = makers[1:]
    args = e.args
    n = len(args)
    if make_head is None and not splices:
        if n == 1:
            only = arg_makers[0]
            assert only is not None
            return lambda b: Expr(head, (only(b),))
        if n == 2:
            first, second = arg_makers
            if first is None and second is not None:
                return lambda b, a=args[0], m=second: Expr(head, (a, m(b)))  # type: ignore[misc]
            if second is None and first is not None:
                return lambda b, a=args[1], m=first: Expr(head, (m(b), a))  # type: ignore[misc]
    pairs = list(zip(arg_makers, args, strict=True))

    def make(b: list[Any]) -> Any:
        made = [x if m is None else m(b) for m, x in pairs]
        if splices:
            made = [y for x in made for y in (x.args if type(x) is Expr and x.head is SEQUENCE else (x,))]
        return Expr(head if make_head is None else make_head(b), tuple(made))

    return make


def _build_association(e: Association, scope: Scope) -> Build | None:
    makers = [(built(k, scope), built(v, scope), delayed) for k, v, delayed in e.entries.values()]
    mentioned = any(build(k, scope) or build(v, scope) for k, v, _ in e.entries.values())
    if not mentioned:
        return None

    def make(b: list[Any]) -> Association:
        return Association({key(k): (k, v, d) for k, v, d in ((mk(b), mv(b), d) for mk, mv, d in makers)})

    return make


def _without_slots(scope: Scope) -> Scope:
    """Slots inside a nested pure function belong to it."""
    if not any(type(k) in (int, str, tuple) and k != OPTIONS for k in scope.slots):
        return scope
    inner = scope.copy()
    inner.slots = {k: v for k, v in scope.slots.items() if type(k) is Symbol or k == OPTIONS}
    return inner


def _reader(place: int) -> Build:
    return lambda b: b[place]


def _build_slot(e: Expr, scope: Scope) -> Build | None:
    if len(e.args) > 1:
        return None
    which: Any = e.args[0] if e.args else 1
    if e.head is SLOT:
        if type(which) is str:
            return _named_slot(which, e, scope)
        place = scope.slots.get(which) if type(which) is int else None
        return None if place is None else _reader(place)
    place = scope.slots.get(("##",))
    if place is None or type(which) is not int:
        return None
    return lambda b: Expr(SEQUENCE, b[place][which - 1 :])


def _named_slot(name: str, e: Expr, scope: Scope) -> Build | None:
    """`#name`: the value at that key of the first argument, an association."""
    place = scope.slots.get(("##",))
    if place is None:
        return None

    def look_up(b: list[Any]) -> Any:
        first = b[place][0] if b[place] else None
        if type(first) is Association:
            value = first.get(name)
            return Expr(S.Missing, ("KeyAbsent", name)) if value is None else value
        RUN.ev.message("Function", "slot1", e)
        return e

    return look_up


def _build_option_value(e: Expr, scope: Scope) -> Build:
    """OptionValue[name] in a definition: the place of the matched options is put in."""
    place = scope.slots[OPTIONS]
    name = built(e.args[0], scope)

    def make(b: list[Any]) -> Any:
        function, rules = b[place] if b[place] is not None else (S.Null, Expr(LIST, ()))
        return Expr(OPTION_VALUE, (function, rules, name(b)))

    return make


def declared(e: Expr) -> list[Symbol]:
    """The symbols that a Module, With or Function declares."""
    names = e.args[0]
    found = []
    for x in names.args if type(names) is Expr and names.head is LIST else (names,):
        if type(x) is Expr and x.head in (S.Set, S.SetDelayed) and x.args:
            x = x.args[0]
        if type(x) is Symbol:
            found.append(x)
    return found


def _build_scoping(e: Expr, scope: Scope) -> Build | None:
    """Function[{x}, ...], Module, With inside a substitution: their variables get a `$` at the end."""
    names = [s for s in declared(e) if s not in scope.firm]
    inner = scope.without(names)
    probe = [build(x, inner if i else scope) for i, x in enumerate(e.args)]
    outer_first = build(e.args[0], inner)
    if not any(probe[1:]) and outer_first is None:
        return None
    renamed = {s: _renamed(s) for s in names}
    body = scope.inner(names)
    places = [(body.slots[s], t) for s, t in renamed.items()]
    declare = _declaration(e.args[0], renamed, scope)
    rest = [built(x, body) for x in e.args[1:]]
    head = e.head

    def make(b: list[Any]) -> Expr:
        if len(b) < body.frame.size:
            b.extend([None] * (body.frame.size - len(b)))
        first = declare(b)
        for place, symbol in places:
            b[place] = symbol
        return Expr(head, (first, *[m(b) for m in rest]))

    return make


def _renamed(symbol: Symbol) -> Symbol:
    return RUN.ev.state.symbol(symbol.context + symbol.name + "$")  # type: ignore[no-any-return]


def _declaration(names: Any, renamed: dict[Symbol, Symbol], scope: Scope) -> Build:
    """The first argument of a scoping construct: new names, values in the outer scope."""
    if type(names) is Symbol:
        return lambda b: renamed.get(names, names) if names not in scope.firm else b[scope.slots[names]]
    if type(names) is Expr and names.head is LIST:
        inner = [_declaration(x, renamed, scope) for x in names.args]
        return lambda b: Expr(LIST, tuple([m(b) for m in inner]))
    if type(names) is Expr and names.head in (S.Set, S.SetDelayed) and len(names.args) == 2:
        target = _declaration(names.args[0], renamed, scope)
        value = built(names.args[1], scope)
        return lambda b: Expr(names.head, (target(b), value(b)))
    return built(names, scope)


def substitute(e: Any, values: dict[Symbol, Any]) -> Any:
    """`e` with symbols replaced by values, inner declarations respected and renamed."""
    scope = Scope()
    b: list[Any] = []
    for symbol, value in values.items():
        place = scope.place(symbol)
        if type(value) is Expr and value.head is SEQUENCE:
            scope.sequences.add(place)
        b.append(value)
    make = build(e, scope)
    return e if make is None else make(b)
