"""Every builtin's docstring examples: input, and the OutputForm expected (nothing below an input: Null)."""

from __future__ import annotations

from typing import Any

import pytest

from wlnet.expr import NULL, SYSTEM
from wlnet.kernel import registry
from wlnet.kernel.evaluator import Evaluator
from wlnet.worker import WORKER


def _declared() -> list[Any]:
    Evaluator()
    registry.load_all()
    records = [s.builtin for s in SYSTEM.values() if s.builtin is not None]
    return sorted((r for r in records if r.doc and r.examples()), key=lambda r: r.name)


def _run(record: Any) -> list[tuple[str, str, str]]:
    """(input, expected, found) for each example, in one fresh session."""
    ev = Evaluator()
    shown: list[str] = []
    ev.state.on_print = shown.append
    ev.state.on_message = lambda message: shown.append(repr(message))
    outcomes = []
    for source, expected in record.examples():
        shown.clear()
        value = ev.top(ev.read(source))
        found = "" if value is NULL else ev.text(value, "OutputForm")
        outcomes.append((source, expected, found if found or not shown else "\n".join(shown)))
    return outcomes


@pytest.mark.parametrize("record", _declared(), ids=lambda r: r.name)
def test_examples(record: Any) -> None:
    for source, expected, found in WORKER.run(lambda: _run(record)):
        assert _lines(found) == _lines(expected), f"{record.name}: {source}"


def _lines(text: str) -> list[str]:
    """Lines without the indentation that a docstring cannot show."""
    return [line.strip() for line in text.splitlines() if line.strip()]
