"""A session that tests drive by text."""

from __future__ import annotations

from wlnet.kernel.evaluator import Evaluator


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

    def value(self, text: str) -> str:
        """The same, in InputForm."""
        return self.ev.text(self.expr(text), "InputForm")

    __call__ = value
