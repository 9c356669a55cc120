"""The session that the tests of a module share, where making nets and data anew for each takes long."""

from __future__ import annotations

import io
from typing import Any

from wlnet.session import Session


class Values:
    """`values(code)` is the value of the last expression of `code`, as a value of the language."""

    def __init__(self) -> None:
        self.session = Session()
        self.session.state.progress_stream = io.StringIO()

    def __call__(self, code: str) -> Any:
        """No messages are allowed."""
        value = self.quietly(code)
        assert not self.session.messages, self.session.messages
        return value

    def quietly(self, code: str) -> Any:
        """Messages are in `session.messages`."""
        self.session.messages.clear()
        self.session.state.counts.clear()
        evaluator = self.session.evaluator
        evaluator.activate()
        return [evaluator.evaluate(each) for each in evaluator.read_all(code)][-1]
