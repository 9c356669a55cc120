"""Root: algebraic numbers as roots of polynomials; RootReduce, ToRadicals, MinimalPolynomial."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S
from wlnet.kernel.registry import builtin

from . import numbers
from .numeric import SPECIAL
from .sympy_bridge import Bridge, failures, limited, through


@builtin("Root")
def root(ev: Any, f: Any, k: Any, *kind: Any) -> Any:
    """Root[f, k] is the k-th root of the polynomial equation f[x] == 0, real roots first.

    >>> {Root[#^2 - 2 &, 1], N[Root[#^5 - # - 1 &, 1]]}
    {-Sqrt[2], 1.1673}
    """
    if type(k) is not int or kind and kind != (0,):
        return None
    if kind:
        return Expr(S.Root, (f, k))
    if type(f) is Expr and f.head is S.Function and len(f.args) == 1:
        b = Bridge()
        try:
            found = b._root_of(f.args[0], k)
        except failures():
            return None
        if found is None or type(found).__name__ == "ComplexRootOf":
            return None
        return b.out(found)
    return None


def _value(ev: Any, x: Expr, digits: float | None) -> Any:
    """The number that a Root stands for."""
    if len(x.args) != 2 or type(x.args[0]) is not Expr or x.args[0].head is not S.Function:
        return None
    b = Bridge()
    try:
        found = b._root_of(x.args[0].args[0], x.args[1])
        value = None if found is None else found.evalf(17 if digits is None else int(digits) + 1)
    except failures():
        return None
    if value is None:
        return None
    shown = ev.evaluate(b.out(value))
    return numbers.at_precision(shown, digits) if type(shown) in numbers.KIND else None


SPECIAL[S.Root] = _value


@builtin("ToRadicals")
def to_radicals(ev: Any, expr: Any) -> Any:
    """ToRadicals[expr] writes Root objects by radicals where they have them.

    >>> ToRadicals[Root[#^3 - 2 &, 1]]
    2^(1/3)
    """
    value = through(ev, _radicals, expr)
    return expr if value is None else value


def _radicals(sp: Any, e: Any) -> Any:
    """Roots written by radicals; those of degree 5 and more stay where there are none."""

    def written(r: Any) -> Any:
        x = sp.Dummy("x")
        found = sp.roots(r.poly.as_expr().subs(r.poly.gen, x), x)
        at = r.evalf(30)
        return min(found, key=lambda c: abs(c.evalf(30) - at)) if found else r

    return e.replace(lambda p: type(p).__name__ == "ComplexRootOf", written)


@builtin("RootReduce")
def root_reduce(ev: Any, expr: Any) -> Any:
    """RootReduce[expr] writes an algebraic number in simplest terms: a rational, a radical or one Root.

    >>> RootReduce[(1 + Sqrt[2])^2 - 2 Sqrt[2]]
    3
    """

    def act(sp: Any, e: Any) -> Any:
        x = sp.Dummy("x")
        p = sp.Poly(sp.minimal_polynomial(e, x), x)
        if p.degree() <= 2:
            return sp.radsimp(sp.sqrtdenest(sp.expand(e))) if p.degree() == 2 else sp.nsimplify(e)
        at = e.evalf(30)
        roots = [sp.CRootOf(p.as_expr(), x, i) for i in range(p.degree())]
        return min(roots, key=lambda r: abs(r.evalf(30) - at))

    value = through(ev, act, expr)
    return expr if value is None else value


@builtin("MinimalPolynomial")
def minimal_polynomial(ev: Any, number: Any, x: Any = None) -> Any:
    """MinimalPolynomial[a, x] gives the polynomial of lowest degree with integer coefficients that has the
    algebraic number a as a root.

    >>> MinimalPolynomial[Sqrt[2] + Sqrt[3], x]
    1 - 10 x^2 + x^4
    """
    if x is None:
        return None
    return through(ev, lambda sp, e, v: sp.minimal_polynomial(e, v), number, x)


@builtin("PossibleZeroQ")
def possible_zero_q(ev: Any, expr: Any) -> Any:
    """PossibleZeroQ[expr] tells whether expr is zero, as far as simplification and numbers can tell.

    >>> {PossibleZeroQ[(1 + Sqrt[2])^2 - 3 - 2 Sqrt[2]], PossibleZeroQ[Sqrt[2] - 1]}
    {True, False}
    """
    from wlnet.expr import truth

    if type(expr) in numbers.KIND:
        return truth(bool(numbers.is_zero(expr)))
    b = Bridge()
    try:
        value = limited(lambda: b.sympy.simplify(b.to(expr)))
    except failures():
        return truth(False)
    return truth(bool(value == 0))
