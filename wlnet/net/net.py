"""`Net`: an immutable net. A layer, an operator around nets, a NetChain or a NetGraph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Symbol, key, same, system

from .layer import LAYERS, LayerRecord, Params
from .types import Dims, PortType

Path = tuple[str, ...]
End = tuple[str | None, str]  # (node, port); node None: a port of the net itself
ArrayValue = Any  # ndarray of float32 (read-only), None (Automatic), ABSENT, or a SharedArray

# First step of the path of a shared array: ("NetArray", its name).
SHARED = "NetArray"


class Edge(NamedTuple):
    """Data flows from an output port of a node (or an input of the net) to an input port
    of a node (or an output).
    """

    source: End
    target: End


class _Absent:
    """An array that a layer does not have: the setting None, as in "Biases" -> None."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


class SharedArray(NamedTuple):
    """`NetArray["name"]`: one array in several places of a net. All places of one net hold equal `value`s."""

    name: str
    dims: Dims | None = None
    value: np.ndarray | None = None


class Net:
    """A net.

    record    what it is: a layer's, an operator's, or a container's record
    params    construction parameters by name, as WL values
    nodes     the nets inside, in order: vertices of a container, or the nets of an operator
    edges     connections between nodes and ports of a container
    inputs    input ports in order; outputs likewise
    arrays    arrays of a layer by name
    states    recurrent states of a layer or an operator by name: values that a step leaves to the next one.
              A connection to one gives its initial value, a connection from one its final value
    numbered  whether the nodes carry no names but numbers
    cache     executables and what else is found out once; no part of the value
    """

    __slots__ = (
        "arrays",
        "cache",
        "edges",
        "inputs",
        "nodes",
        "numbered",
        "outputs",
        "params",
        "record",
        "states",
    )

    def __init__(
        self,
        record: LayerRecord,
        params: Params,
        inputs: dict[str, PortType],
        outputs: dict[str, PortType],
        arrays: dict[str, ArrayValue] | None = None,
        nodes: dict[str, Net] | None = None,
        edges: tuple[Edge, ...] = (),
        numbered: bool = False,
        states: dict[str, PortType] | None = None,
    ) -> None:
        self.record = record
        self.params = params
        self.inputs = inputs
        self.outputs = outputs
        self.arrays = arrays or {}
        self.nodes = nodes or {}
        self.edges = edges
        self.numbered = numbered
        self.states = states or {}
        self.cache: dict[Any, Any] = {}

    def replace(self, **fields: Any) -> Net:
        """A net that differs in these fields."""
        found = {name: fields.pop(name, getattr(self, name)) for name in FIELDS}
        assert not fields, fields
        return Net(**found)

    @property
    def head(self) -> Symbol:
        return system(self.record.name)

    @property
    def activation(self) -> str | None:
        """ "softmax", "sigmoid" or None, for a layer."""
        return self.record.activation_of(self.params)

    @property
    def is_container(self) -> bool:
        return self.record.container

    # ---- arrays

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, Net]]:
        """This net and all nets inside, with their paths, outermost first."""
        yield path, self
        for name, node in self.nodes.items():
            yield from node.walk((*path, name))

    def all_arrays(self) -> dict[Path, np.ndarray | None]:
        """Every array by path, None where it is not set yet; a shared one once, at (SHARED, name)."""
        found = self.cache.get("arrays")
        if found is None:
            found = {}
            for path, net in self.walk():
                for name, value in net.arrays.items():
                    if type(value) is SharedArray:
                        found[(SHARED, value.name)] = value.value
                    elif value is not ABSENT:
                        found[(*path, name)] = value
            self.cache["arrays"] = found
        return found  # type: ignore[no-any-return]

    def array_places(self) -> dict[Path, list[Path]]:
        """For every key of `all_arrays`, the paths at which that array stands: several for a shared one."""
        found: dict[Path, list[Path]] = {}
        for path, net in self.walk():
            for name, value in net.arrays.items():
                if value is not ABSENT:
                    place = (*path, name)
                    found.setdefault(
                        (SHARED, value.name) if type(value) is SharedArray else place, []
                    ).append(place)
        return found

    def with_arrays(self, values: Mapping[Path, np.ndarray | None]) -> Net:
        """This net with the arrays at these paths (keys of `all_arrays`) replaced;
        None opens an array again.
        """
        shared = {
            path[1]: frozen(value) for path, value in values.items() if path[0] == SHARED and len(path) == 2
        }
        return self._with(dict(values), shared)

    def _with(self, values: dict[Path, np.ndarray | None], shared: dict[str, np.ndarray | None]) -> Net:
        arrays = dict(self.arrays)
        for name, old in self.arrays.items():
            if type(old) is SharedArray:
                if old.name in shared:
                    arrays[name] = old._replace(value=shared[old.name])
            elif (name,) in values:
                arrays[name] = frozen(values[(name,)])
        nodes = {}
        for name, node in self.nodes.items():
            inner = {path[1:]: value for path, value in values.items() if path[0] == name and len(path) > 1}
            nodes[name] = node._with(inner, shared) if inner or shared else node
        return self.replace(arrays=arrays, nodes=nodes)

    def array_group(self, path: Path) -> str:
        """ "parameters" or "state": whether the array at `path` is trained or only a moving statistic."""
        if path[0] == SHARED:
            return "parameters"
        net = self.at(path[:-1])
        for field in net.record.array_fields(net.params):
            if field.name == path[-1]:
                return field.group
        return "parameters"

    def at(self, path: Path) -> Net:
        """The net inside at `path`; KeyError where there is none."""
        net = self
        for name in path:
            net = net.nodes[name]
        return net

    def port(self, name: str, incoming: bool) -> PortType:
        """The type at a port to which a connection leads (`incoming`) or from which one comes: an input or an
        output, or a recurrent state.
        """
        found = (self.inputs if incoming else self.outputs).get(name)
        return self.states[name] if found is None else found

    # ---- completeness

    @property
    def specified(self) -> bool:
        """Whether every port of this net and of all nets inside has a known shape."""
        found = self.cache.get("specified")
        if found is None:
            found = self.cache["specified"] = not any(True for _ in self.unknown_ports())
        return found  # type: ignore[no-any-return]

    def unknown_ports(self) -> Iterator[tuple[Path, str, PortType]]:
        """(path, port, type) of every port whose shape is not known yet."""
        for path, net in self.walk():
            for ports in (net.inputs, net.outputs):
                for name, port in ports.items():
                    if not port.known:
                        yield path, name, port
            if net.record.is_variadic(net.params) and not net.inputs:
                yield path, "Input1", PortType()

    @property
    def initialized(self) -> bool:
        """Whether it is specified and every array is set."""
        found = self.cache.get("initialized")
        if found is None:
            arrays = self.all_arrays()
            found = self.cache["initialized"] = self.specified and all(x is not None for x in arrays.values())
        return found  # type: ignore[no-any-return]

    # ---- identity

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not Net or self.record is not other.record:
            return False
        return (
            list(self.nodes) == list(other.nodes)
            and list(self.inputs.items()) == list(other.inputs.items())
            and list(self.outputs.items()) == list(other.outputs.items())
            and set(self.edges) == set(other.edges)
            and self.numbered == other.numbered
            and self.params.keys() == other.params.keys()
            and all(same(x, other.params[name]) for name, x in self.params.items())
            and self.arrays.keys() == other.arrays.keys()
            and all(same_array(x, other.arrays[name]) for name, x in self.arrays.items())
            and all(x == other.nodes[name] for name, x in self.nodes.items())
        )

    def __hash__(self) -> int:
        params = tuple((name, hash(key(value))) for name, value in self.params.items())
        return hash((self.record.name, params, tuple(self.nodes), tuple(self.inputs), tuple(self.outputs)))

    def __repr__(self) -> str:
        return f"<{self.record.name} {', '.join(self.inputs)} -> {', '.join(self.outputs)}>"

    def __reduce__(self) -> Any:
        # Records are found again by name; what is cached stays behind.
        return (_unpickle, (self.record.name, *(getattr(self, name) for name in FIELDS[1:])))


FIELDS = ("record", "params", "inputs", "outputs", "arrays", "nodes", "edges", "numbered", "states")


def _unpickle(name: str, *fields: Any) -> Net:
    return Net(LAYERS[name], *fields)  # `wlnet.net` has declared all layers before this module is reached


def frozen(value: Any) -> np.ndarray | None:
    """`value` as an array of a net: float32, row-major, read-only, not a view of something writable."""
    if value is None:
        return None
    array = np.ascontiguousarray(value, np.float32).reshape(np.shape(value))
    if array.flags.writeable:
        if array is value or array.base is not None:
            array = array.copy()
        array.setflags(write=False)
    return array


def same_array(a: ArrayValue, b: ArrayValue) -> bool:
    if a is b:
        return True
    if type(a) is SharedArray and type(b) is SharedArray:
        return a.name == b.name and a.dims == b.dims and same_array(a.value, b.value)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=True))
    return False
