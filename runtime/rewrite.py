"""Algebraic identities, tried on every instruction as it is built: (operands, parameters) -> a better value.

The same table serves the builder, so that gradients are taken of the better form, and the simplify pass,
which builds a program again.  Each rule keeps the value up to rounding, and the derivative.  Stable cross
entropies come about here, across nets: log_floor of a softmax is log_softmax, of a sigmoid it is -softplus
(loss-function.md, 9).
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import layout
from .ops.record import ELEMENTWISE, Op, Params
from .reference import evaluate

if TYPE_CHECKING:
    from .ir import Builder, Value

    Rule = Callable[[Builder, Op, tuple[Value, ...], Params], Value | None]

RULES: dict[str, list[Rule]] = {}

# Ops that move elements without changing them: what is done elementwise after them can be done before.
STRUCTURAL = frozenset(("reshape", "transpose", "slice", "reverse", "gather", "take_along_axis"))


def rule(*names: str) -> Callable[[Rule], Rule]:
    def declare(function: Rule) -> Rule:
        for name in names:
            RULES.setdefault(name, []).append(function)
        return function

    return declare


def rewrite(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """A value equal to this instruction's, if a rule knows one."""
    if op.kind == ELEMENTWISE and operands and all(number(each) is not None for each in operands):
        return fold(b, op, operands, params)
    for each in RULES.get(op.name, ()):
        better = each(b, op, operands, params)
        if better is not None:
            return better
    return layout.elementwise_inside(b, op, operands, params) if op.kind == ELEMENTWISE else None


def number(value: Value) -> Any:
    """The number that fills `value`, None where it is not such a constant."""
    instr = value.instr
    found = instr.params["value"] if instr.op.name == "const" else None
    return None if isinstance(found, np.ndarray) else found


def made_by(value: Value, name: str) -> bool:
    return value.instr.op.name == name


def fold(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value:
    """An elementwise op of numbers is a number."""
    scalars = [np.array(number(each), each.type.numpy) for each in operands]
    result = evaluate(op, scalars, params)[0]
    types = op.types(tuple(each.type for each in operands), params)
    return b.constant(result, types[0].dtype, types[0].shape)


# ---- arithmetic


@rule("add", "sub")
def without_zero(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    return x if number(y) == 0 else None


@rule("sub")
def from_zero(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    return b.neg(y) if number(x) == 0 else None


@rule("mul", "div")
def without_one(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    if number(y) == 1:
        return x
    if number(y) == -1 and x.type.is_float:
        return b.neg(x)
    return None


@rule("div")
def division_by_number(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """x/c is x times 1/c where that is exact (c a power of two), and 1/x a reciprocal."""
    x, y = operands
    c = number(y)
    if c and np.frexp(c)[0] in (0.5, -0.5):
        return b.mul(x, 1 / c)
    return b.reciprocal(y) if number(x) == 1 else None


@rule("mul")
def numbers_together(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """(x c) d = x (c d); (-x) c = x (-c): scales of losses and of their derivatives meet in one factor."""
    x, y = operands
    d = number(y)
    if d is None or not x.type.is_float:
        return None
    if made_by(x, "neg"):
        return b.mul(x.instr.operands[0], -d)
    c = number(x.instr.operands[1]) if made_by(x, "mul") else None
    return b.mul(x.instr.operands[0], c * d) if c is not None else None


@rule("mul")
def square_of(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    return b.square(x) if x is y else None


@rule("neg")
def negated(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    inner = operands[0].instr
    if inner.op.name == "neg":
        return inner.operands[0]
    if inner.op.name == "sub":
        return b.sub(inner.operands[1], inner.operands[0])
    if inner.op.name == "mul" and number(inner.operands[1]) is not None and operands[0].type.is_float:
        return b.mul(inner.operands[0], -number(inner.operands[1]))
    return None


@rule("add")
def plus_negative(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    if made_by(y, "neg"):
        return b.sub(x, y.instr.operands[0])
    return b.sub(y, x.instr.operands[0]) if made_by(x, "neg") else None


@rule("sub")
def minus_negative(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    return b.add(x, y.instr.operands[0]) if made_by(y, "neg") else None


@rule("power")
def small_powers(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, y = operands
    exponent = number(y)
    if exponent is None:
        return None
    forms: dict[float, Callable[[], Value]] = {
        0.0: lambda: b.ones(x.type),
        1.0: lambda: x,
        2.0: lambda: b.square(x),
        3.0: lambda: b.mul(x, b.square(x)),
        4.0: lambda: b.square(b.square(x)),
        0.5: lambda: b.sqrt(x),
        -1.0: lambda: b.reciprocal(x),
        -2.0: lambda: b.reciprocal(b.square(x)),
        -0.5: lambda: b.reciprocal(b.sqrt(x)),
    }
    form = forms.get(exponent)
    return form() if form else None


# ---- views


@rule("reshape")
def reshape_again(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, shape = operands[0], params["shape"]
    if x.shape == shape:
        return x
    return b.reshape(x.instr.operands[0], shape) if made_by(x, "reshape") else None


@rule("transpose")
def transpose_again(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    x, axes = operands[0], params["axes"]
    if not made_by(x, "transpose"):
        return None
    first = x.instr.params["axes"]
    return b.transpose(x.instr.operands[0], tuple(first[axis] for axis in axes))


rule("transpose")(layout.transpose_of_thin)
rule("transpose")(layout.transpose_of_broadcast)


@rule("reverse")
def reverse_again(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    inner = operands[0].instr
    return inner.operands[0] if inner.op.name == "reverse" and inner.params == params else None


@rule(
    "reshape", "transpose", "broadcast_to", "slice", "reverse", "stop_gradient", "gather", "take_along_axis"
)
def of_number(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """Elements of a constant number are that number."""
    x = operands[0]
    if number(x) is None:
        return None
    result = op.types(tuple(each.type for each in operands), params)[0]
    return b.constant(number(x), result.dtype, result.shape)


@rule("dot")
def transposed_factor(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """A transposed operand becomes a flag of the product."""
    for k, flag in enumerate(("transpose_a", "transpose_b")):
        x = operands[k]
        axes = tuple(range(x.rank))
        if made_by(x, "transpose") and x.instr.params["axes"] == (*axes[:-2], axes[-1], axes[-2]):
            factors = [*operands]
            factors[k] = x.instr.operands[0]
            found: Value = b.emit("dot", *factors, **{**params, flag: not params[flag]})
            return found
    return None


# ---- sums


@rule("sum")
def sum_of_special(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """Sums of constants, of sums, and of what was scattered along the axis."""
    x, axes = operands[0], params["axes"]
    inner, count = x.instr, x.type.size
    kept = [extent for axis, extent in enumerate(x.shape) if axis not in axes]
    if number(x) is not None and x.type.is_float:
        for extent in kept:
            count //= max(extent, 1)
        return b.constant(number(x) * count, x.dtype, kept)
    if all(x.shape[axis] == 1 for axis in axes):
        return b.reshape(x, kept)
    if inner.op.name == "put_along_axis" and inner.params["axis"] in axes:
        return b.sum(inner.operands[0], axes)
    if inner.op.name == "sum":
        left = [axis for axis in range(inner.operands[0].rank) if axis not in inner.params["axes"]]
        return b.sum(inner.operands[0], sorted((*inner.params["axes"], *(left[axis] for axis in axes))))
    return None


rule("sum", "prod", "max", "min")(layout.reduction_inside)

# ---- logarithms of probabilities


@rule("log_floor", "log")
def log_of_probability(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """Log softmax and log sigmoid in their stable forms, also through ops that only move elements."""
    x = operands[0]
    if (
        made_by(x, "maximum")
        and number(x.instr.operands[1]) is not None
        and number(x.instr.operands[1]) <= 1e-6
    ):
        x = x.instr.operands[0]
    chain = []
    while x.instr.op.name in STRUCTURAL:
        chain.append(x.instr)
        x = x.instr.operands[0]
    stable = log_of(b, x)
    if stable is None:
        return None
    for instr in reversed(chain):
        stable = b.emit(instr.op.name, stable, *instr.operands[1:], **instr.params)
    return stable


def log_of(b: Builder, p: Value) -> Value | None:
    instr = p.instr
    if instr.op.name == "softmax":
        return b.log_softmax(instr.operands[0], instr.params["axis"])
    if instr.op.name == "sigmoid":
        return b.neg(b.softplus(b.neg(instr.operands[0])))
    if instr.op.name == "sub" and number(instr.operands[0]) == 1 and made_by(instr.operands[1], "sigmoid"):
        return b.neg(b.softplus(instr.operands[1].instr.operands[0]))
    return None
