"""Layers that take parts of arrays or put arrays together: PartLayer, CatenateLayer, AppendLayer,
PaddingLayer, ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.net import masks, types
from wlnet.net.errors import ConflictError
from wlnet.net.layer import REQUIRED, Example, Parameter, layer
from wlnet.net.lower import Wire
from wlnet.net.types import ANY, VARYING, Dims, Extent

from .arguments import INPUT_PORTS, is_variadic, variadic_ports
from .reshaping import carry_kind

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

# ---- PartLayer


def read_part(value: Any) -> Any:
    """An integer, a span, All, or a list of these."""
    if is_list(value):
        parts = [read_one(x) for x in items(value)]
        return make_list(parts) if parts and None not in parts else None
    return read_one(value)


def read_one(value: Any) -> Any:
    if type(value) is int:
        return value or None
    if value is S.All:
        return value
    if type(value) is Expr and value.head is S.Span and 2 <= len(value.args) <= 3:
        begin, end, *step = value.args
        ends = all(x is S.All or (type(x) is int and x) for x in (begin, end))
        return value if ends and all(type(x) is int and x for x in step) else None
    return None


def part_specs(spec: Any) -> tuple[Any, ...]:
    return items(spec) if is_list(spec) else (spec,)


def span_of(spec: Any, extent: int) -> tuple[int, int, int] | None:
    """(start, stop, step) from 0 of a span within an extent; None where it leaves it or is empty."""
    if spec is S.All:
        return (0, extent, 1)
    begin, end, *rest = spec.args
    step = rest[0] if rest else 1
    first = (1 if step > 0 else extent) if begin is S.All else begin
    last = (extent if step > 0 else 1) if end is S.All else end
    first = first - 1 if first > 0 else extent + first
    last = last - 1 if last > 0 else extent + last
    inside = 0 <= first < extent and 0 <= last < extent
    if not inside or (first > last if step > 0 else first < last):
        return None
    return (first, last + (1 if step > 0 else -1), step)


def part_types(t: Typing) -> None:
    carry_kind(t)
    shape, specs = t["Input"].shape, part_specs(t.params["Part"])
    if shape is None:
        return
    if len(shape) < len(specs):
        raise t.fail("Input", f"arrays of at least {len(specs)} dimensions")
    found: list[Extent] = []
    for extent, spec in zip(shape, specs, strict=False):
        if type(spec) is int:
            if type(extent) is int and abs(spec) > extent:
                raise t.fail("Input", f"arrays with a part {spec}")
        elif type(extent) is not int:
            found.append(extent if spec is S.All else varying_extent(t, extent, spec))
        else:
            span = span_of(spec, extent)
            if span is None:
                raise t.fail("Input", "arrays that hold the given span")
            found.append(len(range(*span)))
    t.shape("Output", (*found, *shape[len(specs) :]))
    result = t["Output"].shape
    if result is not None:
        rest = len(shape) - len(specs)
        t.shape("Input", (*(None,) * len(specs), *result[len(result) - rest :]))


def varying_extent(t: Typing, extent: Extent, spec: Any) -> Extent:
    """The extent of a span of a varying or an unknown dimension."""
    if extent is None:
        return None
    begin, end, *step = spec.args
    if type(begin) is int and type(end) is int and (begin > 0) == (end > 0):
        return len(range(begin, end + 1, step[0] if step else 1))
    return VARYING


def part_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    b, x = at.b, ins["Input"]
    first, *others = part_specs(at.params["Part"])
    shape = at.net.inputs["Input"].shape
    lengths = at.lengths.get("Input")
    axis = 1
    if shape is not None and shape[0] is VARYING and first is not S.All:
        x, lengths = sequence_part(at, x, first)
        axis += type(first) is not int
    else:
        others.insert(0, first)
    for spec in others:
        extent = x.shape[axis]
        if type(spec) is int:
            x = b.index_axis(x, axis, spec - 1 if spec > 0 else extent + spec)
            continue
        span = span_of(spec, extent)
        assert span is not None
        x = sliced(b, x, axis, span)
        axis += 1
    return Wire(x, lengths if at.net.outputs["Output"].varies else None)


def span_ends(spec: Any) -> tuple[int, int, int]:
    """First and last place, from 1 or from the end, and step of a span."""
    begin, end, *rest = spec.args
    step = rest[0] if rest else 1
    first = (1 if step > 0 else -1) if begin is S.All else begin
    last = (-1 if step > 0 else 1) if end is S.All else end
    return first, last, step


def span_least(first: int, last: int, step: int) -> int:
    """The fewest elements of a sequence that holds a span with at least one element."""
    low, high = (first, last) if step > 0 else (last, first)
    return max(abs(low), abs(high), low - high - 1 if low > 0 > high else 1)


def sequence_part(at: Lowering, x: ir.Value, spec: Any) -> tuple[ir.Value, ir.Value | None]:
    """A part of sequences of different lengths, and the lengths of the results where they differ, too."""
    b, extent = at.b, x.shape[1]
    known = at.lengths.get("Input") or at.constant_lengths(x)
    if type(spec) is int:
        at.demand(least_text(abs(spec)), known, abs(spec))
        if spec > 0:
            return b.index_axis(x, 1, min(spec, extent) - 1), None
        place = b.reshape(b.add(known, spec), (x.shape[0], 1))
        return b.squeeze(masks.at_places(b, x, place), 1), None
    first, last, step = span_ends(spec)
    least = span_least(first, last, step)
    at.demand(least_text(least), known, least)
    count, lengths = span_count(at, first, last, step, known, extent)
    if first > 0 and step > 0 and first - 1 + (count - 1) * step < extent:
        return b.slice_axis(x, 1, first - 1, first + (count - 1) * step, step), lengths
    start = b.constant(first - 1, known.dtype, known.shape) if first > 0 else b.add(known, first)
    steps = b.iota(shape=(1, count), axis=1, dtype=known.dtype) * step
    return masks.at_places(b, x, b.add(b.reshape(start, (x.shape[0], 1)), steps)), lengths


def span_count(
    at: Lowering, first: int, last: int, step: int, known: ir.Value, extent: int
) -> tuple[int, ir.Value | None]:
    """The most elements that a span has in sequences of `known` lengths up to `extent`, and how many it has;
    None where these do not differ.
    """
    if (first > 0) == (last > 0):
        return len(range(first, last + (1 if step > 0 else -1), step)), None
    b = at.b
    low, high = (first, last) if step > 0 else (last, first)
    if low > 0:  # from the front to the end
        width, most = b.add(known, high + 2 - low), extent + high + 2 - low
    else:  # from a place near the end to one near the front
        at.demand(f"sequences of at most {high - low - 1} elements", b.sub(high - low - 1, known), 0)
        width, most = b.sub(high - low, known), min(extent, high - low - least_length(low, high))
    most = max(1, -(-most // abs(step)))
    if "Input" not in at.lengths:
        return most, None
    return most, masks.divided(b, b.add(width, abs(step) - 1), abs(step))


def least_length(low: int, high: int) -> int:
    """The fewest elements of a sequence with a place `low` from its end and a place `high` from its front."""
    return max(-low, high)


def least_text(least: int) -> str:
    return f"sequences of at least {least} element{'s' if least > 1 else ''}"


def sliced(b: ir.Builder, x: ir.Value, axis: int, span: tuple[int, int, int]) -> ir.Value:
    start, stop, step = span
    if step > 0:
        return b.slice_axis(x, axis, start, stop, step)
    places = range(start, stop, step)
    low = b.slice_axis(x, axis, places[-1], start + 1, -step)
    return b.reverse(low, (axis,))


layer(
    "PartLayer",
    usage="PartLayer[i] is a layer that gives the i-th part of its input; PartLayer[i;;j] a span of parts.\n"
    "PartLayer[{spec1, spec2, ...}] takes parts of several levels.",
    arguments=(
        Parameter("Part", read_part, "an integer, a span such as 2;;5, All, or a list of these", REQUIRED),
    ),
    infer=part_types,
    lower=part_lower,
    padded=True,
    examples=(
        Example("PartLayer[2][{5, 6, 7}]", "6."),
        Example("PartLayer[-2 ;; -1][{5, 6, 7}]", "{6., 7.}"),
        Example("PartLayer[{All, 1}][{{1, 2}, {3, 4}}]", "{1., 3.}"),
    ),
)

# ---- CatenateLayer


def catenate_types(t: Typing) -> None:
    ports = list(t.inputs)
    kinds = {t[port].kind for port in (*ports, "Output")} - {None}
    if len(kinds) == 1:
        for port in (*ports, "Output"):
            t.meet(port, types.PortType(next(iter(kinds))))
    shapes = [t[port].shape for port in ports]
    if any(shape is None for shape in shapes):
        return
    level = t.params["Level"]
    least, most = min(map(len, shapes)), max(map(len, shapes))  # type: ignore[arg-type]
    axis = most - least + level - 1 if level > 0 else most + level
    if not 0 <= axis < most or not least:
        low = min(ports, key=lambda port: len(t[port].shape or ()))
        raise t.fail(low, f"arrays with a level {level}")
    common: Dims = (None,) * most
    for port, shape in zip(ports, shapes, strict=True):
        assert shape is not None
        lead = most - len(shape)
        wide = tuple(None if place in (axis, *range(lead)) else shape[place - lead] for place in range(most))
        try:
            common = types.meet_dims(common, wide) or common
        except types.MismatchError:
            raise ConflictError(
                port,
                f"arrays whose dimensions but for level {level} are those of its other inputs, "
                f"{types.dims_text(shapes[0])}",
                types.found_text(t[port]),
            ) from None
    total = added([shape[axis - most + len(shape)] for shape in shapes])  # type: ignore[index]
    t.shape("Output", tuple(total if place == axis else x for place, x in enumerate(common)))
    result = t["Output"].shape
    for port, shape in zip(ports, shapes, strict=True):
        lead = most - len(shape)  # type: ignore[arg-type]
        t.shape(port, tuple(None if place == axis else result[place] for place in range(lead, most)))  # type: ignore[index]


def added(extents: list[Extent]) -> Extent:
    """The sum of extents: varying where one varies, unknown where one is."""
    if VARYING in extents:
        return VARYING
    return None if None in extents else sum(extents)  # type: ignore[arg-type]


def catenate_axis(net: Net) -> int:
    """The axis, from 0 and without the batch dimension, of the result along which its inputs are joined."""
    ranks = [len(port.shape or ()) for port in net.inputs.values()]
    level, least, most = net.params["Level"], min(ranks), max(ranks)
    return most - least + level - 1 if level > 0 else most + level


def catenate_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value | Wire:
    b, axis = at.b, catenate_axis(at.net) + 1
    values = list(ins.values())
    most = max(x.rank for x in values)
    model = next(x for x in values if x.rank == most)
    wide = []
    for x in values:
        lead = most - x.rank
        thin = b.reshape(x, (x.shape[0], *(1,) * lead, *x.shape[1:]))
        wide.append(b.broadcast_to(thin, (x.shape[0], *model.shape[1 : lead + 1], *x.shape[1:])))
    joined = b.concat(wide, axis=axis)
    if axis > 1 or not at.lengths:
        return joined
    known = [at.lengths.get(port) for port in ins]
    lengths = [at.constant_lengths(x) if n is None else n for x, n in zip(wide, known, strict=True)]
    return Wire(*one_after_another(b, joined, [x.shape[1] for x in wide], lengths))


def one_after_another(
    b: ir.Builder, joined: ir.Value, extents: list[int], lengths: list[ir.Value]
) -> tuple[ir.Value, ir.Value]:
    """Padded sequences that lie behind one another in `joined` (N, sum of extents, ...), without the padding
    between them; and their lengths together.
    """
    shape = (joined.shape[0], joined.shape[1])
    place = b.broadcast_to(b.iota(shape=(1, shape[1]), axis=1, dtype="i32"), shape)
    source, before, gap = place, lengths[0], b.sub(extents[0], lengths[0])
    for extent, length in zip(extents[1:], lengths[1:], strict=True):
        later = b.greater_equal(place, masks.column(b, before, 2))
        source = b.select(later, b.add(place, masks.column(b, gap, 2)), source)
        before, gap = b.add(before, length), b.add(gap, b.sub(extent, length))
    return masks.at_places(b, joined, source), before


layer(
    "CatenateLayer",
    usage="CatenateLayer[] is a layer that joins its inputs, as Join does.\nCatenateLayer[n] joins them at "
    "level n.\n"
    "Inputs of lower rank are repeated over the dimensions that they lack.",
    arguments=(
        Parameter(
            "Level", lambda x: x if type(x) is int and x else None, "a level: an integer other than 0", 1
        ),
    ),
    options=(INPUT_PORTS,),
    inputs=variadic_ports,
    variadic=is_variadic,
    infer=catenate_types,
    lower=catenate_lower,
    aligned=lambda net: catenate_axis(net) > 0,
    padded=True,
    examples=(
        Example("CatenateLayer[][{{1, 2}, {3}}]", "{1., 2., 3.}"),
        Example("CatenateLayer[2][{{{1}, {2}}, {{3, 4}, {5, 6}}}]", "{{1., 3., 4.}, {2., 5., 6.}}"),
        Example("CatenateLayer[][{{{1}, {2}}, {7}}]", "{{1., 7.}, {2., 7.}}"),
    ),
)

# ---- AppendLayer, PrependLayer


def append_types(t: Typing) -> None:
    shape, element = t["Input"].shape, t["Element"].shape
    kind = next((t[port].kind for port in ("Input", "Element", "Output") if t[port].kind is not None), None)
    for port in ("Input", "Element", "Output"):
        t.meet(port, types.PortType(kind))
    if shape is not None:
        if not shape:
            raise t.fail("Input", "sequences")
        element = t.shape("Element", shape[1:])
    if element is not None:
        shape = t.shape("Input", (None, *element))
        length = shape[0] if shape else None
        t.shape("Output", (length + 1 if type(length) is int else length, *element))
    result = t["Output"].shape
    if result:
        length = result[0]
        t.shape("Input", (length - 1 if type(length) is int else length, *result[1:]))


def append_lower(first: bool) -> Any:
    def lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value | Wire:
        b = at.b
        x, element = ins["Input"], b.expand_dims(ins["Element"], 1)
        longer = b.concat([element, x] if first else [x, element], axis=1)
        lengths = at.lengths.get("Input")
        if lengths is None:
            return longer
        if not first:
            count, extent = longer.shape[:2]
            place = b.broadcast_to(b.iota(shape=(1, extent), axis=1, dtype="i32"), (count, extent))
            own = b.equal(place, masks.column(b, lengths, 2))
            own = b.reshape(own, (count, extent, *(1,) * (x.rank - 2)))
            longer = b.select(own, b.broadcast_to(element, longer.shape), longer)
        return Wire(longer, b.add(lengths, 1))

    return lower


for _name, _first, _verb in (("AppendLayer", False, "after"), ("PrependLayer", True, "before")):
    layer(
        _name,
        usage=f'{_name}[] is a layer that puts its input "Element" {_verb} the elements of its input '
        '"Input".',
        inputs={"Input": ANY, "Element": ANY},
        infer=append_types,
        lower=append_lower(_first),
        padded=True,
        examples=(
            Example(
                f'{_name}[][<|"Input" -> {{1, 2}}, "Element" -> 3|>]',
                "{3., 1., 2.}" if _first else "{1., 2., 3.}",
            ),
        ),
    )

# ---- PaddingLayer


def read_widths(value: Any) -> Any:
    """{{before, after}, ...}, one pair a level."""
    if not is_list(value) or not items(value):
        return None
    pairs = [items(x) if is_list(x) else () for x in items(value)]
    if all(len(pair) == 2 and all(type(x) is int and x >= 0 for x in pair) for pair in pairs):
        return make_list(map(make_list, pairs))
    return None


def read_padding(value: Any) -> Any:
    if value in ("Fixed", "Reflected"):
        return value
    return float(value) if type(value) in (int, float) else None


def padding_types(t: Typing) -> None:
    t.real("Input", "Output")
    pairs = [items(x) for x in items(t.params["Widths"])]
    for port, other, sign in (("Input", "Output", 1), ("Output", "Input", -1)):
        shape = t[port].shape
        if shape is None:
            continue
        if len(shape) < len(pairs):
            raise t.fail(port, f"arrays of at least {len(pairs)} dimensions")
        found = []
        for place, extent in enumerate(shape):
            more = sum(pairs[place]) if place < len(pairs) else 0
            found.append(extent + sign * more if type(extent) is int else extent)
        t.shape(other, tuple(found))


def padding_lower(at: Lowering, ins: dict[str, ir.Value]) -> Wire:
    x, how = ins["Input"], at.params["Padding"]
    pairs = [tuple(items(pair)) for pair in items(at.params["Widths"])]
    lengths, most = at.lengths.get("Input"), max(pairs[0])
    if at.net.inputs["Input"].varies and how == "Reflected" and most:
        at.demand(least_text(most + 1), lengths or at.constant_lengths(x), most + 1)
    if lengths is not None and most:
        x = padded_sequences(at.b, x, lengths, pairs[0], how)
        lengths = at.b.add(lengths, sum(pairs[0]))
        pairs[0] = (0, 0)
    widths = [(0, 0), *pairs, *((0, 0) for _ in range(x.rank - 1 - len(pairs)))]
    if how in ("Fixed", "Reflected"):
        return Wire(at.b.pad(x, widths, mode="edge" if how == "Fixed" else "reflect"), lengths)
    return Wire(at.b.pad(x, widths, value=how), lengths)


def padded_sequences(
    b: ir.Builder, x: ir.Value, lengths: ir.Value, widths: tuple[int, ...], how: Any
) -> ir.Value:
    """Elements put before and after sequences x (N, L, ...) of their own `lengths`."""
    before, after = widths
    shape = (x.shape[0], before + x.shape[1] + after)
    place = b.sub(b.broadcast_to(b.iota(shape=(1, shape[1]), axis=1, dtype="i32"), shape), before)
    last = b.broadcast_to(masks.column(b, b.sub(lengths, 1), 2), shape)
    source = place
    if how == "Reflected":
        source = b.abs(place)
        source = b.select(b.greater(source, last), b.sub(b.mul(last, 2), source), source)
    longer = masks.at_places(b, x, b.maximum(b.minimum(source, last), 0))
    if how in ("Fixed", "Reflected"):
        return longer
    inside = b.logical_and(b.greater_equal(place, 0), b.less_equal(place, last))
    found: ir.Value = b.select(b.reshape(inside, (*shape, *(1,) * (x.rank - 2))), longer, how)
    return found


layer(
    "PaddingLayer",
    usage="PaddingLayer[{{m1, n1}, {m2, n2}, ...}] is a layer that puts mi elements before and ni after at "
    "level i.\n"
    'Padding is a number, "Fixed" (the outermost element again) or "Reflected".',
    arguments=(Parameter("Widths", read_widths, "a list of pairs {before, after}", REQUIRED),),
    options=(Parameter("Padding", read_padding, 'a number, "Fixed" or "Reflected"', 0.0, symbol=True),),
    infer=padding_types,
    lower=padding_lower,
    padded=True,
    examples=(
        Example("PaddingLayer[{{1, 2}}][{5, 6}]", "{0., 5., 6., 0., 0.}"),
        Example('PaddingLayer[{{1, 1}}, Padding -> "Fixed"][{5, 6}]', "{5., 5., 6., 6.}"),
        Example('PaddingLayer[{{2, 1}}, Padding -> "Reflected"][{5, 6, 7}]', "{7., 6., 5., 6., 7., 6.}"),
    ),
)
