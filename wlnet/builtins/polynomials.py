"""Orthogonal and cyclotomic polynomials, and continued fractions."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wlnet.expr import BigReal, Expr, S, is_list, items, make_list, rational
from wlnet.expr.attributes import LISTABLE, NUMERIC_FUNCTION
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .precision import exact_value
from .special import through_mp
from .sympy_bridge import Bridge, failures, through

FUNCTION = LISTABLE | NUMERIC_FUNCTION

# Polynomials of a higher degree are not written out.
MAX_DEGREE = 300


def _declare(name: str, mp_name: str, usage: str, act: Callable[..., Any]) -> None:
    """A family of polynomials f[n, x]: written out for an integer n, computed for inexact arguments."""

    def call(ev: Any, n: Any, x: Any) -> Any:
        value = through_mp(ev, mp_name, (n, x))
        if value is not None or type(n) is not int or not 0 <= n <= MAX_DEGREE:
            return value
        return through(ev, act, n, x)

    call.__doc__ = usage
    builtin(name, attributes=FUNCTION)(call)


_declare(
    "LegendreP",
    "legendre",
    """LegendreP[n, x] is the Legendre polynomial of degree n.

    >>> {LegendreP[2, x], LegendreP[3, 0.5]}
    {-1/2 + (3 x^2)/2, -0.4375}
    """,
    lambda sp, n, x: sp.expand(sp.legendre(n, x)),
)
_declare(
    "ChebyshevT",
    "chebyt",
    """ChebyshevT[n, x] is the Chebyshev polynomial of the first kind.

    >>> ChebyshevT[3, x]
    -3 x + 4 x^3
    """,
    lambda sp, n, x: sp.expand(sp.chebyshevt(n, x)),
)
_declare(
    "ChebyshevU",
    "chebyu",
    """ChebyshevU[n, x] is the Chebyshev polynomial of the second kind.

    >>> ChebyshevU[2, x]
    -1 + 4 x^2
    """,
    lambda sp, n, x: sp.expand(sp.chebyshevu(n, x)),
)
_declare(
    "HermiteH",
    "hermite",
    """HermiteH[n, x] is the Hermite polynomial of degree n.

    >>> HermiteH[3, x]
    -12 x + 8 x^3
    """,
    lambda sp, n, x: sp.expand(sp.hermite(n, x)),
)


@builtin("LaguerreL", attributes=FUNCTION)
def laguerre(ev: Any, n: Any, x: Any) -> Any:
    """LaguerreL[n, x] is the Laguerre polynomial of degree n.

    >>> LaguerreL[2, x]
    1 - 2 x + x^2/2
    """
    value = through_mp(ev, "laguerre", (n, 0, x))
    if value is not None or type(n) is not int or not 0 <= n <= MAX_DEGREE:
        return value
    return through(ev, lambda sp, k, v: sp.expand(sp.laguerre(k, v)), n, x)


@builtin("Cyclotomic", attributes=LISTABLE)
def cyclotomic(ev: Any, n: Any, x: Any) -> Any:
    """Cyclotomic[n, x] is the n-th cyclotomic polynomial.

    >>> Cyclotomic[6, x]
    1 - x + x^2
    """
    if type(n) is not int or not 1 <= n <= 10 * MAX_DEGREE:
        return None
    return through(ev, lambda sp, k, v: sp.cyclotomic_poly(k, v), n, x)


@builtin("ContinuedFraction", attributes=LISTABLE)
def continued_fraction(ev: Any, x: Any, n: Any = None) -> Any:
    """ContinuedFraction[x, n] gives the first n terms of the continued fraction of x; ContinuedFraction[x]
    all terms that the precision of x allows.

    >>> {ContinuedFraction[47/17], ContinuedFraction[Pi, 5]}
    {{2, 1, 3, 4}, {3, 7, 15, 1, 292}}
    """
    if n is not None and (type(n) is not int or n < 1):
        return None
    if type(x) not in (int, Fraction, float, BigReal):
        if n is None:
            return _periodic(ev, x)
        x = numeric.numeric_value(ev, x, 20.0 + 2.1 * n)
        if type(x) is not BigReal:
            return None
    value = Fraction(exact_value(x))
    digits = numbers.digits_of(x)
    slack = (
        Fraction(0)
        if type(x) in (int, Fraction)
        else abs(value) / 10 ** int(15 if digits is None else digits)
    )
    return make_list(_terms(value, slack, n))


def _periodic(ev: Any, x: Any) -> Any:
    """The continued fraction of a quadratic irrational, its period in a list; None for anything else."""
    if not numeric.numeric_q(x):
        return None
    b = Bridge()
    try:
        found = b.sympy.continued_fraction(b.to(x))
    except failures():
        return None
    return make_list(make_list(map(int, a)) if isinstance(a, list) else int(a) for a in found)


def _terms(value: Fraction, slack: Fraction, most: int | None) -> list[int]:
    """Partial quotients that the numbers within `slack` of `value` have in common."""
    low, high = value - slack, value + slack
    found = []
    while most is None or len(found) < most:
        a = math.floor(low)
        if a != math.floor(high):
            break
        found.append(a)
        low, high = low - a, high - a
        if not low or not high:
            break
        low, high = 1 / high, 1 / low
    return found


@builtin("FromContinuedFraction")
def from_continued_fraction(ev: Any, terms: Any) -> Any:
    """FromContinuedFraction[{a1, a2, ...}] gives a1 + 1/(a2 + 1/(a3 + ...)).

    >>> FromContinuedFraction[{2, 1, 3, 4}]
    47/17
    """
    if not is_list(terms) or not len(items(terms)):
        return None
    *rest, value = items(terms)
    for a in reversed(rest):
        value = ev.evaluate(Expr(S.Plus, (a, Expr(S.Power, (value, -1)))))
    return value


@builtin("Convergents")
def convergents(ev: Any, terms: Any) -> Any:
    """Convergents[{a1, a2, ...}] gives the convergents of a continued fraction.

    >>> Convergents[{3, 7, 15, 1}]
    {3, 22/7, 333/106, 355/113}
    """
    if not is_list(terms) or not all(type(a) is int for a in items(terms)):
        return None
    h0, h1, k0, k1 = 0, 1, 1, 0
    found = []
    for a in items(terms):
        h0, h1, k0, k1 = h1, a * h1 + h0, k1, a * k1 + k0
        if k1 == 0:
            return None
        found.append(rational(Fraction(h1, k1)))
    return make_list(found)
