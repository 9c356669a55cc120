"""A result as the command line and the prompt show it: text, or a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S
from wlnet.session import Session

_GRAPHICS_HEADS = ("Graphics", "Graphics3D", "Legended", "GraphicsRow", "GraphicsColumn", "GraphicsGrid")

# Characters of an output that the prompt shows whole (some hundred lines), and lines of one that it shortens.
LONGEST = 10_000
SHORTENED_LINES = 10


def is_picture(value: Any) -> bool:
    """Whether `value` is something to look at. Cheap: does not load the graphics room."""
    head = getattr(value.head, "name", "") if type(value) is Expr else type(value).__name__
    return head in _GRAPHICS_HEADS or (type(value) is not Expr and head == "Image")


def shown(session: Session, value: Any, form: str) -> str:
    """The text that shows `value`; for a picture the terminal's own sequence or the path of its file."""
    if is_picture(value):
        from wlnet.frontends.pictures import shown_picture  # needs temporary files and encodings

        picture = shown_picture(session, value)
        if picture is not None:
            return picture
    return session.text(value, form)


def shown_briefly(session: Session, value: Any, form: str) -> str:
    """As `shown`, but a very long output is shortened, without making all of its text first."""
    if type(value) is str:
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}\n{_note(f'{len(value)} characters')}"
    if size(value, LONGEST) < LONGEST:
        text = shown(session, value, form)
        if len(text) <= LONGEST or is_picture(value):
            return text
    brief = session.text(Expr(S.Short, (value, SHORTENED_LINES)), "OutputForm")
    return f"{brief}\n{_note('a long output')}"


def _note(what: str) -> str:
    return f"(shortened: {what}; Print[%] shows all of it)"


def size(value: Any, limit: int) -> int:
    """The number of atoms in `value`, or `limit` as soon as there are that many."""
    count = 0
    stack = [value]
    while stack and count < limit:
        x = stack.pop()
        if type(x) is Expr:
            stack.append(x.head)
            stack.extend(x.args[:limit])
        elif type(x) is np.ndarray:
            count += x.size
        elif type(x) is Association:
            stack.extend(v for _, v in list(x.pairs())[:limit])
            count += len(x.entries)
        else:
            count += 1
    return min(count, limit)
