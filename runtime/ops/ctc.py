"""Connectionist temporal classification: the likelihood of a label sequence under all its alignments.

Letters: N examples, T steps, C classes (the last one is the blank), L labels, S = 2 L + 1 states of an
alignment: blank, label 1, blank, label 2, ..., blank.  Source: Graves et al. 2006, section 4.1.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from .launches import Kernel
from .launches_rows import ctc_rule
from .record import REDUCTION, Ints, Types, case, op

if TYPE_CHECKING:
    from ..ir import Builder, Value

# Stands for the logarithm of 0: finite, so that differences of such numbers are 0 and not NaN.
NEVER = -1e30


def ctc_type(x: Type, labels: Type, steps: Type, counts: Type) -> Types:
    fits = x.rank == 3 and labels.rank == 2 and steps.shape == counts.shape == x.shape[:1] == labels.shape[:1]
    if not fits or not x.is_float or not (labels.is_integer and steps.is_integer and counts.is_integer):
        wanted = "log probabilities (N, T, C), labels (N, L), and two lengths (N)"
        raise ShapeError("ctc", wanted, ", ".join(map(str, (x, labels, steps, counts))))
    return x.with_shape(x.shape[:1]), x


def states(labels: np.ndarray, blank: int) -> tuple[np.ndarray, np.ndarray]:
    """The class of every state (N, S), and whether it may follow the state before the last one (N, S)."""
    n, most = labels.shape
    classes = np.full((n, 2 * most + 1), blank, np.int64)
    classes[:, 1::2] = np.clip(labels, 0, blank)
    skips = np.zeros(classes.shape, bool)
    skips[:, 2:] = classes[:, 2:] != classes[:, :-2]
    return classes, skips


def shifted(x: np.ndarray, by: int) -> np.ndarray:
    """Each row moved `by` places to the right (negative: left); NEVER moves in."""
    found = np.full_like(x, NEVER)
    if by > 0:
        found[:, by:] = x[:, :-by]
    else:
        found[:, :by] = x[:, -by:]
    return found


def log_add(*parts: np.ndarray) -> np.ndarray:
    top = np.maximum.reduce(parts)
    return top + np.log(sum(np.exp(each - top) for each in parts))


def ctc_numpy(
    out: tuple[np.ndarray, ...],
    x: np.ndarray,
    labels: np.ndarray,
    steps: np.ndarray,
    counts: np.ndarray,
    ahead: np.ndarray,
) -> None:
    """`ahead` (T, N, S) holds the logarithms of Graves' alpha; float64 throughout."""
    loss, share = out
    n, t_most, blank = x.shape[0], x.shape[1], x.shape[2] - 1
    classes, skips = states(labels, blank)
    emitted = np.take_along_axis(x.astype(np.float64), np.repeat(classes[:, None], t_most, 1), 2)
    place, rows = np.arange(classes.shape[1]), np.arange(n)
    ends = (place == 2 * counts[:, None]) | (place == 2 * counts[:, None] - 1)
    ahead[0] = np.where(place < 2, emitted[:, 0], NEVER)
    for t in range(1, t_most):
        old = ahead[t - 1]
        ways = log_add(old, shifted(old, 1), np.where(skips, shifted(old, 2), NEVER))
        ahead[t] = np.maximum(ways + emitted[:, t], NEVER)
    last = ahead[np.clip(steps - 1, 0, t_most - 1), rows]
    likelihood = log_add(*np.where(ends, last, NEVER).T)
    possible = likelihood > NEVER / 2
    loss[...] = np.where(possible, -likelihood, np.inf)
    share.fill(0)
    behind = np.where(ends, 0.0, NEVER)
    for t in range(t_most - 1, -1, -1):
        if t < t_most - 1:
            later = behind + emitted[:, t + 1]
            after = np.where(shifted(skips.astype(float), -2) > 0, shifted(later, -2), NEVER)
            ways = np.maximum(log_add(later, shifted(later, -1), after), NEVER)
            behind = np.where((t < steps - 1)[:, None], ways, behind)
        inside = possible & (t < steps)
        with np.errstate(over="ignore", invalid="ignore"):
            weight = np.where(inside[:, None], np.exp(ahead[t] + behind - likelihood[:, None]), 0)
        np.add.at(share[:, t], (rows[:, None], classes), weight.astype(share.dtype))


def ctc_expand(b: Builder, x: Value, labels: Value, steps: Value, counts: Value) -> tuple[Value, Value]:
    """The recursion step by step; the shares of the classes are the derivative of the likelihood."""
    loss = unrolled(b, x, labels, steps, counts)
    possible = b.select(b.less(loss, -NEVER / 2), loss, 0.0)
    (slope,) = b.pullback([possible], [b.ones(possible.type)], [x], leaves=False)
    share = b.zeros(x.type) if slope is None else b.neg(slope)
    return b.select(b.less(loss, -NEVER / 2), loss, float("inf")), share


def unrolled(b: Builder, x: Value, labels: Value, steps: Value, counts: Value) -> Value:
    """The loss (N) as a composition of simpler ops."""
    (n, t_most, c), most = x.shape, labels.shape[1]
    size = 2 * most + 1
    labels, steps, counts = (b.cast(each, "i64") for each in (labels, steps, counts))
    labels = b.minimum(b.maximum(labels, 0), c - 1)
    blanks = b.constant(c - 1, "i64", (n, most, 1))
    pairs = b.reshape(b.concat([blanks, b.expand_dims(labels, 2)], axis=2), (n, 2 * most))
    classes = b.concat([pairs, b.constant(c - 1, "i64", (n, 1))], axis=1)
    index = b.broadcast_to(b.expand_dims(classes, 1), (n, t_most, size))
    emitted = b.take_along_axis(x, index, 2)
    place = b.broadcast_to(b.iota(shape=(1, size), axis=1), (n, size))
    before = b.slice_axis(b.pad(classes, [(0, 0), (2, 0)], value=-1), 1, 0, size)
    skips = b.logical_and(b.not_equal(classes, before), b.greater_equal(place, 2))

    def moved(value: Value, by: int) -> Value:
        wide = b.pad(value, [(0, 0), (by, 0)], value=NEVER)
        return b.slice_axis(wide, 1, 0, size)

    state = b.select(b.less(place, 2), b.index_axis(emitted, 1, 0), NEVER)
    for t in range(1, t_most):
        ways = [state, moved(state, 1), b.select(skips, moved(state, 2), NEVER)]
        reached = b.log_sum_exp(b.concat([b.expand_dims(each, 2) for each in ways], axis=2), 2)
        reached = b.maximum(b.add(reached, b.index_axis(emitted, 1, t)), NEVER)
        goes_on = b.broadcast_to(b.reshape(b.greater(steps, t), (n, 1)), (n, size))
        state = b.select(goes_on, reached, state)
    last = b.reshape(b.mul(counts, 2), (n, 1))
    ends = b.logical_or(b.equal(place, last), b.equal(place, b.sub(last, 1)))
    return b.neg(b.log_sum_exp(b.select(ends, state, NEVER), 1))


def ctc_vjp(b: Builder, ins: tuple[Value, ...], out: Any, g: Any) -> tuple[Value | None, ...]:
    """Of the loss through the shares, which the forward pass gave; of the shares through the expansion."""
    x, found = ins[0], None
    if g[0] is not None:
        found = b.neg(b.mul(out[1], b.reshape(g[0], (x.shape[0], 1, 1))))
    if g[1] is not None:
        _, share = ctc_expand(b, *ins)
        (second,) = b.pullback([share], [g[1]], [x], leaves=True)
        if second is not None:
            found = second if found is None else b.add(found, second)
    return found, None, None, None


op(
    "ctc",
    kind=REDUCTION,
    shape=ctc_type,
    numpy=ctc_numpy,
    numba="ctc",
    cuda=Kernel("ctc.cu", ctc_rule),
    expand=ctc_expand,
    vjp=ctc_vjp,
    scratch=lambda types, params: (
        Type("f64", (types[0].shape[1], types[0].shape[0], 2 * types[1].shape[1] + 1)),
    ),
    cost=lambda operands, results, params: 30 * operands[0].shape[1] * operands[1].size,
    domain=(-3.0, -0.1),
    examples=[
        case((2, 5, 4), np.array([[0, 1], [2, 2]]), np.array([5, 4]), np.array([2, 2])),
        case((3, 4, 3), Ints((3, 2), 0, 2), np.array([4, 3, 1]), np.array([2, 0, 1])),
        case((1, 1, 2), np.array([[0]]), np.array([1]), np.array([1])),
    ],
    doc="-log of the summed probability of all paths (steps of N examples) through log probabilities\n"
    "(N, T, C) that give the labels (N, L), from 0, once repeats are merged and blanks (the last class)\n"
    "dropped; `steps` and `counts` (N) say how many of T and L there are.  Infinite where no path does.\n"
    "With it the share of those paths that take each class at each step (N, T, C).",
)
