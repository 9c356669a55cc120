"""The NumPy backend: the source of one Python function, a line an instruction, every array bound beforehand.

The lines are calls with `out=`: no allocation, no shape arithmetic, no branch at run time.  `Code.source`
shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .. import reference
from ..blocks import Block, Step
from ..ir import Instr
from ..memory import ARENA, CONST, STATE, Place, Root
from ..ops.record import ELEMENTWISE, LOOP
from ..ops.shapes import broadcast_view
from ..plan import Plan, plan
from ..store import Store
from ..threads import one_thread, set_threads
from ..types import DTYPES, TensorError, aligned_bytes
from . import numba_kernels

NUMPY_CALL = re.compile(r"\bnp\.(\w+)\(")

# Views that repeat elements.
REPEATS = (broadcast_view, np.broadcast_to)


class Code:
    """A plan bound to memory: `call()` runs one step; `inputs` and `outputs` are its arrays by name."""

    __slots__ = ("plan", "source", "step", "inputs", "outputs", "arena", "lines", "scope")

    def __init__(
        self, plan: Plan, store: Store, arena: np.ndarray, kernels: bool = False, threads: int = 1
    ) -> None:
        self.plan = plan
        self.arena = arena
        binder = Binder(plan, store, arena, kernels, threads)
        self.lines = [binder.step_lines(step) for step in plan.steps]
        self.source = function_source([*self.lines, binder.copy_lines()])
        self.scope = binder.scope
        self.step = self.function(self.source)
        self.inputs = {name: binder.array(plan.places[value]) for name, value in plan.program.inputs.items()}
        self.outputs = {name: binder.array(place) for name, place in plan.outputs.items()}

    def call(self) -> None:
        """Run one step."""
        self.step()

    def function(self, source: str) -> Callable[[], None]:
        exec(compile(source, "<step>", "exec"), self.scope)
        made: Callable[[], None] = self.scope["step"]
        return made

    def calls(self) -> list[Callable[[], None]]:
        """One function a step of the plan, for the profiler."""
        return [self.function(function_source([lines])) for lines in self.lines]


def function_source(lines: list[list[str]]) -> str:
    body = "\n".join(f"    {line}" for each in lines for line in each)
    return f"def step():\n{body or '    pass'}\n"


class Binder:
    """Arrays, their names in the source, and the lines of the function."""

    def __init__(self, plan: Plan, store: Store, arena: np.ndarray, kernels: bool, threads: int) -> None:
        self.plan = plan
        self.store = store
        self.kernels = kernels  # numba's, where an op has one that takes its arrays
        self.threads = threads  # for instructions whose work is cut into parts
        self.arena = arena
        self.memory: dict[int, np.ndarray] = {}  # id(root) -> its array
        self.known: dict[int, np.ndarray] = {}  # id(place) -> its array
        self.inner: dict[int, Place] = {}  # id(place) -> the place before its last broadcast
        self.names: dict[int, str] = {}  # id(array) -> name
        self.kept: list[Any] = []  # keeps ids unique
        self.scope: dict[str, Any] = {"np": np}

    def step_lines(self, step: Step | Block) -> list[str]:
        lines = Loop(self, step).lines() if isinstance(step, Block) else self.lines(step)
        return [self.localize(line) for line in lines]

    def copy_lines(self) -> list[str]:
        pairs = [(self.array(target), self.array(source)) for source, target in self.plan.copies]
        return [
            self.localize(f"np.copyto({self.name(target)}, {self.name(source)})") for target, source in pairs
        ]

    def localize(self, line: str) -> str:
        """`np.add(` becomes `np_add(`, a global of its own: one look-up less a call."""

        def found(match: re.Match[str]) -> str:
            name = "np_" + match[1]
            self.scope[name] = getattr(np, match[1])
            return name + "("

        return NUMPY_CALL.sub(found, line)

    # ---- memory

    def root(self, root: Root) -> np.ndarray:
        found = self.memory.get(id(root))
        if found is None:
            found = self.memory[id(root)] = self.allocate(root)
        return found

    def allocate(self, root: Root) -> np.ndarray:
        dtype, shape, nbytes = DTYPES[root.type.dtype], root.type.shape, root.type.nbytes
        if root.kind == CONST:
            constant: np.ndarray = root.key
            return constant
        if root.kind == STATE:
            if root.key.startswith("group "):
                return self.store.flat(root.key.removeprefix("group "))
            return self.store[root.key]
        if root.kind == ARENA:
            raw = self.arena[root.offset : root.offset + nbytes]
        else:
            raw = aligned_bytes(nbytes)
        return raw.view(dtype).reshape(shape)

    def array(self, place: Place) -> np.ndarray:
        """The array at a place: one object for each, since objects are what is named."""
        found = self.known.get(id(place))
        if found is None:
            found = self.root(place.root)
            for view, params in place.views:
                found = view(found, **params)
            self.known[id(place)] = found
        return found

    def unrepeated(self, place: Place) -> np.ndarray:
        """The array before a final broadcast: NumPy's elementwise functions repeat it themselves, faster."""
        if not place.views or place.views[-1][0] not in REPEATS:
            return self.array(place)
        inner = self.inner.get(id(place))
        if inner is None:
            inner = self.inner[id(place)] = Place(place.root, place.views[:-1], place.shadow)
        array = self.array(inner)
        return array.reshape(()) if array.size == 1 else array

    def name(self, thing: Any, prefix: str = "a") -> str:
        """The name under which the source knows an array or a function."""
        known = self.names.get(id(thing))
        if known is None:
            known = self.names[id(thing)] = f"{prefix}{len(self.names)}"
            self.kept.append(thing)
            self.scope[known] = thing
        return known

    # ---- lines

    def lines(self, step: Step) -> list[str]:
        lines = self.call_lines(step)
        if not one_thread(step.instr):
            return lines
        self.scope["set_threads"] = set_threads
        return ["threads = set_threads(1)", *lines, "set_threads(threads)"]

    def call_lines(self, step: Step) -> list[str]:
        instr, op = step.instr, step.instr.op
        out, operands, scratch = self.arrays(step)
        if op.name == "pack":
            return self.pack_lines(step, out[0], operands)
        if op.kind == LOOP:
            return [f"{self.name(Scan(instr, out, operands, self.kernels).call, 'f')}()"]
        bound = self.bound(instr, out[0] if len(out) == 1 else tuple(out), (*operands, *scratch))
        if bound is not None:
            return [self.bound_line(bound)]
        return self.plain_lines(instr, *([*map(self.name, each)] for each in (out, operands, scratch)))

    def arrays(self, step: Step) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
        """Results, operands and temporaries."""
        take = self.unrepeated if step.instr.op.kind == ELEMENTWISE else self.array
        return [*map(self.array, step.results)], [*map(take, step.operands)], [*map(self.array, step.scratch)]

    def plain_lines(self, instr: Instr, out: list[str], operands: list[str], scratch: list[str]) -> list[str]:
        """The op's NumPy form over named arrays."""
        op, type_ = instr.op, instr.results[0].type
        if op.numpy is None:
            raise TensorError(f"op '{op.name}' has no NumPy form")
        if isinstance(op.numpy, str):
            numbers = f"{type_.dtype}_"
            self.scope.setdefault(numbers + "zero", np.zeros((), type_.numpy))
            self.scope.setdefault(numbers + "one", np.ones((), type_.numpy))
            return reference.fill(op, out[0], operands, scratch, instr.params, numbers).split("; ")
        run = self.name(reference.function(op, instr.params), "f")
        first = out[0] if len(out) == 1 else "(" + ", ".join(out) + ")"
        return [f"{run}({', '.join([first, *operands, *scratch])})"]

    def bound(self, instr: Instr, out: Any, operands: tuple[np.ndarray, ...]) -> Any:
        """A prepared call of this instruction: numba's kernel if asked for, else the op's own."""
        op = instr.op
        threads = (self.threads,) if op.parallel else ()
        if self.kernels and op.numba is not None:
            kernel = numba_kernels.bind(op.numba, out, operands, instr.params, *threads)
            if kernel is not None:
                return kernel
        return op.bind(out, operands, instr.params, *threads) if op.bind is not None else None

    def bound_line(self, bound: Any) -> str:
        """A prepared call: a function of no arguments, or a function with its arguments."""
        if not isinstance(bound, tuple):
            return f"{self.name(bound, 'f')}()"
        function, arguments = bound
        return f"{self.name(function, 'f')}({', '.join(map(self.name, arguments))})"

    def pack_lines(self, step: Step, out: np.ndarray, operands: list[np.ndarray]) -> list[str]:
        """Copies of what its producers could not write in place."""
        lines = []
        for operand, offset in zip(operands, step.instr.params["offsets"]):
            segment = out[offset : offset + operand.size].reshape(operand.shape)
            if segment.ctypes.data != operand.ctypes.data or segment.strides != operand.strides:
                lines.append(f"np.copyto({self.name(segment)}, {self.name(operand)})")
        return lines


class Scan:
    """A scan bound to its arrays: the plan of its body, with memory of its own, run once a step.

    Elements and results are copied in and out of the body's buffers (0.5 us each and their bytes); carries
    go from its outputs to its inputs, staged where one output is another's input.
    """

    def __init__(
        self, instr: Instr, out: list[np.ndarray], operands: list[np.ndarray], kernels: bool
    ) -> None:
        body, carries = instr.params["body"], instr.params["carries"]
        split = carries + instr.params["sequences"]
        planned = plan(body)
        code = Code(planned, Store([]), aligned_bytes(planned.nbytes), kernels)
        inputs, outputs = list(code.inputs.values()), list(code.outputs.values())
        count = instr.params["length"]
        order = range(count - 1, -1, -1) if instr.params["reverse"] else range(count)
        elements, results = operands[carries:split], out[carries:]
        self.begin = [*zip(inputs[:carries], operands), *zip(inputs[split:], operands[split:])]
        self.before = [[(x, whole[t]) for x, whole in zip(inputs[carries:], elements)] for t in order]
        self.after = [[(whole[t, ...], y) for whole, y in zip(results, outputs[carries:])] for t in order]
        self.carry = staged(inputs[:carries], outputs[:carries])
        self.end = [*zip(out, inputs[:carries])]
        self.step = code.step

    def call(self) -> None:
        copy, step, carry = np.copyto, self.step, self.carry
        for target, source in self.begin:
            copy(target, source)
        for before, after in zip(self.before, self.after):
            for target, source in before:
                copy(target, source)
            step()
            for target, source in after:
                copy(target, source)
            for target, source in carry:
                copy(target, source)
        for target, source in self.end:
            copy(target, source)


def staged(inputs: list[np.ndarray], outputs: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Copies from new carries to old ones, in an order and over buffers such that none is lost."""
    pairs = [(x, y) for x, y in zip(inputs, outputs) if x is not y]
    mixed = [y for x, y in pairs if any(np.may_share_memory(y, other) for other, _ in pairs)]
    buffers = {id(y): np.empty_like(y) for y in mixed}
    early = [(buffers[id(y)], y) for y in mixed]
    return early + [(x, buffers.get(id(y), y)) for x, y in pairs]


class Loop:
    """The lines of a block: a loop whose variables are stretches of arrays, and calls prepared for them."""

    def __init__(self, binder: Binder, block: Block) -> None:
        self.binder = binder
        self.block = block
        self.rank = block.instrs[0].results[0].rank
        starts = range(0, block.count, block.rows)
        self.spans = [slice(start, min(start + block.rows, block.count)) for start in starts]
        self.columns: dict[str, list[Any]] = {}  # variable -> its value in each round
        self.names: dict[int, str] = {}  # id(array) -> variable

    def lines(self) -> list[str]:
        body = [line for step in self.block.steps for line in self.step_lines(step)]
        table = self.binder.name(list(zip(*self.columns.values())), "c")
        return [f"for {', '.join(self.columns)}, in {table}:", *(f"    {line}" for line in body)]

    def step_lines(self, step: Step) -> list[str]:
        parts = self.binder.arrays(step)
        if step.instr.op.bind is None:
            return self.binder.plain_lines(step.instr, *([self.name(x) for x in each] for each in parts))
        return [f"{self.variable([self.prepared(step.instr, parts, span) for span in self.spans])}()"]

    def prepared(self, instr: Instr, parts: tuple[list[np.ndarray], ...], span: slice) -> Any:
        """A call without arguments over one stretch."""
        (out,), operands, scratch = ([self.piece(x, span) for x in each] for each in parts)
        assert instr.op.bind is not None
        bound = instr.op.bind(out, (*operands, *scratch), instr.params)
        return partial(bound[0], *bound[1]) if isinstance(bound, tuple) else bound

    def name(self, array: np.ndarray) -> str:
        """A variable for what differs from round to round; the name of what does not (a number, one row)."""
        if not self.varies(array):
            return self.binder.name(array)
        if id(array) not in self.names:
            self.binder.kept.append(array)
            self.names[id(array)] = self.variable([self.piece(array, span) for span in self.spans])
        return self.names[id(array)]

    def variable(self, values: list[Any]) -> str:
        name = f"v{len(self.columns)}"
        self.columns[name] = values
        return name

    def varies(self, array: np.ndarray) -> bool:
        return array.ndim == self.rank and array.shape[0] in (self.block.count, self.block.rows)

    def piece(self, array: np.ndarray, span: slice) -> np.ndarray:
        if not self.varies(array):
            return array
        return array[span if array.shape[0] == self.block.count else slice(span.stop - span.start)]
