"""Arithmetic, powers, rounding, comparison, logic and selection, elementwise."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import DTYPES, ShapeError, Type
from .record import (
    ELEMENTWISE,
    Bools,
    Ints,
    Op,
    Params,
    Types,
    case,
    composite,
    op,
    same_float,
    same_floats,
    same_shape,
    same_shapes,
)

if TYPE_CHECKING:
    from ..ir import Builder, Value

ONE = [case((3, 5)), case((33,)), case(())]
TWO = [case((3, 5), (3, 5)), case((1025,), (1025,)), case((), ())]


def zero_cotangents(b: Builder, ins: tuple[Value, ...], out: Any, g: Any, **params: Any) -> tuple[None, ...]:
    """The derivative of what is constant almost everywhere."""
    return (None,) * len(ins)


def unary(name: str, numpy: str, cuda: str, vjp: Any, doc: str, **fields: Any) -> Op:
    """An elementwise op of one operand, real unless `shape` says otherwise."""
    fields = {"shape": same_float, "examples": ONE, "inplace": ((0, 0),), **fields}
    return op(
        name, kind=ELEMENTWISE, numpy=numpy, cuda=cuda, vjp=vjp, doc=doc + "  (shape) -> (shape).", **fields
    )


def binary(name: str, numpy: str, cuda: str, vjp: Any, doc: str, **fields: Any) -> Op:
    """An elementwise op of two operands of one type."""
    fields = {"shape": same_shapes, "examples": TWO, "inplace": ((0, 0), (0, 1)), **fields}
    return op(name, kind=ELEMENTWISE, numpy=numpy, cuda=cuda, vjp=vjp, doc=doc, **fields)


# ---- arithmetic

binary("add", "np.add({x}, {y}, {out})", "{x} + {y}", lambda b, ins, out, g: (g, g), "Sum.", commutative=True)
binary(
    "sub", "np.subtract({x}, {y}, {out})", "{x} - {y}", lambda b, ins, out, g: (g, b.neg(g)), "Difference."
)
binary(
    "mul",
    "np.multiply({x}, {y}, {out})",
    "{x} * {y}",
    lambda b, ins, out, g: (b.mul(g, ins[1]), b.mul(g, ins[0])),
    "Product.",
    commutative=True,
)
binary(
    "div",
    "np.true_divide({x}, {y}, {out})",
    "{x} / {y}",
    lambda b, ins, out, g: (b.div(g, ins[1]), b.neg(b.div(b.mul(g, out), ins[1]))),
    "Quotient of real numbers.",
    shape=same_floats,
    domain=((-2.0, 2.0), (0.5, 2.0)),
)
unary(
    "neg",
    "np.negative({x}, {out})",
    "-{x}",
    lambda b, ins, out, g: (b.neg(g),),
    "Negation.",
    shape=same_shape,
)
unary(
    "abs",
    "np.absolute({x}, {out})",
    "absolute({x})",
    lambda b, ins, out, g: (b.mul(g, b.sign(ins[0])),),
    "Absolute value; its derivative at 0 is 0.",
    shape=same_shape,
)
unary(
    "square",
    "np.square({x}, {out})",
    "{x} * {x}",
    lambda b, ins, out, g: (b.mul(g, b.mul(ins[0], 2)),),
    "Square.",
    shape=same_shape,
)
unary(
    "reciprocal",
    "np.reciprocal({x}, {out})",
    "1 / {x}",
    lambda b, ins, out, g: (b.neg(b.mul(g, b.square(out))),),
    "1/x.",
    domain=(0.5, 2.0),
)
unary(
    "sqrt",
    "np.sqrt({x}, {out})",
    "sqrt({x})",
    lambda b, ins, out, g: (b.div(b.mul(g, 0.5), out),),
    "Square root.",
    domain=(0.5, 3.0),
)
unary(
    "cbrt",
    "np.cbrt({x}, {out})",
    "cbrt({x})",
    lambda b, ins, out, g: (b.div(g, b.mul(b.square(out), 3)),),
    "Real cube root.",
    domain=(0.5, 3.0),
)


def power_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value) -> tuple[Value, Value]:
    """The logarithm is taken of 1 where the base is not positive,
    so that 0^y has derivative 0 in y, not NaN.
    """
    x, y = ins
    base = b.mul(g, b.mul(y, b.power(x, b.sub(y, 1))))
    return base, b.mul(b.mul(g, out), b.log(b.select(b.greater(x, 0), x, 1)))


binary(
    "power",
    "np.power({x}, {y}, {out})",
    "pow({x}, {y})",
    power_vjp,
    "x to the power y; NaN for a negative base with a fractional exponent.",
    shape=same_floats,
    domain=((0.5, 2.0), (-2.0, 2.0)),
)
binary(
    "mod",
    "np.mod({x}, {y}, {out})",
    "modulo({x}, {y})",
    lambda b, ins, out, g: (g, b.neg(b.mul(g, b.floor(b.div(ins[0], ins[1]))))),
    "x - y floor(x/y): has the sign of y.",
    domain=((-5.0, 5.0), (0.5, 2.0)),
)


def maximum_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value) -> tuple[Value, Value]:
    first = b.greater(ins[0], ins[1])
    return b.keep(g, first), b.keep(g, b.logical_not(first))


def minimum_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value) -> tuple[Value, Value]:
    first = b.less(ins[0], ins[1])
    return b.keep(g, first), b.keep(g, b.logical_not(first))


binary(
    "maximum",
    "np.maximum({x}, {y}, out={out})",
    "maximum({x}, {y})",
    maximum_vjp,
    "Larger of two; where equal, the derivative belongs to the second (a constant is moved there).",
    commutative=True,
)
binary(
    "minimum",
    "np.minimum({x}, {y}, out={out})",
    "minimum({x}, {y})",
    minimum_vjp,
    "Smaller of two; where equal, the derivative belongs to the second (a constant is moved there).",
    commutative=True,
)

# ---- rounding

for name, numpy, cuda, doc in (
    ("round", "np.rint({x}, {out})", "rint({x})", "Nearest integer, halves to even."),
    ("floor", "np.floor({x}, {out})", "floor({x})", "Largest integer not above."),
    ("ceil", "np.ceil({x}, {out})", "ceil({x})", "Smallest integer not below."),
    ("trunc", "np.trunc({x}, {out})", "trunc({x})", "Integer part, towards 0."),
):
    unary(name, numpy, cuda, zero_cotangents, doc, domain=(-5.0, 5.0))

unary(
    "sign",
    "np.sign({x}, {out})",
    "sign({x})",
    zero_cotangents,
    "-1, 0 or 1.",
    shape=same_shape,
)


@composite
def fractional_part(b: Builder, x: Value) -> Value:
    """X without its integer part: derivative 1."""
    return b.sub(x, b.trunc(x))


@composite
def unitize(b: Builder, x: Value) -> Value:
    """0 where x is 0, else 1."""
    return b.cast(b.not_equal(x, 0), x.dtype)


@composite
def kronecker_delta(b: Builder, x: Value) -> Value:
    """1 where x is 0, else 0."""
    return b.cast(b.equal(x, 0), x.dtype)


@composite
def clip(b: Builder, x: Value, low: Any, high: Any) -> Value:
    """X limited to low ... high (numbers or values)."""
    return b.minimum(b.maximum(x, low), high)


@composite
def surd(b: Builder, x: Value, n: Any) -> Value:
    """The real n-th root for odd n: negative for negative x."""
    return b.mul(b.sign(x), b.power(b.abs(x), b.div(1.0, n) if not isinstance(n, int | float) else 1.0 / n))


# ---- comparison and logic


def comparison(x: Type, y: Type) -> Type:
    return same_shapes(x, y).with_dtype("bool")


for name, numpy, cuda in (
    ("equal", "np.equal({x}, {y}, {out})", "{x} == {y}"),
    ("not_equal", "np.not_equal({x}, {y}, {out})", "{x} != {y}"),
    ("less", "np.less({x}, {y}, {out})", "{x} < {y}"),
    ("less_equal", "np.less_equal({x}, {y}, {out})", "{x} <= {y}"),
    ("greater", "np.greater({x}, {y}, {out})", "{x} > {y}"),
    ("greater_equal", "np.greater_equal({x}, {y}, {out})", "{x} >= {y}"),
):
    binary(
        name,
        numpy,
        cuda,
        zero_cotangents,
        f"{name.replace('_', ' ')}: truth values.",
        shape=comparison,
        inplace=(),
    )


def truth(x: Type) -> Type:
    if x.dtype != "bool":
        raise ShapeError("logic", "truth values", str(x))
    return x


def truths(x: Type, y: Type) -> Type:
    return same_shapes(truth(x), y)


LOGIC = [case(Bools((3, 5)), Bools((3, 5)))]
for name, numpy, cuda in (
    ("logical_and", "np.logical_and({x}, {y}, {out})", "{x} && {y}"),
    ("logical_or", "np.logical_or({x}, {y}, {out})", "{x} || {y}"),
    ("logical_xor", "np.logical_xor({x}, {y}, {out})", "{x} != {y}"),
):
    binary(name, numpy, cuda, zero_cotangents, name.replace("_", " ") + ".", shape=truths, examples=LOGIC)
unary(
    "logical_not",
    "np.logical_not({x}, {out})",
    "!{x}",
    zero_cotangents,
    "Negation of truth values.",
    shape=truth,
    examples=[case(Bools((3, 5)))],
)


def select_type(condition: Type, x: Type, y: Type) -> Type:
    truth(condition)
    if condition.shape != x.shape:
        raise ShapeError("select", f"a condition of shape {x.shape}", str(condition.shape))
    return same_shapes(x, y)


# Elements.  Up to here two masked copies are fastest (1.0 us against 2.3 for 48 elements), from there on
# bits are (81 us against 294 for np.where and 407 for copies over 64 K elements with a random condition).
FEW = 512

INTEGERS = {1: "i1", 4: "i4", 8: "i8"}


def select_scratch(types: Types, params: Params) -> Types:
    """The condition as a mask of bits."""
    return (types[0].with_dtype({1: "bool", 4: "i32", 8: "i64"}[types[1].numpy.itemsize]),)


def select_numpy(
    out: np.ndarray, condition: np.ndarray, x: np.ndarray, y: np.ndarray, mask: np.ndarray
) -> None:
    np.copyto(out, np.where(condition, x, y))


def select_bind(out: np.ndarray, operands: tuple[np.ndarray, ...], params: Params) -> Callable[[], None]:
    """Out = y ^ ((x ^ y) & mask), mask = -condition; with the parts exchanged
    where the result takes over y.
    """
    condition, x, y, mask = operands
    takes_x, takes_y = (np.shares_memory(out, each) for each in (x, y))
    if out.size <= FEW and not takes_x and not takes_y:

        def copies() -> None:
            np.copyto(out, y)
            np.copyto(out, x, where=condition)

        return copies
    kind = INTEGERS[out.itemsize]
    bits, other, chosen = (each.view(kind) for each in (out, x if takes_y else y, y if takes_y else x))
    mask, truth, one = mask.view(kind), condition.view("i1"), np.array(1, "i1")

    def call() -> None:
        if takes_y:
            np.subtract(truth, one, mask)
        else:
            np.negative(truth, mask)
        np.bitwise_xor(chosen, other, bits)
        np.bitwise_and(bits, mask, bits)
        np.bitwise_xor(bits, other, bits)

    return call


def select_build(b: Builder, condition: Value, x: Any, y: Any) -> Value:
    """Where `condition` holds x, else y; all three broadcast, numbers are accepted."""
    from_values = [each.dtype for each in (x, y) if hasattr(each, "dtype") and hasattr(each, "instr")]
    dtype = max(from_values, key=list(DTYPES).index) if from_values else None
    if dtype in (None, "bool", "i32", "i64") and any(isinstance(each, float) for each in (x, y)):
        dtype = "f32"
    branches = b.align("select", (x, y), dtype or "i64")
    c, x, y = b.align("select", (condition, *branches), None)
    result: Value = b.emit("select", c, x, y)
    return result


op(
    "select",
    kind=ELEMENTWISE,
    shape=select_type,
    numpy=select_numpy,
    bind=select_bind,
    scratch=select_scratch,
    cuda="{x} ? {y} : {z}",
    vjp=lambda b, ins, out, g: (None, b.keep(g, ins[0]), b.keep(g, b.logical_not(ins[0]))),
    inplace=((0, 1), (0, 2)),
    examples=[case(Bools((3, 5)), (3, 5), (3, 5)), case(Bools((1025,)), (1025,), (1025,))],
    build=select_build,
    doc="x where the condition holds, else y.",
)


@composite
def where(b: Builder, condition: Value, x: Any, y: Any) -> Value:
    """NumPy's name for select."""
    result: Value = b.select(condition, x, y)
    return result


def keep_type(x: Type, condition: Type) -> Type:
    truth(condition)
    if condition.shape != x.shape:
        raise ShapeError("keep", f"a condition of shape {x.shape}", str(condition.shape))
    return x


def keep_build(b: Builder, x: Value, condition: Value) -> Value:
    x, condition = b.align("keep", (x, condition), None)
    result: Value = b.emit("keep", x, condition)
    return result


# x times the truth value: NumPy's masked assignments are 10 times slower (performance.md, section 4).
op(
    "keep",
    kind=ELEMENTWISE,
    shape=keep_type,
    numpy="np.multiply({x}, {y}, {out})",
    cuda="{y} ? {x} : 0",
    vjp=lambda b, ins, out, g: (b.keep(g, ins[1]), None),
    inplace=((0, 0),),
    examples=[case((3, 5), Bools((3, 5)))],
    build=keep_build,
    doc="x where the condition holds, else 0.",
)


def cast_type(x: Type, *, dtype: str) -> Type:
    if dtype not in DTYPES:
        raise ShapeError("cast", f"a dtype among {', '.join(DTYPES)}", dtype)
    return x.with_dtype(dtype)


def cast_vjp(b: Builder, ins: tuple[Value, ...], out: Value, g: Value, *, dtype: str) -> tuple[Value | None]:
    return (b.cast(g, ins[0].dtype) if ins[0].type.is_float and g.type.is_float else None,)


def cast_build(b: Builder, x: Value, dtype: str) -> Value:
    x = b.value(x)
    result: Value = x if x.dtype == dtype else b.emit("cast", x, dtype=dtype)
    return result


op(
    "cast",
    kind=ELEMENTWISE,
    shape=cast_type,
    numpy="np.copyto({out}, {x}, 'unsafe')",
    cuda="{ctype}({x})",
    vjp=cast_vjp,
    examples=[case((3, 5), dtype="i64"), case(Bools((7,)), dtype="f32"), case(Ints((7,), 0, 9), dtype="f32")],
    build=cast_build,
    doc="The same numbers in another dtype; real to integer truncates.",
)
