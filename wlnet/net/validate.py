"""Evaluating losses and measurements on a data set: validation, NetMeasurements,
the losses of single examples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Expr, S, is_list, items, system

from .batches import Examples
from .data import Table
from .errors import NetError
from .lengths import Lengths
from .measure import Meter
from .quantities import Amount, amount, real_number, says
from .step import EXAMPLES, TOTAL, Machine, term_output
from .training_net import Loss

# Examples a chunk when nothing is learned: larger than a usual training batch, for no gradient is kept.
CHUNK = 256

NONE = system("None")


class Outcome(NamedTuple):
    """Means over all examples of a data set: the total loss and its terms by name;
    measurements as users get them.
    """

    loss: float
    terms: dict[str, float]
    measurements: dict[str, Any]
    raw: dict[str, Any]


def evaluate(
    ev: Any,
    machine: Machine,
    losses: tuple[Loss, ...],
    sets: Sequence[Examples],
    meter: Meter,
    size: int = CHUNK,
) -> Outcome:
    """The losses and measurements of all examples of `sets` with the arrays as they stand, in evaluation
    mode; `size` examples at a time.
    """
    meter.restart()
    total, sums = 0.0, [0.0] * len(losses)
    for examples in sets:
        for chosen, lengths in examples.pieces(size):
            count = len(chosen)
            outputs = run(machine, examples, chosen, lengths)
            total += outputs[TOTAL].item() * count
            for i in range(len(losses)):
                sums[i] += outputs[term_output(i)].item() * count
            if meter:
                meter.add(outputs)
    n = sum(examples.size for examples in sets)
    terms = {loss.name: x / n for loss, x in zip(losses, sums, strict=True)}
    return Outcome(total / n, terms, meter.values(ev) if meter else {}, meter.raw_values() if meter else {})


def example_losses(machine: Machine, examples: Examples) -> np.ndarray:
    """The total loss of every example (N)."""
    found = np.zeros(examples.size)
    for chosen, lengths in examples.pieces(CHUNK):
        found[chosen] = run(machine, examples, chosen, lengths)[EXAMPLES]
    return found


def run(
    machine: Machine, examples: Examples, chosen: np.ndarray, lengths: Lengths
) -> Mapping[str, np.ndarray]:
    """One evaluation; what it returns is overwritten by the next program that runs."""
    executable = machine.evaluation(len(chosen), lengths)
    examples.gather(chosen, lengths, executable.inputs)
    executable.step()
    return executable.outputs


class Held(NamedTuple):
    """What is held out for validation: `sets(k)` gives the examples of validation `k` from 0; only those of a
    generator differ.
    """

    size: int
    sets: Callable[[int], Sequence[Examples]]


# ---- the option ValidationSet


class ValidationSpec(NamedTuple):
    """data (an explicit data set), or share (0 < r < 1 of the training data);
    and how often it is measured.
    """

    data: Any
    share: float | None
    interval: Amount


def read_validation(setting: Any, data: Any = None) -> ValidationSpec | None:
    """The option ValidationSet; None where there is none. A list whose last element is a rule with the key
    "Interval" states how often. Automatic means the test data of the named data set that `data` may be.
    """
    if setting is S.Automatic:
        setting = data if type(data) is str else NONE
    if setting is NONE:
        return None
    interval = Amount(1.0, "Rounds")
    if is_list(setting) and len(items(setting)) == 2 and _interval_rule(items(setting)[1]):
        setting, rule = items(setting)
        found = amount(rule.args[1], "Rounds")
        if found is None:
            text = 'ValidationSet: "Interval" must be a positive amount such as Quantity[5, "Rounds"].'
            raise NetError("NetTrain", "interval", text)
        interval = found
    if type(setting) is Expr and setting.head is S.Scaled:
        share = real_number(setting.args[0]) if len(setting.args) == 1 else None
        if share is None or not 0 < share < 1:
            text = "ValidationSet -> Scaled[r] sets a share r of the training data aside, with 0 < r < 1."
            raise NetError("NetTrain", "validation", text)
        return ValidationSpec(None, share, interval)
    return ValidationSpec(setting, None, interval)


def _interval_rule(value: Any) -> bool:
    return (
        type(value) is Expr
        and value.head is S.Rule
        and len(value.args) == 2
        and says(value.args[0], "Interval")
    )


def set_aside(table: Table, share: float, random: np.random.Generator) -> tuple[Table, Table]:
    """Training and validation examples: a random `share` of `table` is set aside,
    one example at least on each side.
    """
    count = min(max(round(share * table.length), 1), table.length - 1)
    if count < 1:
        raise NetError(
            "NetTrain", "validation", "ValidationSet -> Scaled[r] needs at least two training examples."
        )
    order = random.permutation(table.length)
    return table.take(np.sort(order[count:])), table.take(np.sort(order[:count]))
