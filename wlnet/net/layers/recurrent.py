"""Recurrent layers: BasicRecurrentLayer, GatedRecurrentLayer, LongShortTermMemoryLayer.

nets-layers.md, section 7.  Sequences run by one instruction (runtime/ops/recurrent.py); dropout of states
and of state updates, in training alone, by a scan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from wlnet.expr import Association, Expr, S, is_list, items, make_list
from wlnet.net import masks
from wlnet.net.layer import ArrayField, Example, Parameter, Params, layer
from wlnet.net.types import PortType, real

from .arguments import AUTOMATIC, NONE, automatic_or, positive, real_between
from .basic import short_dims

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir

METHODS = ("VariationalWeights", "VariationalInput", "VariationalState", "StateUpdate")
PROBABILITY = real_between(0, 1)


class Cell(NamedTuple):
    """What the three layers differ in.

    op      the instruction of the runtime
    gates   names in front of those of the arrays, in the order of the op's gates
    states  names of the states, in the order of the op's operands and results
    step    (builder, x's contributions, states' contributions, old states, drop) -> new states, the output
            first; drop(update) is the update of the state with some of it dropped
    """

    op: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    step: Callable[..., list[ir.Value]]


# ---- parameters


def read_dropout(value: Any) -> Any:
    """None, a probability (of the method "VariationalWeights"), or rules method -> probability."""
    if value is NONE:
        return value
    if type(value) is Association:
        pairs = value.pairs()
    else:
        rules = items(value) if is_list(value) else (value,)
        if not all(type(x) is Expr and x.head is S.Rule and len(x.args) == 2 for x in rules):
            return PROBABILITY(value)
        pairs = [x.args for x in rules]
    found = {}
    for name, each in pairs:
        p = PROBABILITY(each)
        if name not in METHODS or p is None:
            return None
        found[name] = p
    return make_list(Expr(S.Rule, pair) for pair in found.items())


def probabilities(params: Params) -> dict[str, float]:
    """The probability of each method of dropout that is used."""
    value = params["Dropout"]
    if value is NONE:
        return {}
    if type(value) is float:
        return {METHODS[0]: value} if value else {}
    return {rule.args[0]: rule.args[1] for rule in items(value) if rule.args[1]}


SIZE = Parameter("Size", automatic_or(positive), "a positive integer or Automatic", AUTOMATIC)
DROPOUT = Parameter(
    "Dropout",
    read_dropout,
    "None, a probability, or rules method -> probability for the methods "
    + ", ".join(f'"{x}"' for x in METHODS),
    NONE,
)


# ---- types


def fields(cell: Cell) -> tuple[ArrayField, ...]:
    return tuple(
        ArrayField(gate + name, role)
        for gate in cell.gates
        for name, role in (("InputWeights", "weights"), ("StateWeights", "weights"), ("Biases", "biases"))
    )


def recurrent_types(cell: Cell) -> Callable[[Typing], None]:
    """Input (T, k), output (T, n); T may vary."""

    def rule(t: Typing) -> None:
        t.real("Input", "Output")
        size = None if t.params["Size"] is AUTOMATIC else t.params["Size"]
        t.rank("Input", 2)
        t.shape("Output", (None, size))
        for name in cell.states:
            (size,) = t.state(name, real(size)).shape or (size,)
        width, size = (t[port].shape[1] for port in ("Input", "Output"))  # type: ignore[index]
        for gate in cell.gates:
            size, width = t.array(gate + "InputWeights", (size, width)) or (size, width)
            size, _ = t.array(gate + "StateWeights", (size, size)) or (size, size)
            (size,) = t.array(gate + "Biases", (size,)) or (size,)
        for name in cell.states:
            t.state(name, real(size))
        length = t.shape("Output", (t["Input"].shape[0], size))  # type: ignore[index]
        t.shape("Input", (length[0] if length else None, width))

    return rule


# ---- lowering


def recurrent_lower(cell: Cell) -> Callable[..., ir.Value]:
    def lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
        b, x = at.b, b_first(at.b, ins["Input"])
        drops = probabilities(at.params) if at.training else {}
        inputs, states, biases = (
            b.concat([at.need(gate + name) for gate in cell.gates], axis=0)
            for name in ("InputWeights", "StateWeights", "Biases")
        )
        gates = b.dot(x, inputs, transpose_b=True)
        if "VariationalInput" in drops:
            gates = b.mul(gates, kept(at, (1, *gates.shape[1:]), drops["VariationalInput"]))
        if "VariationalWeights" in drops:
            states = b.mul(states, kept(at, states.shape, drops["VariationalWeights"]))
        first = [at.state(name) for name in cell.states]
        lengths = at.lengths.get("Input")
        if drops.keys() & {"VariationalState", "StateUpdate"}:
            found = scanned(at, cell, gates, states, biases, first, drops)
        else:
            more = [] if lengths is None else [lengths]
            op = getattr(b, cell.op)
            result = op(gates, states, biases, *first, *more, masked=lengths is not None)
            found = list(result) if isinstance(result, tuple) else [result]
        for name, start, each in zip(cell.states, first, found, strict=False):
            at.leave(name, last(b, each, start, lengths))
        return b_first(b, found[0])

    return lower


def b_first(b: ir.Builder, x: ir.Value) -> ir.Value:
    """(N, T, ...) as (T, N, ...), and the other way round."""
    return b.swap_axes(x, 0, 1)


def kept(at: Lowering, shape: tuple[int, ...], probability: float) -> ir.Value:
    """Factors of a dropout: 0, or 1/(1 - probability)."""
    ones = at.b.constant(1.0, at.dtype, shape)
    return at.b.dropout(ones, probability)


def last(b: ir.Builder, states: ir.Value, start: ir.Value, lengths: ir.Value | None) -> ir.Value:
    """The final state (N, n) of states (T, N, n): that of the last element of each sequence."""
    if lengths is None:
        return b.index_axis(states, 0, states.shape[0] - 1)
    place = b.reshape(b.sub(lengths, 1), (lengths.shape[0], 1))
    found = b.squeeze(masks.at_places(b, b_first(b, states), place), 1)
    some = b.expand_dims(b.greater(lengths, 0), 1)
    return b.select(some, found, start)


def scanned(
    at: Lowering,
    cell: Cell,
    gates: ir.Value,
    states: ir.Value,
    biases: ir.Value,
    first: list[ir.Value],
    drops: dict[str, float],
) -> list[ir.Value]:
    """States (T, N, n) of every step, with dropout within the steps."""
    b, shape = at.b, first[0].shape
    constants, sequences = [states], [b.add(gates, biases)]
    if "VariationalState" in drops:
        constants.append(kept(at, gates.shape[1:], drops["VariationalState"]))
    if "StateUpdate" in drops:
        sequences.append(kept(at, (gates.shape[0], *shape), drops["StateUpdate"]))

    def step(
        b: ir.Builder, old: list[ir.Value], elements: list[ir.Value], constants: list[ir.Value]
    ) -> tuple[list[ir.Value], list[ir.Value]]:
        (x, *update), (weights, *state) = elements, constants
        a = b.dot(old[0], weights, transpose_b=True)
        if state:
            a = b.mul(a, state[0])
        new = cell.step(b, x, a, old, lambda m: b.mul(m, update[0]) if update else m)
        return new, new

    return b.scan(step, first, sequences, constants, lengths=at.lengths.get("Input"))[1]  # type: ignore[no-any-return]


def parts(b: ir.Builder, x: ir.Value, count: int) -> list[ir.Value]:
    units = x.shape[1] // count
    return [b.slice_axis(x, 1, k * units, (k + 1) * units) for k in range(count)]


def basic_step(b: ir.Builder, x: ir.Value, a: ir.Value, old: list[ir.Value], drop: Any) -> list[ir.Value]:
    return [drop(b.tanh(x + a))]


def gated_step(b: ir.Builder, x: ir.Value, a: ir.Value, old: list[ir.Value], drop: Any) -> list[ir.Value]:
    (xi, xr, xm), (ai, ar, am) = parts(b, x, 3), parts(b, a, 3)
    i = b.sigmoid(xi + ai)
    m = b.tanh(xm + b.sigmoid(xr + ar) * am)
    return [drop((1 - i) * m) + i * old[0]]


def long_step(b: ir.Builder, x: ir.Value, a: ir.Value, old: list[ir.Value], drop: Any) -> list[ir.Value]:
    i, o, f, m = parts(b, x + a, 4)
    c = b.sigmoid(f) * old[1] + drop(b.sigmoid(i) * b.tanh(m))
    return [b.sigmoid(o) * b.tanh(c), c]


# ---- records

BASIC = Cell("rnn", ("",), ("State",), basic_step)
GATED = Cell("gru", ("InputGate", "ResetGate", "MemoryGate"), ("State",), gated_step)
LONG = Cell(
    "lstm", ("InputGate", "OutputGate", "ForgetGate", "MemoryGate"), ("State", "CellState"), long_step
)

STATES = (
    'In a NetGraph, src -> NetPort[layer, "{}"] gives the initial state and NetPort[layer, "{}"] -> dst '
    "takes the final one; without a connection it starts from zeros."
)
DROPOUTS = (
    '"Dropout" -> p drops connections between states in training; "Dropout" -> {"method" -> p, ...} states '
    "what is dropped: " + ", ".join(f'"{x}"' for x in METHODS) + "."
)


def recurrent(name: str, cell: Cell, text: str, examples: tuple[Example, ...]) -> None:
    state: PortType = real(None)
    layer(
        name,
        usage="\n".join((text, STATES.format(cell.states[0], cell.states[0]), DROPOUTS)),
        arguments=(SIZE,),
        options=(DROPOUT,),
        arrays=fields(cell),
        states=dict.fromkeys(cell.states, state),
        infer=recurrent_types(cell),
        lower=recurrent_lower(cell),
        short=short_dims,
        padded=True,
        random=True,
        examples=examples,
    )


def ones(cell: Cell) -> str:
    """The arrays of the manual's check: input weights 1, state weights 1/2, biases 0."""
    written = (f'"{g}InputWeights" -> {{{{1}}}}, "{g}StateWeights" -> {{{{0.5}}}}' for g in cell.gates)
    return ", ".join((*written, *(f'"{g}Biases" -> {{0}}' for g in cell.gates)))


recurrent(
    "BasicRecurrentLayer",
    BASIC,
    "BasicRecurrentLayer[n] is a trainable recurrent layer that takes a sequence of vectors and gives a "
    "sequence of vectors of length n: s = Tanh[Wx.x + Ws.s + b].",
    (Example(f"BasicRecurrentLayer[1, {ones(BASIC)}][{{{{1}}, {{2}}}}]", "{{0.761594}, {0.983041}}"),),
)
recurrent(
    "GatedRecurrentLayer",
    GATED,
    "GatedRecurrentLayer[n] is a trainable recurrent layer of gated units that takes a sequence of vectors "
    "and gives a sequence of vectors of length n.",
    (Example(f"GatedRecurrentLayer[1, {ones(GATED)}][{{{{1}}, {{2}}}}]", "{{0.204824}, {0.288117}}"),),
)
recurrent(
    "LongShortTermMemoryLayer",
    LONG,
    "LongShortTermMemoryLayer[n] is a trainable recurrent layer with a cell state that takes a sequence of "
    "vectors and gives a sequence of vectors of length n.",
    (Example(f"LongShortTermMemoryLayer[1, {ones(LONG)}][{{{{1}}, {{2}}}}]", "{{0.369606}, {0.791236}}"),),
)
