"""Errors of the net room: what a user asked of a net that cannot be."""

from __future__ import annotations

from wlnet.kernel.errors import WlnetError


class NetError(WlnetError):
    """A user's mistake, told as the message `symbol::tag: text`.

    `text` says what was asked, what was found, where, and what would be right; it needs no further
    arguments. The border (`wlnet.net.border`) turns it into the message and `$Failed`.
    """

    def __init__(self, symbol: str, tag: str, text: str) -> None:
        super().__init__(f"{symbol}::{tag}: {text}")
        self.symbol = symbol
        self.tag = tag
        self.text = text


class ConflictError(Exception):
    """A layer's own view of a contradiction: it knows its port, not its place in a net.

    port    the port at which what is known does not fit
    wanted  what the layer takes there, as it stands after "but takes"
    found   what it got, as it stands after "got "Input" of"; None: the type of the port as it stands
    remedy  a full sentence, or ""
    """

    def __init__(self, port: str, wanted: str, found: str | None = None, remedy: str = "") -> None:
        super().__init__(f"{port}: {wanted} / {found}")
        self.port = port
        self.wanted = wanted
        self.found = found
        self.remedy = remedy


def nearest(name: str, known: list[str]) -> str:
    """A sentence naming the entry of `known` nearest to `name`, or all of them, or "" where there is none."""
    if not known:
        return ""
    import difflib

    lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), list(lower), 1)
    if close:
        return f'Did you mean "{lower[close[0]]}"?'
    return "Known are " + ", ".join(f'"{each}"' for each in known) + "."
