"""Numbers, and amounts of training or of time, as options give them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from wlnet.expr import BigReal, Expr, S, Symbol

from .errors import NetError

# Units of an amount of training, by every spelling a Quantity may use, and their length in seconds where
# they are times.
UNITS = ("Batches", "Rounds", "Percent", "Seconds", "Minutes", "Hours", "Days")
SECONDS = {"Seconds": 1.0, "Minutes": 60.0, "Hours": 3600.0, "Days": 86400.0}


def real_number(value: Any) -> float | None:
    """A real number of the language as a float; None for anything else."""
    kind = type(value)
    if kind is float:
        return value  # type: ignore[no-any-return]
    if kind is int or kind is Fraction or kind is BigReal:
        return float(value)
    return None


def says(value: Any, *words: str) -> bool:
    """Whether `value` is one of these strings. (An array must not be compared with a string: it compares
    element by element.)
    """
    return type(value) is str and value in words


class Amount(NamedTuple):
    """A number of one of `UNITS`; times are kept in seconds (unit "Seconds")."""

    number: float
    unit: str


def amount(value: Any, default_unit: str) -> Amount | None:
    """`Quantity[n, unit]`, or a bare number of `default_unit`; None where it is neither or not positive."""
    unit = default_unit
    if type(value) is Expr and value.head is S.Quantity and len(value.args) == 2:
        value, name = value.args
        found = unit_of(name)
        if found is None:
            return None
        unit = found
    number = real_number(value)
    if number is None or not number > 0:
        return None
    if unit in SECONDS:
        return Amount(number * SECONDS[unit], "Seconds")
    return Amount(number, unit)


def unit_of(name: Any) -> str | None:
    """The unit that a string or symbol names, in singular or plural, in any capitals."""
    text = name if type(name) is str else name.name if type(name) is Symbol else ""
    for unit in UNITS:
        if text.lower() in (unit.lower(), unit.lower().rstrip("s"), "batch" if unit == "Batches" else ""):
            return unit
    return None


def seconds(value: Any, option: str) -> float:
    """A time goal: seconds, or a Quantity of time. NetError names `option`."""
    found = amount(value, "Seconds")
    if found is None or found.unit != "Seconds":
        text = f'{option} must be a positive number of seconds or a time such as Quantity[5, "Minutes"].'
        raise NetError("NetTrain", "time", text)
    return found.number
