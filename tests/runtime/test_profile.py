"""The profile names every instruction with its time and work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder
from wlnet.runtime.types import Type

from wlnet.runtime import profile


def test_rows_and_table() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (8, 16)))
    w = b.variable("w", Type("f32", (4, 16)))
    b.output("y", b.tanh(b.dot(x, w, transpose_b=True)))
    exe = compile(b.program())
    exe({"x": np.ones((8, 16))})
    rows = profile.profile(exe, repeats=3)
    assert [row.op for row in rows] == ["dot", "tanh"]
    assert rows[0].flops == 2 * 8 * 4 * 16
    assert rows[0].nbytes == 4 * (8 * 16 + 4 * 16 + 8 * 4)
    assert all(row.seconds > 0 for row in rows)
    text = profile.table(rows)
    assert "%2 = dot %0 %1 {transpose_b} : f32(8, 4)" in text
    assert text.splitlines()[-1].endswith("total of 2 instructions")
    assert len(profile.table(rows, limit=1).splitlines()) == 3


def test_share_of_the_peak_and_picture(tmp_path: Path) -> None:
    machine = profile.Peak(1e9, 1e8)
    product = profile.Row("%2 = dot %0 %1 : f32(8, 4)", "dot", 1e-3, 500_000, 100)
    total = profile.Row("%3 = add %2 %2 : f32(8, 4)", "add", 1e-3, 10, 20_000)
    assert machine.share(product) == pytest.approx(0.5)
    assert machine.share(total) == pytest.approx(0.2)
    assert [machine.bound(row) for row in (product, total)] == ["arithmetic", "memory"]
    lines = profile.table([product, total], machine=machine).splitlines()
    assert "% peak" in lines[0]
    assert lines[1].split()[5] == "50.0"
    path = tmp_path / "profile.png"
    profile.picture([product, total] * 15, path, machine)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_peak_is_measured() -> None:
    found = profile.peak(1)
    assert found.flops > 1e8
    assert found.nbytes > 1e7


def test_footprint_counts_every_kind() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (8, 16)))
    w = b.variable("w", Type("f32", (4, 16)))
    b.output("y", b.mul(b.tanh(b.dot(x, w, transpose_b=True)), b.constant(np.arange(4.0), "f32")))
    found = compile(b.program()).footprint()
    assert found is not None
    assert found.inputs == 4 * 8 * 16
    assert found.state == 4 * 4 * 16
    assert found.constants == 4 * 4
    assert found.arena == 4 * 8 * 4  # tanh and the product work in place
    assert found.total == sum(found)
