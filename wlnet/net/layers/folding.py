"""Operators that apply a net again and again to what it gave: NetFoldOperator, NetNestOperator.

nets-structure.md, section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.net.errors import ConflictError, NetError, nearest
from wlnet.net.graph import quoted
from wlnet.net.layer import Example, Parameter, Params, Ports, layer
from wlnet.net.lower import Lowering, Wire, lower_net, variable_name
from wlnet.net.net import SHARED
from wlnet.net.types import ANY, REAL, PortType
from wlnet.runtime import ops

from .arguments import AUTOMATIC, automatic_or, positive
from .operators import INNER, check_inputs, only_ports, short

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.net import Net
    from wlnet.runtime import ir

# ---- parameters of NetFoldOperator


def read_feedback(value: Any) -> Any:
    """{"out" -> "in", ...} or one such rule."""
    rules = items(value) if is_list(value) else (value,)
    good = all(type(x) is Expr and x.head is S.Rule and all(type(y) is str for y in x.args) for x in rules)
    return make_list(rules) if rules and good else None


def read_names(value: Any) -> Any:
    """{"name", ...} or one name."""
    names = items(value) if is_list(value) else (value,)
    return make_list(names) if all(type(x) is str for x in names) else None


def feedback(params: Params) -> dict[str, str]:
    """State, an input of the net inside -> the output that it gets its next value from."""
    return {rule.args[1]: rule.args[0] for rule in items(params["Feedback"])}


def constants(params: Params) -> tuple[str, ...]:
    return tuple(items(params["Constants"]))


def given_outputs(params: Params) -> tuple[str, ...]:
    """The outputs whose sequences the operator gives."""
    stated = params["Outputs"]
    return tuple(params["Net"].outputs) if stated is AUTOMATIC else tuple(items(stated))


def check_names(params: Params) -> None:
    """NetError for a name that is no port of the net inside, or is used twice."""
    net: Net = params["Net"]
    states = feedback(params)
    rules = items(params["Feedback"])
    check_inputs(net, "NetFoldOperator")
    for kind, names, known in (
        ("output", [rule.args[0] for rule in rules], net.outputs),
        ("input", [*states, *constants(params)], net.inputs),
        ("output", given_outputs(params), net.outputs),
    ):
        for name in names:
            if name not in known:
                text = f'The net inside has no {kind} port "{name}"; it has {quoted(known)}. '
                raise NetError("NetFoldOperator", "port", (text + nearest(name, list(known))).strip())
    twice = [name for name in states if name in constants(params)]
    if len(states) < len(rules) or twice:
        name = twice[0] if twice else next(x.args[1] for x in rules if states[x.args[1]] != x.args[0])
        text = f'The input "{name}" of the net inside can be fed by one output, or be constant, but not both.'
        raise NetError("NetFoldOperator", "port", text)
    if not set(net.inputs) - states.keys() - set(constants(params)):
        text = "No input of the net inside is left to map over a sequence: all are states or constants."
        raise NetError("NetFoldOperator", "inputs", text)


def fold_inputs(params: Params) -> Ports:
    check_names(params)
    return {name: ANY for name in params["Net"].inputs if name not in feedback(params)}


def fold_outputs(params: Params) -> Ports:
    return dict.fromkeys(given_outputs(params), ANY)


def fold_states(params: Params) -> Ports:
    return dict.fromkeys(feedback(params), REAL)


# ---- types


def element(port: PortType) -> PortType:
    """The type of one element of the sequences at a port."""
    return port.bare()._replace(shape=None if port.shape is None else port.shape[1:])


def sequence(port: PortType) -> PortType:
    return port.bare()._replace(shape=None if port.shape is None else (None, *port.shape))


def fold_types(t: Typing) -> None:
    net, fixed = t.node("Net"), constants(t.params)
    for state, source in feedback(t.params).items():
        for port in (net.inputs[state], net.outputs[source]):
            t.state(state, port.bare())
        for name in (state, source):
            t.tell("Net", name, t.states[state])
    flows = [name for name in t.inputs if name not in fixed]
    for name in fixed:
        t.meet(name, net.inputs[name].bare())
        t.tell("Net", name, t[name])
    length = None
    for ports, inside in ((t.inputs, net.inputs), (t.outputs, net.outputs)):
        for name in flows if ports is t.inputs else list(ports):
            t.add(ports, name, sequence(inside[name]))
            shape = ports[name].shape
            if shape == ():
                raise ConflictError(name, "sequences", "a single number")
            length = shape[0] if shape and length is None else length
    for ports in (t.inputs, t.outputs):
        for name in flows if ports is t.inputs else list(ports):
            shape = ports[name].shape
            if shape:
                t.add(ports, name, ports[name].bare()._replace(shape=(length, *shape[1:])))
                t.tell("Net", name, element(ports[name]))


# ---- lowering


def fold_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, ir.Value]:
    b, fixed, states = at.b, constants(at.params), feedback(at.params)
    flows = [name for name in ins if name not in fixed]
    names = list(at.net.outputs)

    def body(
        run: Callable[[Mapping[str, Wire]], dict[str, ir.Value]],
        old: Sequence[ir.Value],
        elements: Sequence[ir.Value],
        held: Sequence[ir.Value],
    ) -> tuple[list[ir.Value], list[ir.Value]]:
        named = zip((*states, *flows, *fixed), (*old, *elements, *held), strict=True)
        found = run({name: Wire(value) for name, value in named})
        return [found[source] for source in states.values()], [found[name] for name in names]

    lengths = next((at.lengths[name] for name in flows if name in at.lengths), None)
    final, results = looped(
        at,
        body,
        [at.state(name) for name in states],
        [b.swap_axes(ins[name], 0, 1) for name in flows],
        [ins[name] for name in fixed],
        lengths=lengths,
    )
    for name, value in zip(states, final, strict=True):
        at.leave(name, value)
    return {name: b.swap_axes(value, 0, 1) for name, value in zip(names, results, strict=True)}


def looped(
    at: Lowering,
    body: Callable[..., tuple[list[ir.Value], list[ir.Value]]],
    carries: Sequence[ir.Value],
    sequences: Sequence[ir.Value],
    fixed: Sequence[ir.Value],
    **options: Any,
) -> tuple[list[ir.Value], list[ir.Value]]:
    """A scan whose body applies the net inside: body(run, old carries, elements, constants), where
    run(inputs) are the net's outputs.  The net's arrays are constants of the scan; each step draws its own
    random numbers; moving statistics are not updated.
    """
    b, net = at.b, at.net.nodes["Net"]
    names = [variable_name(path) for path in net_arrays(at)]
    arrays = [b.values[name] for name in names]
    length = sequences[0].shape[0] if sequences else options["length"]
    flows = [*sequences]
    if any(inner.record.random for _, inner in net.walk()):
        flows.append(counters(b, length))

    def step(
        inner: ir.Builder, old: list[ir.Value], elements: list[ir.Value], held: list[ir.Value]
    ) -> tuple[list[ir.Value], list[ir.Value]]:
        inner.values = dict(zip(names, held[len(fixed) :], strict=True))
        inner.streams = b.streams
        if len(elements) > len(sequences):
            inner.values[ops.randoms.COUNTER] = elements[-1]

        def run(inputs: Mapping[str, Wire]) -> dict[str, ir.Value]:
            fresh: dict[str, Any] = {"taps": {}, "demands": [], "updates": False, "given": {}}
            inside = Lowering(inner, net, (*at.path, "Net"), at, **fresh)
            inside.rows = None
            return {name: wire.value for name, wire in lower_net(inside, inputs).items()}

        found = body(run, old, elements[: len(sequences)], held[: len(fixed)])
        b.streams = inner.streams
        return found

    return b.scan(step, carries, flows, [*fixed, *arrays], **options)  # type: ignore[no-any-return]


def net_arrays(at: Lowering) -> list[tuple[str, ...]]:
    """The paths, in the whole net, of the arrays of the net inside."""
    from_net = at.net.nodes["Net"].all_arrays()
    return [path if path[0] == SHARED else (*at.path, "Net", *path) for path in from_net]


# The step counter of the program goes up by one a step; those of a loop lie this far above it.
STEP_BITS = 40


def counters(b: ir.Builder, length: int) -> ir.Value:
    """A random counter for each step of a loop: (length, 2)."""
    steps = np.zeros((length, 2), np.uint64)
    steps[:, 1] = (np.arange(length, dtype=np.uint64) + np.uint64(1)) << np.uint64(STEP_BITS)
    return b.add(b.broadcast_to(ops.randoms.random_counter(b), (length, 2)), b.constant(steps))


def knows_padding(net: Net) -> bool:
    """Whether padded steps leave no trace: batch statistics within a step would see them."""
    return not any(inner.record.name == "BatchNormalizationLayer" for _, inner in net.walk())


layer(
    "NetFoldOperator",
    usage="NetFoldOperator[net] is a net that applies net to the elements of a sequence one after another, "
    'its "Output" of one step being its "State" in the next.\n'
    'NetFoldOperator[net, {"out" -> "in", ...}] feeds each output out back to the input in.\n'
    'NetFoldOperator[net, feedback, {"const", ...}] takes inputs const as they are, the same in each step.\n'
    'NetFoldOperator[net, feedback, constants, {"out", ...}] gives the sequences of these outputs only.\n'
    'In a NetGraph, src -> NetPort[layer, "in"] gives the initial value of a state and NetPort[layer, "in"] '
    "-> dst takes the final one; without a connection it starts from zeros.",
    arguments=(
        INNER,
        Parameter(
            "Feedback",
            read_feedback,
            'a list of rules "output" -> "input"',
            make_list((Expr(S.Rule, ("Output", "State")),)),
        ),
        Parameter("Constants", read_names, "a list of names of inputs", make_list(())),
        Parameter("Outputs", automatic_or(read_names), "Automatic or a list of names of outputs", AUTOMATIC),
    ),
    inputs=fold_inputs,
    outputs=fold_outputs,
    states=fold_states,
    infer=fold_types,
    lower=fold_lower,
    padded=knows_padding,
    short=short,
    examples=(
        Example(
            'NetFoldOperator[NetGraph[{ThreadingLayer[Plus]}, {{NetPort["Input"], NetPort["State"]} -> 1}]]'
            "[{{1, 2}, {3, 4}, {5, 6}}]",
            "{{1., 2.}, {4., 6.}, {9., 12.}}",
        ),
    ),
)

# ---- NetNestOperator

# Applications up to here are written out one after another; more become a loop.
WRITTEN_OUT = 16


def nest_types(t: Typing) -> None:
    first, last = only_ports(t, "NetNestOperator")
    net = t.node("Net")
    t.meet("Input", net.inputs[first].bare())
    t.meet("Output", net.outputs[last].bare())
    t.same_types("Input", "Output")
    t.tell("Net", first, t["Input"])
    t.tell("Net", last, t["Output"])


def nest_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value | Wire:
    net, count = at.net.nodes["Net"], at.params["Count"]
    first, last = next(iter(net.inputs)), next(iter(net.outputs))
    wire = Wire(ins["Input"], at.lengths.get("Input"))
    if count <= WRITTEN_OUT or wire.lengths is not None:
        for _ in range(count):
            wire = at.inside("Net", {first: wire})[last]
        return {"Output": wire}  # type: ignore[return-value]

    def body(run: Any, old: Sequence[ir.Value], elements: Any, held: Any) -> Any:
        return [run({first: Wire(old[0])})[last]], []

    final, _ = looped(at, body, [wire.value], [], [], length=count)
    return final[0]


layer(
    "NetNestOperator",
    usage="NetNestOperator[net, n] is a net that applies net n times, with the same arrays each time.",
    arguments=(INNER, Parameter("Count", positive, "a positive integer")),
    inputs={"Input": ANY},
    infer=nest_types,
    lower=nest_lower,
    padded=True,
    inner="Net",
    short=short,
    examples=(Example("NetNestOperator[ElementwiseLayer[2 # &], 3][{1, 2}]", "{8., 16.}"),),
)
