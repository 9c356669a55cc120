"""The operator table: its order, and every row's example read, printed and read again."""

from __future__ import annotations

import pytest

from wlnet.syntax.characters import characters
from wlnet.syntax.operators import Operator, precedence, wide
from wlnet.syntax.printer import to_text

from .names import shown, tree

ROWS = wide().rows


def described(row: Operator) -> str:
    return f"{row.form} {row.names[0] if row.names else row.text} {row.head.name}"


def test_precedence_by_head() -> None:
    assert precedence("Plus") == 310
    assert precedence("Not") == 230
    assert precedence("Element") == 250
    assert precedence("f") is None


def test_levels_fall() -> None:
    levels = wide().levels
    assert levels == sorted(set(levels), reverse=True)


def test_forms_and_groupings_are_known() -> None:
    for row in ROWS:
        assert row.form in ("prefix", "infix", "postfix"), row
        assert (row.grouping in ("left", "right", "flat", "none")) == (row.form == "infix"), row
        assert row.example, row
        assert row.full, row


def test_an_infix_text_has_one_row() -> None:
    texts = [(row.form, row.text) for row in ROWS if row.shape != "named" and row.text != ":"]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("row", ROWS, ids=described)
def test_example(row: Operator) -> None:
    assert tree(row.example) == tree(row.full)


@pytest.mark.parametrize("row", ROWS, ids=described)
@pytest.mark.parametrize("form", ["InputForm", "FullForm"])
def test_example_prints_and_reads_back(row: Operator, form: str) -> None:
    expr = tree(row.example)
    assert tree(to_text(expr, form, shown)) == expr


@pytest.mark.parametrize("row", [r for r in ROWS if r.names and not r.text.isascii()], ids=described)
def test_character_means_what_its_name_means(row: Operator) -> None:
    name = row.names[0]
    char = characters().code[name]
    assert tree(row.example.replace(f"\\[{name}]", char)) == tree(row.example)


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.form == "infix" and r.shape == "" and r.text != ":"], ids=described
)
def test_grouping(row: Operator) -> None:
    a, b, c = tree("a"), tree("b"), tree("c")
    found = tree(f"a {row.text} b {row.text} c") if row.grouping != "none" else None
    head = type(tree("f[a]"))
    if row.grouping == "flat":
        assert found == head(row.head, (a, b, c))
    elif row.grouping == "left":
        assert found == head(row.head, (head(row.head, (a, b)), c))
    elif row.grouping == "right":
        assert found == head(row.head, (a, head(row.head, (b, c))))


INFIX = [r for r in ROWS if r.form == "infix" and r.shape == "" and r.grouping == "flat"]


@pytest.mark.parametrize("row", INFIX, ids=described)
def test_binds_by_level(row: Operator) -> None:
    """Against Plus: the tighter of the two is inside."""
    if row.level == 310:
        return
    found = tree(f"a {row.text} b + c")
    assert found.head.name == ("Plus" if row.level > 310 else row.head.name)
    found = tree(f"a + b {row.text} c")
    assert found.head.name == ("Plus" if row.level > 310 else row.head.name)
