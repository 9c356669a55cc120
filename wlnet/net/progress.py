"""How a training reports itself while it runs: a live panel, printed lines, a bar, a file, a function.

A reporter is told `started(snapshot)`, `batch(snapshot)` after every batch that lies an interval after the
last report, `round(snapshot)` after every round, and `finished(snapshot)`; `snapshot` is a function without
arguments that makes a `Snapshot`, so that nothing is computed when nothing is shown. Everything is written
to `stream` (standard error unless said otherwise): what a script prints stays clean.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TextIO

# Seconds between two reports, unless the user says otherwise (nettrain.md, section 5.3).
PANEL_S, PRINT_S, INDICATOR_S = 0.33, 2.0, 0.1
# Seconds below which a user's function that reports is never called again.
FUNCTION_S = 0.05

CURVE_WIDTH, CURVE_HEIGHT = 60, 8
# What the panel says in its bar; the width of its column of numbers, so that it does not change as they grow;
# the columns that are not the curve's: names, numbers, frame and gaps.
IN_BAR, NUMBERS_WIDTH, BESIDE_CURVE = ("%", "time", "left"), 17, 37
# Points of a curve that are looked at, at most: one redrawing then takes about a millisecond.
MOST_POINTS = 10_000
# From this ratio of the largest to the smallest loss on, a curve on a linear scale hides the later part.
LOG_SPAN = 30.0


class Snapshot(NamedTuple):
    """Where a training stands. Losses are means over examples; times are in seconds."""

    round: int
    rounds: int | None
    batch: int
    batches_per_round: int
    fraction: float
    elapsed_s: float
    remaining_s: float | None
    loss: float
    rate: float
    examples_per_s: float
    losses: Sequence[float]
    round_loss: float | None
    validation_loss: float | None
    measurements: dict[str, float]
    validation_measurements: dict[str, float]
    validation_losses: Sequence[float] = ()


Take = Callable[[], Snapshot]


def duration(seconds: float | None) -> str:
    """Seconds as people read them: 0.8s, 12s, 3m05s, 1h02m."""
    if seconds is None:
        return "?"
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole // 60 % 60:02d}m"


def curve(losses: Sequence[float], width: int = CURVE_WIDTH, height: int = CURVE_HEIGHT) -> list[str]:
    """The course of `losses` as `height` lines of Braille dots, top line first; each point a mean over
    its bin.

    Losses that span more than a factor of LOG_SPAN are drawn by their logarithm.
    """
    losses = losses[:: len(losses) // MOST_POINTS + 1]
    values = [x for x in losses if x == x and abs(x) != float("inf")]
    if len(values) < 2:
        return [" " * width] * height
    if is_logarithmic(values):
        values = [math.log(x) for x in values]
    columns = 2 * width
    if len(values) > columns:
        edges = [round(i * len(values) / columns) for i in range(columns + 1)]
        values = [sum(values[a:b]) / (b - a) for a, b in zip(edges, edges[1:], strict=False)]
    low, high = min(values), max(values)
    span, rows = (high - low) or 1.0, 4 * height - 1
    cells = [[0] * width for _ in range(height)]
    dots = (
        (0x01, 0x02, 0x04, 0x40),
        (0x08, 0x10, 0x20, 0x80),
    )  # Unicode 2800: left and right column, top down
    for x in range(columns):
        place = x * (len(values) - 1) / (columns - 1)
        i = min(int(place), len(values) - 2)
        value = values[i] + (values[i + 1] - values[i]) * (place - i)
        y = round((high - value) / span * rows)
        cells[y // 4][x // 2] |= dots[x % 2][y % 4]
    return ["".join(chr(0x2800 + cell) for cell in line) for line in cells]


def is_logarithmic(values: Sequence[float]) -> bool:
    """Whether a curve of these losses is drawn by their logarithm."""
    return min(values) > 0 and max(values) > LOG_SPAN * min(values)


class Reporter:
    """Reports nothing; the base of those that do. `interval_s` lies between two calls of `batch`."""

    interval_s = float("inf")

    def started(self, take: Take) -> None:
        """Training is about to run its first batch."""

    def batch(self, take: Take) -> None:
        """A report is due."""

    def round(self, take: Take) -> None:
        """A round has ended."""

    def finished(self, take: Take) -> None:
        """Training has ended, for whatever reason."""


def fields(s: Snapshot) -> list[tuple[str, str]]:
    """What a line of the printed table holds: (heading, text) in order."""
    rounds = f"{s.round}" if s.rounds is None else f"{s.round}/{s.rounds}"
    row = [
        ("%", f"{100 * s.fraction:.0f}"),
        ("round", rounds),
        ("batch", f"{s.batch}/{s.batches_per_round}"),
        ("time", duration(s.elapsed_s)),
        ("left", duration(s.remaining_s)),
        ("rate", f"{s.rate:.3g}"),
        ("loss", f"{s.loss:.4g}"),
    ]
    row += [(name, f"{value:.4g}") for name, value in s.measurements.items()]
    if s.validation_loss is not None:
        row.append(("validation", f"{s.validation_loss:.4g}"))
        row += [("v." + name, f"{value:.4g}") for name, value in s.validation_measurements.items()]
    return row


class Print(Reporter):
    """A table that grows by one line each interval, and by one at the end (with `brief` not for a
    training that is over before the first line).
    """

    def __init__(
        self, stream: TextIO | None = None, interval_s: float = PRINT_S, brief: bool = False
    ) -> None:
        self.stream = stream or sys.stderr
        self.interval_s = interval_s
        self.brief = brief
        self.widths: dict[str, int] = {}

    def batch(self, take: Take) -> None:
        row = fields(take())
        names = [name for name, _ in row]
        if names != list(self.widths):
            self.widths = {name: max(len(name), len(text), 9) for name, text in row}
            self.write(" ".join(name.rjust(self.widths[name]) for name in names))
        self.write(" ".join(text.rjust(self.widths[name]) for name, text in row))

    def finished(self, take: Take) -> None:
        if self.widths or not self.brief:
            self.batch(take)

    def write(self, line: str) -> None:
        print(line.rstrip(), file=self.stream, flush=True)


class Indicator(Reporter):
    """One line with a bar, rewritten in place; only in a terminal."""

    def __init__(self, stream: TextIO | None = None, interval_s: float = INDICATOR_S) -> None:
        self.stream = stream or sys.stderr
        self.interval_s = interval_s

    def batch(self, take: Take) -> None:
        s = take()
        done = round(30 * s.fraction)
        left = duration(s.remaining_s)
        line = f"\r[{'=' * done}{' ' * (30 - done)}] {100 * s.fraction:3.0f} %  {left} left "
        self.stream.write(line)
        self.stream.flush()

    def finished(self, take: Take) -> None:
        self.batch(take)
        self.stream.write("\n")
        self.stream.flush()


class Panel(Reporter):
    """The live panel of a terminal: position, loss, rate, time left, measurements,
    the loss curve (by `rich`).
    """

    def __init__(self, stream: TextIO | None = None, interval_s: float = PANEL_S) -> None:
        self.stream = stream or sys.stderr
        self.interval_s = interval_s
        self.live: Any = None

    def started(self, take: Take) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self.stream)
        self.live = Live(console=console, auto_refresh=False, transient=False, redirect_stdout=False)
        self.live.start()

    def batch(self, take: Take) -> None:
        self.live.update(panel(take(), self.live.console.width), refresh=True)

    def finished(self, take: Take) -> None:
        if self.live is None:
            return
        self.live.update(panel(take(), self.live.console.width), refresh=True)
        self.live.stop()
        self.live = None


def panel(s: Snapshot, width: int = 100) -> Any:
    """The panel as a `rich` renderable, at most `width` wide: bar, numbers, loss curve."""
    from rich import box
    from rich.console import Group
    from rich.panel import Panel as Box
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    bar = Table.grid(padding=(0, 2))
    left = f"{100 * s.fraction:3.0f} %  {duration(s.elapsed_s)}, {duration(s.remaining_s)} left"
    curve_width = max(min(CURVE_WIDTH, width - BESIDE_CURVE), 10)
    bar.add_row(ProgressBar(total=1.0, completed=s.fraction, width=curve_width), left)
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(min_width=NUMBERS_WIDTH)
    for name, text in fields(s):
        if name not in IN_BAR and not (name == "batch" and s.batches_per_round == 1):
            table.add_row(Text(name, style="dim"), text)
    table.add_row(Text("examples/s", style="dim"), f"{s.examples_per_s:,.0f}")
    validated = len(s.validation_losses) > 1
    height = CURVE_HEIGHT - 3 if validated else CURVE_HEIGHT
    curves = [Text("\n".join(labelled(s.losses, curve_width, height)), style="cyan")]
    if validated:
        lines = labelled(s.validation_losses, curve_width, height, "validation ")
        curves.append(Text("\n".join(lines), style="yellow"))
    both = Table.grid(padding=(0, 3))
    both.add_row(table, Group(*curves))
    return Box(Group(bar, "", both), title="NetTrain", box=box.ROUNDED, expand=False)


def labelled(losses: Sequence[float], width: int, height: int, name: str = "") -> list[str]:
    """A curve with its largest value above and its smallest below."""
    lines, values = curve(losses, width, height), [x for x in losses if x == x]
    if not values:
        return lines
    scale = "  (logarithmic)" if is_logarithmic(values) else ""
    return [f"{name}{max(values):.4g}", *lines, f"{min(values):.4g}{scale}"]


class Shown(Reporter):
    """What a function of the user gives, shown: rewritten in place in a terminal, else each value once.

    call  the value as text, "" for nothing to show; rounds: whether it is called after every round
    """

    def __init__(
        self, call: Callable[[], str], stream: TextIO | None = None, interval_s: float = float("inf")
    ) -> None:
        self.call = call
        self.stream = stream or sys.stderr
        self.interval_s = interval_s
        self.rounds = True
        self.last = float("-inf")
        self.left_out = False
        self.shown = ""

    def batch(self, take: Take) -> None:
        now = time.perf_counter()
        self.left_out = now - self.last < FUNCTION_S
        if not self.left_out:
            self.last = now
            self.show(self.call())

    def round(self, take: Take) -> None:
        if self.rounds:
            self.batch(take)

    def finished(self, take: Take) -> None:
        if self.left_out:
            self.show(self.call())

    def show(self, text: str) -> None:
        if not text or text == self.shown:
            return
        if self.stream.isatty() and self.shown:
            above = self.shown.count("\n") + 1
            self.stream.write(f"\x1b[{above}A\x1b[J")
        self.stream.write(text + "\n")
        self.stream.flush()
        self.shown = text


def nothing() -> Snapshot:
    """For a training that nobody watches."""
    raise AssertionError("nobody asks")


class Clockwork:
    """Several reporters, what they report of, and when each is due next.

    `tick` costs one clock reading while nothing is due.
    """

    __slots__ = ("due", "next", "reporters", "take")

    def __init__(self, reporters: Sequence[Reporter] = (), take: Take | None = None) -> None:
        self.reporters = tuple(reporters)
        self.take = take or nothing
        self.due: list[float] = []
        self.next = float("inf")

    def start(self) -> None:
        now = time.perf_counter()
        for each in self.reporters:
            each.started(self.take)
        self.due = [now + each.interval_s for each in self.reporters]
        self.next = min(self.due, default=float("inf"))

    def tick(self, now: float) -> None:
        """Let every reporter that is due at `now` (seconds of `time.perf_counter`) report."""
        if now < self.next:
            return
        for i, each in enumerate(self.reporters):
            if now >= self.due[i]:
                each.batch(self.take)
                self.due[i] = time.perf_counter() + each.interval_s
        self.next = min(self.due)

    def round(self) -> None:
        for each in self.reporters:
            each.round(self.take)

    def finish(self) -> None:
        for each in self.reporters:
            each.finished(self.take)


def automatic(stream: TextIO | None = None) -> Reporter:
    """The default: the panel in a terminal, elsewhere printed lines,
    none for a training of less than two seconds.
    """
    stream = stream or sys.stderr
    return Panel(stream) if stream is not None and stream.isatty() else Print(stream, brief=True)
