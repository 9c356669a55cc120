"""IntegerQ, NumberQ, NumericQ, StringQ, AtomQ, EvenQ, Positive, ValueQ and kin."""

from __future__ import annotations

import pytest

THINGS = '{1, 1/2, 1.5, 1 + I, Pi, Sin[1], x, "s", {1}, f[x]}'
TRUE_OF = {
    "IntegerQ": "1",
    "NumberQ": "1 1/2 1.5 1+I",
    "NumericQ": "1 1/2 1.5 1+I Pi Sin[1]",
    "RealValuedNumberQ": "1 1/2 1.5",
    "ExactNumberQ": "1 1/2 1+I",
    "InexactNumberQ": "1.5",
    "MachineNumberQ": "1.5",
    "StringQ": "s",
    "SymbolQ": "Pi x",
    "AtomQ": "1 1/2 1.5 1+I Pi x s",
    "ListQ": "{1}",
}
NAMES = ["1", "1/2", "1.5", "1+I", "Pi", "Sin[1]", "x", "s", "{1}", "f[x]"]


@pytest.mark.parametrize("predicate", TRUE_OF)
def test_which_things_have_a_property(value, predicate):
    wanted = ["True" if name in TRUE_OF[predicate].split() else "False" for name in NAMES]
    assert value(f"{predicate} /@ {THINGS}") == "{" + ", ".join(wanted) + "}"


CASES = [
    ("EvenQ[{1, 2, 0, -2, 2., x}]", "{False, True, True, True, False, False}"),
    ("OddQ[{1, 2, -3, x}]", "{True, False, True, False}"),
    ("EvenQ[Range[4]]", "{False, True, False, True}"),
    ("OddQ[Partition[Range[4], 2]]", "{{True, False}, {True, False}}"),
    ("EvenQ[10^30]", "True"),
    (
        "Positive[{1, 0, -1, 0.5, Pi, x, I, Infinity}]",
        "{True, False, False, True, True, Positive[x], False, True}",
    ),
    ("Negative[{1, 0, -1, -E}]", "{False, False, True, True}"),
    ("NonNegative[{1, 0, -1}]", "{True, True, False}"),
    ("NonPositive[{1, 0, -1}]", "{False, True, True}"),
    ("{SquareMatrixQ[{{1, 2}, {3, 4}}], SquareMatrixQ[{{1, 2}}], SquareMatrixQ[1]}", "{True, False, False}"),
    ("{AtomQ[Range[3]], ListQ[Range[3]]}", "{False, True}"),
    (
        "x = 1; f[2] = 3; {ValueQ[x], ValueQ[y], ValueQ[f[2]], ValueQ[f[3]], ValueQ[1]}",
        "{True, False, True, False, False}",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected
