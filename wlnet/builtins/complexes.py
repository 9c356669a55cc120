"""Parts and sizes of numbers: Abs, Sign, Arg, Re, Im, ReIm, AbsArg, Conjugate,
Complex and Rational constructors."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import BigReal, Complex, Expr, S, make_list, packed, rational
from wlnet.expr.attributes import LISTABLE, NUMERIC_FUNCTION
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .elementary import leads_negative
from .infinity import INFINITY, direction, is_infinite

FUNCTION = LISTABLE | NUMERIC_FUNCTION
HALF = Fraction(1, 2)
REAL_CONSTANTS = ("Pi", "E", "EulerGamma", "GoldenRatio", "Degree", "Catalan", "Khinchin", "Glaisher")


@builtin("Abs", attributes=FUNCTION, arrays=True)
def abs_(ev: Any, z: Any) -> Any:
    """Abs[z] gives the absolute value of the real or complex number z.

    >>> {Abs[-3], Abs[3 + 4 I], Abs[-x], Abs[1 - Sqrt[2]]}
    {3, 5, Abs[x], -1 + Sqrt[2]}
    """
    kind = type(z)
    if kind is np.ndarray:
        if z.dtype == np.int64 and z.size and z.min() == -(1 << 63):
            return None
        return packed(np.abs(z))
    if kind in numbers.KIND:
        return modulus(z)
    if is_infinite(z):
        return INFINITY
    if kind is Expr:
        return _abs_of(ev, z)
    return z if numeric.numeric_q(z) else None


def modulus(z: Any) -> Any:
    """|z| of an explicit number."""
    if type(z) is BigReal:
        return BigReal(abs(z.value), z.digits)
    if type(z) is not Complex:
        return abs(z)
    if not numbers.is_exact(z):
        if numbers.digits_of(z) is None:
            return abs(numbers.to_complex(z))
        return numbers.inexact_power(_square_sum(z), HALF)
    return Expr(S.Power, (_square_sum(z), HALF))


def _square_sum(z: Complex) -> Any:
    return numbers.add(numbers.multiply(z.re, z.re), numbers.multiply(z.im, z.im))


def _abs_of(ev: Any, z: Expr) -> Any:
    sign = numeric.sign_of(ev, z)
    if sign is not None:
        return z if sign >= 0 else Expr(S.Times, (-1, z))
    if numeric.numeric_q(z):
        re, im = Expr(S.Re, (z,)), Expr(S.Im, (z,))
        return Expr(S.Sqrt, (Expr(S.Plus, (Expr(S.Power, (re, 2)), Expr(S.Power, (im, 2)))),))
    if z.head is S.Abs:
        return z
    if z.head is S.Times:
        known = [a for a in z.args if numeric.numeric_q(a)]
        if known:
            rest = [a for a in z.args if not numeric.numeric_q(a)]
            inner = rest[0] if len(rest) == 1 else Expr(S.Times, tuple(rest))
            sizes = [Expr(S.Abs, (a,)) for a in known if not (type(a) is int and a == -1)]
            return Expr(S.Times, (*sizes, Expr(S.Abs, (inner,))))
    if z.head is S.Power and type(z.args[1]) in (int, Fraction) and type(z.args[1]) is int:
        return Expr(S.Power, (Expr(S.Abs, (z.args[0],)), z.args[1]))
    if leads_negative(z):
        return Expr(S.Abs, (Expr(S.Times, (-1, z)),))
    return None


@builtin("RealAbs", attributes=FUNCTION, arrays=True)
def real_abs(ev: Any, x: Any) -> Any:
    """RealAbs[x] gives the absolute value of the real number x, as a function with a derivative.

    >>> {RealAbs[-3], D[RealAbs[x], x]}
    {3, x/RealAbs[x]}
    """
    if type(x) is np.ndarray:
        return packed(np.abs(x)) if x.dtype != np.complex128 else None
    sign = numeric.sign_of(ev, x)
    if sign is None:
        return None
    return x if sign >= 0 else Expr(S.Times, (-1, x))


@builtin("Sign", attributes=FUNCTION, arrays=True)
def sign(ev: Any, z: Any) -> Any:
    """Sign[x] gives -1, 0 or 1 as x is negative, zero or positive; for complex z it gives z/Abs[z].

    >>> {Sign[-2.5], Sign[0], Sign[Pi], Sign[3 I], Sign[-x]}
    {-1, 0, 1, I, -Sign[x]}
    """
    if type(z) is np.ndarray:
        return packed(np.sign(z).astype(np.int64)) if z.dtype != np.complex128 else None
    found = numeric.sign_of(ev, z)
    if found is not None:
        return found
    if type(z) is Complex:
        if numbers.is_zero(z):
            return 0
        return Expr(S.Times, (z, Expr(S.Power, (Expr(S.Abs, (z,)), -1))))
    if is_infinite(z):
        return direction(z) if direction(z) is not None else S.Indeterminate
    if type(z) is Expr and leads_negative(z):
        return Expr(S.Times, (-1, Expr(S.Sign, (Expr(S.Times, (-1, z)),))))
    return None


@builtin("Re", attributes=FUNCTION, arrays=True)
def re(ev: Any, z: Any) -> Any:
    """Re[z] gives the real part of z.

    >>> {Re[3 + 4 I], Re[2.5], Re[Pi + 2 I]}
    {3, 2.5, Pi}
    """
    if type(z) is np.ndarray:
        return packed(np.real(z))
    return _part_of(ev, z, S.Re, 0)


@builtin("Im", attributes=FUNCTION, arrays=True)
def im(ev: Any, z: Any) -> Any:
    """Im[z] gives the imaginary part of z.

    >>> {Im[3 + 4 I], Im[2.5], Im[Pi + 2 I]}
    {4, 0, 2}
    """
    if type(z) is np.ndarray:
        return packed(np.imag(z)) if z.dtype == np.complex128 else packed(np.zeros(z.shape, dtype=np.int64))
    return _part_of(ev, z, S.Im, 1)


def _part_of(ev: Any, z: Any, symbol: Any, which: int) -> Any:
    """Re or Im of numbers, sums with numeric terms, real quantities and imaginary multiples."""
    if type(z) in numbers.KIND:
        return numbers.parts(z)[which]
    if is_real_quantity(ev, z):
        return 0 if which else z
    if type(z) is not Expr:
        return None
    if z.head is S.Plus:
        known = [a for a in z.args if type(a) in numbers.KIND or is_real_quantity(ev, a) or _imaginary(ev, a)]
        if not known:
            return None
        rest = [a for a in z.args if not any(a is k for k in known)]
        parts = [Expr(symbol, (a,)) for a in known]
        if rest:
            parts.append(Expr(symbol, (rest[0] if len(rest) == 1 else Expr(S.Plus, tuple(rest)),)))
        return Expr(S.Plus, tuple(parts))
    if z.head is S.Times and type(z.args[0]) in numbers.KIND:
        return _scaled_part(z, symbol, which)
    return None


def _scaled_part(z: Expr, symbol: Any, which: int) -> Any:
    c = z.args[0]
    rest = z.args[1] if len(z.args) == 2 else Expr(S.Times, z.args[1:])
    if type(c) is not Complex:
        return Expr(S.Times, (c, Expr(symbol, (rest,))))
    if numbers.is_zero(c.re):
        other = Expr(S.Re, (rest,)) if which else Expr(S.Times, (-1, Expr(S.Im, (rest,))))
        return Expr(S.Times, (c.im, other))
    return None


def _imaginary(ev: Any, z: Any) -> bool:
    """Whether z is an explicit I times a real quantity."""
    if type(z) is not Expr or z.head is not S.Times or type(z.args[0]) is not Complex:
        return False
    return numbers.is_zero(z.args[0].re) and all(is_real_quantity(ev, a) for a in z.args[1:])


def is_real_quantity(ev: Any, z: Any) -> bool:
    """Whether `z` is a numeric quantity that is known to be real."""
    if type(z) in numbers.KIND:
        return type(z) is not Complex
    if not numeric.numeric_q(z):
        return False
    value = numeric.numeric_value(ev, z)
    return value is not None and type(value) is not Complex


@builtin("ReIm", attributes=FUNCTION)
def re_im(ev: Any, z: Any) -> Any:
    """ReIm[z] gives {Re[z], Im[z]}.

    >>> ReIm[3 + 4 I]
    {3, 4}
    """
    return make_list((Expr(S.Re, (z,)), Expr(S.Im, (z,))))


@builtin("AbsArg", attributes=FUNCTION)
def abs_arg(ev: Any, z: Any) -> Any:
    """AbsArg[z] gives {Abs[z], Arg[z]}.

    >>> AbsArg[2 I]
    {2, Pi/2}
    """
    return make_list((Expr(S.Abs, (z,)), Expr(S.Arg, (z,))))


@builtin("Arg", attributes=FUNCTION, arrays=True)
def arg(ev: Any, z: Any) -> Any:
    """Arg[z] gives the argument of the complex number z, in (-Pi, Pi].

    >>> {Arg[-1], Arg[1 + I], Arg[2.], Arg[0]}
    {Pi, Pi/4, 0, 0}
    """
    if type(z) is np.ndarray:
        return packed(np.angle(z)) if z.dtype == np.complex128 else None
    sign_ = numeric.sign_of(ev, z)
    if sign_ is not None:
        return 0 if sign_ >= 0 else (math.pi if type(z) is float else S.Pi)
    if type(z) is Complex:
        if numbers.digits_of(z) is None:
            return cmath.phase(numbers.to_complex(z))
        return Expr(S.ArcTan, (z.re, z.im))
    if numeric.numeric_q(z):
        return Expr(S.ArcTan, (Expr(S.Re, (z,)), Expr(S.Im, (z,))))
    return None


@builtin("Conjugate", attributes=FUNCTION, arrays=True)
def conjugate(ev: Any, z: Any) -> Any:
    """Conjugate[z] gives the complex conjugate of z.

    >>> {Conjugate[1 + 2 I], Conjugate[Pi], Conjugate[Conjugate[x]]}
    {1 - 2 I, Pi, x}
    """
    if type(z) is np.ndarray:
        return packed(z.conj())
    if type(z) is Complex:
        return Complex(z.re, numbers.negate(z.im))
    if is_real_quantity(ev, z):
        return z
    if type(z) is Expr:
        if z.head is S.Conjugate and len(z.args) == 1:
            return z.args[0]
        if z.head in (S.Plus, S.Times):
            if z.head is S.Plus or any(is_real_quantity(ev, a) or type(a) is Complex for a in z.args):
                if any(numeric.numeric_q(a) for a in z.args) or z.head is S.Plus:
                    return Expr(z.head, tuple(Expr(S.Conjugate, (a,)) for a in z.args))
    return None


@builtin("Complex")
def complex_(ev: Any, re: Any, im: Any) -> Any:
    """Complex[re, im] is the complex number re + im I.

    >>> {Complex[1, 2], Complex[1, 0], Complex[1, 2.]}
    {1 + 2 I, 1, 1. + 2. I}
    """
    if any(type(a) not in numbers.KIND or type(a) is Complex for a in (re, im)):
        return None
    return numbers.make_complex(re, im)


@builtin("Rational")
def rational_(ev: Any, numerator: Any, denominator: Any) -> Any:
    """Rational[n, d] is the rational number n/d.

    >>> {Rational[2, 4], Rational[4, 2]}
    {1/2, 2}
    """
    if type(numerator) is not int or type(denominator) is not int:
        return None
    if denominator == 0:
        return Expr(S.Times, (numerator, Expr(S.Power, (0, -1))))
    return rational(Fraction(numerator, denominator))
