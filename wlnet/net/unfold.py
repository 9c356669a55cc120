"""NetUnfold: the net of one step of a recurrent net, its states as ports."""

from __future__ import annotations

from .conflicts import describe
from .errors import NetError
from .flattening import flatten
from .graph import Loose, make_graph
from .infer import make_layer
from .net import Net
from .recurrence import states_of
from .types import ANY, VARYING, Extent, PortType

NAME = "NetUnfold"

# Layers that look at more than one element of a sequence, or at its place.
WHOLE = frozenset(
    (
        "AggregationLayer",
        "AttentionLayer",
        "ConvolutionLayer",
        "DeconvolutionLayer",
        "NetBidirectionalOperator",
        "OrderingLayer",
        "PaddingLayer",
        "PoolingLayer",
        "SequenceIndicesLayer",
        "SequenceMostLayer",
        "SequenceRestLayer",
        "SequenceReverseLayer",
    )
)


def unfold(net: Net) -> Net:
    """A graph that takes one element of each sequence and the states before it, and gives one element of each
    sequence and the states after it.  Inside, the net runs on sequences of length 1.  NetError for a net
    without recurrent states, or one that needs its sequences as a whole.
    """
    flat = flatten(net) if net.is_container else make_graph({"1": net}, [], {}, numbered=True)
    states = states_of(flat)
    if not states:
        raise NetError(NAME, "states", f"{describe(net)} has no recurrent states.")
    length = sequence_length(flat)
    for inner in flat.nodes.values():
        runs = any(is_sequence(port, length) for port in inner.inputs.values())
        if inner.record.name in WHOLE and (runs or inner.record.name == "NetBidirectionalOperator"):
            text = f"{describe(inner)} needs the whole sequence: a net that contains it has no single step."
            raise NetError(NAME, "whole", text)
    nodes = {name: reset(node) for name, node in flat.nodes.items()}
    begins: dict[str, Loose] = {port: (None, port) for port in flat.inputs}
    links: list[tuple[Loose, Loose]] = []
    for port, type_ in flat.inputs.items():
        if is_sequence(type_, length):
            name = fresh(f"{port}Sequence", nodes)
            nodes[name] = make_layer("ReplicateLayer", {"Counts": 1})
            links.append(((None, port), (name, None)))
            begins[port] = (name, None)
    for source, target in flat.edges:
        start: Loose = begins[source[1]] if source[0] is None else source
        if target[0] is None and is_sequence(flat.outputs[target[1]], length):
            name = fresh(f"{target[1]}Element", nodes)
            nodes[name] = make_layer("PartLayer", {"Part": 1})
            links += [(start, (name, None)), ((name, None), target)]
        else:
            links.append((start, target))
    for k, (path, state) in enumerate(states, 1):
        end: Loose = (path[0], state)
        links += [((None, f"State{k}"), end), (end, (None, f"OutState{k}"))]
    return make_graph(nodes, links, ports_of(flat, length), symbol=NAME)


def sequence_length(net: Net) -> Extent:
    """The first extent of what the recurrent layers take: VARYING, or a number."""
    for node in net.nodes.values():
        if node.states:
            shape = next(iter(node.inputs.values())).shape
            return shape[0] if shape else None
    return None


def is_sequence(port: PortType, length: Extent) -> bool:
    """Whether a port carries the sequences that the net runs along."""
    if port.shape is None or not port.shape:
        return port.shape is None
    return port.shape[0] is VARYING or port.shape[0] == length


def ports_of(net: Net, length: Extent) -> dict[str, PortType]:
    """The types of the ports that stay: one element of each sequence, coders of everything else."""
    found = {}
    for name, port in (net.inputs | net.outputs).items():
        if not is_sequence(port, length):
            found[name] = port
        elif port.shape is not None and name in net.inputs:
            found[name] = port.bare()._replace(shape=port.shape[1:])
    return found


def fresh(name: str, nodes: dict[str, Net]) -> str:
    while name in nodes:
        name += "X"
    return name


def reset(net: Net) -> Net:
    """The net as if nothing were known of its ports but what its parameters and arrays tell."""
    nodes = {name: reset(node) for name, node in net.nodes.items()}
    if net.is_container:
        inputs, outputs = dict.fromkeys(net.inputs, ANY), dict.fromkeys(net.outputs, ANY)
        return net.replace(nodes=nodes, inputs=inputs, outputs=outputs)
    given = {**net.params, **nodes}
    inputs = net.record.input_ports(given) or dict.fromkeys(net.inputs, ANY)
    outputs, states = net.record.output_ports(given), net.record.state_ports(given)
    return net.replace(nodes=nodes, inputs=inputs, outputs=outputs, states=states)
