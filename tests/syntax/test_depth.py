"""Depth and length are bounded by memory, not by Python's stack."""

from __future__ import annotations

import sys

import pytest

from wlnet.syntax.printer import FORMS, to_text
from wlnet.syntax.tokens import status, tokens

from .names import tree, trees

N = 5_000
DEEP = {
    "calls": "f[" * N + "x" + "]" * N,
    "lists": "{" * N + "}" * N,
    "angle lists": "< " * N + ">" * N,
    "parentheses": "(" * N + "x" + ")" * N,
    "associations": "<|a -> " * N + "1" + "|>" * N,
    "parts": "a[[" * N + "1" + "]]" * N,
    "If": "If[a, " * N + "b" + "]" * N,
    "sum": " + ".join("a" * N),
    "difference": " - ".join("a" * N),
    "power": "^".join("a" * N),
    "quotient": "/".join("a" * N),
    "rule": " -> ".join("a" * N),
    "prefix application": " @ ".join("f" * N),
    "postfix application": " // ".join("f" * N),
    "minus": "- " * N + "a",
    "not": "! " * N + "a",
    "curried": "f" + "[1]" * N,
    "derivative": "f" + "'" * N,
    "functions": "a" + " &" * N,
    "infix": "a" + " ~f~ a" * N,
    "spans": ";;".join("a" * N),
    "product": " ".join("a" * N),
    "comments": "(*" * N + "*)" * N + " a",
    "pattern": "f[x_, " * N + "1" + "]" * N,
}


@pytest.fixture(autouse=True)
def small_stack():
    """A low limit shows at once what would recurse."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.parametrize("kind", DEEP)
def test_reads_and_prints(kind: str) -> None:
    expr = tree(DEEP[kind])
    for form in FORMS:
        printed = to_text(expr, form)
        if form == "FullForm":
            assert tree(printed) == expr


@pytest.mark.parametrize("kind", DEEP)
def test_prompt_copes(kind: str) -> None:
    assert status(DEEP[kind]) == "complete"
    assert tokens(DEEP[kind])


def test_open_and_deep_is_incomplete() -> None:
    assert status("f[" * N) == "incomplete"


def test_tables_in_tables() -> None:
    text = to_text(tree("Column[{" * N + "a" + "}]" * N), "OutputForm")
    assert text == "a"
    assert "a" in to_text(tree("Grid[{{" * N + "a" + "}}]" * N), "OutputForm")
    assert "1." in to_text(tree("NumberForm[" * N + "1." + ", 3]" * N), "OutputForm")


def test_long_inputs() -> None:
    assert len(tree("{" + ", ".join(["1"] * 100_000) + "}").args) == 100_000
    assert len(trees("x = 1;\n" * 10_000)) == 10_000
    assert len(tree('"' + "x" * 1_000_000 + '"')) == 1_000_000
    assert len(tree('"' + "\\n" * 200_000 + '"')) == 200_000
    assert trees("(*" + "x" * 1_000_000 + "*)") == []
