"""Optimiser steps against numbers worked out by hand (nettrain.md, section 3)."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder
from wlnet.runtime.ops.optimizers import CHUNK
from wlnet.runtime.store import Store
from wlnet.runtime.types import Type

W, G = np.array([1.0, -2.0]), np.array([0.5, 0.25])


def two_steps(name: str, states: int, rate: object = 0.1, **params: float) -> list[np.ndarray]:
    """Parameters after one step and after a second with the same gradient."""
    b = Builder()
    w = b.variable("w", Type("f64", (2,)), initial=W)
    old = [b.variable(f"s{k}", w.type, group="state") for k in range(states)]
    eta = b.input("rate", Type("f64", np.shape(rate)))
    operands = [w, b.constant(G), *old, eta]
    if name == "adam":
        t = b.variable("t", Type("f64", ()), group="step")
        b.update(t, t + 1)
        operands.append(t + 1)
    for target, value in zip([w, *old], getattr(b, name)(*operands, **params), strict=True):
        b.update(target, value)
    exe = compile(b.program())
    found = []
    for _ in range(2):
        exe({"rate": np.asarray(rate)})
        found.append(exe.store["w"].copy())
    return found


def test_adam() -> None:
    """With a constant gradient both corrected moments are the gradient and its square in every step."""
    first, second = two_steps("adam", 2, beta1=0.9, beta2=0.999, epsilon=1e-5)
    change = 0.1 * G / (np.abs(G) + 1e-5)
    np.testing.assert_allclose(first, W - change, rtol=1e-12)
    np.testing.assert_allclose(second, W - 2 * change, rtol=1e-12)


def test_sgd_with_momentum() -> None:
    first, second = two_steps("sgd_momentum", 1, momentum=0.93)
    np.testing.assert_allclose(first, W - 0.1 * G)
    np.testing.assert_allclose(second, W - 0.1 * G - (0.93 * 0.1 + 0.1) * G)


def test_sign_sgd() -> None:
    first, second = two_steps("sign_sgd", 1, momentum=0.93)
    np.testing.assert_allclose(first, W + 0.1 * np.sign(-0.07 * G))
    np.testing.assert_allclose(second, W - 0.2)


def test_rmsprop() -> None:
    """N = 0.05 g^2, a = 0.05 g, change = -0.1 g / sqrt(0.05 g^2 - 0.0025 g^2 + 1e-6)."""
    first, second = two_steps("rmsprop", 3, beta=0.95, epsilon=1e-6, momentum=0.9)
    change = -0.1 * G / np.sqrt(0.0475 * G**2 + 1e-6)
    np.testing.assert_allclose(first, W + change)
    n, a = (0.95 * 0.05 + 0.05) * G**2, (0.95 * 0.05 + 0.05) * G
    np.testing.assert_allclose(second, W + change + 0.9 * change - 0.1 * G / np.sqrt(n - a**2 + 1e-6))


@pytest.mark.parametrize("name", ["adam", "sgd_momentum", "sign_sgd", "rmsprop"])
def test_rates_of_their_own(name: str) -> None:
    """A vector of rates moves each element as its own scalar rate would; 0 freezes."""
    states = {"adam": 2, "rmsprop": 3}.get(name, 1)
    mixed = two_steps(name, states, np.array([0.1, 0.0]))
    plain = two_steps(name, states, 0.1)
    np.testing.assert_allclose([each[0] for each in mixed], [each[0] for each in plain], rtol=1e-12)
    assert all(each[1] == W[1] for each in mixed)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
def test_chunks_cover_every_element(size: int) -> None:
    b = Builder()
    w = b.variable("w", Type("f32", (size,)))
    d = b.variable("d", w.type, group="state")
    g = b.input("g", w.type)
    for target, value in zip([w, d], b.sgd_momentum(w, g, d, b.constant(0.5)), strict=True):
        b.update(target, value)
    gradient = np.random.default_rng(0).normal(size=size).astype("f4")
    exe = compile(b.program())
    exe({"g": gradient})
    np.testing.assert_array_equal(exe.store["w"], -0.5 * gradient)


def test_clipping_and_regularization_are_ordinary_ops() -> None:
    """decisions.md: the gradient is clipped first, then g + lambda w, then the update,
    then weights are clipped.
    """
    b = Builder()
    b.variable("a", Type("f64", (2,)), initial=W)
    b.variable("b", Type("f64", (1,)), initial=5)
    flat = b.flat("parameters")
    gradient = b.pack([b.constant(G), b.constant(np.array([-8.0]))])
    gradient = b.clip(gradient, -0.3, 0.3) + flat * b.spread([0.1, 0.0])
    delta = b.variable("delta", flat.type, group="state")
    new, change = b.sgd_momentum(flat, gradient, delta, b.constant(1.0, "f64"))
    b.update(flat, b.clip(new, -1.9, 1.9))
    b.update(delta, change)
    store = Store(b.program().variables)
    compile(b.program(), store)({})
    np.testing.assert_allclose(store["a"], [1 - (0.3 + 0.1), -2 - (0.25 - 0.2) + 0.15])
    np.testing.assert_allclose(store["b"], [1.9])
