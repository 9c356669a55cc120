"""Numbers beyond Python's own: complex numbers and reals of arbitrary precision; normal forms of results."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

MACHINE_DIGITS = 53 * math.log10(2)  # 15.9546: `$MachinePrecision`


class Complex:
    """re + im I with real parts that are WL numbers (exact ones allowed). Never holds an exact zero `im`."""

    __slots__ = ("im", "re")

    def __init__(self, re: Any, im: Any) -> None:
        self.re = re
        self.im = im

    def __eq__(self, other: object) -> bool:
        if type(other) is not Complex:
            return False
        return (type(self.re), self.re, type(self.im), self.im) == (
            type(other.re),
            other.re,
            type(other.im),
            other.im,
        )

    def __hash__(self) -> int:
        return hash((Complex, type(self.re), self.re, type(self.im), self.im))

    def __repr__(self) -> str:
        return f"Complex[{self.re!r}, {self.im!r}]"


class BigReal:
    """A real of `digits` decimal digits of precision; `value` is an mpmath mpf made at that precision.

    mpmath is loaded only where such a number is made (`big_real`), so
    that machine arithmetic never pays for it.
    """

    __slots__ = ("digits", "value")

    def __init__(self, value: Any, digits: float) -> None:
        self.value = value
        self.digits = digits

    def __eq__(self, other: object) -> bool:
        return type(other) is BigReal and self.value == other.value and self.digits == other.digits

    def __hash__(self) -> int:
        return hash((BigReal, self.value, self.digits))

    def __repr__(self) -> str:
        return f"{self.value}`{self.digits:g}"


def big_real(text_or_number: Any, digits: float) -> BigReal:
    """A `BigReal` from a decimal string, an int, a float, a Fraction or an mpf, at `digits` digits."""
    import mpmath  # type: ignore[import-untyped]
    from mpmath import libmp

    with mpmath.workdps(max(1, round(digits)) + 2):
        if type(text_or_number) is Fraction:
            # One rounding, not two: numerator and denominator may be longer than the working precision.
            ratio = (text_or_number.numerator, text_or_number.denominator)
            value = mpmath.mp.make_mpf(libmp.from_rational(*ratio, mpmath.mp.prec, "n"))
        else:
            value = mpmath.mpf(text_or_number)
    return BigReal(value, float(digits))


REAL_TYPES = (int, Fraction, float, BigReal)
NUMBER_TYPES = (int, float, Fraction, Complex, BigReal)
EXACT_TYPES = (int, Fraction)


def is_number(value: Any) -> bool:
    """NumberQ: an explicit number."""
    return type(value) in NUMBER_TYPES


def is_real_number(value: Any) -> bool:
    """An explicit number with no imaginary part."""
    return type(value) in REAL_TYPES


def rational(value: Fraction) -> int | Fraction:
    """`value` in normal form: an int when the denominator is 1."""
    return value.numerator if value.denominator == 1 else value


def complex_number(re: Any, im: Any) -> Any:
    """Re + im I in normal form: `re` itself when `im` is an exact zero."""
    if type(im) is int and im == 0:
        return re
    return Complex(re, im)


def machine_complex(z: complex) -> Complex:
    """The machine-precision complex number `z`; keeps a machine zero as imaginary part."""
    return Complex(z.real, z.imag)
