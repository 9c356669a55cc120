"""From a program and a store to something that runs: simplify, plan, emit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from . import cost
from .backends import numba_kernels
from .backends import numpy as numpy_backend
from .ir import Program
from .memory import Footprint, footprint
from .plan import Plan, plan
from .simplify import expanded, simplify
from .store import Store
from .threads import cuts, default_threads, set_threads, threads_for
from .types import DeviceError, ShapeError, TensorError, aligned_bytes
from .verify import verify

# Seconds of planned work (by cost.seconds, so the same everywhere) from which numba is loaded: its import
# and its cached kernels take 0.3 to 0.6 s (performance.md, section 4).
KERNEL_WORK_S = 1.0


class Arena:
    """Memory for temporaries, shared by executables that never run at the same time; it only grows."""

    def __init__(self) -> None:
        self.memory = aligned_bytes(0)

    def reserve(self, nbytes: int) -> np.ndarray:
        if nbytes > self.memory.nbytes:
            self.memory = aligned_bytes(nbytes)
        return self.memory


class Code(Protocol):
    """What a backend makes of a program: the same for every device."""

    inputs: dict[str, np.ndarray]  # read by the next call
    outputs: dict[str, np.ndarray]  # filled by the last call

    @property
    def source(self) -> str:
        """What was generated, for reading."""
        ...

    def call(self) -> None:
        """Run one step."""
        ...


class Executable:
    """A compiled program bound to a store.

    `exe(inputs)` copies the inputs in, runs one step, and returns copies of the outputs.
    `exe.run(inputs)` returns the outputs themselves: valid until the next call of any executable
    with this arena.
    `exe.inputs` are the arrays that `exe.step()` reads: a caller may fill them itself and call `step` alone.
    """

    def __init__(self, program: Program, code: Code, store: Store, device: str, threads: int) -> None:
        self.program = program
        self.code = code
        self.store = store
        self.device = device
        self.threads = threads
        self.inputs = code.inputs
        self.outputs = code.outputs

    def footprint(self) -> Footprint | None:
        """Bytes held at the peak of a step, from the plan; None on a device that has no such plan."""
        plan = getattr(self.code, "plan", None)
        if not isinstance(plan, Plan):
            return None
        state = sum(array.nbytes for array in self.store.arrays.values())
        roots = {id(root): root for root in (*plan.roots, *(place.root for place in plan.places.values()))}
        return footprint(list(roots.values()), plan.nbytes, state)

    def step(self) -> None:
        """One step over what `inputs` holds; floating-point exceptions are values (inf, nan),
        not warnings.
        """
        before = set_threads(self.threads)
        try:
            with np.errstate(all="ignore"):
                self.code.call()
        finally:
            if before != self.threads:
                set_threads(before)  # the process's other products keep their setting

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """One step; ShapeError for an array that does not fit its input,
        TensorError for a missing or extra one.
        """
        buffers = self.inputs
        if len(inputs) != len(buffers) or any(name not in buffers for name in inputs):
            raise TensorError(f"the inputs are {sorted(buffers)}; given were {sorted(inputs)}")
        for name, array in inputs.items():
            buffer = buffers[name]
            if np.shape(array) != buffer.shape:
                raise ShapeError(f"input {name!r}", f"an array of shape {buffer.shape}", str(np.shape(array)))
            buffer[...] = array
        self.step()
        return self.outputs

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        return {name: array.copy() for name, array in self.run(inputs).items()}


def missing(device: str) -> str | None:
    """None where programs run on `device`, else what is missing and how to get it, in one sentence."""
    if device != "gpu":
        return None
    from .backends import cuda

    return cuda.available()


def compile(
    program: Program,
    store: Store | None = None,
    device: str = "cpu",
    threads: int | None = None,
    arena: Arena | None = None,
    steps: int = 1,
) -> Executable:
    """An executable of `program` over the variables of `store` (a new one where the program's are all new).

    device    "cpu" or "gpu"
    threads   for BLAS products and for instructions whose work is cut; None decides from the program and
              the cores
    arena     memory of temporaries to share with executables that never run at the same time (CPU)
    steps     how many steps are planned: large work is worth numba's kernels, which then are compiled here
    Raises DeviceError where the device is missing.
    """
    if device not in ("cpu", "gpu"):
        raise DeviceError(f'there is no device {device!r}: use "cpu" or "gpu"')
    store = Store(program.variables) if store is None else store
    store.add(program.variables)
    better = verify(simplify(program))
    workers = 1
    if cuts(better):
        workers, threads = default_threads() if threads is None else threads, 1
    elif threads is None:
        threads = threads_for(better)
    if device == "gpu":
        from .backends import cuda  # loads CuPy

        better = verify(expanded(better))
        return Executable(better, cuda.Code(better, store), store, device, threads)
    planned = plan(better)
    memory = (arena or Arena()).reserve(planned.nbytes)
    large = steps * cost.seconds(better) >= KERNEL_WORK_S and numba_kernels.available()
    code = numpy_backend.Code(planned, store, memory, large, workers)
    return Executable(better, code, store, device, threads)
