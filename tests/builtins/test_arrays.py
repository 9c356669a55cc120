"""Transpose, ArrayReshape, Diagonal, Total, Accumulate, Differences, Ratios, Outer, Inner."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("Transpose[{{a, b}, {c, d}, {e, f}}]", "{{a, c, e}, {b, d, f}}"),
    ("Transpose[Partition[Range[6], 3]]", "{{1, 4}, {2, 5}, {3, 6}}"),
    ("Transpose[{{a, b}, {c, d}}, {2, 1}]", "{{a, c}, {b, d}}"),
    ("Transpose[{{a, b}, {c, d}}, {1, 2}]", "{{a, b}, {c, d}}"),
    ("Transpose[{{a, b}, {c, d}}, {1, 1}]", "{a, d}"),
    ("Dimensions[Transpose[ConstantArray[0, {2, 3, 4}]]]", "{3, 2, 4}"),
    ("Dimensions[Transpose[ConstantArray[0, {2, 3, 4}], {2, 3, 1}]]", "{4, 2, 3}"),
    ("Dimensions[Transpose[ConstantArray[x, {2, 3, 4}], {3, 1, 2}]]", "{3, 4, 2}"),
    ("Dimensions[Transpose[ConstantArray[x, {2, 3, 4}], 1 <-> 3]]", "{4, 3, 2}"),
    ("Transpose[{{{a, b}}, {{c, d}}}, {2, 1, 3}]", "{{{a, b}, {c, d}}}"),
    ("Transpose[{1, 2}]", "{1, 2}"),
    ("Transpose[{<|a -> 1, b -> 2|>, <|a -> 3, b -> 4|>}]", "<|a -> {1, 3}, b -> {2, 4}|>"),
    ("Transpose[<|a -> {1, 3}, b -> {2, 4}|>]", "{<|a -> 1, b -> 2|>, <|a -> 3, b -> 4|>}"),
    ("Transpose[<|x -> <|a -> 1|>, y -> <|a -> 2|>|>]", "<|a -> <|x -> 1, y -> 2|>|>"),
    ("ArrayReshape[{a, b, c, d}, {2, 2}]", "{{a, b}, {c, d}}"),
    ("ArrayReshape[{{a, b}, {c, d}}, {4}]", "{a, b, c, d}"),
    ("ArrayReshape[{a, b, c}, {2, 2}]", "{{a, b}, {c, 0}}"),
    ("ArrayReshape[{a, b, c}, {2, 2}, x]", "{{a, b}, {c, x}}"),
    ("ArrayReshape[{a, b, c}, {2}]", "{a, b}"),
    ("ArrayReshape[Range[6], {3, 2}]", "{{1, 2}, {3, 4}, {5, 6}}"),
    ("ArrayReshape[Range[3], {2, 2}]", "{{1, 2}, {3, 0}}"),
    ("ArrayReshape[Range[6], {2, Automatic}]", "{{1, 2, 3}, {4, 5, 6}}"),
    ("Diagonal[{{a, b}, {c, d}}]", "{a, d}"),
    ("Diagonal[{{a, b}, {c, d}}, 1]", "{b}"),
    ("Diagonal[Partition[Range[9], 3], -1]", "{4, 8}"),
    ("Total[{a, b, c}]", "a + b + c"),
    ("Total[{}]", "0"),
    ("Total[Range[100]]", "5050"),
    ("Total[{1, 1/2, 0.5}]", "2."),
    ("Total[{{1, 2}, {3, 4}}]", "{4, 6}"),
    ("Total[{{1, 2}, {3, 4}}, 2]", "10"),
    ("Total[{{1, 2}, {3, 4}}, {2}]", "{3, 7}"),
    ("Total[{{1, 2}, {3, 4}}, {1, 2}]", "10"),
    ("Total[{{1, 2}, {3, 4}}, {-1}]", "{3, 7}"),
    ("Total[{{1, 2}, {3, 4}}, Infinity]", "10"),
    ("Total[{{1, 2}, {3}}, Infinity]", "6"),
    ("Total[{{a}, {b}}, 2]", "a + b"),
    ("Total[ConstantArray[1, {2, 3, 4}], {2}]", "{{3, 3, 3, 3}, {3, 3, 3, 3}}"),
    ("Total[ConstantArray[10^18, 100]]", "100000000000000000000"),
    ("Total[f[1, 2]]", "3"),
    ("Accumulate[{a, b, c}]", "{a, a + b, a + b + c}"),
    ("Accumulate[Range[5]]", "{1, 3, 6, 10, 15}"),
    ("Accumulate[{}]", "{}"),
    ("Accumulate[{{1, 2}, {3, 4}}]", "{{1, 2}, {4, 6}}"),
    ("Differences[{1, 4, 9}]", "{3, 5}"),
    ("Differences[{1, 4, 9, 16}, 2]", "{2, 2}"),
    ("Differences[{a, b}]", "{-a + b}"),
    ("Differences[Range[10], 1, 3]", "{3, 3, 3, 3, 3, 3, 3}"),
    ("Differences[{5}]", "{}"),
    ("Differences[{{1, 2}, {4, 8}}, {0, 1}]", "{{1}, {4}}"),
    ("Ratios[{1, 2, 6}]", "{2, 3}"),
    ("Ratios[{a, b, c}]", "{b/a, c/b}"),
    ("Outer[f, {a, b}, {x, y}]", "{{f[a, x], f[a, y]}, {f[b, x], f[b, y]}}"),
    ("Outer[Times, {1, 2}, {3, 4}]", "{{3, 4}, {6, 8}}"),
    ("Outer[Times, Range[2], Range[3]]", "{{1, 2, 3}, {2, 4, 6}}"),
    ("Outer[f, {{a, b}}, {x}]", "{{{f[a, x]}, {f[b, x]}}}"),
    ("Outer[f, {{a, b}}, {x}, 1]", "{{f[{a, b}, x]}}"),
    ("Outer[f, {a}, {b}, {c, d}]", "{{{f[a, b, c], f[a, b, d]}}}"),
    ("Outer[List, {a, b}, {}]", "{{}, {}}"),
    ("Inner[f, {a, b}, {x, y}, g]", "g[f[a, x], f[b, y]]"),
    ("Inner[Times, {a, b}, {x, y}]", "a*x + b*y"),
    ("Inner[Times, {{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, Plus]", "{{19, 22}, {43, 50}}"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    (
        "Transpose[{{a, b}, {c}}]",
        "Transpose::nmtx: The first two levels of {{a, b}, {c}} cannot be transposed.",
    ),
    ("Total[5]", "Total::normal: Nonatomic expression expected at position 1 in Total[5]."),
    (
        "Inner[f, {a, b}, {c}]",
        "Inner::incom: Length 2 of dimension 1 in {a, b} is incommensurate "
        "with length 1 of dimension 1 in {c}.",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "Transpose[ConstantArray[1, {2, 3}]]",
        "Transpose[ConstantArray[1, {2, 3, 4}], {3, 1, 2}]",
        "Total[ConstantArray[1, {2, 3}]]",
        "Accumulate[Range[5]]",
        "Differences[N[Range[5]]]",
        "ArrayReshape[Range[6], {2, 3}]",
        "Outer[Times, Range[3], Range[3]]",
    ],
)
def test_packed_lists_stay_packed(calculator, source):
    assert type(calculator.expr(source)) is np.ndarray


@pytest.mark.parametrize(
    "order", ["{1, 2, 3}", "{2, 1, 3}", "{3, 1, 2}", "{2, 3, 1}", "{1, 1, 2}", "{1, 2, 1}", "{2, 1, 1}"]
)
def test_symbolic_and_packed_transposes_agree(value, order):
    cube = "ConstantArray[0, {3, 3, 3}]"
    numbers = "ArrayReshape[Range[27], {3, 3, 3}]"
    symbols = "ArrayReshape[Array[f, 27], {3, 3, 3}]"
    assert value(f"Dimensions[{cube}]") == "{3, 3, 3}"
    assert value(f"(Transpose[{symbols}, {order}] /. f[n_] -> n) === Transpose[{numbers}, {order}]") == "True"


def test_one_value_at_many_positions(value):
    assert value("Normal[SparseArray[{{1, 2}, {2, 1}} -> 7, {2, 2}]]") == "{{0, 7}, {7, 0}}"
