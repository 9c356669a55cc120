"""What a pattern tells before it is compiled: its variables, how many elements it takes, if it is simple."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import LIST, Association, Complex, Expr, S, Symbol, items
from wlnet.expr.attributes import FLAT, ORDERLESS

from .shaping import attributes_of

BLANK = S.Blank
BLANK_SEQUENCE = S.BlankSequence
BLANK_NULL_SEQUENCE = S.BlankNullSequence
PATTERN = S.Pattern
PATTERN_TEST = S.PatternTest
CONDITION = S.Condition
ALTERNATIVES = S.Alternatives
EXCEPT = S.Except
OPTIONAL = S.Optional
REPEATED = S.Repeated
REPEATED_NULL = S.RepeatedNull
HOLD_PATTERN = S.HoldPattern
VERBATIM = S.Verbatim
LONGEST = S.Longest
SHORTEST = S.Shortest
PATTERN_SEQUENCE = S.PatternSequence
ORDERLESS_SEQUENCE = S.OrderlessPatternSequence
KEY_VALUE_PATTERN = S.KeyValuePattern
OPTIONS_PATTERN = S.OptionsPattern
INFINITY = None  # an unbounded width


CONSTRUCTS = frozenset(
    (
        BLANK,
        BLANK_SEQUENCE,
        BLANK_NULL_SEQUENCE,
        PATTERN,
        PATTERN_TEST,
        CONDITION,
        ALTERNATIVES,
        EXCEPT,
        OPTIONAL,
        REPEATED,
        REPEATED_NULL,
        HOLD_PATTERN,
        VERBATIM,
        LONGEST,
        SHORTEST,
        PATTERN_SEQUENCE,
        ORDERLESS_SEQUENCE,
        KEY_VALUE_PATTERN,
        OPTIONS_PATTERN,
    )
)


# How many arguments a construct takes, least and most; those not listed take any number.
_COUNTS = {
    BLANK: (0, 1),
    BLANK_SEQUENCE: (0, 1),
    BLANK_NULL_SEQUENCE: (0, 1),
    PATTERN: (2, 2),
    PATTERN_TEST: (2, 2),
    CONDITION: (2, 2),
    EXCEPT: (1, 2),
    OPTIONAL: (1, 2),
    REPEATED: (1, 2),
    REPEATED_NULL: (1, 2),
    HOLD_PATTERN: (1, 1),
    VERBATIM: (1, 1),
    LONGEST: (1, 1),
    SHORTEST: (1, 1),
    KEY_VALUE_PATTERN: (1, 1),
    OPTIONS_PATTERN: (0, 1),
}


# Predicates whose answer depends on nothing but their argument: a match that used them may be remembered.
PURE_PREDICATES = frozenset(
    getattr(S, name)
    for name in [
        "IntegerQ",
        "StringQ",
        "NumberQ",
        "AtomQ",
        "ListQ",
        "EvenQ",
        "OddQ",
        "PrimeQ",
        "AssociationQ",
        "MachineNumberQ",
        "ExactNumberQ",
        "InexactNumberQ",
        "VectorQ",
        "MatrixQ",
        "ArrayQ",
        "TrueQ",
        "BooleanQ",
        "DigitQ",
        "LetterQ",
        "UpperCaseQ",
        "LowerCaseQ",
        "KeyExistsQ",
    ]
)


# Those of them that no ordinary expression satisfies: in a Flat function they never match several arguments
# at once.
ATOM_PREDICATES = frozenset(
    getattr(S, name)
    for name in [
        "IntegerQ",
        "StringQ",
        "NumberQ",
        "AtomQ",
        "EvenQ",
        "OddQ",
        "PrimeQ",
        "MachineNumberQ",
        "ExactNumberQ",
    ]
)


_TRANSPARENT = frozenset((PATTERN_TEST, CONDITION, HOLD_PATTERN, LONGEST, SHORTEST))


def is_pattern(e: Any) -> bool:
    """Whether `e` holds a pattern construct anywhere. Iterative."""
    stack = [e]
    while stack:
        e = stack.pop()
        kind = type(e)
        if kind is Expr:
            if type(e.head) is Symbol:
                if e.head in CONSTRUCTS:
                    return True
            else:
                stack.append(e.head)
            stack.extend(e.args)
        elif kind is Association:
            stack.extend(e.values())
            stack.extend(e.keys())
    return False


def is_misshapen(e: Expr) -> bool:
    """Whether the head is a construct, but not with these arguments."""
    if type(e.head) is not Symbol or e.head not in _COUNTS:
        return False
    least, most = _COUNTS[e.head]
    return not least <= len(e.args) <= most or (e.head is PATTERN and type(e.args[0]) is not Symbol)


def well_formed(p: Any) -> Any:
    """The pattern `p` with misshapen constructs as what they are: expressions that match themselves. Nearly
    always that is `p` itself.
    """
    stack = [p]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if is_misshapen(e):
                return _verbatim(p)
            if e.head is not VERBATIM:
                stack.append(e.head)
                stack.extend(e.args)
        elif type(e) is Association:
            stack.extend(e.values())
    return p


def _verbatim(p: Any) -> Any:
    if type(p) is Association:
        return Association({k: (k0, _verbatim(v), delayed) for k, (k0, v, delayed) in p.entries.items()})
    if type(p) is not Expr:
        return p
    if is_misshapen(p):
        return Expr(VERBATIM, (p,))
    return p if p.head is VERBATIM else Expr(_verbatim(p.head), tuple([_verbatim(a) for a in p.args]))


def variables(e: Any) -> list[Symbol]:
    """The variables that a pattern binds, each once, in order of appearance."""
    found: dict[Symbol, None] = {}
    stack = [e]
    while stack:
        e = stack.pop()
        if type(e) is Association:
            stack.extend(reversed(e.values()))
        if type(e) is not Expr or e.head is VERBATIM:
            continue
        if e.head is PATTERN and len(e.args) == 2 and type(e.args[0]) is Symbol:
            found[e.args[0]] = None
            stack.append(e.args[1])
        elif e.head is EXCEPT:
            stack.extend(e.args[1:])  # what is excluded binds nothing
        elif e.head is CONDITION or e.head is PATTERN_TEST:
            stack.extend(e.args[:1])
        else:
            stack.extend(reversed(e.args))
            stack.append(e.head)
    return list(found)


def may_be_unbound(e: Any) -> list[Symbol]:
    """The variables that a match can leave without a value: those of alternatives and of repetitions."""
    found: dict[Symbol, None] = {}
    stack = [e]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if e.head in (ALTERNATIVES, REPEATED_NULL) or (e.head is REPEATED and not repetitions(e)[0]):
                found.update(dict.fromkeys(variables(e)))
            else:
                stack.extend(e.args)
    return list(found)


def width(p: Any) -> tuple[int, int | None]:
    """The least and the greatest number of elements that `p` can match; None for no bound."""
    if type(p) is not Expr or type(p.head) is not Symbol or p.head not in CONSTRUCTS:
        return (1, 1)
    h, args = p.head, p.args
    if h is BLANK_SEQUENCE:
        return (1, INFINITY)
    if h is BLANK_NULL_SEQUENCE or h is OPTIONS_PATTERN:
        return (0, INFINITY)
    if h is PATTERN and len(args) == 2:
        return width(args[1])
    if h in _TRANSPARENT and args:
        return width(args[0])
    if h is ALTERNATIVES and args:
        widths = [width(a) for a in args]
        return (min(low for low, _ in widths), _greatest([high for _, high in widths]))
    if h is OPTIONAL and args:
        return (0, width(args[0])[1])
    if h is EXCEPT and len(args) == 2:
        return width(args[1])
    if (h is REPEATED or h is REPEATED_NULL) and args:
        low, high = repetitions(p)
        inner_low, inner_high = width(args[0])
        return (low * inner_low, None if high is None or inner_high is None else high * inner_high)
    if h is PATTERN_SEQUENCE or h is ORDERLESS_SEQUENCE:
        return total_width(args)
    return (1, 1)


def _greatest(bounds: list[int | None]) -> int | None:
    finite = [x for x in bounds if x is not None]
    return max(finite, default=0) if len(finite) == len(bounds) else None


def total_width(patterns: tuple[Any, ...]) -> tuple[int, int | None]:
    """The width of several patterns side by side."""
    return joined_width([width(p) for p in patterns])


def joined_width(widths: Sequence[tuple[int, int | None]]) -> tuple[int, int | None]:
    """The width of several things of these widths side by side."""
    highs = [high for _, high in widths if high is not None]
    return (sum(low for low, _ in widths), sum(highs) if len(highs) == len(widths) else None)


def repetitions(p: Expr) -> tuple[int, int | None]:
    """How often Repeated[q, spec] may repeat: least and greatest number."""
    least = 0 if p.head is REPEATED_NULL else 1
    if len(p.args) < 2:
        return (least, None)
    spec = p.args[1]
    numbers = items(spec) if type(spec) is np.ndarray or (type(spec) is Expr and spec.head is LIST) else None
    if numbers is None:
        return (least, _bound(spec))
    if len(numbers) == 1:
        n = _bound(numbers[0]) or 0
        return (n, n)
    return (_bound(numbers[0]) or 0, _bound(numbers[1])) if len(numbers) == 2 else (least, None)


def _bound(x: Any) -> int | None:
    return x if type(x) is int else None


def is_simple(p: Any) -> bool:
    """Whether `p` matches one element in at most one way."""
    if type(p) is Association:
        return all(is_simple(v) for v in p.values()) and not any(map(is_pattern, p.keys()))
    if type(p) is not Expr or not is_pattern(p):
        return True
    h, args = p.head, p.args
    if h is BLANK or h is VERBATIM:
        return len(args) <= 1
    if h is PATTERN:
        return len(args) == 2 and type(args[0]) is Symbol and width(args[1]) == (1, 1) and is_simple(args[1])
    if h in _TRANSPARENT:
        return bool(args) and width(args[0]) == (1, 1) and is_simple(args[0])
    if h is ALTERNATIVES:
        return all(width(a) == (1, 1) and is_simple(a) and not variables(a) for a in args)
    if h is EXCEPT:
        return 1 <= len(args) <= 2 and all(width(a) == (1, 1) and is_simple(a) for a in args)
    if type(h) is Symbol and (h in CONSTRUCTS or attributes_of(h) & (ORDERLESS | FLAT)):
        return False
    return is_simple(h) and is_simple_row(args)


def is_simple_row(args: tuple[Any, ...]) -> bool:
    """Elements of fixed width, all simple, but for at most one that takes what is left over."""
    open_ended = 0
    for p in args:
        if width(p) == (1, 1):
            if not is_simple(p):
                return False
        elif _plain_sequence(p):
            open_ended += 1
        else:
            return False
    return open_ended <= 1


def _plain_sequence(p: Any) -> bool:
    """`x__`, `__h`, `x___h`, and `q..` without variables, named or not."""
    if type(p) is Expr and p.head is PATTERN and len(p.args) == 2 and type(p.args[0]) is Symbol:
        p = p.args[1]
    if type(p) is not Expr:
        return False
    if p.head is BLANK_SEQUENCE or p.head is BLANK_NULL_SEQUENCE:
        return True
    if p.head is REPEATED or p.head is REPEATED_NULL:
        return (
            bool(p.args) and width(p.args[0]) == (1, 1) and is_simple(p.args[0]) and not variables(p.args[0])
        )
    return False


def parts(e: Any, head: Any = None) -> tuple[Any, tuple[Any, ...]] | None:
    """Head and arguments of anything that patterns see as `h[...]`; None for atoms."""
    kind = type(e)
    if kind is Expr:
        return e.head, e.args
    if kind is np.ndarray:
        return (LIST, items(e)) if head is None or head is LIST else None
    if kind is Fraction:
        return S.Rational, (e.numerator, e.denominator)
    if kind is Complex:
        return S.Complex, (e.re, e.im)
    if kind is Association:
        return S.Association, e.rules()
    return None
