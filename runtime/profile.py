"""Where a step's time goes: time, FLOPs, bytes and share of the machine's peak of every instruction, as a
table and as a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
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


class Peak(NamedTuple):
    """What the machine reaches at best: FLOPs a second in a large product, bytes a second in a large sum.
    What fits into the caches can exceed the latter.
    """

    flops: float
    nbytes: float

    def share(self, row: Row) -> float:
        """Which part of the peak an instruction reaches, in what bounds it: arithmetic or memory."""
        return max(row.flops / self.flops, row.nbytes / self.nbytes) / row.seconds

    def bound(self, row: Row) -> str:
        return "arithmetic" if row.flops / self.flops > row.nbytes / self.nbytes else "memory"


# Edge of the product, and elements of the sum, that the peak is measured on: twice as much changes it by less
# than 3 %.
PEAK_EDGE, PEAK_ELEMENTS = 768, 1 << 22


def peak(repeats: int = 12) -> Peak:
    """Measure the machine: the best of a few large products and sums, some 150 ms."""
    a = np.ones((PEAK_EDGE, PEAK_EDGE), np.float32)
    x, out = np.ones(PEAK_ELEMENTS, np.float32), np.empty_like(a)
    y = np.empty_like(x)
    product = best(lambda: np.dot(a, a, out), repeats)
    total = best(lambda: np.add(x, x, y), repeats)
    return Peak(2 * PEAK_EDGE**3 / product, 2 * x.nbytes / total)


def best(call: Callable[[], object], repeats: int) -> float:
    """The lowest time of a call, in seconds."""
    found = float("inf")
    for _ in range(repeats):
        start = perf_counter()
        call()
        found = min(found, perf_counter() - start)
    return found


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
    times = [float("inf")] * len(code.plan.steps)
    calls = code.calls()
    with np.errstate(all="ignore"):
        for _ in range(repeats):
            for k, call in enumerate(calls):
                start = perf_counter()
                call()
                times[k] = min(times[k], perf_counter() - start)
    rows = []
    for step, seconds in zip(code.plan.steps, times):
        amounts = [work(instr) for instr in step.instrs]
        text = "; ".join(line_of(instr, names) for instr in step.instrs)
        name = "+".join(instr.op.name for instr in step.instrs)
        rows.append(Row(text, name, seconds, sum(a[0] for a in amounts), sum(a[1] for a in amounts)))
    return rows


def table(rows: list[Row], limit: int | None = None, machine: Peak | None = None) -> str:
    """The rows as text, slowest first, with rates, the share of the machine's peak where that was measured,
    and a total.
    """
    total = sum(row.seconds for row in rows)
    head = f"{'us':>10} {'%':>6} {'Mflop':>10} {'GF/s':>7} {'GB/s':>7}"
    lines = [head + ("" if machine is None else f" {'% peak':>7}") + "  instruction"]
    for row in sorted(rows, key=lambda each: -each.seconds)[:limit]:
        us, part = row.seconds * 1e6, 100 * row.seconds / total
        flops, nbytes = row.flops / row.seconds / 1e9, row.nbytes / row.seconds / 1e9
        numbers = f"{us:10.2f} {part:6.1f} {row.flops / 1e6:10.3f} {flops:7.1f} {nbytes:7.1f}"
        if machine is not None:
            numbers += f" {100 * machine.share(row):7.1f}"
        lines.append(f"{numbers}  {row.text}")
    lines.append(f"{total * 1e6:10.2f}  total of {len(rows)} instructions")
    return "\n".join(lines)


# Bars in the picture; the rest is one bar.
BARS = 20


def picture(rows: list[Row], path: str | Path, machine: Peak) -> None:
    """Write a picture of the slowest instructions: time as bars, in the colour of what bounds them, the share
    of the machine's peak at their ends.
    """
    from matplotlib.figure import Figure

    slow = sorted(rows, key=lambda each: -each.seconds)
    shown, rest = slow[:BARS], slow[BARS:]
    colours = {"arithmetic": "#3465a4", "memory": "#c17d11"}
    figure = Figure(figsize=(8, 0.9 + 0.28 * (len(shown) + bool(rest))), layout="constrained")
    axes = figure.add_subplot()
    for k, row in enumerate(shown):
        axes.barh(k, row.seconds * 1e6, color=colours[machine.bound(row)])
        axes.text(row.seconds * 1e6, k, f" {100 * machine.share(row):.0f} %", va="center", fontsize=8)
    labels = [short(row) for row in shown]
    if rest:
        axes.barh(len(shown), sum(row.seconds for row in rest) * 1e6, color="#999999")
        labels.append(f"{len(rest)} others")
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel(
        f"microseconds; share of the peak ({machine.flops / 1e9:.0f} GF/s, {machine.nbytes / 1e9:.0f} GB/s)"
    )
    handles = [axes.barh(0, 0, color=colour) for colour in colours.values()]
    axes.legend(handles, [f"bound by {name}" for name in colours], loc="lower right", fontsize=8)
    figure.savefig(path, dpi=110)


def short(row: Row) -> str:
    """An instruction as a label: what it is and what it gives."""
    name = row.op if len(row.op) <= 28 else row.op[:25] + "..."
    result = row.text.rsplit(":", 1)[-1].strip()
    return f"{name} {result}" if len(result) <= 24 else name
