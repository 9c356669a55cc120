"""NetFlatten: nested chains and graphs replaced by their layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wlnet.expr import S, is_infinity

from .assembly import multipliers, numbering, relabelled
from .errors import NetError
from .graph import make_chain, make_graph
from .net import Edge, End, Net


def flatten(net: Net, depth: Any = S.Infinity) -> Net:
    """NetFlatten: nested chains and graphs replaced by their layers, `depth` levels deep."""
    levels = 10**6 if is_infinity(depth) else depth
    if type(levels) is not int or levels < 0:
        raise NetError("NetFlatten", "depth", "The depth of NetFlatten is a number of levels.")
    for _ in range(levels):
        found = flatten_once(net)
        if found is net:
            break
        net = found
    return net


def flatten_once(net: Net) -> Net:
    """One level of nesting less; `net` itself where there is none."""
    if not net.is_container:
        nodes = {name: flatten_once(node) for name, node in net.nodes.items()}
        same = all(nodes[name] is node for name, node in net.nodes.items())
        return net if same else net.replace(nodes=nodes)
    if not any(node.is_container for node in net.nodes.values()):
        nodes = {name: flatten_once(node) for name, node in net.nodes.items()}
        same = all(nodes[name] is node for name, node in net.nodes.items())
        return net if same else net.replace(nodes=nodes)
    nodes, links = {}, []
    begins: dict[End, End] = {}  # output of a nested net -> the output inside, or the nested net's own input
    enters: dict[End, list[End]] = {}  # input of a nested net -> inputs inside
    for name, node in net.nodes.items():
        if not node.is_container:
            nodes[name] = node
            continue
        nodes |= {f"{name}/{inner}": x for inner, x in node.nodes.items()}
        for source, target in node.edges:
            begin = (name, source[1]) if source[0] is None else (f"{name}/{source[0]}", source[1])
            if target[0] is None:
                begins[(name, target[1])] = begin
            elif source[0] is None:
                enters.setdefault((name, source[1]), []).append((f"{name}/{target[0]}", target[1]))
            else:
                links.append(Edge(begin, (f"{name}/{target[0]}", target[1])))
    feeding = {e.target: e.source for e in net.edges}

    def origin(end: End) -> End:
        """Where the data of an output really come from."""
        while end in begins or (end[0] in net.nodes and net.nodes[str(end[0])].is_container):
            end = begins.get(end) or feeding[end]
        return end

    for source, target in net.edges:
        inside = target[0] is not None and net.nodes[target[0]].is_container
        links += [Edge(origin(source), x) for x in (enters.get(target, []) if inside else [target])]
    return reshaped(net, nodes, links)


def reshaped(net: Net, nodes: dict[str, Net], links: list[Edge]) -> Net:
    """A chain where all layers stand in a row and the net was a chain of chains, else a graph."""
    numbered = net.numbered and all(node.numbered for node in net.nodes.values() if node.is_container)
    ports = {**net.inputs, **net.outputs}
    alone = all(len(x.inputs) <= 1 and len(x.outputs) == 1 for x in list(nodes.values())[1:-1])
    row = in_row(nodes, links) if alone else None
    if row is not None:
        return make_chain(
            numbering({name: nodes[name] for name in row}, numbered),
            ports,
            numbered=numbered,
            multipliers=multipliers(net),
        )
    if numbered:
        rename = {name: str(i) for i, name in enumerate(nodes, 1)}
        return make_graph(
            {rename[name]: node for name, node in nodes.items()},
            relabelled(links, rename),
            ports,
            numbered=True,
            multipliers=multipliers(net),
            symbol="NetFlatten",
        )
    return make_graph(
        nodes, links, ports, numbered=numbered, multipliers=multipliers(net), symbol="NetFlatten"
    )


def in_row(nodes: Mapping[str, Net], links: Sequence[Edge]) -> list[str] | None:
    """The nodes in their order where each feeds exactly the next; None for any other graph."""
    following: dict[str, list[str | None]] = {}
    fed: dict[str, set[str | None]] = {}
    for source, target in links:
        if source[0] is not None:
            following.setdefault(source[0], []).append(target[0])
        if target[0] is not None:
            fed.setdefault(target[0], set()).add(source[0])
    starts = [name for name in nodes if fed.get(name, {None}) == {None}]
    if len(starts) != 1:
        return None
    row = [starts[0]]
    while len(row) <= len(nodes):
        after = following.get(row[-1], [])
        if after == [None] * len(after):
            return row if len(row) == len(nodes) else None
        if len(after) != 1 or after[0] is None or fed[after[0]] != {row[-1]}:
            return None
        row.append(after[0])
    return None
