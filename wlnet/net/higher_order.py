"""Functions of functions in formulas: Map, MapThread, Fold, Nest, Table, Sum, and their ops.

A function inside a formula is Function[{1, 2, ...}, body]; its variables stand in the body as
SlotSequence[1], ... with numbers that no other function of the formula has. Map applies its function to all
elements at once: the elements join the batch. Fold, Nest and Table write their steps out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, is_list, items, make_list
from wlnet.runtime import ir

from .array_functions import ArrayError, Operand, every_product, need_rank

if TYPE_CHECKING:
    from .arrays import Emitter

# Steps that a Fold, Nest or Table may be written out to: a program of some ten thousand instructions takes
# seconds to plan.
MOST_STEPS = 1000


def function(variables: list[int], body: Any) -> Expr:
    """The normal form of a function."""
    return Expr(S.Function, (make_list(variables), body))


def bound(number: int) -> Expr:
    """A variable of a function in its body."""
    return Expr(S.SlotSequence, (number,))


def variables_of(f: Expr) -> list[int]:
    return list(items(f.args[0]))


def numbered(formula: Any) -> Any:
    """A formula with its variables numbered 1, 2, ... as they appear: equal functions have equal ones."""
    numbers: dict[int, int] = {}

    def walk(e: Any) -> Any:
        if type(e) is not Expr:
            return e
        if e.head is S.SlotSequence:
            return bound(numbers.setdefault(e.args[0], len(numbers) + 1))
        if e.head is S.Function:
            own = [numbers.setdefault(x, len(numbers) + 1) for x in variables_of(e)]
            return function(own, walk(e.args[1]))
        return Expr(walk(e.head), tuple(map(walk, e.args)))

    return walk(formula)


class Repeated(Mapping[Any, Any]):
    """Values by name, each repeated for the elements that joined the batch when it is asked for."""

    def __init__(self, b: ir.Builder, values: Mapping[Any, Any], count: int) -> None:
        self.b = b
        self.values_ = values
        self.count = count

    def __getitem__(self, key: Any) -> Any:
        return repeated(self.b, self.values_[key], self.count)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def repeated(b: ir.Builder, value: Operand, count: int) -> Operand:
    """(N, ...) -> (N count, ...), every example `count` times in a row; what is the same in all stays."""
    if not isinstance(value, ir.Value) or value.shape[0] == 1:
        return value
    n, rest = value.shape[0], value.shape[1:]
    wide = b.broadcast_to(b.reshape(value, (n, 1, *rest)), (n, count, *rest))
    return b.reshape(wide, (n * count, *rest))


# ---- Map, MapThread


def depth_of(spec: Any) -> int:
    """The level that Map works at: 1, {n}."""
    if spec == 1:
        return 1
    if is_list(spec) and len(items(spec)) == 1 and type(items(spec)[0]) is int and items(spec)[0] > 0:
        return int(items(spec)[0])
    raise ArrayError("Map in a layer works at one level: {n}.")


def map_(at: Emitter, f: Expr, x: Any, spec: Any = 1) -> Operand:
    return together(at, f, [at.value(at.emit(x))], depth_of(at.literal(spec)), "Map")


def map_thread(at: Emitter, f: Expr, lists: Expr, spec: Any = 1) -> Operand:
    return together(
        at, f, [at.value(at.emit(x)) for x in lists.args], depth_of(at.literal(spec)), "MapThread"
    )


def together(at: Emitter, f: Expr, values: list[ir.Value], depth: int, name: str) -> ir.Value:
    """The function on the elements at level `depth` of arrays of equal first dimensions."""
    b, n = at.b, at.batch
    extents = need_rank(values[0], depth, name).shape[1 : depth + 1]
    if any(need_rank(x, depth, name).shape[1 : depth + 1] != extents for x in values):
        raise ArrayError("MapThread takes lists of the same length.")
    count = math.prod(extents)
    rows = []
    for x in values:
        rest = x.shape[depth + 1 :]
        rows.append(b.reshape(b.broadcast_to(x, (n, *x.shape[1:])), (n * count, *rest)))
    inner = at.within(count, dict(zip(variables_of(f), rows, strict=True)))
    found = inner.value(inner.emit(f.args[1]))
    found = b.broadcast_to(found, (n * count, *found.shape[1:]))
    return b.reshape(found, (n, *extents, *found.shape[1:]))


# ---- Fold, Nest


def steps(at: Emitter, x: Any) -> Iterator[ir.Value]:
    """The elements of a list one by one."""
    value = need_rank(at.value(at.emit(x)), 1, "Fold")
    check_steps(value.shape[1], "Fold", "Use NetFoldOperator for longer sequences.")
    for k in range(value.shape[1]):
        yield at.b.index_axis(value, 1, k)


def check_steps(count: int, name: str, remedy: str = "") -> None:
    if count > MOST_STEPS:
        raise ArrayError(
            f"{name} would take {count} steps; at most {MOST_STEPS} are written out. {remedy}".strip()
        )


def folded(at: Emitter, f: Expr, *given: Any) -> list[Operand]:
    """All results of Fold[f, x, list] or Fold[f, list], the start included."""
    rest = steps(at, given[-1])
    found = [at.emit(given[0]) if len(given) == 2 else next(rest)]
    first, second = variables_of(f)
    for each in rest:
        found.append(at.within(1, {first: found[-1], second: each}).emit(f.args[1]))
    return found


def nested(at: Emitter, f: Expr, x: Any, count: Any) -> list[Operand]:
    number = at.literal(count)
    if type(number) is not int or number < 0:
        raise ArrayError("Nest takes a number of steps.")
    check_steps(number, "Nest", "Use NetNestOperator.")
    found = [at.emit(x)]
    (variable,) = variables_of(f)
    for _ in range(number):
        found.append(at.within(1, {variable: found[-1]}).emit(f.args[1]))
    return found


def stacked(at: Emitter, values: list[Operand], name: str) -> ir.Value:
    parts = [at.value(x) for x in values]
    if not parts:
        raise ArrayError(f"{name} of no elements is no array.")
    if len({x.shape[1:] for x in parts}) > 1:
        raise ArrayError(f"The elements of {name} must have the same dimensions.")
    return at.b.stack(at.same_batch(parts), axis=1)


# ---- Table, Sum


def iterated(at: Emitter, f: Expr, iterator: Any) -> list[Operand]:
    """The values of a body for the numbers that {n}, {lo, hi} or {lo, hi, step} count."""
    numbers = [at.literal(x) for x in items(iterator)]
    if not all(type(x) in (int, float) for x in numbers) or (len(numbers) == 3 and not numbers[2]):
        raise ArrayError("The bounds of an iterator must be numbers.")
    low, high = (1, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) == 3 else 1
    count = max(0, math.floor((high - low) / step + 1e-9) + 1)
    check_steps(count, "Table")
    (variable,) = variables_of(f)
    return [at.within(1, {variable: low + k * step}).emit(f.args[1]) for k in range(count)]


def total(at: Emitter, values: list[Operand], method: str, start: float) -> Operand:
    result: Operand = start
    for k, each in enumerate(values):
        parts = at.aligned([result, each]) if k else [result, each]
        result = each if not k else getattr(at.b, method)(*map(at.value, parts))
    return result


HIGHER: dict[str, Callable[..., Operand]] = {
    "Map": map_,
    "MapThread": map_thread,
    "Fold": lambda at, f, *given: folded(at, f, *given)[-1],
    "FoldList": lambda at, f, *given: stacked(at, folded(at, f, *given), "FoldList"),
    "Nest": lambda at, f, x, n: nested(at, f, x, n)[-1],
    "NestList": lambda at, f, x, n: stacked(at, nested(at, f, x, n), "NestList"),
    "Table": lambda at, f, spec: stacked(at, iterated(at, f, spec), "Table"),
    "Sum": lambda at, f, spec: total(at, iterated(at, f, spec), "add", 0.0),
    "Product": lambda at, f, spec=None: (
        every_product(at, at.emit(f))  # Times @@ f
        if spec is None
        else total(at, iterated(at, f, spec), "mul", 1.0)
    ),
}
# How many arguments the function of each takes; 0: as many as there are lists.
ARGUMENTS = {"Map": 1, "MapThread": 0, "Fold": 2, "FoldList": 2, "Nest": 1, "NestList": 1}
