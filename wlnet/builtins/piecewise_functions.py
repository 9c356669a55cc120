"""Functions made of pieces: Min, Max, Clip, Rescale, Ramp, UnitStep, UnitBox, HeavisideTheta, Unitize,
deltas."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Association, Complex, Expr, S, is_list, items, make_list, packed, same
from wlnet.expr.attributes import FLAT, HOLD_ALL, LISTABLE, NUMERIC_FUNCTION, ONE_IDENTITY, ORDERLESS
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .infinity import INFINITY, MINUS_INFINITY, is_infinite, is_negative_infinity, is_positive_infinity

FUNCTION = LISTABLE | NUMERIC_FUNCTION
EXTREME = FLAT | NUMERIC_FUNCTION | ONE_IDENTITY | ORDERLESS


def ordered(ev: Any, a: Any, b: Any) -> int | None:
    """Sign of a - b for real numeric quantities; None when it is not known."""
    if type(a) in numbers.KIND and type(b) in numbers.KIND:
        return None if Complex in (type(a), type(b)) else numbers.compare(a, b)
    return numeric.sign_of(ev, ev.evaluate(Expr(S.Subtract, (a, b))))


def _extreme(ev: Any, symbol: Any, args: tuple[Any, ...], sign: int) -> Any:
    """Min (sign -1) or Max (sign 1): lists are looked into at all depths; symbolic arguments stay."""
    empty, absorbing = (
        (MINUS_INFINITY, is_positive_infinity) if sign > 0 else (INFINITY, is_negative_infinity)
    )
    best: Any = None
    left: list[Any] = []
    count = 0
    flattened = False
    for a in _leaves(args):
        count += 1
        if type(a) is tuple:
            flattened = True
            continue
        if a is S.Indeterminate:
            return a
        if is_infinite(a):
            if absorbing(a):
                return a
            if is_positive_infinity(a) or is_negative_infinity(a):
                flattened = flattened or len(args) > 1
                continue
        if not _comparable(ev, a):
            if any(same(a, b) for b in left):
                flattened = True
            else:
                left.append(a)
            continue
        if best is None:
            best = a
            continue
        order = ordered(ev, a, best)
        if order is None:
            left.append(a)
        else:
            flattened = True
            best = a if order * sign > 0 else best
    if not left:
        return empty if best is None else best
    new = ([] if best is None else [best]) + left
    if len(new) == 1 and not is_list(new[0]):
        return new[0]
    return Expr(symbol, tuple(new)) if flattened and len(new) < count else None


def _comparable(ev: Any, a: Any) -> bool:
    if type(a) in numbers.KIND:
        return type(a) is not Complex
    return numeric.numeric_q(a) and numeric.sign_of(ev, a) is not None


def _leaves(args: tuple[Any, ...]) -> Any:
    """The arguments with lists and associations opened; an empty tuple marks each opening."""
    for a in args:
        if type(a) is np.ndarray:
            yield ()
            if a.dtype == np.complex128:
                yield from items(a.reshape(-1))
            elif a.size:
                yield a.max().item()
                yield a.min().item()
        elif is_list(a):
            yield ()
            yield from _leaves(a.args)
        elif type(a) is Association:
            yield ()
            yield from _leaves(tuple(a.values()))
        else:
            yield a


_SHORT = 16  # integers up to which Python is faster than NumPy


def _extreme_element(a: np.ndarray, of_list: Callable[[Any], Any], of_array: Callable[[Any], Any]) -> Any:
    if a.dtype == np.int64 and a.ndim == 1 and a.size <= _SHORT:
        return of_list(a.tolist())
    return of_array(a).item()


@builtin("Max", attributes=EXTREME)
def max_(ev: Any, *args: Any) -> Any:
    """Max[x1, x2, ...] gives the greatest of its arguments; lists are looked into.

    >>> {Max[1, 3, 2], Max[{1, {5.5}}, 2], Max[Pi, 3], Max[x, 2, 3], Max[]}
    {3, 5.5, Pi, Max[3, x], -Infinity}
    """
    if len(args) == 1 and type(args[0]) is np.ndarray and args[0].size and args[0].dtype != np.complex128:
        return _extreme_element(args[0], max, np.max)
    return _extreme(ev, S.Max, args, 1)


@builtin("Min", attributes=EXTREME)
def min_(ev: Any, *args: Any) -> Any:
    """Min[x1, x2, ...] gives the least of its arguments; lists are looked into.

    >>> {Min[1, 3, 2], Min[{4, 2.5}], Min[Pi, 3], Min[]}
    {1, 2.5, 3, Infinity}
    """
    if len(args) == 1 and type(args[0]) is np.ndarray and args[0].size and args[0].dtype != np.complex128:
        return _extreme_element(args[0], min, np.min)
    return _extreme(ev, S.Min, args, -1)


@builtin("MinMax")
def min_max(ev: Any, x: Any) -> Any:
    """MinMax[list] gives {Min[list], Max[list]}.

    >>> MinMax[{3, 1, 2}]
    {1, 3}
    """
    return make_list((Expr(S.Min, (x,)), Expr(S.Max, (x,))))


@builtin("Clip", attributes=NUMERIC_FUNCTION)
def clip(ev: Any, x: Any, *limits: Any) -> Any:
    """Clip[x] gives x clipped to lie between -1 and 1.
    Clip[x, {min, max}] clips to [min, max]; Clip[x, {min, max}, {a, b}] gives a below and b above.

    >>> {Clip[3/2], Clip[{-2., 0.3, 7.}, {0, 5}], Clip[9, {0, 5}, {a, b}]}
    {1, {0, 0.3, 5}, b}
    """
    if len(limits) > 2 or not all(is_list(r) and len(items(r)) == 2 for r in limits):
        return None
    low, high = items(limits[0]) if limits else (-1, 1)
    below, above = items(limits[1]) if len(limits) > 1 else (low, high)
    if type(x) is np.ndarray:
        value = _clip_array(x, low, high, below, above)
        if value is not None:
            return value
    if is_list(x):
        return make_list(Expr(S.Clip, (a, *limits)) for a in items(x))
    under = 1 if is_negative_infinity(low) else ordered(ev, x, low)
    over = -1 if is_positive_infinity(high) else ordered(ev, x, high)
    if under is None or over is None:
        if is_infinite(x):
            return above if is_positive_infinity(x) else below
        return None
    return below if under < 0 else above if over > 0 else x


def _clip_array(x: np.ndarray, low: Any, high: Any, below: Any, above: Any) -> Any:
    """Packed clipping; exact limits among machine reals would make a mixed list."""
    wanted = int if x.dtype == np.int64 else float
    bounds = (low, high, below, above)
    if x.dtype == np.complex128 or not all(type(b) in (int, float) and abs(b) < 1 << 62 for b in bounds):
        return None
    under, over = x < low, x > high
    if (under.any() and type(below) is not wanted) or (over.any() and type(above) is not wanted):
        return None
    return packed(np.where(under, below, np.where(over, above, x)))


@builtin("Rescale")
def rescale(ev: Any, x: Any, *ranges: Any) -> Any:
    """Rescale[x, {min, max}] maps min to 0 and max to 1; Rescale[x, {min, max}, {a, b}] maps them to a and
    b.
    Rescale[list] uses the least and greatest element.

    >>> {Rescale[{1, 2, 3}], Rescale[5, {0, 10}], Rescale[x, {0, 2}, {10, 20}]}
    {{0, 1/2, 1}, 1/2, 10 + 5 x}
    """
    if not ranges:
        if not is_list(x):
            return None
        ranges = (ev.evaluate(make_list((Expr(S.Min, (x,)), Expr(S.Max, (x,))))),)
    source, *target = ranges
    if len(target) > 1 or not all(is_list(r) and len(items(r)) == 2 for r in ranges):
        return None
    low, high = items(source)
    span = Expr(S.Subtract, (high, low))
    if not target:
        return Expr(S.Divide, (Expr(S.Subtract, (x, low)), span))
    a, b = items(target[0])
    shift = Expr(S.Divide, (Expr(S.Subtract, (Expr(S.Times, (high, a)), Expr(S.Times, (low, b)))), span))
    return Expr(S.Plus, (shift, Expr(S.Times, (Expr(S.Divide, (Expr(S.Subtract, (b, a)), span)), x))))


@builtin("Piecewise", attributes=HOLD_ALL)
def piecewise(ev: Any, cases: Any, default: Any = 0) -> Any:
    """Piecewise[{{v1, c1}, {v2, c2}, ...}] gives the first vi whose condition ci is True, 0 when none is;
    Piecewise[cases, v] gives v then.

    >>> {Piecewise[{{1, 2 > 3}, {5, True}}], Piecewise[{{a, x < 0}, {b, 1 > 2}}, c]}
    {5, Piecewise[{{a, x < 0}}, c]}
    """
    listed = ev.evaluate(cases) if type(cases) is not Expr or cases.head is not S.List else cases
    if not is_list(listed):
        return None
    left = []
    for case in items(listed):
        case = case if is_list(case) else ev.evaluate(case)
        pair = items(case) if is_list(case) else ()
        if len(pair) != 2:
            return None
        holds = ev.evaluate(pair[1])
        if holds is TRUE:
            value = ev.evaluate(pair[0])
            if not left:
                return value
            return _piecewise(cases, default, left, value)
        if holds is not FALSE:
            left.append(make_list((ev.evaluate(pair[0]), holds)))
    otherwise = ev.evaluate(default)
    return _piecewise(cases, default, left, otherwise) if left else otherwise


def _piecewise(cases: Any, default: Any, left: list[Any], otherwise: Any) -> Any:
    """The Piecewise of the cases left; None when that is what was given."""
    new = make_list(left)
    if same(cases, new) and same(default, otherwise):
        return None
    return Expr(S.Piecewise, (new, otherwise))


@builtin("Ramp", attributes=FUNCTION, arrays=True)
def ramp(ev: Any, x: Any) -> Any:
    """Ramp[x] gives x if x >= 0 and 0 otherwise.

    >>> Ramp[{-1.5, 2, 3.5}]
    {0., 2, 3.5}
    """
    if type(x) is np.ndarray:
        return packed(np.maximum(x, 0)) if x.dtype != np.complex128 else None
    if type(x) is float:
        return x if x > 0 else 0.0
    sign = numeric.sign_of(ev, x)
    return None if sign is None else x if sign > 0 else 0


@builtin("UnitStep", attributes=FUNCTION | ORDERLESS, arrays=True)
def unit_step(ev: Any, *xs: Any) -> Any:
    """UnitStep[x] gives 0 for x < 0 and 1 for x >= 0; UnitStep[x, y, ...] is 1 if none is negative.

    >>> {UnitStep[-1], UnitStep[0], UnitStep[{2.5, -3}]}
    {0, 1, {1, 0}}
    """
    if any(type(x) is np.ndarray for x in xs):
        return (
            packed((xs[0] >= 0).astype(np.int64)) if len(xs) == 1 and xs[0].dtype != np.complex128 else None
        )
    signs = [numeric.sign_of(ev, x) for x in xs]
    if any(s is not None and s < 0 for s in signs):
        return 0
    return 1 if None not in signs else None


@builtin("HeavisideTheta", attributes=FUNCTION)
def heaviside_theta(ev: Any, x: Any) -> Any:
    """HeavisideTheta[x] gives 0 for x < 0 and 1 for x > 0; it has no value at 0.

    >>> {HeavisideTheta[-2], HeavisideTheta[Pi], HeavisideTheta[0]}
    {0, 1, HeavisideTheta[0]}
    """
    sign = numeric.sign_of(ev, x)
    return None if not sign else 1 if sign > 0 else 0


@builtin("DiracDelta", attributes=FUNCTION)
def dirac_delta(ev: Any, x: Any) -> Any:
    """DiracDelta[x] is 0 for every number x other than 0.

    >>> {DiracDelta[2], DiracDelta[0]}
    {0, DiracDelta[0]}
    """
    return 0 if numeric.sign_of(ev, x) else None


@builtin("UnitBox", attributes=FUNCTION)
def unit_box(ev: Any, x: Any) -> Any:
    """UnitBox[x] gives 1 for Abs[x] <= 1/2 and 0 otherwise.

    >>> UnitBox[{0.2, 1/2, 3}]
    {1, 1, 0}
    """
    sign = numeric.sign_of(ev, ev.evaluate(Expr(S.Plus, (Expr(S.Abs, (x,)), Fraction(-1, 2)))))
    return None if sign is None else int(sign <= 0)


@builtin("Unitize", attributes=FUNCTION, arrays=True)
def unitize(ev: Any, x: Any) -> Any:
    """Unitize[x] gives 0 when x is zero and 1 when it is any other number.

    >>> Unitize[{0, -2.5, 0., 1 + I}]
    {0, 1, 0, 1}
    """
    if type(x) is np.ndarray:
        return packed((x != 0).astype(np.int64))
    if type(x) in numbers.KIND:
        return int(not numbers.is_zero(x))
    sign = numeric.sign_of(ev, x)
    return None if sign is None else abs(sign)


@builtin("KroneckerDelta", attributes=NUMERIC_FUNCTION | ORDERLESS)
def kronecker_delta(ev: Any, *ns: Any) -> Any:
    """KroneckerDelta[n1, n2, ...] gives 1 if all ni are equal and 0 otherwise; KroneckerDelta[n] compares
    with 0.

    >>> {KroneckerDelta[2, 2], KroneckerDelta[1, 2], KroneckerDelta[0], KroneckerDelta[a, a]}
    {1, 0, 1, 1}
    """
    values = (*ns, 0) if len(ns) == 1 else ns
    if all(same(a, values[0]) for a in values[1:]):
        return 1
    orders = [ordered(ev, a, values[0]) for a in values[1:]]
    if any(o for o in orders):
        return 0
    return 1 if None not in orders else None


@builtin("DiscreteDelta", attributes=FUNCTION)
def discrete_delta(ev: Any, *ns: Any) -> Any:
    """DiscreteDelta[n1, n2, ...] gives 1 if all ni are zero and 0 otherwise.

    >>> {DiscreteDelta[0, 0], DiscreteDelta[0, 1]}
    {1, 0}
    """
    signs = [numeric.sign_of(ev, n) for n in ns]
    if any(s for s in signs):
        return 0
    return 1 if None not in signs else None


@builtin("LogisticSigmoid", attributes=FUNCTION, arrays=True)
def logistic_sigmoid(ev: Any, x: Any) -> Any:
    """LogisticSigmoid[x] gives 1/(1 + Exp[-x]).

    >>> {LogisticSigmoid[0], LogisticSigmoid[1.], LogisticSigmoid[-Infinity]}
    {1/2, 0.731059, 0}
    """
    if type(x) is np.ndarray:
        if x.dtype != np.float64:
            return None
        e = np.exp(-np.abs(x))
        return packed(np.where(x >= 0, 1.0, e) / (1.0 + e))
    if type(x) is int and x == 0:
        return Fraction(1, 2)
    if is_positive_infinity(x) or is_negative_infinity(x):
        return int(is_positive_infinity(x))
    if type(x) is float:
        e = float(np.exp(-abs(x)))
        return (1.0 if x >= 0 else e) / (1.0 + e)
    if numbers.is_inexact(x):
        return Expr(S.Power, (Expr(S.Plus, (1, Expr(S.Exp, (numbers.negate(x),)))), -1))
    return None


@builtin("SawtoothWave", attributes=FUNCTION)
def sawtooth_wave(ev: Any, x: Any) -> Any:
    """SawtoothWave[x] gives x minus its floor.

    >>> SawtoothWave[{1.25, -1/4}]
    {0.25, 3/4}
    """
    return Expr(S.Subtract, (x, Expr(S.Floor, (x,)))) if numeric.numeric_q(x) else None
