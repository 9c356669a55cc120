"""System` functions of recurrent nets: NetStateObject, NetUnfold."""

from __future__ import annotations

from typing import Any

from wlnet.expr import AtomType, register, system
from wlnet.kernel.registry import builtin

from . import information, state_objects, unfold
from .border import TEXTS, border, checked
from .state_objects import StateObject


@builtin("NetStateObject", messages=TEXTS)
@border
def net_state_object(ev, *args):
    """NetStateObject[net] is an object that acts as net, each call starting from the recurrent states that
    the call before left; the first one from zeros.
    NetStateObject[net, states] starts from states, as net[data, NetPort[All, "States"]] gives them.
    NetStateObject[object] is a new object of the same net that starts from zeros again.
    NetExtract[object, "States"] gives the states.

    >>> net = BasicRecurrentLayer[1, "InputWeights" -> {{1}}, "StateWeights" -> {{0.5}}, "Biases" -> {0}];
    >>> object = NetStateObject[net];
    >>> {object[{{1}}], object[{{2}}], net[{{1}, {2}}]}
    {{{0.761594}}, {{0.983041}}, {{0.761594}, {0.983041}}}
    """
    return state_objects.make(args)


@builtin("NetUnfold", messages=TEXTS)
@border
def net_unfold(ev, net):
    """NetUnfold[net] is the net of one step of a recurrent net: its inputs and outputs are elements of the
    sequences, and each recurrent state is an input "State1", "State2", ... and an output "OutState1", ...

    >>> net = BasicRecurrentLayer[1, "InputWeights" -> {{1}}, "StateWeights" -> {{0.5}}, "Biases" -> {0}];
    >>> NetUnfold[net][<|"Input" -> {2}, "State1" -> {0.761594}|>]
    <|Output -> {0.983041}, OutState1 -> {0.983041}|>
    """
    return unfold.unfold(checked(net, "NetUnfold"))


@border
def inform(ev: Any, held: StateObject, prop: Any) -> Any:
    return information.information(held.net, prop)


register(
    StateObject,
    AtomType(
        head=lambda held: system(state_objects.NAME),
        call=border(state_objects.call),
        information=inform,
        full=state_objects.full_form,
        output=state_objects.summary,
    ),
)
