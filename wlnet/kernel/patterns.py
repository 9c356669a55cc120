"""Patterns compiled to closures, part 1: patterns of one element that match in at most one way.

A pattern is compiled once, for a `Scope` that gives every variable its place in the list of bindings `b`.

    test(e, b) -> bool          a *simple* pattern: it can match `e` in one way only. On failure it may leave
    places of
                                its own variables bound; whoever goes on with `b` clears them.
    chain(args, i, b) -> bool   any pattern: matches from args[i] on, then runs its continuation, which is
    fixed when the
                                pattern is compiled (`sequences`). On failure `b` is as it was.

An unbound place holds None.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import LIST, TRUE, Association, Complex, Expr, S, Symbol, head_of, items, key, same

from .constructs import (
    ALTERNATIVES,
    BLANK,
    BLANK_NULL_SEQUENCE,
    BLANK_SEQUENCE,
    CONDITION,
    EXCEPT,
    HOLD_PATTERN,
    LONGEST,
    PATTERN,
    PATTERN_TEST,
    PURE_PREDICATES,
    REPEATED,
    REPEATED_NULL,
    SHORTEST,
    VERBATIM,
    is_pattern,
    parts,
    repetitions,
    width,
)
from .control import RUN
from .evaluate import evaluate
from .functions import function
from .scope import Scope
from .templates import code

Test = Callable[[Any, list[Any]], bool]


# ---------------------------------------------------------------- compiling simple patterns


def compile_test(p: Any, scope: Scope) -> Test:
    """The test for a simple pattern."""
    if type(p) is Association and is_pattern(p):
        return _association_test(p, scope)
    if type(p) is not Expr or not is_pattern(p):
        return literal_test(p)
    h, args = p.head, p.args
    if h is BLANK:
        return blank_test(args)
    if h is PATTERN:
        return _variable_test(args[0], args[1], scope)
    if h is VERBATIM:
        return literal_test(args[0])
    if h is HOLD_PATTERN or h is LONGEST or h is SHORTEST:
        return compile_test(args[0], scope)
    if h is PATTERN_TEST:
        return _both(compile_test(args[0], scope), predicate(args[1]))
    if h is CONDITION:
        first = compile_test(args[0], scope)
        return _both(first, condition(args[1], scope))
    if h is ALTERNATIVES:
        return _alternatives_test([compile_test(a, scope) for a in args])
    if h is EXCEPT:
        return _except_test(args, scope)
    return _expression_test(p, scope)


def literal_test(p: Any) -> Test:
    """Sameness with an expression that holds no pattern."""
    kind = type(p)
    if kind is Symbol:
        return lambda e, b: e is p
    if kind is int or kind is str or kind is float:
        return lambda e, b: type(e) is kind and e == p
    return lambda e, b: same(e, p)


def blank_test(args: tuple[Any, ...]) -> Test:
    """`_` and `_h`."""
    if not args:
        return lambda e, b: True
    h = args[0]
    kind = _KIND_OF_HEAD.get(h) if type(h) is Symbol else None
    if kind is not None:
        return lambda e, b: type(e) is kind
    if h is LIST:
        return lambda e, b: (type(e) is Expr and e.head is LIST) or type(e) is np.ndarray
    if type(h) is Symbol:
        return lambda e, b: e.head is h if type(e) is Expr else head_of(e) is h
    return lambda e, b: same(head_of(e), h)


_KIND_OF_HEAD: dict[Symbol, type] = {
    S.Integer: int,
    S.String: str,
    S.Symbol: Symbol,
    S.Rational: Fraction,
    S.Complex: Complex,
    S.Association: Association,
}


def _variable_test(name: Symbol, p: Any, scope: Scope) -> Test:
    """`name:p`: binds, or compares with what is bound."""
    place = scope.place(name)
    if type(p) is Expr and p.head is BLANK and not p.args:

        def bind(e: Any, b: list[Any]) -> bool:
            old = b[place]
            if old is None:
                b[place] = e
                return True
            return same(old, e)

        return bind
    inner = compile_test(p, scope)

    def check_and_bind(e: Any, b: list[Any]) -> bool:
        if not inner(e, b):
            return False
        old = b[place]
        if old is None:
            b[place] = e
            return True
        return same(old, e)

    return check_and_bind


def _both(first: Test, second: Test) -> Test:
    return lambda e, b: first(e, b) and second(e, b)


def predicate(f: Any) -> Test:
    """`?f`: whether f[e] is True."""
    if type(f) is Symbol and f in PURE_PREDICATES:

        def known(e: Any, b: list[Any]) -> bool:
            builtin = f.builtin
            if builtin is not None and f.down is None and type(e) is not Symbol and type(e) is not Expr:
                return builtin.call(RUN.ev, (e,)) is TRUE
            return evaluate(Expr(f, (e,))) is TRUE

        return known
    apply = function(f)

    def asked(e: Any, b: list[Any]) -> bool:
        RUN.conditions += 1
        return apply(e) is TRUE

    return asked


def condition(test: Any, scope: Scope) -> Test:
    """`/; test`, after the variables in it are bound."""
    run = code(test, scope)

    def holds(e: Any, b: list[Any]) -> bool:
        RUN.conditions += 1
        return run(b) is TRUE

    return holds


def _alternatives_test(tests: list[Test]) -> Test:
    def any_of(e: Any, b: list[Any]) -> bool:
        for test in tests:  # noqa: SIM110  (a generator would double the time; so below)
            if test(e, b):
                return True
        return False

    return any_of


def _except_test(args: tuple[Any, ...], scope: Scope) -> Test:
    apart = Scope()  # what is excluded binds nothing outside
    excluded = compile_test(args[0], apart)
    frame = apart.frame
    if len(args) == 1:
        return lambda e, b: not excluded(e, [None] * frame.size)
    wanted = compile_test(args[1], scope)
    return lambda e, b: not excluded(e, [None] * frame.size) and wanted(e, b)


def _expression_test(p: Expr, scope: Scope) -> Test:
    head = p.head
    if head is LIST and len(p.args) == 1 and (row := _homogeneous_test(p.args[0], scope)) is not None:
        return row
    row = compile_row(p.args, scope)
    if type(head) is Symbol:

        def known_head(e: Any, b: list[Any]) -> bool:
            if type(e) is Expr:
                return e.head is head and row(e.args, b)
            seen = parts(e, head)
            return seen is not None and seen[0] is head and row(seen[1], b)

        return known_head
    head_test = compile_test(head, scope)

    def any_head(e: Any, b: list[Any]) -> bool:
        seen = parts(e)
        return seen is not None and head_test(seen[0], b) and row(seen[1], b)

    return any_head


def _homogeneous_test(p: Any, scope: Scope) -> Test | None:
    """`{__}`, `{__Integer}`, `{___Real}` without unpacking a packed list; None for other patterns."""
    if type(p) is not Expr or p.head not in (BLANK_SEQUENCE, BLANK_NULL_SEQUENCE):
        return None
    least = 1 if p.head is BLANK_SEQUENCE else 0
    element = blank_test(p.args)

    def row(e: Any, b: list[Any]) -> bool:
        if type(e) is np.ndarray:
            return len(e) >= least and (len(e) == 0 or element(items(e[:1])[0], b))
        if type(e) is not Expr or e.head is not LIST or len(e.args) < least:
            return False
        for x in e.args:  # noqa: SIM110
            if not element(x, b):
                return False
        return True

    return row


Row = Callable[[tuple[Any, ...], list[Any]], bool]


def compile_row(patterns: tuple[Any, ...], scope: Scope) -> Row:
    """The test for an argument list made of simple patterns, at most one of them open-ended."""
    widths = [width(p) for p in patterns]
    middle = next((i for i, w in enumerate(widths) if w != (1, 1)), None)
    if middle is None:
        return _fixed_row([compile_test(p, scope) for p in patterns])
    before = [compile_test(p, scope) for p in patterns[:middle]]
    rest = _sequence_test(patterns[middle], scope)
    after = [compile_test(p, scope) for p in patterns[middle + 1 :]]
    return _open_row(before, rest, after)


def _fixed_row(tests: list[Test]) -> Row:
    n = len(tests)
    if n == 0:
        return lambda args, b: not args
    if n == 1:
        only = tests[0]
        return lambda args, b: len(args) == 1 and only(args[0], b)
    if n == 2:
        first, second = tests
        return lambda args, b: len(args) == 2 and first(args[0], b) and second(args[1], b)

    def row(args: tuple[Any, ...], b: list[Any]) -> bool:
        if len(args) != n:
            return False
        i = 0
        for test in tests:
            if not test(args[i], b):
                return False
            i += 1  # noqa: SIM113
        return True

    return row


def _open_row(before: list[Test], rest: Row, after: list[Test]) -> Row:
    head, tail = len(before), len(after)

    def row(args: tuple[Any, ...], b: list[Any]) -> bool:
        end = len(args) - tail
        if end < head:
            return False
        i = 0
        for test in before:
            if not test(args[i], b):
                return False
            i += 1  # noqa: SIM113
        if not rest(args[head:end], b):
            return False
        i = end
        for test in after:
            if not test(args[i], b):
                return False
            i += 1  # noqa: SIM113
        return True

    return row


def _sequence_test(p: Any, scope: Scope) -> Row:
    """`x__h` and its like, on the very elements it must take."""
    place = -1
    if p.head is PATTERN:
        place = scope.place(p.args[0])
        scope.sequences.add(place)
        p = p.args[1]
    if p.head is REPEATED or p.head is REPEATED_NULL:
        low, high = repetitions(p)
        element: Test | None = compile_test(p.args[0], scope)
    else:
        low, high = (1 if p.head is BLANK_SEQUENCE else 0), None
        element = blank_test(p.args) if p.args else None

    def take(args: tuple[Any, ...], b: list[Any]) -> bool:
        n = len(args)
        if n < low or (high is not None and n > high):
            return False
        if element is not None:
            for a in args:
                if not element(a, b):
                    return False
        return place < 0 or bind_sequence(b, place, args)

    return take


def bind_sequence(b: list[Any], place: int, args: tuple[Any, ...]) -> bool:
    """Bind a place to several elements (one alone stands for itself), or compare with what is bound."""
    value = args[0] if len(args) == 1 else Expr(S.Sequence, args)
    old = b[place]
    if old is None:
        b[place] = value
        return True
    return same(old, value)


def _association_test(p: Association, scope: Scope) -> Test:
    """An association whose values are patterns: the same keys in the same order."""
    wanted = [key(k) for k, _ in p.pairs()]
    tests = [compile_test(v, scope) for v in p.values()]

    def check(e: Any, b: list[Any]) -> bool:
        if type(e) is not Association or list(e.entries) != wanted:
            return False
        return all(test(v, b) for test, v in zip(tests, e.values(), strict=True))

    return check
