"""Exact values of elementary functions: multiples of Pi, inverse functions at special points, logarithms."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from wlnet.expr import Complex, Expr, S, Symbol, rational, system
from wlnet.kernel.loading import load_name
from wlnet.syntax import parse

from . import number_theory, numbers
from .infinity import COMPLEX_INFINITY, INFINITY, MINUS_INFINITY

TIMES, PLUS, POWER, PI = S.Times, S.Plus, S.Power, S.Pi

# Sin[q Pi] for q in (0, 1/2], as text of the language.
_SINES = {
    Fraction(1, 12): "(-1 + Sqrt[3])/(2 Sqrt[2])",
    Fraction(1, 10): "(-1 + Sqrt[5])/4",
    Fraction(1, 6): "1/2",
    Fraction(1, 5): "Sqrt[5/8 - Sqrt[5]/8]",
    Fraction(1, 4): "1/Sqrt[2]",
    Fraction(3, 10): "(1 + Sqrt[5])/4",
    Fraction(1, 3): "Sqrt[3]/2",
    Fraction(2, 5): "Sqrt[5/8 + Sqrt[5]/8]",
    Fraction(5, 12): "(1 + Sqrt[3])/(2 Sqrt[2])",
    Fraction(1, 2): "1",
}
_TANGENTS = {
    Fraction(1, 12): "2 - Sqrt[3]",
    Fraction(1, 10): "Sqrt[1 - 2/Sqrt[5]]",
    Fraction(1, 6): "1/Sqrt[3]",
    Fraction(1, 5): "Sqrt[5 - 2 Sqrt[5]]",
    Fraction(1, 4): "1",
    Fraction(3, 10): "Sqrt[1 + 2/Sqrt[5]]",
    Fraction(1, 3): "Sqrt[3]",
    Fraction(2, 5): "Sqrt[5 + 2 Sqrt[5]]",
    Fraction(5, 12): "2 + Sqrt[3]",
}
_COFUNCTION = {"Sin": S.Cos, "Cos": S.Sin, "Tan": S.Cot, "Cot": S.Tan, "Sec": S.Csc, "Csc": S.Sec}

# Arguments at which the inverse functions have exact values: ArcSin and ArcTan of the text are q Pi.
_ARC_SINES = {text: q for q, text in _SINES.items()} | {"0": Fraction(0)}
_ARC_TANGENTS = {text: q for q, text in _TANGENTS.items()} | {"0": Fraction(0)}


def resolve(name: str) -> Symbol:
    """The System` symbol of a name, its chapter loaded."""
    load_name(name)
    return system(name)


@cache
def _parsed(text: str) -> Any:
    """The parsed form of one of the texts above (System` symbols only, so one for all sessions)."""
    return parse(text, resolve)


_VALUES: dict[str, Any] = {}


def exact(ev: Any, text: str) -> Any:
    """The evaluated value of a closed text such as "(-1 + Sqrt[5])/4"; evaluated once."""
    found = _VALUES.get(text)
    if found is None:
        found = _VALUES[text] = ev.evaluate(_parsed(text))
    return found


def times_pi(q: Fraction) -> Any:
    """The product q Pi."""
    if q == 0:
        return 0
    return PI if q == 1 else Expr(TIMES, (rational(q), PI))


def pi_multiple(x: Any) -> Fraction | None:
    """The q where x is q Pi (or an angle in degrees), exactly."""
    if type(x) is int and x == 0:
        return Fraction(0)
    if x is PI:
        return Fraction(1)
    if x is S.Degree:
        return Fraction(1, 180)
    if type(x) is Expr and x.head is TIMES and len(x.args) == 2 and type(x.args[0]) in (int, Fraction):
        unit = (
            {PI: Fraction(1), S.Degree: Fraction(1, 180)}.get(x.args[1])
            if type(x.args[1]) is not Expr
            else None
        )
        return None if unit is None else Fraction(x.args[0]) * unit
    return None


def trigonometric(ev: Any, name: str, x: Any) -> Any:
    """Exact value or reduced form of Sin, Cos, Tan, Cot, Sec, Csc at a rational multiple
    of Pi; None elsewhere."""
    q = pi_multiple(x)
    if q is None:
        return None
    if name in ("Sec", "Csc"):
        value = trigonometric(ev, {"Sec": "Cos", "Csc": "Sin"}[name], x)
        if value is None or not _is_closed(value):
            return None
        return COMPLEX_INFINITY if type(value) is int and value == 0 else Expr(POWER, (value, -1))
    sign, turn, name = _first_quadrant(name, q)
    if name in ("Sin", "Cos"):
        angle = turn if name == "Sin" else Fraction(1, 2) - turn
        value: Any = 0 if angle == 0 else exact(ev, _SINES[angle]) if angle in _SINES else None
    else:
        angle = turn if name == "Tan" else Fraction(1, 2) - turn
        if angle == Fraction(1, 2):
            return COMPLEX_INFINITY
        value = 0 if angle == 0 else exact(ev, _TANGENTS[angle]) if angle in _TANGENTS else None
    if value is None:
        if turn > Fraction(1, 4):
            turn, name = Fraction(1, 2) - turn, _COFUNCTION[name].name
        value = Expr(getattr(S, name), (times_pi(turn),))
        if sign == 1 and turn == q and x is not S.Degree and not _has_degree(x):
            return None
    return value if sign == 1 else Expr(TIMES, (-1, value))


def _is_closed(value: Any) -> bool:
    """Whether no trigonometric function is left in an exact value."""
    if type(value) is not Expr:
        return True
    return value.head not in (S.Sin, S.Cos) and all(map(_is_closed, value.args))


def _has_degree(x: Any) -> bool:
    return type(x) is Expr and any(a is S.Degree for a in x.args)


def _first_quadrant(name: str, q: Fraction) -> tuple[int, Fraction, str]:
    """f[q Pi] as sign f[turn Pi] with turn in [0, 1/2]."""
    sign = 1
    if name in ("Sin", "Cos"):
        q %= 2
        if q >= 1:
            q -= 1
            sign = -sign
        if q > Fraction(1, 2):
            q = 1 - q
            sign = sign if name == "Sin" else -sign
        return sign, q, name
    q %= 1
    if q > Fraction(1, 2):
        return -1, 1 - q, name
    return 1, q, name


def arc(ev: Any, name: str, x: Any) -> Any:
    """Exact values of the inverse circular functions, q Pi; None elsewhere."""
    if name in ("ArcCsc", "ArcSec", "ArcCot"):
        return _reciprocal_arc(ev, name, x)
    negative = _is_negative(x)
    argument = ev.evaluate(Expr(TIMES, (-1, x))) if negative else x
    q = _angle(ev, _ARC_TANGENTS if name == "ArcTan" else _ARC_SINES, argument)
    if q is None:
        return None
    if negative:
        q = -q
    return times_pi(Fraction(1, 2) - q if name == "ArcCos" else q)


def _reciprocal_arc(ev: Any, name: str, x: Any) -> Any:
    if type(x) is int and x == 0:
        return times_pi(Fraction(1, 2)) if name == "ArcCot" else COMPLEX_INFINITY
    if not _exact_real(x):
        return None
    inner = ev.evaluate(Expr(POWER, (x, -1)))
    return arc(ev, {"ArcCsc": "ArcSin", "ArcSec": "ArcCos", "ArcCot": "ArcTan"}[name], inner)


def _exact_real(x: Any) -> bool:
    from .numeric import numeric_q

    return numeric_q(x) and not numbers.is_inexact(x)


def _is_negative(x: Any) -> bool:
    if type(x) in (int, Fraction):
        return bool(x < 0)
    if type(x) is Expr and x.head is TIMES and type(x.args[0]) in (int, Fraction):
        return bool(x.args[0] < 0)
    return False


def _angle(ev: Any, table: dict[str, Fraction], x: Any) -> Fraction | None:
    from wlnet.expr import same

    if type(x) is not int and type(x) is not Fraction and not _exact_real(x):
        return None
    for text, q in table.items():
        if same(exact(ev, text), x):
            return q
    return None


def logarithm(x: Any) -> Any:
    """Exact values and reductions of Log[x]; None elsewhere."""
    kind = type(x)
    if kind is int or kind is Fraction:
        if x == 0:
            return MINUS_INFINITY
        if x == 1:
            return 0
        if x < 0:
            half_turn = Expr(TIMES, (Complex(0, 1), PI))
            return half_turn if x == -1 else Expr(PLUS, (half_turn, Expr(S.Log, (-x,))))
        if kind is Fraction and x.numerator == 1:
            return Expr(TIMES, (-1, Expr(S.Log, (x.denominator,))))
        return None
    if x is S.E:
        return 1
    if kind is Complex and type(x.re) is int and x.re == 0 and type(x.im) in (int, Fraction):
        quarter = Expr(TIMES, (Complex(0, Fraction(1, 2) if x.im > 0 else Fraction(-1, 2)), PI))
        return quarter if abs(x.im) == 1 else Expr(PLUS, (quarter, Expr(S.Log, (abs(x.im),))))
    if kind is Expr:
        if x.head is POWER and x.args[0] is S.E and _real_exponent(x.args[1]):
            return x.args[1]
        if x.head is S.DirectedInfinity:
            return INFINITY
    return None


def _real_exponent(e: Any) -> bool:
    return type(e) in (int, Fraction, float, numbers.BigReal) or e is PI or e is S.E


def integer_logarithm(base: Any, x: Any) -> Fraction | None:
    """Log[base, x] where it is rational, for exact positive rationals other than 1."""
    if (
        type(base) not in (int, Fraction)
        or type(x) not in (int, Fraction)
        or base <= 0
        or x <= 0
        or base == 1
    ):
        return None
    if x == 1:
        return Fraction(0)
    b, y = _exponents(Fraction(base)), _exponents(Fraction(x))
    if b is None or y is None or b.keys() != y.keys():
        return None
    ratios = {Fraction(y[p], b[p]) for p in b}
    return ratios.pop() if len(ratios) == 1 else None


def _exponents(x: Fraction) -> dict[int, int] | None:
    found: dict[int, int] = {}
    for number, sign in ((x.numerator, 1), (x.denominator, -1)):
        pairs, rest = number_theory.small_factors(number, 10_000)
        if rest > 1:
            return None
        for p, e in pairs:
            found[p] = found.get(p, 0) + sign * e
    return found
