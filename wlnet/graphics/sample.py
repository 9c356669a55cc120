"""Values of an expression at many places at once, each exactly what evaluation at that place gives.

Plot and its kin ask for f at thousands of places.  Here f is taken apart: what is elementwise for certain
(intact Listable functions of numbers) is evaluated once on a packed list of all places; a net, or anything
else that is applied and maps over lists, gets one batch; the rest is evaluated place by place with the
variables set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import ATOMS, Association, Complex, Expr, S, Symbol, is_list, items, pack, packed, to_array
from wlnet.expr.attributes import (
    CONSTANT,
    HOLD_ALL_COMPLETE,
    HOLD_FIRST,
    HOLD_REST,
    LISTABLE,
    NUMERIC_FUNCTION,
    SEQUENCE_HOLD,
    STUB,
)
from wlnet.kernel.control import RUN
from wlnet.kernel.definitions import rules_of
from wlnet.kernel.evaluate import Computed
from wlnet.kernel.messages import Quieting

ELEMENTWISE = LISTABLE | NUMERIC_FUNCTION
MOST_DEPTH = 60

# Imaginary parts below this, relative to the real part, are rounding.
IMAGINARY = 1e-10


class Same:
    """A value that is the same at all places."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


# What an expression is at n places: the same value, an array whose rows are the values, or a list of them.
Column = Same | np.ndarray | list[Any]


class Sampler:
    """Evaluates `body` with `symbols` set to given numbers, at many places at once."""

    def __init__(self, ev: Any, body: Any, symbols: Sequence[Symbol]) -> None:
        self.ev = ev
        self.body = body
        self.symbols = tuple(symbols)

    def values(self, *places: np.ndarray) -> list[Any] | np.ndarray:
        """The values at the places: an array whose rows they are, or a list.  Messages are kept quiet."""
        self.count = len(places[0])
        self.env: dict[Symbol, Column] = dict(zip(self.symbols, places))
        quiet = self.ev.state.quiet
        quiet.append(Quieting(None, set()))
        depth = len(quiet)
        saved = [symbol.own for symbol in self.symbols]
        try:
            found = self.column(self.body, self.env, 0)
            return self.spread(found if found is not None else self.placewise(self.body))
        finally:
            del quiet[depth - 1 :]
            for symbol, own in zip(self.symbols, saved):
                symbol.touch()
                symbol.own = own

    def spread(self, column: Column) -> list[Any] | np.ndarray:
        if isinstance(column, Same):
            return [column.value] * self.count
        return column

    def placewise(self, e: Any) -> Column:
        """Evaluation place by place, as the language defines it."""
        step = self.ev.compiled(e)
        columns = [np.asarray(self.env[symbol]).tolist() for symbol in self.symbols]
        found = []
        for place in zip(*columns):
            for symbol, value in zip(self.symbols, place):
                symbol.touch()
                symbol.own = value
            found.append(step())
        for symbol in self.symbols:
            symbol.touch()
            symbol.own = None
        return gathered(found)

    # ---- columns; None where `env` holds parameters of a function and `e` cannot be taken apart

    def column(self, e: Any, env: dict[Symbol, Column], depth: int) -> Column | None:
        kind = type(e)
        if kind is Symbol:
            return self.of_symbol(e, env, depth)
        if kind is not Expr:
            return Same(e)
        if depth > MOST_DEPTH:
            return None
        head = e.head
        if type(head) is Symbol and head in env:
            return None
        if head is S.List:
            return self.of_list(e, env, depth)
        applied = self.applied_atom(head)
        if applied is not None:
            return self.batch(applied, e, env, depth)
        if type(head) is not Symbol:
            return self.by_arguments(e, env, depth) if self.is_closed(head, env) else None
        if head.attributes & STUB:
            RUN.load(head)
        if holds(head.attributes, len(e.args)) or head.up is not None:
            return self.whole(e, env)
        if head.attributes & ELEMENTWISE == ELEMENTWISE and is_intact(head):
            return self.elementwise(e, env, depth)
        if head.down is not None and not head.shared:
            inlined = self.inlined(e, env, depth)
            if inlined is not None:
                return inlined
        return self.by_arguments(e, env, depth)

    def whole(self, e: Any, env: dict[Symbol, Column]) -> Column | None:
        return self.placewise(e) if env is self.env else None

    def of_symbol(self, e: Symbol, env: dict[Symbol, Column], depth: int) -> Column | None:
        if e in env:
            return env[e]
        own = e.own
        if own is None:
            return Same(e) if e.attributes & CONSTANT or e.shared else self.whole(e, env)
        if isinstance(own, Computed):
            return self.whole(e, env)
        if type(own) is Expr:
            return self.column(own, self.env, depth + 1) if env is self.env else None
        return Same(own)

    @staticmethod
    def is_closed(head: Any, env: dict[Symbol, Column]) -> bool:
        """Whether a compound head, such as a Function, means the same at all places."""
        todo = [head]
        while todo:
            each = todo.pop()
            if type(each) is Symbol and (each in env or isinstance(each.own, Computed | Expr)):
                return False
            if type(each) is Expr:
                todo += [each.head, *each.args]
        return type(head) is Expr and head.head is S.Function

    def arguments(self, args: Sequence[Any], env: dict[Symbol, Column], depth: int) -> list[Column] | None:
        found: list[Column] = []
        for each in args:
            column = self.column(each, env, depth + 1)
            if column is None:
                column = self.whole(each, env)
            if column is None:
                return None
            if has_sequence(column):
                return None
            found.append(column)
        return found

    def of_list(self, e: Expr, env: dict[Symbol, Column], depth: int) -> Column | None:
        columns = self.arguments(e.args, env, depth)
        if columns is None:
            return self.whole(e, env)
        if all(isinstance(c, Same) for c in columns):
            return Same(pack(Expr(S.List, tuple(c.value for c in columns if isinstance(c, Same)))))
        arrays = [self.numeric(c) for c in columns]
        shapes = {a.shape for a in arrays if a is not None}
        if None not in [a if a is None else 0 for a in arrays] and len(shapes) == 1:
            return np.stack([a for a in arrays if a is not None], axis=1)
        return [Expr(S.List, row) for row in self.rows(columns)]

    def numeric(self, column: Column) -> np.ndarray | None:
        """A column as a real array of one row a place."""
        if isinstance(column, np.ndarray):
            return column.astype(np.float64) if column.dtype.kind in "if" else None
        if isinstance(column, Same):
            value = column.value
            if type(value) in (int, float):
                return np.full(self.count, float(value))
            if type(value) is np.ndarray and value.dtype.kind in "if":
                return np.broadcast_to(value.astype(np.float64), (self.count, *value.shape))
        return None

    def rows(self, columns: Sequence[Column]) -> Any:
        """The arguments at each place."""
        if not columns:
            return [()] * self.count
        return zip(*(listed(self.spread(c)) for c in columns))

    def elementwise(self, e: Expr, env: dict[Symbol, Column], depth: int) -> Column | None:
        """An intact Listable function: on packed columns of numbers, its value is a packed column."""
        columns = self.arguments(e.args, env, depth)
        if columns is None:
            return self.whole(e, env)
        if all(isinstance(c, Same) for c in columns):
            return Same(
                self.ev.evaluate(Expr(e.head, tuple(c.value for c in columns if isinstance(c, Same))))
            )
        args: list[Any] = []
        for c in columns:
            if isinstance(c, Same) and not is_list(c.value) and type(c.value) not in ATOMS:
                args.append(c.value)
            elif isinstance(c, np.ndarray):
                args.append(packed(c))
            else:
                return self.placewise_call(e.head, columns)
        value = self.ev.evaluate(Expr(e.head, tuple(args)))
        rank = max(a.ndim for a in args if type(a) is np.ndarray)
        if type(value) is np.ndarray and value.ndim == rank and len(value) == self.count:
            return value
        return self.placewise_call(e.head, columns)

    def placewise_call(self, head: Any, columns: Sequence[Column]) -> Column:
        evaluate = self.ev.evaluate
        return gathered([evaluate(Expr(head, row)) for row in self.rows(columns)])

    def by_arguments(self, e: Expr, env: dict[Symbol, Column], depth: int) -> Column | None:
        """A function that evaluates its arguments: applied place by place to their columns."""
        columns = self.arguments(e.args, env, depth)
        if columns is None:
            return self.whole(e, env)
        return self.placewise_call(e.head, columns)

    # ---- what is applied

    @staticmethod
    def applied_atom(head: Any) -> Any:
        """The net (or other atom that can be applied) that a head stands for, None for anything else."""
        value = head.own if type(head) is Symbol else head
        known = ATOMS.get(type(value))
        return (
            value if known is not None and known.call is not None and type(value) is not Association else None
        )

    def batch(self, atom: Any, e: Expr, env: dict[Symbol, Column], depth: int) -> Column | None:
        """One call for all places, if the first place by itself agrees with it."""
        columns = self.arguments(e.args, env, depth)
        if columns is None:
            return self.whole(e, env)
        if not columns or any(not isinstance(c, Same) for c in columns[1:]) or isinstance(columns[0], Same):
            return self.placewise_call(atom, columns)
        rest = tuple(c.value for c in columns[1:] if isinstance(c, Same))
        given = columns[0]
        batch = packed(given) if isinstance(given, np.ndarray) else Expr(S.List, tuple(given))
        found = self.ev.evaluate(Expr(atom, (batch, *rest)))
        if is_list(found) and len(items(found)) == self.count:
            first = self.ev.evaluate(Expr(atom, (listed(given[:1])[0], *rest)))
            if close(items(found[:1] if type(found) is np.ndarray else found)[0], first):
                return found if type(found) is np.ndarray else list(items(found))
        return self.placewise_call(atom, columns)

    def inlined(self, e: Expr, env: dict[Symbol, Column], depth: int) -> Column | None:
        """f[args] by the one definition f[x_, ...] := body, if the body can be taken apart."""
        found = rules_of(e.head, "down")
        if len(found) != 1:
            return None
        lhs, body = found[0]
        while type(lhs) is Expr and lhs.head is S.HoldPattern:
            lhs = lhs.args[0]
        names = parameters(lhs)
        if names is None or len(names) != len(e.args) or (type(body) is Expr and body.head is S.Condition):
            return None
        columns = self.arguments(e.args, env, depth)
        if columns is None:
            return None
        outer = {k: v for k, v in self.env.items() if k not in names}
        return self.column(body, {**outer, **dict(zip(names, columns))}, depth + 1)


def holds(attributes: int, count: int) -> bool:
    """Whether one of `count` arguments is kept unevaluated."""
    if attributes & (HOLD_ALL_COMPLETE | SEQUENCE_HOLD):
        return True
    return bool(count and attributes & HOLD_FIRST) or bool(count > 1 and attributes & HOLD_REST)


def is_intact(head: Symbol) -> bool:
    return head.down is None and head.own is None and head.builtin is not None


def parameters(lhs: Any) -> list[Symbol] | None:
    """The names of f[x_, y_, ...], None where a pattern is anything else."""
    found = []
    for each in lhs.args if type(lhs) is Expr else (None,):
        if type(each) is not Expr or each.head is not S.Pattern or each.args[1] != Expr(S.Blank, ()):
            return None
        found.append(each.args[0])
    return found if len(set(found)) == len(found) else None


def has_sequence(column: Column) -> bool:
    values = [column.value] if isinstance(column, Same) else column if isinstance(column, list) else []
    return any(type(v) is Expr and v.head is S.Sequence for v in values)


def listed(values: list[Any] | np.ndarray) -> list[Any]:
    """Values of the language, one a place."""
    if isinstance(values, list):
        return values
    return list(items(packed(values)))


def gathered(values: list[Any]) -> Column:
    """Numbers, or equal lists of numbers, as an array."""
    if all(type(v) is float for v in values):
        return np.array(values)
    if values and all(type(v) is np.ndarray and v.shape == values[0].shape for v in values):
        return np.stack(values)
    return values


def close(x: Any, y: Any) -> bool:
    """Equal up to the rounding of single precision."""
    a = x if type(x) is np.ndarray else to_array(x, exact=False)
    b = y if type(y) is np.ndarray else to_array(y, exact=False)
    if a is None or b is None:
        if type(x) is float and type(y) is float:
            return bool(np.isclose(x, y, rtol=1e-3, atol=1e-5, equal_nan=True))
        return bool(x == y)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-3, atol=1e-5, equal_nan=True))


# ---- numbers


def real(ev: Any, value: Any) -> float:
    """A value as a real number, NaN where it is none."""
    kind = type(value)
    if kind is float or kind is int:
        try:
            return float(value)
        except OverflowError:
            return float("nan")
    if kind is Complex:
        re, im = float(value.re), float(value.im)
        return re if abs(im) <= IMAGINARY * max(1.0, abs(re)) else float("nan")
    if kind is Symbol or kind is Expr or kind.__name__ in ("Fraction", "BigReal"):
        number = ev.evaluate(Expr(S.N, (value,)))
        if type(number) in (float, Complex):
            return real(ev, number)
    return float("nan")


def reals(ev: Any, values: list[Any] | np.ndarray) -> np.ndarray:
    """Values at n places as real numbers: (n,), or (n, k) where they are lists of k."""
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "c":
            re, im = np.real(values), np.imag(values)
            return np.where(np.abs(im) <= IMAGINARY * np.maximum(1.0, np.abs(re)), re, np.nan)
        return values.astype(np.float64)
    width = max((len(items(v)) for v in values if is_list(v)), default=None)
    if width is None:
        return np.array([real(ev, v) for v in values])
    rows = [items(v) if is_list(v) and len(items(v)) == width else (None,) * width for v in values]
    return np.array([[real(ev, x) for x in row] for row in rows]).reshape(len(values), width)
