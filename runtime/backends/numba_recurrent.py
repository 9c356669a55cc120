"""One-pass kernels for the steps of recurrent cells (ops/cells.py), in float32.

numba without a vector library calls the exponential one number at a time; here it is a polynomial that
LLVM turns into vector instructions: 0.6 ns an element with AVX2 against 2.3 for NumPy's.  Loops run over
rows and over stretches of a row, few arrays in each: LLVM gives up on more than about a dozen pointers
(performance.md, section 4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops import cells
from ..ops.columns import together
from . import numba_compile

Arrays = tuple[np.ndarray, ...]

# ---- functions of one number: compiled at first use, see `load`

# Beyond these the exponential would leave the normal numbers.
LOW, HIGH = np.float32(-87.0), np.float32(88.0)
LOG2E, LN2_HIGH, LN2_LOW = np.float32(1.44269504), np.float32(0.693359375), np.float32(-2.12194440e-4)
# 1.5 2^23: adding it rounds to an integer, which then stands in the lowest bits.
ROUND = np.float32(12582912.0)
ONE, TWO = np.float32(1), np.float32(2)
# Of exp(r) = 1 + r + r^2 p(r) on |r| < ln(2)/2; relative error 8e-8.  Source: Cephes, expf.
P0, P1, P2 = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3), np.float32(8.3334519073e-3)
P3, P4, P5 = np.float32(4.1665795894e-2), np.float32(1.6666665459e-1), np.float32(5.0000001201e-1)


def exponential(x: Any) -> Any:
    x = HIGH if x > HIGH else x
    x = LOW if x < LOW else x
    z = x * LOG2E + ROUND
    k = z - ROUND
    r = x - k * LN2_HIGH - k * LN2_LOW
    p = ((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5
    bits = np.int32((np.float32(z).view(np.int32) << np.int32(23)) + np.int32(0x3F800000))
    return (p * r * r + r + ONE) * bits.view(np.float32)


def logistic(x: Any) -> Any:
    return ONE / (ONE + exponential(-x))


def hyperbolic(x: Any) -> Any:
    return ONE - TWO / (ONE + exponential(TWO * x))


def load() -> None:
    """Replace the functions of one number by compiled ones, which kernels can call."""
    global exponential, logistic, hyperbolic
    if not hasattr(exponential, "py_func"):
        made = numba_compile.module().njit(nogil=True, error_model="numpy", fastmath={"contract"})
        exponential, logistic, hyperbolic = made(exponential), made(logistic), made(hyperbolic)


# ---- long short-term memory


def lstm_step(a: Any, g: Any, bias: Any, old: Any, c: Any, y: Any, lengths: Any, t: int) -> None:
    rows, n = y.shape
    for r in range(rows):
        gates, sums = g[r], a[r]
        if lengths[r] <= t:
            for j in range(4 * n):
                gates[j] = 0
            for j in range(n):
                c[r, j] = 0
                y[r, j] = 0
            continue
        sigmoid, add, shift = gates[: 3 * n], sums[: 3 * n], bias[: 3 * n]
        for j in range(3 * n):
            sigmoid[j] = logistic(sigmoid[j] + add[j] + shift[j])
        memory, add, shift = gates[3 * n :], sums[3 * n :], bias[3 * n :]
        for j in range(n):
            memory[j] = hyperbolic(memory[j] + add[j] + shift[j])
        i, f, before, cell = gates[:n], gates[2 * n : 3 * n], old[r], c[r]
        for j in range(n):
            cell[j] = f[j] * before[j] + i[j] * memory[j]
        o, out = gates[n : 2 * n], y[r]
        for j in range(n):
            out[j] = o[j] * hyperbolic(cell[j])


def lstm_back_step(g: Any, gy: Any, c: Any, old: Any, dh: Any, dc: Any, gc: Any) -> None:
    rows, n = dh.shape
    for r in range(rows):
        gates, cell, flow, state, flow_c = g[r], c[r], gy[r], dh[r], dc[r]
        i, o, f, m = gates[:n], gates[n : 2 * n], gates[2 * n : 3 * n], gates[3 * n :]
        for j in range(n):
            tc = hyperbolic(cell[j])
            d = state[j] + flow[j]
            flow_c[j] += d * o[j] * (ONE - tc * tc)
            o[j] = d * tc * o[j] * (ONE - o[j])
        for j in range(n):
            d, u, v = flow_c[j], i[j], m[j]
            i[j] = d * v * u * (ONE - u)
            m[j] = d * u * (ONE - v * v)
        before = old[r]
        for j in range(n):
            d, u = flow_c[j], f[j]
            f[j] = d * before[j] * u * (ONE - u)
            flow_c[j] = d * u


# ---- gated recurrent unit


def gru_step(a: Any, g: Any, bias: Any, old: Any, extra: Any, y: Any, lengths: Any, t: int) -> None:
    rows, n = y.shape
    for r in range(rows):
        gates, sums = g[r], a[r]
        if lengths[r] <= t:
            for j in range(3 * n):
                gates[j] = 0
            for j in range(n):
                extra[r, j] = 0
                y[r, j] = 0
            continue
        sigmoid, add, shift = gates[: 2 * n], sums[: 2 * n], bias[: 2 * n]
        for j in range(2 * n):
            sigmoid[j] = logistic(sigmoid[j] + add[j] + shift[j])
        reset, memory, add, shift, kept = (
            gates[n : 2 * n],
            gates[2 * n :],
            sums[2 * n :],
            bias[2 * n :],
            extra[r],
        )
        for j in range(n):
            kept[j] = add[j]
            memory[j] = hyperbolic(memory[j] + shift[j] + reset[j] * add[j])
        i, before, out = gates[:n], old[r], y[r]
        for j in range(n):
            out[j] = memory[j] + i[j] * (before[j] - memory[j])


def gru_back_step(g: Any, s: Any, gy: Any, extra: Any, old: Any, dh: Any, keep: Any) -> None:
    rows, n = dh.shape
    for r in range(rows):
        gates, state = g[r], s[r]
        i, reset, m, flow, back, stay, before = (
            gates[:n],
            gates[n : 2 * n],
            gates[2 * n :],
            gy[r],
            dh[r],
            keep[r],
            old[r],
        )
        for j in range(n):
            d, u, v = back[j] + flow[j], i[j], m[j]
            stay[j] = d * u
            i[j] = d * (before[j] - v) * u * (ONE - u)
            m[j] = d * (ONE - u) * (ONE - v * v)
        product, last = extra[r], state[2 * n :]
        for j in range(n):
            d, u = m[j], reset[j]
            last[j] = d * u
            reset[j] = d * product[j] * u * (ONE - u)
        first = state[: 2 * n]
        for j in range(2 * n):
            first[j] = gates[j]


# ---- basic cell


def rnn_step(a: Any, y: Any, bias: Any, lengths: Any, t: int) -> None:
    rows, n = y.shape
    for r in range(rows):
        out, sums = y[r], a[r]
        if lengths[r] <= t:
            for j in range(n):
                out[j] = 0
            continue
        for j in range(n):
            out[j] = hyperbolic(out[j] + sums[j] + bias[j])


def rnn_back_step(back: Any, gy: Any, y: Any, dh: Any, room: Any) -> None:
    rows, n = dh.shape
    for r in range(rows):
        to, flow, out, state = back[r], gy[r], y[r], dh[r]
        for j in range(n):
            to[j] = (state[j] + flow[j]) * (ONE - out[j] * out[j])


# ---- entries of the table


def chosen(kernel: Callable[..., None]) -> cells.Choose:
    """`kernel` compiled for the arrays of a step."""
    return lambda arrays: numba_compile.prepare(kernel, *arrays)[0]


def own(array: np.ndarray, early: list[cells.Call]) -> np.ndarray:
    """`array` itself, or a buffer that it is copied to before each call: kernels take contiguous arrays."""
    if array.flags.c_contiguous and array.flags.writeable:
        return array
    buffer = np.empty(array.shape, array.dtype)
    early.append(lambda: np.copyto(buffer, array))
    return buffer


def entry(loop: Callable[..., cells.Call], kernel: Callable[..., None]) -> Callable[..., Any]:
    """The loop of a cell with this kernel for its steps; None for arrays that it does not take."""

    def bind(out: Any, operands: Arrays, params: dict[str, Any]) -> cells.Call | None:
        results = out if isinstance(out, tuple) else (out,)
        plain = all(each.dtype == np.float32 and each.flags.c_contiguous for each in results)
        if not plain or not results[0].size or params.get("cell"):
            return None
        load()
        early: list[cells.Call] = []
        given = [own(each, early) for each in operands]
        if params.get("masked") is False:
            steps, rows = results[0].shape[:2]
            given.insert(-2, np.full(rows, steps + 1))
            params = {"masked": True}
        call = loop(out, tuple(given), params, chosen(kernel))
        return together([*early, call]) if early else call

    return bind


TABLE: dict[str, Callable[..., Any]] = {
    "lstm": entry(cells.lstm, lstm_step),
    "lstm_gradient": entry(cells.lstm_gradient, lstm_back_step),
    "gru": entry(cells.gru, gru_step),
    "gru_gradient": entry(cells.gru_gradient, gru_back_step),
    "rnn": entry(cells.rnn, rnn_step),
    "rnn_gradient": entry(cells.rnn_gradient, rnn_back_step),
}
