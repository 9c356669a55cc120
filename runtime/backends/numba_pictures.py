"""Kernels of convolutional nets: Winograd's convolution, maxima of windows, batch normalisation.

Their arrays are contiguous with the batch or other elements of a channel innermost; what is not, the op's
NumPy form does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..ops import convolution, slabs
from ..ops.columns import contiguous, together
from ..ops.pooling import Windows
from ..workers import SHARED_FLOPS, parts, side_by_side
from . import numba_winograd
from .numba_compile import Bound, prepare, reordered

Arrays = tuple[np.ndarray, ...]

# Elements of a run in memory from which these kernels beat NumPy's long loops.
LEAST_RUN = 8

# Numbers from which the channels of batch normalisation are shared: about 0.3 ms on one core.
SHARED_NUMBERS = 1 << 19

# ---- convolution

Call = Callable[[], None]


def forward(out: np.ndarray, operands: Arrays, params: dict[str, Any], threads: int = 1) -> Call | None:
    g = convolution.forward_geometry(convolution.types_of(operands), params)
    if not numba_winograd.suits(g) or not out.flags.c_contiguous:
        return None
    run = partial(numba_winograd.forward, prepare)
    x, w, space = operands
    return slabs.shared_forward(run, g, out, x, w, space, threads)


def add_shifts(shifts: Any, x: Any, row: int, first: int, steps: Any) -> None:
    """The columns of one output row added where they came from.

    shifts (kh, kw, C, Wo, N); x (H, channels, W, N), of which `first` ... first + C - 1 are meant; `row` is
    the first input row under the kernel; steps: dilation of rows, stride, dilation and padding of columns.
    """
    height, _, width, batch = x.shape
    rows, columns, channels, out, _ = shifts.shape
    spacing, stride, dilation, before = steps[0], steps[1], steps[2], steps[3]
    for k in range(rows):
        r = row + k * spacing
        if r < 0 or r >= height:
            continue
        for c in range(channels):
            for t in range(columns):
                for o in range(out):
                    w = o * stride + t * dilation - before
                    if 0 <= w < width:
                        target, part = x[r, first + c, w], shifts[k, t, c, o]
                        for n in range(batch):
                            target[n] += part[n]


def scatter_channels(g: Any, out: np.ndarray, dy: np.ndarray, w: np.ndarray, first: int, last: int) -> Call:
    """The input gradient for a stretch of the channels: columns.scattered, the additions as one kernel."""
    view = w[:, first:last].transpose(2, 3, 1, 0)
    kernel = np.empty(view.shape, w.dtype)
    left = kernel.reshape(-1, view.shape[-1])
    right = dy.reshape(*dy.shape[:2], -1)
    row = np.empty((len(left), right.shape[-1]), out.dtype)
    shifts = row.reshape(*view.shape[:3], g.out[1], g.batch)
    steps = np.array([g.dilation[0], g.stride[1], g.dilation[1], g.pads[1][0]], np.int64)
    add, _ = prepare(add_shifts, shifts, out, 0, 0, steps)

    def call() -> None:
        np.copyto(kernel, view)
        out[:, first:last].fill(0)
        for o in range(g.out[0]):
            np.matmul(left, right[o], row)
            add(shifts, out, o * g.stride[0] - g.pads[0][0], first, steps)

    return call


def scatter(g: Any, out: np.ndarray, dy: np.ndarray, w: np.ndarray, threads: int) -> Call:
    dy, copy = contiguous(dy)
    shared = threads if 2 * dy.size * w.size // len(w) >= SHARED_FLOPS else 1
    pieces = parts(g.channels, shared)
    return together([copy, side_by_side([scatter_channels(g, out, dy, w, *each) for each in pieces])])


def input_gradient(
    out: np.ndarray, operands: Arrays, params: dict[str, Any], threads: int = 1
) -> Call | None:
    g = convolution.input_geometry(convolution.types_of(operands), params)
    two = len(g.size) == 2 and g.groups == 1 and out.flags.c_contiguous and g.batch >= LEAST_RUN
    if two and not g.gathers() and min(*operands[0].shape, *operands[1].shape, *out.shape) > 0:
        return scatter(g, out, operands[0], operands[1], threads)
    if not numba_winograd.suits(g) or not g.gathers() or not out.flags.c_contiguous:
        return None
    run = partial(numba_winograd.forward, prepare, turned=True)
    dy, w, space = operands
    return slabs.shared_forward(run, g.mirrored(), out, dy, w, space, threads)


def weight_gradient(
    out: np.ndarray, operands: Arrays, params: dict[str, Any], threads: int = 1
) -> Call | None:
    g = convolution.weights_geometry(convolution.types_of(operands), params)
    if not numba_winograd.suits(g) or not out.flags.c_contiguous:
        return None
    run = partial(numba_winograd.weight_gradient, prepare)
    x, dy, space = operands
    return slabs.shared_weights(run, g, out, x, dy, space, threads)


# ---- maxima of windows over one or two axes


def largest(x: Any, y: Any, sizes: Any, strides: Any, before: Any) -> None:
    """Maxima: x (A, H, B, W, I) -> y (A, Ho, B, Wo, I) over windows of H and W; NaN is above everything."""
    for a in range(y.shape[0]):
        for h in range(y.shape[1]):
            top = h * strides[0] - before[0]
            for b in range(y.shape[2]):
                for w in range(y.shape[3]):
                    left = w * strides[1] - before[1]
                    best = y[a, h, b, w]
                    first = True
                    for r in range(max(top, 0), min(top + sizes[0], x.shape[1])):
                        for c in range(max(left, 0), min(left + sizes[1], x.shape[3])):
                            line = x[a, r, b, c]
                            if first:
                                for i in range(best.size):
                                    best[i] = line[i]
                                first = False
                            else:
                                for i in range(best.size):
                                    better = (line[i] > best[i]) | (
                                        (line[i] != line[i]) & (best[i] == best[i])
                                    )
                                    best[i] = line[i] if better else best[i]


def largest_places(x: Any, y: Any, places: Any, sizes: Any, strides: Any, before: Any) -> None:
    """The same, and the place of each maximum in its window: the first of equal ones."""
    for a in range(y.shape[0]):
        for h in range(y.shape[1]):
            top = h * strides[0] - before[0]
            for b in range(y.shape[2]):
                for w in range(y.shape[3]):
                    left = w * strides[1] - before[1]
                    best, place = y[a, h, b, w], places[a, h, b, w]
                    first = True
                    for r in range(max(top, 0), min(top + sizes[0], x.shape[1])):
                        for c in range(max(left, 0), min(left + sizes[1], x.shape[3])):
                            line = x[a, r, b, c]
                            number = np.int32((r - top) * sizes[1] + c - left)
                            if first:
                                for i in range(best.size):
                                    best[i] = line[i]
                                    place[i] = number
                                first = False
                            else:
                                for i in range(best.size):
                                    better = (line[i] > best[i]) | (
                                        (line[i] != line[i]) & (best[i] == best[i])
                                    )
                                    best[i] = line[i] if better else best[i]
                                    place[i] = number if better else place[i]


def scatter_places(g: Any, places: Any, x: Any, sizes: Any, strides: Any, before: Any) -> None:
    """The numbers g (A, Ho, B, Wo, I) added at their places to zeros x (A, H, B, W, I), windows in order."""
    zero = x.dtype.type(0)
    for a in range(x.shape[0]):
        for r in range(x.shape[1]):
            for b in range(x.shape[2]):
                for c in range(x.shape[3]):
                    line = x[a, r, b, c]
                    for i in range(line.size):
                        line[i] = zero
        for h in range(g.shape[1]):
            top = h * strides[0] - before[0]
            for b in range(g.shape[2]):
                for w in range(g.shape[3]):
                    left = w * strides[1] - before[1]
                    given, place = g[a, h, b, w], places[a, h, b, w]
                    for r in range(max(top, 0), min(top + sizes[0], x.shape[1])):
                        for c in range(max(left, 0), min(left + sizes[1], x.shape[3])):
                            line = x[a, r, b, c]
                            number = np.int32((r - top) * sizes[1] + c - left)
                            for i in range(line.size):
                                line[i] += given[i] if place[i] == number else zero


def plane(array: np.ndarray, axes: tuple[int, ...]) -> np.ndarray | None:
    """A contiguous array as (A, H, B, W, I) with H and W at the given axes; None where it cannot be so."""
    if (
        not array.flags.c_contiguous
        or not array.size
        or len(axes) not in (1, 2)
        or list(axes) != sorted(axes)
    ):
        return None
    shape = array.shape
    first, last = (axes[0], axes[-1]) if len(axes) == 2 else (-1, axes[0])
    head = (int(np.prod(shape[:first])), shape[first]) if first >= 0 else (1, 1)
    middle = int(np.prod(shape[first + 1 : last]))
    found = array.reshape(*head, middle, shape[last], -1)
    return found if found.shape[-1] >= LEAST_RUN else None


def window_numbers(params: dict[str, Any]) -> Arrays:
    """Sizes, strides and pads before, of two axes (an axis of one element is put before a single one)."""
    windows = Windows(*(params[key] for key in Windows._fields))
    rows = [windows.sizes, windows.strides, tuple(before for before, _ in windows.pads)]
    fill = (1, 1, 0)
    return tuple(
        np.array(row if len(row) == 2 else (first, *row), np.int64)
        for row, first in zip(rows, fill, strict=True)
    )


def max_pool(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    x, y = (plane(each, params["axes"]) for each in (operands[0], out))
    return None if x is None or y is None else prepare(largest, x, y, *window_numbers(params))


def max_pool_places(out: Arrays, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    x, y, places = (plane(each, params["axes"]) for each in (operands[0], *out))
    if x is None or y is None or places is None:
        return None
    return prepare(largest_places, x, y, places, *window_numbers(params))


def max_pool_scatter(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    g, places, x = (plane(each, params["axes"]) for each in (*operands, out))
    if x is None or g is None or places is None:
        return None
    return prepare(scatter_places, g, places, x, *window_numbers(params))


# ---- batch normalisation of x (A, C, I)


@reordered
def normalize(
    x: Any,
    scale: Any,
    bias: Any,
    y: Any,
    mean: Any,
    variance: Any,
    epsilon: float,
    first: int,
    last: int,
) -> None:
    """Channels first ... last - 1: three passes over one at a time, which stays in the cache.  Runs
    are summed in the type of x, the sums of runs in float64.
    """
    kind = x.dtype.type
    count = x.shape[0] * x.shape[2]
    for c in range(first, last):
        total = 0.0
        for a in range(x.shape[0]):
            run = kind(0)
            for i in range(x.shape[2]):
                run += x[a, c, i]
            total += run
        middle = kind(total / count)
        total = 0.0
        for a in range(x.shape[0]):
            run = kind(0)
            for i in range(x.shape[2]):
                run += (x[a, c, i] - middle) * (x[a, c, i] - middle)
            total += run
        mean[c] = middle
        variance[c] = kind(total / count)
        factor = kind(scale[c] / np.sqrt(variance[c] + kind(epsilon)))
        shift = kind(bias[c] - middle * factor)
        for a in range(x.shape[0]):
            for i in range(x.shape[2]):
                y[a, c, i] = x[a, c, i] * factor + shift


@reordered
def normalize_gradient(
    x: Any,
    scale: Any,
    mean: Any,
    variance: Any,
    g: Any,
    dx: Any,
    dscale: Any,
    dbias: Any,
    epsilon: float,
    first: int,
    last: int,
) -> None:
    """Channels first ... last - 1: two passes over one at a time, both sums, then dx."""
    kind = x.dtype.type
    count = x.shape[0] * x.shape[2]
    for c in range(first, last):
        middle = mean[c]
        root = kind(1 / np.sqrt(variance[c] + kind(epsilon)))
        plain, scaled = 0.0, 0.0
        for a in range(x.shape[0]):
            run, product = kind(0), kind(0)
            for i in range(x.shape[2]):
                run += g[a, c, i]
                product += (x[a, c, i] - middle) * g[a, c, i]
            plain += run
            scaled += product
        dbias[c] = kind(plain)
        dscale[c] = kind(scaled * root)
        factor = kind(scale[c] * root)
        slope = kind(dscale[c] / count * root * factor)
        level = kind(plain / count * factor - slope * middle)
        for a in range(x.shape[0]):
            for i in range(x.shape[2]):
                dx[a, c, i] = g[a, c, i] * factor - x[a, c, i] * slope - level


def channel_runs(array: np.ndarray, axis: int) -> np.ndarray | None:
    """A contiguous array as (A, C, I)."""
    if not array.flags.c_contiguous or not array.size:
        return None
    found = array.reshape(int(np.prod(array.shape[:axis])), array.shape[axis], -1)
    return found if found.shape[-1] >= LEAST_RUN else None


def channel_parts(
    kernel: Callable[..., None], arguments: tuple[Any, ...], channels: int, size: int, threads: int
) -> Call:
    """The kernel over stretches of the channels, side by side where there are many numbers."""
    function, _ = prepare(kernel, *arguments, 0, channels)
    pieces = parts(channels, threads if size >= SHARED_NUMBERS else 1)
    return side_by_side([partial(function, *arguments, *each) for each in pieces])


def batch_norm(out: Arrays, operands: Arrays, params: dict[str, Any], threads: int = 1) -> Call | None:
    x, y = (channel_runs(each, params["axis"]) for each in (operands[0], out[0]))
    if x is None or y is None:
        return None
    arguments = (x, *operands[1:], y, *out[1:], float(params["epsilon"]))
    return channel_parts(normalize, arguments, x.shape[1], x.size, threads)


def batch_norm_gradient(
    out: Arrays, operands: Arrays, params: dict[str, Any], threads: int = 1
) -> Call | None:
    x, g, dx = (channel_runs(each, params["axis"]) for each in (operands[0], operands[4], out[0]))
    if x is None or g is None or dx is None:
        return None
    arguments = (x, *operands[1:4], g, dx, *out[1:], float(params["epsilon"]))
    return channel_parts(normalize_gradient, arguments, x.shape[1], x.size, threads)


TABLE: dict[str, Callable[..., Any]] = {
    "convolution": forward,
    "convolution_input": input_gradient,
    "convolution_weights": weight_gradient,
    "max_pool": max_pool,
    "max_pool_places": max_pool_places,
    "max_pool_scatter": max_pool_scatter,
    "batch_norm": batch_norm,
    "batch_norm_gradient": batch_norm_gradient,
}
