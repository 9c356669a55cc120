"""Convolutions cut into slabs of output rows that threads do side by side.

Each slab is a convolution of its own, over the input rows that it reads; slabs read some rows together and
write none together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..workers import SHARED_FLOPS, parts, side_by_side
from .columns import Geometry, carved, contiguous, scattered, together

Forward = Callable[[Geometry, np.ndarray, np.ndarray, np.ndarray, np.ndarray], Callable[[], None]]


def slab(g: Geometry, first: int, last: int) -> tuple[Geometry, slice]:
    """The convolution that gives rows first ... last - 1 of the output's first axis, and its input rows."""
    start = first * g.stride[0] - g.pads[0][0]
    stop = (last - 1) * g.stride[0] + g.dilation[0] * (g.kernel[0] - 1) + 1 - g.pads[0][0]
    low, high = max(0, start), min(g.size[0], stop)
    pads = ((low - start, stop - high), *g.pads[1:])
    sub = g._replace(size=(high - low, *g.size[1:]), out=(last - first, *g.out[1:]), pads=pads)
    return sub, slice(low, high)


def slabs(g: Geometry, threads: int) -> list[tuple[Geometry, slice, slice]]:
    """The parts that threads do side by side: geometry, input rows and output rows of each, the latter in
    pairs as Winograd's form wants them.  One part where sharing does not pay.
    """
    flops = 2 * g.filters * g.channels // g.groups * g.batch
    for k, o in zip(g.kernel, g.out):
        flops *= k * o
    whole = [(g, slice(None), slice(None))]
    if threads == 1 or not g.outer or flops < SHARED_FLOPS or g.out[0] < 2 * threads:
        return whole
    found = []
    for first, last in parts((g.out[0] + 1) // 2, threads):
        rows = slice(2 * first, min(2 * last, g.out[0]))
        sub, taken = slab(g, rows.start, rows.stop)
        if min(sub.size) < 1:
            return whole
        found.append((sub, taken, rows))
    return found


def spaces(pieces: Sequence[Geometry], space: np.ndarray) -> list[np.ndarray]:
    """Room for the columns of each part: in `space`, the op's temporary, as far as that goes."""
    return carved(space, [g.scratch() for g in pieces])


def shared_forward(
    run: Forward,
    g: Geometry,
    out: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    space: np.ndarray,
    threads: int,
) -> Callable[[], None]:
    """`run` over slabs of the output, side by side."""
    pieces = slabs(g, threads)
    rooms = spaces([sub for sub, _, _ in pieces], space)
    return side_by_side(
        [run(sub, out[rows], x[taken], w, room) for (sub, taken, rows), room in zip(pieces, rooms)]
    )


def shared_weights(
    run: Forward,
    g: Geometry,
    out: np.ndarray,
    x: np.ndarray,
    dy: np.ndarray,
    space: np.ndarray,
    threads: int,
) -> Callable[[], None]:
    """The weight gradients of slabs, side by side, then their sum in order."""
    pieces = slabs(g, threads)
    rooms = spaces([sub for sub, _, _ in pieces], space)
    targets = [out, *(np.empty(out.shape, out.dtype) for _ in pieces[1:])]
    calls = side_by_side(
        [
            run(sub, target, x[taken], dy[rows], room)
            for (sub, taken, rows), target, room in zip(pieces, targets, rooms)
        ]
    )
    if len(pieces) == 1:
        return calls

    def add() -> None:
        for each in targets[1:]:
            np.add(out, each, out)

    return together([calls, add])


def shared_scatter(
    g: Geometry, out: np.ndarray, dy: np.ndarray, w: np.ndarray, threads: int
) -> Callable[[], None]:
    """`scattered` over stretches of the channels, side by side."""
    flops = 2 * dy.size * w.size // max(1, w.shape[0])
    if threads == 1 or g.groups > 1 or flops < SHARED_FLOPS or g.channels < 2 * threads:
        return scattered(g, out, dy, w)
    dy, copy = contiguous(dy)
    calls = []
    for first, last in parts(g.channels, threads):
        sub = g._replace(channels=last - first)
        calls.append(scattered(sub, out[..., first:last, :, :], dy, w[:, first:last]))
    return together([copy, side_by_side(calls)])
