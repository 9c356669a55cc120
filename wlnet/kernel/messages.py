"""Messages: texts, filling in, and who gets to see them (Off, Quiet, Check, General::stop)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Association, Expr, S, Symbol, items, system, unpack

from .state import Message

if TYPE_CHECKING:
    from .evaluator import Evaluator

# Texts that any symbol falls back to.
GENERAL: dict[str, str] = {
    "argx": "`1` called with `2` arguments; 1 argument is expected.",
    "argr": "`1` called with 1 argument; `2` arguments are expected.",
    "argrx": "`1` called with `2` arguments; `3` arguments are expected.",
    "argt": "`1` called with `2` arguments; `3` or `4` arguments are expected.",
    "argtu": "`1` called with 1 argument; `2` or `3` arguments are expected.",
    "argb": "`1` called with `2` arguments; between `3` and `4` arguments are expected.",
    "argbu": "`1` called with 1 argument; between `2` and `3` arguments are expected.",
    "argm": "`1` called with `2` arguments; `3` or more arguments are expected.",
    "argmu": "`1` called with 1 argument; `2` or more arguments are expected.",
    "argct": "`1` called with `2` arguments.",
    "argctu": "`1` called with 1 argument.",
    "lacking": "`1` is a name of the language that wlnet does not have.",
    "sandbox": "`1` is refused: a sandbox has no files, processes, environment or network.",
    "optx": "Unknown option `1` in `2`.",
    "optnear": "Unknown option `1` in `2`. Did you mean `3`?",
    "optnf": "Option name `1` not found in defaults for `2`.",
    "nonopt": (
        "Options expected (instead of `1`) beyond position `2` in `3`. An option must be a rule or a "
        "list of rules."
    ),
    "stop": "Further output of `1` will be suppressed during this calculation.",
    "write": "Tag `1` in `2` is Protected.",
    "wrsym": "Symbol `1` is Protected.",
    "locked": "Symbol `1` is locked.",
    "setraw": "Cannot assign to raw object `1`.",
    "shape": "Lists `1` and `2` are not the same shape.",
    "setps": "`1` in the part assignment is not a symbol.",
    "noval": "Symbol `1` in part assignment does not have an immediate value.",
    "rvalue": "`1` is not a variable with a value, so its value cannot be changed.",
    "sym": "Argument `1` at position `2` is expected to be a symbol.",
    "ssym": "`1` is not a symbol or a string.",
    "string": "String expected at position `1` in `2`.",
    "strse": "String or list of strings expected at position `1` in `2`.",
    "list": "List expected at position `1` in `2`.",
    "normal": "Nonatomic expression expected at position `1` in `2`.",
    "int": "Integer expected at position `2` in `1`.",
    "intp": "Positive integer expected at position `2` in `1`.",
    "intnn": "Non-negative machine-sized integer expected at position `2` in `1`.",
    "intnm": "Non-negative machine-sized integer expected at position `2` in `1`.",
    "intpm": "Positive machine-sized integer expected at position `2` in `1`.",
    "level": "Level specification `1` is not of the form n, {n}, or {m, n}.",
    "reps": (
        "`1` is neither a list of replacement rules nor a valid dispatch table, and so cannot be "
        "used for replacing."
    ),
    "lvsym": (
        "Local variable specification `1` contains `2`, which is not a symbol or an assignment to a symbol."
    ),
    "lvset": (
        "Local variable specification `1` contains `2`, which is an assignment to `3`; only "
        "assignments to symbols are allowed."
    ),
    "lvlist": "Local variable specification `1` is not a List.",
    "lvw": "Local variable specification `1` contains `2`, which is not an assignment to a symbol.",
    "dup": "Duplicate local variable `1` found in local variable specification `2`.",
    "itform": "Argument `1` at position `2` does not have the correct form for an iterator.",
    "iterb": "Iterator `1` does not have appropriate bounds.",
    "itraw": "Raw object `1` cannot be used as an iterator.",
    "itlimv": "Value of `1` should be an integer greater than or equal to `2`, or Infinity.",
    "timc": "Number of seconds `1` is not a positive machine-sized number or Infinity.",
    "tdlen": "Objects of unequal length in `1` cannot be combined.",
    "pspec": "Part specification `1` is neither an integer nor a list of integers.",
    "partw": "Part `1` of `2` does not exist.",
    "partd": "Part specification `1` is longer than depth of object.",
    "infy": "Infinite expression `1` encountered.",
    "indet": "Indeterminate expression `1` encountered.",
    "ovfl": "Overflow occurred in computation.",
    "unfl": "Underflow occurred in computation.",
    "notfound": "Symbol `1` not found.",
    "privv": "Value of `1` cannot be changed.",
    "newsym": "Symbol `1` is new.",
    "shdw": (
        "Symbol `1` appears in multiple contexts `2`; definitions in context `3` may shadow or be "
        "shadowed by other definitions."
    ),
}
# Off by default, as in the language.
SWITCHED_OFF = {(S.General, "newsym"), (S.General, "spell"), (S.General, "spell1")}

SHOWN_BEFORE_STOP = 3
_HOLE = re.compile(r"`(\d*)`")


def template(symbol: Symbol, tag: str) -> str | None:
    """The text of symbol::tag: the user's, the built-in one, or General's."""
    if symbol.messages is not None and tag in symbol.messages:
        value = symbol.messages[tag]
        return value if type(value) is str else None
    record = symbol.builtin
    if record is not None:
        if tag in record.messages:
            return record.messages[tag]  # type: ignore[no-any-return]
        if tag == "usage" and record.usage:
            return record.usage  # type: ignore[no-any-return]
    if symbol is S.General:
        return GENERAL.get(tag)
    general = S.General
    if general.messages is not None and tag in general.messages:
        return general.messages[tag]  # type: ignore[no-any-return]
    return None if tag == "usage" else GENERAL.get(tag)


def fill(ev: Evaluator, text: str, args: tuple[Any, ...]) -> str:
    """A message text with `1`, `2`, ... and successive `` replaced by arguments in OutputForm."""
    turn = 0

    def value(match: re.Match[str]) -> str:
        nonlocal turn
        turn += 1
        k = int(match.group(1)) if match.group(1) else turn
        if not 1 <= k <= len(args):
            return match.group(0)
        a = args[k - 1]
        return a if type(a) is str else ev.text(shortened(a), "OutputForm")

    return _HOLE.sub(value, text)


MOST_LEAVES = 200  # an expression with more is shown with parts left out
END_LENGTH = 5  # how many arguments are kept at either end of a long row
SHOWN_DEPTH = 6


def shortened(e: Any) -> Any:
    """An expression fit for a message: in a big one, rows lose their middle and the depth is bounded."""
    return e if _is_small(e) else _cut(e, 0)


def _is_small(e: Any) -> bool:
    stack, leaves = [e], 0
    while stack and leaves <= MOST_LEAVES:
        e = stack.pop()
        leaves += 1
        if type(e) is Expr:
            if len(e.args) > MOST_LEAVES:
                return False
            stack.extend(e.args)
        elif type(e) is np.ndarray:
            leaves += e.size
        elif type(e) is Association:
            leaves += 2 * len(e)
    return leaves <= MOST_LEAVES


def _cut(e: Any, depth: int) -> Any:
    if type(e) is np.ndarray:
        e = unpack(e) if e.size <= MOST_LEAVES else Expr(S.List, _ends(e))
    if type(e) is Association:
        e = Expr(S.Association, e.rules())
    if type(e) is not Expr:
        return e
    if depth > SHOWN_DEPTH:
        return Expr(S.Skeleton, (1,))
    args = e.args
    if len(args) > 2 * END_LENGTH + 1:
        args = (*args[:END_LENGTH], Expr(S.Skeleton, (len(args) - 2 * END_LENGTH,)), *args[-END_LENGTH:])
    return Expr(_cut(e.head, depth + 1), tuple([_cut(a, depth + 1) for a in args]))


def _ends(array: np.ndarray) -> tuple[Any, ...]:
    """The rows of a big packed list that are shown, with a mark for those left out."""
    if len(array) <= 2 * END_LENGTH + 1:
        return items(array)
    left_out = Expr(S.Skeleton, (len(array) - 2 * END_LENGTH,))
    return (*items(array[:END_LENGTH]), left_out, *items(array[-END_LENGTH:]))


def issue(ev: Evaluator, symbol: Symbol, tag: str, args: tuple[Any, ...]) -> None:
    """Issue symbol::tag with `args`, unless it is switched off."""
    state = ev.state
    name = (symbol, tag)
    if name in state.switched_off or (S.General, tag) in state.switched_off or name in SWITCHED_OFF:
        return
    hidden = [i for i, quiet in enumerate(state.quiet) if quiets(quiet, symbol, tag)]
    quiet_from = hidden[-1] + 1 if hidden else 0
    text = template(symbol, tag)
    if text is None:
        text = "-- Message text not found --" + "".join(f" ({ev.text(a, 'OutputForm')})" for a in args)
    count = state.counts.get(name, 0) + 1
    if not hidden:
        state.counts[name] = count
    shown = not hidden and count <= SHOWN_BEFORE_STOP
    message = Message(symbol, tag, fill(ev, text, args) if shown or not hidden else text, shown, args)
    for catcher in state.catchers:
        if catcher.level >= quiet_from and catcher.wants(symbol, tag):
            catcher.found.append(message)
    if hidden:
        return
    state.messages.append(message)
    if shown:
        state.on_message(message)
        if count == SHOWN_BEFORE_STOP:
            stop = Message(
                S.General, "stop", GENERAL["stop"].replace("`1`", f"{ev.name(symbol)}::{tag}"), True
            )
            state.messages.append(stop)
            state.on_message(stop)


class Quieting:
    """One Quiet that is running: what it hides. `names` None hides everything."""

    __slots__ = ("names", "shown")

    def __init__(self, names: set[tuple[Symbol, str]] | None, shown: set[tuple[Symbol, str]]) -> None:
        self.names = names
        self.shown = shown


def quiets(quiet: Quieting, symbol: Symbol, tag: str) -> bool:
    if _listed(quiet.shown, symbol, tag):
        return False
    return quiet.names is None or _listed(quiet.names, symbol, tag)


def _listed(names: set[tuple[Symbol, str]], symbol: Symbol, tag: str) -> bool:
    return (symbol, tag) in names or (S.General, tag) in names


class Catcher:
    """One Check that is running: the messages issued meanwhile that it asks about."""

    __slots__ = ("found", "level", "names")

    def __init__(self, level: int, names: set[tuple[Symbol, str]] | None) -> None:
        self.level = level
        self.names = names
        self.found: list[Message] = []

    def wants(self, symbol: Symbol, tag: str) -> bool:
        return self.names is None or _listed(self.names, symbol, tag)


def message_symbol(name: Any) -> Symbol:
    """The symbol that a message belongs to, from a symbol or a System` name."""
    return name if type(name) is Symbol else system(name)
