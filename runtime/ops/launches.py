"""Launch rules: from types and parameters of an instruction to the kernels that do it on a CUDA device.

A rule is a function (operand types, result types, params) -> Work.  It knows shapes, never a device, so its
choices and the order of every sum depend on the shapes alone.  Arrays are contiguous: the backend copies the
others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..types import Shape, Type

Types = tuple[Type, ...]
Params = dict[str, Any]

WARP = 32
BLOCK = 256  # threads; full occupancy on every device class since sm_70 with up to 32 registers a thread
PACK = 4  # elements that one thread handles in packed kernels

# Reductions.  Rows up to this length go to a warp each (32 elements a lane); longer ones to a block.
WARP_ROW = 1024
# Blocks that keep the largest device (132 multiprocessors, 8 blocks of 256 each) busy; below it axes are cut.
BUSY = 1056
# Elements of an axis that a block takes at least when an axis is cut: 16 a thread.
LEAST_CHUNK = 4096

# C names of the dtypes; i64 and u64 are defined in common.cuh.
C_TYPES = {"bool": "bool", "u64": "u64", "i32": "int", "i64": "i64", "f32": "float", "f64": "double"}


class Operand(NamedTuple):
    number: int


class Result(NamedTuple):
    number: int


class Temporary(NamedTuple):
    number: int


class Launch(NamedTuple):
    """One kernel call: entry of the file, extents, arguments (places and NumPy scalars), defines."""

    entry: str
    grid: tuple[int, ...]
    block: tuple[int, ...]
    args: tuple[Any, ...]
    defines: tuple[str, ...]


class Work(NamedTuple):
    """Launches in order, and the types of the temporaries that they pass on."""

    launches: tuple[Launch, ...]
    temporaries: Types = ()


class Copies(NamedTuple):
    """The `cuda` field of an op that lays its operands into a new array.

    rule    (operand types, params) -> what fills the array first (None: nothing), and for each operand the
            slices of the result in which it lies in row-major order
    """

    rule: Callable[[Types, Params], tuple[Any, tuple[tuple[slice, ...], ...]]]


class Library(NamedTuple):
    """The `cuda` field of an op that a library does: a device's method (out, *operands, **params)."""

    method: str


class Kernel(NamedTuple):
    """The `cuda` field of an op with a hand-written kernel: file in runtime/kernels and launch rule."""

    file: str
    rule: Callable[[Types, Types, Params], Work]


def blocks(count: int, each: int) -> int:
    return -(-count // each)


def product(extents: Sequence[int]) -> int:
    size = 1
    for extent in extents:
        size *= extent
    return size


def ctype(name: str, dtype: str) -> str:
    return f"{name}={C_TYPES[dtype]}"


def around(shape: Shape, axis: int, axes: int = 1) -> tuple[int, int, int]:
    """(outer, extent, inner) of the `axes` axes from `axis` on."""
    return product(shape[:axis]), product(shape[axis : axis + axes]), product(shape[axis + axes :])


def chunks_of(count: int, least: int, others: int, multiple: int = 1) -> tuple[int, int]:
    """Terms a chunk and number of chunks of a sum over `count`, where `others` blocks are at work on each:
    at least `least` terms a chunk, and no more chunks than keep the device busy.
    """
    wanted = max(1, min(blocks(count, least), BUSY // max(1, others)))
    chunk = max(multiple, blocks(blocks(count, wanted), multiple) * multiple)
    return chunk, max(1, blocks(count, chunk))


def places(operands: Types, results: Types) -> tuple[Any, ...]:
    """The arguments of an entry that takes all operands and all results."""
    return (*map(Operand, range(len(operands))), *map(Result, range(len(results))))


# ---- reductions


def reduction_rule(name: str) -> Callable[[Types, Types, Params], Work]:
    """The rule of reduce.cu with one of its joins: Sum, Product, Maximum, Minimum."""

    def rule(operands: Types, results: Types, params: Params) -> Work:
        defines = (ctype("TYPE", operands[0].dtype), f"REDUCTION={name}")
        passes = reduction_passes(operands[0].shape, params["axes"])
        if not results[0].size:
            return Work(())
        launches: list[Launch] = []
        temporaries: list[Type] = []
        place: Operand | Result | Temporary = Operand(0)
        for number, (outer, extent, inner) in enumerate(passes):
            last = number == len(passes) - 1
            chunk, chunks = reduction_chunks(outer, extent, inner)
            target: Result | Temporary = Result(0) if last and chunks == 1 else Temporary(len(temporaries))
            if not last or chunks > 1:
                temporaries.append(Type(operands[0].dtype, (outer, chunks, inner)))
            launches.append(reduction_launch(place, target, (outer, extent, inner), chunk, defines))
            place = target
            if chunks > 1:
                target = Result(0) if last else Temporary(len(temporaries))
                if not last:
                    temporaries.append(Type(operands[0].dtype, (outer, 1, inner)))
                launches.append(reduction_launch(place, target, (outer, chunks, inner), chunks, defines))
                place = target
        return Work(tuple(launches), tuple(temporaries))

    return rule


def reduction_passes(shape: Shape, axes: Sequence[int]) -> list[tuple[int, int, int]]:
    """(outer, R, inner) of each pass: runs of reduced axes become one; the last run goes first."""
    runs: list[tuple[int, int]] = []  # first axis, one after the last
    for axis in sorted(axes):
        if runs and all(shape[k] == 1 or k in axes for k in range(runs[-1][1], axis)):
            runs[-1] = (runs[-1][0], axis + 1)
        else:
            runs.append((axis, axis + 1))
    found, kept = [], list(shape)
    for first, end in reversed(runs):
        found.append((product(kept[:first]), product(kept[first:end]), product(kept[end:])))
        kept[first:end] = [1] * (end - first)
    return found


def reduction_chunks(outer: int, extent: int, inner: int) -> tuple[int, int]:
    """Elements a chunk and number of chunks of one pass."""
    if inner == 1:
        others, least = outer, LEAST_CHUNK
    else:
        others, least = outer * blocks(inner, WARP), LEAST_CHUNK // WARP
    chunks = max(1, min(blocks(extent, least), BUSY // max(1, others)))
    chunk = blocks(max(1, extent), chunks)
    chunk = blocks(chunk, PACK) * PACK if chunks > 1 else chunk  # keeps packed access aligned
    return chunk, max(1, blocks(extent, chunk))


def reduction_launch(
    x: Any, y: Any, extents: tuple[int, int, int], chunk: int, defines: tuple[str, ...]
) -> Launch:
    outer, extent, inner = extents
    chunks = max(1, blocks(extent, chunk))
    if inner > 1:
        grid = (outer * blocks(inner, WARP), chunks)
        args: tuple[Any, ...] = (x, y, np.int64(extent), np.int64(inner), np.int64(chunk))
        return Launch("reduce_columns", grid, (WARP, 8), args, defines)
    if extent <= WARP_ROW:
        args = (x, y, np.int64(outer), np.int64(extent))
        return Launch("reduce_rows_warp", (blocks(outer, 8),), (WARP, 8), args, defines)
    args = (x, y, np.int64(extent), np.int64(chunk))
    return Launch("reduce_rows_block", (outer, chunks), (BLOCK,), args, defines)


# ---- optimisers


def optimizer_rule(name: str, states: int, scalars: Sequence[str]) -> Callable[[Types, Types, Params], Work]:
    """The rule of an optimiser kernel whose formula takes the parameters `scalars`."""

    def rule(operands: Types, results: Types, params: Params) -> Work:
        rates = operands[2 + states].rank > 0
        defines = [ctype("TYPE", operands[0].dtype), f"RATES={int(rates)}"]
        if len(operands) > 3 + states:
            defines.append(ctype("STEP", operands[3 + states].dtype))
        size = operands[0].size
        arrays = places(operands, results)
        numbers = [np.float64(params[each]) for each in scalars]
        grid = (blocks(size, PACK * BLOCK),)
        launch = Launch(name, grid, (BLOCK,), (*arrays, np.int64(size), *numbers), tuple(defines))
        return Work((launch,) if size else ())

    return rule


# ---- softmax


def softmax_rule(logarithm: bool) -> Callable[[Types, Types, Params], Work]:
    def rule(operands: Types, results: Types, params: Params) -> Work:
        outer, extent, inner = around(operands[0].shape, params["axis"])
        defines = (ctype("TYPE", operands[0].dtype), f"LOGARITHM={int(logarithm)}")
        x, y, lines = Operand(0), Result(0), outer * inner
        if not operands[0].size:
            return Work(())
        if inner > 1:
            args: tuple[Any, ...] = (x, y, np.int64(lines), np.int64(extent), np.int64(inner))
            return Work((Launch("softmax_lines", (blocks(lines, BLOCK),), (BLOCK,), args, defines),))
        if extent <= WARP_ROW:
            args = (x, y, np.int64(outer), np.int64(extent))
            return Work((Launch("softmax_warp", (blocks(outer, 8),), (WARP, 8), args, defines),))
        return Work((Launch("softmax_block", (outer,), (BLOCK,), (x, y, np.int64(extent)), defines),))

    return rule


# ---- elements by position


def index_defines(operands: Types) -> tuple[str, str]:
    return ctype("TYPE", operands[0].dtype), ctype("INDEX", operands[1].dtype)


def element_launch(entry: str, args: tuple[Any, ...], count: int, defines: tuple[str, ...]) -> Work:
    """One thread each for `count` elements of work."""
    return Work((Launch(entry, (blocks(count, BLOCK),), (BLOCK,), args, defines),) if count else ())


def gather_rule(operands: Types, results: Types, params: Params) -> Work:
    outer, size, inner = around(operands[0].shape, params["axis"])
    extents = map(np.int64, (results[0].size, size, operands[1].size, inner))
    args: tuple[Any, ...] = (Operand(0), Operand(1), Result(0), *extents)
    return element_launch("gather", args, results[0].size, index_defines(operands))


def scatter_rule(operands: Types, results: Types, params: Params) -> Work:
    axis, size = params["axis"], params["size"]
    outer, n, inner = around(operands[0].shape, axis, operands[1].rank)
    slices, tiles = outer * size, blocks(inner, WARP)
    args: tuple[Any, ...] = (Operand(0), Operand(1), Result(0), *map(np.int64, (slices, size, n, inner)))
    grid = (blocks(slices * tiles, 8),)
    launch = Launch("scatter_add", grid, (WARP, 8), args, index_defines(operands))
    return Work((launch,) if results[0].size else ())


def take_rule(operands: Types, results: Types, params: Params) -> Work:
    _, size, inner = around(operands[0].shape, params["axis"])
    extents = map(np.int64, (results[0].size, size, operands[1].shape[params["axis"]], inner))
    args: tuple[Any, ...] = (Operand(0), Operand(1), Result(0), *extents)
    return element_launch("take_along_axis", args, results[0].size, index_defines(operands))


def put_rule(operands: Types, results: Types, params: Params) -> Work:
    _, n, inner = around(operands[0].shape, params["axis"])
    args: tuple[Any, ...] = (
        Operand(0),
        Operand(1),
        Result(0),
        *map(np.int64, (results[0].size, params["size"], n, inner)),
    )
    return element_launch("put_along_axis", args, results[0].size, index_defines(operands))


# ---- along lines


def lines_rule(entry: str) -> Callable[[Types, Types, Params], Work]:
    """The rule of lines.cu: one thread a line."""

    def rule(operands: Types, results: Types, params: Params) -> Work:
        outer, extent, inner = around(operands[0].shape, params["axis"])
        defines = (ctype("TYPE", operands[0].dtype), f"REVERSE={int(params.get('reverse', False))}")
        args = (Operand(0), Result(0), *map(np.int64, (outer * inner, extent, inner)))
        return element_launch(entry, args, outer * inner if extent else 0, defines)

    return rule


SORTED_RUN = 64  # of argsort.cu


def argsort_rule(operands: Types, results: Types, params: Params) -> Work:
    """Runs in order, then merged in pairs until one is left; the last launch writes the result."""
    outer, extent, inner = around(operands[0].shape, params["axis"])
    defines, count = (ctype("TYPE", operands[0].dtype),), results[0].size
    runs = [SORTED_RUN << k for k in range((max(1, blocks(extent, SORTED_RUN)) - 1).bit_length())]
    rooms = [Temporary(k) for k in range(min(2, len(runs)))]
    targets = [Result(0) if not left else rooms[left % len(rooms)] for left in range(len(runs), -1, -1)]
    extents = tuple(map(np.int64, (count, extent, inner)))
    launches = element_launch("sort_runs", (Operand(0), targets[0], *extents), count, defines).launches
    for run, source, target in zip(runs, targets, targets[1:]):
        args = (Operand(0), source, target, *extents, np.int64(run))
        launches += element_launch("merge_runs", args, count, defines).launches
    return Work(launches, (results[0],) * len(rooms))


# ---- random bits


def uniform_rule(operands: Types, results: Types, params: Params) -> Work:
    words = blocks(results[0].nbytes, 8)
    args = (Operand(0), Result(0), np.int64(results[0].size), np.uint64(params["stream"]))
    return element_launch("random_uniform", args, blocks(words, 4), (ctype("TYPE", results[0].dtype),))


def bernoulli_rule(operands: Types, results: Types, params: Params) -> Work:
    words = blocks(results[0].size * params["bits"], 64)
    numbers = (np.uint64(params["stream"]), np.uint64(params["threshold"]))
    args = (Operand(0), Result(0), np.int64(results[0].size), *numbers)
    return element_launch("bernoulli", args, blocks(words, 4), (f"BITS={params['bits']}",))


# ---- copies: operands laid into a new array, and views that need memory of their own


def pack_rule(operands: Types, params: Params) -> tuple[Any, tuple[tuple[slice, ...], ...]]:
    ends = [offset + each.size for offset, each in zip(params["offsets"], operands)]
    return 0, tuple((slice(start, end),) for start, end in zip(params["offsets"], ends))


def concat_rule(operands: Types, params: Params) -> tuple[Any, tuple[tuple[slice, ...], ...]]:
    axis, found, start = params["axis"], [], 0
    for each in operands:
        found.append((*(slice(None),) * axis, slice(start, start + each.shape[axis])))
        start += each.shape[axis]
    return None, tuple(found)


def place_rule(operands: Types, params: Params) -> tuple[Any, tuple[tuple[slice, ...], ...]]:
    starts, extents = params["starts"], operands[0].shape
    steps = params["steps"] or (1,) * len(starts)
    ends = [
        start + (extent - 1) * step + 1 if extent else start
        for start, extent, step in zip(starts, extents, steps)
    ]
    return params["value"], (tuple(map(slice, starts, ends, steps)),)


COPY_AXES = 5  # of copy_strided


def copy_rule(shape: Shape, dtype: str, source: Sequence[int], target: Sequence[int]) -> Launch | None:
    """The launch that copies `shape` between places of these strides (in elements); None for no elements.

    Raises ValueError where more than five axes remain after merging neighbours.
    """
    if not product(shape):
        return None
    extents, strides_x, strides_y = merge_axes(shape, source, target)
    defines = (ctype("TYPE", dtype),)
    tile = transposed(extents, strides_x, strides_y)
    if tile is not None:
        outer, rows, columns = tile
        args: tuple[Any, ...] = (Operand(0), Result(0), np.int64(rows), np.int64(columns))
        grid = (outer * blocks(rows, WARP) * blocks(columns, WARP),)
        return Launch("copy_transposed", grid, (WARP, 8), args, defines)
    if len(extents) > COPY_AXES:
        raise ValueError(f"a copy over {len(extents)} axes that do not merge; at most {COPY_AXES}")
    pad = COPY_AXES - len(extents)
    numbers = [*([1] * pad + extents)[1:], *([0] * pad + strides_x), *([0] * pad + strides_y)]
    count = product(shape)
    args = (Operand(0), Result(0), np.int64(count), *map(np.int64, numbers))
    return Launch("copy_strided", (blocks(count, BLOCK),), (BLOCK,), args, defines)


def merge_axes(
    shape: Shape, source: Sequence[int], target: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """Axes without those of extent 1, neighbours that both places walk through in one stride made one."""
    extents: list[int] = []
    strides: list[tuple[int, int]] = []
    for extent, a, b in zip(shape, source, target):
        if extent == 1:
            continue
        if extents and strides[-1] == (a * extent, b * extent):
            extents[-1] *= extent
            strides[-1] = (a, b)
        else:
            extents.append(extent)
            strides.append((a, b))
    return extents, [a for a, _ in strides], [b for _, b in strides]


def transposed(extents: list[int], x: list[int], y: list[int]) -> tuple[int, int, int] | None:
    """(outer, rows, columns) of x where the copy transposes a stack of matrices, contiguous on both sides."""
    lead = [1] if len(extents) == 2 else extents[:1]
    if len(extents) not in (2, 3):
        return None
    columns, rows = extents[-2:]  # as the target sees them
    whole = len(extents) == 2 or (x[0] == rows * columns and y[0] == rows * columns)
    fits = x[-2:] == [1, columns] and y[-2:] == [rows, 1] and whole
    return (lead[0], rows, columns) if fits else None
