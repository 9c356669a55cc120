"""Layouts of Plus, Times and Power: differences, quotients, roots."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from wlnet.expr.expression import Expr
from wlnet.expr.numbers import REAL_TYPES, Complex
from wlnet.expr.symbols import S

from .layout import CALL, Layout, Piece, Printer
from .numerals import ATOM, is_negative, negated

SUM, PRODUCT, QUOTIENT, MINUS, POWER = 310, 400, 470, 480, 590


def plus(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`a + b - c`."""
    if len(expr.args) < 2:
        return None
    pieces: list[Piece] = [(expr.args[0], SUM + 1)]
    for term in expr.args[1:]:
        opposite = _opposite(term)
        if opposite is None:
            opposite = _opposite_imaginary(term)
        if opposite is None:
            pieces += [" + ", (term, SUM + 1)]
        else:
            pieces += [" - ", (opposite, SUM + 1)]
    return SUM, pieces


def _opposite(term: Any) -> Any:
    """Minus `term` where `term` is written with a leading minus sign, else None."""
    kind = type(term)
    if kind in REAL_TYPES:
        return negated(term) if is_negative(term) else None
    if kind is Expr and term.head is S.DirectedInfinity and direction(term) == -1:
        return Expr(S.DirectedInfinity, (1,))
    if kind is not Expr or term.head is not S.Times or len(term.args) < 2:
        return None
    first = term.args[0]
    if type(first) not in REAL_TYPES or not is_negative(first):
        return None
    if type(first) is int and first == -1:
        return term.args[1] if len(term.args) == 2 else Expr(S.Times, term.args[1:])
    return Expr(S.Times, (negated(first), *term.args[1:]))


def _opposite_imaginary(term: Any) -> Any:
    """Minus `term` where its first factor is -I, -2 I or the like, else None."""
    if type(term) is not Expr or term.head is not S.Times or len(term.args) < 2:
        return None
    first = term.args[0]
    if type(first) is not Complex or type(first.re) is not int or first.re or not is_negative(first.im):
        return None
    return Expr(S.Times, (Complex(0, negated(first.im)), *term.args[1:]))


def times(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`a*b` (`a b` in OutputForm), `-a`, `a/b`."""
    if len(expr.args) < 2:
        return None
    spaced = printer.form == "OutputForm"
    first = expr.args[0]
    if type(first) is int and first == -1 and type(expr.args[1]) not in REAL_TYPES:
        rest = expr.args[1] if len(expr.args) == 2 else Expr(S.Times, expr.args[1:])
        if spaced:
            return PRODUCT, ["-", (rest, PRODUCT)]
        return MINUS if _is_tight(rest) else PRODUCT, ["-", (rest, MINUS + 1)]
    apart = not spaced and type(first) is Fraction and first.numerator == -1  # -1/2*x/y
    over, under = sides(expr.args[1:] if apart else expr.args)
    if not under:
        return PRODUCT, _product([first, *over] if apart else over, " " if spaced else "*")
    pieces: list[Piece] = [(first, PRODUCT + 1), "*"] if apart else []
    if spaced and len(over) > 1 and type(over[0]) is int and over[0] == -1:
        pieces.append("-")
        over = over[1:]
    pieces += [_side(over, QUOTIENT), "/", _side(under, QUOTIENT + 1)]
    return QUOTIENT if len(pieces) == 3 else PRODUCT, pieces


def _is_tight(value: Any) -> bool:
    """Whether `-value` needs no parentheses inside, so that the whole stands at the level of a minus."""
    return not (type(value) is Expr and value.head is S.Times)


def _product(factors: list[Any], sign: str) -> list[Piece]:
    """The factors with a sign between them; `2 I x` where that is a blank, (2*I)*x otherwise."""
    pieces: list[Piece] = []
    for i, factor in enumerate(factors):
        leads = i == 0 and sign == " " and type(factor) is Complex and type(factor.im) is not Fraction
        pieces += [(factor, PRODUCT if leads else PRODUCT + 1), sign]
    return pieces[:-1]


def _side(factors: list[Any], need: int) -> Piece:
    """Numerator or denominator of a quotient."""
    if not factors:
        return "1"
    return (factors[0] if len(factors) == 1 else Expr(S.Times, tuple(factors)), need)


def sides(args: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """The factors above and below the line. A rational coefficient is split."""
    over: list[Any] = []
    under: list[Any] = []
    for i, factor in enumerate(args):
        kind = type(factor)
        if kind is Fraction and i == 0:
            if factor.numerator != 1:
                over.append(factor.numerator)
            under.append(factor.denominator)
        elif kind is Expr and factor.head is S.Power and len(factor.args) == 2:
            base, exponent = factor.args
            opposite = _opposite(exponent)
            if opposite is None or (type(exponent) in REAL_TYPES and type(exponent) not in (int, Fraction)):
                over.append(factor)
            elif type(opposite) is int and opposite == 1:
                under.append(base)
            else:
                under.append(Expr(S.Power, (base, opposite)))
        else:
            over.append(factor)
    return over, under


def power(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`a^b`, `Sqrt[a]`, and `1/a` in OutputForm."""
    if len(expr.args) != 2:
        return None
    base, exponent = expr.args
    if type(exponent) is Fraction and exponent in (Fraction(1, 2), Fraction(-1, 2)):
        root = ["Sqrt[", (base, 0), "]"]
        return (CALL, root) if exponent > 0 else (QUOTIENT, ["1/", *root])
    if printer.form == "OutputForm" and type(exponent) is int and exponent == -1:
        return QUOTIENT, ["1/", (base, QUOTIENT + 1)]
    return POWER, [(base, POWER + 1), "^", (exponent, POWER)]


def direction(expr: Expr) -> int | None:
    """1 or -1 for `DirectedInfinity[1]`, `DirectedInfinity[-1]`, 0 for `DirectedInfinity[]`, else None."""
    args = expr.args
    if not args:
        return 0
    return args[0] if len(args) == 1 and type(args[0]) is int and args[0] in (1, -1) else None


def infinity(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """`DirectedInfinity[1]`, `[-1]`, `[]` by their names."""
    which = direction(expr)
    if which is None:
        return None
    return (MINUS, ["-Infinity"]) if which < 0 else (ATOM, ["Infinity" if which else "ComplexInfinity"])
