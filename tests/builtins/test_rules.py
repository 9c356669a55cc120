"""Replace, ReplaceAll, ReplaceRepeated, ReplaceList, MatchQ, Dispatch."""

from __future__ import annotations

import pytest

CASES = [
    ("Replace[x, x -> 1]", "1"),
    ("Replace[{x}, x -> 1]", "{x}"),
    ("Replace[{x, {x}}, x -> 1, {1}]", "{1, {x}}"),
    ("Replace[{x, {x}}, x -> 1, Infinity]", "{1, {1}}"),
    ("Replace[{x, {x}}, x -> 1, {2}]", "{x, {1}}"),
    ("Replace[1, {_Integer -> i, _ -> other}]", "i"),
    ("Replace[x, {{x -> 1}, {x -> 2}}]", "{1, 2}"),
    ("Replace[f[f[x]], f[u_] -> g[u], All]", "g[g[x]]"),
    ("Replace[f[x], f -> g, {1}, Heads -> True]", "g[x]"),
    ("Replace[<|a -> 1|>, 1 -> 2, {1}]", "<|a -> 2|>"),
    ("Replace[x -> 1][x]", "1"),
    ("{a, b} /. a -> 1", "{1, b}"),
    ("{a, f[a]} /. {a -> b, b -> c}", "{b, f[b]}"),
    ("f[a] /. f[x_] :> g[x, x]", "g[a, a]"),
    ("f[f[a]] /. f[x_] -> g[x]", "g[f[a]]"),
    ("f[x] /. f -> g", "g[x]"),
    ("x /. {{x -> 1}, {x -> 2}}", "{1, 2}"),
    ("{1, 2, 3} /. x_Integer /; x > 1 -> big", "{1, big, big}"),
    ("{a, b} /. <|a -> 1|>", "{1, b}"),
    ("Range[3] /. 2 -> x", "{1, x, 3}"),
    ("<|a -> x|> /. x -> 1", "<|a -> 1|>"),
    ("Hold[x] /. x :> 1 + 1", "Hold[1 + 1]"),
    ("x + y + z /. x + y -> w", "w + z"),
    ("a b c /. a c -> d", "b*d"),
    ("ReplaceAll[x -> 1][{x}]", "{1}"),
    ("{a, b} /. Dispatch[{a -> 1}]", "{1, b}"),
    ("{1, 2} /. {x_, y_} -> {y, x}", "{2, 1}"),
    ("f[1, 2, 3] /. f[x__] -> {x}", "{1, 2, 3}"),
    ("f[f[f[x]]] //. f[u_] -> u", "x"),
    ("log[a b c] //. log[x_ y_] -> log[x] + log[y]", "log[a] + log[b] + log[c]"),
    ("{3, 1, 2} //. {a___, x_, y_, b___} /; x > y :> {a, y, x, b}", "{1, 2, 3}"),
    ("x //. {{x -> y, y -> z}, {x -> w}}", "{z, w}"),
    ("ReplaceRepeated[f[u_] -> u][f[f[1]]]", "1"),
    ("ReplaceList[{a, b, c}, {x__, y__} -> f[{x}, {y}]]", "{f[{a}, {b, c}], f[{a, b}, {c}]}"),
    ("ReplaceList[a + b, x_ + y_ -> {x, y}]", "{{a, b}, {b, a}}"),
    ("ReplaceList[{a, b, c}, {___, x_, ___} -> x]", "{a, b, c}"),
    ("ReplaceList[{a, b, c}, {___, x_, ___} -> x, 2]", "{a, b}"),
    ("ReplaceList[{1, 2, 3}, {___, x_, ___} /; x > 1 -> x]", "{2, 3}"),
    ("ReplaceList[x, {x -> 1, x -> 2}]", "{1, 2}"),
    ("ReplaceList[x, y -> 1]", "{}"),
    ("MatchQ[1, _Integer]", "True"),
    ("MatchQ[{1, 2}, {_, _}]", "True"),
    ("MatchQ[_Integer][1]", "True"),
    ("MatchQ[f[1, 2], f[x_, x_]]", "False"),
    ("SameQ[a -> b, Rule[a, b]]", "True"),
    ("x = 1; {x -> x, x :> x}", "{1 -> 1, 1 :> x}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    (
        "x /. 5",
        "ReplaceAll::reps: {5} is neither a list of replacement rules nor a valid dispatch table, "
        "and so cannot be used for replacing.",
    ),
    (
        "ReplaceRepeated[x, x -> f[x], MaxIterations -> 3]",
        "ReplaceRepeated::rrlim: Exiting after x scanned 3 times.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected
