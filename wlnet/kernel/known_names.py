"""The names of the language that are known, whether wlnet has them or not.

They are read when the first capitalised name is met that no chapter declares, so that most programs
never read them.
"""

from __future__ import annotations

from typing import Any

from wlnet.expr import Symbol
from wlnet.syntax.data import read_data

from .chapters import likely
from .control import RUN, Abort
from .evaluate import Computed

_names: frozenset[str] = frozenset()
TAG = "lacking"


def known_names() -> frozenset[str]:
    """All names of the System` context that are known."""
    global _names
    if not _names:
        lines = read_data("names.txt").split("\n")
        _names = frozenset(line for line in lines if line and not line.startswith("#"))
    return _names


class Lacking(Computed):
    """The value of a name that wlnet lacks in a strict session: its use is an error."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def apply(self) -> Any:
        RUN.ev.message("General", TAG, self.name)
        raise Abort


def meet(symbol: Symbol) -> None:
    """Called with a new symbol whose name begins as those of the language do: says so, once for each name,
    if the language has it and wlnet does not. A name that a chapter mentions, such as that of an option or of
    a layer's parameter, is taken by name wherever it stands.
    """
    ev = RUN.ev
    state = ev.state
    if symbol.name in state.lacking or symbol.name not in known_names() or likely(symbol.name):
        return
    state.lacking.add(symbol.name)
    if state.strict:
        symbol.own = Lacking(symbol.name)
    else:
        ev.message("General", TAG, symbol.name)
