"""From text to expressions: `parse` for one, `read` for all of a file, one after another.

The LALR tables that Lark makes of `grammar/wolfram.lark` run over the tokens of our lexer; each rule builds
its expression directly, so no tree is made and nothing recurses.
"""

from __future__ import annotations

import re
from typing import Any

from wlnet.expr.expression import Expr

from .characters import decode
from .climb import climb
from .diagnose import Incomplete, Lines, ReadError
from .lexer import Lexer, Warn
from .tables import END, Driver
from .terminals import Resolve, Token

# Where reading goes on behind a bad expression: a line, or a paragraph,
# that looks like the beginning of another.
_FRESH_LINE = r"[\r\n](?=[A-Za-z$0-9\"{(<`!?#%_]|[^\x00-\x7f])"
_FRESH_PARAGRAPH = r"\n[ \t\r]*\n(?=[A-Za-z$(]|[^\x00-\x7f])"


class _Build:
    """What each rule of the grammar makes of its children. The names are aliases in `wolfram.lark`."""

    def start(self, children: list[Any]) -> Any:
        return climb(children[0])

    def begin(self, children: list[Any]) -> list[Any]:
        return children

    def extend(self, children: list[Any]) -> Any:
        children[0].append(children[1])
        return children[0]

    def grouped(self, children: list[Any]) -> Any:
        return climb(children[1])

    def empty(self, children: list[Any]) -> Expr:
        return Expr(children[0].value, ())

    def filled(self, children: list[Any]) -> Expr:
        return Expr(children[0].value, tuple(children[1]))

    def no_arguments(self, children: list[Any]) -> Token:
        opener: Token = children[0]
        opener.extra = ()
        return opener

    def arguments(self, children: list[Any]) -> Token:
        opener: Token = children[0]
        opener.extra = tuple(children[1])
        return opener

    def first(self, children: list[Any]) -> list[Any]:
        return [climb(children[0])]

    def next(self, children: list[Any]) -> Any:
        children[0].append(climb(children[2]))
        return children[0]


_driver: Driver | None = None


def driver() -> Driver:
    """The parser, loaded on first use."""
    global _driver
    if _driver is None:
        _driver = Driver(_Build())
    return _driver


class Reader:
    """The expressions of a text, one after another; a ReadError stands for each that is wrong.

    The next expression is read only when it is asked for, so that what the last one does (BeginPackage) acts
    on how the next is read. `line` and `offset` tell where the last one began, `end` the offset behind it.
    """

    def __init__(
        self, text: str, resolve: Resolve, source: str | None = None, warn: Warn | None = None
    ) -> None:
        self.source = source
        self._text = text
        self._decoded = decode(text if text[:1] != "\ufeff" else " " + text[1:])  # a byte order mark
        skipped = re.compile(r"#![^\r\n]*").match(self._decoded.text)
        place = (lambda error: warn(self._placed(error))) if warn is not None else None
        self._lexer = Lexer(self._decoded.text, resolve, place, skipped.end() if skipped else 0)
        self._lines: Lines | None = None

    def __iter__(self) -> Reader:
        return self

    def __next__(self) -> Any:
        try:
            found = self.next()
        except ReadError as error:
            self._recover(error)
            return error
        if found is None:
            raise StopIteration
        return found[0]

    @property
    def offset(self) -> int:
        """Where the last expression began, in the text as written."""
        return self._decoded.original(self._lexer.start)

    @property
    def end(self) -> int:
        """The offset behind the last expression, in the text as written."""
        return self._decoded.original(self._lexer.position)

    @property
    def line(self) -> int:
        """The line on which the last expression began, from 1."""
        if self._lines is None:
            self._lines = Lines(self._text)
        return self._lines.position(self.offset)[0]

    def next(self) -> tuple[Any] | None:
        """The next expression in a tuple of one, None at the end; raises ReadError."""
        try:
            tokens = self._lexer.expression()
            if tokens is None:
                return None
            end = Token(END, None, len(self._decoded.text))
            return (driver().run(tokens, end),)
        except ReadError as error:
            raise self._placed(error) from None

    def _placed(self, error: ReadError) -> ReadError:
        self._failed_at = error.offset
        error.offset = self._decoded.original(error.offset)
        if error.opener is not None:
            error.opener = self._decoded.original(error.opener)
        return error.place(self._text, self.source)

    def _recover(self, error: ReadError) -> None:
        """Go on behind a bad expression: at the next line that looks like the beginning of another.

        That is a line whose first character is no white space, closing bracket or infix operator. After an
        unclosed bracket it must also follow a blank line, since any line may belong
        to what is inside the bracket.
        """
        text = self._decoded.text
        fresh = _FRESH_PARAGRAPH if error.incomplete else _FRESH_LINE
        at = max(self._failed_at, self._lexer.start)
        found = re.compile(fresh).search(text, at)
        self._lexer.position = found.end() if found else len(text)


def read(text: str, resolve: Resolve, source: str | None = None, warn: Warn | None = None) -> Reader:
    """Iterate over the top-level expressions of `text`, each read only when it is asked for.

    A bad expression yields a ReadError object (not raised) and reading goes on behind it. `source` is the
    name shown in errors; `warn` is called with a ReadError for what is legal but suspicious.
    """
    return Reader(text, resolve, source, warn)


def parse(text: str, resolve: Resolve, source: str | None = None, warn: Warn | None = None) -> Any:
    """The one expression in `text`. Raises ReadError where there is none, or more than one."""
    reader = Reader(text, resolve, source, warn)
    found = reader.next()
    if found is None:
        raise Incomplete("there is no expression", 0).place(text, source)
    if reader.next() is not None:
        message = "a second expression begins here"
        raise ReadError(message, reader.offset, hint="Separate expressions on new lines by ;").place(
            text, source
        )
    return found[0]
