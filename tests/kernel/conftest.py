"""A fresh session for each test of the kernel."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from wlnet.kernel.evaluator import DEPTH_OF_PYTHON, Evaluator

sys.setrecursionlimit(DEPTH_OF_PYTHON)  # before any test: hypothesis wants it to stay as it was


class Script:
    """One session driven by text; what it shows is collected."""

    def __init__(self) -> None:
        self.ev = Evaluator()
        self.messages: list[str] = []
        self.printed: list[str] = []
        self.ev.state.on_message = lambda m: self.messages.append(f"{m.name}: {m.text}")
        self.ev.state.on_print = self.printed.append

    def expr(self, text: str) -> object:
        """The value of the last expression in `text`."""
        value: object = None
        for e in self.ev.read_all(text):
            if isinstance(e, Exception):
                raise e
            value = self.ev.top(e)
        return value

    def __call__(self, text: str) -> str:
        """The same, in InputForm."""
        return self.ev.text(self.expr(text), "InputForm")


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def check(script: Script) -> Callable[[str, str], None]:
    """A function of a program and the InputForm expected of its last value."""

    def run(program: str, expected: str) -> None:
        assert script(program) == expected

    return run
