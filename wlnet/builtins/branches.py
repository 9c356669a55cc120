"""Branches of inverse functions on their cuts, and functions of 1/x and 1/f(x)."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any

# ---------------------------------------------------------------------------------------------- numeric forms


def below(f: Callable[[complex], complex]) -> Callable[[complex], complex]:
    """`f` continuous from below on its cut x > 1 and from above on x < -1, as the language has it."""
    return lambda z: f(complex(z.real, -0.0) if z.imag == 0.0 and z.real > 0 else z)


def mp_below(name: str) -> Callable[[Any, Any], Any]:
    def f(mp: Any, x: Any) -> Any:
        value = getattr(mp, name)(x)
        if isinstance(x, mp.mpf) and abs(x) > 1 and isinstance(value, mp.mpc):
            wanted = (-1 if name in ("asin", "atanh") else 1) * (1 if x > 0 else -1)
            return mp.mpc(value.real, wanted * abs(value.imag))
        return value

    return f


def inverted(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function x -> f(1/x)."""
    return lambda x: f(1 / x)


def one_over(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function x -> 1/f(x)."""
    return lambda x: 1 / f(x)


def mp_inverted(f: Any) -> Callable[[Any, Any], Any]:
    return lambda mp, x: f(mp, 1 / x) if callable(f) else getattr(mp, f)(1 / x)


UNIT = (-1.0, 1.0)
asin, acos, atanh = below(cmath.asin), below(cmath.acos), below(cmath.atanh)
