"""Quantity[n, "unit"]: symbolic but for quantities of time, which convert."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S
from wlnet.kernel.registry import builtin

from . import numbers

# Seconds in each unit of time; a month and a year are not of one length and are handled by the calendar.
UNIT_SECONDS: dict[str, Any] = {
    "Nanoseconds": Fraction(1, 10**9),
    "Microseconds": Fraction(1, 10**6),
    "Milliseconds": Fraction(1, 1000),
    "Seconds": 1,
    "Minutes": 60,
    "Hours": 3600,
    "Days": 86400,
    "Weeks": 604800,
}
_ABBREVIATIONS = {
    "ns": "Nanoseconds",
    "us": "Microseconds",
    "ms": "Milliseconds",
    "s": "Seconds",
    "min": "Minutes",
}
_ABBREVIATIONS |= {"h": "Hours", "d": "Days"}


def unit_name(unit: Any) -> str | None:
    """The standard plural name of a unit of time ("Minute", "minutes", "min"), or None."""
    if type(unit) is not str:
        return None
    if unit in _ABBREVIATIONS:
        return _ABBREVIATIONS[unit]
    name = unit[:1].upper() + unit[1:].lower()
    name = name if name.endswith("s") else name + "s"
    return name if name in UNIT_SECONDS or name in ("Months", "Years", "Quarters") else None


def seconds_of(quantity: Any) -> Any:
    """The seconds in Quantity[n, unit of time]; None for anything else."""
    if type(quantity) is not Expr or quantity.head is not S.Quantity or len(quantity.args) != 2:
        return None
    n, unit = quantity.args
    name = unit_name(unit)
    if name not in UNIT_SECONDS or type(n) not in numbers.KIND:
        return None
    return numbers.multiply(n, UNIT_SECONDS[name])


@builtin("Quantity")
def quantity(ev: Any, *args: Any) -> Any:
    """Quantity[n, "unit"] is a quantity, such as Quantity[5, "Minutes"]; it stays as it is.

    >>> {Quantity[5, "Minutes"], QuantityMagnitude[Quantity[5, "Minutes"]], Quantity["Seconds"]}
    {Quantity[5, Minutes], 5, Quantity[1, Seconds]}
    """
    if len(args) == 1 and type(args[0]) is str:
        return Expr(S.Quantity, (1, args[0]))
    if len(args) == 2 and unit_name(args[1]) not in (None, args[1]):
        return Expr(S.Quantity, (args[0], unit_name(args[1])))
    return None


@builtin("QuantityMagnitude")
def quantity_magnitude(ev: Any, q: Any, unit: Any = None) -> Any:
    """QuantityMagnitude[q] gives the number of a quantity; QuantityMagnitude[q, "unit"] in another unit.

    >>> QuantityMagnitude[Quantity[90, "Minutes"], "Hours"]
    3/2
    """
    if unit is not None:
        q = unit_convert(ev, q, unit)
    return q.args[0] if type(q) is Expr and q.head is S.Quantity and len(q.args) == 2 else None


@builtin("QuantityUnit")
def quantity_unit(ev: Any, q: Any) -> Any:
    """QuantityUnit[q] gives the unit of a quantity.

    >>> QuantityUnit[Quantity[90, "Minutes"]]
    Minutes
    """
    return q.args[1] if type(q) is Expr and q.head is S.Quantity and len(q.args) == 2 else None


@builtin("QuantityQ")
def quantity_q(ev: Any, q: Any) -> Any:
    """QuantityQ[q] gives True if q is a quantity.

    >>> QuantityQ[Quantity[1, "Days"]]
    True
    """
    from wlnet.expr import truth

    return truth(type(q) is Expr and q.head is S.Quantity and len(q.args) == 2)


@builtin("UnitConvert", messages={"compat": "`1` and `2` are not units of the same kind."})
def unit_convert(ev: Any, q: Any, unit: Any = "Seconds") -> Any:
    """UnitConvert[q, "unit"] gives a quantity of time in another unit.

    >>> UnitConvert[Quantity[2, "Hours"], "Minutes"]
    Quantity[120, Minutes]
    """
    seconds = seconds_of(q)
    name = unit_name(unit)
    if seconds is None or name not in UNIT_SECONDS:
        if type(q) is Expr and q.head is S.Quantity:
            ev.message("UnitConvert", "compat", q, unit)
        return None
    return Expr(S.Quantity, (numbers.divide(seconds, UNIT_SECONDS[name]), name))
