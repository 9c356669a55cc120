"""Random operands for the cases that op records declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from wlnet.runtime.ops import OPS, Op
from wlnet.runtime.ops.record import LOOP, RANDOM, SOURCE, Bools, Case, Ints


def cases(*, kinds: set[str] | None = None) -> Iterator[tuple[Op, Case]]:
    """Every op with every case it declares."""
    for op in OPS.values():
        for each in op.examples:
            if kinds is None or op.kind in kinds:
                yield op, each


def label(pair: tuple[Op, Case]) -> str:
    op, case = pair
    operands = ",".join(str(getattr(each, "shape", each)) for each in case.operands)
    return f"{op.name}-{operands}-{','.join(f'{k}={v}' for k, v in case.params.items())}".replace(" ", "")


def domain_of(op: Op, position: int) -> tuple[float, float]:
    domain = op.domain
    if isinstance(domain[0], tuple):
        return domain[min(position, len(domain) - 1)]
    return domain


def operands(op: Op, case: Case, dtype: Any = np.float64, seed: int = 0) -> list[np.ndarray]:
    """Arrays for a case: reals in the op's domain, integers and truth values in their ranges."""
    rng = np.random.default_rng(seed)
    found = []
    for position, spec in enumerate(case.operands):
        if isinstance(spec, Ints):
            found.append(rng.integers(spec.low, spec.high, spec.shape))
        elif isinstance(spec, Bools):
            found.append(rng.random(spec.shape) < 0.5)
        elif isinstance(spec, np.ndarray):
            found.append(spec)
        else:
            low, high = domain_of(op, position)
            found.append(np.asarray(rng.uniform(low, high, spec)).astype(dtype))
    return [np.asarray(each) for each in found]


# Ops whose cases cannot be declared: they need a name, a stream or a counter, or a program of their own.
WITHOUT_CASES = {name for name, op in OPS.items() if op.kind in (RANDOM, LOOP)} | {
    name for name, op in OPS.items() if op.kind == SOURCE and name != "iota"
}
