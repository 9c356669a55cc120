"""N, and the precision of numbers: Precision, Accuracy, SetPrecision, SetAccuracy, Rationalize, NumericQ."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Association, BigReal, Complex, Expr, S, big_real, items, make_list, rational
from wlnet.expr.attributes import LISTABLE
from wlnet.expr.numbers import MACHINE_DIGITS
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .infinity import INFINITY, is_positive_infinity

MACHINE = S.MachinePrecision
MAX_DIGITS = 10_000_000  # numbers of more digits are refused: one would take hours to compute or print


@builtin("N", messages={"precbd": "Requested precision `1` is not a machine-sized real number."})
def n(ev: Any, expr: Any, precision: Any = MACHINE) -> Any:
    """N[expr] gives the numerical value of expr.
    N[expr, n] gives it with n digits of precision.

    >>> {N[1/3], N[Pi, 30], N[2 x + Sqrt[2]]}
    {0.333333, 3.14159265358979323846264338328, 1.41421 + 2. x}
    """
    digits = digits_asked(ev, "N", precision)
    if digits is False:
        return None
    return expr if digits is not None and math.isinf(digits) else numeric.refined(ev, expr, digits)


def digits_asked(ev: Any, name: str, precision: Any) -> Any:
    """A precision argument as decimal digits, None for machine precision;
    False (with a message) when it is neither."""
    if precision is MACHINE:
        return None
    if is_positive_infinity(precision):
        return math.inf
    value = numeric.numeric_value(ev, precision)
    if value is None or type(value) is Complex or abs(numbers.to_float(value)) > MAX_DIGITS:
        ev.message(name, "precbd", precision)
        return False
    return (
        max(1.0, numbers.to_float(value)) if type(precision) in (int, Fraction) else numbers.to_float(value)
    )


def precision_of(x: Any) -> float | None:
    """The precision in digits of an expression: inf when exact, None at machine precision."""
    kind = type(x)
    if kind in numbers.KIND:
        return numbers.digits_of(x)
    if kind is np.ndarray:
        return math.inf if x.dtype == np.int64 else None
    inner = x.args if kind is Expr else x.values() if kind is Association else ()
    lowest: float | None = math.inf
    for a in inner:
        p = precision_of(a)
        if p is None:
            return None
        lowest = min(lowest, p)  # type: ignore[type-var]
    return lowest


@builtin("Precision")
def precision(ev: Any, x: Any) -> Any:
    """Precision[x] gives the number of significant digits of x.

    >>> {Precision[1.5], Precision[1/2], Precision[N[Pi, 20]]}
    {MachinePrecision, Infinity, 20.}
    """
    value = precision_of(x)
    return MACHINE if value is None else INFINITY if math.isinf(value) else value


@builtin("Accuracy")
def accuracy(ev: Any, x: Any) -> Any:
    """Accuracy[x] gives the number of significant digits of x to the right of the decimal point.

    >>> {Accuracy[1], Accuracy[100.], Accuracy[N[100, 20]]}
    {Infinity, 13.9546, 18.}
    """
    value = accuracy_of(x)
    return INFINITY if math.isinf(value) else value


def accuracy_of(x: Any) -> float:
    """The accuracy in digits of an expression: inf when it is exact."""
    kind = type(x)
    if kind is Complex:
        return min(accuracy_of(x.re), accuracy_of(x.im))
    if kind in numbers.KIND:
        digits = numbers.digits_of(x)
        if digits is not None and math.isinf(digits):
            return math.inf
        size = abs(x.value if kind is BigReal else x)
        if not size:
            return 323.607 if digits is None else digits
        import mpmath

        return (MACHINE_DIGITS if digits is None else digits) - float(mpmath.log10(size))
    if kind is np.ndarray:
        return min((accuracy_of(a) for a in items(x.reshape(-1))), default=math.inf)
    inner = x.args if kind is Expr else x.values() if kind is Association else ()
    return min((accuracy_of(a) for a in inner), default=math.inf)


def set_precision_of(x: Any, digits: float | None) -> Any:
    """`x` with every number at `digits`; infinite digits give exact rationals, None machine numbers."""
    kind = type(x)
    if kind is Complex:
        return numbers.make_complex(set_precision_of(x.re, digits), set_precision_of(x.im, digits))
    if kind in numbers.KIND:
        if digits is None:
            return numbers.at_precision(x, None)
        if math.isinf(digits):
            return exact_value(x)
        return big_real(x.value if kind is BigReal else x, digits)
    if kind is np.ndarray:
        return make_list(set_precision_of(a, digits) for a in items(x))
    if kind is Expr:
        return Expr(x.head, tuple(set_precision_of(a, digits) for a in x.args))
    return x


def exact_value(x: Any) -> Any:
    """A number as the exact rational that its binary digits stand for."""
    if type(x) is float:
        return rational(Fraction(x)) if math.isfinite(x) else x
    if type(x) is BigReal:
        sign, mantissa, exponent, _ = x.value._mpf_
        return rational(Fraction(-mantissa if sign else mantissa) * Fraction(2) ** exponent)
    return x


@builtin("SetPrecision", messages={"precbd": "Requested precision `1` is not a machine-sized real number."})
def set_precision(ev: Any, expr: Any, precision: Any) -> Any:
    """SetPrecision[expr, p] gives expr with all numbers at p digits of precision.

    >>> {SetPrecision[0.5, 20], SetPrecision[0.25, Infinity]}
    {0.50000000000000000000, 1/4}
    """
    digits = digits_asked(ev, "SetPrecision", precision)
    if digits is False:
        return None
    if digits is not None and type(expr) not in numbers.KIND and numeric.numeric_q(expr):
        return numeric.refined(ev, expr, digits)
    return set_precision_of(expr, digits)


@builtin("SetAccuracy", messages={"accbd": "Requested accuracy `1` is not a machine-sized real number."})
def set_accuracy(ev: Any, expr: Any, accuracy: Any) -> Any:
    """SetAccuracy[expr, a] gives expr with all numbers at accuracy a.

    >>> SetAccuracy[12.5, 10]
    12.500000000
    """
    if type(accuracy) not in (int, float, Fraction) or abs(accuracy) > MAX_DIGITS:
        ev.message("SetAccuracy", "accbd", accuracy)
        return None
    return _set_accuracy(expr, float(accuracy))


def _set_accuracy(x: Any, accuracy: float) -> Any:
    if type(x) is Complex:
        return numbers.make_complex(_set_accuracy(x.re, accuracy), _set_accuracy(x.im, accuracy))
    if type(x) in numbers.KIND:
        size = abs(numbers.to_float(x))
        return set_precision_of(x, accuracy + math.log10(size)) if size else set_precision_of(x, accuracy)
    if type(x) is np.ndarray:
        return make_list(_set_accuracy(a, accuracy) for a in items(x))
    return Expr(x.head, tuple(_set_accuracy(a, accuracy) for a in x.args)) if type(x) is Expr else x


@builtin("Rationalize", attributes=LISTABLE)
def rationalize(ev: Any, x: Any, *dx: Any) -> Any:
    """Rationalize[x] gives a nearby rational number with a small denominator for an inexact x.
    Rationalize[x, dx] gives the simplest rational within dx of x; dx 0 always gives one.

    >>> {Rationalize[0.75], Rationalize[N[Pi]], Rationalize[N[Pi], 0.01], Rationalize[0.1, 0]}
    {3/4, 3.14159, 22/7, 1/10}
    """
    if len(dx) > 1:
        return None
    if type(x) is np.ndarray:
        return None
    tolerance = numeric.numeric_value(ev, dx[0]) if dx else None
    if dx and (tolerance is None or type(tolerance) is Complex):
        return None
    bound = None if tolerance is None else numbers.to_float(tolerance)
    if type(x) not in numbers.KIND and numeric.numeric_q(x) and bound:
        x = numeric.numeric_value(ev, x)
    return _rationalized(x, bound)


def _rationalized(x: Any, bound: float | None) -> Any:
    kind = type(x)
    if kind is Complex:
        return numbers.make_complex(_rationalized(x.re, bound), _rationalized(x.im, bound))
    if kind is float or kind is BigReal:
        if kind is float and bound == 0:
            exact = (c for c in convergents(Fraction(x)) if float(c) == x)
            return rational(next(exact))
        found = nearby_rational(exact_value(x), bound)
        return x if found is None else rational(found)
    if kind is Expr:
        return Expr(x.head, tuple(_rationalized(a, bound) for a in x.args))
    if kind in numbers.KIND and bound:
        found = simplest_between(Fraction(x) - Fraction(bound), Fraction(x) + Fraction(bound))
        return rational(found)
    return x


def nearby_rational(value: Any, bound: float | None) -> Fraction | None:
    """The simplest p/q near `value`: within `bound`; |p/q - x| < 10^-4 / q^2
    when bound is None (else None)."""
    x = Fraction(value)
    if bound is not None and bound > 0:
        return simplest_between(x - Fraction(bound), x + Fraction(bound))
    slack = abs(x) * Fraction(1, 1 << 52)
    for candidate in convergents(x):
        close = abs(candidate - x)
        if bound is None:
            bound_here = Fraction(1, 10_000 * candidate.denominator**2)
            if bound_here <= slack:
                return None  # x is given to fewer digits than telling p/q apart would take
            if close < bound_here:
                return candidate
        elif close <= slack:
            return candidate
    return x


def convergents(x: Fraction) -> Any:
    """The convergents of the continued fraction of x."""
    h0, h1, k0, k1 = 0, 1, 1, 0
    while True:
        a = math.floor(x)
        h0, h1, k0, k1 = h1, a * h1 + h0, k1, a * k1 + k0
        yield Fraction(h1, k1)
        if x == a:
            return
        x = 1 / (x - a)


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of smallest denominator in [low, high], by the Stern-Brocot tree."""
    if low > high:
        low, high = high, low
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    whole = math.floor(low)
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))
