"""Equations: Solve, NSolve, Reduce, Roots, DSolve through SymPy; FindRoot,
FindMinimum and kin through SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Complex, Expr, S, Symbol, is_list, items, make_list
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel.registry import builtin, symbol

from . import assumptions, numbers, numeric
from .integration import real_function
from .sympy_bridge import Bridge, Unsolved, failures, through

MESSAGES = {
    "ivar": "`1` is not a valid variable.",
    "eqf": "`1` is not a well-formed equation.",
    "nsmet": "This system cannot be solved with the methods available to Solve.",
}


def equations_of(x: Any) -> list[Any] | None:
    """The equations of a list or conjunction; None when something else stands among them."""
    if x is TRUE:
        return []
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
    return _solved(ev, listed, names, domain, given)


def _solved(ev: Any, listed: list[Any], names: list[Any], domain: Any, given: Any) -> list[list[Any]] | None:
    known = assumptions.in_force(ev, given)
    if domain in (S.Reals, S.Integers):
        for v in names:
            if type(v) is Symbol:
                known.setdefault(v, {})["real" if domain is S.Reals else "integer"] = True
    b = Bridge(known)
    try:
        unknowns = [b.to(v) for v in names]
        found = b.sympy.solve([b.to(e) for e in listed], unknowns, dict=True)
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


@builtin("Reduce", messages=MESSAGES)
def reduce_(ev: Any, statement: Any, variables: Any = None, domain: Any = None) -> Any:
    """Reduce[statement, x] gives conditions equivalent to equations and inequalities in one real variable x.

    >>> {Reduce[x^2 < 4, x], Reduce[x^2 == 4, x]}
    {-2 < x && x < 2, x == -2 || x == 2}
    """
    listed = equations_of(statement)
    if listed is None:
        return None
    names = _variables(ev, listed, variables)
    if all(e.head is S.Equal for e in listed):
        found = _solved(ev, listed, names, domain, None)
        if found is None:
            return None
        cases = [Expr(S.And, tuple(Expr(S.Equal, pair) for pair in one)) for one in found]
        return Expr(S.Or, tuple(cases)) if cases else FALSE
    if len(names) != 1:
        return None
    bridge = Bridge({names[0]: {"real": True}} if type(names[0]) is Symbol else None)
    return through(
        ev,
        lambda sp, e, v: sp.reduce_inequalities(list(e.args) if e.func is sp.And else [e], v),
        Expr(S.And, tuple(listed)) if len(listed) > 1 else listed[0],
        names[0],
        bridge=bridge,
    )


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
        found: Any = sp.dsolve(main[0], unknown, ics=conditions or None)
        answers = found if isinstance(found, list) else [found]
        out = []
        for a in answers:
            if a.lhs != unknown:
                return None
            value = ev.evaluate(b.out(a.rhs))
            if type(function) is not Expr:
                value = Expr(S.Function, (make_list((x,)), value))
            out.append(make_list((Expr(S.Rule, (function, value)),)))
    except (Unsolved, *failures()):
        ev.message("DSolve", "unsolved", equations)
        return None
    return make_list(out)


# ------------------------------------------------------------------------------------------- numerical search

SEARCH = {
    "srect": "`1` is not a valid specification of a variable and a starting value.",
    "nlnum": "The function value `1` is not a real number at the starting point.",
    "cvmit": "No convergence to the requested accuracy was reached; the best point found is given.",
}


def _starts(ev: Any, name: str, specs: tuple[Any, ...]) -> tuple[list[Symbol], list[list[float]]] | None:
    """{x, x0} and {{x, x0}, {y, y0}} as variables and their numbers."""
    if len(specs) == 1 and type(specs[0]) is Expr and specs[0].head is S.List and specs[0].args:
        inner = specs[0].args
        if all(type(s) is Expr and s.head is S.List for s in inner):
            specs = inner
    variables: list[Any] = []
    values: list[list[float]] = []
    for s in specs:
        if type(s) is Symbol:
            variables.append(s)
            values.append([0.0])
            continue
        first, *starts = s.args if type(s) is Expr and s.head is S.List and s.args else (None,)
        ok = type(first) is Symbol and len(starts) > 0
        numbers_ = [numeric.numeric_value(ev, ev.evaluate(a)) for a in starts] if ok else [None]
        if any(n is None or type(n) is Complex for n in numbers_):
            ev.message(name, "srect", s)
            return None
        variables.append(first)
        values.append([numbers.to_float(n) for n in numbers_])
    return variables, values


@builtin("FindRoot", attributes=HOLD_ALL, messages=SEARCH)
def find_root(ev: Any, equations: Any, *specs: Any) -> Any:
    """FindRoot[f, {x, x0}] finds a root of f near x0; FindRoot[lhs == rhs, {x, x0}] solves an equation;
    FindRoot[{eqn1, eqn2}, {{x, x0}, {y, y0}}] a system; {x, x0, x1} starts from two points.

    >>> {FindRoot[Cos[x] == x, {x, 1}], FindRoot[x^2 - 2, {x, 1}]}
    {{x -> 0.739085}, {x -> 1.41421}}
    """
    from scipy import optimize

    found = _starts(ev, "FindRoot", specs)
    if found is None or not found[0]:
        return None
    variables, values = found
    body = ev.evaluate(Expr(S.Block, (make_list(variables), equations)))
    listed = list(items(body)) if is_list(body) else [body]
    residuals = [Expr(S.Subtract, e.args) if type(e) is Expr and e.head is S.Equal else e for e in listed]
    functions = [real_function(ev, ev.evaluate(r), variables) for r in residuals]
    if len(functions) != len(variables):
        return None
    try:
        solution = optimize.root(lambda p: [f(*p) for f in functions], [v[0] for v in values], tol=1e-14)
    except ValueError as error:
        ev.message("FindRoot", "nlnum", error.args[0])
        return None
    if np.abs(solution.fun).max() > 1e-6:
        ev.message("FindRoot", "cvmit")
    return make_list(Expr(S.Rule, (v, float(x))) for v, x in zip(variables, solution.x, strict=True))


def _minimum(ev: Any, name: str, f: Any, specs: tuple[Any, ...], sign: float) -> Any:
    from scipy import optimize

    found = _starts(ev, name, specs)
    if found is None or not found[0]:
        return None
    variables, values = found
    body = ev.evaluate(Expr(S.Block, (make_list(variables), f)))
    function = real_function(ev, body, variables)
    try:
        best = optimize.minimize(
            lambda p: sign * function(*p), [v[0] for v in values], method="BFGS", tol=1e-12
        )
        if len(variables) > 1 or not best.success:
            second = optimize.minimize(lambda p: sign * function(*p), best.x, method="Nelder-Mead", tol=1e-14)
            best = second if second.fun < best.fun else best
    except ValueError as error:
        ev.message(name, "nlnum", error.args[0])
        return None
    rules = make_list(Expr(S.Rule, (v, float(x))) for v, x in zip(variables, best.x, strict=True))
    return make_list((sign * float(best.fun), rules))


@builtin("FindMinimum", attributes=HOLD_ALL, messages=SEARCH)
def find_minimum(ev: Any, f: Any, *specs: Any) -> Any:
    """FindMinimum[f, {x, x0}] finds a local minimum of f, starting at x0: {value, {x -> position}}.

    >>> Round[FindMinimum[(x - 2)^2 + 3, {x, 0}][[1]], 0.001]
    3.
    """
    return _minimum(ev, "FindMinimum", f, specs, 1.0)


@builtin("FindMaximum", attributes=HOLD_ALL, messages=SEARCH)
def find_maximum(ev: Any, f: Any, *specs: Any) -> Any:
    """FindMaximum[f, {x, x0}] finds a local maximum of f, starting at x0: {value, {x -> position}}.

    >>> Round[FindMaximum[5 - (x - 2)^2, {x, 0}][[1]], 0.001]
    5.
    """
    return _minimum(ev, "FindMaximum", f, specs, -1.0)


@builtin("NMinimize", attributes=HOLD_ALL, messages=SEARCH)
def n_minimize(ev: Any, f: Any, variables: Any) -> Any:
    """NMinimize[f, {x, y, ...}] searches a global minimum of f: {value, {x -> ..., y -> ...}}.

    >>> Round[NMinimize[x^2 + (y - 1)^2, {x, y}][[1]], 0.001]
    0.
    """
    return _global(ev, "NMinimize", f, variables, 1.0)


@builtin("NMaximize", attributes=HOLD_ALL, messages=SEARCH)
def n_maximize(ev: Any, f: Any, variables: Any) -> Any:
    """NMaximize[f, {x, y, ...}] searches a global maximum of f: {value, {x -> ..., y -> ...}}.

    >>> Round[NMaximize[2 - x^2, x][[1]], 0.001]
    2.
    """
    return _global(ev, "NMaximize", f, variables, -1.0)


def _global(ev: Any, name: str, f: Any, variables: Any, sign: float) -> Any:
    """A search over [-10, 10] in each variable by differential evolution, then a local one."""
    from scipy import optimize

    names: list[Any] = list(items(variables)) if is_list(variables) else [variables]
    if not all(type(v) is Symbol for v in names):
        ev.message(name, "srect", variables)
        return None
    body = ev.evaluate(Expr(S.Block, (make_list(names), f)))
    function = real_function(ev, body, names)

    def score(p: Any) -> float:
        try:
            return sign * function(*p)
        except ValueError:
            return float("inf")

    wide = optimize.differential_evolution(score, [(-10.0, 10.0)] * len(names), rng=1, tol=1e-8, maxiter=200)
    best = optimize.minimize(score, wide.x, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14})
    rules = make_list(Expr(S.Rule, (v, float(x))) for v, x in zip(names, best.x, strict=True))
    return make_list((sign * float(best.fun), rules))
