"""Large fused groups run block by block, so that what passes between their instructions stays in the cache.

A block is a run of rows (of the first axis).  What the group hands out lies whole in memory; everything else
needs room for one block only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .fuse import Group
from .ir import Instr, Value
from .memory import ARENA, STATIC, Place, Root, same_memory
from .types import Shape, Type

if TYPE_CHECKING:
    from .plan import Planner

# Elements.  Measured on GELU, SELU, Mish, tanh and batch normalisation with their gradients in float32: at 8
# M elements blocks are 1.08 to 1.29 times as fast, at 1 M 0.83 to 1.05 times (everything still fits the
# third-level cache, and calls cost more than misses), with half of the memory throughout.
LARGE = 1 << 21

# Elements of one block: 32 K and 64 K were alike, with 16 K calls take a fifth of the time.
BLOCK = 1 << 16


class Step:
    """One instruction to run: places of results, operands and temporaries."""

    __slots__ = ("instr", "results", "operands", "scratch")

    def __init__(
        self, instr: Instr, results: list[Place], operands: list[Place], scratch: list[Place]
    ) -> None:
        self.instr = instr
        self.results = results
        self.operands = operands
        self.scratch = scratch

    @property
    def instrs(self) -> tuple[Instr, ...]:
        return (self.instr,)


class Block:
    """Steps to run for `rows` rows at a time of `count`; places of `rows` rows hold one block only."""

    __slots__ = ("steps", "rows", "count")

    def __init__(self, steps: list[Step], rows: int, count: int) -> None:
        self.steps = steps
        self.rows = rows
        self.count = count

    @property
    def instrs(self) -> tuple[Instr, ...]:
        return tuple(step.instr for step in self.steps)


def rows_of(shape: Shape) -> int:
    """Rows of a block of this shape."""
    return max(1, BLOCK // max(1, Type("f32", shape[1:]).size))


def pays(group: Group) -> bool:
    """Whether a group is worth running in blocks: several instructions, large, and rows short enough."""
    shape = group.shape
    if len(group.instrs) < 2 or not shape or Type("f32", shape).size < LARGE:
        return False
    return rows_of(shape) < shape[0] and Type("f32", shape[1:]).size <= 4 * BLOCK


def place_block(planner: Planner, position: int, group: Group) -> Block:
    """Places for a group that runs at `position` of the plan."""
    return Blocker(planner, position, group).run()


class Blocker:
    """Where the values of one group lie: results whole, all others in a pool of blocks
    that are used again.
    """

    def __init__(self, planner: Planner, position: int, group: Group) -> None:
        self.planner = planner
        self.position = position
        self.group = group
        self.rows = rows_of(group.shape)
        self.shape = (self.rows, *group.shape[1:])
        self.places: dict[Value, Place] = {}  # of values that nothing outside the group reads
        self.pool: dict[str, list[Place]] = {}  # free blocks by dtype
        self.taken: set[Root] = set()
        self.last = {value: j for j, instr in enumerate(group.instrs) for value in instr.operands}
        self.reads = [
            (j, o, planner.places[value])
            for j, instr in enumerate(group.instrs)
            for o, value in enumerate(instr.operands)
            if value in planner.places
        ]

    def run(self) -> Block:
        for _, _, place in self.reads:
            self.planner.touch(place.root, self.position)
        steps = [self.step(j, instr) for j, instr in enumerate(self.group.instrs)]
        return Block(steps, self.rows, self.group.shape[0])

    def step(self, j: int, instr: Instr) -> Step:
        operands = [self.places.get(value) or self.planner.places[value] for value in instr.operands]
        value = instr.results[0]
        if value in self.group.results:
            place = self.planner.places[value] = self.whole(j, instr, operands)
            self.planner.touch(place.root, self.planner.uses.get(value, self.position))
        else:
            place = self.places[value] = self.within(j, instr)
        types = tuple(each.type for each in instr.operands)
        needed = instr.op.scratch(types, instr.params) if instr.op.scratch else ()
        scratch = [self.block(each.dtype) for each in needed]
        for each, temporary in zip(needed, scratch):
            self.free(each.dtype, temporary)
        for operand in dict.fromkeys(instr.operands):
            old = self.places.get(operand)
            if old is not None and self.last[operand] == j and old is not place:
                self.free(operand.dtype, old)
        return Step(instr, [place], operands, scratch)

    # ---- blocks

    def block(self, dtype: str) -> Place:
        free = self.pool.get(dtype)
        return free.pop() if free else self.planner.new(ARENA, None, Type(dtype, self.shape), self.position)

    def free(self, dtype: str, place: Place) -> None:
        self.pool.setdefault(dtype, []).append(place)

    def within(self, j: int, instr: Instr) -> Place:
        """The block of an operand that is read here for the last time, or a free one."""
        value = instr.results[0]
        for _, o in instr.op.inplace:
            operand = instr.operands[o]
            place = self.places.get(operand)
            if place is not None and self.last[operand] == j and operand.dtype == value.dtype:
                return place
        return self.block(value.dtype)

    # ---- results

    def whole(self, j: int, instr: Instr, operands: list[Place]) -> Place:
        """A variable's own buffer, a stretch of a packed vector, an operand's buffer, or new memory."""
        value, planner = instr.results[0], self.planner
        target = planner.targets.get(value)
        if target is not None and target.root.last <= self.position and self.may_write(j, instr, target):
            self.taken.add(target.root)
            return target
        if value in planner.wanted:
            return planner.segment(value, self.position)
        for _, o in instr.op.inplace:
            if self.may_take(j, instr, o, operands[o]):
                self.taken.add(operands[o].root)
                return operands[o]
        return planner.new(ARENA, None, value.type, self.position)

    def may_take(self, j: int, instr: Instr, o: int, place: Place) -> bool:
        operand, root = instr.operands[o], place.root
        if operand in self.places or root.kind not in (ARENA, STATIC) or root in self.taken:
            return False
        if operand.type != instr.results[0].type or not place.covers_root():
            return False
        over = max(root.last, self.planner.uses.get(operand, 0)) <= self.position
        return over and self.may_write(j, instr, place)

    def may_write(self, j: int, instr: Instr, place: Place) -> bool:
        """Whether the group's reads of this root allow it: the same elements, none later than this step."""
        for i, o, other in self.reads:
            if other.root is place.root:
                in_place = i < j or (i == j and (0, o) in instr.op.inplace)
                if not in_place or not same_memory(other, place):
                    return False
        return True
