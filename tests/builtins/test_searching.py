"""Level, Position, Count, Cases, DeleteCases, MemberQ, FreeQ."""

from __future__ import annotations

import pytest

CASES = [
    ("Level[a + f[x, y^n], {-1}]", "{a, x, y, n}"),
    ("Level[a + f[x, y^n], 2]", "{a, x, y^n, f[x, y^n]}"),
    ("Level[a + f[x, y^n], {0, Infinity}]", "{a, x, y, n, y^n, f[x, y^n], a + f[x, y^n]}"),
    ("Level[{{{{a}}}}, {-3}]", "{{{a}}}"),
    ("Level[{{{{a}}}}, -3]", "{{{a}}, {{{a}}}}"),
    ("Level[f[x], {1}, Heads -> True]", "{f, x}"),
    ("Level[{{1, 2}, {3}}, {2}, f]", "f[1, 2, 3]"),
    ("Level[x, {1}]", "{}"),
    ('Level[<|"a" -> {1, 2}|>, {2}]', "{1, 2}"),
    ("Cases[{1, a, 2, b}, _Integer]", "{1, 2}"),
    ("Cases[{f[1], g[2], f[3]}, f[x_] -> x]", "{1, 3}"),
    ("Cases[{f[1], g[2], f[3]}, f[x_] :> x^2]", "{1, 9}"),
    ("Cases[{f[1], f[-1]}, f[x_] /; x > 0]", "{f[1]}"),
    ("Cases[{1, {2, {3, x}}}, _Integer, Infinity]", "{1, 2, 3}"),
    ("Cases[{1, {2, {3}}}, _Integer, {2}]", "{2}"),
    ("Cases[{1, {2, {3}}}, _Integer, {-1}]", "{1, 2, 3}"),
    ("Cases[{1, 2, 3, 4}, _, 1, 2]", "{1, 2}"),
    ("Cases[{1, 2, 3, 4}, _, 1, 0]", "{}"),
    ("Cases[f[f[x]], f, Infinity, Heads -> True]", "{f, f}"),
    ("Cases[{}, _]", "{}"),
    ("Cases[x, _, {0}]", "{x}"),
    ("Cases[{x -> 1, y -> 2}, HoldPattern[a_ -> b_]]", "{x -> 1, y -> 2}"),
    ('Cases[<|"a" -> 1, "b" -> x|>, _Integer]', "{1}"),
    ("Cases[Range[5], _?EvenQ]", "{2, 4}"),
    ("Cases[_Integer][{1, a}]", "{1}"),
    ("Cases[{a, b}, x_ :> Sequence[x, x]]", "{a, a, b, b}"),
    ("FirstCase[{a, 1, 2}, _Integer]", "1"),
    ("FirstCase[{a, b}, _Integer]", 'Missing["NotFound"]'),
    ("FirstCase[{a, f[3]}, f[x_] :> x + 1]", "4"),
    ("FirstCase[{a, {5}}, _Integer, none, Infinity]", "5"),
    ("FirstCase[_Integer][{a, 7}]", "7"),
    ("DeleteCases[{1, a, 2}, _Symbol]", "{1, 2}"),
    ("DeleteCases[{a, a, a, b}, a, 1, 2]", "{a, b}"),
    ("DeleteCases[{1, {2, x, {3, x}}}, x, Infinity]", "{1, {2, {3}}}"),
    ("DeleteCases[f[1, a], _Integer]", "f[a]"),
    ('DeleteCases[<|"a" -> 1, "b" -> x|>, x]', '<|"a" -> 1|>'),
    ("DeleteCases[Range[6], _?OddQ]", "{2, 4, 6}"),
    ("Position[{a, b, a}, a]", "{{1}, {3}}"),
    ("Position[{a, {b, a}}, a]", "{{1}, {2, 2}}"),
    ("Position[f[f[x]], f]", "{{0}, {1, 0}}"),
    ("Position[f[f[x]], f, Heads -> False]", "{}"),
    ("Position[{1, {2, 3}}, _Integer, {2}]", "{{2, 1}, {2, 2}}"),
    ("Position[{a, b, a, a}, a, 1, 2]", "{{1}, {3}}"),
    ("Position[a, a]", "{{}}"),
    ("Position[{1, 2}, x]", "{}"),
    ("Position[{x^2, 5, x^3}, x^_]", "{{1}, {3}}"),
    ('Position[<|"a" -> 1, "b" -> {1}|>, 1]', '{{Key["a"]}, {Key["b"], 1}}'),
    ("Position[Range[5], 3]", "{{3}}"),
    ("Position[{{1, 2}, {2, 1}}, 2]", "{{1, 2}, {2, 1}}"),
    ("Extract[{a, b, a}, Position[{a, b, a}, a]]", "{a, a}"),
    ("FirstPosition[{a, b, b}, b]", "{2}"),
    ("FirstPosition[{a, b}, c]", 'Missing["NotFound"]'),
    ("FirstPosition[{a, b}, c, none]", "none"),
    ("Count[{a, b, a}, a]", "2"),
    ("Count[{1, {1, 1}}, 1, 2]", "3"),
    ("Count[Range[10], 3]", "1"),
    ("Count[{1, 2, 3}, _?(# > 1 &)]", "2"),
    ('Count[<|"a" -> 1, "b" -> 1|>, 1]', "2"),
    ("Count[_Integer][{1, x, 2}]", "2"),
    ("MemberQ[{a, b}, b]", "True"),
    ("MemberQ[{a, {b}}, b]", "False"),
    ("MemberQ[{a, {b}}, b, 2]", "True"),
    ("MemberQ[{1, 2}, _Symbol]", "False"),
    ("MemberQ[x + y, x]", "True"),
    ('MemberQ[<|"a" -> 1|>, 1]', "True"),
    ("MemberQ[2][{1, 2}]", "True"),
    ("FreeQ[a + b c, c]", "False"),
    ("FreeQ[a + b c, d]", "True"),
    ("FreeQ[f[x], f]", "False"),
    ("FreeQ[{1, {2}}, _Integer, {2}]", "False"),
    ("FreeQ[{1, 2}, _Real]", "True"),
    ("FreeQ[x][y^2]", "True"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_malformed_level_specification(message):
    assert (
        message("Cases[{1}, _, x]")
        == "Cases::level: Level specification x is not of the form n, {n}, or {m, n}."
    )


def test_malformed_limit(message):
    assert (
        message("Cases[{1}, _, 1, -1]")
        == "Cases::innf: Non-negative integer or Infinity expected in place of -1."
    )


def test_deep_expressions_do_not_overflow_the_stack(value):
    assert (
        value("x = Nest[f, y, 800]; {FreeQ[x, y], Length[Level[x, {0, Infinity}]], Depth[x]}")
        == "{False, 801, 801}"
    )
