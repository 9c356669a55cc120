"""Activation functions and the guarded logarithm of cross entropies, elementwise."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Type
from .elementwise import unary
from .record import ELEMENTWISE, Params, case, composite, op, same_float

if TYPE_CHECKING:
    from ..ir import Builder, Value

SELU_SCALE = 1.0507009873554805  # Klambauer et al. 2017, section 2: lambda
SELU_SCALE_ALPHA = 1.7580993408473766  # lambda times alpha

# Probabilities below this count as this much in logarithms: the smallest power of ten whose reciprocal,
# squared once more by a gradient, is still finite in float32 after multiplication by ordinary numbers.
FLOOR = 1e-30


def relu_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Any:
    """Against a vector of zeros, 3 times as fast as against one zero (18 us against 60 for 64 K elements);
    its pages are the system's one page of zeros.
    """
    return partial(np.maximum, operands[0], np.zeros(out.shape, out.dtype), out=out)


unary(
    "relu",
    "np.maximum({x}, {zero}, out={out})",
    "maximum({x}, {ctype}(0))",
    lambda b, ins, out, g: (b.keep(g, b.greater(out, 0)),),
    "max(x, 0); derivative 0 at 0.  The gradient looks at the result, so that the operand need not be kept.",
    bind=relu_bind,
)
unary(
    "sigmoid",
    "np.negative({x}, {out}); np.exp({out}, {out}); np.add({out}, {one}, {out}); np.reciprocal({out}, {out})",
    "1 / (1 + exp(-{x}))",
    lambda b, ins, out, g: (b.mul(g, b.mul(out, b.sub(1, out))),),
    "Logistic sigmoid 1/(1 + exp(-x)).",
    domain=(-4.0, 4.0),
)
unary(
    "softplus",
    "np.absolute({x}, {s}); np.negative({s}, {s}); np.exp({s}, {s}); np.log1p({s}, {s}); "
    "np.maximum({x}, {zero}, out={out}); np.add({out}, {s}, {out})",
    "maximum({x}, {ctype}(0)) + log1p(exp(-absolute({x})))",
    lambda b, ins, out, g: (b.mul(g, b.sigmoid(ins[0])),),
    "log(1 + exp(x)), without overflow.",
    scratch=lambda types, params: (types[0],),
    domain=(-4.0, 4.0),
)


def log_floor_type(x: Type, *, floor: float = FLOOR) -> Type:
    return same_float(x)


op(
    "log_floor",
    kind=ELEMENTWISE,
    shape=log_floor_type,
    numpy="np.maximum({x}, {floor}, out={out}); np.log({out}, {out})",
    cuda="log(maximum({x}, {ctype}({floor})))",
    vjp=lambda b, ins, out, g, floor: (b.div(g, b.maximum(ins[0], floor)),),
    inplace=((0, 0),),
    domain=(0.1, 1.0),
    examples=[case((3, 5)), case((33,), floor=1e-20)],
    doc="log(max(x, floor)) with derivative 1/max(x, floor): a probability of 0 still learns.",
)


@composite
def elu(b: Builder, x: Value) -> Value:
    """X for x >= 0, else exp(x) - 1."""
    return b.add(b.relu(x), b.expm1(b.minimum(x, 0)))


@composite
def selu(b: Builder, x: Value) -> Value:
    """1.0507 x for x >= 0, else 1.7581 (exp(x) - 1).  Klambauer et al. 2017."""
    return b.add(b.mul(b.relu(x), SELU_SCALE), b.mul(b.expm1(b.minimum(x, 0)), SELU_SCALE_ALPHA))


@composite
def swish(b: Builder, x: Value) -> Value:
    """X sigmoid(x)."""
    return b.mul(x, b.sigmoid(x))


@composite
def hard_swish(b: Builder, x: Value) -> Value:
    """X min(max(x + 3, 0), 6) / 6."""
    return b.mul(x, b.mul(b.minimum(b.relu(b.add(x, 3)), 6), 1 / 6))


@composite
def mish(b: Builder, x: Value) -> Value:
    """X tanh(log(1 + exp(x)))."""
    return b.mul(x, b.tanh(b.softplus(x)))


@composite
def softsign(b: Builder, x: Value) -> Value:
    """X / (1 + |x|)."""
    return b.div(x, b.add(b.abs(x), 1))


@composite
def hard_tanh(b: Builder, x: Value) -> Value:
    """X limited to -1 ... 1."""
    return b.minimum(b.maximum(x, -1), 1)


@composite
def hard_sigmoid(b: Builder, x: Value) -> Value:
    """(x + 1)/2 limited to 0 ... 1."""
    return b.minimum(b.relu(b.mul(b.add(x, 1), 0.5)), 1)


@composite
def leaky_relu(b: Builder, x: Value, slope: Value) -> Value:
    """X for x >= 0, else slope x; the slope broadcasts."""
    return b.add(b.relu(x), b.mul(slope, b.minimum(x, 0)))
