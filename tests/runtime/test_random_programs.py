"""Random programs: planned, poisoned and simplified forms agree with the instructions run one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from wlnet.runtime.backends.numpy import Code
from wlnet.runtime.ir import Builder, Program, Value
from wlnet.runtime.plan import plan
from wlnet.runtime.simplify import simplify
from wlnet.runtime.store import Store
from wlnet.runtime.types import Type, aligned_bytes
from wlnet.runtime.verify import verify

from wlnet.runtime import autodiff, blocks, fuse, reference

N = 4  # every value is N x N at the end of each form, so that all of them can meet

Form = Callable[[Builder, Value, Value], Value]
FORMS: list[Form] = [
    lambda b, x, y: x + y,
    lambda b, x, y: x * b.tanh(y),
    lambda b, x, y: b.sub(x, b.transpose(y)),
    lambda b, x, y: b.tanh(b.dot(x, y, transpose_a=True)),
    lambda b, x, y: b.reverse(x, 0),
    lambda b, x, y: b.transpose(x),
    lambda b, x, y: b.reshape(b.transpose(x), (N, N)),
    lambda b, x, y: b.reshape(b.concat([b.reshape(x, (2, 8)), b.reshape(y, (2, 8))], axis=0), (2, N, N)),
    lambda b, x, y: b.broadcast_to(b.mean(x, 0), (N, N)),
    lambda b, x, y: b.sigmoid(b.slice(x, (1, 0), (4, N))),
    lambda b, x, y: b.softmax(x, axis=0),
    lambda b, x, y: b.log_softmax(y),
    lambda b, x, y: b.select(b.greater(x, y), x, b.neg(y)),
    lambda b, x, y: b.cumsum(x, 1, True),
    lambda b, x, y: b.sort(x, 0),
    lambda b, x, y: b.gather(x, b.argsort(b.index_axis(y, 1, 0))),
    lambda b, x, y: b.max(b.stack([x, y]), 0),
    lambda b, x, y: b.relu(x) - b.relu(-y),
    lambda b, x, y: b.pad(b.index_axis(x, 0, 1), [(1, 1)], "reflect"),
    lambda b, x, y: b.softplus(x),
]


def square(b: Builder, x: Value) -> Value:
    """`x` brought to N x N, whatever its shape."""
    if x.rank == 3:
        x = b.index_axis(x, 0, 0)
    if x.rank == 1:
        x = b.broadcast_to(b.slice_axis(x, 0, 0, N), (N, N))
    if x.shape[0] < N:
        x = b.concat([x, b.slice_axis(x, 0, 0, N - x.shape[0])], axis=0)
    return x


def program(seed: int, rewriting: bool = True) -> Program:
    """Inputs, variables in two groups, random forms, outputs, gradients packed,
    updates that read old values.
    """
    rng = np.random.default_rng(seed)
    b = Builder(rewriting)
    matrix = Type("f64", (N, N))
    values = [b.input(f"x{k}", matrix) for k in range(2)]
    parameters = [b.variable(f"w{k}", matrix, initial=rng.normal(size=(N, N))) for k in range(2)]
    states = [b.variable(f"s{k}", matrix, group="state", initial=rng.normal(size=(N, N))) for k in range(2)]
    values += parameters + states
    for _ in range(rng.integers(5, 40)):
        x, y = (values[k] for k in rng.integers(0, len(values), 2))
        values.append(square(b, FORMS[rng.integers(0, len(FORMS))](b, x, y)))
    total = b.mean(b.tanh(values[-1] + values[len(values) // 2]))
    b.output("total", total)
    for k in rng.integers(0, len(values), 3):
        if f"v{k}" not in b.outputs:
            b.output(f"v{k}", values[k])
    packed = b.pack(autodiff.gradient(b, total, parameters))
    flat = b.flat("parameters")
    if rng.random() < 0.5:
        delta = b.variable("delta", flat.type, group="delta")
        new, change = b.sgd_momentum(flat, b.clip(packed, -1, 1), delta, b.constant(0.1, "f64"))
        b.update(flat, new)
        b.update(delta, change)
    else:
        b.update(flat, flat - packed * 0.1)
    for state in states:
        b.update(state, values[rng.integers(0, len(values))])
    return b.program()


def inputs(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed + 1000)
    return {f"x{k}": rng.normal(size=(N, N)) for k in range(2)}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every group of two or more instructions runs in blocks of three rows of N, the last one shorter."""
    monkeypatch.setattr(blocks, "LARGE", 1)
    monkeypatch.setattr(blocks, "BLOCK", 3 * N)


def planned_steps(p: Program, data: dict[str, np.ndarray], reuse: bool) -> list[dict[str, np.ndarray]]:
    """Outputs and variables after each of two steps, the arena full of NaN before each."""
    store, planned = Store(p.variables), plan(p, reuse)
    code = Code(planned, store, aligned_bytes(planned.nbytes))
    found = []
    for _ in range(2):
        code.arena[:] = 0xFF
        for name, array in data.items():
            code.inputs[name][...] = array
        code.call()
        found.append({n: np.array(a) for n, a in [*code.outputs.items(), *((n, store[n]) for n in store)]})
    return found


def reference_steps(p: Program, data: dict[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
    store = Store(p.variables)
    found = []
    for _ in range(2):
        outputs, updates = reference.run(p, data, {n: store[n].copy() for n in store})
        for name, value in updates.items():
            if name.startswith("group "):
                store.flat(name.removeprefix("group "))[:] = value
            else:
                store[name] = value
        found.append({**outputs, **{n: store[n].copy() for n in store}})
    return found


@pytest.mark.parametrize("seed", range(60))
def test_all_forms_agree(seed: int) -> None:
    data, plain = inputs(seed), verify(program(seed, rewriting=False))
    better = verify(simplify(plain))
    wanted = reference_steps(plain, data)
    for have in (
        planned_steps(plain, data, True),
        planned_steps(better, data, True),
        planned_steps(better, data, False),
        reference_steps(better, data),
    ):
        for one, other in zip(wanted, have, strict=True):
            assert one.keys() == other.keys()
            for name in one:
                np.testing.assert_allclose(other[name], one[name], rtol=1e-9, atol=1e-12, err_msg=name)
    groups = [instr for group in fuse.fuse(better) for instr in group.instrs]
    fused = Program(groups, better.inputs, better.variables, better.outputs, better.updates)
    for one, other in zip(reference_steps(better, data), reference_steps(verify(fused), data), strict=True):
        assert all(one[name].tobytes() == other[name].tobytes() for name in one)


@pytest.mark.parametrize("seed", range(60, 120))
@pytest.mark.usefixtures("small_blocks")
def test_blocks_agree(seed: int) -> None:
    data, better = inputs(seed), verify(simplify(program(seed)))
    wanted = reference_steps(better, data)
    for one, other in zip(wanted, planned_steps(better, data, True), strict=True):
        for name in one:
            np.testing.assert_allclose(other[name], one[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.usefixtures("small_blocks")
def test_most_of_these_programs_have_blocks_that_write_in_place() -> None:
    found = [step for seed in range(60, 120) for step in plan(simplify(program(seed))).steps]
    many = [step for step in found if isinstance(step, blocks.Block)]
    assert len(many) > 100
    kinds = [place.root.kind for block in many for step in block.steps for place in step.results]
    assert kinds.count("state") > 10  # variables updated within a block
    assert all(block.rows < block.count for block in many)
