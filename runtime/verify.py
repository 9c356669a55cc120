"""The rules that every program obeys, checked: run between passes under test, and on demand."""

from __future__ import annotations

from .ir import Instr, Program, Value
from .ops.record import LOOP, OPS, RANDOM
from .types import TensorError, VerifyError


def verify(program: Program) -> Program:
    """`program` itself; VerifyError naming the first instruction that breaks a rule."""
    known: set[Value] = set()
    for position, instr in enumerate(program.instrs):
        try:
            check_instr(instr, known)
        except TensorError as fault:
            raise VerifyError(f"instruction {position} ({instr.op.name}): {fault}") from fault
        known.update(instr.results)
    check_names(program, known)
    check_streams(program)
    return program


def check_instr(instr: Instr, known: set[Value]) -> None:
    if OPS.get(instr.op.name) is not instr.op:
        raise VerifyError("its op is not in the registry")
    for operand in instr.operands:
        if operand not in known:
            raise VerifyError("an operand is used before its definition")
    types = instr.op.types(tuple(value.type for value in instr.operands), instr.params)
    if types != tuple(value.type for value in instr.results):
        raise VerifyError(f"its shape rule gives {types}")
    if instr.op.kind == LOOP:
        verify(instr.params["body"])
    for index, value in enumerate(instr.results):
        if value in known:
            raise VerifyError("a result is defined twice")
        if value.instr is not instr or value.index != index:
            raise VerifyError("a result names another instruction")


def check_names(program: Program, known: set[Value]) -> None:
    for name, value in program.outputs.items():
        if value not in known:
            raise VerifyError(f"output {name!r} is not defined")
    names = set()
    for name, target, value in program.updates:
        if name in names:
            raise VerifyError(f"{name!r} is updated twice")
        names.add(name)
        if target.instr.op.name not in ("variable", "flat"):
            raise VerifyError(f"update {name!r} is of no variable")
        if value not in known or target.type != value.type:
            raise VerifyError(f"update {name!r} has no value of type {target.type}")
    for instr in program.instrs:
        kind, label = instr.op.name, instr.params.get("name")
        if (kind == "input" and label not in program.inputs) or (
            kind == "variable" and label not in program.variables
        ):
            raise VerifyError(f"{kind} {label!r} is not declared")


def check_streams(program: Program) -> None:
    streams = [instr.params["stream"] for instr in program.instrs if instr.op.kind == RANDOM]
    if len(set(streams)) != len(streams):
        raise VerifyError("two random instructions share a stream")
