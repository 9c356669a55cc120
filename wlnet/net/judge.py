"""Who judges a training: the validation set, which net was the best, whether to stop early.

Specification: nettrain.md, sections 5.5 and 5.7. The stopping criterion is checked whenever the validation
set is measured, without one after every round.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import nearest
from .measure import reported
from .schedule import Watch, stopping
from .triggers import Trigger
from .validate import Outcome, evaluate

if TYPE_CHECKING:
    from .train import Trainer


class Judge:
    """Measures the validation set of a training when that is due, and follows its stopping criterion.

    when   when the validation set is measured; None: there is none
    watch  follows the value of the criterion; None: there is none, or it is a function, `call`
    best   the arrays with the lowest validation loss, or the best by the criterion, so far
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.criterion = trainer.settings.criterion
        self.watch = self.watcher()
        self.call: Callable[[], bool] | None = None
        self.when: Trigger | None = None
        self.best: dict[str, np.ndarray] | None = None
        self.best_loss = math.inf
        self.latest: Outcome | None = None

    def watcher(self) -> Watch | None:
        criterion, t = self.criterion, self.trainer
        if criterion is None or criterion.is_function:
            return None
        measured = {m.key: m for m in t.meter.measurements}
        known = ["Loss", *t.loss_names, *measured]
        if criterion.watch not in known:
            raise stopping(
                f'nothing called "{criterion.watch}" is measured. {nearest(criterion.watch, known)}'
            )
        better = measured[criterion.watch].score.better if criterion.watch in measured else -1
        return Watch(criterion, better or -1)

    # ---- validation

    def validate(self) -> None:
        """Measure the validation set where that is due, keep the arrays if they are the best so far, and
        stop if that is what the criterion says.
        """
        t, held = self.trainer, self.trainer.prepared.validation
        if self.when is None or held is None or not t.due(self.when):
            return
        t.settle()
        gathered = t.meter.statistics
        found = evaluate(t.ev, t.machine, t.losses, held.sets(len(t.run.validation_losses)), t.meter)
        t.meter.statistics = gathered
        self.latest = found
        run = t.run
        run.validation_losses.append(found.loss)
        run.validation_positions.append(run.batches)
        for name, value in {**found.terms, **found.measurements}.items():
            run.validation_values.setdefault(name, []).append(value)
        if self.better(found):
            self.best = t.machine.keep()
            run.best_round = t.round
        if self.criterion is not None and self.stops(self.value_of(found)):
            t.stop("EarlyStopping")

    def better(self, found: Outcome) -> bool:
        """Whether a validation is the best so far: by loss, or by what early stopping follows."""
        value = found.loss
        if self.watch is not None and self.watch.criterion.watch != "Loss":
            value = -self.watch.better * self.value_of(found)
        if not value < self.best_loss:
            return False
        self.best_loss = value
        return True

    # ---- stopping early

    def round(self) -> None:
        """A round has ended: without a validation set, its values decide on stopping."""
        t = self.trainer
        if self.criterion is None or self.when is not None or t.reason is not None:
            return
        if self.stops(self.value_of_round()):
            t.stop("EarlyStopping")

    def stops(self, value: float) -> bool:
        """Whether the criterion ends the training now, its value being `value`."""
        if self.watch is not None:
            return self.watch.see(self.trainer.round, value)
        return self.call is not None and self.call()

    def value_of(self, found: Outcome) -> float:
        """What the criterion follows, on the validation set; NaN where the criterion is a function."""
        name = self.watch.criterion.watch if self.watch is not None else ""
        if name == "Loss":
            return found.loss
        for each in self.trainer.meter.measurements:
            if each.key == name:
                return self.number(each, found.raw)
        return found.terms.get(name, math.nan)

    def value_of_round(self) -> float:
        """The same on the examples of the latest round."""
        t = self.trainer
        name = self.watch.criterion.watch if self.watch is not None else ""
        if name == "Loss":
            return t.run.round_losses[-1]
        for each in t.meter.measurements:
            if each.key == name:
                return self.number(each, t.round_raw)
        return float(t.run.round_values[name][-1]) if name in t.loss_names else math.nan

    @staticmethod
    def number(measurement: Any, raw: Any) -> float:
        value = reported(measurement, raw[measurement.key])
        return math.nan if value is None else value
