"""Hyperbolic functions and their inverses."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from wlnet.expr import Complex

from . import special_values
from .branches import UNIT, atanh, inverted, mp_below, mp_inverted, one_over
from .elementary import Elementary, declare
from .functions import Numeric

declare(
    "Sinh",
    Elementary(
        Numeric(math.sinh, cmath.sinh, "sinh", np.sinh),
        "Cosh[#]",
        parity=-1,
        at_zero="0",
        at_infinity=("-Infinity", "Infinity"),
        inverse="ArcSinh",
        imaginary=("Sin", Complex(0, 1)),
    ),
    """Sinh[z] is the hyperbolic sine of z.

    >>> {Sinh[0], Sinh[1.], Sinh[-x]}
    {0, 1.1752, -Sinh[x]}
    """,
)
declare(
    "Cosh",
    Elementary(
        Numeric(math.cosh, cmath.cosh, "cosh", np.cosh),
        "Sinh[#]",
        parity=1,
        at_zero="1",
        at_infinity=("Infinity", "Infinity"),
        inverse="ArcCosh",
        imaginary=("Cos", 1),
    ),
    """Cosh[z] is the hyperbolic cosine of z.

    >>> {Cosh[0], Cosh[1.], Cosh[I Pi]}
    {1, 1.54308, -1}
    """,
)
declare(
    "Tanh",
    Elementary(
        Numeric(math.tanh, cmath.tanh, "tanh", np.tanh),
        "Sech[#]^2",
        parity=-1,
        at_zero="0",
        at_infinity=("-1", "1"),
        inverse="ArcTanh",
        imaginary=("Tan", Complex(0, 1)),
    ),
    """Tanh[z] is the hyperbolic tangent of z.

    >>> {Tanh[0], Tanh[Infinity], Tanh[0.5]}
    {0, 1, 0.462117}
    """,
)
declare(
    "Coth",
    Elementary(
        Numeric(one_over(math.tanh), one_over(cmath.tanh), "coth", lambda x: 1 / np.tanh(x)),
        "-Csch[#]^2",
        parity=-1,
        at_zero="ComplexInfinity",
        at_infinity=("-1", "1"),
        inverse="ArcCoth",
        imaginary=("Cot", Complex(0, -1)),
    ),
    """Coth[z] is the hyperbolic cotangent of z.

    >>> {Coth[0], Coth[1.]}
    {ComplexInfinity, 1.31304}
    """,
)
declare(
    "Sech",
    Elementary(
        Numeric(one_over(math.cosh), one_over(cmath.cosh), "sech", lambda x: 1 / np.cosh(x)),
        "-Sech[#] Tanh[#]",
        parity=1,
        at_zero="1",
        at_infinity=("0", "0"),
        inverse="ArcSech",
        imaginary=("Sec", 1),
    ),
    """Sech[z] is the hyperbolic secant of z.

    >>> {Sech[0], Sech[1.]}
    {1, 0.648054}
    """,
)
declare(
    "Csch",
    Elementary(
        Numeric(one_over(math.sinh), one_over(cmath.sinh), "csch", lambda x: 1 / np.sinh(x)),
        "-Coth[#] Csch[#]",
        parity=-1,
        at_zero="ComplexInfinity",
        at_infinity=("0", "0"),
        inverse="ArcCsch",
        imaginary=("Csc", Complex(0, -1)),
    ),
    """Csch[z] is the hyperbolic cosecant of z.

    >>> {Csch[0], Csch[1.]}
    {ComplexInfinity, 0.850918}
    """,
)
declare(
    "ArcSinh",
    Elementary(
        Numeric(math.asinh, cmath.asinh, "asinh", np.arcsinh),
        "1/Sqrt[1 + #^2]",
        parity=-1,
        at_zero="0",
        at_infinity=("-Infinity", "Infinity"),
    ),
    """ArcSinh[z] is the inverse hyperbolic sine of z.

    >>> {ArcSinh[0], ArcSinh[1.]}
    {0, 0.881374}
    """,
)


def _exact_acosh(ev: Any, x: Any) -> Any:
    values = {1: "0", 0: "I Pi/2", -1: "I Pi"}
    return special_values.exact(ev, values[x]) if type(x) is int and x in values else None


declare(
    "ArcCosh",
    Elementary(
        Numeric(math.acosh, cmath.acosh, "acosh", np.arccosh, (1.0, math.inf)),
        "1/(Sqrt[-1 + #] Sqrt[1 + #])",
        exact=_exact_acosh,
        at_infinity=("Infinity", "Infinity"),
    ),
    """ArcCosh[z] is the inverse hyperbolic cosine of z.

    >>> {ArcCosh[1], ArcCosh[2.], ArcCosh[-1]}
    {0, 1.31696, I Pi}
    """,
)


def _exact_atanh(ev: Any, x: Any) -> Any:
    return (
        special_values.exact(ev, "Infinity" if x == 1 else "-Infinity")
        if type(x) is int and abs(x) == 1
        else None
    )


declare(
    "ArcTanh",
    Elementary(
        Numeric(math.atanh, atanh, mp_below("atanh"), np.arctanh, UNIT),
        "1/(1 - #^2)",
        parity=-1,
        exact=_exact_atanh,
        at_zero="0",
    ),
    """ArcTanh[z] is the inverse hyperbolic tangent of z.

    >>> {ArcTanh[0], ArcTanh[1], ArcTanh[0.5]}
    {0, Infinity, 0.549306}
    """,
)
declare(
    "ArcCoth",
    Elementary(
        Numeric(inverted(math.atanh), inverted(atanh), mp_inverted(mp_below("atanh"))),
        "1/(1 - #^2)",
        exact=_exact_atanh,
        at_zero="I Pi/2",
        at_infinity=("0", "0"),
    ),
    """ArcCoth[z] is the inverse hyperbolic cotangent of z.

    >>> {ArcCoth[2.], ArcCoth[Infinity]}
    {0.549306, 0}
    """,
)
declare(
    "ArcSech",
    Elementary(
        Numeric(inverted(math.acosh), inverted(cmath.acosh), mp_inverted("acosh")),
        "-1/(# Sqrt[(1 - #)/(1 + #)] (1 + #))",
        exact=lambda ev, x: 0 if type(x) is int and x == 1 else None,
        at_zero="Infinity",
    ),
    """ArcSech[z] is the inverse hyperbolic secant of z.

    >>> {ArcSech[1], ArcSech[0.5]}
    {0, 1.31696}
    """,
)
declare(
    "ArcCsch",
    Elementary(
        Numeric(inverted(math.asinh), inverted(cmath.asinh), mp_inverted("asinh")),
        "-1/(Sqrt[1 + 1/#^2] #^2)",
        parity=-1,
        at_zero="ComplexInfinity",
        at_infinity=("0", "0"),
    ),
    """ArcCsch[z] is the inverse hyperbolic cosecant of z.

    >>> {ArcCsch[1.], ArcCsch[0]}
    {0.881374, ComplexInfinity}
    """,
)
