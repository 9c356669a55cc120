"""The strings that mean something to nets and trainings: what a prompt offers within quotes.

They are gathered from the records: layers (parameters, arrays, ports), coders,
methods, measurements, properties.
"""

from __future__ import annotations

from collections.abc import Iterator

from wlnet.kernel.registry import STRINGS

from . import information, monitor, results
from .coders import CODERS
from .layer import LAYERS, REQUIRED, LayerRecord
from .optimizers import COMMON, METHODS
from .quantities import UNITS
from .scores import SCORES
from .triggers import TIMING


def words() -> Iterator[str]:
    """All of them, some more than once."""
    for layer in LAYERS.values():
        yield from layer_words(layer)
    for coder in CODERS.values():
        yield coder.name
        for side in (coder.encoder, coder.decoder):
            if side is not None:
                yield from side.properties
                yield from (each.name for each in side.options)
    for method in METHODS.values():
        yield method.name
        yield from method.settings
    for table in (COMMON, SCORES, UNITS, TIMING, monitor.KEYS, results.PROPERTIES, information.PROPERTIES):
        yield from table


def layer_words(layer: LayerRecord) -> Iterator[str]:
    """Names of parameters, and of the arrays and ports of the layer in its plainest form."""
    yield from (each.name for each in layer.options if not each.symbol and not each.hidden)
    params = {each.name: each.default for each in layer.parameters()}
    plain = REQUIRED not in params.values()
    if plain or not callable(layer.arrays):
        yield from (field.name for field in layer.array_fields(params))
    if plain or not callable(layer.inputs):
        yield from layer.input_ports(params)
    if plain or not callable(layer.outputs):
        yield from layer.output_ports(params)


STRINGS.update(words())
