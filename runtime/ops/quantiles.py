"""Quantiles of discrete distributions: from uniform numbers to counts.

The sum over the probabilities goes on from count to count for all elements at once, until each has passed its
uniform number.  Float32 uniform numbers have 24 bits, so that tails below 6e-8 are cut off.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..types import ShapeError, Type
from .record import REDUCTION, case, op

# Counts a quantile may reach, in standard deviations above the mean: beyond lie 1e-14 of a Poisson variable.
DEVIATIONS = 10


def same(name: str, *types: Type) -> Type:
    if any(each != types[0] for each in types) or not types[0].is_float:
        raise ShapeError(name, "floating operands of one type", " and ".join(map(str, types)))
    return types[0]


def poisson_type(u: Type, mean: Type) -> Type:
    return same("poisson_quantile", u, mean)


def binomial_type(u: Type, count: Type, probability: Type) -> Type:
    return same("binomial_quantile", u, count, probability)


def climb(out: np.ndarray, u: np.ndarray, log_first: np.ndarray, log_ratio: Any, most: int) -> None:
    """The least k with P(0) + ... + P(k) >= u, where log P(k + 1) = log P(k) + log_ratio(k).

    Logarithms, for the first probabilities underflow where the mean is large.
    """
    log_p = log_first.copy()
    total = np.exp(log_p)
    out[...] = 0
    for k in range(most):
        short = total < u
        if not short.any():
            return
        out += short
        log_p += log_ratio(k)
        total += np.exp(log_p)


def poisson(out: np.ndarray, u: np.ndarray, mean: np.ndarray) -> None:
    rate = np.maximum(np.asarray(mean, np.float64), 0)
    top = float(rate.max(initial=0.0))
    with np.errstate(divide="ignore"):
        log_rate = np.log(rate)
    most = math.ceil(top + DEVIATIONS * math.sqrt(top) + DEVIATIONS)
    found = np.empty(u.shape)
    level = np.minimum(np.asarray(u, np.float64), 1 - 1e-12)
    climb(found, level, -rate, lambda k: log_rate - math.log(k + 1), most)
    np.copyto(out, found, casting="same_kind")


def binomial(out: np.ndarray, u: np.ndarray, count: np.ndarray, probability: np.ndarray) -> None:
    n, p = np.rint(np.asarray(count, np.float64)), np.clip(np.asarray(probability, np.float64), 0, 1)
    found = np.empty(u.shape)
    level = np.minimum(np.asarray(u, np.float64), 1 - 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(p) - np.log1p(-p)
        first = np.where(p < 1, n * np.log1p(-np.minimum(p, 1 - 1e-16)), -np.inf)

        def ratio(k: int) -> np.ndarray:
            step: np.ndarray = np.log(np.maximum(n - k, 0)) - math.log(k + 1) + odds
            return step

        climb(found, level, first, ratio, int(n.max(initial=0)))
    np.copyto(out, np.where(p >= 1, n, np.minimum(found, n)), casting="same_kind")


def fill(function: Any) -> Any:
    """The function over operands of the shape of the result: a backend leaves broadcasts to it."""

    def numpy(out: np.ndarray, *operands: np.ndarray) -> None:
        function(out, *(np.broadcast_to(each, out.shape) for each in operands))

    return numpy


op(
    "poisson_quantile",
    kind=REDUCTION,  # its loop over counts makes it no part of a fused group
    shape=poisson_type,
    numpy=fill(poisson),
    vjp=lambda b, ins, out, g: (None, None),
    domain=((0.05, 0.95), (0.5, 8.0)),
    examples=(case((7,), (7,)), case((2, 3), (2, 3))),
    doc="The least k whose cumulative Poisson probability reaches the first operand; the second is the mean.",
)
op(
    "binomial_quantile",
    kind=REDUCTION,  # its loop over counts makes it no part of a fused group
    shape=binomial_type,
    numpy=fill(binomial),
    vjp=lambda b, ins, out, g: (None, None, None),
    domain=((0.05, 0.95), (1.0, 9.0), (0.1, 0.9)),
    examples=(case((7,), (7,), (7,)), case((2, 3), (2, 3), (2, 3))),
    doc="The least k whose cumulative binomial probability reaches the first operand; then come count and "
    "probability.",
)
