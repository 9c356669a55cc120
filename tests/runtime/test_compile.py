"""Executables and stores: reuse, input checks, copies, shared variables, threads."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest
from wlnet.runtime.compile import Executable, compile
from wlnet.runtime.ir import Builder, Program, Variable
from wlnet.runtime.store import Store
from wlnet.runtime.threads import default_threads, set_threads
from wlnet.runtime.types import ALIGNMENT, DeviceError, ShapeError, TensorError, Type


def counter(n: int = 3) -> Program:
    b = Builder()
    x = b.input("x", Type("f32", (n,)))
    w = b.variable("w", Type("f32", ()), initial=1)
    b.output("y", x * w)
    b.output("x", x)
    b.update(w, w + 1)
    return b.program()


def test_calls_hand_out_copies_and_runs_hand_out_buffers() -> None:
    exe = compile(counter())
    first = exe({"x": [1, 2, 3]})
    kept = exe.run({"x": [1, 2, 3]})
    second = exe({"x": [1, 2, 3]})
    assert first["y"].tolist() == [1, 2, 3]
    assert second["y"].tolist() == [3, 6, 9]
    assert kept["y"].tolist() == [3, 6, 9]
    assert float(exe.store["w"]) == 4


def test_inputs_may_be_filled_by_hand() -> None:
    exe = compile(counter())
    exe.inputs["x"][:] = 5
    exe.step()
    assert exe.outputs["y"].tolist() == [5, 5, 5]


def test_input_errors_say_what_is_wrong() -> None:
    exe = compile(counter())
    with pytest.raises(ShapeError, match=r"input 'x' wants an array of shape \(3,\); found \(4,\)"):
        exe({"x": np.zeros(4)})
    with pytest.raises(TensorError, match=r"the inputs are \['x'\]; given were \['z'\]"):
        exe({"z": np.zeros(3)})
    with pytest.raises(TensorError):
        exe({})


def test_programs_share_a_store() -> None:
    one = compile(counter(3))
    other = compile(counter(5), one.store)
    one({"x": np.ones(3)})
    assert other({"x": np.ones(5)})["y"].tolist() == [2] * 5


def test_floating_point_exceptions_are_values() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (3,)))
    b.output("log", b.log(x))
    b.output("sigmoid", b.sigmoid(x * 1000))
    b.output("ratio", x / x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compile(b.program())({"x": np.array([-1.0, 0, 1])})
    assert found["sigmoid"].tolist() == [0, 0.5, 1]
    assert np.isnan(found["log"][0]) and found["log"][1] == -np.inf
    assert np.isnan(found["ratio"][1])


def test_unused_inputs_and_constant_outputs() -> None:
    b = Builder()
    b.input("unused", Type("f32", (2,)))
    b.output("c", b.constant(np.arange(3.0)) * 2)
    b.output("n", b.zeros(Type("i64", (2, 2))))
    found = compile(b.program())({"unused": np.zeros(2)})
    assert found["c"].tolist() == [0, 2, 4]
    assert found["n"].tolist() == [[0, 0], [0, 0]]


def test_a_missing_device_is_an_error() -> None:
    with pytest.raises(DeviceError, match="tpu"):
        compile(counter(), device="tpu")


def test_two_runs_give_the_same_bits() -> None:
    def bits() -> bytes:
        b = Builder()
        x = b.input("x", Type("f32", (129, 65)))
        w = b.variable("w", Type("f32", (65, 65)), initial=np.random.default_rng(0).normal(size=(65, 65)))
        y = b.softmax(b.tanh(b.dot(x, w)))
        b.update(w, w - b.dot(b.transpose(x), y) * 0.01)
        exe = compile(b.program(), threads=1)
        data = np.random.default_rng(1).normal(size=(129, 65))
        for _ in range(3):
            exe({"x": data})
        return exe.store["w"].tobytes()

    assert bits() == bits()


def test_threads_can_be_set_on_the_bundled_library() -> None:
    before = set_threads(1)
    assert before >= 1
    assert set_threads(before) == 1
    assert set_threads(before) == before


def product(rows: int, monkeypatch: pytest.MonkeyPatch) -> Executable:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2}, raising=False)
    b = Builder()
    b.output("y", b.dot(b.input("x", Type("f32", (rows, 512))), b.variable("w", Type("f32", (512, 512)))))
    return compile(b.program())


def test_small_products_stay_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    assert product(4, monkeypatch).threads == 1
    assert product(64, monkeypatch).threads == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert default_threads() == 2


def test_a_step_leaves_the_setting_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    exe = product(4, monkeypatch)
    before = set_threads(2)
    try:
        exe({"x": np.ones((4, 512), np.float32)})
        assert set_threads(2) == 2
    finally:
        set_threads(before)


# ---- the store


def test_groups_are_flat_and_aligned() -> None:
    variables = [
        Variable("a", Type("f32", (3, 5)), "parameters", 1),
        Variable("b", Type("f32", ()), "parameters", 2),
        Variable("n", Type("u64", (2,)), "state", 7),
        Variable("m", Type("f32", (2,)), "state", 0),
    ]
    store = Store(variables, {"m": [3, 4]})
    assert store["a"].ctypes.data % ALIGNMENT == store["b"].ctypes.data % ALIGNMENT == 0
    flat = store.flat("parameters")
    assert flat.shape == (32,)
    assert flat.tolist() == [1] * 15 + [0] + [2] + [0] * 15
    store["a"][0, 0] = 9
    assert flat[0] == 9
    assert store.group("state") == ["n", "m"]
    assert "a" in store and "z" not in store and list(store) == ["a", "b", "n", "m"]
    with pytest.raises(TensorError, match="no flat form"):
        store.flat("state")
    with pytest.raises(ShapeError, match="variable 'm'"):
        store["m"] = np.zeros(3)


def test_a_store_grows_by_groups_only() -> None:
    store = Store([Variable("a", Type("f32", (3,)), "parameters", 1)])
    store.add([Variable("a", Type("f32", (3,)), "parameters", 5), Variable("s", Type("f32", ()), "state", 4)])
    assert store["a"].tolist() == [1, 1, 1]
    assert float(store["s"]) == 4
    with pytest.raises(TensorError, match="laid out already"):
        store.add([Variable("b", Type("f32", (3,)), "parameters", 1)])
    with pytest.raises(ShapeError, match="variable 'a'"):
        store.add([Variable("a", Type("f32", (4,)), "parameters", 1)])


def test_snapshot_and_restore() -> None:
    store = Store([Variable("a", Type("f32", (3,)), "parameters", 1)])
    saved = store.snapshot()
    array = store["a"]
    array[...] = 5
    store.restore(saved)
    assert array.tolist() == [1, 1, 1]
