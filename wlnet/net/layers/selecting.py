"""Layers that take parts of arrays or put arrays together: PartLayer, CatenateLayer, AppendLayer,
PaddingLayer, ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.net import types
from wlnet.net.errors import ConflictError, NetError
from wlnet.net.layer import REQUIRED, Example, Parameter, layer
from wlnet.net.types import ANY, VARYING, Dims, Extent

from .arguments import INPUT_PORTS, is_variadic, variadic_ports
from .reshaping import carry_kind

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
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


def part_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    axis = 1
    for spec in part_specs(at.params["Part"]):
        extent = x.shape[axis]
        if type(spec) is int:
            place = spec - 1 if spec > 0 else extent + spec
            if not 0 <= place < extent:
                raise too_short(extent)
            x = b.index_axis(x, axis, place)
            continue
        span = span_of(spec, extent)
        if span is None:
            raise too_short(extent)
        x = sliced(b, x, axis, span)
        axis += 1
    return x


def too_short(extent: int) -> NetError:
    return NetError(
        "PartLayer", "part", f"A sequence of length {extent} does not hold the part that PartLayer takes."
    )


def sliced(b: ir.Builder, x: ir.Value, axis: int, span: tuple[int, int, int]) -> ir.Value:
    start, stop, step = span
    if step > 0:
        return b.slice_axis(x, axis, start, stop, step)
    places = range(start, stop, step)
    low = b.slice_axis(x, axis, places[-1], start + 1, -step)
    return b.reverse(low, (axis,))


def part_lengths(at: Lowering, port: str) -> Any:
    return None


layer(
    "PartLayer",
    usage="PartLayer[i] is a layer that gives the i-th part of its input; PartLayer[i;;j] a span of parts.\n"
    "PartLayer[{spec1, spec2, ...}] takes parts of several levels.",
    arguments=(
        Parameter("Part", read_part, "an integer, a span such as 2;;5, All, or a list of these", REQUIRED),
    ),
    infer=part_types,
    lower=part_lower,
    lengths=part_lengths,
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


def catenate_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, level = at.b, at.params["Level"]
    values = list(ins.values())
    least, most = min(x.rank for x in values), max(x.rank for x in values)
    axis = most - least + level if level > 0 else most + level
    model = next(x for x in values if x.rank == most)
    wide = []
    for x in values:
        lead = most - x.rank
        thin = b.reshape(x, (x.shape[0], *(1,) * lead, *x.shape[1:]))
        wide.append(b.broadcast_to(thin, (x.shape[0], *model.shape[1 : lead + 1], *x.shape[1:])))
    return b.concat(wide, axis=axis)


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
    def lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
        b = at.b
        x, element = ins["Input"], b.expand_dims(ins["Element"], 1)
        return b.concat([element, x] if first else [x, element], axis=1)

    return lower


for _name, _first, _verb in (("AppendLayer", False, "after"), ("PrependLayer", True, "before")):
    layer(
        _name,
        usage=f'{_name}[] is a layer that puts its input "Element" {_verb} the elements of its input '
        '"Input".',
        inputs={"Input": ANY, "Element": ANY},
        infer=append_types,
        lower=append_lower(_first),
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
            if more and extent is VARYING:
                raise t.fail(port, "arrays whose padded dimensions are fixed")
            found.append(extent + sign * more if type(extent) is int else extent)
        t.shape(other, tuple(found))


def padding_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x, how = ins["Input"], at.params["Padding"]
    pairs = [tuple(items(pair)) for pair in items(at.params["Widths"])]
    widths = [(0, 0), *pairs, *((0, 0) for _ in range(x.rank - 1 - len(pairs)))]
    if how == "Fixed":
        return at.b.pad(x, widths, mode="edge")
    if how == "Reflected":
        return at.b.pad(x, widths, mode="reflect")
    return at.b.pad(x, widths, value=how)


layer(
    "PaddingLayer",
    usage="PaddingLayer[{{m1, n1}, {m2, n2}, ...}] is a layer that puts mi elements before and ni after at "
    "level i.\n"
    'Padding is a number, "Fixed" (the outermost element again) or "Reflected".',
    arguments=(Parameter("Widths", read_widths, "a list of pairs {before, after}", REQUIRED),),
    options=(Parameter("Padding", read_padding, 'a number, "Fixed" or "Reflected"', 0.0, symbol=True),),
    infer=padding_types,
    lower=padding_lower,
    examples=(
        Example("PaddingLayer[{{1, 2}}][{5, 6}]", "{0., 5., 6., 0., 0.}"),
        Example('PaddingLayer[{{1, 1}}, Padding -> "Fixed"][{5, 6}]', "{5., 5., 6., 6.}"),
        Example('PaddingLayer[{{2, 1}}, Padding -> "Reflected"][{5, 6, 7}]', "{7., 6., 5., 6., 7., 6.}"),
    ),
)
