"""Integers: remainders, divisors, primes, digits, bits, combinatorial numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list, packed, rational, truth
from wlnet.expr.attributes import FLAT, LISTABLE, NUMERIC_FUNCTION, ONE_IDENTITY, ORDERLESS
from wlnet.kernel.registry import builtin

from . import number_theory, numbers, numeric
from .rounding import exact_floor, rounded

FUNCTION = LISTABLE | NUMERIC_FUNCTION
MODULUS = {
    "indet": "Indeterminate expression `1` encountered.",
    "infy": "Infinite expression `1` encountered.",
}


@builtin("Mod", attributes=FUNCTION, arrays=True, messages=MODULUS)
def mod(ev: Any, m: Any, n: Any, offset: Any = 0) -> Any:
    """Mod[m, n] gives the remainder of m divided by n, with the sign of n.
    Mod[m, n, d] gives a result x with d <= x < d + n.

    >>> {Mod[7, 3], Mod[-7, 3], Mod[5.5, 2], Mod[7, 3, 1], Mod[9, 3, 1], Mod[Pi, 2]}
    {1, 2, 1.5, 1, 3, -2 + Pi}
    """
    if type(m) is int and type(n) is int and type(offset) is int and n:
        return (m - offset) % n + offset
    if np.ndarray in (type(m), type(n), type(offset)):
        return _mod_array(m, n, offset)
    if type(n) in numbers.KIND and numbers.is_zero(n):
        ev.message("Mod", "indet", Expr(S.HoldForm, (Expr(S.Mod, (m, n)),)))
        return S.Indeterminate
    if type(m) is float and type(n) in (int, float) and type(offset) is int and offset == 0:
        return m % n
    shifted = m if type(offset) is int and offset == 0 else ev.evaluate(Expr(S.Subtract, (m, offset)))
    count = quotient_of(ev, shifted, n)
    return None if count is None else Expr(S.Subtract, (m, Expr(S.Times, (n, count))))


def _mod_array(m: Any, n: Any, offset: Any) -> Any:
    if type(m) is not np.ndarray or type(n) not in (int, float) or type(offset) not in (int, float) or not n:
        return None
    if m.dtype == np.complex128 or any(type(a) is int and abs(a) >= 1 << 62 for a in (n, offset)):
        return None
    return packed(np.mod(m - offset, n) + offset if offset else np.mod(m, n))


def quotient_of(ev: Any, m: Any, n: Any) -> Any:
    """Floor[m/n] for numeric quantities; None where it is not known."""
    if type(m) is int and type(n) is int:
        return m // n
    if type(m) in numbers.KIND and type(n) in numbers.KIND:
        return rounded(ev, exact_floor, numbers.divide(m, n))
    if numeric.numeric_q(m) and numeric.numeric_q(n):
        return rounded(ev, exact_floor, ev.evaluate(Expr(S.Divide, (m, n))))
    return None


@builtin("Quotient", attributes=FUNCTION, arrays=True, messages=MODULUS)
def quotient(ev: Any, m: Any, n: Any, offset: Any = 0) -> Any:
    """Quotient[m, n] gives the integer quotient of m and n, Floor[m/n].

    >>> {Quotient[17, 5], Quotient[-17, 5], Quotient[7.5, 2]}
    {3, -4, 3}
    """
    if np.ndarray in (type(m), type(n), type(offset)):
        plain = type(m) is np.ndarray and m.dtype == np.int64 and type(n) is int and n and type(offset) is int
        return packed((m - offset) // n) if plain and abs(n) < 1 << 62 and abs(offset) < 1 << 31 else None
    if type(n) in numbers.KIND and numbers.is_zero(n):
        ev.message("Quotient", "infy", Expr(S.HoldForm, (Expr(S.Quotient, (m, n)),)))
        return S.ComplexInfinity
    shifted = m if type(offset) is int and offset == 0 else ev.evaluate(Expr(S.Subtract, (m, offset)))
    return quotient_of(ev, shifted, n)


@builtin("QuotientRemainder", attributes=LISTABLE)
def quotient_remainder(ev: Any, m: Any, n: Any) -> Any:
    """QuotientRemainder[m, n] gives {Quotient[m, n], Mod[m, n]}.

    >>> QuotientRemainder[17, 5]
    {3, 2}
    """
    if type(m) not in numbers.KIND or type(n) not in numbers.KIND:
        return None
    return make_list((Expr(S.Quotient, (m, n)), Expr(S.Mod, (m, n))))


def _rationals(args: tuple[Any, ...]) -> bool:
    return all(type(a) is int or type(a) is Fraction for a in args)


@builtin("GCD", attributes=FLAT | LISTABLE | ONE_IDENTITY | ORDERLESS)
def gcd(ev: Any, *args: Any) -> Any:
    """GCD[n1, n2, ...] gives the greatest common divisor.

    >>> {GCD[12, 18], GCD[1/2, 1/3], GCD[]}
    {6, 1/6, 0}
    """
    if not _rationals(args):
        return None
    top = math.gcd(*(Fraction(a).numerator for a in args))
    return rational(Fraction(top, math.lcm(*(Fraction(a).denominator for a in args))))


@builtin("LCM", attributes=FLAT | LISTABLE | ONE_IDENTITY | ORDERLESS)
def lcm(ev: Any, *args: Any) -> Any:
    """LCM[n1, n2, ...] gives the least common multiple.

    >>> {LCM[4, 6], LCM[2, 3, 5]}
    {12, 30}
    """
    if not args or not _rationals(args):
        return None
    top = math.lcm(*(Fraction(a).numerator for a in args))
    return rational(Fraction(top, math.gcd(*(Fraction(a).denominator for a in args))))


@builtin("ExtendedGCD")
def extended_gcd(ev: Any, m: Any, n: Any) -> Any:
    """ExtendedGCD[m, n] gives {g, {r, s}} with g = GCD[m, n] = r m + s n.

    >>> ExtendedGCD[12, 18]
    {6, {-1, 1}}
    """
    if type(m) is not int or type(n) is not int:
        return None
    g, r, s = number_theory.extended_gcd(m, n)
    return make_list((g, make_list((r, s))))


@builtin("CoprimeQ", attributes=LISTABLE | ORDERLESS)
def coprime_q(ev: Any, *ns: Any) -> Any:
    """CoprimeQ[m, n, ...] gives True if the integers are relatively prime in pairs.

    >>> {CoprimeQ[8, 9], CoprimeQ[6, 9]}
    {True, False}
    """
    if not all(type(a) is int for a in ns):
        return truth(False)
    return truth(all(math.gcd(a, b) == 1 for i, a in enumerate(ns) for b in ns[:i]))


@builtin("Divisible", attributes=LISTABLE)
def divisible(ev: Any, n: Any, m: Any) -> Any:
    """Divisible[n, m] gives True if n is divisible by m.

    >>> {Divisible[12, 4], Divisible[12, 5]}
    {True, False}
    """
    if not _rationals((n, m)) or not m:
        return None
    return truth((Fraction(n) / m).denominator == 1)


@builtin("PrimeQ", attributes=LISTABLE)
def prime_q(ev: Any, n: Any) -> Any:
    """PrimeQ[n] gives True if n is a prime number, and False otherwise.

    >>> PrimeQ[{2, 15, 97, 2^61 - 1, x}]
    {True, False, True, True, False}
    """
    return truth(type(n) is int and number_theory.is_prime(n))


@builtin("CompositeQ", attributes=LISTABLE)
def composite_q(ev: Any, n: Any) -> Any:
    """CompositeQ[n] gives True if n is a composite number.

    >>> CompositeQ[{4, 5, 1}]
    {True, False, False}
    """
    return truth(type(n) is int and n > 3 and not number_theory.is_prime(n))


@builtin("PrimePowerQ", attributes=LISTABLE)
def prime_power_q(ev: Any, n: Any) -> Any:
    """PrimePowerQ[n] gives True if n is a power of a prime.

    >>> PrimePowerQ[{8, 12, 7}]
    {True, False, True}
    """
    return truth(type(n) is int and abs(n) > 1 and len(number_theory.factor(abs(n))) == 1)


@builtin("SquareFreeQ", attributes=LISTABLE)
def square_free_q(ev: Any, n: Any) -> Any:
    """SquareFreeQ[n] gives True if no square of a prime divides n.

    >>> SquareFreeQ[{10, 12}]
    {True, False}
    """
    if type(n) is not int:
        return None
    return truth(n != 0 and all(e == 1 for _, e in number_theory.factor(abs(n))))


@builtin("Prime", attributes=FUNCTION, messages={"intpp": "Positive integer argument expected in `1`."})
def prime(ev: Any, n: Any) -> Any:
    """Prime[n] gives the n-th prime number.

    >>> Prime[{1, 10, 1000}]
    {2, 29, 7919}
    """
    if type(n) is not int:
        return None
    if n < 1 or n > 50_000_000:
        ev.message("Prime", "intpp", Expr(S.HoldForm, (Expr(S.Prime, (n,)),)))
        return None
    return number_theory.nth_prime(n)


@builtin("PrimePi", attributes=FUNCTION)
def prime_pi(ev: Any, x: Any) -> Any:
    """PrimePi[x] gives the number of primes not above x.

    >>> PrimePi[{10, 100, 1000000}]
    {4, 25, 78498}
    """
    if type(x) not in (int, Fraction, float) or x > 10**12:
        return None
    return number_theory.prime_count(math.floor(x)) if x >= 2 else 0


@builtin("NextPrime", attributes=LISTABLE)
def next_prime(ev: Any, n: Any, k: Any = 1) -> Any:
    """NextPrime[n] gives the least prime above n.
    NextPrime[n, k] gives the k-th prime beyond n; negative k goes down.

    >>> {NextPrime[10], NextPrime[10, 3], NextPrime[10, -1]}
    {11, 17, 7}
    """
    if type(n) not in (int, Fraction, float) or type(k) is not int or k == 0:
        return None
    value = math.floor(n) if k > 0 else math.ceil(n)
    for _ in range(abs(k)):
        value = number_theory.next_prime(value, 1 if k > 0 else -1)
    return value


@builtin("FactorInteger", messages={"exact": "Argument `1` in `2` is not an exact number."})
def factor_integer(ev: Any, n: Any, *count: Any) -> Any:
    """FactorInteger[n] gives the prime factors of n with their exponents.

    >>> {FactorInteger[360], FactorInteger[-12], FactorInteger[3/4]}
    {{{2, 3}, {3, 2}, {5, 1}}, {{-1, 1}, {2, 2}, {3, 1}}, {{2, -2}, {3, 1}}}
    """
    if type(n) is float:
        ev.message("FactorInteger", "exact", n, Expr(S.HoldForm, (Expr(S.FactorInteger, (n, *count)),)))
    if type(n) not in (int, Fraction) or len(count) > 1:
        return None
    if abs(n) <= 1 and type(n) is int:
        return make_list((make_list((n, 1)),))
    x = Fraction(n)
    found = dict(number_theory.factor(abs(x.numerator)))
    for p, e in number_theory.factor(x.denominator):
        found[p] = found.get(p, 0) - e
    pairs = ([(-1, 1)] if x < 0 else []) + sorted(found.items())
    if count and type(count[0]) is int:
        pairs = pairs[: count[0]]
    return make_list(make_list(p) for p in pairs)


@builtin("PrimeNu", attributes=FUNCTION)
def prime_nu(ev: Any, n: Any) -> Any:
    """PrimeNu[n] gives the number of distinct primes dividing n.

    >>> PrimeNu[360]
    3
    """
    return len(number_theory.factor(abs(n))) if type(n) is int and n else None


@builtin("PrimeOmega", attributes=FUNCTION)
def prime_omega(ev: Any, n: Any) -> Any:
    """PrimeOmega[n] gives the number of prime factors of n, counted with multiplicity.

    >>> PrimeOmega[360]
    6
    """
    return sum(e for _, e in number_theory.factor(abs(n))) if type(n) is int and n else None


@builtin("Divisors", attributes=LISTABLE)
def divisors(ev: Any, n: Any) -> Any:
    """Divisors[n] gives the list of positive divisors of n.

    >>> Divisors[12]
    {1, 2, 3, 4, 6, 12}
    """
    return make_list(number_theory.divisors(abs(n))) if type(n) is int and n else None


@builtin("DivisorSigma", attributes=FUNCTION)
def divisor_sigma(ev: Any, k: Any, n: Any) -> Any:
    """DivisorSigma[k, n] gives the sum of the k-th powers of the divisors of n.

    >>> {DivisorSigma[0, 12], DivisorSigma[1, 12]}
    {6, 28}
    """
    if type(k) is not int or type(n) is not int or not n:
        return None
    return rational(sum((Fraction(d) ** k for d in number_theory.divisors(abs(n))), Fraction(0)))


@builtin("EulerPhi", attributes=FUNCTION)
def euler_phi(ev: Any, n: Any) -> Any:
    """EulerPhi[n] gives the number of positive integers up to n that are prime to n.

    >>> EulerPhi[{1, 10, 36}]
    {1, 4, 12}
    """
    return number_theory.euler_phi(abs(n)) if type(n) is int else None


@builtin("MoebiusMu", attributes=FUNCTION)
def moebius_mu(ev: Any, n: Any) -> Any:
    """MoebiusMu[n] gives the Moebius function.

    >>> MoebiusMu[{1, 2, 4, 6, 30}]
    {1, -1, 0, 1, -1}
    """
    return (number_theory.moebius(abs(n)) if n else 0) if type(n) is int else None


@builtin("JacobiSymbol", attributes=FUNCTION)
def jacobi_symbol(ev: Any, n: Any, m: Any) -> Any:
    """JacobiSymbol[n, m] gives the Jacobi symbol (n/m).

    >>> {JacobiSymbol[10, 3], JacobiSymbol[2, 15]}
    {1, 1}
    """
    return number_theory.jacobi(n, m) if type(n) is int and type(m) is int else None


@builtin("ChineseRemainder")
def chinese_remainder(ev: Any, residues: Any, moduli: Any, *start: Any) -> Any:
    """ChineseRemainder[{r1, r2, ...}, {m1, m2, ...}] gives the least x >= 0 with Mod[x, mi] = Mod[ri, mi].

    >>> ChineseRemainder[{2, 3, 2}, {3, 5, 7}]
    23
    """
    if not is_list(residues) or not is_list(moduli) or start:
        return None
    rs, ms = list(items(residues)), list(items(moduli))
    if len(rs) != len(ms) or not all(type(a) is int for a in rs + ms) or not all(ms):
        return None
    return number_theory.chinese_remainder(rs, [abs(m) for m in ms])


@builtin("MultiplicativeOrder", attributes=LISTABLE)
def multiplicative_order(ev: Any, k: Any, n: Any) -> Any:
    """MultiplicativeOrder[k, n] gives the least m > 0 with k^m = 1 modulo n.

    >>> MultiplicativeOrder[5, 8]
    2
    """
    return number_theory.multiplicative_order(k, abs(n)) if type(k) is int and type(n) is int and n else None


@builtin("PowerMod", attributes=LISTABLE, messages={"ninv": "`1` is not invertible modulo `2`."})
def power_mod(ev: Any, a: Any, b: Any, m: Any) -> Any:
    """PowerMod[a, b, m] gives a^b modulo m.

    >>> {PowerMod[2, 1000, 7], PowerMod[3, -1, 7]}
    {2, 5}
    """
    if not all(type(x) is int for x in (a, b, m)) or m == 0:
        return None
    try:
        return pow(a, b, m)
    except ValueError:
        ev.message("PowerMod", "ninv", a, m)
        return None


@builtin("ModularInverse", attributes=LISTABLE, messages={"ninv": "`1` is not invertible modulo `2`."})
def modular_inverse(ev: Any, k: Any, n: Any) -> Any:
    """ModularInverse[k, n] gives the r with k r = 1 modulo n.

    >>> ModularInverse[3, 10]
    7
    """
    if type(k) is not int or type(n) is not int or n == 0:
        return None
    try:
        return pow(k, -1, n)
    except ValueError:
        ev.message("ModularInverse", "ninv", k, n)
        return None
