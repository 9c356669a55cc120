"""Styles: what directives set for the primitives that follow them."""

from __future__ import annotations

from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items
from wlnet.media.colors import NONE, RGBA, number, rgba

# Relative sizes, as the language names them: widths of lines and diameters of points as parts of the
# picture's width, lengths of dashes likewise.
SIZES = {"Tiny": 0.001, "Small": 0.0025, "Medium": 0.004, "Large": 0.01}
POINTS = {"Tiny": 0.005, "Small": 0.0085, "Medium": 0.0125, "Large": 0.02}
DASHES = {"Tiny": 0.002, "Small": 0.006, "Medium": 0.011, "Large": 0.02}
FONTS = {"Tiny": 7.0, "Small": 9.0, "Medium": 12.0, "Large": 18.0}

# ("points", x): printer's points; ("part", x): parts of the picture's width.
Length = tuple[str, float]

NAMED = {
    "Thin": ("thickness", ("part", SIZES["Tiny"])),
    "Thick": ("thickness", ("part", SIZES["Large"] * 0.6)),
    "Dashed": ("dashing", [("part", 0.012), ("part", 0.012)]),
    "Dotted": ("dashing", [("points", 0.0), ("part", 0.009)]),
    "DotDashed": ("dashing", [("points", 0.0), ("part", 0.01), ("part", 0.018), ("part", 0.01)]),
    "Bold": ("weight", "bold"),
    "Plain": ("weight", "normal"),
    "Italic": ("slant", "italic"),
}


class Style:
    """What primitives are drawn with.  Copied before a change, so that a list's directives end with the list.

    color      of lines, points and text, and of faces where `face` is None
    edge       of faces: a colour, "same" as the lines, or None for no edge
    thickness  of lines and edges; `edge_thickness` of edges where it differs
    point      diameter of points; `dashing` lengths of dashes and gaps, empty for solid lines
    """

    __slots__ = (
        "color", "face", "opacity", "edge", "edge_opacity", "edge_thickness", "thickness", "point", "dashing",
        "size", "weight", "slant", "family", "background", "arrow",
    )  # fmt: skip

    def __init__(self) -> None:
        self.color: RGBA = (0.0, 0.0, 0.0, 1.0)
        self.face: RGBA | None = None
        self.opacity = 1.0
        self.edge: RGBA | str | None = None
        self.edge_opacity = 1.0
        self.edge_thickness: Length | None = None
        self.thickness: Length = ("points", 1.0)
        self.point: Length = ("part", 0.008)
        self.dashing: list[Length] = []
        self.size: float | None = None
        self.weight = "normal"
        self.slant = "normal"
        self.family: str | None = None
        self.background: RGBA | None = None
        self.arrow = 0.04

    def copy(self) -> Style:
        found = Style.__new__(Style)
        for slot in Style.__slots__:
            setattr(found, slot, getattr(self, slot))
        return found

    def line_color(self) -> RGBA:
        return (*self.color[:3], self.color[3] * self.opacity)

    def face_color(self) -> RGBA:
        color = self.face if self.face is not None else self.color
        return (*color[:3], color[3] * self.opacity)

    def edge_color(self) -> RGBA | None:
        if self.edge is None:
            return None
        color = self.color if isinstance(self.edge, str) else self.edge
        return (*color[:3], color[3] * self.edge_opacity)


def length(e: Any, names: dict[str, float]) -> Length | None:
    """A size: a part of the width, or a name such as Large."""
    value = number(e)
    if value is not None:
        return ("part", value)
    name = getattr(e, "name", None)
    return ("part", names[name]) if name in names else None


def apply(style: Style, e: Any) -> bool:
    """Let directive `e` act on `style`; False where `e` is no directive."""
    if type(e) is not Expr:
        known = NAMED.get(getattr(e, "name", ""))
        if known is not None:
            setattr(style, *known)
        return known is not None
    color = rgba(e)
    if color is not None:
        style.color, style.face = color, None
        if color[3] != 1:
            style.opacity = 1.0
        return True
    reader = DIRECTIVES.get(e.head)
    return reader is not None and reader(style, e.args)


def directive(style: Style, args: tuple[Any, ...]) -> bool:
    given = items(args[0]) if len(args) == 1 and is_list(args[0]) else args
    return all([apply(style, each) for each in given])


def opacity(style: Style, args: tuple[Any, ...]) -> bool:
    value = number(args[0]) if args else None
    if value is None or len(args) > 2:
        return False
    style.opacity = min(1.0, max(0.0, value))
    if len(args) == 2:
        color = rgba(args[1])
        if color is None:
            return False
        style.color, style.face = color, None
    return True


def sized(slot: str, unit: str, names: dict[str, float]) -> Any:
    def read(style: Style, args: tuple[Any, ...]) -> bool:
        found = length(args[0], names) if len(args) == 1 else None
        if found is None:
            return False
        setattr(style, slot, (unit, found[1]) if number(args[0]) is not None else found)
        return True

    return read


def dashes(unit: str) -> Any:
    def read(style: Style, args: tuple[Any, ...]) -> bool:
        given = items(args[0]) if args and is_list(args[0]) else args[:1]
        found = [length(x, DASHES) for x in given]
        if any(x is None for x in found):
            return False
        lengths = [
            (unit, x[1]) if number(e) is not None else x for e, x in zip(given, found) if x is not None
        ]
        style.dashing = lengths * 2 if len(lengths) == 1 else lengths
        return True

    return read


def form(style: Style, args: tuple[Any, ...], face: bool) -> bool:
    """FaceForm[...] and EdgeForm[...]: their own directives act on faces and edges."""
    given = items(args[0]) if len(args) == 1 and is_list(args[0]) else args
    inner = style.copy()
    inner.opacity, inner.color = 1.0, (0.0, 0.0, 0.0, 1.0)
    if not given or given[0] is NONE:
        if face:
            style.face = (0.0, 0.0, 0.0, 0.0)
        else:
            style.edge = None
        return True
    if not all([apply(inner, each) for each in given]):
        return False
    if face:
        style.face = (*inner.color[:3], inner.color[3] * inner.opacity)
    else:
        style.edge = inner.color
        style.edge_opacity = inner.opacity
        style.edge_thickness = inner.thickness
    return True


def fonts(style: Style, args: tuple[Any, ...]) -> bool:
    return len(args) == 1 and font_option(style, "FontSize", args[0])


def font_option(style: Style, name: str, value: Any) -> bool:
    """FontSize, FontWeight, FontSlant, FontFamily, FontColor, Background of a Style."""
    if name == "FontSize":
        size = number(value)
        style.size = size if size is not None else FONTS.get(getattr(value, "name", ""), style.size)
    elif name == "FontWeight":
        style.weight = "bold" if value == "Bold" or value is S.Bold else "normal"
    elif name == "FontSlant":
        style.slant = "italic" if value == "Italic" or value is S.Italic else "normal"
    elif name == "FontFamily" and type(value) is str:
        style.family = value
    elif name in ("FontColor", "Background"):
        color = rgba(value)
        if color is None:
            return False
        if name == "FontColor":
            style.color = color
        else:
            style.background = color
    else:
        return False
    return True


def arrowheads(style: Style, args: tuple[Any, ...]) -> bool:
    found = (
        length(args[0], {"Tiny": 0.01, "Small": 0.02, "Medium": 0.04, "Large": 0.06})
        if len(args) == 1
        else None
    )
    if found is None:
        return False
    style.arrow = found[1]
    return True


def of_style(style: Style, settings: tuple[Any, ...]) -> bool:
    """The settings behind the first argument of Style[x, ...]: directives, a font size, options."""
    understood = True
    for each in settings:
        value = number(each)
        if value is not None:
            style.size = value
        elif type(each) is Expr and each.head is S.Rule and len(each.args) == 2:
            name = getattr(each.args[0], "name", each.args[0])
            understood &= font_option(style, name, each.args[1])
        elif getattr(each, "name", "") in FONTS:
            style.size = FONTS[getattr(each, "name", "")]
        elif type(each) is str:
            title = each in ("Title", "Section", "Subsection")
            style.size = {"Title": 24.0, "Section": 18.0, "Subsection": 15.0}.get(each, style.size)
            style.weight = "bold" if title else style.weight
        else:
            understood &= apply(style, each)
    return understood


def reads(e: Any) -> bool:
    """Whether `e` is a directive."""
    return apply(Style(), e)


def switched(e: Any) -> bool | None:
    """True, False or None for anything else."""
    return True if e is TRUE else False if e is FALSE or e is NONE else None


DIRECTIVES: dict[Any, Any] = {
    S.Directive: directive,
    S.Opacity: opacity,
    S.Thickness: sized("thickness", "part", SIZES),
    S.AbsoluteThickness: sized("thickness", "points", SIZES),
    S.PointSize: sized("point", "part", POINTS),
    S.AbsolutePointSize: sized("point", "points", POINTS),
    S.Dashing: dashes("part"),
    S.AbsoluteDashing: dashes("points"),
    S.FaceForm: lambda style, args: form(style, args, True),
    S.EdgeForm: lambda style, args: form(style, args, False),
    S.FontSize: fonts,
    S.Arrowheads: arrowheads,
}
