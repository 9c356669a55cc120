"""Padded sequences in programs: which elements are no padding, sums and extrema over those alone, elements by
position, and what a layer demands of lengths.

A sequence comes as a value (N, L, ...) and int32 lengths (N); elements from a sequence's length on are
padding: finite numbers that must not be seen in any result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from wlnet.runtime import ir


def mask(b: ir.Builder, lengths: ir.Value, extent: int, rank: int = 2) -> ir.Value:
    """Truth values (N, extent, 1, ...) of `rank` dimensions: whether a position lies within its sequence."""
    count = lengths.shape[0]
    places = b.iota(shape=(1, extent), axis=1, dtype=lengths.dtype)
    inside = b.less(b.broadcast_to(places, (count, extent)), b.reshape(lengths, (count, 1)))
    return b.reshape(inside, (count, extent, *(1,) * (rank - 2)))


def blank(b: ir.Builder, x: ir.Value, inside: ir.Value, number: float = 0.0) -> ir.Value:
    """`x` where `inside` holds, else `number`."""
    if number == 0 and x.type.is_float:
        return b.keep(x, inside)
    return b.select(inside, x, b.constant(number, x.dtype))


def at_places(b: ir.Builder, x: ir.Value, index: ir.Value) -> ir.Value:
    """Elements of sequences by position: x (N, L, ...) at `index` (N, M), from 0, -> (N, M, ...).

    Positions outside are moved to the nearest element of the same sequence.
    """
    count, extent = x.shape[:2]
    index = b.cast(index, "i64")
    index = b.minimum(b.maximum(index, 0), extent - 1)
    if x.type.size == count * extent:
        found = b.take_along_axis(b.reshape(x, (count, extent)), index, 1)
        return b.reshape(found, (*index.shape, *x.shape[2:]))
    first = b.iota(shape=(count, 1), axis=0) * extent
    flat = b.reshape(x, (count * extent, *x.shape[2:]))
    return b.gather(flat, b.add(index, b.broadcast_to(first, index.shape)), axis=0)


def backwards(b: ir.Builder, x: ir.Value, lengths: ir.Value | None) -> ir.Value:
    """Sequences x (N, L, ...) from their last element to their first; padding stays where it is."""
    if lengths is None:
        return b.reverse(x, 1)
    count, extent = x.shape[:2]
    places = b.broadcast_to(b.iota(shape=(1, extent), axis=1), (count, extent))
    ends = b.broadcast_to(b.reshape(b.cast(lengths, "i64"), (count, 1)), (count, extent))
    return at_places(b, x, b.select(b.less(places, ends), ends - 1 - places, places))


def column(b: ir.Builder, numbers: ir.Value, rank: int) -> ir.Value:
    """Numbers (N), one an example, as (N, 1, ...) of `rank` dimensions."""
    return b.reshape(numbers, (numbers.shape[0], *(1,) * (rank - 1)))


class Demand(NamedTuple):
    """A layer needs sequences with as many elements as others (`wanted` a value), or with at least `wanted`.

    text  what the layer takes, a sentence without its end
    """

    symbol: str
    text: str
    found: ir.Value
    wanted: ir.Value | int


def divided(b: ir.Builder, numbers: ir.Value, by: int) -> ir.Value:
    """Integers divided by a positive one, rounded down."""
    if by == 1:
        return numbers
    found: ir.Value = b.cast(b.floor(b.div(b.cast(numbers, "f64"), float(by))), numbers.dtype)
    return found


# ---- sums and extrema of what is no padding

# Beyond every number that a layer is given, and finite: minima pass it over, sorting puts it last.
BEYOND = 3e38

# Stands for minus infinity where an infinity would turn zeros into NaN; its exponential is 0.
LOWEST = -1e30


def total(
    b: ir.Builder, x: ir.Value, inside: ir.Value, axes: Sequence[int], keepdims: bool = False
) -> ir.Value:
    """The sum over `axes` of the elements where `inside`, of the rank of `x`, holds."""
    return b.sum(blank(b, x, inside), axes, keepdims)


def mean(
    b: ir.Builder, x: ir.Value, lengths: ir.Value, axes: Sequence[int], keepdims: bool = False
) -> ir.Value:
    """The mean over `axes`, 1 among them, of sequences x (N, L, ...)."""
    found = total(b, x, mask(b, lengths, x.shape[1], x.rank), axes, keepdims=True)
    rest = math.prod(x.shape[axis] for axis in axes if axis != 1)
    found = b.div(found, column(b, b.mul(b.cast(lengths, x.dtype), float(rest)), x.rank))
    if keepdims:
        return found
    return b.reshape(found, [extent for axis, extent in enumerate(found.shape) if axis not in axes])


def variance(
    b: ir.Builder, x: ir.Value, lengths: ir.Value, axes: Sequence[int], unbiased: bool = False
) -> ir.Value:
    """The variance over `axes`, 1 among them, which become 1."""
    deviation = b.square(b.sub(x, mean(b, x, lengths, axes, keepdims=True)))
    found = mean(b, deviation, lengths, axes, keepdims=True)
    if not unbiased:
        return found
    rest = math.prod(x.shape[axis] for axis in axes if axis != 1)
    count = b.mul(b.cast(lengths, x.dtype), float(rest))
    return b.mul(found, column(b, b.div(count, b.sub(count, 1.0)), x.rank))


def softmax(b: ir.Builder, x: ir.Value, lengths: ir.Value) -> ir.Value:
    """Softmax along the sequences of x (N, L, ...). Padding becomes the first element and not 0, so that
    its logarithm and its reciprocal are finite, too.
    """
    inside = mask(b, lengths, x.shape[1], x.rank)
    found = b.softmax(b.select(inside, x, LOWEST), 1)
    return b.select(inside, found, b.slice_axis(found, 1, 0, 1))  # type: ignore[no-any-return]
