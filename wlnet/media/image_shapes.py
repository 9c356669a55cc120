"""Images of other sizes and shapes: scaled, cropped, padded, turned, cut into parts and put together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin

from .colors import number, rgba
from .image import LARGEST, WHOLE, Image, of_unit, read_kind, to_space
from .image_values import NOT_IMAGE, channel_values, image_function
from .resizing import PADDINGS, fit, fitted_size, offsets, padded, resampling, resized
from .spaces import SPACES

SIDES = {"Left": -1.0, "Right": 1.0, "Bottom": -1.0, "Top": 1.0, "Center": 0.0}


# ---- sizes


def read_extent(value: Any, have: int) -> float | None:
    """A number of pixels: n, Scaled[r] of those there are, All for those; UpTo[n]. None where it is none."""
    if type(value) is Expr and len(value.args) == 1 and value.head in (S.Scaled, S.UpTo):
        inner = number(value.args[0])
        if inner is None or inner <= 0:
            return None
        return inner * have if value.head is S.Scaled else min(inner, have)
    if value is S.All:
        return have
    found = number(value)
    return found if found is not None and found >= 1 and math.isfinite(found) else None


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
    if len(pairs) != 2 or any(len(p) != 2 or not all(type(x) is int for x in p) for p in pairs):
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


@image_function("ImagePartition")
def image_partition(ev: Any, e: Image, size: Any, offset: Any = S.Automatic) -> Any:
    """ImagePartition[image, n] is a matrix of parts of n x n pixels, ImagePartition[image, {w, h}] of w x h;
    ImagePartition[image, size, {dx, dy}] begins a part every dx and dy pixels. What does not fill a part is
    left out.

    >>> Map[ImageData, ImagePartition[Image[{{0, 1, 0.5, 0.25}}], {2, 1}], {2}]
    {{{{0., 1.}}, {{0.5, 0.25}}}}
    """
    box = read_pair(size)
    step = box if offset is S.Automatic else read_pair(offset)
    if box is None or step is None:
        ev.message("ImagePartition", "size", size if box is None else offset)
        return None
    width, height = e.dimensions
    rows = range(0, height - box[1] + 1, step[1])
    columns = range(0, width - box[0] + 1, step[0])
    return make_list(
        make_list(e.like(e.array[y : y + box[1], x : x + box[0]]) for x in columns) for y in rows
    )


def read_pair(value: Any) -> tuple[int, int] | None:
    parts = items(value) if is_list(value) else (value, value)
    good = len(parts) == 2 and all(type(x) is int and x > 0 for x in parts)
    return (parts[0], parts[1]) if good else None


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


# ---- put together


def alike(images: list[Image]) -> list[Image]:
    """Images of one type and one colour space, the richest of theirs, with opacity where one has it."""
    space = next((x for x in ("RGB", "Grayscale") if any(i.space == x for i in images)), "RGB")
    kinds = {i.kind for i in images}
    kind = next(iter(kinds)) if len(kinds) == 1 else "Real32"
    clear = any(i.has_alpha for i in images)
    found = []
    for each in images:
        unit = to_space(each, space).unit_planes()
        if clear and unit.shape[2] == SPACES[space]:
            unit = np.concatenate([unit, np.ones((*unit.shape[:2], 1))], -1)
        found.append(of_unit(unit, kind, space))
    return found


@builtin("ImageAssemble", messages=NOT_IMAGE)
def image_assemble(ev: Any, parts: Any, method: Any = S.Automatic) -> Any:
    """ImageAssemble[{{image11, image12, ...}, ...}] joins images, row by row; ImageAssemble[{image1, ...}]
    one beside another. Images in a row must be of one height; ImageAssemble[images, "Fit"] scales them.

    >>> ImageData[ImageAssemble[{{Image[{{0}}], Image[{{1}}]}, {Image[{{0.5}}], Image[{{0}}]}}]]
    {{0., 1.}, {0.5, 0.}}
    """
    rows = [items(r) if is_list(r) else None for r in items(parts)] if is_list(parts) else []
    if rows and all(r is None for r in rows):
        rows = [items(parts)]
    flat = [x for r in rows for x in (r or (None,))]
    if not flat or not all(type(x) is Image for x in flat):
        ev.message("ImageAssemble", "arg", parts, "ImageAssemble", "images in a list, or in lists as rows")
        return None
    same = iter(alike(flat))
    table = [[next(same) for _ in r or ()] for r in rows]
    if method == "Fit":
        table = [[scaled(x, (row[0].dimensions[0], row[0].dimensions[1])) for x in row] for row in table]
    if any(len({x.array.shape[0] for x in row}) > 1 for row in table):
        ev.message("ImageAssemble", "arg", parts, "ImageAssemble", "images of one height in every row")
        return None
    strips = [np.concatenate([x.planes for x in row], 1) for row in table]
    if len({s.shape[1] for s in strips}) > 1:
        ev.message("ImageAssemble", "arg", parts, "ImageAssemble", "rows of one width")
        return None
    first = table[0][0]
    return first.like(np.concatenate(strips, 0))


@builtin("ImageCollage", messages=NOT_IMAGE)
def image_collage(
    ev: Any,
    images: Any,
    fitting: Any = "Fit",
    size: Any = S.Automatic,
    *,
    image_padding: Any = 2,
    background: Any = 1,
) -> Any:
    """ImageCollage[{image1, image2, ...}] is one image that shows all of them in a grid;
    ImageCollage[images, "Fill"] cuts them to equal cells, "Stretch" distorts them;
    ImageCollage[images, fitting, width] or {width, height} sets the size.

    >>> ImageDimensions[ImageCollage[Table[Image[ConstantArray[k/4, {8, 8}]], {k, 4}]]]
    {22, 22}
    """
    given = [x for x in items(images)] if is_list(images) else []
    if not given or not all(type(x) is Image for x in given):
        ev.message("ImageCollage", "arg", images, "ImageCollage", "a list of images")
        return None
    gap = image_padding if type(image_padding) is int and image_padding >= 0 else None
    if fitting not in ("Fit", "Fill", "Stretch") or gap is None:
        wrong = fitting if gap is not None else image_padding
        ev.message("ImageCollage", "arg", wrong, "ImageCollage", '"Fit", "Fill" or "Stretch"; pixels between')
        return None
    parts = alike(given)
    if len(set((rgba(background) or (0,))[:3])) > 1:  # a background in colours
        parts = [to_space(x, "RGB") for x in parts]
    cell = (max(x.dimensions[0] for x in parts), max(x.dimensions[1] for x in parts))
    columns = math.ceil(math.sqrt(len(parts) * cell[1] / cell[0]))
    behind = channel_values(parts[0], background)
    if behind is None:
        ev.message("ImageCollage", "setting", S.Background, background, "a colour")
        return None
    fill = np.append(behind, 1.0) if parts[0].has_alpha else behind
    made = parts[0].remade(grid([x.unit_planes() for x in parts], cell, columns, gap, fitting, fill))
    if size is S.Automatic:
        return made
    target = read_size(made, size)
    if target is None:
        ev.message("ImageCollage", "size", size)
        return None
    return scaled(made, target)


def grid(
    parts: list[np.ndarray], cell: tuple[int, int], columns: int, gap: int, method: str, fill: np.ndarray
) -> np.ndarray:
    """Images (H, W, C) in cells of one size, `gap` pixels of `fill` between them and around."""
    rows = math.ceil(len(parts) / columns)
    width, height = (n * (x + gap) + gap for n, x in ((columns, cell[0]), (rows, cell[1])))
    sheet = np.empty((height, width, len(fill)))
    sheet[...] = fill
    for k, part in enumerate(parts):
        top, left = (n * (x + gap) + gap for n, x in ((k // columns, cell[1]), (k % columns, cell[0])))
        shown = part
        if method != "Fit" or part.shape[1] > cell[0] or part.shape[0] > cell[1]:
            shown = fit(part, cell, method, "BICUBIC", (0.0, 0.0), fill)
        x, y = offsets((shown.shape[1], shown.shape[0]), cell, (0.0, 0.0))
        sheet[top + y : top + y + shown.shape[0], left + x : left + x + shown.shape[1]] = shown
    return sheet


@builtin("ConstantImage", messages=NOT_IMAGE)
def constant_image(ev: Any, value: Any, size: Any, kind: Any = "Real32") -> Any:
    """ConstantImage[value, {width, height}] is an image of one grey, list of channels or colour.

    >>> ImageData[ConstantImage[0.5, {2, 1}]]
    {{0.5, 0.5}}
    """
    box, wanted = read_pair(size), read_kind(kind)
    probe = Image(np.zeros((1, 1, 3 if (is_list(value) or type(value) is Expr) else 1)), "Real32")
    values = channel_values(probe, value)
    if box is None or wanted is None or values is None:
        ev.message(
            "ConstantImage", "arg", make_list((value, size)), "ConstantImage", "a colour; {width, height}"
        )
        return None
    return of_unit(np.broadcast_to(values, (box[1], box[0], len(values))).copy(), wanted)


@builtin("RandomImage", messages=NOT_IMAGE)
def random_image(ev: Any, most: Any = 1, size: Any = 150, *, color_space: Any = "Grayscale") -> Any:
    """RandomImage[max, {width, height}] is an image of values drawn evenly between 0 and max.
    RandomImage[max, size, ColorSpace -> "RGB"] is coloured.

    >>> ImageDimensions[RandomImage[1, {3, 2}]]
    {3, 2}
    """
    box, top = read_pair(size), number(most)
    if box is None or top is None or color_space not in SPACES:
        ev.message("RandomImage", "arg", make_list((most, size)), "RandomImage", "a number; {width, height}")
        return None
    values = ev.random.random((box[1], box[0], SPACES[color_space])) * top
    return Image(values, "Real32", color_space)
