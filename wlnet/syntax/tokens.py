"""What a prompt asks of a text while it is typed: kinds of words to colour, matching brackets,
whether it is complete.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wlnet.expr.symbols import S, Symbol

from . import scanner
from .characters import Decoded, characters, decode
from .diagnose import ReadError
from .reader import Reader

KINDS = {
    scanner.SYMBOL: "symbol",
    scanner.NUMBER: "number",
    scanner.STRING: "string",
    scanner.BLANK: "pattern",
    scanner.SLOT: "slot",
    scanner.NAME: "symbol",
    scanner.OPERATION: "operator",
    scanner.OUT: "history",
    scanner.JUNK: "error",
}
_OPERANDS = {"symbol", "number", "string", "pattern", "slot", "history", "tag"}
_PAIRS = {"(": ")", "[": "]", "{": "}", "<|": "|>", "<": ">"}
_POSTFIX = {"&", "!", "!!", "++", "--", "..", "...", "'"}


class Word(NamedTuple):
    """A classified stretch of text: offsets in the text as typed.

    kind is symbol, number, string, pattern, slot, history, operator, bracket, comment,
    tag (of a message) or error.
    """

    kind: str
    start: int
    end: int


def tokens(text: str) -> list[Word]:
    """The words of `text`, white space left out. Never fails: what has no meaning is of kind "error".

    An unclosed string or comment reaches to the end of the text.
    """
    decoded = decode(text)
    words: list[Word] = []
    match = scanner.scanner(decoded.text)
    position = 0
    open_angles: list[str] = []
    ended = False
    while (found := match(decoded.text, position)) is not None:
        group = found.lastindex
        assert group is not None
        start, end = found.span(group)
        word = found[group]
        kind = KINDS.get(group, "bracket")
        if group == scanner.NEWLINE:
            position = end
            ended = ended and bool(open_angles)
            continue
        if word == "(*":
            kind, end = "comment", _comment_end(decoded.text, start)
        elif word == '"':
            kind, end = "string", len(decoded.text)
        elif group == scanner.OPERATION:
            kind, end = _operator(decoded.text, word, start, end, ended, open_angles)
        elif word in (",", "*)"):
            kind = "operator" if word == "," else "error"
        elif kind == "bracket":
            _bracket(word, open_angles)
        if kind != "comment":
            ended = kind in _OPERANDS or (ended if word in _POSTFIX else _closes(kind, decoded.text, start))
        _add(words, decoded, kind, start, end)
        position = end
    return words


def _closes(kind: str, text: str, start: int) -> bool:
    """Whether a word is a closing bracket."""
    return kind == "bracket" and (text[start] in ")]}>" or text.startswith("|>", start))


def _add(words: list[Word], decoded: Decoded, kind: str, start: int, end: int) -> None:
    """Add a word; `[[` is two brackets, so that each has its own partner."""
    text = decoded.text[start:end]
    cuts = (
        [start + i for i, c in enumerate(text) if c == "["]
        if kind == "bracket" and text[0] == "["
        else [start]
    )
    for cut in cuts:
        stop = cut + 1 if len(cuts) > 1 else end
        first = decoded.original(cut)
        words.append(Word(kind, first, max(decoded.original(stop), first)))


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for mark in re.compile(r"\(\*|\*\)").finditer(text, start):
        depth += 1 if mark[0] == "(*" else -1
        if not depth:
            return mark.end()
    return len(text)


def _operator(text: str, word: str, start: int, end: int, ended: bool, angles: list[str]) -> tuple[str, int]:
    """Kind and end of an operator word: `<` and `>` may be brackets, `::` takes its tag along."""
    if word[0] == ">" and angles and angles[-1] == "<":
        angles.pop()
        return "bracket", start + 1
    if word[0] == "<" and word != "<<" and not ended:
        angles.append("<")
        return "bracket", start + 1
    if word == "::" and ended:
        found = re.compile(r"::(?:[^\W_]|\$)+").match(text, start)
        return ("tag", found.end()) if found else ("operator", end)
    return "operator", end


def _bracket(word: str, angles: list[str]) -> None:
    """Keep track of open brackets, so that a `>` closes only the innermost."""
    if word[0] == "[":
        angles.extend("[" * word.count("["))
    elif word in _PAIRS:
        angles.append(word)
    elif angles:
        angles.pop()


def partner(text: str, offset: int) -> int | None:
    """The offset of the bracket that belongs to the one at `offset`; None if there is none at `offset` or it
    is alone.
    """
    brackets = [word for word in tokens(text) if word.kind == "bracket"]
    closers = {**{close: open_ for open_, close in _PAIRS.items()}, **_wide_closers(text)}
    stack: list[Word] = []
    for word in brackets:
        spelled = text[word.start : word.end]
        if spelled not in closers:
            stack.append(word)
            continue
        if not stack or text[stack[-1].start : stack[-1].end] != closers[spelled]:
            return None
        first = stack.pop()
        if first.start <= offset < first.end:
            return word.start
        if word.start <= offset < word.end:
            return first.start
    return None


def _wide_closers(text: str) -> dict[str, str]:
    """Closing brackets that are characters of their own."""
    return {} if text.isascii() else {close: open_ for open_, (close, _) in characters().pairs.items()}


_SOME: Symbol = S.Symbol


def status(text: str) -> str:
    """Whether an input can be read: "complete", "incomplete" (more lines could complete it) or "error".

    Names are not resolved, so that typing creates no symbols.
    """
    for item in Reader(text, lambda name: _SOME):
        if isinstance(item, ReadError):
            return "incomplete" if item.incomplete else "error"
    return "complete"
