"""Where a step's time goes: time, FLOPs and bytes of every instruction as a table."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np

from .backends.numpy import Code
from .compile import Executable
from .cost import work
from .ir import line_of
from .types import TensorError


class Row(NamedTuple):
    """One instruction, or a block of several: printed lines, seconds a call,
    FLOPs and bytes by the records.
    """

    text: str
    op: str
    seconds: float
    flops: int
    nbytes: int


def profile(exe: Executable, repeats: int = 50) -> list[Row]:
    """Time each instruction of `exe` on its own over the inputs it holds;
    the lowest of `repeats` runs counts.

    State changes as in `repeats` steps: give it a store of its own.  The times sum to a little more than a
    step's, since each carries the clock's 0.1 us.
    """
    names = exe.program.numbers()
    code = exe.code
    if not isinstance(code, Code):
        raise TensorError("only programs compiled for the CPU are profiled instruction by instruction")
    best = [float("inf")] * len(code.plan.steps)
    calls = code.calls()
    with np.errstate(all="ignore"):
        for _ in range(repeats):
            for k, call in enumerate(calls):
                start = perf_counter()
                call()
                best[k] = min(best[k], perf_counter() - start)
    rows = []
    for step, seconds in zip(code.plan.steps, best):
        amounts = [work(instr) for instr in step.instrs]
        text = "; ".join(line_of(instr, names) for instr in step.instrs)
        name = "+".join(instr.op.name for instr in step.instrs)
        rows.append(Row(text, name, seconds, sum(a[0] for a in amounts), sum(a[1] for a in amounts)))
    return rows


def table(rows: list[Row], limit: int | None = None) -> str:
    """The rows as text, slowest first, with rates and a total."""
    total = sum(row.seconds for row in rows)
    lines = [f"{'us':>10} {'%':>6} {'Mflop':>10} {'GF/s':>7} {'GB/s':>7}  instruction"]
    for row in sorted(rows, key=lambda each: -each.seconds)[:limit]:
        us, share = row.seconds * 1e6, 100 * row.seconds / total
        flops, nbytes = row.flops / row.seconds / 1e9, row.nbytes / row.seconds / 1e9
        numbers = f"{us:10.2f} {share:6.1f} {row.flops / 1e6:10.3f} {flops:7.1f} {nbytes:7.1f}"
        lines.append(f"{numbers}  {row.text}")
    lines.append(f"{total * 1e6:10.2f}  total of {len(rows)} instructions")
    return "\n".join(lines)
