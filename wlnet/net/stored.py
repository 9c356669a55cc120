"""Arrays that stay where they are, on disk or in another type of number, and are read a batch at a time."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

# Examples that are looked at together where a whole array has to be gone through, by their bytes.
CHUNK_BYTES = 1 << 24
# From this size on an array in memory is not copied into the program's type of number as a whole.
LARGE_BYTES = 1 << 28


class Stored:
    """An array (N, ...) whose rows are read when they are asked for, as numbers of `dtype`.

    source  an array mapped from disk, a data set of an HDF5 file, or a large array
    rows    which of its rows, in order; None: all
    """

    __slots__ = ("dtype", "rows", "shape", "source")

    def __init__(self, source: Any, dtype: Any = None, rows: np.ndarray | None = None) -> None:
        self.source = source
        self.dtype = np.dtype(source.dtype if dtype is None else dtype)
        self.rows = rows
        self.shape = (len(source) if rows is None else len(rows), *source.shape[1:])

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __len__(self) -> int:
        return int(self.shape[0])

    def as_type(self, dtype: Any) -> Stored:
        return Stored(self.source, dtype, self.rows)

    def only(self, indices: np.ndarray) -> Stored:
        """The rows at `indices`."""
        return Stored(self.source, self.dtype, indices if self.rows is None else self.rows[indices])

    def read(self, chosen: np.ndarray) -> np.ndarray:
        """The rows `chosen`, in that order, as they are stored."""
        places = chosen if self.rows is None else self.rows[chosen]
        if isinstance(self.source, np.ndarray):
            return self.source[places]  # type: ignore[no-any-return]
        if len(places) and places[-1] - places[0] == len(places) - 1 and (np.diff(places) == 1).all():
            return self.source[places[0] : places[-1] + 1]  # type: ignore[no-any-return]
        ascending, back = np.unique(places, return_inverse=True)  # the order in which HDF5 can be asked
        return self.source[ascending][back]  # type: ignore[no-any-return]

    def take(self, chosen: np.ndarray, axis: int, out: np.ndarray, mode: str = "raise") -> None:
        """Read the rows `chosen` into `out`, as `numpy.ndarray.take` does along axis 0."""
        out[...] = self.read(chosen)

    def chunks(self) -> Iterator[tuple[int, np.ndarray]]:
        """All rows in order, some at a time, each time with the number of the first from 0."""
        row_bytes = max(1, int(np.prod(self.shape[1:], dtype=np.int64)) * self.source.dtype.itemsize)
        size = max(1, CHUNK_BYTES // row_bytes)
        for start in range(0, len(self), size):
            yield start, self.read(np.arange(start, min(start + size, len(self))))

    def max(self) -> Any:
        return max(chunk.max() for _, chunk in self.chunks())

    def __getitem__(self, row: int) -> np.ndarray:
        return np.asarray(self.read(np.arange(row, row + 1))[0])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.read(np.arange(len(self))).astype(self.dtype if dtype is None else dtype, copy=False)


def is_mapped(array: np.ndarray) -> bool:
    """Whether an array, or the one that it is a view of, is mapped from disk."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return True
        base = base.base
    return isinstance(base, mmap.mmap)


def stays(array: np.ndarray, dtype: np.dtype) -> bool:
    """Whether an array is better read batch by batch than turned into numbers of `dtype` at once."""
    return is_mapped(array) or (array.dtype != dtype and array.nbytes > LARGE_BYTES)
