"""Tuples, Permutations, Subsets, Subsequences."""

from __future__ import annotations

import pytest

CASES = [
    ("Tuples[{a, b}, 2]", "{{a, a}, {a, b}, {b, a}, {b, b}}"),
    ("Tuples[{{a, b}, {x, y}}]", "{{a, x}, {a, y}, {b, x}, {b, y}}"),
    ("Tuples[{a, b}, 0]", "{{}}"),
    ("Tuples[{}, 2]", "{}"),
    ("Tuples[f[a, b], 1]", "{f[a], f[b]}"),
    ("Tuples[{0, 1}, {1, 2}]", "{{{0, 0}}, {{0, 1}}, {{1, 0}}, {{1, 1}}}"),
    ("Tuples[Range[0, 1], 2]", "{{0, 0}, {0, 1}, {1, 0}, {1, 1}}"),
    ("Length[Tuples[Range[4], 5]]", "1024"),
    ("Permutations[{a, b, c}]", "{{a, b, c}, {a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}}"),
    ("Permutations[{a, a, b}]", "{{a, a, b}, {a, b, a}, {b, a, a}}"),
    ("Permutations[{}]", "{{}}"),
    ("Permutations[{a, b, c}, {2}]", "{{a, b}, {a, c}, {b, a}, {b, c}, {c, a}, {c, b}}"),
    ("Permutations[{a, b}, 1]", "{{}, {a}, {b}}"),
    ("Permutations[{a, b}, All]", "{{}, {a}, {b}, {a, b}, {b, a}}"),
    ("Permutations[{a, b}, {0, 1}]", "{{}, {a}, {b}}"),
    ("Length[Permutations[Range[6]]]", "720"),
    ("Permutations[f[a, b]]", "{f[a, b], f[b, a]}"),
    ("Subsets[{a, b, c}]", "{{}, {a}, {b}, {c}, {a, b}, {a, c}, {b, c}, {a, b, c}}"),
    ("Subsets[{a, b, c}, 1]", "{{}, {a}, {b}, {c}}"),
    ("Subsets[{a, b, c}, {2}]", "{{a, b}, {a, c}, {b, c}}"),
    ("Subsets[{a, b, c}, {2, 3}]", "{{a, b}, {a, c}, {b, c}, {a, b, c}}"),
    ("Subsets[{a, b, c}, {0, 3, 2}]", "{{}, {a, b}, {a, c}, {b, c}}"),
    ("Subsets[{a, b, c}, All, 3]", "{{}, {a}, {b}}"),
    ("Subsets[{a, b, c}, All, {2}]", "{{a}}"),
    ("Subsets[{a, b, c}, {2}, {-1}]", "{{b, c}}"),
    ("Subsets[{}]", "{{}}"),
    ("Subsequences[{a, b, c}]", "{{}, {a}, {b}, {c}, {a, b}, {b, c}, {a, b, c}}"),
    ("Subsequences[{a, b, c}, {2}]", "{{a, b}, {b, c}}"),
    ("Subsequences[{a, b}, 1]", "{{}, {a}, {b}}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    (
        "Permutations[Range[15]]",
        "Permutations::toomany: There are 1307674368000 results, too many to be listed.",
    ),
    ("Subsets[Range[60]]", "Subsets::toomany: There are 1152921504606846976 results, too many to be listed."),
    ("Tuples[x, 2]", "Tuples::normal: Nonatomic expression expected at position 1 in Tuples[x]."),
    (
        "Subsets[{a}, x]",
        "Subsets::nninfseq: x should be a non-negative integer, All, "
        "or a list {n}, {m, n} or {m, n, step} of such.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected
