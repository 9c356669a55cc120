"""Training data in all its forms, read into columns: one array, or one tuple of values, for each port.

    {in1 -> out1, ...}                    rules: the ports are named later, when the loss is known
    {in1, in2, ...} -> {out1, out2, ...}
    <|"port" -> {a1, a2, ...}, ...|>      columns by port
    {<|"port" -> a, ...|>, ...}           one association an example
    Dataset[...]                          of any of the above
Packed lists and NumericArrays become columns as they are: no work is done an example.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import (
    FALSE,
    TRUE,
    Association,
    Expr,
    NumericArray,
    S,
    Symbol,
    is_list,
    items,
    key,
    make_list,
    to_array,
)
from wlnet.expr.order import compare
from wlnet.media.image import Image

from .errors import NetError
from .stored import Stored

# The names of the two columns of data given as rules, until the loss has named them.
RULE_INPUT, RULE_TARGET = "\0input", "\0target"


class Column:
    """The examples at one port: `array` (N, ...) where they are numbers of one shape,
    else the tuple `values`.
    """

    __slots__ = ("_elements", "_kind", "array", "values")

    def __init__(self, array: Any, values: tuple[Any, ...] | None = None) -> None:
        self.array = array
        self.values = values
        self._kind: str | None = None
        self._elements: np.ndarray | None = array

    def __len__(self) -> int:
        return len(self.array) if self.array is not None else len(self.values or ())

    @property
    def kind(self) -> str:
        """What an example is.

        "integer" (a whole number), "real" (any other number), "array" (of numbers; all of one shape),
        "ragged" (arrays of different lengths), "image", "boolean" (True or False), "label" (a string, a
        symbol, another expression).
        """
        if self._kind is None:
            self._kind = self.find_kind()
        return self._kind

    def find_kind(self) -> str:
        if self.array is not None:
            if self.array.ndim > 1:
                return "array"
            return "integer" if self.array.dtype.kind in "iu" else "real"
        values = self.values or ()
        if all(x is TRUE or x is FALSE for x in values):
            return "boolean"
        if all(type(x) is Image for x in values):
            return "image"
        if all(is_numeric(x) for x in values):
            return "ragged"
        return "label"

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Dimensions of one example, () for a number; None where examples are not numbers of one shape."""
        return None if self.array is None else self.array.shape[1:]

    @property
    def whole(self) -> bool:
        """Whether every number is a whole number given as such (an array of integers)."""
        numbers = self.elements
        return numbers is not None and numbers.dtype.kind in "iu"

    @property
    def elements(self) -> np.ndarray | None:
        """The examples as an array (N, ...); of sequences of different lengths all elements one after
        another. None where they are no numbers, or do not go together.
        """
        if self._elements is not None or self.kind != "ragged":
            return self._elements
        arrays = [number_array(x) for x in self.values or ()]
        found = [x for x in arrays if x is not None and x.ndim]
        same = len(found) == len(arrays) and len({x.shape[1:] for x in found}) == 1
        self._elements = np.concatenate(found) if same else None
        return self._elements

    @property
    def rank(self) -> int | None:
        """The number of dimensions of one example; None where they are no numbers of one form."""
        numbers = self.elements
        return None if numbers is None else numbers.ndim - (self.array is not None)

    def examples(self) -> tuple[Any, ...]:
        """The examples as values of the language."""
        if self.values is not None:
            return self.values
        assert self.array is not None
        array = np.asarray(self.array)
        if array.dtype.kind in "iu" and array.dtype != np.int64:
            array = array.astype(np.int64)
        elif array.dtype == np.float32 or array.dtype == np.float16:
            array = array.astype(np.float64)
        return items(array)

    def take(self, indices: np.ndarray) -> Column:
        """The examples at `indices`, from 0, in that order."""
        if self.array is not None:
            stored = isinstance(self.array, Stored)
            return Column(self.array.only(indices) if stored else self.array[indices])
        assert self.values is not None
        return Column(None, tuple(self.values[i] for i in indices))


class Table(NamedTuple):
    """A data set: columns by port, and the number of examples. Data given as rules have the two columns
    RULE_INPUT and RULE_TARGET, a plain list of inputs has RULE_INPUT alone.
    """

    columns: dict[str, Column]
    length: int

    @property
    def named(self) -> bool:
        return RULE_INPUT not in self.columns

    def take(self, indices: np.ndarray) -> Table:
        return Table({name: column.take(indices) for name, column in self.columns.items()}, len(indices))

    def renamed(self, names: dict[str, str]) -> Table:
        """With the columns called `names[old]` where that is given."""
        return Table({names.get(old, old): column for old, column in self.columns.items()}, self.length)


def bad(text: str) -> NetError:
    return NetError("NetTrain", "data", text)


def read_table(data: Any, what: str = "Training data") -> Table:
    """`data` in any explicit form as a table; NetError where it has none, or where lengths differ or are 0.

    `what` begins the error text: "Training data", "Validation data".
    """
    if type(data) is Expr and data.head is S.Dataset and data.args:
        data = data.args[0]
    return table_from(_columns(data, what), what)


def table_from(columns: dict[str, Column], what: str) -> Table:
    """Columns as a table; NetError where their lengths differ or are 0."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{count} at {_port_name(name)}" for name, count in lengths.items())
        raise NetError("NetTrain", "lengths", f"{what} must give every port as many examples; found {told}.")
    length = next(iter(lengths.values()), 0)
    if not length:
        raise bad(f"{what} hold no examples.")
    return Table(columns, length)


def _port_name(name: str) -> str:
    return {RULE_INPUT: "the left-hand side", RULE_TARGET: "the right-hand side"}.get(name, f'"{name}"')


def _columns(data: Any, what: str) -> dict[str, Column]:
    if type(data) is Association:
        return {_key(k, what): column(v, what, k) for k, v in data.pairs()}
    if type(data) is Expr and data.head is S.Rule and len(data.args) == 2:
        inputs, targets = data.args
        return {RULE_INPUT: column(inputs, what, "left"), RULE_TARGET: column(targets, what, "right")}
    if type(data) is NumericArray or type(data) is np.ndarray:
        return {RULE_INPUT: column(data, what, "")}
    if is_list(data):
        return _from_list(items(data), what)
    raise bad(
        f"{what} must be rules {{in -> out, ...}}, {{in, ...}} -> {{out, ...}}, an association from port "
        f"names to "
        f"lists of examples, or a list of associations; found {_short(data)}."
    )


def _from_list(rows: tuple[Any, ...], what: str) -> dict[str, Column]:
    """Columns of a list of rules, of associations, or of bare inputs; rows must be of one kind."""
    if not rows:
        return {}
    first = rows[0]
    if type(first) is Association:
        names = [_key(k, what) for k in first]
        for i, row in enumerate(rows):
            if type(row) is not Association or set(row) != set(names):
                wanted = ", ".join(f'"{name}"' for name in names)
                raise bad(
                    f"{what}: example {i + 1} is not an association with the keys of the first, {wanted}."
                )
        return {name: column_of(tuple(row.get(name) for row in rows)) for name in names}
    if _is_rule(first):
        for i, row in enumerate(rows):
            if not _is_rule(row):
                raise bad(
                    f"{what}: example {i + 1} is no rule in -> out as the first is; found {_short(row)}."
                )
        inputs, targets = tuple(row.args[0] for row in rows), tuple(row.args[1] for row in rows)
        return {RULE_INPUT: column_of(inputs), RULE_TARGET: column_of(targets)}
    return {RULE_INPUT: column_of(rows)}


def _is_rule(value: Any) -> bool:
    return (
        type(value) is Expr and (value.head is S.Rule or value.head is S.RuleDelayed) and len(value.args) == 2
    )


def _key(name: Any, what: str) -> str:
    if type(name) is not str:
        raise bad(f"{what}: the keys of the association must be port names, strings; found {_short(name)}.")
    return name


def column(values: Any, what: str, name: Any) -> Column:
    """A list of examples as a column; NetError where `values` is no list."""
    if type(values) is NumericArray:
        return Column(values.array)
    if type(values) is np.ndarray:
        return Column(values)
    if not is_list(values):
        place = (
            f"at {name!r}".replace("'", '"') if name not in ("left", "right") else f"on the {name}-hand side"
        )
        raise bad(f"{what}: there must be a list of examples {place}; found {_short(values)}.")
    return column_of(items(values))


def column_of(values: tuple[Any, ...]) -> Column:
    """Examples as a column: an array where they are numbers, or arrays of numbers, of one shape."""
    kinds = set(map(type, values))
    if kinds <= {np.ndarray, NumericArray} and kinds:
        arrays = [x.array if type(x) is NumericArray else x for x in values]
        if len({x.shape for x in arrays}) == 1:
            return Column(np.stack(arrays))
        return Column(None, values)
    array = to_array(make_list(values), exact=False)
    if array is None or array.dtype.kind == "c":
        return Column(None, values)
    return Column(array)


def is_numeric(value: Any) -> bool:
    """Whether `value` is a number or a full array of real numbers."""
    kind = type(value)
    if kind is NumericArray:
        return True
    array = to_array(value if is_list(value) else make_list((value,)), exact=False)
    return array is not None and array.dtype.kind != "c"


def number_array(value: Any) -> np.ndarray | None:
    """One example, a number or an array of numbers, as an array; None for anything else."""
    if type(value) is NumericArray:
        return value.array
    return to_array(value, exact=False) if is_list(value) else None


def labels_of(column: Column) -> list[Any]:
    """The distinct labels of a column of strings or symbols, in canonical order (see `expr.order`)."""
    distinct = {key(value): value for value in column.examples()}
    return sorted(distinct.values(), key=cmp_to_key(compare))


def _short(value: Any) -> str:
    """What an error says that it found: the head and the number of elements, not the whole."""
    if type(value) is Expr:
        head = value.head.name if type(value.head) is Symbol else "an expression"
        return f"{head}[...] with {len(value.args)} element" + ("s" if len(value.args) != 1 else "")
    if type(value) is Symbol:
        return value.name
    return repr(value) if type(value) in (int, float, str) else type(value).__name__
