"""Derivatives, expansion, and what goes through SymPy: algebra, integrals, sums,
limits, series, equations."""

from __future__ import annotations

import pytest

DERIVATIVES = [
    ("D[x^n, x]", "n*x^(-1 + n)"),
    ("D[Sin[x^2], x]", "2*x*Cos[x^2]"),
    ("D[x^5, {x, 3}]", "60*x^2"),
    ("D[x^2 y^3, x, y]", "6*x*y^2"),
    ("D[x^2 y, {{x, y}}]", "{2*x*y, x^2]".replace("]", "}")),
    ("D[{x^2, Sin[x]}, x]", "{2*x, Cos[x]}"),
    ("D[x^x, x]", "x^x*(1 + Log[x])"),
    ("D[Exp[a x] Sin[b x], x]", "b*E^(a*x)*Cos[b*x] + a*E^(a*x)*Sin[b*x]"),
    ("D[f[x, 2 x], x]", "2*Derivative[0, 1][f][x, 2*x] + Derivative[1, 0][f][x, 2*x]"),
    ("D[f[g[x]], x]", "f'[g[x]]*g'[x]"),
    ("D[f'[x], x]", "f''[x]"),
    ("D[y, x]", "0"),
    ("D[f[x], f[x]]", "1"),
    ("D[Log[x, 2], x]", "-(Log[2]/(x*Log[x]^2))"),
    ("D[{{x y, x}, {y, 1}}, {{x, y}}]", "{{{y, x}, {1, 0}}, {{0, 1}, {0, 0}}}"),
    ("D[Piecewise[{{x^2, x > 0}}], x]", "Piecewise[{{2*x, x > 0}}, 0]"),
    ("D[a . {x, x^2}, x]", "a . {1, 2*x}"),
    ("Sin'", "Cos[#1] & "),
    ("(#^3 &)'[x]", "3*x^2"),
    ("f''[x]", "f''[x]"),
    ("f[t_] := t^3; f'[2]", "12"),
    ("Derivative[1, 1][#1^2 #2^2 &][x, y]", "4*x*y"),
    ("Dt[x y, x]", "y + x*Dt[y, x]"),
    ("Grad[x^2 + y z, {x, y, z}]", "{2*x, z, y}"),
    ("Laplacian[x^2 + y^3, {x, y}]", "2 + 6*y"),
    ("Div[{x^2, x y}, {x, y}]", "3*x"),
    ("Curl[{-y, x, 0}, {x, y, z}]", "{0, 0, 2}"),
]

ALGEBRA = [
    ("Expand[(a + b)^3]", "a^3 + 3*a^2*b + 3*a*b^2 + b^3"),
    ("Expand[(1 + x) (2 + y)]", "2 + 2*x + y + x*y"),
    ("Expand[x (1 + x)^2/y]", "x/y + (2*x^2)/y + x^3/y"),
    ("Expand[{(a + b)^2, (a - b)^2}]", "{a^2 + 2*a*b + b^2, a^2 - 2*a*b + b^2}"),
    ("Expand[Sin[(a + b)^2]]", "Sin[(a + b)^2]"),
    ("ExpandAll[Sin[(a + b)^2]]", "Sin[a^2 + 2*a*b + b^2]"),
    ("Expand[(a + b)^2 (1 + x), x]", "(a + b)^2 + (a + b)^2*x"),
    ("Together[1/x + 1/y]", "(x + y)/(x*y)"),
    ("Together[x/2 + 1/3]", "(2 + 3*x)/6"),
    ("Cancel[(x^2 - 1)/(x - 1)]", "1 + x"),
    ("Factor[x^4 - 1]", "(-1 + x)*(1 + x)*(1 + x^2)"),
    ("Factor[x^2 == 1]", "x^2 == 1"),
    ("Collect[a x + b x + c, x]", "c + (a + b)*x"),
    ("Coefficient[(x + y)^3, x, 2]", "3*y"),
    ("CoefficientList[1 + 3 x + x^3, x]", "{1, 3, 0, 1}"),
    ("Exponent[1 + x^2 + a x^5, x]", "5"),
    ("PolynomialQuotient[x^2 + 3 x + 5, x + 1, x]", "2 + x"),
    ("PolynomialRemainder[x^2 + 3 x + 5, x + 1, x]", "3"),
    ("PolynomialGCD[x^2 - 1, x^2 + 2 x + 1]", "1 + x"),
    ("Numerator[a/(b c)]", "a"),
    ("Denominator[2/3 x]", "3"),
    ("Simplify[Sin[x]^2 + Cos[x]^2]", "1"),
    ("Simplify[Sqrt[x^2], x > 0]", "x"),
    ("Assuming[x < 0, Simplify[Sqrt[x^2]]]", "-x"),
    ("FullSimplify[Gamma[x + 1]/Gamma[x]]", "x"),
    ("TrigExpand[Sin[x + y]]", "Cos[y]*Sin[x] + Cos[x]*Sin[y]"),
    ("Element[Pi, Reals]", "True"),
]

ANALYSIS = [
    ("Integrate[x^2, x]", "x^3/3"),
    ("Integrate[x^n, x]", "x^(1 + n)/(1 + n)"),
    ("Integrate[Sin[x], {x, 0, Pi}]", "2"),
    ("Integrate[x y, {x, 0, 1}, {y, 0, x}]", "1/8"),
    ("Integrate[1/(1 + x^2), x]", "ArcTan[x]"),
    ("Integrate[E^(-x^2), {x, -Infinity, Infinity}]", "Sqrt[Pi]"),
    ("Integrate[f[x], x]", "Integrate[f[x], x]"),
    ("Integrate[a, x]", "a*x"),
    ("Limit[Sin[x]/x, x -> 0]", "1"),
    ("Limit[(1 + 1/n)^n, n -> Infinity]", "E"),
    ('Limit[1/x, x -> 0, Direction -> "FromBelow"]', "-Infinity"),
    ("Limit[1/x, x -> 0]", "Indeterminate"),
    ("Normal[Series[Exp[x], {x, 0, 3}]]", "1 + x + x^2/2 + x^3/6"),
    ("Normal[Series[1/x + x, {x, 0, 1}]]", "x^(-1) + x"),
    ("SeriesCoefficient[Exp[x], {x, 0, 5}]", "1/120"),
    ("Sum[i^2, {i, 4}]", "30"),
    ("Sum[i j, {i, 2}, {j, i}]", "7"),
    ("Sum[i, {i, n}]", "(n*(1 + n))/2"),
    ("Sum[1/i^2, {i, 1, Infinity}]", "Pi^2/6"),
    ("Sum[f[i], {i, {a, b}}]", "f[a] + f[b]"),
    ("Sum[x, {i, 0}]", "0"),
    ("Sum[{i, 1}, {i, 3}]", "{6, 3}"),
    ("Sum[i^3, {i, 1, 10^9}]", "250000000500000000250000000000000000"),
    ("Product[i, {i, 5}]", "120"),
    ("Product[i, {i, 1, n}]", "n!"),
    ("Solve[x^2 == 4, x]", "{{x -> -2}, {x -> 2}}"),
    ("Solve[{x + y == 3, x - y == 1}, {x, y}]", "{{x -> 2, y -> 1}}"),
    ("Solve[a x + b == 0, x]", "{{x -> -(b/a)}}"),
    ("Solve[x^2 == -1, x]", "{{x -> -I}, {x -> I}}"),
    ("Solve[x^2 == -1, x, Reals]", "{}"),
    ("Solve[x == x, x]", "{{}}"),
    ("Solve[1 == 2, x]", "{}"),
    ("NSolve[x^2 == 2, x]", "{{x -> -1.4142135623730951}, {x -> 1.414213562373095}}"),
    ("Reduce[x^2 < 4, x]", "-2 < x < 2"),
    ("DSolve[y'[x] == y[x], y[x], x]", "{{y[x] -> E^x*C[1]}}"),
]


@pytest.mark.parametrize(("text", "expected"), DERIVATIVES + ALGEBRA + ANALYSIS)
def test_values(value, text, expected):
    assert value(text) == expected


MESSAGES = [
    ("D[x^2, 3]", "D::ivar: 3 is not a valid variable."),
    ("D[x^2, {x, -1}]", "D::dvar"),
    ("Solve[x + 1, x]", "Solve::eqf"),
    ("Integrate[x, {x, 1}]", "Integrate::ilim"),
    ("FindRoot[x == 1, {2, 1}]", "FindRoot::srect"),
    ("NIntegrate[a x, {x, 0, 1}]", "NIntegrate::inumr"),
    ("CoefficientList[1/x, x]", "CoefficientList::poly"),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(message, text, expected):
    assert message(text).startswith(expected)


def test_expansion_of_a_long_product(value):
    assert value("Length[Expand[(a + b + c)^20]]") == "231"
    assert value("Expand[Product[x - i, {i, 5}]]") == "-120 + 274*x - 225*x^2 + 85*x^3 - 15*x^4 + x^5"
