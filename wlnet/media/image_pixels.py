"""Images with other values in their pixels: colour spaces, contrast, thresholds, functions of pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, array_in, is_list, items, make_list, packed, to_array
from wlnet.kernel.registry import builtin

from .colors import color_expression, gradient_of, number, palette, rgba
from .image import Image, arithmetic, of_unit, to_space
from .image_values import NOT_IMAGE, image_function, read_space
from .spaces import SPACES, convert

BINS = 256  # of the histogram from which Binarize finds its threshold: as many as a byte has values


@builtin("ColorConvert", messages=NOT_IMAGE)
def color_convert(ev: Any, e: Any, space: Any) -> Any:
    """ColorConvert[image, "Grayscale"] is an image in another colour space: "Grayscale", "RGB", "HSB",
    "CMYK", "XYZ" or "LAB". ColorConvert[color, space] converts a colour.

    >>> ImageData[ColorConvert[Image[{{{1, 0, 0}, {0, 0, 1}}}], "Grayscale"]]
    {{0.299, 0.114}}
    >>> {ColorConvert[Red, "HSB"], ColorConvert[GrayLevel[0.5], "RGB"]}
    {Hue[0., 1., 1.], RGBColor[0.5, 0.5, 0.5]}
    """
    if is_list(e):
        found = [color_convert(ev, x, space) for x in items(e)]
        return None if any(x is None for x in found) else make_list(found)
    wanted = read_space(ev, "ColorConvert", space)
    if wanted is None:
        return None
    if type(e) is Image:
        return to_space(e, wanted)
    color = rgba(e)
    if color is None:
        ev.message("ColorConvert", "imginv", e)
        return None
    heads = {"Grayscale": "GrayLevel", "RGB": "RGBColor", "HSB": "Hue", "CMYK": "CMYKColor"}
    values = convert(np.array(color[:3]), "RGB", wanted).tolist()
    clear = () if color[3] == 1 else (color[3],)
    return Expr(getattr(S, heads.get(wanted, wanted + "Color")), (*values, *clear))


@image_function("ColorNegate")
def color_negate(ev: Any, e: Image) -> Any:
    """ColorNegate[image] has every value v replaced by 1 - v; opacity stays.

    >>> ImageData[ColorNegate[Image[{{0, 1}}]]]
    {{1., 0.}}
    """
    return on_colors(e, lambda v: 1 - v)


def on_colors(e: Image, f: Callable[[np.ndarray], np.ndarray]) -> Image:
    """The image with f of its colour channels (H, W, C) from 0 to 1; opacity and type stay."""
    unit = e.unit_planes()
    if not e.has_alpha:
        return e.remade(f(unit))
    return e.remade(np.concatenate([f(unit[..., :-1]), unit[..., -1:]], -1))


@image_function("ImageAdjust")
def image_adjust(ev: Any, e: Image, correction: Any = None, span: Any = None) -> Any:
    """ImageAdjust[image] stretches the values to 0 ... 1. ImageAdjust[image, c] changes the contrast (0: as
    it is), ImageAdjust[image, {c, b}] the brightness too, ImageAdjust[image, {c, b, g}] with the exponent g.
    ImageAdjust[image, correction, {low, high}] first stretches low ... high to 0 ... 1.

    >>> ImageData[ImageAdjust[Image[{{0.25, 0.5, 0.75}}]]]
    {{0., 0.5, 1.}}
    >>> ImageData[ImageAdjust[Image[{{0.25, 0.5}}], {0, 1}]]
    {{0.5, 1.}}
    """
    ends = None if span is None else to_array(span, exact=False)
    parts = () if correction is None else items(correction) if is_list(correction) else (correction,)
    values = [number(x) for x in parts]
    if len(values) > 3 or None in values or (span is not None and (ends is None or ends.shape != (2,))):
        wanted = "a contrast, {contrast, brightness, gamma}; {low, high}"
        ends_fit = span is None or (ends is not None and ends.shape == (2,))
        ev.message("ImageAdjust", "arg", correction if ends_fit else span, "ImageAdjust", wanted)
        return None
    contrast, brightness, gamma = ([x or 0.0 for x in values[:2]] + [0.0, 0.0])[:2] + [
        1.0 if len(values) < 3 or values[2] is None else values[2]
    ]

    def adjusted(v: np.ndarray) -> np.ndarray:
        if correction is None or ends is not None:
            low, high = (v.min(), v.max()) if ends is None else ends
            v = (v - low) / (high - low) if high > low else v
        v = (v - 0.5) * (1 + contrast) + 0.5 if contrast else v
        v = np.clip(v * (1 + brightness), 0, 1)
        return v**gamma if gamma != 1 else v

    return on_colors(e, adjusted)


@image_function("Binarize")
def binarize(ev: Any, e: Image, threshold: Any = S.Automatic) -> Any:
    """Binarize[image] is black and white: 1 where the grey is above a threshold that is found by Otsu's
    method. Binarize[image, t] gives the threshold, {t1, t2} an interval, a function tells of the channels.

    >>> ImageData[Binarize[Image[{{0.1, 0.4, 0.9, 0.2}}]], "Bit"]
    {{0, 0, 1, 0}}
    >>> ImageData[Binarize[Image[{{0.1, 0.4, 0.9}}], 0.3]]
    {{0., 1., 1.}}
    """
    gray = to_space(e, "Grayscale").unit_planes()[..., 0] if e.channels > 1 else e.unit()
    if threshold is S.Automatic:
        return Image(gray > otsu(gray), "Bit")
    limit = number(threshold) if not is_list(threshold) else None
    if limit is not None:
        return Image(gray > limit, "Bit")
    ends = to_array(threshold, exact=False) if is_list(threshold) else None
    if ends is not None and ends.shape == (2,):
        return Image((gray >= ends[0]) & (gray <= ends[1]), "Bit")
    if is_list(threshold):
        ev.message(
            "Binarize", "arg", threshold, "Binarize", "a threshold, an interval {t1, t2} or a function"
        )
        return None
    test = ev.predicate(threshold)
    values = pixel_lists([e])
    return Image(np.array([test(*x) for x in values]).reshape(e.array.shape[:2]), "Bit")


def otsu(gray: np.ndarray) -> float:
    """The threshold that separates the values best: Otsu 1979, largest variance between the two classes."""
    low, high = float(gray.min()), float(gray.max())
    if high <= low:
        return low
    counts, edges = np.histogram(gray, BINS, (low, high))
    centers = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts).astype(float)
    above = below[-1] - below
    sums = np.cumsum(counts * centers)
    good = (below > 0) & (above > 0)
    between = np.zeros(BINS)
    mean_below = sums[good] / below[good]
    mean_above = (sums[-1] - sums[good]) / above[good]
    between[good] = below[good] * above[good] * (mean_below - mean_above) ** 2
    return float(edges[1 + int(between.argmax())])


# ---- functions of pixels


def pixel_lists(images: list[Image]) -> Any:
    """For every pixel in order its values in all images: a number for one channel, else a list."""
    columns = []
    for e in images:
        flat = e.unit_planes().reshape(-1, e.channels)
        columns.append(flat[:, 0].tolist() if e.channels == 1 else [packed(row.copy()) for row in flat])
    return zip(*columns, strict=True)


@builtin("ImageApply", messages=NOT_IMAGE, operator=1)
def image_apply(ev: Any, f: Any, images: Any) -> Any:
    """ImageApply[f, image] has f applied to every pixel: to the grey, or to the list of channels.
    ImageApply[f, {image1, image2, ...}] applies f to the pixels of several images of one size.

    >>> ImageData[ImageApply[1 - # &, Image[{{0, 0.25}}]]]
    {{1., 0.75}}
    >>> ImageData[ImageApply[Mean, Image[{{{1, 0, 0.5}}}]]]
    {{0.5}}
    """
    several = list(items(images)) if is_list(images) else [images]
    if not several or not all(type(x) is Image for x in several) or len({x.dimensions for x in several}) > 1:
        ev.message("ImageApply", "arg", images, "ImageApply", "an image, or a list of images of one size")
        return None
    apply = ev.function(f)
    array = to_array(make_list([apply(*x) for x in pixel_lists(several)]), exact=False)
    first = several[0]
    if array is None or array.ndim > 2 or array.dtype.kind == "c":
        ev.message(
            "ImageApply", "arg", f, "ImageApply", "a function whose values are numbers or lists of them"
        )
        return None
    kind = "Real32" if first.kind not in ("Real32", "Real64") else first.kind
    made: np.ndarray = array.reshape((*first.array.shape[:2], *array.shape[1:]))
    count = 1 if array.ndim == 1 else array.size // len(array)
    return Image(made, kind, first.space if count == first.channels else None)


def declare_arithmetic(name: str, operation: str, sign: int, text: str) -> None:
    """ImageAdd and its kin: an image with further images and numbers."""

    def combine(ev: Any, e: Any, *others: Any) -> Any:
        if type(e) is not Image:
            ev.message(name, "imginv", e)
            return None
        terms = []
        for x in others:
            color = rgba(x)
            if color is not None:
                wide = np.broadcast_to(
                    convert(np.array(color[:3]), "RGB", e.space or "RGB"),
                    (*e.array.shape[:2], SPACES[e.space or "RGB"]),
                )
                x = of_unit(wide, "Real32", e.space)
            value = None if type(x) is Image else number(x)
            if type(x) is Image:
                terms.append(arithmetic(ev, "Times", (x, sign)))
            elif value is not None:
                terms.append(sign * value)
            else:
                ev.message(name, "arg", x, name, "images, numbers or colours")
                return None
        made = e
        for x in terms:
            made = arithmetic(ev, operation, (made, x))
            if made is None:
                ev.message(name, "arg", make_list((e, *others)), name, "images of as many channels")
                return None
        return made

    combine.__doc__, combine.__module__ = text, __name__
    builtin(name, messages=NOT_IMAGE)(combine)


declare_arithmetic(
    "ImageAdd",
    "Plus",
    1,
    """ImageAdd[image, x, ...] adds numbers, colours or images pixel by pixel; values may leave 0 ... 1.

    >>> ImageData[ImageAdd[Image[{{0, 0.25}}], 0.5]]
    {{0.5, 0.75}}
    """,
)
declare_arithmetic(
    "ImageSubtract",
    "Plus",
    -1,
    """ImageSubtract[image, x, ...] subtracts numbers, colours or images pixel by pixel.

    >>> ImageData[ImageSubtract[Image[{{1, 0.5}}], Image[{{0.5, 0.5}}]]]
    {{0.5, 0.}}
    """,
)
declare_arithmetic(
    "ImageMultiply",
    "Times",
    1,
    """ImageMultiply[image, x, ...] multiplies by numbers, colours or images pixel by pixel.

    >>> ImageData[ImageMultiply[Image[{{1, 0.5}}], 0.5]]
    {{0.5, 0.25}}
    """,
)


@builtin("Colorize", messages=NOT_IMAGE)
def colorize(
    ev: Any, data: Any, *, color_function: Any = S.Automatic, color_function_scaling: Any = TRUE
) -> Any:
    """Colorize[matrix] is an image in which every positive integer has a colour of its own, 0 is black;
    Colorize[matrix, ColorFunction -> "Rainbow"] and Colorize[image] colour by value.

    >>> ImageDimensions[Colorize[{{0, 1}, {2, 1}}]]
    {2, 2}
    """
    if type(data) is Image:
        array = to_space(data, "Grayscale").unit_planes()[..., 0] if data.channels > 1 else data.unit()
    else:
        found = array_in(data)
        array = found if found is not None else np.zeros(0)
    if array.ndim != 2 or not array.size or array.dtype.kind not in "iuf":
        ev.message("Colorize", "imginv", data)
        return None
    if color_function is S.Automatic and array.dtype.kind in "iu" and array.min() >= 0:
        return of_unit(label_colors(array), "Byte", "RGB")
    gradient = gradient_of(ev, color_function, "Rainbow")
    if gradient is None:
        ev.message(
            "Colorize", "setting", S.ColorFunction, color_function, "a gradient or a function to colours"
        )
        return None
    values = array.astype(float)
    if color_function_scaling is TRUE and values.max() > values.min():
        values = (values - values.min()) / (values.max() - values.min())
    return of_unit(gradient(values)[..., :3], "Byte", "RGB")


def label_colors(labels: np.ndarray) -> np.ndarray:
    """Labels (H, W) as colours (H, W, 3): 0 is black, the others are the colours of curves in turn."""
    names, places = np.unique(labels, return_inverse=True)
    table = np.array([(0, 0, 0) if n == 0 else rgba(palette(int(n) - 1))[:3] for n in names.tolist()])  # type: ignore[index]
    return table[places.reshape(labels.shape)]


@image_function("DominantColors")
def dominant_colors(ev: Any, e: Image, count: Any = 4) -> Any:
    """DominantColors[image, n] is a list of at most n colours that stand for those of the image.

    >>> DominantColors[ConstantImage[Red, {4, 4}], 2]
    {RGBColor[1., 0., 0.]}
    """
    if type(count) is not int or count < 1:
        ev.message("DominantColors", "arg", count, "DominantColors", "a positive number of colours")
        return None
    from PIL import Image as Pillow

    shown = np.asarray(np.rint(to_space(e, "RGB").unit_planes()[..., :3].clip(0, 1) * 255), np.uint8)
    made = Pillow.fromarray(shown).quantize(min(count, 256), Pillow.Quantize.MEDIANCUT)
    table = np.array(made.getpalette()).reshape(-1, 3) / 255
    found: list[Any] = sorted(made.getcolors() or [], reverse=True)
    return make_list(color_expression(table[place]) for _, place in found)
