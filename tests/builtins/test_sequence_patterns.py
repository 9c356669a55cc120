"""SequenceCases, SequencePosition, SequenceCount, SequenceReplace, SequenceSplit."""

from __future__ import annotations

import pytest

CASES = [
    ("SequenceCases[{a, 1, 2, b, 3}, {__Integer}]", "{{1, 2}, {3}}"),
    ("SequenceCases[{1, 5, 2, 6}, {x_, y_} /; x < y]", "{{1, 5}, {2, 6}}"),
    ("SequenceCases[{1, 5, 2, 6}, {x_, y_} :> y - x]", "{4, 4}"),
    ("SequenceCases[{a, a, a}, {a, a}]", "{{a, a}}"),
    ("SequenceCases[{a, a, a}, {a, a}, Overlaps -> True]", "{{a, a}, {a, a}}"),
    ("SequenceCases[{1, 2, 3}, {__}, Overlaps -> All]", "{{1, 2, 3}, {1, 2}, {1}, {2, 3}, {2}, {3}}"),
    ("SequenceCases[{1, 2, 3, 4}, {_, _}, 1]", "{{1, 2}}"),
    ("SequenceCases[{}, {_}]", "{}"),
    ("SequencePosition[{a, b, a, b}, {a, b}]", "{{1, 2}, {3, 4}}"),
    ("SequencePosition[{a, a, a}, {a, a}]", "{{1, 2}, {2, 3}}"),
    ("SequencePosition[{a, a, a}, {a, a}, Overlaps -> False]", "{{1, 2}}"),
    ("SequenceCount[{a, a, a, a}, {a, a}]", "2"),
    ("SequenceCount[{a, a, a, a}, {a, a}, Overlaps -> True]", "3"),
    ("SequenceReplace[{a, x, b, a, x}, {a, x} -> y]", "{y, b, y}"),
    ("SequenceReplace[{1, 2, 3, 4}, {x_, y_} :> x + y]", "{3, 7}"),
    ("SequenceReplace[{a, b, c}, {{a} -> 1, {b, c} -> 2}]", "{1, 2}"),
    ("SequenceReplace[{a, a, a}, {a} -> b, 2]", "{b, b, a}"),
    ("SequenceSplit[{a, x, y, b, c, x, y}, {x, y}]", "{{a}, {b, c}}"),
    ("SequenceSplit[{a, x, b}, {x} -> s]", "{{a}, s, {b}}"),
    ("SequenceCases[{_, _}][{1, 2, 3}]", "{{1, 2}}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_of_an_atom(message):
    assert (
        message("SequenceCases[x, {_}]")
        == "SequenceCases::list: List expected at position 1 in SequenceCases[x, {_}]."
    )
