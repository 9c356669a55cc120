"""Interval[{a, b}, ...]: sets of real numbers between ends, and arithmetic on them.

The ends are real quantities of any kind (exact ones stay exact); the intervals of one expression are disjoint
and in order. Inexact ends are not rounded outwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, TRUE, Complex, Expr, S, is_list, items, make_list, truth
from wlnet.kernel.operands import operand
from wlnet.kernel.registry import builtin

from . import numbers
from .numeric import numeric_q, sign_of

Pair = tuple[Any, Any]
INFINITY = Expr(S.DirectedInfinity, (1,))
MINUS_INFINITY = Expr(S.DirectedInfinity, (-1,))
MESSAGES = {"nvld": "`1` is not a pair of real numbers, the ends of an interval."}

# Functions that grow with their argument wherever they are real.
_RISING = """
    Log ArcSin ArcTan Sinh Tanh ArcSinh ArcTanh Erf Floor Ceiling Round Sign UnitStep Log2 Log10
    IntegerPart CubeRoot ArcCosh Ramp
"""
RISING = frozenset(getattr(S, n) for n in _RISING.split())
FALLING = frozenset((S.ArcCos, S.ArcCot, S.Erfc))


def less(ev: Any, a: Any, b: Any) -> bool:
    """Whether a < b, for real quantities and infinities."""
    if type(a) in numbers.KIND and type(b) in numbers.KIND:
        return numbers.sign(numbers.subtract(a, b)) < 0
    if any(type(x) is Expr and x.head is S.DirectedInfinity for x in (a, b)):
        return ev.evaluate(Expr(S.Less, (a, b))) is TRUE
    return (sign_of(ev, ev.evaluate(Expr(S.Subtract, (a, b)))) or 0) < 0


def smallest(ev: Any, values: list[Any]) -> Any:
    best = values[0]
    for v in values[1:]:
        best = v if less(ev, v, best) else best
    return best


def largest(ev: Any, values: list[Any]) -> Any:
    best = values[0]
    for v in values[1:]:
        best = v if less(ev, best, v) else best
    return best


def real_end(x: Any) -> bool:
    """Whether `x` may be the end of an interval."""
    if type(x) is Complex:
        return False
    return numeric_q(x) or (type(x) is Expr and x.head is S.DirectedInfinity and x.args in ((1,), (-1,)))


def pairs_of(x: Any) -> list[Pair] | None:
    """The ends of the intervals of Interval[...], or of a number as one; None for anything else."""
    if type(x) is Expr and x.head is S.Interval:
        found = [tuple(items(p)) for p in x.args if is_list(p) and len(items(p)) == 2]
        return found if len(found) == len(x.args) else None  # type: ignore[return-value]
    return [(x, x)] if real_end(x) else None


def interval(ev: Any, pairs: list[Pair]) -> Expr:
    """The union of the given intervals as Interval[...]: in order, those that touch joined."""
    left = [(b, a) if less(ev, b, a) else (a, b) for a, b in pairs]
    done: list[Pair] = []
    while left:
        first = left[0]
        for p in left[1:]:
            if less(ev, p[0], first[0]):
                first = p
        left.remove(first)
        if done and not less(ev, done[-1][1], first[0]):
            done[-1] = (done[-1][0], largest(ev, [done[-1][1], first[1]]))
        else:
            done.append(first)
    return Expr(S.Interval, tuple(make_list(p) for p in done))


@builtin("Interval", messages=MESSAGES)
def interval_(ev: Any, *pairs: Any) -> Any:
    """Interval[{a, b}] is the set of real numbers from a to b; Interval[{a, b}, {c, d}, ...] a union of such.

    >>> {Interval[{1, 3}] + 2, Interval[{-1, 2}]^2, 1/Interval[{2, 4}]}
    {Interval[{3, 5}], Interval[{0, 4}], Interval[{1/4, 1/2}]}
    >>> Interval[{1, 3}, {2, 5}, {7, 8}]
    Interval[{1, 5}, {7, 8}]
    """
    found: list[Pair] = []
    for p in pairs:
        ends = items(p) if is_list(p) else (p, p)
        if len(ends) != 2 or not all(map(real_end, ends)):
            if is_list(p) and any(type(e) is str for e in ends):
                ev.message("Interval", "nvld", p)
            return None
        found.append((ends[0], ends[1]))
    new = interval(ev, found)
    return None if new.args == pairs or _same_args(new.args, pairs) else new


def _same_args(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    from wlnet.expr import same

    return len(a) == len(b) and all(is_list(y) and same(x, y) for x, y in zip(a, b, strict=True))


# ------------------------------------------------------------------------------------------------- arithmetic


def _combine(ev: Any, a: list[Pair], b: list[Pair], act: Callable[[Any, Pair, Pair], Pair]) -> list[Pair]:
    return [act(ev, p, q) for p in a for q in b]


def _value(ev: Any, head: Any, *args: Any) -> Any:
    return ev.evaluate(Expr(head, args))


def _sum(ev: Any, p: Pair, q: Pair) -> Pair:
    return _value(ev, S.Plus, p[0], q[0]), _value(ev, S.Plus, p[1], q[1])


def _product(ev: Any, p: Pair, q: Pair) -> Pair:
    found = [0 if _zero(a) or _zero(b) else _value(ev, S.Times, a, b) for a in p for b in q]
    return smallest(ev, found), largest(ev, found)


def _zero(x: Any) -> bool:
    return type(x) in numbers.KIND and numbers.is_zero(x)


def _reciprocal(ev: Any, p: Pair) -> list[Pair]:
    """1/p; where p holds 0 inside, two rays."""
    low, high = (sign_of_end(ev, e) for e in p)
    first, second = (_zero_safe(ev, e) for e in p)
    if low > 0 or high < 0:
        return [(second, first)]
    if low == 0 and high == 0:
        return [(MINUS_INFINITY, INFINITY)]
    if low == 0:
        return [(second, INFINITY)]
    return [(MINUS_INFINITY, first)] if high == 0 else [(MINUS_INFINITY, first), (second, INFINITY)]


def _zero_safe(ev: Any, e: Any) -> Any:
    return INFINITY if _zero(e) else _value(ev, S.Power, e, -1)


def sign_of_end(ev: Any, x: Any) -> int:
    """-1, 0 or 1 for a real quantity or an infinity."""
    if type(x) is Expr and x.head is S.DirectedInfinity:
        return 1 if x.args == (1,) else -1
    return sign_of(ev, x) or 0


def _integer_power(ev: Any, pairs: list[Pair], n: int) -> list[Pair]:
    if n < 0:
        return [q for p in _integer_power(ev, pairs, -n) for q in _reciprocal(ev, p)]
    out: list[Pair] = []
    for p in pairs:
        a, b = (_value(ev, S.Power, e, n) for e in p)
        if n % 2:
            out.append((a, b))
        elif sign_of_end(ev, p[0]) < 0 < sign_of_end(ev, p[1]):
            out.append((0, largest(ev, [a, b])))
        else:
            out.append((smallest(ev, [a, b]), largest(ev, [a, b])))
    return out


def _power(ev: Any, base: Any, exponent: Any) -> Any:
    bases, exponents = pairs_of(base), pairs_of(exponent)
    if bases is None or exponents is None:
        return None
    if type(exponent) is int:
        return interval(ev, _integer_power(ev, bases, exponent))
    if any(sign_of_end(ev, p[0]) < 0 for p in bases):
        return None
    found = []
    for p in bases:
        for q in exponents:
            corners = [_value(ev, S.Power, a, b) for a in p for b in q]
            found.append((smallest(ev, corners), largest(ev, corners)))
    return interval(ev, found)


def _monotone(ev: Any, head: Any, pairs: list[Pair], rising: bool) -> Any:
    found = []
    for a, b in pairs:
        ends = (_value(ev, head, a), _value(ev, head, b))
        if not all(map(real_end, ends)):
            return None
        found.append(ends if rising else ends[::-1])
    return interval(ev, found)


def _wave(ev: Any, head: Any, pairs: list[Pair]) -> Any:
    """Sin or Cos: 1 and -1 where a crest or a trough lies inside."""
    crest: Any = Expr(S.Times, (S.Pi, Expr(S.Divide, (1, 2)))) if head is S.Sin else 0
    found = []
    for a, b in pairs:
        ends = [_value(ev, head, e) if numeric_q(e) else None for e in (a, b)]
        values = [e for e in ends if e is not None]
        for place, peak in ((crest, 1), (Expr(S.Plus, (crest, S.Pi)), -1)):
            if None in ends or _holds_turn(ev, a, b, place):
                values.append(peak)
        found.append((smallest(ev, values), largest(ev, values)))
    return interval(ev, found)


def _holds_turn(ev: Any, a: Any, b: Any, place: Any) -> bool:
    """Whether place + 2 Pi k lies from a to b for an integer k."""
    turns = [Expr(S.Divide, (Expr(S.Subtract, (e, place)), Expr(S.Times, (2, S.Pi)))) for e in (a, b)]
    low, high = _value(ev, S.Ceiling, turns[0]), _value(ev, S.Floor, turns[1])
    return type(low) is int and type(high) is int and low <= high


def _absolute(ev: Any, pairs: list[Pair]) -> Any:
    found = []
    for a, b in pairs:
        ends = [_value(ev, S.Abs, e) for e in (a, b)]
        across = sign_of_end(ev, a) < 0 < sign_of_end(ev, b)
        found.append((0 if across else smallest(ev, ends), largest(ev, ends)))
    return interval(ev, found)


def _of_one(ev: Any, head: Any, pairs: list[Pair]) -> Any:
    if head in RISING or head in FALLING:
        return _monotone(ev, head, pairs, head in RISING)
    if head is S.Sin or head is S.Cos:
        return _wave(ev, head, pairs)
    if head is S.Abs or head is S.RealAbs:
        return _absolute(ev, pairs)
    if head is S.Min:
        return pairs[0][0]
    if head is S.Max:
        return pairs[-1][1]
    if head is S.NumericQ or head is S.IntervalQ:
        return TRUE if head is S.IntervalQ else FALSE
    return None


COMPARISONS = (S.Less, S.LessEqual, S.Greater, S.GreaterEqual, S.Equal, S.Unequal)


def _compare(ev: Any, head: Any, a: list[Pair], b: list[Pair]) -> Any:
    """A relation that holds for all members is True, one that holds for none False."""
    below = _value(ev, head, a[-1][1], b[0][0])
    above = _value(ev, head, a[0][0], b[-1][1])
    if head in (S.Equal, S.Unequal):
        apart = less(ev, a[-1][1], b[0][0]) or less(ev, b[-1][1], a[0][0])
        return truth(head is S.Unequal) if apart else None
    if below is TRUE and above is TRUE:
        return TRUE
    return FALSE if below is FALSE and above is FALSE else None


@operand("Interval")
def _with_interval(ev: Any, call: Expr) -> Any:
    head, args = call.head, call.args
    if head is S.Plus or head is S.Times:
        return _folded(ev, head, args)
    if head is S.Power and len(args) == 2:
        return _power(ev, *args)
    if len(args) == 1:
        pairs = pairs_of(args[0])
        return _of_one(ev, head, pairs) if pairs else None
    if len(args) == 2 and head in COMPARISONS:
        a, b = pairs_of(args[0]), pairs_of(args[1])
        return _compare(ev, head, a, b) if a and b else None
    return None


def _folded(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """Plus or Times of intervals and numbers; symbolic terms stay beside."""
    total: list[Pair] | None = None
    rest = []
    count = 0
    for a in args:
        pairs = pairs_of(a)
        if pairs is None:
            rest.append(a)
            continue
        count += 1
        act = _sum if head is S.Plus else _product
        total = pairs if total is None else _combine(ev, total, pairs, act)
    if count < 2 or total is None:
        return None
    whole = interval(ev, total)
    return Expr(head, (*rest, whole)) if rest else whole


# ------------------------------------------------------------------------------------------------------- sets


@builtin("IntervalUnion")
def interval_union(ev: Any, *intervals: Any) -> Any:
    """IntervalUnion[i1, i2, ...] gives the numbers in any of the intervals.

    >>> IntervalUnion[Interval[{1, 2}], Interval[{2, 5}], Interval[{7, 9}]]
    Interval[{1, 5}, {7, 9}]
    """
    found = list(map(pairs_of, intervals))
    return None if None in found else interval(ev, [p for pairs in found for p in pairs or ()])


@builtin("IntervalIntersection")
def interval_intersection(ev: Any, *intervals: Any) -> Any:
    """IntervalIntersection[i1, i2, ...] gives the numbers in all of the intervals.

    >>> IntervalIntersection[Interval[{1, 4}], Interval[{3, 6}]]
    Interval[{3, 4}]
    """
    found = list(map(pairs_of, intervals))
    if not found or None in found:
        return None
    left = found[0] or []
    for other in found[1:]:
        both = [(largest(ev, [p[0], q[0]]), smallest(ev, [p[1], q[1]])) for p in left for q in other or ()]
        left = [(a, b) for a, b in both if not less(ev, b, a)]
    return interval(ev, left)


@builtin("IntervalMemberQ", operator=0)
def interval_member_q(ev: Any, whole: Any, x: Any) -> Any:
    """IntervalMemberQ[interval, x] tells whether the number or interval x lies within.

    >>> {IntervalMemberQ[Interval[{1, 4}], 2], IntervalMemberQ[Interval[{1, 4}], Interval[{3, 5}]]}
    {True, False}
    """
    if is_list(x):
        return make_list(Expr(S.IntervalMemberQ, (whole, y)) for y in items(x))
    outer, inner = pairs_of(whole), pairs_of(x)
    if outer is None or inner is None:
        return None
    return truth(
        all(any(not less(ev, p[0], q[0]) and not less(ev, q[1], p[1]) for q in outer) for p in inner)
    )
