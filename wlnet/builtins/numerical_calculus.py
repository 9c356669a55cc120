"""Numerical calculus: NDSolve by SciPy's integrators, NSum and NProduct by mpmath's extrapolation, ND."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list, packed
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel.registry import builtin
from wlnet.syntax.outputs import show_as
from wlnet.syntax.printer import to_text

from . import numbers, numeric
from .integration import real_function
from .real_sets import pairwise

# Points at which a solution is kept, and the order of the polynomials between them: with 1000 points an
# oscillation of ten periods is met to about 10^-9.
POINTS = 1001
ORDER = 5
RELATIVE, ABSOLUTE = 1e-9, 1e-11

MESSAGES = {
    "form": "`1` is not a list of differential equations and initial conditions that can be solved.",
    "range": "`1` is not a range {x, a, b} with numbers a and b.",
    "conds": "The initial conditions do not give all of `1` at one point.",
    "highest": "The equations cannot be solved for the highest derivatives `1`.",
    "ndsz": "The integration stopped before the end of the range: `1`",
}


def _shown(f: Expr) -> str | None:
    return f"InterpolatingFunction[{to_text(f.args[0], 'OutputForm')}, <>]" if len(f.args) == 4 else None


show_as("InterpolatingFunction", _shown)


class Equations:
    """Differential equations in x for unknown functions, their orders, and the conditions at one point."""

    def __init__(self, ev: Any, parts: list[Any], unknowns: list[Symbol], x: Symbol) -> None:
        self.ev = ev
        self.unknowns = unknowns
        self.x = x
        self.equations: list[Any] = []
        self.start: Any = None
        self.values: dict[tuple[Symbol, int], Any] = {}
        self.orders = dict.fromkeys(unknowns, 0)
        for e in parts:
            place = self._condition(e)
            if place is None:
                self.equations.append(e)
                self._note_orders(e)

    def call_of(self, e: Any) -> tuple[Symbol, int, Any] | None:
        """y[a] or y'[a], ... as (y, number of primes, a)."""
        if type(e) is not Expr or len(e.args) != 1:
            return None
        if e.head in self.unknowns:
            return e.head, 0, e.args[0]
        h = e.head
        if (
            type(h) is Expr
            and type(h.head) is Expr
            and h.head.head is S.Derivative
            and h.args[0] in self.unknowns
        ):
            (n,) = h.head.args
            return h.args[0], n, e.args[0]
        return None

    def _condition(self, e: Any) -> bool | None:
        """Note an initial condition y[a] == value; None for any other equation."""
        for side, other in (e.args, e.args[::-1]):
            found = self.call_of(side)
            if found is not None and found[2] is not self.x and numeric.numeric_q(found[2]):
                self.values[found[0], found[1]] = other
                self.start = found[2]
                return True
        return None

    def _note_orders(self, e: Any) -> None:
        stack = [e]
        while stack:
            a = stack.pop()
            if type(a) is not Expr:
                continue
            found = self.call_of(a)
            if found is not None:
                self.orders[found[0]] = max(self.orders[found[0]], found[1])
            stack += [a.head, *a.args]

    def states(self) -> list[tuple[Symbol, int]]:
        return [(y, k) for y in self.unknowns for k in range(self.orders[y])]

    def slopes(self) -> list[Callable[..., float]] | None:
        """The derivative of each state as a function of x and the states; None (with a message) where the
        equations cannot be solved for the highest derivatives."""
        states = self.states()
        stand_in = {s: Symbol(f"y{i}", "NDSolve`") for i, s in enumerate(states)}
        highest = {y: Symbol(f"h{i}", "NDSolve`") for i, y in enumerate(self.unknowns)}

        def replaced(a: Any) -> Any:
            if type(a) is not Expr:
                return a
            found = self.call_of(a)
            if found is not None and found[2] is self.x:
                y, k, _ = found
                return highest[y] if k == self.orders[y] else stand_in[y, k]
            return Expr(replaced(a.head), tuple(map(replaced, a.args)))

        system = make_list(map(replaced, self.equations))
        solved = self.ev.evaluate(Expr(S.Solve, (system, make_list(highest.values()))))
        if not is_list(solved) or not items(solved):
            return None
        table = {r.args[0]: r.args[1] for r in items(items(solved)[-1])}
        if not all(h in table for h in highest.values()):
            return None
        variables = [self.x, *stand_in.values()]
        out = []
        for y, k in states:
            value = table[highest[y]] if k == self.orders[y] - 1 else stand_in[y, k + 1]
            out.append(real_function(self.ev, value, variables))
        return out


@builtin("NDSolve", messages=MESSAGES)
def nd_solve(ev: Any, equations: Any, functions: Any, span: Any) -> Any:
    """NDSolve[{eqns, conditions}, y, {x, a, b}] solves ordinary differential equations numerically: {{y ->
    InterpolatingFunction[...]}}. NDSolve[eqns, {y1, y2, ...}, {x, a, b}] solves a system; y[x] in place of y
    gives the solution as an expression in x.

    >>> s = NDSolve[{y'[x] == y[x], y[0] == 1}, y, {x, 0, 1}]; Round[y[1] /. s, 0.0001]
    {2.7183}
    """
    solved = _solved(ev, "NDSolve", equations, functions, span)
    if solved is None:
        return None
    asked, found = solved
    return make_list((make_list(Expr(S.Rule, pair) for pair in zip(asked, found, strict=True)),))


@builtin("NDSolveValue", messages=MESSAGES)
def nd_solve_value(ev: Any, equations: Any, functions: Any, span: Any) -> Any:
    """NDSolveValue[eqns, y, {x, a, b}] gives the solution that NDSolve finds, an InterpolatingFunction.

    >>> f = NDSolveValue[{y''[x] == -y[x], y[0] == 0, y'[0] == 1}, y, {x, 0, 2}]; Round[f[1], 0.0001]
    0.8415
    """
    solved = _solved(ev, "NDSolveValue", equations, functions, span)
    if solved is None:
        return None
    return make_list(solved[1]) if is_list(functions) else solved[1][0]


def _solved(
    ev: Any, name: str, equations: Any, functions: Any, span: Any
) -> tuple[list[Any], list[Any]] | None:
    ends = items(span) if is_list(span) else ()
    bounds = [numeric.numeric_value(ev, e) for e in ends[1:]]
    if len(ends) != 3 or type(ends[0]) is not Symbol or any(b is None for b in bounds):
        ev.message(name, "range", span)
        return None
    x = ends[0]
    asked = list(items(functions)) if is_list(functions) else [functions]
    unknowns = [a.head if type(a) is Expr else a for a in asked]
    whole = pairwise(equations)
    parts = list(whole.args) if type(whole) is Expr and whole.head is S.And else [whole]
    if not all(type(e) is Expr and e.head is S.Equal and len(e.args) == 2 for e in parts):
        ev.message(name, "form", equations)
        return None
    problem = Equations(ev, parts, unknowns, x)
    states = problem.states()
    given = [problem.values.get(s) for s in states]
    numbers_ = [None if v is None else numeric.numeric_value(ev, v) for v in given]
    if not states or any(v is None for v in numbers_) or problem.start is None:
        ev.message(name, "conds", make_list(asked))
        return None
    slopes = problem.slopes()
    if slopes is None:
        ev.message(name, "highest", make_list(asked))
        return None
    start = numbers.to_float(numeric.numeric_value(ev, problem.start))
    low, high = sorted(map(numbers.to_float, bounds))
    curves = _integrate(ev, name, slopes, start, [numbers.to_float(v) for v in numbers_], low, high)
    if curves is None:
        return None
    places, rows = curves
    domain = make_list((make_list((float(places[0]), float(places[-1]))),))
    out = []
    for a, y in zip(asked, unknowns, strict=True):
        values = packed(np.ascontiguousarray(rows[states.index((y, 0))]))
        f = Expr(S.InterpolatingFunction, (domain, packed(places), values, min(ORDER, len(places) - 1)))
        out.append(Expr(f, a.args) if type(a) is Expr else f)
    return asked, out


def _integrate(
    ev: Any,
    name: str,
    slopes: list[Callable[..., float]],
    start: float,
    y0: list[float],
    low: float,
    high: float,
) -> tuple[np.ndarray, np.ndarray] | None:
    """Places and values from low to high, integrated from `start` both ways."""
    from scipy.integrate import solve_ivp

    def rhs(t: float, y: Any) -> list[float]:
        return [f(t, *y) for f in slopes]

    places = np.linspace(low, high, POINTS)
    rows = np.zeros((len(y0), POINTS))
    for side, end in ((places >= start, high), (places < start, low)):
        if not side.any():
            continue
        wanted = places[side] if end == high else places[side][::-1]
        try:
            with np.errstate(all="ignore"):
                found = solve_ivp(rhs, (start, end), y0, "LSODA", t_eval=wanted, rtol=RELATIVE, atol=ABSOLUTE)
        except (ValueError, ZeroDivisionError) as error:
            ev.message(name, "ndsz", str(error.args[0]) if error.args else "")
            return None
        if not found.success or found.y.shape[1] != len(wanted):
            ev.message(name, "ndsz", found.message)
            return None
        rows[:, side] = found.y if end == high else found.y[:, ::-1]
    return places, rows


# ------------------------------------------------------------------------------------------ sums and products


def _extrapolated(ev: Any, name: str, f: Any, span: Any) -> Any:
    """NSum and NProduct over {i, a, b}: finite ones term by term, infinite ones by mpmath."""
    parts = list(span.args) if type(span) is Expr and span.head is S.List else []
    if not 2 <= len(parts) <= 3 or type(parts[0]) is not Symbol:
        return None
    low, high = ([1, *parts[1:]] if len(parts) == 2 else parts[1:])[-2:]
    low, high = ev.evaluate(low), ev.evaluate(high)
    infinite = type(high) is Expr and high.head is S.DirectedInfinity
    if not infinite:
        head = S.Sum if name == "NSum" else S.Product
        return Expr(S.N, (Expr(head, (f, make_list((parts[0], low, high)))),))
    body = ev.evaluate(Expr(S.Block, (make_list((parts[0],)), f)))
    first = numeric.numeric_value(ev, low)
    if first is None:
        return None
    closed = ev.evaluate(
        Expr(S.Sum if name == "NSum" else S.Product, (body, make_list((parts[0], low, high))))
    )
    if numeric.numeric_q(closed):
        return Expr(S.N, (closed,))
    return _by_extrapolation(ev, name, body, parts[0], int(numbers.to_float(first)))


def _by_extrapolation(ev: Any, name: str, body: Any, i: Symbol, first: int) -> float | None:
    """The limit of partial sums or products by mpmath; None where there is no convergence."""
    import mpmath

    term = real_function(ev, body, [i])
    act = mpmath.nsum if name == "NSum" else mpmath.nprod
    try:
        value = float(act(lambda k: term(float(k)), [first, mpmath.inf]))
    except (ValueError, TypeError, ZeroDivisionError, OverflowError, mpmath.NoConvergence):  # pyright: ignore
        return None
    return value if value == value else None


@builtin("NSum", attributes=HOLD_ALL)
def n_sum(ev: Any, f: Any, span: Any) -> Any:
    """NSum[f, {i, a, b}] gives the sum as a number, b may be Infinity.

    >>> Round[NSum[1/n^2, {n, 1, Infinity}], 0.0001]
    1.6449
    """
    return _extrapolated(ev, "NSum", f, span)


@builtin("NProduct", attributes=HOLD_ALL)
def n_product(ev: Any, f: Any, span: Any) -> Any:
    """NProduct[f, {i, a, b}] gives the product as a number, b may be Infinity.

    >>> Round[NProduct[1 + 1/2^n, {n, 1, Infinity}], 0.001]
    2.384
    """
    return _extrapolated(ev, "NProduct", f, span)
