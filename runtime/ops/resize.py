"""Pictures at other places: interpolation along axes, and sampling at points of a plane.

Composites of gathers, whose gradients are deterministic scatters: derivatives of any order come from those.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..types import ShapeError
from .record import axis_of, composite

if TYPE_CHECKING:
    from ..ir import Builder, Value


def sources(size: int, count: int, scheme: str) -> np.ndarray:
    """Where `count` samples lie on an axis of `size` elements, counted from 0.

    "point": the first and the last sample on the first and the last element; "bin": in the middle of equal
    parts of the axis, at most on the outermost elements.
    """
    targets = np.arange(count, dtype=np.float64)
    if scheme == "point":
        return targets * ((size - 1) / (count - 1)) if count > 1 else np.zeros(1)
    return np.clip((targets + 0.5) * (size / count) - 0.5, 0, size - 1)


@composite
def resize(
    b: Builder, x: Value, axis: int, count: int, scheme: str = "point", method: str = "linear"
) -> Value:
    """`x` with `count` samples of one axis, between two elements by a straight line or the nearest element.

    scheme "point" or "bin" (see `sources`); method "linear" or "nearest" (of two equally near the later).
    """
    axis = axis_of("resize", axis, x.rank)
    size = x.shape[axis]
    if scheme not in ("point", "bin") or method not in ("linear", "nearest") or count < 1 or size < 1:
        raise ShapeError(
            "resize", '"point" or "bin", "linear" or "nearest"', f"{scheme}, {method}, {count} of {x.type}"
        )
    places = sources(size, count, scheme)
    if method == "nearest":
        return b.gather(x, np.minimum(np.floor(places + 0.5), size - 1).astype(np.int64), axis)
    low = np.minimum(np.floor(places), max(0, size - 2)).astype(np.int64)
    weights = places - low
    first = b.gather(x, low, axis)
    if not weights.any():
        return first
    second = b.gather(x, np.minimum(low + 1, size - 1), axis)
    shape = [count if k == axis else 1 for k in range(x.rank)]
    share = b.constant(weights.reshape(shape), x.dtype)
    return b.add(b.mul(first, b.constant(1 - weights.reshape(shape), x.dtype)), b.mul(second, share))


@composite
def sample_plane(b: Builder, x: Value, rows: Value, columns: Value) -> Value:
    """`x` (N, C, H, W) at points (rows, columns), both (N, P), counted from 0: (N, C, P).

    Bilinear between four neighbours; those outside count as 0.  Derivatives by the points too.
    Source: Jaderberg et al. 2015, equation 5.
    """
    n, c, height, width = x.shape
    flat = b.reshape(b.transpose(x, (0, 2, 3, 1)), (n * height * width, c))
    first = b.reshape(b.iota(shape=(n, 1), axis=0, dtype="i64"), (n, 1)) * (height * width)
    top, left = b.floor(rows), b.floor(columns)
    down, right = b.sub(rows, top), b.sub(columns, left)
    total = None
    for below in (0, 1):
        for beside in (0, 1):
            row, column = b.add(top, float(below)), b.add(left, float(beside))
            inside = b.logical_and(within(b, row, height), within(b, column, width))
            index = b.add(b.mul(position(b, row, height), width), position(b, column, width))
            weight = b.mul(down if below else b.sub(1, down), right if beside else b.sub(1, right))
            taken = b.gather(flat, b.add(index, b.broadcast_to(first, index.shape)), 0)
            term = b.mul(taken, b.expand_dims(b.keep(weight, inside), 2))
            total = term if total is None else b.add(total, term)
    assert total is not None
    return b.transpose(total, (0, 2, 1))


def within(b: Builder, place: Value, size: int) -> Value:
    return b.logical_and(b.greater_equal(place, 0.0), b.less(place, float(size)))


def position(b: Builder, place: Value, size: int) -> Value:
    """A place as an integer within 0 ... size - 1."""
    return b.cast(b.stop_gradient(b.minimum(b.maximum(place, 0.0), float(size - 1))), "i64")


@composite
def crop_each(
    b: Builder, x: Value, starts: Sequence[Value], sizes: Sequence[int], flips: Sequence[Value]
) -> Value:
    """A part of the last axes of every example of x (N, ...): one start (N, integers) and one size an axis;
    backwards where `flips` (N, truth values) hold.
    """
    first = x.rank - len(sizes)
    for axis, (start, size, flip) in enumerate(zip(starts, sizes, flips), first):
        forwards = b.broadcast_to(b.iota(shape=(1, size), axis=1, dtype="i64"), (x.shape[0], size))
        steps = b.select(b.reshape(flip, (-1, 1)), b.sub(size - 1, forwards), forwards)
        index = b.add(steps, b.reshape(start, (-1, 1)))
        wide = [size if k == axis else extent for k, extent in enumerate(x.shape)]
        thin = [x.shape[0], *(size if k == axis else 1 for k in range(1, x.rank))]
        x = b.take_along_axis(x, b.broadcast_to(b.reshape(index, thin), wide), axis)
    return x
