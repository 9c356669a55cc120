"""NumericalSort, AlphabeticSort, LexicographicSort, PositionLargest, Permute, Signature:
further orders and permutations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from wlnet.expr import Association, Expr, S, is_list, is_real_number, items, make_list
from wlnet.expr.order import compare, compare_strings
from wlnet.kernel.registry import builtin

from .comparison import difference_sign
from .levels import children, size
from .sorting import first_by, numeric_keys, reordered, sortable

Comparison = Callable[[Any, Any], int]


def numerical_order(ev: Any, a: Any, b: Any) -> int:
    """-1, 0 or 1 by numerical value where both are real, else canonically; what is no number comes last."""
    sign = difference_sign(ev, a, b)
    if sign:
        return sign
    left, right = is_real_number(a), is_real_number(b)
    if sign is None and left != right:
        return -1 if left else 1
    return compare(a, b)


def alphabetic_order(ev: Any, a: Any, b: Any) -> int:
    """-1, 0 or 1 in the order of a dictionary."""
    return compare_strings(a, b) if type(a) is str and type(b) is str else compare(a, b)


def lexicographic_order(ev: Any, a: Any, b: Any) -> int:
    """-1, 0 or 1 by the first elements that differ; a list comes after its own beginnings."""
    if type(a) is str and type(b) is str:
        return (a > b) - (a < b)
    left, right = children(a), children(b)
    if left is None or right is None:
        return compare(a, b)
    for x, y in zip(left, right, strict=False):
        outcome = lexicographic_order(ev, x, y)
        if outcome:
            return outcome
    return (len(left) > len(right)) - (len(left) < len(right))


def _sorted_by(ev: Any, name: str, expr: Any, order: Callable[[Any, Any, Any], int]) -> Any:
    inner = children(expr)
    if inner is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr,)))
        return None
    keys = list(map(cmp_to_key(lambda a, b: order(ev, a, b)), inner))
    return reordered(expr, sorted(range(len(keys)), key=keys.__getitem__))


@builtin("NumericalOrder")
def numerical_order_(ev: Any, a: Any, b: Any) -> Any:
    """NumericalOrder[a, b] gives 1 if a comes before b by numerical value, -1 if after,
    0 if they are the same.

    >>> {NumericalOrder[3, Pi], NumericalOrder[2, 1]}
    {1, -1}
    """
    return -numerical_order(ev, a, b)


@builtin("NumericalSort")
def numerical_sort(ev: Any, expr: Any) -> Any:
    """NumericalSort[list] sorts the elements of list by numerical value.

    >>> NumericalSort[{Pi, 3, Sqrt[2], 4}]
    {Sqrt[2], 3, Pi, 4}
    """
    return _sorted_by(ev, "NumericalSort", expr, numerical_order)


@builtin("AlphabeticOrder", operator=0)
def alphabetic_order_(ev: Any, a: Any, b: Any) -> Any:
    """AlphabeticOrder["s", "t"] gives 1 if s comes before t in a dictionary, -1 if after,
    0 if they are the same.

    >>> AlphabeticOrder["abc", "B"]
    1
    """
    return -alphabetic_order(ev, a, b)


@builtin("AlphabeticSort")
def alphabetic_sort(ev: Any, expr: Any) -> Any:
    """AlphabeticSort[list] sorts the strings of list as a dictionary does.

    >>> AlphabeticSort[{"b", "A", "c", "B"}]
    {A, b, B, c}
    """
    return _sorted_by(ev, "AlphabeticSort", expr, alphabetic_order)


@builtin("LexicographicOrder")
def lexicographic_order_(ev: Any, a: Any, b: Any) -> Any:
    """LexicographicOrder[a, b] gives 1 if a comes before b by the first elements that differ, -1 if after, 0
    if they are the same.

    >>> {LexicographicOrder[{1, 2, 3}, {2}], LexicographicOrder[{1, 2}, {1}]}
    {1, -1}
    """
    return -lexicographic_order(ev, a, b)


@builtin("LexicographicSort")
def lexicographic_sort(ev: Any, expr: Any) -> Any:
    """LexicographicSort[list] sorts lists by the first elements that differ, whatever their lengths.

    >>> LexicographicSort[{{2}, {1, 2, 3}, {1}}]
    {{1}, {1, 2, 3}, {2}}
    """
    return _sorted_by(ev, "LexicographicSort", expr, lexicographic_order)


def _positions(ev: Any, name: str, expr: Any, count: Any, *, largest: bool) -> Any:
    inner = children(expr)
    if inner is None:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr,)))
        return None
    names = list(expr.keys()) if type(expr) is Association else list(range(1, len(inner) + 1))
    keys = numeric_keys(ev, inner)
    if count is None:
        best = (max(keys) if largest else min(keys)) if keys else None
        return make_list(name for name, k in zip(names, keys, strict=True) if not (k < best or best < k))
    if type(count) is not int or not 0 <= count <= len(inner):
        ev.message(name, "insuff", count, len(inner))
        return None
    return make_list(names[i] for i in first_by(keys, count, largest=largest))


FEW = {"insuff": "Cannot take `1` elements: there are only `2`."}


@builtin("PositionLargest", messages=FEW)
def position_largest(ev: Any, expr: Any, count: Any = None) -> Any:
    """PositionLargest[list] gives the positions of the largest element; PositionLargest[list, n] of the n
    largest, largest first.

    >>> PositionLargest[{1, 5, 3, 5}]
    {2, 4}
    """
    return _positions(ev, "PositionLargest", expr, count, largest=True)


@builtin("PositionSmallest", messages=FEW)
def position_smallest(ev: Any, expr: Any, count: Any = None) -> Any:
    """PositionSmallest[list] gives the positions of the smallest element;
    PositionSmallest[list, n] of the n smallest.

    >>> PositionSmallest[{4, 1, 3}]
    {2}
    """
    return _positions(ev, "PositionSmallest", expr, count, largest=False)


# Permutations of positions


def mapping(permutation: Any, length: int) -> list[int] | None:
    """For each 0-based element where it goes, from a list {p1, p2, ...} or Cycles[{{a, b, ...}, ...}]; None
    if neither.
    """
    if type(permutation) is Expr and permutation.head is S.Cycles and len(permutation.args) == 1:
        goes = list(range(length))
        for cycle in items(permutation.args[0]) if is_list(permutation.args[0]) else ():
            steps = items(cycle) if is_list(cycle) else ()
            if not all(type(x) is int and 1 <= x <= length for x in steps):
                return None
            for a, b in zip(steps, (*steps[1:], *steps[:1]), strict=True):
                goes[a - 1] = b - 1
        return goes if sorted(goes) == list(range(length)) else None
    if not is_list(permutation):
        return None
    goes = [x - 1 if type(x) is int else -1 for x in items(permutation)]
    goes += range(len(goes), length)
    return goes if sorted(goes) == list(range(length)) else None


@builtin("Permute", messages={"perm": "`1` is not a permutation of `2` elements."})
def permute(ev: Any, expr: Any, permutation: Any) -> Any:
    """Permute[expr, perm] puts element i of expr at position perm[[i]].
    The permutation is a list of positions or Cycles[{cycle1, cycle2, ...}], each cycle a list of positions.

    >>> Permute[{a, b, c}, {2, 3, 1}]
    {c, a, b}
    >>> Permute[{a, b, c}, Cycles[{{1, 2}}]]
    {b, a, c}
    """
    count = size(expr)
    if count is None:
        ev.message("Permute", "normal", 1, Expr(S.Permute, (expr, permutation)))
        return None
    goes = mapping(permutation, count)
    if goes is None:
        ev.message("Permute", "perm", permutation, count)
        return None
    source = [0] * count
    for i, place in enumerate(goes):
        source[place] = i
    return reordered(expr, source)


@builtin("Signature")
def signature(ev: Any, expr: Any) -> Any:
    """Signature[list] gives 1 or -1 as the permutation that sorts list is even or odd,
    and 0 if elements are equal.

    >>> {Signature[{2, 1, 3}], Signature[{a, b}], Signature[{a, a}]}
    {-1, 1, 0}
    """
    inner = children(expr)
    if inner is None:
        return None
    keys = sortable(inner)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    if any(not keys[a] < keys[b] for a, b in zip(order, order[1:], strict=False)):
        return 0
    sign, seen = 1, [False] * len(order)
    for start in range(len(order)):
        length, i = 0, start
        while not seen[i]:
            seen[i] = True
            i = order[i]
            length += 1
        if length and length % 2 == 0:
            sign = -sign
    return sign
