"""The training loop: rounds of shuffled batches, each one call of the step; validation, reports, stopping.

Semantics: nettrain.md, section 7. Between two steps nothing is done an example in Python and no expression
is built (unless the user asked for a function to be called then).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .batches import Examples
from .errors import nearest
from .lengths import Lengths
from .measure import reported
from .multipliers import Path
from .prepare import Prepared, trained_net
from .progress import Clockwork
from .quantities import says
from .results import Run
from .schedule import Watch, stopping, turn_of
from .settings import AIM_S, MOST_ROUNDS, Settings
from .step import RATE, TOTAL, term_output
from .triggers import Trigger
from .validate import Outcome, evaluate, example_losses

# Batches between two copies of the arrays that training returns to when it diverges. A copy costs about as
# much as a tenth of a step, so that 32 keep the cost below a third of a percent.
COPY_BATCHES = 32
# Steps, and seconds at most, that the automatic number of rounds is estimated from.
TRIAL_STEPS, TRIAL_S = 8, 0.2

# What a hook may return to end the training.
STOP, ABORT = "StopTraining", "AbortTraining"


class Hook:
    """Something called when its trigger is due: a user's function, a checkpoint.
    `act` may return STOP or ABORT.
    """

    def __init__(self, trigger: Trigger, act: Callable[[], Any]) -> None:
        self.trigger = trigger
        self.act = act


class Trainer:
    """One training, from its first step to its `Run`."""

    def __init__(self, ev: Any, prepared: Prepared, settings: Settings, random: np.random.Generator) -> None:
        self.ev = ev
        self.prepared = prepared
        self.settings = settings
        self.random = random
        self.source = prepared.source
        self.machine = prepared.machine
        self.losses = prepared.training.losses
        self.loss_names = [loss.name for loss in self.losses]
        self.term_names = [term_output(i) for i in range(len(self.losses))]
        self.meter = prepared.meter
        self.hooks: list[Hook] = []
        self.functions: dict[str, Callable[[], Any]] = {}
        self.clock = Clockwork([])
        self.validate_when: Trigger | None = None
        self.schedule: Callable[[int, int], float] | None = None
        self.frozen: list[frozenset[Path]] = []
        self.ready: dict[tuple[int, Lengths, int], Any] = {}
        self.reason: str | None = None
        self.discard = False
        self.round = 0
        self.batch = 0  # within the round, from 1 once it has run
        self.examples = 0
        self.planned: int | None = None
        self.rate = settings.optimizer.rate
        self.last_loss = math.nan
        self.last_values: dict[str, Any] = {}
        self.round_raw: dict[str, Any] = {}
        self.watch = self.watcher()
        self.kept: dict[str, np.ndarray] = {}
        self.kept_at = 0
        self.first: dict[str, np.ndarray] = {}
        self.last_validation: Outcome | None = None
        self.last_executable: Any = None
        self.last_lengths: Lengths = ()
        self.event = "Start"
        self.best: dict[str, np.ndarray] | None = None
        self.best_loss = math.inf
        self.started = 0.0
        self.run = self.fresh_run()

    def fresh_run(self) -> Run:
        prepared, optimizer = self.prepared, self.settings.optimizer
        run = Run(
            trained=prepared.training.inner,
            training_net=prepared.training.net,
            multipliers=prepared.multipliers,
            method=optimizer.expression(),
            batch_size=self.source.size,
            batches_per_round=self.source.per_round,
            training_examples=self.source.length,
            validation_examples=prepared.validation.size if prepared.validation else 0,
            device=self.settings.device.upper(),
            initial_rate=optimizer.rate,
            final_rate=optimizer.rate,
        )
        run.batch_values = {name: [] for name in self.loss_names}
        run.round_values = {name: [] for name in self.loss_names}
        for measurement in self.meter.measurements:
            run.batch_values[measurement.key] = []
            run.round_values[measurement.key] = []
        return run

    def watcher(self) -> Watch | None:
        """Follows the criterion of early stopping."""
        criterion = self.settings.criterion
        if criterion is None or criterion.is_function:
            return None
        measured = {m.key: m for m in self.meter.measurements}
        known = ["Loss", *self.loss_names, *measured]
        if criterion.watch not in known:
            raise stopping(
                f'nothing called "{criterion.watch}" is measured. {nearest(criterion.watch, known)}'
            )
        better = measured[criterion.watch].score.better if criterion.watch in measured else -1
        return Watch(criterion, better or -1)

    # ---- the whole

    def train(self) -> Run:
        """Run to the end and return the record. Ctrl-C ends the training;
        what is trained so far is returned.
        """
        machine = self.machine
        executable = self.make_ready(self.source.count(0), self.source.lengths(0), 0)
        assert machine.store is not None
        if machine.flat:
            self.ev.message("NetTrain", "nograd")
        if "random/counter" in machine.store:
            machine.store["random/counter"] = np.array([self.random.integers(1 << 63), 0], np.uint64)
        self.source.fill(0, executable.inputs)
        self.planned = self.plan_rounds(executable)
        self.keep()
        self.started = time.perf_counter()
        self.clock.start()
        try:
            while self.reason is None:
                self.one_round()
        except KeyboardInterrupt:
            self.reason = "UserStopped"
        finally:
            self.run.seconds = time.perf_counter() - self.started
            self.clock.finish()
        return self.finished()

    def plan_rounds(self, executable: Any) -> int | None:
        """The most rounds to run: as told, or about 20 seconds' worth by the time of a few steps;
        None: no limit.
        """
        settings = self.settings
        if settings.rounds is not None:
            return settings.rounds
        if settings.time_goal_s is not None and self.schedule is None:
            return None
        saved = self.machine.store.snapshot()  # type: ignore[union-attr]
        best, begun = math.inf, time.perf_counter()
        for _ in range(TRIAL_STEPS):
            start = time.perf_counter()
            executable.step()
            now = time.perf_counter()
            best = min(best, now - start)
            if now - begun > TRIAL_S:
                break
        self.machine.store.restore(saved)  # type: ignore[union-attr]
        goal = AIM_S if settings.time_goal_s is None else settings.time_goal_s
        rounds = max(1, round(goal / (best * self.source.per_round)))
        return min(rounds, MOST_ROUNDS) if settings.time_goal_s is None else rounds

    def one_round(self) -> None:
        """Every example once; then what happens between rounds."""
        self.round += 1
        self.source.shuffle(self.random)
        self.meter.restart()
        total, sums, count_of_round = 0.0, [0.0] * len(self.losses), 0
        for i in range(self.source.per_round):
            count = self.source.count(i)
            loss, terms = self.step(i, count, self.source.lengths(i))
            if not math.isfinite(loss):
                self.diverged(f"the loss became {loss} in batch {self.run.batches} (round {self.round})")
                return
            total += loss * count
            for k, term in enumerate(terms):
                sums[k] += term * count
            count_of_round += count
            self.between_batches()
            if self.reason is not None:
                break
        self.run.round_losses.append(total / count_of_round)
        self.run.positions.append(self.run.batches)
        for loss_, x in zip(self.losses, sums, strict=True):
            self.run.round_values[loss_.name].append(x / count_of_round)
        if self.meter:
            self.round_raw = self.meter.raw_values()
            for key, value in self.meter.values(self.ev).items():
                self.run.round_values[key].append(value)
        for key, measure in self.functions.items():
            self.run.round_values[key].append(measure())
        self.between_rounds()

    def step(self, i: int, count: int, lengths: Lengths) -> tuple[float, Sequence[float]]:
        """Run batch `i`, from 0, of the round: the total loss and its terms."""
        run, number = self.run, self.run.batches
        turn = self.turn(number) if self.frozen else 0
        executable = self.ready.get((count, lengths, turn)) or self.make_ready(count, lengths, turn)
        self.source.fill(i, executable.inputs)
        if self.schedule is not None:
            self.rate = self.settings.optimizer.rate * self.schedule(number + 1, self.total_batches())
            executable.inputs[RATE][...] = self.rate
        executable.step()
        outputs = executable.outputs
        loss = outputs[TOTAL].item()
        terms = [outputs[name].item() for name in self.term_names]
        run.batch_losses.append(loss)
        for name, term in zip(self.loss_names, terms, strict=True):
            run.batch_values[name].append(term)
        if self.meter:
            self.last_values = self.meter.batch(outputs)
            for key, value in self.last_values.items():
                run.batch_values[key].append(value)
        self.batch = i + 1
        self.examples += count
        self.last_loss = loss
        self.last_executable = executable
        self.last_lengths = lengths
        self.event = "Batch"
        return loss, terms

    def make_ready(self, count: int, lengths: Lengths, turn: int) -> Any:
        """The step for batches of `count` examples with sequences of these `lengths`, in turn `turn` of
        the update schedule; the rate set.
        """
        executable = self.machine.training(count, lengths, self.frozen[turn] if self.frozen else frozenset())
        executable.inputs[RATE][...] = self.rate
        self.ready[(count, lengths, turn)] = executable
        return executable

    # ---- between steps

    def between_batches(self) -> None:
        """Time, reports, hooks that act between batches."""
        now = time.perf_counter()
        if now >= self.clock.next:
            self.clock.tick(now)
        goal = self.settings.time_goal_s
        if goal is not None and now - self.started >= goal:
            self.reason = "TimeGoal"
        for hook in self.hooks:
            if not hook.trigger.by_round:
                self.fire(hook)
        if self.validate_when is not None and not self.validate_when.by_round:
            self.validate()

    def between_rounds(self) -> None:
        run = self.run
        self.event = "Round"
        if self.validate_when is not None and self.validate_when.by_round:
            self.validate()
        self.clock.round()
        for hook in self.hooks:
            if hook.trigger.by_round:
                self.fire(hook)
        if self.reason is None and self.early():
            self.reason = "EarlyStopping"
        if self.reason is None and self.planned is not None and self.round >= self.planned:
            self.reason = "MaxTrainingRounds"
        if run.batches - self.kept_at >= COPY_BATCHES and self.prepared.validation is None:
            self.keep()

    def fire(self, hook: Hook) -> None:
        if hook.trigger.due(self.run.batches, self.rounds_done(), 100 * self.fraction()):
            answer = hook.act()
            if says(answer, STOP, ABORT):
                self.reason = "UserStopped"
                self.discard = self.discard or answer == ABORT

    def validate(self) -> None:
        """Measure the validation set where that is due, and keep the arrays if they are the best so far."""
        validation, when, run = self.prepared.validation, self.validate_when, self.run
        assert validation is not None and when is not None
        if not when.due(run.batches, self.rounds_done(), 100 * self.fraction()):
            return
        gathered = self.meter.statistics
        found = self.measured(validation)
        self.meter.statistics = gathered
        run.validation_losses.append(found.loss)
        run.validation_positions.append(run.batches)
        for name, value in {**found.terms, **found.measurements}.items():
            run.validation_values.setdefault(name, []).append(value)
        self.last_validation = found
        if self.better(found):
            self.best = self.machine.keep()
            run.best_round = self.round

    def better(self, found: Outcome) -> bool:
        """Whether a validation is the best so far: by loss, or by the measurement
        that early stopping follows.
        """
        value: float | None = found.loss
        for measurement in self.meter.measurements:
            if self.watch is not None and measurement.key == self.watch.criterion.watch:
                value = reported(measurement, found.raw[measurement.key])
                value = None if value is None else -self.watch.better * value
        if value is not None and value < self.best_loss:
            self.best_loss = value
            return True
        return False

    def measured(self, examples: Examples) -> Outcome:
        """Losses and measurements of other examples with the arrays as they stand."""
        return evaluate(self.ev, self.machine, self.losses, examples, self.meter)

    def early(self) -> bool:
        """Whether the stopping criterion ends the training after this round."""
        criterion = self.settings.criterion
        if criterion is None:
            return False
        if criterion.is_function:
            return self.criterion_call()
        assert self.watch is not None
        validated = self.prepared.validation is not None
        if validated and (
            not self.run.validation_positions or self.run.validation_positions[-1] != self.run.batches
        ):
            return False
        return self.watch.see(self.round, self.watched_value(validated))

    criterion_call: Callable[[], bool] = staticmethod(lambda: False)

    def watched_value(self, validated: bool) -> float:
        """The latest value of what the stopping criterion follows."""
        name = self.settings.criterion.watch  # type: ignore[union-attr]
        if name == "Loss":
            return self.run.validation_losses[-1] if validated else self.run.round_losses[-1]
        for measurement in self.meter.measurements:
            if measurement.key == name:
                raw = self.last_validation.raw if validated and self.last_validation else self.round_raw
                value = reported(measurement, raw[name])
                return math.nan if value is None else value
        values = self.run.validation_values if validated else self.run.round_values
        return float(values[name][-1])

    def diverged(self, what: str) -> None:
        """Stop, and go back to the last arrays that were kept."""
        self.reason = "Diverged"
        self.machine.back(self.kept)
        self.ev.message("NetTrain", "arrdiv", what)

    # ---- the end

    def finished(self) -> Run:
        run, machine = self.run, self.machine
        if self.best is not None:
            machine.back(self.best)
        elif self.reason != "Diverged" and not all(
            np.isfinite(x).all() for x in machine.arrays_now().values()
        ):
            self.diverged(f"an array of the net became infinite or undefined in round {self.round}")
        if self.discard:
            machine.back(self.first)
        run.reason = self.reason or "MaxTrainingRounds"
        arrays = machine.arrays_now()
        run.trained = trained_net(self.prepared, arrays)
        run.training_net = self.prepared.training.net.with_arrays(arrays)
        run.final_rate = self.rate
        run.examples_done = self.examples
        examples = self.prepared.examples
        if examples is not None:
            run.example_losses = lambda: example_losses(machine, examples)
        return run

    def keep(self) -> None:
        """Remember the arrays as ones to return to."""
        self.kept = self.machine.keep()
        self.kept_at = self.run.batches
        self.first = self.first or self.kept

    # ---- where it stands

    def turn(self, batch: int) -> int:
        assert self.settings.turns is not None
        return turn_of(self.settings.turns, batch)

    def total_batches(self) -> int:
        """The number of batches expected in all."""
        rounds = self.planned if self.planned is not None else self.round
        return max(1, rounds * self.source.per_round)

    def rounds_done(self) -> float:
        return self.round - 1 + self.batch / self.source.per_round

    def fraction(self) -> float:
        """How much of the training is done, 0 to 1, by rounds or by time, whichever is further."""
        by_rounds = self.rounds_done() / self.planned if self.planned else 0.0
        goal = self.settings.time_goal_s
        by_time = (time.perf_counter() - self.started) / goal if goal else 0.0
        return min(1.0, max(by_rounds, by_time))

    def remaining_s(self) -> float | None:
        done, elapsed = self.fraction(), time.perf_counter() - self.started
        return elapsed * (1 - done) / done if done > 0 else None
