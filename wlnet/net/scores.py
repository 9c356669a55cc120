"""What is measured of predictions: statistics gathered batch by batch, and the formulas read off them.

Plain NumPy, no nets and no expressions. `ClassStatistics` serves nets trained with a cross-entropy loss,
`ValueStatistics` those trained with a mean squared or mean absolute loss; `SCORES` holds one record per
measurement. Source of the formulas: nettrain.md, section 5.1; rank statistic of the area under a ROC curve:
Hanley and McNeil 1982.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

# Probabilities are kept at or above this before their logarithm is taken
# (the smallest normal float32 number).
TINY = float(np.finfo(np.float32).tiny)


PLAIN = (int, float)


class ClassStatistics:
    """Counts over predictions of one of K classes.

    confusion (K, K)  examples by true class (rows) and predicted class (columns)
    entropy, cross    sums over examples of the predicted distribution's entropy and of -Log[p(true class)],
                      in nats
    scores, truths    all probabilities (M, K) and true classes (M) from 0; only where `keep` asks for it
    """

    __slots__ = ("confusion", "cross", "entropy", "keep", "scores", "truths")

    def __init__(self, classes: int, keep: bool = False) -> None:
        self.confusion = np.zeros((classes, classes), np.int64)
        self.entropy = 0.0
        self.cross = 0.0
        self.keep = keep
        self.scores: list[np.ndarray] = []
        self.truths: list[np.ndarray] = []

    @property
    def count(self) -> int:
        return int(self.confusion.sum())

    def add(self, probabilities: np.ndarray, truth: np.ndarray, *, logs: bool = True) -> None:
        """Count a batch: probabilities (M, K), true classes `truth` (M) from 0.
        The largest probability decides.

        `logs=False` leaves out entropy and cross entropy (they cost a logarithm an element).
        """
        classes = len(self.confusion)
        cells = truth * classes + probabilities.argmax(1)
        self.confusion += np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
        if logs:
            logarithms = np.log(np.maximum(probabilities, TINY), dtype=np.float64)
            self.entropy -= float(np.sum(probabilities * logarithms))
            self.cross -= float(logarithms[np.arange(len(truth)), truth].sum())
        if self.keep:
            self.scores.append(np.array(probabilities, np.float64))
            self.truths.append(np.array(truth))

    @property
    def hits(self) -> int:
        """Examples whose class was predicted."""
        return int(np.trace(self.confusion))

    def merge(self, other: ClassStatistics) -> None:
        """Add what `other` counted."""
        self.confusion += other.confusion
        self.entropy += other.entropy
        self.cross += other.cross
        self.scores += other.scores
        self.truths += other.truths

    def outcomes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """True positives, false positives, true negatives, false negatives
        of each class against the rest, (K).
        """
        hit = np.diag(self.confusion)
        false_positive = self.confusion.sum(0) - hit
        false_negative = self.confusion.sum(1) - hit
        return hit, false_positive, self.count - hit - false_positive - false_negative, false_negative


class HitStatistics:
    """How many predictions there were and how many were right: all that accuracy and error rate need."""

    __slots__ = ("count", "hits")

    def __init__(self) -> None:
        self.count = 0
        self.hits = 0

    def add(self, probabilities: np.ndarray, truth: np.ndarray) -> None:
        """Count a batch: probabilities (M, K), true classes `truth` (M) from 0."""
        self.count += len(truth)
        self.hits += int(np.count_nonzero(probabilities.argmax(1) == truth))

    def merge(self, other: HitStatistics) -> None:
        """Add what `other` counted."""
        self.count += other.count
        self.hits += other.hits


class ValueStatistics:
    """Sums over real predictions and targets, element by element."""

    __slots__ = ("absolute", "both", "count", "either", "square", "target", "target_square")

    def __init__(self) -> None:
        self.count = 0
        self.square = 0.0
        self.absolute = 0.0
        self.target = 0.0
        self.target_square = 0.0
        self.both = 0.0
        self.either = 0.0

    def add(self, output: np.ndarray, target: np.ndarray) -> None:
        """Count a batch: `output` and `target` of one shape."""
        error = np.subtract(output, target, dtype=np.float64)
        self.count += error.size
        self.square += float(np.vdot(error, error))
        self.absolute += float(np.abs(error).sum())
        self.target += float(target.sum(dtype=np.float64))
        self.target_square += float(np.square(target, dtype=np.float64).sum())
        # Soft intersection over union: equals the set measure where both are 0 or 1.
        self.both += float(np.minimum(output, target).sum(dtype=np.float64))
        self.either += float(np.maximum(output, target).sum(dtype=np.float64))

    def merge(self, other: ValueStatistics) -> None:
        """Add what `other` counted."""
        for name in ValueStatistics.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


# What makes one value out of those of several examples, or batches, along the first axis.
AGGREGATES: dict[str, Callable[[np.ndarray], Any]] = {
    "Mean": lambda x: x.mean(0),
    "Total": lambda x: x.sum(0),
    "Min": lambda x: x.min(0),
    "Max": lambda x: x.max(0),
    "RMS": lambda x: np.sqrt(np.square(x).mean(0)),
    "Variance": lambda x: x.var(0, ddof=1) if len(x) > 1 else np.full(x.shape[1:], np.nan),
    "StandardDeviation": lambda x: np.sqrt(AGGREGATES["Variance"](x)),
}


class PlaceStatistics:
    """What is told of an array that a program hands out: an aggregate over examples, or the array itself.

    how  a name in AGGREGATES, "rows" (the values of all examples), "" (an array of the net as it stands; a
         name in AGGREGATES then means all its elements)
    Mean and total are summed up batch by batch; the others keep every example's value.
    """

    __slots__ = ("count", "how", "latest", "rows", "total")

    def __init__(self, how: str = "Mean") -> None:
        self.how = how
        self.count = 0
        self.total: Any = 0.0
        self.latest: Any = None
        self.rows: list[np.ndarray] = []

    def add(self, array: np.ndarray) -> None:
        """Count a batch (N, ...)."""
        if self.how in ("Mean", "Total"):
            self.count += len(array)
            self.total = self.total + array.sum(0, dtype=np.float64)
        else:
            self.rows.append(array.astype(np.float64))

    def set(self, array: np.ndarray) -> None:
        """Take `array` as the value."""
        self.latest = array.astype(np.float64)

    def merge(self, other: PlaceStatistics) -> None:
        """Add what `other` counted."""
        self.count += other.count
        self.total = self.total + other.total
        self.latest = other.latest
        self.rows += other.rows

    def value(self) -> Any:
        """The aggregate, or the array: a number where it has no dimensions."""
        found = self.aggregate()
        return float(found) if np.ndim(found) == 0 else found

    def aggregate(self) -> Any:
        if self.latest is not None:
            return AGGREGATES[self.how](self.latest.reshape(-1)) if self.how in AGGREGATES else self.latest
        if self.how == "Total":
            return self.total
        if self.how == "Mean":
            return self.total / max(self.count, 1)
        rows = np.concatenate(self.rows)
        return rows if self.how == "rows" else AGGREGATES[self.how](rows)


def ratio(a: Any, b: Any) -> Any:
    """Quotient a / b, elementwise on arrays, NaN where b is 0."""
    if type(a) in PLAIN and type(b) in PLAIN:  # between two batches of a training: no array is made
        return a / b if b else math.nan
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    result = np.divide(a, b, out=np.full(np.broadcast(a, b).shape, np.nan), where=b != 0)
    return result if result.ndim else float(result)


# ---- per class, from the confusion matrix: arrays (K)


def precision(s: ClassStatistics) -> np.ndarray:
    tp, fp, _, _ = s.outcomes()
    return ratio(tp, tp + fp)


def recall(s: ClassStatistics) -> np.ndarray:
    tp, _, _, fn = s.outcomes()
    return ratio(tp, tp + fn)


def specificity(s: ClassStatistics) -> np.ndarray:
    _, fp, tn, _ = s.outcomes()
    return ratio(tn, tn + fp)


def negative_predictive_value(s: ClassStatistics) -> np.ndarray:
    _, _, tn, fn = s.outcomes()
    return ratio(tn, tn + fn)


def f_score(s: ClassStatistics, beta: float = 1.0) -> np.ndarray:
    """(1 + beta^2) P R / (beta^2 P + R), written in counts so that a class never predicted gives 0."""
    tp, fp, _, fn = s.outcomes()
    weight = beta * beta
    return ratio((1 + weight) * tp, (1 + weight) * tp + weight * fn + fp)


# ---- of all classes together: numbers


def accuracy(s: Any, top: int = 1) -> float:
    """Share of examples whose true class is among the `top` most probable ones."""
    if top == 1:
        return ratio(s.hits, s.count)
    scores, truth = np.concatenate(s.scores), np.concatenate(s.truths)
    own = scores[np.arange(len(truth)), truth]
    # Classes before the true one in the order of the decision: a larger probability,
    # or an equal one further left.
    left = np.arange(scores.shape[1]) < truth[:, None]
    before = (scores > own[:, None]) | ((scores == own[:, None]) & left)
    return float(np.mean(before.sum(1) < top))


def chance_corrected(s: ClassStatistics, expected: float) -> float:
    """(p_o - p_e) / (1 - p_e) for the agreement `expected` by chance."""
    return ratio(accuracy(s) - expected, 1 - expected)


def cohen_kappa(s: ClassStatistics) -> float:
    n = s.count
    return (
        chance_corrected(s, float(np.sum(s.confusion.sum(0) * s.confusion.sum(1)) / n**2)) if n else math.nan
    )


def scott_pi(s: ClassStatistics) -> float:
    n = s.count
    shares = (s.confusion.sum(0) + s.confusion.sum(1)) / (2 * n) if n else np.full(1, np.nan)
    return chance_corrected(s, float(np.sum(shares**2)))


def matthews(s: ClassStatistics) -> float:
    """Matthews correlation coefficient of the K x K confusion matrix. Source: Gorodkin 2004, equation 8."""
    true, predicted, n = s.confusion.sum(1), s.confusion.sum(0), s.count
    covariance = np.trace(s.confusion) * n - float(true @ predicted)
    spread = math.sqrt(float(n * n - predicted @ predicted)) * math.sqrt(float(n * n - true @ true))
    return ratio(covariance, spread)


# ---- from all probabilities: arrays and curves per class


def area_under_roc(s: ClassStatistics) -> np.ndarray:
    """For each class, the chance that a random example of it scores above a random other one
    (ties count half).
    """
    scores, truth = np.concatenate(s.scores), np.concatenate(s.truths)
    areas = []
    for k in range(scores.shape[1]):
        mine = truth == k
        _, place, counts = np.unique(scores[:, k], return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # average rank of equal scores, from 1
        n1 = int(mine.sum())
        areas.append(ratio(ranks[mine].sum() - n1 * (n1 + 1) / 2, n1 * (len(truth) - n1)))
    return np.array(areas)


def roc_curve(s: ClassStatistics) -> list[np.ndarray]:
    """For each class, points (false positive rate, true positive rate) from (0, 0) to (1, 1),
    shape (P, 2).
    """
    scores, truth = np.concatenate(s.scores), np.concatenate(s.truths)
    curves = []
    for k in range(scores.shape[1]):
        order = np.argsort(-scores[:, k], kind="stable")
        mine = (truth == k)[order]
        last = np.append(np.diff(scores[order, k]) != 0, True)  # the last example of each threshold
        hits, misses = np.cumsum(mine)[last], np.cumsum(~mine)[last]
        points = np.column_stack([ratio(misses, misses[-1]), ratio(hits, hits[-1])])
        curves.append(np.vstack([np.zeros((1, 2)), points]))
    return curves


# ---- of values


def fraction_unexplained(s: ValueStatistics) -> float:
    """Sum of squared errors over the sum of squared deviations of the targets from their mean."""
    return ratio(s.square, s.target_square - s.target**2 / s.count if s.count else 0.0)


# ---- the table

NUMBER, PER_CLASS, OTHER = "number", "per class", "other"


class Score(NamedTuple):
    """One measurement.

    formula  of the statistics (and of the parameter, where `parameter` names what it is)
    result   NUMBER, PER_CLASS (an array (K)) or OTHER (matrix, curves)
    better   +1 where larger is better, -1 where smaller is, 0 where neither
    raw      whether all probabilities must be kept
    """

    name: str
    family: str
    formula: Callable[..., Any]
    result: str = NUMBER
    better: int = 1
    raw: bool = False
    parameter: str | None = None
    logs: bool = False


def _outcome(i: int) -> Callable[[ClassStatistics], np.ndarray]:
    return lambda s: s.outcomes()[i]


SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        Score("Accuracy", "class", accuracy, parameter="top"),
        Score("ErrorRate", "class", lambda s, top=1: 1 - accuracy(s, top), better=-1, parameter="top"),
        Score("AreaUnderROCCurve", "class", area_under_roc, PER_CLASS, raw=True),
        Score("CohenKappa", "class", cohen_kappa),
        Score("ConfusionMatrix", "class", lambda s: s.confusion.copy(), OTHER, 0),
        Score("ConfusionMatrixPlot", "class", lambda s: s.confusion.copy(), OTHER, 0),
        Score("Entropy", "class", lambda s: ratio(s.entropy, s.count), better=-1, logs=True),
        Score("F1Score", "class", f_score, PER_CLASS),
        Score("FScore", "class", f_score, PER_CLASS, parameter="beta"),
        Score("FalseDiscoveryRate", "class", lambda s: 1 - precision(s), PER_CLASS, -1),
        Score("FalseNegativeNumber", "class", _outcome(3), PER_CLASS, -1),
        Score("FalseNegativeRate", "class", lambda s: 1 - recall(s), PER_CLASS, -1),
        Score("FalseOmissionRate", "class", lambda s: 1 - negative_predictive_value(s), PER_CLASS, -1),
        Score("FalsePositiveNumber", "class", _outcome(1), PER_CLASS, -1),
        Score("FalsePositiveRate", "class", lambda s: 1 - specificity(s), PER_CLASS, -1),
        Score("Informedness", "class", lambda s: recall(s) + specificity(s) - 1, PER_CLASS),
        Score("Markedness", "class", lambda s: precision(s) + negative_predictive_value(s) - 1, PER_CLASS),
        Score("MatthewsCorrelationCoefficient", "class", matthews),
        Score("NegativePredictiveValue", "class", negative_predictive_value, PER_CLASS),
        Score("Perplexity", "class", lambda s: math.exp(ratio(s.cross, s.count)), better=-1, logs=True),
        Score("Precision", "class", precision, PER_CLASS),
        Score("ROCCurve", "class", roc_curve, OTHER, 0, raw=True),
        Score("ROCCurvePlot", "class", roc_curve, OTHER, 0, raw=True),
        Score("Recall", "class", recall, PER_CLASS),
        Score("ScottPi", "class", scott_pi),
        Score("Specificity", "class", specificity, PER_CLASS),
        Score("TrueNegativeNumber", "class", _outcome(2), PER_CLASS),
        Score("TrueNegativeRate", "class", specificity, PER_CLASS),
        Score("TruePositiveNumber", "class", _outcome(0), PER_CLASS),
        Score("TruePositiveRate", "class", recall, PER_CLASS),
        Score("FractionVarianceUnexplained", "value", fraction_unexplained, better=-1),
        Score("IntersectionOverUnion", "value", lambda s: ratio(s.both, s.either)),
        Score("MeanDeviation", "value", lambda s: ratio(s.absolute, s.count), better=-1),
        Score("MeanSquare", "value", lambda s: ratio(s.square, s.count), better=-1),
        Score("RSquared", "value", lambda s: 1 - fraction_unexplained(s)),
        Score("StandardDeviation", "value", lambda s: math.sqrt(ratio(s.square, s.count)), better=-1),
    )
}


# A place of the net: what stands there is shown, not judged.
PLACE = Score("NetPort", "place", lambda s: s.value(), OTHER, 0)


def average(values: np.ndarray, averaging: str, confusion: np.ndarray, score: Score) -> float:
    """One number from a value per class: "Macro" (plain mean) or "Weighted"
    (by the number of true examples).
    """
    if averaging == "Weighted":
        weights = confusion.sum(1)
        known = ~np.isnan(values) & (weights > 0)
        return ratio(np.sum(values[known] * weights[known]), weights[known].sum())
    known = ~np.isnan(values)
    return float(values[known].mean()) if known.any() else math.nan


def micro(statistics: ClassStatistics) -> ClassStatistics:
    """The pooled two-class problem of "Micro" averaging: class 1 counts every class's own
    outcomes summed up.
    """
    tp, fp, tn, fn = (int(x.sum()) for x in statistics.outcomes())
    pooled = ClassStatistics(2)
    pooled.confusion[:] = [[tn, fp], [fn, tp]]
    return pooled
