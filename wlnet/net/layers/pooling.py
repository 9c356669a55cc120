"""PoolingLayer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wlnet.expr import S
from wlnet.net import masks
from wlnet.net.layer import Example, Parameter, layer
from wlnet.net.lower import Wire

from .windows import (
    DIMENSIONALITY,
    INTERLEAVING,
    KERNEL,
    PADDING,
    STRIDE,
    as_stated,
    backward,
    channels_first,
    check_ranks,
    forward,
    parts,
    sequences,
    slide_types,
    sliding,
    spatial_rank,
    symbol_choice,
    tell,
)

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


def pooling_types(t: Typing) -> None:
    t.real("Input", "Output")
    rank = spatial_rank(t)
    if rank is None:
        return
    for port, other in (("Input", "Output"), ("Output", "Input")):
        tell(t, other, parts(t, port)[0], (None,) * rank)
    slide_types(t, sliding(t.params, rank), forward, backward)


def pooling_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    b, window = at.b, sliding(at.params, ins["Input"].rank - 2)
    largest = at.params["Function"] is S.Max
    x, pads, lengths = sequences(at, ins["Input"], window, masks.LOWEST if largest else 0.0)
    name = at.params["Function"].name.lower()
    y = as_stated(at, b.pool(channels_first(at, x), name, window.kernel, window.stride, pads))
    if lengths is not None and largest:
        y = masks.blank(b, y, masks.mask(b, lengths, y.shape[1], y.rank))
    return Wire(y, lengths)


layer(
    "PoolingLayer",
    usage="PoolingLayer[s] is a layer that gives the largest element of every window of size s.\n"
    "PoolingLayer[s, k] moves the window by k. Sizes are numbers, or lists {w}, {h, w}, {h, w, d}.\n"
    '"Function" -> Mean or Total takes the mean (padding counts as zeros) or the total instead of Max.',
    arguments=(KERNEL, STRIDE),
    options=(
        DIMENSIONALITY,
        Parameter("Function", symbol_choice("Max", "Mean", "Total"), "Max, Mean or Total", S.Max),
        INTERLEAVING,
        PADDING,
    ),
    infer=pooling_types,
    lower=pooling_lower,
    check=check_ranks,
    padded=True,
    examples=(
        Example("PoolingLayer[2, 2][{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}]", "{{{5.}}}"),
        Example('PoolingLayer[{2}, "Function" -> Mean][{{1, 2, 4}}]', "{{1.5, 3.}}"),
        Example('PoolingLayer[3, PaddingSize -> "Same", "Function" -> Total][{{1, 2, 4}}]', "{{3., 7., 6.}}"),
    ),
)
