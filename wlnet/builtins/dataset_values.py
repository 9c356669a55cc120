"""Dataset[...]: nested lists and associations that print as a table."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, Expr, S, is_list, items
from wlnet.syntax.printer import to_text

from .levels import children

# A longer table is cut, with a line that tells how long it is.
ROWS_SHOWN = 20


def is_dataset(value: Any) -> bool:
    """Whether `value` is Dataset[list or association]."""
    return (
        type(value) is Expr
        and value.head is S.Dataset
        and len(value.args) == 1
        and (is_list(value.args[0]) or type(value.args[0]) is Association)
    )


def wrapped(value: Any) -> Any:
    """A result of a query on a data set: a data set again where it has elements."""
    return Expr(S.Dataset, (value,)) if is_list(value) or type(value) is Association else value


def table(data: Any) -> str:
    """Rows and columns of text: a list or association of associations has named columns."""
    rows = list(children(data) or ())
    labels = list(map(_text, data.keys())) if type(data) is Association else None
    columns = _columns(rows)
    lines: list[list[str]] = []
    for i, row in enumerate(rows[:ROWS_SHOWN]):
        cells = _cells(row, columns)
        lines.append(cells if labels is None else [labels[i], *cells])
    header = None
    if columns is not None:
        header = list(map(_text, columns))
        header = header if labels is None else ["", *header]
    text = _aligned(lines, header)
    return text if len(rows) <= ROWS_SHOWN else f"{text}\n... {len(rows)} rows"


def _columns(rows: list[Any]) -> list[Any] | None:
    """The keys of all rows, in order of first appearance; None when the rows are no associations."""
    if not rows or not all(type(row) is Association for row in rows):
        return None
    found: dict[Any, Any] = {}
    for row in rows:
        for hashed, entry in row.entries.items():
            found.setdefault(hashed, entry[0])
    return list(found.values())


def _cells(row: Any, columns: list[Any] | None) -> list[str]:
    if columns is not None:
        return [_text(row.get(k)) if k in row else "" for k in columns]
    if is_list(row):
        return list(map(_text, items(row)))
    return [_text(row)]


def _text(value: Any) -> str:
    return to_text(value, "OutputForm").replace("\n", " ")


def _aligned(lines: list[list[str]], header: list[str] | None) -> str:
    every = lines if header is None else [header, *lines]
    count = max(map(len, every), default=0)
    widths = [max((len(line[k]) for line in every if k < len(line)), default=0) for k in range(count)]
    out = []
    for i, line in enumerate(every):
        cells = [line[k].ljust(widths[k]) if k < len(line) else " " * widths[k] for k in range(count)]
        out.append(" | ".join(cells).rstrip())
        if header is not None and i == 0:
            out.append("-+-".join("-" * w for w in widths))
    return "\n".join(out)
