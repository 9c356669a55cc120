"""Syntax errors: what was expected, where, with a caret under the place and a hint where one is known."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from typing import Any

from .characters import characters


class ReadError(Exception):
    """A syntax error in a text.

    message     what is wrong, in the user's words
    hint        what would be right, or ""
    offset      0-based offset in the text as written; `line` and `column` count from 1
    incomplete  whether more text could complete it (open bracket, string or comment, trailing operator)
    source      name of the file or input, or None
    opener      offset of the open bracket in a bracket mismatch, or None
    """

    def __init__(self, message: str, offset: int, *, hint: str = "", incomplete: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset
        self.incomplete = incomplete
        self.source: str | None = None
        self.opener: int | None = None
        self.line = 1
        self.column = 1
        self._text_line = ""

    def place(self, text: str, source: str | None = None) -> ReadError:
        """Fill in line, column and the line's text from the `text` that `offset` points into."""
        self.source = source
        lines = Lines(text)
        self.line, self.column = lines.position(self.offset)
        self._text_line = lines.text(self.line)
        if self.opener is not None:
            line, column = lines.position(self.opener)
            if line != self.line:
                self.message += f" (opened at line {line}, column {column})"
            self.opener = None
        return self

    def show(self) -> str:
        """The report: place and message, the line, a caret under the place, the hint."""
        where = f"{self.source}:" if self.source else ""
        shown, caret = _window(self._text_line, self.column - 1)
        report = f"{where}{self.line}:{self.column}: syntax error: {self.message}\n    {shown}\n    {caret}^"
        return f"{report}\n    {self.hint}" if self.hint else report

    def __str__(self) -> str:
        return self.show()


class Incomplete(ReadError):  # noqa: N818  (an outcome rather than an error: more input would help)
    """The text ended inside an expression."""

    def __init__(self, message: str, offset: int, *, hint: str = "") -> None:
        super().__init__(message, offset, hint=hint, incomplete=True)


class Lines:
    """Offsets to lines and columns, made only when a position is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(m.end() for m in re.finditer(r"\r\n?|\n", text))]

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset, both from 1."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def text(self, line: int) -> str:
        """The text of a line without its end."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[start:end].rstrip("\r\n")


# Widest piece of a line shown above the caret, in characters.
_WIDTH = 100


def _window(line: str, column: int) -> tuple[str, str]:
    """The part of a long line around `column`, and the blanks that put a caret under it (tabs are kept)."""
    start = max(0, column - _WIDTH * 3 // 4) if len(line) > _WIDTH else 0
    piece = line[start : start + _WIDTH]
    before = piece[: column - start]
    lead, tail = "..." if start else "", "..." if start + _WIDTH < len(line) else ""
    blanks = "".join("\t" if c == "\t" else " " for c in before)
    return lead + piece + tail, " " * len(lead) + blanks


def missing_operand(tokens: Sequence[Any], word: str, start: int) -> ReadError:
    """The error for a place that wants an operand but holds `word` ("" at the end of the text)."""
    last = tokens[-1] if tokens else None
    before = _spelling(last) if last is not None else ""
    after = f' after "{before}"' if before else ""
    dotted = before == "." and len(tokens) > 1 and tokens[-2].type == "ATOM" and tokens[-2].extra is not None
    if not word and not dotted:
        return Incomplete(f"an operand is missing{after}", start)
    error = ReadError("an operand is missing" + (f' before "{word}"' if word else "") + after, start)
    if dotted:
        error.hint = "A dot after a blank belongs to it: write x_ .. for Repeated."
    elif word[0] == ">" or before in ("<", ">"):
        error.hint = (
            "Inside a list < > a comparison needs parentheses; outside, < and > compare two operands."
        )
    return error


def _spelling(token: Any) -> str:
    """How an operator or opening token was written, or ""."""
    return getattr(token.value, "text", "") or {"LPAREN": "(", "LBRACE": "{", "COMMA": ","}.get(
        token.type, ""
    )


def unknown_character(text: str, start: int) -> ReadError:
    """The error for a character that begins no token; a backslash begins a named character
    that does not exist.
    """
    char = text[start]
    if char != "\\":
        return ReadError(f'the character "{char}" (U+{ord(char):04X}) has no meaning here', start)
    found = re.compile(r"\\\[([A-Za-z0-9]*)\]").match(text, start)
    if found is None:
        if text[start + 1 : start + 2] in ("(", "!"):
            return ReadError(
                "box input \\( \\) is not read", start, hint="Write the expression in InputForm."
            )
        if start + 1 == len(text):
            return Incomplete("a line that ends in a backslash continues on the next", start)
        return ReadError("a backslash begins a named character such as \\[Alpha]", start)
    import difflib  # only for this hint

    near = difflib.get_close_matches(found[1], characters().code, n=1)
    hint = f"Did you mean \\[{near[0]}]?" if near else ""
    return ReadError(f"there is no character named {found[0]}", start, hint=hint)


def unexpected(kind: str, start: int, expected: set[str]) -> ReadError:
    """The error for a token that the grammar did not expect.

    kind: the token's terminal; expected: the terminals that would have been right. The lexer has reported
    most errors before the grammar sees them, so what is left are empty parentheses
    and operands without a partner.
    """
    if kind == "$END":
        return Incomplete("an operand is missing at the end", start)
    if kind == "RPAREN":
        return ReadError("( ) needs an expression inside", start)
    wanted = "an operand" if "ATOM" in expected else "an operator or a closing bracket"
    return ReadError(f"{wanted} is missing here", start)
