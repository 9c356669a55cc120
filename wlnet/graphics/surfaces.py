"""Surfaces in space: Plot3D, ListPlot3D, ListPointPlot3D, ParametricPlot3D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, packed, to_array
from wlnet.media.colors import NONE, gradient_of, palette

from . import spec
from .curves import bodies, visible_range
from .fields import MATRIX, Field, data_field, planes
from .legends import placed, placed_bar
from .options import AUTO, plain
from .sample import Sampler, reals
from .spec import SURFACES, curve_styles, plotter, points_setting, read_range, solid

POINTS = 45  # places in each direction
LINES = 15  # mesh lines in each direction

PLOT_3D = plain(SURFACES, PlotPoints=AUTO)
LIST_3D = plain(SURFACES, DataRange=AUTO)
PARAMETRIC_3D = plain(PLOT_3D, BoxRatios=AUTO)


def surface(field: Field, color: Any, colors: np.ndarray | None, mesh: bool) -> list[Any]:
    """GraphicsComplex of the grid's points with a quadrilateral for every cell that has four values."""
    rows, columns = field.z.shape
    across, up = np.meshgrid(field.xs, field.ys)
    points = np.stack([across.ravel(), up.ravel(), field.z.ravel()], 1)
    number = np.arange(1, rows * columns + 1).reshape(rows, columns)
    corners = [number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]]
    cells = np.stack([c.ravel() for c in corners], 1)
    whole = np.isfinite(field.z)
    whole = whole[:-1, :-1] & whole[:-1, 1:] & whole[1:, 1:] & whole[1:, :-1]
    cells = cells[whole.ravel()]
    points[~np.isfinite(points)] = 0.0
    look = Expr(S.Directive, (*color, Expr(S.EdgeForm, ())))
    parts: list[Any] = [Expr(S.List, (look, Expr(S.Polygon, (packed(cells),))))] if len(cells) else []
    if mesh:
        parts.append(mesh_lines(number, np.isfinite(field.z)))
    rules = [Expr(S.Rule, (S.VertexColors, packed(colors)))] if colors is not None else []
    return [Expr(S.GraphicsComplex, (packed(points), Expr(S.List, tuple(parts)), *rules))]


def mesh_lines(number: np.ndarray, finite: np.ndarray) -> Expr:
    """Lines along rows and columns of the grid."""
    thin = Expr(
        S.Directive, (Expr(S.GrayLevel, (0.1,)), Expr(S.Opacity, (0.35,)), Expr(S.AbsoluteThickness, (0.5,)))
    )
    lines = []
    for grid, there in ((number, finite), (number.T, finite.T)):
        for k in np.unique(np.linspace(0, len(grid) - 1, LINES).round().astype(int)):
            edges = [-1, *np.flatnonzero(~there[k]).tolist(), len(grid[k])]
            lines += [grid[k][a + 1 : b] for a, b in zip(edges, edges[1:]) if b - a > 2]
    return Expr(S.List, (thin, *(Expr(S.Line, (packed(np.array(line)),)) for line in lines)))


def vertex_colors(ev: Any, setting: Any, field: Field, span: tuple[float, float]) -> np.ndarray | None:
    """Colours of the grid's points: a gradient by height, or a function of x, y and z, each from 0 to 1."""
    low, high = span
    z = np.clip((field.z - low) / (high - low), 0, 1)
    if setting is NONE:
        return None
    named = setting is AUTO or type(setting) is str or setting in (S.Hue, S.GrayLevel)
    if named or (type(setting) is Expr and setting.head is S.ColorDataFunction):
        gradient = gradient_of(ev, setting)
        return None if gradient is None else gradient(z).reshape(-1, 4)
    from wlnet.media.colors import rgba

    apply = ev.function(setting)
    across, up = np.meshgrid(*(np.linspace(0, 1, n) for n in field.z.shape[::-1]))
    places = zip(across.ravel().tolist(), up.ravel().tolist(), np.nan_to_num(z).ravel().tolist())
    found = [rgba(apply(*place)) for place in places]
    return None if any(c is None for c in found) else np.array(found)


def surfaces(ev: Any, name: str, fields: Sequence[Field], given: dict[str, Any], texts: Sequence[Any]) -> Any:
    defaults = LIST_3D if name == "ListPlot3D" else PLOT_3D
    options = defaults | given
    every = np.concatenate([f.z.ravel() for f in fields])
    low, high = visible_range(every)
    low, high = (low, high) if high > low else (low - 0.5, low + 0.5)
    styles = curve_styles(options["PlotStyle"], len(fields))
    plain_color = options["PlotStyle"] is not AUTO and options["ColorFunction"] is AUTO
    contents: list[Any] = []
    for k, field in enumerate(fields):
        clipped = Field(
            field.xs, field.ys, np.clip(field.z, low, high) if "PlotRange" not in given else field.z
        )
        one_color = plain_color or (len(fields) > 1 and options["ColorFunction"] is AUTO)
        colors = None if one_color else vertex_colors(ev, options["ColorFunction"], field, (low, high))
        if colors is None and not one_color and options["ColorFunction"] is not NONE:
            ev.message(name, "cfun", options["ColorFunction"])
            return None
        own = styles[k].args if one_color else (palette(0),)
        contents += surface(clipped, own, colors, options["Mesh"] is not NONE)
    made = solid(contents, given, defaults)
    if len(fields) > 1:
        return placed(made, options["PlotLegends"], S.SwatchLegend, styles, texts)
    color = (
        Expr(S.ColorDataFunction, ("Density",))
        if options["ColorFunction"] is AUTO
        else options["ColorFunction"]
    )
    return placed_bar(made, options["PlotLegends"], color, (low, high))


@plotter("Plot3D", PLOT_3D, held=True)
def plot_3d(ev: Any, f: Any, x: Any, y: Any, given: dict[str, Any]) -> Any:
    """Plot3D[f, {x, xmin, xmax}, {y, ymin, ymax}] plots f as a surface over a plane; Plot3D[{f, g, ...}, ...]
    several. ColorFunction -> "Rainbow", PlotStyle -> directives, Mesh -> None, PlotPoints -> n,
    ViewPoint -> {x, y, z}.

    >>> Plot3D[Sin[x] Cos[y], {x, 0, 3}, {y, 0, 3}]
    -Graphics3D-
    """
    parts = bodies(ev, f)
    points = {"PlotPoints": given.get("PlotPoints", AUTO)}
    if points["PlotPoints"] is AUTO:
        points["PlotPoints"] = POINTS
    fields = []
    for body in parts:
        field = planes(ev, "Plot3D", body, x, y, points)
        if field is None:
            return None
        fields.append(field)
    if not fields:
        return None
    return surfaces(ev, "Plot3D", fields, given, [Expr(S.HoldForm, (body,)) for body in parts])


@plotter("ListPlot3D", LIST_3D, matrix=MATRIX)
def list_plot_3d(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListPlot3D[matrix] plots heights as a surface; ListPlot3D[{{x, y, z}, ...}] the surface through points.

    >>> ListPlot3D[{{1, 2, 1}, {2, 4, 2}, {1, 2, 1}}]
    -Graphics3D-
    """
    field = data_field(ev, "ListPlot3D", data, given)
    return None if field is None else surfaces(ev, "ListPlot3D", [field], given, [])


POINTS_3D = plain(
    {k: v for k, v in LIST_3D.items() if k not in ("Mesh", "ColorFunction", "ColorFunctionScaling")}
)


@plotter("ListPointPlot3D", POINTS_3D, data3="`1` is not a list of points {x, y, z} or several such lists.")
def list_point_plot_3d(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListPointPlot3D[{{x, y, z}, ...}] plots points in space; ListPointPlot3D[{data1, data2, ...}] several
    lists.

    >>> ListPointPlot3D[{{0, 0, 0}, {1, 1, 1}}]
    -Graphics3D-
    """
    options = POINTS_3D | given
    array = to_array(data, exact=False)
    parts = (
        [data] if array is not None and array.ndim == 2 else list(items(data)) if is_list(data) else [None]
    )
    arrays = [to_array(p, exact=False) if p is not None else None for p in parts]
    if any(a is None or a.ndim != 2 or a.shape[1] != 3 for a in arrays):
        ev.message("ListPointPlot3D", "data3", data)
        return None
    styles = curve_styles(options["PlotStyle"], len(arrays), Expr(S.AbsolutePointSize, (4.5,)))
    contents = [
        Expr(S.List, (style, Expr(S.Point, (packed(a.astype(float)),))))
        for style, a in zip(styles, arrays)
        if a is not None
    ]
    made = solid(contents, given, POINTS_3D)
    return placed(made, options["PlotLegends"], S.PointLegend, styles, list(range(1, len(arrays) + 1)))


@plotter("ParametricPlot3D", PARAMETRIC_3D, held=True)
def parametric_plot_3d(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """ParametricPlot3D[{fx, fy, fz}, {u, umin, umax}] plots a curve in space.

    >>> ParametricPlot3D[{Cos[u], Sin[u], u}, {u, 0, 10}]
    -Graphics3D-
    """
    options = PARAMETRIC_3D | given
    span = read_range(ev, "ParametricPlot3D", range_)
    points = points_setting(ev, "ParametricPlot3D", options["PlotPoints"], 400)
    if span is None or points is None:
        return None
    body = f
    several = is_list(body) and all(is_list(x) for x in items(body)) and len(items(body)) > 0
    parts = list(items(body)) if several else [body]
    styles = curve_styles(options["PlotStyle"], len(parts), Expr(S.AbsoluteThickness, (spec.THICKNESS,)))
    us = np.linspace(span.low, span.high, points)
    contents = []
    for each, style in zip(parts, styles):
        raw = Sampler(ev, each, [span.symbol]).values(us)
        xyz = reals(ev, raw)
        xyz = xyz if xyz.ndim == 2 and xyz.shape[1] == 3 else np.full((len(us), 3), np.nan)
        spec.complain_if_empty(ev, "ParametricPlot3D", each, us, xyz, raw)
        bad = ~np.isfinite(xyz).all(1)
        edges = [-1, *np.flatnonzero(bad).tolist(), len(xyz)]
        runs = [xyz[a + 1 : b] for a, b in zip(edges, edges[1:]) if b - a > 2]
        contents.append(Expr(S.List, (style, *(Expr(S.Line, (packed(run),)) for run in runs))))
    made = solid(contents, given, PARAMETRIC_3D)
    return placed(made, options["PlotLegends"], S.LineLegend, styles, [Expr(S.HoldForm, (p,)) for p in parts])
