"""Operators: nets made of a net inside. NetMapOperator, NetPairEmbeddingOperator."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wlnet.expr import S
from wlnet.net import masks
from wlnet.net.conflicts import describe
from wlnet.net.errors import ConflictError, NetError
from wlnet.net.layer import REQUIRED, Example, Parameter, layer
from wlnet.net.lower import Wire
from wlnet.net.types import ANY

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

INNER = Parameter("Net", lambda value: value, "a net, or a shorthand for one", REQUIRED, net=True)


def check_inputs(net: Net, symbol: str) -> None:
    """NetError where the net inside has no inputs, or none before connections tell their number."""
    if net.inputs:
        return
    text = f"{describe(net)} inside {symbol} has no inputs"
    if net.record.is_variadic(net.params):
        text += " of its own: their number comes from connections. State it, for example with InputPorts -> 2"
    raise NetError(symbol, "port", f"{text}.")


def only_ports(t: Typing, name: str) -> tuple[str, str]:
    """The one input and the one output of the net inside."""
    net = t.node("Net")
    if len(net.inputs) != 1 or len(net.outputs) != 1:
        found = f"a net with {len(net.inputs)} inputs and {len(net.outputs)} outputs"
        raise ConflictError("Net", "a net with one input and one output", found)
    return next(iter(net.inputs)), next(iter(net.outputs))


# ---- NetMapOperator


def map_types(t: Typing) -> None:
    """The ports have one dimension more, the sequence's, than those of the net inside."""
    first, last = only_ports(t, "NetMapOperator")
    net = t.node("Net")
    for port, inner in (("Input", net.inputs[first]), ("Output", net.outputs[last])):
        t.meet(port, inner.bare()._replace(shape=None if inner.shape is None else (None, *inner.shape)))
        if t[port].shape == ():
            raise t.fail(port, "sequences")
    lengths = [shape[0] for shape in (t["Input"].shape, t["Output"].shape) if shape]
    length = next((x for x in lengths if x is not None), None)
    for port, name in (("Input", first), ("Output", last)):
        shape = t[port].shape
        if shape is not None:
            t.shape(port, (length, *(None,) * (len(shape) - 1)))
            t.tell("Net", name, t[port].bare()._replace(shape=shape[1:]))


def map_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    count, length = x.shape[:2]
    inner = at.net.nodes["Net"]
    flat = b.reshape(x, (count * length, *x.shape[2:]))
    given = {next(iter(inner.inputs)): Wire(flat)}
    found = inside_map(at, given, (count, length), at.lengths.get("Input"))
    y = next(iter(found.values())).value
    return b.reshape(y, (count, length, *y.shape[1:]))


def inside_map(
    at: Lowering, inputs: dict[str, Wire], outer: tuple[int, ...], lengths: ir.Value | None
) -> dict[str, Wire]:
    """The net inside on all elements, (N m1 m2 ..., rest), of the dimensions `outer`, (N, m1, m2, ...), of
    which those beyond `lengths` of the first are padding. What it gives is one value an element; what its
    nets inside give is reported by example.
    """
    b, rows, count = at.b, None, math.prod(outer)
    if lengths is not None:
        inside = masks.mask(b, lengths, outer[1], len(outer))
        rows = b.reshape(b.broadcast_to(inside, outer), (count,))
    if at.rows is not None:
        present = b.reshape(b.broadcast_to(masks.column(b, at.rows, len(outer)), outer), (count,))
        rows = present if rows is None else b.logical_and(rows, present)
    before = set(at.taps)
    found = at.inside("Net", inputs, count, rows)
    for key in at.taps.keys() - before:
        value = at.taps[key].value
        if value.shape[:1] == (count,):
            at.taps[key] = Wire(b.reshape(value, (*outer, *value.shape[1:])), lengths)
    return found


def short(net: Net) -> str:
    inner = net.nodes["Net"]
    text = f"{inner.record.name}[...]" if inner.is_container else inner_text(inner)
    return f"{net.record.name}[{text}]"


def inner_text(net: Net) -> str:
    return net.record.short(net) if net.record.short is not None else f"{net.record.name}[]"


layer(
    "NetMapOperator",
    usage="NetMapOperator[net] is a net that applies net to every element of a sequence.",
    arguments=(INNER,),
    inputs={"Input": ANY},
    infer=map_types,
    lower=map_lower,
    padded=True,
    inner="Net",
    short=short,
    examples=(
        Example("NetMapOperator[ElementwiseLayer[# + 1 &]][{{1, 2}, {3, 4}}]", "{{2., 3.}, {4., 5.}}"),
    ),
)

# ---- NetPairEmbeddingOperator

DISTANCES = ("EuclideanDistance", "CosineDistance")


def read_distance(value: Any) -> Any:
    name = getattr(value, "name", value)
    return getattr(S, name) if type(name) is str and name in DISTANCES else None


def pair_types(t: Typing) -> None:
    first, _ = only_ports(t, "NetPairEmbeddingOperator")
    inner = t.node("Net").inputs[first]
    t.meet("Input", inner.bare()._replace(shape=None if inner.shape is None else (2, *inner.shape)))
    t.real("Output")
    t.shape("Output", ())
    shape = t["Input"].shape
    if shape is not None:
        if not shape:
            raise t.fail("Input", "pairs")
        t.shape("Input", (2, *shape[1:]))
        t.tell("Net", first, t["Input"].bare()._replace(shape=shape[1:]))


def pair_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    count = x.shape[0]
    inner = at.net.nodes["Net"]
    flat = b.reshape(x, (count * 2, *x.shape[2:]))
    found = at.inside("Net", {next(iter(inner.inputs)): Wire(flat)}, count * 2)
    both = b.reshape(next(iter(found.values())).value, (count, 2, -1))
    first, second = b.index_axis(both, 1, 0), b.index_axis(both, 1, 1)
    return distance(at, first, second, at.params["DistanceFunction"].name)


def distance(at: Lowering, x: ir.Value, y: ir.Value, name: str) -> ir.Value:
    """Distance of the rows of two arrays (N, D); its derivative where it does not exist,
    at equal rows, is 0.
    """
    b = at.b
    if name == "EuclideanDistance":
        return root(at, b.sum(b.square(b.sub(x, y)), -1))
    norms = b.mul(root(at, b.sum(b.square(x), -1)), root(at, b.sum(b.square(y), -1)))
    known = b.greater(norms, 0.0)
    cosine = b.div(b.sum(b.mul(x, y), -1), b.select(known, norms, 1.0))
    return b.sub(1.0, b.select(known, cosine, 1.0))


def root(at: Lowering, x: ir.Value) -> ir.Value:
    """Square root with derivative 0 at 0."""
    b = at.b
    positive = b.greater(x, 0.0)
    return b.keep(b.sqrt(b.select(positive, x, 1.0)), positive)


layer(
    "NetPairEmbeddingOperator",
    usage="NetPairEmbeddingOperator[net] is a net that applies net to both elements of a pair and gives the "
    "distance\n"
    "between the results.\nDistanceFunction is EuclideanDistance or CosineDistance.",
    arguments=(INNER,),
    options=(
        Parameter(
            "DistanceFunction", read_distance, " or ".join(DISTANCES), S.EuclideanDistance, symbol=True
        ),
    ),
    inputs={"Input": ANY},
    infer=pair_types,
    lower=pair_lower,
    automatic_loss="ContrastiveLossLayer",
    short=short,
    examples=(Example("NetPairEmbeddingOperator[ElementwiseLayer[2 # &]][{{0, 0}, {3, 4}}]", "10."),),
)
