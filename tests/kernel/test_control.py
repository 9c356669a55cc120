"""Loops, exits, messages, options and contexts as programs use them."""

from __future__ import annotations

import pytest

from .conftest import Script


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("s = 0; Do[s += i j, {i, 3}, {j, i}]; s", "25"),
        ("Reap[Do[Sow[i], {i, 5, 1, -2}]][[2, 1]]", "{5, 3, 1}"),
        ("Reap[Do[Sow[i], {i, {a, b}}]][[2, 1]]", "{a, b}"),
        ("Reap[Do[Sow[x], 2]][[2, 1]]", "{x, x}"),
        ("Do[If[i > 3, Return[i]], {i, 10}]", "4"),
        ("i = 9; Do[Null, {i, 3}]; i", "9"),
        ("Do[If[i > 3, Break[]], {i, Infinity}]", "Null"),
        ("n = 0; While[True, n++; If[n > 4, Break[]]]; n", "5"),
        ("Reap[For[i = 0, i < 4, i++, If[i == 2, Continue[]]; Sow[i]]][[2, 1]]", "{0, 1, 3}"),
        ('f[x_] := (If[x > 0, Return["pos"]]; "other"); {f[1], f[-1]}', '{"pos", "other"}'),
        ("f[x_] := Module[{}, Do[If[k == x, Return[k, Module]], {k, 9}]; none]; f[4]", "4"),
        ("Catch[a; Throw[b]; c]", "b"),
        ("Catch[Throw[1, t], t, {##} &]", "{1, t}"),
        ("Catch[Catch[Throw[1, t], u], t]", "1"),
        ("Catch[Map[If[# > 2, Throw[#], #] &, {1, 2, 3}]]", "3"),
        ("Throw[1]", "Hold[Throw[1]]"),
        ("Which[1 > 2, a]", "Null"),
        ("Switch[5, _String, s]", "Switch[5, _String, s]"),
        ("Check[1/0, failed]", "failed"),
        ("Quiet[Check[1/0, failed]]", "failed"),
        ("Check[Quiet[1/0], failed]", "ComplexInfinity"),
        ("Check[1/0, failed, Sin::argx]", "ComplexInfinity"),
        ("Reap[Sow[1, a]; Sow[2, b]; Sow[3, a], _, Rule]", "{3, {a -> {1, 3}, b -> {2}}}"),
        ("Reap[Reap[Sow[1, a], b]; Sow[2], _][[2]]", "{{1}, {2}}"),
        ('Enclose[Confirm[$Failed], "no" &]', '"no"'),
        ('Enclose[ConfirmBy[3, EvenQ]; 5]["ConfirmationType"]', '"ConfirmBy"'),
        ("Sequence[1, 2] // List", "{1, 2}"),
        ("{1, Nothing, 2, Splice[{3, 4}]}", "{1, 2, 3, 4}"),
        ("Hold[Evaluate[1 + 1], Sequence[a, b]]", "Hold[2, a, b]"),
        ("HoldComplete[Evaluate[1 + 1], Sequence[a]]", "HoldComplete[Evaluate[1 + 1], Sequence[a]]"),
        ("ReleaseHold[Hold[1 + 1]]", "2"),
        ("Activate[Inactive[Plus][1, 2]]", "3"),
        ("5; %", "5"),
        (
            (
                'Options[f] = {a -> 1, "b" -> 2}; f[x_, OptionsPattern[]] := {x, OptionValue[a], '
                'OptionValue["b"]}; {f[0], f[0, "a" -> 5], f[0, {b -> 3}]}'
            ),
            "{{0, 1, 2}, {0, 5, 2}, {0, 1, 3}}",
        ),
        (
            (
                "Options[f] = {a -> 1}; Options[g] = {c -> 2}; f[OptionsPattern[{f, g}]] := "
                "OptionValue[{a, c}]; f[c -> 9]"
            ),
            "{1, 9}",
        ),
        ("Options[f] = {a -> 1}; SetOptions[f, a -> 7]; f[OptionsPattern[]] := OptionValue[a]; f[]", "7"),
        ("f[opts : OptionsPattern[{k -> 0}]] := {opts}; f[k -> 2]", "{k -> 2}"),
        ("FilterRules[{a -> 1, b -> 2}, {b}]", "{b -> 2}"),
        ('Begin["p`"]\n`x = 5\nEnd[]\n{p`x, Context[p`x]}', '{5, "p`"}'),
        (
            (
                'BeginPackage["q`"]; pub; Begin["`Private`"]; pub[n_] := hid[n]; hid[n_] := n + 1; '
                'End[]; EndPackage[]; {pub[1], MemberQ[$ContextPath, "q`"]}'
            ),
            "{2, True}",
        ),
        ("SymbolName[a`b]", '"b"'),
        ('x = 1; Remove[x]; Names["Global`x"]', "{}"),
        ("ValueQ[x]", "False"),
        ("y = 2; {ValueQ[y], ValueQ[z]}", "{True, False}"),
    ],
)
def test_programs(script: Script, program: str, expected: str) -> None:
    assert script(program.replace("; %", "\n%")) == expected


def test_messages_stop_after_three(script: Script) -> None:
    script("Do[1/0, {5}]")
    assert [m.split(":: ")[0].split(": ")[0] for m in script.messages] == ["Power::infy"] * 3 + [
        "General::stop"
    ]
    script("1/0")
    assert len(script.messages) == 5, "the count starts anew with each input"


def test_a_users_message(script: Script) -> None:
    script('f::bad = "Mind `1` and `2`."; Message[f::bad, x^2, "text"]')
    assert script.messages == ["f::bad: Mind x^2 and text."]
    script("Off[f::bad]; Message[f::bad, 1, 2]")
    assert len(script.messages) == 1


def test_long_arguments_are_cut_short(script: Script) -> None:
    script('f::bad = "Here: `1`"; Message[f::bad, Range[10^5]]')
    assert len(script.messages[0]) < 2000
    assert "<<" in script.messages[0]


def test_wrong_numbers_of_arguments(script: Script) -> None:
    script("Length[]; Length[1, 2]; Map[1, 2, 3, 4]; Mod[1]")
    assert script.messages == [
        "Length::argx: Length called with 0 arguments; 1 argument is expected.",
        "Length::argx: Length called with 2 arguments; 1 argument is expected.",
        "Map::argt: Map called with 4 arguments; 2 or 3 arguments are expected.",
        "Mod::argtu: Mod called with 1 argument; 2 or 3 arguments are expected.",
    ]


def test_unknown_options_name_the_nearest(script: Script) -> None:
    script("FixedPoint[# &, 1, SameTst -> Equal]")
    assert "SameTest" in script.messages[0]


def test_information(script: Script) -> None:
    assert "EvenQ" in script('Information["EvenQ"]')
    script('f::usage = "f does it."; f[x_] := x + 1')
    assert script(
        "?f"
    ) == '"f does it.\\n\\nf::usage = \\"f does it.\\"\\n\\nf[x_] := x + 1"' or "f does it." in script("?f")
    assert script('Information["noSuchThing"]') == 'Missing["UnknownSymbol"]'


def test_trace(script: Script) -> None:
    assert script.ev.text(script.expr("Trace[1 + 2 3]"), "OutputForm") == "{{2 3, 6}, 1 + 6, 7}"
    assert (
        script.ev.text(script.expr("f[x_] := x^2; Trace[f[1 + 1]]"), "OutputForm")
        == "{{1 + 1, 2}, f[2], 2^2, 4}"
    )
