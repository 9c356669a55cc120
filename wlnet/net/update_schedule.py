"""TrainingUpdateSchedule: which arrays stay as they are while it is the turn of a group."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import NetError
from .multipliers import Path, covers
from .net import SHARED
from .schedule import Turn
from .training_net import NET, TrainingNet


def frozen_by_turn(training: TrainingNet, turns: Sequence[Turn] | None) -> list[frozenset[Path]]:
    """For every group, the arrays of the training net that it does not update; empty without a schedule.

    Arrays of attached loss nets belong to every group. NetError for a group that names no array. A shared
    array belongs to the first group that names one of its places, and to no other.
    """
    if turns is None:
        return []
    net = training.inner
    places = net.array_places()
    found = []
    for turn in turns:
        mine = {path for path, several in places.items() if any(covers(net, turn.parts, p) for p in several)}
        if not mine:
            raise NetError(
                "NetTrain", "schedule", "TrainingUpdateSchedule: a group names no array of the net."
            )
        rest = (path for path in places if path not in mine)
        found.append(frozenset(path if path[0] == SHARED else (NET, *path) for path in rest))
    return found
