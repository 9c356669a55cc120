"""A fresh session for each test of the builtins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.script import Script


@pytest.fixture
def calculator() -> Script:
    return Script()


@pytest.fixture
def value(calculator: Script) -> Callable[[str], str]:
    return calculator.value


@pytest.fixture
def message(calculator: Script) -> Callable[[str], str]:
    """The text of the only message of an input, which stays unevaluated or gives something."""

    def only(text: str) -> str:
        calculator.messages.clear()
        calculator.value(text)
        assert len(calculator.messages) == 1, calculator.messages
        return calculator.messages[0]

    return only
