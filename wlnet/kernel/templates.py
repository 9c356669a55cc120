"""The evaluating path: right-hand sides and function bodies compiled to closures over a list of bindings.

`code(e, scope, tail)` is the value of what `building.build` makes, computed without making it first; both
mean "substitute, then evaluate". A special form (If, Module, Do, ...) has an entry in `INLINE`, put there by
the chapter that defines it: inline(e, scope, tail) -> Code, or None to be treated like any call. An inlined
form answers for the ordinary definition of its head, so changing one of these (`CLOCK.shape`) makes
everything be compiled anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import CLOCK, Association, Expr, S, Symbol
from wlnet.expr.attributes import ORDERLESS

from .building import OPTION_VALUE, SLOT, SLOT_SEQUENCE, Build, build, built
from .control import RUN
from .evaluate import evaluate, evaluate_expr, evaluate_own
from .scope import OPTIONS, Scope
from .shaping import EVALUATE, HOLDS, UNEVALUATED, attributes_of

Code = Callable[[list[Any]], Any]
Inline = Callable[[Expr, Scope, bool], "Code | None"]

INLINE: dict[Symbol, Inline] = {}


def inline(name: str) -> Callable[[Inline], Inline]:
    """Register the compiled form of the special form System`name."""

    def register(compile_form: Inline) -> Inline:
        INLINE[getattr(S, name)] = compile_form
        return compile_form

    return register


# ---------------------------------------------------------------- evaluating


def code(e: Any, scope: Scope, tail: bool = False) -> Code:
    """A closure that computes the value of `e` for the bound values. With `tail`, or a tail call."""
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
    tracer = RUN.tracing
    if tracer is not None:  # every step is to be seen
        return lambda: tracer.nested(lambda: evaluate(e))
    scope = Scope()
    run = code(e, scope)
    b: list[Any] = [None] * scope.frame.size
    return lambda: run(b)


def finish(value: Any) -> Any:
    """The value of what a closure compiled with `tail` returned."""
    if type(value) is Expr and value.stamp < 0:
        return evaluate_expr(value)
    return value
