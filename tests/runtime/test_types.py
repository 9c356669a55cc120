"""Types, promotion, layouts."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.types import (
    ALIGNMENT,
    ShapeError,
    TensorError,
    Type,
    aligned_bytes,
    broadcast_shape,
    promote,
    segments,
    type_of,
)


def test_a_type_knows_its_size_and_prints() -> None:
    t = Type("f32", (64, 10))
    assert (t.rank, t.size, t.nbytes, str(t)) == (2, 640, 2560, "f32(64, 10)")
    assert (Type("u64", ()).size, str(Type("u64", ()))) == (1, "u64()")
    assert t.with_dtype("i32").is_integer and t.is_float
    assert t.with_shape([3]) == Type("f32", (3,))


def test_type_of_an_array() -> None:
    assert type_of(np.zeros((2, 3), "f4")) == Type("f32", (2, 3))
    with pytest.raises(TensorError, match="complex128"):
        type_of(np.zeros(2, complex))


def test_promotion_and_broadcasting() -> None:
    assert promote(["i64", "f32", "bool"]) == "f32"
    assert broadcast_shape("add", [(4, 1), (3,), ()]) == (4, 3)
    assert broadcast_shape("add", [(0, 1), (1, 3)]) == (0, 3)
    with pytest.raises(ShapeError) as caught:
        broadcast_shape("add", [(4,), (3,)])
    assert (caught.value.op, caught.value.found) == ("add", "(4,) and (3,)")


def test_segments_and_memory_are_aligned() -> None:
    offsets, nbytes = segments([Type("f32", (3,)), Type("f64", (9,)), Type("bool", ())])
    assert (offsets, nbytes) == ((0, 64, 192), 256)
    assert all(aligned_bytes(n).ctypes.data % ALIGNMENT == 0 for n in (1, 63, 1000))
