"""What AggregationLayer computes over dimensions; of padded sequences over what is no padding.

Each function takes (builder, x, axes, lengths): the axes disappear; lengths (N) say how long the sequences
along axis 1, one of the axes, are, and are None where nothing is padded.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from wlnet.net import masks
from wlnet.net.masks import BEYOND
from wlnet.runtime import ir

Axes = tuple[int, ...]
Lengths = ir.Value | None


def filled(number: float, method: str) -> Callable[..., ir.Value]:
    """A reduction that padding does not change when it holds `number`."""

    def aggregate(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> ir.Value:
        if lengths is not None:
            x = masks.blank(b, x, masks.mask(b, lengths, x.shape[1], x.rank), number)
        found: ir.Value = getattr(b, method)(x, axes)
        return found

    return aggregate


def mean(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> ir.Value:
    found: ir.Value = b.mean(x, axes) if lengths is None else masks.mean(b, x, lengths, axes)
    return found


def variance(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> ir.Value:
    if lengths is None:
        plain: ir.Value = b.variance(x, axes, unbiased=True)
        return plain
    found = masks.variance(b, x, lengths, axes, unbiased=True)
    return dropped(b, found, axes)


def dropped(b: ir.Builder, x: ir.Value, axes: Axes) -> ir.Value:
    """Without `axes`, whose extents are 1."""
    found: ir.Value = b.reshape(x, [extent for axis, extent in enumerate(x.shape) if axis not in axes])
    return found


def deviation(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> ir.Value:
    """Mean distance from the mean."""
    if lengths is None:
        plain: ir.Value = b.mean(b.abs(b.sub(x, b.mean(x, axes, keepdims=True))), axes)
        return plain
    return masks.mean(b, b.abs(b.sub(x, masks.mean(b, x, lengths, axes, keepdims=True))), lengths, axes)


def ordered(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> tuple[ir.Value, ir.Value | int]:
    """The elements of `axes` sorted as one last axis, and how many there are: a number, or real numbers that
    broadcast against the other axes.
    """
    if lengths is not None:
        x = masks.blank(b, x, masks.mask(b, lengths, x.shape[1], x.rank), BEYOND)
    rest = [axis for axis in range(x.rank) if axis not in axes]
    rows = [x.shape[axis] for axis in rest]
    moved = b.reshape(b.transpose(x, (*rest, *axes)), (*rows, math.prod(x.shape[axis] for axis in axes)))
    if lengths is None:
        return b.sort(moved), moved.shape[-1]
    each = math.prod(x.shape[axis] for axis in axes if axis != 1)
    count = b.mul(b.cast(lengths, "f64"), float(each))
    return b.sort(moved), masks.column(b, count, len(rest))


def quantile(b: ir.Builder, rows: ir.Value, count: ir.Value | int, q: float, shift: float) -> ir.Value:
    """The element at position q n + shift, from 0, of sorted rows of n elements, linear between two."""
    if isinstance(count, int):
        place = min(max(q * count + shift, 0.0), count - 1.0)
        low = int(place)
        first: ir.Value = b.index_axis(rows, rows.rank - 1, low)
        if place == low:
            return first
        second = b.index_axis(rows, rows.rank - 1, low + 1)
        return b.add(b.mul(first, 1 - place + low), b.mul(second, place - low))  # type: ignore[no-any-return]
    where = b.minimum(b.maximum(b.add(b.mul(count, q), shift), 0.0), b.sub(count, 1.0))
    below = b.floor(where)
    part = b.cast(b.sub(where, below), rows.dtype)
    low_, high = (b.broadcast_to(b.cast(x, "i64"), rows.shape[:-1]) for x in (below, b.ceil(where)))
    first, second = b.pick(rows, low_), b.pick(rows, high)
    return b.add(first, b.mul(b.sub(second, first), part))  # type: ignore[no-any-return]


def median(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> ir.Value:
    """The middle element in order, or the mean of the two middle ones."""
    return quantile(b, *ordered(b, x, axes, lengths), 0.5, -0.5)


def interquartile(b: ir.Builder, x: ir.Value, axes: Axes, lengths: Lengths) -> ir.Value:
    """Between the quartiles as the language's Quartiles define them: position 1/2 + q n, from 1."""
    rows, count = ordered(b, x, axes, lengths)
    high, low = (quantile(b, rows, count, q, -0.5) for q in (0.75, 0.25))
    found: ir.Value = b.sub(high, low)
    return found


AGGREGATIONS: dict[str, Callable[[ir.Builder, ir.Value, Axes, Lengths], ir.Value]] = {
    "Mean": mean,
    "Min": filled(BEYOND, "min"),
    "Max": filled(-BEYOND, "max"),
    "Total": filled(0.0, "sum"),
    "Times": filled(1.0, "prod"),
    "Median": median,
    "Variance": variance,
    "StandardDeviation": lambda b, x, axes, lengths: b.sqrt(variance(b, x, axes, lengths)),
    "MeanDeviation": deviation,
    "InterquartileRange": interquartile,
}
