"""NumericalSort, AlphabeticSort, LexicographicSort, PositionLargest, Permute, Signature."""

from __future__ import annotations

import pytest

CASES = [
    ("NumericalSort[{Pi, 3, Sqrt[2], 4}]", "{Sqrt[2], 3, Pi, 4}"),
    ("Sort[{Pi, 3, 4}]", "{3, 4, Pi}"),
    ("NumericalSort[{x, 2, 1}]", "{1, 2, x}"),
    ("{NumericalOrder[3, Pi], NumericalOrder[4, Pi], NumericalOrder[1, 1]}", "{1, -1, 0}"),
    ('AlphabeticSort[{"b", "A", "c", "B"}]', '{"A", "b", "B", "c"}'),
    ('AlphabeticOrder["abc", "B"]', "1"),
    ("LexicographicSort[{{2}, {1, 2, 3}, {1}}]", "{{1}, {1, 2, 3}, {2}}"),
    ("Sort[{{2}, {1, 2, 3}, {1}}]", "{{1}, {2}, {1, 2, 3}}"),
    ("LexicographicOrder[{1, 2}, {1}]", "-1"),
    ("PositionLargest[{1, 5, 3, 5}]", "{2, 4}"),
    ("PositionLargest[{1, 5, 3}, 2]", "{2, 3}"),
    ("PositionSmallest[{4, 1, 3}]", "{2}"),
    ("PositionLargest[<|a -> 1, b -> 3|>]", "{b}"),
    ("Permute[{a, b, c}, {2, 3, 1}]", "{c, a, b}"),
    ("Permute[{a, b, c}, Cycles[{{1, 2}}]]", "{b, a, c}"),
    ("Permute[{a, b, c}, Cycles[{{1, 2, 3}}]]", "{c, a, b}"),
    ("Permute[Range[3], {1, 3, 2}]", "{1, 3, 2}"),
    (
        "{Signature[{2, 1, 3}], Signature[{a, b}], Signature[{a, a}], Signature[{3, 1, 2}], Signature[{}]}",
        "{-1, 1, 0, 1, 1}",
    ),
    ("SubsetMap[Reverse, {a, b, c, d}, {2, 4}]", "{a, d, c, b}"),
    ("SubsetMap[Sort, Range[4, 1, -1], 2 ;; 4]", "{4, 1, 2, 3}"),
    ("DeleteElements[{a, b, a, c}, {a}]", "{b, c}"),
    ("DeleteElements[{a, b, a, c}, 1 -> {a}]", "{b, a, c}"),
    ("Nearest[{1, 2, 4, 8}, 5]", "{4}"),
    ("Nearest[{1, 2, 4, 8}, 3]", "{2, 4}"),
    ("Nearest[{1, 2, 4, 8}, 5, 2]", "{4, 2}"),
    ("Nearest[{1, 2, 4, 8}, 5, {3, 2}]", "{4}"),
    ("Nearest[{1, 2, 4} -> {a, b, c}, 3.9]", "{c}"),
    ("Nearest[{1 -> a, 5 -> b}, 4]", "{b}"),
    ('Nearest[{10, 20} -> "Index", 19]', "{2}"),
    ("Nearest[{1, 2, 4}, {0, 3.9}]", "{{1}, {4}}"),
    ("Nearest[{{0, 0}, {3, 4}}, {3, 3}]", "{{3, 4}}"),
    ("Nearest[{1, 10}][8]", "{10}"),
    ('Nearest[{"red", "green"}, "bread"]', '{"red"}'),
    ("Nearest[{1, 2, 3}, 10, DistanceFunction -> (-Abs[#1 - #2] &)]", "{1}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Permute[{a, b}, {1, 1}]", "Permute::perm: {1, 1} is not a permutation of 2 elements."),
    (
        "Nearest[x, 1]",
        "Nearest::near1: x is neither a list of points nor a list or rule of points and values.",
    ),
    ("SubsetMap[f, {a, b}, {1}]", "SubsetMap::len: f gave f[{a}], which is not a list of 1 elements."),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected
