"""What transformers do between their products: layer normalisation of rows, and GELU."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from .launches import Kernel
from .launches_rows import layer_gradient_rule, rows_rule
from .record import REDUCTION, Types, case, op, same_float, same_floats
from .special import reference_erf

if TYPE_CHECKING:
    from ..ir import Builder, Value

# ---- layer normalisation


def vector_check(name: str, x: Type, *arrays: Type) -> Type:
    row = x.with_shape(x.shape[-1:])
    if not x.is_float or not x.rank or any(each != row for each in arrays):
        raise ShapeError(name, f"vectors {row} for the rows of {x}", ", ".join(map(str, arrays)))
    return x.with_shape(x.shape[:-1])


def norm_type(x: Type, scale: Type, bias: Type, *, epsilon: float = 1e-3) -> Types:
    rows = vector_check("layer_norm", x, scale, bias)
    return x, rows, rows


def norm_numpy(
    out: tuple[np.ndarray, ...], x: np.ndarray, scale: np.ndarray, bias: np.ndarray, *, epsilon: float
) -> None:
    y, mean, root = out
    np.mean(x, -1, out=mean)
    np.subtract(x, mean[..., None], y)
    np.mean(np.square(y), -1, out=root)
    np.add(root, x.dtype.type(epsilon), root)
    np.sqrt(root, root)
    np.reciprocal(root, root)
    np.multiply(y, root[..., None], y)
    np.multiply(y, scale, y)
    np.add(y, bias, y)


def norm_expand(b: Builder, x: Value, scale: Value, bias: Value, *, epsilon: float) -> tuple[Value, ...]:
    mean = b.mean(x, -1)
    centred = b.sub(x, b.expand_dims(mean, mean.rank))
    root = b.reciprocal(b.sqrt(b.add(b.mean(b.square(centred), -1), epsilon)))
    y = b.mul(centred, b.expand_dims(root, root.rank))
    return b.add(b.mul(y, scale), bias), mean, root


def norm_vjp(b: Builder, ins: tuple[Value, ...], out: Any, g: Any, *, epsilon: float) -> Any:
    """Of the rows through an op of its own; those of the statistics through the expansion."""
    if g[1] is not None or g[2] is not None:
        return b.through_expansion("layer_norm", ins, g, {"epsilon": epsilon})
    return b.emit_all("layer_norm_gradient", ins[0], ins[1], out[1], out[2], g[0])


def norm_build(b: Builder, x: Value, scale: Value, bias: Value, epsilon: float = 1e-3) -> Value:
    """The rows of `x` (..., D) with scale and bias (D)."""
    found: Value = b.emit_all("layer_norm", x, scale, bias, epsilon=epsilon)[0]
    return found


op(
    "layer_norm",
    kind=REDUCTION,
    shape=norm_type,
    numpy=norm_numpy,
    numba="layer_norm",
    cuda=Kernel("rows.cu", rows_rule("layer_norm", "epsilon")),
    expand=norm_expand,
    vjp=norm_vjp,
    cost=lambda operands, results, params: 7 * operands[0].size,
    examples=[
        case((4, 3), (3,), (3,)),
        case((2, 3, 5), (5,), (5,), epsilon=0.1),
        case((3, 33), (33,), (33,), epsilon=1e-5),
    ],
    build=norm_build,
    doc="Each row (the last axis) by its mean and biased variance, then scaled and shifted; with its mean\n"
    "and 1/sqrt(variance + epsilon).  Source: Ba, Kiros, Hinton 2016, equations 3 and 4.",
)


def norm_back_type(x: Type, scale: Type, mean: Type, root: Type, g: Type) -> Types:
    rows = vector_check("layer_norm_gradient", x, scale)
    if mean != rows or root != rows or g != x:
        raise ShapeError("layer_norm_gradient", f"{rows}, {rows}, {x}", f"{mean}, {root}, {g}")
    return x, scale, scale


def norm_back_numpy(
    out: tuple[np.ndarray, ...],
    x: np.ndarray,
    scale: np.ndarray,
    mean: np.ndarray,
    root: np.ndarray,
    g: np.ndarray,
) -> None:
    dx, dscale, dbias = out
    others = tuple(range(x.ndim - 1))
    y = (x - mean[..., None]) * root[..., None]
    np.sum(g, others, out=dbias)
    np.sum(y * g, others, out=dscale)
    np.multiply(g, scale, dx)
    both = np.mean(dx * y, -1, keepdims=True)
    np.subtract(dx, np.mean(dx, -1, keepdims=True), dx)
    np.multiply(y, both, y)
    np.subtract(dx, y, dx)
    np.multiply(dx, root[..., None], dx)


def norm_back_expand(
    b: Builder, x: Value, scale: Value, mean: Value, root: Value, g: Value
) -> tuple[Value, ...]:
    others = list(range(x.rank - 1))
    spread = b.expand_dims(root, root.rank)
    y = b.mul(b.sub(x, b.expand_dims(mean, mean.rank)), spread)
    weighted = b.mul(g, scale)
    dx = b.sub(weighted, b.mean(weighted, -1, keepdims=True))
    dx = b.sub(dx, b.mul(y, b.mean(b.mul(weighted, y), -1, keepdims=True)))
    return b.mul(dx, spread), b.sum(b.mul(y, g), others), b.sum(g, others)


op(
    "layer_norm_gradient",
    kind=REDUCTION,
    shape=norm_back_type,
    numpy=norm_back_numpy,
    numba="layer_norm_gradient",
    cuda=Kernel("rows.cu", layer_gradient_rule),
    expand=norm_back_expand,
    cost=lambda operands, results, params: 12 * operands[0].size,
    examples=[
        case((4, 3), (3,), (4,), (4,), (4, 3)),
        case((2, 3, 5), (5,), (2, 3), (2, 3), (2, 3, 5)),
        case((3, 33), (33,), (3,), (3,), (3, 33)),
    ],
    doc="Cotangents of layer_norm's rows, scale and shift, given mean and 1/sqrt(variance + epsilon).",
)

# ---- GELU

HALF_ROOT, BELL = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


def gelu_numpy(out: np.ndarray, x: np.ndarray) -> None:
    np.multiply(x, x.dtype.type(HALF_ROOT), out)
    reference_erf(out, out)
    np.add(out, x.dtype.type(1), out)
    np.multiply(out, x, out)
    np.multiply(out, x.dtype.type(0.5), out)


def slope_numpy(out: np.ndarray, x: np.ndarray, g: np.ndarray) -> None:
    kind = x.dtype.type
    reference_erf(out, x * kind(HALF_ROOT))
    np.add(out, kind(1), out)
    np.multiply(out, kind(0.5), out)
    np.add(out, x * np.exp(np.square(x) * kind(-0.5)) * kind(BELL), out)
    np.multiply(out, g, out)


def normal(b: Builder, x: Value) -> Value:
    """The normal distribution function."""
    return b.mul(b.add(b.erf(b.mul(x, HALF_ROOT)), 1.0), 0.5)


def bell(b: Builder, x: Value) -> Value:
    """The normal density."""
    return b.mul(b.exp(b.mul(b.square(x), -0.5)), BELL)


op(
    "gelu",
    kind=REDUCTION,
    shape=same_float,
    numpy=gelu_numpy,
    numba="gelu",
    expand=lambda b, x: b.mul(x, normal(b, x)),
    vjp=lambda b, ins, out, g: (b.emit("gelu_gradient", ins[0], g),),
    cost=lambda operands, results, params: 20 * operands[0].size,
    examples=[case((3, 5)), case((1025,))],
    doc="x times the normal distribution function: 0.5 x (1 + erf(x/sqrt 2)).  Hendrycks, Gimpel 2016.",
)
op(
    "gelu_gradient",
    kind=REDUCTION,
    shape=same_floats,
    numpy=slope_numpy,
    numba="gelu_gradient",
    expand=lambda b, x, g: b.mul(g, b.add(normal(b, x), b.mul(x, bell(b, x)))),
    cost=lambda operands, results, params: 40 * operands[0].size,
    examples=[case((3, 5), (3, 5)), case((1025,), (1025,))],
    doc="The cotangent of gelu's operand.",
)
