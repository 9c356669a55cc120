"""Builds a .cu text against `emulator.hpp` and launches its kernels with RawKernel's argument convention.

    module = Module(source, include=[folder], defines=("TYPE=float",))
    module.kernel("reduce_rows")((grid,), (block,), (x, y, np.int64(n)), order="shuffled")

Arrays are copied between guard bands before the launch and back after it; a touched band, a changed `const`
array, a barrier that some threads miss and the like raise EmulatorError.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

HEADER = Path(__file__).with_name("emulator.hpp")
SCHEDULER = Path(__file__).with_name("emulator.cpp")

ORDERS = ("forward", "reverse", "shuffled")

# Bytes before and after each array.  Filled with 0xFF, a NaN in every float format, so that reads beyond an
# end poison results even though only writes are detected.
GUARD = 1024
FILL = 0xFF
# Bytes.  A copy lies on such a boundary exactly as its array does, so that misalignment shows.
ALIGNMENT = 64

# Bytes of dynamic shared memory that a launch may have without and with the attribute that raises the limit.
SHARED_LIMIT = 48 << 10
SHARED_MOST = 227 << 10

KERNEL = re.compile(
    r'extern\s+"C"\s+__global__\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?void\s+'
    r"(?:__launch_bounds__\s*\([^)]*\)\s*)?(\w+)\s*\("
)
DYNAMIC = re.compile(r"extern\s+__shared__\s+(?:__align__\s*\(\d+\)\s*)?([\w:<> ]+?)\s+(\w+)\s*\[\s*\]\s*;")

# The checks' handlers stand in the header, so the program is linked without the sanitizers' own library.
PLAIN = ("-std=c++20", "-O1", "-fPIC", "-U_FORTIFY_SOURCE", "-w")
COMPILE = (*PLAIN, "-fsanitize=alignment,bounds")


class EmulatorError(Exception):
    """A kernel does not build, was launched wrongly, or did something undefined."""


def cache_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"wlnet-cuda-emulator-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    return folder


class Module:
    """The kernels of one source text, built once per text, header, include files and defines."""

    def __init__(
        self, source: str, include: Sequence[Path] = (), defines: Sequence[str] = (), name: str = "kernel.cu"
    ):
        names = KERNEL.findall(source)
        if not names:
            raise EmulatorError('no extern "C" __global__ void kernel in the source')
        body = DYNAMIC.sub(r"\1* \2 = reinterpret_cast<\1*>(emulator::dynamic_shared());", source)
        lines = [f"#define {each.replace('=', ' ', 1)}" for each in defines]
        lines += [f'#line 1 "{name}"', body, *(f"EXPORT({each})" for each in names)]
        self.library = ctypes.CDLL(str(build("\n".join(lines) + "\n", include)))
        self.kernels = {each: Kernel(self.library, each) for each in names}

    def kernel(self, name: str) -> Kernel:
        return self.kernels[name]


def build(text: str, include: Sequence[Path]) -> Path:
    """The shared library of `text`, from the cache folder where it was built before."""
    behind = scheduler()
    parts = [text, HEADER.read_text(), str(behind), repr(COMPILE)]
    parts += [file.read_text() for folder in include for file in sorted(folder.glob("*.cuh"))]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
    library = cache_folder() / f"{digest}.so"
    if library.exists():
        return library
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        code, unit, linked = (str(Path(folder) / each) for each in ("kernel.cpp", "kernel.o", "kernel.so"))
        Path(code).write_text(text)
        options = [*COMPILE, *(f"-I{each}" for each in include), "-include", str(HEADER)]
        run(["g++", *options, "-c", code, "-o", unit])
        run(["g++", "-shared", "-pthread", unit, str(behind), "-o", linked])
        os.replace(linked, library)
    return library


def scheduler() -> Path:
    """The compiled scheduler."""
    parts = [HEADER.read_text(), SCHEDULER.read_text(), repr(PLAIN)]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
    unit = cache_folder() / f"{digest}.o"
    if not unit.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            made = str(Path(folder) / "scheduler.o")
            run(["g++", *PLAIN, "-c", str(SCHEDULER), "-o", made])
            os.replace(made, unit)
    return unit


def run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EmulatorError(f"{' '.join(command)}\n{done.stderr[:4000]}")


class Kernel:
    """`kernel(grid, block, args, shared_mem=0)`, as cupy.RawKernel is called, and settings of its own.

    order   "forward", "reverse" or "shuffled" lanes and warps;  seed  of the shuffling
    hosts   host threads to which blocks are dealt
    """

    def __init__(self, library: ctypes.CDLL, name: str) -> None:
        self.name = name
        self.start: Callable[..., bytes | None] = library[f"launch_{name}"]
        self.start.restype = ctypes.c_char_p
        described = library[f"signature_{name}"]
        described.restype = ctypes.c_char_p
        self.parameters = [(each[0], int(each[1:])) for each in described().decode().split()]

    def __call__(
        self,
        grid: Sequence[int],
        block: Sequence[int],
        args: Sequence[np.ndarray | np.generic],
        shared_mem: int = 0,
        *,
        order: str = "forward",
        seed: int = 1,
        hosts: int = 1,
        shared_limit: int = SHARED_LIMIT,
    ) -> None:
        self.check(args)
        may = [kind == "p" for kind, _ in self.parameters]
        held = hold(args, may)
        pointers = (ctypes.c_void_p * len(held))(*(each.address for each in held))
        extents = [(ctypes.c_uint * 3)(*each, *(1,) * (3 - len(each))) for each in (grid, block)]
        limit = min(shared_limit, SHARED_MOST)
        fault = self.start(
            *extents,
            pointers,
            ctypes.c_size_t(shared_mem),
            ctypes.c_size_t(limit),
            ORDERS.index(order),
            seed,
            hosts,
        )
        if fault is not None:
            raise EmulatorError(f"{self.name}: {fault.decode()}")
        writable = {id(each) for each, written in zip(held, may) if written}
        for position, each in enumerate(held):
            each.finish(f"{self.name}, argument {position}", id(each) in writable)

    def check(self, args: Sequence[np.ndarray | np.generic]) -> None:
        """What RawKernel does not check and a device punishes: number, kind and item size of arguments."""
        if len(args) != len(self.parameters):
            raise EmulatorError(f"{self.name} takes {len(self.parameters)} arguments; given were {len(args)}")
        for position, (each, (kind, nbytes)) in enumerate(zip(args, self.parameters)):
            is_array = isinstance(each, np.ndarray)
            if not is_array and not isinstance(each, np.generic):
                raise EmulatorError(
                    f"{self.name}, argument {position}: a NumPy array or scalar, not {type(each).__name__}"
                )
            if is_array != (kind != "v") or each.dtype.itemsize != nbytes:
                wanted = "a value" if kind == "v" else "an array"
                found = f"{each.dtype} {'array' if is_array else 'scalar'}"
                raise EmulatorError(
                    f"{self.name}, argument {position}: {wanted} of {nbytes} bytes an item; found {found}"
                )


def hold(args: Sequence[np.ndarray | np.generic], writable: Sequence[bool]) -> list[Guarded | Scalar]:
    """Arguments as the kernel gets them.  An array given twice is one piece of memory there too; arrays that
    overlap otherwise are refused where one of them may be written.
    """
    copies: dict[tuple[int, ...], Guarded] = {}
    held: list[Guarded | Scalar] = []
    written = [each for each, may in zip(args, writable) if may and isinstance(each, np.ndarray)]
    for each in args:
        if not isinstance(each, np.ndarray):
            held.append(Scalar(each))
            continue
        place = (each.ctypes.data, *each.shape, *each.strides)
        for other in written:
            if other.ctypes.data != each.ctypes.data and np.shares_memory(each, other):
                raise EmulatorError("two arguments overlap without being the same array")
        held.append(copies.setdefault(place, Guarded(each)) if each.nbytes else Guarded(each))
    return held


class Scalar:
    """A value, and its address."""

    def __init__(self, value: np.generic) -> None:
        self.memory = np.array(value)
        self.address = self.memory.ctypes.data

    def finish(self, where: str, writable: bool) -> None:
        """Nothing: values go one way."""


class Guarded:
    """A copy of an array between guard bands; of one with gaps (strides), the whole stretch of memory."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        low, high = np.lib.array_utils.byte_bounds(array) if array.size else (0, 0)
        first = array.ctypes.data - low if array.size else 0  # negative strides: not 0
        raw = np.full(high - low + 2 * GUARD + 2 * ALIGNMENT, FILL, np.uint8)
        start = GUARD + (array.ctypes.data - raw.ctypes.data - GUARD - first) % ALIGNMENT
        self.raw, self.span = raw, slice(start, start + high - low)
        self.memory = memory_of(low, high)
        raw[self.span] = self.memory
        self.pointer = ctypes.c_void_p(raw.ctypes.data + start + first)
        self.address = ctypes.addressof(self.pointer)

    def finish(self, where: str, writable: bool) -> None:
        """Copies back; raises for touched guard bands and for a changed array that the kernel calls const."""
        raw, span = self.raw, self.span
        for band, side in ((raw[: span.start], "before"), (raw[span.stop :], "after")):
            touched = np.flatnonzero(band != FILL)
            if touched.size:
                distance = span.start - touched[-1] if side == "before" else touched[0] + 1
                nbytes = span.stop - span.start
                raise EmulatorError(f"{where}: written {distance} bytes {side} the array of {nbytes} bytes")
        if writable:
            self.memory[...] = raw[span]
        elif raw[span].tobytes() != self.memory.tobytes():
            raise EmulatorError(f"{where}: a const array was changed")


def memory_of(low: int, high: int) -> np.ndarray:
    """Bytes of this process's memory; the caller holds what they belong to."""
    if high <= low:
        return np.empty(0, np.uint8)
    return np.ctypeslib.as_array((ctypes.c_uint8 * (high - low)).from_address(low))
