"""Transformation rules: compiled, kept in order of specificity, applied.

A `Rule` is compiled when it is first tried. `Rules` is what a symbol holds in `down`, `sub` or `up`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import CLOCK, LIST, TRUE, Association, Expr, S, Symbol, canonical_args, key
from wlnet.expr.attributes import FLAT, ORDERLESS

from .control import RUN, ReturnValue
from .evaluate import Computed, attributes_of, evaluate
from .patterns import (
    BLANK_NULL_SEQUENCE,
    CONDITION,
    HOLD_PATTERN,
    PATTERN,
    compile_row,
    compile_test,
    is_pattern,
    is_simple,
    variables,
)
from .patterns import _is_simple_row as is_simple_row
from .scope import Scope
from .sequences import WHOLE, Chain, at_end, compile_args, compile_chain
from .specificity import covers, equivalent
from .templates import Code, Inline, built, code

SEQUENCE = S.Sequence
CONDITIONAL: dict[
    Symbol, Callable[..., Code | None]
] = {}  # forms whose body may end in a condition of the rule
BEFORE = Symbol("before", "Kernel`")
AFTER = Symbol("after", "Kernel`")


class Rule:
    """`lhs -> rhs` with the conditions of both sides.

    whole    whether it is matched against whole expressions or against the arguments of lhs's head
    replaces whether it is a replacement: the right-hand side is put in and not evaluated
    apply    Callable[[args or expression], value | None]
    """

    __slots__ = ("apply", "conditional", "lhs", "replaces", "rhs", "tests", "whole")

    def __init__(self, lhs: Any, rhs: Any, whole: bool, replaces: bool = False) -> None:
        self.lhs, self.tests = strip(lhs)
        self.rhs = rhs
        self.whole = whole
        self.replaces = replaces
        self.conditional = is_conditional(rhs)
        self.apply: Callable[[Any], Any] = self._first

    def _first(self, subject: Any) -> Any:
        self.apply = compile_rule(self)
        return self.apply(subject)

    def reset(self) -> None:
        """Compile anew at the next use."""
        self.apply = self._first

    @property
    def full_lhs(self) -> Any:
        """The left-hand side with its conditions, as it was written."""
        lhs = self.lhs
        for test in self.tests:
            lhs = Expr(CONDITION, (lhs, test))
        return lhs


def strip(lhs: Any) -> tuple[Any, tuple[Any, ...]]:
    """A left-hand side without HoldPattern and Condition around it, and the conditions, innermost first."""
    tests: list[Any] = []
    while type(lhs) is Expr:
        if lhs.head is HOLD_PATTERN and len(lhs.args) == 1:
            lhs = lhs.args[0]
        elif lhs.head is CONDITION and len(lhs.args) == 2:
            tests.append(lhs.args[1])
            lhs = lhs.args[0]
        else:
            break
    return lhs, tuple(reversed(tests))


def is_conditional(rhs: Any) -> bool:
    """Whether a right-hand side carries a condition: `v /; t`, also inside Module, Block and With."""
    while type(rhs) is Expr:
        if rhs.head is CONDITION and len(rhs.args) == 2:
            return True
        if rhs.head not in CONDITIONAL or len(rhs.args) != 2:
            return False
        rhs = rhs.args[1]
    return False


def rule_code(rhs: Any, scope: Scope, tail: bool = True) -> Code:
    """The code of a right-hand side; it gives None when the condition in it fails."""
    if not is_conditional(rhs):
        return code(rhs, scope, tail)
    if rhs.head is not CONDITION:
        compiled = CONDITIONAL[rhs.head](rhs, scope, tail, rule_code)
        return code(rhs, scope, tail) if compiled is None else compiled
    test = code(rhs.args[1], scope)
    value = rule_code(rhs.args[0], scope, tail)

    def conditional(b: list[Any]) -> Any:
        RUN.conditions += 1
        return value(b) if test(b) is TRUE else None

    return conditional


def _right(rule: Rule, scope: Scope) -> Code:
    return replacement_code(rule.rhs, scope) if rule.replaces else rule_code(rule.rhs, scope)


def replacement_code(rhs: Any, scope: Scope) -> Code:
    """The building code of a replacement's right-hand side; None from it when the condition fails."""
    if type(rhs) is Expr and rhs.head is CONDITION and len(rhs.args) == 2:
        test = code(rhs.args[1], scope)
        value = replacement_code(rhs.args[0], scope)
        return lambda b: value(b) if test(b) is TRUE else None
    if is_conditional(rhs):
        return rule_code(rhs, scope, tail=False)
    return built(rhs, scope)


# ---------------------------------------------------------------- compiling


def compile_rule(rule: Rule) -> Callable[[Any], Any]:
    """The function that tries the rule on a subject."""
    scope = Scope()
    lhs = rule.lhs
    if not rule.tests and not is_pattern(lhs) and not _is_shaped(lhs):
        return _literal_rule(rule, scope)
    names = variables(lhs)
    for v in names:
        scope.place(v)
    scope.firm = frozenset(names)
    if rule.whole or type(lhs) is not Expr:
        simple = is_simple(lhs) and not _is_shaped(lhs)
    else:
        simple = not _is_shaped(lhs) and is_simple_row(lhs.args)
    if simple:
        return _simple_rule(rule, scope)
    return _backtracking_rule(rule, scope)


def _is_shaped(lhs: Any) -> bool:
    """Whether lhs is a call of a Flat or Orderless function."""
    return (
        type(lhs) is Expr and type(lhs.head) is Symbol and bool(attributes_of(lhs.head) & (FLAT | ORDERLESS))
    )


def _literal_rule(rule: Rule, scope: Scope) -> Callable[[Any], Any]:
    run = _right(rule, scope)
    test = compile_test(rule.lhs, scope) if rule.whole else None
    row = compile_row(rule.lhs.args, scope) if not rule.whole else None
    frame = scope.frame

    def literal(subject: Any) -> Any:
        b: list[Any] = [None] * frame.size
        if test(subject, b) if test is not None else row(subject, b):  # type: ignore[misc]
            return _run(run, b)
        return None

    return literal


def _run(run: Code, b: list[Any]) -> Any:
    try:
        return run(b)
    except ReturnValue as exit_:
        if exit_.head is not None:
            raise
        return exit_.value


def _simple_rule(rule: Rule, scope: Scope) -> Callable[[Any], Any]:
    matches = compile_test(rule.lhs, scope) if rule.whole else compile_row(rule.lhs.args, scope)
    tests = [code(t, scope) for t in rule.tests]
    run = _right(rule, scope)
    frame = scope.frame
    if tests:

        def guarded(subject: Any) -> Any:
            b: list[Any] = [None] * frame.size
            if not matches(subject, b):
                return None
            RUN.conditions += 1
            for test in tests:
                if test(b) is not TRUE:
                    return None
            return _run(run, b)

        return guarded

    def simple(subject: Any) -> Any:
        b: list[Any] = [None] * frame.size
        if matches(subject, b):
            try:
                return run(b)
            except ReturnValue as exit_:
                if exit_.head is not None:
                    raise
                return exit_.value
        return None

    return simple


def _backtracking_rule(rule: Rule, scope: Scope) -> Callable[[Any], Any]:
    """Every way to match is tried until the conditions hold; the value is found inside the last
    continuation.
    """
    result = scope.frame.new()
    frame = scope.frame
    late: list[
        Any
    ] = []  # [tests, run]: compiled after the pattern, which says which variables hold sequences

    def accept(b: list[Any]) -> bool:
        tests, run = late
        if tests:
            RUN.conditions += 1
        for test in tests:
            if test(b) is not TRUE:
                return False
        b[result] = _run(run, b)
        return b[result] is not None

    attempts = _attempts(rule, accept, scope, result)
    late.append([code(t, scope) for t in rule.tests])
    late.append(_right(rule, scope))

    def backtracking(subject: Any) -> Any:
        for attempt in attempts:
            b: list[Any] = [None] * frame.size
            if attempt(subject, b):
                return b[result]
        return None

    return backtracking


Attempt = Callable[[Any, "list[Any]"], bool]


def _attempts(rule: Rule, accept: Callable[[list[Any]], bool], scope: Scope, result: int) -> list[Attempt]:
    """The ways to match the left-hand side: whole, and for a Flat head also a part of its arguments."""
    lhs = rule.lhs

    def end(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        return i == len(args) and accept(b)

    if rule.whole:
        chain = compile_chain(lhs, end, scope, WHOLE)
        attempts: list[Attempt] = [lambda e, b: chain((e,), 0, b)]
    else:
        body = compile_args(lhs.args, end, scope, lhs.head)
        attempts = [lambda args, b: body(args, 0, b)]
    if type(lhs) is Expr and type(lhs.head) is Symbol and lhs.head.attributes & FLAT and len(lhs.args) > 1:
        attempts.append(_partial(rule, accept, scope, result))
    return attempts


def _partial(rule: Rule, accept: Callable[[list[Any]], bool], scope: Scope, result: int) -> Attempt:
    """A Flat function's rule on some of the arguments: the value takes their place among the others."""
    head = rule.lhs.head
    rest = Expr(BLANK_NULL_SEQUENCE, ())
    scope.place(BEFORE)
    scope.place(AFTER)
    before, after = scope.slots[BEFORE], scope.slots[AFTER]
    if head.attributes & ORDERLESS:
        patterns = (*rule.lhs.args, Expr(PATTERN, (AFTER, rest)))
    else:
        patterns = (Expr(PATTERN, (BEFORE, rest)), *rule.lhs.args, Expr(PATTERN, (AFTER, rest)))

    def end(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i != len(args) or not accept(b):
            return False
        left, right = _taken(b[before]), _taken(b[after])
        args = (*left, _finished(b[result]), *right)
        if rule.replaces:
            b[result] = Expr(head, canonical_args(args) if head.attributes & ORDERLESS else args)
        else:
            b[result] = evaluate(Expr(head, args))
        return True

    body = compile_args(patterns, end, scope, head)
    if rule.whole:
        return lambda e, b: type(e) is Expr and e.head is head and body(e.args, 0, b)
    return lambda args, b: body(args, 0, b)


def _finished(value: Any) -> Any:
    if type(value) is Expr and value.stamp < 0:
        value.stamp = 0
    return value


def _taken(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value.args if type(value) is Expr and value.head is SEQUENCE else (value,)


# ---------------------------------------------------------------- collections


class Rules:
    """The rules of one kind of one symbol, the most specific first. For `down`, literal arguments go by
    dictionary.
    """

    __slots__ = ("deep", "literal", "rules", "shape", "whole")

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.rules: list[Rule] = []
        self.literal: dict[Any, Rule] = {}
        self.deep = False  # whether a key in `literal` holds an expression
        self.shape = CLOCK.shape

    def __len__(self) -> int:
        return len(self.rules) + len(self.literal)

    def all(self) -> list[Rule]:
        """Every rule, in the order of trial."""
        return [*self.literal.values(), *self.rules]

    def copy(self) -> Rules:
        other = Rules(self.whole)
        other.rules = [_fresh(r) for r in self.rules]
        other.literal = {k: _fresh(r) for k, r in self.literal.items()}
        other.deep = self.deep
        return other

    def apply(self, subject: Any) -> Any:
        """The value of the first rule that applies, or None."""
        if self.shape != CLOCK.shape:
            self._refresh()
        if self.literal and not self.whole:
            found = self._look_up(subject)
            if found is not None:
                value = found.apply(subject)
                if value is not None:
                    return value
        for rule in self.rules:
            value = rule.apply(subject)
            if value is not None:
                return value
        return None

    def _look_up(self, args: tuple[Any, ...]) -> Rule | None:
        if len(args) == 1:
            a = args[0]
            t = type(a)
            if t is int or t is str or t is Symbol:
                return self.literal.get(a)
            if (t is Expr or t is np.ndarray) and not self.deep:
                return None
            return self.literal.get(key(a))
        if not self.deep:
            for a in args:
                t = type(a)
                if t is Expr or t is np.ndarray:
                    return None
                if t is float:
                    return self.literal.get(tuple(map(key, args)))
            return self.literal.get(args)
        return self.literal.get(tuple(map(key, args)))

    def _refresh(self) -> None:
        self.shape = CLOCK.shape
        for rule in self.all():
            rule.reset()

    def add(self, rule: Rule) -> None:
        """Put a rule in its place; one with the same left-hand side and conditions is replaced."""
        k = self._literal_key(rule)
        if k is not None:
            self.literal[k] = rule
            return
        for i, old in enumerate(self.rules):
            if equivalent(old, rule):
                self.rules[i] = rule
                return
        for i, old in enumerate(self.rules):
            if covers(old, rule) and not covers(rule, old):
                self.rules.insert(i, rule)
                return
        self.rules.append(rule)

    def remove(self, rule: Rule) -> bool:
        """Take out the rule with this left-hand side; whether there was one."""
        k = self._literal_key(rule)
        if k is not None:
            return self.literal.pop(k, None) is not None
        for i, old in enumerate(self.rules):
            if equivalent(old, rule, any_condition_on_right=True):
                del self.rules[i]
                return True
        return False

    def _literal_key(self, rule: Rule) -> Any:
        if self.whole or rule.tests or rule.conditional or _is_shaped(rule.lhs) or is_pattern(rule.lhs):
            return None
        args = rule.lhs.args
        if any(type(a) in (Expr, np.ndarray) for a in args):
            self.deep = True
        return key(args[0]) if len(args) == 1 else tuple(map(key, args))


def _fresh(rule: Rule) -> Rule:
    return Rule(rule.full_lhs, rule.rhs, rule.whole)


def parse_rules(rules: Any) -> list[Rule] | None:
    """The replacement rules in a rule, a list of rules (nested lists of one level too), an association; None
    if others.
    """
    if type(rules) is Association:
        rules = Expr(LIST, rules.rules())
    given = rules.args if type(rules) is Expr and rules.head in (LIST, S.Dispatch) else (rules,)
    found: list[Rule] = []
    for r in given:
        if type(r) is Expr and r.head in (S.Rule, S.RuleDelayed) and len(r.args) == 2:
            found.append(Rule(r.args[0], r.args[1], whole=True, replaces=True))
        elif type(r) is Association or (type(r) is Expr and r.head in (LIST, S.Dispatch) and r is not rules):
            inner = parse_rules(r)
            if inner is None:
                return None
            found.extend(inner)
        else:
            return None
    return found


class Replacer:
    """Replacement rules in their given order; literal left-hand sides go by dictionary when all are."""

    __slots__ = ("rules", "table")

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.table: dict[Any, Any] | None = None
        if len(rules) > 2 and all(not r.tests and not is_pattern(r.lhs) and not r.conditional for r in rules):
            if not any(map(_holds_shaped, (r.lhs for r in rules))):
                self.table = {}
                for r in rules:
                    self.table.setdefault(key(r.lhs), r.rhs)

    def apply(self, e: Any) -> Any:
        """What the first rule that applies makes of `e`, or None."""
        if self.table is not None:
            return self.table.get(key(e))
        for rule in self.rules:
            value = rule.apply(e)
            if value is not None:
                return value
        return None


def _holds_shaped(lhs: Any) -> bool:
    return _is_shaped(lhs) and bool(attributes_of(lhs.head) & FLAT)


class Delayed(Computed):
    """The own value of `x := rhs`."""

    __slots__ = ("rhs", "run", "shape", "size")

    def __init__(self, rhs: Any) -> None:
        self.rhs = rhs
        self.run: Code | None = None
        self.shape = 0
        self.size: Any = None

    def apply(self) -> Any:
        if self.run is None or self.shape != CLOCK.shape:
            scope = Scope()
            self.run = rule_code(self.rhs, scope)
            self.size = scope.frame
            self.shape = CLOCK.shape
        return _run(self.run, [None] * self.size.size)


class OwnRules(Computed):
    """Own values with conditions: `x /; t := v`."""

    __slots__ = ("rules", "symbol")

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        self.rules = Rules(whole=True)

    def apply(self) -> Any:
        return self.rules.apply(self.symbol)


__all__ = [
    "CONDITIONAL",
    "Delayed",
    "Inline",
    "OwnRules",
    "Replacer",
    "Rule",
    "Rules",
    "at_end",
    "built",
    "parse_rules",
    "rule_code",
    "strip",
    "LIST",
    "Chain",
]
