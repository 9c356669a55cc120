"""ContainsAll, ContainsAny, ContainsNone, ContainsOnly, SubsetQ, DisjointQ: what lists have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Expr, S, truth
from wlnet.kernel.registry import builtin

from .levels import children
from .sets import equivalence, member_of


def _sides(
    ev: Any, name: str, a: Any, b: Any, test: Any
) -> tuple[Any, Any, Callable[[Any, Any], bool] | None] | None:
    first, second = children(a), children(b)
    for i, inner in enumerate((first, second), 1):
        if inner is None:
            ev.message(name, "normal", i, Expr(getattr(S, name), (a, b)))
            return None
    return first, second, equivalence(ev, test)


@builtin("ContainsAll", operator=0)
def contains_all(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """ContainsAll[a, b] tells whether a contains all elements of b.

    >>> ContainsAll[{a, b, c}, {c, a}]
    True
    """
    sides = _sides(ev, "ContainsAll", a, b, same_test)
    return None if sides is None else truth(all(map(member_of(sides[0], sides[2]), sides[1])))


@builtin("ContainsAny", operator=0)
def contains_any(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """ContainsAny[a, b] tells whether a contains an element of b.

    >>> ContainsAny[{a, b}, {b, x}]
    True
    """
    sides = _sides(ev, "ContainsAny", a, b, same_test)
    return None if sides is None else truth(any(map(member_of(sides[0], sides[2]), sides[1])))


@builtin("ContainsNone", operator=0)
def contains_none(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """ContainsNone[a, b] tells whether a contains no element of b.

    >>> ContainsNone[{a, b}, {x}]
    True
    """
    sides = _sides(ev, "ContainsNone", a, b, same_test)
    return None if sides is None else truth(not any(map(member_of(sides[0], sides[2]), sides[1])))


@builtin("ContainsOnly", operator=0)
def contains_only(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """ContainsOnly[a, b] tells whether a contains only elements of b.

    >>> ContainsOnly[{a, a}, {a, b}]
    True
    """
    sides = _sides(ev, "ContainsOnly", a, b, same_test)
    return None if sides is None else truth(all(map(member_of(sides[1], sides[2]), sides[0])))


@builtin("ContainsExactly", operator=0)
def contains_exactly(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """ContainsExactly[a, b] tells whether a and b contain the same elements, in any order and number.

    >>> ContainsExactly[{a, b, a}, {b, a}]
    True
    """
    sides = _sides(ev, "ContainsExactly", a, b, same_test)
    if sides is None:
        return None
    first, second, equal = sides
    return truth(all(map(member_of(first, equal), second)) and all(map(member_of(second, equal), first)))


@builtin("SubsetQ", operator=0)
def subset_q(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """SubsetQ[a, b] tells whether b is a subset of a.

    >>> SubsetQ[{a, b, c}, {b}]
    True
    """
    sides = _sides(ev, "SubsetQ", a, b, same_test)
    return None if sides is None else truth(all(map(member_of(sides[0], sides[2]), sides[1])))


@builtin("DisjointQ", operator=0)
def disjoint_q(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """DisjointQ[a, b] tells whether a and b have no element in common.

    >>> DisjointQ[{a, b}, {c}]
    True
    """
    sides = _sides(ev, "DisjointQ", a, b, same_test)
    return None if sides is None else truth(not any(map(member_of(sides[0], sides[2]), sides[1])))


@builtin("IntersectingQ", operator=0)
def intersecting_q(ev: Any, a: Any, b: Any, *, same_test: Any = S.Automatic) -> Any:
    """IntersectingQ[a, b] tells whether a and b have an element in common.

    >>> IntersectingQ[{a, b}, {b, c}]
    True
    """
    sides = _sides(ev, "IntersectingQ", a, b, same_test)
    return None if sides is None else truth(any(map(member_of(sides[0], sides[2]), sides[1])))
