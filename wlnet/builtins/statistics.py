"""Descriptive statistics: Mean, Median, Variance, Covariance and their kin; exact on exact data.

Packed data are computed by NumPy; everything else in the language's own arithmetic, so that exact stays exact
and symbols stay symbols. Statistics of a matrix are taken by columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, is_list, items, key, make_list, packed, rational, to_array
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .distributions import fill, record_of
from .levels import length

DATA = {
    "rectt": "A rectangular array with data, or a distribution, is expected at position `1` in `2`.",
    "shlen": "The argument `1` should have at least two elements.",
}


def data_of(x: Any) -> Any:
    """Data as a List: lists as they are, the values of an association;
    None for anything else or an empty list."""
    if type(x) is Association:
        x = make_list(x.values())
    return x if is_list(x) and length(x) else None


def _reals(x: Any) -> np.ndarray | None:
    """Data as a float64 array when they are machine reals (integers stay exact, hence None)."""
    array = x if type(x) is np.ndarray else to_array(x)
    return array if array is not None and array.dtype == np.float64 and array.size else None


def expected(ev: Any, name: str, x: Any) -> None:
    if is_list(x) or type(x) in (int, float, Fraction, str, Association):
        ev.message(name, "rectt", 1, Expr(S.HoldForm, (Expr(getattr(S, name), (x,)),)))


def columns(x: Any) -> Any:
    """A matrix as a list of its columns; None for a vector."""
    if type(x) is np.ndarray and x.ndim == 1:
        return None
    rows = items(x)
    if not all(is_list(r) for r in rows):
        return None
    lists = [items(r) for r in rows]
    if len({len(r) for r in lists}) != 1:
        return None
    return [make_list(c) for c in zip(*lists, strict=True)]


def by_columns(name: str, x: Any, *rest: Any) -> Any:
    """`name` of each column, when `x` is a matrix."""
    parts = columns(x)
    return None if parts is None else make_list(Expr(getattr(S, name), (c, *rest)) for c in parts)


def total(values: Any) -> Expr:
    """The sum of elements as an expression."""
    return Expr(S.Total, (values,))


def _distribution(ev: Any, dist: Any, field: str) -> Any:
    record = record_of(dist)
    text = None if record is None else getattr(record, field)
    return None if text is None else fill(ev, dist, text)


@builtin("Mean", messages=DATA)
def mean(ev: Any, data: Any) -> Any:
    """Mean[list] gives the mean of the elements, for a matrix of each column;
    Mean[dist] that of a distribution.

    >>> {Mean[{1, 2, 4}], Mean[{a, b}], Mean[{{1, 2}, {3, 4}}], Mean[{1., 2.}]}
    {7/3, (a + b)/2, {2, 3}, 1.5}
    """
    values = data_of(data)
    if values is None:
        if record_of(data) is not None:
            return _distribution(ev, data, "mean")
        expected(ev, "Mean", data)
        return None
    array = _reals(values)
    if array is not None:
        return packed(array.mean(axis=0))
    n = length(values)
    return Expr(S.Times, (rational(Fraction(1, n)), total(values)))


def deviations(x: Any) -> Expr:
    """The elements less their mean."""
    return Expr(S.Subtract, (x, Expr(S.Mean, (x,))))


def _enough(ev: Any, name: str, values: Any, least: int = 2) -> bool:
    if length(values) >= least:
        return True
    ev.message(name, "shlen", values)
    return False


@builtin("Variance", messages=DATA)
def variance(ev: Any, data: Any) -> Any:
    """Variance[list] gives the unbiased variance of the elements (division by n - 1),
    for a matrix of each column.

    >>> {Variance[{1, 2, 4}], Variance[{1., 2., 4.}], Variance[NormalDistribution[0, s]]}
    {7/3, 2.33333, s^2}
    """
    values = data_of(data)
    if values is None:
        if record_of(data) is not None:
            return _distribution(ev, data, "variance")
        expected(ev, "Variance", data)
        return None
    if not _enough(ev, "Variance", values):
        return None
    array = _reals(values)
    if array is not None and array.ndim <= 2:
        return packed(array.var(axis=0, ddof=1))
    if columns(values) is not None:
        return by_columns("Variance", values)
    shifted = deviations(values)
    squares = Expr(S.Times, (shifted, Expr(S.Conjugate, (shifted,))))
    return Expr(S.Times, (rational(Fraction(1, length(values) - 1)), total(squares)))


@builtin("StandardDeviation", messages=DATA)
def standard_deviation(ev: Any, data: Any) -> Any:
    """StandardDeviation[list] gives the square root of Variance[list].

    >>> {StandardDeviation[{1, 2, 3}], StandardDeviation[{1, 2, 4}], StandardDeviation[{1., 5.}]}
    {1, Sqrt[7/3], 2.82843}
    """
    value = variance(ev, data)
    return None if value is None else Expr(S.Sqrt, (value,))


def ordered_values(ev: Any, x: Any) -> list[Any] | None:
    """Real numeric values in ascending order; None when some have no order."""
    if type(x) is np.ndarray and x.ndim == 1 and x.dtype != np.complex128:
        return np.sort(x).tolist()  # type: ignore[no-any-return]
    values = items(x)
    real = [numeric.numeric_value(ev, v) for v in values]
    if any(r is None or type(r) is numbers.Complex for r in real):
        return None
    order = sorted(range(len(values)), key=lambda i: numbers.to_mpf(real[i]) if _big(real[i]) else real[i])
    return [values[i] for i in order]


def _big(x: Any) -> bool:
    return type(x) is numbers.BigReal


@builtin("Median", messages=DATA)
def median(ev: Any, data: Any) -> Any:
    """Median[list] gives the middle element, or the mean of the two middle ones; for a matrix of each column.

    >>> {Median[{5, 1, 3}], Median[{1, 2, 3, 4}], Median[{1.5, 2.5}]}
    {3, 5/2, 2.}
    """
    values = data_of(data)
    if values is None:
        if record_of(data) is not None:
            return _distribution(ev, data, "median")
        expected(ev, "Median", data)
        return None
    array = _reals(values)
    if array is not None and array.ndim <= 2:
        return packed(np.median(array, axis=0))
    if columns(values) is not None:
        return by_columns("Median", values)
    found = ordered_values(ev, values)
    if found is None:
        return None
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    return Expr(S.Times, (Fraction(1, 2), Expr(S.Plus, (found[middle - 1], found[middle]))))


@builtin("MeanDeviation", messages=DATA)
def mean_deviation(ev: Any, data: Any) -> Any:
    """MeanDeviation[list] gives the mean absolute deviation from the mean.

    >>> MeanDeviation[{1, 2, 6}]
    2
    """
    values = data_of(data)
    return None if values is None else Expr(S.Mean, (Expr(S.Abs, (deviations(values),)),))


@builtin("MedianDeviation", messages=DATA)
def median_deviation(ev: Any, data: Any) -> Any:
    """MedianDeviation[list] gives the median absolute deviation from the median.

    >>> MedianDeviation[{1, 2, 6}]
    1
    """
    values = data_of(data)
    if values is None:
        return None
    return Expr(S.Median, (Expr(S.Abs, (Expr(S.Subtract, (values, Expr(S.Median, (values,)))),)),))


@builtin("RootMeanSquare", messages=DATA)
def root_mean_square(ev: Any, data: Any) -> Any:
    """RootMeanSquare[list] gives the square root of the mean of the squares.

    >>> {RootMeanSquare[{1, 7}], RootMeanSquare[{3., 4.}]}
    {5, 3.53553}
    """
    values = data_of(data)
    return None if values is None else Expr(S.Sqrt, (Expr(S.Mean, (Expr(S.Power, (values, 2)),)),))


def _moment_by(name: str, moment: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def call(ev: Any, data: Any) -> Any:
        values = data_of(data)
        if values is None:
            expected(ev, name, data)
            return None
        if columns(values) is not None:
            return by_columns(name, values)
        return moment(values)

    return call


def _central(values: Any, k: int) -> Expr:
    return Expr(S.Mean, (Expr(S.Power, (deviations(values), k)),))


@builtin("CentralMoment", messages=DATA)
def central_moment(ev: Any, data: Any, r: Any) -> Any:
    """CentralMoment[list, r] gives the mean of the r-th powers of the deviations from the mean.

    >>> CentralMoment[{1, 2, 3}, 2]
    2/3
    """
    values = data_of(data)
    return None if values is None or type(r) is not int else _central(values, r)


@builtin("Moment", messages=DATA)
def moment(ev: Any, data: Any, r: Any) -> Any:
    """Moment[list, r] gives the mean of the r-th powers of the elements.

    >>> Moment[{1, 2, 3}, 2]
    14/3
    """
    values = data_of(data)
    return None if values is None or type(r) is not int else Expr(S.Mean, (Expr(S.Power, (values, r)),))


@builtin("Skewness", messages=DATA)
def skewness(ev: Any, data: Any) -> Any:
    """Skewness[list] gives the third central moment divided by the cube of the biased standard deviation.

    >>> Skewness[{1., 2., 6.}]
    0.59517
    """

    def of(values: Any) -> Any:
        scale = Expr(S.Power, (_central(values, 2), Fraction(-3, 2)))
        return Expr(S.Times, (_central(values, 3), scale))

    return _moment_by("Skewness", of)(ev, data)


@builtin("Kurtosis", messages=DATA)
def kurtosis(ev: Any, data: Any) -> Any:
    """Kurtosis[list] gives the fourth central moment divided by the square of the biased variance.

    >>> Kurtosis[{1, 2, 3, 4}]
    41/25
    """

    def of(values: Any) -> Any:
        return Expr(S.Times, (_central(values, 4), Expr(S.Power, (_central(values, 2), -2))))

    return _moment_by("Kurtosis", of)(ev, data)


@builtin("GeometricMean", messages=DATA)
def geometric_mean(ev: Any, data: Any) -> Any:
    """GeometricMean[list] gives the n-th root of the product of the elements.

    >>> GeometricMean[{1, 4, 16}]
    4
    """
    values = data_of(data)
    if values is None:
        return None
    n = length(values)
    return Expr(S.Power, (Expr(S.Apply, (S.Times, values)), rational(Fraction(1, n))))


@builtin("HarmonicMean", messages=DATA)
def harmonic_mean(ev: Any, data: Any) -> Any:
    """HarmonicMean[list] gives the reciprocal of the mean of the reciprocals.

    >>> HarmonicMean[{1, 2, 4}]
    12/7
    """
    values = data_of(data)
    return None if values is None else Expr(S.Power, (Expr(S.Mean, (Expr(S.Power, (values, -1)),)), -1))


@builtin("TrimmedMean", messages=DATA)
def trimmed_mean(ev: Any, data: Any, f: Any = Fraction(1, 20)) -> Any:
    """TrimmedMean[list, f] gives the mean after dropping a fraction f of the elements at each end.

    >>> TrimmedMean[{1, 2, 3, 4, 100}, 1/5]
    3
    """
    values = data_of(data)
    found = None if values is None else ordered_values(ev, values)
    if found is None or type(f) not in (int, float, Fraction):
        return None
    cut = math.floor(len(found) * f)
    return Expr(S.Mean, (make_list(found[cut : len(found) - cut]),))


@builtin("Covariance", messages=DATA)
def covariance(ev: Any, data: Any, other: Any = None) -> Any:
    """Covariance[v1, v2] gives the covariance of two lists; Covariance[matrix] the covariance matrix
    of its columns.

    >>> {Covariance[{1, 2, 3}, {2, 4, 7}], Covariance[{{1., 2.}, {3., 5.}}]}
    {5/2, {{2., 3.}, {3., 4.5}}}
    """
    x = data_of(data)
    if x is None or (other is not None and data_of(other) is None):
        expected(ev, "Covariance", data)
        return None
    if not _enough(ev, "Covariance", x) or (other is not None and length(data_of(other)) != length(x)):
        return None
    if other is not None and columns(x) is None:
        return _covariance(x, other)
    left = columns(x)
    right = left if other is None else columns(other)
    if left is None or right is None:
        return None
    array = _reals(x)
    if array is not None and other is None and len(array) > 1:
        centred = array - array.mean(axis=0)
        return packed(centred.T @ centred / (len(array) - 1))
    return make_list(make_list(_covariance(a, b) for b in right) for a in left)


def _covariance(x: Any, y: Any) -> Any:
    product = Expr(S.Times, (deviations(x), Expr(S.Conjugate, (deviations(y),))))
    return Expr(S.Times, (total(product), rational(Fraction(1, length(x) - 1))))


@builtin("Correlation", messages=DATA)
def correlation(ev: Any, data: Any, other: Any = None) -> Any:
    """Correlation[v1, v2] gives Pearson's correlation of two lists;
    Correlation[matrix] the matrix of its columns.

    >>> {Correlation[{1, 2, 3}, {2, 4, 6}], Correlation[{1., 2., 3.}, {3., 1., 2.}]}
    {1, -0.5}
    """
    x = data_of(data)
    if x is None:
        expected(ev, "Correlation", data)
        return None
    if other is not None and columns(x) is None:
        scale = Expr(S.Times, (Expr(S.StandardDeviation, (x,)), Expr(S.StandardDeviation, (other,))))
        return Expr(S.Divide, (Expr(S.Covariance, (x, other)), scale))
    if other is not None and data_of(other) is None:
        return None
    left, right = columns(x), columns(x if other is None else other)
    if left is None or right is None:
        return None
    return make_list(make_list(Expr(S.Correlation, (a, b)) for b in right) for a in left)


@builtin("Standardize", messages=DATA)
def standardize(ev: Any, data: Any, f: Any = S.Mean, g: Any = S.StandardDeviation) -> Any:
    """Standardize[list] shifts and scales the elements to mean 0 and variance 1; for a matrix each column.
    Standardize[list, f, g] subtracts f[list] and divides by g[list].

    >>> {Standardize[{1, 2, 3}], Standardize[{1., 3.}, Mean, 1 &]}
    {{-1, 0, 1}, {-1., 1.}}
    """
    values = data_of(data)
    if values is None:
        expected(ev, "Standardize", data)
        return None
    parts = columns(values)
    if parts is not None:
        done = make_list(Expr(S.Standardize, (c, f, g)) for c in parts)
        return Expr(S.Transpose, (done,))
    return Expr(S.Divide, (Expr(S.Subtract, (values, Expr(f, (values,)))), Expr(g, (values,))))


@builtin("Commonest", messages=DATA)
def commonest(ev: Any, data: Any, n: Any = None) -> Any:
    """Commonest[list] gives the elements that occur most often; Commonest[list, n] the n commonest ones.

    >>> {Commonest[{b, a, c, a, b}], Commonest[{1, 2, 2, 3, 3, 3}, 2]}
    {{b, a}, {3, 2}}
    """
    values = data_of(data)
    if values is None:
        return None
    counts: dict[Any, list[Any]] = {}
    for v in items(values):
        counts.setdefault(key(v), [v, 0])[1] += 1
    ranked = sorted(counts.values(), key=lambda pair: -pair[1])
    if n is None:
        return make_list(v for v, c in ranked if c == ranked[0][1])
    most = n.args[0] if type(n) is Expr and n.head is S.UpTo else n
    return make_list(v for v, _ in ranked[:most]) if type(most) is int else None


@builtin("MovingAverage", messages=DATA)
def moving_average(ev: Any, data: Any, r: Any) -> Any:
    """MovingAverage[list, r] gives the means of all runs of r elements; MovingAverage[list, {w1, w2, ...}]
    weighted ones.

    >>> {MovingAverage[{1, 2, 3, 6}, 2], MovingAverage[{a, b, c}, {1, 2}]}
    {{3/2, 5/2, 9/2}, {(a + 2 b)/3, (b + 2 c)/3}}
    """
    values = data_of(data)
    if values is None:
        return None
    array = _reals(values)
    if type(r) is int and r > 0:
        if array is not None and array.ndim == 1 and r <= len(array):
            sums = np.lib.stride_tricks.sliding_window_view(array, r).mean(axis=1)
            return packed(sums)
        runs = [items(values)[i : i + r] for i in range(len(items(values)) - r + 1)]
        return make_list(Expr(S.Mean, (make_list(run),)) for run in runs)
    if is_list(r):
        weights = items(r)
        scale = Expr(S.Power, (Expr(S.Plus, tuple(weights)), -1))
        elements = items(values)
        k = len(weights)
        runs = [elements[i : i + k] for i in range(len(elements) - k + 1)]
        sums_ = [
            Expr(S.Plus, tuple(Expr(S.Times, (w, e)) for w, e in zip(weights, run, strict=True)))
            for run in runs
        ]
        return make_list(Expr(S.Times, (scale, s)) for s in sums_)
    return None


@builtin("ExponentialMovingAverage", messages=DATA)
def exponential_moving_average(ev: Any, data: Any, a: Any) -> Any:
    """ExponentialMovingAverage[list, a] gives y1 = x1, yi = y(i-1) + a (xi - y(i-1)).

    >>> ExponentialMovingAverage[{1, 2, 4}, 1/2]
    {1, 3/2, 11/4}
    """
    values = data_of(data)
    if values is None:
        return None
    found: list[Any] = []
    for x in items(values):
        if not found:
            found.append(x)
            continue
        step = Expr(S.Times, (a, Expr(S.Subtract, (x, found[-1]))))
        found.append(ev.evaluate(Expr(S.Plus, (found[-1], step))))
    return make_list(found)
