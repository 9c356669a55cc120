"""The coder "Tokens": words, or pieces that a pattern separates, as places in a vocabulary.

The encoder gives 1 ... d for d tokens and d + 1 for everything that is none of them. The decoder takes
vectors of d, or of d + 1, probabilities; which of the two the net decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items, make_list, system

from .coders import Coder, Encoder, Side, coder, show
from .errors import NetError
from .label_coders import read_truth
from .layer import Parameter
from .sequence_coders import (
    TARGET_LENGTH,
    accepts_encoded,
    code_port,
    decode_texts,
    encode_sequences,
    to_target,
)
from .text_coders import length_of, sequence_summary
from .types import PortType

NONE = system("None")
LANGUAGES = {"English": "english.txt"}
# Words, and runs of other signs between spaces: what WordBoundary separates, without the spaces.
WORDS = r"\w+|[^\w\s]+"
UNKNOWN = "\ufffd"


def read_vocabulary(value: Any) -> Any:
    """A list of different strings, or the name of a language."""
    if value in LANGUAGES:
        return value
    if not is_list(value) or not len(items(value)):
        return None
    tokens = items(value)
    return (
        make_list(tokens) if all(type(x) is str for x in tokens) and len(set(tokens)) == len(tokens) else None
    )


VOCABULARY = Parameter(
    "Vocabulary",
    read_vocabulary,
    'a list of different strings or the name of a language: "English"',
    "English",
)
UNKNOWN_TOKEN = Parameter("UnknownToken", read_truth, "True or False", TRUE)
IGNORE_CASE = Parameter("IgnoreCase", read_truth, "True or False", TRUE)
SPLIT = Parameter(
    "SplitPattern", lambda value: value, "a string pattern, WordBoundary or None", system("WordBoundary")
)


@cache
def language(name: str) -> tuple[str, ...]:
    """The tokens of a language's vocabulary, the most frequent first."""
    return tuple((Path(__file__).parent / "data" / LANGUAGES[name]).read_text(encoding="utf-8").split())


def tokens_of(params: dict[str, Any]) -> Sequence[str]:
    value = params["Vocabulary"]
    return language(value) if type(value) is str else items(value)


def size_of(params: dict[str, Any]) -> int:
    """The number of codes that the encoder gives."""
    return len(tokens_of(params)) + (params["UnknownToken"] is TRUE)


def places_of(found: Coder) -> dict[str, int]:
    """Token -> code, from 1; in lower case where case does not count."""
    table: dict[str, int] | None = found.cache.get("places")
    if table is None:
        table = found.cache["places"] = {}
        lower = found.params["IgnoreCase"] is TRUE
        for code, token in enumerate(tokens_of(found.params), 1):
            table.setdefault(token.lower() if lower else token, code)
    return table


def splitter(ev: Any, found: Encoder) -> Any:
    """Value -> its tokens."""
    pattern = found.params["SplitPattern"]
    lower = (lambda text: text.lower()) if found.params["IgnoreCase"] is TRUE else (lambda text: text)
    if pattern is NONE:
        return lambda value: [lower(x) for x in listed(value)]
    if pattern is S.WordBoundary:
        words = re.compile(WORDS)
        return lambda value: (
            words.findall(lower(value)) if type(value) is str else [lower(x) for x in listed(value)]
        )

    def split(value: Any) -> list[str]:
        if type(value) is not str:
            return [lower(x) for x in listed(value)]
        parts = ev.call(S.StringSplit, value, pattern)
        if not is_list(parts):
            text = f'The setting "SplitPattern" -> {show(pattern)} is no string pattern.'
            raise NetError("NetEncoder", "parameter", text)
        return [lower(x) for x in items(parts) if x]

    return split


def listed(value: Any) -> Sequence[str]:
    """The tokens of a text that is split already: TextElement[{...}], or a list of strings."""
    return items(value.args[0]) if type(value) is Expr and value.head is S.TextElement else items(value)


def is_text(params: dict[str, Any], value: Any) -> bool:
    """Whether `value` is a text as this encoder takes it."""
    if type(value) is Expr and value.head is S.TextElement and len(value.args) >= 1:
        value = value.args[0]
        return is_list(value) and all(type(x) is str for x in items(value))
    if params["SplitPattern"] is NONE:
        return is_list(value) and bool(len(items(value))) and all(type(x) is str for x in items(value))
    return type(value) is str


def encode_tokens(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    table, split = places_of(found), splitter(ev, found)
    unknown = len(tokens_of(found.params)) + 1 if found.params["UnknownToken"] is TRUE else 0

    def encode(texts: list[Any]) -> list[np.ndarray]:
        made = []
        for text in texts:
            tokens = split(text)
            codes = np.array([table.get(x, unknown) for x in tokens], np.int64)
            if not unknown and not codes.all():
                token = tokens[int(np.flatnonzero(codes == 0)[0])]
                told = f'The token "{token}" is not in the vocabulary, and the output of the net has no code '
                raise NetError("NetEncoder", "token", told + "for unknown tokens.")
            made.append(to_target(found, codes, unknown or len(table)))
        return made

    wanted = "a list of strings" if found.params["SplitPattern"] is NONE else "a string"
    return encode_sequences(found, values, lambda x: is_text(found.params, x), encode, wanted)


def accepts_tokens(found: Any, value: Any) -> bool:
    return is_text(found.params, value) or accepts_encoded(found, value)


def decode_tokens(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    names = list(tokens_of(found.params))
    if array.shape[-1] == len(names) + 1:
        names.append(UNKNOWN)
    return decode_texts(found, array, name, names, " ")


def to_encoder(params: dict[str, Any], port: PortType) -> dict[str, Any]:
    """The encoder of targets: without the code for unknown tokens where the net has no place for it."""
    exact = bool(port.shape) and port.shape[-1] == len(tokens_of(params))  # type: ignore[index]
    return {
        "Vocabulary": params["Vocabulary"],
        "IgnoreCase": params["IgnoreCase"],
        "TargetLength": length_of(port),
        "UnknownToken": FALSE if exact else TRUE,
    }


coder(
    "Tokens",
    encoder=Side(
        arguments=(VOCABULARY,),
        options=(IGNORE_CASE, SPLIT, TARGET_LENGTH, UNKNOWN_TOKEN),
        port=lambda params: code_port(params, size_of(params)),
        encode=encode_tokens,
        accepts=accepts_tokens,
        summary=sequence_summary("string of tokens"),
    ),
    decoder=Side(
        arguments=(VOCABULARY,),
        options=(IGNORE_CASE,),
        port=lambda params: PortType("real", (None, None)),
        decode=decode_tokens,
        properties=("Decision",),
        summary=lambda found, port: f"string of tokens ({len(tokens_of(found.params))})",
        shallow=True,
    ),
    to_encoder=to_encoder,
    to_decoder=lambda params: {"Vocabulary": params["Vocabulary"], "IgnoreCase": params["IgnoreCase"]},
)
