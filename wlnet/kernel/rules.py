"""Transformation rules: compiled, kept in order of specificity, applied.

A `Rule` is compiled when it is first tried. `Rules` is what a symbol holds in `down`, `sub` or `up`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import CLOCK, LIST, Association, Expr, S, Symbol, key
from wlnet.expr.attributes import FLAT

from .constructs import CONDITION, is_pattern, well_formed
from .evaluate import Computed
from .rule_code import compile_rule, is_conditional, is_shaped, rule_code, run_code, strip
from .scope import Scope
from .shaping import attributes_of
from .specificity import covers, equivalent
from .templates import Code


class Rule:
    """`lhs -> rhs` with the conditions of both sides.

    whole    whether it is matched against whole expressions or against the arguments of lhs's head
    replaces whether it is a replacement: the right-hand side is put in and not evaluated
    apply    Callable[[args or expression], value | None]
    """

    __slots__ = ("apply", "conditional", "lhs", "replaces", "rhs", "tests", "whole")

    def __init__(self, lhs: Any, rhs: Any, whole: bool, replaces: bool = False) -> None:
        self.lhs, self.tests = strip(well_formed(lhs))
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


# ---------------------------------------------------------------- collections


class Rules:
    """The rules of one kind of one symbol, the most specific first. For `down`,
    literal arguments go by dictionary.
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
        if self.whole or rule.tests or rule.conditional or is_shaped(rule.lhs) or is_pattern(rule.lhs):
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
    return is_shaped(lhs) and bool(attributes_of(lhs.head) & FLAT)


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
        return run_code(self.run, [None] * self.size.size)


class OwnRules(Computed):
    """Own values with conditions: `x /; t := v`."""

    __slots__ = ("rules", "symbol")

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        self.rules = Rules(whole=True)

    def apply(self) -> Any:
        return self.rules.apply(self.symbol)
