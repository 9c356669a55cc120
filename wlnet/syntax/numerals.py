"""Numbers as text: shortest digits that read back in InputForm, six significant ones in OutputForm.

Every function returns (text, level): the level at which the text stands as an operand, so that `-2` or `1/2`
gets parentheses where an operator binds tighter.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

from wlnet.expr.numbers import BigReal, Complex

ATOM = 1000  # an operand that never needs parentheses
_NEGATIVE = 480
_QUOTIENT = 470
_PRODUCT = 400
_SUM = 310

OUTPUT_DIGITS = 6
# Python converts integers of up to 4300 digits without being told that longer ones are meant.
_SAFE_BITS = 14_000
# Exponents in this range are written out: 0.00001 and 123456.7, but 1.*^-6 and 1.2345678*^6.
_PLAIN_EXPONENTS = range(-5, 6)


def integer(value: int) -> str:
    """Decimal digits of an int of any length."""
    if value.bit_length() < _SAFE_BITS:
        return str(value)
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(value)
    finally:
        sys.set_int_max_str_digits(limit)


def decimal(digits: str, exponent: int) -> str:
    """d1.d2... times 10^exponent, as the language writes reals."""
    digits = digits.rstrip("0") or "0"
    if exponent not in _PLAIN_EXPONENTS:
        return f"{digits[0]}.{digits[1:]}*^{exponent}"
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    return f"{whole}.{digits[exponent + 1 :]}"


def _parts(text: str) -> tuple[str, int]:
    """Digits and exponent of a positive number in Python's e-notation."""
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    stripped = digits.lstrip("0")
    return stripped or "0", int(exponent or 0) + len(whole) - 1 - (len(digits) - len(stripped))


def real(value: float, form: str) -> str:
    """A machine real. Infinities and NaN, which no WL value should hold, show as their symbols."""
    if value != value:
        return "Indeterminate"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return sign + "Infinity"
    if size == 0.0:
        return "0." if form != "FullForm" else "0.`"
    text = decimal(
        *_parts(f"{size:.{OUTPUT_DIGITS - 1}e}" if form in ("OutputForm", "TeXForm") else repr(size))
    )
    if form == "FullForm":
        mantissa, mark, exponent = text.partition("*^")
        text = f"{mantissa}`{mark}{exponent}"
    return sign + text


def big(value: BigReal, form: str) -> str:
    """An arbitrary-precision real: its digits in OutputForm, digits and precision mark elsewhere."""
    from mpmath import libmp, nstr, workprec  # type: ignore[import-untyped]

    sign = "-" if value.value < 0 else ""
    if not value.value:
        return "0." if form in ("OutputForm", "TeXForm") else f"0``{_precision(value.digits)}"
    bits = max(libmp.dps_to_prec(max(1, round(value.digits)) + 2), value.value._mpf_[3])
    count = max(1, round(value.digits)) if form in ("OutputForm", "TeXForm") else libmp.repr_dps(bits)
    with workprec(bits):
        text = str(nstr(abs(value.value), count, min_fixed=1, max_fixed=0, strip_zeros=False))
    digits, exponent = _parts(text)
    shown = decimal(digits, exponent)
    if form in ("OutputForm", "TeXForm"):
        if exponent in _PLAIN_EXPONENTS or 0 <= exponent < count:
            point = exponent + 1
            shown = f"{digits[:point]}.{digits[point:]}" if exponent >= 0 else "0." + "0" * (-point) + digits
        return sign + shown
    mantissa, mark, power = shown.partition("*^")
    return f"{sign}{mantissa}`{_precision(value.digits)}{mark}{power}"


def _precision(digits: float) -> str:
    return decimal(*_parts(repr(float(digits)))) if digits else "0."


def number(value: Any, form: str) -> tuple[str, int]:
    """Text and level of any number."""
    kind = type(value)
    if kind is int:
        text = integer(value)
    elif kind is float:
        text = real(value, form)
    elif kind is BigReal:
        text = big(value, form)
    elif kind is Fraction:
        over = f"{integer(value.numerator)}/{integer(value.denominator)}"
        return (over, _QUOTIENT) if value >= 0 else (over, min(_NEGATIVE, _QUOTIENT))
    else:
        return _complex(value, form)
    return text, _NEGATIVE if text[0] == "-" else ATOM


def _complex(value: Complex, form: str) -> tuple[str, int]:
    """`re + im*I`; exact zero real parts and unit imaginary parts are left out."""
    negative = is_negative(value.im)
    size = abs(value.im) if type(value.im) is not BigReal else BigReal(abs(value.im.value), value.im.digits)
    if type(value.re) is int and value.re == 0:
        return _imaginary(size, negative, form)
    return f"{number(value.re, form)[0]} {'-' if negative else '+'} {_imaginary(size, False, form)[0]}", _SUM


def _imaginary(size: Any, negative: bool, form: str) -> tuple[str, int]:
    """`size I` or minus that, for a positive number: `I`, `2*I`, `I/2`, `(-3*I)/4`."""
    times = " " if form == "OutputForm" else "*"
    sign = "-" if negative else ""
    if type(size) is not Fraction:
        if type(size) is int and size == 1:
            return sign + "I", _NEGATIVE if negative else ATOM
        return f"{sign}{number(size, form)[0]}{times}I", _PRODUCT
    under = integer(size.denominator)
    if size.numerator != 1:
        return f"({sign}{integer(size.numerator)}{times}I)/{under}", _PRODUCT
    if negative and form != "OutputForm":
        return f"-1/{under}{times}I", _PRODUCT
    return f"{sign}I/{under}", _PRODUCT


def is_negative(value: Any) -> bool:
    """Whether a real number is written with a minus sign."""
    kind = type(value)
    if kind is float:
        return bool(value < 0)
    if kind is BigReal:
        return bool(value.value < 0)
    return bool(kind in (int, Fraction) and value < 0)


def negated(value: Any) -> Any:
    """Minus a real number."""
    return -value if type(value) is not BigReal else BigReal(-value.value, value.digits)
