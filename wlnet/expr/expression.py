"""`Expr`, and identity of values: structural equality, hashing, dictionary keys.

A WL value is one of
    int, Fraction (never with denominator 1), float, Complex, BigReal        numbers
    str                                                                      a WL string
    numpy.ndarray (int64, float64, complex128; rank >= 1; read-only)         a packed List
    Symbol, Expr                                                             symbols and ordinary expressions
    Association and the atoms registered with `expr.atoms`                   (NumericArray, ByteArray, Image,
    Net, ...)
A Python bool is never a WL value: use S.True_ / S.False_ via `truth`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from .atoms import atom_head
from .numbers import BigReal, Complex, machine_complex
from .symbols import S, Symbol, system

TRUE = system("True")
FALSE = system("False")
NULL = system("Null")
LIST = S.List


class Expr:
    """`head[args...]`. Immutable but for the evaluator's marks (see design, section 5).

    stamp   the version of all definitions at which this was found fully evaluated; 0 for never; minus a
            version while an expression whose arguments are evaluated is on its way to the evaluator's loop
    code    what the kernel compiled this expression to (unset until then)
    """

    __slots__ = ("_hash", "args", "code", "head", "stamp")

    code: Any

    def __init__(self, head: Any, args: tuple[Any, ...] = ()) -> None:
        self.head = head
        self.args = args
        self.stamp = 0
        self._hash = 0

    def __eq__(self, other: object) -> bool:
        return same(self, other)

    def __hash__(self) -> int:
        return self._hash or _hash_tree(self)

    def __repr__(self) -> str:
        # Debugging aid; what users see comes from `wlnet.syntax.printer`. Not recursive: depth has no bound.
        out: list[str] = []
        stack: list[Any] = [self]
        while stack:
            x = stack.pop()
            if type(x) is Expr:
                pieces = [piece for a in x.args for piece in (a, _Text(", "))][:-1]
                stack += reversed([x.head, _Text("["), *pieces, _Text("]")])
            else:
                out.append(x.text if type(x) is _Text else repr(x))
        return "".join(out)


class _Text:
    """Text between the parts of an expression, while it is written out."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def truth(value: object) -> Symbol:
    """The symbol True or False for a Python truth value."""
    return TRUE if value else FALSE


def make_list(items: Iterable[Any]) -> Expr:
    """A List expression of `items` (never packed: see `expr.packed.pack`)."""
    return Expr(LIST, tuple(items))


def is_infinity(value: Any) -> bool:
    """Whether `value` is Infinity: the symbol, or the DirectedInfinity[1] that it evaluates to."""
    if type(value) is Expr:
        return value.head is S.DirectedInfinity and value.args == (1,)
    return value is S.Infinity


def is_list(value: object) -> bool:
    """Whether `value` is a List, packed or not."""
    kind = type(value)
    return kind is np.ndarray or (kind is Expr and value.head is LIST)  # type: ignore[attr-defined]


def items(value: Any) -> tuple[Any, ...]:
    """The elements of a List, packed or not. A packed array of rank 2 or more gives packed rows."""
    if type(value) is not np.ndarray:
        return value.args  # type: ignore[no-any-return]
    if value.ndim == 1:
        numbers = value.tolist()
        return tuple(map(machine_complex, numbers)) if value.dtype == np.complex128 else tuple(numbers)
    return tuple(value)


def unpack(array: np.ndarray) -> Expr:
    """A packed List as nested `Expr`s of Python numbers."""
    if array.ndim == 1:
        return Expr(LIST, items(array))
    return Expr(LIST, tuple(unpack(row) for row in array))


def head_of(value: Any) -> Any:
    """`Head[value]`."""
    kind = type(value)
    if kind is Expr:
        return value.head
    known = _HEADS.get(kind)
    if known is not None:
        return known
    return atom_head(value)


_HEADS: dict[type, Symbol] = {
    int: S.Integer,
    float: S.Real,
    str: S.String,
    Symbol: S.Symbol,
    Fraction: S.Rational,
    Complex: S.Complex,
    BigReal: S.Real,
    np.ndarray: LIST,
}


def same(a: Any, b: Any) -> bool:
    """Structural identity (SameQ): 1 and 1. differ, a packed list equals the same unpacked one. Iterative."""
    if a is b:
        return True
    stack = [(a, b)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        kind = type(a)
        if kind is not type(b):
            if is_list(a) and is_list(b):
                left, right = items(a), items(b)
                if len(left) != len(right):
                    return False
                stack.extend(zip(left, right, strict=True))
                continue
            return False
        if kind is Expr:
            if len(a.args) != len(b.args) or (a._hash and b._hash and a._hash != b._hash):
                return False
            if a.head is not b.head:
                stack.append((a.head, b.head))
            stack.extend(zip(a.args, b.args, strict=True))
        elif kind is np.ndarray:
            if a.dtype != b.dtype or a.shape != b.shape or not np.array_equal(a, b):
                return False
        elif kind is Symbol or a != b:
            return False
    return True


def _hash_tree(root: Expr) -> int:
    """Hash of a tree, children first, without recursion; every node keeps its own."""
    stack: list[Any] = [root]
    while stack:
        node = stack[-1]
        if node._hash:
            stack.pop()
            continue
        waiting = [x for x in (node.head, *node.args) if type(x) is Expr and not x._hash]
        if waiting:
            stack.extend(waiting)
            continue
        parts = tuple(hash(key(x)) for x in (node.head, *node.args))
        node._hash = hash(parts) or 1
        stack.pop()
    return root._hash


def key(value: Any) -> Hashable:
    """A dictionary key that is equal exactly when the values are `same`: keeps 1, 1. and 1/1 apart."""
    kind = type(value)
    if kind is float:
        return (float, value)
    if kind is np.ndarray:
        return unpack(value)
    return value  # type: ignore[no-any-return]
