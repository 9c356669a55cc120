"""Convolution over 1, 2 or 3 spatial axes, closed under differentiation: forward, input and weight gradient.

The ops take arrays with the batch innermost (see columns.py): x (S1, ..., Sm, C, W, N).  The methods of the
builder take and give (N, C, S1, ..., Sm, W); the transposes between are views, which the rules of
`runtime/layout.py` carry on through other ops, so that a chain of layers stays in the inner layout.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Shape, ShapeError, Type
from . import columns, slabs
from .columns import Geometry, Pads
from .launches import Kernel
from .launches_windows import convolution_rule, weights_rule
from .layout import inner, outer
from .record import PRODUCT, Params, Types, case, composite, from_bind, op

if TYPE_CHECKING:
    from ..ir import Builder, Value

Bound = Callable[[], None]


def output_extent(size: int, kernel: int, stride: int, dilation: int, pads: tuple[int, int]) -> int:
    """Positions of a kernel over one padded axis; 0 or less where it does not fit."""
    return (size + sum(pads) - dilation * (kernel - 1) - 1) // stride + 1


def spatial(x: Type) -> Shape:
    """The spatial extents of a batch-innermost array."""
    return (*x.shape[:-3], x.shape[-2])


def joined(extents: Shape, channels: int, batch: int) -> Shape:
    """The batch-innermost shape with these spatial extents."""
    return (*extents[:-1], channels, extents[-1], batch)


def check(name: str, rank: int, stride: Shape, dilation: Shape, pads: Pads, groups: int) -> None:
    legal = len(stride) == len(dilation) == len(pads) == rank and groups > 0
    if not legal or min((*stride, *dilation)) < 1 or any(len(each) != 2 for each in pads):
        found = f"strides {stride}, dilations {dilation}, pads {pads}, {groups} groups"
        raise ShapeError(name, f"positive strides and dilations and pads for {rank} axes", found)


def geometry(
    name: str, x: Type, w: Type, stride: Shape, dilation: Shape, pads: Pads, groups: int
) -> Geometry:
    """The convolution of x (S..., C, W, N) with w (F, C/G, k...); ShapeError where they do not fit."""
    rank = x.rank - 2
    if rank not in (1, 2, 3) or w.rank != x.rank or x.dtype != w.dtype or not x.is_float:
        raise ShapeError(name, "an array over 1 to 3 spatial axes and a kernel for it", f"{x} and {w}")
    check(name, rank, stride, dilation, pads, groups)
    channels, filters = x.shape[-3], w.shape[0]
    if channels != groups * w.shape[1] or filters % groups:
        raise ShapeError(name, f"a kernel for {channels} channels in {groups} groups", str(w))
    size, kernel = spatial(x), w.shape[2:]
    out = tuple(map(output_extent, size, kernel, stride, dilation, pads))
    if min(out) < 1:
        raise ShapeError(name, f"a kernel within the padded extents {size} with pads {pads}", str(kernel))
    return Geometry(size, out, kernel, stride, dilation, pads, channels, filters, groups, x.shape[-1])


# ---- forward


def convolution_type(
    x: Type, w: Type, *, stride: Shape, dilation: Shape, pads: Pads, groups: int = 1
) -> Type:
    g = geometry("convolution", x, w, stride, dilation, pads, groups)
    return x.with_shape(joined(g.out, g.filters, g.batch))


def forward_geometry(operands: Types, params: Params) -> Geometry:
    return geometry("convolution", operands[0], operands[1], **params)


def types_of(arrays: Sequence[np.ndarray]) -> Types:
    return tuple(Type("f32" if each.dtype == np.float32 else "f64", each.shape) for each in arrays[:2])


def convolution_bind(
    out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params, threads: int = 1
) -> Bound:
    g = forward_geometry(types_of(operands), params)
    x, w, space = operands
    return slabs.shared_forward(columns.forward, g, out, x, w, space, threads)


def column_scratch(operands: Types, params: Params) -> Types:
    return (operands[0].with_shape(forward_geometry(operands, params).scratch()),)


def convolution_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, **params: Any) -> Any:
    x, w = ins
    dx = b.emit("convolution_input", g, w, size=spatial(x.type), **params)
    return dx, b.emit("convolution_weights", x, g, kernel=w.shape[2:], **params)


def convolution_cost(operands: Types, results: Types, params: Params) -> int:
    w = operands[1]
    return 2 * results[0].size * w.size // w.shape[0]


def setting(rank: int, **changed: Any) -> Params:
    """Parameters of a test case."""
    plain = {"stride": (1,) * rank, "dilation": (1,) * rank, "pads": ((0, 0),) * rank, "groups": 1}
    return {**plain, **changed}


FORWARD_CASES = [
    case((2, 7, 3), (3, 2, 3), **setting(1)),
    case((5, 4, 1), (6, 5, 2), **setting(1, stride=(2,))),
    case((2, 9, 2), (4, 1, 3), **setting(1, stride=(2,), dilation=(2,), pads=((1, 2),), groups=2)),
    case((5, 2, 6, 3), (3, 2, 3, 2), **setting(2)),
    case((5, 3, 7, 2), (4, 3, 3, 3), **setting(2, pads=((1, 1), (1, 1)))),
    case((7, 4, 5, 1), (6, 2, 2, 3), **setting(2, stride=(2, 3), dilation=(3, 2), pads=((2, 0), (1, 3)),
                                               groups=2)),
    case((3, 2, 4, 2), (3, 2, 1, 1), **setting(2)),
    case((4, 2, 5, 2), (2, 2, 2, 2), **setting(2, pads=((3, 3), (4, 0)))),
    case((3, 4, 2, 5, 2), (2, 2, 2, 3, 2), **setting(3, stride=(1, 2, 1), pads=((1, 0), (1, 1), (0, 1)))),
    case((4, 5, 2, 3, 1), (2, 1, 2, 2, 2), **setting(3, dilation=(2, 2, 1), groups=2)),
]  # fmt: skip


# ---- builder methods


def each_axis(value: Any, rank: int) -> Shape:
    """One number for all axes, or one an axis."""
    return (value,) * rank if isinstance(value, int) else tuple(value)


def each_pads(value: Any, rank: int) -> Pads:
    """One number for all ends, one an axis, or (before, after) an axis."""
    if isinstance(value, int):
        return ((value, value),) * rank
    return tuple((each, each) if isinstance(each, int) else tuple(each) for each in value)


def arguments(rank: int, stride: Any, dilation: Any, pads: Any, groups: int) -> Params:
    return {
        "stride": each_axis(stride, rank),
        "dilation": each_axis(dilation, rank),
        "pads": each_pads(pads, rank),
        "groups": groups,
    }


def convolution_build(
    b: Builder, x: Value, w: Value, stride: Any = 1, dilation: Any = 1, pads: Any = 0, groups: int = 1
) -> Value:
    """Cross-correlation of x (N, C, S...) with w (F, C/G, k...) -> (N, F, O...).

    stride, dilation: a number, or one an axis; pads: a number, one an axis, or (before, after) an axis.
    """
    params = arguments(x.rank - 2, stride, dilation, pads, groups)
    return outer(b, b.emit("convolution", inner(b, x), w, **params))


@composite
def deconvolution(
    b: Builder, x: Value, w: Value, stride: Any = 1, dilation: Any = 1, pads: Any = 0, groups: int = 1
) -> Value:
    """Deconvolution of x (N, C, S...) with w (C, F/G, k...) -> (N, F, O...): the input gradient of a
    convolution with these weights.  `pads` are what is cut off at the ends.
    """
    rank = x.rank - 2
    params = arguments(rank, stride, dilation, pads, groups)
    if w.rank != x.rank or len(params["pads"]) != rank:
        raise ShapeError("deconvolution", f"a kernel and pads for {rank} axes", f"{w.type}")
    size = tuple(
        s * (n - 1) + d * (k - 1) + 1 - sum(p)
        for n, k, s, d, p in zip(
            x.shape[2:], w.shape[2:], *(params[e] for e in ("stride", "dilation", "pads"))
        )
    )
    return outer(b, b.emit("convolution_input", inner(b, x), w, size=size, **params))


op(
    "convolution",
    kind=PRODUCT,
    shape=convolution_type,
    numpy=from_bind(convolution_bind),
    bind=convolution_bind,
    numba="convolution",
    cuda=Kernel("convolution.cu", convolution_rule(forward_geometry, turned=False)),
    parallel=True,
    scratch=column_scratch,
    vjp=convolution_vjp,
    cost=convolution_cost,
    build=convolution_build,
    examples=FORWARD_CASES,
    doc="Cross-correlation with strides, dilations, pads and groups; the batch is the last axis.\n"
    "x (S1, ..., C, W, N), w (F, C/G, k...) -> (O1, ..., F, Wo, N).",
)

# ---- gradients


def input_type(
    g: Type, w: Type, *, size: Shape, stride: Shape, dilation: Shape, pads: Pads, groups: int = 1
) -> Type:
    geo = input_geometry((g, w), dict(size=size, stride=stride, dilation=dilation, pads=pads, groups=groups))
    return g.with_shape(joined(size, geo.channels, geo.batch))


def input_geometry(operands: Types, params: Params) -> Geometry:
    """The forward convolution whose input gradient is wanted."""
    g, w = operands[:2]
    name, size = "convolution_input", params["size"]
    rest = {key: value for key, value in params.items() if key != "size"}
    if len(size) != g.rank - 2 or w.rank != g.rank or min((1, *size)) < 1:
        raise ShapeError(name, f"extents of the input for {g}", str(size))
    x = g.with_shape(joined(tuple(size), w.shape[1] * params["groups"], g.shape[-1]))
    geo = geometry(name, x, w, **rest)
    if g.shape != joined(geo.out, geo.filters, geo.batch):
        raise ShapeError(name, f"a cotangent of shape {joined(geo.out, geo.filters, geo.batch)}", str(g))
    return geo


def input_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params, threads: int = 1) -> Bound:
    g = input_geometry(types_of(operands), params)
    dy, w, space = operands
    if not g.gathers():
        return slabs.shared_scatter(g, out, dy, w, threads)
    run = partial(columns.forward, turned=True)
    return slabs.shared_forward(run, g.mirrored(), out, dy, w, space, threads)


def input_scratch(operands: Types, params: Params) -> Types:
    g = input_geometry(operands, params)
    return (operands[0].with_shape(g.mirrored().scratch() if g.gathers() else (0,)),)


def input_vjp(b: Builder, ins: tuple[Value, ...], out: Value, u: Value, *, size: Shape, **params: Any) -> Any:
    g, w = ins
    dg = b.emit("convolution", u, w, **params)
    return dg, b.emit("convolution_weights", u, g, kernel=w.shape[2:], **params)


def input_cost(operands: Types, results: Types, params: Params) -> int:
    w = operands[1]
    return 2 * operands[0].size * w.size // w.shape[0]


def input_cases() -> list[Any]:
    """Cotangents for the convolutions of the forward cases, and an input that the kernel does not reach."""
    found = []
    for each in FORWARD_CASES:
        x, w = (Type("f32", shape) for shape in each.operands)
        y = convolution_type(x, w, **each.params)
        found.append(case(y.shape, w.shape, size=spatial(x), **each.params))
    found.append(case((2, 3, 2, 2), (3, 2, 2, 2), size=(6, 5), **setting(2, stride=(3, 2))))
    return found


op(
    "convolution_input",
    kind=PRODUCT,
    shape=input_type,
    numpy=from_bind(input_bind),
    bind=input_bind,
    numba="convolution_input",
    cuda=Kernel("convolution.cu", convolution_rule(input_geometry, turned=True)),
    parallel=True,
    scratch=input_scratch,
    vjp=input_vjp,
    cost=input_cost,
    examples=input_cases(),
    doc="The gradient of a convolution by its input, whose extents are `size`: the deconvolution.\n"
    "g (O1, ..., F, Wo, N), w (F, C/G, k...) -> (S1, ..., C, W, N).",
)


def weights_type(
    x: Type, g: Type, *, kernel: Shape, stride: Shape, dilation: Shape, pads: Pads, groups: int = 1
) -> Type:
    geo = weights_geometry(
        (x, g), dict(kernel=kernel, stride=stride, dilation=dilation, pads=pads, groups=groups)
    )
    return x.with_shape((geo.filters, geo.channels // groups, *kernel))


def weights_geometry(operands: Types, params: Params) -> Geometry:
    x, g = operands[:2]
    name, kernel, groups = "convolution_weights", params["kernel"], params["groups"]
    rest = {key: value for key, value in params.items() if key != "kernel"}
    if g.rank != x.rank or groups < 1 or x.shape[-3] % groups or x.shape[-1] != g.shape[-1]:
        raise ShapeError(name, f"an input and a cotangent in {groups} groups", f"{x} and {g}")
    geo = geometry(name, x, x.with_shape((g.shape[-3], x.shape[-3] // groups, *kernel)), **rest)
    if spatial(g) != geo.out:
        raise ShapeError(name, f"a cotangent over {geo.out}", str(g))
    return geo


def weights_bind(
    out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params, threads: int = 1
) -> Bound:
    g = weights_geometry(types_of(operands), params)
    x, dy, space = operands
    return slabs.shared_weights(columns.weight_gradient, g, out, x, dy, space, threads)


def weights_scratch(operands: Types, params: Params) -> Types:
    return (operands[0].with_shape(weights_geometry(operands, params).scratch()),)


def weights_vjp(
    b: Builder, ins: tuple[Value, ...], out: Value, u: Value, *, kernel: Shape, **params: Any
) -> Any:
    x, g = ins
    dx = b.emit("convolution_input", g, u, size=spatial(x.type), **params)
    return dx, b.emit("convolution", x, u, **params)


def weights_cost(operands: Types, results: Types, params: Params) -> int:
    w = results[0]
    return 2 * operands[1].size * w.size // w.shape[0]


def weights_cases() -> list[Any]:
    found = []
    for each in FORWARD_CASES:
        x, w = (Type("f32", shape) for shape in each.operands)
        y = convolution_type(x, w, **each.params)
        found.append(case(x.shape, y.shape, kernel=w.shape[2:], **each.params))
    return found


op(
    "convolution_weights",
    kind=PRODUCT,
    shape=weights_type,
    numpy=from_bind(weights_bind),
    bind=weights_bind,
    numba="convolution_weights",
    cuda=Kernel("convolution.cu", weights_rule(weights_geometry)),
    parallel=True,
    scratch=weights_scratch,
    vjp=weights_vjp,
    cost=weights_cost,
    examples=weights_cases(),
    doc="The gradient of a convolution by its weights, of extents `kernel`; rows are summed in order.\n"
    "x (S1, ..., C, W, N), g (O1, ..., F, Wo, N) -> (F, C/G, k...).",
)
