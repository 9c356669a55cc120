"""Symbols: interned, compared with `is`, holders of their own definitions.

A symbol in the context System` is one object for the whole process. Every other symbol belongs to the table
of the session that made it, so that two sessions never share a definition. What a session changes on a
System` symbol is saved and swapped by `wlnet.kernel.definitions` when the session becomes the active one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .attributes import STUB


class Clock:
    """Global versions.

    version   of all definitions: an expression whose stamp equals it is known to be fully evaluated
    changes   how often definitions or attributes of any symbol changed, as far as `touch` was called
    shape     of what compiled code rests on: attributes, defaults, redefined built-in forms
    """

    __slots__ = ("changes", "shape", "version")

    def __init__(self) -> None:
        self.version = 1
        self.changes = 0
        self.shape = 1


CLOCK = Clock()

# Called with a System` symbol before the first change of its definitions;
# `wlnet.kernel.definitions` installs it.
_before_shared_change: Callable[[Symbol], None] | None = None


class Symbol:
    """A WL symbol: `context` ends in a backquote, `name` has none.

    The definition slots (`own`, `down`, `sub`, `up`, `n_values`, `default_values`, `format_values`,
    `messages`, `options`, `builtin`) are owned by `wlnet.kernel`. Whoever writes one of them, or
    `attributes`, calls `touch()` first. `bare` marks a symbol on whose *lack* of a definition some cached
    evaluation rests (design, section 5).
    """

    __slots__ = (
        "attributes",
        "bare",
        "builtin",
        "context",
        "default_values",
        "down",
        "format_values",
        "messages",
        "n_values",
        "name",
        "options",
        "own",
        "shared",
        "sub",
        "up",
    )

    def __init__(self, name: str, context: str) -> None:
        self.name = name
        self.context = context
        self.shared = context == "System`"
        self.bare = False
        self.attributes = 0
        self.own: Any = None
        self.down: Any = None
        self.sub: Any = None
        self.up: Any = None
        self.n_values: Any = None
        self.default_values: Any = None
        self.format_values: Any = None
        self.messages: Any = None
        self.options: Any = None
        self.builtin: Any = None

    @property
    def full_name(self) -> str:
        return self.context + self.name

    def touch(self) -> None:
        """Announce a change of this symbol's definitions or attributes:
        cached evaluations that rest on it end.
        """
        if self.shared and _before_shared_change is not None:
            _before_shared_change(self)
        CLOCK.changes += 1
        if self.bare:
            self.bare = False
            CLOCK.version += 1

    def __repr__(self) -> str:
        return self.name if self.context in ("System`", "Global`") else self.full_name

    def __reduce__(self) -> Any:
        # Pickles (checkpoints, worker processes) carry names; only System` symbols keep their
        # identity across sessions.
        return (_unpickle, (self.name, self.context))


SYSTEM: dict[str, Symbol] = {}


def system(name: str) -> Symbol:
    """The symbol System`name, made on first use. It is a stub until its chapter declares it
    (`kernel.registry`).
    """
    found = SYSTEM.get(name)
    if found is None:
        found = SYSTEM[name] = Symbol(name, "System`")
        found.attributes = STUB
    return found


def _unpickle(name: str, context: str) -> Symbol:
    return system(name) if context == "System`" else Symbol(name, context)


class _SystemNames:
    """`S.Plus` is the symbol System`Plus. Names with `$` are reached by `system("$Context")`."""

    def __getattr__(self, name: str) -> Symbol:
        found = system(name)
        setattr(self, name, found)  # the next access is a plain attribute read
        return found


S = _SystemNames()


def on_shared_change(callback: Callable[[Symbol], None]) -> None:
    """Install the one function that saves a System` symbol before a session changes it."""
    global _before_shared_change
    _before_shared_change = callback
