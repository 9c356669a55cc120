"""The device of runtime/backends/cuda.py on the host: NumPy for memory and products, emulated kernels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from wlnet.runtime.backends.cuda_plan import KERNELS
from wlnet.runtime.backends.cuda_source import ENTRY

from .emulator import Kernel, Module

Kernels = dict[str, Kernel]


def renamed(source: str, number: int) -> str:
    """A generated source whose functions have names of their own, so that many stand in one file."""
    return re.sub(rf"\b(element|{ENTRY})\(", rf"\1_{number}(", source)


def build_together(sources: Sequence[str]) -> Kernels:
    """Kernels of many generated sources, by source, from one run of the compiler (a second and more each)."""
    if not sources:
        return {}
    module = Module(
        "\n".join(renamed(each, k) for k, each in enumerate(sources)), [KERNELS], name="generated.cu"
    )
    return {each: module.kernel(f"{ENTRY}_{k}") for k, each in enumerate(sources)}


class EmulatedDevice:
    """Runs device plans under one lane order; `launched` lists the entries of the kernels that ran.

    built   kernels of generated sources that need not be compiled again
    """

    def __init__(self, order: str = "forward", built: Kernels | None = None) -> None:
        self.order = order
        self.built = built or {}
        self.modules: dict[tuple[str, tuple[str, ...]], Module] = {}
        self.launched: list[str] = []

    def zeros(self, nbytes: int) -> np.ndarray:
        raw = np.zeros(nbytes + 256, np.uint8)
        start = -raw.ctypes.data % 256
        return raw[start : start + nbytes]

    def upload(self, target: np.ndarray, array: np.ndarray) -> None:
        target[...] = array

    def download(self, target: np.ndarray, array: np.ndarray) -> None:
        target[...] = array

    def kernel(self, source: str, entry: str, defines: tuple[str, ...]) -> Callable[..., None]:
        kernel = self.built.get(source)
        if kernel is None:
            module = self.modules.get((source, defines))
            if module is None:
                module = self.modules[source, defines] = Module(source, [KERNELS], defines)
            kernel = module.kernel(entry)

        def call(grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
            self.launched.append(entry)
            kernel(grid, block, args, order=self.order)

        return call

    def dot(
        self, out: np.ndarray, x: np.ndarray, y: np.ndarray, *, transpose_a: bool, transpose_b: bool
    ) -> None:
        x = x.swapaxes(-1, -2) if transpose_a else x
        y = y.swapaxes(-1, -2) if transpose_b else y
        np.matmul(x, y, out)
