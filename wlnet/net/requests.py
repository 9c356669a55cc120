"""What is asked of a net besides its data: output ports, decoder properties,
interior activations, gradients.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from wlnet.expr import Expr, S, is_list, items, make_list, system

from .conflicts import describe
from .errors import NetError, nearest
from .graph import quoted
from .net import ABSENT, SHARED, Net, Path, SharedArray
from .places import keys_of, no_part, node_key, node_path
from .recurrence import State, final_name, states_of

NONE = system("None")


class Output(NamedTuple):
    """An output port; `prop` None: the decoder's default, NONE: the raw array,
    else a property of the decoder.
    """

    port: str
    prop: Any = None


class Interior(NamedTuple):
    """An output port of a net inside."""

    path: Path
    port: str


class InputGradient(NamedTuple):
    """The gradient with respect to an input port."""

    port: str


class ArrayGradient(NamedTuple):
    """The gradient with respect to an array."""

    path: Path


Wanted = Output | Interior | InputGradient | ArrayGradient


class Request(NamedTuple):
    """What a call returns: one value, or an association of `keys` to values."""

    keys: tuple[Any, ...]
    wanted: tuple[Wanted, ...]
    single: bool


def default_request(net: Net) -> Request:
    names = tuple(net.outputs)
    return Request(names, tuple(map(Output, names)), len(names) == 1)


def read_request(net: Net, spec: Any) -> Request:
    """The second argument of net[data, spec]; NetError where it names nothing of the net."""
    if is_gradient(spec) and spec.args[0] is S.All:
        return every_gradient(net)
    if is_states(spec):
        return every_state(net)
    if is_port(spec) or type(spec) is str or is_gradient(spec):
        return one(spec, read_one(net, spec))
    if spec is NONE:
        return one(spec, Output(only_output(net, spec), NONE))
    if type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2:
        return one(spec, read_rule(net, spec))
    if is_list(spec):
        parts = items(spec)
        if len(net.outputs) == 1 and is_property(net, only_output(net, spec), spec):
            return one(spec, Output(only_output(net, spec), spec))
        pairs: list[tuple[Any, Wanted]] = []
        for part in parts:
            if is_states(part) or (is_gradient(part) and part.args[0] is S.All):
                every = every_state(net) if is_states(part) else every_gradient(net)
                pairs += zip(every.keys, every.wanted, strict=True)
            else:
                rule = type(part) is Expr and part.head is S.Rule and len(part.args) == 2
                pairs.append((part.args[0], read_rule(net, part)) if rule else (part, read_one(net, part)))
        return Request(tuple(k for k, _ in pairs), tuple(w for _, w in pairs), False)
    raise unknown(net, spec)


def one(key: Any, wanted: Wanted) -> Request:
    return Request((key,), (wanted,), True)


def is_port(spec: Any) -> bool:
    return type(spec) is Expr and spec.head is S.NetPort and len(spec.args) > 0


def is_gradient(spec: Any) -> bool:
    return type(spec) is Expr and spec.head is S.NetPortGradient and len(spec.args) == 1


def is_states(spec: Any) -> bool:
    """NetPort[All, "States"]."""
    return is_port(spec) and spec.args in ((S.All, "States"), (make_list((S.All, "States")),))


def every_state(net: Net) -> Request:
    """NetPort[All, "States"]: the final values of all recurrent states."""
    states = list(states_of(net))
    if not states:
        raise NetError(net.record.name, "states", f"{describe(net)} has no recurrent states.")
    wanted = tuple(Interior(path, final_name(name)) for path, name in states)
    return Request(tuple(state_key(net, state) for state in states), wanted, False)


def state_key(net: Net, state: State) -> Expr:
    """A recurrent state as programs write it: NetPort["State"], NetPort[{1, "State"}]."""
    path, name = state
    return Expr(S.NetPort, (make_list((*keys_of(net, path), name)) if path else name,))


def read_state(net: Net, spec: Any) -> State:
    """The recurrent state that NetPort["State"] or NetPort[{layer, ..., "State"}] means."""
    path = list(items(spec.args[0])) if len(spec.args) == 1 and is_list(spec.args[0]) else list(spec.args)
    known = states_of(net)
    inner = node_path(net, path[:-1], net.record.name)
    if (inner, path[-1]) in known:
        return inner, path[-1]
    layer = net.at(inner)
    shown = f'"{path[-1]}"' if type(path[-1]) is str else "This"
    if path[-1] in layer.states:
        text = f"The state {shown} of {describe(layer)} is started by a connection, and cannot be given."
    else:
        text = f"{shown} is no recurrent state of {describe(layer)}. "
        text += nearest(str(path[-1]), list(layer.states)) if layer.states else "It has none."
    raise NetError(net.record.name, "states", text)


def read_one(net: Net, spec: Any) -> Wanted:
    """A port name, a decoder property of the only output, a NetPort, or a NetPortGradient."""
    if type(spec) is str:
        if spec in net.outputs:
            return Output(spec)
        if len(net.outputs) == 1 and is_property(net, next(iter(net.outputs)), spec):
            return Output(next(iter(net.outputs)), spec)
        raise unknown(net, spec)
    if is_port(spec):
        return read_port(net, spec)
    if is_gradient(spec):
        return read_gradient(net, spec.args[0])
    if spec is NONE:
        return Output(only_output(net, spec), NONE)
    raise unknown(net, spec)


def read_rule(net: Net, rule: Expr) -> Wanted:
    """ "port" -> property, or a property with its argument for the only output."""
    left, right = rule.args
    left = port_name(net, left)
    if left in net.outputs:
        if right is NONE or is_property(net, left, right):
            return Output(left, right)
        raise bad_property(net, left, right)
    if len(net.outputs) == 1 and is_property(net, only_output(net, rule), rule):
        return Output(only_output(net, rule), rule)
    raise unknown(net, left)


def port_name(net: Net, spec: Any) -> Any:
    """NetPort["port"] of an output as its name; anything else as it is."""
    if is_port(spec) and len(spec.args) == 1 and spec.args[0] in net.outputs:
        return spec.args[0]
    return spec


def is_property(net: Net, port: str, prop: Any) -> bool:
    """Whether the decoder at an output has this property."""
    coder = net.outputs[port].coder
    return coder is not None and (prop == "Properties" or bool(coder.knows(prop)))


def bad_property(net: Net, port: str, prop: Any) -> NetError:
    coder = net.outputs[port].coder
    if coder is None:
        text = f'The output "{port}" of {describe(net)} has no decoder, and so no properties. '
        return NetError(
            net.record.name, "prop", text + f'Add one with NetReplacePart[net, "{port}" -> NetDecoder[...]].'
        )
    name = prop if type(prop) is str else prop.args[0] if type(prop) is Expr and prop.args else ""
    hint = nearest(str(name), list(coder.side.properties))
    return NetError(
        net.record.name, "prop", f'The decoder "{coder.name}" of "{port}" has no such property. {hint}'
    )


def only_output(net: Net, spec: Any) -> str:
    if len(net.outputs) == 1:
        return next(iter(net.outputs))
    raise NetError(
        net.record.name,
        "port",
        f'{describe(net)} has the outputs {quoted(net.outputs)}: say for which one, as in "port" -> '
        "property.",
    )


def unknown(net: Net, spec: Any) -> NetError:
    """The error for a request that names nothing."""
    known = list(net.outputs)
    for port in net.outputs.values():
        if port.coder is not None and len(net.outputs) == 1:
            known += port.coder.side.properties
    shown = f'"{spec}"' if type(spec) is str else "This"
    what = "output port or decoder property" if len(known) > len(net.outputs) else "output port"
    hint = nearest(spec, known) if type(spec) is str else f"Known are {quoted(known)}."
    if shown == "This":
        return NetError(
            net.record.name, "port", f"The second argument names no {what} of {describe(net)}. {hint}"
        )
    return NetError(net.record.name, "port", f"{shown} is no {what} of {describe(net)}. {hint}")


def read_port(net: Net, spec: Expr) -> Output | Interior:
    """NetPort["oport"], NetPort[{lspec, ...}], NetPort[{lspec, ..., "port"}]."""
    args = spec.args
    path = list(items(args[0])) if len(args) == 1 and is_list(args[0]) else list(args)
    if len(path) == 1 and type(path[0]) is str and path[0] in net.outputs and not is_list(args[0]):
        return Output(path[0])
    if len(path) == 1 and path[0] in net.states:
        return Interior((), final_name(path[0]))
    if len(path) == 1 and path[0] in net.record.extra:
        return Interior((), path[0])
    if len(path) == 1 and type(path[0]) is str and path[0] in net.inputs and not net.nodes.get(path[0]):
        text = (
            f'"{path[0]}" is an input of the net; only outputs of the net and of its layers can be asked for.'
        )
        raise NetError(net.record.name, "port", text)
    inner, names = net, []
    while path:
        name = node_key(inner, path[0])
        if name is None:
            break
        names.append(name)
        inner = inner.nodes[name]
        path.pop(0)
    if not names or len(path) > 1 or (path and type(path[0]) is not str):
        raise no_part(inner, path[0] if path else spec, net.record.name)
    if not path:
        if len(inner.outputs) != 1:
            text = (
                f"{describe(inner)} has the outputs {quoted(inner.outputs)}: name one of them in the NetPort."
            )
            raise NetError(net.record.name, "port", text)
        return Interior(tuple(names), next(iter(inner.outputs)))
    if path[0] in inner.states and path[0] not in inner.outputs:
        return Interior(tuple(names), final_name(path[0]))
    if path[0] not in inner.outputs and path[0] not in inner.record.extra:
        hint = nearest(path[0], [*inner.outputs, *inner.states])
        text = f'{describe(inner)} has no output port "{path[0]}". {hint}'
        raise NetError(net.record.name, "port", text)
    return Interior(tuple(names), path[0])


# ---- gradients


def read_gradient(net: Net, spec: Any) -> InputGradient | ArrayGradient:
    """NetPortGradient["input"], NetPortGradient["array"], NetPortGradient[{lspec, ..., "array"}]."""
    path = list(items(spec)) if is_list(spec) else [spec]
    if len(path) == 1 and path[0] in net.inputs:
        return InputGradient(path[0])
    if type(spec) is Expr and spec.head is S.NetArray and len(spec.args) == 1:
        if (SHARED, spec.args[0]) in net.all_arrays():
            return ArrayGradient((SHARED, spec.args[0]))
        raise NetError(net.record.name, "part", "The net has no shared array of that name.")
    inner_path = node_path(net, path[:-1], net.record.name)
    inner = net.at(inner_path)
    held = inner.arrays.get(path[-1], ABSENT) if type(path[-1]) is str else ABSENT
    if held is ABSENT:
        known = [*inner.arrays, *(net.inputs if inner is net else ())]
        hint = nearest(path[-1], known) if type(path[-1]) is str else ""
        shown = f'"{path[-1]}"' if type(path[-1]) is str else "This"
        text = f"{shown} is no input and no array of {describe(inner)}. {hint}".strip()
        raise NetError(net.record.name, "part", text)
    return ArrayGradient((SHARED, held.name) if type(held) is SharedArray else (*inner_path, path[-1]))


def every_gradient(net: Net) -> Request:
    """NetPortGradient[All]: of all inputs and all trained arrays."""
    keys: list[Any] = []
    wanted: list[Wanted] = []
    for port in net.inputs:
        keys.append(port)
        wanted.append(InputGradient(port))
    for path in net.all_arrays():
        if net.array_group(path) == "parameters":
            keys.append(array_key(net, path))
            wanted.append(ArrayGradient(path))
    return Request(tuple(keys), tuple(wanted), False)


def array_key(net: Net, path: Path) -> Any:
    """An array's path as a key of an association: "Weights", or {1, "Weights"}."""
    if path[0] == SHARED and len(path) == 2:
        return Expr(S.NetArray, (path[1],))
    return path[0] if len(path) == 1 else make_list(keys_of(net, path))
