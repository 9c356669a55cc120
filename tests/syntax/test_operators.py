"""The operator table: its order, and every row's example read, printed and read again."""

from __future__ import annotations

import pytest

from wlnet.expr import Expr
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
def test_row(row: Operator) -> None:
    """The example is read as stated and reads back from both forms; a character means what its name means."""
    expr = tree(row.example)
    assert expr == tree(row.full)
    for form in ("InputForm", "FullForm"):
        assert tree(to_text(expr, form, shown)) == expr
    for name in row.names if not row.text.isascii() else ():
        assert tree(row.example.replace(f"\\[{name}]", characters().code[name])) == expr


PLAIN = [row for row in ROWS if row.form == "infix" and row.shape == "" and row.text != ":"]


@pytest.mark.parametrize("row", PLAIN, ids=described)
def test_infix_groups_and_binds_as_stated(row: Operator) -> None:
    """A op b op c by its grouping; against Plus the tighter of the two is inside."""
    a, b, c = tree("a"), tree("b"), tree("c")
    if row.grouping == "flat":
        assert tree(f"a {row.text} b {row.text} c") == Expr(row.head, (a, b, c))
    elif row.grouping == "left":
        assert tree(f"a {row.text} b {row.text} c") == Expr(row.head, (Expr(row.head, (a, b)), c))
    elif row.grouping == "right":
        assert tree(f"a {row.text} b {row.text} c") == Expr(row.head, (a, Expr(row.head, (b, c))))
    if row.level != 310:
        outer = "Plus" if row.level > 310 else row.head.name
        assert tree(f"a {row.text} b + c").head.name == outer
        assert tree(f"a + b {row.text} c").head.name == outer
