"""Map, MapIndexed, Scan, MapThread, Select, Pick, compositions and operator forms."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("f /@ {a, b}", "{f[a], f[b]}"),
    ("f /@ {}", "{}"),
    ("f /@ x", "x"),
    ("f /@ g[a, b]", "g[f[a], f[b]]"),
    ("f /@ (a + b)", "f[a] + f[b]"),
    ("Map[f, Hold[1 + 1]]", "Hold[f[1 + 1]]"),
    ("Map[f, {{a, b}, {c}}, {2}]", "{{f[a], f[b]}, {f[c]}}"),
    ("Map[f, {{a, b}, {c}}, 2]", "{f[{f[a], f[b]}], f[{f[c]}]}"),
    ("Map[f, {{a}, b}, {-1}]", "{{f[a]}, f[b]}"),
    ("Map[f, {{a}, b}, {0, 1}]", "f[{f[{a}], f[b]}]"),
    ("Map[f, {{a}, b}, Infinity]", "{f[{f[a]}], f[b]}"),
    ("Map[f, {a, b}, Heads -> True]", "f[List][f[a], f[b]]"),
    ("Map[f][{a}]", "{f[a]}"),
    ("#^2 & /@ Range[4]", "{1, 4, 9, 16}"),
    ("Total /@ {{1, 2}, {3, 4}}", "{3, 7}"),
    ("Total /@ Partition[Range[6], 2]", "{3, 7, 11}"),
    ("Reverse /@ Partition[Range[4], 2]", "{{2, 1}, {4, 3}}"),
    ('f /@ <|"a" -> 1, "b" -> 2|>', '<|"a" -> f[1], "b" -> f[2]|>'),
    ('Map[f, <|"a" -> {1}|>, {2}]', '<|"a" -> {f[1]}|>'),
    ("f //@ {a, {b}}", "f[{f[a], f[{f[b]}]}]"),
    ("MapIndexed[f, {a, b}]", "{f[a, {1}], f[b, {2}]}"),
    ("MapIndexed[f, {{a}, {b}}, {2}]", "{{f[a, {1, 1}]}, {f[b, {2, 1}]}}"),
    ("MapIndexed[f, g[a]]", "g[f[a, {1}]]"),
    ("MapIndexed[#1 #2[[1]] &, Range[3]]", "{1, 4, 9}"),
    ('MapIndexed[f, <|"x" -> 1|>]', '<|"x" -> f[1, {Key["x"]}]|>'),
    ("MapIndexed[f][{a}]", "{f[a, {1}]}"),
    ("l = {}; Scan[AppendTo[l, #] &, {1, 2}]; l", "{1, 2}"),
    ("Scan[f, {1, 2}]", "Null"),
    ("Scan[If[# > 2, Return[#]] &, {1, 2, 3, 4}]", "3"),
    ("Scan[Function[x, If[x === b, Return[found]]], {{a}, {b}}, {2}]", "found"),
    ("g[x_] := (If[x > 2, Return[big]]; x); Map[g, {1, 3}]", "{1, big}"),
    ("l = {}; Scan[AppendTo[l, #] &, {{1}, 2}, {-1}]; l", "{1, 2}"),
    ("MapThread[f, {{a, b}, {c, d}}]", "{f[a, c], f[b, d]}"),
    ("MapThread[f, {{a, b}}]", "{f[a], f[b]}"),
    ("MapThread[f, {}]", "{}"),
    ("MapThread[f, {{{a, b}, {c, d}}, {{1, 2}, {3, 4}}}, 2]", "{{f[a, 1], f[b, 2]}, {f[c, 3], f[d, 4]}}"),
    ("MapThread[Plus, {Range[3], Range[3]}]", "{2, 4, 6}"),
    ("MapThread[f, {<|x -> 1|>, <|x -> 2|>}]", "<|x -> f[1, 2]|>"),
    ("MapThread[f][{{a}, {b}}]", "{f[a, b]}"),
    ("Select[{1, 2, 3, 4}, EvenQ]", "{2, 4}"),
    ("Select[{1, a, 2}, # > 1 &]", "{2}"),
    ("Select[Range[10], PrimeQ, 2]", "{2, 3}"),
    ("Select[Range[10], # > 7 &]", "{8, 9, 10}"),
    ("Select[{a, b}, False &]", "{}"),
    ("Select[f[1, a], IntegerQ]", "f[1]"),
    ('Select[<|"a" -> 1, "b" -> 2|>, EvenQ]', '<|"b" -> 2|>'),
    ("Select[EvenQ][{1, 2}]", "{2}"),
    ("SelectFirst[{1, 2, 4}, EvenQ]", "2"),
    ("SelectFirst[{1, 3}, EvenQ]", 'Missing["NotFound"]'),
    ("SelectFirst[{1, 3}, EvenQ, 0]", "0"),
    ("SelectFirst[EvenQ][{1, 2}]", "2"),
    ("Pick[{a, b, c}, {True, False, True}]", "{a, c}"),
    ("Pick[{a, b, c}, {1, 0, 1}, 1]", "{a, c}"),
    ("Pick[{a, b, c}, {1, 2, 3}, _?OddQ]", "{a, c}"),
    ("Pick[{{a, b}, {c, d}}, {{True, False}, {False, True}}]", "{{a}, {d}}"),
    ("Pick[{a, b}, {False, False}]", "{}"),
    ("Pick[Range[4], {0, 1, 1, 0}, 1]", "{2, 3}"),
    ("Pick[f[a, b], {True, False}]", "f[a]"),
    ("Identity[x]", "x"),
    ("Construct[f, a, b]", "f[a, b]"),
    ("Comap[{f, g}, x]", "{f[x], g[x]}"),
    ("Comap[{f, g}][x]", "{f[x], g[x]}"),
    ("ComapApply[{f, g}, {x, y}]", "{f[x, y], g[x, y]}"),
    ("x = 2; ApplyTo[x, f]; x", "f[2]"),
    ("x = 2; x //= #^2 &; x", "4"),
    ("(f @* g)[x]", "f[g[x]]"),
    ("(f @* g @* h)[x, y]", "f[g[h[x, y]]]"),
    ("(f /* g)[x]", "g[f[x]]"),
    ("Composition[]", "Identity"),
    ("Composition[f, Identity, g]", "f @* g"),
    ("Map[f @* g, {a}]", "{f[g[a]]}"),
    ("OperatorApplied[f][x][y]", "f[y, x]"),
    ("OperatorApplied[f, 2][x][y]", "f[x, y]"),
    ("OperatorApplied[Power][2] /@ {3, 4}", "{9, 16}"),
    ("CurryApplied[f, 3][a][b][c]", "f[a, b, c]"),
    ("CurryApplied[f, {3, 1, 2}][a][b][c]", "f[c, a, b]"),
    ("Curry[f][x][y]", "f[y, x]"),
    ("ReverseApplied[f][a, b, c]", "f[c, b, a]"),
    ("ReverseApplied[f, 2][a, b, c]", "f[b, a, c]"),
    ('Key["a"][<|"a" -> 1|>]', "1"),
    ('SortBy[{<|"a" -> 2|>, <|"a" -> 1|>}, Key["a"]]', '{<|"a" -> 1|>, <|"a" -> 2|>}'),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Select[1, EvenQ]", "Select::normal: Nonatomic expression expected at position 1 in Select[1, EvenQ]."),
    (
        "MapThread[f, {{a, b}, {c}}]",
        "MapThread::mptc: Incompatible dimensions of objects at positions {2, 1} and {2, 2} of "
        "MapThread[f, {{a, b}, {c}}]; dimensions are 2 and 1.",
    ),
    ("MapThread[f, x]", "MapThread::list: List expected at position 2 in MapThread[f, x]."),
    ("Pick[{a, b}, {True}]", "Pick::incomp: Expressions {a, b} and {True} have incompatible shapes."),
    ("Map[f, {a}, q]", "Map::level: Level specification q is not of the form n, {n}, or {m, n}."),
    ("Map[f, {a}, 1, 2, 3]", "Map::argt: Map called with 5 arguments; 2 or 3 arguments are expected."),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


@pytest.mark.parametrize("source", ["#^2 & /@ Range[5]", "Select[Range[9], OddQ]", "Map[Sqrt, N[Range[4]]]"])
def test_packed_lists_stay_packed(calculator, source):
    assert type(calculator.expr(source)) is np.ndarray
