"""Checkpoints hold all that a training goes on from: interrupted anywhere and resumed, it ends with the same
bits as without the interruption.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wlnet.net.results import Results, Run

from .values import Values

wl = Values()
wl(
    """SeedRandom[1]; xs = RandomReal[{-1, 1}, {10, 2}]; ys = xs . {{1.}, {-2.}} + 0.5;
    data = xs -> ys; labels = xs -> Map[If[First[#] > Last[#], "a", "b"] &, xs];
    net = NetChain[{4, Tanh, DropoutLayer[0.3], BatchNormalizationLayer[], 1}, "Input" -> 2];
    classes = NetChain[{4, Tanh, 2, SoftmaxLayer[]}, "Input" -> 2,
    "Output" -> NetDecoder[{"Class", {"a", "b"}}]];
    batch[a_] := With[{x = RandomReal[{-1, 1}, {a["BatchSize"], 2}]}, x -> x . {{1.}, {-2.}}];
    sequences = Table[RandomReal[1, {RandomInteger[{1, 5}], 2}], 10] -> ys;
    fold = NetChain[{NetMapOperator[LinearLayer[4]], Tanh, AggregationLayer[Total, 1], 1},
    "Input" -> {"Varying", 2}];"""
)


def train(net: str, data: str, options: str) -> Run:
    found = wl(f"NetTrain[{net}, {data}, All, TrainingProgressReporting -> None, {options}]")
    assert type(found) is Results
    return found.run


def bits(run: Run) -> dict[Any, bytes]:
    return {path: array.tobytes() for path, array in run.trained.all_arrays().items()}


def same(a: Run, b: Run) -> None:
    assert bits(a) == bits(b)
    assert np.array_equal(a.batch_losses, b.batch_losses)
    assert a.round_losses == b.round_losses and a.validation_losses == b.validation_losses
    assert a.reason == b.reason and a.rounds == b.rounds and a.best_round == b.best_round
    assert repr(a.round_values) == repr(b.round_values)
    assert repr(a.batch_values) == repr(b.batch_values)


CASES = {
    "plain": ("net", "data", "BatchSize -> 3, RandomSeeding -> 5"),
    "session's random numbers": ("net", "data", "BatchSize -> 3"),
    "sgd": (
        "net",
        "data",
        'BatchSize -> 3, RandomSeeding -> 5, Method -> {"SGD", "LearningRateSchedule" -> "Polynomial"}',
    ),
    "rmsprop": ("net", "data", 'BatchSize -> 3, RandomSeeding -> 5, Method -> "RMSProp"'),
    "one batch": ("net", "data", "RandomSeeding -> 5"),
    "double": ("net", "data", 'BatchSize -> 4, RandomSeeding -> 5, WorkingPrecision -> "Real64"'),
    "validation": (
        "net",
        "data",
        "BatchSize -> 3, RandomSeeding -> 5, "
        'ValidationSet -> {Scaled[0.3], "Interval" -> Quantity[2, "Batches"]}',
    ),
    "early": (
        "net",
        "data",
        "BatchSize -> 3, RandomSeeding -> 5, ValidationSet -> Scaled[0.3], LearningRate -> 0.05, "
        'TrainingStoppingCriterion -> <|"Patience" -> 1|>',
    ),
    "classes": (
        "classes",
        "labels",
        "BatchSize -> 3, RandomSeeding -> 5, "
        'TrainingProgressMeasurements -> {"Accuracy", "ROCCurve", "Recall"}',
    ),
    "turns": ("net", "data", "BatchSize -> 3, RandomSeeding -> 5, TrainingUpdateSchedule -> {1 -> 2, -1}"),
    "generator": ("net", '{batch, "RoundLength" -> 9}', "BatchSize -> 3"),
    "generated validation": ("net", "data", "BatchSize -> 3, ValidationSet -> batch"),
    "sequences": ("fold", "sequences", "BatchSize -> 3, RandomSeeding -> 5"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_resumed_training_ends_with_the_same_bits(case: str, tmp_path: Path) -> None:
    net, data, options = CASES[case]
    wl("SeedRandom[7]")
    saving = f'{{"Directory", "{tmp_path}", "Interval" -> Quantity[1, "Batches"]}}'
    whole = train(net, data, f"{options}, MaxTrainingRounds -> 4, TrainingProgressCheckpointing -> {saving}")
    after = wl("RandomReal[]")
    paths = whole.checkpoints
    assert len(paths) == len(set(paths)) == whole.batches
    for path in [*paths[::3], paths[-1]]:
        wl("SeedRandom[99]")
        same(train(f'File["{path}"]', data, f"{options}, MaxTrainingRounds -> 4"), whole)
        if "RandomSeeding" not in options:
            assert wl("RandomReal[]") == after


def test_between_rounds(tmp_path: Path) -> None:
    net, data, options = CASES["early"]
    options += ", MaxTrainingRounds -> 12"
    whole = train(net, data, f'{options}, TrainingProgressCheckpointing -> {{"Directory", "{tmp_path}"}}')
    assert whole.reason == "EarlyStopping" and len(whole.checkpoints) == whole.rounds < 12
    for path in whole.checkpoints:
        same(train(f'File["{path}"]', data, options), whole)
