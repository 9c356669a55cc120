"""Infinite quantities: `DirectedInfinity[z]`, which the symbols Infinity and ComplexInfinity stand for."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Complex, Expr, S

from . import numbers

INFINITY = Expr(S.DirectedInfinity, (1,))
MINUS_INFINITY = Expr(S.DirectedInfinity, (-1,))
COMPLEX_INFINITY = Expr(S.DirectedInfinity, ())


def is_infinite(x: Any) -> bool:
    """Whether `x` is a DirectedInfinity (or one of the symbols that evaluate to one)."""
    if type(x) is Expr:
        return x.head is S.DirectedInfinity
    return x is S.Infinity or x is S.ComplexInfinity


def direction(x: Any) -> Any:
    """The direction of an infinite quantity; None for ComplexInfinity."""
    if x is S.Infinity:
        return 1
    if type(x) is Expr and len(x.args) == 1:
        return x.args[0]
    return None


def toward(z: Any) -> Any:
    """The infinity in the direction of the number `z` (not zero), with a unit direction."""
    if type(z) is Complex:
        re, im = z.re, z.im
        if numbers.is_zero(re):
            return Expr(S.DirectedInfinity, (Complex(0, numbers.sign(im)),))
        return Expr(S.DirectedInfinity, (Expr(S.Times, (z, Expr(S.Power, (Expr(S.Abs, (z,)), -1)))),))
    return INFINITY if numbers.sign(z) > 0 else MINUS_INFINITY


def is_positive_infinity(x: Any) -> bool:
    """Whether `x` is Infinity."""
    return is_infinite(x) and direction(x) == 1


def is_negative_infinity(x: Any) -> bool:
    """Whether `x` is -Infinity."""
    return is_infinite(x) and direction(x) == -1
