"""Equal, Unequal, SameQ, Less and kin, Inequality: comparing values, exact, inexact and symbolic."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import (
    FALSE,
    TRUE,
    Association,
    BigReal,
    Complex,
    Expr,
    S,
    Symbol,
    is_list,
    is_number,
    items,
    same,
    truth,
)
from wlnet.expr.attributes import CONSTANT, NUMERIC_FUNCTION
from wlnet.kernel.registry import builtin

from .numbers import parts

# Machine reals are equal when they differ in at most their last seven of 53 bits (manual, Equal).
TOLERANCE = 2.0**-46

_PLAIN = (int, float, Fraction)


def is_numeric(value: Any) -> bool:
    """NumericQ: a number, a mathematical constant, or a numeric function of such. Iterative."""
    stack = [value]
    while stack:
        part = stack.pop()
        kind = type(part)
        if kind is Symbol:
            if not part.attributes & CONSTANT:
                return False
        elif kind is Expr:
            head = part.head
            if type(head) is not Symbol or not head.attributes & NUMERIC_FUNCTION:
                return False
            stack.extend(part.args)
        elif not is_number(part):
            return False
    return True


def infinity_sign(value: Any) -> int:
    """1 for Infinity, -1 for -Infinity, else 0."""
    if (
        type(value) is Expr
        and value.head is S.DirectedInfinity
        and len(value.args) == 1
        and value.args[0] in (1, -1)
    ):
        return int(value.args[0])
    return 1 if value is S.Infinity else 0


def difference_sign(ev: Any, a: Any, b: Any) -> int | None:
    """The sign of a - b for real numeric values, symbolic ones such as Pi and Sqrt[2] included; None when
    not both are.

    Exact symbolic numbers are compared at machine precision, then at 50 digits; what is zero to 50 digits
    is zero.
    """
    if type(a) in _PLAIN and type(b) in _PLAIN:
        return int(a > b) - int(a < b)
    left, right = infinity_sign(a), infinity_sign(b)
    if left or right:
        if left and right:
            return (left > right) - (left < right)
        return (left or -right) if _is_real(ev, b if left else a) else None
    if not (is_numeric(a) and is_numeric(b)):
        return None
    gap = ev.evaluate(Expr(S.Subtract, (a, b)))
    if type(gap) in _PLAIN:
        return int(gap > 0) - int(gap < 0)
    if type(gap) is BigReal:
        return 0 if _is_noise(gap) else (1 if gap.value > 0 else -1)
    return None if type(gap) is Complex else _numeric_sign(ev, gap, a, b)


def _is_real(ev: Any, value: Any) -> bool:
    if type(value) in _PLAIN or type(value) is BigReal:
        return True
    return is_numeric(value) and type(ev.evaluate(Expr(S.N, (value,)))) in (float, int, BigReal)


def _is_noise(gap: BigReal) -> bool:
    """Whether a difference of big reals has no digit of its own left."""
    return bool(gap.value == 0) or gap.digits < 1


def _numeric_sign(ev: Any, gap: Any, a: Any, b: Any) -> int | None:
    value = ev.evaluate(Expr(S.N, (gap,)))
    scale = ev.evaluate(Expr(S.N, (a,)))
    if type(value) is float and type(scale) is float:
        if abs(value) > 1e-10 * max(1.0, abs(scale)):
            return 1 if value > 0 else -1
        value = ev.evaluate(Expr(S.N, (gap, 50)))
    if type(value) is BigReal:
        return 0 if abs(value.value) < 1e-40 else (1 if value.value > 0 else -1)
    if type(value) in _PLAIN:
        return int(value > 0) - int(value < 0)
    return None


def _equal_numbers(ev: Any, a: Any, b: Any) -> bool | None:
    if type(a) is Complex or type(b) is Complex:
        left, right = parts(a), parts(b)
        scale = max(math.hypot(*left), math.hypot(*right)) if _machine(*left, *right) else 0
        return all(_close(ev, x, y, scale) for x, y in zip(left, right, strict=True))
    return _close(ev, a, b, 0)


def _machine(*parts: Any) -> bool:
    return any(type(x) is float for x in parts) and all(type(x) in _PLAIN for x in parts)


def _close(ev: Any, a: Any, b: Any, scale: float) -> bool:
    if type(a) is float or type(b) is float:
        try:
            x, y = float(_value(a)), float(_value(b))
        except OverflowError:
            return False
        return x == y or abs(x - y) <= TOLERANCE * max(abs(x), abs(y), scale)
    if type(a) is BigReal or type(b) is BigReal:
        gap = ev.evaluate(Expr(S.Subtract, (a, b)))
        if type(gap) is not BigReal:
            return gap in (0, 0.0)
        digits = min(x.digits for x in (a, b) if type(x) is BigReal)
        size = max(abs(x.value) for x in (a, b) if type(x) is BigReal)
        return bool(abs(gap.value) <= size * 10.0 ** (2.1 - digits))
    return bool(a == b)


def _value(x: Any) -> Any:
    return x.value if type(x) is BigReal else x


def equal(ev: Any, a: Any, b: Any) -> bool | None:
    """Equal for two values: True, False, or None where it is not known."""
    if is_number(a) and is_number(b):
        return _equal_numbers(ev, a, b)
    if a is S.Indeterminate or b is S.Indeterminate:
        return None
    if type(a) is np.ndarray and type(b) is np.ndarray:
        return _equal_arrays(a, b)
    if same(a, b):
        return True
    if is_list(a) and is_list(b):
        return _all_equal(ev, items(a), items(b))
    if type(a) is Association and type(b) is Association:
        if list(a.entries) != list(b.entries):
            return False
        return _all_equal(ev, tuple(a.values()), tuple(b.values()))
    if type(a) is str or type(b) is str:
        return False if is_number(a) or is_number(b) or type(a) is type(b) else None
    if (a is TRUE or a is FALSE) and (b is TRUE or b is FALSE):
        return False
    sign = difference_sign(ev, a, b)
    if sign is not None:
        return sign == 0
    if is_numeric(a) and is_numeric(b):
        return _equal_complex(ev, a, b)
    return None


def _all_equal(ev: Any, left: tuple[Any, ...], right: tuple[Any, ...]) -> bool | None:
    if len(left) != len(right):
        return False
    known = True
    for x, y in zip(left, right, strict=True):
        outcome = equal(ev, x, y)
        if outcome is False:
            return False
        known = known and outcome is True
    return True if known else None


def _equal_arrays(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape:
        return False
    if a.dtype == b.dtype == np.int64:
        return bool(np.array_equal(a, b))
    scale = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(invalid="ignore"):
        return bool(np.all((a == b) | (np.abs(a - b) <= TOLERANCE * scale)))


def _equal_complex(ev: Any, a: Any, b: Any) -> bool | None:
    """Exact complex numbers that are no explicit ones, by 50 digits of their difference."""
    gap = ev.evaluate(Expr(S.N, (Expr(S.Subtract, (a, b)), 50)))
    if type(gap) is Complex:
        parts = [abs(float(_value(x))) for x in (gap.re, gap.im)]
        return max(parts) < 1e-40
    return None if not is_number(gap) else abs(_value(gap)) < 1e-40


@builtin("Equal")
def equal_(ev: Any, *args: Any) -> Any:
    """Equal[a, b], or a == b, is True when a and b are equal, False when they are known to differ, else
    stays as an equation.
    Machine reals are equal when they differ in at most their last seven bits. a == b == c tests all.

    >>> {1 == 1., "a" == "b", x == x, {1, 2} == {1, 3}}
    {True, False, True, False}
    >>> x == 1
    x == 1
    """
    if len(args) == 2:
        outcome = args[0] == args[1] if type(args[0]) is type(args[1]) is int else equal(ev, *args)
        return TRUE if outcome else FALSE if outcome is False else None
    return _chain(args, lambda a, b: equal(ev, a, b))


def _chain(args: tuple[Any, ...], test: Callable[[Any, Any], bool | None]) -> Any:
    """True when `test` holds for all neighbours, False as soon as it fails for a pair,
    None when undecided."""
    known = True
    for a, b in itertools.pairwise(args):
        outcome = test(a, b)
        if outcome is False:
            return FALSE
        known = known and outcome is True
    return TRUE if known else None


@builtin("Unequal")
def unequal(ev: Any, *args: Any) -> Any:
    """Unequal[a, b], or a != b, is True when a and b are known to differ, False when they are equal.
    Unequal[a, b, c, ...] is True when no two are equal.

    >>> {1 != 2, "a" != "a", 1 != 2 != 1}
    {True, False, False}
    """
    known = True
    for a, b in itertools.combinations(args, 2):
        outcome = equal(ev, a, b)
        if outcome is True:
            return FALSE
        known = known and outcome is False
    return TRUE if known else None


@builtin("SameQ")
def same_q(ev: Any, *args: Any) -> Any:
    """SameQ[a, b], or a === b, is True when a and b are identical expressions, else False.

    >>> {a === a, 1 === 1., x === y}
    {True, False, False}
    """
    return truth(all(same(a, b) for a, b in itertools.pairwise(args)))


@builtin("UnsameQ")
def unsame_q(ev: Any, *args: Any) -> Any:
    """UnsameQ[a, b], or a =!= b, is True when a and b are not identical. With several arguments, when no
    two are.

    >>> {a =!= a, x =!= y}
    {False, True}
    """
    return truth(not any(same(a, b) for a, b in itertools.combinations(args, 2)))


NOT_ORDERED = {"nord": "Invalid comparison with `1` attempted."}


def _ordered(ev: Any, name: str, test: Callable[[int, int], bool]) -> Callable[[Any, Any], bool | None]:
    def compare(a: Any, b: Any) -> bool | None:
        for x in (a, b):
            if type(x) is Complex:
                ev.message(name, "nord", x)
                return None
        sign = difference_sign(ev, a, b)
        return None if sign is None else test(sign, 0)

    return compare


def _compared(ev: Any, name: str, args: tuple[Any, ...]) -> Any:
    test = ORDERINGS[name]
    if len(args) == 2 and type(args[0]) in (int, float) and type(args[1]) in (int, float):
        return TRUE if test(args[0], args[1]) else FALSE
    return _chain(args, _ordered(ev, name, test))


ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "Less": operator.lt,
    "LessEqual": operator.le,
    "Greater": operator.gt,
    "GreaterEqual": operator.ge,
}


@builtin("Less", messages=NOT_ORDERED)
def less(ev: Any, *args: Any) -> Any:
    """Less[a, b], or a < b, is True when a is less than b. a < b < c tests all.

    >>> {1 < 2, 3 < Pi, 1 < 2 < 2}
    {True, True, False}
    >>> x < 1
    x < 1
    """
    return _compared(ev, "Less", args)


@builtin("LessEqual", messages=NOT_ORDERED)
def less_equal(ev: Any, *args: Any) -> Any:
    """LessEqual[a, b], or a <= b, is True when a is less than or equal to b.

    >>> {1 <= 1, 2 <= 3/2}
    {True, False}
    """
    return _compared(ev, "LessEqual", args)


@builtin("Greater", messages=NOT_ORDERED)
def greater(ev: Any, *args: Any) -> Any:
    """Greater[a, b], or a > b, is True when a is greater than b.

    >>> {2 > 1, E > 3, Infinity > 10^100}
    {True, False, True}
    """
    return _compared(ev, "Greater", args)


@builtin("GreaterEqual", messages=NOT_ORDERED)
def greater_equal(ev: Any, *args: Any) -> Any:
    """GreaterEqual[a, b], or a >= b, is True when a is greater than or equal to b.

    >>> {1 >= 1, 1 >= 2}
    {True, False}
    """
    return _compared(ev, "GreaterEqual", args)


RELATIONS = (S.Less, S.LessEqual, S.Greater, S.GreaterEqual, S.Equal, S.Unequal)


@builtin("Inequality")
def inequality(ev: Any, *args: Any) -> Any:
    """Inequality[a, rel1, b, rel2, c, ...] stands for a chain of different relations such as a < b <= c.

    >>> 1 < 2 <= 2
    True
    >>> 0 < x <= 1
    0 < x <= 1
    """
    if (
        len(args) % 2 == 0
        or len(args) < 3
        or any(type(r) is not Symbol or r not in RELATIONS for r in args[1::2])
    ):
        return TRUE if len(args) == 1 else None
    if len(set(args[1::2])) == 1:
        return Expr(args[1], args[::2])
    outcomes = [ev.evaluate(Expr(args[i], (args[i - 1], args[i + 1]))) for i in range(1, len(args), 2)]
    if any(x is FALSE for x in outcomes):
        return FALSE
    if all(x is TRUE for x in outcomes):
        return TRUE
    first, last = 0, len(outcomes)
    while outcomes[first] is TRUE:
        first += 1
    while outcomes[last - 1] is TRUE:
        last -= 1
    return Expr(S.Inequality, args[2 * first : 2 * last + 1]) if last - first < len(outcomes) else None


@builtin("Between", operator=0)
def between(ev: Any, x: Any, bounds: Any) -> Any:
    """Between[x, {min, max}] tells whether min <= x <= max; Between[x, {{min1, max1}, ...}] whether one of
    several ranges holds x.

    >>> {Between[2, {1, 3}], Between[2, {{3, 4}, {1, 2}}]}
    {True, True}
    """
    if not is_list(bounds):
        return None
    ranges = items(bounds)
    if ranges and not any(map(is_list, ranges)):
        ranges = (bounds,)
    if not all(is_list(r) and len(items(r)) == 2 for r in ranges):
        return None
    tests = [Expr(S.LessEqual, (items(r)[0], x, items(r)[1])) for r in ranges]
    return tests[0] if len(tests) == 1 else Expr(S.Or, tuple(tests))
