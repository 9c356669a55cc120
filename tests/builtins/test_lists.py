"""Join, Catenate, Riffle, Reverse, RotateLeft, TakeWhile, TakeDrop, TakeList, PadLeft, PadRight, ArrayPad."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Join[{a}, {b, c}, {}]", "{a, b, c}"),
    ("Join[Range[2], Range[3]]", "{1, 2, 1, 2, 3}"),
    ("Join[Range[2], {x}]", "{1, 2, x}"),
    ("Join[f[a], f[b]]", "f[a, b]"),
    ("Join[{{a, b}, {c, d}}, {{x}, {y}}, 2]", "{{a, b, x}, {c, d, y}}"),
    ("Join[<|a -> 1|>, <|a -> 2|>]", "<|a -> 2|>"),
    ("Join[]", "{}"),
    ("Catenate[{{a}, {b, c}}]", "{a, b, c}"),
    ("Catenate[{<|a -> 1|>, {2}}]", "{1, 2}"),
    ("Catenate[{}]", "{}"),
    ("Riffle[{a, b, c}, x]", "{a, x, b, x, c}"),
    ("Riffle[{a, b, c}, {x, y}]", "{a, x, b, y, c}"),
    ("Riffle[{a, b, c, d}, {x, y}]", "{a, x, b, y, c, x, d}"),
    ("Riffle[{a, b, c}, {x, y, z}]", "{a, x, b, y, c, z}"),
    ("Riffle[{a, b, c, d, e, f}, x, 3]", "{a, b, x, c, d, x, e, f}"),
    ("Riffle[{a, b, c}, x, {1, -1, 2}]", "{x, a, x, b, x, c, x}"),
    ("Riffle[{a}, x]", "{a}"),
    ("Riffle[{}, x]", "{}"),
    ("Reverse[{a, b, c}]", "{c, b, a}"),
    ("Reverse[Range[3]]", "{3, 2, 1}"),
    ("Reverse[a -> b]", "b -> a"),
    ("Reverse[{{1, 2}, {3, 4}}, 2]", "{{2, 1}, {4, 3}}"),
    ("Reverse[{{1, 2}, {3, 4}}, {1, 2}]", "{{4, 3}, {2, 1}}"),
    ("Reverse[{{a, b}, {c}}, 2]", "{{b, a}, {c}}"),
    ("RotateLeft[{a, b, c}]", "{b, c, a}"),
    ("RotateLeft[{a, b, c}, -1]", "{c, a, b}"),
    ("RotateLeft[{a, b, c}, 7]", "{b, c, a}"),
    ("RotateLeft[{{a, b}, {c, d}}, {1, 1}]", "{{d, c}, {b, a}}"),
    ("RotateRight[Range[4], 2]", "{3, 4, 1, 2}"),
    ("RotateRight[{{1, 2, 3}, {4, 5, 6}}, {0, 1}]", "{{3, 1, 2}, {6, 4, 5}}"),
    ("RotateLeft[{}]", "{}"),
    ("TakeWhile[{1, 3, 4, 5}, OddQ]", "{1, 3}"),
    ("TakeWhile[OddQ][{1, 2}]", "{1}"),
    ("LengthWhile[{1, 3, 4, 5}, OddQ]", "2"),
    ("TakeDrop[{a, b, c}, 2]", "{{a, b}, {c}}"),
    ("TakeDrop[{a, b, c}, -1]", "{{c}, {a, b}}"),
    ("TakeList[{a, b, c, d}, {1, 2}]", "{{a}, {b, c}}"),
    ("TakeList[{a, b, c, d}, {1, All}]", "{{a}, {b, c, d}}"),
    ("TakeList[{a, b, c}, {-1, 1}]", "{{c}, {a}}"),
    ("PadRight[{a, b}, 4]", "{a, b, 0, 0}"),
    ("PadRight[{a, b, c}, 2]", "{a, b}"),
    ("PadRight[{a, b}, 4, x]", "{a, b, x, x}"),
    ("PadRight[{a, b, c}, 8, {x, y}]", "{a, b, c, x, y, x, y, x}"),
    ("PadRight[{a, b}, 5, x, 1]", "{x, a, b, x, x}"),
    ("PadRight[{{a}, {b, c}}]", "{{a, 0}, {b, c}}"),
    ("PadRight[{{a}, {b}}, {3, 2}]", "{{a, 0}, {b, 0}, {0, 0}}"),
    ("PadRight[{1, 2}, -4]", "{0, 0, 1, 2}"),
    ("PadRight[Range[3], 5]", "{1, 2, 3, 0, 0}"),
    ("PadLeft[{a, b}, 4]", "{0, 0, a, b}"),
    ("PadLeft[{a, b, c}, 2]", "{b, c}"),
    ("PadLeft[{a, b, c}, 10, {x, y, z}]", "{z, x, y, z, x, y, z, a, b, c}"),
    ("PadLeft[{a, b}, 5, x, 1]", "{x, x, a, b, x}"),
    ("PadLeft[{{a}, {b, c}}]", "{{0, a}, {b, c}}"),
    ("PadLeft[Range[2], 4]", "{0, 0, 1, 2}"),
    ("PadLeft[f[a], 2]", "f[0, a]"),
    ("ArrayPad[{a, b}, 1]", "{0, a, b, 0}"),
    ("ArrayPad[{a, b}, {0, 2}]", "{a, b, 0, 0}"),
    ("ArrayPad[{{1}}, 1]", "{{0, 0, 0}, {0, 1, 0}, {0, 0, 0}}"),
    ("ArrayPad[{{1}}, {{1, 0}, {0, 1}}, x]", "{{x, x}, {1, x}}"),
    ("ArrayPad[{a, b, c}, -1]", "{b}"),
    ('ArrayPad[{a, b, c}, 2, "Fixed"]', "{a, a, a, b, c, c, c}"),
    ('ArrayPad[{a, b, c}, 2, "Periodic"]', "{b, c, a, b, c, a, b}"),
    ('ArrayPad[{a, b, c}, 2, "Reflected"]', "{c, b, a, b, c, b, a}"),
    ('ArrayPad[{a, b, c}, 2, "Reversed"]', "{b, a, a, b, c, c, b}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Join[{a}, f[b]]", "Join::heads: Heads List and f at positions 1 and 2 are expected to be the same."),
    ("Join[{a}, x]", "Join::normal: Nonatomic expression expected at position 2 in Join[{a}, x]."),
    ("Catenate[{1, 2}]", "Catenate::invrp: The argument {1, 2} is not a list or association of lists."),
    ("RotateLeft[{a}, x]", "RotateLeft::rspec: The rotation x should be an integer or a list of integers."),
    ("TakeList[{a}, {2}]", "TakeList::take: Cannot take positions 1 through 2 in {a}."),
    (
        'ArrayPad[{a}, 1, "No"]',
        "ArrayPad::padding: Padding No should be a value, a list, Fixed, Periodic, Reflected or Reversed.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


@pytest.mark.parametrize(
    "source",
    ["Join[Range[2], Range[3]]", "Reverse[Range[3]]", "RotateLeft[Range[3]]", "PadRight[Range[3], 5]"],
)
def test_packed_lists_stay_packed(calculator, source):
    assert type(calculator.expr(source)) is np.ndarray
