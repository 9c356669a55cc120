"""Number and string literals: from their spelling to values."""

from __future__ import annotations

import math
import re
import sys
from fractions import Fraction
from typing import Any

from wlnet.expr.numbers import big_real, rational

from .diagnose import ReadError

# A literal without a precision mark and with more significant digits than this gets
# that many digits of precision.
MACHINE_LITERAL_DIGITS = 17

# base^^ digits[.digits] then ` or `p or ``a then *^exponent
_NUMBER = (
    r"(?:(\d++)\^\^)?([0-9A-Za-z]*+)(\.[0-9A-Za-z]*+)?"
    r"(?:(``?)([+-]?(?:\d++\.?\d*+|\.\d++))?)?(?:\*\^([+-]?\d++))?\Z"
)


def big_int(digits: str, base: int = 10) -> int:
    """An integer of any length. Python refuses more than 4300 decimal digits unless told otherwise."""
    if base != 10 or len(digits) <= 4300:
        return int(digits, base)
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return int(digits)
    finally:
        sys.set_int_max_str_digits(limit)


def number(text: str, offset: int) -> Any:
    """The value of a number literal that is more than plain digits."""
    match = re.match(_NUMBER, text)
    if match is None:
        raise ReadError(f"{text} is not a number", offset)
    base_text, whole, fraction, marks, amount, exponent = match.groups()
    base = int(base_text) if base_text else 10
    digits = whole + fraction[1:] if fraction else whole
    _check_digits(text, digits, base, offset)
    power = int(exponent) if exponent else 0
    if abs(power) > 10**7:
        raise ReadError(f"the exponent of {text} is too large", offset)
    if fraction is None and marks is None:
        value = big_int(digits, base)
        return value * base**power if power >= 0 else rational(Fraction(value, base**-power))
    places = len(fraction) - 1 if fraction else 0
    if marks is None and _significant(digits) * math.log10(base) > MACHINE_LITERAL_DIGITS:
        return big_real(_exact(digits, base, power - places), _significant(digits) * math.log10(base))
    if marks is None or amount is None:
        return _machine(digits, base, power - places, text, offset)
    exact = _exact(digits, base, power - places)
    precision = float(amount)
    if marks == "``":
        precision += _log10(abs(exact)) if exact else 0.0
    return big_real(exact, max(precision, 0.0))


def _check_digits(text: str, digits: str, base: int, offset: int) -> None:
    if not 2 <= base <= 36:
        raise ReadError(f"base {base} of {text} is not between 2 and 36", offset)
    if not digits:
        raise ReadError(f"{text} has no digits", offset)
    if base == 10 and digits.isdecimal():
        return
    for digit in digits:
        if int(digit, 36) >= base:
            raise ReadError(f"{digit} is not a digit in base {base}", offset)


def _significant(digits: str) -> int:
    return len(digits.lstrip("0"))


def _exact(digits: str, base: int, power: int) -> Fraction:
    value = big_int(digits, base)
    return Fraction(value * base**power) if power >= 0 else Fraction(value, base**-power)


def _log10(value: Fraction) -> float:
    """log10 of a positive fraction whose parts may exceed the range of floats."""
    return math.log10(value.numerator) - math.log10(value.denominator)


def _machine(digits: str, base: int, power: int, text: str, offset: int) -> Any:
    """The nearest double; a number beyond their range becomes an arbitrary-precision one."""
    if base == 10:
        value = float(f"{digits}e{power}")
    else:
        exact = _exact(digits, base, power)
        try:
            value = exact.numerator / exact.denominator
        except OverflowError:
            value = math.inf
    if math.isinf(value) or (value == 0.0 and digits.strip("0")):
        return big_real(_exact(digits, base, power), 53 * math.log10(2))
    return value


_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "<": "", ">": ""}
_ESCAPE = r"\\(?:([0-7]{3})|\[([A-Za-z]*)\]|:([0-9a-fA-F]{4})|\.([0-9a-fA-F]{2})|\|([0-9a-fA-F]{6})|(.))"
# Escapes of boxes, kept as they are.
_BOXES = "()!*@%^&_/+`"


def string(text: str) -> str:
    r"""The value of a string literal, given the text between its quotes: escapes resolved,
    `\<` and `\>` dropped.

    Named and hexadecimal escapes were decoded before (see `characters.decode`), except those that stand for a
    quote or a backslash. Box escapes and unknown ones keep their backslash.
    """
    return re.sub(_ESCAPE, _unescape, text, flags=re.DOTALL) if "\\" in text else text


def _unescape(match: re.Match[str]) -> str:
    octal, name, *hexadecimal, plain = match.groups()
    if octal:
        return chr(int(octal, 8))
    if plain is not None:
        return _PLAIN.get(plain, match[0])
    if name is not None:
        return {"RawDoubleQuote": '"', "RawBackslash": "\\"}.get(name, match[0])
    code = int(next(filter(None, hexadecimal)), 16)
    return chr(code) if code in (34, 92) else match[0]


def unknown_escapes(text: str) -> list[str]:
    """The escapes in a string literal that the language does not know, for a warning."""
    found = []
    for match in re.finditer(_ESCAPE, text, flags=re.DOTALL):
        if (
            match[6] is not None
            and match[6] not in _PLAIN
            and match[6] not in _BOXES
            or match[2] is not None
            and _unescape(match) == match[0]
        ):
            found.append(match[0])
    return found
