"""SparseArray, ArrayRules and Band: arrays given by rules for positions. The arrays themselves are ordinary
lists."""

from __future__ import annotations

from itertools import product
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, same
from wlnet.kernel.registry import builtin

SPARSE = {
    "rules": "`1` is not a list of rules position -> value, nor an array.",
    "dims": "The dimensions `1` do not hold the positions of `2`.",
}


@builtin("SparseArray", messages=SPARSE)
def sparse_array(ev: Any, rules: Any, dims: Any = S.Automatic, default: Any = 0) -> Any:
    """SparseArray[{pos1 -> v1, pos2 -> v2, ...}, dims, default] gives the array with these elements,
    default elsewhere. Positions may be patterns such as {i_, i_} and Band[{i, j}]. The result is an
    ordinary (dense) list.

    >>> {SparseArray[{1 -> a, 4 -> b}], SparseArray[{{i_, i_} -> 1, Band[{1, 2}] -> x}, {2, 2}]}
    {{a, 0, 0, b}, {{1, x}, {0, 1}}}
    """
    if is_list(rules) and not any(
        type(r) is Expr and r.head in (S.Rule, S.RuleDelayed) for r in items(rules)
    ):
        return rules
    listed = _entries(rules)
    if listed is None:
        ev.message("SparseArray", "rules", rules)
        return None
    fixed = [_position(p) for p, _, _ in listed]
    shape = _shape(dims, fixed)
    if shape is None or not all(p is None or _inside(p, shape) for p in fixed):
        ev.message("SparseArray", "dims", dims, rules)
        return None
    found: dict[tuple[int, ...], Any] = {}
    for (pattern, value, delayed), place in zip(listed, fixed, strict=True):
        for where, v in _matches(ev, pattern, value, delayed, place, shape):
            found.setdefault(where, v)
    return _dense(shape, found, default, ())


def _entries(rules: Any) -> list[tuple[Any, Any, bool]] | None:
    """Rules as (position, value, delayed); {pos...} -> {val...} as one of each, {pos...} -> val
    as one value for all."""
    listed = items(rules) if is_list(rules) else (rules,)
    out = []
    for r in listed:
        if type(r) is not Expr or r.head not in (S.Rule, S.RuleDelayed):
            return None
        p, v = r.args
        if is_list(p) and is_list(v) and len(items(p)) == len(items(v)) and not is_list(rules):
            out += [(q, w, False) for q, w in zip(items(p), items(v), strict=True)]
        elif not is_list(v) and is_list(p) and items(p) and all(map(_position, items(p))):
            out += [(q, v, r.head is S.RuleDelayed) for q in items(p)]
        else:
            out.append((p, v, r.head is S.RuleDelayed))
    return out


def _position(p: Any) -> tuple[int, ...] | None:
    parts = items(p) if is_list(p) else (p,)
    return tuple(parts) if all(type(k) is int for k in parts) else None


def _shape(dims: Any, fixed: list[Any]) -> tuple[int, ...] | None:
    if dims is S.Automatic:
        known = [p for p in fixed if p is not None]
        if len(known) != len(fixed) or len({len(p) for p in known}) != 1:
            return None
        return tuple(max(k) for k in zip(*known, strict=True))
    shape = items(dims) if is_list(dims) else (dims,)
    return tuple(shape) if all(type(k) is int and k > 0 for k in shape) else None


def _inside(p: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(p) == len(shape) and all(1 <= k <= n for k, n in zip(p, shape, strict=True))


def _matches(ev: Any, pattern: Any, value: Any, delayed: bool, place: Any, shape: tuple[int, ...]) -> Any:
    """(position, value) pairs that one rule gives."""
    if place is not None:
        yield place, value
        return
    if type(pattern) is Expr and pattern.head is S.Band:
        at = list(items(pattern.args[0]))
        k = 0
        while _inside(tuple(at), shape):
            yield tuple(at), items(value)[k % len(items(value))] if is_list(value) else value
            at = [x + 1 for x in at]
            k += 1
        return
    replace = ev.replacer(Expr(S.RuleDelayed if delayed else S.Rule, (pattern, value)))
    for where in product(*(range(1, n + 1) for n in shape)):
        index: Any = make_list(where) if len(shape) > 1 or is_list(pattern) else where[0]
        new, changed = replace(index)
        if changed:
            yield where, ev.evaluate(new)


def _dense(
    shape: tuple[int, ...], found: dict[tuple[int, ...], Any], default: Any, at: tuple[int, ...]
) -> Any:
    if len(at) == len(shape):
        return found.get(at, default)
    return make_list(_dense(shape, found, default, (*at, k + 1)) for k in range(shape[len(at)]))


@builtin("ArrayRules")
def array_rules(ev: Any, array: Any, default: Any = 0) -> Any:
    """ArrayRules[array] gives the positions and values of the elements other than 0, and the rule for all
    others.

    >>> ArrayRules[{{a, 0}, {0, b}}]
    {{1, 1} -> a, {2, 2} -> b, {_, _} -> 0}
    """
    if not is_list(array):
        return None
    out: list[Any] = []

    def walk(x: Any, at: tuple[int, ...]) -> int:
        if is_list(x):
            return max((walk(y, (*at, i + 1)) for i, y in enumerate(items(x))), default=len(at) + 1)
        if not same(x, default):
            out.append(Expr(S.Rule, (make_list(at), x)))
        return len(at)

    rank = walk(array, ())
    out.append(Expr(S.Rule, (make_list([Expr(S.Blank, ())] * rank), default)))
    return make_list(out)


@builtin("Band")
def band(ev: Any, *args: Any) -> Any:
    """Band[{i, j}] is a position in SparseArray: the diagonal that begins at {i, j}.

    >>> SparseArray[{Band[{1, 1}] -> x}, {2, 2}]
    {{x, 0}, {0, x}}
    """
    return None
