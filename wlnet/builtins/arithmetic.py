"""Plus, Times, Power and their relatives: Subtract, Divide, Minus, Sqrt, CubeRoot,
Surd, infinite quantities."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, Symbol
from wlnet.expr.attributes import FLAT, LISTABLE, NUMERIC_FUNCTION, ONE_IDENTITY, ORDERLESS
from wlnet.kernel.registry import builtin

from . import numbers, packed_arithmetic, powers, products, sums

HALF = Fraction(1, 2)
INDETERMINATE = S.Indeterminate
ARITHMETIC = FLAT | LISTABLE | NUMERIC_FUNCTION | ONE_IDENTITY | ORDERLESS


@builtin("Plus", attributes=ARITHMETIC, arrays=True)
def plus(ev: Any, *terms: Any) -> Any:
    """Plus[x, y, z] or x + y + z is the sum of its terms: numbers are added, like terms collected.

    >>> 2 x + 3 x + 1/2 + 1
    3/2 + 5 x
    >>> {1, 2, 3} + 10
    {11, 12, 13}
    >>> 1/3 + 0.5
    0.833333
    """
    if len(terms) == 2:
        a, b = terms
        kind, other = type(a), type(b)
        if kind is int and other is int:
            return a + b
        if kind is np.ndarray or other is np.ndarray:
            return packed_arithmetic.add(terms)
        if kind in numbers.KIND:
            if other in numbers.KIND:
                return numbers.add(a, b)
            if other is Symbol and kind is int and a and b is not INDETERMINATE:
                return None
        elif kind is Symbol and other is Symbol and a is not b and INDETERMINATE not in terms:
            return None
    elif len(terms) < 2:
        return terms[0] if terms else 0
    elif any(type(a) is np.ndarray for a in terms):
        return packed_arithmetic.add(terms)
    return sums.plus(ev, terms)


@builtin("Times", attributes=ARITHMETIC, arrays=True)
def times(ev: Any, *factors: Any) -> Any:
    """Times[x, y, z] or x y z is the product of its factors: numbers are multiplied,
    powers of one base collected.

    >>> x^2 3 x y 2
    6 x^3 y
    >>> Sqrt[2] Sqrt[6]
    2 Sqrt[3]
    >>> 2 (a + b)
    2 (a + b)
    """
    if len(factors) == 2:
        a, b = factors
        kind, other = type(a), type(b)
        if kind is int and other is int:
            return a * b
        if kind is np.ndarray or other is np.ndarray:
            return packed_arithmetic.multiply(factors)
        if kind in numbers.KIND:
            if other in numbers.KIND:
                return numbers.multiply(a, b)
            if other is Symbol and kind is int and (a > 1 or a < 0) and b is not INDETERMINATE:
                return None
        elif kind is Symbol and other is Symbol and a is not b and INDETERMINATE not in factors:
            return None
    elif len(factors) < 2:
        return factors[0] if factors else 1
    elif any(type(a) is np.ndarray for a in factors):
        return packed_arithmetic.multiply(factors)
    return products.times(ev, factors)


@builtin(
    "Power",
    attributes=LISTABLE | NUMERIC_FUNCTION | ONE_IDENTITY,
    arrays=True,
    messages={
        "infy": "Infinite expression `1` encountered.",
        "indet": "Indeterminate expression `1` encountered.",
    },
)
def power(ev: Any, *operands: Any) -> Any:
    """x^y is x to the power y.

    >>> {2^10, 8^(1/3), (-8)^(1/3), 2^0.5}
    {1024, 2, 2 (-1)^(1/3), 1.41421}
    >>> (2 x y)^2
    4 x^2 y^2
    """
    if len(operands) == 2:
        base, exponent = operands
        if type(base) is np.ndarray or type(exponent) is np.ndarray:
            return packed_arithmetic.power(base, exponent)
        return powers.power(ev, base, exponent)
    if len(operands) < 2:
        return operands[0] if operands else 1
    result = operands[-1]
    for base in reversed(operands[:-1]):
        result = Expr(S.Power, (base, result))
    return result


@builtin("Subtract", attributes=LISTABLE | NUMERIC_FUNCTION, arrays=True)
def subtract(ev: Any, x: Any, y: Any) -> Any:
    """Subtract[x, y] or x - y subtracts y from x.

    >>> {10, 20} - 3
    {7, 17}
    """
    if type(x) in numbers.KIND and type(y) in numbers.KIND:
        return numbers.subtract(x, y)
    return Expr(S.Plus, (x, Expr(S.Times, (-1, y))))


@builtin("Divide", attributes=LISTABLE | NUMERIC_FUNCTION, arrays=True)
def divide(ev: Any, x: Any, y: Any) -> Any:
    """Divide[x, y] or x / y divides x by y.

    >>> {4/6, 1/2., Divide[a, b]}
    {2/3, 0.5, a/b}
    """
    if type(x) in numbers.KIND and type(y) in numbers.KIND and not numbers.is_zero(y):
        return numbers.divide(x, y)
    return Expr(S.Times, (x, Expr(S.Power, (y, -1))))


@builtin("Minus", attributes=LISTABLE | NUMERIC_FUNCTION, arrays=True)
def minus(ev: Any, x: Any) -> Any:
    """-x is the negative of x.

    >>> Minus[{1, a}]
    {-1, -a}
    """
    return numbers.negate(x) if type(x) in numbers.KIND else Expr(S.Times, (-1, x))


@builtin("Sqrt", attributes=LISTABLE | NUMERIC_FUNCTION, arrays=True)
def sqrt(ev: Any, x: Any) -> Any:
    """Sqrt[x] is the square root of x.

    >>> {Sqrt[8], Sqrt[-4], Sqrt[1/2], Sqrt[2.], Sqrt[x^2]}
    {2 Sqrt[2], 2 I, 1/Sqrt[2], 1.41421, Sqrt[x^2]}
    """
    return Expr(S.Power, (x, HALF))


@builtin("CubeRoot", attributes=LISTABLE | NUMERIC_FUNCTION)
def cube_root(ev: Any, x: Any) -> Any:
    """CubeRoot[x] is the real cube root of x.

    >>> CubeRoot[{-8, 27, 2}]
    {-2, 3, 2^(1/3)}
    """
    return Expr(S.Surd, (x, 3))


@builtin(
    "Surd",
    attributes=LISTABLE | NUMERIC_FUNCTION,
    messages={
        "noneg": "Surd is not defined for even roots of negative values.",
        "int": "Integer expected, not `1`.",
    },
)
def surd(ev: Any, x: Any, n: Any) -> Any:
    """Surd[x, n] is the real n-th root of x.

    >>> {Surd[-8, 3], Surd[-8., 3]}
    {-2, -2.}
    """
    from .numeric import sign_of

    if type(n) is not int or n == 0:
        return None
    sign = sign_of(ev, x)
    if sign is None:
        return None
    if sign >= 0:
        return Expr(S.Power, (x, Fraction(1, n)))
    if n % 2 == 0:
        ev.message("Surd", "noneg")
        return S.Indeterminate
    return Expr(S.Times, (-1, Expr(S.Power, (Expr(S.Times, (-1, x)), Fraction(1, n)))))


@builtin("DirectedInfinity", attributes=LISTABLE | NUMERIC_FUNCTION)
def directed_infinity(ev: Any, *args: Any) -> Any:
    """DirectedInfinity[z] is an infinite quantity in the direction of the complex number z.
    DirectedInfinity[] is ComplexInfinity, DirectedInfinity[1] is Infinity.

    >>> {DirectedInfinity[-3], 2 Infinity, -Infinity, 1/Infinity}
    {-Infinity, Infinity, -Infinity, 0}
    """
    from .infinity import COMPLEX_INFINITY, toward

    if len(args) != 1:
        return None
    (z,) = args
    if z is S.Indeterminate or z is S.ComplexInfinity:
        return COMPLEX_INFINITY
    if type(z) not in numbers.KIND or (type(z) is int and z in (1, -1)):
        return None
    if numbers.is_zero(z):
        return COMPLEX_INFINITY
    new = toward(z)
    return None if new.args == (z,) else new
