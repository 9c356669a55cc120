"""Probability distributions: one record each, from which RandomVariate, PDF, CDF, Mean, Variance and
Quantile come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from wlnet.expr import Complex, Expr, S, Symbol, is_list, items, system, to_array
from wlnet.kernel.registry import builtin
from wlnet.syntax import parse

from . import numbers, numeric
from .special_values import resolve
from .string_patterns import substitute

Draw = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A univariate distribution.

    parameters   their names, as the texts below use them (x is the variable, q a probability)
    defaults     values of omitted parameters: number of arguments -> tuple
    draw         (generator, parameters..., shape) -> array
    pdf, cdf, quantile, mean, variance   texts of the language; None where there is no closed form here
    integer      whether the values are integers
    """

    parameters: tuple[str, ...]
    draw: Draw
    pdf: str
    mean: str
    variance: str
    cdf: str | None = None
    quantile: str | None = None
    median: str | None = None
    defaults: tuple[tuple[Any, ...], ...] = ()
    integer: bool = False


DISTRIBUTIONS: dict[str, Distribution] = {}


def declare_distribution(name: str, record: Distribution, usage: str) -> None:
    DISTRIBUTIONS[name] = record
    symbol = system(name)

    def call(ev: Any, *args: Any) -> Any:
        for given in record.defaults:
            if len(args) + len(given) == len(record.parameters):
                return Expr(symbol, (*args, *given))
        return None

    call.__doc__ = usage
    builtin(name)(call)


@cache
def _symbol(name: str) -> Symbol:
    return Symbol(name, "Distribution`")


@cache
def _parsed(text: str, names: tuple[str, ...]) -> Any:
    return parse(text, lambda n: _symbol(n) if n in names else resolve(n))


def fill(ev: Any, dist: Expr, text: str, **values: Any) -> Any:
    """The value of one of a record's texts for the parameters of `dist`; None when their number is wrong."""
    record = DISTRIBUTIONS[dist.head.name]
    if len(dist.args) != len(record.parameters):
        return None
    names = (*record.parameters, *values)
    binds = dict(zip(map(_symbol, names), (*dist.args, *values.values()), strict=True))
    return ev.evaluate(substitute(_parsed(text, names), binds))


def record_of(dist: Any) -> Distribution | None:
    """The record of a distribution expression, or None."""
    if type(dist) is Expr and type(dist.head) is Symbol:
        return DISTRIBUTIONS.get(dist.head.name)
    return None


def draw(ev: Any, dist: Any, dims: tuple[int, ...]) -> Any:
    """An array of random values of `dist`; None when it is no known distribution with numeric parameters."""
    if type(dist) is Expr and dist.head is S.MultinormalDistribution:
        return _draw_multinormal(ev, dist, dims)
    record = record_of(dist)
    if record is None or len(dist.args) != len(record.parameters):
        return None
    values = []
    for a in dist.args:
        parts = items(a) if is_list(a) else (a,)
        found = [numeric.numeric_value(ev, p) for p in parts]
        if any(f is None or type(f) is Complex for f in found):
            return None
        values += [numbers.to_float(f) for f in found]
    try:
        drawn = record.draw(ev.random, *values, dims)
    except ValueError:
        return None
    return np.asarray(drawn, dtype=np.int64 if record.integer else np.float64)


def _draw_multinormal(ev: Any, dist: Expr, dims: tuple[int, ...]) -> Any:
    """Vectors of a multivariate normal distribution: shape dims + (d,)."""
    if len(dist.args) == 1:
        cov = to_array(numeric.approximate(ev, dist.args[0], None), exact=False)
        mean = None if cov is None else np.zeros(len(cov))
    elif len(dist.args) == 2:
        mean = to_array(numeric.approximate(ev, dist.args[0], None), exact=False)
        cov = to_array(numeric.approximate(ev, dist.args[1], None), exact=False)
    else:
        return None
    if mean is None or cov is None or cov.shape != (len(mean), len(mean)):
        return None
    return ev.random.multivariate_normal(mean, cov, dims, method="eigh")


# ---------------------------------------------------------------------------------------------- continuous

declare_distribution(
    "NormalDistribution",
    Distribution(
        ("mu", "sigma"),
        lambda g, mu, sigma, n: g.normal(mu, sigma, n),
        "E^(-(x - mu)^2/(2 sigma^2))/(Sqrt[2 Pi] sigma)",
        "mu",
        "sigma^2",
        cdf="Erfc[(mu - x)/(Sqrt[2] sigma)]/2",
        quantile="mu - Sqrt[2] sigma InverseErfc[2 q]",
        median="mu",
        defaults=((0, 1),),
    ),
    """NormalDistribution[m, s] is the normal distribution with mean m and standard deviation s;
    NormalDistribution[] has mean 0 and standard deviation 1.

    >>> {Mean[NormalDistribution[2, 3]], Variance[NormalDistribution[2, 3]], CDF[NormalDistribution[], 0]}
    {2, 9, 1/2}
    """,
)
declare_distribution(
    "UniformDistribution",
    Distribution(
        ("range",),
        lambda g, a, b, n: g.uniform(a, b, n),
        "If[range[[1]] <= x <= range[[2]], 1/(range[[2]] - range[[1]]), 0]",
        "(range[[1]] + range[[2]])/2",
        "(range[[2]] - range[[1]])^2/12",
        cdf="Clip[(x - range[[1]])/(range[[2]] - range[[1]]), {0, 1}]",
        quantile="range[[1]] + q (range[[2]] - range[[1]])",
        median="(range[[1]] + range[[2]])/2",
        defaults=((Expr(S.List, (0, 1)),),),
    ),
    """UniformDistribution[{a, b}] is the uniform distribution between a and b; UniformDistribution[]
    between 0 and 1.

    >>> {Mean[UniformDistribution[{2, 4}]], Variance[UniformDistribution[]]}
    {3, 1/12}
    """,
)
declare_distribution(
    "ExponentialDistribution",
    Distribution(
        ("lambda",),
        lambda g, rate, n: g.exponential(1 / rate, n),
        "If[x >= 0, lambda E^(-lambda x), 0]",
        "1/lambda",
        "1/lambda^2",
        cdf="If[x >= 0, 1 - E^(-lambda x), 0]",
        quantile="-Log[1 - q]/lambda",
        median="Log[2]/lambda",
    ),
    """ExponentialDistribution[r] is the exponential distribution with rate r.

    >>> {Mean[ExponentialDistribution[2]], Median[ExponentialDistribution[1]]}
    {1/2, Log[2]}
    """,
)
declare_distribution(
    "GammaDistribution",
    Distribution(
        ("alpha", "beta"),
        lambda g, shape, scale, n: g.gamma(shape, scale, n),
        "If[x > 0, x^(alpha - 1) E^(-x/beta)/(beta^alpha Gamma[alpha]), 0]",
        "alpha beta",
        "alpha beta^2",
        cdf="If[x > 0, 1 - GammaRegularized[alpha, x/beta], 0]",
    ),
    """GammaDistribution[a, b] is the gamma distribution with shape a and scale b.

    >>> {Mean[GammaDistribution[3, 2]], Variance[GammaDistribution[3, 2]]}
    {6, 12}
    """,
)
declare_distribution(
    "BetaDistribution",
    Distribution(
        ("alpha", "beta"),
        lambda g, a, b, n: g.beta(a, b, n),
        "If[0 < x < 1, x^(alpha - 1) (1 - x)^(beta - 1)/Beta[alpha, beta], 0]",
        "alpha/(alpha + beta)",
        "alpha beta/((alpha + beta)^2 (alpha + beta + 1))",
        cdf="If[x <= 0, 0, If[x >= 1, 1, BetaRegularized[x, alpha, beta]]]",
    ),
    """BetaDistribution[a, b] is the beta distribution with shapes a and b.

    >>> {Mean[BetaDistribution[2, 3]], Variance[BetaDistribution[2, 3]]}
    {2/5, 1/25}
    """,
)
declare_distribution(
    "ChiSquareDistribution",
    Distribution(
        ("nu",),
        lambda g, nu, n: g.chisquare(nu, n),
        "If[x > 0, x^(nu/2 - 1) E^(-x/2)/(2^(nu/2) Gamma[nu/2]), 0]",
        "nu",
        "2 nu",
        cdf="If[x > 0, 1 - GammaRegularized[nu/2, x/2], 0]",
    ),
    """ChiSquareDistribution[n] is the chi-square distribution with n degrees of freedom.

    >>> Variance[ChiSquareDistribution[4]]
    8
    """,
)
declare_distribution(
    "StudentTDistribution",
    Distribution(
        ("nu",),
        lambda g, nu, n: g.standard_t(nu, n),
        "(nu/(nu + x^2))^((1 + nu)/2)/(Sqrt[nu] Beta[nu/2, 1/2])",
        "If[nu > 1, 0, Indeterminate]",
        "If[nu > 2, nu/(nu - 2), Indeterminate]",
        cdf=("With[{tail = BetaRegularized[nu/(nu + x^2), nu/2, 1/2]/2}, If[x <= 0, tail, 1 - tail]]"),
        median="0",
    ),
    """StudentTDistribution[n] is Student's t distribution with n degrees of freedom.

    >>> Variance[StudentTDistribution[4]]
    2
    """,
)
declare_distribution(
    "CauchyDistribution",
    Distribution(
        ("a", "b"),
        lambda g, a, b, n: a + b * g.standard_cauchy(n),
        "1/(Pi b (1 + ((x - a)/b)^2))",
        "Indeterminate",
        "Indeterminate",
        cdf="1/2 + ArcTan[(x - a)/b]/Pi",
        quantile="a + b Tan[Pi (q - 1/2)]",
        median="a",
        defaults=((0, 1),),
    ),
    """CauchyDistribution[a, b] is the Cauchy distribution with location a and scale b.

    >>> {Median[CauchyDistribution[2, 1]], CDF[CauchyDistribution[], 1]}
    {2, 3/4}
    """,
)
declare_distribution(
    "LaplaceDistribution",
    Distribution(
        ("mu", "beta"),
        lambda g, mu, b, n: g.laplace(mu, b, n),
        "E^(-Abs[x - mu]/beta)/(2 beta)",
        "mu",
        "2 beta^2",
        cdf="If[x < mu, E^((x - mu)/beta)/2, 1 - E^((mu - x)/beta)/2]",
        median="mu",
        defaults=((0, 1),),
    ),
    """LaplaceDistribution[m, b] is the double exponential distribution with mean m and scale b.

    >>> Variance[LaplaceDistribution[0, 3]]
    18
    """,
)
declare_distribution(
    "LogNormalDistribution",
    Distribution(
        ("mu", "sigma"),
        lambda g, mu, sigma, n: g.lognormal(mu, sigma, n),
        "If[x > 0, E^(-(Log[x] - mu)^2/(2 sigma^2))/(Sqrt[2 Pi] x sigma), 0]",
        "E^(mu + sigma^2/2)",
        "(E^sigma^2 - 1) E^(2 mu + sigma^2)",
        cdf="If[x > 0, Erfc[(mu - Log[x])/(Sqrt[2] sigma)]/2, 0]",
        median="E^mu",
    ),
    """LogNormalDistribution[m, s] is the distribution whose logarithm is normal with mean m and standard
    deviation s.

    >>> Mean[LogNormalDistribution[0, 1]]
    Sqrt[E]
    """,
)
declare_distribution(
    "WeibullDistribution",
    Distribution(
        ("alpha", "beta"),
        lambda g, a, b, n: b * g.weibull(a, n),
        "If[x > 0, alpha/beta (x/beta)^(alpha - 1) E^(-(x/beta)^alpha), 0]",
        "beta Gamma[1 + 1/alpha]",
        "beta^2 (Gamma[1 + 2/alpha] - Gamma[1 + 1/alpha]^2)",
        cdf="If[x > 0, 1 - E^(-(x/beta)^alpha), 0]",
        quantile="beta (-Log[1 - q])^(1/alpha)",
    ),
    """WeibullDistribution[a, b] is the Weibull distribution with shape a and scale b.

    >>> Mean[WeibullDistribution[1, 3]]
    3
    """,
)
declare_distribution(
    "LogisticDistribution",
    Distribution(
        ("mu", "beta"),
        lambda g, mu, b, n: g.logistic(mu, b, n),
        "E^(-(x - mu)/beta)/(beta (1 + E^(-(x - mu)/beta))^2)",
        "mu",
        "Pi^2 beta^2/3",
        cdf="1/(1 + E^(-(x - mu)/beta))",
        median="mu",
        defaults=((0, 1),),
    ),
    """LogisticDistribution[m, b] is the logistic distribution with mean m and scale b.

    >>> Variance[LogisticDistribution[0, 1]]
    Pi^2/3
    """,
)


@builtin("MultinormalDistribution")
def multinormal(ev: Any, *args: Any) -> Any:
    """MultinormalDistribution[{m1, m2, ...}, covariance] is the multivariate normal distribution.

    >>> Dimensions[RandomVariate[MultinormalDistribution[{0, 0}, {{1, 0}, {0, 1}}], 5]]
    {5, 2}
    """
    return None


# ---------------------------------------------------------------------------------------------- properties


def _of_distribution(name: str, field: str, variable: str, usage: str) -> None:
    symbol = system(name)

    def call(ev: Any, dist: Any, x: Any) -> Any:
        record = record_of(dist)
        if record is None:
            return None
        if is_list(x):
            return Expr(S.List, tuple(Expr(symbol, (dist, a)) for a in items(x)))
        text = getattr(record, field)
        return None if text is None else fill(ev, dist, text, **{variable: x})

    call.__doc__ = usage
    builtin(name)(call)


_of_distribution(
    "PDF",
    "pdf",
    "x",
    """PDF[dist, x] gives the probability density (or probability) of the distribution at x.

    >>> {PDF[NormalDistribution[], 0], PDF[ExponentialDistribution[2], -1]}
    {1/Sqrt[2 Pi], 0}
    """,
)
_of_distribution(
    "CDF",
    "cdf",
    "x",
    """CDF[dist, x] gives the probability that a value of the distribution is at most x.

    >>> {CDF[NormalDistribution[], 1.], CDF[UniformDistribution[], 1/4]}
    {0.841345, 1/4}
    """,
)
_of_distribution(
    "InverseCDF",
    "quantile",
    "q",
    """InverseCDF[dist, q] gives the x at which the distribution function reaches q.

    >>> InverseCDF[NormalDistribution[], 0.975]
    1.95996
    """,
)
