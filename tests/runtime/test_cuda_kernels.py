"""Every op with a CUDA form against its NumPy definition, on the host emulator; every kernel through nvcc."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from wlnet.runtime.backends import cuda
from wlnet.runtime.backends.cuda_plan import KERNELS
from wlnet.runtime.backends.cuda_plan import plan as device_plan
from wlnet.runtime.ir import Builder, Program, Value
from wlnet.runtime.ops import OPS, Op
from wlnet.runtime.ops.convolution import setting
from wlnet.runtime.ops.launches import Kernel
from wlnet.runtime.ops.pooling import Windows
from wlnet.runtime.ops.record import ELEMENTWISE, RANDOM, SOURCE, Case, Ints, case
from wlnet.runtime.store import Store
from wlnet.runtime.types import Type, type_of

from tests.cuda_emulator.device import EmulatedDevice, Kernels, build_together, renamed
from tests.cuda_emulator.emulator import ORDERS
from wlnet.runtime import compile, reference

from .cases import cases, label, operands

emulated = pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
nvcc = pytest.mark.nvcc

SIZES = (1, 31, 32, 33, 1000, 1025)

# Relative and absolute error allowed: float32 sums of a thousand terms in another order than NumPy's.
TOLERANCE = {"float32": (2e-5, 2e-6), "float64": (1e-12, 1e-13)}

SUPPORTED = [pair for pair in cases() if pair[0].cuda is not None and pair[0].kind != SOURCE]


def one_op(op: Op, arrays: list[np.ndarray], params: dict[str, Any]) -> Program:
    b = Builder(rewriting=False)
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(arrays)]
    for k, value in enumerate(b.emit_all(op.name, *values, **params)):
        b.output(f"y{k}", value)
    return b.program()


def check(op: Op, each: Case, dtype: Any, order: str, device: EmulatedDevice | None = None) -> EmulatedDevice:
    """The op's results on the emulator equal its NumPy definition's."""
    arrays = operands(op, each, dtype)
    params = op.parameters(each.params)
    wanted = reference.evaluate(op, arrays, params)
    program = one_op(op, arrays, each.params)
    device = device or EmulatedDevice(order)
    device.order = order
    code = cuda.Code(program, Store(program.variables), device)
    for k, array in enumerate(arrays):
        code.inputs[f"x{k}"][...] = array
    code.call()
    for k, right in enumerate(wanted):
        compare(code.outputs[f"y{k}"], right)
    return device


def compare(found: np.ndarray, wanted: np.ndarray) -> None:
    assert found.dtype == wanted.dtype and found.shape == wanted.shape
    if wanted.dtype.kind != "f":
        assert (found == wanted).all()
        return
    relative, absolute = TOLERANCE[wanted.dtype.name]
    finite = wanted[np.isfinite(wanted)]
    scale = max(1.0, float(np.abs(finite).max(initial=0)))  # of sums whose terms cancel
    np.testing.assert_allclose(found, wanted, relative, absolute * scale)


def generated(dtype: Any, pairs: list[tuple[Op, Case]]) -> list[str]:
    """Sources of the kernels of all elementwise cases, each once."""
    found: dict[str, None] = {}
    for op, each in pairs:
        if op.kind == ELEMENTWISE:
            for step in device_plan(one_op(op, operands(op, each, dtype), each.params)).steps:
                found[str(step.source)] = None
    return list(found)


@pytest.fixture(scope="module")
def built() -> Kernels:
    """Generated kernels of all cases, compiled in one go."""
    sizes = [(OPS[name], each) for name in PLAIN for each in plain_cases(name)]
    both = [*generated(np.float32, [*SUPPORTED, *sizes]), *generated(np.float64, SUPPORTED)]
    return build_together(list(dict.fromkeys(both)))


@emulated
@pytest.mark.parametrize("pair", SUPPORTED, ids=label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_op_agrees_with_numpy(pair: tuple[Op, Case], dtype: Any, built: Kernels) -> None:
    op, each = pair
    check(op, each, dtype, "shuffled", EmulatedDevice(built=built))


def sized(name: str, n: int) -> list[Case]:
    """Cases of about `n` elements along the axis that matters, for ops with kernels of their own."""
    rows = max(1, 2000 // n)
    if name in ("sum", "max", "min", "prod"):
        return [case((rows, n), axes=(1,)), case((n, rows), axes=(0,)), case((2, n, 3), axes=(0, 1, 2))]
    if name in ("softmax", "log_softmax"):
        return [case((rows, n), axis=1), case((2, n, 3), axis=1)]
    if name == "gather":
        return [case((n, 3), Ints((n,), 0, n), axis=0), case((2, 5, n), Ints((4,), 0, 5), axis=1)]
    if name == "scatter_add":
        return [case((n, 33), Ints((n,), 0, 7), axis=0, size=7)]
    if name == "take_along_axis":
        return [case((n, 5), Ints((n, 1), 0, 5), axis=1), case((3, n), Ints((3, n), -2, n + 2), axis=1)]
    if name in ("argmax", "argmin", "cumsum"):
        return [case((rows, n), axis=1), case((n, rows), axis=0), case((2, n, 3), axis=1)]
    if name == "ctc":  # classes, then states, beside the threads of a block; repeats, and no path for one
        few, labels = min(n, 300), min(n, 140)
        lengths, counts = np.array([4, 3]), np.array([2, 0])
        found = [case((2, 4, few + 1), Ints((2, 3), 0, few), lengths, counts)]
        return [*found, case((2, 3, 4), Ints((2, labels), 0, 3), lengths - 1, np.array([1, labels]))]
    if name == "batch_norm":
        return [case((3, 3, n), (3,), (3,)), case((n, 33), (33,), (33,)), case((5, 2, 2000), (2,), (2,))]
    if name == "batch_norm_gradient":
        return [case(x, *[x[1:2]] * 3, x) for x in ((3, 3, n), (n, 33), (5, 2, 2000))]
    if name == "layer_norm":
        return [case((rows, n), (n,), (n,)), case((n, 2), (2,), (2,), epsilon=0.1)]
    if name == "layer_norm_gradient":
        return [case((r, d), (d,), (r,), (r,), (r, d)) for r, d in ((rows, n), (n, 3))]
    if name == "softmax_gradient":
        return [case(shape, shape, axis=1) for shape in ((rows, n), (2, n, 3))]
    if name == "softmax_within":
        start = np.arange(rows, dtype=np.int32) % 3 - 1  # one before the row, some rows empty
        stop = (np.arange(rows, dtype=np.int32) * 7) % (n + 3)
        return [case((rows, n), start, stop)]
    if name == "argsort":
        rng = np.random.default_rng(n)
        ties = rng.integers(0, 40, (n, 3)).astype(np.float32)
        ties[rng.random((n, 3)) < 0.05] = np.nan
        return [case(ties, axis=0), case((2, n), axis=1)]
    if "_pool" in name:
        return poolings(name, n)
    if name.startswith("convolution"):
        return convolutions(name, n)
    if name == "put_along_axis":
        return [case((n, 1), Ints((n, 1), 0, 5), axis=1, size=5)]
    if OPS[name].kind == "update":
        return [
            case(*[(n,)] * (len(each.operands) - scalars(each)), *[()] * scalars(each))
            for each in OPS[name].examples
        ]
    return []


def poolings(name: str, n: int) -> list[Case]:
    """Overlapping windows in the middle of an array of which one axis has `n` elements."""
    axes, shape = (1, 3), (2, n, 3, 5)
    params: dict[str, Any] = dict(
        axes=axes, sizes=(min(n, 3), 2), strides=(2, 1), pads=((min(n, 2) - 1, 0), (0, 1))
    )
    y = Windows(**params).result(shape)
    places = np.zeros(y, np.int32) + (min(n, 3) - 1) * 2  # inside whatever the pads
    extents = tuple(shape[axis] for axis in axes)
    return {
        "max_pool_scatter": [case(y, places, extents=extents, **params)],
        "max_pool_take": [case(shape, places, **params)],
        "total_pool_spread": [case(y, extents=extents, **params)],
    }.get(name, [case(shape, **params)])


def convolutions(name: str, n: int) -> list[Case]:
    """One convolution in tiles, one that is direct (two groups), with an extent about `n`; more positions
    than one chunk of a weight gradient takes.
    """
    op = OPS["convolution"]
    settings = [
        (((n % 70) + 1, 9, 2), (9 + n % 60, (n % 70) + 1, 3), setting(1, stride=(2,), pads=((1, 2),)))
    ]
    if n == 1025:
        settings.append(((3, 4, 7, 95), (4, 2, 2, 3), setting(2, groups=2, stride=(1, 2), dilation=(1, 2))))
    found = []
    for x, w, params in settings:
        y = op.types((Type("f32", x), Type("f32", w)), params)[0].shape
        if name == "convolution":
            found.append(case(x, w, **params))
        elif name == "convolution_input":
            found.append(case(y, w, size=(*x[:-3], x[-2]), **params))
        else:
            found.append(case(x, y, kernel=w[2:], **params))
    return found


def scalars(each: Case) -> int:
    return sum(spec == () for spec in each.operands)


WITH_KERNELS = sorted(name for name, op in OPS.items() if isinstance(op.cuda, Kernel) and op.kind != RANDOM)


@emulated
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", WITH_KERNELS)
def test_kernels_on_odd_sizes_under_every_lane_order(name: str, order: str) -> None:
    device = EmulatedDevice()
    for n in SIZES:
        found = sized(name, n)
        assert found, name
        for each in found:
            check(OPS[name], each, np.float32, order, device)


PLAIN = ("tanh", "mul", "greater")


def plain_cases(name: str) -> list[Case]:
    return [case(*[(n,)] * (OPS[name].arity or 1)) for n in SIZES]


@emulated
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", PLAIN)
def test_elementwise_kernel_on_odd_sizes(name: str, order: str, built: Kernels) -> None:
    device = EmulatedDevice(built=built)
    for each in plain_cases(name):
        check(OPS[name], each, np.float32, order, device)


DRAWS: dict[str, Callable[[Builder, int], Value]] = {
    "uniform": lambda b, n: b.random_uniform((n, 3)),
    "double": lambda b, n: b.random_uniform((n,), dtype="f64"),
    "dropout": lambda b, n: b.dropout_mask((n, 3), 0.3),
    "rare": lambda b, n: b.bernoulli((n,), 1e-5),
}


@emulated
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", DRAWS)
def test_random_bits_are_those_of_numpy(name: str, order: str) -> None:
    """Over two steps, at odd sizes: the counter moves on, and every bit agrees."""
    for n in (1, 31, 33, 1000):
        b = Builder()
        b.output("x", DRAWS[name](b, n))
        b.output("y", DRAWS[name](b, n))
        program = b.program()
        stores = [Store(program.variables) for _ in range(2)]
        for store in stores:
            store["random/counter"] = np.array([1234, 7], np.uint64)
        exe = compile.compile(program, stores[0])
        code = cuda.Code(program, stores[1], EmulatedDevice(order))
        for _ in range(2):
            wanted = exe({})
            code.call()
            assert all((code.outputs[k] == wanted[k]).all() for k in wanted)
        assert (stores[1]["random/counter"] == [1234, 9]).all()


def test_every_elementwise_op_has_a_cuda_expression() -> None:
    missing = {op.name for op in OPS.values() if op.kind == ELEMENTWISE and not isinstance(op.cuda, str)}
    assert missing == {"polygamma"}


# ---- nvcc


def compiled(source: str, defines: tuple[str, ...], folder: Path, *options: str) -> str:
    """What nvcc makes of a source: its messages; the test fails where it refuses."""
    file = folder / "kernel.cu"
    file.write_text(source)
    command = [
        "nvcc",
        "-arch=sm_90",
        "-std=c++17",
        f"-I{KERNELS}",
        *(f"-D{each}" for each in defines),
        *options,
    ]
    done = subprocess.run(
        [*command, "-o", str(folder / "out"), str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


needs_nvcc = pytest.mark.skipif(shutil.which("nvcc") is None, reason="needs nvcc")


@nvcc
@needs_nvcc
@pytest.mark.parametrize("name", WITH_KERNELS)
def test_hand_written_kernels_compile_without_spills(name: str, tmp_path: Path) -> None:
    op = OPS[name]
    kernel = op.cuda
    assert isinstance(kernel, Kernel)
    seen = set()
    for each in [*op.examples, *sized(name, 1025)]:
        arrays = operands(op, each, np.float32)
        types = tuple(type_of(array) for array in arrays)
        work = kernel.rule(types, op.types(types, op.parameters(each.params)), op.parameters(each.params))
        seen |= {launch.defines for launch in work.launches}
    for defines in seen:
        report = compiled((KERNELS / kernel.file).read_text(), defines, tmp_path, "-cubin", "-Xptxas", "-v")
        assert not re.search(r"[1-9]\d* bytes spill", report)


@nvcc
@needs_nvcc
@pytest.mark.parametrize("define", ["TYPE=float", "TYPE=double", "BITS=16", "BITS=32"])
def test_random_kernels_compile(define: str, tmp_path: Path) -> None:
    compiled((KERNELS / "philox.cu").read_text(), (define,), tmp_path, "-cubin")


@nvcc
@needs_nvcc
def test_copy_kernels_compile(tmp_path: Path) -> None:
    for kind in ("float", "i64", "bool"):
        compiled((KERNELS / "copy.cu").read_text(), (f"TYPE={kind}",), tmp_path, "-cubin")


@nvcc
@needs_nvcc
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_generated_kernels_compile(dtype: Any, tmp_path: Path) -> None:
    """All elementwise ops in one file; in float32 none may fall back to double precision."""
    text = "\n".join(renamed(source, k) for k, source in enumerate(generated(dtype, SUPPORTED)))
    compiled(text, (), tmp_path, "-ptx")
    if dtype is np.float32:
        kernels = re.findall(r"(?s)\.visible \.entry group_(\d+)\((.*?)\n}\n", (tmp_path / "out").read_text())
        wide = {int(number) for number, body in kernels if ".f64" in body}
        names = [re.findall(r"// (\S+),", source)[0] for source in generated(dtype, SUPPORTED)]
        # CUDA reduces large arguments of these in double.
        assert {names[k] for k in wide} <= {"sin", "cos", "tan"}
