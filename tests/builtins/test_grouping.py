"""GroupBy, Merge, Counts, PositionIndex, JoinAcross."""

from __future__ import annotations

import pytest

CASES = [
    ("GroupBy[{1, 2, 3, 4}, EvenQ]", "<|False -> {1, 3}, True -> {2, 4}|>"),
    ("GroupBy[{{a, 1}, {b, 2}, {a, 3}}, First]", "<|a -> {{a, 1}, {a, 3}}, b -> {{b, 2}}|>"),
    ("GroupBy[{{a, 1}, {b, 2}, {a, 3}}, First -> Last]", "<|a -> {1, 3}, b -> {2}|>"),
    ("GroupBy[{{a, 1}, {b, 2}, {a, 3}}, First -> Last, Total]", "<|a -> 4, b -> 2|>"),
    ("GroupBy[{{a, x, 1}, {a, y, 2}}, {First, #[[2]] &}]", "<|a -> <|x -> {{a, x, 1}}, y -> {{a, y, 2}}|>|>"),
    ("GroupBy[<|p -> 1, q -> 2, r -> 3|>, OddQ]", "<|True -> <|p -> 1, r -> 3|>, False -> <|q -> 2|>|>"),
    ("GroupBy[EvenQ][{1, 2}]", "<|False -> {1}, True -> {2}|>"),
    ("GroupBy[{}, f]", "<||>"),
    ('GroupBy[{<|"k" -> 1, "v" -> 2|>, <|"k" -> 1, "v" -> 3|>}, Key["k"] -> Key["v"], Total]', "<|1 -> 5|>"),
    ("Merge[{<|a -> 1|>, <|a -> 2, b -> 3|>}, Total]", "<|a -> 3, b -> 3|>"),
    ("Merge[{<|a -> 1|>, <|a -> 2|>}, Identity]", "<|a -> {1, 2}|>"),
    ("Merge[{a -> 1, b -> 2, a -> 3}, f]", "<|a -> f[{1, 3}], b -> f[{2}]|>"),
    ("Merge[Total][{<|a -> 1|>, <|a -> 2|>}]", "<|a -> 3|>"),
    ("Merge[{}, f]", "<||>"),
    ("Counts[{a, b, a}]", "<|a -> 2, b -> 1|>"),
    ("Counts[Range[3]]", "<|1 -> 1, 2 -> 1, 3 -> 1|>"),
    ("Counts[{}]", "<||>"),
    ("CountsBy[{1, 2, 3}, OddQ]", "<|True -> 2, False -> 1|>"),
    ("CountDistinct[{a, b, a}]", "2"),
    ("CountDistinct[{1, -1, 2}, Abs[#1] == Abs[#2] &]", "2"),
    ("CountDistinctBy[{1, -1, 2}, Abs]", "2"),
    ("PositionIndex[{a, b, a}]", "<|a -> {1, 3}, b -> {2}|>"),
    ("PositionIndex[<|x -> 1, y -> 1|>]", "<|1 -> {x, y}|>"),
    (
        "JoinAcross[{<|a -> 1, x -> p|>, <|a -> 2, x -> q|>}, {<|a -> 1, y -> r|>}, a]",
        "{<|a -> 1, x -> p, y -> r|>}",
    ),
    (
        'JoinAcross[{<|a -> 1, x -> p|>, <|a -> 2, x -> q|>}, {<|a -> 1, y -> r|>}, a, "Left"]',
        '{<|a -> 1, x -> p, y -> r|>, <|a -> 2, x -> q, y -> Missing["Unmatched"]|>}',
    ),
    (
        'JoinAcross[{<|a -> 1, x -> p|>}, {<|a -> 3, y -> s|>}, a, "Right"]',
        '{<|a -> 3, y -> s, x -> Missing["Unmatched"]|>}',
    ),
    (
        "JoinAcross[{<|a -> 1, x -> p|>}, {<|b -> 1, y -> r|>}, a -> b]",
        "{<|a -> 1, x -> p, b -> 1, y -> r|>}",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_group_by_of_an_atom(message):
    assert message("GroupBy[5, f]") == "GroupBy::list1: The argument 5 is not a list or association."
