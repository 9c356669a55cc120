"""Normalisation by mean and variance, and by neighbouring channels."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from .launches import Kernel
from .launches_rows import batch_gradient_rule, batch_norm_rule
from .layout import turned
from .record import REDUCTION, Types, axes_of, axis_of, case, composite, op

if TYPE_CHECKING:
    from ..ir import Builder, Value


@composite
def standardize(
    b: Builder, x: Value, axes: Sequence[int], epsilon: float = 1e-3
) -> tuple[Value, Value, Value]:
    """(x - mean)/sqrt(variance + epsilon) over `axes`, with mean and biased variance (axes kept as 1)."""
    found = axes_of("standardize", axes, x.rank)
    mean = b.mean(x, found, keepdims=True)
    centred = b.sub(x, mean)
    variance = b.mean(b.square(centred), found, keepdims=True)
    return b.mul(centred, b.reciprocal(b.sqrt(b.add(variance, epsilon)))), mean, variance


# ---- batch normalisation


def channel_check(name: str, x: Type, axis: int, *arrays: Type) -> Type:
    """The type of an array of the channels of `x`; ShapeError for other arrays."""
    channels = x.with_shape((x.shape[axis_of(name, axis, x.rank)],))
    if not x.is_float or any(each != channels for each in arrays):
        raise ShapeError(name, f"arrays {channels} for the channels of {x}", ", ".join(map(str, arrays)))
    return channels


def batch_norm_type(x: Type, scale: Type, bias: Type, *, axis: int = 1, epsilon: float = 1e-3) -> Types:
    channels = channel_check("batch_norm", x, axis, scale, bias)
    return x, channels, channels


def thin(x: np.ndarray, axis: int, rank: int) -> np.ndarray:
    """A vector of the channels, to be repeated over all other axes."""
    return x.reshape([-1 if k == axis else 1 for k in range(rank)])


def batch_norm_numpy(
    out: tuple[np.ndarray, ...],
    x: np.ndarray,
    scale: np.ndarray,
    bias: np.ndarray,
    *,
    axis: int,
    epsilon: float,
) -> None:
    y, mean, variance = out
    others = tuple(k for k in range(x.ndim) if k != axis)
    np.mean(x, others, out=mean)
    np.subtract(x, thin(mean, axis, x.ndim), y)
    np.mean(np.square(y), others, out=variance)
    factor = scale / np.sqrt(variance + x.dtype.type(epsilon))
    np.multiply(y, thin(factor, axis, x.ndim), y)
    np.add(y, thin(bias, axis, x.ndim), y)


def channel_shape(x: Value, axis: int) -> list[int]:
    return [x.shape[axis] if k == axis else 1 for k in range(x.rank)]


def batch_norm_expand(
    b: Builder, x: Value, scale: Value, bias: Value, *, axis: int, epsilon: float
) -> tuple[Value, Value, Value]:
    shape = channel_shape(x, axis)
    y, mean, variance = b.standardize(x, [k for k in range(x.rank) if k != axis], epsilon)
    y = b.add(b.mul(y, b.reshape(scale, shape)), b.reshape(bias, shape))
    return y, b.reshape(mean, scale.shape), b.reshape(variance, scale.shape)


def batch_norm_vjp(
    b: Builder, ins: tuple[Value, ...], out: Any, g: Any, *, axis: int, epsilon: float
) -> tuple[Value | None, ...]:
    """The cotangent of the result through its own op; those of the statistics directly."""
    x, scale, _ = ins
    dx = dscale = dbias = None
    if g[0] is not None:
        dx, dscale, dbias = b.emit_all(
            "batch_norm_gradient", x, scale, out[1], out[2], g[0], axis=axis, epsilon=epsilon
        )
    shape, count = channel_shape(x, axis), x.type.size // max(1, x.shape[axis])
    if g[1] is not None:
        dx = plus(b, dx, b.broadcast_to(b.reshape(b.mul(g[1], 1 / count), shape), x.shape))
    if g[2] is not None:
        centred = b.sub(x, b.reshape(out[1], shape))
        dx = plus(b, dx, b.mul(centred, b.reshape(b.mul(g[2], 2 / count), shape)))
    return dx, dscale, dbias


def plus(b: Builder, x: Value | None, y: Value) -> Value:
    return y if x is None else b.add(x, y)


def batch_norm_build(
    b: Builder, x: Value, scale: Value, bias: Value, axis: int = 1, epsilon: float = 1e-3
) -> tuple[Value, ...]:
    """Normalise each channel over all other axes, then scale and shift.

    x (N, ..., C at `axis`, ...), scale (C), bias (C) -> y like x, batch mean (C), biased batch variance (C).
    """
    inside = turned(x)
    if inside is None:
        return b.emit_all("batch_norm", x, scale, bias, axis=axis, epsilon=epsilon)
    x, axes = inside
    y, mean, variance = b.emit_all("batch_norm", x, scale, bias, axis=axes[axis], epsilon=epsilon)
    return b.transpose(y, axes), mean, variance


op(
    "batch_norm",
    kind=REDUCTION,
    shape=batch_norm_type,
    numpy=batch_norm_numpy,
    numba="batch_norm",
    cuda=Kernel("batch_norm.cu", batch_norm_rule),
    parallel=True,
    expand=batch_norm_expand,
    vjp=batch_norm_vjp,
    cost=lambda operands, results, params: 7 * operands[0].size,
    build=batch_norm_build,
    examples=[
        case((4, 3), (3,), (3,)),
        case((5, 2, 3), (2,), (2,), epsilon=0.1),
        case((3, 2, 4, 2), (2,), (2,), axis=1),
        case((3, 2, 5), (5,), (5,), axis=2),
    ],
    doc="Each channel by its mean and biased variance over all other axes, then scaled and shifted; with\n"
    "both statistics.  Source: Ioffe, Szegedy 2015, algorithm 1.",
)


def gradient_type(
    x: Type, scale: Type, mean: Type, variance: Type, g: Type, *, axis: int = 1, epsilon: float = 1e-3
) -> Types:
    channels = channel_check("batch_norm_gradient", x, axis, scale, mean, variance)
    if g != x:
        raise ShapeError("batch_norm_gradient", f"a cotangent {x}", str(g))
    return x, channels, channels


def gradient_numpy(
    out: tuple[np.ndarray, ...],
    x: np.ndarray,
    scale: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    g: np.ndarray,
    *,
    axis: int,
    epsilon: float,
) -> None:
    dx, dscale, dbias = out
    rank = x.ndim
    others = tuple(k for k in range(rank) if k != axis)
    root = np.reciprocal(np.sqrt(variance + x.dtype.type(epsilon)))
    np.subtract(x, thin(mean, axis, rank), dx)
    np.multiply(dx, thin(root, axis, rank), dx)
    np.sum(g, others, out=dbias)
    np.sum(dx * g, others, out=dscale)
    count = x.dtype.type(x.size // max(1, x.shape[axis]))
    np.multiply(dx, thin(-dscale / count, axis, rank), dx)
    np.add(dx, g, dx)
    np.subtract(dx, thin(dbias / count, axis, rank), dx)
    np.multiply(dx, thin(scale * root, axis, rank), dx)


def gradient_expand(
    b: Builder,
    x: Value,
    scale: Value,
    mean: Value,
    variance: Value,
    g: Value,
    *,
    axis: int,
    epsilon: float,
) -> tuple[Value, Value, Value]:
    """Ioffe, Szegedy 2015, section 3, with both sums taken first."""
    shape, others = channel_shape(x, axis), [k for k in range(x.rank) if k != axis]
    count = x.type.size // max(1, x.shape[axis])
    root = b.reciprocal(b.sqrt(b.add(variance, epsilon)))
    scaled = b.mul(b.sub(x, b.reshape(mean, shape)), b.reshape(root, shape))
    dbias, dscale = b.sum(g, others), b.sum(b.mul(scaled, g), others)
    dx = b.sub(g, b.mul(scaled, b.reshape(b.mul(dscale, 1 / count), shape)))
    dx = b.sub(dx, b.reshape(b.mul(dbias, 1 / count), shape))
    return b.mul(dx, b.reshape(b.mul(scale, root), shape)), dscale, dbias


op(
    "batch_norm_gradient",
    kind=REDUCTION,
    shape=gradient_type,
    numpy=gradient_numpy,
    numba="batch_norm_gradient",
    cuda=Kernel("batch_norm.cu", batch_gradient_rule),
    parallel=True,
    expand=gradient_expand,
    cost=lambda operands, results, params: 9 * operands[0].size,
    domain=((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0), (0.5, 2.0), (-2.0, 2.0)),
    examples=[
        case((4, 3), (3,), (3,), (3,), (4, 3)),
        case((3, 2, 4), (2,), (2,), (2,), (3, 2, 4), epsilon=0.1),
        case((3, 2, 5), (5,), (5,), (5,), (3, 2, 5), axis=2),
    ],
    doc="Cotangents of batch_norm's operands x, scale, bias from that of its result, given its statistics.",
)


@composite
def batch_norm_inference(
    b: Builder,
    x: Value,
    scale: Value,
    bias: Value,
    mean: Value,
    variance: Value,
    axis: int = 1,
    epsilon: float = 1e-3,
) -> Value:
    """The same with given mean and variance (C): one multiplication and one addition an element."""
    shape = channel_shape(x, axis)
    factor = b.mul(scale, b.reciprocal(b.sqrt(b.add(variance, epsilon))))
    shift = b.sub(bias, b.mul(mean, factor))
    return b.add(b.mul(x, b.reshape(factor, shape)), b.reshape(shift, shape))


@composite
def local_response(
    b: Builder, x: Value, window: int, alpha: float = 1.0, beta: float = 0.5, bias: float = 1.0
) -> Value:
    """Elements of x (N, C, ...) divided by (bias + alpha/(2 window + 1) * the sum of squares over the
    channels at most `window` away) to the power beta.  Source: Krizhevsky, Sutskever, Hinton 2012, 3.3.
    """
    inside = turned(x)
    if inside is not None:
        value, axes = inside
        return b.transpose(local_response_at(b, value, axes[1], window, alpha, beta, bias), axes)
    return local_response_at(b, x, 1, window, alpha, beta, bias)


def local_response_at(
    b: Builder, x: Value, axis: int, window: int, alpha: float, beta: float, bias: float
) -> Value:
    size = 2 * window + 1
    total = b.emit(
        "total_pool", b.square(x), axes=(axis,), sizes=(size,), strides=(1,), pads=((window, window),)
    )
    return b.div(x, b.power(b.add(b.mul(total, alpha / size), bias), beta))
