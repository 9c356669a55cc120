"""Winograd's minimal filtering F(2 x 2, 3 x 3): 3 x 3 convolutions of stride 1, 2.25 times fewer products.

Arrays have the batch innermost (ops/columns.py): x (H, C, W, N) -> y (Ho, F, Wo, N).  Output rows are done in
pairs and in strips of tiles (2 x 2 outputs each): the 4 x 4 input tiles of a strip are transformed to
V (16, C, T), T tiles times batch; 16 products with the transformed kernel U (16, F, C) give M (16, F, T),
from which the outputs come.
Source: Lavin, Gray 2016, section 4.1.  Error in float32: 6e-7 of the largest element (performance.md, 4.5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops.columns import Geometry, carved, contiguous, together

# Numbers of tiles times batch in a strip.  128, 256 and 512 were alike within 5 % at 64 channels (V and M of
# 512 take 4 MB).
STRIP = 512

# Elements that a temporary begins at a multiple of: 64 bytes in float32.
ALIGNED = 16

# Channels of the input and the output from which the saved products outweigh the transforms.
LEAST_CHANNELS = 16

# G of the source: the kernel's transform is G w G^T.
G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])

Prepare = Callable[..., tuple[Callable[..., None], tuple[Any, ...]]]


def suits(g: Geometry) -> bool:
    """Whether this convolution is one of those."""
    plain = g.kernel == (3, 3) and g.stride == (1, 1) and g.dilation == (1, 1) and g.groups == 1
    large = min(g.channels, g.filters) >= LEAST_CHANNELS and min(g.out) >= 4
    return plain and large and g.batch * g.out[1] >= 32


# ---- transforms


def input_tiles(
    x: Any, v: Any, lines: Any, zeros: Any, batch: int, row: int, first: int, count: int, before: int
) -> None:
    """B^T d B for the tiles `first` ... of the output rows row, row + 1.

    x (H, C, W*N); v (16, C, >= count * N); lines (4, (2 count + 2) * N) holds B^T d of one channel; zeros is
    as long as a line.  Input rows from `row` and columns from 2 first - before on; those outside count as 0.
    Each loop has one result: with four of them LLVM's check for overlap costs as much as the work (3.3 ms a
    layer against 1.5).
    """
    height, channels, _ = x.shape
    columns = 2 * count + 2
    start = 2 * first - before
    low = min(columns, max(0, -start))
    high = max(low, min(columns, x.shape[2] // batch - start))
    left, right = (start + low) * batch, (start + high) * batch
    size = right - left
    for r in range(4):
        lines[r, : low * batch] = 0
        lines[r, high * batch : columns * batch] = 0
    for c in range(channels):
        d0 = x[row, c, left:right] if 0 <= row < height else zeros
        d1 = x[row + 1, c, left:right] if 0 <= row + 1 < height else zeros
        d2 = x[row + 2, c, left:right] if 0 <= row + 2 < height else zeros
        d3 = x[row + 3, c, left:right] if 0 <= row + 3 < height else zeros
        l0, l1 = lines[0, low * batch :], lines[1, low * batch :]
        l2, l3 = lines[2, low * batch :], lines[3, low * batch :]
        for n in range(size):
            l0[n] = d0[n] - d2[n]
            l1[n] = d1[n] + d2[n]
            l2[n] = d2[n] - d1[n]
            l3[n] = d1[n] - d3[n]
        for r in range(4):
            t = lines[r]
            for q in range(4):
                line = v[4 * r + q, c]
                a, b = 1 if q else 0, 3 if q == 3 else 2
                for j in range(count):
                    at, one, other = j * batch, (2 * j + a) * batch, (2 * j + b) * batch
                    if q == 1:
                        for n in range(batch):
                            line[at + n] = t[one + n] + t[other + n]
                    elif q == 2:
                        for n in range(batch):
                            line[at + n] = t[other + n] - t[one + n]
                    else:
                        for n in range(batch):
                            line[at + n] = t[one + n] - t[other + n]


def output_tiles(m: Any, y: Any, lines: Any, row: int, first: int, count: int) -> None:
    """A^T m A into the output rows row, row + 1 from column 2 first on; m (16, F, T), lines (2, 4, T)."""
    height, filters, width, batch = y.shape
    size = count * batch
    for f in range(filters):
        for q in range(4):
            m0, m1, m2, m3 = m[q, f], m[4 + q, f], m[8 + q, f], m[12 + q, f]
            s0, s1 = lines[0, q], lines[1, q]
            for k in range(size):
                s0[k] = m0[k] + m1[k] + m2[k]
                s1[k] = m1[k] - m2[k] - m3[k]
        for r in range(2):
            if row + r >= height:
                continue
            for j in range(count):
                at, w = j * batch, 2 * (first + j)
                s0 = lines[r, 0, at : at + batch]
                s1 = lines[r, 1, at : at + batch]
                s2 = lines[r, 2, at : at + batch]
                s3 = lines[r, 3, at : at + batch]
                y0 = y[row + r, f, w]
                for n in range(batch):
                    y0[n] = s0[n] + s1[n] + s2[n]
                if w + 1 < width:
                    y1 = y[row + r, f, w + 1]
                    for n in range(batch):
                        y1[n] = s1[n] - s2[n] - s3[n]


def cotangent_tiles(
    dy: Any, m: Any, lines: Any, zeros: Any, batch: int, row: int, first: int, count: int
) -> None:
    """A dy A^T for the tiles of the output rows row, row + 1, those outside counting as 0: the transpose of
    `output_tiles`; dy (Ho, F, Wo*N) -> m (16, F, T), lines (4, >= 2 count * N).
    """
    height, filters, width = dy.shape
    left, size = 2 * first * batch, 2 * count * batch
    inside = min(size, width - left)
    for r in range(4):
        lines[r, inside:size] = 0
    for f in range(filters):
        a = dy[row, f, left : left + inside]
        b = dy[row + 1, f, left : left + inside] if row + 1 < height else zeros
        l0, l1, l2, l3 = lines[0], lines[1], lines[2], lines[3]
        for n in range(inside):
            l0[n] = a[n]
            l1[n] = a[n] + b[n]
            l2[n] = a[n] - b[n]
            l3[n] = -b[n]
        for r in range(4):
            t = lines[r]
            for q in range(4):
                line = m[4 * r + q, f]
                for j in range(count):
                    at, one, other = j * batch, 2 * j * batch, (2 * j + 1) * batch
                    if q == 0:
                        for n in range(batch):
                            line[at + n] = t[one + n]
                    elif q == 1:
                        for n in range(batch):
                            line[at + n] = t[one + n] + t[other + n]
                    elif q == 2:
                        for n in range(batch):
                            line[at + n] = t[one + n] - t[other + n]
                    else:
                        for n in range(batch):
                            line[at + n] = -t[other + n]


# ---- convolutions


class Strips:
    """The strips of an output: pairs of rows, and tiles along them."""

    def __init__(self, g: Geometry) -> None:
        tiles = -(-g.out[1] // 2)
        self.count = max(1, min(tiles, STRIP // max(1, g.batch)))
        self.size = self.count * g.batch
        self.all = [
            (row, first, min(self.count, tiles - first))
            for row in range(0, g.out[0], 2)
            for first in range(0, tiles, self.count)
        ]


def kernel_matrix(dtype: Any) -> np.ndarray:
    """(16, 9): the transform of a kernel as one product."""
    return np.kron(G, G).astype(dtype)


def forward(
    prepare: Prepare,
    g: Geometry,
    out: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    space: np.ndarray,
    turned: bool = False,
) -> Callable[[], None]:
    """The convolution; `turned`: with the kernel (C, F, 3, 3) of the one whose input gradient this is."""
    x, copy = contiguous(x)
    strips = Strips(g)
    u, v, m = carved(
        space,
        [(16, g.filters, g.channels), (16, g.channels, strips.size), (16, g.filters, strips.size)],
        ALIGNED,
    )
    lines = np.zeros((4, (2 * strips.count + 2) * g.batch), x.dtype)
    zeros = np.zeros_like(lines[0])
    flat_x = x.reshape(*x.shape[:2], -1)
    sums = np.empty((2, 4, strips.size), x.dtype)
    view = w[:, :, ::-1, ::-1].swapaxes(0, 1) if turned else w
    kernel = np.empty(view.shape, w.dtype)
    left, right = kernel_matrix(x.dtype), kernel.reshape(-1, 9).T
    flat = u.reshape(16, -1)
    above, before = g.pads[0][0], g.pads[1][0]
    transform, _ = prepare(input_tiles, flat_x, v, lines, zeros, 0, 0, 0, 0, 0)
    finish, _ = prepare(output_tiles, m, out, sums, 0, 0, 0)

    def call() -> None:
        np.copyto(kernel, view)
        np.matmul(left, right, flat)
        for row, first, count in strips.all:
            transform(flat_x, v, lines, zeros, g.batch, row - above, first, count, before)
            np.matmul(u, v, m)
            finish(m, out, sums, row, first, count)

    return together([copy, call])


def weight_gradient(
    prepare: Prepare, g: Geometry, out: np.ndarray, x: np.ndarray, dy: np.ndarray, space: np.ndarray
) -> Callable[[], None]:
    """The gradient by the kernel (F, C, 3, 3): products of transformed cotangents and inputs, added up strip
    by strip and transformed back.
    """
    x, copy = contiguous(x)
    dy, copy_y = contiguous(dy)
    strips = Strips(g)
    v, m = carved(space, [(16, g.channels, strips.size), (16, g.filters, strips.size)], ALIGNED)
    total = np.empty((16, g.filters, g.channels), x.dtype)
    more = np.empty_like(total)
    lines = np.zeros((4, (2 * strips.count + 2) * g.batch), x.dtype)
    zeros = np.zeros_like(lines[0])
    flat_x, flat_y = x.reshape(*x.shape[:2], -1), dy.reshape(*dy.shape[:2], -1)
    back = np.ascontiguousarray(kernel_matrix(x.dtype).T)
    kernel = np.empty((9, g.filters * g.channels), x.dtype)
    above, before = g.pads[0][0], g.pads[1][0]
    transform, _ = prepare(input_tiles, flat_x, v, lines, zeros, 0, 0, 0, 0, 0)
    spread, _ = prepare(cotangent_tiles, flat_y, m, lines, zeros, 0, 0, 0, 0)

    def call() -> None:
        total.fill(0)
        for row, first, count in strips.all:
            transform(flat_x, v, lines, zeros, g.batch, row - above, first, count, before)
            spread(flat_y, m, lines, zeros, g.batch, row, first, count)
            size = count * g.batch
            np.matmul(m[..., :size], v[..., :size].swapaxes(1, 2), more)
            np.add(total, more, total)
        np.matmul(back, total.reshape(16, -1), kernel)
        np.copyto(out.reshape(-1, 9), kernel.T)

    return together([copy, copy_y, call])
