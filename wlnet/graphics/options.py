"""Options of pictures: their defaults, and reading them into what the drawing code needs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items
from wlnet.media.colors import NONE, RGBA, array_of, number, rgba

from . import style as styles
from .style import Style

AUTO = S.Automatic
ALL = S.All

# Printer's points, which are pixels at the default resolution of 72 an inch.
WIDTH = 480.0
NAMED_WIDTHS = {"Tiny": 120.0, "Small": 240.0, "Medium": 480.0, "Large": 720.0}
GOLDEN = (1 + math.sqrt(5)) / 2

# What Graphics and everything that makes one understands.
GRAPHICS: dict[str, Any] = {
    "AspectRatio": AUTO,
    "Axes": FALSE,
    "AxesLabel": NONE,
    "AxesOrigin": AUTO,
    "AxesStyle": Expr(S.List, ()),
    "Background": NONE,
    "BaseStyle": Expr(S.List, ()),
    "Epilog": Expr(S.List, ()),
    "Frame": FALSE,
    "FrameLabel": NONE,
    "FrameStyle": Expr(S.List, ()),
    "FrameTicks": AUTO,
    "GridLines": NONE,
    "GridLinesStyle": Expr(S.List, ()),
    "ImageSize": AUTO,
    "LabelStyle": Expr(S.List, ()),
    "PlotLabel": NONE,
    "PlotRange": AUTO,
    "PlotRangeClipping": FALSE,
    "PlotRangePadding": AUTO,
    "Prolog": Expr(S.List, ()),
    "RotateLabel": TRUE,
    "ScalingFunctions": NONE,
    "Ticks": AUTO,
    "TicksStyle": Expr(S.List, ()),
}

GRAPHICS_3D: dict[str, Any] = {
    "AspectRatio": AUTO,
    "Axes": FALSE,
    "AxesLabel": NONE,
    "AxesStyle": Expr(S.List, ()),
    "Background": NONE,
    "BaseStyle": Expr(S.List, ()),
    "Boxed": TRUE,
    "BoxRatios": AUTO,
    "ImageSize": AUTO,
    "LabelStyle": Expr(S.List, ()),
    "Lighting": AUTO,
    "PlotLabel": NONE,
    "PlotRange": AUTO,
    "Ticks": AUTO,
    "TicksStyle": Expr(S.List, ()),
    "ViewPoint": Expr(S.List, (1.3, -2.4, 2.0)),
}


def plain(options: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A table of options with other defaults, sorted by name; `options` itself stays as it is."""
    return dict(sorted((options | changed).items()))


def rules(given: dict[str, Any], defaults: dict[str, Any], of: Iterable[str]) -> tuple[Expr, ...]:
    """Options of the picture itself, as the rules behind its contents: what was set, and what a function sets
    otherwise than Graphics does.
    """
    return tuple(
        Expr(S.Rule, (getattr(S, name), given.get(name, defaults.get(name)))) for name in of if name in given
    )


class Settings:
    """The options of one picture; names not given have their defaults."""

    def __init__(self, args: Sequence[Any], defaults: dict[str, Any]) -> None:
        self.values = dict(defaults)
        self.unknown: list[str] = []
        found: dict[str, Any] = {}
        for rule in flat_rules(args):
            name = getattr(rule.args[0], "name", rule.args[0])
            if name in defaults:
                found.setdefault(name, rule.args[1])
            elif name not in self.unknown:
                self.unknown.append(str(name))
        self.values.update(found)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def is_on(self, name: str) -> bool:
        return self.values[name] is TRUE or self.values[name] is AUTO

    def pair(self, name: str, count: int = 2) -> list[Any]:
        """A setting for each direction; one that is no list counts for all."""
        value = self.values[name]
        if is_list(value) and len(items(value)) == count:
            return list(items(value))
        return [value] * count


def flat_rules(args: Sequence[Any]) -> list[Expr]:
    found: list[Expr] = []
    for each in args:
        if is_list(each):
            found += flat_rules(items(each))
        elif type(each) is Expr and each.head in (S.Rule, S.RuleDelayed) and len(each.args) == 2:
            found.append(each)
    return found


# ---- sizes


def image_size(setting: Any) -> tuple[float, float | None]:
    """Width and height in points; height None where it follows from the contents."""
    if is_list(setting) and len(items(setting)) == 2:
        width, height = items(setting)
        w, h = one_size(width), one_size(height)
        return (w or (h * GOLDEN if h else WIDTH)), h
    return one_size(setting) or WIDTH, None


def one_size(setting: Any) -> float | None:
    value = number(setting)
    if value is not None and value > 0:
        return value
    if type(setting) is Expr and setting.head is S.UpTo and setting.args:
        return number(setting.args[0])
    return NAMED_WIDTHS.get(getattr(setting, "name", ""))


def aspect(setting: Any) -> float | None:
    """Height over width of the plotted region; None where one unit is as long in both directions."""
    value = number(setting)
    return value if value is not None and value > 0 else None


# ---- ranges


Span = tuple[float, float]


def plot_range(setting: Any, boxes: Sequence[Span], full: Sequence[Span]) -> list[Span]:
    """The range in each direction.

    boxes   what Automatic means;  full  what All means
    setting Automatic, All, a number r (-r ... r), {min, max} of the last direction, or one setting a
    direction
    """
    dimension = len(boxes)
    value = number(setting)
    if value is not None:
        found = list(boxes)
        found[-1] = (-value, value)
        return [(-value, value)] * dimension if dimension == 2 and boxes == full else found
    if setting is ALL:
        return list(full)
    if not is_list(setting):
        return list(boxes)
    parts = list(items(setting))
    if len(parts) == 2 and all(number(p) is not None for p in parts):
        low, high = sorted((number(parts[0]) or 0.0, number(parts[1]) or 0.0))
        return [*boxes[:-1], (low, high)]
    if len(parts) == 2 and not any(is_list(p) for p in parts) and any(number(p) is not None for p in parts):
        return [*boxes[:-1], one_range(setting, boxes[-1], full[-1])]
    if len(parts) == dimension:
        return [one_range(p, box, whole) for p, box, whole in zip(parts, boxes, full)]
    return list(boxes)


def one_range(setting: Any, box: Span, whole: Span) -> Span:
    if setting is ALL:
        return whole
    value = number(setting)
    if value is not None:
        return (-value, value)
    if is_list(setting) and len(items(setting)) == 2:
        low, high = items(setting)
        ends = [end_of(each, whole[k] if each is ALL else box[k]) for k, each in enumerate((low, high))]
        return (ends[0], ends[1]) if ends[0] <= ends[1] else (ends[1], ends[0])
    return box


def end_of(setting: Any, automatic: float) -> float:
    value = number(setting)
    return automatic if value is None else value


def widened(span: Span) -> Span:
    """A range of some width around one of none."""
    low, high = span
    if high > low:
        return span
    margin = abs(low) * 0.1 or 1.0
    return low - margin, high + margin


# ---- styles of parts


def part_style(setting: Any, base: Style) -> Style:
    """A style option (one directive or a list of them) on top of `base`."""
    found = base.copy()
    for each in items(setting) if is_list(setting) else (setting,):
        if each is not NONE and each is not AUTO:
            value = number(each)
            if value is not None:
                found.size = value
            elif not styles.apply(found, each):
                styles.of_style(found, (each,))
    return found


def background(setting: Any) -> RGBA | None:
    return rgba(setting)


# ---- labels


class Label:
    """A text and its style."""

    __slots__ = ("text", "style")

    def __init__(self, text: str, style: Style) -> None:
        self.text = text
        self.style = style


def label(ev: Any, e: Any, base: Style) -> Label | None:
    """What stands for `e` in a picture: strings as they are, styles taken off, anything else as
    OutputForm.
    """
    if e is NONE or e is AUTO:
        return None
    style = base.copy()
    while type(e) is Expr and e.head in (S.Style, S.HoldForm, S.Text, S.TraditionalForm, S.Defer) and e.args:
        if e.head is S.Style:
            styles.of_style(style, e.args[1:])
        e = e.args[0]
    return Label(plain_text(ev, e), style)


def plain_text(ev: Any, e: Any) -> str:
    """One or more lines; dollar signs are kept from starting a formula."""
    head = e.head if type(e) is Expr and len(e.args) else None
    args: Any = getattr(e, "args", ())
    if head is S.Row:
        between = plain_text(ev, args[1]) if len(args) > 1 else ""
        return between.join(plain_text(ev, x) for x in items(args[0]))
    if head is S.Column:
        return "\n".join(plain_text(ev, x) for x in items(args[0]))
    if head is S.Style:
        return plain_text(ev, args[0])
    text = e if type(e) is str else ev.text(e, "OutputForm")
    return str(text).replace("$", r"\$")


def numbers(e: Any) -> list[float] | None:
    """A list of real numbers as floats."""
    array = array_of(e)
    if array is None or array.ndim != 1 or array.dtype.kind not in "if":
        return None
    found: list[float] = array.astype(np.float64).tolist()
    return found
