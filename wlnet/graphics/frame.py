"""Axes, frames, ticks, grid lines and labels around a plotted region."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, is_list, items
from wlnet.media.colors import NONE, number

from .draw import FONT, INK, text_look
from .options import AUTO, Label, Settings, Span, label, numbers, part_style, plain_text
from .style import Length, Style

SIDES = ("bottom", "left", "top", "right")
TICK = 4.0  # points
LINES = 5.0  # where frames, axes and ticks lie: above the scene, below epilogs
LOGARITHMIC = ("Log", "Log10", "Log2")


def base_style(settings: Settings) -> Style:
    """The style of labels and ticks: LabelStyle on top of BaseStyle."""
    style = Style()
    style.color = INK
    return part_style(settings["LabelStyle"], part_style(settings["BaseStyle"], style))


def scalings(settings: Settings) -> list[str | None]:
    """ "log" or None in each direction; a single setting counts for y."""
    setting = settings["ScalingFunctions"]
    parts = list(items(setting)) if is_list(setting) else [NONE, setting]
    return ["log" if part in LOGARITHMIC else None for part in parts[:2]]


def points_of(size: Length, width: float) -> float:
    return size[1] if size[0] == "points" else size[1] * width


class Surround:
    """Draws everything around the scene on one axes; `ranges` are those of x and y."""

    def __init__(self, ev: Any, axes: Any, settings: Settings, ranges: list[Span], width: float) -> None:
        self.ev = ev
        self.axes = axes
        self.settings = settings
        self.ranges = ranges
        self.width = width
        self.base = base_style(settings)
        self.framed = self.frame_sides()
        self.axed = [each is TRUE or each is AUTO for each in settings.pair("Axes")]
        self.title_gap = 6.0

    def draw(self) -> None:
        axes = self.axes
        for name, scale in zip("xy", scalings(self.settings)):
            if scale:
                getattr(axes, f"set_{name}scale")(scale)
        axes.set_xlim(*self.ranges[0])
        axes.set_ylim(*self.ranges[1])
        axes.patch.set_alpha(0)
        if any(self.framed.values()):
            self.frame()
        elif any(self.axed):
            self.lines_through_origin()
        else:
            axes.set_axis_off()
        self.grid()
        self.title()

    # ---- frame

    def frame_sides(self) -> dict[str, bool]:
        """Frame -> True, {bottom, left, top, right} or {{left, right}, {bottom, top}}."""
        setting = self.settings["Frame"]
        if not is_list(setting):
            return dict.fromkeys(SIDES, setting is TRUE)
        parts = list(items(setting))
        if len(parts) == 2 and all(is_list(p) and len(items(p)) == 2 for p in parts):
            (left, right), (bottom, top) = items(parts[0]), items(parts[1])
            parts = [bottom, left, top, right]
        elif len(parts) == 2:
            parts = [parts[1], parts[0], parts[1], parts[0]]
        return {side: k < len(parts) and parts[k] is TRUE for k, side in enumerate(SIDES)}

    def frame(self) -> None:
        style = part_style(self.settings["FrameStyle"], self.base)
        for side, spine in self.axes.spines.items():
            spine.set_visible(self.framed[side])
            spine.set_color(style.line_color())
            spine.set_linewidth(points_of(style.thickness, self.width) * 0.8)
            spine.set_zorder(LINES)
        ticks = self.frame_ticks()
        self.axes.tick_params(
            which="both",
            direction="in",
            bottom=self.framed["bottom"] and ticks[0] is not NONE,
            left=self.framed["left"] and ticks[1] is not NONE,
            top=self.framed["top"] and ticks[0] is not NONE,
            right=self.framed["right"] and ticks[1] is not NONE,
            labelbottom=ticks[0] is not NONE,
            labelleft=ticks[1] is not NONE,
        )
        self.ticks(ticks, part_style(self.settings["TicksStyle"], style))
        self.frame_labels()

    def frame_ticks(self) -> list[Any]:
        """Settings of x and y from FrameTicks -> all, {x, y} or {{left, right}, {bottom, top}}."""
        setting = self.settings["FrameTicks"]
        if not is_list(setting):
            return [setting, setting]
        parts = list(items(setting))
        if len(parts) == 2 and all(is_list(p) and len(items(p)) == 2 and not numbers(p) for p in parts):
            return [items(parts[1])[0], items(parts[0])[0]]
        return [parts[0], parts[1]] if len(parts) == 2 else [AUTO, AUTO]

    def frame_labels(self) -> None:
        """FrameLabel -> bottom, {bottom, left, top, right} or {{left, right}, {bottom, top}}."""
        setting = self.settings["FrameLabel"]
        parts = list(items(setting)) if is_list(setting) else [setting]
        if len(parts) == 2 and all(is_list(p) and len(items(p)) == 2 for p in parts):
            (left, right), (bottom, top) = items(parts[0]), items(parts[1])
            parts = [bottom, left, top, right]
        found = [label(self.ev, each, self.base) for each in parts] + [None] * 4
        if found[0] is not None:
            self.axes.set_xlabel(found[0].text, **text_look(found[0].style))
        if found[1] is not None:
            upright = self.settings["RotateLabel"] is TRUE
            self.axes.set_ylabel(found[1].text, rotation=90 if upright else 0, **text_look(found[1].style))
        for each, place, turn in ((found[2], (0.5, 1.02), 0), (found[3], (1.03, 0.5), 90)):
            if each is not None:
                sides = {"ha": "center", "va": "bottom"} if turn == 0 else {"ha": "left", "va": "center"}
                self.axes.text(
                    *place,
                    each.text,
                    transform=self.axes.transAxes,
                    rotation=turn,
                    **sides,
                    **text_look(each.style),
                )
        if found[2] is not None:
            self.title_gap += 1.5 * FONT

    # ---- axes through the origin

    def lines_through_origin(self) -> None:
        style = part_style(first_of(self.settings["AxesStyle"]), self.base)
        origin = self.origin()
        for side, spine in self.axes.spines.items():
            k = 0 if side == "bottom" else 1
            spine.set_visible(side in ("bottom", "left") and self.axed[k])
            if side in ("bottom", "left"):
                spine.set_position(("data", origin[1 - k]))
                spine.set_color(style.line_color())
                spine.set_linewidth(points_of(style.thickness, self.width) * 0.8)
                spine.set_zorder(LINES)
        settings = self.settings.pair("Ticks")
        shown = [on and setting is not NONE for on, setting in zip(self.axed, settings)]
        self.axes.tick_params(
            which="both",
            direction="in",
            bottom=shown[0],
            left=shown[1],
            labelbottom=shown[0],
            labelleft=shown[1],
        )
        self.ticks(settings, part_style(self.settings["TicksStyle"], style))
        self.hide_crossing(origin)
        self.axes_labels(origin)

    def origin(self) -> tuple[float, float]:
        setting = self.settings["AxesOrigin"]
        given = list(items(setting)) if is_list(setting) and len(items(setting)) == 2 else [setting] * 2
        found = []
        for each, (low, high), scale in zip(given, self.ranges, scalings(self.settings)):
            value = number(each)
            if value is None:
                value = low if scale or not low <= 0 <= high else 0.0
            found.append(min(max(value, low), high))
        return found[0], found[1]

    def hide_crossing(self, origin: tuple[float, float]) -> None:
        """No tick labels where the axes cross inside the picture: they would lie on the lines."""
        from matplotlib.ticker import FuncFormatter

        if not all(self.axed):
            return
        for k, axis in enumerate((self.axes.xaxis, self.axes.yaxis)):
            low, high = self.ranges[1 - k]
            inside = low < origin[1 - k] < high
            formatter = axis.get_major_formatter()
            if not inside or scalings(self.settings)[k]:
                continue
            where = origin[k]
            width = self.ranges[k][1] - self.ranges[k][0]

            def shown(
                x: float, place: int | None, f: Any = formatter, at: float = where, w: float = width
            ) -> str:
                return "" if abs(x - at) < 1e-9 * w else str(f(x, place))

            hidden = FuncFormatter(shown)
            hidden.set_locs = formatter.set_locs  # type: ignore[method-assign]
            axis.set_major_formatter(hidden)

    def axes_labels(self, origin: tuple[float, float]) -> None:
        setting = self.settings["AxesLabel"]
        parts = list(items(setting)) if is_list(setting) else [NONE, setting]
        found: list[Label | None] = [label(self.ev, each, self.base) for each in parts] + [None] * 2
        blend = self.axes.get_xaxis_transform(), self.axes.get_yaxis_transform()
        if found[0] is not None:
            self.note(found[0], (1.0, origin[1]), blend[1], (6, 0), "left", "center")
        if found[1] is not None:
            self.note(found[1], (origin[0], 1.0), blend[0], (0, 5), "center", "bottom")
            self.title_gap += 1.6 * FONT

    def note(self, what: Label, at: Any, transform: Any, shift: Any, across: str, up: str) -> None:
        self.axes.annotate(
            what.text,
            at,
            xycoords=transform,
            xytext=shift,
            textcoords="offset points",
            ha=across,
            va=up,
            annotation_clip=False,
            **text_look(what.style),
        )

    # ---- ticks, grid lines, title

    def ticks(self, settings: list[Any], style: Style) -> None:
        from matplotlib.ticker import AutoMinorLocator, MaxNLocator

        color = style.line_color()
        look = {"color": color, "labelcolor": color, "labelsize": style.size or FONT - 1}
        self.axes.tick_params(which="major", length=TICK, width=0.8, pad=4, **look)
        self.axes.tick_params(which="minor", length=TICK * 0.55, width=0.6, color=color)
        self.axes.tick_params(which="both", zorder=LINES)
        room = (max(3, int(self.width / 75)), max(3, int(self.width * 0.62 / 45)))
        for axis, setting, scale, most in zip(
            (self.axes.xaxis, self.axes.yaxis), settings, scalings(self.settings), room
        ):
            if is_list(setting):
                self.listed_ticks(axis, setting)
            elif scale is None:
                axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
                axis.set_minor_locator(AutoMinorLocator())
                axis.get_major_formatter().set_useOffset(False)
                axis.get_major_formatter().set_powerlimits((-4, 5))

    def listed_ticks(self, axis: Any, setting: Any) -> None:
        """{x, ...} or {{x, label}, ...}."""
        places: list[float] = []
        texts: list[str] = []
        for each in items(setting):
            parts = items(each) if is_list(each) else (each,)
            value = number(self.ev.evaluate(Expr(S.N, (parts[0],)))) if parts else None
            if value is not None:
                places.append(value)
                texts.append(plain_text(self.ev, parts[-1]))
        axis.set_ticks(places, texts)
        axis.set_ticks([], minor=True)

    def grid(self) -> None:
        setting = self.settings["GridLines"]
        if setting is NONE:
            return
        style = Style()
        style.color = (0.80, 0.80, 0.82, 1.0)
        style = part_style(self.settings["GridLinesStyle"], style)
        look = {"color": style.line_color(), "linewidth": 0.7, "zorder": 0.5}
        for name, axis, each in zip(
            "xy", (self.axes.xaxis, self.axes.yaxis), self.settings.pair("GridLines")
        ):
            if each is AUTO or each is S.All or each is TRUE:
                axis.grid(True, which="major", **look)
            elif is_list(each):
                for place in items(each):
                    value = number(items(place)[0] if is_list(place) else place)
                    if value is not None:
                        own = {"x": self.axes.axvline, "y": self.axes.axhline}[name]
                        own(value, **{**look, "linestyle": "--" if style.dashing else "-"})

    def title(self) -> None:
        found = label(self.ev, self.settings["PlotLabel"], self.base)
        if found is not None:
            found.style.size = found.style.size or FONT + 2
            self.axes.set_title(found.text, pad=self.title_gap, **text_look(found.style))


def first_of(setting: Any) -> Any:
    """One style for both axes of AxesStyle -> {x style, y style}."""
    if is_list(setting) and len(items(setting)) == 2 and all(is_list(p) for p in items(setting)):
        return items(setting)[0]
    return setting


def finite_span(values: np.ndarray) -> Span | None:
    """Smallest and largest finite number."""
    kept = values[np.isfinite(values)]
    return (float(kept.min()), float(kept.max())) if kept.size else None
