"""From expressions to nets: the arguments of layers, chains, graphs and coders as programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wlnet.expr import Association, Expr, S, Symbol, is_list, items

from . import array_reading, formulas, pieces, translate
from .array_values import read_array
from .coders import CODERS, Decoder, Encoder, read_coder, read_port, show
from .errors import NetError, nearest
from .graph import make_chain, make_graph, read_edges
from .infer import make_layer
from .layer import LAYERS, MULTIPLIERS, REQUIRED, LayerRecord, Parameter
from .net import Net, SharedArray
from .types import PortType

# What the function of a layer is translated by: see `layer.Parameter.function`.
KINDS = {**translate.KINDS, "array": array_reading.array, "compiled": array_reading.compiled}

AUTOMATIC = S.Automatic
RULES = (S.Rule, S.RuleDelayed)


# ---- layers


def construct(ev: Any, record: LayerRecord, args: Sequence[Any]) -> Net:
    """`record`[args...]: a layer or an operator around nets. Raises NetError."""
    positional, rules = split(args, len(record.arguments))
    if record.unpack is not None:
        positional = record.unpack(positional)
    if len(positional) > len(record.arguments):
        most = len(record.arguments)
        text = (
            f"{record.name} takes {'no' if not most else f'at most {most}'} "
            f"argument{'s' if most != 1 else ''} besides "
        )
        raise NetError(record.name, "arguments", text + f"its options; found {len(positional)}.")
    params: dict[str, Any] = {each.name: each.default for each in record.parameters()}
    for each, value in zip(record.arguments, positional, strict=False):
        params[each.name] = read_parameter(ev, record, each, value)
    nodes, held = translated(ev, record, params)
    arrays, ports = read_options(ev, record, params, rules, nodes)
    for each in record.arguments:
        if params[each.name] is REQUIRED:
            text = f"{record.name} needs an argument: {each.wanted}."
            raise NetError(record.name, "arguments", text)
    for each in record.parameters():
        if each.net:
            nodes[each.name] = params.pop(each.name)
    wrong = record.check(params) if record.check is not None else None
    if wrong:
        raise NetError(record.name, "parameter", wrong)
    remark = record.remark(params) if record.remark is not None else None
    if remark:
        ev.message(record.name, "remark", remark)
    return make_layer(record.name, params, arrays={**held, **arrays}, ports=ports, nodes=nodes)


def translated(
    ev: Any, record: LayerRecord, params: dict[str, Any]
) -> tuple[dict[str, Net], dict[str, SharedArray]]:
    """The formula of a layer's function into `params`; the nets and the arrays that the function holds."""
    for each in record.arguments:
        if each.function and params[each.name] is not REQUIRED:
            params["Formula"] = KINDS[each.function](ev, params[each.name], record.name)
            if record.detach is not None:
                params["Formula"], nodes, held = record.detach(params["Formula"])
                return nodes, held
    return {}, {}


def split(args: Sequence[Any], most: int) -> tuple[list[Any], list[Any]]:
    """Arguments and rules; a list of rules in the place of an option counts as its rules."""
    positional, rules = [], []
    for arg in args:
        if is_rule(arg):
            rules.append(arg)
        elif len(positional) >= most and is_list(arg) and items(arg) and all(is_rule(x) for x in items(arg)):
            rules.extend(items(arg))
        else:
            positional.append(arg)
    return positional, rules


def is_rule(value: Any) -> bool:
    return type(value) is Expr and value.head in RULES and len(value.args) == 2


def option_name(rule: Expr) -> Any:
    return getattr(rule.args[0], "name", rule.args[0])


def read_parameter(ev: Any, record: LayerRecord, parameter: Parameter, value: Any) -> Any:
    """A parameter's value in normal form; NetError saying what it must be."""
    if parameter.net:
        return as_net(ev, value, record.name)
    found = parameter.read(value)
    if found is None:
        text = f'"{parameter.name}" of {record.name} must be {parameter.wanted}, not {show(value)}.'
        raise NetError(record.name, "parameter", text)
    return found


def read_options(
    ev: Any, record: LayerRecord, params: dict[str, Any], rules: Sequence[Expr], nodes: dict[str, Net]
) -> tuple[dict[str, Any], dict[str, PortType]]:
    """Options into `params`; arrays and port types by name. NetError for an unknown name.

    Which arrays and ports there are may depend on the parameters, so that those come first.
    """
    known = {each.name: each for each in record.parameters() if not each.hidden}
    known[MULTIPLIERS.name] = MULTIPLIERS
    rest = []
    for rule in rules:
        name = option_name(rule)
        if name in known:
            params[name] = read_parameter(ev, record, known[name], rule.args[1])
        else:
            rest.append(rule)
    complete = REQUIRED not in params.values()
    fields = {field.name: field for field in record.array_fields(params)} if rest and complete else {}
    inputs = list(record.input_ports(params)) if rest and complete else []
    outputs = list(record.output_ports(params)) if rest and complete else []
    arrays: dict[str, Any] = {}
    ports: dict[str, PortType] = {}
    for rule in rest:
        name, value = option_name(rule), rule.args[1]
        if type(name) is str and name in fields:
            arrays[name] = read_array(record, fields[name], value)
        elif type(name) is str and name in nodes and type(value) is Net:
            nodes[name] = value
        elif type(name) is str and (name in inputs or name in outputs or is_automatic(record, params, name)):
            ports[name] = read_port(value, name in outputs)
        else:
            hint = nearest(str(name), [*known, *fields, *inputs, *outputs])
            raise NetError(record.name, "option", f"{record.name} has no option {show(name)}. {hint}".strip())
    if complete and not record.array_fields(params) and not record.container:
        params.pop(MULTIPLIERS.name, None)
    return arrays, ports


def is_automatic(record: LayerRecord, params: dict[str, Any], name: str) -> bool:
    """Whether `name` is an input of a layer that takes any number of them: "Input1", "Input2", ..."""
    if REQUIRED in params.values() or not record.is_variadic(params):
        return False
    return name[:5] == "Input" and name[5:].isdigit() and int(name[5:]) > 0


# ---- shorthands


def as_net(ev: Any, value: Any, symbol: str, place: str = "") -> Net:
    """A net from a net or its shorthand: n, a function, or a list.
    NetError naming `place` for anything else.
    """
    kind = type(value)
    if kind is Net:
        return value
    if kind is int and value > 0:
        return make_layer("LinearLayer", {"OutputDimensions": value})
    if is_list(value):
        return chain(ev, (value,))
    if is_function(value):
        return construct(
            ev, LAYERS["ThreadingLayer" if takes_several(value) else "ElementwiseLayer"], (value,)
        )
    what = f"{place} is" if place else f"{symbol} got"
    text = (
        f"{what} {show(value)}, which is no layer. A layer may be written as LinearLayer[3], as a number "
        "n for LinearLayer[n], "
    )
    raise NetError(symbol, "layer", text + "or as a function such as Ramp or Tanh.")


def is_function(value: Any) -> bool:
    if type(value) is Expr:
        return value.head in (S.Function, S.Composition, S.RightComposition)
    if type(value) is str:
        return value in formulas.NAMED
    return type(value) is Symbol and (formulas.allowed(value) or value.down is not None)


def takes_several(f: Any) -> bool:
    """Whether a function as a vertex stands for a ThreadingLayer."""
    if type(f) is Symbol:
        return f.name in translate.VARIADIC or f.name in translate.BINARY
    if type(f) is str:
        return False
    slots = formulas.slots_of(f.args[0]) if type(f) is Expr and f.head is S.Function and f.args else []
    return any(type(x) is str or x > 1 for x in slots)


# ---- chains and graphs


def read_nodes(ev: Any, value: Any, symbol: str) -> tuple[dict[str, Net], bool] | None:
    """The nets of a list or an association, and whether they are numbered; None where `value` is neither."""
    if type(value) is Association:
        pairs = value.pairs()
    elif is_list(value):
        parts = items(value)
        if parts and all(is_rule(x) for x in parts):
            pairs = [x.args for x in parts]
        else:
            nets = {str(i): as_net(ev, x, symbol, f"Layer {i}") for i, x in enumerate(parts, 1)}
            return nets, True
    else:
        return None
    for name, _ in pairs:
        if type(name) is not str:
            raise NetError(symbol, "name", f"Names of layers are strings; found {show(name)}.")
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise NetError(symbol, "name", f'Two layers are called "{twice}".')
    return {name: as_net(ev, x, symbol, f'Layer "{name}"') for name, x in pairs}, False


def read_port_rules(
    rules: Sequence[Expr], net_outputs: Sequence[str], symbol: str
) -> tuple[dict[str, PortType], Any]:
    """Port specifications and LearningRateMultipliers among the options of a chain or graph."""
    ports: dict[str, PortType] = {}
    multipliers = AUTOMATIC
    for rule in rules:
        name, value = option_name(rule), rule.args[1]
        if name == MULTIPLIERS.name:
            multipliers = value
        elif type(rule.args[0]) is str:
            ports[name] = read_port(value, name in net_outputs or is_output(name, value))
        else:
            hint = nearest(str(name), [MULTIPLIERS.name])
            raise NetError(symbol, "option", f"{symbol} has no option {show(rule.args[0])}. {hint}")
    return ports, multipliers


def is_output(name: str, spec: Any) -> bool:
    return name.startswith("Output") or type(spec) is Decoder


def chain(ev: Any, args: Sequence[Any]) -> Net:
    """NetChain[args...]. Raises NetError."""
    symbol = "NetChain"
    if not args:
        raise NetError(symbol, "arguments", "NetChain needs a list or an association of layers.")
    rules = rules_after(args[1:], symbol)
    if type(args[0]) is Net:
        return net_as_chain(args[0], rules)
    found = read_nodes(ev, args[0], symbol)
    if found is None:
        text = f"NetChain needs a list or an association of layers, not {show(args[0])}."
        raise NetError(symbol, "arguments", text)
    nodes, numbered = found
    last = list(nodes.values())[-1].outputs if nodes else ("Output",)
    ports, multipliers = read_port_rules(rules, list(last), symbol)
    return make_chain(nodes, ports, numbered=numbered, multipliers=multipliers)


def rules_after(args: Sequence[Any], symbol: str) -> list[Expr]:
    """Trailing arguments, all of which must be rules."""
    rules: list[Expr] = []
    for arg in args:
        found = items(arg) if is_list(arg) else (arg,)
        for rule in found:
            if not is_rule(rule):
                text = f'{symbol} takes "port" -> type and options after its layers; found {show(rule)}.'
                raise NetError(symbol, "arguments", text)
            rules.append(rule)
    return rules


def net_as_chain(net: Net, rules: Sequence[Expr]) -> Net:
    """NetChain[net]: a chain as it is, a layer as a chain of one, a graph whose layers stand in a row."""
    symbol = "NetChain"
    if net.record.name == "NetChain":
        nodes, numbered = net.nodes, net.numbered
    elif net.record.name == "NetGraph":
        nodes, numbered = in_a_row(net), net.numbered
        if numbered:
            nodes = {str(i): node for i, node in enumerate(nodes.values(), 1)}
    else:
        nodes, numbered = {"1": net}, True
    own = {name: port for name, port in (net.inputs | net.outputs).items() if port.coder is not None}
    ports, multipliers = read_port_rules(rules, list(net.outputs), symbol)
    return make_chain(nodes, {**own, **ports}, numbered=numbered, multipliers=multipliers)


def in_a_row(net: Net) -> dict[str, Net]:
    """The nodes of a graph in which each feeds the next and nothing else; NetError for another graph."""
    following: dict[str | None, list[str | None]] = {}
    for edge in net.edges:
        following.setdefault(edge.source[0], []).append(edge.target[0])
    row: dict[str, Net] = {}
    at: str | None = None
    while len(set(following.get(at, ()))) == 1 and len(row) <= len(net.nodes):
        at = following[at][0]
        if at is None:
            break
        row[at] = net.nodes[at]
    if len(row) < len(net.nodes) or at is not None:
        text = "This graph is no chain: its layers do not stand in one row, each feeding the next."
        raise NetError("NetChain", "linear", text)
    return row


def graph(ev: Any, args: Sequence[Any]) -> Net:
    """NetGraph[args...]. Raises NetError."""
    symbol = "NetGraph"
    if not args:
        raise NetError(symbol, "arguments", "NetGraph needs layers and the connections between them.")
    if type(args[0]) is Net:
        return net_as_graph(args[0], rules_after(args[1:], symbol))
    found = read_nodes(ev, args[0], symbol)
    if found is None:
        text = f"NetGraph needs a list or an association of layers, not {show(args[0])}."
        raise NetError(symbol, "arguments", text)
    nodes, numbered = found
    given = len(args) > 1 and not (
        is_rule(args[1]) and type(option_name(args[1])) is str and option_name(args[1]) not in nodes
    )
    edges = args[1] if given else Expr(S.List, ())
    links, muted = read_edges(edges, list(nodes), symbol)
    targets = [end[1] for _, end in links if end[0] is None and end[1] is not None]
    rules = rules_after(args[2 if given else 1 :], symbol)
    outputs = [*targets, *(port for net in nodes.values() for port in net.outputs)]
    inputs = [end[1] for end, _ in links if end[0] is None]
    ports, multipliers = read_port_rules(rules, [x for x in outputs if x not in inputs], symbol)
    return make_graph(nodes, links, ports, numbered=numbered, muted=muted, multipliers=multipliers)


def net_as_graph(net: Net, rules: Sequence[Expr]) -> Net:
    """NetGraph[net]: a chain's layers and connections, a graph as it is,
    a layer as the graph's only vertex.
    """
    ports, multipliers = read_port_rules(rules, list(net.outputs), "NetGraph")
    if net.is_container:
        own = {name: port for name, port in (net.inputs | net.outputs).items() if port.coder is not None}
        links = [(edge.source, edge.target) for edge in net.edges]
        return make_graph(net.nodes, links, {**own, **ports}, numbered=net.numbered, multipliers=multipliers)
    if net.record.name == "FunctionLayer":
        found = pieces.graph_of(net)
        links = [(edge.source, edge.target) for edge in found.edges]
        made = make_graph(found.nodes, links, ports, numbered=True, multipliers=multipliers)
        return made.replace(inputs={name: made.inputs[name] for name in net.inputs})
    return make_graph({"1": net}, [], ports, numbered=True, multipliers=multipliers)


# ---- coders


def encoder(args: Sequence[Any]) -> Encoder:
    """NetEncoder[spec]. Raises NetError."""
    return make(Encoder, args)  # type: ignore[no-any-return]


def decoder(args: Sequence[Any]) -> Decoder:
    """NetDecoder[spec]. Raises NetError."""
    return make(Decoder, args)  # type: ignore[no-any-return]


def make(kind: type[Encoder] | type[Decoder], args: Sequence[Any]) -> Any:
    found = read_coder(kind, args[0]) if len(args) == 1 else None
    if found is not None:
        return found
    spec = args[0] if args else None
    name = items(spec)[0] if is_list(spec) and items(spec) else spec
    if type(name) is str:
        known = [
            each for each, record in CODERS.items() if getattr(record, kind.__name__.lower()) is not None
        ]
        text = f'There is no {kind.__name__.lower()} of type "{name}". {nearest(name, known)}'.strip()
        raise NetError(kind.symbol, "type", text)
    example = f'{kind.symbol}["Boolean"] or {kind.symbol}[{{"Class", {{"a", "b"}}}}]'
    raise NetError(kind.symbol, "arguments", f"{kind.symbol} takes a type, such as {example}.")
