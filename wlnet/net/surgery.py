"""Nets from parts of nets: take, drop, delete, insert, append, join, flatten. All give new nets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wlnet.expr import Expr, S, is_list, items

from . import types
from .coders import read_port, show
from .errors import NetError, nearest
from .graph import Loose, make_chain, make_graph, quoted, read_end
from .infer import describe, infer
from .layer import MULTIPLIERS
from .net import ABSENT, Edge, End, Net, SharedArray
from .places import no_part, node_key
from .types import PortType

Named = Sequence[tuple[str | None, Net]]


# ---- rebuilding


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
        return make_chain({name: reopened(node) for name, node in nodes.items()}, ports, **options)


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
    ports;
    with `only`, no other outputs of the nodes are.
    """
    names = [name for name in net.nodes if name in set(kept)]
    inside = set(names)
    links: list[tuple[Loose, Loose]] = []
    opened: dict[End, str] = {}
    entering = [e for e in net.edges if e.target[0] in inside]
    taken = {e.source[1] for e in entering if e.source[0] is None}
    for source, target in entering:
        if source[0] is None or source[0] in inside:
            links.append((source, target))
            continue
        if source not in opened:
            opened[source] = fresh_port(target[1], {*taken, *opened.values()})
        links.append(((None, opened[source]), target))
    outs = list(exposed) if only else [*exposed, *old_outputs(net, inside, exposed)]
    links += [(end, (None, port)) for end, port in outs]
    numbered = net.numbered
    if numbered:
        rename = {name: str(i) for i, name in enumerate(names, 1)}
        links = [tuple((rename.get(n, n) if n else n, p) for n, p in link) for link in links]  # type: ignore[misc]
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


# ---- take and drop


def take(net: Net, spec: Any) -> Net:
    """NetTake[net, end] and NetTake[net, {start, end}]."""
    symbol = "NetTake"
    net = as_container(net)
    start, end = S.All, spec
    if is_list(spec):
        if len(items(spec)) != 2:
            raise NetError(symbol, "spec", "NetTake takes an end, or a list {start, end}.")
        start, end = items(spec)
    if net.record.name == "NetChain" and is_simple(net, start) and is_simple(net, end):
        names = list(net.nodes)
        first = 0 if start is S.All else place(net, start, symbol)
        last = len(names) - 1 if end is S.All else place(net, end, symbol)
        return slice_chain(net, names[first : last + 1], symbol)
    return take_graph(net, start, end)


def as_container(net: Net) -> Net:
    return net if net.is_container else make_chain({"1": net}, numbered=True)


def is_simple(net: Net, spec: Any) -> bool:
    """Whether a bound of a chain names a layer, or one of the chain's own ends."""
    if type(spec) is Expr and spec.head is S.NetPort:
        return len(spec.args) == 1 and (spec.args[0] in net.inputs or spec.args[0] in net.outputs)
    return spec is S.All or type(spec) in (int, str)


def place(net: Net, spec: Any, symbol: str) -> int:
    """The place, from 0, of a bound in a chain."""
    if type(spec) is Expr:
        return 0 if spec.args[0] in net.inputs else len(net.nodes) - 1
    name = node_key(net, spec)
    if name is None:
        raise no_part(net, spec, symbol)
    return list(net.nodes).index(name)


def slice_chain(net: Net, names: Sequence[str], symbol: str) -> Net:
    """The chain of some consecutive layers; coders stay at the ends that stay."""
    every = list(net.nodes)
    ports: dict[str, PortType] = {}
    if names and names[0] == every[0]:
        ports |= net.inputs
    if names and names[-1] == every[-1]:
        ports |= net.outputs
    return rebuild_chain(net, {name: net.nodes[name] for name in names}, ports, symbol, net.numbered)


def take_graph(net: Net, start: Any, end: Any) -> Net:
    """The part of a graph that leads from `start` to `end`."""
    symbol = "NetTake"
    ends = graph_ends(net, end, symbol)
    needed = reach({node for (node, _), _ in ends}, backwards(net))
    if start is not S.All:
        needed &= from_start(net, start, symbol)
    if not needed:
        raise NetError(symbol, "empty", "No layer lies between the given start and end.")
    lost = [port for (node, _), port in ends if node not in needed]
    if lost:
        raise NetError(symbol, "empty", f"What is given as start does not lead to {quoted(lost)}.")
    return subgraph(net, needed, ends, only=True, symbol=symbol)


def from_start(net: Net, start: Any, symbol: str) -> set[str]:
    """Nodes that a start reaches, and those that no input of the net reaches (constants)."""
    bounds = items(start) if is_list(start) else (start,)
    begin: set[str] = set()
    for spec in bounds:
        node, port = graph_end(net, spec, symbol)
        if node is None:
            if port not in net.inputs:
                raise NetError(
                    symbol, "port", f'"{port}" is no input of the net; its inputs are {quoted(net.inputs)}.'
                )
            begin |= {e.target[0] for e in net.edges if e.source == (None, port) and e.target[0] is not None}
        else:
            begin.add(node)
    forward = forwards(net)
    fed = {e.target[0] for e in net.edges if e.source[0] is None and e.target[0] is not None}
    constants = set(net.nodes) - reach(fed, forward)
    return reach(begin, forward) | constants


def graph_ends(net: Net, spec: Any, symbol: str) -> list[tuple[End, str]]:
    """The outputs of nodes that an end means, each with the name of its port."""
    if spec is S.All:
        return [(e.source, e.target[1]) for e in net.edges if e.target[0] is None and e.source[0] is not None]
    found: list[tuple[End, str]] = []
    for each in items(spec) if is_list(spec) else (spec,):
        node, port = graph_end(net, each, symbol)
        if node is None:
            source = next((e.source for e in net.edges if e.target == (None, port)), None)
            if source is None or source[0] is None:
                hint = nearest(str(port), list(net.outputs))
                raise NetError(symbol, "port", f'The net has no output port "{port}". {hint}')
            found.append((source, str(port)))
            continue
        outputs = net.nodes[node].outputs
        if port is not None and port not in outputs:
            raise NetError(symbol, "port", f'{describe(net.nodes[node])} has no output port "{port}".')
        for name in [port] if port is not None else outputs:
            known = next(
                (e.target[1] for e in net.edges if e.source == (node, name) and e.target[0] is None), name
            )
            found.append(((node, name), known))
    names = [port for _, port in found]
    return [(end, unique(port, i, names)) for i, (end, port) in enumerate(found)]


def unique(name: str, index: int, names: Sequence[str]) -> str:
    return name if names.count(name) == 1 else f"{name}{names[: index + 1].count(name)}"


def graph_end(net: Net, spec: Any, symbol: str) -> Loose:
    if type(spec) is str and spec not in net.nodes and (spec in net.outputs or spec in net.inputs):
        text = f'"{spec}" names no layer; the port is NetPort["{spec}"].'
        raise NetError(symbol, "vertex", text)
    return read_end(spec, list(net.nodes), symbol)


def forwards(net: Net) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in net.nodes}
    for source, target in net.edges:
        if source[0] is not None and target[0] is not None:
            found[source[0]].add(target[0])
    return found


def backwards(net: Net) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in net.nodes}
    for source, target in net.edges:
        if source[0] is not None and target[0] is not None:
            found[target[0]].add(source[0])
    return found


def reach(begin: Iterable[Any], steps: Mapping[str, set[str]]) -> set[str]:
    """All that can be reached from `begin`, itself included."""
    found: set[str] = set()
    todo = list(begin)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += steps[name]
    return found


def take_span(net: Net, spec: Any) -> Net:
    """Take[net, spec] and net[[span]]: n first, -n last layers, {m, n}, m;;n, or a list of names."""
    symbol = "Take"
    net = as_container(net)
    names = list(net.nodes)
    if type(spec) is Expr and spec.head is S.Span:
        chosen = names[span_slice(spec, len(names))]
    elif type(spec) is int:
        chosen = names[:spec] if spec >= 0 else names[spec:]
    elif is_list(spec) and len(items(spec)) == 2 and all(type(x) is int for x in items(spec)):
        first, last = (place(net, x, symbol) for x in items(spec))
        chosen = names[first : last + 1]
    elif is_list(spec):
        found = [node_key(net, x) for x in items(spec)]
        if None in found:
            raise no_part(net, items(spec)[found.index(None)], symbol)
        chosen = [x for x in found if x is not None]
    elif type(spec) is str:
        return take(net, spec)
    else:
        raise NetError(symbol, "spec", f"{show(spec)} does not say which layers.")
    if not chosen:
        raise NetError(symbol, "empty", "No layers are left.")
    if net.record.name == "NetChain":
        return slice_chain(net, chosen, symbol)
    return subgraph(net, chosen, symbol=symbol)


def span_slice(spec: Expr, length: int) -> slice:
    """m;;n;;k as a Python slice."""
    first, last, by = (*spec.args, 1)[:3] if len(spec.args) == 2 else spec.args
    begin = None if first is S.All else first - 1 if first > 0 else length + first
    stop = None if last is S.All else last if last > 0 else length + last + 1
    return slice(begin, stop, by)


def drop(net: Net, spec: Any) -> Net:
    """NetDrop and Drop: n first, -n last layers, {m, n}, or layers by name."""
    symbol = "NetDrop"
    net = as_container(net)
    names = list(net.nodes)
    if type(spec) is int:
        if abs(spec) > len(names):
            raise NetError(
                symbol, "drop", f"{describe(net)} has {len(names)} layers; {abs(spec)} cannot be dropped."
            )
        gone = names[:spec] if spec >= 0 else names[spec:]
    elif is_list(spec) and len(items(spec)) == 2 and all(type(x) is int for x in items(spec)):
        first, last = (place(net, x, symbol) for x in items(spec))
        gone = names[first : last + 1]
    else:
        gone = [existing(net, x, symbol) for x in (items(spec) if is_list(spec) else (spec,))]
    kept = [name for name in names if name not in gone]
    if net.record.name == "NetChain":
        return slice_chain(net, kept, symbol)
    return subgraph(net, kept, symbol=symbol)


def existing(net: Net, spec: Any, symbol: str) -> str:
    name = node_key(net, spec)
    if name is None:
        raise no_part(net, spec, symbol)
    return name


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


def remade(net: Net, nodes: Mapping[str, Net], links: Sequence[Any], symbol: str) -> Net:
    """A graph with other nodes and connections; ports that still exist keep their coders."""
    numbered = net.numbered
    if numbered:
        rename = {name: str(i) for i, name in enumerate(nodes, 1)}
        links = [tuple((rename.get(n, n) if n else n, p) for n, p in link) for link in links]
        nodes = {rename[name]: node for name, node in nodes.items()}
    given = {source[1] for source, _ in links if source[0] is None} | {t[1] for _, t in links if t[0] is None}
    ports = {n: p for n, p in {**net.inputs, **net.outputs}.items() if n in given and p.coder is not None}
    silent = [(n, p) for n, p in muted(net) if n in nodes]
    return make_graph(
        nodes, links, ports, numbered=numbered, muted=silent, multipliers=multipliers(net), symbol=symbol
    )


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


def entitled(pairs: Named) -> tuple[dict[str, Net], bool]:
    """Layers with names: numbers where none has one, else those given; a missing or taken name gets a
    number.
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


# ---- flatten


def flatten(net: Net, depth: Any = S.Infinity) -> Net:
    """NetFlatten: nested chains and graphs replaced by their layers, `depth` levels deep."""
    levels = 10**6 if depth is S.Infinity else depth
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
        nodes = {rename[name]: node for name, node in nodes.items()}
        links = [Edge(*((rename.get(n, n) if n else n, p) for n, p in link)) for link in links]  # type: ignore[arg-type]
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


# ---- shared arrays


def share_arrays(net: Net, prefix: Any = "") -> Net:
    """NetInsertSharedArrays: every ordinary array that is trained becomes a shared one named by its
    position.
    """
    if type(prefix) is not str:
        raise NetError("NetInsertSharedArrays", "prefix", f"The prefix must be a string, not {show(prefix)}.")
    return infer(shared(net, prefix, ()))


def shared(net: Net, prefix: str, path: tuple[str, ...]) -> Net:
    groups = {field.name: field.group for field in net.record.array_fields(net.params)}
    arrays = dict(net.arrays)
    for name, value in net.arrays.items():
        if value is ABSENT or type(value) is SharedArray or groups.get(name) != "parameters":
            continue
        dims = None if value is None else value.shape
        arrays[name] = SharedArray(prefix + "/".join((*path, name)), dims, value)
    nodes = {name: shared(node, prefix, (*path, name)) for name, node in net.nodes.items()}
    return net.replace(arrays=arrays, nodes=nodes)
