"""Random numbers: Philox4x64-10 as numpy.random.Philox has it, so that every backend draws the same bits.

The counter is a variable of the program (random/counter: seed and step, u64) which every step moves on by
one.  The instruction of stream s draws from numpy.random.Philox(counter=[0, step, 0, 0], key=[seed, s]),
words in order, of each 64-bit word the low half first.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Shape, ShapeError, Type
from .launches import Kernel, bernoulli_rule, uniform_rule
from .record import RANDOM, Params, composite, from_bind, op

if TYPE_CHECKING:
    from ..ir import Builder, Value

COUNTER = "random/counter"
COUNTER_TYPE = Type("u64", (2,))


class Stream:
    """NumPy's Philox, set to where stream `stream` begins in the step that `counter` (seed, step) stands
    at.
    """

    def __init__(self, counter: np.ndarray, stream: int) -> None:
        self.bits = np.random.Philox()
        self.counter = counter
        self.key, self.words = np.array([0, stream], np.uint64), np.zeros(4, np.uint64)
        rest = {"buffer": np.zeros(4, np.uint64), "buffer_pos": 4, "has_uint32": 0, "uinteger": 0}
        self.state: Any = {
            "bit_generator": "Philox",
            "state": {"counter": self.words, "key": self.key},
            **rest,
        }

    def start(self) -> None:
        self.key[0], self.words[1] = self.counter
        self.bits.state = self.state


def random_counter(b: Builder) -> Value:
    """The counter variable of this program, declared with its update at first use."""
    found = b.values.get(COUNTER)
    if found is None:
        found = b.variable(COUNTER, COUNTER_TYPE, group="state")
        b.update(found, b.add(found, b.constant(np.array([0, 1], np.uint64))))
    return found


def counter_check(name: str, counter: Type) -> None:
    if counter != COUNTER_TYPE:
        raise ShapeError(name, f"a counter {COUNTER_TYPE}", str(counter))


def uniform_type(counter: Type, *, shape: Shape, dtype: str = "f32", stream: int) -> Type:
    counter_check("random_uniform", counter)
    if dtype not in ("f32", "f64"):
        raise ShapeError("random_uniform", "dtype f32 or f64", dtype)
    return Type(dtype, shape)


def uniform_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Callable[[], None]:
    stream = Stream(operands[0], params["stream"])
    generator = np.random.Generator(stream.bits)

    def call() -> None:
        stream.start()
        generator.random(None, out.dtype, out)

    return call


def uniform_build(
    b: Builder, shape: Sequence[int], low: Any = 0.0, high: Any = 1.0, dtype: str = "f32"
) -> Value:
    """Uniform numbers in [low, high), new ones in each step: 24 random bits each in f32, 53 in f64."""
    result: Value = b.emit(
        "random_uniform", random_counter(b), shape=tuple(shape), dtype=dtype, stream=b.stream()
    )
    unit = isinstance(low, int | float) and isinstance(high, int | float) and (low, high) == (0, 1)
    return (
        result
        if unit
        else b.add(b.mul(result, b.sub(high, low) if not is_number(low, high) else high - low), low)
    )


def is_number(*each: Any) -> bool:
    return all(isinstance(x, int | float) for x in each)


op(
    "random_uniform",
    kind=RANDOM,
    shape=uniform_type,
    numpy=from_bind(uniform_bind),
    bind=uniform_bind,
    cuda=Kernel("philox.cu", uniform_rule),
    vjp=lambda b, ins, out, g, **params: (None,),
    build=uniform_build,
    doc="Uniform numbers in [0, 1): the leading 24 (f32) or 53 (f64) bits of each 32-bit or 64-bit word.",
)


@composite
def random_normal(
    b: Builder, shape: Sequence[int], mean: Any = 0.0, deviation: Any = 1.0, dtype: str = "f32"
) -> Value:
    """Normal numbers, new ones in each step.  Source: Box, Muller 1958."""
    pair = b.random_uniform((2, *shape), dtype=dtype)
    radius = b.sqrt(b.mul(b.log(b.sub(1, b.index_axis(pair, 0, 0))), -2))
    normal = b.mul(radius, b.cos(b.mul(b.index_axis(pair, 0, 1), 2 * math.pi)))
    return b.add(b.mul(normal, deviation), mean)


def bernoulli_type(counter: Type, *, shape: Shape, threshold: int, bits: int = 16, stream: int) -> Type:
    counter_check("bernoulli", counter)
    if bits not in (16, 32) or not 0 <= threshold <= 1 << bits:
        raise ShapeError(
            "bernoulli", "16 or 32 bits and a threshold within them", f"{threshold} of {bits} bits"
        )
    return Type("bool", shape)


def bernoulli_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Callable[[], None]:
    stream, width = Stream(operands[0], params["stream"]), params["bits"]
    words = -(-out.size * width // 64)
    limit, kind = params["threshold"], np.dtype(f"<u{width // 8}")

    def call() -> None:
        stream.start()
        drawn = stream.bits.random_raw(words).astype("<u8", copy=False).view(kind)[: out.size]
        np.less(drawn.reshape(out.shape), limit, out)

    return call


def bernoulli_build(b: Builder, shape: Sequence[int], probability: float) -> Value:
    """True with `probability`, drawn anew in each step.

    16 bits an element where they give the probability within a thousandth of itself and of its complement,
    else 32.
    """
    if not 0 <= probability <= 1:
        raise ShapeError("bernoulli", "a probability between 0 and 1", str(probability))
    error = abs(round(probability * 65536) / 65536 - probability)
    bits = 16 if error <= 1e-3 * min(probability, 1 - probability) else 32
    result: Value = b.emit(
        "bernoulli",
        random_counter(b),
        shape=tuple(shape),
        threshold=round(probability * (1 << bits)),
        bits=bits,
        stream=b.stream(),
    )
    return result


op(
    "bernoulli",
    kind=RANDOM,
    shape=bernoulli_type,
    numpy=from_bind(bernoulli_bind),
    bind=bernoulli_bind,
    cuda=Kernel("philox.cu", bernoulli_rule),
    vjp=lambda b, ins, out, g, **params: (None,),
    build=bernoulli_build,
    doc="Truth values: a word of 16 or 32 random bits lies below the threshold.",
)


@composite
def dropout_mask(b: Builder, shape: Sequence[int], probability: float) -> Value:
    """True where an element stays: `probability` is the one of dropping it."""
    return b.bernoulli(shape, 1 - probability)


@composite
def dropout(b: Builder, x: Value, probability: float) -> Value:
    """`x` with elements dropped with `probability` and the others divided by 1 - probability."""
    if probability == 0:
        return x
    if probability == 1:
        return b.zeros(x.type)
    return b.keep(b.mul(x, 1 / (1 - probability)), b.dropout_mask(x.shape, probability))
