"""Iterators `{i, min, max, step}`, `{i, list}`, `{n}`, `n`: what Do, Table, Array, Sum,
Product and kin run over.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from wlnet.expr import Association, Expr, S, Symbol, is_list, items, rational

# A bound reached but for rounding still counts: Range[0, 1, 0.1] has 11 elements.
SLACK = 1e-10

_PLAIN = (int, Fraction, float)


class Iterator:
    """One iterator, its bounds evaluated: `symbol` (None where there is none) takes `values`
    one after another.

    `count` is how many they are; math.inf for `{Infinity}`.
    """

    __slots__ = ("count", "symbol", "values")

    def __init__(self, symbol: Symbol | None, values: Iterable[Any], count: float) -> None:
        self.symbol = symbol
        self.values = values
        self.count = count

    def run(self, step: Callable[[], object]) -> None:
        """Call `step` once for each value, with the symbol holding it as in Block."""
        symbol = self.symbol
        if symbol is None:
            for _ in self.values:
                step()
            return
        saved = symbol.own
        symbol.touch()
        try:
            for value in self.values:
                if symbol.bare:
                    symbol.touch()
                symbol.own = value
                step()
        finally:
            symbol.touch()
            symbol.own = saved


def iterator(ev: Any, name: str, spec: Any) -> Iterator | None:
    """The iterator that `spec` (held as written) describes for the function `name`; None after a message."""
    if not is_list(spec):
        spec = ev.evaluate(spec)
    parts = items(spec) if is_list(spec) else (spec,)
    if not parts:
        return _refused(ev, name, "iterb", spec)
    if len(parts) == 1:
        limit = ev.evaluate(parts[0])
        if _is_infinite(limit):
            return Iterator(None, _forever(), math.inf)
        found = span(ev, 1, limit, 1)
        if found is None:
            return _refused(ev, name, "iterb", spec)
        return Iterator(None, found, _count(found))
    symbol = parts[0]
    if type(symbol) is Expr and symbol.head is S.Evaluate:
        symbol = ev.evaluate(symbol)
    if type(symbol) is not Symbol:
        return _refused(ev, name, "itraw", symbol)
    if not 2 <= len(parts) <= 4:
        return _refused(ev, name, "iterb", spec)
    bounds = [ev.evaluate(x) for x in parts[1:]]
    if len(bounds) == 1 and (is_list(bounds[0]) or type(bounds[0]) is Association):
        values: Any = tuple(bounds[0].values()) if type(bounds[0]) is Association else items(bounds[0])
        return Iterator(symbol, values, len(values))
    if _is_infinite(bounds[min(1, len(bounds) - 1)]):
        start, step = (1 if len(bounds) == 1 else bounds[0]), (bounds[2] if len(bounds) == 3 else 1)
        return Iterator(symbol, _onwards(ev, start, step), math.inf)
    found = span(ev, *((1, *bounds) if len(bounds) == 1 else bounds))
    if found is None:
        return _refused(ev, name, "iterb", spec)
    return Iterator(symbol, found, _count(found))


def _count(values: range | tuple[Any, ...]) -> int:
    """`len(values)`, also of ranges longer than Python's len can tell."""
    if type(values) is range:
        return max(0, -((values.start - values.stop) // values.step))
    return len(values)


def _refused(ev: Any, name: str, tag: str, what: Any) -> Iterator | None:
    ev.message(name, tag, what)
    return None


def _forever() -> Iterable[int]:
    while True:
        yield 1


def _onwards(ev: Any, start: Any, step: Any) -> Iterable[Any]:
    """start, start + step, ... without end."""
    if type(start) is int and type(step) is int:
        yield from itertools.count(start, step)
    value = start
    while True:
        yield value
        value = ev.evaluate(Expr(S.Plus, (value, step)))


def _is_infinite(x: Any) -> bool:
    return x is S.Infinity or (type(x) is Expr and x.head is S.DirectedInfinity and x.args == (1,))


def span(ev: Any, low: Any, high: Any, step: Any = 1) -> range | tuple[Any, ...] | None:
    """low, low + step, ... up to `high`: a Python range for integers, reals where low or step is real.

    Exact symbolic bounds (Pi, a to a + 3) work where (high - low)/step has a numeric value. None where it has
    none, or where `step` is zero.
    """
    if type(low) is int and type(step) is int and type(high) in _PLAIN:
        if step == 0 or (type(high) is float and not math.isfinite(high)):
            return None
        stop = math.floor(high + SLACK) if step > 0 else math.ceil(high - SLACK)
        return range(low, stop + (1 if step > 0 else -1), step)
    if all(type(x) in _PLAIN for x in (low, high, step)):
        return _plain_span(low, high, step)
    return _symbolic_span(ev, low, high, step)


def _plain_span(low: Any, high: Any, step: Any) -> tuple[Any, ...] | None:
    if step == 0 or not all(math.isfinite(x) for x in (low, high, step)):
        return None
    if float not in (type(low), type(step)):
        slack = SLACK if type(high) is float else 0
        count = math.floor((Fraction(high) - low) / step + slack) + 1
        return tuple(rational(Fraction(low + k * step)) for k in range(count))
    count = math.floor((high - low) / step + SLACK) + 1
    low, step = float(low), float(step)
    return tuple(low + k * step for k in range(count))


def _symbolic_span(ev: Any, low: Any, high: Any, step: Any) -> tuple[Any, ...] | None:
    if type(step) in _PLAIN and step == 0:
        return None
    gap = Expr(S.Plus, (high, Expr(S.Times, (-1, low))))
    steps = ev.evaluate(Expr(S.N, (Expr(S.Divide, (gap, step)),)))
    number = getattr(steps, "value", steps)  # an arbitrary-precision real holds its value
    if type(steps) not in _PLAIN and type(steps).__name__ != "BigReal":
        return None
    if not math.isfinite(float(number)):
        return None
    count = math.floor(float(number) + SLACK) + 1
    return tuple(ev.evaluate(Expr(S.Plus, (low, Expr(S.Times, (k, step))))) for k in range(count))
