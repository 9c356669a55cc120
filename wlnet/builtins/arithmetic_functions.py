"""Functions of number theory beyond the common ones: sums over divisors, characters, primitive roots,
representations as sums, perfect numbers, digit sequences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, truth
from wlnet.expr.attributes import LISTABLE
from wlnet.kernel.registry import builtin

from . import number_theory

# The exponents p for which 2^p - 1 is known to be prime, in order: those known without gaps.
MERSENNE = (2, 3, 5, 7, 13, 17, 19, 31, 61, 89, 107, 127, 521, 607, 1279, 2203, 2281, 3217, 4253, 4423, 9689)
MERSENNE += (9941, 11213, 19937, 21701, 23209, 44497, 86243, 110503, 132049, 216091, 756839, 859433, 1257787)


@builtin("DivisorSum")
def divisor_sum(ev: Any, n: Any, form: Any, condition: Any = None) -> Any:
    """DivisorSum[n, f] gives the sum of f[d] over the divisors d of n; DivisorSum[n, f, test] over those that
    pass the test.

    >>> {DivisorSum[6, #^2 &], DivisorSum[12, # &, OddQ]}
    {50, 4}
    """
    if type(n) is not int or n == 0:
        return None
    found = number_theory.divisors(abs(n))
    if condition is not None:
        passes = ev.predicate(condition)
        found = [d for d in found if passes(d)]
    return Expr(S.Plus, tuple(Expr(form, (d,)) for d in found))


@builtin("LiouvilleLambda", attributes=LISTABLE)
def liouville(ev: Any, n: Any) -> Any:
    """LiouvilleLambda[n] is (-1)^k for an n with k prime factors, counted with multiplicity.

    >>> LiouvilleLambda[{1, 2, 4, 12}]
    {1, -1, 1, -1}
    """
    if type(n) is not int or n == 0:
        return None
    return -1 if sum(e for _, e in number_theory.factor(abs(n))) % 2 else 1


@builtin("MangoldtLambda", attributes=LISTABLE)
def mangoldt(ev: Any, n: Any) -> Any:
    """MangoldtLambda[n] is Log[p] where n is a power of a prime p, else 0.

    >>> MangoldtLambda[{6, 8, 1}]
    {0, Log[2], 0}
    """
    if type(n) is not int or n < 1:
        return None
    factors = number_theory.factor(n)
    return Expr(S.Log, (factors[0][0],)) if len(factors) == 1 else 0


@builtin("CarmichaelLambda", attributes=LISTABLE)
def carmichael(ev: Any, n: Any) -> Any:
    """CarmichaelLambda[n] is the least m with k^m equal to 1 modulo n for every k coprime to n.

    >>> CarmichaelLambda[{8, 15, 100}]
    {2, 4, 20}
    """
    if type(n) is not int or n < 1:
        return None
    parts = []
    for p, e in number_theory.factor(n):
        phi = p ** (e - 1) * (p - 1)
        parts.append(phi // 2 if p == 2 and e > 2 else phi)
    return math.lcm(*parts) if parts else 1


@builtin("KroneckerSymbol", attributes=LISTABLE)
def kronecker_symbol(ev: Any, n: Any, m: Any) -> Any:
    """KroneckerSymbol[n, m] is the Kronecker symbol: JacobiSymbol for all integers m.

    >>> {KroneckerSymbol[2, 8], KroneckerSymbol[5, -3], KroneckerSymbol[3, 2]}
    {0, -1, -1}
    """
    if type(n) is not int or type(m) is not int:
        return None
    if m == 0:
        return int(abs(n) == 1)
    value = -1 if m < 0 and n < 0 else 1
    m = abs(m)
    while m % 2 == 0:
        m //= 2
        value *= 0 if n % 2 == 0 else 1 if n % 8 in (1, 7) else -1
    return value * (number_theory.jacobi(n, m) if m > 1 else 1)


def primitive_roots(n: int) -> Iterator[int]:
    """The generators of the units modulo n, ascending; none where the units are not cyclic."""
    phi = number_theory.euler_phi(n)
    powers = [phi // p for p, _ in number_theory.factor(phi)] if phi > 1 else []
    for g in range(1, max(n, 2)):
        if math.gcd(g, n) == 1 and all(pow(g, k, n) != 1 for k in powers):
            yield g


def _has_roots(n: int) -> bool:
    odd = n // 2 if n % 2 == 0 else n
    return n in (1, 2, 4) or (odd % 2 == 1 and len(number_theory.factor(odd)) == 1)


@builtin("PrimitiveRoot", attributes=LISTABLE)
def primitive_root(ev: Any, n: Any, least: Any = None) -> Any:
    """PrimitiveRoot[n] gives a primitive root of n; PrimitiveRoot[n, k] the least one that is at least k.

    >>> {PrimitiveRoot[7], PrimitiveRoot[7, 4]}
    {3, 5}
    """
    if type(n) is not int or n < 2 or not _has_roots(n):
        return None
    low = least if type(least) is int else 1
    return next((g for g in primitive_roots(n) if g >= low), None)


@builtin("PrimitiveRootList", attributes=LISTABLE)
def primitive_root_list(ev: Any, n: Any) -> Any:
    """PrimitiveRootList[n] gives the primitive roots of n.

    >>> {PrimitiveRootList[7], PrimitiveRootList[8]}
    {{3, 5}, {}}
    """
    if type(n) is not int or n < 2 or n > 1_000_000:
        return None
    return make_list(primitive_roots(n) if _has_roots(n) else ())


@builtin("PerfectNumberQ", attributes=LISTABLE)
def perfect_number_q(ev: Any, n: Any) -> Any:
    """PerfectNumberQ[n] tells whether n is the sum of its proper divisors.

    >>> PerfectNumberQ[{6, 8, 28}]
    {True, False, True}
    """
    return truth(type(n) is int and n > 1 and sum(number_theory.divisors(n)) == 2 * n)


@builtin("MersennePrimeExponent", attributes=LISTABLE)
def mersenne_prime_exponent(ev: Any, n: Any) -> Any:
    """MersennePrimeExponent[n] gives the n-th p for which 2^p - 1 is prime.

    >>> MersennePrimeExponent[{1, 5}]
    {2, 13}
    """
    return MERSENNE[n - 1] if type(n) is int and 0 < n <= len(MERSENNE) else None


@builtin("MersennePrimeExponentQ", attributes=LISTABLE)
def mersenne_prime_exponent_q(ev: Any, n: Any) -> Any:
    """MersennePrimeExponentQ[n] tells whether 2^n - 1 is prime.

    >>> MersennePrimeExponentQ[{11, 13}]
    {False, True}
    """
    if type(n) is not int or n <= MERSENNE[-1]:
        return truth(type(n) is int and n in MERSENNE)
    return None


@builtin("PerfectNumber", attributes=LISTABLE)
def perfect_number(ev: Any, n: Any) -> Any:
    """PerfectNumber[n] gives the n-th even perfect number.

    >>> PerfectNumber[{1, 2, 3}]
    {6, 28, 496}
    """
    if type(n) is not int or not 0 < n <= len(MERSENNE):
        return None
    p = MERSENNE[n - 1]
    return (1 << (p - 1)) * ((1 << p) - 1)


# ------------------------------------------------------------------------------------------------ as sums


def _sums(n: int, k: int, power: int, least: int) -> Iterator[list[int]]:
    """Ascending lists of k integers from `least` on whose powers add up to n."""
    if k == 1:
        root = number_theory.integer_root(n, power) if n >= 0 else -1
        if root >= least and root**power == n:
            yield [root]
        return
    a = least
    while k * a**power <= n:
        for rest in _sums(n - a**power, k - 1, power, a):
            yield [a, *rest]
        a += 1


@builtin("PowersRepresentations")
def powers_representations(ev: Any, n: Any, k: Any, p: Any) -> Any:
    """PowersRepresentations[n, k, p] gives the ways to write n as a sum of k p-th powers.

    >>> PowersRepresentations[50, 2, 2]
    {{1, 7}, {5, 5}}
    """
    if not all(type(x) is int and x > 0 for x in (k, p)) or type(n) is not int or n < 0:
        return None
    return make_list(make_list(one) for one in _sums(n, k, p, 0))


@builtin("SquaresR", attributes=LISTABLE)
def squares_r(ev: Any, d: Any, n: Any) -> Any:
    """SquaresR[d, n] gives the number of ways to write n as a sum of d squares, order and sign counted.

    >>> {SquaresR[2, 5], SquaresR[3, 2]}
    {8, 12}
    """
    if type(d) is not int or type(n) is not int or d < 1 or n < 0:
        return None
    total = 0
    for one in _sums(n, d, 2, 0):
        ways = math.factorial(d) * 2 ** sum(x != 0 for x in one)
        for x in set(one):
            ways //= math.factorial(one.count(x))
        total += ways
    return total


def _coins(a: Any) -> list[int] | None:
    found = list(items(a)) if is_list(a) else []
    return found if found and all(type(x) is int and x > 0 for x in found) else None


@builtin("FrobeniusNumber")
def frobenius_number(ev: Any, coins: Any) -> Any:
    """FrobeniusNumber[{a1, a2, ...}] gives the largest integer that is no sum of the positive integers ai.

    >>> {FrobeniusNumber[{6, 9, 20}], FrobeniusNumber[{4, 6}]}
    {43, Infinity}
    """
    a = _coins(coins)
    if a is None:
        return None
    if math.gcd(*a) > 1:
        return Expr(S.DirectedInfinity, (1,))
    least = min(a)
    # The least sum in each residue class modulo the smallest coin, by relaxation round by round.
    sums: list[float] = [0.0, *[math.inf] * (least - 1)]
    changed = True
    while changed:
        changed = False
        for c in a:
            for r in range(least):
                new = sums[r] + c
                if new < sums[(r + c) % least]:
                    sums[(r + c) % least] = new
                    changed = True
    return int(max(sums)) - least


@builtin("FrobeniusSolve")
def frobenius_solve(ev: Any, coins: Any, b: Any, most: Any = None) -> Any:
    """FrobeniusSolve[{a1, ...}, b] gives the lists of non-negative integers x with a1 x1 + ... equal to b;
    FrobeniusSolve[{a1, ...}, b, m] at most m of them.

    >>> FrobeniusSolve[{2, 3}, 6]
    {{0, 2}, {3, 0}}
    """
    a = _coins(coins)
    if a is None or type(b) is not int:
        return None

    def ways(at: int, rest: int) -> Iterator[list[int]]:
        if at == len(a) - 1:
            if rest % a[at] == 0:
                yield [rest // a[at]]
            return
        for x in range(rest // a[at] + 1):
            for others in ways(at + 1, rest - x * a[at]):
                yield [x, *others]

    found = []
    for one in ways(0, b) if b >= 0 else ():
        found.append(make_list(one))
        if type(most) is int and len(found) >= most:
            break
    return make_list(found)


@builtin("ThueMorse", attributes=LISTABLE)
def thue_morse(ev: Any, n: Any) -> Any:
    """ThueMorse[n] is the n-th element of the Thue-Morse sequence: the number of binary ones of n modulo 2.

    >>> ThueMorse[{0, 1, 2, 3}]
    {0, 1, 1, 0}
    """
    return n.bit_count() % 2 if type(n) is int and n >= 0 else None


@builtin("RudinShapiro", attributes=LISTABLE)
def rudin_shapiro(ev: Any, n: Any) -> Any:
    """RudinShapiro[n] is (-1)^k for an n with k pairs of neighbouring ones among its binary digits.

    >>> RudinShapiro[{0, 1, 2, 3}]
    {1, 1, 1, -1}
    """
    return -1 if type(n) is int and n >= 0 and (n & n >> 1).bit_count() % 2 else 1 if type(n) is int else None
