"""Gamma and error functions, elementwise.  Their NumPy forms are SciPy's, loaded on first use."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Type
from .elementwise import unary
from .record import ELEMENTWISE, case, composite, op, same_float

if TYPE_CHECKING:
    from ..ir import Builder, Value

TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def scipy_function(name: str) -> Any:
    """(out, x) -> None by scipy.special's ufunc `name`."""

    def function(out: np.ndarray, x: np.ndarray) -> None:
        from scipy import special  # type: ignore[import-untyped]

        getattr(special, name)(x, out)

    return function


def polygamma_type(x: Type, *, order: int) -> Type:
    return same_float(x)


def polygamma_numpy(out: np.ndarray, x: np.ndarray, *, order: int) -> None:
    from scipy import special

    if order == 0:
        special.psi(x, out)
    else:
        special.zeta(order + 1.0, x, out)
        np.multiply(out, out.dtype.type((-1) ** (order + 1) * math.factorial(order)), out)


op(
    "polygamma",
    kind=ELEMENTWISE,
    shape=polygamma_type,
    numpy=polygamma_numpy,
    vjp=lambda b, ins, out, g, order: (b.mul(g, b.polygamma(ins[0], order=order + 1)),),
    domain=(1.0, 4.0),
    examples=[case((3, 5), order=0), case((33,), order=1), case((7,), order=2)],
    doc="That derivative of the digamma function (order 0: digamma itself); x > 0 from order 1 on.",
)
unary(
    "lgamma",
    scipy_function("gammaln"),
    "lgamma({x})",
    lambda b, ins, out, g: (b.mul(g, b.polygamma(ins[0], order=0)),),
    "Logarithm of the absolute value of the gamma function.",
    domain=(0.5, 4.0),
    inplace=(),
)
unary(
    "gamma",
    scipy_function("gamma"),
    "tgamma({x})",
    lambda b, ins, out, g: (b.mul(b.mul(g, out), b.polygamma(ins[0], order=0)),),
    "Gamma function.",
    domain=(0.5, 4.0),
    inplace=(),
)


def bell(b: Builder, x: Value) -> Value:
    """2/sqrt(pi) exp(-x^2), the derivative of erf."""
    result: Value = b.mul(b.exp(b.neg(b.square(x))), TWO_OVER_ROOT_PI)
    return result


unary(
    "erf",
    scipy_function("erf"),
    "erf({x})",
    lambda b, ins, out, g: (b.mul(g, bell(b, ins[0])),),
    "Error function.",
    inplace=(),
)
unary(
    "erfc",
    scipy_function("erfc"),
    "erfc({x})",
    lambda b, ins, out, g: (b.neg(b.mul(g, bell(b, ins[0]))),),
    "1 - erf(x).",
    inplace=(),
)
unary(
    "erfinv",
    scipy_function("erfinv"),
    "erfinv({x})",
    lambda b, ins, out, g: (b.div(g, bell(b, out)),),
    "Inverse of erf.",
    domain=(-0.9, 0.9),
    inplace=(),
)
unary(
    "erfcinv",
    scipy_function("erfcinv"),
    "erfcinv({x})",
    lambda b, ins, out, g: (b.neg(b.div(g, bell(b, out))),),
    "Inverse of erfc.",
    domain=(0.2, 1.8),
    inplace=(),
)


@composite
def digamma(b: Builder, x: Value) -> Value:
    """Derivative of lgamma."""
    result: Value = b.polygamma(x, order=0)
    return result
