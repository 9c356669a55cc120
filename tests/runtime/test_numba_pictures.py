"""Kernels of convolutional nets against the NumPy forms of their ops, in sizes that they take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.backends import numba_kernels, numba_pictures
from wlnet.runtime.ops import OPS
from wlnet.runtime.ops.convolution import setting
from wlnet.runtime.ops.pooling import Windows
from wlnet.runtime.types import type_of

from wlnet.runtime import reference

pytest.importorskip("numba")


def arrays(*shapes: Any, dtype: Any, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [x if isinstance(x, np.ndarray) else rng.normal(size=x).astype(dtype) for x in shapes]


def both(
    name: str, operands: list[np.ndarray], params: dict[str, Any], *threads: int
) -> tuple[list[Any], list[Any]]:
    """Results by NumPy, and by the kernel into arrays full of NaN; the kernel must take these arrays."""
    op = OPS[name]
    params = op.parameters(params)
    wanted = reference.evaluate(op, operands, params)
    have = [np.full(x.shape, 77 if x.dtype.kind == "i" else np.nan, x.dtype) for x in wanted]
    types = tuple(map(type_of, operands))
    space = [np.full(x.shape, np.nan, x.numpy) for x in op.scratch(types, params)] if op.scratch else []
    out: Any = have[0] if len(have) == 1 else tuple(have)
    bound = numba_kernels.bind(op.numba, out, (*operands, *space), params, *threads)
    assert bound is not None
    function, given = bound if isinstance(bound, tuple) else (bound, ())
    function(*given)
    return list(wanted), have


def close(wanted: list[Any], have: list[Any], dtype: Any) -> None:
    for one, other in zip(wanted, have, strict=True):
        size = np.abs(one).max()
        np.testing.assert_allclose(other, one, rtol=0, atol=size * (3e-6 if dtype == np.float32 else 1e-13))


# Odd extents, tiles over the edge, all kinds of padding, several strips a row.
WINOGRAD = [
    ((7, 17, 9, 5), 19, ((1, 1), (1, 1))),
    ((8, 16, 8, 8), 16, ((0, 2), (2, 0))),
    ((6, 16, 37, 1), 18, ((0, 0), (0, 0))),
    ((5, 16, 10, 150), 16, ((2, 1), (1, 2))),
]


@pytest.mark.parametrize(("shape", "filters", "pads"), WINOGRAD)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_winograd(shape: tuple[int, ...], filters: int, pads: Any, dtype: Any) -> None:
    height, channels, width, batch = shape
    params = setting(2, pads=pads)
    result = (height + sum(pads[0]) - 2, filters, width + sum(pads[1]) - 2, batch)
    x, w, g = arrays(shape, (filters, channels, 3, 3), result, dtype=dtype)
    close(*both("convolution", [x, w], params), dtype)
    close(*both("convolution_weights", [x, g], {**params, "kernel": (3, 3)}), dtype)
    if np.prod(shape) <= 1.5 * np.prod(result) * channels / filters:
        close(*both("convolution_input", [g, w], {**params, "size": (height, width)}), dtype)


SCATTERED = [
    ((12, 3, 11, 9), (5, 3, 5, 5), setting(2)),
    ((9, 4, 10, 8), (2, 4, 2, 3), setting(2, stride=(2, 3), dilation=(3, 2), pads=((2, 0), (1, 3)))),
]


@pytest.mark.parametrize(("shape", "kernel", "params"), SCATTERED)
@pytest.mark.parametrize("threads", [1, 2])
def test_scattered_input_gradient(
    monkeypatch: Any, shape: Any, kernel: Any, params: Any, threads: int
) -> None:
    monkeypatch.setattr(numba_pictures, "SHARED_FLOPS", 0)
    x, w = arrays(shape, kernel, dtype=np.float32)
    (y,) = reference.evaluate(OPS["convolution"], [x, w], params)
    params = {**params, "size": (shape[0], shape[2])}
    close(*both("convolution_input", [y, w], params, threads), np.float32)


def test_winograd_of_views() -> None:
    """Operands in another order of memory are copied first."""
    x, w = arrays((8, 6, 16, 7), (16, 16, 3, 3), dtype=np.float32)
    close(*both("convolution", [x.transpose(1, 2, 3, 0), w], setting(2, pads=((1, 1), (1, 1)))), np.float32)


WINDOWS = [
    ((6, 3, 7, 9), (0, 2), (2, 2), (2, 2), ((0, 0), (0, 0))),
    ((7, 2, 5, 33), (0, 2), (3, 2), (2, 1), ((1, 1), (0, 1))),
    ((3, 6, 9), (1,), (3,), (1,), ((1, 1),)),
]


@pytest.mark.parametrize(("shape", "axes", "sizes", "strides", "pads"), WINDOWS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maxima_of_windows(
    shape: tuple[int, ...], axes: Any, sizes: Any, strides: Any, pads: Any, dtype: Any
) -> None:
    """Equal elements: the first one counts; NaN is above everything."""
    params = dict(axes=axes, sizes=sizes, strides=strides, pads=pads)
    (x,) = arrays(shape, dtype=dtype)
    x = np.round(x)
    x[1, 1] = np.nan
    for name in ("max_pool", "max_pool_places"):
        for one, other in zip(*both(name, [x], params), strict=True):
            np.testing.assert_array_equal(one, other)
    places = both("max_pool_places", [x], params)[0][1]
    (g,) = arrays(Windows(**params).result(shape), dtype=dtype)
    extents = tuple(shape[axis] for axis in axes)
    close(*both("max_pool_scatter", [g, places], {**params, "extents": extents}), dtype)


@pytest.mark.parametrize(("shape", "axis"), [((5, 3, 4, 9), 1), ((3, 31), 0), ((4, 2, 1000), 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 2])
def test_batch_norm(monkeypatch: Any, shape: tuple[int, ...], axis: int, dtype: Any, threads: int) -> None:
    monkeypatch.setattr(numba_pictures, "SHARED_NUMBERS", 0)
    channels, params = (shape[axis],), {"axis": axis, "epsilon": 0.01}
    x, scale, bias, g = arrays(shape, channels, channels, shape, dtype=dtype)
    wanted, have = both("batch_norm", [x + 5, scale, bias], params, threads)
    close(wanted, have, dtype)
    operands = [x + 5, scale, wanted[1], wanted[2], g]
    for one, other in zip(*both("batch_norm_gradient", operands, params, threads), strict=True):
        close([one], [other], dtype)


def test_nan_passes_through_batch_norm() -> None:
    (x,) = arrays((2, 2, 16), dtype=np.float32)
    x[1, 0, 3] = np.nan
    ones = np.ones(2, np.float32)
    _, (y, mean, _) = both("batch_norm", [x, ones, ones], {})
    assert np.isnan(y[:, 0]).all() and np.isnan(mean[0]) and np.isfinite(y[:, 1]).all()
