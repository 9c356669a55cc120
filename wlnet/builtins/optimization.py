"""Numerical search: FindRoot, FindMinimum, NMinimize and kin through SciPy; linear programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Complex, Expr, S, Symbol, is_list, items, make_list, system
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel.registry import builtin

from . import numbers, numeric
from .integration import real_function
from .real_sets import pairwise

SEARCH = {
    "fixed": "The search chooses by itself and in machine precision: `1` -> `2` has no effect.",
    "srect": "`1` is not a valid specification of a variable and a starting value.",
    "nlnum": "The function value `1` is not a real number at the starting point.",
    "constr": "The constraints in `1` are not equations and inequalities joined by And.",
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


class Problem:
    """A function to minimise and its constraints: g == 0 and g >= 0, as functions of the variables."""

    def __init__(self, ev: Any, f: Any, variables: list[Symbol], sign: float) -> None:
        body = ev.evaluate(Expr(S.Block, (make_list(variables), f)))
        self.equal: list[Callable[..., float]] = []
        self.above: list[Callable[..., float]] = []
        self.known = True
        if is_list(body) and len(items(body)) >= 2:
            body, *rest = items(body)
            statement = pairwise(Expr(S.And, tuple(rest)) if len(rest) > 1 else pairwise(rest[0]))
            for r in _conjuncts(statement):
                self._constrain(ev, r, variables)
        self.sign = sign
        self.function = real_function(ev, body, variables)
        self.size = len(variables)

    def _constrain(self, ev: Any, r: Any, variables: list[Symbol]) -> None:
        heads = (S.Equal, S.Less, S.LessEqual, S.Greater, S.GreaterEqual)
        if type(r) is not Expr or r.head not in heads or len(r.args) != 2:
            self.known = False
            return
        a, b = r.args if r.head not in (S.Less, S.LessEqual) else r.args[::-1]
        g = real_function(ev, ev.evaluate(Expr(S.Subtract, (a, b))), variables)
        (self.equal if r.head is S.Equal else self.above).append(g)

    def score(self, p: Any) -> float:
        return self.sign * self.function(*p)

    def penalty(self, p: Any) -> float:
        """The squares of what the constraints lack."""
        lacking = [g(*p) for g in self.equal] + [min(0.0, g(*p)) for g in self.above]
        return float(sum(x * x for x in lacking))

    def local(self, start: list[float]) -> Any:
        """The local minimum from a starting point: a SciPy result."""
        from scipy import optimize

        with np.errstate(all="ignore"):
            if self.equal or self.above:
                limits = [{"type": "eq", "fun": lambda p, g=g: g(*p)} for g in self.equal]
                limits += [{"type": "ineq", "fun": lambda p, g=g: g(*p)} for g in self.above]
                settings = {"ftol": 1e-14, "maxiter": 500}
                return optimize.minimize(
                    self.score, start, method="SLSQP", constraints=limits, options=settings
                )
            best = optimize.minimize(self.score, start, method="BFGS", tol=1e-12)
            if self.size > 1 or not best.success:
                second = optimize.minimize(self.score, best.x, method="Nelder-Mead", tol=1e-14)
                best = second if second.fun < best.fun else best
            return best

    def broad(self) -> Any:
        """The best point over [-10, 10] in each variable by differential evolution, then a local search."""
        from scipy import optimize

        def score(p: Any) -> float:
            try:
                return self.score(p) + PENALTY * self.penalty(p)
            except ValueError:
                return HUGE

        ranges = [(-10.0, 10.0)] * self.size
        with np.errstate(all="ignore"):
            wide = optimize.differential_evolution(score, ranges, rng=1, tol=1e-8, maxiter=200)
            if self.equal or self.above:
                return self.local(list(wide.x))
            settings = {"xatol": 1e-10, "fatol": 1e-14}
            return optimize.minimize(score, wide.x, method="Nelder-Mead", options=settings)


# The weight of violated constraints in the broad search, and the score of points without a value.
PENALTY = 1e6
HUGE = 1e300


def _conjuncts(x: Any) -> list[Any]:
    return [y for a in x.args for y in _conjuncts(a)] if type(x) is Expr and x.head is S.And else [x]


def _result(variables: list[Any], best: Any, sign: float) -> Any:
    rules = make_list(Expr(S.Rule, (v, float(x))) for v, x in zip(variables, best.x, strict=True))
    return make_list((sign * float(best.fun), rules))


def _minimum(ev: Any, name: str, f: Any, specs: tuple[Any, ...], sign: float) -> Any:
    if len(specs) == 1 and is_list(specs[0]) and all(type(s) is Symbol for s in items(specs[0])):
        specs = tuple(items(specs[0])) if len(items(specs[0])) > 1 else specs
    if len(specs) == 1 and type(specs[0]) is Expr and specs[0].head is S.List:
        inner = specs[0].args
        if inner and all(type(s) is Symbol for s in inner):
            specs = inner
    found = _starts(ev, name, specs)
    if found is None or not found[0]:
        return None
    variables, values = found
    problem = Problem(ev, f, variables, sign)
    if not problem.known:
        ev.message(name, "constr", f)
        return None
    try:
        best = problem.local([v[0] for v in values])
    except ValueError as error:
        ev.message(name, "nlnum", error.args[0])
        return None
    return _result(variables, best, sign)


def _global(ev: Any, name: str, f: Any, variables: Any, sign: float) -> Any:
    listed = items(variables) if is_list(variables) else [variables]
    names: list[Any] = [items(v)[0] if is_list(v) and items(v) else v for v in listed]
    if not all(type(v) is Symbol for v in names):
        ev.message(name, "srect", variables)
        return None
    problem = Problem(ev, f, names, sign)
    if not problem.known:
        ev.message(name, "constr", f)
        return None
    try:
        best = problem.broad()
    except ValueError as error:
        ev.message(name, "nlnum", error.args[0])
        return None
    if best.fun >= HUGE or not np.isfinite(best.fun):
        ev.message(name, "cvmit")
        return None
    return _result(names, best, sign)


def _declare(name: str, usage: str, search: Any, sign: float, pick: str) -> None:
    """One of the family: `pick` tells whether it gives both, the value, or the position."""

    def call(ev: Any, f: Any, *specs: Any, **options: Any) -> Any:
        if not specs:
            return None
        for option, setting in options.items():
            if type(setting) is not Symbol or setting not in (S.Automatic, S.MachinePrecision):
                ev.message(name, "fixed", option, setting)
        whole = search(ev, name, f, specs if search is _minimum else specs[0], sign)
        if whole is None or pick == "both":
            return whole
        value, rules = items(whole)
        if pick == "value":
            return value
        places = [r.args[1] for r in items(rules)]
        alone = search is _global and not is_list(specs[0])
        return places[0] if alone else make_list(places)

    call.__doc__ = usage
    settings: dict[str, Any] = dict.fromkeys(
        ("Method", "MaxIterations", "AccuracyGoal", "PrecisionGoal", "WorkingPrecision"), system("Automatic")
    )
    builtin(name, attributes=HOLD_ALL, messages=SEARCH, options=settings)(call)


_declare(
    "FindMinimum",
    """FindMinimum[f, {x, x0}] finds a local minimum of f, starting at x0: {value, {x -> position}}.
    FindMinimum[{f, constraints}, {{x, x0}, {y, y0}}] under equations and inequalities.

    >>> Round[FindMinimum[(x - 2)^2 + 3, {x, 0}][[1]], 0.001]
    3.
    """,
    _minimum,
    1.0,
    "both",
)
_declare(
    "FindMaximum",
    """FindMaximum[f, {x, x0}] finds a local maximum of f, starting at x0: {value, {x -> position}}.

    >>> Round[FindMaximum[5 - (x - 2)^2, {x, 0}][[1]], 0.001]
    5.
    """,
    _minimum,
    -1.0,
    "both",
)
_declare(
    "NMinimize",
    """NMinimize[f, {x, y, ...}] searches a global minimum of f: {value, {x -> ..., y -> ...}}.
    NMinimize[{f, constraints}, vars] under equations and inequalities.

    >>> Round[NMinimize[x^2 + (y - 1)^2, {x, y}][[1]], 0.001]
    0.
    """,
    _global,
    1.0,
    "both",
)
_declare(
    "NMaximize",
    """NMaximize[f, {x, y, ...}] searches a global maximum of f: {value, {x -> ..., y -> ...}}.

    >>> Round[NMaximize[2 - x^2, x][[1]], 0.001]
    2.
    """,
    _global,
    -1.0,
    "both",
)
for _name, _search, _sign, _pick, _what in (
    ("FindMinValue", _minimum, 1.0, "value", "the value of a local minimum"),
    ("FindMaxValue", _minimum, -1.0, "value", "the value of a local maximum"),
    ("FindArgMin", _minimum, 1.0, "place", "the position of a local minimum"),
    ("FindArgMax", _minimum, -1.0, "place", "the position of a local maximum"),
    ("NMinValue", _global, 1.0, "value", "the value of a global minimum"),
    ("NMaxValue", _global, -1.0, "value", "the value of a global maximum"),
    ("NArgMin", _global, 1.0, "place", "the position of a global minimum"),
    ("NArgMax", _global, -1.0, "place", "the position of a global maximum"),
):
    _declare(_name, f"{_name}[f, x] gives {_what} of f, searched numerically.", _search, _sign, _pick)


# ------------------------------------------------------------------------------------------- linear programs


@builtin("LinearProgramming", messages={"lpsnf": "No solution can be found that satisfies the constraints."})
def linear_programming(ev: Any, c: Any, m: Any, b: Any, low: Any = 0) -> Any:
    """LinearProgramming[c, m, b] gives the x with x >= 0 and m.x >= b for which c.x is smallest. b may have
    pairs {bi, si}: si 0 stands for equality, -1 for at most.

    >>> LinearProgramming[{1, 1}, {{1, 2}}, {3}]
    {0, 3/2}
    """
    costs, rows, right = (list(items(x)) if is_list(x) else None for x in (c, m, b))
    if costs is None or rows is None or right is None or len(rows) != len(right):
        return None
    table = [list(items(r)) if is_list(r) else [] for r in rows]
    kinds = [items(x)[1] if is_list(x) else 1 for x in right]
    bounds = [items(x)[0] if is_list(x) else x for x in right]
    if any(len(r) != len(costs) for r in table):
        return None
    lows = list(items(low)) if is_list(low) else [low] * len(costs)
    exact = all(
        numbers.is_exact(v)
        for v in [*costs, *bounds, *lows, *(a for r in table for a in r)]
        if type(v) is not Expr
    )
    values = _simplex(ev, costs, table, kinds, bounds, lows)
    if values is None:
        ev.message("LinearProgramming", "lpsnf")
        return None
    return make_list(Expr(S.Rationalize, (v, 1e-9)) if exact else v for v in values)


def _simplex(ev: Any, costs: Any, rows: Any, kinds: Any, bounds: Any, lows: Any) -> list[float] | None:
    from scipy import optimize

    def number(x: Any) -> float:
        return numbers.to_float(numeric.numeric_value(ev, x))

    table = np.array([[number(a) for a in r] for r in rows])
    right = np.array([number(x) for x in bounds])
    flip = np.array([-1.0 if k == 1 else 1.0 for k in kinds])
    equal = np.array([k == 0 for k in kinds])
    ranges = [(None if type(x) is Expr else number(x), None) for x in lows]
    found = optimize.linprog(
        [number(x) for x in costs],
        A_ub=(table * flip[:, None])[~equal] if (~equal).any() else None,
        b_ub=(right * flip)[~equal] if (~equal).any() else None,
        A_eq=table[equal] if equal.any() else None,
        b_eq=right[equal] if equal.any() else None,
        bounds=ranges,
    )
    return [float(x) for x in found.x] if found.success else None


@builtin("LinearOptimization", messages={"lin": "`1` is not linear in the variables `2`."})
def linear_optimization(ev: Any, f: Any, constraints: Any, variables: Any) -> Any:
    """LinearOptimization[f, constraints, {x, y, ...}] gives the values of the variables that minimise a
    linear f under linear equations and inequalities.

    >>> LinearOptimization[x + y, {x + 2 y >= 3, x >= 0, y >= 0}, {x, y}]
    {x -> 0, y -> 3/2}
    """
    names = list(items(variables)) if is_list(variables) else [variables]
    rows, kinds, bounds = [], [], []
    cost = _linear(ev, f, names)
    for r in _conjuncts(pairwise(constraints)):
        form = _linear(ev, Expr(S.Subtract, r.args), names) if type(r) is Expr and len(r.args) == 2 else None
        if form is None:
            ev.message("LinearOptimization", "lin", r, variables)
            return None
        rows.append(make_list(form[0]))
        bounds.append(ev.evaluate(Expr(S.Times, (-1, form[1]))))
        kinds.append(0 if r.head is S.Equal else -1 if r.head in (S.Less, S.LessEqual) else 1)
    if cost is None:
        ev.message("LinearOptimization", "lin", f, variables)
        return None
    right = make_list(make_list(p) for p in zip(bounds, kinds, strict=True))
    free = make_list([Expr(S.DirectedInfinity, (-1,))] * len(names))
    answer = ev.evaluate(Expr(S.LinearProgramming, (make_list(cost[0]), make_list(rows), right, free)))
    if not is_list(answer):
        return None
    return make_list(Expr(S.Rule, pair) for pair in zip(names, items(answer), strict=True))


def _linear(ev: Any, x: Any, names: list[Any]) -> tuple[list[Any], Any] | None:
    """The coefficients of the variables and the constant term; None where `x` is not linear."""
    zero = make_list(Expr(S.Rule, (v, 0)) for v in names)
    coefficients = [ev.evaluate(Expr(S.D, (x, v))) for v in names]
    constant = ev.evaluate(Expr(S.ReplaceAll, (x, zero)))
    if not all(map(numeric.numeric_q, [*coefficients, constant])):
        return None
    return coefficients, constant
