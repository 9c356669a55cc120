"""Function, Module, Block, With and compiled code: exactly "substitute, then evaluate"."""

from __future__ import annotations

import pytest

from .conftest import Script


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("#^2 &[3]", "9"),
        ("{#, #2, ##, ##2} &[a, b, c]", "{a, b, a, b, c, b, c}"),
        ('#name &[<|"name" -> 3|>]', "3"),
        ("If[# <= 1, 1, # #0[# - 1]] &[5]", "120"),
        ("Function[{x, y}, x - y][5, 3]", "2"),
        ("Function[x, Hold[x], HoldAll][1 + 1]", "Hold[1 + 1]"),
        ("Function[x, x^2, Listable][{1, 2}]", "{1, 4}"),
        ("Function[{}, 5][]", "5"),
        ("(# &) @@ {1, 2}", "1"),
        ("Map[Function[x, Map[{x, #} &, {1, 2}]], {a, b}]", "{{{a, 1}, {a, 2}}, {{b, 1}, {b, 2}}}"),
        ("(f[#, #2 &] &)[x]", "f[x, #2 & ]"),
        ("Function[x, Function[y, x + y]][y]", "Function[y$, y + y$]"),
        ("Function[x, Function[y, x + y]][y][1]", "1 + y"),
        ("f[x_] := Function[y, x + y]; f[y][2]", "2 + y"),
        ("With[{x = 2}, Hold[x + 1]]", "Hold[2 + 1]"),
        ("With[{x = y}, Function[y, x + y]][1]", "1 + y"),
        ("With[{x = 1}, {y = x + 1}, x + y]", "3"),
        ("With[{x = 1}, With[{x = 2}, x]]", "2"),
        ("x = 5; Module[{x = 1}, x + 1]", "2"),
        ("x = 5; Module[{x = x}, x++; x] + x", "11"),
        ("Module[{x}, x = 1; Block[{y = x}, y + 1]]", "2"),
        ("Module[{f}, f[n_] := If[n == 0, 1, n f[n - 1]]; f[5]]", "120"),
        (
            (
                "counter[] := Module[{n = 0}, Function[{}, n++; n]]; c = counter[]; d = counter[]; "
                "{c[], c[], d[]}"
            ),
            "{1, 2, 1}",
        ),
        ("f[x_] := Module[{y = x^2}, y + 1]; {f[2], f[a]}", "{5, 1 + a^2}"),
        ("f[n_] := Module[{m = n}, If[m == 0, {}, Append[f[m - 1], m]]]; f[4]", "{1, 2, 3, 4}"),
        ("Module[{a = 1, b}, b = a + 1; {a, b}]", "{1, 2}"),
        ("Module[{x := RandomReal[]}, NumberQ[x] && x =!= x]", "True"),
        ("x = 5; f[] := x; Block[{x = 7}, f[]]", "7"),
        ("f[1] = 2; Block[{f}, f[1]]", "2"),
        ("f[1] = 2; Block[{f}, f[1] = 3; f[1]] + f[1]", "5"),
        ("Block[{x = 1, y}, y = x + 1; {x, y}]; {x, y}", "{x, y}"),
        ("f[x_] := Block[{y = x}, Hold[y]]; f[3]", "Hold[y]"),
        ("f[x_] := Hold[x, 1 + 1]; f[2 + 3]", "Hold[5, 1 + 1]"),
        ("f[x__] := {x, g[x]}; f[1, 2]", "{1, 2, g[1, 2]}"),
        ("f[x___] := g[x, 0]; f[]", "g[0]"),
        ("f[x_, h_] := h[x, x]; f[3, Times]", "9"),
        ("f[h_] := h[Print][1 + 1]; f[Hold]", "Hold[Print][2]"),
        ("f[x_] := x[[2]] + First[x]; f[{1, 2}]", "3"),
        ("f[x_] := (y = x; y + 1); f[3] + y", "7"),
        ("f[x_] := (g[x] := x + 1; g[2]); f[2]", "3"),
        ("f[x_] := Module[{t = x}, While[t > 0, t--]; t]; f[5]", "0"),
        ("f[n_] := Module[{s = 0}, Do[s += k, {k, n}]; s]; f[100]", "5050"),
        ("f[n_] := Table[k^2, {k, n}]; f[3]", "{1, 4, 9}"),
        ("f[x_] := If[x > 0, pos, neg]; {f[1], f[-1], f[a]}", "{pos, neg, If[a > 0, pos, neg]}"),
        ("f[x_] := Which[x < 0, neg, x == 0, zero, True, pos]; {f[-1], f[0], f[1]}", "{neg, zero, pos}"),
        ("f[x_] := Switch[x, 1, one, _Integer, int, _, other]; {f[1], f[5], f[a]}", "{one, int, other}"),
        ("f[x_] := {x, Unevaluated[1 + 1]}; f[1]", "{1, Unevaluated[1 + 1]}"),
        ("f[x_] := Length[Unevaluated[1 + 2 + 3]]; f[1]", "3"),
        ("SetAttributes[f, HoldAll]; f[x_] := {x, Hold[x]}; f[1 + 1]", "{2, Hold[1 + 1]}"),
        ("SetAttributes[inc, HoldFirst]; inc[v_] := v = v + 1; k = 3; inc[k]; k", "4"),
        ("f[x_] := x + 1 /. 1 -> 10; f[a]", "10 + a"),
        ("a1 = 3; f[x_] := a1 x; a1 = 4; f[2]", "8"),
        ("f[x_] := Evaluate[1 + 1] x; f[a]", "2*a"),
        (
            (
                "Unprotect[Plus]; Plus[u, v] = uv; f[x_] := x + v; r = f[u]; Plus[u, v] =.; "
                "Protect[Plus]; {r, f[u]}"
            ),
            "{uv, u + v}",
        ),
        ("f[x_] := Module[{y = x}, y + z /; x > 2]; {f[1], f[3]}", "{f[1], 3 + z}"),
    ],
)
def test_programs(script: Script, program: str, expected: str) -> None:
    assert script(program) == expected
    assert script.messages == []


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            "Module[{1}, 2]",
            (
                "Module::lvsym: Local variable specification {1} contains 1, which is not a symbol "
                "or an assignment to a symbol."
            ),
        ),
        ("Module[x, 2]", "Module::lvlist: Local variable specification x is not a List."),
        (
            "Module[{x, x}, 2]",
            "Module::dup: Duplicate local variable x found in local variable specification {x, x}.",
        ),
        (
            "With[{x}, 2]",
            "With::lvw: Local variable specification {x} contains x, which is not an assignment to a symbol.",
        ),
        (
            "(# + #2 &)[1]",
            "Function::slotn: Slot number 2 in #1 + #2 &  cannot be filled from (#1 + #2 & )[1].",
        ),
        (
            "Function[{x, y}, x][1]",
            "Function::fpct: Too many parameters in {x, y} to be filled from Function[{x, y}, x][1].",
        ),
        (
            "Function[1, x][1]",
            (
                "Function::flpar: Parameter specification 1 in Function[1, x] should be a symbol or "
                "a list of symbols."
            ),
        ),
    ],
)
def test_mistakes(script: Script, program: str, message: str) -> None:
    script(program)
    assert script.messages == [message]


REALS = ["0.1", "-2.5", "3.", "1.*^300", "0", "2", "-7", "3^40", "a", "1/3", "1.5`30", "2 + I"]


BODIES = [
    "x + y",
    "x y",
    "x - y",
    "x y + 1",
    "2 x + y",
    "x^2",
    "x^3 y",
    "x/2",
    "x/y",
    "1/y",
    "1.3/y",
    "x/y + 0.5",
    "-2.5/x",
    "x + 1./y",
    "1.3/x/y",
    "-x",
    "x y 1.7",
    "x + y + 2.25",
    "x (1 - y)",
    "x < y",
    "x >= y",
    "x == y",
    "x != y",
    "Mod[x, 3]",
    "Quotient[x, 3]",
]


@pytest.mark.parametrize("body", BODIES)
def test_generated_arithmetic_is_arithmetic(script: Script, body: str) -> None:
    """Compiled code gives what the ordinary definitions give, bit for bit."""
    script(
        "Off[Power::infy]; Off[Infinity::indet]; Off[General::indet]; Off[Mod::indet]; Off[Quotient::infy]"
    )
    script(f"f[x_, y_] := {body}")
    for x in REALS:
        for y in REALS:
            plain = script(f"ReleaseHold[Hold[{body}] /. {{x -> {x}, y -> {y}}}]")
            assert script(f"f[{x}, {y}]") == plain, (x, y)
            assert script(f"Function[{{x, y}}, {body}][{x}, {y}]") == plain, (x, y)
