"""The coder "SubwordTokens": texts as sequences of pieces of words, by a vocabulary or a tokenizer file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, ByteArray, Expr, S, Symbol, is_list, items, make_list, system

from .coders import Coder, Encoder, Side, coder, show, value_of
from .errors import NetError
from .file_values import is_file, opened
from .label_coders import read_truth
from .layer import Parameter
from .sequence_coders import (
    IGNORE_CASE,
    TARGET_LENGTH,
    accepts_encoded,
    code_port,
    encode_sequences,
    most_probable,
    to_target,
)
from .subwords import BytePairs, Tokenizer, WordPieces, from_file
from .text_coders import length_of, sequence_summary
from .types import PortType

NONE = system("None")
FORMS = ("NFC", "NFD", "NFKC", "NFKD")
VIRTUAL = ("StartOfString", "EndOfString")


def read_vocabulary(value: Any) -> Any:
    """Tokens, with `_` for the unknown ones and StartOfString and EndOfString where they are wanted; a file's
    content as a ByteArray. File["path"] is read at once, so that the coder does not depend on it.
    """
    if is_file(value):
        return ByteArray(opened(value, "tokenizer", Path.read_bytes))
    if type(value) is ByteArray or value is S.Automatic:
        return value
    if not is_list(value) or not all(type(x) is str or is_virtual(x) for x in items(value)):
        return None
    tokens = items(value)
    return make_list(tokens) if len(tokens) > 0 else None


def is_virtual(token: Any) -> bool:
    return is_rest(token) or (type(token) is Symbol and token.name in VIRTUAL)


def is_rest(token: Any) -> bool:
    return type(token) is Expr and token.head is S.Blank and not token.args


def read_method(value: Any) -> Any:
    """ "BPE", "WordPiece", or {"BPE", "CombineWhitespace" -> True, "WhitespacePadding" -> Left}."""
    parts = items(value) if is_list(value) and len(items(value)) else (value,)
    if parts[0] not in ("BPE", "WordPiece"):
        return None
    if parts[0] == "WordPiece":
        return "WordPiece" if len(parts) == 1 else None
    settings = method_settings(value)
    good = set(settings) <= {"CombineWhitespace", "WhitespacePadding"}
    good = good and settings.get("CombineWhitespace", FALSE) in (TRUE, FALSE)
    return value if good and settings.get("WhitespacePadding", NONE) in (NONE, S.Left, S.Right) else None


def method_settings(method: Any) -> dict[str, Any]:
    if not is_list(method):
        return {}
    rules = items(method)[1:]
    if not all(type(x) is Expr and x.head is S.Rule and len(x.args) == 2 for x in rules):
        return {"": None}
    return {getattr(x.args[0], "name", x.args[0]): x.args[1] for x in rules}


ARGUMENT = Parameter(
    "Tokens",
    read_vocabulary,
    "a list of strings with _ for unknown tokens, or the File[...] of a SentencePiece model or of a Hugging "
    "Face tokenizer",
    S.Automatic,
)
OPTIONS = (
    IGNORE_CASE,
    Parameter("IncludeTerminalTokens", read_truth, "True or False", FALSE),
    Parameter("InputType", lambda x: x if x == "String" else None, '"String"', "String"),
    Parameter(
        "Method", read_method, '"BPE", {"BPE", "CombineWhitespace" -> True, ...} or "WordPiece"', "BPE"
    ),
    Parameter(
        "OutputProperties",
        lambda x: x if x == "VocabularyIndex" else None,
        '"VocabularyIndex"',
        "VocabularyIndex",
    ),
    TARGET_LENGTH,
    Parameter("TextPreprocessing", lambda value: value, "a function of a string, or None", NONE),
    Parameter(
        "UnicodeNormalization",
        lambda x: x if x is NONE or x in FORMS else None,
        "None or one of " + ", ".join(f'"{x}"' for x in FORMS),
        NONE,
    ),
    Parameter(
        "Vocabulary",
        lambda x: x if x is NONE else None if x is S.Automatic else read_vocabulary(x),
        "None, or what the first argument is",
        NONE,
    ),
)


def vocabulary_of(params: dict[str, Any]) -> Any:
    """The tokens or the content of the file, whichever way they were given; None where they were not."""
    first, second = params["Tokens"], params["Vocabulary"]
    return first if first is not S.Automatic else None if second is NONE else second


def check(params: dict[str, Any]) -> str | None:
    vocabulary = vocabulary_of(params)
    if vocabulary is None:
        return '"SubwordTokens" needs its vocabulary: a list of strings, or the File[...] of a tokenizer.'
    if type(vocabulary) is ByteArray:
        tokenizer_of(params)  # NetError where the file cannot be read
        return None
    tokens = items(vocabulary)
    names = [x if type(x) is str else getattr(x, "name", "_") for x in tokens]
    if len(set(names)) < len(names):
        double = next(x for x in names if names.count(x) > 1)
        return f'The vocabulary of "SubwordTokens" holds {show(double)} twice.'
    if not any(is_rest(x) for x in tokens):
        return 'The vocabulary of "SubwordTokens" must hold _, the code of unknown tokens.'
    absent = [x for x in VIRTUAL if x not in names]
    if params["IncludeTerminalTokens"] is TRUE and absent:
        return f'"IncludeTerminalTokens" -> True needs {" and ".join(absent)} in the vocabulary.'
    return None


def make_tokenizer(params: dict[str, Any]) -> Tokenizer:
    vocabulary = vocabulary_of(params)
    if type(vocabulary) is ByteArray:
        return from_file(vocabulary.data)
    given = items(vocabulary)
    tokens = [x if type(x) is str else None for x in given]
    names = {getattr(x, "name", "_"): k for k, x in enumerate(given) if type(x) is not str}
    places = (names["_"], names.get("StartOfString"), names.get("EndOfString"))
    if params["Method"] == "WordPiece":
        return WordPieces(tokens, *places)
    settings = method_settings(params["Method"])
    padding = getattr(settings.get("WhitespacePadding", NONE), "name", "None")
    combine = settings.get("CombineWhitespace") is TRUE
    return BytePairs(tokens, *places, combine=combine, padding="" if padding == "None" else padding)


# Tokenizers by coder parameters would be rebuilt for every port type asked: the last few are kept.
KEPT = 8
_made: dict[int, tuple[dict[str, Any], Tokenizer]] = {}


def tokenizer_of(params: dict[str, Any]) -> Tokenizer:
    found = _made.get(id(params))
    if found is not None and found[0] is params:
        return found[1]
    made = make_tokenizer(params)
    if len(_made) >= KEPT:
        _made.pop(next(iter(_made)))
    _made[id(params)] = (params, made)
    return made


def prepared(ev: Any, params: dict[str, Any]) -> Callable[[str], str]:
    """Text -> text as the tokenizer sees it: preprocessed, normalized, in lower case."""
    steps: list[Callable[[str], Any]] = []
    if params["TextPreprocessing"] is not NONE:
        steps.append(lambda text: ev.call(params["TextPreprocessing"], text))
    if params["UnicodeNormalization"] is not NONE:
        steps.append(lambda text: unicodedata.normalize(params["UnicodeNormalization"], text))
    if params["IgnoreCase"] is TRUE:
        steps.append(str.lower)

    def prepare(text: str) -> str:
        for step in steps:
            text = step(text)
            if type(text) is not str:
                told = f'The setting "TextPreprocessing" must give a string; it gave {show(text)}.'
                raise NetError("NetEncoder", "parameter", told)
        return text

    return prepare


def encode_subwords(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    tokenizer = tokenizer_of(found.params)
    prepare = prepared(ev, found.params)
    terminal = found.params["IncludeTerminalTokens"] is TRUE

    def encode(texts: list[str]) -> list[np.ndarray]:
        codes = tokenizer.encode([prepare(x) for x in texts], terminal)
        return [to_target(found, np.array(x, np.int64) + 1, padding_of(tokenizer)) for x in codes]

    return encode_sequences(found, values, lambda x: type(x) is str, encode, "a string")


def padding_of(tokenizer: Tokenizer) -> int:
    """The code that fills a text up: that of the end, where the vocabulary has one, else the last."""
    end = getattr(tokenizer, "end", None)
    return end + 1 if end is not None else tokenizer.size


def decode_subwords(ev: Any, found: Coder, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    if name == "None":
        return [value_of(row) for row in array]
    tokenizer = tokenizer_of(found.params)
    texts = [tokenizer.decode(row) for row in most_probable(found, array, tokenizer.size).tolist()]  # type: ignore[arg-type]
    side = method_settings(found.params["Method"]).get("WhitespacePadding", NONE)
    if side is S.Left or found.params["Method"] == "WordPiece":
        return [re.sub(r"^\s", "", text) for text in texts]
    return [re.sub(r"\s$", "", text) for text in texts] if side is S.Right else texts


coder(
    "SubwordTokens",
    encoder=Side(
        arguments=(ARGUMENT,),
        options=OPTIONS,
        port=lambda params: code_port(params, tokenizer_of(params).size),
        encode=encode_subwords,
        accepts=accepts_encoded,
        summary=sequence_summary("string of subwords"),
        check=check,
    ),
    decoder=Side(
        arguments=(ARGUMENT,),
        options=OPTIONS,
        port=lambda params: PortType("real", (None, tokenizer_of(params).size)),
        decode=decode_subwords,
        properties=("Decision",),
        summary=sequence_summary("string of subwords"),
        check=check,
        shallow=True,
    ),
    to_encoder=lambda params, port: {**params, "TargetLength": length_of(port)},
    to_decoder=lambda params: dict(params),
)
