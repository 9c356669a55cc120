"""Packed lists: a read-only numpy array of int64, float64 or complex128 *is* a List (rank 1: of numbers,
else of rows).

Arrays are born packed (Range, RandomReal, net outputs, ...) and unpack when an element becomes symbolic;
nothing scans ordinary lists to pack them, except builtins that need an array anyway (`to_array`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from .expression import LIST, Expr, is_list, items, unpack
from .numbers import Complex

DTYPES = (np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.complex128))


def packed(array: np.ndarray) -> Any:
    """`array` as a WL List: made int64, float64 or complex128, C-contiguous and read-only;
    rank 0 gives the number.
    """
    if array.dtype not in DTYPES:
        if array.dtype.kind in "bui":
            array = array.astype(np.int64)
        elif array.dtype.kind == "f":
            array = array.astype(np.float64)
        elif array.dtype.kind == "c":
            array = array.astype(np.complex128)
        else:
            raise TypeError(f"no packed list of dtype {array.dtype}")
    if array.ndim == 0:
        value = array.item()
        return Complex(value.real, value.imag) if type(value) is complex else value
    array = np.ascontiguousarray(array)
    if array.flags.writeable:
        if array.base is not None:
            array = array.copy()  # a view of somebody's writable buffer would change under us
        array.setflags(write=False)
    return array


def unpacked(value: Any) -> Any:
    """`value` with the outermost level as an `Expr` when it is packed; anything else unchanged."""
    return Expr(LIST, items(value)) if type(value) is np.ndarray else value


def to_array(value: Any, *, exact: bool = True) -> np.ndarray | None:
    """A rectangular nested list of machine-size numbers as an array, or None when `value` is not one.

    All integers give int64, reals and integers mixed float64, any complex number complex128. Fractions count
    as reals only when `exact` is False; integers beyond int64 likewise.
    """
    if type(value) is np.ndarray:
        return value
    if type(value) is not Expr or value.head is not LIST:
        return None
    flat: list[Any] = []
    shape = _collect(value, flat)
    if shape is None:
        return None
    kinds = set(map(type, flat))
    if not kinds <= {int, float, Complex, Fraction} or (exact and Fraction in kinds):
        return None
    try:
        if Complex in kinds:
            numbers = [complex(x.re, x.im) if type(x) is Complex else complex(x) for x in flat]
            return np.array(numbers, dtype=np.complex128).reshape(shape)
        if kinds == {int}:
            return np.array(flat, dtype=np.int64).reshape(shape)
        if exact and int in kinds:
            return None  # {1, 2.5}: packing would turn the exact 1 into 1.
        return np.array([float(x) for x in flat], dtype=np.float64).reshape(shape)
    except (OverflowError, TypeError):  # TypeError: a complex number with arbitrary-precision parts
        return None


def _collect(value: Any, flat: list[Any]) -> tuple[int, ...] | None:
    """Append the numbers of a rectangular nested list to `flat`; its shape, or None when it is ragged."""
    if type(value) is np.ndarray:
        flat.extend(items(value.reshape(-1)))
        return tuple(value.shape)
    inner = value.args
    if not inner:
        return (0,)
    if not is_list(inner[0]):
        if any(is_list(x) for x in inner):
            return None
        flat.extend(inner)
        return (len(inner),)
    shape: tuple[int, ...] | None = None
    for row in inner:
        row_shape = _collect(row, flat) if is_list(row) else None
        if row_shape is None or (shape is not None and row_shape != shape):
            return None
        shape = row_shape
    return (len(inner), *shape) if shape is not None else None


def pack(value: Any) -> Any:
    """`value` as a packed list when it is a rectangular list of one kind of machine number,
    else `value` itself.
    """
    array = to_array(value)
    return value if array is None or array.size == 0 else packed(array)


__all__ = ["DTYPES", "pack", "packed", "to_array", "unpack", "unpacked"]
