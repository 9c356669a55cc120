"""Exact rational powers of rational numbers in the language's normal form.

`rational_power(8, 1/2)` is 2 times {2: 1/2}: a rational coefficient and a product of prime-free radicals.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from wlnet.expr import Complex, rational
from wlnet.expr.numbers import complex_number

from . import number_theory

# A product in progress: rational coefficient, exponent of each prime (or unfactored rest), exponent of -1.
Radicals = tuple[Any, list[tuple[Any, Any]]]


@lru_cache(maxsize=4096)
def rational_power(base: Any, exponent: Fraction) -> Radicals:
    """base^exponent for a rational base other than 0 and a non-integer exponent.

    Gives (coefficient, [(radicand, exponent), ...]) with exponents in (-1, 1); radicands of equal exponent
    are merged, those of opposite exponent become one fraction: Sqrt[2/3].
    The coefficient may be I times a rational.
    """
    exponents: dict[int, Fraction] = {}
    turn = add_factors(exponents, base, exponent)
    return normal_form(Fraction(1), exponents, turn)


def add_factors(exponents: dict[int, Fraction], base: Any, exponent: Fraction) -> Fraction:
    """Add the prime factors of base^exponent to `exponents`; gives the exponent of -1 that comes along."""
    numerator, denominator = Fraction(base).numerator, Fraction(base).denominator
    for number, sign in ((abs(numerator), 1), (denominator, -1)):
        found, rest = number_theory.small_factors(number)
        for prime, multiplicity in (*found, (rest, 1)) if rest > 1 else found:
            exponents[prime] = exponents.get(prime, Fraction(0)) + exponent * multiplicity * sign
    return exponent if numerator < 0 else Fraction(0)


def normal_form(coefficient: Fraction, exponents: dict[int, Fraction], turn: Fraction) -> Radicals:
    """The coefficient, (-1)^turn and the primes to their exponents, as rational_power gives them."""
    by_exponent: dict[Fraction, Fraction] = {}
    for prime, power in exponents.items():
        whole = int(power)  # toward zero: Sqrt[8/3] is 2 Sqrt[2/3], 3^(-1/2) stays
        coefficient *= Fraction(prime) ** whole
        left = power - whole
        if left:
            by_exponent[left] = by_exponent.get(left, Fraction(1)) * prime
    radicals = _merged(by_exponent)
    if turn:
        return _with_sign(coefficient, radicals, turn)
    return rational(coefficient), radicals


def _merged(by_exponent: dict[Fraction, Fraction]) -> list[tuple[Any, Any]]:
    """Radicals with opposite exponents joined into one of a fraction."""
    radicals = []
    for power in sorted(by_exponent, reverse=True):
        if power > 0:
            inverse = by_exponent.get(-power)
            radicand = by_exponent[power] / (inverse if inverse is not None else 1)
            radicals.append((rational(radicand), power))
        elif -power not in by_exponent:
            radicals.append((rational(by_exponent[power]), power))
    return radicals


def _with_sign(coefficient: Fraction, radicals: list[tuple[Any, Any]], exponent: Fraction) -> Any:
    """Multiply by (-1)^exponent: I for halves, else a radical with exponent in (0, 1),
    merged where it fits."""
    turn = exponent % 2  # (-1)^exponent has period 2
    if turn >= 1:
        turn -= 1
        coefficient = -coefficient
    if turn == 0:
        return rational(coefficient), radicals
    if turn == Fraction(1, 2):
        return complex_number(0, rational(coefficient)), radicals
    for i, (radicand, power) in enumerate(radicals):
        if power == turn:
            return rational(coefficient), [*radicals[:i], (-radicand, power), *radicals[i + 1 :]]
    return rational(coefficient), [(-1, turn), *radicals]


def exact_root(n: int, k: int) -> int | None:
    """The exact k-th root of n >= 0, or None."""
    root = number_theory.integer_root(n, k)
    return root if root**k == n else None


def exact_complex_root(z: Complex) -> Any:
    """The principal square root of an exact complex number where it is an exact complex number, else None."""
    re, im = Fraction(z.re), Fraction(z.im)
    modulus = _fraction_root(re * re + im * im)
    if modulus is None:
        return None
    a = _fraction_root((modulus + re) / 2)
    b = _fraction_root((modulus - re) / 2)
    if a is None or b is None:
        return None
    return complex_number(rational(a), rational(b if im >= 0 else -b))


def _fraction_root(x: Fraction) -> Fraction | None:
    top, bottom = exact_root(x.numerator, 2), exact_root(x.denominator, 2)
    return None if top is None or bottom is None else Fraction(top, bottom)
