"""Power series as coefficient lists: sums, products, powers, compositions, and the series of an expression.

A `PowerSeries` in t has coefficients of t^(low/den), t^((low + 1)/den), ... up to (not including)
t^(high/den); everything from there on is unknown (the order term). Coefficients are values of the language,
free of t but for Log[t], and are kept evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, Symbol
from wlnet.kernel.messages import Quieting

from . import numbers
from .calculus import derivative, free_of


class NoSeries(Exception):  # noqa: N818 (an outcome, not a failure)
    """The expression has no expansion that is found here."""


class PowerSeries:
    """Coefficients of t^(k/den) for k = low, low + 1, ... below `high`."""

    __slots__ = ("coefficients", "den", "high", "low")

    def __init__(self, coefficients: list[Any], low: int, high: int, den: int = 1) -> None:
        kept = coefficients[: max(0, high - low)]
        while kept and _is_zero(kept[0]):
            kept = kept[1:]
            low += 1
        while kept and _is_zero(kept[-1]):
            kept.pop()
        self.coefficients = kept
        self.low = low if kept else high
        self.high = high
        self.den = den

    def __getitem__(self, k: int) -> Any:
        """The coefficient of t^(k/den)."""
        return self.coefficients[k - self.low] if 0 <= k - self.low < len(self.coefficients) else 0

    def over(self, den: int) -> PowerSeries:
        """The same series in powers of t^(1/den), `den` a multiple of its own."""
        f = den // self.den
        if f == 1:
            return self
        spread = [0] * max(0, (len(self.coefficients) - 1) * f + 1) if self.coefficients else []
        spread[::f] = self.coefficients
        return PowerSeries(spread, self.low * f, self.high * f, den)

    def cut(self, high: int) -> PowerSeries:
        return self if high >= self.high else PowerSeries(list(self.coefficients), self.low, high, self.den)


def _is_zero(x: Any) -> bool:
    return type(x) is int and x == 0


class Field:
    """Arithmetic on coefficients in one session."""

    def __init__(self, ev: Any) -> None:
        self.ev = ev

    def add(self, values: list[Any]) -> Any:
        used = [v for v in values if not _is_zero(v)]
        if all(type(v) in numbers.KIND for v in used):
            total: Any = 0
            for v in used:
                total = numbers.add(total, v)
            return total
        return self.ev.evaluate(Expr(S.Expand, (Expr(S.Plus, tuple(used)),)))

    def multiply(self, a: Any, b: Any) -> Any:
        if type(a) in numbers.KIND and type(b) in numbers.KIND:
            return numbers.multiply(a, b)
        return self.ev.evaluate(Expr(S.Times, (a, b)))

    def power(self, a: Any, n: Any) -> Any:
        return self.ev.evaluate(Expr(S.Power, (a, n)))

    def call(self, head: Any, *args: Any) -> Any:
        return self.ev.evaluate(Expr(head, args))


# ------------------------------------------------------------------------------------------------- arithmetic


def aligned(a: PowerSeries, b: PowerSeries) -> tuple[PowerSeries, PowerSeries]:
    den = math.lcm(a.den, b.den)
    return a.over(den), b.over(den)


def add(f: Field, a: PowerSeries, b: PowerSeries) -> PowerSeries:
    a, b = aligned(a, b)
    high = min(a.high, b.high)
    low = min(a.low, b.low, high)
    return PowerSeries([f.add([a[k], b[k]]) for k in range(low, high)], low, high, a.den)


def multiply(f: Field, a: PowerSeries, b: PowerSeries) -> PowerSeries:
    a, b = aligned(a, b)
    low = a.low + b.low
    high = min(a.low + b.high, b.low + a.high)
    out = []
    for k in range(low, min(high, low + len(a.coefficients) + len(b.coefficients))):
        terms = [
            f.multiply(x, b[k - i])
            for i, x in enumerate(a.coefficients, a.low)
            if not _is_zero(x) and not _is_zero(b[k - i])
        ]
        out.append(f.add(terms))
    return PowerSeries(out, low, high, a.den)


def scaled(f: Field, a: PowerSeries, c: Any) -> PowerSeries:
    return PowerSeries([f.multiply(c, x) for x in a.coefficients], a.low, a.high, a.den)


def constant(c: Any, high: int, den: int = 1) -> PowerSeries:
    return PowerSeries([c], 0, high, den) if high > 0 else PowerSeries([], 0, high, den)


def power(f: Field, a: PowerSeries, n: Any) -> PowerSeries:
    """a^n for a rational n: the leading term out, then J. C. P. Miller's recurrence for the rest."""
    if type(n) is int and n == 0:
        return constant(1, max(a.high - a.low, 1), a.den)
    if not a.coefficients:
        if type(n) in (int, Fraction) and n > 0:
            return _order_power(a, n)
        raise NoSeries
    if type(n) not in (int, Fraction) and a.low != 0:
        raise NoSeries
    first = a.coefficients[0]
    count = a.high - a.low
    over = 1 if type(n) not in (int, Fraction) else Fraction(a.low * n).denominator
    inverse = f.power(first, -1)
    b = [f.multiply(inverse, a[a.low + k]) for k in range(count)]
    out: list[Any] = [1]
    for k in range(1, count):
        terms = [
            f.multiply(
                f.multiply(f.call(S.Subtract, Expr(S.Times, (n, i)), k - i), b[i]),
                out[k - i],
            )
            for i in range(1, k + 1)
            if not _is_zero(b[i])
        ]
        out.append(f.multiply(Fraction(1, k) if k > 1 else 1, f.add(terms)))
    lead = f.power(first, n)
    low = int(a.low * n * over) if a.low else 0
    spread = PowerSeries([f.multiply(lead, c) for c in out], 0, count, a.den).over(a.den * over)
    return PowerSeries(list(spread.coefficients), low + spread.low, low + spread.high, a.den * over)


def _order_power(a: PowerSeries, n: Any) -> PowerSeries:
    """O[t]^k to a positive power."""
    high = Fraction(a.high, a.den) * n
    den = math.lcm(a.den, high.denominator)
    return PowerSeries([], 0, int(high * den), den)


def composed(f: Field, taylor: Callable[[int], Any], d: PowerSeries) -> PowerSeries:
    """Sum of taylor(k) d^k, for a series d without constant and negative terms."""
    if d.low <= 0:
        raise NoSeries
    total = constant(taylor(0), d.high, d.den)
    term = constant(1, d.high, d.den)
    k = 0
    while True:
        k += 1
        if d.low * k >= d.high:
            return total
        term = multiply(f, term, d).cut(d.high)
        total = add(f, total, scaled(f, term, taylor(k)))


# ------------------------------------------------------------------------------------ series of an expression


class Expansion:
    """The series in the symbol t about 0 of expressions, with error term t^high."""

    def __init__(self, ev: Any, t: Symbol, high: int) -> None:
        self.ev = ev
        self.t = t
        self.high = high
        self.field = Field(ev)

    def of(self, x: Any) -> PowerSeries:
        """Raises NoSeries."""
        if x is self.t:
            return PowerSeries([1], 1, self.high + 1)
        if free_of(x, self.t):
            return constant(x, self.high)
        if type(x) is not Expr:
            raise NoSeries
        head, args = x.head, x.args
        if head is S.Plus or head is S.Times:
            total = self.of(args[0])
            for a in args[1:]:
                act = add if head is S.Plus else multiply
                total = act(self.field, total, self.of(a))
            return total
        if head is S.Power and len(args) == 2:
            return self._power(args[0], args[1])
        if head is S.Log and len(args) == 1:
            return self._log(self.of(args[0]))
        if head is S.SeriesData:
            raise NoSeries
        return self._call(x)

    def _power(self, base: Any, exponent: Any) -> PowerSeries:
        if free_of(exponent, self.t):
            if type(exponent) in (int, Fraction):
                return power(self.field, self.of(base), exponent)
            inner = self.of(base)
            if inner.low == 0 and inner.coefficients:
                return power(self.field, inner, exponent)
            raise NoSeries
        if base is S.E:
            return self._exp(self.of(exponent))
        return self._exp(multiply(self.field, self.of(exponent), self._log(self.of(base))))

    def _exp(self, a: PowerSeries) -> PowerSeries:
        if a.low < 0:
            raise NoSeries
        first = a[0]
        rest = PowerSeries([a[k] for k in range(1, a.high)], 1, a.high, a.den) if a.high > 0 else a
        lead = self.field.power(S.E, first)
        factorial = [Fraction(1, math.factorial(k)) for k in range(2)]

        def taylor(k: int) -> Any:
            while len(factorial) <= k:
                factorial.append(factorial[-1] / len(factorial))
            return numbers.multiply(1, int(factorial[k]) if factorial[k] == 1 else factorial[k])

        return (
            scaled(self.field, composed(self.field, taylor, rest), lead)
            if rest.coefficients
            else scaled(self.field, constant(1, a.high, a.den), lead)
        )

    def _log(self, a: PowerSeries) -> PowerSeries:
        """Log of c t^v (1 + d): Log[c] + v Log[t] + d - d^2/2 + ..."""
        if not a.coefficients:
            raise NoSeries
        first, count = a.coefficients[0], a.high - a.low
        inverse = self.field.power(first, -1)
        d = PowerSeries(
            [self.field.multiply(inverse, a[a.low + k]) for k in range(1, count)], 1, count, a.den
        )
        v = Fraction(a.low, a.den)
        lead = [self.field.call(S.Log, first)]
        if v:
            lead.append(self.field.multiply(int(v) if v.denominator == 1 else v, Expr(S.Log, (self.t,))))
        logs = constant(self.field.add(lead), count, a.den)
        if not d.coefficients:
            return logs
        return add(
            self.field, logs, composed(self.field, lambda k: Fraction((-1) ** (k + 1), k) if k > 1 else k, d)
        )

    def _call(self, x: Expr) -> PowerSeries:
        """f[a, ..., g, ...] with one argument g that depends on t: the Taylor series of f about g's limit."""
        where = [i for i, a in enumerate(x.args) if not free_of(a, self.t)]
        if len(where) != 1 or not free_of(x.head, self.t) or x.head in (S.Piecewise, S.If, S.Abs, S.List):
            raise NoSeries
        (i,) = where
        g = self.of(x.args[i])
        if g.low < 0:
            raise NoSeries
        first = g[0]
        s = Symbol("s", "Series`")
        call: Any = Expr(x.head, (*x.args[:i], s, *x.args[i + 1 :]))
        values: list[Any] = []
        state = [call]

        def taylor(k: int) -> Any:
            while len(values) <= k:
                n = len(values)
                if n:
                    state[0] = derivative(self.ev, state[0], s)
                at = self.ev.evaluate(Expr(S.ReplaceAll, (state[0], Expr(S.Rule, (s, first)))))
                if not _is_finite(at):
                    raise NoSeries
                values.append(self.field.multiply(at, Fraction(1, math.factorial(n)) if n > 1 else 1))
            return values[k]

        taylor(0)
        rest = PowerSeries([g[k] for k in range(1, g.high)], 1, g.high, g.den)
        if not rest.coefficients:
            return constant(taylor(0), g.high, g.den)
        return composed(self.field, taylor, rest)


def _is_finite(x: Any) -> bool:
    """Whether nothing in `x` is infinite or indeterminate."""
    stack = [x]
    while stack:
        e = stack.pop()
        if e is S.Indeterminate or e is S.ComplexInfinity or e is S.Infinity:
            return False
        if type(e) is Expr:
            if e.head is S.DirectedInfinity:
                return False
            stack.extend(e.args)
    return True


# How far beyond the order asked for an expansion starts again when cancellation has lost terms.
TRIES = 4


def expansion(ev: Any, x: Any, t: Symbol, high: int) -> PowerSeries:
    """The series of `x` in t about 0 with an error term of at least t^high. Raises NoSeries."""
    inner = max(high, 1)
    depth = len(ev.state.quiet)
    ev.state.quiet.append(Quieting(None, set()))
    try:
        for _ in range(TRIES):
            found = Expansion(ev, t, inner).of(x)
            if found.high >= high * found.den:
                return found.cut((high - 1) * found.den + 1 if found.den > 1 else high)
            inner += high - found.high // found.den
    finally:
        del ev.state.quiet[depth:]
    raise NoSeries
