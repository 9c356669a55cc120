"""Reverse mode: the gradient of a value as further instructions of the same program, to any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .ir import Builder, Instr, Value, live_instrs
from .ops.record import ELEMENTWISE, OPS, Params, composite
from .types import GradientError, ShapeError


def gradient(b: Builder, total: Value, wrt: Sequence[Value], cotangent: Value | None = None) -> list[Value]:
    """Derivatives of `total` by every x in `wrt`, as values of the same builder; zeros where `total`
    does not depend on x.

    `cotangent` (type of `total`) weights the elements of `total`; without it each counts once, so that the
    gradient of an array is that of the sum of its elements.
    Raises GradientError, naming the op, where an op between has no gradient.
    """
    if not total.type.is_float:
        raise GradientError(f"no gradient of a value of type {total.type}: it is not real")
    if cotangent is not None and cotangent.type != total.type:
        raise ShapeError("gradient", f"a cotangent of type {total.type}", str(cotangent.type))
    seed = b.ones(total.type) if cotangent is None else cotangent
    found = pullback(b, [total], [seed], wrt, leaves=False)
    return [b.zeros(x.type) if g is None else g for x, g in zip(wrt, found)]


@composite
def pullback(
    b: Builder, results: Sequence[Value], seeds: Sequence[Value | None], wrt: Sequence[Value], leaves: bool
) -> list[Value | None]:
    """Cotangents of `wrt` from those of `results`; None for zero.

    `leaves`: stop at `wrt`, which are then taken as independent of one another.
    """
    cotangents: dict[Value, Value] = {}
    for value, seed in zip(results, seeds):
        if seed is not None:
            accumulate(b, cotangents, value, seed)
    instrs = live_instrs(results)
    dependent = dependent_values(instrs, wrt, leaves)
    stop = set(wrt) if leaves else set()
    for instr in reversed(instrs):
        given = [cotangents.get(value) for value in instr.results]
        if all(g is None for g in given) or any(value in stop for value in instr.results):
            continue
        check_positions(instr, dependent)
        if not any(value in dependent and value.type.is_float for value in instr.operands):
            continue
        for operand, g in zip(instr.operands, operand_cotangents(b, instr, given)):
            if g is not None and operand in dependent:
                accumulate(b, cotangents, operand, g)
    return [cotangents.get(x) for x in wrt]


def dependent_values(instrs: Sequence[Instr], wrt: Sequence[Value], leaves: bool) -> set[Value]:
    """Values of any dtype that depend on `wrt`."""
    found = set(wrt)
    for instr in instrs:
        if any(value in found for value in instr.operands):
            if not (leaves and any(value in found for value in instr.results)):
                found.update(instr.results)
    return found


def check_positions(instr: Instr, dependent: set[Value]) -> None:
    """GradientError where integers that depend on `wrt`, such as an argmax, are used as numbers.

    As positions (of gather and its kin) they are constants, and comparisons have derivative zero.
    """
    todo = [instr] if instr.op.kind == ELEMENTWISE else []
    while todo:
        for value in todo.pop().operands:
            if value in dependent and not value.type.is_float:
                maker = value.instr
                if maker.op.vjp is None and maker.op.expand is None:
                    raise maker.op.no_gradient()
                todo.append(maker)


def accumulate(b: Builder, cotangents: dict[Value, Value], value: Value, g: Value) -> None:
    if g.type != value.type:
        op = value.instr.op.name
        raise ShapeError("gradient", f"a cotangent of type {value.type} for the result of {op}", str(g.type))
    known = cotangents.get(value)
    cotangents[value] = g if known is None else b.add(known, g)


def operand_cotangents(b: Builder, instr: Instr, given: Sequence[Value | None]) -> Sequence[Value | None]:
    """One cotangent an operand by the op's own rule, or through its expansion."""
    op = instr.op
    if op.vjp is not None:
        many = len(instr.results) > 1
        out: Any = instr.results if many else instr.results[0]
        return op.vjp(b, instr.operands, out, tuple(given) if many else given[0], **instr.params)
    if op.expand is None:
        raise op.no_gradient()
    found: list[Value | None] = through_expansion(b, op.name, instr.operands, given, instr.params)
    return found


@composite
def through_expansion(
    b: Builder, name: str, operands: Sequence[Value], given: Sequence[Value | None], params: Params
) -> list[Value | None]:
    """One cotangent an operand of the op `name`, by its form in simpler ops; `given` those of its results."""
    expand = OPS[name].expand
    assert expand is not None
    simpler = expand(b, *operands, **params)
    values = [simpler] if isinstance(simpler, Value) else list(simpler)
    distinct = list(dict.fromkeys(operands))
    found = dict(zip(distinct, pullback(b, values, given, distinct, leaves=True)))
    # An operand used twice got the sum of both uses with its first occurrence.
    return [found.pop(value, None) for value in operands]
