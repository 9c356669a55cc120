"""From the contents of Graphics[...] and Graphics3D[...] to a flat list of things to draw, each with its
style.

Coordinates become arrays here: points (n, 2) or (n, 3).  What is not understood is collected by name, so that
the picture is drawn and one message tells what is missing from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, Symbol, is_list, items, to_array
from wlnet.media.colors import array_of, number, rgba

from . import style as styles
from .style import Style

GROUPS = (S.List, S.GraphicsGroup, S.Annotation, S.Tooltip, S.StatusArea, S.Mouseover)


class Drawable:
    """One thing to draw.

    kind    "line", "points", "polygon", "disk", "circle", "text", "arrow", "raster", "inset"
    data    points (n, d) of lines, points and arrows; for the others what their reader says
    extra   vertex colours (n, 4), texts, options
    scaled  whether the coordinates are parts of the picture's width and height
    """

    __slots__ = ("kind", "data", "style", "extra", "scaled")

    def __init__(self, kind: str, data: Any, style: Style, extra: Any = None, scaled: bool = False) -> None:
        self.kind = kind
        self.data = data
        self.style = style
        self.extra = extra
        self.scaled = scaled

    def extent(self) -> np.ndarray:
        """Points whose box holds this thing, (n, d); empty where it takes no part in the plot range."""
        if self.scaled or self.kind == "inset":
            return np.empty((0, 2))
        if self.kind == "polygon":
            outer: np.ndarray = self.data[0]
            return outer
        if self.kind in ("disk", "circle"):
            return round_extent(*self.data, sector=self.kind == "disk")
        if self.kind == "raster":
            box: np.ndarray = self.data[1]
            return box
        points: np.ndarray = self.data
        return points


def round_extent(center: np.ndarray, radii: np.ndarray, angles: Any, sector: bool) -> np.ndarray:
    """The corners of the box around a circle, or points of a sector or an arc."""
    if angles is None or len(center) != 2:
        return np.array([center - radii, center + radii])
    turn = np.linspace(angles[0], angles[1], 181)
    arc = center + radii * np.stack([np.cos(turn), np.sin(turn)], 1)
    return np.vstack([arc, center[None]]) if sector else arc


class Scene:
    """Drawables in order; names of what was not understood."""

    def __init__(self, dimension: int = 2) -> None:
        self.dimension = dimension
        self.drawables: list[Drawable] = []
        self.unknown: list[str] = []
        self.vertices: np.ndarray | None = None  # of the GraphicsComplex being read
        self.colors: np.ndarray | None = None

    # ---- reading

    def read(self, e: Any, style: Style) -> None:
        """Add what `e` draws.  `style` is changed by directives that stand directly in a list."""
        if type(e) is np.ndarray:
            self.note(e)
        elif type(e) is not Expr:
            if not styles.apply(style, e):
                self.note(e)
        elif e.head in GROUPS:
            self.group(e.args if e.head is S.List else self.grouped(e), style)
        elif e.head is S.Style:
            inner = style.copy()
            if not styles.of_style(inner, e.args[1:]):
                self.note(e)
            self.read(e.args[0], inner)
        elif e.head is S.GraphicsComplex:
            self.complex(e, style)
        elif not styles.apply(style, e):
            reader = PRIMITIVES.get(e.head)
            if reader is None or reader(self, e.args, style) is False:
                self.note(e)

    def group(self, parts: Sequence[Any], style: Style) -> None:
        inner = style.copy()
        for each in parts:
            self.read(each, inner)

    @staticmethod
    def grouped(e: Expr) -> tuple[Any, ...]:
        first = e.args[0] if e.args else Expr(S.List, ())
        return items(first) if is_list(first) else (first,)

    def note(self, e: Any) -> None:
        name = e.head if type(e) is Expr else e
        text = name.name if type(name) is Symbol else type(name).__name__
        if text not in self.unknown:
            self.unknown.append(text)

    def complex(self, e: Expr, style: Style) -> None:
        """GraphicsComplex[points, primitives, VertexColors -> ...]: indices stand for points."""
        points = array_of(e.args[0])
        if points is None or points.ndim != 2:
            self.note(e)
            return
        outer = (self.vertices, self.colors)
        self.vertices, self.colors = points.astype(np.float64), None
        for each in e.args[2:]:
            if type(each) is Expr and each.head is S.Rule and each.args[0] is S.VertexColors:
                self.colors = color_rows(each.args[1])
        if len(e.args) > 1:
            self.read(e.args[1], style.copy())
        self.vertices, self.colors = outer

    # ---- coordinates

    def points(self, e: Any) -> tuple[np.ndarray, bool] | None:
        """Points (n, d) from a list of points or of indices, and whether they are Scaled."""
        if type(e) is Expr and e.head in (S.Scaled, S.ImageScaled):
            found = self.points(e.args[0])
            return None if found is None else (found[0], True)
        array = array_of(e)
        if array is None or array.dtype.kind not in "if":
            rows = [self.points(x) for x in items(e)] if is_list(e) else []
            if not rows or any(row is None for row in rows):
                return None
            kept = [row for row in rows if row is not None]
            return np.concatenate([row[0] for row in kept]), any(row[1] for row in kept)
        if self.vertices is not None and array.dtype.kind == "i" and array.ndim <= 1:
            return self.indexed(array.reshape(-1)), False
        if array.ndim == 1:
            array = array[None]
        if array.ndim != 2 or array.shape[1] not in (2, 3):
            return None
        return array.astype(np.float64), False

    def indexed(self, index: np.ndarray) -> np.ndarray:
        assert self.vertices is not None
        inside = np.clip(index - 1, 0, len(self.vertices) - 1)
        found: np.ndarray = self.vertices[inside]
        return found

    def several(self, e: Any) -> list[Any]:
        """The parts of the argument of Line, Polygon, ...: one list of points, or a list of such lists."""
        array = array_of(e)
        if array is not None:
            rank = 1 if self.vertices is not None and array.dtype.kind == "i" else 2
            return list(array) if array.ndim == rank + 1 else [e]
        if is_list(e) and len(items(e)) and all(is_list(x) for x in items(e)):
            inner = [items(x) for x in items(e)]
            if all(row and is_list(row[0]) for row in inner):
                return list(items(e))
        return [e]

    def add(self, kind: str, data: Any, style: Style, extra: Any = None, scaled: bool = False) -> None:
        self.drawables.append(Drawable(kind, data, style.copy(), extra, scaled))


def color_rows(e: Any) -> np.ndarray | None:
    """A list of colours, or an array (n, 3) or (n, 4) of their components, as (n, 4)."""
    array = array_of(e)
    if array is not None and array.ndim == 2 and array.shape[1] in (3, 4):
        full = np.ones((len(array), 4))
        full[:, : array.shape[1]] = array
        return full
    found = [rgba(x) for x in items(e)] if is_list(e) else []
    return None if not found or any(c is None for c in found) else np.array(found)


def option(args: Sequence[Any], name: str) -> Any:
    """The value of a rule among trailing arguments, None where there is none."""
    for each in args:
        if type(each) is Expr and each.head is S.Rule and getattr(each.args[0], "name", each.args[0]) == name:
            return each.args[1]
    return None


# ---- primitives: (scene, args, style) -> False where the arguments make no sense


def line(kind: str, least: int) -> Callable[[Scene, tuple[Any, ...], Style], bool | None]:
    def read(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
        if not args:
            return False
        given = option(args[1:], "VertexColors")
        for part in scene.several(args[0]):
            found = scene.points(part)
            if found is None:
                return False
            if len(found[0]) >= least:
                colors = color_rows(given) if given is not None else vertex_colors(scene, part)
                scene.add(kind, found[0], style, colors, found[1])
        return None

    return read


def vertex_colors(scene: Scene, part: Any) -> np.ndarray | None:
    """Colours of the vertices that `part` names, within a GraphicsComplex that has them."""
    index = to_array(part)
    if scene.colors is None or index is None or index.dtype.kind != "i" or index.ndim != 1:
        return None
    found: np.ndarray = scene.colors[np.clip(index - 1, 0, len(scene.colors) - 1)]
    return found


def points(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    found = scene.points(args[0]) if args else None
    if found is None:
        return bool(args) and is_list(args[0]) and not len(items(args[0]))
    given = option(args[1:], "VertexColors")
    colors = color_rows(given) if given is not None else vertex_colors(scene, args[0])
    scene.add("points", found[0], style, colors, found[1])
    return None


def polygon(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Polygon[{p1, p2, ...}], Polygon[{poly1, poly2, ...}], Polygon[outer -> {hole, ...}]."""
    if not args:
        return False
    given = option(args[1:], "VertexColors")
    if type(args[0]) is Expr and args[0].head is S.Rule:
        outer = scene.points(args[0].args[0])
        holes = [scene.points(part) for part in scene.several(args[0].args[1])]
        if outer is None or any(hole is None for hole in holes):
            return False
        scene.add(
            "polygon", (outer[0], [hole[0] for hole in holes if hole is not None]), style, None, outer[1]
        )
        return None
    for part in scene.several(args[0]):
        if type(part) is Expr and part.head is S.Rule:
            polygon(scene, (part,), style)
            continue
        found = scene.points(part)
        if found is None:
            return False
        colors = color_rows(given) if given is not None else vertex_colors(scene, part)
        scene.add("polygon", (found[0], []), style, colors, found[1])
    return None


def rectangle(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Rectangle[{x1, y1}, {x2, y2}]; the unit square at a single corner."""
    low = scene.points(args[0]) if args else (np.zeros((1, 2)), False)
    if low is None or low[0].shape[1] != 2:
        return False
    high = scene.points(args[1]) if len(args) > 1 and is_list_like(args[1]) else (low[0] + 1.0, low[1])
    if high is None:
        return False
    (x1, y1), (x2, y2) = low[0][0], high[0][0]
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
    scene.add("polygon", (corners, []), style, None, low[1])
    return None


def is_list_like(e: Any) -> bool:
    return is_list(e) or (type(e) is Expr and e.head is S.Scaled)


def rounded(kind: str) -> Callable[[Scene, tuple[Any, ...], Style], bool | None]:
    """Circle and Disk: centre (one or several), radius or {rx, ry}, {angle, angle}."""

    def read(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
        centers = scene.points(args[0]) if args else (np.zeros((1, 2)), False)
        radius = args[1] if len(args) > 1 else 1
        radii = array_of(radius) if is_list(radius) else number(radius)
        angles = array_of(args[2]) if len(args) > 2 else None
        if centers is None or radii is None or (len(args) > 2 and angles is None):
            return False
        for center in centers[0]:
            size = np.broadcast_to(np.asarray(radii, float), (len(center),))
            scene.add(
                kind, (center, size, None if angles is None else tuple(angles)), style, None, centers[1]
            )
        return None

    return read


def text(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Text[expr, {x, y}, offset, direction]."""
    place = scene.points(args[1]) if len(args) > 1 else (np.zeros((1, scene.dimension)), False)
    offset = array_of(args[2]) if len(args) > 2 and is_list(args[2]) else np.zeros(2)
    direction = array_of(args[3]) if len(args) > 3 else np.array([1.0, 0.0])
    if not args or place is None or offset is None or direction is None:
        return False
    scene.add("text", place[0][:1], style, (args[0], offset.astype(float), direction), place[1])
    return None


def raster(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Raster[rows from the bottom up, {{x1, y1}, {x2, y2}}, {min, max}, ColorFunction -> f];
    InterpolationOrder -> 1 blends neighbouring cells."""
    cells = array_of(args[0]) if args else None
    if cells is None or cells.ndim not in (2, 3):
        return False
    height, width = cells.shape[:2]
    box = array_of(args[1]) if len(args) > 1 and is_list(args[1]) else np.array([[0, 0], [width, height]])
    span = array_of(args[2]) if len(args) > 2 and is_list(args[2]) else np.array([0.0, 1.0])
    if box is None or box.shape != (2, 2) or span is None or span.shape != (2,):
        return False
    smooth = option(args[1:], "InterpolationOrder") == 1
    extra = {"span": span, "color": option(args[1:], "ColorFunction"), "smooth": smooth}
    scene.add("raster", (cells.astype(float), box.astype(float)), style, extra)
    return None


def inset(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Inset[object, position, object's position, size]: pictures and text in a picture."""
    place = scene.points(args[1]) if len(args) > 1 else (np.full((1, 2), 0.5), True)
    size = None
    if len(args) > 3:
        found = array_of(args[3]) if is_list(args[3]) else number(args[3])
        size = None if found is None else float(np.ravel(found)[0])
    if not args or place is None:
        return False
    scene.add("inset", place[0][:1], style, (args[0], size), place[1])
    return None


def cuboid(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Cuboid[{x1, y1, z1}, {x2, y2, z2}]; the unit cube at a single corner."""
    low = scene.points(args[0]) if args else (np.zeros((1, 3)), False)
    high = scene.points(args[1]) if len(args) > 1 else None if low is None else (low[0] + 1.0, False)
    if low is None or high is None or low[0].shape[1] != 3 or high[0].shape[1] != 3:
        return False
    box = np.array([low[0][0], high[0][0]])
    corner = np.array([[box[i, 0], box[j, 1], box[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    for face in ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)):
        scene.add("polygon", (corner[list(face)], []), style)
    return None


def sphere(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """Sphere[centre, radius] and Ball, as a mesh."""
    centers = scene.points(args[0]) if args else (np.zeros((1, 3)), False)
    radius = number(args[1]) if len(args) > 1 else 1.0
    if centers is None or radius is None or centers[0].shape[1] != 3:
        return False
    u, v = np.linspace(0, 2 * np.pi, 25), np.linspace(0, np.pi, 13)
    unit = np.stack(
        [np.outer(np.cos(u), np.sin(v)), np.outer(np.sin(u), np.sin(v)), np.outer(np.ones(25), np.cos(v))], -1
    )
    for center in centers[0]:
        mesh = center + radius * unit
        for i in range(24):
            for j in range(12):
                quad = mesh[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
                scene.add("polygon", (quad, []), style)
    return None


def ignored(scene: Scene, args: tuple[Any, ...], style: Style) -> bool | None:
    """What has no look of its own."""
    return None


PRIMITIVES: dict[Any, Callable[[Scene, tuple[Any, ...], Style], bool | None]] = {
    S.Line: line("line", 1),
    S.Arrow: line("arrow", 2),
    S.Point: points,
    S.Polygon: polygon,
    S.Triangle: polygon,
    S.Rectangle: rectangle,
    S.Circle: rounded("circle"),
    S.Disk: rounded("disk"),
    S.Text: text,
    S.Raster: raster,
    S.Inset: inset,
    S.Cuboid: cuboid,
    S.Sphere: sphere,
    S.Ball: sphere,
    S.CapForm: ignored,
    S.JoinForm: ignored,
}


def scene_of(contents: Any, dimension: int, style: Style | None = None) -> Scene:
    """The scene of the first argument of Graphics or Graphics3D."""
    scene = Scene(dimension)
    start = style.copy() if style is not None else Style()
    scene.read(contents, start)
    return scene
