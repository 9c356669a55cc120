"""ByteArray and NumericArray: their constructors and what can be asked of them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from wlnet.expr import ByteArray, NumericArray, S, is_list, items, packed, to_array, truth
from wlnet.expr.arrays import TYPES
from wlnet.kernel.registry import builtin

# Names that earlier versions of the language used for element types.
OLD_NAMES = {
    "Byte": "UnsignedInteger8",
    "Bit16": "UnsignedInteger16",
    "SignedInteger8": "Integer8",
    "SignedInteger16": "Integer16",
    "SignedInteger32": "Integer32",
    "SignedInteger64": "Integer64",
    "Real": "Real64",
    "Complex": "ComplexReal64",
    "Complex64": "ComplexReal32",
    "Complex128": "ComplexReal64",
}


@builtin(
    "ByteArray",
    messages={"batd": "The argument `1` should be a list of bytes (0 to 255) or a Base64 string."},
)
def byte_array(ev: Any, data: Any) -> Any:
    """ByteArray[{b1, b2, ...}] makes a byte array from integers 0 to 255; ByteArray["text"] from Base64 text.

    >>> {Normal[ByteArray[{1, 255}]], Length[ByteArray["aGk="]]}
    {{1, 255}, 2}
    """
    if type(data) is ByteArray:
        return data
    if type(data) is str:
        try:
            return ByteArray(base64.b64decode(data, validate=True))
        except ValueError:
            ev.message("ByteArray", "batd", data)
            return None
    if type(data) is NumericArray and data.array.dtype == np.uint8:
        return ByteArray(data.array.tobytes())
    if is_list(data):
        values = items(data)
        if all(type(b) is int and 0 <= b < 256 for b in values):
            return ByteArray(bytes(values))
        ev.message("ByteArray", "batd", data)
    return None


@builtin("ByteArrayQ")
def byte_array_q(ev: Any, x: Any) -> Any:
    """ByteArrayQ[x] gives True if x is a byte array.

    >>> ByteArrayQ[ByteArray[{1}]]
    True
    """
    return truth(type(x) is ByteArray)


def element_type(name: Any) -> np.dtype | None:
    """The dtype of a type name such as "Real32", old spellings included; None for anything else."""
    return TYPES.get(OLD_NAMES.get(name, name)) if type(name) is str else None


def _automatic(array: np.ndarray) -> np.dtype:
    """The smallest integer type that holds the values; double precision for reals and complex numbers."""
    if array.dtype != np.int64 or array.size == 0:
        return array.dtype
    low, high = int(array.min()), int(array.max())
    prefix = "Unsigned" if low >= 0 else ""
    for bits in (8, 16, 32):
        info = np.iinfo(TYPES[f"{prefix}Integer{bits}"])
        if info.min <= low and high <= info.max:
            return TYPES[f"{prefix}Integer{bits}"]
    return array.dtype


NUMERIC = {
    "nconvss": "The values of `1` do not fit the type `2`.",
    "data": "A rectangular array of numbers is expected instead of `1`.",
    "type": "`1` is not an element type; the types are `2`.",
}


@builtin("NumericArray", messages=NUMERIC)
def numeric_array(ev: Any, data: Any, kind: Any = S.Automatic, method: Any = None) -> Any:
    """NumericArray[data, "type"] makes a typed array, with a type such as "Real32" or "UnsignedInteger8".
    A third argument "Coerce", "Round", "Scale" or "ClipAndRound" says how values are made to fit.

    >>> {NumericArray[{1.5, 2}, "Real32"], Normal[NumericArray[{1, 300}, "UnsignedInteger8", "ClipAndRound"]]}
    {NumericArray[<2>, Real32], {1, 255}}
    """
    from wlnet.expr import make_list

    array = data.array if type(data) is NumericArray else to_array(data, exact=False)
    if type(data) is ByteArray:
        array = np.frombuffer(data.data, dtype=np.uint8)
    if array is None or array.size == 0:
        ev.message("NumericArray", "data", data)
        return None
    dtype = _automatic(array) if kind is S.Automatic else element_type(kind)
    if dtype is None:
        ev.message("NumericArray", "type", kind, make_list(sorted(TYPES)))
        return None
    fitted = fit(array, dtype, method)
    if fitted is None:
        ev.message("NumericArray", "nconvss", data, kind)
        return None
    return NumericArray(fitted)


def fit(array: np.ndarray, dtype: np.dtype, method: Any) -> np.ndarray | None:
    """`array` in another type; None when values are lost and no method allows it."""
    if dtype.kind in "fc" and not (array.dtype.kind == "c" and dtype.kind == "f"):
        return array.astype(dtype)
    if array.dtype.kind == "c":
        return np.real(array).astype(dtype) if method in ("Coerce", "ClipAndCoerce") else None
    info = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
    values = array
    if method in ("Scale", "ClipAndScale"):
        values = array * float(info.max)
    if method in ("Round", "ClipAndRound", "Scale", "ClipAndScale"):
        values = np.rint(values)
    if method in ("ClipAndRound", "ClipAndScale", "ClipAndCoerce"):
        values = np.clip(values, info.min, info.max)
    if method == "Coerce":
        with np.errstate(all="ignore"):
            return (
                np.trunc(values).astype(np.int64).astype(dtype)
                if values.dtype.kind == "f"
                else values.astype(dtype)
            )
    if (
        values.dtype.kind == "f"
        and not np.array_equal(values, np.trunc(values))
        and method != "ClipAndCoerce"
    ):
        return None
    if values.size and (values.min() < info.min or values.max() > info.max):
        return None
    return values.astype(dtype)


@builtin("NumericArrayQ")
def numeric_array_q(ev: Any, x: Any, kind: Any = None) -> Any:
    """NumericArrayQ[x] gives True if x is a numeric array; NumericArrayQ[x, "type"] one of that type.

    >>> {NumericArrayQ[NumericArray[{1., 2.}]], NumericArrayQ[{1., 2.}]}
    {True, False}
    """
    if type(x) is not NumericArray:
        return truth(False)
    return truth(kind is None or element_type(kind) == x.array.dtype)


@builtin("NumericArrayType")
def numeric_array_type(ev: Any, x: Any) -> Any:
    """NumericArrayType[array] gives the element type of a numeric array.

    >>> NumericArrayType[NumericArray[{1, 2}]]
    UnsignedInteger8
    """
    return x.type_name if type(x) is NumericArray else None


@builtin("ToPackedArray")
def to_packed_array(ev: Any, x: Any) -> Any:
    """ToPackedArray[list] packs a rectangular list of machine numbers; anything else comes back as it is.

    >>> ToPackedArray[{1, 2, 3}]
    {1, 2, 3}
    """
    array = to_array(x)
    return x if array is None or array.size == 0 else packed(array)
