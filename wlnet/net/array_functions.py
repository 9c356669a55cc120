"""Functions of arrays by name, and their ops: Total, Part, Dot, distances, ...

Every function takes the `Emitter` that asks (see `arrays`), operands, and arguments that say how, such as
parts and levels, as expressions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Expr, S, is_infinity, is_list, items
from wlnet.runtime import ir

from .layers.arguments import axes, level_spec

if TYPE_CHECKING:
    from .arrays import Emitter

Operand = Any  # a Value, or a Python number

# Largest matrix whose determinant is written out: 2^n minors.
MOST_ROWS = 8


class ArrayError(Exception):
    """A function that cannot be applied to arrays of these dimensions; the text says why."""


# ---- functions of one array and literal arguments


def levels(x: ir.Value, spec: Any) -> tuple[int, ...]:
    """Axes of the value for a level specification: n means levels 1 to n, {n} level n alone."""
    rank = x.rank - 1
    if is_infinity(spec):
        return tuple(range(1, rank + 1))
    if type(spec) is int:
        return tuple(range(1, min(spec, rank) + 1))
    found = axes(spec, rank) if is_list(spec) and level_spec(spec) is not None else None
    if found is None:
        raise ArrayError("Levels are n, {n} or Infinity.")
    return tuple(axis + 1 for axis in found)


def need_rank(x: ir.Value, rank: int, name: str) -> ir.Value:
    if x.rank - 1 < rank:
        raise ArrayError(f"{name} needs an array of at least {rank} dimension{'s' if rank > 1 else ''}.")
    return x


def total(at: Emitter, x: Operand, spec: Any = 1) -> Operand:
    value = need_rank(at.value(x), 1, "Total")
    return at.b.sum(value, levels(value, spec))


def first_level(name: str, function: Callable[[ir.Builder, ir.Value], ir.Value]) -> Callable[..., Operand]:
    """A statistic over the first level."""

    def emit(at: Emitter, x: Operand) -> Operand:
        return function(at.b, need_rank(at.value(x), 1, name))

    return emit


def part(at: Emitter, x: Operand, *specs: Any) -> Operand:
    """Part: integers, spans, lists of integers and All."""
    value, axis = need_rank(at.value(x), len(specs), "Part"), 1
    for spec in specs:
        extent = value.shape[axis]
        if type(spec) is int:
            value = at.b.index_axis(value, axis, place(spec, extent))
            continue
        if spec is S.All:
            places = list(range(extent))
        elif type(spec) is Expr and spec.head is S.Span:
            places = span_places(spec, extent)
        elif is_list(spec) and all(type(k) is int for k in items(spec)):
            places = [place(k, extent) for k in items(spec)]
        else:
            raise ArrayError("Parts are integers, spans, lists of integers or All.")
        value = picked(at.b, value, axis, places)
        axis += 1
    return value


def place(k: int, extent: int) -> int:
    at = k - 1 if k > 0 else extent + k
    if not k or not 0 <= at < extent:
        raise ArrayError(f"There is no part {k} of {extent}.")
    return at


def span_places(span: Expr, extent: int) -> list[int]:
    begin, end, step = (*span.args, 1)[:3]
    first = 0 if begin is S.All else place(begin, extent)
    last = extent - 1 if end is S.All else place(end, extent)
    return list(range(first, last + (1 if step > 0 else -1), step))


def picked(b: ir.Builder, x: ir.Value, axis: int, places: list[int]) -> ir.Value:
    """Some places of an axis, by a slice where they are consecutive."""
    if not places:
        raise ArrayError("Nothing is left.")
    if places == list(range(places[0], places[-1] + 1)):
        return b.slice_axis(x, axis, places[0], places[-1] + 1)
    return b.gather(x, b.constant(np.array(places), "i64"), axis=axis)


def take_places(spec: Any, extent: int) -> list[int]:
    """The places that Take means by n, -n, {m, n} or {n}."""
    if spec is S.All:
        return list(range(extent))
    if type(spec) is int and abs(spec) <= extent:
        return list(range(spec)) if spec >= 0 else list(range(extent + spec, extent))
    if is_list(spec) and len(items(spec)) in (1, 2, 3) and all(type(k) is int for k in items(spec)):
        parts = [*items(spec)]
        first, last = place(parts[0], extent), place(parts[min(1, len(parts) - 1)], extent)
        return list(range(first, last + 1, parts[2] if len(parts) == 3 else 1))
    raise ArrayError(f"Take and Drop need a number of elements up to {extent}, or {{m, n}}.")


def take(at: Emitter, x: Operand, *specs: Any) -> Operand:
    value = need_rank(at.value(x), len(specs), "Take")
    for axis, spec in enumerate(specs, 1):
        value = picked(at.b, value, axis, take_places(spec, value.shape[axis]))
    return value


def drop(at: Emitter, x: Operand, *specs: Any) -> Operand:
    value = need_rank(at.value(x), len(specs), "Drop")
    for axis, spec in enumerate(specs, 1):
        gone = set(take_places(spec, value.shape[axis]))
        value = picked(at.b, value, axis, [k for k in range(value.shape[axis]) if k not in gone])
    return value


def reverse(at: Emitter, x: Operand, spec: Any = 1) -> Operand:
    value = need_rank(at.value(x), 1, "Reverse")
    chosen = axes(spec, value.rank - 1)
    if chosen is None:
        raise ArrayError("Reverse takes levels that exist.")
    return at.b.reverse(value, tuple(axis + 1 for axis in chosen))


def flatten(at: Emitter, x: Operand, depth: Any = S.Infinity) -> Operand:
    value = need_rank(at.value(x), 1, "Flatten")
    joined = value.rank - 1 if is_infinity(depth) else min(int(depth) + 1, value.rank - 1)
    return at.b.reshape(
        value, (value.shape[0], math.prod(value.shape[1 : joined + 1]), *value.shape[joined + 1 :])
    )


def transpose(at: Emitter, x: Operand, spec: Any = None) -> Operand:
    value = need_rank(at.value(x), 2, "Transpose")
    order = list(range(value.rank))
    if spec is None:
        order[1], order[2] = 2, 1
    else:
        places = list(items(spec)) if is_list(spec) else []
        if sorted(places) != list(range(1, len(places) + 1)) or len(places) > value.rank - 1:
            raise ArrayError("Transpose takes a permutation of levels.")
        for axis, level in enumerate(places, 1):
            order[level] = axis
    return at.b.transpose(value, order)


def reshape(at: Emitter, x: Operand, dims: Any) -> Operand:
    value = at.value(x)
    extents = tuple(items(dims)) if is_list(dims) else (dims,)
    if not all(type(n) is int for n in extents) or math.prod(extents) != math.prod(value.shape[1:]):
        raise ArrayError("ArrayReshape takes dimensions that hold all elements.")
    return at.b.reshape(value, (value.shape[0], *extents))


def norm(at: Emitter, x: Operand) -> Operand:
    value = need_rank(at.value(x), 1, "Norm")
    return root(at.b, at.b.sum(at.b.square(value), tuple(range(1, value.rank))))


def root(b: ir.Builder, x: ir.Value) -> ir.Value:
    """Square root whose derivative at 0 is 0."""
    positive = b.greater(x, 0.0)
    return b.keep(b.sqrt(b.select(positive, x, 1.0)), positive)


def differences(at: Emitter, x: Operand) -> Operand:
    value = need_rank(at.value(x), 1, "Differences")
    n = value.shape[1]
    return at.b.sub(at.b.slice_axis(value, 1, 1, n), at.b.slice_axis(value, 1, 0, n - 1))


def trace(at: Emitter, x: Operand) -> Operand:
    value = need_rank(at.value(x), 2, "Tr")
    n = min(value.shape[1:3])
    flat = at.b.reshape(value, (value.shape[0], value.shape[1] * value.shape[2], *value.shape[3:]))
    return at.b.sum(picked(at.b, flat, 1, [k * (value.shape[2] + 1) for k in range(n)]), 1)


def determinant(at: Emitter, x: Operand) -> Operand:
    """The determinant by Laplace expansion: minors of the first k rows, for k = 1, 2, ..., each once."""
    value = need_rank(at.value(x), 2, "Det")
    n = value.shape[1]
    if value.rank != 3 or value.shape[2] != n or n > MOST_ROWS:
        raise ArrayError(f"Det takes a square matrix of at most {MOST_ROWS} rows in a layer.")
    b = at.b
    rows = [[b.index_axis(b.index_axis(value, 1, i), 1, j) for j in range(n)] for i in range(n)]
    minors: dict[tuple[int, ...], ir.Value] = {(j,): rows[0][j] for j in range(n)}
    for k in range(1, n):
        found = {}
        for columns in combinations(range(n), k + 1):
            total = None
            for place_, j in enumerate(columns):
                rest = columns[:place_] + columns[place_ + 1 :]
                term = b.mul(rows[k][j], minors[rest])
                odd = (k + place_) % 2
                total = (
                    (b.mul(term, -1.0) if odd else term)
                    if total is None
                    else (b.sub(total, term) if odd else b.add(total, term))
                )
            assert total is not None
            found[columns] = total
        minors = found
    return minors[tuple(range(n))]


def repeated(at: Emitter, x: Operand, dims: Any) -> Operand:
    """ConstantArray[x, n] and ConstantArray[x, {n1, ...}]."""
    value = at.value(x)
    extents = tuple(items(dims)) if is_list(dims) else (dims,)
    if not all(type(n) is int and n > 0 for n in extents):
        raise ArrayError("ConstantArray takes positive numbers of elements.")
    thin = at.b.reshape(value, (value.shape[0], *(1,) * len(extents), *value.shape[1:]))
    return at.b.broadcast_to(thin, (value.shape[0], *extents, *value.shape[1:]))


def rotated(sign: int) -> Callable[..., Operand]:
    """RotateLeft (1) and RotateRight (-1) along the first level."""

    def emit(at: Emitter, x: Operand, count: Any = 1) -> Operand:
        value = need_rank(at.value(x), 1, "RotateLeft")
        if type(count) is not int:
            raise ArrayError("RotateLeft and RotateRight take a number of places.")
        n = value.shape[1]
        return picked(at.b, value, 1, [(k + sign * count) % n for k in range(n)])

    return emit


def every_product(at: Emitter, x: Operand) -> Operand:
    value = need_rank(at.value(x), 1, "Times")
    return at.b.prod(value, 1)


def unbiased(b: ir.Builder, x: ir.Value) -> ir.Value:
    return b.variance(x, 1, unbiased=True)


ARRAYS: dict[str, Callable[..., Operand]] = {
    "Total": total,
    "Mean": first_level("Mean", lambda b, x: b.mean(x, 1)),
    "Median": first_level("Median", lambda b, x: b.median(x, 1)),
    "Variance": first_level("Variance", unbiased),
    "StandardDeviation": first_level("StandardDeviation", lambda b, x: b.sqrt(unbiased(b, x))),
    "Accumulate": first_level("Accumulate", lambda b, x: b.cumsum(x, 1)),
    "Sort": first_level("Sort", lambda b, x: b.sort(x, 1)),
    "Part": part,
    "Take": take,
    "Drop": drop,
    "First": lambda at, x: part(at, x, 1),
    "Last": lambda at, x: part(at, x, -1),
    "Most": lambda at, x: drop(at, x, -1),
    "Rest": lambda at, x: drop(at, x, 1),
    "Reverse": reverse,
    "Flatten": flatten,
    "Transpose": transpose,
    "ArrayReshape": reshape,
    "Norm": norm,
    "Differences": differences,
    "Tr": trace,
    "Det": determinant,
    "ConstantArray": repeated,
    "RotateLeft": rotated(1),
    "RotateRight": rotated(-1),
    "Length": lambda at, x: at.value(x).shape[1] if at.value(x).rank > 1 else 0,
    "Dimensions": lambda at, x: at.constant(np.array(at.value(x).shape[1:], np.float64)),
}


# ---- functions of several arrays


def dot(at: Emitter, *values: Operand) -> Operand:
    result = need_rank(at.value(values[0]), 1, "Dot")
    for each in values[1:]:
        other = need_rank(at.value(each), 1, "Dot")
        if result.shape[-1] != other.shape[1]:
            raise ArrayError(
                f"Dot of arrays of dimensions {result.shape[1:]} and {other.shape[1:]} does not exist."
            )
        k = result.shape[-1]
        rows = (
            at.b.reshape(result, (result.shape[0], -1, k)) if result.rank > 2 else at.b.expand_dims(result, 1)
        )
        columns = at.b.reshape(other, (other.shape[0], k, math.prod(other.shape[2:])))
        joined = at.b.dot(*at.same_batch([rows, columns]))
        result = at.b.reshape(joined, (joined.shape[0], *result.shape[1:-1], *other.shape[2:]))
    return result


def join(at: Emitter, *values: Operand) -> Operand:
    parts = [need_rank(at.value(x), 1, "Join") for x in values]
    if len({x.shape[2:] for x in parts}) > 1:
        raise ArrayError("Joined arrays must agree in all dimensions but the first.")
    return at.b.concat(at.same_batch(parts), axis=1)


def append(at: Emitter, x: Operand, element: Operand) -> Operand:
    return join(at, x, at.b.expand_dims(at.value(element), 1))


def prepend(at: Emitter, x: Operand, element: Operand) -> Operand:
    return join(at, at.b.expand_dims(at.value(element), 1), x)


def distance(rule: Callable[[ir.Builder, ir.Value], ir.Value]) -> Callable[..., Operand]:
    """A distance from the differences of all elements."""

    def emit(at: Emitter, x: Operand, y: Operand) -> Operand:
        a, b = at.aligned([at.value(x), at.value(y)])
        gap = at.b.sub(a, b)
        return rule(at.b, at.b.reshape(gap, (gap.shape[0], math.prod(gap.shape[1:]))))

    return emit


def cosine(at: Emitter, x: Operand, y: Operand) -> Operand:
    a, b = at.value(x), at.value(y)
    norms = at.b.mul(root(at.b, at.b.sum(at.b.square(a), 1)), root(at.b, at.b.sum(at.b.square(b), 1)))
    known = at.b.greater(norms, 0.0)
    ratio = at.b.div(at.b.sum(at.b.mul(a, b), 1), at.b.select(known, norms, 1.0))
    return at.b.sub(1.0, at.b.select(known, ratio, 1.0))


def quotient(b: ir.Builder, x: ir.Value, y: ir.Value) -> ir.Value:
    """x/y, and 0 where y is 0."""
    some = b.not_equal(y, 0.0)
    return b.keep(b.div(x, b.select(some, y, 1.0)), some)


def elements(at: Emitter, x: Operand, y: Operand) -> tuple[ir.Value, ir.Value]:
    """Two arrays of the same dimensions as rows (N, D)."""
    first, second = at.aligned([at.value(x), at.value(y)])
    rows = [at.b.reshape(z, (z.shape[0], math.prod(z.shape[1:]))) for z in (first, second)]
    return rows[0], rows[1]


def hamming(at: Emitter, x: Operand, y: Operand) -> Operand:
    """The number of places where two arrays differ."""
    first, second = elements(at, x, y)
    return at.b.sum(at.b.select(at.b.not_equal(first, second), 1.0, 0.0), 1)


def bray_curtis(at: Emitter, x: Operand, y: Operand) -> Operand:
    b, (first, second) = at.b, elements(at, x, y)
    return quotient(b, b.sum(b.abs(b.sub(first, second)), 1), b.sum(b.abs(b.add(first, second)), 1))


def canberra(at: Emitter, x: Operand, y: Operand) -> Operand:
    b, (first, second) = at.b, elements(at, x, y)
    return b.sum(quotient(b, b.abs(b.sub(first, second)), b.add(b.abs(first), b.abs(second))), 1)


def correlation(at: Emitter, x: Operand, y: Operand) -> Operand:
    b, (first, second) = at.b, elements(at, x, y)
    return cosine(at, *(b.sub(z, b.mean(z, 1, keepdims=True)) for z in (first, second)))


SEVERAL: dict[str, Callable[..., Operand]] = {
    "Dot": dot,
    "Join": join,
    "Append": append,
    "Prepend": prepend,
    "EuclideanDistance": distance(lambda b, gap: root(b, b.sum(b.square(gap), 1))),
    "SquaredEuclideanDistance": distance(lambda b, gap: b.sum(b.square(gap), 1)),
    "ManhattanDistance": distance(lambda b, gap: b.sum(b.abs(gap), 1)),
    "ChessboardDistance": distance(lambda b, gap: b.max(b.abs(gap), 1)),
    "CosineDistance": cosine,
    "CorrelationDistance": correlation,
    "HammingDistance": hamming,
    "BrayCurtisDistance": bray_curtis,
    "CanberraDistance": canberra,
}
