"""And, Or, Not, Xor, Implies and kin, Boole, TrueQ, AllTrue, AnyTrue, NoneTrue."""

from __future__ import annotations

from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, Symbol, key, same, truth
from wlnet.expr.attributes import FLAT, HOLD_ALL, LISTABLE, ONE_IDENTITY, ORDERLESS
from wlnet.kernel.registry import builtin, symbol

from .dimensions import entries_at
from .levels import children, size

symbol("True", usage="True is the symbol for the truth of a statement.")
symbol("False", usage="False is the symbol for the falsity of a statement.")


def _short_circuit(ev: Any, head: Any, args: tuple[Any, ...], stop: Any) -> Any:
    """And (stop False) and Or (stop True): evaluate until `stop` decides; what stays undecided is kept."""
    left: list[Any] = []
    for argument in args:
        value = ev.evaluate(argument)
        if value is stop:
            return stop
        if value is TRUE or value is FALSE:
            continue
        if type(value) is Expr and value.head is S.Sequence:
            inner = _short_circuit(ev, head, value.args, stop)
            if inner is stop:
                return stop
            left.extend(value.args)
            continue
        left.append(value)
    if not left:
        return FALSE if stop is TRUE else TRUE
    if len(left) == 1:
        return left[0]
    if len(left) == len(args) and all(a is b for a, b in zip(left, args, strict=True)):
        return None
    return Expr(head, tuple(left))


@builtin("And", attributes=FLAT | HOLD_ALL | ONE_IDENTITY)
def and_(ev: Any, *args: Any) -> Any:
    """And[a, b, ...], or a && b && ..., is False as soon as one of its arguments, evaluated in order, is
    False; True when all are True.

    >>> {True && False, True && x, And[]}
    {False, x, True}
    """
    return _short_circuit(ev, S.And, args, FALSE)


@builtin("Or", attributes=FLAT | HOLD_ALL | ONE_IDENTITY)
def or_(ev: Any, *args: Any) -> Any:
    """Or[a, b, ...], or a || b || ..., is True as soon as one of its arguments, evaluated in order, is
    True; False when all are False.

    >>> {False || True, False || x, Or[]}
    {True, x, False}
    """
    return _short_circuit(ev, S.Or, args, TRUE)


# What Not makes of a relation.
OPPOSITE = {
    S.Equal: S.Unequal,
    S.Unequal: S.Equal,
    S.SameQ: S.UnsameQ,
    S.UnsameQ: S.SameQ,
    S.Less: S.GreaterEqual,
    S.LessEqual: S.Greater,
    S.Greater: S.LessEqual,
    S.GreaterEqual: S.Less,
    S.Element: S.NotElement,
    S.NotElement: S.Element,
}


@builtin("Not")
def not_(ev: Any, expr: Any) -> Any:
    """Not[a], or !a, is False when a is True and True when a is False; relations are turned round.

    >>> {!True, !!x, !(x < 1)}
    {False, x, x >= 1}
    """
    if expr is TRUE:
        return FALSE
    if expr is FALSE:
        return TRUE
    if type(expr) is Expr:
        if expr.head is S.Not and len(expr.args) == 1:
            return expr.args[0]
        if len(expr.args) == 2 and type(expr.head) is Symbol and expr.head in OPPOSITE:
            return Expr(OPPOSITE[expr.head], expr.args)
    return None


def _negated(value: Any) -> Expr:
    return Expr(S.Not, (value,))


def _parity(head: Any, args: tuple[Any, ...], odd: bool) -> Any:
    """Xor (odd) and Xnor: Trues and pairs of equal arguments cancel."""
    left: dict[Any, Any] = {}
    for value in args:
        if value is TRUE:
            odd = not odd
        elif value is not FALSE:
            hashed = key(value)
            if hashed in left:
                del left[hashed]
            else:
                left[hashed] = value
    rest = tuple(left.values())
    if not rest:
        return truth(not odd)
    if len(rest) == 1:
        return rest[0] if odd else _negated(rest[0])
    wanted = S.Xor if odd else S.Xnor
    if wanted is head and len(rest) == len(args):
        return None
    return Expr(S.Xor, rest) if odd else _negated(Expr(S.Xor, rest)) if head is S.Xor else Expr(S.Xnor, rest)


@builtin("Xor", attributes=FLAT | ORDERLESS | ONE_IDENTITY)
def xor(ev: Any, *args: Any) -> Any:
    """Xor[a, b, ...] is True when an odd number of its arguments are True.

    >>> {Xor[True, False], Xor[True, True], Xor[True, x]}
    {True, False, !x}
    """
    return _parity(S.Xor, args, True)


@builtin("Xnor", attributes=ORDERLESS)
def xnor(ev: Any, *args: Any) -> Any:
    """Xnor[a, b, ...] is True when an even number of its arguments are True.

    >>> Xnor[True, True]
    True
    """
    return _parity(S.Xnor, args, False)


def _joint_denial(ev: Any, head: Any, args: tuple[Any, ...], stop: Any) -> Any:
    """Nand (stop False) and Nor (stop True): the negation of And and Or,
    kept under its own head while undecided."""
    left = []
    for argument in args:
        value = ev.evaluate(argument)
        if value is stop:
            return FALSE if stop is TRUE else TRUE
        if value is not TRUE and value is not FALSE:
            left.append(value)
    if not left:
        return stop
    if len(left) == 1:
        return _negated(left[0])
    if len(left) == len(args) and all(a is b for a, b in zip(left, args, strict=True)):
        return None
    return Expr(head, tuple(left))


@builtin("Nand", attributes=HOLD_ALL)
def nand(ev: Any, *args: Any) -> Any:
    """Nand[a, b, ...] is True when one of its arguments is False, False when all are True.

    >>> {Nand[True, False], Nand[True, True]}
    {True, False}
    """
    return _joint_denial(ev, S.Nand, args, FALSE)


@builtin("Nor", attributes=HOLD_ALL)
def nor(ev: Any, *args: Any) -> Any:
    """Nor[a, b, ...] is False when one of its arguments is True, True when all are False.

    >>> {Nor[False, False], Nor[True, x]}
    {True, False}
    """
    return _joint_denial(ev, S.Nor, args, TRUE)


@builtin("Implies")
def implies(ev: Any, a: Any, b: Any) -> Any:
    """Implies[a, b] is True unless a is True and b is False.

    >>> {Implies[False, x], Implies[True, x], Implies[x, x]}
    {True, x, True}
    """
    if a is FALSE or b is TRUE or same(a, b):
        return TRUE
    if a is TRUE:
        return b
    return _negated(a) if b is FALSE else None


@builtin("Equivalent", attributes=ORDERLESS)
def equivalent(ev: Any, *args: Any) -> Any:
    """Equivalent[a, b, ...] is True when all its arguments are True or all are False.

    >>> {Equivalent[True, True], Equivalent[True, False], Equivalent[True, x]}
    {True, False, x}
    """
    rest = {key(x): x for x in args if x is not TRUE and x is not FALSE}
    yes, no = any(x is TRUE for x in args), any(x is FALSE for x in args)
    if yes and no:
        return FALSE
    if not rest or (len(rest) == 1 and not yes and not no):
        return TRUE
    if yes:
        return Expr(S.And, tuple(rest.values()))
    if no:
        return Expr(S.And, tuple(map(_negated, rest.values())))
    return None if len(rest) == len(args) else Expr(S.Equivalent, tuple(rest.values()))


@builtin("Boole", attributes=LISTABLE)
def boole(ev: Any, expr: Any) -> Any:
    """Boole[expr] gives 1 for True and 0 for False.

    >>> Boole[{True, False, x}]
    {1, 0, Boole[x]}
    """
    return 1 if expr is TRUE else 0 if expr is FALSE else None


@builtin("TrueQ")
def true_q(ev: Any, expr: Any) -> Any:
    """TrueQ[expr] is True when expr is True, else False.

    >>> {TrueQ[True], TrueQ[x]}
    {True, False}
    """
    return truth(expr is TRUE)


@builtin("BooleanQ")
def boolean_q(ev: Any, expr: Any) -> Any:
    """BooleanQ[expr] tells whether expr is True or False.

    >>> {BooleanQ[False], BooleanQ[x]}
    {True, False}
    """
    return truth(expr is TRUE or expr is FALSE)


def _tested(ev: Any, name: str, expr: Any, test: Any, level: Any, head: Any, stop: Any) -> Any:
    """The tests of the elements under And or Or, evaluated until `stop` decides."""
    if size(expr) is None or type(level) is not int:
        ev.message(name, "normal", 1, Expr(getattr(S, name), (expr, test)))
        return None
    parts = children(expr) or () if level == 1 else entries_at(expr, level)
    call = ev.function(test)
    left = []
    for part in parts:
        value = call(part)
        if value is stop:
            return stop
        if value is not TRUE and value is not FALSE:
            left.append(value)
    if not left:
        return FALSE if stop is TRUE else TRUE
    return left[0] if len(left) == 1 else Expr(head, tuple(left))


@builtin("AllTrue", operator=0)
def all_true(ev: Any, expr: Any, test: Any, level: Any = 1) -> Any:
    """AllTrue[list, test] is True when test is True of every element; AllTrue[list, test, n] of every
    element on level n.

    >>> {AllTrue[{2, 4}, EvenQ], AllTrue[{}, EvenQ]}
    {True, True}
    """
    return _tested(ev, "AllTrue", expr, test, level, S.And, FALSE)


@builtin("AnyTrue", operator=0)
def any_true(ev: Any, expr: Any, test: Any, level: Any = 1) -> Any:
    """AnyTrue[list, test] is True when test is True of some element.

    >>> {AnyTrue[{1, 4}, EvenQ], AnyTrue[{}, EvenQ]}
    {True, False}
    """
    return _tested(ev, "AnyTrue", expr, test, level, S.Or, TRUE)


@builtin("NoneTrue", operator=0)
def none_true(ev: Any, expr: Any, test: Any, level: Any = 1) -> Any:
    """NoneTrue[list, test] is True when test is True of no element.

    >>> {NoneTrue[{1, 3}, EvenQ], NoneTrue[{1, 4}, EvenQ]}
    {True, False}
    """
    found = _tested(ev, "NoneTrue", expr, test, level, S.Or, TRUE)
    if found is TRUE or found is FALSE:
        return truth(found is FALSE)
    if found is None:
        return None
    return Expr(S.Nor, found.args) if type(found) is Expr and found.head is S.Or else _negated(found)
