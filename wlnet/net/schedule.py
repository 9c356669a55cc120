"""What changes in the course of a training: the learning rate, which arrays are updated,
and when it stops early.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from wlnet.expr import Association, Expr, S, Symbol, is_list, items, system

from .errors import NetError
from .quantities import real_number, says

NONE, AUTOMATIC = system("None"), S.Automatic


# ---- learning rate


def rate_schedule(setting: Any, call: Callable[[Any, int, int], Any]) -> Callable[[int, int], float] | None:
    """The factor on the learning rate as a function of (batch from 1, total batches); None for the
    constant 1.

    `setting` is Automatic, None, a function f[batch, total], "Polynomial" or {"Polynomial", "Power" -> p}:
    the rate falls as (1 - (batch - 1)/total)^p, p = 1 unless given. `call(f, batch, total)` evaluates the
    user's function.
    """
    if setting is AUTOMATIC or setting is NONE:
        return None
    name, rest = (
        (items(setting)[0], items(setting)[1:]) if is_list(setting) and len(items(setting)) else (setting, ())
    )
    if says(name, "Polynomial"):
        power = 1.0
        for rule in rest:
            number = real_number(rule.args[1]) if type(rule) is Expr and rule.args[:1] == ("Power",) else None
            if number is None or number <= 0:
                text = 'The schedule {"Polynomial", "Power" -> p} takes a positive number p.'
                raise NetError("NetTrain", "schedule", text)
            power = number
        return lambda batch, total: max(0.0, 1 - (batch - 1) / total) ** power
    if type(setting) is str or is_list(setting) or real_number(setting) is not None:
        text = (
            "LearningRateSchedule takes a function f, called as f[batch, total] and giving the factor on "
            "the learning "
            'rate, or "Polynomial".'
        )
        raise NetError("NetTrain", "schedule", text)

    def factor(batch: int, total: int) -> float:
        value = real_number(call(setting, batch, total))
        if value is None:
            text = f"The learning rate schedule gave no number for batch {batch} of {total}."
            raise NetError("NetTrain", "schedule", text)
        return value

    return factor


# ---- stopping early


class Criterion(NamedTuple):
    """A TrainingStoppingCriterion.

    watch     "Loss" or the key of a measurement; a function of the round's values ends training when it
    gives True
    """

    watch: Any
    patience: int = 0
    initial_patience: int = 0
    absolute: float = 0.0
    relative: float = 0.0

    @property
    def is_function(self) -> bool:
        return type(self.watch) is not str


def read_criterion(setting: Any) -> Criterion | None:
    """The criterion that a setting of TrainingStoppingCriterion asks for; NetError where it asks for none."""
    if setting is NONE:
        return None
    if setting is AUTOMATIC or says(setting, "Loss"):
        return Criterion("Loss")
    if type(setting) is str:
        return Criterion(setting)
    if type(setting) is not Association:
        raise stopping('takes None, Automatic, the name of a measurement, or <|"Criterion" -> ..., ...|>')
    watch: Any = "Loss"
    numbers = {"Patience": 0.0, "InitialPatience": 0.0, "AbsoluteChange": 0.0, "RelativeChange": 0.0}
    for key, value in setting.pairs():
        if key == "Criterion":
            watch = "Loss" if value is AUTOMATIC else value
            if type(watch) not in (str, Symbol, Expr) or is_list(watch) or watch is NONE:
                raise stopping('"Criterion" is "Loss", the name of a measurement, or a function')
        elif key in numbers:
            numbers[key] = _change(key, value)
        else:
            names = '"Criterion", ' + ", ".join(f'"{name}"' for name in numbers)
            raise stopping(f"has no key {key!r}; possible are {names}".replace("'", '"'))
    return Criterion(
        watch,
        int(numbers["Patience"]),
        int(numbers["InitialPatience"]),
        numbers["AbsoluteChange"],
        numbers["RelativeChange"],
    )


def _change(key: str, value: Any) -> float:
    """A patience in rounds, or a change; a percentage as its share."""
    if type(value) is Expr and value.head is S.Quantity and len(value.args) == 2:
        unit = value.args[1]
        if (unit if type(unit) is str else unit.name if type(unit) is Symbol else "") == "Percent":
            number = real_number(value.args[0])
            value = None if number is None else number / 100
    number = real_number(value)
    if number is None or number < 0 or (key.endswith("Patience") and number != int(number)):
        wanted = "a whole number of rounds" if key.endswith("Patience") else "a number"
        raise stopping(f'"{key}" must be {wanted}, not below 0')
    return number


def stopping(text: str) -> NetError:
    return NetError("NetTrain", "stopping", f"TrainingStoppingCriterion: {text.rstrip('.')}.")


class Watch:
    """Follows one value, a round at a time: which round was best, and whether patience has run out.

    Training stops after round best + patience + 1. An improvement smaller than `absolute`, or than
    `relative` times the best so far, does not move "best" (decisions.md).
    """

    def __init__(self, criterion: Criterion, better: int) -> None:
        self.criterion = criterion
        self.better = better  # +1: larger is better; -1: smaller is
        self.best: float | None = None
        self.best_round = 0

    def see(self, round_: int, value: float) -> bool:
        """Take the value of `round_` (from 1) in; True when training should stop now."""
        c = self.criterion
        gain = float("inf") if self.best is None else self.better * (value - self.best)
        if value == value and self.improves(gain):
            self.best, self.best_round = value, round_
        if round_ <= c.initial_patience:
            return False
        return round_ - self.best_round > c.patience

    def improves(self, gain: float) -> bool:
        if self.best is None:
            return True
        least = max(self.criterion.absolute, self.criterion.relative * abs(self.best))
        return gain > 0 and gain >= least


# ---- which arrays are updated at which step


class Turn(NamedTuple):
    """A group of arrays and for how many consecutive steps it is updated."""

    parts: Any
    steps: int


def read_turns(setting: Any) -> list[Turn] | None:
    """The groups of TrainingUpdateSchedule in order, or None for Automatic (all arrays at every step)."""
    if setting is AUTOMATIC:
        return None
    if not is_list(setting) or not len(items(setting)):
        text = "TrainingUpdateSchedule takes Automatic or a list of groups of layers and arrays."
        raise NetError("NetTrain", "schedule", text)
    turns = []
    for group in items(setting):
        steps: Any = 1
        if type(group) is Expr and group.head is S.Rule and len(group.args) == 2:
            group, steps = group.args
        if type(steps) is not int or steps < 1:
            text = "TrainingUpdateSchedule: in group -> n, n must be a positive number of steps."
            raise NetError("NetTrain", "schedule", text)
        turns.append(Turn(group, steps))
    return turns


def turn_of(turns: Sequence[Turn], step: int) -> int:
    """Which of `turns` has step number `step` (from 0)."""
    place = step % sum(turn.steps for turn in turns)
    for i, turn in enumerate(turns):
        if place < turn.steps:
            return i
        place -= turn.steps
    raise AssertionError("a step lies in one turn")
