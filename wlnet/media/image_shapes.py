"""Images of other sizes and shapes: scaled, cropped, padded, turned, cut into parts and put together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list

from .colors import number
from .image import LARGEST, WHOLE, Image
from .image_values import channel_values, image_function
from .resizing import PADDINGS, fitted_size, padded, resampling, resized

# Pixels of a side: beyond, an image would not fit into any memory.
MOST_EXTENT = 1 << 20
SIDES = {"Left": -1.0, "Right": 1.0, "Bottom": -1.0, "Top": 1.0, "Center": 0.0}


# ---- sizes


def read_extent(value: Any, have: int) -> float | None:
    """A number of pixels: n, Scaled[r] of those there are, All for those; UpTo[n]. None where it is none."""
    if type(value) is Expr and len(value.args) == 1 and value.head in (S.Scaled, S.UpTo):
        inner = number(value.args[0])
        if inner is None or inner <= 0:
            return None
        return read_extent(max(1.0, inner * have if value.head is S.Scaled else min(inner, have)), have)
    if value is S.All:
        return have
    found = number(value)
    return found if found is not None and 1 <= found <= MOST_EXTENT else None


def read_size(e: Image, spec: Any) -> tuple[int, int] | None:
    """A width, {width, height} or {width, Automatic} as pixels; {n} is the longer side; None for no size."""
    width, height = e.dimensions
    if not is_list(spec):
        wide = read_extent(spec, width)
        return None if wide is None else (round(wide), max(1, round(height * wide / width)))
    parts = list(items(spec))
    if len(parts) == 1:
        longest = read_extent(parts[0], max(width, height))
        return (
            None if longest is None else fitted_size((width, height), (round(longest), round(longest)), False)
        )
    if len(parts) != 2:
        return None
    wide, high = (
        None if x is S.Automatic else read_extent(x, n) for x, n in zip(parts, e.dimensions, strict=True)
    )
    if parts[0] is S.Automatic and high is not None:
        return max(1, round(width * high / height)), round(high)
    if parts[1] is S.Automatic and wide is not None:
        return round(wide), max(1, round(height * wide / width))
    return None if wide is None or high is None else (round(wide), round(high))


@image_function("ImageResize")
def image_resize(ev: Any, e: Image, size: Any, *, resampling: Any = S.Automatic) -> Any:
    """ImageResize[image, width] scales an image; ImageResize[image, {width, height}] to both.
    Scaled[r] is a part of what there is, Automatic keeps the aspect. Resampling -> "Nearest" takes single
    pixels.

    >>> ImageDimensions[ImageResize[Image[{{0, 1}, {1, 0}}], 4]]
    {4, 4}
    >>> ImageData[ImageResize[Image[{{0, 1}}], {4, 1}, Resampling -> "Nearest"]]
    {{0., 0., 1., 1.}}
    """
    target, how = read_size(e, size), resampling_of(ev, "ImageResize", resampling)
    if target is None:
        ev.message("ImageResize", "size", size)
    if target is None or how is None:
        return None
    return scaled(e, target, how)


def resampling_of(ev: Any, name: str, setting: Any) -> str | None:
    found = resampling(setting)
    if found is None:
        ev.message(
            name, "setting", S.Resampling, setting, 'Automatic, "Nearest", "Linear", "Cubic" or "Lanczos"'
        )
    return found


def scaled(e: Image, size: tuple[int, int], how: str = "BICUBIC") -> Image:
    """The image at another size, of the same type."""
    if e.kind == "Byte":
        return e.like(resized(e.planes, size, how))
    return e.remade(resized(e.unit_planes(), size, how))


@image_function("Thumbnail")
def thumbnail(ev: Any, e: Image, size: Any = 100) -> Any:
    """Thumbnail[image] is a small version, at most 100 pixels wide and high; Thumbnail[image, n] at most n.

    >>> ImageDimensions[Thumbnail[Image[ConstantArray[0.5, {50, 300}]]]]
    {100, 17}
    """
    most = read_extent(size, max(e.dimensions))
    if most is None:
        ev.message("Thumbnail", "size", size)
        return None
    return scaled(e, fitted_size(e.dimensions, (round(most), round(most)), False))


# ---- parts of images


@image_function("ImageTake", range="The range `1` is outside of the image of `2` x `3` pixels.")
def image_take(ev: Any, e: Image, rows: Any, columns: Any = S.All) -> Any:
    """ImageTake[image, n] is the first n rows, ImageTake[image, -n] the last, ImageTake[image, {r1, r2}]
    those from r1 to r2. ImageTake[image, rows, columns] takes from both.

    >>> ImageData[ImageTake[Image[{{0, 0.5}, {1, 0.25}}], -1, {2, 2}]]
    {{0.25}}
    """
    spans = []
    for spec, count in ((rows, e.array.shape[0]), (columns, e.array.shape[1])):
        found = span(spec, count)
        if found is None:
            ev.message("ImageTake", "range", spec, *e.dimensions)
            return None
        spans.append(found)
    return e.like(e.array[spans[0], spans[1]])


def span(spec: Any, count: int) -> slice | None:
    """n, -n, {n}, {m, n} or All as a slice of `count` rows; None where it leaves them."""
    if spec is S.All:
        return slice(0, count)
    if type(spec) is int:
        first, last = (1, spec) if spec > 0 else (count + 1 + spec, count)
    elif is_list(spec) and 1 <= len(items(spec)) <= 2 and all(type(x) is int for x in items(spec)):
        ends = [x if x > 0 else count + 1 + x for x in items(spec)]
        first, last = ends[0], ends[-1]
    else:
        return None
    return slice(first - 1, last) if 1 <= first <= last <= count else None


@image_function("ImageCrop")
def image_crop(
    ev: Any, e: Image, size: Any = S.Automatic, where: Any = S.Center, *, padding: Any = S.Automatic
) -> Any:
    """ImageCrop[image] removes borders of one colour; ImageCrop[image, {width, height}] keeps the middle of
    that size, adding Padding where the image is smaller; ImageCrop[image, size, {Left, Top}] a corner.

    >>> ImageData[ImageCrop[Image[{{0, 0, 0}, {0, 1, 0.5}, {0, 0, 0}}]]]
    {{1., 0.5}}
    >>> ImageDimensions[ImageCrop[Image[ConstantArray[0, {5, 9}]], {4, 3}]]
    {4, 3}
    """
    if size is S.Automatic:
        return without_border(e)
    target = read_size(e, size if is_list(size) else make_list((size, S.All)))
    placed = alignment(where)
    if target is None or placed is None:
        tag, value = ("size", size) if target is None else ("arg", where)
        ev.message("ImageCrop", tag, value, "ImageCrop", "Left, Right, Top, Bottom, Center or two of them")
        return None
    width, height = e.dimensions
    # How much each side loses (or gains): the same rule of placing for both.
    left = math.floor((width - target[0]) * (placed[0] + 1) / 2)
    top = math.floor((height - target[1]) * (1 - placed[1]) / 2)
    margins = ((-left, target[0] - width + left), (target[1] - height + top, -top))
    return with_margins(ev, "ImageCrop", e, margins, 0 if padding is S.Automatic else padding)


def without_border(e: Image) -> Image:
    """The image without rows and columns at its borders that are all like the upper left pixel."""
    differs = (e.planes != e.planes[0, 0]).any(-1)
    rows, columns = np.flatnonzero(differs.any(1)), np.flatnonzero(differs.any(0))
    if not len(rows):
        return e
    return e.like(e.array[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def alignment(value: Any) -> tuple[float, float] | None:
    """Center, Left, {Left, Top}, {x, y} with numbers from -1 to 1: (right, up); None for anything else."""
    parts = items(value) if is_list(value) else (value,)
    if len(parts) == 1 and getattr(parts[0], "name", "") in ("Top", "Bottom"):
        parts = (S.Center, parts[0])
    elif len(parts) == 1:
        parts = (parts[0], S.Center)
    found = [SIDES.get(getattr(x, "name", ""), number(x)) for x in parts]
    if len(found) != 2 or any(x is None or abs(x) > 1 for x in found):
        return None
    return float(found[0] or 0), float(found[1] or 0)


@image_function("ImagePad")
def image_pad(ev: Any, e: Image, margins: Any, padding: Any = 0) -> Any:
    """ImagePad[image, m] adds m black pixels at every side, ImagePad[image, {{left, right}, {bottom, top}}]
    at each; negative numbers cut off. ImagePad[image, m, padding] adds a colour, or "Fixed", "Periodic",
    "Reflected".

    >>> ImageData[ImagePad[Image[{{1}}], {{1, 0}, {0, 1}}]]
    {{0., 0.}, {0., 1.}}
    >>> ImageData[ImagePad[Image[{{0, 1}}], {{0, 1}, {0, 0}}, "Periodic"]]
    {{0., 1., 0.}}
    """
    found = read_margins(margins)
    width, height = e.dimensions
    if found is None or width + sum(found[0]) < 1 or height + sum(found[1]) < 1:
        ev.message(
            "ImagePad", "arg", margins, "ImagePad", "m, {{left, right}, {bottom, top}}, with a pixel left"
        )
        return None
    return with_margins(ev, "ImagePad", e, found, padding)


def read_margins(value: Any) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """m, {horizontal, vertical} or {{left, right}, {bottom, top}}."""
    parts = items(value) if is_list(value) else (value, value)
    if len(parts) == 1:
        parts = (parts[0], parts[0])
    pairs = [tuple(items(x)) if is_list(x) else (x, x) for x in parts]
    if len(pairs) != 2 or any(
        len(p) != 2 or not all(type(x) is int and abs(x) <= MOST_EXTENT for x in p) for p in pairs
    ):
        return None
    return pairs[0], pairs[1]  # type: ignore[return-value]


def with_margins(ev: Any, name: str, e: Image, margins: Any, padding: Any) -> Image | None:
    """The image with margins added in a colour or by a mode; a message where `padding` is neither."""
    mode = (
        PADDINGS.get(getattr(padding, "name", padding))
        if not isinstance(padding, (float, np.ndarray))
        else None
    )
    values: Any = mode
    if mode is None:
        colors = channel_values(e, padding)
        if colors is None:
            wanted = 'a number, a colour, "Fixed", "Periodic" or "Reflected"'
            ev.message(name, "setting", S.Padding, padding, wanted)
            return None
        values = np.append(colors, 1.0) if e.has_alpha else colors
        values = values * LARGEST[e.kind]
        values = np.rint(np.clip(values, 0, LARGEST[e.kind])) if e.kind in WHOLE else values
    return e.like(padded(e.planes, margins, values))


# ---- turned and mirrored


@image_function("ImageRotate")
def image_rotate(ev: Any, e: Image, angle: Any = S.Automatic, *, background: Any = 0) -> Any:
    """ImageRotate[image] turns an image by 90 degrees counterclockwise, ImageRotate[image, a] by a radians;
    the result holds the whole image, before a Background. Right, Left and Bottom say where the top comes.

    >>> ImageData[ImageRotate[Image[{{0, 1}}]]]
    {{1.}, {0.}}
    >>> ImageData[ImageRotate[Image[{{0, 1}}], Pi]]
    {{1., 0.}}
    """
    turns = {"Top": 0.0, "Left": 0.5, "Bottom": 1.0, "Right": 1.5}.get(getattr(angle, "name", ""))
    turn = math.pi / 2 if angle is S.Automatic else turns * math.pi if turns is not None else number(angle)
    behind = channel_values(e, background)
    if turn is None or behind is None:
        ev.message(
            "ImageRotate", "arg", angle if turn is None else background, "ImageRotate", "an angle; a colour"
        )
        return None
    quarter = turn / (math.pi / 2)
    if abs(quarter - round(quarter)) < 1e-9:
        return e.like(np.rot90(e.planes, round(quarter) % 4))
    return e.remade(turned(e, turn, np.append(behind, 1.0) if e.has_alpha else behind))


def turned(e: Image, angle: float, behind: np.ndarray) -> np.ndarray:
    """Pixels from 0 to 1 of the image turned by `angle` radians counterclockwise, all of it visible."""
    from PIL import Image as Pillow

    planes = []
    for plane, fill in zip(np.moveaxis(e.unit_planes(), -1, 0), behind, strict=True):
        source = Pillow.fromarray(np.ascontiguousarray(plane, np.float32))
        made = source.rotate(
            math.degrees(angle), Pillow.Resampling.BILINEAR, expand=True, fillcolor=float(fill)
        )
        planes.append(np.asarray(made))
    return np.stack(planes, -1)


@image_function("ImageReflect")
def image_reflect(ev: Any, e: Image, side: Any = S.Top) -> Any:
    """ImageReflect[image] exchanges top and bottom; ImageReflect[image, Left] left and right;
    ImageReflect[image, Left -> Top] transposes.

    >>> ImageData[ImageReflect[Image[{{0, 1}}], Left]]
    {{1., 0.}}
    >>> ImageData[ImageReflect[Image[{{0, 1}}], Top -> Left]]
    {{0.}, {1.}}
    """
    ends = side.args if type(side) is Expr and side.head is S.Rule else (side, None)
    names = tuple(getattr(x, "name", None) for x in ends)
    across, along = ("Left", "Right"), ("Top", "Bottom")
    if names[0] in across and names[1] in (None, *across):
        return e.like(e.array[:, ::-1])
    if names[0] in along and names[1] in (None, *along):
        return e.like(e.array[::-1])
    swapped = np.swapaxes(e.array, 0, 1)
    if set(names) in ({"Left", "Top"}, {"Right", "Bottom"}):
        return e.like(swapped)
    if set(names) in ({"Left", "Bottom"}, {"Right", "Top"}):
        return e.like(swapped[::-1, ::-1])
    ev.message("ImageReflect", "arg", side, "ImageReflect", "Left, Right, Top, Bottom, or a rule between two")
    return None
