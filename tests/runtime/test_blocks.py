"""Blocks: real sizes, arrays that broadcast, rests, prepared calls, memory."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.backends.numpy import Code
from wlnet.runtime.blocks import Block
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder, Program
from wlnet.runtime.plan import plan
from wlnet.runtime.simplify import simplify
from wlnet.runtime.types import Type

from wlnet.runtime import autodiff, blocks, checks, profile

ROWS, WIDTH = 261, 513  # 133,893 elements, in blocks of 31 rows with a rest


@pytest.fixture(autouse=True)
def sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that small arrays reach."""
    monkeypatch.setattr(blocks, "LARGE", 1 << 17)
    monkeypatch.setattr(blocks, "BLOCK", 1 << 14)


def net(dtype: str = "f32") -> Program:
    """Elementwise work over rows, columns and numbers, with selections, ramps and gradients."""
    b = Builder()
    x = b.input("x", Type(dtype, (ROWS, WIDTH)))
    row = b.variable("row", Type(dtype, (WIDTH,)), initial=np.linspace(0.5, 1, WIDTH))
    column = b.input("column", Type(dtype, (ROWS, 1)))
    h = b.relu(x * row + column)
    y = b.select(b.greater(h, 1), b.tanh(h), b.softplus(h) - 0.5)
    loss = b.mean(b.square(y))
    b.output("y", y)
    b.output("loss", loss)
    for name, g in zip(("gx", "gr", "gc"), autodiff.gradient(b, loss, [x, row, column]), strict=True):
        b.output(name, g)
    return b.program()


def data() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(ROWS, WIDTH)), "column": rng.normal(size=(ROWS, 1))}


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_blocks_agree_with_the_reference(dtype: str) -> None:
    planned = plan(simplify(net(dtype)))
    found = [step for step in planned.steps if isinstance(step, Block)]
    assert found and all(block.rows == blocks.BLOCK // WIDTH for block in found)
    checks.check_program(net(dtype), data(), tolerance=2e-6 if dtype == "f32" else 1e-12)


def test_blocks_need_less_memory_and_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tuple[int, dict[str, np.ndarray]]:
        exe = compile(net())
        assert isinstance(exe.code, Code)
        return exe.code.plan.nbytes, exe(data())

    in_blocks = run()
    monkeypatch.setattr(blocks, "LARGE", 1 << 60)
    whole = run()
    assert in_blocks[0] < whole[0]
    assert all(in_blocks[1][name].tobytes() == whole[1][name].tobytes() for name in whole[1])


def test_plan_and_profile_show_blocks() -> None:
    exe = compile(net())
    exe(data())
    assert isinstance(exe.code, Code)
    assert f"block of {blocks.BLOCK // WIDTH} of {ROWS} rows" in str(exe.code.plan)
    assert "for v0, v1" in exe.code.source
    row = max(profile.profile(exe, 2), key=lambda each: len(each.text))
    assert "tanh" in row.op.split("+")
    assert row.flops > 4 * ROWS * WIDTH


def test_short_or_single_groups_stay_whole() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (2, 1 << 20)))  # two rows, each far larger than a block
    y = b.input("y", Type("f32", (1 << 18,)))
    b.output("x", b.tanh(x) + 1)
    b.output("y", b.tanh(y))  # one instruction
    assert not [step for step in plan(b.program()).steps if isinstance(step, Block)]
