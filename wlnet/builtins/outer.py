"""Outer and Inner: generalised products of lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, head_of, make_list, packed, same
from wlnet.kernel.registry import builtin

from .dimensions import dimensions
from .functional import with_values
from .levels import children, level_bound, size


@builtin(
    "Outer", messages={"heads": "Heads `1` and `2` at positions `3` and `4` are expected to be the same."}
)
def outer(ev: Any, f: Any, *lists: Any) -> Any:
    """Outer[f, list1, list2, ...] gives f of all combinations of elements of the lists, as a nested list.
    Outer[f, list1, ..., n] takes as elements the sublists on level n;
    Outer[f, list1, ..., n1, n2, ...] by list.

    >>> Outer[f, {a, b}, {x, y}]
    {{f[a, x], f[a, y]}, {f[b, x], f[b, y]}}
    >>> Outer[Times, {1, 2}, {3, 4}]
    {{3, 4}, {6, 8}}
    """
    count = len(lists)
    while count and (type(lists[count - 1]) is int or level_bound(lists[count - 1]) is not None):
        count -= 1
    sources, given = lists[:count], [level_bound(x) or 0 for x in lists[count:]]
    if not sources or any(children(x) is None for x in sources):
        return None
    heads = [head_of(x) if type(x) is not Association else S.List for x in sources]
    for i, head in enumerate(heads):
        if not same(head, heads[0]):
            ev.message("Outer", "heads", head, heads[0], i + 2, 2)
            return None
    limits = given * count if len(given) == 1 else [*given, *[float("inf")] * (count - len(given))]
    if (f is S.Times or f is S.Plus) and all(type(x) is np.ndarray for x in sources) and not given:
        found = _outer_by_numpy(f, sources)
        if found is not None:
            return found
    return _outer(ev.function(f), sources, limits, (), heads[0])


def _outer_by_numpy(f: Any, arrays: tuple[Any, ...]) -> Any:
    """All products or sums of elements of packed lists; None where integers might leave 64 bits."""
    sizes = [
        max(abs(int(a.max())), abs(int(a.min())), 1) if a.dtype == np.int64 and a.size else 1 for a in arrays
    ]
    if (math.prod(sizes) if f is S.Times else sum(sizes)) >= 1 << 63:
        return None
    combine = np.multiply if f is S.Times else np.add
    out = arrays[0]
    for a in arrays[1:]:
        out = combine.outer(out, a)
    return packed(out)


def _outer(call: Any, sources: tuple[Any, ...], limits: list[float], at: tuple[Any, ...], head: Any) -> Any:
    if not sources:
        return call(*at)

    def down(part: Any, left: float) -> Any:
        if left > 0 and children(part) is not None and (head_of(part) is head or type(part) is Association):
            parts = [down(x, left - 1) for x in children(part) or ()]
            return with_values(part, parts) if type(part) is Association else Expr(head, tuple(parts))
        return _outer(call, sources[1:], limits[1:], (*at, part), head)

    return down(sources[0], limits[0])


@builtin(
    "Inner",
    messages={
        "incom": "Length `1` of dimension `2` in `3` is incommensurate with length `4` of dimension 1 in `5`."
    },
)
def inner(ev: Any, f: Any, first: Any, second: Any, g: Any = S.Plus, level: Any = None) -> Any:
    """Inner[f, list1, list2, g] is Dot with f for multiplication and g for addition.
    Inner[f, list1, list2, g, n] contracts index n of the first with the first index of the second.

    >>> Inner[f, {a, b}, {x, y}, g]
    g[f[a, x], f[b, y]]
    >>> Inner[f, {{a, b}, {c, d}}, {x, y}]
    {f[a, x] + f[b, y], f[c, x] + f[d, y]}
    """
    left, right = dimensions(first), dimensions(second)
    if not left or not right or size(first) is None or size(second) is None:
        return None
    index = len(left) if level is None else level
    if type(index) is not int or not 1 <= index <= len(left):
        return None
    if left[index - 1] != right[0]:
        ev.message("Inner", "incom", left[index - 1], index, first, right[0], second)
        return None
    if index < len(left):  # that index goes last
        order = [*range(1, index), len(left), *range(index, len(left))]
        first = ev.evaluate(Expr(S.Transpose, (first, make_list(order))))
    call = ev.function(f)
    columns = _columns(second, len(right))

    def row(a: tuple[Any, ...]) -> Any:
        return _each(columns, lambda b: Expr(g, tuple(call(x, y) for x, y in zip(a, b, strict=True))))

    return _last_level(first, len(left), row)


def _columns(second: Any, depth: int) -> Any:
    """A nested list (Python) of the vectors along level 1 of `second`, an array of `depth` levels."""
    parts = children(second) or ()
    if depth <= 1:
        return parts
    return [_columns(make_list(column), depth - 1) for column in zip(*map(children, parts), strict=True)]


def _each(columns: Any, make: Callable[[tuple[Any, ...]], Any]) -> Any:
    return make_list(_each(c, make) for c in columns) if type(columns) is list else make(columns)


def _last_level(value: Any, depth: int, make: Callable[[tuple[Any, ...]], Any]) -> Any:
    parts = children(value) or ()
    return make(parts) if depth == 1 else make_list(_last_level(x, depth - 1, make) for x in parts)
