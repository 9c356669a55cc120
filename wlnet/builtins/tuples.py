"""Tuples, Permutations, Subsets, Subsequences: all ways to choose and arrange the elements of a list."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, head_of, is_list, items, key, make_list, packed
from wlnet.kernel.registry import builtin

from .levels import children, level_bound, size
from .sequences import SequenceError, take_range
from .tables import shape_of

# More results than this would not fit into memory as expressions (about 100 bytes each).
MOST_RESULTS = 10**8

CHOICE_MESSAGES = {
    "toomany": "There are `1` results, too many to be listed.",
    "nninfseq": "`1` should be a non-negative integer, All, or a list {n}, {m, n} or {m, n, step} of such.",
    "ilsmn": "Single or list of non-negative integers expected in place of `1`.",
}


def _few_enough(ev: Any, name: str, count: int) -> bool:
    if count > MOST_RESULTS:
        ev.message(name, "toomany", count)
        return False
    return True


@builtin("Tuples", messages=CHOICE_MESSAGES)
def tuples(ev: Any, expr: Any, spec: Any = None) -> Any:
    """Tuples[list, n] gives all n-tuples of elements of list; Tuples[{list1, list2, ...}] all tuples with
    one element of each list.
    Tuples[list, {n1, n2, ...}] gives all n1 x n2 x ... arrays.

    >>> Tuples[{a, b}, 2]
    {{a, a}, {a, b}, {b, a}, {b, b}}
    >>> Tuples[{{a, b}, {c}}]
    {{a, c}, {b, c}}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Tuples", "normal", 1, Expr(S.Tuples, (expr,)))
        return None
    if spec is None:
        columns = [children(x) for x in inner]
        if any(c is None for c in columns):
            ev.message("Tuples", "list", 1, Expr(S.Tuples, (expr,)))
            return None
        head = head_of(inner[0]) if inner else S.List
        if not _few_enough(ev, "Tuples", math.prod(map(len, columns))):  # type: ignore[arg-type]
            return None
        return make_list(Expr(head, row) for row in itertools.product(*columns))  # type: ignore[arg-type]
    shape = shape_of(spec)
    if shape is None:
        ev.message("Tuples", "ilsmn", spec)
        return None
    count = math.prod(shape)
    if len(inner) > 1 and count > MOST_RESULTS.bit_length():
        ev.message("Tuples", "toomany", Expr(S.Power, (len(inner), count)))
        return None
    if not _few_enough(ev, "Tuples", count) or not _few_enough(ev, "Tuples", len(inner) ** count):
        return None
    if type(expr) is np.ndarray and expr.ndim == 1 and count:
        grids = np.meshgrid(*[expr] * count, indexing="ij")
        return packed(np.stack([g.reshape(-1) for g in grids], axis=1).reshape(-1, *shape))
    head = head_of(expr)
    return make_list(_shaped(row, shape, head) for row in itertools.product(inner, repeat=count))


def _shaped(row: tuple[Any, ...], shape: tuple[int, ...], head: Any) -> Any:
    if len(shape) == 1:
        return Expr(head, row)
    if not shape:
        return row[0]
    step = math.prod(shape[1:])
    parts = (row[i * step : (i + 1) * step] for i in range(shape[0]))
    return Expr(head, tuple(_shaped(part, shape[1:], head) for part in parts))


def _lengths(ev: Any, name: str, spec: Any, count: int) -> Iterable[int] | None:
    """The lengths that `n` (at most), `{n}`, `{m, n}`, `{m, n, step}` or All name,
    of lists of `count` elements."""
    if spec is S.All:
        return range(count + 1)
    if is_list(spec):
        ends = [level_bound(x) for x in items(spec)[:2]]
        step = items(spec)[2] if len(items(spec)) == 3 else 1
        bounds = [int(min(x, count + 1)) for x in ends if x is not None and x >= 0]
        if 1 <= len(items(spec)) <= 3 and len(bounds) == len(ends) and type(step) is int and step != 0:
            low, high = bounds[0], bounds[-1]
            return [n for n in range(low, high + (1 if step > 0 else -1), step) if n <= count]
    bound = level_bound(spec)
    if bound is None or bound < 0:
        ev.message(name, "nninfseq", spec)
        return None
    return range(int(min(bound, count)) + 1)


@builtin("Permutations", messages=CHOICE_MESSAGES)
def permutations(ev: Any, expr: Any, spec: Any = None) -> Any:
    """Permutations[list] gives all orders of the elements of list, equal elements being interchangeable.
    Permutations[list, n] gives those of at most n elements; Permutations[list, {n}] of exactly n.

    >>> Permutations[{a, b, c}]
    {{a, b, c}, {a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}}
    >>> Permutations[{a, a, b}]
    {{a, a, b}, {a, b, a}, {b, a, a}}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Permutations", "normal", 1, Expr(S.Permutations, (expr,)))
        return None
    lengths = [len(inner)] if spec is None else _lengths(ev, "Permutations", spec, len(inner))
    if lengths is None:
        return None
    keys = [key(x) for x in inner]
    distinct = len(set(keys)) == len(keys)
    if distinct and not _few_enough(ev, "Permutations", sum(math.perm(len(inner), n) for n in lengths)):
        return None
    if distinct and type(expr) is np.ndarray and expr.ndim == 1 and spec is None and len(inner):
        return packed(expr[np.array(list(itertools.permutations(range(len(inner)))))])
    head = head_of(expr)
    rows = itertools.permutations if distinct else _multiset_permutations
    return make_list(Expr(head, row) for n in lengths for row in rows(inner, n))


def _multiset_permutations(inner: tuple[Any, ...], n: int) -> Iterator[tuple[Any, ...]]:
    """Arrangements of n elements, the equal ones interchangeable, in order of first appearance."""
    values: dict[Any, Any] = {}
    counts: dict[Any, int] = {}
    for x in inner:
        k = key(x)
        values.setdefault(k, x)
        counts[k] = counts.get(k, 0) + 1

    def arrange(left: int) -> Iterator[tuple[Any, ...]]:
        if not left:
            yield ()
            return
        for k in counts:
            if counts[k]:
                counts[k] -= 1
                for tail in arrange(left - 1):
                    yield (values[k], *tail)
                counts[k] += 1

    return arrange(n)


def _limited(ev: Any, name: str, rows: list[Any], spec: Any) -> Any:
    """The results that a third argument (a sequence specification, as in Take, or n) picks."""
    if spec is None:
        return make_list(rows)
    try:
        chosen = (
            range(min(spec, len(rows))) if type(spec) is int and spec >= 0 else take_range(spec, len(rows))
        )
    except SequenceError:
        ev.message(name, "nninfseq", spec)
        return None
    return make_list(rows[i] for i in chosen)


@builtin("Subsets", messages=CHOICE_MESSAGES)
def subsets(ev: Any, expr: Any, spec: Any = S.All, part: Any = None) -> Any:
    """Subsets[list] gives all subsets of list, short ones first; Subsets[list, n] those of at most n
    elements; Subsets[list, {n}] of exactly n; Subsets[list, {m, n}] of m to n. Subsets[list, spec, s] gives
    the part s of them.

    >>> Subsets[{a, b, c}, {2}]
    {{a, b}, {a, c}, {b, c}}
    >>> Subsets[{a, b}]
    {{}, {a}, {b}, {a, b}}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Subsets", "normal", 1, Expr(S.Subsets, (expr,)))
        return None
    lengths = _lengths(ev, "Subsets", spec, len(inner))
    if lengths is None:
        return None
    head = head_of(expr)
    rows = (Expr(head, row) for n in lengths for row in itertools.combinations(inner, n))
    if type(part) is int and part >= 0:
        return make_list(itertools.islice(rows, part))
    if not _few_enough(ev, "Subsets", sum(math.comb(len(inner), n) for n in lengths)):
        return None
    return _limited(ev, "Subsets", list(rows), part)


@builtin("Subsequences", messages=CHOICE_MESSAGES)
def subsequences(ev: Any, expr: Any, spec: Any = S.All, part: Any = None) -> Any:
    """Subsequences[list] gives all contiguous subsequences of list, short ones first; further arguments are
    as in Subsets.

    >>> Subsequences[{a, b, c}, {2}]
    {{a, b}, {b, c}}
    """
    count = size(expr)
    if count is None:
        ev.message("Subsequences", "normal", 1, Expr(S.Subsequences, (expr,)))
        return None
    lengths = _lengths(ev, "Subsequences", spec, count)
    if lengths is None:
        return None
    inner, head = children(expr) or (), head_of(expr)
    rows = [Expr(head, inner[i : i + n]) for n in lengths for i in (range(count - n + 1) if n else range(1))]
    return _limited(ev, "Subsequences", rows, part)
