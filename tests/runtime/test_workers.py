"""Work cut for threads: the same results as in one piece, errors that come back, parts of any number."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from wlnet.runtime.backends import numba_kernels
from wlnet.runtime.compile import compile
from wlnet.runtime.ir import Builder
from wlnet.runtime.ops import OPS, slabs
from wlnet.runtime.ops.convolution import FORWARD_CASES, setting
from wlnet.runtime.types import Type, type_of
from wlnet.runtime.workers import parts, side_by_side

from wlnet.runtime import autodiff, reference


def test_parts_cover_all_rows_once() -> None:
    for count in (1, 2, 7, 16):
        for threads in (1, 2, 3, 20):
            found = parts(count, threads)
            assert len(found) == min(count, threads)
            assert [row for first, last in found for row in range(first, last)] == list(range(count))


def test_every_call_is_made_and_the_first_error_comes_back() -> None:
    seen: list[int] = []
    side_by_side([lambda k=k: seen.append(k) for k in range(4)])()  # type: ignore[misc]
    assert sorted(seen) == [0, 1, 2, 3]

    def fail() -> None:
        raise ValueError("part 2")

    with pytest.raises(ValueError, match="part 2"):
        side_by_side([lambda: seen.append(4), fail, lambda: seen.append(5)])()
    assert sorted(seen) == [0, 1, 2, 3, 4, 5]
    side_by_side([lambda: seen.append(6), lambda: seen.append(7)])()
    assert sorted(seen) == list(range(8))


def cases() -> list[Any]:
    """Forward cases, and one for Winograd's form."""
    shapes = [(*each.operands, each.params) for each in FORWARD_CASES]
    return [*shapes, ((9, 16, 8, 8), (18, 16, 3, 3), setting(2, pads=((1, 1), (1, 2))))]


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize(("x_shape", "w_shape", "params"), cases())
def test_convolutions_in_slabs(
    monkeypatch: Any, threads: int, x_shape: Any, w_shape: Any, params: Any
) -> None:
    monkeypatch.setattr(slabs, "SHARED_FLOPS", 0)
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    (y,) = reference.evaluate(OPS["convolution"], [x, w], params)
    size = (*x_shape[:-3], x_shape[-2])
    for name, arrays, more in (
        ("convolution", [x, w], {}),
        ("convolution_input", [y, w], {"size": size}),
        ("convolution_weights", [x, y], {"kernel": w_shape[2:]}),
    ):
        op, full = OPS[name], OPS[name].parameters({**params, **more})
        (wanted,) = reference.evaluate(op, arrays, full)
        space = [np.full(each.shape, np.nan) for each in op.scratch(tuple(map(type_of, arrays)), full)]
        for bind in (op.bind, partial(numba_kernels.bind, op.numba)):
            have = np.full(wanted.shape, np.nan)
            call = bind(have, (*arrays, *space), full, threads)
            if call is not None:
                call()
                np.testing.assert_allclose(have, wanted, rtol=0, atol=1e-11 * np.abs(wanted).max())


def test_steps_on_two_threads_repeat_their_bits() -> None:
    """A gradient through large convolutions, cut in two: run again it gives the same bits."""
    b = Builder()
    x = b.input("x", Type("f32", (8, 16, 16, 16)))
    w = b.variable("w", Type("f32", (32, 16, 3, 3)), initial=0.1)
    loss = b.sum(b.square(b.convolution(b.tanh(b.convolution(x, w, pads=1)), b.transpose(w, (1, 0, 2, 3)))))
    b.output("g", autodiff.gradient(b, loss, [w])[0])
    exe = compile(b.program(), threads=2)
    data = {"x": np.random.default_rng(0).normal(size=(8, 16, 16, 16)).astype("f4")}
    first = exe(data)["g"]
    for _ in range(3):
        np.testing.assert_array_equal(exe(data)["g"], first)
    np.testing.assert_allclose(compile(b.program(), threads=1)(data)["g"], first, rtol=1e-3, atol=1e-2)
