"""What a program will cost, from its types alone: the same estimate on every machine and in every run."""

from __future__ import annotations

from .ir import Instr, Program

# Rates of one core of the class that performance.md was measured on, and the time of one call,
# from the same page.
FLOPS_A_SECOND = 50e9
BYTES_A_SECOND = 10e9
CALL_S = 1e-6


def work(instr: Instr) -> tuple[int, int]:
    """FLOPs and bytes (operands read once, results written once) of one instruction."""
    operands = tuple(value.type for value in instr.operands)
    results = tuple(value.type for value in instr.results)
    nbytes = sum(each.nbytes for each in (*operands, *results))
    return instr.op.cost(operands, results, instr.params), nbytes


def seconds(program: Program) -> float:
    """Rough seconds of one step: what decides whether preparations pay, never what is reported."""
    total = 0.0
    for instr in program.instrs:
        if instr.op.kind not in ("source", "view"):
            flops, nbytes = work(instr)
            total += CALL_S + flops / FLOPS_A_SECOND + nbytes / BYTES_A_SECOND
    return total
