"""What belongs to one session: symbols and contexts, history, messages, random numbers, sinks, its view of
System`.

System` symbols are one object for all sessions. What a session changes on them is an *overlay*: the first
change saves the shared definitions, and whenever another session becomes active the two are swapped. So one
evaluation runs at a time in a process; `State.lock` is held by whoever evaluates.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from wlnet.expr import CLOCK, LIST, SYSTEM, Expr, Symbol, is_list, items, system
from wlnet.expr.symbols import on_shared_change

from .definitions import SLOTS, WATCHED
from .rules import OwnRules, Rules
from .threads import PROTECTION

CONTEXT = system("$Context")
CONTEXT_PATH = system("$ContextPath")
_active: State | None = None


class Message:
    """A message that was issued: symbol::tag, its finished text, and whether it was shown."""

    __slots__ = ("args", "shown", "symbol", "tag", "text")

    def __init__(self, symbol: Symbol, tag: str, text: str, shown: bool, args: tuple[Any, ...] = ()) -> None:
        self.symbol = symbol
        self.tag = tag
        self.text = text
        self.shown = shown
        self.args = args

    @property
    def name(self) -> str:
        return f"{self.symbol.name}::{self.tag}"

    def __repr__(self) -> str:
        return f"{self.name}: {self.text}"


class State:
    """One session's state.

    contexts       context -> name -> Symbol, for all contexts but System`
    line           number of the input being evaluated; `inputs`, `outputs` and `line_messages` are the
                   history by line
    messages       the messages of the evaluation that runs
    on_message     called with a Message that is to be shown
    on_print       called with a text that Print shows
    sandbox        refuse files, processes and the network
    device         "CPU" or "GPU": where nets run when TargetDevice does not say
    assertions     whether Assert tests (On[Assert])
    protected      how many AbortProtect run; `aborting`: whether an abort waits for their end
    formats        whether some symbol has printed forms of its own (Format)
    interrupted    whether Ctrl-C ended the last input
    meet           called with a symbol made for a capitalised name that is not found anywhere
    lacking        the names met so far that the language has and wlnet lacks
    strict         whether the use of such a name is an error
    load           called with a capitalised name that no context knows: may load a chapter that declares it
    """

    lock = threading.RLock()

    def __init__(self) -> None:
        self.contexts: dict[str, dict[str, Symbol]] = {"Global`": {}}
        self.overlay: dict[Symbol, tuple[Any, ...]] = {}
        self.line = 0
        self.inputs: dict[int, Any] = {}
        self.outputs: dict[int, Any] = {}
        self.line_messages: dict[int, list[Message]] = {}
        self.messages: list[Message] = []
        self.counts: dict[tuple[Symbol, str], int] = {}
        self.switched_off: set[tuple[Symbol, str]] = set()
        self.quiet: list[Any] = []
        self.catchers: list[Any] = []
        self.reapers: list[Any] = []
        self.module_number = 0
        self.context_stack: list[Any] = []
        self.packages: list[str] = []
        self.streams: dict[Any, Any] = {}
        self.directories: list[str] = []
        self.on_message: Callable[[Message], None] = lambda message: None
        self.on_print: Callable[[str], None] = lambda text: None
        self.load: Callable[[str], bool] | None = None
        self.meet: Callable[[Symbol], None] | None = None
        self.lacking: set[str] = set()
        self.strict = False
        self.sandbox = False
        self.device = "CPU"
        self.interrupted = False
        self.formats = False
        self.assertions = False
        self.protected = 0
        self.aborting = False
        self._random: Any = None
        self._known: dict[str, Symbol] = {}
        self._known_for: tuple[Any, Any] = (None, None)

    # ------------------------------------------------------------ aborts

    @contextmanager
    def protection(self) -> Iterator[None]:
        """Aborts and interrupts wait meanwhile."""
        with PROTECTION:
            self.protected += 1
            try:
                yield
            except BaseException:
                self.aborting = False  # the evaluation ends here in another way
                raise
            finally:
                self.protected -= 1

    @contextmanager
    def unprotected(self) -> Iterator[None]:
        """Aborts and interrupts act at once, also inside a `protection`."""
        count, waiting = self.protected, self.aborting
        self.protected, self.aborting = 0, False
        for _ in range(count):
            PROTECTION.release()
        try:
            yield
        finally:
            for _ in range(count):
                PROTECTION.acquire()
            self.protected, self.aborting = count, waiting

    # ------------------------------------------------------------ random numbers

    @property
    def random(self) -> Any:
        """The session's NumPy generator, made from fresh entropy on first use."""
        if self._random is None:
            from numpy.random import Generator, Philox

            self._random = Generator(Philox())
        return self._random

    @random.setter
    def random(self, generator: Any) -> None:
        self._random = generator

    # ------------------------------------------------------------ names

    @property
    def context(self) -> str:
        own = CONTEXT.own
        return own if type(own) is str else "Global`"

    @property
    def path(self) -> list[str]:
        own = CONTEXT_PATH.own
        if not is_list(own):
            return ["System`", "Global`"]
        return [x for x in items(own) if type(x) is str]

    def resolve(self, name: str) -> Symbol:
        """The symbol for a name as written; made in the current context when it is nowhere."""
        for_now = (CONTEXT.own, CONTEXT_PATH.own)
        if for_now[0] is not self._known_for[0] or for_now[1] is not self._known_for[1]:
            self._known = {}
            self._known_for = for_now
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._resolve(name)
        return known

    def _resolve(self, name: str) -> Symbol:
        if name.startswith("`"):
            name = self.context + name[1:]
        if "`" in name:
            return self.symbol(name)
        found = self.find(name)
        if found is not None:
            return found
        made = self.symbol(self.context + name)
        if self.meet is not None and _system_like(name) and not self.context.startswith("System`"):
            self.meet(made)
        return made

    def find(self, name: str) -> Symbol | None:
        """The symbol a name without context means now, or None."""
        for context in (self.context, *self.path):
            if context == "System`":
                shared = SYSTEM.get(name)
                if shared is not None and self._is_declared(shared):
                    return shared
                if self.load is not None and _system_like(name) and self.load(name):
                    return SYSTEM.get(name)
            else:
                table = self.contexts.get(context)
                if table is not None and name in table:
                    return table[name]
        return SYSTEM.get(name) if _system_like(name) and "System`" in self.path else None

    @staticmethod
    def _is_declared(symbol: Symbol) -> bool:
        return symbol.builtin is not None

    def symbol(self, full_name: str) -> Symbol:
        """The symbol context`name, made on first use."""
        cut = full_name.rfind("`") + 1
        context, name = full_name[:cut], full_name[cut:]
        if context == "System`":
            return system(name)
        table = self.contexts.get(context)
        if table is None:
            table = self.contexts[context] = {}
        found = table.get(name)
        if found is None:
            found = table[name] = Symbol(name, context)
            self._known.pop(name, None)
        return found

    def lookup(self, full_name: str) -> Symbol | None:
        """The symbol context`name if it exists."""
        cut = full_name.rfind("`") + 1
        if full_name[:cut] == "System`":
            return SYSTEM.get(full_name[cut:])
        return self.contexts.get(full_name[:cut], {}).get(full_name[cut:])

    def named(self, pattern: str) -> list[Symbol]:
        """The symbols whose names match a string with the wildcards * and @; one without wildcards is made if
        new.
        """
        if "*" not in pattern and "@" not in pattern:
            return [self.resolve(pattern)]
        return [s for _, s in sorted(self.matching(pattern).items())]

    def matching(self, pattern: str) -> dict[str, Symbol]:
        """Existing symbols by full name whose name matches `pattern`: * is any characters, @ lower-case
        letters.
        """
        import re

        cut = pattern.rfind("`") + 1
        regex = re.compile(_wildcard(pattern[cut:]))
        wanted = re.compile(_wildcard(pattern[:cut])) if cut else None
        places = [self.context, *self.path] if wanted is None else ["System`", *self.contexts]
        found: dict[str, Symbol] = {}
        for context in places:
            if wanted is not None and not wanted.fullmatch(context):
                continue
            table = SYSTEM if context == "System`" else self.contexts.get(context, {})
            for name, s in list(table.items()):
                if regex.fullmatch(name) and (context != "System`" or self._is_declared(s)):
                    found[s.full_name] = s
        return found

    def remove(self, symbol: Symbol) -> None:
        """Take a symbol out of its table (Remove)."""
        table = self.contexts.get(symbol.context)
        if table is not None and table.get(symbol.name) is symbol:
            del table[symbol.name]
        self._known.clear()

    def name_of(self, symbol: Symbol) -> str:
        """The name to print: short when that name means this symbol now."""
        context = symbol.context
        if context == "System`":
            current = self.contexts.get(self.context)
            return symbol.full_name if current and symbol.name in current else symbol.name
        if context != self.context and context not in self.path:
            return symbol.full_name
        for place in (self.context, *self.path):
            if place == context:
                return symbol.name
            if place == "System`":
                if symbol.name in SYSTEM and self._is_declared(SYSTEM[symbol.name]):
                    return symbol.full_name
            elif symbol.name in self.contexts.get(place, ()):
                return symbol.full_name
        return symbol.full_name

    def fresh_number(self) -> int:
        """The next $ModuleNumber."""
        self.module_number += 1
        return self.module_number

    # ------------------------------------------------------------ activity

    def activate(self) -> None:
        """Make this the session that System` symbols speak for."""
        global _active
        if _active is self:
            return
        if _active is not None:
            _active._swap()
        _active = self
        self._swap()

    def _swap(self) -> None:
        """Exchange the shared definitions of System` symbols with this session's own."""
        for symbol, saved in self.overlay.items():
            now = tuple(getattr(symbol, slot) for slot in SLOTS)
            for slot, value in zip(SLOTS, saved, strict=True):
                setattr(symbol, slot, value)
            self.overlay[symbol] = now
            watcher = WATCHED.get(symbol)
            if watcher is not None:
                watcher(symbol.own)
        if self.overlay:
            CLOCK.version += 1
            CLOCK.shape += 1

    def suspended(self, action: Callable[[], Any]) -> Any:
        """Run `action` with the shared definitions in place (loading a chapter)."""
        global _active
        before = _active
        if before is not None:
            before._swap()
        _active = None
        try:
            return action()
        finally:
            if before is not None:
                before._swap()
            _active = before


def _wildcard(pattern: str) -> str:
    """A name pattern as a regular expression."""
    import re

    return "".join("[^`]*" if c == "*" else "[^`A-Z]+" if c == "@" else re.escape(c) for c in pattern)


def _system_like(name: str) -> bool:
    """Whether a System` symbol could be called that: they all begin with a capital or `$`."""
    return name[:1].isupper() or name[:1] == "$"


def active() -> State | None:
    return _active


def _save_shared(symbol: Symbol) -> None:
    """Before the active session first changes a System` symbol: keep what all share, work on a copy."""
    state = _active
    if state is None or symbol in state.overlay:
        return
    state.overlay[symbol] = tuple(getattr(symbol, slot) for slot in SLOTS)
    for slot in SLOTS:
        value = getattr(symbol, slot)
        if isinstance(value, Rules):
            setattr(symbol, slot, value.copy())
        elif isinstance(value, dict):
            setattr(symbol, slot, dict(value))
        elif isinstance(value, OwnRules):
            own = OwnRules(symbol)
            own.rules = value.rules.copy()
            setattr(symbol, slot, own)


on_shared_change(_save_shared)
DEFAULT_PATH = Expr(LIST, ("System`", "Global`"))
