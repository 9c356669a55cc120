"""From text to tokens, one top-level expression at a time.

Every operator is classified by its position: where an operand just ended it is infix or postfix, where an
operand is wanted it is prefix. So `!`, `-`, `++`, `;;`, `<` and the rest leave no ambiguity to the grammar.
The lexer also inserts what the text leaves out: the product between two operands, Null in empty places, the
ends of a Span.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wlnet.expr.expression import NULL, Expr
from wlnet.expr.symbols import S, Symbol, system

from . import literals
from .characters import characters
from .diagnose import Incomplete, ReadError, missing_operand, unknown_character
from .operators import Operator, table
from .scanner import (
    BLANK,
    BRACKET,
    NAME,
    NEWLINE,
    NUMBER,
    OPERATION,
    OUT,
    SLOT,
    STRING,
    STRING_BODY,
    SYMBOL,
    scanner,
)
from .terminals import OPENERS, Names, Resolve, Token, blank, out, slot

# Why an operand is wanted; 0 (false) means that an operand just ended.
ENDED, START, OPERATOR, SEMICOLON, SPAN, PREFIX_SPAN, COMMA, OPENER = range(8)

Warn = Callable[[ReadError], None]

_TAG = r'::(?:("[^"\\]*+(?:\\[\s\S][^"\\]*+)*+")|([^\W\d_]|\$)(?:[^\W_]|\$)*+)'
_FILE = rf"[ \t]*+(?:({STRING_BODY})|([\w$`/.\\!\-:*~?]++))"
_INFORMATION = r"(\?\??)[ \t]*+([\w$`*@]++)[ \t]*+(?=$|[\r\n])"


class Lexer:
    """The tokens of `text`, expression by expression.

    `position` is where the next expression begins; `resolve` makes symbols of names; `warn` is told of what
    is legal but suspicious.
    """

    def __init__(self, text: str, resolve: Resolve, warn: Warn | None = None, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.start = position
        self.tokens: list[Token] = []
        self.want = START
        # Open brackets: (terminal, offset, closing text, whether the place before was within
        # the operand of `sym:`)
        self.stack: list[tuple[str, int, str, bool]] = []
        self.in_pattern = False
        self._resolve = resolve
        self._warn = warn
        self._match = scanner(text)
        self._table = table()
        self._times = self._table.infix["*"]
        self._fixed: dict[str, Symbol] = {}
        if not text.isascii():
            self._fixed = {char: system(name) for char, name in characters().symbols.items()}
        self._names = Names(resolve, self._fixed)

    def expression(self) -> list[Token] | None:
        """The tokens of the next expression, or None at the end of the text."""
        tokens: list[Token] = []
        self.tokens = tokens
        self.want = START
        self.stack = []
        self.in_pattern = False
        self._names = names = Names(self._resolve, self._fixed)
        text, match, position = self.text, self._match, self.position
        while (found := match(text, position)) is not None:
            kind = found.lastindex
            assert kind is not None  # every alternative is a group
            start = found.start(kind)
            position = found.end()
            if kind == NEWLINE:
                if self.stack or self.want == START or self.want == OPERATOR:
                    continue
                if self.want:
                    self._settle("", start)
                self.position = position
                return tokens
            if not tokens:
                self.start = start
            if kind == SYMBOL:
                if not self.want:
                    tokens.append(Token("INFIX", self._times, start))
                tokens.append(Token("ATOM", names[found[kind]], start))
                self.want = ENDED
            elif kind == BRACKET:
                position = self._bracket(found[kind], start, position)
            elif kind == OPERATION:
                position = self._operator(found[kind], start, position)
            else:
                value = self._value(kind, found[kind], start)
                self._atom(value, start, BLANK if kind == BLANK else None)
        self.position = len(text)
        return self._end()

    def _end(self) -> list[Token] | None:
        """The end of the text: the last expression is complete, or something is still open."""
        if self.stack:
            terminal, offset, closer, _ = self.stack[-1]
            opener = self.text[offset : offset + len(closer)]
            raise Incomplete(f'"{opener}" is never closed', offset, hint=f'A "{closer}" is missing.')
        if self.want == START and not self.tokens:
            return None
        if self.want:
            self._settle("", len(self.text))
        return self.tokens

    # Atoms

    def _atom(self, value: Any, start: int, extra: Any = None) -> None:
        if not self.want:
            self.tokens.append(Token("INFIX", self._times, start))
        self.tokens.append(Token("ATOM", value, start, extra))
        self.want = ENDED

    def _value(self, kind: int, word: str, start: int) -> Any:
        """The expression that an atom's word stands for."""
        if kind == NUMBER:
            return int(word) if word.isdigit() and len(word) < 4300 else literals.number(word, start)
        if kind == STRING:
            if "\\" not in word:
                return word[1:-1]
            if self._warn is not None:
                for escape in literals.unknown_escapes(word[1:-1]):
                    self._warn(ReadError(f"{escape} is no string escape", start))
            return literals.string(word[1:-1])
        if kind == BLANK:
            return blank(word, self._names)
        if kind == SLOT:
            return slot(word)
        if kind == NAME:
            return self._names[word]
        if kind == OUT:
            return out(word)
        raise self._junk(word, start)

    def _junk(self, word: str, start: int) -> ReadError:
        if word == '"':
            return Incomplete("this string is never closed", start)
        return unknown_character(self.text, start)

    # Brackets

    def _bracket(self, word: str, start: int, position: int) -> int:
        if word == ",":
            return self._comma(start, position)
        if word == "(*":
            return self._comment(start)
        if word[0] == "[":
            if self.want:
                raise ReadError('"[" needs a function before it', start, hint="Lists are written { } or < >.")
            word = "[" if len(word) == 1 else "[["
            return self._open(*OPENERS[word], start, position)
        if word in OPENERS:
            if not self.want:
                self.tokens.append(Token("INFIX", self._times, start))
            return self._open(*OPENERS[word], start, position)
        if word == "*)":
            raise ReadError('"*)" closes no comment', start)
        if not word.isascii():
            return self._wide_bracket(word, start, position)
        return self._close(word, start, position)

    def _wide_bracket(self, char: str, start: int, position: int) -> int:
        """A bracket that is a named character."""
        known = characters()
        if char == known.comma:
            return self._comma(start, position)
        pair = known.pairs.get(char)
        if pair is None:
            return self._close(char, start, position)
        closer, head = pair
        if head == "Part":
            if self.want:
                raise ReadError(f'"{char}" needs an expression before it', start)
            return self._open("LPART", closer, None, start, position)
        if not self.want:
            self.tokens.append(Token("INFIX", self._times, start))
        return self._open("LMATCHED", closer, system(head), start, position)

    def _open(self, terminal: str, closer: str, head: Symbol | None, start: int, position: int) -> int:
        self.stack.append((terminal, start, closer, self.in_pattern))
        self.tokens.append(Token(terminal, head, start))
        self.in_pattern = False
        self.want = OPENER
        return position

    def _close(self, word: str, start: int, position: int) -> int:
        """A closing bracket; `]]` is two words."""
        if not self.stack:
            raise ReadError(f'"{word}" closes nothing', start)
        terminal, offset, closer, in_pattern = self.stack[-1]
        if word == "]" and closer == "]]":
            second = re.compile(r"\s*+\]").match(self.text, position)
            if second is None:
                error = ReadError if self.text[position:].strip() else Incomplete
                raise error('"[[" needs "]]" to close it', start)
            position = second.end()
        elif word != closer:
            opener = self.text[
                offset : offset + (2 if terminal in ("LPART", "LASSOC") and len(closer) == 2 else 1)
            ]
            raise self._mismatch(opener, word, offset, start, closer)
        if self.want and self.want != OPENER:
            self._settle(word, start)
        self.stack.pop()
        self.tokens.append(Token("R" + terminal[1:], None, start))
        self.in_pattern = in_pattern
        self.want = ENDED
        return position

    def _mismatch(self, opener: str, word: str, offset: int, start: int, closer: str) -> ReadError:
        error = ReadError(f'bracket mismatch: "{opener}" is open, "{word}" found', start)
        error.opener = offset
        error.hint = f'"{opener}" is closed by "{closer}".'
        if closer == ">":
            error.hint += " A comparison inside < > lists needs parentheses."
        return error

    def _comma(self, start: int, position: int) -> int:
        if not self.stack:
            raise ReadError("a comma outside brackets", start)
        if self.stack[-1][0] == "LPAREN":
            hint = "Write { , } for a list or f[ , ] for a call."
            raise ReadError("a comma inside ( ): parentheses only group", start, hint=hint)
        if self.want == OPENER:
            self._null(start)
        elif self.want:
            self._settle(",", start)
        self.tokens.append(Token("COMMA", None, start))
        self.in_pattern = False
        self.want = COMMA
        return position

    def _null(self, start: int) -> None:
        """Null in an empty place."""
        if self._warn is not None:
            self._warn(ReadError("a comma with nothing before or after it means Null", start))
        self.tokens.append(Token("ATOM", NULL, start))
        self.want = ENDED

    def _comment(self, start: int) -> int:
        """Skip a comment, nested ones included; the offset behind it."""
        depth = 0
        for mark in re.compile(r"\(\*|\*\)").finditer(self.text, start):
            depth += 1 if mark[0] == "(*" else -1
            if not depth:
                return mark.end()
        raise Incomplete("this comment is never closed", start, hint='A "*)" is missing.')

    # Operators

    def _operator(self, word: str, start: int, position: int) -> int:
        """An operator word, classified by its position; the offset to read on from."""
        if self.want:
            return self._wanted(word, start, position)
        rows = self._table
        if word[0] == ">" and self.stack and self.stack[-1][0] == "LANGLE":
            return self._close(">", start, start + 1)
        row = rows.infix.get(word)
        if row is not None and word != ":":
            self._infix(row, start)
            return position
        if word[0] == "'":
            self._postfix(rows.postfix["'"], start, len(word))
            return position
        if word[0] == "=" and word[-1] == ".":
            self._postfix(rows.postfix["=."], start)
            return position
        if word == ":":
            self._colon(start)
            return position
        if word == "::":
            return self._tags(start)
        row = rows.postfix.get(word)
        if row is not None:
            if row.shape == "put":
                return self._put(row, start, position)
            self._postfix(row, start)
            return position
        if word in rows.prefix:
            self.tokens.append(Token("INFIX", self._times, start))
            self.want = OPERATOR
            return self._wanted(word, start, position)
        raise ReadError(f'"{word}" is no operator', start)

    def _infix(self, row: Operator, start: int) -> None:
        self.tokens.append(Token("INFIX", row, start))
        if row.level < 150:
            self.in_pattern = False
            self.want = SEMICOLON if row.text == ";" else OPERATOR
        else:
            self.want = SPAN if row.text == ";;" else OPERATOR

    def _postfix(self, row: Operator, start: int, extra: Any = None) -> None:
        self.tokens.append(Token("POSTFIX", row, start, extra))
        if row.level < 150:
            self.in_pattern = False

    def _wanted(self, word: str, start: int, position: int) -> int:
        """An operator where an operand is wanted."""
        rows = self._table
        if word[0] == "<":
            if word == "<<":
                return self._get(start, position)
            return self._open(*OPENERS["<"], start, start + 1)
        if word == ";;":
            if self.want == SPAN or self.want == PREFIX_SPAN:
                self._atom(S.All, start)
                self._infix(rows.infix[";;"], start)
            else:
                self.tokens.append(Token("PREFIX", rows.prefix[";;"], start))
                self.want = PREFIX_SPAN
            return position
        row = rows.prefix.get(word)
        if row is not None:
            self.tokens.append(Token("PREFIX", row, start))
            self.want = OPERATOR
            return position
        if word[0] == ">" and self.stack and self.stack[-1][0] == "LANGLE":
            return self._close(">", start, start + 1)
        if word[0] == "?" and self.want == START:
            return self._information(start)
        self._settle(word, start)
        return self._operator(word, start, position)

    def _settle(self, word: str, start: int) -> None:
        """Complete the expression so far where the language allows it, or raise: `word` starts no operand.

        A `;` becomes postfix (Null), a `;;` likewise (All), an empty place Null.
        """
        if self.want == SEMICOLON and word == ";":
            self.tokens.append(Token("ATOM", NULL, start))
        elif self.want == SEMICOLON or self.want == SPAN:
            last = self.tokens[-1]
            last.type, last.value = "POSTFIX", self._table.postfix[last.value.text]
        elif self.want == PREFIX_SPAN:
            last = self.tokens[-1]
            last.type, last.value = "ATOM", Expr(S.Span, (1, S.All))
        elif self.want == COMMA and (
            word == "," or (self.stack and word and word == self.stack[-1][2][: len(word)])
        ):
            self._null(start)
        else:
            raise missing_operand(self.tokens, word, start)
        self.want = ENDED

    def _colon(self, start: int) -> None:
        """`sym:` and `x_:` are prefixes; within the operand of `sym:` a colon is the infix of Optional."""
        last = self.tokens[-1]
        rows = self._table
        if self.in_pattern:
            self._infix(rows.infix[":"], start)
        elif last.type == "ATOM" and type(last.value) is Symbol:
            if (
                self._warn is not None
                and len(self.tokens) > 1
                and getattr(self.tokens[-2].value, "text", "") == "?"
            ):
                hint = "Write x:_?t:v for a test and a default."
                self._warn(ReadError("the colon names the test, not the pattern", start, hint=hint))
            last.type, last.value, last.extra = "PREFIX", rows.named["Pattern"], last.value
            self.in_pattern = True
        elif last.type == "ATOM" and last.extra == BLANK:
            last.type, last.value, last.extra = "PREFIX", rows.named["Optional"], last.value
        else:
            hint = "A named pattern is written x:pattern, a default x_:value or p:pattern:value."
            raise ReadError('before ":" a symbol or a pattern is wanted', start, hint=hint)
        self.want = OPERATOR

    def _tags(self, start: int) -> int:
        """`::tag::tag`, or `::[` of a type specifier."""
        text = self.text
        if text.startswith("::[", start):
            self._postfix(self._table.postfix["::"], start)
            return start + 2
        tags: list[str] = []
        position = start
        pattern = re.compile(_TAG)
        while not text[position - 1].isspace() and (found := pattern.match(text, position)):
            quoted = found[1]
            tags.append(literals.string(quoted[1:-1]) if quoted else found[0][2:])
            position = found.end()
        if not tags:
            raise ReadError('"::" takes a tag, with no blanks around it', start, hint="For example f::usage.")
        self._postfix(self._table.postfix["::"], start, tags)
        return position

    # Files and information

    def _file(self, word: str, start: int, position: int) -> tuple[str, int]:
        """The file name that follows `<<`, `>>` or `>>>`, and the offset behind it."""
        found = re.compile(_FILE).match(self.text, position)
        if found is None:
            at_end = not self.text[position:].strip()
            error = Incomplete if at_end else ReadError
            raise error(f'"{word}" takes a file name', start, hint="For example << init.wl or << Package`.")
        return literals.string(found[1][1:-1]) if found[1] else found[2], found.end()

    def _get(self, start: int, position: int) -> int:
        name, position = self._file("<<", start, position)
        self._atom(Expr(S.Get, (name,)), start)
        return position

    def _put(self, row: Operator, start: int, position: int) -> int:
        name, position = self._file(row.text, start, position)
        self._postfix(row, start, name)
        return position

    def _information(self, start: int) -> int:
        """`?name` and `??name` at the start of an input."""
        found = re.compile(_INFORMATION, re.MULTILINE).match(self.text, start)
        if found is None:
            raise ReadError(f'"{self.text[start]}" needs a pattern before it or a name after it', start)
        long_form = system("True" if found[1] == "??" else "False")
        self._atom(Expr(S.Information, (found[2], Expr(S.Rule, (S.LongForm, long_form)))), start)
        return found.end()
