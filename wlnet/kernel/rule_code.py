"""One transformation rule as a Python function: left side, conditions and right side compiled together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wlnet.expr import TRUE, Expr, S, Symbol, canonical_args
from wlnet.expr.attributes import FLAT, ORDERLESS

from .building import built
from .chains import WHOLE
from .constructs import (
    BLANK_NULL_SEQUENCE,
    CONDITION,
    HOLD_PATTERN,
    PATTERN,
    is_pattern,
    is_simple,
    is_simple_row,
    may_be_unbound,
    variables,
)
from .control import RUN, ReturnValue
from .evaluate import evaluate
from .patterns import compile_row, compile_test
from .scope import Scope
from .sequences import compile_args, compile_chain
from .shaping import EMPTY_SEQUENCE, attributes_of
from .templates import Code, code

if TYPE_CHECKING:
    from .rules import Rule


SEQUENCE = S.Sequence


CONDITIONAL: dict[
    Symbol, Callable[..., Code | None]
] = {}  # forms whose body may end in a condition of the rule


BEFORE = Symbol("before", "Kernel`")


AFTER = Symbol("after", "Kernel`")


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


RETURN = S.Return


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
    if rule.replaces:
        return replacement_code(rule.rhs, scope)
    return rule_code(rule.rhs, scope, tail=not _mentions_return(rule.rhs))


def _mentions_return(rhs: Any) -> bool:
    """Whether there is a Return in a right-hand side: then it has to be evaluated where that is caught."""
    stack = [rhs]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if e.head is RETURN:
                return True
            stack.append(e.head)
            stack.extend(e.args)
    return False


def replacement_code(rhs: Any, scope: Scope) -> Code:
    """The building code of a replacement's right-hand side; None from it when the condition fails."""
    if type(rhs) is Expr and rhs.head is CONDITION and len(rhs.args) == 2:
        test = code(rhs.args[1], scope)
        value = replacement_code(rhs.args[0], scope)
        return lambda b: value(b) if test(b) is TRUE else None
    if is_conditional(rhs):
        return rule_code(rhs, scope, tail=False)
    return built(rhs, scope)


def compile_rule(rule: Rule) -> Callable[[Any], Any]:
    """The function that tries the rule on a subject."""
    scope = Scope()
    lhs = rule.lhs
    if not rule.tests and not is_pattern(lhs) and not is_shaped(lhs):
        return _literal_rule(rule, scope)
    names = variables(lhs)
    for v in names:
        scope.place(v)
    scope.firm = frozenset(names)
    if rule.whole or type(lhs) is not Expr:
        simple = is_simple(lhs) and not is_shaped(lhs)
    else:
        simple = not is_shaped(lhs) and is_simple_row(lhs.args)
    if simple:
        return _simple_rule(rule, scope)
    return _backtracking_rule(rule, scope)


def is_shaped(lhs: Any) -> bool:
    """Whether lhs is a call of a Flat or Orderless function."""
    return (
        type(lhs) is Expr and type(lhs.head) is Symbol and bool(attributes_of(lhs.head) & (FLAT | ORDERLESS))
    )


# A definition without conditions whose one argument is of these types is looked up by it, which compares it
# (see `Rules`).
_FOUND_BY_KEY = ([int], [str], [Symbol])
_CONSTANT = (int, float, str)


def _literal_rule(rule: Rule, scope: Scope) -> Callable[[Any], Any]:
    rhs = rule.rhs
    by_key = not rule.whole and not rule.conditional and [type(a) for a in rule.lhs.args] in _FOUND_BY_KEY
    if by_key and type(rhs) in _CONSTANT:
        return lambda subject: rhs
    run = _right(rule, scope)
    frame = scope.frame
    if by_key:
        return lambda subject: run_code(run, [None] * frame.size)
    test = compile_test(rule.lhs, scope) if rule.whole else None
    row = compile_row(rule.lhs.args, scope) if not rule.whole else None

    def literal(subject: Any) -> Any:
        b: list[Any] = [None] * frame.size
        if test(subject, b) if test is not None else row(subject, b):  # type: ignore[misc]
            return run_code(run, b)
        return None

    return literal


def run_code(run: Code, b: list[Any]) -> Any:
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
            return run_code(run, b)

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
    """Every way to match is tried until the conditions hold; the value is found in the last continuation."""
    result = scope.frame.new()
    frame = scope.frame
    loose = [scope.slots[v] for v in may_be_unbound(rule.lhs)]
    late: list[
        Any
    ] = []  # [tests, run]: compiled after the pattern, which says which variables hold sequences

    def accept(b: list[Any]) -> bool:
        tests, run = late
        free = [k for k in loose if b[k] is None]
        for k in free:
            b[k] = EMPTY_SEQUENCE
        if tests:
            RUN.conditions += 1
        if all(test(b) is TRUE for test in tests):
            b[result] = run_code(run, b)
            if b[result] is not None:
                return True
        for k in free:  # another way to match may bind them
            b[k] = None
        return False

    attempts = _attempts(rule, accept, scope, result)
    scope.sequences.update(loose)
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
