"""ConvolutionLayer and DeconvolutionLayer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wlnet.net.errors import ConflictError
from wlnet.net.layer import ArrayField, Example, Parameter, layer
from wlnet.net.lower import Wire
from wlnet.net.types import VARYING, Extent

from .arguments import AUTOMATIC, positive
from .windows import (
    DILATION,
    DIMENSIONALITY,
    GROUPS,
    INTERLEAVING,
    KERNEL,
    PADDING,
    STRIDE,
    Sliding,
    as_stated,
    backward,
    channels_first,
    check_ranks,
    forward,
    interleaved,
    known_lengths,
    parts,
    sequences,
    slide_types,
    sliding,
    spatial_rank,
    tell,
)

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.layer import Params
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

CHANNELS = Parameter("OutputChannels", positive, "a positive integer")
OPTIONS = (GROUPS, DILATION, DIMENSIONALITY, INTERLEAVING, PADDING, STRIDE)
ARRAYS = (ArrayField("Weights"), ArrayField("Biases", "biases", optional=True))


def check(params: Params) -> str | None:
    groups, filters = params["ChannelGroups"], params["OutputChannels"]
    if filters % groups:
        return f"{filters} output channels cannot be divided into {groups} groups."
    return check_ranks(params)


def kernel_window(t: Typing) -> Sliding | None:
    """The layer's kernel, None while the number of spatial dimensions is not known."""
    known = t.array("Weights")
    if known is not None and len(known) not in (3, 4, 5):
        raise ConflictError("Weights", "an array of rank 3, 4 or 5", f"one of rank {len(known)}")
    rank = spatial_rank(t, known)
    return None if rank is None else sliding(t.params, rank)


def grouped(t: Typing, port: str, channels: Extent) -> Extent:
    """Channels of one group, None where they are not known; a conflict where they cannot be divided."""
    groups = t.params["ChannelGroups"]
    if type(channels) is not int:
        return None
    if channels % groups:
        raise t.fail(port, f"arrays whose channels can be divided into {groups} groups")
    return channels // groups


def times(extent: Extent, groups: int) -> Extent:
    return extent * groups if type(extent) is int else None


# ---- ConvolutionLayer


def convolution_types(t: Typing) -> None:
    t.real("Input", "Output")
    filters, groups = t.params["OutputChannels"], t.params["ChannelGroups"]
    t.array("Biases", (filters,))
    window = kernel_window(t)
    if window is None:
        return
    channels, spatial = parts(t, "Input")
    weights = t.array("Weights", (filters, grouped(t, "Input", channels), *window.kernel))
    assert weights is not None
    tell(t, "Input", times(weights[1], groups), spatial)
    tell(t, "Output", filters, (None,) * len(spatial))
    slide_types(t, window, forward, backward)


def biased(at: Lowering, y: ir.Value) -> ir.Value:
    """The biases (F) added to y (N, F, ...)."""
    biases = at.array("Biases")
    return y if biases is None else at.b.add(y, at.b.reshape(biases, (-1, *(1,) * (y.rank - 2))))


def convolution_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    window = sliding(at.params, ins["Input"].rank - 2)
    x, pads, lengths = sequences(at, ins["Input"], window)
    y = at.b.convolution(
        channels_first(at, x),
        at.need("Weights"),
        window.stride,
        window.dilation,
        pads,
        at.params["ChannelGroups"],
    )
    return Wire(as_stated(at, biased(at, y)), lengths)


def input_channels(net: Net) -> Any:
    """The number of channels at the input, Automatic while it is not known."""
    shape = net.inputs["Input"].shape
    if shape is None:
        return AUTOMATIC
    channels = shape[-1 if interleaved(net.params) else 0]
    return channels if type(channels) is int else AUTOMATIC


DERIVED = {"InputChannels": input_channels}


def convolution_fans(name: str, dims: tuple[int, ...]) -> tuple[int, int]:
    """What reaches an output, and the outputs that an input reaches."""
    return math.prod(dims[1:]), dims[0] * math.prod(dims[2:])


layer(
    "ConvolutionLayer",
    usage="ConvolutionLayer[n, s] is a trainable layer that slides n kernels of size s over its input.\n"
    "ConvolutionLayer[n, {s}], [n, {h, w}], [n, {h, w, d}] work over one, two or three spatial dimensions.\n"
    "The input is an array {channels, d1, ...}, or with Interleaving -> True {d1, ..., channels}. Options "
    'are\n"Stride", PaddingSize (a number, a list, pairs, or "Same"), "Dilation" and "ChannelGroups".',
    arguments=(CHANNELS, KERNEL),
    options=OPTIONS,
    arrays=ARRAYS,
    infer=convolution_types,
    lower=convolution_lower,
    fans=convolution_fans,
    check=check,
    padded=True,
    derived=DERIVED,
    examples=(
        Example(
            'ConvolutionLayer[1, {2}, "Weights" -> {{{1, 2}}}, "Biases" -> {10}][{{1, 2, 3}}]', "{{15., 18.}}"
        ),
        Example(
            'ConvolutionLayer[1, 2, "Weights" -> {{{{1, 1}, {1, 1}}}}, "Biases" -> None, PaddingSize -> '
            '"Same"][{{{1, 2}, {3, 4}}}]',
            "{{{10., 6.}, {7., 4.}}}",
        ),
        Example(
            'NetExtract[ConvolutionLayer[4, 3, "Stride" -> 2, "Input" -> {1, 9, 7}], "Output"]', "{4, 4, 3}"
        ),
    ),
)

# ---- DeconvolutionLayer


def spread(t: Typing, window: Sliding, axis: int, size: Extent) -> Extent:
    """The extent of the output of a deconvolution."""
    if type(size) is not int:
        return size
    found = deconvolved(window, axis, size)
    if found < 1:
        raise t.fail("Input", "arrays of which something is left when the padding is cut off")
    return found


def deconvolved(window: Sliding, axis: int, size: int) -> int:
    return window.stride[axis] * (size - 1) + window.reach(axis) - sum(cut(window, axis))


def cut(window: Sliding, axis: int) -> tuple[int, int]:
    """What is taken off the ends of the output, below 0 added to them: "Same" gives in * stride elements."""
    if window.pads is not None:
        return window.pads[axis]
    total = window.reach(axis) - window.stride[axis]
    before = max(0, total // 2)
    return before, total - before


def gathered(window: Sliding, axis: int, size: Extent) -> Extent:
    """The extent of the input that gives an output."""
    if type(size) is not int:
        return size
    wide, rest = divmod(size + sum(cut(window, axis)) - window.reach(axis), window.stride[axis])
    return wide + 1 if rest == 0 else 0


def deconvolution_types(t: Typing) -> None:
    t.real("Input", "Output")
    filters, groups = t.params["OutputChannels"], t.params["ChannelGroups"]
    t.array("Biases", (filters,))
    window = kernel_window(t)
    if window is None:
        return
    channels, spatial = parts(t, "Input")
    grouped(t, "Input", channels)
    channels = None if channels is VARYING else channels
    weights = t.array("Weights", (channels, filters // groups, *window.kernel))
    assert weights is not None
    tell(t, "Input", weights[0], spatial)
    tell(t, "Output", filters, (None,) * len(spatial))
    slide_types(t, window, spread, gathered)


def deconvolution_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    b, x = at.b, ins["Input"]
    rank = x.rank - 2
    window = sliding(at.params, rank)
    pads = [cut(window, axis) for axis in range(rank)]
    lengths = at.lengths.get("Input")
    if at.net.inputs["Input"].varies:
        need = -(-(sum(pads[0]) + 1 - window.reach(0)) // window.stride[0]) + 1
        if need > 1:
            at.demand(f"sequences of at least {need} elements", known_lengths(at, x), need)
            x = b.pad(x, [(0, 0), (0, max(0, need - x.shape[1])), *[(0, 0)] * (x.rank - 2)])
    if lengths is not None:
        x = at.blank("Input", x)
        lengths = b.add(b.mul(lengths, window.stride[0]), window.reach(0) - window.stride[0] - sum(pads[0]))
    groups = at.params["ChannelGroups"]
    x = channels_first(at, x)
    y = b.deconvolution(x, at.need("Weights"), window.stride, window.dilation, pads, groups)
    return Wire(as_stated(at, biased(at, y)), lengths)


layer(
    "DeconvolutionLayer",
    usage="DeconvolutionLayer[n, s] is a trainable layer that spreads its input over n channels with\n"
    "kernels of size s: the transpose of a convolution.\n"
    '"Stride" -> k makes the output k times as large, PaddingSize cuts off its ends.',
    arguments=(CHANNELS, KERNEL),
    options=OPTIONS,
    arrays=ARRAYS,
    infer=deconvolution_types,
    lower=deconvolution_lower,
    fans=lambda name, dims: (dims[0] * math.prod(dims[2:]), math.prod(dims[1:])),
    check=check,
    padded=True,
    derived=DERIVED,
    examples=(
        Example(
            'DeconvolutionLayer[1, {2}, "Weights" -> {{{1, 2}}}, "Biases" -> None, "Stride" -> 2][{{1, 3}}]',
            "{{1., 2., 3., 6.}}",
        ),
        Example(
            'DeconvolutionLayer[1, {3}, "Weights" -> {{{1, 10, 100}}}, "Biases" -> {0}, PaddingSize -> '
            "1][{{1, 2}}]",
            "{{12., 120.}}",
        ),
    ),
)  # fmt: skip
