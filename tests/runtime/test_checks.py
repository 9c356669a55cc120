"""The checks themselves fail where they should."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.ir import Builder, Value
from wlnet.runtime.ops import OPS
from wlnet.runtime.types import Type

from wlnet.runtime import checks


def test_a_false_gradient_is_found() -> None:
    def through(b: Builder, x: Value) -> Value:
        return b.exp(b.stop_gradient(x)) + x

    with pytest.raises(checks.CheckError, match="derivative of order 1"):
        checks.check_gradient(through, [np.ones(3)])


def test_a_false_second_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first derivative is right in value, but its own dependence on x is cut."""
    sine = OPS["sin"]
    monkeypatch.setattr(sine, "vjp", lambda b, ins, out, g: (b.mul(g, b.cos(b.stop_gradient(ins[0]))),))
    checks.check_gradient(lambda b, x: b.sin(x), [np.ones(3)], order=1)
    with pytest.raises(checks.CheckError, match="derivative of order 2"):
        checks.check_gradient(lambda b, x: b.sin(x), [np.ones(3)])


def test_a_false_backend_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    b = Builder()
    x = b.input("x", Type("f32", (3,)))
    b.output("y", b.tanh(x))
    checks.check_program(b.program(), {"x": np.ones(3)})
    found = checks.reference.run(b.program(), {"x": np.full(3, 1.01)})
    monkeypatch.setattr(checks.reference, "run", lambda *args: found)
    with pytest.raises(checks.CheckError, match="output 'y': differs by"):
        checks.check_program(b.program(), {"x": np.ones(3)})


@pytest.mark.parametrize(
    ("wanted", "have"),
    [
        (np.zeros(3), np.zeros(3, "f4")),
        (np.zeros(3), np.zeros(4)),
        (np.array([1, 2]), np.array([1, 3])),
        (np.array([1.0, np.inf]), np.array([1.0, 2.0])),
        (np.array([1.0, np.nan]), np.array([np.nan, 1.0])),
    ],
)
def test_arrays_that_differ(wanted: np.ndarray, have: np.ndarray) -> None:
    with pytest.raises(checks.CheckError):
        checks.check_close("x", wanted, have)
    checks.check_close("x", wanted, wanted)
