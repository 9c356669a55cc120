"""Layers put into nets and taken out of them: NetDelete, NetInsert, NetAppend, NetPrepend, NetJoin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wlnet.expr import Expr, S, is_list, items

from .assembly import (
    Named,
    entitled,
    multipliers,
    rebuild_chain,
    remade,
    reopened,
)
from .coders import read_port, show
from .errors import NetError
from .graph import Loose, make_chain, make_graph, quoted
from .net import Edge, Net
from .surgery import as_container, existing, place
from .types import PortType

# ---- delete and insert


def delete(net: Net, spec: Any) -> Net:
    """NetDelete: layers removed, their neighbours connected where one output took their one input's place."""
    symbol = "NetDelete"
    net = as_container(net)
    gone = [existing(net, x, symbol) for x in (items(spec) if is_list(spec) else (spec,))]
    if net.record.name == "NetChain":
        kept = {name: node for name, node in net.nodes.items() if name not in gone}
        ends = list(net.nodes)
        ports = {} if ends[0] in gone else dict(net.inputs)
        ports |= {} if ends[-1] in gone else net.outputs
        ports |= {name: port for name, port in net.inputs.items() if port.coder is not None}
        ports |= {name: port for name, port in net.outputs.items() if port.coder is not None}
        return rebuild_chain(net, kept, ports, symbol, net.numbered)
    links = [*net.edges]
    for name in gone:
        node = net.nodes[name]
        sources = [e.source for e in links if e.target[0] == name]
        targets = [e.target for e in links if e.source[0] == name]
        links = [e for e in links if name not in (e.source[0], e.target[0])]
        if len(node.inputs) == 1 and len(node.outputs) == 1 and sources:
            links += [Edge(sources[0], target) for target in targets]
    nodes = {name: reopened(node) for name, node in net.nodes.items() if name not in gone}
    return remade(net, nodes, links, symbol)


def insert(net: Net, new: Named, position: Any) -> Net:
    """NetInsert in a chain: before the layer at `position`, a name or a number (negative: from the end)."""
    symbol = "NetInsert"
    if net.record.name != "NetChain":
        text = (
            "NetInsert puts layers into chains. A graph takes new layers by NetGraph with further "
            "connections."
        )
        raise NetError(symbol, "chain", text)
    names = list(net.nodes)
    if type(position) is int and position and abs(position) <= len(names) + 1:
        at = position - 1 if position > 0 else len(names) + 1 + position
    else:
        at = place(net, position, symbol)
    pairs: list[tuple[str | None, Net]] = [
        (None if net.numbered else name, net.nodes[name]) for name in names
    ]
    pairs[at:at] = list(new)
    ports = {} if at == 0 else dict(net.inputs)
    ports |= {} if at == len(names) else net.outputs
    ports |= {name: port for name, port in net.inputs.items() if port.coder is not None}
    ports |= {name: port for name, port in net.outputs.items() if port.coder is not None}
    nodes, numbered = entitled(pairs)
    return rebuild_chain(net, nodes, ports, symbol, numbered)


# ---- append, prepend, join


def append(net: Net, new: Named, rules: Sequence[Any]) -> Net:
    """NetAppend: layers after a net with one output, whose decoder is removed."""
    return extended(net, new, rules, "NetAppend")


def prepend(net: Net, new: Named, rules: Sequence[Any]) -> Net:
    """NetPrepend: layers before a net with one input, whose encoder is removed."""
    return extended(net, new, rules, "NetPrepend")


def extended(net: Net, new: Named, rules: Sequence[Any], symbol: str) -> Net:
    after = symbol == "NetAppend"
    ends = net.outputs if after else net.inputs
    if len(ends) != 1:
        noun = "output" if after else "input"
        raise NetError(
            symbol, "ports", f"{symbol} needs a net with one {noun}; this one has {quoted(ends) or 'none'}."
        )
    stated = {}
    for rule in rules:
        if type(rule) is not Expr or rule.head is not S.Rule or type(rule.args[0]) is not str:
            raise NetError(
                symbol, "option", f'{symbol} takes "port" -> type after the layers; found {show(rule)}.'
            )
        stated[rule.args[0]] = read_port(rule.args[1], rule.args[0].startswith("Output"))
    kept = dict(net.inputs if after else net.outputs)
    if net.record.name == "NetGraph":
        return extended_graph(net, new, {**kept, **stated}, after, symbol)
    own: list[tuple[str | None, Net]] = [(None, net)]
    if net.record.name == "NetChain":
        own = [(None if net.numbered else name, node) for name, node in net.nodes.items()]
    nodes, numbered = entitled([*own, *new] if after else [*new, *own])
    return rebuild_chain(net, nodes, {**kept, **stated}, symbol, numbered)


def extended_graph(net: Net, new: Named, ports: Mapping[str, PortType], after: bool, symbol: str) -> Net:
    """A graph with a chain of new layers at its one output or input."""
    added = make_chain(entitled(new)[0], numbered=True, symbol=symbol) if len(new) > 1 else new[0][1]
    wanted = new[0][0] if len(new) == 1 else None
    name = (
        str(len(net.nodes) + 1)
        if net.numbered
        else wanted or fresh_name(net, "appended" if after else "prepended")
    )
    port = next(iter(net.outputs if after else net.inputs))
    links: list[tuple[Loose, Loose]] = []
    for source, target in net.edges:
        if after and target == (None, port):
            links.append((source, (name, None)))
        elif not after and source == (None, port):
            links.append(((name, None), target))
        else:
            links.append((source, target))
    nodes = {**net.nodes, name: added}
    if after and len(added.outputs) == 1:
        links.append(((name, None), (None, port)))
    if not after and len(added.inputs) == 1:
        links.insert(0, ((None, port), (name, None)))
    return make_graph(nodes, links, ports, numbered=net.numbered, multipliers=multipliers(net), symbol=symbol)


def fresh_name(net: Net, name: str) -> str:
    number = 1
    found = name
    while found in net.nodes:
        found, number = f"{name}{number}", number + 1
    return found


def join(nets: Sequence[Net]) -> Net:
    """NetJoin: the layers of chains, one after another; coders between them are removed."""
    symbol = "NetJoin"
    if not nets:
        raise NetError(symbol, "arguments", "NetJoin needs at least one net.")
    pairs: list[tuple[str | None, Net]] = []
    for net in nets:
        if net.record.name == "NetChain":
            pairs += [(None if net.numbered else name, node) for name, node in net.nodes.items()]
        else:
            pairs.append((None, net))
    nodes, numbered = entitled(pairs)
    ports = {**nets[0].inputs, **nets[-1].outputs}
    return rebuild_chain(nets[0], nodes, ports, symbol, numbered)
