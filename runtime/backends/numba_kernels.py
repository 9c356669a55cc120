"""One-pass kernels where NumPy needs many passes: compiled by numba, used for large planned work.

The table is keyed by the `numba` field of op records.  The op's NumPy form stays the definition and the
fallback: an entry declines (None) arrays that it does not take.  Kernels are compiled when they are bound,
so that no step waits, and kept on disk by numba.  NaN passes through: only contraction to fused multiply-add
is allowed (`fastmath`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops.softmax import LOWEST
from . import numba_ctc, numba_pictures, numba_recurrent, numba_rows
from .numba_compile import Bound, available, prepare

__all__ = ["TABLE", "available", "bind"]

Arrays = tuple[np.ndarray, ...]

# A moment below this is flushed to zero: units that died drive moments into denormals, which cost 1.65 times
# Adam (performance.md, section 4).
TINY = 1e-30


def bind(name: str, out: Any, operands: Arrays, params: dict[str, Any], *threads: int) -> Any:
    """A prepared call of kernel `name` (as an op's `bind` gives),
    or None where it does not take these arrays.
    """
    entry = TABLE.get(name)
    return entry(out, operands, params, *threads) if entry else None


def in_place(out: Arrays, operands: Arrays) -> bool:
    """Whether results take over the parameters and states they come from, as one vector each,
    with one rate.
    """
    vectors = (operands[0], *operands[2:])
    same = all(x.ctypes.data == y.ctypes.data and x.ndim == 1 for x, y in zip(out, vectors))
    return same and operands[len(out) + 1].ndim == 0


# ---- optimisers: see ops/optimizers.py for the formulas


def adam(
    w: Any, g: Any, m: Any, v: Any, rate: Any, step: Any, beta1: float, beta2: float, epsilon: float
) -> None:
    kind = w.dtype.type
    t = float(step[()])
    a = (1 - beta1) / (1 - beta1**t)
    root = math.sqrt((1 - beta2) / (1 - beta2**t))
    factor, small, tiny, zero = kind(a / root * rate[()]), kind(epsilon / root), kind(TINY), kind(0)
    decay1, decay2 = kind(beta1), kind(beta2)
    for i in range(w.size):
        m1 = m[i] * decay1 + g[i]
        v1 = v[i] * decay2 + g[i] * g[i]
        m1 = zero if abs(m1) < tiny else m1
        v1 = zero if v1 < tiny else v1
        m[i] = m1
        v[i] = v1
        w[i] -= factor * (m1 / (np.sqrt(v1) + small))


def rmsprop(
    w: Any, g: Any, n: Any, a: Any, d: Any, rate: Any, beta: float, epsilon: float, momentum: float
) -> None:
    kind = w.dtype.type
    keep, new, small, friction = kind(beta), kind(1 - beta), kind(epsilon), kind(momentum)
    eta, tiny, zero = kind(rate[()]), kind(TINY), kind(0)
    for i in range(w.size):
        n1 = n[i] * keep + g[i] * g[i] * new
        a1 = a[i] * keep + g[i] * new
        n1 = zero if n1 < tiny else n1
        a1 = zero if abs(a1) < tiny else a1
        n[i] = n1
        a[i] = a1
        d1 = d[i] * friction - eta * (g[i] / np.sqrt(n1 - a1 * a1 + small))
        d1 = zero if abs(d1) < tiny else d1
        d[i] = d1
        w[i] += d1


def sgd_momentum(w: Any, g: Any, d: Any, rate: Any, momentum: float) -> None:
    kind = w.dtype.type
    eta, friction, tiny, zero = kind(rate[()]), kind(momentum), kind(TINY), kind(0)
    for i in range(w.size):
        d1 = d[i] * friction - eta * g[i]
        d1 = zero if abs(d1) < tiny else d1
        d[i] = d1
        w[i] += d1


def sign_sgd(w: Any, g: Any, d: Any, rate: Any, momentum: float) -> None:
    kind = w.dtype.type
    eta, friction, new, zero = kind(rate[()]), kind(momentum), kind(1 - momentum), kind(0)
    tiny = kind(TINY)
    for i in range(w.size):
        d1 = d[i] * friction - new * g[i]
        d1 = zero if abs(d1) < tiny else d1
        d[i] = d1
        # NaN is neither above nor below: it is added as it is.
        w[i] += eta if d1 > zero else -eta if d1 < zero else d1


def optimizer(function: Callable[..., None], *names: str) -> Callable[..., Bound | None]:
    def entry(out: Arrays, operands: Arrays, params: dict[str, Any]) -> Bound | None:
        if not in_place(out, operands):
            return None
        return prepare(function, *operands, *(float(params[name]) for name in names))

    return entry


# ---- rows


def subtract_maximum(x: Any, out: Any) -> None:
    """X (R, D) less the maximum of each row."""
    for r in range(x.shape[0]):
        top = x[r, 0]
        for k in range(1, x.shape[1]):
            top = x[r, k] if x[r, k] > top or x[r, k] != x[r, k] else top
        for k in range(x.shape[1]):
            out[r, k] = x[r, k] - top


def divide_by_sum(out: Any) -> None:
    """Each row of `out` (R, D) divided by its sum, in place."""
    for r in range(out.shape[0]):
        total = out[r, 0]
        for k in range(1, out.shape[1]):
            total += out[r, k]
        scale = 1 / total
        for k in range(out.shape[1]):
            out[r, k] *= scale


def subtract_log_sum(out: Any, powers: Any) -> None:
    """Each row of `out` less the logarithm of the sum of the same row of `powers`."""
    for r in range(out.shape[0]):
        total = powers[r, 0]
        for k in range(1, out.shape[1]):
            total += powers[r, k]
        shift = out.dtype.type(math.log(total))
        for k in range(out.shape[1]):
            out[r, k] -= shift


def rows_of(array: np.ndarray, axis: int) -> np.ndarray | None:
    """A contiguous array with its last axis in front of nothing: (R, D); None for another axis or layout."""
    if axis != array.ndim - 1 or not array.flags.c_contiguous or not array.size:
        return None
    return array.reshape(-1, array.shape[-1])


def softmax(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Callable[[], None] | None:
    """In float32 numba_rows.py's; else NumPy's exponential, whose vector form numba lacks, between two
    kernels over short rows.
    """
    single = numba_rows.softmax(out, operands, params)
    if single is not None:
        return single
    x, y = rows_of(operands[0], params["axis"]), rows_of(out, params["axis"])
    if x is None or y is None:
        return None
    first, arguments = prepare(subtract_maximum, x, y)
    last, _ = prepare(divide_by_sum, y)

    def call() -> None:
        first(*arguments)
        np.exp(y, y)
        last(y)

    return call


def log_softmax(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Callable[[], None] | None:
    x, y = rows_of(operands[0], params["axis"]), rows_of(out, params["axis"])
    if x is None or y is None:
        return None
    powers = operands[2].reshape(y.shape)
    first, arguments = prepare(subtract_maximum, x, y)
    last, rest = prepare(subtract_log_sum, y, powers)

    def call() -> None:
        first(*arguments)
        np.exp(y, powers)
        last(*rest)

    return call


def row_gradient(out: Any, y: Any, g: Any) -> None:
    """Each row of y times the cotangent less their product: y (g - sum(y g))."""
    for r in range(y.shape[0]):
        total = y[r, 0] * g[r, 0]
        for k in range(1, y.shape[1]):
            total += y[r, k] * g[r, k]
        for k in range(y.shape[1]):
            out[r, k] = y[r, k] * (g[r, k] - total)


def softmax_gradient(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    rows = [rows_of(each, params["axis"]) for each in (out, *operands[:2])]
    return None if any(each is None for each in rows) else prepare(row_gradient, *rows)


def stretch_maximum(x: Any, start: Any, stop: Any, out: Any, lowest: Any) -> None:
    """Of each row of x (R, D) the elements from start to before stop less their maximum; `lowest` outside."""
    for r in range(x.shape[0]):
        first, last = max(start[r], 0), min(stop[r], x.shape[1])
        top = lowest
        for k in range(first, last):
            top = x[r, k] if x[r, k] > top or x[r, k] != x[r, k] else top
        for k in range(min(first, x.shape[1])):
            out[r, k] = lowest
        for k in range(first, last):
            out[r, k] = x[r, k] - top
        for k in range(max(first, last), x.shape[1]):
            out[r, k] = lowest


def stretch_divide(out: Any, start: Any, stop: Any) -> None:
    """Each stretch divided by its sum, in place."""
    for r in range(out.shape[0]):
        first, last = max(start[r], 0), min(stop[r], out.shape[1])
        total = out.dtype.type(0)
        for k in range(first, last):
            total += out[r, k]
        scale = 1 / total
        for k in range(first, last):
            out[r, k] *= scale


def softmax_within(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Callable[[], None] | None:
    axis = out.ndim - 1
    x, y = rows_of(operands[0], axis), rows_of(out, axis)
    if x is None or y is None:
        return None
    # Bounds may repeat: they are copied out in every call, one integer a row.
    bounds = [(np.empty(each.shape, each.dtype), each) for each in operands[1:3]]
    start, stop = (copy.reshape(-1) for copy, _ in bounds)
    first, arguments = prepare(stretch_maximum, x, start, stop, y, x.dtype.type(LOWEST))
    last, rest = prepare(stretch_divide, y, start, stop)

    def call() -> None:
        for copy, each in bounds:
            np.copyto(copy, each)
        first(*arguments)
        np.exp(y, y)
        last(*rest)

    return call


# ---- scatter


def add_rows(out: Any, x: Any, starts: Any, index: Any) -> None:
    """Out (S, D) = 0, then out[index[r]] += x[starts[r]:][:D] for r in order; x is a vector.

    Positions outside are moved to the nearest end.
    """
    for s in range(out.shape[0]):
        for k in range(out.shape[1]):
            out[s, k] = 0
    for r in range(index.size):
        s = min(max(index[r], 0), out.shape[0] - 1)
        start = starts[r]
        for k in range(out.shape[1]):
            out[s, k] += x[start + k]


def scatter_add(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    """Over the first axis.  Rows of x may repeat (a broadcast cotangent): they are found by where they
    start.
    """
    x, index = operands
    if params["axis"] != 0 or index.dtype.kind != "i" or not out.size or not x.size:
        return None
    row = x[(0,) * index.ndim]
    plain = all(each.flags.c_contiguous for each in (out, index, row))
    if not plain or any(stride < 0 or stride % x.itemsize for stride in x.strides[: index.ndim]):
        return None
    starts = np.zeros(index.shape, np.int64)
    for axis, places in enumerate(np.ogrid[tuple(slice(extent) for extent in index.shape)]):
        starts += places * (x.strides[axis] // x.itemsize)
    length = int(starts.max()) + row.size
    memory = np.lib.stride_tricks.as_strided(x, (length,), (x.itemsize,))
    return prepare(add_rows, out.reshape(len(out), -1), memory, starts.reshape(-1), index.reshape(-1))


TABLE: dict[str, Callable[..., Any]] = {
    "adam": optimizer(adam, "beta1", "beta2", "epsilon"),
    "rmsprop": optimizer(rmsprop, "beta", "epsilon", "momentum"),
    "sgd_momentum": optimizer(sgd_momentum, "momentum"),
    "sign_sgd": optimizer(sign_sgd, "momentum"),
    "softmax": softmax,
    "log_softmax": log_softmax,
    "softmax_gradient": softmax_gradient,
    "softmax_within": softmax_within,
    "scatter_add": scatter_add,
    **numba_ctc.TABLE,
    **numba_pictures.TABLE,
    **numba_recurrent.TABLE,
    **numba_rows.TABLE,
}
