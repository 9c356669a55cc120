"""Equations: Solve, NSolve, Reduce, Roots, DSolve through SymPy; FindRoot,
FindMinimum and kin through SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Complex, Expr, S, Symbol, is_list, items, make_list
from wlnet.kernel.registry import builtin, symbol

from . import assumptions, numbers, numeric
from .real_sets import RELATIONS, only_in, pairwise, real_pieces
from .reduction import integer_points
from .sympy_bridge import Bridge, Unsolved, failures, limited

MESSAGES = {
    "ivar": "`1` is not a valid variable.",
    "eqf": "`1` is not a well-formed equation.",
    "nsmet": "This system cannot be solved with the methods available to Solve.",
}


def equations_of(x: Any) -> list[Any] | None:
    """The equations of a list or conjunction; None when something else stands among them."""
    if x is TRUE:
        return []
    if type(x) is Expr and (x.head is S.Inequality or (x.head in RELATIONS and len(x.args) > 2)):
        if not any(map(is_list, x.args)):
            x = pairwise(x)
    if is_list(x) or (type(x) is Expr and x.head is S.And):
        found: list[Any] = []
        for e in items(x) if is_list(x) else x.args:
            inner = equations_of(e)
            if inner is None:
                return None
            found += inner
        return found
    if type(x) is Expr and x.head is S.Equal and len(x.args) >= 2:
        if any(map(is_list, x.args)):
            columns = zip(*(items(a) for a in x.args), strict=False)
            return [Expr(S.Equal, tuple(c)) for c in columns]
        return [Expr(S.Equal, (a, b)) for a, b in zip(x.args, x.args[1:], strict=False)]
    if type(x) is Expr and x.head in (S.Unequal, S.Less, S.LessEqual, S.Greater, S.GreaterEqual):
        return [x]
    return None


def _variables(ev: Any, equations: list[Any], given: Any) -> list[Any]:
    if given is not None:
        return list(items(given)) if is_list(given) else [given]
    from .calculus import _variables as symbols

    found: dict[Any, None] = {}
    for e in equations:
        found.update(dict.fromkeys(symbols(e)))
    return list(found)


@builtin("Solve", messages=MESSAGES)
def solve(
    ev: Any, equations: Any, variables: Any = None, domain: Any = None, *, assumptions: Any = None
) -> Any:
    """Solve[eqns, x] solves an equation, Solve[{eqn1, eqn2, ...}, {x, y, ...}] a system; the solutions are
    lists of rules.
    Solve[eqns, vars, Reals] keeps the real solutions.

    >>> {Solve[x^2 == 4, x], Solve[{x + y == 3, x - y == 1}, {x, y}], Solve[x^2 == -1, x, Reals]}
    {{{x -> -2}, {x -> 2}}, {{x -> 2, y -> 1}}, {}}
    """
    found = _solutions(ev, equations, variables, domain, assumptions)
    if found is None:
        return None
    return make_list(make_list(Expr(S.Rule, pair) for pair in one) for one in found)


def _solutions(ev: Any, equations: Any, variables: Any, domain: Any, given: Any) -> list[list[Any]] | None:
    if equations is FALSE:
        return []
    listed = equations_of(equations)
    if listed is None:
        ev.message("Solve", "eqf", equations)
        return None
    names = _variables(ev, listed, variables)
    if any(type(v) in numbers.KIND or type(v) is str for v in names):
        ev.message("Solve", "ivar", next(v for v in names if type(v) in numbers.KIND or type(v) is str))
        return None
    if not listed:
        return [[]]
    if domain is S.Integers or any(e.head is not S.Equal for e in listed):
        return conditioned(ev, listed, names, domain)
    return _solved(ev, listed, names, domain, given)


def conditioned(ev: Any, listed: list[Any], names: list[Any], domain: Any) -> list[list[Any]] | None:
    """Solutions of equations that meet inequalities too, or are integers; the points of a solution in one
    variable; None when there is no telling."""
    if any(type(e) is not Expr for e in listed):
        return None
    whole = Expr(S.And, tuple(listed)) if len(listed) > 1 else listed[0]
    if len(names) == 1 and type(names[0]) is Symbol and only_in(whole, names[0]):
        found = real_pieces(ev, whole, names[0], domain is S.Integers)
        if found is None or any(p.low != p.high for p in found[1]):
            return None
        return [[(names[0], ev.evaluate(found[0].out(p.low)))] for p in found[1]]
    if domain is S.Integers:
        points = integer_points(ev, listed, names)
        if points is not None:
            return points
    equations = [e for e in listed if e.head is S.Equal]
    if not equations:
        return None
    solved = _solved(ev, equations, names, domain, None)
    if solved is None:
        return None
    kept = []
    for one in solved:
        rules = make_list(Expr(S.Rule, pair) for pair in one)
        truths = [ev.evaluate(Expr(S.ReplaceAll, (e, rules))) for e in listed if e.head is not S.Equal]
        if domain is S.Integers and any(type(v) is not int for _, v in one):
            continue
        if FALSE not in truths:
            kept.append(one)
    return kept


def _solved(ev: Any, listed: list[Any], names: list[Any], domain: Any, given: Any) -> list[list[Any]] | None:
    known = assumptions.in_force(ev, given)
    if domain in (S.Reals, S.Integers):
        for v in names:
            if type(v) is Symbol:
                known.setdefault(v, {})["real" if domain is S.Reals else "integer"] = True
    b = Bridge(known)
    try:
        unknowns = [b.to(v) for v in names]
        asked = [b.to(e) for e in listed]
        if len(asked) == len(unknowns) == 1:  # as a system SymPy loses roots that have no radicals
            found = limited(lambda: b.sympy.solve(asked[0], unknowns[0], dict=True))
        else:
            found = limited(lambda: b.sympy.solve(asked, unknowns, dict=True))
        out = []
        for solution in found:
            pairs = [
                (v, _tidy(ev, b.out(solution[u])))
                for v, u in zip(names, unknowns, strict=True)
                if u in solution
            ]
            out.append(pairs)
    except (Unsolved, *failures()):
        ev.message("Solve", "nsmet")
        return None
    if domain is S.Reals:
        out = [one for one in out if not any(_is_complex(ev, value) for _, value in one)]
    return _in_order(ev, out)


def _tidy(ev: Any, x: Any) -> Any:
    """A solution over one denominator, as the quadratic formula is written."""
    value = ev.evaluate(x)
    return ev.evaluate(Expr(S.Together, (value,))) if type(value) is Expr else value


def _is_complex(ev: Any, x: Any) -> bool:
    value = numeric.numeric_value(ev, x)
    return type(value) is Complex and abs(numbers.to_float(value.im)) > 1e-10


def _in_order(ev: Any, found: list[list[Any]]) -> list[list[Any]]:
    """Numeric solutions ascending, real ones by value; others as they came."""
    keys = []
    for one in found:
        values = [numeric.numeric_value(ev, v) for _, v in one]
        if any(v is None for v in values):
            return found
        pairs = [numbers.to_complex(v) for v in values]
        keys.append([(round(z.real, 10), round(z.imag, 10)) for z in pairs])
    order = sorted(range(len(found)), key=lambda i: keys[i])
    return [found[i] for i in order]


@builtin("NSolve", messages=MESSAGES)
def n_solve(ev: Any, equations: Any, variables: Any = None, domain: Any = None) -> Any:
    """NSolve[eqns, vars] gives numerical solutions of polynomial and other equations.

    >>> NSolve[x^2 == 2, x]
    {{x -> -1.41421}, {x -> 1.41421}}
    """
    listed = equations_of(equations)
    names = [] if listed is None else _variables(ev, listed, variables)
    if listed is not None and len(listed) == len(names) == 1:
        roots = _polynomial_roots(ev, listed[0], names[0])
        if roots is not None:
            if domain is S.Reals:
                roots = [z for z in roots if abs(z.imag) < 1e-10]
            return make_list(make_list((Expr(S.Rule, (names[0], _number(z))),)) for z in roots)
    found = _solutions(ev, equations, variables, domain, None)
    if found is None:
        return None
    return Expr(S.N, (make_list(make_list(Expr(S.Rule, pair) for pair in one) for one in found),))


def _polynomial_roots(ev: Any, equation: Any, x: Any) -> list[complex] | None:
    """The roots of a polynomial equation with numeric coefficients, ascending; None when it is none."""
    from .algebra import powers_in

    if equation.head is not S.Equal:
        return None
    difference = ev.evaluate(Expr(S.Subtract, equation.args))
    found = powers_in(ev, difference, x)
    if found is None or not all(type(e) is int and e >= 0 for e in found):
        return None
    coefficients = np.zeros(max(found) + 1, dtype=np.complex128)
    for e, parts in found.items():
        value = numeric.numeric_value(ev, ev.evaluate(Expr(S.Plus, tuple(parts))))
        if value is None:
            return None
        coefficients[len(coefficients) - 1 - e] = numbers.to_complex(value)
    if not coefficients.imag.any():
        coefficients = coefficients.real
    roots = [complex(z) for z in np.roots(coefficients)]
    return sorted(roots, key=lambda z: (round(z.real, 10), z.imag))


def _number(z: complex) -> Any:
    return z.real if abs(z.imag) < 1e-12 * max(1.0, abs(z.real)) else Complex(z.real, z.imag)


@builtin("Roots", messages=MESSAGES)
def roots(ev: Any, equation: Any, x: Any) -> Any:
    """Roots[lhs == rhs, x] gives the roots of a polynomial equation as a disjunction of equations.

    >>> Roots[x^2 == 9, x]
    x == -3 || x == 3
    """
    found = _solutions(ev, equation, x, None, None)
    if found is None:
        return None
    return Expr(S.Or, tuple(Expr(S.Equal, one[0]) for one in found if one))


@builtin("ToRules")
def to_rules(ev: Any, statement: Any) -> Any:
    """ToRules[x == a || x == b] gives a sequence of lists of rules, as Solve does.

    >>> {ToRules[x == 1 || x == 2 && y == 3]}
    {{x -> 1}, {x -> 2, y -> 3}}
    """
    cases = statement.args if type(statement) is Expr and statement.head is S.Or else (statement,)
    out = []
    for c in cases:
        parts = c.args if type(c) is Expr and c.head is S.And else (c,)
        if not all(type(e) is Expr and e.head is S.Equal and len(e.args) == 2 for e in parts):
            return None
        out.append(make_list(Expr(S.Rule, e.args) for e in parts))
    return Expr(S.Sequence, tuple(out))


def _values(found: Any, variables: Any) -> Any:
    """The values of the variables in each solution."""
    if not is_list(found):
        return None
    one = not is_list(variables)
    names = (variables,) if one else items(variables)
    out = []
    for solution in items(found):
        table = {r.args[0]: r.args[1] for r in items(solution)}
        row = [table.get(v, v) for v in names]
        out.append(row[0] if one else make_list(row))
    return make_list(out)


@builtin("SolveValues", messages=MESSAGES)
def solve_values(ev: Any, equations: Any, variables: Any, domain: Any = None) -> Any:
    """SolveValues[eqns, x] gives the values of x that Solve finds; SolveValues[eqns, {x, y}] lists of them.

    >>> {SolveValues[x^2 == 9, x], SolveValues[{x + y == 1, x == y}, {x, y}]}
    {{-3, 3}, {{1/2, 1/2}}}
    """
    return _values(solve(ev, equations, variables, domain), variables)


@builtin("NSolveValues", messages=MESSAGES)
def n_solve_values(ev: Any, equations: Any, variables: Any, domain: Any = None) -> Any:
    """NSolveValues[eqns, x] gives the values of x that NSolve finds.

    >>> NSolveValues[x^2 == 2, x]
    {-1.41421, 1.41421}
    """
    rest = () if domain is None else (domain,)
    return _values(ev.evaluate(Expr(S.NSolve, (equations, variables, *rest))), variables)


@builtin("Eliminate", messages=MESSAGES)
def eliminate(ev: Any, equations: Any, variables: Any) -> Any:
    """Eliminate[{eqn1, eqn2}, x] eliminates x from two equations.

    >>> Eliminate[{x == 2 + y, y == z}, y]
    x - z == 2
    """
    listed = equations_of(equations)
    names = _variables(ev, listed or [], variables)
    if listed is None or len(listed) != 2 or len(names) != 1:
        return None
    found = _solved(ev, listed[1:], names, None, None)
    if not found or not found[0]:
        return None
    value = ev.evaluate(Expr(S.ReplaceAll, (listed[0], Expr(S.Rule, found[0][0]))))
    return _sides(ev, value)


def _sides(ev: Any, equation: Any) -> Any:
    """Variables on the left, the constant term on the right."""
    if type(equation) is not Expr or equation.head is not S.Equal:
        return equation
    difference = ev.evaluate(Expr(S.Expand, (Expr(S.Subtract, equation.args),)))
    constant = sum((t for t in getattr(difference, "args", ()) if type(t) in (int,)), 0)
    return Expr(S.Equal, (Expr(S.Plus, (difference, -constant)), -constant))


symbol("C", usage="C[k] is the k-th constant that DSolve introduces.")


def renumbered(value: Any) -> Any:
    """The constants of an answer as C[1], C[2], ... in the order in which they stand in it."""
    found: dict[Any, Any] = {}
    stack = [value]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if e.head is S.C and len(e.args) == 1:
                found.setdefault(e.args[0], Expr(S.C, (len(found) + 1,)))
            stack += reversed(e.args)

    def new(e: Any) -> Any:
        if type(e) is not Expr:
            return e
        if e.head is S.C and len(e.args) == 1:
            return found[e.args[0]]
        return Expr(e.head, tuple(map(new, e.args)))

    return new(value) if found else value


@builtin("DSolveValue")
def d_solve_value(ev: Any, equations: Any, function: Any, x: Any) -> Any:
    """DSolveValue[eqn, y[x], x] gives the solution of a differential equation itself.

    >>> DSolveValue[{y'[x] == y[x], y[0] == 2}, y[x], x]
    2 E^x
    """
    found = d_solve(ev, equations, function, x)
    if found is None or not items(found):
        return None
    return items(items(found)[0])[0].args[1]


@builtin("DSolve", messages={"unsolved": "No solution of `1` was found."})
def d_solve(ev: Any, equations: Any, function: Any, x: Any) -> Any:
    """DSolve[eqn, y[x], x] solves an ordinary differential equation, with constants C[1], C[2], ...
    DSolve[{eqn, y[0] == a}, y[x], x] takes conditions.

    >>> DSolve[y'[x] == y[x], y[x], x]
    {{y[x] -> E^x C[1]}}
    """
    listed = equations_of(equations)
    if listed is None:
        return None
    call = function if type(function) is Expr else Expr(function, (x,))
    b = Bridge()
    sp = b.sympy
    try:
        unknown = b.to(call)
        conditions = {}
        main = []
        for e in listed:
            left = e.args[0]
            if type(left) is Expr and left.head is call.head and left.args != (x,):
                conditions[b.to(left)] = b.to(e.args[1])
            else:
                main.append(b.to(e))
        if len(main) != 1:
            return None
        found: Any = limited(lambda: sp.dsolve(main[0], unknown, ics=conditions or None))
        answers = found if isinstance(found, list) else [found]
        out = []
        for a in answers:
            if a.lhs != unknown:
                return None
            value = renumbered(ev.evaluate(b.out(a.rhs)))
            if type(function) is not Expr:
                value = Expr(S.Function, (make_list((x,)), value))
            out.append(make_list((Expr(S.Rule, (function, value)),)))
    except (Unsolved, *failures()):
        ev.message("DSolve", "unsolved", equations)
        return None
    return make_list(out)
