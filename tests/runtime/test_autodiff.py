"""Gradients of whole programs."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.autodiff import gradient
from wlnet.runtime.ir import Builder, Value
from wlnet.runtime.types import GradientError, ShapeError, Type

from wlnet.runtime import checks, reference

RNG = np.random.default_rng(0)


def run(b: Builder, values: dict[str, Value], **inputs: np.ndarray) -> dict[str, np.ndarray]:
    for name, value in values.items():
        b.output(name, value)
    return reference.run(b.program(), inputs)[0]


def test_independent_values_have_zero_gradient() -> None:
    b = Builder()
    x, y = b.input("x", Type("f64", (3,))), b.input("y", Type("f64", (2, 2)))
    gx, gy = gradient(b, b.sum(b.exp(x)), [x, y])
    found = run(b, {"gx": gx, "gy": gy}, x=np.zeros(3), y=np.ones((2, 2)))
    assert found["gx"].tolist() == [1, 1, 1]
    assert found["gy"].tolist() == [[0, 0], [0, 0]]


def test_gradient_of_an_array_is_that_of_its_sum_and_a_cotangent_weights() -> None:
    b = Builder()
    x = b.input("x", Type("f64", (3,)))
    y = x * x
    weights = b.constant(np.array([1.0, 0.0, -1.0]))
    found = run(
        b, {"a": gradient(b, y, [x])[0], "b": gradient(b, y, [x], weights)[0]}, x=np.array([1.0, 2, 3])
    )
    assert found["a"].tolist() == [2, 4, 6]
    assert found["b"].tolist() == [2, 0, -6]


def test_a_value_and_what_it_is_made_of() -> None:
    """The gradient by y = x^2 does not hide the one by x, and that passes through y."""
    b = Builder()
    x = b.input("x", Type("f64", ()))
    y = x * x
    gx, gy = gradient(b, b.exp(y), [x, y])
    found = run(b, {"gx": gx, "gy": gy}, x=np.array(1.5))
    np.testing.assert_allclose(found["gy"], np.exp(2.25))
    np.testing.assert_allclose(found["gx"], 3 * np.exp(2.25))


def test_fourth_derivative() -> None:
    b = Builder()
    x = b.input("x", Type("f64", ()))
    y = b.sin(x)
    for _ in range(4):
        y = gradient(b, y, [x])[0]
    np.testing.assert_allclose(run(b, {"y": y}, x=np.array(0.7))["y"], np.sin(0.7))


def test_whole_net_to_second_order() -> None:
    def loss(b: Builder, x: Value, w: Value, c: Value, v: Value, target: Value) -> Value:
        h = b.tanh(b.dot(x, w, transpose_b=True) + c)
        y, _, _ = b.batch_norm(b.gelu(b.dot(h, v)), c, c, epsilon=0.01)
        return b.mean(b.cross_entropy_index(b.softmax(y), target))

    arrays = [
        RNG.normal(size=(6, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=4), RNG.normal(size=(4, 4)),
        np.array([0, 1, 2, 3, 1, 1]),
    ]  # fmt: skip
    checks.check_gradient(loss, arrays)


@pytest.mark.parametrize(
    "function",
    [
        lambda b, x: b.sort(x, 1),
        lambda b, x: b.median(x, 0),
        lambda b, x: b.median(x, 1),
        lambda b, x: b.variance(x, 1, unbiased=True),
        lambda b, x: b.log_sum_exp(x),
        lambda b, x: b.pad(x, [(1, 2), (0, 1)], "edge"),
        lambda b, x: b.pad(x, [(2, 1), (3, 3)], "reflect"),
        lambda b, x: b.pad(x, [(2, 1), (3, 3)], value=1.5),
        lambda b, x: b.clip(x, -0.5, 0.7),
        lambda b, x: b.surd(x, 3),
        lambda b, x: b.stack([x, b.reverse(x, 1)], axis=1),
        lambda b, x: b.leaky_relu(x, b.constant(np.array([0.1, 0.2, 0.3, 0.4, 0.5]))),
        lambda b, x: b.prod(x, 1),
        lambda b, x: b.slice_axis(x, 1, 0, 5, 2),
        lambda b, x: b.index_axis(x, -1, 2),
    ],
)
def test_composite_has_two_derivatives(function) -> None:  # type: ignore[no-untyped-def]
    checks.check_gradient(function, [np.random.default_rng(5).normal(size=(4, 5))])


def test_product_with_zeros() -> None:
    """D prod / dx_k is the product of the others, also where one or two factors are 0."""
    b = Builder()
    x = b.input("x", Type("f64", (3, 3)))
    g = gradient(b, b.prod(x, 1), [x])[0]
    rows = np.array([[2.0, 3, 4], [0, 3, 4], [0, 0, 4]])
    assert run(b, {"g": g}, x=rows)["g"].tolist() == [[12, 8, 6], [12, 0, 0], [0, 0, 0]]


def test_equal_maxima_share() -> None:
    b = Builder()
    x = b.input("x", Type("f64", (4,)))
    g = gradient(b, b.max(x), [x])[0]
    assert run(b, {"g": g}, x=np.array([1.0, 5, 5, 2]))["g"].tolist() == [0, 0.5, 0.5, 0]


def test_kinks() -> None:
    b = Builder()
    x = b.input("x", Type("f64", (3,)))
    parts = {"relu": b.relu(x), "abs": b.abs(x), "max": b.maximum(x, 0), "max2": b.maximum(0, x), "p": x**2.5}
    found = run(b, {k: gradient(b, v, [x])[0] for k, v in parts.items()}, x=np.array([0.0, 1.0, 4.0]))
    assert found["relu"].tolist() == found["max"].tolist() == found["max2"].tolist() == [0, 1, 1]
    assert found["abs"].tolist() == [0, 1, 1]
    assert found["p"].tolist() == [0, 2.5, 20]


def test_power_with_zero_base() -> None:
    b = Builder()
    x, y = b.input("x", Type("f64", (2,))), b.input("y", Type("f64", (2,)))
    gx, gy = gradient(b, b.power(x, y), [x, y])
    found = run(b, {"gx": gx, "gy": gy}, x=np.array([0.0, 2.0]), y=np.array([3.0, 3.0]))
    assert found["gx"].tolist() == [0, 12]
    np.testing.assert_allclose(found["gy"], [0, 8 * np.log(2)])


def test_stop_gradient() -> None:
    b = Builder()
    x = b.input("x", Type("f64", ()))
    g = gradient(b, x * b.stop_gradient(x), [x])[0]
    assert run(b, {"g": g}, x=np.array(3.0))["g"] == 3


def test_errors() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (3,)))
    with pytest.raises(GradientError, match="not real"):
        gradient(b, b.greater(x, 0), [x])
    with pytest.raises(ShapeError, match="a cotangent of type"):
        gradient(b, b.exp(x), [x], b.constant(1.0))
