"""From a flat chain of operands and operators to one expression: a precedence climb over the operator table.

Iterative, one pass, constant work per item: depth never rests on Python's stack. Operators that wait for the
end of their right operand stand on `pending`; an arriving operator first finishes those that hold tighter
(`Operator.bind` against `Operator.reach`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wlnet.expr.expression import NULL, Expr
from wlnet.expr.numbers import BigReal
from wlnet.expr.symbols import S

from .diagnose import Incomplete, ReadError
from .operators import Operator, table
from .terminals import Token

CALL_REACH = 2 * 670
_NUMBERS = (int, float, Fraction, BigReal)


class _Pending:
    """An operator waiting for its last operand. `args` holds the operands so far (and, in a run of
    comparisons, the operators between them); `start` is its offset,
    for errors; `extra` what the token carried.
    """

    __slots__ = ("args", "bind", "extra", "row", "start")

    def __init__(self, row: Operator, args: list[Any], start: int, extra: Any = None) -> None:
        self.row = row
        self.bind = row.bind
        self.args = args
        self.start = start
        self.extra = extra


class Climb:
    """The state of one climb.

    current   the operand read last
    literal   that operand if it is a number as it was written, not yet part of anything: `-` folds into it
    product   the node of the product finished last: `a - b c` takes the -1 into it
    """

    __slots__ = ("current", "literal", "pending", "product")

    def __init__(self) -> None:
        self.pending: list[_Pending] = []
        self.current: Any = None
        self.literal: Any = None
        self.product: Any = None

    def run(self, items: list[Any]) -> Any:
        """The expression of a chain. Items are tokens, or values of bracketed groups."""
        pending = self.pending
        for item in items:
            if type(item) is not Token:
                self.current = item
                self.literal = None
                continue
            kind = item.type
            if kind == "ATOM":
                self.current = item.value
                self.literal = item.value if type(item.value) in _NUMBERS else None
            elif kind == "INFIX":
                self._infix(item.value, item)
            elif kind == "LBRACKET" or kind == "LPART":
                while pending and pending[-1].bind > CALL_REACH:
                    self._finish()
                args = item.extra
                self.current = (
                    Expr(self.current, args) if kind == "LBRACKET" else Expr(S.Part, (self.current, *args))
                )
            elif kind == "PREFIX":
                first = [1] if item.value.shape == "span" else []
                pending.append(_Pending(item.value, first, item.start, item.extra))
            else:
                self._postfix(item.value, item)
        while pending:
            self._finish()
        return self.current

    def _finish(self) -> None:
        """Build the node of the operator on top of `pending` with `current` as its last operand."""
        top = self.pending.pop()
        row = top.row
        shape = row.shape
        if shape:
            self.current = _SHAPES[shape](self, top)
        else:
            top.args.append(self.current)
            self.current = Expr(row.head, tuple(top.args))
            if row.text == "*":
                self.product = self.current

    def _infix(self, row: Operator, token: Token) -> None:
        pending = self.pending
        reach = row.reach
        if row.grouping == "none" and pending and pending[-1].row is row:
            raise ReadError(
                f'"{row.text}" does not chain', token.start, hint="Parentheses say which one is meant."
            )
        while pending and pending[-1].bind >= reach:
            self._finish()
        shape = row.shape
        if pending:
            top = pending[-1]
            if (
                row.run is not None
                and top.row.run is row.run
                and top.row.level == row.level
                and shape != "span"
            ):
                self._continue_run(top, row)
                return
            if shape in _ARRIVALS and _ARRIVALS[shape](self, top, row, token):
                return
            # Equal level, another run: finish it (a run only holds on to its own kind).
            while pending and row.run is not None and pending[-1].bind == 2 * row.level:
                self._finish()
        args = [self.current, row.head] if shape == "compare" else [self.current]
        pending.append(_Pending(row, args, token.start))

    def _continue_run(self, top: _Pending, row: Operator) -> None:
        """One more operator of the run on top: the operand just read is complete."""
        if row.shape == "compare":
            top.args += (self.current, row.head)
        else:
            top.args.append(_negated(self, self.current) if top.row.shape == "difference" else self.current)
        top.row = row

    def _postfix(self, row: Operator, token: Token) -> None:
        pending = self.pending
        reach = row.reach
        while pending and pending[-1].bind >= reach:
            self._finish()
        build = _POSTFIX.get(row.shape)
        self.current = Expr(row.head, (self.current,)) if build is None else build(self, row, token)


# Nodes of pending operators that are not simply head[operands...]


def _negated(climb: Climb, value: Any) -> Any:
    """`- value`: folded into a literal, taken into a product just written, else Times[-1, value]."""
    if value is climb.literal:
        climb.literal = None
        return -value if type(value) is not BigReal else BigReal(-value.value, value.digits)
    if value is climb.product and value is not None:
        return Expr(S.Times, (-1, *value.args))
    return Expr(S.Times, (-1, value))


def _difference(climb: Climb, top: _Pending) -> Any:
    value = climb.current
    top.args.append(_negated(climb, value) if top.row.shape == "difference" else value)
    return Expr(S.Plus, tuple(top.args))


def _divide(climb: Climb, top: _Pending) -> Any:
    return Expr(S.Times, (top.args[0], Expr(S.Power, (climb.current, -1))))


def _compare(climb: Climb, top: _Pending) -> Any:
    args = [*top.args, climb.current]
    heads = args[1::2]
    if all(head is heads[0] for head in heads):
        return Expr(heads[0], tuple(args[::2]))
    return Expr(S.Inequality, tuple(args))


def _span(climb: Climb, top: _Pending) -> Any:
    return Expr(S.Span, (*top.args, climb.current))


def _integral(climb: Climb, top: _Pending) -> Any:
    return Expr(S.Integral, (climb.current,))


def _differential(climb: Climb, top: _Pending) -> Any:
    r"""`\[DifferentialD] x` closes the innermost pending integral, else it is a node of its own."""
    variable = climb.current
    pending = climb.pending
    depth = next((i for i in range(len(pending) - 1, -1, -1) if pending[i].row.shape == "integral"), None)
    if depth is None or any(entry.bind < pending[depth].bind for entry in pending[depth:]):
        return Expr(S.DifferentialD, (variable,))
    factors: list[Any] = []
    if len(pending) - 1 > depth and pending[-1].row.text == "*":
        factors = pending.pop().args
    climb.current = factors[0] if len(factors) == 1 else Expr(S.Times, tuple(factors)) if factors else 1
    while len(pending) - 1 > depth:
        climb._finish()
    pending.pop()
    return Expr(S.Integrate, (climb.current, variable))


def _tilde(climb: Climb, top: _Pending) -> Any:
    if len(top.args) < 2:
        raise Incomplete(
            '"a ~f" needs a second "~" and an operand', top.start, hint="Infix calls are written a ~f~ b."
        )
    return Expr(top.args[1], (top.args[0], climb.current))


def _tagged(climb: Climb, top: _Pending) -> Any:
    raise ReadError('"/:" needs an assignment after it', top.start, hint="For example f /: g[f] = 1.")


def _set(climb: Climb, top: _Pending) -> Any:
    if len(top.args) == 2:
        head = S.TagSet if top.row.text == "=" else S.TagSetDelayed
        return Expr(head, (*top.args, climb.current))
    return Expr(top.row.head, (top.args[0], climb.current))


def _twice(climb: Climb, top: _Pending) -> Any:
    return Expr(S.Not, (Expr(S.Not, (climb.current,)),))


_SHAPES: dict[str, Callable[[Climb, _Pending], Any]] = {
    "apply": lambda climb, top: Expr(top.args[0], (climb.current,)),
    "pipe": lambda climb, top: Expr(climb.current, (top.args[0],)),
    "swapped": lambda climb, top: Expr(top.row.head, (climb.current, top.args[0])),
    "vector": lambda climb, top: Expr(top.row.head, (Expr(S.List, (*top.args, climb.current)),)),
    "named": lambda climb, top: Expr(top.row.head, (top.extra, climb.current)),
    "negate": lambda climb, top: _negated(climb, climb.current),
    "sum": _difference,
    "difference": _difference,
    "divide": _divide,
    "compare": _compare,
    "span": _span,
    "integral": _integral,
    "differential": _differential,
    "tilde": _tilde,
    "tagged": _tagged,
    "set": _set,
    "twice": _twice,
}


# Operators that join one already pending on their own level: they return whether they did


def _second_tilde(climb: Climb, top: _Pending, row: Operator, token: Token) -> bool:
    if top.row is not row:
        return False
    if len(top.args) == 2:  # a ~f~ b ~g~ c groups to the left
        climb._finish()
        return False
    top.args.append(climb.current)
    return True


def _assignment_of_tag(climb: Climb, top: _Pending, row: Operator, token: Token) -> bool:
    if top.row.shape != "tagged":
        return False
    top.args.append(climb.current)
    top.row = row
    top.bind = row.bind
    return True


def _next_span(climb: Climb, top: _Pending, row: Operator, token: Token) -> bool:
    """The second `;;` of a Span; a third begins another one, multiplied."""
    if top.row.shape != "span":
        return False
    if len(top.args) == 1:
        top.args.append(climb.current)
        return True
    climb._finish()
    rows = table()
    climb._infix(rows.infix["*"], token)
    climb.pending.append(_Pending(rows.prefix[";;"], [1], token.start))
    return True


_ARRIVALS: dict[str, Callable[[Climb, _Pending, Operator, Token], bool]] = {
    "tilde": _second_tilde,
    "set": _assignment_of_tag,
    "span": _next_span,
}


# Postfix nodes


def _unset(climb: Climb, row: Operator, token: Token) -> Any:
    pending = climb.pending
    if pending and pending[-1].row.shape == "tagged":
        return Expr(S.TagUnset, (pending.pop().args[0], climb.current))
    return Expr(S.Unset, (climb.current,))


def _null(climb: Climb, row: Operator, token: Token) -> Any:
    pending = climb.pending
    if pending and pending[-1].row.text == ";":
        return Expr(S.CompoundExpression, (*pending.pop().args, climb.current, NULL))
    return Expr(S.CompoundExpression, (climb.current, NULL))


def _open_span(climb: Climb, row: Operator, token: Token) -> Any:
    """`a ;;` takes All; after a Span of two parts it is another Span, multiplied."""
    pending = climb.pending
    if not pending or pending[-1].row.shape != "span":
        return Expr(S.Span, (climb.current, S.All))
    climb._finish()
    climb._infix(table().infix["*"], token)
    return Expr(S.Span, (1, S.All))


_POSTFIX: dict[str, Callable[[Climb, Operator, Token], Any]] = {
    "derivative": lambda climb, row, token: Expr(Expr(S.Derivative, (token.extra,)), (climb.current,)),
    "tag": lambda climb, row, token: (
        Expr(S.TypeSpecifier, (climb.current,))
        if token.extra is None
        else Expr(S.MessageName, (climb.current, *token.extra))
    ),
    "put": lambda climb, row, token: Expr(row.head, (climb.current, token.extra)),
    "unset": _unset,
    "null": _null,
    "span": _open_span,
}


def climb(items: list[Any]) -> Any:
    """The expression of a chain of tokens and group values."""
    if len(items) == 1:
        only = items[0]
        return only.value if type(only) is Token else only
    return Climb().run(items)
