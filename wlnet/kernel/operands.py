"""Upvalues of System` symbols that are Python functions: what Plus, Sin, Part, ... mean for intervals, power
series, sparse arrays and quantities.

Such values are ordinary expressions with a head of their own (as FullForm shows them); the evaluator meets
them where it looks up definitions of arguments, so functions that know nothing of them cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Expr, system

from .control import RUN
from .rules import Rules


class Operands(Rules):
    """The upvalues of a System` symbol: those of the session, then `function(ev, expr) -> value or None`."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[Any, Expr], Any]) -> None:
        super().__init__(whole=True)
        self.function = function

    def copy(self) -> Operands:
        other = Operands(self.function)
        own = super().copy()
        other.rules, other.literal, other.deep = own.rules, own.literal, own.deep
        return other

    def apply(self, subject: Any) -> Any:
        """The value by a definition of the session, else by the function; None where neither applies."""
        value = super().apply(subject)
        if value is None:
            value = self.function(RUN.ev, subject)
            if type(value) is Expr:
                value = RUN.ev.evaluate(value)
        return value


def operand(name: str) -> Callable[[Callable[[Any, Expr], Any]], Callable[[Any, Expr], Any]]:
    """Declare what calls mean that have `System`name[...]` among their arguments.

    The function gets the whole call, its arguments evaluated (and, for Plus and Times, flattened and
    sorted); it gives the value, an expression to go on with, or None where the call means nothing special.
    """

    def register(function: Callable[[Any, Expr], Any]) -> Callable[[Any, Expr], Any]:
        system(name).up = Operands(function)
        return function

    return register
