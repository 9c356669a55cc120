"""Legends: LineLegend, PointLegend, SwatchLegend and BarLegend beside or inside a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, is_list, items
from wlnet.media.colors import NONE, array_of, gradient_of, number

from .draw import FONT, INK, text_look
from .options import label, part_style
from .style import Style

HEADS = {S.LineLegend: "line", S.PointLegend: "points", S.SwatchLegend: "swatch", S.BarLegend: "bar"}

# Position -> (place of the legend's own corner, its place on the axes).
PLACES = {
    "After": ("center left", (1.03, 0.5)),
    "Right": ("center left", (1.03, 0.5)),
    "Before": ("center right", (-0.12, 0.5)),
    "Left": ("center right", (-0.12, 0.5)),
    "Above": ("lower center", (0.5, 1.03)),
    "Top": ("lower center", (0.5, 1.03)),
    "Below": ("upper center", (0.5, -0.1)),
    "Bottom": ("upper center", (0.5, -0.1)),
    "Center": ("center", (0.5, 0.5)),
}


class Legend:
    """kind ("line", "points", "swatch", "bar", "text"), styles, labels, place; for bars the range and the
    colours.
    """

    __slots__ = ("kind", "styles", "labels", "place", "span", "color")

    def __init__(self, kind: str, styles: list[Style], labels: list[Any], place: Any) -> None:
        self.kind = kind
        self.styles = styles
        self.labels = labels
        self.place = place
        self.span = (0.0, 1.0)
        self.color: Any = None


def legends_of(ev: Any, args: Sequence[Any]) -> list[Legend]:
    """The legends that Legended's second argument stands for."""
    found: list[Legend] = []
    for each in args[:1]:
        for one in items(each) if is_list(each) else (each,):
            place: Any = "After"
            if type(one) is Expr and one.head is S.Placed and len(one.args) > 1:
                place, one = one.args[1], one.args[0]
            found.append(legend_of(one, place_of(place)))
    return found


def place_of(e: Any) -> Any:
    """A named place, or (x, y) as parts of the plotted region."""
    if type(e) is Expr and e.head is S.Scaled and e.args:
        e = e.args[0]
    name = e if type(e) is str else getattr(e, "name", "")
    if name in PLACES:
        return name
    if is_list(e) and len(items(e)) == 2:
        found = [number(x) for x in items(e)]
        if None not in found:
            return tuple(found)
        names = [getattr(x, "name", "") for x in items(e)]
        across = {"Left": 0.02, "Center": 0.5, "Right": 0.98}.get(names[0], 0.98)
        return (across, {"Bottom": 0.02, "Center": 0.5, "Top": 0.98}.get(names[1], 0.98))
    return "After"


def legend_of(e: Any, place: Any) -> Legend:
    if type(e) is not Expr or e.head not in HEADS or not e.args:
        return Legend("text", [], [e], place)
    kind = HEADS[e.head]
    if kind == "bar":
        return bar_of(e, place)
    given = items(e.args[0]) if is_list(e.args[0]) else (e.args[0],)
    names = list(items(e.args[1])) if len(e.args) > 1 and is_list(e.args[1]) else []
    base = Style()
    base.thickness = ("points", 1.8)
    found = Legend(kind, [part_style(x, base) for x in given], names, place)
    return found


def bar_of(e: Expr, place: Any) -> Legend:
    """BarLegend[{color function, {min, max}}]."""
    parts = items(e.args[0]) if is_list(e.args[0]) else (e.args[0], np.array([0.0, 1.0]))
    found = Legend("bar", [], [], place)
    found.color = parts[0]
    span = array_of(parts[1]) if len(parts) > 1 else None
    if span is not None and span.shape == (2,):
        found.span = (float(span[0]), float(span[1]))
    return found


def draw_legends(ev: Any, axes: Any, legends: Sequence[Legend], width: float) -> None:
    bars = 0
    for each in legends:
        if each.kind == "bar":
            bar(ev, axes, each, bars)
            bars += 1
        elif each.kind == "text":
            note(ev, axes, each)
        else:
            keys(ev, axes, each, width)


def keys(ev: Any, axes: Any, legend: Legend, width: float) -> None:
    """A column (beside) or a row (above, below) of samples and texts."""
    handles = [sample(legend.kind, style, width) for style in legend.styles]
    ink = Style()
    ink.color = INK
    texts = [label(ev, e, ink) for e in legend.labels]
    names = [t.text if t is not None else "" for t in texts]
    corner, at = corner_of(legend.place)
    row = legend.place in ("Above", "Top", "Below", "Bottom")
    drawn = axes.legend(
        handles[: len(names)],
        names,
        loc=corner,
        bbox_to_anchor=at,
        frameon=False,
        fontsize=FONT - 0.5,
        ncols=len(names) if row else 1,
        handlelength=1.8,
        borderaxespad=0.0,
        labelcolor=[t.style.line_color() if t is not None else INK for t in texts],
    )
    axes.add_artist(drawn)  # several legends may stand side by side
    drawn.set_clip_on(False)  # so that the room it takes is counted
    axes.legend_ = None


def corner_of(place: Any) -> tuple[str, tuple[float, float]]:
    if isinstance(place, str):
        return PLACES[place]
    x, y = place
    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else "center"
    up = "lower" if y < 1 / 3 else "upper" if y > 2 / 3 else "center"
    return ("center" if across == up == "center" else f"{up} {across}"), (x, y)


def sample(kind: str, style: Style, width: float) -> Any:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if kind == "swatch":
        return Patch(facecolor=style.face_color(), edgecolor="none")
    if kind == "points":
        return Line2D(
            [], [], linestyle="none", marker="o", markersize=6, markeredgewidth=0, color=style.line_color()
        )
    size = style.thickness
    wide = size[1] if size[0] == "points" else size[1] * width
    dashes: Any = "-"
    if style.dashing:
        dashes = (0, [max(d[1] if d[0] == "points" else d[1] * width, 0.05) for d in style.dashing])
    return Line2D([], [], color=style.line_color(), linewidth=wide, linestyle=dashes)


def bar(ev: Any, axes: Any, legend: Legend, number_of_bars: int) -> None:
    gradient = gradient_of(ev, legend.color)
    if gradient is None:
        return
    beside = axes.inset_axes((1.04 + 0.16 * number_of_bars, 0.06, 0.045, 0.88))
    low, high = legend.span
    colors = gradient(np.linspace(0, 1, 256))[:, None, :]
    beside.imshow(colors, extent=(0, 1, low, high), origin="lower", aspect="auto", interpolation="bilinear")
    beside.set_xticks([])
    beside.yaxis.tick_right()
    beside.tick_params(length=3, width=0.7, labelsize=FONT - 1.5, color=INK, labelcolor=INK)
    for spine in beside.spines.values():
        spine.set_linewidth(0.6)
        spine.set_color(INK)


def note(ev: Any, axes: Any, legend: Legend) -> None:
    """Any other expression as a text."""
    style = Style()
    style.color = INK
    found = label(ev, legend.labels[0], style)
    if found is None:
        return
    _, at = corner_of(legend.place)
    axes.text(*at, found.text, transform=axes.transAxes, va="center", ha="left", **text_look(found.style))


# ---- making legends for plots


def placed(picture: Any, setting: Any, kind: Any, styles: Sequence[Any], automatic: Sequence[Any]) -> Any:
    """`picture` with the legend that PlotLegends -> setting asks for.

    kind    LineLegend, PointLegend or SwatchLegend;  automatic  texts where the setting names none
    """
    place: Any = S.After
    if type(setting) is Expr and setting.head is S.Placed and len(setting.args) > 1:
        setting, place = setting.args[0], setting.args[1]
    if setting is NONE or setting is None:
        return picture
    if is_list(setting):
        names: Sequence[Any] = items(setting)
    elif setting is S.Automatic or setting == "Expressions" or setting is TRUE:
        names = automatic
    elif type(setting) is Expr and setting.head in HEADS:
        return Expr(S.Legended, (picture, Expr(S.Placed, (setting, place))))
    else:
        names = (setting,)
    if not names:
        return picture
    legend = Expr(kind, (Expr(S.List, tuple(styles[: len(names)])), Expr(S.List, tuple(names))))
    return Expr(S.Legended, (picture, Expr(S.Placed, (legend, place))))


def placed_bar(picture: Any, setting: Any, color: Any, span: tuple[float, float]) -> Any:
    """`picture` with a bar of its colours where PlotLegends -> Automatic (or a BarLegend) asks for one."""
    place: Any = S.After
    if type(setting) is Expr and setting.head is S.Placed and len(setting.args) > 1:
        setting, place = setting.args[0], setting.args[1]
    if setting is NONE or setting is None:
        return picture
    legend = setting
    if not (type(setting) is Expr and setting.head in HEADS):
        legend = Expr(S.BarLegend, (Expr(S.List, (color, np.array(span))),))
    return Expr(S.Legended, (picture, Expr(S.Placed, (legend, place))))
