"""Numeric values of expressions: what NumericQ holds for, and N at machine and arbitrary precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Complex, Expr, S, Symbol, packed
from wlnet.expr.attributes import CONSTANT, N_HOLD_ALL, N_HOLD_FIRST, N_HOLD_REST, NUMERIC_FUNCTION
from wlnet.kernel.definitions import numerical_value

from . import numbers

# Name -> (machine value, name in mpmath). GoldenAngle is (3 - Sqrt[5]) Pi.
CONSTANTS: dict[str, tuple[float, str]] = {
    "Pi": (math.pi, "pi"),
    "E": (math.e, "e"),
    "EulerGamma": (0.5772156649015329, "euler"),
    "GoldenRatio": (1.618033988749895, "phi"),
    "Degree": (math.pi / 180, "degree"),
    "Catalan": (0.915965594177219, "catalan"),
    "Khinchin": (2.6854520010653062, "khinchin"),
    "Glaisher": (1.2824271291006226, "glaisher"),
}

# Heads of numeric quantities whose arguments are not, such as Root[f, k]:
# (ev, expr, digits) -> number or None.
SPECIAL: dict[Symbol, Callable[[Any, Expr, float | None], Any]] = {}

# How much precision N may add to reach what was asked: $MaxExtraPrecision of the language.
MAX_EXTRA_DIGITS = 50.0


def constant_value(symbol: Symbol, digits: float | None) -> Any:
    """The value of a named constant at machine precision (digits None) or `digits`;
    None for other symbols."""
    if not symbol.shared:
        return None
    known = CONSTANTS.get(symbol.name)
    if known is None:
        return None
    if digits is None:
        return known[0]
    import mpmath

    with numbers.working(digits):
        return numbers.from_mp(+getattr(mpmath, known[1]), digits)


def numeric_q(x: Any) -> bool:
    """NumericQ: a number, a numeric constant, or a numeric function of such."""
    kind = type(x)
    if kind in numbers.KIND:
        return True
    if kind is Symbol:
        return x.name in CONSTANTS if x.shared else bool(x.attributes & CONSTANT)
    if kind is Expr:
        head = x.head
        if type(head) is not Symbol or not head.attributes & NUMERIC_FUNCTION:
            return head in SPECIAL if type(head) is Symbol else False
        return all(map(numeric_q, x.args))
    return False


def approximate(ev: Any, x: Any, digits: float | None) -> Any:
    """N[x] (digits None) or one pass of N[x, digits]: every exact number
    in `x` made inexact, then evaluated."""
    kind = type(x)
    if kind in numbers.KIND:
        return numbers.at_precision(x, digits)
    if kind is Symbol:
        value = constant_value(x, digits) or numerical_value(x, digits)
        return x if value is None else value
    if kind is np.ndarray:
        return _array(x, digits)
    if kind is Expr:
        value = numerical_value(x, digits)
        return _expression(ev, x, digits) if value is None else value
    if kind is Association:
        return Association({k: (n, approximate(ev, v, digits), d) for k, (n, v, d) in x.entries.items()})
    return x


def _array(x: np.ndarray, digits: float | None) -> Any:
    if digits is None or x.dtype != np.int64:
        return packed(x.astype(np.float64)) if x.dtype == np.int64 else x
    from wlnet.expr import unpack

    flat = unpack(x)
    return _numbers(flat, digits)


def _numbers(x: Any, digits: float | None) -> Any:
    """Every number of a nested list at the given precision."""
    if type(x) is Expr:
        return Expr(x.head, tuple(_numbers(y, digits) for y in x.args))
    return numbers.at_precision(x, digits)


def _expression(ev: Any, x: Expr, digits: float | None) -> Any:
    head, args = x.head, x.args
    if type(head) is Symbol and head in SPECIAL:
        value = SPECIAL[head](ev, x, digits)
        return x if value is None else value
    held = head.attributes if type(head) is Symbol else 0
    if head is S.Power and len(args) == 2 and type(args[1]) is int:
        held |= N_HOLD_REST  # N[x^2] is x^2, and 2.^3 is computed with an integer exponent
    if held & N_HOLD_ALL == N_HOLD_ALL:
        return x
    new = []
    for i, a in enumerate(args):
        keep = held & N_HOLD_REST if i else held & N_HOLD_FIRST
        new.append(a if keep else approximate(ev, a, digits))
    if head is S.List and all(type(a) is float for a in new) and new:
        return packed(np.array(new, dtype=np.float64))
    changed = Expr(head if type(head) is Symbol else approximate(ev, head, digits), tuple(new))
    return ev.evaluate(changed)


def numeric_value(ev: Any, x: Any, digits: float | None = None) -> Any:
    """N[x, digits] of a numeric quantity: a number, or None when `x` has no numeric value.

    With `digits`, working precision is raised until the result has them, by at most MAX_EXTRA_DIGITS.
    """
    if type(x) in numbers.KIND:
        return numbers.at_precision(x, digits)
    if not numeric_q(x):
        return None
    value = refined(ev, x, digits)
    return value if type(value) in numbers.KIND else None


def refined(ev: Any, x: Any, digits: float | None) -> Any:
    """N[x, digits]: repeated with more working digits while cancellation leaves too few."""
    if digits is None:
        return approximate(ev, x, None)
    extra = 2.0
    while True:
        value = approximate(ev, x, digits + extra)
        got = numbers.digits_of(value) if type(value) in numbers.KIND else math.inf
        if got is None or got >= digits or extra >= MAX_EXTRA_DIGITS or math.isinf(got):
            return trimmed(value, digits)
        extra = min(MAX_EXTRA_DIGITS, extra + (digits - got) + 2)


def trimmed(x: Any, digits: float) -> Any:
    """Every inexact number in `x` cut down to `digits` of precision."""
    kind = type(x)
    if kind is numbers.BigReal or kind is Complex:
        return x if numbers.is_exact(x) else numbers.at_precision(x, digits)
    if kind is Expr:
        args = tuple(trimmed(a, digits) for a in x.args)
        if all(a is b for a, b in zip(args, x.args, strict=True)):
            return x
        return Expr(x.head, args)
    if kind is Association:
        return Association({k: (n, trimmed(v, digits), d) for k, (n, v, d) in x.entries.items()})
    return x


def sign_of(ev: Any, x: Any) -> int | None:
    """The sign of a real numeric quantity (-1, 0, 1), or None when it is not known to be real.

    Exact quantities that are zero to MAX_EXTRA_DIGITS count as zero.
    """
    kind = type(x)
    if kind in numbers.KIND:
        return None if kind is Complex else numbers.sign(x)
    if not numeric_q(x):
        return None
    value = numeric_value(ev, x)
    if value is not None and type(value) is not Complex and abs(numbers.to_float(value)) > 1e-9:
        return numbers.sign(value)
    value = numeric_value(ev, x, 20.0)
    if value is None or type(value) is Complex:
        return None
    return 0 if numbers.digits_of(value) == 0 else numbers.sign(value)


def is_machine(args: tuple[Any, ...]) -> bool:
    """Whether any of the numbers is inexact."""
    return any(numbers.is_inexact(a) for a in args)


def contagion(ev: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Arguments made inexact where an inexact number stands beside exact numeric quantities: Sin's 2. Pi.

    None when nothing is to be done: no inexact number, or nothing numeric beside it.
    """
    precisions = [numbers.digits_of(a) for a in args if numbers.is_inexact(a)]
    if not precisions:
        return None
    digits = None if None in precisions else min(p for p in precisions if p is not None)
    new = tuple(
        approximate(ev, a, digits) if type(a) not in numbers.KIND and numeric_q(a) else a for a in args
    )
    return None if all(a is b for a, b in zip(new, args, strict=True)) else new
