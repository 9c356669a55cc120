"""Local names: Function, Module, Block, With, Unique."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import LIST, NULL, Expr, S, Symbol, is_list, items, system
from wlnet.expr.attributes import HOLD_ALL, LOCKED, N_HOLD_ALL, TEMPORARY
from wlnet.kernel.building import build, built, substitute
from wlnet.kernel.control import RUN, ReturnValue
from wlnet.kernel.definitions import set_own
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.functions import pure_function
from wlnet.kernel.registry import applied, builtin, symbol
from wlnet.kernel.rule_code import CONDITIONAL
from wlnet.kernel.rules import Delayed
from wlnet.kernel.scope import Scope
from wlnet.kernel.templates import Code, code, inline

SET = S.Set
SET_DELAYED = S.SetDelayed
DEFINITIONS = ("own", "down", "sub", "up", "n_values", "format_values", "default_values")


# ---------------------------------------------------------------- Function


@builtin(
    "Function",
    attributes=HOLD_ALL,
    messages={
        "slotn": "Slot number `1` in `2` cannot be filled from `3`.",
        "slot1": "Named slot `1` cannot be filled: the first argument is not an association.",
        "fpct": "Too many parameters in `1` to be filled from `2`.",
        "flpar": "Parameter specification `1` in `2` should be a symbol or a list of symbols.",
    },
)
def function(ev: Any, *args: Any) -> Any:
    """Function[body], or body &, is a pure function with the arguments #, #2, ... (## for all of them).
    Function[x, body] and Function[{x1, x2, ...}, body] name the parameters;
    Function[x, body, attributes] has attributes.

    >>> (#^2 + 1 &)[3]
    10
    >>> Function[{x, y}, x - y][5, 3]
    2
    """
    return None


@applied("Function")
def apply_function(ev: Any, f: Expr, args: tuple[Any, ...]) -> Any:
    """Function[...][args], as a tail call."""
    compiled = pure_function(f)
    if compiled is None:
        return None
    b = compiled.frame(args)
    if b is None:
        return None
    try:
        return compiled.run(b)
    except ReturnValue as exit_:
        if exit_.head is not S.Function:
            raise
        return exit_.value


symbol(
    "Slot",
    attributes=N_HOLD_ALL,
    usage="#n, or Slot[n], is the n-th argument of a pure function; #name the value at a key of the first.",
)
symbol(
    "SlotSequence",
    attributes=N_HOLD_ALL,
    usage="##, or SlotSequence[n], is the sequence of arguments of a pure function from the n-th on.",
)


# ---------------------------------------------------------------- declarations


class Locals:
    """The local variables of a Module, Block or With: names and, where given, initial values."""

    __slots__ = ("delayed", "names", "values")

    def __init__(self) -> None:
        self.names: list[Symbol] = []
        self.values: list[Any] = []  # None where there is none
        self.delayed: list[bool] = []


def parse_locals(command: str, spec: Any, needs_values: bool = False) -> Locals | None:
    """Read `{x, y = 1}`; None, with the message, where it is no list of variables."""
    ev = RUN.ev
    if not is_list(spec):
        ev.message(command, "lvlist", spec)
        return None
    found = Locals()
    for part in items(spec):
        target, value, delayed = part, None, False
        if type(part) is Expr and part.head in (SET, SET_DELAYED) and len(part.args) == 2:
            target, value = part.args
            delayed = part.head is SET_DELAYED
            if type(target) is not Symbol:
                ev.message(command, "lvset", spec, part, target)
                return None
        if type(target) is not Symbol or (needs_values and value is None):
            ev.message(command, "lvw" if needs_values else "lvsym", spec, part)
            return None
        if target in found.names:
            ev.message(command, "dup", target, spec)
            return None
        found.names.append(target)
        found.values.append(value)
        found.delayed.append(delayed)
    return found


def fresh(name: Symbol, number: int) -> Symbol:
    """The symbol name$number, Temporary."""
    s: Symbol = RUN.ev.state.symbol(f"{name.context}{name.name}${number}")
    s.attributes |= TEMPORARY
    return s


# ---------------------------------------------------------------- Module


@builtin("Module", attributes=HOLD_ALL, evaluated=True)
def module(ev: Any, variables: Any, body: Any) -> Any:
    """Module[{x, y = v, ...}, body] evaluates body with the symbols x, y, ... local to it.

    >>> x = 5; Module[{x = 1}, x + 1]
    2
    >>> x
    5
    """
    return _run_form(_compile_module(Expr(S.Module, (variables, body)), Scope(), False, code))


def _run_form(compiled: tuple[Code, Scope] | None) -> Any:
    if compiled is None:
        return None
    run, scope = compiled
    return run([None] * scope.frame.size)


BodyCompiler = Callable[..., Code]


def _compile_module(e: Expr, scope: Scope, tail: bool, body: BodyCompiler) -> tuple[Code, Scope] | None:
    spec = e.args[0]
    if any(s in scope.firm for s in _targets(spec)):
        return None  # a pattern variable stands where a name is declared
    found = parse_locals("Module", spec)
    if found is None:
        return None
    inner = scope.inner(list(found.names))
    starts: list[tuple[Symbol, int, Code | None]] = []
    for name, value, delayed in zip(found.names, found.values, found.delayed, strict=True):
        place = inner.slots[name]
        inner.locals.add(place)
        if value is None:
            start: Code | None = None
        elif delayed:
            make = built(value, scope)
            start = lambda b, make=make: Delayed(make(b))  # type: ignore[misc]  # noqa: E731
        else:
            start = code(value, scope)
        starts.append((name, place, start))
    run = _returning(S.Module, body(e.args[1], inner, tail))

    def enter(b: list[Any]) -> Any:
        state = RUN.ev.state
        number = state.fresh_number()
        values = [None if start is None else start(b) for _, _, start in starts]
        for (name, place, _), value in zip(starts, values, strict=True):
            s = fresh(name, number)
            if value is not None:
                s.own = value
            b[place] = s
        return run(b)

    return enter, inner


def _targets(spec: Any) -> list[Any]:
    found = []
    for part in items(spec) if is_list(spec) else ():
        if type(part) is Expr and part.head in (SET, SET_DELAYED) and part.args:
            part = part.args[0]
        found.append(part)
    return found


def _returning(head: Symbol, run: Code) -> Code:
    """A body that `Return[value, head]` leaves."""

    def enter(b: list[Any]) -> Any:
        depth = RUN.depth
        try:
            return run(b)
        except ReturnValue as exit_:
            if exit_.head is not head:
                raise
            RUN.depth = depth
            return exit_.value

    return enter


def _inline(compile_form: Callable[..., tuple[Code, Scope] | None]) -> Callable[..., Code | None]:
    def compiled(e: Expr, scope: Scope, tail: bool, body: BodyCompiler = code) -> Code | None:
        if len(e.args) != 2:
            return None
        found = compile_form(e, scope, tail, body)
        return None if found is None else found[0]

    return compiled


# ---------------------------------------------------------------- With


@builtin("With", attributes=HOLD_ALL, evaluated=True)
def with_(ev: Any, *args: Any) -> Any:
    """With[{x = v, ...}, body] evaluates body with x replaced by the value of v throughout.
    With[{...}, {...}, body] has constants that depend on earlier ones.

    >>> With[{x = 2}, Hold[x + 1]]
    Hold[2 + 1]
    """
    if len(args) < 2:
        ev.message(
            "With", "argmu" if len(args) == 1 else "argm", S.With, *((2,) if len(args) == 1 else (0, 2))
        )
        return None
    if len(args) > 2:
        return ev.evaluate(Expr(S.With, (args[0], Expr(S.With, args[1:]))))
    return _run_form(_compile_with(Expr(S.With, args), Scope(), False, code))


def _compile_with(e: Expr, scope: Scope, tail: bool, body: BodyCompiler) -> tuple[Code, Scope] | None:
    if any(s in scope.firm for s in _targets(e.args[0])):
        return None
    found = parse_locals("With", e.args[0], needs_values=True)
    if found is None:
        return None
    inner = scope.inner(list(found.names))
    starts: list[tuple[int, Code]] = []
    for name, value, delayed in zip(found.names, found.values, found.delayed, strict=True):
        place = inner.slots[name]
        inner.sequences.add(place)
        starts.append((place, built(value, scope) if delayed else code(value, scope)))
    run = _returning(S.With, body(e.args[1], inner, tail))

    def enter(b: list[Any]) -> Any:
        values = [(place, start(b)) for place, start in starts]
        for place, value in values:
            b[place] = value
        return run(b)

    return enter, inner


# ---------------------------------------------------------------- Block


@builtin("Block", attributes=HOLD_ALL, evaluated=True)
def block(ev: Any, variables: Any, body: Any) -> Any:
    """Block[{x, y = v, ...}, body] evaluates body with the values and definitions of x, y, ... local to it.

    >>> x = 5; f[] := x; Block[{x = 7}, f[]]
    7
    """
    return _run_form(_compile_block(Expr(S.Block, (variables, body)), Scope(), False, code))


def _compile_block(e: Expr, scope: Scope, tail: bool, body: BodyCompiler) -> tuple[Code, Scope] | None:
    if any(s in scope.slots for s in _targets(e.args[0])):
        return None
    found = parse_locals("Block", e.args[0])
    if found is None:
        return None
    names = found.names
    starts: list[Code | None] = []
    for value, delayed in zip(found.values, found.delayed, strict=True):
        if value is None:
            starts.append(None)
        elif delayed:
            make = built(value, scope)
            starts.append(lambda b, make=make: Delayed(make(b)))  # type: ignore[misc]
        else:
            starts.append(code(value, scope))
    run = _returning(S.Block, body(e.args[1], scope, False))

    def enter(b: list[Any]) -> Any:
        values = [None if start is None else start(b) for start in starts]
        for name in names:
            if name.attributes & LOCKED:
                RUN.ev.message("Block", "locked", name)
                return evaluate(Expr(S.Hold, (e,)))
        saved = [_enter_block(name, value) for name, value in zip(names, values, strict=True)]
        try:
            value = run(b)
        finally:
            for name, old in zip(names, saved, strict=True):
                _leave_block(name, old)
        return evaluate(value)  # what the names mean outside may change it

    return enter, scope


def _enter_block(name: Symbol, value: Any) -> tuple[Any, ...] | Any:
    """Take all definitions off a symbol and give it a value; what must be put back."""
    rest = (name.down, name.sub, name.up, name.n_values, name.format_values, name.default_values)
    old = name.own
    set_own(name, value)
    if any(x is not None for x in rest):
        name.touch()
        name.down = name.sub = name.up = name.n_values = name.format_values = name.default_values = None
        return (old, rest)
    return (old, None)


def _leave_block(name: Symbol, saved: Any) -> None:
    old, rest = saved
    set_own(name, old)
    now = (name.down, name.sub, name.up, name.n_values, name.format_values, name.default_values)
    if rest is not None or any(x is not None for x in now):
        name.touch()
        name.down, name.sub, name.up, name.n_values, name.format_values, name.default_values = (
            rest if rest is not None else (None,) * 6
        )


for _name, _form in (("Module", _compile_module), ("With", _compile_with), ("Block", _compile_block)):
    CONDITIONAL[getattr(S, _name)] = inline(_name)(_inline(_form))  # type: ignore[arg-type]


# ---------------------------------------------------------------- Unique


@builtin("Unique", messages={"usym": "`1` is not a symbol or a valid symbol name."})
def unique(ev: Any, x: Any = None) -> Any:
    """Unique[] gives a new symbol $n; Unique[x] a new symbol x$n; Unique["x"] a new symbol xn; Unique[{x,
    y}] a list.

    >>> Head[Unique[x]]
    Symbol
    """
    number = ev.state.fresh_number()
    if x is None:
        return _unique(ev, f"${number}")
    if is_list(x):
        made = [_unique_for(ev, part, number) for part in items(x)]
        return None if any(m is None for m in made) else Expr(LIST, tuple(made))
    return _unique_for(ev, x, number)


def _unique_for(ev: Any, x: Any, number: int) -> Symbol | None:
    if type(x) is Symbol:
        return fresh(x, number)
    if type(x) is str and x.replace("$", "a").isidentifier():
        return _unique(ev, f"{x}{number}")
    ev.message("Unique", "usym", x)
    return None


def _unique(ev: Any, name: str) -> Symbol:
    s: Symbol = ev.state.symbol(ev.state.context + name)
    s.attributes |= TEMPORARY
    return s


__all__ = ["NULL", "Locals", "build", "evaluate", "parse_locals", "substitute", "system"]
