"""Patterns compiled to closures, part 2: backtracking.

A chain `m(args, i, b)` matches its pattern at args[i], args[i + 1], ... and then calls the chain after it,
which it was compiled with; True comes back only when everything up to the very end has matched. What a nested
pattern must come back to (the outer arguments and the position in them) is kept in a hidden place of `b`, and
put back on failure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import TRUE, Expr, Symbol, same
from wlnet.expr.attributes import FLAT, ONE_IDENTITY, ORDERLESS

from .chains import (
    ANY_WIDTH,
    FORMS,
    NOWHERE,
    SEQUENCE,
    SHAPED,
    WHOLE,
    Chain,
    Place,
    Width,
    at_end,
    default_value,
    is_flat,
)
from .constructs import (
    ALTERNATIVES,
    BLANK,
    BLANK_NULL_SEQUENCE,
    BLANK_SEQUENCE,
    CONDITION,
    EXCEPT,
    HOLD_PATTERN,
    LONGEST,
    OPTIONAL,
    PATTERN,
    PATTERN_SEQUENCE,
    PATTERN_TEST,
    REPEATED,
    REPEATED_NULL,
    SHORTEST,
    is_simple,
    joined_width,
    parts,
    repetitions,
    total_width,
    variables,
    well_formed,
    width,
)
from .control import RUN
from .evaluate import evaluate
from .patterns import Test, compile_test, predicate
from .scope import Scope
from .shaping import attributes_of
from .templates import code


def compile_matcher(p: Any, scope: Scope | None = None) -> Callable[[Any], list[Any] | None]:
    """A matcher of whole expressions: the bindings (by the places of `scope`), or None."""
    scope = Scope() if scope is None else scope
    frame = scope.frame
    p = well_formed(p)
    if is_simple(p):
        test = compile_test(p, scope)

        def match_simple(e: Any) -> list[Any] | None:
            b = [None] * frame.size
            return b if test(e, b) else None

        return match_simple
    chain = compile_chain(p, at_end, scope, NOWHERE)

    def match(e: Any) -> list[Any] | None:
        b = [None] * frame.size
        return b if chain((e,), 0, b) else None

    return match


def compile_args(patterns: tuple[Any, ...], then: Chain, scope: Scope, head: Any) -> Chain:
    """The chain for the arguments of a call of `head`, whatever its attributes."""
    flags = attributes_of(head) if type(head) is Symbol else 0
    if flags & ORDERLESS:
        return SHAPED.orderless(patterns, then, scope, head, bool(flags & FLAT))
    flat = bool(flags & FLAT)
    chain = then
    for index in range(len(patterns) - 1, -1, -1):
        after = ANY_WIDTH if flat else total_width(patterns[index + 1 :])
        place = Place(head, index + 1, len(patterns), after)
        if flat and SHAPED.may_take_several(patterns[index], head):
            chain = SHAPED.flat_item(patterns[index], chain, scope, head)
        else:
            chain = compile_chain(patterns[index], chain, scope, place)
    return chain


def compile_chain(p: Any, then: Chain, scope: Scope, place: Place) -> Chain:
    """The chain for one pattern followed by `then`."""
    if width(p) == (1, 1) and is_simple(p) and not (place is WHOLE and is_flat(p)):
        return _simple(p, then, scope)
    if type(p) is not Expr:
        return _literal(p, then)
    h, args = p.head, p.args
    if type(h) is Symbol:
        form = FORMS.get(h)
        if form is not None:
            return form(args, then, scope, place)
        if h is REPEATED or h is REPEATED_NULL:
            return _repeated(p, then, scope, place)
        if h is BLANK_SEQUENCE or h is BLANK_NULL_SEQUENCE:
            return _blanks(p, then, scope, place.after)
    return _expression(p, then, scope)


def _simple(p: Any, then: Chain, scope: Scope) -> Chain:
    test = compile_test(p, scope)
    places = [scope.place(v) for v in variables(p)]
    if not places:
        return lambda args, i, b: i < len(args) and test(args[i], b) and then(args, i + 1, b)

    def element(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i >= len(args):
            return False
        free = [k for k in places if b[k] is None]
        if test(args[i], b) and then(args, i + 1, b):
            return True
        for k in free:
            b[k] = None
        return False

    return element


def _blanks(p: Expr, then: Chain, scope: Scope, after: Width, greedy: bool = False) -> Chain:
    """`__h` and `___h`: as few elements as possible first (as many, if greedy), and never so few or so many
    that what comes after could not take the others.
    """
    low = 1 if p.head is BLANK_SEQUENCE else 0
    test = compile_test(Expr(BLANK, p.args), scope) if p.args else None
    least, most = after

    def first_end(args: tuple[Any, ...], i: int) -> int:
        return i + low if most is None else max(i + low, len(args) - most)

    def lazy(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        first, last = first_end(args, i), len(args) - least
        if test is None:
            for j in range(first, last + 1):  # noqa: SIM110  (a generator would double the time)
                if then(args, j, b):
                    return True
            return False
        for j in range(i, last + 1):
            if j >= first and then(args, j, b):
                return True
            if j >= last or not test(args[j], b):
                return False
        return False

    def longest(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        first, last = first_end(args, i), len(args) - least
        if test is not None and first <= last:
            j = i
            while j < last and test(args[j], b):
                j += 1
            last = j
        for j in range(last, first - 1, -1):  # noqa: SIM110
            if then(args, j, b):
                return True
        return False

    return longest if greedy else lazy


def _pattern(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """`name:p`: what `p` took is bound to the name."""
    if len(pattern_args) != 2 or type(pattern_args[0]) is not Symbol:
        return _literal(Expr(PATTERN, pattern_args), then)
    name, p = pattern_args
    return _named(name, width(p) == (1, 1), then, scope, lambda bind: compile_chain(p, bind, scope, place))


def _named(
    name: Symbol, single: bool, then: Chain, scope: Scope, compile_inner: Callable[[Chain], Chain]
) -> Chain:
    slot = scope.place(name)
    start = scope.frame.new()
    if not single:
        scope.sequences.add(slot)

    def bind(args: tuple[Any, ...], j: int, b: list[Any]) -> bool:
        i = b[start]
        old = b[slot]
        value = args[i] if single or j == i + 1 else Expr(SEQUENCE, args[i:j])
        if old is not None:
            ok = same(old, value) and then(args, j, b)
        else:
            b[slot] = value
            ok = then(args, j, b)
            if not ok:
                b[slot] = None
        b[start] = i
        return ok

    return _beginning(compile_inner(bind), start)


def _beginning(inner: Chain, start: int) -> Chain:
    """`inner`, which finds in slot `start` the place where it began."""

    def begin(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        outer = b[start]
        b[start] = i
        if inner(args, i, b):
            return True
        b[start] = outer
        return False

    return begin


def _literal(p: Any, then: Chain) -> Chain:
    return lambda args, i, b: i < len(args) and same(args[i], p) and then(args, i + 1, b)


def _tested(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """`p ? f`, where every element that `p` takes must pass."""
    start = scope.frame.new()
    passes = predicate(pattern_args[1])

    def check(args: tuple[Any, ...], j: int, b: list[Any]) -> bool:
        i = b[start]
        for k in range(i, j):
            if not passes(args[k], b):
                return False
        ok = then(args, j, b)
        b[start] = i
        return ok

    return _beginning(compile_chain(pattern_args[0], check, scope, place), start)


def _condition(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    # The places of the pattern's variables must exist before the test is compiled.
    for v in variables(pattern_args[0]):
        scope.place(v)
    holder: list[Any] = []

    def check(args: tuple[Any, ...], j: int, b: list[Any]) -> bool:
        RUN.conditions += 1
        return holder[0](b) is TRUE and then(args, j, b)

    inner = compile_chain(pattern_args[0], check, scope, place)
    holder.append(code(pattern_args[1], scope))
    return inner


def _alternatives(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    branches = [compile_chain(p, then, scope, place) for p in pattern_args]

    def any_of(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        for branch in branches:  # noqa: SIM110  (a generator would double the time)
            if branch(args, i, b):
                return True
        return False

    return any_of


def _except(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    excluded = compile_matcher(pattern_args[0])
    if len(pattern_args) == 1:
        return lambda args, i, b: i < len(args) and excluded(args[i]) is None and then(args, i + 1, b)
    wanted = compile_chain(pattern_args[1], then, scope, place)
    return lambda args, i, b: not (i < len(args) and excluded(args[i]) is not None) and wanted(args, i, b)


def _transparent(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    return compile_chain(pattern_args[0], then, scope, place)


def _longest(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """Longest[p] for a repetition, named or not: as many elements as possible first."""
    p = pattern_args[0]
    name = None
    if type(p) is Expr and p.head is PATTERN and len(p.args) == 2:
        name, p = p.args

    def inner(bind: Chain) -> Chain:
        if type(p) is Expr and p.head in (BLANK_SEQUENCE, BLANK_NULL_SEQUENCE):
            return _blanks(p, bind, scope, place.after, greedy=True)
        if type(p) is Expr and p.head in (REPEATED, REPEATED_NULL):
            return _repeated(p, bind, scope, place, greedy=True)
        return compile_chain(p, bind, scope, place)

    return inner(then) if name is None else _named(name, width(p) == (1, 1), then, scope, inner)


def _optional(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """`p:v`: `p` if it can be there, else its variables get the default."""
    p = pattern_args[0]
    present = compile_chain(p, then, scope, place)
    places = [scope.place(v) for v in variables(p)]
    given = pattern_args[1] if len(pattern_args) > 1 else None

    def optional(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i < len(args) and present(args, i, b):
            return True
        value = evaluate(given) if given is not None else default_value(place)
        if value is None:
            return False
        free = []
        for k in places:
            if b[k] is None:
                free.append(k)
                b[k] = value
            elif not same(b[k], value):
                break
        else:
            if then(args, i, b):
                return True
        for k in free:
            b[k] = None
        return False

    return optional


def _repeated(p: Expr, then: Chain, scope: Scope, place: Place, greedy: bool = False) -> Chain:
    low, high = repetitions(p)
    count = scope.frame.new()
    start = scope.frame.new()  # an empty repetition that took nothing must not go round for ever

    def enter(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        outer = (b[count], b[start])
        b[count], b[start] = 0, -1
        if again(args, i, b):
            return True
        b[count], b[start] = outer
        return False

    def again(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        n, before = b[count], b[start]
        if not greedy and n >= low and then(args, i, b):
            return True
        b[count], b[start] = n + 1, i
        if (high is None or n < high) and before != i and one(args, i, b):
            return True
        b[count], b[start] = n, before
        return greedy and n >= low and then(args, i, b)

    one = compile_chain(p.args[0], again, scope, place.followed(ANY_WIDTH))
    return enter


def _pattern_sequence(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    chain, after = then, place.after
    for p in reversed(pattern_args):
        chain = compile_chain(p, chain, scope, place.followed(after))
        after = joined_width((width(p), after))
    return chain


# ---------------------------------------------------------------- ordinary, flat and orderless expressions


def _expression(p: Expr, then: Chain, scope: Scope) -> Chain:
    """`h[p...]` whose arguments need backtracking."""
    outer = scope.frame.new()

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i != len(args):
            return False
        saved = b[outer]
        ok = then(saved[0], saved[1] + 1, b)
        b[outer] = saved
        return ok

    head = p.head
    known = type(head) is Symbol
    head_test: Test | None = None
    head_chain: Chain | None = None
    head_places: list[int] = []
    into = outer
    body = compile_args(p.args, leave, scope, head)
    if not known:
        if is_simple(head):
            head_test = compile_test(head, scope)
            head_places = [scope.place(v) for v in variables(head)]
        else:
            into = scope.frame.new()

            def enter_body(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
                return body(b[into], 0, b)

            head_chain = compile_chain(head, enter_body, scope, NOWHERE)
    alone = _one_identity(p, then, scope) if known else None

    def expression(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i >= len(args):
            return False
        seen = parts(args[i], head if known else None)
        if seen is None or (known and seen[0] is not head):
            return alone is not None and alone(args, i, b)
        old = b[outer]
        b[outer] = (args, i)
        if head_chain is not None:
            b[into] = seen[1]
            if head_chain((seen[0],), 0, b):
                return True
        else:
            free = [k for k in head_places if b[k] is None]
            if (head_test is None or head_test(seen[0], b)) and body(seen[1], 0, b):
                return True
            for k in free:
                b[k] = None
        b[outer] = old
        return False

    return expression


def _one_identity(p: Expr, then: Chain, scope: Scope) -> Chain | None:
    """For a OneIdentity head: `f[x_, y_:d]` matches `e` itself with x bound to `e` and y to its default."""
    if not p.head.attributes & ONE_IDENTITY:
        return None
    optional = [k for k, q in enumerate(p.args) if type(q) is Expr and q.head is OPTIONAL]
    required = [k for k in range(len(p.args)) if k not in optional]
    if not optional or len(required) > 1 or len(p.args) < 1:
        return None
    candidates = required or optional[-1:]
    chain = then
    for k in range(len(p.args) - 1, -1, -1):
        place = Place(p.head, k + 1, len(p.args))
        if k in candidates:
            chain = compile_chain(p.args[k], chain, scope, place)
        else:
            chain = default_only(p.args[k], chain, scope, place)
    return chain


def default_only(p: Expr, then: Chain, scope: Scope, place: Place) -> Chain:
    absent = _optional((Expr(ALTERNATIVES, ()), *p.args[1:]), then, scope, place)
    places = [scope.place(v) for v in variables(p)]
    given = p.args[1] if len(p.args) > 1 else None
    if not places:
        return absent

    def default(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        value = evaluate(given) if given is not None else default_value(place)
        if value is None:
            return False
        free = [k for k in places if b[k] is None]
        if any(b[k] is not None and not same(b[k], value) for k in places):
            return False
        for k in free:
            b[k] = value
        if then(args, i, b):
            return True
        for k in free:
            b[k] = None
        return False

    return default


FORMS |= {
    PATTERN: _pattern,
    PATTERN_TEST: _tested,
    CONDITION: _condition,
    ALTERNATIVES: _alternatives,
    EXCEPT: _except,
    HOLD_PATTERN: _transparent,
    SHORTEST: _transparent,
    LONGEST: _longest,
    OPTIONAL: _optional,
    PATTERN_SEQUENCE: _pattern_sequence,
}
