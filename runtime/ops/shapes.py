"""The same elements under another shape, order or extent."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Shape, ShapeError, Type
from .launches import Copies, concat_rule, place_rule
from .record import MOVE, VIEW, axes_of, axis_of, case, composite, no_work, op

if TYPE_CHECKING:
    from ..ir import Builder, Value


def copy_view(view: Any) -> Any:
    """The NumPy form of a view op where it must be a copy."""

    def function(out: np.ndarray, x: np.ndarray, **params: Any) -> None:
        np.copyto(out, view(x, **params))

    return function


# ---- reshape


def reshape_type(x: Type, *, shape: Shape) -> Type:
    result = x.with_shape(shape)
    if result.size != x.size:
        raise ShapeError("reshape", f"{x.size} elements, as in {x}", f"{result.size} in {shape}")
    return result


def reshape_view(x: np.ndarray, *, shape: Shape) -> np.ndarray | None:
    """None where the strides of `x` do not allow it without a copy."""
    return x.reshape(shape) if x.flags.c_contiguous else None


def reshape_numpy(out: np.ndarray, x: np.ndarray, *, shape: Shape) -> None:
    np.copyto(out.reshape(x.shape), x)  # `out` is contiguous: reshaped, it is a view


def reshape_build(b: Builder, x: Value, shape: Sequence[int]) -> Value:
    """`x` in row-major order under `shape`, in which one extent may be -1."""
    shape = tuple(shape)
    if -1 in shape:
        known = 1
        for extent in shape:
            known *= extent if extent != -1 else 1
        if shape.count(-1) > 1 or not known or x.type.size % known:
            raise ShapeError("reshape", f"a shape for {x.type.size} elements", str(shape))
        shape = tuple(x.type.size // known if extent == -1 else extent for extent in shape)
    result: Value = x if shape == x.shape else b.emit("reshape", x, shape=shape)
    return result


op(
    "reshape",
    kind=VIEW,
    shape=reshape_type,
    numpy=reshape_numpy,
    view=reshape_view,
    vjp=lambda b, ins, out, g, shape: (b.reshape(g, ins[0].shape),),
    cost=no_work,
    examples=[case((3, 4), shape=(2, 6)), case((), shape=(1, 1))],
    build=reshape_build,
    doc="The elements in row-major order under another shape.",
)


@composite
def expand_dims(b: Builder, x: Value, axis: int) -> Value:
    """A new axis of extent 1 at `axis` of the result."""
    axis = axis_of("expand_dims", axis, x.rank + 1)
    return b.reshape(x, (*x.shape[:axis], 1, *x.shape[axis:]))


@composite
def squeeze(b: Builder, x: Value, axis: int) -> Value:
    """Without `axis`, whose extent is 1."""
    axis = axis_of("squeeze", axis, x.rank)
    return b.reshape(x, (*x.shape[:axis], *x.shape[axis + 1 :]))


@composite
def flatten(b: Builder, x: Value, start: int = 0) -> Value:
    """Axes from `start` on as one."""
    return b.reshape(x, (*x.shape[:start], Type(x.dtype, x.shape[start:]).size))


def stop_view(x: np.ndarray) -> np.ndarray:
    return x


op(
    "stop_gradient",
    kind=VIEW,
    shape=lambda x: x,
    numpy=copy_view(stop_view),
    view=stop_view,
    vjp=lambda b, ins, out, g: (None,),
    cost=no_work,
    examples=[case((3,))],
    doc="The same value, through which no gradient passes.",
)

# ---- transpose


def transpose_type(x: Type, *, axes: tuple[int, ...]) -> Type:
    if sorted(axes) != list(range(x.rank)):
        raise ShapeError("transpose", f"a permutation of 0 ... {x.rank - 1}", str(axes))
    return x.with_shape([x.shape[axis] for axis in axes])


def transpose_view(x: np.ndarray, *, axes: tuple[int, ...]) -> np.ndarray:
    return x.transpose(axes)


def transpose_build(b: Builder, x: Value, axes: Sequence[int] | None = None) -> Value:
    """Axis k of the result is axis axes[k] of `x`; by default the order is reversed."""
    axes = (
        tuple(reversed(range(x.rank)))
        if axes is None
        else tuple(axis_of("transpose", a, x.rank) for a in axes)
    )
    result: Value = x if axes == tuple(range(x.rank)) else b.emit("transpose", x, axes=axes)
    return result


def transpose_vjp(b: Builder, ins: Any, out: Value, g: Value, *, axes: tuple[int, ...]) -> tuple[Value]:
    return (b.transpose(g, tuple(axes.index(k) for k in range(len(axes)))),)


op(
    "transpose",
    kind=VIEW,
    shape=transpose_type,
    numpy=copy_view(transpose_view),
    view=transpose_view,
    vjp=transpose_vjp,
    cost=no_work,
    examples=[case((3, 4), axes=(1, 0)), case((2, 3, 4), axes=(2, 0, 1))],
    build=transpose_build,
    doc="Axes in another order: axis k of the result is axis axes[k] of the operand.",
)


@composite
def swap_axes(b: Builder, x: Value, first: int, second: int) -> Value:
    axes = list(range(x.rank))
    axes[first], axes[second] = axes[second], axes[first]
    return b.transpose(x, axes)


# ---- broadcast


def broadcast_type(x: Type, *, shape: Shape) -> Type:
    lead = len(shape) - x.rank
    if lead < 0 or any(have not in (1, want) for have, want in zip(x.shape, shape[lead:])):
        raise ShapeError("broadcast_to", f"a shape that {x} broadcasts to", str(shape))
    return x.with_shape(shape)


def broadcast_view(x: np.ndarray, *, shape: Shape) -> np.ndarray:
    return np.broadcast_to(x, shape)


def broadcast_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, shape: Shape) -> tuple[Value]:
    """The transpose of every broadcast in the project: a sum over the axes that were repeated."""
    have, lead = ins[0].shape, len(shape) - ins[0].rank
    axes = [k for k in range(len(shape)) if k < lead or (have[k - lead] == 1 and shape[k] != 1)]
    return (b.reshape(b.sum(g, axes), have),)


def broadcast_build(b: Builder, x: Value, shape: Sequence[int]) -> Value:
    """`x` repeated along axes of extent 1 and along new leading axes."""
    result: Value = x if x.shape == tuple(shape) else b.emit("broadcast_to", x, shape=tuple(shape))
    return result


op(
    "broadcast_to",
    kind=VIEW,
    shape=broadcast_type,
    numpy=copy_view(broadcast_view),
    view=broadcast_view,
    vjp=broadcast_vjp,
    cost=no_work,
    examples=[case((5,), shape=(3, 5)), case((3, 1), shape=(2, 3, 4)), case((), shape=(3,))],
    build=broadcast_build,
    doc="Repeated along axes of extent 1 and along new leading axes.",
)

# ---- slice and its transpose


def slice_extent(start: int, stop: int, step: int) -> int:
    return max(0, -(-(stop - start) // step))


def slice_type(x: Type, *, starts: Shape, stops: Shape, steps: Shape = ()) -> Type:
    steps = steps or (1,) * x.rank
    legal = len(starts) == len(stops) == len(steps) == x.rank and all(
        0 <= start <= stop <= extent and step > 0
        for start, stop, step, extent in zip(starts, stops, steps, x.shape)
    )
    if not legal:
        raise ShapeError("slice", f"bounds within {x}", f"{starts} to {stops} by {steps}")
    return x.with_shape([slice_extent(*each) for each in zip(starts, stops, steps)])


def slices(starts: Shape, stops: Shape, steps: Shape) -> tuple[slice, ...]:
    return tuple(slice(*each) for each in zip(starts, stops, steps or (1,) * len(starts)))


def slice_view(x: np.ndarray, *, starts: Shape, stops: Shape, steps: Shape) -> np.ndarray:
    return x[slices(starts, stops, steps)]


def slice_build(
    b: Builder, x: Value, starts: Sequence[int], stops: Sequence[int], steps: Sequence[int] | None = None
) -> Value:
    """Elements starts <= index < stops by positive steps, one entry an axis."""
    starts, stops, steps = tuple(starts), tuple(stops), tuple(steps or ())
    if all(step == 1 for step in steps):
        steps = ()
    if not steps and not any(starts) and stops == x.shape:
        return x
    result: Value = b.emit("slice", x, starts=starts, stops=stops, steps=steps)
    return result


def slice_vjp(
    b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, starts: Shape, stops: Shape, steps: Shape
) -> tuple[Value]:
    return (b.emit("place", g, shape=ins[0].shape, starts=starts, steps=steps),)


op(
    "slice",
    kind=VIEW,
    shape=slice_type,
    numpy=copy_view(slice_view),
    view=slice_view,
    vjp=slice_vjp,
    cost=no_work,
    examples=[
        case((5, 6), starts=(1, 0), stops=(4, 6)),
        case((7,), starts=(1,), stops=(7,), steps=(3,)),
    ],
    build=slice_build,
    doc="A rectangular part, with steps.",
)


@composite
def slice_axis(b: Builder, x: Value, axis: int, start: int, stop: int, step: int = 1) -> Value:
    """Elements start <= index < stop of one axis."""
    axis = axis_of("slice_axis", axis, x.rank)
    starts, stops, steps = [0] * x.rank, list(x.shape), [1] * x.rank
    starts[axis], stops[axis], steps[axis] = start, stop, step
    return b.slice(x, starts, stops, steps)


@composite
def index_axis(b: Builder, x: Value, axis: int, index: int) -> Value:
    """One element of an axis, which disappears."""
    axis = axis_of("index_axis", axis, x.rank)
    index = axis_of("index_axis", index, x.shape[axis])
    return b.squeeze(b.slice_axis(x, axis, index, index + 1), axis)


def place_type(x: Type, *, shape: Shape, starts: Shape, steps: Shape = (), value: float = 0.0) -> Type:
    steps = steps or (1,) * x.rank
    legal = len(shape) == len(starts) == len(steps) == x.rank and all(
        start >= 0 and step > 0 and (not extent or start + (extent - 1) * step < whole)
        for extent, start, step, whole in zip(x.shape, starts, steps, shape)
    )
    if not legal:
        raise ShapeError("place", f"room for {x}", f"{shape} from {starts} by {steps}")
    return x.with_shape(shape)


def place_ends(extents: Shape, starts: Shape, steps: Shape) -> Shape:
    """Where the slice that undoes a `place` stops."""
    return tuple(
        start + (extent - 1) * step + 1 if extent else start
        for extent, start, step in zip(extents, starts, steps or (1,) * len(starts))
    )


def place_numpy(
    out: np.ndarray, x: np.ndarray, *, shape: Shape, starts: Shape, steps: Shape, value: float
) -> None:
    out.fill(value)
    out[slices(starts, place_ends(x.shape, starts, steps), steps)] = x


def place_vjp(
    b: Builder,
    ins: tuple[Value, ...],
    out: Value,
    g: Value,
    *,
    shape: Shape,
    starts: Shape,
    steps: Shape,
    value: float,
) -> tuple[Value]:
    return (b.slice(g, starts, place_ends(ins[0].shape, starts, steps), steps),)


op(
    "place",
    kind=MOVE,
    shape=place_type,
    numpy=place_numpy,
    cuda=Copies(place_rule),
    vjp=place_vjp,
    examples=[
        case((2, 3), shape=(5, 4), starts=(1, 0)),
        case((3,), shape=(9,), starts=(1,), steps=(3,)),
        case((3,), shape=(4,), starts=(0,), value=2.5),
    ],
    doc="The operand laid into an array filled with `value`, from `starts` on: the transpose of slice.",
)


@composite
def pad(
    b: Builder, x: Value, widths: Sequence[tuple[int, int]], mode: str = "constant", value: float = 0.0
) -> Value:
    """`x` with (before, after) more elements an axis.

    mode "constant": all equal `value`; "edge": the outermost element again; "reflect": mirrored without
    repeating the edge (as often as needed).
    """
    if len(widths) != x.rank or any(width < 0 for pair in widths for width in pair):
        raise ShapeError("pad", f"{x.rank} pairs of widths", str(widths))
    if mode == "constant":
        shape = tuple(before + extent + after for extent, (before, after) in zip(x.shape, widths))
        if shape == x.shape:
            return x
        result: Value = b.emit(
            "place", x, shape=shape, starts=tuple(w[0] for w in widths), value=float(value)
        )
        return result
    if mode not in ("edge", "reflect"):
        raise ShapeError("pad", 'mode "constant", "edge" or "reflect"', repr(mode))
    for axis, (before, after) in enumerate(widths):
        if before or after:
            index = np.pad(np.arange(x.shape[axis]), (before, after), mode)  # type: ignore[call-overload]
            x = b.gather(x, b.constant(index, "i64"), axis=axis)
    return x


# ---- reverse, concatenate


def reverse_type(x: Type, *, axes: tuple[int, ...]) -> Type:
    axes_of("reverse", axes, x.rank)
    return x


def reverse_view(x: np.ndarray, *, axes: tuple[int, ...]) -> np.ndarray:
    return np.flip(x, axes)


def reverse_build(b: Builder, x: Value, axes: int | Sequence[int]) -> Value:
    """Backwards along `axes`."""
    found = axes_of("reverse", axes, x.rank)
    result: Value = b.emit("reverse", x, axes=found) if found else x
    return result


op(
    "reverse",
    kind=VIEW,
    shape=reverse_type,
    numpy=copy_view(reverse_view),
    view=reverse_view,
    vjp=lambda b, ins, out, g, axes: (b.reverse(g, axes),),
    cost=no_work,
    examples=[case((3, 5), axes=(1,)), case((2, 3, 4), axes=(0, 2))],
    build=reverse_build,
    doc="Backwards along some axes.",
)


def concat_type(*parts: Type, axis: int) -> Type:
    first = parts[0]
    axis_of("concat", axis, first.rank)
    for each in parts:
        if (
            each.rank != first.rank
            or each.dtype != first.dtype
            or trimmed(each, axis) != trimmed(first, axis)
        ):
            raise ShapeError("concat", f"parts like {first} but for axis {axis}", str(each))
    shape = list(first.shape)
    shape[axis] = sum(each.shape[axis] for each in parts)
    return first.with_shape(shape)


def trimmed(x: Type, axis: int) -> Shape:
    return (*x.shape[:axis], *x.shape[axis + 1 :])


def concat_numpy(out: np.ndarray, *parts: np.ndarray, axis: int) -> None:
    np.concatenate(parts, axis, out)


def concat_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, axis: int) -> tuple[Value, ...]:
    found, start = [], 0
    for each in ins:
        found.append(b.slice_axis(g, axis, start, start + each.shape[axis]))
        start += each.shape[axis]
    return tuple(found)


def concat_build(b: Builder, *parts: Any, axis: int = 0) -> Value:
    """Parts joined along `axis`; given as arguments or as one list."""
    values = parts[0] if len(parts) == 1 and isinstance(parts[0], list | tuple) else parts
    if len(values) == 1:
        only: Value = values[0]
        return only
    result: Value = b.emit("concat", *values, axis=axis_of("concat", axis, values[0].rank))
    return result


op(
    "concat",
    kind=MOVE,
    shape=concat_type,
    numpy=concat_numpy,
    cuda=Copies(concat_rule),
    vjp=concat_vjp,
    cost=no_work,
    examples=[case((3, 2), (3, 5), axis=1), case((3,), (31,), (1,), axis=0)],
    build=concat_build,
    doc="Parts joined along one axis.  Producers write into the result where they can.",
)


@composite
def stack(b: Builder, parts: Sequence[Value], axis: int = 0) -> Value:
    """Equal shapes joined along a new axis."""
    return b.concat(
        [b.expand_dims(each, axis) for each in parts], axis=axis_of("stack", axis, parts[0].rank + 1)
    )
