"""What the prompt asks: kinds of words, matching brackets, whether an input is complete."""

from __future__ import annotations

import pytest

from wlnet.syntax.tokens import partner, status, tokens


def kinds(text: str) -> list[tuple[str, str]]:
    return [(word.kind, text[word.start : word.end]) for word in tokens(text)]


def test_kinds() -> None:
    assert kinds('f[x_, "s"] := #1 + 2.5` (* c *) & %') == [
        ("symbol", "f"),
        ("bracket", "["),
        ("pattern", "x_"),
        ("operator", ","),
        ("string", '"s"'),
        ("bracket", "]"),
        ("operator", ":="),
        ("slot", "#1"),
        ("operator", "+"),
        ("number", "2.5`"),
        ("comment", "(* c *)"),
        ("operator", "&"),
        ("history", "%"),
    ]


def test_named_characters_keep_their_places() -> None:
    assert kinds("\\[Alpha]x \\[Rule] 1") == [
        ("symbol", "\\[Alpha]x"),
        ("operator", "\\[Rule]"),
        ("number", "1"),
    ]


def test_angle_lists_are_brackets_and_comparisons_are_not() -> None:
    assert [k for k, w in kinds("<a, b < c>") if w in "<>"] == ["bracket", "operator", "bracket"]
    assert [k for k, w in kinds("a < b > c") if w in "<>"] == ["operator", "operator"]


def test_open_ends() -> None:
    assert kinds('a "bc d')[-1] == ("string", '"bc d')
    assert kinds("a (* b")[-1] == ("comment", "(* b")
    assert kinds("a \x01")[-1] == ("error", "\x01")


def test_message_tags() -> None:
    assert kinds("f::usage") == [("symbol", "f"), ("tag", "::usage")]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("f[x]", {1: 3}),
        ("a[[b[1]]]", {1: 8, 2: 7, 4: 6}),
        ("{<a, (b)>}", {0: 9, 1: 8, 5: 7}),
        ("<|a -> 1|>", {0: 8}),
        ("⌊x⌋", {0: 2}),
    ],
)
def test_partners(text: str, pairs: dict[int, int]) -> None:
    for left, right in pairs.items():
        assert partner(text, left) == right
        assert partner(text, right) == left


def test_no_partner() -> None:
    assert partner("f[x]", 0) is None
    assert partner("f[x", 1) is None
    assert partner("f[x)", 1) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "complete"),
        ("1 + 1", "complete"),
        ("a;", "complete"),
        ("a\nb", "complete"),
        ("1 +", "incomplete"),
        ("f[", "incomplete"),
        ('"a', "incomplete"),
        ("(* a", "incomplete"),
        ("f[x_] :=", "incomplete"),
        ("a\nf[", "incomplete"),
        ("<a, b", "incomplete"),
        ("f]", "error"),
        ("a = ]", "error"),
        ("()", "error"),
    ],
)
def test_status(text: str, answer: str) -> None:
    assert status(text) == answer
