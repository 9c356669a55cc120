"""What a user's function learns of a running training: the association of nettrain.md, section 5.2.

Its values are computed when they are looked at: each entry is delayed,
and asks the `View` of the running training.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Association, AtomType, Expr, NumericArray, S, key, make_list, packed, register

from .lower import variable_name
from .multipliers import Path
from .net import SHARED
from .optimizers import PARAMETERS
from .prepare import trained_net
from .results import MISSING, last, lists, number, numbers
from .training_net import NET
from .validate import example_losses

if TYPE_CHECKING:
    from .train import Trainer


class View:
    """The atom that stands for a running training inside delayed entries: `view[key]` is the value now."""

    __slots__ = ("trainer",)

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer


register(
    View,
    AtomType(
        head=lambda x: S.NetTrain,
        call=lambda ev, x, args: KEYS[args[0]](x.trainer) if len(args) == 1 and args[0] in KEYS else None,
        full=lambda x: Expr(S.NetTrain, ("-running-",)),
        output=lambda x: "NetTrain[<running>]",
    ),
)


def association(view: View) -> Association:
    """The association that a user's function gets."""
    return Association({key(name): (name, Expr(view, (name,)), True) for name in KEYS})


def _now(t: Trainer) -> float:
    return time.perf_counter() - t.started


def _place(path: Path) -> Any:
    """The position of an array of the user's net."""
    inner = path[1:] if path[0] == NET else path
    return make_list(int(step) if step.isdigit() else step for step in inner)


def _learned(t: Trainer) -> list[tuple[Path, np.ndarray]]:
    """The learned arrays by path in the training net, as they stand (not copies)."""
    store, paths = t.machine.store, t.machine.paths
    assert store is not None
    return [(paths[name], store[name]) for name in store.group(PARAMETERS)]


def _arrays(t: Trainer) -> list[tuple[Path, np.ndarray]]:
    """The learned arrays of the user's net by path, as they stand."""
    return [(path, array) for path, array in _learned(t) if path[0] in (NET, SHARED)]


def _by_place(pieces: list[tuple[Path, np.ndarray]]) -> Association:
    return Association.of((_place(path), NumericArray(array.copy())) for path, array in pieces)


def _rms(pieces: list[tuple[Path, np.ndarray]]) -> float:
    count = sum(array.size for _, array in pieces)
    return float(np.sqrt(sum(float(np.square(a, dtype=np.float64).sum()) for _, a in pieces) / max(count, 1)))


def _vector(pieces: list[tuple[Path, np.ndarray]]) -> Any:
    return packed(np.concatenate([array.reshape(-1) for _, array in pieces]).astype(np.float64))


def _last_inputs(t: Trainer) -> Mapping[str, np.ndarray]:
    """The latest batch as it was fed."""
    return t.last_executable.inputs if t.last_executable is not None else {}


def _gradients(t: Trainer) -> list[tuple[Path, np.ndarray]]:
    """The gradient of the mean loss of the latest batch at the arrays as they stand, computed without
    changing anything.
    """
    inputs = _last_inputs(t)
    if not inputs:
        return []
    executable = t.machine.gradient(len(next(iter(inputs.values()))), t.last_lengths)
    for name in executable.inputs:
        executable.inputs[name][...] = inputs[name]
    executable.step()
    found = ((path, executable.outputs[variable_name(path)].copy()) for path, _ in _learned(t))
    return [(path, array) for path, array in found if path[0] in (NET, SHARED)]


def _example_losses(t: Trainer) -> np.ndarray:
    """The loss of every training example with the arrays as they stand (N)."""
    examples = t.prepared.examples
    return example_losses(t.machine, examples) if examples is not None else np.zeros(0)


def _net(t: Trainer) -> Any:
    return trained_net(t.prepared, t.machine.arrays_now())


def _batch_data(t: Trainer) -> Any:
    """The latest batch as it was fed, by port."""
    inputs = _last_inputs(t)
    return Association.of(
        (port, NumericArray(inputs[port].copy())) for port in t.machine.ports if port in inputs
    )


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else 0.0


KEYS: dict[str, Callable[[Trainer], Any]] = {
    "AbsoluteBatch": lambda t: t.run.batches,
    "Batch": lambda t: t.batch,
    "BatchData": _batch_data,
    "BatchIndices": lambda t: packed(t.source.indices(max(t.batch - 1, 0)) + 1),
    "BatchLoss": lambda t: number(t.last_loss),
    "BatchLossList": lambda t: numbers(t.run.batch_losses),
    "BatchMeasurements": lambda t: last(t.run.batch_values),
    "BatchMeasurementsLists": lambda t: lists(t.run.batch_values),
    "BatchSize": lambda t: t.source.size,
    "BatchesPerRound": lambda t: t.source.per_round,
    "BatchesPerSecond": lambda t: _ratio(t.batch, time.perf_counter() - t.round_started),
    "BestValidationRound": lambda t: MISSING if t.run.best_round is None else t.run.best_round,
    "CheckpointingFiles": lambda t: make_list(t.run.checkpoints),
    "Event": lambda t: t.event,
    "ExampleLosses": lambda t: packed(_example_losses(t).astype(np.float64)),
    "ExamplesPerSecond": lambda t: _ratio(t.tally.count, time.perf_counter() - t.round_started),
    "ExamplesProcessed": lambda t: t.examples,
    "Gradients": lambda t: _by_place(_gradients(t)),
    "GradientsRMS": lambda t: _rms(_gradients(t)),
    "GradientsVector": lambda t: _vector(_gradients(t)),
    "InitialLearningRate": lambda t: t.run.initial_rate,
    "LearningRate": lambda t: t.rate,
    "MeanBatchesPerSecond": lambda t: _ratio(t.run.batches, _now(t)),
    "MeanExamplesPerSecond": lambda t: _ratio(t.examples, _now(t)),
    "Net": _net,
    "OptimizationMethod": lambda t: t.settings.optimizer.method.name,
    "ProgressFraction": lambda t: t.fraction(),
    "Round": lambda t: t.round,
    "RoundLoss": lambda t: number(t.run.round_losses[-1]) if t.run.round_losses else MISSING,
    "RoundLossList": lambda t: numbers(t.run.round_losses),
    "RoundMeasurements": lambda t: last(t.run.round_values),
    "RoundMeasurementsLists": lambda t: lists(t.run.round_values),
    "TargetDevice": lambda t: t.run.device,
    "TimeElapsed": _now,
    "TimeRemaining": lambda t: MISSING if t.remaining_s() is None else t.remaining_s(),
    "TotalBatches": lambda t: t.total_batches(),
    "TotalRounds": lambda t: S.Infinity if t.planned is None else t.planned,
    "ValidationLoss": lambda t: number(t.run.validation_losses[-1]) if t.run.validation_losses else MISSING,
    "ValidationLossList": lambda t: numbers(t.run.validation_losses),
    "ValidationMeasurements": lambda t: last(t.run.validation_values),
    "ValidationMeasurementsLists": lambda t: lists(t.run.validation_values),
    "Weights": lambda t: _by_place(_arrays(t)),
    "WeightsRMS": lambda t: _rms(_arrays(t)),
    "WeightsVector": lambda t: _vector(_arrays(t)),
}
