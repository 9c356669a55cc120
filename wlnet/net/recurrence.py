"""Recurrent states of nets: where they are, which values start them, which they end with."""

from __future__ import annotations

from collections.abc import Iterator

from .net import Net, Path
from .types import PortType

State = tuple[Path, str]  # (path of the layer, name of its state)


def final_name(state: str) -> str:
    """The name, among the outputs of a layer in a program, of a recurrent state's final value."""
    return f"final {state}"


def states_of(net: Net) -> dict[State, PortType]:
    """The recurrent states of a net that start from 0 or from what is given: those of its layers and of nets
    inside chains and graphs, but for those that a connection starts.
    """
    return dict(free_states(net, ()))


def free_states(net: Net, path: Path) -> Iterator[tuple[State, PortType]]:
    for name, port in net.states.items():
        yield (path, name), port
    if net.is_container:
        for node, inner in net.nodes.items():
            fed = {edge.target[1] for edge in net.edges if edge.target[0] == node} - inner.inputs.keys()
            for (place, name), port in free_states(inner, (*path, node)):
                if not (place == (*path, node) and name in fed):
                    yield (place, name), port
