"""Definitions: kinds, order of specificity, assignment forms, protection."""

from __future__ import annotations

import pytest

from .conftest import Script


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        # the special before the general
        ("f[x_] := any; f[x_Integer] := int; f[0] := zero; {f[0], f[1], f[a]}", "{zero, int, any}"),
        (
            "f[x__] := many; f[x_] := one; f[] := none; f[x___] := all; {f[], f[1], f[1, 2]}",
            "{none, one, many}",
        ),
        ("f[x_, y_] := two; f[x_, x_] := same; {f[1, 1], f[1, 2]}", "{same, two}"),
        ("f[x_] := any; f[x_?EvenQ] := even; {f[2], f[3]}", "{even, any}"),
        ("f[x_] := any; f[x_] /; x > 3 := big; {f[2], f[4]}", "{any, big}"),
        ("f[x_] := any; f[x_] := big /; x > 3; {f[2], f[4]}", "{any, big}"),
        ("f[x_] := first /; x > 1; f[x_] := second /; x > 2; f[3]", "first"),
        (
            "f[{x_, y_}] := pair; f[x_List] := list; f[x_] := any; {f[{1, 2}], f[{1}], f[1]}",
            "{pair, list, any}",
        ),
        ("f[x_, y_] := 1; f[x_Integer, y_] := 2; f[x_, y_Integer] := 3; {f[1, 2], f[a, 2]}", "{2, 3}"),
        ("f[g[x_]] := inner; f[_g] := head; {f[g[1]], f[g[1, 2]]}", "{inner, head}"),
        ("f[x_ | y_] := 1; f[a] := 2; f[a]", "2"),
        # a new definition replaces one for the same left side
        ("f[x_] := 1; f[y_] := 2; {f[0], Length[DownValues[f]]}", "{2, 1}"),
        ("f[x_] := 1 /; x > 0; f[y_] := 2 /; y > 0; {f[1], Length[DownValues[f]]}", "{2, 1}"),
        # kinds of values
        ("f[x_][y_] := {x, y}; {f[1][2], SubValues[f]}", "{{1, 2}, {HoldPattern[f[x_][y_]] :> {x, y}}}"),
        ("g /: f[g[x_]] := x; {f[g[3]], UpValues[g]}", "{3, {HoldPattern[f[g[x_]]] :> x}}"),
        ("f[g[x_]] ^:= x + 1; f[g[3]]", "4"),
        ("a + b ^= c; {a + b, UpValues[a] === {}, UpValues[b] === {}}", "{c, False, False}"),
        ("x := y; y = 3; x", "3"),
        ("x /; t := 1; before = x; t = True; {before, x}", "{1, 1}"),
        ("t = False; x /; t := 1; before = x; t = True; {Hold[x] === Hold[x], x}", "{True, 1}"),
        ("f[1.] = real; f[1] = exact; {f[1], f[1.]}", "{exact, real}"),
        ("f[{1, 2}] = list; f[Range[2]]", "list"),
        ('f["s"] = 1; f[s] = 2; {f["s"], f[s]}', "{1, 2}"),
        # attributes count
        ("SetAttributes[f, Flat]; f[a, b] := c; f[x, a, b, y]", "f[x, c, y]"),
        ("SetAttributes[f, Orderless]; f[b, a] := c; f[a, b]", "c"),
        ("SetAttributes[f, {Flat, Orderless}]; f[a, b] = c; f[b, x, a]", "f[c, x]"),
        ("SetAttributes[f, HoldFirst]; f[x_, y_] := {Hold[x], y}; f[1 + 1, 1 + 1]", "{Hold[1 + 1], 2}"),
        ("SetAttributes[f, Listable]; f[x_] := x^2; f[{1, {2, 3}}]", "{1, {4, 9}}"),
        ("N[f[x_]] := x^2.; {N[1 + f[3]], f[3], Length[NValues[f]]}", "{10., f[3], 1}"),
        ("N[c] = 2.5; {N[2 c + 1], c}", "{6., c}"),
        # removing
        ("f[1] = 2; f[x_] := 3; f[1] =.; {f[1], f[2]}", "{3, 3}"),
        ("x = 5; x =.; x", "x"),
        ("f[x_] := 1; SetAttributes[f, Flat]; Clear[f]; {f[1], Attributes[f]}", "{f[1], {Flat}}"),
        ("f[x_] := 1; SetAttributes[f, Flat]; ClearAll[f]; {f[1], Attributes[f]}", "{f[1], {}}"),
        ('x1 = 1; x2 = 2; Clear["x*"]; {x1, x2}', "{x1, x2}"),
        ("DownValues[f] = {HoldPattern[f[x_]] :> x + 1}; f[2]", "3"),
        ("g /: f[g] = 1; g /: f[g] =.; f[g]", "f[g]"),
    ],
)
def test_definitions(script: Script, program: str, expected: str) -> None:
    assert script(program) == expected
    assert script.messages == []


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("{a, b} = {1, 2}; {a, b} = {b, a}; {a, b}", "{2, 1}"),
        ("{a, {b, c}} = {1, {2, 3}}; {c, b, a}", "{3, 2, 1}"),
        ("a = {1, 2, 3}; a[[2]] = x; a", "{1, x, 3}"),
        ("a = Range[30]; b = a; a[[3]] = 0; {a[[3]], b[[3]]}", "{0, 3}"),
        ("a = Range[30]; a[[3]] = 1.5; a[[2 ;; 4]]", "{2, 1.5, 4}"),
        ("a = {{1, 2}, {3, 4}}; a[[2, 1]] = x; a", "{{1, 2}, {x, 4}}"),
        ("a = {{1, 2}, {3, 4}}; a[[All, 1]] = {5, 6}; a", "{{5, 2}, {6, 4}}"),
        ("a = {{1, 2}, {3, 4}}; a[[All, 1]] = 0; a", "{{0, 2}, {0, 4}}"),
        ("a = Range[5]; a[[2 ;; 4]] = {x, y, z}; a", "{1, x, y, z, 5}"),
        ("a = Range[5]; a[[{1, -1}]] = 0; a", "{0, 2, 3, 4, 0}"),
        ("a = f[1, 2]; a[[0]] = g; a", "g[1, 2]"),
        ('a = <|"k" -> 1|>; a["k"] = 2; a["n"] = 3; a', '<|"k" -> 2, "n" -> 3|>'),
        ('a = <|"k" -> {1, 2}|>; a[["k", 2]] = 5; a', '<|"k" -> {1, 5}|>'),
        ('a = <||>; a["x"]["y"] = 1; a', '<|"x" -> <|"y" -> 1|>|>'),
        ('a = <|"k" -> 1|>; b = a; a["k"] = 2; {a["k"], b["k"]}', "{2, 1}"),
        ('a = <|"k" -> 1|>; a["k"] += 4; a["k"]++; a', '<|"k" -> 6|>'),
        ("a = {1, 2}; a[[1]] += 10; a[[2]]++; a", "{11, 3}"),
        ("x = 3; {x++, x, ++x, x--, --x}", "{3, 4, 5, 5, 3}"),
        ("x = 3; x *= 2; x -= 1; x /= 5; x", "1"),
        ("x = 2; x += x; x", "4"),
        ("x = {1, 2}; x += 1; x", "{2, 3}"),
        ("x = 4; x //= Sqrt; x", "2"),
        ("f[2] = 5; f[1 + 1] += 1; f[2]", "6"),
        ("a = b = 3; {a, b}", "{3, 3}"),
        ("myset /: Set[myset[x_], v_] := stored[x, v]; myset[1] = 2", "stored[1, 2]"),
        (
            "memo[n_] := memo[n] = memo[n - 1] + memo[n - 2]; memo[0] = 0; memo[1] = 1; memo[80]",
            "23416728348467685",
        ),
    ],
)
def test_assignments(script: Script, program: str, expected: str) -> None:
    assert script(program) == expected
    assert script.messages == []


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("Plus[1, 2] = 3", "Set::write: Tag Plus in 1 + 2 is Protected."),
        ("Plus = 3", "Set::wrsym: Symbol Plus is Protected."),
        ("Sin[x_] := 1", "SetDelayed::write: Tag Sin in Sin[x_] is Protected."),
        ("3 = 4", "Set::setraw: Cannot assign to raw object 3."),
        ("a = {1, 2}; a[[5]] = 1", "Set::partw: Part 5 of {1, 2} does not exist."),
        ("u[[1]] = 2", "Set::noval: Symbol u in part assignment does not have an immediate value."),
        ("{a, b} = {1, 2, 3}", "Set::shape: Lists {a, b} and {1, 2, 3} are not the same shape."),
        ("u++", "Increment::rvalue: u is not a variable with a value, so its value cannot be changed."),
        ("f[1] =.", "Unset::norep: Assignment on f for f[1] not found."),
        ("g /: f[h] = 1", "TagSet::tagnf: Tag g not found in f[h]."),
        ("Clear[Plus]", "Clear::wrsym: Symbol Plus is Protected."),
        (
            "SetAttributes[f, Flatt]",
            "Attributes::attnf: Flatt is not a known attribute. Did you mean Flat?",
        ),
    ],
)
def test_refusals(script: Script, program: str, message: str) -> None:
    script(program)
    assert script.messages == [message]


def test_filling_a_long_list_is_linear(script: Script) -> None:
    """In place where the variable is the only holder: 40,000 assignments into 40,000 elements."""
    assert script("a = Table[0, {40000}]; Do[a[[k]] = k, {k, 40000}]; Total[a]") == "800020000"
    assert script("s = <||>; Do[s[k] = k, {k, 20000}]; {Length[s], Total[s]}") == "{20000, 200010000}"


def test_literal_definitions_with_conditions_hold_for_their_argument_only(script: Script) -> None:
    assert script("ok = True; f[1] := 5 /; ok; {f[1], f[2]}") == "{5, f[2]}"
    assert (
        script('g[x_] := 7; g["a"] := 9 /; ok; g[b] := 8 /; ok; {g["a"], g["b"], g[b], g[1]}')
        == "{9, 7, 8, 7}"
    )
    assert script("h[1] := Module[{t = 2}, t /; ok]; {h[1], h[1.], h[0]}") == "{2, h[1.], h[0]}"
