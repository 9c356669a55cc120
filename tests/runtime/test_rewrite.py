"""Rewriting keeps values and derivatives; cross entropies become stable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from wlnet.runtime.autodiff import gradient
from wlnet.runtime.ir import Builder, Value
from wlnet.runtime.simplify import expanded, simplify
from wlnet.runtime.types import Type
from wlnet.runtime.verify import verify

from wlnet.runtime import autodiff, reference

LOGITS = np.random.default_rng(3).normal(size=(5, 4))
CLASSES = np.array([0, 3, 1, 2, 2])
WEIGHTS = np.random.default_rng(4).dirichlet(np.ones(4), 5)

Loss = Callable[[Builder, Value], Value]
LOSSES: dict[str, Loss] = {
    "index": lambda b, x: b.cross_entropy_index(b.softmax(x), b.constant(CLASSES)),
    "index of a reshaped softmax": lambda b, x: b.cross_entropy_index(
        b.reshape(b.softmax(x), (5, 1, 4)), b.constant(CLASSES.reshape(5, 1))
    ),
    "probabilities": lambda b, x: b.cross_entropy_probabilities(b.softmax(x), b.constant(WEIGHTS)),
    "binary": lambda b, x: b.cross_entropy_binary(b.sigmoid(x), b.constant(WEIGHTS)),
    "log of a clipped softmax": lambda b, x: b.log(b.maximum(b.softmax(x), 1e-20)),
}


def value_and_gradient(loss: Loss, x: np.ndarray, rewriting: bool) -> tuple[Any, Any, str]:
    b = Builder(rewriting)
    value = b.input("x", Type("f64", x.shape))
    total = b.sum(loss(b, value))
    b.output("y", total)
    b.output("g", autodiff.gradient(b, total, [value])[0])
    program = verify(b.program())
    found, _ = reference.run(program, {"x": x})
    return found["y"], found["g"], str(program)


@pytest.mark.parametrize("name", LOSSES)
def test_stable_form_equals_the_written_one(name: str) -> None:
    stable, unstable = (value_and_gradient(LOSSES[name], LOGITS, rewriting) for rewriting in (True, False))
    np.testing.assert_allclose(stable[0], unstable[0], rtol=1e-12)
    np.testing.assert_allclose(stable[1], unstable[1], rtol=1e-10, atol=1e-14)
    assert "log_floor" not in stable[2]
    assert "log_floor" in unstable[2] or "maximum" in unstable[2]


@pytest.mark.parametrize("name", ["index", "probabilities", "binary"])
def test_confidently_wrong_examples_still_learn(name: str) -> None:
    """Logits of +-1000: the probability of the right class underflows, value and gradient do not."""
    x = np.where(np.arange(4) == 0, -1000.0, 1000.0) * np.ones((5, 1))
    value, gradient, _ = value_and_gradient(LOSSES[name], x, True)
    assert np.isfinite(value) and value > 100
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0.1


def test_unfused_logarithm_has_its_floor() -> None:
    value, gradient, _ = value_and_gradient(lambda b, x: b.neg(b.log_floor(x)), np.array([0.0, 0.5]), True)
    np.testing.assert_allclose(value, -np.log(1e-30) - np.log(0.5))
    np.testing.assert_allclose(gradient, [-1e30, -2.0])


IDENTITIES: dict[str, tuple[Loss, str]] = {
    "x + 0": (lambda b, x: x + 0, "input"),
    "0 - x": (lambda b, x: 0 - x, "neg"),
    "x * 1": (lambda b, x: x * 1, "input"),
    "x / 1": (lambda b, x: x / 1, "input"),
    "x / 4": (lambda b, x: x / 4, "mul"),
    "-(-x)": (lambda b, x: b.neg(b.neg(x)), "input"),
    "x ^ 1": (lambda b, x: x**1, "input"),
    "x ^ 2": (lambda b, x: x**2, "square"),
    "x ^ 0.5": (lambda b, x: b.abs(x) ** 0.5, "sqrt"),
    "x * x": (lambda b, x: x * x, "square"),
    "(x 2) 3": (lambda b, x: x * 2 * 3, "mul"),
    "x + (-x)": (lambda b, x: x + (-x), "sub"),
    "constants": (lambda b, x: b.exp(b.constant(1.0)), "const"),
    "reshape twice": (lambda b, x: b.reshape(b.reshape(x, (20,)), (5, 4)), "input"),
    "transpose twice": (lambda b, x: b.transpose(b.transpose(x)), "input"),
    "reverse twice": (lambda b, x: b.reverse(b.reverse(x, 0), 0), "input"),
    "sum of a number": (lambda b, x: b.sum(b.zeros(x.type) + 3), "const"),
    "dot of a transpose": (lambda b, x: b.dot(b.transpose(x), x), "dot"),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_identity(name: str) -> None:
    form, op = IDENTITIES[name]

    def run(rewriting: bool) -> tuple[np.ndarray, str]:
        b = Builder(rewriting)
        y = form(b, b.input("x", Type("f64", (5, 4))))
        b.output("y", y)
        return reference.run(b.program(), {"x": LOGITS})[0]["y"], y.instr.op.name

    better, plain = run(True), run(False)
    assert better[1] == op
    np.testing.assert_allclose(better[0], plain[0], rtol=1e-12)


def test_simplify_rebuilds_under_the_rules() -> None:
    b = Builder(rewriting=False)
    x = b.input("x", Type("f64", (5, 4)))
    w = b.variable("w", Type("f64", (4,)))
    b.output("y", b.log_floor(b.softmax(x * 1 + 0)))
    b.output("r", b.random_uniform((2,)))
    b.update(w, b.sum(x, 0))
    before, after = b.program(), verify(simplify(b.program()))
    assert len(after.instrs) < len(before.instrs)
    assert "log_softmax" in str(after)
    assert simplify(after).lines() == after.lines()
    values = {"w": np.zeros(4), "random/counter": np.array([7, 1], np.uint64)}
    for have, wanted in zip(
        *(reference.run(each, {"x": LOGITS}, values) for each in (before, after)), strict=True
    ):
        for name in wanted:
            np.testing.assert_allclose(have[name], wanted[name], rtol=1e-12)


def test_ops_without_a_kernel_of_the_device_become_simpler_ones() -> None:
    b = Builder()
    x, scale = b.input("x", Type("f64", (5, 4))), b.input("scale", Type("f64", (4,)))
    y = b.layer_norm(b.gelu(b.softmax(x)), scale, scale)
    b.output("y", y)
    b.output("slope", gradient(b, y, [x])[0])
    before = b.program()
    after = verify(expanded(before))
    assert {i.op.name for i in before.instrs} >= {"gelu", "layer_norm_gradient", "softmax_gradient"}
    assert not [i for i in after.instrs if i.op.cuda is None and i.op.kind not in ("source", "view")]
    data = {"x": LOGITS, "scale": np.linspace(1, 2, 4)}
    found, wanted = (reference.run(each, data)[0] for each in (after, before))
    for name in wanted:
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-9, atol=1e-12)


def test_softmax_beside_its_logarithm_is_one_exponential() -> None:
    b = Builder()
    x = b.input("x", Type("f64", (5, 4)))
    p = b.softmax(x)
    loss = b.sum(b.cross_entropy_index(p, b.constant(CLASSES)))
    b.output("p", p)
    b.output("loss", loss)
    b.output("g", autodiff.gradient(b, loss, [x])[0])
    plain, better = b.program(), verify(simplify(b.program()))
    assert "= softmax" in str(plain) and "= softmax" not in str(better)
    for name, wanted in reference.run(plain, {"x": LOGITS})[0].items():
        np.testing.assert_allclose(
            reference.run(better, {"x": LOGITS})[0][name], wanted, rtol=1e-12, atol=1e-15
        )
