"""Random instructions draw what numpy.random.Philox draws."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder, Value
from wlnet.runtime.ops.randoms import COUNTER
from wlnet.runtime.store import Store

SIZES = [1, 31, 32, 33, 1000, 1025]


def run(make, seed: int = 0, steps: int = 1):  # type: ignore[no-untyped-def]
    b = Builder()
    for k, value in enumerate(make(b)):
        b.output(str(k), value)
    program = b.program()
    store = Store(program.variables)
    store[COUNTER] = np.array([seed, 0], np.uint64)
    exe = compile(program, store)
    return [exe({}) for _ in range(steps)]


def philox(seed: int, step: int, stream: int) -> np.random.Philox:
    return np.random.Philox(
        counter=np.array([0, step, 0, 0], np.uint64), key=np.array([seed, stream], np.uint64)
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_uniform_is_numpy_philox(size: int, dtype: str) -> None:
    found = run(lambda b: [b.random_uniform((size,), dtype=dtype) for _ in range(2)], seed=2**63 + 5, steps=2)
    for step, outputs in enumerate(found):
        for stream, have in enumerate(outputs.values()):
            generator = np.random.Generator(philox(2**63 + 5, step, stream))
            np.testing.assert_array_equal(have, generator.random(size, have.dtype))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("probability", [0.5, 0.1, 1e-5, 0.0, 1.0])
def test_bernoulli_compares_words(size: int, probability: float) -> None:
    have = run(lambda b: [b.bernoulli((size,), probability)], seed=3)[0]["0"]
    small = abs(round(probability * 2**16) - probability * 2**16) > 1e-3 * 2**16 * min(
        probability, 1 - probability
    )
    bits = 32 if small else 16
    raw = philox(3, 0, 0).random_raw(-(-size * bits // 64)).astype("<u8").view(f"<u{bits // 8}")
    np.testing.assert_array_equal(have, raw[:size] < round(probability * 2**bits))
    assert bits == (32 if probability == 1e-5 else 16)


def test_steps_differ_and_runs_repeat() -> None:
    def make(b: Builder) -> list[Value]:
        return [b.random_normal((1000,)), b.random_uniform((50,), -1, 3)]

    first, second = run(make, 7, 2), run(make, 7, 2)
    assert first[0]["0"].tobytes() != first[1]["0"].tobytes()
    assert [each["0"].tobytes() for each in first] == [each["0"].tobytes() for each in second]
    assert first[0]["0"].tobytes() != run(make, 8)[0]["0"].tobytes()


def test_distributions() -> None:
    outputs = run(
        lambda b: [
            b.random_normal((40000,), 2.0, 3.0),
            b.random_uniform((40000,), -1, 3),
            b.bernoulli((40000,), 0.3),
        ]
    )[0]
    normal, uniform, mask = outputs.values()
    assert abs(normal.mean() - 2) < 0.06 and abs(normal.std() - 3) < 0.05
    assert uniform.min() >= -1 and uniform.max() < 3 and abs(uniform.mean() - 1) < 0.03
    assert abs(mask.mean() - 0.3) < 0.01


def test_dropout_keeps_the_mean() -> None:
    y = run(lambda b: [b.dropout(b.constant(np.ones(40000, "f4")), 0.2)])[0]["0"]
    np.testing.assert_array_equal(np.unique(y), np.array([0, 1.25], "f4"))
    assert abs(y.mean() - 1) < 0.02
