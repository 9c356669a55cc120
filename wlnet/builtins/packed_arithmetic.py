"""Elementwise arithmetic on packed lists by NumPy, with the language's rules for shapes,
exactness and overflow.

Every function gives None where the packed way does not apply (exact and inexact kinds that must not mix,
integer overflow, a result that is not finite): the caller then threads over the elements,
which gets every case right.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Complex, packed

from . import numbers

INT64_LIMIT = 1 << 63


def common_length(args: Sequence[Any]) -> bool:
    """Whether the packed lists among `args` agree in length, as threading wants."""
    return len({a.shape[0] for a in args if type(a) is np.ndarray}) <= 1


def operands(args: Sequence[Any]) -> list[Any] | None:
    """`args` as NumPy operands whose elements correspond as threading pairs them, or None.

    A list of lower rank runs along the *first* dimensions of one of higher rank: {1, 2} + {{1, 2}, {3, 4}}
    adds 1 to the first row. Integers are left exact; a rational or big number beside integers
    has no packed result.
    """
    kinds = {type(a) for a in args}
    arrays = [a for a in args if type(a) is np.ndarray]
    inexact = float in kinds or any(a.dtype != np.int64 for a in arrays)
    if any(type(a) is Complex and numbers.is_exact(a) for a in args) and not inexact:
        return None
    rank = max(a.ndim for a in arrays)
    shape: tuple[int, ...] = ()
    found: list[Any] = []
    for a in args:
        kind = type(a)
        if kind is np.ndarray:
            if a.shape[: len(shape)] != shape[: a.ndim]:
                return None
            shape = a.shape if a.ndim > len(shape) else shape
            a = a.reshape(a.shape + (1,) * (rank - a.ndim)) if a.ndim < rank else a
            found.append(a.astype(np.float64) if inexact and a.dtype == np.int64 else a)
        elif kind is float:
            found.append(a)
        elif kind is int or kind is Fraction:
            if not inexact and kind is Fraction:
                return None
            found.append(float(a) if inexact and abs(a) < 1e300 else a)
        elif kind is Complex and inexact and numbers.digits_of(a) is not None and not numbers.is_exact(a):
            return None
        elif kind is Complex:
            found.append(numbers.to_complex(a))
        else:
            return None
    return found


def _bound(a: Any) -> int:
    """The largest modulus among the integers of an operand."""
    if type(a) is int:
        return abs(a)
    return max(abs(int(a.max())), abs(int(a.min()))) if a.size else 0


def _exact(values: list[Any]) -> bool:
    return all(type(a) is int or (type(a) is np.ndarray and a.dtype == np.int64) for a in values)


def add(args: Sequence[Any]) -> Any:
    """The elementwise sum of numbers and packed lists, or None."""
    values = operands(args)
    if values is None or (_exact(values) and sum(map(_bound, values)) >= INT64_LIMIT):
        return None
    with np.errstate(all="ignore"):
        total = values[0] + values[1]
        for a in values[2:]:
            total = total + a
    return _result(total, args)


def multiply(args: Sequence[Any]) -> Any:
    """The elementwise product of numbers and packed lists, or None."""
    if any(type(a) is int and a == 0 for a in args) and not all(
        type(a) is int or (type(a) is np.ndarray and a.dtype == np.int64) for a in args
    ):
        return None  # an exact zero makes exact zeros
    values = operands(args)
    if values is None:
        return None
    if _exact(values):
        limit = 1
        for a in values:
            limit *= _bound(a)
        if limit >= INT64_LIMIT:
            return None
    with np.errstate(all="ignore"):
        product = values[0] * values[1]
        for a in values[2:]:
            product = product * a
    return _result(product, args)


def power(base: Any, exponent: Any) -> Any:
    """The elementwise power, or None."""
    if type(base) is np.ndarray and type(exponent) is int:
        return _integer_power(base, exponent)
    if type(base) is np.ndarray and base.dtype == np.float64 and type(exponent) is Fraction:
        return _real_power(base, float(exponent), (base,))
    values = operands((base, exponent))
    if values is None:
        return None
    b, e = values
    if _exact(values):
        lowest = e if type(e) is int else (int(e.min()) if e.size else 0)
        if lowest < 0 or (lowest == 0 and _bound(b) == 0):
            return None
        if _bound(b) ** min(_bound(e), 64) >= INT64_LIMIT or _bound(e) > 63 and _bound(b) > 1:
            return None
        return packed(np.power(b, e))
    return _real_power(b, e, (base, exponent))


def _integer_power(base: np.ndarray, n: int) -> Any:
    if n == 0:
        return None if not base.all() else packed(np.ones_like(base))
    if n == 1:
        return base
    if base.dtype == np.int64:
        if n < 0 or n > 63 and _bound(base) > 1 or _bound(base) ** min(n, 64) >= INT64_LIMIT:
            return None
        return packed(base * base if n == 2 else np.power(base, n))
    with np.errstate(all="ignore"):
        if n == 2:
            value = base * base
        elif n == -1:
            value = 1.0 / base
        else:
            value = base**n
    return _result(value, (base,))


def _real_power(b: Any, e: Any, args: tuple[Any, ...]) -> Any:
    real = not np.iscomplexobj(b) and not np.iscomplexobj(e)
    if real and np.min(b, initial=0.0) < 0:
        return None  # some elements real, some complex
    with np.errstate(all="ignore"):
        value = np.sqrt(b) if type(e) is float and e == 0.5 else np.power(b, e)
    if np.any(b == 0):
        return None if not (real and np.min(e, initial=1.0) > 0) else _result(value, args)
    return _result(value, args)


def _result(value: np.ndarray, args: Sequence[Any]) -> Any:
    """`value` as a list; None when it overflowed although no argument was infinite."""
    if value.dtype != np.int64 and not np.isfinite(value.sum()) and not np.isfinite(value).all():
        if all(np.isfinite(a).all() for a in args if type(a) is np.ndarray):
            return None
    return packed(value)
