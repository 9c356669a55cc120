"""What NetTrain attaches by itself: the loss for an output port, the encoder of its target,
a decoder for labels.

Everything is decided from the records of layers and coders and from the data, so that a new layer or coder
needs no change here. Specification: loss-function.md, section 3 (and decisions.md).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import S, make_list

from .coders import Decoder, Encoder, decoder_for, encoder_for, make_coder
from .data import Column, labels_of
from .infer import make_layer
from .label_coders import BOOLEAN_ENCODER
from .net import Net
from .types import PortType


class Choice(NamedTuple):
    """What belongs to an output port.

    loss      the loss net to attach, or None where the port's value is a loss by itself
    encoder   of the target, or None for raw numbers
    decoder   to be added to the output port, or None
    classes   number of classes where only the data tell it, or None
    """

    loss: Net | None
    encoder: Any = None
    decoder: Any = None
    classes: int | None = None


def producer(net: Net, port: str) -> Net | None:
    """The innermost layer whose output is the output `port` of `net`;
    None where an input is passed straight on.
    """
    found = producing(net, port)
    return None if found is None else found[0]


def producing(net: Net, port: str) -> tuple[Net, str] | None:
    """The same with the layer's own name of that output."""
    while True:
        if net.is_container:
            source = next((edge.source for edge in net.edges if edge.target == (None, port)), None)
            if source is None or source[0] is None:
                return None
            net, port = net.nodes[source[0]], source[1]
        elif net.record.inner is not None:
            net = net.nodes[net.record.inner]
            port = port if port in net.outputs else next(iter(net.outputs))
        else:
            return net, port


def is_loss(net: Net, port: str) -> bool:
    """Whether the output `port` comes from a loss layer: its value is a loss as it stands,
    whatever its name.
    """
    found = producing(net, port)
    return found is not None and found[0].record.gives_loss(found[1])


def choose(net: Net, port: str, column: Column | None) -> Choice:
    """The automatic loss of the output `port`, whose targets are `column` (None while they are not known)."""
    if is_loss(net, port):
        return Choice(None)
    layer = producer(net, port)
    if layer is not None and layer.record.automatic_loss is not None:
        return attach(net, port, make_layer(layer.record.automatic_loss), "Target", column)
    decoder = net.outputs[port].coder
    if decoder is not None and decoder.record.loss is not None:
        return Choice(make_layer(decoder.record.loss), _decoder_encoder(net, port))
    activation = layer.activation if layer is not None else None
    if activation is not None:
        return _entropy(net, port, column, activation)
    encoder = _decoder_encoder(net, port)
    if encoder is None and column is not None and column.kind == "image" and net.outputs[port].coder is None:
        encoder = image_encoder(net.outputs[port], column)
        return Choice(make_layer("MeanSquaredLossLayer"), encoder, decoder_for(encoder))
    if encoder is not None and encoder.port_type.kind == "integer":
        encoder = None  # a class index is no target of a squared error: the data must be raw
    return Choice(make_layer("MeanSquaredLossLayer"), encoder or _boolean(column))


def _entropy(net: Net, port: str, column: Column | None, activation: str | None) -> Choice:
    """The cross entropy that fits the activation, the decoder and the data."""
    encoder = _decoder_encoder(net, port)
    if activation == "sigmoid":
        return Choice(_cross_entropy("Binary"), encoder or _boolean(column))
    if encoder is not None:
        form = "Index" if encoder.port_type.kind == "integer" else "Probabilities"
        return Choice(_cross_entropy(form), encoder)
    if column is not None and column.kind in ("label", "boolean"):
        return _labels(_cross_entropy("Index"), column)
    if _are_indices(net.outputs[port], column):
        assert column is not None and column.elements is not None
        shape = net.outputs[port].shape
        unknown = shape is None or shape[-1] is None
        classes = int(column.elements.max()) if unknown else None
        return Choice(_cross_entropy("Index"), classes=classes)
    return Choice(_cross_entropy("Probabilities"))


def image_encoder(port: PortType, column: Column) -> Encoder:
    """The encoder for images at a port: of the size and the channels that the port has, else of the size and
    the colour space of the first image.
    """
    assert column.values
    first = column.values[0]
    if port.rank == 3 and port.known:
        size = make_list(reversed(port.shape[1:]))  # type: ignore[index]
        for space in ("Grayscale", "RGB", "CMYK"):
            encoder = make_coder(Encoder, "Image", (size, space))
            if encoder.port_type.shape == port.shape:
                return encoder  # type: ignore[no-any-return]
    space = first.space or ("RGB" if first.channels >= 3 else "Grayscale")
    return make_coder(Encoder, "Image", (make_list(first.dimensions), space))  # type: ignore[no-any-return]


def _labels(loss: Net, column: Column) -> Choice:
    """Class labels on a port without decoder: their sorted union becomes a Class decoder of the net."""
    labels = (make_list(labels_of(column)),)
    return Choice(loss, make_coder(Encoder, "Class", labels), make_coder(Decoder, "Class", labels))


def _are_indices(output: PortType, column: Column | None) -> bool:
    """Whether the targets of a softmax output are class numbers rather than vectors of probabilities."""
    if column is None or not column.whole:
        return False
    if output.rank is not None:
        return column.rank == output.rank - 1
    return column.rank == 0 or column.elements is None or not np.isin(column.elements, (0, 1)).all()


def attach(net: Net, port: str, loss: Net, target: str | None, column: Column | None) -> Choice:
    """A loss net that the user gave for the output `port`: which encoder its `target` gets.

    The loss net's own encoder comes first; then the one that belongs to the port's decoder, where it yields
    what the target takes; labels on a softmax output without decoder bring their own; True and False count
    as 1 and 0.
    """
    if target is None:
        return Choice(loss)
    if loss.params.get("TargetForm") is S.Automatic:
        layer = producer(net, port)
        return _entropy(net, port, column, None if layer is None else layer.activation)
    wanted = loss.inputs[target]
    if wanted.coder is not None:
        return Choice(loss, wanted.coder)
    encoder = _decoder_encoder(net, port)
    if encoder is not None and fits(encoder.port_type, wanted):
        return Choice(loss, encoder)
    layer = producer(net, port)
    labelled = column is not None and column.kind == "label"
    if labelled and wanted.kind == "integer" and net.outputs[port].coder is None and layer is not None:
        if layer.activation == "softmax":
            assert column is not None
            return _labels(loss, column)
    return Choice(loss, _boolean(column) if wanted.kind != "integer" else None)


def fits(encoded: PortType, wanted: PortType) -> bool:
    """Whether what an encoder yields has the element type and, as far as it is known,
    the rank that a port takes.
    """
    if wanted.kind is not None and encoded.kind is not None and wanted.kind != encoded.kind:
        return False
    if wanted.kind is None and encoded.kind == "integer":
        return False
    return wanted.rank is None or encoded.rank is None or wanted.rank == encoded.rank


def _decoder_encoder(net: Net, port: str) -> Any:
    decoder = net.outputs[port].coder
    return None if decoder is None else encoder_for(decoder, net.outputs[port])


def _boolean(column: Column | None) -> Any:
    """The Boolean encoder where the data are True and False."""
    return BOOLEAN_ENCODER if column is not None and column.kind == "boolean" else None


def _cross_entropy(form: str) -> Net:
    return make_layer("CrossEntropyLossLayer", {"TargetForm": form})
