"""From nets to tensor programs: every layer appends its ops to a builder.
The batch dimension N comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.runtime import ir, types

from . import masks
from .conflicts import describe
from .errors import NetError
from .graph import order
from .infer import array_dims
from .layer import Params
from .lengths import Extent, length_name
from .masks import Demand
from .net import ABSENT, SHARED, End, Net, Path, SharedArray
from .recurrence import final_name
from .types import VARYING, PortType


class Wire(NamedTuple):
    """What flows along an edge: a value (N, ...), and for a port whose first dimension varies
    the lengths (N).

    across  lengths (N) of the second dimension where that is padded, too: of values that no layer takes
    """

    value: ir.Value
    lengths: ir.Value | None = None
    across: ir.Value | None = None


Taps = dict[tuple[Path, str], Wire]

# Initial values (N, ...) of recurrent states by path and name.
States = Mapping[tuple[Path, str], ir.Value]


class Lowering:
    """What a layer's `lower` works with.

    b         the builder
    params    the layer's parameters
    training  whether dropout and batch statistics are active
    dtype     of real values, "f32" or "f64"
    batch     N
    lengths   lengths (N) of the inputs whose first dimension varies, but for those without any padding
    initial   initial values of this layer's recurrent states, where they are not 0; finals collects the last
    given     initial values that come with the data, for the whole net
    rows      truth values (N): which examples there are, None for all; others are padding of the sequences
              that an operator maps over
    demands   collects what layers demand of lengths
    """

    __slots__ = (
        "b",
        "batch",
        "demands",
        "dtype",
        "finals",
        "frozen",
        "given",
        "initial",
        "lengths",
        "net",
        "params",
        "path",
        "rows",
        "taps",
        "training",
        "updates",
    )

    def __init__(
        self, b: ir.Builder, net: Net, path: Path, outer: Lowering | None = None, **fields: Any
    ) -> None:
        self.b = b
        self.net = net
        self.path = path
        self.params: Params = net.params
        self.lengths: dict[str, ir.Value] = {}
        self.training: bool = fields.get("training", outer is not None and outer.training)
        self.dtype: str = fields.get("dtype", "f32" if outer is None else outer.dtype)
        self.batch: int = fields.get("batch", 1 if outer is None else outer.batch)
        self.updates: bool = fields.get("updates", outer is None or outer.updates)
        self.frozen: Collection[Path] = fields.get("frozen", () if outer is None else outer.frozen)
        self.taps: Taps = fields.get("taps", {} if outer is None else outer.taps)
        self.given: States = fields.get("given", {} if outer is None else outer.given)
        self.initial: dict[str, ir.Value] = {}
        self.finals: dict[str, ir.Value] = {}
        self.rows: ir.Value | None = None if outer is None else outer.rows
        self.demands: list[Demand] = fields.get("demands", [] if outer is None else outer.demands)

    def array(self, name: str) -> ir.Value | None:
        """The layer's array as a value, None where it has none."""
        held = self.net.arrays.get(name, ABSENT)
        if held is ABSENT:
            return None
        return self.b.values[variable_name(array_path(self.path, name, held))]

    def need(self, name: str) -> ir.Value:
        """An array that the layer always has."""
        found = self.array(name)
        assert found is not None, name
        return found

    def set_array(self, name: str, value: ir.Value) -> None:
        """After the step the array holds `value`; not where the array is frozen
        or the program must change nothing.
        """
        path = (*self.path, name)
        if self.updates and not any(path[: len(each)] == tuple(each) for each in self.frozen):
            target = self.need(name)
            self.b.updates.pop(target.instr.params["name"], None)  # a net applied twice sets it twice
            self.b.update(target, value)

    def latest(self, name: str) -> ir.Value:
        """An array as the step will leave it so far: with what was set by earlier uses of the same net."""
        value = self.need(name)
        known = self.b.updates.get(value.instr.params["name"])
        return value if known is None else known.value

    def state(self, name: str) -> ir.Value:
        """The initial value (N, ...) of a recurrent state: what is connected or given, else 0."""
        known = self.initial.get(name, self.given.get((self.path, name)))
        if known is not None:
            return known
        shape = self.net.states[name].shape
        assert shape is not None and all(type(x) is int for x in shape), (self.path, name, shape)
        return self.b.zeros(types.Type(self.dtype, (self.batch, *shape)))  # type: ignore[arg-type]

    def leave(self, name: str, value: ir.Value) -> None:
        """The final value (N, ...) of a recurrent state."""
        self.finals[name] = value

    def extents(self, port: str) -> tuple[int, ...]:
        """The shape of a port without the batch dimension, all extents known."""
        shape = (self.net.inputs.get(port) or self.net.outputs[port]).shape
        assert shape is not None and all(type(x) is int for x in shape), (self.path, port, shape)
        return shape  # type: ignore[return-value]

    def last_extent(self, port: str) -> int:
        """The extent of a port's last dimension."""
        shape = (self.net.inputs.get(port) or self.net.outputs[port]).shape
        assert shape and type(shape[-1]) is int, (self.path, port, shape)
        return shape[-1]

    def real(self, value: ir.Value) -> ir.Value:
        """`value` in the real dtype of the program."""
        return value if value.dtype == self.dtype else self.b.cast(value, self.dtype)

    def number(self, value: float) -> ir.Value:
        """A constant in the real dtype."""
        return self.b.constant(float(value), self.dtype)

    def constant_lengths(self, value: ir.Value) -> ir.Value:
        """The lengths (N) of sequences without padding."""
        return self.b.constant(value.shape[1], "i32", (value.shape[0],))

    def mask(self, port: str, extent: int, rank: int = 2) -> ir.Value | None:
        """Which of `extent` positions hold elements of the sequences at an input: truth values (N, extent,
        1, ...) of `rank` dimensions; None where all do.
        """
        lengths = self.lengths.get(port)
        return None if lengths is None else masks.mask(self.b, lengths, extent, rank)

    def blank(self, port: str, x: ir.Value, number: float = 0.0) -> ir.Value:
        """`x` (N, L, ...), what came in at `port` or was made of it element by element, with `number` in
        place of the padding.
        """
        mask = self.mask(port, x.shape[1], x.rank) if port in self.lengths else None
        return x if mask is None else masks.blank(self.b, x, mask, number)

    def count(self, port: str) -> ir.Value | None:
        """The lengths at an input as real numbers (N); None where nothing is padded."""
        lengths = self.lengths.get(port)
        return None if lengths is None else self.b.cast(lengths, self.dtype)

    def demand(self, text: str, found: ir.Value, wanted: ir.Value | int) -> None:
        """Every example must have lengths `found` equal to the lengths `wanted`, or at least the number
        `wanted`. `text` says so to the user: the layer takes ...
        """
        self.demands.append(Demand(self.net.record.name, f"{describe(self.net)} takes {text}", found, wanted))

    def inside(
        self,
        name: str,
        inputs: Mapping[str, Wire],
        batch: int | None = None,
        rows: ir.Value | None = None,
    ) -> dict[str, Wire]:
        """The net inside an operator, applied to `inputs` (whose batch dimension is `batch`, of which `rows`
        are no padding).
        """
        node = self.net.nodes[name]
        inner = Lowering(self.b, node, (*self.path, name), self)
        if batch is not None:
            inner.batch, inner.rows = batch, rows
        return lower_net(inner, inputs)


def variable_name(path: Path) -> str:
    """Name in programs and stores of the array at `path`."""
    return "/".join(path)


def array_path(path: Path, name: str, held: Any) -> Path:
    return (SHARED, held.name) if type(held) is SharedArray else (*path, name)


def input_type(port: PortType, batch: int, dtype: str = "f32", extent: Extent | None = None) -> types.Type:
    """Type in a program of the values at an input port: (N, ...); `extent` says how long sequences are."""
    assert port.shape is not None and None not in port.shape, port
    shape = tuple(x if x is not VARYING or extent is None else extent.size for x in port.shape)
    return types.Type("i64" if port.kind == "integer" else dtype, (batch, *shape))  # type: ignore[arg-type]


def input_wire(b: ir.Builder, name: str, type_: types.Type, extent: Extent | None) -> Wire:
    """An input of a program, and where its sequences are padded an input with their lengths."""
    value = b.input(name, type_)
    if extent is None or extent.full:
        return Wire(value)
    return Wire(value, b.input(length_name(name), types.Type("i32", (type_.shape[0],))))


def declare(net: Net, b: ir.Builder, dtype: str = "f32") -> None:
    """Declare every array of `net` as a variable, in the order of `Net.all_arrays`;
    those known already are left.
    """
    fields = {}
    for path, inner in net.walk():
        dims = array_dims(inner)
        for field in inner.record.array_fields(inner.params):
            held = inner.arrays.get(field.name, ABSENT)
            if held is not ABSENT:
                fields[array_path(path, field.name, held)] = (inner, field, dims.get(field.name))
    for path, value in net.all_arrays().items():
        name = variable_name(path)
        if name in b.variables:
            continue
        inner, field, dims = fields[path]
        if value is not None:
            dims = value.shape
        if dims is None or any(type(x) is not int for x in dims):
            text = (
                f'The shape of the array "{field.name}" of {describe(inner)} is not known. Specify the '
                "inputs of the net."
            )
            raise NetError(net.record.name, "unspecified", text)
        initial = field.fill if value is None else value
        b.variable(name, types.Type(dtype, dims), group=field.group, initial=initial)  # type: ignore[arg-type]


def lower(
    net: Net,
    b: ir.Builder,
    inputs: Mapping[str, Wire],
    *,
    training: bool,
    dtype: str = "f32",
    updates: bool | None = None,
    frozen: Collection[Path] = (),
    taps: Taps | None = None,
    batch: int | None = None,
    demands: list[Demand] | None = None,
    given: States | None = None,
) -> dict[str, Wire]:
    """The outputs of `net` on `inputs`, as values of `b`.

    training  dropout and batch statistics are active
    updates   moving statistics are updated (default: as `training`); not those below a path in `frozen`
    taps      receives every output of every net inside, by (path, port), and final states by (path,
              `final_name`)
    given     initial values of recurrent states
    batch     N for a net without inputs
    demands   receives what layers demand of the lengths of sequences
    """
    declare(net, b, dtype)
    if batch is None:
        batch = next((wire.value.shape[0] for wire in inputs.values()), 1)
    outer = Lowering(
        b,
        net,
        (),
        training=training,
        dtype=dtype,
        updates=training if updates is None else updates,
        frozen=frozen,
        taps={} if taps is None else taps,
        batch=batch,
        demands=[] if demands is None else demands,
        given={} if given is None else given,
    )
    return lower_net(outer, inputs)


def lower_net(at: Lowering, inputs: Mapping[str, Wire]) -> dict[str, Wire]:
    net = at.net
    found = lower_container(at, inputs) if net.record.container else lower_layer(at, inputs)
    for port, wire in found.items():
        at.taps[(at.path, port)] = wire
    for name, value in at.finals.items():
        at.taps[(at.path, final_name(name))] = Wire(value)
    return found


def lower_container(at: Lowering, inputs: Mapping[str, Wire]) -> dict[str, Wire]:
    net = at.net
    wires: dict[End, Wire] = {(None, port): wire for port, wire in inputs.items()}
    feeding: dict[End, End] = {edge.target: edge.source for edge in net.edges}
    for name in order(net):
        node = net.nodes[name]
        given = {port: wires[feeding[(name, port)]] for port in node.inputs}
        inner = Lowering(at.b, node, (*at.path, name), at)
        for state in node.states:
            if state not in node.inputs and (name, state) in feeding:
                inner.initial[state] = inner.real(wires[feeding[(name, state)]].value)
        for port, wire in lower_net(inner, given).items():
            wires[(name, port)] = wire
        for state, value in inner.finals.items():
            wires.setdefault((name, state), Wire(value))
    return {port: wires[feeding[(None, port)]] for port in net.outputs}


def refusal(net: Net) -> NetError:
    """The error that a layer without meaning for programs cannot be evaluated."""
    reason = "" if net.record.refusal is None else " " + net.record.refusal(net)
    return NetError(net.record.name, "lower", f"{describe(net)} cannot be evaluated.{reason}")


def check_evaluable(net: Net) -> None:
    """NetError where a layer inside cannot be evaluated."""
    for _, inner in net.walk():
        if inner.record.lower is None and not inner.record.container:
            raise refusal(inner)


def lower_layer(at: Lowering, inputs: Mapping[str, Wire]) -> dict[str, Wire]:
    net, record = at.net, at.net.record
    if record.lower is None:
        raise refusal(net)
    values = {}
    for port, wire in aligned(at, inputs).items():
        values[port] = wire.value
        if wire.lengths is not None:
            at.lengths[port] = wire.lengths
    result = record.lower(at, values)
    if isinstance(result, ir.Value | Wire):
        result = {next(iter(net.outputs)): result}
    default = next(iter(at.lengths.values()), None)
    found = {}
    for port, value in result.items():
        if isinstance(value, Wire):
            found[port] = value
        elif record.lengths is not None:
            found[port] = Wire(value, record.lengths(at, port))
        else:
            found[port] = Wire(value, default if net.outputs[port].varies else None)
    return found


def aligned(at: Lowering, inputs: Mapping[str, Wire]) -> Mapping[str, Wire]:
    """Inputs whose first dimension varies, where they must be of one length, brought to one extent."""
    rule = at.net.record.aligned
    if not (rule(at.net) if callable(rule) else rule):
        return inputs
    return one_length(at, inputs, [port for port, type_ in at.net.inputs.items() if type_.varies])


def one_length(at: Lowering, inputs: Mapping[str, Wire], varying: Sequence[str]) -> Mapping[str, Wire]:
    """`inputs` where the sequences at the ports `varying` must be of one length, those brought to one
    extent.
    """
    wires = [inputs[port] for port in varying]
    if (
        len(wires) < 2
        or all(x.lengths is wires[0].lengths for x in wires)
        and len({x.value.shape[1] for x in wires}) == 1
    ):
        return inputs
    text = f"sequences of one length at {' and '.join(f'{chr(34)}{port}{chr(34)}' for port in varying)}"
    known = [x.lengths if x.lengths is not None else at.constant_lengths(x.value) for x in wires]
    for other in known[1:]:
        if other is not known[0]:
            at.demand(text, known[0], other)
    extent = min(x.value.shape[1] for x in wires)
    full = any(x.lengths is None and x.value.shape[1] == extent for x in wires)
    common = None if full else next(x.lengths for x in wires if x.lengths is not None)
    cut = {
        port: Wire(at.b.slice_axis(x.value, 1, 0, extent), common)
        for port, x in zip(varying, wires, strict=True)
    }
    return {**inputs, **cut}


def initial_values(net: Net) -> dict[str, np.ndarray]:
    """The arrays of an initialized net by variable name: what a Store starts from."""
    return {variable_name(path): value for path, value in net.all_arrays().items() if value is not None}
