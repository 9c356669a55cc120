"""When something that happens now and then in a training is due:
every so many batches, rounds, percent or seconds.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from wlnet.expr import Expr, S, is_list, items, system

from .errors import NetError
from .quantities import Amount, amount, real_number, says

# Option names that a list {spec, option -> value, ...} may end in.
TIMING = ("Interval", "MinimumInterval")


class Timed(NamedTuple):
    """A setting with the times at which it acts. `interval` None: as the setting has it by default."""

    setting: Any
    interval: Amount | None
    minimum_s: float


class Trigger:
    """Tells when an amount of training has gone by since it last fired, `minimum_s` seconds at least."""

    __slots__ = ("amount", "last", "minimum_s", "next")

    def __init__(self, interval: Amount, minimum_s: float = 0.0) -> None:
        self.amount = interval
        self.minimum_s = minimum_s
        self.last = -float("inf")
        self.next = interval.number + (time.perf_counter() if interval.unit == "Seconds" else 0.0)

    @property
    def by_round(self) -> bool:
        """Whether it can only be due at the end of a round."""
        return self.amount.unit == "Rounds" and self.amount.number == int(self.amount.number)

    def due(self, batches: int, rounds: float, percent: float) -> bool:
        """Whether it fires now, after this much of the training; the next time is counted from then."""
        now = time.perf_counter()
        where = {"Batches": batches, "Rounds": rounds, "Percent": percent, "Seconds": now}[self.amount.unit]
        if where < self.next - 1e-9 or now - self.last < self.minimum_s:
            return False
        while self.next <= where + 1e-9:
            self.next += self.amount.number
        self.last = now
        return True

    def skip(self, batches: int, rounds: float, percent: float) -> None:
        """Count from this much of the training, which was done in an earlier process; times from now."""
        where = {"Batches": batches, "Rounds": rounds, "Percent": percent}.get(self.amount.unit, 0.0)
        while self.next <= where + 1e-9:
            self.next += self.amount.number


def read_timed(setting: Any, option: str) -> Timed:
    """`setting`, or `{setting, "Interval" -> amount, "MinimumInterval"
    -> seconds}`; a bare interval counts rounds.
    """
    if not is_list(setting) or not any(_timing(each) for each in items(setting)[1:]):
        return Timed(setting, None, 0.0)
    first, *rules = items(setting)
    interval, minimum = None, 0.0
    for rule in rules:
        name, value = rule.args if _timing(rule) else (None, None)
        if name == "Interval":
            interval = amount(value, "Seconds" if option == "TrainingProgressReporting" else "Rounds")
            if interval is None:
                text = f'{option}: "Interval" must be a positive amount such as Quantity[10, "Batches"].'
                raise NetError("NetTrain", "interval", text)
        elif name == "MinimumInterval":
            number = real_number(value)
            if number is None or number < 0:
                raise NetError(
                    "NetTrain", "interval", f'{option}: "MinimumInterval" must be a number of seconds.'
                )
            minimum = number
        else:
            text = f'{option}: in {{spec, ...}} only "Interval" and "MinimumInterval" may follow.'
            raise NetError("NetTrain", "interval", text)
    return Timed(first, interval, minimum)


def read_several(setting: Any, option: str) -> list[Timed]:
    """A setting, one with its interval, or a list of either; None asks for nothing."""
    if setting is system("None"):
        return []
    if is_list(setting) and not any(_timing(each) for each in items(setting)[1:]):
        return [read_timed(each, option) for each in items(setting)]
    return [read_timed(setting, option)]


def _timing(value: Any) -> bool:
    return (
        type(value) is Expr and value.head is S.Rule and len(value.args) == 2 and says(value.args[0], *TIMING)
    )
