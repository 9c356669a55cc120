"""NetTrain's options read into plain values, and the random generator that RandomSeeding asks for."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Expr, S, is_list, items, system
from wlnet.runtime import compile

from .errors import NetError
from .optimizers import Optimizer, read_method
from .precision import dtype_of
from .quantities import says, seconds
from .schedule import Criterion, Turn, read_criterion, read_turns

AUTOMATIC, INHERITED, NONE = S.Automatic, S.Inherited, system("None")

# Examples a batch where BatchSize is Automatic (nettrain.md, section 2).
BATCH, VARYING_BATCH = 64, 16
# By what an automatic BatchSize is divided where PerformanceGoal -> "TrainingMemory".
THRIFT = 4
# Rounds that an automatic number of rounds never exceeds, and the seconds it aims at.
MOST_ROUNDS, AIM_S = 10_000, 20.0


class Settings(NamedTuple):
    """What a training does. None stands for Automatic, or for "not asked for".

    thrifty  whether memory counts more than speed
    steps    how many steps an interrupted training was planned for, which decides on its kernels
    """

    batch_size: int | None
    rounds: int | None
    time_goal_s: float | None
    optimizer: Optimizer
    seeding: Any
    dtype: str
    criterion: Criterion | None
    turns: list[Turn] | None
    device: str
    thrifty: bool = False
    steps: int | None = None


def option(name: str, text: str) -> NetError:
    return NetError("NetTrain", "option", f"{name} {text}")


def read_settings(
    *,
    batch_size: Any,
    learning_rate: Any,
    max_training_rounds: Any,
    method: Any,
    performance_goal: Any,
    random_seeding: Any,
    device: str,
    time_goal: Any,
    training_stopping_criterion: Any,
    training_update_schedule: Any,
    working_precision: Any,
) -> Settings:
    """The options that mean the same for every net and every data set;
    NetError for a value that means nothing.
    """
    return Settings(
        count(batch_size, "BatchSize"),
        rounds(max_training_rounds),
        None if time_goal is AUTOMATIC else seconds(time_goal, "TimeGoal"),
        read_method(method, learning_rate),
        random_seeding,
        dtype_of(working_precision, "NetTrain", device),
        read_criterion(training_stopping_criterion),
        read_turns(training_update_schedule),
        device,
        is_thrifty(performance_goal),
    )


def is_thrifty(value: Any) -> bool:
    """Whether PerformanceGoal -> `value` favours memory: batches of automatic size are smaller then."""
    if value is not AUTOMATIC and not says(value, "TrainingSpeed", "TrainingMemory"):
        raise option("PerformanceGoal", 'must be Automatic, "TrainingSpeed" or "TrainingMemory".')
    return says(value, "TrainingMemory")


def count(value: Any, name: str) -> int | None:
    """A positive whole number, or None for Automatic."""
    if value is AUTOMATIC:
        return None
    if type(value) is not int or value < 1:
        raise option(name, "must be a positive whole number or Automatic.")
    return value


def rounds(value: Any) -> int | None:
    """MaxTrainingRounds: a number of rounds, Quantity[n, "Rounds"], or None for Automatic."""
    if (
        type(value) is Expr
        and value.head is S.Quantity
        and len(value.args) == 2
        and says(value.args[1], "Rounds")
    ):
        value = value.args[0]
    return count(value, "MaxTrainingRounds")


def device_of(value: Any, session: Any, function: str) -> str:
    """The runtime's device that TargetDevice -> `value` asks for: "cpu" or "gpu"; Automatic is the session's.

    NetError that says what is missing where a GPU is asked for and none can be used.
    """
    if value is AUTOMATIC:
        value = str(session).upper()
    name = items(value)[0] if is_list(value) and len(items(value)) else value
    if says(name, "CPU"):
        return "cpu"
    if not says(name, "GPU"):
        raise NetError(function, "device", 'TargetDevice must be "CPU", "GPU" or {"GPU", n}.')
    number = items(value)[1] if is_list(value) and len(items(value)) == 2 else 1
    if number is not S.All and (type(number) is not int or number < 1):
        text = 'TargetDevice must be "CPU", "GPU" or {"GPU", n} with a positive whole number n.'
        raise NetError(function, "device", text)
    if number is not S.All and number > 1:
        text = f'TargetDevice -> {{"GPU", {number}}}: only the first GPU is used. Make another one the first '
        raise NetError(function, "device", text + "with the environment variable CUDA_VISIBLE_DEVICES.")
    reason = compile.missing("gpu")
    if reason is not None:
        raise NetError(function, "device", f'TargetDevice -> "GPU": {reason}. Or use TargetDevice -> "CPU".')
    return "gpu"


def generator(
    setting: Any, inherited: np.random.Generator, function: str = "NetTrain"
) -> np.random.Generator:
    """The random numbers that RandomSeeding -> `setting` asks for; `inherited` are the session's own."""
    if setting is INHERITED:
        return inherited
    if setting is AUTOMATIC:
        return np.random.Generator(np.random.Philox())
    if type(setting) is int:
        return np.random.Generator(np.random.Philox(setting % 2**128))
    if type(setting) is str:
        digest = hashlib.sha256(setting.encode("utf-8")).digest()
        return np.random.Generator(np.random.Philox(int.from_bytes(digest[:16], "little")))
    text = "RandomSeeding must be Inherited, Automatic, an integer or a string."
    raise NetError(function, "option", text)
