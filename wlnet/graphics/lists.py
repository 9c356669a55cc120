"""Pictures of data: ListPlot, ListLinePlot, ListStepPlot and their logarithmic forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Association, Expr, NumericArray, S, is_list, items, packed, to_array
from wlnet.media.colors import NONE, number

from . import spec
from .curves import fillings, padding
from .legends import placed
from .options import AUTO, plain
from .sample import real
from .spec import CURVES, curve_styles, directive_parts, picture, plotter

LISTS = plain(CURVES, DataRange=AUTO, InterpolationOrder=AUTO, Joined=AUTO, PlotMarkers=NONE)

MARKERS = ("●", "■", "▲", "◆", "▼", "★", "⬟", "✚")
MARKER_SIZE = 8.0  # points
POINT = 5.0  # points, diameter of up to FEW points; many are drawn smaller
FEW = 150

# An axis begins at 0 where the smallest value is less than this part of the largest.
NEAR_ZERO = 0.3


class DataSet:
    """Points (n, 2) with NaN for missing ones, a name (or None), and directives of its own."""

    __slots__ = ("points", "name", "own")

    def __init__(self, points: np.ndarray, name: Any = None, own: Sequence[Any] = ()) -> None:
        self.points = points
        self.name = name
        self.own = list(own)


def data_sets(ev: Any, data: Any, data_range: Any = AUTO) -> list[DataSet] | None:
    """The lists of points in an argument of ListPlot; None where it is no data."""
    data = normal(data)
    if type(data) is Association:
        values = [normal(v) for v in data.values()]
        if any(is_list(bare(v)[0]) or type(bare(v)[0]) is Association for v in values):
            sets = [one_set(ev, v, data_range) for v in values]
            if any(s is None for s in sets):
                return None
            found = [s for s in sets if s is not None]
            for each, key in zip(found, data.keys()):
                each.name = key if each.name is None else each.name
            return found
        one = one_set(ev, data, data_range)
        return None if one is None else [one]
    array = to_array(data, exact=False)
    if array is not None and array.dtype.kind in "if":
        if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 2):
            one = one_set(ev, array, data_range)
            return None if one is None else [one]
        if array.ndim in (2, 3):
            sets = [one_set(ev, row, data_range) for row in array]
            return None if any(s is None for s in sets) else [s for s in sets if s is not None]
        return None
    inner, own = bare(data)
    if own:
        one = one_set(ev, data, data_range)
        return None if one is None else [one]
    if not is_list(inner):
        return None
    parts = [normal(x) for x in items(inner)]
    if parts and all(is_list(bare(p)[0]) or is_set(p) for p in parts) and any(is_set(p) for p in parts):
        sets = [one_set(ev, p, data_range) for p in parts]
        return None if any(s is None for s in sets) else [s for s in sets if s is not None]
    one = one_set(ev, inner, data_range)
    return None if one is None else [one]


def normal(e: Any) -> Any:
    return packed(e.array) if type(e) is NumericArray else e


def bare(e: Any) -> tuple[Any, list[Any]]:
    """Data without Style[...] and Legended[...] around them."""
    own: list[Any] = []
    while type(e) is Expr and e.head in (S.Style, S.Legended, S.Labeled) and e.args:
        own.append(e)
        e = e.args[0]
    return e, own


def is_set(e: Any) -> bool:
    """Whether an element of a list is a data set by itself: no number, and no pair of numbers."""
    inner, own = bare(e)
    if type(inner) is Association:
        return True
    if not is_list(inner):
        return False
    parts = items(inner)
    pair = len(parts) == 2 and not any(is_list(p) for p in parts)
    return bool(own) or not pair


def one_set(ev: Any, data: Any, data_range: Any) -> DataSet | None:
    inner, wrappers = bare(data)
    inner = normal(inner)
    own: list[Any] = []
    name = None
    for each in wrappers:
        if each.head is S.Style:
            own += each.args[1:]
        else:
            name = each.args[1] if len(each.args) > 1 else name
    points = points_of(ev, inner, data_range)
    return None if points is None else DataSet(points, name, own)


def points_of(ev: Any, data: Any, data_range: Any) -> np.ndarray | None:
    """(n, 2) from heights or pairs; what is no number is NaN."""
    if type(data) is Association:
        keys = [real(ev, k) for k in data]
        ys = [real(ev, v) for v in data.values()]
        xs = keys if np.isfinite(keys).all() else list(range(1, len(ys) + 1))
        return np.stack([np.array(xs, float), np.array(ys, float)], 1)
    array = to_array(data, exact=False)
    if array is not None and array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "if":
        return array.astype(np.float64)
    if not is_list(data):
        return None
    parts = items(data)
    if parts and all(is_list(bare(p)[0]) and len(items(bare(p)[0])) == 2 for p in parts):
        rows = [[real(ev, x) for x in items(bare(p)[0])] for p in parts]
        return np.array(rows, float).reshape(-1, 2)
    if any(is_list(p) for p in parts):
        return None
    ys = np.array([real(ev, bare(p)[0]) for p in parts], float)
    ends = (
        [number(x) for x in items(data_range)] if is_list(data_range) and len(items(data_range)) == 2 else []
    )
    if len(ends) == 2 and None not in ends:
        xs = np.linspace(ends[0], ends[1], len(ys))  # type: ignore[arg-type]
    else:
        xs = np.arange(1, len(ys) + 1, dtype=float)
    return np.stack([xs, ys], 1)


def list_plot(
    ev: Any, name: str, data: Any, given: dict[str, Any], joined: bool, scales: Sequence[Any]
) -> Any:
    options = LISTS | given
    sets = data_sets(ev, data, options["DataRange"])
    if sets is None:
        ev.message(name, "data", data, getattr(S, name))
        return None
    if not is_list(options["Joined"]) and options["Joined"] is not AUTO:
        joined = options["Joined"] is TRUE
    shown = [joined] * len(sets)
    if is_list(options["Joined"]):
        flags = items(options["Joined"])
        shown = [flags[k % len(flags)] is TRUE for k in range(len(sets))] if flags else shown
    steps = name == "ListStepPlot" or options["InterpolationOrder"] == 0
    lines = [runs(stepped(s.points) if steps and j else s.points) for s, j in zip(sets, shown)]
    styles = set_styles(options, sets, shown)
    contents = (
        fillings(options, list(zip(lines, styles)), scales) if any(shown) else stems(options, sets, styles)
    )
    for k, (each, style) in enumerate(zip(sets, styles)):
        contents.append(drawn(k, each, lines[k], style, shown[k], options))
    scaling = {"ScalingFunctions": Expr(S.List, tuple(s or NONE for s in scales))} if any(scales) else {}
    shown_range = range_of(sets, given, scales)
    made = picture(contents, given, LISTS, PlotRange=shown_range, **padding(shown_range), **scaling)
    names = [each.name for each in sets]
    texts = [Expr(S.Row, (Expr(S.List, ("", k + 1)),)) if n is None else n for k, n in enumerate(names)]
    automatic = texts if len(sets) > 1 or names[0] is not None else []
    setting = options["PlotLegends"]
    if setting is NONE and "PlotLegends" not in given and any(bare_name(n) for n in names):
        setting = AUTO
    kind = S.LineLegend if all(shown) else S.PointLegend
    return placed(made, setting, kind, styles, automatic)


def bare_name(name: Any) -> bool:
    return name is not None


def set_styles(options: dict[str, Any], sets: Sequence[DataSet], shown: Sequence[bool]) -> list[Expr]:
    many = max((len(each.points) for each in sets), default=0)
    size = POINT if many <= FEW else max(2.0, POINT * (FEW / many) ** 0.35)
    base = [Expr(S.AbsolutePointSize, (size,)), Expr(S.AbsoluteThickness, (spec.THICKNESS,))]
    styles = curve_styles(options["PlotStyle"], len(sets), *base)
    return [
        Expr(S.Directive, (*style.args, *(part for own in each.own for part in directive_parts(own))))
        for style, each in zip(styles, sets)
    ]


def runs(points: np.ndarray) -> list[np.ndarray]:
    """Stretches of finite points."""
    bad = ~np.isfinite(points).all(1)
    edges = [-1, *np.flatnonzero(bad).tolist(), len(points)]
    return [points[a + 1 : b] for a, b in zip(edges, edges[1:]) if b - a > 1]


def stepped(points: np.ndarray) -> np.ndarray:
    """Each height kept up to the next place."""
    if len(points) < 2:
        return points
    xs = np.append(points[:, 0], 2 * points[-1, 0] - points[-2, 0])
    return np.stack([np.repeat(xs, 2)[1:-1], np.repeat(points[:, 1], 2)], 1)


def drawn(
    k: int, each: DataSet, lines: list[np.ndarray], style: Expr, joined: bool, options: dict[str, Any]
) -> Expr:
    parts: list[Any] = [style]
    if joined:
        parts += [Expr(S.Line, (packed(line),)) for line in lines if len(line) > 1]
    finite = each.points[np.isfinite(each.points).all(1)]
    marker = marker_of(options["PlotMarkers"], k)
    if marker is not None:
        text, size = marker
        color = spec.color_part(style)
        sign = Expr(S.Style, (text, size, color))
        parts += [Expr(S.Text, (sign, packed(point))) for point in finite]
    elif not joined or all(len(line) == 1 for line in lines):
        parts.append(Expr(S.Point, (packed(finite),)) if len(finite) else Expr(S.List, ()))
    return Expr(S.List, tuple(parts))


def marker_of(setting: Any, k: int) -> tuple[Any, float] | None:
    """PlotMarkers: Automatic, {Automatic, size}, a text, {text, size}, or a list of these."""
    if setting is NONE:
        return None
    size = MARKER_SIZE
    if is_list(setting) and len(items(setting)) == 2 and number(items(setting)[1]) is not None:
        value = number(items(setting)[1]) or 0.0
        size = value if value >= 1 else value * 480
        setting = items(setting)[0]
    elif is_list(setting) and items(setting):
        return marker_of(items(setting)[k % len(items(setting))], k)
    if setting is AUTO:
        return MARKERS[k % len(MARKERS)], size
    return (setting, size) if type(setting) in (str, Expr) else None


def stems(options: dict[str, Any], sets: Sequence[DataSet], styles: Sequence[Expr]) -> list[Any]:
    """Filling of points: a line from each to the axis, the bottom, the top or a height."""
    setting = options["Filling"]
    if setting is NONE or setting is FALSE:
        return []
    every = np.concatenate([s.points for s in sets])[:, 1] if sets else np.zeros(1)
    every = every[np.isfinite(every)]
    levels = {"Axis": 0.0, "Bottom": float(every.min()), "Top": float(every.max())} if every.size else {}
    found: list[Any] = []
    for each, style in zip(sets, styles):
        level = levels.get(getattr(setting, "name", ""), number(setting))
        if level is None:
            continue
        look = Expr(
            S.Directive, (spec.color_part(style), Expr(S.Opacity, (0.35,)), Expr(S.AbsoluteThickness, (1,)))
        )
        ends = [np.array([[x, level], [x, y]]) for x, y in each.points if np.isfinite(y)]
        found.append(Expr(S.List, (look, *(Expr(S.Line, (packed(e),)) for e in ends))))
    return found


def range_of(sets: Sequence[DataSet], given: dict[str, Any], scales: Sequence[Any]) -> Any:
    """All points, and 0 where it is near; None where PlotRange is set."""
    if given.get("PlotRange", AUTO) is not AUTO:
        return None
    found = np.concatenate([s.points for s in sets]) if sets else np.empty((0, 2))
    found = found[np.isfinite(found).all(1)]
    if not len(found):
        return None
    spans = []
    for k in (0, 1):
        column = found[:, k]
        if scales[k]:
            column = column[column > 0] if (column > 0).any() else np.array([1.0, 10.0])
        low, high = float(column.min()), float(column.max())
        if not scales[k] and k == 1 and 0 < low < NEAR_ZERO * high:
            low = 0.0
        if not scales[k] and k == 1 and NEAR_ZERO * low < high < 0:
            high = 0.0
        if not scales[k] and k == 0 and 0 < low <= 1 and high > 3:
            low = 0.0
        if low == high:
            margin = abs(low) * 0.5 or 1.0
            low, high = low - margin, high + margin
        spans.append(packed(np.array([low, high])))
    return Expr(S.List, tuple(spans))


# ---- builtins


@plotter("ListPlot", LISTS)
def list_plot_(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListPlot[{y1, y2, ...}] plots heights over 1, 2, ...; ListPlot[{{x1, y1}, {x2, y2}, ...}] plots points.
    ListPlot[{data1, data2, ...}] plots several lists; associations give names. Joined -> True draws lines,
    PlotMarkers -> Automatic signs, Filling -> Axis stems.

    >>> ListPlot[{1, 4, 9}]
    -Graphics-
    """
    return list_plot(ev, "ListPlot", data, given, False, (None, None))


@plotter("ListLinePlot", LISTS)
def list_line_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListLinePlot[data] plots lines through points; data as for ListPlot.

    >>> ListLinePlot[<|"a" -> {1, 2, 3}, "b" -> {3, 2, 1}|>] // Head
    Legended
    """
    return list_plot(ev, "ListLinePlot", data, given, True, (None, None))


@plotter("ListStepPlot", LISTS)
def list_step_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListStepPlot[data] plots data in steps; data as for ListPlot.

    >>> ListStepPlot[{1, 3, 2}]
    -Graphics-
    """
    return list_plot(ev, "ListStepPlot", data, given, True, (None, None))


@plotter("ListLogPlot", LISTS)
def list_log_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListLogPlot[data] plots data with a logarithmic vertical axis; data as for ListPlot.

    >>> ListLogPlot[2^Range[10]]
    -Graphics-
    """
    return list_plot(ev, "ListLogPlot", data, given, False, (None, "Log"))


@plotter("ListLogLinearPlot", LISTS)
def list_log_linear_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListLogLinearPlot[data] plots data with a logarithmic horizontal axis; data as for ListPlot.

    >>> ListLogLinearPlot[{{1, 1}, {10, 2}, {100, 3}}]
    -Graphics-
    """
    return list_plot(ev, "ListLogLinearPlot", data, given, False, ("Log", None))


@plotter("ListLogLogPlot", LISTS)
def list_log_log_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ListLogLogPlot[data] plots data with logarithmic axes; data as for ListPlot.

    >>> ListLogLogPlot[Range[10]^2]
    -Graphics-
    """
    return list_plot(ev, "ListLogLogPlot", data, given, False, ("Log", "Log"))
