"""Nets with parts replaced or renamed: NetReplacePart, NetReplace, NetRename."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wlnet.expr import Expr, S, is_list, items, same, system

from . import types
from .array_values import number_array, read_array
from .assembly import multipliers, muted, reopened
from .coders import Coder, make_coder, read_port, show
from .conflicts import describe
from .construct import KINDS, as_net, is_function, is_rule, read_parameter
from .errors import NetError, nearest
from .graph import make_chain, make_graph
from .infer import infer, make_layer
from .layer import MULTIPLIERS
from .net import SHARED, Edge, Net
from .places import no_part, node_key
from .types import PortType

NONE = system("None")


# ---- NetReplacePart


def replace_part(ev: Any, net: Any, rules: Any) -> Any:
    """NetReplacePart[net, rules]. Raises NetError."""
    symbol = "NetReplacePart"
    found = list(items(rules)) if is_list(rules) else [rules]
    for rule in found:
        if not is_rule(rule):
            raise NetError(symbol, "rule", f"NetReplacePart takes rules part -> value; found {show(rule)}.")
    if isinstance(net, Coder):
        return replace_coder(net, found)
    if type(net) is not Net:
        raise NetError(
            symbol, "net", f"NetReplacePart takes a net, an encoder or a decoder, not {show(net)}."
        )
    structural = False
    for rule in found:
        path = items(rule.args[0]) if is_list(rule.args[0]) else (rule.args[0],)
        net, changed = set_part(ev, net, tuple(path), rule.args[1])
        structural = structural or changed
    if not structural:
        return infer(net, symbol=symbol)
    try:
        return infer(net, symbol=symbol)
    except NetError as error:
        if error.tag != "shape":
            raise
        first = error
    try:
        return infer(reopened_inside(net), symbol=symbol)
    except NetError:
        raise first from None


def reopened_inside(net: Net) -> Net:
    """The net with all shapes inside to be found anew, and its own ports as they stand."""
    fresh = reopened(net)
    return fresh.replace(inputs=net.inputs, outputs=net.outputs)


def replace_coder(coder: Coder, rules: Sequence[Expr]) -> Coder:
    """A coder with other parameters."""
    params = dict(coder.params)
    for rule in rules:
        if rule.args[0] not in params:
            hint = nearest(str(rule.args[0]), list(params))
            text = f'{coder.symbol} "{coder.name}" has no parameter {show(rule.args[0])}. {hint}'
            raise NetError("NetReplacePart", "part", text)
        params[rule.args[0]] = rule.args[1]
    positional = [params.pop(each.name) for each in coder.side.arguments]
    options = [Expr(S.Rule, (name, value)) for name, value in params.items()]
    return make_coder(type(coder), coder.name, [*positional, *options])  # type: ignore[no-any-return]


def set_part(ev: Any, net: Net, path: tuple[Any, ...], value: Any) -> tuple[Net, bool]:
    """The net with one part replaced, not yet inferred; whether shapes elsewhere may have to change."""
    symbol = "NetReplacePart"
    first = path[0] if path else S.All
    if type(first) is Expr and first.head is S.NetArray and len(path) == 1:
        return set_shared(net, first.args[0], value), False
    name = node_key(net, first)
    if name is not None:
        if len(path) == 1:
            node, changed = as_net(ev, value, symbol), True
        else:
            node, changed = set_part(ev, net.nodes[name], path[1:], value)
        return net.replace(nodes={**net.nodes, name: node}), changed
    if type(first) is Expr and first.head is S.NetPort and len(first.args) == 1:
        first = first.args[0]
    first = getattr(first, "name", first)
    if len(path) == 1 and type(first) is str:
        if first in net.arrays:
            return set_array(net, first, value), False
        if net.record.parameter(first) is not None or first in net.params:
            return set_parameter(ev, net, first, value), True
        if first in net.inputs or first in net.outputs:
            return set_port(net, first, value)
    raise no_part(net, path[0] if path else S.All, symbol)


def set_array(net: Net, name: str, value: Any) -> Net:
    """The layer with another array of the same dimensions."""
    field = next(x for x in net.record.array_fields(net.params) if x.name == name)
    new = read_array(net.record, field, value)
    old = net.arrays[name]
    shape = old.shape if getattr(old, "shape", None) is not None else None
    if shape is not None and getattr(new, "shape", None) is not None and new.shape != shape:
        text = (
            f'"{name}" of {describe(net)} has dimensions {types.dims_text(shape)}, not '
            f"{types.dims_text(new.shape)}."
        )
        raise NetError("NetReplacePart", "dims", text)
    return net.replace(arrays={**net.arrays, name: new})


def set_shared(net: Net, name: Any, value: Any) -> Net:
    """The net with another value of a shared array."""
    arrays = net.all_arrays()
    if (SHARED, name) not in arrays:
        raise NetError("NetReplacePart", "part", f"{describe(net)} has no shared array {show(name)}.")
    if value is S.Automatic:
        return net.with_arrays({(SHARED, name): None})
    array = number_array(value)
    if array is None:
        raise NetError(
            "NetReplacePart", "array", f"A shared array must be an array of real numbers, not {show(value)}."
        )
    return net.with_arrays({(SHARED, name): array})


def set_parameter(ev: Any, net: Net, name: str, value: Any) -> Net:
    """The layer made anew with another parameter; arrays keep their values, ports their coders."""
    record = net.record
    parameter = MULTIPLIERS if name == MULTIPLIERS.name else record.parameter(name)
    assert parameter is not None
    params = {**net.params, name: read_parameter(ev, record, parameter, value)}
    if record.container:
        return net.replace(params=params)
    if parameter.function:
        params["Formula"] = KINDS[parameter.function](ev, params[name], record.name)
    ports = {x: p.coder.port_type for x, p in {**net.inputs, **net.outputs}.items() if p.coder is not None}
    return make_layer(record.name, params, arrays=net.arrays, ports=ports, nodes=net.nodes)


def set_port(net: Net, name: str, value: Any) -> tuple[Net, bool]:
    """The net with another type, encoder or decoder at a port; None removes the coder,
    Automatic opens the type.
    """
    is_output = name in net.outputs
    ports = dict(net.outputs if is_output else net.inputs)
    old = ports[name]
    if value is NONE:
        ports[name] = old.bare()
        return net.replace(**{"outputs" if is_output else "inputs": ports}), False
    new = types.ANY if value is S.Automatic else read_port(value, is_output)
    ports[name] = new
    changed = value is S.Automatic
    if not changed:
        try:
            ports[name] = types.meet(new, old.bare())
        except types.MismatchError:
            changed = True
    if changed:
        given, net = net, reopened(net)
        side = {**(net.outputs if is_output else net.inputs), name: new}
        stated = {**net.record.input_ports(net.params), **net.record.output_ports(net.params)}.get(name)
        if stated is not None and not net.is_container:
            try:
                side[name] = types.meet(new, stated.bare())
            except types.MismatchError:
                text = (
                    f'{describe(net)} takes {types.wanted_text(stated)} at "{name}", not '
                    f"{types.found_text(new)}."
                )
                raise NetError("NetReplacePart", "shape", text) from None
        ports = side
        found = net.replace(**{"outputs" if is_output else "inputs": ports})
        try:
            infer(found, symbol="NetReplacePart")
        except NetError:
            # With everything known in place the contradiction names the layer that stands against it.
            infer(
                given.replace(**{"outputs" if is_output else "inputs": {**ports, name: new}}),
                symbol="NetReplacePart",
            )
    return net.replace(**{"outputs" if is_output else "inputs": ports}), True


# ---- NetReplace


def replace(ev: Any, net: Net, rules: Any) -> Net:
    """NetReplace[net, pattern -> layer, ...]: every match at any depth; the net itself,
    with a message, for none.
    """
    symbol = "NetReplace"
    found = list(items(rules)) if is_list(rules) else [rules]
    tests = []
    for rule in found:
        if not is_rule(rule):
            raise NetError(symbol, "rule", f"NetReplace takes rules pattern -> layer; found {show(rule)}.")
        pattern = rule.args[0]
        tests.append((matcher(ev, pattern), rule.args[1]))
    changed, count = replaced(ev, net, tests)
    if not count:
        ev.message(symbol, "nomatch", "No layer of the net matches the pattern; the net is unchanged.")
        return net
    if changed is None:
        raise NetError(symbol, "nothing", "The whole net matches, and cannot be replaced by Nothing.")
    return changed


def matcher(ev: Any, pattern: Any) -> Any:
    """A test of one layer: equal parameters and arrays for a layer given literally, else a pattern."""
    if is_function(pattern):
        pattern = as_net(ev, pattern, "NetReplace")
    if type(pattern) is Net:
        return lambda node: alike(node, pattern)
    return lambda node: ev.matches(node, pattern)


def alike(node: Net, model: Net) -> bool:
    """Whether two nets are of one kind with the same parameters, whatever their shapes and arrays."""
    if node.record is not model.record or list(node.nodes) != list(model.nodes):
        return False
    params = all(same(value, model.params.get(name)) for name, value in node.params.items())
    return params and all(alike(x, model.nodes[name]) for name, x in node.nodes.items())


def replaced(ev: Any, net: Net, tests: Sequence[tuple[Any, Any]]) -> tuple[Net | None, int]:
    """(the net with replacements done, their number); None where the net itself is dropped."""
    for test, value in tests:
        if test(net):
            new = ev.evaluate(value)
            return (None if new is S.Nothing else as_net(ev, new, "NetReplace")), 1
    nodes: dict[str, Net] = {}
    gone: list[str] = []
    count = 0
    spliced: dict[str, Net] = {}
    for name, node in net.nodes.items():
        found, n = replaced(ev, node, tests)
        count += n
        if found is None:
            gone.append(name)
            continue
        nodes[name] = found
        if n and net.record.name == "NetChain" and found.record.name == "NetChain" and not node.is_container:
            spliced[name] = found
    if not count:
        return net, 0
    return rebuilt(net, nodes, gone, spliced), count


def rebuilt(net: Net, nodes: dict[str, Net], gone: Sequence[str], spliced: dict[str, Net]) -> Net:
    """The net with other nodes: layers dropped, chains put in place of a layer spliced into their chain."""
    symbol = "NetReplace"
    ports = {**net.inputs, **net.outputs}
    if net.record.name == "NetChain":
        flat: dict[str, Net] = {}
        for name, node in nodes.items():
            inside = spliced.get(name)
            flat |= {name: node} if inside is None else {f"{name}/{x}": y for x, y in inside.nodes.items()}
        kept = {str(i): x for i, x in enumerate(flat.values(), 1)} if net.numbered else flat
        options: dict[str, Any] = {
            "numbered": net.numbered,
            "multipliers": multipliers(net),
            "symbol": symbol,
        }
        try:
            return make_chain(kept, ports, **options)
        except NetError as error:
            if error.tag != "shape":
                raise
            first = error
        try:
            return make_chain({x: reopened(y) for x, y in kept.items()}, outer(net), **options)
        except NetError:
            raise first from None
    if not net.is_container:
        return infer(net.replace(nodes=nodes), symbol=symbol)
    links = list(net.edges)
    for name in gone:
        sources = [e.source for e in links if e.target[0] == name]
        targets = [e.target for e in links if e.source[0] == name]
        links = [e for e in links if name not in (e.source[0], e.target[0])]
        links += [Edge(sources[0], target) for target in targets] if sources else []
    return make_graph(
        {x: reopened(y) for x, y in nodes.items()},
        links,
        outer(net),
        numbered=net.numbered and not gone,
        muted=[end for end in muted(net) if end[0] in nodes],
        multipliers=multipliers(net),
        symbol=symbol,
    )


def outer(net: Net) -> dict[str, PortType]:
    """What the net's own inputs and coders state."""
    return {**net.inputs, **{name: port for name, port in net.outputs.items() if port.coder is not None}}


# ---- NetRename


def rename(ev: Any, net: Net, rules: Any) -> Net:
    """NetRename[net, "old" -> "new", ...] for layers and ports, NetRename[net, f] for layers."""
    symbol = "NetRename"
    found = list(items(rules)) if is_list(rules) else [rules]
    if all(is_rule(rule) for rule in found):
        for rule in found:
            old, new = rule.args
            path = items(old) if is_list(old) else (old,)
            if type(new) is not str:
                raise NetError(symbol, "name", f"Names are strings; found {show(new)}.")
            net = renamed_at(net, tuple(path), new)
        return net
    names = {
        name: ev.call(rules, key) for name, key in ((n, int(n) if net.numbered else n) for n in net.nodes)
    }
    bad = next((x for x in names.values() if type(x) is not str), None)
    if bad is not None:
        raise NetError(symbol, "name", f"The function must give strings; it gave {show(bad)}.")
    return with_names(net, names)


def renamed_at(net: Net, path: tuple[Any, ...], new: str) -> Net:
    """One layer or port renamed; a path leads into nested nets."""
    first: Any = path[0] if path else S.All
    name = node_key(net, first)
    if len(path) > 1:
        if name is None:
            raise no_part(net, first, "NetRename")
        return net.replace(nodes={**net.nodes, name: renamed_at(net.nodes[name], path[1:], new)})
    if name is not None and net.is_container:
        return with_names(net, {name: new})
    old: Any = first.args[0] if type(first) is Expr and first.head is S.NetPort and first.args else first
    if old in net.inputs or old in net.outputs:
        return with_port(net, old, new)
    raise no_part(net, first, "NetRename")


def with_names(net: Net, names: dict[str, str]) -> Net:
    """The net with nodes renamed; NetError where two would have one name."""
    every = [names.get(name, name) for name in net.nodes]
    if len(set(every)) < len(every):
        twice = next(name for name in every if every.count(name) > 1)
        raise NetError("NetRename", "name", f'Two layers would be called "{twice}".')
    nodes = {names.get(name, name): node for name, node in net.nodes.items()}
    ends = [tuple((names.get(n, n) if n is not None else n, p) for n, p in edge) for edge in net.edges]
    numbered = net.numbered and all(name == str(i) for i, name in enumerate(nodes, 1))
    return net.replace(nodes=nodes, edges=tuple(Edge(*pair) for pair in ends), numbered=numbered)


def with_port(net: Net, old: str, new: str) -> Net:
    """The net with a port renamed; a layer is put into a graph, whose ports can have any name."""
    if new in net.inputs or new in net.outputs:
        raise NetError("NetRename", "name", f'The net has a port "{new}" already.')
    if not net.is_container:
        ends = [((None, p), ("1", p)) for p in net.inputs] + [(("1", p), (None, p)) for p in net.outputs]
        net = make_graph({"1": net}, ends, {**net.inputs, **net.outputs}, numbered=True)
    elif net.record.name == "NetChain":
        links = [(e.source, e.target) for e in net.edges]
        net = make_graph(net.nodes, links, {**net.inputs, **net.outputs}, numbered=net.numbered)
    inputs = {new if name == old else name: port for name, port in net.inputs.items()}
    outputs = {new if name == old else name: port for name, port in net.outputs.items()}
    ends = [tuple((n, new if n is None and p == old else p) for n, p in edge) for edge in net.edges]
    return net.replace(inputs=inputs, outputs=outputs, edges=tuple(Edge(*pair) for pair in ends))
