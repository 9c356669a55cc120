"""Series, SeriesData and O: power series with their order term, and arithmetic on them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list, same
from wlnet.expr.attributes import NUMERIC_FUNCTION
from wlnet.kernel.operands import operand
from wlnet.kernel.registry import builtin

from . import power_series
from .calculus import free_of
from .infinity import is_infinite
from .power_series import Expansion, Field, NoSeries, PowerSeries, expansion
from .structure import NORMAL_FORMS
from .sympy_bridge import Bridge, Unsolved, failures

# The symbol that stands for x - x0 (or 1/x) while a series is worked out.
T = Symbol("t", "Series`")


def shift_of(x: Any, x0: Any) -> Any:
    """X - x0 as an expression; 1/x about infinity."""
    if is_infinite(x0):
        return Expr(S.Power, (x, -1))
    return x if type(x0) is int and x0 == 0 else Expr(S.Subtract, (x, x0))


def moved(ev: Any, f: Any, x: Any, x0: Any) -> Any:
    """`f` with x in terms of T."""
    new = Expr(S.Power, (T, -1)) if is_infinite(x0) else Expr(S.Plus, (x0, T))
    if same(x0, Expr(S.DirectedInfinity, (-1,))):
        new = Expr(S.Times, (-1, new))
    return ev.evaluate(Expr(S.ReplaceAll, (f, Expr(S.Rule, (x, new)))))


def to_data(ev: Any, found: PowerSeries, x: Any, x0: Any) -> Expr:
    """SeriesData[x, x0, {a0, a1, ...}, nmin, nmax, den]."""
    back = ev.evaluate(shift_of(x, x0))
    rule = Expr(S.Rule, (T, back))
    coefficients = [
        c if free_of(c, T) else ev.evaluate(Expr(S.ReplaceAll, (c, rule))) for c in found.coefficients
    ]
    return Expr(S.SeriesData, (x, x0, make_list(coefficients), found.low, found.high, found.den))


def from_data(data: Any) -> PowerSeries | None:
    """The coefficients of a well-formed SeriesData; None for anything else."""
    if type(data) is not Expr or data.head is not S.SeriesData or len(data.args) != 6:
        return None
    _, _, coefficients, low, high, den = data.args
    if not is_list(coefficients) or not all(type(n) is int for n in (low, high, den)) or den < 1:
        return None
    return PowerSeries(list(items(coefficients)), low, high, den)


@builtin("Series", messages={"sspec": "`1` is not of the form {x, x0, n}."})
def series(ev: Any, f: Any, *specs: Any, assumptions: Any = None) -> Any:
    """Series[f, {x, x0, n}] gives the power series of f about x0 up to (x - x0)^n.
    Series[f, x -> x0] gives the leading term; Series[f, {x, x0, n}, {y, y0, m}] expands in x, then in y.
    Assumptions -> a simplifies the coefficients by a.

    >>> {Series[Exp[x], {x, 0, 3}], Series[1/(1 - x), {x, 0, 2}]}
    {1 + x + x^2/2 + x^3/6 + O[x]^4, 1 + x + x^2 + O[x]^3}
    >>> Series[Cos[x]/x, {x, 0, 3}]
    1/x - x/2 + x^3/24 + O[x]^4
    """
    found = _series(ev, f, specs) if specs else None
    return found if found is None or assumptions is None else _simplified(ev, found, assumptions)


def _simplified(ev: Any, found: Any, assumption: Any) -> Any:
    """A series, or a list of them, with its coefficients simplified."""
    if is_list(found):
        return make_list(_simplified(ev, ev.evaluate(x), assumption) for x in items(found))
    if from_data(found) is None:
        return ev.evaluate(Expr(S.Simplify, (found, assumption)))
    x, x0, coefficients, *rest = found.args
    each = [_simplified(ev, c, assumption) for c in items(coefficients)]
    return Expr(S.SeriesData, (x, x0, make_list(each), *rest))


def _series(ev: Any, f: Any, specs: tuple[Any, ...]) -> Any:
    first, *rest = specs
    if type(first) is Expr and first.head is S.Rule:
        return _leading(ev, f, *first.args)
    parts = items(first) if is_list(first) else ()
    if len(parts) != 3 or type(parts[2]) is not int:
        ev.message("Series", "sspec", first)
        return None
    x, x0, n = parts
    if is_list(f):
        return make_list(Expr(S.Series, (g, *specs)) for g in items(f))
    if free_of(f, x):
        return Expr(S.Series, (f, *rest)) if rest else f
    data = expanded(ev, f, x, x0, n)
    if data is None or not rest:
        return data
    inner = [ev.evaluate(Expr(S.Series, (c, *rest))) for c in items(data.args[2])]
    return Expr(S.SeriesData, (x, x0, make_list(inner), *data.args[3:]))


def expanded(ev: Any, f: Any, x: Any, x0: Any, n: int) -> Any:
    """The series of f in x about x0 with error term of order n + 1, or the least one above n; None where
    none is found."""
    own = from_data(f)
    if own is not None:
        return to_data(ev, own.cut((n + 1) * own.den if own.den == 1 else n * own.den + 1), x, x0)
    try:
        return to_data(ev, expansion(ev, moved(ev, f, x, x0), T, n + 1), x, x0)
    except NoSeries:
        return _by_sympy(ev, f, x, x0, n)


def _leading(ev: Any, f: Any, x: Any, x0: Any) -> Any:
    """The series up to its first term that is not zero."""
    for n in range(10):
        data = expanded(ev, f, x, x0, n)
        own = from_data(data)
        if own is None:
            return None
        if own.coefficients:
            return to_data(ev, own.cut(own.low + 1), x, x0)
    return None


def _by_sympy(ev: Any, f: Any, x: Any, x0: Any, n: int) -> Any:
    """Functions that are singular at x0: SymPy knows more of them."""
    if type(x) is not Symbol:
        return None
    b = Bridge()
    sp = b.sympy
    try:
        e, v, a = b.to(f), b.to(x), b.to(x0)
        shifted = e.subs(v, v + a) if not is_infinite(x0) else e.subs(v, 1 / v)
        terms = sp.series(shifted, v, 0, n + 1).removeO()
        collected = sp.collect(sp.expand(terms), v, evaluate=False)
        found: dict[Fraction, Any] = {}
        for term, c in collected.items():
            k = term.as_base_exp()[1] if term != 1 else sp.Integer(0)
            found[Fraction(int(k.p), int(k.q))] = ev.evaluate(b.out(c))
    except (Unsolved, *failures()):
        return None
    den = math.lcm(*(k.denominator for k in found)) if found else 1
    low = min((int(k * den) for k in found), default=0)
    high = (n + 1) * den if den == 1 else n * den + 1
    coefficients = [found.get(Fraction(k, den), 0) for k in range(low, high)]
    return to_data(ev, PowerSeries(coefficients, low, high, den), x, x0)


@builtin("SeriesCoefficient")
def series_coefficient(ev: Any, f: Any, *spec: Any) -> Any:
    """SeriesCoefficient[f, {x, x0, n}] gives the coefficient of (x - x0)^n in the power series of f.
    SeriesCoefficient[series, n] gives that of a series.

    >>> {SeriesCoefficient[Exp[x], {x, 0, 5}], SeriesCoefficient[Series[1/(1 - x)^2, {x, 0, 4}], 3]}
    {1/120, 4}
    """
    if len(spec) != 1:
        return None
    own = from_data(f)
    if own is not None:
        n = spec[0]
    else:
        parts = items(spec[0]) if is_list(spec[0]) else ()
        if len(parts) != 3 or type(parts[2]) is not int:
            return None
        n = parts[2]
        own = from_data(series(ev, f, spec[0])) if not free_of(f, parts[0]) else PowerSeries([f], 0, n + 1)
    if own is None or type(n) not in (int, Fraction):
        return None
    k = n * own.den
    return S.Indeterminate if k >= own.high else own[int(k)] if k == int(k) else 0


@builtin("SeriesData")
def series_data(ev: Any, *args: Any) -> Any:
    """SeriesData[x, x0, {a0, a1, ...}, nmin, nmax, den] is a power series; Normal gives its polynomial.

    >>> Normal[SeriesData[x, 0, {1, 2, 3}, 0, 3, 1]]
    1 + 2 x + 3 x^2
    """
    if len(args) == 5:
        return Expr(S.SeriesData, (*args, 1))
    own = from_data(Expr(S.SeriesData, args)) if len(args) == 6 else None
    if own is None:
        return None
    kept = len(items(args[2])) == len(own.coefficients) and args[3] == own.low
    return None if kept else to_data(ev, own, args[0], args[1])


@builtin("O")
def order_term(ev: Any, x: Any, x0: Any = 0) -> Any:
    """O[x]^n is a term of order x^n; added to an expression it makes a power series of it.
    O[x, x0]^n is one about x0.

    >>> {1 + x + x^4 + O[x]^3, Sin[x] + O[x]^4}
    {1 + x + O[x]^3, x - x^3/6 + O[x]^4}
    """
    return Expr(S.SeriesData, (x, x0, make_list(()), 1, 1, 1))


def _polynomial(data: Expr) -> Any:
    """The sum of the terms of a SeriesData, without the order term."""
    if len(data.args) != 6 or not is_list(data.args[2]):
        return data
    x, x0, coefficients, low, _, den = data.args
    base = shift_of(x, x0)
    terms = [
        Expr(S.Times, (Expr(S.Normal, (c,)), Expr(S.Power, (base, Expr(S.Divide, (low + k, den))))))
        for k, c in enumerate(items(coefficients))
    ]
    return Expr(S.Plus, tuple(terms))


NORMAL_FORMS[S.SeriesData] = _polynomial


# ------------------------------------------------------------------------------------------------- arithmetic


@operand("SeriesData")
def _with_series(ev: Any, call: Expr) -> Any:
    head, args = call.head, call.args
    at = next((i for i, a in enumerate(args) if from_data(a) is not None), None)
    if at is None or type(head) is not Symbol:
        return None
    x, x0 = args[at].args[:2]
    try:
        if head is S.Plus or head is S.Times:
            return _folded(ev, head, args, x, x0)
        if head is S.Power and len(args) == 2:
            return _powered(ev, args, x, x0)
        if head is S.D and at == 0 and len(args) == 2 and same(args[1], x):
            return _derived(ev, args[0])
        if head is S.Integrate and at == 0 and len(args) == 2 and same(args[1], x):
            return _integrated(ev, args[0])
        if head.attributes & NUMERIC_FUNCTION and len(args) == 1:
            return _applied(ev, head, args[0])
    except NoSeries:
        return None
    return None


def _folded(ev: Any, head: Any, args: tuple[Any, ...], x: Any, x0: Any) -> Any:
    """Plus or Times of series about one point and of expressions, which are expanded as far as is needed."""
    own = [(a, from_data(a)) for a in args]
    if any(s is not None and not (same(a.args[0], x) and same(a.args[1], x0)) for a, s in own):
        return None
    known = [s for _, s in own if s is not None]
    span = max(math.ceil(Fraction(s.high - (0 if head is S.Plus else s.low), s.den)) for s in known)
    field = Field(ev)
    total: PowerSeries | None = None
    for a, s in own:
        if s is None:
            s = _expanded_argument(ev, a, x, x0, max(span, 1))
        act = power_series.add if head is S.Plus else power_series.multiply
        total = s if total is None else act(field, total, s)
    return None if total is None or len(args) < 2 else to_data(ev, total, x, x0)


def _expanded_argument(ev: Any, a: Any, x: Any, x0: Any, high: int) -> PowerSeries:
    """An ordinary term or factor as a series with at least `high` terms from its lowest on."""
    if free_of(a, x):
        return power_series.constant(a, high)
    shifted = moved(ev, a, x, x0)
    found = expansion(ev, shifted, T, high)
    if found.high - found.low < high * found.den:
        found = expansion(ev, shifted, T, high + max(0, -(found.low // found.den), found.low // found.den))
    return found


def _powered(ev: Any, args: tuple[Any, ...], x: Any, x0: Any) -> Any:
    base, exponent = args
    field = Field(ev)
    own, raised = from_data(base), from_data(exponent)
    if own is not None and raised is None and free_of(exponent, x):
        return to_data(ev, power_series.power(field, own, exponent), x, x0)
    if raised is None:
        raised = _expanded_argument(ev, exponent, x, x0, math.ceil(Fraction(own.high, own.den)))  # type: ignore[union-attr]
    rules = Expansion(ev, T, math.ceil(Fraction(raised.high, raised.den)))
    if base is S.E:
        return to_data(ev, rules._exp(raised), x, x0)
    if own is None:
        own = _expanded_argument(ev, base, x, x0, math.ceil(Fraction(raised.high, raised.den)))
    return to_data(ev, rules._exp(power_series.multiply(field, raised, rules._log(own))), x, x0)


def _applied(ev: Any, head: Symbol, data: Expr) -> Any:
    """f[series]: the series of f in its argument, composed with the series."""
    own = from_data(data)
    assert own is not None
    x, x0 = data.args[:2]
    stand_in = Symbol("u", "Series`")
    rules = Expansion(ev, stand_in, 1)
    rules.of = lambda e: own if e is stand_in else Expansion.of(rules, e)  # type: ignore[method-assign]
    return to_data(ev, rules.of(Expr(head, (stand_in,))), x, x0)


def _derived(ev: Any, data: Expr) -> Any:
    own = from_data(data)
    assert own is not None
    field = Field(ev)
    values = [field.multiply(_ratio(own.low + k, own.den), c) for k, c in enumerate(own.coefficients)]
    new = PowerSeries(values, own.low - own.den, own.high - own.den, own.den)
    return to_data(ev, new, data.args[0], data.args[1])


def _integrated(ev: Any, data: Expr) -> Any:
    own = from_data(data)
    assert own is not None
    if own[-own.den] != 0:
        return None
    field = Field(ev)
    values = [
        field.multiply(_ratio(own.den, own.low + k + own.den), c) if own.low + k + own.den else 0
        for k, c in enumerate(own.coefficients)
    ]
    new = PowerSeries(values, own.low + own.den, own.high + own.den, own.den)
    return to_data(ev, new, data.args[0], data.args[1])


def _ratio(a: int, b: int) -> Any:
    value = Fraction(a, b)
    return int(value) if value.denominator == 1 else value


@builtin("InverseSeries")
def inverse_series(ev: Any, data: Any, y: Any = None) -> Any:
    """InverseSeries[s] gives the series of the inverse function of the series s; InverseSeries[s, y] in y.

    >>> InverseSeries[Series[Sin[x], {x, 0, 5}]]
    x + x^3/6 + (3 x^5)/40 + O[x]^6
    """
    own = from_data(data)
    if own is None or own.den != 1 or own.low < 0:
        return None
    field = Field(ev)
    shift = own[0]
    s = PowerSeries([own[k] for k in range(1, own.high)], 1, own.high)
    if s.low != 1:
        return None
    ratio = PowerSeries(list(s.coefficients), 0, s.high - 1)  # s/t
    found: list[Any] = []
    for n in range(1, own.high):  # Lagrange: the coefficient of t^(n-1) in (t/s)^n, over n
        powered = power_series.power(field, ratio, -n)
        found.append(field.multiply(_ratio(1, n), powered[n - 1]))
    x, x0 = data.args[:2]
    found.insert(0, x0)
    return to_data(ev, PowerSeries(found, 0, own.high), x if y is None else y, shift)


@builtin("ComposeSeries")
def compose_series(ev: Any, outer: Any, inner: Any) -> Any:
    """ComposeSeries[s1, s2] gives the series s1 with s2 put in for its variable.

    >>> ComposeSeries[Series[Exp[x], {x, 0, 3}], Series[Sin[x], {x, 0, 3}]]
    1 + x + x^2/2 + O[x]^4
    """
    a, b = from_data(outer), from_data(inner)
    if a is None or b is None or a.den != 1 or a.low < 0:
        return None
    field = Field(ev)
    about = outer.args[1]
    if not (type(about) is int and about == 0):
        b = power_series.add(field, b, power_series.constant(Expr(S.Times, (-1, about)), b.high, b.den))
    if b.low <= 0:
        return None
    high = min(b.high, a.high * b.low)
    try:
        return to_data(ev, power_series.composed(field, lambda k: a[k], b.cut(high)), *inner.args[:2])
    except NoSeries:
        return None
