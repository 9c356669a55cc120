"""Union, Intersection, Complement, DeleteDuplicates, Tally, Gather, Split: lists as sets and in classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, head_of, is_list, items, key, make_list, packed, same, truth
from wlnet.expr.attributes import FLAT, ONE_IDENTITY
from wlnet.expr.order import canonical
from wlnet.kernel.registry import builtin

from .functional import chosen
from .levels import children, is_rule, size
from .whole_arrays import values_of

SET_MESSAGES = {"heads": "Heads `3` and `4` at positions `1` and `2` are expected to be the same."}


def equivalence(ev: Any, test: Any) -> Callable[[Any, Any], bool] | None:
    """A Python test for a SameTest setting; None for structural identity, where hashing serves."""
    return None if test is S.Automatic or test is S.SameQ else ev.predicate(test)


def distinct(values: tuple[Any, ...] | list[Any], equal: Callable[[Any, Any], bool] | None) -> list[int]:
    """The indices of the elements that equal no earlier one."""
    if equal is None:
        seen: dict[Hashable, int] = {}
        for i, x in enumerate(values):
            seen.setdefault(key(x), i)
        return list(seen.values())
    out: list[int] = []
    for i, x in enumerate(values):
        if not any(equal(values[j], x) for j in out):
            out.append(i)
    return out


def classes(values: tuple[Any, ...] | list[Any], equal: Callable[[Any, Any], bool] | None) -> list[list[int]]:
    """The indices of equal elements together, classes in order of their first element."""
    if equal is None:
        by_key: dict[Hashable, list[int]] = {}
        for i, x in enumerate(values):
            by_key.setdefault(key(x), []).append(i)
        return list(by_key.values())
    out: list[list[int]] = []
    for i, x in enumerate(values):
        for group in out:
            if equal(values[group[0]], x):
                group.append(i)
                break
        else:
            out.append([i])
    return out


def _common_head(ev: Any, name: str, sets: tuple[Any, ...]) -> Any:
    """The head that all arguments share; None after a message."""
    for i, one in enumerate(sets, 1):
        if children(one) is None:
            ev.message(name, "normal", i, Expr(getattr(S, name), sets))
            return None
        if not same(head_of(one), head_of(sets[0])):
            ev.message(name, "heads", 1, i, head_of(sets[0]), head_of(one))
            return None
    return head_of(sets[0])


def _elements(one: Any) -> tuple[Any, ...]:
    return children(one) or ()


def _numeric(sets: tuple[Any, ...]) -> bool:
    """Whether NumPy's own set functions do: packed real vectors of one type."""
    return all(type(x) is np.ndarray and x.ndim == 1 and x.dtype == sets[0].dtype for x in sets) and (
        sets[0].dtype.kind != "c"
    )


def _as_list(array: np.ndarray) -> Any:
    return packed(array) if len(array) else make_list(())


@builtin("Union", attributes=FLAT | ONE_IDENTITY, messages=SET_MESSAGES)
def union(ev: Any, *lists: Any, same_test: Any = S.Automatic) -> Any:
    """Union[list1, list2, ...] gives a sorted list of all distinct elements of the lists; Union[list] sorts
    and removes duplicates.
    With SameTest -> s, elements are the same when s gives True.

    >>> Union[{b, a}, {c, a}]
    {a, b, c}
    """
    if not lists:
        return make_list(())
    head = _common_head(ev, "Union", lists)
    if head is None:
        return None
    if _numeric(lists) and same_test is S.Automatic:
        return _as_list(np.unique(np.concatenate(lists)))
    values = canonical(x for one in lists for x in _elements(one))
    return Expr(head, tuple(values[i] for i in distinct(values, equivalence(ev, same_test))))


@builtin("Intersection", attributes=FLAT | ONE_IDENTITY, messages=SET_MESSAGES)
def intersection(ev: Any, *lists: Any, same_test: Any = S.Automatic) -> Any:
    """Intersection[list1, list2, ...] gives a sorted list of the elements common to all lists.

    >>> Intersection[{c, a, b}, {b, c, d}]
    {b, c}
    """
    if not lists:
        return make_list(())
    head = _common_head(ev, "Intersection", lists)
    if head is None:
        return None
    if _numeric(lists) and same_test is S.Automatic:
        found = np.unique(lists[0])
        for other in lists[1:]:
            found = np.intersect1d(found, other)
        return _as_list(found)
    equal = equivalence(ev, same_test)
    values = canonical(_elements(lists[0]))
    values = [values[i] for i in distinct(values, equal)]
    for other in lists[1:]:
        inside = member_of(_elements(other), equal)
        values = [x for x in values if inside(x)]
    return Expr(head, tuple(values))


def member_of(values: tuple[Any, ...], equal: Callable[[Any, Any], bool] | None) -> Callable[[Any], bool]:
    if equal is None:
        keys = {key(x) for x in values}
        return lambda x: key(x) in keys
    return lambda x: any(equal(x, y) for y in values)


@builtin("Complement", messages=SET_MESSAGES)
def complement(ev: Any, universe: Any, *lists: Any, same_test: Any = S.Automatic) -> Any:
    """Complement[all, list1, list2, ...] gives a sorted list of the elements of all that are in none of the
    other lists.

    >>> Complement[{c, a, b, d}, {a}, {d}]
    {b, c}
    """
    head = _common_head(ev, "Complement", (universe, *lists))
    if head is None:
        return None
    if _numeric((universe, *lists)) and same_test is S.Automatic:
        gone = np.concatenate(lists) if lists else np.empty(0, universe.dtype)
        return _as_list(np.setdiff1d(universe, gone))
    equal = equivalence(ev, same_test)
    inside = member_of(tuple(x for one in lists for x in _elements(one)), equal)
    values = [x for x in canonical(_elements(universe)) if not inside(x)]
    return Expr(head, tuple(values[i] for i in distinct(values, equal)))


@builtin("SymmetricDifference", messages=SET_MESSAGES)
def symmetric_difference(ev: Any, *lists: Any, same_test: Any = S.Automatic) -> Any:
    """SymmetricDifference[list1, list2, ...] gives a sorted list of the elements that are in an odd number
    of the lists.

    >>> SymmetricDifference[{a, b, c}, {b, c, d}]
    {a, d}
    """
    if not lists:
        return make_list(())
    head = _common_head(ev, "SymmetricDifference", lists)
    if head is None:
        return None
    equal = equivalence(ev, same_test)
    tests = [member_of(_elements(one), equal) for one in lists]
    values = canonical(x for one in lists for x in _elements(one))
    values = [values[i] for i in distinct(values, equal)]
    return Expr(head, tuple(x for x in values if sum(inside(x) for inside in tests) % 2))


@builtin("UniqueElements")
def unique_elements(ev: Any, lists: Any, test: Any = S.Automatic) -> Any:
    """UniqueElements[{list1, list2, ...}] gives for each list its distinct elements that are in none
    of the others.

    >>> UniqueElements[{{a, b}, {b, c}}]
    {{a}, {c}}
    """
    inner = children(lists)
    if inner is None or not all(map(is_list, inner)):
        return None
    equal = equivalence(ev, test)
    out = []
    for i, one in enumerate(inner):
        others = member_of(tuple(x for j, other in enumerate(inner) if j != i for x in items(other)), equal)
        values = items(one)
        out.append(make_list(values[k] for k in distinct(values, equal) if not others(values[k])))
    return make_list(out)


@builtin("DeleteDuplicates", operator=0)
def delete_duplicates(ev: Any, expr: Any, test: Any = S.Automatic) -> Any:
    """DeleteDuplicates[list] deletes all elements that equal an earlier one; DeleteDuplicates[list, test]
    those for which test[earlier, element] is True.

    >>> DeleteDuplicates[{a, b, a, c, b}]
    {a, b, c}
    >>> DeleteDuplicates[{1, -1, 2}, Abs[#1] == Abs[#2] &]
    {1, 2}
    """
    inner = children(expr)
    if inner is None:
        ev.message("DeleteDuplicates", "normal", 1, Expr(S.DeleteDuplicates, (expr,)))
        return None
    if type(expr) is np.ndarray and expr.ndim == 1 and test is S.Automatic:
        _, first = np.unique(expr, return_index=True)
        return packed(expr[np.sort(first)])
    return _kept(expr, distinct(inner, equivalence(ev, test)))


def _kept(expr: Any, order: list[int]) -> Any:
    flags = [False] * (size(expr) or 0)
    for i in order:
        flags[i] = True
    return chosen(expr, flags)


@builtin("DeleteDuplicatesBy", operator=0)
def delete_duplicates_by(ev: Any, expr: Any, f: Any) -> Any:
    """DeleteDuplicatesBy[list, f] deletes all elements at which f has the same value as at an earlier one.

    >>> DeleteDuplicatesBy[{1, -1, 2}, Abs]
    {1, 2}
    """
    inner = children(expr)
    if inner is None:
        ev.message("DeleteDuplicatesBy", "normal", 1, Expr(S.DeleteDuplicatesBy, (expr, f)))
        return None
    return _kept(expr, distinct(values_of(ev, f, expr), None))


@builtin("DuplicateFreeQ")
def duplicate_free_q(ev: Any, expr: Any, test: Any = S.Automatic) -> Any:
    """DuplicateFreeQ[list] tells whether no two elements of list are the same; DuplicateFreeQ[list, test]
    by test.

    >>> DuplicateFreeQ[{a, b, a}]
    False
    """
    inner = children(expr)
    if inner is None:
        ev.message("DuplicateFreeQ", "normal", 1, Expr(S.DuplicateFreeQ, (expr,)))
        return None
    return truth(len(distinct(inner, equivalence(ev, test))) == len(inner))


@builtin("Tally")
def tally(ev: Any, expr: Any, test: Any = S.Automatic) -> Any:
    """Tally[list] gives the distinct elements of list with how often each occurs; Tally[list, test] by test.

    >>> Tally[{a, b, a}]
    {{a, 2}, {b, 1}}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Tally", "normal", 1, Expr(S.Tally, (expr,)))
        return None
    if type(expr) is np.ndarray and expr.ndim == 1 and expr.dtype == np.int64 and test is S.Automatic:
        values, first, counts = np.unique(expr, return_index=True, return_counts=True)
        order = np.argsort(first)
        return packed(np.stack((values[order], counts[order]), axis=1))
    if test is S.Automatic and set(map(type, inner)) == {str}:
        return make_list(make_list(pair) for pair in Counter(inner).items())
    groups = classes(inner, equivalence(ev, test))
    return make_list(make_list((inner[g[0]], len(g))) for g in groups)


@builtin("Gather")
def gather(ev: Any, expr: Any, test: Any = S.Automatic) -> Any:
    """Gather[list] gives the elements of list in sublists of equal ones; Gather[list, test] by test.

    >>> Gather[{a, b, a}]
    {{a, a}, {b}}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Gather", "normal", 1, Expr(S.Gather, (expr,)))
        return None
    return Expr(S.List, tuple(_group(expr, inner, g) for g in classes(inner, equivalence(ev, test))))


def _group(expr: Any, inner: tuple[Any, ...], group: list[int]) -> Any:
    if type(expr) is np.ndarray:
        return packed(expr[group])
    if type(expr) is Association:
        entries = list(expr.entries.items())
        return Association(dict(entries[i] for i in group))
    return Expr(head_of(expr), tuple(inner[i] for i in group))


@builtin("GatherBy", operator=0)
def gather_by(ev: Any, expr: Any, f: Any) -> Any:
    """GatherBy[list, f] gives the elements of list in sublists at which f has the same value.
    GatherBy[list, {f1, f2, ...}] gathers the sublists again by the next function.

    >>> GatherBy[{1, 2, 3, 4}, OddQ]
    {{1, 3}, {2, 4}}
    """
    return _by(ev, "GatherBy", expr, f, lambda values: classes(values, None))


def _by(ev: Any, name: str, expr: Any, f: Any, divide: Callable[[list[Any]], list[list[int]]]) -> Any:
    """GatherBy and SplitBy: `divide` gives the index groups for a list of values of f."""
    inner = children(expr)
    if inner is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr, f)))
        return None
    functions = items(f) if is_list(f) else (f,)
    if not functions:
        return expr
    groups = divide(values_of(ev, functions[0], expr))
    parts = [_group(expr, inner, g) for g in groups]
    if len(functions) > 1:
        parts = [_by(ev, name, part, make_list(functions[1:]), divide) for part in parts]
    return make_list(parts)


def runs(values: tuple[Any, ...] | list[Any], equal: Callable[[Any, Any], bool]) -> list[list[int]]:
    """The indices in runs of elements each equal to the one before it."""
    out: list[list[int]] = []
    for i, x in enumerate(values):
        if out and equal(values[i - 1], x):
            out[-1].append(i)
        else:
            out.append([i])
    return out


@builtin("Split")
def split(ev: Any, expr: Any, test: Any = S.Automatic) -> Any:
    """Split[list] splits list into runs of identical adjacent elements; Split[list, test] where test of
    neighbours is not True.

    >>> Split[{a, a, b, a}]
    {{a, a}, {b}, {a}}
    >>> Split[{1, 2, 4, 5}, #2 == #1 + 1 &]
    {{1, 2}, {4, 5}}
    """
    inner = children(expr)
    if inner is None:
        ev.message("Split", "normal", 1, Expr(S.Split, (expr,)))
        return None
    groups = runs(inner, equivalence(ev, test) or same)
    return Expr(
        head_of(expr) if type(expr) is Expr else S.List, tuple(_group(expr, inner, g) for g in groups)
    )


@builtin("SplitBy", operator=0)
def split_by(ev: Any, expr: Any, f: Any) -> Any:
    """SplitBy[list, f] splits list into runs of adjacent elements at which f has the same value.
    SplitBy[list, {f1, f2, ...}] splits the runs again by the next function.

    >>> SplitBy[{1, 3, 2, 4, 5}, OddQ]
    {{1, 3}, {2, 4}, {5}}
    """
    return _by(ev, "SplitBy", expr, f, lambda values: runs(values, same))


@builtin("DeleteElements", operator=0)
def delete_elements(ev: Any, expr: Any, elements: Any) -> Any:
    """DeleteElements[list, {e1, e2, ...}] deletes all elements of list that are among the ei.
    DeleteElements[list, n -> {e1, e2, ...}] deletes at most n of each, from the left.

    >>> DeleteElements[{a, b, a, c}, {a}]
    {b, c}
    >>> DeleteElements[{a, b, a, c}, 1 -> {a}]
    {b, a, c}
    """
    limit: Any = None
    if is_rule(elements) and type(elements.args[0]) is int:
        limit, elements = elements.args
    inner, gone = children(expr), children(elements)
    if inner is None or gone is None:
        ev.message(
            "DeleteElements", "normal", 1 if inner is None else 2, Expr(S.DeleteElements, (expr, elements))
        )
        return None
    left = {key(x): len(inner) if limit is None else limit for x in gone}
    keep = []
    for x in inner:
        k = key(x)
        drop = left.get(k, 0) > 0
        if drop:
            left[k] -= 1
        keep.append(not drop)
    return chosen(expr, keep)
