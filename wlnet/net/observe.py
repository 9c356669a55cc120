"""Who watches a training: reporters, the user's functions, checkpoints,
each with the times at which it acts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from wlnet.expr import NULL, TRUE, Association, Expr, S, Symbol, is_list, items, system

from . import checkpoint
from .custom import customs, read_custom
from .errors import NetError
from .file_values import check_allowed
from .generated import is_function
from .measure import reported
from .measurements import read_functions
from .monitor import KEYS, View, association
from .progress import Indicator, Panel, Print, Reporter, Shown, Snapshot, automatic
from .progress_file import SUFFIXES, FileReport
from .quantities import Amount, says
from .results import last
from .schedule import Criterion
from .train import Hook, Trainer
from .triggers import Timed, Trigger, read_several

AUTOMATIC, NONE = S.Automatic, system("None")
EACH_ROUND = Amount(1.0, "Rounds")

# Counts the calls of NetTrain that write checkpoints into a folder, for the names of their files.
_checkpointed = 0


# ---- where a training stands


def snapshot(t: Trainer) -> Snapshot:
    """What reports show."""
    run, elapsed = t.run, time.perf_counter() - t.started
    shown = {}
    for m in t.meter.measurements:
        if m.key in t.last_values:
            value = reported(m, t.last_values[m.key])
            if value is not None:
                shown[m.key] = value
    if len(t.losses) > 1:
        shown = {name: column[-1] for name in t.loss_names if (column := run.batch_values[name])} | shown
    return Snapshot(
        round=t.round,
        rounds=t.planned,
        batch=t.batch,
        batches_per_round=t.source.per_round,
        fraction=t.fraction(),
        elapsed_s=elapsed,
        remaining_s=t.remaining_s(),
        loss=t.last_loss if not run.round_losses else run.round_losses[-1],
        rate=t.rate,
        examples_per_s=t.examples / elapsed if elapsed > 0 else 0.0,
        losses=run.round_losses if len(run.round_losses) > 1 else run.batch_losses,
        round_loss=run.round_losses[-1] if run.round_losses else None,
        validation_loss=run.validation_losses[-1] if run.validation_losses else None,
        measurements=shown,
        validation_measurements=validation_shown(t),
        validation_losses=run.validation_losses,
    )


def validation_shown(t: Trainer) -> dict[str, float]:
    found = t.judge.latest
    if found is None:
        return {}
    pairs = ((m.key, reported(m, found.raw[m.key])) for m in t.meter.measurements)
    return {key: value for key, value in pairs if value is not None}


# ---- reports


def reporters(
    ev: Any, trainer: Trainer, setting: Any, stream: TextIO | None = None
) -> tuple[list[Reporter], list[Hook]]:
    """What TrainingProgressReporting -> `setting` asks for:
    reporters by time, and hooks for other amounts.
    """
    timed, hooks = [], []
    for spec in read_several(setting, "TrainingProgressReporting"):
        made = reporter(ev, trainer, spec.setting, stream)
        if spec.interval is not None and isinstance(made, FileReport | Shown):
            made.rounds = False  # only as often as is said
        if spec.interval is not None and spec.interval.unit != "Seconds":
            made.interval_s = float("inf")
            hooks.append(Hook(Trigger(spec.interval, spec.minimum_s), _report(made, trainer)))
        elif spec.interval is not None:
            made.interval_s = max(spec.interval.number, spec.minimum_s)
        elif spec.minimum_s:
            made.interval_s = max(made.interval_s, spec.minimum_s)
        timed.append(made)
    return timed, hooks


def _report(made: Reporter, trainer: Trainer) -> Callable[[], None]:
    return lambda: made.batch(lambda: snapshot(trainer))


def reporter(ev: Any, trainer: Trainer, setting: Any, stream: TextIO | None) -> Reporter:
    """One reporter; NetError for what is none."""
    if setting is AUTOMATIC:
        return automatic(stream)
    kinds: dict[Any, Callable[[TextIO | None], Reporter]] = {
        "Panel": Panel,
        "Print": Print,
        "ProgressIndicator": Indicator,
    }
    if type(setting) is str and setting in kinds:
        return kinds[setting](stream)
    if type(setting) is Expr and setting.head is S.File and len(setting.args) == 1:
        return _file(ev, setting.args[0])
    if is_called(setting):
        return Shown(_text_of(ev, trainer, setting), stream)
    text = 'TrainingProgressReporting takes Automatic, "Panel", "Print", "ProgressIndicator", a function, '
    raise NetError("NetTrain", "report", text + 'File["..."], None, or a list of these.')


def _text_of(ev: Any, trainer: Trainer, function: Any) -> Callable[[], str]:
    """What a function of the user shows of the training: its value as text, "" for Null."""

    def call() -> str:
        trainer.settle()
        value = ev.call(function, association(View(trainer)))
        return "" if value is NULL else str(ev.text(value, "OutputForm"))

    return call


def _file(ev: Any, path: Any) -> Reporter:
    check_allowed(ev, "NetTrain", "No progress files")
    if type(path) is not str or not path.lower().endswith(SUFFIXES):
        raise NetError("NetTrain", "report", f"A progress file must end in one of {', '.join(SUFFIXES)}.")
    if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        raise NetError("NetTrain", "report", f'The folder of "{path}" does not exist.')

    def failed(why: str) -> None:
        text = f'The progress file "{path}" cannot be written: {why}. Training goes on without it.'
        ev.message("NetTrain", "report", text)

    return FileReport(path, failed)


# ---- the user's functions


def is_called(setting: Any) -> bool:
    """Whether a setting is a function: Function[...], a composition, or a symbol that means something."""
    if type(setting) is Symbol:
        defined = setting.down or setting.own or setting.builtin
        return bool(defined) and setting is not AUTOMATIC and setting is not NONE
    return is_function(setting)


def functions(ev: Any, trainer: Trainer, setting: Any) -> list[Hook]:
    """The hooks of TrainingProgressFunction -> `setting`."""
    hooks = []
    for spec in read_several(setting, "TrainingProgressFunction"):
        if not is_called(spec.setting):
            text = 'TrainingProgressFunction takes a function f, {f, "Interval" -> amount} or lists.'
            raise NetError("NetTrain", "report", text)
        hooks.append(
            Hook(Trigger(spec.interval or EACH_ROUND, spec.minimum_s), _call(ev, trainer, spec.setting))
        )
    return hooks


def _call(ev: Any, trainer: Trainer, function: Any) -> Callable[[], Any]:
    return lambda: ev.call(function, association(View(trainer)))


def measure_functions(ev: Any, trainer: Trainer, setting: Any) -> None:
    """Let the measurements that are functions be called after every round, or after every batch too."""
    for each in read_functions(setting):
        measure = _call(ev, trainer, each.function)
        trainer.functions[each.key] = measure
        trainer.run.round_values[each.key] = []
        if each.each_batch:
            trainer.run.batch_values[each.key] = []
            every_batch = Trigger(Amount(1.0, "Batches"), 0.0)
            trainer.hooks.insert(0, Hook(every_batch, _noted(trainer, each.key)))


def _noted(t: Trainer, key: str) -> Callable[[], None]:
    return lambda: t.run.batch_values[key].append(t.functions[key]())


def criterion_call(ev: Any, trainer: Trainer, criterion: Criterion) -> Callable[[], bool]:
    """A function that decides on early stopping: called with the values of the round,
    stops where it gives True.
    """

    def call() -> bool:
        run = trainer.run
        pairs: list[tuple[str, Any]] = [("Round", trainer.round)]
        pairs += [("RoundLoss", loss) for loss in run.round_losses[-1:]]
        pairs += [(name, value) for name, value in last(run.round_values).pairs()]
        if run.validation_losses:
            pairs.append(("ValidationLoss", run.validation_losses[-1]))
            pairs += [(f"Validation{name}", value) for name, value in last(run.validation_values).pairs()]
        return bool(ev.call(criterion.watch, Association.of(pairs)) is TRUE)

    return call


# ---- custom properties


def collect(ev: Any, t: Trainer, prop: Any) -> None:
    """Let the custom properties in NetTrain's third argument be collected."""
    for place, spec in enumerate(customs(prop)):
        custom = read_custom(spec, list(KEYS))
        t.run.custom.append(custom)
        t.run.collected[f"{place}"], t.run.collected[f"positions {place}"] = [], []
        t.hooks.append(Hook(Trigger(custom.interval), _collector(ev, t, place, custom.property)))


def _collector(ev: Any, t: Trainer, place: int, wanted: Any) -> Callable[[], None]:
    def take() -> None:
        now = KEYS[wanted](t) if type(wanted) is str else ev.call(wanted, association(View(t)))
        t.run.collected[f"{place}"].append(now)
        t.run.collected[f"positions {place}"].append(t.run.batches)

    return take


# ---- checkpoints


def checkpoints(ev: Any, trainer: Trainer, setting: Any) -> list[Hook]:
    """The hooks of TrainingProgressCheckpointing -> `setting`."""
    hooks = []
    for spec in _checkpoint_specs(setting):
        check_allowed(ev, "NetTrain", "No checkpoints")
        parts = items(spec.setting) if is_list(spec.setting) else ()
        if len(parts) != 2 or not says(parts[0], "File", "Directory") or type(parts[1]) is not str:
            text = (
                'TrainingProgressCheckpointing takes {"File", "name.wlnet"} or {"Directory", "folder"}, with '
            )
            raise NetError("NetTrain", "report", text + '"Interval" -> amount where wanted.')
        name = _single(parts[1]) if parts[0] == "File" else _series(parts[1], trainer)
        hooks.append(Hook(Trigger(spec.interval or EACH_ROUND, spec.minimum_s), _writer(ev, trainer, name)))
    return hooks


def _checkpoint_specs(setting: Any) -> list[Timed]:
    """{"File", path, "Interval" -> i} is one specification, though a list;
    so the kind and the path are put together.
    """
    if setting is NONE:
        return []
    if is_list(setting) and len(items(setting)) and type(items(setting)[0]) is str:
        kind, *rest = items(setting)
        if rest and type(rest[0]) is str:
            return read_several(
                Expr(S.List, (Expr(S.List, (kind, rest[0])), *rest[1:])), "TrainingProgressCheckpointing"
            )
        return [Timed(setting, None, 0.0)]
    if is_list(setting):
        return [each for spec in items(setting) for each in _checkpoint_specs(spec)]
    return [Timed(setting, None, 0.0)]


def _single(path: str) -> Callable[[], str]:
    return lambda: path


def _series(folder: str, trainer: Trainer) -> Callable[[], str]:
    """Names startdate_counter_round_batch_loss.wlnet in `folder`, which is made if it does not exist."""
    global _checkpointed
    _checkpointed += 1
    number, start = _checkpointed, datetime.now().strftime("%Y-%m-%dT%H%M%S")

    def name() -> str:
        Path(folder).mkdir(parents=True, exist_ok=True)
        run = trainer.run
        losses = [
            run.round_losses[-1] if run.round_losses else trainer.last_loss,
            *run.validation_losses[-1:],
        ]
        told = "_".join(f"{x:.3g}" for x in losses)
        return str(Path(folder) / f"{start}_{number}_{trainer.round}_{run.batches}_{told}.wlnet")

    return name


def _writer(ev: Any, trainer: Trainer, name: Callable[[], str]) -> Callable[[], None]:
    """What writes a checkpoint. Where that fails, training goes on, and the checkpoint before stays whole."""

    def write() -> None:
        known, path = list(trainer.run.checkpoints), ""
        try:
            path = name()
            if path not in known:
                trainer.run.checkpoints.append(path)
            checkpoint.write(trainer, path)
        except OSError as error:
            trainer.run.checkpoints = known
            text = f'The checkpoint "{path or error.filename}" cannot be written: {error.strerror}. '
            text += "Training goes on; the checkpoint before it, if any, is whole."
            ev.message("NetTrain", "checkpoint", text)

    return write
