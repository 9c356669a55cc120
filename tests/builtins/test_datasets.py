"""Dataset and Query."""

from __future__ import annotations

import pytest

PEOPLE = (
    'd = {<|"name" -> "Ann", "team" -> 1, "points" -> 10|>, '
    '<|"name" -> "Bob", "team" -> 2, "points" -> 20|>, '
    '<|"name" -> "Cy", "team" -> 1, "points" -> 30|>}; '
)
QUERIES = [
    ('Query[All, "points"]', "{10, 20, 30}"),
    ('Query[Total, "points"]', "60"),
    ('Query[2, "name"]', '"Bob"'),
    ('Query[-1, "name"]', '"Cy"'),
    ('Query[2 ;;, "name"]', '{"Bob", "Cy"}'),
    ('Query[{1, 3}, "name"]', '{"Ann", "Cy"}'),
    ('Query[Select[#points > 10 &], "name"]', '{"Bob", "Cy"}'),
    (
        'Query[Select[#points > 10 &], {"name", "team"}]',
        '{<|"name" -> "Bob", "team" -> 2|>, <|"name" -> "Cy", "team" -> 1|>}',
    ),
    ('Query[GroupBy["team"], Total, "points"]', "<|1 -> 40, 2 -> 20|>"),
    ('Query[GroupBy["team"], All, "name"]', '<|1 -> {"Ann", "Cy"}, 2 -> {"Bob"}|>'),
    ('Query[GroupBy["team" -> "points"], Total]', "<|1 -> 40, 2 -> 20|>"),
    ('Query[SortBy[-#points &], "name"]', '{"Cy", "Bob", "Ann"}'),
    ('Query[SortBy["points"] /* Last, "name"]', '"Cy"'),
    ('Query[Reverse, "team"]', "{1, 2, 1}"),
    ('Query[Counts, "team"]', "<|1 -> 2, 2 -> 1|>"),
    ('Query[MaximalBy["points"], "name"]', '{"Cy"}'),
    ('Query[{Min, Max}, "points"]', "{10, 30}"),
    ('Query[<|"low" -> Min, "high" -> Max|>, "points"]', '<|"low" -> 10, "high" -> 30|>'),
    ('Query[1, {"points" -> f}]', '<|"name" -> "Ann", "team" -> 1, "points" -> f[10]|>'),
    ("Query[All, Length]", "{3, 3, 3}"),
    ("Query[Length]", "3"),
    ("Query[5]", 'Missing["PartAbsent", 5]'),
    ('Query["x"]', 'Missing["PartInvalid", "x"]'),
    ('Query[1, "x"]', 'Missing["KeyAbsent", "x"]'),
    ('Query[All, f @* Key["team"]]', "{f[1], f[2], f[1]}"),
]


@pytest.mark.parametrize(("source", "expected"), QUERIES)
def test_query(value, source, expected):
    assert value(f"{PEOPLE}{source}[d]") == expected


@pytest.mark.parametrize(("source", "expected"), QUERIES)
def test_a_data_set_is_called_with_operators(value, source, expected):
    assert value(f"{PEOPLE}Normal[Dataset[d]{source.removeprefix('Query')}]") == expected


def test_data_sets_print_as_tables(calculator):
    shown = calculator.ev.text(
        calculator.expr(f'{PEOPLE}Dataset[d][All, {{"name", "points"}}]'), "OutputForm"
    )
    assert shown.splitlines() == ["name | points", "-----+-------", "Ann  | 10", "Bob  | 20", "Cy   | 30"]


def test_rows_with_labels_and_gaps(calculator):
    shown = calculator.ev.text(calculator.expr("Dataset[<|p -> <|x -> 1|>, q -> <|y -> 2|>|>]"), "OutputForm")
    assert shown.splitlines() == ["  | x | y", "--+---+--", "p | 1 |", "q |   | 2"]


def test_long_tables_are_cut(calculator):
    shown = calculator.ev.text(
        calculator.expr("Dataset[Table[{i, i^2}, {i, 50}]]"), "OutputForm"
    ).splitlines()
    assert (shown[0], len(shown), shown[-1]) == ("1  | 1", 21, "... 50 rows")


CASES = [
    ("Head[Dataset[{1}]]", "Dataset"),
    ("Length[Dataset[{1, 2}]]", "2"),
    ("Dataset[{1, 2}][[2]]", "2"),
    ("Normal[Dataset[{{1, 2}, {3, 4}}][[All, 1]]]", "{1, 3}"),
    ("Dataset[Dataset[{1}]] === Dataset[{1}]", "True"),
    ("Dataset[{1, 2}]", "Dataset[{1, 2}]"),
    ("Dataset[<|a -> 1|>][f]", "f[<|a -> 1|>]"),
    ("Dataset[<|a -> 1|>][Key[a]]", "1"),
    ('Keys[Dataset[<|"a" -> 1|>]]', '{"a"}'),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


def test_a_data_set_of_an_atom(message):
    assert message("Dataset[5]") == "Dataset::invdata: The argument 5 is not a list or association."
