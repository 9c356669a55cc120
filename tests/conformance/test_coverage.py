"""The list of what the language has and wlnet lacks: written down, and said at the first use."""

from __future__ import annotations

import pytest

from tests.conformance.names_report import FILE, report, supported
from wlnet.expr import SYSTEM
from wlnet.kernel.chapters import likely
from wlnet.kernel.known_names import known_names
from wlnet.kernel.loading import load_all
from wlnet.session import EvaluationError, Session

LACKING = sorted(name for name in known_names() - supported() if not likely(name))


def test_coverage_is_up_to_date() -> None:
    again = "run `python -m tests.conformance.names_report`"
    assert FILE.read_text(encoding="utf-8") == report(), again


def test_names_are_sound() -> None:
    names = known_names()
    assert len(names) > 6000
    assert {"Map", "NetTrain", "$Failed", "WolframAlpha"} <= names


def test_options_are_not_lacking() -> None:
    load_all()
    options = {name for s in SYSTEM.values() if s.builtin is not None for name in s.builtin.options}
    assert {"PageWidth", "Assumptions"} <= options
    assert options & set(LACKING) == set()


def test_first_use_says_so_once() -> None:
    said: list[str] = []
    session = Session(on_message=said.append)
    name = LACKING[0]
    session.evaluate(f"{name}[1]; {name}[2]")
    session.evaluate(f"{name}[3]")
    assert said == [f"General::lacking: {name} is a name of the language that wlnet does not have."]


UNREMARKABLE = """
lowercase[1]; MyOwnName[1]; Map[f, {1}]; my`WolframAlpha[1]; "WolframAlpha"; DeleteContents -> 1
"""


@pytest.mark.parametrize("source", [source.strip() for source in UNREMARKABLE.split(";")])
def test_nothing_is_said(source: str) -> None:
    said: list[str] = []
    Session(on_message=said.append).evaluate(source)
    assert said == []


def test_strict_ends_the_evaluation() -> None:
    session = Session(strict=True, on_message=lambda text: None)
    with pytest.raises(EvaluationError, match="General::lacking"):
        session.evaluate(f"x = 1; {LACKING[0]}[2]; x = 3", check=True)
    assert session.evaluate("x") == 1
    assert session.evaluate("1 + 1") == 2


def test_known_names_are_not_read_at_the_start() -> None:
    import subprocess
    import sys

    code = (
        "from wlnet.session import Session\nfrom wlnet.kernel import known_names\n"
        "Session().evaluate('f[x_] := x + 1; f[Range[3]]')\nassert not known_names._names"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
