"""Numeric evaluation of functions of one or more numbers: machine, complex,
arbitrary precision, packed lists.

A `Numeric` record says how one function is computed in each world; the elementary and special functions are
made of such records.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wlnet.expr import Complex, packed

from . import numbers


@dataclass(frozen=True, slots=True)
class Numeric:
    """How a function of one number is computed.

    real      for floats; raises ValueError outside the real domain (the complex form is tried then)
    complex   for Python complex numbers, or None to go through mpmath
    mp        name of the mpmath function, or a callable of (mpmath, x)
    array     NumPy ufunc for float64 lists, or None to map `real`
    domain    (low, high): closed interval on which `array` gives real results
    pole      exact values (ints) where the function is ComplexInfinity
    """

    real: Callable[[float], float] | None
    complex: Callable[[complex], complex] | None
    mp: Any
    array: Any = None
    domain: tuple[float, float] = (-math.inf, math.inf)


def compute(f: Numeric, x: Any) -> Any:
    """f[x] for an inexact number `x`; None when `x` is exact or at a singular point."""
    kind = type(x)
    if kind is float:
        return _real(f, x)
    if kind is numbers.BigReal or (kind is Complex and numbers.digits_of(x) is not None):
        return None if numbers.is_exact(x) else big(f, x)
    if kind is Complex:
        return _complex(f, numbers.to_complex(x), x)
    return None


def _real(f: Numeric, x: float) -> Any:
    if f.real is not None and f.domain[0] <= x <= f.domain[1]:
        try:
            value = f.real(x)
        except OverflowError:
            return big(f, numbers.escaped(x))
        except (ValueError, ZeroDivisionError):
            return _complex(f, complex(x), x)
        if math.isfinite(value) or not math.isfinite(x):
            return value
        return None
    return _complex(f, complex(x), x)


def _complex(f: Numeric, z: complex, x: Any) -> Any:
    """f[z], as a real number where the result is one and the argument was."""
    if f.complex is None:
        return _through_mp(f, x)
    try:
        value = f.complex(z)
    except OverflowError:
        return big(f, numbers.escaped(x))
    except (ValueError, ZeroDivisionError):
        return None
    return numbers.from_complex(value) if cmath.isfinite(value) else None


def mp_function(f: Numeric) -> Callable[[Any], Any]:
    """The mpmath form of `f`."""
    import mpmath

    if type(f.mp) is str:
        return getattr(mpmath, f.mp)  # type: ignore[no-any-return]
    return lambda x: f.mp(mpmath, x)


def _through_mp(f: Numeric, x: Any) -> Any:
    """f[x] at machine precision by mpmath; None at a pole."""
    import mpmath
    from mpmath import libmp

    with mpmath.workprec(64):
        try:
            value = mp_function(f)(numbers.to_mp(x))
        except (ValueError, ZeroDivisionError, OverflowError, libmp.NoConvergence):
            return None
        if isinstance(value, mpmath.mpc):
            if type(x) is not Complex and value.imag == 0:
                return float(value.real)
            return numbers.from_complex(complex(value))
        if not mpmath.isfinite(value):
            return None
        return numbers.at_precision(numbers.BigReal(value, numbers.MACHINE_DIGITS), None)


def big(f: Numeric, x: Any) -> Any:
    """f[x] in arbitrary precision; the precision lost or won is |x f'(x) / f(x)|,
    by a difference quotient."""
    import mpmath
    from mpmath import libmp

    digits = numbers.digits_of(x)
    assert digits is not None
    function = mp_function(f)
    with numbers.working(digits + 5):
        z = numbers.to_mp(x)
        try:
            value = function(z)
            step = abs(z) * mpmath.mpf(10) ** -(digits / 2 + 2) if z else mpmath.mpf(10) ** -(digits / 2 + 2)
            change = abs(function(z + step) - value)
        except (ValueError, ZeroDivisionError, OverflowError, libmp.NoConvergence):
            return None
        if not mpmath.isfinite(abs(value)):
            return None
        digits = _precision_after(digits, z, value, change / step)
    return numbers.from_mp(value, digits)


def _precision_after(digits: float, z: Any, value: Any, slope: Any) -> float:
    import mpmath

    if not value:
        return 0.0
    condition = abs(z * slope / value) if z else mpmath.mpf(0)
    if not condition or not mpmath.isfinite(condition):
        return digits
    return max(0.0, digits - float(mpmath.log10(condition)))


def on_array(f: Numeric, x: np.ndarray) -> Any:
    """The values of f at every element of a packed float64 or complex128 list; None when elements must be
    done one by one."""
    if f.array is None or x.dtype == np.int64 or x.size == 0:
        return None
    if x.dtype == np.float64 and (x.min() < f.domain[0] or x.max() > f.domain[1]):
        return None
    if x.dtype == np.complex128 and f.complex is None:
        return None
    with np.errstate(all="ignore"):
        try:
            value = f.array(x)
        except TypeError:  # a ufunc without a complex form
            return None
    if not np.isfinite(value).all() and np.isfinite(x).all():
        return None
    return packed(value)
