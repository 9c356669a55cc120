"""Exp, Log and their kin."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, packed
from wlnet.kernel.registry import builtin

from . import numbers, special_values
from .elementary import ELEMENTARY, FUNCTION, Elementary, apply
from .functions import Numeric


@builtin("Exp", attributes=FUNCTION, arrays=True)
def exp(ev: Any, z: Any) -> Any:
    """Exp[z] is the exponential of z, E^z.

    >>> {Exp[0], Exp[1.], Exp[x], Exp[I Pi]}
    {1, 2.71828, E^x, -1}
    """
    if type(z) is np.ndarray and z.dtype != np.int64:
        with np.errstate(all="ignore"):
            value = np.exp(z)
        return packed(value) if np.isfinite(value).all() else None
    return None if type(z) is np.ndarray else Expr(S.Power, (S.E, z))


LOG = Elementary(
    Numeric(math.log, cmath.log, "log", np.log, (5e-324, math.inf)),
    "1/#",
    exact=lambda ev, x: special_values.logarithm(x),
    at_infinity=("Infinity", "Infinity"),
)
ELEMENTARY["Log"] = LOG


@builtin("Log", attributes=FUNCTION, arrays=True)
def log(ev: Any, *args: Any) -> Any:
    """Log[z] is the natural logarithm of z.
    Log[b, z] is the logarithm to base b.

    >>> {Log[1], Log[E^3], Log[2, 8], Log[2.], Log[-1], Log[1/2]}
    {0, 3, 3, 0.693147, I Pi, -Log[2]}
    """
    if len(args) == 1:
        if type(args[0]) is float and args[0] == 0.0:
            return S.Indeterminate
        return apply(ev, S.Log, LOG, args[0])
    if len(args) != 2:
        ev.message("Log", "argt", S.Log, len(args), 1, 2)
        return None
    return _log_to_base(ev, *args)


def _log_to_base(ev: Any, base: Any, z: Any) -> Any:
    if type(base) is np.ndarray or type(z) is np.ndarray:
        return _log_to_base_packed(base, z)
    whole = special_values.integer_logarithm(base, z)
    if whole is not None:
        return numbers.rational(whole)
    if type(base) in (int, float) and type(z) in (int, float) and base > 0 and z > 0 and base != 1:
        if type(base) is float or type(z) is float:
            return _machine_log(float(base), z)
    return Expr(S.Times, (Expr(S.Log, (z,)), Expr(S.Power, (Expr(S.Log, (base,)), -1))))


def _machine_log(base: float, z: Any) -> float:
    if base == 10.0:
        return math.log10(z)
    return math.log2(z) if base == 2.0 else math.log(z) / math.log(base)


def _log_to_base_packed(base: Any, z: Any) -> Any:
    if (
        type(z) is not np.ndarray
        or z.dtype != np.float64
        or type(base) not in (int, float)
        or base <= 0
        or base == 1
    ):
        return None
    if z.size and z.min() <= 0:
        return None
    return packed({2: np.log2, 10: np.log10}.get(base, lambda x: np.log(x) / math.log(base))(z))


@builtin("Log2", attributes=FUNCTION, arrays=True)
def log2(ev: Any, z: Any) -> Any:
    """Log2[z] is the logarithm of z to base 2.

    >>> {Log2[8], Log2[1/4], Log2[10.]}
    {3, -2, 3.32193}
    """
    return _log_to_base(ev, 2, z)


@builtin("Log10", attributes=FUNCTION, arrays=True)
def log10(ev: Any, z: Any) -> Any:
    """Log10[z] is the logarithm of z to base 10.

    >>> {Log10[1000], Log10[2.]}
    {3, 0.30103}
    """
    return _log_to_base(ev, 10, z)


@builtin("Log1p", attributes=FUNCTION, arrays=True)
def log1p(ev: Any, z: Any) -> Any:
    """Log1p[z] is Log[1 + z], accurate for small z.

    >>> {Log1p[0], Log1p[1.*^-20]}
    {0, 1.*^-20}
    """
    if type(z) is float and z > -1:
        return math.log1p(z)
    if type(z) is np.ndarray:
        return packed(np.log1p(z)) if z.dtype == np.float64 and z.size and z.min() > -1 else None
    return Expr(S.Log, (Expr(S.Plus, (1, z)),))
