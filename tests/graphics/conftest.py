"""A session that draws: values, messages, pixels, SVG texts."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from wlnet.expr import Expr, S, items
from wlnet.graphics import png_bytes, svg_text
from wlnet.kernel.evaluator import Evaluator


class Studio:
    def __init__(self) -> None:
        self.ev = Evaluator()
        self.messages: list[str] = []
        self.ev.state.on_message = lambda m: self.messages.append(f"{m.name}: {m.text}")

    def expr(self, text: str) -> Any:
        value: Any = None
        for e in self.ev.read_all(text):
            if isinstance(e, Exception):
                raise e
            value = self.ev.top(e)
        return value

    def text(self, text: str) -> str:
        return self.ev.text(self.expr(text), "InputForm")

    def pixels(self, text: str, resolution: float = 72.0) -> np.ndarray:
        """The picture as (rows, columns, 3), 0 ... 255."""
        made = png_bytes(self.ev, self.expr(text), resolution)
        assert made is not None, text
        return np.asarray(Image.open(io.BytesIO(made)).convert("RGB"))

    def svg(self, text: str) -> str:
        made = svg_text(self.ev, self.expr(text))
        assert made is not None, text
        return made

    def option(self, text: str, name: str) -> Any:
        """The value of an option of the picture that `text` gives."""
        for rule in self.expr(text).args[1:]:
            if rule.args[0].name == name:
                return rule.args[1]
        return None


def parts(e: Any, head: Any) -> list[Expr]:
    """All expressions with a head, outermost first."""
    found, todo = [], [e]
    while todo:
        each = todo.pop(0)
        if type(each) is Expr:
            if each.head is head:
                found.append(each)
            todo += each.args
    return found


def lines(e: Any) -> list[np.ndarray]:
    return [np.asarray(line.args[0]) for line in parts(e, S.Line)]


def share(pixels: np.ndarray, color: tuple[int, int, int], within: int = 12) -> float:
    """The part of the pixels that have nearly this colour."""
    near = (np.abs(pixels.astype(int) - color) <= within).all(-1)
    return float(near.mean())


def rules(e: Any) -> dict[str, Any]:
    return {rule.args[0].name: rule.args[1] for rule in e.args[1:] if rule.head is S.Rule}


def listed(e: Any) -> list[Any]:
    return list(items(e))


@pytest.fixture
def studio() -> Studio:
    return Studio()
