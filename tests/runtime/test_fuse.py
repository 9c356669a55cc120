"""Fusion groups: connected, of one shape, without cycles; run group
by group they give the program's results.
"""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.ir import Builder, Instr, Program, Value
from wlnet.runtime.ops.record import ELEMENTWISE
from wlnet.runtime.simplify import simplify
from wlnet.runtime.types import Type

from wlnet.runtime import fuse, reference

from .test_plan import INPUTS, training_step


def reordered(program: Program, groups: list[fuse.Group]) -> Program:
    instrs = [instr for group in groups for instr in group.instrs]
    return Program(instrs, program.inputs, program.variables, program.outputs, program.updates)


def check_groups(program: Program, groups: list[fuse.Group]) -> None:
    """Every instruction once; groups elementwise and of one shape;
    operands defined before, results complete.
    """
    assert sorted(i.number for g in groups for i in g.instrs) == sorted(i.number for i in program.instrs)
    defined: set[Value] = set()
    used_outside = set(program.outputs.values()) | {each.value for each in program.updates}
    for group in groups:
        own = {value for instr in group.instrs for value in instr.results}
        used_outside |= {value for instr in group.instrs for value in instr.operands if value not in own}
    for group in groups:
        if len(group.instrs) > 1:
            assert all(instr.op.kind == ELEMENTWISE for instr in group.instrs)
            assert {value.shape for instr in group.instrs for value in instr.results} == {group.shape}
            assert len(group.instrs) <= fuse.LARGEST_GROUP
        assert set(group.operands) <= defined
        own = {value for instr in group.instrs for value in instr.results}
        assert set(group.results) == own & used_outside
        defined |= own


def test_groups_of_a_training_step() -> None:
    program = simplify(training_step())
    groups = fuse.fuse(program)
    check_groups(program, groups)
    assert max(len(group.instrs) for group in groups) >= 3
    values = {name: each.initial for name, each in program.variables.items()}
    values = {n: np.broadcast_to(v, program.variables[n].type.shape) for n, v in values.items()}
    wanted, have = (reference.run(each, INPUTS, values) for each in (program, reordered(program, groups)))
    for one, other in zip(wanted, have, strict=True):
        for name in one:
            assert one[name].tobytes() == other[name].tobytes()


def test_a_way_around_a_group_does_not_close_a_cycle() -> None:
    """exp(x) feeds a sum whose broadcast meets it again: two groups, not one."""
    b = Builder()
    x = b.input("x", Type("f64", (3, 4)))
    e = b.exp(x)
    y = e / b.sum(e, 1, keepdims=True)
    b.output("y", b.tanh(y) + e)
    groups = fuse.fuse(b.program())
    check_groups(b.program(), groups)
    assert sorted(len(g.instrs) for g in groups if g.instrs[0].op.kind == ELEMENTWISE) == [1, 3]


FORMS = [
    lambda b, x, y: x + y,
    lambda b, x, y: x * y,
    lambda b, x, y: b.tanh(x),
    lambda b, x, y: b.dot(x, y),
    lambda b, x, y: b.broadcast_to(b.mean(x, 0), (4, 4)),
]


@pytest.mark.parametrize("seed", range(20))
def test_random_programs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    b = Builder()
    values = [b.input(f"x{k}", Type("f64", (4, 4))) for k in range(3)]
    for _ in range(60):
        x, y = (values[k] for k in rng.integers(0, len(values), 2))
        form = rng.integers(0, 5)
        values.append(b.tanh(FORMS[form](b, x, y)))
    b.output("y", values[-1] + values[20] + values[40])
    program = b.program()
    groups = fuse.fuse(program)
    check_groups(program, groups)
    inputs = {name: rng.normal(size=(4, 4)) for name in program.inputs}
    wanted, have = (reference.run(each, inputs)[0]["y"] for each in (program, reordered(program, groups)))
    assert wanted.tobytes() == have.tobytes()


def test_a_large_component_is_cut() -> None:
    b = Builder()
    value = b.input("x", Type("f64", (3,)))
    for _ in range(fuse.LARGEST_GROUP * 2 + 10):
        value = b.tanh(value)
    b.output("y", value)
    groups = [g for g in fuse.fuse(b.program()) if g.instrs[0].op.kind == ELEMENTWISE]
    check_groups(b.program(), fuse.fuse(b.program()))
    assert [len(g.instrs) for g in groups] == [fuse.LARGEST_GROUP, fuse.LARGEST_GROUP, 10]


def test_repr_names_the_ops() -> None:
    b = Builder()
    x = b.input("x", Type("f64", (3,)))
    b.output("y", b.exp(x) + 1)
    names = [repr(g) for g in fuse.fuse(b.program())]
    assert "<group exp+add>" in names
    assert isinstance(fuse.fuse(b.program())[0].instrs[0], Instr)
