"""Pattern matching: against a matcher that tries everything, and construct by construct."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from wlnet.expr import Expr, S, Symbol, canonical_args, items, key, same
from wlnet.expr.attributes import FLAT, ONE_IDENTITY, ORDERLESS
from wlnet.kernel.constructs import variables
from wlnet.kernel.evaluator import Evaluator

from .brute_force import solutions
from .conftest import Script


def symbol(name: str, attributes: int = 0) -> Symbol:
    made = Symbol(name, "Test`")
    made.attributes = attributes
    return made


A, B, X, Y, Z = (symbol(n) for n in "abxyz")
F = symbol("f")
ORDERLESS_HEAD = symbol("o", ORDERLESS)
FLAT_HEAD = symbol("fl", FLAT)
SUM_HEAD = symbol("s", FLAT | ORDERLESS | ONE_IDENTITY)
HEADS = [F, F, ORDERLESS_HEAD, FLAT_HEAD, SUM_HEAD]


def call(head: Symbol, args: tuple[Any, ...]) -> Any:
    """head[args] in its normal form, as evaluation would leave it."""
    if head.attributes & FLAT:
        args = tuple(y for x in args for y in (x.args if type(x) is Expr and x.head is head else (x,)))
    if head.attributes & ORDERLESS:
        args = canonical_args(args)
    if head is SUM_HEAD and len(args) == 1:
        return args[0]
    return Expr(head, args)


def blank(kind: str = "Blank", *head: Any) -> Expr:
    return Expr(getattr(S, kind), head)


def named(name: Symbol, p: Any) -> Expr:
    return Expr(S.Pattern, (name, p))


atoms = st.sampled_from([A, B, 1, 2, "s"])
expressions = st.recursive(
    atoms,
    lambda inner: st.builds(call, st.sampled_from(HEADS), st.lists(inner, max_size=4).map(tuple)),
    max_leaves=6,
)

blanks = st.one_of(
    st.just(blank()),
    st.sampled_from([blank("Blank", S.Integer), blank("Blank", S.Symbol), blank("Blank", F)]),
    st.sampled_from([blank("BlankSequence"), blank("BlankNullSequence"), blank("BlankSequence", S.Integer)]),
)


def wrapped(inner: Any) -> Any:
    return st.one_of(
        st.builds(named, st.sampled_from([X, Y, Z]), inner),
        st.builds(call, st.sampled_from(HEADS), st.lists(inner, max_size=3).map(tuple)),
        st.builds(lambda p, q: Expr(S.Alternatives, (p, q)), inner, inner),
        st.builds(lambda p: Expr(S.Repeated, (p,)), atoms | blanks),
        st.builds(lambda p: Expr(S.RepeatedNull, (p,)), atoms | blanks),
        st.builds(lambda p, q: Expr(S.PatternSequence, (p, q)), inner, inner),
        st.builds(lambda p: Expr(S.Except, (p,)), atoms),
        st.builds(lambda p: Expr(S.HoldPattern, (p,)), inner),
        st.builds(lambda p: Expr(S.Longest, (p,)), inner),
        st.builds(lambda p: Expr(S.Verbatim, (p,)), atoms),
        st.builds(lambda n, v: Expr(S.Optional, (named(n, blank()), v)), st.sampled_from([X, Y]), atoms),
        st.builds(lambda p, q: Expr(S.OrderlessPatternSequence, (p, q)), inner, inner),
    )


patterns = st.recursive(atoms | blanks, wrapped, max_leaves=5)


def as_sequence(value: Any) -> tuple[Any, ...]:
    return value.args if type(value) is Expr and value.head is S.Sequence else (value,)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(patterns, expressions)
def test_agrees_with_trying_everything(p: Any, e: Any) -> None:
    Evaluator()
    found = Evaluator.matcher(p)(e)
    every = solutions(p, e)
    assert (found is None) == (not every), (p, e, found, every[:3])
    if found is not None:
        ours = {name: as_sequence(v) for name, v in found.items() if v is not None}
        assert any(_agree(ours, theirs) for theirs in every), (p, e, ours, every[:5])


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(patterns, expressions)
def test_replace_list_finds_every_way(p: Any, e: Any) -> None:
    """ReplaceList gives the bindings of all matches and nothing else. Not for Flat heads: there the oracle
    wraps single elements and runs of `x__` in ways the language does not.
    """
    assume(not _mentions_flat(p))
    names = variables(p)
    rule = Expr(S.RuleDelayed, (p, Expr(S.List, tuple(Expr(F, (v,)) for v in names))))
    ours = {tuple(map(_inside, items(way))) for way in items(_ways(e, rule))}
    theirs = {tuple(_inside(Expr(F, b.get(v, ()))) for v in names) for b in solutions(p, e)}
    assert ours == theirs, (p, e)


def _mentions_flat(p: Any) -> bool:
    if type(p) is Symbol:
        return bool(p.attributes & FLAT)
    return type(p) is Expr and (_mentions_flat(p.head) or any(map(_mentions_flat, p.args)))


def _ways(e: Any, rule: Expr) -> Any:
    return Evaluator().evaluate(Expr(S.ReplaceList, (e, rule)))


def _inside(call: Any) -> tuple[Any, ...]:
    return tuple(map(key, call.args))


def _agree(ours: dict[Any, tuple[Any, ...]], theirs: dict[Any, tuple[Any, ...]]) -> bool:
    if ours.keys() != theirs.keys():
        return False
    return all(same(Expr(F, ours[k]), Expr(F, theirs[k])) for k in ours)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("MatchQ[3, _Integer]", "True"),
        ("MatchQ[{1, 2}, {_, _}]", "True"),
        ("MatchQ[Range[5], {__Integer}]", "True"),
        ("MatchQ[Range[5], {__Real}]", "False"),
        ("MatchQ[1/2, Rational[_, 2]]", "True"),
        ("MatchQ[2 + 3 I, Complex[a_, 3]]", "True"),
        ("Replace[f[1, 2, 3], f[x__, y__] :> {{x}, {y}}]", "{{1}, {2, 3}}"),
        ("Replace[f[1, 2, 3], f[Longest[x__], y__] :> {{x}, {y}}]", "{{1, 2}, {3}}"),
        ("Replace[f[1, 2, 3], f[Shortest[x__], y__] :> {{x}, {y}}]", "{{1}, {2, 3}}"),
        ("Replace[f[1, 2], f[x_, x_] :> x]", "f[1, 2]"),
        ("Replace[f[2, 2], f[x_, x_] :> x]", "2"),
        ("Replace[f[a, b], f[x_, y_: 7, z_: 8] :> {x, y, z}]", "{a, b, 8}"),
        ("Replace[f[1, 2, 2, 3], f[x_Integer ..] :> {x}]", "f[1, 2, 2, 3]"),
        ("Replace[f[2, 2, 2], f[x_Integer ..] :> {x}]", "{2}"),
        ("Replace[{1, 2, 3, 4}, {x : Repeated[_, {2}], y___} :> {{x}, {y}}]", "{{1, 2}, {3, 4}}"),
        ("MatchQ[{a, a, a}, {Repeated[a, {2}]}]", "False"),
        ("MatchQ[{a, a}, {Repeated[a, 3]}]", "True"),
        ("MatchQ[{}, {a ...}]", "True"),
        ("MatchQ[5, Except[_String]]", "True"),
        ("MatchQ[5, Except[5, _Integer]]", "False"),
        ("MatchQ[x_, Verbatim[x_]]", "True"),
        ("MatchQ[4, x_ /; x > 3]", "True"),
        ("MatchQ[f[4, 2], f[x_, y_] /; x > y]", "True"),
        ("Replace[{3, 1, 2}, {a___, x_, b___} /; x < 2 :> {{a}, x, {b}}]", "{{3}, 1, {2}}"),
        ("Replace[{3, 1, 2}, {a___, x_, b___} :> {{a}, x, {b}} /; x < 2]", "{{3}, 1, {2}}"),
        ("MatchQ[4, _?(# > 3 &)]", "True"),
        ("MatchQ[{2, 4}, {__?EvenQ}]", "True"),
        ("MatchQ[<|a -> 1, b -> 2|>, KeyValuePattern[{b -> _}]]", "True"),
        ("Replace[<|a -> 1, b -> 2|>, KeyValuePattern[{b -> x_}] :> x]", "2"),
        ("MatchQ[{a -> 1, b -> 2}, KeyValuePattern[b -> 3]]", "False"),
        ('Replace[<|"k" -> 5|>, <|"k" -> x_|> :> x]', "5"),
        ("Replace[f[3, 1, 2], f[OrderlessPatternSequence[1, x_, 3]] :> x]", "2"),
        ("MatchQ[a + b + c, x_ + y_]", "True"),
        ("Replace[a + b + c, x_ + y_ :> {x, y}]", "{a, b + c}"),
        ("Replace[3 x, n_Integer y_ :> {n, y}]", "{3, x}"),
        ("Replace[x, n_. y_ :> {n, y}]", "{1, x}"),
        ("Replace[x, y_ + n_. :> {y, n}]", "{x, 0}"),
        ("Replace[x, y_^n_. :> {y, n}]", "{x, 1}"),
        ("Replace[x^3, y_^n_. :> {y, n}]", "{x, 3}"),
        ("Replace[5 + 2 x, c_. + n_. x :> {c, n}]", "{5, 2}"),
        ("a + b + c /. a + b -> d", "c + d"),
        ("Hold[a + b + c] /. b + c -> d", "Hold[a + d]"),
        ("{f[1], g[2]} /. h_[n_Integer] :> h[n + 1]", "{f[2], g[3]}"),
        ("Replace[f[a][b], f[x_][y_] :> {x, y}]", "{a, b}"),
        ("Replace[{{1, 2}, {3, 4}}, {{a_, b_}, {c_, d_}} :> a d - b c]", "-2"),
        ("Replace[f[], f[x___] :> {x, 0}]", "{0}"),
        ("Replace[{1, {2, 3}}, {x_, {y__}} :> {y, x}]", "{2, 3, 1}"),
        ("MatchQ[Hold[1 + 1], Hold[_Plus]]", "True"),
        ("MatchQ[{1, a}, {(_Integer | _Symbol) ..}]", "True"),
        ("Cases[{1, 2, 3, a}, x_Integer /; x > 1 :> x^2]", "{4, 9}"),
        ("Replace[f[1, b], f[x : (1 | 2), y_] :> {y, x}]", "{b, 1}"),
        ("Replace[{a, b, c}, {x_, PatternSequence[y_, z_]} :> {z, y, x}]", "{c, b, a}"),
    ],
)
def test_constructs(script: Script, program: str, expected: str) -> None:
    assert script(program) == expected


def test_sequences_bind_once_for_all_elements(script: Script) -> None:
    assert script("Replace[f[g[1, 2], g[1, 2]], f[g[x__], g[x__]] :> {x}]") == "{1, 2}"
    assert script("MatchQ[f[g[1, 2], g[1, 3]], f[g[x__], g[x__]]]") == "False"


def test_attributes_set_after_a_definition_count(script: Script) -> None:
    assert script("h[k[a, b]] := 1; h[k[x_, a]] := {x}; SetAttributes[k, Orderless]; h[k[a, c]]") == "{c}"


def test_long_sums_are_matched_without_search(script: Script) -> None:
    """The textbook differentiator on 150 terms: each step splits off one term."""
    script(
        "d[x_, x_] := 1; d[c_?NumberQ, x_] := 0; d[u_ + v_, x_] := d[u, x] + d[v, x];"
        "d[u_ v_, x_] := u d[v, x] + v d[u, x]; d[u_^n_, x_] := n u^(n - 1) d[u, x]"
    )
    assert script("Length[d[Total[Table[3 x^k, {k, 150}]], x]]") == "150"


@pytest.mark.parametrize(
    ("pattern", "tries"),
    [
        ("{u___, v_, w___ /; (n++; True)} /; v > 190", "191"),
        ("{u___, PatternSequence[v_, x_], w__ /; (n++; True)} /; v > 190", "191"),
        ("{u__Integer, v_Symbol, w___ /; (n++; True)}", "0"),
        ("{w___ /; (n++; True)}", "1"),
    ],
)
def test_the_last_sequence_takes_what_is_left(script: Script, pattern: str, tries: str) -> None:
    assert script(f"n = 0; MatchQ[Range[200], {pattern}]; n") == tries
