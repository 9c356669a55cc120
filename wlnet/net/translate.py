"""From functions of the language to formulas (see `formulas`): the one place of the net core that asks the
evaluator.

The function is applied to symbols that stand for numbers or arrays, and the result is read: what is not in
the tables is evaluated once more, so that user-defined functions, With and Module work; what remains unknown
is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from wlnet.expr import (
    CLOCK,
    Association,
    Expr,
    S,
    Symbol,
    is_infinity,
    is_list,
    is_real_number,
    items,
    make_list,
    system,
)

from . import formulas
from .errors import NetError, nearest
from .net import Net

Evaluate = Callable[[Any], Any]

# Functions of any number of numbers: the number of inputs comes from the connections.
VARIADIC = ("Plus", "Times", "Min", "Max")
# Evaluations of parts of one function before it is given up.
MAX_STEPS = 10_000


def variable(name: Any) -> Symbol:
    """A symbol that stands for a slot while a function is evaluated; no other expression can hold it."""
    return Symbol(f"x{name}", "Net`Slots`")


def elementwise(ev: Any, f: Any, layer: str) -> Any:
    """The formula of a function of one number: a symbol, pure function, composition, or a name such as
    "ReLU".
    """
    if type(f) is str:
        if f not in formulas.NAMED:
            raise unknown_name(f, layer)
        return Expr(f, (Expr(S.Slot, (1,)),))
    if type(f) is Symbol and f.name in formulas.UNARY:
        return Expr(f, (Expr(S.Slot, (1,)),))
    return traced(ev, f, [1], layer)


def threading(ev: Any, f: Any, layer: str) -> Any:
    """The formula of a function of several numbers; the symbol itself where it takes any number of them."""
    if type(f) is Symbol and f.name in VARIADIC:
        return f
    if type(f) is str:
        return elementwise(ev, f, layer)
    names = slot_names(f)
    if names:
        return traced(ev, f, names, layer)
    return traced(ev, f, list(range(1, arity(f, layer) + 1)), layer)


BINARY = (
    "Subtract",
    "Divide",
    "Power",
    "Surd",
    "Mod",
    "Equal",
    "Unequal",
    "Less",
    "LessEqual",
    "Greater",
    "GreaterEqual",
)


def arity(f: Any, layer: str) -> int:
    """How many arguments a function takes."""
    if type(f) is Symbol:
        if f.name in formulas.UNARY:
            return 1
        if f.name in BINARY:
            return 2
    if type(f) is Expr and f.head is S.Function:
        if len(f.args) == 1:
            slots = [x for x in formulas.slots_of(f.args[0]) if type(x) is int]
            return max(slots, default=1)
        if len(f.args) > 1:
            return len(items(f.args[0])) if is_list(f.args[0]) else 1
    if type(f) is Expr and f.head in (S.Composition, S.RightComposition) and f.args:
        return arity(f.args[-1] if f.head is S.Composition else f.args[0], layer)
    text = f"The number of arguments of {shown(f)} is not known. Write a pure function, such as f[#1, #2] &."
    raise NetError(layer, "function", text)


def slot_names(f: Any) -> list[str]:
    """The named slots of a pure function, in order of appearance."""
    if type(f) is Expr and f.head is S.Function and len(f.args) == 1:
        return [x for x in formulas.slots_of(f.args[0]) if type(x) is str]
    if type(f) is Expr and f.head in (S.Composition, S.RightComposition) and f.args:
        return slot_names(f.args[-1] if f.head is S.Composition else f.args[0])
    return []


def traced(ev: Any, f: Any, slots: Sequence[Any], layer: str) -> Any:
    """The formula of `f` applied to variables for `slots`: positional ones, or one association of named
    ones.
    """
    variables = {variable(slot): Expr(S.Slot, (slot,)) for slot in slots}
    if slots and type(slots[0]) is str:
        args: tuple[Any, ...] = (Association.of(zip(slots, variables, strict=True)),)
    else:
        args = tuple(variables)
    found = inactive(VANISHING, lambda: quiet(ev, Expr(f, args)))
    reading = Reading(ev, variables, f, layer)
    return reading.read(found)


def quiet(ev: Any, e: Any) -> Any:
    """The value of `e`, its messages unheard: functions of arrays object to being given a symbol."""
    return ev.evaluate(Expr(S.Quiet, (e,)))


class Reading:
    """The reading of one evaluated function body."""

    def __init__(self, ev: Any, variables: dict[Symbol, Any], f: Any, layer: str) -> None:
        self.ev = ev
        self.variables = variables
        self.f = f
        self.layer = layer
        self.steps = 0

    def read(self, e: Any) -> Any:
        """`e` as a formula; NetError for a head that formulas do not have."""
        kind = type(e)
        if kind is Symbol:
            return self.symbol(e)
        if is_real_number(e):
            return e if kind in (int, float, Fraction) else float(e)
        if kind is not Expr:
            raise self.refuse(e)
        head = e.head
        if head is S.List:
            return make_list(self.read(x) for x in e.args)
        if head is S.Inequality:
            return Expr(head, tuple(x if i % 2 else self.read(x) for i, x in enumerate(e.args)))
        if formulas.allowed(head):
            if type(head) is str and len(e.args) != 1:
                raise self.refuse(e)
            return self.numeric(Expr(head, tuple(self.read(x) for x in e.args)))
        return self.again(e)

    def symbol(self, e: Symbol) -> Any:
        found = self.variables.get(e)
        if found is not None:
            return found
        if e.name in formulas.CONSTANTS and e.shared:
            return e
        if is_infinity(e):
            return float("inf")
        return self.again(e)

    def numeric(self, formula: Expr) -> Any:
        """The formula; its value where it depends on no slot and is a number."""
        if formulas.slots_of(formula):
            return formula
        value = self.ev.evaluate(Expr(S.N, (formula,)))
        if is_real_number(value):
            return float(value) if type(value) not in (int, float, Fraction) else value
        return formula

    def again(self, e: Any) -> Any:
        """What the evaluator makes of a part that it was kept from, such as a branch of If."""
        self.steps += 1
        found = quiet(self.ev, e)
        if found is e or found == e or self.steps > MAX_STEPS:
            raise self.refuse(e)
        return self.read(found)

    def refuse(self, e: Any) -> NetError:
        head = e.head if type(e) is Expr else e
        what = shown(head)
        text = f"{what} cannot be part of the function of {self.layer}"
        if type(head) is str and type(e) is Expr:
            return unknown_name(head, self.layer)
        text += ": it takes arithmetic, elementary functions, Min, Max, Clip, comparisons, If and numbers."
        return NetError(self.layer, "function", text)


def unknown_name(name: str, layer: str) -> NetError:
    hint = nearest(name, list(formulas.NAMED))
    return NetError(layer, "function", f'There is no activation function "{name}". {hint}')


def shown(f: Any) -> str:
    """A function as messages name it."""
    if type(f) is Symbol:
        return f.name
    if type(f) is str:
        return f'"{f}"'
    if type(f) is Expr:
        return f"{shown(f.head)}[...]"
    if type(f) is Net:
        return f"{f.record.name}[...]"
    return str(f)


# Functions of a number that take a symbol for something else than a number, and so disappear.
VANISHING = [system(name) for name in ("Chop", "Threshold", "PossibleZeroQ")]


def inactive(symbols: Sequence[Symbol], action: Callable[[], Any]) -> Any:
    """The value of `action` while the built-in definitions of `symbols` do not apply."""
    records = [s.builtin for s in symbols if s.builtin is not None]
    calls = [record.call for record in records]
    for record in records:
        record.call = lambda ev, args: None
    try:
        return action()
    finally:
        for record, call in zip(records, calls, strict=True):
            record.call = call
        CLOCK.version += 1  # what was found to be evaluated meanwhile may not be


KINDS: dict[str, Callable[[Any, Any, str], Any]] = {
    "elementwise": elementwise,
    "threading": threading,
}
