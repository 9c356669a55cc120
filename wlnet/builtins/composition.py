"""Composition, OperatorApplied, CurryApplied, ReverseApplied: functions made of functions."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.expr.attributes import FLAT, ONE_IDENTITY
from wlnet.kernel.registry import applied, builtin, symbol

IDENTITY = S.Identity


def _composed(head: Any, functions: tuple[Any, ...]) -> Any:
    """Composition without Identity; None when nothing changes."""
    kept = tuple(f for f in functions if f is not IDENTITY)
    if not kept:
        return IDENTITY
    if len(kept) == 1:
        return kept[0]
    return None if len(kept) == len(functions) else Expr(head, kept)


@builtin("Composition", attributes=FLAT | ONE_IDENTITY)
def composition(ev: Any, *functions: Any) -> Any:
    """Composition[f1, f2, ...], or f1 @* f2 @* ..., is the function that applies the last first: (f @* g)[x]
    is f[g[x]].

    >>> (f @* g)[x, y]
    f[g[x, y]]
    >>> Composition[f, Identity]
    f
    """
    return _composed(S.Composition, functions)


@applied("Composition")
def apply_composition(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """Composition[...][args]."""
    return _pipe(ev, head.args[::-1], args)


@builtin("RightComposition", attributes=FLAT | ONE_IDENTITY)
def right_composition(ev: Any, *functions: Any) -> Any:
    """RightComposition[f1, f2, ...], or f1 /* f2 /* ..., is the function that applies the first first: (f /*
    g)[x] is g[f[x]].

    >>> (f /* g)[x]
    g[f[x]]
    """
    return _composed(S.RightComposition, functions)


@applied("RightComposition")
def apply_right_composition(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """RightComposition[...][args]."""
    return _pipe(ev, head.args, args)


def _pipe(ev: Any, functions: tuple[Any, ...], args: tuple[Any, ...]) -> Any:
    value = Expr(functions[0], args)
    for f in functions[1:]:
        value = Expr(f, (value,))
    return ev.evaluate(value)


symbol(
    "OperatorApplied",
    usage="OperatorApplied[f][x][y] gives f[y, x]. OperatorApplied[f, k][x1, x2, ...][y] puts y in place k.",
)
symbol(
    "CurryApplied",
    usage="CurryApplied[f, n][x1]...[xn] gives f[x1, ..., xn]. CurryApplied[f, {i1, ..., in}] puts them "
    "in the order i1, ..., in. CurryApplied[n] is an operator form.",
)
symbol(
    "ReverseApplied",
    usage="ReverseApplied[f][x, y, ...] gives f[..., y, x]. ReverseApplied[f, n] reverses the first n.",
)


@applied("OperatorApplied")
def apply_operator_applied(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """OperatorApplied[f, k][x...] waits, as OperatorApplied[f, k, x...], for the call that brings y."""
    f, *given = head.args
    if len(given) < 2:
        k = given[0] if given else 1
        return Expr(S.OperatorApplied, (f, k, *args)) if type(k) is int and k >= 1 and args else None
    k, *rest = given
    if len(args) != 1 or k > len(rest) + 1:
        return None
    return ev.call(f, *rest[: k - 1], args[0], *rest[k - 1 :])


@applied("CurryApplied")
def apply_curry_applied(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """CurryApplied[f, spec][x] collects its arguments, as CurryApplied[f, spec, x], until there are enough
    for f.
    """
    if len(head.args) == 1:
        operator = len(args) == 1 and type(head.args[0]) is int
        return Expr(S.CurryApplied, (*args, *head.args)) if operator else None
    f, spec, *done = head.args
    order = _order(spec)
    if order is None or len(args) != 1:
        return None
    done.append(args[0])
    if len(done) < len(order):
        return Expr(S.CurryApplied, (f, spec, *done))
    return ev.call(f, *(done[i - 1] for i in order))


def _order(spec: Any) -> list[int] | None:
    """Which collected argument stands at each place: for n in order, for {i1, ..., in} as it says."""
    if type(spec) is int and spec >= 1:
        return list(range(1, spec + 1))
    if is_list(spec) and all(type(i) is int for i in items(spec)):
        order = list(items(spec))
        return order if order and sorted(order) == list(range(1, len(order) + 1)) else None
    return None


@builtin("Curry")
def curry(ev: Any, f: Any, spec: Any = None) -> Any:
    """Curry[f][x][y] gives f[y, x]; Curry[f, spec] is CurryApplied[f, spec].

    >>> Curry[f][x][y]
    f[y, x]
    >>> CurryApplied[f, 3][x][y][z]
    f[x, y, z]
    """
    return Expr(S.CurryApplied, (f, make_list((2, 1)) if spec is None else spec))


@applied("ReverseApplied")
def apply_reverse_applied(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """ReverseApplied[f, n][x1, x2, ...]."""
    if not 1 <= len(head.args) <= 2:
        return None
    n = head.args[1] if len(head.args) == 2 else len(args)
    if type(n) is not int or not 0 <= n <= len(args):
        return None
    return ev.call(head.args[0], *args[:n][::-1], *args[n:])
