"""Properties of a training that are collected while it runs: the third argument of NetTrain may be, or hold,

    <|"Property" -> p, "Form" -> form, "Interval" -> Quantity[n, "Rounds"]|>
p  a key of what a progress function gets, or a function of it
form  "List" (the values in order), "TransposedList" (the first parts of all values, the second parts, ...),
      "Plot" (the values against the number of batches done)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wlnet.expr import Association, Expr, Symbol, is_list, items, make_list, to_array

from .errors import NetError, nearest
from .quantities import Amount, amount
from .result_plots import plot

FORMS = ("List", "TransposedList", "Plot")
KEYS = ("Property", "Form", "Interval")


class Custom(NamedTuple):
    """A custom property: what is collected, how the values are given, and how often they are taken."""

    property: Any
    form: str
    interval: Amount


def read_custom(spec: Association, known: Sequence[str]) -> Custom:
    """The custom property that an association asks for; `known` are the keys there are.
    NetError for what is none.
    """
    for key in spec:
        if key not in KEYS:
            hint = nearest(key, list(KEYS)) if type(key) is str else ""
            raise bad(f'The association of a property has no key "{key}". {hint}')
    wanted, form = spec.get("Property"), spec.get("Form", "List")
    if type(wanted) is str and wanted not in known:
        raise bad(f'Nothing called "{wanted}" is known while training runs. {nearest(wanted, list(known))}')
    if type(wanted) not in (str, Symbol) and not (type(wanted) is Expr and not is_list(wanted)):
        raise bad('"Property" must be the name of a value, or a function of an association of them.')
    if type(form) is not str or form not in FORMS:
        raise bad('"Form" must be "List", "TransposedList" or "Plot".')
    interval = amount(spec.get("Interval", 1), "Rounds")
    if interval is None:
        raise bad('"Interval" must be a positive amount such as Quantity[10, "Batches"].')
    return Custom(wanted, form, interval)


def bad(text: str) -> NetError:
    return NetError("NetTrain", "prop", text.strip())


def customs(prop: Any) -> list[Association]:
    """The custom properties in the third argument of NetTrain, in order."""
    return [each for each in (items(prop) if is_list(prop) else (prop,)) if type(each) is Association]


def formed(ev: Any, custom: Custom, positions: Sequence[int], values: Sequence[Any]) -> Any:
    """The values of a custom property in the form asked for."""
    if custom.form == "Plot":
        return picture(ev, custom, positions, values)
    if custom.form == "TransposedList":
        return transposed(values)
    return make_list(values)


def transposed(values: Sequence[Any]) -> Any:
    """Lists of all first parts, all second parts, ...; by key where the values are associations."""
    if values and all(type(x) is Association and list(x) == list(values[0]) for x in values):
        return Association.of((key, make_list(x.get(key) for x in values)) for key in values[0])
    if values and all(is_list(x) and len(items(x)) == len(items(values[0])) for x in values):
        return make_list(make_list(row) for row in zip(*map(items, values), strict=True))
    return make_list(values)


def picture(ev: Any, custom: Custom, positions: Sequence[int], values: Sequence[Any]) -> Any:
    """Numbers as a curve, lists or associations of numbers as several; NetError for anything else."""
    table = transposed(values)
    named = type(table) is Association
    rows = (
        list(table.values())
        if named
        else [table]
        if values and not is_list(values[0])
        else list(items(table))
    )
    curves = []
    for row in rows:
        numbers = to_array(row, exact=False) if is_list(row) else None
        if numbers is None or numbers.ndim != 1 or numbers.dtype.kind == "c":
            raise bad('"Form" -> "Plot" needs values that are numbers, or lists or associations of numbers.')
        curves.append(list(zip(positions, numbers.tolist(), strict=True)))
    names = [str(key) for key in table] if named else [str(i + 1) for i in range(len(curves))]
    label = custom.property if type(custom.property) is str else "value"
    return plot(ev, curves, names, "batch", label)
