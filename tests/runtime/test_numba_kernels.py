"""numba's kernels against the NumPy forms of their ops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.autodiff import gradient
from wlnet.runtime.backends import numba_kernels, numba_pictures, numba_recurrent, numba_rows
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder
from wlnet.runtime.ops import OPS, Op
from wlnet.runtime.ops.record import UPDATE, Case
from wlnet.runtime.types import Type, type_of

from wlnet.runtime import compile as compiler
from wlnet.runtime import reference

from .cases import cases, label, operands

pytest.importorskip("numba")

WITH_KERNEL = [pair for pair in cases() if pair[0].numba is not None]
SIZES = [1, 31, 32, 33, 1000, 1025]


def test_every_named_kernel_exists_and_is_used() -> None:
    assert {op.numba for op in OPS.values()} - {None} == set(numba_kernels.TABLE)


def run(op: Op, arrays: list[np.ndarray], params: dict[str, Any]) -> list[np.ndarray] | None:
    """Results of the kernel; updates in place, as the planner has them. None where it declines."""
    types = op.types(tuple(map(type_of, arrays)), params)
    if op.kind == UPDATE:
        results = [arrays[operand] for _, operand in op.inplace]
    else:
        results = [np.full(each.shape, np.nan if each.is_float else 77, each.numpy) for each in types]
    scratch = op.scratch(tuple(map(type_of, arrays)), params) if op.scratch else ()
    arrays = [*arrays, *(np.empty(each.shape, each.numpy) for each in scratch)]
    bound = numba_kernels.bind(
        op.numba, results[0] if len(results) == 1 else tuple(results), tuple(arrays), params
    )
    if bound is None:
        return None
    function, arguments = bound if isinstance(bound, tuple) else (bound, ())
    function(*arguments)
    return results


@pytest.mark.parametrize("pair", WITH_KERNEL, ids=label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kernel_equals_numpy(pair: tuple[Op, Case], dtype: Any) -> None:
    op, case = pair
    params = op.parameters(case.params)
    wanted = reference.evaluate(op, operands(op, case, dtype), params)
    have = run(op, operands(op, case, dtype), params)
    if have is None:
        declined = op.kind == UPDATE and np.ndim(operands(op, case)[len(wanted) + 1]) > 0
        single = op.name in {**numba_recurrent.TABLE, **numba_rows.TABLE} and (
            dtype is np.float64 or params.get("cell")
        )
        small = op.name in numba_pictures.TABLE  # taken in sizes of their own: test_numba_pictures.py
        assert declined or single or small or params["axis"] != len(wanted[0].shape) - 1
        return
    for one, other in zip(wanted, have, strict=True):
        np.testing.assert_allclose(other, one, rtol=2e-5 if dtype == np.float32 else 1e-12, atol=1e-7)


def test_stretches_end_with_their_row() -> None:
    op, x = OPS["softmax_within"], np.random.default_rng(0).normal(size=(5, 7))
    bounds = np.array([[-2, 9], [3, 8], [9, 20], [-5, -1], [6, 2]], np.int32).T
    given = [x, *map(np.ascontiguousarray, bounds)]
    have = run(op, given, {})
    assert have is not None
    np.testing.assert_allclose(have[0], reference.evaluate(op, given, {})[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("labels", "steps", "counts"),
    [
        ([[0, 7], [2, 1]], [5, 4], [2, 2]),  # no such class: the blank
        ([[-3, 1], [2, 1]], [5, 4], [2, 2]),  # the first class
        ([[0, 1], [2, 1]], [5, 9], [3, -1]),  # counts that no path gives
        ([[0, 1], [2, 1]], [0, 0], [2, 0]),  # no step
    ],
)
def test_ctc_takes_what_is_outside_its_ranges_as_its_numpy_form_does(
    labels: Any, steps: Any, counts: Any
) -> None:
    op, rng = OPS["ctc"], np.random.default_rng(0)
    given = [np.log(rng.dirichlet(np.ones(4), (2, 5))), *map(np.array, (labels, steps, counts))]
    have = run(op, given, {})
    assert have is not None
    for one, other in zip(reference.evaluate(op, given, {}), have, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_adam_on_odd_sizes(size: int) -> None:
    op, rng = OPS["adam"], np.random.default_rng(size)
    arrays = [rng.uniform(0.1, 1, size).astype("f4") for _ in range(4)] + [
        np.array(0.1, "f4"),
        np.array(2, "f4"),
    ]
    params = op.parameters({})
    wanted = reference.evaluate(op, arrays, params)
    have = run(op, arrays, params)
    assert have is not None
    for one, other in zip(wanted, have, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-7)


def test_scattered_rows_may_repeat() -> None:
    """The cotangent of a mean over tokens: one row for all of them, never written out."""
    op, rng = OPS["scatter_add"], np.random.default_rng(0)
    x = np.broadcast_to(rng.normal(size=(5, 1, 8)), (5, 7, 8))
    index = rng.integers(-1, 5, (5, 7))
    params = op.parameters({"axis": 0, "size": 4})
    have = run(op, [x, index], params)
    assert have is not None
    np.testing.assert_allclose(have[0], reference.evaluate(op, [x, index], params)[0], rtol=1e-12)
    assert run(op, [x[::-1], index], params) is None


def test_nan_is_not_hidden_and_denormals_are_flushed() -> None:
    op = OPS["adam"]
    w, g = np.ones(3, "f4"), np.array([np.nan, 0, 1], "f4")
    m, v = np.full(3, 1e-31, "f4"), np.full(3, 1e-31, "f4")
    run(op, [w, g, m, v, np.array(0.1, "f4"), np.array(1, "f4")], op.parameters({}))
    assert np.isnan([w[0], m[0], v[0]]).all()
    assert m[1] == v[1] == 0 and w[1] == 1
    for name in ("sgd_momentum", "sign_sgd", "rmsprop"):
        op = OPS[name]
        states = [np.zeros(3, "f4") for _ in op.inplace[1:]]
        w = np.ones(3, "f4")
        run(op, [w, g, *states, np.array(0.1, "f4")], op.parameters({}))
        assert np.isnan(w[0]) and np.isfinite(w[1:]).all()


def training(steps: int) -> tuple[Any, Any]:
    b = Builder()
    x = b.input("x", Type("f32", (8, 4)))
    w = b.variable("w", Type("f32", (16,)), initial=np.linspace(-1, 1, 16))
    m, v = (b.variable(name, w.type, group=name) for name in "mv")
    y = b.softmax(b.dot(x, b.reshape(w, (4, 4))))
    loss = b.sum(y * y)
    b.output("loss", loss)
    new = b.adam(w, gradient(b, loss, [w])[0], m, v, b.constant(0.1), b.constant(1.0))
    for target, value in zip((w, m, v), new, strict=True):
        b.update(target, value)
    exe = compile(b.program(), steps=steps)
    return exe, exe({"x": np.random.default_rng(0).normal(size=(8, 4))})


def test_planned_work_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    small, loss = training(1)
    large, same = training(1 << 24)
    np.testing.assert_allclose(loss["loss"], same["loss"], rtol=1e-6)
    np.testing.assert_allclose(small.store["w"], large.store["w"], rtol=1e-5)
    used = [thing for thing in large.code.scope.values() if type(thing).__name__ == "CPUDispatcher"]
    assert used and not [t for t in small.code.scope.values() if type(t).__name__ == "CPUDispatcher"]
    monkeypatch.setattr(compiler.numba_kernels, "available", lambda: False)
    without, _ = training(1 << 24)
    assert without.store["w"].tobytes() == small.store["w"].tobytes()
