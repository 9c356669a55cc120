"""Making, reading and removing definitions. The one place that writes to a symbol's slots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import CLOCK, LIST, NULL, Association, Expr, S, Symbol, head_of
from wlnet.expr.attributes import LOCKED, PROTECTED, TEMPORARY

from .constructs import CONDITION, HOLD_PATTERN
from .control import RUN
from .evaluate import Computed, evaluate, evaluate_some
from .rule_code import is_conditional, strip
from .rules import Delayed, OwnRules, Rule, Rules
from .shaping import HOLDS, attributes_of, root_symbol, splice
from .templates import INLINE, finish

# What watches the value of a System` symbol such as $RecursionLimit: watcher(value or None), called after
# each change.
WATCHED: dict[Symbol, Callable[[Any], None]] = {}

# How `head[...] = value` is done where it defines nothing for `head`: Part, List, Options, Attributes,
# MessageName, ...
# assigner(ev, lhs, value, delayed) -> result, or None to go on with an ordinary definition.
ASSIGNERS: dict[Symbol, Callable[..., Any]] = {}

SLOTS = (
    "own",
    "down",
    "sub",
    "up",
    "n_values",
    "default_values",
    "format_values",
    "messages",
    "options",
    "attributes",
)


# How `head[...] =.` is done, likewise: unassigner(ev, lhs) -> result, or None.
UNASSIGNERS: dict[Symbol, Callable[..., Any]] = {}


def unassigner(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register how `name[...] =.` is done."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        UNASSIGNERS[getattr(S, name)] = function
        return function

    return register


def assigner(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register how an assignment to `name[...]` is done."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        ASSIGNERS[getattr(S, name)] = function
        return function

    return register


# ---------------------------------------------------------------- own values and attributes


def set_own(symbol: Symbol, value: Any) -> None:
    """Give a symbol a value: a WL value, a `Computed`, or None to take it away. No protection is asked."""
    if symbol.bare or symbol.shared:
        symbol.touch()
    symbol.own = value
    if symbol.shared:
        watcher = WATCHED.get(symbol)
        if watcher is not None:
            watcher(value)


def set_attributes(symbol: Symbol, flags: int) -> None:
    """Replace a symbol's attributes."""
    if flags != symbol.attributes:
        symbol.touch()
        if (flags ^ symbol.attributes) & ~(PROTECTED | TEMPORARY):
            CLOCK.shape += 1
        symbol.attributes = flags


def is_protected(symbol: Symbol) -> bool:
    return bool(symbol.attributes & PROTECTED)


# ---------------------------------------------------------------- assignment


def assign(lhs: Any, rhs: Any, delayed: bool, command: str) -> bool:
    """`lhs = rhs` or `lhs := rhs` by its ordinary meaning; False, with a message from `command`, when it may
    not be.

    The arguments of `lhs` are evaluated, `rhs` is as it shall be stored.
    """
    bare, tests = strip(lhs)
    if type(bare) is Symbol:
        return _assign_own(bare, tests, rhs, delayed, command)
    if type(bare) is not Expr:
        RUN.ev.message(command, "setraw", bare)
        return False
    target = bare.head
    if type(target) is Symbol:
        return define(target, "down", _with_tests(evaluated_lhs(bare), tests), rhs, command)
    root = root_symbol(target)
    if root is None:
        RUN.ev.message(command, "setraw", target)
        return False
    return define(root, "sub", _with_tests(evaluated_lhs(bare), tests), rhs, command)


def _with_tests(lhs: Any, tests: tuple[Any, ...]) -> Any:
    for test in tests:
        lhs = Expr(CONDITION, (lhs, test))
    return lhs


def _assign_own(symbol: Symbol, tests: tuple[Any, ...], rhs: Any, delayed: bool, command: str) -> bool:
    if symbol.attributes & (PROTECTED | LOCKED):
        RUN.ev.message(command, "locked" if symbol.attributes & LOCKED else "wrsym", symbol)
        return False
    if tests or (delayed and is_conditional(rhs)):
        own = symbol.own if isinstance(symbol.own, OwnRules) else OwnRules(symbol)
        if symbol.own is not None and own is not symbol.own:
            own.rules.add(Rule(symbol, _stored(symbol.own), whole=True))
        own.rules.add(Rule(_with_tests(symbol, tests), rhs, whole=True))
        set_own(symbol, own)
    else:
        set_own(symbol, Delayed(rhs) if delayed and _needs_evaluation(rhs) else rhs)
    return True


def _stored(own: Any) -> Any:
    return own.rhs if isinstance(own, Delayed) else own


def _needs_evaluation(rhs: Any) -> bool:
    return type(rhs) in (Expr, Symbol, Association)


def evaluated_lhs(lhs: Expr) -> Expr:
    """The left-hand side of a definition with its head and arguments evaluated, as attributes allow."""
    head = lhs.head
    head = evaluate(head) if type(head) is Expr else head
    if type(head) is Symbol and head.own is not None:
        value = evaluate(head)
        if type(value) is Symbol or type(value) is Expr:
            head = value
    flags = attributes_of(head) if type(head) is Symbol else 0
    if flags & HOLDS:
        args = evaluate_some(lhs.args, flags)
    else:
        args = tuple([evaluate(a) for a in lhs.args])
    if any(type(a) is Expr and a.head is S.Sequence for a in args):
        args = splice(head, args, flags)[0]
    return Expr(head, args)


def define(symbol: Symbol, slot: str, lhs: Any, rhs: Any, command: str) -> bool:
    """Add the rule `lhs :> rhs` to one slot of a symbol; False, with a message, when it is protected."""
    if symbol.attributes & (PROTECTED | LOCKED):
        RUN.ev.message(command, "write", symbol, strip(lhs)[0])
        return False
    add_rule(symbol, slot, lhs, rhs)
    return True


def add_rule(symbol: Symbol, slot: str, lhs: Any, rhs: Any) -> None:
    """As `define`, without asking for protection."""
    symbol.touch()
    rules = getattr(symbol, slot)
    if rules is None:
        rules = Rules(whole=slot != "down")
        setattr(symbol, slot, rules)
    if symbol in INLINE or slot == "default_values":
        CLOCK.shape += 1
    rules.add(Rule(lhs, rhs, whole=rules.whole))


def unassign(lhs: Any, command: str) -> bool:
    """`lhs =.`; False when there was nothing to remove (with the message)."""
    bare, tests = strip(lhs)
    if type(bare) is Symbol:
        if is_protected(bare):
            RUN.ev.message(command, "write", bare, bare)
            return False
        if bare.own is not None:
            set_own(bare, None)
        return True
    if type(bare) is not Expr or (root := root_symbol(bare)) is None:
        RUN.ev.message(command, "setraw", bare)
        return False
    if is_protected(root):
        RUN.ev.message(command, "write", root, bare)
        return False
    slot = "down" if bare.head is root else "sub"
    rules = getattr(root, slot)
    done = rules is not None and _remove(
        root, slot, Rule(_with_tests(evaluated_lhs(bare), tests), NULL, slot != "down")
    )
    if not done:
        RUN.ev.message(command, "norep", bare, root)
    return done


def _remove(symbol: Symbol, slot: str, rule: Rule) -> bool:
    symbol.touch()
    rules = getattr(symbol, slot)
    done: bool = rules.remove(rule)
    if not len(rules):
        setattr(symbol, slot, None)
    return done


def remove_up(symbol: Symbol, lhs: Any) -> bool:
    """Take the upvalue with this left-hand side away; whether there was one."""
    return symbol.up is not None and _remove(symbol, "up", Rule(lhs, NULL, whole=True))


def clear(symbol: Symbol, everything: bool = False) -> None:
    """Clear[symbol]: values and rules; with `everything` also attributes, messages, options and defaults."""
    symbol.touch()
    if symbol.own is not None:
        set_own(symbol, None)
    if symbol.down is not None and symbol in INLINE:
        CLOCK.shape += 1
    symbol.down = symbol.sub = symbol.up = symbol.n_values = symbol.format_values = None
    if everything:
        if symbol.default_values is not None:
            CLOCK.shape += 1
        symbol.messages = symbol.options = symbol.default_values = None
        set_attributes(symbol, 0)


def numerical_value(e: Any, digits: float | None) -> Any:
    """What definitions `N[e] = v` and `N[e, p] = v` give for `e`; None when there is none."""
    symbol = e if type(e) is Symbol else root_symbol(e)
    if symbol is None or symbol.n_values is None:
        return None
    if digits is not None:
        value = symbol.n_values.apply(Expr(S.N, (e, digits)))
        if value is not None:
            return finish(value)
    value = symbol.n_values.apply(Expr(S.N, (e,)))
    return None if value is None else finish(value)


def rules_of(symbol: Symbol, slot: str) -> list[tuple[Any, Any]]:
    """The definitions in a slot as (left-hand side, right-hand side) pairs, in the order they are tried."""
    if slot == "own":
        own = symbol.own
        if own is None or (isinstance(own, Computed) and not isinstance(own, Delayed | OwnRules)):
            return []
        if isinstance(own, OwnRules):
            return [(r.full_lhs, r.rhs) for r in own.rules.all()]
        return [(symbol, _stored(own))]
    rules = getattr(symbol, slot)
    return [] if rules is None else [(r.full_lhs, r.rhs) for r in rules.all()]


def rules_expr(symbol: Symbol, slot: str) -> Expr:
    """`DownValues[f]` and its like: {HoldPattern[lhs] :> rhs, ...}."""
    return Expr(
        LIST,
        tuple(Expr(S.RuleDelayed, (Expr(HOLD_PATTERN, (lhs,)), rhs)) for lhs, rhs in rules_of(symbol, slot)),
    )


def tag_of(lhs: Any) -> Symbol | None:
    """The symbol that an ordinary definition of `lhs` belongs to."""
    bare = strip(lhs)[0]
    if type(bare) is Symbol:
        return bare
    if type(bare) is Expr:
        return root_symbol(bare)
    head = head_of(bare)
    return head if type(head) is Symbol else None
