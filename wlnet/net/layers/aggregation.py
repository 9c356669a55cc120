"""Layers that sum up dimensions, and products: SummationLayer, AggregationLayer, DotLayer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S
from wlnet.net.errors import ConflictError
from wlnet.net.layer import REQUIRED, Example, Parameter, layer
from wlnet.net.types import VARYING, Dims, dims_text, found_text

from .arguments import INPUT_PORTS, axes, is_variadic, level_spec, variadic_ports
from .elementwise import level_text
from .statistics import AGGREGATIONS

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


def scalar_types(t: Typing) -> None:
    t.real("Input", "Output")
    t.shape("Output", ())


layer(
    "SummationLayer",
    usage="SummationLayer[] is a layer that gives the total of all numbers of its input.",
    infer=scalar_types,
    lower=lambda at, ins: at.b.sum(at.blank("Input", ins["Input"]), tuple(range(1, ins["Input"].rank))),
    padded=True,
    examples=(Example("SummationLayer[][{{1, 2}, {3, 4}}]", "10."),),
)

# ---- AggregationLayer


def read_function(value: Any) -> Any:
    name = getattr(value, "name", value)
    return getattr(S, name) if type(name) is str and name in AGGREGATIONS else None


def aggregation_types(t: Typing) -> None:
    t.real("Input", "Output")
    shape, spec = t["Input"].shape, t.params["Levels"]
    if shape is None:
        return
    chosen = axes(spec, len(shape))
    if chosen is None or not shape:
        raise t.fail("Input", f"arrays with the levels {level_text(spec)}")
    t.shape("Output", tuple(x for axis, x in enumerate(shape) if axis not in chosen))
    result = t["Output"].shape
    if result is not None:
        rest = iter(result)
        t.shape("Input", tuple(x if axis in chosen else next(rest) for axis, x in enumerate(shape)))


def aggregation_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x = ins["Input"]
    chosen = axes(at.params["Levels"], x.rank - 1)
    assert chosen is not None
    if not chosen:
        return x
    lengths = at.lengths.get("Input") if 0 in chosen else None
    return AGGREGATIONS[at.params["Function"].name](at.b, x, tuple(axis + 1 for axis in chosen), lengths)


layer(
    "AggregationLayer",
    usage="AggregationLayer[f] applies f to the levels 2;;All of its input, which disappear.\n"
    "AggregationLayer[f, levels] applies it to the given levels.\nf is one of "
    + ", ".join(AGGREGATIONS)
    + ".",
    arguments=(
        Parameter("Function", read_function, "one of " + ", ".join(AGGREGATIONS), REQUIRED),
        Parameter(
            "Levels", level_spec, "a level, a span of levels, or a list of levels", Expr(S.Span, (2, S.All))
        ),
    ),
    infer=aggregation_types,
    lower=aggregation_lower,
    padded=True,
    examples=(
        Example("AggregationLayer[Mean][{{1, 2}, {3, 5}}]", "{1.5, 4.}"),
        Example("AggregationLayer[Max, 1][{1, 7, 3}]", "7."),
        Example("AggregationLayer[Variance, 1][{1, 2, 3, 4}]", "1.66667"),
        Example("AggregationLayer[Median, 1][{1, 7, 3, 4}]", "3.5"),
        Example("AggregationLayer[InterquartileRange, 1][{1, 2, 3, 4, 5, 6, 7, 8}]", "4."),
    ),
)

# ---- DotLayer


def dot_types(t: Typing) -> None:
    """Each input's last dimension meets the first of the next; the others remain in order."""
    ports = list(t.inputs)
    t.real(*ports, "Output")
    for before, after in zip(ports, ports[1:], strict=False):
        left, right = t[before].shape, t[after].shape
        for port, shape in ((before, left), (after, right)):
            if shape == ():
                raise t.fail(port, "vectors, matrices or higher arrays")
        if left is None or right is None:
            continue
        if (
            right[0] is VARYING
            and t[before].rank != 1
            or left[-1] is VARYING
            and right[0] not in (None, VARYING)
        ):
            raise t.fail(after if right[0] is VARYING else before, "arrays whose joined dimensions are fixed")
        if left[-1] is not None and right[0] is not None and left[-1] != right[0]:
            wanted = f"arrays whose first dimension is the last of {dims_text(left)}"
            raise ConflictError(after, wanted, found_text(t[after]))
        t.shape(before, (*left[:-1], right[0]))
        t.shape(after, (left[-1], *right[1:]))
    shapes = [t[port].shape for port in ports]
    if shapes and all(shape is not None for shape in shapes):
        t.shape("Output", product_dims(shapes))  # type: ignore[arg-type]


def product_dims(shapes: list[Dims]) -> Dims:
    found = shapes[0]
    for shape in shapes[1:]:
        found = (*found[:-1], *shape[1:])
    return found


def dot_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    values = list(ins.values())
    result = values[0]
    if result.rank == 2:  # a sequence of numbers: it is joined with the sequence of the next input
        result = at.blank(next(iter(ins)), result)
    for each in values[1:]:
        result = product(at.b, result, each)
    return result


def product(b: ir.Builder, x: ir.Value, y: ir.Value) -> ir.Value:
    """Dot of each example: (N, ..., K) (N, K, ...) -> (N, ..., ...)."""
    n, k = x.shape[0], x.shape[-1]
    rows = b.reshape(x, (n, x.type.size // max(1, n * k), k))
    columns = b.reshape(y, (n, k, y.type.size // max(1, n * k)))
    return b.reshape(b.dot(rows, columns), (n, *x.shape[1:-1], *y.shape[2:]))


layer(
    "DotLayer",
    usage="DotLayer[] is a layer that gives the Dot product of its inputs, in order.",
    options=(INPUT_PORTS,),
    inputs=variadic_ports,
    variadic=is_variadic,
    infer=dot_types,
    lower=dot_lower,
    padded=True,
    examples=(
        Example("DotLayer[][{{1, 2}, {3, 4}}]", "11."),
        Example("DotLayer[][{{{1, 2}, {3, 4}}, {1, 1}}]", "{3., 7.}"),
    ),
)
