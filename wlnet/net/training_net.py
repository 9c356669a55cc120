"""The net that is trained: the user's net with its losses attached, an ordinary NetGraph.

Its inputs are the net's inputs and one target port for each two-input loss, named after the output port that
the loss is attached to; its outputs are the losses. Specification: loss-function.md, sections 4 to 7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import is_list, to_array

from . import automatic
from .automatic import Choice
from .data import RULE_INPUT, RULE_TARGET, Column, Table, is_numeric
from .errors import NetError, nearest
from .graph import with_inputs
from .infer import infer
from .label_coders import BOOLEAN_ENCODER
from .layer import LAYERS
from .loss import AUTOMATIC, Term, bad, loss_ports, quoted, read_terms
from .net import Edge, End, Net
from .types import VARYING, PortType

# The node of the user's net, the first step of the path of each of its arrays.
NET = "Net"


class Loss(NamedTuple):
    """One reported loss: its name, the output port of the training net that carries it, and its factor."""

    name: str
    port: str
    factor: float


class Attachment(NamedTuple):
    """A term with its choice made: the loss net (None for a bare port), the port of it that takes the target,
    and the node of the training net that it becomes.
    """

    term: Term
    choice: Choice
    target: str | None
    node: str = ""


class TrainingNet(NamedTuple):
    """What is trained.

    net      the NetGraph; node "Net" is the user's net
    losses   the losses in order, one for each port that the total sums up
    targets  the target ports among its inputs attached the terms in order, with their choices
    """

    net: Net
    losses: tuple[Loss, ...]
    targets: tuple[str, ...]
    attached: tuple[Attachment, ...]

    @property
    def inner(self) -> Net:
        """The user's net with what has been inferred, without the losses."""
        return self.net.nodes[NET]


def build(net: Net, setting: Any, table: Table) -> tuple[TrainingNet, Table]:
    """The training net for LossFunction -> `setting` with the data `table`, and the table with its
    columns named by port and without those of ignored outputs.

    NetError for everything that section 8 of the specification lists;
    `make` evaluates layer and coder expressions.
    """
    terms = read_terms(setting, net)
    if terms is None:
        terms = automatic_terms(net, table)
    table = named(net, terms, table)
    attachments = [_attachment(net, term, table) for term in terms]
    table = checked(net, attachments, table)
    net = _prepared(net, attachments, table)
    return joined(net, attachments, table), table


# ---- which losses, which data


def automatic_terms(net: Net, table: Table) -> list[Term]:
    """LossFunction -> Automatic: the outputs that are losses; every other output, where there is none of
    those or where the data supply its key.
    """
    existing = [port for port in net.outputs if automatic.is_loss(net, port)]
    keys = table.columns if table.named else {}
    terms = [Term(port, None) for port in existing]
    for port in net.outputs:
        if port not in existing and (not existing or port in keys):
            terms.append(Term(port, AUTOMATIC))
    return terms


def needs_target(net: Net, term: Term) -> bool:
    """Whether a term reads a target from the data."""
    if term.attach is None or (term.attach is AUTOMATIC and automatic.is_loss(net, term.port)):
        return False
    if term.attach is AUTOMATIC or not term.attach.inputs:
        return True  # a layer such as ThreadingLayer[Subtract] takes as many inputs as it is given: two
    return loss_ports(term.attach, term.port).target is not None


def named(net: Net, terms: Sequence[Term], table: Table) -> Table:
    """`table` with the columns of rules, or of a bare list of inputs, named by port."""
    if table.named:
        return table
    targets = list(dict.fromkeys(term.port for term in terms if needs_target(net, term)))
    keys = [*net.inputs, *targets]
    if len(net.inputs) != 1 or len(targets) > 1 or (RULE_TARGET in table.columns and not targets):
        example = ", ".join(f'"{port}" -> {{...}}' for port in keys)
        text = "Data given as rules or as a plain list need a net with one input and one target; "
        text += f"this training reads {quoted(keys)}. Give an association <|{example}|>."
        raise NetError("NetTrain", "assoc", text)
    if targets and RULE_TARGET not in table.columns:
        raise missing(targets, keys)
    names = {RULE_INPUT: next(iter(net.inputs)), RULE_TARGET: targets[0] if targets else ""}
    return table.renamed(names)


def checked(net: Net, attachments: Sequence[Attachment], table: Table) -> Table:
    """`table` with exactly the columns that the training reads; NetError for a missing key and for one
    that names no port of the net. Keys of outputs that take no part are left out.
    """
    targets = list(dict.fromkeys(each.term.port for each in attachments if each.target is not None))
    for port in targets:
        if port in net.inputs:
            raise bad(
                f'The target of the output "{port}" would be read under the key "{port}", but the net has '
                f"an input of "
                f'that name. Rename one of them, for example NetRename[net, "{port}" -> "{port}Out"].'
            )
    wanted = [*net.inputs, *targets]
    for key in table.columns:
        if key not in wanted and key not in net.outputs:
            hint = (
                nearest(key, list(dict.fromkeys([*wanted, *net.outputs])))
                or f"Its ports are {quoted(wanted)}."
            )
            raise NetError(
                "NetTrain", "extra", f'The data have a key "{key}" that names no port of the net. {hint}'
            )
    lacking = [port for port in wanted if port not in table.columns]
    if lacking:
        raise missing(lacking, wanted)
    return Table({port: table.columns[port] for port in wanted}, table.length)


def missing(lacking: Sequence[str], wanted: Sequence[str]) -> NetError:
    keys = "key" if len(lacking) == 1 else "keys"
    return NetError(
        "NetTrain", "missing", f"The data lack the {keys} {quoted(lacking)}; required are {quoted(wanted)}."
    )


def aligned(training: TrainingNet, table: Table) -> Table:
    """Further examples for a training net: columns named as its inputs."""
    wanted = list(training.net.inputs)
    if not table.named:
        if len(wanted) > 2 or (len(wanted) == 2) != (RULE_TARGET in table.columns):
            raise missing(wanted, wanted)
        table = table.renamed(dict(zip((RULE_INPUT, RULE_TARGET), wanted, strict=False)))
    lacking = [port for port in wanted if port not in table.columns]
    if lacking:
        raise missing(lacking, wanted)
    return Table({port: table.columns[port] for port in wanted}, table.length)


# ---- attaching


def _attachment(net: Net, term: Term, table: Table) -> Attachment:
    column = table.columns.get(term.port)
    if term.attach is None:
        return Attachment(term, Choice(None), None)
    if term.attach is AUTOMATIC:
        choice = automatic.choose(net, term.port, column)
        return Attachment(term, choice, None if choice.loss is None else "Target")
    if not term.attach.inputs and term.attach.record.is_variadic(term.attach.params):
        term = term._replace(attach=with_inputs(term.attach, 2))
    target = loss_ports(term.attach, term.port).target
    return Attachment(term, automatic.attach(net, term.port, term.attach, target, column), target)


def _prepared(net: Net, attachments: Sequence[Attachment], table: Table) -> Net:
    """The net with what the data tell of its ports: decoders for labels, numbers of classes, encoders of
    Booleans, shapes of inputs.
    """
    outputs, inputs = dict(net.outputs), dict(net.inputs)
    for term, choice, _, _ in attachments:
        port = outputs[term.port]
        if choice.decoder is not None:
            outputs[term.port] = port._replace(coder=choice.decoder)
        if choice.classes is not None:
            leading = (None,) * (table.columns[term.port].rank or 0)
            outputs[term.port] = port._replace(shape=(*leading, choice.classes))
    for name, port in inputs.items():
        column = table.columns[name]
        if port.coder is None and column.kind == "boolean":
            inputs[name] = port._replace(coder=BOOLEAN_ENCODER)
        elif port.coder is None and column.kind == "image":
            inputs[name] = port._replace(coder=automatic.image_encoder(port, column))
        elif port.coder is None and column.kind == "label":
            raise not_numbers(name, column)
        elif port.coder is None and not port.known:
            inputs[name] = _hinted(name, port, column)
    if inputs == net.inputs and outputs == net.outputs:
        return infer(net, symbol="NetTrain")
    hints = {
        name: port.coder.port_type for name, port in (inputs | outputs).items() if port.coder is not None
    }
    return infer(net.replace(inputs=inputs, outputs=outputs), hints, symbol="NetTrain")


def not_numbers(name: str, column: Column) -> NetError:
    """The error for examples that are no numbers, at an input port without an encoder."""
    wrong = (i for i, x in enumerate(column.values or (), 1) if not is_numeric(x))
    text = f'The data at port "{name}": example {next(wrong, 1)} is no number and no array of real numbers. '
    text += "A port that takes anything else needs a NetEncoder."
    return NetError("NetTrain", "data", text)


def _hinted(name: str, port: PortType, column: Column) -> PortType:
    """`port` with the shape of the examples in `column`; NetError where the ranks differ."""
    found = shape_of(column)
    if port.shape is None:
        return port._replace(shape=found)
    if found is not None and len(found) == len(port.shape):
        pairs = zip(port.shape, found, strict=True)
        return port._replace(shape=tuple(b if a is None else a for a, b in pairs))
    return port


def shape_of(column: Column) -> tuple[Any, ...] | None:
    """The shape that examples give their port: VARYING for lists of different lengths;
    None where they are no numbers.
    """
    if column.array is not None:
        return column.array.shape[1:]
    if column.kind != "ragged":
        return None
    shapes = {np.shape(example_array(x)) for x in column.values or ()}
    ranks = {len(shape) for shape in shapes}
    rest = {shape[1:] for shape in shapes}
    return (VARYING, *rest.pop()) if len(ranks) == 1 and len(rest) == 1 and ranks != {0} else None


def example_array(value: Any) -> np.ndarray:
    """One example of a ragged column as an array."""
    found = to_array(value, exact=False) if is_list(value) else np.asarray(getattr(value, "array", value))
    return np.zeros(()) if found is None else found


def joined(net: Net, attachments: Sequence[Attachment], table: Table) -> TrainingNet:
    """The NetGraph of the net and its losses, with all shapes that follow from the data."""
    nodes: dict[str, Net] = {NET: net}
    edges = [Edge((None, name), (NET, name)) for name in net.inputs]
    targets: dict[str, PortType] = {}
    ends: list[tuple[Attachment, str, End]] = []
    placed: list[Attachment] = []
    count = sum(each.choice.loss is not None for each in attachments)
    for each in attachments:
        port, loss = each.term.port, each.choice.loss
        if loss is None:
            ends.append((each, port, (NET, port)))
            placed.append(each)
            continue
        node = "Loss" if count == 1 else f"Loss{len(nodes)}"
        nodes[node] = loss
        placed.append(each._replace(node=node))
        ports = loss_ports(loss, port)
        edges.append(Edge((NET, port), (node, ports.input)))
        if ports.target is not None:
            edges.append(Edge((None, port), (node, ports.target)))
            coder = each.choice.encoder
            known = PortType() if coder is None else coder.port_type._replace(coder=coder)
            if port not in targets or targets[port].coder is None:
                targets[port] = known
        single = len(ports.outputs) == 1
        ends += [(each, port if single else name, (node, name)) for name in ports.outputs]
    inputs = {**net.inputs, **targets}
    names = unique([name for _, name, _ in ends])
    outputs = output_names(names, ends, inputs)
    losses = tuple(
        Loss(n, o, each.term.factor) for n, o, (each, _, _) in zip(names, outputs, ends, strict=True)
    )
    edges += [Edge(end, (None, name)) for name, (_, _, end) in zip(outputs, ends, strict=True)]
    types = {name: PortType() for name in outputs}
    graph = Net(LAYERS["NetGraph"], {}, inputs, types, nodes=nodes, edges=tuple(edges))
    graph = with_targets(infer(graph, symbol="NetTrain"), tuple(targets), table)
    return TrainingNet(restored(graph, net), losses, tuple(targets), tuple(placed))


def with_targets(graph: Net, targets: Sequence[str], table: Table) -> Net:
    """The graph with the shapes that the data give to target ports which are still open."""
    hints = {}
    for name in targets:
        port = graph.inputs[name]
        shape = shape_of(table.columns[name])
        if port.coder is None and not port.known and shape is not None:
            hints[name] = _hinted(name, port, table.columns[name]).bare()
    return infer(graph, hints, symbol="NetTrain") if hints else graph


def restored(graph: Net, net: Net) -> Net:
    """The graph whose inner net has the coders of `net` at its ports."""
    inner = graph.nodes[NET]
    inputs = {name: port._replace(coder=net.inputs[name].coder) for name, port in inner.inputs.items()}
    outputs = {name: port._replace(coder=net.outputs[name].coder) for name, port in inner.outputs.items()}
    return graph.replace(nodes={**graph.nodes, NET: inner.replace(inputs=inputs, outputs=outputs)})


def unique(names: Sequence[str]) -> list[str]:
    """Names made different by indices where they repeat: Y, Y, Z -> Y1, Y2, Z."""
    counts, used, numbers = Counter(names), set(names), Counter[str]()
    found = []
    for name in names:
        fresh = name
        while counts[name] > 1 and fresh in used:
            numbers[name] += 1
            fresh = f"{name}{numbers[name]}"
        used.add(fresh)
        found.append(fresh)
    return found


def output_names(
    names: Sequence[str], ends: Sequence[tuple[Attachment, str, End]], inputs: Mapping[str, Any]
) -> list[str]:
    """Ports of the training net for the losses: a bare port keeps its name, one attached loss is "Loss",
    several are named after the ports that they are attached to. No name is that of an input
    or of another output.
    """
    attached = [each for each, _, _ in ends if each.choice.loss is not None]
    taken, found = set(inputs), []
    for name, (each, _, end) in zip(names, ends, strict=True):
        wanted = name
        if each.choice.loss is not None:
            wanted = "Loss" if len(attached) == 1 else (end[1] if name == end[1] else f"{name}Loss")
        fresh, i = wanted, 0
        while fresh in taken:
            i += 1
            fresh = f"{wanted}{i}"
        taken.add(fresh)
        found.append(fresh)
    return found
