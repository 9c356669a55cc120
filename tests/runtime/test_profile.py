"""The profile names every instruction with its time and work."""

from __future__ import annotations

import numpy as np
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
