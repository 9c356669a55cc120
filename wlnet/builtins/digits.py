"""Digits and bits of numbers: IntegerDigits, FromDigits, RealDigits, DigitCount, BaseForm's neighbours,
BitAnd, ..."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

from wlnet.expr import BigReal, Expr, S, is_list, items, make_list, packed
from wlnet.expr.attributes import FLAT, LISTABLE, NUMERIC_FUNCTION, ONE_IDENTITY, ORDERLESS
from wlnet.kernel.registry import builtin

from . import number_theory, numbers, numeric
from .precision import exact_value

BASE = {"ibase": "Base `1` is not an integer greater than 1."}


def _base(ev: Any, name: str, base: Any) -> bool:
    if type(base) is int and base > 1:
        return True
    if type(base) in numbers.KIND:
        ev.message(name, "ibase", base)
    return False


@builtin("IntegerDigits", attributes=LISTABLE, messages=BASE)
def integer_digits(ev: Any, n: Any, base: Any = 10, *length: Any) -> Any:
    """IntegerDigits[n] gives the decimal digits of the integer n.
    IntegerDigits[n, b] uses base b; IntegerDigits[n, b, len] gives the last len digits, padded with zeros.

    >>> {IntegerDigits[-1234], IntegerDigits[10, 2], IntegerDigits[5, 2, 6]}
    {{1, 2, 3, 4}, {1, 0, 1, 0}, {0, 0, 0, 1, 0, 1}}
    """
    if type(n) is not int or len(length) > 1 or not _base(ev, "IntegerDigits", base):
        return None
    found = number_theory.digits(n, base)
    if length:
        (wanted,) = length
        if type(wanted) is not int or wanted < 0:
            return None
        found = [0] * (wanted - len(found)) + found[max(0, len(found) - wanted) :]
    return packed(np.array(found, dtype=np.int64)) if base < 1 << 62 and found else make_list(found)


@builtin("FromDigits", messages=BASE)
def from_digits(ev: Any, digits: Any, base: Any = 10) -> Any:
    """FromDigits[list] gives the integer with these decimal digits; FromDigits[list, b] uses base b.
    FromDigits["string"] reads a string of digits; FromDigits[{list, n}] puts the point after n digits.

    >>> {FromDigits[{1, 2, 3}], FromDigits[{1, 0, 1}, 2], FromDigits["ff", 16], FromDigits[{{1, 2, 5}, 1}]}
    {123, 5, 255, 5/4}
    """
    if type(digits) is str:
        return _from_text(digits, base)
    if not is_list(digits):
        return None
    values = items(digits)
    if len(values) == 2 and is_list(values[0]) and type(values[1]) is int:
        whole = from_list(items(values[0]), base)
        return Expr(S.Times, (whole, Expr(S.Power, (base, values[1] - len(items(values[0]))))))
    return from_list(values, base)


def from_list(values: tuple[Any, ...], base: Any) -> Any:
    """The number with digits `values`, symbolic ones included."""
    if type(base) is int and all(type(d) is int for d in values):
        return number_theory.from_digits(list(values), base)
    powers = [Expr(S.Times, (d, Expr(S.Power, (base, len(values) - 1 - i)))) for i, d in enumerate(values)]
    return Expr(S.Plus, tuple(powers))


def _from_text(text: str, base: Any) -> Any:
    if type(base) is not int or not text.isalnum():
        return None
    return number_theory.from_digits([int(c, 36) for c in text], base)


@builtin("IntegerLength", attributes=LISTABLE, messages=BASE)
def integer_length(ev: Any, n: Any, base: Any = 10) -> Any:
    """IntegerLength[n] gives the number of decimal digits of n; IntegerLength[n, b] uses base b.

    >>> {IntegerLength[12345], IntegerLength[8, 2], IntegerLength[0]}
    {5, 4, 0}
    """
    if type(n) is not int or not _base(ev, "IntegerLength", base):
        return None
    return number_theory.integer_length(n, base)


@builtin("DigitCount", attributes=LISTABLE, messages=BASE)
def digit_count(ev: Any, n: Any, base: Any = 10, *digit: Any) -> Any:
    """DigitCount[n, b] gives how often the digits 1, 2, ..., b - 1, 0 occur in n in base b.
    DigitCount[n, b, d] gives the number of digits d.

    >>> {DigitCount[100, 2], DigitCount[242442422, 10, 2]}
    {{3, 4}, 5}
    """
    if type(n) is not int or len(digit) > 1 or not _base(ev, "DigitCount", base):
        return None
    found = number_theory.digits(n, base)
    if digit:
        return found.count(digit[0]) if type(digit[0]) is int else None
    return make_list(found.count(d) for d in (*range(1, base), 0))


@builtin("DigitSum", attributes=LISTABLE, messages=BASE)
def digit_sum(ev: Any, n: Any, base: Any = 10) -> Any:
    """DigitSum[n] gives the sum of the decimal digits of n; DigitSum[n, b] uses base b.

    >>> DigitSum[{123, 999}]
    {6, 27}
    """
    return sum(number_theory.digits(n, base)) if type(n) is int and _base(ev, "DigitSum", base) else None


@builtin("IntegerReverse", attributes=LISTABLE, messages=BASE)
def integer_reverse(ev: Any, n: Any, base: Any = 10) -> Any:
    """IntegerReverse[n] gives the integer with the digits of n reversed.

    >>> IntegerReverse[1230]
    321
    """
    if type(n) is not int or not _base(ev, "IntegerReverse", base):
        return None
    return number_theory.from_digits(number_theory.digits(n, base)[::-1], base)


@builtin("IntegerExponent", attributes=LISTABLE)
def integer_exponent(ev: Any, n: Any, base: Any = 10) -> Any:
    """IntegerExponent[n, b] gives the highest power of b that divides n.

    >>> {IntegerExponent[1200], IntegerExponent[24, 2]}
    {2, 3}
    """
    if type(n) is not int or type(base) is not int or base < 2:
        return None
    if n == 0:
        return S.Infinity
    e = 0
    while n % base == 0:
        n //= base
        e += 1
    return e


@builtin("RealDigits", attributes=LISTABLE, messages=BASE)
def real_digits(ev: Any, x: Any, base: Any = 10, *rest: Any) -> Any:
    """RealDigits[x] gives the digits of x and the number of them left of the decimal point.
    RealDigits[x, b, len] gives len digits in base b. The recurring digits of a rational stand in a list at
    the end.

    >>> {RealDigits[123.25, 10, 6], RealDigits[1/7], RealDigits[Pi, 10, 5]}
    {{{1, 2, 3, 2, 5, 0}, 3}, {{{1, 4, 2, 8, 5, 7}}, 0}, {{3, 1, 4, 1, 5}, 1}}
    """
    if len(rest) > 1 or not _base(ev, "RealDigits", base):
        return None
    wanted = rest[0] if rest else None
    if wanted is not None and (type(wanted) is not int or wanted < 1):
        return None
    if type(x) is int or type(x) is Fraction:
        return _rational_digits(Fraction(x), base, wanted)
    if type(x) not in (float, BigReal):
        if wanted is None or not numeric.numeric_q(x):
            return None
        x = numeric.numeric_value(ev, x, wanted * math.log10(base) + 5)
        if type(x) is not BigReal:
            return None
    if not x if type(x) is float else not x.value:
        return make_list((make_list([0] * (wanted or 16)), -307 if type(x) is float else 0))
    return _approximate_digits(x, base, wanted)


def _approximate_digits(x: Any, base: int, wanted: int | None) -> Any:
    known = (
        16
        if type(x) is float and base == 10
        else int((numbers.digits_of(x) or 15.95) / math.log10(base)) or 1
    )
    value = abs(Fraction(exact_value(x)))
    count = known if wanted is None else min(known, wanted)
    point = _leading(value, base)
    scaled = value * Fraction(base) ** (count - point)
    whole = round(scaled)
    if wanted is not None and wanted < known:  # the digits known, cut off: 123.55 is 1 2 3 5 5
        whole = round(value * Fraction(base) ** (known - point)) // base ** (known - count)
    found = number_theory.digits(whole, base)
    if len(found) > count:
        point += 1
        found = found[:count]
    padded: list[Any] = list(found) + [S.Indeterminate] * ((wanted or count) - len(found))
    return make_list((make_list(padded), point))


def _leading(value: Fraction, base: int) -> int:
    """The e with base^(e-1) <= value < base^e."""
    point = number_theory.integer_length(math.floor(value), base)
    if point:
        return point
    while value * base < 1:
        value *= base
        point -= 1
    return point


def _rational_digits(x: Fraction, base: int, wanted: int | None) -> Any:
    x = abs(x)
    if x == 0:
        return make_list((make_list((0,) * (wanted or 1)), 0 if wanted is None else 1))
    point = _leading(x, base)
    if wanted is not None:
        whole = math.floor(x * Fraction(base) ** (wanted - point))
        return make_list((make_list(number_theory.digits(whole, base)), point))
    found: list[Any] = number_theory.digits(math.floor(x), base) if x >= 1 else []
    rest = x - math.floor(x)
    seen: dict[Fraction, int] = {}
    tail: list[Any] = []
    while rest and rest not in seen:
        seen[rest] = len(tail)
        rest *= base
        tail.append(math.floor(rest))
        rest -= math.floor(rest)
    if rest:
        start = seen[rest]
        tail = [*tail[:start], *([] if not tail[start:] else [make_list(tail[start:])])]
    digits = found + tail
    while digits and type(digits[0]) is int and digits[0] == 0:
        digits = digits[1:]
    if not rest:
        while len(digits) > 1 and digits[-1] == 0 and len(digits) > point:
            digits = digits[:-1]
    return make_list((make_list(digits), point))


@builtin("MantissaExponent")
def mantissa_exponent(ev: Any, x: Any, base: Any = 10) -> Any:
    """MantissaExponent[x] gives {m, e} with x = m 10^e and 1/10 <= Abs[m] < 1.

    >>> {MantissaExponent[123.5], MantissaExponent[8, 2]}
    {{0.1235, 3}, {1/2, 4}}
    """
    if type(x) not in (int, Fraction, float, BigReal) or type(base) is not int or base < 2:
        return None
    if numbers.is_zero(x):
        return make_list((x, 0))
    e = _leading(abs(Fraction(exact_value(x))), base)
    return make_list((numbers.divide(x, base**e) if e >= 0 else numbers.multiply(x, base**-e), e))


# Shifts beyond this many bits make numbers that fill the memory.
MAX_SHIFT = 1 << 31

BITS = FLAT | LISTABLE | ONE_IDENTITY | ORDERLESS


def _bitwise(name: str, op: Any, array: Any, identity: int, args: tuple[Any, ...]) -> Any:
    if any(type(a) is np.ndarray for a in args):
        if all(
            (type(a) is np.ndarray and a.dtype == np.int64) or (type(a) is int and abs(a) < 1 << 62)
            for a in args
        ):
            shapes = {a.shape for a in args if type(a) is np.ndarray}
            return packed(reduce(array, args)) if len(shapes) == 1 else None
        return None
    known = [a for a in args if type(a) is int]
    rest = [a for a in args if type(a) is not int]
    if not rest:
        return reduce(op, known, identity)
    if len(known) < 2:
        return None
    return Expr(getattr(S, name), (reduce(op, known), *rest))


@builtin("BitAnd", attributes=BITS, arrays=True)
def bit_and(ev: Any, *ns: Any) -> Any:
    """BitAnd[n1, n2, ...] gives the bitwise AND of integers.

    >>> BitAnd[61, 15]
    13
    """
    return _bitwise("BitAnd", int.__and__, np.bitwise_and, -1, ns)


@builtin("BitOr", attributes=BITS, arrays=True)
def bit_or(ev: Any, *ns: Any) -> Any:
    """BitOr[n1, n2, ...] gives the bitwise OR of integers.

    >>> BitOr[61, 15]
    63
    """
    return _bitwise("BitOr", int.__or__, np.bitwise_or, 0, ns)


@builtin("BitXor", attributes=BITS, arrays=True)
def bit_xor(ev: Any, *ns: Any) -> Any:
    """BitXor[n1, n2, ...] gives the bitwise XOR of integers.

    >>> BitXor[61, 15]
    50
    """
    return _bitwise("BitXor", int.__xor__, np.bitwise_xor, 0, ns)


@builtin("BitNot", attributes=LISTABLE, arrays=True)
def bit_not(ev: Any, n: Any) -> Any:
    """BitNot[n] gives the bitwise NOT of n, -1 - n.

    >>> BitNot[5]
    -6
    """
    if type(n) is np.ndarray:
        return packed(~n) if n.dtype == np.int64 else None
    return ~n if type(n) is int else None


@builtin("BitShiftLeft", attributes=LISTABLE)
def bit_shift_left(ev: Any, n: Any, k: Any = 1) -> Any:
    """BitShiftLeft[n, k] shifts the bits of n left by k places.

    >>> {BitShiftLeft[5, 2], BitShiftLeft[5]}
    {20, 10}
    """
    if type(n) is not int or type(k) is not int:
        return None
    return None if k > MAX_SHIFT else n << k if k >= 0 else n >> -k


@builtin("BitShiftRight", attributes=LISTABLE)
def bit_shift_right(ev: Any, n: Any, k: Any = 1) -> Any:
    """BitShiftRight[n, k] shifts the bits of n right by k places.

    >>> {BitShiftRight[20, 2], BitShiftRight[5]}
    {5, 2}
    """
    if type(n) is not int or type(k) is not int:
        return None
    return None if -k > MAX_SHIFT else n >> k if k >= 0 else n << -k


@builtin("BitLength", attributes=LISTABLE | NUMERIC_FUNCTION)
def bit_length(ev: Any, n: Any) -> Any:
    """BitLength[n] gives the number of binary bits needed for n.

    >>> BitLength[{255, 256}]
    {8, 9}
    """
    return (n if n >= 0 else ~n).bit_length() if type(n) is int else None


@builtin("BitGet", attributes=LISTABLE)
def bit_get(ev: Any, n: Any, k: Any) -> Any:
    """BitGet[n, k] gets the bit of 2^k in n.

    >>> BitGet[5, {0, 1, 2}]
    {1, 0, 1}
    """
    return (n >> k) & 1 if type(n) is int and type(k) is int and k >= 0 else None


@builtin("BitSet", attributes=LISTABLE)
def bit_set(ev: Any, n: Any, k: Any) -> Any:
    """BitSet[n, k] sets the bit of 2^k in n to 1.

    >>> BitSet[8, 1]
    10
    """
    return n | (1 << k) if type(n) is int and type(k) is int and 0 <= k < MAX_SHIFT else None


@builtin("BitClear", attributes=LISTABLE)
def bit_clear(ev: Any, n: Any, k: Any) -> Any:
    """BitClear[n, k] sets the bit of 2^k in n to 0.

    >>> BitClear[10, 1]
    8
    """
    return n & ~(1 << k) if type(n) is int and type(k) is int and 0 <= k < MAX_SHIFT else None
