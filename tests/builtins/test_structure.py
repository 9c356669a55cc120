"""Head, Length, Depth, Apply, Thread, Through, Distribute, Normal, Sequence, Splice, Nothing."""

from __future__ import annotations

import pytest

CASES = [
    ("Head[f[x]]", "f"),
    ("Head[f[x][y]]", "f[x]"),
    (
        'Head /@ {1, 1/2, 1.5, 1 + I, "s", x, {}, x + y}',
        "{Integer, Rational, Real, Complex, String, Symbol, List, Plus}",
    ),
    ("Head[f[x], h]", "h[f]"),
    ("Head[Range[3]]", "List"),
    ("Length[{a, b}]", "2"),
    ("Length[1/2]", "0"),
    ("Length[Range[7]]", "7"),
    ('Length[<|"a" -> 1|>]', "1"),
    ("Depth[a]", "1"),
    ("Depth[{}]", "2"),
    ("Depth[{{{a}}}]", "4"),
    ("Depth[f[x][y]]", "2"),
    ("Depth[Partition[Range[4], 2]]", "3"),
    ("LeafCount[x]", "1"),
    ("LeafCount[f[x, y]]", "3"),
    ("LeafCount[1/2]", "3"),
    ("LeafCount[{1, 2}]", "3"),
    ("LeafCount[Partition[Range[4], 2]]", "7"),
    ("f @@ {a, b}", "f[a, b]"),
    ("f @@ x", "x"),
    ("f @@ g[a]", "f[a]"),
    ("Plus @@ Range[10]", "55"),
    ('f @@ <|"a" -> 1, "b" -> 2|>', "f[1, 2]"),
    ("Apply[f, {{a}, {b}}, {1}]", "{f[a], f[b]}"),
    ("Apply[f, {{a}, {b}}, {0, 1}]", "f[f[a], f[b]]"),
    ("Apply[f, {{{a}}}, {2}]", "{{f[a]}}"),
    ("Apply[f, {{{a}}}, -2]", "{f[f[a]]}"),
    ("Apply[f][{a, b}]", "f[a, b]"),
    ("f @@@ {{a, b}, {c}}", "{f[a, b], f[c]}"),
    ("f @@@ {a, {b}}", "{a, f[b]}"),
    ("f @@@ <|x -> {1, 2}|>", "<|x -> f[1, 2]|>"),
    ("f @@@ g[h[1], h[2]]", "g[f[1], f[2]]"),
    ("Plus @@@ {{1, 2}, {3, 4}}", "{3, 7}"),
    ("Operate[p, f[x]]", "p[f][x]"),
    ("Operate[p, f[a][b], 2]", "p[f][a][b]"),
    ("Operate[p, f[x], 0]", "p[f[x]]"),
    ("Thread[f[{a, b}, {c, d}]]", "{f[a, c], f[b, d]}"),
    ("Thread[f[{a, b}, x]]", "{f[a, x], f[b, x]}"),
    ("Thread[f[x, y]]", "f[x, y]"),
    ("Thread[{a, b} -> c]", "{a -> c, b -> c}"),
    ("Thread[{a, b} == {c, d}]", "{a == c, b == d}"),
    ("Thread[f[a + b, c + d], Plus]", "f[a, c] + f[b, d]"),
    ("Thread[f[{a, b}, {c, d}], List, 1]", "{f[a, {c, d}], f[b, {c, d}]}"),
    ("Thread[f[{a, b}, {c, d}], List, -1]", "{f[{a, b}, c], f[{a, b}, d]}"),
    ("Through[{f, g}[x, y]]", "{f[x, y], g[x, y]}"),
    ("Through[(f + g)[x]]", "f[x] + g[x]"),
    ("Through[f[x]]", "f[x]"),
    ("Through[(f + g)[x], List]", "(f + g)[x]"),
    ("Through[<|a -> f|>[x]]", 'Missing["KeyAbsent", x]'),
    ("Distribute[f[a + b, c]]", "f[a, c] + f[b, c]"),
    ("Distribute[(a + b) (c + d)]", "a*c + b*c + a*d + b*d"),
    ("Distribute[f[{a, b}, {c}], List]", "{f[a, c], f[b, c]}"),
    ("Distribute[f[g[a, b], c], g, f, gp, fp]", "gp[fp[a, c], fp[b, c]]"),
    ("Distribute[h[a + b], Plus, f]", "h[a + b]"),
    ("Normal[<|a -> 1|>]", "{a -> 1}"),
    ("Normal[{<|a -> 1|>}]", "{<|a -> 1|>}"),
    ("Normal[Range[3]]", "{1, 2, 3}"),
    ("f[a, Sequence[b, c], d]", "f[a, b, c, d]"),
    ("{a, Sequence[], b}", "{a, b}"),
    ("{1, Nothing, 2}", "{1, 2}"),
    ("f[1, Nothing]", "f[1, Nothing]"),
    ("{1, Splice[{2, 3}], 4}", "{1, 2, 3, 4}"),
    ("f[1, Splice[{2, 3}, f], 4]", "f[1, 2, 3, 4]"),
    ("f[1, Splice[{2, 3}]]", "f[1, Splice[{2, 3}]]"),
    ("If[# > 2, #, Nothing] & /@ {1, 2, 3, 4}", "{3, 4}"),
    ("Map[Sequence @@ {#, #} &, {a, b}]", "{a, a, b, b}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_threading_over_unequal_lists(message):
    assert message("Thread[f[{a, b}, {c}]]") == (
        "Thread::tdlen: Objects of unequal length in f[{a, b}, {c}] cannot be combined."
    )
