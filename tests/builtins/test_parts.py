"""Part, Extract, First, Last, Most, Rest, Take, Drop."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("{a, b, c}[[1]]", "a"),
    ("{a, b, c}[[-1]]", "c"),
    ("{a, b, c}[[0]]", "List"),
    ("f[a, b][[0]]", "f"),
    ("{a, {b, c}}[[2, 1]]", "b"),
    ("{a, b, c, d}[[{1, -1, 2}]]", "{a, d, b}"),
    ("f[a, b, c][[{3, 1}]]", "f[c, a]"),
    ("{a, b, c}[[{}]]", "{}"),
    ("{a, b, c}[[All]]", "{a, b, c}"),
    ("{{a, b}, {c, d}}[[All, 1]]", "{a, c}"),
    ("{{a, b}, {c, d}}[[{2, 1}, {2}]]", "{{d}, {b}}"),
    ("{a, b, c, d, e}[[2 ;; 4]]", "{b, c, d}"),
    ("{a, b, c, d, e}[[2 ;;]]", "{b, c, d, e}"),
    ("{a, b, c, d, e}[[;; 2]]", "{a, b}"),
    ("{a, b, c, d, e}[[-2 ;;]]", "{d, e}"),
    ("{a, b, c, d, e}[[;; -2]]", "{a, b, c, d}"),
    ("{a, b, c, d, e}[[;; ;; 2]]", "{a, c, e}"),
    ("{a, b, c, d, e}[[;; ;; -1]]", "{e, d, c, b, a}"),
    ("{a, b, c, d, e}[[4 ;; 2 ;; -1]]", "{d, c, b}"),
    ("{a, b, c}[[4 ;;]]", "{}"),
    ("{a, b, c}[[2 ;; 1]]", "{}"),
    ("{a, b, c}[[1 ;; UpTo[7]]]", "{a, b, c}"),
    ("(a + b + c)[[2]]", "b"),
    ("(x^2)[[1]]", "x"),
    ("Range[10][[3]]", "3"),
    ("Range[10][[-3]]", "8"),
    ("Range[10][[{1, 5}]]", "{1, 5}"),
    ("Range[10][[2 ;; 8 ;; 3]]", "{2, 5, 8}"),
    ("Range[3][[0]]", "List"),
    ("Partition[Range[6], 2][[2, 1]]", "3"),
    ("Partition[Range[6], 2][[All, 2]]", "{2, 4, 6}"),
    ("Partition[Range[6], 2][[2]]", "{3, 4}"),
    ("Partition[Range[6], 2][[{3, 1}, {2}]]", "{{6}, {2}}"),
    ('<|"a" -> 1, "b" -> 2|>[["b"]]', "2"),
    ('<|"a" -> 1, "b" -> 2|>[[1]]', "1"),
    ('<|"a" -> 1, "b" -> 2|>[[-1]]', "2"),
    ("<|x -> 1, 2 -> b|>[[Key[2]]]", "b"),
    ('<|"a" -> 1|>[["z"]]', 'Missing["KeyAbsent", "z"]'),
    ('<|"a" -> 1, "b" -> 2, "c" -> 3|>[[{"c", "a"}]]', '<|"c" -> 3, "a" -> 1|>'),
    ('<|"a" -> 1, "b" -> 2, "c" -> 3|>[[2 ;;]]', '<|"b" -> 2, "c" -> 3|>'),
    ('<|"a" -> <|"x" -> 1|>, "b" -> <|"x" -> 2|>|>[[All, "x"]]', '<|"a" -> 1, "b" -> 2|>'),
    ('{<|"x" -> 1|>, <|"x" -> 2|>}[[All, "x"]]', "{1, 2}"),
    ('<|"a" -> {1, 2, 3}|>[["a", 2]]', "2"),
    ("Hold[1 + 1, 2][[1]]", "2"),
    ("Extract[{a, b, c}, 2]", "b"),
    ("Extract[{a, {b, c}}, {2, 2}]", "c"),
    ("Extract[{a, {b, c}}, {{1}, {2, 1}}]", "{a, b}"),
    ("Extract[{a, b}, {}]", "{}"),
    ("Extract[{{1, 2}, {3, 4}}, {All, 1}]", "{1, 3}"),
    ("Extract[Hold[1 + 1], 1, Hold]", "Hold[1 + 1]"),
    ("Extract[Hold[1 + 1, 2 + 2], {{1}, {2}}, Hold]", "{Hold[1 + 1], Hold[2 + 2]}"),
    ('Extract[<|"a" -> 5|>, Key["a"]]', "5"),
    ("Extract[2][{a, b, c}]", "b"),
    ("First[{a, b}]", "a"),
    ("First[f[x, y]]", "x"),
    ("First[{}, 1; d]", "d"),
    ("First[Range[5]]", "1"),
    ('First[<|"a" -> 7|>]', "7"),
    ("Last[Range[5]]", "5"),
    ("Last[{}, d]", "d"),
    ("Last[{{1, 2}, {3, 4}}]", "{3, 4}"),
    ("Most[{a, b, c}]", "{a, b}"),
    ("Rest[{a, b, c}]", "{b, c}"),
    ("Rest[Range[4]]", "{2, 3, 4}"),
    ("Most[Range[1]]", "{}"),
    ("Rest[x + y + z]", "y + z"),
    ('Rest[<|"a" -> 1, "b" -> 2|>]', '<|"b" -> 2|>'),
    ("Take[{a, b, c, d}, 2]", "{a, b}"),
    ("Take[{a, b, c, d}, -2]", "{c, d}"),
    ("Take[{a, b, c, d}, {2, 3}]", "{b, c}"),
    ("Take[{a, b, c, d}, {2}]", "{b}"),
    ("Take[{a, b, c, d}, {-1, 1, -1}]", "{d, c, b, a}"),
    ("Take[{a, b, c, d}, UpTo[9]]", "{a, b, c, d}"),
    ("Take[{a, b, c, d}, 0]", "{}"),
    ("Take[{a, b, c, d}, All]", "{a, b, c, d}"),
    ("Take[{a, b, c, d}, None]", "{}"),
    ("Take[{a, b, c, d}, 2 ;; ;; 2]", "{b, d}"),
    ("Take[{{a, b, c}, {d, e, f}}, 1, 2]", "{{a, b}}"),
    ("Take[Partition[Range[9], 3], 2, -2]", "{{2, 3}, {5, 6}}"),
    ("Take[f[a, b, c], 2]", "f[a, b]"),
    ('Take[<|"a" -> 1, "b" -> 2|>, 1]', '<|"a" -> 1|>'),
    ("Drop[{a, b, c, d}, 1]", "{b, c, d}"),
    ("Drop[{a, b, c, d}, -1]", "{a, b, c}"),
    ("Drop[{a, b, c, d}, {2, 3}]", "{a, d}"),
    ("Drop[{a, b, c, d}, {1, -1, 2}]", "{b, d}"),
    ("Drop[{a, b}, 0]", "{a, b}"),
    ("Drop[{{a, b, c}, {d, e, f}}, 1, 1]", "{{e, f}}"),
    ("Drop[Range[5], {2, 4}]", "{1, 5}"),
    ("Drop[{{1, 2}, {3, 4}}, None, 1]", "{{2}, {4}}"),
    ('Drop[<|"a" -> 1, "b" -> 2|>, 1]', '<|"b" -> 2|>'),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("{1, 2}[[5]]", "Part::partw: Part 5 of {1, 2} does not exist."),
    ("{1, 2}[[{1, 5}]]", "Part::partw: Part {1, 5} of {1, 2} does not exist."),
    ("{{1, 2}, {3}}[[2, 2]]", "Part::partw: Part 2 of {3} does not exist."),
    ("Range[3][[4]]", "Part::partw: Part 4 of {1, 2, 3} does not exist."),
    ("{1, 2}[[1 ;; 7]]", "Part::take: Cannot take positions 1 through 7 in {1, 2}."),
    ("{1, 2}[[x]]", "Part::pkspec1: The expression x cannot be used as a part specification."),
    ("First[{}]", "First::nofirst: {} has zero length and no first element."),
    ("Last[{}]", "Last::nolast: {} has zero length and no last element."),
    ("First[1]", "First::normal: Nonatomic expression expected at position 1 in First[1]."),
    ("Most[{}]", "Most::nomost: Cannot take Most of expression {} with length zero."),
    ("Rest[{}]", "Rest::norest: Cannot take Rest of expression {} with length zero."),
    ("Take[{1, 2}, 5]", "Take::take: Cannot take positions 1 through 5 in {1, 2}."),
    ("Take[{1, 2}, -5]", "Take::take: Cannot take positions -5 through -1 in {1, 2}."),
    ("Drop[{1, 2}, 3]", "Drop::drop: Cannot drop positions 1 through 3 in {1, 2}."),
    ("Extract[{1, 2}, {{1}, {4}}]", "Extract::partw: Part {{1}, {4}} of {1, 2} does not exist."),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


def test_part_deeper_than_the_expression(message):
    assert message("{1, 2}[[1, 1]]").startswith("Part::partd: Part specification {1, 2}[[1")


@pytest.mark.parametrize(
    "source",
    [
        "Range[10][[2 ;; 5]]",
        "Take[Range[10], 3]",
        "Rest[Range[4]]",
        "Drop[Range[9], {2}]",
        "Range[5][[{1, 3}]]",
    ],
)
def test_packed_lists_stay_packed(calculator, source):
    assert type(calculator.expr(source)) is np.ndarray


def test_default_is_not_evaluated_when_there_is_an_element(value):
    assert value("n = 0; {First[{1}, n = 1], n, First[{}, n = 2], n}") == "{1, 0, 2, 2}"


def test_parts_of_a_numeric_array():
    from wlnet import Session

    session = Session(on_message=lambda text: None)
    assert session.evaluate("NumericArray[{1, 2, 3}][[2]]") == 2
    assert session.evaluate("Head[NumericArray[{{1, 2}, {3, 4}}][[All, 1]]] === NumericArray") is True
    session.evaluate("NumericArray[{1, 2, 3}][[7]]")
    assert [m.name for m in session.messages] == ["Part::partw"]
