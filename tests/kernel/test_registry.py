"""Declaring builtins: arity, options, operator forms, definitions in the language; loading on demand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wlnet.expr import SYSTEM, S, make_list, system
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel import registry
from wlnet.kernel.chapters import chapters

from .conftest import Script

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def sample_builtins() -> Any:
    """A few builtins for this module only."""
    before = set(SYSTEM)

    @registry.builtin("SampleSpan", operator=0, messages={"neg": "Negative `1`."})
    def sample_span(ev: Any, x: Any, n: Any, *, same_test: Any = S.Automatic, label: Any = "none") -> Any:
        """SampleSpan[x, n] is a sample."""
        return make_list([x, n, same_test, label])

    @registry.builtin("SampleMany", attributes=HOLD_ALL)
    def sample_many(ev: Any, first: Any, *rest: Any) -> Any:
        """SampleMany[x, ...] is a sample.

        >>> SampleMany[1]
        1
        """
        return len(rest) + 1

    registry.wl_rules(
        "SampleTwice SampleHelp",
        usage={"SampleTwice": "SampleTwice[x] is twice x.", "SampleHelp": "SampleHelp[x, n] is n x."},
        rules="SampleTwice[x_] := SampleHelp[x, 2]\nSampleHelp[x_, n_] := n x",
    )
    registry.symbol("$SampleValue", value=17, usage="$SampleValue is 17.")
    yield
    for name in set(SYSTEM) - before:
        if name.startswith(("Sample", "$Sample")):
            del SYSTEM[name]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("SampleSpan[a, b]", '{a, b, Automatic, "none"}'),
        ("SampleSpan[a, b, SameTest -> f]", '{a, b, f, "none"}'),
        ('SampleSpan[a, b, "SameTest" -> f, {"Label" -> 3}]', "{a, b, f, 3}"),
        ("SampleSpan[a, b, Label -> 1, Label -> 2]", "{a, b, Automatic, 1}"),
        ("k = 5; SampleSpan[a, b, Label :> k]", "{a, b, Automatic, 5}"),
        ("SampleSpan[x -> 1, y -> 2]", '{x -> 1, y -> 2, Automatic, "none"}'),
        ("SampleSpan[b][a]", '{a, b, Automatic, "none"}'),
        ("SampleSpan[b, Label -> 2][a]", "{a, b, Automatic, 2}"),
        ("SampleMany[1 + 1, 2, 3]", "3"),
        ("Options[SampleSpan]", '{SameTest -> Automatic, Label -> "none"}'),
        ("SetOptions[SampleSpan, Label -> 9]; SampleSpan[a, b]", "{a, b, Automatic, 9}"),
        ("{SampleTwice[z], SampleHelp[2, 3]}", "{2*z, 6}"),
        ("$SampleValue + 1", "18"),
        ("Attributes[SampleMany]", "{HoldAll, Protected}"),
    ],
)
def test_calls(script: Script, program: str, expected: str) -> None:
    assert script(program) == expected


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            "SampleSpan[1, 2, 3]",
            "SampleSpan::argrx: SampleSpan called with 3 arguments; 2 arguments are expected.",
        ),
        ("SampleSpan[]", "SampleSpan::argrx: SampleSpan called with 0 arguments; 2 arguments are expected."),
        (
            "SampleMany[]",
            "SampleMany::argm: SampleMany called with 0 arguments; 1 or more arguments are expected.",
        ),
        (
            "SampleSpan[a, b, SmeTest -> f]",
            "SampleSpan::optnear: Unknown option SmeTest in SampleSpan[a, b, SmeTest -> f]. "
            "Did you mean SameTest?",
        ),
    ],
)
def test_wrong_calls(script: Script, program: str, message: str) -> None:
    assert script(program) == program
    assert script.messages == [message]


def test_rules_in_the_language_survive_a_users_own(script: Script) -> None:
    """A definition made before the built-in ones are read does not keep them away."""
    other = Script()
    script("Unprotect[SampleTwice]; SampleTwice[special] = 0")
    assert script("{SampleTwice[special], SampleTwice[3]}") == "{0, 6}"
    assert other("SampleTwice[special]") == "2*special"


def test_usage_and_examples() -> None:
    record = system("SampleMany").builtin
    assert record.usage == "SampleMany[x, ...] is a sample."
    assert record.examples() == [("SampleMany[1]", "1")]
    assert system("SampleTwice").builtin.usage == "SampleTwice[x] is twice x."


def test_every_declared_symbol_has_a_usage() -> None:
    Script()
    registry.load_all()
    silent = sorted(s.name for s in SYSTEM.values() if s.builtin is not None and not s.builtin.usage)
    assert silent == []


@pytest.mark.slow
@pytest.mark.parametrize("chapter", [c for c in chapters() if c.startswith("wlnet.builtins.")])
def test_each_chapter_can_be_the_first(chapter: str) -> None:
    code = f"import {chapter}; from wlnet.kernel.evaluator import Evaluator; assert Evaluator().top(1) == 1"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_names_are_found_without_loading_everything() -> None:
    code = (
        "import sys; from wlnet.kernel.evaluator import Evaluator; ev = Evaluator();"
        "assert ev.top(ev.read('Total[Map[#^2 &, {1, 2}]]')) == 5; ev.top(ev.read('MyOwnName[x_] := x'));"
        "bad = [m for m in sys.modules if m.startswith(('wlnet.net', 'wlnet.graphics', 'scipy', 'sympy'))];"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
