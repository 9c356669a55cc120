"""Showing a picture that a script or the prompt returns: inline where the terminal can, else as a file."""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from wlnet.session import Session

KITTY_CHUNK = 4096  # bytes of base64 text in one escape sequence; the protocol's own limit


def shown_picture(session: Session, value: Any) -> str | None:
    """Text that shows the picture `value`: the terminal's inline sequence or the path it was saved under.

    None when it cannot be drawn (its expression is shown instead).
    """
    path = save(session, value)
    if path is None:
        return None
    name = "-Image-" if type(value).__name__ == "Image" else "-Graphics-"
    return inline_sequence(path.read_bytes()) or f"{name} saved as {path}"


def save(session: Session, value: Any) -> Path | None:
    """Export `value` as a PNG file of a new name in the picture folder; None when the export fails.

    A sandbox saves nothing.
    """
    if session.state.sandbox:
        return None
    folder = Path(os.environ.get("WLNET_PICTURES", Path(tempfile.gettempdir()) / "wlnet"))
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + sum(1 for _ in folder.glob("picture-*.png"))
    while (path := folder / f"picture-{number:03}.png").exists():
        number += 1
    done = session.evaluate_expression(session.expression("Export", str(path), value))
    return path if done == str(path) else None


def inline_sequence(png: bytes) -> str | None:
    """The escape sequence that draws `png` in this terminal, or None where it cannot."""
    if not sys.stdout.isatty():
        return None
    data = base64.standard_b64encode(png).decode("ascii")
    if os.environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm"):
        return f"\033]1337;File=inline=1;size={len(png)}:{data}\a"
    if os.environ.get("KITTY_WINDOW_ID") or os.environ.get("TERM") == "xterm-kitty":
        chunks = [data[i : i + KITTY_CHUNK] for i in range(0, len(data), KITTY_CHUNK)]
        head = [f"\033_Ga=T,f=100,m={int(len(chunks) > 1)};{chunks[0]}\033\\"]
        rest = [f"\033_Gm={int(i < len(chunks) - 1)};{c}\033\\" for i, c in enumerate(chunks[1:], 1)]
        return "".join(head + rest)
    return None
