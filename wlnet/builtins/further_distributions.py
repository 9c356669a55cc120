"""Further continuous distributions: tails, extremes, quotients and roots of the common ones."""

from __future__ import annotations

import numpy as np

from .distributions import Distribution, declare_distribution

declare_distribution(
    "ParetoDistribution",
    Distribution(
        ("k", "a"),
        lambda g, k, a, n: k * (1.0 + g.pareto(a, n)),
        "Piecewise[{{a k^a x^(-1 - a), x >= k}}, 0]",
        "Piecewise[{{a k/(a - 1), a > 1}}, Indeterminate]",
        "Piecewise[{{a k^2/((a - 1)^2 (a - 2)), a > 2}}, Indeterminate]",
        cdf="Piecewise[{{1 - (k/x)^a, x >= k}}, 0]",
        quantile="k (1 - q)^(-1/a)",
        median="2^(1/a) k",
    ),
    """ParetoDistribution[k, a] is the Pareto distribution with minimum k and shape a.

    >>> {Mean[ParetoDistribution[1, 3]], CDF[ParetoDistribution[1, 2], 2]}
    {3/2, 3/4}
    """,
)
declare_distribution(
    "RayleighDistribution",
    Distribution(
        ("s",),
        lambda g, s, n: g.rayleigh(s, n),
        "Piecewise[{{x E^(-x^2/(2 s^2))/s^2, x > 0}}, 0]",
        "Sqrt[Pi/2] s",
        "(2 - Pi/2) s^2",
        cdf="Piecewise[{{1 - E^(-x^2/(2 s^2)), x > 0}}, 0]",
        quantile="s Sqrt[-2 Log[1 - q]]",
        median="s Sqrt[2 Log[2]]",
    ),
    """RayleighDistribution[s] is the Rayleigh distribution with scale s.

    >>> PDF[RayleighDistribution[1], 1]
    1/Sqrt[E]
    """,
)
declare_distribution(
    "HalfNormalDistribution",
    Distribution(
        ("t",),
        lambda g, t, n: np.abs(g.normal(0.0, np.sqrt(np.pi / 2) / t, n)),
        "Piecewise[{{2 t E^(-x^2 t^2/Pi)/Pi, x > 0}}, 0]",
        "1/t",
        "(Pi - 2)/(2 t^2)",
        cdf="Piecewise[{{Erf[x t/Sqrt[Pi]], x > 0}}, 0]",
    ),
    """HalfNormalDistribution[t] is the half of a normal distribution above 0 that has mean 1/t.

    >>> Mean[HalfNormalDistribution[2]]
    1/2
    """,
)
declare_distribution(
    "MaxwellDistribution",
    Distribution(
        ("s",),
        lambda g, s, n: s * np.sqrt(g.chisquare(3.0, n)),
        "Piecewise[{{Sqrt[2/Pi] x^2 E^(-x^2/(2 s^2))/s^3, x > 0}}, 0]",
        "2 Sqrt[2/Pi] s",
        "(3 - 8/Pi) s^2",
        cdf="Piecewise[{{Erf[x/(Sqrt[2] s)] - Sqrt[2/Pi] x E^(-x^2/(2 s^2))/s, x > 0}}, 0]",
    ),
    """MaxwellDistribution[s] is the Maxwell-Boltzmann distribution with scale s.

    >>> Mean[MaxwellDistribution[1]]
    2 Sqrt[2/Pi]
    """,
)
declare_distribution(
    "TriangularDistribution",
    Distribution(
        ("ab", "c"),
        lambda g, a, b, c, n: g.triangular(a, c, b, n),
        "Piecewise[{{2 (x - ab[[1]])/((ab[[2]] - ab[[1]]) (c - ab[[1]])), ab[[1]] <= x <= c}, "
        "{2 (ab[[2]] - x)/((ab[[2]] - ab[[1]]) (ab[[2]] - c)), c < x <= ab[[2]]}}, 0]",
        "(ab[[1]] + ab[[2]] + c)/3",
        "(ab[[1]]^2 + ab[[2]]^2 + c^2 - ab[[1]] ab[[2]] - ab[[1]] c - ab[[2]] c)/18",
        cdf="Piecewise[{{(x - ab[[1]])^2/((ab[[2]] - ab[[1]]) (c - ab[[1]])), ab[[1]] <= x <= c}, "
        "{1 - (ab[[2]] - x)^2/((ab[[2]] - ab[[1]]) (ab[[2]] - c)), c < x <= ab[[2]]}, {1, x > ab[[2]]}}, 0]",
    ),
    """TriangularDistribution[{a, b}, c] is the triangular distribution from a to b with its peak at c.

    >>> {Mean[TriangularDistribution[{0, 2}, 1]], PDF[TriangularDistribution[{0, 2}, 1], 1]}
    {1, 1}
    """,
)
declare_distribution(
    "ExtremeValueDistribution",
    Distribution(
        ("a", "b"),
        lambda g, a, b, n: g.gumbel(a, b, n),
        "E^((a - x)/b - E^((a - x)/b))/b",
        "a + b EulerGamma",
        "Pi^2 b^2/6",
        cdf="E^(-E^((a - x)/b))",
        quantile="a - b Log[-Log[q]]",
        defaults=((0, 1),),
    ),
    """ExtremeValueDistribution[a, b] is the distribution of maxima with location a and scale b.

    >>> Mean[ExtremeValueDistribution[0, 1]]
    EulerGamma
    """,
)
declare_distribution(
    "GumbelDistribution",
    Distribution(
        ("a", "b"),
        lambda g, a, b, n: -g.gumbel(-a, b, n),
        "E^((x - a)/b - E^((x - a)/b))/b",
        "a - b EulerGamma",
        "Pi^2 b^2/6",
        cdf="1 - E^(-E^((x - a)/b))",
        quantile="a + b Log[-Log[1 - q]]",
        defaults=((0, 1),),
    ),
    """GumbelDistribution[a, b] is the distribution of minima with location a and scale b.

    >>> Mean[GumbelDistribution[0, 1]]
    -EulerGamma
    """,
)
declare_distribution(
    "InverseGammaDistribution",
    Distribution(
        ("a", "b"),
        lambda g, a, b, n: b / g.gamma(a, 1.0, n),
        "Piecewise[{{b^a x^(-a - 1) E^(-b/x)/Gamma[a], x > 0}}, 0]",
        "Piecewise[{{b/(a - 1), a > 1}}, Indeterminate]",
        "Piecewise[{{b^2/((a - 1)^2 (a - 2)), a > 2}}, Indeterminate]",
        cdf="Piecewise[{{Gamma[a, b/x]/Gamma[a], x > 0}}, 0]",
    ),
    """InverseGammaDistribution[a, b] is the distribution of 1/x for x with GammaDistribution[a, 1/b].

    >>> Mean[InverseGammaDistribution[3, 4]]
    2
    """,
)
declare_distribution(
    "FRatioDistribution",
    Distribution(
        ("n", "m"),
        lambda g, n, m, shape: g.f(n, m, shape),
        "Piecewise[{{n^(n/2) m^(m/2) x^(n/2 - 1) (m + n x)^(-(n + m)/2)/Beta[n/2, m/2], x > 0}}, 0]",
        "Piecewise[{{m/(m - 2), m > 2}}, Indeterminate]",
        "Piecewise[{{2 m^2 (m + n - 2)/(n (m - 2)^2 (m - 4)), m > 4}}, Indeterminate]",
        cdf="Piecewise[{{BetaRegularized[n x/(m + n x), n/2, m/2], x > 0}}, 0]",
    ),
    """FRatioDistribution[n, m] is the distribution of the quotient of two chi-squared values over n and m.

    >>> Mean[FRatioDistribution[2, 6]]
    3/2
    """,
)
declare_distribution(
    "ErlangDistribution",
    Distribution(
        ("k", "l"),
        lambda g, k, r, n: g.gamma(k, 1.0 / r, n),
        "Piecewise[{{l^k x^(k - 1) E^(-l x)/Gamma[k], x > 0}}, 0]",
        "k/l",
        "k/l^2",
        cdf="Piecewise[{{1 - Gamma[k, l x]/Gamma[k], x > 0}}, 0]",
    ),
    """ErlangDistribution[k, l] is the distribution of the sum of k exponential values of rate l.

    >>> {Mean[ErlangDistribution[3, 2]], Variance[ErlangDistribution[3, 2]]}
    {3/2, 3/4}
    """,
)
declare_distribution(
    "ChiDistribution",
    Distribution(
        ("n",),
        lambda g, n, shape: np.sqrt(g.chisquare(n, shape)),
        "Piecewise[{{2^(1 - n/2) x^(n - 1) E^(-x^2/2)/Gamma[n/2], x > 0}}, 0]",
        "Sqrt[2] Gamma[(1 + n)/2]/Gamma[n/2]",
        "n - 2 (Gamma[(1 + n)/2]/Gamma[n/2])^2",
        cdf="Piecewise[{{1 - Gamma[n/2, x^2/2]/Gamma[n/2], x > 0}}, 0]",
    ),
    """ChiDistribution[n] is the distribution of the length of a vector of n standard normal values.

    >>> Mean[ChiDistribution[2]]
    Sqrt[Pi]/Sqrt[2]
    """,
)
