"""Drawing Graphics3D: faces shaded by their slope, lines, points and texts in a box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items
from wlnet.media.colors import NONE, array_of

from . import options
from .draw import FONT, INK, text_look
from .figure import PAD, Picture, set_box
from .frame import base_style, finite_span
from .legends import Legend, draw_legends
from .options import GRAPHICS_3D, Settings, Span, label
from .scene import Drawable, scene_of
from .style import Length, Style

# Direction of the light, from the viewer's left above; the part of a colour that no light reaches.
LIGHT = np.array([-0.4, -0.6, 1.0]) / np.linalg.norm([-0.4, -0.6, 1.0])
SHADE = 0.6
TALLER, NARROWER = 1.8, 0.7  # how these change for boxes that stand upright
FACE = (0.84, 0.86, 0.90, 1.0)  # of faces for which no colour is set
TALL = 0.8  # height of the picture over its width
BOX = 1.0  # size of the box in the picture, by matplotlib's measure, so that labels fit


# How far lines are moved towards the viewer, as part of the box: about the depth of one cell of a surface.
NEARER = 0.03
PIECE = 0.05  # longest piece of a line, as part of the box: it is hidden or shown as a whole


class Space(Picture):
    """Graphics3D[...] with its legends."""

    def __init__(self, ev: Any, e: Expr, legends: Sequence[Legend] = ()) -> None:
        self.ev = ev
        self.settings = Settings(e.args[1:], GRAPHICS_3D)
        base = Style()
        base.face = FACE
        self.scene = scene_of(e.args[0], 3, options.part_style(self.settings["BaseStyle"], base))
        self.legends = list(legends)
        self.unknown = self.scene.unknown
        self.base = base_style(self.settings)
        self.ranges = self.box()

    def box(self) -> list[Span]:
        points = [each.extent() for each in self.scene.drawables if each.kind != "text"]
        found = [p for p in points if p.size and p.shape[1] == 3]
        whole = np.concatenate(found) if found else np.zeros((1, 3))
        full = [finite_span(whole[:, k]) or (0.0, 1.0) for k in range(3)]
        return [options.widened(span) for span in options.plot_range(self.settings["PlotRange"], full, full)]

    def build(self, figure: Any, width: float, height: float | None) -> float:
        import mpl_toolkits.mplot3d  # noqa: F401  (makes the projection known)

        self.axes = figure.add_axes((0.2, 0.2, 0.3, 0.3), projection="3d", computed_zorder=False)
        self.axes.patch.set_alpha(0)
        color = options.background(self.settings["Background"])
        if color is not None:
            figure.patch.set_facecolor(color)
        self.wide = width
        self.look()
        self.projection = self.axes.get_proj()
        self.solids()
        for each in self.scene.drawables:
            if each.kind in ("points", "text"):
                getattr(self, each.kind)(each)
        draw_legends(self.ev, self.axes, self.legends, width)
        self.width = width
        self.height = height if height is not None else width * (TALL + TALLER * self.upright())
        return self.height

    def place(self, left: float, bottom: float) -> None:
        side = 0.16 * self.width if self.legends else 0.0
        set_box(self.axes, left + PAD, bottom + PAD, self.width - 2 * PAD - side, self.height - 2 * PAD)

    # ---- box, axes, view

    def look(self) -> None:
        axes = self.axes
        for name, span in zip("xyz", self.ranges):
            getattr(axes, f"set_{name}lim")(*span)
        axes.set_box_aspect(self.ratios(), zoom=BOX * (1 - NARROWER * self.upright()))
        x, y, z = self.view()
        axes.view_init(elev=np.degrees(np.arctan2(z, np.hypot(x, y))), azim=np.degrees(np.arctan2(y, x)))
        shown = [self.settings.is_on("Axes")] * 3
        if is_list(self.settings["Axes"]):
            shown = [each is S.Automatic or each is options.TRUE for each in self.settings.pair("Axes", 3)]
        boxed = self.settings["Boxed"] is options.TRUE
        if not boxed and not any(shown):
            axes.set_axis_off()
        ticks = self.settings.pair("Ticks", 3)
        for axis, on, setting in zip((axes.xaxis, axes.yaxis, axes.zaxis), shown, ticks):
            axis.set_pane_color((1, 1, 1, 0))
            axis.pane.set_edgecolor((0, 0, 0, 0))
            axis.line.set_color((0.4, 0.4, 0.42, 1.0) if on or boxed else (0, 0, 0, 0))
            axis._axinfo["grid"]["linewidth"] = 0
            axis._axinfo["tick"].update(inward_factor=0.0, outward_factor=0.25)
            if not on or setting is NONE:
                axis.set_ticks([])
            elif options.numbers(setting) is not None:
                axis.set_ticks(options.numbers(setting))
            else:
                self.few_ticks(axis, 3 if axis is axes.zaxis and self.ratios()[2] < 0.6 else 5)
        if boxed:
            self.edges(np.array([x, y, z]))
        axes.tick_params(labelsize=FONT - 2, pad=-1, color=INK, labelcolor=INK)
        self.labels()

    def edges(self, view: np.ndarray) -> None:
        """The nine edges of the box that do not end at the corner nearest to the viewer."""
        corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
        nearest = (view > 0).astype(int)
        spans = np.array(self.ranges)
        for a in corners:
            for b in corners:
                if np.abs(a - b).sum() == 1 and tuple(a) < tuple(b):
                    if not ((a == nearest).all() or (b == nearest).all()):
                        ends = np.where(np.array([a, b]) == 1, spans[:, 1], spans[:, 0])
                        self.axes.plot(*ends.T, color=(0.72, 0.72, 0.74), linewidth=0.7, zorder=0.5)

    @staticmethod
    def few_ticks(axis: Any, most: int) -> None:
        from matplotlib.ticker import MaxNLocator

        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], prune=None))

    def upright(self) -> float:
        """By how much the box is taller than a cube."""
        return max(0.0, self.ratios()[2] / float(np.linalg.norm(self.ratios())) - 0.6)

    def ratios(self) -> tuple[float, float, float]:
        found = array_of(self.settings["BoxRatios"])
        if found is not None and found.shape == (3,) and (found > 0).all():
            return tuple(found.tolist())
        sizes = [high - low for low, high in self.ranges]
        return tuple(max(size / max(sizes), 0.05) for size in sizes)  # type: ignore[return-value]

    def labels(self) -> None:
        setting = self.settings["AxesLabel"]
        parts = list(items(setting)) if is_list(setting) else [NONE, NONE, setting]
        for name, each in zip("xyz", parts):
            found = label(self.ev, each, self.base)
            if found is not None:
                getattr(self.axes, f"set_{name}label")(found.text, labelpad=2, **text_look(found.style))
        title = label(self.ev, self.settings["PlotLabel"], self.base)
        if title is not None:
            title.style.size = title.style.size or FONT + 2
            self.axes.set_title(title.text, y=0.96, **text_look(title.style))

    def points_of(self, size: Length) -> float:
        return size[1] if size[0] == "points" else size[1] * self.wide

    # ---- what is drawn

    def solids(self) -> None:
        """Faces and lines in one collection, so that what is nearer hides what is farther."""
        from mpl_toolkits.mplot3d.art3d import Poly3DCollection

        pieces: list[
            tuple[np.ndarray, Any, Any, float]
        ] = []  # corners, colours of face and edge, width of edge
        for each in self.scene.drawables:
            if each.kind == "polygon" and each.data[0].shape[1] == 3:
                pieces.append(self.face(each))
            elif each.kind in ("line", "arrow") and each.data.shape[1] == 3:
                pieces += self.line(each)
        if not pieces:
            return
        # matplotlib sorts faces and colours by depth, but not the widths of edges: sorted before, they fit.
        corners, colors, edges, widths = zip(*sorted(pieces, key=lambda piece: -self.depth(piece[0])))
        collection = Poly3DCollection(
            list(corners), facecolors=list(colors), edgecolors=list(edges), linewidths=list(widths), zorder=2
        )
        collection.set_capstyle("round")
        self.axes.add_collection3d(collection, autolim=False)

    def face(self, each: Drawable) -> tuple[np.ndarray, Any, Any, float]:
        own = each.extra.mean(0) if each.extra is not None else np.array(each.style.face_color())
        if each.extra is not None:
            own[3] *= each.style.opacity
        color = own if self.settings["Lighting"] is NONE else shaded(each.data[0], own, self.ranges)
        edge = each.style.edge_color()
        if edge is None:
            return each.data[0], color, color, 0.3
        return each.data[0], color, edge, self.points_of(each.style.edge_thickness or each.style.thickness)

    def depth(self, corners: np.ndarray) -> float:
        """How far away a piece lies, as matplotlib reckons it."""
        from mpl_toolkits.mplot3d.proj3d import proj_transform

        return float(np.mean(proj_transform(corners[:, 0], corners[:, 1], corners[:, 2], self.projection)[2]))

    def line(self, each: Drawable) -> list[tuple[np.ndarray, Any, Any, float]]:
        """A line in short pieces, moved a little towards the viewer, so that they lie before a surface's
        cells.
        """
        sizes = np.array([high - low for low, high in self.ranges])
        view = self.view() / np.linalg.norm(self.view())
        near = shortened(each.data, sizes) + NEARER * view * sizes / np.array(self.ratios())
        color, width = each.style.line_color(), self.points_of(each.style.thickness)
        return [(np.array([a, b, b]), color, color, width) for a, b in zip(near, near[1:])]

    def view(self) -> np.ndarray:
        """The direction in which the viewer is, from the middle of the box."""
        found = array_of(self.settings["ViewPoint"])
        given = found is not None and found.shape == (3,) and np.any(found)
        return np.array(found if given else (1.3, -2.4, 2.0), float)

    def points(self, each: Drawable) -> None:
        colors = each.extra if each.extra is not None else [each.style.line_color()]
        size = self.points_of(each.style.point) ** 2
        self.axes.scatter(*each.data.T, s=size, c=colors, linewidths=0, depthshade=False, zorder=3)

    def text(self, each: Drawable) -> None:
        found = label(self.ev, each.extra[0], each.style)
        if found is not None and each.data.shape[1] == 3:
            self.axes.text(
                *each.data[0], found.text, ha="center", va="center", zorder=4, **text_look(found.style)
            )


def shortened(points: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """A line with more points, so that no piece is longer than PIECE of the box."""
    found = [points[:1]]
    for a, b in zip(points, points[1:]):
        count = int(np.ceil(np.abs((b - a) / sizes).max() / PIECE)) or 1
        found.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(found)


def shaded(corners: np.ndarray, color: np.ndarray, ranges: Sequence[Span]) -> np.ndarray:
    """A face's colour under the light, by its slope in the box (not in the data's units)."""
    sizes = np.array([high - low for low, high in ranges])
    scaled = corners / sizes
    across, along = scaled[1] - scaled[0], scaled[-1] - scaled[0]
    normal = np.cross(across, along)
    size = np.linalg.norm(normal)
    light = abs(normal @ LIGHT) / size if size > 0 else 1.0
    found = np.array(color, float)
    found[:3] *= SHADE + (1 - SHADE) * light
    found[:3] += (1 - found[:3]) * 0.25 * max(0.0, light - 0.8) / 0.2
    return np.clip(found, 0, 1)
