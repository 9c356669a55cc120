"""Tables of characters: which code belongs to which character, and back.

    "abc"              successive codes                   "abc" -> 5         all of them code 5
    n ;; m -> "abc"    the codes n to m                   "abc" -> Automatic all of them the next code
    LetterCharacter    successive codes for a class       StartOfString      a code put before every text
    _                  the code of everything else        {spec1, spec2, ...} one after another
Source: nets-encoders-decoders.md, section 1.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items

# Tab, newline and the printable ASCII characters: 97 codes.
STANDARD = "\t\n" + "".join(map(chr, range(32, 127)))
CLASSES = {
    "LetterCharacter": string.ascii_letters,
    "DigitCharacter": string.digits,
    "WordCharacter": string.ascii_letters + string.digits,
    "PunctuationCharacter": string.punctuation,
    "WhitespaceCharacter": " \t\n\r\f\v",
}
REPLACEMENT = "\ufffd"  # what a decoder shows for the code of everything else


class TableError(Exception):
    """A table that cannot be read; its text says what is wrong."""


class CharacterTable:
    """Codes of characters, from 1.

    codes   character -> code
    start   code put before every text, or None; end: behind it; rest: of every other character
    size    number of codes
    """

    def __init__(self, spec: Any, ignore_case: bool) -> None:
        self.codes: dict[str, int] = {}
        self.start: int | None = None
        self.end: int | None = None
        self.rest: int | None = None
        self.size = 0
        self.ignore_case = ignore_case
        self.add(spec)
        if not self.size:
            raise TableError("it holds no characters")
        self.lookup = self.make_lookup()

    def add(self, spec: Any) -> None:
        """Read one element of a table."""
        if is_list(spec):
            for each in items(spec):
                self.add(each)
        elif type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2:
            self.add_rule(*spec.args)
        else:
            self.assign(spec, None)

    def add_rule(self, left: Any, right: Any) -> None:
        span = left if is_span(left) else right if is_span(right) else None
        if span is not None:
            characters = self.characters(right if span is left else left)
            low, high = span.args
            if high - low + 1 != len(characters):
                raise TableError(f"the codes {low} to {high} are not as many as the characters")
            for k, character in enumerate(characters):
                self.enter(character, low + k)
        elif type(right) is int and right > 0:
            self.assign(left, right)
        elif right is S.Automatic:
            self.assign(left, self.size + 1)
        else:
            raise TableError(f"{right!r} is no code; a positive integer, Automatic or n ;; m is expected")

    def assign(self, spec: Any, code: int | None) -> None:
        """Characters, or a virtual one, with one code, or with successive ones (None)."""
        name = getattr(spec, "name", "")
        next_code = self.size + 1 if code is None else code
        if name in ("StartOfString", "EndOfString"):
            setattr(self, "start" if name == "StartOfString" else "end", next_code)
            self.size = max(self.size, next_code)
        elif type(spec) is Expr and spec.head is S.Blank and not spec.args:
            self.rest = next_code
            self.size = max(self.size, next_code)
        else:
            for character in self.characters(spec):
                self.enter(character, self.size + 1 if code is None else code)

    def characters(self, spec: Any) -> str:
        """The characters that an element stands for; those that differ in case alone once where that is
        ignored.
        """
        name = getattr(spec, "name", "")
        found = STANDARD if spec is S.Automatic else CLASSES.get(name, spec)
        if type(found) is not str or not found:
            raise TableError(f"{name or spec!r} is no character class and no string")
        return "".join(dict.fromkeys(found.lower())) if self.ignore_case else found

    def enter(self, character: str, code: int) -> None:
        if character in self.codes:
            if self.ignore_case:
                return
            raise TableError(f'"{character}" stands there twice')
        self.codes[character] = code
        self.size = max(self.size, code)

    def make_lookup(self) -> np.ndarray:
        """Code by code point; the last element is that of every character beyond. 0: no code."""
        lookup = np.full(max(map(ord, self.codes), default=0) + 2, self.rest or 0, np.int64)
        for character, code in self.codes.items():
            lookup[ord(character)] = code
        return lookup

    def names(self) -> list[str]:
        """What each code, from 1, is decoded to: its first character; nothing for the virtual ones."""
        found = [""] * (self.size + 1)
        if self.rest is not None:
            found[self.rest] = REPLACEMENT
        for character, code in reversed(self.codes.items()):
            found[code] = character
        return found[1:]

    @property
    def padding(self) -> int:
        """The code that fills a text up: that of the end, else the last."""
        return self.end if self.end is not None else self.size

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """The codes of every text, all looked up at once. ValueError(character, text) where one has none."""
        if self.ignore_case:
            texts = [text.lower() for text in texts]
        points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        codes = self.lookup[np.minimum(points, len(self.lookup) - 1)]
        missing = np.flatnonzero(codes == 0)
        ends = np.cumsum([len(text) for text in texts])
        if len(missing):
            text = texts[int(np.searchsorted(ends, missing[0], side="right"))]
            raise ValueError(chr(points[missing[0]]), text)
        parts = np.split(codes, ends[:-1])
        if self.start is None and self.end is None:
            return parts
        before = [] if self.start is None else [self.start]
        behind = [] if self.end is None else [self.end]
        return [np.concatenate([before, part, behind]).astype(np.int64) for part in parts]


def is_span(value: Any) -> bool:
    good = type(value) is Expr and value.head is S.Span and len(value.args) == 2
    return good and all(type(x) is int and x > 0 for x in value.args)
