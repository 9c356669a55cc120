"""Exponentials, logarithms, trigonometric and hyperbolic functions and their inverses, elementwise."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .elementwise import unary
from .record import ELEMENTWISE, case, composite, op, same_float

if TYPE_CHECKING:
    from ..ir import Builder, Value
    from ..types import Type

unary("exp", "np.exp({x}, {out})", "exp({x})", lambda b, ins, out, g: (b.mul(g, out),), "Exponential.")
unary(
    "expm1",
    "np.expm1({x}, {out})",
    "expm1({x})",
    lambda b, ins, out, g: (b.mul(g, b.add(out, 1)),),
    "exp(x) - 1, exact near 0.",
)
unary(
    "log",
    "np.log({x}, {out})",
    "log({x})",
    lambda b, ins, out, g: (b.div(g, ins[0]),),
    "Natural logarithm.",
    domain=(0.5, 3.0),
)
unary(
    "log1p",
    "np.log1p({x}, {out})",
    "log1p({x})",
    lambda b, ins, out, g: (b.div(g, b.add(ins[0], 1)),),
    "log(1 + x), exact near 0.",
    domain=(-0.5, 3.0),
)

# ---- trigonometric

unary("sin", "np.sin({x}, {out})", "sin({x})", lambda b, ins, out, g: (b.mul(g, b.cos(ins[0])),), "Sine.")
unary(
    "cos",
    "np.cos({x}, {out})",
    "cos({x})",
    lambda b, ins, out, g: (b.neg(b.mul(g, b.sin(ins[0]))),),
    "Cosine.",
)
unary(
    "tan",
    "np.tan({x}, {out})",
    "tan({x})",
    lambda b, ins, out, g: (b.mul(g, b.add(b.square(out), 1)),),
    "Tangent.",
    domain=(-1.2, 1.2),
)
unary(
    "asin",
    "np.arcsin({x}, {out})",
    "asin({x})",
    lambda b, ins, out, g: (b.div(g, b.sqrt(b.sub(1, b.square(ins[0])))),),
    "Inverse sine.",
    domain=(-0.9, 0.9),
)
unary(
    "acos",
    "np.arccos({x}, {out})",
    "acos({x})",
    lambda b, ins, out, g: (b.neg(b.div(g, b.sqrt(b.sub(1, b.square(ins[0]))))),),
    "Inverse cosine.",
    domain=(-0.9, 0.9),
)
unary(
    "atan",
    "np.arctan({x}, {out})",
    "atan({x})",
    lambda b, ins, out, g: (b.div(g, b.add(b.square(ins[0]), 1)),),
    "Inverse tangent.",
)

# ---- hyperbolic

unary(
    "sinh",
    "np.sinh({x}, {out})",
    "sinh({x})",
    lambda b, ins, out, g: (b.mul(g, b.cosh(ins[0])),),
    "Hyperbolic sine.",
)
unary(
    "cosh",
    "np.cosh({x}, {out})",
    "cosh({x})",
    lambda b, ins, out, g: (b.mul(g, b.sinh(ins[0])),),
    "Hyperbolic cosine.",
)
unary(
    "tanh",
    "np.tanh({x}, {out})",
    "tanh({x})",
    lambda b, ins, out, g: (b.mul(g, b.sub(1, b.square(out))),),
    "Hyperbolic tangent.",
    domain=(-3.0, 3.0),
)
unary(
    "asinh",
    "np.arcsinh({x}, {out})",
    "asinh({x})",
    lambda b, ins, out, g: (b.div(g, b.sqrt(b.add(b.square(ins[0]), 1))),),
    "Inverse hyperbolic sine.",
)
unary(
    "acosh",
    "np.arccosh({x}, {out})",
    "acosh({x})",
    lambda b, ins, out, g: (b.div(g, b.sqrt(b.sub(b.square(ins[0]), 1))),),
    "Inverse hyperbolic cosine.",
    domain=(1.2, 3.0),
)
unary(
    "atanh",
    "np.arctanh({x}, {out})",
    "atanh({x})",
    lambda b, ins, out, g: (b.div(g, b.sub(1, b.square(ins[0]))),),
    "Inverse hyperbolic tangent.",
    domain=(-0.9, 0.9),
)


def atan2_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value) -> tuple[Value, Value]:
    y, x = ins
    scaled = b.div(g, b.add(b.square(x), b.square(y)))
    return b.mul(scaled, x), b.neg(b.mul(scaled, y))


def angle(y: Type, x: Type) -> Type:
    same_float(y)
    return same_float(x)


op(
    "atan2",
    kind=ELEMENTWISE,
    shape=angle,
    numpy="np.arctan2({x}, {y}, {out})",
    cuda="atan2({x}, {y})",
    vjp=atan2_vjp,
    inplace=((0, 0), (0, 1)),
    domain=((0.5, 2.0), (0.5, 2.0)),
    examples=[case((3, 5), (3, 5))],
    doc="Angle of the point with ordinate x and abscissa y: atan2(ordinate, abscissa), as in C.",
)

# ---- the rest of the family, by definition


def define(name: str, doc: str, rule: Any) -> None:
    """A composite of one operand under `name`."""

    def function(b: Builder, x: Value) -> Value:
        result: Value = rule(b, x)
        return result

    function.__name__ = name
    function.__doc__ = doc
    composite(function)


define("cot", "Cotangent.", lambda b, x: b.div(1, b.tan(x)))
define("sec", "Secant.", lambda b, x: b.div(1, b.cos(x)))
define("csc", "Cosecant.", lambda b, x: b.div(1, b.sin(x)))
define("coth", "Hyperbolic cotangent.", lambda b, x: b.div(1, b.tanh(x)))
define("sech", "Hyperbolic secant.", lambda b, x: b.div(1, b.cosh(x)))
define("csch", "Hyperbolic cosecant.", lambda b, x: b.div(1, b.sinh(x)))
define("acot", "Inverse cotangent: atan(1/x), between -pi/2 and pi/2.", lambda b, x: b.atan(b.div(1, x)))
define("asec", "Inverse secant.", lambda b, x: b.acos(b.div(1, x)))
define("acsc", "Inverse cosecant.", lambda b, x: b.asin(b.div(1, x)))
define("acoth", "Inverse hyperbolic cotangent.", lambda b, x: b.atanh(b.div(1, x)))
define("asech", "Inverse hyperbolic secant.", lambda b, x: b.acosh(b.div(1, x)))
define("acsch", "Inverse hyperbolic cosecant.", lambda b, x: b.asinh(b.div(1, x)))
define("haversine", "sin(x/2)^2.", lambda b, x: b.square(b.sin(b.mul(x, 0.5))))
define("inverse_haversine", "2 asin(sqrt(x)).", lambda b, x: b.mul(b.asin(b.sqrt(x)), 2))
define("gudermannian", "2 atan(tanh(x/2)).", lambda b, x: b.mul(b.atan(b.tanh(b.mul(x, 0.5))), 2))
define("inverse_gudermannian", "2 atanh(tan(x/2)).", lambda b, x: b.mul(b.atanh(b.tan(b.mul(x, 0.5))), 2))
