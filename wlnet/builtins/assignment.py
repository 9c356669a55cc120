"""Assignment: Set, SetDelayed, UpSet, TagSet, Unset, Clear, Increment and kin; reading definitions back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import (
    CLOCK,
    LIST,
    NULL,
    Association,
    Expr,
    S,
    Symbol,
    head_of,
    is_list,
    items,
    make_list,
    system,
)
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, LOCKED, PROTECTED, SEQUENCE_HOLD
from wlnet.kernel.building import built
from wlnet.kernel.control import RUN
from wlnet.kernel.definitions import (
    ASSIGNERS,
    UNASSIGNERS,
    assign,
    assigner,
    define,
    evaluated_lhs,
    set_own,
    unassign,
)
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin
from wlnet.kernel.scope import Scope
from wlnet.kernel.shaping import root_symbol
from wlnet.kernel.templates import Code, code, inline

FAILED = system("$Failed")
# Compiled forms of `head[...] = value`, by head: form(left side, scope, code of the value) -> Code or None.
SET_FORMS: dict[Symbol, Callable[[Expr, Scope, Code], Code | None]] = {}


@builtin("Set", attributes=HOLD_FIRST | SEQUENCE_HOLD)
def set_(ev: Any, lhs: Any, rhs: Any) -> Any:
    """Set[lhs, rhs], or lhs = rhs, evaluates rhs and makes it the value of lhs: of a symbol, a call with
    patterns, a part, a list of these.

    >>> x = 5; x^2
    25
    >>> {a, b} = {1, 2}; a + b
    3
    """
    return set_value(lhs, rhs, False, "Set")


@builtin("SetDelayed", attributes=HOLD_ALL | SEQUENCE_HOLD, evaluated=True)
def set_delayed(ev: Any, lhs: Any, rhs: Any) -> Any:
    """SetDelayed[lhs, rhs], or lhs := rhs, makes rhs, unevaluated, the value of lhs; it is evaluated each
    time it is used.

    >>> f[x_] := x + 1; f[2]
    3
    """
    return set_value(lhs, rhs, True, "SetDelayed")


def set_value(lhs: Any, rhs: Any, delayed: bool, command: str) -> Any:
    """An assignment of any form; its value."""
    if type(lhs) is Expr and type(lhs.head) is Symbol:
        special = ASSIGNERS.get(lhs.head)
        if special is not None:
            value = special(RUN.ev, lhs, rhs, delayed)
            if value is not None:
                return value
    if type(lhs) is Expr:
        root = root_symbol(lhs)
        if root is not None and type(root.own) is Association:
            value = ASSIGNERS[S.Association](RUN.ev, lhs, rhs, delayed)
            if value is not None:
                return value
    done = assign(lhs, rhs, delayed, command)
    if delayed:
        return NULL if done else FAILED
    return rhs


@inline("Set")
def _inline_set(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if len(e.args) != 2:
        return None
    lhs = e.args[0]
    value = code(e.args[1], scope)
    if type(lhs) is Symbol and lhs not in scope.slots:
        return _set_symbol(lhs, value)
    if type(lhs) is Symbol and scope.slots[lhs] in scope.locals:
        return _set_local(scope.slots[lhs], value)
    if type(lhs) is Expr and type(lhs.head) is Symbol and lhs.head in SET_FORMS:
        found = SET_FORMS[lhs.head](lhs, scope, value)
        if found is not None:
            return found
    return _set_built(lhs, scope, value)


def _set_built(lhs: Any, scope: Scope, value: Code) -> Code:
    make = built(lhs, scope)

    def assign_built(b: list[Any]) -> Any:
        v = value(b)
        target = make(b)
        if type(target) is Expr and (up := _upvalue(S.Set, target, v)) is not None:
            return up
        return set_value(target, v, False, "Set")

    return assign_built


def _set_symbol(symbol: Symbol, value: Code) -> Code:
    def assign_symbol(b: list[Any]) -> Any:
        v = value(b)
        if symbol.attributes or symbol.shared or symbol.up is not None:
            up = _upvalue(S.Set, symbol, v)
            return set_value(symbol, v, False, "Set") if up is None else up
        if symbol.bare:
            symbol.touch()
        symbol.own = v
        if type(v) is Expr and v.stamp != CLOCK.version:
            return evaluate(v)  # the new value may change what it means: x = x + 1
        return v

    return assign_symbol


def _set_local(place: int, value: Code) -> Code:
    def assign_local(b: list[Any]) -> Any:
        v = value(b)
        symbol = b[place]
        if symbol.attributes & _GUARDED or symbol.up is not None:
            up = _upvalue(S.Set, symbol, v)
            return set_value(symbol, v, False, "Set") if up is None else up
        if symbol.bare:
            symbol.touch()
        symbol.own = v
        if type(v) is Expr and v.stamp != CLOCK.version:
            return evaluate(v)
        return v

    return assign_local


def _upvalue(command: Symbol, target: Any, value: Any) -> Any:
    """What a definition attached to the target makes of `target = value`, or None."""
    root = target if type(target) is Symbol else head_of(target)
    if type(root) is Symbol and root.up is not None:
        return root.up.apply(Expr(command, (target, value)))
    return None


# ---------------------------------------------------------------- Increment and AddTo families


def _update(name: str, operator: str, doc: str) -> None:
    def update(ev: Any, lhs: Any, rhs: Any) -> Any:
        old = current_value(name, lhs)
        if old is None:
            return None
        return set_value(lhs, evaluate(Expr(getattr(S, operator), _operands(name, old, rhs))), False, "Set")

    update.__doc__ = doc
    builtin(name, attributes=HOLD_FIRST, evaluated=True)(update)

    @inline(name)
    def compile_update(e: Expr, scope: Scope, tail: bool) -> Code | None:
        if len(e.args) != 2 or type(e.args[0]) is not Symbol:
            return None
        return _inline_update(e, scope, name, operator)


def _operands(name: str, old: Any, rhs: Any) -> tuple[Any, Any]:
    if name == "SubtractFrom":
        return old, evaluate(Expr(S.Times, (-1, rhs)))
    if name == "DivideBy":
        return old, evaluate(Expr(S.Power, (rhs, -1)))
    return old, rhs


def current_value(name: str, lhs: Any) -> Any:
    """The present value of the left-hand side of `lhs += ...`; None, with the message, when it has none."""
    if type(lhs) is Symbol:
        if lhs.own is None:
            RUN.ev.message(name, "rvalue", lhs)
            return None
        return evaluate(lhs)
    if type(lhs) is not Expr:
        RUN.ev.message(name, "rvalue", lhs)
        return None
    if lhs.head is S.Part:
        return evaluate(lhs)
    target = evaluated_lhs(lhs)
    value = evaluate(target)
    if type(value) is Expr and value == target:
        RUN.ev.message(name, "rvalue", lhs)
        return None
    return value


def _inline_update(e: Expr, scope: Scope, name: str, operator: str) -> Code:
    """`x += v` where x is a symbol, global or local to the compiled code;
    machine numbers are added on the spot.
    """
    target = e.args[0]
    place = scope.slots.get(target)
    amount = code(e.args[1], scope)
    plain = _PLAIN.get(name)
    head = getattr(S, name)

    def update(b: list[Any]) -> Any:
        symbol = target if place is None else b[place]
        rhs = amount(b)
        if (
            type(symbol) is Symbol
            and not symbol.attributes & _GUARDED
            and not symbol.shared
            and symbol.up is None
        ):
            old = symbol.own
            t, u = type(old), type(rhs)
            if plain is not None and (t is int or t is float) and (u is int or u is float):
                value = plain(old, rhs)
                if t is int and u is int or (t is float and u is float and value - value == 0.0):
                    if symbol.bare:
                        symbol.touch()
                    symbol.own = value
                    return value
        return evaluate(Expr(head, (symbol, rhs)))

    return update


_GUARDED = ~(1 << 16)  # any attribute but Temporary
_PLAIN = {
    "AddTo": lambda x, y: x + y,
    "SubtractFrom": lambda x, y: x - y,
    "TimesBy": lambda x, y: x * y,
}

_update("AddTo", "Plus", "x += dx adds dx to x and gives the new value.\n\n>>> x = 1; x += 4\n5")
_update(
    "SubtractFrom", "Plus", "x -= dx subtracts dx from x and gives the new value.\n\n>>> x = 1; x -= 4\n-3"
)
_update("TimesBy", "Times", "x *= c multiplies x by c and gives the new value.\n\n>>> x = 2; x *= 4\n8")
_update("DivideBy", "Times", "x /= c divides x by c and gives the new value.\n\n>>> x = 8; x /= 4\n2")


def _step(name: str, amount: int, gives_old: bool, doc: str) -> None:
    def step(ev: Any, lhs: Any) -> Any:
        old = current_value(name, lhs)
        if old is None:
            return None
        new = evaluate(Expr(S.Plus, (old, amount)))
        set_value(lhs, new, False, "Set")
        return old if gives_old else new

    step.__doc__ = doc
    builtin(name, attributes=HOLD_FIRST, evaluated=True)(step)
    head = getattr(S, name)

    @inline(name)
    def compile_step(e: Expr, scope: Scope, tail: bool) -> Code | None:
        if len(e.args) != 1 or type(e.args[0]) is not Symbol:
            return None
        target = e.args[0]
        place = scope.slots.get(target)

        def run(b: list[Any]) -> Any:
            symbol = target if place is None else b[place]
            if type(symbol) is Symbol and type(symbol.own) is int and not symbol.attributes & _GUARDED:
                if symbol.up is None:
                    old = symbol.own
                    if symbol.bare:
                        symbol.touch()
                    symbol.own = old + amount
                    return old if gives_old else old + amount
            return evaluate(Expr(head, (symbol,)))

        return run


_step("Increment", 1, True, "x++ adds 1 to x and gives the old value.\n\n>>> x = 1; {x++, x}\n{1, 2}")
_step("Decrement", -1, True, "x-- subtracts 1 from x and gives the old value.\n\n>>> x = 1; {x--, x}\n{1, 0}")
_step("PreIncrement", 1, False, "++x adds 1 to x and gives the new value.\n\n>>> x = 1; ++x\n2")
_step("PreDecrement", -1, False, "--x subtracts 1 from x and gives the new value.\n\n>>> x = 1; --x\n0")


@builtin("ApplyTo", attributes=HOLD_FIRST, evaluated=True)
def apply_to(ev: Any, lhs: Any, f: Any) -> Any:
    """X //= f replaces the value of x by f of it.

    >>> x = 4; x //= Sqrt
    2
    """
    old = current_value("ApplyTo", lhs)
    return None if old is None else set_value(lhs, evaluate(Expr(f, (old,))), False, "Set")


# ---------------------------------------------------------------- Unset


@builtin(
    "Unset",
    attributes=HOLD_FIRST,
    messages={"norep": "Assignment on `2` for `1` not found."},
    evaluated=True,
)
def unset(ev: Any, lhs: Any) -> Any:
    """Unset[lhs], or lhs =., removes the value or definition of lhs.

    >>> x = 5; x =.; x
    x
    """
    if is_list(lhs):
        return Expr(LIST, tuple([unset(ev, x) for x in items(lhs)]))
    if type(lhs) is Expr and type(lhs.head) is Symbol and lhs.head in UNASSIGNERS:
        value = UNASSIGNERS[lhs.head](ev, lhs)
        if value is not None:
            return value
    if type(lhs) is Expr and type(lhs.head) is Symbol and type(lhs.head.own) is Association:
        return _without_key(ev, lhs)
    return NULL if unassign(lhs, "Unset") else FAILED


def _without_key(ev: Any, lhs: Expr) -> Any:
    """a["k"] =. where a is an association: the entry goes."""
    symbol: Symbol = lhs.head
    if symbol.attributes & (PROTECTED | LOCKED):
        ev.message("Unset", "write", symbol, lhs)
        return FAILED
    set_own(symbol, evaluate(Expr(S.KeyDrop, (symbol.own, make_list(map(evaluate, lhs.args))))))
    return NULL


@assigner("N")
def assign_numerical(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """N[f[x_]] = v and N[f[x_], p_] = v: a definition of a numerical value, attached to f."""
    if not 1 <= len(lhs.args) <= 2:
        return None
    target = evaluated_lhs(lhs.args[0]) if type(lhs.args[0]) is Expr else lhs.args[0]
    symbol = target if type(target) is Symbol else root_symbol(target)
    if symbol is None:
        return None
    value = rhs if delayed else evaluate(rhs)
    done = define(
        symbol, "n_values", Expr(S.N, (target, *lhs.args[1:])), value, "SetDelayed" if delayed else "Set"
    )
    if delayed:
        return NULL if done else FAILED
    return value
