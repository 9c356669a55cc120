"""Statements about one real variable as sets of real numbers (SymPy's), and back as statements in order."""

from __future__ import annotations

from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, Symbol, is_list, items

from .calculus import _variables
from .sympy_bridge import Bridge, Unsolved, failures, limited

RELATIONS = {
    S.Less: "Lt",
    S.LessEqual: "Le",
    S.Greater: "Gt",
    S.GreaterEqual: "Ge",
    S.Equal: "Eq",
    S.Unequal: "Ne",
}
# How many integers a bounded set may have to be listed one by one.
MAX_LISTED = 1000


def pairwise(x: Any) -> Any:
    """A statement with chains such as 0 < x <= 5 and a == b == c written as conjunctions of single relations,
    and lists as conjunctions."""
    if is_list(x):
        return _joined(S.And, [pairwise(a) for a in items(x)])
    if type(x) is not Expr:
        return x
    if x.head is S.Inequality and len(x.args) % 2:
        parts = [Expr(x.args[i + 1], (x.args[i], x.args[i + 2])) for i in range(0, len(x.args) - 2, 2)]
        return _joined(S.And, parts)
    if x.head in RELATIONS and len(x.args) > 2:
        if x.head is S.Unequal:
            n = len(x.args)
            parts = [Expr(x.head, (x.args[i], x.args[j])) for i in range(n) for j in range(i + 1, n)]
        else:
            parts = [Expr(x.head, pair) for pair in zip(x.args, x.args[1:], strict=False)]
        return _joined(S.And, parts)
    if x.head in (S.And, S.Or, S.Not, S.Implies, S.Xor):
        return Expr(x.head, tuple(map(pairwise, x.args)))
    return x


def _joined(head: Any, parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else Expr(head, tuple(parts))


def solution_set(b: Bridge, x: Any, v: Symbol) -> Any:
    """The real numbers v for which the pairwise statement `x` holds, as a SymPy set. Raises Unsolved."""
    sp = b.sympy
    if x is TRUE:
        return sp.S.Reals
    if x is FALSE:
        return sp.S.EmptySet
    if type(x) is not Expr:
        raise Unsolved
    if x.head is S.And:
        return sp.Intersection(*(solution_set(b, a, v) for a in x.args))
    if x.head is S.Or:
        return sp.Union(*(solution_set(b, a, v) for a in x.args))
    if x.head is S.Not and len(x.args) == 1:
        return sp.S.Reals - solution_set(b, x.args[0], v)
    if x.head is S.Element and len(x.args) == 2:
        return _domain(sp, x.args[1])
    if x.head in RELATIONS and len(x.args) == 2:
        left, right = (b.to(a) for a in x.args)
        if x.head is S.Unequal:
            return sp.S.Reals - sp.solveset(left - right, b.to(v), sp.S.Reals)
        if x.head is S.Equal:
            return sp.solveset(left - right, b.to(v), sp.S.Reals)
        relation = getattr(sp, RELATIONS[x.head])(left, right)
        if relation in (sp.true, sp.false):
            return sp.S.Reals if relation == sp.true else sp.S.EmptySet
        return sp.solveset(relation, b.to(v), sp.S.Reals)
    raise Unsolved


def _domain(sp: Any, name: Any) -> Any:
    if name is S.Reals:
        return sp.S.Reals
    if name is S.Integers:
        return sp.S.Integers
    raise Unsolved


class Piece:
    """An interval (low, high; open ends) or a point (low is high) of a solution, in words of the language."""

    def __init__(self, low: Any, high: Any, left_open: bool, right_open: bool) -> None:
        self.low = low
        self.high = high
        self.left_open = left_open
        self.right_open = right_open


def pieces_of(sp: Any, found: Any) -> list[Piece]:
    """Intervals and points of a set, in ascending order. Raises Unsolved for other sets."""
    if found is sp.S.EmptySet:
        return []
    if found == sp.S.Reals:
        return [Piece(-sp.oo, sp.oo, True, True)]
    if isinstance(found, sp.Union):
        parts = [p for a in found.args for p in pieces_of(sp, a)]
    elif isinstance(found, sp.FiniteSet):
        parts = [Piece(a, a, False, False) for a in found.args]
    elif isinstance(found, sp.Interval):
        parts = [Piece(found.start, found.end, bool(found.left_open), bool(found.right_open))]
    elif isinstance(found, sp.Range) and found.size.is_finite and found.size <= MAX_LISTED:
        parts = [Piece(a, a, False, False) for a in found]
    else:
        raise Unsolved
    return sorted(parts, key=lambda p: (float(p.low.evalf()), float(p.high.evalf())))


def statement(ev: Any, b: Bridge, v: Symbol, piece: Piece) -> Any:
    """`v` lies in the piece: x == a, x < b, x > a, or a < x <= b."""
    sp = b.sympy
    if piece.low == piece.high:
        return Expr(S.Equal, (v, ev.evaluate(b.out(piece.low))))
    low = None if piece.low == -sp.oo else ev.evaluate(b.out(piece.low))
    high = None if piece.high == sp.oo else ev.evaluate(b.out(piece.high))
    below = S.Less if piece.left_open else S.LessEqual
    above = S.Less if piece.right_open else S.LessEqual
    if low is None and high is None:
        return Expr(S.Element, (v, S.Reals))
    if low is None:
        return Expr(above, (v, high))
    if high is None:
        return Expr(S.Greater if piece.left_open else S.GreaterEqual, (v, low))
    if below is above:
        return Expr(below, (low, v, high))
    return Expr(S.Inequality, (low, below, v, above, high))


def real_pieces(ev: Any, x: Any, v: Symbol, integers: bool = False) -> tuple[Bridge, list[Piece]] | None:
    """The bridge used and the pieces of the reals (or integers) v for which `x` holds; None when SymPy cannot
    tell."""
    b = Bridge({v: {"integer" if integers else "real": True}})
    inner = Bridge({v: {"real": True}})
    try:
        found = limited(lambda: solution_set(inner, pairwise(x), v))
        if integers:
            found = limited(lambda: found.intersect(inner.sympy.S.Integers))
        return b, limited(lambda: pieces_of(b.sympy, found))
    except (Unsolved, *failures()):
        return None


def only_in(x: Any, v: Any) -> bool:
    """Whether no symbol but `v` occurs in `x`."""
    return all(s is v for s in _variables(x) if not s.shared)
