"""One-pass kernels for rows: layer normalisation and GELU with their gradients, in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops import special
from .numba_compile import Bound, prepare, reordered
from .numba_recurrent import LN2_HIGH, LN2_LOW, LOG2E, LOW, ONE, P0, P1, P2, P3, P4, P5, ROUND

Arrays = tuple[np.ndarray, ...]


def plain(*arrays: np.ndarray) -> bool:
    return all(each.dtype == np.float32 and each.flags.c_contiguous and each.size for each in arrays)


@reordered
def norm_rows(y: Any, mean: Any, root: Any, x: Any, scale: Any, bias: Any, epsilon: Any) -> None:
    count = np.float32(1 / x.shape[1])
    for r in range(x.shape[0]):
        row, out = x[r], y[r]
        total = np.float32(0)
        for k in range(row.size):
            total += row[k]
        centre = total * count
        spread = np.float32(0)
        for k in range(row.size):
            d = row[k] - centre
            spread += d * d
        factor = np.float32(1) / np.sqrt(spread * count + epsilon)
        mean[r], root[r] = centre, factor
        for k in range(row.size):
            out[k] = (row[k] - centre) * factor * scale[k] + bias[k]


@reordered
def norm_back_rows(
    dx: Any, dscale: Any, dbias: Any, x: Any, scale: Any, mean: Any, root: Any, g: Any
) -> None:
    count = np.float32(1 / x.shape[1])
    for k in range(dscale.size):
        dscale[k] = 0
        dbias[k] = 0
    for r in range(x.shape[0]):
        row, flow, out = x[r], g[r], dx[r]
        centre, factor = mean[r], root[r]
        first = np.float32(0)
        second = np.float32(0)
        for k in range(row.size):
            w = flow[k] * scale[k]
            first += w
            second += w * ((row[k] - centre) * factor)
        first *= count
        second *= count
        for k in range(row.size):
            z = (row[k] - centre) * factor
            dbias[k] += flow[k]
            dscale[k] += flow[k] * z
            out[k] = (flow[k] * scale[k] - first - z * second) * factor


def layer_norm(out: Arrays, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    if not plain(*out, *operands):
        return None
    y, mean, root = out
    x, scale, bias = operands
    size = x.shape[-1]
    rows = (y.reshape(-1, size), mean.reshape(-1), root.reshape(-1), x.reshape(-1, size), scale, bias)
    return prepare(norm_rows, *rows, np.float32(params["epsilon"]))


def layer_norm_gradient(out: Arrays, operands: Arrays, params: dict[str, Any]) -> Bound | None:
    if not plain(*out, *operands):
        return None
    dx, dscale, dbias = out
    x, scale, mean, root, g = operands
    size = x.shape[-1]
    rows = (x.reshape(-1, size), scale, mean.reshape(-1), root.reshape(-1), g.reshape(-1, size))
    return prepare(norm_back_rows, dx.reshape(-1, size), dscale, dbias, *rows)


# ---- softmax


def row_maxima(top: Any, x: Any) -> None:
    for r in range(x.shape[0]):
        row = x[r]
        a = row[0]
        for k in range(row.size):
            a = row[k] if row[k] > a else a
        top[r] = a


def row_powers(x: Any, top: Any) -> None:
    """exp(x - top) of each row, in place; exactly 0 where it would leave the normal numbers."""
    for r in range(x.shape[0]):
        row = x[r]
        most = top[r]
        for k in range(row.size):
            below = row[k] - most
            e = LOW if below < LOW else below
            n = e * LOG2E + ROUND
            j = n - ROUND
            v = e - j * LN2_HIGH - j * LN2_LOW
            s = ((((P0 * v + P1) * v + P2) * v + P3) * v + P4) * v + P5
            bits = np.int32((np.float32(n).view(np.int32) << np.int32(23)) + np.int32(0x3F800000))
            power = (s * v * v + v + ONE) * bits.view(np.float32)
            row[k] = np.float32(0) if below < LOW else power


@reordered
def row_shares(out: Any) -> None:
    for r in range(out.shape[0]):
        row = out[r]
        total = np.float32(0)
        for k in range(row.size):
            total += row[k]
        scale = ONE / total
        for k in range(row.size):
            row[k] *= scale


def softmax(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Callable[[], None] | None:
    """In float32 three kernels, each of one array: in a single one LLVM makes vectors of none of the loops,
    and one of two arrays takes its slow way where the result takes over the operand (4096 x 64: 1040 and
    920 us against 270).  NaN anywhere in a row makes NaN of all of it.
    """
    x = operands[0]
    if params["axis"] != x.ndim - 1 or not plain(out, x):
        return None
    rows, top = x.reshape(-1, x.shape[-1]), operands[1].reshape(-1)
    y = out.reshape(rows.shape)
    apart = x.ctypes.data != out.ctypes.data
    first, given = prepare(row_maxima, top, rows)
    second, arguments = prepare(row_powers, y, top)
    third, last = prepare(row_shares, y)

    def call() -> None:
        first(*given)
        if apart:
            np.copyto(y, rows)
        second(*arguments)
        third(*last)

    return call


# ---- GELU: erf and exp as in ops/special.py and numba_recurrent.py

A0, A1, A2, A3, A4, A5 = map(np.float32, special.NUMERATOR)
B0, B1, B2, B3, B4, B5 = map(np.float32, special.DENOMINATOR)
EDGE, HALF_ROOT = np.float32(special.EDGE), np.float32(0.7071067811865476)
HALF, BELL = np.float32(0.5), np.float32(0.3989422804014327)


def gelu_flat(out: Any, x: Any) -> None:
    for i in range(x.size):
        v = x[i]
        z = v * HALF_ROOT
        z = EDGE if z > EDGE else z
        z = -EDGE if z < -EDGE else z
        t = z * z
        p = ((((A5 * t + A4) * t + A3) * t + A2) * t + A1) * t + A0
        q = ((((B5 * t + B4) * t + B3) * t + B2) * t + B1) * t + B0
        out[i] = HALF * v * (ONE + z * p / q)


def gelu_back_flat(out: Any, x: Any, g: Any) -> None:
    for i in range(x.size):
        v = x[i]
        z = v * HALF_ROOT
        z = EDGE if z > EDGE else z
        z = -EDGE if z < -EDGE else z
        t = z * z
        p = ((((A5 * t + A4) * t + A3) * t + A2) * t + A1) * t + A0
        q = ((((B5 * t + B4) * t + B3) * t + B2) * t + B1) * t + B0
        e = v * v * np.float32(-0.5)
        e = LOW if e < LOW else e
        n = e * LOG2E + ROUND
        k = n - ROUND
        r = e - k * LN2_HIGH - k * LN2_LOW
        s = ((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5
        bits = np.int32((np.float32(n).view(np.int32) << np.int32(23)) + np.int32(0x3F800000))
        power = (s * r * r + r + ONE) * bits.view(np.float32)
        out[i] = g[i] * (HALF * (ONE + z * p / q) + v * power * BELL)


def flat(kernel: Callable[..., None]) -> Callable[..., Bound | None]:
    def entry(out: np.ndarray, operands: Arrays, params: dict[str, Any]) -> Bound | None:
        if not plain(out, *operands):
            return None
        return prepare(kernel, out.reshape(-1), *(each.reshape(-1) for each in operands))

    return entry


TABLE: dict[str, Callable[..., Any]] = {
    "layer_norm": layer_norm,
    "layer_norm_gradient": layer_norm_gradient,
    "gelu": flat(gelu_flat),
    "gelu_gradient": flat(gelu_back_flat),
}
