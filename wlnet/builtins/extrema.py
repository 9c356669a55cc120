"""Minimize, Maximize and kin: exact extrema, through SymPy."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list
from wlnet.kernel.registry import builtin

from .calculus import _variables
from .real_sets import Piece, pairwise, pieces_of, solution_set
from .sympy_bridge import Bridge, Unsolved, failures, limited

Found = tuple[Any, list[Any]]


def extremum(ev: Any, f: Any, variables: Any, sign: int) -> tuple[Any, list[Any], list[Any]] | None:
    """(value, variables, positions) of the least sign f; None when it is not found. An infimum that is not
    reached has the position Indeterminate."""
    names = list(items(variables)) if is_list(variables) else [variables]
    constraint: Any = None
    if is_list(f) and len(items(f)) >= 2:
        f, *rest = items(f)
        constraint = pairwise(make_list(rest))
    used = [*_variables(f), *(_variables(constraint) if constraint is not None else ())]
    if not all(type(v) is Symbol for v in names) or not all(s.shared or s in names for s in used):
        return None
    b = Bridge({v: {"real": True} for v in names})
    try:
        g = b.to(f) * sign
        if len(names) == 1:
            value, place = limited(lambda: _in_one(b, g, names[0], constraint))
            places = [place]
        else:
            value, places = limited(lambda: _in_several(b, g, names, constraint))
        sp = b.sympy
        return (
            ev.evaluate(
                b.out(sp.nsimplify(sign * value) if value.has(sp.Float) else sp.simplify(sign * value))
            ),
            names,
            [ev.evaluate(b.out(p)) for p in places],
        )
    except (Unsolved, *failures()):
        return None


def _in_one(b: Bridge, g: Any, name: Symbol, constraint: Any) -> tuple[Any, Any]:
    """The least value on each piece of the feasible set: at critical points, ends, or as a limit."""
    sp, x = b.sympy, b.to(name)
    domain = sp.S.Reals if constraint is None else solution_set(b, constraint, name)
    pieces = pieces_of(sp, domain)
    if not pieces:
        raise Unsolved
    critical = sp.solveset(sp.diff(g, x), x, sp.S.Reals)
    points = list(critical) if isinstance(critical, sp.FiniteSet) else []
    if not points and critical is not sp.S.EmptySet and not isinstance(critical, sp.FiniteSet):
        points = sp.solve(sp.diff(g, x), x)
    best: tuple[Any, Any] | None = None
    for p in pieces:
        for value, place in _candidates(sp, g, x, p, points):
            if best is None or _below(value, best[0]) or (value == best[0] and best[1] is sp.nan):
                best = (value, place)
    if best is None:
        raise Unsolved
    return best


def _candidates(sp: Any, g: Any, x: Any, piece: Piece, points: list[Any]) -> list[tuple[Any, Any]]:
    out = [(sp.simplify(g.subs(x, p)), p) for p in points if p.is_real and _inside(p, piece)]
    for end, is_open, side in ((piece.low, piece.left_open, "+"), (piece.high, piece.right_open, "-")):
        if end in (sp.oo, -sp.oo):
            limit = sp.limit(g, x, end)
            out.append((limit, end if limit in (sp.oo, -sp.oo) else sp.nan))
        elif is_open:
            out.append((sp.limit(g, x, end, side), sp.nan))
        else:
            out.append((g.subs(x, end), end))
    return [(v, p) for v, p in out if v.is_real or v in (sp.oo, -sp.oo)]


def _inside(p: Any, piece: Piece) -> bool:
    return bool(piece.low < p) and bool(p < piece.high) or piece.low == p == piece.high


def _below(a: Any, b: Any) -> bool:
    return float(a.evalf()) < float(b.evalf()) - 1e-12


def _in_several(b: Bridge, g: Any, names: list[Symbol], constraint: Any) -> tuple[Any, list[Any]]:
    """Stationary points of the function, and of it on each set of active constraints (Lagrange, Karush, Kuhn
    and Tucker). Quadratic forms aside, a minimum is taken to exist where there is a feasible point."""
    sp = b.sympy
    xs = [b.to(v) for v in names]
    equal, above = _constraints(b, constraint)
    candidates: list[list[Any]] = []
    for mask in range(1 << min(len(above), 6)):
        active = [*equal, *(a for i, a in enumerate(above) if mask >> i & 1)]
        factors = [sp.Dummy(f"l{i}") for i in range(len(active))]
        whole = g + sum((m * a for m, a in zip(factors, active, strict=True)), sp.Integer(0))
        system = [sp.diff(whole, x) for x in xs] + active
        if any(e.is_number and e != 0 for e in system):
            continue
        for found in sp.solve([e for e in system if e != 0], [*xs, *factors], dict=True):
            candidates.append([found.get(x, sp.Integer(0)) for x in xs])
    best: tuple[Any, list[Any]] | None = None
    for place in candidates:
        at = dict(zip(xs, place, strict=True))
        if any(p.free_symbols or not p.is_real for p in place):
            continue
        if any(float(a.subs(at).evalf()) < -1e-12 for a in above):
            continue
        value = sp.simplify(g.subs(at))
        if best is None or _below(value, best[0]):
            best = (value, place)
    if best is None or (constraint is None and not _bounded(b, g, xs, best[1])):
        raise Unsolved
    return best


def _bounded(b: Bridge, g: Any, xs: list[Any], place: list[Any]) -> bool:
    """Whether the stationary point is a minimum: the Hessian is positive semidefinite there, and the function
    is not below it far out along the axes and diagonals."""
    sp = b.sympy
    hessian = sp.hessian(g, xs).subs(dict(zip(xs, place, strict=True)))
    if not hessian.is_positive_semidefinite:
        return False
    t = sp.Dummy("t", real=True)
    for direction in (
        [1] * len(xs),
        [-1] * len(xs),
        *([int(i == j) for j in range(len(xs))] for i in range(len(xs))),
    ):
        for sign in (1, -1):
            along = g.subs({x: sign * d * t for x, d in zip(xs, direction, strict=True)})
            if sp.limit(along, t, sp.oo) == -sp.oo:
                return False
    return True


def _constraints(b: Bridge, constraint: Any) -> tuple[list[Any], list[Any]]:
    equal: list[Any] = []
    above: list[Any] = []
    if constraint is None:
        return equal, above
    parts = [constraint]
    while parts:
        r = parts.pop(0)
        if type(r) is Expr and r.head is S.And:
            parts = [*r.args, *parts]
            continue
        if type(r) is not Expr or len(r.args) != 2:
            raise Unsolved
        left, right = (b.to(a) for a in r.args)
        if r.head is S.Equal:
            equal.append(left - right)
        elif r.head in (S.GreaterEqual, S.Greater):
            above.append(left - right)
        elif r.head in (S.LessEqual, S.Less):
            above.append(right - left)
        else:
            raise Unsolved
    return equal, above


def _declare(name: str, sign: int, pick: str, what: str, example: str) -> None:
    def call(ev: Any, f: Any, variables: Any) -> Any:
        found = extremum(ev, f, variables, sign)
        if found is None:
            return None
        value, names, places = found
        if pick == "value":
            return value
        if pick == "place":
            return make_list(places) if is_list(variables) else places[0]
        return make_list((value, make_list(Expr(S.Rule, p) for p in zip(names, places, strict=True))))

    call.__doc__ = f"""{name}[f, x] gives {what} of f, exactly; {name}[f, {{x, y, ...}}] for several
    variables.
    {name}[{{f, constraints}}, vars] under equations and inequalities.

    {example}
    """
    builtin(name)(call)


_declare(
    "Minimize",
    1,
    "both",
    "the minimum {value, {x -> position}}",
    ">>> Minimize[x^2 - 2 x, x]\n    {-1, {x -> 1}}",
)
_declare(
    "Maximize",
    -1,
    "both",
    "the maximum {value, {x -> position}}",
    ">>> Maximize[4 x - x^2, x]\n    {4, {x -> 2}}",
)
_declare("MinValue", 1, "value", "the least value", ">>> MinValue[x^2 + 1, x]\n    1")
_declare("MaxValue", -1, "value", "the greatest value", ">>> MaxValue[{x, x <= 3}, x]\n    3")
_declare("ArgMin", 1, "place", "the position of the minimum", ">>> ArgMin[(x - 5)^2, x]\n    5")
_declare("ArgMax", -1, "place", "the position of the maximum", ">>> ArgMax[1 - (x + 1)^2, x]\n    -1")
