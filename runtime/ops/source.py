"""Where values come from: inputs, variables, constants, counters;
and the flat forms of groups of variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from .launches import Copies, pack_rule
from .record import MOVE, SOURCE, case, no_work, op

if TYPE_CHECKING:
    from ..ir import Builder, Value


def named(*, name: str, type: Type) -> Type:
    return type


def constant(*, value: Any, type: Type) -> Type:
    if isinstance(value, np.ndarray) and value.shape != type.shape:
        raise ShapeError("const", f"an array of shape {type.shape}", str(value.shape))
    return type


def flat_type(*, group: str, type: Type) -> Type:
    return type


op("input", kind=SOURCE, shape=named, cost=no_work, doc="Data of each call.")
op(
    "variable",
    kind=SOURCE,
    shape=named,
    cost=no_work,
    doc="The value that a variable of the Store has before the step.",
)
op(
    "flat",
    kind=SOURCE,
    shape=flat_type,
    cost=no_work,
    doc="All variables of a group as one vector (their flat buffer).",
)
op(
    "const",
    kind=SOURCE,
    shape=constant,
    cost=no_work,
    doc="A constant: a number that fills its whole type, or an array.",
)


def pack_type(*parts: Type, offsets: tuple[int, ...], size: int) -> Type:
    if len(parts) != len(offsets) or len({each.dtype for each in parts}) != 1:
        raise ShapeError("pack", f"{len(offsets)} values of one dtype", ", ".join(map(str, parts)))
    ends = [offset + each.size for offset, each in zip(offsets, parts)]
    if any(end > start for end, start in zip(ends, [*offsets[1:], size])):
        raise ShapeError("pack", f"segments within {size} elements", str(offsets))
    return parts[0].with_shape((size,))


def pack_numpy(out: np.ndarray, *parts: np.ndarray, offsets: tuple[int, ...], size: int) -> None:
    out.fill(0)
    for part, offset in zip(parts, offsets):
        out[offset : offset + part.size].reshape(part.shape)[...] = part


def pack_vjp(
    b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, offsets: tuple[int, ...], size: int
) -> tuple[Value, ...]:
    return tuple(
        b.reshape(b.slice(g, (offset,), (offset + each.type.size,)), each.shape)
        for each, offset in zip(ins, offsets)
    )


op(
    "pack",
    kind=MOVE,
    shape=pack_type,
    numpy=pack_numpy,
    cuda=Copies(pack_rule),
    vjp=pack_vjp,
    cost=no_work,
    examples=[case((3, 4), (5,), (), offsets=(0, 16, 32), size=48)],
    doc="Values one after another in one vector, each from its offset on, zeros between.",
)


def iota_type(*, shape: tuple[int, ...], axis: int = 0, dtype: str = "i64") -> Type:
    if not 0 <= axis < len(shape):
        raise ShapeError("iota", f"an axis of {shape}", str(axis))
    return Type(dtype, shape)


def iota_numpy(out: np.ndarray, *, shape: tuple[int, ...], axis: int, dtype: str) -> None:
    steps = [1] * len(shape)
    steps[axis] = shape[axis]
    out[...] = np.arange(shape[axis], dtype=out.dtype).reshape(steps)


op(
    "iota",
    kind=SOURCE,
    shape=iota_type,
    numpy=iota_numpy,
    cost=no_work,
    examples=[case(shape=(3, 5), axis=1), case(shape=(7,), dtype="f32")],
    doc="0, 1, 2, ... along one axis.",
)
