"""Equal, Unequal, SameQ, Less and kin, Inequality, Between."""

from __future__ import annotations

import pytest

CASES = [
    ("1 == 1", "True"),
    ("1 == 2", "False"),
    ("1 == 1.", "True"),
    ("1/2 == 0.5", "True"),
    ("0.1 + 0.2 == 0.3", "True"),
    ("1. == 1.000001", "False"),
    ("10^20 == 10^20 + 1", "False"),
    ("a == a", "True"),
    ("a == b", "a == b"),
    ("a == 1", "a == 1"),
    ('"a" == "a"', "True"),
    ('"a" == "b"', "False"),
    ('"1" == 1', "False"),
    ("{1, 2} == {1, 2}", "True"),
    ("{1, 2} == {1, 3}", "False"),
    ("{1, 2} == {1, 2, 3}", "False"),
    ("{a, 1} == {b, 2}", "False"),
    ("{a} == {b}", "{a} == {b}"),
    ("Range[3] == {1, 2, 3}", "True"),
    ("Range[3] == {1, 2, 4}", "False"),
    ("N[Range[3]] == Range[3]", "True"),
    ("True == False", "False"),
    ("<|a -> 1|> == <|a -> 1.|>", "True"),
    ("1 == 1 == 1", "True"),
    ("1 == 1 == 2", "False"),
    ("Sqrt[2]^2 == 2", "True"),
    ("Pi == 22/7", "False"),
    ("Sqrt[2] + Sqrt[3] == Sqrt[5 + 2 Sqrt[6]]", "True"),
    ("Equal[]", "True"),
    ("Equal[a]", "True"),
    ("1 + I == 1. + I", "True"),
    ("Infinity == 5", "False"),
    ("Infinity == Infinity", "True"),
    ("1 != 2", "True"),
    ("1 != 1", "False"),
    ("a != b", "a != b"),
    ("Unequal[1, 2, 1]", "False"),
    ("Unequal[1, 2, 3]", "True"),
    ("a === a", "True"),
    ("1 === 1.", "False"),
    ("f[x] === f[x]", "True"),
    ("Range[3] === {1, 2, 3}", "True"),
    ("a =!= b", "True"),
    ("UnsameQ[a, b, a]", "False"),
    ("1 < 2", "True"),
    ("2 < 1", "False"),
    ("1 < 2 < 3", "True"),
    ("1 < 3 < 2", "False"),
    ("1/3 < 0.4", "True"),
    ("3 < Pi < 4", "True"),
    ("a < b", "a < b"),
    ("a < 2 < 1", "False"),
    ("2 <= 2", "True"),
    ("3 > 2 > 1", "True"),
    ("E >= 3", "False"),
    ("Infinity > 10^100", "True"),
    ("-Infinity < 0", "True"),
    ("1 < 2 <= 2", "True"),
    ("1 < 0 <= x", "False"),
    ("0 < x <= 1", "0 < x <= 1"),
    ("2^100 > 2.^99", "True"),
    ('"a" < "b"', '"a" < "b"'),
    ("{Between[2, {1, 3}], Between[5, {1, 3}], Between[{1, 3}][3]}", "{True, False, True}"),
    ("Between[7, {{1, 3}, {6, 8}}]", "True"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_complex_numbers_have_no_order(message):
    assert message("1 < I") == "Less::nord: Invalid comparison with I attempted."
