"""$RecursionLimit, $IterationLimit and other settings of the evaluator."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, system
from wlnet.kernel.control import RUN
from wlnet.kernel.definitions import WATCHED, set_own
from wlnet.kernel.registry import symbol

UNLIMITED = 1 << 60
LEAST = 20
DEFAULTS = {"$RecursionLimit": 1024, "$IterationLimit": 4096}


def _limit(value: Any) -> int | None:
    if type(value) is int:
        return value if value >= LEAST else None
    infinite = value is S.Infinity or (
        type(value) is Expr and value.head is S.DirectedInfinity and value.args == (1,)
    )
    return UNLIMITED if infinite else None


def _watch(name: str, register: str) -> None:
    """Keep a register of the evaluator in step with the value of a symbol; refuse senseless values."""
    s = system(name)

    def changed(value: Any) -> None:
        limit = DEFAULTS[name] if value is None else _limit(value)
        if limit is None:
            RUN.ev.message(name, "limset", s, value)
            set_own(s, DEFAULTS[name])
        else:
            setattr(RUN, register, limit)

    WATCHED[s] = changed


for _name, _register, _what in (
    ("$RecursionLimit", "recursion", "the greatest depth of nested evaluations"),
    ("$IterationLimit", "iteration", "the greatest number of times that one expression is transformed"),
):
    symbol(
        _name,
        usage=f"{_name} is {_what}: an integer from {LEAST} on, or Infinity.",
        value=DEFAULTS[_name],
        assignable=True,
        messages={
            "limset": f"Cannot set `1` to `2`; it must be an integer from {LEAST} on, or Infinity.",
            "reclim2": "Recursion depth of `1` exceeded during evaluation of `2`.",
            "stack": "The evaluation went deeper than the stack allows, whatever $RecursionLimit says.",
            "itlim": "Iteration limit of `1` exceeded.",
        },
    )
    _watch(_name, _register)

symbol("$Pre", usage="$Pre is a function applied to each input before it is evaluated.", assignable=True)
symbol("$Post", usage="$Post is a function applied to each output.", assignable=True)
