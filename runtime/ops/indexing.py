"""Gather and scatter: elements by integer position.  Positions count from 0; one outside is moved to the
nearest end.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Shape, ShapeError, Type
from .launches import Kernel, gather_rule, put_rule, scatter_rule, take_rule
from .record import MOVE, Ints, Params, axis_of, case, composite, op, operand_size

if TYPE_CHECKING:
    from ..ir import Builder, Value


def integers(name: str, index: Type) -> Type:
    if not index.is_integer:
        raise ShapeError(name, "integer positions", str(index))
    return index


# ---- whole slices along an axis


def gather_type(x: Type, index: Type, *, axis: int = 0) -> Type:
    integers("gather", index)
    axis_of("gather", axis, x.rank)
    return x.with_shape((*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]))


def gather_numpy(out: np.ndarray, x: np.ndarray, index: np.ndarray, *, axis: int) -> None:
    np.take(x, index, axis, out, "clip")


def gather_build(b: Builder, x: Value, index: Any, axis: int = 0) -> Value:
    """`x` at the positions `index` (any shape) of one axis: an embedding is gather(weights, index)."""
    result: Value = b.emit("gather", x, b.value(index), axis=axis_of("gather", axis, x.rank))
    return result


op(
    "gather",
    kind=MOVE,
    shape=gather_type,
    numpy=gather_numpy,
    cuda=Kernel("gather.cu", gather_rule),
    vjp=lambda b, ins, out, g, axis: (
        b.emit("scatter_add", g, ins[1], axis=axis, size=ins[0].shape[axis]),
        None,
    ),
    examples=[
        case((5, 3), Ints((4,), 0, 5)),
        case((3, 6, 2), Ints((2, 3), 0, 6), axis=1),
        case((7,), Ints((), 0, 7)),
        case((9, 4), Ints((33,), 0, 9)),
    ],
    build=gather_build,
    doc="The operand's slices at integer positions of one axis.",
)


def scatter_type(x: Type, index: Type, *, axis: int, size: int) -> Type:
    integers("scatter_add", index)
    if x.shape[axis : axis + index.rank] != index.shape:
        raise ShapeError("scatter_add", f"positions shaped like axes {axis} ... of {x}", str(index))
    return x.with_shape((*x.shape[:axis], size, *x.shape[axis + index.rank :]))


def scatter_numpy(out: np.ndarray, x: np.ndarray, index: np.ndarray, *, axis: int, size: int) -> None:
    """Rows sorted by position, then summed in runs: in order of appearance,
    so the bits are always the same.
    """
    out.fill(0)
    flat = np.clip(index.reshape(-1), 0, size - 1)
    if not flat.size:
        return
    order = np.argsort(flat, kind="stable")
    rows = x.reshape(*x.shape[:axis], flat.size, *x.shape[axis + index.ndim :])
    ordered = flat[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    lead: tuple[Any, ...] = (slice(None),) * axis
    out[(*lead, ordered[starts])] = np.add.reduceat(rows[(*lead, order)], starts, axis)


op(
    "scatter_add",
    kind=MOVE,
    shape=scatter_type,
    numpy=scatter_numpy,
    cuda=Kernel("gather.cu", scatter_rule),
    numba="scatter_add",
    vjp=lambda b, ins, out, g, axis, size: (b.emit("gather", g, ins[1], axis=axis), None),
    cost=operand_size,
    examples=[
        case((4, 3), Ints((4,), 0, 5), axis=0, size=5),
        case((3, 2, 3, 2), Ints((2, 3), 0, 6), axis=1, size=6),
        case((33, 4), Ints((33,), 0, 9), axis=0, size=9),
    ],
    doc="Slices added up at integer positions of one axis of zeros: the transpose of gather.",
)

# ---- one element a position


def along_type(x: Type, index: Type, *, axis: int) -> Type:
    integers("take_along_axis", index)
    trimmed = [shape[:axis] + shape[axis + 1 :] for shape in (x.shape, index.shape)]
    if trimmed[0] != trimmed[1] or x.rank != index.rank:
        raise ShapeError("take_along_axis", f"positions like {x} but for axis {axis}", str(index))
    return x.with_shape(index.shape)


def along_index(index: np.ndarray, axis: int, size: int) -> tuple[np.ndarray, ...]:
    grid: list[np.ndarray] = list(np.ogrid[tuple(slice(extent) for extent in index.shape)])
    grid[axis] = np.clip(index, 0, size - 1)
    return tuple(grid)


def along_numpy(out: np.ndarray, x: np.ndarray, index: np.ndarray, *, axis: int) -> None:
    np.copyto(out, x[along_index(index, axis, x.shape[axis])])


class Positions:
    """Positions along an axis as positions in the flattened array, anew in every call; four ufunc calls."""

    def __init__(self, index: np.ndarray, axis: int, shape: Shape) -> None:
        self.index = index
        self.axis, self.last = axis, np.array(shape[axis] - 1)
        strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
        base = np.zeros(index.shape, np.int64)
        for k, extent in enumerate(index.shape):
            if k != axis:
                steps = [1] * len(shape)
                steps[k] = extent
                base += (np.arange(extent) * strides[k]).reshape(steps)
        self.base, self.stride, self.zero = base, np.array(strides[axis]), np.array(0)
        self.flat = np.zeros(index.shape, np.int64)

    def update(self) -> None:
        np.maximum(self.index, self.zero, out=self.flat)
        np.minimum(self.flat, self.last, out=self.flat)
        np.multiply(self.flat, self.stride, self.flat)
        np.add(self.flat, self.base, self.flat)


def along_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Callable[[], None]:
    x, index = operands
    if not x.flags.c_contiguous or index.dtype == np.uint64 or not x.size:
        return lambda: along_numpy(out, x, index, **params)
    places, flat = Positions(index, params["axis"], x.shape), x.reshape(-1)

    def call() -> None:
        places.update()
        flat.take(places.flat, None, out, "clip")

    return call


def put_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Callable[[], None]:
    x, index = operands
    alone = x.shape[params["axis"]] == 1  # one element a line: nothing adds up
    if not out.flags.c_contiguous or index.dtype == np.uint64 or not alone or not out.size:
        return lambda: put_numpy(out, x, index, **params)
    places, flat = Positions(index, params["axis"], out.shape), out.reshape(-1)

    def call() -> None:
        places.update()
        out.fill(0)
        flat[places.flat] = x

    return call


def along_build(b: Builder, x: Value, index: Any, axis: int = -1) -> Value:
    """Element index[..., k, ...] of each line of `x` along `axis`."""
    result: Value = b.emit(
        "take_along_axis", x, b.value(index), axis=axis_of("take_along_axis", axis, x.rank)
    )
    return result


op(
    "take_along_axis",
    kind=MOVE,
    shape=along_type,
    numpy=along_numpy,
    cuda=Kernel("along_axis.cu", take_rule),
    bind=along_bind,
    vjp=lambda b, ins, out, g, axis: (
        b.emit("put_along_axis", g, ins[1], axis=axis, size=ins[0].shape[axis]),
        None,
    ),
    examples=[case((5, 3), Ints((5, 1), 0, 3), axis=1), case((5, 3), Ints((2, 3), 0, 5), axis=0)],
    build=along_build,
    doc="One element of each line along an axis for every position given.",
)


def put_type(x: Type, index: Type, *, axis: int, size: int) -> Type:
    integers("put_along_axis", index)
    if x.shape != index.shape:
        raise ShapeError("put_along_axis", f"positions shaped like {x}", str(index))
    return x.with_shape((*x.shape[:axis], size, *x.shape[axis + 1 :]))


def put_numpy(out: np.ndarray, x: np.ndarray, index: np.ndarray, *, axis: int, size: int) -> None:
    out.fill(0)
    where = along_index(index, axis, size)
    if x.shape[axis] == 1:
        out[where] = x
    else:
        np.add.at(out, where, x)


op(
    "put_along_axis",
    kind=MOVE,
    shape=put_type,
    numpy=put_numpy,
    cuda=Kernel("along_axis.cu", put_rule),
    bind=put_bind,
    vjp=lambda b, ins, out, g, axis, size: (b.emit("take_along_axis", g, ins[1], axis=axis), None),
    examples=[
        case((5, 1), Ints((5, 1), 0, 3), axis=1, size=3),
        case((2, 3), Ints((2, 3), 0, 5), axis=0, size=5),
    ],
    doc="Elements added up at positions of zeros along an axis: the transpose of take_along_axis.",
)


@composite
def pick(b: Builder, x: Value, index: Value) -> Value:
    """Element index[...] of each row of `x`: (..., K) and integers (...) -> (...).  Positions count from
    0.
    """
    if index.shape != x.shape[:-1]:
        raise ShapeError("pick", f"integers of shape {x.shape[:-1]}", str(index.type))
    return b.squeeze(b.take_along_axis(x, b.expand_dims(index, index.rank), -1), -1)


@composite
def one_hot(b: Builder, index: Value, size: int, dtype: str = "f32") -> Value:
    """Integers (...) -> (..., size): 1 at the position, else 0; all 0 for one outside."""
    shape: Shape = (*index.shape, size)
    places = b.iota(shape=(1,) * index.rank + (size,), axis=index.rank, dtype=index.dtype)
    return b.cast(b.equal(b.broadcast_to(b.expand_dims(index, index.rank), shape), places), dtype)
