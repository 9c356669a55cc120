"""Layers of sequences, whose length may vary: SequenceLastLayer, SequenceMostLayer, SequenceRestLayer,
SequenceReverseLayer, SequenceIndicesLayer; and of positions: OrderingLayer, ExtractLayer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wlnet.expr import S, is_infinity
from wlnet.net import masks
from wlnet.net.layer import Example, Parameter, layer
from wlnet.net.lower import Wire
from wlnet.net.types import ANY, INTEGER, VARYING, PortType

from .arguments import positive
from .reshaping import carry_kind
from .selecting import least_text

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


def is_sequence(t: Typing, port: str = "Input") -> None:
    if t[port].shape == ():
        raise t.fail(port, "sequences")


# ---- one element


def last_types(t: Typing) -> None:
    carry_kind(t)
    is_sequence(t)
    shape, result = t["Input"].shape, t["Output"].shape
    if shape is not None:
        result = t.shape("Output", shape[1:])
    if result is not None:
        t.shape("Input", (None, *result))


def last_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    lengths = at.lengths.get("Input")
    if lengths is None:
        found: ir.Value = b.index_axis(x, 1, x.shape[1] - 1)
        return found
    place = b.reshape(b.sub(lengths, 1), (x.shape[0], 1))
    found = b.squeeze(masks.at_places(b, x, place), 1)
    return found


layer(
    "SequenceLastLayer",
    usage="SequenceLastLayer[] is a layer that gives the last element of a sequence.",
    infer=last_types,
    lower=last_lower,
    padded=True,
    examples=(
        Example("SequenceLastLayer[][{{1, 2}, {3, 4}}]", "{3., 4.}"),
        Example('SequenceLastLayer["Input" -> "Varying"][{{1, 2}, {3}}]', "{2., 3.}"),
    ),
)

# ---- all but one


def shorter_types(t: Typing) -> None:
    carry_kind(t)
    is_sequence(t)
    shape = t["Input"].shape
    if shape is not None:
        if shape[0] == 1:
            raise t.fail("Input", "sequences of at least 2 elements")
        t.shape("Output", (shape[0] - 1 if type(shape[0]) is int else shape[0], *shape[1:]))
    result = t["Output"].shape
    if result:
        t.shape("Input", (result[0] + 1 if type(result[0]) is int else result[0], *result[1:]))


def shorter_lower(first: int) -> Callable[[Lowering, dict[str, ir.Value]], Wire]:
    """Without one element at the end, or (`first` 1) at the beginning."""

    def lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
        b, x = at.b, ins["Input"]
        lengths = at.lengths.get("Input")
        if at.net.inputs["Input"].varies:
            at.demand(least_text(2), at.constant_lengths(x) if lengths is None else lengths, 2)
        cut = x if x.shape[1] == 1 else b.slice_axis(x, 1, first, x.shape[1] - 1 + first)
        return Wire(cut, None if lengths is None else b.sub(lengths, 1))

    return lower


for _name, _first, _which, _result in (
    ("SequenceMostLayer", 0, "last", "{5., 6.}"),
    ("SequenceRestLayer", 1, "first", "{6., 7.}"),
):
    layer(
        _name,
        usage=f"{_name}[] is a layer that gives a sequence without its {_which} element.",
        infer=shorter_types,
        lower=shorter_lower(_first),
        padded=True,
        examples=(Example(f"{_name}[][{{5, 6, 7}}]", _result),),
    )

# ---- the same number of elements


def reverse_types(t: Typing) -> None:
    carry_kind(t)
    is_sequence(t)
    t.same("Input", "Output")


def reverse_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    lengths = at.lengths.get("Input")
    if lengths is None:
        found: ir.Value = b.reverse(x, (1,))
        return found
    places = b.iota(shape=(1, x.shape[1]), axis=1, dtype=lengths.dtype)
    found = masks.at_places(b, x, b.sub(masks.column(b, b.sub(lengths, 1), 2), places))
    return found


layer(
    "SequenceReverseLayer",
    usage="SequenceReverseLayer[] is a layer that reverses a sequence.",
    infer=reverse_types,
    lower=reverse_lower,
    padded=True,
    examples=(
        Example("SequenceReverseLayer[][{{1, 2}, {3, 4}}]", "{{3., 4.}, {1., 2.}}"),
        Example(
            'SequenceReverseLayer["Input" -> "Varying"][{{1, 2}, {3, 4, 5}}]', "{{2., 1.}, {5., 4., 3.}}"
        ),
    ),
)


def read_maximum(value: Any) -> Any:
    return S.Infinity if is_infinity(value) else positive(value)


def indices_types(t: Typing) -> None:
    is_sequence(t)
    most = t.params["Maximum"]
    t.meet("Output", PortType("integer", (None,), (1, most if type(most) is int else None)))
    shape, result = t["Input"].shape, t["Output"].shape
    if shape:
        t.shape("Output", shape[:1])
        if result:
            t.shape("Input", (result[0], *shape[1:]))


def indices_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, (count, extent) = at.b, ins["Input"].shape[:2]
    places = b.add(b.iota(shape=(1, extent), axis=1), 1)
    if type(at.params["Maximum"]) is int:
        places = b.minimum(places, at.params["Maximum"])
    found: ir.Value = b.broadcast_to(places, (count, extent))
    return found


layer(
    "SequenceIndicesLayer",
    usage="SequenceIndicesLayer[] is a layer that gives the positions 1, 2, ... of the elements of a "
    "sequence.\n"
    'SequenceIndicesLayer["Maximum" -> max] gives max for all positions beyond it.',
    options=(Parameter("Maximum", read_maximum, "a positive integer or Infinity", S.Infinity),),
    outputs={"Output": INTEGER},
    infer=indices_types,
    lower=indices_lower,
    padded=True,
    examples=(
        Example("SequenceIndicesLayer[][{7, 8, 9}]", "{1, 2, 3}"),
        Example('SequenceIndicesLayer["Maximum" -> 2][{{7, 8}, {8, 9}, {9, 9}}]', "{1, 2, 2}"),
    ),
)

# ---- OrderingLayer


def ordering_types(t: Typing) -> None:
    t.meet("Input", PortType("real", (None,)))
    shape, count = t["Input"].shape, t.params["Count"]
    extent = shape[0] if shape else None
    wanted = extent if count is S.All else abs(count)
    if type(extent) is int and type(wanted) is int and wanted > extent:
        raise t.fail("Input", f"vectors of at least {wanted} numbers")
    t.meet("Output", PortType("integer", (wanted,), (1, extent if type(extent) is int else None)))
    if count is S.All:
        t.shape("Input", t["Output"].shape)


def ordering_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    b, x, count = at.b, ins["Input"], at.params["Count"]
    lengths = at.lengths.get("Input")
    known = at.constant_lengths(x) if lengths is None else lengths
    ordered = b.add(b.argsort(at.blank("Input", x, masks.BEYOND), 1), 1)
    if count is S.All:
        return Wire(ordered, lengths)
    if at.net.inputs["Input"].varies:
        at.demand(least_text(abs(count)), known, abs(count))
    if count > 0 or lengths is None:
        start = 0 if count > 0 else x.shape[1] + count
        return Wire(b.slice_axis(ordered, 1, start, min(start + abs(count), x.shape[1])))
    places = b.iota(shape=(1, -count), axis=1, dtype=known.dtype)
    return Wire(masks.at_places(b, ordered, b.add(masks.column(b, b.add(known, count), 2), places)))


layer(
    "OrderingLayer",
    usage="OrderingLayer[] is a layer that gives the positions of the numbers of its input in ascending "
    "order.\n"
    "OrderingLayer[n] gives the first n of them, OrderingLayer[-n] the last n.",
    arguments=(
        Parameter(
            "Count",
            lambda x: x if x is S.All or (type(x) is int and x) else None,
            "an integer other than 0",
            S.All,
        ),
    ),
    outputs={"Output": INTEGER},
    infer=ordering_types,
    lower=ordering_lower,
    padded=True,
    examples=(
        Example("OrderingLayer[][{3, 1, 2}]", "{2, 3, 1}"),
        Example("OrderingLayer[-2][{3, 1, 2, 7}]", "{1, 4}"),
    ),
)

# ---- ExtractLayer


def extract_types(t: Typing) -> None:
    """Input (n1, ..., nd), Position (m1, ..., s) or one integer: Output (m1, ..., n(s+1), ...)."""
    is_sequence(t)
    carry_kind(t)
    shape, place = t["Input"].shape, t["Position"].shape
    if place is None or (place and type(place[-1]) is not int):
        if place and place[-1] is VARYING:
            raise t.fail("Position", "positions of a fixed number of levels")
        return
    depth = place[-1] if place else 1
    assert type(depth) is int
    if shape is not None:
        if len(shape) < depth:
            raise t.fail("Input", f"arrays of at least {depth} dimensions")
        t.shape("Output", (*place[:-1], *shape[depth:]))


def extract_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    b, x, position = at.b, ins["Input"], ins["Position"]
    count = x.shape[0]
    lead = position.shape[1:-1]
    if position.rank == 1:
        position = b.reshape(position, (count, 1))
    depth, places = position.shape[-1], b.constant(0, "i64", position.shape[:-1])
    for level in range(depth):
        extent: Any = x.shape[level + 1]
        own = b.index_axis(position, position.rank - 1, level)
        if level == 0 and "Input" in at.lengths:
            extent = masks.column(b, b.cast(at.lengths["Input"], "i64"), own.rank)
        own = b.select(b.less(own, 0), b.add(own, extent), b.sub(own, 1))
        own = b.minimum(b.maximum(own, 0), extent - 1)
        places = b.add(b.mul(places, x.shape[level + 1]), own)
    flat = b.reshape(x, (count, -1, *x.shape[depth + 1 :]))
    found = masks.at_places(b, flat, b.reshape(places, (count, -1)))
    return Wire(b.reshape(found, (count, *lead, *x.shape[depth + 1 :])), at.lengths.get("Position"))


layer(
    "ExtractLayer",
    usage='ExtractLayer[] is a layer that gives the parts of its input "Input" at the positions "Position": '
    "an integer,\na list {i, j, ...} of one for each level, or an array of such lists. Negative ones count "
    "from the end; a position\noutside of the array means its nearest element.",
    inputs={"Input": ANY, "Position": INTEGER},
    outputs={"Output": ANY},
    infer=extract_types,
    lower=extract_lower,
    aligned=False,
    padded=True,
    examples=(
        Example('ExtractLayer[][<|"Input" -> {5, 6, 7}, "Position" -> {-1}|>]', "7."),
        Example(
            'ExtractLayer["Position" -> {2, 2, "Integer"}][<|"Input" -> {{1, 2}, {3, 4}}, '
            '"Position" -> {{1, 2}, {-1, 1}}|>]',
            "{2., 3.}",
        ),
        Example('ExtractLayer["Position" -> "Integer"][<|"Input" -> {5, 6, 7}, "Position" -> 2|>]', "6."),
    ),
)
