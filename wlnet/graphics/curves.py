"""Curves found by adaptive sampling: Plot and its logarithmic forms, ParametricPlot, PolarPlot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, is_list, items, packed
from wlnet.media.colors import NONE, gradient_of, number, rgba

from . import spec
from .legends import placed
from .options import AUTO, plain
from .sample import Sampler, reals
from .spec import CURVES, Range, color_part, curve_styles, picture, plotter, points_setting, read_range

# Places at the start, and rounds of halving where the curve bends.
POINTS = 60
RECURSION = 6
BEND = 0.06  # radians on the picture: a bend below this looks smooth
HEIGHT = 0.62  # of the picture over its width, by which slopes are judged
UNEVEN = 3.0  # largest over smallest step, of those halved equally often
JUMP = 0.12  # of the picture's height, between neighbours at the finest step: a discontinuity

# Automatic range: what lies beyond this many widths of the middle nine tenths of the values is left out.
OUTLYING = 6.0
BEYOND = 0.15  # how far beyond the middle nine tenths the range then goes, as part of their width

PLOT = plain(
    CURVES,
    ColorFunction=NONE,
    ColorFunctionScaling=TRUE,
    Exclusions=AUTO,
    MaxRecursion=AUTO,
    PlotPoints=AUTO,
)
PARAMETRIC = plain(
    {k: v for k, v in PLOT.items() if k not in ("Filling", "FillingStyle", "Exclusions")}, AspectRatio=AUTO
)


class Curves:
    """Values of one or several functions over a range: xs (n,) and ys (n, k), NaN where there is none."""

    def __init__(
        self, ev: Any, body: Any, range_: Range, points: int, rounds: int, log: bool = False
    ) -> None:
        self.ev = ev
        self.sampler = Sampler(ev, body, [range_.symbol])
        self.range = range_
        self.log = log
        self.finest = 0.0
        step = (range_.high - range_.low) / (points - 1)
        xs = np.linspace(range_.low, range_.high, points)
        if log and range_.low > 0:
            xs = np.geomspace(range_.low, range_.high, points)
        elif not log:
            # Off the even places, where sin(k x) and its kin may look constant.
            xs[1:-1] += 0.21 * step * np.sin(1.7 * np.arange(1, points - 1))
        self.xs = xs
        self.raw = self.sampler.values(xs)
        self.ys = self.columns(self.raw)
        self.first = self.ys
        self.count = self.ys.shape[1]
        for _ in range(rounds):
            if not self.refine():
                break

    def columns(self, raw: Any) -> np.ndarray:
        found = reals(self.ev, raw)
        found = found[:, None] if found.ndim == 1 else found.reshape(len(found), -1)
        return np.where(np.isfinite(found), found, np.nan)

    def scaled(self, scale: str | None, ys: np.ndarray | None = None) -> np.ndarray:
        ys = self.ys if ys is None else ys
        with np.errstate(all="ignore"):
            return np.where(ys > 0, np.log(ys), np.nan) if scale else ys

    def visible(self, k: int) -> tuple[float, float]:
        """The automatic range of curve `k`, in its logarithm where the axis is logarithmic."""
        return visible_range(self.scaled(self.vertical)[:, k], self.scaled(self.vertical, self.first)[:, k])

    def place(self) -> np.ndarray:
        """Places from 0 to 1 across the picture."""
        if self.log and self.range.low > 0:
            low, high = np.log(self.range.low), np.log(self.range.high)
            return (np.log(self.xs) - low) / (high - low)
        return (self.xs - self.range.low) / (self.range.high - self.range.low)

    vertical: str | None = None

    def refine(self) -> bool:
        """Halve the intervals beside a bend or at an edge of the domain; False where there are none."""
        x = self.place()
        wanted = np.zeros(len(x) - 1, bool)
        for k in range(self.count):
            wanted |= bends(x, self.scaled(self.vertical)[:, k], self.visible(k))
        gaps = np.isnan(self.ys)
        wanted |= (gaps[1:] != gaps[:-1]).any(1)
        where = np.flatnonzero(wanted)
        if not where.size:
            return False
        between = (self.xs[where] + self.xs[where + 1]) / 2
        found = self.columns(self.sampler.values(between))
        if found.shape[1] != self.count:
            return False
        self.xs = np.insert(self.xs, where + 1, between)
        self.ys = np.insert(self.ys, where + 1, found, axis=0)
        self.finest = float(np.diff(self.place()).min())
        return True

    def lines(self, k: int, exclude: bool) -> list[np.ndarray]:
        """Curve `k` as stretches (n, 2) without gaps and, with `exclude`, without jumps."""
        y = self.ys[:, k]
        apart = np.isnan(y[1:]) | np.isnan(y[:-1])
        if exclude:
            apart |= self.jumps(k)
        edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(y)]
        found = [np.stack([self.xs[a:b], y[a:b]], 1) for a, b in zip(edges, edges[1:])]
        return [line for line in found if len(line) > 1 and not np.isnan(line).any()]

    def jumps(self, k: int) -> np.ndarray:
        """Between which neighbours the curve jumps: at the finest step, and much more than around it."""
        y = self.scaled(self.vertical)[:, k]
        low, high = self.visible(k)
        with np.errstate(invalid="ignore"):
            rise = np.abs(np.diff(y)) / max(high - low, 1e-300)
        steps = np.diff(self.place())
        fine = steps <= UNEVEN * self.finest
        steep = (rise > JUMP) & (rise > 3 * np.fmin(np.roll(rise, 1), np.roll(rise, -1)))
        through = ((y[1:] > high) & (y[:-1] < low)) | ((y[1:] < low) & (y[:-1] > high))  # a pole, far outside
        found: np.ndarray = fine & steep | through
        return found


def bends(x: np.ndarray, y: np.ndarray, span: tuple[float, float]) -> np.ndarray:
    """Which intervals lie beside a visible bend; what is far outside the picture is flattened first."""
    low, high = span
    if not high > low:
        return np.zeros(len(x) - 1, bool)
    with np.errstate(invalid="ignore"):
        v = np.clip((y - low) / (high - low), -1.0, 2.0) * HEIGHT
        angle = np.arctan2(np.diff(v), np.diff(x))
        turn = np.abs(np.diff(angle)) > BEND
        long = np.hypot(np.diff(x), np.diff(v)) > 1 / 800
    found = np.zeros(len(x) - 1, bool)
    found[:-1] |= turn
    found[1:] |= turn
    result: np.ndarray = found & long
    return result


def visible_range(values: np.ndarray, even: np.ndarray | None = None) -> tuple[float, float]:
    """The automatic range of values: all of them but far outliers, such as those beside a pole.

    even    values at even places, by which outliers are judged, where `values` are dense near poles
    """
    kept = values[np.isfinite(values)]
    if not kept.size:
        return 0.0, 1.0
    low, high = float(kept.min()), float(kept.max())
    judged = kept if even is None else even[np.isfinite(even)]
    bottom, top = np.quantile(judged if judged.size else kept, [0.05, 0.95])
    middle = float(top - bottom)
    if middle > 0 and high - low > OUTLYING * middle:
        low, high = max(low, float(bottom) - BEYOND * middle), min(high, float(top) + BEYOND * middle)
    return low, high


def bodies(ev: Any, body: Any) -> list[Any]:
    """The functions of a held argument: the parts of a list, else the whole (which may have lists as
    values).
    """
    while type(body) is Expr and body.head is S.Evaluate and body.args:
        body = ev.evaluate(body.args[0])
    if is_list(body):
        return list(items(body))
    return [body]


def unwrapped(e: Any) -> tuple[Any, list[Any]]:
    """A function without Style[...] around it, and the directives of that."""
    if type(e) is Expr and e.head is S.Style and len(e.args) > 1:
        return e.args[0], list(e.args[1:])
    return e, []


def sampled(
    ev: Any,
    name: str,
    parts: Sequence[Any],
    range_: Range,
    options: dict[str, Any],
    scales: Sequence[str | None],
) -> list[Curves] | None:
    """The sampled functions; None after a message about an option."""
    points = points_setting(ev, name, options.get("PlotPoints", AUTO), POINTS)
    if points is None:
        return None
    setting = options.get("MaxRecursion", AUTO)
    rounds = setting if type(setting) is int and setting >= 0 else RECURSION
    found = []
    for body in parts:
        curves = Curves.__new__(Curves)
        curves.vertical = scales[1]
        curves.__init__(ev, body, range_, points, rounds, scales[0] is not None)  # type: ignore[misc]
        spec.complain_if_empty(ev, name, body, curves.xs, curves.ys, curves.raw)
        found.append(curves)
    return found


def plot(
    ev: Any, name: str, body: Any, range_spec: Any, given: dict[str, Any], scales: Sequence[str | None]
) -> Any:
    """Plot and its kin; `scales` of x and y: None or "Log"."""
    range_ = read_range(ev, name, range_spec)
    if range_ is None:
        return None
    options = PLOT | given
    split = [unwrapped(each) for each in bodies(ev, body)]
    curves = sampled(ev, name, [part for part, _ in split], range_, options, scales)
    if curves is None:
        return None
    owners = [k for k, each in enumerate(curves) for _ in range(each.count)]
    styles = curve_styles(options["PlotStyle"], len(owners), Expr(S.AbsoluteThickness, (spec.THICKNESS,)))
    styles = [Expr(S.Directive, (*style.args, *split[k][1])) for style, k in zip(styles, owners)]
    drawn = [
        (each, column, each.lines(column, options["Exclusions"] is not NONE))
        for each in curves
        for column in range(each.count)
    ]
    contents = fillings(options, [(lines, style) for (_, _, lines), style in zip(drawn, styles)], scales)
    colored = options["ColorFunction"] is not NONE
    span = value_range(curves, scales[1])
    for (_, _, lines), style in zip(drawn, styles):
        contents.append(curve(ev, lines, style, options, range_, span) if colored else strokes(lines, style))
    scaling = {"ScalingFunctions": Expr(S.List, tuple(s or NONE for s in scales))} if any(scales) else {}
    shown_range = automatic_range(curves, range_, span, given)
    shown = picture(contents, given, PLOT, PlotRange=shown_range, **padding(shown_range), **scaling)
    texts = [Expr(S.HoldForm, (split[k][0],)) for k in owners]
    return placed(shown, options["PlotLegends"], S.LineLegend, styles, texts)


def strokes(lines: Sequence[np.ndarray], style: Expr) -> Expr:
    return Expr(S.List, (style, *(Expr(S.Line, (packed(line),)) for line in lines)))


def value_range(curves: Sequence[Curves], scale: str | None) -> tuple[float, float]:
    """Smallest and largest of the automatic ranges of all curves."""
    found = []
    for each in curves:
        for k in range(each.count):
            if np.isfinite(each.scaled(scale)[:, k]).any():
                low, high = each.visible(k)
                found.append((float(np.exp(low)), float(np.exp(high))) if scale else (low, high))
    if not found:
        return (1.0, 10.0) if scale else (0.0, 1.0)
    return float(min(low for low, _ in found)), float(max(high for _, high in found))


def automatic_range(curves: Any, range_: Range, span: tuple[float, float], given: dict[str, Any]) -> Any:
    """{{xmin, xmax}, {ymin, ymax}}, padded, where PlotRange is Automatic."""
    if given.get("PlotRange", AUTO) is not AUTO:
        given["PlotRange"] = with_x(given["PlotRange"], range_)
        return None
    low, high = span
    if low == high:
        margin = abs(low) * 0.5 or 1.0
        low, high = low - margin, high + margin
    return Expr(S.List, (packed(np.array([range_.low, range_.high])), packed(np.array([low, high]))))


def padding(shown_range: Any) -> dict[str, Any]:
    """Room around an automatic range."""
    return {} if shown_range is None else {"PlotRangePadding": spec.SCALED_PADDING}


def with_x(setting: Any, range_: Range) -> Any:
    """A range of y alone, completed by that of x."""
    parts = items(setting) if is_list(setting) else ()
    if len(parts) == 2 and any(is_list(p) for p in parts):
        return setting
    across = packed(np.array([range_.low, range_.high]))
    if setting is S.All or is_list(setting):
        return Expr(S.List, (across, setting))
    value = number(setting)
    return setting if value is None else Expr(S.List, (across, packed(np.array([-value, value]))))


def curve(ev: Any, lines: Any, style: Expr, options: dict[str, Any], range_: Range, span: Any) -> Expr:
    """Stretches with colours by ColorFunction: a gradient by height, or a function of x and y."""
    setting = options["ColorFunction"]
    scale = options["ColorFunctionScaling"] is not spec.FALSE
    low, high = span
    parts: list[Any] = [style]
    named = type(setting) is str or (type(setting) is Expr and setting.head is S.ColorDataFunction)
    gradient = gradient_of(ev, setting) if named else None
    apply = None if named else ev.function(setting)
    for line in lines:
        u, v = line[:, 0], line[:, 1]
        if scale:
            u = (u - range_.low) / (range_.high - range_.low)
            v = np.clip((v - low) / ((high - low) or 1.0), 0, 1)
        if gradient is not None:
            colors = gradient(v)
        elif apply is not None:
            found = [rgba(apply(a, b)) for a, b in zip(u.tolist(), v.tolist())]
            colors = np.array([c if c is not None else (0, 0, 0, 1) for c in found])
        else:
            continue
        parts.append(Expr(S.Line, (packed(line), Expr(S.Rule, (S.VertexColors, packed(colors))))))
    return Expr(S.List, tuple(parts))


# ---- filling


def fillings(
    options: dict[str, Any], drawn: Sequence[tuple[Any, Expr]], scales: Sequence[str | None]
) -> list[Any]:
    """Faces between curves and what Filling names: Axis, Bottom, Top, a number, {i -> {j}, j -> Axis,
    ...}.
    """
    setting = options["Filling"]
    if setting is NONE or setting is spec.FALSE:
        return []
    wanted: list[tuple[int, Any]] = []
    if is_list(setting):
        for rule in items(setting):
            if type(rule) is Expr and rule.head is S.Rule and type(rule.args[0]) is int:
                wanted.append((rule.args[0] - 1, rule.args[1]))
    else:
        wanted = [(k, setting) for k in range(len(drawn))]
    found = []
    for k, target in wanted:
        if 0 <= k < len(drawn):
            lines, style = drawn[k]
            look = fill_style(options["FillingStyle"], style)
            faces = [face for line in lines for face in faces_to(line, target, drawn, scales[1])]
            found.append(Expr(S.List, (look, *(Expr(S.Polygon, (packed(f),)) for f in faces))))
    return found


def fill_style(setting: Any, style: Expr) -> Expr:
    color = color_part(style)
    own = [] if setting is AUTO else spec.directive_parts(setting)
    return Expr(S.Directive, (color, Expr(S.Opacity, (0.22,)), *own, Expr(S.EdgeForm, ())))


def faces_to(line: np.ndarray, target: Any, drawn: Any, scale: str | None) -> list[np.ndarray]:
    if is_list(target) and len(items(target)) and type(items(target)[0]) is int:
        j = items(target)[0] - 1
        others = drawn[j][0] if 0 <= j < len(drawn) else []
        return [between(line, other) for other in others if overlap(line, other)]
    every = np.concatenate([x for lines, _ in drawn for x in lines])[:, 1]
    floor = float(every[every > 0].min()) if scale else 0.0
    level = {"Axis": floor, "Bottom": float(every.min()), "Top": float(every.max())}.get(
        getattr(target, "name", "")
    )
    level = number(target) if level is None else level
    if level is None:
        return []
    ends = np.array([[line[-1, 0], level], [line[0, 0], level]])
    return [np.concatenate([line, ends])]


def overlap(x: np.ndarray, y: np.ndarray) -> bool:
    return bool(max(x[0, 0], y[0, 0]) < min(x[-1, 0], y[-1, 0]))


def between(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    low, high = max(upper[0, 0], lower[0, 0]), min(upper[-1, 0], lower[-1, 0])
    xs = np.unique(np.concatenate([upper[:, 0], lower[:, 0], [low, high]]))
    xs = xs[(xs >= low) & (xs <= high)]
    top = np.stack([xs, np.interp(xs, upper[:, 0], upper[:, 1])], 1)
    bottom = np.stack([xs, np.interp(xs, lower[:, 0], lower[:, 1])], 1)
    return np.concatenate([top, bottom[::-1]])


# ---- builtins


@plotter("Plot", PLOT, held=True)
def plot_(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """Plot[f, {x, xmin, xmax}] plots f as a function of x. Plot[{f1, f2, ...}, {x, xmin, xmax}] plots
    several. Options: PlotRange, PlotStyle, PlotLegends, PlotLabel, AxesLabel, Frame, FrameLabel, GridLines,
    Filling, ColorFunction, Exclusions, PlotPoints, MaxRecursion, Epilog, AspectRatio, ImageSize and others of
    Graphics.

    >>> Plot[Sin[x], {x, 0, 6}]
    -Graphics-
    >>> Head[Plot[{x, x^2}, {x, 0, 1}, PlotLegends -> {"a", "b"}]]
    Legended
    """
    return plot(ev, "Plot", f, range_, given, (None, None))


@plotter("LogPlot", PLOT, held=True)
def log_plot(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """LogPlot[f, {x, xmin, xmax}] plots f with a logarithmic vertical axis.

    >>> LogPlot[Exp[x], {x, 0, 5}]
    -Graphics-
    """
    return plot(ev, "LogPlot", f, range_, given, (None, "Log"))


@plotter("LogLinearPlot", PLOT, held=True)
def log_linear_plot(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """LogLinearPlot[f, {x, xmin, xmax}] plots f with a logarithmic horizontal axis.

    >>> LogLinearPlot[Log[x], {x, 1, 100}]
    -Graphics-
    """
    return plot(ev, "LogLinearPlot", f, range_, given, ("Log", None))


@plotter("LogLogPlot", PLOT, held=True)
def log_log_plot(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """LogLogPlot[f, {x, xmin, xmax}] plots f with logarithmic axes.

    >>> LogLogPlot[x^3, {x, 1, 100}]
    -Graphics-
    """
    return plot(ev, "LogLogPlot", f, range_, given, ("Log", "Log"))


@plotter("ParametricPlot", PARAMETRIC, held=True)
def parametric_plot(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """ParametricPlot[{fx, fy}, {u, umin, umax}] plots the curve with these coordinates as u varies.
    ParametricPlot[{{fx, fy}, {gx, gy}, ...}, {u, umin, umax}] plots several curves.

    >>> ParametricPlot[{Cos[u], Sin[u]}, {u, 0, 2 Pi}]
    -Graphics-
    """
    body = f
    while type(body) is Expr and body.head is S.Evaluate and body.args:
        body = ev.evaluate(body.args[0])
    several = is_list(body) and all(is_list(x) for x in items(body)) and len(items(body)) > 0
    return parametric(ev, "ParametricPlot", list(items(body)) if several else [body], range_, given)


@plotter("PolarPlot", PARAMETRIC, held=True)
def polar_plot(ev: Any, f: Any, range_: Any, given: dict[str, Any]) -> Any:
    """PolarPlot[r, {t, tmin, tmax}] plots the curve at distance r from the origin in direction t.

    >>> PolarPlot[1 + Cos[t], {t, 0, 2 Pi}]
    -Graphics-
    """
    angle = items(range_)[0] if is_list(range_) and len(items(range_)) else S.Null
    turn = Expr(S.List, (Expr(S.Cos, (angle,)), Expr(S.Sin, (angle,))))
    return parametric(ev, "PolarPlot", [Expr(S.Times, (each, turn)) for each in bodies(ev, f)], range_, given)


def parametric(ev: Any, name: str, parts: Sequence[Any], range_spec: Any, given: dict[str, Any]) -> Any:
    range_ = read_range(ev, name, range_spec)
    points = points_setting(ev, name, given.get("PlotPoints", AUTO), 400)
    if range_ is None or points is None:
        return None
    options = PARAMETRIC | given
    us = np.linspace(range_.low, range_.high, points)
    styles = curve_styles(options["PlotStyle"], len(parts), Expr(S.AbsoluteThickness, (spec.THICKNESS,)))
    contents = []
    for body, style in zip(parts, styles):
        raw = Sampler(ev, body, [range_.symbol]).values(us)
        xy = reals(ev, raw)
        if xy.ndim != 2 or xy.shape[1] != 2:
            xy = np.full((len(us), 2), np.nan)
        spec.complain_if_empty(ev, name, body, us, xy, raw)
        contents.append(strokes(stretches(xy), style))
    texts = [Expr(S.HoldForm, (body,)) for body in parts]
    return placed(picture(contents, given, PARAMETRIC), options["PlotLegends"], S.LineLegend, styles, texts)


def stretches(xy: np.ndarray) -> list[np.ndarray]:
    """Runs of finite points."""
    bad = ~np.isfinite(xy).all(1)
    edges = [-1, *np.flatnonzero(bad).tolist(), len(xy)]
    return [xy[a + 1 : b] for a, b in zip(edges, edges[1:]) if b - a > 2]
