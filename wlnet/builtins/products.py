"""Times in canonical form: numbers multiplied, powers of one base collected,
radicals combined, infinities resolved."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from wlnet.expr import Complex, Expr, S, key, rational
from wlnet.expr.atoms import ARITHMETIC, atom_arithmetic

from . import numbers, radicals
from .infinity import COMPLEX_INFINITY, direction, is_infinite, toward
from .numeric import contagion, numeric_q, sign_of
from .sums import negated

PLUS, TIMES, POWER = S.Plus, S.Times, S.Power
INDETERMINATE = S.Indeterminate


def base_and_exponent(factor: Any) -> tuple[Any, Any]:
    """A factor as (base, exponent)."""
    if type(factor) is Expr and factor.head is POWER and len(factor.args) == 2:
        return factor.args[0], factor.args[1]
    return factor, 1


def times(ev: Any, args: tuple[Any, ...]) -> Any:
    """The canonical product of evaluated, flattened and sorted factors; None when it is already canonical."""
    if ARITHMETIC:
        value = atom_arithmetic(ev, "Times", args)
        if value is not None:
            return value
    if len(args) == 2 and type(args[0]) is int and type(args[1]) is Expr and args[1].head is PLUS:
        if args[0] == -1:
            return Expr(PLUS, tuple(negated(t) for t in args[1].args))
    coefficient: Any = 1
    found = 0
    factors: dict[Any, tuple[Any, list[Any]]] = {}
    infinite: list[Any] = []
    roots = 0
    changed = False
    for a in args:
        if type(a) in numbers.KIND:
            coefficient = numbers.multiply(coefficient, a) if found else a
            found += 1
            continue
        if a is INDETERMINATE:
            return INDETERMINATE
        if type(a) is Expr and is_infinite(a):
            infinite.append(a)
            continue
        base, exponent = base_and_exponent(a)
        if type(exponent) is Fraction and type(base) in (int, Fraction):
            roots += 1
        k = key(base)
        old = factors.get(k)
        if old is None:
            factors[k] = (base, [exponent])
        else:
            old[1].append(exponent)
            changed = True
    if infinite:
        return _infinite_product(ev, infinite, coefficient, factors, args)
    if found and numbers.is_zero(coefficient):
        return 0 if numbers.is_exact(coefficient) else coefficient
    if found and numbers.is_inexact(coefficient):
        numeric = contagion(ev, tuple(args))
        if numeric is not None:
            return Expr(TIMES, numeric)
    if roots:
        combined = _combine_roots(coefficient, factors)
        if combined is not None:
            return combined
    if len(factors) > 1:
        merged = _merge_constants(ev, coefficient, factors)
        if merged is not None:
            return merged
    absorbed = _absorb(coefficient, factors) if found else None
    if absorbed is not None:
        return absorbed
    return _assemble(coefficient, found, factors, changed)


def _assemble(coefficient: Any, found: int, factors: dict[Any, tuple[Any, list[Any]]], changed: bool) -> Any:
    one = type(coefficient) is int and coefficient == 1
    if not changed and found <= 1 and not (found and one) and len(factors) + found > 1:
        return None
    new: list[Any] = [] if one else [coefficient]
    for base, exponents in factors.values():
        new.append(_power_of(base, exponents))
    if not new:
        return coefficient
    return new[0] if len(new) == 1 else Expr(TIMES, tuple(new))


def _power_of(base: Any, exponents: list[Any]) -> Any:
    if len(exponents) == 1:
        e = exponents[0]
        return base if type(e) is int and e == 1 else Expr(POWER, (base, e))
    if all(type(e) in numbers.KIND for e in exponents):
        total: Any = 0
        for e in exponents:
            total = numbers.add(total, e)
        return base if type(total) is int and total == 1 else Expr(POWER, (base, total))
    return Expr(POWER, (base, Expr(PLUS, tuple(exponents))))


def _combine_roots(coefficient: Any, factors: dict[Any, tuple[Any, list[Any]]]) -> Any:
    """Radicals of rational numbers multiplied into normal form with the coefficient;
    None when nothing changes."""
    split = _rational_and_unit(coefficient)
    if split is None:
        return None
    number, unit = split
    primes: dict[int, Fraction] = {}
    turn = Fraction(0)
    rest: list[Any] = []
    before: list[Any] = []
    for base, exponents in factors.values():
        kinds = {type(e) for e in exponents}
        if type(base) in (int, Fraction) and kinds <= {int, Fraction}:
            for e in exponents:
                turn += radicals.add_factors(primes, base, Fraction(e))
                before.append((base, e))
        else:
            rest.append(_power_of(base, exponents))
    for p in primes:
        number, e = _valuation(number, p)
        primes[p] += e
    value, roots = radicals.normal_form(number, primes, turn)
    value = numbers.multiply(value, unit)
    same_value = type(value) is type(coefficient) and value == coefficient
    if same_value and len(roots) == len(before) and set(roots) == set(before):
        return None
    new = [] if type(value) is int and value == 1 else [value]
    new += [Expr(POWER, r) for r in roots] + rest
    if not new:
        return value
    return new[0] if len(new) == 1 else Expr(TIMES, tuple(new))


def _merge_constants(ev: Any, coefficient: Any, factors: dict[Any, tuple[Any, list[Any]]]) -> Any:
    """Equal rational powers of positive constants under one root: Sqrt[2] Sqrt[Pi] is Sqrt[2 Pi]."""
    groups: dict[Fraction, list[Any]] = {}
    rest: list[Any] = []
    for base, exponents in factors.values():
        e = exponents[0]
        if len(exponents) == 1 and type(e) is Fraction and numeric_q(base) and sign_of(ev, base) == 1:
            groups.setdefault(e, []).append(base)
        else:
            rest.append(_power_of(base, exponents))
    if not any(len(g) > 1 and any(type(b) not in numbers.KIND for b in g) for g in groups.values()):
        return None
    new: list[Any] = [] if type(coefficient) is int and coefficient == 1 else [coefficient]
    for e, bases in groups.items():
        new.append(Expr(POWER, (bases[0] if len(bases) == 1 else Expr(TIMES, tuple(bases)), e)))
    new += rest
    return new[0] if len(new) == 1 else Expr(TIMES, tuple(new))


def _rational_and_unit(c: Any) -> tuple[Fraction, Any] | None:
    """An exact real or imaginary coefficient as (rational, 1 or I)."""
    if type(c) is int or type(c) is Fraction:
        return Fraction(c), 1
    if type(c) is Complex and c.re == 0 and type(c.re) is int and type(c.im) in (int, Fraction):
        return Fraction(c.im), Complex(0, 1)
    return None


def _valuation(x: Fraction, p: int) -> tuple[Fraction, int]:
    """The number x as (x / p^e, e) with the cofactor free of p."""
    n, d, e = x.numerator, x.denominator, 0
    while n and n % p == 0:
        n //= p
        e += 1
    while d % p == 0:
        d //= p
        e -= 1
    return Fraction(n, d), e


def _absorb(coefficient: Any, factors: dict[Any, tuple[Any, list[Any]]]) -> Any:
    """2 2^x as 2^(1 + x): powers of an integer base in an exact coefficient join the symbolic power."""
    if type(coefficient) not in (int, Fraction):
        return None
    number = Fraction(coefficient)
    moved: dict[Any, int] = {}
    for k, (base, exponents) in factors.items():
        if type(base) is int and base > 1 and any(type(e) not in numbers.KIND for e in exponents):
            number, e = _valuation(number, base)
            if e:
                moved[k] = e
    if not moved:
        return None
    left = rational(number)
    new: list[Any] = [] if type(left) is int and left == 1 else [left]
    for k, (base, exponents) in factors.items():
        new.append(_power_of(base, [moved[k], *exponents] if k in moved else exponents))
    return new[0] if len(new) == 1 else Expr(TIMES, tuple(new))


def _infinite_product(
    ev: Any,
    infinite: list[Any],
    coefficient: Any,
    factors: dict[Any, tuple[Any, list[Any]]],
    args: tuple[Any, ...],
) -> Any:
    """A product with infinite factors: directions multiply; zero makes it indeterminate."""
    if numbers.is_zero(coefficient):
        ev.message("Infinity", "indet", Expr(S.HoldForm, (Expr(TIMES, args),)))
        return INDETERMINATE
    pointing: Any = coefficient
    for x in infinite:
        d = direction(x)
        if type(d) not in numbers.KIND or pointing is None:
            pointing = None
        else:
            pointing = numbers.multiply(pointing, d)
    left = []
    for base, exponents in factors.values():
        factor = _power_of(base, exponents)
        s = sign_of(ev, factor)
        if s is None and not (pointing is None and numeric_q(factor)):
            left.append(factor)
        elif s is not None and s < 0 and pointing is not None:
            pointing = numbers.negate(pointing)
    result = COMPLEX_INFINITY if pointing is None else toward(pointing)
    if not left:
        return result
    return None if len(left) == len(args) - 1 else Expr(TIMES, (*left, result))
