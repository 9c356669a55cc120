"""How many threads the BLAS library under NumPy uses: decided from the program, before its first step."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import cost
from .ir import Instr, Program
from .ops.record import LOOP
from .ops.recurrent import CELLS
from .workers import SHARED_FLOPS

# A product below this (0.3 ms on one core) stays on one thread: two gain at most 0.15 ms on a quiet machine,
# while on a busy one they wait for each other (64 x 256 x 256 took 30 ms instead of 0.1). Twice as much would
# leave a layer of 512 x 512 at batch 64 on one thread.
SHARED_PRODUCT_FLOPS = 30_000_000

# The names under which OpenBLAS builds export the calls, {} being set or get (NumPy's wheels use the first).
NAMES = (
    "scipy_openblas_{}_num_threads64_",
    "scipy_openblas_{}_num_threads",
    "openblas_{}_num_threads64_",
    "openblas_{}_num_threads",
)


class Calls:
    """The library's calls, found on first use; both None where it has none."""

    def __init__(self) -> None:
        self.searched = False
        self.set: Callable[[int], None] | None = None
        self.get: Callable[[], int] | None = None


BLAS = Calls()


def set_threads(count: int) -> int:
    """BLAS products use `count` threads from now on; the count before, or `count` where it cannot be set."""
    if not BLAS.searched:
        BLAS.searched = True
        BLAS.set, BLAS.get = find_calls()
    if BLAS.set is None or BLAS.get is None:
        return count
    before = BLAS.get()
    if before != count:
        BLAS.set(count)
    return before


def find_calls() -> tuple[Callable[[int], None] | None, Callable[[], int] | None]:
    """The calls of the OpenBLAS that NumPy's wheel carries, or of the one already loaded."""
    folder = Path(np.__file__).parent
    candidates = [
        *sorted((folder.parent / "numpy.libs").glob("*openblas*")),
        *sorted(folder.glob(".dylibs/*openblas*")),
    ]
    for path in [*map(str, candidates), None]:
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        for name in NAMES:
            setter, getter = (getattr(library, name.format(verb), None) for verb in ("set", "get"))
            if setter is not None and getter is not None:
                setter.argtypes, setter.restype = [ctypes.c_int], None
                getter.argtypes, getter.restype = [], ctypes.c_int
                return setter, getter
    return None, None


def default_threads() -> int:
    """The cores this process may use, or fewer where the environment says so."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    given = [os.environ.get(name, "") for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")]
    return min([cores, *(int(count) for count in given if count.isdigit() and int(count) > 0)])


def threads_for(program: Program) -> int:
    """BLAS threads for a program: the cores where a product is large enough to share, else one."""
    return default_threads() if largest_product(program) >= SHARED_PRODUCT_FLOPS else 1


def cuts(program: Program) -> bool:
    """Whether a program cuts its work for threads of its own (workers.py): where a convolution is large.

    BLAS then keeps to one thread, for its others would look for work on the cores of ours for some ms after
    each product; large products are cut too.
    """
    return any(
        instr.op.name.startswith("convolution") and cost.work(instr)[0] >= SHARED_FLOPS
        for instr in program.instrs
    )


def one_thread(instr: Instr) -> bool:
    """Whether an instruction is a loop over products that are too small to share: it runs on one thread,
    whatever the others do, for every product of a loop would wait for the other thread.
    """
    if instr.op.kind == LOOP:
        return largest_product(instr.params["body"]) < SHARED_PRODUCT_FLOPS
    if instr.op.name not in CELLS:
        return False
    return cost.work(instr)[0] < SHARED_PRODUCT_FLOPS * instr.operands[0].shape[0]


def largest_product(program: Program) -> int:
    """FLOPs of the largest product, those within loops included."""
    largest = 0
    for instr in program.instrs:
        if instr.op.kind == LOOP:
            largest = max(largest, largest_product(instr.params["body"]))
        elif instr.op.name == "dot":
            largest = max(largest, cost.work(instr)[0])
    return largest
