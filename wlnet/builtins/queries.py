"""Query: operators applied level by level to nested lists and associations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Association, Expr, S, Symbol, is_list, items, make_list
from wlnet.kernel.registry import applied, symbol

from .dataset_values import is_dataset, wrapped
from .levels import children, is_rule, rebuild, size
from .parts import PartError, is_key, is_missing, part_of

# Operators that choose or arrange elements: the next operator works inside what they leave.
DESCENDING = frozenset(
    getattr(S, name)
    for name in (
        "Select",
        "Cases",
        "DeleteCases",
        "DeleteMissing",
        "DeleteDuplicates",
        "DeleteDuplicatesBy",
        "GroupBy",
        "GatherBy",
        "SplitBy",
        "KeySelect",
        "KeyTake",
        "KeyDrop",
        "KeySort",
        "KeySortBy",
        "MaximalBy",
        "MinimalBy",
        "Sort",
        "SortBy",
        "Reverse",
        "ReverseSort",
        "ReverseSortBy",
        "TakeLargest",
        "TakeLargestBy",
        "TakeSmallest",
        "TakeSmallestBy",
        "TakeWhile",
        "PositionIndex",
    )
)

symbol(
    "Query",
    usage="Query[op1, op2, ...][data] applies the operators at successive levels of data. "
    'Parts such as All, 3, 2 ;; 5, "key" and {"key1", "key2"}, and operators that choose, such as Select[f] '
    'and GroupBy["key"], act on the way down; any other function, as Total, on what the later ones made.',
)


@applied("Query")
def apply_query(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """Query[...][data]; a Dataset gives a Dataset."""
    if len(args) != 1:
        return None
    return run_query(ev, args[0], head.args)


def run_query(ev: Any, data: Any, operators: tuple[Any, ...]) -> Any:
    """The value of Query[operators...][data]; a part that does not exist is Missing."""
    if is_dataset(data):
        return wrapped(ev.evaluate(query(ev, data.args[0], operators)))
    return ev.evaluate(query(ev, data, operators))


def _part(ev: Any, data: Any, spec: Any) -> Any:
    """data[[spec]], or Missing["PartAbsent", spec] and Missing["PartInvalid", spec] where there is none."""
    try:
        return part_of(ev, data, (spec,))
    except PartError as error:
        reason = "PartAbsent" if error.tag in ("partw", "take") else "PartInvalid"
        return Expr(S.Missing, (reason, spec))


def query(ev: Any, data: Any, operators: tuple[Any, ...]) -> Any:
    """`operators` on the successive levels of `data`, not evaluated."""
    if not operators:
        return data
    first, rest = operators[0], operators[1:]

    def deeper(value: Any) -> Any:
        """The later operators on each element."""
        if not rest or size(value) is None or is_missing(value):
            return value
        return ev.evaluate(rebuild(value, [query(ev, x, rest) for x in children(value) or ()]))

    if first is S.All or _is_span(first):
        return deeper(_part(ev, data, first))
    if type(first) is int or is_key(first):
        found = _part(ev, data, first)
        return found if is_missing(found) else query(ev, found, rest)
    if is_list(first) or type(first) is Association:
        return _several(ev, data, first, rest, deeper)
    if is_rule(first):
        return _at_parts(ev, deeper(data), (first,))
    if type(first) is Expr and first.head is S.RightComposition:
        value = query(ev, data, (first.args[0], *rest))
        for f in first.args[1:]:
            value = query(ev, value, (f,))
        return value
    if type(first) is Expr and first.head is S.Composition:
        return query(ev, data, (Expr(S.RightComposition, first.args[::-1]), *rest))
    if _descends(first):
        return deeper(ev.call(_with_keys(first), data))
    return ev.call(first, deeper(data))


def _is_span(value: Any) -> bool:
    return type(value) is Expr and value.head is S.Span


def _descends(operator: Any) -> bool:
    head = operator.head if type(operator) is Expr else operator
    return type(head) is Symbol and head in DESCENDING


def _several(
    ev: Any,
    data: Any,
    first: Any,
    rest: tuple[Any, ...],
    deeper: Callable[[Any], Any],
) -> Any:
    """A list of parts, a list or association of operators that all apply, or of rules part -> operator."""
    if type(first) is Association:
        return Association.of((k, ev.evaluate(query(ev, data, (v, *rest)))) for k, v in first.pairs())
    parts = items(first)
    if all(type(x) is int or is_key(x) for x in parts):
        return deeper(_part(ev, data, first))
    if all(map(is_rule, parts)):
        return _at_parts(ev, deeper(data), parts)
    return make_list(query(ev, data, (f, *rest)) for f in parts)


def _at_parts(ev: Any, data: Any, rules: tuple[Any, ...]) -> Any:
    """`key -> f` applies f to the part at key and leaves the others as they are."""
    for rule in rules:
        place, f = rule.args
        data = ev.evaluate(Expr(S.MapAt, (f, data, place)))
    return data


def _with_keys(operator: Any) -> Any:
    """GroupBy["k"], SortBy["k"] and their like, with strings standing for Key["k"]."""
    if (
        type(operator) is not Expr
        or type(operator.head) is not Symbol
        or not operator.head.name.endswith("By")
    ):
        return operator
    first, *others = operator.args
    return Expr(operator.head, (_as_function(first), *others))


def _as_function(value: Any) -> Any:
    if type(value) is str:
        return Expr(S.Key, (value,))
    if is_list(value):
        return make_list(map(_as_function, items(value)))
    if is_rule(value):
        return Expr(value.head, tuple(map(_as_function, value.args)))
    return value
