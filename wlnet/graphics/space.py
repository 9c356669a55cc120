"""Drawing Graphics3D: faces shaded by their slope, lines, points and texts in a box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items

from . import options
from .colors import NONE, array_of
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
TALL = 0.8  # height of the picture over its width
BOX = 1.0  # size of the box in the picture, by matplotlib's measure, so that labels fit


class Space(Picture):
    """Graphics3D[...] with its legends."""

    def __init__(self, ev: Any, e: Expr, legends: Sequence[Legend] = ()) -> None:
        self.ev = ev
        self.settings = Settings(e.args[1:], GRAPHICS_3D)
        self.scene = scene_of(e.args[0], 3, options.part_style(self.settings["BaseStyle"], Style()))
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
        self.faces()
        for each in self.scene.drawables:
            if each.kind in ("line", "arrow", "points", "text"):
                getattr(self, each.kind)(each)
        draw_legends(self.ev, self.axes, self.legends, width)
        self.width = width
        self.height = height if height is not None else width * TALL
        return self.height

    def place(self, left: float, bottom: float) -> None:
        side = 0.16 * self.width if self.legends else 0.0
        set_box(self.axes, left + PAD, bottom + PAD, self.width - 2 * PAD - side, self.height - 2 * PAD)

    # ---- box, axes, view

    def look(self) -> None:
        axes = self.axes
        for name, span in zip("xyz", self.ranges):
            getattr(axes, f"set_{name}lim")(*span)
        axes.set_box_aspect(self.ratios(), zoom=BOX)
        view = array_of(self.settings["ViewPoint"])
        x, y, z = view if view is not None and view.shape == (3,) else (1.3, -2.4, 2.0)
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

    def faces(self) -> None:
        """All faces in one collection, so that nearer ones hide farther ones."""
        from mpl_toolkits.mplot3d.art3d import Poly3DCollection

        faces = [
            each for each in self.scene.drawables if each.kind == "polygon" and each.data[0].shape[1] == 3
        ]
        if not faces:
            return
        lit = self.settings["Lighting"] is not NONE
        colors, edges, widths = [], [], []
        for each in faces:
            own = each.extra.mean(0) if each.extra is not None else np.array(each.style.face_color())
            if each.extra is not None:
                own[3] *= each.style.opacity
            color = shaded(each.data[0], own, self.ranges) if lit else own
            edge = each.style.edge_color()
            colors.append(color)
            edges.append(color if edge is None else edge)
            widths.append(
                0.3 if edge is None else self.points_of(each.style.edge_thickness or each.style.thickness)
            )
        collection = Poly3DCollection(
            [each.data[0] for each in faces], facecolors=colors, edgecolors=edges, linewidths=widths, zorder=2
        )
        self.axes.add_collection3d(collection, autolim=False)

    def line(self, each: Drawable) -> None:
        style = each.style
        self.axes.plot(
            *each.data.T, color=style.line_color(), linewidth=self.points_of(style.thickness), zorder=3
        )

    arrow = line

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
