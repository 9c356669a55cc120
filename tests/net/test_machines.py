"""Compiled trainings kept on nets: no second compilation, and the same bits as without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.net import step

SETUP = (
    "xs = Table[{Sin[1. i], Cos[3. i]}, {i, 100}]; ys = Map[Total, xs]; "
    'net = NetChain[{8, Tanh, DropoutLayer[0.2], BatchNormalizationLayer[], LinearLayer[{}]}, "Input" -> 2]; '
    "train[n_, opts___] := NetTrain[n, xs -> ys, opts, MaxTrainingRounds -> 3, BatchSize -> 32, "
    "RandomSeeding -> 4, TrainingProgressReporting -> None];"
)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The programs that were made for trainings."""
    found: list[Any] = []
    general = step.Machine.training_program

    def counted(self: Any, *args: Any) -> Any:
        found.append(args)
        return general(self, *args)

    monkeypatch.setattr(step.Machine, "training_program", counted)
    return found


def test_the_second_training_compiles_nothing_and_gives_the_same_bits(wl: Any, made: list[Any]) -> None:
    wl.value(SETUP + "first = train[net];")
    assert len(made) == 2  # full batches and the short last one
    assert wl("train[net] === first") == "True"
    assert len(made) == 2
    fresh = wl("train[NetChain[{8, Tanh, DropoutLayer[0.2], BatchNormalizationLayer[], LinearLayer[{}]}, "
               '"Input" -> 2]] === first')  # fmt: skip
    assert fresh == "True"
    assert len(made) == 4


def test_a_trained_net_goes_on_with_the_same_programs(wl: Any, made: list[Any]) -> None:
    wl.value(SETUP + "first = train[net]; second = train[first];")
    assert len(made) == 2
    again = wl('train[Import[Export[FileNameJoin[{$TemporaryDirectory, "n.wlnet"}], first]]] === second')
    assert again == "True"


@pytest.mark.parametrize(
    "change",
    ["LossFunction -> MeanAbsoluteLossLayer[]", "LearningRateMultipliers -> {1 -> 0}", 'Method -> "SGD"'],
)
def test_another_training_is_another_program(wl: Any, made: list[Any], change: str) -> None:
    wl.value(SETUP + f"first = train[net]; second = train[net, {change}];")
    assert len(made) == 4
    assert wl("first === second") == "False"
    assert wl(f"train[net] === first && train[net, {change}] === second") == "True"


def test_a_training_within_a_training(wl: Any) -> None:
    wl.value(SETUP + "alone = train[net];")
    wl.value("seen = {}; within = train[net, TrainingProgressFunction -> (AppendTo[seen, train[net]] &)];")
    assert wl("within === alone") == "True"
    assert wl("Length[seen] > 0 && AllTrue[seen, # === alone &]") == "True"


def test_results_speak_of_their_own_training(wl: Any) -> None:
    """The losses of examples are computed when asked for: another training has used the machine since."""
    wl.value(
        SETUP + "all[n_] := NetTrain[n, xs -> ys, All, MaxTrainingRounds -> 3, BatchSize -> 32, "
        'RandomSeeding -> 4, TrainingProgressReporting -> None]; r = all[net]; losses = r["ExampleLosses"]; '
        'q = all[net]; more = all[q["TrainedNet"]];'
    )
    first = np.asarray(wl.session.evaluate('q["ExampleLosses"]'))
    np.testing.assert_array_equal(first, np.asarray(wl.session.evaluate("losses")))
    direct = wl.session.evaluate('(r["TrainedNet"][xs] - ys)^2')
    np.testing.assert_allclose(first, direct, rtol=1e-4, atol=1e-6)
