"""TeXForm: fractions, roots, powers, Greek letters, sums and integrals as TeX,
the rest as upright function calls.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr.expression import Expr, is_list, items
from wlnet.expr.numbers import REAL_TYPES, Complex
from wlnet.expr.symbols import S, Symbol

from . import arithmetic, numerals
from .characters import characters
from .layout import CALL, Form, Layout, Name, Piece, Printer
from .numerals import ATOM

SUM, PRODUCT, POWER = 310, 400, 590

# Functions that TeX sets upright by a command of their own.
_COMMANDS = {
    name: "\\" + name.lower().replace("arc", "arc")
    for name in [
        "Sin",
        "Cos",
        "Tan",
        "Cot",
        "Sec",
        "Csc",
        "Sinh",
        "Cosh",
        "Tanh",
        "Coth",
        "Log",
        "Exp",
        "Max",
        "Min",
        "Det",
        "Gcd",
        "Arg",
        "Limit",
    ]
} | {"ArcSin": "\\arcsin", "ArcCos": "\\arccos", "ArcTan": "\\arctan", "GCD": "\\gcd", "Limit": "\\lim"}
_CONSTANTS = {
    "Pi": "\\pi",
    "E": "e",
    "I": "i",
    "Infinity": "\\infty",
    "ComplexInfinity": "\\tilde{\\infty}",
    "EulerGamma": "\\gamma",
    "GoldenRatio": "\\phi",
    "Degree": "{}^{\\circ}",
    "True": "\\text{True}",
    "False": "\\text{False}",
    "Null": "\\text{Null}",
}
_SPECIAL = {
    "\\": "\\backslash ",
    "{": "\\{",
    "}": "\\}",
    "$": "\\$",
    "%": "\\%",
    "#": "\\#",
    "_": "\\_",
    "&": "\\&",
}
_SPECIAL |= {"^": "{}^{\\wedge}", "~": "\\sim "}


class TeXPrinter(Printer):
    """TeXForm."""

    def __init__(self, name: Name) -> None:
        super().__init__("TeXForm", name, _FORMS)

    def symbol(self, symbol: Symbol) -> str:
        if symbol.context == "System`" and symbol.name in _CONSTANTS:
            return _CONSTANTS[symbol.name]
        name = self.name(symbol)
        if not name.isascii():
            letters = [_letter(c) for c in name]
            return letters[0].rstrip() if len(letters) == 1 else f"\\text{{{''.join(name)}}}"
        return name if len(name) == 1 else f"\\text{{{escaped(name)}}}"

    def string(self, value: str) -> str:
        return f"\\text{{{escaped(value)}}}"

    def number(self, value: Any) -> tuple[str, int]:
        kind = type(value)
        if kind is Fraction:
            sign = "-" if value < 0 else ""
            return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", 480 if sign else ATOM
        if kind is Complex:
            text, level = numerals.number(value, "OutputForm")
            return text.replace("I", "i"), level
        text, level = numerals.number(value, self.form)
        if "*^" in text:
            mantissa, _, exponent = text.partition("*^")
            return f"{mantissa.rstrip('.')}\\times 10^{{{exponent}}}", PRODUCT
        return text, level

    def array(self, value: np.ndarray) -> str:
        return "\\{" + ", ".join(self.text(x) for x in items(value)) + "\\}"

    def call(self, expr: Expr) -> Layout:
        head = expr.head
        opening: list[Piece] = [(head, CALL)]
        if type(head) is Symbol and head.context == "System`" and head.name in _COMMANDS:
            opening = [_COMMANDS[head.name]]
        return CALL, [*opening, "(", *self.commas(expr.args), ")"]


def escaped(text: str) -> str:
    """`text` with the characters that TeX treats specially escaped."""
    return "".join(_SPECIAL.get(c, c) for c in text)


def _letter(char: str) -> str:
    r"""A Greek letter as its TeX command; others unchanged."""
    name = characters().name.get(char, "")
    if not "\u0370" <= char <= "\u03ff" or not name:
        return char
    if name.startswith("Capital"):
        return f"\\{name[7:]} "
    variants = {
        "CurlyEpsilon": "varepsilon",
        "CurlyTheta": "vartheta",
        "CurlyPhi": "varphi",
        "CurlyPi": "varpi",
    }
    return f"\\{variants.get(name, name.lower())} "


def _plus(printer: Printer, expr: Expr, need: int) -> Layout | None:
    found = arithmetic.plus(printer, expr, need)
    if found is None:
        return None
    return SUM, [{" + ": "+", " - ": "-"}.get(p, p) if type(p) is str else p for p in found[1]]


def _times(printer: Printer, expr: Expr, need: int) -> Layout | None:
    if len(expr.args) < 2:
        return None
    over, under = arithmetic.sides(expr.args)
    sign = ""
    if over and type(over[0]) in REAL_TYPES and numerals.is_negative(over[0]):
        sign = "-"
        first = numerals.negated(over[0])
        over = over[1:] if type(first) is int and first == 1 and len(over) > 1 else [first, *over[1:]]
    top: list[Piece] = []
    for factor in over:
        top += [(factor, PRODUCT + 1 if len(over) > 1 else 0 if under else PRODUCT), " "]
    top = top[:-1] or ["1"]
    if not under:
        return PRODUCT, [sign, *top]
    bottom: list[Piece] = []
    for factor in under:
        bottom += [(factor, PRODUCT + 1 if len(under) > 1 else 0), " "]
    return PRODUCT, [sign, "\\frac{", *top, "}{", *bottom[:-1], "}"]


def _power(printer: Printer, expr: Expr, need: int) -> Layout | None:
    if len(expr.args) != 2:
        return None
    base, exponent = expr.args
    if type(exponent) is Fraction and exponent.numerator in (1, -1):
        index = "" if exponent.denominator == 2 else f"[{exponent.denominator}]"
        root: list[Piece] = [f"\\sqrt{index}{{", (base, 0), "}"]
        return (ATOM, root) if exponent > 0 else (PRODUCT, ["\\frac{1}{", *root, "}"])
    if type(exponent) is int and exponent < 0:
        under = base if exponent == -1 else Expr(S.Power, (base, -exponent))
        return PRODUCT, ["\\frac{1}{", (under, 0), "}"]
    return POWER, [(base, POWER + 1), "^{", (exponent, 0), "}"]


def _list(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return ATOM, ["\\{", *printer.commas(expr.args), "\\}"]


def _infix(sign: str, level: int) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        if len(expr.args) < 2:
            return None
        pieces: list[Piece] = []
        for arg in expr.args:
            pieces += [(arg, level + 1), sign]
        return level, pieces[:-1]

    return layout


def _around(before: str, after: str) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        return (ATOM, [before, (expr.args[0], 0), after]) if len(expr.args) == 1 else None

    return layout


def _bounds(command: str, between: str) -> Form:
    """Sum, Product and Integrate with one iterator {x, a, b} or a plain variable."""

    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        if len(expr.args) != 2:
            return None
        body, over = expr.args
        parts = items(over) if is_list(over) else (over,)
        if len(parts) not in (1, 3):
            return None
        pieces: list[Piece] = [command]
        if len(parts) == 3 and between:
            pieces += ["_{", (parts[0], 0), between, (parts[1], 0), "}^{", (parts[2], 0), "} "]
        elif len(parts) == 3:
            pieces += ["_{", (parts[1], 0), "}^{", (parts[2], 0), "} "]
        elif between:
            pieces += ["_{", (parts[0], 0), "} "]
        else:
            pieces.append(" ")
        tail: list[Piece] = [] if between else [" \\, d", (parts[0], CALL)]
        return 320, [*pieces, (body, 320), *tail]

    return layout


def _derivative(printer: Printer, expr: Expr, need: int) -> Layout | None:
    head = expr.head
    if type(head) is not Expr:
        return None
    if (
        head.head is S.Derivative
        and len(head.args) == 1
        and type(head.args[0]) is int
        and len(expr.args) == 1
    ):
        order = head.args[0]
        return CALL, [(expr.args[0], CALL), "'" * order if order < 4 else f"^{{({order})}}"]
    return None


def _infinity(printer: Printer, expr: Expr, need: int) -> Layout | None:
    which = arithmetic.direction(expr)
    if which is None:
        return None
    return (
        (arithmetic.MINUS, ["-\\infty"])
        if which < 0
        else (ATOM, ["\\infty" if which else "\\tilde{\\infty}"])
    )


def _matrix(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """MatrixForm of a list of lists."""
    if not expr.args or not is_list(expr.args[0]):
        return None
    pieces: list[Piece] = []
    for row in items(expr.args[0]):
        for cell in items(row) if is_list(row) else (row,):
            pieces += [(cell, 0), " & "]
        pieces[-1] = " \\\\ "
    return ATOM, [
        "\\left(\\begin{array}{cc} ".replace("cc", _columns(expr.args[0])),
        *pieces[:-1],
        " \\end{array}\\right)",
    ]


def _columns(value: Any) -> str:
    return "c" * max((len(items(row)) if is_list(row) else 1 for row in items(value)), default=1)


def _content(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return (ATOM, [(expr.args[0], need)]) if expr.args else None


_FORMS: dict[str, Form] = {
    "Plus": _plus,
    "Times": _times,
    "Power": _power,
    "DirectedInfinity": _infinity,
    "List": _list,
    "Sqrt": _around("\\sqrt{", "}"),
    "Abs": _around("\\left| ", "\\right| "),
    "Floor": _around("\\lfloor ", "\\rfloor "),
    "Ceiling": _around("\\lceil ", "\\rceil "),
    "Conjugate": _around("\\overline{", "}"),
    "Factorial": lambda printer, expr, need: (
        (610, [(expr.args[0], 611), "!"]) if len(expr.args) == 1 else None
    ),
    "Not": lambda printer, expr, need: (
        (230, ["\\neg ", (expr.args[0], 230)]) if len(expr.args) == 1 else None
    ),
    "Subscript": lambda printer, expr, need: (
        (ATOM, [(expr.args[0], CALL), "_{", *printer.commas(expr.args[1:]), "}"])
        if len(expr.args) > 1
        else None
    ),
    "Equal": _infix("=", 290),
    "Unequal": _infix("\\neq ", 290),
    "Less": _infix("<", 290),
    "Greater": _infix(">", 290),
    "LessEqual": _infix("\\leq ", 290),
    "GreaterEqual": _infix("\\geq ", 290),
    "And": _infix("\\land ", 225),
    "Or": _infix("\\lor ", 215),
    "Element": _infix("\\in ", 250),
    "Rule": _infix("\\to ", 120),
    "RuleDelayed": _infix(":\\to ", 120),
    "Dot": _infix(".", 490),
    "Cross": _infix("\\times ", 500),
    "Union": _infix("\\cup ", 300),
    "Intersection": _infix("\\cap ", 305),
    "Sum": _bounds("\\sum", "="),
    "Product": _bounds("\\prod", "="),
    "Integrate": _bounds("\\int", ""),
    "MatrixForm": _matrix,
    "HoldForm": _content,
    "Style": _content,
    "TraditionalForm": _content,
    "StandardForm": _content,
    "f[x][y]": _derivative,
}
