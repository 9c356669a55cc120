"""Scans that need less: two of one origin become one, and what no one reads is not computed; and scans as
their steps one after another, for devices whose host does not take part in a step.
"""

from __future__ import annotations

from collections.abc import Sequence

from .ir import Builder, Instr, Program, Value, live_instrs
from .ops.record import LOOP, Params
from .ops.scan import inline


def merged(program: Program) -> dict[Instr, Instr]:
    """For a scan one that does all that it does and more: of the same operands, its body an extension.

    The gradient of a scan asks for the carries before each step and so brings a longer form of it.
    """
    scans = [instr for instr in program.instrs if instr.op.kind == LOOP]
    found: dict[Instr, Instr] = {}
    for instr in scans:
        for other in scans:
            if other is not instr and extends(other, instr):
                found[instr] = found.get(other, other)
    return found


def extends(more: Instr, less: Instr) -> bool:
    """Whether `more` gives all results of `less`, first and in the same order."""
    if more.operands != less.operands or more.number < less.number:
        return False
    same = all(more.params[name] == less.params[name] for name in more.params if name != "body")
    outputs = [list(each.params["body"].outputs.values()) for each in (less, more)]
    return same and outputs[0] == outputs[1][: len(outputs[0])]


def pruned(instr: Instr, used: set[Value]) -> tuple[list[int], list[Value], Params]:
    """(places of the results that stay, operands, parameters) of a scan without what no one needs."""
    body: Program = instr.params["body"]
    carries, sequences = instr.params["carries"], instr.params["sequences"]
    inputs, outputs = list(body.inputs.items()), list(body.outputs.items())
    kept = {k for k, value in enumerate(instr.results) if value in used}
    while True:
        read = {value for i in live_instrs([outputs[k][1] for k in kept]) for value in i.results}
        more = kept | {k for k in range(carries) if inputs[k][1] in read}
        if more == kept:
            break
        kept = more
    taken = [k for k, (_, value) in enumerate(inputs) if (k in kept if k < carries else value in read)]
    places = sorted(kept)
    instrs = live_instrs([outputs[k][1] for k in places])
    smaller = Program(
        instrs, dict(inputs[k] for k in taken), {}, dict(outputs[k] for k in places), body.updates
    )
    params = {
        **instr.params,
        "body": smaller,
        "carries": sum(k < carries for k in places),
        "sequences": sum(carries <= k < carries + sequences for k in taken),
    }
    return places, [instr.operands[k] for k in taken], params


def unrolled(b: Builder, instr: Instr, operands: Sequence[Value]) -> list[Value]:
    """The results of a scan by its steps, one after another."""
    params = instr.params
    carries, sequences, length = params["carries"], params["sequences"], params["length"]
    state, flows = list(operands[:carries]), operands[carries : carries + sequences]
    rows: list[tuple[Value, ...]] = []  # of the steps in the order in which they are done
    for t in reversed(range(length)) if params["reverse"] else range(length):
        elements = [b.index_axis(each, 0, t) for each in flows]
        found = inline(b, params["body"], [*state, *elements, *operands[carries + sequences :]])
        state = found[:carries]
        rows.append(tuple(b.expand_dims(value, 0) for value in found[carries:]))
    if not rows:
        return [*state, *(b.zeros(each.type) for each in instr.results[carries:])]
    ordered = reversed(rows) if params["reverse"] else rows
    return [*state, *(b.concat(list(each), axis=0) for each in zip(*ordered))]
