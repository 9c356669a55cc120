"""NetStateObject: a net together with its recurrent states, which every call leaves to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, system

from . import evaluate, extract, requests
from .coders import show
from .conflicts import describe
from .errors import NetError
from .net import Net
from .recurrence import State, states_of

NAME = "NetStateObject"


class StateObject:
    """A net and the values (N, ...) of its recurrent states by path and name; zeros where none is stored.

    Two objects are different even if they hold equal values: a call changes one and not the other.
    """

    __slots__ = ("net", "states")

    def __init__(self, net: Net, states: dict[State, np.ndarray]) -> None:
        self.net = net
        self.states = states


def make(args: Sequence[Any]) -> StateObject:
    """NetStateObject[net] and NetStateObject[net, states]; NetStateObject[object] is a new one of the same
    net that starts from zeros. NetError for a net without recurrent states.
    """
    if not 1 <= len(args) <= 2:
        raise NetError(NAME, "arguments", f"{NAME} takes a net and states; found {len(args)} arguments.")
    net = args[0].net if type(args[0]) is StateObject else args[0]
    if type(net) is not Net:
        raise NetError(NAME, "net", f"{NAME} takes a net, not {show(args[0])}.")
    known = states_of(net)
    if not known:
        text = f"{describe(net)} has no recurrent states that could be kept."
        if any(inner.states for _, inner in net.walk()):
            text += " Those of its layers are started by connections, or lie inside operators."
        raise NetError(NAME, "states", text)
    if any(x is None for x in net.all_arrays().values()):
        text = f"{describe(net)} is not initialized. Use NetInitialize or NetTrain first."
        raise NetError(NAME, "uninit", text)
    return StateObject(net, seeds(net, args[1]) if len(args) == 2 else {})


def seeds(net: Net, given: Any) -> dict[State, np.ndarray]:
    """States from an association such as net[data, NetPort[All, "States"]] gives."""
    if type(given) is not Association:
        text = f"The states of {describe(net)} are an association of NetPort[...] -> array."
        raise NetError(NAME, "states", text)
    read = {requests.read_state(net, key): value for key, value in given.pairs()}
    return {state: evaluate.state_rows(net, state, value) for state, value in read.items()}


def call(ev: Any, held: StateObject, args: tuple[Any, ...]) -> Any:
    """obj[data, ...]: as the net does, from the stored states, which become the final ones."""
    data, spec, settings = evaluate.read_call(ev, held.net, args)
    value, finals = evaluate.applied(ev, held.net, data, spec, settings, held.states)
    held.states = finals
    return value


def stored(held: StateObject) -> Association:
    """The states as an association, zeros where nothing was stored yet."""
    pairs = []
    for state, port in states_of(held.net).items():
        rows = held.states.get(state)
        if rows is None:
            rows = np.zeros((1, *port.shape), np.float32)  # type: ignore[misc]
        value = evaluate.number(rows[0] if len(rows) == 1 else rows, False)
        pairs.append((requests.state_key(held.net, state), value))
    return Association.of(pairs)


def part(held: StateObject, spec: Any) -> Any:
    """NetExtract[obj, "States"], NetExtract[obj, "Net"], and parts of the net."""
    if spec == "States":
        return stored(held)
    if spec == "Net":
        return held.net
    return extract.extract(held.net, spec)


extract.HOLDERS[StateObject] = part


def full_form(held: StateObject) -> Expr:
    """The expression that makes an equal object."""
    more = (stored(held),) if held.states else ()
    return Expr(system(NAME), (held.net, *more))


def summary(held: StateObject) -> str:
    """The object in one line."""
    names = ", ".join(evaluate.state_text(held.net, state) for state in states_of(held.net))
    return f"{NAME}[{describe(held.net)}, {names}]"
