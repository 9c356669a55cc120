"""Launch rules of the ops over windows: convolutions and pooling (see launches.py)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from ..types import ShapeError, Type
from .columns import Geometry
from .launches import (
    BLOCK,
    Launch,
    Operand,
    Params,
    Result,
    Temporary,
    Types,
    Work,
    blocks,
    chunks_of,
    ctype,
    element_launch,
    places,
    product,
)

# Rows and columns of a tile of results in convolution.cu, and terms of one step.
TILE, DEPTH = 64, 16
# Rows of a group from which on a tile pays; below, a thread (or block) makes one result.  Not measured.
TILED = 8
# Positions (of the output, times examples) that a chunk of a weight gradient takes at least.
LEAST_POSITIONS = 1024

Geometries = Callable[[Types, Params], Geometry]
Rule = Callable[[Types, Types, Params], Work]


def numbers(g: Geometry) -> list[np.generic]:
    """The arguments GEOMETRY of convolution.cu: missing axes in front have extents of 1."""
    missing = 3 - len(g.size)
    before = tuple(pads[0] for pads in g.pads)
    found: list[np.generic] = []
    for each, fill in zip((g.size, g.out, g.kernel, g.stride, g.dilation, before), (1, 1, 1, 1, 1, 0)):
        found += map(np.int32, (fill,) * missing + tuple(each))
    counts = (g.channels // g.groups, g.filters // g.groups, g.groups)
    return [*found, *map(np.int32, counts), np.int64(g.batch)]


def convolution_rule(geometry: Geometries, turned: bool) -> Rule:
    """The rule of a convolution, or (`turned`) of an input gradient: tiles of channels by positions."""
    entry = "convolution_input" if turned else "convolution"

    def rule(operands: Types, results: Types, params: Params) -> Work:
        g, count = geometry(operands, params), results[0].size
        rows = (g.channels if turned else g.filters) // g.groups
        arrays, defines = (Operand(0), Operand(1), Result(0)), (ctype("TYPE", operands[0].dtype),)
        if rows < TILED:
            args: tuple[Any, ...] = (*arrays, np.int64(count), *numbers(g))
            return element_launch(f"{entry}_direct", args, count, defines)
        columns = product(g.size if turned else g.out) * g.batch
        grid = (blocks(columns, TILE) * blocks(rows, TILE) * g.groups,)
        args = (*arrays, np.int64(columns), *numbers(g))
        return Work((Launch(entry, grid, (BLOCK,), args, defines),) if count else ())

    return rule


def weights_rule(geometry: Geometries) -> Rule:
    """The rule of a weight gradient: sums over chunks of the positions, then their sum in order."""

    def rule(operands: Types, results: Types, params: Params) -> Work:
        g, w = geometry(operands, params), results[0]
        rows, columns = g.filters // g.groups, w.size // max(1, g.filters)
        tiled = rows >= TILED and columns >= TILED
        tiles = g.groups * blocks(rows, TILE) * blocks(columns, TILE) if tiled else w.size
        positions = product(g.out) * g.batch
        chunk, chunks = chunks_of(positions, LEAST_POSITIONS, tiles, multiple=DEPTH)
        defines = (ctype("TYPE", w.dtype),)
        target: Result | Temporary = Result(0) if chunks == 1 else Temporary(0)
        extents = (np.int64(positions), np.int64(chunk), *numbers(g))
        entry = "convolution_weights" if tiled else "convolution_weights_direct"
        args: tuple[Any, ...] = (Operand(0), Operand(1), target, *extents)
        launches = [Launch(entry, (tiles, chunks), (BLOCK,), args, defines)]
        if not w.size:
            return Work(())
        if chunks == 1:
            return Work(tuple(launches))
        args = (Temporary(0), Result(0), np.int64(w.size), np.int64(chunks))
        launches += element_launch("join_chunks", args, w.size, defines).launches
        return Work(tuple(launches), (Type(w.dtype, (chunks, *w.shape)),))

    return rule


# ---- pooling

POOL_AXES = 3  # of pooling.cu


def pooling_rule(entry: str, back: bool = False) -> Rule:
    """The rule of an entry of pooling.cu: a thread an element of the result; `back` where that is the array
    that windows lie over.  Raises ShapeError for windows over more than three axes.
    """

    def rule(operands: Types, results: Types, params: Params) -> Work:
        wide, narrow = (results[0], operands[0]) if back else (operands[0], results[0])
        args = (
            *places(operands, results),
            np.int64(results[0].size),
            *window_numbers(entry, wide, narrow, params),
        )
        return element_launch(entry, args, results[0].size, (ctype("TYPE", results[0].dtype),))

    return rule


def window_numbers(entry: str, wide: Type, narrow: Type, params: Params) -> list[np.generic]:
    """The arguments WINDOWS of pooling.cu but the first; windows of one element are left out."""
    every = zip(params["axes"], params["sizes"], params["strides"], (each[0] for each in params["pads"]))
    pooled = sorted(
        each for each in every if each[1:] != (1, 1, 0) or wide.shape[each[0]] != narrow.shape[each[0]]
    )
    if len(pooled) > POOL_AXES:
        raise ShapeError(entry, f"windows over at most {POOL_AXES} axes on a CUDA device", str(len(pooled)))
    axes = [each[0] for each in pooled]
    missing = POOL_AXES - len(axes)
    edges = [-1, *axes, wide.rank]
    rests = [product(wide.shape[a + 1 : b]) for a, b in pairwise(edges)]
    outer = [1] * missing + rests  # missing axes of extent 1 stand in front
    found: list[np.generic] = [np.int64(each) for each in outer[1:]]
    columns = [[wide.shape[a] for a in axes], [narrow.shape[a] for a in axes]]
    columns += [[each[k] for each in pooled] for k in (1, 2, 3)]
    for each, fill in zip(columns, (1, 1, 1, 1, 0)):
        found += map(np.int32, [fill] * missing + each)
    return found
