"""NumberForm and kin: how many digits, which exponent, which base, what padding."""

from __future__ import annotations

from decimal import Decimal
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
    """A number format. digits: significant ones; places: after the point, or None; base for BaseForm;
    options: DigitBlock, NumberPoint, NumberSeparator, NumberSigns, NumberPadding, SignPadding by name.
    """

    __slots__ = ("base", "digits", "head", "options", "places")

    def __init__(
        self,
        head: str,
        digits: int = 6,
        places: int | None = None,
        base: int = 10,
        options: dict[str, Any] | None = None,
    ) -> None:
        self.head = head
        self.digits = digits
        self.places = places
        self.base = base
        self.options = options or {}

    def text(self, value: Any) -> tuple[str, int]:
        """Text and level of a number in this format."""
        if self.head == "BaseForm":
            shown = self._in_base(value)
        elif type(value) is int:
            shown = self._integer(value)
        else:
            number = float(value.value) if type(value) is BigReal else value
            if type(number) is not float or number != number or number in (float("inf"), float("-inf")):
                shown = numerals.number(value, "OutputForm")[0]
            else:
                shown = self._real(number, value)
        return shown, 480 if shown.startswith("-") else ATOM

    def _in_base(self, value: Any) -> str:
        if type(value) is int:
            return f"{in_base(value, self.base)}_{self.base}"
        if type(value) is float and value == value and value not in (float("inf"), float("-inf")):
            return f"{_real_in_base(value, self.base)}_{self.base}"
        return numerals.number(value, "OutputForm")[0]

    def _integer(self, value: int) -> str:
        if self.head == "PercentForm":
            return f"{100 * value}%"
        text = self._blocks(str(abs(value)), "")
        width = self.digits if self.head == "PaddedForm" else 0
        return self._signed(value < 0, text, width + len(text) - len(str(abs(value))) if width else 0)

    def _real(self, value: float, exact: Any) -> str:
        if self.head == "PercentForm":
            return f"{self._fixed(100 * value).rstrip('.')}%"
        step = 3 if self.head == "EngineeringForm" else 1
        size = abs(value)
        plain = self.head not in ("ScientificForm", "EngineeringForm")
        if plain and self.head in ("NumberForm", "PaddedForm") and value:
            plain = 1e-6 <= size < 10.0 ** max(6, self.digits)
        if not plain:
            return self._scientific(value, step)
        text = self._fixed(size)
        width = 0
        if self.head == "PaddedForm" or "NumberPadding" in self.options:
            width = max(self.digits + 1, len(text)) if self.places is None else self.digits + 1
        return self._signed(value < 0, text, width)

    def _fixed(self, value: float) -> str:
        whole, _, rest = _fixed(value, self.digits, self.places).partition(".")
        sign = "-" if whole.startswith("-") else ""
        return sign + self._blocks(whole.removeprefix("-"), rest, point=True)

    def _blocks(self, whole: str, rest: str, point: bool = False) -> str:
        """Digits in groups, as DigitBlock asks, with the separators and the point asked for."""
        size = self.options.get("DigitBlock")
        left, right = items(size) if is_list(size) and len(items(size)) == 2 else (size, None)
        marks = self.options.get("NumberSeparator", ",")
        before, after = items(marks) if is_list(marks) and len(items(marks)) == 2 else (marks, " ")
        if type(left) is int and left > 0:
            whole = _word(before, ",").join(_groups(whole[::-1], left))[::-1]
        if type(right) is int and right > 0:
            rest = _word(after, " ").join(_groups(rest, right))
        dot = _word(self.options.get("NumberPoint"), ".")
        return f"{whole}{dot}{rest}" if point else whole

    def _signed(self, negative: bool, text: str, width: int) -> str:
        """With sign and padding, `width` characters without the sign."""
        signs = self.options.get("NumberSigns")
        both = items(signs) if is_list(signs) and len(items(signs)) == 2 else ("-", "")
        minus, plus = _word(both[0], "-"), _word(both[1], "")
        if self.head == "AccountingForm" and signs is None and negative:
            return f"({text})"
        sign = minus if negative else plus
        padding = self.options.get("NumberPadding")
        ends = items(padding) if is_list(padding) and len(items(padding)) == 2 else (" ", "")
        left, right = _word(ends[0], " "), _word(ends[1], "")
        if right == "0" and self.places is None and "." in text:
            text = text.ljust(width, "0")
        room = width - len(text)
        if room <= 0 or not left:
            return sign + text if self.head != "PaddedForm" or sign else " " + text
        if left == " ":
            return (sign + text).rjust(width + max(1, len(sign)))
        return sign + left * room + text

    def _scientific(self, value: float, step: int) -> str:
        mantissa, _, power = f"{abs(value):.{max(self.digits - 1, 0)}e}".partition("e")
        exponent = int(power)
        shift = exponent % step
        text = self._fixed(float(mantissa) * 10**shift)
        shown = text if exponent == shift else f"{text}*^{exponent - shift}"
        return self._signed(value < 0, shown, 0) if self.head != "PaddedForm" else f"{value:g}"


def _word(value: Any, otherwise: str) -> str:
    return value if type(value) is str else otherwise


def _groups(digits: str, size: int) -> list[str]:
    return [digits[i : i + size] for i in range(0, len(digits), size)]


def _fixed(value: float, digits: int, places: int | None) -> str:
    """`value` to so many significant digits, without exponent; with `places` exactly
    that many after the point.
    """
    rounded = Decimal(f"{value:.{max(digits, 1) - 1}e}")
    if places is not None:
        text = f"{rounded:.{places}f}"
        return text if places else text + "."
    text = f"{rounded:f}"
    return f"{text}." if "." not in text else text.rstrip("0")


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
    options: dict[str, Any] = {}
    args: list[Any] = []
    for a in expr.args:
        if type(a) is Expr and getattr(a.head, "name", "") in ("Rule", "RuleDelayed") and args:
            options[getattr(a.args[0], "name", a.args[0])] = a.args[1]
        else:
            args.append(a)
    if len(args) == 1:
        return Spec(head, options=options) if head != "BaseForm" else None
    if len(args) != 2:
        return None
    how = args[1]
    if type(how) is int and how > 0:
        if head == "BaseForm":
            return Spec(head, base=how) if 2 <= how <= 36 else None
        return Spec(head, how, options=options)
    if is_list(how) and len(items(how)) == 2 and head != "BaseForm":
        digits, places = items(how)
        if type(places) is int and places >= 0:
            return Spec(head, digits if type(digits) is int and digits > 0 else 16, places, options=options)
    return None
