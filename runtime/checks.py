"""Checks of mathematics: derivatives against finite differences, one form of a program against another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from . import reference
from .autodiff import gradient
from .compile import compile
from .ir import Builder, Program, Value
from .store import Store
from .types import DTYPES, TensorError, type_of

Function = Callable[..., Value]

# Step of the central difference in float64: error about STEP^2 + 1e-16/STEP, smallest near 6e-6.
STEP = 1e-5


class CheckError(TensorError):
    """Two numbers that should agree do not."""


def evaluate(function: Function, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """`function(b, *values)` of these arrays, instruction by instruction."""
    b = Builder()
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(arrays)]
    b.output("y", function(b, *values))
    outputs, _ = reference.run(b.program(), {f"x{k}": each for k, each in enumerate(arrays)})
    return outputs["y"]


def check_gradient(
    function: Function, arrays: Sequence[np.ndarray], order: int = 2, seed: int = 0, tolerance: float = 1e-5
) -> None:
    """Compare the directional derivative of `function` with a central difference, then that of its gradient.

    function(b, *values) -> value; arrays: float64 operands, and integer or boolean ones that stay fixed.
    A random cotangent makes a number of the result, a random direction moves all real operands at once.
    Raises CheckError naming the order, the derivative and the difference quotient.
    """
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=evaluate(function, arrays).shape)
    real = [k for k, each in enumerate(arrays) if each.dtype == np.float64]

    def scalar(b: Builder, *values: Value) -> Value:
        y = function(b, *values)
        weighted: Value = b.sum(b.mul(y if y.dtype == "f64" else b.cast(y, "f64"), weights))
        return weighted

    for degree in range(1, order + 1):
        direction = {k: rng.normal(size=arrays[k].shape) for k in real}
        scalar = compare(scalar, arrays, direction, degree, tolerance)


def compare(
    scalar: Function,
    arrays: Sequence[np.ndarray],
    direction: Mapping[int, np.ndarray],
    degree: int,
    tolerance: float,
) -> Function:
    """Check one derivative of `scalar`; the directional derivative as a function, to be checked in turn."""

    def slope(b: Builder, *values: Value) -> Value:
        gradients = gradient(b, scalar(b, *values), [values[k] for k in direction])
        parts = [b.sum(b.mul(g, u)) for g, u in zip(gradients, direction.values())]
        total: Value = parts[0]
        for each in parts[1:]:
            total = b.add(total, each)
        return total

    ahead, behind = (
        float(
            evaluate(
                scalar,
                [x + sign * STEP * direction[k] if k in direction else x for k, x in enumerate(arrays)],
            )
        )
        for sign in (1, -1)
    )
    quotient, exact = (ahead - behind) / (2 * STEP), float(evaluate(slope, arrays))
    size = max(1.0, abs(exact), abs(ahead), abs(behind))
    if not abs(quotient - exact) <= tolerance * size:
        raise CheckError(
            f"derivative of order {degree}: {exact!r}, but the difference quotient is {quotient!r}"
        )
    return slope


def check_program(
    program: Program,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    device: str = "cpu",
    tolerance: float | None = None,
) -> None:
    """Compare a compiled program, outputs and updates, with its instructions run one by one.

    `tolerance` is relative to the largest element of each array; by default 1e-5 in f32, 1e-11 in f64.
    """
    store = Store(program.variables, values)
    before = {name: store[name].copy() for name in store}
    outputs, updates = reference.run(program, inputs, before)
    found = compile(program, store, device=device)(inputs)
    pairs = [(f"output {name!r}", outputs[name], found[name]) for name in outputs]
    for name, wanted in updates.items():
        flat = name.startswith("group ")
        pairs.append((f"update {name!r}", wanted, store.flat(name[6:]) if flat else store[name]))
    for label, wanted, have in pairs:
        check_close(label, wanted, have, tolerance)


def check_close(label: str, wanted: np.ndarray, have: np.ndarray, tolerance: float | None = None) -> None:
    if wanted.dtype != have.dtype or wanted.shape != have.shape:
        raise CheckError(f"{label}: {have.dtype}{have.shape} instead of {wanted.dtype}{wanted.shape}")
    if not wanted.size:
        return
    if wanted.dtype not in (DTYPES["f32"], DTYPES["f64"]):
        same = np.array_equal(wanted, have)
        worst = 0.0 if same else 1.0
        bound = 0.0
    else:
        bound = tolerance if tolerance is not None else 1e-5 if wanted.dtype == DTYPES["f32"] else 1e-11
        finite = np.isfinite(wanted)
        if not np.array_equal(wanted[~finite], have[~finite], equal_nan=True):
            raise CheckError(f"{label}: infinities or NaNs in different places")
        size = max(1.0, float(np.abs(wanted[finite]).max(initial=0)))
        worst = float(np.abs(wanted[finite] - have[finite]).max(initial=0)) / size
    if worst > bound:
        raise CheckError(f"{label}: differs by {worst:.3g} of its largest element; allowed are {bound:.3g}")
