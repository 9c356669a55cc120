"""Printed forms that programs define: Format[f[x_]] := form."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, Expr, S, Symbol, system

from .shaping import root_symbol
from .templates import finish

FORMAT = S.Format
VERBATIM = ("InputForm", "FullForm")  # forms that show an expression as it is
MOST_ROUNDS = 100  # a form that is defined by a form, and so on


def formatted(e: Any, form: str) -> Any:
    """`e` with the printed forms that are defined for its parts, for printing as `form`, in their places."""
    return e if form in VERBATIM else _formatted(e, system(form))


def _formatted(e: Any, form: Symbol) -> Any:
    kind = type(e)
    if kind is Association:
        entries = ((n, (_formatted(k, form), _formatted(v, form), d)) for n, (k, v, d) in e.entries.items())
        return Association(dict(entries))
    for _ in range(MOST_ROUNDS):
        new = _defined(e, form)
        if new is None:
            break
        e = new
    if type(e) is not Expr or getattr(e.head, "name", None) in VERBATIM:
        return e
    parts = tuple([_formatted(x, form) for x in e.args])
    head = e.head if type(e.head) is Symbol else _formatted(e.head, form)
    if head is e.head and all(a is b for a, b in zip(parts, e.args, strict=True)):
        return e
    return Expr(head, parts)


def _defined(e: Any, form: Symbol) -> Any:
    """The printed form of `e` itself, or None."""
    if type(e) is Expr and e.head is FORMAT and 1 <= len(e.args) <= 2:
        return e.args[0]
    symbol = e if type(e) is Symbol else root_symbol(e) if type(e) is Expr else None
    if symbol is None or symbol.format_values is None:
        return None
    value = symbol.format_values.apply(Expr(FORMAT, (e, form)))
    if value is None:
        value = symbol.format_values.apply(Expr(FORMAT, (e,)))
    return None if value is None else finish(value)
