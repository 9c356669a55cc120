"""The coders "Class" and "Boolean"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, S, is_list, items, key, make_list, truth

from . import types
from .coders import Encoder, Side, coder, fits, make_coder, numeric, show, value_of
from .decisions import MULTI, SINGLE, read_argument, read_sampling, several_entropy, tempered
from .errors import NetError
from .layer import REQUIRED, Parameter
from .types import VARYING, Dims, PortType

AUTOMATIC = S.Automatic


# ---- parameters


def read_dimensions(value: Any) -> Any:
    """{n1, ...}, n, or "Varying" in the first place."""
    parts = items(value) if is_list(value) else (value,)
    return make_list(parts) if types.read_dims(parts) is not None else None


def read_labels(value: Any) -> Any:
    """At least one label, all different."""
    if not is_list(value):
        return None
    labels = items(value)
    return make_list(labels) if labels and len({key(x) for x in labels}) == len(labels) else None


def read_depth(least: int) -> Any:
    return lambda value: value if type(value) is int and value >= least else None


def read_truth(value: Any) -> Any:
    return value if value is TRUE or value is FALSE else None


def read_form(value: Any) -> Any:
    if value == "UnitVector":
        return "IndicatorVector"
    return value if value in ("Index", "IndicatorVector") or value is AUTOMATIC else None


DIMENSIONS = Parameter(
    "Dimensions", read_dimensions, 'a list of dimensions, the first of which may be "Varying"', make_list(())
)
MULTILABEL = Parameter("Multilabel", read_truth, "True or False", FALSE)


def dims_of(params: dict[str, Any]) -> Dims:
    return types.read_dims(items(params["Dimensions"])) or ()


# ---- arrays of inputs


def flatten(value: Any, dims: Dims, leaf: Any) -> tuple[list[Any], tuple[int, ...]] | None:
    """The elements of a nested list of depth len(dims), and its shape;
    None where it is ragged or does not fit.
    """
    if not dims:
        return [value], ()
    if not is_list(value):
        return None
    parts = items(value)
    if type(dims[0]) is int and len(parts) != dims[0]:
        return None
    flat: list[Any] = []
    shape: tuple[int, ...] | None = None
    for part in parts:
        found = flatten(part, dims[1:], leaf)
        if found is None or (shape is not None and found[1] != shape):
            return None
        flat += found[0]
        shape = found[1]
    return flat, (len(parts), *(shape or ()))


def encode_each(
    found: Encoder, values: Sequence[Any], one: Any, dims: Dims, element: Dims, dtype: Any
) -> Any:
    """Each value as an array of `dims` of encoded elements: one array, or a list where lengths differ. Values
    in encoded form pass through.
    """
    rows = []
    for value in values:
        flat = flatten(value, dims, one)
        codes = None if flat is None else [one(x) for x in flat[0]]
        if codes is None or any(x is None for x in codes):
            array = numeric(value)
            if array is None or not fits(array.shape, (*dims, *element)) or not in_range(found, array):
                raise invalid(found, value, flat, codes)
            rows.append(array.astype(dtype))
        else:
            assert flat is not None
            rows.append(np.array(codes, dtype).reshape((*flat[1], *np.shape(codes)[1:])))
    if len({row.shape for row in rows}) > 1:
        return rows
    return np.stack(rows) if rows else np.zeros((0,), dtype)


def in_range(found: Encoder, array: np.ndarray) -> bool:
    """Whether numbers are what the encoder could have given."""
    port = found.side.port(found.params)
    if port.kind != "integer" or port.range is None:
        return True
    low, high = port.range
    return bool(
        (array == np.rint(array)).all() and (array >= low).all() and (high is None or (array <= high).all())
    )


def invalid(found: Encoder, value: Any, flat: Any, codes: Any) -> NetError:
    """The error for a value that cannot be encoded, naming the offending part."""
    bad = value
    if codes is not None:
        bad = next(x for x, code in zip(flat[0], codes, strict=True) if code is None)
    if found.params.get("Multilabel") is TRUE and is_list(bad):
        bad = next((x for x in items(bad) if key(x) not in positions(found)), bad)
    wanted = "one of " + show(found.params["Labels"]) if "Labels" in found.params else "True or False"
    where = "" if bad is value else f" in {show(value)}"
    return NetError(
        "NetEncoder", "invalid", f'The encoder "{found.name}" takes {wanted}, not {show(bad)}{where}.'
    )


# ---- Class, encoder


def labels_of(params: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(items(params["Labels"]))


def positions(found: Encoder) -> dict[Any, int]:
    """Label -> position, from 1."""
    table = found.cache.get("positions")
    if table is None:
        table = found.cache["positions"] = {key(x): i for i, x in enumerate(labels_of(found.params), 1)}
    return table  # type: ignore[no-any-return]


def is_indicator(params: dict[str, Any]) -> bool:
    form = params["Form"]
    return form == "IndicatorVector" or (form is AUTOMATIC and params["Multilabel"] is TRUE)


def class_encoder_port(params: dict[str, Any]) -> PortType:
    count = len(labels_of(params))
    if is_indicator(params):
        return PortType("real", (*dims_of(params), count))
    return PortType("integer", dims_of(params), (1, count))


def class_encode(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    table, dims = positions(found), dims_of(found.params)
    count = len(table)
    if not is_indicator(found.params):
        plain = not dims and all(key(value) in table for value in values)
        if plain:
            return np.array([table[key(value)] for value in values], np.int64)
        array = encode_each(found, values, lambda x: code_of(x, table), dims, (), np.int64)
        return array

    def indicator(value: Any) -> np.ndarray | None:
        row = np.zeros(count, np.float32)
        several = found.params["Multilabel"] is TRUE
        labels = items(value) if several and is_list(value) else (value,)
        if several and not is_list(value):
            return None
        for each in labels:
            if key(each) not in table:
                return None
            row[table[key(each)] - 1] = 1
        return row

    return encode_each(found, values, indicator, dims, (count,), np.float32)


def code_of(value: Any, table: dict[Any, int]) -> int | None:
    """The position of a label; a position itself where it is no label."""
    place = table.get(key(value))
    if place is None and type(value) is int and 1 <= value <= len(table):
        return value
    return place


def class_accepts(found: Encoder, value: Any) -> bool:
    table, dims = positions(found), dims_of(found.params)
    if not dims and key(value) in table:
        return True
    if is_indicator(found.params):
        array = numeric(value)
        if array is not None and fits(array.shape, (*dims, len(table))):
            return True
    depth = len(dims) + (1 if found.params["Multilabel"] is TRUE else 0)
    return list_depth(value) == depth


def list_depth(value: Any) -> int:
    """Depth of nested lists along first elements."""
    if type(value) is np.ndarray:
        return value.ndim
    depth = 0
    while is_list(value):
        depth += 1
        parts = items(value)
        if not parts:
            break
        value = parts[0]
    return depth


def class_encoder_summary(found: Any, port: PortType) -> str:
    return f"class ({len(labels_of(found.params))} labels)"


def class_check(params: dict[str, Any]) -> str | None:
    if params["Multilabel"] is TRUE and params["Form"] == "Index":
        return 'Several labels at once are encoded as "IndicatorVector", not as "Index".'
    return None


# ---- Class, decoder


def class_decoder_port(params: dict[str, Any]) -> PortType:
    labels = params["Labels"]
    count = None if labels is AUTOMATIC else len(items(labels))
    return PortType("real", (*(None,) * (params["InputDepth"] - 1), count))


def class_decode(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    labels = found.params["Labels"]
    names = tuple(range(1, array.shape[-1] + 1)) if labels is AUTOMATIC else labels_of(found.params)
    depth = found.params["InputDepth"]
    if array.ndim != depth + 1 or array.shape[-1] != len(names) or not names:
        wanted = f"{len(names)} probabilities" + (f" at depth {depth}" if depth > 1 else "")
        raise NetError(
            "NetDecoder",
            "invalid",
            f'The decoder "Class" takes {wanted}, not shape {types.dims_text(array.shape[1:])}.',
        )
    if name == "None":
        return [value_of(row) for row in array]
    function = (MULTI if found.params["Multilabel"] is TRUE else SINGLE)[name]
    argument = read_argument(name, argument, names)
    rows = array.reshape(-1, array.shape[-1]).astype(np.float64)
    flat = function(ev, rows, names, argument)
    return nest(flat, array.shape[:-1])


def nest(flat: list[Any], shape: tuple[int, ...]) -> list[Any]:
    """A flat list of results as lists of the leading dimensions, the first of which stays a Python list."""
    for extent in reversed(shape[1:]):
        flat = [make_list(flat[i : i + extent]) for i in range(0, len(flat), extent)] if extent else []
    return flat


def class_decoder_summary(found: Any, port: PortType) -> str:
    labels = found.params["Labels"]
    return "class" if labels is AUTOMATIC else f"class ({len(items(labels))} labels)"


def class_to_encoder(params: dict[str, Any], port: PortType) -> dict[str, Any] | None:
    """Targets of a port with this decoder: integers, or indicator vectors
    where several labels hold at once.
    """
    labels = params["Labels"]
    if labels is AUTOMATIC:
        count = port.shape[-1] if port.shape else None
        if type(count) is not int:
            return None
        labels = make_list(range(1, count + 1))
    lead = (port.shape or ())[: params["InputDepth"] - 1]
    if any(x is None for x in lead):
        return None
    several = params["Multilabel"]
    return {
        "Labels": labels,
        "Form": "IndicatorVector" if several is TRUE else "Index",
        "Dimensions": make_list("Varying" if x is VARYING else x for x in lead),
        "Multilabel": several,
    }


def class_to_decoder(params: dict[str, Any]) -> dict[str, Any] | None:
    depth = len(dims_of(params)) + 1
    return {"Labels": params["Labels"], "InputDepth": depth, "Multilabel": params["Multilabel"]}


coder(
    "Class",
    encoder=Side(
        arguments=(
            Parameter("Labels", read_labels, "a list of different labels", REQUIRED),
            Parameter("Form", read_form, '"Index" or "IndicatorVector"', AUTOMATIC),
        ),
        options=(DIMENSIONS, MULTILABEL),
        port=class_encoder_port,
        encode=class_encode,
        accepts=class_accepts,
        summary=class_encoder_summary,
        check=class_check,
    ),
    decoder=Side(
        arguments=(
            Parameter(
                "Labels",
                lambda x: x if x is AUTOMATIC else read_labels(x),
                "a list of different labels, or Automatic for 1, 2, ...",
                AUTOMATIC,
            ),
        ),
        options=(Parameter("InputDepth", read_depth(1), "a positive integer", 1), MULTILABEL),
        port=class_decoder_port,
        decode=class_decode,
        properties=tuple(SINGLE),
        summary=class_decoder_summary,
    ),
    to_encoder=class_to_encoder,
    to_decoder=class_to_decoder,
)

# ---- Boolean


def boolean_code(value: Any) -> float | None:
    if value is TRUE or value is FALSE:
        return 1.0 if value is TRUE else 0.0
    number = numeric(value) if not is_list(value) else None
    return float(number) if number is not None and number in (0, 1) else None


def boolean_encode(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    return encode_each(found, values, boolean_code, dims_of(found.params), (), np.float32)


def boolean_decode(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    depth = found.params["InputDepth"]
    if array.ndim == depth + 2 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != depth + 1:
        wanted = "one number" if depth == 0 else f"an array of depth {depth}"
        raise NetError(
            "NetDecoder",
            "invalid",
            f'The decoder "Boolean" takes {wanted}, not shape {types.dims_text(array.shape[1:])}.',
        )
    p = array.reshape(-1).astype(np.float64)
    if name == "RandomSample":
        temperature, _, _ = read_sampling(argument)
        draws = ev.random.random(len(p))
        flat: list[Any] = [truth(x) for x in draws < tempered(p, temperature)]
    elif argument is not None:
        raise NetError(
            "NetDecoder", "prop", f'The property "{name}" takes no argument; found {show(argument)}.'
        )
    elif name == "Decision":
        flat = [truth(x >= 0.5) for x in p]
    elif name == "Entropy":
        flat = [float(x) for x in several_entropy(p[:, None])]
    else:
        flat = [float(x) for x in p]
    return nest(flat, array.shape)


coder(
    "Boolean",
    encoder=Side(
        options=(DIMENSIONS,),
        port=lambda params: PortType("real", dims_of(params)),
        encode=boolean_encode,
        accepts=lambda found, value: list_depth(value) == len(dims_of(found.params)),
        summary=lambda found, port: "boolean",
    ),
    decoder=Side(
        options=(Parameter("InputDepth", read_depth(0), "a number of levels, 0 or more", 0),),
        port=lambda params: PortType("real", (None,) * params["InputDepth"]),
        decode=boolean_decode,
        properties=("Decision", "Probability", "Entropy", "RandomSample"),
        summary=lambda found, port: "boolean",
    ),
    to_encoder=lambda params, port: (
        None
        if any(x is None for x in port.shape or ())
        else {"Dimensions": make_list("Varying" if x is VARYING else x for x in port.shape or ())}
    ),
    to_decoder=lambda params: {"InputDepth": len(dims_of(params))},
)

BOOLEAN_ENCODER = make_coder(Encoder, "Boolean", ())
