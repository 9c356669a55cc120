"""Colours: what an expression means as red, green, blue and opacity; named colours; gradients."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wlnet.expr import TRUE, BigReal, Expr, S, Symbol, is_list, items, system, to_array
from wlnet.expr.attributes import CONSTANT, NUMERIC_FUNCTION
from wlnet.kernel.control import RUN

RGBA = tuple[float, float, float, float]

NONE = system("None")

# Values of the named colours, as red, green and blue.
NAMED: dict[str, tuple[float, float, float]] = {
    "Red": (1, 0, 0),
    "Green": (0, 1, 0),
    "Blue": (0, 0, 1),
    "Cyan": (0, 1, 1),
    "Magenta": (1, 0, 1),
    "Yellow": (1, 1, 0),
    "Brown": (0.6, 0.4, 0.2),
    "Orange": (1, 0.5, 0),
    "Pink": (1, 0.5, 0.5),
    "Purple": (0.5, 0, 0.5),
    "LightRed": (1, 0.85, 0.85),
    "LightGreen": (0.88, 1, 0.88),
    "LightBlue": (0.87, 0.94, 1),
    "LightCyan": (0.9, 1, 1),
    "LightMagenta": (1, 0.9, 1),
    "LightYellow": (1, 1, 0.85),
    "LightBrown": (0.94, 0.91, 0.88),
    "LightOrange": (1, 0.9, 0.8),
    "LightPink": (1, 0.925, 0.925),
    "LightPurple": (0.94, 0.88, 0.94),
}
GRAYS: dict[str, float] = {"Black": 0, "White": 1, "Gray": 0.5, "LightGray": 0.85}

# Colours of successive curves, points and bars: chosen to be told apart, also in grey and by most
# colour-blind readers.
PALETTE: tuple[tuple[float, float, float], ...] = (
    (0.20, 0.41, 0.71),
    (0.90, 0.52, 0.11),
    (0.25, 0.60, 0.33),
    (0.78, 0.25, 0.25),
    (0.50, 0.38, 0.66),
    (0.15, 0.62, 0.65),
    (0.84, 0.42, 0.62),
    (0.60, 0.58, 0.16),
    (0.53, 0.37, 0.27),
    (0.42, 0.46, 0.52),
)

# Gradients as colours at equal distances.
GRADIENTS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "Density": (
        (0.16, 0.22, 0.44), (0.24, 0.44, 0.65), (0.52, 0.70, 0.76), (0.93, 0.91, 0.82), (0.95, 0.72, 0.43),
        (0.85, 0.44, 0.24), (0.60, 0.18, 0.16),
    ),
    "GrayTones": ((0.05, 0.05, 0.05), (0.95, 0.95, 0.95)),
    "Rainbow": (
        (0.28, 0.11, 0.53), (0.25, 0.35, 0.82), (0.27, 0.60, 0.73), (0.49, 0.73, 0.43), (0.79, 0.72, 0.28),
        (0.90, 0.47, 0.19), (0.86, 0.13, 0.13),
    ),
    "DarkRainbow": (
        (0.24, 0.34, 0.57), (0.26, 0.47, 0.38), (0.45, 0.56, 0.29), (0.74, 0.66, 0.28), (0.83, 0.45, 0.24),
        (0.72, 0.24, 0.25),
    ),
    "TemperatureMap": (
        (0.18, 0.31, 0.81), (0.52, 0.74, 0.95), (0.92, 0.96, 0.95), (0.98, 0.80, 0.45), (0.80, 0.15, 0.16),
    ),
    "ThermometerColors": (
        (0.16, 0.11, 0.49), (0.36, 0.55, 0.82), (0.86, 0.89, 0.90), (0.88, 0.56, 0.44), (0.55, 0.07, 0.14),
    ),
    "SunsetColors": (
        (0.00, 0.00, 0.05), (0.31, 0.10, 0.46), (0.75, 0.21, 0.35), (0.97, 0.54, 0.16), (1.00, 0.86, 0.45),
        (1.00, 1.00, 0.98),
    ),
    "SolarColors": ((0.42, 0.00, 0.02), (0.85, 0.26, 0.05), (0.98, 0.62, 0.15), (1.00, 0.92, 0.50)),
    "LakeColors": ((0.29, 0.10, 0.45), (0.35, 0.40, 0.72), (0.55, 0.72, 0.85), (0.94, 0.94, 0.82)),
    "CoffeeTones": ((0.39, 0.29, 0.25), (0.62, 0.50, 0.38), (0.86, 0.77, 0.62), (1.00, 1.00, 0.97)),
    "AvocadoColors": ((0.00, 0.00, 0.00), (0.10, 0.38, 0.12), (0.50, 0.68, 0.20), (1.00, 0.97, 0.42)),
    "BlueGreenYellow": ((0.13, 0.06, 0.43), (0.12, 0.46, 0.56), (0.45, 0.77, 0.52), (0.95, 0.96, 0.60)),
    "DeepSeaColors": ((0.16, 0.00, 0.30), (0.14, 0.22, 0.65), (0.36, 0.60, 0.88), (0.86, 0.97, 1.00)),
    "CherryTones": ((0.20, 0.02, 0.03), (0.70, 0.15, 0.18), (0.93, 0.60, 0.58), (1.00, 0.97, 0.96)),
    "MintColors": ((0.45, 0.93, 0.65), (0.80, 0.88, 0.80), (0.99, 0.70, 0.70)),
    "RedBlueTones": (
        (0.45, 0.08, 0.14), (0.88, 0.60, 0.52), (0.94, 0.94, 0.92), (0.52, 0.66, 0.82), (0.14, 0.20, 0.46),
    ),
    "GreenPinkTones": (
        (0.10, 0.40, 0.18), (0.66, 0.80, 0.58), (0.96, 0.94, 0.92), (0.86, 0.60, 0.72), (0.56, 0.12, 0.36),
    ),
    "RoseColors": ((0.20, 0.25, 0.10), (0.58, 0.40, 0.30), (0.85, 0.38, 0.40), (0.98, 0.85, 0.85)),
    "NeonColors": ((0.72, 0.92, 0.30), (0.90, 0.70, 0.35), (0.85, 0.35, 0.55), (0.68, 0.12, 0.74)),
    "StarryNightColors": ((0.10, 0.13, 0.22), (0.22, 0.36, 0.58), (0.58, 0.68, 0.66), (0.96, 0.86, 0.42)),
    "LightTerrain": ((0.53, 0.69, 0.84), (0.68, 0.82, 0.70), (0.90, 0.88, 0.68), (0.98, 0.95, 0.92)),
    "GreenBrownTerrain": ((0.02, 0.20, 0.08), (0.35, 0.50, 0.22), (0.66, 0.54, 0.36), (1.00, 1.00, 1.00)),
    "ValentineTones": ((0.52, 0.06, 0.24), (0.80, 0.32, 0.45), (0.95, 0.68, 0.70), (1.00, 0.94, 0.90)),
    "WatermelonColors": ((0.10, 0.22, 0.10), (0.45, 0.66, 0.35), (0.96, 0.92, 0.80), (0.92, 0.38, 0.38)),
}  # fmt: skip


def number(e: Any) -> float | None:
    """A real number, also one like Pi/2, as a float; None for anything else."""
    kind = type(e)
    if kind is float or kind is int:
        return float(e)
    if kind is BigReal or kind.__name__ == "Fraction":
        return float(getattr(e, "value", e))
    if kind is Expr and type(e.head) is Symbol and e.head.attributes & NUMERIC_FUNCTION:
        return number(numeric(e))
    if kind is Symbol and e.attributes & CONSTANT:
        return number(numeric(e))
    return None


def numeric(e: Any) -> Any:
    """N[e], where that is another expression; else None."""
    found = RUN.ev.evaluate(Expr(S.N, (e,)))
    return None if type(found) in (Expr, Symbol) and found == e else found


def array_of(e: Any) -> np.ndarray | None:
    """A rectangular list of numbers as an array; numeric expressions such as Pi or Sqrt[2] count."""
    found = to_array(e, exact=False)
    if found is None and is_list(e):
        value = numeric(e)
        found = None if value is None else to_array(value, exact=False)
    return found


def rgba(e: Any) -> RGBA | None:
    """A colour expression as (red, green, blue, opacity); None where `e` is no colour."""
    if type(e) is not Expr or e.head not in READERS:
        return None
    if len(e.args) == 1 and type(e.args[0]) is str and e.head is S.RGBColor:
        return from_hex(e.args[0])
    given = items(e.args[0]) if len(e.args) == 1 and is_list(e.args[0]) else e.args
    values = [number(x) for x in given]
    if any(v is None or not math.isfinite(v) for v in values):
        return None
    return READERS[e.head]([v for v in values if v is not None])


def clip(values: Sequence[float]) -> list[float]:
    return [min(1.0, max(0.0, v)) for v in values]


def from_hex(text: str) -> RGBA | None:
    """#rgb, #rrggbb or #rrggbbaa."""
    digits = text.removeprefix("#")
    if not text.startswith("#") or len(digits) not in (3, 6, 8):
        return None
    if len(digits) == 3:
        digits = "".join(2 * d for d in digits)
    try:
        found = [int(digits[k : k + 2], 16) / 255 for k in range(0, len(digits), 2)]
    except ValueError:
        return None
    return (found[0], found[1], found[2], found[3] if len(found) == 4 else 1.0)


def from_rgb(v: list[float]) -> RGBA | None:
    if len(v) not in (3, 4):
        return None
    v = clip(v)
    return (v[0], v[1], v[2], v[3] if len(v) == 4 else 1.0)


def from_gray(v: list[float]) -> RGBA | None:
    if len(v) not in (1, 2):
        return None
    v = clip(v)
    return (v[0], v[0], v[0], v[1] if len(v) == 2 else 1.0)


def from_hue(v: list[float]) -> RGBA | None:
    if not 1 <= len(v) <= 4:
        return None
    saturation, brightness, opacity = clip([*v[1:], 1.0, 1.0, 1.0][:3] if len(v) > 1 else [1.0] * 3)
    return (*colorsys.hsv_to_rgb(v[0] % 1.0 if v[0] != 1 else 1.0, saturation, brightness), opacity)


def from_cmyk(v: list[float]) -> RGBA | None:
    if len(v) not in (4, 5):
        return None
    c, m, y, k = clip(v[:4])
    return ((1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k), clip(v[4:])[0] if len(v) == 5 else 1.0)


READERS: dict[Any, Callable[[list[float]], RGBA | None]] = {
    S.RGBColor: from_rgb,
    S.GrayLevel: from_gray,
    S.Hue: from_hue,
    S.CMYKColor: from_cmyk,
}


def color_expression(color: Sequence[float] | np.ndarray) -> Expr:
    """A colour as RGBColor[r, g, b], with opacity where it is not 1."""
    values = tuple(round(float(v), 12) for v in color)
    return Expr(S.RGBColor, values[:3] if len(values) < 4 or values[3] == 1 else values)


def palette(k: int) -> Expr:
    """The colour of curve number `k`, from 0; beyond the palette lighter and darker ones."""
    base, turn = PALETTE[k % len(PALETTE)], k // len(PALETTE)
    target = 1.0 if turn % 2 else 0.0
    part = 0.0 if turn == 0 else min(0.6, 0.3 * ((turn + 1) // 2))
    return color_expression([c + (target - c) * part for c in base])


# ---- gradients: arrays of numbers 0 ... 1 -> arrays (..., 4)

Gradient = Callable[[np.ndarray], np.ndarray]


def interpolated(anchors: Sequence[Sequence[float]] | np.ndarray) -> Gradient:
    """Linear between colours at equal distances."""
    table = np.array([[*c[:3], c[3] if len(c) > 3 else 1.0] for c in anchors], np.float64)
    places = np.linspace(0, 1, len(table))

    def gradient(t: np.ndarray) -> np.ndarray:
        t = np.clip(np.nan_to_num(t), 0, 1)
        return np.stack([np.interp(t, places, table[:, k]) for k in range(4)], axis=-1)

    return gradient


def named_gradient(name: str) -> Gradient | None:
    """A gradient by name: one of GRADIENTS, or one of matplotlib's colour maps."""
    if name in GRADIENTS:
        return interpolated(GRADIENTS[name])
    if name == "Hue":
        return lambda t: np.array([(*colorsys.hsv_to_rgb(x % 1, 1, 1), 1.0) for x in np.ravel(t)]).reshape(
            *np.shape(t), 4
        )
    import matplotlib

    if name not in matplotlib.colormaps:
        return None
    colormap = matplotlib.colormaps[name]
    return lambda t: np.asarray(colormap(np.clip(np.nan_to_num(t), 0, 1)))


def gradient_of(ev: Any, setting: Any, default: str = "Density") -> Gradient | None:
    """A ColorFunction setting as a gradient: Automatic, a name, ColorData[...], Hue, GrayLevel, or a function
    of a number that gives a colour; None where it is none of these.
    """
    if setting in (S.Automatic, TRUE, NONE):
        return named_gradient(default)
    if type(setting) is str:
        return named_gradient(setting)
    if type(setting) is Expr and setting.head is S.ColorDataFunction and type(setting.args[0]) is str:
        return named_gradient(setting.args[0])
    if setting is S.Hue:
        return named_gradient("Hue")
    if setting is S.GrayLevel:
        return interpolated([(0, 0, 0), (1, 1, 1)])
    return by_function(ev, setting)


def by_function(ev: Any, function: Any) -> Gradient | None:
    """A WL function from 0 ... 1 to colours, tabulated at 256 places."""
    apply = ev.function(function)
    colors = [rgba(apply(k / 255)) for k in range(256)]
    if any(c is None for c in colors):
        return None
    return interpolated([c for c in colors if c is not None])


def blend(colors: Sequence[RGBA], position: Any = None) -> RGBA | None:
    """Colours mixed: evenly, by weights, or at a place 0 ... 1 along them."""
    table = np.array(colors)
    if position is None:
        return tuple(table.mean(0).tolist())
    weights = to_array(position, exact=False) if is_list(position) else None
    if weights is not None:
        if weights.shape != (len(colors),) or not weights.sum():
            return None
        return tuple((weights[:, None] * table / weights.sum()).sum(0).tolist())
    t = number(position)
    if t is None:
        return None
    return tuple(interpolated(table)(np.array(t)).tolist()) if len(colors) > 1 else colors[0]
