"""Elementwise instructions in groups that one loop can run.

A group is a connected set of elementwise instructions of one shape and one *barrier depth*: the number of
other instructions on the longest way from the sources.  Members of a group are at the same depth, and a way
that leaves the group passes a barrier, which is deeper: so grouping never makes a cycle.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from .ir import Instr, Program, Value
from .ops.record import ELEMENTWISE, SOURCE, VIEW

# Instructions.  More in one kernel gain nothing and spill registers.  A larger component is cut into runs in
# program order, which cannot need each other both ways.
LARGEST_GROUP = 64


class Group:
    """Instructions of one group in order, what they read from outside and what is needed outside."""

    __slots__ = ("instrs", "operands", "results")

    def __init__(self, instrs: Sequence[Instr], needed: set[Value]) -> None:
        self.instrs = tuple(instrs)
        own = {value for instr in instrs for value in instr.results}
        self.operands = tuple(dict.fromkeys(v for i in instrs for v in i.operands if v not in own))
        self.results = tuple(value for instr in instrs for value in instr.results if value in needed)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.instrs[0].results[0].shape

    def __repr__(self) -> str:
        return f"<group {'+'.join(instr.op.name for instr in self.instrs)}>"


def fuse(program: Program, instrs: Sequence[Instr] | None = None) -> list[Group]:
    """The instructions as groups in an order that respects every dependence; all others are groups of one.

    `instrs`: the same instructions in another order (a planner's), by default the program's.
    """
    instrs = program.instrs if instrs is None else instrs
    members = runs(instrs, components(instrs, depths(instrs)))
    outside = set(program.outputs.values()) | {each.value for each in program.updates}
    user: dict[Value, set[int]] = {}
    for instr in instrs:
        for value in instr.operands:
            user.setdefault(value, set()).add(members[instr])
    needed = {v for i in instrs for v in i.results if v in outside or user.get(v, set()) - {members[i]}}
    lists: dict[int, list[Instr]] = {}
    for instr in instrs:
        lists.setdefault(members[instr], []).append(instr)
    return ordered([Group(each, needed) for each in lists.values()], {i: k for k, i in enumerate(instrs)})


def depths(instrs: Sequence[Instr]) -> dict[Instr, int]:
    """Barrier depth of every instruction; sources and views of sources are at 0."""
    found: dict[Instr, int] = {}
    for instr in instrs:
        below = max((found[value.instr] for value in instr.operands), default=0)
        free = instr.op.kind in (SOURCE, ELEMENTWISE) or (
            instr.op.kind == VIEW and instr.operands[0].instr.op.kind == SOURCE
        )
        found[instr] = below if free else below + 1
    return found


def components(instrs: Sequence[Instr], depth: dict[Instr, int]) -> dict[Instr, int]:
    """The number of every instruction's group: union of neighbours that may share one."""
    parent: dict[Instr, Instr] = {instr: instr for instr in instrs}

    def find(instr: Instr) -> Instr:
        while parent[instr] is not instr:
            parent[instr] = parent[parent[instr]]
            instr = parent[instr]
        return instr

    for instr in instrs:
        if instr.op.kind != ELEMENTWISE:
            continue
        for value in instr.operands:
            other = value.instr
            alike = other.op.kind == ELEMENTWISE and depth[other] == depth[instr]
            if alike and other.results[0].shape == instr.results[0].shape:
                parent[find(instr)] = find(other)
    numbers: dict[Instr, int] = {}
    return {instr: numbers.setdefault(find(instr), len(numbers)) for instr in instrs}


def runs(instrs: Sequence[Instr], component: dict[Instr, int]) -> dict[Instr, int]:
    """The number of every instruction's run of at most LARGEST_GROUP within its component."""
    counts: dict[int, int] = {}
    numbers: dict[tuple[int, int], int] = {}
    found = {}
    for instr in instrs:
        home = component[instr]
        counts[home] = counts.get(home, -1) + 1
        found[instr] = numbers.setdefault((home, counts[home] // LARGEST_GROUP), len(numbers))
    return found


def ordered(groups: Sequence[Group], position: dict[Instr, int]) -> list[Group]:
    """Groups so that each comes after those it reads, as near to the given order as that allows."""
    home = {instr: k for k, group in enumerate(groups) for instr in group.instrs}
    waits = [{home[value.instr] for value in group.operands} - {k} for k, group in enumerate(groups)]
    followers: dict[int, list[int]] = {}
    for k, others in enumerate(waits):
        for other in others:
            followers.setdefault(other, []).append(k)
    ready = [(position[group.instrs[-1]], k) for k, group in enumerate(groups) if not waits[k]]
    heapq.heapify(ready)
    found: list[Group] = []
    while ready:
        _, k = heapq.heappop(ready)
        found.append(groups[k])
        for follower in followers.get(k, ()):
            waits[follower].discard(k)
            if not waits[follower]:
                heapq.heappush(ready, (position[groups[follower].instrs[-1]], follower))
    return found
