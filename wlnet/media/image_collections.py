"""Several images and one: cut into parts, put together, made of nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin

from .colors import number, rgba
from .image import Image, of_unit, read_kind, to_space
from .image_shapes import MOST_EXTENT, read_size, scaled
from .image_values import NOT_IMAGE, channel_values, image_function
from .resizing import fit, offsets
from .spaces import SPACES


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
    good = len(parts) == 2 and all(type(x) is int and 0 < x <= MOST_EXTENT for x in parts)
    return (parts[0], parts[1]) if good else None


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
    flat: list[Any] = [x for r in rows for x in (r or (None,))]
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
