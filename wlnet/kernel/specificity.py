"""Which of two left-hand sides is the more special: definitions are kept with the special before the general.

`covers(general, special)` asks whether every expression that the second rule's left-hand side matches is
matched by the first one's, as far as their form tells. Where neither covers the other, the order of
definition stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Association, Expr, Symbol, head_of, same

from .constructs import (
    ALTERNATIVES,
    BLANK,
    BLANK_NULL_SEQUENCE,
    BLANK_SEQUENCE,
    CONDITION,
    CONSTRUCTS,
    EXCEPT,
    HOLD_PATTERN,
    LONGEST,
    OPTIONAL,
    OPTIONS_PATTERN,
    PATTERN,
    PATTERN_TEST,
    REPEATED,
    REPEATED_NULL,
    SHORTEST,
    VERBATIM,
    is_pattern,
    width,
)

if TYPE_CHECKING:
    from .rules import Rule

_BLANKS = (BLANK, BLANK_SEQUENCE, BLANK_NULL_SEQUENCE)
_DEPTH = 40  # nested deeper than this, patterns count as incomparable


def equivalent(a: Rule, b: Rule, any_condition_on_right: bool = False) -> bool:
    """Whether two rules have the same left-hand side up to names of variables, and the same conditions."""
    renaming: dict[Symbol, Symbol] = {}
    if not _alike(a.lhs, b.lhs, renaming) or len(a.tests) != len(b.tests):
        return False
    if not all(_alike(x, y, renaming) for x, y in zip(a.tests, b.tests, strict=True)):
        return False
    if any_condition_on_right:
        return True
    if a.conditional != b.conditional:
        return False
    return not a.conditional or _alike(_condition_of(a.rhs), _condition_of(b.rhs), renaming)


def _condition_of(rhs: Any) -> Any:
    while rhs.head is not CONDITION:
        rhs = rhs.args[1]
    return rhs.args[1]


def _alike(a: Any, b: Any, renaming: dict[Symbol, Symbol]) -> bool:
    """Sameness up to a renaming of pattern variables. Iterative."""
    stack = [(a, b)]
    back = {v: k for k, v in renaming.items()}
    while stack:
        a, b = stack.pop()
        if type(a) is Expr and type(b) is Expr:
            if len(a.args) != len(b.args):
                return False
            if a.head is PATTERN and b.head is PATTERN and len(a.args) == 2:
                x, y = a.args[0], b.args[0]
                if type(x) is not Symbol or type(y) is not Symbol:
                    return False
                if renaming.setdefault(x, y) is not y or back.setdefault(y, x) is not x:
                    return False
                stack.append((a.args[1], b.args[1]))
                continue
            stack.append((a.head, b.head))
            stack.extend(zip(a.args, b.args, strict=True))
        elif type(a) is Symbol and type(b) is Symbol:
            if renaming.get(a, a) is not b:
                return False
        elif not same(a, b):
            return False
    return True


def covers(general: Rule, special: Rule) -> bool:
    """Whether `general` applies wherever `special` does, judged by form."""
    if general.tests or general.conditional:
        # A condition narrows: only a rule with the same left-hand side
        # and more conditions is more special yet.
        if not (special.tests or special.conditional) or len(general.tests) >= len(special.tests):
            return False
        if general.conditional:
            return False
    bindings: dict[Symbol, Any] = {}
    return _covers(general.lhs, special.lhs, bindings, 0)


def _covers(p: Any, q: Any, bound: dict[Symbol, Any], depth: int) -> bool:
    """Whether pattern `p` matches everything that pattern `q` (of one element or a sequence) does."""
    if depth > _DEPTH:
        return False
    if type(p) is Expr and p.head is PATTERN and len(p.args) == 2:
        bare_q = q.args[1] if type(q) is Expr and q.head is PATTERN and len(q.args) == 2 else q
        name = p.args[0]
        if name in bound:
            return same(bound[name], q)
        bound[name] = q
        return _covers(p.args[1], bare_q, bound, depth + 1)
    if type(q) is Expr and q.head is PATTERN and len(q.args) == 2:
        return _covers(p, q.args[1], bound, depth + 1)
    if type(p) is Expr and p.head in (HOLD_PATTERN, LONGEST, SHORTEST):
        return _covers(p.args[0], q, bound, depth + 1)
    if type(q) is Expr and q.head in (HOLD_PATTERN, LONGEST, SHORTEST):
        return _covers(p, q.args[0], bound, depth + 1)
    if not is_pattern(p):
        return not is_pattern(q) and same(p, q)
    if type(p) is Association:
        return False
    return _construct_covers(p, q, bound, depth + 1)


def _construct_covers(p: Expr, q: Any, bound: dict[Symbol, Any], depth: int) -> bool:
    h = p.head
    if type(q) is Expr and q.head is ALTERNATIVES and is_pattern(q):
        return all(_covers(p, x, dict(bound), depth) for x in q.args)
    if h in _BLANKS:
        return _blank_covers(p, q)
    if h is OPTIONAL:
        inner = q.args[0] if type(q) is Expr and q.head is OPTIONAL else q
        return _covers(p.args[0], inner, bound, depth)
    if type(q) is Expr and q.head is OPTIONAL:
        return False
    if h is PATTERN_TEST:
        same_test = type(q) is Expr and q.head is PATTERN_TEST and same(p.args[1], q.args[1])
        return same_test and _covers(p.args[0], q.args[0], bound, depth)
    if h is CONDITION:
        same_test = type(q) is Expr and q.head is CONDITION and same(p.args[1], q.args[1])
        return same_test and _covers(p.args[0], q.args[0], bound, depth)
    if type(q) is Expr and q.head in (PATTERN_TEST, CONDITION):
        return _covers(p, q.args[0], bound, depth)
    if h is ALTERNATIVES:
        return any(_covers(x, q, dict(bound), depth) for x in p.args)
    if h is REPEATED or h is REPEATED_NULL:
        if type(q) is Expr and q.head in (REPEATED, REPEATED_NULL):
            return (h is REPEATED_NULL or q.head is REPEATED) and _covers(p.args[0], q.args[0], bound, depth)
        return _covers(p.args[0], q, bound, depth)
    if h is VERBATIM:
        return not is_pattern(q) and same(p.args[0], q)
    if h is OPTIONS_PATTERN:
        return type(q) is Expr and q.head is OPTIONS_PATTERN
    if h is EXCEPT or (type(h) is Symbol and h in CONSTRUCTS):
        return same(p, q)
    return _calls_cover(p, q, bound, depth)


def _blank_covers(p: Expr, q: Any) -> bool:
    low, high = width(p)
    q_low, q_high = width(q)
    if q_low < low or (high is not None and (q_high is None or q_high > high)):
        return False
    if not p.args:
        return True
    head = p.args[0]
    while type(q) is Expr and q.head in (PATTERN_TEST, CONDITION, OPTIONAL, REPEATED, REPEATED_NULL):
        q = q.args[0]
        if type(q) is Expr and q.head is PATTERN:
            q = q.args[1]
    if type(q) is Expr and q.head in _BLANKS:
        return bool(q.args) and same(q.args[0], head)
    return same(head_of(q), head)


def _calls_cover(p: Expr, q: Any, bound: dict[Symbol, Any], depth: int) -> bool:
    """`h[p...]` against `h[q...]`: argument by argument, sequences of `p` taking runs of `q`."""
    if type(q) is not Expr or (type(q.head) is Symbol and q.head in CONSTRUCTS):
        return False
    if not _covers(p.head, q.head, bound, depth):
        return False
    return _rows_cover(p.args, q.args, bound, depth)


def _rows_cover(ps: tuple[Any, ...], qs: tuple[Any, ...], bound: dict[Symbol, Any], depth: int) -> bool:
    if not ps:
        return not qs
    first = ps[0]
    low, high = width(first)
    if (low, high) == (1, 1):
        if not qs or width(qs[0]) != (1, 1):
            return False
        return _covers(first, qs[0], bound, depth) and _rows_cover(ps[1:], qs[1:], bound, depth)
    for taken in range(len(qs) + 1):
        run = qs[:taken]
        widths = [width(q) for q in run]
        if high is not None and (any(h is None for _, h in widths) or sum(h or 0 for _, h in widths) > high):
            break
        if sum(w for w, _ in widths) < low:
            continue
        trial = dict(bound)
        if all(_element_covers(first, q, trial, depth) for q in run) and _rows_cover(
            ps[1:], qs[taken:], trial, depth
        ):
            return True
    return False


def _element_covers(p: Any, q: Any, bound: dict[Symbol, Any], depth: int) -> bool:
    """Whether one element `q` of a run may be taken by the sequence pattern `p`."""
    if type(p) is Expr and p.head is PATTERN and len(p.args) == 2:
        p = p.args[1]
    if type(p) is Expr and p.head in (BLANK_SEQUENCE, BLANK_NULL_SEQUENCE):
        return _blank_covers(Expr(BLANK_NULL_SEQUENCE, p.args), q)
    return _covers(p, q, bound, depth)
