"""Applying nets: data in, values of the language out. nets-structure.md, section 4."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wlnet.expr import (
    Association,
    Expr,
    NumericArray,
    S,
    array_in,
    is_list,
    items,
    make_list,
    packed,
)
from wlnet.runtime import compile, types
from wlnet.syntax.printer import to_text

from . import examples, requests
from .conflicts import describe
from .errors import NetError, nearest
from .examples import Feed, Rows
from .infer import infer
from .lower import check_evaluable
from .net import Net
from .precision import dtype_of
from .programs import KEPT, PLAIN, Settings, ready, run
from .recurrence import State, final_name, states_of
from .requests import NONE, ArrayGradient, Interior, Output, Request, Wanted
from .types import PortType, dims_text

OPTIONS: dict[str, Any] = {
    "BatchSize": S.Automatic,
    "NetEvaluationMode": "Test",
    "RandomSeeding": S.Automatic,
    "TargetDevice": "CPU",
    "WorkingPrecision": "Real32",
}


# ---- the call


def call(ev: Any, net: Net, args: Sequence[Any]) -> Any:
    """net[args...]: data, what is asked, and options. Raises NetError."""
    return applied(ev, net, *read_call(ev, net, args))[0]


def read_call(ev: Any, net: Net, args: Sequence[Any]) -> tuple[Any, Any, Settings]:
    """The data, what is asked for (None: all outputs), and the settings in net[args...]."""
    positional, rules = list(args), []
    while positional and is_option(positional[-1]):
        rules.insert(0, positional.pop())
    if len(positional) > 2:
        text = (
            f"{describe(net)} takes its data, what is asked of it, and options; found {len(positional)} "
            "arguments."
        )
        raise NetError(net.record.name, "arguments", text)
    settings = read_settings(ev, net, rules) if rules else plain(ev)
    data = positional[0] if positional else Association()
    if not positional and net.inputs:
        raise NetError(net.record.name, "inputs", examples.wanted_inputs(net))
    return data, positional[1] if len(positional) > 1 else None, settings


def is_option(arg: Any) -> bool:
    if type(arg) is not Expr or arg.head is not S.Rule or len(arg.args) != 2:
        return False
    name = getattr(arg.args[0], "name", arg.args[0])
    return type(name) is str and (name in OPTIONS or type(arg.args[0]) is not str)


def plain(ev: Any) -> Settings:
    """The settings where no option is given: the session's device."""
    return PLAIN if ev.state.device == "CPU" else PLAIN._replace(device="gpu")


def read_settings(ev: Any, net: Net, rules: Sequence[Any]) -> Settings:
    """Options of a net's application; NetError for an unknown one or a value that does not fit."""
    found = plain(ev)
    for rule in rules:
        name, value = getattr(rule.args[0], "name", rule.args[0]), rule.args[1]
        if name not in OPTIONS:
            text = f"{describe(net)} has no option {name}. {nearest(str(name), list(OPTIONS))}"
            raise NetError(net.record.name, "option", text)
        if name == "NetEvaluationMode" and value in ("Test", "Train"):
            found = found._replace(training=value == "Train")
        elif name == "TargetDevice" and value in ("CPU", "GPU", S.Automatic):
            found = found if value is S.Automatic else found._replace(device=value.lower())
        elif name == "WorkingPrecision":
            found = found._replace(dtype=dtype_of(value, net.record.name, found.device))
        elif name == "BatchSize" and (value is S.Automatic or (type(value) is int and value > 0)):
            found = found._replace(batch=None if value is S.Automatic else value)
        elif name == "RandomSeeding" and (value in (S.Automatic, S.Inherited) or type(value) in (int, str)):
            found = found._replace(seeding=value)
        else:
            raise NetError(net.record.name, "option", f"{name} {WANTED[name]}.")
    return found


WANTED = {
    "NetEvaluationMode": 'is "Test" or "Train"',
    "TargetDevice": 'is "CPU" or "GPU"',
    "BatchSize": "is Automatic or a positive integer",
    "RandomSeeding": "is Automatic, Inherited, an integer or a string",
}


def apply(ev: Any, net: Net, data: Any, spec: Any = None, settings: Settings = PLAIN) -> Any:
    """The value of `net` on `data`; `spec` as in net[data, spec], None for all outputs. Raises NetError."""
    if spec is None and settings is PLAIN and type(data) is np.ndarray:
        found = quick(net, data)
        if found is not None:
            return found
    return applied(ev, net, data, spec, settings)[0]


def quick(net: Net, data: np.ndarray) -> np.ndarray | None:
    """The value of a net of one plain input and one plain output on packed numbers, where its program is
    ready; None where it is not. What `applied` does in 40 us is done in 3.
    """
    plain = net.cache.get("quick")
    if plain is None:
        plain = net.cache["quick"] = plain_ports(net)
    name, shape = plain
    if shape is None or data.dtype.kind not in "fi":
        return None
    batch = data.ndim > len(shape)
    if (data.shape[1:] if batch else data.shape) != shape:
        return None
    runner = ready(net, len(data) if batch else 1)
    if runner is None:
        return None
    runner.inputs[name][...] = data if batch else data[None]
    runner.step()
    rows = runner.outputs["0"]
    return packed((rows if batch else rows[0]).astype(np.float64))  # type: ignore[no-any-return]


def plain_ports(net: Net) -> tuple[str, Any]:
    """The input and the shape of an example of a net that `quick` serves; ("", None) for another net."""
    ports = (*net.inputs.values(), *net.outputs.values())
    simple = len(ports) == 2 and len(net.inputs) == 1 and net.initialized and not states_of(net)
    if not simple or any(p.coder is not None or p.varies or p.kind != "real" for p in ports):
        return "", None
    shape = next(iter(net.inputs.values())).shape
    return (next(iter(net.inputs)), shape) if next(iter(net.outputs.values())).shape else ("", None)


def applied(
    ev: Any,
    net: Net,
    data: Any,
    spec: Any = None,
    settings: Settings = PLAIN,
    kept: Mapping[State, np.ndarray] | None = None,
) -> tuple[Any, dict[State, np.ndarray]]:
    """The value, and with `kept`, first values (N, ...) of recurrent states, the final values of all."""
    if settings.device == "gpu":
        check_gpu(net)
    given, cotangents = split_gradients(net, data)
    given, started = split_states(net, given)
    if is_list(given) and not len(items(given)) and len(net.inputs) == 1:
        return make_list(()), dict(kept or {})
    net, columns = examples.matched(net, given)
    net = completed(net, columns)
    request = requests.default_request(net) if spec is None else requests.read_request(net, spec)
    fed = examples.feed(ev, net, columns)
    dys = read_cotangents(net, cotangents, fed)
    first = first_states(net, started, fed, kept or {})
    states = list(states_of(net)) if kept is not None else []
    wanted = (*request.wanted, *(Interior(path, final_name(name)) for path, name in states))
    try:
        seed = seed_of(ev, settings.seeding) if settings.training else None
        results = run(net, fed, dys, wanted, settings, seed, first)
    except types.GradientError as error:
        raise NetError(net.record.name, "gradient", f"The gradient does not exist: {error}.") from None
    except types.DeviceError as error:
        raise NetError(net.record.name, "device", f"{error}") from None
    count = len(request.wanted)
    finals = {state: np.asarray(rows) for state, rows in zip(states, results[count:], strict=True)}
    return present(ev, net, request, results[:count], fed), finals


def check_gpu(net: Net) -> None:
    """NetError saying what is missing for TargetDevice -> "GPU"."""
    reason = compile.missing("gpu")
    if reason:
        raise NetError(net.record.name, "device", f'TargetDevice -> "GPU" cannot be used: {reason}.')


def completed(net: Net, columns: Any) -> Net:
    """`net` with the shapes that its data tell, initialized; NetError where something is missing."""
    if net.initialized:
        return net
    check_evaluable(net)
    if not net.specified and all(x is not None for x in net.all_arrays().values()):
        net = shaped_by(net, columns)
    if net.specified and net.initialized:
        return net
    if any(x is None for x in net.all_arrays().values()):
        text = f"{describe(net)} has arrays that are not set. Use NetInitialize or NetTrain first."
        raise NetError(net.record.name, "uninit", text)
    path, port, type_ = next(net.unknown_ports())
    where = f" of the layer {{{', '.join(path)}}}" if path else ""
    text = (
        f'The shape of the port "{port}"{where} does not follow from the data '
        f"({dims_text(type_.shape)}). State it"
    )
    raise NetError(
        net.record.name, "unspecified", f'{text}, for example with "{next(iter(net.inputs), port)}" -> n.'
    )


def shaped_by(net: Net, columns: Any) -> Net:
    """The net with unknown shapes of its inputs taken from the data; what was found is kept on the net."""
    hints: dict[str, PortType] = {}
    for name, value in columns.items():
        port = net.inputs[name]
        if port.known or port.coder is not None:
            continue
        array = array_in(value)
        shape = () if array is None else array.shape
        if port.rank is not None and len(shape) == port.rank + 1:
            shape = shape[1:]
        if array is not None or examples.scalar(value) is not None:
            hints[name] = PortType(None, shape)
        elif not port.varies:
            raise examples.misfit(net, name, port, value, None)
    key = ("shaped", tuple(hints.items()), tuple(net.inputs))
    found = net.cache.get(key)
    if found is None:
        found = infer(net, hints)
        if sum(type(k) is tuple and k[0] == "shaped" for k in net.cache) >= KEPT:
            net.cache.pop(next(k for k in net.cache if type(k) is tuple and k[0] == "shaped"))
        net.cache[key] = found
    return found  # type: ignore[no-any-return]


# ---- supplied gradients of outputs


def split_gradients(net: Net, data: Any) -> tuple[Any, dict[Any, Any]]:
    """The data, and the values given for NetPortGradient["output"]."""
    if type(data) is not Association or not any(requests.is_gradient(k) for k in data):
        return data, {}
    found = {k.args[0]: v for k, v in data.pairs() if requests.is_gradient(k)}
    for port in found:
        if port not in net.outputs:
            known = nearest(port, list(net.outputs)) if type(port) is str else ""
            raise NetError(
                net.record.name, "port", f"A gradient was supplied for no output of the net. {known}".strip()
            )
    return data.without([k for k in data if requests.is_gradient(k)]), found


# ---- recurrent states


def split_states(net: Net, data: Any) -> tuple[Any, dict[State, Any]]:
    """The data, and the first values given for NetPort[{layer, "State"}] or NetPort[All, "States"]."""
    if type(data) is not Association or not any(requests.is_port(k) for k in data):
        return data, {}
    found: dict[State, Any] = {}
    for key, value in data.pairs():
        if requests.is_states(key):
            if type(value) is not Association:
                text = 'NetPort[All, "States"] takes an association of states, as it gives one.'
                raise NetError(net.record.name, "states", text)
            found |= {requests.read_state(net, k): v for k, v in value.pairs()}
        elif requests.is_port(key):
            found[requests.read_state(net, key)] = value
    return data.without([k for k in data if requests.is_port(k)]), found


def first_states(
    net: Net, given: Mapping[State, Any], fed: Feed, kept: Mapping[State, np.ndarray]
) -> dict[State, np.ndarray]:
    """First values (N, ...) of recurrent states: one for all examples, or one for each."""
    found = dict(kept)
    for state, value in given.items():
        found[state] = state_rows(net, state, value)
    for state, rows in found.items():
        if len(rows) not in (1, fed.size):
            text = (
                f"{describe(net)} got {len(rows)} values of the state {state_text(net, state)} for "
                f"{fed.size} examples."
            )
            raise NetError(net.record.name, "states", text)
        found[state] = np.broadcast_to(rows, (fed.size, *rows.shape[1:]))
    return found


def state_rows(net: Net, state: State, value: Any) -> np.ndarray:
    """A value of a state, or a list of them, as rows (N, ...)."""
    name, port = state_text(net, state), states_of(net)[state]
    shown = net.replace(inputs={name: port})
    return np.asarray(examples.read_port(None, shown, name, port, value)[0])


def state_text(net: Net, state: State) -> str:
    return to_text(requests.state_key(net, state), "InputForm")


def read_cotangents(net: Net, given: dict[Any, Any], fed: Feed) -> dict[str, Rows]:
    """Supplied output gradients as arrays (N, ...), or one array an example where lengths differ."""
    found = {}
    for port, value in given.items():
        type_ = net.outputs[port].bare()._replace(kind="real")
        rows, batch = examples.read_port(None, net.replace(inputs={port: type_}), port, type_, value)
        if len(rows) != fed.size or (batch and not fed.batch):
            text = f'The gradient supplied for "{port}" must have the form of that output.'
            raise NetError(net.record.name, "gradient", text)
        found[port] = rows
    return found


def seed_of(ev: Any, seeding: Any) -> int:
    """A 64-bit seed: fresh (Automatic), from the session's generator (Inherited), or given."""
    if seeding is S.Inherited:
        return int(ev.random.integers(1 << 62))
    if type(seeding) is int:
        return seeding % (1 << 64)
    if type(seeding) is str:
        return int.from_bytes(hashlib.sha256(seeding.encode()).digest()[:8], "little")
    return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])


# ---- results as values of the language


def present(ev: Any, net: Net, request: Request, results: list[Rows], fed: Feed) -> Any:
    """Decoded results: one value, or an association of values; lists where a list of examples was given."""
    values = [value_of(ev, net, each, rows, fed) for each, rows in zip(request.wanted, results, strict=True)]
    if request.single:
        return values[0]
    return Association.of(zip(request.keys, values, strict=True))


def value_of(ev: Any, net: Net, wanted: Wanted, rows: Rows, fed: Feed) -> Any:
    if type(wanted) is ArrayGradient:
        return number(rows, fed.typed)
    decoder = net.outputs[wanted.port].coder if type(wanted) is Output else None
    if decoder is not None and wanted.prop is not NONE:  # type: ignore[union-attr]
        array = rows if isinstance(rows, np.ndarray) else None
        if array is not None:
            found = decoder.decode_batch(ev, array, wanted.prop)  # type: ignore[union-attr]
        else:
            found = [decoder.decode(ev, row, wanted.prop) for row in rows]  # type: ignore[union-attr]
        return make_list(found) if fed.batch else found[0]
    if not fed.batch:
        return number(rows[0], fed.typed)
    if isinstance(rows, np.ndarray):
        return number(rows, fed.typed)
    return make_list(number(row, fed.typed) for row in rows)


def number(array: Any, typed: bool) -> Any:
    """An array as machine numbers: packed, or a NumericArray where the data were one."""
    array = np.asarray(array)
    if typed and array.ndim:
        return NumericArray(np.array(array))
    return packed(array.astype(np.float64) if array.dtype.kind == "f" else array)
