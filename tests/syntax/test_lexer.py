"""Numbers, strings, names, comments, newlines, named characters."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from wlnet.expr import BigReal, S, Symbol, big_real
from wlnet.syntax import ReadError, parse, read
from wlnet.syntax.characters import characters, decode

from .names import resolve, tree, trees


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123", 123),
        ("0", 0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1.5", 1.5),
        ("1.5`", 1.5),
        ("1`", 1.0),
        ("16^^ff", 255),
        ("16^^FF", 255),
        ("36^^z", 35),
        ("2^^101", 5),
        ("16^^f.8", 15.5),
        ("1*^3", 1000),
        ("1*^-3", Fraction(1, 1000)),
        ("1.*^3", 1000.0),
        ("1.5*^-3", 0.0015),
        ("2^^1*^4", 16),
        ("2^^1.1*^1", 3.0),
        ("1.*^-10", 1e-10),
        ("6.02214076*^23", 6.02214076e23),
        ("0.1", 0.1),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("1.7976931348623157*^308", 1.7976931348623157e308),
        ("5*^-1", Fraction(1, 2)),
        ("10*^-1", 1),
    ],
)
def test_number(text: str, value: Any) -> None:
    found = tree(text)
    assert type(found) is type(value)
    assert found == value


@pytest.mark.parametrize(
    ("text", "value", "digits"),
    [
        ("1.5`20", Fraction(3, 2), 20.0),
        ("1`30", 1, 30.0),
        ("3.25`10.5", Fraction(13, 4), 10.5),
        ("1.5``20", Fraction(3, 2), 20 + math.log10(1.5)),
        ("100``3", 100, 5.0),
        ("2^^1.1`20*^4", 24, 20.0),
        ("1.5`20*^3", 1500, 20.0),
        ("1.23456789012345678901", Fraction(123456789012345678901, 10**20), 21.0),
        ("1.*^400", Fraction(10**400), 53 * math.log10(2)),
    ],
)
def test_precise_number(text: str, value: Any, digits: float) -> None:
    found = tree(text)
    assert type(found) is BigReal
    assert found.digits == pytest.approx(digits)
    assert found.value == big_real(value, found.digits).value


def test_huge_integers_read_and_print() -> None:
    from wlnet.syntax.printer import to_text

    text = "7" * 20_000
    assert to_text(tree(text)) == text
    assert to_text(tree("-" + text), "OutputForm") == "-" + text
    assert to_text(tree(text + "/3"), "FullForm").startswith("Times[777")


@pytest.mark.parametrize("text", ["1^^0", "37^^1", "2^^2", "16^^fg", "8^^9", "2^^"])
def test_bad_number(text: str) -> None:
    with pytest.raises(ReadError):
        tree(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"abc"', "abc"),
        (r'""', ""),
        (r'"a\"b\\c\n\t\r\b\f"', 'a"b\\c\n\t\r\b\f'),
        (r'"\101\.41\:0041\|000041"', "AAAA"),
        (r'"\[Alpha]"', "α"),
        (r'"\\[Alpha]"', "\\[Alpha]"),
        (r'"\:0022\.5c"', '"\\'),
        (r'"\[RawDoubleQuote]\[RawBackslash]"', '"\\'),
        (r'"a\<b\>c"', "abc"),
        (r'"\(x\)\!"', r"\(x\)\!"),
        (r'"\[Nonsense]"', r"\[Nonsense]"),
        (r'"\d+"', r"\d+"),
        ('"two\nlines"', "two\nlines"),
        ('"joined \\\nline"', "joined line"),
        ('"(* no comment *)"', "(* no comment *)"),
        ('"😀"', "😀"),
    ],
)
def test_string(text: str, value: str) -> None:
    assert tree(text) == value


def test_names_and_contexts() -> None:
    assert tree("Plus") is S.Plus
    assert tree("a`b`c").full_name == "a`b`c"
    seen: list[str] = []

    def note(name: str) -> Symbol:
        seen.append(name)
        return resolve(name)

    parse("`x + `Private`y + x$1 + $z + αβ1", note)
    assert seen == ["`x", "`Private`y", "x$1", "$z", "αβ1"]


def test_each_name_is_resolved_once_per_expression() -> None:
    seen: list[str] = []

    def note(name: str) -> Symbol:
        seen.append(name)
        return resolve(name)

    list(read("x + x*x\nx", note))
    assert seen == ["x", "x"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("\n\n", 0),
        ("(* only (* a *) comment *)", 0),
        ("a\nb", 2),
        ("a\r\nb\rc", 3),
        ("a\n\n\n(* c *)\nb", 2),
        ("#!/usr/bin/env wlnet\na\nb", 2),
        ("\ufeffa\nb", 2),
        ("a;\nb;\n", 2),
        ("f[a,\nb]\nc", 2),
        ("a +\nb\nc", 2),
        ("a :=\n\n  b", 1),
        ("a // \nf", 1),
        ("x = \\\n5", 1),
        ("ab\\\ncd", 1),
        ("a ;;\nb", 2),
        ("a (* comment\nover lines *) b", 1),
        ("a\u2028b\u2029c", 3),
        ("a \\[IndentingNewLine] b", 2),
    ],
)
def test_newlines(text: str, count: int) -> None:
    assert len(trees(text)) == count


def test_a_comment_with_a_quote() -> None:
    assert trees('a (* " *) b') == trees("a b")


def test_joined_lines_join_words() -> None:
    assert tree("ab\\\ncd") is tree("abcd")


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u205f", "\\[ThinSpace]", "\\[InvisibleSpace]", "\t"])
def test_spaces(space: str) -> None:
    assert tree(f"a{space}+{space}b") == tree("a + b")
    assert tree(f"a{space}b") == tree("a b")


def test_several_hundred_characters() -> None:
    table = characters()
    assert len(table.code) > 800
    assert all(len(char) == 1 for char in table.code.values())
    assert len(set(table.code.values())) > len(table.code) - 10


def test_letters_make_names() -> None:
    for name in (
        "Alpha",
        "CapitalOmega",
        "ScriptCapitalA",
        "DoubleStruckR",
        "GothicZ",
        "FormalX",
        "EAcute",
        "Aleph",
    ):
        char = characters().code[name]
        assert tree(f"x\\[{name}]1").name == f"x{char}1"


def test_symbols_that_are_characters() -> None:
    assert tree("π") is S.Pi
    assert tree("\\[Pi]") is S.Pi
    assert tree("∞") is S.Infinity
    assert tree("2 π r") == tree("2 Pi r")
    assert tree("πr") is not S.Pi
    assert tree("\\[ExponentialE]^(\\[ImaginaryI] \\[Pi])") == tree("E^(I Pi)")
    assert tree("\\[ImaginaryI]\\[Pi]") == tree("I Pi")


def test_positions_survive_decoding() -> None:
    text = "\\[Alpha] + \\\n\\[Beta] c"
    decoded = decode(text)
    assert decoded.text == "α + β c"
    for char in "+c":
        assert text[decoded.original(decoded.text.index(char))] == char


def test_warnings() -> None:
    said: list[str] = []
    for text in ("{a,,b}", '"\\q"', "x_?t:v"):
        parse(text, resolve, warn=lambda w: said.append(w.message))
    assert len(said) == 3
    assert "Null" in said[0]
    assert "\\q" in said[1]
    assert "test" in said[2]


def test_long_numbers_in_slots_and_history() -> None:
    digits = "1" * 5000
    assert tree("#" + digits).args[0] == tree(digits)
    assert tree("##" + digits).args[0] == tree(digits)
    assert tree("%" + digits).args[0] == tree(digits)


def test_digits_of_other_scripts_are_letters() -> None:
    assert tree("1٣") == tree("1*٣")
    assert tree("x٣").name == "x٣"
