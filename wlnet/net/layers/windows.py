"""What convolution, deconvolution and pooling share: kernels that slide over 1, 2 or 3 spatial dimensions.

Parameters and their forms, the number of dimensions, types in both directions, channels last, and sequences
of different length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wlnet.expr import FALSE, TRUE, S, is_list, items, make_list
from wlnet.net import masks
from wlnet.net.layer import Parameter, Params
from wlnet.net.types import VARYING, Dims, Extent

from .arguments import AUTOMATIC, automatic_or, dims_of, extents, positive, truth_value

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir

RANKS = (1, 2, 3)
NAMES = {1: "{channels, length}", 2: "{channels, height, width}", 3: "{channels, depth, height, width}"}
LAST_NAMES = {1: "{length, channels}", 2: "{height, width, channels}", 3: "{depth, height, width, channels}"}

# ---- parameters


def read_sizes(value: Any) -> Any:
    """N, or {n1, ...} with one number for each of 1 to 3 dimensions."""
    found = dims_of(value)
    return found if found is None or type(found) is int or len(items(found)) in RANKS else None


def read_padding(value: Any) -> Any:
    """N, {n1, ...}, {{before, after}, ...}, "Same", or "Valid", which is 0."""
    name = getattr(value, "name", value)
    if name == "Same":
        return "Same"
    if name == "Valid":
        return 0
    if natural(value):
        return value
    if not is_list(value) or len(items(value)) not in RANKS:
        return None
    parts = [list(items(x)) if is_list(x) else x for x in items(value)]
    if all(natural(x) for x in parts):
        return make_list(parts)
    pairs = all(type(x) is list and len(x) == 2 and all(map(natural, x)) for x in parts)
    return make_list(make_list(x) for x in parts) if pairs else None


def natural(value: Any) -> bool:
    return type(value) is int and value >= 0


SIZES = "a positive integer, or a list of one to three"
PADDING = Parameter(
    "PaddingSize",
    read_padding,
    '"Same", "Valid", an integer that is not negative, a list of them, or a list of pairs {before, after}',
    0,
    symbol=True,
)
KERNEL = Parameter("KernelSize", read_sizes, SIZES)
STRIDE = Parameter("Stride", read_sizes, SIZES, 1)
DILATION = Parameter("Dilation", read_sizes, SIZES, 1)
GROUPS = Parameter("ChannelGroups", positive, "a positive integer", 1)
DIMENSIONALITY = Parameter(
    "Dimensionality",
    automatic_or(lambda value: value if value in RANKS and type(value) is int else None),
    "1, 2, 3 or Automatic",
    AUTOMATIC,
)
INTERLEAVING = Parameter("Interleaving", truth_value, "True or False", FALSE, symbol=True)


def stated_ranks(params: Params) -> dict[str, int]:
    """The number of spatial dimensions by every parameter that fixes it."""
    found = {}
    for name in ("KernelSize", "Stride", "Dilation", "PaddingSize"):
        value = params.get(name)
        if value is not None and is_list(value):
            found[name] = len(items(value))
    if params.get("Dimensionality", AUTOMATIC) is not AUTOMATIC:
        found["Dimensionality"] = params["Dimensionality"]
    return found


def check_ranks(params: Params) -> str | None:
    """What is wrong where parameters state different numbers of dimensions."""
    found = stated_ranks(params)
    if len(set(found.values())) < 2:
        return None
    told = " and ".join(f'{count} by "{name}"' for name, count in found.items())
    return f"The number of spatial dimensions is stated differently: {told}."


# ---- one layer over a known number of dimensions


class Sliding(NamedTuple):
    """A kernel's numbers, one an axis; pads None for "Same"."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    pads: tuple[tuple[int, int], ...] | None

    def reach(self, axis: int) -> int:
        """Elements from the first to the last one under the kernel."""
        return self.dilation[axis] * (self.kernel[axis] - 1) + 1

    def around(self, axis: int, size: int) -> tuple[int, int]:
        """Elements of padding before and after an axis of `size`; an odd one goes to the end."""
        if self.pads is not None:
            return self.pads[axis]
        step = self.stride[axis]
        total = max(0, (-(-size // step) - 1) * step + self.reach(axis) - size)
        return total // 2, total - total // 2


def numbers(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if type(value) is int else extents(value)


def sliding(params: Params, rank: int) -> Sliding:
    padding = params["PaddingSize"]
    pads: tuple[tuple[int, int], ...] | None = None
    if is_list(padding):
        pairs = [items(x) if is_list(x) else (x, x) for x in items(padding)]
        pads = tuple((before, after) for before, after in pairs)
    elif padding != "Same":
        pads = ((padding, padding),) * rank
    kernel, stride = numbers(params["KernelSize"], rank), numbers(params["Stride"], rank)
    return Sliding(kernel, stride, numbers(params.get("Dilation", 1), rank), pads)


def interleaved(params: Params) -> bool:
    return params["Interleaving"] is TRUE


# ---- types


def spatial_rank(t: Typing, weights: Dims | None = None) -> int | None:
    """The number of spatial dimensions, as far as anything tells; ports are given that rank."""
    known = stated_ranks(t.params)
    shapes = [t[port].shape for port in ("Input", "Output")]
    ranks = [*known.values(), *(len(x) - 1 for x in shapes if x is not None)]
    if weights is not None:
        ranks.append(len(weights) - 2)
    if not ranks:
        return None
    rank = ranks[0]
    form = (LAST_NAMES if interleaved(t.params) else NAMES).get(rank) if known else None
    for port, shape in zip(("Input", "Output"), shapes, strict=True):
        if shape is not None and (
            len(shape) - 1 not in RANKS or (form is not None and len(shape) != rank + 1)
        ):
            wanted = f"arrays of rank {rank + 1}, {form}" if form else "arrays of rank 2, 3 or 4"
            raise t.fail(port, wanted, rank_remedy(t, shape, rank if form else 2))
    t.rank("Input", rank + 1)
    t.rank("Output", rank + 1)
    return rank


def rank_remedy(t: Typing, shape: Dims, rank: int) -> str:
    if len(shape) == rank and not interleaved(t.params):
        inside = ", ".join(["1", *("n" if type(x) is not int else str(x) for x in shape)])
        return f"Put a ReshapeLayer such as ReshapeLayer[{{{inside}}}] before it to add a channel."
    return ""


def parts(t: Typing, port: str) -> tuple[Extent, Dims]:
    """(channels, spatial extents) of a port of known rank."""
    shape = t[port].shape
    assert shape is not None
    if interleaved(t.params):
        return shape[-1], shape[:-1]
    if shape[0] is VARYING:
        raise t.fail(
            port,
            "arrays with a fixed number of channels, which come first",
            "Interleaving -> True takes them last.",
        )
    return shape[0], shape[1:]


def tell(t: Typing, port: str, channels: Extent, spatial: Dims) -> None:
    t.shape(port, (*spatial, channels) if interleaved(t.params) else (channels, *spatial))


def forward(t: Typing, window: Sliding, axis: int, size: Extent) -> Extent:
    """The extent of the output of a convolution or pooling."""
    if type(size) is not int:
        return size
    before, after = window.around(axis, size)
    if window.reach(axis) > size + before + after:
        padded = f", {size + before + after} with its padding" if before or after else ""
        kernel = f"a kernel that covers {window.reach(axis)}"
        raise t.fail("Input", f"arrays with at least as many elements as {kernel} along spatial dimension "
                     f"{axis + 1}, which has {size}{padded}")  # fmt: skip
    return (size + before + after - window.reach(axis)) // window.stride[axis] + 1


def backward(window: Sliding, axis: int, size: Extent) -> Extent:
    """The extent of the input that an output needs, where only one would do."""
    if type(size) is not int:
        return size
    if window.stride[axis] != 1:
        return None
    return size if window.pads is None else size - 1 + window.reach(axis) - sum(window.pads[axis])


def slide_types(t: Typing, window: Sliding, forward: Any, backward: Any) -> None:
    """Extents of both ports from one another, channels aside."""
    channels, spatial = parts(t, "Input")
    filters, result = parts(t, "Output")
    for port, own, dims in (("Input", channels, spatial), ("Output", filters, result)):
        if own is VARYING or VARYING in dims[1:]:
            raise t.fail(port, "arrays of which at most the first spatial dimension varies")
    found = tuple(forward(t, window, axis, size) for axis, size in enumerate(spatial))
    tell(t, "Output", filters, found)
    needed = [backward(window, axis, size) for axis, size in enumerate(result)]
    if any(type(x) is int and x < 1 for x in needed):
        raise t.fail("Output", "arrays that some input gives")
    tell(t, "Input", channels, tuple(needed))


# ---- lowering


def channels_first(at: Lowering, x: ir.Value) -> ir.Value:
    """Values (N, C, S...) of a port, in which channels may come last."""
    return at.b.transpose(x, (0, x.rank - 1, *range(1, x.rank - 1))) if interleaved(at.params) else x


def as_stated(at: Lowering, y: ir.Value) -> ir.Value:
    """The way back."""
    return at.b.transpose(y, (0, *range(2, y.rank), 1)) if interleaved(at.params) else y


def floor_div(b: ir.Builder, x: ir.Value, divisor: int) -> ir.Value:
    """Lengths divided, rounded down (exact below 2^24)."""
    if divisor == 1:
        return x
    return b.cast(b.floor(b.div(b.cast(x, "f32"), float(divisor))), x.dtype)


def sequences(
    at: Lowering, x: ir.Value, window: Sliding, filler: float = 0.0
) -> tuple[ir.Value, list[tuple[int, int]], ir.Value | None]:
    """Input for a window op: x (N, L, ...) without what is padding, the pads of every axis,
    and the lengths of the outputs.

    `filler` stands for what lies beyond the end of a sequence.
    """
    sizes = x.shape[1:-1] if interleaved(at.params) else x.shape[2:]
    pads = [window.around(axis, size) for axis, size in enumerate(sizes)]
    if not at.net.inputs["Input"].varies:
        return x, pads, None
    lengths = at.lengths.get("Input")
    reach, step = window.reach(0), window.stride[0]
    if window.pads is not None:
        need = reach - sum(window.pads[0])
        if need > 1:
            at.demand(f"sequences of at least {need} elements", known_lengths(at, x), need)
    result = None
    if lengths is not None:
        x = at.blank("Input", x, filler)
        if window.pads is None:
            result = floor_div(at.b, at.b.add(lengths, step - 1), step)
            x, pads[0] = same_for_each(at, x, lengths, window, filler)
        else:
            result = floor_div(at.b, at.b.add(lengths, sum(window.pads[0]) - reach + step), step)
    short = reach - sum(pads[0]) - x.shape[1]
    if short > 0:  # the demand stops what is too short before it is run
        pads[0] = (pads[0][0], pads[0][1] + short)
    return x, pads, result


def known_lengths(at: Lowering, x: ir.Value) -> ir.Value:
    found = at.lengths.get("Input")
    return at.constant_lengths(x) if found is None else found


def same_for_each(
    at: Lowering, x: ir.Value, lengths: ir.Value, window: Sliding, filler: float
) -> tuple[ir.Value, tuple[int, int]]:
    """Sequences with the padding that "Same" puts before each of them, and what is left to pad."""
    b, extent, reach, step = at.b, x.shape[1], window.reach(0), window.stride[0]
    count = -(-extent // step)  # windows over the longest
    if step == 1:
        before = (reach - 1) // 2
        return x, (before, max(0, reach - 1 - before))
    steps = floor_div(b, b.add(lengths, step - 1), step)
    total = b.maximum(b.sub(b.add(b.mul(b.sub(steps, 1), step), reach), lengths), 0)
    before_each = floor_div(b, total, 2)
    size = (count - 1) * step + reach
    places = b.broadcast_to(b.iota(shape=(1, size), axis=1, dtype=lengths.dtype), (x.shape[0], size))
    index = b.sub(places, b.reshape(before_each, (-1, 1)))
    inside = b.logical_and(b.greater_equal(index, 0), b.less(index, b.reshape(lengths, (-1, 1))))
    found = masks.at_places(b, x, index)
    wide = b.reshape(inside, (*inside.shape, *(1,) * (x.rank - 2)))
    return masks.blank(b, found, wide, filler), (0, 0)


def symbol_choice(*names: str) -> Any:
    """One of some symbols."""

    def read(value: Any) -> Any:
        name = getattr(value, "name", value)
        return getattr(S, name) if type(name) is str and name in names else None

    return read
