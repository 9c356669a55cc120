"""The two orders of axes of pictures: (N, C, S1, ..., Sm, W) outside, (S1, ..., Sm, C, W, N) inside.

Convolution works with the batch innermost (columns.py says why).  Its results are seen through a transpose;
elementwise ops, sums and windows are done before that transpose (`runtime/layout.py`), so that a chain of
layers stays inside and the transposes meet and vanish.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..types import Shape
from .launches import Copies
from .record import MOVE, case, no_work, op

if TYPE_CHECKING:
    from ..ir import Builder, Value


def inner_order(rank: int) -> Shape:
    """Axes of (N, C, S1, ..., Sm, W) in the order (S1, ..., Sm, C, W, N)."""
    return (*range(2, rank - 1), 1, rank - 1, 0)


def inverse(axes: Shape) -> Shape:
    """The order that undoes `axes`."""
    return tuple(axes.index(k) for k in range(len(axes)))


def inner(b: Builder, x: Value) -> Value:
    """The value x (N, C, S...) with the batch innermost: what a convolution before it gave, or a copy."""
    found: Value = b.transpose(x, inner_order(x.rank))
    return b.emit("contiguous", found) if found.instr.op.name == "transpose" else found


def outer(b: Builder, x: Value) -> Value:
    """The (N, C, S...) view of a batch-innermost value."""
    return b.transpose(x, inverse(inner_order(x.rank)))


def turned(x: Value) -> tuple[Value, Shape] | None:
    """(value with the batch innermost, axes) where `x` is such a value seen with the batch first."""
    if x.instr.op.name != "transpose":
        return None
    axes: Shape = x.instr.params["axes"]
    return (x.instr.operands[0], axes) if len(axes) > 2 and axes[0] == len(axes) - 1 else None


op(
    "contiguous",
    kind=MOVE,
    shape=lambda x: x,
    numpy=lambda out, x: np.copyto(out, x),
    cuda=Copies(lambda operands, params: (None, ((slice(None),) * operands[0].rank,))),
    vjp=lambda b, ins, out, g: (g,),
    cost=no_work,
    examples=[case((3, 4)), case((2, 3, 4))],
    doc="The same value in row-major memory of its own: for what is read often in another order.",
)
