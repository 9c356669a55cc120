"""Loops: values against plain NumPy, gradients to second order, compiled forms, what is pruned and merged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder, Value
from wlnet.runtime.types import ShapeError, Type, type_of

from wlnet.runtime import autodiff, checks, reference, threads

T, N, D, K = 5, 3, 4, 2


def arrays(seed: int = 0) -> list[np.ndarray]:
    """h0 (N, D), x (T, N, K), w (D, D), v (D, K), bias (D)."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in ((N, D), (T, N, K), (D, D), (D, K), (D,))]


def cell(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
    """A recurrent cell with a second result a step."""
    (h,), (x,), (w, v, bias) = carries, elements, constants
    new = b.tanh(b.dot(h, w, transpose_b=True) + b.dot(x, v, transpose_b=True) + bias)
    return [new], [new, b.sigmoid(h)]


def everything(b: Builder, *values: Value, reverse: bool = False, lengths: Any = None) -> Value:
    """All results of the scan in one vector."""
    h0, x, *constants = values
    known = None if lengths is None else b.constant(np.array(lengths))
    final, results = b.scan(cell, [h0], [x], constants, reverse=reverse, lengths=known)
    return b.concat([b.flatten(each) for each in (*final, *results)], axis=0)


def plain(
    h: np.ndarray, x: np.ndarray, w: np.ndarray, v: np.ndarray, bias: np.ndarray, reverse: bool, lengths: Any
) -> np.ndarray:
    outs, others = np.zeros((T, N, D)), np.zeros((T, N, D))
    for t in reversed(range(T)) if reverse else range(T):
        new = np.tanh(h @ w.T + x[t] @ v.T + bias)
        live = np.ones(N, bool) if lengths is None else t < np.array(lengths)
        outs[t, live], others[t, live] = new[live], (1 / (1 + np.exp(-h)))[live]
        h = np.where(live[:, None], new, h)
    return np.concatenate([h.ravel(), outs.ravel(), others.ravel()])


FORMS = [(False, None), (True, None), (False, (5, 1, 3)), (True, (0, 4, 5))]


@pytest.mark.parametrize(("reverse", "lengths"), FORMS)
def test_values(reverse: bool, lengths: Any) -> None:
    given = arrays()
    have = checks.evaluate(lambda b, *v: everything(b, *v, reverse=reverse, lengths=lengths), given)
    h, x, w, v, bias = given
    np.testing.assert_allclose(have, plain(h, x, w, v, bias, reverse, lengths), rtol=1e-12)


@pytest.mark.parametrize(("reverse", "lengths"), FORMS)
def test_gradient_to_second_order(reverse: bool, lengths: Any) -> None:
    checks.check_gradient(lambda b, *v: everything(b, *v, reverse=reverse, lengths=lengths), arrays(1))


def training(b: Builder, lengths: Any = None) -> dict[str, Any]:
    """A program with the scan's results and the gradients of a loss; its inputs."""
    given = [each.astype("f4") for each in arrays(2)]
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(given)]
    y = everything(b, *values, lengths=lengths)
    loss = b.sum(b.square(y))
    b.output("y", y)
    for k, g in enumerate(autodiff.gradient(b, loss, values)):
        b.output(f"g{k}", g)
    return {f"x{k}": each for k, each in enumerate(given)}


@pytest.mark.parametrize("rewriting", [True, False])
@pytest.mark.parametrize("lengths", [None, (2, 5, 0)])
def test_compiled_equals_reference(rewriting: bool, lengths: Any) -> None:
    b = Builder(rewriting)
    inputs = training(b, lengths)
    checks.check_program(b.program(), inputs)


def scans(program: Any) -> list[Any]:
    return [instr for instr in program.instrs if instr.op.name == "scan"]


def test_one_forward_and_one_backward_scan_remain() -> None:
    """The carries that the gradient needs come from the forward scan itself; weight gradients leave it."""
    b = Builder()
    inputs = training(b)
    exe = compile(b.program())
    exe(inputs)
    forward, backward = scans(exe.program)
    assert (forward.params["reverse"], backward.params["reverse"]) == (False, True)
    # dh and the bias: nothing of the size of a weight is carried
    assert {x.shape for x in backward.operands[: backward.params["carries"]]} == {(D,), (N, D)}


def test_what_no_one_reads_is_not_computed() -> None:
    b = Builder()
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(arrays())]
    final, results = b.scan(cell, [values[0]], [values[1]], values[2:])
    b.output("y", results[1])
    (scan,) = scans(compile(b.program()).program)
    assert len(scan.results) == 2  # the carry, and the one result
    b = Builder()
    x, c = b.input("x", Type("f32", (7,))), b.input("c", Type("f32", ()))

    def two(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        return [carries[0] + elements[0], carries[1] * constants[0]], [carries[0]]

    final, _ = b.scan(two, [c, c], [x], [c])
    b.output("total", final[0])
    (scan,) = scans(compile(b.program()).program)
    assert len(scan.results) == 1 and len(scan.operands) == 2


def test_carries_that_change_places() -> None:
    def swap(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        return [carries[1], carries[0]], [carries[0]]

    b = Builder()
    x, y = (b.input(name, Type("f32", (2,))) for name in "xy")
    final, (seen,) = b.scan(swap, [x, y], length=3)
    for k, each in enumerate((*final, seen)):
        b.output(str(k), each)
    checks.check_program(b.program(), {"x": [1, 2], "y": [3, 4]})
    found, _ = reference.run(b.program(), {"x": [1, 2], "y": [3, 4]})
    assert found["0"].tolist() == [3, 4] and found["2"].tolist() == [[1, 2], [3, 4], [1, 2]]


def test_a_scan_within_a_scan() -> None:
    def inner(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        return [b.sin(carries[0] * constants[0]) + elements[0]], []

    def outer(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        final, _ = b.scan(inner, carries, elements, constants)
        return final, final

    def function(b: Builder, c: Value, x: Value, w: Value) -> Value:
        final, (y,) = b.scan(outer, [c], [x], [w])
        return b.concat([final[0], b.flatten(y)], axis=0)

    rng = np.random.default_rng(3)
    given = [rng.normal(size=s) for s in ((3,), (4, 2, 3), (3,))]
    checks.check_gradient(function, given)
    b = Builder()
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(given)]
    y = function(b, *values)
    for k, g in enumerate(autodiff.gradient(b, b.sum(y), values)):
        b.output(f"g{k}", g)
    checks.check_program(b.program(), {f"x{k}": each for k, each in enumerate(given)})


def test_random_numbers_of_a_step_are_the_same_in_its_gradient() -> None:
    def noisy(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        return [b.keep(carries[0] * elements[0], elements[1])], []

    b = Builder()
    x = b.input("x", Type("f64", (6, 3)))
    mask = b.dropout_mask((6, 3), 0.5)
    final, _ = b.scan(noisy, [b.ones(Type("f64", (3,)))], [x, mask])
    (g,) = autodiff.gradient(b, b.sum(final[0]), [x])
    b.output("y", final[0])
    b.output("g", g)
    checks.check_program(b.program(), {"x": np.ones((6, 3))}, {"random/counter": np.array([5, 0], "u8")})


def test_printed_form_shows_the_body() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (7, 2)))
    final, _ = b.scan(lambda b, c, e, k: ([c[0] + e[0]], []), [b.index_axis(x, 0, 0)], [x])
    b.output("y", final[0])
    text = str(b.program())
    assert '    output "carry0" %2' in text and "length=7" in text and "%2 = add" in text


def test_operands_that_do_not_fit_are_reported() -> None:
    b = Builder()
    x, y = b.input("x", Type("f32", (7, 2))), b.input("y", Type("f32", (6, 2)))
    with pytest.raises(ShapeError, match="sequences of one length"):
        b.scan(lambda b, c, e, k: (c, e), [], [x, y])
    with pytest.raises(ShapeError, match="scan wants"):
        b.scan(lambda b, c, e, k: ([b.sum(c[0])], []), [b.index_axis(x, 0, 0)], [x])


def test_small_products_of_loops_stay_on_one_thread() -> None:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        return [b.dot(carries[0], constants[0])], []

    for size, alone in ((32, True), (512, False)):
        b = Builder()
        x, w = b.input("x", Type("f32", (size, size))), b.input("w", Type("f32", (size, size)))
        (final,), _ = b.scan(step, [x], [], [w], length=3)
        gates, first = b.input("g", Type("f32", (5, size, 4 * size))), b.zeros(Type("f32", (size, size)))
        weights, bias = b.input("u", Type("f32", (4 * size, size))), b.zeros(Type("f32", (4 * size,)))
        y = b.lstm(gates, weights, bias, first, first)[0]
        b.output("y", b.sum(final) + b.sum(y))
        found = [i for i in b.program().instrs if i.op.name in ("scan", "lstm")]
        assert [threads.one_thread(each) for each in found] == [alone, alone]
