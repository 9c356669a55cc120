"""Softmax and its logarithm over one axis, and the cross entropies written with them."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from .launches import Kernel, softmax_rule
from .launches_rows import rows_rule, softmax_gradient_rule
from .record import REDUCTION, Params, Types, axis_of, case, composite, op, same_float, same_floats

if TYPE_CHECKING:
    from ..ir import Builder, Value

# Below every number whose exponential is not 0 next to another of its row.
LOWEST = -1e30


def softmax_type(x: Type, *, axis: int) -> Type:
    axis_of("softmax", axis, x.rank)
    return same_float(x)


def line_scratch(types: Types, params: Params) -> Types:
    """One number a line: maxima, then sums."""
    shape = list(types[0].shape)
    shape[params["axis"]] = 1
    return (types[0].with_shape(shape),)


def softmax_numpy(out: np.ndarray, x: np.ndarray, line: np.ndarray, *, axis: int) -> None:
    np.maximum.reduce(x, axis, None, line, keepdims=True)
    np.subtract(x, line, out)
    np.exp(out, out)
    np.add.reduce(out, axis, None, line, keepdims=True)
    np.divide(out, line, out)


def log_scratch(types: Types, params: Params) -> Types:
    return (*line_scratch(types, params), types[0])


def log_softmax_numpy(
    out: np.ndarray, x: np.ndarray, line: np.ndarray, powers: np.ndarray, *, axis: int
) -> None:
    np.maximum.reduce(x, axis, None, line, keepdims=True)
    np.subtract(x, line, out)
    np.exp(out, powers)
    np.add.reduce(powers, axis, None, line, keepdims=True)
    np.log(line, line)
    np.subtract(out, line, out)


def axis_build(name: str) -> Any:
    def build(b: Builder, x: Value, axis: int = -1) -> Value:
        """Along `axis` (default: the last)."""
        x = x if x.type.is_float else b.cast(x, "f32")
        result: Value = b.emit(name, x, axis=axis_of(name, axis, x.rank))
        return result

    return build


def softmax_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, axis: int) -> tuple[Value]:
    return (b.emit("softmax_gradient", out, g, axis=axis),)


def gradient_type(y: Type, g: Type, *, axis: int) -> Type:
    axis_of("softmax_gradient", axis, y.rank)
    return same_floats(y, g)


def gradient_numpy(out: np.ndarray, y: np.ndarray, g: np.ndarray, line: np.ndarray, *, axis: int) -> None:
    np.multiply(y, g, out)
    np.add.reduce(out, axis, None, line, keepdims=True)
    np.subtract(g, line, out)
    np.multiply(out, y, out)


def gradient_vjp(
    b: Builder, ins: tuple[Value, ...], out: Value, c: Value, *, axis: int
) -> tuple[Value, Value]:
    """Of y (g - sum(y g)): the cotangent of g has the same form."""
    y, g = ins
    weighted = b.sum(b.mul(c, y), axis, keepdims=True)
    of_y = b.sub(b.mul(c, b.sub(g, b.sum(b.mul(y, g), axis, keepdims=True))), b.mul(g, weighted))
    return of_y, b.emit("softmax_gradient", y, c, axis=axis)


def log_softmax_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, axis: int) -> tuple[Value]:
    """The softmax is taken from the operand, where it is often known already, not from the result."""
    return (b.sub(g, b.mul(b.softmax(ins[0], axis), b.sum(g, axis, keepdims=True))),)


def rows_cost(operands: Types, results: Types, params: Params) -> int:
    return 5 * results[0].size


LINES = [case((3, 5), axis=1), case((4, 3, 2), axis=1), case((33,), axis=0)]

op(
    "softmax",
    kind=REDUCTION,
    shape=softmax_type,
    numpy=softmax_numpy,
    numba="softmax",
    cuda=Kernel("softmax.cu", softmax_rule(logarithm=False)),
    scratch=line_scratch,
    vjp=softmax_vjp,
    inplace=((0, 0),),
    cost=rows_cost,
    examples=LINES,
    build=axis_build("softmax"),
    doc="exp(x) / sum exp(x) along an axis, the maximum subtracted first.",
)
op(
    "log_softmax",
    kind=REDUCTION,
    shape=softmax_type,
    numpy=log_softmax_numpy,
    numba="log_softmax",
    cuda=Kernel("softmax.cu", softmax_rule(logarithm=True)),
    scratch=log_scratch,
    vjp=log_softmax_vjp,
    inplace=((0, 0),),
    cost=rows_cost,
    examples=LINES,
    build=axis_build("log_softmax"),
    doc="x - log sum exp(x) along an axis, the maximum subtracted first.",
)
op(
    "softmax_gradient",
    kind=REDUCTION,
    shape=gradient_type,
    numpy=gradient_numpy,
    numba="softmax_gradient",
    cuda=Kernel("rows.cu", softmax_gradient_rule),
    expand=lambda b, y, g, axis: b.mul(y, b.sub(g, b.sum(b.mul(y, g), axis, keepdims=True))),
    scratch=line_scratch,
    vjp=gradient_vjp,
    cost=rows_cost,
    examples=[
        case((3, 5), (3, 5), axis=1),
        case((4, 3, 2), (4, 3, 2), axis=1),
        case((4, 33), (4, 33), axis=1),
    ],
    doc="y (g - sum(y g)) along an axis: the cotangent of softmax's operand from its result y.",
)

# ---- within a span of each row


def within_type(x: Type, start: Type, stop: Type) -> Type:
    for each in (start, stop):
        if each != Type("i32", x.shape[:-1]):
            raise ShapeError("softmax_within", f"bounds i32{x.shape[:-1]}", str(each))
    return same_float(x)


def within_numpy(
    out: np.ndarray, x: np.ndarray, start: np.ndarray, stop: np.ndarray, line: np.ndarray
) -> None:
    places = np.arange(x.shape[-1])
    inside = (places >= start[..., None]) & (places < stop[..., None])
    np.maximum.reduce(x, -1, None, line, keepdims=True, where=inside, initial=LOWEST)
    np.subtract(x, line, out)
    np.minimum(out, 0, out=out)
    np.exp(out, out)
    np.multiply(out, inside, out)
    np.add.reduce(out, -1, None, line, keepdims=True)
    np.divide(out, line, out, where=inside)


def within_expand(b: Builder, x: Value, start: Value, stop: Value) -> Value:
    shape = (*x.shape[:-1], 1)
    places = b.iota(shape=(1,) * (x.rank - 1) + x.shape[-1:], axis=x.rank - 1, dtype="i32")
    inside = b.logical_and(
        b.greater_equal(b.broadcast_to(places, x.shape), b.reshape(start, shape)),
        b.less(b.broadcast_to(places, x.shape), b.reshape(stop, shape)),
    )
    return b.keep(b.softmax(b.select(inside, x, LOWEST)), inside)


def within_build(b: Builder, x: Value, start: Any, stop: Any) -> Value:
    """Along the last axis, over the elements from `start` to before `stop`: integers that broadcast against
    the other axes.
    """
    bounds = [b.broadcast_to(b.cast(b.value(each), "i32"), x.shape[:-1]) for each in (start, stop)]
    result: Value = b.emit("softmax_within", x, *bounds)
    return result


op(
    "softmax_within",
    kind=REDUCTION,
    shape=within_type,
    numpy=within_numpy,
    numba="softmax_within",
    cuda=Kernel("rows.cu", rows_rule("softmax_within")),
    expand=within_expand,
    scratch=lambda types, params: (types[0].with_shape((*types[0].shape[:-1], 1)),),
    vjp=lambda b, ins, out, g: (b.emit("softmax_gradient", out, g, axis=out.rank - 1), None, None),
    cost=lambda operands, results, params: 5 * results[0].size,
    examples=[
        case((3, 5), np.array([0, 1, 2], "i4"), np.array([5, 3, 3], "i4")),
        case((2, 2, 33), np.array([[0, 7], [31, 0]], "i4"), np.array([[33, 20], [33, 0]], "i4")),
    ],
    build=within_build,
    doc="Softmax of a stretch of each row, from one place to before another; 0 outside of it, and\n"
    "everywhere where it is empty.",
)


@composite
def log_sum_exp(b: Builder, x: Value, axis: int = -1) -> Value:
    """Log sum exp(x) along `axis`, which disappears."""
    top = b.stop_gradient(b.max(x, axis, keepdims=True))
    return b.add(b.log(b.sum(b.exp(b.sub(x, top)), axis)), b.squeeze(top, axis))


# ---- cross entropies: probabilities in; the logarithm meets softmax or sigmoid by a rewriting rule


@composite
def cross_entropy_index(b: Builder, p: Value, index: Value) -> Value:
    """-log p[index]: probabilities (..., K) and class positions (...), from 0 -> (...)."""
    return b.neg(b.log_floor(b.pick(p, index)))


@composite
def cross_entropy_probabilities(b: Builder, p: Value, target: Value) -> Value:
    """-sum_k t_k log p_k: (..., K) twice -> (...)."""
    return b.neg(b.sum(b.mul(target, b.log_floor(p)), -1))


@composite
def cross_entropy_binary(b: Builder, p: Value, target: Value) -> Value:
    """-(t log p + (1 - t) log(1 - p)), elementwise."""
    return b.neg(b.add(b.mul(target, b.log_floor(p)), b.mul(b.sub(1, target), b.log_floor(b.sub(1, p)))))
