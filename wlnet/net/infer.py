"""Shape inference: what is known of any port or array spreads forwards
and backwards until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import types
from .conflicts import conflict_text, describe, edge_error, node_error
from .errors import ConflictError, NetError
from .layer import LAYERS, MULTIPLIERS
from .net import ABSENT, Edge, End, Net, SharedArray, frozen, same_array
from .types import VARYING, Dims, MismatchError, PortType

# Rounds after which a layer's or a net's rule must have settled; each round fixes at least one extent, so
# that more are needed only by a rule that contradicts itself.
MAX_ROUNDS = 1000

# In front of the name of a recurrent state where what is known of ports is passed on by name.
STATE = "\0"


class Typing:
    """What is known of one layer while its rule runs: `t["Input"]` is a port's type, `t.array(name)` an
    array's shape.

    Rules only ever add knowledge; each of these methods raises ConflictError where the addition contradicts
    what is known.
    """

    __slots__ = (
        "arrays",
        "changed",
        "dims",
        "fields",
        "hints",
        "inputs",
        "net",
        "outputs",
        "params",
        "states",
    )

    def __init__(self, net: Net) -> None:
        self.net = net
        self.params = net.params
        self.inputs = dict(net.inputs)
        self.outputs = dict(net.outputs)
        self.states = dict(net.states)
        self.arrays = net.arrays
        self.fields = net.record.array_fields(net.params)
        self.dims: dict[str, Dims | None] = {}
        for name, value in net.arrays.items():
            if type(value) is SharedArray:
                self.dims[name] = value.value.shape if value.value is not None else value.dims
            elif value is not ABSENT:
                self.dims[name] = value.shape if isinstance(value, np.ndarray) else None
        self.hints: dict[str, dict[str, PortType]] = {}
        self.changed = False

    def node(self, name: str) -> Net:
        """The net inside an operator."""
        return self.net.nodes[name]

    def tell(self, name: str, port: str, more: PortType) -> None:
        """What an operator's rule knows of a port of the net inside."""
        self.hints.setdefault(name, {})[port] = more.bare()

    def __getitem__(self, port: str) -> PortType:
        found = self.inputs.get(port)
        return found if found is not None else self.outputs[port]

    def meet(self, port: str, more: PortType) -> PortType:
        """The port's type with `more` known about it."""
        return self.add(self.inputs if port in self.inputs else self.outputs, port, more)

    def state(self, name: str, more: PortType) -> PortType:
        """The type of a recurrent state with `more` known about it."""
        return self.add(self.states, name, more)

    def add(self, ports: dict[str, PortType], port: str, more: PortType) -> PortType:
        old = ports[port]
        try:
            new = types.meet(old, more)
        except MismatchError:
            raise ConflictError(port, types.wanted_text(more), types.found_text(old)) from None
        if new != old:
            ports[port] = new
            self.changed = True
        return new

    def shape(self, port: str, dims: Dims | None = None) -> Dims | None:
        """The port's shape, with `dims` known about it."""
        return self.meet(port, PortType(None, dims)).shape

    def rank(self, port: str, rank: int) -> Dims:
        """The port's shape, which has `rank` dimensions."""
        found = self.shape(port, (None,) * rank)
        assert found is not None
        return found

    def same(self, *ports: str) -> Dims | None:
        """The common shape of several ports."""
        known = self[ports[0]].shape
        for port in ports[1:]:
            known = self.shape(port, known)
        for port in ports[:-1]:
            self.shape(port, known)
        return known

    def same_types(self, *ports: str) -> None:
        """Ports that carry the same values: shape, kind and range are common."""
        for first, second in zip(ports, ports[1:], strict=False):
            self.meet(second, self[first].bare())
        for first, second in zip(ports, ports[1:], strict=False):
            self.meet(first, self[second].bare())

    def real(self, *ports: str) -> None:
        """Ports that carry real numbers."""
        for port in ports:
            self.meet(port, types.REAL)

    def has(self, array: str) -> bool:
        """Whether the layer has this array (None: it was declined)."""
        return array in self.dims

    def array(self, name: str, dims: Dims | None = None) -> Dims | None:
        """The array's shape, with `dims` known about it; `dims` itself where the layer has no such array."""
        if name not in self.dims:
            return dims
        old = self.dims[name]
        try:
            new = types.meet_dims(old, dims)
        except MismatchError:
            text = f'array "{name}" of shape {types.dims_text(dims)}'
            raise ConflictError(name, text, f"shape {types.dims_text(old)}") from None
        if new != old:
            self.dims[name] = new
            self.changed = True
        return new

    def fail(self, port: str, wanted: str, remedy: str = "") -> ConflictError:
        """The error that the port's type, as it stands, is not `wanted`."""
        return ConflictError(port, wanted, types.found_text(self[port]), remedy)

    def fixed(self, port: str, remedy: str = "") -> Dims | None:
        """The port's shape, in which no dimension may vary."""
        found = self[port].shape
        if found is not None and VARYING in found:
            raise self.fail(port, "arrays of fixed shape", remedy)
        return found


def settle(net: Net) -> Typing:
    """The layer's rule run until nothing changes."""
    t = Typing(net)
    rule = net.record.infer
    if rule is None or (not t.inputs and net.record.is_variadic(net.params)):
        return t
    for _ in range(MAX_ROUNDS):
        t.changed = False
        rule(t)
        if not t.changed:
            return t
    raise AssertionError(f"the rule of {net.record.name} does not settle")


def array_dims(net: Net) -> dict[str, Dims | None]:
    """The shapes of a layer's arrays, as far as they are known; absent ones left out."""
    if not net.arrays:
        return {}
    found = net.cache.get("dims")
    if found is None:
        found = net.cache["dims"] = settle(net).dims
    return found  # type: ignore[no-any-return]


# ---- layers


def make_layer(
    name: str,
    params: Mapping[str, Any] | None = None,
    *,
    arrays: Mapping[str, Any] | None = None,
    ports: Mapping[str, PortType] | None = None,
    nodes: Mapping[str, Net] | None = None,
) -> Net:
    """The layer `name` with these parameters (defaults for the others), arrays, port types, and nets inside.

    Arrays are float32 arrays, None (to be initialized), ABSENT or SharedArray.
    NetError where they contradict.
    """
    record = LAYERS[name]
    filled = {each.name: each.default for each in record.parameters() if not each.net}
    filled.update(params or {})
    fields = record.array_fields(filled)
    if fields:
        filled.setdefault(MULTIPLIERS.name, MULTIPLIERS.default)
    values = {field.name: (arrays or {}).get(field.name) for field in fields}
    values = {each: frozen(x) if isinstance(x, np.ndarray) else x for each, x in values.items()}
    inside = dict(nodes or {}) if record.arrange is None else record.arrange(dict(nodes or {}))
    given = {**filled, **inside}
    inputs, outputs, states = record.input_ports(given), record.output_ports(given), record.state_ports(given)
    net = Net(record, filled, inputs, outputs, values, inside, states=states)
    numbers = [int(port[5:]) for port in ports or {} if port[:5] == "Input" and port[5:].isdigit()]
    if not inputs and record.is_variadic(filled) and numbers:
        net = net.replace(inputs={f"Input{i + 1}": types.ANY for i in range(max(numbers))})
    for port, more in (ports or {}).items():
        state_port(net, port, more)
    return infer(net)


def state_port(net: Net, port: str, more: PortType) -> None:
    """Enter what is stated of a port of a layer that is being made; NetError where it cannot be."""
    known = net.inputs if port in net.inputs else net.outputs
    if port not in known:
        names = ", ".join(f'"{x}"' for x in (*net.inputs, *net.outputs))
        raise NetError(
            net.record.name, "port", f'{describe(net)} has no port "{port}"; its ports are {names}.'
        )
    try:
        known[port] = types.meet(more, known[port])
    except MismatchError:
        wanted, found = types.wanted_text(known[port]), types.found_text(more)
        text = f'{describe(net)} takes {wanted} at "{port}", not {found}.'
        raise NetError(net.record.name, "shape", text) from None


# ---- nets


def infer(net: Net, hints: Mapping[str, PortType] | None = None, symbol: str = "") -> Net:
    """`net` with everything known that follows from its ports, arrays and `hints` about its own ports.

    Returns `net` itself where nothing new follows. Raises NetError `symbol::shape` (default: the net's head)
    naming both layers, the port, and the two types where they contradict one another.
    """
    symbol = symbol or net.record.name
    try:
        net = refine(net, hints or {}, symbol)
        while not net.specified:
            assumed = assume(net)
            if assumed is net:
                break
            net = refine(assumed, {}, symbol)
        return net
    except ConflictError as error:
        raise NetError(symbol, "shape", conflict_text(error, describe(net), "", net)) from None


def assume(net: Net) -> Net:
    """`net` with one layer's assumption about what nothing else decides;
    itself where no layer assumes anything.
    """
    for name, node in net.nodes.items():
        found = assume(node)
        if found is not node:
            return net.replace(nodes={**net.nodes, name: found})
    rule = net.record.assume
    if rule is None or not net.inputs:
        return net
    t = Typing(net)
    rule(t)
    return net.replace(inputs=t.inputs, outputs=t.outputs) if t.changed else net


def refine(net: Net, hints: Mapping[str, PortType], symbol: str) -> Net:
    """`infer` for a net that may lie inside another: its own contradictions are raised as ConflictError."""
    inputs, outputs, states = dict(net.inputs), dict(net.outputs), dict(net.states)
    for name, more in hints.items():
        ports = states if name[:1] == STATE else inputs if name in inputs else outputs
        name = name.removeprefix(STATE)
        try:
            ports[name] = types.meet(ports[name], more)
        except MismatchError:
            raise ConflictError(name, types.wanted_text(ports[name]), types.found_text(more)) from None
    if inputs != net.inputs or outputs != net.outputs or states != net.states:
        net = net.replace(inputs=inputs, outputs=outputs, states=states)
    elif net.cache.get("settled"):
        return net
    if net.record.container:
        net = refine_container(net, symbol)
    else:
        net = refine_layer(net, symbol)
    net.cache["settled"] = True
    return net


def refine_layer(net: Net, symbol: str) -> Net:
    """A layer, or an operator: its rule may look at, and refine, the nets inside."""
    for _ in range(MAX_ROUNDS):
        t = settle(net)
        changed = t.inputs != net.inputs or t.outputs != net.outputs or t.states != net.states
        arrays = {name: shaped(value, t.dims.get(name)) for name, value in net.arrays.items()}
        nodes = {}
        for name, node in net.nodes.items():
            nodes[name] = refine(node, t.hints.get(name, {}), symbol)
            changed = changed or nodes[name] is not node
        if not changed and all(arrays[name] is value for name, value in net.arrays.items()):
            return net
        net = net.replace(inputs=t.inputs, outputs=t.outputs, states=t.states, arrays=arrays, nodes=nodes)
    raise AssertionError(f"the rule of {net.record.name} does not settle")


def shaped(value: Any, dims: Dims | None) -> Any:
    """A shared array remembers the shape that one place gives it, for the others."""
    if type(value) is SharedArray and value.dims != dims and dims is not None:
        return value._replace(dims=dims)
    return value


def refine_container(net: Net, symbol: str) -> Net:
    """Spread types along edges and through nodes until nothing changes.

    Rounds go through the nodes forwards and backwards in turn, so that a long chain settles in a few of them.
    """
    spread = Spread(net, symbol)
    row = sequence(net)
    for number in range(MAX_ROUNDS):
        spread.changed = False
        for edge in spread.passing:
            spread.along(edge, None)
        for name in row if number % 2 == 0 else reversed(row):
            spread.through(name)
        spread.changed = share_dims(spread.nodes) or spread.changed
        if not spread.changed:
            break
    return spread.result()


def sequence(net: Net) -> list[str]:
    """The nodes, each after those that feed it as far as there is such an order."""
    before: dict[str, set[str]] = {name: set() for name in net.nodes}
    for source, target in net.edges:
        if source[0] is not None and target[0] is not None:
            before[target[0]].add(source[0])
    found: dict[str, None] = {}
    waiting = list(net.nodes)
    while waiting:
        ready = [name for name in waiting if before[name] <= found.keys()] or waiting
        found.update(dict.fromkeys(ready))
        waiting = [name for name in waiting if name not in found]
    return list(found)


class Spread:
    """One net while types spread in it."""

    def __init__(self, net: Net, symbol: str) -> None:
        self.net = net
        self.symbol = symbol
        self.nodes, self.inputs, self.outputs = dict(net.nodes), dict(net.inputs), dict(net.outputs)
        self.changed = False
        self.passing = [e for e in net.edges if e.source[0] is None and e.target[0] is None]
        self.touching: dict[str, list[Edge]] = {name: [] for name in net.nodes}
        for edge in net.edges:
            for node in {edge.source[0], edge.target[0]} - {None}:
                self.touching[str(node)].append(edge)

    def at(self, end: End, outgoing: bool) -> PortType:
        """The type at one end of an edge."""
        node, port = end
        if node is None:
            return (self.inputs if outgoing else self.outputs)[port]
        return self.nodes[node].port(port, not outgoing)

    def hint(self, end: End, outgoing: bool) -> str:
        """The name under which a node hears of one of its ports."""
        node = self.nodes[str(end[0])]
        return end[1] if end[1] in (node.outputs if outgoing else node.inputs) else STATE + end[1]

    def along(self, edge: Edge, node: str | None) -> dict[str, PortType]:
        """What the two ends of an edge say together: told to ports of the net,
        returned for ports of `node`.
        """
        source, target = self.at(edge.source, True), self.at(edge.target, False)
        try:
            both = types.meet(source.bare(), target.bare())
        except MismatchError:
            raise edge_error(self.net, self.nodes, edge, source, target, self.symbol) from None
        hints = {}
        for end, own, ports in ((edge.source, source, self.inputs), (edge.target, target, self.outputs)):
            if both == own.bare():
                continue
            self.changed = True
            if end[0] is None:
                ports[end[1]] = both._replace(coder=own.coder)
            elif end[0] == node:
                hints[self.hint(end, end is edge.source)] = both
        return hints

    def through(self, name: str) -> None:
        """A node told what its edges know, and refined."""
        hints: dict[str, PortType] = {}
        for edge in self.touching[name]:
            for port, both in self.along(edge, name).items():
                try:
                    hints[port] = both if port not in hints else types.meet(hints[port], both)
                except MismatchError:
                    other = self.at(edge.target, False).bare()
                    raise edge_error(self.net, self.nodes, edge, hints[port], other, self.symbol) from None
        node = self.nodes[name]
        try:
            self.nodes[name] = refine(node, hints, self.symbol)
        except ConflictError as error:
            raise node_error(self.net, self.nodes, name, error, self.symbol) from None
        self.changed = self.changed or self.nodes[name] is not node

    def result(self) -> Net:
        """The net with what was found; itself where nothing was."""
        net = self.net
        nodes = any(self.nodes[x] is not net.nodes[x] for x in self.nodes)
        if not nodes and self.inputs == net.inputs and self.outputs == net.outputs:
            return net
        return net.replace(nodes=self.nodes, inputs=self.inputs, outputs=self.outputs)


def share_dims(nodes: dict[str, Net]) -> bool:
    """Shared arrays of one name have one shape and one value: told to every place.
    Whether anything was new.
    """
    known: dict[str, SharedArray] = {}
    for node in nodes.values():
        for _, inner in node.walk():
            for value in inner.arrays.values():
                if type(value) is SharedArray:
                    known[value.name] = join_shared(known.get(value.name), value)
    changed = False
    if known:
        for name, node in nodes.items():
            nodes[name] = map_arrays(node, lambda x: known[x.name] if type(x) is SharedArray else x)
            changed = changed or nodes[name] is not node
    return changed


def join_shared(a: SharedArray | None, b: SharedArray) -> SharedArray:
    """What two places know of one shared array; NetError where they contradict one another."""
    if a is None:
        return b
    value = b.value if a.value is None else a.value
    try:
        dims = types.meet_dims(a.dims, b.dims)
        dims = types.meet_dims(dims, None if value is None else value.shape)
    except MismatchError:
        text = (
            f'NetArray["{a.name}"] has shape {types.dims_text(a.dims)} in one place and '
            f"{types.dims_text(b.dims)} in another."
        )
        raise NetError("NetArray", "shape", text) from None
    return SharedArray(a.name, dims, value)


def map_arrays(net: Net, change: Callable[[Any], Any]) -> Net:
    """`net` with every array value replaced; itself where none differs."""
    arrays = {name: change(value) for name, value in net.arrays.items()}
    nodes = {name: map_arrays(node, change) for name, node in net.nodes.items()}
    same_here = all(same_array(arrays[name], value) for name, value in net.arrays.items())
    if same_here and all(nodes[name] is node for name, node in net.nodes.items()):
        return net
    return net.replace(arrays=arrays, nodes=nodes)
