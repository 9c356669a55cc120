"""Compile and FunctionCompile: typed arguments, machine results, what does not fit."""
# ruff: noqa: E501  (a case is one line)

from __future__ import annotations

import pytest

from tests.script import Script


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("Compile[{x, {n, _Integer}}, x^n + 1/2][2, 3]", "8.5"),
        ("Compile[{x}, x][Pi] === N[Pi]", "True"),
        ("Compile[{x}, Pi x][1] === N[Pi]", "True"),
        ("Compile[{x}, {x, 1/2}][1]", "{1., 0.5}"),
        ("Compile[{{n, _Integer}}, n + 1][2]", "3"),
        ("Compile[{{z, _Complex}}, Re[z^2]][1 + 2 I]", "-3."),
        ("Compile[{{b, True | False}}, If[b, 1, 2]][False]", "2"),
        ("Compile[{{v, _Real, 1}}, Total[v^2]][{1, 2, 3}]", "14."),
        ("Compile[{{m, _Integer, 2}}, Total[m, 2]][{{1, 2}, {3, 4}}]", "10"),
        ("Compile[{{n, _Integer}}, Module[{s = 0., i = 0}, While[i < n, i++; s += 1./i]; s]][4]", "2.083333333333333"),
        ("Compile[{x}, x^2, RuntimeAttributes -> {Listable}][{1, 2, {3}}]", "{1., 4., {9.}}"),
        ("Compile[{x, {v, _Real, 1}}, x + v, RuntimeAttributes -> Listable][{1, 2}, {5, 6}]", "{{6., 7.}, {7., 8.}}"),
        ("Compile[{x, y}, x y, {{_, _Real}}, CompilationTarget -> \"C\"][2, 3]", "6."),
        ('Compile[{x}, x, RuntimeOptions -> {"CatchMachineOverflow" -> False}, Parallelization -> True][2]', "2."),
        ('Compile[{x}, x, RuntimeOptions -> "Speed"][2]', "2."),
        ("Map[Compile[{x}, 2 x], {1, 2}]", "{2., 4.}"),
        ("Head[Compile[{x}, x]]", "CompiledFunction"),
        ("Compile[{x}, x^2]", "Compile[{x}, x^2]"),
        ('FunctionCompile[Function[{Typed[x, "Real64"], Typed[n, "MachineInteger"]}, x^n]][2, 3]', "8."),
        ('FunctionCompile[Function[Typed[v, TypeSpecifier["PackedArray"]["Real64", 1]], Total[v]]][{1, 2}]', "3."),
    ],
)  # fmt: skip
def test_values(script: Script, program: str, expected: str) -> None:
    assert script(program) == expected
    assert script.messages == []


@pytest.mark.parametrize(
    ("program", "expected", "message"),
    [
        ("Compile[{x}, x^2][a]", "a^2", "CompiledFunction::cfsa: Argument a at position 1"),
        ("Compile[{x}, x + 1][10^400] == 10^400 + 1", "True", "CompiledFunction::cfsa"),
        ("Compile[{{n, _Integer}}, n + 1][2^63] == 2^63 + 1", "True", "CompiledFunction::cfsa"),
        ("Compile[{{n, _Integer}}, n][2.5]", "2.5", "CompiledFunction::cfsa: Argument 2.5 at position 1"),
        ("Compile[{{v, _Real, 1}}, v][{{1}}]", "{{1}}", "CompiledFunction::cfsa"),
        ("Head[Compile[{x}, x][1, 2]]", "Compile[{x}, x]", "CompiledFunction::cfct: Number of arguments 2"),
        (
            "Compile[{x}, x, RuntimeAttributes -> {Flat}]",
            "Compile[{x}, x, RuntimeAttributes -> {Flat}]",
            "Compile::optval",
        ),
        ("Compile[{2}, 2]", "Compile[{2}, 2]", "Compile::fun"),
        ("Compile[{{x, _Foo}}, 2]", "Compile[{{x, _Foo}}, 2]", "Compile::fun"),
        ('Head[Compile[{x}, x, CompilationTarget -> "D"]]', "Compile", "Compile::optval: D is no value"),
        ("Head[Compile[{x}, x, Parallelization -> 2]]", "Compile", "Compile::optval: 2 is no value"),
        ('Head[Compile[{x}, x, RuntimeOptions -> {"No" -> 1}]]', "Compile", "Compile::optval"),
        ("FunctionCompile[Function[x, x]]", "$Failed", "FunctionCompile::fun"),
        ('FunctionCompile[Function[Typed[x, "Quaternion"], x]]', "$Failed", "FunctionCompile::type"),
        (
            "Head[Compile[{x, y}, x y, RuntimeAttributes -> {Listable}][{1, 2}, {1, 2, 3}]]",
            "Compile[{x, y}, x*y, RuntimeAttributes -> {Listable}]",
            "CompiledFunction::tdlen",
        ),
    ],
)
def test_what_does_not_fit(script: Script, program: str, expected: str, message: str) -> None:
    assert script(program) == expected
    assert len(script.messages) == 1
    assert script.messages[0].startswith(message)
