"""Recurrent cells over whole sequences, one instruction a sequence: `lstm`, `gru` and `rnn`.

T steps, N rows, n units, G gates.  The products with the inputs are taken before, in one product over all
steps; an op adds the products with the state, step by step, and the nonlinear rest.  `gates` (T, N, G n) and
the weights of the state (G n, n) hold the gates one after another, in the order of the manual's page.

With `lengths` (N), integers, everything that an op gives for row n is 0 from step lengths[n] on.
The forms in simpler ops, by `scan`, are the definitions; `cells.py` holds the loops over arrays.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from . import cells
from .record import PRODUCT, Params, Types, case, from_bind, op

if TYPE_CHECKING:
    from ..ir import Builder, Value

    Parts = tuple[Value, ...]


# ---- shapes


def forward_rule(name: str, gates: int, states: int, extra: bool) -> Any:
    """The shape rule of a cell: (gates, weights, bias, states..., lengths?) -> (output, extra?, saved?)."""

    def rule(*operands: Type, masked: bool = False) -> Types:
        x = operands[0]
        rows, units = x.shape[1], x.shape[-1] // gates
        wanted = [(gates * units, units), (gates * units,), *[(rows, units)] * states]
        types = [x, *map(x.with_shape, wanted)]
        found = list(operands)
        if masked:
            lengths = found.pop()
            if not lengths.is_integer or lengths.shape != (rows,):
                raise ShapeError(name, f"lengths ({rows},) of integers", str(lengths))
        if x.rank != 3 or not x.is_float or found != types:
            raise ShapeError(name, ", ".join(map(str, types)), ", ".join(map(str, operands)))
        y = x.with_shape((*x.shape[:2], units))
        return (y, y, x) if extra else (y,)

    return rule


def lstm_back(*operands: Type, cell: bool = False) -> Types:
    """Result types of lstm_gradient."""
    gy, saved = operands[:2]
    return saved, gy.with_shape(gy.shape[1:]), gy.with_shape(gy.shape[1:])


def gru_back(gy: Type, saved: Type, extra: Type, weights: Type, y: Type, h0: Type) -> Types:
    """Result types of gru_gradient."""
    return saved, saved, h0


def rnn_back(gy: Type, y: Type, weights: Type) -> Types:
    """Result types of rnn_gradient."""
    return y, y.with_shape(y.shape[1:])


def cell_cost(operands: Types, results: Types, params: Params) -> int:
    """The products with the state, and about 20 operations a unit and gate."""
    weights = next(each for each in operands if each.rank == 2)
    rows = operands[0].size // operands[0].shape[-1]
    return rows * (2 * weights.size + 20 * weights.shape[0])


# ---- in simpler ops


def parts_of(b: Builder, x: Value, count: int) -> list[Value]:
    """`count` equal parts of the last axis."""
    units = x.shape[-1] // count
    return [b.slice_axis(x, x.rank - 1, k * units, (k + 1) * units) for k in range(count)]


def before(b: Builder, y: Value, first: Value) -> Value:
    """The state before each step, from the states after them."""
    start = b.expand_dims(first, 0)
    if y.shape[0] == 1:
        return start
    return b.concat([start, b.slice_axis(y, 0, 0, y.shape[0] - 1)], axis=0)


def lstm_expand(
    b: Builder, gates: Value, weights: Value, bias: Value, h0: Value, c0: Value, *lengths: Value, masked: bool
) -> Parts:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        (h, c), (x,), (weights, bias) = carries, elements, constants
        a = x + b.dot(h, weights, transpose_b=True) + bias
        i, o, f = map(b.sigmoid, parts_of(b, a, 4)[:3])
        m = b.tanh(parts_of(b, a, 4)[3])
        c = f * c + i * m
        h = o * b.tanh(c)
        return [h, c], [h, c, b.concat([i, o, f, m], axis=1)]

    return tuple(b.scan(step, [h0, c0], [gates], [weights, bias], lengths=one(lengths))[1])


def gru_expand(
    b: Builder, gates: Value, weights: Value, bias: Value, h0: Value, *lengths: Value, masked: bool
) -> Parts:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        (h,), (x,), (weights, bias) = carries, elements, constants
        first, second = parts_of(b, x + bias, 3), parts_of(b, b.dot(h, weights, transpose_b=True), 3)
        i, r = b.sigmoid(first[0] + second[0]), b.sigmoid(first[1] + second[1])
        m = b.tanh(first[2] + r * second[2])
        h = m + i * (h - m)
        return [h], [h, second[2], b.concat([i, r, m], axis=1)]

    return tuple(b.scan(step, [h0], [gates], [weights, bias], lengths=one(lengths))[1])


def rnn_expand(
    b: Builder, gates: Value, weights: Value, bias: Value, h0: Value, *lengths: Value, masked: bool
) -> Value:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        (h,), (x,), (weights, bias) = carries, elements, constants
        h = b.tanh(x + b.dot(h, weights, transpose_b=True) + bias)
        return [h], [h]

    return b.scan(step, [h0], [gates], [weights, bias], lengths=one(lengths))[1][0]


def one(lengths: Sequence[Value]) -> Value | None:
    return lengths[0] if lengths else None


def lstm_back_expand(
    b: Builder, gy: Value, saved: Value, c: Value, weights: Value, c0: Value, *gc: Value, cell: bool
) -> Parts:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        (dh, dc), (gy, saved, c, old, *gc), (weights,) = carries, elements, constants
        i, o, f, m = parts_of(b, saved, 4)
        tc = b.tanh(c)
        dh = dh + gy
        dc = dc + dh * o * (1 - b.square(tc))
        for each in gc:
            dc = dc + each
        gates = [dc * m * i * (1 - i), dh * tc * o * (1 - o), dc * old * f * (1 - f), dc * i * (1 - m * m)]
        back = b.concat(gates, axis=1)
        return [b.dot(back, weights), dc * f], [back]

    zero = b.zeros(c0.type)
    flows = [gy, saved, c, before(b, c, c0), *gc]
    (dh, dc), (back,) = b.scan(step, [zero, zero], flows, [weights], reverse=True)
    return back, dh, dc


def gru_back_expand(
    b: Builder, gy: Value, saved: Value, extra: Value, weights: Value, y: Value, h0: Value
) -> Parts:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        (dh,), (gy, saved, extra, old), (weights,) = carries, elements, constants
        i, r, m = parts_of(b, saved, 3)
        dh = dh + gy
        di = dh * (old - m) * i * (1 - i)
        dm = dh * (1 - i) * (1 - m * m)
        dr = dm * extra * r * (1 - r)
        state = b.concat([di, dr, dm * r], axis=1)
        return [dh * i + b.dot(state, weights)], [b.concat([di, dr, dm], axis=1), state]

    flows = [gy, saved, extra, before(b, y, h0)]
    (dh,), (back, state) = b.scan(step, [b.zeros(h0.type)], flows, [weights], reverse=True)
    return back, state, dh


def rnn_back_expand(b: Builder, gy: Value, y: Value, weights: Value) -> Parts:
    def step(b: Builder, carries: list[Value], elements: list[Value], constants: list[Value]) -> Any:
        (dh,), (gy, y), (weights,) = carries, elements, constants
        back = (dh + gy) * (1 - y * y)
        return [b.dot(back, weights)], [back]

    zero = b.zeros(y.type.with_shape(y.shape[1:]))
    (dh,), (back,) = b.scan(step, [zero], [gy, y], [weights], reverse=True)
    return back, dh


# ---- gradients


def weight_gradient(b: Builder, back: Value, y: Value, h0: Value) -> Value:
    """Cotangent of the state's weights (G n, n): one product over all steps but the first, and the first."""
    count, width = back.shape[0], back.shape[-1]
    total: Value = b.emit("dot", b.index_axis(back, 0, 0), h0, transpose_a=True)
    if count > 1:
        later = b.reshape(b.slice_axis(back, 0, 1, count), (-1, width))
        earlier = b.reshape(b.slice_axis(y, 0, 0, count - 1), (-1, y.shape[-1]))
        total = b.add(b.emit("dot", later, earlier, transpose_a=True), total)
    return total


def live_rows(b: Builder, g: Value, lengths: Sequence[Value]) -> Value:
    """A cotangent (T, N, n) of what is 0 from lengths[n] on."""
    if not lengths:
        return g
    live = b.less(b.iota(shape=g.shape[:2]), b.broadcast_to(b.cast(lengths[0], "i64"), g.shape[:2]))
    return b.keep(g, b.expand_dims(live, 2))


def rest(lengths: Sequence[Value]) -> list[None]:
    return [None] * len(lengths)


def lstm_vjp(
    b: Builder, ins: Parts, out: Parts, g: tuple[Value | None, ...], *, masked: bool
) -> list[Value | None]:
    gates, weights, bias, h0, c0, *lengths = ins
    y, c, saved = out
    gy, gc, gs = g
    if gs is not None:  # only where the gradient itself is differentiated
        return b.through_expansion("lstm", ins, g, {"masked": masked})
    gy = b.zeros(y.type) if gy is None else gy
    more = [] if gc is None else [gc]
    back, dh, dc = b.emit_all("lstm_gradient", gy, saved, c, weights, c0, *more, cell=gc is not None)
    return [back, weight_gradient(b, back, y, h0), b.sum(back, (0, 1)), dh, dc, *rest(lengths)]


def gru_vjp(
    b: Builder, ins: Parts, out: Parts, g: tuple[Value | None, ...], *, masked: bool
) -> list[Value | None]:
    gates, weights, bias, h0, *lengths = ins
    y, extra, saved = out
    gy, ge, gs = g
    if ge is not None or gs is not None or gy is None:
        return b.through_expansion("gru", ins, g, {"masked": masked})
    flow = live_rows(b, gy, lengths)
    back, state, dh = b.emit_all("gru_gradient", flow, saved, extra, weights, y, h0)
    return [back, weight_gradient(b, state, y, h0), b.sum(back, (0, 1)), dh, *rest(lengths)]


def rnn_vjp(b: Builder, ins: Parts, out: Value, g: Value, *, masked: bool) -> list[Value | None]:
    gates, weights, bias, h0, *lengths = ins
    back, dh = b.emit_all("rnn_gradient", live_rows(b, g, lengths), out, weights)
    return [back, weight_gradient(b, back, out, h0), b.sum(back, (0, 1)), dh, *rest(lengths)]


# ---- records


def forward_scratch(types: Types, params: Params) -> Types:
    """The weights transposed, and the product with the state of one step."""
    x, weights = types[0], types[1]
    return weights.with_shape(weights.shape[::-1]), x.with_shape(x.shape[1:])


def back_scratch(count: int) -> Any:
    """`count` arrays like the cotangents of one step."""
    return lambda types, params: (types[0].with_shape(types[0].shape[1:]),) * count


CELLS: set[str] = set()  # names of the ops below: loops over products with the state of a cell


def record(name: str, **fields: Any) -> None:
    CELLS.add(name)
    op(name, kind=PRODUCT, numpy=from_bind(fields["bind"]), numba=name, cost=cell_cost, **fields)


def forward_cases(gates: int, states: int) -> list[Any]:
    found = []
    for t, rows, n in ((3, 2, 4), (1, 3, 2), (5, 1, 3), (2, 3, 33)):
        shapes = ((t, rows, gates * n), (gates * n, n), (gates * n,), *[(rows, n)] * states)
        found.append(case(*shapes))
    lengths = np.array([2, 0, 3])
    found.append(
        case((3, 3, gates * 2), (gates * 2, 2), (gates * 2,), *[(3, 2)] * states, lengths, masked=True)
    )
    return found


record(
    "lstm",
    shape=forward_rule("lstm", 4, 2, True),
    bind=cells.lstm,
    scratch=forward_scratch,
    expand=lstm_expand,
    vjp=lstm_vjp,
    inplace=((2, 0),),
    examples=forward_cases(4, 2),
    doc="Long short-term memory: gates (T, N, 4 n) in the order input, output, forget, memory; weights "
    "(4 n, n), bias (4 n), h0 (N, n), c0 (N, n) -> outputs (T, N, n), cells (T, N, n), activated gates.",
)
record(
    "gru",
    shape=forward_rule("gru", 3, 1, True),
    bind=cells.gru,
    scratch=forward_scratch,
    expand=gru_expand,
    vjp=gru_vjp,
    inplace=((2, 0),),
    examples=forward_cases(3, 1),
    doc="Gated recurrent unit: gates (T, N, 3 n) in the order input, reset, memory; weights (3 n, n), bias "
    "(3 n), h0 (N, n) -> outputs (T, N, n), the memory gate's products with the state, activated gates.",
)
record(
    "rnn",
    shape=forward_rule("rnn", 1, 1, False),
    bind=cells.rnn,
    scratch=forward_scratch,
    expand=rnn_expand,
    vjp=rnn_vjp,
    inplace=((0, 0),),
    examples=forward_cases(1, 1),
    doc="Basic recurrent cell: gates (T, N, n), weights (n, n), bias (n), h0 (N, n) -> outputs (T, N, n).",
)
record(
    "lstm_gradient",
    shape=lstm_back,
    bind=cells.lstm_gradient,
    expand=lstm_back_expand,
    inplace=((0, 1),),
    examples=[
        case((3, 2, 4), (3, 2, 16), (3, 2, 4), (16, 4), (2, 4)),
        case((1, 3, 2), (1, 3, 8), (1, 3, 2), (8, 2), (3, 2), (1, 3, 2), cell=True),
        case((2, 3, 33), (2, 3, 132), (2, 3, 33), (132, 33), (3, 33)),
    ],
    doc="Cotangents of lstm's gates, h0 and c0, from those of its outputs (and cells).",
)
record(
    "gru_gradient",
    shape=gru_back,
    bind=cells.gru_gradient,
    scratch=back_scratch(2),
    expand=gru_back_expand,
    inplace=((0, 1),),
    examples=[
        case((t, n, d), (t, n, 3 * d), (t, n, d), (3 * d, d), (t, n, d), (n, d))
        for t, n, d in ((3, 2, 4), (1, 3, 2), (2, 3, 33))
    ],
    doc="Cotangents of gru's gates, of its products with the state, and of h0, from that of its outputs.",
)
record(
    "rnn_gradient",
    shape=rnn_back,
    bind=cells.rnn_gradient,
    scratch=back_scratch(1),
    expand=rnn_back_expand,
    examples=[case((t, n, d), (t, n, d), (d, d)) for t, n, d in ((3, 2, 4), (1, 3, 2), (2, 3, 33))],
    doc="Cotangents of rnn's gates and h0, from that of its outputs.",
)
