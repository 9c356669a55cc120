"""NumberForm and kin: how many digits, which exponent, which base, what padding."""

from __future__ import annotations

from typing import Any

from wlnet.expr.expression import Expr, is_list, items
from wlnet.expr.numbers import BigReal

from . import numerals
from .numerals import ATOM

HEADS = (
    "NumberForm",
    "DecimalForm",
    "ScientificForm",
    "EngineeringForm",
    "AccountingForm",
    "PaddedForm",
    "PercentForm",
    "BaseForm",
)


class Spec:
    """A number format. digits: significant ones; places: after the point, or None; base for BaseForm."""

    __slots__ = ("base", "digits", "head", "places")

    def __init__(self, head: str, digits: int = 6, places: int | None = None, base: int = 10) -> None:
        self.head = head
        self.digits = digits
        self.places = places
        self.base = base

    def text(self, value: Any) -> tuple[str, int]:
        """Text and level of a number in this format."""
        if type(value) is BigReal and self.head != "BaseForm":
            value = float(value.value)
        if type(value) is not float or value != value or value in (float("inf"), float("-inf")):
            shown = self._exact(value)
        else:
            shown = self._real(value)
        return shown, 480 if shown.startswith("-") else ATOM

    def _exact(self, value: Any) -> str:
        if self.head == "BaseForm" and type(value) is int:
            return f"{in_base(value, self.base)}_{self.base}"
        if self.head == "PercentForm" and type(value) is int:
            return f"{100 * value}%"
        text = numerals.number(value, "OutputForm")[0]
        if type(value) is int and self.head == "PaddedForm":
            return text.rjust(self.digits + 1)
        if type(value) is int and self.head == "AccountingForm" and value < 0:
            return f"({text[1:]})"
        return text

    def _real(self, value: float) -> str:
        if self.head == "PercentForm":
            return f"{_fixed(100 * value, self.digits, self.places).rstrip('.')}%"
        if self.head == "BaseForm":
            return f"{_real_in_base(value, self.base)}_{self.base}"
        if self.head in ("ScientificForm", "EngineeringForm"):
            return self._scientific(value, 3 if self.head == "EngineeringForm" else 1)
        if (
            self.head in ("NumberForm", "PaddedForm")
            and value
            and not 1e-6 <= abs(value) < 10.0 ** max(6, self.digits)
        ):
            return self._scientific(value, 1)
        text = _fixed(value, self.digits, self.places)
        if self.head == "PaddedForm":
            return text.rjust(self.digits + 2)
        if self.head == "AccountingForm" and value < 0:
            return f"({text[1:]})"
        return text

    def _scientific(self, value: float, step: int) -> str:
        mantissa, _, power = f"{value:.{max(self.digits - 1, 0)}e}".partition("e")
        exponent = int(power)
        shift = exponent % step
        text = _fixed(float(mantissa) * 10**shift, self.digits, self.places)
        return text if exponent == shift else f"{text}*^{exponent - shift}"


def _fixed(value: float, digits: int, places: int | None) -> str:
    """`value` to so many significant digits, without exponent; with `places` exactly
    that many after the point.
    """
    rounded = float(f"{value:.{max(digits, 1) - 1}e}")
    if places is not None:
        text = f"{rounded:.{places}f}"
        return text if places else text + "."
    whole = f"{rounded:.{max(0, digits)}f}" if abs(rounded) >= 1 else f"{rounded:.{digits + 6}f}"
    return whole.rstrip("0")


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def in_base(value: int, base: int) -> str:
    """Digits of an integer in a base from 2 to 36."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    shown = ""
    while value:
        value, digit = divmod(value, base)
        shown = _DIGITS[digit] + shown
    return sign + (shown or "0")


def _real_in_base(value: float, base: int, places: int = 20) -> str:
    """A machine real in a base: its fraction to at most `places` digits."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole = int(value)
    rest = value - whole
    shown = ""
    while rest and len(shown) < places:
        rest *= base
        shown += _DIGITS[int(rest)]
        rest -= int(rest)
    return f"{sign}{in_base(whole, base)}.{shown.rstrip('0')}"


def spec(expr: Expr) -> Spec | None:
    """The format that `NumberForm[x, n]`, `NumberForm[x, {n, f}]` and kin ask for;
    None where it is no such form.
    """
    head = expr.head.name
    args = [
        a
        for a in expr.args
        if not (type(a) is Expr and getattr(a.head, "name", "") in ("Rule", "RuleDelayed"))
    ]
    if len(args) == 1:
        return Spec(head) if head != "BaseForm" else None
    if len(args) != 2:
        return None
    how = args[1]
    if type(how) is int and how > 0:
        if head == "BaseForm":
            return Spec(head, base=how) if 2 <= how <= 36 else None
        return Spec(head, how)
    if is_list(how) and len(items(how)) == 2 and head != "BaseForm":
        digits, places = items(how)
        if type(places) is int and places >= 0:
            return Spec(head, digits if type(digits) is int and digits > 0 else 16, places)
    return None
