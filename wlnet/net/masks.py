"""Padded sequences in programs: which elements are no padding, sums and extrema over those alone, elements by
position, and what a layer demands of lengths.

A sequence comes as a value (N, L, ...) and int32 lengths (N); elements from a sequence's length on are
padding: finite numbers that must not be seen in any result.
"""

from __future__ import annotations

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
