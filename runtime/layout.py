"""Rules of rewrite.py that keep values of convolutional nets in the inner layout (ops/layout.py).

An op that can work in any order of axes is done on the batch-innermost value, and its result transposed
instead of its operand: the transposes move towards the outputs until two meet.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING

from .ops.layout import inverse, turned
from .ops.record import Op, Params

if TYPE_CHECKING:
    from .ir import Builder, Value


def elementwise_inside(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """f(transpose(x), y) = transpose(f(x, transpose back(y)))."""
    for each in operands:
        found = turned(each)
        if found is not None:
            axes = found[1]
            back = inverse(axes)
            return b.transpose(b.emit(op.name, *(b.transpose(x, back) for x in operands), **params), axes)
    return None


def reduction_inside(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """Over the same axes under their inner numbers; those left over are put in order."""
    found = turned(operands[0])
    if found is None:
        return None
    x, axes = found
    reduced = b.emit(op.name, x, axes=tuple(sorted(axes[k] for k in params["axes"])))
    left = sorted(axes[k] for k in range(len(axes)) if k not in params["axes"])
    wanted = [axes[k] for k in range(len(axes)) if k not in params["axes"]]
    return b.transpose(reduced, tuple(left.index(k) for k in wanted))


def transpose_of_broadcast(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """What is repeated is turned before it is repeated."""
    x, axes = operands[0], params["axes"]
    if x.instr.op.name != "broadcast_to":
        return None
    small = x.instr.operands[0]
    padded = b.reshape(small, (*(1,) * (x.rank - small.rank), *small.shape))
    return b.broadcast_to(b.transpose(padded, axes), tuple(x.shape[k] for k in axes))


def transpose_of_thin(b: Builder, op: Op, operands: tuple[Value, ...], params: Params) -> Value | None:
    """Where only axes of extent 1 move, a transpose is a reshape."""
    x, axes = operands[0], params["axes"]
    if sorted(axes) != list(range(x.rank)):
        return None  # the shape rule says why
    long = [k for k in axes if x.shape[k] != 1]
    if long != sorted(long):
        return None
    return b.reshape(x, tuple(x.shape[k] for k in axes))
