"""Data and models: Fit, LinearModelFit, FindFit, Interpolation, HistogramList, BinCounts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list, packed, rational, to_array
from wlnet.kernel.registry import applied, builtin

from . import numbers, numeric
from .integration import real_function

FIT = {
    "fitd": "`1` is not data: a list of values, of {x, y} pairs, or of rows {x1, x2, ..., y}.",
    "vars": "The number of coordinates of the data is not that of the variables `1`.",
}


def _rows(ev: Any, name: str, data: Any, variables: list[Any]) -> tuple[list[list[Any]], list[Any]] | None:
    """Coordinates and values of data; single values stand at 1, 2, 3, ..."""
    if is_list(data) and len(items(data)):
        rows = items(data)
        if not any(is_list(r) for r in rows):
            return [[i + 1] for i in range(len(rows))], list(rows)
        if all(is_list(r) and len(items(r)) == len(variables) + 1 for r in rows):
            return [list(items(r)[:-1]) for r in rows], [items(r)[-1] for r in rows]
        if all(is_list(r) for r in rows):
            ev.message(name, "vars", make_list(variables))
            return None
    ev.message(name, "fitd", data)
    return None


def _design(ev: Any, basis: list[Any], variables: list[Any], points: list[list[Any]]) -> list[list[Any]]:
    """The values of the basis functions at each point."""
    f = ev.function(Expr(S.Function, (make_list(variables), make_list(basis))))
    return [list(items(f(*p))) for p in points]


def _least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The coefficients c that minimise |x c - y|, with one step of refinement
    (it halves the rounding errors)."""
    c = np.linalg.lstsq(x, y, rcond=None)[0]
    c = c + np.linalg.lstsq(x, y - x @ c, rcond=None)[0]
    c[np.abs(c) < 1e-14 * np.abs(c).max(initial=0)] = 0.0
    return c


@builtin("Fit", messages=FIT)
def fit(ev: Any, data: Any, functions: Any, variables: Any) -> Any:
    """Fit[data, {f1, f2, ...}, x] finds the combination of the functions of x that fits data best
    by least squares.

    >>> {Fit[{1., 3., 5.}, {1, x}, x], Fit[{{0, 1}, {1, 2}, {2, 3}}, {1, x}, x]}
    {-1. + 2. x, 1. + 1. x}
    """
    names = list(items(variables)) if is_list(variables) else [variables]
    basis = list(items(functions)) if is_list(functions) else [functions]
    found = _rows(ev, "Fit", data, names)
    if found is None:
        return None
    points, values = found
    design = to_array(make_list(map(make_list, _design(ev, basis, names, points))), exact=False)
    target = to_array(make_list(values), exact=False)
    if design is None or target is None or np.iscomplexobj(design) or np.iscomplexobj(target):
        ev.message("Fit", "fitd", data)
        return None
    if design.ndim != 2 or target.ndim != 1:
        ev.message("Fit", "fitd", data)
        return None
    c = _least_squares(design.astype(np.float64), target.astype(np.float64))
    if len(c) != len(basis):
        return None
    return Expr(S.Plus, tuple(Expr(S.Times, (x, f)) for x, f in zip(c.tolist(), basis, strict=True)))


@builtin("LinearModelFit", messages=FIT)
def linear_model_fit(ev: Any, data: Any, functions: Any, variables: Any) -> Any:
    """LinearModelFit[data, {f1, f2, ...}, x] gives a fitted linear model with a constant term,
    as FittedModel.
    model["BestFit"], model["BestFitParameters"], model["RSquared"], model["FitResiduals"] and model[x] give
    its parts.

    >>> m = LinearModelFit[{1., 3., 5.}, x, x]; {m["BestFit"], m[10]}
    {-1. + 2. x, 19.}
    """
    names = list(items(variables)) if is_list(variables) else [variables]
    basis = list(items(functions)) if is_list(functions) else [functions]
    if not any(type(b) is int and b == 1 for b in basis):
        basis = [1, *basis]
    found = _rows(ev, "LinearModelFit", data, names)
    if found is None:
        return None
    design = to_array(make_list(map(make_list, _design(ev, basis, names, found[0]))), exact=False)
    target = to_array(make_list(found[1]), exact=False)
    if design is None or target is None or np.iscomplexobj(design) or np.iscomplexobj(target):
        ev.message("LinearModelFit", "fitd", data)
        return None
    x, y = design.astype(np.float64), target.astype(np.float64)
    c = _least_squares(x, y)
    return Expr(S.FittedModel, (make_list(basis), make_list(names), packed(c), packed(x), packed(y)))


@builtin("FittedModel")
def fitted_model(ev: Any, *args: Any) -> Any:
    """FittedModel[...] is a model that LinearModelFit gives; model["Properties"] lists what it
    can be asked for.

    >>> LinearModelFit[{1., 2., 3.}, x, x]["RSquared"]
    1.
    """
    return None


MODEL_PROPERTIES = (
    "BestFit",
    "BestFitParameters",
    "Data",
    "DesignMatrix",
    "EstimatedVariance",
    "FitResiduals",
    "Function",
    "ParameterErrors",
    "PredictedResponse",
    "Properties",
    "RSquared",
    "Response",
)


@applied("FittedModel")
def _model_property(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """A property of a fitted model, or its value at a point."""
    if len(head.args) != 5:
        return None
    basis, names, c, x, y = head.args
    terms = tuple(Expr(S.Times, (a, f)) for a, f in zip(items(c), items(basis), strict=True))
    best = Expr(S.Plus, terms)
    if len(args) == len(items(names)) and not (len(args) == 1 and type(args[0]) is str):
        return ev.evaluate(Expr(Expr(S.Function, (names, best)), args))
    if len(args) != 1:
        return None
    predicted = x @ c
    residuals = y - predicted
    n, p = x.shape
    spread = float(((y - y.mean()) ** 2).sum())
    variance = float(residuals @ residuals) / (n - p) if n > p else 0.0
    answers = {
        "BestFit": lambda: ev.evaluate(best),
        "BestFitParameters": lambda: c,
        "Function": lambda: ev.evaluate(Expr(S.Function, (names, ev.evaluate(best)))),
        "FitResiduals": lambda: packed(residuals),
        "PredictedResponse": lambda: packed(predicted),
        "Response": lambda: y,
        "DesignMatrix": lambda: x,
        "Data": lambda: packed(np.column_stack([x[:, 1:], y])),
        "RSquared": lambda: 1.0 - float(residuals @ residuals) / spread if spread else 1.0,
        "EstimatedVariance": lambda: variance,
        "ParameterErrors": lambda: packed(np.sqrt(variance * np.diag(np.linalg.pinv(x.T @ x)))),
        "Properties": lambda: make_list(MODEL_PROPERTIES),
    }
    found = answers.get(args[0]) if type(args[0]) is str else None
    return None if found is None else found()


@builtin("FindFit", messages=FIT | {"nonum": "The model is not numeric at the starting point `1`."})
def find_fit(ev: Any, data: Any, model: Any, parameters: Any, variables: Any) -> Any:
    """FindFit[data, model, {a, b, ...}, x] finds parameters with which the model fits data best
    by least squares.

    >>> Round[{a, b} /. FindFit[{{0, 1.}, {1, 2.}, {2, 4.}}, a b^x, {a, b}, x], 0.001]
    {1., 2.}
    """
    from scipy import optimize

    names = list(items(variables)) if is_list(variables) else [variables]
    found = _rows(ev, "FindFit", data, names)
    if found is None:
        return None
    unknown, start = [], []
    for p in items(parameters) if is_list(parameters) else (parameters,):
        pair = items(p) if is_list(p) else (p, 1.0)
        value = numeric.numeric_value(ev, pair[1])
        if type(pair[0]) is not Symbol or value is None:
            return None
        unknown.append(pair[0])
        start.append(numbers.to_float(value))
    function = real_function(ev, model, [*unknown, *names])
    points, values = found
    try:
        target = [numbers.to_float(numeric.numeric_value(ev, v)) for v in values]
        best = optimize.least_squares(
            lambda q: [function(*q, *p) - t for p, t in zip(points, target, strict=True)],
            start,
            xtol=1e-14,
            ftol=1e-14,
        )
    except (ValueError, TypeError):
        ev.message("FindFit", "nonum", make_list(start))
        return None
    return make_list(Expr(S.Rule, (s, float(v))) for s, v in zip(unknown, best.x, strict=True))


# ---------------------------------------------------------------------------------------------- interpolation

INTERPOLATION = {
    "indat": "The data `1` should be a list of values or of {x, value} pairs with different x.",
    "inhr": "The interpolation order `1` needs more than `2` points.",
    "dmval": "The point `1` lies outside the range of the data; extrapolation is used.",
}


@builtin("Interpolation", messages=INTERPOLATION)
def interpolation(ev: Any, data: Any, x: Any = None, *, interpolation_order: Any = 3) -> Any:
    """Interpolation[{{x1, f1}, {x2, f2}, ...}] gives a function that goes through the points.
    Values alone stand at 1, 2, 3, ...; the option InterpolationOrder is 3 by default.

    >>> f = Interpolation[{1, 4, 9, 16}]; {f[2], f[2.5]}
    {4, 6.25}
    """
    rows = items(data) if is_list(data) else ()
    if rows and all(is_list(r) and len(items(r)) == 2 for r in rows):
        pairs = [items(r) for r in rows]
    else:
        pairs = [(i + 1, v) for i, v in enumerate(rows)]
    pairs = [(items(p)[0] if is_list(p) else p, v) for p, v in pairs]
    order = interpolation_order
    plain = all(type(p) in numbers.KIND and type(p) is not numbers.Complex for p, _ in pairs)
    if not plain or not pairs or type(order) is not int:
        ev.message("Interpolation", "indat", data)
        return None
    pairs.sort(key=lambda pair: numbers.to_float(pair[0]))
    if len({numbers.to_float(p) for p, _ in pairs}) < len(pairs):
        ev.message("Interpolation", "indat", data)
        return None
    order = min(order, len(pairs) - 1)
    points, values = zip(*pairs, strict=True)
    domain = make_list((make_list((points[0], points[-1])),))
    found = Expr(S.InterpolatingFunction, (domain, make_list(points), make_list(values), order))
    return found if x is None else Expr(found, (x,))


@builtin("InterpolatingFunction", messages=INTERPOLATION)
def interpolating_function(ev: Any, *args: Any) -> Any:
    """InterpolatingFunction[domain, ...] is a function that Interpolation gives.

    >>> Head[Interpolation[{1, 2, 4}]]
    InterpolatingFunction
    """
    return None


@applied("InterpolatingFunction")
def _interpolated(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """The value at a point: the polynomial through the nearest points, exact for exact data."""
    if len(head.args) != 4 or len(args) != 1:
        return None
    points, values, order = items(head.args[1]), items(head.args[2]), head.args[3]
    (x,) = args
    if is_list(x):
        values_at = [_interpolated(ev, head, (a,)) for a in items(x)]
        return None if any(v is None for v in values_at) else make_list(values_at)
    if type(x) not in numbers.KIND or type(x) is numbers.Complex:
        number = numeric.numeric_value(ev, x)
        if number is None or type(number) is numbers.Complex:
            return None
        x = number
    at = numbers.to_float(x)
    places = [numbers.to_float(p) for p in points]
    if at < places[0] or at > places[-1]:
        ev.message("InterpolatingFunction", "dmval", make_list((x,)))
    k = int(np.searchsorted(places, at, side="right"))
    first = min(max(0, k - (order + 1) // 2), len(points) - order - 1)
    chosen = range(first, first + order + 1)
    terms = []
    for i in chosen:
        weight: Any = 1
        for j in chosen:
            if j != i:
                top, bottom = numbers.subtract(x, points[j]), numbers.subtract(points[i], points[j])
                weight = numbers.multiply(weight, numbers.divide(top, bottom))
        terms.append(Expr(S.Times, (weight, values[i])))
    return ev.evaluate(Expr(S.Plus, tuple(terms)))


# ------------------------------------------------------------------------------------------------- bins

BINS = {"bins": "`1` is not a bin specification: dx, {min, max, dx}, {{b1, b2, ...}} or a number of bins."}


def _edges(values: list[Any], spec: Any) -> list[Any] | None:
    """Bin edges as `_edge_list` has them; None unless they are ascending real numbers."""
    found = _edge_list(values, spec)
    if found is None or not all(type(e) in (int, float, Fraction) for e in found) or len(found) < 2:
        return None
    return found if all(a < b for a, b in zip(found, found[1:], strict=False)) else None


def _edge_list(values: list[Any], spec: Any) -> list[Any] | None:
    """Bin edges of {min, max, dx}, {{b1, b2, ...}} or dx (aligned to multiples of dx)."""
    if is_list(spec):
        parts = items(spec)
        if len(parts) == 1 and is_list(parts[0]):
            return list(items(parts[0]))
        if len(parts) == 3:
            low, high, step = parts
            plain = all(type(p) in (int, float, Fraction) for p in parts)
            if not plain or not step or not 0 < (high - low) / step < 1e8:
                return None
            count = math.ceil((high - low) / step - 1e-9)
            return [low + i * step for i in range(count + 1)]
        if len(parts) == 1:
            spec = parts[0]
        else:
            return None
    if type(spec) not in (int, float, Fraction) or spec <= 0 or not values:
        return None
    if (max(values) - min(values)) / spec > 1e8:
        return None
    low = math.floor(min(values) / spec)
    high = math.floor(max(values) / spec) + 1
    return [
        rational(Fraction(i * spec)) if type(spec) is Fraction else i * spec for i in range(low, high + 1)
    ]


def _counts(values: list[Any], edges: list[Any]) -> list[int]:
    found = (
        np.searchsorted(np.array(edges, dtype=np.float64), np.array(values, dtype=np.float64), side="right")
        - 1
    )
    counts = np.bincount(found[(found >= 0) & (found < len(edges) - 1)], minlength=len(edges) - 1)
    return counts.tolist()  # type: ignore[no-any-return]


def _numbers(ev: Any, data: Any) -> list[Any] | None:
    if not is_list(data):
        return None
    values = [numeric.numeric_value(ev, v) for v in items(data)]
    if any(v is None or type(v) is numbers.Complex for v in values):
        return None
    return [numbers.to_float(v) for v in values]


@builtin("BinCounts", messages=BINS)
def bin_counts(ev: Any, data: Any, spec: Any = 1) -> Any:
    """BinCounts[list, {min, max, dx}] counts the elements in bins [b, b + dx); BinCounts[list, dx] aligns
    the bins to multiples of dx; BinCounts[list, {{b1, b2, ...}}] gives the edges.

    >>> {BinCounts[{1, 2, 2, 5}, {0, 6, 2}], BinCounts[{1.2, 3.5, 3.7}]}
    {{1, 2, 1}, {1, 0, 2}}
    """
    values = _numbers(ev, data)
    if values is None:
        return None
    edges = _edges(values, spec)
    if edges is None:
        ev.message("BinCounts", "bins", spec)
        return None
    return make_list(_counts(values, edges))


@builtin("BinLists", messages=BINS)
def bin_lists(ev: Any, data: Any, spec: Any = 1) -> Any:
    """BinLists[list, {min, max, dx}] gives the elements of each bin.

    >>> BinLists[{1, 2, 2, 5}, {0, 6, 2}]
    {{1}, {2, 2}, {5}}
    """
    values = _numbers(ev, data)
    edges = None if values is None else _edges(values, spec)
    if values is None or edges is None:
        return None
    bins: list[list[Any]] = [[] for _ in range(len(edges) - 1)]
    for element, v in zip(items(data), values, strict=True):
        k = int(np.searchsorted(edges, v, side="right")) - 1
        if 0 <= k < len(bins):
            bins[k].append(element)
    return make_list(map(make_list, bins))


@builtin("HistogramList", messages=BINS)
def histogram_list(ev: Any, data: Any, spec: Any = S.Automatic, height: Any = "Count") -> Any:
    """HistogramList[list] gives {edges, counts} of a histogram; HistogramList[list, n] with about n bins;
    HistogramList[list, {dx}] with bins of width dx. A third argument "Probability"
    or "PDF" scales the counts.

    >>> HistogramList[{1, 2, 2, 3, 5}, {1, 6, 1}]
    {{1, 2, 3, 4, 5, 6}, {1, 2, 1, 0, 1}}
    """
    values = _numbers(ev, data)
    if not values:
        return None
    if spec is S.Automatic or (type(spec) is int and 0 < spec < 1e8):
        edges: list[Any] | None = _nice_edges(values, spec if type(spec) is int else None)
    else:
        edges = _edges(values, spec)
    if edges is None:
        ev.message("HistogramList", "bins", spec)
        return None
    counts: list[Any] = list(_counts(values, edges))
    total = sum(counts)
    if height == "Probability":
        counts = [rational(Fraction(c, total)) for c in counts]
    elif height == "PDF":
        widths = [numbers.multiply(total, b - a) for a, b in zip(edges, edges[1:], strict=False)]
        counts = [numbers.divide(c, w) for c, w in zip(counts, widths, strict=True)]
    return make_list((make_list(edges), make_list(counts)))


def _nice_edges(values: list[float], count: int | None) -> list[Any]:
    """Edges at multiples of 1, 2 or 5 times a power of ten; by default about as many bins
    as Sturges' rule says."""
    low, high = min(values), max(values)
    wanted = count or max(1, math.ceil(math.log2(len(values)) + 1))
    span = (high - low) or 1.0
    step = span / wanted
    power = 10.0 ** math.floor(math.log10(step))
    width = min((m * power for m in (1, 2, 5, 10)), key=lambda w: abs(math.log(w / step)))
    exact: Any = int(width) if width >= 1 else Fraction(1, round(1 / width))
    first, last = math.floor(low / width), math.floor(high / width) + 1
    edges = [i * exact for i in range(first, last + 1)]
    return [float(e) for e in edges] if type(exact) is Fraction else edges
