"""Integers as strings: digits in a base, Roman numerals, names."""

from __future__ import annotations

from typing import Any

from wlnet.expr.attributes import LISTABLE
from wlnet.kernel.registry import builtin

from . import number_theory


@builtin("IntegerString", attributes=LISTABLE)
def integer_string(ev: Any, n: Any, base: Any = 10, *length: Any) -> Any:
    """IntegerString[n] gives the decimal digits of Abs[n]; IntegerString[n, b] those in base b, padded to
    len by a third.

    >>> {IntegerString[255, 16], IntegerString[5, 2, 8], IntegerString[-42]}
    {ff, 00000101, 42}
    """
    if type(n) is not int:
        return None
    if type(base) is str and base == "Roman":
        return roman(abs(n)) if abs(n) < MAX_ROMAN else None
    if type(base) is not int or not 2 <= base <= 36:
        return None
    text = "".join("0123456789abcdefghijklmnopqrstuvwxyz"[d] for d in number_theory.digits(n, base))
    if length and type(length[0]) is int:
        text = text[max(0, len(text) - length[0]) :].rjust(length[0], "0")
    return text


# Roman numerals have no sign above M: larger numbers would be long rows of it.
MAX_ROMAN = 100_000


def roman(n: int) -> str:
    """The integer n in Roman numerals; 0 is N."""
    if n == 0:
        return "N"
    values = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    names = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
    out = []
    for value, name in zip(values, names, strict=True):
        count, n = divmod(n, value)
        out.append(name * count)
    return "".join(out)


@builtin("RomanNumeral", attributes=LISTABLE)
def roman_numeral(ev: Any, n: Any) -> Any:
    """RomanNumeral[n] gives the Roman numeral of the integer n.

    >>> RomanNumeral[{4, 1999}]
    {IV, MCMXCIX}
    """
    if type(n) is not int or abs(n) >= MAX_ROMAN:
        return None
    return roman(n) if n >= 0 else "-" + roman(-n)


@builtin("FromRomanNumeral", attributes=LISTABLE)
def from_roman_numeral(ev: Any, s: Any) -> Any:
    """FromRomanNumeral["string"] gives the integer of a Roman numeral.

    >>> FromRomanNumeral["MCMXCIX"]
    1999
    """
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000, "N": 0}
    if type(s) is not str or not all(c in values for c in s.upper()):
        return None
    found = [values[c] for c in s.upper()]
    return sum(-v if i + 1 < len(found) and v < found[i + 1] else v for i, v in enumerate(found))
