"""Order of work on a device: elementwise instructions in groups, everything else one by one.

Elementwise instructions form a group where they are connected and have one (barrier depth, shape).  The depth
grows at every instruction that is not elementwise and at every view but a broadcast, which can only enlarge;
so a path that leaves a group never comes back to it, and groups make no cycle.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir import Instr, Program, Value
from ..ops.record import ELEMENTWISE, SOURCE
from .cuda_source import Group, number_of

# Arrays of one kernel: more pointers than this cost registers without saving traffic.  Not measured on a
# device.
MOST_ARRAYS = 24

# Views across which elementwise instructions of one depth may still be ordered without a cycle.
TRANSPARENT = ("broadcast_to", "stop_gradient")

Item = Group | Instr


def schedule(program: Program) -> list[Item]:
    """Groups and other instructions in an order in which everything is computed before it is read."""
    parts = [part for members in classes(program) for part in split(members)]
    of = {instr: k for k, part in enumerate(parts) for instr in part}
    for instr in program.instrs:
        if instr not in of:
            of[instr] = len(parts)
            parts.append([instr])
    wanted = read_outside(program, of)
    return [item(parts[k], wanted) for k in ordered(parts, of)]


def classes(program: Program) -> list[list[Instr]]:
    """Elementwise instructions by (depth, shape) and connection, each list in program order."""
    depths: dict[Value, int] = {}
    sets: dict[Instr, list[Instr]] = {}
    keys: dict[Instr, tuple[int, tuple[int, ...]]] = {}
    for instr in program.instrs:
        name, kind = instr.op.name, instr.op.kind
        depth = max((depths[each] for each in instr.operands), default=0)
        grouped = kind == ELEMENTWISE and isinstance(instr.op.cuda, str)
        if kind != SOURCE and not grouped and name not in TRANSPARENT:
            depth += 1
        depths.update((value, depth) for value in instr.results)
        if not grouped:
            continue
        keys[instr] = (depth, instr.results[0].shape)
        sets[instr] = [instr]
        for operand in instr.operands:
            if keys.get(operand.instr) == keys[instr]:
                join(sets, instr, operand.instr)
    unique = {id(members): members for members in sets.values()}
    return [sorted(members, key=lambda each: each.number) for members in unique.values()]


def join(sets: dict[Instr, list[Instr]], x: Instr, y: Instr) -> None:
    """The sets of `x` and `y` become one."""
    if sets[x] is sets[y]:
        return
    small, large = sorted((sets[x], sets[y]), key=len)
    large += small
    for each in small:
        sets[each] = large


def split(members: Sequence[Instr]) -> list[list[Instr]]:
    """Pieces in program order whose arrays stay below MOST_ARRAYS (each result counted as if it were
    kept).
    """
    pieces: list[list[Instr]] = [[]]
    arrays: set[Value] = set()
    for instr in members:
        here = {each for each in instr.operands if number_of(each) is None} | set(instr.results)
        if pieces[-1] and len(members) > MOST_ARRAYS // 2 and len(arrays | here) > MOST_ARRAYS:
            pieces.append([])
            arrays = set()
        pieces[-1].append(instr)
        arrays |= here
    return pieces


def read_outside(program: Program, of: dict[Instr, int]) -> set[Value]:
    """Values that something outside their own part reads, and those that outlive the step."""
    wanted = set(program.outputs.values()) | {each.value for each in program.updates}
    for instr in program.instrs:
        wanted |= {each for each in instr.operands if of[each.instr] != of[instr]}
    return wanted


def ordered(parts: Sequence[Sequence[Instr]], of: dict[Instr, int]) -> list[int]:
    """Parts in topological order; among those that could come next, the one whose first instruction is
    oldest.
    """
    order: list[int] = []
    state: dict[int, bool] = {}  # open, then done
    for start in sorted(range(len(parts)), key=lambda k: parts[k][-1].number):
        todo = [start]
        while todo:
            k = todo[-1]
            needed = {of[each.instr] for instr in parts[k] for each in instr.operands} - {k}
            missing = sorted((n for n in needed if not state.get(n)), key=lambda n: parts[n][0].number)
            assert not any(n in state for n in missing), "groups form a cycle"
            if missing:
                state[k] = False
                todo += missing[:1]
                continue
            todo.pop()
            if not state.get(k):
                state[k] = True
                order.append(k)
    return order


def item(part: Sequence[Instr], wanted: set[Value]) -> Item:
    if len(part) == 1 and not (part[0].op.kind == ELEMENTWISE and isinstance(part[0].op.cuda, str)):
        return part[0]
    inside = {instr for instr in part}
    inputs: dict[Value, None] = {}
    for instr in part:
        for operand in instr.operands:
            if operand.instr not in inside and number_of(operand) is None:
                inputs[operand] = None
    outputs = tuple(instr.results[0] for instr in part if instr.results[0] in wanted)
    return Group(tuple(part), tuple(inputs), outputs, part[0].results[0].shape)
