"""Two sessions in one process do not see each other's definitions, messages, options,
history or random numbers.
"""

from __future__ import annotations

import pytest

from wlnet.expr import system

from .conftest import Script


@pytest.fixture
def two() -> tuple[Script, Script]:
    return Script(), Script()


@pytest.mark.parametrize(
    ("change", "question", "untouched"),
    [
        ("x = 5", "x", "x"),
        ("f[n_] := n + 1", "f[1]", "f[1]"),
        ("SetAttributes[f, Orderless]", "f[b, a]", "f[b, a]"),
        ("Unprotect[Sin]; Sin[foo] = 7", "Sin[foo]", "Sin[foo]"),
        ("Unprotect[Plus]; Plus[foo, bar] = 7; Protect[Plus]", "foo + bar", "bar + foo"),
        ("foo /: foo + 1 = 3", "foo + 1", "1 + foo"),
        ("Unprotect[Length]; Length[{1, 2}] = many", "Length[{1, 2}]", "2"),
        ("Unprotect[Sin]; ClearAttributes[Sin, Listable]", "Sin[{0, a}]", "{0, Sin[a]}"),
        ('Sin::note = "text"', "Sin::note", "Sin::note"),
        ("SetOptions[Sort, {}]; Options[g] = {k -> 1}", "Options[g]", "{}"),
        ("$RecursionLimit = 77", "$RecursionLimit", "1024"),
        ('Begin["mine`"]', "Context[]", '"Global`"'),
        ("Off[Power::infy]", "Quiet[Check[1/0, seen]]", "seen"),
        ("Default[h] = 4", "Default[h]", "Default[h]"),
        ("Protect[Sin2]; Unprotect[Cos]; Cos[u_] := u", "Cos[0]", "1"),
    ],
)
def test_nothing_leaks(two: tuple[Script, Script], change: str, question: str, untouched: str) -> None:
    first, second = two
    before = second(question)
    assert before == untouched
    first(change)
    changed = first(question)
    assert second(question) == before
    assert first(question) == changed != before


def test_symbols_are_distinct(two: tuple[Script, Script]) -> None:
    first, second = two
    assert first.expr("x") is not second.expr("x")
    assert first.expr("Sin") is second.expr("Sin")


def test_messages_and_history(two: tuple[Script, Script]) -> None:
    first, second = two
    first("1/0")
    assert len(first.messages) == 1 and second.messages == []
    first("1 + 1; 5")
    second("7")
    assert second("%") == "7"
    assert first("%") == "5"


def test_random_numbers(two: tuple[Script, Script]) -> None:
    first, second = two
    numbers = "SeedRandom[3]; RandomReal[]"
    expected = first(numbers)
    first("SeedRandom[3]")
    second("SeedRandom[9]; RandomReal[{0, 1}, 10]")
    assert first("RandomReal[]") == expected


def test_recursion_limit_follows_the_session(two: tuple[Script, Script]) -> None:
    first, second = two
    first("$RecursionLimit = 30; deep[n_] := 1 + deep[n - 1]; deep[0] = 0")
    second("deep[n_] := 1 + deep[n - 1]; deep[0] = 0")
    assert second("deep[100]") == "100"
    assert first("deep[100]") == 'TerminatedEvaluation["RecursionLimit"]'
    assert second("deep[200]") == "200"


def test_rules_written_in_the_language_are_shared(two: tuple[Script, Script]) -> None:
    """A session's own definition for a System` symbol does not disturb the ones loaded with its chapter."""
    first, second = two
    first("Unprotect[Total]; Total[special] = 1")
    assert first("{Total[special], Total[{1, 2}]}") == "{1, 3}"
    assert second("{Total[{1, 2}]}") == "{3}"


def test_a_small_letter_never_names_a_system_symbol(two: tuple[Script, Script]) -> None:
    system("stray")  # a symbol that some Python code made in System`
    first, second = two
    assert first.expr("stray").context == "Global`"
    assert first.expr("stray") is not second.expr("stray")
