"""Import and Export. The formats for text, tables and JSON register beside; pictures with the graphics."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from wlnet.expr import (
    ByteArray,
    Expr,
    S,
    Symbol,
    is_list,
    items,
    make_list,
    system,
)
from wlnet.kernel import formats
from wlnet.kernel.formats import FormatError
from wlnet.kernel.loading import load_all
from wlnet.kernel.registry import builtin, symbol

from . import table_formats, text_formats  # noqa: F401  (they register their formats)
from .json_format import is_rule

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


@builtin("Import", messages=MESSAGES, stateful=True, outside=True)
def import_(ev: Any, file: Any, *rest: Any) -> Any:
    """Import["file.ext"] reads data from a file in the format of its extension; Import["file", "format"]
    names it.
    Import["file", {"format", "element"}] reads one element; "HeaderLines" -> n skips n lines of a table.

    >>> Export["x.csv", {{1, 2.5}, {3, "a"}}]; {Import["x.csv"], DeleteFile["x.csv"]}
    {{{1, 2.5}, {3, a}}, Null}
    """
    spec, options = (rest[0], rest[1:]) if rest and not is_rule(rest[0]) else (None, rest)
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
    return _read(ev, "Import", form or by_extension(path), path, elements, given, file)


def _read(
    ev: Any,
    name: str,
    form: formats.Format | None,
    source: Path | bytes,
    elements: list[str],
    options: dict[str, Any],
    what: Any,
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
    return _read(ev, "ImportString", form, text.encode(), elements, given, text)


@builtin("ImportByteArray", messages=MESSAGES)
def import_byte_array(ev: Any, data: Any, spec: Any, *options: Any) -> Any:
    """ImportByteArray[ByteArray[...], "format"] reads data from bytes.

    >>> ImportByteArray[StringToByteArray["1,2"], "CSV"]
    {{1, 2}}
    """
    given, found = _rules(options), split_spec(spec)
    if type(data) is not ByteArray or given is None or found is None:
        return None
    return _read(ev, "ImportByteArray", found[0], data.data, found[1], given, "bytes")


@builtin("Export", messages=MESSAGES, stateful=True, outside=True)
def export(ev: Any, file: Any, expr: Any, *rest: Any) -> Any:
    """Export["file.ext", expr] writes an expression to a file in the format of its extension, and gives the
    file name.
    Export["file", expr, "format"] names the format.

    >>> {Export["y.json", <|"a" -> {1, 2}|>], Import["y.json", "RawJSON"], DeleteFile["y.json"]}
    {y.json, <|a -> {1, 2}|>, Null}
    """
    spec, options = (rest[0], rest[1:]) if rest and not is_rule(rest[0]) else (None, rest)
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
