"""Calls of functions that the host program brings: what no op computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import GradientError, Type
from .record import RANDOM, Params, Types, from_bind, no_work, op

if TYPE_CHECKING:
    from ..ir import Builder, Value

# (operands) -> results: arrays of the types that were promised.
Host = Callable[..., tuple[np.ndarray, ...]]


def host_type(
    *operands: Type, function: Host, results: Types, gradient: Host | None = None, stream: int
) -> Types:
    return results


def host_bind(out: Any, operands: tuple[np.ndarray, ...], params: Params) -> Callable[[], None]:
    outs, function = out if isinstance(out, tuple) else (out,), params["function"]

    def call() -> None:
        for target, array in zip(outs, function(*operands), strict=True):
            np.copyto(target, array, casting="same_kind")

    return call


def host_vjp(
    b: Builder,
    ins: tuple[Value, ...],
    out: Any,
    g: Any,
    *,
    function: Host,
    results: Types,
    gradient: Host | None,
    stream: int,
) -> tuple[Value | None, ...]:
    """Cotangents by the function that came with the call: (operands, results, cotangents) -> cotangents."""
    if gradient is None:
        raise GradientError(f"the function {function!r} has none")
    outs, gs = (x if isinstance(x, tuple) else (x,) for x in (out, g))
    filled = [b.zeros(value.type) if each is None else each for each, value in zip(gs, outs, strict=True)]
    types = tuple(each.type for each in ins)
    return b.emit_all("host_call", *ins, *outs, *filled, function=gradient, results=types, stream=b.stream())


op(
    "host_call",
    kind=RANDOM,  # it may do anything: never merged, never moved
    shape=host_type,
    numpy=from_bind(host_bind),
    bind=host_bind,
    vjp=host_vjp,
    cost=no_work,
    doc="A function of the host program: operands (...) -> results of the types `results`. CPU only; `stream`"
    " tells calls apart.",
)
