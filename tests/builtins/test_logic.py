"""And, Or, Not, Xor, Implies and kin, Boole, AllTrue, AnyTrue, NoneTrue."""

from __future__ import annotations

import pytest

CASES = [
    ("True && True", "True"),
    ("True && False", "False"),
    ("a && True && b", "a && b"),
    ("a && False", "False"),
    ("And[]", "True"),
    ("And[a]", "a"),
    ("(a && b) && c", "a && b && c"),
    ("n = 0; False && (n = 1; True); n", "0"),
    ("False || x || False", "x"),
    ("a || True", "True"),
    ("Or[]", "False"),
    ("n = 0; True || (n = 1; True); n", "0"),
    ("!True", "False"),
    ("!!a", "a"),
    ("!(a == b)", "a != b"),
    ("!(a < b)", "a >= b"),
    ("!(a && b)", " !(a && b)"),
    ("Xor[True, True, True]", "True"),
    ("Xor[a, a]", "False"),
    ("Xor[True, a]", " !a"),
    ("Xor[False, a, b]", "Xor[a, b]"),
    ("Xor[]", "False"),
    ("Xnor[True, False]", "False"),
    ("Nand[True, False]", "True"),
    ("Nand[a, True]", " !a"),
    ("Nor[a, True]", "False"),
    ("Nor[False, False]", "True"),
    ("Implies[True, a]", "a"),
    ("Implies[a, False]", " !a"),
    ("Implies[a, a]", "True"),
    ("Equivalent[True, True, False]", "False"),
    ("Equivalent[True, a]", "a"),
    ("Equivalent[False, a]", " !a"),
    ("Equivalent[a, a]", "True"),
    ("Boole[{True, False, a}]", "{1, 0, Boole[a]}"),
    ("{TrueQ[True], TrueQ[a], BooleanQ[False], BooleanQ[a]}", "{True, False, True, False}"),
    ("{AllTrue[{2, 4}, EvenQ], AllTrue[{2, 3}, EvenQ], AllTrue[{}, EvenQ]}", "{True, False, True}"),
    ("AllTrue[{a, b}, # > 0 &]", "a > 0 && b > 0"),
    ("AllTrue[{{1, 2}, {3, 4}}, IntegerQ, 2]", "True"),
    ("AllTrue[EvenQ][{2}]", "True"),
    ("AllTrue[<|x -> 2|>, EvenQ]", "True"),
    ("{AnyTrue[{1, 2}, EvenQ], AnyTrue[{1, 3}, EvenQ], AnyTrue[{}, EvenQ]}", "{True, False, False}"),
    ("{NoneTrue[{1, 3}, EvenQ], NoneTrue[{1, 2}, EvenQ], NoneTrue[{}, EvenQ]}", "{True, False, True}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source).strip() == expected.strip()
