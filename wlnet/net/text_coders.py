"""The coders "Characters" and "UTF8": texts as sequences of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import TRUE, S, is_list

from . import types
from .coders import Coder, Encoder, Side, coder, show
from .errors import NetError
from .layer import Parameter
from .sequence_coders import (
    FORM,
    IGNORE_CASE,
    TARGET_LENGTH,
    accepts_encoded,
    code_port,
    decode_texts,
    encode_sequences,
    extent_of,
    formed,
    to_target,
)
from .text_tables import CharacterTable, TableError
from .types import VARYING, PortType

BYTES = 256


def read_table(spec: Any) -> Any:
    """A table as written, if it can be read at all; conflicts are found by `check_table`."""
    return (
        spec if type(spec) is str or is_list(spec) or spec is S.Automatic or hasattr(spec, "head") else None
    )


def check_table(params: dict[str, Any]) -> str | None:
    try:
        CharacterTable(params["Table"], params["IgnoreCase"] is TRUE)
    except TableError as error:
        return f"The table of the characters cannot be read: {error}."
    return None


TABLE = Parameter(
    "Table", read_table, "a string or a list of strings, character classes and rules", S.Automatic
)


def table_of(found: Coder) -> CharacterTable:
    table = found.cache.get("table")
    if table is None:
        table = found.cache["table"] = CharacterTable(
            found.params["Table"], found.params["IgnoreCase"] is TRUE
        )
    return table  # type: ignore[no-any-return]


def table_size(params: dict[str, Any]) -> int:
    return CharacterTable(params["Table"], params["IgnoreCase"] is TRUE).size


def encode_characters(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    table = table_of(found)

    def encode(texts: list[str]) -> list[np.ndarray]:
        try:
            codes = table.encode(texts)
        except ValueError as error:
            character, text = error.args
            told = f'The character "{character}" of {show(text)} is not in the table of the encoder.'
            raise NetError(
                "NetEncoder", "character", told + " A table with _ has a code for all others."
            ) from None
        return [formed(found, to_target(found, x, table.padding), table.size) for x in codes]

    return encode_sequences(found, values, lambda x: type(x) is str, encode, "a string")


def decode_characters(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    return decode_texts(found, array, name, table_of(found).names(), "")


def length_of(port: PortType) -> Any:
    """The "TargetLength" of the encoder of targets for a port: that of its sequences, where it is fixed."""
    first = port.shape[0] if port.shape and len(port.shape) == 2 else VARYING
    return first if type(first) is int else S.All


def sequence_summary(noun: str) -> Any:
    """A printed form such as "string of characters (97 codes)"."""

    def summary(found: Any, port: PortType) -> str:
        count = port.range[1] if port.kind == "integer" and port.range else (port.shape or (None,))[-1]
        extent = extent_of(found.params) if "TargetLength" in found.params else VARYING
        length = f", length {extent}" if type(extent) is int else ""
        return f"{noun} ({types.extent_text(count)} codes{length})"

    return summary


coder(
    "Characters",
    encoder=Side(
        arguments=(TABLE, FORM),
        options=(IGNORE_CASE, TARGET_LENGTH),
        port=lambda params: code_port(params, table_size(params)),
        encode=encode_characters,
        accepts=accepts_encoded,
        summary=sequence_summary("string"),
        check=check_table,
    ),
    decoder=Side(
        arguments=(TABLE,),
        options=(IGNORE_CASE,),
        port=lambda params: PortType("real", (None, table_size(params))),
        decode=decode_characters,
        properties=("Decision",),
        summary=sequence_summary("string"),
        check=check_table,
        shallow=True,
    ),
    to_encoder=lambda params, port: {**params, "TargetLength": length_of(port)},
    to_decoder=lambda params: {"Table": params["Table"], "IgnoreCase": params["IgnoreCase"]},
)


def encode_utf8(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    def encode(texts: list[str]) -> list[np.ndarray]:
        codes = [np.frombuffer(x.encode("utf-8", "replace"), np.uint8).astype(np.int64) + 1 for x in texts]
        return [formed(found, to_target(found, x, BYTES), BYTES) for x in codes]

    return encode_sequences(found, values, lambda x: type(x) is str, encode, "a string")


coder(
    "UTF8",
    encoder=Side(
        arguments=(FORM,),
        options=(TARGET_LENGTH,),
        port=lambda params: code_port(params, BYTES),
        encode=encode_utf8,
        accepts=accepts_encoded,
        summary=sequence_summary("string"),
    ),
)
