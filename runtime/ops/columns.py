"""Convolution as matrix products over columns: the NumPy form of ops/convolution.py.

Arrays are batch innermost: x (S1, ..., Sm, C, W, N) with the spatial extents (S1, ..., Sm, W) and the batch N
last, so that every copy and every product runs over long contiguous lines.  Columns hold only the shifts
along W: (G, P1, ..., Pm, kw, C/G, Wo, N) with padded outer extents P.  Rows of columns that belong to
consecutive kernel rows are neighbours, so one strided view gives each output row its matrix of
k*kw*C/G x Wo*N, and no element is copied for the shifts along the other axes.  (performance.md, section 4.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..types import Shape

Pads = tuple[tuple[int, int], ...]

# Input gradients: the products of the forward form on the padded cotangent may be this many times those of
# scattered columns before scattering is faster.  Measured on LeNet's second layer (ratio 2.25: scattering is
# 1.3 times as fast) and on 3 x 3 kernels over 16 x 16 (1.14: 0.7 times as fast).
GATHER_RATIO = 1.5


# Numbers that the products of several rows may take before they are added up: 1 MB in float32.
PRODUCTS = 1 << 18


class Geometry(NamedTuple):
    """One convolution in numbers, extents in the order of the spatial axes.

    size  of the input, out  of the output, kernel, stride, dilation, pads  (before, after) of each axis
    """

    size: Shape
    out: Shape
    kernel: Shape
    stride: Shape
    dilation: Shape
    pads: Pads
    channels: int  # of the input
    filters: int  # channels of the output
    groups: int
    batch: int

    @property
    def outer(self) -> int:
        """Number of spatial axes before the channels."""
        return len(self.size) - 1

    @property
    def merged(self) -> bool:
        """Whether the kernel's rows along the last outer axis are neighbours in the columns."""
        return self.outer > 0 and (self.dilation[-2] == 1 or self.kernel[-2] == 1)

    def padded(self) -> Shape:
        """Outer extents of the columns: the padded rows that some output row reads."""
        reach = zip(self.out, self.stride, self.dilation, self.kernel)
        return tuple((o - 1) * s + d * (k - 1) + 1 for o, s, d, k in list(reach)[:-1])

    def columns(self) -> Shape:
        """Shape of the columns."""
        width = (self.kernel[-1], self.channels // self.groups, self.out[-1], self.batch)
        return (self.groups, *self.padded(), *width)

    def plain(self) -> bool:
        """Whether the input itself serves as its columns."""
        flat = self.kernel[-1] == 1 and self.stride[-1] == 1 and self.groups == 1
        return flat and not any(map(any, self.pads))

    def scratch(self) -> Shape:
        """Shape of the memory for the columns: none where the input serves as them."""
        return (0,) if self.plain() else self.columns()

    def steps(self) -> list[Shape]:
        """Kernel positions along the outer axes that need products of their own."""
        count = self.outer - self.merged
        return list(product(*map(range, self.kernel[:count])))

    def rows(self) -> int:
        """Height of the matrix of one product: kernel positions in it times channels of a group."""
        inside = self.kernel[-2] if self.merged else 1
        return inside * self.kernel[-1] * (self.channels // self.groups)

    def mirrored(self) -> Geometry:
        """The convolution of the cotangent with the turned kernel: the input gradient, for strides of 1."""
        reach = [d * (k - 1) for d, k in zip(self.dilation, self.kernel)]
        pads = tuple(
            (r - before, n - 1 - o + before + 1)
            for r, n, o, (before, _) in zip(reach, self.size, self.out, self.pads)
        )
        return self._replace(
            size=self.out, out=self.size, pads=pads, channels=self.filters, filters=self.channels
        )

    def gathers(self) -> bool:
        """Whether the input gradient is best done as a convolution of the cotangent."""
        if any(step != 1 for step in self.stride):
            return False
        ratio = 1.0
        for n, o in zip(self.size, self.out):
            ratio *= n / o
        return ratio <= GATHER_RATIO


def span(out: int, size: int, stride: int, shift: int) -> tuple[int, int]:
    """First and one after the last output position whose source, position * stride + shift, lies inside."""
    first = max(0, -(shift // stride))
    last = min(out, (size - 1 - shift) // stride + 1)
    return first, max(first, last)


Pairs = list[tuple[np.ndarray, np.ndarray]]


def column_copies(g: Geometry, columns: np.ndarray, x: np.ndarray) -> tuple[list[np.ndarray], Pairs]:
    """What to clear in the columns, and (target, source) of the copies from `x` into them."""
    cleared: list[np.ndarray] = []
    inside: list[slice] = []
    source: list[slice] = []
    for extent, size, (before, _) in zip(g.padded(), g.size, g.pads):
        low, high = max(0, before), max(0, min(extent, before + size))
        low = min(low, high)
        lead = (slice(None), *inside)
        cleared += [columns[(*lead, part)] for part in (slice(0, low), slice(high, extent))]
        inside.append(slice(low, high))
        source.append(slice(low - before, high - before))
    body = columns[(slice(None), *inside)]
    taken = x[tuple(source)] if source else x
    grouped = in_groups(g, taken)
    pairs: Pairs = []
    stride, width = g.stride[-1], g.out[-1]
    for t in range(g.kernel[-1]):
        shift = t * g.dilation[-1] - g.pads[-1][0]
        first, last = span(width, g.size[-1], stride, shift)
        line = body[(..., t, slice(None), slice(None), slice(None))]
        cleared += [line[..., part, :] for part in (slice(0, first), slice(last, width))]
        if first < last:
            start = first * stride + shift
            pairs.append(
                (
                    line[..., first:last, :],
                    grouped[..., start : start + (last - first - 1) * stride + 1 : stride, :],
                )
            )
    return [each for each in cleared if each.size], pairs


def in_groups(g: Geometry, x: np.ndarray) -> np.ndarray:
    """An array like the input as (G, S1, ..., Sm, C/G, W, N)."""
    return np.moveaxis(x.reshape(*x.shape[: g.outer], g.groups, -1, *x.shape[g.outer + 1 :]), g.outer, 0)


def filler(g: Geometry, columns: np.ndarray, x: np.ndarray) -> Callable[[], None]:
    """Writes the columns of `x`."""
    cleared, pairs = column_copies(g, columns, x)

    def fill() -> None:
        for each in cleared:
            each.fill(0)
        for target, source in pairs:
            np.copyto(target, source)

    return fill


def windows(g: Geometry, columns: np.ndarray, step: Shape) -> np.ndarray:
    """The matrices of one kernel position: (G, O1, ..., Om, rows, Wo*N), a view of the columns."""
    flat = columns.reshape(*columns.shape[:-2], -1)
    lead = flat.strides[1 : 1 + g.outer]
    start = sum(p * d * s for p, d, s in zip(step, g.dilation, lead))
    strides = (flat.strides[0], *(s * t for s, t in zip(lead, g.stride)), flat.strides[-2], flat.strides[-1])
    shape = (g.groups, *g.out[:-1], g.rows(), flat.shape[-1])
    offset = start // flat.itemsize
    return as_strided(flat.reshape(-1)[offset:], shape, strides)


def matrices(g: Geometry, weights: np.ndarray, turned: bool = False) -> np.ndarray:
    """The kernel as a view (steps..., G, filters/G, rows as axes...): its copies are what products take.

    weights (F, C/G, k1, ...).  `turned`: of the convolution whose gradient `g` is, mirrored in every axis.
    """
    count = g.outer - g.merged
    split = weights.reshape(g.groups, -1, *weights.shape[1:])  # G, F/G, C/G, k...
    kernel = tuple(range(3, split.ndim))
    if turned:  # weights (C, F/G, k...) of the original: its filters are this one's channels
        split = np.flip(split, kernel).swapaxes(1, 2)
    return split.transpose(*kernel[:count], 0, 1, *kernel[count:], 2)


def lines(g: Geometry, y: np.ndarray) -> np.ndarray:
    """An array like the output as (G, O1, ..., Om, F/G, Wo*N); a view where y is contiguous."""
    split = y.reshape(*y.shape[: g.outer], g.groups, g.filters // g.groups, -1)
    return np.moveaxis(split, g.outer, 0)


def around(matrix: np.ndarray, g: Geometry) -> np.ndarray:
    """(G, a, b) -> (G, 1, ..., 1, a, b), to meet `windows` and `lines`."""
    return matrix.reshape(g.groups, *(1,) * g.outer, *matrix.shape[-2:])


def contiguous(x: np.ndarray) -> tuple[np.ndarray, Callable[[], None] | None]:
    """`x`, or memory like it with the call that copies it there."""
    if x.flags.c_contiguous:
        return x, None
    memory = np.empty(x.shape, x.dtype)
    return memory, lambda: np.copyto(memory, x)


def carved(space: np.ndarray, shapes: Sequence[Shape], multiple: int = 1) -> list[np.ndarray]:
    """Arrays of these shapes within `space`, or new ones where it is too small; each begins at a multiple
    of `multiple` elements.
    """
    flat, found, start = space.reshape(-1), [], 0
    for shape in shapes:
        size = math.prod(shape)
        fits = start + size <= flat.size
        found.append(flat[start : start + size].reshape(shape) if fits else np.empty(shape, space.dtype))
        start += -(-size // multiple) * multiple if fits else 0
    return found


def together(calls: Sequence[Callable[[], None] | None]) -> Callable[[], None]:
    """One call for several; None counts as nothing to do."""
    steps = [each for each in calls if each is not None]

    def call() -> None:
        for each in steps:
            each()

    return call


def forward(
    g: Geometry, out: np.ndarray, x: np.ndarray, w: np.ndarray, columns: np.ndarray, turned: bool = False
) -> Callable[[], None]:
    """The convolution of `x` with `w` into `out`."""
    if not out.size:
        return lambda: None
    if not x.size or not w.size:
        return lambda: out.fill(0)
    x, copy = contiguous(x)
    plain = g.plain()
    columns = x.reshape(g.columns()) if plain else columns
    fill = None if plain else filler(g, columns, x)
    view = matrices(g, w, turned)
    kernel = np.empty(view.shape, w.dtype)
    flat = kernel.reshape(-1, g.groups, g.filters // g.groups, g.rows())
    target = lines(g, out)
    more = np.empty(target.shape if len(flat) > 1 else (0,), out.dtype)
    pairs = [(around(flat[k], g), windows(g, columns, step)) for k, step in enumerate(g.steps())]

    def multiply() -> None:
        np.copyto(kernel, view)
        np.matmul(*pairs[0], target)
        for factor, window in pairs[1:]:
            np.matmul(factor, window, more)
            np.add(target, more, target)

    return together([copy, fill, multiply])


def weight_gradient(
    g: Geometry, out: np.ndarray, x: np.ndarray, dy: np.ndarray, columns: np.ndarray
) -> Callable[[], None]:
    """The gradient by the weights: products of the cotangent with the columns, summed over rows in order."""
    if not x.size or not dy.size or not out.size:
        return lambda: out.fill(0)
    x, copy = contiguous(x)
    dy, copy_y = contiguous(dy)
    plain = g.plain()
    columns = x.reshape(g.columns()) if plain else columns
    fill = None if plain else filler(g, columns, x)
    view = matrices(g, out)
    total = np.empty(view.shape, out.dtype)
    flat = total.reshape(-1, g.groups, g.filters // g.groups, g.rows())
    left = lines(g, dy)
    lead = tuple(range(1, 1 + g.outer))
    runs = row_runs(g, flat[0].size)
    memory = [
        np.empty(left[part].shape[:-1] + flat.shape[-1:], out.dtype) for part in runs[:: len(runs) - 1 or 1]
    ]
    more = np.empty(flat.shape[1:], out.dtype)
    products = []
    for k, step in enumerate(g.steps()):
        right = windows(g, columns, step).swapaxes(-1, -2)
        for j, part in enumerate(runs):
            space = memory[-1] if j == len(runs) - 1 else memory[0]
            products.append((flat[k], left[part], right[part], space))

    def multiply() -> None:
        total.fill(0)
        for target, one, other, each in products:
            np.matmul(one, other, each)
            np.add.reduce(each, lead, None, out=more)
            np.add(target, more, target)
        np.copyto(view, total)

    return together([copy, copy_y, fill, multiply])


def row_runs(g: Geometry, size: int) -> list[tuple[slice, ...]]:
    """Output rows (of the first axis) in runs whose products, `size` numbers each, fit the cache."""
    if not g.outer:
        return [(slice(None),)]
    each = size * math.prod(g.out[1:-1])
    count = max(1, min(g.out[0], PRODUCTS // max(1, each)))
    return [(slice(None), slice(start, start + count)) for start in range(0, g.out[0], count)]


def scattered(g: Geometry, out: np.ndarray, dy: np.ndarray, w: np.ndarray) -> Callable[[], None]:
    """The input gradient: for each output row the columns that it was made of, added where they came from."""
    if not out.size or not dy.size or not w.size:
        return lambda: out.fill(0)
    dy, copy = contiguous(dy)
    split = w.reshape(g.groups, -1, *w.shape[1:])
    view = split.transpose(0, *range(3, split.ndim), 2, 1)  # G, k..., C/G, F/G
    kernel = np.empty(view.shape, w.dtype)
    left = kernel.reshape(g.groups, -1, view.shape[-1])
    right = lines(g, dy)
    row = np.empty((g.groups, left.shape[1], right.shape[-1]), out.dtype)
    shifts = row.reshape(*view.shape[:-1], g.out[-1], g.batch)
    grouped = in_groups(g, out)
    rows = []
    for place in np.ndindex(*g.out[:-1]):
        rows.append((right[(slice(None), *place)], additions(g, grouped, shifts, place)))

    def multiply() -> None:
        np.copyto(kernel, view)
        out.fill(0)
        for dy_row, pairs in rows:
            np.matmul(left, dy_row, row)
            for target, part in pairs:
                np.add(target, part, target)

    return together([copy, multiply])


def additions(g: Geometry, x: np.ndarray, shifts: np.ndarray, place: Shape) -> Pairs:
    """(target in x, its addend) for the columns of one output row; those of padding are left out."""
    found: Pairs = []
    for k in product(*map(range, g.kernel)):
        axes = zip(place, k, g.stride, g.dilation, g.pads)
        row = tuple(o * s + each * d - before for o, each, s, d, (before, _) in axes)
        if any(not 0 <= r < n for r, n in zip(row, g.size)):
            continue
        stride, shift = g.stride[-1], k[-1] * g.dilation[-1] - g.pads[-1][0]
        first, last = span(g.out[-1], g.size[-1], stride, shift)
        if first < last:
            start = first * stride + shift
            whole: tuple[Any, ...] = (slice(None), *row)
            target = x[whole]
            target = target[..., start : start + (last - first - 1) * stride + 1 : stride, :]
            piece: tuple[Any, ...] = (slice(None), *k, slice(None), slice(first, last))
            found.append((target, shifts[piece]))
    return found
