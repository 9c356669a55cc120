"""One op at a time by its NumPy definition: the oracle of every backend, and constant folding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .ops.record import Op, Params
from .types import DTYPES, TensorError, type_of

# Names that templates use for operands and for temporaries.
OPERANDS = "xyzw"
SCRATCH = "st"

compiled: dict[str, Callable[..., None]] = {}


def fill(
    op: Op, out: str, operands: Sequence[str], scratch: Sequence[str], params: Params, numbers: str
) -> str:
    """The op's NumPy statement with these names for its arrays; `numbers` names an object with .zero and .one."""
    assert isinstance(op.numpy, str)
    names = {**dict(zip(OPERANDS, operands)), **dict(zip(SCRATCH, scratch)), **params}
    return op.numpy.format(out=out, zero=numbers + "zero", one=numbers + "one", **names)


def function(op: Op, params: Params) -> Callable[..., None]:
    """(out, *operands, *scratch) -> None, without parameters left open."""
    if op.numpy is None:
        raise TensorError(f"op '{op.name}' has no NumPy form")
    if callable(op.numpy):
        run = op.numpy
        return lambda *arrays: run(*arrays, **params)
    names = [*OPERANDS[: op.arity], *SCRATCH]
    body = fill(op, "out", OPERANDS[: op.arity], SCRATCH, params, "")
    found = compiled.get(body)
    if found is None:
        scope: dict[str, Any] = {"np": np}
        source = f"def run(out, {', '.join(names[: op.arity])}, s=None, t=None):\n    zero, one = zero_one(out)\n    {body}\n"
        scope["zero_one"] = zero_one
        exec(source, scope)
        found = compiled[body] = scope["run"]
    return found


def zero_one(out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((), out.dtype), np.ones((), out.dtype)


def evaluate(op: Op, operands: Sequence[np.ndarray], params: Params) -> tuple[np.ndarray, ...]:
    """New arrays with the results of one instruction."""
    types = tuple(type_of(each) for each in operands)
    results = tuple(np.empty(each.shape, DTYPES[each.dtype]) for each in op.types(types, params))
    if op.name == "const":
        results[0][...] = params["value"]
        return results
    scratch = (
        [np.empty(each.shape, DTYPES[each.dtype]) for each in op.scratch(types, params)] if op.scratch else []
    )
    with np.errstate(all="ignore"):
        function(op, params)(results if len(results) > 1 else results[0], *operands, *scratch)
    return results
