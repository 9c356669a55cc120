"""The printing engine: lays out one node at a time and sets parentheses by level.

A layout is a level and a list of pieces; a piece is text, or an expression with the level it needs. The
engine keeps its own stack, so that depth is bounded by memory only. What each head looks like stands in
`inputs`, `outputs`, `tex`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr.association import Association
from wlnet.expr.atoms import ATOMS
from wlnet.expr.expression import Expr, items
from wlnet.expr.numbers import NUMBER_TYPES, Complex
from wlnet.expr.symbols import S, Symbol

from . import numerals
from .characters import characters
from .numerals import ATOM

Name = Callable[[Symbol], str]

# A piece of a layout: text, or an expression with the level it needs to stand without parentheses.
Piece = Any
Layout = tuple[int, list[Piece]]
Form = Callable[["Printer", Expr, int], "Layout | None"]

CALL = 670


def short_name(symbol: Symbol) -> str:
    """The name of a symbol, with its context unless that is System` or Global`."""
    return symbol.name if symbol.context in ("System`", "Global`") else symbol.full_name


class Printer:
    """Prints in one form. `forms` maps a head's name to its layout: a function of (printer, expr, level
    needed) that returns the level of the text and its pieces, or None to print as an ordinary call.
    """

    def __init__(self, form: str, name: Name, forms: dict[str, Form]) -> None:
        self.form = form
        self.name = name
        self.forms = forms

    def text(self, expr: Any, need: int = 0) -> str:
        """The text of `expr`, in parentheses if it binds looser than `need`."""
        out: list[str] = []
        stack: list[Piece] = [(expr, need)]
        while stack:
            piece = stack.pop()
            if type(piece) is str:
                if piece[:2] == ".." and out[-1][-1:] in (".", "_"):
                    out.append(" ")  # a real or a blank would swallow the dot
                out.append(piece)
                continue
            value, need = piece
            level, pieces = self.layout(value, need)
            if level < need:
                pieces = ["(", *pieces, ")"]
            if len(pieces) == 1 and type(pieces[0]) is str:
                out.append(pieces[0])
            else:
                stack.extend(reversed(pieces))
        return "".join(out)

    def layout(self, value: Any, need: int) -> Layout:
        """Level and pieces of any value."""
        kind = type(value)
        if kind is Expr:
            return self.expression(value, need)
        if kind is Symbol:
            return ATOM, [self.symbol(value)]
        if kind is str:
            return ATOM, [self.string(value)]
        if kind in NUMBER_TYPES:
            text, level = self.number(value)
            return level, [text]
        if kind is np.ndarray:
            return ATOM, [self.array(value)]
        if kind is Association:
            return self.association(value)
        return self.atom(value, need)

    def expression(self, expr: Expr, need: int) -> Layout:
        """Level and pieces of an ordinary expression: the layout of its head, else a call."""
        head = expr.head
        if type(head) is Symbol:
            if head.context == "System`":
                form = self.forms.get(head.name)
                if form is not None:
                    found = form(self, expr, need)
                    if found is not None:
                        return found
        elif type(head) is Expr:
            form = self.forms.get("f[x][y]")
            if form is not None:
                found = form(self, expr, need)
                if found is not None:
                    return found
        return self.call(expr)

    def call(self, expr: Expr) -> Layout:
        """`head[args]`."""
        return CALL, [(expr.head, CALL), "[", *self.commas(expr.args), "]"]

    def commas(self, args: tuple[Any, ...], between: str = ", ") -> list[Piece]:
        """The arguments with commas between them."""
        pieces: list[Piece] = []
        for arg in args:
            pieces.append((arg, 0))
            pieces.append(between)
        return pieces[:-1]

    def symbol(self, symbol: Symbol) -> str:
        name = self.name(symbol)
        return name if name.isascii() else spelled(name)

    def string(self, value: str) -> str:
        return quoted(value)

    def number(self, value: Any) -> tuple[str, int]:
        return numerals.number(value, self.form)

    def array(self, value: np.ndarray) -> str:
        """A packed list."""
        if value.ndim > 1:
            return "{" + ", ".join(self.array(row) for row in value) + "}"
        if value.dtype == np.int64:
            return "{" + ", ".join(map(str, value.tolist())) + "}"
        return "{" + ", ".join(self.number(x)[0] for x in items(value)) + "}"

    def association(self, value: Association) -> Layout:
        pieces: list[Piece] = ["<|"]
        for k, v, delayed in value.entries.values():
            pieces += [(k, 121), " :> " if delayed else " -> ", (v, 120), ", "]
        if value.entries:
            pieces.pop()
        pieces.append("|>")
        return ATOM, pieces

    def atom(self, value: Any, need: int) -> Layout:
        """An atom of a registered type: as the ordinary expression it stands for."""
        known = ATOMS.get(type(value))
        if known is None:
            raise TypeError(f"{type(value).__name__} is not a WL value")
        if known.full is None:
            return CALL, [(known.head(value), CALL), "[<>]"]
        return self.layout(known.full(value), need)


class FullPrinter(Printer):
    """FullForm: calls all the way down, lists and numbers included."""

    def array(self, value: np.ndarray) -> str:
        if value.ndim > 1:
            return "List[" + ", ".join(self.array(row) for row in value) + "]"
        return "List[" + ", ".join(self.text(x) for x in items(value)) + "]"

    def number(self, value: Any) -> tuple[str, int]:
        kind = type(value)
        if kind is Fraction:
            return (
                f"Rational[{numerals.integer(value.numerator)}, {numerals.integer(value.denominator)}]",
                ATOM,
            )
        if kind is Complex:
            return f"Complex[{self.number(value.re)[0]}, {self.number(value.im)[0]}]", ATOM
        return numerals.number(value, self.form)

    def association(self, value: Association) -> Layout:
        return self.layout(Expr(S.Association, value.rules()), 0)


# What must not stand raw in a string literal, and how it is written.
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def quoted(value: str) -> str:
    """A string literal that reads back as `value`."""
    if value.isalnum() and value.isascii():
        return f'"{value}"'
    return '"' + re.sub(r'["\\\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ud800-\udfff]', _escaped, value) + '"'


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    return _ESCAPES.get(char) or spelled(char)


def spelled(text: str) -> str:
    r"""`text` with control characters and those of the language's private area as `\[Name]` or by number."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ud800-\udfff]", _spelled, text)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 256:
        return f"\\.{code:02x}"
    name = characters().name.get(match[0])
    return f"\\[{name}]" if name else f"\\:{code:04x}"
