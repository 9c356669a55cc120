"""From nets to tensor programs: every layer appends its ops to a builder.
The batch dimension N comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np

from wlnet.runtime import ir, types

from .conflicts import describe
from .errors import NetError
from .graph import order
from .infer import array_dims
from .layer import Params
from .net import ABSENT, SHARED, End, Net, Path, SharedArray
from .types import VARYING, PortType


class Wire(NamedTuple):
    """What flows along an edge: a value (N, ...), and for a port whose first dimension varies
    the lengths (N).
    """

    value: ir.Value
    lengths: ir.Value | None = None


Taps = dict[tuple[Path, str], Wire]


class Lowering:
    """What a layer's `lower` works with.

    b         the builder
    params    the layer's parameters
    training  whether dropout and batch statistics are active
    dtype     of real values, "f32" or "f64"
    batch     N
    lengths   lengths of the inputs whose first dimension varies
    """

    __slots__ = (
        "b",
        "batch",
        "dtype",
        "frozen",
        "lengths",
        "net",
        "params",
        "path",
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
            self.b.update(self.need(name), value)

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

    def inside(self, name: str, inputs: Mapping[str, Wire], batch: int | None = None) -> dict[str, Wire]:
        """The net inside an operator, applied to `inputs` (whose batch dimension is `batch`)."""
        node = self.net.nodes[name]
        inner = Lowering(self.b, node, (*self.path, name), self)
        if batch is not None:
            inner.batch = batch
        return lower_net(inner, inputs)


def variable_name(path: Path) -> str:
    """Name in programs and stores of the array at `path`."""
    return "/".join(path)


def array_path(path: Path, name: str, held: Any) -> Path:
    return (SHARED, held.name) if type(held) is SharedArray else (*path, name)


def input_type(port: PortType, batch: int, dtype: str = "f32", length: int | None = None) -> types.Type:
    """Type in a program of the values at an input port: (N, ...); `length` stands for a varying extent."""
    assert port.shape is not None and None not in port.shape, port
    shape = tuple(length if x is VARYING else x for x in port.shape)
    return types.Type("i64" if port.kind == "integer" else dtype, (batch, *shape))  # type: ignore[arg-type]


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
) -> dict[str, Wire]:
    """The outputs of `net` on `inputs`, as values of `b`.

    training  dropout and batch statistics are active
    updates   moving statistics are updated (default: as `training`); not those below a path in `frozen`
    taps      receives every output of every net inside, by (path, port)
    batch     N for a net without inputs
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
    )
    return lower_net(outer, inputs)


def lower_net(at: Lowering, inputs: Mapping[str, Wire]) -> dict[str, Wire]:
    net = at.net
    found = lower_container(at, inputs) if net.record.container else lower_layer(at, inputs)
    for port, wire in found.items():
        at.taps[(at.path, port)] = wire
    return found


def lower_container(at: Lowering, inputs: Mapping[str, Wire]) -> dict[str, Wire]:
    net = at.net
    wires: dict[End, Wire] = {(None, port): wire for port, wire in inputs.items()}
    feeding: dict[End, End] = {edge.target: edge.source for edge in net.edges}
    for name in order(net):
        node = net.nodes[name]
        given = {port: wires[feeding[(name, port)]] for port in node.inputs}
        for port, wire in lower_net(Lowering(at.b, node, (*at.path, name), at), given).items():
            wires[(name, port)] = wire
    return {port: wires[feeding[(None, port)]] for port in net.outputs}


def lower_layer(at: Lowering, inputs: Mapping[str, Wire]) -> dict[str, Wire]:
    net, record = at.net, at.net.record
    if record.lower is None:
        raise NetError(record.name, "lower", f"{describe(net)} cannot be evaluated.")
    values = {}
    for port, wire in inputs.items():
        values[port] = wire.value
        if wire.lengths is not None:
            at.lengths[port] = wire.lengths
    result = record.lower(at, values)
    if isinstance(result, ir.Value):
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


def initial_values(net: Net) -> dict[str, np.ndarray]:
    """The arrays of an initialized net by variable name: what a Store starts from."""
    return {variable_name(path): value for path, value in net.all_arrays().items() if value is not None}
