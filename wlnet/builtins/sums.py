"""Plus in canonical form: numbers added, like terms collected, infinities and inexact contagion resolved."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, key
from wlnet.expr.atoms import ARITHMETIC, atom_arithmetic

from . import numbers
from .infinity import direction, is_infinite
from .numeric import contagion, numeric_q

PLUS, TIMES, POWER = S.Plus, S.Times, S.Power
INDETERMINATE = S.Indeterminate


def split_term(term: Any) -> tuple[Any, Any]:
    """A term as (numeric coefficient, rest): 3 x y is (3, x y)."""
    if type(term) is Expr and term.head is TIMES and term.args and type(term.args[0]) in numbers.KIND:
        rest = term.args[1:]
        return term.args[0], rest[0] if len(rest) == 1 else Expr(TIMES, rest)
    return 1, term


def with_coefficient(c: Any, rest: Any) -> Any:
    """The product c rest, for a canonical `rest` that is not a number."""
    if type(c) is int and c == 1:
        return rest
    if type(rest) is Expr and rest.head is TIMES:
        return Expr(TIMES, (c, *rest.args))
    if type(rest) is Expr and rest.head is PLUS and type(c) is int and c == -1:
        return Expr(PLUS, tuple(negated(t) for t in rest.args))
    return Expr(TIMES, (c, rest))


def negated(term: Any) -> Any:
    """-term for a canonical term."""
    if type(term) in numbers.KIND:
        return numbers.negate(term)
    c, rest = split_term(term)
    return with_coefficient(numbers.negate(c), rest)


def plus(ev: Any, args: tuple[Any, ...]) -> Any:
    """The canonical sum of evaluated, flattened and sorted terms; None when it is already canonical."""
    if ARITHMETIC:
        value = atom_arithmetic(ev, "Plus", args)
        if value is not None:
            return value
    total: Any = 0
    found = 0
    terms: dict[Any, tuple[Any, Any]] = {}
    infinite: list[Any] = []
    changed = False
    for a in args:
        if type(a) in numbers.KIND:
            total = numbers.add(total, a) if found else a
            found += 1
            continue
        if type(a) is Expr and is_infinite(a):
            infinite.append(a)
            continue
        if a is INDETERMINATE:
            return INDETERMINATE
        c, rest = split_term(a)
        k = key(rest)
        old = terms.get(k)
        if old is None:
            terms[k] = (c, rest)
        else:
            terms[k] = (numbers.add(old[0], c), rest)
            changed = True
    if infinite:
        return _infinite_sum(ev, infinite, found, terms, args)
    if found and numbers.is_inexact(total):
        numeric = contagion(ev, tuple(args))
        if numeric is not None:
            return Expr(PLUS, numeric)
    return _assemble(total, found, terms, changed)


def _assemble(total: Any, found: int, terms: dict[Any, tuple[Any, Any]], changed: bool) -> Any:
    parts: list[Any] = []
    for c, rest in terms.values():
        if numbers.is_zero(c):
            if not numbers.is_exact(c):
                total = numbers.add(total, c) if found else c
                found += 1
            changed = True
        else:
            parts.append((c, rest))
    exact_zero = type(total) is int and total == 0
    if not changed and found <= 1 and not (found and exact_zero) and len(parts) + found > 1:
        return None
    new = [with_coefficient(c, rest) for c, rest in parts]
    if not new:
        return total
    if found and not exact_zero:
        new.insert(0, total)
    return new[0] if len(new) == 1 else Expr(PLUS, tuple(new))


def _infinite_sum(
    ev: Any, infinite: list[Any], found: int, terms: dict[Any, tuple[Any, Any]], args: tuple[Any, ...]
) -> Any:
    """Infinities absorb numeric quantities; those of different directions are indeterminate."""
    first = infinite[0]
    pointing = direction(first)
    for other in infinite[1:]:
        if pointing is None or direction(other) is None or key(direction(other)) != key(pointing):
            ev.message("Infinity", "indet", Expr(S.HoldForm, (Expr(PLUS, args),)))
            return INDETERMINATE
    left = [with_coefficient(c, rest) for c, rest in terms.values() if not numeric_q(rest)]
    if not left:
        return first
    if len(left) == len(terms) and not found and len(infinite) == 1:
        return None
    return Expr(PLUS, (first, *left))
