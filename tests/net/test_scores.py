"""Measurement formulas against hand counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wlnet.net.scores import (
    SCORES,
    ClassStatistics,
    ValueStatistics,
    accuracy,
    average,
    micro,
)


def statistics(confusion: list[list[int]]) -> ClassStatistics:
    made = ClassStatistics(len(confusion))
    made.confusion[:] = confusion
    return made


def score(name: str, *args: object) -> object:
    return SCORES[name].formula(*args)


# 10 examples of class 0 (8 found), 5 of class 1 (3 found), true classes in rows.
TWO = [[8, 2], [2, 3]]


def test_batches_add_up_to_the_confusion_matrix() -> None:
    s = ClassStatistics(3)
    s.add(np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], np.float32), np.array([0, 1]))
    s.add(np.array([[0.3, 0.4, 0.3]], np.float32), np.array([1]))
    assert s.confusion.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert s.count == 3
    assert score("ErrorRate", s) == pytest.approx(1 / 3)
    cross = -(math.log(0.7) + math.log(0.1) + math.log(0.4)) / 3
    assert score("Perplexity", s) == pytest.approx(math.exp(cross), rel=1e-6)
    entropy = -sum(p * math.log(p) for p in (0.7, 0.2, 0.1, 0.1, 0.1, 0.8, 0.3, 0.4, 0.3)) / 3
    assert score("Entropy", s) == pytest.approx(entropy, rel=1e-6)


def test_a_probability_of_zero_stays_finite() -> None:
    s = ClassStatistics(2)
    s.add(np.array([[1.0, 0.0]], np.float32), np.array([1]))
    assert math.isfinite(s.cross)
    assert s.entropy == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Precision", [8 / 10, 3 / 5]),
        ("Recall", [8 / 10, 3 / 5]),
        ("Specificity", [3 / 5, 8 / 10]),
        ("FalsePositiveRate", [2 / 5, 2 / 10]),
        ("FalseNegativeRate", [2 / 10, 2 / 5]),
        ("FalseDiscoveryRate", [2 / 10, 2 / 5]),
        ("FalseOmissionRate", [2 / 5, 2 / 10]),
        ("NegativePredictiveValue", [3 / 5, 8 / 10]),
        ("F1Score", [0.8, 0.6]),
        ("Informedness", [0.4, 0.4]),
        ("Markedness", [0.4, 0.4]),
        ("TruePositiveNumber", [8, 3]),
        ("TrueNegativeNumber", [3, 8]),
        ("FalsePositiveNumber", [2, 2]),
        ("FalseNegativeNumber", [2, 2]),
    ],
)
def test_per_class(name: str, expected: list[float]) -> None:
    assert score(name, statistics(TWO)) == pytest.approx(expected)


def test_f_score_with_beta() -> None:
    s = statistics([[8, 2], [1, 4]])
    p, r = 4 / 6, 4 / 5
    assert score("FScore", s, 2.0)[1] == pytest.approx(5 * p * r / (4 * p + r))


def test_agreement_beyond_chance() -> None:
    s = statistics(TWO)
    expected = (10 * 10 + 5 * 5) / 15**2
    assert score("CohenKappa", s) == pytest.approx((11 / 15 - expected) / (1 - expected))
    assert score("ScottPi", s) == pytest.approx((11 / 15 - expected) / (1 - expected))
    skewed = statistics([[8, 2], [0, 5]])
    shares = ((10 + 8) / 30) ** 2 + ((5 + 7) / 30) ** 2
    assert score("ScottPi", skewed) == pytest.approx((13 / 15 - shares) / (1 - shares))


def test_matthews_of_two_classes_is_the_phi_coefficient() -> None:
    tp, fp, fn, tn = 6, 2, 1, 3
    s = statistics([[tn, fp], [fn, tp]])
    root = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    assert score("MatthewsCorrelationCoefficient", s) == pytest.approx((tp * tn - fp * fn) / root)


def test_a_class_that_never_occurs_is_indeterminate_and_left_out_of_the_mean() -> None:
    s = statistics([[3, 1, 0], [0, 2, 0], [0, 0, 0]])
    values = score("Recall", s)
    assert math.isnan(values[2])
    assert average(values, "Macro", s.confusion, SCORES["Recall"]) == pytest.approx((0.75 + 1) / 2)
    assert average(values, "Weighted", s.confusion, SCORES["Recall"]) == pytest.approx(5 / 6)


def test_micro_averaging_pools_the_counts() -> None:
    assert score("Precision", micro(statistics(TWO)))[1] == pytest.approx(11 / 15)


def test_top_n_accuracy_breaks_ties_as_the_decision_does() -> None:
    s = ClassStatistics(3, keep=True)
    s.add(np.array([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7]]), np.array([1, 1, 0]))
    assert accuracy(s) == 0
    assert accuracy(s, 2) == pytest.approx(2 / 3)
    assert accuracy(s, 3) == 1
    assert score("ErrorRate", s, 2) == pytest.approx(1 / 3)


def test_area_under_the_curve_counts_ordered_pairs() -> None:
    rng = np.random.default_rng(5)
    p = np.round(rng.random(40), 1)  # many ties
    truth = rng.integers(0, 2, 40)
    s = ClassStatistics(2, keep=True)
    s.add(np.column_stack([1 - p, p]), truth)
    pairs = [(a > b) + 0.5 * (a == b) for a in p[truth == 1] for b in p[truth == 0]]
    areas = score("AreaUnderROCCurve", s)
    assert areas == pytest.approx([np.mean(pairs)] * 2)
    curve = score("ROCCurve", s)[1]
    assert curve[0].tolist() == [0, 0] and curve[-1].tolist() == [1, 1]
    assert np.trapezoid(curve[:, 1], curve[:, 0]) == pytest.approx(areas[1])


def test_values() -> None:
    s = ValueStatistics()
    output, target = np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 2.0])
    s.add(output[:2], target[:2])
    s.add(output[2:], target[2:])
    assert score("MeanSquare", s) == pytest.approx(5 / 3)
    assert score("MeanDeviation", s) == pytest.approx(1)
    assert score("StandardDeviation", s) == pytest.approx(math.sqrt(5 / 3))
    assert score("FractionVarianceUnexplained", s) == pytest.approx(5 / 2)
    assert score("RSquared", s) == pytest.approx(-3 / 2)
    assert score("IntersectionOverUnion", s) == pytest.approx(5 / 8)


def test_equal_targets_leave_r_squared_indeterminate() -> None:
    s = ValueStatistics()
    s.add(np.ones(3), np.full(3, 2.0))
    assert math.isnan(score("RSquared", s))
