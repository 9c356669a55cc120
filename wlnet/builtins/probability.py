"""Probability and Expectation over distributions, and functions of one: survival, hazard, moments."""

from __future__ import annotations

from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, Symbol, items, make_list
from wlnet.kernel.registry import builtin, symbol

from .distributions import Distribution, fill, record_of
from .real_sets import real_pieces

symbol("Distributed", usage="x \\[Distributed] dist says that the random variable x has a distribution.")
symbol(
    "Conditioned", usage="statement \\[Conditioned] given is a statement under a condition, in Probability."
)


def _variable(given: Any) -> tuple[Symbol, Expr, Distribution] | None:
    """The variable, the distribution and its record of Distributed[x, dist]."""
    if type(given) is not Expr or given.head is not S.Distributed or len(given.args) != 2:
        return None
    x, dist = given.args
    record = record_of(dist)
    return (x, dist, record) if type(x) is Symbol and record is not None else None


def _support(ev: Any, dist: Expr) -> tuple[Any, Any]:
    """Ends between which all values lie."""
    name, args = dist.head.name, dist.args
    infinity = Expr(S.DirectedInfinity, (1,))
    positive = (
        "Exponential Gamma ChiSquare LogNormal Weibull Poisson Geometric NegativeBinomial Rayleigh FRatio"
    )
    positive += " HalfNormal Maxwell InverseGamma Erlang Chi"
    short = name.removesuffix("Distribution")
    if short in positive.split():
        return 0, infinity
    if short in ("Uniform", "DiscreteUniform", "Triangular"):
        ends = args[0] if args else make_list((0, 1))
        return tuple(ev.evaluate(Expr(S.Part, (ends, k))) for k in (1, 2))  # type: ignore[return-value]
    if short in ("Beta", "Bernoulli"):
        return 0, 1
    if short in ("Binomial", "Hypergeometric"):
        return 0, args[0]
    if short == "Pareto":
        return args[0], infinity
    return Expr(S.DirectedInfinity, (-1,)), infinity


def expectation(ev: Any, f: Any, x: Symbol, dist: Expr, record: Distribution) -> Any:
    """The mean of f, a function of x: a sum or an integral; not evaluated where neither closes."""
    if f is x:
        return fill(ev, dist, record.mean)
    low, high = _support(ev, dist)
    density = fill(ev, dist, record.pdf, x=x)
    if type(density) is Expr and density.head in (S.Piecewise, S.If):
        density = _branch(density)
    whole = ev.evaluate(Expr(S.Times, (f, density)))
    spec = make_list((x, low, high))
    value = ev.evaluate(Expr(S.Sum if record.integer else S.Integrate, (whole, spec)))
    if type(value) is Expr and value.head in (S.Sum, S.Integrate):
        return None
    return ev.evaluate(Expr(S.Simplify, (value,)))


def _branch(density: Expr) -> Any:
    """The branch of a density that holds within its support."""
    if density.head is S.If:
        return density.args[1]
    return items(items(density.args[0])[0])[0]


def _given(statement: Any) -> tuple[Any, Any]:
    """A statement and the condition that it stands under, or None."""
    if type(statement) is Expr and statement.head is S.Conditioned and len(statement.args) == 2:
        return statement.args
    return statement, None


def probability(ev: Any, statement: Any, x: Symbol, dist: Expr, record: Distribution) -> Any:
    """The probability that the statement about x holds: over the pieces of its set by the distribution
    function, for integers by the sum of probabilities."""
    statement = ev.evaluate(statement)
    if statement is TRUE or statement is FALSE:
        return 1 if statement is TRUE else 0
    found = real_pieces(ev, statement, x)
    if found is None:
        return None
    b, pieces = found
    total = []
    for p in pieces:
        low, high = (ev.evaluate(b.out(e)) for e in (p.low, p.high))
        part = _mass(ev, dist, record, low, high, p.left_open, p.right_open)
        if part is None:
            return None
        total.append(part)
    return ev.evaluate(Expr(S.Plus, tuple(total)))


def _mass(
    ev: Any, dist: Expr, record: Distribution, low: Any, high: Any, left_open: bool, right_open: bool
) -> Any:
    if record.integer:
        least, most = _support(ev, dist)
        first = Expr(S.Plus, (Expr(S.Floor, (low,)), 1)) if left_open else Expr(S.Ceiling, (low,))
        last = Expr(S.Plus, (Expr(S.Ceiling, (high,)), -1)) if right_open else Expr(S.Floor, (high,))
        first, last = ev.evaluate(Expr(S.Max, (first, least))), ev.evaluate(Expr(S.Min, (last, most)))
        if type(last) is Expr and type(first) is int:  # an infinite tail: what is left of 1
            if first == least:
                return 1
            before = _mass(ev, dist, record, least, first - 1, False, False)
            return Expr(S.Subtract, (1, before))
        k = Symbol("k", "Probability`")
        return ev.evaluate(Expr(S.Sum, (Expr(S.PDF, (dist, k)), make_list((k, first, last)))))
    if record.cdf is None:
        f = Symbol("x", "Probability`")
        density = fill(ev, dist, record.pdf, x=f)
        return ev.evaluate(Expr(S.Integrate, (density, make_list((f, low, high)))))
    ends = []
    for e, at_infinity in ((high, 1), (low, 0)):
        infinite = type(e) is Expr and e.head is S.DirectedInfinity
        ends.append(at_infinity if infinite else fill(ev, dist, record.cdf, x=e))
    return Expr(S.Subtract, tuple(ends))


@builtin("Probability")
def probability_(ev: Any, statement: Any, given: Any) -> Any:
    """Probability[statement, x \\[Distributed] dist] gives the probability that a statement about the random
    variable x holds; statement \\[Conditioned] other that under a condition.

    >>> Probability[x > 1, Distributed[x, UniformDistribution[{0, 3}]]]
    2/3
    >>> Probability[x == 2, Distributed[x, BinomialDistribution[4, 1/2]]]
    3/8
    """
    known = _variable(given)
    if known is None:
        return None
    wanted, condition = _given(statement)
    if condition is None:
        return probability(ev, wanted, *known)
    both = probability(ev, Expr(S.And, (wanted, condition)), *known)
    under = probability(ev, condition, *known)
    return None if both is None or under is None else Expr(S.Divide, (both, under))


@builtin("Expectation")
def expectation_(ev: Any, f: Any, given: Any) -> Any:
    """Expectation[f, x \\[Distributed] dist] gives the mean of f for a random variable x.

    >>> Expectation[x^2, Distributed[x, UniformDistribution[]]]
    1/3
    >>> Expectation[2 x + 1, Distributed[x, PoissonDistribution[3]]]
    7
    """
    known = _variable(given)
    if known is None:
        return None
    x = known[0]
    moved = ev.evaluate(Expr(S.D, (f, x)))
    if type(moved) in (int, float) or (type(moved) is not Expr and moved is not x):  # linear in x
        at_zero = Expr(S.ReplaceAll, (f, Expr(S.Rule, (x, 0))))
        mean = fill(ev, known[1], known[2].mean)
        return Expr(S.Plus, (Expr(S.Times, (moved, mean)), at_zero))
    return expectation(ev, f, *known)


@builtin("NProbability")
def n_probability(ev: Any, statement: Any, given: Any) -> Any:
    """NProbability[statement, x \\[Distributed] dist] gives the probability as a number.

    >>> NProbability[x > 1, Distributed[x, UniformDistribution[{0, 4}]]]
    0.75
    """
    return Expr(S.N, (Expr(S.Probability, (statement, given)),))


@builtin("NExpectation")
def n_expectation(ev: Any, f: Any, given: Any) -> Any:
    """NExpectation[f, x \\[Distributed] dist] gives the mean of f as a number, by numerical integration where
    need be.

    >>> NExpectation[x^2, Distributed[x, UniformDistribution[]]]
    0.333333
    """
    known = _variable(given)
    if known is None:
        return None
    x, dist, record = known
    density = Expr(S.PDF, (dist, x))
    spec = make_list((x, *_support(ev, dist)))
    head = S.Sum if record.integer else S.NIntegrate
    return Expr(S.N, (Expr(head, (Expr(S.Times, (f, ev.evaluate(density))), spec)),))


@builtin("SurvivalFunction")
def survival_function(ev: Any, dist: Any, x: Any) -> Any:
    """SurvivalFunction[dist, x] gives the probability that a value exceeds x.

    >>> SurvivalFunction[ExponentialDistribution[1], 2]
    E^(-2)
    """
    return Expr(S.Subtract, (1, Expr(S.CDF, (dist, x)))) if record_of(dist) is not None else None


@builtin("HazardFunction")
def hazard_function(ev: Any, dist: Any, x: Any) -> Any:
    """HazardFunction[dist, x] gives the density at x over the probability of exceeding x.

    >>> HazardFunction[ExponentialDistribution[3], 2]
    3
    """
    if record_of(dist) is None:
        return None
    return Expr(S.Divide, (Expr(S.PDF, (dist, x)), Expr(S.SurvivalFunction, (dist, x))))


@builtin("CharacteristicFunction")
def characteristic_function(ev: Any, dist: Any, t: Any) -> Any:
    """CharacteristicFunction[dist, t] gives the mean of E^(I t x).

    >>> CharacteristicFunction[UniformDistribution[{0, 1}], t]
    (-I (-1 + E^(I t)))/t
    """
    return _transform(ev, dist, Expr(S.Times, (S.I, t)))


@builtin("MomentGeneratingFunction")
def moment_generating_function(ev: Any, dist: Any, t: Any) -> Any:
    """MomentGeneratingFunction[dist, t] gives the mean of E^(t x).

    >>> MomentGeneratingFunction[NormalDistribution[0, 1], t]
    E^(t^2/2)
    """
    return _transform(ev, dist, t)


def _transform(ev: Any, dist: Any, t: Any) -> Any:
    record = record_of(dist)
    if record is None:
        return None
    x = Symbol("x", "Probability`")
    f = ev.evaluate(Expr(S.Power, (S.E, Expr(S.Times, (t, x)))))
    value = expectation(ev, f, x, dist, record)
    return None if value is None or value is S.Indeterminate else value
