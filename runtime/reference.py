"""One op at a time by its NumPy definition: the oracle of every backend, and constant folding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .ops.record import LOOP, Op, Params
from .types import DTYPES, TensorError, Type, segments, type_of

if TYPE_CHECKING:
    from .ir import Program, Value

# Names that templates use for operands and for temporaries.
OPERANDS = "xyzw"
SCRATCH = "st"

compiled: dict[str, Callable[..., None]] = {}


def fill(
    op: Op, out: str, operands: Sequence[str], scratch: Sequence[str], params: Params, numbers: str
) -> str:
    """The op's NumPy statement with these names for its arrays; `numbers` names an object
    with .zero and .one.
    """
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
    names = OPERANDS[: op.arity]
    body = fill(op, "out", names, SCRATCH, params, "")
    found = compiled.get(body)
    if found is None:
        head = f"def run(out, {', '.join(names)}, s=None, t=None):\n    zero, one = zero_one(out)\n"
        scope: dict[str, Any] = {"np": np, "zero_one": zero_one}
        exec(f"{head}    {body}\n", scope)
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
    if op.kind == LOOP:
        loop(results, operands, **params)
        return results
    scratch = (
        [np.empty(each.shape, DTYPES[each.dtype]) for each in op.scratch(types, params)] if op.scratch else []
    )
    with np.errstate(all="ignore"):
        (only, *more) = results
        function(op, params)(results if more else only, *operands, *scratch)
    return results


def loop(
    results: Sequence[np.ndarray],
    operands: Sequence[np.ndarray],
    *,
    body: Program,
    carries: int,
    sequences: int,
    length: int,
    reverse: bool,
) -> None:
    """A scan: the body run once for each element, from the carries that the step before left."""
    split = carries + sequences
    held = list(operands[:carries])
    for t in reversed(range(length)) if reverse else range(length):
        given = [*held, *(each[t] for each in operands[carries:split]), *operands[split:]]
        found = list(run(body, dict(zip(body.inputs, given)))[0].values())
        held = found[:carries]
        for whole, each in zip(results[carries:], found[carries:]):
            whole[t] = each
    for whole, each in zip(results, held):
        whole[...] = each


def run(
    program: Program, inputs: Mapping[str, Any], variables: Mapping[str, Any] | None = None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Outputs and updates (by name) of one step, instruction by instruction: no plan, no memory shared."""
    known: dict[Value, np.ndarray] = {}
    for instr in program.instrs:
        name, result = instr.op.name, instr.results[0]
        if name == "input":
            found: tuple[np.ndarray, ...] = (np.asarray(inputs[instr.params["name"]], result.type.numpy),)
        elif name == "variable":
            label = instr.params["name"]
            given = variables[label] if variables else program.variables[label].initial
            found = (np.broadcast_to(np.asarray(given, result.type.numpy), result.shape),)
        elif name == "flat":
            found = (flat_value(program, instr.params["group"], result.type, variables or {}),)
        else:
            found = evaluate(instr.op, [known[each] for each in instr.operands], instr.params)
        known.update(zip(instr.results, found))
    outputs = {name: known[value] for name, value in program.outputs.items()}
    return outputs, {each.name: known[each.value] for each in program.updates}


def flat_value(program: Program, group: str, type_: Type, variables: Mapping[str, Any]) -> np.ndarray:
    """The vector of a group's variables, from their values."""
    members = [each for each in program.variables.values() if each.group == group]
    offsets, _ = segments([each.type for each in members])
    vector = np.zeros(type_.shape, type_.numpy)
    for each, offset in zip(members, offsets):
        start = offset // type_.numpy.itemsize
        value = np.asarray(variables.get(each.name, each.initial))
        vector[start : start + each.type.size] = np.broadcast_to(value, each.type.shape).reshape(-1)
    return vector
