"""Information[net, property]: what is known of a net."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from wlnet.expr import Association, Expr, S, is_list, items, make_list
from wlnet.syntax.printer import to_text

from . import insight, types
from .array_values import array_value
from .coders import show
from .conflicts import describe
from .errors import NetError, nearest
from .infer import array_dims
from .layer import MULTIPLIERS
from .lengths import Extent
from .multipliers import lookup, multiplier
from .net import ABSENT, SHARED, Net, Path, SharedArray
from .places import keys_of
from .programs import PLAIN, program_for
from .recurrence import states_of
from .requests import array_key, default_request
from .show import full, output


def information(net: Net, prop: Any) -> Any:
    """Information[net, prop], a list of values for a list of properties, the report for None."""
    if prop is None:
        return report(net)
    if is_list(prop):
        return make_list(information(net, each) for each in items(prop))
    if prop == "Properties":
        return make_list(sorted(PROPERTIES))
    function = PROPERTIES.get(prop) if type(prop) is str else None
    if function is None:
        hint = nearest(prop, list(PROPERTIES)) if type(prop) is str else ""
        raise NetError(net.record.name, "prop", f"Nets have no property {show(prop)}. {hint}".strip())
    return function(net)


def report(net: Net) -> str:
    """The summary, and the totals."""
    arrays = dimensions(net)
    count = sum(math.prod(x) for x in arrays.values() if x is not None)
    open_ = sum(x is None for x in net.all_arrays().values())
    lines = [
        output(net),
        f"Layers: {sum(1 for _ in layers(net))}",
        f"Arrays: {len(arrays)} with {count} elements",
    ]
    return "\n".join([*lines, *([f"Arrays not set: {open_}"] if open_ else [])])


# ---- arrays


def dimensions(net: Net) -> dict[Path, tuple[int, ...] | None]:
    """The shape of every array as far as it is known."""
    found: dict[Path, tuple[int, ...] | None] = {}
    for path, inner in net.walk():
        dims = array_dims(inner)
        for name, value in inner.arrays.items():
            if value is ABSENT:
                continue
            place = (SHARED, value.name) if type(value) is SharedArray else (*path, name)
            known = dims.get(name)
            complete = known is not None and all(type(x) is int for x in known)
            found[place] = known if complete else None  # type: ignore[assignment]
    return found


def by_path(net: Net, value: Callable[[Path], Any]) -> Association:
    return Association.of((array_key(net, path), value(path)) for path in net.all_arrays())


def arrays(net: Net) -> Association:
    held = net.all_arrays()
    return by_path(net, lambda path: array_value(held[path]))


def dims_value(dims: tuple[int, ...] | None) -> Any:
    return S.Automatic if dims is None else make_list(dims)


def sizes(net: Net) -> dict[Path, Any]:
    return {path: S.Automatic if dims is None else math.prod(dims) for path, dims in dimensions(net).items()}


def total_size(net: Net) -> Any:
    found = list(sizes(net).values())
    return S.Automatic if any(type(x) is not int for x in found) else sum(found)


def byte_total(net: Net) -> Any:
    count = total_size(net)
    return 4 * count if type(count) is int else count


def byte_counts(net: Net) -> Association:
    found = sizes(net)
    return by_path(net, lambda path: 4 * found[path] if type(found[path]) is int else found[path])


def learning_rates(net: Net) -> Association:
    """The multiplier that the net's own settings give to each array."""
    places = net.array_places()

    def rate(path: Path) -> Any:
        for place in places[path]:
            inside: Net | None = net
            for depth in range(len(place)):
                if inside is None:
                    break
                setting = inside.params.get(MULTIPLIERS.name, MULTIPLIERS.default)
                value = lookup(inside, setting, place[depth:], multiplier)
                if value is not None:
                    return int(value) if value == int(value) else value
                inside = inside.nodes.get(place[depth])
        return 1

    return by_path(net, rate)


# ---- layers


def layers(net: Net, path: Path = ()) -> Any:
    """(path, layer) of every innermost layer."""
    if not net.nodes:
        if not net.is_container:
            yield path, net
        return
    for name, node in net.nodes.items():
        yield from layers(node, (*path, name))


def layer_key(net: Net, path: Path) -> Any:
    return make_list(keys_of(net, path))


def type_counts(net: Net) -> Association:
    counts = Counter(layer.head for _, layer in layers(net))
    return Association.of(sorted(counts.items(), key=lambda pair: pair[0].name))


def topology(net: Net) -> Any:
    """What the structure of a net is, without arrays and shapes."""
    params = tuple(
        (name, to_text(value, "FullForm")) for name, value in net.params.items() if type(value) is not Net
    )
    nodes = tuple((name, topology(node)) for name, node in net.nodes.items())
    return (net.record.name, params, nodes, tuple(sorted(map(repr, net.edges))))


def topology_hash(net: Net) -> str:
    return hashlib.sha256(repr(topology(net)).encode()).hexdigest()


# ---- ports


def ports(which: str) -> Callable[[Net], Association]:
    return lambda net: Association.of(
        (name, types.spec_of(port)) for name, port in getattr(net, which).items()
    )


def input_form(net: Net) -> Expr:
    return Expr(S.HoldForm, (full(net),))


def program(net: Net) -> str:
    """The tensor program for one example, one line an instruction."""
    if not net.specified:
        raise NetError(net.record.name, "unspecified", f"The shapes of {describe(net)} are not known.")
    lengths = tuple(Extent(1, True) for port in net.inputs.values() if port.varies)
    return str(program_for(net, 1, lengths, default_request(net).wanted, PLAIN, ()))


PROPERTIES: dict[str, Callable[[Net], Any]] = {
    "Arrays": arrays,
    "ArraysByteCounts": byte_counts,
    "ArraysCount": lambda net: len(net.all_arrays()),
    "ArraysDimensions": lambda net: by_path(net, lambda path: dims_value(dimensions(net)[path])),
    "ArraysElementCounts": lambda net: by_path(net, lambda path: sizes(net)[path]),
    "ArraysLearningRateMultipliers": learning_rates,
    "ArraysList": lambda net: make_list(array_value(x) for x in net.all_arrays().values()),
    "ArraysPositionList": lambda net: make_list(make_list(keys_of(net, path)) for path in net.all_arrays()),
    "ArraysSizes": lambda net: by_path(net, lambda path: sizes(net)[path]),
    "ArraysTotalByteCount": byte_total,
    "ArraysTotalElementCount": total_size,
    "ArraysTotalSize": total_size,
    "InputForm": input_form,
    "InputPortNames": lambda net: make_list(net.inputs),
    "InputPorts": ports("inputs"),
    "Layers": lambda net: Association.of((layer_key(net, path), layer) for path, layer in layers(net)),
    "LayersCount": lambda net: sum(1 for _ in layers(net)),
    "LayersList": lambda net: make_list(layer for _, layer in layers(net)),
    "LayerTypeCounts": type_counts,
    "OutputPortNames": lambda net: make_list(net.outputs),
    "OutputPorts": ports("outputs"),
    "PeakMemory": lambda net: insight.peak_memory(insight.inference(net)),
    "Profile": lambda net: insight.profile_value(insight.inference(net), net.record.name),
    "ProfilePicture": lambda net: insight.profile_picture(insight.inference(net), net.record.name),
    "ProfileTable": lambda net: insight.profile_table(insight.inference(net), net.record.name),
    "Program": program,
    "RecurrentStatesCount": lambda net: len(states_of(net)),
    "RecurrentStatesPositionList": lambda net: make_list(
        make_list((*keys_of(net, path), name)) for path, name in states_of(net)
    ),
    "SharedArraysCount": lambda net: sum(path[0] == SHARED and len(path) == 2 for path in net.all_arrays()),
    "TopologyHash": topology_hash,
}
