"""Plans: the same results with and without shared memory, poisoned arenas, views,
in-place updates, aliasing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from wlnet.runtime.autodiff import gradient
from wlnet.runtime.backends.numpy import Code
from wlnet.runtime.compile import Arena, compile
from wlnet.runtime.ir import Builder, Program
from wlnet.runtime.memory import ARENA, STATE
from wlnet.runtime.plan import plan
from wlnet.runtime.simplify import simplify
from wlnet.runtime.store import Store
from wlnet.runtime.types import ALIGNMENT, Type, aligned_bytes

from wlnet.runtime import reference

RNG = np.random.default_rng(0)


def training_step(size: int = 33) -> Program:
    """A small net of many kinds of ops with Adam: every planner's rule is used."""
    b = Builder()
    x = b.input("x", Type("f64", (7, size)))
    classes = b.input("classes", Type("i64", (7,)))
    w = b.variable("w", Type("f64", (5, size)), initial=RNG.normal(size=(5, size)))
    c = b.variable("c", Type("f64", (5,)))
    v = b.variable("v", Type("f64", (5, 4)), initial=RNG.normal(size=(5, 4)))
    mean = b.variable("mean", Type("f64", (5,)), group="state")
    h = b.dot(x, w, transpose_b=True) + c
    b.update(mean, mean * 0.9 + b.mean(h, 0) * 0.1)
    h = b.dropout(b.gelu(h), 0.25)
    p = b.softmax(b.dot(h, v))
    loss = b.mean(b.cross_entropy_index(p, classes))
    b.output("loss", loss)
    b.output("p", p)
    parameters = [w, c, v]
    g = b.clip(b.pack(gradient(b, loss, parameters)), -0.1, 0.1)
    flat = b.flat("parameters")
    m1, m2 = (b.variable(name, flat.type, group=name) for name in ("m1", "m2"))
    step = b.variable("step", Type("f64", ()), group="step")
    rate = b.variable("rate", Type("f64", ()), group="rate", initial=0.01)
    b.update(step, step + 1)
    for target, value in zip(
        (flat, m1, m2), b.adam(flat, g + flat * 0.001, m1, m2, rate, step + 1), strict=True
    ):
        b.update(target, value)
    return b.program()


INPUTS = {"x": RNG.normal(size=(7, 33)), "classes": np.array([0, 1, 2, 3, 2, 1, 0])}


def bound(program: Program, reuse: bool, poison: bool = False) -> tuple[Code, Store]:
    store = Store(program.variables)
    planned = plan(program, reuse)
    arena = aligned_bytes(planned.nbytes)
    if poison:
        arena[:] = 0xFF  # NaN in every float
    return Code(planned, store, arena), store


def steps(
    program: Program, reuse: bool, poison: bool, inputs: dict[str, np.ndarray], count: int = 3
) -> list[bytes]:
    """Bits of all outputs and variables after each step."""
    code, store = bound(program, reuse, poison)
    found = []
    for _ in range(count):
        if poison:
            code.arena[:] = 0xFF
        for name, array in inputs.items():
            code.inputs[name][...] = array
        code.call()
        arrays = [*code.outputs.values(), *(store[name] for name in store)]
        found.append(b"".join(each.tobytes() for each in arrays))
    return found


def test_planned_equals_unplanned_and_a_poisoned_arena_does_no_harm() -> None:
    program = simplify(training_step())
    wanted = steps(program, reuse=False, poison=False, inputs=INPUTS)
    assert steps(program, reuse=True, poison=False, inputs=INPUTS) == wanted
    assert steps(program, reuse=True, poison=True, inputs=INPUTS) == wanted
    assert len(set(wanted)) == 3


def test_planned_equals_reference() -> None:
    program = simplify(training_step())
    code, store = bound(program, reuse=True)
    values = {name: store[name].copy() for name in store}
    outputs, updates = reference.run(program, INPUTS, values)
    for name, array in INPUTS.items():
        code.inputs[name][...] = array
    code.call()
    for name, wanted in outputs.items():
        np.testing.assert_allclose(code.outputs[name], wanted, rtol=1e-12)
    for name, wanted in updates.items():
        have = store.flat(name[6:]) if name.startswith("group ") else store[name]
        np.testing.assert_allclose(have, wanted, rtol=1e-11, atol=1e-14)


def test_memory_is_shared_and_updates_are_in_place() -> None:
    program = simplify(training_step())
    shared, apart = plan(program), plan(program, reuse=False)
    assert shared.nbytes < apart.nbytes / 2
    assert not shared.copies
    adam = next(step for step in shared.steps if step.instr.op.name == "adam")
    assert [each.root.kind for each in adam.results] == [STATE] * 3
    assert "adam -> state group parameters, state m1, state m2" in str(shared)


def test_gradients_are_written_into_the_packed_vector() -> None:
    program = simplify(training_step())
    source = bound(program, reuse=True)[0].source
    assert "copyto" not in source


def test_arena_is_aligned_and_lifetimes_do_not_overlap() -> None:
    planned = plan(simplify(training_step()))
    roots = [root for root in planned.roots if root.kind == ARENA]
    assert all(root.offset % ALIGNMENT == 0 for root in roots)
    for k, one in enumerate(roots):
        for other in roots[:k]:
            together = one.first <= other.last and other.first <= one.last
            overlap = (
                one.offset < other.offset + other.type.nbytes and other.offset < one.offset + one.type.nbytes
            )
            assert not (together and overlap)


def test_reshape_of_a_contiguous_value_costs_nothing_and_of_another_copies() -> None:
    b = Builder()
    x = b.input("x", Type("f64", (4, 3)))
    y = b.exp(x)
    b.output("free", b.reshape(y, (12,)))
    b.output("copied", b.reshape(b.transpose(y), (12,)))
    planned = plan(b.program())
    assert [step.instr.op.name for step in planned.steps] == ["exp", "reshape"]
    exe = compile(b.program())
    value = RNG.normal(size=(4, 3))
    found = exe({"x": value})
    np.testing.assert_allclose(found["copied"], np.exp(value).T.reshape(-1))


def swap(b: Builder) -> None:
    x, y = (b.variable(name, Type("f64", (3,)), initial=k) for k, name in enumerate("xy"))
    b.update(x, y)
    b.update(y, x)


def old_value_elsewhere(b: Builder) -> None:
    """The old value goes to another variable, the new one is made in place."""
    x, y = (b.variable(name, Type("f64", (3,)), initial=k + 1) for k, name in enumerate("xy"))
    b.update(x, x * 3)
    b.update(y, x)


def old_value_out(b: Builder) -> None:
    x = b.variable("x", Type("f64", (3,)), initial=2)
    b.output("old", x)
    b.update(x, x * 3)


def late_reader(b: Builder) -> None:
    x = b.variable("x", Type("f64", (3,)), initial=2)
    new = x * 3
    b.update(x, new)
    b.output("sum", b.exp(new) + x)


def one_value_two_variables(b: Builder) -> None:
    x, y = (b.variable(name, Type("f64", (3,)), initial=k + 1) for k, name in enumerate("xy"))
    new = b.exp(x)
    b.update(x, new)
    b.update(y, new)
    b.output("new", new)


def transposed_self(b: Builder) -> None:
    x = b.variable("x", Type("f64", (3, 3)), initial=np.arange(9.0).reshape(3, 3))
    b.update(x, x + b.transpose(x))


def view_of_flat(b: Builder) -> None:
    x = b.variable("x", Type("f64", (3,)), initial=2)
    y = b.variable("y", Type("f64", (2, 2)), initial=3)
    b.output("y", y * 2)
    b.update(b.flat("parameters"), b.flat("parameters") * b.sum(x))


def constant_update(b: Builder) -> None:
    x = b.variable("x", Type("f64", (3,)), initial=2)
    b.update(x, b.zeros(x.type))
    b.output("x", x + 0.5)


def packed_twice(b: Builder) -> None:
    """One value at two places of a packed vector, and used again after it."""
    x = b.variable("x", Type("f64", (3,)), initial=2)
    y = b.variable("y", Type("f64", (3,)), initial=3)
    e = b.exp(x + y)
    packed = b.pack([e, e])
    b.update(b.flat("parameters"), b.flat("parameters") - packed)
    b.output("e", e * 2)
    b.output("packed", b.sum(packed))


PROGRAMS: list[Callable[[Builder], None]] = [
    swap, old_value_elsewhere, old_value_out, late_reader, one_value_two_variables, transposed_self,
    view_of_flat, constant_update, packed_twice,
]  # fmt: skip


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda f: f.__name__)
def test_updates_read_old_values(make: Callable[[Builder], None]) -> None:
    b = Builder()
    make(b)
    program = b.program()
    store = Store(program.variables)
    exe = compile(program, store)
    for _ in range(2):
        values = {name: store[name].copy() for name in store}
        outputs, updates = reference.run(program, {}, values)
        have = exe({})
        for name, wanted in outputs.items():
            np.testing.assert_array_equal(have[name], wanted)
        for name, wanted in updates.items():
            np.testing.assert_array_equal(
                store.flat(name[6:]) if name.startswith("group ") else store[name], wanted
            )


def test_executables_share_an_arena() -> None:
    arena = Arena()
    program = simplify(training_step())
    first = compile(program, arena=arena)
    second = compile(program, arena=arena)
    assert first.code.arena is second.code.arena
    wanted = first(INPUTS)
    second(INPUTS)
    np.testing.assert_array_equal(compile(program)(INPUTS)["p"], wanted["p"])


@pytest.mark.parametrize("size", [1, 31, 32, 33, 1000, 1025])
def test_odd_sizes(size: int) -> None:
    program = simplify(training_step(size))
    inputs = {**INPUTS, "x": RNG.normal(size=(7, size))}
    assert steps(program, True, True, inputs, 2) == steps(program, False, False, inputs, 2)
