"""Definitions attached to other symbols (UpSet, TagSet), and definitions as lists
of rules (DownValues and kin).
"""

from __future__ import annotations

from typing import Any

from wlnet.expr import NULL, Expr, S, Symbol, is_list, items, system
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, PROTECTED, SEQUENCE_HOLD
from wlnet.kernel.constructs import (
    BLANK,
    BLANK_NULL_SEQUENCE,
    BLANK_SEQUENCE,
    CONDITION,
    OPTIONAL,
    PATTERN,
    PATTERN_TEST,
)
from wlnet.kernel.definitions import (
    add_rule,
    assigner,
    define,
    evaluated_lhs,
    remove_up,
    rules_expr,
    set_own,
    unassign,
)
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin
from wlnet.kernel.rule_code import strip
from wlnet.kernel.rules import Delayed
from wlnet.kernel.shaping import root_symbol

from .information import symbols_of

FAILED = system("$Failed")
_WRAPPERS = (PATTERN_TEST, CONDITION, OPTIONAL, S.HoldPattern)


def tag_in(e: Any) -> Symbol | None:
    """The symbol that an upvalue for an argument belongs to: the argument, its head,
    or what its blank asks for.
    """
    while type(e) is Expr:
        if e.head in _WRAPPERS and e.args:
            e = e.args[0]
        elif e.head is PATTERN and len(e.args) == 2:
            e = e.args[1]
        elif e.head in (BLANK, BLANK_SEQUENCE, BLANK_NULL_SEQUENCE):
            return e.args[0] if e.args and type(e.args[0]) is Symbol else None
        else:
            return root_symbol(e.head)
    return e if type(e) is Symbol else None


def _with_tests(lhs: Any, tests: tuple[Any, ...]) -> Any:
    for test in tests:
        lhs = Expr(CONDITION, (lhs, test))
    return lhs


UP_MESSAGES = {
    "nosym": "`1` does not contain a symbol to attach a rule to.",
    "write": "Tag `1` in `2` is Protected.",
}


def _up_set(ev: Any, command: str, lhs: Any, rhs: Any) -> bool:
    bare, tests = strip(lhs)
    if type(bare) is not Expr:
        ev.message(command, "nosym", bare)
        return False
    target = evaluated_lhs(bare)
    tags = list(
        dict.fromkeys(t for t in map(tag_in, target.args) if t is not None and not t.attributes & PROTECTED)
    )
    if not tags:
        ev.message(command, "nosym", bare)
        return False
    for tag in tags:
        add_rule(tag, "up", _with_tests(target, tests), rhs)
    return True


@builtin("UpSet", attributes=HOLD_FIRST | SEQUENCE_HOLD, messages=UP_MESSAGES)
def up_set(ev: Any, lhs: Any, rhs: Any) -> Any:
    """f[g[...]] ^= rhs makes rhs the value of the left side, and attaches the definition to g.

    >>> area[square] ^= 4; {area[square], UpValues[square]}
    {4, {HoldPattern[area[square]] :> 4}}
    """
    return rhs if _up_set(ev, "UpSet", lhs, rhs) else rhs


@builtin("UpSetDelayed", attributes=HOLD_ALL | SEQUENCE_HOLD, messages=UP_MESSAGES)
def up_set_delayed(ev: Any, lhs: Any, rhs: Any) -> Any:
    """f[g[...]] ^:= rhs makes rhs, unevaluated, the value of the left side, and attaches the definition to g.

    >>> area[sq[x_]] ^:= x^2; area[sq[3]]
    9
    """
    return NULL if _up_set(ev, "UpSetDelayed", lhs, rhs) else FAILED


TAG_MESSAGES = {
    "tagnf": "Tag `1` not found in `2`.",
    "tagpos": "Tag `1` in `2` is too deep for an assigned rule to be found.",
    "norep": "Assignment on `2` for `1` not found.",
}


def _tag_set(ev: Any, command: str, tag: Any, lhs: Any, rhs: Any, delayed: bool) -> bool:
    if type(tag) is not Symbol:
        ev.message(command, "sym", tag, 1)
        return False
    bare, tests = strip(lhs)
    if bare is tag:
        if tag.attributes & PROTECTED:
            ev.message(command, "wrsym", tag)
            return False
        set_own(tag, Delayed(rhs) if delayed else rhs)
        return True
    if type(bare) is not Expr:
        ev.message(command, "tagnf", tag, bare)
        return False
    target = evaluated_lhs(bare)
    whole = _with_tests(target, tests)
    if target.head is tag:
        return define(tag, "down", whole, rhs, command)
    if root_symbol(target.head) is tag:
        return define(tag, "sub", whole, rhs, command)
    if tag in map(tag_in, target.args):
        return define(tag, "up", whole, rhs, command)
    ev.message(command, "tagnf" if tag not in symbols_of((target,)) else "tagpos", tag, bare)
    return False


@builtin("TagSet", attributes=HOLD_ALL | SEQUENCE_HOLD, messages=TAG_MESSAGES)
def tag_set(ev: Any, tag: Any, lhs: Any, rhs: Any) -> Any:
    """F /: lhs = rhs makes rhs the value of lhs, and attaches the definition to f.

    >>> vec /: vec[a_] + vec[b_] = sum; vec[1] + vec[2]
    sum
    """
    value = evaluate(rhs)
    return value if _tag_set(ev, "TagSet", tag, lhs, value, False) else FAILED


@builtin("TagSetDelayed", attributes=HOLD_ALL | SEQUENCE_HOLD, messages=TAG_MESSAGES)
def tag_set_delayed(ev: Any, tag: Any, lhs: Any, rhs: Any) -> Any:
    """F /: lhs := rhs makes rhs, unevaluated, the value of lhs, and attaches the definition to f.

    >>> vec /: vec[a_] + vec[b_] := vec[a + b]; vec[1] + vec[2]
    vec[3]
    """
    return NULL if _tag_set(ev, "TagSetDelayed", tag, lhs, rhs, True) else FAILED


@builtin("TagUnset", attributes=HOLD_ALL, messages=TAG_MESSAGES)
def tag_unset(ev: Any, tag: Any, lhs: Any) -> Any:
    """F /: lhs =. removes the definition of lhs that is attached to f.

    >>> f[g] ^= 1; g /: f[g] =.; f[g]
    f[g]
    """
    bare, tests = strip(lhs)
    if type(tag) is Symbol and type(bare) is Expr and bare.head is not tag:
        if remove_up(tag, _with_tests(evaluated_lhs(bare), tests)):
            return NULL
        ev.message("TagUnset", "norep", bare, tag)
        return FAILED
    return NULL if unassign(lhs, "TagUnset") else FAILED


# ---------------------------------------------------------------- definitions as lists of rules


KINDS = {
    "OwnValues": ("own", "values of the symbol itself"),
    "DownValues": ("down", "definitions of s[...]"),
    "SubValues": ("sub", "definitions of s[...][...]"),
    "UpValues": ("up", "definitions attached to the symbol for f[..., s, ...]"),
    "NValues": ("n_values", "definitions of numerical values"),
    "FormatValues": ("format_values", "definitions of printed forms"),
}


def _symbol_of(ev: Any, s: Any) -> Symbol | None:
    if type(s) is str:
        return ev.state.resolve(s)  # type: ignore[no-any-return]
    return s if type(s) is Symbol else None


def _declare(name: str, slot: str, what: str) -> None:
    def values(ev: Any, s: Any) -> Any:
        found = _symbol_of(ev, s)
        return None if found is None else rules_expr(found, slot)

    values.__doc__ = f"{name}[s] gives the list of {what}, as rules. {name}[s] = {{...}} replaces them."
    builtin(
        name,
        attributes=HOLD_ALL,
        stateful=True,
        messages={"vrule": "Cannot set `1` to `2`: a list of rules is expected."},
    )(values)

    @assigner(name)
    def assign_values(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
        found = _symbol_of(ev, lhs.args[0]) if len(lhs.args) == 1 else None
        if found is None:
            return None
        if found.attributes & PROTECTED:
            ev.message("Set", "wrsym", found)
            return FAILED
        value = evaluate(rhs)
        rules = items(value) if is_list(value) else (value,)
        if not all(type(r) is Expr and r.head in (S.Rule, S.RuleDelayed) and len(r.args) == 2 for r in rules):
            ev.message(name, "vrule", lhs, value)
            return FAILED
        _replace(found, slot, rules)
        return NULL if delayed else value


def _replace(s: Symbol, slot: str, rules: tuple[Any, ...]) -> None:
    if slot == "own":
        set_own(s, None)
        for r in rules:
            set_own(s, Delayed(r.args[1]))
        return
    s.touch()
    setattr(s, slot, None)
    for r in rules:
        add_rule(s, slot, r.args[0], r.args[1])


for _name, (_slot, _what) in KINDS.items():
    _declare(_name, _slot, _what)


@builtin("ValueQ", attributes=HOLD_ALL, stateful=True)
def value_q(ev: Any, expr: Any) -> Any:
    """ValueQ[expr] gives True if a value has been defined for expr.

    >>> x = 1; {ValueQ[x], ValueQ[y]}
    {True, False}
    """
    if type(expr) is Symbol:
        return ev.truth(expr.own is not None)
    if type(expr) is not Expr:
        return ev.truth(False)
    target = evaluated_lhs(expr)
    root = root_symbol(target)
    if root is None or all(getattr(root, slot) is None for slot in ("down", "sub", "up")):
        return ev.truth(False)
    return ev.truth(evaluate(target) != target)
