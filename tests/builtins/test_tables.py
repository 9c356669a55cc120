"""Range, Table, Array, ConstantArray, Subdivide, IdentityMatrix, DiagonalMatrix, UnitVector."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Range[5]", "{1, 2, 3, 4, 5}"),
    ("Range[0]", "{}"),
    ("Range[-2]", "{}"),
    ("Range[2, 5]", "{2, 3, 4, 5}"),
    ("Range[1, 10, 3]", "{1, 4, 7, 10}"),
    ("Range[5, 1, -2]", "{5, 3, 1}"),
    ("Range[5, 1]", "{}"),
    ("Range[1.5]", "{1}"),
    ("Range[0, 1, 0.25]", "{0., 0.25, 0.5, 0.75, 1.}"),
    ("Length[Range[0, 1, 0.1]]", "11"),
    ("Range[1/2, 2]", "{1/2, 3/2}"),
    ("Range[0, Pi]", "{0, 1, 2, 3}"),
    ("Range[a, a + 2]", "{a, 1 + a, 2 + a}"),
    ("Range[{2, 3}]", "{{1, 2}, {1, 2, 3}}"),
    ("Range[x]", "Range[x]"),
    ("Range[10^20, 10^20 + 1]", "{100000000000000000000, 100000000000000000001}"),
    ("Table[i^2, {i, 3}]", "{1, 4, 9}"),
    ("Table[i, {i, 2, 8, 3}]", "{2, 5, 8}"),
    ("Table[i, {i, 0, 1, 1/3}]", "{0, 1/3, 2/3, 1}"),
    ("Table[i, {i, 0, 1, 0.5}]", "{0., 0.5, 1.}"),
    ("Table[i, {i, 3, 1, -1}]", "{3, 2, 1}"),
    ("Table[i, {i, 3, 1}]", "{}"),
    ("Table[f[x], {x, {a, b}}]", "{f[a], f[b]}"),
    ("Table[x, {x, Range[3]}]", "{1, 2, 3}"),
    ("Table[x, 3]", "{x, x, x}"),
    ("Table[x, {2}]", "{x, x}"),
    ("Table[x, {2}, {3}]", "{{x, x, x}, {x, x, x}}"),
    ("Table[i + j, {i, 2}, {j, 3}]", "{{2, 3, 4}, {3, 4, 5}}"),
    ("Table[{i, j}, {i, 3}, {j, i}]", "{{{1, 1}}, {{2, 1}, {2, 2}}, {{3, 1}, {3, 2}, {3, 3}}}"),
    ("Table[x^i, {i, 0, 2}]", "{1, x, x^2}"),
    ("Table[k, {k, x, x + 2}]", "{x, 1 + x, 2 + x}"),
    ("i = 7; Table[i, {i, 2}]; i", "7"),
    ("g := i^2; Table[g, {i, 3}]", "{1, 4, 9}"),
    ("n = 3; Table[i, {i, n}]", "{1, 2, 3}"),
    ("Table[If[i == 2, Nothing, i], {i, 3}]", "{1, 3}"),
    ("Table[Sequence @@ {i, i}, {i, 2}]", "{1, 1, 2, 2}"),
    ("Table[i, {i, 0}]", "{}"),
    ("Table[i]", "i"),
    ("Total[Table[1./i, {i, 4}]] == 25/12", "True"),
    ("Module[{s = 0}, Table[s = s + i, {i, 4}]]", "{1, 3, 6, 10}"),
    ("Table[Table[i j, {j, 2}], {i, 2}]", "{{1, 2}, {2, 4}}"),
    ("Array[f, 3]", "{f[1], f[2], f[3]}"),
    ("Array[f, {2, 2}]", "{{f[1, 1], f[1, 2]}, {f[2, 1], f[2, 2]}}"),
    ("Array[f, 3, 0]", "{f[0], f[1], f[2]}"),
    ("Array[f, {2, 2}, {0, 5}]", "{{f[0, 5], f[0, 6]}, {f[1, 5], f[1, 6]}}"),
    ("Array[f, 3, {0, 1}]", "{f[0], f[1/2], f[1]}"),
    ("Array[f, 2, 1, g]", "g[f[1], f[2]]"),
    ("Array[#^2 &, 3]", "{1, 4, 9}"),
    ("Array[f, 0]", "{}"),
    ("ConstantArray[x, 3]", "{x, x, x}"),
    ("ConstantArray[0, {2, 3}]", "{{0, 0, 0}, {0, 0, 0}}"),
    ("ConstantArray[{1, 2}, 2]", "{{1, 2}, {1, 2}}"),
    ("ConstantArray[0, 0]", "{}"),
    ("ConstantArray[x, {}]", "x"),
    ("Subdivide[4]", "{0, 1/4, 1/2, 3/4, 1}"),
    ("Subdivide[2, 4]", "{0, 1/2, 1, 3/2, 2}"),
    ("Subdivide[1, 2, 2]", "{1, 3/2, 2}"),
    ("Subdivide[0., 1., 4]", "{0., 0.25, 0.5, 0.75, 1.}"),
    ("Subdivide[a, b, 2]", "{a, a/2 + b/2, b}"),
    ("IdentityMatrix[2]", "{{1, 0}, {0, 1}}"),
    ("IdentityMatrix[{2, 3}]", "{{1, 0, 0}, {0, 1, 0}}"),
    ("DiagonalMatrix[{a, b}]", "{{a, 0}, {0, b}}"),
    ("DiagonalMatrix[{1, 2}, 1]", "{{0, 1, 0}, {0, 0, 2}, {0, 0, 0}}"),
    ("DiagonalMatrix[{a, b}, -1]", "{{0, 0, 0}, {a, 0, 0}, {0, b, 0}}"),
    ("DiagonalMatrix[{1, 2}, 0, 3]", "{{1, 0, 0}, {0, 2, 0}, {0, 0, 0}}"),
    ("UnitVector[3, 2]", "{0, 1, 0}"),
    ("UnitVector[1]", "{1, 0}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    (
        "Range[1, 2, 0]",
        "Range::range: Range specification in Range[1, 2, 0] does not have appropriate bounds.",
    ),
    ("Range[10^12]", "Range::toolarge: A list of 1000000000000 elements is too large to be made."),
    ("Table[i, {i, x}]", "Table::iterb: Iterator {i, x} does not have appropriate bounds."),
    ("Table[i, {1, 3}]", "Table::itraw: Raw object 1 cannot be used as an iterator."),
    ("Table[i, {i, 1, 3, 0}]", "Table::iterb: Iterator {i, 1, 3, 0} does not have appropriate bounds."),
    ("Array[f, -1]", "Array::ilsmn: Single or list of non-negative integers expected in place of -1."),
    ("Array[f, {2, 2}, {1}]", "Array::plen: {2, 2} and {1} should have the same length."),
    (
        "ConstantArray[0, 10^12]",
        "ConstantArray::toolarge: A list of 1000000000000 elements is too large to be made.",
    ),
    (
        "Subdivide[0]",
        "Subdivide::sdmint: The number of subdivisions at position 1 of Subdivide[0] "
        "should be a positive integer.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "Range[5]",
        "Range[0, 1, 0.1]",
        "Table[i^2, {i, 5}]",
        "Table[i/2., {i, 5}]",
        "Table[i + j, {i, 2}, {j, 3}]",
        "ConstantArray[1, {2, 2}]",
        "IdentityMatrix[3]",
        "Array[#1 + #2 &, {2, 2}]",
    ],
)
def test_numbers_are_born_packed(calculator, source):
    assert type(calculator.expr(source)) is np.ndarray


def test_throw_leaves_the_iterator_variable_as_it_was(value):
    assert value("i = 7; Catch[Table[If[i > 2, Throw[out], i], {i, 5}]]; i") == "7"
