"""The plan of a program: order, lifetimes, buffers taken over in place, views that cost nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .blocks import Block, Step, pays, place_block
from .fuse import Group, fuse
from .ir import Instr, Program, Value
from .memory import (
    ARENA,
    CONST,
    END,
    INPUT,
    STATE,
    STATIC,
    Place,
    Root,
    assign_offsets,
    element_offset,
    same_memory,
    segment_view,
    show_place,
)
from .ops.record import RANDOM, VIEW
from .reference import evaluate
from .types import Type

# Elements.  Constant instructions up to this size are computed once, when the program is compiled.
FOLD_LIMIT = 1 << 20


class Plan:
    """Steps in order, then copies (place of a value -> place of a variable); the arena's size in bytes."""

    __slots__ = ("program", "steps", "copies", "places", "outputs", "roots", "nbytes")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps: list[Step | Block] = []
        self.copies: list[tuple[Place, Place]] = []
        self.places: dict[Value, Place] = {}
        self.outputs: dict[str, Place] = {}
        self.roots: list[Root] = []
        self.nbytes = 0

    def __str__(self) -> str:
        """One line a step: op, where its results lie, what it took over."""
        lines = [f"arena {self.nbytes} bytes"]
        for each in self.steps:
            if isinstance(each, Block):
                lines.append(f"block of {each.rows} of {each.count} rows")
            for step in each.steps if isinstance(each, Block) else [each]:
                where = ", ".join(map(show_place, step.results))
                lines.append(f"{step.instr.op.name} -> {where}")
        return "\n".join(lines + [f"copy -> {show_place(target)}" for _, target in self.copies])


def plan(program: Program, reuse: bool = True) -> Plan:
    """The plan of `program`.  `reuse=False` gives every value memory of its own: the oracle of the tests."""
    planner = Planner(program, reuse)
    planner.run()
    return planner.plan


class Planner:
    def __init__(self, program: Program, reuse: bool) -> None:
        self.program = program
        self.reuse = reuse
        self.plan = Plan(program)
        self.places = self.plan.places
        self.states: dict[str, Place] = {}
        self.flats = {i.params["group"] for i in program.instrs if i.op.name == "flat"}
        self.units = self.fused() if reuse else [(instr,) for instr in self.order()]
        self.uses = last_uses(program, self.units)
        self.pinned = set(program.outputs.values()) | {each.value for each in program.updates}
        self.wanted: dict[
            Value, tuple[Value, int]
        ] = {}  # value -> packed value it may be written into, offset
        self.targets: dict[Value, Place] = {}  # value -> the variable it may be written into

    def run(self) -> None:
        for name, value in self.program.inputs.items():
            self.places[value] = self.new(INPUT, name, value.type, 0)
        if self.reuse:
            self.aim_at_packs()
            self.aim_at_variables()
        for position, unit in enumerate(self.units):
            if isinstance(unit, Group):
                self.plan.steps.append(place_block(self, position, unit))
            else:
                self.place(position, unit[0])
        self.finish()
        self.plan.nbytes = assign_offsets(
            [root for root in self.plan.roots if root.kind == ARENA], self.reuse
        )

    def order(self) -> list[Instr]:
        """The program's order, but for updates of variables that are read after them: those come last."""
        instrs = list(self.program.instrs)
        read = {value for instr in instrs for value in instr.operands} | set(self.program.outputs.values())
        last: list[Instr] = []
        for each in self.program.updates:
            instr = each.value.instr
            (key,) = state_keys(each.target, self.flats, self.program)
            idle = not any(value in read for value in instr.results) and instr.op.kind not in ("source", VIEW)
            if idle and instr not in last and key in self.keys_read(instrs[instrs.index(instr) + 1 :]):
                last.append(instr)
        return [instr for instr in instrs if instr not in last] + last

    def fused(self) -> list[Group | tuple[Instr]]:
        """Groups that run block by block, and all other instructions one by one."""
        instrs = self.order()
        groups = fuse(self.program, instrs)
        if not any(map(pays, groups)):
            return [(instr,) for instr in instrs]
        found: list[Group | tuple[Instr]] = []
        for group in groups:
            found += [group] if pays(group) else [(instr,) for instr in group.instrs]
        return found

    def keys_read(self, instrs: Sequence[Instr]) -> set[str]:
        """State roots that these instructions read."""
        operands = {value for instr in instrs for value in instr.operands}
        return {key for value in operands for key in state_keys(value, self.flats, self.program)}

    # ---- one instruction

    def place(self, position: int, instr: Instr) -> None:
        name, op = instr.op.name, instr.op
        value = instr.results[0] if instr.results else None
        if name == "input":
            return
        if name in ("variable", "flat"):
            assert value is not None
            self.places[value] = self.state(value)
        elif self.constant(instr) or op.kind == VIEW and op.view is not None and self.alias(position, instr):
            return
        else:
            self.step(position, instr)

    def new(self, kind: str, key: Any, type_: Type, position: int) -> Place:
        root = Root(kind, key, type_, position)
        self.plan.roots.append(root)
        return Place(root, (), np.empty(type_.shape, type_.numpy))

    def state(self, value: Value) -> Place:
        """The store's place of a variable; within the group's vector where the program uses that."""
        instr = value.instr
        if instr.op.name == "flat":
            return self.state_root("group " + instr.params["group"], value.type)
        name = instr.params["name"]
        group = self.program.variables[name].group
        if group not in self.flats:
            return self.state_root(name, value.type)
        flat = next(
            i.results[0] for i in self.program.instrs if i.op.name == "flat" and i.params["group"] == group
        )
        whole = self.state_root("group " + group, flat.type)
        offset = element_offset(self.program, name)
        found = whole.through(segment_view, {"offset": offset, "shape": value.type.shape})
        assert found is not None
        return found

    def state_root(self, key: str, type_: Type) -> Place:
        if key not in self.states:
            self.states[key] = self.new(STATE, key, type_, 0)
        return self.states[key]

    def constant(self, instr: Instr) -> bool:
        """Constants, and what is computed of constants alone, become arrays now."""
        if instr.op.name == "const":
            value, type_ = instr.params["value"], instr.results[0].type
            array = np.asarray(value, type_.numpy)
            root = Root(CONST, array, Type(type_.dtype, array.shape), 0)
            place = Place(root, (), array)
            if array.shape != type_.shape:
                wide = place.through(np.broadcast_to, {"shape": type_.shape})
                assert wide is not None
                place = wide
            self.places[instr.results[0]] = place
            return True
        if instr.op.kind == RANDOM or instr.op.numpy is None or instr.results[0].type.size > FOLD_LIMIT:
            return False
        operands = [self.places[each] for each in instr.operands]
        if any(each.root.kind != CONST for each in operands) or instr.op.kind == VIEW:
            return False
        arrays = evaluate(instr.op, [each.shadow for each in operands], instr.params)
        for value, array in zip(instr.results, arrays):
            self.places[value] = Place(Root(CONST, array, value.type, 0), (), array)
        return True

    def alias(self, position: int, instr: Instr) -> bool:
        value, operand = instr.results[0], instr.operands[0]
        view = instr.op.view
        assert view is not None
        found = self.places[operand].through(view, instr.params)
        if found is None:
            return False
        self.places[value] = found
        self.touch(found.root, self.uses.get(value, position))
        return True

    def touch(self, root: Root, position: int) -> None:
        root.last = max(root.last, position)

    def step(self, position: int, instr: Instr) -> None:
        operands = [self.places[each] for each in instr.operands]
        for each in operands:
            self.touch(each.root, position)
        taken: set[int] = set()
        results = [self.result(position, instr, k, operands, taken) for k in range(len(instr.results))]
        for value, place in zip(instr.results, results):
            self.places[value] = place
            self.touch(place.root, self.uses.get(value, position))
        types = tuple(each.type for each in instr.operands)
        scratch = instr.op.scratch(types, instr.params) if instr.op.scratch else ()
        temporaries = [self.new(ARENA, None, each, position) for each in scratch]
        self.plan.steps.append(Step(instr, results, operands, temporaries))

    def result(self, position: int, instr: Instr, k: int, operands: list[Place], taken: set[int]) -> Place:
        """A variable's own buffer, a stretch of a packed vector, an operand's buffer, or new memory."""
        value = instr.results[k]
        target = self.targets.get(value)
        if target is not None and self.may_write(position, instr, k, target, operands):
            return target
        if value in self.wanted:
            return self.segment(value, position)
        if instr.op.name == "pack":
            return self.packed(value, position)
        for r, o in instr.op.inplace if self.reuse else ():
            if r == k and o not in taken and self.may_take(position, instr, o, value, operands):
                taken.add(o)
                return Place(operands[o].root, operands[o].views, operands[o].shadow)
        return self.new(ARENA, None, value.type, position)

    def segment(self, value: Value, position: int) -> Place:
        """The stretch of a packed vector that `value` is written into."""
        packed, offset = self.wanted[value]
        whole = self.packed(packed, position)
        found = whole.through(segment_view, {"offset": offset, "shape": value.type.shape})
        assert found is not None
        return found

    def packed(self, value: Value, position: int) -> Place:
        if value not in self.places:
            self.places[value] = self.new(STATIC, None, value.type, position)
        self.touch(self.places[value].root, self.uses.get(value, position))
        return self.places[value]

    def may_take(self, position: int, instr: Instr, o: int, value: Value, operands: list[Place]) -> bool:
        """Whether the result may take over operand `o`: nothing else reads its root from now on."""
        place, type_ = operands[o], instr.operands[o].type
        root = place.root
        if root.kind not in (ARENA, STATIC) or type_ != value.type or not place.covers_root():
            return False
        if type_.size == 1:  # NumPy checks one element for overlap: 1.1 us in place against 0.45
            return False
        if root.last > position or self.uses.get(instr.operands[o], 0) > position:
            return False
        return all(same_memory(each, place) for each in operands if each.root is root)

    def may_write(self, position: int, instr: Instr, k: int, target: Place, operands: list[Place]) -> bool:
        """Whether a variable may be written now: nothing reads it later,
        and this instruction only in place.
        """
        if target.root.last > position:
            return False
        for o, each in enumerate(operands):
            if each.root is target.root and not ((k, o) in instr.op.inplace and same_memory(each, target)):
                return False
        return True

    # ---- before and after

    def aim_at_packs(self) -> None:
        """Values that can be written straight into a packed vector: made by a step,
        packed once, not pinned.
        """
        for instr in self.program.instrs:
            if instr.op.name != "pack":
                continue
            for operand, offset in zip(instr.operands, instr.params["offsets"]):
                value = operand
                while value.instr.op.name == "reshape" and value not in self.pinned:
                    value = value.instr.operands[0]
                made = value.instr.op
                free = value not in self.wanted and value not in self.pinned
                if free and made.kind not in ("source", VIEW) and made.name != "pack":
                    self.wanted[value] = (instr.results[0], offset)

    def aim_at_variables(self) -> None:
        """New values of variables that their instructions may write into the store,
        if nothing reads the old later.
        """
        readers: dict[str, int] = {}
        for each in self.program.updates:
            place = self.state(each.target)
            self.targets[each.value] = place
        counted = [each.value for each in self.program.updates]
        for value in counted:
            if (
                counted.count(value) > 1
                or value.instr.op.kind in ("source", VIEW)
                or value in self.program.outputs.values()
            ):
                self.targets.pop(value, None)
        for position, unit in enumerate(self.units):
            for key in self.keys_read(members(unit)):
                readers[key] = position
        for value in self.program.outputs.values():
            for key in state_keys(value, self.flats, self.program):
                readers[key] = END
        for each in self.program.updates:
            for key in state_keys(each.value, self.flats, self.program):
                readers[key] = END
        for key, position in readers.items():
            if key in self.states:
                self.touch(self.states[key].root, position)

    def finish(self) -> None:
        """Outputs live to the end; what was not written in place is copied after the last step."""
        for value in self.pinned:
            self.touch(self.places[value].root, END)
        changed = {self.state(each.target).root for each in self.program.updates}
        for name, value in self.program.outputs.items():
            place = self.places[value]
            self.plan.outputs[name] = self.aside(place, value.type) if place.root in changed else place
        late: list[tuple[Place, Place]] = []
        for each in self.program.updates:
            source, target = self.places[each.value], self.state(each.target)
            if not same_memory(source, target):
                # The old value of a variable for another one is set aside first: two may change places.
                late.append(
                    (self.aside(source, each.value.type) if source.root.kind == STATE else source, target)
                )
        self.plan.copies += late

    def aside(self, source: Place, type_: Type) -> Place:
        """A copy, made after the last step, of what a variable held before it."""
        place = self.new(ARENA, None, type_, len(self.units))
        self.touch(place.root, END)
        self.plan.copies.append((source, place))
        return place


def state_keys(value: Value, flats: set[str], program: Program) -> list[str]:
    """State roots that reading `value` touches, through views."""
    instr = value.instr
    while instr.op.kind == VIEW:
        instr = instr.operands[0].instr
    if instr.op.name == "flat":
        return ["group " + instr.params["group"]]
    if instr.op.name != "variable":
        return []
    group = program.variables[instr.params["name"]].group
    return ["group " + group] if group in flats else [instr.params["name"]]


def members(unit: Group | tuple[Instr]) -> tuple[Instr, ...]:
    return unit.instrs if isinstance(unit, Group) else unit


def last_uses(program: Program, units: Sequence[Group | tuple[Instr]]) -> dict[Value, int]:
    """Position of the last unit that reads each value, through views: a view's use is its operand's."""
    uses: dict[Value, int] = {}
    for value in (*program.outputs.values(), *(each.value for each in program.updates)):
        uses[value] = END
    for position in range(len(units) - 1, -1, -1):
        for instr in reversed(members(units[position])):
            for operand in instr.operands:
                last = max(uses.get(operand, -1), position)
                if instr.op.kind == VIEW:
                    last = max(last, *(uses.get(each, position) for each in instr.results))
                uses[operand] = last
    return uses
