"""Integers, rounding, digits, combinatorics: the language's results,
and the plain functions against brute force."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlnet.builtins import number_theory

CASES = [
    ("Mod[-7, 3]", "2"),
    ("Mod[7, -3]", "-2"),
    ("Mod[9, 3, 1]", "3"),
    ("Mod[5.5, 2]", "1.5"),
    ("Mod[7/2, 2]", "3/2"),
    ("Mod[Range[-3, 3], 3]", "{0, 1, 2, 0, 1, 2, 0}"),
    ("Mod[x, 3]", "Mod[x, 3]"),
    ("Quotient[-17, 5]", "-4"),
    ("QuotientRemainder[17, 5]", "{3, 2}"),
    ("GCD[12, 18, 27]", "3"),
    ("GCD[]", "0"),
    ("LCM[4, 6]", "12"),
    ("GCD[12, {4, 9}]", "{4, 3}"),
    ("PrimeQ[{1, 2, 91, -7, 2^89 - 1}]", "{False, True, False, True, True}"),
    ("Prime[100]", "541"),
    ("NextPrime[100]", "101"),
    ("NextPrime[-5]", "-3"),
    ("PrimePi[1000]", "168"),
    ("FactorInteger[2^64 + 1]", "{{274177, 1}, {67280421310721, 1}}"),
    ("FactorInteger[1]", "{{1, 1}}"),
    ("FactorInteger[0]", "{{0, 1}}"),
    ("Divisors[28]", "{1, 2, 4, 7, 14, 28}"),
    ("EulerPhi[36]", "12"),
    ("PowerMod[2, -1, 7]", "4"),
    ("ChineseRemainder[{1, 2}, {4, 6}]", "ChineseRemainder[{1, 2}, {4, 6}]"),
    ("IntegerDigits[0]", "{0}"),
    ("IntegerDigits[255, 16]", "{15, 15}"),
    ("IntegerDigits[123, 10, 2]", "{2, 3}"),
    ("FromDigits[{1, x, 3}]", "103 + 10*x"),
    ('FromDigits["1010", 2]', "10"),
    ("IntegerLength[10^50]", "51"),
    ("DigitCount[1223, 10, 2]", "2"),
    ("RealDigits[1/7]", "{{{1, 4, 2, 8, 5, 7}}, 0}"),
    ("BitAnd[12, 10]", "8"),
    ("BitXor[Range[3], 1]", "{0, 3, 2}"),
    ("BitShiftLeft[1, 100] == 2^100", "True"),
    ("Round[{0.5, 1.5, -2.5}]", "{0, 2, -2}"),
    ("Round[2.3456, 0.01]", "2.35"),
    ("Round[7/2]", "4"),
    ("Round[12.7 + 3.2 I]", "13 + 3*I"),
    ("Floor[-3/2]", "-2"),
    ("Floor[Pi^20]", "8769956796"),
    ("Floor[Log[2, 2^100]]", "100"),
    ("Ceiling[Sqrt[2]]", "2"),
    ("Ceiling[17, 5]", "20"),
    ("IntegerPart[-2.7]", "-2"),
    ("FractionalPart[-7/2]", "-1/2"),
    ("Clip[{-2, 0, 2}]", "{-1, 0, 1}"),
    ("Clip[5, {0, 3}, {a, b}]", "b"),
    ("Rescale[{1, 2, 3}]", "{0, 1/2, 1}"),
    ("Max[{}]", "-Infinity"),
    ("Max[1, {2, {7, x}}, 3]", "Max[7, x]"),
    ("Min[Pi, 22/7]", "Pi"),
    ("Max[Infinity, 3]", "Infinity"),
    ("Unitize[{0, 3, 0.}]", "{0, 1, 0}"),
    ("KroneckerDelta[1, 1, 1]", "1"),
    ("5!", "120"),
    ("(1/2)!", "Sqrt[Pi]/2"),
    ("7!!", "105"),
    ("Binomial[10, 3]", "120"),
    ("Binomial[n, 2]", "((-1 + n)*n)/2"),
    ("Fibonacci[-4]", "-3"),
    ("StirlingS2[5, 2]", "15"),
    ("BellB[5]", "52"),
    ("PartitionsP[100]", "190569292"),
    ("IntegerPartitions[4, {2}]", "{{3, 1}, {2, 2}}"),
    ("BernoulliB[10]", "5/66"),
    ("IntegerString[255, 16]", '"ff"'),
    ("RomanNumeral[1994]", '"MCMXCIV"'),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_values(value, text, expected):
    assert value(text) == expected


def test_messages(message):
    assert message("Mod[5, 0]") == "Mod::indet: Indeterminate expression Mod[5, 0] encountered."
    assert message("Prime[0]").startswith("Prime::intpp")
    assert message("PowerMod[2, -1, 4]").startswith("PowerMod::ninv")
    assert message("IntegerDigits[5, 1]").startswith("IntegerDigits::ibase")


def test_primes_against_trial_division():
    def slow(n: int) -> bool:
        return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))

    assert [n for n in range(2000) if number_theory.is_prime(n)] == [n for n in range(2000) if slow(n)]
    assert number_theory.primes_below(2000) == [n for n in range(2000) if slow(n)]
    assert not number_theory.is_prime(3825123056546413051)  # a strong pseudoprime to bases up to 23


@given(st.integers(1, 10**14))
def test_factors_multiply_back(n):
    found = number_theory.factor(n)
    assert math.prod(p**e for p, e in found) == n
    assert all(number_theory.is_prime(p) for p, _ in found)


@given(st.integers(0, 10**40), st.integers(2, 40))
def test_digits_read_back(n, base):
    found = number_theory.digits(n, base)
    assert number_theory.from_digits(found, base) == n
    assert all(0 <= d < base for d in found)
    assert number_theory.integer_length(n, base) == (len(found) if n else 0)


def test_long_digits():
    n = 7**20_000
    assert number_theory.from_digits(number_theory.digits(n, 13), 13) == n


@given(st.integers(0, 10**30), st.integers(1, 9))
def test_integer_root(n, k):
    root = number_theory.integer_root(n, k)
    assert root**k <= n < (root + 1) ** k


@given(st.integers(-200, 200), st.integers(1, 99).filter(lambda n: n % 2 == 1))
def test_jacobi_by_euler(a, n):
    expected = 1
    for p, e in number_theory.factor(n) if n > 1 else []:
        legendre = pow(a % p, (p - 1) // 2, p)
        expected *= (-1 if legendre == p - 1 else legendre) ** e
    assert number_theory.jacobi(a, n) == expected


def test_prime_count_and_nth_prime():
    assert number_theory.prime_count(10**6) == 78498
    assert number_theory.nth_prime(5000) == 48611
