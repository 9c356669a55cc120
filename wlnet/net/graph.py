"""Nets from nets: NetChain and NetGraph, their edges and their ports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, system

from . import types
from .conflicts import capital, describe, node_name
from .errors import NetError, nearest
from .infer import infer
from .layer import MULTIPLIERS, layer
from .net import Edge, End, Net
from .types import ANY, MismatchError, PortType

AUTOMATIC, NONE = S.Automatic, system("None")

CHAIN = layer(
    "NetChain",
    usage="NetChain[{layer1, layer2, ...}] is a net that applies the layers one after another.\n"
    'NetChain[<|"name1" -> layer1, ...|>] gives names to the layers.\n'
    'NetChain[layers, "port" -> spec] states types, encoders and decoders of ports.',
    inputs={},
    outputs={},
    options=(MULTIPLIERS,),
    container=True,
)
GRAPH = layer(
    "NetGraph",
    usage="NetGraph[{layer1, layer2, ...}, {1 -> 2, ...}] is a net of layers and the connections between "
    "them.\n"
    'NetGraph[<|"name1" -> layer1, ...|>, {"name1" -> "name2", ...}] gives names to the layers.\n'
    'NetGraph[layers, edges, "port" -> spec] states types, encoders and decoders of ports.',
    inputs={},
    outputs={},
    options=(MULTIPLIERS,),
    container=True,
)

# One end of a connection as given: (node, port), (node, None) for a port to be chosen, (None, port) for one
# of the net. A port can also be a path into the nested net: (step, ..., port).
Loose = tuple[str | None, Any]


# ---- chains


def make_chain(
    nodes: Mapping[str, Net],
    ports: Mapping[str, PortType] | None = None,
    *,
    numbered: bool = False,
    multipliers: Any = AUTOMATIC,
    symbol: str = "NetChain",
) -> Net:
    """The chain of `nodes`, each feeding the next; `ports` adds to the types of its own ports.

    The chain has all inputs of its first and all outputs of its last net. NetError where a net in between
    has more than one input or output, or where types contradict one another.
    """
    nodes, edges = dict(nodes), []
    shell = Net(CHAIN, {"LearningRateMultipliers": multipliers}, {}, {}, nodes=nodes, numbered=numbered)
    names = list(nodes)
    if not names:
        types_ = {"Input": ANY}, {"Output": ANY}
        shell = shell.replace(
            inputs=types_[0], outputs=types_[1], edges=(Edge((None, "Input"), (None, "Output")),)
        )
        return with_ports(shell, ports or {}, symbol)
    for name in names[1:]:
        if nodes[name].record.is_variadic(nodes[name].params) and not nodes[name].inputs:
            nodes[name] = with_inputs(nodes[name], 1)
    first, last = nodes[names[0]], nodes[names[-1]]
    if not first.inputs and first.record.is_variadic(first.params):
        raise NetError(symbol, "inputs", unresolved(shell, names[0], first))
    for before, after in zip(names, names[1:], strict=False):
        source = only_port(shell, before, nodes[before], "outputs", symbol)
        target = only_port(shell, after, nodes[after], "inputs", symbol)
        edges.append(Edge((before, source), (after, target)))
    edges[:0] = [Edge((None, port), (names[0], port)) for port in first.inputs]
    edges += [Edge((names[-1], port), (None, port)) for port in last.outputs]
    shell = shell.replace(
        inputs=dict(first.inputs), outputs=dict(last.outputs), edges=tuple(edges), nodes=nodes
    )
    return with_ports(shell, ports or {}, symbol)


def only_port(net: Net, name: str, node: Net, side: str, symbol: str) -> str:
    """The one input or output of a net inside a chain."""
    ports = list(getattr(node, side))
    if len(ports) == 1:
        return str(ports[0])
    found = "no" if not ports else f"{len(ports)}"
    names = f" ({quoted(ports)})" if ports else ""
    text = (
        f"{capital(node_name(net, name))} ({describe(node)}) has {found} {side}{names}, but between two "
        "layers of a chain "
        "there is exactly one. Use a NetGraph, which can connect every port."
    )
    raise NetError(symbol, "ports", text)


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def unresolved(net: Net, name: str, node: Net) -> str:
    return (
        f"{capital(node_name(net, name))} ({describe(node)}) takes any number of inputs, and nothing is "
        "connected to it. "
        "Say how many with the option InputPorts, for example InputPorts -> 2."
    )


# ---- graphs


def make_graph(
    nodes: Mapping[str, Net],
    edges: Sequence[tuple[Loose, Loose]],
    ports: Mapping[str, PortType] | None = None,
    *,
    numbered: bool = False,
    muted: Iterable[End] = (),
    multipliers: Any = AUTOMATIC,
    symbol: str = "NetGraph",
) -> Net:
    """The graph of `nodes` with these connections; unconnected ports of nodes become ports of the graph.

    An end is (node, port), (node, None) for the port that suits, or (None, port) for a port of the graph
    itself. `muted` names outputs that are not to be exposed. NetError for a cycle, a port connected twice,
    an unknown node or port, or types that contradict one another.
    """
    wiring = Wiring(dict(nodes), numbered, symbol)
    for source, target in edges:
        wiring.connect(source, target)
    muted = tuple((node, wiring.output(node, port)) for node, port in muted)
    wiring.expose(muted)
    params: dict[str, Any] = {"LearningRateMultipliers": multipliers}
    if muted:
        params["Muted"] = make_list(make_list(end) for end in muted)
    net = Net(
        GRAPH,
        params,
        wiring.inputs,
        wiring.outputs,
        nodes=wiring.nodes,
        edges=tuple(wiring.edges),
        numbered=numbered,
    )
    check_cycles(net, symbol)
    return with_ports(net, ports or {}, symbol)


class Wiring:
    """The connections of a graph while it is made."""

    def __init__(self, nodes: dict[str, Net], numbered: bool, symbol: str) -> None:
        self.nodes = nodes
        self.symbol = symbol
        self.shell = Net(GRAPH, {}, {}, {}, nodes=nodes, numbered=numbered)
        self.edges: list[Edge] = []
        self.inputs: dict[str, PortType] = {}
        self.outputs: dict[str, PortType] = {}
        self.fed: dict[str, list[str]] = {name: [] for name in nodes}  # connected inputs
        self.used: set[End] = set()  # outputs that feed something
        self.open = {
            name for name, net in nodes.items() if not net.inputs and net.record.is_variadic(net.params)
        }

    def fail(self, tag: str, text: str) -> NetError:
        return NetError(self.symbol, tag, text)

    def name(self, node: str) -> str:
        """A node as messages name it."""
        return f"{node_name(self.shell, node)} ({describe(self.nodes[node])})"

    def known(self, node: str) -> Net:
        found = self.nodes.get(node)
        if found is None:
            text = f'There is no layer "{node}" in the graph. {nearest(node, list(self.nodes))}'
            raise self.fail("vertex", text.strip())
        return found

    def connect(self, source: Loose, target: Loose) -> None:
        """One connection, in the order given."""
        begin: End = (source[0], self.output(source[0], source[1]))
        node, port = target
        end: End = (node, self.output_port(port) if node is None else self.input(node, port))
        if source[0] is None:
            self.inputs.setdefault(begin[1], ANY)
        else:
            self.used.add(begin)
        if node is None:
            if any(edge.target == end for edge in self.edges):
                raise self.fail("portdup", f'The output port "{port}" of the graph is connected twice.')
            self.outputs.setdefault(end[1], ANY)
        self.edges.append(Edge(begin, end))

    def output_port(self, port: str | None) -> str:
        assert port is not None
        return port

    def output(self, node: str | None, port: str | None) -> str:
        """The name of the output at which a connection begins."""
        if node is None:
            assert port is not None
            return port
        if type(port) is tuple:
            self.nodes[node], port = exposing(self.known(node), port, self.symbol)
        outputs = self.known(node).outputs
        if port in self.nodes[node].states and port not in outputs:
            return port
        if port in self.nodes[node].record.extra and port not in outputs:
            outputs = self.nodes[node].outputs
            self.nodes[node] = self.nodes[node].replace(outputs={**outputs, port: ANY})
            return port
        if port is None:
            if len(outputs) == 1 or "Output" in outputs:
                return "Output" if "Output" in outputs else next(iter(outputs))
            text = (
                f"{capital(self.name(node))} has the outputs {quoted(outputs)}: say which one is meant, "
                f'for example NetPort["{node}", "{next(iter(outputs), "Output")}"].'
            )
            raise self.fail("port", text)
        if port not in outputs:
            text = f'{capital(self.name(node))} has no output port "{port}"; it has {quoted(outputs)}.'
            raise self.fail("port", f"{text} {did_you_mean(port, outputs)}".strip())
        return port

    def input(self, node: str, port: str | None) -> str:
        """The name of the input at which a connection ends; it must be free."""
        net, fed = self.known(node), self.fed[node]
        if type(port) is tuple:
            text = (
                f"{capital(self.name(node))} is a net: a connection can lead to its inputs "
                f"({quoted(net.inputs)}), "
            )
            raise self.fail("port", text + "not to those of layers inside.")
        if node in self.open:
            port = port or f"Input{len(fed) + 1}"
        elif port is None:
            free = [name for name in net.inputs if name not in fed]
            if not free:
                takes = (
                    f"only {len(net.inputs)} input{'s' if len(net.inputs) != 1 else ''}"
                    if net.inputs
                    else "no input"
                )
                text = f"{capital(self.name(node))} takes {takes}, and one more connection leads to it."
                raise self.fail("inputs", text)
            port = "Input" if "Input" in free else free[0]
        elif port not in net.inputs and port not in net.states:
            text = f'{capital(self.name(node))} has no input port "{port}"; it has {quoted(net.inputs)}.'
            raise self.fail("port", f"{text} {did_you_mean(port, net.inputs)}".strip())
        if port in fed:
            text = (
                f'The input port "{port}" of {self.name(node)} is connected twice. Combine the two '
                "first, for example "
            )
            raise self.fail("portdup", text + "with a TotalLayer or a CatenateLayer.")
        fed.append(port)
        return port

    def expose(self, muted: Sequence[End]) -> None:
        """Settle the numbers of inputs, and make ports of the graph from unconnected ports of nodes."""
        for node in self.nodes:
            if node in self.open:
                if not self.fed[node]:
                    raise self.fail("inputs", unresolved(self.shell, node, self.nodes[node]))
                self.nodes[node] = with_inputs(self.nodes[node], len(self.fed[node]))
        loose = [(n, p) for n, net in self.nodes.items() for p in net.inputs if p not in self.fed[n]]
        for end, name in named(loose, [*self.inputs]).items():
            self.inputs[name] = ANY
            self.edges.append(Edge((None, name), end))
        skip = self.used | set(muted)
        loose = [(n, p) for n, net in self.nodes.items() for p in net.outputs if (n, p) not in skip]
        for end, name in named(loose, [*self.outputs]).items():
            self.outputs[name] = ANY
            self.edges.append(Edge(end, (None, name)))
        self.take_coders()

    def take_coders(self) -> None:
        """A port of the graph has the coder of the port that it exposes."""
        for source, target in self.edges:
            if source[0] is None and target[0] is not None:
                found = self.nodes[target[0]].port(target[1], incoming=True)
                if found.coder is not None and self.inputs[source[1]].coder is None:
                    self.inputs[source[1]] = found
            if target[0] is None and source[0] is not None:
                self.outputs[target[1]] = self.nodes[source[0]].port(source[1], incoming=False)


def exposing(net: Net, path: Sequence[Any], symbol: str) -> tuple[Net, str]:
    """A nested net with an output of a layer inside as an output of its own, and the name of that output."""
    if len(path) == 1 and path[0] in net.outputs:
        return net, path[0]
    if len(path) == 1 and path[0] in net.record.extra:
        return net.replace(outputs={**net.outputs, path[0]: types.ANY}), path[0]
    names = list(net.nodes)
    if not net.is_container or (len(path) == 1 and path[0] not in names):
        text = f"{describe(net)} has no output port {path[0]!r}; it has {quoted(net.outputs)}."
        raise NetError(symbol, "port", text.replace("'", '"'))
    name = node_of(path[0], names, symbol)
    inner = net.nodes[name]
    inner, port = exposing(inner, path[1:] or (next(iter(inner.outputs)),), symbol)
    known = next((e.target[1] for e in net.edges if e.source == (name, port) and e.target[0] is None), None)
    if known is not None:
        return net, known
    fresh = next(iter(named([(name, port)], [*net.outputs, *net.inputs]).values()))
    return net.replace(
        nodes={**net.nodes, name: inner},
        outputs={**net.outputs, fresh: inner.outputs[port].bare()},
        edges=(*net.edges, Edge((name, port), (None, fresh))),
    ), fresh


def did_you_mean(port: str, known: Iterable[str]) -> str:
    text = nearest(port, list(known))
    return text if text.startswith("Did") else ""


def named(ends: Sequence[End], taken: Sequence[str]) -> dict[End, str]:
    """Names of the graph's ports for unconnected ports: the port's own,
    with a number where it is not unique.
    """
    result: dict[End, str] = {}
    used = set(taken)
    names = [port for _, port in ends]
    for end in ends:
        port = end[1]
        if names.count(port) == 1 and port not in used:
            result[end] = port
        else:
            number = 1
            while f"{port}{number}" in used or f"{port}{number}" in names:
                number += 1
            result[end] = f"{port}{number}"
        used.add(result[end])
    return result


def with_inputs(net: Net, count: int) -> Net:
    """A layer of any number of inputs with `count` of them, "Input1", "Input2", ..."""
    return net.replace(inputs={f"Input{i + 1}": types.ANY for i in range(count)})


def order(net: Net) -> list[str]:
    """The nodes such that each comes after all that feed it; those on a cycle are left out."""
    waiting = {
        name: {e.source[0] for e in net.edges if e.target[0] == name and e.source[0] is not None}
        for name in net.nodes
    }
    found: list[str] = []
    ready = [name for name, before in waiting.items() if not before]
    followers: dict[str, list[str]] = {}
    for name, before in waiting.items():
        for each in before:
            followers.setdefault(str(each), []).append(name)
    while ready:
        name = ready.pop(0)
        found.append(name)
        for after in followers.get(name, ()):
            waiting[after].discard(name)
            if not waiting[after]:
                ready.append(after)
    return found


def check_cycles(net: Net, symbol: str) -> None:
    done = set(order(net))
    if len(done) < len(net.nodes):
        left = ", ".join(f"{name} ({describe(node)})" for name, node in net.nodes.items() if name not in done)
        text = f"The connections between these layers form a cycle: {left}. A net must be free of cycles."
        raise NetError(symbol, "cycle", text)


# ---- ports


def with_ports(net: Net, ports: Mapping[str, PortType], symbol: str) -> Net:
    """`net` with `ports` added to what is known of its own ports, and all that follows. NetError for an
    unknown port.
    """
    inputs, outputs = dict(net.inputs), dict(net.outputs)
    for name, more in ports.items():
        found = inputs if name in inputs else outputs
        if name not in found:
            known = [*inputs, *outputs]
            text = (
                f'{symbol} has no port "{name}"; its ports are {quoted(known)}. {did_you_mean(name, known)}'
            )
            raise NetError(symbol, "port", text.strip())
        try:
            found[name] = types.meet(more, found[name])
        except MismatchError:
            found[name] = more  # inference meets the contradiction, and names the layer
    if inputs != net.inputs or outputs != net.outputs:
        net = net.replace(inputs=inputs, outputs=outputs)
    return infer(net, symbol=symbol)


# ---- connections as written


def read_edges(
    spec: Any, names: Sequence[str], symbol: str = "NetGraph"
) -> tuple[list[tuple[Loose, Loose]], list[End]]:
    """Connections and muted outputs from the edges of a NetGraph in all their forms (nets-structure.md,
    section 2).
    """
    links: list[tuple[Loose, Loose]] = []
    muted: list[End] = []
    edges = items(spec) if is_list(spec) else (spec,)
    for edge in edges:
        if not is_edge(edge):
            raise NetError(symbol, "edge", bad_edge(edge))
        stops = []
        while is_edge(edge):
            stops.append(edge.args[0])
            edge = edge.args[1]
        stops.append(edge)
        for before, after in zip(stops, stops[1:], strict=False):
            for source in ends(before):
                for target in ends(after):
                    if target is NONE:
                        muted.append(read_end(source, names, symbol))  # type: ignore[arg-type]
                    else:
                        links.append((read_end(source, names, symbol), read_end(target, names, symbol)))
    return links, muted


def is_edge(edge: Any) -> bool:
    return type(edge) is Expr and edge.head in (S.Rule, S.DirectedEdge) and len(edge.args) == 2


def bad_edge(edge: Any) -> str:
    return (
        "A connection is written a -> b, {a, b} -> c or a -> b -> c, where each is the name or number of a "
        "layer or a "
        'NetPort such as NetPort["Input"] or NetPort["layer", "port"].'
    )


def ends(stop: Any) -> tuple[Any, ...]:
    return items(stop) if is_list(stop) else (stop,)


def read_end(end: Any, names: Sequence[str], symbol: str) -> Loose:
    """One end of a connection as written."""
    if type(end) is Expr and end.head is S.NetPort and end.args:
        path = [*items(end.args[0])] if len(end.args) == 1 and is_list(end.args[0]) else [*end.args]
        if len(path) == 1 and not is_list(end.args[0]):
            if type(path[0]) is not str:
                raise NetError(symbol, "edge", bad_edge(end))
            return (None, path[0])
        node = node_of(path[0], names, symbol)
        if len(path) == 1:
            return (node, None)
        if all(type(step) in (str, int) for step in path):
            return (node, path[1] if len(path) == 2 and type(path[1]) is str else tuple(path[1:]))
        raise NetError(symbol, "edge", bad_edge(end))
    return (node_of(end, names, symbol), None)


def node_of(spec: Any, names: Sequence[str], symbol: str) -> str:
    """The node that a name or a number means."""
    if type(spec) is str:
        if spec in names:
            return spec
        raise NetError(
            symbol, "vertex", f'There is no layer "{spec}" in the graph. {nearest(spec, list(names))}'.strip()
        )
    if type(spec) is int:
        if 1 <= abs(spec) <= len(names):
            return names[spec - 1 if spec > 0 else spec]
        raise NetError(symbol, "vertex", f"There is no layer {spec}: the graph has {len(names)} layers.")
    raise NetError(symbol, "edge", bad_edge(spec))
