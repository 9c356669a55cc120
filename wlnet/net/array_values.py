"""Arrays of layers as programs write them: numbers, Automatic, None, NetArray[...]."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, NumericArray, S, is_list, items, make_list, system, to_array

from . import types
from .coders import show
from .errors import NetError
from .layer import ArrayField, LayerRecord
from .net import ABSENT, SharedArray, frozen
from .types import Dims, read_dims

AUTOMATIC, NONE = S.Automatic, system("None")


def read_array(record: LayerRecord, field: ArrayField, value: Any) -> Any:
    """An array option: numbers, Automatic, None (no such array), or NetArray[...].
    NetError for anything else.
    """
    if value is AUTOMATIC:
        return None
    if value is NONE:
        if field.optional:
            return ABSENT
        raise NetError(record.name, "array", f'{record.name} cannot do without "{field.name}".')
    if type(value) is Expr and value.head is S.NetArray:
        if field.group != "parameters":
            raise NetError(
                record.name, "array", f'"{field.name}" is a moving statistic and cannot be shared.'
            )
        return read_shared(value, record.name)
    array = number_array(value)
    if array is None:
        text = f'"{field.name}" of {record.name} must be an array of real numbers, not {show(value)}.'
        raise NetError(record.name, "array", text)
    return array


def number_array(value: Any) -> np.ndarray | None:
    """A number or a full array of real numbers as float32, None for anything else."""
    if type(value) is NumericArray:
        array: np.ndarray | None = value.array
    elif is_list(value):
        array = to_array(value, exact=False)
    else:
        array = to_array(Expr(S.List, (value,)), exact=False)
        array = None if array is None else array.reshape(())
    return None if array is None or array.dtype.kind == "c" else frozen(array)


def read_shared(spec: Expr, symbol: str) -> SharedArray:
    """NetArray["name"], NetArray[<|"Name" -> ..., "Array" -> ..., "Dimensions" -> ...|>]."""
    arg = spec.args[0] if len(spec.args) == 1 else None
    if type(arg) is str:
        return SharedArray(arg)
    if type(arg) is Association:
        name, value, dims = arg.get("Name"), arg.get("Array", AUTOMATIC), arg.get("Dimensions", AUTOMATIC)
        array = None if value is AUTOMATIC else number_array(value)
        known: Dims | None = None
        if dims is not AUTOMATIC:
            known = read_dims(items(dims) if is_list(dims) else (dims,))
        unknown = [k for k in arg if k not in ("Name", "Array", "Dimensions")]
        if type(name) is str and not unknown and (value is AUTOMATIC or array is not None):
            return SharedArray(name, known if array is None else array.shape, array)
    text = (
        'A shared array is NetArray["name"] or NetArray[<|"Name" -> "name", "Array" -> array, '
        '"Dimensions" -> dims|>].'
    )
    raise NetError(symbol, "netarray", text)


def fresh_name() -> str:
    """A name for NetArray[] that no other array has."""
    return str(uuid.uuid4())


def array_value(value: Any) -> Any:
    """An array of a layer as a value: NumericArray, None, Automatic, or NetArray[...]."""
    if value is None:
        return S.Automatic
    if value is ABSENT:
        return NONE
    if type(value) is SharedArray:
        if value.value is None and value.dims is None:
            return Expr(S.NetArray, (value.name,))
        pairs: list[tuple[Any, Any]] = [("Name", value.name)]
        if value.value is not None:
            pairs.append(("Array", array_value(value.value)))
        elif value.dims is not None:
            pairs.append(("Dimensions", make_list(types.dims_spec(value.dims))))
        return Expr(S.NetArray, (Association.of(pairs),))
    return float(value) if np.ndim(value) == 0 else NumericArray(value)
