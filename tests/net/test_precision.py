"""WorkingPrecision, and how often an applied net holds its arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def test_double_precision_is_more_precise(wl: Any) -> None:
    net = 'LinearLayer[{}, "Weights" -> {{1, 1}}, "Biases" -> None]'
    assert wl(f'{net}[{{10^8, 1}}, WorkingPrecision -> "Real64"] == 10^8 + 1') == "True"
    assert wl(f"{net}[{{10^8, 1}}] == 10^8 + 1") == "False"
    assert wl(
        f'Head[NetTrain[{net}, {{{{1, 2}} -> 3}}, WorkingPrecision -> "Real64", MaxTrainingRounds -> 1, '
        "TrainingProgressReporting -> None]]"
    ) == "LinearLayer"  # fmt: skip


@pytest.mark.parametrize("name", ["Mixed", "Real16"])
def test_half_precision_is_refused_by_name(wl: Any, name: str) -> None:
    wanted = f'WorkingPrecision -> "{name}" is not available: a CPU'
    option = f'WorkingPrecision -> "{name}"'
    assert wanted in wl.error(f"ElementwiseLayer[Tanh][1., {option}]")
    assert wanted in wl.error(f"NetTrain[LinearLayer[], {{1 -> 2}}, {option}]")
    assert wanted in wl.error(f'NetMeasurements[ElementwiseLayer[Tanh], {{1 -> 2}}, "Loss", {option}]')


def test_a_misspelt_precision(wl: Any) -> None:
    assert '"Real64"' in wl.error('ElementwiseLayer[Tanh][1., WorkingPrecision -> "Real65"]')


def test_an_applied_net_holds_its_arrays_once(wl: Any) -> None:
    net = wl.value('net = NetInitialize[NetChain[{50, BatchNormalizationLayer[], Ramp, 10}, "Input" -> 40]]')
    first = wl.session.evaluate("net[ConstantArray[1., 40]]")
    stores = [x for key, x in net.cache.items() if isinstance(key, tuple) and key[0] == "store"]
    assert len(stores) == 1
    for name, array in net.all_arrays().items():
        held = stores[0]["/".join(name)]
        assert np.shares_memory(held, array)
        assert not held.flags.writeable
    again = wl.session.evaluate(
        'net[ConstantArray[1., 40], NetEvaluationMode -> "Train"]; net[ConstantArray[1., 40]]'
    )
    np.testing.assert_array_equal(first, again)


def test_the_short_way_gives_what_the_long_way_gives(wl: Any) -> None:
    """Where a program is ready, plain numbers go straight to it."""
    wl.value('net = NetInitialize[NetChain[{5, Tanh, 2}, "Input" -> 3]]; x = {0.1, -0.5, 2.};')
    for data in ("x", "{x, 2 x, x}", "{x}"):
        first = wl(f"net[{data}]")
        assert wl(f"net[{data}]") == first
        assert wl(f'net[<|"Input" -> {data}|>]') == first
    assert "one example of dimensions (3)" in wl.error("net[{1., 2.}]")
    assert wl("Max[Abs[Flatten[net[{x, x, x, x, x}] - ConstantArray[net[x], 5]]]] < 10^-6") == "True"
    assert wl("y = net[x]; net[2 x]; y === net[x]") == "True"
