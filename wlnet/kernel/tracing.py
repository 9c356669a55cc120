"""Trace: evaluation step by step, with everything written down.

While a Tracer is installed, `evaluate_expr` hands every expression to it. It follows the standard procedure
by the building path: a definition's right-hand side is put in and then evaluated, so that each intermediate
form is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from wlnet.expr import LIST, Expr, S, Symbol, canonical_args, same
from wlnet.expr.attributes import FLAT, HOLD_ALL_COMPLETE, HOLD_FIRST, HOLD_REST, LISTABLE, ORDERLESS

from .control import RUN, Terminated
from .evaluate import apply_head, evaluate, thread
from .rules import Rule, Rules
from .shaping import EVALUATE, SPLICED, attributes_of, flatten, head_attributes, root_symbol, splice

MOST_STEPS = 100_000  # a trace beyond this is of no use to anybody


def _is_open(a: Any, i: int, flags: int) -> bool:
    """Whether the argument at this position is evaluated."""
    if flags & HOLD_ALL_COMPLETE:
        return False
    held = flags & (HOLD_REST if i else HOLD_FIRST)
    return not held or (type(a) is Expr and a.head is EVALUATE)


def _in_order(e: Expr) -> Expr:
    """`e` with its arguments sorted where its head is Orderless; `e` itself where that changes nothing."""
    flags = attributes_of(e.head) if type(e.head) is Symbol else head_attributes(e.head)
    if not flags & ORDERLESS:
        return e
    args = canonical_args(e.args)
    return e if all(a is b for a, b in zip(args, e.args, strict=True)) else Expr(e.head, args)


class Tracer:
    """Collects a nested list of held expressions: each entry a form, or the list of a part's own steps."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.steps = 0
        self.depth = 0

    def run(self, e: Any) -> Any:
        """The value of `e`; `log` then holds its steps."""
        run = RUN
        limit = run.recursion
        run.tracing, run.recursion = self, -1
        self.limit = limit
        try:
            return evaluate(e)
        finally:
            run.tracing, run.recursion = None, limit

    def __call__(self, e: Expr) -> Any:
        """Evaluate an expression, adding what happens to the log."""
        self.depth += 1
        self.steps += 1
        if self.depth > self.limit or self.steps > MOST_STEPS:
            raise Terminated("RecursionLimit")
        try:
            return self._follow(e)
        finally:
            self.depth -= 1

    def _follow(self, e: Expr) -> Any:
        while True:
            if e.stamp < 0:
                e.stamp = 0
            given = self._arguments(e)
            now = _in_order(given)
            value = self._step(now)
            if value is None:
                if given is not e:
                    self._note(given)
                if now is not given:
                    self._note(given)
                    self._note(now)
                return now
            self._note(given)
            if type(value) is not Expr:
                value = self.nested(partial(evaluate, value))
                self._note(value)
                return value
            if same(value, now):
                return now
            self._note(value)
            e = value

    def _note(self, e: Any) -> None:
        entry = Expr(S.HoldForm, (e,))
        if not self.log or not same(self.log[-1], entry):
            self.log.append(entry)

    def nested(self, action: Callable[[], Any]) -> Any:
        """Run an action with a log of its own, which becomes one entry if anything happened."""
        outer, self.log = self.log, []
        try:
            return action()
        finally:
            inner, self.log = self.log, outer
            if len(inner) > 1 or (inner and inner[0].head is LIST):
                self.log.append(Expr(LIST, tuple(inner)))

    def _arguments(self, e: Expr) -> Expr:
        head = (
            e.head if type(e.head) is Symbol and e.head.own is None else self.nested(lambda: evaluate(e.head))
        )
        flags = attributes_of(head) if type(head) is Symbol else head_attributes(head)
        args = tuple(
            [
                self.nested(partial(self._value, a)) if _is_open(a, i, flags) else a
                for i, a in enumerate(e.args)
            ]
        )
        if not flags & HOLD_ALL_COMPLETE and any(type(a) is Expr and a.head in SPLICED for a in args):
            args = splice(head, args, flags)[0]
        if flags & FLAT:
            args = flatten(head, args)
        if (
            head is e.head
            and len(args) == len(e.args)
            and all(a is b for a, b in zip(args, e.args, strict=True))
        ):
            return e
        return Expr(head, args)

    def _value(self, a: Any) -> Any:
        value = evaluate(a)
        if type(a) is Symbol and value is not a:
            if not self.log:
                self.log.append(Expr(S.HoldForm, (a,)))
            self._note(value)
        return value

    def _step(self, e: Expr) -> Any:
        """What one definition makes of an expression with evaluated arguments; None when none applies."""
        head, args = e.head, e.args
        for a in args:
            symbol = a if type(a) is Symbol else root_symbol(a.head) if type(a) is Expr else None
            if symbol is not None and symbol.up is not None:
                value = self._built(symbol.up, e)
                if value is not None:
                    return value
        if type(head) is not Symbol:
            return self._applied(e)
        if head.attributes & LISTABLE and any(type(a) is Expr and a.head is LIST for a in args):
            return thread(head, args)
        if head.down is not None:
            value = self._built(head.down, e)
            if value is not None:
                return value
        return head.builtin.call(RUN.ev, args) if head.builtin is not None else None

    def _built(self, rules: Rules, e: Expr) -> Any:
        for rule in rules.all():
            value = Rule(rule.full_lhs, rule.rhs, whole=True, replaces=True).apply(e)
            if value is not None:
                return value
        return None

    def _applied(self, e: Expr) -> Any:
        root = root_symbol(e.head)
        if root is not None and root.sub is not None:
            value = self._built(root.sub, e)
            if value is not None:
                return value
        value = apply_head(e.head, e.args)
        if type(value) is Expr and value.stamp < 0:
            value.stamp = 0
        return value


class Printer(Tracer):
    """Shows every form as it comes up, each deeper level indented by one more space: TracePrint."""

    def __init__(self, show: Callable[[Any, int], None]) -> None:
        super().__init__()
        self.show = show
        self.level = 0

    def _note(self, e: Any) -> None:
        known = bool(self.log) and same(self.log[-1], Expr(S.HoldForm, (e,)))
        super()._note(e)
        if not known:
            self.show(e, self.level)

    def nested(self, action: Callable[[], Any]) -> Any:
        """A part: one level deeper."""
        self.level += 1
        try:
            return super().nested(action)
        finally:
            self.level -= 1

    def _follow(self, e: Expr) -> Any:
        self._note(e)
        if type(e.head) is Symbol:
            self.show(e.head, self.level + 1)
        return super()._follow(e)

    def _value(self, a: Any) -> Any:
        if type(a) is not Expr:
            self.show(a, self.level)
        return super()._value(a)
