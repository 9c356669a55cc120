"""Expressions to SymPy and back, and questions to it in limited time. `sympy_names` tells what is called how.

`Bridge` keeps the table of symbols of one conversion, so that what comes back has the symbols that went in.
A part that SymPy has no word for goes as an opaque symbol; a result that holds an unevaluated integral, limit
or sum counts as no result (`Unsolved`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from wlnet.expr import (
    BigReal,
    Complex,
    Expr,
    S,
    Symbol,
    canonical_args,
    is_list,
    items,
    make_list,
    rational,
    same,
    system,
    truth,
)
from wlnet.kernel.control import RUN, LimitReached
from wlnet.kernel.threads import watch_time

from . import numbers
from .infinity import COMPLEX_INFINITY, INFINITY, MINUS_INFINITY, direction, is_infinite
from .sympy_names import BACK, CONSTANT_NAMES, FUNCTIONS, OPEN_RESULTS, RELATIONS, RELATIONS_BACK


class Unsolved(Exception):  # noqa: N818 (an outcome, not a failure)
    """SymPy found no closed answer, or one that the language has no words for."""


class Bridge:
    """One conversion to SymPy and back. `positive`, `real`, `integer`: names of symbols known to be so."""

    def __init__(self, assumptions: dict[Symbol, dict[str, bool]] | None = None) -> None:
        import sympy

        self.sympy: Any = sympy
        self.assumptions = assumptions or {}
        self.to_symbol: dict[Symbol, Any] = {}
        self.back: dict[Any, Any] = {}

    # ------------------------------------------------------------------------------------------ to SymPy

    def to(self, x: Any) -> Any:
        """`x` as a SymPy expression."""
        sympy = self.sympy
        kind = type(x)
        if kind is int:
            return sympy.Integer(x)
        if kind is Fraction:
            return sympy.Rational(x.numerator, x.denominator)
        if kind is float:
            return sympy.Float(x)
        if kind is BigReal:
            return sympy.Float(x.value, max(1, round(x.digits)))
        if kind is Complex:
            return self.to(x.re) + sympy.I * self.to(x.im)
        if kind is Symbol:
            return self._symbol(x)
        if kind is Expr:
            return self._expression(x)
        return self.opaque(x)

    def term(self, x: Any) -> Any:
        """`x` as an operand of arithmetic: truth values and relations, which SymPy cannot add, are opaque."""
        value = self.to(x)
        return value if isinstance(value, self.sympy.Expr) else self.opaque(x)

    def _symbol(self, x: Symbol) -> Any:
        sympy = self.sympy
        if x.shared:
            if x.name in CONSTANT_NAMES:
                return getattr(sympy, CONSTANT_NAMES[x.name])
            if x.name == "Degree":
                return sympy.pi / 180
            special = {
                "Infinity": sympy.oo,
                "ComplexInfinity": sympy.zoo,
                "True": sympy.true,
                "False": sympy.false,
            }
            if x.name in special:
                return special[x.name]
        found = self.to_symbol.get(x)
        if found is None:
            known = self.assumptions.get(x, {})
            name = x.name if all(s.name != x.name for s in self.to_symbol.values()) else x.full_name
            found = self.to_symbol[x] = sympy.Symbol(name, **known)
            self.back[found] = x
        return found

    def opaque(self, x: Any) -> Any:
        """A part without a SymPy form, as a symbol of its own; equal parts give the same symbol."""
        for s, e in self.back.items():
            if type(e) is not Symbol and same(e, x):
                return s
        s = self.sympy.Dummy("part")
        self.back[s] = x
        return s

    def _expression(self, x: Expr) -> Any:
        sympy = self.sympy
        head, args = x.head, x.args
        if is_infinite(x):
            d = direction(x)
            return {1: sympy.oo, -1: -sympy.oo}.get(d, sympy.zoo) if type(d) is int else sympy.zoo
        if head is S.Plus:
            return sympy.Add(*map(self.term, args))
        if head is S.Times:
            return sympy.Mul(*map(self.term, args))
        if head is S.Power and len(args) == 2:
            if args[0] is S.E:
                return sympy.exp(self.term(args[1]))
            return sympy.Pow(self.term(args[0]), self.term(args[1]))
        if head is S.Log:
            values = list(map(self.to, args))
            return sympy.log(values[0]) if len(values) == 1 else sympy.log(values[1], values[0])
        if type(head) is Symbol and head.shared:
            special = self._special(x)
            if special is not None:
                return special
        return self._other(x)

    def _special(self, x: Expr) -> Any:
        sympy = self.sympy
        name, args = x.head.name, x.args
        if name in FUNCTIONS:
            try:
                return getattr(sympy, FUNCTIONS[name])(*map(self.term, args))
            except TypeError:  # not the number of arguments that SymPy's function takes
                return None
        if name in RELATIONS and len(args) == 2:
            return getattr(sympy, RELATIONS[name])(*map(self.to, args))
        if name in ("And", "Or", "Not"):
            return getattr(sympy, name)(*map(self.to, args))
        if name == "Gamma":
            values = list(map(self.to, args))
            return sympy.gamma(values[0]) if len(values) == 1 else sympy.uppergamma(*values)
        if name == "ArcTan" and len(args) == 2:
            return sympy.atan2(self.to(args[1]), self.to(args[0]))
        if name == "Root" and len(args) == 2 and type(args[0]) is Expr and args[0].head is S.Function:
            return self._root_of(args[0].args[0], args[1])
        if name == "UnitStep" and len(args) == 1:
            return sympy.Heaviside(self.to(args[0]), 1)
        if name == "Piecewise" and is_list(args[0]):
            cases = [tuple(map(self.to, items(c))) for c in items(args[0])]
            return sympy.Piecewise(*cases, (self.to(args[1]) if len(args) > 1 else sympy.Integer(0), True))
        return None

    def _root_of(self, body: Any, k: Any) -> Any:
        """SymPy's root number k (from 1) of a polynomial in #1; None where it is no such thing."""
        e = self.to(body)
        slot = next(
            (v for v, x in self.back.items() if type(x) is Expr and same(x, Expr(S.Slot, (1,)))), None
        )
        if slot is None or e.free_symbols != {slot} or type(k) is not int or not e.is_polynomial(slot):
            return None
        short = self.sympy.degree(e, slot) <= 2
        return self.sympy.rootof(e, slot, k - 1, radicals=short)

    def _other(self, x: Expr) -> Any:
        """A call of an unknown function, or of a derivative of one; anything else is opaque."""
        sympy = self.sympy
        head = x.head
        if type(head) is Symbol and not head.shared and x.args:
            f = sympy.Function(head.name)
            self.back[f] = head
            return f(*map(self.to, x.args))
        if type(head) is Expr and type(head.head) is Expr and head.head.head is S.Derivative:
            (f,) = head.args
            if type(f) is Symbol and not f.shared and all(type(a) is Symbol for a in x.args):
                call = self._other(Expr(f, x.args))
                by = [(self.to(a), n) for a, n in zip(x.args, head.head.args, strict=True) if n]
                return sympy.Derivative(call, *by)
        return self.opaque(x)

    # ------------------------------------------------------------------------------------------ from SymPy

    def out(self, e: Any) -> Any:
        """A SymPy expression as a value of the language, not evaluated. Raises Unsolved."""
        sympy = self.sympy
        if e in self.back:
            return self.back[e]
        if isinstance(e, bool) or e is sympy.true or e is sympy.false:
            return truth(bool(e))
        if isinstance(e, int):
            return e
        number = self._number(e)
        if number is not None:
            return number
        name = type(e).__name__
        if name == "ComplexRootOf":
            return self._root(e)
        if name in OPEN_RESULTS:
            raise Unsolved
        if name == "Symbol" or name == "Dummy" or name == "Wild":
            return self._new_symbol(e)
        if e.is_Add:
            return Expr(S.Plus, tuple(map(self.out, e.args)))
        if e.is_Mul:
            return Expr(S.Times, tuple(map(self.out, e.args)))
        if e.is_Pow:
            return Expr(S.Power, (self.out(e.base), self.out(e.exp)))
        return self._call(e, name)

    def _number(self, e: Any) -> Any:
        sympy = self.sympy
        if e.is_Integer:
            return int(e)
        if e.is_Rational:
            return rational(Fraction(int(e.p), int(e.q)))
        if e.is_Float:
            digits = e._prec * 0.30103
            return float(e) if digits < 17 else numbers.big_real(str(e), digits)
        constants = {
            sympy.I: Complex(0, 1),
            sympy.pi: S.Pi,
            sympy.E: S.E,
            sympy.EulerGamma: S.EulerGamma,
            sympy.GoldenRatio: S.GoldenRatio,
            sympy.Catalan: S.Catalan,
            sympy.oo: INFINITY,
            -sympy.oo: MINUS_INFINITY,
            sympy.zoo: COMPLEX_INFINITY,
            sympy.nan: S.Indeterminate,
        }
        return constants.get(e)

    def _root(self, e: Any) -> Any:
        """A root of a polynomial that has no radicals: Root[poly &, k]."""
        slot = self.sympy.Dummy("slot")
        self.back[slot] = Expr(S.Slot, (1,))
        body = self.out(e.poly.as_expr().subs(e.poly.gen, slot))
        return Expr(S.Root, (Expr(S.Function, (sorted_sum(body),)), int(e.index) + 1))

    def _new_symbol(self, e: Any) -> Any:
        """Symbols that SymPy made: constants of integration C1, C2 become C[1], C[2]."""
        if e.name.startswith("C") and e.name[1:].isdigit():
            return Expr(S.C, (int(e.name[1:]),))
        raise Unsolved

    def _call(self, e: Any, name: str) -> Any:
        args = e.args
        if name == "exp":
            return Expr(S.Power, (S.E, self.out(args[0])))
        if name == "log":
            return Expr(S.Log, tuple(map(self.out, args)))
        if name == "gamma":
            return Expr(S.Gamma, tuple(map(self.out, args)))
        if name == "uppergamma":
            return Expr(S.Gamma, tuple(map(self.out, args)))
        if name == "lowergamma":
            a, z = map(self.out, args)
            return Expr(S.Subtract, (Expr(S.Gamma, (a,)), Expr(S.Gamma, (a, z))))
        if name == "atan2":
            return Expr(S.ArcTan, (self.out(args[1]), self.out(args[0])))
        if name == "Heaviside":
            return Expr(S.HeavisideTheta, (self.out(args[0]),))
        if name == "erf2":
            low, high = map(self.out, args)
            return Expr(S.Subtract, (Expr(S.Erf, (high,)), Expr(S.Erf, (low,))))
        if name == "Piecewise":
            return self._piecewise(args)
        if name in RELATIONS_BACK:
            return Expr(system(RELATIONS_BACK[name]), tuple(map(self.out, args)))
        if name in ("And", "Or", "Not"):
            return Expr(system(name), tuple(map(self.out, args)))
        if name in BACK:
            return Expr(system(BACK[name]), tuple(map(self.out, args)))
        if name == "Derivative":
            return self._derivative(e)
        if e.func in self.back:
            return Expr(self.back[e.func], tuple(map(self.out, args)))
        raise Unsolved

    def _piecewise(self, cases: Any) -> Any:
        listed = []
        default: Any = 0
        for value, condition in cases:
            if condition is self.sympy.true or condition == True:  # noqa: E712 (a SymPy truth value)
                default = self.out(value)
            else:
                listed.append(make_list((self.out(value), self.out(condition))))
        return Expr(S.Piecewise, (make_list(listed), default))

    def _derivative(self, e: Any) -> Any:
        call = self.out(e.expr)
        if type(call) is not Expr:
            raise Unsolved
        counts = {self.out(v): n for v, n in e.variable_count}
        orders = tuple(int(counts.get(a, 0)) if type(a) is Symbol else 0 for a in call.args)
        return Expr(Expr(Expr(S.Derivative, orders), (call.head,)), call.args)


# Seconds that SymPy may take over one question: some of its algorithms never end.
PATIENCE_S = 20.0


def limited(act: Callable[[], Any]) -> Any:
    """act(), for at most PATIENCE_S seconds. Raises Unsolved after that."""
    depth = RUN.depth
    watch = watch_time(PATIENCE_S)
    try:
        try:
            return act()
        finally:
            watch.close()
    except LimitReached:
        if not watch.fired:
            raise
        RUN.depth = depth
        raise Unsolved from None


def sorted_sum(body: Any) -> Any:
    """A sum with its terms in canonical order."""
    return Expr(S.Plus, canonical_args(body.args)) if type(body) is Expr and body.head is S.Plus else body


def through(ev: Any, act: Callable[..., Any], *parts: Any, bridge: Bridge | None = None) -> Any:
    """act(sympy, part1, part2, ...) on converted parts, brought back and evaluated; None where there is no
    answer."""
    b = bridge or Bridge()
    converted = [b.to(p) for p in parts]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SymPy's notes to its own users
            value = limited(lambda: act(b.sympy, *converted))
    except (Unsolved, *failures()):
        return None
    try:
        return None if value is None else ev.evaluate(b.out(value))
    except Unsolved:
        return None


@cache
def failures() -> tuple[type[Exception], ...]:
    """What SymPy raises when it cannot do something; anything else is an error of ours and must show."""
    from sympy.core.sympify import SympifyError
    from sympy.polys.polyerrors import BasePolynomialError

    own = (
        NotImplementedError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        ArithmeticError,
        RecursionError,
    )
    return (*own, SympifyError, BasePolynomialError)
