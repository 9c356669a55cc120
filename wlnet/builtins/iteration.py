"""Nest, NestWhile, FixedPoint, Fold, FoldPair, FoldWhile and their list forms:
repeated application of a function."""

from __future__ import annotations

import math
import operator
from collections import deque
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, head_of, is_list, items, make_list, pack, same
from wlnet.kernel.registry import builtin, symbol

from .levels import children, level_bound
from .tables import TOO_LARGE, small_enough

symbol(
    "SameTest",
    usage="SameTest is an option: the function of two elements that tells whether they are the same.",
)

Step = Callable[..., Any]


def _count(ev: Any, name: str, n: Any, arguments: tuple[Any, ...]) -> int | None:
    if type(n) is int and n >= 0:
        return n
    ev.message(name, "intnm", Expr(getattr(S, name), arguments), len(arguments))
    return None


@builtin("Nest")
def nest(ev: Any, f: Any, expr: Any, n: Any) -> Any:
    """Nest[f, expr, n] applies f n times to expr.

    >>> Nest[f, x, 3]
    f[f[f[x]]]
    """
    count = _count(ev, "Nest", n, (f, expr, n))
    if count is None:
        return None
    call = ev.function(f)
    for _ in range(count):
        expr = call(expr)
    return expr


@builtin("NestList", messages={"toolarge": TOO_LARGE})
def nest_list(ev: Any, f: Any, expr: Any, n: Any) -> Any:
    """NestList[f, expr, n] gives the list of results of applying f 0 to n times to expr.

    >>> NestList[f, x, 2]
    {x, f[x], f[f[x]]}
    """
    count = _count(ev, "NestList", n, (f, expr, n))
    if count is None or not small_enough(ev, "NestList", count + 1):
        return None
    call = ev.function(f)
    out = [expr]
    for _ in range(count):
        expr = call(expr)
        out.append(expr)
    return make_list(out)


WHILE_MESSAGES = {
    "nwargs": "Argument `1` is not of the form i, {i, j}, {i, Infinity}, or All.",
    "innf": "Non-negative integer or Infinity expected in place of `1`.",
    "intm": "Machine-sized integer expected in place of `1`.",
}


def _history(spec: Any) -> tuple[int, float] | None:
    """How many recent results the test sees, (at least, at most), from `m`, `{m, n}` or All."""
    if spec is S.All:
        return 1, math.inf
    if type(spec) is int and spec >= 0:
        return spec, spec
    if is_list(spec) and len(items(spec)) == 2:
        low, high = (level_bound(x) for x in items(spec))
        if low is not None and high is not None and 0 <= low <= high < math.inf:
            return int(low), high
        if low is not None and high == math.inf:
            return int(low), math.inf
    return None


def _while_settings(
    ev: Any, name: str, m: Any, most: Any, extra: Any
) -> tuple[tuple[int, float], float, int] | None:
    history, limit = _history(m), level_bound(most)
    if history is None:
        ev.message(name, "nwargs", m)
    elif limit is None or limit < 0:
        ev.message(name, "innf", most)
    elif type(extra) is not int:
        ev.message(name, "intm", extra)
    else:
        return history, limit, extra
    return None


def _nested_while(
    step: Callable[[Any], Any], start: Any, test: Callable[..., bool], history: tuple[int, float], most: float
) -> Iterator[Any]:
    """start, step(start), ... up to and including the first result for which `test`
    of the recent ones fails."""
    low, high = history
    recent: deque[Any] = deque([start], maxlen=None if high == math.inf else max(int(high), 1))
    yield start
    done = 0
    while done < most:
        if len(recent) >= low and not test(*(recent if low or high else ())):
            return
        start = step(start)
        recent.append(start)
        yield start
        done += 1


def _nest_while(
    ev: Any, name: str, f: Any, expr: Any, test: Any, m: Any, most: Any, extra: Any
) -> list[Any] | None:
    settings = _while_settings(ev, name, m, most, extra)
    if settings is None:
        return None
    history, limit, more = settings
    call = ev.function(f)
    # All earlier results are needed only for a list, or to go back by a negative `extra`.
    keep = None if name.endswith("List") or more < 0 else 1
    out = deque(_nested_while(call, expr, ev.predicate(test), history, limit), maxlen=keep)
    for _ in range(more):
        out.append(call(out[-1]))
    results = list(out)
    return results[:more] or results[:1] if more < 0 else results


@builtin("NestWhile", messages=WHILE_MESSAGES)
def nest_while(
    ev: Any, f: Any, expr: Any, test: Any, m: Any = 1, most: Any = S.Infinity, extra: Any = 0
) -> Any:
    """NestWhile[f, expr, test] applies f repeatedly, starting with expr,
    until test of the result is not True.
    NestWhile[f, expr, test, m] gives the m latest results to test; All gives all;
    {mmin, mmax} from mmin to mmax.
    NestWhile[f, expr, test, m, max] applies f at most max times; with a last argument n, n times more (or
    back, n < 0).

    >>> NestWhile[#/2 &, 48, EvenQ]
    3
    >>> NestWhile[#/2 &, 48, EvenQ, 1, Infinity, -1]
    6
    """
    out = _nest_while(ev, "NestWhile", f, expr, test, m, most, extra)
    return None if out is None else out[-1]


@builtin("NestWhileList", messages=WHILE_MESSAGES)
def nest_while_list(
    ev: Any, f: Any, expr: Any, test: Any, m: Any = 1, most: Any = S.Infinity, extra: Any = 0
) -> Any:
    """NestWhileList[f, expr, test] gives the list of results of applying f until test
    of the result is not True.
    Further arguments are as in NestWhile.

    >>> NestWhileList[#/2 &, 48, EvenQ]
    {48, 24, 12, 6, 3}
    """
    out = _nest_while(ev, "NestWhileList", f, expr, test, m, most, extra)
    return None if out is None else make_list(out)


def _fixed_points(ev: Any, name: str, f: Any, expr: Any, most: Any, same_test: Any) -> Iterator[Any] | None:
    limit = level_bound(most)
    if limit is None or limit < 0:
        ev.message(name, "innf", most)
        return None
    structural = same_test is S.Automatic or same_test is S.SameQ
    equal = same if structural else ev.predicate(same_test)
    return _until_same(ev.function(f), expr, limit, equal)


def _until_same(step: Step, value: Any, most: float, equal: Callable[[Any, Any], bool]) -> Iterator[Any]:
    yield value
    done = 0
    while done < most:
        new = step(value)
        yield new
        if equal(value, new):
            return
        value = new
        done += 1


@builtin("FixedPoint", messages=WHILE_MESSAGES)
def fixed_point(ev: Any, f: Any, expr: Any, most: Any = S.Infinity, *, same_test: Any = S.Automatic) -> Any:
    """FixedPoint[f, expr] applies f repeatedly until the result no longer changes.
    FixedPoint[f, expr, n] stops after n steps. With SameTest -> s, two results are the same when s[old,
    new] is True.

    >>> FixedPoint[Floor[#/2] &, 100]
    0
    """
    values = _fixed_points(ev, "FixedPoint", f, expr, most, same_test)
    return None if values is None else deque(values, maxlen=1)[0]


@builtin("FixedPointList", messages=WHILE_MESSAGES)
def fixed_point_list(
    ev: Any, f: Any, expr: Any, most: Any = S.Infinity, *, same_test: Any = S.Automatic
) -> Any:
    """FixedPointList[f, expr] gives the list of results of applying f until the result no longer changes;
    the last two are the same.

    >>> FixedPointList[Floor[#/2] &, 9]
    {9, 4, 2, 1, 0, 0}
    """
    values = _fixed_points(ev, "FixedPointList", f, expr, most, same_test)
    return None if values is None else make_list(values)


def _fold_arguments(
    ev: Any, name: str, f: Any, start: Any, expr: Any
) -> tuple[Any, tuple[Any, ...], Any] | None:
    """(start, the elements to fold in, head of the list) for Fold[f, x, list] and Fold[f, list]."""
    source = start if expr is None else expr
    inner = children(source)
    if inner is None:
        arguments = (f, start) if expr is None else (f, start, expr)
        ev.message(name, "normal", len(arguments), Expr(getattr(S, name), arguments))
        return None
    if type(source) is np.ndarray or is_list(source):
        head: Any = S.List
    else:
        head = S.List if type(source) is not Expr else head_of(source)
    if expr is not None:
        return start, inner, head
    return (inner[0], inner[1:], head) if inner else (None, (), head)


@builtin("Fold", operator=1)
def fold(ev: Any, f: Any, start: Any, expr: Any = None) -> Any:
    """Fold[f, x, {a, b, c}] gives f[f[f[x, a], b], c]; Fold[f, {a, b, c}] gives f[f[a, b], c].

    >>> Fold[f, x, {a, b}]
    f[f[x, a], b]
    >>> Fold[Plus, {1, 2, 3}]
    6
    """
    arguments = _fold_arguments(ev, "Fold", f, start, expr)
    if arguments is None or arguments[0] is None:
        return None
    value, inner, _ = arguments
    call = _python_operator(f, value, start if expr is None else expr) or ev.function(f)
    return reduce(call, inner, value)


def _python_operator(f: Any, value: Any, source: Any) -> Step | None:
    """The Python operator for folding packed integers with Plus and Times; None for anything else."""
    if (
        type(source) is not np.ndarray
        or source.ndim != 1
        or source.dtype != np.int64
        or type(value) is not int
    ):
        return None
    return operator.add if f is S.Plus else operator.mul if f is S.Times else None


@builtin("FoldList", operator=1)
def fold_list(ev: Any, f: Any, start: Any, expr: Any = None) -> Any:
    """FoldList[f, x, {a, b, ...}] gives {x, f[x, a], f[f[x, a], b], ...}; FoldList[f, {a, b, ...}] gives
    {a, f[a, b], ...}.

    >>> FoldList[f, x, {a, b}]
    {x, f[x, a], f[f[x, a], b]}
    >>> FoldList[Plus, {1, 2, 3}]
    {1, 3, 6}
    """
    arguments = _fold_arguments(ev, "FoldList", f, start, expr)
    if arguments is None:
        return None
    value, inner, head = arguments
    if value is None:
        return Expr(head, ())
    source = start if expr is None else expr
    call = _python_operator(f, value, source) or ev.function(f)
    result = Expr(head, tuple(accumulate(inner, call, initial=value)))
    return pack(result) if type(source) is np.ndarray else result


PAIR_MESSAGES = {"pair": "`1` returned `2`, which is not a list of two elements."}


def _fold_pairs(ev: Any, name: str, f: Any, start: Any, expr: Any, g: Any) -> list[Any] | None:
    """The emitted values g[{x, y}] of each pair that f gives; y goes on to the next step."""
    arguments = _fold_arguments(ev, name, f, start, expr)
    if arguments is None or arguments[0] is None:
        return None
    value, inner, _ = arguments
    call, emit = ev.function(f), None if g is S.First else ev.function(g)
    out = []
    for x in inner:
        pair = call(value, x)
        if not is_list(pair) or len(items(pair)) != 2:
            ev.message(name, "pair", f, pair)
            return None
        first, value = items(pair)
        out.append(first if emit is None else emit(pair))
    return out


@builtin("FoldPair", messages=PAIR_MESSAGES)
def fold_pair(ev: Any, f: Any, start: Any, expr: Any = None, g: Any = S.First) -> Any:
    """FoldPair[f, y, {a1, a2, ...}] gives the first element of the last pair {x, y'} when f[y, a] makes pairs
    and each y' enters the next. FoldPair[f, y, list, g] gives g of the last pair.

    >>> FoldPair[{p[#1, #2], q[#1, #2]} &, u, {a, b}]
    p[q[u, a], b]
    """
    out = _fold_pairs(ev, "FoldPair", f, start, expr, g)
    return out[-1] if out else None


@builtin("FoldPairList", messages=PAIR_MESSAGES)
def fold_pair_list(ev: Any, f: Any, start: Any, expr: Any = None, g: Any = S.First) -> Any:
    """FoldPairList[f, y, {a1, a2, ...}] gives the first elements of the pairs that f makes successively.
    FoldPairList[f, y, list, g] gives g of each pair.

    >>> FoldPairList[QuotientRemainder, 1234, {100, 10, 1}]
    {12, 3, 4}
    """
    out = _fold_pairs(ev, "FoldPairList", f, start, expr, g)
    return None if out is None else make_list(out)


def _fold_while(
    ev: Any, name: str, f: Any, start: Any, expr: Any, test: Any, m: Any, most: Any
) -> list[Any] | None:
    if test is None:  # FoldWhile[f, list, test]
        expr, test = None, expr
    settings = _while_settings(ev, name, m, most, 0)
    arguments = _fold_arguments(ev, name, f, start, expr)
    if settings is None or arguments is None or arguments[0] is None:
        return None
    value, inner, _ = arguments
    history, limit, _ = settings
    call, source = ev.function(f), iter(inner)
    return list(
        _nested_while(
            lambda x: call(x, next(source)), value, ev.predicate(test), history, min(limit, len(inner))
        )
    )


@builtin("FoldWhile", messages=WHILE_MESSAGES)
def fold_while(
    ev: Any, f: Any, start: Any, expr: Any, test: Any = None, m: Any = 1, most: Any = S.Infinity
) -> Any:
    """FoldWhile[f, x, {a1, a2, ...}, test] folds in the elements until test of the result is not True, or
    all are used.
    FoldWhile[f, x, list, test, m] gives the m latest results to test; a further argument limits the number
    of steps.

    >>> FoldWhile[Plus, 0, {1, 2, 3, 4}, # < 5 &]
    6
    """
    out = _fold_while(ev, "FoldWhile", f, start, expr, test, m, most)
    return None if out is None else out[-1]


@builtin("FoldWhileList", messages=WHILE_MESSAGES)
def fold_while_list(
    ev: Any, f: Any, start: Any, expr: Any, test: Any = None, m: Any = 1, most: Any = S.Infinity
) -> Any:
    """FoldWhileList[f, x, {a1, a2, ...}, test] gives the results of FoldWhile step by step.

    >>> FoldWhileList[Plus, 0, {1, 2, 3, 4}, # < 5 &]
    {0, 1, 3, 6}
    """
    out = _fold_while(ev, "FoldWhileList", f, start, expr, test, m, most)
    return None if out is None else make_list(out)
