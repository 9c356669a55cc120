"""Normalisation by mean and variance, as composites."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .record import axes_of, composite

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


@composite
def batch_norm(
    b: Builder, x: Value, scale: Value, bias: Value, axis: int = 1, epsilon: float = 1e-3
) -> tuple[Value, Value, Value]:
    """Normalise each channel over all other axes, then scale and shift.

    x (N, ..., C at `axis`, ...), scale (C), bias (C) -> y like x, batch mean (C), biased batch variance (C).
    Source: Ioffe, Szegedy 2015, algorithm 1.
    """
    shape = [x.shape[axis] if k == axis else 1 for k in range(x.rank)]
    y, mean, variance = b.standardize(x, [k for k in range(x.rank) if k != axis], epsilon)
    y = b.add(b.mul(y, b.reshape(scale, shape)), b.reshape(bias, shape))
    return y, b.reshape(mean, scale.shape), b.reshape(variance, scale.shape)


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
    shape = [x.shape[axis] if k == axis else 1 for k in range(x.rank)]
    factor = b.mul(scale, b.reciprocal(b.sqrt(b.add(variance, epsilon))))
    shift = b.sub(bias, b.mul(mean, factor))
    return b.add(b.mul(x, b.reshape(factor, shape)), b.reshape(shift, shape))
