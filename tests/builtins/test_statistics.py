"""Descriptive statistics, bins, fits and interpolation: exact on exact data, packed data as NumPy has it."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Mean[{1, 2, 4}]", "7/3"),
    ("Mean[{{1, 2}, {3, 4}}]", "{2, 3}"),
    ("Mean[{a, b}]", "(a + b)/2"),
    ('Mean[<|"x" -> 1, "y" -> 3|>]', "2"),
    ("Median[{5, 1, 3}]", "3"),
    ("Median[{4, 1, 2, 3}]", "5/2"),
    ("Median[{{1, 5}, {3, 7}, {9, 6}}]", "{3, 6}"),
    ("Variance[{1, 2, 4}]", "7/3"),
    ("Variance[{a, b}] == Abs[a - b]^2/2 // FreeQ[#, Variance] &", "True"),
    ("StandardDeviation[{1, 2, 3}]", "1"),
    ("StandardDeviation[{{1, 1}, {2, 3}}]", "{1/Sqrt[2], Sqrt[2]}"),
    ("Quantile[{1, 2, 3, 4, 5}, 1/2]", "3"),
    ("Quantile[{1, 2, 3, 4}, {0, 1/4, 1}]", "{1, 1, 4}"),
    ("Quantile[{1, 2, 3, 4}, 1/2, {{1/2, 0}, {0, 1}}]", "5/2"),
    ("Quartiles[{1, 2, 3, 4}]", "{3/2, 5/2, 7/2}"),
    ("InterquartileRange[{1, 2, 3, 4}]", "2"),
    ("MeanDeviation[{1, 2, 6}]", "2"),
    ("Covariance[{1, 2, 3}, {2, 4, 7}]", "5/2"),
    ("Correlation[{1, 2, 3}, {2, 4, 6}]", "1"),
    ("Standardize[{1, 2, 3}]", "{-1, 0, 1}"),
    ("Standardize[{{1, 2}, {3, 6}}]", "{{-(1/Sqrt[2]), -(1/Sqrt[2])}, {1/Sqrt[2], 1/Sqrt[2]}}"),
    ("Skewness[{1, 2, 3}]", "0"),
    ("Kurtosis[{1, 2, 3, 4}]", "41/25"),
    ("RootMeanSquare[{1, 7}]", "5"),
    ("GeometricMean[{1, 4, 16}]", "4"),
    ("HarmonicMean[{1, 2, 4}]", "12/7"),
    ("CentralMoment[{1, 2, 3}, 2]", "2/3"),
    ("Commonest[{b, a, c, a, b}]", "{b, a}"),
    ("MovingAverage[{1, 2, 3, 6}, 2]", "{3/2, 5/2, 9/2}"),
    ("ExponentialMovingAverage[{1, 2, 4}, 1/2]", "{1, 3/2, 11/4}"),
    ("BinCounts[{1, 2, 2, 5}, {0, 6, 2}]", "{1, 2, 1}"),
    ("BinCounts[{1, 2, 3}, {{0, 2, 4}}]", "{1, 2}"),
    ("HistogramList[{1, 2, 2, 3, 5}, {1, 6, 1}]", "{{1, 2, 3, 4, 5, 6}, {1, 2, 1, 0, 1}}"),
    ("Total[HistogramList[{1., 2.3, 5.2, 9.9}][[2]]]", "4"),
    ('Total[HistogramList[{1, 2, 2, 3}, Automatic, "Probability"][[2]]]', "1"),
    ("Fit[{{0, 1}, {1, 3}, {2, 5}}, {1, x}, x]", "1. + 2.*x"),
    ('Round[LinearModelFit[{1., 3., 5.}, x, x]["BestFitParameters"], 0.001]', "{-1., 2.}"),
    ("Interpolation[{1, 4, 9, 16}][5/2]", "25/4"),
    ("Interpolation[{{0, 0}, {1, 10}}, InterpolationOrder -> 1][1/4]", "5/2"),
    ("EuclideanDistance[{0, 0}, {3, 4}]", "5"),
    ("SquaredEuclideanDistance[{a}, {b}]", "Abs[a - b]^2"),
    ("ManhattanDistance[{0, 0}, {3, -4}]", "7"),
    ("CosineDistance[{1, 0}, {0, 1}]", "1"),
    ("Norm[{3, 4}]", "5"),
    ("Norm[{1, -2, 3}, 1]", "6"),
    ("Norm[{1, -2}, Infinity]", "2"),
    ("Norm[{{1, 0}, {0, 2}}]", "2"),
    ('Norm[{{1, 2}, {3, 4}}, "Frobenius"]', "Sqrt[30]"),
    ("Normalize[{3, 4}]", "{3/5, 4/5}"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_values(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("Mean", lambda x: x.mean()),
        ("Variance", lambda x: x.var(ddof=1)),
        ("StandardDeviation", lambda x: x.std(ddof=1)),
        ("Median", np.median),
        ("RootMeanSquare", lambda x: np.sqrt((x**2).mean())),
        ("Kurtosis", lambda x: ((x - x.mean()) ** 4).mean() / x.var() ** 2),
        ("Skewness", lambda x: ((x - x.mean()) ** 3).mean() / x.std() ** 3),
    ],
)
def test_packed_data_as_numpy_has_it(calculator, name, reference):
    data = np.asarray(calculator.expr("SeedRandom[5]; data = RandomReal[{-3, 9}, 101]"))
    assert calculator.expr(f"{name}[data]") == pytest.approx(reference(data), rel=1e-12)


MESSAGES = [
    ("Mean[{}]", "Mean::rectt"),
    ("Variance[{1}]", "Variance::shlen"),
    ("Quantile[{1, 2}, 2]", "Quantile::nquan"),
    ("EuclideanDistance[{1}, {1, 2}]", "EuclideanDistance::length"),
    ("BinCounts[{1, 2}, -1]", "BinCounts::bins"),
    ("Fit[{{1, 2, 3}}, {1, x}, x]", "Fit::vars"),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(message, text, expected):
    assert message(text).startswith(expected)


def test_find_fit_and_find_root(value):
    assert (
        value("Round[{a, b} /. FindFit[{{0, 1.}, {1, 2.}, {2, 4.}}, a b^x, {a, b}, x], 0.001]") == "{1., 2.}"
    )
    assert value("Abs[(x /. FindRoot[Cos[x] == x, {x, 1}]) - 0.7390851332151607] < 10^-10") == "True"
    assert value("Abs[NIntegrate[Exp[-x^2], {x, -Infinity, Infinity}] - Sqrt[Pi]] < 10^-8") == "True"
