"""Bars and sectors: BarChart, Histogram, PieChart, BoxWhiskerChart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Association, Expr, S, is_list, items, packed
from wlnet.kernel.registry import builtin
from wlnet.media.colors import NONE, array_of, number, palette

from . import spec
from .legends import placed
from .lists import bare
from .options import AUTO, GOLDEN, GRAPHICS, plain
from .sample import real
from .spec import SCALED_PADDING, directive_parts, picture, plotter

CHARTS = plain(
    GRAPHICS,
    AspectRatio=1 / GOLDEN,
    Axes=Expr(S.List, (FALSE, TRUE)),
    BarSpacing=AUTO,
    ChartLabels=NONE,
    ChartLegends=NONE,
    ChartStyle=AUTO,
)
HISTOGRAM = plain({k: v for k, v in CHARTS.items() if k not in ("BarSpacing", "ChartLabels")}, Axes=TRUE)
PIE = plain(
    GRAPHICS,
    AspectRatio=AUTO,
    ChartLabels=NONE,
    ChartLegends=NONE,
    ChartStyle=AUTO,
    PlotRangePadding=SCALED_PADDING,
)
NUMBERS = "`1` is not a list of numbers, several such lists, or an association of them."
MOST_BINS = 10_000


def groups_of(ev: Any, data: Any) -> tuple[list[list[float]], list[Any] | None, bool] | None:
    """Groups of heights, their names (or None), and whether there was more than one group."""
    names = None
    if type(data) is Association:
        names, data = list(data.keys()), Expr(S.List, tuple(data.values()))
    if not is_list(data) or not len(items(data)):
        return None
    parts = [bare(p)[0] for p in items(data)]
    if any(is_list(p) or type(p) is Association for p in parts):
        rows = [
            list(p.values()) if type(p) is Association else list(items(p)) if is_list(p) else [p]
            for p in parts
        ]
        return [[real(ev, bare(v)[0]) for v in row] for row in rows], names, True
    values = [real(ev, p) for p in parts]
    return None if all(math.isnan(v) for v in values) else ([[v] for v in values], names, False)


def box(x1: float, x2: float, y1: float, y2: float) -> Expr:
    return Expr(S.Rectangle, (packed(np.array([x1, y1], float)), packed(np.array([x2, y2], float))))


def edge(color: Any) -> Expr:
    return Expr(
        S.EdgeForm, (Expr(S.Directive, (Expr(S.GrayLevel, (1,)), Expr(S.AbsoluteThickness, (0.7,)))),)
    )


def styles_of(setting: Any, count: int, same: bool) -> list[Expr]:
    """A directive for each bar: one colour for all, or one each."""
    from wlnet.media.colors import gradient_of

    if type(setting) is str:
        gradient = gradient_of(None, setting)
        if gradient is not None:
            from wlnet.media.colors import color_expression

            colors = [color_expression(gradient(np.asarray(k / max(1, count - 1)))) for k in range(count)]
            return [Expr(S.Directive, (c,)) for c in colors]
    base = [palette(0 if same else k) for k in range(count)]
    given: Sequence[Any] = items(setting) if is_list(setting) else () if setting is AUTO else (setting,)
    return [
        Expr(S.Directive, (base[k], *(directive_parts(given[k % len(given)]) if given else ())))
        for k in range(count)
    ]


def labels_of(setting: Any, names: list[Any] | None) -> list[Any]:
    if is_list(setting):
        return list(items(setting))
    return names if names is not None and setting in (AUTO, NONE) else []


def axis_texts(texts: Sequence[Any], places: Sequence[float]) -> Any:
    """Ticks of the horizontal axis: a text below each bar."""
    if not texts:
        return None
    pairs = tuple(Expr(S.List, (place, text)) for place, text in zip(places, texts))
    return Expr(S.List, (Expr(S.List, pairs), AUTO))


@plotter("BarChart", CHARTS, numbers=NUMBERS)
def bar_chart(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """BarChart[{y1, y2, ...}] draws bars of these heights; BarChart[{{y1, ...}, {z1, ...}}] draws groups.
    ChartLabels -> {"a", ...}, ChartLegends -> {...}, ChartStyle -> colours or a gradient. Associations give
    names.

    >>> BarChart[{1, 3, 2}]
    -Graphics-
    """
    options = CHARTS | given
    found = groups_of(ev, data)
    if found is None:
        ev.message("BarChart", "numbers", data)
        return None
    groups, names, grouped = found
    gap = number(options["BarSpacing"])
    gap = 0.2 if gap is None else gap
    most = max(len(g) for g in groups)
    legends = options["ChartLegends"] is not NONE
    by_member = grouped and most > 1
    styles = styles_of(
        options["ChartStyle"], most if by_member else len(groups), not by_member and not legends
    )
    between = max(gap, 0.8) if by_member else gap
    contents, middles, width = bars(groups, styles, by_member, between)
    texts = labels_of(options["ChartLabels"], names)
    own = (
        {"Axes": TRUE, "Ticks": axis_texts(texts, middles)} if texts else {"Axes": Expr(S.List, (TRUE, TRUE))}
    )
    if not texts:
        own["Ticks"] = Expr(S.List, (NONE, AUTO))
    if "Ticks" in given:
        own.pop("Ticks")
    origin = packed(np.array([-0.04 * width - 0.1, 0.0]))
    made = picture(contents, given, CHARTS, AxesOrigin=origin, PlotRange=bar_range(groups, width), **own)
    return placed(
        made, options["ChartLegends"], S.SwatchLegend, styles, names or list(range(1, len(styles) + 1))
    )


def bars(
    groups: Sequence[Sequence[float]], styles: Sequence[Expr], by_member: bool, between: float
) -> tuple[list[Any], list[float], float]:
    """Bars of width 1, groups `between` apart; the middles of the groups; the width of all."""
    contents: list[Any] = []
    middles: list[float] = []
    x = 0.0
    for k, group in enumerate(groups):
        start = x
        for j, height in enumerate(group):
            style = styles[j if by_member else k]
            if math.isfinite(height):
                face = box(x, x + 1, min(0.0, height), max(0.0, height))
                contents.append(Expr(S.List, (Expr(S.Directive, (*style.args, edge(style))), face)))
            x += 1
        middles.append((start + x) / 2)
        x += between
    return contents, middles, x - between


def bar_range(groups: Sequence[Sequence[float]], width: float) -> Expr:
    every = [v for g in groups for v in g if math.isfinite(v)] or [0.0]
    low, high = min(0.0, *every), max(0.0, *every)
    margin = 0.04 * ((high - low) or 1.0)
    across = packed(np.array([-0.04 * width - 0.1, width + 0.1]))
    return Expr(S.List, (across, packed(np.array([low - (margin if low < 0 else 0), high + margin]))))


# ---- histograms


def bin_edges(data: np.ndarray, setting: Any) -> np.ndarray | None:
    """Edges of bins: a number of bins, {width}, {min, max, width}, {{edges}}, or a round automatic width."""
    low, high = float(data.min()), float(data.max())
    if type(setting) is int and 0 < setting <= MOST_BINS:
        return rounded_edges(low, high, setting)
    array = array_of(setting) if is_list(setting) else None
    if array is not None and array.ndim == 2 and array.shape[0] == 1 and array.shape[1] > 1:
        return np.sort(array[0].astype(float))
    if array is not None and array.shape == (1,) and array[0] > 0:
        return stepped_edges(low, high, float(array[0]))
    if array is not None and array.shape == (3,) and array[2] > 0 and array[1] > array[0]:
        count = int(round((array[1] - array[0]) / array[2]))
        return array[0] + array[2] * np.arange(count + 1) if 0 < count <= MOST_BINS else None
    if setting is not AUTO:
        return None
    spread = float(np.subtract(*np.percentile(data, [75, 25])))
    width = 2 * spread / len(data) ** (1 / 3) if spread > 0 else 0.0  # Freedman, Diaconis 1981
    count = math.ceil((high - low) / width) if width > 0 else math.ceil(math.log2(len(data)) + 1)
    return rounded_edges(low, high, min(max(count, 1), 200))


def rounded_edges(low: float, high: float, count: int) -> np.ndarray:
    """About `count` bins of a round width (1, 2 or 5 times a power of ten)."""
    if high == low:
        return np.array([low - 0.5, low + 0.5])
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    width = min((1, 2, 5, 10), key=lambda m: abs(math.log(m * power / rough))) * power
    return stepped_edges(low, high, width)


def stepped_edges(low: float, high: float, width: float) -> np.ndarray:
    first = math.floor(low / width + 1e-9)
    last = max(math.floor(high / width + 1e-9) + 1, first + 1)
    if last - first > MOST_BINS:
        return np.linspace(low, high, MOST_BINS + 1)
    return width * np.arange(first, last + 1)


HEIGHTS = {
    "Count": lambda counts, widths: counts,
    "Probability": lambda counts, widths: counts / max(1, counts.sum()),
    "PDF": lambda counts, widths: counts / (max(1, counts.sum()) * widths),
    "ProbabilityDensity": lambda counts, widths: counts / (max(1, counts.sum()) * widths),
    "CumulativeCount": lambda counts, widths: counts.cumsum(),
    "CDF": lambda counts, widths: counts.cumsum() / max(1, counts.sum()),
}


def histogram(ev: Any, data: Any, bins: Any, height: Any, given: dict[str, Any]) -> Any:
    options = HISTOGRAM | given
    names = None
    if type(data) is Association:
        names, data = list(data.keys()), Expr(S.List, tuple(data.values()))
    parts = list(items(data)) if is_list(data) and len(items(data)) and is_list(items(data)[0]) else [data]
    arrays = [np.array([real(ev, v) for v in items(p)]) if is_list(p) else np.empty(0) for p in parts]
    arrays = [a[np.isfinite(a)] for a in arrays]
    name = height if type(height) is str else "Count"
    edges = bin_edges(np.concatenate(arrays), bins) if any(a.size for a in arrays) else None
    if edges is None or name not in HEIGHTS:
        ev.message(
            "Histogram",
            "numbers" if not any(a.size for a in arrays) else "bins",
            data if edges is None else bins,
        )
        return None
    styles = styles_of(options["ChartStyle"], len(arrays), False)
    contents, tops = [], []
    for style, array in zip(styles, arrays):
        counts = np.histogram(array, edges)[0].astype(float)
        tall = HEIGHTS[name](counts, np.diff(edges))
        tops.append(tall.max(initial=0.0))
        faces = [box(a, b, 0.0, t) for a, b, t in zip(edges, edges[1:], tall) if t > 0]
        see = [Expr(S.Opacity, (0.6,))] if len(arrays) > 1 else []
        contents.append(Expr(S.List, (Expr(S.Directive, (*style.args, *see, edge(style))), *faces)))
    across = packed(np.array([edges[0] - 0.02 * np.ptp(edges), edges[-1] + 0.02 * np.ptp(edges)]))
    span = Expr(S.List, (across, packed(np.array([0.0, 1.04 * max(tops) or 1.0]))))
    origin = packed(np.array([float(across[0]), 0.0]))
    made = picture(contents, given, HISTOGRAM, PlotRange=span, AxesOrigin=origin)
    return placed(
        made, options["ChartLegends"], S.SwatchLegend, styles, names or list(range(1, len(arrays) + 1))
    )


BINS = (
    "`1` is no specification of bins: a number of them, {width}, {min, max, width} or {{edges}} is expected."
)


@builtin("Histogram", messages={**spec.MESSAGES, "numbers": NUMBERS, "bins": BINS}, options=HISTOGRAM)
def histogram_(ev: Any, data: Any, bins: Any = AUTO, height: Any = "Count", **given: Any) -> Any:
    """Histogram[{x1, x2, ...}] shows how numbers are distributed; Histogram[{data1, data2, ...}] several
    lists. Histogram[data, n] has about n bins; Histogram[data, {w}] bins of width w; Histogram[data, {min,
    max, w}] those. Histogram[data, bins, "PDF"] shows densities; "Probability", "CDF", "CumulativeCount"
    likewise.

    >>> Histogram[{1, 2, 2, 3, 3, 3}]
    -Graphics-
    """
    return histogram(ev, data, bins, height, given)


# ---- sectors


@plotter("PieChart", PIE, numbers=NUMBERS)
def pie_chart(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """PieChart[{y1, y2, ...}] draws sectors with these shares. ChartLabels -> {"a", ...}; associations give
    names.

    >>> PieChart[{1, 2, 3}]
    -Graphics-
    """
    options = PIE | given
    found = groups_of(ev, data)
    values = [g[0] for g in found[0]] if found is not None else []
    if found is None or found[2] or not all(math.isfinite(v) and v >= 0 for v in values) or not sum(values):
        ev.message("PieChart", "numbers", data)
        return None
    styles = styles_of(options["ChartStyle"], len(values), False)
    texts = labels_of(options["ChartLabels"], found[1])
    contents, angle = [], math.pi / 2
    for k, (value, style) in enumerate(zip(values, styles)):
        turn = 2 * math.pi * value / sum(values)
        ends = packed(np.array([angle - turn, angle]))
        sector = Expr(S.Disk, (packed(np.zeros(2)), 1, ends))
        contents.append(Expr(S.List, (Expr(S.Directive, (*style.args, edge(style))), sector)))
        if k < len(texts):
            middle = angle - turn / 2
            place = packed(1.14 * np.array([math.cos(middle), math.sin(middle)]))
            contents.append(Expr(S.Text, (texts[k], place)))
        angle -= turn
    made = picture(contents, given, PIE)
    return placed(
        made, options["ChartLegends"], S.SwatchLegend, styles, found[1] or list(range(1, len(values) + 1))
    )
