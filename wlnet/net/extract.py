"""Parts of nets: NetExtract, Part, Keys, Normal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wlnet.expr import Association, Expr, S, is_list, items, make_list

from . import types
from .array_values import array_value
from .coders import Coder, show
from .conflicts import describe
from .errors import NetError, nearest
from .layer import MULTIPLIERS
from .net import SHARED, Net, SharedArray
from .places import key_of, no_part, node_key
from .surgery import take_span


def keys(net: Net) -> list[Any]:
    """Names of the nets inside, numbers in an unnamed net."""
    return [key_of(net, name) for name in net.nodes]


def normal(net: Net) -> Any:
    """The layers of a net, a list where they are numbered; of a layer, everything it has by name."""
    if not net.is_container:
        return contents(net)
    if net.numbered:
        return make_list(net.nodes.values())
    return Association.of(net.nodes.items())


def contents(net: Net) -> Association:
    """Parameters, arrays and ports of a layer."""
    pairs: list[tuple[Any, Any]] = list(net.nodes.items())
    hidden = [x.name for x in net.record.parameters() if x.hidden]
    pairs += [
        (name, value) for name, value in net.params.items() if name not in hidden and name != MULTIPLIERS.name
    ]
    pairs += [(name, value(net)) for name, value in net.record.derived.items()]
    pairs += [(name, array_part(value)) for name, value in net.arrays.items()]
    pairs += [(name, types.spec_of(port)) for name, port in {**net.inputs, **net.outputs}.items()]
    return Association.of(pairs)


# ---- NetExtract


# Types of values that hold a net and have parts of their own: (value, spec) -> part.
HOLDERS: dict[type, Callable[[Any, Any], Any]] = {}


def extract(net: Any, spec: Any) -> Any:
    """NetExtract[net, spec]. Raises NetError."""
    if type(net) in HOLDERS:
        return HOLDERS[type(net)](net, spec)
    if isinstance(net, Coder):
        return coder_part(net, spec)
    if type(net) is not Net:
        raise NetError(
            "NetExtract", "net", f"NetExtract takes a net, an encoder or a decoder, not {show(net)}."
        )
    if is_list(spec):
        steps = items(spec)
        if steps and all(is_list(x) for x in steps):
            return make_list(walk(net, items(x)) for x in steps)
        return walk(net, steps)
    return walk(net, (spec,))


def walk(net: Any, steps: Sequence[Any]) -> Any:
    """The part that a path leads to; All at any step gives an association of what the rest leads to."""
    for place, step in enumerate(steps):
        rest = steps[place + 1 :]
        if isinstance(net, Coder):
            net = coder_part(net, step)
        elif type(net) is not Net:
            raise NetError("NetExtract", "part", f"{show(net)} has no parts.")
        elif step is S.All:
            if not rest:
                return normal(net) if net.is_container and not net.numbered else numbered_contents(net)
            inside = net.nodes.items()
            return Association.of(
                (key_of(net, name), walk(node, rest)) for name, node in inside if has(node, rest)
            )
        else:
            net = item(net, step)
    return net


def numbered_contents(net: Net) -> Association:
    if not net.is_container:
        return contents(net)
    return Association.of((key_of(net, name), node) for name, node in net.nodes.items())


def has(net: Net, steps: Sequence[Any]) -> bool:
    """Whether a net has the part that a path leads to."""
    try:
        walk(net, steps)
    except NetError:
        return False
    return True


def item(net: Net, step: Any) -> Any:
    """One part of a net by name or number."""
    if type(step) is Expr and step.head is S.NetArray and len(step.args) == 1:
        return shared_array(net, step.args[0])
    if type(step) is Expr and step.head is S.NetPort and len(step.args) == 1 and type(step.args[0]) is str:
        step = step.args[0]
    name = node_key(net, step)
    if name is not None:
        return net.nodes[name]
    step = getattr(step, "name", step)
    if type(step) is str:
        if step in net.arrays:
            return array_part(net.arrays[step])
        if step in net.params and not is_hidden(net, step):
            return net.params[step]
        if step in net.record.derived:
            return net.record.derived[step](net)
        for ports in (net.inputs, net.outputs):
            if step in ports:
                return types.spec_of(ports[step])
    raise no_part(net, step, "NetExtract")


def array_part(value: Any) -> Any:
    """An array of a layer; for a shared one NetArray["name"], by which its value can be asked of the net."""
    return Expr(S.NetArray, (value.name,)) if type(value) is SharedArray else array_value(value)


def is_hidden(net: Net, name: str) -> bool:
    parameter = net.record.parameter(name)
    return parameter is not None and parameter.hidden


def shared_array(net: Net, name: Any) -> Any:
    """The value of NetArray["name"], or for All an association of all shared arrays."""
    arrays = {
        path[1]: value for path, value in net.all_arrays().items() if path[0] == SHARED and len(path) == 2
    }
    if name is S.All:
        return Association.of((x, array_value(value)) for x, value in arrays.items())
    if name not in arrays:
        hint = nearest(name, list(arrays)) if type(name) is str else ""
        raise NetError(
            "NetExtract", "part", f"{describe(net)} has no shared array {show(name)}. {hint}".strip()
        )
    return array_value(arrays[name])


def coder_part(coder: Coder, spec: Any) -> Any:
    """A coder's parameter, "Type", or the type of its port ("Output" of an encoder, "Input" of a decoder)."""
    if is_list(spec) and len(items(spec)) == 1:
        spec = items(spec)[0]
    if spec == "Type":
        return coder.name
    if spec in ("Output", "Input"):
        return types.spec_of(coder.port_type.bare())
    if spec is S.All:
        return Association.of(coder.params.items())
    if type(spec) is str and spec in coder.params:
        return coder.params[spec]
    hint = nearest(spec, ["Type", *coder.params]) if type(spec) is str else ""
    raise NetError(
        "NetExtract", "part", f'{coder.symbol} "{coder.name}" has no parameter {show(spec)}. {hint}'.strip()
    )


# ---- Part


def part(net: Any, specs: Sequence[Any]) -> Any:
    """net[[specs...]]: a part, or for a span or a list of layers a net of these. Raises NetError."""
    if isinstance(net, Coder):
        return extract(net, make_list(specs))
    first, rest = specs[0], specs[1:]
    several = is_list(first) or (type(first) is Expr and first.head is S.Span)
    if several and net.is_container:
        found = take_span(net, first)
        return part(found, rest) if rest else found
    if first is S.All:
        if not rest:
            return normal(net)
        return walk(net, specs)
    return walk(net, specs)
