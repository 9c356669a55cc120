"""Further forms of polynomials: coefficient rules, Groebner bases, reduction, composition, nested forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, same, truth
from wlnet.kernel.registry import builtin

from .algebra import or_same
from .expansion import threaded
from .sympy_bridge import Bridge, Unsolved, failures, limited, through


def _names(ev: Any, poly: Any, variables: Any) -> list[Any]:
    if variables is None:
        variables = ev.evaluate(Expr(S.Variables, (poly,)))
    return list(items(variables)) if is_list(variables) else [variables]


def _asked(act: Callable[[Bridge], Any]) -> Any:
    """act(bridge) in limited time; None where SymPy cannot do it."""
    b = Bridge()
    try:
        return limited(lambda: act(b))
    except (Unsolved, *failures()):
        return None


@builtin("CoefficientRules")
def coefficient_rules(ev: Any, poly: Any, variables: Any = None) -> Any:
    """CoefficientRules[poly, {x, y, ...}] gives {exponents} -> coefficient for each term,
    in lexicographic order.

    >>> CoefficientRules[x^2 y + 3 x, {x, y}]
    {{2, 1} -> 1, {1, 0} -> 3}
    """
    if is_list(poly):
        return None
    names = _names(ev, poly, variables)
    if not names:  # SymPy would choose some
        return make_list(() if same(poly, 0) else (Expr(S.Rule, (make_list(()), poly)),))

    def act(b: Bridge) -> Any:
        terms = b.sympy.Poly(b.to(poly), *map(b.to, names)).terms()
        return [(e, ev.evaluate(b.out(c))) for e, c in terms if c != 0]

    found = _asked(act)
    if found is None:
        return None
    return make_list(Expr(S.Rule, (make_list(map(int, e)), c)) for e, c in found)


@builtin("FromCoefficientRules")
def from_coefficient_rules(ev: Any, rules: Any, variables: Any) -> Any:
    """FromCoefficientRules[rules, {x, y, ...}] gives the polynomial that CoefficientRules took apart.

    >>> FromCoefficientRules[{{2, 1} -> 1, {1, 0} -> 3}, {x, y}]
    3 x + x^2 y
    """
    if not is_list(rules):
        return None
    names = items(variables) if is_list(variables) else (variables,)
    terms = []
    for r in items(rules):
        if type(r) is not Expr or r.head is not S.Rule or len(r.args) != 2 or not is_list(r.args[0]):
            return None
        powers, c = r.args
        if len(items(powers)) != len(names):
            return None
        factors = [Expr(S.Power, (x, e)) for x, e in zip(names, items(powers), strict=True)]
        terms.append(Expr(S.Times, (c, *factors)))
    return Expr(S.Plus, tuple(terms))


@builtin("MonomialList")
def monomial_list(ev: Any, poly: Any, variables: Any = None) -> Any:
    """MonomialList[poly, {x, y, ...}] gives the terms of a polynomial, in lexicographic order.

    >>> MonomialList[(x + y)^2]
    {x^2, 2 x y, y^2}
    """
    names = make_list(_names(ev, poly, variables))
    rules = coefficient_rules(ev, poly, names)
    if rules is None:
        return None
    return make_list(Expr(S.FromCoefficientRules, (make_list((r,)), names)) for r in items(rules))


@builtin("PolynomialQuotientRemainder")
def quotient_remainder(ev: Any, p: Any, q: Any, x: Any) -> Any:
    """PolynomialQuotientRemainder[p, q, x] gives quotient and remainder of polynomials in x.

    >>> PolynomialQuotientRemainder[x^2, x + 1, x]
    {-1 + x, 1}
    """
    return make_list((Expr(S.PolynomialQuotient, (p, q, x)), Expr(S.PolynomialRemainder, (p, q, x))))


@builtin("PolynomialExtendedGCD")
def extended_gcd(ev: Any, p: Any, q: Any, x: Any) -> Any:
    """PolynomialExtendedGCD[p, q, x] gives {g, {a, b}}: the greatest common divisor g = a p + b q.

    >>> PolynomialExtendedGCD[x^2 - 1, x - 1, x]
    {-1 + x, {0, 1}}
    """

    def act(b: Bridge) -> Any:
        s, t, g = b.sympy.gcdex(b.to(p), b.to(q), b.to(x))
        return make_list((b.out(g), make_list((b.out(s), b.out(t)))))

    return _asked(act)


@builtin("PolynomialMod")
def polynomial_mod(ev: Any, poly: Any, m: Any) -> Any:
    """PolynomialMod[poly, n] gives the polynomial with its coefficients modulo the integer n.

    >>> PolynomialMod[5 x^2 + 7, 3]
    1 + 2 x^2
    """
    if type(m) is not int or m == 0:
        return None

    def act(sp: Any, e: Any) -> Any:
        p = sp.Poly(e)
        return sp.Poly.from_dict({k: c % abs(m) for k, c in p.as_dict().items()}, *p.gens).as_expr()

    return through(ev, act, poly)


@builtin("PolynomialReduce")
def polynomial_reduce(ev: Any, poly: Any, basis: Any, variables: Any) -> Any:
    """PolynomialReduce[poly, {p1, p2, ...}, {x1, x2, ...}] gives {{a1, a2, ...}, r} with poly equal to
    a1 p1 + a2 p2 + ... + r.

    >>> PolynomialReduce[x^2 + y^2, {x - y}, {x, y}]
    {{x + y}, 2 y^2}
    """
    if not is_list(basis):
        return None
    names = _names(ev, poly, variables)

    def act(b: Bridge) -> Any:
        factors, rest = b.sympy.reduced(b.to(poly), [b.to(p) for p in items(basis)], *map(b.to, names))
        return make_list((make_list(map(b.out, factors)), b.out(rest)))

    return _asked(act)


@builtin("GroebnerBasis")
def groebner_basis(ev: Any, polys: Any, variables: Any, *drop: Any) -> Any:
    """GroebnerBasis[{p1, p2, ...}, {x1, x2, ...}] gives a Groebner basis in lexicographic order, the last
    variable's polynomial first.

    >>> GroebnerBasis[{x + y - 3, x - y - 1}, {x, y}]
    {-1 + y, -2 + x}
    """
    if not is_list(polys) or drop:
        return None
    listed = [Expr(S.Subtract, p.args) if type(p) is Expr and p.head is S.Equal else p for p in items(polys)]
    names = _names(ev, polys, variables)

    def act(b: Bridge) -> Any:
        sp = b.sympy
        basis = sp.groebner([b.to(ev.evaluate(p)) for p in listed], *map(b.to, names), order="lex")
        return make_list(
            b.out(sp.Poly(g, *map(b.to, names)).clear_denoms()[1].as_expr()) for g in reversed(basis.exprs)
        )

    return _asked(act)


@builtin("Decompose")
def decompose(ev: Any, poly: Any, x: Any) -> Any:
    """Decompose[poly, x] writes a polynomial as a composition of simpler ones, the outermost first.

    >>> Decompose[x^4 + 2 x^2 + 2, x]
    {2 + 2 x + x^2, x^2}
    """
    return _asked(lambda b: make_list(map(b.out, b.sympy.decompose(b.to(poly), b.to(x)))))


@builtin("HornerForm")
def horner_form(ev: Any, poly: Any, x: Any = None) -> Any:
    """HornerForm[poly, x] writes a polynomial in nested form.

    >>> HornerForm[1 + 2 x + 3 x^2, x]
    1 + x (2 + 3 x)
    """
    rest = () if x is None else (x,)
    return through(ev, lambda sp, e, *v: sp.horner(e, *v), poly, *rest)


@builtin("IrreduciblePolynomialQ")
def irreducible_q(ev: Any, poly: Any) -> Any:
    """IrreduciblePolynomialQ[poly] tells whether a polynomial cannot be factored over the rationals.

    >>> {IrreduciblePolynomialQ[x^2 + 1], IrreduciblePolynomialQ[x^2 - 1]}
    {True, False}
    """
    found = _asked(lambda b: bool(b.sympy.Poly(b.to(poly)).is_irreducible))
    return truth(bool(found))


@builtin("SymmetricPolynomial")
def symmetric_polynomial(ev: Any, k: Any, variables: Any) -> Any:
    """SymmetricPolynomial[k, {x1, ..., xn}] gives the k-th elementary symmetric polynomial.

    >>> SymmetricPolynomial[2, {a, b, c}]
    a b + a c + b c
    """
    if type(k) is not int or k < 0 or not is_list(variables):
        return None
    return Expr(
        S.Total,
        (
            Expr(
                S.Map,
                (
                    Expr(S.Function, (Expr(S.Apply, (S.Times, Expr(S.Slot, (1,)))),)),
                    Expr(S.Subsets, (variables, make_list((k,)))),
                ),
            ),
        ),
    )


@builtin("FactorTermsList")
def factor_terms_list(ev: Any, poly: Any) -> Any:
    """FactorTermsList[poly] gives the overall numerical factor and the rest of a polynomial.

    >>> FactorTermsList[2 x^2 + 4 x]
    {2, 2 x + x^2}
    """

    def act(b: Bridge) -> Any:
        c, rest = b.sympy.expand(b.to(poly)).as_content_primitive()
        return make_list((b.out(c), b.out(rest)))

    return _asked(act)


@builtin("FactorSquareFree")
def factor_square_free(ev: Any, expr: Any) -> Any:
    """FactorSquareFree[poly] pulls out multiple factors of a polynomial.

    >>> FactorSquareFree[x^3 - x^2 - x + 1]
    (-1 + x)^2 (1 + x)
    """
    return threaded(
        ev, "FactorSquareFree", expr, lambda x: or_same(x, through(ev, lambda sp, e: sp.sqf(e), x))
    )


@builtin("FactorSquareFreeList")
def factor_square_free_list(ev: Any, poly: Any) -> Any:
    """FactorSquareFreeList[poly] gives the square-free factors of a polynomial with their exponents.

    >>> FactorSquareFreeList[x^3 - x^2 - x + 1]
    {{1, 1}, {1 + x, 1}, {-1 + x, 2}}
    """

    def act(b: Bridge) -> Any:
        c, factors = b.sympy.sqf_list(b.to(poly))
        return make_list([make_list((b.out(c), 1)), *(make_list((b.out(f), int(n))) for f, n in factors)])

    return _asked(act)


@builtin("NumeratorDenominator")
def numerator_denominator(ev: Any, expr: Any) -> Any:
    """NumeratorDenominator[expr] gives numerator and denominator.

    >>> NumeratorDenominator[a/b]
    {a, b}
    """
    return make_list((Expr(S.Numerator, (expr,)), Expr(S.Denominator, (expr,))))


@builtin("ExpandNumerator")
def expand_numerator(ev: Any, expr: Any) -> Any:
    """ExpandNumerator[expr] multiplies out the numerator.

    >>> ExpandNumerator[(1 + x)^2/(1 + y)^2]
    (1 + 2 x + x^2)/(1 + y)^2
    """
    return Expr(S.Divide, (Expr(S.Expand, (Expr(S.Numerator, (expr,)),)), Expr(S.Denominator, (expr,))))


@builtin("ExpandDenominator")
def expand_denominator(ev: Any, expr: Any) -> Any:
    """ExpandDenominator[expr] multiplies out the denominator.

    >>> ExpandDenominator[(1 + x)^2/(1 + y)^2]
    (1 + x)^2/(1 + 2 y + y^2)
    """
    return Expr(S.Divide, (Expr(S.Numerator, (expr,)), Expr(S.Expand, (Expr(S.Denominator, (expr,)),))))


@builtin("InterpolatingPolynomial")
def interpolating_polynomial(ev: Any, data: Any, x: Any) -> Any:
    """InterpolatingPolynomial[{{x1, f1}, {x2, f2}, ...}, x] gives the polynomial through these points, in
    Newton's nested form; {f1, f2, ...} takes the values at 1, 2, ...

    >>> Expand[InterpolatingPolynomial[{{0, 1}, {1, 2}, {2, 5}}, x]]
    1 + x^2
    """
    if not is_list(data) or not items(data):
        return None
    rows = items(data)
    pairs = [tuple(items(r)) for r in rows] if all(map(is_list, rows)) else list(enumerate(rows, 1))
    if any(len(p) != 2 for p in pairs):
        return None
    places = [p[0] for p in pairs]
    table = [p[1] for p in pairs]
    for level in range(1, len(pairs)):  # divided differences in place
        for i in range(len(pairs) - 1, level - 1, -1):
            over = Expr(S.Subtract, (places[i], places[i - level]))
            table[i] = ev.evaluate(Expr(S.Divide, (Expr(S.Subtract, (table[i], table[i - 1])), over)))
    value = table[-1]
    for i in range(len(pairs) - 2, -1, -1):
        value = ev.evaluate(
            Expr(S.Plus, (table[i], Expr(S.Times, (Expr(S.Subtract, (x, places[i])), value))))
        )
    return value


@builtin("LogicalExpand")
def logical_expand(ev: Any, expr: Any) -> Any:
    """LogicalExpand[expr] writes a logical expression as an Or of Ands.

    >>> LogicalExpand[(a || b) && c]
    (a && c) || (b && c)
    """
    return _or_of_ands(ev, expr)


def _or_of_ands(ev: Any, x: Any) -> Any:
    if type(x) is not Expr:
        return x
    if x.head in (S.Implies, S.Equivalent, S.Xor, S.Nand, S.Nor) or (
        x.head is S.Not and type(x.args[0]) is Expr and x.args[0].head in (S.And, S.Or)
    ):
        return through(ev, lambda sp, e: sp.to_dnf(e, simplify=True), x)
    if x.head is S.Or:
        return ev.evaluate(Expr(S.Or, tuple(_or_of_ands(ev, a) for a in x.args)))
    if x.head is not S.And:
        return x
    cases: list[tuple[Any, ...]] = [()]
    for a in x.args:
        inner = _or_of_ands(ev, a)
        options = inner.args if type(inner) is Expr and inner.head is S.Or else (inner,)
        cases = [(*c, o) for c in cases for o in options]
    return ev.evaluate(Expr(S.Or, tuple(ev.evaluate(Expr(S.And, c)) for c in cases)))
