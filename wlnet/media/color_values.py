"""Colours as values of the language: named ones, and functions of colours."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, truth
from wlnet.kernel.registry import applied, builtin, symbol

from .colors import (
    GRADIENTS,
    GRAYS,
    NAMED,
    PALETTE,
    RGBA,
    blend,
    color_expression,
    named_gradient,
    number,
    palette,
    rgba,
)

HEADS = {
    "RGBColor": 'RGBColor[r, g, b] is a colour; a fourth number is opacity; RGBColor["#rrggbb"] works too.',
    "GrayLevel": "GrayLevel[g] is a grey between 0 (black) and 1 (white).",
    "Hue": "Hue[h] is a saturated colour; Hue[h, s, b] gives saturation and brightness.",
    "CMYKColor": "CMYKColor[c, m, y, k] is a colour by its inks.",
    "ColorDataFunction": "ColorDataFunction[name] is a colour function, as ColorData[name] gives it.",
}


def declare_all() -> None:
    for name, rgb in NAMED.items():
        symbol(name, usage=f"{name} is a colour.", value=Expr(S.RGBColor, tuple(rgb)))
    for name, gray in GRAYS.items():
        symbol(name, usage=f"{name} is a colour.", value=Expr(S.GrayLevel, (gray,)))
    symbol("Transparent", usage="Transparent is no colour.", value=Expr(S.GrayLevel, (0, 0)))
    for name, usage in HEADS.items():
        symbol(name, usage=usage)


declare_all()


# ---- functions of colours


def colors(ev: Any, name: str, e: Any) -> list[RGBA] | None:
    found = [rgba(x) for x in (items(e) if is_list(e) else (e,))]
    if any(c is None for c in found) or not found:
        ev.message(name, "color", e)
        return None
    return [c for c in found if c is not None]


COLOR = {"color": "`1` is not a colour such as Red or RGBColor[1, 0, 0], or a list of colours."}


def towards(ev: Any, name: str, e: Any, part: Any, target: RGBA) -> Any:
    found, share = colors(ev, name, e), number(part)
    if found is None or share is None:
        return None
    mixed = [blend([c, (*target[:3], c[3])], share) for c in found]
    made = [color_expression(m) for m in mixed if m is not None]
    return Expr(S.List, tuple(made)) if is_list(e) else made[0]


@builtin("Lighter", messages=COLOR)
def lighter(ev: Any, color: Any, part: Any = 1 / 3) -> Any:
    """Lighter[color] is a lighter version of a colour; Lighter[color, f] goes the part f of the way to white.

    >>> Lighter[Red, 0.5]
    RGBColor[1., 0.5, 0.5]
    """
    return towards(ev, "Lighter", color, part, (1.0, 1.0, 1.0, 1.0))


@builtin("Darker", messages=COLOR)
def darker(ev: Any, color: Any, part: Any = 1 / 3) -> Any:
    """Darker[color] is a darker version of a colour; Darker[color, f] goes the part f of the way to black.

    >>> Darker[Red, 0.5]
    RGBColor[0.5, 0., 0.]
    """
    return towards(ev, "Darker", color, part, (0.0, 0.0, 0.0, 1.0))


@builtin("Blend", messages=COLOR)
def blend_(ev: Any, given: Any, position: Any = None) -> Any:
    """Blend[{c1, c2, ...}] mixes colours evenly; Blend[{c1, c2, ...}, x] is the colour at x between 0 and 1.

    >>> Blend[{Red, Blue}, 0.25]
    RGBColor[0.75, 0., 0.25]
    """
    found = colors(ev, "Blend", given)
    mixed = blend(found, position) if found is not None else None
    return None if mixed is None else color_expression(mixed)


SCHEMES = {"scheme": "`1` is no colour scheme; among those known are `2`."}


@builtin("ColorData", messages=SCHEMES)
def color_data(ev: Any, name: Any = None, place: Any = None) -> Any:
    """ColorData["name"] is a colour function of numbers between 0 and 1; ColorData["name", x] is the colour
    at x. ColorData[97, k] is colour number k of the curves in plots. ColorData[] lists the names of
    gradients.

    >>> ColorData["GrayTones", 0]
    RGBColor[0.05, 0.05, 0.05]
    """
    if name is None or name == "Gradients":
        return Expr(S.List, tuple(sorted(GRADIENTS)))
    if type(name) is int:
        if place is None:
            return Expr(S.ColorDataFunction, (name,))
        if place == "ColorList":
            return Expr(S.List, tuple(palette(k) for k in range(len(PALETTE))))
        return palette(place - 1) if type(place) is int and place > 0 else None
    if type(name) is not str or named_gradient(name) is None:
        ev.message("ColorData", "scheme", name, ", ".join(sorted(GRADIENTS)[:12]))
        return None
    return Expr(S.ColorDataFunction, (name,)) if place is None else at(name, place)


def at(name: str, place: Any) -> Any:
    gradient, t = named_gradient(name), number(place)
    if gradient is None or t is None:
        return None
    return color_expression(gradient(np.asarray(t)))


@applied("ColorDataFunction")
def color_data_function(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    if len(head.args) != 1 or len(args) != 1:
        return None
    if type(head.args[0]) is int:
        return palette(args[0] - 1) if type(args[0]) is int and args[0] > 0 else None
    return at(head.args[0], args[0])


@builtin("ColorQ")
def is_color(ev: Any, e: Any) -> Any:
    """ColorQ[e] tells whether e is a colour.

    >>> {ColorQ[Red], ColorQ[7]}
    {True, False}
    """
    return truth(rgba(e) is not None)
