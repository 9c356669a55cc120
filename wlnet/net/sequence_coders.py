"""What encoders and decoders of sequences share: targets of one length, codes as vectors, batches of unequal
lengths, texts of the codes that are most probable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, S, is_list, items

from . import types
from .coders import Decoder, Encoder, fits, numeric, show, value_of
from .errors import NetError
from .label_coders import read_truth
from .layer import Parameter
from .types import VARYING, Extent, PortType


def read_form(value: Any) -> Any:
    if value == "IndicatorVector":
        return "UnitVector"
    return value if value in ("Index", "UnitVector") else None


def read_length(value: Any) -> Any:
    return value if value is S.All or (type(value) is int and value > 0) else None


FORM = Parameter("Form", read_form, '"Index" or "UnitVector"', "Index")
IGNORE_CASE = Parameter("IgnoreCase", read_truth, "True or False", FALSE)
TARGET_LENGTH = Parameter("TargetLength", read_length, "All or a positive number of elements", S.All)


def extent_of(params: dict[str, Any]) -> Extent:
    """The first extent of what an encoder of sequences yields."""
    target = params["TargetLength"]
    return target if type(target) is int else VARYING


def code_port(params: dict[str, Any], size: int) -> PortType:
    """The port of an encoder that yields codes from 1 to `size`, or vectors of that length."""
    if params.get("Form") == "UnitVector":
        return PortType("real", (extent_of(params), size))
    return PortType("integer", (extent_of(params),), (1, size))


def to_target(found: Encoder, codes: np.ndarray, padding: int) -> np.ndarray:
    """Codes cut, or filled up with `padding`, to the encoder's "TargetLength"."""
    length = found.params["TargetLength"]
    if length is S.All:
        return codes
    if len(codes) >= length:
        return codes[:length]
    return np.concatenate([codes, np.full(length - len(codes), padding, np.int64)])


def formed(found: Encoder, codes: np.ndarray, size: int) -> np.ndarray:
    """Codes (T) as the encoder's form has them: themselves, or unit vectors (T, size) float32."""
    if found.params.get("Form") != "UnitVector":
        return codes
    return np.equal(codes[:, None], np.arange(1, size + 1)).astype(np.float32)


def rows(arrays: Sequence[np.ndarray]) -> Any:
    """Arrays of the examples of a batch: one array (N, ...) where they are of one shape, else their list."""
    if len({x.shape for x in arrays}) == 1:
        return np.stack(arrays)
    return list(arrays)


def passes(found: Encoder, value: Any) -> np.ndarray | None:
    """A value in encoded form already, as an array; None for any other."""
    if type(value) is str:
        return None
    array, port = numeric(value), found.side.port(found.params)
    if array is None or port.shape is None or not fits(array.shape, port.shape) or not array.size:
        return None
    if port.kind != "integer":
        return array.astype(np.float32)
    low, high = port.range or (1, None)
    whole = np.rint(array)
    if not ((whole == array).all() and (whole >= low).all() and (high is None or (whole <= high).all())):
        return None
    return whole.astype(np.int64)


def encode_sequences(
    found: Encoder,
    values: Sequence[Any],
    is_raw: Callable[[Any], bool],
    encode: Callable[[list[Any]], list[np.ndarray]],
    wanted: str,
) -> Any:
    """A batch: raw values by `encode`, all at once; values in encoded form as they are."""
    raw = [x for x in values if is_raw(x)]
    made = iter(encode(raw)) if raw else iter(())
    if len(raw) == len(values):
        return rows(list(made))
    arrays = []
    for value in values:
        array = next(made) if is_raw(value) else passes(found, value)
        if array is None:
            text = f'The encoder "{found.name}" takes {wanted}, not {show(value)}.'
            raise NetError("NetEncoder", "invalid", text)
        arrays.append(array)
    return rows(arrays)


def accepts_encoded(found: Encoder, value: Any) -> bool:
    """Whether a list is one input in encoded form, rather than a list of inputs."""
    if not is_list(value):
        return True
    parts = items(value)
    return bool(len(parts)) and type(parts[0]) is not str and passes(found, value) is not None


# ---- decoders


def most_probable(found: Decoder, array: np.ndarray, size: int) -> np.ndarray:
    """The best code, from 0, at every position: (N, T, size) -> (N, T); (N, size) counts as one position."""
    if array.ndim == 2:
        array = array[:, None]
    if array.ndim != 3 or array.shape[-1] != size:
        text = f'The decoder "{found.name}" takes a sequence of vectors of {size} probabilities, not '
        raise NetError("NetDecoder", "invalid", text + f"shape {types.dims_text(array.shape[1:])}.")
    return array.argmax(-1)


def decode_texts(found: Decoder, array: np.ndarray, name: str, names: Sequence[str], joint: str) -> list[Any]:
    """For every sequence of vectors the names of the most probable codes in one string, `joint` between."""
    if name == "None":
        return [value_of(row) for row in array]
    best = most_probable(found, array, len(names)).tolist()
    return [joint.join(text for k in row if (text := str(names[k]))) for row in best]
