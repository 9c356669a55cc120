"""Launch rules on odd and huge sizes, without a device."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.ops import OPS
from wlnet.runtime.ops.launches import (
    BUSY,
    Kernel,
    Work,
    copy_rule,
    merge_axes,
    reduction_chunks,
    reduction_passes,
)
from wlnet.runtime.types import ShapeError, Type

SHAPES = [(1,), (31,), (1025,), (1 << 31,), (3, 1 << 33), (1 << 33, 3), (70000, 3, 70000), (1 << 28, 1 << 10)]


def work_of(name: str, types: list[Type], **params: object) -> Work:
    op = OPS[name]
    assert isinstance(op.cuda, Kernel)
    full = op.parameters(params)
    return op.cuda.rule(tuple(types), op.types(tuple(types), full), full)


@pytest.mark.parametrize("shape", SHAPES)
def test_grids_stay_within_the_limits_of_devices(shape: tuple[int, ...]) -> None:
    works = [work_of("sum", [Type("f32", shape)], axes=(axis,)) for axis in range(len(shape))]
    works.append(work_of("max", [Type("f32", shape)], axes=tuple(range(len(shape)))))
    works.append(work_of("softmax", [Type("f32", shape)], axis=len(shape) - 1))
    for work in works:
        for launch in work.launches:
            x, y, z = (*launch.grid, 1, 1)[:3]
            assert 0 < x < 1 << 31 and 0 < y < 1 << 16 and z == 1, launch
            assert np.prod(launch.block) <= 1024


@pytest.mark.parametrize(
    "outer, extent, inner", [(1, 1, 1), (1, 10**9, 1), (3, 12345, 1), (1, 10**6, 40), (9, 5000, 2)]
)
def test_chunks_cover_the_axis_once(outer: int, extent: int, inner: int) -> None:
    chunk, chunks = reduction_chunks(outer, extent, inner)
    assert (chunks - 1) * chunk < extent <= chunks * chunk
    assert chunks <= BUSY
    assert chunks == 1 or chunk % 4 == 0


def test_a_long_sum_takes_two_launches_and_a_short_one() -> None:
    long = work_of("sum", [Type("f32", (1 << 20,))], axes=(0,))
    assert [launch.entry for launch in long.launches] == ["reduce_rows_block", "reduce_rows_warp"]
    assert [each.size for each in long.temporaries] == [256]
    short = work_of("sum", [Type("f32", (64, 100))], axes=(1,))
    assert [(launch.entry, launch.grid) for launch in short.launches] == [("reduce_rows_warp", (8,))]


@pytest.mark.parametrize(
    "shape, axes, passes",
    [
        ((2, 3, 4), (1,), [(2, 3, 4)]),
        ((2, 3, 4), (1, 2), [(2, 12, 1)]),
        ((2, 3, 4), (0, 2), [(6, 4, 1), (1, 2, 3)]),
        ((2, 1, 4), (0, 2), [(1, 8, 1)]),
        ((5,), (0,), [(1, 5, 1)]),
    ],
)
def test_runs_of_reduced_axes_become_passes(
    shape: tuple[int, ...], axes: tuple[int, ...], passes: object
) -> None:
    assert reduction_passes(shape, axes) == passes


@pytest.mark.parametrize("size, grid", [(1, 1), (1024, 1), (1025, 2), (1 << 33, 1 << 23)])
def test_optimiser_handles_four_elements_a_thread(size: int, grid: int) -> None:
    flat, scalar = Type("f32", (size,)), Type("f32", ())
    work = work_of("adam", [flat] * 4 + [scalar] * 2)
    assert work.launches[0].grid == (grid,)
    assert "RATES=0" in work.launches[0].defines and "STEP=float" in work.launches[0].defines
    assert "RATES=1" in work_of("adam", [flat] * 5 + [Type("i64", ())]).launches[0].defines


def test_nothing_is_launched_for_no_elements() -> None:
    assert work_of("sum", [Type("f32", (0, 3))], axes=(1,)).launches == ()
    assert work_of("softmax", [Type("f32", (0, 3))], axis=1).launches == ()
    assert copy_rule((0, 3), "f32", (3, 1), (3, 1)) is None


def test_copies_merge_axes_and_see_transposes() -> None:
    assert merge_axes((2, 1, 3, 4), (12, 9, 4, 1), (12, 0, 4, 1)) == ([24], [1], [1])
    transposed = copy_rule((5, 7), "f32", (1, 5), (7, 1))
    assert transposed is not None and transposed.entry == "copy_transposed"
    stack = copy_rule((2, 5, 7), "f32", (35, 1, 5), (35, 7, 1))
    assert stack is not None and stack.entry == "copy_transposed" and stack.grid == (2,)
    strided = copy_rule((3, 4), "f32", (8, 2), (4, 1))
    assert strided is not None and strided.entry == "copy_strided" and strided.grid == (1,)
    with pytest.raises(ValueError, match="6 axes"):
        copy_rule((2,) * 6, "f32", (1, 4, 16, 64, 256, 1024), (32, 16, 8, 4, 2, 1))


def test_convolutions_choose_tiles_by_the_rows_of_a_group() -> None:
    plain = {"stride": (1, 1), "dilation": (1, 1), "pads": ((1, 1), (1, 1))}
    x, w = Type("f32", (56, 64, 56, 1 << 12)), Type("f32", (129, 64, 3, 3))
    [tiled] = work_of("convolution", [x, w], **plain, groups=1).launches
    assert (tiled.entry, tiled.grid) == ("convolution", (56 * 56 * (1 << 6) * 3,))
    depthwise = work_of("convolution", [x, Type("f32", (64, 1, 3, 3))], **plain, groups=64)
    assert depthwise.launches[0].entry == "convolution_direct"
    assert depthwise.launches[0].grid[0] == x.size // 256 < 1 << 31


def test_weight_gradients_are_summed_in_chunks_where_tiles_are_few() -> None:
    plain = {"stride": (1,), "dilation": (1,), "pads": ((0, 0),), "groups": 1}
    for batch, chunks in ((1, 1), (33, 5), (1 << 20, BUSY)):
        types = [Type("f32", (8, 130, batch)), Type("f32", (8, 128, batch))]
        work = work_of("convolution_weights", types, **plain, kernel=(3,))
        assert work.launches[0].grid == (1, chunks)
        assert [each.shape[0] for each in work.temporaries] == ([] if chunks == 1 else [chunks])
        assert len(work.launches) == (1 if chunks == 1 else 2)


def windows(axes: tuple[int, ...], size: int = 2) -> dict[str, object]:
    one = (size,) * len(axes)
    return {"axes": axes, "sizes": one, "strides": one, "pads": ((0, 0),) * len(axes)}


def test_pooling_takes_a_thread_an_element_of_its_result() -> None:
    x = Type("f32", (1 << 11, 1 << 11, 1 << 12))
    assert work_of("max_pool", [x], **windows((0, 1))).launches[0].grid == ((1 << 32) // 256,)
    y = Type("f32", (3, 5))
    spread = work_of("total_pool_spread", [y], extents=(7,), **windows((0,))).launches[0]
    assert spread.args[2:7] == (35, 1, 1, 5, 1)
    assert work_of("max_pool", [Type("f32", (0, 4))], **windows((1,))).launches == ()


def test_pooling_over_four_axes_is_refused_unless_windows_are_trivial() -> None:
    x = Type("f32", (4, 4, 4, 4, 4))
    assert work_of("total_pool", [x], **windows((0, 1, 2, 3, 4), 1)).launches
    with pytest.raises(ShapeError, match="max_pool.*at most 3 axes on a CUDA device"):
        work_of("max_pool", [x], **windows((0, 1, 2, 3)))


@pytest.mark.parametrize("extent, launches", [(0, 0), (1, 1), (64, 1), (65, 2), (129, 3), (1 << 31, 26)])
def test_runs_are_merged_until_one_is_left(extent: int, launches: int) -> None:
    work = work_of("argsort", [Type("f32", (extent, 3))], axis=0)
    assert len(work.launches) == launches
    assert len(work.temporaries) == max(0, min(2, launches - 1))
    places = [(each.args[1], each.args[2]) for each in work.launches[1:]]
    assert all(str(source) != str(target) for source, target in places)


def test_sums_over_rows_are_cut_where_columns_are_few() -> None:
    def gradient(rows: int, extent: int) -> Work:
        x, row, one = Type("f32", (rows, extent)), Type("f32", (extent,)), Type("f32", (rows,))
        return work_of("layer_norm_gradient", [x, row, one, one, x])

    assert [each.entry for each in gradient(7, 33).launches] == ["layer_norm_gradient", "layer_norm_vectors"]
    long = gradient(1 << 24, 33)
    assert [each.grid for each in long.launches] == [(1 << 21,), (2, BUSY // 2), (1,)]
    assert long.temporaries[0].shape == (BUSY // 2, 33)
    wide = gradient(3, 1 << 20).launches
    assert wide[0].grid == (3,) and "WIDE=1" in wide[0].defines
    assert gradient(0, 0).launches == ()


def test_statistics_of_few_channels_are_cut_into_chunks() -> None:
    def norm(*shape: int) -> Work:
        channels = Type("f32", (shape[1],))
        return work_of("batch_norm", [Type("f32", shape), channels, channels])

    small = norm(3, 5, 7)
    assert [(each.entry, each.grid) for each in small.launches] == [
        ("norm_columns", (1, 1)),
        ("norm_join", (1,)),
        ("norm_apply", (1,)),
    ]
    large = norm(1 << 10, 33, 1 << 20)
    assert large.launches[0].entry == "norm_block" and large.launches[0].grid == (33, BUSY // 33)
    assert large.temporaries[0].shape == (BUSY // 33, 33)
    assert norm(0, 5, 7).launches == ()


def test_ctc_takes_a_block_an_example() -> None:
    one = Type("i32", (7,))
    work = work_of("ctc", [Type("f32", (7, 99, 5)), Type("i64", (7, 3)), one, one])
    [launch] = work.launches
    assert launch.grid == (7,) and launch.defines == ("TYPE=float", "LABEL=i64", "STEP=int", "COUNT=int")
    assert [each.shape for each in work.temporaries] == [(7, 99, 7), (7, 2, 7)]
