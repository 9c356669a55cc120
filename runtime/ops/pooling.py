"""Pooling: maxima and totals over windows of some axes, and what their derivatives need.

Windows may overlap.  The ops work on any axes, so that they serve every layout.  `pads` widen an axis by
elements that count as minus infinity for maxima and as 0 for totals.  The extent of an axis becomes
(n + before + after - size) // stride + 1.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..types import Shape, ShapeError, Type
from .columns import Pads, span
from .convolution import each_axis, each_pads, output_extent
from .launches import Kernel
from .launches_windows import pooling_rule
from .layout import turned
from .record import MOVE, REDUCTION, Params, Types, axis_of, case, composite, op, operand_size

if TYPE_CHECKING:
    from ..ir import Builder, Value


class Windows(NamedTuple):
    """Windows over `axes` of an array: sizes, strides and pads one an axis."""

    axes: Shape
    sizes: Shape
    strides: Shape
    pads: Pads

    def result(self, shape: Shape) -> Shape:
        """The shape with one element a window."""
        found = list(shape)
        for axis, size, stride, pads in zip(self.axes, self.sizes, self.strides, self.pads):
            found[axis] = output_extent(shape[axis], size, stride, 1, pads)
        return tuple(found)

    def shifts(self, shape: Shape) -> Iterator[tuple[int, tuple[slice, ...], tuple[slice, ...]]]:
        """For each place in the window, in row-major order: its number, the windows that have an element
        there, and these elements.
        """
        out = self.result(shape)
        for number, place in enumerate(product(*map(range, self.sizes))):
            whole, part = [slice(None)] * len(shape), [slice(None)] * len(shape)
            for axis, k, stride, (before, _) in zip(self.axes, place, self.strides, self.pads):
                first, last = span(out[axis], shape[axis], stride, k - before)
                start = first * stride + k - before
                whole[axis] = slice(first, last)
                stop = start + (last - first - 1) * stride + 1 if last > first else start
                part[axis] = slice(start, stop, stride) if last > first else slice(0, 0)
            yield number, tuple(whole), tuple(part)


def windows_of(name: str, rank: int, params: Params) -> Windows:
    """The windows that an op's parameters describe; ShapeError where they are none."""
    found = Windows(*(params[key] for key in Windows._fields))
    lengths = {len(each) for each in found}
    legal = len(lengths) == 1 and min((*found.sizes, *found.strides), default=1) > 0
    if not legal or len(set(found.axes)) != len(found.axes):
        raise ShapeError(name, "a size, a stride and pads for each of some axes", str(found))
    for axis in found.axes:
        axis_of(name, axis, rank)
    return found


def pooled(name: str, x: Type, params: Params) -> Type:
    windows = windows_of(name, x.rank, params)
    result = windows.result(x.shape)
    if min(result, default=1) < 1 and x.size:
        raise ShapeError(name, f"windows within the padded extents of {x}", str(windows.sizes))
    return x.with_shape(result)


def unpooled(name: str, g: Type, params: Params, extents: Shape) -> Type:
    """The type of what `g` was pooled from."""
    windows = windows_of(name, g.rank, params)
    shape = list(g.shape)
    for axis, extent in zip(windows.axes, extents):
        shape[axis] = extent
    if len(extents) != len(windows.axes) or windows.result(tuple(shape)) != g.shape:
        raise ShapeError(name, f"extents that are pooled to {g}", str(extents))
    return g.with_shape(shape)


def extents_of(x: Value, params: Params) -> Shape:
    return tuple(x.shape[axis] for axis in params["axes"])


# ---- maxima


def max_type(x: Type, *, axes: Shape, sizes: Shape, strides: Shape, pads: Pads) -> Type:
    y = pooled("max_pool", x, dict(axes=axes, sizes=sizes, strides=strides, pads=pads))
    if any(max(each) >= size for each, size in zip(pads, sizes)):
        raise ShapeError("max_pool", f"pads smaller than the windows {sizes}", str(pads))
    return y


def places_type(x: Type, *, axes: Shape, sizes: Shape, strides: Shape, pads: Pads) -> Types:
    y = max_type(x, axes=axes, sizes=sizes, strides=strides, pads=pads)
    return y, y.with_dtype("i32")


def max_numpy(out: np.ndarray, x: np.ndarray, **params: Any) -> None:
    out.fill(-np.inf)
    for _, whole, part in Windows(**params).shifts(x.shape):
        np.maximum(out[whole], x[part], out=out[whole])


def places_numpy(out: tuple[np.ndarray, np.ndarray], x: np.ndarray, **params: Any) -> None:
    """From the last place to the first, each equal one overwrites those after it; arithmetic instead of
    masks, which take ten times as long.  NaN is above everything.
    """
    y, places = out
    max_numpy(y, x, **params)
    places.fill(0)
    shifts = list(Windows(**params).shifts(x.shape))
    undefined = bool(np.isnan(y).any())
    for number, whole, part in reversed(shifts):
        equal = x[part] == y[whole]
        if undefined:
            equal |= x[part] != x[part]
        step = np.subtract(np.int32(number), places[whole])
        np.multiply(step, equal, step)
        np.add(places[whole], step, places[whole])


def max_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, **params: Any) -> tuple[Value]:
    _, places = b.emit_all("max_pool_places", ins[0], **params)
    return (b.emit("max_pool_scatter", g, places, extents=extents_of(ins[0], params), **params),)


def places_vjp(b: Builder, ins: tuple[Value, ...], out: Any, g: Any, **params: Any) -> tuple[Value | None]:
    if g[0] is None:
        return (None,)
    return (b.emit("max_pool_scatter", g[0], out[1], extents=extents_of(ins[0], params), **params),)


CASES: list[tuple[Shape, Params]] = [
    ((3, 6), dict(axes=(1,), sizes=(2,), strides=(2,), pads=((0, 0),))),
    ((3, 6, 9), dict(axes=(1,), sizes=(3,), strides=(2,), pads=((1, 1),))),
    ((7, 2, 5), dict(axes=(0, 2), sizes=(3, 2), strides=(2, 1), pads=((1, 0), (0, 1)))),
    ((2, 5, 5, 3), dict(axes=(1, 2), sizes=(3, 3), strides=(1, 1), pads=((1, 1), (2, 0)))),
    ((5, 2, 5, 9), dict(axes=(0, 2), sizes=(3, 2), strides=(2, 2), pads=((1, 1), (0, 1)))),
    ((4, 3, 5, 2, 3), dict(axes=(0, 1, 3), sizes=(2, 2, 1), strides=(2, 1, 1), pads=((0, 0),) * 3)),
]

op(
    "max_pool",
    kind=REDUCTION,
    shape=max_type,
    numpy=max_numpy,
    cuda=Kernel("pooling.cu", pooling_rule("max_pool")),
    numba="max_pool",
    vjp=max_vjp,
    cost=operand_size,
    examples=[case(shape, **params) for shape, params in CASES],
    doc="The largest element of each window.",
)

op(
    "max_pool_places",
    kind=REDUCTION,
    shape=places_type,
    numpy=places_numpy,
    cuda=Kernel("pooling.cu", pooling_rule("max_pool_places")),
    numba="max_pool_places",
    vjp=places_vjp,
    cost=operand_size,
    examples=[case(shape, **params) for shape, params in CASES],
    doc="The largest element of each window, and its place there (row-major from 0; the first of equals).\n"
    "Where a gradient wants the places, `simplify` takes the maxima from here too.",
)


def scatter_type(
    g: Type, winners: Type, *, extents: Shape, axes: Shape, sizes: Shape, strides: Shape, pads: Pads
) -> Type:
    name = "max_pool_scatter"
    if winners.shape != g.shape or winners.dtype != "i32":
        raise ShapeError(name, f"i32 places shaped like {g}", str(winners))
    return unpooled(name, g, dict(axes=axes, sizes=sizes, strides=strides, pads=pads), extents)


def scatter_numpy(
    out: np.ndarray, g: np.ndarray, winners: np.ndarray, *, extents: Shape, **params: Any
) -> None:
    out.fill(0)
    for number, whole, part in Windows(**params).shifts(out.shape):
        np.add(out[part], g[whole] * (winners[whole] == number), out[part])


def scatter_vjp(
    b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, extents: Shape, **params: Any
) -> Any:
    return b.emit("max_pool_take", g, ins[1], **params), None


def scatter_cases() -> list[Any]:
    found = []
    for shape, params in CASES:
        y = Windows(**params).result(shape)
        # places that lie inside whatever the pads: the middle of every window
        middle = np.ravel_multi_index([k // 2 for k in params["sizes"]], params["sizes"])
        extents = tuple(shape[axis] for axis in params["axes"])
        found.append(case(y, np.full(y, middle, np.int32), extents=extents, **params))
    return found


op(
    "max_pool_scatter",
    kind=MOVE,
    shape=scatter_type,
    numpy=scatter_numpy,
    cuda=Kernel("pooling.cu", pooling_rule("max_pool_scatter", back=True)),
    numba="max_pool_scatter",
    vjp=scatter_vjp,
    cost=lambda operands, results, params: results[0].size,
    examples=scatter_cases(),
    doc="Each window's number added at the place of its largest element: the gradient of max_pool by its\n"
    "operand, whose extents along the axes are `extents`.",
)


def take_type(x: Type, winners: Type, *, axes: Shape, sizes: Shape, strides: Shape, pads: Pads) -> Type:
    y = pooled("max_pool_take", x, dict(axes=axes, sizes=sizes, strides=strides, pads=pads))
    if winners != y.with_dtype("i32"):
        raise ShapeError("max_pool_take", f"places {y.with_dtype('i32')}", str(winners))
    return y


def take_numpy(out: np.ndarray, x: np.ndarray, winners: np.ndarray, **params: Any) -> None:
    out.fill(0)
    for number, whole, part in Windows(**params).shifts(x.shape):
        np.copyto(out[whole], x[part], where=winners[whole] == number)


op(
    "max_pool_take",
    kind=MOVE,
    shape=take_type,
    numpy=take_numpy,
    cuda=Kernel("pooling.cu", pooling_rule("max_pool_take")),
    vjp=lambda b, ins, out, g, **params: (
        b.emit("max_pool_scatter", g, ins[1], extents=extents_of(ins[0], params), **params),
        None,
    ),
    examples=[
        case(shape, scattered.operands[1], **params)
        for (shape, params), scattered in zip(CASES, scatter_cases())
    ],
    doc="The element of each window at a given place: the transpose of max_pool_scatter.",
)

# ---- totals


def total_type(x: Type, *, axes: Shape, sizes: Shape, strides: Shape, pads: Pads) -> Type:
    return pooled("total_pool", x, dict(axes=axes, sizes=sizes, strides=strides, pads=pads))


def total_numpy(out: np.ndarray, x: np.ndarray, **params: Any) -> None:
    out.fill(0)
    for _, whole, part in Windows(**params).shifts(x.shape):
        np.add(out[whole], x[part], out[whole])


def total_cost(operands: Types, results: Types, params: Params) -> int:
    return max(operands[0].size, results[0].size) * math.prod(params["sizes"])


op(
    "total_pool",
    kind=REDUCTION,
    shape=total_type,
    numpy=total_numpy,
    cuda=Kernel("pooling.cu", pooling_rule("total_pool")),
    vjp=lambda b, ins, out, g, **params: (
        b.emit("total_pool_spread", g, extents=extents_of(ins[0], params), **params),
    ),
    cost=total_cost,
    examples=[case(shape, **params) for shape, params in CASES],
    doc="The total of each window.",
)


def spread_type(g: Type, *, extents: Shape, axes: Shape, sizes: Shape, strides: Shape, pads: Pads) -> Type:
    return unpooled("total_pool_spread", g, dict(axes=axes, sizes=sizes, strides=strides, pads=pads), extents)


def spread_numpy(out: np.ndarray, g: np.ndarray, *, extents: Shape, **params: Any) -> None:
    out.fill(0)
    for _, whole, part in Windows(**params).shifts(out.shape):
        np.add(out[part], g[whole], out[part])


op(
    "total_pool_spread",
    kind=MOVE,
    shape=spread_type,
    numpy=spread_numpy,
    cuda=Kernel("pooling.cu", pooling_rule("total_pool_spread", back=True)),
    vjp=lambda b, ins, out, g, extents, **params: (b.emit("total_pool", g, **params),),
    cost=total_cost,
    examples=[
        case(
            Windows(**params).result(shape),
            extents=tuple(shape[axis] for axis in params["axes"]),
            **params,
        )
        for shape, params in CASES
    ],
    doc="Each window's number added to every element of the window: the transpose of total_pool.",
)

# ---- builder

# Ops that keep the order of numbers: done after the maximum, on fewer elements.
RISING = ("relu", "tanh", "sigmoid", "softplus")


@composite
def pool(
    b: Builder,
    x: Value,
    function: str,
    sizes: int | Sequence[int],
    strides: Any = 1,
    pads: Any = 0,
    axes: Sequence[int] | None = None,
) -> Value:
    """Windows over the axes of x (N, C, S...) after the channels, or over `axes`.

    function "max", "mean" (padding counts as zeros) or "total"; sizes, strides: a number, or one an axis;
    pads: a number, one an axis, or (before, after) an axis.
    """
    found = tuple(range(2, x.rank)) if axes is None else tuple(axis_of("pool", k, x.rank) for k in axes)
    count = len(found)
    windows = Windows(found, each_axis(sizes, count), each_axis(strides, count), each_pads(pads, count))
    inside = turned(x)
    if inside is not None:
        windows = windows._replace(axes=tuple(inside[1][k] for k in found))
        return b.transpose(pool_by(b, inside[0], function, windows), inside[1])
    return pool_by(b, x, function, windows)


def pool_by(b: Builder, x: Value, function: str, windows: Windows) -> Value:
    if function == "max":
        return largest(b, x, windows)
    total = b.emit("total_pool", x, **windows._asdict())
    if function == "total":
        return total
    return b.mul(total, 1 / math.prod(windows.sizes))


def largest(b: Builder, x: Value, windows: Windows) -> Value:
    """Maxima; windows that lie in the padding alone are minus infinity."""
    if any(max(each) >= size for each, size in zip(windows.pads, windows.sizes)):
        return padded_largest(b, x, windows)
    op, fewer = x.instr.op.name, 2 * Type(x.dtype, windows.result(x.shape)).size <= x.type.size
    if fewer and op in RISING:
        return b.emit(op, largest(b, x.instr.operands[0], windows))
    if fewer and op == "add":
        first, second = x.instr.operands
        for value, shift in ((first, second), (second, first)):
            small = constant_over(b, shift, windows.axes)
            if small is not None:
                return b.add(largest(b, value, windows), small)
    return b.emit("max_pool", x, **windows._asdict())


def constant_over(b: Builder, x: Value, axes: Shape) -> Value | None:
    """`x` with extent 1 at `axes`, None where it is not known to be the same along them."""
    if x.instr.op.name != "broadcast_to":
        return None
    small = x.instr.operands[0]
    found: Value = b.reshape(small, (*(1,) * (x.rank - small.rank), *small.shape))
    return found if all(found.shape[axis] == 1 for axis in axes) else None


def padded_largest(b: Builder, x: Value, windows: Windows) -> Value:
    shape, starts = list(x.shape), [0] * x.rank
    for axis, (before, after) in zip(windows.axes, windows.pads):
        starts[axis] = before
        shape[axis] += before + after
    padded = b.emit("place", x, shape=tuple(shape), starts=tuple(starts), value=float("-inf"))
    bare = windows._replace(pads=((0, 0),) * len(windows.axes))
    return b.emit("max_pool", padded, **bare._asdict())
