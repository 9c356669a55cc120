"""Whatever is typed: a value or a message, never a Python error, never a crash, and the session goes on.

Internal errors raise here (WLNET_DEBUG, see conftest). `python tests/test_robustness.py COUNT SEED` runs as
many random inputs as asked for.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Iterator

import pytest

from wlnet import wl
from wlnet.expr import SYSTEM
from wlnet.session import Session
from wlnet.worker import WORKER

SECONDS = 5.0  # after which an input is interrupted: random loops may well be endless
LEAVING = ("Quit", "Exit", "Pause", "Abort")
_OPERATORS = r"""
+ - * / ^ == = := -> :> /. //. /@ @@ @@@ // & && || ! ; , . .. ... : ? ?? ~~ <> < > <= === =!= | /; ++ -- +=
^= ^:= /: =. ' ;; @ ~ :: % %% %3 # ## #1 #name _ __ ___ x_ x_. [ ] [[ ]] ( ) { } <| |> \[Alpha] \[Rule] "
\ ` (* *)
"""
_ATOMS = r"""
0; 1; 2; -1; 3; 10; 1/2; 0.5; -1.5; 1.*^20; 1.5`20; I; 1 + 2 I; x; y; f; "abc"; ""; True; Null; None; All;
Automatic; Infinity; ComplexInfinity; Indeterminate; Pi; {}; {1, 2, 3}; {1., 2.}; {{1, 2}, {3, 4}}; {a, b};
{"x", "y"}; <||>; <|"a" -> 1|>; <|a -> {1, 2}|>; x -> 1; {x -> 1}; x_; _Integer; x__; _; #; (# + 1) &; Plus;
Sin; {x, 1, 3}; {i, 3}; -2; 2^70; UpTo[2]; NumericArray[{1, 2}, "Real32"]; ByteArray[{1, 2}]; LinearLayer[2];
f[x]; x^2 + 1; x == 1; Sqrt[2]; Hold[x]; Quantity[3, "Meters"]; Missing[]; SparseArray[{1 -> 1}, 3];
Sequence[]; Unevaluated[1 + 1]; Dataset[{1, 2}]; NetInitialize[LinearLayer[2, "Input" -> 2]];
NetChain[{LinearLayer[2], Ramp}, "Input" -> 2]
"""
OPERATORS = [*_OPERATORS.split(), "\n", "\n\n"]
ATOMS = _ATOMS.split(";")


def soup(chance: random.Random, names: list[str]) -> str:
    """Words in any order."""
    kinds = [OPERATORS, OPERATORS, ATOMS, names, [name + "[" for name in names]]
    words = [chance.choice(chance.choice(kinds)) for _ in range(chance.randint(1, 14))]
    return chance.choice(["", " "]).join(words)


def call(chance: random.Random, names: list[str], depth: int = 3) -> str:
    """A well-formed expression: builtins called with whatever."""
    if depth == 0 or chance.random() < 0.35:
        return chance.choice(ATOMS)
    count = chance.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4))
    inside = [call(chance, names, depth - 1) for _ in range(count)]
    text = f"{chance.choice(names)}[{', '.join(inside)}]"
    return text if chance.random() < 0.9 else f"{text}[{call(chance, names, depth - 1)}]"


def make_session() -> Session:
    return Session(on_print=lambda text: None, on_message=lambda text: None, sandbox=True)


def survives(session: Session, text: str) -> None:
    """Evaluate and print; raises what should not come out of a session."""
    timer = threading.Timer(SECONDS, WORKER.interrupt)
    timer.start()
    try:
        for result in session.run(text):
            if result.value is not None:
                session.text(result.value, "OutputForm")
                session.text(result.value, "InputForm")
    except (SystemExit, KeyboardInterrupt):
        pass
    finally:
        timer.cancel()


def functions(session: Session) -> list[str]:
    return [n for n in session.names() if n not in LEAVING and n in SYSTEM and n[0].isupper()]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    yield make_session()


def test_words_in_any_order(session: Session) -> None:
    chance, names = random.Random(5), functions(session)
    for _ in range(400):
        survives(session, soup(chance, names))
    assert session.evaluate("1 + 1") == 2


ODD = [
    "Interval[{1., 2.}, 1 + 2 I]",
    "{1, 2} /. HoldPattern[] -> 1",
    "Fourier[1, Range[5][x]]",
    "Map[f, Range[3][x]]; Range[3][x] /. x -> 1; FunctionLayer[Range[5][#] &]",
    'Protect[""]',
    "Refine[Im[]]",
    "TemplateObject[][x]",
    "StringInsert[Pi, Splice[Pi, _]]",
    "{Splice[Pi], Splice[f[1]], Splice[]}",
    "FunctionLayer[Range[5]]",
    "FunctionLayer[{1, 2}[#] &]",
    "Reduce[f, x]",
    "FindInstance[{a, 1}, x]",
    "FromCoefficientRules[{1., 2.}, x]",
    "FromCoefficientRules[{{1} -> 2}, {x, y}]",
    'ColorConvert[{a, b}, "RGB"]',
    "Plot3D[{}, {x, 0, 1}, {y, 0, 1}]",
    "ImageAspectRatio[Legended[x, 2]]",
    "ImageAspectRatio[GraphicsGrid[x]]",
]


# Constructs of patterns with too few or too many arguments: ordinary expressions.
MISSHAPEN = """
Except[]; Longest[]; Shortest[]; Alternatives[]; PatternSequence[]; Optional[]; Pattern[]; Condition[];
PatternTest[]; Repeated[]; RepeatedNull[]; Verbatim[]; OptionsPattern[]; KeyValuePattern[]; HoldPattern[];
Pattern[x]; Pattern[1, _]; Condition[x]; PatternTest[_]; Blank[1, 2]; Repeated[1, 2, 3]; Optional[x, y, z];
Except[1, 2, 3]; Verbatim[1, 2]; BlankSequence[a, b]; OrderlessPatternSequence[]; Repeated[_, x]; _[]; x_[];
Repeated["a", -1]; Repeated["a", {x}]; RegularExpression["("]; Longest[_, 2, 3]; Repeated[][1]
"""
USES = (
    "MatchQ[1, %]; MatchQ[f[1, 2], f[%, _]]; f[1] /. f[%] -> 2; g[%] := 1; g[1]; g[%]; Cases[{1}, %]",
    "MatchQ[<|a -> 1|>, <|a -> %|>]; x /. {y_ /; % -> 1}; h[x_] := % /; True; h[1]; Replace[1, x_ :> %]",
    'StringMatchQ["abc", %]; StringCases["abc", x : %]; StringReplace["abc", "b" ~~ % -> "c"]',
    "Block[{%}, 1]; Module[{%}, 1]; With[{%}, 1]; Function[%, 1][2]; Table[1, {%, 2}]; % = 1; % := 2; %[1]",
    "SetAttributes[k, Orderless]; k[%, _] := 1; k[1, 2]; SetAttributes[m, Flat]; m[%, x_] := 2; m[1, 2]",
    "Switch[1, %, 2]; FreeQ[{1}, %]; DeleteCases[{1}, %]; Clear[%]; Position[{1}, %]; Count[{1}, %, 2]",
)


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("pattern", [p.strip() for p in MISSHAPEN.split(";")])
def test_misshapen_patterns(pattern: str, use: str) -> None:
    survives(make_session(), use.replace("%", pattern))


def test_a_misshapen_pattern_matches_itself(session: Session) -> None:
    assert session.evaluate("{MatchQ[f[1], f[Except[]]], MatchQ[f[Except[]], f[Except[]]]}") == [False, True]


@pytest.mark.parametrize("text", ODD)
def test_odd_calls(session: Session, text: str) -> None:
    survives(session, text)


LARGE = [
    ("Range[10^12]", "Range::toolarge"),
    ("ConstantArray[1, {10^5, 10^5}]", "ConstantArray::toolarge"),
    ("IntegerPartitions[2^70]", "IntegerPartitions::toolarge"),
    ("10^(10^10)", "General::ovfl"),
    ("f[x_] := f[x + 1]; f[0]", "$IterationLimit::itlim"),
    ("g[x_] := 1 + g[x + 1]; g[0]", "$RecursionLimit::reclim2"),
]


@pytest.mark.parametrize(("text", "message"), LARGE)
def test_too_large(text: str, message: str) -> None:
    session = make_session()
    session.evaluate(text)
    assert [m.name for m in session.messages] == [message]
    assert session.evaluate("1 + 1") == 2


def test_deep_nesting() -> None:
    session = make_session()
    assert session.evaluate("Depth[Nest[h, x, 10^5]]") == 100_001
    assert session.evaluate("(" * 5000 + "7" + ")" * 5000) == 7
    assert session.evaluate("Length[{" * 300 + "}]" * 300) == 1
    assert session.evaluate("StringLength[ToString[Nest[h, x, 10^4]]]") == 30_001


def test_deep_values_reach_python() -> None:
    limit = sys.getrecursionlimit()
    session = make_session()
    deep = session.evaluate("Nest[h, x, 10^5]")
    assert len(repr(deep)) == 300_001
    session.evaluate(wl.Depth(deep))
    assert [m.name for m in session.messages] == ["$RecursionLimit::reclim2"]
    nested = session.evaluate("Nest[{#} &, 1, 900]")
    assert session.evaluate(wl.Depth(nested)) == 901
    assert len(session.evaluate("Nest[{#} &, 1, 10^5]")) == 1
    assert sys.getrecursionlimit() == limit, "deep Python recursion must keep ending in RecursionError"


def test_deep_recursion() -> None:
    session = make_session()
    program = "$RecursionLimit = 100000; f[0] = 0; f[n_] := 1 + f[n - 1]; f[30000]"
    assert session.evaluate(program) == 30_000
    session.evaluate("$RecursionLimit = Infinity; g[n_] := 1 + g[n + 1]; g[0]")
    assert [m.name for m in session.messages] == ["$RecursionLimit::stack"]
    assert session.evaluate("1 + 1") == 2


@pytest.mark.parametrize(
    "loop",
    [
        "While[True]",
        "Do[Null, {10^12}]",
        "i = 0; While[True, i++]",
        "NestWhile[# + 1 &, 0, True &]",
        "FixedPoint[# + 1 &, 0]",
        "NetTrain[LinearLayer[], {1 -> 2.}, MaxTrainingRounds -> 10^8]",
    ],
)
def test_endless_loops_end_in_time(loop: str) -> None:
    session = make_session()
    assert repr(session.evaluate(f"TimeConstrained[{loop}, 0.3]")) == "$Aborted"
    assert session.evaluate("1 + 1") == 2


def main() -> None:
    os.environ["WLNET_DEBUG"] = "1"
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    session, chance = make_session(), random.Random(seed)
    names = functions(session)
    for i in range(count):
        text = chance.choice((soup, call))(chance, names)
        try:
            survives(session, text)
        except Exception as error:
            print(f"{type(error).__name__}: {error}\n    {text!r}")
        if i % 200 == 199:
            session = make_session()


if __name__ == "__main__":
    main()
