"""IntegerQ, NumberQ, NumericQ, StringQ, AtomQ, EvenQ, Positive, ValueQ and kin:
what kind of thing a value is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import TRUE, BigReal, Complex, Expr, S, Symbol, is_list, is_number, make_list, same, truth
from wlnet.expr.attributes import HOLD_ALL_COMPLETE, LISTABLE
from wlnet.kernel.registry import builtin

from .comparison import difference_sign, is_numeric
from .dimensions import dimensions


@builtin("IntegerQ")
def integer_q(ev: Any, expr: Any) -> Any:
    """IntegerQ[expr] tells whether expr is an integer.

    >>> {IntegerQ[3], IntegerQ[3.], IntegerQ[x]}
    {True, False, False}
    """
    return truth(type(expr) is int)


@builtin("NumberQ")
def number_q(ev: Any, expr: Any) -> Any:
    """NumberQ[expr] tells whether expr is a number: integer, rational, real or complex.

    >>> {NumberQ[2/3], NumberQ[1. + I], NumberQ[Pi]}
    {True, True, False}
    """
    return truth(is_number(expr))


@builtin("NumericQ")
def numeric_q(ev: Any, expr: Any) -> Any:
    """NumericQ[expr] tells whether expr is a number or made of numbers, constants such as Pi,
    and numeric functions.

    >>> {NumericQ[Pi], NumericQ[Sin[2]], NumericQ[x]}
    {True, True, False}
    """
    return truth(is_numeric(expr))


@builtin("RealValuedNumberQ")
def real_valued_number_q(ev: Any, expr: Any) -> Any:
    """RealValuedNumberQ[expr] tells whether expr is a number that is not complex.

    >>> {RealValuedNumberQ[1.5], RealValuedNumberQ[I]}
    {True, False}
    """
    return truth(is_number(expr) and type(expr) is not Complex)


@builtin("ExactNumberQ")
def exact_number_q(ev: Any, expr: Any) -> Any:
    """ExactNumberQ[expr] tells whether expr is an exact number.

    >>> {ExactNumberQ[1/2], ExactNumberQ[0.5], ExactNumberQ[1 + 2 I]}
    {True, False, True}
    """
    return truth(is_number(expr) and _is_exact(expr))


def _is_exact(x: Any) -> bool:
    return type(x) in (int, Fraction) or (type(x) is Complex and _is_exact(x.re) and _is_exact(x.im))


@builtin("InexactNumberQ")
def inexact_number_q(ev: Any, expr: Any) -> Any:
    """InexactNumberQ[expr] tells whether expr is a real or complex number of limited precision.

    >>> {InexactNumberQ[0.5], InexactNumberQ[1]}
    {True, False}
    """
    return truth(is_number(expr) and not _is_exact(expr))


@builtin("MachineNumberQ")
def machine_number_q(ev: Any, expr: Any) -> Any:
    """MachineNumberQ[expr] tells whether expr is a machine-precision real or complex number.

    >>> {MachineNumberQ[1.5], MachineNumberQ[1]}
    {True, False}
    """
    if type(expr) is Complex:
        parts = (type(expr.re), type(expr.im))
        return truth(float in parts and BigReal not in parts)
    return truth(type(expr) is float)


@builtin("StringQ")
def string_q(ev: Any, expr: Any) -> Any:
    """StringQ[expr] tells whether expr is a string.

    >>> {StringQ["a"], StringQ[a]}
    {True, False}
    """
    return truth(type(expr) is str)


@builtin("SymbolQ")
def symbol_q(ev: Any, expr: Any) -> Any:
    """SymbolQ[expr] tells whether expr is a symbol.

    >>> {SymbolQ[x], SymbolQ["x"]}
    {True, False}
    """
    return truth(type(expr) is Symbol)


@builtin("AtomQ")
def atom_q(ev: Any, expr: Any) -> Any:
    """AtomQ[expr] tells whether expr cannot be divided into subexpressions.

    >>> {AtomQ[1], AtomQ["a"], AtomQ[f[x]], AtomQ[<||>]}
    {True, True, False, True}
    """
    return truth(type(expr) is not Expr and type(expr) is not np.ndarray)


@builtin("ListQ")
def list_q(ev: Any, expr: Any) -> Any:
    """ListQ[expr] tells whether the head of expr is List.

    >>> {ListQ[{1}], ListQ[x]}
    {True, False}
    """
    return truth(is_list(expr))


def _parity(value: Any, remainder: int) -> Any:
    if type(value) is np.ndarray:
        if value.dtype != np.int64 or value.ndim != 1:
            return None
        return make_list(truth(x) for x in (value % 2 == remainder).tolist())
    return truth(type(value) is int and value % 2 == remainder)


@builtin("EvenQ", attributes=LISTABLE)
def even_q(ev: Any, expr: Any) -> Any:
    """EvenQ[expr] tells whether expr is an even integer.

    >>> EvenQ[{1, 2, x}]
    {False, True, False}
    """
    return _parity(expr, 0)


@builtin("OddQ", attributes=LISTABLE)
def odd_q(ev: Any, expr: Any) -> Any:
    """OddQ[expr] tells whether expr is an odd integer.

    >>> OddQ[{1, 2, x}]
    {True, False, False}
    """
    return _parity(expr, 1)


def _sign_is(ev: Any, value: Any, test: Callable[[int], bool]) -> Any:
    """True or False by the sign of a real value, False for other numbers, undecided for symbols."""
    sign = difference_sign(ev, value, 0)
    if sign is not None:
        return truth(test(sign))
    return truth(False) if is_numeric(value) else None


@builtin("Positive", attributes=LISTABLE)
def positive(ev: Any, expr: Any) -> Any:
    """Positive[x] is True when x is a positive number.

    >>> Positive[{1, 0, Pi, x}]
    {True, False, True, Positive[x]}
    """
    return _sign_is(ev, expr, lambda sign: sign > 0)


@builtin("Negative", attributes=LISTABLE)
def negative(ev: Any, expr: Any) -> Any:
    """Negative[x] is True when x is a negative number.

    >>> Negative[{-1, 0}]
    {True, False}
    """
    return _sign_is(ev, expr, lambda sign: sign < 0)


@builtin("NonNegative", attributes=LISTABLE)
def non_negative(ev: Any, expr: Any) -> Any:
    """NonNegative[x] is True when x is a number greater than or equal to 0.

    >>> NonNegative[{-1, 0}]
    {False, True}
    """
    return _sign_is(ev, expr, lambda sign: sign >= 0)


@builtin("NonPositive", attributes=LISTABLE)
def non_positive(ev: Any, expr: Any) -> Any:
    """NonPositive[x] is True when x is a number less than or equal to 0.

    >>> NonPositive[{1, 0}]
    {False, True}
    """
    return _sign_is(ev, expr, lambda sign: sign <= 0)


@builtin("SquareMatrixQ")
def square_matrix_q(ev: Any, expr: Any) -> Any:
    """SquareMatrixQ[m] tells whether m is a matrix with as many rows as columns.

    >>> SquareMatrixQ[{{1, 2}, {3, 4}}]
    True
    """
    shape = dimensions(expr)
    return truth(ev.call(S.MatrixQ, expr) is TRUE and shape[0] == shape[1])


@builtin("ValueQ", attributes=HOLD_ALL_COMPLETE)
def value_q(ev: Any, expr: Any) -> Any:
    """ValueQ[expr] tells whether expr has a value: whether evaluating it changes it.

    >>> x = 1; {ValueQ[x], ValueQ[y]}
    {True, False}
    """
    if type(expr) is Symbol:
        return truth(expr.own is not None)
    if type(expr) is not Expr:
        return truth(False)
    inert = Expr(expr.head, tuple(ev.evaluate(x) for x in expr.args))
    return truth(not same(ev.evaluate(expr), inert))
