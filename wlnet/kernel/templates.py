"""Right-hand sides and function bodies compiled to closures over a list of bindings.

    build(e, scope) -> Build | None   the *building* path: `e` with the bound values put in, not evaluated;
    None when `e`
                                      mentions no variable
    code(e, scope, tail) -> Code      the *evaluating* path: the value of that, computed without making it
    first

Both mean "substitute, then evaluate". A special form (If, Module, Do, ...) has an entry in `INLINE`, put
there by the
chapter that defines it: inline(e, scope, tail) -> Code, or None to be treated like any call. An inlined form
answers
for the ordinary definition of its head; `INTACT` tells whether anybody has changed one since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import CLOCK, LIST, Association, Expr, S, Symbol, canonical_args, is_list, items, key
from wlnet.expr.attributes import ORDERLESS

from .control import RUN, ReturnValue
from .evaluate import (
    EVALUATE,
    HOLDS,
    SEQUENCE,
    UNEVALUATED,
    attributes_of,
    evaluate,
    evaluate_expr,
    evaluate_own,
)
from .scope import OPTIONS, Scope

Build = Callable[[list[Any]], Any]
Code = Callable[[list[Any]], Any]
Inline = Callable[[Expr, Scope, bool], "Code | None"]

INLINE: dict[Symbol, Inline] = {}
FUNCTION = S.Function
SLOT = S.Slot
SLOT_SEQUENCE = S.SlotSequence
OPTION_VALUE = S.OptionValue

# Constructs that declare variables: substituting into them renames what they declare.
SCOPING = frozenset((S.Module, S.With, FUNCTION))
DELAYED_RULES = frozenset((S.RuleDelayed, S.SetDelayed))


def inline(name: str) -> Callable[[Inline], Inline]:
    """Register the compiled form of the special form System`name."""

    def register(compile_form: Inline) -> Inline:
        INLINE[getattr(S, name)] = compile_form
        return compile_form

    return register


# ---------------------------------------------------------------- building


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


def _build_slot(e: Expr, scope: Scope) -> Build | None:
    if len(e.args) > 1:
        return None
    which: Any = e.args[0] if e.args else 1
    if e.head is SLOT:
        if type(which) is str:
            return _named_slot(which, e, scope)
        place = scope.slots.get(which) if type(which) is int else None
        return None if place is None else lambda b: b[place]
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
    """`e` with symbols replaced by values, inner declarations respected and renamed (With, Module,
    Function).
    """
    scope = Scope()
    b: list[Any] = []
    for symbol, value in values.items():
        place = scope.place(symbol)
        if type(value) is Expr and value.head is SEQUENCE:
            scope.sequences.add(place)
        b.append(value)
    make = build(e, scope)
    return e if make is None else make(b)


# ---------------------------------------------------------------- evaluating


def code(e: Any, scope: Scope, tail: bool = False) -> Code:
    """A closure that computes the value of `e` for the bound values. With `tail` it may return a
    tail call.
    """
    kind = type(e)
    if kind is Symbol:
        return _code_symbol(e, scope)
    if kind is not Expr:
        make = build(e, scope)
        return _constant(e) if make is None else lambda b: evaluate(make(b))
    head = e.head
    if type(head) is Symbol and head not in scope.slots:
        if head is SLOT:
            return _code_slot(e, scope)
        if head is SLOT_SEQUENCE or (head is OPTION_VALUE and OPTIONS in scope.slots and len(e.args) == 1):
            return _code_any(e, scope, tail)
        attributes_of(head)
        compile_form = INLINE.get(head)
        if compile_form is not None and head.down is None:
            found = compile_form(e, scope, tail)
            if found is not None:
                return found
        return _code_call(e, head, scope, tail)
    return _code_any(e, scope, tail)


def _constant(e: Any) -> Code:
    if type(e) in (Expr, Symbol, Association):
        return lambda b: evaluate(e)
    return lambda b: e


def _code_symbol(e: Symbol, scope: Scope) -> Code:
    place = scope.slots.get(e)
    if place is None:

        def read(b: list[Any]) -> Any:
            own = e.own
            if own is None:
                e.bare = True
                return e
            t = type(own)
            if t is int or t is float:
                return own
            return evaluate_own(e, own)

        return read
    return _code_local(place) if place in scope.locals else _code_place(place)


def _code_local(place: int) -> Code:
    def read(b: list[Any]) -> Any:
        symbol = b[place]
        own = symbol.own
        if own is None:
            symbol.bare = True
            return symbol
        t = type(own)
        if t is int or t is float:
            return own
        return evaluate_own(symbol, own)

    return read


def _code_place(place: int) -> Code:
    def bound(b: list[Any]) -> Any:
        value = b[place]
        t = type(value)
        if t is int or t is float or (t is Expr and value.stamp == CLOCK.version):
            return value
        return evaluate(value)

    return bound


def _code_slot(e: Expr, scope: Scope) -> Code:
    which = e.args[0] if e.args else 1
    place = scope.slots.get(which) if type(which) is int else None
    if place is not None:
        return _code_place(place)
    make = build(e, scope)
    return _constant(e) if make is None else lambda b: evaluate(make(b))


def _code_any(e: Expr, scope: Scope, tail: bool) -> Code:
    make = build(e, scope)
    if make is None:
        return lambda b: evaluate_expr(e)
    return lambda b: evaluate(make(b))


def _code_call(e: Expr, head: Symbol, scope: Scope, tail: bool) -> Code:
    """A call of a symbol: arguments by closures, then the evaluator's loop from step 3 on."""
    flags = attributes_of(head) & HOLDS
    if any(type(a) is Expr and a.head in (EVALUATE, UNEVALUATED) for a in e.args):
        return _code_any(e, scope, tail)
    if flags:
        return _code_any(e, scope, tail)
    nodes = [code(a, scope) for a in e.args]
    whole = built(e, scope)
    if len(nodes) == 1:
        return _code_call_1(head, nodes[0], whole, tail)
    if len(nodes) == 2:
        return _code_call_2(head, nodes[0], nodes[1], whole, tail)

    def call(b: list[Any]) -> Any:
        if head.own is not None or head.attributes & HOLDS:
            return evaluate(whole(b))
        version = CLOCK.version
        x = Expr(head, tuple([node(b) for node in nodes]))
        x.stamp = -version
        return x if tail else evaluate_expr(x)

    return call


def _code_call_1(head: Symbol, node: Code, whole: Build, tail: bool) -> Code:
    def call(b: list[Any]) -> Any:
        if head.own is not None or head.attributes & HOLDS:
            return evaluate(whole(b))
        version = CLOCK.version
        a = node(b)
        t = type(a)
        if (t is int or t is float or t is str) and not (tail and head.down is not None):
            value = apply_plain(head, (a,))
            if value is not None:
                return value
        x = Expr(head, (a,))
        x.stamp = -version
        return x if tail else evaluate_expr(x)

    return call


def _code_call_2(head: Symbol, first: Code, second: Code, whole: Build, tail: bool) -> Code:
    def call(b: list[Any]) -> Any:
        if head.own is not None or head.attributes & HOLDS:
            return evaluate(whole(b))
        version = CLOCK.version
        a = first(b)
        c = second(b)
        t = type(a)
        if (t is int or t is float) and not (tail and head.down is not None):
            t = type(c)
            if t is int or t is float:
                value = apply_plain(head, (c, a) if head.attributes & ORDERLESS and c < a else (a, c))
                if value is not None:
                    return value
        x = Expr(head, (a, c))
        x.stamp = -version
        return x if tail else evaluate_expr(x)

    return call


def apply_plain(head: Symbol, args: tuple[Any, ...]) -> Any:
    """The value of head[args...] for arguments that are plain numbers or strings; None where nothing applies.

    There is nothing to splice, flatten or thread in such arguments, and no upvalue.
    """
    run = RUN
    depth = run.depth + 1
    if depth > run.recursion:
        return None
    down = head.down
    if down is not None:
        run.depth = depth
        value = down.apply(args)
        run.depth = depth - 1
        if value is not None:
            if type(value) is Expr and value.stamp < 0:
                return evaluate_expr(value)
            return value
    builtin = head.builtin
    if builtin is None:
        return None
    run.depth = depth
    value = builtin.call(run.ev, args)
    run.depth = depth - 1
    t = type(value)
    if t is Expr:
        return value if builtin.evaluated and value.stamp >= 0 else evaluate(value)
    if t is Symbol and value.own is not None:
        return evaluate(value)
    if t is Association:
        return evaluate(value)
    return value


def compiled(e: Any) -> Callable[[], Any]:
    """`e` as a Python callable that evaluates it each time it is called: a loop's body."""
    scope = Scope()
    run = code(e, scope)
    b: list[Any] = [None] * scope.frame.size
    return lambda: run(b)


def finish(value: Any) -> Any:
    """The value of what a closure compiled with `tail` returned."""
    if type(value) is Expr and value.stamp < 0:
        return evaluate_expr(value)
    return value


# ---------------------------------------------------------------- functions


def function(f: Any) -> Callable[..., Any]:
    """A Python callable for repeated application of `f`: applies it to evaluated arguments and gives the
    value.
    """
    if type(f) is Expr and f.head is FUNCTION:
        compiled = pure_function(f)
        if compiled is not None:
            return compiled.__call__
    if type(f) is Symbol and f.own is None:

        def call_symbol(*args: Any) -> Any:
            if f.own is not None or f.attributes & HOLDS:
                return evaluate(Expr(f, args))
            for a in args:
                t = type(a)
                if t is not int and t is not float and t is not str:
                    break
            else:
                if len(args) > 1 and f.attributes & ORDERLESS:
                    args = canonical_args(args)
                value = apply_plain(f, args)
                if value is not None:
                    return value
            x = Expr(f, args)
            x.stamp = -CLOCK.version
            return evaluate_expr(x)

        return call_symbol

    def call(*args: Any) -> Any:
        return evaluate(Expr(f, args))

    return call


class PureFunction:
    """A compiled Function expression."""

    __slots__ = ("parameters", "run", "size", "slots", "source")

    def __init__(self, source: Expr, parameters: int, run: Code, scope: Scope, slots: bool) -> None:
        self.source = source
        self.parameters = parameters  # named parameters, or the greatest slot number used
        self.run = run
        self.slots = slots
        self.size = scope.frame

    def frame(self, args: tuple[Any, ...]) -> list[Any] | None:
        """The bindings for `args`; None when there are too few (with the message)."""
        n = self.parameters
        if len(args) < n:
            if self.slots:
                return self._missing_slots(args)
            RUN.ev.message("Function", "fpct", self.source.args[0], Expr(self.source, args))
            return None
        if self.slots:
            return [args, self.source, *args[:n], *([None] * (self.size.size - n - 2))]
        return [*args[:n], *([None] * (self.size.size - n))]

    def _missing_slots(self, args: tuple[Any, ...]) -> list[Any]:
        n = self.parameters
        absent = [Expr(SLOT, (k + 1,)) for k in range(len(args), n)]
        RUN.ev.message("Function", "slotn", len(args) + 1, self.source, Expr(self.source, args))
        return [args, self.source, *args, *absent, *([None] * (self.size.size - n - 2))]

    def __call__(self, *args: Any) -> Any:
        b = self.frame(args)
        if b is None:
            x = Expr(self.source, args)
            return x
        try:
            value = self.run(b)
        except ReturnValue as exit_:
            if exit_.head is not None and exit_.head is not FUNCTION:
                raise
            return exit_.value
        if type(value) is Expr and value.stamp < 0:
            return evaluate_expr(value)
        return value


def pure_function(f: Expr) -> PureFunction | None:
    """The compiled form of Function[...], kept on the expression; None when it is malformed."""
    try:
        return f.code  # type: ignore[no-any-return]
    except AttributeError:
        pass
    compiled: PureFunction | None = None
    if len(f.args) == 1 or (len(f.args) >= 2 and f.args[0] is S.Null):
        compiled = _slot_function(f, f.args[0] if len(f.args) == 1 else f.args[1])
    elif len(f.args) in (2, 3):
        compiled = _named_function(f)
    f.code = compiled
    return compiled


def _slot_function(f: Expr, body: Any) -> PureFunction:
    greatest = _greatest_slot(body)
    scope = Scope()
    scope.slots[("##",)] = scope.frame.new()  # place 0: all arguments
    scope.slots[0] = scope.frame.new()  # place 1: the function itself
    for k in range(1, greatest + 1):
        scope.place(k)
    return PureFunction(f, greatest, code(body, scope, tail=True), scope, slots=True)


def _named_function(f: Expr) -> PureFunction | None:
    names = f.args[0]
    parameters = list(items(names)) if is_list(names) else [names]
    if not all(type(p) is Symbol for p in parameters):
        RUN.ev.message("Function", "flpar", names, f)
        return None
    scope = Scope()
    for p in parameters:
        scope.slots[p] = scope.frame.new()
    return PureFunction(f, len(parameters), code(f.args[1], scope, tail=True), scope, slots=False)


def _greatest_slot(body: Any) -> int:
    """The greatest slot number in a body, not counting those of nested pure functions. Iterative."""
    greatest = 0
    stack = [body]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if e.head is SLOT and len(e.args) == 1 and type(e.args[0]) is int:
                greatest = max(greatest, e.args[0])
            elif e.head is not FUNCTION or len(e.args) > 1:
                stack.append(e.head)
                stack.extend(e.args)
        elif type(e) is Association:
            stack.extend(e.values())
            stack.extend(e.keys())
    return greatest
