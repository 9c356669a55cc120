"""Composition, OperatorApplied, CurryApplied, ReverseApplied: functions made of functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.expr.attributes import FLAT, ONE_IDENTITY
from wlnet.kernel.registry import applied, builtin, symbol

IDENTITY = S.Identity
SECOND_FIRST = make_list((2, 1))


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
    usage="OperatorApplied[f][x][y] gives f[y, x]. OperatorApplied[f, n][x1]...[xn] gives f[x1, ..., xn]; "
    "{i1, ..., im} puts the arguments in the order i1, ..., im, k -> {i1, ..., im} waits for k of them.",
)
symbol(
    "CurryApplied",
    usage="CurryApplied[f, n][x1]...[xn] gives f[x1, ..., xn]. CurryApplied[f, {i1, ..., in}] puts them "
    "in the order i1, ..., in, k -> {i1, ..., in} waits for k of them. CurryApplied[n] is an operator form.",
)
symbol(
    "ReverseApplied",
    usage="ReverseApplied[f][x, y, ...] gives f[..., y, x]. ReverseApplied[f, n] reverses the first n.",
)


@applied("OperatorApplied")
def apply_operator_applied(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """OperatorApplied[f, spec][x...]: as CurryApplied, with {2, 1} for spec where there is none."""
    if not head.args:
        return None
    f, *rest = head.args
    return _collected(ev, S.OperatorApplied, (f, *(rest or [SECOND_FIRST])), args)


@applied("CurryApplied")
def apply_curry_applied(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """CurryApplied[f, spec][x...] collects arguments until there are enough; CurryApplied[spec] is an
    operator form.
    """
    if len(head.args) == 1:
        operator = len(args) == 1 and _order(head.args[0]) is not None
        return Expr(S.CurryApplied, (*args, *head.args)) if operator else None
    return _collected(ev, S.CurryApplied, head.args, args) if head.args else None


def _collected(ev: Any, name: Any, given: tuple[Any, ...], args: tuple[Any, ...]) -> Any:
    """The call once enough arguments are there, name[f, spec, x...] until then; further ones are applied
    to its value. Brackets do not matter, only the number of arguments.
    """
    f, spec, *done = given
    found = _order(spec)
    if found is None or not args:
        return None
    count, order = found
    done.extend(args)
    if len(done) < count:
        return Expr(name, (f, spec, *done))
    value = ev.call(f, *(done[i - 1] for i in order))
    return value if len(done) == count else ev.call(value, *done[count:])


def _order(spec: Any) -> tuple[int, Sequence[int]] | None:
    """How many arguments are waited for, and which of them are passed on, in order: n, {i1, ..., im},
    k -> {i1, ..., im}.
    """
    count = None
    if type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2:
        count, spec = spec.args
    if type(spec) is int and spec >= 1 and count is None:
        return spec, range(1, spec + 1)
    if not is_list(spec) or not all(type(i) is int and i >= 1 for i in items(spec)):
        return None
    order = list(items(spec))
    if count is None:
        count = max(order, default=1)
    return (count, order) if type(count) is int and count >= max(order, default=1) else None


@builtin("Curry")
def curry(ev: Any, f: Any, spec: Any = None) -> Any:
    """Curry[f][x][y] gives f[y, x]; Curry[f, spec] is CurryApplied[f, spec].

    >>> Curry[f][x][y]
    f[y, x]
    >>> CurryApplied[f, 3][x][y][z]
    f[x, y, z]
    """
    return Expr(S.CurryApplied, (f, SECOND_FIRST if spec is None else spec))


@applied("ReverseApplied")
def apply_reverse_applied(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """ReverseApplied[f, n][x1, x2, ...]."""
    if not 1 <= len(head.args) <= 2:
        return None
    n = head.args[1] if len(head.args) == 2 else len(args)
    if type(n) is not int or not 0 <= n <= len(args):
        return None
    return ev.call(head.args[0], *args[:n][::-1], *args[n:])


@builtin("ComposeList")
def compose_list(ev: Any, functions: Any, expr: Any) -> Any:
    """ComposeList[{f1, f2, ...}, x] gives {x, f1[x], f2[f1[x]], ...}.

    >>> ComposeList[{f, g}, x]
    {x, f[x], g[f[x]]}
    """
    if not is_list(functions):
        return None
    out = [expr]
    for f in items(functions):
        out.append(ev.call(f, out[-1]))
    return make_list(out)
