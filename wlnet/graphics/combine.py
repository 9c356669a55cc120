"""Pictures made of pictures: Show, Legended, GraphicsRow, GraphicsColumn, GraphicsGrid, Rasterize."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items
from wlnet.kernel.registry import builtin, symbol
from wlnet.media.colors import number
from wlnet.media.image import Image

from .figure import is_drawable, picture_array
from .options import AUTO, GRAPHICS, GRAPHICS_3D, flat_rules

KINDS = (S.Graphics, S.Graphics3D)
SHOW = {
    "gtype": "`1` is not a picture that can be shown: Graphics, Graphics3D, an Image or a list is expected.",
    "gcomb": "Pictures in the plane and in space cannot be shown together.",
}


def opened(e: Any) -> tuple[list[Expr], list[Any]]:
    """The pictures in an argument of Show, and the legends around them."""
    if is_list(e):
        parts = [opened(x) for x in items(e)]
        return [g for found, _ in parts for g in found], [legend for _, found in parts for legend in found]
    if type(e) is Expr and e.head is S.Legended and len(e.args) == 2:
        found, legends = opened(e.args[0])
        return found, [*legends, e.args[1]]
    return ([e], []) if type(e) is Expr and e.head in KINDS and e.args else ([], [])


@builtin("Show", messages=SHOW)
def show(ev: Any, *args: Any) -> Any:
    """Show[g1, g2, ...] shows pictures in one, with the options of the first; Show[g, option -> value]
    changes options.

    >>> Show[Plot[x, {x, 0, 1}], ListPlot[{{0, 1}, {1, 0}}]]
    -Graphics-
    >>> Show[Graphics[Disk[]], ImageSize -> 100]
    -Graphics-
    """
    pictures: list[Expr] = []
    legends: list[Any] = []
    rules: list[Expr] = []
    for each in args:
        found, around = opened(each)
        given = flat_rules([each])
        if type(each) is Image and len(args) == 1:
            return each
        if not found and not given and not (is_list(each) and not len(items(each))):
            ev.message("Show", "gtype", each)
            return None
        pictures += found
        legends += around
        rules += given
    if not pictures:
        return None
    heads = {g.head for g in pictures}
    if len(heads) > 1:
        ev.message("Show", "gcomb")
        return None
    return framed(joined(pictures, rules), legends)


def joined(pictures: list[Expr], rules: list[Expr]) -> Expr:
    """One picture: all contents, new options before those of the first that sets them, its range widened."""
    known = GRAPHICS if pictures[0].head is S.Graphics else GRAPHICS_3D
    options: dict[str, Any] = {}
    for rule in (*rules, *(r for g in pictures for r in flat_rules(g.args[1:]))):
        name = getattr(rule.args[0], "name", rule.args[0])
        if name in known and name != "PlotRange":
            options.setdefault(name, rule.args[1])
    ranges = [r.args[1] for r in rules if getattr(r.args[0], "name", "") == "PlotRange"]
    own = [
        r.args[1] for r in flat_rules(pictures[0].args[1:]) if getattr(r.args[0], "name", "") == "PlotRange"
    ]
    if ranges or own:
        options["PlotRange"] = (ranges or own)[0]
    for name in ("Epilog", "Prolog"):
        every = [v for g in pictures for v in (option_of(g, name),) if v is not None]
        if len(every) > 1:
            options[name] = Expr(S.List, tuple(every))
    contents = Expr(S.List, tuple(g.args[0] for g in pictures)) if len(pictures) > 1 else pictures[0].args[0]
    made = [Expr(S.Rule, (getattr(S, name), value)) for name, value in sorted(options.items())]
    return Expr(pictures[0].head, (contents, *made))


def option_of(g: Expr, name: str) -> Any:
    for rule in flat_rules(g.args[1:]):
        if getattr(rule.args[0], "name", rule.args[0]) == name:
            return rule.args[1]
    return None


def framed(picture: Expr, legends: list[Any]) -> Expr:
    for each in legends:
        picture = Expr(S.Legended, (picture, each))
    return picture


GRID = {"Spacings": AUTO, "ImageSize": AUTO}


@builtin("GraphicsRow", options=GRID)
def graphics_row(ev: Any, pictures: Any, **options: Any) -> Any:
    """GraphicsRow[{g1, g2, ...}] shows pictures side by side. ImageSize is that of the whole.

    >>> GraphicsRow[{Graphics[Disk[]], Graphics[Circle[]]}]
    -GraphicsRow-
    """
    return None


@builtin("GraphicsColumn", options=GRID)
def graphics_column(ev: Any, pictures: Any, **options: Any) -> Any:
    """GraphicsColumn[{g1, g2, ...}] shows pictures one below the other.

    >>> GraphicsColumn[{Graphics[Disk[]], Graphics[Circle[]]}]
    -GraphicsColumn-
    """
    return None


@builtin("GraphicsGrid", options=GRID)
def graphics_grid(ev: Any, pictures: Any, **options: Any) -> Any:
    """GraphicsGrid[{{g11, g12, ...}, ...}] shows pictures in rows and columns.

    >>> GraphicsGrid[{{Graphics[Disk[]]}, {Graphics[Circle[]]}}]
    -GraphicsGrid-
    """
    return None


symbol(
    "Legended",
    usage="Legended[picture, legend] is a picture with a legend; Placed[legend, position] places it.",
)
symbol("Labeled", usage="Labeled[picture, text] is a picture with a title.")


@builtin("Rasterize", messages=SHOW, options={"ImageSize": AUTO, "ImageResolution": AUTO})
def rasterize(ev: Any, e: Any, **options: Any) -> Any:
    """Rasterize[picture] is the picture as an Image. ImageSize and ImageResolution (dots an inch) set its
    size.

    >>> ImageDimensions[Rasterize[Graphics[Disk[]], ImageSize -> 100]]
    {100, 100}
    """
    if type(e) is Image:
        return e
    if not is_drawable(e):
        e = Expr(S.Graphics, (Expr(S.Text, (e,)), Expr(S.Rule, (S.ImageSize, 200))))
    width, resolution = number(options.get("ImageSize", AUTO)), number(options.get("ImageResolution", AUTO))
    pixels = picture_array(ev, e, width, resolution or 72.0)
    return Image(np.ascontiguousarray(pixels[..., :3]), "Byte", "RGB")
