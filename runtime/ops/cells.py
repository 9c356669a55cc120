"""The loops of recurrent cells over arrays: per step one product with the state and one pointwise function.

Each function prepares a call: (results, operands and temporaries, params) -> a function of no arguments.
`choose` gives the pointwise function of one step, which numba's kernels can be (backends/numba_recurrent.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Arrays = tuple[np.ndarray, ...]
Call = Callable[[], None]
Point = Callable[..., None]

# The pointwise function for the arrays of one step.
Choose = Callable[[tuple[Any, ...]], Point]


def row_lengths(operands: Arrays, place: int, params: dict[str, Any]) -> np.ndarray | None:
    """The lengths, where the op is masked."""
    return operands[place] if params["masked"] else None


def sigmoid(x: np.ndarray) -> None:
    """In place: (1 + tanh(x/2))/2, one function for all gates."""
    np.multiply(x, 0.5, x)
    np.tanh(x, x)
    np.multiply(x, 0.5, x)
    np.add(x, 0.5, x)


def forward(
    choose: Choose, gates: np.ndarray, saved: np.ndarray, operands: Arrays, steps: list[Any], y: np.ndarray
) -> Call:
    """The loop of a cell: its pointwise function of (product with the state, *arrays of the step) for each of
    `steps`.

    `saved` begins as a copy of `gates` unless it took over its memory.
    """
    weights, h0, flip, product = operands
    copied = None if saved.ctypes.data == gates.ctypes.data else gates
    states = [h0, *y[:-1]]
    rounds = list(zip(states, steps))
    dot, point = np.dot, choose((product, *steps[0]))

    def call() -> None:
        np.copyto(flip, weights.T)
        if copied is not None:
            np.copyto(saved, copied)
        for state, arrays in rounds:
            dot(state, flip, product)
            point(product, *arrays)

    return call


# ---- long short-term memory


def lstm_point(
    a: np.ndarray, g: np.ndarray, bias: np.ndarray, old: np.ndarray, c: np.ndarray, y: np.ndarray,
    lengths: np.ndarray | None, t: int,
) -> None:  # fmt: skip
    n = y.shape[1]
    np.add(g, a, g)
    np.add(g, bias, g)
    sigmoid(g[:, : 3 * n])
    np.tanh(g[:, 3 * n :], g[:, 3 * n :])
    np.multiply(g[:, 2 * n : 3 * n], old, c)
    np.multiply(g[:, :n], g[:, 3 * n :], y)
    np.add(c, y, c)
    np.tanh(c, y)
    np.multiply(y, g[:, n : 2 * n], y)
    if lengths is not None:
        clear(t, lengths, g, c, y)


def clear(t: int, lengths: np.ndarray, *arrays: np.ndarray) -> None:
    """Rows that have ended hold 0."""
    over = lengths <= t
    for each in arrays:
        each[over] = 0


def lstm(
    out: Arrays, operands: Arrays, params: dict[str, Any], choose: Choose = lambda arrays: lstm_point
) -> Call:
    gates, weights, bias, h0, c0 = operands[:5]
    (y, c, saved), lengths = out, row_lengths(operands, 5, params)
    steps: list[Any] = [
        (saved[t], bias, c[t - 1] if t else c0, c[t], y[t], lengths, t) for t in range(len(y))
    ]
    return forward(choose, gates, saved, (weights, h0, *operands[-2:]), steps, y)


def lstm_back_point(
    g: np.ndarray, gy: np.ndarray, c: np.ndarray, old: np.ndarray, dh: np.ndarray, dc: np.ndarray,
    gc: np.ndarray | None,
) -> None:  # fmt: skip
    """Activated gates become cotangents of the gates; `dc` becomes that of the old cell."""
    n = dh.shape[1]
    i, o, f, m = (g[:, k * n : (k + 1) * n] for k in range(4))
    dh = dh + gy
    tc = np.tanh(c)
    dc += dh * o * (1 - tc * tc)
    if gc is not None:
        dc += gc
    di, do, df, dm = dc * m * i * (1 - i), dh * tc * o * (1 - o), dc * old * f * (1 - f), dc * i * (1 - m * m)
    dc *= f
    for part, value in zip((i, o, f, m), (di, do, df, dm)):
        part[...] = value


def lstm_gradient(
    out: Arrays, operands: Arrays, params: dict[str, Any], choose: Choose = lambda arrays: lstm_back_point
) -> Call:
    gy, saved, c, weights, c0 = operands[:5]
    gc = operands[5] if params["cell"] else None
    back, dh, dc = out
    steps = [
        (back[t], gy[t], c[t], c[t - 1] if t else c0, dh, dc, None if gc is None else gc[t])
        for t in reversed(range(len(gy)))
    ]
    copied = None if back.ctypes.data == saved.ctypes.data else saved
    point = choose(steps[0])

    def call() -> None:
        if copied is not None:
            np.copyto(back, copied)
        dh.fill(0)
        dc.fill(0)
        for arrays in steps:
            point(*arrays)
            np.dot(arrays[0], weights, dh)

    return call


# ---- gated recurrent unit


def gru_point(
    a: np.ndarray, g: np.ndarray, bias: np.ndarray, old: np.ndarray, extra: np.ndarray, y: np.ndarray,
    lengths: np.ndarray | None, t: int,
) -> None:  # fmt: skip
    n = y.shape[1]
    np.copyto(extra, a[:, 2 * n :])
    np.add(g, bias, g)
    np.add(g[:, : 2 * n], a[:, : 2 * n], g[:, : 2 * n])
    sigmoid(g[:, : 2 * n])
    i, r, m = (g[:, k * n : (k + 1) * n] for k in range(3))
    np.multiply(r, extra, y)
    np.add(m, y, m)
    np.tanh(m, m)
    np.subtract(old, m, y)
    np.multiply(i, y, y)
    np.add(y, m, y)
    if lengths is not None:
        clear(t, lengths, g, extra, y)


def gru(
    out: Arrays, operands: Arrays, params: dict[str, Any], choose: Choose = lambda arrays: gru_point
) -> Call:
    gates, weights, bias, h0 = operands[:4]
    (y, extra, saved), lengths = out, row_lengths(operands, 4, params)
    steps: list[Any] = [
        (saved[t], bias, y[t - 1] if t else h0, extra[t], y[t], lengths, t) for t in range(len(y))
    ]
    return forward(choose, gates, saved, (weights, h0, *operands[-2:]), steps, y)


def gru_back_point(
    g: np.ndarray, s: np.ndarray, gy: np.ndarray, extra: np.ndarray, old: np.ndarray, dh: np.ndarray,
    keep: np.ndarray,
) -> None:  # fmt: skip
    """Activated gates become cotangents of the gates; `s` those of the products with the state, `keep` the
    part of the state's cotangent that passes the cell by.
    """
    n = dh.shape[1]
    i, r, m = (g[:, k * n : (k + 1) * n] for k in range(3))
    dh = dh + gy
    np.multiply(dh, i, keep)
    di = dh * (old - m) * i * (1 - i)
    dm = dh * (1 - i) * (1 - m * m)
    dr = dm * extra * r * (1 - r)
    s[:, 2 * n :] = dm * r
    for k, value in enumerate((di, dr)):
        g[:, k * n : (k + 1) * n] = s[:, k * n : (k + 1) * n] = value
    m[...] = dm


def gru_gradient(
    out: Arrays, operands: Arrays, params: dict[str, Any], choose: Choose = lambda arrays: gru_back_point
) -> Call:
    gy, saved, extra, weights, y, h0, keep, flow = operands
    back, state, dh = out
    steps = [
        (back[t], state[t], gy[t], extra[t], y[t - 1] if t else h0, dh, keep)
        for t in reversed(range(len(gy)))
    ]
    copied = None if back.ctypes.data == saved.ctypes.data else saved
    point = choose(steps[0])

    def call() -> None:
        if copied is not None:
            np.copyto(back, copied)
        dh.fill(0)
        for arrays in steps:
            point(*arrays)
            np.dot(arrays[1], weights, flow)
            np.add(flow, keep, dh)

    return call


# ---- basic cell


def rnn_point(a: np.ndarray, y: np.ndarray, bias: np.ndarray, lengths: np.ndarray | None, t: int) -> None:
    np.add(y, a, y)
    np.add(y, bias, y)
    np.tanh(y, y)
    if lengths is not None:
        clear(t, lengths, y)


def rnn(
    out: np.ndarray, operands: Arrays, params: dict[str, Any], choose: Choose = lambda arrays: rnn_point
) -> Call:
    gates, weights, bias, h0 = operands[:4]
    lengths = row_lengths(operands, 4, params)
    steps: list[Any] = [(out[t], bias, lengths, t) for t in range(len(out))]
    return forward(choose, gates, out, (weights, h0, *operands[-2:]), steps, out)


def rnn_back_point(back: np.ndarray, gy: np.ndarray, y: np.ndarray, dh: np.ndarray, room: np.ndarray) -> None:
    np.multiply(y, y, room)
    np.subtract(1, room, room)
    np.add(dh, gy, back)
    np.multiply(back, room, back)


def rnn_gradient(
    out: Arrays, operands: Arrays, params: dict[str, Any], choose: Choose = lambda arrays: rnn_back_point
) -> Call:
    gy, y, weights, room = operands
    back, dh = out
    steps = [(back[t], gy[t], y[t], dh, room) for t in reversed(range(len(gy)))]
    point = choose(steps[0])

    def call() -> None:
        dh.fill(0)
        for arrays in steps:
            point(*arrays)
            np.dot(arrays[0], weights, dh)

    return call
