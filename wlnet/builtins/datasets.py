"""Dataset: tables of lists and associations, and queries on them."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, AtomType, Expr, S, is_list, register
from wlnet.kernel.registry import builtin

from .dataset_values import Dataset, table, wrapped
from .levels import children, size
from .parts import part_of
from .queries import run_query


def _part(ev: Any, dataset: Dataset, specs: tuple[Any, ...]) -> Any:
    return wrapped(part_of(ev, dataset.data, specs))


register(
    Dataset,
    AtomType(
        head=lambda x: S.Dataset,
        length=lambda x: size(x.data) or 0,
        part=_part,
        keys=lambda x: x.data.keys() if type(x.data) is Association else [],
        values=lambda x: list(children(x.data) or ()),
        normal=lambda x: x.data,
        call=run_query,
        full=lambda x: Expr(S.Dataset, (x.data,)),
        output=lambda x: table(x.data),
    ),
)


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
