"""Training methods: the option's grammar, and every method's numbers against its formula written out."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.ir import Builder
from wlnet.runtime.store import Store
from wlnet.runtime.types import Type

from wlnet.expr import Expr, S, make_list, system
from wlnet.net.errors import NetError
from wlnet.net.optimizers import METHODS, Arrays, emit, read_method
from wlnet.runtime import compile as runtime_compile

NONE = system("None")


def rule(key: str, value: object) -> Expr:
    return Expr(S.Rule, (key, value))


def method(name: str, **suboptions: object) -> Expr:
    return make_list((name, *(rule(key, value) for key, value in suboptions.items())))


# ---- grammar


@pytest.mark.parametrize(
    ("name", "rate"), [("ADAM", 0.001), ("RMSProp", 0.001), ("SGD", 0.01), ("SignSGD", 0.001)]
)
def test_automatic_rates(name: str, rate: float) -> None:
    assert read_method(name).rate == rate


def test_automatic_is_adam_with_its_constants() -> None:
    optimizer = read_method(S.Automatic)
    assert optimizer.method.name == "ADAM"
    assert optimizer.settings == {"Beta1": 0.9, "Beta2": 0.999, "Epsilon": 1e-5}


def test_suboptions_are_read() -> None:
    optimizer = read_method(method("SGD", Momentum=NONE, LearningRate=0.5, GradientClipping=2))
    assert optimizer.settings == {"Momentum": 0.0}
    assert optimizer.rate == 0.5
    assert optimizer.gradient_clipping == 2


def test_the_option_learning_rate_comes_before_the_suboption() -> None:
    assert read_method(method("SGD", LearningRate=0.5), 0.25).rate == 0.25


def test_the_whole_method_is_shown() -> None:
    shown = read_method(method("SGD", Momentum=0)).expression()
    assert shown.args[0] == "SGD"
    assert rule("Momentum", 0.0) in shown.args and rule("LearningRate", 0.01) in shown.args


@pytest.mark.parametrize(
    ("setting", "rate", "needle"),
    [
        ("ADM", S.Automatic, '"ADAM"'),
        (method("ADAM", Beta3=0.9), S.Automatic, '"Beta1"'),
        (method("SGD", Momentum=1), S.Automatic, '"Momentum"'),
        (method("ADAM", Epsilon=0), S.Automatic, '"Epsilon"'),
        (method("ADAM", WeightClipping=-1), S.Automatic, '"WeightClipping"'),
        (S.Plus, S.Automatic, '{"SGD", "Momentum" -> 0}'),
        (make_list(("SGD", 3)), S.Automatic, "rules"),
        ("SGD", 0, "positive"),
        ("SGD", "fast", "positive"),
    ],
)
def test_errors_name_the_remedy(setting: object, rate: object, needle: str) -> None:
    with pytest.raises(NetError, match="NetTrain::") as caught:
        read_method(setting, rate)
    assert needle in caught.value.text


# ---- numbers

W = np.array([0.5, -1.0, 2.0])
G = [np.array([0.1, -2.0, 0.0]), np.array([-0.3, 0.4, 1.0])]


def run(optimizer: object, arrays: Arrays, steps: int = 2, rate: float = 0.1) -> list[np.ndarray]:
    """The parameters "a" (2) and "b" (1) after `steps` steps with the gradients G."""
    b = Builder()
    a, c = b.variable("a", Type("f64", (2,))), b.variable("b", Type("f64", (1,)))
    gradients = [b.input("ga", a.type), b.input("gb", c.type)]
    emit(b, optimizer, gradients, b.input("rate", Type("f64", ())), arrays)
    program = b.program()
    store = Store(program.variables, {"a": W[:2], "b": W[2:]})
    exe = runtime_compile.compile(program, store)
    found = []
    for g in G[:steps]:
        exe({"ga": g[:2], "gb": g[2:], "rate": np.array(rate)})
        found.append(np.concatenate([store["a"], store["b"]]))
    return found


ONES = Arrays([1.0, 1.0])


def test_sgd_with_momentum() -> None:
    w1 = W - 0.1 * G[0]
    w2 = w1 + 0.93 * (-0.1 * G[0]) - 0.1 * G[1]
    assert np.allclose(run(read_method("SGD"), ONES), [w1, w2], rtol=0, atol=1e-14)


def test_adam_with_bias_correction() -> None:
    w, m, v = W.copy(), np.zeros(3), np.zeros(3)
    expected = []
    for t, g in enumerate(G, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-5)
        expected.append(w)
    assert np.allclose(run(read_method("ADAM"), ONES), expected, rtol=0, atol=1e-12)


def test_rmsprop() -> None:
    w, n, a, change = W.copy(), np.zeros(3), np.zeros(3), np.zeros(3)
    expected = []
    for g in G:
        n, a = 0.95 * n + 0.05 * g**2, 0.95 * a + 0.05 * g
        change = 0.9 * change - 0.1 * g / np.sqrt(n - a**2 + 1e-6)
        w = w + change
        expected.append(w)
    assert np.allclose(run(read_method("RMSProp"), ONES), expected, rtol=0, atol=1e-12)


def test_sign_sgd() -> None:
    w, change = W.copy(), np.zeros(3)
    expected = []
    for g in G:
        change = 0.93 * change - 0.07 * g
        w = w + 0.1 * np.sign(change)
        expected.append(w)
    assert np.allclose(run(read_method("SignSGD"), ONES), expected, rtol=0, atol=1e-14)


def test_clipping_comes_before_regularization_and_weights_are_clipped_last() -> None:
    optimizer = read_method(method("SGD", Momentum=0))
    arrays = Arrays([1.0, 1.0], [0.5, 0.5], [0.2, 0.2], [1.5, 1.5])
    expected = np.clip(W - 0.1 * (np.clip(G[0], -0.2, 0.2) + 0.5 * W), -1.5, 1.5)
    assert np.allclose(run(optimizer, arrays, 1)[0], expected, rtol=0, atol=1e-14)


def test_bounds_of_single_arrays() -> None:
    optimizer = read_method(method("SGD", Momentum=0))
    arrays = Arrays([1.0, 1.0], [0.0, 0.5], [0.2, float("inf")], [float("inf"), 1.5])
    clipped = np.array([0.1, -0.2, 0.0]) + np.array([0, 0, 0.5 * 2.0])
    expected = W - 0.1 * clipped
    expected[2] = 1.5
    assert np.allclose(run(optimizer, arrays, 1)[0], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", list(METHODS))
def test_a_multiplier_of_zero_freezes_and_a_negative_one_climbs(name: str) -> None:
    optimizer = read_method(name)
    frozen = run(optimizer, Arrays([0.0, 1.0]))
    assert (frozen[-1][:2] == W[:2]).all()
    assert frozen[-1][2] != W[2]
    up, down = run(optimizer, Arrays([-1.0, 1.0])), run(optimizer, ONES)
    assert np.allclose(up[0][:2] - W[:2], W[:2] - down[0][:2], rtol=1e-12)
