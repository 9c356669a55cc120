"""A fresh session for each test of the builtins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wlnet.kernel.evaluator import Evaluator


class Calculator:
    """One session: `value(text)` is the last result in InputForm; `messages` and `printed` collect texts."""

    def __init__(self) -> None:
        self.ev = Evaluator()
        self.messages: list[str] = []
        self.printed: list[str] = []
        self.ev.state.on_message = lambda m: self.messages.append(f"{m.name}: {m.text}")
        self.ev.state.on_print = self.printed.append

    def expr(self, text: str) -> object:
        value: object = None
        for e in self.ev.read_all(text):
            if isinstance(e, Exception):
                raise e
            value = self.ev.top(e)
        return value

    def value(self, text: str) -> str:
        return self.ev.text(self.expr(text), "InputForm")


@pytest.fixture
def calculator() -> Calculator:
    return Calculator()


@pytest.fixture
def value(calculator: Calculator) -> Callable[[str], str]:
    return calculator.value


@pytest.fixture
def message(calculator: Calculator) -> Callable[[str], str]:
    """The text of the only message of an input, which stays unevaluated or gives something."""

    def only(text: str) -> str:
        calculator.messages.clear()
        calculator.value(text)
        assert len(calculator.messages) == 1, calculator.messages
        return calculator.messages[0]

    return only
