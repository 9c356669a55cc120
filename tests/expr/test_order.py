"""Canonical order: total, and as the language has it."""

from __future__ import annotations

from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlnet.expr import (
    Association,
    Complex,
    Expr,
    S,
    Symbol,
    big_real,
    canonical,
    compare,
    inserted,
    packed,
    same,
)
from wlnet.expr.packed import to_array

A, B, C, X, F, G = (Symbol(n, "Global`") for n in "abcxfg")


def plus(*terms: Any) -> Expr:
    return Expr(S.Plus, terms)


def times(*factors: Any) -> Expr:
    return Expr(S.Times, factors)


def power(base: Any, exponent: Any) -> Expr:
    return Expr(S.Power, (base, exponent))


@pytest.mark.parametrize(
    "ordered",
    [
        [-3, Fraction(1, 2), 1, 1.0, 2, 10**30],
        [Complex(1, -2), Complex(1, 2), 2, Complex(2, 1)],
        [Fraction(1, 3), big_real("0.34", 30), 0.5],
        [1, "a", A],
        ["a", "A", "b", "B"],
        [A, Symbol("A", "Global`"), B],
        [A, power(A, 2), power(A, 3), B],
        [B, times(A, X)],
        [times(A, B), C],
        [X, times(2, X), times(A, X), power(X, 2)],
        [times(A, X), times(B, X)],
        [plus(1, X), Symbol("y", "Global`")],
        [X, plus(1, X)],
        [A, Expr(F, ()), Expr(G, ()), Expr(F, (A,)), Expr(F, (B,)), Expr(G, (A,)), Expr(F, (A, A))],
        [Expr(S.List, (1,)), Expr(S.List, (2,)), Expr(S.List, (1, 1))],
        [X, Expr(S.Sin, (X,)), power(Expr(S.Sin, (X,)), 2)],
    ],
)
def test_the_languages_order(ordered: list[Any]) -> None:
    for i, a in enumerate(ordered):
        for j, b in enumerate(ordered):
            assert compare(a, b) == (i > j) - (i < j), (a, b)
    assert canonical(reversed(ordered)) == ordered


atoms = st.one_of(
    st.integers(-3, 3),
    st.floats(-2, 2),
    st.fractions(-2, 2, max_denominator=4).filter(lambda q: q.denominator > 1),
    st.sampled_from(["a", "B", "ab"]),
    st.sampled_from([A, B, X]),
    st.builds(Complex, st.integers(-1, 1), st.integers(1, 2)),
)
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(
            lambda h, args: Expr(h, tuple(args)),
            st.sampled_from([F, G, S.Plus, S.Times, S.Power, S.List]),
            st.lists(inner, max_size=3),
        ),
        st.builds(lambda pairs: Association.of(pairs), st.lists(st.tuples(atoms, inner), max_size=2)),
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(expressions, expressions, expressions)
def test_total(a: Any, b: Any, c: Any) -> None:
    assert compare(a, b) == -compare(b, a)
    assert (compare(a, b) == 0) == same(a, b)
    if compare(a, b) <= 0 and compare(b, c) <= 0:
        assert compare(a, c) <= 0


@settings(max_examples=100, deadline=None)
@given(st.lists(expressions, max_size=6), expressions)
def test_insertion_is_sorting(items: list[Any], x: Any) -> None:
    assert list(inserted(tuple(canonical(items)), x)) == canonical([*items, x])


def test_packed_lists_are_lists() -> None:
    array = to_array(Expr(S.List, (1, 2)))
    assert array is not None
    assert compare(packed(array), Expr(S.List, (1, 2))) == 0
    assert compare(packed(array), Expr(S.List, (1, 3))) == -1


def test_depth_is_no_matter() -> None:
    deep = other = X
    for _ in range(50_000):
        deep, other = Expr(F, (deep,)), Expr(F, (other,))
    assert compare(deep, other) == 0
    assert compare(Expr(F, (deep,)), deep) != 0


plain = st.recursive(
    st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1.0, -2.0, "a", "B", "ab", A, B, X])),
    lambda inner: st.builds(
        lambda h, args: Expr(h, tuple(args)), st.sampled_from([F, G, S.List]), st.lists(inner, max_size=3)
    ),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(plain, min_size=8, max_size=20))
def test_keys_sort_as_comparisons_do(items: list[Any]) -> None:
    assert canonical(items) == sorted(items, key=cmp_to_key(compare))
