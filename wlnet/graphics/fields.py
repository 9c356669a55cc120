"""Values over a plane: DensityPlot, ContourPlot, RegionPlot and their forms for data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items, packed, to_array
from wlnet.media.colors import NONE, color_expression, gradient_of, number, palette

from . import spec
from .curves import visible_range
from .legends import placed, placed_bar
from .options import AUTO, plain
from .sample import Sampler, listed, real, reals
from .spec import FIELDS, Range, picture, plotter, points_setting, read_range

POINTS = 80  # places in each direction
LEVELS = 10

DENSITY = plain(FIELDS, PlotPoints=AUTO)
CONTOUR = plain(DENSITY, Contours=AUTO, ContourShading=AUTO, ContourStyle=AUTO)
REGION = plain(
    {k: v for k, v in DENSITY.items() if not k.startswith("Color")}, PlotStyle=AUTO, BoundaryStyle=AUTO
)
LIST_DENSITY = plain(FIELDS, DataRange=AUTO, InterpolationOrder=AUTO)
LIST_CONTOUR = plain(LIST_DENSITY, Contours=AUTO, ContourShading=AUTO, ContourStyle=AUTO)


class Field:
    """Values z (rows: y, columns: x) over a grid of xs and ys, NaN where there is none."""

    def __init__(self, xs: np.ndarray, ys: np.ndarray, z: np.ndarray) -> None:
        self.xs = xs
        self.ys = ys
        self.z = z

    def box(self) -> np.ndarray:
        return np.array([[self.xs[0], self.ys[0]], [self.xs[-1], self.ys[-1]]])

    def spans(self) -> Expr:
        ends = (self.xs[[0, -1]], self.ys[[0, -1]])
        return Expr(S.List, tuple(packed(np.array(e)) for e in ends))


def sample_plane(ev: Any, name: str, body: Any, x: Range, y: Range, points: int) -> Field:
    """Values of a function at the places of a grid, evaluated together."""
    xs, ys = np.linspace(x.low, x.high, points), np.linspace(y.low, y.high, points)
    across, up = np.meshgrid(xs, ys)
    raw = Sampler(ev, body, [x.symbol, y.symbol]).values(across.ravel(), up.ravel())
    found = reals(ev, raw)
    if found.ndim != 1:
        found = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else np.full(len(found), np.nan)
    spec.complain_if_empty(ev, name, body, across.ravel(), found, raw)
    return Field(xs, ys, np.where(np.isfinite(found), found, np.nan).reshape(points, points))


def planes(ev: Any, name: str, body: Any, x: Any, y: Any, given: dict[str, Any]) -> Field | None:
    first, second = read_range(ev, name, x), None
    second = read_range(ev, name, y) if first is not None else None
    points = points_setting(ev, name, given.get("PlotPoints", AUTO), POINTS)
    if first is None or second is None or points is None:
        return None
    while type(body) is Expr and body.head is S.Evaluate and body.args:
        body = ev.evaluate(body.args[0])
    return sample_plane(ev, name, body, first, second, points)


def span_of(z: np.ndarray, setting: Any) -> tuple[float, float]:
    """The range of values that colours span: what PlotRange says of z, else all but far outliers."""
    low, high = visible_range(z.ravel())
    last = items(setting)[-1] if is_list(setting) and len(items(setting)) == 3 else None
    ends = to_array(last, exact=False) if last is not None else None
    if ends is None and is_list(setting) and len(items(setting)) == 2:
        ends = to_array(setting, exact=False)
    if ends is not None and ends.shape == (2,):
        low, high = float(ends[0]), float(ends[1])
    elif setting is S.All and np.isfinite(z).any():
        low, high = float(np.nanmin(z)), float(np.nanmax(z))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def flat_range(given: dict[str, Any]) -> None:
    """A range of z is no range of the picture."""
    setting = given.get("PlotRange", AUTO)
    if is_list(setting) and len(items(setting)) == 3:
        given["PlotRange"] = Expr(S.List, items(setting)[:2])
    elif setting is S.All or to_array(setting, exact=False) is not None or number(setting) is not None:
        array = to_array(setting, exact=False)
        if array is None or array.ndim == 1:
            given.pop("PlotRange", None)


def color_setting(ev: Any, name: str, setting: Any) -> Any:
    """A colour function as it stands in the picture; None after a message."""
    chosen = Expr(S.ColorDataFunction, ("Density",)) if setting is AUTO else setting
    if type(chosen) is str:
        chosen = Expr(S.ColorDataFunction, (chosen,))
    if gradient_of(ev, chosen) is None:
        ev.message(name, "cfun", setting)
        return None
    return chosen


def density(
    ev: Any, name: str, field: Field, given: dict[str, Any], defaults: dict[str, Any], smooth: bool
) -> Any:
    options = defaults | given
    color = color_setting(ev, name, options["ColorFunction"])
    if color is None:
        return None
    span = span_of(field.z, options["PlotRange"])
    if options["ColorFunctionScaling"] is FALSE:
        span = (0.0, 1.0)
    flat_range(given)
    rules = [Expr(S.Rule, (S.ColorFunction, color))]
    if smooth:
        rules.append(Expr(S.Rule, (S.InterpolationOrder, 1)))
    cells = packed(field.z.astype(np.float64))
    raster = Expr(S.Raster, (cells, packed(field.box()), packed(np.array(span)), *rules))
    made = picture([raster], given, defaults, PlotRange=field.spans())
    return placed_bar(made, options["PlotLegends"], color, span)


# ---- contours


def levels_of(setting: Any, span: tuple[float, float]) -> np.ndarray:
    """Heights of contours: a number of them, or a list; Automatic takes round ones."""
    low, high = span
    array = to_array(setting, exact=False)
    if array is not None and array.ndim == 1:
        return np.sort(array.astype(float))
    if is_list(setting):
        return np.sort(np.array([real_number(x) for x in items(setting)], float))
    if type(setting) is int and setting > 0:
        return np.linspace(low, high, setting + 2)[1:-1]
    from matplotlib.ticker import MaxNLocator

    ticks = np.asarray(MaxNLocator(LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    found: np.ndarray = ticks[(ticks > low) & (ticks < high)]
    return found


def real_number(e: Any) -> float:
    value = number(items(e)[0] if is_list(e) and items(e) else e)
    return float("nan") if value is None else value


def contour_generator(field: Field) -> Any:
    import contourpy

    z = np.ma.masked_invalid(field.z)
    return contourpy.contour_generator(field.xs, field.ys, z, name="serial", fill_type="OuterOffset")


def polygons_above(generator: Any, low: float, high: float) -> list[Any]:
    """The region where low <= z < high, as Polygon expressions with holes."""
    found = []
    points, offsets = generator.filled(low, high)
    for ring, cuts in zip(points, offsets):
        rings = [ring[a : b - 1] for a, b in zip(cuts, cuts[1:])]
        rings = [packed(np.array(r)) for r in rings if len(r) > 2]
        if not rings:
            continue
        holes = rings[1:]
        inside = Expr(S.Rule, (rings[0], Expr(S.List, tuple(holes)))) if holes else rings[0]
        found.append(Expr(S.Polygon, (inside,)))
    return found


def contour(ev: Any, name: str, field: Field, given: dict[str, Any], defaults: dict[str, Any]) -> Any:
    options = defaults | given
    color = color_setting(ev, name, options["ColorFunction"])
    if color is None:
        return None
    span = span_of(field.z, options["PlotRange"])
    flat_range(given)
    levels = levels_of(options["Contours"], span)
    contents: list[Any] = []
    shaded = options["ContourShading"] is not NONE and options["ContourShading"] is not FALSE
    generator = contour_generator(field)
    if shaded:
        contents += shading(ev, generator, levels, span, color, options["ColorFunctionScaling"] is not FALSE)
    contents += contour_lines(generator, levels, options["ContourStyle"], shaded)
    made = picture(contents, given, defaults, PlotRange=field.spans())
    return placed_bar(made, options["PlotLegends"], color, span) if shaded else made


def shading(ev: Any, generator: Any, levels: np.ndarray, span: Any, color: Any, scaled: bool) -> list[Any]:
    """Each band painted over the ones below it, so that no gaps show between neighbours."""
    gradient = gradient_of(ev, color)
    assert gradient is not None
    low, high = span
    edges = [-np.inf, *levels.tolist(), np.inf]
    middles = [low, *levels.tolist(), high]
    found: list[Any] = []
    for k in range(len(edges) - 1):
        middle = (middles[k] + middles[k + 1]) / 2
        t = (middle - low) / (high - low) if scaled else middle
        faces = polygons_above(generator, edges[k] if np.isfinite(edges[k]) else -1e300, 1e300)
        if faces:
            shade = color_expression(gradient(np.asarray(t)))
            found.append(Expr(S.List, (Expr(S.Directive, (shade, Expr(S.EdgeForm, ()))), *faces)))
    return found


def contour_lines(
    generator: Any, levels: Sequence[float] | np.ndarray, setting: Any, shaded: bool
) -> list[Any]:
    if setting is NONE:
        return []
    thin = Expr(S.AbsoluteThickness, (0.8 if shaded else 1.3,))
    base = Expr(S.Directive, (Expr(S.GrayLevel, (0.1,)), Expr(S.Opacity, (0.45,)), thin))
    if not shaded:
        base = Expr(S.Directive, (palette(0), thin))
    given = items(setting) if is_list(setting) else () if setting is AUTO else (setting,)
    found = []
    for k, level in enumerate(levels):
        own = spec.directive_parts(given[k % len(given)]) if given else []
        lines = [Expr(S.Line, (packed(np.array(line)),)) for line in generator.lines(level) if len(line) > 1]
        if lines:
            found.append(Expr(S.List, (Expr(S.Directive, (*base.args, *own)), *lines)))
    return found


def equations(body: Any) -> list[Any] | None:
    """The sides of f == g (or of several such), None where `body` is no equation."""
    parts = list(items(body)) if is_list(body) else [body]
    if parts and all(type(p) is Expr and p.head is S.Equal and len(p.args) == 2 for p in parts):
        return [Expr(S.Subtract, p.args) for p in parts]
    return None


def curves_of_equations(ev: Any, parts: Sequence[Any], x: Any, y: Any, given: dict[str, Any]) -> Any:
    """ContourPlot[f == g, ...]: the curve where both sides are equal."""
    options = CONTOUR | given
    styles = spec.curve_styles(
        options["ContourStyle"], len(parts), Expr(S.AbsoluteThickness, (spec.THICKNESS,))
    )
    contents, field = [], None
    for body, style in zip(parts, styles):
        field = planes(ev, "ContourPlot", body, x, y, {"PlotPoints": 160} | given)
        if field is None:
            return None
        lines = [Expr(S.Line, (packed(np.array(line)),)) for line in contour_generator(field).lines(0.0)]
        contents.append(Expr(S.List, (style, *lines)))
    assert field is not None
    made = picture(contents, given, CONTOUR, PlotRange=field.spans())
    texts = [Expr(S.HoldForm, (Expr(S.Equal, p.args),)) for p in parts]
    return placed(made, options["PlotLegends"], S.LineLegend, styles, texts)


# ---- data over a plane


def data_field(ev: Any, name: str, data: Any, given: dict[str, Any]) -> Field | None:
    """A matrix of heights (rows from y = 1 up), or points {x, y, z}; None after a message."""
    array = to_array(data, exact=False)
    if array is None and is_list(data):
        rows = [items(row) for row in items(data) if is_list(row)]
        if rows and len({len(r) for r in rows}) == 1 and len(rows) == len(items(data)):
            array = np.array([[real(ev, v) for v in row] for row in rows])
    if array is None or array.ndim != 2 or min(array.shape) < 2 or array.dtype.kind not in "if":
        ev.message(name, "matrix", data)
        return None
    array = array.astype(np.float64)
    if array.shape[1] == 3 and array.shape[0] > 3:
        return scattered(array)
    spans = given.get("DataRange", AUTO)
    ends = to_array(spans, exact=False) if is_list(spans) else None
    if ends is None or ends.shape != (2, 2):
        ends = np.array([[1, array.shape[1]], [1, array.shape[0]]], float)
    (x1, x2), (y1, y2) = ends.astype(float).tolist()
    return Field(np.linspace(x1, x2, array.shape[1]), np.linspace(y1, y2, array.shape[0]), array)


def scattered(points: np.ndarray) -> Field:
    """Points on no grid: linear between their Delaunay triangles."""
    from scipy.interpolate import LinearNDInterpolator

    xs, ys = (np.linspace(points[:, k].min(), points[:, k].max(), POINTS) for k in (0, 1))
    unique = {(x, y): z for x, y, z in points[np.isfinite(points).all(1)].tolist()}
    places = np.array(list(unique))
    if len({x for x, _ in unique}) * len({y for _, y in unique}) == len(unique):
        return gridded(unique)
    z = LinearNDInterpolator(places, np.array(list(unique.values())), rescale=True)(*np.meshgrid(xs, ys))
    return Field(xs, ys, z)


def gridded(points: dict[tuple[float, float], float]) -> Field:
    """Points on a complete grid, in any order."""
    xs, ys = sorted({x for x, _ in points}), sorted({y for _, y in points})
    return Field(np.array(xs), np.array(ys), np.array([[points[x, y] for x in xs] for y in ys]))


# ---- builtins

MATRIX = "`1` is not a matrix of numbers with at least two rows and columns, or a list of points {x, y, z}."


@plotter("DensityPlot", DENSITY, held=True)
def density_plot(ev: Any, f: Any, x: Any, y: Any, given: dict[str, Any]) -> Any:
    """DensityPlot[f, {x, xmin, xmax}, {y, ymin, ymax}] shows values of f over a plane as colours.
    ColorFunction -> "Rainbow" (or another gradient or a function), PlotLegends -> Automatic, PlotPoints -> n.

    >>> DensityPlot[Sin[x] Cos[y], {x, 0, 3}, {y, 0, 3}]
    -Graphics-
    """
    field = planes(ev, "DensityPlot", f, x, y, given)
    return None if field is None else density(ev, "DensityPlot", field, given, DENSITY, True)


@plotter("ContourPlot", CONTOUR, held=True)
def contour_plot(ev: Any, f: Any, x: Any, y: Any, given: dict[str, Any]) -> Any:
    """ContourPlot[f, {x, xmin, xmax}, {y, ymin, ymax}] shows lines of equal height of f, coloured between
    them. ContourPlot[f == g, ...] shows the curve where f and g are equal. Contours -> n or {z1, z2, ...},
    ContourShading -> None, ContourStyle -> directives.

    >>> ContourPlot[x^2 + y^2, {x, -1, 1}, {y, -1, 1}]
    -Graphics-
    """
    parts = equations(f)
    if parts is not None:
        return curves_of_equations(ev, parts, x, y, given)
    field = planes(ev, "ContourPlot", f, x, y, given)
    return None if field is None else contour(ev, "ContourPlot", field, given, CONTOUR)


@plotter("RegionPlot", REGION, held=True)
def region_plot(ev: Any, condition: Any, x: Any, y: Any, given: dict[str, Any]) -> Any:
    """RegionPlot[condition, {x, xmin, xmax}, {y, ymin, ymax}] shows where the condition holds.

    >>> RegionPlot[x^2 + y^2 < 1, {x, -1, 1}, {y, -1, 1}]
    -Graphics-
    """
    options = REGION | given
    first, second = read_range(ev, "RegionPlot", x), None
    second = read_range(ev, "RegionPlot", y) if first is not None else None
    points = points_setting(ev, "RegionPlot", options["PlotPoints"], 200)
    if first is None or second is None or points is None:
        return None
    parts = list(items(condition)) if is_list(condition) else [condition]
    styles = spec.curve_styles(options["PlotStyle"], len(parts))
    xs, ys = np.linspace(first.low, first.high, points), np.linspace(second.low, second.high, points)
    across, up = np.meshgrid(xs, ys)
    contents = []
    for body, style in zip(parts, styles):
        inside = inside_of(ev, body, (first, second), across, up)
        faces = polygons_above(contour_generator(Field(xs, ys, inside)), 0.0, 1e300)
        color = spec.color_part(style)
        edge = [] if options["BoundaryStyle"] is AUTO else spec.directive_parts(options["BoundaryStyle"])
        border = Expr(S.EdgeForm, (Expr(S.Directive, (color, Expr(S.AbsoluteThickness, (1,)), *edge)),))
        contents.append(Expr(S.List, (Expr(S.Directive, (color, Expr(S.Opacity, (0.3,)), border)), *faces)))
    made = picture(contents, given, REGION, PlotRange=Field(xs, ys, across).spans())
    texts = [Expr(S.HoldForm, (body,)) for body in parts]
    return placed(made, options["PlotLegends"], S.SwatchLegend, styles, texts)


# Conditions as functions that are positive where they hold, so that edges are smooth.
SIGNED = {
    S.Less: lambda a, b: Expr(S.Subtract, (b, a)),
    S.LessEqual: lambda a, b: Expr(S.Subtract, (b, a)),
    S.Greater: lambda a, b: Expr(S.Subtract, (a, b)),
    S.GreaterEqual: lambda a, b: Expr(S.Subtract, (a, b)),
}
MEETINGS = {S.And: np.fmin.reduce, S.Or: np.fmax.reduce}


def inside_of(ev: Any, body: Any, ranges: Sequence[Range], across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Values over a grid, positive where the condition holds and negative where it does not."""
    if type(body) is Expr and body.head in MEETINGS and body.args:
        parts = [inside_of(ev, each, ranges, across, up) for each in body.args]
        found: np.ndarray = MEETINGS[body.head](parts)
        return found
    symbols = [each.symbol for each in ranges]
    if type(body) is Expr and body.head in SIGNED and len(body.args) == 2:
        difference = SIGNED[body.head](*body.args)
        values = reals(ev, Sampler(ev, difference, symbols).values(across.ravel(), up.ravel()))
        if values.ndim == 1 and np.isfinite(values).all():
            return values.reshape(across.shape)
    raw = listed(Sampler(ev, body, symbols).values(across.ravel(), up.ravel()))
    return np.array([0.5 if v is TRUE else -0.5 for v in raw]).reshape(across.shape)


@plotter("ListDensityPlot", LIST_DENSITY, matrix=MATRIX)
def list_density_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListDensityPlot[matrix] shows heights as colours, rows upwards; ListDensityPlot[{{x, y, z}, ...}] those
    of points. InterpolationOrder -> 0 shows cells.

    >>> ListDensityPlot[{{1, 2}, {3, 4}}]
    -Graphics-
    """
    field = data_field(ev, "ListDensityPlot", data, given)
    if field is None:
        return None
    return density(
        ev, "ListDensityPlot", field, given, LIST_DENSITY, given.get("InterpolationOrder", AUTO) != 0
    )


@plotter("ListContourPlot", LIST_CONTOUR, matrix=MATRIX)
def list_contour_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListContourPlot[matrix] shows lines of equal height, rows upwards; ListContourPlot[{{x, y, z}, ...}]
    those of points.

    >>> ListContourPlot[{{1, 2}, {3, 4}}]
    -Graphics-
    """
    field = data_field(ev, "ListContourPlot", data, given)
    return None if field is None else contour(ev, "ListContourPlot", field, given, LIST_CONTOUR)
