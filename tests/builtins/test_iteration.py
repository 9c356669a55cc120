"""Nest, NestWhile, FixedPoint, Fold, FoldPair, FoldWhile and their list forms."""

from __future__ import annotations

import pytest

CASES = [
    ("Nest[f, x, 3]", "f[f[f[x]]]"),
    ("Nest[f, x, 0]", "x"),
    ("Nest[(1 + #)^2 &, 1, 3]", "676"),
    ("NestList[f, x, 2]", "{x, f[x], f[f[x]]}"),
    ("NestList[2 # &, 1, 4]", "{1, 2, 4, 8, 16}"),
    ("NestWhile[#/2 &, 123456, EvenQ]", "1929"),
    ("NestWhileList[#/2 &, 12, EvenQ]", "{12, 6, 3}"),
    ("NestWhileList[Mod[3 #, 7] &, 1, Unequal, All]", "{1, 3, 2, 6, 4, 5, 1}"),
    ("NestWhileList[Floor[#/2] &, 20, UnsameQ, 2]", "{20, 10, 5, 2, 1, 0, 0}"),
    ("NestWhileList[# + 1 &, 1, # < 10 &, 1, 3]", "{1, 2, 3, 4}"),
    ("NestWhileList[# + 1 &, 1, # < 3 &, 1, Infinity, 2]", "{1, 2, 3, 4, 5}"),
    ("NestWhileList[# + 1 &, 1, # < 4 &, 1, Infinity, -1]", "{1, 2, 3}"),
    ("NestWhile[# + 1 &, 1, # < 4 &, 1, Infinity, -1]", "3"),
    ("NestWhile[f, x, False &]", "x"),
    ("FixedPoint[Floor[#/2] &, 100]", "0"),
    ("FixedPoint[# + 1 &, 0, 5]", "5"),
    ("FixedPointList[Floor[#/2] &, 8]", "{8, 4, 2, 1, 0, 0}"),
    ("FixedPointList[# + 1 &, 0, 2]", "{0, 1, 2}"),
    ("FixedPoint[#/2 &, 1., SameTest -> (Abs[#1 - #2] < 0.1 &)]", "0.0625"),
    ("FixedPoint[(# + 2/#)/2 &, 1.] == Sqrt[2.]", "True"),
    ("Fold[f, x, {a, b, c}]", "f[f[f[x, a], b], c]"),
    ("Fold[f, {a, b, c}]", "f[f[a, b], c]"),
    ("Fold[f, x, {}]", "x"),
    ("Fold[f, {a}]", "a"),
    ("Fold[f, x, g[a, b]]", "f[f[x, a], b]"),
    ("Fold[Plus, 0, Range[100]]", "5050"),
    ("Fold[10 #1 + #2 &, {1, 2, 3}]", "123"),
    ('Fold[f, x, <|"a" -> 1|>]', "f[x, 1]"),
    ("FoldList[f, x, {a, b}]", "{x, f[x, a], f[f[x, a], b]}"),
    ("FoldList[f, {a, b}]", "{a, f[a, b]}"),
    ("FoldList[f, {}]", "{}"),
    ("FoldList[Times, Range[5]]", "{1, 2, 6, 24, 120}"),
    ("FoldList[f, x, g[a]]", "g[x, f[x, a]]"),
    ("FoldPairList[QuotientRemainder, 1234, {1000, 100, 10, 1}]", "{1, 2, 3, 4}"),
    ("FoldPairList[{#1 + #2, #1 #2} &, 1, {2, 3}]", "{3, 5}"),
    ("FoldPairList[{p[#1, #2], q[#1, #2]} &, u, {a, b}, Last]", "{q[u, a], q[q[u, a], b]}"),
    ("FoldPair[{p[#1, #2], q[#1, #2]} &, u, {a, b}]", "p[q[u, a], b]"),
    ("FoldWhile[Plus, 0, {1, 2, 3, 4}, # < 4 &]", "6"),
    ("FoldWhile[Plus, {1, 2, 3, 4}, # < 4 &]", "6"),
    ("FoldWhileList[Plus, 0, {1, 2, 3, 4}, # < 4 &]", "{0, 1, 3, 6}"),
    ("FoldWhile[Plus, 0, {1, 2}, # < 100 &]", "3"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    (
        "NestList[f, x, 10^12]",
        "NestList::toolarge: A list of 1000000000001 elements is too large to be made.",
    ),
    (
        "Nest[f, x, -1]",
        "Nest::intnm: Non-negative machine-sized integer expected at position 3 in Nest[f, x, -1].",
    ),
    ("Fold[f, x, 5]", "Fold::normal: Nonatomic expression expected at position 3 in Fold[f, x, 5]."),
    ("FixedPoint[f, x, -1]", "FixedPoint::innf: Non-negative integer or Infinity expected in place of -1."),
    (
        "NestWhile[f, x, g, {1, 2, 3}]",
        "NestWhile::nwargs: Argument {1, 2, 3} is not of the form i, {i, j}, {i, Infinity}, or All.",
    ),
    (
        "FoldPairList[f, 0, {1}]",
        "FoldPairList::pair: f returned f[0, 1], which is not a list of two elements.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


def test_leaving_an_iteration_by_throw(value):
    assert value("Catch[Nest[If[# > 5, Throw[big], # + 1] &, 0, 100]]") == "big"
