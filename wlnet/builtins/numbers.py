"""Arithmetic of explicit numbers: int, Fraction, float, BigReal, Complex.
Plain functions that know no evaluator.

Rules of the language kept here: a machine number makes the result a machine number; otherwise an
arbitrary-precision number makes it one, with the precision that error propagation leaves (significance
arithmetic, to first order);
exact numbers stay exact. A machine result that would overflow becomes an arbitrary-precision number of
machine precision, as `10.^300 * 10.^300` does.
"""

from __future__ import annotations

import cmath
import math
from fractions import Fraction
from typing import Any

from wlnet.expr import BigReal, Complex, big_real, rational
from wlnet.expr.numbers import MACHINE_DIGITS

# Kinds as bits, so that the kind of a pair is one "or" and the strongest one decides.
INT, RATIONAL, MACHINE, BIG, COMPLEX = 1, 2, 4, 8, 16
KIND: dict[type, int] = {int: INT, Fraction: RATIONAL, float: MACHINE, BigReal: BIG, Complex: COMPLEX}

# Above this many bits an exact power is refused as overflow (2^31 bits is a quarter of a gigabyte).
MAX_POWER_BITS = 1 << 31

GUARD_DIGITS = 3  # decimal digits carried beyond the stated precision of a BigReal


class Overflow_(ArithmeticError):  # noqa: N818 (a value of the language, not a failure)
    """The exact result is too large to be represented: the language answers Overflow[]."""


def is_exact(x: Any) -> bool:
    """Whether the number `x` is exact (integer, rational, or complex with such parts)."""
    kind = KIND[type(x)]
    return kind < MACHINE or (kind == COMPLEX and KIND[type(x.re)] < MACHINE and KIND[type(x.im)] < MACHINE)


def is_inexact(x: Any) -> bool:
    """Whether `x` is a number with a machine or arbitrary-precision part."""
    kind = KIND.get(type(x))
    if kind is None or kind < MACHINE:
        return False
    return kind < COMPLEX or is_inexact(x.re) or is_inexact(x.im)


def digits_of(x: Any) -> float | None:
    """Decimal precision of a number: inf for exact ones, None for machine numbers."""
    kind = type(x)
    if kind is float:
        return None
    if kind is BigReal:
        return x.digits  # type: ignore[no-any-return]
    if kind is Complex:
        re, im = digits_of(x.re), digits_of(x.im)
        return None if re is None or im is None else min(re, im)
    return math.inf


def is_zero(x: Any) -> bool:
    """Whether the number `x` equals zero."""
    kind = type(x)
    if kind is Complex:
        return is_zero(x.re) and is_zero(x.im)
    return not (x.value if kind is BigReal else x)


def sign(x: Any) -> int:
    """Sign of a real number: -1, 0 or 1."""
    v = x.value if type(x) is BigReal else x
    return (v > 0) - (v < 0)


def compare(a: Any, b: Any) -> int:
    """-1, 0 or 1 as the real number a is less than, equal to or greater than b;
    exact where both are exact."""
    if type(a) is BigReal or type(b) is BigReal:
        x, y = to_mpf(a), to_mpf(b)
        return int(x > y) - int(x < y)
    return int(a > b) - int(a < b)


# ---------------------------------------------------------------------------------------------- conversions


def to_float(x: Any) -> float:
    """A real number as a Python float; infinite where it is too large."""
    if type(x) is BigReal:
        return float(x.value)
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def to_complex(x: Any) -> complex:
    """Any number as a Python complex."""
    return complex(to_float(x.re), to_float(x.im)) if type(x) is Complex else complex(to_float(x))


def to_mpf(x: Any) -> Any:
    """A real number as an mpmath mpf at the working precision of the caller."""
    import mpmath

    if type(x) is BigReal:
        return x.value
    if type(x) is Fraction:
        return mpmath.mpf(x.numerator) / x.denominator
    return mpmath.mpf(x)


def to_mp(x: Any) -> Any:
    """A number as mpmath's mpf or mpc."""
    import mpmath

    if type(x) is Complex:
        return mpmath.mpc(to_mpf(x.re), to_mpf(x.im))
    return to_mpf(x)


def from_mp(value: Any, digits: float) -> Any:
    """An mpmath number as a BigReal (or Complex of two) with `digits` of precision."""
    import mpmath

    if isinstance(value, mpmath.mpc):
        return Complex(BigReal(value.real, digits), BigReal(value.imag, digits))
    return BigReal(value, digits)


def from_complex(z: complex) -> Any:
    """A Python complex as a machine complex number."""
    return Complex(z.real, z.imag)


def working(digits: float) -> Any:
    """Context manager: mpmath computes with `digits` plus guard digits."""
    import mpmath

    return mpmath.workdps(max(1, math.ceil(digits)) + GUARD_DIGITS)


def parts(x: Any) -> tuple[Any, Any]:
    """Real and imaginary part of a number."""
    return (x.re, x.im) if type(x) is Complex else (x, 0)


def make_complex(re: Any, im: Any) -> Any:
    """The number re + im I in normal form: real for an exact zero `im`,
    both parts of one kind where one is inexact."""
    a, b = type(re), type(im)
    if b is int and im == 0:
        return re
    if a is not b:
        if a is float or b is float:
            return Complex(to_float(re), to_float(im))
        if a is BigReal and b is not BigReal:
            return Complex(re, big_real(im, re.digits))
        if b is BigReal and a is not BigReal:
            return Complex(big_real(re, im.digits), im)
    return Complex(re, im)


def at_precision(x: Any, digits: float | None) -> Any:
    """The number `x` at machine precision (digits None) or with at most `digits` of precision.

    Inexact numbers never gain precision; a BigReal stays one at machine precision only beyond
    the machine range.
    """
    kind = type(x)
    if kind is Complex:
        re, im = at_precision(x.re, digits), at_precision(x.im, digits)
        return Complex(re, im)
    if digits is None:
        if kind is float:
            return x
        value = to_float(x)
        if math.isinf(value) or (value == 0.0 and not is_zero(x)):
            return big_real(x.value if kind is BigReal else x, MACHINE_DIGITS)
        return value
    if kind is float:
        return x
    if kind is BigReal:
        return x if x.digits <= digits else _cut(x.value, digits)
    return big_real(x, digits)


def _cut(value: Any, digits: float) -> BigReal:
    with working(digits):
        return BigReal(+value, digits)


# ---------------------------------------------------------------------------------------------- operations


def add(a: Any, b: Any) -> Any:
    """The sum a + b."""
    kind = KIND[type(a)] | KIND[type(b)]
    if kind == INT:
        return a + b
    if kind < MACHINE:
        return rational(a + b)
    if kind >= COMPLEX:
        (ar, ai), (br, bi) = parts(a), parts(b)
        return make_complex(add(ar, br), add(ai, bi))
    if kind & MACHINE:
        total = to_float(a) + to_float(b)
        if total - total == 0.0 or not (_finite(a) and _finite(b)):
            return total
        a, b = escaped(a), escaped(b)
    return _big_add(a, b)


def multiply(a: Any, b: Any) -> Any:
    """The product a b."""
    kind = KIND[type(a)] | KIND[type(b)]
    if kind == INT:
        return a * b
    if kind < MACHINE:
        return rational(a * b)
    if kind >= COMPLEX:
        return _complex_multiply(a, b)
    if kind & MACHINE:
        if (type(a) is int and a == 0) or (type(b) is int and b == 0):
            return 0
        product = to_float(a) * to_float(b)
        if product - product == 0.0 or not (_finite(a) and _finite(b)):
            return product
        a, b = escaped(a), escaped(b)
    elif (type(a) is int and a == 0) or (type(b) is int and b == 0):
        return 0
    return _big_multiply(a, b)


def negate(a: Any) -> Any:
    """-a."""
    kind = type(a)
    if kind is Complex:
        return Complex(negate(a.re), negate(a.im))
    if kind is BigReal:
        return BigReal(-a.value, a.digits)
    return -a


def subtract(a: Any, b: Any) -> Any:
    """The difference a - b."""
    return add(a, negate(b))


def reciprocal(a: Any) -> Any:
    """1/a. Raises ZeroDivisionError."""
    kind = type(a)
    if kind is int or kind is Fraction:
        return rational(Fraction(1) / a)
    if kind is float:
        value = 1.0 / a
        return value if math.isfinite(value) or not math.isfinite(a) else _big_power(escaped(a), -1)
    if kind is BigReal:
        return _big_power(a, -1)
    norm = reciprocal(add(multiply(a.re, a.re), multiply(a.im, a.im)))
    return make_complex(multiply(a.re, norm), negate(multiply(a.im, norm)))


def divide(a: Any, b: Any) -> Any:
    """The quotient a / b. Raises ZeroDivisionError."""
    if type(a) is float and type(b) is float:
        value = a / b
        if math.isfinite(value):
            return value
    return multiply(a, reciprocal(b))


def integer_power(a: Any, n: int) -> Any:
    """a^n for an integer n. Raises ZeroDivisionError for a negative power of zero
    and Overflow_ for giants."""
    kind = type(a)
    if kind is int or kind is Fraction:
        size = a.bit_length() if kind is int else max(a.numerator.bit_length(), a.denominator.bit_length())
        if abs(n) > 1 and size > 1 and size * abs(n) > MAX_POWER_BITS:
            raise Overflow_
        if n >= 0:
            return a**n if kind is int else rational(a**n)
        return rational(Fraction(1) / a ** (-n)) if kind is int else rational(a**n)
    if kind is float:
        return _machine_power(a, n)
    if kind is BigReal:
        return _big_power(a, n)
    if is_exact(a):
        return _by_squaring(reciprocal(a), -n) if n < 0 else _by_squaring(a, n)
    return inexact_power(a, n)


def inexact_power(a: Any, b: Any) -> Any:
    """a^b where at least one of the numbers is inexact; complex where no real power exists.

    Raises ZeroDivisionError for zero to a power with a real part that is not positive.
    """
    if is_zero(a):
        re = b.re if type(b) is Complex else b
        if sign(re) <= 0:
            raise ZeroDivisionError
        return 0.0 if digits_of(a) is None or digits_of(b) is None else BigReal(to_mpf(0), MACHINE_DIGITS)
    if digits_of(a) is not None and digits_of(b) is not None:
        return _big_power(a, b)
    if type(a) is Complex or type(b) is Complex:
        if type(b) is int and -64 <= b <= 64:
            return _machine_complex_power(to_complex(a), b)
        try:
            return from_complex(to_complex(a) ** to_complex(b))
        except OverflowError:
            return _big_power(escaped(a), escaped(b))
    return _machine_power(to_float(a) if type(a) is not int else a, b)


def _machine_complex_power(z: complex, n: int) -> Any:
    try:
        return from_complex(z**n)
    except OverflowError:
        return _big_power(escaped(from_complex(z)), n)


def _machine_power(a: Any, b: Any) -> Any:
    """a^b for reals of which at least one is a float."""
    base = to_float(a)
    exponent = b if type(b) is int and -1024 <= b <= 1024 else to_float(b)
    try:
        value = base**exponent
    except OverflowError:
        return _big_power(escaped(a), escaped(b))
    if type(value) is complex:
        return from_complex(cmath.exp(exponent * cmath.log(base)) if exponent != 0.5 else cmath.sqrt(base))
    if math.isinf(value) and math.isfinite(base):
        return _big_power(escaped(a), escaped(b))
    return value


def _finite(x: Any) -> bool:
    return type(x) is not float or math.isfinite(x)


def escaped(x: Any) -> Any:
    """A machine number as a BigReal of machine precision, for results beyond the machine range."""
    if type(x) is float:
        return big_real(x, MACHINE_DIGITS)
    if type(x) is Complex:
        return Complex(escaped(x.re), escaped(x.im))
    return BigReal(x.value, min(x.digits, MACHINE_DIGITS)) if type(x) is BigReal else x


def _complex_multiply(a: Any, b: Any) -> Any:
    (ar, ai), (br, bi) = parts(a), parts(b)
    if digits_of(a) is None or digits_of(b) is None:
        if type(a) is int and a == 0 or type(b) is int and b == 0:
            return 0
        if type(a) is Complex and type(b) is Complex:
            z = to_complex(a) * to_complex(b)
        elif type(a) is Complex:  # scaling each part keeps signed zeros and infinities apart
            z = complex(to_float(ar) * to_float(b), to_float(ai) * to_float(b))
        else:
            z = complex(to_float(br) * to_float(a), to_float(bi) * to_float(a))
        if cmath.isfinite(z):
            return from_complex(z)
        (ar, ai), (br, bi) = parts(escaped(a)), parts(escaped(b))
    re = subtract(multiply(ar, br), multiply(ai, bi))
    return make_complex(re, add(multiply(ar, bi), multiply(ai, br)))


def _by_squaring(a: Any, n: int) -> Any:
    result: Any = 1
    while n:
        if n & 1:
            result = multiply(result, a)
        n >>= 1
        if n:
            a = multiply(a, a)
    return result


# ---------------------------------------------------------------------------------------------- big reals


def _relative_error(x: Any) -> float:
    """Relative error 10^-digits of a number's approximation; 0 for exact ones."""
    digits = digits_of(x)
    return 0.0 if digits is None or math.isinf(digits) else 10.0**-digits


def _digits_from(error: float, fallback: float) -> float:
    return -math.log10(error) if error > 0.0 else fallback


def _big_add(a: Any, b: Any) -> Any:
    """Sum of reals of which at least one is a BigReal; absolute errors add."""
    most = max(x.digits for x in (a, b) if type(x) is BigReal)
    with working(most):
        x, y = to_mpf(a), to_mpf(b)
        total = x + y
        if not total:
            return BigReal(total, 0.0)
        error = float(abs(x / total)) * _relative_error(a) + float(abs(y / total)) * _relative_error(b)
    return BigReal(total, max(0.0, _digits_from(error, most)))


def _big_multiply(a: Any, b: Any) -> Any:
    """Product of reals of which at least one is a BigReal; relative errors add."""
    most = max(x.digits for x in (a, b) if type(x) is BigReal)
    with working(most):
        product = to_mpf(a) * to_mpf(b)
    digits = most if _relative_error(a) == 0.0 or _relative_error(b) == 0.0 else None
    if digits is None:
        low, high = sorted((a.digits, b.digits))
        digits = low - math.log10(1 + 10.0 ** (low - high))
    return BigReal(product, max(0.0, digits))


def _big_power(a: Any, b: Any) -> Any:
    """a^b in arbitrary precision: relative error |b| err(a) + |b log a| err(b)."""
    import mpmath

    known = [d for d in (digits_of(a), digits_of(b)) if d is not None and not math.isinf(d)]
    most = max(known) if known else MACHINE_DIGITS
    with working(most + 2):
        x, y = to_mp(a), to_mp(b)
        if not x and type(b) is int and b < 0:
            raise ZeroDivisionError
        try:
            value = mpmath.power(x, y)
        except OverflowError:
            raise Overflow_ from None
        magnitude = float(abs(y))
        error = magnitude * _relative_error(a)
        if _relative_error(b):
            error += float(abs(y * mpmath.log(x))) * _relative_error(b)
    digits = _digits_from(error, most) if error else most
    if type(b) is int and abs(b) == 1:
        digits = most
    return from_mp(value, max(0.0, digits))
