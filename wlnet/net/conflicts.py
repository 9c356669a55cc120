"""Layers, ports and contradictions in words: what messages say when shapes do not fit."""

from __future__ import annotations

from collections.abc import Mapping

from wlnet.expr import same
from wlnet.syntax.printer import to_text

from . import types
from .errors import ConflictError, NetError
from .net import Edge, End, Net
from .types import PortType

# Characters of a parameter that messages and summaries show.
SHOWN = 40


def describe(net: Net) -> str:
    """A layer as messages and summaries name it, by its arguments: LinearLayer[3], ElementwiseLayer[Tanh]."""
    record = net.record
    if record.container:
        return f"{record.name}[...]"
    if record.short is not None:
        return record.short(net)
    shown = []
    for each in record.arguments:
        if each.net:
            shown.append(describe(net.nodes[each.name]))
            continue
        value = net.params[each.name]
        if same(value, each.default):
            break
        text = to_text(value, "InputForm")
        shown.append(text if len(text) <= SHOWN else text[: SHOWN - 3] + "...")
    return f"{record.name}[{', '.join(shown)}]"


def node_name(net: Net, name: str) -> str:
    """A node as messages name it: layer 2, or layer "conv"."""
    return f"layer {name}" if net.numbered else f'layer "{name}"'


def place(net: Net, nodes: Mapping[str, Net], end: End, side: str) -> str:
    """One end of an edge: layer 1 (LinearLayer[784]), or the net's input "Input"."""
    node, port = end
    if node is None:
        return f'the {"input" if side == "source" else "output"} "{port}" of the net'
    inner = nodes[node]
    several = len(inner.outputs if side == "source" else inner.inputs) > 1
    return f"{node_name(net, node)} ({describe(inner)})" + (
        f', port "{port}"' if several and side == "source" else ""
    )


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def remedy_for(source: PortType, target: PortType) -> str:
    """What may help where `source` meets `target`."""
    if source.kind == "integer" and target.kind == "real":
        return "Put an EmbeddingLayer or a UnitVectorLayer before it."
    if target.kind == "integer" and source.kind == "real":
        return 'Integers come from a port of type "Integer" or from a Class encoder.'
    have, want = types.size(source.shape), types.size(target.shape)
    if have is not None and have == want and target.shape is not None:
        inside = ", ".join(map(str, target.shape))
        return f"Put a layer such as ReshapeLayer[{{{inside}}}] before it."
    if target.shape is not None and len(target.shape) == 1 and source.rank != 1:
        return "Put a FlattenLayer[] or a ReshapeLayer before it."
    return ""


def edge_error(
    net: Net, nodes: Mapping[str, Net], edge: Edge, source: PortType, target: PortType, symbol: str
) -> NetError:
    """The message of an edge whose two ends contradict one another."""
    port, giver = edge.target[1], place(net, nodes, edge.source, "source")
    if edge.target[0] is None:
        text = f"{capital(place(net, nodes, edge.target, 'target'))} takes {types.wanted_text(target)}, but "
        text += f"{giver} gives {types.found_text(source)}."
        return NetError(symbol, "shape", text)
    taker = capital(place(net, nodes, edge.target, "target"))
    found, wanted = types.found_text(source), types.wanted_text(target)
    if source.kind and target.kind and source.kind != target.kind:
        found = f"type {source.kind}" if source.shape in ((), None) else f"{found}, {source.kind}s,"
    text = f'{taker} got "{port}" of {found} from {giver}, but takes {wanted}.'
    return NetError(symbol, "shape", f"{text} {remedy_for(source, target)}".rstrip())


def node_error(net: Net, nodes: Mapping[str, Net], name: str, error: ConflictError, symbol: str) -> NetError:
    """The message of a node whose own rule finds a contradiction at one of its ports."""
    giver = ""
    for edge in net.edges:
        if edge.target == (name, error.port):
            giver = f" from {place(net, nodes, edge.source, 'source')}"
    subject = f"{capital(node_name(net, name))} ({describe(nodes[name])})"
    return NetError(symbol, "shape", conflict_text(error, subject, giver, nodes[name]))


def conflict_text(error: ConflictError, subject: str, giver: str, net: Net) -> str:
    """A layer's conflict as a sentence: at an input what it got, at an output what is wanted of it."""
    if error.port in net.outputs:
        text = f'{subject} gives {error.wanted} at "{error.port}", but {error.found} is wanted there.'
    else:
        text = f'{subject} got "{error.port}" of {error.found}{giver}, but takes {error.wanted}.'
    return f"{text} {error.remedy}".rstrip()
