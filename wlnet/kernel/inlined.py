"""Compiled forms of functions that belong to no chapter of control: List, Part, And, Or, Not, SameQ."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import CLOCK, FALSE, LIST, TRUE, Association, Expr, S, Symbol, same, truth

from .building import built
from .evaluate import evaluate, evaluate_expr
from .scope import Scope
from .shaping import EVALUATE, UNEVALUATED
from .templates import Code, code, inline

PLAIN = frozenset((int, float, str))


def _held_inside(e: Expr) -> bool:
    return any(type(a) is Expr and a.head in (EVALUATE, UNEVALUATED) for a in e.args)


@inline("List")
def inline_list(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """{a, b, ...}: of plain numbers and strings it is evaluated as soon as it is made."""
    if _held_inside(e) or not e.args:
        return None
    nodes = [code(a, scope) for a in e.args]
    head = LIST

    def make(b: list[Any]) -> Any:
        version = CLOCK.version
        args = tuple([node(b) for node in nodes])
        x = Expr(head, args)
        for a in args:
            if type(a) not in PLAIN:
                x.stamp = -version
                return evaluate_expr(x)
        x.stamp = version
        return x

    return make


@inline("Part")
def inline_part(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """a[[i]] of lists and associations by number; everything else is left to Part."""
    if len(e.args) != 2 or _held_inside(e):
        return None
    whole, position = code(e.args[0], scope), code(e.args[1], scope)
    head = S.Part

    def part(b: list[Any]) -> Any:
        version = CLOCK.version
        x = whole(b)
        i = position(b)
        if type(i) is int and i:
            t = type(x)
            if t is Expr:
                if -len(x.args) <= i <= len(x.args) and x.head is LIST:
                    return evaluate(x.args[i - 1 if i > 0 else i])
            elif t is np.ndarray and -len(x) <= i <= len(x) and x.dtype != np.complex128:
                return x.item(i - 1 if i > 0 else i) if x.ndim == 1 else x[i - 1 if i > 0 else i]
        call = Expr(head, (x, i))
        call.stamp = -version
        return evaluate_expr(call)

    return part


@inline("And")
def inline_and(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """A && b && ...: stops at the first False; what is undecided is left to And."""
    return _logical(e, scope, TRUE, FALSE)


@inline("Or")
def inline_or(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """A || b || ...: stops at the first True; what is undecided is left to Or."""
    return _logical(e, scope, FALSE, TRUE)


def _logical(e: Expr, scope: Scope, neutral: Symbol, decisive: Symbol) -> Code | None:
    if len(e.args) < 2 or any(
        type(a) is Expr and a.head in (S.Sequence, EVALUATE, S.SlotSequence) for a in e.args
    ):
        return None
    if any(type(a) is Symbol and scope.slots.get(a) in scope.sequences for a in e.args):
        return None
    nodes = [code(a, scope) for a in e.args]
    makers = [built(a, scope) for a in e.args]
    head = e.head

    def decide(b: list[Any]) -> Any:
        for k, node in enumerate(nodes):
            value = node(b)
            if value is decisive:
                return decisive
            if value is not neutral:
                return evaluate(Expr(head, (value, *[m(b) for m in makers[k + 1 :]])))
        return neutral

    return decide


@inline("Not")
def inline_not(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """!a."""
    if len(e.args) != 1 or _held_inside(e):
        return None
    inner = code(e.args[0], scope)

    def negate(b: list[Any]) -> Any:
        value = inner(b)
        if value is TRUE:
            return FALSE
        if value is FALSE:
            return TRUE
        return evaluate(Expr(S.Not, (value,)))

    return negate


@inline("SameQ")
def inline_same(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """A === b."""
    return _identity(e, scope, S.SameQ, True)


@inline("UnsameQ")
def inline_unsame(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """A =!= b."""
    return _identity(e, scope, S.UnsameQ, False)


_SIMPLE = frozenset((int, str, Symbol))


def _identity(e: Expr, scope: Scope, head: Symbol, positive: bool) -> Code | None:
    if len(e.args) != 2 or _held_inside(e):
        return None
    first, second = code(e.args[0], scope), code(e.args[1], scope)

    def compare(b: list[Any]) -> Any:
        version = CLOCK.version
        x = first(b)
        y = second(b)
        t = type(x)
        if (
            t in _SIMPLE
            and type(y) in _SIMPLE
            and (t is not Symbol or x.up is None)
            and (type(y) is not Symbol or y.up is None)
        ):
            return truth((t is type(y) and x == y) is positive)
        if t is Association and type(y) is Association:
            return truth(same(x, y) is positive)
        call = Expr(head, (x, y))
        call.stamp = -version
        return evaluate_expr(call)

    return compare
