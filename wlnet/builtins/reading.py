"""Reading and writing text and bytes: ReadString, ReadList, ReadLine, ReadByteArray, WriteString."""

from __future__ import annotations

import sys
from typing import Any

from wlnet.expr import NULL, ByteArray, S, make_list
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax import ReadError

from .files import FAILED, FILE, attempt, held, path_of
from .table_formats import cell


@builtin("ReadString", messages=FILE, stateful=True)
def read_string(ev: Any, file: Any) -> Any:
    """ReadString["file"] gives the text of a file as one string.

    >>> ReadString["no such file"] // Quiet
    $Failed
    """
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


@builtin("ReadLine", messages=FILE, stateful=True)
def read_line(ev: Any, file: Any) -> Any:
    """ReadLine["file"] gives the first line of a file; EndOfFile when it is empty.

    >>> Export["l.txt", "one\\ntwo"]; {ReadLine["l.txt"], DeleteFile["l.txt"]}
    {one, Null}
    """
    path = path_of(ev, "ReadLine", file)
    if path is None:
        return FAILED

    def read() -> Any:
        with path.open(encoding="utf-8", errors="replace") as lines:
            line = lines.readline()
        return line.rstrip("\r\n") if line else S.EndOfFile

    return attempt(ev, "ReadLine", read, held("ReadLine", file))


@builtin(
    "ReadList",
    messages=FILE | {"type": "`1` is not a type to read; the types are Expression, Number, ..."},
    stateful=True,
)
def read_list(ev: Any, file: Any, kind: Any = S.Expression, most: Any = None) -> Any:
    """ReadList["file"] gives the values of the expressions of a file; ReadList["file", type] objects of
    type String (lines), Word, Number, Real, Character, Byte or Expression; a third argument n limits their
    number.

    >>> Export["r.txt", "1 2.5\\n3"]; {ReadList["r.txt", Number], ReadList["r.txt", String]}
    {{1, 2.5, 3}, {1 2.5, 3}}
    >>> DeleteFile["r.txt"]
    """
    path = path_of(ev, "ReadList", file)
    if path is None:
        return FAILED
    text = attempt(
        ev, "ReadList", lambda: path.read_text(encoding="utf-8", errors="replace"), held("ReadList", file)
    )
    if type(text) is not str:
        return FAILED
    found = _objects(ev, text, kind)
    if found is None:
        ev.message("ReadList", "type", kind)
        return None
    return make_list(found[:most] if type(most) is int else found)


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


@builtin("WriteString", messages=FILE, stateful=True)
def write_string(ev: Any, target: Any, *parts: Any) -> Any:
    """WriteString["file", "text", ...] appends text to a file; WriteString["stdout", ...] writes to
    standard output.

    >>> WriteString["w.txt", "a", 1]; {ReadString["w.txt"], DeleteFile["w.txt"]}
    {a1, Null}
    """
    text = "".join([p if type(p) is str else ev.text(p, "OutputForm") for p in parts])
    if target in ("stdout", "stderr"):
        stream = sys.stdout if target == "stdout" else sys.stderr
        stream.write(text)
        stream.flush()
        return NULL
    path = path_of(ev, "WriteString", target)
    if path is None:
        return FAILED

    def write() -> Any:
        with path.open("a", encoding="utf-8") as out:
            out.write(text)
        return NULL

    return attempt(ev, "WriteString", write, held("WriteString", target))
