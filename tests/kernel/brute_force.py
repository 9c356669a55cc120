"""A slow matcher that tries everything, written from the meaning of patterns alone:
the oracle of the pattern tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from wlnet.expr import Expr, S, Symbol, head_of, same
from wlnet.expr.attributes import FLAT, ONE_IDENTITY, ORDERLESS

Binds = dict[Symbol, tuple[Any, ...]]  # a variable holds a sequence of expressions


def bind(b: Binds, name: Symbol, taken: tuple[Any, ...]) -> Binds | None:
    if name in b:
        old = b[name]
        agree = len(old) == len(taken) and all(same(x, y) for x, y in zip(old, taken, strict=True))
        return b if agree else None
    return {**b, name: taken}


def match_run(p: Any, run: tuple[Any, ...], b: Binds, defaults: dict[Any, Any]) -> Iterator[Binds]:
    """All ways in which one pattern matches exactly the elements of `run`."""
    h = p.head if type(p) is Expr else None
    if h is S.Pattern:
        for c in match_run(p.args[1], run, b, defaults):
            done = bind(c, p.args[0], run)
            if done is not None:
                yield done
    elif h is S.BlankSequence or h is S.BlankNullSequence:
        enough = len(run) >= (1 if h is S.BlankSequence else 0)
        if enough and all(not p.args or same(head_of(e), p.args[0]) for e in run):
            yield b
    elif h is S.Alternatives:
        for q in p.args:
            yield from match_run(q, run, b, defaults)
    elif h is S.PatternSequence:
        yield from match_row(p.args, run, b, defaults)
    elif h is S.Repeated or h is S.RepeatedNull:
        yield from repeated(p.args[0], run, b, defaults, 1 if h is S.Repeated else 0)
    elif h is S.HoldPattern or h is S.Longest or h is S.Shortest:
        yield from match_run(p.args[0], run, b, defaults)
    elif h is S.Optional:
        yield from match_run(p.args[0], run, b, defaults)
        if not run:
            name = p.args[0].args[0]
            done = bind(b, name, (p.args[1],))
            if done is not None:
                yield done
    elif h is S.OrderlessPatternSequence:
        for order in permutations(run):
            yield from match_row(p.args, order, b, defaults)
    elif len(run) == 1:
        yield from match_one(p, run[0], b, defaults)


def match_one(p: Any, e: Any, b: Binds, defaults: dict[Any, Any]) -> Iterator[Binds]:
    h = p.head if type(p) is Expr else None
    if h is S.Blank:
        if not p.args or same(head_of(e), p.args[0]):
            yield b
    elif h is S.Except:
        if next(match_run(p.args[0], (e,), {}, defaults), None) is None:
            yield b
    elif h is S.Verbatim:
        if same(p.args[0], e):
            yield b
    elif h is None:
        if same(p, e):
            yield b
    elif type(e) is Expr and (type(p.head) is not Symbol or e.head is p.head):
        for c in match_one(p.head, e.head, b, defaults):
            yield from match_call(p, e, c, defaults)
    elif type(p.head) is Symbol and p.head.attributes & ONE_IDENTITY:
        yield from match_alone(p, e, b, defaults)


def match_alone(p: Expr, e: Any, b: Binds, defaults: dict[Any, Any]) -> Iterator[Binds]:
    """`e` as the one argument of a OneIdentity call whose other patterns are left to their defaults."""
    optional = [k for k, q in enumerate(p.args) if type(q) is Expr and q.head is S.Optional]
    required = [k for k in range(len(p.args)) if k not in optional]
    if not optional or len(required) > 1:
        return
    given = required[0] if required else optional[-1]
    trials = [b]
    for k, q in enumerate(p.args):
        run = (e,) if k == given else ()
        trials = [c for trial in trials for c in match_run(q, run, trial, defaults)]
    yield from trials


def match_call(p: Expr, e: Expr, b: Binds, defaults: dict[Any, Any]) -> Iterator[Binds]:
    flags = e.head.attributes if type(e.head) is Symbol else 0
    for order in permutations(e.args) if flags & ORDERLESS else [e.args]:
        if flags & FLAT:
            yield from flat_row(p.args, order, b, e.head, defaults)
        else:
            yield from match_row(p.args, order, b, defaults)


def match_row(
    ps: tuple[Any, ...], run: tuple[Any, ...], b: Binds, defaults: dict[Any, Any]
) -> Iterator[Binds]:
    if not ps:
        if not run:
            yield b
        return
    for k in range(len(run) + 1):
        for c in match_run(ps[0], run[:k], b, defaults):
            yield from match_row(ps[1:], run[k:], c, defaults)


def flat_row(
    ps: tuple[Any, ...], run: tuple[Any, ...], b: Binds, head: Symbol, defaults: dict[Any, Any]
) -> Iterator[Binds]:
    """As `match_row`, where a pattern of one element may also take several, wrapped in the Flat head."""
    if not ps:
        if not run:
            yield b
        return
    for k in range(len(run) + 1):
        taken = run[:k]
        for c in match_run(ps[0], taken, b, defaults):
            yield from flat_row(ps[1:], run[k:], c, head, defaults)
        if k > 1 or (k == 1 and not head.attributes & ONE_IDENTITY):
            for c in match_run(ps[0], (Expr(head, taken),), b, defaults):
                yield from flat_row(ps[1:], run[k:], c, head, defaults)


def repeated(p: Any, run: tuple[Any, ...], b: Binds, defaults: dict[Any, Any], least: int) -> Iterator[Binds]:
    if not run:
        if least <= 0:
            yield b
        else:  # as often as need be nothing
            yield from match_run(p, (), b, defaults)
        return
    for k in range(1, len(run) + 1):
        for c in match_run(p, run[:k], b, defaults):
            yield from repeated(p, run[k:], c, defaults, least - 1)


def solutions(p: Any, e: Any) -> list[Binds]:
    """Every way in which `p` matches `e`."""
    return list(match_run(p, (e,), {}, {}))
