"""The forward-backward recursion of ops/ctc.py, one example after another."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops.ctc import NEVER
from .numba_compile import Bound, prepare


def recursion(
    loss: Any,
    share: Any,
    x: Any,
    labels: Any,
    steps: Any,
    counts: Any,
    ahead: Any,
    behind: Any,
    later: Any,
    classes: Any,
) -> None:
    """`ahead` (T, S), `behind`, `later` (S): float64 memory for one example; `classes` (S): of its states."""
    blank = x.shape[2] - 1
    never = NEVER
    for n in range(x.shape[0]):
        last, count = min(max(steps[n], 1), x.shape[1]), counts[n]
        for t in range(x.shape[1]):
            for c in range(blank + 1):
                share[n, t, c] = 0
        if count < 0 or count > labels.shape[1]:
            loss[n] = np.inf
            continue
        size = 2 * count + 1
        for s in range(size):
            classes[s] = blank if s % 2 == 0 else min(max(labels[n, s // 2], 0), blank)
            ahead[0, s] = x[n, 0, classes[s]] if s < 2 else never
        for t in range(1, last):
            for s in range(size):
                label = classes[s]
                top = ahead[t - 1, s]
                one = ahead[t - 1, s - 1] if s > 0 else never
                two = ahead[t - 1, s - 2] if s > 1 and label != classes[s - 2] else never
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
        if steps[n] < 1:
            continue
        for s in range(size):
            behind[s] = 0.0 if s >= size - 2 else never
        for t in range(last - 1, -1, -1):
            if t < last - 1:
                for s in range(size):
                    later[s] = behind[s] + x[n, t + 1, classes[s]]
                for s in range(size):
                    top = later[s]
                    one = later[s + 1] if s + 1 < size else never
                    two = later[s + 2] if s + 2 < size and classes[s] != classes[s + 2] else never
                    most = max(top, one, two)
                    if most <= never:
                        behind[s] = never
                    else:
                        total = math.exp(top - most) + math.exp(one - most) + math.exp(two - most)
                        behind[s] = most + math.log(total)
            for s in range(size):
                weight = ahead[t, s] + behind[s] - end
                if weight > -80:
                    share[n, t, classes[s]] += math.exp(weight)


def ctc(out: Any, operands: tuple[np.ndarray, ...], params: dict[str, Any]) -> Bound | None:
    x, labels, steps, counts, ahead = operands
    loss, share = out
    integers = all(each.dtype.kind == "i" for each in (labels, steps, counts))
    if not x.size or not integers or labels.shape[1] == 0:
        return None
    size = ahead.shape[2]
    memory = ahead.reshape(-1)[: x.shape[1] * size].reshape(x.shape[1], size)
    spare = np.zeros((2, size))
    classes = np.zeros(size, np.int64)
    return prepare(recursion, loss, share, x, labels, steps, counts, memory, spare[0], spare[1], classes)


TABLE: dict[str, Callable[..., Any]] = {"ctc": ctc}
