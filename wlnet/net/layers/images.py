"""Layers for pictures: ResizeLayer, SpatialTransformationLayer, ImageAugmentationLayer,
LocalResponseNormalizationLayer.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.net.layer import Example, Parameter, layer
from wlnet.net.types import ANY, VARYING, Dims, Extent

from .arguments import AUTOMATIC, choice, positive, real_between
from .elementwise import same_real
from .windows import INTERLEAVING, interleaved

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.layer import Params
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir

# ---- ResizeLayer


def read_sizes(value: Any) -> Any:
    """{d1, ...}: positive integers, Scaled[r] with r > 0, or All."""
    if not is_list(value) or not items(value):
        return None
    fits = all(x is S.All or positive(x) is not None or scale_of(x) is not None for x in items(value))
    return make_list(items(value)) if fits else None


def scale_of(value: Any) -> float | None:
    """The factor of Scaled[r]."""
    if type(value) is Expr and value.head is S.Scaled and len(value.args) == 1:
        factor = value.args[0]
        if type(factor) in (int, float, Fraction) and 0 < factor < float("inf"):
            return float(factor)
    return None


def resized(spec: Any, size: Extent) -> Extent:
    """The extent of one output dimension."""
    if type(spec) is int:
        return spec
    factor = scale_of(spec)
    if factor is None or type(size) is not int:
        return size if factor is None else None
    return max(1, round(factor * size))  # half to even, as Round does


def resize_types(t: Typing) -> None:
    t.real("Input", "Output")
    sizes = items(t.params["Dimensions"])
    rank = len(sizes)
    last = interleaved(t.params)
    for port in ("Input", "Output"):
        shape = t[port].shape
        if shape is not None and len(shape) != rank + 1:
            form = f"{rank} dimensions and {'then' if last else 'before them'} the channels"
            raise t.fail(port, f"arrays of rank {rank + 1}: {form}")
        t.fixed(port, "A NetMapOperator resizes every element of a sequence.")
    given, result = t.rank("Input", rank + 1), t.rank("Output", rank + 1)
    places = range(rank) if last else range(1, rank + 1)
    wanted: list[Extent] = list(given)
    needed: list[Extent] = list(result)
    for axis, spec in zip(places, sizes, strict=True):
        wanted[axis] = resized(spec, given[axis])
        needed[axis] = result[axis] if spec is S.All else None
    t.shape("Output", tuple(wanted))
    t.shape("Input", tuple(needed))


def resize_method(params: Params) -> tuple[str, str]:
    """Scheme and method in the runtime's words."""
    method = "linear" if params["Resampling"] is AUTOMATIC else params["Resampling"].lower()
    if params["Scheme"] is AUTOMATIC:
        return "point" if method == "linear" else "bin", method
    return params["Scheme"].lower(), method


def resize_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x = ins["Input"]
    scheme, method = resize_method(at.params)
    first = 1 if interleaved(at.params) else 2
    for axis, spec in enumerate(items(at.params["Dimensions"]), first):
        count = resized(spec, x.shape[axis])
        assert type(count) is int
        if count != x.shape[axis]:
            x = at.b.resize(x, axis, count, scheme, method)
    return x


def automatic_choice(*names: str) -> Any:
    read = choice(*names)
    return lambda value: value if value is AUTOMATIC else read(value)


layer(
    "ResizeLayer",
    usage="ResizeLayer[{d1, d2, ...}] is a layer that resizes every channel of {channels, n1, n2, ...} to\n"
    "the dimensions d1, d2, ...; each is a number, Scaled[r], or All, which leaves it.\n"
    'Resampling -> "Nearest" takes the nearest element instead of the line between two; "Scheme" is "Point" '
    '(ends on ends) or "Bin".',
    arguments=(
        Parameter("Dimensions", read_sizes, "a list of positive integers, Scaled[r] with r > 0, or All"),
    ),
    options=(
        INTERLEAVING,
        Parameter(
            "Resampling",
            automatic_choice("Linear", "Nearest"),
            'Automatic, "Linear" or "Nearest"',
            AUTOMATIC,
            symbol=True,
        ),
        Parameter("Scheme", automatic_choice("Point", "Bin"), 'Automatic, "Point" or "Bin"', AUTOMATIC),
    ),
    infer=resize_types,
    lower=resize_lower,
    examples=(
        Example("ResizeLayer[{3, 3}][{{{1, 2}, {3, 4}}}]", "{{{1., 1.5, 2.}, {2., 2.5, 3.}, {3., 3.5, 4.}}}"),
        Example('ResizeLayer[{Scaled[2]}, "Scheme" -> "Bin"][{{0, 4}}]', "{{0., 1., 3., 4.}}"),
        Example('ResizeLayer[{Scaled[2]}, Resampling -> "Nearest"][{{1, 2}}]', "{{1., 1., 2., 2.}}"),
    ),
)

# ---- SpatialTransformationLayer


def read_plane(value: Any) -> Any:
    """{height, width}."""
    fits = is_list(value) and len(items(value)) == 2 and all(positive(x) is not None for x in items(value))
    return make_list(items(value)) if fits else None


PLANE = Parameter("Dimensions", read_plane, "a list {height, width} of positive integers")


def plane_types(t: Typing) -> tuple[Dims, Dims]:
    """Both ports as {channels, height, width}, with the output's dimensions; their shapes."""
    t.real("Input", "Output")
    shape = t["Input"].shape
    if shape is not None and (len(shape) != 3 or VARYING in shape):
        raise t.fail("Input", "arrays {channels, height, width}")
    t.rank("Input", 3)
    result = t.shape("Output", (None, *items(t.params["Dimensions"])))
    for port, other in (("Input", "Output"), ("Output", "Input")):
        known = t[port].shape
        assert known is not None
        t.shape(other, (known[0], None, None))
    shape = t["Input"].shape
    assert shape is not None and result is not None
    return shape, result


def transformation_types(t: Typing) -> None:
    plane_types(t)
    t.real("Parameters")
    t.shape("Parameters", (6,))


def transformation_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    """Source points of the target's points in coordinates from -1 to 1, corner to corner."""
    b, x, parameters = at.b, ins["Input"], ins["Parameters"]
    height, width = items(at.params["Dimensions"])
    across, down = (np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in (width, height))
    grid = np.stack(
        [np.tile(across, height), np.repeat(down, width), np.ones(height * width)]
    )  # 3 rows: X, Y, 1
    points = b.dot(b.reshape(parameters, (-1, 3)), b.constant(grid, at.dtype))
    points = b.reshape(points, (x.shape[0], 2, height * width))
    columns, rows = (
        b.mul(b.add(b.index_axis(points, 1, k), 1), (size - 1) / 2)
        for k, size in ((0, x.shape[3]), (1, x.shape[2]))
    )
    return b.reshape(b.sample_plane(x, rows, columns), (*x.shape[:2], height, width))


layer(
    "SpatialTransformationLayer",
    usage="SpatialTransformationLayer[{h, w}] is a layer that samples {channels, height, width} on\n"
    'an affinely transformed grid of h x w points. The port "Parameters" takes {zh, sh, th, sv, zv, tv}:\n'
    "the point (x, y) of the output, with coordinates from -1 to 1, shows the input at\n"
    "(zh x + sh y + th, sv x + zv y + tv); 0 lies outside.",
    arguments=(PLANE,),
    inputs={"Input": ANY, "Parameters": ANY},
    infer=transformation_types,
    lower=transformation_lower,
    examples=(
        Example(
            'SpatialTransformationLayer[{2, 2}][<|"Input" -> {{{1, 2}, {3, 4}}}, '
            '"Parameters" -> {1, 0, 0, 0, 1, 0}|>]',
            "{{{1., 2.}, {3., 4.}}}",
        ),
        Example(
            'SpatialTransformationLayer[{1, 3}][<|"Input" -> {{{1, 3}, {5, 7}}}, '
            '"Parameters" -> {1, 0, 1, 0, 1, 1}|>]',
            "{{{6., 7., 3.5}}}",
        ),
    ),
)

# ---- ImageAugmentationLayer


def read_probabilities(value: Any) -> Any:
    """{vertical, horizontal}."""
    if not is_list(value) or len(items(value)) != 2:
        return None
    read = real_between(0, 1)
    found = [read(x) for x in items(value)]
    return None if None in found else make_list(found)


def augmentation_types(t: Typing) -> None:
    shape, _ = plane_types(t)
    for extent, wanted in zip(shape[1:], items(t.params["Dimensions"]), strict=True):
        if type(extent) is int and extent < wanted:
            height, width = items(t.params["Dimensions"])
            raise t.fail("Input", f"arrays {{channels, height, width}} of at least {height} x {width} pixels")


def augmentation_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    sizes = items(at.params["Dimensions"])
    spare = [have - want for have, want in zip(x.shape[2:], sizes, strict=True)]
    if not at.training:
        starts = (0, 0, *(extra // 2 for extra in spare))
        return b.slice(x, starts, (*x.shape[:2], *(s + n for s, n in zip(starts[2:], sizes, strict=True))))
    count = x.shape[0]
    drawn = b.random_uniform((4, count))
    starts = [
        b.cast(b.floor(b.mul(b.index_axis(drawn, 0, k), float(extra + 1))), "i64")
        for k, extra in enumerate(spare)
    ]
    flips = [
        b.less(b.index_axis(drawn, 0, 2 + k), float(p))
        for k, p in enumerate(items(at.params["ReflectionProbabilities"]))
    ]
    return b.crop_each(x, starts, sizes, flips)


layer(
    "ImageAugmentationLayer",
    usage="ImageAugmentationLayer[{h, w}] is a layer that cuts h x w pixels out of\n"
    "{channels, height, width}: at a random place in training, in the middle otherwise.\n"
    '"ReflectionProbabilities" -> {v, h} also turns pictures upside down and left to right in training.',
    arguments=(PLANE,),
    options=(
        Parameter(
            "ReflectionProbabilities",
            read_probabilities,
            "a list {vertical, horizontal} of numbers between 0 and 1",
            make_list([0, 0]),
        ),
    ),
    infer=augmentation_types,
    lower=augmentation_lower,
    random=True,
    examples=(
        Example("ImageAugmentationLayer[{1, 2}][{{{1, 2, 3, 4}, {5, 6, 7, 8}}}]", "{{{2., 3.}}}"),
        Example("ImageAugmentationLayer[{1, 1}][{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}]", "{{{5.}}}"),
    ),
)

# ---- LocalResponseNormalizationLayer


def response_types(t: Typing) -> None:
    same_real(t)
    shape, window = t["Input"].shape, t.params["ChannelWindowSize"]
    if shape is not None and (len(shape) != 3 or VARYING in shape):
        raise t.fail("Input", "arrays {channels, height, width}")
    channels = t.rank("Input", 3)[0]
    if type(channels) is int and channels < 2 * window + 1:
        raise t.fail(
            "Input",
            f"arrays of at least {2 * window + 1} channels, as many as its window",
            f'Set "ChannelWindowSize" -> {max(0, (channels - 1) // 2)} or less.',
        )
    t.same("Input", "Output")


def response_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    p = at.params
    return at.b.local_response(ins["Input"], p["ChannelWindowSize"], p["Alpha"], p["Beta"], p["Bias"])


ANY_REAL = real_between(float("-inf"), float("inf"))

layer(
    "LocalResponseNormalizationLayer",
    usage="LocalResponseNormalizationLayer[] is a layer that divides every number of\n"
    "{channels, height, width} by (Bias + Alpha/(2 c + 1) s)^Beta,\n"
    "where s is the sum of squares over the channels at most "
    'c = "ChannelWindowSize" away.',
    options=(
        Parameter("Alpha", ANY_REAL, "a number", 1.0),
        Parameter("Beta", ANY_REAL, "a number", 0.5),
        Parameter("Bias", ANY_REAL, "a number", 1.0),
        Parameter(
            "ChannelWindowSize",
            lambda value: value if type(value) is int and value >= 0 else None,
            "an integer that is not negative",
            2,
        ),
    ),
    infer=response_types,
    lower=response_lower,
    examples=(
        Example(
            'LocalResponseNormalizationLayer["ChannelWindowSize" -> 1, "Alpha" -> 3, "Beta" -> 1][{{{1}}, '
            "{{2}}, {{3}}}]",
            "{{{0.166667}}, {{0.133333}}, {{0.214286}}}",
        ),
    ),
)
