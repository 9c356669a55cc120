"""Parts of nets as nets: NetTake, NetDrop, spans of layers; shared arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wlnet.expr import Expr, S, is_list, items

from .assembly import (
    rebuild_chain,
    subgraph,
)
from .coders import show
from .conflicts import describe
from .errors import NetError, nearest
from .graph import Loose, make_chain, quoted, read_end
from .infer import infer
from .net import ABSENT, End, Net, SharedArray
from .places import no_part, node_key
from .types import PortType

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


# ---- shared arrays


def share_arrays(net: Net, prefix: Any = "") -> Net:
    """NetInsertSharedArrays: every ordinary array that is trained becomes a shared one named
    by its position.
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
