"""What a device does in one step, and where everything lies: kernel launches, library calls, copies, one
arena.

Works with types and shadows alone (see plan.py): no device is needed to plan, to print a plan or to test it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..ir import Instr, Program, Value
from ..memory import (
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
)
from ..ops.launches import C_TYPES, Copies, Kernel, Launch, Library, Result, copy_rule, element_launch
from ..ops.record import RANDOM, SOURCE, UPDATE, VIEW
from ..plan import FOLD_LIMIT
from ..reference import evaluate
from ..types import TensorError, Type, type_of
from . import cuda_source
from .cuda_groups import schedule
from .cuda_source import Group

KERNELS = Path(__file__).parent.parent / "kernels"

# Bytes.  Packed access needs the first element of an array on such a boundary; roots lie on 64.
PACKED = 16


class Step:
    """One piece of work.

    source    text of the kernel, or None for a library call
    launch    its launch; `method` and `params` of the library call instead
    operands, results, temporaries   their places
    what      op names, for profiles and error messages
    """

    __slots__ = ("source", "launch", "method", "params", "operands", "results", "temporaries", "what")

    def __init__(
        self,
        what: str,
        operands: Sequence[Place],
        results: Sequence[Place],
        *,
        source: str | None = None,
        launch: Launch | None = None,
        temporaries: Sequence[Place] = (),
        method: str = "",
        params: dict[str, Any] | None = None,
    ) -> None:
        self.what = what
        self.operands = list(operands)
        self.results = list(results)
        self.source = source
        self.launch = launch
        self.temporaries = list(temporaries)
        self.method = method
        self.params = params or {}

    def __str__(self) -> str:
        if self.launch is None:
            return f"{self.what}: {self.method}"
        return f"{self.what}: {self.launch.entry} grid {self.launch.grid} block {self.launch.block}"


class DevicePlan:
    """Steps in order, places of inputs, outputs and states, and the arena's size in bytes."""

    __slots__ = ("program", "steps", "inputs", "outputs", "roots", "nbytes")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps: list[Step] = []
        self.inputs: dict[str, Place] = {}
        self.outputs: dict[str, Place] = {}
        self.roots: list[Root] = []
        self.nbytes = 0

    def __str__(self) -> str:
        return "\n".join([f"arena {self.nbytes} bytes", *map(str, self.steps)])


def unsupported(program: Program) -> list[str]:
    """Names of ops of `program` that have no CUDA form, each once."""
    names = [
        instr.op.name
        for instr in program.instrs
        if instr.op.kind not in (SOURCE, VIEW) and instr.op.cuda is None
    ]
    return list(dict.fromkeys(names))


def plan(program: Program) -> DevicePlan:
    """The plan of `program`; TensorError naming every op that has no CUDA form yet."""
    missing = unsupported(program)
    if missing:
        raise TensorError("; ".join(f"op '{name}' has no CUDA form yet" for name in missing))
    planner = Planner(program)
    planner.run()
    return planner.plan


class Planner:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.plan = DevicePlan(program)
        self.places: dict[Value, Place] = {}
        self.states: dict[str, Place] = {}
        self.bases: dict[int, int] = {}  # id(root) -> address of its shadow
        self.flats = {i.params["group"]: i.results[0] for i in program.instrs if i.op.name == "flat"}
        self.items = schedule(program)
        self.last = self.last_reads()
        self.wanted = self.packed_values()
        self.position = 0

    def run(self) -> None:
        for name, value in self.program.inputs.items():
            self.places[value] = self.plan.inputs[name] = self.new(INPUT, name, value.type)
        for position, item in enumerate(self.items):
            self.position = position
            if isinstance(item, Group):
                self.group(item)
            else:
                self.instr(item)
        self.position = len(self.items)
        self.finish()
        arena = [root for root in self.plan.roots if root.kind == ARENA]
        self.plan.nbytes = assign_offsets(arena, True)

    # ---- lifetimes

    def last_reads(self) -> dict[Value, int]:
        """Position of the last item that reads each value, through views (a view's readers are its
        operand's).
        """
        last = {value: END for value in self.program.outputs.values()}
        last.update((each.value, END) for each in self.program.updates)
        for position in range(len(self.items) - 1, -1, -1):
            item = self.items[position]
            if isinstance(item, Group):
                for value in item.inputs:
                    last[value] = max(last.get(value, -1), position)
                continue
            through = max((last.get(each, position) for each in item.results), default=position)
            for value in item.operands:
                reach = through if item.op.kind == VIEW else position
                last[value] = max(last.get(value, -1), position, reach)
        return last

    def touch(self, place: Place, position: int) -> None:
        place.root.last = max(place.root.last, position)

    # ---- memory

    def new(self, kind: str, key: Any, type_: Type) -> Place:
        root = Root(kind, key, type_, self.position)
        self.plan.roots.append(root)
        place = Place(root, (), np.empty(type_.shape, type_.numpy))
        self.bases[id(root)] = place.shadow.ctypes.data
        root.last = self.position
        return place

    def result(self, value: Value) -> Place:
        """Where `value` will lie: in its stretch of a packed vector, or in the arena."""
        if value in self.wanted:
            packed, offset = self.wanted[value]
            found = self.pack_root(packed).through(segment_view, {"offset": offset, "shape": value.shape})
            assert found is not None
            self.places[value] = found
        else:
            self.places[value] = self.new(ARENA, None, value.type)
        self.touch(self.places[value], self.last.get(value, self.position))
        return self.places[value]

    def pack_root(self, value: Value) -> Place:
        """A packed vector: memory of this executable alone, zero at the start, so that gaps stay zero."""
        if value not in self.places:
            self.places[value] = self.new(STATIC, None, value.type)
        return self.places[value]

    def packed_values(self) -> dict[Value, tuple[Value, int]]:
        """Values that their producers can write straight into a packed vector: value -> (vector, offset)."""
        found: dict[Value, tuple[Value, int]] = {}
        pinned = set(self.program.outputs.values()) | {each.value for each in self.program.updates}
        for instr in self.program.instrs:
            if instr.op.name != "pack":
                continue
            for operand, offset in zip(instr.operands, instr.params["offsets"]):
                value = operand
                while value.instr.op.name == "reshape" and value not in pinned:
                    value = value.instr.operands[0]
                if value not in found and value not in pinned and value.instr.op.kind not in (SOURCE, VIEW):
                    found[value] = (instr.results[0], offset)
        return found

    def is_aligned(self, place: Place) -> bool:
        return (place.shadow.ctypes.data - self.bases[id(place.root)]) % PACKED == 0

    def contiguous(self, place: Place, type_: Type) -> Place:
        """`place`, or a copy in row-major order on an aligned boundary."""
        if place.shadow.flags.c_contiguous and self.is_aligned(place):
            return place
        copy = self.new(ARENA, None, type_)
        self.copy(place, copy, type_)
        return copy

    def copy(self, source: Place, target: Place, type_: Type) -> None:
        launch = copy_rule(source.shadow.shape, type_.dtype, elements(source.shadow), elements(target.shadow))
        if launch is not None:
            self.kernel("copy.cu", "copy", launch, [source], [target])

    # ---- items

    def kernel(
        self, file: str, what: str, launch: Launch, operands: Sequence[Place], results: Sequence[Place],
        temporaries: Sequence[Place] = (),
    ) -> None:  # fmt: skip
        text = (KERNELS / file).read_text(encoding="utf-8")
        self.add(Step(what, operands, results, source=text, launch=launch, temporaries=temporaries))

    def add(self, step: Step) -> None:
        for each in (*step.operands, *step.results, *step.temporaries):
            self.touch(each, self.position)
        self.plan.steps.append(step)

    def group(self, group: Group) -> None:
        operands = [self.places[each] for each in group.inputs]
        results = [self.result(each) for each in group.outputs]
        if not Type("f32", group.shape).size:
            return
        lay = cuda_source.layout(
            group.shape, [elements(each.shadow) for each in operands], list(map(self.is_aligned, operands))
        )
        what = " ".join(instr.op.name for instr in group.instrs)
        launch = cuda_source.launch(group, lay)
        self.add(Step(what, operands, results, source=cuda_source.source(group, lay), launch=launch))

    def instr(self, instr: Instr) -> None:
        op = instr.op
        if op.name == "input":
            return
        if op.name in ("variable", "flat"):
            self.places[instr.results[0]] = self.state(instr.results[0])
        elif self.constant(instr) or op.kind == VIEW:
            if op.kind == VIEW:
                self.view(instr)
        elif isinstance(op.cuda, Kernel):
            self.launches(instr, op.cuda)
        elif isinstance(op.cuda, Copies):
            self.copies(instr, op.cuda)
        else:
            assert isinstance(op.cuda, Library)
            self.library(instr, op.cuda)

    def constant(self, instr: Instr) -> bool:
        """Constants, and what the host can work out of constants alone, are uploaded once."""
        if instr.op.name == "const":
            type_ = instr.results[0].type
            array = np.asarray(instr.params["value"], type_.numpy)
            place = self.constant_place(array)
            if array.shape != type_.shape:
                wide = place.through(np.broadcast_to, {"shape": type_.shape})
                assert wide is not None
                place = wide
            self.places[instr.results[0]] = place
            return True
        if instr.op.kind in (RANDOM, VIEW) or instr.op.numpy is None:
            return False
        operands = [self.places[each] for each in instr.operands]
        small = instr.op.kind == SOURCE or instr.results[0].type.size <= FOLD_LIMIT
        if not small or any(each.root.kind != CONST for each in operands):
            return False
        arrays = evaluate(instr.op, [each.shadow for each in operands], instr.params)
        for value, array in zip(instr.results, arrays):
            self.places[value] = self.constant_place(array)
        return True

    def constant_place(self, array: np.ndarray) -> Place:
        root = Root(CONST, array, type_of(array), self.position)
        self.bases[id(root)] = array.ctypes.data
        return Place(root, (), array)

    def view(self, instr: Instr) -> None:
        """A view of its operand's memory; where strides do not allow it, of a contiguous copy."""
        operand, value = instr.operands[0], instr.results[0]
        assert instr.op.view is not None
        found = self.places[operand].through(instr.op.view, instr.params)
        if found is None:
            copy = self.new(ARENA, None, operand.type)
            self.copy(self.places[operand], copy, operand.type)
            found = copy.through(instr.op.view, instr.params)
            assert found is not None
        self.places[value] = found
        self.touch(found, self.last.get(value, self.position))

    def launches(self, instr: Instr, kernel: Kernel) -> None:
        types = tuple(each.type for each in instr.operands)
        work = kernel.rule(types, tuple(each.type for each in instr.results), instr.params)
        operands = [self.contiguous(self.places[v], v.type) for v in instr.operands]
        results = [self.target(instr, k, operands) for k in range(len(instr.results))]
        temporaries = [self.new(ARENA, None, each) for each in work.temporaries]
        for launch in work.launches:
            self.kernel(kernel.file, instr.op.name, launch, operands, results, temporaries)

    def target(self, instr: Instr, k: int, operands: list[Place]) -> Place:
        """Where result `k` goes: an optimiser writes into the state that it updates if nothing reads that
        later.
        """
        value = instr.results[k]
        update = next((each for each in self.program.updates if each.value is value), None)
        pairs = dict(instr.op.inplace)
        if instr.op.kind == UPDATE and update is not None and k in pairs:
            state = self.state(update.target)
            late = self.last_state_read(state.root.key)
            if late <= self.position and same_memory(operands[pairs[k]], state):
                self.places[value] = state
                return state
        return self.result(value)

    def copies(self, instr: Instr, copies: Copies) -> None:
        value = instr.results[0]
        fill, parts = copies.rule(tuple(each.type for each in instr.operands), instr.params)
        is_pack = instr.op.name == "pack"
        whole = self.pack_root(value) if is_pack else self.result(value)
        self.touch(whole, self.last.get(value, self.position))
        if fill is not None and not is_pack:
            number = value.type.numpy.type(fill)
            args = (Result(0), np.int64(value.type.size), number)
            defines = (f"TYPE={C_TYPES[value.dtype]}",)
            for launch in element_launch("fill", args, value.type.size, defines).launches:
                self.kernel("copy.cu", instr.op.name, launch, [], [whole])
        for operand, slices in zip(instr.operands, parts):
            target = whole.through(part_view, {"slices": slices, "shape": operand.shape})
            assert target is not None
            if not same_memory(self.places[operand], target):
                self.copy(self.places[operand], target, operand.type)

    def library(self, instr: Instr, library: Library) -> None:
        operands = [self.places[each] for each in instr.operands]
        results = [self.result(each) for each in instr.results]
        self.add(Step(instr.op.name, operands, results, method=library.method, params=instr.params))

    # ---- states

    def state(self, value: Value) -> Place:
        """The place of a variable or of a flat group; a variable within its group's vector where that is
        used.
        """
        instr = value.instr
        if instr.op.name == "flat":
            return self.state_root("group " + instr.params["group"], value.type)
        name = instr.params["name"]
        flat = self.flats.get(self.program.variables[name].group)
        if flat is None:
            return self.state_root(name, value.type)
        whole = self.state_root("group " + flat.instr.params["group"], flat.type)
        offset = element_offset(self.program, name)
        found = whole.through(segment_view, {"offset": offset, "shape": value.shape})
        assert found is not None
        return found

    def last_state_read(self, key: str) -> int:
        """Position of the last item that reads a state, whole or in part."""
        found = -1
        for instr in self.program.instrs:
            if instr.op.name in ("variable", "flat") and self.state(instr.results[0]).root.key == key:
                found = max(found, self.last.get(instr.results[0], -1))
        return found

    def state_root(self, key: str, type_: Type) -> Place:
        if key not in self.states:
            self.states[key] = self.new(STATE, key, type_)
        return self.states[key]

    def finish(self) -> None:
        """Outputs that are states are copied aside before states change; then what was not written in
        place.
        """
        late: list[tuple[Place, Place, Type]] = []
        for name, value in self.program.outputs.items():
            place, type_ = self.places[value], value.type
            if place.root.kind in (STATE, CONST) or not place.shadow.flags.c_contiguous:
                copy = self.new(ARENA, None, type_)
                self.copy(place, copy, type_)
                place = copy
            self.touch(place, END)
            self.plan.outputs[name] = place
        for each in self.program.updates:
            source, target = self.places[each.value], self.state(each.target)
            if same_memory(source, target):
                continue
            if source.root.kind == STATE:
                aside = self.new(ARENA, None, each.value.type)
                self.copy(source, aside, each.value.type)
                source = aside
            late.append((source, target, each.value.type))
        self.position += 1
        for source, target, type_ in late:
            self.copy(source, target, type_)


def part_view(x: np.ndarray, *, slices: tuple[slice, ...], shape: tuple[int, ...]) -> np.ndarray:
    """A part of an array under the shape of what goes there."""
    part = x[slices]
    return part if part.shape == shape else part.reshape(shape)


def elements(array: np.ndarray) -> tuple[int, ...]:
    """Strides in elements."""
    return tuple(each // array.itemsize for each in array.strides)
