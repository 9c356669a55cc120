"""Layouts of InputForm: operators as the table has them; compact spellings of patterns, slots, parts."""

from __future__ import annotations

import re
from typing import Any

from wlnet.expr.expression import NULL, Expr
from wlnet.expr.symbols import S, Symbol

from .arithmetic import infinity, plus, power, times
from .layout import CALL, Form, Layout, Piece, Printer, quoted
from .numerals import ATOM
from .operators import Operator, table

# Operators written without blanks around them; the others have them.
AND_LEVEL = 225
_TIGHT = {"?": "?", "<>": "<>"}


def _infix(row: Operator) -> Form:
    """The layout of an infix row: a run of a flat operator, two operands otherwise."""
    level = row.level
    sign = _TIGHT.get(row.text, f" {row.text} ")
    flat = row.grouping == "flat"
    left = level if row.grouping == "left" else level + 1
    right = level if row.grouping == "right" else level + 1
    if row.text == "||":  # a && b inside stands in parentheses, as the language writes it
        left = right = AND_LEVEL + 1

    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        args = expr.args
        if len(args) < 2 or (len(args) > 2 and not flat):
            return None
        pieces: list[Piece] = [(args[0], left)]
        for arg in args[1:]:
            pieces += [sign, (arg, right)]
        return level, pieces

    return layout


def _prefix(row: Operator) -> Form:
    own = row.level + (row.head is not S.Not)

    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        return (row.level, [row.text, (expr.args[0], own)]) if len(expr.args) == 1 else None

    return layout


def _postfix(row: Operator) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        return (row.level, [(expr.args[0], row.level + 1), row.text]) if len(expr.args) == 1 else None

    return layout


def _braces(opening: str, closing: str) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout:
        return ATOM, [opening, *printer.commas(expr.args), closing]

    return layout


def _part(printer: Printer, expr: Expr, need: int) -> Layout | None:
    if len(expr.args) < 2:
        return None
    return CALL, [(expr.args[0], CALL), "[[", *printer.commas(expr.args[1:], ","), "]]"]


def _compound(printer: Printer, expr: Expr, need: int) -> Layout | None:
    args = expr.args
    if len(args) < 2:
        return None
    pieces: list[Piece] = []
    for arg in args[:-1]:
        pieces += [(arg, 11), "; "]
    if args[-1] is not NULL:
        pieces.append((args[-1], 11))
    return 10, pieces


def _function(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return (90, [(expr.args[0], 91), " & "]) if len(expr.args) == 1 else None


def _slot(mark: str) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        if len(expr.args) != 1:
            return None
        which = expr.args[0]
        if type(which) is int and which >= 0:
            return ATOM, [f"{mark}{which}"]
        if type(which) is str and mark == "#":
            word = re.fullmatch(r"[A-Za-z$][A-Za-z0-9$]*", which)
            return ATOM, [mark + (which if word else quoted(which))]
        return None

    return layout


def _out(printer: Printer, expr: Expr, need: int) -> Layout | None:
    if not expr.args:
        return ATOM, ["%"]
    which = expr.args[0]
    if len(expr.args) > 1 or type(which) is not int or which in (0, -1):
        return None
    return ATOM, [f"%{which}" if which > 0 else "%" * -which]


def _span(printer: Printer, expr: Expr, need: int) -> Layout | None:
    if len(expr.args) not in (2, 3):
        return None
    pieces: list[Piece] = []
    for arg in expr.args:
        pieces += [(arg, 298), " ;; "]
    return 297, pieces[:-1]


def _inequality(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`a < b <= c`; not where all relations are the same, which would read back as that relation."""
    args = expr.args
    if len(args) < 5 or len(args) % 2 == 0 or any(type(x) is not Symbol for x in args[1::2]):
        return None
    known = _relations()
    signs = [known.get(x) for x in args[1::2]]
    if None in signs or len(set(signs)) == 1:
        return None
    pieces: list[Piece] = [(args[0], 291)]
    for sign, arg in zip(signs, args[2::2], strict=True):
        pieces += [f" {sign} ", (arg, 291)]
    return 290, pieces


_signs: dict[Symbol, str] = {}


def _relations() -> dict[Symbol, str]:
    """The text of each relation that Inequality mixes."""
    if not _signs:
        _signs.update({row.head: row.text for _, row in table().heads() if row.shape == "compare"})
    return _signs


# Patterns

_BLANKS = {S.Blank: "_", S.BlankSequence: "__", S.BlankNullSequence: "___"}


def _blank(printer: Printer, expr: Expr, need: int = 0) -> Layout | None:
    """`_`, `__h`."""
    mark = _BLANKS.get(expr.head) if type(expr.head) is Symbol else None
    if mark is None or len(expr.args) > 1:
        return None
    if not expr.args:
        return ATOM, [mark]
    head = expr.args[0]
    return (ATOM, [mark + printer.symbol(head)]) if type(head) is Symbol else None


def _pattern(printer: Printer, expr: Expr, need: int = 0) -> Layout | None:
    """`x_h`, `x:p`."""
    if len(expr.args) != 2 or type(expr.args[0]) is not Symbol:
        return None
    name, inside = expr.args
    blank = _blank(printer, inside) if type(inside) is Expr else None
    if blank is not None:
        return ATOM, [printer.symbol(name), *blank[1]]
    return 150, [printer.symbol(name) + ":", (inside, 151)]


def _optional(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`x_.`, `x_:v`, `x:p:v`."""
    args = expr.args
    if len(args) not in (1, 2) or type(args[0]) is not Expr:
        return None
    pattern = args[0]
    found = _pattern(printer, pattern) if pattern.head is S.Pattern else _blank(printer, pattern)
    if found is None:
        return None
    level, pieces = found
    if len(args) == 2:
        return 140, [*pieces, ":", (args[1], 141)]
    simple = level == ATOM and (pattern.args[-1] if pattern.head is S.Pattern else pattern)
    if simple and simple.head is S.Blank and not simple.args:
        return ATOM, [*pieces, "."]
    return None


# Definitions, messages, derivatives


def _tag_set(sign: str) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        if len(expr.args) != 3:
            return None
        return 40, [(expr.args[0], 46), " /: ", (expr.args[1], 46), f" {sign} ", (expr.args[2], 40)]

    return layout


def _tag_unset(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return (40, [(expr.args[0], 46), " /: ", (expr.args[1], 46), " =."]) if len(expr.args) == 2 else None


def _unset(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return (40, [(expr.args[0], 41), " =."]) if len(expr.args) == 1 else None


def _message_name(printer: Printer, expr: Expr, need: int) -> Layout | None:
    args = expr.args
    if len(args) < 2 or type(args[0]) not in (Symbol, str) or any(type(x) is not str for x in args[1:]):
        return None
    words = [x if re.fullmatch(r"[A-Za-z$][A-Za-z0-9$]*", x) else quoted(x) for x in args[1:]]
    return 750, [(args[0], 750), *("::" + word for word in words)]


def _marks(expr: Any) -> int:
    """The n of `Derivative[n][f]` where it is 1 or 2, else 0."""
    if type(expr) is not Expr or type(expr.head) is not Expr or len(expr.args) != 1:
        return 0
    order = expr.head
    if order.head is not S.Derivative or len(order.args) != 1 or type(order.args[0]) is not int:
        return 0
    return order.args[0] if order.args[0] in (1, 2) else 0


def _applied(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`f'` and `f'[x]`."""
    marks = _marks(expr)
    if marks:
        return 605, [(expr.args[0], 606), "'" * marks]
    if _marks(expr.head):
        return 605, [(expr.head, 605), "[", *printer.commas(expr.args), "]"]
    return None


_forms: dict[str, Form] = {}


def forms() -> dict[str, Form]:
    """The layouts of InputForm by head name, the operator rows included. Made on first use."""
    if not _forms:
        makers = {"infix": _infix, "prefix": _prefix, "postfix": _postfix}
        rows = {
            name: makers[row.form](row)
            for name, row in table().heads()
            if row.shape in ("", "compare", "set") and name not in ("Plus", "Times", "Power", "Function")
        }
        _forms.update({**rows, **_SPELLINGS})  # at once: another thread sees all or nothing
    return _forms


_SPELLINGS: dict[str, Form] = {
    "Plus": plus,
    "Times": times,
    "Power": power,
    "DirectedInfinity": infinity,
    "List": _braces("{", "}"),
    "Association": _braces("<|", "|>"),
    "Part": _part,
    "CompoundExpression": _compound,
    "Function": _function,
    "Slot": _slot("#"),
    "SlotSequence": _slot("##"),
    "Out": _out,
    "Span": _span,
    "Inequality": _inequality,
    "Blank": _blank,
    "BlankSequence": _blank,
    "BlankNullSequence": _blank,
    "Pattern": _pattern,
    "Optional": _optional,
    "TagSet": _tag_set("="),
    "TagSetDelayed": _tag_set(":="),
    "TagUnset": _tag_unset,
    "Unset": _unset,
    "MessageName": _message_name,
    "f[x][y]": _applied,
}
