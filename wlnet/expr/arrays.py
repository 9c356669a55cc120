"""`NumericArray` and `ByteArray`: typed arrays that are atoms, not lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from .atoms import AtomType, register
from .expression import Expr, is_list, unpack
from .packed import packed, to_array
from .symbols import S

# WL element type names and their dtypes, as `NumericArray[data, "Real32"]` spells them.
TYPES: dict[str, np.dtype] = {
    "Integer8": np.dtype(np.int8),
    "UnsignedInteger8": np.dtype(np.uint8),
    "Integer16": np.dtype(np.int16),
    "UnsignedInteger16": np.dtype(np.uint16),
    "Integer32": np.dtype(np.int32),
    "UnsignedInteger32": np.dtype(np.uint32),
    "Integer64": np.dtype(np.int64),
    "UnsignedInteger64": np.dtype(np.uint64),
    "Real16": np.dtype(np.float16),
    "Real32": np.dtype(np.float32),
    "Real64": np.dtype(np.float64),
    "ComplexReal32": np.dtype(np.complex64),
    "ComplexReal64": np.dtype(np.complex128),
}
_NAMES = {dtype: name for name, dtype in TYPES.items()}


class NumericArray:
    """A read-only array of one of the dtypes in `TYPES`, any rank >= 1."""

    __slots__ = ("array",)

    def __init__(self, array: np.ndarray) -> None:
        if array.flags.writeable:
            array = array.copy() if array.base is not None else array
            array.setflags(write=False)
        self.array = array

    @property
    def type_name(self) -> str:
        return _NAMES[self.array.dtype]

    def __eq__(self, other: object) -> bool:
        if type(other) is not NumericArray:
            return False
        return self.array.dtype == other.array.dtype and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash((NumericArray, self.array.dtype, self.array.shape, self.array.tobytes()))

    def __repr__(self) -> str:
        return f"NumericArray[<{', '.join(map(str, self.array.shape))}>, {self.type_name}]"


class ByteArray:
    """A sequence of bytes."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return type(other) is ByteArray and self.data == other.data

    def __hash__(self) -> int:
        return hash((ByteArray, self.data))

    def __repr__(self) -> str:
        return f"ByteArray[<{len(self.data)}>]"


def _numeric_full(value: NumericArray) -> Any:
    array = value.array
    if array.dtype in (np.float16, np.float32):
        # The shortest decimals that give these numbers back: 0.1, not 0.10000000149011612.
        array = array.astype("U32").astype(np.float64)
    return Expr(S.NumericArray, (unpack(packed(array)), value.type_name))


def array_in(data: Any) -> np.ndarray | None:
    """The elements of a NumericArray or of a rectangular list of numbers; None for anything else."""
    if type(data) is NumericArray:
        return data.array
    return to_array(data, exact=False) if is_list(data) else None


def _numeric_part(ev: Any, value: NumericArray, specs: Any) -> Any:
    """As of the list of its elements; an array of parts keeps the type."""
    found = ev.evaluate(Expr(S.Quiet, (Expr(S.Part, (packed(value.array), *specs)),)))
    if type(found) is np.ndarray:
        return NumericArray(found.astype(value.array.dtype))
    return None if type(found) is Expr else found


def _byte_full(value: ByteArray) -> Any:
    import base64

    return Expr(S.ByteArray, (base64.b64encode(value.data).decode("ascii"),))


register(
    NumericArray,
    AtomType(
        head=lambda x: S.NumericArray,
        length=lambda x: len(x.array),
        part=_numeric_part,
        normal=lambda x: packed(x.array),
        full=_numeric_full,
        output=repr,
    ),
)
register(
    ByteArray,
    AtomType(
        head=lambda x: S.ByteArray,
        length=lambda x: len(x.data),
        normal=lambda x: packed(np.frombuffer(x.data, dtype=np.uint8)),
        full=_byte_full,
    ),
)
