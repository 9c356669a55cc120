"""From a picture's expression to a matplotlib figure and to PNG, SVG and PDF.

A picture is laid out in points: its axes are drawn once in a provisional place, the room that ticks and
labels take is measured, and the plotted region gets what remains of the width.  No global state of matplotlib
is touched.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, is_list, items
from wlnet.media.colors import NONE, number

from . import options
from .draw import Pen
from .frame import Surround, finite_span, scalings
from .legends import Legend, draw_legends
from .options import GRAPHICS, Settings, Span
from .scene import Scene, scene_of
from .style import Style

RESOLUTION = 72.0  # dots an inch: one point is one pixel
PAD = 4.0  # points around everything
ROOM = 3000.0  # points; the provisional figure, larger than any margin
PADDING = 0.02  # of automatic ranges, as part of their width

FORMATS = ("png", "svg", "pdf")
HEADS = (S.Graphics, S.Graphics3D, S.Legended, S.GraphicsGrid, S.GraphicsRow, S.GraphicsColumn, S.Labeled)


def is_drawable(e: Any) -> bool:
    """Whether `e` is a picture that `figure` draws."""
    from wlnet.media.image import Image

    return type(e) is Image or (type(e) is Expr and e.head in HEADS and bool(e.args))


class Picture:
    """A part of a figure.  `build` draws it for a width in points and gives its height; `place` puts it."""

    width = 0.0
    height = 0.0

    def build(self, figure: Any, width: float, height: float | None) -> float:
        raise NotImplementedError

    def place(self, left: float, bottom: float) -> None:
        raise NotImplementedError


def set_box(axes: Any, left: float, bottom: float, width: float, height: float) -> None:
    """Put axes at a box in points."""
    w, h = axes.figure.get_size_inches() * 72.0
    axes.set_position((left / w, bottom / h, width / w, height / h))


class Plane(Picture):
    """Graphics[...] with its legends."""

    def __init__(self, ev: Any, e: Expr, legends: Sequence[Legend] = ()) -> None:
        self.ev = ev
        self.settings = Settings(e.args[1:], GRAPHICS)
        base = options.part_style(self.settings["BaseStyle"], Style())
        self.scene = scene_of(e.args[0], 2, base)
        self.layers = {name: scene_of(self.settings[name.title()], 2, base) for name in ("prolog", "epilog")}
        self.legends = list(legends)
        self.unknown = [*self.scene.unknown, *self.layers["prolog"].unknown, *self.layers["epilog"].unknown]
        self.ranges = ranges(self.scene, self.settings)

    def build(self, figure: Any, width: float, height: float | None) -> float:
        axes = self.axes = figure.add_axes((0.2, 0.2, 0.2, 0.2))
        self.background(figure)
        clip = self.settings["PlotRangeClipping"] is TRUE
        Pen(self.ev, axes, width, False, "prolog").scene(self.layers["prolog"])
        Pen(self.ev, axes, width, clip).scene(self.scene)
        Surround(self.ev, axes, self.settings, self.ranges, width).draw()
        Pen(self.ev, axes, width, False, "epilog").scene(self.layers["epilog"])
        axes.set_xlim(*self.ranges[0])
        axes.set_ylim(*self.ranges[1])
        draw_legends(self.ev, axes, self.legends, width)
        self.fit(width, height)
        return self.height

    def background(self, figure: Any) -> None:
        color = options.background(self.settings["Background"])
        if color is not None:
            figure.patch.set_facecolor(color)

    def ratio(self) -> float:
        """Height over width of the plotted region."""
        found = options.aspect(self.settings["AspectRatio"])
        if found is None:
            (x1, x2), (y1, y2) = self.ranges
            found = (y2 - y1) / (x2 - x1)
        return min(max(found, 0.02), 50.0)

    def fit(self, width: float, height: float | None) -> None:
        """Size of the plotted region, from the room that what stands around it takes (measured twice, since
        the number of ticks depends on the size).
        """
        inner = width * 0.8
        tall = inner * self.ratio()
        left = right = below = above = 0.0
        for _ in range(2):
            set_box(self.axes, ROOM / 3, ROOM / 3, inner, tall)
            left, right, below, above = self.margins()
            inner = max(width - left - right, 0.2 * width)
            tall = inner * self.ratio()
            if height is not None:
                most = max(height - below - above, 0.2 * height)
                if tall > most:
                    tall, inner = most, most / self.ratio()
        self.inner, self.tall = inner, tall
        self.width = width
        self.height = height if height is not None else tall + below + above
        self.left = left + (width - left - right - inner) / 2
        self.below = below + (self.height - below - above - tall) / 2

    def margins(self) -> tuple[float, float, float, float]:
        """Points that labels take on the left, right, below and above."""
        figure = self.axes.figure
        figure.canvas.draw()
        scale = 72.0 / figure.dpi
        box = self.axes.get_window_extent()
        whole = self.axes.get_tightbbox(figure.canvas.get_renderer(), for_layout_only=False) or box
        found = (box.x0 - whole.x0, whole.x1 - box.x1, box.y0 - whole.y0, whole.y1 - box.y1)
        limits = (0.45 * ROOM,) * 4
        return tuple(min(max(m * scale, 0.0), most) + PAD for m, most in zip(found, limits))  # type: ignore[return-value]

    def place(self, left: float, bottom: float) -> None:
        set_box(self.axes, left + self.left, bottom + self.below, self.inner, self.tall)


def ranges(scene: Scene, settings: Settings) -> list[Span]:
    """The ranges of x and y that are shown."""
    logs = scalings(settings)
    points = [each.extent() for each in scene.drawables]
    points = [p[:, :2] for p in points if p.size and p.shape[1] == 2]
    found = np.concatenate(points) if points else np.empty((0, 2))
    full: list[Span] = []
    for k in (0, 1):
        column = found[:, k]
        column = column[column > 0] if logs[k] else column
        full.append(finite_span(column) or ((0.1, 1.0) if logs[k] else (0.0, 1.0)))
    shown = options.plot_range(settings["PlotRange"], full, full)
    before, after = paddings(settings)
    result = []
    for k in (0, 1):
        automatic = shown[k] == full[k]
        low, high = options.widened(shown[k])
        parts = (before[k], after[k])
        if any(p is None for p in parts):
            parts = (
                (PADDING, PADDING)
                if automatic and settings["PlotRangePadding"] is S.Automatic
                else (0.0, 0.0)
            )
        result.append(padded((low, high), parts, logs[k]))  # type: ignore[arg-type]
    return result


def padded(span: Span, parts: tuple[float, float], log: str | None) -> Span:
    low, high = span
    if log and low > 0:
        ratio = high / low
        return low / ratio ** parts[0], high * ratio ** parts[1]
    return low - parts[0] * (high - low), high + parts[1] * (high - low)


def paddings(settings: Settings) -> tuple[list[float | None], list[float | None]]:
    """PlotRangePadding as parts of the range before and after, for x and y; None where it is Automatic."""

    def part(e: Any) -> float | None:
        if type(e) is Expr and e.head is S.Scaled and e.args:
            return number(e.args[0])
        return 0.0 if e is NONE else None

    setting = settings["PlotRangePadding"]
    parts = list(items(setting)) if is_list(setting) and len(items(setting)) == 2 else [setting, setting]
    sides = [list(items(p)) if is_list(p) and len(items(p)) == 2 else [p, p] for p in parts]
    return [part(side[0]) for side in sides], [part(side[1]) for side in sides]


class Cells(Picture):
    """GraphicsGrid, GraphicsRow and GraphicsColumn: pictures in rows."""

    def __init__(self, rows: Sequence[Sequence[Picture | None]], spacing: float) -> None:
        self.rows = rows
        self.spacing = spacing

    def build(self, figure: Any, width: float, height: float | None) -> float:
        count = max(len(row) for row in self.rows)
        self.step = (width - self.spacing * (count - 1)) / count
        self.heights = [
            max((cell.build(figure, self.step, None) for cell in row if cell is not None), default=0.0)
            for row in self.rows
        ]
        self.width = width
        self.height = sum(self.heights) + self.spacing * (len(self.rows) - 1)
        return self.height

    def place(self, left: float, bottom: float) -> None:
        top = bottom + self.height
        for row, tall in zip(self.rows, self.heights):
            for k, cell in enumerate(row):
                if cell is not None:
                    cell.place(left + k * (self.step + self.spacing), top - tall + (tall - cell.height) / 2)
            top -= tall + self.spacing


class Pixels(Picture):
    """An Image as part of a figure."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def build(self, figure: Any, width: float, height: float | None) -> float:
        self.axes = figure.add_axes((0.1, 0.1, 0.1, 0.1))
        gray = {"cmap": "gray", "vmin": 0, "vmax": 1} if self.array.ndim == 2 else {}
        self.axes.imshow(self.array, aspect="auto", **gray)
        self.axes.set_axis_off()
        self.width = width
        self.height = width * self.array.shape[0] / self.array.shape[1]
        return self.height

    def place(self, left: float, bottom: float) -> None:
        set_box(self.axes, left, bottom, self.width, self.height)


def picture_of(ev: Any, e: Any, legends: Sequence[Legend] = ()) -> Picture | None:
    """The picture that an expression stands for, None where it stands for none."""
    from wlnet.media.image import Image, shown_array

    from .legends import legends_of
    from .space import Space

    if type(e) is Image:
        return Pixels(shown_array(e))
    if type(e) is not Expr or not e.args:
        return None
    if e.head is S.Graphics:
        return Plane(ev, e, legends)
    if e.head is S.Graphics3D:
        return Space(ev, e, legends)
    if e.head is S.Legended:
        return picture_of(ev, e.args[0], [*legends, *legends_of(ev, e.args[1:])])
    if e.head is S.Labeled and len(e.args) > 1 and type(e.args[0]) is Expr and e.args[0].head is S.Graphics:
        titled = (*e.args[0].args, Expr(S.Rule, (S.PlotLabel, e.args[1])))
        return Plane(ev, Expr(S.Graphics, titled), legends)
    return cells(ev, e) if e.head in (S.GraphicsRow, S.GraphicsColumn, S.GraphicsGrid) else None


def cells(ev: Any, e: Expr) -> Cells | None:
    if not is_list(e.args[0]):
        return None
    given = items(e.args[0])
    if e.head is S.GraphicsRow:
        rows = [list(given)]
    elif e.head is S.GraphicsColumn:
        rows = [[x] for x in given]
    else:
        rows = [list(items(row)) if is_list(row) else [row] for row in given]
    found = [[picture_of(ev, x) for x in row] for row in rows]
    if not any(cell is not None for row in found for cell in row):
        return None
    settings = Settings(e.args[1:], {"Spacings": S.Automatic, "ImageSize": S.Automatic})
    spacing = number(settings["Spacings"])
    return Cells(found, 10.0 if spacing is None else spacing)


def size_of(e: Any) -> tuple[float, float | None]:
    """Width and height in points that the expression asks for."""
    from wlnet.media.image import Image

    while type(e) is Expr and e.head in (S.Legended, S.Labeled) and e.args:
        e = e.args[0]
    if isinstance(e, Image):
        return float(e.array.shape[1]), float(e.array.shape[0])
    setting = Settings(e.args[1:], {"ImageSize": S.Automatic})["ImageSize"]
    width, height = options.image_size(setting)
    if setting is S.Automatic and e.head in (S.GraphicsRow, S.GraphicsGrid) and is_list(e.args[0]):
        rows = [e.args[0]] if e.head is S.GraphicsRow else [r for r in items(e.args[0]) if is_list(r)]
        width = min(
            max((len(items(row)) for row in rows), default=1) * 0.75 * options.WIDTH, 3 * options.WIDTH
        )
    return width, height


def figure(ev: Any, e: Any, width: float | None = None) -> Any:
    """The matplotlib figure of a picture, its size that of ImageSize (or `width` points); None for no
    picture.

    Names of primitives that are not understood go out as one message.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = picture_of(ev, e)
    if found is None:
        return None
    wide, high = size_of(e)
    if width is not None:
        wide, high = width, None if high is None else high * width / wide
    made = Figure(figsize=(ROOM / 72, ROOM / 72), dpi=RESOLUTION)
    FigureCanvasAgg(made)
    height = found.build(made, wide, high)
    made.set_size_inches(wide / 72, height / 72)
    found.place(0.0, 0.0)
    unknown = getattr(found, "unknown", [])
    if unknown:
        ev.message("Graphics", "unknown", ", ".join(unknown))
    return made


SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "lines.scale_dashes": False,
    "axes.unicode_minus": True,
    "svg.hashsalt": "wlnet",
    "path.simplify": True,
    "axes.formatter.use_mathtext": True,
}


def picture_bytes(
    ev: Any, e: Any, kind: str, resolution: float = RESOLUTION, width: float | None = None
) -> bytes | None:
    """The picture as a file of that kind ("png", "svg", "pdf"; what matplotlib writes); None for no
    picture.
    """
    import matplotlib

    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of glyphs that a font lacks: a box is drawn for them
        made = figure(ev, e, width)
        if made is None:
            return None
        stream = io.BytesIO()
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        made.savefig(stream, format=kind, dpi=resolution, metadata=metadata)
        return stream.getvalue()


def picture_array(ev: Any, e: Any, width: float | None = None, resolution: float = RESOLUTION) -> np.ndarray:
    """The picture as pixels (rows, columns, 4), 0 ... 255; what holds no picture is written out as text."""
    import matplotlib

    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = figure(ev, e, width)
        if made is None:
            made = figure(ev, Expr(S.Graphics, (Expr(S.Text, (e,)),)), width)
        made.set_dpi(resolution)
        made.canvas.draw()
        found: np.ndarray = np.asarray(made.canvas.buffer_rgba()).copy()
    return found
