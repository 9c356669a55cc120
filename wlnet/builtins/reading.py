"""Reading and writing text and bytes: ReadString, ReadList, ReadByteArray."""

from __future__ import annotations

from typing import Any

from wlnet.expr import ByteArray, S, is_list, items, make_list
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax import ReadError

from .files import FAILED, FILE, attempt, held, path_of
from .streams import InputText, read_object, stream_of
from .table_formats import cell


@builtin("ReadString", messages=FILE, stateful=True)
def read_string(ev: Any, file: Any) -> Any:
    """ReadString["file"] gives the text of a file as one string; ReadString[stream] the rest of a stream.

    >>> ReadString[StringToStream["all of it"]]
    all of it
    """
    stream = stream_of(ev, file)
    if type(stream) is InputText:
        rest = stream.text[stream.at :]
        stream.at = len(stream.text)
        return rest
    path = path_of(ev, "ReadString", file)
    if path is None:
        return FAILED
    return attempt(
        ev, "ReadString", lambda: path.read_text(encoding="utf-8", errors="replace"), held("ReadString", file)
    )


@builtin("ReadByteArray", messages=FILE, stateful=True)
def read_byte_array(ev: Any, file: Any) -> Any:
    """ReadByteArray["file"] gives the bytes of a file.

    >>> Export["b.txt", "hi"]; {Normal[ReadByteArray["b.txt"]], DeleteFile["b.txt"]}
    {{104, 105}, Null}
    """
    path = path_of(ev, "ReadByteArray", file)
    if path is None:
        return FAILED
    return attempt(ev, "ReadByteArray", lambda: ByteArray(path.read_bytes()), held("ReadByteArray", file))


@builtin(
    "ReadList",
    messages=FILE | {"type": "`1` is not a type to read; the types are Expression, Number, ..."},
    stateful=True,
)
def read_list(ev: Any, file: Any, kind: Any = S.Expression, most: Any = None) -> Any:
    """ReadList["file"] gives the values of the expressions of a file; ReadList["file", type] objects of type
    String (lines), Word, Number, Real, Character, Byte or Expression; a third argument n limits their number.
    ReadList["file", {Number, Number}] gives pairs, and so on.

    >>> Export["r.txt", "1 2.5\\n3"]; {ReadList["r.txt", Number], ReadList["r.txt", String]}
    {{1, 2.5, 3}, {1 2.5, 3}}
    >>> DeleteFile["r.txt"]
    """
    stream = stream_of(ev, file)
    if type(stream) is InputText:
        return _from_stream(ev, stream, kind, most)
    path = path_of(ev, "ReadList", file)
    if path is None:
        return FAILED
    text = attempt(
        ev, "ReadList", lambda: path.read_text(encoding="utf-8", errors="replace"), held("ReadList", file)
    )
    if type(text) is not str:
        return FAILED
    found = _records(ev, text, kind) if is_list(kind) and items(kind) else _objects(ev, text, kind)
    if found is None:
        ev.message("ReadList", "type", kind)
        return None
    return make_list(found[:most] if type(most) is int else found)


def _records(ev: Any, text: str, kinds: Any) -> list[Any] | None:
    """Lists of as many objects as `kinds` has, of one type: {Number, Number} reads pairs."""
    listed = items(kinds)
    if any(k is not listed[0] for k in listed):
        return None
    found = _objects(ev, text, listed[0])
    n = len(listed)
    return None if found is None else [make_list(found[i : i + n]) for i in range(0, len(found), n)]


def _from_stream(ev: Any, stream: InputText, kind: Any, most: Any) -> Any:
    """The objects left in a stream, at most `most`."""
    found: list[Any] = []
    while type(most) is not int or len(found) < most:
        value = read_object(ev, stream, kind)
        if value is None:
            ev.message("ReadList", "type", kind)
            return None
        if value is S.EndOfFile:
            break
        found.append(value)
    return make_list(found)


def _objects(ev: Any, text: str, kind: Any) -> list[Any] | None:
    name = getattr(kind, "name", None)
    if name in ("String", "Record"):
        return list(text.splitlines())
    if name == "Word":
        return list(text.split())
    if name in ("Number", "Real"):
        values = [cell(w.replace("*^", "e")) for w in text.split()]
        return [float(v) for v in values] if name == "Real" else values
    if name == "Character":
        return list(text)
    if name == "Byte":
        return list(text.encode())
    if name != "Expression":
        return None
    return [ev.evaluate(e) for e in ev.read_all(text) if not isinstance(e, ReadError)]


symbol("EndOfFile", usage="EndOfFile stands for the end of a file.")
for _name in ("Expression", "Number", "Word", "Record", "Character", "Byte"):
    symbol(_name, usage=f"{_name} is a type of object that ReadList reads.")
