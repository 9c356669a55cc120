"""Softmax and its logarithm over one axis, and the cross entropies written with them."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Type
from .launches import Kernel, softmax_rule
from .record import REDUCTION, Params, Types, axis_of, case, composite, op, same_float

if TYPE_CHECKING:
    from ..ir import Builder, Value


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
    return (b.mul(out, b.sub(g, b.sum(b.mul(out, g), axis, keepdims=True))),)


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
