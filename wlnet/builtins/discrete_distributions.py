"""Discrete probability distributions."""

from __future__ import annotations

import numpy as np

from .distributions import Distribution, declare_distribution

declare_distribution(
    "BernoulliDistribution",
    Distribution(
        ("p",),
        lambda g, p, n: g.random(n) < p,
        "Which[x == 0, 1 - p, x == 1, p, True, 0]",
        "p",
        "p (1 - p)",
        cdf="Which[x < 0, 0, x < 1, 1 - p, True, 1]",
        integer=True,
    ),
    """BernoulliDistribution[p] gives 1 with probability p and 0 otherwise.

    >>> {Mean[BernoulliDistribution[1/3]], Variance[BernoulliDistribution[1/3]]}
    {1/3, 2/9}
    """,
)
declare_distribution(
    "BinomialDistribution",
    Distribution(
        ("n", "p"),
        lambda g, trials, p, n: g.binomial(int(trials), p, n),
        "If[0 <= x <= n, Binomial[n, x] p^x (1 - p)^(n - x), 0]",
        "n p",
        "n p (1 - p)",
        cdf="Sum[Binomial[n, k] p^k (1 - p)^(n - k), {k, 0, Min[Floor[x], n]}]",
        integer=True,
    ),
    """BinomialDistribution[n, p] is the number of successes in n trials of probability p.

    >>> {Mean[BinomialDistribution[10, 1/2]], PDF[BinomialDistribution[4, 1/2], 2]}
    {5, 3/8}
    """,
)
declare_distribution(
    "PoissonDistribution",
    Distribution(
        ("mu",),
        lambda g, mu, n: g.poisson(mu, n),
        "If[x >= 0, E^(-mu) mu^x/x!, 0]",
        "mu",
        "mu",
        cdf="If[x >= 0, GammaRegularized[1 + Floor[x], mu], 0]",
        integer=True,
    ),
    """PoissonDistribution[m] is the Poisson distribution with mean m.

    >>> {Mean[PoissonDistribution[3]], PDF[PoissonDistribution[2], 0]}
    {3, E^(-2)}
    """,
)
declare_distribution(
    "GeometricDistribution",
    Distribution(
        ("p",),
        lambda g, p, n: np.asarray(g.geometric(p, n)) - 1,
        "If[x >= 0, p (1 - p)^x, 0]",
        "1/p - 1",
        "(1 - p)/p^2",
        cdf="If[x >= 0, 1 - (1 - p)^(1 + Floor[x]), 0]",
        integer=True,
    ),
    """GeometricDistribution[p] is the number of failures before the first success.

    >>> Mean[GeometricDistribution[1/4]]
    3
    """,
)
declare_distribution(
    "NegativeBinomialDistribution",
    Distribution(
        ("n", "p"),
        lambda g, count, p, n: g.negative_binomial(count, p, n),
        "If[x >= 0, Binomial[n + x - 1, n - 1] p^n (1 - p)^x, 0]",
        "n (1 - p)/p",
        "n (1 - p)/p^2",
        integer=True,
    ),
    """NegativeBinomialDistribution[n, p] is the number of failures before the n-th success.

    >>> Mean[NegativeBinomialDistribution[3, 1/2]]
    3
    """,
)
declare_distribution(
    "DiscreteUniformDistribution",
    Distribution(
        ("range",),
        lambda g, a, b, n: g.integers(int(a), int(b), n, endpoint=True),
        "If[range[[1]] <= x <= range[[2]], 1/(range[[2]] - range[[1]] + 1), 0]",
        "(range[[1]] + range[[2]])/2",
        "((range[[2]] - range[[1]] + 1)^2 - 1)/12",
        cdf="Clip[(Floor[x] - range[[1]] + 1)/(range[[2]] - range[[1]] + 1), {0, 1}]",
        integer=True,
    ),
    """DiscreteUniformDistribution[{a, b}] takes each integer from a to b with the same probability.

    >>> {Mean[DiscreteUniformDistribution[{1, 6}]], Variance[DiscreteUniformDistribution[{1, 6}]]}
    {7/2, 35/12}
    """,
)
declare_distribution(
    "HypergeometricDistribution",
    Distribution(
        ("n", "m", "N0"),
        lambda g, n, m, N, shape: g.hypergeometric(int(m), int(N - m), int(n), shape),
        "Piecewise[{{Binomial[m, x] Binomial[N0 - m, n - x]/Binomial[N0, n], "
        "Max[0, n + m - N0] <= x <= Min[n, m]}}, 0]",
        "n m/N0",
        "n m (N0 - m) (N0 - n)/(N0^2 (N0 - 1))",
        cdf="Sum[Binomial[m, k] Binomial[N0 - m, n - k]/Binomial[N0, n], {k, 0, Min[Floor[x], n]}]",
        integer=True,
    ),
    """HypergeometricDistribution[n, m, N] counts the marked ones among n drawn from N of which m are marked.

    >>> {Mean[HypergeometricDistribution[3, 5, 10]], PDF[HypergeometricDistribution[3, 5, 10], 2]}
    {3/2, 5/12}
    """,
)
