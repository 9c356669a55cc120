"""Functions of numbers as data, and their ops.

A *formula* is an expression in slots (`Slot[1]`, `Slot["Input"]`), numbers, and the heads listed here: the
normal form in which ElementwiseLayer, ThreadingLayer and FunctionLayer keep a function.
`wlnet.net.translate` makes formulas from functions of the language; `emit` turns one into ops.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, Symbol, is_list, items
from wlnet.runtime import ir

Operand = Any  # a Value or a Python number
Emit = Callable[..., Operand]

# Functions of one number by WL name -> the builder's method.
UNARY: dict[str, str] = {
    "Ramp": "relu",
    "LogisticSigmoid": "sigmoid",
    "Tan": "tan",
    "Tanh": "tanh",
    "ArcTan": "atan",
    "ArcTanh": "atanh",
    "Sin": "sin",
    "Sinh": "sinh",
    "ArcSin": "asin",
    "ArcSinh": "asinh",
    "Cos": "cos",
    "Cosh": "cosh",
    "ArcCos": "acos",
    "ArcCosh": "acosh",
    "Cot": "cot",
    "Coth": "coth",
    "ArcCot": "acot",
    "ArcCoth": "acoth",
    "Csc": "csc",
    "Csch": "csch",
    "ArcCsc": "acsc",
    "ArcCsch": "acsch",
    "Sec": "sec",
    "Sech": "sech",
    "ArcSec": "asec",
    "ArcSech": "asech",
    "Haversine": "haversine",
    "InverseHaversine": "inverse_haversine",
    "Gudermannian": "gudermannian",
    "InverseGudermannian": "inverse_gudermannian",
    "Log": "log",
    "Exp": "exp",
    "Sqrt": "sqrt",
    "CubeRoot": "cbrt",
    "Abs": "abs",
    "Gamma": "gamma",
    "LogGamma": "lgamma",
    "Erf": "erf",
    "InverseErf": "erfinv",
    "Erfc": "erfc",
    "InverseErfc": "erfcinv",
    "Round": "round",
    "Floor": "floor",
    "Ceiling": "ceil",
    "Sign": "sign",
    "FractionalPart": "fractional_part",
    "IntegerPart": "trunc",
    "Unitize": "unitize",
    "KroneckerDelta": "kronecker_delta",
}

# Activations that strings name -> the builder's method.
NAMED: dict[str, str] = {
    "RectifiedLinearUnit": "relu",
    "ReLU": "relu",
    "ExponentialLinearUnit": "elu",
    "ELU": "elu",
    "ScaledExponentialLinearUnit": "selu",
    "SELU": "selu",
    "GaussianErrorLinearUnit": "gelu",
    "GELU": "gelu",
    "Swish": "swish",
    "HardSwish": "hard_swish",
    "Mish": "mish",
    "SoftSign": "softsign",
    "SoftPlus": "softplus",
    "HardTanh": "hard_tanh",
    "HardSigmoid": "hard_sigmoid",
    "Sigmoid": "sigmoid",
}

COMPARISONS = {
    "Equal": "equal",
    "Unequal": "not_equal",
    "Less": "less",
    "LessEqual": "less_equal",
    "Greater": "greater",
    "GreaterEqual": "greater_equal",
}
SIGNS = {
    "Negative": "less",
    "NonNegative": "greater_equal",
    "Positive": "greater",
    "NonPositive": "less_equal",
}


def fold(method: str, start: float) -> Emit:
    """An n-ary function from a method of two operands."""

    def emit(b: ir.Builder, *args: Operand) -> Operand:
        if not args:
            return start
        result = args[0]
        for each in args[1:]:
            result = getattr(b, method)(result, each)
        return result

    return emit


def power(b: ir.Builder, x: Operand, y: Operand) -> Operand:
    """x^y, with the ops that suit where y is a number."""
    if isinstance(y, ir.Value):
        return b.power(x, y)
    for exponent, method in ((2, "square"), (0.5, "sqrt"), (-1, "reciprocal"), (1, None)):
        if y == exponent:
            return x if method is None else getattr(b, method)(x)
    if y == -0.5:
        return b.reciprocal(b.sqrt(x))
    if y == -2:
        return b.reciprocal(b.square(x))
    if y == 3:
        return b.mul(x, b.square(x))
    return b.power(x, y)


def clip(b: ir.Builder, x: Operand, limits: Any = (-1, 1), outside: Any = None) -> Operand:
    low, high = limits
    inside = b.clip(x, low, high)
    if outside is None:
        return inside
    below, above = outside
    return b.select(b.less(x, low), below, b.select(b.greater(x, high), above, inside))


def threshold(b: ir.Builder, x: Operand, limit: Operand = 1e-10) -> Operand:
    return b.select(b.less(b.abs(x), limit), 0.0, x)


def compare(method: str) -> Emit:
    def emit(b: ir.Builder, *args: Operand) -> Operand:
        pairs = [getattr(b, method)(x, y) for x, y in zip(args, args[1:], strict=False)]
        return fold("logical_and", True)(b, *pairs)

    return emit


def inequality(b: ir.Builder, *args: Operand) -> Operand:
    """Inequality[a, Less, b, LessEqual, c]."""
    pairs = [
        getattr(b, COMPARISONS[args[i + 1].name])(args[i], args[i + 2]) for i in range(0, len(args) - 2, 2)
    ]
    return fold("logical_and", True)(b, *pairs)


def choose(b: ir.Builder, condition: Operand, yes: Operand, no: Operand = 0.0) -> Operand:
    if isinstance(condition, bool):
        return yes if condition else no
    return b.select(condition, yes, no)


def which(b: ir.Builder, *args: Operand) -> Operand:
    result: Operand = 0.0
    for condition, value in reversed(list(zip(args[::2], args[1::2], strict=True))):
        result = choose(b, condition, value, result)
    return result


def piecewise(b: ir.Builder, cases: Any, default: Operand = 0.0) -> Operand:
    result = default
    for value, condition in reversed(cases):
        result = choose(b, condition, value, result)
    return result


def arc_tan(b: ir.Builder, x: Operand, y: Operand = None) -> Operand:
    """ArcTan[x], or the angle of the point {x, y}."""
    return b.atan(x) if y is None else b.atan2(b.value(y), b.value(x))


def error_function(b: ir.Builder, x: Operand, y: Operand = None) -> Operand:
    """Erf[x], or Erf[y] - Erf[x]."""
    return b.erf(x) if y is None else b.sub(b.erf(y), b.erf(x))


def logarithm(b: ir.Builder, x: Operand, y: Operand = None) -> Operand:
    """Log[x], or the logarithm of y to base x."""
    return b.log(x) if y is None else b.div(b.log(b.value(y)), b.log(b.value(x)))


def number_if(b: ir.Builder, condition: Operand) -> Operand:
    return float(condition) if isinstance(condition, bool) else b.select(condition, 1.0, 0.0)


def logic(method: str, start: bool) -> Emit:
    """And or Or, with known truth values taken out first."""

    def emit(b: ir.Builder, *args: Operand) -> Operand:
        if any(x is (not start) for x in args):
            return not start
        return fold(method, start)(b, *(x for x in args if x is not start))

    return emit


FUNCTIONS: dict[str, Emit] = {
    "Plus": fold("add", 0),
    "Times": fold("mul", 1),
    "Subtract": lambda b, x, y: b.sub(x, y),
    "Minus": lambda b, x: b.mul(x, -1),
    "Divide": lambda b, x, y: b.div(x, y),
    "Power": power,
    "Surd": lambda b, x, n: b.surd(x, n),
    "Min": fold("minimum", float("inf")),
    "Max": fold("maximum", float("-inf")),
    "Clip": clip,
    "Mod": lambda b, x, y: b.mod(x, y),
    "Threshold": threshold,
    "Chop": threshold,
    "ArcTan": arc_tan,
    "Erf": error_function,
    "Log": logarithm,
    "If": choose,
    "Which": which,
    "Piecewise": piecewise,
    "And": logic("logical_and", True),
    "Or": logic("logical_or", False),
    "Not": lambda b, x: (not x) if isinstance(x, bool) else b.logical_not(x),
    "Boole": number_if,
    "Inequality": inequality,
    "PossibleZeroQ": lambda b, x: b.equal(x, 0),
    **{name: compare(method) for name, method in COMPARISONS.items()},
    **{name: (lambda b, x, method=method: getattr(b, method)(x, 0)) for name, method in SIGNS.items()},
}

CONSTANTS = {
    "Pi": 3.141592653589793,
    "E": 2.718281828459045,
    "Degree": 0.017453292519943295,
    "True": True,
    "False": False,
}


def allowed(head: Any) -> bool:
    """Whether a formula may have this head."""
    if type(head) is str:
        return head in NAMED
    return type(head) is Symbol and (head.name in FUNCTIONS or head.name in UNARY)


def emit(b: ir.Builder, formula: Any, slots: Mapping[Any, ir.Value]) -> Operand:
    """The formula's value: a Value, or a Python number where it depends on no slot.
    `slots` by number or name.
    """
    kind = type(formula)
    if kind is Expr:
        head = formula.head
        if head is S.Slot:
            return slots[formula.args[0]]
        if head is S.List:
            return [emit(b, x, slots) for x in formula.args]
        if head is S.Times:
            return product(b, formula.args, slots)
        return apply(b, head, [emit(b, x, slots) for x in formula.args])
    if kind is Symbol:
        return CONSTANTS.get(formula.name, formula)
    if is_list(formula):
        return [emit(b, x, slots) for x in items(formula)]
    return float(formula) if kind is Fraction else formula


def product(b: ir.Builder, factors: tuple[Any, ...], slots: Mapping[Any, ir.Value]) -> Operand:
    """A product, in which factors y^-1 become one division."""
    above = [x for x in factors if not is_inverse(x)]
    below = [x.args[0] for x in factors if is_inverse(x)]
    top = fold("mul", 1)(b, *(emit(b, x, slots) for x in above))
    if not below:
        return top
    return b.div(top, fold("mul", 1)(b, *(emit(b, x, slots) for x in below)))


def is_inverse(factor: Any) -> bool:
    return type(factor) is Expr and factor.head is S.Power and factor.args[1] == -1


def apply(b: ir.Builder, head: Any, args: list[Operand]) -> Operand:
    """A head of the tables on emitted arguments."""
    if type(head) is str:
        return getattr(b, NAMED[head])(as_value(b, args[0]))
    if head is S.Power and args[0] == CONSTANTS["E"] and isinstance(args[1], ir.Value):
        return b.exp(args[1])
    function = FUNCTIONS.get(head.name)
    if function is not None:
        return function(b, *args)
    return getattr(b, UNARY[head.name])(as_value(b, args[0]))


# Functions of plain numbers: indices and bounds that a formula computes.
NUMBERS: dict[str, Callable[..., Any]] = {
    "Plus": lambda *x: sum(x),
    "Times": lambda *x: math.prod(x),
    "Minus": lambda x: -x,
    "Subtract": lambda x, y: x - y,
    "Divide": lambda x, y: x // y if type(x) is type(y) is int and y and not x % y else x / y,
    "Power": lambda x, y: x**y if type(y) is float or y >= 0 else (1 / x if y == -1 else x ** float(y)),
    "Mod": lambda x, y: x % y,
    "Min": min,
    "Max": max,
    "Floor": math.floor,
    "Ceiling": math.ceil,
    "Round": round,
    "Less": operator.lt,
    "LessEqual": operator.le,
    "Greater": operator.gt,
    "GreaterEqual": operator.ge,
    "Equal": operator.eq,
    "Unequal": operator.ne,
}


def arithmetic(name: str, values: Sequence[Operand]) -> Any:
    """The value of a function of plain numbers; None where an argument is an array, or for another
    function.
    """
    function = NUMBERS.get(name)
    if function is None or not values or not all(type(x) in (int, float) for x in values):
        return None
    try:
        found = function(*values)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return found if type(found) in (int, float, bool) else None


def as_value(b: ir.Builder, x: Operand) -> ir.Value:
    return x if isinstance(x, ir.Value) else b.constant(float(x), "f32")


def slots_of(formula: Any) -> list[Any]:
    """The slots of a formula, numbers in order, then names in order of appearance; those of pure functions
    inside are their own.
    """
    found: dict[Any, None] = {}
    stack = [formula]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if e.head is S.Slot and len(e.args) == 1:
                found.setdefault(e.args[0])
            elif e.head is not S.Function or len(e.args) != 1:
                stack.extend(reversed((e.head, *e.args)))
    numbers = sorted(x for x in found if type(x) is int)
    return [*numbers, *(x for x in found if type(x) is str)]


def is_sigmoid(formula: Any) -> bool:
    """Whether the formula is the logistic sigmoid of its only slot."""
    if type(formula) is not Expr or len(formula.args) != 1 or formula.args[0] != Expr(S.Slot, (1,)):
        return False
    return formula.head is S.LogisticSigmoid or formula.head == "Sigmoid"
