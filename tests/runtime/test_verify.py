"""The verifier accepts what the builder makes and catches planted faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from wlnet.runtime.ir import Builder, Instr, Program, Update, Value
from wlnet.runtime.ops.record import Op
from wlnet.runtime.types import Type, VerifyError
from wlnet.runtime.verify import verify


def sample() -> Program:
    b = Builder()
    x = b.input("x", Type("f32", (3, 4)))
    w = b.variable("w", Type("f32", (4,)))
    y = b.tanh(x + w)
    b.output("y", b.dropout(y, 0.5))
    b.output("z", b.dropout(y, 0.25))
    b.update(w, b.sum(y, 0))
    return b.program()


def test_builder_programs_are_legal() -> None:
    program = sample()
    assert verify(program) is program


def order(p: Program) -> Program:
    return Program([p.instrs[-1], *p.instrs[:-1]], p.inputs, p.variables, p.outputs, p.updates)


def wrong_type(p: Program) -> Program:
    result = next(i for i in p.instrs if i.op.name == "tanh").results[0]
    result.type = Type("f32", (3, 5))
    return p


def twice(p: Program) -> Program:
    return Program([*p.instrs, p.instrs[2]], p.inputs, p.variables, p.outputs, p.updates)


def undefined_output(p: Program) -> Program:
    other = Builder().input("x", Type("f32", ()))
    return Program(p.instrs, p.inputs, p.variables, {"q": other}, p.updates)


def update_of_no_variable(p: Program) -> Program:
    x = p.inputs["x"]
    return Program(p.instrs, p.inputs, p.variables, p.outputs, [Update("x", x, x)])


def update_type(p: Program) -> Program:
    target = p.updates[0].target
    return Program(p.instrs, p.inputs, p.variables, p.outputs, [Update("w", target, p.inputs["x"])])


def updated_twice(p: Program) -> Program:
    return Program(p.instrs, p.inputs, p.variables, p.outputs, [*p.updates, p.updates[0]])


def undeclared(p: Program) -> Program:
    return Program(p.instrs, {}, p.variables, p.outputs, p.updates)


def shared_stream(p: Program) -> Program:
    draws = [i for i in p.instrs if i.op.name == "bernoulli"]
    draws[1].params["stream"] = draws[0].params["stream"]
    return p


def strange_op(p: Program) -> Program:
    fake = Op("tanh", kind="elementwise", shape=lambda x: x, doc="not the registry's")
    instr = Instr(fake, (p.inputs["x"],), {}, len(p.instrs))
    instr.results = (Value(p.inputs["x"].builder, instr, p.inputs["x"].type, 0),)
    return Program([*p.instrs, instr], p.inputs, p.variables, p.outputs, p.updates)


@pytest.mark.parametrize(
    ("plant", "text"),
    [
        (order, "used before its definition"),
        (wrong_type, "shape rule gives"),
        (twice, "defined twice"),
        (undefined_output, "output 'q' is not defined"),
        (update_of_no_variable, "of no variable"),
        (update_type, "has no value of type"),
        (updated_twice, "updated twice"),
        (undeclared, "not declared"),
        (shared_stream, "share a stream"),
        (strange_op, "not in the registry"),
    ],
)
def test_planted_fault_is_caught(plant: Callable[[Program], Program], text: str) -> None:
    with pytest.raises(VerifyError, match=text):
        verify(plant(sample()))
