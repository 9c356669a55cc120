"""Circular functions and their inverses: Sin, Cos, Tan, Cot, Sec, Csc, Sinc, ArcSin, ArcTan and their kin."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Complex, Expr, S, packed, system
from wlnet.kernel.registry import builtin

from . import numbers, special_values
from .branches import UNIT, acos, asin, inverted, mp_below, mp_inverted, one_over
from .elementary import ELEMENTARY, FUNCTION, Elementary, apply, declare
from .functions import Numeric
from .numeric import contagion, sign_of

# ---------------------------------------------------------------------------------------------- exact rules


def _circular(name: str) -> Callable[[Any, Any], Any]:
    """Values at multiples of Pi, and Sin[x + k Pi / 2] for a symbolic x."""

    def exact(ev: Any, x: Any) -> Any:
        value = special_values.trigonometric(ev, name, x)
        if value is not None or type(x) is not Expr or x.head is not S.Plus:
            return value
        for i, term in enumerate(x.args):
            q = special_values.pi_multiple(term)
            if q is not None and q != 0 and (2 * q).denominator == 1:
                rest = x.args[:i] + x.args[i + 1 :]
                return _shifted(name, int(2 * q) % 4, rest[0] if len(rest) == 1 else Expr(S.Plus, rest))
        return None

    return exact


# name -> what f[x + k Pi/2] is for k = 0..3, as (function, sign)
_SHIFTS = {
    "Sin": (("Sin", 1), ("Cos", 1), ("Sin", -1), ("Cos", -1)),
    "Cos": (("Cos", 1), ("Sin", -1), ("Cos", -1), ("Sin", 1)),
    "Tan": (("Tan", 1), ("Cot", -1), ("Tan", 1), ("Cot", -1)),
    "Cot": (("Cot", 1), ("Tan", -1), ("Cot", 1), ("Tan", -1)),
    "Sec": (("Sec", 1), ("Csc", -1), ("Sec", -1), ("Csc", 1)),
    "Csc": (("Csc", 1), ("Sec", 1), ("Csc", -1), ("Sec", -1)),
}


def _shifted(name: str, quarter_turns: int, x: Any) -> Any:
    other, sign = _SHIFTS[name][quarter_turns]
    value = Expr(system(other), (x,))
    return value if sign == 1 else Expr(S.Times, (-1, value))


def _inverse_circular(name: str) -> Callable[[Any, Any], Any]:
    return lambda ev, x: special_values.arc(ev, name, x)


declare(
    "Sin",
    Elementary(
        Numeric(math.sin, cmath.sin, "sin", np.sin),
        "Cos[#]",
        parity=-1,
        exact=_circular("Sin"),
        at_zero="0",
        inverse="ArcSin",
        imaginary=("Sinh", Complex(0, 1)),
    ),
    """Sin[z] is the sine of z.

    >>> {Sin[Pi/6], Sin[Pi/4], Sin[-x], Sin[0.5], Sin[x + Pi]}
    {1/2, 1/Sqrt[2], -Sin[x], 0.479426, -Sin[x]}
    """,
)
declare(
    "Cos",
    Elementary(
        Numeric(math.cos, cmath.cos, "cos", np.cos),
        "-Sin[#]",
        parity=1,
        exact=_circular("Cos"),
        at_zero="1",
        inverse="ArcCos",
        imaginary=("Cosh", 1),
    ),
    """Cos[z] is the cosine of z.

    >>> {Cos[Pi], Cos[60 Degree], Cos[-x], Cos[2 Pi/5]}
    {-1, 1/2, Cos[x], (-1 + Sqrt[5])/4}
    """,
)
declare(
    "Tan",
    Elementary(
        Numeric(math.tan, cmath.tan, "tan", np.tan),
        "Sec[#]^2",
        parity=-1,
        exact=_circular("Tan"),
        at_zero="0",
        inverse="ArcTan",
        imaginary=("Tanh", Complex(0, 1)),
    ),
    """Tan[z] is the tangent of z.

    >>> {Tan[Pi/3], Tan[Pi/2], Tan[1.]}
    {Sqrt[3], ComplexInfinity, 1.55741}
    """,
)
declare(
    "Cot",
    Elementary(
        Numeric(one_over(math.tan), one_over(cmath.tan), "cot", lambda x: 1 / np.tan(x)),
        "-Csc[#]^2",
        parity=-1,
        exact=_circular("Cot"),
        at_zero="ComplexInfinity",
        inverse="ArcCot",
        imaginary=("Coth", Complex(0, -1)),
    ),
    """Cot[z] is the cotangent of z.

    >>> {Cot[Pi/4], Cot[0]}
    {1, ComplexInfinity}
    """,
)
declare(
    "Sec",
    Elementary(
        Numeric(one_over(math.cos), one_over(cmath.cos), "sec", lambda x: 1 / np.cos(x)),
        "Sec[#] Tan[#]",
        parity=1,
        exact=_circular("Sec"),
        at_zero="1",
        inverse="ArcSec",
        imaginary=("Sech", 1),
    ),
    """Sec[z] is the secant of z.

    >>> {Sec[Pi/3], Sec[Pi/2]}
    {2, ComplexInfinity}
    """,
)
declare(
    "Csc",
    Elementary(
        Numeric(one_over(math.sin), one_over(cmath.sin), "csc", lambda x: 1 / np.sin(x)),
        "-Cot[#] Csc[#]",
        parity=-1,
        exact=_circular("Csc"),
        at_zero="ComplexInfinity",
        inverse="ArcCsc",
        imaginary=("Csch", Complex(0, -1)),
    ),
    """Csc[z] is the cosecant of z.

    >>> {Csc[Pi/6], Csc[0]}
    {2, ComplexInfinity}
    """,
)
declare(
    "ArcSin",
    Elementary(
        Numeric(math.asin, asin, mp_below("asin"), np.arcsin, UNIT),
        "1/Sqrt[1 - #^2]",
        parity=-1,
        exact=_inverse_circular("ArcSin"),
        at_zero="0",
    ),
    """ArcSin[z] is the arc sine of z.

    >>> {ArcSin[1], ArcSin[1/2], ArcSin[0.5], ArcSin[2.]}
    {Pi/2, Pi/6, 0.523599, 1.5708 - 1.31696 I}
    """,
)
declare(
    "ArcCos",
    Elementary(
        Numeric(math.acos, acos, mp_below("acos"), np.arccos, UNIT),
        "-1/Sqrt[1 - #^2]",
        exact=_inverse_circular("ArcCos"),
        at_zero="Pi/2",
    ),
    """ArcCos[z] is the arc cosine of z.

    >>> {ArcCos[0], ArcCos[-1], ArcCos[Sqrt[3]/2]}
    {Pi/2, Pi, Pi/6}
    """,
)
declare(
    "ArcCot",
    Elementary(
        Numeric(inverted(math.atan), inverted(cmath.atan), "acot", lambda x: np.arctan(1 / x)),
        "-1/(1 + #^2)",
        exact=_inverse_circular("ArcCot"),
        at_zero="Pi/2",
        at_infinity=("0", "0"),
    ),
    """ArcCot[z] is the arc cotangent of z.

    >>> {ArcCot[1], ArcCot[Infinity], ArcCot[2.]}
    {Pi/4, 0, 0.463648}
    """,
)
declare(
    "ArcSec",
    Elementary(
        Numeric(inverted(math.acos), inverted(acos), mp_inverted(mp_below("acos"))),
        "1/(Sqrt[1 - 1/#^2] #^2)",
        exact=_inverse_circular("ArcSec"),
        at_zero="ComplexInfinity",
        at_infinity=("Pi/2", "Pi/2"),
    ),
    """ArcSec[z] is the arc secant of z.

    >>> {ArcSec[2], ArcSec[-1]}
    {Pi/3, Pi}
    """,
)
declare(
    "ArcCsc",
    Elementary(
        Numeric(inverted(math.asin), inverted(asin), mp_inverted(mp_below("asin"))),
        "-1/(Sqrt[1 - 1/#^2] #^2)",
        parity=-1,
        exact=_inverse_circular("ArcCsc"),
        at_zero="ComplexInfinity",
        at_infinity=("0", "0"),
    ),
    """ArcCsc[z] is the arc cosecant of z.

    >>> {ArcCsc[2], ArcCsc[1]}
    {Pi/6, Pi/2}
    """,
)
declare(
    "Sinc",
    Elementary(
        Numeric(
            lambda x: math.sin(x) / x if x else 1.0,
            lambda z: cmath.sin(z) / z if z else 1.0 + 0j,
            "sinc",
            lambda x: np.sinc(x / np.pi),
        ),
        "(# Cos[#] - Sin[#])/#^2",
        parity=1,
        at_zero="1",
        at_infinity=("0", "0"),
    ),
    """Sinc[z] is Sin[z]/z, and 1 at 0.

    >>> {Sinc[0], Sinc[1.]}
    {1, 0.841471}
    """,
)


ARC_TAN = Elementary(
    Numeric(math.atan, cmath.atan, "atan", np.arctan),
    "1/(1 + #^2)",
    parity=-1,
    exact=_inverse_circular("ArcTan"),
    at_zero="0",
    at_infinity=("-Pi/2", "Pi/2"),
)
ELEMENTARY["ArcTan"] = ARC_TAN


@builtin(
    "ArcTan",
    attributes=FUNCTION,
    arrays=True,
    messages={"indet": "Indeterminate expression `1` encountered."},
)
def arc_tan(ev: Any, *args: Any) -> Any:
    """ArcTan[z] is the arc tangent of z.
    ArcTan[x, y] is the angle of the point (x, y), in (-Pi, Pi].

    >>> {ArcTan[1], ArcTan[Infinity], ArcTan[-1, 1], ArcTan[-1., 0.]}
    {Pi/4, Pi/2, (3 Pi)/4, 3.14159}
    """
    if len(args) == 1:
        return apply(ev, S.ArcTan, ARC_TAN, args[0])
    if len(args) != 2:
        ev.message("ArcTan", "argt", S.ArcTan, len(args), 1, 2)
        return None
    x, y = args
    if type(x) is np.ndarray or type(y) is np.ndarray:
        return _angles(x, y)
    if numbers.is_inexact(x) or numbers.is_inexact(y):
        return _machine_angle(ev, x, y)
    sx, sy = sign_of(ev, x), sign_of(ev, y)
    if sx is None or sy is None:
        return None
    if sx == 0 and sy == 0:
        ev.message("ArcTan", "indet", Expr(S.HoldForm, (Expr(S.ArcTan, (x, y)),)))
        return S.Indeterminate
    if sx == 0:
        return special_values.times_pi(Fraction(sy, 2))
    if sy == 0:
        return 0 if sx > 0 else S.Pi
    inner = Expr(S.ArcTan, (Expr(S.Times, (y, Expr(S.Power, (x, -1)))),))
    return inner if sx > 0 else Expr(S.Plus, (inner, special_values.times_pi(Fraction(sy))))


def _angles(x: Any, y: Any) -> Any:
    if any(type(a) is np.ndarray and a.dtype == np.complex128 for a in (x, y)):
        return None
    if any(type(a) is not np.ndarray and type(a) not in (int, float) for a in (x, y)):
        return None
    if all(type(a) is int or (type(a) is np.ndarray and a.dtype == np.int64) for a in (x, y)):
        return None
    both = [a for a in (x, y) if type(a) is np.ndarray]
    if len(both) == 2 and both[0].shape != both[1].shape:
        return None
    return packed(np.arctan2(y, x))


def _machine_angle(ev: Any, x: Any, y: Any) -> Any:
    numeric = contagion(ev, (x, y)) or (x, y)
    if not all(type(a) in (int, Fraction, float, numbers.BigReal) for a in numeric):
        return None
    if any(type(a) is float for a in numeric):
        return math.atan2(numbers.to_float(numeric[1]), numbers.to_float(numeric[0]))
    import mpmath

    digits = min(a.digits for a in numeric if type(a) is numbers.BigReal)
    with numbers.working(digits):
        return numbers.BigReal(mpmath.atan2(numbers.to_mpf(numeric[1]), numbers.to_mpf(numeric[0])), digits)
