"""The formats CSV, TSV and Table."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import (
    FALSE,
    NULL,
    TRUE,
    Association,
    BigReal,
    Expr,
    S,
    is_list,
    items,
    make_list,
    packed,
)
from wlnet.kernel import formats
from wlnet.kernel.formats import FormatError, source_text


def option(options: dict[str, Any], name: str, default: Any) -> Any:
    value = options.get(name, default)
    return default if value is S.Automatic else value


_INTEGER = re.compile(r"[+-]?\d+")
_REAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?")


def cell(text: str) -> Any:
    """A field of a table as a number where it reads as one, else as a string."""
    stripped = text.strip()
    if stripped and stripped[-1].isdigit() or stripped.endswith("."):
        if _INTEGER.fullmatch(stripped):
            return int(stripped)
        if _REAL.fullmatch(stripped):
            return float(stripped)
    return text


def _read_table(separator: str | None) -> formats.Read:
    def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
        text = source_text(source)
        mark = option(options, "FieldSeparators", separator)
        numeric = option(options, "Numeric", TRUE) is not FALSE
        skip = option(options, "HeaderLines", option(options, "SkipLines", 0))
        skip = items(skip)[0] if is_list(skip) else skip
        if type(skip) is not int or skip < 0:
            raise FormatError('the option "HeaderLines" should be a number of lines')
        rows = _fields(text, mark)
        if element == "RawData":
            return make_list(make_list(r) for r in rows)
        convert: Callable[[str], Any] = cell if numeric else str
        values = [[convert(f) for f in r] for r in rows[skip:]]
        if element == "Dimensions":
            return make_list((len(values), max(map(len, values), default=0)))
        if element == "Dataset":
            return _dataset([[convert(f) for f in r] for r in rows], max(1, skip))
        return _packed_rows(values)

    return read


def _fields(text: str, separator: Any) -> list[list[str]]:
    """The rows of a table; quoted fields may hold separators and new lines. None separates at white space."""
    import csv

    if type(separator) is str and len(separator) == 1:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return [line.split(separator) for line in text.splitlines()]


def _packed_rows(values: list[list[Any]]) -> Any:
    """Rows as a packed matrix when all are machine reals or all integers and of one length, else as lists."""
    kinds = {type(x) for r in values for x in r}
    if values and values[0] and len(kinds) == 1 and len({len(r) for r in values}) == 1:
        if kinds == {float} or (kinds == {int} and all(abs(x) < 1 << 62 for r in values for x in r)):
            return packed(np.array(values))
    return make_list(map(make_list, values))


def _dataset(rows: list[list[Any]], header: int) -> Any:
    names = rows[header - 1] if rows else []
    return Expr(S.Dataset, (make_list(Association.of(zip(names, r, strict=False)) for r in rows[header:]),))


def table_rows(value: Any) -> list[list[Any]]:
    """What is exported as a table, as rows: a matrix, a list (one column), associations (with a header)."""
    if type(value) is Expr and value.head is S.Dataset and len(value.args) == 1:
        value = value.args[0]
    if type(value) is Association:
        return [[k, *(items(v) if is_list(v) else (v,))] for k, v in value.pairs()]
    if not is_list(value):
        return [[value]]
    rows = items(value)
    if rows and all(type(r) is Association for r in rows):
        names = list(dict.fromkeys(k for r in rows for k in r))
        return [list(names)] + [[r.get(k, "") for k in names] for r in rows]
    return [list(items(r)) if is_list(r) else [r] for r in rows]


def field(ev: Any, x: Any) -> str:
    """A value as the text of a table field: reals in full, with E notation."""
    kind = type(x)
    if kind is str:
        return x
    if kind is float:
        return repr(x) if math.isfinite(x) else str(x)
    if kind is int:
        return str(x)
    if kind is BigReal:
        return str(x.value)
    return str(ev.text(x, "InputForm")) if x is not NULL else ""


def _write_table(separator: str) -> formats.Text:
    def text(ev: Any, value: Any, options: dict[str, Any]) -> str:
        import csv

        rows = [[field(ev, x) for x in r] for r in table_rows(value)]
        headings = option(options, "TableHeadings", None)
        if headings is not None and is_list(headings):
            rows.insert(0, [field(ev, x) for x in items(headings)])
        out = io.StringIO()
        mark = option(options, "FieldSeparators", separator)
        if len(mark) != 1:
            return "".join(mark.join(r) + "\n" for r in rows)
        csv.writer(out, delimiter=mark, lineterminator="\n").writerows(rows)
        return out.getvalue()

    return text


TABLE = ("Data", "RawData", "Dimensions", "Dataset")
formats.register("CSV", ("csv",), read=_read_table(","), text=_write_table(","), elements=TABLE)
formats.register("TSV", ("tsv",), read=_read_table("\t"), text=_write_table("\t"), elements=TABLE)
formats.register("Table", ("dat", "tab"), read=_read_table(None), text=_write_table("\t"), elements=TABLE)
