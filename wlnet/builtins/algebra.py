"""Algebra through SymPy: Together, Apart, Cancel, Factor, Collect, coefficients,
polynomial division, Simplify."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wlnet.expr import FALSE, TRUE, Complex, Expr, S, is_list, items, make_list, same
from wlnet.kernel.registry import builtin, symbol

from . import expansion, numbers
from .expansion import threaded
from .sympy_bridge import Bridge, Unsolved, failures, through


def _simple_fraction(x: Any) -> bool:
    """Whether `x` is over one denominator as it stands: no sum has a term with a denominator."""
    if type(x) is not Expr:
        return True
    if x.head is S.Plus:
        return not any(_has_denominator(t) for t in x.args)
    if x.head in (S.Times, S.Power):
        sums = [a for a in x.args if type(a) is Expr and a.head is S.Plus]
        if len(sums) > 1 or any(type(a) is Expr and a.head is S.Power and _is_sum(a.args[0]) for a in x.args):
            return False
        return all(map(_simple_fraction, x.args))
    return True


def _is_sum(x: Any) -> bool:
    return type(x) is Expr and x.head is S.Plus


def _has_denominator(x: Any) -> bool:
    if type(x) is Fraction:
        return True
    if type(x) is not Expr:
        return False
    if x.head is S.Power and len(x.args) == 2:
        e = x.args[1]
        return (type(e) in (int, Fraction) and e < 0) or _has_denominator(x.args[0])
    return x.head in (S.Plus, S.Times) and any(map(_has_denominator, x.args))


@builtin("Together")
def together(ev: Any, expr: Any) -> Any:
    """Together[expr] puts terms over a common denominator and cancels common factors.

    >>> {Together[1/x + 1/y], Together[x/2 + 1/3], Together[1/(x - 1) + 1/(x + 1)]}
    {(x + y)/(x y), (2 + 3 x)/6, (2 x)/((-1 + x) (1 + x))}
    """

    def act(x: Any) -> Any:
        if _simple_fraction(x):
            return x
        return or_same(x, _over_one_denominator(ev, x))

    return threaded(ev, "Together", expr, act)


def _over_one_denominator(ev: Any, x: Any) -> Any:
    """Expanded numerator over factored denominator; None when SymPy cannot."""
    b = Bridge()
    sp = b.sympy
    try:
        top, bottom = sp.fraction(sp.factor(sp.together(b.to(x))))
        content, rest = sp.expand(top).as_content_primitive()
        parts = (b.out(content), b.out(sp.expand(rest)), Expr(S.Power, (b.out(bottom), -1)))
    except (Unsolved, *failures()):
        return None
    return ev.evaluate(Expr(S.Times, parts))


@builtin("Cancel")
def cancel(ev: Any, expr: Any) -> Any:
    """Cancel[expr] cancels common factors of numerators and denominators.

    >>> Cancel[(x^2 - 1)/(x - 1)]
    1 + x
    """
    return threaded(ev, "Cancel", expr, lambda x: or_same(x, through(ev, _cancelled, x)))


def _cancelled(sympy: Any, e: Any) -> Any:
    if e.is_Add:
        return sympy.Add(*(sympy.cancel(t) for t in e.args))
    return sympy.cancel(e)


def or_same(x: Any, value: Any) -> Any:
    return x if value is None else value


@builtin("Apart")
def apart(ev: Any, expr: Any, variable: Any = None) -> Any:
    """Apart[expr] writes a rational expression as a sum of partial fractions; Apart[expr, x] in the
    variable x.

    >>> Apart[1/(x^2 - 1)]
    1/(2 (-1 + x)) - 1/(2 (1 + x))
    """
    parts = () if variable is None else (variable,)
    return threaded(
        ev, "Apart", expr, lambda x: or_same(x, through(ev, lambda sp, e, *v: sp.apart(e, *v), x, *parts))
    )


@builtin("Factor")
def factor(
    ev: Any, expr: Any, *, extension: Any = None, modulus: Any = 0, gaussian_integers: Any = FALSE
) -> Any:
    """Factor[poly] factors a polynomial over the integers; the option Extension -> a allows the algebraic
    number a in the factors, GaussianIntegers -> True allows I, Modulus -> p factors modulo a prime.

    >>> {Factor[x^2 - 1], Factor[x^3 + 3 x^2 + 3 x + 1], Factor[2 x + 4 y]}
    {(-1 + x) (1 + x), (1 + x)^3, 2 (x + 2 y)}
    """

    def act(sp: Any, e: Any) -> Any:
        options: dict[str, Any] = {"modulus": modulus} if type(modulus) is int and modulus else {}
        return sp.factor(e, **options)

    bridge = Bridge()
    if gaussian_integers is TRUE:
        extension = Complex(0, 1)
    if (
        extension is not None
        and extension is not S.Automatic
        and (type(extension) is Expr or type(extension) in numbers.KIND)
    ):
        wanted = bridge.to(extension)
        return threaded(
            ev,
            "Factor",
            expr,
            lambda x: or_same(x, through(ev, lambda sp, e: sp.factor(e, extension=wanted), x, bridge=bridge)),
        )
    return threaded(ev, "Factor", expr, lambda x: or_same(x, through(ev, act, x)))


for _name, _what in (
    ("Extension", "the algebraic numbers that factors may hold"),
    ("Modulus", "the prime modulo which a polynomial is factored"),
    ("GaussianIntegers", "whether factors may hold I"),
):
    symbol(_name, usage=f"{_name} is an option of Factor and kin: {_what}.")


@builtin("FactorTerms")
def factor_terms(ev: Any, expr: Any) -> Any:
    """FactorTerms[poly] pulls out the overall numerical factor.

    >>> FactorTerms[4 + 2 x]
    2 (2 + x)
    """
    return through(ev, lambda sp, e: sp.Mul(*sp.expand(e).as_content_primitive(), evaluate=False), expr)


@builtin("FactorList")
def factor_list(ev: Any, expr: Any) -> Any:
    """FactorList[poly] gives the factors of a polynomial with their exponents.

    >>> FactorList[2 x^2 - 2]
    {{2, 1}, {-1 + x, 1}, {1 + x, 1}}
    """
    b = Bridge()
    try:
        c, factors = b.sympy.factor_list(b.to(expr))
        return make_list([make_list((b.out(c), 1))] + [make_list((b.out(f), int(n))) for f, n in factors])
    except (Unsolved, *failures()):
        return None


@builtin("PolynomialQ")
def polynomial_q(ev: Any, expr: Any, variables: Any = None) -> Any:
    """PolynomialQ[expr, x] gives True if expr is a polynomial in x;
    PolynomialQ[expr, {x, y}] in several variables.

    >>> {PolynomialQ[x^2 + Sin[y], x], PolynomialQ[1/x, x]}
    {True, False}
    """
    from wlnet.expr import truth

    b = Bridge()
    e = b.to(expr)
    listed = () if variables is None else items(variables) if is_list(variables) else (variables,)
    if not isinstance(e, b.sympy.Expr):
        return FALSE
    given = [b.to(v) for v in listed] or sorted(e.free_symbols, key=str)
    return truth(bool(e.is_polynomial(*given)))


# ----------------------------------------------------------------------------------------------- coefficients


def powers_in(ev: Any, expr: Any, x: Any) -> dict[Any, list[Any]] | None:
    """The terms of an expanded sum by their power of `x`: exponent key -> coefficients."""
    found: dict[Any, list[Any]] = {}
    for term in expansion.terms_of(expansion.expand(ev, expr)):
        exponent: Any = 0
        rest = []
        for f in term.args if type(term) is Expr and term.head is S.Times else (term,):
            if same(f, x):
                exponent = numbers.add(exponent, 1)
            elif (
                type(f) is Expr
                and f.head is S.Power
                and same(f.args[0], x)
                and type(f.args[1]) in numbers.KIND
            ):
                exponent = numbers.add(exponent, f.args[1])
            else:
                rest.append(f)
        found.setdefault(exponent, []).append(Expr(S.Times, tuple(rest)))
    return found


@builtin("Coefficient")
def coefficient(ev: Any, expr: Any, form: Any, n: Any = 1) -> Any:
    """Coefficient[expr, form] gives the coefficient of form in expr;
    Coefficient[expr, form, n] that of form^n.

    >>> {Coefficient[(x + y)^3, x, 2], Coefficient[a x + b x^2 + c, x], Coefficient[x + 3, x, 0]}
    {3 y, a, 3}
    """
    if is_list(expr):
        return make_list(Expr(S.Coefficient, (a, form, n)) for a in items(expr))
    if type(form) is Expr and form.head is S.Power and type(form.args[1]) is int and n == 1:
        form, n = form.args
    if type(form) is Expr and form.head is S.Times:
        for f in form.args:
            expr = ev.evaluate(Expr(S.Coefficient, (expr, f)))
        return expr
    found = powers_in(ev, expr, form)
    if found is None or type(n) not in numbers.KIND:
        return None
    return Expr(S.Plus, tuple(found.get(n, ())))


@builtin("CoefficientList", messages={"poly": "`1` is not a polynomial."})
def coefficient_list(ev: Any, expr: Any, variables: Any) -> Any:
    """CoefficientList[poly, x] gives the coefficients of powers of x, from x^0 on.
    CoefficientList[poly, {x, y}] gives the matrix of them.

    >>> {CoefficientList[1 + 3 x + x^3, x], CoefficientList[x y + 2, {x, y}]}
    {{1, 3, 0, 1}, {{2, 0}, {0, 1}}}
    """
    names = items(variables) if is_list(variables) else (variables,)
    if not names:
        return expr
    found = powers_in(ev, expr, names[0])
    if found is None or not all(type(e) is int and e >= 0 for e in found):
        ev.message("CoefficientList", "poly", expr)
        return None
    degree = max(found, default=0)
    rows = [ev.evaluate(Expr(S.Plus, tuple(found.get(k, ())))) for k in range(degree + 1)]
    if len(names) == 1:
        return make_list(rows) if not (type(expr) is int and expr == 0) else make_list(())
    inner = [coefficient_list(ev, r, make_list(names[1:])) for r in rows]
    width = max((len(items(i)) for i in inner if i is not None), default=0)
    if len(names) == 2:
        return make_list(make_list([*items(i), *[0] * (width - len(items(i)))]) for i in inner)
    return Expr(S.PadRight, (make_list(inner),))


@builtin("Exponent")
def exponent(ev: Any, expr: Any, form: Any, h: Any = S.Max) -> Any:
    """Exponent[expr, form] gives the largest power of form in expr; Exponent[expr, form, h] applies h to
    the powers.

    >>> {Exponent[1 + x^2 + a x^5, x], Exponent[x^2 + x^3, x, List]}
    {5, {2, 3}}
    """
    if is_list(expr):
        return make_list(Expr(S.Exponent, (a, form, h)) for a in items(expr))
    found = powers_in(ev, expr, form)
    if found is None:
        return None
    nonzero = sorted((e for e, c in found.items() if ev.evaluate(Expr(S.Plus, tuple(c))) != 0), key=float)
    return Expr(h, tuple(nonzero)) if nonzero else Expr(S.Times, (-1, S.Infinity))


@builtin("Collect")
def collect(ev: Any, expr: Any, variables: Any, h: Any = None) -> Any:
    """Collect[expr, x] collects the terms with the same power of x;
    Collect[expr, x, h] applies h to each coefficient.

    >>> Collect[a x + b x + c, x]
    c + (a + b) x
    """
    names = items(variables) if is_list(variables) else (variables,)
    if not names:
        return expr if h is None else Expr(h, (expr,))
    first, *others = names
    found = powers_in(ev, expr, first)
    if found is None:
        return None
    terms = []
    for e, parts in found.items():
        inner = ev.evaluate(Expr(S.Plus, tuple(parts)))
        if others:
            inner = collect(ev, inner, make_list(others), h)
        elif h is not None:
            inner = Expr(h, (inner,))
        terms.append(Expr(S.Times, (inner, Expr(S.Power, (first, e)))))
    return Expr(S.Plus, tuple(terms))


@builtin("Variables")
def variables_(ev: Any, expr: Any) -> Any:
    """Variables[poly] gives the variables of a polynomial.

    >>> Variables[(x + y)^2 + 3 z]
    {x, y, z}
    """
    found: list[Any] = []
    stack = list(items(expr)) if is_list(expr) else [expr]
    while stack:
        e = stack.pop()
        if type(e) is Expr and e.head in (S.Plus, S.Times):
            stack.extend(e.args)
        elif type(e) is Expr and e.head is S.Power and type(e.args[1]) in (int, Fraction):
            stack.append(e.args[0])
        elif type(e) not in numbers.KIND and not any(same(e, f) for f in found):
            found.append(e)
    return Expr(S.Sort, (make_list(found),))


def _polynomial(name: str, usage: str, act: Callable[..., Any]) -> None:
    def call(ev: Any, p: Any, q: Any, x: Any = None) -> Any:
        return through(ev, act, p, q, *(() if x is None else (x,)))

    call.__doc__ = usage
    builtin(name)(call)


_polynomial(
    "PolynomialQuotient",
    """PolynomialQuotient[p, q, x] gives the quotient of two polynomials in x.

    >>> PolynomialQuotient[x^2 + 3 x + 5, x + 1, x]
    2 + x
    """,
    lambda sp, p, q, x: sp.div(p, q, x)[0],
)
_polynomial(
    "PolynomialRemainder",
    """PolynomialRemainder[p, q, x] gives the remainder of dividing p by q as polynomials in x.

    >>> PolynomialRemainder[x^2 + 3 x + 5, x + 1, x]
    3
    """,
    lambda sp, p, q, x: sp.div(p, q, x)[1],
)
_polynomial(
    "PolynomialGCD",
    """PolynomialGCD[p, q] gives the greatest common divisor of polynomials.

    >>> PolynomialGCD[x^2 - 1, x^2 + 2 x + 1]
    1 + x
    """,
    lambda sp, p, q, *x: sp.gcd(p, q),
)
_polynomial(
    "PolynomialLCM",
    """PolynomialLCM[p, q] gives the least common multiple of polynomials.

    >>> PolynomialLCM[x - 1, x + 1]
    (-1 + x) (1 + x)
    """,
    lambda sp, p, q, *x: sp.factor(sp.lcm(p, q)),
)
_polynomial(
    "Resultant",
    """Resultant[p, q, x] gives the resultant of two polynomials in x.

    >>> Resultant[x^2 - 1, x - 2, x]
    3
    """,
    lambda sp, p, q, x: sp.resultant(p, q, x),
)


@builtin("Discriminant")
def discriminant(ev: Any, p: Any, x: Any) -> Any:
    """Discriminant[p, x] gives the discriminant of a polynomial in x.

    >>> Discriminant[a x^2 + b x + c, x]
    b^2 - 4 a c
    """
    return through(ev, lambda sp, e, v: sp.discriminant(e, v), p, x)
