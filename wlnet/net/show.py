"""How nets print: a summary for people (OutputForm), an expression that reads back
to an equal net (InputForm).
"""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, Expr, S, make_list, same, system

from . import types
from .array_values import array_value
from .coders import Coder
from .conflicts import describe
from .layer import MULTIPLIERS
from .net import End, Net
from .places import key_of
from .types import PortType

NONE = system("None")


# ---- InputForm


def full(net: Net) -> Expr:
    """The net as the expression that makes it."""
    if net.record.name == "NetChain":
        return Expr(S.NetChain, (named_nodes(net), *port_rules(net), *multiplier_rule(net)))
    if net.record.name == "NetGraph":
        return Expr(S.NetGraph, (named_nodes(net), edges(net), *port_rules(net), *multiplier_rule(net)))
    return full_layer(net)


def rule(name: Any, value: Any) -> Expr:
    return Expr(S.Rule, (name, value))


def named_nodes(net: Net) -> Any:
    """The nets inside: a list where they are numbered, else an association."""
    if net.numbered:
        return make_list(net.nodes.values())
    return Association.of(net.nodes.items())


def port_rules(net: Net) -> list[Expr]:
    """What is known of the ports, as rules."""
    ports = {**net.inputs, **net.outputs}
    return [rule(name, types.spec_of(port)) for name, port in ports.items() if is_stated(port)]


def is_stated(port: PortType) -> bool:
    return port.shape is not None or port.coder is not None


def multiplier_rule(net: Net) -> list[Expr]:
    value = net.params.get(MULTIPLIERS.name, MULTIPLIERS.default)
    return [] if same(value, MULTIPLIERS.default) else [rule(S.LearningRateMultipliers, value)]


def full_layer(net: Net) -> Expr:
    """Arguments, then what differs from the defaults: options, arrays, ports."""
    record = net.record
    values = [net.nodes[x.name] if x.net else net.params[x.name] for x in record.arguments]
    while (
        values
        and not record.arguments[len(values) - 1].net
        and same(values[-1], record.arguments[len(values) - 1].default)
    ):
        values.pop()
    parts: list[Any] = list(values) if record.pack is None else record.pack(values)
    for each in record.options:
        if each.net or each.hidden or same(net.params[each.name], each.default):
            continue
        parts.append(rule(system(each.name) if each.symbol else each.name, net.params[each.name]))
    if record.detach is not None:
        parts += [rule(name, node) for name, node in net.nodes.items()]
    for name, value in net.arrays.items():
        if value is not None:
            parts.append(rule(name, array_value(value)))
    given = {**net.params, **net.nodes}
    fresh = {**record.input_ports(given), **record.output_ports(given)}
    for name, port in {**net.inputs, **net.outputs}.items():
        if name not in fresh or (port != fresh[name] and is_stated(port)):
            parts.append(rule(name, types.spec_of(port)))
    return Expr(system(record.name), (*parts, *multiplier_rule(net)))


def edges(net: Net) -> Expr:
    """The connections of a graph, every port named that a reader could mistake."""
    found = [rule(end_value(net, e.source, "source"), end_value(net, e.target, "target")) for e in net.edges]
    for node, port in muted(net):
        found.append(rule(Expr(S.NetPort, (make_list((key_of(net, node), port)),)), NONE))
    return make_list(found)


def muted(net: Net) -> list[tuple[str, str]]:
    """Outputs of nodes that were connected to None."""
    held = net.params.get("Muted")
    return [] if held is None else [tuple(pair.args) for pair in held.args]


def end_value(net: Net, end: End, side: str) -> Any:
    node, port = end
    if node is None:
        return Expr(S.NetPort, (port,))
    inner = net.nodes[node]
    ports = inner.outputs if side == "source" else inner.inputs
    if len(ports) == 1 and port in ports and not inner.record.is_variadic(inner.params):
        return key_of(net, node)
    return Expr(S.NetPort, (make_list((key_of(net, node), port)),))


# ---- OutputForm


def output(net: Net) -> str:
    """A summary: one line for a layer, a table for a chain or a graph."""
    if not net.is_container:
        parts = ["uninitialized"] if not settled(net) else []
        parts += [
            f"{name}: {types.summary_text(port)}" for name, port in {**net.inputs, **net.outputs}.items()
        ]
        head = describe(net)
        inside = head[len(net.record.name) + 1 : -1]
        return f"{net.record.name}[{', '.join([inside, *parts] if inside else parts)}]"
    rows = table(net)
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    lines = [net.record.name + "[" + ("" if settled(net) else " uninitialized")]
    for row in rows:
        cells = [row[0].rjust(widths[0]), row[1].ljust(widths[1]), row[2].ljust(widths[2]), row[3]]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return "\n".join([*lines, "]"])


def settled(net: Net) -> bool:
    """Whether all arrays are set: a net without arrays needs no initialization, whatever its shapes."""
    return all(x is not None for x in net.all_arrays().values())


def table(net: Net) -> list[tuple[str, str, str, str]]:
    """Rows (name, what it is, shape, where it comes from): inputs, layers, outputs."""
    is_graph = net.record.name == "NetGraph"
    rows = [("", name, types.summary_text(port), "") for name, port in net.inputs.items()]
    for name, node in net.nodes.items():
        shapes = ", ".join(types.summary_text(port.bare()) for port in node.outputs.values())
        rows.append(
            (name, describe(node), shapes, "<- " + sources(net, name) if is_graph and node.inputs else "")
        )
    for name, port in net.outputs.items():
        source = next((e.source for e in net.edges if e.target == (None, name)), None)
        where = "<- " + source_text(net, source) if is_graph and source else ""
        rows.append(("", name, types.summary_text(port), where))
    return rows


def sources(net: Net, name: str) -> str:
    """What feeds a node, in order of its inputs."""
    feeding = {e.target[1]: e.source for e in net.edges if e.target[0] == name}
    return ", ".join(source_text(net, feeding[port]) for port in net.nodes[name].inputs if port in feeding)


def source_text(net: Net, source: End) -> str:
    node, port = source
    if node is None:
        return port
    return node if list(net.nodes[node].outputs) == [port] else f"{node}/{port}"


def coder_output(coder: Coder) -> str:
    """A coder in one line: NetDecoder[Class, class (3 labels)]."""
    return f"{coder.symbol}[{coder.name}, {coder.summary(coder.side.port(coder.params))}]"
