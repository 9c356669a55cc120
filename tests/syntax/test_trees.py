"""The table of inputs and trees: what is read, and that what is printed reads back."""

from __future__ import annotations

from pathlib import Path

import pytest

from wlnet.syntax import ReadError, read
from wlnet.syntax.printer import to_text

from .names import resolve, shown, tree, trees

LINES = [
    tuple(line.split("  =>  "))
    for line in (Path(__file__).parent / "trees.txt").read_text(encoding="utf-8").splitlines()
    if "  =>  " in line
][1:]
TREES = [(text.replace("↵", "\n"), full.split(" ⏎ ")) for text, full in LINES if full != "error"]
ERRORS = [text.replace("↵", "\n") for text, full in LINES if full == "error"]

# Trees that print as what evaluates to the same: a rational has no literal, an exponent with a minus sign
# moves below the line, and a - (b c) prints as a - b*c.
NOT_LITERAL = {"1*^-10x", "a^-b c", "2 ^ -x * y", "a - (b c)", "2 - (3)"}


@pytest.mark.parametrize(("text", "full"), TREES, ids=[t for t, _ in TREES])
def test_reads_as_and_reads_back(text: str, full: list[str]) -> None:
    found = trees(text)
    assert found == [tree(one) for one in full]
    for expr in found if text not in NOT_LITERAL else ():
        for form in ("InputForm", "FullForm"):
            printed = to_text(expr, form, shown)
            assert tree(printed) == expr, printed


@pytest.mark.parametrize("text", ERRORS)
def test_is_an_error(text: str) -> None:
    found = list(read(text, resolve))
    assert any(isinstance(item, ReadError) for item in found), found


def test_the_table_is_there() -> None:
    assert len(TREES) > 550
    assert len(ERRORS) >= 30
