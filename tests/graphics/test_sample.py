"""Sampling gives at every place what evaluation gives there, and batches what it may."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.expr import ATOMS, AtomType, Expr, S, is_list, items, make_list, packed
from wlnet.graphics.sample import Sampler, real, reals

from .conftest import Studio

PLACES = np.linspace(-2.0, 3.0, 17)


@pytest.mark.parametrize(
    "body",
    [
        "x^2 + 1", "Sin[x] Exp[-x] / 3", "{x, x^2}", "Sqrt[x]", "1/x", "If[x > 0, x, -x]", "f[x]",
        "g[x, 2]", "expr", "Max[x, 1.5]", "Total[{x, 1, x^2}]", "Norm[{x, 2}]", "Module[{u = x}, u^2]",
        "3", "{1, x}[[2]]", "h[x] + x", "Floor[x]", "Table[x^k, {k, 3}]", "(#^2 &)[x]",
        "Piecewise[{{x, x < 1}, {1, True}}]", "a + x", "k[x]", "x + {1, 2}", "Log[x]", "x^3 - 2 x // N",
        "Abs[x]^(1/2)", "Which[x < 0, -1, True, 1]", "m[x][[1]]",
    ],
)  # fmt: skip
def test_agrees_with_evaluation_place_by_place(studio: Studio, body: str) -> None:
    studio.expr(
        "f[u_] := u^2 + Sin[u]; g[u_, v_] := Module[{w = u}, w v]; expr = x^3 - x; h[u_?NumericQ] := 2 u; "
        "k[u_] := u; k[0.5] := 7; m[u_] := {u + x, 2}"
    )
    e = studio.ev.read(body)
    x = studio.ev.read("x")
    found = reals(studio.ev, Sampler(studio.ev, e, [x]).values(PLACES))
    wanted = []
    for place in PLACES.tolist():
        wanted.append(studio.expr(f"Quiet[Block[{{x = {place!r}}}, {body}]]"))
    right = reals(studio.ev, wanted)
    np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12, equal_nan=True)


def test_the_variable_keeps_its_value(studio: Studio) -> None:
    studio.expr("x = 7")
    Sampler(studio.ev, studio.ev.read("x + 1"), [studio.ev.read("x")]).values(PLACES)
    assert studio.text("x") == "7"


def test_random_numbers_are_drawn_at_every_place(studio: Studio) -> None:
    values = Sampler(studio.ev, studio.ev.read("x + RandomReal[]"), [studio.ev.read("x")]).values(
        np.zeros(50)
    )
    assert len(set(np.asarray(values).tolist())) == 50


def test_messages_stay_quiet(studio: Studio) -> None:
    Sampler(studio.ev, studio.ev.read("1/x + First[x]"), [studio.ev.read("x")]).values(np.array([0.0, 1.0]))
    assert studio.messages == []


class Machine:
    """Something like a net: {x, y} -> {x + y}, and lists of such in one call."""

    def __init__(self, honest: bool = True) -> None:
        self.calls = 0
        self.honest = honest

    def call(self, ev: Any, args: tuple[Any, ...]) -> Any:
        self.calls += 1
        data = args[0]
        if is_list(items(data)[0]):
            scale = 1.0 if self.honest else 2.0
            return packed(np.array([[sum(items(row)) * scale] for row in items(data)]))
        return make_list((float(sum(items(data))),))


@pytest.fixture
def machine() -> Any:
    ATOMS[Machine] = AtomType(head=lambda x: S.Machine, call=lambda ev, x, args: x.call(ev, args))
    yield Machine
    del ATOMS[Machine]


def test_a_net_gets_one_batch(studio: Studio, machine: Any) -> None:
    net = machine()
    x, y = studio.ev.read("x"), studio.ev.read("y")
    body = Expr(S.First, (Expr(net, (make_list((x, y)),)),))
    values = Sampler(studio.ev, body, [x, y]).values(PLACES, PLACES)
    np.testing.assert_allclose(reals(studio.ev, values), 2 * PLACES)
    assert net.calls == 2  # the batch, and one place to compare


def test_a_batch_that_disagrees_is_not_trusted(studio: Studio, machine: Any) -> None:
    net = machine(honest=False)
    x = studio.ev.read("x")
    body = Expr(S.First, (Expr(net, (make_list((x, 1)),)),))
    values = Sampler(studio.ev, body, [x]).values(PLACES)
    np.testing.assert_allclose(reals(studio.ev, values), PLACES + 1)


@pytest.mark.parametrize(
    "text, number",
    [("3", 3.0), ("1/2", 0.5), ("Pi", np.pi), ("2 + 0. I", 2.0), ("2 + 3 I", np.nan), ("q", np.nan)],
)
def test_real_numbers(studio: Studio, text: str, number: float) -> None:
    np.testing.assert_allclose(real(studio.ev, studio.expr(text)), number)
