"""Reduce, Resolve, FindInstance: statements about equations and inequalities in simplest terms."""

from __future__ import annotations

from itertools import product
from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, Symbol, is_list, items, make_list
from wlnet.kernel.registry import builtin, symbol

from . import numeric
from .algebra import powers_in
from .calculus import _variables, free_of
from .elementary import leads_negative
from .real_sets import only_in, pairwise, real_pieces, statement
from .sums import negated

MESSAGES = {"ivar": "`1` is not a valid variable."}

symbol("ForAll", usage="ForAll[x, statement] says that the statement holds for every x.")
symbol("Exists", usage="Exists[x, statement] says that there is an x for which the statement holds.")


def names_of(x: Any, given: Any) -> list[Any]:
    """The variables given, or those that occur."""
    if given is None:
        return list(_variables(x))
    return list(items(given)) if is_list(given) else [given]


@builtin("Reduce", messages=MESSAGES)
def reduce_(ev: Any, given: Any, variables: Any = None, domain: Any = None) -> Any:
    """Reduce[statement, x] gives conditions equivalent to equations and inequalities: for one variable the
    points and intervals in order, for equations with parameters every case.
    Reduce[statement, {x, y}] solves systems of equations; Reduce[statement, vars, dom] over Reals or
    Integers.

    >>> {Reduce[x^2 < 4, x], Reduce[x^2 == 4, x], Reduce[x^2 > 4 && x < 3, x]}
    {-2 < x < 2, x == -2 || x == 2, x < -2 || 2 < x < 3}
    >>> Reduce[a x == b, x]
    (b == 0 && a == 0) || (a != 0 && x == b/a)
    """
    whole = pairwise(given)
    if whole is TRUE or whole is FALSE:
        return whole
    names = names_of(whole, variables)
    relations = list(whole.args) if type(whole) is Expr and whole.head is S.And else [whole]
    equations = all(type(r) is Expr and r.head is S.Equal for r in relations)
    if equations and domain not in (S.Reals, S.Integers):
        return _equations(ev, relations, names, domain)
    if len(names) == 1 and type(names[0]) is Symbol and only_in(whole, names[0]):
        return _in_one(ev, whole, names[0], domain)
    return _by_cases(ev, relations, names, domain)


def _in_one(ev: Any, whole: Any, x: Symbol, domain: Any) -> Any:
    found = real_pieces(ev, whole, x, domain is S.Integers)
    if found is None:
        return None
    b, pieces = found
    cases = [statement(ev, b, x, p) for p in pieces]
    if len(cases) == 1 and cases[0].head is S.Element and domain is S.Reals:
        return TRUE
    return _or(cases)


def _or(cases: list[Any]) -> Any:
    if not cases:
        return FALSE
    return cases[0] if len(cases) == 1 else Expr(S.Or, tuple(cases))


def _equations(ev: Any, relations: list[Any], names: list[Any], domain: Any) -> Any:
    """Equations alone: one in one variable with every case of its parameters, else what Solve finds."""
    if len(relations) == 1 and len(names) == 1:
        difference = ev.evaluate(Expr(S.Subtract, relations[0].args))
        parts = powers_in(ev, difference, names[0])
        if parts and all(type(k) is int and 0 <= k <= 2 for k in parts):
            c = [ev.evaluate(Expr(S.Plus, tuple(parts.get(k, ())))) for k in range(max(parts) + 1)]
            free = all(numeric.numeric_q(a) or free_of(a, names[0]) for a in c)
            if free and not all(map(numeric.numeric_q, c)):
                return ev.evaluate(_or(_polynomial_cases(ev, c, names[0])))
    from .solving import _solved

    found = _solved(ev, relations, names, domain, None)
    if found is None:
        return None
    if len(names) == 1 and found == [[]]:
        return TRUE
    return _or([_and([Expr(S.Equal, pair) for pair in one]) for one in found])


def _and(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else Expr(S.And, tuple(parts)) if parts else TRUE


def _without_sign(a: Any) -> Any:
    """`a`, or -a where it begins with a minus sign: the same condition a == 0."""
    return negated(a) if leads_negative(a) else a


def _polynomial_cases(ev: Any, c: list[Any], x: Any) -> list[Any]:
    """Solutions of c0 + c1 x (+ c2 x^2) == 0 for every value of the symbolic coefficients."""
    lead, lower = c[-1], c[:-1]
    known = numeric.numeric_q(lead)
    zero = Expr(S.Equal, (lead, 0))
    cases: list[Any] = []
    if not lower:
        return [zero] if not known else []
    if len(lower) == 1:
        here = Expr(S.Equal, (x, ev.evaluate(Expr(S.Times, (-1, lower[0], Expr(S.Power, (lead, -1)))))))
        if not known:
            rest = [_without_sign(lower[0])] if not numeric.numeric_q(lower[0]) else []
            if rest or lower[0] == 0:
                cases.append(_and([Expr(S.Equal, (a, 0)) for a in rest] + [zero]))
            return [*cases, Expr(S.And, (Expr(S.Unequal, (lead, 0)), here))]
        return [here]
    a, b, c0 = lead, lower[1], lower[0]
    root = Expr(S.Sqrt, (Expr(S.Subtract, (Expr(S.Power, (b, 2)), Expr(S.Times, (4, a, c0)))),))
    tops = [Expr(op, (Expr(S.Minus, (b,)), root)) for op in (S.Subtract, S.Plus)]
    twice = Expr(S.Times, (2, a))
    both = [Expr(S.Equal, (x, ev.evaluate(Expr(S.Divide, (top, twice))))) for top in tops]
    if known:
        return both
    rest_cases = [Expr(S.And, (zero, r)) for r in _polynomial_cases(ev, lower, x)]
    return [Expr(S.And, (Expr(S.Unequal, (a, 0)), Expr(S.Or, tuple(both)))), *rest_cases]


def _by_cases(ev: Any, relations: list[Any], names: list[Any], domain: Any) -> Any:
    """Equations solved, the solutions kept that meet the other conditions; over the integers, a search."""
    from .solving import conditioned

    found = conditioned(ev, relations, names, domain)
    if found is None:
        return None
    return _or([_and([Expr(S.Equal, pair) for pair in one]) for one in found])


@builtin("Resolve")
def resolve(ev: Any, given: Any, domain: Any = None) -> Any:
    """Resolve[statement, dom] eliminates ForAll and Exists over one real variable.

    >>> {Resolve[Exists[x, x^2 == 2], Reals], Resolve[ForAll[x, x^2 > 0], Reals]}
    {True, False}
    """
    if type(given) is not Expr or given.head not in (S.ForAll, S.Exists) or len(given.args) not in (2, 3):
        return None
    x, *conditions = given.args
    body = conditions[-1]
    if given.head is S.Exists:
        whole = Expr(S.And, tuple(conditions)) if len(conditions) == 2 else body
    else:
        outside = Expr(S.Not, (conditions[0],)) if len(conditions) == 2 else None
        whole = body if outside is None else Expr(S.Or, (outside, body))
    whole = ev.evaluate(whole)
    if whole is TRUE or whole is FALSE:
        return whole
    if type(x) is not Symbol or not only_in(whole, x):
        return None
    found = real_pieces(ev, whole, x, domain is S.Integers)
    if found is None:
        return None
    b, pieces = found
    if given.head is S.Exists:
        return TRUE if pieces else FALSE
    everything = len(pieces) == 1 and pieces[0].low == -b.sympy.oo and pieces[0].high == b.sympy.oo
    return TRUE if everything else FALSE


@builtin("FindInstance")
def find_instance(ev: Any, given: Any, variables: Any, domain: Any = None, count: Any = 1) -> Any:
    """FindInstance[statement, x] gives a value of x for which the statement holds, as {{x -> value}};
    FindInstance[statement, vars, dom, n] up to n of them. {} when there are none.

    >>> {FindInstance[x^2 == 4 && x > 0, x], FindInstance[x^2 < 0, x, Reals]}
    {{{x -> 2}}, {}}
    """
    whole = pairwise(given)
    names = names_of(whole, variables)
    n = count if type(count) is int and count > 0 else 1
    if len(names) == 1 and type(names[0]) is Symbol and only_in(whole, names[0]):
        found = real_pieces(ev, whole, names[0], domain is S.Integers)
        if found is not None:
            b, pieces = found
            values = [v for p in pieces for v in _samples(b.sympy, p, n)][:n]
            if values or domain in (S.Reals, S.Integers):
                return make_list(
                    make_list((Expr(S.Rule, (names[0], ev.evaluate(b.out(v)))),)) for v in values
                )
    from .solving import conditioned

    relations = list(whole.args) if type(whole) is Expr and whole.head is S.And else [whole]
    solved = conditioned(ev, relations, names, domain)
    if solved is None:
        return None
    return make_list(make_list(Expr(S.Rule, pair) for pair in one) for one in solved[:n])


def _samples(sp: Any, piece: Any, n: int) -> list[Any]:
    """Up to n simple numbers of a piece."""
    if piece.low == piece.high:
        return [piece.low]
    low = piece.low if piece.low != -sp.oo else None
    high = piece.high if piece.high != sp.oo else None
    if low is None and high is None:
        return [sp.Integer(k) for k in range(n)]
    if low is None:
        first = sp.ceiling(high) - 1
        return [first - k for k in range(n)]
    first = sp.floor(low) + 1
    if high is None or first + n - 1 < high:
        return [first + k for k in range(n)]
    return [low + (high - low) * sp.Rational(k + 1, n + 1) for k in range(n)]


# How many combinations of integers a search tries at most.
MAX_TRIED = 2_000_000


def integer_points(ev: Any, relations: list[Any], names: list[Any]) -> list[list[Any]] | None:
    """All integer solutions within the bounds that single relations give, by trial; None without bounds."""
    ranges = []
    for v in names:
        bounds = _bounds(ev, relations, names, v)
        if bounds is None:
            return None
        ranges.append(range(bounds[0], bounds[1] + 1))
    total = 1
    for r in ranges:
        total *= max(len(r), 1)
    if total > MAX_TRIED:
        return None
    test = ev.predicate(Expr(S.Function, (make_list(names), Expr(S.And, tuple(relations)))))
    return [list(zip(names, p, strict=True)) for p in product(*ranges) if test(*p)]


def _bounds(ev: Any, relations: list[Any], names: list[Any], v: Any) -> tuple[int, int] | None:
    """Integers between which v must lie: by relations in v alone, or by a bounded sum of even powers."""
    own = [r for r in relations if type(v) is Symbol and only_in(r, v)]
    if own:
        found = real_pieces(ev, Expr(S.And, tuple(own)) if len(own) > 1 else own[0], v)
        if found is not None and found[1]:
            sp, pieces = found[0].sympy, found[1]
            low, high = pieces[0].low, pieces[-1].high
            if low != -sp.oo and high != sp.oo:
                return int(sp.ceiling(low)), int(sp.floor(high))
    for r in relations:
        if r.head not in (S.Equal, S.LessEqual, S.Less):
            continue
        total = ev.evaluate(Expr(S.Subtract, r.args))
        bound = _even_bound(ev, total, names, v)
        if bound is not None:
            return -bound, bound
    return None


def _even_bound(ev: Any, total: Any, names: list[Any], v: Any) -> int | None:
    """For sum ci xi^(2 ki) - c <= 0 with positive ci: the largest |v| possible."""
    constant, mine = 0, None
    for t in total.args if type(total) is Expr and total.head is S.Plus else (total,):
        if type(t) is int:
            constant += t
            continue
        c, rest = (t.args[0], t.args[1:]) if type(t) is Expr and t.head is S.Times else (1, (t,))
        power = rest[0] if len(rest) == 1 else None
        fits = type(power) is Expr and power.head is S.Power and power.args[0] in names
        if not fits or type(power.args[1]) is not int or power.args[1] % 2 or type(c) is not int or c <= 0:  # type: ignore[union-attr]
            return None
        if power.args[0] is v:  # type: ignore[union-attr]
            mine = (c, power.args[1])  # type: ignore[union-attr]
    if mine is None or constant > 0:
        return None
    return int((-constant / mine[0]) ** (1 / mine[1]) + 1)
