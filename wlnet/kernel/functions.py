"""Functions made ready for repeated application: pure functions compiled, everything else called plainly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import CLOCK, Association, Expr, S, Symbol, canonical_args, is_list, items
from wlnet.expr.attributes import ORDERLESS

from .building import FUNCTION, SLOT, build
from .control import RUN, ReturnValue
from .evaluate import evaluate, evaluate_expr
from .scope import OPTIONS, Frame, Scope
from .shaping import HOLDS
from .templates import Code, apply_plain, code, inline


def function(f: Any) -> Callable[..., Any]:
    """A Python callable for repeated application of `f`: applies it to evaluated arguments
    and gives the value.
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
    """A compiled Function expression.

    parameters   how many named parameters, or the greatest slot number used
    captured     values of outer variables, which lie in the frame after the arguments
    """

    __slots__ = ("captured", "parameters", "run", "size", "slots", "source")

    def __init__(
        self,
        source: Expr,
        parameters: int,
        run: Code,
        size: Frame,
        slots: bool,
        captured: tuple[Any, ...] = (),
    ) -> None:
        self.source = source
        self.parameters = parameters
        self.run = run
        self.slots = slots
        self.size = size
        self.captured = captured

    def frame(self, args: tuple[Any, ...]) -> list[Any] | None:
        """The bindings for `args`; None when there are too few (with the message)."""
        n = self.parameters
        if len(args) < n:
            if self.slots:
                return self._missing_slots(args)
            RUN.ev.message("Function", "fpct", self.source.args[0], Expr(self.source, args))
            return None
        if self.slots:
            b = [args, self.source, *args[:n], *self.captured]
        else:
            b = [*args[:n], *self.captured]
        missing = self.size.size - len(b)
        if missing:
            b += [None] * missing
        return b

    def _missing_slots(self, args: tuple[Any, ...]) -> list[Any]:
        n = self.parameters
        absent = [Expr(SLOT, (k + 1,)) for k in range(len(args), n)]
        RUN.ev.message("Function", "slotn", len(args) + 1, self.source, Expr(self.source, args))
        b = [args, self.source, *args, *absent, *self.captured]
        return b + [None] * (self.size.size - len(b))

    def __call__(self, *args: Any) -> Any:
        b = self.frame(args)
        if b is None:
            x = Expr(self.source, args)
            return x
        try:
            value = self.run(b)
        except ReturnValue as exit_:
            if exit_.head is not FUNCTION:
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


def _slot_scope(body: Any) -> tuple[Scope, int]:
    """The scope of a function of slots (all arguments, itself, #1, #2, ...), and the greatest slot number."""
    greatest = _greatest_slot(body)
    scope = Scope()
    scope.slots[("##",)] = scope.frame.new()
    scope.slots[0] = scope.frame.new()
    for k in range(1, greatest + 1):
        scope.place(k)
    return scope, greatest


def _slot_function(f: Expr, body: Any) -> PureFunction:
    scope, greatest = _slot_scope(body)
    return PureFunction(f, greatest, code(body, scope, tail=True), scope.frame, slots=True)


def _named_function(f: Expr) -> PureFunction | None:
    names = f.args[0]
    parameters = list(items(names)) if is_list(names) else [names]
    if not all(type(p) is Symbol for p in parameters):
        RUN.ev.message("Function", "flpar", names, f)
        return None
    scope = Scope()
    for p in parameters:
        scope.slots[p] = scope.frame.new()
    return PureFunction(f, len(parameters), code(f.args[1], scope, tail=True), scope.frame, slots=False)


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


# ---------------------------------------------------------------- functions made inside compiled code


@inline("Function")
def inline_function(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """A pure function that mentions variables around it: compiled once, made anew with their values."""
    make = build(e, scope)
    if make is None or not 1 <= len(e.args) <= 2:
        return None
    layout = _layout(e)
    if layout is None:
        return None
    inner, parameters = layout
    outer: list[int] = []
    for variable, place in scope.slots.items():
        if variable == OPTIONS or (type(variable) is Symbol and variable not in inner.slots):
            if place in scope.sequences or variable in (scope.firm & set(_parameters(e))):
                return None
            captured = inner.place(variable)
            outer.append(place)
            if place in scope.locals:
                inner.locals.add(captured)
        elif type(variable) is Symbol or len(e.args) == 2:
            return None  # a parameter hides it, or the slots of a function around this one are meant
    inner.firm = scope.firm
    late: list[Code] = []
    slots = len(e.args) == 1

    def closure(b: list[Any]) -> Any:
        f = make(b)
        if not late:
            late.append(code(e.args[-1], inner, tail=True))
        captured = tuple([b[k] for k in outer])
        f.code = PureFunction(f, parameters, late[0], inner.frame, slots, captured)
        return evaluate(f)

    return closure


def _parameters(e: Expr) -> list[Any]:
    names = e.args[0]
    return list(items(names)) if is_list(names) else [names]


def _layout(e: Expr) -> tuple[Scope, int] | None:
    """The scope of a function's own arguments and how many it takes; None when it is malformed."""
    if len(e.args) == 1:
        return _slot_scope(e.args[0])
    inner = Scope()
    names = _parameters(e)
    if not all(type(p) is Symbol for p in names) or len(set(names)) != len(names):
        return None
    for p in names:
        inner.place(p)
    return inner, len(names)
