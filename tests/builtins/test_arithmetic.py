"""Plus, Times, Power and their relatives: canonical forms, exactness, overflow, infinities, packed lists."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    # sums
    ("2 x + 3 x", "5*x"),
    ("x + x + x", "3*x"),
    ("a + b + a", "2*a + b"),
    ("x - x", "0"),
    ("2 (a + b)", "2*(a + b)"),
    ("-(a + b)", "-a - b"),
    ("(a + b) + (a + b)", "2*a + 2*b"),
    ("3 (a + b) - (a + b)", "-a - b + 3*(a + b)"),
    ("1/2 + 1/3", "5/6"),
    ("1/2 + 1/2", "1"),
    ("Plus[]", "0"),
    ("Plus[x]", "x"),
    ("x + 0", "x"),
    ("x + 0.", "0. + x"),
    ("1.5 + Pi", "4.641592653589793"),
    ("1.5 + Pi + x", "4.641592653589793 + x"),
    ("I x + x", "(1 + I)*x"),
    ("x + 2 x y + y x", "x + 3*x*y"),
    # products
    ("x x", "x^2"),
    ("x^a x^b", "x^(a + b)"),
    ("x^a x^-a", "1"),
    ("x/x", "1"),
    ("(a + b)/(a + b)", "1"),
    ("0 x", "0"),
    ("0. x", "0."),
    ("Times[]", "1"),
    ("-3 x", "-3*x"),
    ("2. Pi", "6.283185307179586"),
    ("2 2^x", "2^(1 + x)"),
    ("6 2^x", "3*2^(1 + x)"),
    ("Sqrt[2] Sqrt[6]", "2*Sqrt[3]"),
    ("Sqrt[2] Sqrt[Pi]", "Sqrt[2*Pi]"),
    ("2/Sqrt[2]", "Sqrt[2]"),
    ("Sqrt[2]/2", "1/Sqrt[2]"),
    ("2^(1/2) 2^(1/2)", "2"),
    ("2^(1/3) 2^(1/2)", "2^(5/6)"),
    ("(-1)^(1/3) (-1)^(1/3)", "(-1)^(2/3)"),
    # powers
    ("2^10", "1024"),
    ("2^-3", "1/8"),
    ("(2/3)^-2", "9/4"),
    ("2^100", "1267650600228229401496703205376"),
    ("x^0", "1"),
    ("x^1", "x"),
    ("1^x", "1"),
    ("0^2", "0"),
    ("0^x", "0^x"),
    ("2.^0", "1."),
    ("(a b)^2", "a^2*b^2"),
    ("(a b)^c", "(a*b)^c"),
    ("(x^2)^3", "x^6"),
    ("(x^a)^2", "x^(2*a)"),
    ("Sqrt[x^2]", "Sqrt[x^2]"),
    ("Sqrt[Sqrt[x]]", "x^(1/4)"),
    ("Sqrt[2 x]", "Sqrt[2]*Sqrt[x]"),
    ("Sqrt[-4 x]", "2*Sqrt[-x]"),
    ("8^(1/3)", "2"),
    ("12^(1/3)", "2^(2/3)*3^(1/3)"),
    ("Sqrt[8]", "2*Sqrt[2]"),
    ("Sqrt[8/3]", "2*Sqrt[2/3]"),
    ("Sqrt[4/3]", "2/Sqrt[3]"),
    ("Sqrt[-4]", "2*I"),
    ("(-8)^(1/3)", "2*(-1)^(1/3)"),
    ("(-2)^(1/3)", "(-2)^(1/3)"),
    ("(-16)^(1/3)", "2*(-2)^(1/3)"),
    ("(-1)^(5/3)", "-(-1)^(2/3)"),
    ("(-8.)^(1/3)", "1. + 1.732050807568877*I"),
    ("I^2", "-1"),
    ("(1 + I)^10", "32*I"),
    ("Sqrt[3 + 4 I]", "2 + I"),
    ("Sqrt[I]", "(-1)^(1/4)"),
    ("E^(I Pi)", "-1"),
    ("E^(I Pi/2)", "I"),
    ("E^Log[x]", "x"),
    ("E^(2 Log[x])", "x^2"),
    ("2^Log[2, x]", "x"),
    ("Power[2, 3, 2]", "512"),
    ("Surd[-8, 3]", "-2"),
    # infinite quantities
    ("Infinity + 5", "Infinity"),
    ("Infinity + x", "x + Infinity"),
    ("-3 Infinity", "-Infinity"),
    ("1/Infinity", "0"),
    ("2^Infinity", "Infinity"),
    ("(1/2)^Infinity", "0"),
    ("Infinity^2", "Infinity"),
    ("(-Infinity)^3", "-Infinity"),
    ("Head[Infinity]", "DirectedInfinity"),
    # big machine numbers do not overflow, and exact integers beyond them mix
    ("10.^300 10.^300 > 10^599", "True"),
    ("10^400 + 1. > 10^399", "True"),
    # lists
    ("{1, 2, 3} + 10", "{11, 12, 13}"),
    ("{1, 2} {3, 4}", "{3, 8}"),
    ("Range[3] + {a, b, c}", "{1 + a, 2 + b, 3 + c}"),
    ("{{1, 2}, {3, 4}} + {10, 20}", "{{11, 12}, {23, 24}}"),
    ("Range[3] + 1/2", "{3/2, 5/2, 7/2}"),
    ("Range[3]^-1", "{1, 1/2, 1/3}"),
    ("2^Range[3]", "{2, 4, 8}"),
    ("Subtract[5, {1, 2}]", "{4, 3}"),
    ("Range[10^10, 10^10 + 1]^2", "{100000000000000000000, 100000000020000000001}"),
    ("Sqrt[N[{-1, 0, 1}]]", "{0. + 1.*I, 0., 1.}"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_values(value, text, expected):
    assert value(text) == expected


MESSAGES = [
    ("1/0", "Power::infy: Infinite expression 1/0 encountered."),
    ("0^0", "Power::indet: Indeterminate expression 0^0 encountered."),
    ("0 Infinity", "Infinity::indet: Indeterminate expression 0 Infinity encountered."),
    ("1^Infinity", "Power::indet: Indeterminate expression 1^Infinity encountered."),
    ("2^(10^12)", "General::ovfl: Overflow occurred in computation."),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(message, text, expected):
    assert message(text) == expected


def test_infinity_minus_infinity(calculator):
    assert calculator.value("Infinity - Infinity") == "Indeterminate"


def test_unequal_lengths_stay(calculator):
    assert calculator.value("{1, 2} + {1, 2, 3}") == "{1, 2} + {1, 2, 3}"
    assert calculator.messages[0].startswith("Thread::tdlen")


def test_packed_results_stay_packed(calculator):
    for text in ("Range[5]^2 + 3", "2. Range[4]", "Sin[N[Range[3]]]", "Range[6] Range[6]", "1/N[Range[3]]"):
        assert type(calculator.expr(text)) is np.ndarray, text


def test_integer_overflow_leaves_int64(value):
    assert value("Range[3] 2^62") == "{4611686018427387904, 9223372036854775808, 13835058055282163712}"
    assert value("{2^62, 2^62} + Range[2^62, 2^62 + 1]") == "{9223372036854775808, 9223372036854775809}"


def test_division_by_zero_in_a_packed_list(calculator):
    assert calculator.value("1/N[Range[-1, 1]]") == "{-1., ComplexInfinity, 1.}"
    assert calculator.messages == ["Power::infy: Infinite expression 1/0. encountered."]
