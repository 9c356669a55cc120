"""Assumptions about symbols, as Simplify, Integrate and Refine take them: x > 0,
Element[n, Integers], $Assumptions."""

from __future__ import annotations

from typing import Any

from wlnet.expr import TRUE, Expr, S, Symbol, is_list, items, system
from wlnet.expr.attributes import HOLD_REST
from wlnet.kernel.registry import builtin, symbol

from . import numbers

ASSUMPTIONS = symbol(
    "$Assumptions",
    usage="$Assumptions is what Simplify, Integrate and their kin assume.",
    value=TRUE,
    assignable=True,
)

for _name, _text in (
    ("Reals", "the real numbers"),
    ("Integers", "the integers"),
    ("Rationals", "the rational numbers"),
    ("Complexes", "the complex numbers"),
    ("Primes", "the prime numbers"),
    ("Booleans", "True and False"),
    ("PositiveReals", "the positive real numbers"),
    ("PositiveIntegers", "the positive integers"),
    ("NonNegativeIntegers", "the integers from 0 on"),
):
    symbol(_name, usage=f"{_name} is the domain of {_text}.")

_DOMAINS: dict[str, dict[str, bool]] = {
    "Reals": {"real": True},
    "Integers": {"integer": True},
    "Rationals": {"rational": True},
    "Primes": {"prime": True},
    "PositiveReals": {"positive": True},
    "PositiveIntegers": {"integer": True, "positive": True},
    "NonNegativeIntegers": {"integer": True, "nonnegative": True},
}


def facts(assumption: Any) -> dict[Symbol, dict[str, bool]]:
    """What an assumption says about single symbols, in SymPy's words; other parts of it are passed over."""
    found: dict[Symbol, dict[str, bool]] = {}
    for a in _conjuncts(assumption):
        if type(a) is not Expr:
            continue
        if a.head is S.Element and len(a.args) == 2 and type(a.args[1]) is Symbol:
            what = _DOMAINS.get(a.args[1].name, {})
            listed = a.args[0]
            many = (
                listed.args if type(listed) is Expr and listed.head in (S.Alternatives, S.List) else (listed,)
            )
            for s in many:
                if type(s) is Symbol:
                    found.setdefault(s, {}).update(what)
        elif a.head in _COMPARISONS and len(a.args) == 2:
            for s, fact in _compared(a):
                found.setdefault(s, {}).update(fact)
        elif a.head in _COMPARISONS and len(a.args) == 3:
            for pair in (a.args[:2], a.args[1:]):
                for s, fact in _compared(Expr(a.head, pair)):
                    found.setdefault(s, {}).update(fact)
    return found


_COMPARISONS = {S.Greater: 1, S.GreaterEqual: 1, S.Less: -1, S.LessEqual: -1}


def _compared(a: Expr) -> list[tuple[Symbol, dict[str, bool]]]:
    """What a comparison says: x is positive where x > c with c >= 0, and so on."""
    left, right = a.args
    sign = _COMPARISONS[a.head]
    if type(right) is Symbol and type(left) in numbers.KIND:
        left, right, sign = right, left, -sign
    if type(left) is not Symbol:
        return []
    if type(right) not in numbers.KIND or type(right) is numbers.Complex:
        return [(left, {"real": True})]
    bound = numbers.sign(right) * sign
    strict = a.head in (S.Greater, S.Less)
    if bound < 0:
        return [(left, {"real": True})]
    word = "positive" if sign > 0 else "negative"
    if bound > 0 or strict:
        return [(left, {word: True})]
    return [(left, {"nonnegative" if sign > 0 else "nonpositive": True})]


def _conjuncts(a: Any) -> list[Any]:
    if type(a) is Expr and a.head is S.And:
        return [x for b in a.args for x in _conjuncts(b)]
    if is_list(a):
        return [x for b in items(a) for x in _conjuncts(b)]
    if type(a) is Expr and a.head is S.Inequality and len(a.args) == 5:
        x, r, y, s, z = a.args
        return [Expr(r, (x, y)), Expr(s, (y, z))]
    return [a]


def in_force(ev: Any, given: Any) -> dict[Symbol, dict[str, bool]]:
    """The facts of $Assumptions and of an `Assumptions` setting."""
    known = facts(ev.evaluate(ASSUMPTIONS))
    if given is not None and given is not ASSUMPTIONS:
        for s, fact in facts(given).items():
            known.setdefault(s, {}).update(fact)
    return known


@builtin("Assuming", attributes=HOLD_REST, evaluated=True)
def assuming(ev: Any, assumption: Any, expr: Any) -> Any:
    """Assuming[assum, expr] evaluates expr with assum added to $Assumptions.

    >>> Assuming[x > 0, Simplify[Sqrt[x^2]]]
    x
    """
    block = Expr(S.Block, (Expr(S.List, (Expr(S.Set, (ASSUMPTIONS, _both(ev, assumption))),)), expr))
    return ev.evaluate(block)


def _both(ev: Any, assumption: Any) -> Any:
    before = ev.evaluate(ASSUMPTIONS)
    given = Expr(S.And, tuple(items(assumption))) if is_list(assumption) else assumption
    return given if before is TRUE else Expr(S.And, (before, given))


@builtin("Element")
def element(ev: Any, x: Any, domain: Any) -> Any:
    """Element[x, dom] states that x belongs to the domain Reals, Integers, Rationals, Complexes, Primes, ...

    >>> {Element[3, Integers], Element[2.5, Integers], Element[Pi, Reals], Element[x, Reals]}
    {True, False, True, x ∈ Reals}
    """
    from fractions import Fraction

    from . import number_theory
    from .complexes import is_real_quantity
    from .numeric import numeric_q

    if is_list(x):
        return Expr(S.And, tuple(Expr(S.Element, (a, domain)) for a in items(x)))
    if type(domain) is not Symbol or not numeric_q(x):
        return None
    kind = type(x)
    answers = {
        "Integers": kind is int if kind in numbers.KIND else None,
        "Rationals": kind in (int, Fraction) if kind in numbers.KIND else None,
        "Reals": is_real_quantity(ev, x),
        "Complexes": True,
        "Primes": kind is int and number_theory.is_prime(x),
        "PositiveIntegers": kind is int and x > 0,
        "NonNegativeIntegers": kind is int and x >= 0,
    }
    answer = answers.get(domain.name)
    return None if answer is None else system(str(answer))
