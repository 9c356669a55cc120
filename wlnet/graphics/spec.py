"""What the plotting functions share: ranges, styles of curves, options, and putting the picture together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Expr, S, Symbol, is_list, items
from wlnet.expr.attributes import HOLD_ALL, PROTECTED
from wlnet.kernel.registry import builtin
from wlnet.media.colors import NONE, number, palette

from .options import AUTO, GOLDEN, GRAPHICS, GRAPHICS_3D, plain

THICKNESS = 1.6  # points, of curves

MESSAGES = {
    "plln": "Limiting value `1` in `2` is not a machine-sized real number.",
    "pllim": "Range specification `1` is not of the form {x, xmin, xmax}.",
    "plld": "Endpoints for `1` in `2` must have distinct machine-precision numerical values.",
    "nonum": (
        "`1` has no real value at any of the `2` places tried between `3` and `4`; at `5` it is `6`. "
        "Check that every symbol in it has a value."
    ),
    "data": (
        "`1` is not data for `2`: a list of numbers, a list of pairs of numbers, several such lists, or an "
        "association of them is expected."
    ),
    "cfun": (
        '`1` is no colour function: a name such as "Rainbow", ColorData["name"] or a function from numbers '
        "between 0 and 1 to colours is expected."
    ),
    "pint": "Value of option PlotPoints -> `1` is not an integer of at least 2.",
}

SCALED_PADDING = Expr(S.Scaled, (0.02,))

# Curves: axes through the origin, the golden ratio, cut off at the plot range.
CURVES = plain(
    GRAPHICS,
    Axes=TRUE,
    AspectRatio=1 / GOLDEN,
    PlotRangeClipping=TRUE,
    PlotRangePadding=AUTO,
    PlotStyle=AUTO,
    PlotLegends=NONE,
    PlotTheme=AUTO,
    Filling=NONE,
    FillingStyle=AUTO,
)

# Regions and densities: square, in a frame, nothing around the values.
FIELDS = plain(
    GRAPHICS,
    Frame=TRUE,
    AspectRatio=1,
    PlotRangeClipping=TRUE,
    PlotRangePadding=NONE,
    PlotLegends=NONE,
    ColorFunction=AUTO,
    ColorFunctionScaling=TRUE,
)

SURFACES = plain(
    GRAPHICS_3D,
    Axes=TRUE,
    BoxRatios=Expr(S.List, (1, 1, 0.4)),
    ColorFunction=AUTO,
    ColorFunctionScaling=TRUE,
    Mesh=AUTO,
    PlotLegends=NONE,
    PlotStyle=AUTO,
)


def plotter(name: str, options: dict[str, Any], held: bool = False, **more: str) -> Callable[..., Any]:
    """Declare a plotting function: positional parameters from its signature, its options (a dict, evaluated)
    last.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        count = function.__code__.co_argcount - 2  # without ev and the options

        def one(ev: Any, first: Any, **given: Any) -> Any:
            return function(ev, first, settled(ev, given))

        def two(ev: Any, first: Any, second: Any, **given: Any) -> Any:
            return function(ev, first, second, settled(ev, given))

        def three(ev: Any, first: Any, second: Any, third: Any, **given: Any) -> Any:
            return function(ev, first, second, third, settled(ev, given))

        def two_or_one(ev: Any, first: Any, second: Any = AUTO, **given: Any) -> Any:
            return function(ev, first, second, settled(ev, given))

        optional = bool(function.__defaults__)
        chosen = two_or_one if optional else {1: one, 2: two, 3: three}[count]
        chosen.__doc__, chosen.__module__, chosen.__name__ = (
            function.__doc__,
            function.__module__,
            function.__name__,
        )
        attributes = HOLD_ALL | PROTECTED if held else PROTECTED
        builtin(name, attributes=attributes, messages={**MESSAGES, **more}, options=options)(chosen)
        return function

    return register


def settled(ev: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Options of a function that holds its arguments, evaluated."""
    return {
        name: ev.evaluate(value) if type(value) in (Expr, Symbol) else value for name, value in given.items()
    }


# ---- ranges


class Range:
    """A variable and its limits."""

    __slots__ = ("symbol", "low", "high")

    def __init__(self, symbol: Symbol, low: float, high: float) -> None:
        self.symbol = symbol
        self.low = low
        self.high = high


def read_range(ev: Any, name: str, spec: Any) -> Range | None:
    """{x, xmin, xmax}; None after a message."""
    parts = items(spec) if is_list(spec) else ()
    if not parts and type(spec) is not Symbol:
        spec = ev.evaluate(spec)
        parts = items(spec) if is_list(spec) else ()
    if len(parts) != 3 or type(parts[0]) is not Symbol:
        ev.message(name, "pllim", spec)
        return None
    ends = []
    for each in parts[1:]:
        value = number(ev.evaluate(Expr(S.N, (each,))))
        if value is None or not np.isfinite(value):
            ev.message(name, "plln", each, spec)
            return None
        ends.append(value)
    if ends[0] == ends[1]:
        ev.message(name, "plld", parts[0], spec)
        return None
    return Range(parts[0], min(ends), max(ends))


def points_setting(ev: Any, name: str, setting: Any, default: int) -> int | None:
    """PlotPoints: an integer, or one for each variable (the first counts); None after a message."""
    if setting is AUTO:
        return default
    value = items(setting)[0] if is_list(setting) and len(items(setting)) else setting
    if type(value) is not int or value < 2:
        ev.message(name, "pint", setting)
        return None
    return value


def complain_if_empty(
    ev: Any, name: str, body: Any, places: np.ndarray, values: np.ndarray, raw: Any
) -> None:
    """One message where nothing has a real value: a misspelt name should not look like an empty plot."""
    if len(values) and not np.isfinite(values).any():
        middle = len(places) // 2
        shown = Expr(S.HoldForm, (body,))
        one = raw[middle] if isinstance(raw, list) else values[middle]
        one = one if not isinstance(one, np.ndarray) else Expr(S.List, tuple(one.tolist()))
        if isinstance(one, np.generic):
            one = one.item()
        ends = (float(places.min()), float(places.max()), float(np.ravel(places)[middle]))
        ev.message(name, "nonum", shown, len(values), ends[0], ends[1], ends[2], one)


# ---- styles


def curve_styles(setting: Any, count: int, *base: Any) -> list[Expr]:
    """Directive[colour, thickness, what PlotStyle adds] for each of `count` curves."""
    given: Sequence[Any] = ()
    if is_list(setting):
        given = items(setting)
    elif setting is not AUTO and setting is not NONE:
        given = (setting,)
    found = []
    for k in range(count):
        own = given[k % len(given)] if given else None
        parts = [palette(k), *base]
        if own is not None and own is not AUTO:
            parts += directive_parts(own)
        found.append(Expr(S.Directive, tuple(parts)))
    return found


def directive_parts(own: Any) -> list[Any]:
    if type(own) is Expr and own.head is S.Directive:
        return list(own.args)
    return list(items(own)) if is_list(own) else [own]


def color_part(style: Expr) -> Any:
    """The colour that a Directive ends up with."""
    from wlnet.media.colors import rgba

    colors = [each for each in style.args if rgba(each) is not None]
    return colors[-1]


# ---- the picture


def picture(contents: Sequence[Any], given: dict[str, Any], options: dict[str, Any], **own: Any) -> Expr:
    """Graphics[contents, options]: those that were set or differ from what Graphics itself does."""
    return put_together(S.Graphics, GRAPHICS, contents, given, options, own)


def solid(contents: Sequence[Any], given: dict[str, Any], options: dict[str, Any], **own: Any) -> Expr:
    """Graphics3D[contents, options]."""
    return put_together(S.Graphics3D, GRAPHICS_3D, contents, given, options, own)


def put_together(
    head: Symbol,
    basic: dict[str, Any],
    contents: Any,
    given: dict[str, Any],
    options: dict[str, Any],
    own: Any,
) -> Expr:
    found = themed({name: value for name, value in options.items() if name in basic}, given.get("PlotTheme"))
    found |= {name: value for name, value in own.items() if value is not None}
    found |= {name: value for name, value in given.items() if name in basic}
    rules = [
        Expr(S.Rule, (getattr(S, name), value))
        for name, value in sorted(found.items())
        if not same_setting(value, basic[name])
    ]
    return Expr(head, (Expr(S.List, tuple(contents)), *rules))


def same_setting(x: Any, y: Any) -> bool:
    return x is y or (type(x) is type(y) and bool(x == y))


THEMES: dict[str, dict[str, Any]] = {
    "Scientific": {"Frame": TRUE, "Axes": FALSE},
    "Detailed": {"Frame": TRUE, "Axes": FALSE, "GridLines": AUTO},
    "Minimal": {"Ticks": NONE},
    "Monochrome": {"Frame": TRUE, "Axes": FALSE},
    "Business": {"GridLines": Expr(S.List, (NONE, AUTO))},
}


def themed(found: dict[str, Any], theme: Any) -> dict[str, Any]:
    return found | THEMES.get(theme, {}) if type(theme) is str else found
