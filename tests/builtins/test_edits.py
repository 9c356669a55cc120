"""Insert, Delete, ReplacePart, ReplaceAt, MapAt, Append, Prepend and their assigning forms."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Insert[{a, b, c}, x, 1]", "{x, a, b, c}"),
    ("Insert[{a, b, c}, x, 4]", "{a, b, c, x}"),
    ("Insert[{a, b, c}, x, -2]", "{a, b, x, c}"),
    ("Insert[{{a, b}, c}, x, {1, 2}]", "{{a, x, b}, c}"),
    ("Insert[{a, b, c}, x, {{1}, {-1}}]", "{x, a, b, c, x}"),
    ("Insert[{}, x, 1]", "{x}"),
    ("Insert[f[a], x, 1]", "f[x, a]"),
    ("Insert[x, 2][{a, b}]", "{a, x, b}"),
    ('Insert[<|"a" -> 1|>, "b" -> 2, 1]', '<|"b" -> 2, "a" -> 1|>'),
    ('Insert[<|"a" -> 1, "c" -> 3|>, "b" -> 2, Key["c"]]', '<|"a" -> 1, "b" -> 2, "c" -> 3|>'),
    ("Delete[{a, b, c}, 1]", "{b, c}"),
    ("Delete[{a, b, c}, -1]", "{a, b}"),
    ("Delete[{{a, b}, c}, {1, 2}]", "{{a}, c}"),
    ("Delete[{a, b, c}, {{1}, {3}}]", "{b}"),
    ("Delete[f[a, b], 0]", "Sequence[a, b]"),
    ("{x, Delete[f[a, b], 0], y}", "{x, a, b, y}"),
    ('Delete[<|"a" -> 1, "b" -> 2|>, Key["a"]]', '<|"b" -> 2|>'),
    ('Delete[<|"a" -> 1, "b" -> 2|>, 1]', '<|"b" -> 2|>'),
    ("Delete[2][{a, b, c}]", "{a, c}"),
    ("Delete[Range[5], 2]", "{1, 3, 4, 5}"),
    ("MapAt[f, {a, b, c}, -1]", "{a, b, f[c]}"),
    ("MapAt[f, {{a, b}, {c, d}}, {2, 1}]", "{{a, b}, {f[c], d}}"),
    ("MapAt[f, {a, b, c}, {{1}, {3}}]", "{f[a], b, f[c]}"),
    ("MapAt[f, {a}, {{1}, {1}}]", "{f[f[a]]}"),
    ("MapAt[f, {a, b, c, d}, 2 ;; 3]", "{a, f[b], f[c], d}"),
    ("MapAt[f, {{1, 2}, {3, 4}}, {All, 2}]", "{{1, f[2]}, {3, f[4]}}"),
    ("MapAt[f, {a, b}, 0]", "f[List][a, b]"),
    ("MapAt[f, {a, b}, {}]", "{a, b}"),
    ('MapAt[f, <|"a" -> 1, "b" -> 2|>, Key["b"]]', '<|"a" -> 1, "b" -> f[2]|>'),
    ('MapAt[f, <|"a" -> {1, 2}|>, {"a", 2}]', '<|"a" -> {1, f[2]}|>'),
    ("MapAt[f, 2][{a, b}]", "{a, f[b]}"),
    ("MapAt[#^2 &, Range[3], 3]", "{1, 2, 9}"),
    ("ReplacePart[{a, b, c}, 2 -> x]", "{a, x, c}"),
    ("ReplacePart[{a, b, c}, -1 -> x]", "{a, b, x}"),
    ("ReplacePart[{a, b, c}, {1 -> x, 3 -> y}]", "{x, b, y}"),
    ("ReplacePart[{{a, b}, {c, d}}, {2, 1} -> x]", "{{a, b}, {x, d}}"),
    ("ReplacePart[{{a, b}, {c, d}}, {{1, 1}, {2, 2}} -> x]", "{{x, b}, {c, x}}"),
    ("ReplacePart[{a, b, c, d}, _?OddQ -> x]", "{x, b, x, d}"),
    ("ReplacePart[{a, b, c, d}, i_ :> i^2]", "{1, 4, 9, 16}"),
    ("ReplacePart[ConstantArray[0, {3, 3}], {i_, i_} -> 1]", "{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}"),
    ("ReplacePart[{a, b}, 5 -> x]", "{a, b}"),
    ("ReplacePart[f[a, b], 0 -> g]", "g[a, b]"),
    ("ReplacePart[2 -> x][{a, b}]", "{a, x}"),
    ('ReplacePart[<|"a" -> 1, "b" -> 2|>, "b" -> x]', '<|"a" -> 1, "b" -> x|>'),
    ('ReplacePart[<|"a" -> 1, "b" -> 2|>, 1 -> x]', '<|"a" -> x, "b" -> 2|>'),
    ("ReplacePart[a + b^2, {2, 2} -> 3]", "a + b^3"),
    ("ReplaceAt[{a, a, a}, a -> b, {{1}, {3}}]", "{b, a, b}"),
    ("ReplaceAt[{1, 2, 3}, _ -> x, 2 ;; 3]", "{1, x, x}"),
    ("Append[{a, b}, c]", "{a, b, c}"),
    ("Append[f[a], b]", "f[a, b]"),
    ("Append[Range[3], x]", "{1, 2, 3, x}"),
    ("Append[c][{a, b}]", "{a, b, c}"),
    ('Append[<|"a" -> 1, "b" -> 2|>, "a" -> 3]', '<|"b" -> 2, "a" -> 3|>'),
    ('Append[<|"a" -> 1|>, {"b" -> 2, "c" -> 3}]', '<|"a" -> 1, "b" -> 2, "c" -> 3|>'),
    ("Prepend[{a, b}, c]", "{c, a, b}"),
    ('Prepend[<|"a" -> 1|>, "b" -> 2]', '<|"b" -> 2, "a" -> 1|>'),
    ("Prepend[{{1, 2}}, {3, 4}]", "{{3, 4}, {1, 2}}"),
    ("x = {1}; AppendTo[x, 2]", "{1, 2}"),
    ("x = {1}; PrependTo[x, 2]; x", "{2, 1}"),
    ("x = {{1}, {2}}; AppendTo[x[[1]], 5]; x", "{{1, 5}, {2}}"),
    ('x = <|"a" -> 1|>; AppendTo[x, "b" -> 2]; x', '<|"a" -> 1, "b" -> 2|>'),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Insert[{a, b}, x, 5]", "Insert::ins: Cannot insert at position {5} in {a, b}."),
    ("Delete[{a, b}, 5]", "Delete::partw: Part {5} of {a, b} does not exist."),
    ("Delete[{a, b}, {{1}, {7}}]", "Delete::partw: Part {{1}, {7}} of {a, b} does not exist."),
    ("MapAt[f, {a, b}, 3]", "MapAt::partw: Part {3} of {a, b} does not exist."),
    ("Append[x, 1]", "Append::normal: Nonatomic expression expected at position 1 in Append[x, 1]."),
    ("AppendTo[y, 1]", "AppendTo::rvalue: y is not a variable with a value, so its value cannot be changed."),
    ("ReplacePart[{a}, 1]", "ReplacePart::reps: 1 is not a replacement rule or a list of such rules."),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


@pytest.mark.parametrize(
    "source", ["Append[Range[3], 4]", "Prepend[N[Range[3]], 0.5]", "Delete[Range[5], -1]"]
)
def test_packed_lists_stay_packed(calculator, source):
    assert type(calculator.expr(source)) is np.ndarray
