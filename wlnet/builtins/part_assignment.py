"""Assignment to several things and to parts: {a, b} = {1, 2}, a[[i, j]] = v, a["k"] = v, at any depth.

Lists and associations are immutable; but a list or association that nothing but the variable holds is changed
in place, so that a loop that fills one is linear in its length.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from wlnet.expr import (
    LIST,
    NULL,
    Association,
    Expr,
    S,
    Symbol,
    is_list,
    items,
    key,
    make_list,
    system,
    to_array,
    unpack,
)
from wlnet.expr.attributes import LOCKED, PROTECTED
from wlnet.kernel.building import built
from wlnet.kernel.definitions import assigner, set_own
from wlnet.kernel.evaluate import Computed, evaluate, is_stamped
from wlnet.kernel.scope import Scope
from wlnet.kernel.templates import Code, code

from .assignment import SET_FORMS, set_value

FAILED = system("$Failed")
PACK_AT = 16  # lists from this length on are packed when a number is assigned into them


@assigner("List")
def assign_list(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """{a, b, ...} = {x, y, ...}, nested as the left side is; {a, b} = v gives all the same
    value only in lists.
    """
    value = evaluate(rhs) if delayed else rhs
    if not is_list(value) or len(items(value)) != len(lhs.args):
        ev.message("Set", "shape", lhs, value)
        return value
    results = [set_value(target, v, False, "Set") for target, v in zip(lhs.args, items(value), strict=True)]
    return NULL if delayed else make_list(results)


@assigner("Part")
def assign_part(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """symbol[[spec, ...]] = value, and parts of parts and of association entries."""
    found = place_of(lhs)
    if found is None:
        return None
    return _assign_steps(ev, lhs, *found, evaluate(rhs) if delayed else rhs, delayed)


@assigner("Association")
def assign_entry(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """a["k"] = v where a is an association; None where it is none."""
    found = place_of(lhs)
    if found is None or type(found[0].own) is not Association:
        return None
    return _assign_steps(ev, lhs, *found, evaluate(rhs) if delayed else rhs, delayed)


class Step:
    """One step into a value: a Part specification, or the key of an association."""

    __slots__ = ("is_key", "spec")

    def __init__(self, spec: Any, is_key: bool) -> None:
        self.spec = spec
        self.is_key = is_key


def place_of(lhs: Any) -> tuple[Symbol, list[Step]] | None:
    """`a["k"][[1, 2]]` as the symbol a and the steps into its value; None when it is no such place."""
    steps: list[Step] = []
    while type(lhs) is Expr:
        if lhs.head is S.Part and lhs.args:
            steps[:0] = [Step(evaluate(s), False) for s in lhs.args[1:]]
            lhs = lhs.args[0]
        elif lhs.args:
            steps[:0] = [Step(evaluate(s), True) for s in lhs.args]
            lhs = lhs.head
        else:
            return None
    return (lhs, steps) if type(lhs) is Symbol else None


def _assign_steps(ev: Any, lhs: Any, symbol: Symbol, steps: list[Step], value: Any, delayed: bool) -> Any:
    if symbol.attributes & (PROTECTED | LOCKED):
        ev.message("Set", "write", symbol, lhs)
        return FAILED
    own = symbol.own
    if own is None or isinstance(own, Computed):
        own = None if own is None else evaluate(symbol)
        if own is None or own is symbol:
            ev.message("Set", "noval", symbol)
            return value
        set_own(symbol, own)
    own = None
    if len(steps) == 1 and _set_in_place(symbol, steps[0], value):
        return NULL if delayed else value
    try:
        new = changed(symbol.own, steps, 0, value)
    except PartError as error:
        ev.message("Set", error.tag, *error.values)
        return value
    set_own(symbol, new)
    return NULL if delayed else value


class PartError(Exception):
    """A part that does not exist, or a value that does not fit; becomes the message Set::tag."""

    def __init__(self, tag: str, *values: Any) -> None:
        self.tag = tag
        self.values = values


# ---------------------------------------------------------------- in place


def _set_in_place(symbol: Symbol, step: Step, value: Any) -> bool:
    """Change the value of a symbol where it lies, if the symbol is its only holder
    and the change fits; else False.
    """
    own = symbol.own
    if type(own) is Association:
        if sys.getrefcount(own) > 3 or not (step.is_key or type(step.spec) in (str, Symbol)):
            return False
        k = step.spec
        _enter(symbol, own, {key(k): (k, value, False)})
        return True
    if step.is_key or type(step.spec) is not int or step.spec == 0:
        return False
    if type(own) is Expr and own.head is LIST and len(own.args) >= PACK_AT and type(value) in (int, float):
        array = to_array(own)
        if array is None:
            return False
        del own
        _touch(symbol)
        symbol.own = _owned(array.copy() if not array.flags.owndata else array)
        own = symbol.own
    if (
        type(own) is not np.ndarray
        or own.ndim != 1
        or not _fits(own, value)
        or not -len(own) <= step.spec <= len(own)
    ):
        return False
    if sys.getrefcount(own) > 3 or not own.flags.owndata:
        return False
    _touch(symbol)
    own.setflags(write=True)
    own[step.spec - 1 if step.spec > 0 else step.spec] = value
    own.setflags(write=False)
    return True


def enter_in_place(symbol: Symbol, entries: dict[Hashable, tuple[Any, Any, bool]]) -> bool:
    """Put entries into the association that is the value of a symbol, if nobody else holds it."""
    own = symbol.own
    if type(own) is not Association or sys.getrefcount(own) > 3 or symbol.attributes & (PROTECTED | LOCKED):
        return False
    _enter(symbol, own, entries)
    return True


def _enter(symbol: Symbol, own: Association, entries: dict[Hashable, tuple[Any, Any, bool]]) -> None:
    _touch(symbol)
    own.entries.update(entries)
    own._hash = 0
    if not all(is_stamped(k if delayed else v, own.stamp) for k, v, delayed in entries.values()):
        own.stamp = 0


def _touch(symbol: Symbol) -> None:
    if symbol.bare or symbol.shared:
        symbol.touch()


def _owned(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


def _fits(array: np.ndarray, value: Any) -> bool:
    if type(value) is int:
        return array.dtype == np.int64 and -(1 << 63) <= value < (1 << 63)
    return type(value) is float and array.dtype == np.float64


def compile_part_set(lhs: Expr, scope: Scope, value: Code) -> Code | None:
    """The code of `a[[i]] = v` for a variable and one position."""
    if len(lhs.args) != 2 or type(lhs.args[0]) is not Symbol:
        return None
    name = lhs.args[0]
    place = scope.slots.get(name)
    if place is not None and place not in scope.locals:
        return None
    position = code(lhs.args[1], scope)
    make = built(lhs, scope)

    def assign(b: list[Any]) -> Any:
        v = value(b)
        symbol = name if place is None else b[place]
        if (
            not symbol.attributes & (PROTECTED | LOCKED)
            and type(symbol.own) is np.ndarray
            and symbol.up is None
        ):
            i = position(b)
            if type(i) is int and _set_in_place(symbol, Step(i, False), v):
                return v
            return set_value(Expr(S.Part, (symbol, i)), v, False, "Set")
        return set_value(make(b), v, False, "Set")

    return assign


SET_FORMS[S.Part] = compile_part_set


# ---------------------------------------------------------------- by copying


def changed(old: Any, steps: list[Step], at: int, value: Any) -> Any:
    """`old` with the part that the steps from `at` on lead to replaced by `value`. Raises PartError."""
    if at == len(steps):
        return value
    step = steps[at]
    spec = step.spec
    if type(old) is Association:
        return _changed_association(old, steps, at, value)
    if step.is_key:
        raise PartError("noval", old)
    args, rebuild = _opened(old, spec)
    where = positions(spec, len(args), old)
    if isinstance(where, int):
        if where == -1:  # part 0: the head
            return Expr(changed(old.head, steps, at + 1, value), args)
        out = list(args)
        out[where] = changed(args[where], steps, at + 1, value)
        return rebuild(tuple(out))
    return rebuild(_changed_several(args, where, steps, at, value))


def _changed_several(
    args: tuple[Any, ...], where: list[int], steps: list[Step], at: int, value: Any
) -> tuple[Any, ...]:
    """Several parts at once: a list of as many values goes to them one by one, anything else to each."""
    out = list(args)
    parts = items(value) if is_list(value) and len(items(value)) == len(where) else None
    for k, i in enumerate(where):
        out[i] = changed(out[i], steps, at + 1, value if parts is None else parts[k])
    return tuple(out)


def _opened(old: Any, spec: Any) -> tuple[tuple[Any, ...], Callable[[tuple[Any, ...]], Any]]:
    """The arguments of a compound value and how to make it again from others."""
    if type(old) is np.ndarray:
        return unpack(old).args if old.ndim == 1 else items(old), make_list
    if type(old) is Expr:
        return old.args, lambda args: Expr(old.head, args)
    raise PartError("partd", spec)


def _changed_association(old: Association, steps: list[Step], at: int, value: Any) -> Association:
    spec = steps[at].spec
    if type(spec) is Expr and spec.head is S.Key and len(spec.args) == 1:
        spec = spec.args[0]
    elif not steps[at].is_key and type(spec) not in (str, Symbol) or spec is S.All and not steps[at].is_key:
        return _changed_by_position(old, spec, steps, at, value)
    present = old.get(spec)
    if present is None and at + 1 < len(steps):
        if not steps[at + 1].is_key:
            raise PartError("partw", spec, old)
        present = Association()
    return old.with_entry(spec, changed(present, steps, at + 1, value))


def _changed_by_position(old: Association, spec: Any, steps: list[Step], at: int, value: Any) -> Association:
    keys = old.keys()
    where = positions(spec, len(keys), old)
    indices = [where] if isinstance(where, int) else where
    parts = (
        items(value)
        if not isinstance(where, int) and is_list(value) and len(items(value)) == len(indices)
        else None
    )
    for k, i in enumerate(indices):
        new = changed(old.get(keys[i]), steps, at + 1, value if parts is None else parts[k])
        old = old.with_entry(keys[i], new)
    return old


def positions(spec: Any, n: int, whole: Any) -> int | list[int]:
    """The 0-based positions that a Part specification means among n; -1 for part 0,
    the head. Raises PartError.
    """
    if type(spec) is int:
        return _position(spec, n, whole)
    if spec is S.All:
        return list(range(n))
    if is_list(spec):
        return [_position(s, n, whole) for s in items(spec)]
    if type(spec) is Expr and spec.head is S.Span and 2 <= len(spec.args) <= 3:
        return _span(spec, n, whole)
    raise PartError("pspec", spec)


def _position(i: Any, n: int, whole: Any) -> int:
    if type(i) is not int:
        raise PartError("pspec", i)
    if i == 0:
        return -1
    if not -n <= i <= n:
        raise PartError("partw", i, whole)
    return i - 1 if i > 0 else n + i


def _span(spec: Expr, n: int, whole: Any) -> list[int]:
    start, stop = spec.args[0], spec.args[1]
    step = spec.args[2] if len(spec.args) == 3 else 1
    if start is S.All:
        start = 1
    if stop is S.All:
        stop = n
    if not all(type(x) is int for x in (start, stop, step)) or step == 0:
        raise PartError("pspec", spec)
    start = start if start > 0 else n + 1 + start
    stop = stop if stop > 0 else n + 1 + stop
    found = list(range(start - 1, stop - 1 + (1 if step > 0 else -1), step))
    if found and not (min(found) >= 0 and max(found) < n):
        raise PartError("partw", spec, whole)
    return found
