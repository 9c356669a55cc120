"""Combinatorial numbers: Factorial, Binomial, Multinomial, Fibonacci, Stirling, partitions, Catalan,
harmonic numbers."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, rational
from wlnet.expr.attributes import LISTABLE, NUMERIC_FUNCTION, ORDERLESS
from wlnet.kernel.registry import builtin

from . import number_theory, numbers
from .infinity import COMPLEX_INFINITY, INFINITY, is_positive_infinity
from .tables import TOO_LARGE, small_enough

FUNCTION = LISTABLE | NUMERIC_FUNCTION

# Factorials beyond this many would not fit a computer's memory in useful time.
MAX_FACTORIAL = 20_000_000

# The recurrences for partitions, Bell and Stirling numbers take time of order n^2: minutes beyond these.
MAX_PARTITIONED = 50_000
MAX_BELL = 3_000


@builtin("Factorial", attributes=FUNCTION)
def factorial(ev: Any, n: Any) -> Any:
    """Factorial[n], or n!, is the factorial of n.

    >>> {5!, (1/2)!, 0!, (-1)!, 3.5!}
    {120, Sqrt[Pi]/2, 1, ComplexInfinity, 11.6317}
    """
    if type(n) is int:
        if n < 0:
            return COMPLEX_INFINITY
        if n > MAX_FACTORIAL:
            ev.message("General", "ovfl")
            return Expr(S.Overflow, ())
        return math.factorial(n)
    if is_positive_infinity(n):
        return INFINITY
    if numbers.is_inexact(n) or (type(n) is Fraction and n.denominator == 2):
        return Expr(S.Gamma, (numbers.add(n, 1),))
    return None


@builtin("Factorial2", attributes=FUNCTION)
def factorial2(ev: Any, n: Any) -> Any:
    """Factorial2[n], or n!!, is the double factorial n (n - 2) (n - 4) ...

    >>> {7!!, 8!!, 0!!}
    {105, 384, 1}
    """
    if type(n) is not int or n > MAX_FACTORIAL:
        return None
    if n < 0:
        if n % 2 == 0:
            return COMPLEX_INFINITY
        return rational(Fraction((-1) ** ((-n - 1) // 2), math.prod(range(-n - 2, 0, -2))))
    return math.prod(range(n, 0, -2))


@builtin("Subfactorial", attributes=FUNCTION)
def subfactorial(ev: Any, n: Any) -> Any:
    """Subfactorial[n] gives the number of permutations of n things that leave none in place.

    >>> Subfactorial[{0, 1, 2, 5}]
    {1, 0, 1, 44}
    """
    if type(n) is not int or not 0 <= n <= MAX_PARTITIONED:
        return None
    value = 1
    for k in range(1, n + 1):
        value = k * value + (-1) ** k
    return value


@builtin("Pochhammer", attributes=FUNCTION)
def pochhammer(ev: Any, a: Any, n: Any) -> Any:
    """Pochhammer[a, n] gives a (a + 1) ... (a + n - 1).

    >>> {Pochhammer[3, 4], Pochhammer[1/2, 2]}
    {360, 3/4}
    """
    if type(n) is not int or abs(n) > MAX_PARTITIONED:
        return None
    if n >= 0:
        return Expr(S.Times, tuple(Expr(S.Plus, (a, k)) for k in range(n)))
    return Expr(S.Power, (Expr(S.Times, tuple(Expr(S.Plus, (a, -k)) for k in range(1, -n + 1))), -1))


@builtin("FactorialPower", attributes=FUNCTION)
def factorial_power(ev: Any, x: Any, n: Any) -> Any:
    """FactorialPower[x, n] gives x (x - 1) ... (x - n + 1).

    >>> FactorialPower[7, 3]
    210
    """
    if type(n) is not int or not 0 <= n <= MAX_PARTITIONED or type(x) not in numbers.KIND:
        return None
    value: Any = 1
    for k in range(n):
        value = numbers.multiply(value, numbers.subtract(x, k))
    return value


@builtin("Binomial", attributes=FUNCTION)
def binomial(ev: Any, n: Any, m: Any) -> Any:
    """Binomial[n, m] gives the binomial coefficient.

    >>> {Binomial[10, 3], Binomial[-2, 3], Binomial[1/2, 2], Binomial[4.5, 2], Binomial[n, 2]}
    {120, -4, -1/8, 7.875, ((-1 + n) n)/2}
    """
    if type(m) is int:
        if type(n) is int:
            return _integer_binomial(n, m)
        if m < 0:
            return 0 if type(n) in numbers.KIND else None
        if type(n) in numbers.KIND:
            value: Any = 1
            for k in range(m):
                value = numbers.multiply(value, numbers.divide(numbers.subtract(n, k), k + 1))
            return value
        if m <= 5:
            product = tuple(Expr(S.Plus, (n, -k)) for k in range(m))
            return Expr(S.Times, (rational(Fraction(1, math.factorial(m))), *product))
    if numbers.is_inexact(n) or numbers.is_inexact(m):
        if type(n) not in numbers.KIND or type(m) not in numbers.KIND:
            return None
        one_more = [Expr(S.Gamma, (numbers.add(a, 1),)) for a in (n, m, numbers.subtract(n, m))]
        below = Expr(S.Power, (Expr(S.Times, (one_more[1], one_more[2])), -1))
        return Expr(S.Times, (one_more[0], below))
    return None


def _integer_binomial(n: int, m: int) -> int:
    if n >= 0:
        return math.comb(n, m) if m >= 0 else 0
    if m >= 0:
        return (-1) ** m * math.comb(m - n - 1, m)
    return (-1) ** (n - m) * math.comb(-m - 1, n - m) if m <= n else 0


@builtin("Multinomial", attributes=LISTABLE | NUMERIC_FUNCTION | ORDERLESS)
def multinomial(ev: Any, *ns: Any) -> Any:
    """Multinomial[n1, n2, ...] gives (n1 + n2 + ...)!/(n1! n2! ...).

    >>> Multinomial[1, 2, 3]
    60
    """
    if not all(type(n) is int and n >= 0 for n in ns):
        return None
    value, total = 1, 0
    for n in ns:
        total += n
        value *= math.comb(total, n)
    return value


@builtin("Fibonacci", attributes=FUNCTION)
def fibonacci(ev: Any, n: Any, x: Any = None) -> Any:
    """Fibonacci[n] gives the n-th Fibonacci number; Fibonacci[n, x] the n-th Fibonacci polynomial.

    >>> {Fibonacci[10], Fibonacci[-4], Fibonacci[100], Fibonacci[4, x]}
    {55, -3, 354224848179261915075, 2 x + x^3}
    """
    if x is not None:
        if type(n) is not int or not 0 <= n <= 1000:
            return None
        ks = range((n + 1) // 2)
        terms = [Expr(S.Times, (math.comb(n - 1 - k, k), Expr(S.Power, (x, n - 1 - 2 * k)))) for k in ks]
        return Expr(S.Plus, tuple(terms))
    return number_theory.fibonacci(n) if type(n) is int and abs(n) < 1 << 26 else None


@builtin("LucasL", attributes=FUNCTION)
def lucas(ev: Any, n: Any) -> Any:
    """LucasL[n] gives the n-th Lucas number.

    >>> LucasL[{0, 1, 10}]
    {2, 1, 123}
    """
    if type(n) is not int or abs(n) >= 1 << 26:
        return None
    return number_theory.fibonacci(n - 1) + number_theory.fibonacci(n + 1)


@builtin("CatalanNumber", attributes=FUNCTION)
def catalan_number(ev: Any, n: Any) -> Any:
    """CatalanNumber[n] gives the n-th Catalan number.

    >>> CatalanNumber[{0, 1, 5}]
    {1, 1, 42}
    """
    return math.comb(2 * n, n) // (n + 1) if type(n) is int and 0 <= n <= MAX_PARTITIONED * 100 else None


@builtin("HarmonicNumber", attributes=FUNCTION)
def harmonic_number(ev: Any, n: Any, r: Any = 1) -> Any:
    """HarmonicNumber[n] gives 1 + 1/2 + ... + 1/n; HarmonicNumber[n, r] sums the powers 1/k^r.

    >>> {HarmonicNumber[4], HarmonicNumber[3, 2]}
    {25/12, 49/36}
    """
    if type(n) is not int or not 0 <= n <= MAX_PARTITIONED or type(r) is not int:
        return None
    return rational(sum((Fraction(1, k) ** r for k in range(1, n + 1)), Fraction(0)))


@builtin("BernoulliB", attributes=FUNCTION)
def bernoulli(ev: Any, n: Any, x: Any = None) -> Any:
    """BernoulliB[n] gives the n-th Bernoulli number; BernoulliB[n, x] the n-th Bernoulli polynomial.

    >>> {BernoulliB[{0, 1, 2, 4, 10}], BernoulliB[2, x]}
    {{1, -1/2, 1/6, -1/30, 5/66}, 1/6 - x + x^2}
    """
    if type(n) is not int or not 0 <= n <= MAX_PARTITIONED:
        return None
    if x is not None:
        return Expr(
            S.Plus,
            tuple(
                Expr(S.Times, (math.comb(n, k), Expr(S.BernoulliB, (k,)), Expr(S.Power, (x, n - k))))
                for k in range(n + 1)
            ),
        )
    import mpmath

    if n > 1 and n % 2:
        return 0
    top, bottom = mpmath.bernfrac(n)
    return rational(Fraction(int(top), int(bottom)))


@builtin("StirlingS1", attributes=FUNCTION)
def stirling1(ev: Any, n: Any, m: Any) -> Any:
    """StirlingS1[n, m] gives the signed Stirling number of the first kind.

    >>> {StirlingS1[5, 2], StirlingS1[4, 4]}
    {-50, 1}
    """
    plain = type(n) is int and type(m) is int and 0 <= n <= MAX_BELL and m >= 0
    return number_theory.stirling_first(n, m) if plain else None


@builtin("StirlingS2", attributes=FUNCTION)
def stirling2(ev: Any, n: Any, m: Any) -> Any:
    """StirlingS2[n, m] gives the number of ways to split n things into m nonempty sets.

    >>> StirlingS2[5, 2]
    15
    """
    plain = type(n) is int and type(m) is int and 0 <= n <= MAX_BELL and m >= 0
    return number_theory.stirling_second(n, m) if plain else None


@builtin("BellB", attributes=FUNCTION)
def bell(ev: Any, n: Any) -> Any:
    """BellB[n] gives the number of ways to split n things into sets.

    >>> BellB[{0, 1, 5}]
    {1, 1, 52}
    """
    if type(n) is not int or not 0 <= n <= MAX_BELL:
        return None
    row = [1]
    for _ in range(n):
        new = [row[-1]]
        for x in row:
            new.append(new[-1] + x)
        row = new
    return row[0]


@builtin("PartitionsP", attributes=FUNCTION)
def partitions_p(ev: Any, n: Any) -> Any:
    """PartitionsP[n] gives the number of partitions of the integer n.

    >>> PartitionsP[{5, 100}]
    {7, 190569292}
    """
    return number_theory.partitions_count(n) if type(n) is int and n <= MAX_PARTITIONED else None


@builtin("PartitionsQ", attributes=FUNCTION)
def partitions_q(ev: Any, n: Any) -> Any:
    """PartitionsQ[n] gives the number of partitions of n into distinct parts.

    >>> PartitionsQ[10]
    10
    """
    if type(n) is not int or n > MAX_PARTITIONED:
        return None
    if n < 0:
        return 0
    ways = [1] + [0] * n
    for part in range(1, n + 1):
        for total in range(n, part - 1, -1):
            ways[total] += ways[total - part]
    return ways[n]


@builtin("IntegerPartitions", messages={"toolarge": TOO_LARGE})
def integer_partitions(ev: Any, n: Any, *spec: Any) -> Any:
    """IntegerPartitions[n] lists the ways to write n as a sum of positive integers.
    IntegerPartitions[n, k] takes at most k parts, {k} exactly k; IntegerPartitions[n, k, {a, b, ...}] takes
    these parts.

    >>> {IntegerPartitions[4], IntegerPartitions[5, {2}], IntegerPartitions[6, All, {1, 5}]}
    {{{4}, {3, 1}, {2, 2}, {2, 1, 1}, {1, 1, 1, 1}}, {{4, 1}, {3, 2}}, {{5, 1}, {1, 1, 1, 1, 1, 1}}}
    """
    if type(n) is not int or n < 0 or len(spec) > 2:
        return None
    bounds = _part_counts(spec[0] if spec else S.All, n)
    if bounds is not None and bounds[1] < 0:
        return make_list(())
    parts = list(items(spec[1])) if len(spec) > 1 and is_list(spec[1]) else None
    if bounds is None or (parts is not None and not all(type(p) is int for p in parts)):
        return None
    if parts is None and not small_enough(ev, "IntegerPartitions", n):
        return None
    low, high = bounds
    found = [p for p in number_theory.integer_partitions(n, high, parts) if len(p) >= low]
    return make_list(make_list(p) for p in found)


def _part_counts(spec: Any, n: int) -> tuple[int, int] | None:
    if spec is S.All or is_positive_infinity(spec):
        return 0, n
    if type(spec) is int:
        return 0, spec
    if is_list(spec) and all(type(a) is int for a in items(spec)):
        values = items(spec)
        if len(values) == 1:
            return values[0], values[0]
        if len(values) == 2:
            return values[0], values[1]
    return None


@builtin("EulerE", attributes=FUNCTION)
def euler_number(ev: Any, n: Any, x: Any = None) -> Any:
    """EulerE[n] gives the n-th Euler number; EulerE[n, x] the n-th Euler polynomial.

    >>> {EulerE[{0, 1, 2, 3, 4}], EulerE[2, x]}
    {{1, 0, -1, 0, 5}, -x + x^2}
    """
    if type(n) is not int or not 0 <= n <= MAX_PARTITIONED:
        return None
    import mpmath

    if x is None:
        return int(mpmath.eulernum(n, exact=True))
    half = Expr(S.Subtract, (x, Fraction(1, 2)))
    terms = [
        Expr(S.Times, (Fraction(math.comb(n, k), 2**k), Expr(S.EulerE, (k,)), Expr(S.Power, (half, n - k))))
        for k in range(0, n + 1, 2)
    ]
    return Expr(S.Expand, (Expr(S.Plus, tuple(terms)),))


@builtin("Hyperfactorial", attributes=FUNCTION)
def hyperfactorial(ev: Any, n: Any) -> Any:
    """Hyperfactorial[n] gives 1^1 2^2 ... n^n.

    >>> Hyperfactorial[{0, 3, 4}]
    {1, 108, 27648}
    """
    return math.prod(k**k for k in range(1, n + 1)) if type(n) is int and 0 <= n < 1000 else None


@builtin("BarnesG", attributes=FUNCTION)
def barnes_g(ev: Any, n: Any) -> Any:
    """BarnesG[n] is the Barnes G function: 0! 1! ... (n - 2)! for positive integers.

    >>> BarnesG[{0, 1, 5}]
    {0, 1, 12}
    """
    if type(n) is not int or n > 500:
        return None
    return 0 if n <= 0 else math.prod(math.factorial(k) for k in range(n - 1))


@builtin("LeviCivitaTensor")
def levi_civita(ev: Any, n: Any, head: Any = S.SparseArray) -> Any:
    """LeviCivitaTensor[n] gives the totally antisymmetric tensor of rank n as a sparse array;
    LeviCivitaTensor[n, List] as a list.

    >>> LeviCivitaTensor[2, List]
    {{0, 1}, {-1, 0}}
    """
    if type(n) is not int or not 1 <= n <= 8:
        return None
    rules = []
    for p in itertools.permutations(range(1, n + 1)):
        swaps = sum(p[i] > p[j] for i in range(n) for j in range(i + 1, n))
        rules.append(Expr(S.Rule, (make_list(p), -1 if swaps % 2 else 1)))
    sparse = Expr(S.SparseArray, (make_list(rules), make_list([n] * n)))
    return Expr(S.Normal, (sparse,)) if head is S.List else sparse
