"""Syntax errors: place, caret, words, hint; incomplete input; going on behind a bad expression."""

from __future__ import annotations

import pytest

from wlnet.syntax import Incomplete, ReadError, parse, read

from .names import resolve, tree


def failure(text: str) -> ReadError:
    with pytest.raises(ReadError) as caught:
        tree(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("x = {1,\n 2,\n f[3, 4}", 3, 8, ["mismatch", '"["', '"}"']),
        ("f[x_] := x^2]", 1, 13, ['"]" closes nothing']),
        ("a]", 1, 2, ["closes nothing"]),
        ("a b)", 1, 4, ["closes nothing"]),
        ("()", 1, 2, ["( ) needs an expression"]),
        ("f[()]", 1, 4, ["( ) needs an expression"]),
        ("(a, b)", 1, 3, ["comma inside ( )"]),
        ("a, b", 1, 2, ["comma outside"]),
        ("[a]", 1, 1, ['"[" needs a function']),
        ("{[a]}", 1, 2, ['"[" needs a function']),
        ("a * * b", 1, 5, ["operand is missing", '"*"']),
        ("a = ;", 1, 5, ["operand is missing", '";"', 'after "="']),
        ("{a +}", 1, 5, ["operand is missing", '"}"']),
        ("f[a, *b]", 1, 6, ["operand is missing"]),
        ("/ a", 1, 1, ["operand is missing"]),
        ("x_..", 1, 5, ["operand is missing"]),
        ("{x_..}", 1, 6, ["operand is missing"]),
        ("a ? b ? c", 1, 7, ["does not chain"]),
        ("a !== b", 1, 3, ['"!==" is no operator']),
        ("a*^b", 1, 2, ['"*^" is no operator']),
        ("a *** b", 1, 3, ['"***" is no operator']),
        ("2:c", 1, 2, ['before ":"']),
        ("f /: x", 1, 3, ['"/:" needs an assignment']),
        ("a :: b", 1, 3, ['"::" takes a tag']),
        ("a::", 1, 2, ['"::" takes a tag']),
        ("a[[1] + 2", 1, 5, ['"[["']),
        ("37^^1", 1, 1, ["base 37"]),
        ("x + 2^^3", 1, 5, ["3 is not a digit in base 2"]),
        ("\\[Alfa] + 1", 1, 1, ["no character named"]),
        ("a + \\[Bet a]", 1, 5, ["named character"]),
        ("a *) b", 1, 3, ["closes no comment"]),
        ("a \\( b", 1, 3, ["box input"]),
        ("f[a <b, c>]", 1, 11, ["operand is missing"]),
        ("? + 1", 1, 1, ["needs a pattern before it"]),
        ("a >> ]", 1, 3, ["takes a file name"]),
    ],
)
def test_message(text: str, line: int, column: int, words: list[str]) -> None:
    error = failure(text)
    assert (error.line, error.column) == (line, column), error.show()
    for word in words:
        assert word in error.message, error.show()
    assert not error.incomplete


@pytest.mark.parametrize(
    "text",
    [
        "{a",
        "f[",
        "f[a,",
        "a +",
        "a =",
        "(a",
        "<|a -> 1",
        "a[[1]",
        '"abc',
        "(* abc",
        "a ~ f ~",
        "a @",
        "!",
        "-",
        "<<",
        "a >>",
    ]
    + ["f[{", "x /.", "<a, b", "a ~f", "x:", "f[a] :=", "a \\"],
)
def test_incomplete(text: str) -> None:
    error = failure(text)
    assert error.incomplete, error.show()
    assert isinstance(error, Incomplete)


@pytest.mark.parametrize("text", ["", "   ", "(* nothing *)"])
def test_nothing(text: str) -> None:
    assert failure(text).incomplete


def test_complete_ends_are_not_incomplete() -> None:
    for text in ("a;", "a ;;", "f &", "x..", "a!", ";;"):
        tree(text)


def test_two_expressions_are_one_too_many() -> None:
    error = failure("a\nb")
    assert (error.line, error.column) == (2, 1)
    assert "second expression" in error.message


def test_the_caret_stands_under_the_place() -> None:
    lines = failure("g[x_] := x^2]").show().splitlines()
    assert lines[0] == '1:13: syntax error: "]" closes nothing'
    assert lines[1] == "    g[x_] := x^2]"
    assert lines[2].index("^") == lines[1].rindex("]")


def test_long_lines_are_cut_around_the_place() -> None:
    report = failure("a + " * 200 + "] + " + "b + " * 200 + "c").show()
    lines = report.splitlines()
    assert len(lines[1]) < 130
    assert lines[1][lines[2].index("^")] == "]"


def test_place_is_in_the_text_as_written() -> None:
    error = failure("\\[Alpha] \\[Beta] ]")
    assert error.column == 18
    assert "\\[Beta] ]" in error.show()


def test_the_source_is_named() -> None:
    error = next(iter(read("a]", resolve, "file.wl")))
    assert isinstance(error, ReadError)
    assert error.show().startswith("file.wl:1:2: syntax error")


def test_hints() -> None:
    assert "Alpha" in failure("\\[Alpa]").hint
    assert "comparison inside < > lists needs parentheses" in failure("{<a, b]").hint
    assert "x_ .." in failure("{x_..}").hint
    assert "{ , }" in failure("(a, b)").hint
    assert 'closed by "]"' in failure("f[a)").hint


def test_opening_place_of_a_mismatch() -> None:
    assert "opened at line 1, column 2" in failure("f[a,\n b}").message


FILE = """
a = 1;
b = f[2, 3};
c = 3

d = {1,
  2, + * 3,
  4}
e = 5
g[x_] := x]
h = "unclosed

i = 6
"""


def test_the_rest_of_a_file_is_read() -> None:
    found = list(read(FILE, resolve, "file.wl"))
    errors = [item for item in found if isinstance(item, ReadError)]
    names = [
        item.args[0].name for item in found if not isinstance(item, ReadError) and item.head.name == "Set"
    ]
    assert [error.line for error in errors] == [3, 7, 10, 11]
    assert names == ["c", "e", "i"]
    assert len(found) == 4 + 4


def test_an_unclosed_bracket_costs_up_to_the_next_blank_line() -> None:
    found = list(read("f[x_] := {x,\ny = 2\n\nz = 3", resolve))
    assert isinstance(found[0], ReadError)
    assert found[0].incomplete
    assert (found[0].line, found[0].column) == (1, 10)
    assert found[1] == tree("z = 3")


def test_expressions_come_one_at_a_time() -> None:
    """What the first expression does may change how the second is read."""
    prefix = ["one`"]

    def contextual(name: str):
        return resolve(prefix[0] + name)

    reader = read("x\nx", contextual)
    first = next(reader)
    prefix[0] = "two`"
    assert [first.full_name, next(reader).full_name] == ["one`x", "two`x"]


def test_offsets_of_expressions() -> None:
    text = "(* c *)\na = \\[Alpha];\n\n  b = 2\nc"
    reader = read(text, resolve)
    places = [(reader.line, text[reader.offset]) for _ in reader]
    assert places == [(2, "a"), (4, "b"), (5, "c")]
    assert parse("x", resolve) is resolve("x")
