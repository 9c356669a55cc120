"""MovingMap: a function of the values in a window that moves over data."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, system
from wlnet.kernel.registry import builtin

NONE = system("None")
ROUNDING = 1e-9  # of a step: a place reached but for rounding counts
MESSAGES = {
    "data": "The data `1` should be a list of values, or of pairs {time, value} in order of time.",
    "window": 'The window `1` should be a width not below 0, Quantity[n, "Events"], or {width, align} '
    "with Right, Left or Center for align.",
}
# Which part of the width lies before the time of a window.
ALIGNMENTS: dict[Any, Any] = {S.Right: 1, S.Left: 0, S.Center: Fraction(1, 2)}


class Window:
    """What a window holds around the time t: times from t - before to t + after, or `events` values."""

    __slots__ = ("after", "before", "events")

    def __init__(self, before: Any, after: Any, events: bool) -> None:
        self.before = before
        self.after = after
        self.events = events


def _window(spec: Any) -> Window | None:
    """The window of a specification, None where it is none."""
    parts = items(spec) if is_list(spec) else (spec,)
    if not 1 <= len(parts) <= 2:
        return None
    align = parts[1] if len(parts) == 2 else S.Right
    share = ALIGNMENTS.get(align) if type(align) is type(S.Right) else None
    events = _events(parts[0])
    width = parts[0] if events is None else events - 1
    if share is None or type(width) not in (int, float, Fraction) or width < 0:
        return None
    before = share * width
    if events is not None:
        before = int(before)
    return Window(before, width - before, events is not None)


def _events(width: Any) -> int | None:
    """The n of Quantity[n, "Events"]; None for any other width."""
    if (
        type(width) is Expr
        and width.head is S.Quantity
        and len(width.args) == 2
        and width.args[1] == "Events"
    ):
        return width.args[0] if type(width.args[0]) is int else None
    return None


def _timed(data: Any) -> tuple[list[Any], list[Any], bool] | None:
    """Times, values, and whether the times were given; None for data of another form."""
    if not is_list(data) or not items(data):
        return None
    values = items(data)
    pairs = [items(v) for v in values if is_list(v)]
    if len(pairs) == len(values) and all(len(p) == 2 and type(p[0]) in (int, float, Fraction) for p in pairs):
        times = [p[0] for p in pairs]
        if all(a < b for a, b in zip(times, times[1:], strict=False)):
            return times, [p[1] for p in pairs], True
    return list(range(1, len(values) + 1)), list(values), False


@builtin("MovingMap", messages=MESSAGES)
def moving_map(ev: Any, f: Any, data: Any, spec: Any, padding: Any = S.Automatic) -> Any:
    """MovingMap[f, data, w] applies f to the lists of values in windows of width w that end at each time of
    data: a list of values, whose times are 1, 2, ..., or of pairs {time, value}. Both ends belong to a
    window, so that a width w holds w + 1 values of a list.
    MovingMap[f, data, {w, align}] puts the time at the Right (default), Left or Center of its window;
    Quantity[n, "Events"] takes n values for a width. MovingMap[f, data, window, None] keeps windows that
    reach beyond the data, with what they hold; MovingMap[f, data, window, value] fills them up.

    >>> MovingMap[f, {a, b, c, d}, 2]
    {f[{a, b, c}], f[{b, c, d}]}
    >>> MovingMap[Total, {1, 2, 3}, 1, 0]
    {1, 3, 5}
    """
    found = _timed(data)
    window = _window(spec)
    if found is None or window is None:
        ev.message("MovingMap", "data" if found is None else "window", data if found is None else spec)
        return None
    times, values, timed = found
    out = []
    for i, t in enumerate(times):
        inside = _inside(times, values, i, window, padding)
        if inside is not None:
            value = Expr(f, (make_list(inside),))
            out.append(make_list((t, value)) if timed else value)
    return make_list(out)


def _inside(times: list[Any], values: list[Any], i: int, window: Window, padding: Any) -> list[Any] | None:
    """The values in the window of time `i`; None where it is left out."""
    low, high = times[i] - window.before, times[i] + window.after
    if window.events:
        low, high = i - window.before, i + window.after
        first, end = low, high + 1
        reaches_out = first < 0 or end > len(times)
    else:
        first, end = bisect_left(times, low), bisect_right(times, high)
        reaches_out = low < times[0] or high > times[-1]
    inside = values[max(first, 0) : end]
    if padding is S.Automatic:
        return None if reaches_out else inside
    if padding is NONE or not reaches_out:
        return inside
    start, stop, step = (0, len(times) - 1, 1) if window.events else _grid(times)
    return (
        [padding] * int(max(0, start - low) / step + ROUNDING)
        + inside
        + [padding] * int(max(0, high - stop) / step + ROUNDING)
    )


def _grid(times: list[Any]) -> tuple[Any, Any, Any]:
    """First and last time, and the mean distance between neighbours."""
    return times[0], times[-1], (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 1
