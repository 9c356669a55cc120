"""Sameness, hashing and dictionary keys of values; packed lists; normal forms of numbers."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from wlnet.expr import (
    ATOMS,
    Association,
    ByteArray,
    Complex,
    Expr,
    NumericArray,
    S,
    Symbol,
    complex_number,
    head_of,
    items,
    key,
    make_list,
    pack,
    packed,
    rational,
    same,
    system,
    to_array,
    unpack,
)

X = Symbol("x", "Global`")
DIFFERENT: list[Any] = [
    1,
    1.0,
    Fraction(1, 2),
    0.5,
    "1",
    X,
    Symbol("x", "Other`"),
    Expr(X, (1,)),
    Expr(X, (1.0,)),
    make_list([1, 2]),
    make_list([1.0, 2.0]),
    make_list([1, make_list([2])]),
    Complex(1, 2),
    Complex(1.0, 2.0),
    Association.of([("a", 1)]),
    Association.of([("a", 1.0)]),
    Association.of([("a", 1), ("b", 2)]),
    ByteArray(b"a"),
]


def test_different_values_are_not_the_same() -> None:
    for i, a in enumerate(DIFFERENT):
        for j, b in enumerate(DIFFERENT):
            assert same(a, b) == (i == j), (a, b)
            assert (key(a) == key(b)) == (i == j), (a, b)


def test_a_packed_list_is_the_list() -> None:
    array = packed(np.array([[1, 2], [3, 4]]))
    plain = make_list([make_list([1, 2]), make_list([3, 4])])
    assert same(array, plain) and same(plain, array)
    assert hash(key(array)) == hash(key(plain))
    assert same(unpack(array), plain)
    assert same(make_list([array]), make_list([plain]))
    assert not same(array, array.astype(float))
    assert head_of(array) is S.List


def test_packing() -> None:
    assert to_array(make_list([1, 2.5])) is None, "an exact 1 must not become 1."
    assert to_array(make_list([make_list([1]), make_list([1, 2])])) is None
    assert to_array(make_list([1, X])) is None
    assert to_array(make_list([2**70])) is None
    assert type(pack(make_list([1, 2]))) is np.ndarray
    assert type(pack(make_list([1, 2.5]))) is Expr
    writable = np.array([1, 2])
    kept = packed(writable[:1])
    writable[0] = 9
    assert items(kept) == (1,), "a view of somebody's buffer is copied"
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 3
    assert type(items(packed(np.array([1.5 + 2j])))[0]) is Complex


def test_normal_forms_of_numbers() -> None:
    assert rational(Fraction(4, 2)) == 2 and type(rational(Fraction(4, 2))) is int
    assert complex_number(3, 0) == 3
    assert type(complex_number(3, 0.0)) is Complex


def test_deep_expressions_compare_and_hash_without_recursion() -> None:
    a: Any = X
    b: Any = X
    for _ in range(50_000):
        a, b = Expr(X, (a,)), Expr(X, (b,))
    assert same(a, b)
    assert hash(a) == hash(b)


def test_associations_keep_order_and_kinds_of_keys() -> None:
    a = Association.of([(1, "one"), (1.0, "real"), ("k", 2)])
    assert len(a) == 3
    assert a.get(1) == "one" and a.get(1.0) == "real"
    b = a.with_entry(1, "new")
    assert b.keys() == [1, 1.0, "k"] and a.get(1) == "one"
    assert a.without([1.0]).keys() == [1, "k"]
    assert Association.of([("a", 1), ("b", 2)]) != Association.of([("b", 2), ("a", 1)])


def test_symbols_and_arrays_pickle() -> None:
    assert pickle.loads(pickle.dumps(S.Plus)) is system("Plus")
    array = NumericArray(np.arange(3, dtype=np.int8))
    assert pickle.loads(pickle.dumps(array)) == array


def test_single_precision_prints_its_shortest_decimals() -> None:
    array = NumericArray(np.array([0.1, 1 / 3, 1e-20, 3e38], dtype=np.float32))
    numbers = ATOMS[NumericArray].full(array).args[0].args
    assert numbers[:2] == (0.1, 0.33333334)
    assert np.array_equal(np.array(numbers, dtype=np.float32), array.array)
