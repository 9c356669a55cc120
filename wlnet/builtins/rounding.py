"""Rounding and truncation: Round, Floor, Ceiling, IntegerPart, FractionalPart, Chop,
Clip, Rescale, Unitize."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, BigReal, Complex, Expr, S, items, make_list, packed
from wlnet.expr.attributes import LISTABLE, NUMERIC_FUNCTION
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .infinity import is_infinite

FUNCTION = LISTABLE | NUMERIC_FUNCTION

# Machine reals at or beyond this size no longer fit an int64 list.
INT64_REALS = 9.2e18


def exact_round(x: Any) -> int:
    """The nearest integer of a real number, halves to the even one."""
    if type(x) is BigReal:
        import mpmath

        with mpmath.workprec(max(53, x.value.man.bit_length() + 8)):
            return int(mpmath.nint(x.value))
    return round(x)


def exact_floor(x: Any) -> int:
    """The greatest integer not above a real number."""
    return int(_mp_floor(x)) if type(x) is BigReal else math.floor(x)


def _mp_floor(x: BigReal) -> Any:
    import mpmath

    with mpmath.workprec(max(53, x.value.man.bit_length() + 8)):
        return mpmath.floor(x.value)


def exact_ceiling(x: Any) -> int:
    """The least integer not below a real number."""
    return -exact_floor(numbers.negate(x))


def exact_integer_part(x: Any) -> int:
    """The integer part of a real number, toward zero."""
    return exact_floor(x) if numbers.sign(x) >= 0 else exact_ceiling(x)


def rounded(ev: Any, how: Callable[[Any], int], x: Any) -> Any:
    """`how` on the parts of a number, or of a numeric quantity through its value; None for anything else."""
    kind = type(x)
    if kind is int:
        return x
    if kind is Complex:
        return numbers.make_complex(how(x.re), how(x.im))
    if kind in numbers.KIND:
        return how(x) if kind is not float or math.isfinite(x) else None
    if is_infinite(x) or x is S.Indeterminate:
        return x
    if not numeric.numeric_q(x):
        return None
    value = _firm_value(ev, x)
    return None if value is None else rounded(ev, how, value)


def _firm_value(ev: Any, x: Any) -> Any:
    """The value of an exact numeric quantity with digits enough that its integer part is certain."""
    value = numeric.numeric_value(ev, x, 20.0)
    if value is None or type(value) is float:
        return value
    size = max(abs(numbers.to_float(p)) for p in numbers.parts(value))
    if math.isfinite(size) and size > 1e10:
        value = numeric.numeric_value(ev, x, 15.0 + math.log10(size))
    return Complex(_snapped(value.re), _snapped(value.im)) if type(value) is Complex else _snapped(value)


def _snapped(x: Any) -> Any:
    """An integer where a value cannot be told from one (the exact quantity then is one,
    to working precision)."""
    if type(x) is not BigReal:
        return x
    near = exact_round(x)
    return near if abs(x.value - near) < 10.0 ** -(max(x.digits, 3) - 2) * max(1, abs(near)) else x


def to_multiple(ev: Any, how: Callable[[Any], int], x: Any, unit: Any) -> Any:
    """`how[x / unit] unit`."""
    if type(unit) in numbers.KIND and numbers.is_zero(unit):
        return S.Indeterminate
    if type(x) is Complex and type(unit) in numbers.KIND and type(unit) is not Complex:
        return numbers.make_complex(to_multiple(ev, how, x.re, unit), to_multiple(ev, how, x.im, unit))
    if type(x) in numbers.KIND and type(unit) in numbers.KIND:
        if type(x) is float and type(unit) is float:
            return _float_multiple(how, x, unit)
        ratio = numbers.divide(x, unit)
    else:
        ratio = ev.evaluate(Expr(S.Times, (x, Expr(S.Power, (unit, -1)))))
    count = rounded(ev, how, ratio)
    if count is None:
        return None
    if type(count) in numbers.KIND and type(unit) in numbers.KIND:
        return (
            numbers.multiply(count, unit)
            if not (type(count) is int and count == 0 and type(unit) is float)
            else 0.0
        )
    return Expr(S.Times, (count, unit))


def _float_multiple(how: Callable[[Any], int], x: float, unit: float) -> float:
    """A multiple of `unit`, computed so that Round[2.3456, 0.01] is the float nearest 2.35."""
    count = how(x / unit)
    inverse = round(1 / unit) if abs(unit) < 1 else 0
    if inverse and abs(1 / inverse - unit) <= 1e-15 * abs(unit):
        return count / inverse
    return count * unit


def _array_rounding(how: Any, x: np.ndarray, unit: Any) -> Any:
    if x.dtype == np.int64:
        return x if type(unit) is int and unit == 1 else None
    if x.dtype != np.float64 or x.size == 0:
        return None
    if type(unit) is int and unit == 1:
        if np.abs(x).max() >= INT64_REALS:
            return None
        return packed(how(x).astype(np.int64))
    if type(unit) is float and unit != 0:
        inverse = round(1 / unit) if abs(unit) < 1 else 0
        if inverse and abs(1 / inverse - unit) <= 1e-15 * abs(unit):
            return packed(how(x / unit) / inverse)
        return packed(how(x / unit) * unit)
    return None


def _rounding(how: Callable[[Any], int], array: Any) -> Callable[..., Any]:
    def call(ev: Any, x: Any, unit: Any) -> Any:
        if type(x) is np.ndarray:
            return _array_rounding(array, x, unit) if type(unit) is not np.ndarray else None
        if type(unit) is int and unit == 1:
            return rounded(ev, how, x)
        return to_multiple(ev, how, x, unit)

    return call


_ROUND = _rounding(exact_round, np.rint)
_FLOOR = _rounding(exact_floor, np.floor)
_CEILING = _rounding(exact_ceiling, np.ceil)


@builtin("Round", attributes=FUNCTION, arrays=True)
def round_(ev: Any, x: Any, unit: Any = 1) -> Any:
    """Round[x] gives the integer closest to x, halves going to the even one.
    Round[x, a] rounds to the nearest multiple of a.

    >>> {Round[2.5], Round[3.5], Round[-2.7], Round[226, 10], Round[Pi, 1/8], Round[2.3456, 0.01]}
    {2, 4, -3, 230, 25/8, 2.35}
    """
    return _ROUND(ev, x, unit)


@builtin("Floor", attributes=FUNCTION, arrays=True)
def floor(ev: Any, x: Any, unit: Any = 1) -> Any:
    """Floor[x] gives the greatest integer not above x.
    Floor[x, a] gives the greatest multiple of a not above x.

    >>> {Floor[2.7], Floor[-2.7], Floor[Pi^20], Floor[17, 5]}
    {2, -3, 8769956796, 15}
    """
    return _FLOOR(ev, x, unit)


@builtin("Ceiling", attributes=FUNCTION, arrays=True)
def ceiling(ev: Any, x: Any, unit: Any = 1) -> Any:
    """Ceiling[x] gives the least integer not below x.
    Ceiling[x, a] gives the least multiple of a not below x.

    >>> {Ceiling[2.1], Ceiling[-2.1], Ceiling[17, 5]}
    {3, -2, 20}
    """
    return _CEILING(ev, x, unit)


@builtin("IntegerPart", attributes=FUNCTION, arrays=True)
def integer_part(ev: Any, x: Any) -> Any:
    """IntegerPart[x] gives the integer part of x, toward zero.

    >>> {IntegerPart[2.7], IntegerPart[-2.7], IntegerPart[-7/2]}
    {2, -2, -3}
    """
    if type(x) is np.ndarray:
        return _array_rounding(np.trunc, x, 1)
    return rounded(ev, exact_integer_part, x)


@builtin("FractionalPart", attributes=FUNCTION, arrays=True)
def fractional_part(ev: Any, x: Any) -> Any:
    """FractionalPart[x] gives x minus its integer part.

    >>> {FractionalPart[2.25], FractionalPart[-7/2], FractionalPart[Pi]}
    {0.25, -1/2, -3 + Pi}
    """
    if type(x) is np.ndarray:
        return packed(x - np.trunc(x)) if x.dtype == np.float64 else packed(np.zeros_like(x))
    whole = rounded(ev, exact_integer_part, x)
    if whole is None:
        return None
    if type(x) in numbers.KIND:
        return numbers.subtract(x, whole)
    return Expr(S.Plus, (x, Expr(S.Times, (-1, whole))))


@builtin("Chop")
def chop(ev: Any, expr: Any, tolerance: Any = 1e-10) -> Any:
    """Chop[expr] replaces machine numbers close to zero by the exact integer 0.
    Chop[expr, d] uses the tolerance d; the default is 10^-10.

    >>> {Chop[1.*^-12], Chop[2. + 1.*^-15 I], Chop[{0.001, 1.*^-20 + x}]}
    {0, 2., {0.001, x}}
    """
    value = numeric.numeric_value(ev, tolerance)
    if value is None or type(value) is Complex:
        return None
    return _chopped(expr, numbers.to_float(value))


def _chopped(x: Any, bound: float) -> Any:
    kind = type(x)
    if kind is float:
        return 0 if abs(x) < bound else x
    if kind is BigReal:
        return 0 if abs(x.value) < bound else x
    if kind is Complex:
        re, im = _chopped(x.re, bound), _chopped(x.im, bound)
        return re if type(im) is int and im == 0 else Complex(re, im)
    if kind is np.ndarray:
        if x.dtype == np.int64 or not (np.abs(x) < bound).any() and x.dtype == np.float64:
            return x
        if x.dtype == np.float64 and (np.abs(x) < bound).all():
            return packed(np.zeros(x.shape, dtype=np.int64))
        return make_list(_chopped(a, bound) for a in items(x))
    if kind is Expr:
        args = tuple(_chopped(a, bound) for a in x.args)
        return x if all(a is b for a, b in zip(args, x.args, strict=True)) else Expr(x.head, args)
    if kind is Association:
        return Association({k: (n, _chopped(v, bound), d) for k, (n, v, d) in x.entries.items()})
    return x
