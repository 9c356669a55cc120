"""The program built again under the rewriting rules: identities, folded constants,
merged and dead instructions.
"""

from __future__ import annotations

from collections.abc import Mapping

from .ir import Builder, Instr, Program, Value
from .loops import merged, pruned, unrolled
from .ops.record import LOOP, RANDOM, SOURCE, VIEW


def simplify(program: Program) -> Program:
    """An equal program, as a rule a shorter one.  Random instructions keep their streams."""
    b = Builder()
    return rebuild(program, b)


def expanded(program: Program) -> Program:
    """`program` for a device whose kernels some ops lack: those in simpler ops, as far as they can be, and
    loops as their steps one after another.
    """
    while any(map(expandable, program.instrs)):
        program = rebuild(program, Builder(), expanding=True)
    return program


def expandable(instr: Instr) -> bool:
    """Whether an instruction has no kernel of the device but a form in simpler ops."""
    op = instr.op
    return op.kind == LOOP or (op.cuda is None and op.expand is not None and op.kind not in (SOURCE, VIEW))


def rebuild(program: Program, b: Builder, expanding: bool = False) -> Program:
    """`program` appended to the empty builder `b`, as its rules will have it."""
    b.variables = dict(program.variables)
    known: dict[Value, Value] = {}
    loops = Loops(program)
    windows = {window_key(instr) for instr in program.instrs if instr.op.name == "max_pool_places"}
    logarithms = {line_key(instr) for instr in program.instrs if instr.op.name == "log_softmax"}
    for instr in program.instrs:
        if instr.op.kind == LOOP and not expanding:
            known.update(loops.rebuilt(b, instr, known))
            continue
        operands = [known[each] for each in instr.operands]
        found: tuple[Value, ...]
        if instr.op.name == "max_pool" and window_key(instr) in windows:
            found = b.emit_all("max_pool_places", *operands, **instr.params)[:1]
        elif instr.op.name == "softmax" and line_key(instr) in logarithms:
            # Both are wanted: the one is the exponential of the other, one pass instead of five.
            found = (b.exp(b.emit("log_softmax", *operands, **instr.params)),)
        elif instr.op.kind == LOOP:
            found = tuple(unrolled(b, instr, operands))
        elif expanding and expandable(instr):
            assert instr.op.expand is not None
            simpler = instr.op.expand(b, *operands, **instr.params)
            found = (simpler,) if isinstance(simpler, Value) else tuple(simpler)
        else:
            found = b.emit_all(instr.op.name, *operands, **instr.params)
        known.update(zip(instr.results, found))
        if instr.op.kind == RANDOM:
            b.streams = max(b.streams, instr.params["stream"] + 1)
    b.inputs = {
        name: known.get(value) or b.emit("input", name=name, type=value.type)
        for name, value in program.inputs.items()
    }
    b.outputs = renamed(program.outputs, known)
    for each in program.updates:
        b.updates[each.name] = each._replace(target=known[each.target], value=known[each.value])
    return b.program()


def used_values(program: Program) -> set[Value]:
    """Every value that something reads."""
    found = {value for instr in program.instrs for value in instr.operands}
    return found | set(program.outputs.values()) | {each.value for each in program.updates}


class Loops:
    """The scans of a program while it is built again: what stands for them, and what is read of them."""

    def __init__(self, program: Program) -> None:
        self.whole = merged(program)
        self.used = used_values(program)
        for less, more in self.whole.items():
            self.used |= {more.results[k] for k, value in enumerate(less.results) if value in self.used}
        self.known: dict[Instr, dict[int, Value]] = {}  # scan -> its values by place

    def rebuilt(self, b: Builder, instr: Instr, known: Mapping[Value, Value]) -> dict[Value, Value]:
        """A scan with what it does not need left out, its body simplified; its values."""
        full = self.whole.get(instr, instr)
        if full not in self.known:
            kept, operands, params = pruned(full, self.used)
            params["body"] = simplify(params["body"])
            found = b.emit_all(instr.op.name, *(known[x] for x in operands), **params)
            self.known[full] = dict(zip(kept, found))
        return {v: self.known[full][k] for k, v in enumerate(instr.results) if k in self.known[full]}


def line_key(instr: Instr) -> tuple[Value, int]:
    """What a softmax or its logarithm is taken of, and along which axis."""
    return instr.operands[0], instr.params["axis"]


def window_key(instr: Instr) -> tuple[Value, str]:
    """What windows are taken of, and which."""
    return instr.operands[0], str(instr.params)


def renamed(values: Mapping[str, Value], known: Mapping[Value, Value]) -> dict[str, Value]:
    return {name: known[value] for name, value in values.items()}
