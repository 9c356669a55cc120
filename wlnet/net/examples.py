"""Data for the ports of a net, as given: is it one example or a list of them, and which arrays are they."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Association, NumericArray, is_list, items, make_list, to_array

from . import types
from .conflicts import describe
from .errors import NetError, nearest
from .graph import quoted, with_inputs
from .net import Net
from .types import VARYING, PortType

Rows = np.ndarray | list[np.ndarray]  # (N, ...), or one array an example where lengths differ


class Feed(NamedTuple):
    """What is fed to a net.

    arrays  by input port: (N, ...) arrays of int64 or real numbers, or lists of N arrays of different lengths
    size    N
    batch   whether a list of examples was given
    typed   whether the data were NumericArrays, so that results are too
    """

    arrays: dict[str, Rows]
    size: int
    batch: bool
    typed: bool


def matched(net: Net, data: Any) -> tuple[Net, Mapping[str, Any]]:
    """The data by port: from an association, a list for several ports in order,
    or the value of the only port.

    A layer of any number of inputs gets as many as there are data. NetError for missing and unknown ports.
    """
    symbol = net.record.name
    if not net.inputs and net.record.is_variadic(net.params):
        if type(data) is Association:
            count = len(data)
        else:
            count = len(items(data)) if is_list(data) else 0
        if not count:
            raise NetError(symbol, "inputs", f"{describe(net)} takes a list of inputs, such as {{a, b}}.")
        net = with_inputs(net, count)
    names = list(net.inputs)
    if type(data) is Association and (
        len(names) != 1 or data.get(names[0]) is not None or not accepts(net, data)
    ):
        return net, by_name(net, data)
    if len(names) == 1:
        return net, {names[0]: data}
    if is_list(data):
        parts = items(data)
        if parts and all(type(x) is Association for x in parts):
            rows = [by_name(net, x) for x in parts]
            return net, {name: make_list(row[name] for row in rows) for name in names}
        if len(parts) == len(names):
            return net, dict(zip(names, parts, strict=True))
    raise NetError(symbol, "inputs", wanted_inputs(net))


def wanted_inputs(net: Net) -> str:
    pairs = ", ".join(f'"{name}" -> ...' for name in net.inputs)
    return f"{describe(net)} has the inputs {quoted(net.inputs)}: give an association <|{pairs}|>."


def accepts(net: Net, data: Any) -> bool:
    """Whether the encoder of the only input takes `data`, an association, as one input."""
    coder = next(iter(net.inputs.values())).coder
    return coder is not None and coder.accepts(data)


def by_name(net: Net, data: Association) -> dict[str, Any]:
    names = list(net.inputs)
    for name in data:
        if name not in names:
            known = nearest(name, names) if type(name) is str else f"Known are {quoted(names)}."
            shown = f'"{name}"' if type(name) is str else "of that name"
            raise NetError(net.record.name, "port", f"{describe(net)} has no input {shown}. {known}")
    missing = [name for name in names if name not in data]
    if missing:
        text = f"{describe(net)} needs data for the input{'s' if len(missing) > 1 else ''} {quoted(missing)}."
        raise NetError(net.record.name, "inputs", f"{text} {wanted_inputs(net)}")
    return {name: data.get(name) for name in names}


# ---- arrays


def feed(ev: Any, net: Net, data: Mapping[str, Any]) -> Feed:
    """The data of every port as arrays; NetError where they do not fit their port or one another."""
    arrays: dict[str, Rows] = {}
    batches: dict[str, bool] = {}
    typed = False
    for name, value in data.items():
        typed = typed or type(value) is NumericArray
        arrays[name], batches[name] = read_port(ev, net, name, net.inputs[name], value)
    if len(set(batches.values())) > 1:
        lists, singles = ([x for x in batches if batches[x] is y] for y in (True, False))
        text = (
            f"{describe(net)} got a list of examples for {quoted(lists)}, but one example for "
            f"{quoted(singles)}."
        )
        raise NetError(net.record.name, "batch", text)
    batch = next(iter(batches.values()), False)
    counts = {name: len(rows) for name, rows in arrays.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f'{n} for "{name}"' for name, n in counts.items())
        raise NetError(net.record.name, "batch", f"{describe(net)} got lists of different lengths: {told}.")
    return Feed(arrays, next(iter(counts.values()), 1), batch, typed)


def read_port(ev: Any, net: Net, name: str, port: PortType, value: Any) -> tuple[Rows, bool]:
    """The examples at one port, and whether they are a list."""
    if port.coder is not None:
        return read_coded(ev, port, value)
    array = None
    if type(value) is np.ndarray:
        array = value
    elif type(value) is NumericArray:
        array = value.array
    elif is_list(value):
        array = to_array(value, exact=False)
    else:
        array = scalar(value)
    if array is None:
        return read_ragged(net, name, port, value)
    if array.dtype.kind == "c":
        raise misfit(net, name, port, value, array)
    rank = port.rank
    if rank is None or array.ndim == rank:
        rows, batch = array[None], False
    elif array.ndim == rank + 1:
        rows, batch = array, True
    else:
        raise misfit(net, name, port, value, array)
    if port.known and not fits(rows.shape[1:], port.shape):
        raise misfit(net, name, port, value, rows[0] if len(rows) else rows)
    return typed_rows(net, name, port, rows), batch


def fits(shape: tuple[int, ...], dims: Any) -> bool:
    return shape == dims or all(
        want is VARYING or want == have for have, want in zip(shape, dims, strict=True)
    )


def scalar(value: Any) -> np.ndarray | None:
    found = to_array(make_list((value,)), exact=False)
    return None if found is None else found[0:1].reshape(())


def typed_rows(net: Net, name: str, port: PortType, rows: np.ndarray) -> np.ndarray:
    """Integers for integer ports, in their range."""
    if port.kind != "integer":
        return rows
    whole = rows if rows.dtype.kind in "iu" else np.rint(rows)
    low, high = port.range or (None, None)
    bad = (whole != rows) if rows.dtype.kind == "f" else np.zeros(rows.shape, bool)
    if low is not None:
        bad = bad | (whole < low)
    if high is not None:
        bad = bad | (whole > high)
    if bad.any():
        first = rows[bad].reshape(-1)[0]
        text = f'{describe(net)} takes {types.integer_text(port, True)} at "{name}"; found {first:g}.'
        raise NetError(net.record.name, "range", text)
    return whole.astype(np.int64, copy=False)


def read_coded(ev: Any, port: PortType, value: Any) -> tuple[Rows, bool]:
    coder = port.coder
    if type(value) is NumericArray:
        value = value.array
    if is_list(value) and not coder.accepts(value):
        return coder.encode_batch(ev, items(value)), True
    return coder.encode_batch(ev, (value,)), False


def read_ragged(net: Net, name: str, port: PortType, value: Any) -> tuple[Rows, bool]:
    """A list of sequences of different lengths, for a port whose first dimension varies."""
    if port.varies and is_list(value):
        rows = []
        for example in items(value):
            array = example.array if type(example) is NumericArray else to_array(example, exact=False)
            if array is None or array.ndim != port.rank or not fits(array.shape, port.shape):
                raise misfit(net, name, port, value, array)
            rows.append(typed_rows(net, name, port, array))
        return rows, True
    raise misfit(net, name, port, value, None)


def misfit(net: Net, name: str, port: PortType, value: Any, array: np.ndarray | None) -> NetError:
    """The error that data do not fit a port: what they are, what it takes."""
    if array is not None and array.dtype.kind != "c":
        found = "one number" if array.ndim == 0 else f"an array of dimensions {types.dims_text(array.shape)}"
    else:
        found = "a list that is no full array of real numbers" if is_list(value) else value_text(value)
    wanted = types.wanted_text(port)
    if port.shape:
        wanted = f"one example of dimensions {types.dims_text(port.shape)}, or a list of such"
    elif port.shape == ():
        wanted += ", or a list of them"
    return NetError(
        net.record.name, "invindata", f'{describe(net)} takes {wanted} at "{name}"; found {found}.'
    )


def value_text(value: Any) -> str:
    if type(value) is str:
        return "a string"
    if type(value) is Association:
        return "an association"
    return "an expression that is no number"


def lengths(feed_: Feed, ports: Mapping[str, PortType]) -> dict[str, np.ndarray]:
    """The lengths (N) of the sequences by port; none where no port varies."""
    return {
        name: np.array([len(row) for row in feed_.arrays[name]], np.int64)
        for name, port in ports.items()
        if port.varies
    }
