"""Where values lie: roots, places within them, and offsets in one arena.

A value lies in a *root* (a piece of the arena, an input, the store, a constant), whole or through a chain of
views.  Views are tried on shadows: NumPy arrays of the right type whose memory is never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .ir import Program
from .types import Type, round_up

ARENA = "arena"
INPUT = "input"
STATE = "state"
CONST = "const"
STATIC = "static"

END = 1 << 60  # a lifetime that lasts to the end of the step


class Root:
    """A stretch of memory of its own.

    kind    ARENA (shared, by lifetime), INPUT, STATE (a variable or a flat group), CONST, STATIC (of this
            executable alone, zero at the start)
    key     name of the input, variable or group; the array of a constant
    type    what it holds, as its first value sees it
    first, last   first and last step that touch it; offset (bytes) into the arena
    """

    __slots__ = ("kind", "key", "type", "first", "last", "offset")

    def __init__(self, kind: str, key: Any, type_: Type, first: int) -> None:
        self.kind = kind
        self.key = key
        self.type = type_
        self.first = first
        self.last = first
        self.offset = 0


class Place:
    """Where a value lies: a root, and the views that lead from its array to the value's."""

    __slots__ = ("root", "views", "shadow")

    def __init__(self, root: Root, views: tuple[tuple[Any, dict[str, Any]], ...], shadow: np.ndarray) -> None:
        self.root = root
        self.views = views
        self.shadow = shadow

    def through(self, view: Any, params: dict[str, Any]) -> Place | None:
        """The place of a view of this one, None where it would need a copy."""
        shadow = view(self.shadow, **params)
        return None if shadow is None else Place(self.root, (*self.views, (view, params)), shadow)

    def covers_root(self) -> bool:
        return bool(self.shadow.flags.c_contiguous) and self.shadow.nbytes == self.root.type.nbytes


def show_place(place: Place) -> str:
    root = place.root
    name = f"+{root.offset}" if root.kind == ARENA else f" {root.key}" if isinstance(root.key, str) else ""
    return f"{root.kind}{name}{' (view)' if place.views else ''}"


def segment_view(x: np.ndarray, *, offset: int, shape: tuple[int, ...]) -> np.ndarray:
    """A segment of a packed vector under its own shape (offset in elements)."""
    count = Type("f32", shape).size
    return x[offset : offset + count].reshape(shape)


def same_memory(x: Place, y: Place) -> bool:
    """The same elements in the same order."""
    a, b = x.shadow, y.shadow
    return (
        x.root is y.root and a.ctypes.data == b.ctypes.data and a.shape == b.shape and a.strides == b.strides
    )


def element_offset(program: Program, name: str) -> int:
    """First element of a variable within its group's vector."""
    wanted, position = program.variables[name], 0
    for each in program.variables.values():
        if each.name == name:
            break
        if each.group == wanted.group:
            position += round_up(each.type.nbytes)
    return position // wanted.type.numpy.itemsize


def assign_offsets(roots: Sequence[Root], reuse: bool) -> int:
    """Offsets in one arena by linear scan, best fit; returns its size in bytes."""
    free: list[tuple[int, int]] = []  # offset, size
    busy: list[Root] = []
    end = 0
    for root in sorted(roots, key=lambda each: each.first):
        if reuse:
            for gone in [each for each in busy if each.last < root.first]:
                busy.remove(gone)
                free = merged([*free, (gone.offset, round_up(gone.type.nbytes))])
        size = round_up(max(root.type.nbytes, 1))
        fits = [hole for hole in free if hole[1] >= size]
        if fits:
            hole = min(fits, key=lambda each: each[1])
            free.remove(hole)
            root.offset = hole[0]
            if hole[1] > size:
                free.append((hole[0] + size, hole[1] - size))
        else:
            root.offset = end
            end += size
        busy.append(root)
    return end


class Footprint(NamedTuple):
    """Bytes that a step holds at its peak, by kind.

    arena      temporaries and outputs, at the offsets of the plan
    inputs     what is fed in
    constants  constants, and packed vectors of the executable alone
    state      parameters, moments and other variables in the store
    """

    arena: int
    inputs: int
    constants: int
    state: int

    @property
    def total(self) -> int:
        return sum(self)


def footprint(roots: Sequence[Root], arena: int, state: int) -> Footprint:
    """The peak of a plan with these roots and an arena of that size, over a store of `state` bytes."""
    held = {kind: sum(x.type.nbytes for x in roots if x.kind == kind) for kind in (INPUT, STATIC)}
    constants = {id(x.key): x.key.nbytes for x in roots if x.kind == CONST}
    return Footprint(arena, held[INPUT], held[STATIC] + sum(constants.values()), state)


def merged(holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring holes as one."""
    found: list[tuple[int, int]] = []
    for offset, size in sorted(holes):
        if found and sum(found[-1]) == offset:
            found[-1] = (found[-1][0], found[-1][1] + size)
        else:
            found.append((offset, size))
    return found
