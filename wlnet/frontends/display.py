"""A result as the command line and the prompt show it: text, or a picture."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr
from wlnet.session import Session

_GRAPHICS_HEADS = ("Graphics", "Graphics3D", "Legended", "GraphicsRow", "GraphicsColumn", "GraphicsGrid")


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
