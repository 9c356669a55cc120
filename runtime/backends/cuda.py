"""The CUDA backend: probing, the device as CuPy gives it, and a device plan bound to memory.

CuPy is imported only when a GPU is asked for.  `Device` is the whole interface to it, so that the tests run
the same plans on the host emulator (tests/cuda_emulator) with a device of their own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from ..ir import Program
from ..memory import ARENA, CONST, STATE, Place, Root
from ..ops.launches import Launch, Operand, Result
from ..store import Store
from ..types import DTYPES, DeviceError, TensorError
from .cuda_plan import KERNELS, Step, plan

INSTALL = "pip install wlnet[gpu] (CUDA 13) or wlnet[gpu12] (CUDA 12)"

# Options of every kernel.  No --use_fast_math: results must agree with the NumPy definitions.
OPTIONS = ("-std=c++17", f"-I{KERNELS}")

Kernel = Callable[..., None]  # (grid, block, args), as cupy.RawKernel


class Device(Protocol):
    """What a plan needs of a device.  Arrays have NumPy's shape, strides, slicing, reshape and transpose."""

    def zeros(self, nbytes: int) -> Any:
        """That many bytes (uint8), zeroed, on a 256-byte boundary."""

    def upload(self, target: Any, array: np.ndarray) -> None: ...

    def download(self, target: np.ndarray, array: Any) -> None: ...

    def kernel(self, source: str, entry: str, defines: tuple[str, ...]) -> Kernel: ...

    def dot(self, out: Any, x: Any, y: Any, *, transpose_a: bool, transpose_b: bool) -> None: ...


# ---- probing


def available() -> str | None:
    """None where a GPU can be used, else what is missing and how to get it, in one sentence."""
    if sys.platform == "darwin":
        return "CUDA devices do not exist on macOS; use a Linux or Windows machine with an NVIDIA GPU"
    try:
        cupy = importlib.import_module("cupy")
    except ImportError as fault:
        if getattr(fault, "name", None) == "cupy":
            return f"the package CuPy is not installed; install it with: {INSTALL}"
        return f"CuPy does not load ({fault}); install it again with: {INSTALL}"
    return driver_fault(cupy)


def driver_fault(cupy: Any) -> str | None:
    """What stands between an imported CuPy and a device, None where nothing does."""
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as fault:
        text = str(fault)
        if "InsufficientDriver" in text or "insufficient" in text:
            return "there is no NVIDIA driver, or one too old for this CuPy; install a current driver"
        if "NoDevice" in text or "no CUDA-capable" in text:
            return "the driver finds no CUDA device; check that a GPU is present and visible (nvidia-smi)"
        return f"the CUDA runtime does not start: {text}"
    if not count:
        return "the driver finds no CUDA device; check CUDA_VISIBLE_DEVICES"
    return None


def device() -> Device:
    """The current CUDA device; DeviceError saying what is missing."""
    reason = available()
    if reason is not None:
        raise DeviceError(f"no GPU can be used: {reason}")
    return CupyDevice(importlib.import_module("cupy"))


class CupyDevice:
    """CuPy as the driver: memory pool, NVRTC, cuBLAS, the current stream."""

    def __init__(self, cupy: Any) -> None:
        self.cupy = cupy
        self.modules: dict[tuple[str, tuple[str, ...]], Any] = {}

    def zeros(self, nbytes: int) -> Any:
        return self.cupy.zeros(nbytes, self.cupy.uint8)

    def upload(self, target: Any, array: np.ndarray) -> None:
        target.set(np.ascontiguousarray(array))

    def download(self, target: np.ndarray, array: Any) -> None:
        target[...] = self.cupy.asnumpy(array)

    def kernel(self, source: str, entry: str, defines: tuple[str, ...]) -> Kernel:
        module = self.modules.get((source, defines))
        if module is None:
            options = (*OPTIONS, *(f"-D{each}" for each in defines))
            module = self.cupy.RawModule(code=source, options=options)
            self.modules[source, defines] = module
        try:
            found: Kernel = module.get_function(entry)
        except Exception as fault:  # NVRTC's and the driver's own classes, which differ between CuPy versions
            raise DeviceError(f"kernel {entry} ({', '.join(defines) or 'generated'}): {fault}") from fault
        return found

    def dot(self, out: Any, x: Any, y: Any, *, transpose_a: bool, transpose_b: bool) -> None:
        x = x.swapaxes(-1, -2) if transpose_a else x
        y = y.swapaxes(-1, -2) if transpose_b else y
        self.cupy.matmul(x, y, out=out)


# ---- state


class Mirror:
    """The buffers of a store on a device.  They live on one side at a time: a step takes them to the device,
    any access to the store brings them back (`Store.mirror`).
    """

    def __init__(self, store: Store, gpu: Device) -> None:
        self.store = store
        self.gpu = gpu
        self.buffers: dict[str, Any] = {}
        self.on_device = False

    def to_device(self) -> None:
        for group, buffer in self.store.buffers.items():
            if group not in self.buffers:
                self.buffers[group] = self.gpu.zeros(buffer.nbytes)
                self.gpu.upload(self.buffers[group], buffer)
            elif not self.on_device:
                self.gpu.upload(self.buffers[group], buffer)
        self.on_device = True

    def to_host(self) -> None:
        if self.on_device:
            for group, buffer in self.buffers.items():
                self.gpu.download(self.store.buffers[group], buffer)
            self.on_device = False

    def array(self, key: str) -> Any:
        """The device array of a variable, or of a whole group ("group parameters")."""
        if key.startswith("group "):
            group = key.removeprefix("group ")
            return self.buffers[group].view(self.store.flat_dtype(group))
        variable = self.store.variables[key]
        start = self.store.offset(key)
        raw = self.buffers[variable.group][start : start + variable.type.nbytes]
        return raw.view(DTYPES[variable.type.dtype]).reshape(variable.type.shape)


def mirror(store: Store, gpu: Device) -> Mirror:
    """The mirror that all executables over `store` share."""
    if store.mirror is None or store.mirror.gpu is not gpu:
        if store.mirror is not None:
            store.mirror.to_host()
        store.mirror = Mirror(store, gpu)
    found: Mirror = store.mirror
    found.to_device()
    return found


# ---- a bound plan

CURRENT: dict[
    str, Device
] = {}  # the process's device, made once: kernels compiled for one program serve the next


class Code:
    """A program bound to a device and a store: `call()` runs one step over `inputs` and fills `outputs`."""

    def __init__(self, program: Program, store: Store, gpu: Device | None = None) -> None:
        if gpu is None:
            gpu = CURRENT.get("cuda") or CURRENT.setdefault("cuda", device())
        self.gpu = gpu
        self.plan = plan(program)
        self.mirror = mirror(store, gpu)
        self.memory: dict[int, Any] = {}
        self.arena = gpu.zeros(self.plan.nbytes)
        self.calls = [self.bind(step) for step in self.plan.steps]
        self.inputs = {name: np.zeros(v.shape, v.type.numpy) for name, v in program.inputs.items()}
        self.outputs = {name: np.zeros(v.shape, v.type.numpy) for name, v in program.outputs.items()}
        self.staged = [(self.array(place), self.inputs[name]) for name, place in self.plan.inputs.items()]
        self.fetched = [(self.outputs[name], self.array(place)) for name, place in self.plan.outputs.items()]

    @property
    def source(self) -> str:
        """The plan, then every generated kernel once."""
        texts = dict.fromkeys(step.source for step in self.plan.steps if step.source and step.launch)
        return "\n\n".join([str(self.plan), *(text for text in texts if text)])

    def call(self) -> None:
        self.mirror.to_device()
        for target, array in self.staged:
            self.gpu.upload(target, array)
        for call in self.calls:
            call()
        for host, array in self.fetched:
            self.gpu.download(host, array)

    # ---- memory

    def array(self, place: Place) -> Any:
        array = self.root(place.root)
        for view, params in place.views:
            array = view(array, **params)
        return array

    def root(self, root: Root) -> Any:
        found = self.memory.get(id(root))
        if found is None:
            found = self.memory[id(root)] = self.allocate(root)
        return found

    def allocate(self, root: Root) -> Any:
        if root.kind == STATE:
            return self.mirror.array(root.key)
        if root.kind == CONST:
            constant: np.ndarray = root.key
            array = self.gpu.zeros(constant.nbytes).view(constant.dtype).reshape(constant.shape)
            self.gpu.upload(array, constant)
            return array
        nbytes = root.type.nbytes
        raw = self.arena[root.offset : root.offset + nbytes] if root.kind == ARENA else self.gpu.zeros(nbytes)
        return raw.view(DTYPES[root.type.dtype]).reshape(root.type.shape)

    # ---- work

    def bind(self, step: Step) -> Callable[[], None]:
        operands, results, temporaries = (
            [self.array(place) for place in places]
            for places in (step.operands, step.results, step.temporaries)
        )
        if step.launch is None:
            method, params = getattr(self.gpu, step.method), step.params
            return lambda: method(*results, *operands, **params)
        assert step.source is not None
        launch = step.launch
        kernel = self.gpu.kernel(step.source, launch.entry, launch.defines)
        args = arguments(launch, operands, results, temporaries)
        return lambda: launched(kernel, step, args)


def arguments(
    launch: Launch, operands: Sequence[Any], results: Sequence[Any], rest: Sequence[Any]
) -> tuple[Any, ...]:
    """The launch's arguments with arrays in their places."""
    found = []
    for each in launch.args:
        if isinstance(each, np.generic):
            found.append(each)
        else:
            kind = operands if isinstance(each, Operand) else results if isinstance(each, Result) else rest
            found.append(kind[each.number])
    return tuple(found)


def launched(kernel: Kernel, step: Step, args: tuple[Any, ...]) -> None:
    launch = step.launch
    assert launch is not None
    try:
        kernel(launch.grid, launch.block, args)
    except TensorError:
        raise
    except Exception as fault:  # the driver's own classes
        raise DeviceError(f"kernel {step}: {fault}") from fault
