"""What a training leaves behind: `Run`, its record; the properties of NetTrain; `NetTrainResultsObject`."""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Association, AtomType, Expr, S, make_list, packed, register, system

from . import insight
from .conflicts import describe
from .custom import Custom, formed
from .errors import NetError
from .progress import curve, duration
from .quantities import says
from .randomness import generator_at
from .result_plots import final_plots, loss_plot

if TYPE_CHECKING:
    from .net import Net

INDETERMINATE = S.Indeterminate
FAILED = system("$Failed")
MISSING = Expr(S.Missing, ("NotAvailable",))


@dataclass
class Run:
    """The record of one training. Losses are means over examples, times in seconds, rounds counted from 1.

    multipliers      array path -> learning-rate multiplier used
    round_values     by name, for each round: the terms of the loss (unscaled) and the measurements, as the
                     user gets them; likewise for batches and validations
    positions        number of batches done when each round's values were taken; likewise for validations
    orders           for each round, the state of the random numbers that its examples were shuffled with
    source           the data set in batches; None where they were generated
    scales           by name, the scale of a measurement's picture, "Linear" unless said otherwise
    custom           custom properties in the order of the call; `collected`: by the place of each, from "0",
                     its values, and by "positions 0" how many batches were done when each was taken
    step             gives the executable of the training step, with the last batch at its inputs
    example_losses   computes the loss of every training example with the returned net (N), on first use
    """

    trained: Net
    training_net: Net
    multipliers: dict[tuple[str, ...], float]
    method: Expr
    batch_size: int
    batches_per_round: int
    training_examples: int
    validation_examples: int = 0
    batch_losses: list[float] = field(default_factory=list)
    batch_values: dict[str, list[Any]] = field(default_factory=dict)
    round_losses: list[float] = field(default_factory=list)
    round_values: dict[str, list[Any]] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    validation_values: dict[str, list[Any]] = field(default_factory=dict)
    validation_positions: list[int] = field(default_factory=list)
    best_round: int | None = None
    initial_rate: float = 0.0
    final_rate: float = 0.0
    seconds: float = 0.0
    reason: str = "MaxTrainingRounds"
    device: str = "CPU"
    checkpoints: list[str] = field(default_factory=list)
    call: Any = None
    example_losses: Callable[[], np.ndarray] | None = None
    step: Callable[[], Any] | None = None
    examples_done: int = 0
    orders: list[np.ndarray] = field(default_factory=list)
    source: Any = None
    scales: dict[str, str] = field(default_factory=dict)
    custom: list[Custom] = field(default_factory=list)
    collected: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        return len(self.round_losses)

    @property
    def batches(self) -> int:
        return len(self.batch_losses)


def number(value: Any) -> Any:
    """A measured value as a value of the language: not-a-number is Indeterminate, arrays become lists."""
    if isinstance(value, np.ndarray):
        return packed(np.array(value))
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else INDETERMINATE
    if isinstance(value, np.integer):
        return int(value)
    return value


def numbers(values: Sequence[float]) -> Any:
    """A list of losses; packed where all are finite."""
    if all(map(math.isfinite, values)) and values:
        return packed(np.array(values, np.float64))
    return make_list(number(float(x)) for x in values)


def last(values: Mapping[str, Sequence[Any]]) -> Association:
    """The latest values by name."""
    return Association.of((name, number(column[-1])) for name, column in values.items() if column)


def lists(values: Mapping[str, Sequence[Any]]) -> Association:
    """For every name, its values in order."""
    found = []
    for name, column in values.items():
        plain = all(isinstance(x, float) for x in column)
        found.append((name, numbers(column) if plain else make_list(map(number, column))))
    return Association.of(found)


def _known(value: Any) -> Any:
    return MISSING if value is None else value


def _path(path: tuple[str, ...]) -> Any:
    """An array's position as Information gives it: names, and numbers for layers that have none."""
    return make_list(int(step) if step.isdigit() else step for step in path)


def _losses_of_examples(ev: Any, run: Run) -> Any:
    return packed(run.example_losses().astype(np.float64)) if run.example_losses else MISSING


def _permutation(ev: Any, run: Run) -> Any:
    """The indices of the examples of every batch, in order; dealt again from the random numbers' states."""
    if run.source is None or not run.orders:
        return MISSING
    found: list[Any] = []
    for state in run.orders:
        run.source.shuffle(generator_at(state))
        found += [packed(run.source.indices(i) + 1) for i in range(run.batches_per_round)]
    return make_list(found[: run.batches])


def _rate(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0


def _step(run: Run) -> Any:
    """The executable of the training step."""
    if run.step is None:
        raise NetError("NetTrain", "prop", "The program of this training is not there any more.")
    return run.step()


PROPERTIES: dict[str, Callable[[Any, Run], Any]] = {
    "ArraysLearningRateMultipliers": lambda ev, r: Association.of(
        (_path(p), m) for p, m in r.multipliers.items()
    ),
    "BatchLossList": lambda ev, r: numbers(r.batch_losses),
    "BatchMeasurementsLists": lambda ev, r: lists(r.batch_values),
    "BatchPermutation": _permutation,
    "BatchSize": lambda ev, r: r.batch_size,
    "BatchesPerRound": lambda ev, r: r.batches_per_round,
    "BestValidationRound": lambda ev, r: _known(r.best_round),
    "CheckpointingFiles": lambda ev, r: make_list(r.checkpoints),
    "ExampleLosses": _losses_of_examples,
    "ExamplesProcessed": lambda ev, r: r.examples_done,
    "FinalLearningRate": lambda ev, r: r.final_rate,
    "FinalPlots": final_plots,
    "InitialLearningRate": lambda ev, r: r.initial_rate,
    "LossPlot": loss_plot,
    "MeanBatchesPerSecond": lambda ev, r: _rate(r.batches, r.seconds),
    "MeanExamplesPerSecond": lambda ev, r: _rate(r.examples_done, r.seconds),
    "NetTrainInputForm": lambda ev, r: Expr(S.HoldForm, (r.call,)),
    "OptimizationMethod": lambda ev, r: r.method,
    "PeakMemory": lambda ev, r: insight.peak_memory(_step(r)),
    "Profile": lambda ev, r: insight.profile_value(_step(r), "NetTrain"),
    "ProfilePicture": lambda ev, r: insight.profile_picture(_step(r), "NetTrain"),
    "ProfileTable": lambda ev, r: insight.profile_table(_step(r), "NetTrain"),
    "Program": lambda ev, r: str(_step(r).program),
    "Properties": lambda ev, r: make_list(PROPERTIES),
    "ReasonTrainingStopped": lambda ev, r: r.reason,
    "ResultsObject": lambda ev, r: Results(r),
    "RoundLoss": lambda ev, r: number(r.round_losses[-1]) if r.round_losses else MISSING,
    "RoundLossList": lambda ev, r: numbers(r.round_losses),
    "RoundMeasurements": lambda ev, r: last(r.round_values),
    "RoundMeasurementsLists": lambda ev, r: lists(r.round_values),
    "RoundPositions": lambda ev, r: make_list(r.positions),
    "TargetDevice": lambda ev, r: r.device,
    "TotalBatches": lambda ev, r: r.batches,
    "TotalRounds": lambda ev, r: r.rounds,
    "TotalTrainingTime": lambda ev, r: r.seconds,
    "TrainedNet": lambda ev, r: r.trained,
    "TrainingExamples": lambda ev, r: r.training_examples,
    "TrainingNet": lambda ev, r: r.training_net,
    "ValidationExamples": lambda ev, r: r.validation_examples,
    "ValidationLoss": lambda ev, r: number(r.validation_losses[-1]) if r.validation_losses else MISSING,
    "ValidationLossList": lambda ev, r: numbers(r.validation_losses),
    "ValidationMeasurements": lambda ev, r: last(r.validation_values),
    "ValidationMeasurementsLists": lambda ev, r: lists(r.validation_values),
    "ValidationPositions": lambda ev, r: make_list(r.validation_positions),
}


def check_property(name: Any) -> None:
    """Raise NetError unless `name` is a property, All, or a list of properties."""
    names = name.args if type(name) is Expr and name.head is S.List else (name,)
    for each in names:
        if each is S.All or type(each) is Association or says(each, *PROPERTIES):
            continue
        close = difflib.get_close_matches(each, PROPERTIES, 1) if type(each) is str else []
        hint = f' Did you mean "{close[0]}"?' if close else ' "Properties" lists them.'
        shown = f'"{each}"' if type(each) is str else "what was given"
        raise NetError("NetTrain", "prop", f"{shown} is not a property of a training.{hint}")


def value_of(ev: Any, run: Run, name: Any) -> Any:
    """The value of the property `name`, a list of them for a list, the results object for All."""
    if name is S.All:
        return Results(run)
    if type(name) is Expr:
        places = itertools.count()
        return make_list(
            custom_value(ev, run, next(places)) if type(each) is Association else value_of(ev, run, each)
            for each in name.args
        )
    if type(name) is Association:
        return custom_value(ev, run, 0)
    return PROPERTIES[name](ev, run)


def custom_value(ev: Any, run: Run, place: int) -> Any:
    """The custom property at `place` among those of the call."""
    if place >= len(run.custom):
        raise NetError(
            "NetTrain", "prop", "A custom property is collected during training: ask NetTrain for it."
        )
    positions = run.collected.get(f"positions {place}", [])
    return formed(ev, run.custom[place], positions, run.collected.get(f"{place}", []))


class Results:
    """The atom `NetTrainResultsObject[...]`: `obj[prop]`, `obj[{prop1, ...}]`, `obj["Properties"]`."""

    __slots__ = ("run",)

    def __init__(self, run: Run) -> None:
        self.run = run

    def __eq__(self, other: object) -> bool:
        return type(other) is Results and other.run is self.run

    def __hash__(self) -> int:
        return id(self.run)

    def __repr__(self) -> str:
        return text(self)


def text(results: Results) -> str:
    """One line: the kind of net, batch size, rounds, time, the last losses."""
    run = results.run
    parts = [
        run.trained.head.name,
        f"batch size {run.batch_size}",
        f"{run.rounds} round" + ("" if run.rounds == 1 else "s"),
        duration(run.seconds),
    ]
    if run.round_losses:
        parts.append(f"loss {run.round_losses[-1]:.4g}")
    if run.validation_losses:
        parts.append(f"validation loss {run.validation_losses[-1]:.4g}")
    return "NetTrainResultsObject[<" + ", ".join(parts) + ">]"


def kind_of(net: Net) -> str:
    """What a net is, in a few words."""
    if not net.is_container:
        return describe(net)
    return f"{net.head.name} of {len(net.nodes)} layer" + ("" if len(net.nodes) == 1 else "s")


def box(results: Results) -> str:
    """The summary that people see: what was trained and how, where it ended, the course of the loss."""
    run = results.run
    rounds = f"{run.rounds} of {run.batches_per_round} batch" + ("" if run.batches_per_round == 1 else "es")
    rate = _rate(run.examples_done, run.seconds)
    examples = f"{run.training_examples}"
    if run.validation_examples:
        examples += f", {run.validation_examples} for validation"
    rows = [
        ("net", kind_of(run.trained)),
        ("examples", examples),
        (
            "method",
            f"{run.method.args[0]}, learning rate {run.initial_rate:.4g}, batch size {run.batch_size}",
        ),
        ("rounds", f"{rounds}, ended by {run.reason}"),
        ("time", f"{duration(run.seconds)}, {rate:,.0f} examples/s on the {run.device}"),
    ]
    if run.round_losses:
        rows.append(("loss", f"{run.round_losses[-1]:.4g}"))
    if run.validation_losses:
        best = f", best in round {run.best_round}" if run.best_round is not None else ""
        rows.append(("validation loss", f"{run.validation_losses[-1]:.4g}{best}"))
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name.ljust(width)}  {value}" for name, value in rows]
    losses = run.round_losses if len(run.round_losses) > 2 else run.batch_losses
    if len(losses) > 2:
        lines += ["  " + " " * width + "  " + line for line in curve(losses, 40, 4)]
    return "\n".join(["NetTrainResultsObject[", *lines, "]"])


def _call(ev: Any, results: Results, args: tuple[Any, ...]) -> Any:
    if len(args) != 1:
        return None
    try:
        check_property(args[0])
        return value_of(ev, results.run, args[0])
    except NetError as error:
        ev.message(error.symbol, error.tag, error.text)
        return FAILED


register(
    Results,
    AtomType(
        head=lambda x: S.NetTrainResultsObject,
        call=_call,
        information=lambda ev, x, prop: value_of(ev, x.run, "Properties" if prop is None else prop),
        full=lambda x: Expr(S.NetTrainResultsObject, (text(x)[len("NetTrainResultsObject[") : -1],)),
        output=box,
    ),
)
