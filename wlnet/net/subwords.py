"""Pieces of words: byte pair encoding and WordPiece over a vocabulary, and tokenizer files.

A tokenizer says `encode(texts, terminal) -> codes` and `decode(codes) -> text`, codes from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from .errors import NetError

SPACE = "\u2581"  # SentencePiece's sign for a space


class Tokenizer(Protocol):
    """What a coder asks of any tokenizer."""

    size: int

    def encode(self, texts: Sequence[str], terminal: bool) -> list[list[int]]: ...

    def decode(self, codes: Sequence[int]) -> str: ...


class Vocabulary:
    """Tokens in order; words begin with a space. `start`, `end`, `unknown`: places of the virtual tokens."""

    def __init__(
        self, tokens: Sequence[str | None], unknown: int, start: int | None = None, end: int | None = None
    ) -> None:
        self.tokens = tokens
        self.size = len(tokens)
        self.places = {token: k for k, token in enumerate(tokens) if token is not None}
        self.unknown, self.start, self.end = unknown, start, end
        self.known: dict[str, list[int]] = {}

    def split(self, text: str) -> list[str]:
        raise NotImplementedError

    def word(self, word: str) -> list[int]:
        raise NotImplementedError

    def encode(self, texts: Sequence[str], terminal: bool) -> list[list[int]]:
        found = []
        for text in texts:
            codes: list[int] = [] if not terminal or self.start is None else [self.start]
            for part in self.split(text):
                pieces = self.known.get(part)
                if pieces is None:
                    pieces = self.known[part] = self.word(part)
                codes += pieces
            if terminal and self.end is not None:
                codes.append(self.end)
            found.append(codes)
        return found

    def decode(self, codes: Sequence[int]) -> str:
        return "".join(self.tokens[k] or "" for k in codes)


class BytePairs(Vocabulary):
    """Byte pair encoding without a table of merges: the neighbours whose union stands first in the vocabulary
    are joined first, the leftmost first. Sennrich, Haddow, Birch 2016; the order is that of SentencePiece.
    """

    def __init__(self, *args: Any, combine: bool = False, padding: str = "") -> None:
        super().__init__(*args)
        self.combine, self.padding = combine, padding
        # Where no token crosses from one word into the next, words can be encoded one by one.
        self.crossing = any(re.search(r"\S\s", token) for token in self.places)

    def split(self, text: str) -> list[str]:
        if self.combine:
            text = re.sub(r"\s+", " ", text)
        if self.padding == "Left" and not text.startswith(" "):
            text = " " + text
        elif self.padding == "Right" and not text.endswith(" "):
            text += " "
        return [text] if self.crossing or self.padding == "Right" else re.findall(r"\s*\S+|\s+", text)

    def word(self, word: str) -> list[int]:
        parts = list(word)
        places, none = self.places, self.size
        while len(parts) > 1:
            ranks = [places.get(a + b, none) for a, b in zip(parts, parts[1:])]
            best = min(ranks)
            if best == none:
                break
            k = ranks.index(best)
            parts[k : k + 2] = [parts[k] + parts[k + 1]]
        return [places.get(part, self.unknown) for part in parts]


class WordPieces(Vocabulary):
    """WordPiece: the longest piece that begins a word, then the longest that goes on; a word without such is
    unknown. Pieces that go on are written with ## before them, or without the space that others begin with.
    Source: Wu et al. 2016; Devlin et al. 2019.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.marked = any(token.startswith("##") for token in self.places)
        self.longest = max(map(len, self.places), default=1)

    def split(self, text: str) -> list[str]:
        return re.findall(r"\w+|[^\w\s]", text)

    def word(self, word: str) -> list[int]:
        first, rest = ("", "##") if self.marked else (" ", "")
        found, start = [], 0
        while start < len(word):
            before = rest if start else first
            for end in range(min(len(word), start + self.longest), start, -1):
                place = self.places.get(before + word[start:end])
                if place is None and not start and not self.marked:
                    place = self.places.get(word[start:end]) if not word[:end].isalnum() else None
                if place is not None:
                    break
            else:
                return [self.unknown]
            found.append(place)
            start = end
        return found

    def decode(self, codes: Sequence[int]) -> str:
        if not self.marked:
            return super().decode(codes)
        words = (self.tokens[k] or "" for k in codes)
        return "".join(w[2:] if w.startswith("##") else " " + w for w in words)


class SentencePieces:
    """A SentencePiece model, read by the library `sentencepiece`."""

    def __init__(self, content: bytes) -> None:
        try:
            import sentencepiece  # loaded on first use  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise missing("sentencepiece", "SentencePiece model") from None
        self.model = sentencepiece.SentencePieceProcessor()  # type: ignore[no-untyped-call]
        try:
            self.model.LoadFromSerializedProto(content)  # type: ignore[attr-defined]
        except (RuntimeError, OSError) as error:
            raise NetError(
                "NetEncoder", "file", f"The file holds no SentencePiece model ({error})."
            ) from None
        self.size = int(self.model.GetPieceSize())  # type: ignore[attr-defined]

    def encode(self, texts: Sequence[str], terminal: bool) -> list[list[int]]:
        return self.model.Encode(list(texts), add_bos=terminal, add_eos=terminal)  # type: ignore[no-any-return]

    def decode(self, codes: Sequence[int]) -> str:
        return str(self.model.Decode(list(codes)))


class HuggingFace:
    """A file tokenizer.json, read by the library `tokenizers`."""

    def __init__(self, content: bytes) -> None:
        try:
            import tokenizers  # loaded on first use  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise missing("tokenizers", "Hugging Face tokenizer") from None
        try:
            self.model = tokenizers.Tokenizer.from_buffer(content)
        except Exception as error:  # the library raises Exception itself
            raise NetError("NetEncoder", "file", f"The file holds no tokenizer ({error}).") from None
        self.size = self.model.get_vocab_size()

    def encode(self, texts: Sequence[str], terminal: bool) -> list[list[int]]:
        return [x.ids for x in self.model.encode_batch(list(texts), add_special_tokens=terminal)]

    def decode(self, codes: Sequence[int]) -> str:
        return str(self.model.decode(list(codes)))


def missing(library: str, what: str) -> NetError:
    text = (
        f"Reading a {what} needs the Python package {library}. Install it with: pip install wlnet[tokenizers]"
    )
    return NetError("NetEncoder", "library", text)


def from_file(content: bytes) -> Tokenizer:
    """The tokenizer that a file holds: JSON is a Hugging Face tokenizer, lines of text are a WordPiece
    vocabulary, anything else is a SentencePiece model.
    """
    if content.lstrip()[:1] == b"{":
        return HuggingFace(content)
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return SentencePieces(content)
    if "\0" in lines[0] or "\x0a" not in content.decode():
        return SentencePieces(content)
    tokens = [line.strip() for line in lines if line.strip()]
    if "[UNK]" not in tokens:
        raise NetError("NetEncoder", "file", "The file holds no tokenizer: a vocabulary has one line [UNK].")
    place = {token: k for k, token in enumerate(tokens)}
    return WordPieces(tokens, place["[UNK]"], place.get("[CLS]"), place.get("[SEP]"))
