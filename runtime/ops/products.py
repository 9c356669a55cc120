"""Matrix products."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type, broadcast_shape, promote
from ..workers import SHARED_FLOPS, parts, side_by_side
from .launches import Library
from .record import PRODUCT, Params, Types, case, op

if TYPE_CHECKING:
    from ..ir import Builder, Value


def dot_type(x: Type, y: Type, *, transpose_a: bool = False, transpose_b: bool = False) -> Type:
    if x.rank < 2 or x.rank != y.rank or x.shape[:-2] != y.shape[:-2] or x.dtype != y.dtype:
        raise ShapeError("dot", "two stacks of matrices of one dtype", f"{x} and {y}")
    m, k = reversed(x.shape[-2:]) if transpose_a else x.shape[-2:]
    k2, n = reversed(y.shape[-2:]) if transpose_b else y.shape[-2:]
    if k != k2:
        raise ShapeError("dot", f"{k} rows in the second factor", f"{k2} ({x} and {y})")
    return x.with_shape((*x.shape[:-2], m, n))


def oriented(x: np.ndarray, transpose: bool) -> np.ndarray:
    return x.swapaxes(-1, -2) if transpose else x


def dot_numpy(out: np.ndarray, x: np.ndarray, y: np.ndarray, *, transpose_a: bool, transpose_b: bool) -> None:
    np.matmul(oriented(x, transpose_a), oriented(y, transpose_b), out)


def dot_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params, threads: int = 1) -> Any:
    """(function, arguments) of the cheapest call: np.dot for two matrices (1.7 us against 2.2 for matmul)."""
    x, y = oriented(operands[0], params["transpose_a"]), oriented(operands[1], params["transpose_b"])
    if threads > 1 and out.ndim == 2 and 2 * out.size * x.shape[-1] >= SHARED_FLOPS:
        return cut_dot(out, x, y, threads)
    if out.ndim == 2 and out.flags.c_contiguous:
        return np.dot, (x, y, out)
    return np.matmul, (x, y, out)


def cut_dot(out: np.ndarray, x: np.ndarray, y: np.ndarray, threads: int) -> Any:
    """Stretches of the longer axis of the result, side by side."""
    rows = out.shape[0] >= out.shape[1]
    calls: list[Any] = []
    for first, last in parts(max(out.shape), threads):
        if rows:
            calls.append(partial(np.matmul, x[first:last], y, out[first:last]))
        else:
            calls.append(partial(np.matmul, x, y[:, first:last], out[:, first:last]))
    return side_by_side(calls)


def dot_vjp(
    b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, transpose_a: bool, transpose_b: bool
) -> tuple[Value, Value]:
    x, y = ins
    if transpose_a:
        dx = b.emit("dot", y, g, transpose_a=transpose_b, transpose_b=True)
    else:
        dx = b.emit("dot", g, y, transpose_b=not transpose_b)
    if transpose_b:
        dy = b.emit("dot", g, x, transpose_a=True, transpose_b=transpose_a)
    else:
        dy = b.emit("dot", x, g, transpose_a=not transpose_a)
    return dx, dy


def dot_cost(operands: Types, results: Types, params: Params) -> int:
    return 2 * results[0].size * operands[0].shape[-2 if params["transpose_a"] else -1]


def dot_build(b: Builder, x: Any, y: Any, transpose_a: bool = False, transpose_b: bool = False) -> Value:
    """Matrix product over the last two axes; leading axes broadcast;
    a vector is a row (first) or a column (second).

    (..., M, K) (..., K, N) -> (..., M, N);  (K) (K, N) -> (N);  (M, K) (K) -> (M);  (K) (K) -> ().
    """
    x, y = b.value(x), b.value(y)
    dtype = promote([x.dtype, y.dtype])
    x, y = b.cast(x, dtype), b.cast(y, dtype)
    if not x.rank or not y.rank:
        raise ShapeError("dot", "vectors, matrices or stacks of matrices", f"{x.type} and {y.type}")
    row, column = x.rank == 1, y.rank == 1
    if row:
        x = b.reshape(x, (1, *x.shape))
    if column:
        y = b.reshape(y, (*y.shape, 1))
    result = matrices_dot(b, x, y, transpose_a and not row, transpose_b and not column)
    shape = result.shape[:-1] if column else result.shape
    if row:
        shape = (*shape[: len(shape) - 2 + column], *shape[len(shape) - 1 + column :])
    final: Value = b.reshape(result, shape)
    return final


def matrices_dot(b: Builder, x: Value, y: Value, transpose_a: bool, transpose_b: bool) -> Value:
    """Stacks of matrices; a stack times one matrix becomes one large product."""
    if x.rank > 2 and y.rank == 2 and not transpose_a:
        rows = b.reshape(x, (-1, x.shape[-1]))
        flat = b.emit("dot", rows, y, transpose_b=transpose_b)
        stacked: Value = b.reshape(flat, (*x.shape[:-1], flat.shape[-1]))
        return stacked
    lead = broadcast_shape("dot", [x.shape[:-2], y.shape[:-2]])
    x = b.broadcast_to(x, (*lead, *x.shape[-2:]))
    y = b.broadcast_to(y, (*lead, *y.shape[-2:]))
    result: Value = b.emit("dot", x, y, transpose_a=transpose_a, transpose_b=transpose_b)
    return result


op(
    "dot",
    kind=PRODUCT,
    shape=dot_type,
    numpy=dot_numpy,
    bind=dot_bind,
    parallel=True,
    cuda=Library("dot"),
    vjp=dot_vjp,
    cost=dot_cost,
    examples=[
        case((3, 4), (4, 5)),
        case((4, 3), (4, 5), transpose_a=True),
        case((3, 4), (5, 4), transpose_b=True),
        case((4, 3), (5, 4), transpose_a=True, transpose_b=True),
        case((2, 3, 4), (2, 4, 5)),
        case((2, 4, 3), (2, 5, 4), transpose_a=True, transpose_b=True),
        case((1, 33), (33, 31)),
    ],
    build=dot_build,
    doc="Matrix product of the last two axes, either factor transposed; equal leading axes.",
)
