"""Integrals, sums, products, limits and series: SymPy for the symbolic ones,
SciPy and our own loops for numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from wlnet.expr import BigReal, Expr, S, Symbol, is_list, items, make_list
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel.registry import builtin

from . import assumptions, numbers, numeric
from .calculus import free_of
from .infinity import is_infinite
from .levels import leaf_count
from .string_patterns import substitute
from .sympy_bridge import Bridge, through

# A sum over more terms than this is first tried in closed form.
MANY_TERMS = 100_000


def _generic(sp: Any, e: Any) -> Any:
    """The branch of a Piecewise result that holds in general: the one with an inequality, or the last."""
    while isinstance(e, sp.Piecewise):
        open_case = e.args[-1][0] if e.args[-1][1] is sp.true else e.args[0][0]
        e = next((v for v, c in e.args if any(isinstance(a, sp.Ne) for a in (c, *c.args))), open_case)
    if e.has(sp.Piecewise) and (e.is_Add or e.is_Mul):
        return e.func(*(_generic(sp, a) for a in e.args))
    return e


@builtin("Integrate", messages={"ilim": "Invalid integration variable or limits in `1`."})
def integrate(ev: Any, f: Any, *variables: Any, assumptions: Any = None) -> Any:
    """Integrate[f, x] gives an antiderivative of f; Integrate[f, {x, a, b}] the integral from a to b.
    Integrate[f, {x, a, b}, {y, c, d}] integrates over y first, then x.

    >>> {Integrate[x^2, x], Integrate[Sin[x], {x, 0, Pi}], Integrate[1/(1 + x^2), x], Integrate[x^n, x]}
    {x^3/3, 2, ArcTan[x], x^(1 + n)/(1 + n)}
    """
    if not variables:
        return None
    for spec in reversed(variables):
        value = _integrated(ev, f, spec, assumptions)
        if value is None:
            return None
        f = value
    return f


def _integrated(ev: Any, f: Any, spec: Any, given: Any) -> Any:
    if is_list(f):
        parts = [_integrated(ev, a, spec, given) for a in items(f)]
        return None if any(p is None for p in parts) else make_list(parts)
    known = assumptions.in_force(ev, given)
    if is_list(spec):
        parts = items(spec)
        if len(parts) != 3 or type(parts[0]) in numbers.KIND:
            ev.message("Integrate", "ilim", spec)
            return None
        x, low, high = parts
        bridge = Bridge({x: {"real": True}} | known if type(x) is Symbol else known)
        return through(ev, lambda sp, e, v, a, b: _definite(sp, e, v, a, b), f, x, low, high, bridge=bridge)
    if type(spec) in numbers.KIND or type(spec) is str:
        ev.message("Integrate", "ilim", spec)
        return None
    if free_of(f, spec):
        return Expr(S.Times, (f, spec))
    return _antiderivative(ev, f, spec, known)


def _definite(sp: Any, e: Any, v: Any, a: Any, b: Any) -> Any:
    value = sp.integrate(e, (v, a, b))
    return _generic(sp, value) if not value.has(sp.Integral) else value


def _antiderivative(ev: Any, f: Any, x: Any, known: Any) -> Any:
    def act(sp: Any, e: Any, v: Any) -> Any:
        value = sp.integrate(e, v)
        if value.has(sp.Integral):
            return value
        value = _generic(sp, value)
        return sp.expand_log(value) if value.has(sp.log) else value

    value = through(ev, act, f, x, bridge=Bridge(known))
    if value is None:
        return None
    shorter = ev.evaluate(Expr(S.Expand, (value,)))
    return shorter if leaf_count(shorter) <= leaf_count(value) else value


@builtin("Limit")
def limit(ev: Any, f: Any, rule: Any, *, direction: Any = S.Automatic, assumptions: Any = None) -> Any:
    """Limit[f, x -> a] gives the limit of f as x approaches a; Direction -> "FromBelow" or "FromAbove" from
    one side.

    >>> {Limit[Sin[x]/x, x -> 0], Limit[(1 + 1/n)^n, n -> Infinity]}
    {1, E}
    >>> Limit[1/x, x -> 0, Direction -> "FromAbove"]
    Infinity
    """
    from .assumptions import in_force

    if type(rule) is not Expr or rule.head is not S.Rule:
        return None
    x, a = rule.args
    if is_list(f):
        return make_list(Expr(S.Limit, (g, rule)) for g in items(f))
    sides = {"FromBelow": "-", 1: "-", "FromAbove": "+", -1: "+"}
    side = sides.get(direction) if direction is not S.Automatic else None

    def act(sp: Any, e: Any, v: Any, p: Any) -> Any:
        if side is not None:
            return sp.limit(e, v, p, side)
        if p in (sp.oo, -sp.oo):
            return sp.limit(e, v, p)
        right, left = sp.limit(e, v, p, "+"), sp.limit(e, v, p, "-")
        return right if right == left or sp.simplify(right - left) == 0 else sp.nan

    return through(ev, act, f, x, a, bridge=Bridge(in_force(ev, assumptions)))


@builtin("Residue")
def residue(ev: Any, f: Any, spec: Any) -> Any:
    """Residue[f, {z, z0}] gives the residue of f at z0.

    >>> Residue[1/(z^2 + 1), {z, I}]
    -I/2
    """
    if not is_list(spec) or len(items(spec)) != 2:
        return None
    return through(ev, lambda sp, e, v, a: sp.residue(e, v, a), f, *items(spec))


# ------------------------------------------------------------------------------------------ sums and products


def _accumulated(ev: Any, name: str, f: Any, specs: tuple[Any, ...]) -> Any:
    """Sum or Product over iterators, the last of them innermost."""
    held, *inner = specs
    if inner:
        return _accumulated(ev, name, Expr(getattr(S, name), (f, *inner)), (held,))
    if type(held) is Expr and held.head is S.List and not 1 < len(held.args) < 5:
        return None
    spec = (
        ev.evaluate(Expr(S.List, held.args[1:]))
        if type(held) is Expr and held.head is S.List
        else ev.evaluate(held)
    )
    variable = held.args[0] if type(held) is Expr and held.head is S.List else None
    if variable is None:
        if not is_list(spec):
            return _antidifference(ev, name, f, spec)
        variable, bounds = (items(spec)[0], items(spec)[1:]) if len(items(spec)) else (None, ())
    else:
        bounds = items(spec)
    if not 1 <= len(bounds) <= 3:
        return None
    if len(bounds) == 1 and is_list(bounds[0]):
        return _combined(ev, name, f, Expr(S.List, (variable, bounds[0])))
    low, high, step = (1, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    count = _term_count(ev, low, high, step)
    if count is not None:
        if count > MANY_TERMS and type(step) is int and step == 1:
            closed = _closed(ev, name, f, variable, low, high)
            if closed is not None:
                return closed
        return _combined(ev, name, f, Expr(S.List, (variable, low, high, step)))
    if type(step) is not int or step != 1:
        return None
    return _closed(ev, name, f, variable, low, high)


def _term_count(ev: Any, low: Any, high: Any, step: Any) -> int | None:
    """How many terms a range with numeric ends has; None when it is symbolic or infinite."""
    values = [numeric.numeric_value(ev, x) for x in (low, high, step)]
    if any(v is None or type(v) in (numbers.Complex, BigReal) for v in values) or not values[2]:
        return None
    count = (values[1] - values[0]) / values[2]
    return math.floor(count + 1e-9) + 1 if math.isfinite(count) else None


def _combined(ev: Any, name: str, f: Any, spec: Any) -> Any:
    """The terms made by Table, then added or multiplied."""
    terms = ev.evaluate(Expr(S.Table, (f, spec)))
    if not is_list(terms):
        return None
    if name == "Sum":
        return ev.evaluate(Expr(S.Total, (terms,)))
    return ev.evaluate(Expr(S.Apply, (S.Times, terms)))


def _closed(ev: Any, name: str, f: Any, variable: Any, low: Any, high: Any) -> Any:
    if type(variable) is not Symbol:
        return None
    inside = ev.evaluate(Expr(S.Block, (Expr(S.List, (variable,)), f)))
    bridge = Bridge({variable: {"integer": True}})

    def act(sp: Any, e: Any, v: Any, a: Any, b: Any) -> Any:
        value = sp.summation(e, (v, a, b)) if name == "Sum" else sp.product(e, (v, a, b))
        value = _generic(sp, value)
        return sp.factor(value) if value.is_polynomial() else value

    return through(ev, act, inside, variable, low, high, bridge=bridge)


def _antidifference(ev: Any, name: str, f: Any, variable: Any) -> Any:
    """Sum[f, i]: the indefinite sum from 0 to i - 1."""
    if name != "Sum" or type(variable) is not Symbol:
        return None
    k = Symbol("k", "Sum`")
    inside = substitute(ev.evaluate(f), {variable: k})
    return _closed(ev, name, inside, k, 0, Expr(S.Plus, (variable, -1)))


@builtin("Sum", attributes=HOLD_ALL)
def sum_(ev: Any, f: Any, *specs: Any) -> Any:
    """Sum[f, {i, a, b}] gives the sum of f for i from a to b, also for symbolic and infinite ends.
    Sum[f, {i, a, b}, {j, c, d}] sums over both; Sum[f, {i, {i1, i2, ...}}] over values of a list.

    >>> {Sum[i^2, {i, 4}], Sum[i, {i, n}], Sum[1/i^2, {i, 1, Infinity}], Sum[i j, {i, 2}, {j, i}]}
    {30, (n (1 + n))/2, Pi^2/6, 7}
    """
    return _accumulated(ev, "Sum", f, specs) if specs else None


@builtin("Product", attributes=HOLD_ALL)
def product(ev: Any, f: Any, *specs: Any) -> Any:
    """Product[f, {i, a, b}] gives the product of f for i from a to b.

    >>> {Product[i, {i, 5}], Product[i, {i, 1, n}]}
    {120, n!}
    """
    return _accumulated(ev, "Product", f, specs) if specs else None


# ------------------------------------------------------------------------------------------ numeric integrals


def real_function(ev: Any, f: Any, variables: list[Symbol]) -> Callable[..., float]:
    """A Python function of floats with the value of `f`; ValueError where it is no real number."""
    compiled = ev.function(Expr(S.Function, (make_list(variables), f)))

    def call(*values: float) -> float:
        value = compiled(*map(float, values))
        if type(value) is float or type(value) is int:
            return float(value)
        number = numeric.numeric_value(ev, value)
        if number is None or type(number) is numbers.Complex:
            raise ValueError(value)
        return numbers.to_float(number)

    return call


NUMERIC = {
    "inumr": "The integrand `1` has evaluated to non-numerical values in the region `2`.",
    "nlim": "`1` is not a valid range of integration.",
    "slwcon": "Numerical integration converges slowly; the estimated error is `1`.",
}


@builtin("NIntegrate", attributes=HOLD_ALL, messages=NUMERIC)
def n_integrate(ev: Any, f: Any, *ranges: Any) -> Any:
    """NIntegrate[f, {x, a, b}] gives a numerical approximation of the integral; several ranges give
    multiple integrals.

    >>> {NIntegrate[Sin[x], {x, 0, 2}], NIntegrate[Exp[-x^2], {x, -Infinity, Infinity}]}
    {1.41615, 1.77245}
    """
    import warnings

    from scipy import integrate as quadrature

    variables, limits = [], []
    for r in ranges:
        if type(r) is not Expr or r.head is not S.List or len(r.args) < 3 or type(r.args[0]) is not Symbol:
            return None
        variables.append(r.args[0])
        limits.append([_bound(ev, b) for b in (r.args[1], r.args[-1])])
        if None in limits[-1]:
            ev.message("NIntegrate", "nlim", r)
            return None
    if not variables:
        return None
    body = ev.evaluate(Expr(S.Block, (make_list(variables), f)))
    function = real_function(ev, body, variables)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value, error, *_ = quadrature.nquad(function, limits, opts={"limit": 200})
    except ValueError:
        ev.message("NIntegrate", "inumr", body, make_list(ranges))
        return None
    if error > 1e-4 * max(1.0, abs(value)):
        ev.message("NIntegrate", "slwcon", error)
    return float(value)


def _bound(ev: Any, b: Any) -> float | None:
    b = ev.evaluate(b)
    if is_infinite(b):
        return math.inf if b.args == (1,) else -math.inf
    value = numeric.numeric_value(ev, b)
    return None if value is None or type(value) is numbers.Complex else numbers.to_float(value)
