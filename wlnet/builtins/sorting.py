"""Sort, SortBy, Ordering, Order, MinimalBy, TakeLargest and kin: order of elements."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

import numpy as np

from wlnet.expr import (
    FALSE,
    Association,
    Expr,
    S,
    Symbol,
    is_list,
    is_real_number,
    items,
    make_list,
    packed,
    truth,
)
from wlnet.expr.order import canonical, compare, text_key
from wlnet.kernel.registry import builtin, symbol

from .levels import children, is_rule, size
from .sequences import NONE, SequenceError, up_to
from .whole_arrays import values_of

symbol(
    "ExcludedForms",
    usage="ExcludedForms is an option of TakeLargest and kin: patterns of elements to leave out.",
)

_canonical_key = cmp_to_key(compare)

# Ordering functions that mean canonical order, and those of numbers with whether they sort backwards.
CANONICAL = frozenset((S.Order, S.Automatic, S.OrderedQ))
NUMERICAL = {S.Less: False, S.LessEqual: False, S.Greater: True, S.GreaterEqual: True}


def sortable(values: list[Any] | tuple[Any, ...]) -> list[Any]:
    """Python keys for `values` that sort in canonical order."""
    kinds = set(map(type, values))
    if kinds in ({int}, {float}):
        return list(values)
    if kinds == {str}:
        return [text_key(x) for x in values]
    return [_canonical_key(x) for x in values]


class _Placed:
    """An element under an ordering function p: a later one goes before an earlier only when p says they are
    out of order."""

    __slots__ = ("ordered", "value")

    def __init__(self, value: Any, ordered: Callable[[Any, Any], Any]) -> None:
        self.value = value
        self.ordered = ordered

    def __lt__(self, other: _Placed) -> bool:
        # Python's sort asks this only of a later (self) and an earlier (other) element.
        answer = self.ordered(other.value, self.value)
        return answer is FALSE or (type(answer) is int and answer == -1)


def sort_keys(ev: Any, values: tuple[Any, ...] | list[Any], ordering: Any) -> tuple[list[Any], bool]:
    """Keys that Python can sort by, and whether to sort in reverse (keeping ties in place)."""
    if ordering is None or (type(ordering) is Symbol and ordering in CANONICAL):
        return sortable(values), False
    if (
        type(ordering) is Symbol
        and ordering in NUMERICAL
        and set(map(type, values))
        <= {
            int,
            float,
        }
    ):
        return list(values), NUMERICAL[ordering]
    call = ev.function(ordering)
    return [_Placed(x, call) for x in values], False


def ordering_of(ev: Any, values: tuple[Any, ...] | list[Any], ordering: Any = None) -> list[int]:
    """The 0-based indices that put `values` in order."""
    keys, backwards = sort_keys(ev, values, ordering)
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=backwards)


def reordered(expr: Any, order: list[int]) -> Any:
    """The elements of `expr` at `order`, under its head; entries of an association."""
    if type(expr) is Association:
        entries = list(expr.entries.items())
        return Association(dict(entries[i] for i in order))
    if type(expr) is np.ndarray:
        return packed(expr[order]) if order else make_list(())
    return Expr(expr.head, tuple(expr.args[i] for i in order))


def _sorted_array(array: np.ndarray) -> np.ndarray | None:
    """A packed list in canonical order by NumPy; None where only the general order will do."""
    if array.dtype.kind == "c":
        return None
    if array.ndim == 1:
        return np.sort(array)
    if array.ndim == 2 and array.shape[1]:
        return array[np.lexsort(array.T[::-1])]
    return None


def _normal_or_message(ev: Any, name: str, expr: Any, *others: Any) -> bool:
    """Whether `expr` has elements; the message `name::normal` when it is an atom."""
    if size(expr) is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr, *others)))
        return False
    return True


def sort_values(ev: Any, expr: Any, ordering: Any = None) -> Any:
    """`Sort[expr, ordering]` for a value with elements."""
    if type(expr) is np.ndarray and any(ordering is x for x in (None, S.Less, S.LessEqual, S.Order)):
        found = _sorted_array(expr)
        if found is not None:
            return packed(found)
    if ordering is None and type(expr) is Expr:
        return Expr(expr.head, tuple(canonical(expr.args)))
    return reordered(expr, ordering_of(ev, children(expr) or (), ordering))


def reverse_of(expr: Any) -> Any:
    """The elements of `expr` backwards."""
    return (
        packed(expr[::-1])
        if type(expr) is np.ndarray
        else reordered(expr, list(range(size(expr) or 0))[::-1])
    )


@builtin("Sort")
def sort(ev: Any, expr: Any, ordering: Any = None) -> Any:
    """Sort[list] sorts the elements of list into canonical order; the entries of an association
    by their values.
    Sort[list, p] uses the ordering function p: p[e1, e2] gives True (or 1) when e1 and e2 are in order.

    >>> Sort[{c, b, 2, a, 1}]
    {1, 2, a, b, c}
    >>> Sort[{1, 3, 2}, Greater]
    {3, 2, 1}
    >>> Sort[<|"a" -> 2, "b" -> 1|>]
    <|b -> 1, a -> 2|>
    """
    return sort_values(ev, expr, ordering) if _normal_or_message(ev, "Sort", expr) else None


@builtin("ReverseSort")
def reverse_sort(ev: Any, expr: Any, ordering: Any = None) -> Any:
    """ReverseSort[list] sorts the elements of list into reverse canonical order; ReverseSort[list, p]
    reverses the order of p.

    >>> ReverseSort[{2, 3, 1}]
    {3, 2, 1}
    """
    if not _normal_or_message(ev, "ReverseSort", expr):
        return None
    return reverse_of(sort_values(ev, expr, ordering))


def by_order(ev: Any, expr: Any, by: Any, ordering: Any = None) -> list[int]:
    """The indices that sort the elements of `expr` by the values of `by`, a function or a list of functions.

    Ties are broken by canonical order after one function, and left in place after a list of them.
    """
    inner = children(expr) or ()
    functions = items(by) if is_list(by) else (by,)
    columns = []
    for f in functions:
        keys, backwards = sort_keys(ev, values_of(ev, f, expr), ordering)
        columns.append([_Backwards(k) for k in keys] if backwards else keys)
    if not is_list(by):
        columns.append(sortable(inner))
    return sorted(range(len(inner)), key=lambda i: [column[i] for column in columns])


class _Backwards:
    """A key that sorts the other way round."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return type(other) is _Backwards and bool(self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)


@builtin("SortBy", operator=0)
def sort_by(ev: Any, expr: Any, f: Any, ordering: Any = None) -> Any:
    """SortBy[list, f] sorts the elements of list by the values of f, ties in canonical order.
    SortBy[list, {f1, f2, ...}] breaks ties by the next function; SortBy[list, f, p] orders the values by p.

    >>> SortBy[{{1, b}, {1, a}, {0, c}}, First]
    {{0, c}, {1, a}, {1, b}}
    >>> SortBy[{"bb", "a", "cc"}, {StringLength}]
    {a, bb, cc}
    """
    return (
        reordered(expr, by_order(ev, expr, f, ordering))
        if _normal_or_message(ev, "SortBy", expr, f)
        else None
    )


@builtin("ReverseSortBy", operator=0)
def reverse_sort_by(ev: Any, expr: Any, f: Any, ordering: Any = None) -> Any:
    """ReverseSortBy[list, f] sorts the elements of list by the values of f, greatest first.

    >>> ReverseSortBy[{-3, 1, 2}, Abs]
    {-3, 2, 1}
    """
    if not _normal_or_message(ev, "ReverseSortBy", expr, f):
        return None
    return reordered(expr, by_order(ev, expr, f, ordering)[::-1])


@builtin("Ordering")
def ordering_(ev: Any, expr: Any, count: Any = S.All, ordering: Any = None) -> Any:
    """Ordering[list] gives the positions that put list in order, so
    that list[[Ordering[list]]] is Sort[list].
    Ordering[list, n] gives the positions of the n least elements, Ordering[list, -n] of the n greatest;
    Ordering[list, n, p] orders by p.

    >>> Ordering[{c, a, b}]
    {2, 3, 1}
    >>> Ordering[{5, 9, 7}, -1]
    {2}
    """
    if not _normal_or_message(ev, "Ordering", expr):
        return None
    if type(expr) is np.ndarray and expr.ndim == 1 and expr.dtype.kind != "c" and ordering is None:
        order = np.argsort(expr, kind="stable")
    else:
        order = np.array(ordering_of(ev, children(expr) or (), ordering), dtype=np.int64)
    if type(count) is Expr and count.head is S.UpTo:
        count = _at_most(count, len(order))
    if type(count) is int:
        order = order[:count] if count >= 0 else order[count:]
    elif count is not S.All:
        return None
    return packed(order + 1) if len(order) else make_list(())


def _at_most(spec: Expr, length: int) -> Any:
    try:
        return min(up_to(spec), length)
    except SequenceError:
        return None


@builtin("Order")
def order(ev: Any, a: Any, b: Any) -> Any:
    """Order[a, b] gives 1 if a comes before b in canonical order, -1 if after, 0 if they are the same.

    >>> {Order[a, b], Order[b, a], Order[1, 1]}
    {1, -1, 0}
    """
    return -compare(a, b)


@builtin("OrderedQ")
def ordered_q(ev: Any, expr: Any, ordering: Any = None) -> Any:
    """OrderedQ[list] tells whether the elements of list are in canonical order; OrderedQ[list, p] in the
    order of p.

    >>> OrderedQ[{1, 3, 2}]
    False
    """
    inner = children(expr)
    if inner is None:
        ev.message("OrderedQ", "normal", 1, Expr(S.OrderedQ, (expr,)))
        return None
    keys, backwards = sort_keys(ev, inner, ordering)
    if backwards:
        keys.reverse()
    return truth(not any(keys[i + 1] < keys[i] for i in range(len(keys) - 1)))


# Numerical order: of TakeLargest, MinimalBy and kin


def numeric_keys(ev: Any, values: tuple[Any, ...] | list[Any]) -> list[Any]:
    """Keys that sort by numerical value where all values are real (Pi and Sqrt[2] too), else canonically."""
    if all(map(is_real_number, values)) and set(map(type, values)) <= {int, float}:
        return list(values)
    numbers = [x if is_real_number(x) else _number(ev, x) for x in values]
    return sortable(numbers if all(map(is_real_number, numbers)) else list(values))


def _number(ev: Any, value: Any) -> Any:
    return ev.evaluate(Expr(S.N, (value,))) if type(value) in (Expr, Symbol) else value


def _extremes(ev: Any, name: str, expr: Any, f: Any, count: Any, *, largest: bool) -> Any:
    """MinimalBy and MaximalBy."""
    if not _normal_or_message(ev, name, expr, f):
        return None
    inner = children(expr) or ()
    if not inner:
        return expr
    keys = numeric_keys(ev, values_of(ev, f, expr))
    if count is None:
        best = max(keys) if largest else min(keys)
        return reordered(expr, [i for i, k in enumerate(keys) if not (k < best or best < k)])
    n = _how_many(ev, name, count, len(inner))
    return None if n is None else reordered(expr, first_by(keys, n, largest=largest))


def first_by(keys: list[Any], n: int, *, largest: bool) -> list[int]:
    """The indices of the n greatest or least keys, in that order, ties in place."""
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=largest)[:n]


def _how_many(ev: Any, name: str, count: Any, length: int) -> int | None:
    if type(count) is Expr and count.head is S.UpTo:
        count = _at_most(count, length)
    if count is S.All:
        count = length
    if type(count) is not int or count < 0:
        ev.message(name, "innf", count)
        return None
    if count > length:
        ev.message(name, "insuff", count, length)
        return None
    return count


TAKE_MESSAGES = {
    "insuff": "Cannot take `1` elements: there are only `2`.",
    "innf": "Non-negative integer or UpTo[n] expected in place of `1`.",
    "prop": "`1` is not one of the properties Element, Index, PropertyAssociation.",
}


@builtin("MinimalBy", operator=0, messages=TAKE_MESSAGES)
def minimal_by(ev: Any, expr: Any, f: Any, count: Any = None) -> Any:
    """MinimalBy[list, f] gives the elements of list at which f is least; MinimalBy[list, f, n] the n with
    the least values.

    >>> MinimalBy[{-3, 1, -1, 2}, Abs]
    {1, -1}
    """
    return _extremes(ev, "MinimalBy", expr, f, count, largest=False)


@builtin("MaximalBy", operator=0, messages=TAKE_MESSAGES)
def maximal_by(ev: Any, expr: Any, f: Any, count: Any = None) -> Any:
    """MaximalBy[list, f] gives the elements of list at which f is greatest; MaximalBy[list, f, n] the n
    with the greatest values.

    >>> MaximalBy[{-3, 1, 2}, Abs]
    {-3}
    """
    return _extremes(ev, "MaximalBy", expr, f, count, largest=True)


def _taken(ev: Any, name: str, expr: Any, f: Any, count: Any, excluded: Any, *, largest: bool) -> Any:
    """TakeLargest and kin; `f` None for the elements themselves."""
    wanted: Any = "Element"
    if is_rule(expr):
        expr, wanted = expr.args
    if not _normal_or_message(ev, name, expr, *(() if f is None else (f,)), count):
        return None
    inner = children(expr) or ()
    values = list(inner) if f is None else values_of(ev, f, expr)
    out_of_order = _excluder(ev, excluded)
    kept = [i for i, x in enumerate(values) if not out_of_order(x)]
    n = _how_many(ev, name, count, len(kept))
    if n is None:
        return None
    keys = numeric_keys(ev, [values[i] for i in kept])
    order = [kept[i] for i in first_by(keys, n, largest=largest)]
    return _with_properties(ev, name, expr, order, wanted)


def _excluder(ev: Any, excluded: Any) -> Callable[[Any], bool]:
    """Which elements are left out: by default Missing, Indeterminate, None, Null and their like."""
    if excluded is S.Automatic:
        names = {S.Indeterminate, S.Null, NONE, S.Undefined}
        return lambda x: (type(x) is Expr and x.head is S.Missing) or (type(x) is Symbol and x in names)
    tests = [ev.matching(form) for form in items(excluded)] if is_list(excluded) else []
    return lambda x: any(fits(x) for fits in tests)


def _with_properties(ev: Any, name: str, expr: Any, order: list[int], wanted: Any) -> Any:
    if is_list(wanted):
        columns = [_with_properties(ev, name, expr, order, one) for one in items(wanted)]
        if any(c is None for c in columns):
            return None
        return make_list(make_list(row) for row in zip(*(children(c) or () for c in columns), strict=True))
    if wanted == "Element":
        return reordered(expr, order)
    if wanted == "Index":
        names = list(expr.keys()) if type(expr) is Association else range(1, (size(expr) or 0) + 1)
        return make_list(names[i] for i in order)
    if wanted == "PropertyAssociation":
        inner = children(expr) or ()
        return make_list(Association.of((("Element", inner[i]), ("Index", i + 1))) for i in order)
    ev.message(name, "prop", wanted)
    return None


@builtin("TakeLargest", operator=0, messages=TAKE_MESSAGES)
def take_largest(ev: Any, expr: Any, count: Any, *, excluded_forms: Any = S.Automatic) -> Any:
    """TakeLargest[list, n] gives the n numerically largest elements of list, largest first; of an
    association the entries.
    TakeLargest[list -> "Index", n] gives their positions.

    >>> TakeLargest[{1, 4, 2, 3}, 2]
    {4, 3}
    """
    return _taken(ev, "TakeLargest", expr, None, count, excluded_forms, largest=True)


@builtin("TakeSmallest", operator=0, messages=TAKE_MESSAGES)
def take_smallest(ev: Any, expr: Any, count: Any, *, excluded_forms: Any = S.Automatic) -> Any:
    """TakeSmallest[list, n] gives the n numerically smallest elements of list, smallest first.

    >>> TakeSmallest[{1, 4, 2, 3}, 2]
    {1, 2}
    """
    return _taken(ev, "TakeSmallest", expr, None, count, excluded_forms, largest=False)


@builtin("TakeLargestBy", operator=0, messages=TAKE_MESSAGES)
def take_largest_by(ev: Any, expr: Any, f: Any, count: Any, *, excluded_forms: Any = S.Automatic) -> Any:
    """TakeLargestBy[list, f, n] gives the n elements of list at which f is largest.

    >>> TakeLargestBy[{-3, 1, 2}, Abs, 2]
    {-3, 2}
    """
    return _taken(ev, "TakeLargestBy", expr, f, count, excluded_forms, largest=True)


@builtin("TakeSmallestBy", operator=0, messages=TAKE_MESSAGES)
def take_smallest_by(ev: Any, expr: Any, f: Any, count: Any, *, excluded_forms: Any = S.Automatic) -> Any:
    """TakeSmallestBy[list, f, n] gives the n elements of list at which f is smallest.

    >>> TakeSmallestBy[{-3, 1, 2}, Abs, 2]
    {1, 2}
    """
    return _taken(ev, "TakeSmallestBy", expr, f, count, excluded_forms, largest=False)
