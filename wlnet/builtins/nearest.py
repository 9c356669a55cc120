"""Nearest, NearestTo: the elements of a list next to a point."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, is_list, items, make_list, to_array
from wlnet.kernel.registry import applied, builtin, symbol

from .levels import is_rule, level_bound
from .sorting import sortable

symbol(
    "DistanceFunction",
    usage="DistanceFunction is an option: the function of two points that is their distance.",
)

NEAREST_MESSAGES = {
    "near1": "`1` is neither a list of points nor a list or rule of points and values.",
    "nearm": "`1` is not a number of points, All, or {number, radius}.",
}


class Points:
    """Points to be searched, what is given back for each, and how far they are from others.

    array holds the points as rows (n, d) where they are numbers or vectors of numbers, else None; distance is
    a Python callable for two points, or None for the Euclidean distance of numbers and vectors.
    """

    __slots__ = ("array", "distance", "points", "values")

    def __init__(
        self, points: list[Any], values: list[Any], distance: Callable[[Any, Any], Any] | None
    ) -> None:
        self.points = points
        self.values = values
        self.distance = distance
        found = to_array(make_list(points), exact=False) if distance is None and points else None
        if found is not None and found.dtype.kind != "c" and found.ndim <= 2:
            self.array: np.ndarray | None = found.reshape(len(points), -1).astype(np.float64)
        else:
            self.array = None

    def distances(self, ev: Any, x: Any) -> list[Any]:
        """How far `x` is from each point, as sortable keys."""
        if self.array is not None:
            at = to_array(make_list((x,)), exact=False)
            if at is not None and at.dtype.kind != "c" and at.size == self.array.shape[1]:
                gaps = self.array - at.reshape(1, -1).astype(np.float64)
                return np.sqrt((gaps * gaps).sum(axis=1)).tolist()  # type: ignore[no-any-return]
        measure = self.distance or _default_distance(ev, x)
        return [ev.evaluate(Expr(S.N, (measure(p, x),))) for p in self.points]


def _default_distance(ev: Any, x: Any) -> Callable[[Any, Any], Any]:
    head = S.EditDistance if type(x) is str else S.EuclideanDistance if is_list(x) else None
    if head is None:
        return lambda a, b: Expr(S.Abs, (Expr(S.Subtract, (a, b)),))
    return lambda a, b: Expr(head, (a, b))


def _points(ev: Any, data: Any, distance: Any) -> Points | None:
    """The points of `{p1, ...}`, `{p1 -> v1, ...}`, `{p1, ...} -> {v1, ...}`,
    `points -> "Index"` or an association."""
    measure = None if distance is S.Automatic else ev.function(distance)
    if type(data) is Association:
        return Points(data.values(), data.keys(), measure)
    if is_rule(data) and is_list(data.args[0]):
        points, values = list(items(data.args[0])), data.args[1]
        if values is S.Automatic or values == "Index":
            return Points(points, list(range(1, len(points) + 1)), measure)
        if values == "Element":
            return Points(points, points, measure)
        if is_list(values) and len(items(values)) == len(points):
            return Points(points, list(items(values)), measure)
        return None
    if not is_list(data) or not items(data):
        return None
    if all(map(is_rule, items(data))):
        return Points([r.args[0] for r in items(data)], [r.args[1] for r in items(data)], measure)
    return Points(list(items(data)), list(items(data)), measure)


def _wanted(spec: Any) -> tuple[float, float, bool] | None:
    """(at most so many, within this radius, with all ties of the nearest) for the third argument."""
    if spec is None:
        return math.inf, math.inf, True
    if spec is S.All:
        return math.inf, math.inf, False
    if is_list(spec) and len(items(spec)) == 2:
        count = math.inf if items(spec)[0] is S.All else level_bound(items(spec)[0])
        radius = items(spec)[1]
        if count is not None and count >= 0 and type(radius) in (int, float):
            return count, radius, False
        return None
    count = level_bound(spec)
    return None if count is None or count < 0 else (count, math.inf, False)


def _nearest(ev: Any, points: Points, x: Any, wanted: tuple[float, float, bool]) -> Any:
    distances = points.distances(ev, x)
    keys = distances if all(type(d) is float for d in distances) else sortable(distances)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    count, radius, ties = wanted
    if ties:
        order = [i for i in order if not keys[order[0]] < keys[i]]
    if radius != math.inf:
        order = [i for i in order if type(distances[i]) in (int, float) and distances[i] <= radius]
    return make_list(points.values[i] for i in order[: int(min(count, len(order)))])


def _is_many(points: Points, x: Any) -> bool:
    """Whether `x` is a list of points to be looked up one after another."""
    if not is_list(x) or not points.points:
        return False
    return not is_list(points.points[0]) or all(map(is_list, items(x)))


symbol(
    "NearestFunction",
    usage="NearestFunction[data, f] is what Nearest[data] gives: it finds the nearest points.",
)


@builtin("Nearest", messages=NEAREST_MESSAGES)
def nearest(
    ev: Any, data: Any, x: Any = None, spec: Any = None, *, distance_function: Any = S.Automatic
) -> Any:
    """Nearest[{p1, p2, ...}, x] gives the points nearest to x; Nearest[points, x, n] the n
    nearest, nearest first.
    Nearest[points, x, {n, r}] gives at most n within radius r. Nearest[points -> values, x] and Nearest[{p1
    -> v1, ...}, x]
    give the values, Nearest[points -> "Index", x] the positions. Nearest[points] gives a function of x.
    With DistanceFunction -> f, f[p, x] is the distance.

    >>> Nearest[{1, 2, 4, 8}, 5]
    {4}
    >>> Nearest[{{0, 0}, {1, 1}, {5, 5}}, {1, 2}, 2]
    {{1, 1}, {0, 0}}
    >>> Nearest[{"red", "green", "blue"}, "bled"]
    {red, blue}
    """
    points = _points(ev, data, distance_function)
    if points is None:
        ev.message("Nearest", "near1", data)
        return None
    if x is None:
        return Expr(S.NearestFunction, (data, distance_function))
    wanted = _wanted(spec)
    if wanted is None:
        ev.message("Nearest", "nearm", spec)
        return None
    if _is_many(points, x):
        return make_list(_nearest(ev, points, one, wanted) for one in items(x))
    return _nearest(ev, points, x, wanted)


@applied("NearestFunction")
def apply_nearest_function(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """NearestFunction[data, f][x, n]."""
    if len(head.args) != 2 or not 1 <= len(args) <= 2:
        return None
    option = Expr(S.Rule, (S.DistanceFunction, head.args[1]))
    return ev.call(S.Nearest, head.args[0], *args, option)
