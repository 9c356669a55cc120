"""Partition and BlockMap."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Partition[{a, b, c, d, e, f}, 2]", "{{a, b}, {c, d}, {e, f}}"),
    ("Partition[{a, b, c, d, e}, 2]", "{{a, b}, {c, d}}"),
    ("Partition[{a, b, c, d, e}, 3, 1]", "{{a, b, c}, {b, c, d}, {c, d, e}}"),
    ("Partition[{a, b, c, d, e}, UpTo[2]]", "{{a, b}, {c, d}, {e}}"),
    ("Partition[{a, b}, 3]", "{}"),
    ("Partition[{}, 2]", "{}"),
    ("Partition[{a, b, c, d}, 1, 2]", "{{a}, {c}}"),
    ("Partition[{a, b, c}, 2, 1, 1]", "{{a, b}, {b, c}, {c, a}}"),
    ("Partition[{a, b, c}, 2, 1, -1]", "{{c, a}, {a, b}, {b, c}}"),
    ("Partition[{a, b, c}, 2, 1, {-1, 1}]", "{{c, a}, {a, b}, {b, c}, {c, a}}"),
    ("Partition[{a, b, c, d, e, f, g}, 3, 3, {1, 1}]", "{{a, b, c}, {d, e, f}, {g, a, b}}"),
    ("Partition[{a, b, c, d, e, f, g}, 3, 3, {1, 1}, x]", "{{a, b, c}, {d, e, f}, {g, x, x}}"),
    ("Partition[{a, b, c, d, e, f, g}, 3, 3, 1, {x, y}]", "{{a, b, c}, {d, e, f}, {g, x, y}}"),
    ("Partition[{a, b, c, d, e, f, g}, 3, 3, {1, 1}, {}]", "{{a, b, c}, {d, e, f}, {g}}"),
    ("Partition[{a, b, c}, 2, 1, {-1, 1}, x]", "{{x, a}, {a, b}, {b, c}, {c, x}}"),
    ("Partition[f[a, b, c, d], 2]", "f[f[a, b], f[c, d]]"),
    ("Partition[Range[6], 3]", "{{1, 2, 3}, {4, 5, 6}}"),
    ("Partition[Range[5], 2, 1]", "{{1, 2}, {2, 3}, {3, 4}, {4, 5}}"),
    ("Partition[{{a, b}, {c, d}, {e, f}}, 2]", "{{{a, b}, {c, d}}}"),
    ("Partition[{{1, 2, 3, 4}, {5, 6, 7, 8}}, {2, 2}]", "{{{{1, 2}, {5, 6}}, {{3, 4}, {7, 8}}}}"),
    (
        "Partition[{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, {2, 2}, 1]",
        "{{{{1, 2}, {4, 5}}, {{2, 3}, {5, 6}}}, {{{4, 5}, {7, 8}}, {{5, 6}, {8, 9}}}}",
    ),
    ("Partition[{{a, b}, {c, d}}, {1, 2}, {1, 1}]", "{{{{a, b}}}, {{{c, d}}}}"),
    ("BlockMap[f, {a, b, c, d}, 2]", "{f[{a, b}], f[{c, d}]}"),
    ("BlockMap[Total, Range[6], 3]", "{6, 15}"),
    ("BlockMap[f, {a, b, c}, 2, 1]", "{f[{a, b}], f[{b, c}]}"),
    ("BlockMap[f, {a, b, c}, UpTo[2]]", "{f[{a, b}], f[{c}]}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Partition[x, 2]", "Partition::normal: Nonatomic expression expected at position 1 in Partition[x, 2]."),
    (
        "Partition[{a}, 0]",
        "Partition::ilsmp: Single or list of positive machine-sized integers expected at position 2 "
        "of Partition[{a}, 0].",
    ),
    (
        "Partition[{a}, 1, 0]",
        "Partition::partd: The offset 0 should be a positive integer, or a list of such, one for each level.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


def test_partition_of_a_packed_list_is_packed(calculator):
    found = calculator.expr("Partition[Range[10], 4, 2]")
    assert type(found) is np.ndarray and found.shape == (4, 4)
