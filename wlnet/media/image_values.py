"""Making images, and asking for what they hold: Image, ImageData, ImageDimensions, PixelValue, ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, Symbol, is_list, items, make_list, packed, system, truth
from wlnet.kernel.registry import builtin, symbol

from .colors import number, rgba
from .image import LARGEST, WHOLE, Image, converted, image_of, of_unit, read_kind, to_space
from .spaces import SPACES, convert

NONE = system("None")
DRAWN = ("Graphics", "Graphics3D", "Legended", "GraphicsRow", "GraphicsColumn", "GraphicsGrid")

NOT_IMAGE = {
    "imginv": "`1` is not an image or an array from which one can be made.",
    "size": "`1` is not a size: a width, {width, height} with positive integers, is expected.",
    "space": "`1` is not a colour space; known are `2`.",
    "type": "`1` is not a type of pixel values; known are \"Bit\", \"Byte\", \"Bit16\", \"Real32\" and "
    "\"Real64\".",
    "setting": "`1` -> `2` is not possible; expected is `3`.",
    "arg": "`1` is not what `2` takes here: `3`.",
}  # fmt: skip
SPACE_NAMES = ", ".join(f'"{x}"' for x in SPACES)


def image_function(name: str, **messages: str) -> Callable[[Any], Any]:
    """Declare a function of one image and more arguments. It works on lists of images element by element, on
    graphics by drawing them first, and says of anything else that it is no image.
    """

    def declare(function: Any) -> Any:
        builtin(name, messages={**NOT_IMAGE, **messages})(function)
        record = system(name).builtin
        general = record.call

        def call(ev: Any, args: tuple[Any, ...]) -> Any:
            if not args or type(args[0]) is Image:
                return general(ev, args)
            first = args[0]
            if is_list(first) and any(type(x) is Image for x in items(first)):
                return make_list(call(ev, (x, *args[1:])) for x in items(first))
            drawn = drawn_image(ev, first)
            if drawn is not None:
                return general(ev, (drawn, *args[1:]))
            if type(first) is not Expr or first.head is not S.Image:
                ev.message(name, "imginv", first)
            return None

        record.call = call
        return function

    return declare


def drawn_image(ev: Any, e: Any) -> Image | None:
    """A picture as an image; None where `e` is no picture."""
    if type(e) is not Expr or getattr(e.head, "name", "") not in DRAWN:
        return None
    found = ev.call(S.Rasterize, e)
    return found if type(found) is Image else None


def read_space(ev: Any, name: str, value: Any) -> str | None:
    """A colour space by name ("Gray" and the heads of colours too), with a message where it is none."""
    names = {
        "Gray": "Grayscale",
        "GrayLevel": "Grayscale",
        "RGBColor": "RGB",
        "Hue": "HSB",
        "CMYKColor": "CMYK",
    }
    text = getattr(value, "name", value)
    found = names.get(text, text) if type(text) is str else None
    if found not in SPACES:
        ev.message(name, "space", value, SPACE_NAMES)
        return None
    return found


@builtin("Image", messages=NOT_IMAGE, options={"ColorSpace": S.Automatic, "Interleaving": TRUE})
def image(ev: Any, data: Any, kind: Any = None, **options: Any) -> Any:
    """Image[matrix] is a grey image, Image[{{{r, g, b}, ...}, ...}] a coloured one, with values from 0 to 1.
    Image[data, "Byte"] takes integers from 0 to 255.
    Image[image, "type"] has another type of values; Image[graphics] draws a picture.
    ColorSpace -> "HSB" says what the channels mean, Interleaving -> False that they come first.

    >>> ImageDimensions[Image[{{0, 0.5, 1}, {1, 0.5, 0}}]]
    {3, 2}
    """
    wanted = None if kind is None else read_kind(kind)
    if kind is not None and wanted is None:
        ev.message("Image", "type", kind)
        return None
    setting = options.get("ColorSpace", S.Automatic)
    space = None if setting in (S.Automatic, NONE) else read_space(ev, "Image", setting)
    if space is None and setting not in (S.Automatic, NONE):
        return None
    found = drawn_image(ev, data) if type(data) is Expr else data
    if type(found) is Image:
        found = found if wanted is None else converted(found, wanted)
        return found if space is None else to_space(found, space)
    found = image_of(data, wanted, options.get("Interleaving", TRUE) is TRUE)
    if found is None or (space is not None and found.channels not in (SPACES[space], SPACES[space] + 1)):
        if is_list(data) or type(data) not in (Expr, Symbol):
            ev.message("Image", "imginv", data)
        return None
    return found if space is None else Image(found.array, found.kind, space)


@image_function("ImageData")
def image_data(ev: Any, e: Image, kind: Any = None, *, interleaving: Any = TRUE) -> Any:
    """ImageData[image] is the array of pixel values from 0 to 1; ImageData[image, "Byte"] those from 0 to
    255. Interleaving -> False puts the channels first.

    >>> ImageData[Image[{{0, 1}}]]
    {{0., 1.}}
    >>> ImageData[Image[{{{1, 0, 0}, {0, 1, 0}}}], "Byte", Interleaving -> False]
    {{{255, 0}}, {{0, 255}}, {{0, 0}}}
    """
    wanted = None if kind is None else read_kind(kind)
    if kind is not None and wanted is None:
        ev.message("ImageData", "type", kind)
        return None
    array = converted(e, wanted).array if wanted in WHOLE else e.unit()
    if interleaving is not TRUE:
        array = np.moveaxis(array[..., None] if array.ndim == 2 else array, -1, 0)
    return packed(np.ascontiguousarray(array))


@image_function("ImageDimensions")
def image_dimensions(ev: Any, e: Image) -> Any:
    """ImageDimensions[image] is {width, height} in pixels.

    >>> ImageDimensions[Image[{{0, 1, 0}}]]
    {3, 1}
    """
    return make_list(e.dimensions)


@image_function("ImageAspectRatio")
def image_aspect_ratio(ev: Any, e: Image) -> Any:
    """ImageAspectRatio[image] is height divided by width.

    >>> ImageAspectRatio[Image[{{0, 1, 0}}]]
    1/3
    """
    width, height = e.dimensions
    return ev.evaluate(Expr(S.Divide, (height, width)))


@image_function("ImageChannels")
def image_channels(ev: Any, e: Image) -> Any:
    """ImageChannels[image] is the number of channels.

    >>> ImageChannels[Image[{{{1, 0, 0}}}]]
    3
    """
    return e.channels


@image_function("ImageType")
def image_type(ev: Any, e: Image) -> Any:
    """ImageType[image] is the type of the pixel values: "Bit", "Byte", "Bit16", "Real32" or "Real64".

    >>> ImageType[Image[{{0, 1}}]]
    Real32
    """
    return e.kind


@image_function("ImageColorSpace")
def image_color_space(ev: Any, e: Image) -> Any:
    """ImageColorSpace[image] is the name of the colour space.

    >>> ImageColorSpace[Image[{{0, 1}}]]
    Grayscale
    """
    return e.space or S.Automatic


@builtin("ImageQ")
def is_image(ev: Any, e: Any) -> Any:
    """ImageQ[e] tells whether e is an image.

    >>> {ImageQ[Image[{{0, 1}}]], ImageQ[7]}
    {True, False}
    """
    return truth(type(e) is Image)


@image_function("AlphaChannel")
def alpha_channel(ev: Any, e: Image) -> Any:
    """AlphaChannel[image] is its opacity as a grey image; 1 everywhere where there is none.

    >>> ImageData[AlphaChannel[Image[{{{1, 0, 0, 0.5}}}]]]
    {{0.5}}
    """
    if not e.has_alpha:
        return of_unit(np.ones(e.array.shape[:2]), e.kind)
    return Image(e.planes[..., -1], e.kind, "Grayscale")


@image_function("RemoveAlphaChannel")
def remove_alpha_channel(ev: Any, e: Image, color: Any = None) -> Any:
    """RemoveAlphaChannel[image] drops the opacity; RemoveAlphaChannel[image, color] puts color behind.

    >>> ImageData[RemoveAlphaChannel[Image[{{{1, 0, 0, 0.5}}}], White]]
    {{{1., 0.5, 0.5}}}
    """
    if not e.has_alpha:
        return e
    if color is None:
        return e.like(e.planes[..., :-1])
    behind = channel_values(e, color)
    if behind is None:
        ev.message("RemoveAlphaChannel", "arg", color, "RemoveAlphaChannel", "a colour")
        return None
    unit = e.unit_planes()
    part = unit[..., -1:]
    return e.remade(unit[..., :-1] * part + behind * (1 - part))


@image_function("SetAlphaChannel")
def set_alpha_channel(ev: Any, e: Image, alpha: Any = 1) -> Any:
    """SetAlphaChannel[image, a] gives every pixel the opacity a, a number or a grey image of that size.

    >>> ImageData[SetAlphaChannel[Image[{{0, 1}}], 0.5]]
    {{{0., 0.5}, {1., 0.5}}}
    """
    opacity = number(alpha) if type(alpha) is not Image else alpha.unit_planes()[..., 0]
    if e.space is None or opacity is None or np.shape(opacity) not in ((), e.array.shape[:2]):
        ev.message(
            "SetAlphaChannel", "arg", alpha, "SetAlphaChannel", "a number or a grey image of that size"
        )
        return None
    unit = e.unit_planes()[..., : SPACES[e.space]]
    return e.remade(np.concatenate([unit, np.broadcast_to(opacity, unit.shape[:2])[..., None]], -1))


def channel_values(e: Image, value: Any) -> np.ndarray | None:
    """A number, a list of channel values or a colour as the colour channels of `e` (C,), 0 to 1."""
    count = e.channels - e.has_alpha
    color = rgba(value)
    if color is not None:
        space = e.space if e.space is not None else ("RGB" if count >= 3 else "Grayscale")
        return convert(np.array(color[:3]), "RGB", space)
    if is_list(value):
        found = [number(x) for x in items(value)]
        return np.array(found, float) if len(found) == count and None not in found else None
    single = number(value)
    return None if single is None else np.full(count, single)


@image_function("PixelValue", outside="The position `1` is outside of the image of `2` x `3` pixels.")
def pixel_value(ev: Any, e: Image, position: Any, kind: Any = None) -> Any:
    """PixelValue[image, {x, y}] is the value of the pixel in column x and row y, counted from the lower left,
    from 1. PixelValue[image, {{x1, y1}, ...}] gives several; a type such as "Byte" scales them.

    >>> {PixelValue[Image[{{0, 0.5}, {1, 0.25}}], {2, 1}], PixelValue[Image[{{{1, 0, 0}}}], {1, 1}, "Byte"]}
    {0.25, {255, 0, 0}}
    """
    parts = items(position) if is_list(position) else ()
    if parts and all(is_list(x) for x in parts):
        return make_list(pixel_value(ev, e, x, kind) for x in parts)
    width, height = e.dimensions
    if len(parts) != 2 or not all(type(x) is int for x in parts):
        ev.message("PixelValue", "arg", position, "PixelValue", "a position {column, row}")
        return None
    x, y = parts
    if not (1 <= x <= width and 1 <= y <= height):
        ev.message("PixelValue", "outside", position, width, height)
        return None
    wanted = e.kind if kind is None else read_kind(kind)
    if wanted is None:
        ev.message("PixelValue", "type", kind)
        return None
    unit = e.unit_planes()[height - y, x - 1]
    found = packed(
        np.rint(unit * LARGEST[wanted]).astype(np.int64) if kind is not None and wanted in WHOLE else unit
    )
    return items(found)[0] if e.channels == 1 else found


@image_function("ColorSeparate")
def color_separate(ev: Any, e: Image, space: Any = None) -> Any:
    """ColorSeparate[image] is the list of its channels as grey images; ColorSeparate[image, "HSB"] those of a
    colour space.

    >>> Map[ImageData, ColorSeparate[Image[{{{1, 0, 0.5}}}]]]
    {{{1.}}, {{0.}}, {{0.5}}}
    """
    if space is not None:
        wanted = read_space(ev, "ColorSeparate", space)
        if wanted is None:
            return None
        e = to_space(e, wanted)
    return make_list(Image(plane, e.kind, "Grayscale") for plane in np.moveaxis(e.planes, -1, 0))


@builtin("ColorCombine", messages=NOT_IMAGE)
def color_combine(ev: Any, channels: Any, space: Any = None) -> Any:
    """ColorCombine[{image1, image2, ...}] makes one image of grey images, its channels;
    ColorCombine[{...}, "HSB"] says in which colour space.

    >>> ImageData[ColorCombine[{Image[{{1}}], Image[{{0}}], Image[{{0.5}}]}]]
    {{{1., 0., 0.5}}}
    """
    parts: Any = items(channels) if is_list(channels) else ()
    good = parts and all(type(x) is Image and x.channels == 1 for x in parts)
    if not good or len({x.dimensions for x in parts}) > 1:
        ev.message("ColorCombine", "arg", channels, "ColorCombine", "a list of grey images of one size")
        return None
    wanted = None if space is None else read_space(ev, "ColorCombine", space)
    if space is not None and (wanted is None or len(parts) - SPACES[wanted] not in (0, 1)):
        return None
    kind = parts[0].kind
    return Image(np.stack([converted(x, kind).array for x in parts], -1), kind, wanted)


symbol("ColorSpace", usage="ColorSpace is an option of Image and of encoders of images.")
symbol(
    "Resampling", usage='Resampling is an option of ImageResize: Automatic, "Nearest", "Linear", "Cubic", ...'
)
