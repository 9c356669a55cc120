"""Launch rules of the ops over the rows of an array (see launches.py and kernels/rows.cu)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..types import Type
from .launches import (
    BLOCK,
    WARP,
    WARP_ROW,
    Launch,
    Operand,
    Params,
    Result,
    Temporary,
    Types,
    Work,
    around,
    blocks,
    chunks_of,
    ctype,
    element_launch,
    places,
)

# Rows that a chunk of the sums over rows takes at least: 16 a thread.
LEAST_ROWS = 128


def rows_launch(
    entry: str, x: Type, arrays: tuple[Any, ...], scalars: tuple[Any, ...] = ()
) -> tuple[Launch, ...]:
    """An entry over the rows of `x`, its last axis: a warp each, or a block each where they are long."""
    extent = x.shape[-1]
    rows = x.size // extent if extent else 0
    if not rows:
        return ()
    wide = extent > WARP_ROW
    defines = (ctype("TYPE", x.dtype), f"WIDE={int(wide)}")
    args = (*arrays, np.int64(rows), np.int64(extent), *scalars)
    grid, block = ((rows,), (BLOCK,)) if wide else ((blocks(rows, 8),), (WARP, 8))
    return (Launch(entry, grid, block, args, defines),)


def rows_rule(entry: str, *scalars: str) -> Callable[[Types, Types, Params], Work]:
    """The rule of an entry that takes all operands, all results and the parameters `scalars`."""

    def rule(operands: Types, results: Types, params: Params) -> Work:
        numbers = tuple(np.float64(params[each]) for each in scalars)
        return Work(rows_launch(entry, operands[0], places(operands, results), numbers))

    return rule


def layer_gradient_rule(operands: Types, results: Types, params: Params) -> Work:
    """The rows, then the sums over the rows, in chunks where columns are few."""
    x, vector = operands[0], results[1]
    extent = x.shape[-1]
    rows = x.size // extent if extent else 0
    launches = rows_launch("layer_norm_gradient", x, (*map(Operand, range(5)), Result(0)))
    defines = (ctype("TYPE", x.dtype), f"WIDE={int(extent > WARP_ROW)}")
    tiles = blocks(extent, WARP)
    chunk, chunks = chunks_of(rows, LEAST_ROWS, tiles)
    parts = (Result(1), Result(2)) if chunks == 1 else (Temporary(0), Temporary(1))
    args = (Operand(0), *map(Operand, (2, 3, 4)), *parts, np.int64(rows), np.int64(extent), np.int64(chunk))
    if not extent:
        return Work(())
    launches += (Launch("layer_norm_vectors", (tiles, chunks), (WARP, 8), args, defines),)
    if chunks == 1:
        return Work(launches)
    last = (*parts, Result(1), Result(2), np.int64(extent), np.int64(chunks))
    launches += element_launch("join_vectors", last, extent, defines).launches
    return Work(launches, (vector.with_shape((chunks, extent)),) * 2)


def softmax_gradient_rule(operands: Types, results: Types, params: Params) -> Work:
    """Rows where the axis is the last, else a thread a line."""
    y = operands[0]
    outer, extent, inner = around(y.shape, params["axis"])
    arrays = places(operands, results)
    if inner == 1:
        return Work(rows_launch("softmax_gradient", y.with_shape((outer, extent)), arrays))
    args = (*arrays, np.int64(outer * inner), np.int64(extent), np.int64(inner))
    defines = (ctype("TYPE", y.dtype), "WIDE=0")
    return element_launch("softmax_gradient_lines", args, outer * inner if extent else 0, defines)


# ---- batch normalisation

LEAST_PART = 4096  # positions of a channel that a chunk takes at least


def channel_parts(x: Type, axis: int) -> tuple[str, tuple[int, int], tuple[np.generic, ...]]:
    """ "block" or "columns", the grid (channels or tiles of them, chunks), and (C, inner, P, chunk)."""
    outer, channels, inner = around(x.shape, axis)
    positions, by_block = outer * inner, inner >= WARP
    tiles = channels if by_block else blocks(channels, WARP)
    least = LEAST_PART if by_block else LEAST_ROWS
    chunk, chunks = chunks_of(positions, least, tiles)
    grid = (tiles, chunks)
    extents = tuple(map(np.int64, (channels, inner, positions, chunk)))
    return ("block" if by_block else "columns"), grid, extents


def batch_norm_rule(operands: Types, results: Types, params: Params) -> Work:
    """Mean and squares of chunks, these made one, then the elements."""
    x = operands[0]
    kind, grid, extents = channel_parts(x, params["axis"])
    channels, inner, positions, chunk = extents
    defines, epsilon = (ctype("TYPE", x.dtype),), np.float64(params["epsilon"])
    block = (BLOCK,) if kind == "block" else (WARP, 8)
    if not x.size:
        return Work(())
    parts, statistics = (Temporary(0), Temporary(1)), (Result(1), Result(2))
    launches: tuple[Launch, ...] = (
        Launch(f"norm_{kind}", grid, block, (Operand(0), *parts, *extents), defines),
    )
    args: tuple[Any, ...] = (*parts, *statistics, channels, positions, chunk)
    launches += element_launch("norm_join", args, int(channels), defines).launches
    args = (*map(Operand, range(3)), Result(0), *statistics, np.int64(x.size), channels, inner, epsilon)
    launches += element_launch("norm_apply", args, x.size, defines).launches
    return Work(launches, (x.with_shape((grid[1], int(channels))),) * 2)


def batch_gradient_rule(operands: Types, results: Types, params: Params) -> Work:
    """Both sums of chunks, these added, then the elements."""
    x = operands[0]
    kind, grid, extents = channel_parts(x, params["axis"])
    channels, inner = extents[:2]
    defines, epsilon = (ctype("TYPE", x.dtype),), np.float64(params["epsilon"])
    block = (BLOCK,) if kind == "block" else (WARP, 8)
    if not x.size:
        return Work(())
    parts, sums = (Temporary(0), Temporary(1)), (Result(1), Result(2))
    given = (Operand(0), *map(Operand, (2, 3, 4)))
    launches: tuple[Launch, ...] = (
        Launch(f"slope_{kind}", grid, block, (*given, *parts, *extents, epsilon), defines),
    )
    args: tuple[Any, ...] = (*parts, *sums, channels, np.int64(grid[1]))
    launches += element_launch("slope_join", args, int(channels), defines).launches
    args = (*map(Operand, range(5)), Result(0), *sums, np.int64(x.size), channels, inner, epsilon)
    launches += element_launch("slope_apply", args, x.size, defines).launches
    return Work(launches, (x.with_shape((grid[1], int(channels))),) * 2)


# ---- connectionist temporal classification


def ctc_rule(operands: Types, results: Types, params: Params) -> Work:
    """A block an example; room for both recursions, in float64."""
    x, labels = operands[:2]
    (n, steps, classes), most = x.shape, labels.shape[1]
    names = ("TYPE", "LABEL", "STEP", "COUNT")
    defines = tuple(ctype(name, each.dtype) for name, each in zip(names, operands))
    rooms = (Type("f64", (n, steps, 2 * most + 1)), Type("f64", (n, 2, 2 * most + 1)))
    extents = map(np.int64, (steps, classes, most))
    args = (*places(operands, results), Temporary(0), Temporary(1), *extents)
    return Work((Launch("ctc", (n,), (BLOCK,), args, defines),), rooms) if x.size else Work(())
