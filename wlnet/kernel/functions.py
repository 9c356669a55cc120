"""Functions made ready for repeated application: pure functions compiled, everything else called plainly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import CLOCK, Association, Expr, S, Symbol, canonical_args, is_list, items
from wlnet.expr.attributes import ORDERLESS

from .building import FUNCTION, SLOT
from .control import RUN, ReturnValue
from .evaluate import HOLDS, evaluate, evaluate_expr
from .scope import Scope
from .templates import Code, apply_plain, code


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
