"""Pictures: Graphics expressions, the functions that make them, and their drawing with matplotlib.

is_graphics(e)       whether e is a picture (cheap: loads nothing)
render(ev, e, path)  write it to a file whose extension tells the kind
png_bytes, svg_text  for notebooks
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wlnet.expr import Expr

HEADS = ("Graphics", "Graphics3D", "Legended", "GraphicsRow", "GraphicsColumn", "GraphicsGrid")


def is_graphics(e: Any) -> bool:
    """Whether `e` is something to look at."""
    if type(e) is Expr:
        return getattr(e.head, "name", "") in HEADS and bool(e.args)
    return type(e).__name__ == "Image"


def render(ev: Any, e: Any, path: str | Path, resolution: float = 72.0) -> bool:
    """Write picture `e` to `path` (.png, .svg, .pdf); False where it is no picture.  `resolution` in dots an
    inch.
    """
    from .figure import picture_bytes

    made = picture_bytes(ev, e, Path(path).suffix.removeprefix(".").lower(), resolution)
    if made is None:
        return False
    Path(path).write_bytes(made)
    return True


def png_bytes(ev: Any, e: Any, resolution: float = 144.0) -> bytes | None:
    """The picture as a PNG file, None where `e` is no picture."""
    from .figure import picture_bytes

    return picture_bytes(ev, e, "png", resolution)


def svg_text(ev: Any, e: Any) -> str | None:
    """The picture as SVG, None where `e` is no picture."""
    from .figure import picture_bytes

    made = picture_bytes(ev, e, "svg")
    return None if made is None else made.decode("utf-8")
