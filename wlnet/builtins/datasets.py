"""Dataset: tables of lists and associations, and queries on them."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, Expr, S, is_list
from wlnet.kernel.operands import operand
from wlnet.kernel.registry import applied, builtin
from wlnet.syntax.outputs import show_as

from .dataset_values import is_dataset, table, wrapped
from .queries import run_query

show_as("Dataset", lambda e: table(e.args[0]) if is_dataset(e) else None)

# What works on the data of a data set, and gives one where the result has elements.
_WORKERS = """
    AllTrue AnyTrue Append Apply ArrayReshape Cases Catenate Column Commonest Count Counts CountsBy
    DeleteCases DeleteDuplicates DeleteDuplicatesBy DeleteMissing Dimensions Drop First FirstCase
    Flatten Fold FreeQ Gather GatherBy GroupBy Join JoinAcross KeyDrop KeyMap KeySelect KeySort
    KeySortBy KeyTake KeyUnion KeyValueMap Keys Last Length Lookup Map MapIndexed Max MaximalBy Mean
    Median MemberQ Merge Min MinimalBy Most NoneTrue Part Partition PositionIndex Prepend
    RandomChoice RandomSample Rest Reverse ReverseSort ReverseSortBy Scan Select SelectFirst Sort
    SortBy SplitBy StandardDeviation Take TakeLargest TakeLargestBy TakeSmallest TakeSmallestBy
    TakeWhile Total Transpose Union Values Variance
"""
WORKERS = frozenset(getattr(S, name) for name in _WORKERS.split())


@builtin("Dataset", messages={"invdata": "The argument `1` is not a list or association."})
def dataset(ev: Any, data: Any) -> Any:
    """Dataset[data] is a data set of nested lists and associations, shown as a table.
    dataset[op1, op2, ...] is the data set that Query[op1, op2, ...] makes of it; Normal gives the data.
    Map, Select, SortBy, Join, Total and others work on the data too.

    >>> Dataset[{<|"a" -> 1, "b" -> x|>, <|"a" -> 2, "b" -> y|>}]
    a | b
    --+--
    1 | x
    2 | y
    >>> Dataset[{<|"a" -> 1|>, <|"a" -> 2|>}][Total, "a"]
    3
    >>> Normal[Dataset[{<|"a" -> 1|>, <|"a" -> 2|>}][Select[#a > 1 &]]]
    {<|a -> 2|>}
    """
    if is_dataset(data):
        return data
    if not is_list(data) and type(data) is not Association:
        ev.message("Dataset", "invdata", data)
    return None


@applied("Dataset")
def _queried(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    return run_query(ev, head, args) if is_dataset(head) else None


@operand("Dataset")
def _with_dataset(ev: Any, call: Expr) -> Any:
    if call.head not in WORKERS or not any(map(is_dataset, call.args)):
        return None
    bare = Expr(call.head, tuple(a.args[0] if is_dataset(a) else a for a in call.args))
    value = ev.evaluate(bare)
    return value if call.head in (S.Keys, S.Values) else wrapped(value)
