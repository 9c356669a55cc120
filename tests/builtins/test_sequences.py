"""Sequence specifications against Python's slices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlnet.builtins.sequences import NONE, SequenceError, span_range, take_range
from wlnet.expr import Expr, S, make_list

LENGTHS = st.integers(0, 6)


@given(LENGTHS, st.integers(-8, 8))
def test_taking_n(length, n):
    items = list(range(length))
    if abs(n) > length:
        with pytest.raises(SequenceError):
            take_range(n, length)
    else:
        wanted = items[:n] if n >= 0 else items[n:]
        assert [items[i] for i in take_range(n, length)] == wanted


@given(LENGTHS, st.integers(-7, 7), st.integers(-7, 7), st.sampled_from([1, 2, 3]))
def test_spans_forwards(length, start, stop, step):
    first = start if start >= 0 else length + start + 1
    last = stop if stop >= 0 else length + stop + 1
    span = Expr(S.Span, (start, stop, step))
    if 1 <= first <= last <= length:
        assert list(span_range(span, length)) == list(range(first - 1, last, step))
    elif last == first - 1 and 1 <= first <= length + 1:
        assert len(span_range(span, length)) == 0
    else:
        with pytest.raises(SequenceError):
            span_range(span, length)


@given(LENGTHS, st.integers(1, 6), st.integers(1, 6), st.sampled_from([-1, -2]))
def test_spans_backwards(length, start, stop, step):
    span = Expr(S.Span, (start, stop, step))
    if 1 <= stop <= start <= length:
        assert list(span_range(span, length)) == list(range(start - 1, stop - 2, step))
    elif stop == start + 1 and start <= length:
        assert len(span_range(span, length)) == 0
    else:
        with pytest.raises(SequenceError):
            span_range(span, length)


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (S.All, [0, 1, 2, 3]),
        (NONE, []),
        (Expr(S.UpTo, (9,)), [0, 1, 2, 3]),
        (Expr(S.UpTo, (S.Infinity,)), [0, 1, 2, 3]),
        (make_list((2,)), [1]),
        (make_list((2, -1)), [1, 2, 3]),
        (make_list((-1, 1, -2)), [3, 1]),
        (Expr(S.Span, (1, S.All, -1)), [3, 2, 1, 0]),
        (Expr(S.Span, (2, Expr(S.UpTo, (9,)))), [1, 2, 3]),
    ],
)
def test_forms(spec, wanted):
    assert list(take_range(spec, 4)) == wanted


@pytest.mark.parametrize(
    "spec", [S.x, 1.5, make_list((1, 2, 3, 4)), make_list((1, 2, 0)), Expr(S.UpTo, (-1,))]
)
def test_malformed_ones(spec):
    with pytest.raises(SequenceError) as caught:
        take_range(spec, 4)
    assert caught.value.start is None
