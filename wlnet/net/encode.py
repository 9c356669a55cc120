"""Columns of data as the arrays that programs read: encoded, checked against the port,
of the program's dtype.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import is_list, to_array

from .data import Column, Table
from .errors import NetError
from .lengths import joined
from .stored import Stored, stays
from .types import VARYING, PortType, dims_text, wanted_text

DTYPES: dict[str, np.dtype[Any]] = {"f32": np.dtype(np.float32), "f64": np.dtype(np.float64)}


class Encoded(NamedTuple):
    """The examples at a port: `array` (N, ...); sequences one after another, (sum of lengths, ...), and their
    `lengths` (N) int32.
    """

    array: Any  # numpy.ndarray, or stored.Stored
    lengths: np.ndarray | None = None


def encode_table(
    ev: Any, table: Table, ports: Mapping[str, PortType], dtype: str, what: str = "Training data"
) -> Any:
    """Every column of `table` that `ports` names, encoded once: port -> Encoded."""
    return {name: encode(ev, table.columns[name], port, name, dtype, what) for name, port in ports.items()}


def encode(ev: Any, column: Column, port: PortType, name: str, dtype: str, what: str) -> Encoded:
    """The examples of `column` as an array of what `port` takes: real numbers of `dtype`,
    or int64 class indices.

    NetError naming the port, the first example that does not fit, what it is and what is wanted.
    """
    if port.coder is not None and not _encoded_already(column, port):
        column = _by_coder(ev, column, port, name, what)
    if port.varies:
        return _sequences(column, port, name, dtype, what)
    if column.array is None:
        raise _misfit(column, port, name, what)
    array = column.array
    wanted = tuple(port.shape or ())
    if array.shape[1:] != wanted:
        raise _misfit(column, port, name, what)
    return Encoded(_typed(array, port, name, dtype, what))


def _encoded_already(column: Column, port: PortType) -> bool:
    """Whether the examples are arrays of what the encoder would yield; scalars always go through the
    encoder, for a number may be a label.
    """
    shape = tuple(port.shape or ())
    return (
        bool(shape) and column.array is not None and port.kind == "real" and column.array.shape[1:] == shape
    )


def _by_coder(ev: Any, column: Column, port: PortType, name: str, what: str) -> Column:
    values = list(column.examples())
    try:
        encoded = port.coder.encode_batch(ev, values)
    except NetError as error:
        wrong, text = next(_failures(ev, port.coder, values), (0, error.text))
        text = f'{what} at port "{name}", example {wrong + 1}: {text}'
        raise NetError("NetTrain", "encoder", text) from error
    if isinstance(encoded, np.ndarray):
        return Column(encoded)
    return Column(None, tuple(encoded))


def _failures(ev: Any, coder: Any, values: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """The examples, from 0, that cannot be encoded, and why."""
    for i, value in enumerate(values):
        try:
            coder.encode_batch(ev, [value])
        except NetError as error:
            yield i, error.text


def _typed(array: Any, port: PortType, name: str, dtype: str, what: str, number: int = 1) -> Any:
    """`array` with the dtype of its port. Real numbers are checked to be finite, integers against the
    port's range. `number` is that of its first example. What is stored on disk stays there; real numbers
    are then looked at when they are trained on.
    """
    if port.kind != "integer":
        if array.dtype.kind == "c":
            raise NetError(
                "NetTrain", "data", f'{what} at port "{name}" are complex numbers; a net takes real ones.'
            )
        if isinstance(array, Stored):
            return array.as_type(DTYPES[dtype])
        if stays(array, DTYPES[dtype]):
            return Stored(array, DTYPES[dtype])
        with np.errstate(over="ignore"):
            found = np.ascontiguousarray(array, DTYPES[dtype])
        if not np.isfinite(found).all():
            raise _undefined(found, name, what, number)
        return found
    if isinstance(array, Stored):
        for start, chunk in array.chunks():
            _typed(chunk, port, name, dtype, what, start + number)
        return array.as_type(np.int64)
    whole = array if array.dtype.kind in "iu" else np.rint(array)
    if whole is not array and not np.array_equal(whole, array):
        raise _first(array != whole, array, port, name, what, number)
    low, high = port.range or (None, None)
    outside = np.zeros(array.shape, bool)
    if low is not None:
        outside |= whole < low
    if high is not None:
        outside |= whole > high
    if outside.any():
        raise _first(outside, array, port, name, what, number)
    return np.ascontiguousarray(whole, np.int64)


def _undefined(array: np.ndarray, name: str, what: str, number: int) -> NetError:
    """The error for the first element that is infinite or no number."""
    row = int(np.argwhere(~np.isfinite(array))[0][0])
    text = f'{what} at port "{name}": example {row + number} holds an infinite or undefined number.'
    return NetError("NetTrain", "data", text)


def _first(
    wrong: np.ndarray, array: np.ndarray, port: PortType, name: str, what: str, number: int
) -> NetError:
    """The error for the first element that is no integer of the port's range."""
    place = np.argwhere(wrong)[0]
    found = array[tuple(place)].item()
    scalar = wanted_text(port._replace(shape=()))
    return NetError(
        "NetTrain",
        "data",
        f'{what} at port "{name}": example {place[0] + number} holds {found!r}, but the port takes {scalar}. '
        "Class indices count from 1.",
    )


def _misfit(column: Column, port: PortType, name: str, what: str) -> NetError:
    """The error for examples of the wrong shape, or that are no numbers: the first such example is named."""
    shape = tuple(port.shape or ())
    number, found = 1, _form(column.array[0]) if column.array is not None else ""
    for i, value in enumerate(column.values or ()):
        array = _numbers(value)
        if array is None or array.shape != shape:
            number, found = i + 1, _form(array) if array is not None else f"no number but {_shown(value)}"
            break
    hint = ""
    if found.startswith("no number"):
        hint = ' Class labels need a Class decoder on that port and CrossEntropyLossLayer["Index"], which '
        hint += "LossFunction -> Automatic attaches."
    wanted = (
        wanted_text(port) if port.shape == () or port.kind == "integer" else f"shape {dims_text(port.shape)}"
    )
    text = f'{what} at port "{name}": example {number} has {found}, but the port takes {wanted}.{hint}'
    return NetError("NetTrain", "data", text.replace("has no number but", "is"))


def _form(array: np.ndarray) -> str:
    return "the form of a single number" if array.ndim == 0 else f"shape {dims_text(array.shape)}"


def _shown(value: Any) -> str:
    if type(value) is str:
        return f'the string "{value}"'
    return getattr(value, "name", None) or f"{type(value).__name__}"


def _numbers(value: Any) -> np.ndarray | None:
    """One example as an array, None where it is none."""
    if is_list(value):
        return to_array(value, exact=False)
    array = np.asarray(getattr(value, "array", value))
    return array if array.dtype.kind in "iuf" else None


def _sequences(column: Column, port: PortType, name: str, dtype: str, what: str) -> Encoded:
    """Sequences of different lengths, one after another."""
    assert port.shape is not None
    rest = tuple(port.shape[1:])
    if column.array is not None:
        arrays = list(np.asarray(column.array))
    else:
        arrays = [x if x is not None else np.zeros(()) for x in map(_numbers, column.values or ())]
    for number, array in enumerate(arrays, 1):
        if array.ndim != len(rest) + 1 or array.shape[1:] != rest or not len(array):
            text = f'{what} at port "{name}": example {number} has {_form(array)}, but the port takes '
            text += f"a sequence of at least one element, {dims_text((VARYING, *rest))}."
            raise NetError("NetTrain", "data", text)
    array, lengths = joined(arrays)
    try:
        return Encoded(_typed(array, port, name, dtype, what), lengths)
    except NetError:
        for number, each in enumerate(arrays, 1):
            _typed(each[None], port, name, dtype, what, number)
        raise
