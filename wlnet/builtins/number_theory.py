"""Number theory on Python integers: primes, factors, digits. Plain functions that know no evaluator."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, lru_cache

# Deterministic Miller-Rabin witnesses: correct below 3.3 * 10^24 (Sorenson and Webster 2015); above that the
# same bases are a strong probable-prime test, as PrimeQ of the language is.
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_SMALL_PRIMES = (
    2,
    3,
    5,
    7,
    11,
    13,
    17,
    19,
    23,
    29,
    31,
    37,
    41,
    43,
    47,
    53,
    59,
    61,
    67,
    71,
    73,
    79,
    83,
    89,
    97,
)

_SIEVED = 1 << 16  # below it primes are looked up

# Trial division bound: beyond it Pollard's rho is faster than dividing on.
_TRIAL_BOUND = 2000

# Primes that are tried together; 64 to 256 take the same time on numbers of 100 to 1000 bits.
_BLOCK = 128


def is_prime(n: int) -> bool:
    """Whether |n| is prime."""
    n = abs(n)
    if n < _SIEVED:
        return bool(_sieve()[n])
    for p in _SMALL_PRIMES:
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    return all(_passes(n, a, d, s) for a in _WITNESSES)


def _passes(n: int, a: int, d: int, s: int) -> bool:
    x = pow(a, d, n)
    if x in (1, n - 1):
        return True
    for _ in range(s - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


@cache
def _sieve() -> bytes:
    """One byte for each number below _SIEVED: 1 for a prime."""
    marks = bytearray(_SIEVED)
    for p in primes_below(_SIEVED):
        marks[p] = 1
    return bytes(marks)


def primes_below(limit: int) -> list[int]:
    """All primes < limit, by a sieve."""
    import numpy as np

    if limit <= 2:
        return []
    sieve = np.ones(limit, dtype=bool)
    sieve[:2] = False
    for p in range(2, math.isqrt(limit - 1) + 1):
        if sieve[p]:
            sieve[p * p :: p] = False
    return np.flatnonzero(sieve).tolist()  # type: ignore[no-any-return]


def nth_prime(n: int) -> int:
    """The n-th prime, counting from 1."""
    if n < 6:
        return (2, 3, 5, 7, 11)[n - 1]
    bound = int(n * (math.log(n) + math.log(math.log(n)))) + 3  # Rosser 1941
    return primes_below(bound)[n - 1]


def prime_count(x: int) -> int:
    """The number of primes <= x, by Lucy's O(x^(3/4)) recurrence."""
    if x < 2:
        return 0
    root = math.isqrt(x)
    values = [x // i for i in range(1, root + 1)]
    values += list(range(values[-1] - 1, 0, -1))
    count = {v: v - 1 for v in values}
    for p in range(2, root + 1):
        if count[p] > count[p - 1]:
            below, square = count[p - 1], p * p
            for v in values:
                if v < square:
                    break
                count[v] -= count[v // p] - below
    return count[x]


def next_prime(n: int, step: int = 1) -> int:
    """The nearest prime beyond n in the direction of `step` (1 or -1); -2, -3, -5, ... count as primes."""
    n += step
    while not is_prime(n):
        n += step
    return n


def factor(n: int) -> list[tuple[int, int]]:
    """Prime factorisation of n >= 1 as ascending (prime, exponent) pairs."""
    found: dict[int, int] = {}
    for p in _trial():
        if p * p > n or p > _TRIAL_BOUND:
            break
        while n % p == 0:
            n //= p
            found[p] = found.get(p, 0) + 1
    stack = [n] if n > 1 else []
    while stack:
        m = stack.pop()
        if is_prime(m):
            found[m] = found.get(m, 0) + 1
            continue
        root = math.isqrt(m)
        d = root if root * root == m else _rho(m)
        stack += [d, m // d]
    return sorted(found.items())


def _trial() -> Iterator[int]:
    yield 2
    yield 3
    p = 5
    while True:
        yield p
        yield p + 2
        p += 6


def _rho(n: int) -> int:
    """A proper divisor of an odd composite n. Source: Brent 1980."""
    for c in range(1, 100):
        y, r, q, g = 2, 1, 1, 1
        x = ys = y
        while g == 1:
            x = y
            for _ in range(r):
                y = (y * y + c) % n
            k = 0
            while k < r and g == 1:
                ys = y
                for _ in range(min(128, r - k)):
                    y = (y * y + c) % n
                    q = q * abs(x - y) % n
                g = math.gcd(q, n)
                k += 128
            r *= 2
        if g == n:
            g = 1
            while g == 1:
                ys = (ys * ys + c) % n
                g = math.gcd(abs(x - ys), n)
        if g != n:
            return g
    raise ArithmeticError(f"no divisor of {n} found")


@cache
def _blocks(bound: int) -> list[tuple[list[int], int]]:
    """The primes below `bound` in blocks, each with its product: one gcd tells whether any of them divides,
    which is some twenty times faster than dividing by each.
    """
    primes = primes_below(bound)
    blocks = [primes[i : i + _BLOCK] for i in range(0, len(primes), _BLOCK)]
    return [(block, math.prod(block)) for block in blocks]


@lru_cache(maxsize=4096)
def small_factors(n: int, bound: int = 100_000) -> tuple[tuple[tuple[int, int], ...], int]:
    """Factors of n below `bound` by trial division, and the cofactor left (1 when n is fully factored).

    Numbers of up to 64 bits are always factored completely: roots of them must come out in lowest terms.
    """
    if n.bit_length() <= 64:
        return tuple(factor(n)), 1
    found = []
    for primes, product in _blocks(bound):
        if primes[0] ** 2 > n:
            break
        common = math.gcd(product, n)
        if common == 1:
            continue
        for p in primes:
            if common % p == 0:
                e = 0
                while n % p == 0:
                    n //= p
                    e += 1
                found.append((p, e))
    if n > 1 and is_prime(n):
        found.append((n, 1))
        n = 1
    return tuple(found), n


def divisors(n: int) -> list[int]:
    """All positive divisors of n >= 1, ascending."""
    found = [1]
    for p, e in factor(n):
        found = [d * p**k for d in found for k in range(e + 1)]
    return sorted(found)


def euler_phi(n: int) -> int:
    """Euler's totient of n >= 0 (phi(0) = 0)."""
    if n == 0:
        return 0
    result = n
    for p, _ in factor(n):
        result -= result // p
    return result


def moebius(n: int) -> int:
    """The Moebius function of n >= 1."""
    factors = factor(n)
    return 0 if any(e > 1 for _, e in factors) else (-1) ** len(factors)


def jacobi(a: int, n: int) -> int:
    """The Kronecker-Jacobi symbol (a/n) for any integers. Source: Cohen 1993, algorithm 1.4.10."""
    if n == 0:
        return 1 if abs(a) == 1 else 0
    if a % 2 == 0 and n % 2 == 0:
        return 0
    twos = (n & -n).bit_length() - 1
    n >>= twos
    k = 1 if twos % 2 == 0 else (0, 1, 0, -1, 0, -1, 0, 1)[a % 8]
    if n < 0:
        n = -n
        if a < 0:
            k = -k
    a %= n
    while a:
        while a % 2 == 0:
            a //= 2
            if n % 8 in (3, 5):
                k = -k
        a, n = n, a
        if a % 4 == 3 and n % 4 == 3:
            k = -k
        a %= n
    return k if n == 1 else 0


def extended_gcd(a: int, b: int) -> tuple[int, int, int]:
    """(g, s, t) with s a + t b = g = gcd(a, b) >= 0."""
    r0, r1, s0, s1, t0, t1 = a, b, 1, 0, 0, 1
    while r1:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
        t0, t1 = t1, t0 - q * t1
    return (-r0, -s0, -t0) if r0 < 0 else (r0, s0, t0)


def chinese_remainder(residues: list[int], moduli: list[int]) -> int | None:
    """The least x >= 0 with x = r (mod m) for all pairs; None when they contradict."""
    x, m = 0, 1
    for r, k in zip(residues, moduli, strict=True):
        g, s, _ = extended_gcd(m, k)
        if (r - x) % g:
            return None
        x += m * ((r - x) // g * s % (k // g))
        m = m // g * k
        x %= m
    return x


def multiplicative_order(k: int, n: int) -> int | None:
    """The least e > 0 with k^e = 1 (mod n); None when k and n share a factor."""
    if math.gcd(k, n) != 1:
        return None
    order = euler_phi(n)
    for p, _ in factor(order) if order > 1 else []:
        while order % p == 0 and pow(k, order // p, n) == 1 % n:
            order //= p
    return order


def digits(n: int, base: int) -> list[int]:
    """Digits of |n| in `base` >= 2, most significant first; [0] for 0.
    Divide and conquer for long numbers."""
    n = abs(n)
    if base == 10 and n.bit_length() < 14_000:
        return [ord(c) - 48 for c in str(n)]
    if base == 2:
        return [ord(c) - 48 for c in f"{n:b}"]
    out: list[int] = []
    _digits(n, base, out)
    return out or [0]


def _digits(n: int, base: int, out: list[int]) -> None:
    if n.bit_length() < 2000:
        tail = []
        while n:
            n, d = divmod(n, base)
            tail.append(d)
        out.extend(reversed(tail))
        return
    half = int(n.bit_length() / math.log2(base)) // 2
    high, low = divmod(n, base**half)
    _digits(high, base, out)
    lower: list[int] = []
    _digits(low, base, lower)
    out.extend([0] * (half - len(lower)) + lower)


def from_digits(values: list[int], base: int) -> int:
    """The integer with these digits, most significant first (digits may be any integers)."""
    if len(values) <= 64:
        result = 0
        for d in values:
            result = result * base + d
        return result
    half = len(values) // 2
    return from_digits(values[:-half], base) * base**half + from_digits(values[-half:], base)


def integer_length(n: int, base: int) -> int:
    """The number of digits of |n| in `base`; 0 for 0."""
    n = abs(n)
    if n == 0:
        return 0
    if base == 2:
        return n.bit_length()
    estimate = max(0, int((n.bit_length() - 1) / math.log2(base)))
    while base**estimate <= n:
        estimate += 1
    return estimate


def fibonacci(n: int) -> int:
    """F(n) for any integer n, by doubling."""
    if n < 0:
        value = fibonacci(-n)
        return value if n % 2 else -value
    a, b = 0, 1
    for bit in f"{n:b}":
        a, b = a * (2 * b - a), a * a + b * b
        if bit == "1":
            a, b = b, a + b
    return a


def integer_root(n: int, k: int) -> int:
    """floor(n^(1/k)) for n >= 0 and k >= 1."""
    if k == 1 or n < 2:
        return n
    if k == 2:
        return math.isqrt(n)
    x = 1 << -(-n.bit_length() // k)
    while True:
        y = ((k - 1) * x + n // x ** (k - 1)) // k
        if y >= x:
            return x
        x = y


def partitions_count(n: int) -> int:
    """The number of partitions of n, by Euler's pentagonal recurrence."""
    if n < 0:
        return 0
    p = [1] + [0] * n
    for i in range(1, n + 1):
        total, k = 0, 1
        while True:
            g = k * (3 * k - 1) // 2
            if g > i:
                break
            term = p[i - g] + (p[i - g - k] if g + k <= i else 0)
            total += term if k % 2 else -term
            k += 1
        p[i] = total
    return p[n]


def integer_partitions(n: int, most: int, parts: list[int] | None = None) -> Iterator[list[int]]:
    """Partitions of n into at most `most` parts (each from `parts` where given),
    in reverse lexicographic order."""
    allowed = sorted(parts, reverse=True) if parts is not None else list(range(n, 0, -1))

    def extend(rest: int, start: int, room: int) -> Iterator[list[int]]:
        if rest == 0:
            yield []
        elif room:
            for i in range(start, len(allowed)):
                if 0 < allowed[i] <= rest:
                    for tail in extend(rest - allowed[i], i, room - 1):
                        yield [allowed[i], *tail]

    return extend(n, 0, most)


def stirling_second(n: int, k: int) -> int:
    """Partitions of n things into k nonempty sets."""
    if k > n:
        return 0
    total = sum((-1) ** (k - j) * math.comb(k, j) * j**n for j in range(k + 1))
    return total // math.factorial(k)


def stirling_first(n: int, k: int) -> int:
    """Signed Stirling number of the first kind."""
    row = [1]
    for m in range(n):
        row = [(row[j - 1] if j else 0) - m * (row[j] if j < len(row) else 0) for j in range(len(row) + 1)]
    return row[k] if k < len(row) else 0
