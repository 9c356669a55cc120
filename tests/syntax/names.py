"""Reading with names that need no session: System` symbols for capitalised names,
one table for all others.
"""

from __future__ import annotations

from typing import Any

from wlnet.expr import Symbol, system
from wlnet.syntax import ReadError, parse, read

_TABLE: dict[str, Symbol] = {}


def resolve(name: str) -> Symbol:
    """The symbol of a written name."""
    context, mark, last = name.rpartition("`")
    if not mark and (name[0].isupper() and name[0].isascii() or name[0] == "$"):
        return system(name)
    found = _TABLE.get(name)
    if found is None:
        where = context + mark if mark else "Global`"
        found = _TABLE[name] = Symbol(last, "Global`" + where if where[0] == "`" else where)
    return found


def tree(text: str) -> Any:
    """The one expression in `text`."""
    return parse(text, resolve)


def trees(text: str) -> list[Any]:
    """All expressions of `text`; fails on a syntax error."""
    found = list(read(text, resolve))
    for item in found:
        if isinstance(item, ReadError):
            raise item
    return found


def shown(symbol: Symbol) -> str:
    """A printed name that `resolve` turns into the same symbol again."""
    return (
        symbol.name if symbol.context in ("System`", "Global`") else symbol.full_name.removeprefix("Global`")
    )
