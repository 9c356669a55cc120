"""What backtracking patterns are made of: chains, and the places where patterns stand in an argument list.

A chain `m(args, i, b)` matches its pattern at args[i], args[i + 1], ... and then calls the chain after it,
which it was compiled with. `sequences` compiles them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Expr, S, Symbol
from wlnet.expr.attributes import FLAT

from .scope import Scope
from .shaping import attributes_of

Chain = Callable[[tuple[Any, ...], int, list[Any]], bool]
Form = Callable[[tuple[Any, ...], Chain, Scope, "Place"], Chain]
Width = tuple[int, int | None]
SEQUENCE = S.Sequence
ANY_WIDTH: Width = (0, None)


class Place:
    """Where a pattern stands: the head it is an argument of, its position there and the number of patterns
    beside it; and how many elements, least and most, those after it take up to the end of the arguments.
    """

    __slots__ = ("after", "count", "head", "index")

    def __init__(self, head: Any = None, index: int = 1, count: int = 1, after: Width = ANY_WIDTH) -> None:
        self.head = head
        self.index = index
        self.count = count
        self.after = after

    def followed(self, by: Width) -> Place:
        """The same place with so many elements after it."""
        return Place(self.head, self.index, self.count, by)


class _Shaped:
    """How arguments of Flat and Orderless functions are compiled; filled by `orderless`."""

    flat_item: Callable[..., Chain]
    may_take_several: Callable[[Any, Symbol], bool]
    orderless: Callable[..., Chain]


SHAPED = _Shaped()
NOWHERE = Place()
WHOLE = Place()  # a Flat pattern here may match some of the arguments of the subject


def is_flat(p: Any) -> bool:
    """Whether `p` is a call of a Flat function."""
    return type(p) is Expr and type(p.head) is Symbol and bool(attributes_of(p.head) & FLAT)


def at_end(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
    """The chain that ends an argument list."""
    return i == len(args)


# How the constructs of patterns are compiled, by head.
FORMS: dict[Symbol, Form] = {}


def form(head: Symbol) -> Callable[[Form], Form]:
    """Register how a pattern construct is compiled."""

    def register(compile_form: Form) -> Form:
        FORMS[head] = compile_form
        return compile_form

    return register


# ---------------------------------------------------------------- defaults

BUILTIN_DEFAULTS: dict[tuple[Symbol, int], Any] = {(S.Plus, 0): 0, (S.Times, 0): 1, (S.Power, 2): 1}


def default_value(place: Place) -> Any:
    """Default[f, i, n], Default[f, i] or Default[f] for the head the pattern stands in;
    None when there is none.
    """
    f = place.head
    if type(f) is not Symbol:
        return None
    if f.default_values is not None:
        for spec in ((f, place.index, place.count), (f, place.index), (f,)):
            value = f.default_values.apply(Expr(S.Default, spec))
            if value is not None:
                return value
    found = BUILTIN_DEFAULTS.get((f, place.index))
    return BUILTIN_DEFAULTS.get((f, 0)) if found is None else found
