"""Map, Select and Table over packed lists agree with what the same functions give one by one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LEAVES = st.sampled_from(["#", "#", "#", "2", "3", "-1", "0.5", "7", "Pi"])
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} * {p[1]})"),
        st.tuples(inner, st.sampled_from(["2", "3"])).map(lambda p: f"({p[0]})^{p[1]}"),
        inner.map(lambda b: f"Abs[{b}]"),
        inner.map(lambda b: f"Sin[{b}]"),
        inner.map(lambda b: f"Floor[{b}]"),
        inner.map(lambda b: f"Mod[{b}, 5]"),
    ),
    max_leaves=5,
)
LISTS = st.sampled_from(["Range[-8, 12]", "N[Range[-8, 12]]", "10^17 Range[20]", "Range[0, 3, 0.125]"])
TESTS = st.sampled_from(["> 2", "<= 3", "== 4", "!= 1", "< 2.5", ">= 0.5"])
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(BODIES, LISTS)
def test_map(calculator, body, numbers):
    each = calculator.expr(
        f"slow = List @@ Map[{body} &, h @@ {numbers}]; fast = Map[{body} &, {numbers}]; fast == slow"
    )
    assert each is calculator.expr("True")
    assert calculator.value("Head /@ fast === Head /@ slow") == "True"


@QUICK
@given(BODIES, TESTS, LISTS)
def test_select(value, body, test, numbers):
    function = f"({body}) {test} &"
    assert value(f"Select[{numbers}, {function}] === List @@ Select[h @@ {numbers}, {function}]") == "True"


@QUICK
@given(BODIES)
def test_table(value, body):
    body = body.replace("#", "k")
    assert value(f"Table[{body}, {{k, 20}}] == List @@ Map[Function[k, {body}], h @@ Range[20]]") == "True"


CASES = [
    ("Table[k^20, {k, 20}][[-1]]", "104857600000000000000000000"),
    ("a = 3; Table[a k, {k, 16}][[-1]]", "48"),
    ("Table[k/2, {k, 17}][[{1, 2}]]", "{1/2, 1}"),
    ("Table[x + k, {k, 16}][[1]]", "1 + x"),
    ("g[n_] := n + 1; Table[g[k], {k, 16}][[1]]", "2"),
    ("Map[#1 + #1 &, Range[16]][[-1]]", "32"),
    ("Map[1 &, Range[16]][[-1]]", "1"),
    ("Map[If[# > 2, #, 0] &, Range[16]][[{1, 3}]]", "{0, 3}"),
    ("Select[Range[20], OddQ[#] && # > 14 &]", "{15, 17, 19}"),
    ("Select[Range[20], !EvenQ[#] || # > 18 &]", "{1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 20}"),
    ("Select[Range[20], #^2 < 10 &]", "{1, 2, 3}"),
    ("Select[Range[20], # < x &]", "{}"),
    ("n = 2^53 + Range[20]; Select[n, # > 2.^53 &] === List @@ Select[h @@ n, # > 2.^53 &]", "True"),
    ("Sum[k, {k, 20}]; k", "k"),
    ("k = 5; Table[k^2, {k, 20}]; k", "5"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_a_redefined_function_is_honoured(value):
    assert (
        value("Unprotect[Sin]; Sin[3] = three; r = Table[Sin[k], {k, 16}][[3]]; Sin[3] =.; Protect[Sin]; r")
        == "three"
    )
