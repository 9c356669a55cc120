"""Dimensions, ArrayDepth, ArrayQ, VectorQ, MatrixQ, Flatten, FlattenAt."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Dimensions[{a, b}]", "{2}"),
    ("Dimensions[{{a, b, c}, {d, e, f}}]", "{2, 3}"),
    ("Dimensions[{{a}, {b, c}}]", "{2}"),
    ("Dimensions[{}]", "{0}"),
    ("Dimensions[{{}, {}}]", "{2, 0}"),
    ("Dimensions[x]", "{}"),
    ("Dimensions[f[f[a, b], f[c, d]]]", "{2, 2}"),
    ("Dimensions[{{{1, 2}}}, 2]", "{1, 1}"),
    ("Dimensions[ConstantArray[0, {2, 3, 4}]]", "{2, 3, 4}"),
    ("ArrayDepth[{{1, 2}, {3, 4}}]", "2"),
    ("ArrayDepth[x]", "0"),
    (
        "{ArrayQ[{1, 2}], ArrayQ[{{1}, {2}}], ArrayQ[{{1}, {2, 3}}], ArrayQ[x], ArrayQ[{}]}",
        "{True, True, False, False, True}",
    ),
    ("{ArrayQ[{{1, 2}}, 2], ArrayQ[{{1, 2}}, 1], ArrayQ[{{1, 2}}, _]}", "{True, False, True}"),
    ("{ArrayQ[{{1, 2}}, 2, NumberQ], ArrayQ[{{1, x}}, 2, NumberQ]}", "{True, False}"),
    (
        "{VectorQ[{a, b}], VectorQ[{a, {b}}], VectorQ[{}], VectorQ[x], VectorQ[Range[3]]}",
        "{True, False, True, False, True}",
    ),
    ("{VectorQ[{1, 2}, NumberQ], VectorQ[{1, x}, NumberQ], VectorQ[{{1}}, ListQ]}", "{True, False, True}"),
    (
        "{MatrixQ[{{1, 2}, {3, 4}}], MatrixQ[{{1}, {2, 3}}], MatrixQ[{1}], MatrixQ[{}]}",
        "{True, False, False, False}",
    ),
    ("{MatrixQ[{{1, x}}, NumberQ], MatrixQ[{{1, 2}}, IntegerQ]}", "{False, True}"),
    ("Flatten[{a, {b, {c, {d}}}}]", "{a, b, c, d}"),
    ("Flatten[{a, {b, {c, {d}}}}, 1]", "{a, b, {c, {d}}}"),
    ("Flatten[{a, {b}}, 0]", "{a, {b}}"),
    ("Flatten[{}]", "{}"),
    ("Flatten[f[a, f[b, f[c]], {d}]]", "f[a, b, c, {d}]"),
    ("Flatten[{a, f[b, c], {d}}, Infinity, f]", "{a, b, c, {d}}"),
    ("Flatten[Partition[Range[6], 2]]", "{1, 2, 3, 4, 5, 6}"),
    ("Flatten[{Range[2], x, Range[2]}]", "{1, 2, x, 1, 2}"),
    ("Flatten[ConstantArray[0, {2, 2, 2}], 1]", "{{0, 0}, {0, 0}, {0, 0}, {0, 0}}"),
    ("Flatten[{{a, b}, {c, d}}, {2}]", "{{a, c}, {b, d}}"),
    ("Flatten[{{a, b}, {c}}, {{2}, {1}}]", "{{a, c}, {b}}"),
    ("Flatten[{{{a, b}}, {{c, d}}}, {{1, 3}}]", "{{a}, {b}, {c}, {d}}"),
    ("Flatten[{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, {{3}, {1, 2}}]", "{{1, 3, 5, 7}, {2, 4, 6, 8}}"),
    ("Flatten[{{{a, b}, {c, d}}, {{e, f}, {g, h}}}, {{1, 2}}]", "{{a, b}, {c, d}, {e, f}, {g, h}}"),
    ('Flatten[<|"a" -> <|"b" -> 1|>, "c" -> 2|>]', '<|"b" -> 1, "c" -> 2|>'),
    ("FlattenAt[{a, {b}, {c}}, 2]", "{a, b, {c}}"),
    ("FlattenAt[{a, {b}, {c}}, {{2}, {3}}]", "{a, b, c}"),
    ("FlattenAt[{{{a}}, b}, {1, 1}]", "{{a}, b}"),
    ("FlattenAt[2][{a, {b}}]", "{a, b}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_levels_that_are_not_there(message):
    assert message("Flatten[{a, b}, {{2}}]").startswith("Flatten::fldep: Level 2 specified in {{2}} exceeds")


def test_flatten_keeps_packed_lists_packed(calculator):
    found = calculator.expr("Flatten[ConstantArray[1, {3, 4}]]")
    assert type(found) is np.ndarray and found.shape == (12,)
