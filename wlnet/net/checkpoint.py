"""Checkpoints of a training: the net, and beside it in the same file what the training goes on from.

    training/state.json   where the training stands; arrays in it refer to files
    training/N.npy        arrays: parameters, moving statistics, the optimiser's memory, random numbers
The net of the file is the net as it stands, and is all that Import reads. `NetTrain[File[...], data, ...]`
restores the rest: the training then does what it would have done without the interruption, to the last bit
on the same machine. Data and options are given again; they must be the same but for the number of rounds,
goals of time, and whoever watches.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import packed
from wlnet.kernel.formats import FormatError

from .errors import NetError
from .file_values import check_allowed
from .files import array_bytes, decode, encode, load, save
from .generated import Generator
from .net import Net
from .prepare import trained_net
from .randomness import set_state, state_of
from .results import MISSING
from .scores import ClassStatistics, HitStatistics, PlaceStatistics, ValueStatistics

if TYPE_CHECKING:
    from .train import Trainer

FORMAT = 1
STATE = "training/state.json"
STATISTICS: dict[str, Any] = {
    each.__name__: each for each in (ClassStatistics, HitStatistics, PlaceStatistics, ValueStatistics)
}
# What of a `Run` is a list or a table of values by batch, round or validation.
RECORDS = (
    "batch_losses",
    "batch_values",
    "round_losses",
    "round_values",
    "positions",
    "validation_losses",
    "validation_values",
    "validation_positions",
    "checkpoints",
    "best_round",
    "collected",
)


# ---- values in a file


class Writer:
    """Python values and values of the language as JSON; arrays become files of their own."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def array(self, array: np.ndarray) -> str:
        name = f"training/{len(self.files) + 1}.npy"
        self.files[name] = array_bytes(array)
        return name

    def value(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (bool, int, float, str):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if kind is list and value and all(type(x) is float for x in value):
            return {"floats": self.array(np.array(value))}
        if kind is list:
            return {"list": [self.value(x) for x in value]}
        if kind is dict:
            return {"dict": [[name, self.value(x)] for name, x in value.items()]}
        if kind is np.ndarray:
            return {"array": self.array(value), "packed": not value.flags.writeable}
        known = STATISTICS.get(kind.__name__)
        if known is not None and known is kind:
            fields = [self.value(getattr(value, x)) for x in known.__slots__]
            return {"statistics": kind.__name__, "fields": fields}
        try:
            return {"value": encode(value)}
        except FormatError:
            return {"value": encode(MISSING)}


class Reader:
    """What `Writer` wrote, read back."""

    def __init__(self, ev: Any, files: Mapping[str, bytes]) -> None:
        self.ev = ev
        self.files = files

    def array(self, name: str) -> np.ndarray:
        return np.load(io.BytesIO(self.files[name]), allow_pickle=False)

    def value(self, data: Any) -> Any:
        if type(data) is not dict:
            return data
        if "floats" in data:
            return self.array(data["floats"]).tolist()
        if "list" in data:
            return [self.value(x) for x in data["list"]]
        if "dict" in data:
            return {name: self.value(x) for name, x in data["dict"]}
        if "array" in data:
            found = self.array(data["array"])
            return packed(found) if data["packed"] else found
        if "statistics" in data:
            kind = STATISTICS[data["statistics"]]
            made = kind.__new__(kind)
            for name, x in zip(kind.__slots__, data["fields"], strict=True):
                setattr(made, name, self.value(x))
            return made
        return decode(self.ev, data["value"])


# ---- writing


def write(t: Trainer, path: str) -> None:
    """A checkpoint of the training at `path`, whole or not at all; OSError where it cannot be written."""
    store = t.machine.store
    assert store is not None
    writer = Writer()
    state = writer.value(state_of_training(t))
    files = {STATE: json.dumps({"format": FORMAT, "state": state}).encode(), **writer.files}
    save(trained_net(t.prepared, t.machine.arrays_now()), path, files)


def state_of_training(t: Trainer) -> dict[str, Any]:
    """Everything that a training goes on from."""
    store, source = t.machine.store, t.source
    assert store is not None
    watch = t.judge.watch
    return {
        "same": likeness(t),
        "start": t.start_random,
        "random": state_of(t.random),
        "session": state_of(t.ev.random),
        "before": source.before_next() if isinstance(source, Generator) else None,
        "round": t.round,
        "batch": t.batch,
        "open": t.open,
        "examples": t.examples,
        "planned": t.planned,
        "steps": t.machine.steps,
        "seconds": time.perf_counter() - t.started,
        "rate": t.rate,
        "loss": t.last_loss,
        "reason": t.reason,
        "tally": [t.tally.total, *t.tally.terms, float(t.tally.count)],
        "statistics": dict(t.meter.statistics),
        "classes": t.meter.class_count,
        "records": {name: getattr(t.run, name) for name in RECORDS},
        "orders": np.array(t.run.orders, np.uint64).reshape(len(t.run.orders), -1),
        "best": t.judge.best,
        "best_loss": t.judge.best_loss,
        "watched": None if watch is None else [watch.best, watch.best_round],
        "store": {name: store[name].copy() for name in store},
    }


def likeness(t: Trainer) -> dict[str, Any]:
    """What must be the same when a training goes on, under the names that a message tells."""
    store = t.machine.store
    assert store is not None
    return {
        "the arrays of the net": {
            name: [store[name].dtype.name, *store[name].shape] for name in store if name in t.machine.paths
        },
        "the number of training examples": t.source.length,
        "BatchSize": t.source.size,
        "Method": t.settings.optimizer.method.name,
        "WorkingPrecision": t.settings.dtype,
        "the losses": list(t.loss_names),
        "TrainingProgressMeasurements": [m.key for m in t.meter.measurements] + list(t.functions),
    }


# ---- reading


class Saved:
    """A checkpoint as read: the net, and the state of its training (None in a file of a net alone)."""

    def __init__(self, net: Net, state: dict[str, Any] | None, path: str) -> None:
        self.net = net
        self.state = state
        self.path = path

    @property
    def resume(self) -> Callable[[Trainer], None] | None:
        return None if self.state is None else lambda t: restore(t, self)


def read(ev: Any, path: str) -> Saved:
    """The checkpoint, or the net, in a file; NetError where there is none."""
    check_allowed(ev, "NetTrain", "A checkpoint cannot be read")
    try:
        net, _ = load(ev, Path(path))
        with zipfile.ZipFile(path) as file:
            names = [name for name in file.namelist() if name.startswith("training/")]
            files = {name: file.read(name) for name in names}
        state = None
        if STATE in files:
            data = json.loads(files[STATE])
            if data["format"] != FORMAT:
                raise FormatError(
                    f"The file has training format {data['format']}; this version reads {FORMAT}."
                )
            state = Reader(ev, files).value(data["state"])
    except FormatError as error:
        raise NetError("NetTrain", "resume", f'File["{path}"]: {error}') from None
    except OSError as error:
        raise NetError("NetTrain", "resume", f'File["{path}"] cannot be read: {error.strerror}.') from None
    except (KeyError, ValueError, TypeError) as error:
        text = f'File["{path}"]: what it tells of its training is damaged ({error}).'
        raise NetError("NetTrain", "resume", text) from None
    return Saved(net, state, path)


def check_same(t: Trainer, saved: Saved) -> None:
    """NetError naming the first thing that differs from the training that wrote the checkpoint."""
    assert saved.state is not None
    was, now = saved.state["same"], likeness(t)
    for name, value in now.items():
        if was.get(name) != value:
            shown = f"; it was {was[name]}, and is {value}" if type(value) in (int, str) else ""
            text = f'The training in File["{saved.path}"] cannot go on, for {name} differs{shown}. '
            text += f'NetTrain[Import["{saved.path}"], ...] begins a new training with its net.'
            raise NetError("NetTrain", "resume", text)


def restore(t: Trainer, saved: Saved) -> None:
    """Put a training that is ready for its first step where the checkpoint was written."""
    check_same(t, saved)
    state, store, judge = saved.state, t.machine.store, t.judge
    assert state is not None and store is not None
    for name, array in state["store"].items():
        store[name] = array
    t.round, t.batch, t.open = state["round"], state["batch"], state["open"]
    t.examples, t.rate, t.last_loss = state["examples"], state["rate"], state["loss"]
    if t.planned is None and t.settings.time_goal_s is None:
        t.planned = state["planned"]
    t.started -= state["seconds"]
    t.tally.total, *t.tally.terms, count = state["tally"]
    t.tally.count = int(count)
    t.meter.statistics, t.meter.class_count = state["statistics"], state["classes"]
    for name in RECORDS:
        setattr(t.run, name, state["records"][name])
    t.run.orders = list(state["orders"])
    judge.best, judge.best_loss = state["best"], state["best_loss"]
    if judge.watch is not None and state["watched"] is not None:
        judge.watch.best, judge.watch.best_round = state["watched"]
    over = state["reason"] == "MaxTrainingRounds" and t.planned is not None and t.round >= t.planned
    if state["reason"] == "EarlyStopping" or over:
        t.reason = state["reason"]
    restore_position(t, state)


def restore_position(t: Trainer, state: dict[str, Any]) -> None:
    """The order of the examples, the generator, the random numbers, the next times of what is due."""
    if isinstance(t.source, Generator):
        t.source.resume(t.run.batches - 1, state["before"], t.planned)
    elif t.open:
        set_state(t.random, t.run.orders[-1])
        t.source.shuffle(t.random)
    set_state(t.ev.random, state["session"])
    set_state(t.random, state["random"])
    for executable in t.ready.values():
        t.set_rate(executable)
    closed, triggers = t.round - t.open, [hook.trigger for hook in (*t.hooks, *t.savers)]
    for trigger in [*triggers, *([t.judge.when] if t.judge.when is not None else [])]:
        trigger.skip(t.run.batches, closed if trigger.by_round else t.rounds_done(), 100 * t.fraction())
