"""What the tests of nets share: a session that evaluates text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from wlnet.session import Session


class Language:
    """One session. `wl(code)` is the printed value and no message may come; `wl.value` and `wl.error` give
    the rest.
    """

    def __init__(self) -> None:
        self.session = Session()

    def value(self, code: str) -> Any:
        """The value of the last expression of `code`, as a value of the language; no messages are allowed."""
        found = self.quietly(code)
        assert not self.messages, self.messages
        return found

    def quietly(self, code: str) -> Any:
        """The value of the last expression of `code`; its messages are in `messages`."""
        self.session.state.counts.clear()
        self.messages: list[str] = []
        found = None
        evaluator = self.session.evaluator
        evaluator.activate()
        self.session.messages.clear()
        for e in evaluator.read_all(code):
            assert not isinstance(e, Exception), e
            found = evaluator.evaluate(e)
        self.messages = [f"{m.symbol.name}::{m.tag}: {m.text}" for m in self.session.messages]
        return found

    def __call__(self, code: str, form: str = "OutputForm") -> str:
        """The printed value of the last expression of `code`; no messages are allowed."""
        return self.session.text(self.value(code), form)

    def error(self, code: str) -> str:
        """The only message of `code`, whose value must be $Failed."""
        found = self.quietly(code)
        assert repr(found) == "$Failed", found
        assert len(self.messages) == 1, self.messages
        return self.messages[0]


@pytest.fixture
def wl() -> Iterator[Language]:
    """A fresh session."""
    yield Language()
