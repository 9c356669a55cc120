"""Loading chapters: the core ones at the start, any other when a symbol that it declares is first met.

A System` symbol that no loaded chapter has declared is a *stub*; the evaluator hands it to `load_stub`.
"""

from __future__ import annotations

import importlib

from wlnet.expr import SYSTEM, Symbol
from wlnet.expr.attributes import STUB

from .chapters import CORE, chapters, likely
from .control import RUN
from .state import active
from .threads import SHIELD

_loaded: set[str] = set()


def load_core() -> None:
    """Load the chapters that every program needs."""
    for name in CORE:
        load_chapter(name)


def load_chapter(name: str) -> None:
    """Import a chapter, with the shared definitions of System` symbols in place. Not interrupted halfway."""
    if name in _loaded:
        return
    with SHIELD:
        _loaded.add(name)
        state = active()
        if state is None:
            importlib.import_module(name)
        else:
            state.suspended(lambda: importlib.import_module(name))


def load_all() -> None:
    """Load every chapter."""
    for name in chapters():
        load_chapter(name)


def is_declared(name: str) -> bool:
    """Whether a loaded chapter declares System`name."""
    found = SYSTEM.get(name)
    return found is not None and found.builtin is not None


def load_name(name: str) -> bool:
    """Load the chapter that declares System`name, if there is one; whether it is declared now."""
    if is_declared(name):
        return True
    for chapter in likely(name):
        load_chapter(chapter)
        if is_declared(name):
            return True
    return False


def load_stub(s: Symbol) -> None:
    """Called when a stub is met: load its chapter, or accept it as an inert symbol."""
    s.attributes &= ~STUB
    load_name(s.name)


RUN.load = load_stub
