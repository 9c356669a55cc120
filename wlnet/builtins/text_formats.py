"""The formats for text, lines, words, bytes and expressions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import (
    NULL,
    ByteArray,
    Expr,
    S,
    is_list,
    items,
    make_list,
    packed,
)
from wlnet.kernel import formats
from wlnet.kernel.formats import FormatError, source_bytes, source_text
from wlnet.syntax import ReadError

from .table_formats import cell


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


def _read_base64(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    import base64

    try:
        return base64.b64decode(source_text(source), validate=False).decode("utf-8")
    except ValueError as error:
        raise FormatError(str(error)) from None


def _base64(ev: Any, value: Any, options: dict[str, Any]) -> str:
    import base64

    data = (
        value.data
        if type(value) is ByteArray
        else str(value if type(value) is str else ev.text(value)).encode()
    )
    return base64.b64encode(data).decode() + "\n"


formats.register("Base64", ("b64",), read=_read_base64, text=_base64)
