"""Types of tensor values, the layout of flat buffers, and the errors of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Shape = tuple[int, ...]

# Name in programs -> NumPy dtype.  The order is the order of promotion: two different dtypes meet in the
# later one.
DTYPES: dict[str, np.dtype] = {
    "bool": np.dtype(np.bool_),
    "u64": np.dtype(np.uint64),
    "i32": np.dtype(np.int32),
    "i64": np.dtype(np.int64),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
RANKS = {name: rank for rank, name in enumerate(DTYPES)}

# Bytes.  A cache line, and a full AVX-512 register: every segment of a flat buffer and of an arena starts on
# one.
ALIGNMENT = 64


class TensorError(Exception):
    """Base of everything this room raises on purpose."""


class ShapeError(TensorError):
    """An op was given types that it does not take: says the op, what it wanted and what it found."""

    def __init__(self, op: str, wanted: str, found: str) -> None:
        super().__init__(f"{op} wants {wanted}; found {found}")
        self.op = op
        self.wanted = wanted
        self.found = found


class GradientError(TensorError):
    """A gradient was asked for that does not exist."""


class VerifyError(TensorError):
    """A program breaks the rules of the representation: a fault in a pass, never in user input."""


class DeviceError(TensorError):
    """A device is missing or failed; the text names the remedy or the kernel."""


class Type(NamedTuple):
    """dtype name and static shape of a value, such as f32(64, 10)."""

    dtype: str
    shape: Shape

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count

    @property
    def nbytes(self) -> int:
        return self.size * DTYPES[self.dtype].itemsize

    @property
    def numpy(self) -> np.dtype:
        return DTYPES[self.dtype]

    @property
    def is_float(self) -> bool:
        return self.dtype in ("f32", "f64")

    @property
    def is_integer(self) -> bool:
        return self.dtype in ("i32", "i64", "u64")

    def with_shape(self, shape: Sequence[int]) -> Type:
        return Type(self.dtype, tuple(shape))

    def with_dtype(self, dtype: str) -> Type:
        return Type(dtype, self.shape)

    def __str__(self) -> str:
        return self.dtype + "(" + ", ".join(map(str, self.shape)) + ")"


def type_of(array: np.ndarray) -> Type:
    """The type of a NumPy array; TensorError for a dtype that programs do not have."""
    name = NAMES.get(array.dtype)
    if name is None:
        raise TensorError(f"arrays of dtype {array.dtype} have no type here; use one of {', '.join(DTYPES)}")
    return Type(name, array.shape)


def promote(dtypes: Sequence[str]) -> str:
    """The dtype in which operands of these dtypes meet (integers become f32 beside f32)."""
    return max(dtypes, key=RANKS.__getitem__)


def broadcast_shape(op: str, shapes: Sequence[Shape]) -> Shape:
    """The common shape by NumPy's rules; ShapeError naming `op` where there is none."""
    rank = max(map(len, shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        for axis, extent in enumerate(shape, rank - len(shape)):
            if extent != 1:
                if result[axis] not in (1, extent):
                    raise ShapeError(op, "shapes that broadcast together", " and ".join(map(str, shapes)))
                result[axis] = extent
    return tuple(result)


def round_up(nbytes: int) -> int:
    """`nbytes` rounded up to the next aligned byte."""
    return -(-nbytes // ALIGNMENT) * ALIGNMENT


def segments(types: Sequence[Type]) -> tuple[tuple[int, ...], int]:
    """Byte offsets of aligned segments that hold `types` one after another,
    and the length of the whole in bytes.
    """
    offsets, position = [], 0
    for each in types:
        offsets.append(position)
        position += round_up(each.nbytes)
    return tuple(offsets), position


def aligned_bytes(nbytes: int) -> np.ndarray:
    """Zeroed bytes (uint8) whose first one lies on an ALIGNMENT boundary."""
    raw = np.zeros(nbytes + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + nbytes]
