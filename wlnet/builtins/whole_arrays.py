"""Functions of numbers over whole packed lists: Map, Select and Table at NumPy speed when the body allows it.

A body made only of built-in numeric Listable functions, numbers, constants and its variable gives, with a
list in place of the variable, the list of its values. Tests made of comparisons of such bodies give a mask.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Complex, Expr, S, Symbol, is_list, is_number, items
from wlnet.expr.attributes import CONSTANT, LISTABLE, NUMERIC_FUNCTION

from .levels import children, size

# Below this the check costs more than it saves (measured: break-even between 8 and 20 elements).
SHORTEST = 16

# Integers up to this size are exact as floats, so that NumPy compares them with reals as numbers.
EXACT = 1 << 53

COMPARISONS = {
    S.Less: np.less,
    S.LessEqual: np.less_equal,
    S.Greater: np.greater,
    S.GreaterEqual: np.greater_equal,
}
COMPARISONS_OF_INTEGERS = {S.Equal: np.equal, S.Unequal: np.not_equal}
CONNECTIVES = {S.And: np.logical_and, S.Or: np.logical_or}


def takes_arrays(f: Any) -> bool:
    """Whether `f` is a built-in Listable function, which goes over whole lists by itself."""
    return type(f) is Symbol and bool(f.attributes & LISTABLE) and f.builtin is not None and f.down is None


def variable_and_body(f: Any) -> tuple[Any, Any] | None:
    """(variable, body) of a pure function of one argument: the variable is a symbol or Slot[1]."""
    if type(f) is not Expr or f.head is not S.Function:
        return None
    if len(f.args) == 1:
        return Expr(S.Slot, (1,)), f.args[0]
    if len(f.args) != 2:
        return None
    names = items(f.args[0]) if is_list(f.args[0]) else (f.args[0],)
    return (names[0], f.args[1]) if len(names) == 1 and type(names[0]) is Symbol else None


def _is_variable(part: Any, variable: Any) -> bool:
    if type(variable) is Symbol:
        return part is variable
    return type(part) is Expr and part.head is S.Slot and len(part.args) == 1 and _is_one(part.args[0])


def _is_one(x: Any) -> bool:
    return type(x) is int and x == 1


def is_elementwise(body: Any, variable: Any) -> bool:
    """Whether `body` may be evaluated with a list for `variable`, which stands in it somewhere."""
    found = False
    stack = [body]
    while stack:
        part = stack.pop()
        if _is_variable(part, variable):
            found = True
        elif type(part) is Expr:
            head = part.head
            if not takes_arrays(head) or not head.attributes & NUMERIC_FUNCTION or not part.args:
                return False
            stack.extend(part.args)
        elif type(part) is Symbol:
            if not (part.attributes & CONSTANT or type(part.own) in (int, float)):
                return False
        elif not is_number(part):
            return False
    return found


class _OneByOne(Exception):  # noqa: N818  (a signal inside this file, not an error)
    """The list cannot stand for its elements after all."""


def _value(ev: Any, body: Any, variable: Any, array: np.ndarray) -> Any:
    """The value of an elementwise `body` with `array` for `variable`. Raises _OneByOne."""
    if _is_variable(body, variable):
        return array
    if type(body) is not Expr:
        return body.own if type(body) is Symbol and body.own is not None else body
    args = tuple(_value(ev, x, variable, array) for x in body.args)
    # An exact 0 stays exact when it is multiplied by a real; in an array it would become 0.
    if body.head is not S.Plus and any(map(_holds_exact_zero, args)) and any(map(_is_inexact, args)):
        raise _OneByOne
    return ev.call(body.head, *args)


def _holds_exact_zero(x: Any) -> bool:
    return type(x) is np.ndarray and x.dtype == np.int64 and not x.all()


def _is_inexact(x: Any) -> bool:
    return type(x) is float or type(x) is Complex or (type(x) is np.ndarray and x.dtype != np.int64)


def values_over(ev: Any, body: Any, variable: Any, array: np.ndarray) -> Any:
    """The list of values of `body` for the numbers in a packed vector; None where it must be one by one."""
    if len(array) < SHORTEST or not is_elementwise(body, variable):
        return None
    try:
        found = _value(ev, body, variable, array)
    except _OneByOne:
        return None
    return found if is_list(found) and size(found) == len(array) else None


def mapped_over(ev: Any, f: Any, array: np.ndarray) -> Any:
    """`Map[f, array]` for a pure function of numbers over a packed vector, or None."""
    parts = variable_and_body(f) if array.ndim == 1 else None
    return None if parts is None else values_over(ev, parts[1], parts[0], array)


def values_of(ev: Any, f: Any, value: Any) -> list[Any]:
    """F of each element of `value`, as a Python list; at once where a packed list allows it."""
    if type(value) is np.ndarray:
        whole = ev.call(f, value) if takes_arrays(f) and value.ndim == 1 else mapped_over(ev, f, value)
        if is_list(whole) and size(whole) == len(value):
            return list(items(whole))
    return list(map(ev.function(f), children(value) or ()))


def mask_over(ev: Any, f: Any, array: np.ndarray) -> np.ndarray | None:
    """For which numbers of a packed vector the test `f` is True; None where NumPy cannot tell."""
    if array.ndim != 1 or len(array) < SHORTEST or array.dtype.kind == "c":
        return None
    if (f is S.EvenQ or f is S.OddQ) and array.dtype == np.int64:
        return np.equal(array % 2, 1 if f is S.OddQ else 0)  # type: ignore[no-any-return]
    if f is S.Positive or f is S.Negative:
        return array > 0 if f is S.Positive else array < 0
    parts = variable_and_body(f)
    return None if parts is None else _test(ev, parts[1], parts[0], array)


def _test(ev: Any, body: Any, variable: Any, array: np.ndarray) -> np.ndarray | None:
    if type(body) is not Expr or type(body.head) is not Symbol or body.head.down is not None:
        return None
    if body.head in CONNECTIVES and len(body.args) >= 2:
        tests = [_test(ev, part, variable, array) for part in body.args]
        known = [test for test in tests if test is not None]
        return None if len(known) < len(tests) else CONNECTIVES[body.head].reduce(known)
    if body.head is S.Not and len(body.args) == 1:
        inner = _test(ev, body.args[0], variable, array)
        return None if inner is None else ~inner
    if len(body.args) == 1 and _is_variable(body.args[0], variable):
        return mask_over(ev, body.head, array)
    if len(body.args) != 2:
        return None
    sides = [_side(ev, part, variable, array) for part in body.args]
    if any(side is None for side in sides) or not any(type(side) is np.ndarray for side in sides):
        return None
    return _compared(body.head, *sides)


def _compared(head: Any, left: Any, right: Any) -> np.ndarray | None:
    """NumPy's comparison, where it means the same: no reals against integers that they cannot tell apart."""
    kinds = {"i" if type(x) is int or getattr(x, "dtype", None) == np.int64 else "f" for x in (left, right)}
    if len(kinds) > 1 and any(_is_big(x) for x in (left, right)):
        return None
    if head in COMPARISONS:
        return COMPARISONS[head](left, right)  # type: ignore[no-any-return]
    if kinds == {"i"} and head in COMPARISONS_OF_INTEGERS:
        return COMPARISONS_OF_INTEGERS[head](left, right)  # type: ignore[no-any-return]
    return None


def _is_big(x: Any) -> bool:
    if type(x) is np.ndarray:
        return bool(x.dtype == np.int64 and x.size and max(abs(int(x.max())), abs(int(x.min()))) > EXACT)
    return type(x) is int and abs(x) > EXACT


def _side(ev: Any, part: Any, variable: Any, array: np.ndarray) -> Any:
    """One side of a comparison: a machine number or a packed vector of reals; None for anything else."""
    if type(part) is Symbol and part is not variable:
        part = part.own
    if type(part) is float or (type(part) is int and abs(part) < 1 << 63):
        return part
    found = values_over(ev, part, variable, array)
    return found if type(found) is np.ndarray and found.ndim == 1 and found.dtype.kind != "c" else None
