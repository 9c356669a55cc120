"""The forward-backward recursion of ops/ctc.py, one example after another."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .numba_compile import Bound, prepare

NEVER = -1e30


def recursion(
    loss: Any, share: Any, x: Any, labels: Any, steps: Any, counts: Any, ahead: Any, behind: Any, later: Any
) -> None:
    """`ahead` (T, S), `behind` and `later` (S): float64 memory for one example."""
    blank = x.shape[2] - 1
    never = -1e30
    for n in range(x.shape[0]):
        last, count = min(max(steps[n], 1), x.shape[1]), counts[n]
        size = 2 * count + 1
        for t in range(x.shape[1]):
            for c in range(blank + 1):
                share[n, t, c] = 0
        for s in range(size):
            ahead[0, s] = never
        ahead[0, 0] = x[n, 0, blank]
        if count > 0:
            ahead[0, 1] = x[n, 0, labels[n, 0]]
        for t in range(1, last):
            for s in range(size):
                label = blank if s % 2 == 0 else labels[n, s // 2]
                top = ahead[t - 1, s]
                one = ahead[t - 1, s - 1] if s > 0 else never
                two = never
                if s > 2 and s % 2 == 1 and label != labels[n, s // 2 - 1]:
                    two = ahead[t - 1, s - 2]
                most = max(top, one, two)
                if most <= never:
                    ahead[t, s] = never
                else:
                    total = math.exp(top - most) + math.exp(one - most) + math.exp(two - most)
                    ahead[t, s] = most + math.log(total) + x[n, t, label]
        end = ahead[last - 1, size - 1]
        if count > 0:
            other = ahead[last - 1, size - 2]
            most = max(end, other)
            end = never if most <= never else most + math.log(math.exp(end - most) + math.exp(other - most))
        if end <= never / 2:
            loss[n] = np.inf
            continue
        loss[n] = -end
        for s in range(size):
            behind[s] = 0.0 if s >= size - 2 else never
        for t in range(last - 1, -1, -1):
            if t < last - 1:
                for s in range(size):
                    label = blank if s % 2 == 0 else labels[n, s // 2]
                    later[s] = behind[s] + x[n, t + 1, label]
                for s in range(size):
                    top = later[s]
                    one = later[s + 1] if s + 1 < size else never
                    two = never
                    if s % 2 == 1 and s + 2 < size and labels[n, s // 2] != labels[n, s // 2 + 1]:
                        two = later[s + 2]
                    most = max(top, one, two)
                    if most <= never:
                        behind[s] = never
                    else:
                        total = math.exp(top - most) + math.exp(one - most) + math.exp(two - most)
                        behind[s] = most + math.log(total)
            for s in range(size):
                label = blank if s % 2 == 0 else labels[n, s // 2]
                weight = ahead[t, s] + behind[s] - end
                if weight > -80:
                    share[n, t, label] += math.exp(weight)


def ctc(out: Any, operands: tuple[np.ndarray, ...], params: dict[str, Any]) -> Bound | None:
    x, labels, steps, counts, ahead = operands
    loss, share = out
    integers = all(each.dtype.kind == "i" for each in (labels, steps, counts))
    if not x.size or not integers or labels.shape[1] == 0:
        return None
    size = ahead.shape[2]
    memory = ahead.reshape(-1)[: x.shape[1] * size].reshape(x.shape[1], size)
    spare = np.zeros((2, size))
    return prepare(recursion, loss, share, x, labels, steps, counts, memory, spare[0], spare[1])


TABLE: dict[str, Callable[..., Any]] = {"ctc": ctc}
