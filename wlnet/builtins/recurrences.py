"""Recurrences and transforms: LinearRecurrence, RecurrenceTable, RSolve, Laplace transforms."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list
from wlnet.kernel.registry import builtin

from .solving import equations_of, renumbered
from .sympy_bridge import Bridge, Unsolved, failures, limited, through


@builtin("LinearRecurrence")
def linear_recurrence(ev: Any, kernel: Any, start: Any, n: Any) -> Any:
    """LinearRecurrence[{c1, c2, ...}, {a1, a2, ...}, n] gives the first n elements of the sequence with
    a[k] = c1 a[k-1] + c2 a[k-2] + ... and these initial values; {n1, n2} in place of n its elements n1 to n2.

    >>> LinearRecurrence[{1, 1}, {1, 1}, 8]
    {1, 1, 2, 3, 5, 8, 13, 21}
    """
    if not is_list(kernel) or not is_list(start):
        return None
    low, high = items(n) if is_list(n) and len(items(n)) == 2 else (1, n)
    c, found = items(kernel), list(items(start))
    if type(low) is not int or type(high) is not int or not c or len(found) < len(c) or low < 1:
        return None
    while len(found) < high:
        terms = [Expr(S.Times, (a, found[-k])) for k, a in enumerate(c, 1)]
        found.append(ev.evaluate(Expr(S.Plus, tuple(terms))))
    return make_list(found[low - 1 : high])


def _shift(e: Any, a: Symbol, n: Any) -> Any:
    """K of a[n + k], or None for anything else."""
    if type(e) is not Expr or e.head is not a or len(e.args) != 1:
        return None
    (at,) = e.args
    if at is n:
        return 0
    if type(at) is Expr and at.head is S.Plus and len(at.args) == 2 and n in at.args:
        k = at.args[0] if at.args[1] is n else at.args[1]
        return k if type(k) is int else None
    return None


def _recurrence(ev: Any, parts: list[Any], a: Symbol, n: Any) -> tuple[int, Any, Any] | None:
    """(lead, right side) of the equation solved for its highest element a[n + lead]."""
    shifts: set[int] = set()
    (equation,) = parts
    stack = [equation]
    while stack:
        e = stack.pop()
        k = _shift(e, a, n)
        if k is not None:
            shifts.add(k)
        elif type(e) is Expr:
            stack += e.args
    if not shifts:
        return None
    lead = max(shifts)
    top = Expr(a, (n if lead == 0 else ev.evaluate(Expr(S.Plus, (n, lead))),))
    solved = ev.evaluate(Expr(S.Solve, (equation, top)))
    if not is_list(solved) or not items(solved):
        return None
    return lead, items(items(solved)[-1])[0].args[1], min(shifts)


@builtin("RecurrenceTable")
def recurrence_table(ev: Any, equations: Any, a: Any, span: Any) -> Any:
    """RecurrenceTable[{eqn, conditions}, a, {n, n1, n2}] gives the elements a[n1] to a[n2] of the sequence
    that satisfies a recurrence with initial conditions.

    >>> RecurrenceTable[{a[n + 1] == 2 a[n], a[0] == 3}, a, {n, 0, 4}]
    {3, 6, 12, 24, 48}
    """
    ends: tuple[Any, ...] = items(span) if is_list(span) else ()
    listed = equations_of(equations)
    if listed is None or type(a) is not Symbol or len(ends) not in (2, 3):
        return None
    n, low, high = (ends[0], 1, ends[1]) if len(ends) == 2 else (ends[0], ends[1], ends[2])
    if type(low) is not int or type(high) is not int:
        return None
    known: dict[int, Any] = {}
    rest = []
    for e in listed:
        place = e.args[0].args[0] if type(e.args[0]) is Expr and e.args[0].head is a else None
        if type(place) is int:
            known[place] = e.args[1]
        else:
            rest.append(e)
    found = _recurrence(ev, rest, a, n) if len(rest) == 1 else None
    if found is None or not known:
        return None
    lead, right, lowest = found
    for k in range(min(known), high + 1):
        if k in known:
            continue
        at = k - lead
        if any(at + j not in known for j in range(lowest, lead)):
            return None
        value = ev.evaluate(Expr(S.ReplaceAll, (right, Expr(S.Rule, (n, at)))))
        rules = make_list(Expr(S.Rule, (Expr(a, (i,)), v)) for i, v in known.items())
        known[k] = ev.evaluate(Expr(S.ReplaceAll, (value, rules)))
    return (
        make_list(known[k] for k in range(low, high + 1))
        if all(k in known for k in range(low, high + 1))
        else None
    )


@builtin("RSolve")
def r_solve(ev: Any, equations: Any, function: Any, n: Any) -> Any:
    """RSolve[{eqn, conditions}, a[n], n] solves a recurrence, with constants C[1], C[2], ...

    >>> RSolve[{a[n + 1] == 2 a[n], a[0] == 1}, a[n], n]
    {{a[n] -> 2^n}}
    """
    listed = equations_of(equations)
    call = function if type(function) is Expr else Expr(function, (n,))
    if listed is None or len(call.args) != 1:
        return None
    b = Bridge()
    sp = b.sympy
    try:
        unknown = b.to(call)
        conditions, main = {}, []
        for e in listed:
            left = e.args[0]
            if type(left) is Expr and left.head is call.head and type(left.args[0]) is int:
                conditions[b.to(left)] = b.to(e.args[1])
            else:
                main.append(b.to(e.args[0]) - b.to(e.args[1]))
        if len(main) != 1:
            return None
        found = limited(lambda: sp.rsolve(main[0], unknown, conditions or None))
        if found is None:
            return None
        value = renumbered(ev.evaluate(b.out(sp.simplify(found))))
    except (Unsolved, *failures()):
        return None
    return make_list((make_list((Expr(S.Rule, (function, value)),)),))


@builtin("LaplaceTransform")
def laplace_transform(ev: Any, f: Any, t: Any, s: Any) -> Any:
    """LaplaceTransform[f, t, s] gives the Laplace transform of f.

    >>> LaplaceTransform[t^2, t, s]
    2/s^3
    """
    bridge = Bridge({t: {"positive": True}} if type(t) is Symbol else None)
    return through(
        ev, lambda sp, e, x, y: sp.laplace_transform(e, x, y, noconds=True), f, t, s, bridge=bridge
    )


@builtin("InverseLaplaceTransform")
def inverse_laplace_transform(ev: Any, f: Any, s: Any, t: Any) -> Any:
    """InverseLaplaceTransform[f, s, t] gives the function of t > 0 with the Laplace transform f.

    >>> InverseLaplaceTransform[1/(s + 1), s, t]
    E^(-t)
    """
    bridge = Bridge({t: {"positive": True}} if type(t) is Symbol else None)
    return through(ev, lambda sp, e, x, y: sp.inverse_laplace_transform(e, x, y), f, s, t, bridge=bridge)
