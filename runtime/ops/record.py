"""The record of an op: everything the project knows about one tensor operation, in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..types import GradientError, ShapeError, Type

if TYPE_CHECKING:
    from ..ir import Value

# Kinds: what a scheduler must know of an instruction.
SOURCE = "source"  # input, variable, constant, counter: no work of its own
ELEMENTWISE = "elementwise"  # one result element from the elements at the same place: may be fused
VIEW = "view"  # the same elements under another shape or stride: may cost nothing
REDUCTION = "reduction"
PRODUCT = "product"
MOVE = "move"  # elements copied from place to place: concatenation, gather, scatter, padding
RANDOM = "random"  # never merged, never moved across
LOOP = "loop"  # a program of its own, run once a step
UPDATE = "update"  # optimiser step: takes over the buffers it updates

Params = dict[str, Any]
Types = tuple[Type, ...]


class Case(NamedTuple):
    """One call for the generated tests: operand specifications and parameters."""

    operands: tuple[Any, ...]  # a shape tuple (floats in the op's domain), Ints, Bools or an array
    params: Params


class Ints(NamedTuple):
    """An integer operand of a test case: shape, lowest value, one above the highest."""

    shape: tuple[int, ...]
    low: int
    high: int


class Bools(NamedTuple):
    """A truth-valued operand of a test case."""

    shape: tuple[int, ...]


def case(*operands: Any, **params: Any) -> Case:
    return Case(operands, params)


class Op:
    """One op.  The fields are the questionnaire of style.md 2.7; one left out means "not supported"."""

    name: str  # as printed, and as the Builder's method
    kind: str  # one of the constants above
    doc: str

    # (*types, *, params...) -> Type or tuple of Types; its keyword-only arguments are the op's parameters.
    shape: Callable[..., Type | Types]

    # The reference: statements over {x} {y} {z} (operands), {out}, {s} {t} (temporaries), {zero} {one} and
    # parameters; or a function (out, *operands, *temporaries, **params) that fills `out`, a tuple where
    # there are several results.
    numpy: str | Callable[..., None] | None

    # (out, operands and temporaries, params) -> a call without arguments, or (function, arguments): a
    # prepared form of `numpy`, with stretches, generators and the like made beforehand.
    bind: Callable[..., Any] | None

    numba: str | None  # a one-pass kernel of backends/numba_kernels.py, used for large planned work
    expand: Callable[..., Any] | None  # (b, *values, **params) -> value(s): the op in simpler ops

    # An expression over {x} {y} {z} (and {ctype}, the C type of the result), or a record of ops/launches.py.
    cuda: Any

    # (b, operands, result, cotangent, **params) -> one cotangent an operand, None for zero.  Results and
    # cotangents are tuples where there are several; a cotangent may then be None.
    vjp: Callable[..., tuple[Value | None, ...]] | None

    view: (
        Callable[..., Any] | None
    )  # (array, **params) -> array sharing its memory, None where that cannot be
    parallel: bool  # `bind` and `numba` take a number of threads to cut the work for
    inplace: tuple[tuple[int, int], ...]  # (result, operand): the result may take over that operand's buffer
    cost: Callable[[Types, Types, Params], int]  # (operand types, result types, params) -> FLOPs
    scratch: Callable[[Types, Params], Types] | None  # (operand types, params) -> types of temporaries
    build: (
        Callable[..., Any] | None
    )  # (b, *args, **params) -> value(s): the method, where it prepares arguments
    commutative: bool  # operands may change places
    domain: tuple[Any, ...]  # (low, high) of random test operands, or one pair an operand
    examples: tuple[Case, ...]  # cases of the generated tests

    # Derived from the shape rule.
    arity: int | None  # number of operands, None for any
    defaults: Params  # parameters in declared order
    float_only: bool  # integers become f32 in the builder

    def __init__(
        self, name: str, *, kind: str, shape: Callable[..., Type | Types], doc: str, **fields: Any
    ) -> None:
        self.name, self.kind, self.shape, self.doc = name, kind, shape, doc
        for field, default in FIELDS.items():
            setattr(self, field, fields.pop(field, default))
        assert not fields, f"op {name} has no fields {sorted(fields)}"
        code = shape.__code__
        self.arity = None if code.co_flags & VARIADIC else code.co_argcount
        self.defaults = parameter_defaults(shape)
        self.float_only = shape in (same_float, same_floats)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def types(self, operands: Types, params: Params) -> Types:
        """Result types by the shape rule, always as a tuple."""
        if self.arity is not None and len(operands) != self.arity:
            raise ShapeError(self.name, f"{self.arity} operands", str(len(operands)))
        found = self.shape(*operands, **params)
        return (found,) if isinstance(found, Type) else found

    def parameters(self, given: Params) -> Params:
        """All parameters in declared order, defaults filled in; TypeError for an unknown or a missing one."""
        unknown = given.keys() - self.defaults.keys()
        if unknown:
            raise TypeError(f"{self.name} has no parameter {sorted(unknown)}; it has {sorted(self.defaults)}")
        full = {name: given.get(name, default) for name, default in self.defaults.items()}
        missing = [name for name, value in full.items() if value is REQUIRED]
        if missing:
            raise TypeError(f"{self.name} needs the parameter {missing}")
        return full

    def no_gradient(self) -> GradientError:
        return GradientError(f"no gradient for op '{self.name}'")


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()


def parameter_defaults(rule: Callable[..., Any]) -> Params:
    """Keyword-only arguments of `rule` in order, with their defaults (REQUIRED where there is none)."""
    code = rule.__code__
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    defaults = rule.__kwdefaults__ or {}
    return {name: defaults.get(name, REQUIRED) for name in names}


VARIADIC = 0x04  # CO_VARARGS of a code object

OPS: dict[str, Op] = {}
COMPOSITES: dict[str, Callable[..., Any]] = {}


def op(name: str, **fields: Any) -> Op:
    """Declare an op: the only way into the registry."""
    assert name not in OPS and name not in COMPOSITES, name
    record = OPS[name] = Op(name, **fields)
    return record


def composite(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare a plain function over the builder as one of the builder's methods, under its own name (a
    trailing underscore, there to spare a Python name, is dropped).
    """
    name = function.__name__.rstrip("_")
    assert name not in OPS and name not in COMPOSITES, name
    COMPOSITES[name] = function
    return function


# ---- rules shared by many records


def result_size(_operands: Types, results: Types, _params: Params) -> int:
    """FLOPs of an op that does one operation an element of its first result."""
    return results[0].size


def operand_size(operands: Types, _results: Types, _params: Params) -> int:
    return operands[0].size


def no_work(_operands: Types, _results: Types, _params: Params) -> int:
    return 0


def from_bind(bind: Any) -> Any:
    """The NumPy form of an op whose prepared call is the definition."""

    def numpy(out: Any, *operands: Any, **params: Any) -> None:
        bind(out, operands, params)()

    return numpy


def same_shape(x: Type) -> Type:
    """Type of an elementwise op of one operand."""
    return x


def same_float(x: Type) -> Type:
    """Type of an elementwise op of one floating operand."""
    if not x.is_float:
        raise ShapeError("a function of real numbers", "f32 or f64", str(x))
    return x


def same_shapes(x: Type, y: Type) -> Type:
    """Type of an elementwise op of two equal operands: the builder has broadcast them."""
    if x != y:
        raise ShapeError("an elementwise op", "two operands of one type", f"{x} and {y}")
    return x


def same_floats(x: Type, y: Type) -> Type:
    """Type of an elementwise op of two equal floating operands."""
    return same_shapes(same_float(x), y)


def axis_of(name: str, axis: int, rank: int) -> int:
    """`axis` counted from 0, given from either end; ShapeError where it lies outside."""
    if not -rank <= axis < rank:
        raise ShapeError(name, f"an axis between {-rank} and {rank - 1}", str(axis))
    return axis % rank


def axes_of(name: str, axes: int | Sequence[int] | None, rank: int) -> tuple[int, ...]:
    """Sorted axes counted from 0; None means all."""
    if axes is None:
        return tuple(range(rank))
    if isinstance(axes, int):
        axes = (axes,)
    found = sorted({axis_of(name, each, rank) for each in axes})
    if len(found) != len(axes):
        raise ShapeError(name, "different axes", str(tuple(axes)))
    return tuple(found)


# What a record holds where a field is left out.
FIELDS: dict[str, Any] = {
    "numpy": None,
    "bind": None,
    "numba": None,
    "expand": None,
    "cuda": None,
    "vjp": None,
    "view": None,
    "parallel": False,
    "inplace": (),
    "cost": result_size,
    "scratch": None,
    "build": None,
    "commutative": False,
    "domain": (-2.0, 2.0),
    "examples": (),
}
