"""What the losses of a training compare: where in the training net predictions and targets stand."""

from __future__ import annotations

from typing import Any, NamedTuple

from wlnet.expr import S, items

from .automatic import producer
from .net import Net, Path
from .training_net import NET, Attachment, TrainingNet

AUTOMATIC = S.Automatic

# Which loss layers compare classes, and which values.
FAMILIES = {
    "CrossEntropyLossLayer": "class",
    "MeanSquaredLossLayer": "value",
    "MeanAbsoluteLossLayer": "value",
}


class Comparison(NamedTuple):
    """What a loss compares: two places of the training net, as `step.Plan` watches them;
    and the class labels.

    form  "Index", "Probabilities" or "Binary" for classes, "value" for values
    """

    family: str
    form: str
    output: tuple[Path, str]
    target: tuple[Path, str]
    labels: tuple[Any, ...]


def comparisons(training: TrainingNet) -> list[Comparison]:
    """One for every loss whose kind is known, in order of the terms."""
    found = (_comparison(training, each) for each in training.attached)
    return [each for each in found if each is not None]


def _comparison(training: TrainingNet, each: Attachment) -> Comparison | None:
    loss, port = each.choice.loss, each.term.port
    if loss is not None:
        path: Path | None = (each.node,)
    else:
        path = _producer_path(training.net, NET, port)
        loss = producer(training.inner, port)
    family = FAMILIES.get(loss.record.name) if loss is not None else None
    if family is None or path is None or loss is None:
        return None
    output, target = (_source(training.net, path, name) for name in ("Input", "Target"))
    if output is None or target is None:
        return None
    form = str(loss.params.get("TargetForm", "Index")) if family == "class" else "value"
    return Comparison(family, form, output, target, _labels(training, each, target))


def _producer_path(net: Net, node: str, port: str) -> Path | None:
    """The path of the layer whose output is `port` of `node`, through containers alone."""
    path, at = (node,), net.nodes[node]
    while at.is_container:
        source = next((edge.source for edge in at.edges if edge.target == (None, port)), None)
        if source is None or source[0] is None:
            return None
        path, at, port = (*path, source[0]), at.nodes[source[0]], source[1]
    return path if not at.nodes else None


def _source(net: Net, path: Path, port: str) -> tuple[Path, str] | None:
    """Where the input `port` of the net at `path` comes from: an output of a net inside,
    or an input of `net`.
    """
    while path:
        outer = net.at(path[:-1])
        source = next((edge.source for edge in outer.edges if edge.target == (path[-1], port)), None)
        if source is None:
            return None
        if source[0] is not None:
            return (*path[:-1], source[0]), source[1]
        path, port = path[:-1], source[1]
    return (), port


def _labels(training: TrainingNet, each: Attachment, target: tuple[Path, str]) -> tuple[Any, ...]:
    """The class labels in the order of the probabilities; 1, 2, ... where there are none."""
    port = training.net.inputs.get(target[1]) if target[0] == () else None
    for coder in (training.inner.outputs[each.term.port].coder, None if port is None else port.coder):
        labels = coder.params.get("Labels", AUTOMATIC) if coder is not None else AUTOMATIC
        if labels is not AUTOMATIC:
            return tuple(items(labels))
    return ()
