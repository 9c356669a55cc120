"""NetBidirectionalOperator: one net along a sequence, another one against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import is_list, items, make_list
from wlnet.net import masks
from wlnet.net.errors import ConflictError, NetError
from wlnet.net.graph import with_inputs
from wlnet.net.infer import make_layer
from wlnet.net.layer import REQUIRED, Example, Parameter, layer
from wlnet.net.lower import Wire
from wlnet.net.types import ANY

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

FORWARD, REVERSE, AGGREGATOR = "ForwardNet", "ReverseNet", "Aggregator"


def unpack(args: list[Any]) -> list[Any]:
    """[net], [{fnet, rnet}] and [nets, aggregator] as [fnet, rnet, aggregator]."""
    if not args or len(args) > 2:
        text = "NetBidirectionalOperator takes a net or {forward net, reverse net}, and an aggregator."
        raise NetError("NetBidirectionalOperator", "arguments", text)
    nets = list(items(args[0])) if is_list(args[0]) else [args[0], args[0]]
    if len(nets) != 2:
        text = f"NetBidirectionalOperator takes one net or two, {{fnet, rnet}}; found a list of {len(nets)}."
        raise NetError("NetBidirectionalOperator", "arguments", text)
    return [*nets, args[1] if len(args) == 2 else make_layer("CatenateLayer", {"Level": 2})]


def pack(values: list[Any]) -> list[Any]:
    return [make_list(values[:2]), *values[2:]]


def arrange(nodes: dict[str, Net]) -> dict[str, Net]:
    """The aggregator has two inputs."""
    last = nodes[AGGREGATOR]
    if not last.inputs and last.record.is_variadic(last.params):
        nodes[AGGREGATOR] = with_inputs(last, 2)
    return nodes


def ports_of(t: Typing, name: str, count: int) -> tuple[list[str], str]:
    """The inputs of a net inside, of which there must be `count`, and its only output."""
    net = t.node(name)
    if len(net.inputs) != count or len(net.outputs) != 1:
        found = f"a net with {len(net.inputs)} inputs and {len(net.outputs)} outputs"
        wanted = f"a net with {'one input' if count == 1 else 'two inputs'} and one output"
        raise ConflictError(name, wanted, found)
    return list(net.inputs), next(iter(net.outputs))


def bidirectional_types(t: Typing) -> None:
    """Input of both nets; their outputs are the inputs of the aggregator, whose output is the result."""
    joined, result = ports_of(t, AGGREGATOR, 2)
    last = t.node(AGGREGATOR)
    for name, place in ((FORWARD, joined[0]), (REVERSE, joined[1])):
        (first,), out = ports_of(t, name, 1)
        net = t.node(name)
        t.meet("Input", net.inputs[first].bare())
        if t["Input"].shape == ():
            raise t.fail("Input", "sequences")
        t.tell(name, first, t["Input"])
        shape = t["Input"].shape
        length = shape[0] if shape else None
        for inside in (net.outputs[out], last.inputs[place]):
            if inside.shape == ():
                raise ConflictError(name, "a net that gives sequences", "one that gives a single number")
        given, taken = net.outputs[out].bare(), last.inputs[place].bare()
        if given.shape is not None and given.shape[0] is None:
            given = given._replace(shape=(length, *given.shape[1:]))
        t.tell(AGGREGATOR, place, given)
        t.tell(name, out, taken)
    t.meet("Output", last.outputs[result].bare())
    t.tell(AGGREGATOR, result, t["Output"])


def bidirectional_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, Wire]:
    b, x, lengths = at.b, ins["Input"], at.lengths.get("Input")
    ahead = run(at, FORWARD, Wire(x, lengths))
    back = run(at, REVERSE, Wire(masks.backwards(b, x, lengths), lengths))
    back = Wire(masks.backwards(b, back.value, back.lengths), back.lengths)
    last = at.net.nodes[AGGREGATOR]
    found = at.inside(AGGREGATOR, dict(zip(last.inputs, (ahead, back), strict=True)))
    return {"Output": next(iter(found.values()))}


def run(at: Lowering, name: str, wire: Wire) -> Wire:
    net = at.net.nodes[name]
    return next(iter(at.inside(name, {next(iter(net.inputs)): wire}).values()))


def short(net: Net) -> str:
    inner = net.nodes[FORWARD]
    text = inner.record.short(inner) if inner.record.short is not None else f"{inner.record.name}[...]"
    return f"NetBidirectionalOperator[{text}]"


def parameter(name: str) -> Parameter:
    return Parameter(name, lambda value: value, "a net, or a shorthand for one", REQUIRED, net=True)


layer(
    "NetBidirectionalOperator",
    usage="NetBidirectionalOperator[net] is a net that applies net to a sequence and, with arrays of its "
    "own, to the reversed sequence, reverses what that gives, and joins both by a CatenateLayer[2].\n"
    "NetBidirectionalOperator[{fnet, rnet}] applies fnet to the sequence and rnet to the reversed one.\n"
    "NetBidirectionalOperator[nets, aggregator] joins them by a net with two inputs, such as "
    "ThreadingLayer[Plus].",
    arguments=tuple(map(parameter, (FORWARD, REVERSE, AGGREGATOR))),
    inputs={"Input": ANY},
    unpack=unpack,
    pack=pack,
    arrange=arrange,
    infer=bidirectional_types,
    lower=bidirectional_lower,
    padded=True,
    short=short,
    examples=(
        Example(
            "NetBidirectionalOperator[{ElementwiseLayer[# + 1 &], ElementwiseLayer[2 # &]}][{{1}, {2}, {3}}]",
            "{{2., 2.}, {3., 4.}, {4., 6.}}",
        ),
    ),
)
