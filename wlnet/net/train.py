"""The training loop: rounds of shuffled batches, each one call of the step; validation, reports, stopping.

Semantics: nettrain.md, section 7. Between two steps nothing is done an example in Python and no expression
is built (unless the user asked for a function to be called then).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .generated import Generator, GeneratorError
from .judge import Judge
from .lengths import Lengths
from .machines import borrowed, largest_step, release
from .multipliers import Path
from .prepare import Prepared, trained_net
from .progress import Clockwork
from .quantities import says
from .randomness import state_of
from .read_ahead import ReadAhead
from .results import Run
from .schedule import turn_of
from .settings import AIM_S, MOST_ROUNDS, Settings
from .step import RATE, TOTAL, term_output
from .triggers import Trigger
from .validate import example_losses

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


class Tally:
    """Sums over the examples of a round: the total loss, its terms, and how many examples there were."""

    __slots__ = ("count", "terms", "total")

    def __init__(self, terms: int) -> None:
        self.total = 0.0
        self.terms = [0.0] * terms
        self.count = 0


class Trainer:
    """One training, from its first step to its `Run`.

    hooks     called between batches or rounds, when due; `savers` (checkpoints) after everything else
    open      whether a round has begun and its end has not been seen to
    start_random  the state of the random numbers before anything was drawn
    settle    waits until nothing is evaluated ahead: called before anything else is evaluated
    """

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
        self.savers: list[Hook] = []
        self.functions: dict[str, Callable[[], Any]] = {}
        self.clock = Clockwork([])
        self.schedule: Callable[[int, int], float] | None = None
        self.frozen: list[frozenset[Path]] = []
        self.ready: dict[tuple[int, Lengths, int], Any] = {}
        self.settle: Callable[[], None] = getattr(prepared.source, "settle", lambda: None)
        self.reason: str | None = None
        self.discard = False
        self.open = False
        self.round = 0
        self.batch = 0  # within the round, from 1 once it has run
        self.examples = 0
        self.planned: int | None = None
        self.rate = settings.optimizer.rate
        self.tally = Tally(len(self.losses))
        self.last_loss = math.nan
        self.last_values: dict[str, Any] = {}
        self.round_raw: dict[str, Any] = {}
        self.kept: dict[str, np.ndarray] = {}
        self.kept_at = 0
        self.first: dict[str, np.ndarray] = {}
        self.last_executable: Any = None
        self.last_lengths: Lengths = ()
        self.event = "Start"
        self.started = self.round_started = 0.0
        self.start_random = np.zeros(0, np.uint64)
        self.round_random = np.zeros(0, np.uint64)
        self.judge = Judge(self)
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
        run.scales = {measurement.key: measurement.plot for measurement in self.meter.measurements}
        for measurement in self.meter.measurements:
            if measurement.each_batch:
                run.batch_values[measurement.key] = []
            run.round_values[measurement.key] = []
        return run

    # ---- the whole

    def train(self, resume: Callable[[Trainer], None] | None = None) -> Run:
        """Run to the end and return the record. Ctrl-C ends the training;
        what is trained so far is returned. `resume` puts the trainer where a checkpoint was.
        """
        try:
            self.begin(resume)
            self.clock.start()
            try:
                while self.reason is None:
                    self.one_round()
            except KeyboardInterrupt:
                self.reason = "UserStopped"
            except GeneratorError as error:
                self.reason = "GeneratorFailed"
                self.ev.message("NetTrain", "genstop", error.text)
            finally:
                self.run.seconds = time.perf_counter() - self.started
                self.clock.finish()
            return self.finished()
        finally:
            if isinstance(self.source, Generator | ReadAhead):
                self.source.close()

    def begin(self, resume: Callable[[Trainer], None] | None) -> None:
        """Everything between the preparation and the first step."""
        machine, source = self.machine, self.source
        if isinstance(source, Generator):
            source.last = 1  # the next batch is begun when it is known to be wanted
        executable = self.make_ready(source.count(0), source.lengths(0), 0)
        assert machine.store is not None
        if machine.flat:
            self.ev.message("NetTrain", "nograd")
        if "random/counter" in machine.store:
            machine.store["random/counter"] = np.array([self.random.integers(1 << 63), 0], np.uint64)
        source.fill(0, executable.inputs)
        self.planned = self.settings.rounds if resume is not None else self.plan_rounds(executable)
        self.started = self.round_started = time.perf_counter()
        if resume is not None:
            resume(self)
        elif isinstance(source, Generator):
            source.plan(self.planned)
        self.keep()

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

    # ---- a round

    def one_round(self) -> None:
        """Every example once; then what happens between rounds. A round that a checkpoint left open goes on
        where it was.
        """
        if not self.open:
            self.open_round()
        for i in range(self.batch, self.source.per_round):
            self.step(i, self.source.count(i), self.source.lengths(i))
            if not math.isfinite(self.last_loss):
                self.undefined()
                return
            self.between_batches()
            if self.reason is not None:
                break
        self.close_round()

    def open_round(self) -> None:
        self.round += 1
        self.batch = 0
        self.open = True
        self.round_random = state_of(self.random)
        self.run.orders.append(self.round_random)
        self.round_started = time.perf_counter()
        self.source.shuffle(self.random)
        self.meter.restart()
        self.tally = Tally(len(self.losses))

    def close_round(self) -> None:
        """The values of the round, then what happens between rounds."""
        self.settle()
        run, tally = self.run, self.tally
        self.open = False
        run.round_losses.append(tally.total / tally.count)
        run.positions.append(run.batches)
        for loss, x in zip(self.losses, tally.terms, strict=True):
            run.round_values[loss.name].append(x / tally.count)
        if self.meter:
            self.round_raw = self.meter.raw_values()
            for key, value in self.meter.values(self.ev).items():
                run.round_values[key].append(value)
        for key, measure in self.functions.items():
            run.round_values[key].append(measure())
        self.between_rounds()

    def step(self, i: int, count: int, lengths: Lengths) -> None:
        """Run batch `i`, from 0, of the round, and take down its losses and measurements."""
        run, number = self.run, self.run.batches
        turn = self.turn(number) if self.frozen else 0
        executable = self.ready.get((count, lengths, turn)) or self.make_ready(count, lengths, turn)
        self.source.fill(i, executable.inputs)
        if self.schedule is not None:
            self.settle()
            self.rate = self.settings.optimizer.rate * self.schedule(number + 1, self.total_batches())
            self.set_rate(executable)
        executable.step()
        outputs = executable.outputs
        tally = self.tally
        self.last_loss = loss = outputs[TOTAL].item()
        run.batch_losses.append(loss)
        tally.total += loss * count
        tally.count += count
        for k, name in enumerate(self.term_names):
            term = outputs[name].item()
            run.batch_values[self.loss_names[k]].append(term)
            tally.terms[k] += term * count
        if self.meter:
            self.last_values = self.meter.batch(outputs)
            for key, value in self.last_values.items():
                run.batch_values[key].append(value)
        self.batch = i + 1
        self.examples += count
        self.last_executable = executable
        self.last_lengths = lengths
        self.event = "Batch"

    def make_ready(self, count: int, lengths: Lengths, turn: int) -> Any:
        """The step for batches of `count` examples with sequences of these `lengths`, in turn `turn` of
        the update schedule; the rate set.
        """
        executable = self.machine.training(count, lengths, self.frozen[turn] if self.frozen else frozenset())
        self.set_rate(executable)
        self.ready[(count, lengths, turn)] = executable
        return executable

    def set_rate(self, executable: Any) -> None:
        executable.inputs[RATE][...] = self.rate

    # ---- between steps

    def between_batches(self) -> None:
        """Time, reports, hooks that act between batches."""
        now = time.perf_counter()
        if now >= self.clock.next:
            self.clock.tick(now)
        goal = self.settings.time_goal_s
        if goal is not None and now - self.started >= goal:
            self.reason = "TimeGoal"
        if self.judge.when is not None and not self.judge.when.by_round:
            self.judge.validate()
        for hook in self.hooks:
            if not hook.trigger.by_round:
                self.fire(hook)
        for hook in self.savers:
            if not hook.trigger.by_round:
                self.fire(hook)

    def between_rounds(self) -> None:
        self.event = "Round"
        judge = self.judge
        if judge.when is not None and judge.when.by_round:
            judge.validate()
        self.clock.round()
        for hook in self.hooks:
            if hook.trigger.by_round:
                self.fire(hook)
        judge.round()
        if self.reason is None and self.planned is not None and self.round >= self.planned:
            self.reason = "MaxTrainingRounds"
        if self.run.batches - self.kept_at >= COPY_BATCHES and self.prepared.validation is None:
            self.keep()
        for hook in self.savers:
            if hook.trigger.by_round:
                self.fire(hook)

    def due(self, trigger: Trigger) -> bool:
        return trigger.due(self.run.batches, self.rounds_done(), 100 * self.fraction())

    def fire(self, hook: Hook) -> None:
        if self.due(hook.trigger):
            self.settle()
            answer = hook.act()
            if says(answer, STOP, ABORT):
                self.reason = "UserStopped"
                self.discard = self.discard or answer == ABORT

    def stop(self, reason: str) -> None:
        """End the training after this batch, unless it ends anyway."""
        self.reason = self.reason or reason

    def undefined(self) -> None:
        """The loss is no number: because of the data, or because training diverged."""
        self.settle()
        what = f"the loss became {self.last_loss} in batch {self.run.batches} (round {self.round})"
        inputs = self.last_executable.inputs
        for port in self.machine.ports:
            array = inputs[port]
            if array.dtype.kind != "f" or np.isfinite(array).all():
                continue
            row = int(np.argwhere(~np.isfinite(array))[0][0])
            indices = self.source.indices(self.batch - 1)
            place = f"example {indices[row] + 1}" if len(indices) else f"example {row + 1} of the batch"
            what += f', for the data at port "{port}" hold an infinite or undefined number in {place}'
            break
        self.diverged(what)

    def diverged(self, what: str) -> None:
        """Stop, and go back to the last arrays that were kept."""
        self.reason = "Diverged"
        self.machine.back(self.kept)
        self.ev.message("NetTrain", "arrdiv", what)

    # ---- the end

    def finished(self) -> Run:
        run, machine = self.run, self.machine
        if self.judge.best is not None:
            machine.back(self.judge.best)
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
        run.source = None if isinstance(self.source, Generator) else self.source
        examples = self.prepared.examples
        if examples is not None:
            run.example_losses = lambda: example_losses(borrowed(machine, arrays), examples)
        largest = largest_step(machine)
        run.step = lambda: borrowed(machine, arrays).training(*largest)
        release(machine)
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
        return max(self.round - 1, 0) + self.batch / self.source.per_round

    def fraction(self) -> float:
        """How much of the training is done, 0 to 1, by rounds or by time, whichever is further."""
        by_rounds = self.rounds_done() / self.planned if self.planned else 0.0
        goal = self.settings.time_goal_s
        by_time = (time.perf_counter() - self.started) / goal if goal else 0.0
        return min(1.0, max(by_rounds, by_time))

    def remaining_s(self) -> float | None:
        done, elapsed = self.fraction(), time.perf_counter() - self.started
        return elapsed * (1 - done) / done if done > 0 else None
