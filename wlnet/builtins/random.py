"""Random numbers: RandomInteger, RandomReal, RandomChoice, RandomSample,
RandomVariate, SeedRandom, BlockRandom.

All of them draw from `ev.random`, the session's NumPy generator (Philox), so one seed fixes a whole session.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Association, Complex, Expr, S, is_list, items, make_list, packed, to_array
from wlnet.expr.attributes import HOLD_FIRST
from wlnet.kernel.registry import builtin, symbol

from . import numbers, numeric
from .levels import length, nth, size

SHAPE = {"array": "The array dimensions `1` should be a list of non-negative machine-size integers."}
RANGE = SHAPE | {
    "unifr": "The range `1` is not a pair of real numbers.",
    "unii": "The range `1` is not one of integers.",
}

# More elements than this in one call are refused with a message: 2^33 machine numbers are 64 gigabytes.
MAX_ELEMENTS = 1 << 33


def shape_of(ev: Any, name: str, spec: Any) -> tuple[int, ...] | None:
    """`n` or `{n1, n2, ...}` as a shape; None with the message `name::array`."""
    values = items(spec) if is_list(spec) else (spec,)
    plain = all(type(n) is int and n >= 0 for n in values)
    if not plain or np.prod([float(n) for n in values]) > MAX_ELEMENTS:
        ev.message(name, "array", spec)
        return None
    return tuple(values)


def as_list(array: np.ndarray) -> Any:
    """An array drawn as a List; one with an empty dimension is an ordinary empty List."""
    if array.size == 0 and array.ndim:
        inner: Any = make_list(())
        for n in reversed(array.shape[: array.shape.index(0)]):
            inner = make_list([inner] * n)
        return inner
    return packed(array)


def generator(seed: Any) -> np.random.Generator:
    """The generator of a seed: an integer, or any text."""
    if type(seed) is not int:
        seed = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(abs(seed) * 2 + (seed < 0))))


@builtin("SeedRandom", stateful=True)
def seed_random(ev: Any, *seed: Any) -> Any:
    """SeedRandom[n] starts the random generator with the integer or string n;
    SeedRandom[] with fresh entropy.

    >>> SeedRandom[5]; a = RandomInteger[100, 4]; SeedRandom[5]; a === RandomInteger[100, 4]
    True
    """
    if len(seed) > 1 or (seed and type(seed[0]) not in (int, str)):
        return None
    ev.state.random = generator(seed[0]) if seed else np.random.Generator(np.random.Philox())
    return S.Null


@builtin("BlockRandom", attributes=HOLD_FIRST, evaluated=True)
def block_random(ev: Any, expr: Any, *, random_seeding: Any = S.Automatic) -> Any:
    """BlockRandom[expr] evaluates expr and puts the random generator back to where it was.

    >>> {BlockRandom[RandomInteger[10^6]] === BlockRandom[RandomInteger[10^6]]}
    {True}
    """
    before = ev.random.bit_generator.state
    saved = ev.random
    try:
        if random_seeding is not S.Automatic and type(random_seeding) in (int, str):
            ev.state.random = generator(random_seeding)
        return ev.evaluate(expr)
    finally:
        saved.bit_generator.state = before
        ev.state.random = saved


# ---------------------------------------------------------------------------------------------- numbers


def _range(spec: Any, default: int) -> tuple[Any, Any]:
    """`max` or `{min, max}` as (min, max); `default` is the min that goes with a single max."""
    if is_list(spec) and len(items(spec)) == 2:
        return items(spec)
    return default, spec


@builtin("RandomInteger", messages=RANGE, stateful=True)
def random_integer(ev: Any, spec: Any = 1, shape: Any = None) -> Any:
    """RandomInteger[{min, max}] gives a random integer from min to max; RandomInteger[max] one from 0 to max.
    RandomInteger[] gives 0 or 1. RandomInteger[range, n] gives a list, RandomInteger[range, {n1, n2, ...}]
    an array.

    >>> {RandomInteger[{3, 3}], Dimensions[RandomInteger[9, {2, 3}]], Max[RandomInteger[5, 100]] <= 5}
    {3, {2, 3}, True}
    """
    if type(spec) is Expr and spec.head is not S.List:
        args = (spec,) if shape is None else (spec, shape)
        return Expr(S.RandomVariate, args) if is_distribution(spec) else None
    low, high = _range(spec, 0)
    if type(low) is not int or type(high) is not int:
        ev.message("RandomInteger", "unii", spec)
        return None
    if low > high:
        low, high = high, low
    if shape is None:
        return _one_integer(ev.random, low, high)
    dims = shape_of(ev, "RandomInteger", shape)
    if dims is None:
        return None
    if low >= -(1 << 63) and high < (1 << 63) - 1:
        return as_list(ev.random.integers(low, high, dims, endpoint=True))
    flat = [_one_integer(ev.random, low, high) for _ in range(int(np.prod(dims)))]
    return _shaped(flat, dims)


def _one_integer(random: np.random.Generator, low: int, high: int) -> int:
    if low >= -(1 << 63) and high < (1 << 63) - 1:
        return int(random.integers(low, high, endpoint=True))
    span = high - low + 1
    bits = span.bit_length()
    while True:  # at most two rounds on average
        value = int.from_bytes(random.bytes((bits + 7) // 8), "little") & ((1 << bits) - 1)
        if value < span:
            return low + value


def _shaped(flat: list[Any], dims: tuple[int, ...]) -> Any:
    """Values in row-major order as nested lists."""
    if len(dims) <= 1:
        return make_list(flat)
    step = len(flat) // dims[0] if dims[0] else 0
    return make_list(_shaped(flat[i * step : (i + 1) * step], dims[1:]) for i in range(dims[0]))


@builtin("RandomReal", messages=RANGE, stateful=True)
def random_real(
    ev: Any, spec: Any = 1, shape: Any = None, *, working_precision: Any = S.MachinePrecision
) -> Any:
    """RandomReal[] gives a random real number between 0 and 1; RandomReal[max] one up to max,
    RandomReal[{min, max}] one from min to max.
    RandomReal[range, n] gives a list, RandomReal[range, {n1, n2, ...}] an array.

    >>> {Dimensions[RandomReal[1, {2, 3}]], 0 <= RandomReal[] <= 1, Min[RandomReal[{5, 6}, 50]] >= 5}
    {{2, 3}, True, True}
    """
    if type(spec) is Expr and is_distribution(spec):
        return Expr(S.RandomVariate, (spec,) if shape is None else (spec, shape))
    bounds = [numeric.numeric_value(ev, x) for x in _range(spec, 0)]
    if any(b is None or type(b) is Complex for b in bounds):
        ev.message("RandomReal", "unifr", spec)
        return None
    low, high = map(numbers.to_float, bounds)
    dims = () if shape is None else shape_of(ev, "RandomReal", shape)
    if dims is None:
        return None
    if working_precision is not S.MachinePrecision:
        return _precise(ev, low, high, dims, working_precision)
    if shape is None:
        return low + (high - low) * float(ev.random.random())
    values = ev.random.random(dims)
    if (low, high) != (0.0, 1.0):
        values *= high - low
        values += low
    return as_list(values)


def _precise(ev: Any, low: float, high: float, dims: tuple[int, ...], precision: Any) -> Any:
    """Random reals of arbitrary precision."""
    import mpmath

    if type(precision) not in (int, float, Fraction):
        return None
    digits = float(precision)
    bits = int(digits * 3.33) + 8

    def one() -> Any:
        with numbers.working(digits):
            unit = mpmath.mpf(_one_integer(ev.random, 0, (1 << bits) - 1)) / (1 << bits)
            return numbers.BigReal(low + (mpmath.mpf(high) - low) * unit, digits)

    return one() if not dims else _shaped([one() for _ in range(int(np.prod(dims)))], dims)


@builtin("RandomComplex", messages=RANGE, stateful=True)
def random_complex(ev: Any, spec: Any = None, shape: Any = None) -> Any:
    """RandomComplex[] gives a random complex number in the square from 0 to 1 + I; RandomComplex[{z1, z2}]
    in another.

    >>> {Head[RandomComplex[]], Dimensions[RandomComplex[{-1 - I, 1 + I}, {2, 2}]]}
    {Complex, {2, 2}}
    """
    low, high = _range(Complex(1, 1) if spec is None else spec, 0)
    corners = [numeric.numeric_value(ev, x) for x in (low, high)]
    if any(c is None for c in corners):
        ev.message("RandomComplex", "unifr", spec)
        return None
    a, b = map(numbers.to_complex, corners)
    dims = () if shape is None else shape_of(ev, "RandomComplex", shape)
    if dims is None:
        return None
    re = a.real + (b.real - a.real) * ev.random.random(dims)
    im = a.imag + (b.imag - a.imag) * ev.random.random(dims)
    return Complex(float(re), float(im)) if not dims else as_list(re + 1j * im)


@builtin("RandomPrime", stateful=True, messages=SHAPE)
def random_prime(ev: Any, spec: Any, shape: Any = None) -> Any:
    """RandomPrime[{min, max}] gives a random prime from min to max; RandomPrime[max] one up to max.

    >>> PrimeQ[RandomPrime[1000]]
    True
    """
    from . import number_theory

    low, high = _range(spec, 2)
    if type(low) is not int or type(high) is not int:
        return None
    if number_theory.next_prime(max(low, 2) - 1) > high:
        return None
    dims = () if shape is None else shape_of(ev, "RandomPrime", shape)
    if dims is None:
        return None

    def one() -> int:
        while True:
            n = _one_integer(ev.random, low, high)
            if n > 1 and number_theory.is_prime(n):
                return n

    return one() if not dims else _shaped([one() for _ in range(int(np.prod(dims)))], dims)


# ----------------------------------------------------------------------------------------- choice and samples

CHOICE = SHAPE | {
    "lrwl": "The items `1` should be a list, or a rule `2` -> `3` of as many weights as items.",
    "smplen": "A sample of `1` elements cannot be drawn without replacement from `2`.",
}


def _pool(ev: Any, name: str, spec: Any) -> tuple[Any, np.ndarray | None] | None:
    """The elements to choose from and their probabilities (None: all the same); None with a message."""
    weights = None
    pool = spec
    if type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2:
        given, pool = spec.args
        weights = to_array(numeric.approximate(ev, given, None))
    if type(pool) is Association:
        pool = make_list(pool.values())
    if not is_list(pool) and type(pool) is Expr and pool.head is not S.Rule:
        pool = make_list(pool.args)
    if type(spec) is Expr and spec.head is S.Rule:
        ok = weights is not None and weights.ndim == 1 and is_list(pool) and len(weights) == size(pool)
        if not ok or weights is None or (weights < 0).any() or not weights.sum() > 0:
            ev.message(name, "lrwl", spec, "weights", "items")
            return None
        return pool, weights / weights.sum()
    if not is_list(pool):
        ev.message(name, "lrwl", spec, "weights", "items")
        return None
    return pool, None


def _gather(pool: Any, chosen: np.ndarray) -> Any:
    """The elements of `pool` at an array of indices."""
    if type(pool) is np.ndarray:
        return packed(pool[chosen])
    return _shaped([pool.args[i] for i in chosen.reshape(-1).tolist()], chosen.shape)


@builtin("RandomChoice", messages=CHOICE, stateful=True)
def random_choice(ev: Any, spec: Any, shape: Any = None) -> Any:
    """RandomChoice[{e1, e2, ...}] gives one of the elements at random; RandomChoice[{w1, w2, ...} -> {e1,
    e2, ...}] by weights.
    RandomChoice[list, n] gives n choices, RandomChoice[list, {n1, n2, ...}] an array of them.

    >>> {RandomChoice[{a, a}], RandomChoice[{0, 1} -> {x, y}, 3], Dimensions[RandomChoice[{1, 2}, {2, 4}]]}
    {a, {y, y, y}, {2, 4}}
    """
    found = _pool(ev, "RandomChoice", spec)
    if found is None or (shape is None and not size(found[0])):
        return None
    dims = () if shape is None else shape_of(ev, "RandomChoice", shape)
    if dims is None:
        return None
    pool, weights = found
    n = size(pool)
    if n == 0:
        ev.message("RandomChoice", "lrwl", spec, "weights", "items")
        return None
    chosen = ev.random.integers(0, n, dims) if weights is None else ev.random.choice(n, dims, p=weights)
    if shape is None:
        return nth(pool, int(chosen))
    return _gather(pool, np.asarray(chosen)) if np.size(chosen) else as_list(np.zeros(dims))


@builtin("RandomSample", messages=CHOICE, stateful=True)
def random_sample(ev: Any, spec: Any, count: Any = None) -> Any:
    """RandomSample[{e1, e2, ...}, n] gives n elements drawn without replacement; RandomSample[list] a
    random permutation.
    RandomSample[{w1, w2, ...} -> {e1, e2, ...}, n] draws by weights; UpTo[n] draws as many as there are.

    >>> {Sort[RandomSample[{3, 1, 2}]], Length[RandomSample[Range[10], 4]]}
    {{1, 2, 3}, 4}
    """
    found = _pool(ev, "RandomSample", spec)
    if found is None:
        return None
    pool, weights = found
    n = length(pool)
    wanted = n if count is None else count
    if type(wanted) is Expr and wanted.head is S.UpTo and type(wanted.args[0]) is int:
        wanted = min(wanted.args[0], n)
    if type(wanted) is not int or wanted < 0:
        ev.message("RandomSample", "array", count)
        return None
    if wanted > n or (weights is not None and wanted > np.count_nonzero(weights)):
        ev.message("RandomSample", "smplen", wanted, pool)
        return None
    if weights is not None:
        chosen = ev.random.choice(n, wanted, replace=False, p=weights)
    elif wanted * 4 > n:
        chosen = ev.random.permutation(n)[:wanted]
    else:
        chosen = ev.random.choice(n, wanted, replace=False)
    return _gather(pool, chosen) if wanted else make_list(())


symbol("Cycles", usage="Cycles[{{a1, a2, ...}, ...}] is a permutation in which a1 goes to a2, and so on.")


@builtin("RandomPermutation", stateful=True, messages=SHAPE)
def random_permutation(ev: Any, n: Any) -> Any:
    """RandomPermutation[n] gives a random permutation of 1 to n as Cycles.

    >>> RandomPermutation[1]
    Cycles[{}]
    """
    if type(n) is not int or n < 0:
        return None
    if n > MAX_ELEMENTS:
        ev.message("RandomPermutation", "array", n)
        return None
    images = ev.random.permutation(n).tolist()
    seen = [False] * n
    cycles = []
    for start in range(n):
        cycle = []
        at = start
        while not seen[at]:
            seen[at] = True
            cycle.append(at + 1)
            at = images[at]
        if len(cycle) > 1:
            cycles.append(make_list(cycle))
    return Expr(S.Cycles, (make_list(cycles),))


# ---------------------------------------------------------------------------------------------- variates


def is_distribution(x: Any) -> bool:
    """Whether `x` is a call of a distribution of the language."""
    return type(x) is Expr and x.head.__class__ is S.List.__class__ and x.head.name.endswith("Distribution")


@builtin(
    "RandomVariate",
    messages=SHAPE | {"noimp": "No random values of `1`; its parameters must be numbers."},
    stateful=True,
)
def random_variate(ev: Any, distribution: Any, shape: Any = None) -> Any:
    """RandomVariate[dist] gives a random value of the distribution; RandomVariate[dist, n] a list of n,
    RandomVariate[dist, {n1, n2, ...}] an array.

    >>> {Dimensions[RandomVariate[NormalDistribution[], {2, 3}]], RandomVariate[BernoulliDistribution[1], 3]}
    {{2, 3}, {1, 1, 1}}
    """
    from .distributions import draw

    dims = () if shape is None else shape_of(ev, "RandomVariate", shape)
    if dims is None:
        return None
    values = draw(ev, distribution, dims)
    if values is None:
        ev.message("RandomVariate", "noimp", distribution)
        return None
    return packed(values) if np.ndim(values) == 0 else as_list(values)
