"""Tokens, the names of one expression, and the words whose value needs nothing but the word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr.expression import Expr
from wlnet.expr.symbols import S, Symbol

from . import literals


class Token:
    """A terminal of the grammar, at offset `start` of the decoded text.

    `value` is the expression of an ATOM, the table row of an operator, the head of an opening bracket;
    `extra` what rides on an operator (tags, file name, the symbol before a colon, a count), or BLANK on the
    atom of a pattern. Lines and columns are computed when an error needs them.
    """

    __slots__ = ("extra", "start", "type", "value")

    def __init__(self, kind: str, value: Any, start: int, extra: Any = None) -> None:
        self.type = kind
        self.value = value
        self.start = start
        self.extra = extra

    def __repr__(self) -> str:
        return f"{self.type}({self.value!r})"


Resolve = Callable[[str], Symbol]


class Names(dict[str, Symbol]):
    """Names of one expression already resolved: contexts may change between expressions, not within."""

    def __init__(self, resolve: Resolve, fixed: dict[str, Symbol]) -> None:
        super().__init__(fixed)
        self.resolve = resolve

    def __missing__(self, name: str) -> Symbol:
        found = self[name] = self.resolve(name)
        return found


# Opening brackets: terminal, closing text, head of the node (None where the operand before it is the head).
OPENERS: dict[str, tuple[str, str, Symbol | None]] = {
    "(": ("LPAREN", ")", None),
    "{": ("LBRACE", "}", S.List),
    "<|": ("LASSOC", "|>", S.Association),
    "<": ("LANGLE", ">", S.List),
    "[": ("LBRACKET", "]", None),
    "[[": ("LPART", "]]", None),
}
_BLANKS = (None, S.Blank, S.BlankSequence, S.BlankNullSequence)


def blank(word: str, names: Names) -> Expr:
    """`x__h`, `_`, `x_.` and kin."""
    before = word.index("_")
    after = before + 1
    while after < len(word) and word[after] == "_":
        after += 1
    rest = word[after:]
    pattern = Expr(_BLANKS[after - before], (names[rest],) if rest and rest != "." else ())
    if before:
        pattern = Expr(S.Pattern, (names[word[:before]], pattern))
    return Expr(S.Optional, (pattern,)) if rest == "." else pattern


def slot(word: str) -> Expr:
    """`#`, `#3`, `##`, `##2`, `#name`, `#"a name"`."""
    if word.startswith("##"):
        return Expr(S.SlotSequence, (literals.big_int(word[2:] or "1"),))
    rest = word[1:]
    if not rest or rest.isdecimal():
        return Expr(S.Slot, (literals.big_int(rest or "1"),))
    return Expr(S.Slot, (literals.string(rest[1:-1]) if rest[0] == '"' else rest,))


def out(word: str) -> Expr:
    """`%`, `%%`, `%5`."""
    if word[-1] != "%":
        return Expr(S.Out, (literals.big_int(word[1:]),))
    return Expr(S.Out, (-len(word),) if len(word) > 1 else ())
