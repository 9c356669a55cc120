"""Functions of arrays as data, and their ops: what FunctionLayer adds to `formulas`.

A value is an array of each example: a Value whose first dimension is the batch's, N, or 1 for what is the
same in all examples; or a Python number. Listable functions thread as in the language: the array of lower
rank goes with the first dimensions of the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, NumericArray, S, Symbol, is_infinity, is_list, items, to_array
from wlnet.runtime import ir

from . import formulas
from .layers.arguments import axes, level_spec
from .net import Net

Operand = Any  # a Value, or a Python number


class ArrayError(Exception):
    """A function that cannot be applied to arrays of these dimensions; the text says why."""


class Emitter:
    """The emission of one formula.

    arrays  (name, dims) -> value of NetArray["name"]; `dims` is the shape that it has if it is not known:
            that of what
            it is combined with, or None
    apply   (node name, value) -> value: a net inside applied to an array
    """

    def __init__(
        self,
        b: ir.Builder,
        slots: Mapping[Any, ir.Value],
        arrays: Callable[[str, tuple[int, ...] | None], ir.Value],
        apply: Callable[[str, ir.Value], ir.Value],
        dtype: str,
    ) -> None:
        self.b = b
        self.slots = slots
        self.arrays = arrays
        self.apply = apply
        self.dtype = dtype

    def emit(self, formula: Any) -> Operand:
        """The value of a formula; a truth value is a bool or a Value of dtype bool."""
        kind = type(formula)
        if kind is Expr:
            return self.expression(formula)
        if kind is Symbol:
            return formulas.CONSTANTS.get(formula.name, formula)
        if kind is np.ndarray or kind is NumericArray:
            return self.constant(formula.array if kind is NumericArray else formula)
        return float(formula) if kind is Fraction else formula

    def expression(self, e: Expr) -> Operand:
        head, args = e.head, e.args
        if head is S.Slot:
            return self.slots[args[0]]
        if head is S.NetArray:
            return self.array(e, None)
        if head is S.List:
            return self.stacked(e)
        if type(head) is Expr and head.head is INNER:
            return self.apply(head.args[0], self.value(self.emit(args[0])))
        name = head.name if type(head) is Symbol else ""
        if name in ARRAYS:
            return ARRAYS[name](self, self.emit(args[0]), *args[1:])
        if name in SEVERAL:
            return SEVERAL[name](self, *(self.emit(x) for x in args))
        if name in EXTREMA and len(args) == 1:
            x = self.value(self.emit(args[0]))
            return getattr(self.b, EXTREMA[name])(x, tuple(range(1, x.rank)))
        if name == "Power" and args[0] is S.E:
            return self.b.exp(self.value(self.emit(args[1])))
        return formulas.apply(self.b, head, self.aligned(self.combined(args)))

    def combined(self, args: tuple[Any, ...]) -> list[Operand]:
        """The arguments of a listable function; an array of unknown shape has
        that of the largest other one.
        """
        held = [i for i, x in enumerate(args) if type(x) is Expr and x.head is S.NetArray]
        values: list[Operand] = [None if i in held else self.emit(x) for i, x in enumerate(args)]
        shapes = [x.shape[1:] for x in values if isinstance(x, ir.Value)]
        like = max(shapes, key=len) if shapes else None
        for i in held:
            values[i] = self.array(args[i], like)
        return values

    def array(self, e: Expr, like: tuple[int, ...] | None) -> ir.Value:
        found = self.arrays(e.args[0], like)
        return self.b.reshape(found, (1, *found.shape))

    def constant(self, array: np.ndarray) -> ir.Value:
        return self.b.constant(np.asarray(array)[None], self.dtype)

    def value(self, x: Operand) -> ir.Value:
        """A number as an array of rank 0."""
        if isinstance(x, ir.Value):
            return x
        return self.b.constant(np.full((1,), float(x)), self.dtype)

    def stacked(self, e: Expr) -> Operand:
        """A list of values as one array with one dimension more."""
        constant = to_array(e, exact=False)
        if constant is not None:
            return self.constant(constant)
        parts = [self.value(self.emit(x)) for x in e.args]
        if not parts:
            raise ArrayError("An empty list is no array.")
        shape = parts[0].shape[1:]
        if any(x.shape[1:] != shape for x in parts):
            raise ArrayError("The elements of a list must have the same dimensions.")
        return self.b.stack(self.same_batch(parts), axis=1)

    def same_batch(self, parts: list[ir.Value]) -> list[ir.Value]:
        count = max(x.shape[0] for x in parts)
        return [self.b.broadcast_to(x, (count, *x.shape[1:])) for x in parts]

    def aligned(self, values: list[Operand]) -> list[Operand]:
        """Arrays of one rank: those of lower rank get trailing dimensions of extent 1."""
        flat = [x for x in values if isinstance(x, ir.Value)]
        rank = max((x.rank for x in flat), default=1)
        for x in flat:
            for y in flat:
                pairs = zip(x.shape[1:], y.shape[1:], strict=False)
                if any(a != b for a, b in pairs):
                    raise ArrayError(
                        f"Arrays of dimensions {x.shape[1:]} and {y.shape[1:]} cannot be combined."
                    )
        return [
            self.b.reshape(x, (*x.shape, *(1,) * (rank - x.rank))) if isinstance(x, ir.Value) else x
            for x in values
        ]


# NetPort["1"][x] in a formula: the net inside of that name, applied to x.
INNER = S.NetPort
EXTREMA = {"Max": "max", "Min": "min"}


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
    "Length": lambda at, x: at.value(x).shape[1] if at.value(x).rank > 1 else 0,
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
}


def known(head: Any) -> bool:
    """Whether a formula of arrays may have this head."""
    if type(head) is Symbol and (head.name in ARRAYS or head.name in SEVERAL):
        return True
    return formulas.allowed(head)


def is_literal(head: Any, place: int) -> bool:
    """Whether an argument of this head is no array but says how: Part[x, 1], Take[x, 3]."""
    return type(head) is Symbol and head.name in ARRAYS and place > 0


def nets_of(formula: Any) -> list[Net]:
    """The nets that a formula applies, in order of appearance, each once."""
    found: list[Net] = []
    stack = [formula]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if type(e.head) is Net and not any(e.head is x for x in found):
                found.append(e.head)
            stack.extend(reversed((e.head, *e.args)))
        elif hasattr(e, "values") and type(e) is not Net:
            stack.extend(reversed(e.values()))
    return found
