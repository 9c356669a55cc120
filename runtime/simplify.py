"""The program built again under the rewriting rules: identities, folded constants,
merged and dead instructions.
"""

from __future__ import annotations

from collections.abc import Mapping

from .ir import Builder, Instr, Program, Value
from .ops.record import RANDOM


def simplify(program: Program) -> Program:
    """An equal program, as a rule a shorter one.  Random instructions keep their streams."""
    b = Builder()
    return rebuild(program, b)


def rebuild(program: Program, b: Builder) -> Program:
    """`program` appended to the empty builder `b`, as its rules will have it."""
    b.variables = dict(program.variables)
    known: dict[Value, Value] = {}
    logarithms = {line_key(instr) for instr in program.instrs if instr.op.name == "log_softmax"}
    for instr in program.instrs:
        operands = [known[each] for each in instr.operands]
        if instr.op.name == "softmax" and line_key(instr) in logarithms:
            # Both are wanted: the one is the exponential of the other, one pass instead of five.
            found: tuple[Value, ...] = (b.exp(b.emit("log_softmax", *operands, **instr.params)),)
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


def line_key(instr: Instr) -> tuple[Value, int]:
    """What a softmax or its logarithm is taken of, and along which axis."""
    return instr.operands[0], instr.params["axis"]


def renamed(values: Mapping[str, Value], known: Mapping[Value, Value]) -> dict[str, Value]:
    return {name: known[value] for name, value in values.items()}
