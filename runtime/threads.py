"""How many threads the BLAS library under NumPy uses."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

# The names under which OpenBLAS builds export the call (NumPy's wheels use the first).
SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


class Blas:
    """The library's call, found on first use; `count` is what it was last set to."""

    setter: Callable[[int], None] | None = None
    searched = False
    count: int | None = None


def set_threads(count: int) -> bool:
    """BLAS products use `count` threads from now on; False where the library has no such call."""
    if Blas.count == count:
        return True
    if not Blas.searched:
        Blas.searched = True
        Blas.setter = find_setter()
    if Blas.setter is None:
        return False
    Blas.setter(count)
    Blas.count = count
    return True


def find_setter() -> Callable[[int], None] | None:
    """The set-threads call of the OpenBLAS that NumPy's wheel carries, or of the one already loaded."""
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
        for name in SETTERS:
            setter = getattr(library, name, None)
            if setter is not None:
                setter.argtypes = [ctypes.c_int]
                setter.restype = None
                return lambda count, call=setter: call(count)  # type: ignore[misc]
    return None


def default_threads() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
