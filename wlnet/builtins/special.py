"""Special functions: Gamma, Beta, Erf and their kin, Zeta, Bessel functions,
exponential and logarithmic integrals."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Complex, Expr, S, rational
from wlnet.expr.attributes import LISTABLE, NUMERIC_FUNCTION
from wlnet.kernel.registry import builtin

from . import functions, numbers, numeric
from .elementary import ELEMENTARY, Elementary, declare
from .functions import Numeric
from .infinity import COMPLEX_INFINITY, is_positive_infinity

FUNCTION = LISTABLE | NUMERIC_FUNCTION


def _scipy(name: str) -> Callable[..., Any]:
    """A ufunc of scipy.special, loaded on first use."""

    def call(*args: Any) -> Any:
        from scipy import special

        return getattr(special, name)(*args)

    return call


def _real_scipy(name: str) -> Callable[[float], float]:
    ufunc = _scipy(name)
    return lambda x: float(ufunc(x))


# -------------------------------------------------------------------------------------------- error functions

declare(
    "Erf",
    Elementary(
        Numeric(math.erf, None, "erf", _scipy("erf")),
        "2/(E^#^2 Sqrt[Pi])",
        parity=-1,
        at_zero="0",
        at_infinity=("-1", "1"),
    ),
    """Erf[z] is the error function, the integral of 2 Exp[-t^2]/Sqrt[Pi] from 0 to z.

    >>> {Erf[0], Erf[1.], Erf[Infinity], Erf[-x]}
    {0, 0.842701, 1, -Erf[x]}
    """,
)
declare(
    "Erfc",
    Elementary(
        Numeric(math.erfc, None, "erfc", _scipy("erfc")),
        "-2/(E^#^2 Sqrt[Pi])",
        at_zero="1",
        at_infinity=("2", "0"),
    ),
    """Erfc[z] is the complementary error function, 1 - Erf[z].

    >>> {Erfc[0], Erfc[1.], Erfc[Infinity]}
    {1, 0.157299, 0}
    """,
)
declare(
    "Erfi",
    Elementary(
        Numeric(_real_scipy("erfi"), None, "erfi", _scipy("erfi")),
        "(2 E^#^2)/Sqrt[Pi]",
        parity=-1,
        at_zero="0",
        at_infinity=("-Infinity", "Infinity"),
    ),
    """Erfi[z] is the imaginary error function, Erf[I z]/I.

    >>> {Erfi[0], Erfi[1.]}
    {0, 1.65043}
    """,
)
declare(
    "InverseErf",
    Elementary(
        Numeric(_real_scipy("erfinv"), None, "erfinv", _scipy("erfinv"), (-1.0, 1.0)),
        "(E^InverseErf[#]^2 Sqrt[Pi])/2",
        parity=-1,
        exact=lambda ev, x: Expr(S.DirectedInfinity, (x,)) if type(x) is int and abs(x) == 1 else None,
        at_zero="0",
    ),
    """InverseErf[s] is the inverse error function.

    >>> {InverseErf[0], InverseErf[0.5], InverseErf[1]}
    {0, 0.476936, Infinity}
    """,
)
declare(
    "InverseErfc",
    Elementary(
        Numeric(_real_scipy("erfcinv"), None, lambda mp, x: mp.erfinv(1 - x), _scipy("erfcinv"), (0.0, 2.0)),
        "-(E^InverseErfc[#]^2 Sqrt[Pi])/2",
        exact=lambda ev, x: 0 if type(x) is int and x == 1 else None,
        at_zero="Infinity",
    ),
    """InverseErfc[s] is the inverse complementary error function.

    >>> {InverseErfc[1], InverseErfc[0.5]}
    {0, 0.476936}
    """,
)


# -------------------------------------------------------------------------------------------- gamma functions


def _machine_gamma(x: float) -> float:
    if x <= 0 and x == math.floor(x):
        return math.nan  # a pole
    return math.gamma(x)


GAMMA = Numeric(_machine_gamma, None, "gamma", _scipy("gamma"))


def _exact_gamma(x: Any) -> Any:
    if type(x) is int:
        return COMPLEX_INFINITY if x <= 0 else math.factorial(x - 1) if x < 500_000 else None
    if type(x) is Fraction and x.denominator == 2:  # Gamma[n + 1/2] is a rational multiple of Sqrt[Pi]
        n = (x.numerator - 1) // 2
        if n >= 0:
            c = Fraction(math.factorial(2 * n), 4**n * math.factorial(n))
        else:
            c = Fraction((-4) ** (-n) * math.factorial(-n), math.factorial(-2 * n))
        root = Expr(S.Power, (S.Pi, Fraction(1, 2)))
        return Expr(S.Times, (rational(c), root))
    return None


@builtin("Gamma", attributes=FUNCTION, arrays=True)
def gamma(ev: Any, *args: Any) -> Any:
    """Gamma[z] is the Euler gamma function.
    Gamma[a, z] is the incomplete gamma function, the integral of t^(a - 1) Exp[-t] from z to infinity.

    >>> {Gamma[5], Gamma[1/2], Gamma[0], Gamma[2.5], Gamma[2, 1.]}
    {24, Sqrt[Pi], ComplexInfinity, 1.32934, 0.735759}
    """
    if len(args) == 1:
        (x,) = args
        if type(x) is np.ndarray:
            return functions.on_array(GAMMA, x)
        if is_positive_infinity(x):
            return x
        if type(x) is float and x <= 0 and x == math.floor(x):
            return COMPLEX_INFINITY
        value = functions.compute(GAMMA, x) if numbers.is_inexact(x) else _exact_gamma(x)
        return value
    if len(args) == 2:
        return (
            through_mp(ev, "gammainc", args)
            if type(args[1]) is not int or args[1]
            else Expr(S.Gamma, args[:1])
        )
    ev.message("Gamma", "argt", S.Gamma, len(args), 1, 2)
    return None


ELEMENTARY["Gamma"] = Elementary(GAMMA, "Gamma[#] PolyGamma[0, #]")


def through_mp(ev: Any, name: str, args: tuple[Any, ...]) -> Any:
    """An mpmath function of several numbers, when one of them is inexact;
    None otherwise or at a singular point."""
    if any(type(a) is np.ndarray for a in args):
        return None
    numeric_args = numeric.contagion(ev, args) or args
    if not all(type(a) in numbers.KIND for a in numeric_args) or not numeric.is_machine(numeric_args):
        return None
    import mpmath
    from mpmath import libmp

    known = [numbers.digits_of(a) for a in numeric_args]
    digits = None if None in known else min(d for d in known if d is not None)
    with numbers.working(17.0 if digits is None else digits + 5):
        try:
            value = getattr(mpmath, name)(*map(numbers.to_mp, numeric_args))
        except (ValueError, ZeroDivisionError, OverflowError, libmp.NoConvergence):
            return None
        if isinstance(value, mpmath.mpc) and value.imag == 0 and Complex not in map(type, numeric_args):
            value = value.real
        if not mpmath.isfinite(abs(value)):
            return COMPLEX_INFINITY
        if digits is None:
            return (
                numbers.from_complex(complex(value))
                if isinstance(value, mpmath.mpc)
                else numbers.at_precision(numbers.from_mp(value, numbers.MACHINE_DIGITS), None)
            )
    return numbers.from_mp(value, digits)


declare(
    "LogGamma",
    Elementary(
        Numeric(math.lgamma, None, "loggamma", _scipy("gammaln"), (5e-324, math.inf)),
        "PolyGamma[0, #]",
        exact=lambda ev, x: _exact_log_gamma(x),
        at_infinity=("ComplexInfinity", "Infinity"),
    ),
    """LogGamma[z] is the logarithm of the gamma function.

    >>> {LogGamma[5], LogGamma[2.5], LogGamma[100.]}
    {Log[24], 0.284683, 359.134}
    """,
)


def _exact_log_gamma(x: Any) -> Any:
    if type(x) is int and x <= 100:
        return Expr(S.Log, (math.factorial(x - 1),)) if x > 0 else Expr(S.DirectedInfinity, (1,))
    return None


@builtin("Beta", attributes=FUNCTION)
def beta(ev: Any, a: Any, b: Any) -> Any:
    """Beta[a, b] is the Euler beta function Gamma[a] Gamma[b]/Gamma[a + b].

    >>> {Beta[2, 3], Beta[1/2, 1/2], Beta[2.5, 1]}
    {1/12, Pi, 0.4}
    """
    if numbers.is_inexact(a) or numbers.is_inexact(b):
        return through_mp(ev, "beta", (a, b))
    if all(type(x) is int or (type(x) is Fraction and x.denominator == 2) for x in (a, b)):
        below = Expr(S.Power, (Expr(S.Gamma, (numbers.add(a, b),)), -1))
        return Expr(S.Times, (Expr(S.Gamma, (a,)), Expr(S.Gamma, (b,)), below))
    return None


@builtin("PolyGamma", attributes=FUNCTION)
def poly_gamma(ev: Any, *args: Any) -> Any:
    """PolyGamma[z] is the digamma function; PolyGamma[n, z] its n-th derivative.

    >>> {PolyGamma[1], PolyGamma[0, 2.5], PolyGamma[1, 1.]}
    {-EulerGamma, 0.703157, 1.64493}
    """
    if not 1 <= len(args) <= 2:
        ev.message("PolyGamma", "argt", S.PolyGamma, len(args), 1, 2)
        return None
    n, z = args if len(args) == 2 else (0, *args)
    if np.ndarray in (type(n), type(z)):
        return None
    if n == 0 and type(n) is int and type(z) is int:
        if z <= 0:
            return COMPLEX_INFINITY
        if z > 20_000:
            return None
        harmonic = rational(sum((Fraction(1, k) for k in range(1, z)), Fraction(0)))
        return Expr(S.Plus, (harmonic, Expr(S.Times, (-1, S.EulerGamma))))
    if numbers.is_inexact(z) and type(n) is int and n >= 0:
        return through_mp(ev, "psi", (n, z))
    return Expr(S.PolyGamma, (0, z)) if len(args) == 1 else None


@builtin("GammaRegularized", attributes=FUNCTION)
def gamma_regularized(ev: Any, a: Any, z: Any) -> Any:
    """GammaRegularized[a, z] is Gamma[a, z]/Gamma[a].

    >>> GammaRegularized[2, 1.]
    0.735759
    """
    if (
        type(a) in (int, float)
        and type(z) in (int, float)
        and float in (type(a), type(z))
        and a > 0
        and z >= 0
    ):
        return float(_scipy("gammaincc")(a, z))
    return None


@builtin("BetaRegularized", attributes=FUNCTION)
def beta_regularized(ev: Any, z: Any, a: Any, b: Any) -> Any:
    """BetaRegularized[z, a, b] is the regularized incomplete beta function.

    >>> BetaRegularized[0.5, 2, 3]
    0.6875
    """
    if all(type(x) in (int, Fraction, float) for x in (z, a, b)) and any(type(x) is float for x in (z, a, b)):
        if 0 <= z <= 1 and a > 0 and b > 0:
            return float(_scipy("betainc")(float(a), float(b), float(z)))
    return None


# ------------------------------------------------------------------------------------ zeta, integrals, Bessel


@builtin("Zeta", attributes=FUNCTION)
def zeta(ev: Any, s: Any) -> Any:
    """Zeta[s] is the Riemann zeta function.

    >>> {Zeta[2], Zeta[0], Zeta[-1], Zeta[3.], Zeta[1]}
    {Pi^2/6, -1/2, -1/12, 1.20206, ComplexInfinity}
    """
    if type(s) is int:
        if s == 1:
            return COMPLEX_INFINITY
        if (s <= 0 or s % 2 == 0) and abs(s) <= 2000:
            return _exact_zeta(s)
        return None
    if numbers.is_inexact(s):
        return through_mp(ev, "zeta", (s,))
    return 1 if is_positive_infinity(s) else None


def _exact_zeta(s: int) -> Any:
    """Zeta at even positive and at nonpositive integers, by Bernoulli numbers."""
    import mpmath

    top, bottom = mpmath.bernfrac(s if s > 0 else 1 - s)
    b = Fraction(int(top), int(bottom))
    if s <= 0:
        return Fraction(-1, 2) if s == 0 else rational(-b / (1 - s))
    c = abs(b) * 2 ** (s - 1) / math.factorial(s)
    return Expr(S.Times, (rational(c), Expr(S.Power, (S.Pi, s))))


def _declare_through_mp(name: str, mp_name: str, arguments: int, usage: str) -> None:
    def call_1(ev: Any, z: Any) -> Any:
        return through_mp(ev, mp_name, (z,))

    def call_2(ev: Any, n: Any, z: Any) -> Any:
        if name in ("BesselJ", "BesselI") and type(n) is int and type(z) is int and z == 0:
            return int(n == 0)
        return through_mp(ev, mp_name, (n, z))

    def call_4(ev: Any, a: Any, b: Any, c: Any, z: Any) -> Any:
        return through_mp(ev, mp_name, (a, b, c, z))

    call = {1: call_1, 2: call_2, 4: call_4}[arguments]
    call.__doc__ = usage
    builtin(name, attributes=FUNCTION)(call)


_declare_through_mp(
    "BesselJ",
    "besselj",
    2,
    """BesselJ[n, z] is the Bessel function of the first kind.

    >>> {BesselJ[0, 1.], BesselJ[0, 0], BesselJ[1, 2.5]}
    {0.765198, 1, 0.497094}
    """,
)
_declare_through_mp(
    "BesselY",
    "bessely",
    2,
    """BesselY[n, z] is the Bessel function of the second kind.

    >>> BesselY[0, 1.]
    0.088257
    """,
)
_declare_through_mp(
    "BesselI",
    "besseli",
    2,
    """BesselI[n, z] is the modified Bessel function of the first kind.

    >>> BesselI[0, 1.]
    1.26607
    """,
)
_declare_through_mp(
    "BesselK",
    "besselk",
    2,
    """BesselK[n, z] is the modified Bessel function of the second kind.

    >>> BesselK[0, 1.]
    0.421024
    """,
)
_declare_through_mp(
    "ExpIntegralE",
    "expint",
    2,
    """ExpIntegralE[n, z] is the exponential integral E_n(z).

    >>> ExpIntegralE[1, 1.]
    0.219384
    """,
)
_declare_through_mp(
    "ExpIntegralEi",
    "ei",
    1,
    """ExpIntegralEi[z] is the exponential integral Ei(z).

    >>> ExpIntegralEi[1.]
    1.89512
    """,
)
_declare_through_mp(
    "LogIntegral",
    "li",
    1,
    """LogIntegral[z] is the logarithmic integral li(z).

    >>> LogIntegral[10.]
    6.1656
    """,
)
_declare_through_mp(
    "SinIntegral",
    "si",
    1,
    """SinIntegral[z] is the sine integral.

    >>> SinIntegral[1.]
    0.946083
    """,
)
_declare_through_mp(
    "CosIntegral",
    "ci",
    1,
    """CosIntegral[z] is the cosine integral.

    >>> CosIntegral[1.]
    0.337404
    """,
)
_declare_through_mp(
    "EllipticK",
    "ellipk",
    1,
    """EllipticK[m] is the complete elliptic integral of the first kind.

    >>> EllipticK[0.5]
    1.85407
    """,
)
_declare_through_mp(
    "EllipticE",
    "ellipe",
    1,
    """EllipticE[m] is the complete elliptic integral of the second kind.

    >>> EllipticE[0.5]
    1.35064
    """,
)
_declare_through_mp(
    "ProductLog",
    "lambertw",
    1,
    """ProductLog[z] is the principal solution w of z = w E^w.

    >>> ProductLog[1.]
    0.567143
    """,
)
_declare_through_mp(
    "PolyLog",
    "polylog",
    2,
    """PolyLog[n, z] is the polylogarithm.

    >>> PolyLog[2, 0.5]
    0.582241
    """,
)
_declare_through_mp(
    "Hypergeometric2F1",
    "hyp2f1",
    4,
    """Hypergeometric2F1[a, b, c, z] is the Gauss hypergeometric function.

    >>> Hypergeometric2F1[1, 1, 2, 0.5]
    1.38629
    """,
)
