"""Nets put together anew from other nodes: what stays of shapes, coders and connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import types
from .errors import NetError
from .graph import Loose, make_chain, make_graph
from .layer import MULTIPLIERS
from .net import End, Net
from .types import PortType

Named = Sequence[tuple[str | None, Net]]


def multipliers(net: Net) -> Any:
    return net.params.get(MULTIPLIERS.name, MULTIPLIERS.default)


def muted(net: Net) -> list[End]:
    held = net.params.get("Muted")
    return [] if held is None else [tuple(pair.args) for pair in held.args]


def numbering(nodes: Mapping[str, Net], numbered: bool) -> dict[str, Net]:
    """The nodes under the numbers 1, 2, ... where they carry no names."""
    return {str(i): net for i, net in enumerate(nodes.values(), 1)} if numbered else dict(nodes)


def rebuild_chain(
    net: Net, nodes: Mapping[str, Net], ports: Mapping[str, PortType], symbol: str, numbered: bool
) -> Net:
    """A chain of other layers: with what is known of shapes, or where that no longer fits, without."""
    nodes = numbering(nodes, numbered)
    options: dict[str, Any] = {"numbered": numbered, "multipliers": multipliers(net), "symbol": symbol}
    try:
        return make_chain(nodes, ports, **options)
    except NetError as error:
        if error.tag != "shape":
            raise
        first = error
    try:
        return make_chain({name: reopened(node) for name, node in nodes.items()}, ports, **options)
    except NetError:
        raise first from None  # with everything known in place it names what stands against it


def reopened(net: Net) -> Net:
    """The net without what was inferred of shapes: what its parameters, arrays and coders state remains."""
    nodes = {name: reopened(node) for name, node in net.nodes.items()}
    if net.is_container:
        inputs = {name: fresh(port) for name, port in net.inputs.items()}
        outputs = {name: fresh(port) for name, port in net.outputs.items()}
    else:
        params = net.params
        inputs = {name: fresh(port) for name, port in net.inputs.items()}
        stated = {**net.record.input_ports(params), **net.record.output_ports(params)}
        inputs = {name: keep(port, stated.get(name)) for name, port in inputs.items()}
        outputs = {name: keep(fresh(port), stated.get(name)) for name, port in net.outputs.items()}
    return net.replace(nodes=nodes, inputs=inputs, outputs=outputs)


def fresh(port: PortType) -> PortType:
    return types.ANY if port.coder is None else port.coder.port_type


def keep(port: PortType, stated: PortType | None) -> PortType:
    return port if stated is None else types.meet(stated._replace(coder=port.coder), port)


def subgraph(
    net: Net,
    kept: Iterable[str],
    exposed: Sequence[tuple[End, str]] = (),
    only: bool = False,
    symbol: str = "NetTake",
) -> Net:
    """The graph of the nodes in `kept`; connections to others become ports. `exposed` names outputs to be
    ports; with `only`, no other outputs of the nodes are.
    """
    names = [name for name in net.nodes if name in set(kept)]
    inside = set(names)
    links, taken = entering(net, inside)
    outs = list(exposed) if only else [*exposed, *old_outputs(net, inside, exposed)]
    links += [(end, (None, port)) for end, port in outs]
    numbered = net.numbered
    if numbered:
        rename = {name: str(i) for i, name in enumerate(names, 1)}
        links = relabelled(links, rename)
    else:
        rename = {name: name for name in names}
    silent = [(rename[n], p) for n, p in muted(net) if n in inside]
    if only:
        shown = {end for end, _ in outs}
        silent += [
            (rename[n], p)
            for n in names
            for p in net.nodes[n].outputs
            if (n, p) not in shown and not feeds(net, n, p, inside)
        ]
    ports = {name: port for name, port in net.inputs.items() if name in taken}
    coders = {name: port for name, port in net.outputs.items() if any(x[1] == (None, name) for x in links)}
    nodes = {rename[name]: net.nodes[name] for name in names}
    return make_graph(
        nodes,
        links,
        {**ports, **coders},
        numbered=numbered,
        muted=silent,
        multipliers=multipliers(net),
        symbol=symbol,
    )


def entering(net: Net, inside: set[str]) -> tuple[list[tuple[Loose, Loose]], set[str]]:
    """Connections that lead to the nodes `inside`, those from other nodes as ports of the graph.

    And the inputs of the net among their sources.
    """
    edges = [e for e in net.edges if e.target[0] in inside]
    taken = {e.source[1] for e in edges if e.source[0] is None}
    links: list[tuple[Loose, Loose]] = []
    opened: dict[End, str] = {}
    for source, target in edges:
        if source[0] is None or source[0] in inside:
            links.append((source, target))
            continue
        if source not in opened:
            opened[source] = fresh_port(target[1], {*taken, *opened.values()})
        links.append(((None, opened[source]), target))
    return links, taken


def relabelled(links: Sequence[tuple[Loose, Loose]], names: Mapping[str, str]) -> list[tuple[Loose, Loose]]:
    """Connections between nodes that have got other names."""

    def end(loose: Loose) -> Loose:
        node, port = loose
        return (node if node is None else names.get(node, node), port)

    return [(end(source), end(target)) for source, target in links]


def fresh_port(name: str, taken: set[str]) -> str:
    number, found = 0, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found


def feeds(net: Net, node: str, port: str, inside: set[str]) -> bool:
    return any(e.source == (node, port) and e.target[0] in inside for e in net.edges)


def old_outputs(net: Net, inside: set[str], exposed: Sequence[tuple[End, str]]) -> list[tuple[End, str]]:
    """The outputs that the graph had and whose nodes are kept."""
    taken = {port for _, port in exposed}
    found = [(e.source, e.target[1]) for e in net.edges if e.target[0] is None and e.source[0] in inside]
    return [(end, port) for end, port in found if port not in taken]


def remade(net: Net, nodes: Mapping[str, Net], links: Sequence[tuple[Loose, Loose]], symbol: str) -> Net:
    """A graph with other nodes and connections; ports that still exist keep their coders."""
    numbered = net.numbered
    if numbered:
        rename = {name: str(i) for i, name in enumerate(nodes, 1)}
        links = relabelled(links, rename)
        nodes = {rename[name]: node for name, node in nodes.items()}
    given = {source[1] for source, _ in links if source[0] is None} | {t[1] for _, t in links if t[0] is None}
    ports = {n: p for n, p in {**net.inputs, **net.outputs}.items() if n in given and p.coder is not None}
    silent = [(n, p) for n, p in muted(net) if n in nodes]
    return make_graph(
        nodes, links, ports, numbered=numbered, muted=silent, multipliers=multipliers(net), symbol=symbol
    )


def entitled(pairs: Named) -> tuple[dict[str, Net], bool]:
    """Layers with names: numbers where none has one, else those given;
    a missing or taken name gets a number.
    """
    if all(name is None for name, _ in pairs):
        return {str(i): net for i, (_, net) in enumerate(pairs, 1)}, True
    taken = {name for name, _ in pairs if name is not None}
    found: dict[str, Net] = {}
    for place_, (name, net) in enumerate(pairs, 1):
        chosen = name if name is not None else str(place_)
        number = 1
        while chosen in found or (name is None and chosen in taken):
            chosen = f"{name if name is not None else place_}{number if name is not None else '_' * number}"
            number += 1
        found[chosen] = net
    return found, False
