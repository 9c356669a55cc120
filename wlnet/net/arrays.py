"""Functions of arrays as data, and their ops: what FunctionLayer adds to `formulas`.

A value is an array of each example: a Value whose first dimension is the batch's, N, or 1 for what is the
same in all examples; or a Python number. Listable functions thread as in the language: the array of lower
rank goes with the first dimensions of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, NumericArray, S, Symbol, is_infinity, is_list, make_list, to_array
from wlnet.runtime import ir

from . import formulas
from .array_functions import ARRAYS, SEVERAL, ArrayError, Operand
from .higher_order import HIGHER, Repeated, repeated
from .net import Net

__all__ = ["ARRAYS", "HIGHER", "SEVERAL", "ArrayError", "Emitter"]


class Emitter:
    """The emission of one formula.

    arrays  (name, dims) -> value of NetArray["name"]; `dims` is the shape that it has if it is not known:
            that of what it is combined with, or None
    apply   (node name, output or None, values, batch) -> value: a net inside applied to arrays (batch, ...)
    batch   examples of a value that is not the same in all of them
    bound   variables of the functions around, by number
    """

    def __init__(
        self,
        b: ir.Builder,
        slots: Mapping[Any, ir.Value],
        arrays: Callable[[str, tuple[int, ...] | None], ir.Value],
        apply: Callable[[str, str | None, list[ir.Value], int], ir.Value],
        dtype: str,
        batch: int = 1,
        bound: Mapping[int, Operand] | None = None,
    ) -> None:
        self.b = b
        self.slots = slots
        self.arrays = arrays
        self.apply = apply
        self.dtype = dtype
        self.batch = batch
        self.bound = bound or {}

    def within(self, count: int, variables: Mapping[int, Operand]) -> Emitter:
        """The emitter for the body of a function; `count` elements of every example have joined the batch."""
        slots, outer = self.slots, self.bound
        if count > 1:
            slots = Repeated(self.b, slots, count)
            outer = {number: repeated(self.b, value, count) for number, value in outer.items()}
        batch = self.batch * count
        return Emitter(self.b, slots, self.arrays, self.apply, self.dtype, batch, {**outer, **variables})

    def emit(self, formula: Any) -> Operand:
        """The value of a formula; a truth value is a bool or a Value of dtype bool."""
        kind = type(formula)
        if kind is Expr:
            return self.expression(formula)
        if kind is Symbol:
            return formulas.CONSTANTS.get(formula.name, formula)
        if kind is np.ndarray or kind is NumericArray:
            return self.constant(formula.array if kind is NumericArray else formula)
        return float(formula) if kind is Fraction else formula

    def expression(self, e: Expr) -> Operand:
        head, args = e.head, e.args
        if head is S.Slot:
            return self.real(self.slots[args[0]])
        if head is S.SlotSequence:
            found = self.bound[args[0]]
            return self.real(found) if isinstance(found, ir.Value) else found
        if head is S.NetArray:
            return self.array(e, None)
        if head is S.List:
            return self.stacked(e)
        if type(head) is Expr and head.head is INNER:
            name, *ports = head.args
            values = [self.value(self.raw(x)) for x in args]
            return self.apply(name, ports[0] if ports else None, values, self.batch)
        name = head.name if type(head) is Symbol else ""
        if name in HIGHER:
            return HIGHER[name](self, *args)
        if name in ARRAYS:
            return ARRAYS[name](self, self.emit(args[0]), *map(self.literal, args[1:]))
        if name in SEVERAL:
            alike = name.endswith("Distance")
            return SEVERAL[name](self, *(self.combined(args) if alike else map(self.emit, args)))
        if name in EXTREMA and len(args) == 1:
            x = self.value(self.emit(args[0]))
            return getattr(self.b, EXTREMA[name])(x, tuple(range(1, x.rank)))
        if name == "Power" and args[0] is S.E:
            return self.b.exp(self.value(self.emit(args[1])))
        values = self.combined(args)
        known = formulas.arithmetic(name, values)
        return formulas.apply(self.b, head, self.aligned(values)) if known is None else known

    def raw(self, e: Any) -> Operand:
        """The value of a formula for a net inside: an input that holds integers stays as it is."""
        if type(e) is Expr and e.head is S.Slot:
            return self.slots[e.args[0]]
        if type(e) is Expr and e.head is S.SlotSequence:
            return self.bound[e.args[0]]
        return self.emit(e)

    def real(self, value: ir.Value) -> ir.Value:
        """A value in the real dtype; truth values stay what they are."""
        return value if value.dtype in (self.dtype, "bool") else self.b.cast(value, self.dtype)

    def literal(self, e: Any) -> Any:
        """An argument that says how: parts, numbers of elements, bounds. What depends on the variables of
        Table, or on lengths, is computed.
        """
        if is_list(e) and type(e) is Expr:
            return make_list(map(self.literal, e.args))
        if type(e) is not Expr or is_infinity(e):
            return e
        if e.head is S.Span:
            return Expr(S.Span, tuple(map(self.literal, e.args)))
        found = self.emit(e)
        if isinstance(found, ir.Value):
            raise ArrayError(
                "Parts and numbers of elements must be known beforehand, not computed of the data."
            )
        return int(found) if type(found) is float and found.is_integer() else found

    def combined(self, args: tuple[Any, ...]) -> list[Operand]:
        """The arguments of a listable function; an array of unknown shape has
        that of the largest other one.
        """
        held = [i for i, x in enumerate(args) if type(x) is Expr and x.head is S.NetArray]
        values: list[Operand] = [None if i in held else self.emit(x) for i, x in enumerate(args)]
        shapes = [x.shape[1:] for x in values if isinstance(x, ir.Value)]
        like = max(shapes, key=len) if shapes else None
        for i in held:
            values[i] = self.array(args[i], like)
        return values

    def array(self, e: Expr, like: tuple[int, ...] | None) -> ir.Value:
        found = self.arrays(e.args[0], like)
        return self.b.reshape(found, (1, *found.shape))

    def constant(self, array: np.ndarray) -> ir.Value:
        return self.b.constant(np.asarray(array)[None], self.dtype)

    def value(self, x: Operand) -> ir.Value:
        """A number as an array of rank 0."""
        if isinstance(x, ir.Value):
            return x
        return self.b.constant(np.full((1,), float(x)), self.dtype)

    def stacked(self, e: Expr) -> Operand:
        """A list of values as one array with one dimension more."""
        constant = to_array(e, exact=False)
        if constant is not None:
            return self.constant(constant)
        parts = [self.value(self.emit(x)) for x in e.args]
        if not parts:
            raise ArrayError("An empty list is no array.")
        shape = parts[0].shape[1:]
        if any(x.shape[1:] != shape for x in parts):
            raise ArrayError("The elements of a list must have the same dimensions.")
        return self.b.stack(self.same_batch(parts), axis=1)

    def same_batch(self, parts: list[ir.Value]) -> list[ir.Value]:
        count = max(x.shape[0] for x in parts)
        return [self.b.broadcast_to(x, (count, *x.shape[1:])) for x in parts]

    def aligned(self, values: list[Operand]) -> list[Operand]:
        """Arrays of one rank: those of lower rank get trailing dimensions of extent 1."""
        flat = [x for x in values if isinstance(x, ir.Value)]
        rank = max((x.rank for x in flat), default=1)
        for x in flat:
            for y in flat:
                pairs = zip(x.shape[1:], y.shape[1:], strict=False)
                if any(a != b for a, b in pairs):
                    raise ArrayError(
                        f"Arrays of dimensions {x.shape[1:]} and {y.shape[1:]} cannot be combined."
                    )
        return [
            self.b.reshape(x, (*x.shape, *(1,) * (rank - x.rank))) if isinstance(x, ir.Value) else x
            for x in values
        ]


# NetPort["1"][x] in a formula: the net inside of that name, applied to x; NetPort["1", "port"][x]: one of its
# outputs.
INNER = S.NetPort
EXTREMA = {"Max": "max", "Min": "min"}


def known(head: Any) -> bool:
    """Whether a formula of arrays may have this head."""
    if type(head) is Symbol and (head.name in ARRAYS or head.name in SEVERAL):
        return True
    return formulas.allowed(head)


def is_literal(head: Any, place: int) -> bool:
    """Whether an argument of this head is no array but says how: Part[x, 1], Take[x, 3]."""
    return type(head) is Symbol and head.name in ARRAYS and place > 0


def nets_of(formula: Any) -> list[Net]:
    """The nets that a formula applies, in order of appearance, each once."""
    found: list[Net] = []
    stack = [formula]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if type(e.head) is Net and not any(e.head is x for x in found):
                found.append(e.head)
            stack.extend(reversed((e.head, *e.args)))
        elif hasattr(e, "values") and type(e) is not Net:
            stack.extend(reversed(e.values()))
    return found
