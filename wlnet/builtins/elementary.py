"""Elementary functions: Exp, Log, circular and hyperbolic ones and their inverses, with their exact values.

One `Elementary` record per function holds all that is known about it; D, N and the evaluator ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Complex, Expr, S, system
from wlnet.expr.attributes import LISTABLE, NUMERIC_FUNCTION
from wlnet.kernel.registry import builtin

from . import functions, numbers, special_values
from .functions import Numeric
from .infinity import direction, is_infinite

FUNCTION = LISTABLE | NUMERIC_FUNCTION


@dataclass(frozen=True, slots=True)
class Elementary:
    """A function of one argument.

    numeric      how it is computed
    parity       -1 odd, 1 even, 0 neither
    derivative   its derivative at #, as text of the language
    exact        (ev, x) -> exact value or reduced form, or None
    at_zero      value at an exact 0 as text, or None
    at_infinity  values at -Infinity and Infinity as texts
    inverse      name of the function that it undoes: Sin[ArcSin[x]] is x
    imaginary    (function, factor): Sin[I x] is I Sinh[x]
    """

    numeric: Numeric
    derivative: str
    parity: int = 0
    exact: Callable[[Any, Any], Any] | None = None
    at_zero: str | None = None
    at_infinity: tuple[str, str] | None = None
    inverse: str | None = None
    imaginary: tuple[str, Any] | None = None


ELEMENTARY: dict[str, Elementary] = {}


def declare(name: str, record: Elementary, usage: str) -> None:
    """Make `record` the System` function `name`; `usage` is its documentation with examples."""
    ELEMENTARY[name] = record
    symbol = system(name)

    real = record.numeric.real
    low, high = record.numeric.domain

    def call(ev: Any, x: Any) -> Any:
        if type(x) is float and real is not None and low <= x <= high:  # nearly all calls in numeric programs
            try:
                value = real(x)
            except (ValueError, ZeroDivisionError, OverflowError):
                return apply(ev, symbol, record, x)
            if value - value == 0.0:
                return value
        return apply(ev, symbol, record, x)

    call.__doc__ = usage
    builtin(name, attributes=FUNCTION, arrays=True)(call)


def apply(ev: Any, symbol: Any, record: Elementary, x: Any) -> Any:
    """The value of an elementary function at `x`, or None where it stays as it is."""
    kind = type(x)
    if kind is float or kind is numbers.BigReal:
        return functions.compute(record.numeric, x)
    if kind is np.ndarray:
        return functions.on_array(record.numeric, x)
    if kind is Complex and not numbers.is_exact(x):
        return functions.compute(record.numeric, x)
    if kind is int and record.at_zero is not None and not x:
        return special_values.exact(ev, record.at_zero)
    if x is S.Indeterminate:
        return x
    if kind is Expr:
        if is_infinite(x):
            return _at_infinity(ev, record, x)
        if record.inverse is not None and x.head is system(record.inverse) and len(x.args) == 1:
            return x.args[0]
    if record.exact is not None:
        value = record.exact(ev, x)
        if value is not None:
            return value
    if record.parity and leads_negative(x):
        even = Expr(symbol, (Expr(S.Times, (-1, x)),))
        return even if record.parity == 1 else Expr(S.Times, (-1, even))
    if record.imaginary is not None:
        return _imaginary(record, x)
    return None


def _at_infinity(ev: Any, record: Elementary, x: Any) -> Any:
    if record.at_infinity is None or direction(x) not in (1, -1):
        return None
    return special_values.exact(ev, record.at_infinity[direction(x) == 1])


def leads_negative(x: Any) -> bool:
    """Whether `x` is a negative number, a product with a negative coefficient or a sum led by such a term."""
    kind = type(x)
    if kind is int or kind is Fraction:
        return bool(x < 0)
    if kind is Complex:
        return x.re < 0 or (x.re == 0 and x.im < 0)
    if kind is Expr and x.args:
        if x.head is S.Times:
            return type(x.args[0]) in numbers.KIND and leads_negative(x.args[0])
        if x.head is S.Plus:
            lead = x.args[0]
            if type(lead) in numbers.KIND and len(x.args) == 2 and not leads_negative(lead):
                return False
            return leads_negative(lead)
    return False


def _imaginary(record: Elementary, x: Any) -> Any:
    """f[I y] in terms of the hyperbolic or circular partner."""
    assert record.imaginary is not None
    name, factor = record.imaginary
    if type(x) is Complex and type(x.re) is int and x.re == 0:
        y: Any = x.im
    elif type(x) is Expr and x.head is S.Times and type(x.args[0]) is Complex and x.args[0].re == 0:
        y = Expr(S.Times, (x.args[0].im, *x.args[1:]))
    else:
        return None
    partner = Expr(system(name), (y,))
    return partner if factor == 1 else Expr(S.Times, (factor, partner))
