"""Union, Intersection, Complement, DeleteDuplicates, Tally, Gather, Split, ContainsAll and kin."""

from __future__ import annotations

import pytest

CASES = [
    ("Union[{b, a}, {c, a}]", "{a, b, c}"),
    ("Union[{3, 1, 3}]", "{1, 3}"),
    ("Union[]", "{}"),
    ("Union[f[b], f[a]]", "f[a, b]"),
    ("Union[Range[3], Range[2, 5]]", "{1, 2, 3, 4, 5}"),
    ("Union[{1, -1, 2}, SameTest -> (Abs[#1] == Abs[#2] &)]", "{-1, 2}"),
    ("Intersection[{c, a, b}, {b, c, d}]", "{b, c}"),
    ("Intersection[Range[5], Range[3, 9]]", "{3, 4, 5}"),
    ("Intersection[{a}, {b}]", "{}"),
    ("Intersection[{1.1, 3.4}, {1, 3, 5}, SameTest -> (Floor[#1] == Floor[#2] &)]", "{1.1, 3.4}"),
    ("Complement[{c, a, b}, {a}]", "{b, c}"),
    ("Complement[Range[5], {2, 3}, {5}]", "{1, 4}"),
    ("Complement[{a, a, b}, {}]", "{a, b}"),
    ("SymmetricDifference[{a, b}, {b, c}]", "{a, c}"),
    ("UniqueElements[{{a, b}, {b, c}, {d}}]", "{{a}, {c}, {d}}"),
    ("DeleteDuplicates[{b, a, b, c, a}]", "{b, a, c}"),
    ("DeleteDuplicates[{1, 1., 1}]", "{1, 1.}"),
    ("DeleteDuplicates[Mod[Range[6], 3]]", "{1, 2, 0}"),
    ("DeleteDuplicates[{1, 7, 4, 3}, GreaterEqual]", "{1, 7}"),
    ("DeleteDuplicates[f[a, a]]", "f[a]"),
    ("DeleteDuplicates[<|x -> 1, y -> 1|>]", "<|x -> 1|>"),
    ("DeleteDuplicatesBy[{1, -1, 2}, Abs]", "{1, 2}"),
    ("{DuplicateFreeQ[{a, b}], DuplicateFreeQ[{a, a}], DuplicateFreeQ[{}]}", "{True, False, True}"),
    ("Tally[{a, b, a}]", "{{a, 2}, {b, 1}}"),
    ("Tally[{}]", "{}"),
    ("Tally[Mod[Range[5], 2]]", "{{1, 3}, {0, 2}}"),
    ("Tally[{1, -1, 2}, Abs[#1] == Abs[#2] &]", "{{1, 2}, {2, 1}}"),
    ("Gather[{a, b, a}]", "{{a, a}, {b}}"),
    ("Gather[{1, 3, 2, 4}, EvenQ[#1 + #2] &]", "{{1, 3}, {2, 4}}"),
    ("Gather[{}]", "{}"),
    ("GatherBy[Range[5], OddQ]", "{{1, 3, 5}, {2, 4}}"),
    ("GatherBy[{{a, 1}, {b, 1}, {a, 2}}, {First, Last}]", "{{{{a, 1}}, {{a, 2}}}, {{{b, 1}}}}"),
    ("GatherBy[EvenQ][{1, 2}]", "{{1}, {2}}"),
    ("Split[{a, a, b, a}]", "{{a, a}, {b}, {a}}"),
    ("Split[{1, 2, 3, 5, 6}, #2 - #1 == 1 &]", "{{1, 2, 3}, {5, 6}}"),
    ("Split[{}]", "{}"),
    ("Split[{3, 2, 1, 5, 4}, Greater]", "{{3, 2, 1}, {5, 4}}"),
    ("SplitBy[{1, 3, 2, 4, 5}, OddQ]", "{{1, 3}, {2, 4}, {5}}"),
    ("SplitBy[{{1, a}, {1, b}, {2, b}}, {First, Last}]", "{{{{1, a}}, {{1, b}}}, {{{2, b}}}}"),
    ("{ContainsAll[{a, b}, {a}], ContainsAll[{a}, {a, b}], ContainsAll[{}, {}]}", "{True, False, True}"),
    ("{ContainsAny[{a, b}, {b, c}], ContainsAny[{a}, {b}]}", "{True, False}"),
    ("{ContainsNone[{a}, {b}], ContainsNone[{a}, {a}]}", "{True, False}"),
    ("{ContainsOnly[{a, a}, {a, b}], ContainsOnly[{a, c}, {a}]}", "{True, False}"),
    ("{ContainsExactly[{a, b}, {b, a, a}], ContainsExactly[{a}, {a, b}]}", "{True, False}"),
    ("ContainsAll[{1., 2.}, {1, 2}, SameTest -> Equal]", "True"),
    ("ContainsAny[{b}][{a, b}]", "True"),
    ("{SubsetQ[{a, b}, {a}], SubsetQ[{a}, {b}]}", "{True, False}"),
    ("{DisjointQ[{a}, {b}], IntersectingQ[{a}, {a}]}", "{True, True}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_sets_of_different_heads(message):
    assert message("Union[{a}, f[b]]") == (
        "Union::heads: Heads List and f at positions 1 and 2 are expected to be the same."
    )
