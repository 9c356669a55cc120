"""Sort, SortBy, Ordering, Order, MinimalBy, TakeLargest and kin."""

from __future__ import annotations

import random

import numpy as np
import pytest

CASES = [
    ("Sort[{3, 1, 2}]", "{1, 2, 3}"),
    ("Sort[{b, a, 2, 1}]", "{1, 2, a, b}"),
    ('Sort[{"b", "a", "B", "A"}]', '{"a", "A", "b", "B"}'),
    ("Sort[{}]", "{}"),
    ("Sort[f[c, a, b]]", "f[a, b, c]"),
    ("Sort[{3, 1, 2}, Greater]", "{3, 2, 1}"),
    ("Sort[{3, 1, 2}, #1 > #2 &]", "{3, 2, 1}"),
    ("Sort[{{2, a}, {1, b}}, #1[[1]] < #2[[1]] &]", "{{1, b}, {2, a}}"),
    ("Sort[{1, 2, 3}, True &]", "{1, 2, 3}"),
    ("Sort[{1, 2, 3}, False &]", "{3, 2, 1}"),
    ("Sort[{3, 1, 2}, Order]", "{1, 2, 3}"),
    ("Sort[{3, 1, 2}, Sign[#2 - #1] &]", "{1, 2, 3}"),
    ("Sort[{x^2, x, 1}]", "{1, x, x^2}"),
    ("Sort[Range[5, 1, -1]]", "{1, 2, 3, 4, 5}"),
    ("Sort[{{2, 1}, {1, 2}, {1, 1}}]", "{{1, 1}, {1, 2}, {2, 1}}"),
    ("Sort[Partition[{2, 1, 1, 2, 1, 1}, 2]]", "{{1, 1}, {1, 2}, {2, 1}}"),
    ("Sort[<|x -> 2, y -> 1|>]", "<|y -> 1, x -> 2|>"),
    ("ReverseSort[{1, 3, 2}]", "{3, 2, 1}"),
    ("ReverseSort[{1, 3, 2}, Greater]", "{1, 2, 3}"),
    ("SortBy[{-3, 2, 1}, Abs]", "{1, 2, -3}"),
    ("SortBy[{{1, b}, {1, a}}, First]", "{{1, a}, {1, b}}"),
    ("SortBy[{{1, b}, {1, a}}, {First}]", "{{1, b}, {1, a}}"),
    ("SortBy[{{1, 2}, {0, 5}, {1, 1}}, {First, Last}]", "{{0, 5}, {1, 1}, {1, 2}}"),
    ("SortBy[{1, 2, 3}, Minus]", "{3, 2, 1}"),
    ("SortBy[{1, 2, 3}, Identity, Greater]", "{3, 2, 1}"),
    ("SortBy[Abs][{-2, 1}]", "{1, -2}"),
    ("SortBy[f[2, 1], Identity]", "f[1, 2]"),
    ("ReverseSortBy[{-3, 2, 1}, Abs]", "{-3, 2, 1}"),
    ("Ordering[{c, a, b}]", "{2, 3, 1}"),
    ("Ordering[{5, 3, 9}, 2]", "{2, 1}"),
    ("Ordering[{5, 3, 9}, -1]", "{3}"),
    ("Ordering[{5, 3, 9}, All, Greater]", "{3, 1, 2}"),
    ("Ordering[N[{2, 1}]]", "{2, 1}"),
    ("{Order[a, b], Order[b, a], Order[a, a], Order[1, 1.]}", "{1, -1, 0, 1}"),
    (
        "{OrderedQ[{1, 2, 2}], OrderedQ[{2, 1}], OrderedQ[{2, 1}, Greater], OrderedQ[{}]}",
        "{True, False, True, True}",
    ),
    ("MinimalBy[{-3, 1, -1}, Abs]", "{1, -1}"),
    ("MinimalBy[{3, 1, 2}, Identity, 2]", "{1, 2}"),
    ("MaximalBy[{-3, 1, 3}, Abs]", "{-3, 3}"),
    ("MaximalBy[{{a, 1}, {b, 2}}, Last]", "{{b, 2}}"),
    ("MaximalBy[Abs][{1, -2}]", "{-2}"),
    ("MaximalBy[<|x -> 1, y -> 3|>, Identity]", "<|y -> 3|>"),
    ("MinimalBy[{}, f]", "{}"),
    ("TakeLargest[{1, 5, 3}, 2]", "{5, 3}"),
    ("TakeLargest[{1, Pi, 3}, 1]", "{Pi}"),
    ("TakeLargest[{4, Missing[], 5}, 1]", "{5}"),
    ("TakeLargest[<|a -> 1, b -> 3|>, 1]", "<|b -> 3|>"),
    ("TakeLargest[{1, 2}, UpTo[5]]", "{2, 1}"),
    ('TakeLargest[{10, 30, 20} -> "Index", 2]', "{2, 3}"),
    ("TakeLargest[2][{1, 2, 3}]", "{3, 2}"),
    ("TakeSmallest[{3, 1, 2}, 2]", "{1, 2}"),
    ("TakeLargestBy[{-3, 1, 2}, Abs, 2]", "{-3, 2}"),
    ("TakeSmallestBy[{-3, 1, 2}, Abs, 1]", "{1}"),
    ("TakeLargestBy[Abs, 1][{-3, 1}]", "{-3}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Sort[x]", "Sort::normal: Nonatomic expression expected at position 1 in Sort[x]."),
    ("TakeLargest[{1, 2}, 5]", "TakeLargest::insuff: Cannot take 5 elements: there are only 2."),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


def test_packed_numbers_are_sorted_by_numpy(calculator):
    numbers = random.Random(7).sample(range(10**6), 1000)
    found = calculator.expr(f"Sort[Table[x, {{x, {{{', '.join(map(str, numbers))}}}}}]]")
    assert type(found) is np.ndarray and found.tolist() == sorted(numbers)


def test_sorting_by_an_ordering_function_is_stable(value):
    assert (
        value("Sort[{{1, a}, {0, b}, {1, c}, {0, d}}, #1[[1]] <= #2[[1]] &]")
        == "{{0, b}, {0, d}, {1, a}, {1, c}}"
    )
