"""NetMapThreadOperator: a net applied to the elements of several inputs at once.

nets-structure.md, section 9.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wlnet.expr import Association
from wlnet.net.errors import NetError, nearest
from wlnet.net.layer import Example, Parameter, Params, Ports, layer
from wlnet.net.lower import Wire, one_length
from wlnet.net.types import ANY, VARYING, Dims, Extent

from .arguments import positive
from .operators import INNER, check_inputs, inside_map, short

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

NAME = "NetMapThreadOperator"


def read_depths(value: Any) -> Any:
    """N, or <|"input" -> n, ...|>."""
    if type(value) is Association:
        good = all(type(k) is str and type(n) is int and n >= 0 for k, n in value.pairs())
        return value if good and any(n for _, n in value.pairs()) else None
    return positive(value)


def depths(params: Params) -> dict[str, int]:
    """By input of the net inside the number of dimensions that it is mapped over; 0: it is constant."""
    net: Net = params["Net"]
    stated = params["Depth"]
    check_inputs(net, NAME)
    if type(stated) is int:
        return dict.fromkeys(net.inputs, stated)
    for name in stated:
        if name not in net.inputs:
            text = f'The net inside has no input port "{name}". {nearest(name, list(net.inputs))}'
            raise NetError(NAME, "port", text.strip())
    return {name: stated.get(name) or 0 for name in net.inputs}


def thread_inputs(params: Params) -> Ports:
    return dict.fromkeys(depths(params), ANY)


def thread_outputs(params: Params) -> Ports:
    return dict.fromkeys(params["Net"].outputs, ANY)


# ---- types


def thread_types(t: Typing) -> None:
    """Mapped inputs and all outputs have the mapped dimensions in front of those of the net inside."""
    net = t.node("Net")
    known = depths({**t.params, "Net": net})
    most = max(known.values())
    outer: list[Extent] = [None] * most
    for port, depth in (*known.items(), *((name, most) for name in t.outputs)):
        inner = (net.inputs if port in known else net.outputs)[port]
        shape = inner.shape
        t.meet(port, inner.bare()._replace(shape=None if shape is None else (*(None,) * depth, *shape)))
        found = t[port].shape
        if found is None:
            continue
        if len(found) < depth:
            raise t.fail(port, f"arrays of at least {depth} dimension{'s' if depth > 1 else ''}")
        if depth and VARYING in found[depth:]:
            raise t.fail(port, "arrays whose varying dimension is mapped over, or first of a constant input")
        for place in range(depth):
            outer[place] = found[place] if outer[place] is None else outer[place]
    for port, depth in (*known.items(), *((name, most) for name in t.outputs)):
        found = t[port].shape
        if found is not None:
            wanted: Dims = (*outer[:depth], *(None,) * (len(found) - depth))
            t.tell("Net", port, t[port].bare()._replace(shape=t.shape(port, wanted)[depth:]))  # type: ignore[index]


# ---- lowering


def thread_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, Wire]:
    b = at.b
    net = at.net.nodes["Net"]
    known = depths({**at.params, "Net": net})
    most = max(known.values())
    wires = {port: Wire(x, at.lengths.get(port)) for port, x in ins.items()}
    mapped = [port for port, depth in known.items() if depth]
    varying = [port for port in mapped if at.net.inputs[port].varies]
    wires = dict(one_length(at, wires, varying))
    deepest = next(port for port, depth in known.items() if depth == most)
    count, *outer = wires[deepest].value.shape[: most + 1]
    lengths = wires[varying[0]].lengths if varying else None
    given = {port: repeated(b, wires[port], known[port], (count, *outer)) for port in net.inputs}
    results = {}
    for port, wire in inside_map(at, given, (count, *outer), lengths).items():
        results[port] = Wire(b.reshape(wire.value, (count, *outer, *wire.value.shape[1:])), lengths)
    return results


def repeated(b: ir.Builder, wire: Wire, depth: int, outer: tuple[int, ...]) -> Wire:
    """An input (N, m1, ..., rest) with `depth` mapped dimensions for every element of all of them:
    (N m1 m2 ..., rest).
    """
    x = wire.value
    rest = x.shape[depth + 1 :]
    thin = b.reshape(x, (*x.shape[: depth + 1], *(1,) * (len(outer) - 1 - depth), *rest))
    flat = b.reshape(b.broadcast_to(thin, (*outer, *rest)), (math.prod(outer), *rest))
    if depth or wire.lengths is None:
        return Wire(flat)
    lengths = b.broadcast_to(b.expand_dims(wire.lengths, 1), (outer[0], math.prod(outer[1:])))
    return Wire(flat, b.reshape(lengths, (math.prod(outer),)))


layer(
    NAME,
    usage="NetMapThreadOperator[net] is a net that applies net to the corresponding elements of all its "
    "inputs.\n"
    "NetMapThreadOperator[net, d] does so at depth d.\n"
    'NetMapThreadOperator[net, <|"in1" -> n1, ...|>] maps over the given inputs at the given depths; the '
    "other inputs are constant.",
    arguments=(
        INNER,
        Parameter("Depth", read_depths, 'a positive integer, or an association "input" -> depth', 1),
    ),
    inputs=thread_inputs,
    outputs=thread_outputs,
    infer=thread_types,
    lower=thread_lower,
    aligned=False,
    padded=True,
    inner="Net",
    short=short,
    examples=(
        Example(
            'NetMapThreadOperator[DotLayer["Input1" -> 2, "Input2" -> 2]][{{{1, 2}, {3, 4}}, '
            "{{1, 1}, {1, 0}}}]",
            "{3., 3.}",
        ),
        Example(
            'NetMapThreadOperator[ThreadingLayer[#a + #b &, 1, "a" -> "Real", "b" -> 2], <|"a" -> 1|>]'
            '[<|"a" -> {1, 2}, "b" -> {10, 20}|>]',
            "{{11., 21.}, {12., 22.}}",
        ),
    ),
)
