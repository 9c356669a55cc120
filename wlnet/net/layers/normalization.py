"""Normalization: BatchNormalizationLayer, NormalizationLayer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items, make_list
from wlnet.net import masks, types
from wlnet.net.layer import ArrayField, Example, Parameter, layer
from wlnet.net.types import VARYING

from .arguments import NONE, axes, choice, level_spec, real_between, truth_value
from .elementwise import level_text, same_real

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir

EPSILON = Parameter("Epsilon", real_between(0, float("inf")), "a number that is not negative", 0.001)
INTERLEAVING = Parameter("Interleaving", truth_value, "True or False", FALSE, symbol=True)

# ---- BatchNormalizationLayer

CHANNEL_ARRAYS = ("Scaling", "Biases", "MovingMean", "MovingVariance")


def batch_types(t: Typing) -> None:
    same_real(t)
    shape = t["Input"].shape
    last = t.params["Interleaving"] is TRUE
    if shape == ():
        raise t.fail("Input", "vectors or higher arrays")
    channels = None if shape is None else shape[-1 if last else 0]
    if channels is VARYING:
        raise t.fail(
            "Input", "arrays with a fixed number of channels", "Interleaving -> True takes channels last."
        )
    for name in CHANNEL_ARRAYS:
        dims = t.array(name, (channels,))
        channels = dims[0] if dims else channels
    if shape is not None:
        rest = (None,) * (len(shape) - 1)
        t.shape("Input", (*rest, channels) if last else (channels, *rest))


def batch_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x, epsilon = at.b, ins["Input"], at.params["Epsilon"]
    axis = x.rank - 1 if at.params["Interleaving"] is TRUE else 1
    scale, bias = at.need("Scaling"), at.need("Biases")
    mean, variance = at.need("MovingMean"), at.need("MovingVariance")
    if not at.training:
        return b.batch_norm_inference(x, scale, bias, mean, variance, axis, epsilon)
    present = present_rows(at, x)
    if present is None:
        y, now_mean, now_variance = b.batch_norm(x, scale, bias, axis, epsilon)
    else:
        y, now_mean, now_variance = masked_batch_norm(at, x, present, axis)
    momentum = at.params["Momentum"]
    if momentum < 1:
        for name, new in (("MovingMean", now_mean), ("MovingVariance", now_variance)):
            fresh = b.add(b.mul(at.latest(name), momentum), b.mul(b.stop_gradient(new), 1 - momentum))
            at.set_array(name, fresh)
    return y


def present_rows(at: Lowering, x: ir.Value) -> ir.Value | None:
    """Which elements of `x` are no padding, truth values of its rank; None where all are."""
    b, inside = at.b, at.mask("Input", x.shape[1], x.rank) if x.rank > 1 else None
    if at.rows is None:
        return inside
    rows = masks.column(b, at.rows, x.rank)
    return rows if inside is None else b.logical_and(inside, b.broadcast_to(rows, inside.shape))


def masked_batch_norm(
    at: Lowering, x: ir.Value, present: ir.Value, axis: int
) -> tuple[ir.Value, ir.Value, ir.Value]:
    """`batch_norm` with the statistics of what is `present` alone."""
    b = at.b
    over = [k for k in range(x.rank) if k != axis]
    shape = [x.shape[axis] if k == axis else 1 for k in range(x.rank)]
    elements = math.prod(x.shape[k] for k in over) // math.prod(present.shape)
    count = b.mul(b.sum(b.cast(present, x.dtype)), float(elements))

    def mean(value: ir.Value) -> ir.Value:
        found: ir.Value = b.div(masks.total(b, value, present, over, keepdims=True), count)
        return found

    centre = mean(x)
    centred = b.sub(x, centre)
    spread = mean(b.square(centred))
    y = b.mul(centred, b.reciprocal(b.sqrt(b.add(spread, at.params["Epsilon"]))))
    y = b.add(b.mul(y, b.reshape(at.need("Scaling"), shape)), b.reshape(at.need("Biases"), shape))
    return y, b.reshape(centre, (x.shape[axis],)), b.reshape(spread, (x.shape[axis],))


layer(
    "BatchNormalizationLayer",
    usage="BatchNormalizationLayer[] is a layer that normalizes each channel by its mean and variance: over "
    "the batch while\n"
    "training, by moving averages otherwise; then it scales and shifts.",
    options=(
        EPSILON,
        INTERLEAVING,
        Parameter("Momentum", real_between(0, 1), "a number between 0 and 1", 0.9),
    ),
    arrays=(
        ArrayField("Scaling", "constant", 1.0),
        ArrayField("Biases", "constant", 0.0),
        ArrayField("MovingMean", "constant", 0.0, group="state"),
        ArrayField("MovingVariance", "constant", 1.0, group="state"),
    ),
    infer=batch_types,
    lower=batch_lower,
    padded=True,
    examples=(
        Example(
            'BatchNormalizationLayer["Scaling" -> {2, 1}, "Biases" -> {0, 1}, "MovingMean" -> {1, 0}, '
            '"MovingVariance" -> {4, 1}, "Epsilon" -> 0][{3, 5}]',
            "{2., 6.}",
        ),
    ),
)

# ---- NormalizationLayer


def read_scaling(value: Any) -> Any:
    return value if value in ("Same", "Complement") else level_spec(value)


def read_groups(value: Any) -> Any:
    if value is NONE:
        return value
    parts = items(value) if is_list(value) else (value,)
    return make_list(parts) if parts and all(type(x) is int and x > 0 for x in parts) else None


def scaling_axes(params: dict[str, Any], rank: int) -> tuple[int, ...] | None:
    chosen = axes(params["AggregationLevels"], rank)
    spec = params["ScalingLevels"]
    if chosen is None:
        return None
    if spec == "Same":
        return chosen
    if spec == "Complement":
        return tuple(axis for axis in range(rank) if axis not in chosen)
    return axes(spec, rank)


def normalization_types(t: Typing) -> None:
    same_real(t)
    shape = t["Input"].shape
    if shape is None:
        return
    chosen, scaled = axes(t.params["AggregationLevels"], len(shape)), scaling_axes(t.params, len(shape))
    if chosen is None or scaled is None or not shape:
        raise t.fail("Input", f"arrays with the levels {level_text(t.params['AggregationLevels'])}")
    if any(shape[axis] is VARYING for axis in scaled):
        raise t.fail(
            "Input",
            "arrays whose scaled levels are fixed",
            'State other levels, as in NormalizationLayer[2, "Same"].',
        )
    groups = t.params["GroupNumber"]
    if groups is not NONE:
        check_groups(t, chosen, items(groups), shape)
    full = list(shape)
    for name in ("Scaling", "Biases"):
        dims = t.array(name, tuple(full[axis] for axis in scaled))
        for axis, extent in zip(scaled, dims or (), strict=False):
            full[axis] = extent
    t.shape("Input", tuple(full))


def check_groups(t: Typing, chosen: tuple[int, ...], groups: tuple[int, ...], shape: types.Dims) -> None:
    if len(groups) > len(chosen):
        raise t.fail("Input", f"at most {len(chosen)} group numbers, one for each aggregated level")
    for axis, count in zip(chosen, groups, strict=False):
        extent = shape[axis]
        if extent is VARYING and count > 1:
            raise t.fail("Input", f"arrays whose level {axis + 1}, which is divided into groups, is fixed")
        if type(extent) is int and extent % count:
            raise t.fail("Input", f"arrays whose level {axis + 1} can be divided into {count} groups")


def normalization_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x, params = at.b, ins["Input"], at.params
    rank = x.rank - 1
    chosen, scaled = axes(params["AggregationLevels"], rank), scaling_axes(params, rank)
    assert chosen is not None and scaled is not None
    scaling, biases = at.array("Scaling"), at.array("Biases")
    if of_rows(params, rank, chosen, scaled) and scaling is not None and biases is not None:
        return b.layer_norm(x, scaling, biases, params["Epsilon"])
    groups = (
        {} if params["GroupNumber"] is NONE else dict(zip(chosen, items(params["GroupNumber"]), strict=False))
    )
    shape, over = [x.shape[0]], []
    for axis, extent in enumerate(x.shape[1:]):
        if axis in groups:
            shape.append(groups[axis])
            extent //= groups[axis]
        if axis in chosen:
            over.append(len(shape))
        shape.append(extent)
    split = b.reshape(x, shape)
    lengths = at.lengths.get("Input") if 0 in chosen else None

    def mean(value: ir.Value) -> ir.Value:
        if lengths is not None:
            return masks.mean(b, value, lengths, over, keepdims=True)
        found: ir.Value = b.mean(value, over, keepdims=True)
        return found

    centred = split
    if params["Method"] == "Standardize":
        centred = b.sub(split, mean(split))
    power = mean(b.square(centred))
    if params["Unbiased"] is TRUE:
        power = unbiased(b, power, math.prod(shape[axis] for axis in over), shape, lengths)
    y = b.reshape(b.mul(centred, b.reciprocal(b.sqrt(b.add(power, params["Epsilon"])))), x.shape)
    thin = [1, *(extent if axis in scaled else 1 for axis, extent in enumerate(x.shape[1:]))]
    if scaling is not None:
        y = b.mul(y, b.reshape(scaling, thin))
    return y if biases is None else b.add(y, b.reshape(biases, thin))


def of_rows(params: dict[str, Any], rank: int, chosen: tuple[int, ...], scaled: tuple[int, ...]) -> bool:
    """Whether each row (the last level) is standardized and scaled by itself: there is an op for that."""
    plain = (
        params["Method"] == "Standardize" and params["Unbiased"] is FALSE and params["GroupNumber"] is NONE
    )
    return plain and chosen == scaled == (rank - 1,)


def unbiased(
    b: ir.Builder, power: ir.Value, count: int, shape: list[int], lengths: ir.Value | None
) -> ir.Value:
    """A mean of `count` squares as their sum divided by one less; of a single one it stays."""
    if lengths is None:
        return b.mul(power, count / (count - 1)) if count > 1 else power
    counts = b.mul(b.cast(lengths, power.dtype), float(count // shape[1]))
    factor = b.div(counts, b.maximum(b.sub(counts, 1.0), 1.0))
    found: ir.Value = b.mul(power, masks.column(b, factor, power.rank))
    return found


layer(
    "NormalizationLayer",
    usage="NormalizationLayer[] is a layer that normalizes over the levels 2;;All, then scales and shifts.\n"
    "NormalizationLayer[levels] normalizes over other levels.\n"
    'NormalizationLayer[levels, scalinglevels] states where scaling differs: levels, "Same" or "Complement".',
    arguments=(
        Parameter(
            "AggregationLevels", level_spec, "a level, a span, or a list of levels", Expr(S.Span, (2, S.All))
        ),
        Parameter(
            "ScalingLevels", read_scaling, '"Same", "Complement", a level, a span, or a list', "Complement"
        ),
    ),
    options=(
        EPSILON,
        Parameter("GroupNumber", read_groups, "None, a positive integer, or a list of them", NONE),
        Parameter(
            "Method", choice("Standardize", "RMS"), '"Standardize" or "RMS"', "Standardize", symbol=True
        ),
        Parameter("Unbiased", truth_value, "True or False", FALSE),
    ),
    arrays=(
        ArrayField("Scaling", "constant", 1.0, optional=True),
        ArrayField("Biases", "constant", 0.0, optional=True),
    ),
    infer=normalization_types,
    lower=normalization_lower,
    padded=True,
    examples=(
        Example(
            'NormalizationLayer[1, "Scaling" -> None, "Biases" -> None][{1, 2, 3, 4}]',
            "{-1.3411, -0.447035, 0.447035, 1.3411}",
        ),
    ),
)
