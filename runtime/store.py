"""Where variables live between steps: one flat, aligned buffer a group,
shared by every executable bound to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .ir import Variable
from .types import DTYPES, ShapeError, TensorError, aligned_bytes, segments


class Store:
    """The variables of one net or one training, by name.

    `store["net/1/Weights"]` is the array itself: writing into it changes what the next step reads.
    `store.flat("parameters")` is the whole group as one vector, gaps of alignment (zeros) included.
    """

    def __init__(
        self, variables: Mapping[str, Variable] | Iterable[Variable], values: Mapping[str, Any] | None = None
    ):
        self.variables: dict[str, Variable] = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.buffers: dict[str, np.ndarray] = {}
        self.mirror: Any = None  # the buffers on a device, where a device works on them (backends/cuda.py)
        self.add(variables)
        for name, value in (values or {}).items():
            self[name] = value

    def add(self, variables: Mapping[str, Variable] | Iterable[Variable]) -> None:
        """Make room for variables of further programs.  Those already here must have the same type and
        group; a new one may only come with a new group, for buffers never move.
        """
        given = variables.values() if isinstance(variables, Mapping) else variables
        fresh: dict[str, list[Variable]] = {}
        for each in given:
            known = self.variables.get(each.name)
            if known is None:
                fresh.setdefault(each.group, []).append(each)
            elif (known.type, known.group) != (each.type, each.group):
                raise ShapeError(
                    f"variable {each.name!r}",
                    f"{known.type} in group {known.group!r}",
                    f"{each.type} in {each.group!r}",
                )
        for group, members in fresh.items():
            if group in self.buffers:
                names = ", ".join(repr(each.name) for each in members)
                raise TensorError(f"group {group!r} is laid out already: {names} cannot join it")
            self.lay_out(group, members)

    def lay_out(self, group: str, members: list[Variable]) -> None:
        offsets, nbytes = segments([each.type for each in members])
        buffer = self.buffers[group] = aligned_bytes(nbytes)
        for each, offset in zip(members, offsets):
            raw = buffer[offset : offset + each.type.nbytes]
            self.variables[each.name] = each
            self.arrays[each.name] = raw.view(DTYPES[each.type.dtype]).reshape(each.type.shape)
            self.arrays[each.name][...] = each.initial

    def adopt(self, variables: Iterable[Variable], arrays: Mapping[str, np.ndarray]) -> None:
        """Arrays of others in the place of variables, without a copy: programs may read them, not change
        them, and their groups have no flat form. ShapeError where an array does not fit its variable.
        """
        for each in variables:
            array = arrays[each.name]
            if array.shape != each.type.shape or array.dtype != each.type.numpy:
                raise ShapeError(f"variable {each.name!r}", str(each.type), f"{array.dtype} {array.shape}")
            view = array.view()
            view.flags.writeable = False
            self.variables[each.name] = each
            self.arrays[each.name] = view

    def to_host(self) -> None:
        """Bring the buffers back from the device that worked on them last."""
        if self.mirror is not None:
            self.mirror.to_host()

    def offset(self, name: str) -> int:
        """First byte of a variable within its group's buffer."""
        members = [each for each in self.variables.values() if each.group == self.variables[name].group]
        offsets, _ = segments([each.type for each in members])
        return offsets[[each.name for each in members].index(name)]

    def __getitem__(self, name: str) -> np.ndarray:
        self.to_host()
        return self.arrays[name]

    def __setitem__(self, name: str, value: Any) -> None:
        array = self[name]
        if np.shape(value) != array.shape:
            raise ShapeError(f"variable {name!r}", f"an array of shape {array.shape}", str(np.shape(value)))
        array[...] = value

    def __contains__(self, name: object) -> bool:
        return name in self.arrays

    def __iter__(self) -> Any:
        return iter(self.arrays)

    def group(self, group: str) -> list[str]:
        """Names of the variables of a group, in order."""
        return [each.name for each in self.variables.values() if each.group == group]

    def flat(self, group: str) -> np.ndarray:
        """The buffer of a group whose variables have one dtype, as a vector."""
        self.to_host()
        return self.buffers[group].view(self.flat_dtype(group))

    def flat_dtype(self, group: str) -> np.dtype:
        """The one dtype of a group's variables; TensorError where they have several."""
        dtypes = {each.type.dtype for each in self.variables.values() if each.group == group}
        if len(dtypes) != 1:
            raise TensorError(f"group {group!r} has no flat form: dtypes {sorted(dtypes)}")
        return DTYPES[dtypes.pop()]

    def snapshot(self) -> dict[str, np.ndarray]:
        """A copy of every buffer by group: what `restore` takes."""
        self.to_host()
        return {group: buffer.copy() for group, buffer in self.buffers.items()}

    def restore(self, saved: Mapping[str, np.ndarray]) -> None:
        self.to_host()
        for group, buffer in saved.items():
            self.buffers[group][...] = buffer
