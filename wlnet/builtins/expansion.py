"""Expand and its kin: products and integer powers of sums multiplied out. Ours, not SymPy's."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, is_list, items, key, make_list, same
from wlnet.kernel.registry import builtin

from . import numbers
from .products import base_and_exponent
from .sums import split_term

PLUS, TIMES, POWER = S.Plus, S.Times, S.Power

# A sum as a dictionary: key of the rest of a term -> (rest, coefficient).
Terms = dict[Any, tuple[Any, Any]]

# More terms than this in one expansion would take minutes; it is left as it is, with a message.
MAX_TERMS = 200_000


def terms_of(x: Any) -> list[Any]:
    """The terms of a sum, or the expression itself."""
    return list(x.args) if type(x) is Expr and x.head is PLUS else [x]


def needs_expansion(x: Any) -> bool:
    """Whether `x` is a product with a sum in it, or a positive integer power of a sum."""
    if type(x) is not Expr:
        return False
    if x.head is POWER and len(x.args) == 2:
        b, e = x.args
        return _is_sum(b) and (type(e) is int and e > 1 or type(e) is Fraction and e > 1)
    if x.head is TIMES:
        return any(_is_sum(a) or needs_expansion(a) for a in x.args)
    return x.head is PLUS and any(map(needs_expansion, x.args))


def _is_sum(x: Any) -> bool:
    return type(x) is Expr and x.head is PLUS


def expand(ev: Any, x: Any) -> Any:
    """`x` with products and positive integer powers at its top expanded; evaluated."""
    if not needs_expansion(x):
        return x
    if x.head is PLUS:
        return ev.evaluate(Expr(PLUS, tuple(expand(ev, t) for t in x.args)))
    if x.head is POWER:
        return _expand_power(ev, x)
    return _expand_product(ev, x)


def _expand_power(ev: Any, x: Expr) -> Any:
    base, e = x.args
    inner = expand(ev, base)
    if type(e) is Fraction:
        whole = math.floor(e)
        root = Expr(POWER, (inner, e - whole))
        return expand(ev, ev.evaluate(Expr(TIMES, (root, _expand_power(ev, Expr(POWER, (inner, whole)))))))
    terms = terms_of(inner)
    if len(terms) == 1 or math.comb(len(terms) + e - 1, e) > MAX_TERMS:
        return ev.evaluate(Expr(POWER, (inner, e)))
    found = _multinomial(ev, terms, e)
    value = ev.evaluate(Expr(PLUS, tuple(found)))
    return expand(ev, value) if needs_expansion(value) else value


def _multinomial(ev: Any, terms: list[Any], n: int) -> list[Any]:
    """The terms of (t1 + t2 + ...)^n by the multinomial theorem."""
    if len(terms) == 1:
        return [Expr(POWER, (terms[0], n))]
    out = []
    first, *rest = terms
    for k in range(n + 1):
        c = math.comb(n, k)
        lead = Expr(POWER, (first, n - k)) if n - k else 1
        inner = _multinomial(ev, rest, k) if k else [1]
        out += [Expr(TIMES, (c, lead, t)) for t in inner]
    return out


def _expand_product(ev: Any, x: Expr) -> Any:
    """Sums multiplied out pairwise, collecting like terms after each step."""
    plain = []
    sums = []
    for a in x.args:
        a = expand(ev, a)
        (sums if _is_sum(a) else plain).append(a)
    found: Any = plain[0] if len(plain) == 1 else ev.evaluate(Expr(TIMES, tuple(plain))) if plain else 1
    if not sums:
        return found
    for s in sums:
        left = terms_of(found)
        if len(left) * len(s.args) > MAX_TERMS:
            return x
        found = ev.evaluate(Expr(PLUS, tuple(_products(ev, left, s.args))))
    return expand(ev, found) if needs_expansion(found) and not same(found, x) else found


def _products(ev: Any, left: list[Any], right: tuple[Any, ...]) -> list[Any]:
    """All products of two lists of terms, like ones collected."""
    collected: Terms = {}
    for a in left:
        for b in right:
            c, rest = split_term(ev.evaluate(Expr(TIMES, (a, b))))
            if type(rest) in numbers.KIND:
                c, rest = numbers.multiply(c, rest), 1
            k = key(rest)
            old = collected.get(k)
            collected[k] = (rest, c if old is None else numbers.add(old[1], c))
    return [Expr(TIMES, (c, rest)) for rest, c in collected.values()]


def threaded(ev: Any, name: str, x: Any, act: Any) -> Any:
    """`act` over lists, equations and inequalities, as Expand, Together and Factor do."""
    if is_list(x):
        return make_list(threaded(ev, name, a, act) for a in items(x))
    relations = (
        S.Equal,
        S.Unequal,
        S.Less,
        S.LessEqual,
        S.Greater,
        S.GreaterEqual,
        S.And,
        S.Or,
        S.Not,
        S.Rule,
    )
    if type(x) is Expr and x.head in relations:
        return Expr(x.head, tuple(threaded(ev, name, a, act) for a in x.args))
    return act(x)


@builtin("Expand")
def expand_(ev: Any, expr: Any, pattern: Any = None) -> Any:
    """Expand[expr] multiplies out products and positive integer powers.
    Expand[expr, patt] leaves alone the parts that are free of patt.

    >>> {Expand[(a + b)^3], Expand[(1 + x) (2 + y)]}
    {a^3 + 3 a^2 b + 3 a b^2 + b^3, 2 + 2 x + y + x y}
    """
    if pattern is not None:
        return threaded(ev, "Expand", expr, lambda x: _expand_where(ev, x, pattern))
    return threaded(ev, "Expand", expr, lambda x: expand(ev, x))


def _expand_where(ev: Any, x: Any, pattern: Any) -> Any:
    if not needs_expansion(x):
        return x
    holds = ev.matching(pattern)
    marked: dict[Any, Any] = {}
    hidden = _hide(x, holds, marked)
    value = expand(ev, ev.evaluate(hidden))
    return _show(value, marked)


def _contains(x: Any, holds: Any) -> bool:
    return holds(x) or (
        type(x) is Expr and (any(_contains(a, holds) for a in x.args) or _contains(x.head, holds))
    )


def _hide(x: Any, holds: Any, marked: dict[Any, Any]) -> Any:
    """Sums free of the pattern replaced by inert symbols."""
    from wlnet.expr import Symbol

    if type(x) is not Expr:
        return x
    if x.head is PLUS and not _contains(x, holds):
        s = Symbol(f"part{len(marked)}", "Expand`")
        marked[s] = x
        return s
    return Expr(x.head, tuple(_hide(a, holds, marked) for a in x.args))


def _show(x: Any, marked: dict[Any, Any]) -> Any:
    from wlnet.expr import Symbol

    if type(x) is Symbol:
        return marked.get(x, x)
    return Expr(x.head, tuple(_show(a, marked) for a in x.args)) if type(x) is Expr else x


@builtin("ExpandAll")
def expand_all(ev: Any, expr: Any) -> Any:
    """ExpandAll[expr] multiplies out products and integer powers in every part of expr.

    >>> ExpandAll[1/(1 + x)^2 + Sin[(a + b)^2]]
    1/(1 + 2 x + x^2) + Sin[a^2 + 2 a b + b^2]
    """
    return _everywhere(ev, expr)


def _everywhere(ev: Any, x: Any) -> Any:
    if type(x) is not Expr:
        return x
    if x.head is POWER and type(x.args[1]) is int and x.args[1] < -1 and _is_sum(x.args[0]):
        inner = expand(ev, Expr(POWER, (_everywhere(ev, x.args[0]), -x.args[1])))
        return ev.evaluate(Expr(POWER, (inner, -1)))
    return expand(ev, ev.evaluate(Expr(x.head, tuple(_everywhere(ev, a) for a in x.args))))


def fraction_parts(ev: Any, x: Any) -> tuple[Any, Any]:
    """Numerator and denominator of a product as written, without bringing sums together."""
    factors = x.args if type(x) is Expr and x.head is TIMES else (x,)
    top: list[Any] = []
    bottom: list[Any] = []
    for f in factors:
        if type(f) is Fraction:
            top.append(f.numerator)
            bottom.append(f.denominator)
            continue
        base, e = base_and_exponent(f)
        c = split_term(e)[0] if type(e) not in numbers.KIND else e
        if type(c) in numbers.KIND and type(c) is not numbers.Complex and numbers.sign(c) < 0:
            bottom.append(Expr(POWER, (base, Expr(TIMES, (-1, e)))))
        else:
            top.append(f)
    return ev.evaluate(Expr(TIMES, tuple(top))), ev.evaluate(Expr(TIMES, tuple(bottom)))


@builtin("Numerator")
def numerator(ev: Any, x: Any) -> Any:
    """Numerator[expr] gives the numerator of expr.

    >>> {Numerator[3/4], Numerator[a x/(b y^2)]}
    {3, a x}
    """
    return make_list(Expr(S.Numerator, (a,)) for a in items(x)) if is_list(x) else fraction_parts(ev, x)[0]


@builtin("Denominator")
def denominator(ev: Any, x: Any) -> Any:
    """Denominator[expr] gives the denominator of expr.

    >>> {Denominator[3/4], Denominator[a/(b c)], Denominator[x]}
    {4, b c, 1}
    """
    return make_list(Expr(S.Denominator, (a,)) for a in items(x)) if is_list(x) else fraction_parts(ev, x)[1]
