"""Symbols of the graphics language: directives, primitives, option names. Colours: `media.color_values`."""

from __future__ import annotations

from typing import Any

from wlnet.expr import S
from wlnet.kernel.registry import builtin, symbol

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
    "FontSize FontWeight FontSlant FontFamily FontColor Plain CapForm JoinForm "
    "PlotStyle PlotLegends PlotPoints MaxRecursion Filling FillingStyle Exclusions ColorFunction "
    "ColorFunctionScaling PlotMarkers Joined DataRange PlotTheme Contours ContourStyle ContourShading "
    "Mesh ChartLabels ChartStyle ChartLegends BarSpacing ImageResolution InterpolationOrder Spacings "
    "GraphicsRow GraphicsColumn RegionFunction BoundaryStyle ColorRules"
)  # fmt: skip


def declare_all() -> None:
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
