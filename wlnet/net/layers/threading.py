"""Layers that combine several inputs number by number: ThreadingLayer, TotalLayer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wlnet.expr import S, Symbol, is_list, items, make_list
from wlnet.net import formulas, types
from wlnet.net.errors import ConflictError
from wlnet.net.layer import REQUIRED, Example, Parameter, Params, Ports, layer
from wlnet.net.types import ANY, Dims, Extent, MismatchError

from .arguments import AUTOMATIC, INPUT_PORTS, NONE, input_ports, is_variadic, variadic_ports
from .elementwise import FORMULA, any_value, whole

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


# ---- broadcasting


def read_broadcast(value: Any) -> Any:
    """None, Automatic, a level, or a list of such for the inputs."""
    if value is NONE or value is AUTOMATIC or (type(value) is int and value):
        return value
    if is_list(value) and all(x is AUTOMATIC or (type(x) is int and x) for x in items(value)):
        return make_list(items(value))
    return None


def level_for(spec: Any, index: int) -> Any:
    """The part of a broadcasting specification that concerns one input."""
    if is_list(spec):
        parts = items(spec)
        return parts[index] if index < len(parts) else AUTOMATIC
    return spec


def widened(dims: Sequence[Any], rank: int, spec: Any) -> tuple[Any, ...] | None:
    """`dims` brought to `rank` dimensions by ones inserted at the level that `spec` names; None where that
    cannot be.
    """
    dims, missing = tuple(dims), rank - len(dims)
    if missing == 0:
        return dims
    if missing < 0 or type(spec) is not int:
        return None
    at = spec - 1 if spec > 0 else len(dims) + 1 + spec
    if not 0 <= at <= len(dims):
        return None
    return (*dims[:at], *(1,) * missing, *dims[at:])


def join_extent(extents: Sequence[Extent]) -> Extent:
    """The extent of the result where these meet: ones are replicated; None while it is not known."""
    others = {x for x in extents if x != 1}
    if not others:
        return 1
    known = others - {None}
    if len(known) > 1:
        raise MismatchError
    return known.pop() if known else None


def threading_types(t: Typing) -> None:
    ports = list(t.inputs)
    t.real(*ports, "Output")
    spec = t.params["Broadcasting"]
    if spec is NONE:
        t.same(*ports, "Output")
        return
    shapes = [t[port].shape for port in ports]
    if any(shape is None for shape in shapes):
        return
    wide = wide_shapes(t, ports, shapes, spec)
    try:
        t.shape("Output", tuple(join_extent(column) for column in zip(*wide, strict=True)))
    except MismatchError:
        found = " and ".join(types.dims_text(shape) for shape in shapes)
        odd = next(port for port in ports if shapes[ports.index(port)] != shapes[0])
        raise ConflictError(odd, "arrays whose dimensions agree, or are 1", f"shapes {found}") from None


def wide_shapes(t: Typing, ports: list[str], shapes: list[Any], spec: Any) -> list[tuple[Any, ...]]:
    """The shapes of the inputs brought to their common rank; ConflictError where the specification does not
    allow it.
    """
    rank = max(map(len, shapes), default=0)
    wide = []
    for index, (port, shape) in enumerate(zip(ports, shapes, strict=True)):
        found = widened(shape, rank, level_for(spec, index))
        if found is None:
            remedy = (
                ""
                if spec is not AUTOMATIC
                else (
                    "To repeat an array of lower rank, give the level at which, as in ThreadingLayer[f, 1] "
                    "or ThreadingLayer[f, -1]."
                )
            )
            raise t.fail(port, f"{rank}-dimensional arrays, as its other inputs are", remedy)
        wide.append(found)
    return wide


def threading_assume(t: Typing) -> None:
    """What is not known of an input is taken to be as it is in the others, or in the output."""
    ports = list(t.inputs)
    known = [shape for port in (*ports, "Output") if (shape := t[port].shape) is not None]
    if not known:
        return
    model: Dims = max(known, key=lambda dims: (len(dims), sum(x is not None for x in dims)))
    spec = t.params["Broadcasting"]
    for index, port in enumerate(ports):
        shape = t[port].shape
        if shape is None:
            if level_for(spec, index) is AUTOMATIC or spec is NONE:
                t.shape(port, model)
        elif None in shape and len(shape) == len(model):
            t.shape(
                port, tuple(want if have is None else have for have, want in zip(shape, model, strict=True))
            )


def threading_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, spec = at.b, at.params["Broadcasting"]
    rank = max((x.rank - 1 for x in ins.values()), default=0)
    values = []
    for index, x in enumerate(ins.values()):
        dims = widened(x.shape[1:], rank, level_for(spec, index))
        assert dims is not None
        values.append(b.reshape(x, (at.batch, *dims)))
    formula = at.params["Formula"]
    if type(formula) is Symbol:
        result = formulas.apply(b, formula, values)
    else:
        names = formulas.slots_of(formula)
        by_name = any(type(x) is str for x in names)
        slots: dict[Any, ir.Value] = (
            dict(zip(ins, values, strict=True)) if by_name else dict(enumerate(values, 1))
        )
        result = formulas.emit(b, formula, slots)
    shape = [max(column, key=lambda x: x != 1) for column in zip(*(x.shape for x in values), strict=True)]
    return whole(at, result, tuple(shape))


def threading_inputs(params: Params) -> Ports:
    """Inputs by the option InputPorts, else by the slots of the function;
    none where their number is still open.
    """
    stated = input_ports(params["InputPorts"])
    if stated is not None:
        return stated
    formula = params["Formula"]
    if type(formula) is Symbol:
        return {}
    names = formulas.slots_of(formula)
    strings = [x for x in names if type(x) is str]
    if strings:
        return {name: ANY for name in strings}
    return {f"Input{i + 1}": ANY for i in range(max(names, default=0))}


def threading_variadic(params: Params) -> bool:
    return type(params["Formula"]) is Symbol and params["InputPorts"] is AUTOMATIC


layer(
    "ThreadingLayer",
    usage="ThreadingLayer[f] is a layer of several inputs that applies f number by number.\n"
    'The inputs are "Input1", "Input2", ..., or are named by slots, as in ThreadingLayer[(#Input - '
    "#Target)^2 &].\n"
    "ThreadingLayer[f, n] repeats arrays of lower rank over dimensions inserted at level n.",
    arguments=(
        Parameter("Function", any_value, "a function of numbers", REQUIRED, function="threading"),
        Parameter("Broadcasting", read_broadcast, "None, Automatic, a level, or a list of these", AUTOMATIC),
    ),
    options=(FORMULA, INPUT_PORTS),
    inputs=threading_inputs,
    variadic=threading_variadic,
    infer=threading_types,
    assume=threading_assume,
    lower=threading_lower,
    padded=True,
    examples=(
        Example("ThreadingLayer[Plus][{{1, 2}, {3, 4}}]", "{4., 6.}"),
        Example(
            'ThreadingLayer[(#Input - #Target)^2 &][<|"Input" -> {1, 2}, "Target" -> {3, 5}|>]', "{4., 9.}"
        ),
        Example("ThreadingLayer[Times, -1][{{1, 2}, {{1, 1}, {1, 1}}}]", "{{1., 1.}, {2., 2.}}"),
    ),
)


def total_types(t: Typing) -> None:
    ports = list(t.inputs)
    t.real(*ports, "Output")
    t.same(*ports, "Output")


def total_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    return formulas.apply(at.b, S.Plus, list(ins.values()))


layer(
    "TotalLayer",
    usage="TotalLayer[] is a layer that adds any number of inputs of the same dimensions.",
    options=(INPUT_PORTS,),
    inputs=variadic_ports,
    variadic=is_variadic,
    infer=total_types,
    lower=total_lower,
    padded=True,
    examples=(Example("TotalLayer[][{{1, 2}, {3, 4}, {5, 6}}]", "{9., 12.}"),),
)
