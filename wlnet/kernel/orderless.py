"""Patterns compiled to closures, part 3: arguments of Flat and Orderless functions.

In a Flat function a pattern of one element may take several arguments at once; in an Orderless one every
pattern chooses among those that are left, the narrower patterns first.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from wlnet.expr import Expr, Symbol, same
from wlnet.expr.attributes import ONE_IDENTITY

from .chains import SHAPED, Chain, Place
from .constructs import (
    ALTERNATIVES,
    ATOM_PREDICATES,
    BLANK,
    CONDITION,
    EXCEPT,
    HOLD_PATTERN,
    OPTIONAL,
    PATTERN,
    PATTERN_TEST,
    is_pattern,
    width,
)
from .scope import Scope
from .sequences import compile_chain, default_only


def _may_take_several(p: Any, head: Symbol) -> bool:
    """Whether, as an argument of the Flat `head`, `p` may match a whole run of arguments `head[...]`."""
    if type(p) is not Expr or type(p.head) is not Symbol:
        return False
    h, args = p.head, p.args
    if h is BLANK:
        return not args or args[0] is head
    if h is PATTERN and len(args) == 2:
        return _may_take_several(args[1], head)
    if h is PATTERN_TEST and args:
        return args[1] not in ATOM_PREDICATES and _may_take_several(args[0], head)
    if h in (CONDITION, HOLD_PATTERN, OPTIONAL) and args:
        return _may_take_several(args[0], head)
    if h is ALTERNATIVES:
        return any(_may_take_several(a, head) for a in args)
    return h is EXCEPT


def _wrap(head: Symbol, taken: tuple[Any, ...]) -> Any:
    if len(taken) == 1 and head.attributes & ONE_IDENTITY:
        return taken[0]
    return Expr(head, taken)


def _flat_item(p: Any, then: Chain, scope: Scope, head: Symbol) -> Chain:
    """One pattern in a Flat call: a run of one or more arguments, wrapped in the head."""
    outer = scope.frame.new()

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        saved = b[outer]
        ok = then(saved[0], saved[1], b)
        b[outer] = saved
        return ok

    optional = type(p) is Expr and p.head is OPTIONAL
    inner = compile_chain(p.args[0] if optional else p, leave, scope, Place(head))
    absent = default_only(p, then, scope, Place(head)) if optional else None

    def run_of(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        old = b[outer]
        for j in range(i + 1, len(args) + 1):
            b[outer] = (args, j)
            if inner((_wrap(head, args[i:j]),), 0, b):
                return True
        b[outer] = old
        return absent is not None and absent(args, i, b)

    return run_of


def _urgency(p: Any) -> int:
    """The order in which the patterns of an Orderless call choose: the narrower ones first."""
    if not is_pattern(p):
        return 0
    if type(p) is Expr:
        if p.head is OPTIONAL:
            return 3
        if p.head in (PATTERN, PATTERN_TEST, CONDITION, HOLD_PATTERN) and p.args:
            inner = p.args[1] if p.head is PATTERN and len(p.args) == 2 else p.args[0]
            rank = _urgency(inner)
            return 1 if rank == 2 and p.head is PATTERN_TEST else rank
        if p.head is BLANK:
            return 1 if p.args else 2
        if width(p) != (1, 1):
            return 5 if width(p)[0] == 0 else 4
    return 1


def _orderless(patterns: tuple[Any, ...], then: Chain, scope: Scope, head: Any, flat: bool) -> Chain:
    """The arguments of an Orderless call: every pattern chooses among those still left.

    Within, `args` is always what is left, and the position 0; `then` gets the empty tuple.
    """
    order = sorted(range(len(patterns)), key=lambda k: _urgency(patterns[k]))
    widths = [width(p) for p in patterns]
    least = sum(low for low, _ in widths)
    chain: Chain = then
    later = 0  # the least number of arguments that the patterns after this one need
    for k in reversed(order):
        p = patterns[k]
        place = Place(head, k + 1, len(patterns))
        last = chain is then
        if flat and _may_take_several(p, head):
            chain = _choose_several(p, chain, scope, head, last, later)
        elif not is_pattern(p):
            chain = _choose_literal(p, chain)
        elif widths[k] == (1, 1):
            chain = _choose_one(p, chain, scope, place)
        elif type(p) is Expr and p.head is OPTIONAL and widths[k][1] == 1:
            chain = _choose_optional(p, chain, scope, place)
        else:
            chain = _choose_sequence(p, chain, scope, place, last, later)
        later += widths[k][0]

    def enough(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        return len(args) >= least and chain(args, 0, b)

    return enough


def _choose_literal(p: Any, then: Chain) -> Chain:
    def literal(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        for j, a in enumerate(args):
            if same(a, p):
                return then(args[:j] + args[j + 1 :], 0, b)
        return False

    return literal


def _choose_one(p: Any, then: Chain, scope: Scope, place: Place) -> Chain:
    rest = scope.frame.new()

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        saved = b[rest]
        ok = then(saved, 0, b)
        b[rest] = saved
        return ok

    inner = compile_chain(p, leave, scope, place)

    def one(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        old = b[rest]
        for j, a in enumerate(args):
            b[rest] = args[:j] + args[j + 1 :]
            if inner((a,), 0, b):
                return True
        b[rest] = old
        return False

    return one


def _choose_optional(p: Expr, then: Chain, scope: Scope, place: Place) -> Chain:
    present = _choose_one(p.args[0], then, scope, place)
    absent = default_only(p, then, scope, place)
    return lambda args, i, b: present(args, 0, b) or absent(args, 0, b)


def _choose_several(p: Any, then: Chain, scope: Scope, head: Symbol, last: bool, later: int) -> Chain:
    """One pattern in a Flat and Orderless call: any subset, the smallest first;
    all that is left if it is the last.
    """
    rest = scope.frame.new()

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        saved = b[rest]
        ok = then(saved, 0, b)
        b[rest] = saved
        return ok

    optional = type(p) is Expr and p.head is OPTIONAL
    inner = compile_chain(p.args[0] if optional else p, leave, scope, Place(head))
    absent = default_only(p, then, scope, Place(head)) if optional else None

    def several(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        old = b[rest]
        n = len(args)
        if last:
            if n:
                b[rest] = ()
                if inner((_wrap(head, args),), 0, b):
                    return True
        else:
            for size in range(1, n - later + 1):
                for chosen in combinations(range(n), size):
                    taken = tuple([args[k] for k in chosen])
                    b[rest] = _left_over(args, chosen)
                    if inner((_wrap(head, taken),), 0, b):
                        return True
        b[rest] = old
        return absent is not None and absent(args, 0, b)

    return several


def _left_over(args: tuple[Any, ...], chosen: tuple[int, ...]) -> tuple[Any, ...]:
    if len(chosen) == 1:
        k = chosen[0]
        return args[:k] + args[k + 1 :]
    taken = set(chosen)
    return tuple([a for k, a in enumerate(args) if k not in taken])


def _choose_sequence(p: Any, then: Chain, scope: Scope, place: Place, last: bool, later: int) -> Chain:
    """A sequence pattern in an Orderless call: a subset, the smallest first;
    all that is left if it is the last.
    """
    rest = scope.frame.new()
    low, high = width(p)

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i != len(args):
            return False
        saved = b[rest]
        ok = then(saved, 0, b)
        b[rest] = saved
        return ok

    inner = compile_chain(p, leave, scope, place)

    def sequence(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        old = b[rest]
        n = len(args)
        if last:
            b[rest] = ()
            if inner(args, 0, b):
                return True
        else:
            most = n - later if high is None else min(high, n - later)
            for size in range(low, most + 1):
                for chosen in combinations(range(n), size):
                    b[rest] = _left_over(args, chosen)
                    if inner(tuple([args[k] for k in chosen]), 0, b):
                        return True
        b[rest] = old
        return False

    return sequence


SHAPED.flat_item = _flat_item
SHAPED.may_take_several = _may_take_several
SHAPED.orderless = _orderless
