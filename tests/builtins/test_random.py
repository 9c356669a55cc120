"""Random numbers and distributions: ranges, shapes, seeds, weights, moments,
and the laws that records state."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.builtins.distributions import DISTRIBUTIONS
from wlnet.kernel.loading import load_all

TRUE = [
    "SeedRandom[3]; a = RandomReal[1, 5]; SeedRandom[3]; a === RandomReal[1, 5]",
    'SeedRandom["text"]; a = RandomInteger[10^30]; SeedRandom["text"]; a === RandomInteger[10^30]',
    "SeedRandom[1]; a = RandomReal[]; SeedRandom[2]; a =!= RandomReal[]",
    "BlockRandom[RandomInteger[10^9]] === BlockRandom[RandomInteger[10^9]]",
    "SeedRandom[4]; BlockRandom[SeedRandom[9]; RandomReal[]]; a = RandomReal[]; SeedRandom[4]; "
    "a === RandomReal[]",
    "Union[RandomInteger[{2, 4}, 200]] === {2, 3, 4}",
    "Dimensions[RandomReal[{-1, 1}, {3, 4, 2}]] === {3, 4, 2}",
    "Min[RandomReal[{5, 6}, 100]] >= 5",
    "0 <= RandomInteger[] <= 1",
    "RandomInteger[{7, 7}] === 7",
    "MemberQ[{a, b, c}, RandomChoice[{a, b, c}]]",
    "Union[RandomChoice[{1, 0, 1} -> {x, y, z}, 100]] === {x, z}",
    "Sort[RandomSample[Range[20]]] === Range[20]",
    "Length[Union[RandomSample[Range[100], 30]]] === 30",
    "Length[RandomSample[{a, b}, UpTo[5]]] === 2",
    "RandomSample[{1, 0, 2} -> {x, y, z}, 2] // Sort // # === {x, z} &",
    "RandomReal[1, 0] === {}",
    "RandomChoice[{a}, {2, 2}] === {{a, a}, {a, a}}",
    "Precision[RandomReal[1, WorkingPrecision -> 30]] == 30",
    "PrimeQ[RandomPrime[{100, 200}]]",
    "Head[RandomPermutation[5]] === Cycles",
    "Dimensions[RandomVariate[MultinormalDistribution[{0, 1}, {{1, 0.5}, {0.5, 1}}], 7]] === {7, 2}",
    "IntegerQ[RandomVariate[PoissonDistribution[3]]]",
    "Union[RandomVariate[BernoulliDistribution[1/2], 100]] === {0, 1}",
]


@pytest.mark.parametrize("text", TRUE)
def test_holds(value, text):
    assert value(text) == "True"


def test_results_are_packed(calculator):
    for text in ("RandomReal[1, 5]", "RandomInteger[9, {2, 2}]", "RandomVariate[NormalDistribution[], 3]"):
        assert type(calculator.expr(text)) is np.ndarray
    assert type(calculator.expr("RandomChoice[Range[5], 4]")) is np.ndarray


MESSAGES = [
    ("RandomReal[x]", "RandomReal::unifr"),
    ("RandomInteger[{1, 2.5}]", "RandomInteger::unii"),
    ("RandomReal[1, -2]", "RandomReal::array"),
    ("RandomInteger[1, 10^12]", "RandomInteger::array"),
    ("RandomSample[{a, b}, 3]", "RandomSample::smplen"),
    ("RandomChoice[{1, 2} -> {a}]", "RandomChoice::lrwl"),
    ("RandomVariate[NormalDistribution[a, 1]]", "RandomVariate::noimp"),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(message, text, expected):
    assert message(text).startswith(expected)


load_all()
PARAMETERS = {
    "NormalDistribution": "[2, 3]",
    "UniformDistribution": "[{1, 4}]",
    "ExponentialDistribution": "[2]",
    "GammaDistribution": "[3, 2]",
    "BetaDistribution": "[2, 3]",
    "ChiSquareDistribution": "[4]",
    "StudentTDistribution": "[9]",
    "LaplaceDistribution": "[1, 2]",
    "LogNormalDistribution": "[0, 1/2]",
    "WeibullDistribution": "[2, 3]",
    "LogisticDistribution": "[1, 2]",
    "BernoulliDistribution": "[1/3]",
    "BinomialDistribution": "[10, 1/4]",
    "PoissonDistribution": "[3]",
    "GeometricDistribution": "[1/4]",
    "NegativeBinomialDistribution": "[3, 1/2]",
    "DiscreteUniformDistribution": "[{1, 6}]",
    "HypergeometricDistribution": "[3, 5, 10]",
    "ParetoDistribution": "[1, 7]",
    "RayleighDistribution": "[2]",
    "HalfNormalDistribution": "[2]",
    "MaxwellDistribution": "[2]",
    "TriangularDistribution": "[{0, 3}, 1]",
    "ExtremeValueDistribution": "[1, 2]",
    "GumbelDistribution": "[1, 2]",
    "InverseGammaDistribution": "[9, 4]",
    "FRatioDistribution": "[4, 20]",
    "ErlangDistribution": "[3, 2]",
    "ChiDistribution": "[3]",
}


@pytest.mark.parametrize("name", sorted(set(DISTRIBUTIONS) - {"CauchyDistribution"}))
def test_samples_have_the_stated_moments(calculator, name):
    """Mean and variance of 40,000 values agree with the formulas within five standard errors."""
    dist = name + PARAMETERS[name]
    calculator.value("SeedRandom[11]")
    sample = np.asarray(calculator.expr(f"N[RandomVariate[{dist}, 40000]]"))
    mean, variance = (
        float(calculator.value(f"N[Mean[{dist}]]")),
        float(calculator.value(f"N[Variance[{dist}]]")),
    )
    assert sample.mean() == pytest.approx(mean, abs=5 * (variance / len(sample)) ** 0.5)
    assert sample.var() == pytest.approx(variance, rel=0.12)


@pytest.mark.parametrize(
    "name",
    sorted(set(DISTRIBUTIONS) - {"StudentTDistribution", "NegativeBinomialDistribution"}),
)
def test_cdf_is_the_integral_of_the_pdf(calculator, name):
    """CDF[b] - CDF[a] against a fine sum of the PDF between a and b."""
    dist = name + PARAMETERS.get(name, "[0, 1]")
    if DISTRIBUTIONS[name].integer:
        total = calculator.value(f"N[Sum[PDF[{dist}, k], {{k, 1, 4}}]]")
        assert float(total) == pytest.approx(float(calculator.value(f"N[CDF[{dist}, 4] - CDF[{dist}, 0]]")))
        return
    low, high = 0.31, 0.87
    total = calculator.value(
        f"Mean[Table[PDF[{dist}, x], {{x, {low}, {high}, ({high} - {low})/400}}]] ({high} - {low})"
    )
    found = float(calculator.value(f"N[CDF[{dist}, {high}] - CDF[{dist}, {low}]]"))
    assert float(total) == pytest.approx(found, rel=5e-3, abs=1e-9)
