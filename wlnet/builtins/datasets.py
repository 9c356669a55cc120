"""Dataset: tables of lists and associations, and queries on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wlnet.expr import ATOMS, Association, is_list, register
from wlnet.kernel.registry import builtin

from .dataset_values import Dataset, wrapped
from .parts import part_of
from .queries import run_query


def _part(ev: Any, dataset: Dataset, specs: tuple[Any, ...]) -> Any:
    return wrapped(part_of(ev, dataset.data, specs))


register(Dataset, replace(ATOMS[Dataset], part=_part, call=run_query))


@builtin("Dataset", messages={"invdata": "The argument `1` is not a list or association."})
def dataset(ev: Any, data: Any) -> Any:
    """Dataset[data] is a data set of nested lists and associations, shown as a table.
    dataset[op1, op2, ...] is the data set that Query[op1, op2, ...] makes of it; Normal gives the data.

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
    if type(data) is Dataset:
        return data
    if is_list(data) or type(data) is Association:
        return Dataset(data)
    ev.message("Dataset", "invdata", data)
    return None
