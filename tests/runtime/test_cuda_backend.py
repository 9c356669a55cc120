"""Whole programs planned for a device and run on the emulator equal the NumPy backend; probing; messages."""

from __future__ import annotations

import shutil
import sys
import types
from typing import Any

import numpy as np
import pytest
from wlnet.runtime.backends import cuda
from wlnet.runtime.backends.cuda_groups import schedule
from wlnet.runtime.backends.cuda_plan import plan
from wlnet.runtime.backends.cuda_source import ENTRY, Group
from wlnet.runtime.ir import Builder, Program
from wlnet.runtime.simplify import expanded, simplify
from wlnet.runtime.store import Store
from wlnet.runtime.types import DeviceError, TensorError, Type

from tests.cuda_emulator.device import EmulatedDevice, build_together
from wlnet.runtime import autodiff, compile

emulated = pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")

N, D, H, K = 37, 5, 19, 3


def classifier() -> Program:
    """One Adam step of a net with a hidden layer, bias, softmax and cross entropy."""
    b = Builder()
    x, target = b.input("Input", Type("f32", (N, D))), b.input("Target", Type("i64", (N,)))
    rng = np.random.default_rng(1)
    shapes = {"w1": (H, D), "b1": (H,), "w2": (K, H), "b2": (K,)}
    params = [
        b.variable(name, Type("f32", shape), initial=rng.normal(0, 0.5, shape).astype(np.float32))
        for name, shape in shapes.items()
    ]
    w1, b1, w2, b2 = params
    hidden = b.tanh(b.dot(x, w1, transpose_b=True) + b1)
    p = b.softmax(b.dot(hidden, w2, transpose_b=True) + b2)
    loss = b.mean(b.cross_entropy_index(p, b.sub(target, 1)))
    gradients = autodiff.gradient(b, loss, params)
    flat, gradient = b.flat("parameters"), b.pack(gradients)
    m = b.variable("m", flat.type, group="m")
    v = b.variable("v", flat.type, group="v")
    rate = b.variable("rate", Type("f32", ()), group="rate", initial=0.01)
    step = b.variable("step", Type("i64", ()), group="step", initial=1)
    new, m1, v1 = b.adam(flat, gradient, m, v, rate, step)
    for target_value, value in ((flat, new), (m, m1), (v, v1), (step, step + 1)):
        b.update(target_value, value)
    b.output("Loss", loss)
    b.output("Output", p)
    return b.program()


def data() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    return {
        "Input": rng.normal(0, 1, (N, D)).astype(np.float32),
        "Target": rng.integers(1, K + 1, N),
    }


def both(program: Program, inputs: dict[str, Any], steps: int = 1, order: str = "shuffled") -> None:
    """The program on the emulator and by NumPy: outputs of every step, then every variable."""
    stores = [Store(program.variables) for _ in range(2)]
    exe = compile.compile(program, stores[0])
    better = expanded(simplify(program))
    generated = [each.source for each in plan(better).steps if each.launch and each.launch.entry == ENTRY]
    built = build_together(sorted({str(each) for each in generated}))
    code = cuda.Code(better, stores[1], EmulatedDevice(order, built))
    for _ in range(steps):
        wanted = exe(inputs)
        for name, array in inputs.items():
            code.inputs[name][...] = array
        code.call()
        for name, right in wanted.items():
            np.testing.assert_allclose(code.outputs[name], right, 2e-5, 2e-6)
    for name in stores[0]:
        np.testing.assert_allclose(stores[1][name], stores[0][name], 2e-5, 2e-6)


@emulated
@pytest.mark.parametrize("order", ["forward", "reverse", "shuffled"])
def test_training_step(order: str) -> None:
    both(classifier(), data(), 3, order)


@emulated
def test_the_optimiser_writes_the_state_in_place() -> None:
    planned = plan(simplify(classifier()))
    [adam] = [step for step in planned.steps if step.what == "adam"]
    assert [place.root.kind for place in adam.results] == ["state"] * 3
    after = planned.steps[planned.steps.index(adam) + 1 :]
    assert not any(step.what == "copy" and step.results[0].root.type.size > 1 for step in after)


@emulated
def test_old_value_of_an_updated_variable_stays_readable() -> None:
    b = Builder()
    w = b.variable("w", Type("f32", (8,)), initial=2.0)
    g = b.input("g", Type("f32", (8,)))
    d = b.variable("d", Type("f32", (8,)), group="d")
    new, change = b.sgd_momentum(w, g, d, b.constant(0.5, "f32"))
    b.update(w, new)
    b.update(d, change)
    b.output("Before", w * 3.0)
    b.output("Old", w)
    both(b.program(), {"g": np.ones(8, np.float32)}, 2)


@emulated
def test_variables_change_places() -> None:
    b = Builder()
    x = b.variable("x", Type("f32", (5,)), group="x", initial=1.0)
    y = b.variable("y", Type("f32", (5,)), group="y", initial=2.0)
    b.update(x, y)
    b.update(y, x)
    both(b.program(), {}, 3)


@emulated
def test_strided_operands_of_groups() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (6, 8)))
    row, column = b.input("row", Type("f32", (8,))), b.input("column", Type("f32", (6, 1)))
    b.output("rows", b.tanh(x * row + column))
    b.output("part", b.slice(x, (1, 1), (5, 8), (1, 2)) * 2.0 - b.slice(x, (2, 0), (6, 4)))
    b.output("turned", b.exp(b.transpose(x)) + b.reverse(b.transpose(x), 0))
    b.output("unaligned", b.neg(b.slice(b.reshape(x, (48,)), (1,), (40,))))
    rng = np.random.default_rng(3)
    both(b.program(), {k: rng.normal(0, 1, v.shape).astype(np.float32) for k, v in b.inputs.items()})


@emulated
def test_moves_and_copies() -> None:
    b = Builder()
    x, y = b.input("x", Type("f32", (4, 6))), b.input("y", Type("f32", (4, 3)))
    index = b.input("index", Type("i64", (5,)))
    b.output("joined", b.concat([x, y, b.tanh(x)], axis=1))
    b.output("padded", b.pad(x, [(1, 2), (0, 3)], value=7.0))
    b.output("turned", b.reshape(b.transpose(x), (4, 6)))
    b.output("rows", b.gather(b.transpose(x), index, axis=0))
    b.output("sums", b.sum(b.transpose(x), 0))
    b.output("x", x)
    rng = np.random.default_rng(4)
    inputs: dict[str, Any] = {k: rng.normal(0, 1, b.inputs[k].shape).astype(np.float32) for k in "xy"}
    both(b.program(), {**inputs, "index": np.array([0, 5, 2, 9, -1])})


@emulated
def test_numbers_that_are_hard_to_write() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (5,)))
    for k, number in enumerate((float("inf"), float("-inf"), 1e-38, -0.1, 3.0, 1e20)):
        b.output(f"y{k}", b.maximum(x * number, b.constant(-1.5, "f32")))
    b.output("nan", b.add(x, float("nan")))
    both(b.program(), {"x": np.array([1, 2, 3, 4, 5], np.float32)})


def test_groups_join_connected_instructions_of_one_shape() -> None:
    b = Builder()
    x, w = b.input("x", Type("f32", (4, 6))), b.input("w", Type("f32", (6, 6)))
    h = b.tanh(x) * 2.0
    y = b.relu(b.dot(h, w) + 1.0)
    b.output("y", y - h)
    items = schedule(b.program())
    groups = [[instr.op.name for instr in each.instrs] for each in items if isinstance(each, Group)]
    assert groups == [["tanh", "mul"], ["add", "relu", "sub"]]


def test_groups_make_no_cycle_through_a_view() -> None:
    """Exp and add have one shape; between them the values pass through a reshape."""
    b = Builder()
    x = b.input("x", Type("f32", (4, 6)))
    y = b.exp(x)
    z = b.reshape(b.tanh(b.reshape(y, (24,))), (4, 6))
    b.output("z", z + y)
    groups = [item for item in schedule(b.program()) if isinstance(item, Group)]
    assert [len(each.instrs) for each in groups] == [1, 1, 1]


def test_large_groups_are_cut() -> None:
    b = Builder()
    xs = [b.input(f"x{k}", Type("f32", (4,))) for k in range(40)]
    total = xs[0]
    for x in xs[1:]:
        total = total + b.tanh(x)
    b.output("total", total)
    groups = [item for item in schedule(b.program()) if isinstance(item, Group)]
    assert len(groups) > 1 and all(len(each.inputs) + len(each.outputs) <= 24 for each in groups)


def test_sources_do_not_depend_on_extents() -> None:
    """One compiled kernel serves the full and the short last batch."""

    def sources(n: int) -> list[str | None]:
        b = Builder()
        x, row = b.input("x", Type("f32", (n, 7))), b.input("row", Type("f32", (7,)))
        b.output("y", b.tanh(x + row))
        return [step.source for step in plan(b.program()).steps]

    assert sources(64) == sources(13)


def test_ops_without_cuda_form_are_named() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (4, 6)))
    b.output("draws", b.emit("poisson_quantile", b.random_uniform((4, 6), dtype="f64"), b.cast(x, "f64")))
    b.output("digamma", b.digamma(x))
    with pytest.raises(
        TensorError, match="op 'poisson_quantile' has no CUDA form yet; op 'polygamma' has no CUDA form yet"
    ):
        plan(b.program())


@emulated
def test_convolutional_net_and_its_gradient() -> None:
    b = Builder()
    x, w = b.input("x", Type("f32", (3, 2, 6, 5))), b.input("w", Type("f32", (9, 2, 3, 2)))
    scale, bias = b.input("scale", Type("f32", (9,))), b.input("bias", Type("f32", (9,)))
    y = b.batch_norm(b.convolution(x, w, pads=1), scale, bias)[0]
    loss = b.mean(b.square(b.pool(b.relu(y), "max", 2, 2)))
    b.output("Loss", loss)
    for k, each in enumerate(autodiff.gradient(b, loss, [x, w, scale, bias])):
        b.output(f"g{k}", each)
    rng = np.random.default_rng(6)
    both(b.program(), {k: rng.normal(0, 1, v.shape).astype(np.float32) for k, v in b.inputs.items()})


# ---- loops


def sequence_net(cell: str, masked: bool = False) -> Program:
    """Value and gradient of a recurrent layer over a sequence; with a scan of its own behind it."""
    gates, t, n, d = {"lstm": 4, "gru": 3, "rnn": 1}[cell], 3, 2, 4
    b = Builder()
    shapes = [(t, n, gates * d), (gates * d, d), (gates * d,), *[(n, d)] * (2 if cell == "lstm" else 1)]
    values = [b.input(f"x{k}", Type("f32", shape)) for k, shape in enumerate(shapes)]
    lengths = [b.constant(np.array([3, 1]))] if masked else []
    y = b.emit_all(cell, *values, *lengths, masked=masked)[0]

    def total(b: Builder, carries: list[Any], elements: list[Any], constants: list[Any]) -> Any:
        return [carries[0] * 0.5 + elements[0]], [carries[0]]

    (last,), (sums,) = b.scan(total, [values[3]], [y], reverse=True)
    loss = b.sum(b.square(sums)) + b.sum(last)
    b.output("Loss", loss)
    for k, each in enumerate(autodiff.gradient(b, loss, values)):
        b.output(f"g{k}", each)
    return b.program()


@emulated
@pytest.mark.parametrize("cell, masked", [("lstm", True), ("gru", False), ("rnn", False)])
def test_recurrent_nets_step_by_step(cell: str, masked: bool) -> None:
    program = sequence_net(cell, masked)
    rng = np.random.default_rng(5)
    both(program, {k: rng.normal(0, 0.5, v.shape).astype(np.float32) for k, v in program.inputs.items()})


# ---- probing


class FaultError(Exception):
    pass


def fake_cupy(outcome: int | str) -> Any:
    """A CuPy that finds that many devices, or whose runtime raises that error."""

    def count() -> int:
        if isinstance(outcome, str):
            raise FaultError(outcome)
        return outcome

    runtime = types.SimpleNamespace(getDeviceCount=count, CUDARuntimeError=FaultError)
    return types.SimpleNamespace(cuda=types.SimpleNamespace(runtime=runtime))


@pytest.mark.parametrize(
    "cupy, words",
    [
        (None, "CuPy is not installed.*wlnet\\[gpu\\]"),
        (
            fake_cupy("cudaErrorInsufficientDriver: CUDA driver version is insufficient"),
            "no NVIDIA driver.*install",
        ),
        (
            fake_cupy("cudaErrorNoDevice: no CUDA-capable device is detected"),
            "finds no CUDA device.*nvidia-smi",
        ),
        (fake_cupy("cudaErrorUnknown: unknown error"), "does not start: cudaErrorUnknown"),
        (fake_cupy(0), "CUDA_VISIBLE_DEVICES"),
    ],
)
def test_what_is_missing_is_said(cupy: Any, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cuda, "CURRENT", {})
    reason = cuda.available()
    assert reason is not None
    with pytest.raises(DeviceError, match=f"no GPU can be used: .*{words}"):
        compile.compile(classifier(), device="gpu")


def test_a_device_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", fake_cupy(1))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cuda.available() is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "macOS" in str(cuda.available())


@emulated
def test_a_failing_launch_names_the_kernel() -> None:
    class Broken(EmulatedDevice):
        def kernel(self, source: str, entry: str, defines: tuple[str, ...]) -> Any:
            def call(*args: Any) -> None:
                raise RuntimeError("out of resources")

            return call

    b = Builder()
    b.output("y", b.tanh(b.input("x", Type("f32", (5,)))))
    program = b.program()
    code = cuda.Code(program, Store(program.variables), Broken())
    with pytest.raises(DeviceError, match=r"kernel tanh: group grid \(1,\) block \(256,\): out of resources"):
        code.call()


@pytest.mark.gpu
@pytest.mark.skipif(cuda.available() is not None, reason="needs a CUDA device")
def test_training_step_on_a_device() -> None:
    program, inputs = classifier(), data()
    cpu, gpu = (compile.compile(program, Store(program.variables), device=each) for each in ("cpu", "gpu"))
    for _ in range(3):
        for (name, right), found in zip(cpu(inputs).items(), gpu(inputs).values()):
            np.testing.assert_allclose(found, right, 1e-4, 1e-5, err_msg=name)
