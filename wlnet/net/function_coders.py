"""The coders "Function", any function of the language, and "FeatureExtractor", a net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items, make_list
from wlnet.kernel.evaluator import Evaluator

from . import types
from .coders import Side, coder, fits, numeric, show, value_of
from .errors import NetError
from .label_coders import read_truth
from .layer import REQUIRED, Parameter
from .net import Net
from .types import PortType

ANYTHING = Expr(S.Blank, ())


def read_dims(value: Any) -> Any:
    """A port type without coder."""
    return value if types.read_type(value) is not None else None


def port_of(params: dict[str, Any]) -> PortType:
    found = types.read_type(params["Dimensions"]) or types.ANY
    return found if found.kind is not None else found._replace(kind="real")


FUNCTION = Parameter("Function", lambda value: value, "a function", REQUIRED)
DIMENSIONS = Parameter("Dimensions", read_dims, 'a port type such as 3, {2, 2} or "Real"', REQUIRED)
BATCHED = Parameter("Batched", read_truth, "True or False", FALSE)


def encode(ev: Any, found: Any, values: Sequence[Any]) -> Any:
    """The function of each value, or of all at once: an array (N, ...), or a list where lengths differ."""
    f, port = found.params["Function"], port_of(found.params)
    if found.params["Batched"] is TRUE:
        rows = ev.call(f, make_list(values))
        results = items(rows) if is_list(rows) else ()
        if len(results) != len(values):
            raise NetError(
                "NetEncoder", "invalid", f"The function of an encoder must give {len(values)} results."
            )
    else:
        results = [ev.call(f, value) for value in values]
    arrays = []
    for value, result in zip(values, results, strict=True):
        array = numeric(result)
        if array is None or (port.shape is not None and not fits(array.shape, port.shape)):
            wanted = types.wanted_text(port)
            text = f"The function of an encoder must give {wanted}; for {show(value)} it gave {show(result)}."
            raise NetError("NetEncoder", "invalid", text)
        arrays.append(array.astype(np.int64 if port.kind == "integer" else np.float32))
    if len({x.shape for x in arrays}) > 1:
        return arrays
    return np.stack(arrays) if arrays else np.zeros((0,), np.float32)


def accepts(found: Any, value: Any) -> bool:
    """A value that matches "Pattern" is one input; with the pattern `_` a list is one input."""
    return Evaluator.matches(value, found.params["Pattern"])


def decode(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    """The function of each array, or of all at once."""
    f = found.params["Function"]
    values = [value_of(row) for row in array]
    if name == "None":
        return values
    if found.params["Batched"] is TRUE:
        rows = ev.call(f, make_list(values))
        if is_list(rows) and len(items(rows)) == len(values):
            return list(items(rows))
        raise NetError("NetDecoder", "invalid", f"The function of a decoder must give {len(values)} results.")
    return [ev.call(f, value) for value in values]


coder(
    "Function",
    encoder=Side(
        arguments=(FUNCTION, DIMENSIONS),
        options=(BATCHED, Parameter("Pattern", lambda value: value, "a pattern", ANYTHING)),
        port=port_of,
        encode=encode,
        accepts=accepts,
        summary=lambda found, port: "function of " + types.summary_text(port.bare()),
    ),
    decoder=Side(
        arguments=(FUNCTION, DIMENSIONS),
        options=(BATCHED,),
        port=port_of,
        decode=decode,
        properties=("Decision",),
        summary=lambda found, port: "function of " + types.summary_text(port.bare()),
    ),
)


# ---- FeatureExtractor


def read_extractor(value: Any) -> Any:
    """A net with one input and one output of known shape; NetError for the extractors that wlnet lacks."""
    if type(value) is Net and len(value.inputs) == 1 and len(value.outputs) == 1 and value.specified:
        return value
    raise NetError(
        "NetEncoder",
        "extractor",
        'The encoder "FeatureExtractor" takes a net with one input and one output, whose shapes are known, '
        f"not {show(value)}: trained feature extractors do not come with wlnet. A function of your own is "
        'NetEncoder[{"Function", f, n}].',
    )


def takes(found: Any, value: Any) -> bool:
    """Whether `value` is one input of the net."""
    port = next(iter(found.params["Extractor"].inputs.values()))
    if port.coder is not None:
        return bool(port.coder.accepts(value))
    array = numeric(value)
    return array is not None and array.ndim == (port.rank or 0)


def extract(ev: Any, found: Any, values: Sequence[Any]) -> Any:
    """The output of the net for each value."""
    results = ev.call(found.params["Extractor"], make_list(values))
    array = numeric(results)
    if array is None or len(array) != len(values):
        raise NetError("NetEncoder", "invalid", 'The net of an encoder "FeatureExtractor" gave no numbers.')
    return array.astype(np.float32)


coder(
    "FeatureExtractor",
    encoder=Side(
        arguments=(Parameter("Extractor", read_extractor, "a net", S.Automatic),),
        port=lambda params: next(iter(params["Extractor"].outputs.values())).bare()._replace(kind="real"),
        encode=extract,
        accepts=takes,
        summary=lambda found, port: "features of " + types.summary_text(port.bare()),
        check=lambda params: None if read_extractor(params["Extractor"]) else None,
    ),
)
