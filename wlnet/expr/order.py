"""Canonical order: the total order of Sort, Order and of the arguments of Orderless functions.

Numbers come first, by value (an exact number before an inexact one of the same value), then strings and
symbols by name ignoring case, then expressions: sums, products and powers as the terms of a polynomial are
written (`x` before `x^2`, `b + a x`), all others by length, head and arguments. Nothing here recurses.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from functools import cmp_to_key
from operator import itemgetter
from typing import Any

import numpy as np

from .association import Association
from .atoms import ATOMS
from .expression import LIST, Expr, head_of, unpack
from .numbers import NUMBER_TYPES, BigReal, Complex
from .symbols import S, Symbol

PLUS = S.Plus
TIMES = S.Times
POWER = S.Power
_POLYNOMIAL = frozenset((PLUS, TIMES, POWER))

_NUMBER, _STRING, _SYMBOL, _COMPOUND = range(4)
_RANK: dict[type, int] = {kind: _NUMBER for kind in NUMBER_TYPES} | {str: _STRING, Symbol: _SYMBOL}
_EXACTNESS: dict[type, int] = {float: 1, BigReal: 2}


def compare(a: Any, b: Any) -> int:
    """-1 when `a` comes before `b`, 1 when after, 0 when they are the same."""
    # The order is lexicographic in a list of smaller comparisons: the first that is not a tie decides. An int
    # on the stack is the outcome of a comparison already made, which counts once everything
    # above it has tied.
    stack: list[Any] = [(a, b)]
    while stack:
        task = stack.pop()
        if type(task) is int:
            if task:
                return task
            continue
        a, b = task
        if a is b:
            continue
        left = _RANK.get(type(a), _COMPOUND)
        right = _RANK.get(type(b), _COMPOUND)
        if left == _COMPOUND or right == _COMPOUND:
            _push_compound(stack, a, b, left, right)
        elif left != right:
            return -1 if left < right else 1
        else:
            outcome: int = _ATOMIC[left](a, b)
            if outcome:
                return outcome
    return 0


def compare_numbers(a: Any, b: Any) -> int:
    """By real part, then by the size of the imaginary part, then by its sign; ties: exact first."""
    if type(a) is Complex or type(b) is Complex:
        ar, ai = (a.re, a.im) if type(a) is Complex else (a, 0)
        br, bi = (b.re, b.im) if type(b) is Complex else (b, 0)
        return (
            compare_numbers(ar, br)
            or compare_numbers(abs(_plain(ai)), abs(_plain(bi)))
            or compare_numbers(ai, bi)
        )
    x, y = _plain(a), _plain(b)
    if type(a) is Fraction and type(b) is BigReal:
        x, y = a.numerator, y * a.denominator
    elif type(b) is Fraction and type(a) is BigReal:
        x, y = x * b.denominator, b.numerator
    if x != y:
        if x != x or y != y:  # an undefined real sorts last
            return int(x != x) - int(y != y)
        return -1 if x < y else 1
    return _sign(_EXACTNESS.get(type(a), 0) - _EXACTNESS.get(type(b), 0)) or _sign(_digits(a) - _digits(b))


def _plain(x: Any) -> Any:
    return x.value if type(x) is BigReal else x


def _digits(x: Any) -> float:
    return x.digits if type(x) is BigReal else 0.0


def _sign(x: float) -> int:
    return (x > 0) - (x < 0)


def text_key(text: str) -> tuple[str, str]:
    """Alphabetical order ignoring case; among equals the lower-case letter first."""
    return (text.casefold(), text.swapcase())


def compare_strings(a: str, b: str) -> int:
    if a == b:
        return 0
    return -1 if text_key(a) < text_key(b) else 1


def _compare_symbols(a: Symbol, b: Symbol) -> int:
    return compare_strings(a.name, b.name) or compare_strings(a.context, b.context)


_ATOMIC: tuple[Any, ...] = (compare_numbers, compare_strings, _compare_symbols)


def _push_compound(stack: list[Any], a: Any, b: Any, left: int, right: int) -> None:
    """Replace the comparison of `a` and `b`, one of them no simple atom, by smaller ones."""
    if left <= _STRING or right <= _STRING:
        stack.append(-1 if left <= _STRING else 1)
        return
    head_a = _form(a)
    head_b = _form(b)
    for head in (TIMES, POWER, PLUS):
        if head_a is head or head_b is head:
            if head is POWER:
                base_a, power_a = _as_power(a, head_a)
                base_b, power_b = _as_power(b, head_b)
                stack.extend(((power_a, power_b), (base_a, base_b)))
                return
            _push_backwards(stack, a, b, head)
            return
    if left != right:
        stack.append(-1 if left < right else 1)
        return
    _push_ordinary(stack, a, b)


def _form(x: Any) -> Any:
    """Times, Power or Plus where `x` is an ordinary expression of that form, else None."""
    if type(x) is not Expr:
        return None
    head, n = x.head, len(x.args)
    return head if (n > 1 and (head is TIMES or head is PLUS)) or (n == 2 and head is POWER) else None


def _as_power(x: Any, head: Any) -> tuple[Any, Any]:
    return (x.args[0], x.args[1]) if head is POWER else (x, 1)


def _push_backwards(stack: list[Any], a: Any, b: Any, head: Symbol) -> None:
    """Products and sums: the last (greatest) factors decide first, then the shorter comes first,
    then the coefficient.
    """
    factors_a, number_a = _parts(a, head)
    factors_b, number_b = _parts(b, head)
    stack.append((number_a, number_b))
    stack.append(_sign(len(factors_a) - len(factors_b)))
    n = min(len(factors_a), len(factors_b))
    if n:
        stack.extend(zip(factors_a[len(factors_a) - n :], factors_b[len(factors_b) - n :], strict=True))


def _parts(x: Any, head: Symbol) -> tuple[tuple[Any, ...], Any]:
    """The factors of a product (terms of a sum) and its number."""
    unit = 1 if head is TIMES else 0
    if type(x) is Expr and x.head is head and len(x.args) > 1:
        if type(x.args[0]) in NUMBER_TYPES:
            return x.args[1:], x.args[0]
        return x.args, unit
    return (x,), unit


def _push_ordinary(stack: list[Any], a: Any, b: Any) -> None:
    """Length, then head, then arguments from the left."""
    head_a, args_a = _shape(a)
    head_b, args_b = _shape(b)
    if len(args_a) != len(args_b):
        stack.append(_sign(len(args_a) - len(args_b)))
        return
    stack.extend(zip(reversed(args_a), reversed(args_b), strict=True))
    stack.append((head_a, head_b))


def _shape(x: Any) -> tuple[Any, tuple[Any, ...]]:
    kind = type(x)
    if kind is Expr:
        return x.head, x.args
    if kind is np.ndarray:
        return LIST, unpack(x).args
    if kind is Association:
        return S.Association, x.rules()
    atom = ATOMS.get(kind)
    if atom is not None and atom.full is not None:
        full = atom.full(x)
        if type(full) is Expr:
            return full.head, full.args
    return head_of(x), (repr(x),)


_as_key = cmp_to_key(compare)
_KEY_DEPTH = 8
_MANY = 8  # values from which making keys pays


class _NoKeyError(Exception):
    """The place of this value among others cannot be told by a key."""


def _key(x: Any, depth: int) -> tuple[Any, ...]:
    """A key that sorts as `compare` does, for plain atoms and expressions of them; others raise."""
    kind = type(x)
    if kind is int or kind is Fraction:
        return (_NUMBER, x, 0)
    if kind is float and x == x:
        return (_NUMBER, x, 1)
    if kind is str:
        return (_STRING, *text_key(x))
    if kind is Symbol:
        return (_SYMBOL, *text_key(x.name), *text_key(x.context))
    if kind is not Expr or depth == 0 or x.head in _POLYNOMIAL:
        raise _NoKeyError
    depth -= 1
    return (_COMPOUND, len(x.args), _key(x.head, depth), *[_key(a, depth) for a in x.args])


def canonical(items: Iterable[Any]) -> list[Any]:
    """`items` in canonical order (stable)."""
    items = list(items)
    kinds = set(map(type, items))
    if kinds == {int} or kinds == {float}:
        return sorted(items)
    if kinds == {str}:
        return sorted(items, key=text_key)
    if kinds == {Symbol}:
        return sorted(items, key=lambda s: (text_key(s.name), text_key(s.context)))
    if len(items) >= _MANY:
        try:
            return [x for _, x in sorted([(_key(x, _KEY_DEPTH), x) for x in items], key=itemgetter(0))]
        except _NoKeyError:
            pass
    return sorted(items, key=_as_key)


def inserted(items: tuple[Any, ...], x: Any) -> tuple[Any, ...]:
    """`items`, which are in canonical order, with `x` in its place."""
    k = bisect_right(items, _as_key(x), key=_as_key)
    return (*items[:k], x, *items[k:])


def is_canonical(items: tuple[Any, ...]) -> bool:
    """Whether `items` are in canonical order already."""
    return all(compare(items[i], items[i + 1]) <= 0 for i in range(len(items) - 1))


def canonical_args(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of an Orderless function in canonical order; the same tuple when they are."""
    if len(args) == 2:  # the common case
        return args if compare(args[0], args[1]) <= 0 else (args[1], args[0])
    return args if is_canonical(args) else tuple(canonical(args))
