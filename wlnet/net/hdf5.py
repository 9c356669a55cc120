"""HDF5 files: data sets of trainings that need not fit into memory, and the format for Import and Export.

A file holds one data set for each port, its first dimension running over the examples. Numbers are read a
batch at a time; strings and truth values, being labels, are read at once. h5py does the reading.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import Association, NumericArray, is_list, items, make_list, packed, to_array, truth
from wlnet.kernel.formats import FormatError, register

from .data import Column
from .errors import NetError
from .stored import Stored

MISSING = 'HDF5 files are read by h5py, which is not installed: pip install "wlnet[hdf5]".'
ELEMENTS = ("Data", "Datasets")


def h5py() -> Any:
    """The module h5py; FormatError where it is not installed."""
    try:
        return importlib.import_module("h5py")
    except ImportError:
        raise FormatError(MISSING) from None


def columns(path: str, what: str) -> dict[str, Column]:
    """The data sets of a file as columns by port; NetError where it cannot be read or holds none."""
    try:
        file = h5py().File(path, "r")
    except FormatError as error:
        raise NetError("NetTrain", "data", str(error)) from None
    except OSError:
        exists = Path(path).exists()
        text = "is no HDF5 file, or damaged" if exists else "does not exist"
        raise NetError("NetTrain", "data", f'{what}: File["{path}"] {text}.') from None
    found = {name: column(each) for name, each in file.items() if hasattr(each, "shape") and each.shape}
    if not found:
        text = f'{what}: File["{path}"] holds no data set with examples at its top level.'
        raise NetError("NetTrain", "data", f"{text} It must hold one for each port.")
    return found


def column(data: Any) -> Column:
    """A data set of a file as a column."""
    if data.dtype.kind in "OSU":
        return Column(None, tuple(data.asstr()[...].tolist()))
    if data.dtype.kind == "b":
        return Column(None, tuple(truth(x) for x in data[...].tolist()))
    return Column(Stored(mapped(data)))


def mapped(data: Any) -> Any:
    """A data set as an array mapped from its file, where it lies there in one piece in this machine's order
    of bytes; else the data set itself.
    """
    offset = data.id.get_offset()
    if offset is None or not data.dtype.isnative:
        return data
    return np.memmap(data.file.filename, data.dtype, "r", offset, data.shape)


# ---- Import and Export


def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    """Import["x.h5"]: an association from the names of data sets to their values."""
    if isinstance(source, bytes):
        raise FormatError("HDF5 is read from files alone.")
    try:
        with h5py().File(source, "r") as file:
            found = {name: value_of(each) for name, each in file.items() if hasattr(each, "shape")}
    except OSError as error:
        raise FormatError(f"The file is no HDF5 file ({error}).") from None
    if element == "Elements":
        return make_list(ELEMENTS)
    if element == "Datasets":
        return make_list(found)
    if element in (None, "Data"):
        return Association.of(found.items())
    raise FormatError(f"The format HDF5 has the elements {', '.join(ELEMENTS)}; there is no {element}.")


def value_of(data: Any) -> Any:
    """A data set as a value of the language."""
    if data.dtype.kind in "OSU":
        text = data.asstr()[()]
        return text if isinstance(text, str) else make_list(text.tolist())
    array = data[()]
    if data.dtype.kind == "b":
        return make_list(map(truth, np.ravel(array).tolist())) if data.shape else truth(bool(array))
    plain = np.ndim(array) == 0 or array.dtype in (np.dtype(np.int64), np.dtype(np.float64))
    return packed(np.asarray(array)) if plain else NumericArray(array)


def write(ev: Any, target: Path, value: Any, options: dict[str, Any]) -> None:
    """Export["x.h5", <|"name" -> array, ...|>]: one data set for each key."""
    if type(value) is not Association or not all(type(name) is str for name in value):
        raise FormatError(
            'The format HDF5 takes an association from names to arrays, <|"name" -> array, ...|>.'
        )
    arrays = {name: array_of(name, each) for name, each in value.pairs()}
    with h5py().File(target, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array)


def array_of(name: str, value: Any) -> Any:
    """A value as what h5py writes: an array of numbers, or a list of strings."""
    if type(value) is NumericArray:
        return value.array
    array = to_array(value, exact=False) if is_list(value) else None
    if array is not None:
        return array
    if is_list(value) and all(type(x) is str for x in items(value)):
        return list(items(value))
    raise FormatError(f'The value at "{name}" is neither a full array of numbers nor a list of strings.')


register("HDF5", ("h5", "hdf5", "hdf"), read=read, write=write, elements=ELEMENTS)
