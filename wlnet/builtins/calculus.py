"""Differentiation: D, Derivative, Dt, Grad and their kin. The derivatives of functions come
from their records."""

from __future__ import annotations

from functools import cache
from typing import Any

from wlnet.expr import Expr, S, Symbol, is_list, items, make_list, same
from wlnet.expr.attributes import CONSTANT, NUMERIC_FUNCTION
from wlnet.kernel.registry import applied, builtin
from wlnet.syntax import parse

from . import numbers
from .elementary import ELEMENTARY
from .special_values import resolve

PLUS, TIMES, POWER = S.Plus, S.Times, S.Power

# Derivatives of functions of one or more arguments in each of them; # stands for the argument,
# #1, #2 for several.
# Elementary functions carry theirs in their records.
DERIVATIVES: dict[str, tuple[str, ...]] = {
    "Abs": ("Derivative[1][Abs][#]",),
    "RealAbs": ("#/RealAbs[#]",),
    "LogisticSigmoid": ("LogisticSigmoid[#] (1 - LogisticSigmoid[#])",),
    "Ramp": ("UnitStep[#]",),
    "UnitStep": ("Piecewise[{{Indeterminate, # == 0}}, 0]",),
    "HeavisideTheta": ("DiracDelta[#]",),
    "Sign": ("Derivative[1][Sign][#]",),
    "ProductLog": ("ProductLog[#]/(# (1 + ProductLog[#]))",),
    "Factorial": ("Gamma[1 + #] PolyGamma[0, 1 + #]",),
    "ExpIntegralEi": ("E^#/#",),
    "LogIntegral": ("1/Log[#]",),
    "SinIntegral": ("Sinc[#]",),
    "CosIntegral": ("Cos[#]/#",),
    "BesselJ": ("Derivative[1, 0][BesselJ][#1, #2]", "(BesselJ[#1 - 1, #2] - BesselJ[#1 + 1, #2])/2"),
    "BesselY": ("Derivative[1, 0][BesselY][#1, #2]", "(BesselY[#1 - 1, #2] - BesselY[#1 + 1, #2])/2"),
    "BesselI": ("Derivative[1, 0][BesselI][#1, #2]", "(BesselI[#1 - 1, #2] + BesselI[#1 + 1, #2])/2"),
    "BesselK": ("Derivative[1, 0][BesselK][#1, #2]", "-(BesselK[#1 - 1, #2] + BesselK[#1 + 1, #2])/2"),
    "PolyGamma": ("Derivative[1, 0][PolyGamma][#1, #2]", "PolyGamma[#1 + 1, #2]"),
    "Beta": ("Beta[#1, #2] (PolyGamma[0, #1] - PolyGamma[0, #1 + #2])",)
    + ("Beta[#1, #2] (PolyGamma[0, #2] - PolyGamma[0, #1 + #2])",),
}
TWO_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "ArcTan": ("-#2/(#1^2 + #2^2)", "#1/(#1^2 + #2^2)"),
    "Log": ("-Log[#2]/(#1 Log[#1]^2)", "1/(#2 Log[#1])"),
}


@cache
def _parsed(text: str) -> Any:
    return parse(text, resolve)


def _filled(x: Any, args: tuple[Any, ...]) -> Any:
    """Slots replaced by arguments."""
    if type(x) is Expr:
        if x.head is S.Slot:
            return args[x.args[0] - 1]
        return Expr(_filled(x.head, args), tuple(_filled(a, args) for a in x.args))
    return x


def partial(ev: Any, head: Any, args: tuple[Any, ...], which: int) -> Any:
    """The derivative of head[args] in its argument number `which` (0-based)."""
    if type(head) is Symbol and head.shared and head.down is None:
        texts = TWO_ARGUMENTS.get(head.name) if len(args) == 2 else None
        if texts is None:
            texts = DERIVATIVES.get(head.name)
            record = ELEMENTARY.get(head.name)
            if texts is None and record is not None and len(args) == 1:
                texts = (record.derivative,)
        if texts is not None and len(texts) == len(args):
            return _filled(_parsed(texts[which]), args)
    orders = tuple(int(i == which) for i in range(len(args)))
    return _derivative_call(head, orders, args)


def _derivative_call(head: Any, orders: tuple[int, ...], args: tuple[Any, ...]) -> Expr:
    """Derivative[orders][head][args], orders added to those that head has already."""
    inner = head
    if (
        type(head) is Expr
        and type(head.head) is Expr
        and head.head.head is S.Derivative
        and len(head.args) == 1
    ):
        had = head.head.args
        if len(had) == len(orders) and all(type(n) is int for n in had):
            orders = tuple(a + b for a, b in zip(had, orders, strict=True))
            inner = head.args[0]
    return Expr(Expr(Expr(S.Derivative, orders), (inner,)), args)


def free_of(x: Any, v: Any) -> bool:
    """Whether `v` occurs nowhere in `x`."""
    stack = [x]
    while stack:
        e = stack.pop()
        if e is v or (type(v) is Expr and type(e) is Expr and same(e, v)):
            return False
        if type(e) is Expr:
            stack.append(e.head)
            stack.extend(e.args)
    return True


def derivative(ev: Any, x: Any, v: Any) -> Any:
    """The derivative of `x` by `v`, evaluated step by step."""
    if x is v or (type(v) is Expr and type(x) is Expr and same(x, v)):
        return 1
    if type(x) is not Expr:
        return make_list(derivative(ev, a, v) for a in items(x)) if is_list(x) else 0
    if free_of(x, v):
        return Expr(S.List, tuple(derivative(ev, a, v) for a in x.args)) if x.head is S.List else 0
    head, args = x.head, x.args
    if head is PLUS or head is S.List:
        return ev.evaluate(Expr(head, tuple(derivative(ev, a, v) for a in args)))
    if head is TIMES:
        return _product_rule(ev, args, v)
    if head is POWER and len(args) == 2:
        return _power_rule(ev, args[0], args[1], v)
    special = _special(ev, x, v)
    if special is not None:
        return special
    terms = []
    for i, a in enumerate(args):
        inner = derivative(ev, a, v)
        if not (type(inner) is int and inner == 0):
            terms.append(Expr(TIMES, (inner, partial(ev, head, args, i))))
    return ev.evaluate(Expr(PLUS, tuple(terms)))


def _product_rule(ev: Any, args: tuple[Any, ...], v: Any) -> Any:
    terms = []
    for i, a in enumerate(args):
        inner = derivative(ev, a, v)
        if not (type(inner) is int and inner == 0):
            terms.append(Expr(TIMES, (inner, *args[:i], *args[i + 1 :])))
    return ev.evaluate(Expr(PLUS, tuple(terms)))


def _power_rule(ev: Any, base: Any, e: Any, v: Any) -> Any:
    if free_of(e, v):
        lowered = Expr(POWER, (base, Expr(PLUS, (e, -1))))
        return ev.evaluate(Expr(TIMES, (e, lowered, derivative(ev, base, v))))
    log = 1 if base is S.E else Expr(S.Log, (base,))
    if free_of(base, v):
        return ev.evaluate(Expr(TIMES, (Expr(POWER, (base, e)), log, derivative(ev, e, v))))
    inner = Expr(
        PLUS,
        (
            Expr(TIMES, (e, derivative(ev, base, v), Expr(POWER, (base, -1)))),
            Expr(TIMES, (log, derivative(ev, e, v))),
        ),
    )
    return ev.evaluate(Expr(TIMES, (Expr(POWER, (base, e)), inner)))


def _special(ev: Any, x: Expr, v: Any) -> Any:
    """Constructs that are not functions of their arguments: Piecewise, If, equations, Integrate, Function."""
    head, args = x.head, x.args
    if head is S.Piecewise and args and is_list(args[0]):
        cases = []
        for case in items(args[0]):
            value, condition = items(case)
            cases.append(make_list((derivative(ev, value, v), condition)))
        default = derivative(ev, args[1], v) if len(args) > 1 else 0
        return ev.evaluate(Expr(S.Piecewise, (make_list(cases), default)))
    if head is S.If and len(args) in (2, 3):
        return ev.evaluate(Expr(S.If, (args[0], *(derivative(ev, a, v) for a in args[1:]))))
    if head in (S.Equal, S.Rule):
        return ev.evaluate(Expr(head, tuple(derivative(ev, a, v) for a in args)))
    if head is S.Integrate and len(args) == 2 and same(args[1], v):
        return args[0]
    return _dot_rule(ev, args, v) if head is S.Dot else None


def _dot_rule(ev: Any, args: tuple[Any, ...], v: Any) -> Any:
    terms = [
        Expr(S.Dot, (*args[:i], derivative(ev, a, v), *args[i + 1 :]))
        for i, a in enumerate(args)
        if not free_of(a, v)
    ]
    return ev.evaluate(Expr(PLUS, tuple(terms)))


@builtin(
    "D",
    messages={
        "ivar": "`1` is not a valid variable.",
        "dvar": "Derivative specifier `1` should be {variable, n} with a non-negative integer n.",
    },
)
def d(ev: Any, f: Any, *variables: Any) -> Any:
    """D[f, x] gives the derivative of f by x; D[f, {x, n}] the n-th one; D[f, x, y, ...] derives by x, then
    y, ...
    D[f, {{x1, x2, ...}}] gives the vector of derivatives, the gradient.

    >>> {D[x^n, x], D[Sin[x^2], x], D[x^5, {x, 3}]}
    {n x^(-1 + n), 2 x Cos[x^2], 60 x^2}
    >>> D[f[x, 2 x], x]
    2 Derivative[0, 1][f][x, 2 x] + Derivative[1, 0][f][x, 2 x]
    >>> D[x^2 y, {{x, y}}]
    {2 x y, x^2}
    """
    for spec in variables:
        result = _by_spec(ev, f, spec)
        if result is None:
            return None
        f = result
    return f


def _by_spec(ev: Any, f: Any, spec: Any) -> Any:
    if is_list(spec):
        parts = items(spec)
        if len(parts) in (1, 2) and is_list(parts[0]):
            order = parts[1] if len(parts) == 2 else 1
            if type(order) is not int or order < 0:
                ev.message("D", "dvar", spec)
                return None
            for _ in range(order):
                f = _gradient(ev, f, items(parts[0]))
                if f is None:
                    return None
            return f
        if len(parts) != 2 or type(parts[1]) is not int or parts[1] < 0:
            ev.message("D", "dvar", spec)
            return None
        for _ in range(parts[1]):
            f = _once(ev, f, parts[0])
        return f
    return _once(ev, f, spec)


def _is_constant_or_rule(v: Any) -> bool:
    if type(v) is Symbol:
        return bool(v.attributes & CONSTANT)
    return type(v) is Expr and v.head in (S.Rule, S.RuleDelayed)


def _once(ev: Any, f: Any, v: Any) -> Any:
    if type(v) in numbers.KIND or type(v) is str or _is_constant_or_rule(v):
        ev.message("D", "ivar", v)
        return None
    if f is None:
        return None
    return derivative(ev, f, v)


def _gradient(ev: Any, f: Any, variables: tuple[Any, ...]) -> Any:
    if is_list(f):
        parts = [_gradient(ev, a, variables) for a in items(f)]
    else:
        parts = [_once(ev, f, v) for v in variables]
    return None if any(p is None for p in parts) else make_list(parts)


# ---------------------------------------------------------------------------------------------- Derivative


@builtin("Derivative")
def derivative_(ev: Any, *orders: Any) -> Any:
    """Derivative[1][f], or f', is the derivative of the function f; Derivative[n1, n2, ...][f] derives n1
    times by the first argument, ...

    >>> {Sin', Derivative[2][Cos], (#^3 &)'[x], f''[x]}
    {Cos[#1] & , -Cos[#1] & , 3 x^2, f''[x]}
    """
    return None


@applied("Derivative")
def _derivative_of(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """Derivative[orders][f], and Derivative[orders][f][args] for a pure function or a function
    with a record."""
    if head.head is S.Derivative and len(args) == 1 and all(type(n) is int and n >= 0 for n in head.args):
        return _pure_derivative(ev, head.args, args[0])
    return None


def _pure_derivative(ev: Any, orders: tuple[int, ...], f: Any) -> Any:
    if not any(orders):
        return f
    if type(f) in numbers.KIND:
        return Expr(S.Function, (0,))
    slots = tuple(Expr(S.Slot, (i + 1,)) for i in range(len(orders)))
    markers = tuple(Symbol(f"x{i + 1}", "Derivative`") for i in range(len(orders)))
    if type(f) is Expr and f.head is S.Function or type(f) is Symbol and _is_known(f, len(orders)):
        body = ev.evaluate(Expr(f, markers))
    elif (
        type(f) is Expr
        and type(f.head) is Expr
        and f.head.head is S.Derivative
        and len(f.head.args) == len(orders)
    ):
        total = tuple(a + b for a, b in zip(f.head.args, orders, strict=True))
        return ev.evaluate(Expr(Expr(S.Derivative, total), f.args))
    else:
        return None
    for n, m in zip(orders, markers, strict=True):
        for _ in range(n):
            body = derivative(ev, body, m)
    if not _resolved(body, f):
        return None
    return Expr(S.Function, (_replaced(body, dict(zip(markers, slots, strict=True))),))


def _is_known(f: Symbol, n: int) -> bool:
    """Whether the derivative of the symbol f is known: a record, or a definition by the user."""
    if f.down is not None:
        return True
    if not f.shared:
        return False
    if n == 2 and f.name in TWO_ARGUMENTS:
        return True
    return (f.name in ELEMENTARY and n == 1) or f.name in DERIVATIVES or bool(f.attributes & NUMERIC_FUNCTION)


def _resolved(body: Any, f: Any) -> bool:
    """Whether no Derivative[...][f] is left in `body`: else nothing was gained."""
    stack = [body]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if type(e.head) is Expr and e.head.head is S.Derivative and e.args and e.args[0] is f:
                return False
            stack.append(e.head)
            stack.extend(e.args)
    return True


def _replaced(x: Any, table: dict[Any, Any]) -> Any:
    if type(x) is Symbol:
        return table.get(x, x)
    if type(x) is not Expr:
        return x
    return Expr(_replaced(x.head, table), tuple(_replaced(a, table) for a in x.args))


@builtin("Dt")
def dt(ev: Any, f: Any, *variables: Any) -> Any:
    """Dt[f] gives the total differential of f; Dt[f, x] the total derivative by x.

    >>> {Dt[x^2], Dt[x y, x]}
    {2 x Dt[x], y + x Dt[y, x]}
    """
    if not variables:
        return _total(ev, f, ())
    for v in variables:
        f = _total(ev, f, (v,))
    return f


def _total(ev: Any, f: Any, by: tuple[Any, ...]) -> Any:
    if type(f) is Symbol:
        if by and f is by[0]:
            return 1
        return 0 if f.attributes & CONSTANT else None
    symbols = _variables(f)
    terms = []
    for s in symbols:
        inner = 1 if by and s is by[0] else Expr(S.Dt, (s, *by))
        terms.append(Expr(TIMES, (derivative(ev, f, s), inner)))
    return ev.evaluate(Expr(PLUS, tuple(terms)))


def _variables(x: Any) -> list[Symbol]:
    found: dict[Symbol, None] = {}
    stack = [x]
    while stack:
        e = stack.pop()
        if type(e) is Symbol and not e.attributes & CONSTANT:
            found[e] = None
        elif type(e) is Expr:
            stack.extend(reversed(e.args))
    return sorted(found, key=lambda s: s.name)


@builtin("Grad")
def grad(ev: Any, f: Any, variables: Any) -> Any:
    """Grad[f, {x1, x2, ...}] gives the gradient of f.

    >>> Grad[x^2 + y z, {x, y, z}]
    {2 x, z, y}
    """
    return Expr(S.D, (f, make_list((variables,)))) if is_list(variables) else None


@builtin("Div")
def div(ev: Any, f: Any, variables: Any) -> Any:
    """Div[{f1, f2, ...}, {x1, x2, ...}] gives the divergence of a vector field.

    >>> Div[{x^2, x y}, {x, y}]
    3 x
    """
    if not is_list(f) or not is_list(variables) or len(items(f)) != len(items(variables)):
        return None
    return Expr(PLUS, tuple(Expr(S.D, pair) for pair in zip(items(f), items(variables), strict=True)))


@builtin("Laplacian")
def laplacian(ev: Any, f: Any, variables: Any) -> Any:
    """Laplacian[f, {x1, x2, ...}] gives the sum of the second derivatives.

    >>> Laplacian[x^2 + y^3, {x, y}]
    2 + 6 y
    """
    if not is_list(variables):
        return None
    return Expr(PLUS, tuple(Expr(S.D, (f, make_list((v, 2)))) for v in items(variables)))


@builtin("Curl")
def curl(ev: Any, f: Any, variables: Any) -> Any:
    """Curl[{f1, f2, f3}, {x, y, z}] gives the curl of a vector field.

    >>> Curl[{-y, x, 0}, {x, y, z}]
    {0, 0, 2}
    """
    if not is_list(f) or not is_list(variables) or len(items(f)) != 3 or len(items(variables)) != 3:
        return None
    a, v = items(f), items(variables)
    pairs = [(2, 1, 1, 2), (0, 2, 2, 0), (1, 0, 0, 1)]
    return make_list(
        Expr(S.Subtract, (Expr(S.D, (a[i], v[j])), Expr(S.D, (a[k], v[m])))) for i, j, k, m in pairs
    )
