"""Import and Export, and the formats for text, tables, JSON and expressions. Pictures register with the
graphics."""

from __future__ import annotations

import io
import json
import math
import re
import tempfile
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
    ByteArray,
    Expr,
    S,
    Symbol,
    is_list,
    items,
    make_list,
    packed,
    system,
    truth,
)
from wlnet.kernel import formats
from wlnet.kernel.formats import FormatError, source_bytes, source_text
from wlnet.kernel.loading import load_all
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax import ReadError

FAILED = system("$Failed")
MESSAGES = {
    "nffil": "File `1` was not found.",
    "infer": "The format of `1` cannot be told from its name; give it as the second argument.",
    "fmtnosup": "`1` is not a supported `2` format; the formats are `3`.",
    "noelem": "The `2` element is not available for the format `1`; its elements are `3`.",
    "err": "`1` (format `2`): `3`",
    "chtype": "`1` is not a file name.",
    "nodir": "The directory of `1` does not exist or cannot be written to.",
}


# ------------------------------------------------------------------------------------------ Import and Export


def file_path(ev: Any, name: Any) -> Path | None:
    """A file argument ("name", File["name"]) as a path relative to the current directory."""
    if type(name) is Expr and name.head is S.File and len(name.args) == 1:
        (name,) = name.args
    return Path(name).expanduser() if type(name) is str and name else None


def split_spec(spec: Any) -> tuple[Any, list[str]] | None:
    """A format specification: "CSV", {"CSV", "Data"}, "Data" (an element of the format of the extension)."""
    if spec is None or spec is S.Automatic:
        return None, []
    parts = list(items(spec)) if is_list(spec) else [spec]
    if not all(type(p) is str for p in parts):
        return None
    form = by_name(parts[0]) if parts else None
    return (None, parts) if form is None else (form, parts[1:])


def _rules(options: tuple[Any, ...]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for rule in options:
        if is_list(rule):
            inner = _rules(items(rule))
            if inner is None:
                return None
            found = inner | found
        elif type(rule) is Expr and rule.head in (S.Rule, S.RuleDelayed) and len(rule.args) == 2:
            key = rule.args[0]
            found.setdefault(key.name if type(key) is Symbol else key, rule.args[1])
        else:
            return None
    return found


def by_name(name: str) -> formats.Format | None:
    """The format of that name. Formats live in several chapters: all are loaded when none loaded knows it."""
    found = formats.by_name(name)
    if found is None:
        load_all()
        found = formats.by_name(name)
    return found


def by_extension(path: Path) -> formats.Format | None:
    """The format of a file by its extension, sought like `by_name`."""
    found = formats.by_extension(path)
    if found is None:
        load_all()
        found = formats.by_extension(path)
    return found


def _listed() -> Any:
    return make_list(sorted(formats.FORMATS))


@builtin("Import", messages=MESSAGES, stateful=True)
def import_(ev: Any, file: Any, *rest: Any) -> Any:
    """Import["file.ext"] reads data from a file in the format of its extension; Import["file", "format"]
    names it.
    Import["file", {"format", "element"}] reads one element; "HeaderLines" -> n skips n lines of a table.

    >>> Export["x.csv", {{1, 2.5}, {3, "a"}}]; {Import["x.csv"], DeleteFile["x.csv"]}
    {{{1, 2.5}, {3, a}}, Null}
    """
    spec, options = (rest[0], rest[1:]) if rest and not _is_rule(rest[0]) else (None, rest)
    path = file_path(ev, file)
    given = _rules(options)
    if path is None or given is None:
        if path is None:
            ev.message("Import", "chtype", file)
        return FAILED if path is None else None
    found = split_spec(spec)
    if found is None:
        return None
    form, elements = found
    if not path.is_file():
        ev.message("Import", "nffil", file)
        return FAILED
    return _read(ev, "Import", form or by_extension(path), path, elements, given, file, spec)


def _is_rule(x: Any) -> bool:
    return type(x) is Expr and x.head in (S.Rule, S.RuleDelayed)


def _read(
    ev: Any,
    name: str,
    form: formats.Format | None,
    source: Path | bytes,
    elements: list[str],
    options: dict[str, Any],
    what: Any,
    spec: Any,
) -> Any:
    if form is None:
        if elements:
            ev.message(name, "fmtnosup", elements[0], "import", _listed())
        else:
            ev.message(name, "infer", what)
        return FAILED
    if elements == ["Elements"]:
        return make_list(form.elements)
    if form.read is None:
        ev.message(name, "fmtnosup", form.name, "import", _listed())
        return FAILED
    element = elements[0] if elements else None
    if element is not None and element not in form.elements:
        ev.message(name, "noelem", form.name, element, make_list(form.elements))
        return FAILED
    try:
        return form.read(ev, source, element, options)
    except FormatError as error:
        ev.message(
            name, "err", what if type(what) is str and len(what) < 80 else "text", form.name, str(error)
        )
    except OSError as error:
        ev.message(name, "err", what, form.name, error.strerror or str(error))
    return FAILED


@builtin("ImportString", messages=MESSAGES)
def import_string(ev: Any, text: Any, spec: Any = None, *options: Any) -> Any:
    """ImportString["text", "format"] reads data from a string.

    >>> {ImportString["1,2\\n3,4", "CSV"], ImportString["{\\"a\\": [1, true]}", "RawJSON"]}
    {{{1, 2}, {3, 4}}, <|a -> {1, True}|>}
    """
    given, found = _rules(options), split_spec(spec)
    if type(text) is not str or given is None or found is None:
        return None
    form, elements = found
    if spec is None:
        form = by_name("Text")
    return _read(ev, "ImportString", form, text.encode(), elements, given, text, spec)


@builtin("ImportByteArray", messages=MESSAGES)
def import_byte_array(ev: Any, data: Any, spec: Any, *options: Any) -> Any:
    """ImportByteArray[ByteArray[...], "format"] reads data from bytes.

    >>> ImportByteArray[StringToByteArray["1,2"], "CSV"]
    {{1, 2}}
    """
    given, found = _rules(options), split_spec(spec)
    if type(data) is not ByteArray or given is None or found is None:
        return None
    return _read(ev, "ImportByteArray", found[0], data.data, found[1], given, "bytes", spec)


@builtin("Export", messages=MESSAGES, stateful=True)
def export(ev: Any, file: Any, expr: Any, *rest: Any) -> Any:
    """Export["file.ext", expr] writes an expression to a file in the format of its extension, and gives the
    file name.
    Export["file", expr, "format"] names the format.

    >>> {Export["y.json", <|"a" -> {1, 2}|>], Import["y.json", "RawJSON"], DeleteFile["y.json"]}
    {y.json, <|a -> {1, 2}|>, Null}
    """
    spec, options = (rest[0], rest[1:]) if rest and not _is_rule(rest[0]) else (None, rest)
    path = file_path(ev, file)
    given, found = _rules(options), split_spec(spec)
    if path is None:
        ev.message("Export", "chtype", file)
        return FAILED
    if given is None or found is None:
        return None
    form = found[0] or (by_extension(path) if not found[1] else None)
    if form is None or (form.write is None and form.text is None):
        wanted = found[1][0] if found[1] else form.name if form else None
        if wanted is None:
            ev.message("Export", "infer", file)
        else:
            ev.message("Export", "fmtnosup", wanted, "export", _listed())
        return FAILED
    if not path.parent.is_dir():
        ev.message("Export", "nodir", file)
        return FAILED
    try:
        if form.write is not None:
            form.write(ev, path, expr, given)
        else:
            path.write_bytes(_encoded(form, ev, expr, given))
    except FormatError as error:
        ev.message("Export", "err", file, form.name, str(error))
        return FAILED
    except OSError as error:
        ev.message("Export", "err", file, form.name, error.strerror or str(error))
        return FAILED
    return file


def _encoded(form: formats.Format, ev: Any, expr: Any, options: dict[str, Any]) -> bytes:
    assert form.text is not None
    text = form.text(ev, expr, options)
    return text if isinstance(text, bytes) else text.encode()


@builtin("ExportString", messages=MESSAGES)
def export_string(ev: Any, expr: Any, spec: Any, *options: Any) -> Any:
    """ExportString[expr, "format"] gives the text of an expression in a format.

    >>> {ExportString[{{1, 2}, {3, 4}}, "CSV"], ExportString[{1, True, Null}, "JSON", "Compact" -> True]}
    {1,2
    3,4
    , [1,true,null]}
    """
    value = _exported(ev, "ExportString", expr, spec, options)
    if type(value) is not bytes:
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


@builtin("ExportByteArray", messages=MESSAGES)
def export_byte_array(ev: Any, expr: Any, spec: Any, *options: Any) -> Any:
    """ExportByteArray[expr, "format"] gives the bytes of an expression in a format.

    >>> ByteArrayToString[ExportByteArray["ab", "Text"]]
    ab
    """
    value = _exported(ev, "ExportByteArray", expr, spec, options)
    return ByteArray(value) if type(value) is bytes else value


def _exported(ev: Any, name: str, expr: Any, spec: Any, options: tuple[Any, ...]) -> Any:
    """The bytes of an export; formats that only write files go through a temporary one."""
    given, found = _rules(options), split_spec(spec)
    if given is None or found is None:
        return None
    form = found[0]
    if form is None or (form.write is None and form.text is None):
        ev.message(name, "fmtnosup", found[1][0] if found[1] else spec, "export", _listed())
        return FAILED
    try:
        if form.text is not None:
            return _encoded(form, ev, expr, given)
        assert form.write is not None
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"export.{form.extensions[0] if form.extensions else 'dat'}"
            form.write(ev, path, expr, given)
            return path.read_bytes()
    except FormatError as error:
        ev.message(name, "err", "the expression", form.name, str(error))
    return FAILED


symbol("$ImportFormats", usage="$ImportFormats is the list of formats that Import reads.")
symbol("$ExportFormats", usage="$ExportFormats is the list of formats that Export writes.")


# ------------------------------------------------------------------------------------------------- tables

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


def _option(options: dict[str, Any], name: str, default: Any) -> Any:
    value = options.get(name, default)
    return default if value is S.Automatic else value


def _read_table(separator: str | None) -> formats.Read:
    def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
        text = source_text(source)
        mark = _option(options, "FieldSeparators", separator)
        numeric = _option(options, "Numeric", TRUE) is not FALSE
        skip = _option(options, "HeaderLines", _option(options, "SkipLines", 0))
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
        headings = _option(options, "TableHeadings", None)
        if headings is not None and is_list(headings):
            rows.insert(0, [field(ev, x) for x in items(headings)])
        out = io.StringIO()
        mark = _option(options, "FieldSeparators", separator)
        if len(mark) != 1:
            return "".join(mark.join(r) + "\n" for r in rows)
        csv.writer(out, delimiter=mark, lineterminator="\n").writerows(rows)
        return out.getvalue()

    return text


TABLE = ("Data", "RawData", "Dimensions", "Dataset")
formats.register("CSV", ("csv",), read=_read_table(","), text=_write_table(","), elements=TABLE)
formats.register("TSV", ("tsv",), read=_read_table("\t"), text=_write_table("\t"), elements=TABLE)
formats.register("Table", ("dat", "tab"), read=_read_table(None), text=_write_table("\t"), elements=TABLE)


# ------------------------------------------------------------------------------------------------- text


def _read_text(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    text = source_text(source)
    if element == "Lines":
        return make_list(text.splitlines())
    if element == "Words":
        return make_list(text.split())
    if element == "String":
        return source_bytes(source).decode("utf-8", errors="replace")
    return text.removesuffix("\n")


def _text(ev: Any, value: Any, options: dict[str, Any]) -> str:
    return value if type(value) is str else str(ev.text(value, "OutputForm"))


def _lines(ev: Any, value: Any, options: dict[str, Any]) -> str:
    return (
        "\n".join([_text(ev, x, options) for x in items(value)])
        if is_list(value)
        else _text(ev, value, options)
    )


def _read_list(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    return make_list(cell(line) for line in source_text(source).splitlines())


def _read_bytes(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    return packed(np.frombuffer(source_bytes(source), dtype=np.uint8))


def _bytes(ev: Any, value: Any, options: dict[str, Any]) -> bytes:
    if type(value) is ByteArray:
        return value.data
    if is_list(value) and all(type(b) is int and 0 <= b < 256 for b in items(value)):
        return bytes(items(value))
    raise FormatError("a ByteArray or a list of integers from 0 to 255 is needed")


TEXT = ("Plaintext", "Data", "String", "Lines", "Words")
formats.register("Text", ("txt", "text", "md", "log"), read=_read_text, text=_text, elements=TEXT)
formats.register(
    "String", (), read=lambda ev, s, e, o: source_bytes(s).decode("utf-8", "replace"), text=_text
)
formats.register("Lines", (), read=lambda ev, s, e, o: make_list(source_text(s).splitlines()), text=_lines)
formats.register("Words", (), read=lambda ev, s, e, o: make_list(source_text(s).split()))
formats.register("List", (), read=_read_list, text=_lines)
formats.register("Byte", (), read=_read_bytes, text=_bytes)
formats.register("Binary", ("bin",), read=_read_bytes, text=_bytes)


# ------------------------------------------------------------------------------------------------- JSON


def from_json(value: Any, *, rules: bool) -> Any:
    """A JSON value: objects become associations, or lists of rules where `rules`."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return truth(value)
    if isinstance(value, dict):
        pairs = [(k, from_json(v, rules=rules)) for k, v in value.items()]
        return make_list(Expr(S.Rule, p) for p in pairs) if rules else Association.of(pairs)
    if isinstance(value, list):
        return make_list(from_json(v, rules=rules) for v in value)
    return value


def to_json(x: Any) -> Any:
    """A value as what Python's json writes. Raises FormatError for what JSON has no words for."""
    kind = type(x)
    if kind in (int, str):
        return x
    if kind is float:
        if not math.isfinite(x):
            raise FormatError(f"{x} is no JSON number")
        return x
    if x is TRUE or x is FALSE:
        return x is TRUE
    if x is NULL or x is system("None"):
        return None
    if kind is np.ndarray:
        return x.tolist()
    if kind is Association:
        return {_json_key(k): to_json(v) for k, v in x.pairs()}
    if is_list(x):
        if items(x) and all(_is_rule(r) for r in items(x)):
            return {_json_key(r.args[0]): to_json(r.args[1]) for r in items(x)}
        return [to_json(a) for a in items(x)]
    if kind in (BigReal,) or kind.__name__ == "Fraction":
        return float(x.value if kind is BigReal else x)
    raise FormatError(
        f"JSON has no form for {x!r}; use strings, numbers, True, False, Null, lists and associations"
    )


def _json_key(k: Any) -> str:
    if type(k) is str:
        return k
    if type(k) is Symbol:
        return k.name
    if type(k) is int:
        return str(k)
    raise FormatError(f"the key {k!r} of an object should be a string")


def _read_json(rules: bool) -> formats.Read:
    def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
        text = source_text(source)
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise FormatError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
        if element == "Dataset":
            return Expr(S.Dataset, (from_json(value, rules=False),))
        return from_json(value, rules=rules)

    return read


def _json(ev: Any, value: Any, options: dict[str, Any]) -> str:
    compact = _option(options, "Compact", FALSE) is TRUE
    spec: dict[str, Any] = (
        {"separators": (",", ":")} if compact else {"indent": "\t", "separators": (",", ":")}
    )
    return json.dumps(to_json(value), ensure_ascii=False, **spec)


formats.register("JSON", ("json",), read=_read_json(True), text=_json, elements=("Data", "Dataset"))
formats.register("RawJSON", (), read=_read_json(False), text=_json, elements=("Data", "Dataset"))


# ------------------------------------------------------------------------------------------------ expressions


def _read_expressions(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    value: Any = NULL
    found = []
    for e in ev.read_all(source_text(source)):
        if isinstance(e, ReadError):
            raise FormatError(e.show())
        if element == "HeldExpressions":
            found.append(Expr(S.HoldComplete, (e,)))
            continue
        value = ev.evaluate(e)
        found.append(value)
    return make_list(found) if element in ("HeldExpressions", "Expressions") else value


def _expression(ev: Any, value: Any, options: dict[str, Any]) -> str:
    return str(ev.text(value, "InputForm")) + "\n"


formats.register(
    "WL",
    ("wl", "m", "wls"),
    read=_read_expressions,
    text=_expression,
    elements=("Expression", "Expressions", "HeldExpressions"),
)
formats.register("Package", (), read=_read_expressions, text=_expression)
