"""What evaluation does to argument lists without evaluating anything: splice, flatten, merge; attributes."""

from __future__ import annotations

from typing import Any

from wlnet.expr import LIST, Expr, S, Symbol, inserted, is_list, items
from wlnet.expr.attributes import (
    FLAGS,
    FLAT,
    HOLD_ALL_COMPLETE,
    HOLD_FIRST,
    HOLD_REST,
    LISTABLE,
    ORDERLESS,
    SEQUENCE_HOLD,
    STUB,
)

from .control import RUN

HOLDS = HOLD_FIRST | HOLD_REST | HOLD_ALL_COMPLETE
SHAPING = FLAT | LISTABLE | ORDERLESS
SEQUENCE = S.Sequence
UNEVALUATED = S.Unevaluated
EVALUATE = S.Evaluate
NOTHING = S.Nothing
SPLICE = S.Splice
FUNCTION = S.Function
SPLICED = frozenset((SEQUENCE, UNEVALUATED, SPLICE))
EMPTY_SEQUENCE = Expr(SEQUENCE, ())


def root_symbol(e: Any) -> Symbol | None:
    """The symbol at the bottom of `f[...][...]...`, or None."""
    while type(e) is Expr:
        e = e.head
    return e if type(e) is Symbol else None


def splice(head: Any, args: tuple[Any, ...], flags: int) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
    """Splice Sequence (and Nothing, Splice in lists), strip Unevaluated.

    The second value is what the arguments are if no definition applies (Unevaluated kept), None when the
    same.
    """
    out: list[Any] = []
    kept: list[Any] = []
    stripped = False
    for i, a in enumerate(args):
        inner = a.head if type(a) is Expr else None
        if inner is SEQUENCE and not flags & SEQUENCE_HOLD:
            found = a.args
            while any(type(x) is Expr and x.head is SEQUENCE for x in found):
                found = tuple(
                    y for x in found for y in (x.args if type(x) is Expr and x.head is SEQUENCE else (x,))
                )
            out.extend(found)
            kept.extend(found)
        elif inner is SPLICE and _splices_into(head, a):
            found = items(a.args[0])
            out.extend(found)
            kept.extend(found)
        elif a is NOTHING and head is LIST:
            pass
        elif inner is UNEVALUATED and len(a.args) == 1 and not flags & (HOLD_REST if i else HOLD_FIRST):
            inside = a.args[0]
            root = (
                inside
                if type(inside) is Symbol
                else root_symbol(inside.head)
                if type(inside) is Expr
                else None
            )
            if root is not None:
                root.bare = True
            out.append(inside)
            kept.append(a)
            stripped = True
        else:
            out.append(a)
            kept.append(a)
    return tuple(out), tuple(kept) if stripped else None


def _splices_into(head: Any, a: Expr) -> bool:
    if not a.args or not is_list(a.args[0]):
        return False
    if len(a.args) == 1:
        return head is LIST
    return len(a.args) == 2 and RUN.ev.matches(head, a.args[1])


def merge(head: Any, args: tuple[Any, ...], version: int) -> tuple[Any, ...] | None:
    """The arguments of a Flat and Orderless call of an evaluated call of itself and one more, in order.

    A sum that grows term by term is so kept in order by a search, not by looking through it each time.
    """
    first, second = args
    if type(first) is Expr and first.head is head:
        first, second = second, first
    if type(second) is not Expr or second.head is not head or second.stamp != version:
        return None
    if type(first) is Expr and first.head is head:
        return None
    return inserted(second.args, first)


def flatten(head: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a Flat function with nested calls of it opened, at all depths."""
    while any(type(a) is Expr and a.head is head for a in args):
        args = tuple(x for a in args for x in (a.args if type(a) is Expr and a.head is head else (a,)))
    return args


def attributes_of(symbol: Symbol) -> int:
    """The attributes of a symbol, after its chapter is loaded."""
    if symbol.attributes & STUB:
        RUN.load(symbol)
    return symbol.attributes


def head_attributes(head: Any) -> int:
    """Attributes of a head that is no symbol: the third argument of Function."""
    if type(head) is not Expr or head.head is not FUNCTION or len(head.args) != 3:
        return 0
    named = head.args[2]
    found = 0
    for attribute in items(named) if type(named) is Expr and named.head is LIST else (named,):
        if type(attribute) is Symbol:
            found |= FLAGS.get(attribute.name, 0)
    return found
