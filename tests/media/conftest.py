"""A session for tests of images and sounds: values, texts, messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from wlnet.session import Session


class Studio:
    """One session. `text` evaluates quietly, `array` gives pixels, `message` the only message."""

    def __init__(self) -> None:
        self.session = Session()

    def value(self, code: str) -> Any:
        self.session.state.counts.clear()
        evaluator = self.session.evaluator
        evaluator.activate()
        self.session.messages.clear()
        found = None
        for e in evaluator.read_all(code):
            assert not isinstance(e, Exception), e
            found = evaluator.evaluate(e)
        self.messages = [f"{m.symbol.name}::{m.tag}: {m.text}" for m in self.session.messages]
        return found

    def text(self, code: str) -> str:
        found = self.value(code)
        assert not self.messages, self.messages
        return self.session.text(found, "OutputForm")

    def array(self, code: str) -> np.ndarray:
        """The values of an image from 0 to 1."""
        found = self.value(code)
        assert not self.messages, self.messages
        return np.asarray(found.unit())

    def message(self, code: str) -> str:
        self.value(code)
        assert len(self.messages) == 1, self.messages
        return self.messages[0]

    def put(self, name: str, value: Any) -> None:
        self.session.state.resolve(name).own = value


@pytest.fixture
def studio() -> Iterator[Studio]:
    yield Studio()
