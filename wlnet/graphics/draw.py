"""Drawing a scene on matplotlib axes: lines, points, faces, texts, rasters, insets."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import S
from wlnet.media.colors import gradient_of

from .options import label
from .scene import Drawable, Scene
from .style import Length, Style

FONT = 11.0  # points, of all texts that set no size
INK = (0.25, 0.25, 0.27, 1.0)  # of axes, ticks and labels

# Order of drawing: grid lines below everything, epilogs above it.
LAYERS = {"prolog": 1.5, "scene": 2.5, "epilog": 6.0}


class Pen:
    """Draws drawables on one axes.

    width   of the picture in points, of which sizes are parts
    clip    whether what lies outside the plot range is cut off
    """

    def __init__(self, ev: Any, axes: Any, width: float, clip: bool, layer: str = "scene") -> None:
        self.ev = ev
        self.axes = axes
        self.width = width
        self.clip = clip
        self.order = LAYERS[layer]
        self.step = 0

    def scene(self, scene: Scene) -> None:
        waiting: list[Drawable] = []
        for each in scene.drawables:
            if waiting and not alike(waiting[0], each):
                self.flush(waiting)
                waiting = []
            if each.kind == "polygon" and not each.data[1] and each.extra is None:
                waiting.append(each)
            else:
                self.draw(each)
        self.flush(waiting)

    def draw(self, each: Drawable) -> None:
        if each.kind == "polygon":
            self.face(each)
        else:
            getattr(self, each.kind)(each)

    def common(self, each: Drawable) -> dict[str, Any]:
        """Settings of every artist; later ones lie above earlier ones."""
        self.step += 1
        found = {"zorder": self.order + self.step * 1e-5, "clip_on": self.clip and not each.scaled}
        if each.scaled:
            found["transform"] = self.axes.transAxes
        return found

    def points_of(self, size: Length) -> float:
        return size[1] if size[0] == "points" else size[1] * self.width

    def dashes(self, style: Style) -> Any:
        if not style.dashing:
            return "-"
        return (0, [max(self.points_of(each), 0.05) for each in style.dashing])

    # ---- kinds

    def line(self, each: Drawable) -> None:
        style = each.style
        if each.extra is not None:
            self.colored_line(each)
            return
        self.axes.plot(
            each.data[:, 0],
            each.data[:, 1],
            color=style.line_color(),
            linewidth=self.points_of(style.thickness),
            linestyle=self.dashes(style),
            solid_capstyle="butt",
            solid_joinstyle="round",
            dash_capstyle="round" if style.dashing and self.points_of(style.dashing[0]) < 0.1 else "butt",
            **self.common(each),
        )

    def colored_line(self, each: Drawable) -> None:
        from matplotlib.collections import LineCollection

        pieces = np.stack([each.data[:-1], each.data[1:]], axis=1)
        colors = (each.extra[: len(pieces)] + each.extra[1 : len(pieces) + 1]) / 2
        lines = LineCollection(
            list(pieces),
            colors=colors,
            linewidths=self.points_of(each.style.thickness),
            capstyle="round",
            **self.common(each),
        )
        self.axes.add_collection(lines, autolim=False)

    def points(self, each: Drawable) -> None:
        size = self.points_of(each.style.point)
        if each.extra is not None:
            self.axes.scatter(
                each.data[:, 0], each.data[:, 1], s=size**2, c=each.extra, linewidths=0, **self.common(each)
            )
            return
        self.axes.plot(
            each.data[:, 0],
            each.data[:, 1],
            linestyle="none",
            marker="o",
            markersize=size,
            color=each.style.line_color(),
            markeredgewidth=0,
            **self.common(each),
        )

    def arrow(self, each: Drawable) -> None:
        style, data = each.style, each.data
        if len(data) > 2:
            self.line(Drawable("line", data[:-1], style, None, each.scaled))
        coordinates = "axes fraction" if each.scaled else "data"
        self.step += 1
        head = max(style.arrow * self.width, 4.0) * 0.6
        self.axes.annotate(
            "",
            xy=tuple(data[-1]),
            xytext=tuple(data[-2]),
            xycoords=coordinates,
            textcoords=coordinates,
            annotation_clip=False,
            zorder=self.order + self.step * 1e-5,
            arrowprops={
                "arrowstyle": f"-|>,head_length={head / 10:.3f},head_width={head / 26:.3f}",
                "mutation_scale": 10,
                "color": style.line_color(),
                "linewidth": self.points_of(style.thickness),
                "linestyle": self.dashes(style),
                "shrinkA": 0,
                "shrinkB": 0,
                "joinstyle": "miter",
            },
        )

    def outline(self, style: Style) -> dict[str, Any]:
        """Colours and edge of faces."""
        edge = style.edge_color()
        thickness = style.edge_thickness or style.thickness
        return {
            "facecolor": style.face_color(),
            "edgecolor": edge if edge is not None else "none",
            "linewidth": self.points_of(thickness) if edge is not None else 0.0,
            "linestyle": self.dashes(style) if edge is not None else "-",
        }

    def flush(self, waiting: list[Drawable]) -> None:
        """Faces of one style at once."""
        from matplotlib.collections import PolyCollection

        if len(waiting) == 1:
            self.face(waiting[0])
        elif waiting:
            look = {f"{name}s": value for name, value in self.outline(waiting[0].style).items()}
            faces = PolyCollection([each.data[0] for each in waiting], **look, **self.common(waiting[0]))
            self.axes.add_collection(faces, autolim=False)

    def face(self, each: Drawable) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        outer, holes = each.data
        if each.extra is not None and not holes:
            self.shaded(each)
            return
        rings = [turned(outer, True), *(turned(hole, False) for hole in holes)]
        paths = [Path(np.vstack([ring, ring[:1]]), closed=True) for ring in rings]
        whole = Path.make_compound_path(*paths) if holes else paths[0]
        self.axes.add_patch(PathPatch(whole, **self.outline(each.style), **self.common(each)))

    def shaded(self, each: Drawable) -> None:
        """A face with colours at its corners, in triangles around its centre."""
        outer, colors = each.data[0], each.extra
        center, mean = outer.mean(0), colors.mean(0)
        for k in range(len(outer)):
            j = (k + 1) % len(outer)
            corner = Drawable(
                "polygon", (np.array([center, outer[k], outer[j]]), []), each.style.copy(), None, each.scaled
            )
            corner.style.face = tuple((mean + colors[k] + colors[j]) / 3)
            corner.style.edge, corner.style.opacity = None, 1.0
            self.face(corner)

    def disk(self, each: Drawable) -> None:
        from matplotlib.patches import Ellipse, Wedge

        center, radii, angles = each.data
        look = {**self.outline(each.style), **self.common(each)}
        if angles is None:
            self.axes.add_patch(Ellipse(tuple(center), 2 * radii[0], 2 * radii[1], **look))
        else:
            self.axes.add_patch(Wedge(tuple(center), radii[0], *np.degrees(angles), **look))

    def circle(self, each: Drawable) -> None:
        from matplotlib.patches import Arc, Ellipse

        center, radii, angles = each.data
        look = {
            "edgecolor": each.style.line_color(),
            "facecolor": "none",
            "linewidth": self.points_of(each.style.thickness),
            "linestyle": self.dashes(each.style),
            **self.common(each),
        }
        if angles is None:
            self.axes.add_patch(Ellipse(tuple(center), 2 * radii[0], 2 * radii[1], **look))
        else:
            first, last = np.degrees(angles)
            self.axes.add_patch(
                Arc(tuple(center), 2 * radii[0], 2 * radii[1], theta1=first, theta2=last, **look)
            )

    def text(self, each: Drawable) -> None:
        expr, offset, direction = each.extra
        found = label(self.ev, expr, each.style)
        if found is None:
            return
        style = found.style
        box = None
        if style.background is not None:
            box = {"facecolor": style.background, "edgecolor": "none", "pad": 2}
        sides = ("left", "center", "right"), ("bottom", "center", "top")
        across, up = (side[1 + (o > 0.33) - (o < -0.33)] for side, o in zip(sides, offset))
        self.axes.text(
            *each.data[0],
            found.text,
            ha=across,
            va=up,
            rotation=float(np.degrees(np.arctan2(direction[1], direction[0]))),
            rotation_mode="anchor",
            bbox=box,
            **text_look(style),
            **{**self.common(each), "clip_on": False},
        )

    def raster(self, each: Drawable) -> None:
        cells, (low, high) = each.data
        colors = raster_colors(self.ev, cells, each.extra)
        look = self.common(each)
        self.axes.imshow(
            colors,
            extent=(low[0], high[0], low[1], high[1]),
            origin="lower",
            aspect="auto",
            interpolation="bilinear" if each.extra.get("smooth") else "nearest",
            zorder=look["zorder"],
            clip_on=look["clip_on"],
        )

    def inset(self, each: Drawable) -> None:
        from matplotlib.offsetbox import AnnotationBbox, OffsetImage

        from .figure import is_drawable, picture_array

        expr, size = each.extra
        if not is_drawable(expr):
            self.text(
                Drawable(
                    "text", each.data, each.style, (expr, np.zeros(2), np.array([1.0, 0.0])), each.scaled
                )
            )
            return
        width = size if size is not None and size > 3 else 0.3 * self.width
        image = OffsetImage(picture_array(self.ev, expr, 2 * width), zoom=0.5)
        place = "axes fraction" if each.scaled else "data"
        self.step += 1
        self.axes.add_artist(
            AnnotationBbox(image, tuple(each.data[0]), xycoords=place, frameon=False, zorder=self.order + 1)
        )


def alike(x: Drawable, y: Drawable) -> bool:
    """Whether two faces can be drawn at once: same style, no edge that would show the order."""
    if y.kind != "polygon" or y.data[1] or y.extra is not None or x.scaled != y.scaled:
        return False
    return all(getattr(x.style, slot) == getattr(y.style, slot) for slot in Style.__slots__)


def turned(ring: np.ndarray, left: bool) -> np.ndarray:
    """A ring that runs anticlockwise (left) or clockwise: holes run against what is around them."""
    x, y = ring[:, 0], ring[:, 1]
    area = float(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    return ring if (area >= 0) == left else ring[::-1]


def text_look(style: Style) -> dict[str, Any]:
    found = {
        "color": style.line_color(),
        "fontsize": style.size or FONT,
        "fontweight": style.weight,
        "fontstyle": style.slant,
    }
    return found if style.family is None else {**found, "fontfamily": [style.family, "sans-serif"]}


def raster_colors(ev: Any, cells: np.ndarray, extra: dict[str, Any]) -> np.ndarray:
    """Cells (rows, columns) or (rows, columns, 1 ... 4) as colours (rows, columns, 4)."""
    low, high = extra["span"]
    if cells.ndim == 3 and cells.shape[2] in (3, 4):
        full = np.ones((*cells.shape[:2], 4))
        full[..., : cells.shape[2]] = (cells - low) / (high - low)
        return np.clip(full, 0, 1)
    if cells.ndim == 3:
        cells = cells[..., 0]
    scaled = (cells - low) / (high - low if high != low else 1.0)
    setting = extra["color"]
    gradient = gradient_of(ev, setting if setting is not None else S.GrayLevel, "GrayTones")
    if gradient is None:
        gradient = gradient_of(ev, S.GrayLevel)
    assert gradient is not None
    colors = gradient(scaled)
    colors[~np.isfinite(cells)] = (1, 1, 1, 0)
    return colors
