"""Arrays as cells: ArrayPlot and MatrixPlot."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Expr, NumericArray, S, is_list, items, key, packed, to_array
from wlnet.media.colors import NONE, rgba

from .fields import color_setting
from .legends import placed_bar
from .options import AUTO, GRAPHICS, plain
from .sample import real
from .spec import picture, plotter

ARRAY = plain(
    GRAPHICS,
    ColorFunction=AUTO,
    ColorFunctionScaling=TRUE,
    ColorRules=AUTO,
    DataReversed=FALSE,
    Frame=TRUE,
    FrameTicks=NONE,
    Mesh=FALSE,
    PlotLegends=NONE,
    PlotRangePadding=NONE,
)
MATRIX = plain(ARRAY, FrameTicks=AUTO)
GREYS = ((1.0, 1.0, 1.0), (0.08, 0.08, 0.10))
NOT_ARRAY = "`1` is not a matrix, an array of colours, or a list of rows of equal length."
MOST_TICKS = 10


def cells_of(ev: Any, data: Any, rules: Any) -> tuple[np.ndarray, bool] | None:
    """Values (rows, columns) or colours (rows, columns, 4), and whether they are colours."""
    if type(data) is NumericArray:
        data = packed(data.array)
    array = to_array(data, exact=False)
    table = color_rules(rules)
    if array is not None and table is None and array.dtype.kind in "if":
        if array.ndim == 3 and array.shape[2] in (3, 4):
            return array.astype(np.float64), True
        return (array.astype(np.float64), False) if array.ndim == 2 and array.size else None
    if not is_list(data):
        return None
    rows = [items(row) if is_list(row) else None for row in items(data)]
    if not rows or None in rows or not rows[0]:
        return None
    width = max(len(row) for row in rows if row is not None)
    if table is not None:
        colors = np.ones((len(rows), width, 4))
        for i, row in enumerate(rows):
            for j, value in enumerate(row or ()):
                colors[i, j] = table.get(key(value), table.get(None, (1, 1, 1, 1)))
        return colors, True
    values = np.full((len(rows), width), np.nan)
    colored = np.ones((len(rows), width, 4))
    any_color = False
    for i, row in enumerate(rows):
        for j, value in enumerate(row or ()):
            color = rgba(value)
            any_color |= color is not None
            colored[i, j] = color if color is not None else (1, 1, 1, 0)
            values[i, j] = real(ev, value)
    return (colored, True) if any_color else (values, False)


def color_rules(setting: Any) -> dict[Any, Any] | None:
    """ColorRules -> {value -> colour, ..., _ -> colour}."""
    if not is_list(setting):
        return None
    found: dict[Any, Any] = {}
    for rule in items(setting):
        if type(rule) is Expr and rule.head is S.Rule and rgba(rule.args[1]) is not None:
            blank = type(rule.args[0]) is Expr and rule.args[0].head is S.Blank
            found.setdefault(None if blank else key(rule.args[0]), rgba(rule.args[1]))
    return found


def array_plot(
    ev: Any, name: str, data: Any, given: dict[str, Any], defaults: dict[str, Any], gray: bool
) -> Any:
    options = defaults | given
    found = cells_of(ev, data, options["ColorRules"])
    if found is None:
        ev.message(name, "array", data)
        return None
    cells, colored = found
    low, high = value_span(cells, colored, gray, options)
    color = array_colors(ev, name, options["ColorFunction"], gray)
    if color is None:
        return None
    rows, columns = cells.shape[:2]
    shown = cells if options["DataReversed"] is TRUE else cells[::-1]
    raster = Expr(
        S.Raster,
        (
            packed(np.ascontiguousarray(shown)),
            packed(np.array([[0.0, 0.0], [columns, rows]])),
            packed(np.array([0.0, 1.0] if colored else [low, high])),
            Expr(S.Rule, (S.ColorFunction, color)),
        ),
    )
    contents = [raster, *mesh(rows, columns)] if options["Mesh"] in (TRUE, S.All) else [raster]
    ticks = None
    if options["FrameTicks"] is AUTO:
        ticks = Expr(
            S.List, (tick_list(columns, False), tick_list(rows, options["DataReversed"] is not TRUE))
        )
        given = {k: v for k, v in given.items() if k != "FrameTicks"}
    made = picture(contents, given, defaults, AspectRatio=rows / columns, FrameTicks=ticks)
    return placed_bar(made, options["PlotLegends"], color, (low, high))


def value_span(cells: np.ndarray, colored: bool, gray: bool, options: dict[str, Any]) -> tuple[float, float]:
    """The values that the first and the last colour stand for."""
    finite = cells[np.isfinite(cells)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if gray:
        low, high = min(low, 0.0), high
    elif not colored:
        bound = max(abs(low), abs(high)) or 1.0
        low, high = -bound, bound
    if options["ColorFunctionScaling"] is FALSE:
        low, high = 0.0, 1.0
    if high <= low:
        high = low + 1.0
    return low, high


def array_colors(ev: Any, name: str, setting: Any, gray: bool) -> Any:
    if setting is AUTO and gray:
        ends = tuple(Expr(S.RGBColor, c) for c in GREYS)
        return Expr(S.Function, (Expr(S.Blend, (Expr(S.List, ends), Expr(S.Slot, (1,)))),))
    if setting is AUTO:
        return Expr(S.ColorDataFunction, ("TemperatureMap",))
    return color_setting(ev, name, setting)


def tick_list(count: int, downwards: bool) -> Expr:
    """Numbers of rows or columns at the middles of some cells."""
    step = next(
        s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**3, 10**4, 10**6, 10**9) if count / s <= MOST_TICKS
    )
    shown = sorted({1, *range(step, count + 1, step)} - ({1} if step == 1 and count == 0 else set()))
    place = [(count - k + 0.5 if downwards else k - 0.5) for k in shown]
    return Expr(S.List, tuple(Expr(S.List, (p, k)) for p, k in zip(place, shown)))


def mesh(rows: int, columns: int) -> list[Any]:
    """Lines between cells."""
    across = [np.array([[0.0, k], [columns, k]]) for k in range(rows + 1)]
    down = [np.array([[k, 0.0], [k, rows]]) for k in range(columns + 1)]
    thin = Expr(S.Directive, (Expr(S.GrayLevel, (0.6,)), Expr(S.AbsoluteThickness, (0.6,))))
    return [Expr(S.List, (thin, *(Expr(S.Line, (packed(line.astype(float)),)) for line in (*across, *down))))]


@plotter("ArrayPlot", ARRAY, array=NOT_ARRAY)
def array_plot_(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """ArrayPlot[matrix] shows an array as cells, the first row on top: 0 white, the largest value black.
    Cells may be colours. ColorFunction -> "Rainbow", ColorRules -> {1 -> Red, ...}, Mesh -> True,
    FrameTicks -> Automatic, PlotLegends -> Automatic.

    >>> ArrayPlot[{{1, 0}, {0, 1}}]
    -Graphics-
    """
    return array_plot(ev, "ArrayPlot", data, given, ARRAY, True)


@plotter("MatrixPlot", MATRIX, array=NOT_ARRAY)
def matrix_plot(ev: Any, data: Any, given: dict[str, Any]) -> Any:
    """MatrixPlot[matrix] shows a matrix as coloured cells: negative values blue, positive ones red.

    >>> MatrixPlot[{{1, -1}, {0, 2}}]
    -Graphics-
    """
    return array_plot(ev, "MatrixPlot", data, given, MATRIX, False)
