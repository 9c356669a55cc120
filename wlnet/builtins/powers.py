"""Power in canonical form: numbers, radicals, powers of powers and products, infinities,
E to special exponents."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction
from typing import Any

from wlnet.expr import BigReal, Complex, Expr, S
from wlnet.expr.atoms import ARITHMETIC, atom_arithmetic

from . import numbers, radicals
from .infinity import COMPLEX_INFINITY, INFINITY, direction, is_infinite, toward
from .numeric import contagion, numeric_q, sign_of

PLUS, TIMES, POWER = S.Plus, S.Times, S.Power
INDETERMINATE = S.Indeterminate
LOG = S.Log


def power(ev: Any, base: Any, exponent: Any) -> Any:
    """base^exponent in canonical form; None when it is already."""
    if ARITHMETIC:
        value = atom_arithmetic(ev, "Power", (base, exponent))
        if value is not None:
            return value
    b_number, e_number = type(base) in numbers.KIND, type(exponent) in numbers.KIND
    if e_number and type(exponent) is int:
        if exponent == 1:
            return base
        if exponent == 0:
            return _to_zero(ev, base, exponent)
    if b_number and e_number:
        return number_power(ev, base, exponent)
    if base is INDETERMINATE or exponent is INDETERMINATE:
        return INDETERMINATE
    if is_infinite(base) or is_infinite(exponent):
        return _infinite_power(ev, base, exponent)
    if b_number:
        if type(base) is int and base == 1:
            return 1
        if numbers.is_zero(base) and numeric_q(exponent):
            return _zero_power(ev, base, exponent, sign_of(ev, exponent))
    if base is S.E:
        return _machine_exponential(exponent) if e_number else _exponential(exponent)
    numeric = contagion(ev, (base, exponent))
    if numeric is not None:
        return Expr(POWER, numeric)
    if type(base) is Expr:
        return _compound_power(ev, base, exponent)
    if b_number and type(exponent) is Expr:
        return _logarithm_power(base, exponent)
    return None


def number_power(ev: Any, base: Any, exponent: Any) -> Any:
    """Power of two explicit numbers."""
    try:
        if type(exponent) is int:
            return numbers.integer_power(base, exponent)
        if numbers.is_exact(base) and numbers.is_exact(exponent):
            return _exact_power(ev, base, exponent)
        return numbers.inexact_power(base, exponent)
    except ZeroDivisionError:
        re = exponent.re if type(exponent) is Complex else exponent
        return _zero_power(ev, base, exponent, numbers.sign(re))
    except numbers.Overflow_:
        ev.message("General", "ovfl")
        return Expr(S.Overflow, ())


def _to_zero(ev: Any, base: Any, exponent: Any) -> Any:
    if type(base) in numbers.KIND and numbers.is_zero(base) or is_infinite(base) or base is INDETERMINATE:
        return _indeterminate(ev, base, exponent)
    return 1.0 if type(base) is float else 1


def _indeterminate(ev: Any, base: Any, exponent: Any) -> Any:
    if base is not INDETERMINATE:
        ev.message("Power", "indet", Expr(S.HoldForm, (Expr(POWER, (base, exponent)),)))
    return INDETERMINATE


def _zero_power(ev: Any, base: Any, exponent: Any, sign: int | None) -> Any:
    if sign is None:
        return None
    if sign > 0:
        return base
    if sign == 0:
        return _indeterminate(ev, base, exponent)
    ev.message("Power", "infy", Expr(S.HoldForm, (Expr(POWER, (base, exponent)),)))
    return COMPLEX_INFINITY


def _exact_power(ev: Any, base: Any, exponent: Any) -> Any:
    """Exact number to an exact exponent that is no integer."""
    if numbers.is_zero(base):
        re = exponent.re if type(exponent) is Complex else exponent
        return _zero_power(ev, base, exponent, numbers.sign(re))
    if type(base) is int and base == 1:
        return 1
    if type(exponent) is not Fraction:
        return None
    if type(base) is Complex:
        return _complex_root(base, exponent)
    coefficient, roots = radicals.rational_power(base, exponent)
    if type(coefficient) is int and coefficient == 1 and len(roots) == 1 and roots[0] == (base, exponent):
        return None
    return product(coefficient, [Expr(POWER, r) for r in roots])


def _complex_root(base: Complex, exponent: Fraction) -> Any:
    if exponent.denominator == 2:
        root = radicals.exact_complex_root(base)
        if root is not None:
            return numbers.integer_power(root, exponent.numerator)
    if type(base.re) is int and base.re == 0:  # (r I)^q = (-1)^(q/2) r^q for r > 0, with -q/2 below the axis
        turn = exponent / 2 if base.im > 0 else -exponent / 2
        return Expr(TIMES, (Expr(POWER, (-1, turn)), Expr(POWER, (abs(base.im), exponent))))
    return None


def product(coefficient: Any, factors: list[Any]) -> Any:
    """A coefficient times factors, without superfluous Times."""
    new = factors if type(coefficient) is int and coefficient == 1 else [coefficient, *factors]
    if not new:
        return 1
    return new[0] if len(new) == 1 else Expr(TIMES, tuple(new))


def _infinite_power(ev: Any, base: Any, exponent: Any) -> Any:
    if is_infinite(exponent):
        return _to_infinity(ev, base, exponent)
    sign = sign_of(ev, exponent)
    if sign is None:
        return None
    if sign == 0:
        return _indeterminate(ev, base, exponent)
    if sign < 0:
        return 0
    pointing = direction(base)
    if pointing is None:
        return COMPLEX_INFINITY
    if type(pointing) is int and pointing == 1:
        return INFINITY
    if type(exponent) is int and type(pointing) in numbers.KIND and numbers.is_exact(pointing):
        return toward(numbers.integer_power(pointing, exponent))
    return Expr(S.DirectedInfinity, (Expr(POWER, (pointing, exponent)),))


def _to_infinity(ev: Any, base: Any, exponent: Any) -> Any:
    """Positive bases are compared with 1; a base of modulus 1 or a complex infinity is indeterminate."""
    pointing = direction(exponent)
    if is_infinite(base):
        if pointing == -1:
            return 0
        return INFINITY if pointing == 1 and direction(base) == 1 else COMPLEX_INFINITY
    if pointing not in (1, -1) or not numeric_q(base):
        return _indeterminate(ev, base, exponent) if numeric_q(base) else None
    size = sign_of(ev, ev.evaluate(Expr(PLUS, (Expr(S.Abs, (base,)), -1))))
    if size is None or size == 0:
        return _indeterminate(ev, base, exponent)
    if size * pointing < 0:
        return 0
    return INFINITY if sign_of(ev, base) == 1 else COMPLEX_INFINITY


def _machine_exponential(exponent: Any) -> Any:
    """E^x for an explicit number x: computed when x is inexact."""
    if numbers.is_exact(exponent):
        return None
    digits = numbers.digits_of(exponent)
    if digits is not None:
        import mpmath

        with numbers.working(digits + 2):
            value = mpmath.exp(numbers.to_mp(exponent))
            size = float(abs(numbers.to_mp(exponent))) or 1.0
        return numbers.from_mp(value, max(0.0, digits - math.log10(size)))
    try:
        if type(exponent) is float:
            return math.exp(exponent)
        return numbers.from_complex(cmath.exp(numbers.to_complex(exponent)))
    except OverflowError:
        return _machine_exponential(numbers.escaped(exponent))


def _exponential(exponent: Any) -> Any:
    """E^Log[x], E^(n Log[x]), E^(k I Pi / 2) and sums that hold such a multiple of I Pi."""
    if type(exponent) is not Expr:
        return None
    if exponent.head is LOG and len(exponent.args) == 1:
        return exponent.args[0]
    turn = _half_turns(exponent)
    if turn is not None:
        return _on_circle(turn)
    if exponent.head is TIMES:
        logs = [a for a in exponent.args if type(a) is Expr and a.head is LOG and len(a.args) == 1]
        if len(logs) == 1:
            rest = [a for a in exponent.args if a is not logs[0]]
            return Expr(POWER, (logs[0].args[0], product(1, rest)))
    if exponent.head is PLUS:
        for i, term in enumerate(exponent.args):
            rest = exponent.args[:i] + exponent.args[i + 1 :]
            turn = _half_turns(term)
            factor = None if turn is None else _on_circle(turn)
            if factor is None and type(term) is Expr and term.head is LOG and len(term.args) == 1:
                factor = term.args[0]
            if factor is not None:
                return Expr(TIMES, (factor, Expr(POWER, (S.E, Expr(PLUS, rest)))))
    return None


def _half_turns(x: Any) -> Fraction | None:
    """The q where x is q I Pi with an exact rational q."""
    if type(x) is Expr and x.head is TIMES and len(x.args) == 2 and x.args[1] is S.Pi:
        c = x.args[0]
        if type(c) is Complex and type(c.re) is int and c.re == 0 and type(c.im) in (int, Fraction):
            return Fraction(c.im)
    return None


def _on_circle(q: Fraction) -> Any:
    """E^(q I Pi) where it is 1, I, -1 or -I; with q reduced to (-1, 1]; None when nothing changes."""
    turn = q % 2
    exact = {Fraction(0): 1, Fraction(1, 2): Complex(0, 1), Fraction(1): -1, Fraction(3, 2): Complex(0, -1)}
    if turn in exact:
        return exact[turn]
    reduced = turn - 2 if turn > 1 else turn
    return None if reduced == q else Expr(POWER, (S.E, Expr(TIMES, (Complex(0, reduced), S.Pi))))


def _compound_power(ev: Any, base: Expr, exponent: Any) -> Any:
    if base.head is POWER and len(base.args) == 2:
        inner, k = base.args
        if type(exponent) is int or _within_unit(k):
            return Expr(POWER, (inner, Expr(TIMES, (k, exponent))))
        return None
    if base.head is TIMES and base.args:
        if type(exponent) is int:
            return Expr(TIMES, tuple(Expr(POWER, (a, exponent)) for a in base.args))
        return _pull_out_number(ev, base, exponent)
    return None


def _within_unit(k: Any) -> bool:
    """Whether the exponent k is a real number with -1 < k <= 1, so that (x^k)^e is x^(k e)."""
    if type(k) not in numbers.KIND or type(k) is Complex:
        return False
    return numbers.compare(k, -1) > 0 and numbers.compare(k, 1) <= 0


def _pull_out_number(ev: Any, base: Expr, exponent: Any) -> Any:
    """(c x)^e as c^e x^e for a positive number c (|c| for a negative one); positive constants likewise."""
    c = base.args[0]
    if type(c) in (int, Fraction, float, BigReal):
        if numbers.sign(c) > 0:
            rest = product(1, list(base.args[1:]))
            if type(exponent) is Fraction and sign_of(ev, rest) == 1:
                return _numeric_root(c, rest, exponent)
            return Expr(TIMES, (Expr(POWER, (c, exponent)), Expr(POWER, (rest, exponent))))
        if numbers.compare(c, -1) != 0:
            rest = Expr(TIMES, (-1, *base.args[1:]))
            return Expr(TIMES, (Expr(POWER, (numbers.negate(c), exponent)), Expr(POWER, (rest, exponent))))
    positive = [a for a in base.args if numeric_q(a) and sign_of(ev, a) == 1]
    if positive and len(positive) < len(base.args):
        rest = product(1, [a for a in base.args if not any(a is p for p in positive)])
        return Expr(TIMES, (*(Expr(POWER, (p, exponent)) for p in positive), Expr(POWER, (rest, exponent))))
    return None


def _numeric_root(c: Any, rest: Any, exponent: Fraction) -> Any:
    """(c r)^e for a positive number c and a positive constant r: Sqrt[8 Pi] is 2 Sqrt[2 Pi],
    Sqrt[2 Pi] stays."""
    if type(c) not in (int, Fraction):
        return Expr(TIMES, (Expr(POWER, (c, exponent)), Expr(POWER, (rest, exponent))))
    coefficient, roots = radicals.rational_power(c, exponent)
    inside = [r for r, e in roots if e == exponent]
    if type(coefficient) is int and coefficient == 1 and len(inside) == len(roots) == 1:
        return None
    others = [Expr(POWER, r) for r in roots if r[1] != exponent]
    return product(coefficient, [*others, Expr(POWER, (product(1, [*inside, rest]), exponent))])


def _logarithm_power(base: Any, exponent: Expr) -> Any:
    """b^(c Log[x] / Log[b]) as x^c for a number b: what 2^Log[2, x] comes down to."""
    if exponent.head is not TIMES:
        return None
    inverse = Expr(POWER, (Expr(LOG, (base,)), -1))
    if not any(a == inverse for a in exponent.args if type(a) is Expr):
        return None
    rest = [a for a in exponent.args if not (type(a) is Expr and a == inverse)]
    logs = [a for a in rest if type(a) is Expr and a.head is LOG and len(a.args) == 1]
    if len(logs) != 1:
        return None
    others = [a for a in rest if a is not logs[0]]
    return Expr(POWER, (logs[0].args[0], product(1, others)))
