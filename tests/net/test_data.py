"""Training data in all forms: columns, their kinds, and what is wrong with wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.expr import FALSE, TRUE, Association, Expr, NumericArray, S, make_list, packed
from wlnet.net.data import RULE_INPUT, RULE_TARGET, column_of, labels_of, read_table
from wlnet.net.errors import NetError


def rule(a: object, b: object) -> Expr:
    return Expr(S.Rule, (a, b))


def listed(*values: object) -> Expr:
    return make_list(values)


def test_rules_give_two_unnamed_columns() -> None:
    table = read_table(listed(rule(1, 1.9), rule(2, 4.1)))
    assert not table.named and table.length == 2
    assert table.columns[RULE_INPUT].array.tolist() == [1, 2]
    assert table.columns[RULE_TARGET].array.tolist() == [1.9, 4.1]
    named = table.renamed({RULE_INPUT: "Input", RULE_TARGET: "Y"})
    assert list(named.columns) == ["Input", "Y"] and named.named


def test_lists_to_lists_keep_packed_arrays() -> None:
    xs = packed(np.arange(6.0).reshape(3, 2))
    table = read_table(rule(xs, listed("a", "b", "a")))
    assert table.columns[RULE_INPUT].array is xs
    assert table.columns[RULE_TARGET].kind == "label"


def test_associations_of_lists_and_lists_of_associations_are_the_same() -> None:
    columns = read_table(
        Association.of([("Input", listed(listed(1, 2), listed(3, 4))), ("Y", listed(1.5, 2))])
    )
    rows = read_table(
        listed(
            Association.of([("Input", listed(1, 2)), ("Y", 1.5)]),
            Association.of([("Y", 2), ("Input", listed(3, 4))]),
        )
    )
    for name in ("Input", "Y"):
        assert columns.columns[name].array.tolist() == rows.columns[name].array.tolist()
    assert columns.columns["Input"].shape == (2,)


def test_a_dataset_is_what_it_holds() -> None:
    inner = listed(Association.of([("Input", 1), ("Output", 2)]))
    assert read_table(Expr(S.Dataset, (inner,))).columns.keys() == {"Input", "Output"}


def test_numeric_arrays_stay_as_they_are() -> None:
    array = NumericArray(np.zeros((4, 3), np.float32))
    table = read_table(Association.of([("Input", array)]))
    assert table.columns["Input"].array is array.array
    many = column_of(tuple(NumericArray(np.full(3, k, np.float32)) for k in range(2)))
    assert many.array.tolist() == [[0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ((1, 2, 3), "integer"),
        ((1, 2.5), "real"),
        ((listed(1, 2), listed(3, 4)), "array"),
        ((listed(1, 2), listed(3)), "ragged"),
        ((TRUE, FALSE), "boolean"),
        (("a", "b"), "label"),
        ((S.Less, S.Greater), "label"),
        ((TRUE, 1), "label"),
    ],
)
def test_kinds(values: tuple[object, ...], kind: str) -> None:
    assert column_of(values).kind == kind


def test_labels_are_distinct_and_sorted() -> None:
    assert labels_of(column_of(("b", "a", "b"))) == ["a", "b"]
    assert labels_of(column_of((S.Less, S.Greater, S.Less))) == [S.Greater, S.Less]


def test_taking_examples() -> None:
    table = read_table(listed(rule(1, "a"), rule(2, "b"), rule(3, "c"))).take(np.array([2, 0]))
    assert table.length == 2
    assert table.columns[RULE_INPUT].array.tolist() == [3, 1]
    assert table.columns[RULE_TARGET].values == ("c", "a")


def test_whole_numbers_come_back_as_integers() -> None:
    assert column_of((1, 2)).examples() == (1, 2)
    assert column_of((NumericArray(np.zeros(2, np.uint8)),)).examples()[0].dtype == np.int64


@pytest.mark.parametrize(
    ("data", "needle"),
    [
        (listed(), "no examples"),
        (7, "found 7"),
        (rule(listed(1, 2), listed(1)), "2 at the left-hand side, 1 at the right-hand side"),
        (Association.of([("Input", listed(1, 2)), ("Y", listed(1, 2, 3))]), '2 at "Input", 3 at "Y"'),
        (listed(rule(1, 2), 5), "example 2"),
        (listed(Association.of([("a", 1)]), Association.of([("b", 1)])), "example 2"),
        (Association.of([("Input", 3)]), 'at "Input"'),
        (Association.of([(S.x, listed(3))]), "strings"),
        (rule(3, listed(1)), "left-hand side"),
    ],
)
def test_errors_say_what_was_found(data: object, needle: str) -> None:
    with pytest.raises(NetError) as caught:
        read_table(data)
    assert needle in caught.value.text


def test_errors_name_the_set() -> None:
    with pytest.raises(NetError, match="Validation data"):
        read_table(7, "Validation data")
