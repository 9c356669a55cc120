"""The number tower, N and precision: plain functions and what the language shows of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlnet.builtins import numbers, radicals
from wlnet.expr import BigReal, Complex, big_real

EXACT = st.one_of(
    st.integers(-50, 50), st.fractions(-5, 5, max_denominator=20).filter(lambda f: f.denominator > 1)
)
COMPLEX = st.builds(lambda a, b: numbers.make_complex(a, b), EXACT, EXACT)


@given(COMPLEX, COMPLEX, COMPLEX)
def test_exact_arithmetic_is_a_ring(a, b, c):
    assert numbers.multiply(a, numbers.add(b, c)) == numbers.add(
        numbers.multiply(a, b), numbers.multiply(a, c)
    )
    assert numbers.add(a, b) == numbers.add(b, a)
    assert numbers.subtract(numbers.add(a, b), b) == a


@given(COMPLEX.filter(lambda z: not numbers.is_zero(z)))
def test_reciprocal(a):
    assert numbers.multiply(a, numbers.reciprocal(a)) == 1


@given(st.fractions(Fraction(1, 40), 50, max_denominator=40), st.fractions(-3, 3, max_denominator=6))
def test_rational_powers_have_the_right_value(base, exponent):
    if exponent.denominator == 1:
        return
    coefficient, roots = radicals.rational_power(base, exponent)
    value = float(coefficient)
    for radicand, power in roots:
        assert -1 < power < 1
        value *= float(radicand) ** float(power)
    assert value == pytest.approx(float(base) ** float(exponent), rel=1e-12)


def test_kinds_mix():
    assert numbers.add(1, 2.5) == 3.5
    assert numbers.add(Fraction(1, 2), Fraction(1, 2)) == 1
    assert type(numbers.add(Fraction(1, 2), Fraction(1, 2))) is int
    assert numbers.make_complex(1, 2.5) == Complex(1.0, 2.5)
    assert numbers.make_complex(3, 0) == 3
    assert type(numbers.multiply(big_real("1.5", 30), 2.0)) is float
    assert numbers.multiply(0, 2.5) == 0


def test_precision_of_results():
    a, b = big_real(2, 20), big_real(3, 20)
    assert numbers.multiply(a, b).digits == pytest.approx(19.699, abs=1e-3)
    assert numbers.multiply(a, 7).digits == 20
    assert numbers.add(big_real(10**10, 20), 1).digits == pytest.approx(20, abs=1e-6)
    close = numbers.subtract(big_real("1.0000000001", 20), big_real(1, 20))
    assert close.digits == pytest.approx(9.7, abs=0.1)


def test_machine_overflow_becomes_big():
    value = numbers.multiply(1e300, 1e300)
    assert type(value) is BigReal
    assert value.digits < 16
    assert type(numbers.inexact_power(10.0, 400)) is BigReal


def test_division_by_zero():
    with pytest.raises(ZeroDivisionError):
        numbers.reciprocal(0)
    with pytest.raises(ZeroDivisionError):
        numbers.integer_power(0, -1)


CASES = [
    ("N[1/3]", "0.3333333333333333"),
    ("N[{1/3, x, 2}]", "{0.3333333333333333, x, 2.}"),
    ("N[x^2 + Sqrt[2]]", "1.4142135623730951 + x^2"),
    ('N[<|"a" -> 1/4|>]', '<|"a" -> 0.25|>'),
    ("N[f[1/2]]", "f[0.5]"),
    ("NumberQ[N[Pi, 40]]", "True"),
    ("Precision[1.5]", "MachinePrecision"),
    ("Precision[{1, 2}]", "Infinity"),
    ("Precision[{1, 2.}]", "MachinePrecision"),
    ("Precision[N[Pi, 30]]", "30."),
    ("Precision[N[Pi, 30] + 1.]", "MachinePrecision"),
    ("Precision[N[Sin[10^20], 20]]", "20."),
    ("Precision[SetPrecision[0.1, 30]]", "30."),
    ("SetPrecision[0.5, Infinity]", "1/2"),
    ("Accuracy[3]", "Infinity"),
    ("Rationalize[0.75]", "3/4"),
    ("Rationalize[N[Pi], 10^-5]", "355/113"),
    ("Rationalize[0.1, 0]", "1/10"),
    ("Rationalize[{0.5, 1.25}]", "{1/2, 5/4}"),
    ("Chop[{1.*^-15, 2.}]", "{0, 2.}"),
    ("N[Pi, 5] == N[Pi, 50]", "True"),
    ("N[Exp[Pi Sqrt[163]] - 262537412640768744, 10] < 0", "True"),
    ("$MachineEpsilon", "2.220446049250313*^-16"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_language(value, text, expected):
    assert value(text) == expected


def test_digits_of_pi(value):
    assert value("N[Pi, 50]").startswith("3.1415926535897932384626433832795028841971693993751")
    assert (
        value("RealDigits[Pi, 10, 20]") == "{{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4}, 1}"
    )


def test_bad_precision(message):
    assert message("N[Pi, x]") == "N::precbd: Requested precision x is not a machine-sized real number."
