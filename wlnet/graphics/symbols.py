"""Symbols of the graphics language: colours, directives, primitives, option names."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, truth
from wlnet.kernel.registry import applied, builtin, symbol
from wlnet.media.colors import (
    GRADIENTS,
    GRAYS,
    NAMED,
    PALETTE,
    RGBA,
    blend,
    color_expression,
    named_gradient,
    number,
    palette,
    rgba,
)

from .options import GRAPHICS, GRAPHICS_3D

PRIMITIVES = {
    "Line": "Line[{p1, p2, ...}] is a line through points; Line[{line1, line2, ...}] are several.",
    "Arrow": "Arrow[{p1, p2}] is an arrow from p1 to p2.",
    "Point": "Point[p] is a point; Point[{p1, p2, ...}] are several.",
    "Polygon": "Polygon[{p1, p2, ...}] is a filled polygon; Polygon[outer -> {hole, ...}] has holes.",
    "Triangle": "Triangle[{p1, p2, p3}] is a filled triangle.",
    "Rectangle": "Rectangle[{x1, y1}, {x2, y2}] is a filled rectangle.",
    "Circle": "Circle[{x, y}, r] is a circle; Circle[{x, y}, {rx, ry}] an ellipse; {a1, a2} adds angles.",
    "Disk": "Disk[{x, y}, r] is a filled circle; Disk[{x, y}, r, {a1, a2}] a sector.",
    "Text": "Text[expr, {x, y}, offset, direction] is a text.",
    "Raster": "Raster[rows, {{x1, y1}, {x2, y2}}, {min, max}] is an array of cells, rows upwards.",
    "Inset": "Inset[picture, {x, y}, Automatic, width] is a picture within a picture.",
    "GraphicsComplex": "GraphicsComplex[{p1, p2, ...}, primitives] lets primitives name points by number.",
    "GraphicsGroup": "GraphicsGroup[{g1, g2, ...}] holds primitives together.",
    "Cuboid": "Cuboid[{x1, y1, z1}, {x2, y2, z2}] is a box.",
    "Sphere": "Sphere[{x, y, z}, r] is a sphere.",
    "Ball": "Ball[{x, y, z}, r] is a ball.",
}
DIRECTIVES = {
    "RGBColor": 'RGBColor[r, g, b] is a colour; a fourth number is opacity; RGBColor["#rrggbb"] works too.',
    "GrayLevel": "GrayLevel[g] is a grey between 0 (black) and 1 (white).",
    "Hue": "Hue[h] is a saturated colour; Hue[h, s, b] gives saturation and brightness.",
    "CMYKColor": "CMYKColor[c, m, y, k] is a colour by its inks.",
    "Opacity": "Opacity[a] makes what follows partly transparent.",
    "Thickness": "Thickness[r] draws lines of r times the picture's width.",
    "AbsoluteThickness": "AbsoluteThickness[d] draws lines d printer's points wide.",
    "PointSize": "PointSize[d] draws points of d times the picture's width.",
    "AbsolutePointSize": "AbsolutePointSize[d] draws points d printer's points wide.",
    "Dashing": "Dashing[{r1, r2, ...}] draws lines dashed by parts of the picture's width.",
    "AbsoluteDashing": "AbsoluteDashing[{d1, d2, ...}] draws lines dashed by printer's points.",
    "Directive": "Directive[d1, d2, ...] is several directives as one.",
    "FaceForm": "FaceForm[d] draws faces with directive d.",
    "EdgeForm": "EdgeForm[d] draws edges of faces with directive d; EdgeForm[] draws none.",
    "Arrowheads": "Arrowheads[s] draws arrow heads of s times the picture's width.",
    "Thick": "Thick draws thick lines.",
    "Thin": "Thin draws thin lines.",
    "Dashed": "Dashed draws lines dashed.",
    "Dotted": "Dotted draws lines dotted.",
    "DotDashed": "DotDashed draws lines dotted and dashed.",
    "Bold": "Bold is a weight of text.",
    "Italic": "Italic is a slant of text.",
}
OTHERS = (
    "Scaled ImageScaled Placed After Before Above Below Center Left Right Top Bottom LineLegend "
    "PointLegend SwatchLegend BarLegend Legended Labeled VertexColors Tiny Small Medium Large Axis UpTo "
    "FontSize FontWeight FontSlant FontFamily FontColor Plain CapForm JoinForm ColorDataFunction "
    "PlotStyle PlotLegends PlotPoints MaxRecursion Filling FillingStyle Exclusions ColorFunction "
    "ColorFunctionScaling PlotMarkers Joined DataRange PlotTheme Contours ContourStyle ContourShading "
    "Mesh ChartLabels ChartStyle ChartLegends BarSpacing ImageResolution InterpolationOrder Spacings "
    "GraphicsRow GraphicsColumn RegionFunction BoundaryStyle ColorRules"
)  # fmt: skip


def declare_all() -> None:
    for name, rgb in NAMED.items():
        symbol(name, usage=f"{name} is a colour.", value=Expr(S.RGBColor, tuple(rgb)))
    for name, gray in GRAYS.items():
        symbol(name, usage=f"{name} is a colour.", value=Expr(S.GrayLevel, (gray,)))
    symbol("Transparent", usage="Transparent is no colour.", value=Expr(S.GrayLevel, (0, 0)))
    for name, usage in {**PRIMITIVES, **DIRECTIVES}.items():
        symbol(name, usage=usage)
    known = {*PRIMITIVES, *DIRECTIVES}
    for name in dict.fromkeys([*OTHERS.split(), *GRAPHICS, *GRAPHICS_3D]):
        if name not in known and getattr(S, name).builtin is None:
            symbol(name, usage=f"{name} is used in pictures; see ?Graphics.")


declare_all()

UNKNOWN = {
    "unknown": "Not drawn, since they are no graphics primitives or directives with such arguments: `1`.",
}


@builtin("Graphics", messages=UNKNOWN, options=GRAPHICS)
def graphics(ev: Any, contents: Any, **options: Any) -> Any:
    """Graphics[primitives, options] is a picture: Point, Line, Polygon, Disk, Text, ... with directives such
    as Red, Thick, PointSize[0.02] before them in their lists.

    >>> Graphics[{Red, Disk[]}]
    -Graphics-
    """
    return None


@builtin("Graphics3D", messages=UNKNOWN, options=GRAPHICS_3D)
def graphics_3d(ev: Any, contents: Any, **options: Any) -> Any:
    """Graphics3D[primitives, options] is a picture in space: Point, Line, Polygon, Cuboid, Sphere, Text.

    >>> Graphics3D[Cuboid[]]
    -Graphics3D-
    """
    return None


# ---- functions of colours


def colors(ev: Any, name: str, e: Any) -> list[RGBA] | None:
    found = [rgba(x) for x in (items(e) if is_list(e) else (e,))]
    if any(c is None for c in found) or not found:
        ev.message(name, "color", e)
        return None
    return [c for c in found if c is not None]


COLOR = {"color": "`1` is not a colour such as Red or RGBColor[1, 0, 0], or a list of colours."}


def towards(ev: Any, name: str, e: Any, part: Any, target: RGBA) -> Any:
    found, share = colors(ev, name, e), number(part)
    if found is None or share is None:
        return None
    mixed = [blend([c, (*target[:3], c[3])], share) for c in found]
    made = [color_expression(m) for m in mixed if m is not None]
    return Expr(S.List, tuple(made)) if is_list(e) else made[0]


@builtin("Lighter", messages=COLOR)
def lighter(ev: Any, color: Any, part: Any = 1 / 3) -> Any:
    """Lighter[color] is a lighter version of a colour; Lighter[color, f] goes the part f of the way to white.

    >>> Lighter[Red, 0.5]
    RGBColor[1., 0.5, 0.5]
    """
    return towards(ev, "Lighter", color, part, (1.0, 1.0, 1.0, 1.0))


@builtin("Darker", messages=COLOR)
def darker(ev: Any, color: Any, part: Any = 1 / 3) -> Any:
    """Darker[color] is a darker version of a colour; Darker[color, f] goes the part f of the way to black.

    >>> Darker[Red, 0.5]
    RGBColor[0.5, 0., 0.]
    """
    return towards(ev, "Darker", color, part, (0.0, 0.0, 0.0, 1.0))


@builtin("Blend", messages=COLOR)
def blend_(ev: Any, given: Any, position: Any = None) -> Any:
    """Blend[{c1, c2, ...}] mixes colours evenly; Blend[{c1, c2, ...}, x] is the colour at x between 0 and 1.

    >>> Blend[{Red, Blue}, 0.25]
    RGBColor[0.75, 0., 0.25]
    """
    found = colors(ev, "Blend", given)
    mixed = blend(found, position) if found is not None else None
    return None if mixed is None else color_expression(mixed)


SCHEMES = {"scheme": "`1` is no colour scheme; among those known are `2`."}


@builtin("ColorData", messages=SCHEMES)
def color_data(ev: Any, name: Any = None, place: Any = None) -> Any:
    """ColorData["name"] is a colour function of numbers between 0 and 1; ColorData["name", x] is the colour
    at x. ColorData[97, k] is colour number k of the curves in plots. ColorData[] lists the names of
    gradients.

    >>> ColorData["GrayTones", 0]
    RGBColor[0.05, 0.05, 0.05]
    """
    if name is None or name == "Gradients":
        return Expr(S.List, tuple(sorted(GRADIENTS)))
    if type(name) is int:
        if place is None:
            return Expr(S.ColorDataFunction, (name,))
        if place == "ColorList":
            return Expr(S.List, tuple(palette(k) for k in range(len(PALETTE))))
        return palette(place - 1) if type(place) is int and place > 0 else None
    if type(name) is not str or named_gradient(name) is None:
        ev.message("ColorData", "scheme", name, ", ".join(sorted(GRADIENTS)[:12]))
        return None
    return Expr(S.ColorDataFunction, (name,)) if place is None else at(name, place)


def at(name: str, place: Any) -> Any:
    gradient, t = named_gradient(name), number(place)
    if gradient is None or t is None:
        return None
    return color_expression(gradient(np.asarray(t)))


@applied("ColorDataFunction")
def color_data_function(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    if len(head.args) != 1 or len(args) != 1:
        return None
    if type(head.args[0]) is int:
        return palette(args[0] - 1) if type(args[0]) is int and args[0] > 0 else None
    return at(head.args[0], args[0])


@builtin("ColorQ")
def is_color(ev: Any, e: Any) -> Any:
    """ColorQ[e] tells whether e is a colour.

    >>> {ColorQ[Red], ColorQ[7]}
    {True, False}
    """
    return truth(rgba(e) is not None)
