"""Sums, products and extrema over axes; running sums; positions of extrema and orderings."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Shape, ShapeError, Type
from .launches import Kernel, argsort_rule, lines_rule, reduction_rule
from .record import MOVE, REDUCTION, Op, Params, axes_of, axis_of, case, composite, op, operand_size

if TYPE_CHECKING:
    from ..ir import Builder, Value

Axes = tuple[int, ...]


def reduced_type(x: Type, *, axes: Axes) -> Type:
    axes_of("a reduction", axes, x.rank)
    return x.with_shape([extent for axis, extent in enumerate(x.shape) if axis not in axes])


def kept_shape(shape: Shape, axes: Axes) -> Shape:
    """`shape` with extent 1 at the reduced axes."""
    return tuple(1 if axis in axes else extent for axis, extent in enumerate(shape))


def repeat(b: Builder, reduced: Value, like: Value, axes: Axes) -> Value:
    """A reduction's value at every element it was made of."""
    result: Value = b.broadcast_to(b.reshape(reduced, kept_shape(like.shape, axes)), like.shape)
    return result


def reduction_build(name: str) -> Any:
    def build(b: Builder, x: Value, axes: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
        """Over `axes` (default: all), which disappear or, with keepdims, become 1."""
        found = axes_of(name, axes, x.rank)
        if name == "sum" and x.dtype == "bool":
            x = b.cast(x, "i64")
        result: Value = b.emit(name, x, axes=found) if found else x
        return b.reshape(result, kept_shape(x.shape, found)) if keepdims else result

    return build


def reduction(name: str, vjp: Any, doc: str, join: str, numpy: Any, **fields: Any) -> Op:
    """A reduction's record; `join`: how reduce.cu makes two partial results one."""
    examples = [
        case((3, 5), axes=(0,)),
        case((2, 3, 4), axes=(0, 2)),
        case((33,), axes=(0,)),
        case((4, 31), axes=(1,)),
    ]
    return op(
        name,
        kind=REDUCTION,
        shape=reduced_type,
        vjp=vjp,
        numpy=numpy,
        doc=doc,
        cost=operand_size,
        build=reduction_build(name),
        cuda=Kernel("reduce.cu", reduction_rule(join)),
        **{"examples": examples, **fields},
    )


def reducer(function: Any) -> Any:
    def numpy(out: np.ndarray, x: np.ndarray, *, axes: Axes) -> None:
        function(x, axes, None, out)

    return numpy


def extremum_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, axes: Axes) -> tuple[Value]:
    """Equal extrema share the cotangent evenly."""
    x = ins[0]
    hits = b.cast(b.equal(x, repeat(b, out, x, axes)), x.dtype)
    share = b.div(g, b.sum(hits, axes))
    return (b.mul(hits, repeat(b, share, x, axes)),)


def prod_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, axes: Axes) -> tuple[Value]:
    """The product of the other elements: exclusive running products from both ends, so that zeros do no
    harm.
    """
    x = ins[0]
    rest = [axis for axis in range(x.rank) if axis not in axes]
    order = (*rest, *axes)
    moved = b.transpose(x, order)
    lead = tuple(x.shape[axis] for axis in rest)
    rows = b.reshape(moved, (*lead, moved.type.size // max(1, Type("f32", lead).size)))
    before = running_product(b, rows, reverse=False)
    after = running_product(b, rows, reverse=True)
    others = b.reshape(b.mul(before, after), moved.shape)
    others = b.transpose(others, tuple(order.index(axis) for axis in range(x.rank)))
    return (b.mul(others, repeat(b, g, x, axes)),)


def running_product(b: Builder, rows: Value, reverse: bool) -> Value:
    """Product of all elements before (or after) each one of the last axis, by doubling: log2(D)
    multiplications.
    """
    extent, axis = rows.shape[-1], rows.rank - 1
    widths = [(0, 0)] * axis

    def shifted(x: Value, distance: int) -> Value:
        if reverse:
            kept = b.slice_axis(x, axis, distance, extent)
            return b.pad(kept, [*widths, (0, distance)], value=1.0)
        return b.pad(b.slice_axis(x, axis, 0, extent - distance), [*widths, (distance, 0)], value=1.0)

    result, distance = shifted(rows, 1), 1
    while distance < extent:
        result = b.mul(result, shifted(result, distance))
        distance *= 2
    return result


# Elements.  A sum over all axes of at most this many is a product with ones as well; beyond it
# np.add.reduce, whose pairwise sum is more exact, is as fast.
SHORT = 4096


def sum_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Any:
    """A product with a vector of ones where the axes are the leading or the trailing ones of a contiguous
    array.

    Over the first axis of 64 x 32: 0.7 us against 2.4 for np.add.reduce; over a short last axis the factor
    is 10 (performance.md, section 4).
    """
    x, axes = operands[0], params["axes"]
    first, last, rank = axes[0], axes[-1], x.ndim
    compact = x.flags.c_contiguous and out.flags.c_contiguous and x.dtype.kind == "f" and x.size
    if compact and last - first + 1 == len(axes) and (first == 0 or last == rank - 1):
        if len(axes) == rank:
            if x.size <= SHORT:
                return np.dot, (np.ones(x.size, x.dtype), x.reshape(-1), out)
        elif first == 0:
            rows = x.reshape(-1, out.size)
            return np.dot, (np.ones(len(rows), x.dtype), rows, out.reshape(-1))
        else:
            rows = x.reshape(out.size, -1)
            return np.dot, (rows, np.ones(rows.shape[1], x.dtype), out.reshape(-1))
    return partial(np.add.reduce, x, axes, None, out)


reduction(
    "sum",
    lambda b, ins, out, g, axes: (repeat(b, g, ins[0], axes),),
    "Sum over axes.",
    "Sum",
    lambda out, x, *, axes: np.add.reduce(x, axes, None, out),
    bind=sum_bind,
)
reduction(
    "max",
    extremum_vjp,
    "Largest element over axes; equal ones share the derivative.",
    "Maximum",
    reducer(np.maximum.reduce),
)
reduction(
    "min",
    extremum_vjp,
    "Smallest element over axes; equal ones share the derivative.",
    "Minimum",
    reducer(np.minimum.reduce),
)
reduction("prod", prod_vjp, "Product over axes.", "Product", reducer(np.multiply.reduce), domain=(0.5, 1.5))


@composite
def mean(b: Builder, x: Value, axes: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Mean over `axes` (default: all)."""
    total = b.sum(x, axes, keepdims)
    return b.mul(total, total.type.size / max(1, x.type.size))


@composite
def variance(
    b: Builder,
    x: Value,
    axes: int | Sequence[int] | None = None,
    keepdims: bool = False,
    unbiased: bool = False,
) -> Value:
    """Mean squared deviation over `axes`; `unbiased` divides by n - 1."""
    deviation = b.square(b.sub(x, b.mean(x, axes, keepdims=True)))
    total = b.sum(deviation, axes, keepdims)
    count = x.type.size // max(1, total.type.size)
    return b.mul(
        total, 1.0 / (count - 1 if unbiased else count) if count > 1 or not unbiased else float("nan")
    )


# ---- running sums


def cumsum_type(x: Type, *, axis: int, reverse: bool = False) -> Type:
    axis_of("cumsum", axis, x.rank)
    return x


def cumsum_numpy(out: np.ndarray, x: np.ndarray, *, axis: int, reverse: bool) -> None:
    if reverse:
        np.add.accumulate(np.flip(x, axis), axis, None, np.flip(out, axis))
    else:
        np.add.accumulate(x, axis, None, out)


def cumsum_build(b: Builder, x: Value, axis: int = -1, reverse: bool = False) -> Value:
    """Sum of the elements up to each one (reverse: from each one on)."""
    result: Value = b.emit("cumsum", x, axis=axis_of("cumsum", axis, x.rank), reverse=reverse)
    return result


op(
    "cumsum",
    kind=REDUCTION,
    shape=cumsum_type,
    numpy=cumsum_numpy,
    cuda=Kernel("lines.cu", lines_rule("cumsum")),
    vjp=lambda b, ins, out, g, axis, reverse: (b.cumsum(g, axis, not reverse),),
    examples=[case((3, 5), axis=1), case((7,), axis=0, reverse=True)],
    build=cumsum_build,
    doc="Running sum along an axis, from the front or from the back.",
)

# ---- positions


def position_type(x: Type, *, axis: int) -> Type:
    axis_of("argmax", axis, x.rank)
    return Type("i64", (*x.shape[:axis], *x.shape[axis + 1 :]))


def position_build(name: str) -> Any:
    def build(b: Builder, x: Value, axis: int = -1) -> Value:
        """Position, from 0, of the first extremum along `axis`, which disappears."""
        result: Value = b.emit(name, x, axis=axis_of(name, axis, x.rank))
        return result

    return build


def argmax_numpy(out: np.ndarray, x: np.ndarray, *, axis: int) -> None:
    x.argmax(axis, out)


def argmin_numpy(out: np.ndarray, x: np.ndarray, *, axis: int) -> None:
    x.argmin(axis, out)


for name, numpy in (("argmax", argmax_numpy), ("argmin", argmin_numpy)):
    op(
        name,
        kind=REDUCTION,
        shape=position_type,
        cuda=Kernel("lines.cu", lines_rule(name)),
        numpy=numpy,
        cost=operand_size,
        examples=[case((3, 5), axis=1), case((33,), axis=0)],
        build=position_build(name),
        doc=f"Position, from 0, of the first {name[3:]}imum along an axis.",
    )


def ordering_type(x: Type, *, axis: int) -> Type:
    axis_of("argsort", axis, x.rank)
    return x.with_dtype("i64")


def argsort_numpy(out: np.ndarray, x: np.ndarray, *, axis: int) -> None:
    np.copyto(out, np.argsort(x, axis, kind="stable"))


def argsort_build(b: Builder, x: Value, axis: int = -1) -> Value:
    """Positions, from 0, that put the elements along `axis` in ascending order; equal ones keep their
    order.
    """
    result: Value = b.emit("argsort", x, axis=axis_of("argsort", axis, x.rank))
    return result


op(
    "argsort",
    kind=MOVE,
    shape=ordering_type,
    numpy=argsort_numpy,
    cuda=Kernel("argsort.cu", argsort_rule),
    examples=[case((3, 5), axis=1), case((33,), axis=0)],
    build=argsort_build,
    doc="Positions, from 0, that sort along an axis, ascending and stable.",
)


@composite
def sort(b: Builder, x: Value, axis: int = -1) -> Value:
    """Elements in ascending order along `axis`; the derivative follows them to their places."""
    return b.take_along_axis(x, b.argsort(x, axis), axis)


@composite
def median(b: Builder, x: Value, axis: int = -1) -> Value:
    """Middle element in order along `axis`, or the mean of the two middle ones."""
    axis = axis_of("median", axis, x.rank)
    ordered, extent = b.sort(x, axis), x.shape[axis]
    if not extent:
        raise ShapeError("median", "at least one element", str(x.type))
    low = b.index_axis(ordered, axis, (extent - 1) // 2)
    return low if extent % 2 else b.mul(b.add(low, b.index_axis(ordered, axis, extent // 2)), 0.5)
