"""Streams: OpenRead, OpenWrite, OpenAppend, StringToStream, Read, Skip, Find, Write,
WriteLine, Close, Streams.

A stream is InputStream["name", n] or OutputStream["name", n]; the session keeps what stands behind the
number n.
Input is kept as text with a position in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wlnet.expr import NULL, Expr, S, is_list, items, make_list, system
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax import Incomplete, ReadError

from .files import FILE, attempt, held, path_of
from .formats import file_path
from .table_formats import cell

FAILED = system("$Failed")
STREAM = FILE | {
    "openx": "`1` is not open.",
    "readf": "`1` is not a type of object to read.",
    "stream": "`1` is not a stream.",
}


class InputText:
    """An input stream: its name, its text and how far it is read."""

    __slots__ = ("at", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.at = 0

    def line(self) -> str | None:
        """The next line without its end; None at the end of the text."""
        if self.at >= len(self.text):
            return None
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        line = self.text[self.at : end]
        self.at = end + 1
        return line

    def word(self) -> str | None:
        """The next run of characters between white space."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        start = self.at
        while self.at < len(self.text) and not self.text[self.at].isspace():
            self.at += 1
        return self.text[start : self.at] or None


class OutputFile:
    """An output stream: its name and the absolute path of its file, which is open only while text is written:
    what was written is there at once, and a session that ends leaves nothing open.
    """

    __slots__ = ("name", "path")

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path

    def write(self, text: str, mode: str = "a") -> None:
        with self.path.open(mode, encoding="utf-8") as file:
            file.write(text)


symbol("InputStream", usage='InputStream["name", n] is an open input stream.')
symbol("OutputStream", usage='OutputStream["name", n] is an open output stream.')


def _enter(ev: Any, stream: InputText | OutputFile) -> Expr:
    """Give a new stream its number."""
    n = max((k for k in ev.state.streams if type(k) is int), default=2) + 1
    ev.state.streams[n] = stream
    return Expr(S.InputStream if type(stream) is InputText else S.OutputStream, (stream.name, n))


def stream_of(ev: Any, x: Any) -> InputText | OutputFile | None:
    """What stands behind InputStream[...] or OutputStream[...]; None when it is not open or no stream."""
    if type(x) is Expr and x.head in (S.InputStream, S.OutputStream) and len(x.args) == 2:
        found: InputText | OutputFile | None = ev.state.streams.get(x.args[1])
        return found
    return None


def input_of(ev: Any, name: str, x: Any) -> InputText | None:
    """An input stream; a file name is opened and stays open; None with a message."""
    found = stream_of(ev, x)
    if type(found) is InputText:
        return found
    if type(x) is str:
        for s in ev.state.streams.values():
            if type(s) is InputText and s.name == x:
                return s
        opened = open_read(ev, x)
        return stream_of(ev, opened)  # type: ignore[return-value]
    ev.message(name, "openx", x)
    return None


@builtin("OpenRead", messages=STREAM, stateful=True)
def open_read(ev: Any, file: Any) -> Any:
    """OpenRead["file"] opens a file to read, and gives an InputStream.

    >>> Export["s.txt", "a b"]; s = OpenRead["s.txt"]; {Read[s, Word], Close[s], DeleteFile["s.txt"]}
    {a, s.txt, Null}
    """
    path = path_of(ev, "OpenRead", file)
    if path is None:
        return FAILED

    def read() -> Any:
        text = path.read_text(encoding="utf-8", errors="replace")
        return _enter(ev, InputText(file if type(file) is str else str(path), text))

    return attempt(ev, "OpenRead", read, held("OpenRead", file))


@builtin("StringToStream", stateful=True)
def string_to_stream(ev: Any, text: Any) -> Any:
    """StringToStream["text"] opens a string to read.

    >>> s = StringToStream["1 2 x"]; {Read[s, Number], Read[s, Number], Read[s, Word], Read[s, Word]}
    {1, 2, x, EndOfFile}
    """
    return _enter(ev, InputText("String", text)) if type(text) is str else None


def _open_output(ev: Any, name: str, file: Any, mode: str) -> Any:
    path = path_of(ev, name, file)
    if path is None:
        return FAILED

    def start() -> Any:
        stream = OutputFile(file if type(file) is str else str(path), path.absolute())
        stream.write("", mode)
        return _enter(ev, stream)

    return attempt(ev, name, start, held(name, file))


@builtin("OpenWrite", messages=STREAM, stateful=True)
def open_write(ev: Any, file: Any) -> Any:
    """OpenWrite["file"] opens a file to write, and gives an OutputStream.

    >>> s = OpenWrite["o.txt"]; WriteLine[s, "a"]; Close[s]; {ReadString["o.txt"], DeleteFile["o.txt"]}
    {a
    , Null}
    """
    return _open_output(ev, "OpenWrite", file, "w")


@builtin("OpenAppend", messages=STREAM, stateful=True)
def open_append(ev: Any, file: Any) -> Any:
    """OpenAppend["file"] opens a file to write at its end.

    >>> Export["p.txt", "a"]; s = OpenAppend["p.txt"]; WriteString[s, "b"]; Close[s]; ReadString["p.txt"]
    ab
    >>> DeleteFile["p.txt"]
    """
    return _open_output(ev, "OpenAppend", file, "a")


@builtin("Close", messages=STREAM, stateful=True)
def close(ev: Any, stream: Any) -> Any:
    """Close[stream] closes a stream, and gives its name; Close["file"] the stream of that file.

    >>> Close[StringToStream["a"]]
    String
    """
    if type(stream) is str:
        numbers = [n for n, s in ev.state.streams.items() if getattr(s, "name", None) == stream]
    else:
        numbers = [stream.args[1]] if stream_of(ev, stream) is not None else []
    if not numbers:
        ev.message("Close", "openx", stream)
        return None
    return ev.state.streams.pop(numbers[-1]).name


@builtin("Streams", stateful=True)
def streams(ev: Any) -> Any:
    """Streams[] lists the open streams.

    >>> Streams[]
    {}
    """
    found = [(n, s) for n, s in ev.state.streams.items() if type(s) in (InputText, OutputFile)]
    return make_list(
        Expr(S.InputStream if type(s) is InputText else S.OutputStream, (s.name, n)) for n, s in found
    )


# ------------------------------------------------------------------------------------------------- reading


def read_object(ev: Any, s: InputText, kind: Any) -> Any:
    """The next object of a type; EndOfFile at the end; None for an unknown type."""
    if is_list(kind):
        found = [read_object(ev, s, k) for k in items(kind)]
        return None if any(f is None for f in found) else make_list(found)
    name = getattr(kind, "name", None)
    value: Any
    if name in ("String", "Record"):
        value = s.line()
    elif name == "Word":
        value = s.word()
    elif name in ("Number", "Real"):
        word = s.word()
        number = None if word is None else cell(word.replace("*^", "e"))
        value = number if name == "Number" or type(number) is not int else float(number)
    elif name in ("Character", "Byte"):
        value = s.text[s.at] if s.at < len(s.text) else None
        s.at += 1
        value = ord(value) if value is not None and name == "Byte" else value
    elif name == "Expression":
        return _expression(ev, s)
    else:
        return None
    return S.EndOfFile if value is None else value


def _expression(ev: Any, s: InputText) -> Any:
    """The value of the next expression: as many lines as it takes to be complete."""
    text = ""
    while (line := s.line()) is not None:
        text += line + "\n"
        if not text.strip():
            continue
        try:
            return ev.evaluate(ev.read(text))
        except Incomplete:
            continue
        except ReadError as error:
            ev.message("Read", "err", error.show())
            return FAILED
    return S.EndOfFile


@builtin("Read", messages=STREAM, stateful=True)
def read(ev: Any, stream: Any, kind: Any = S.Expression) -> Any:
    """Read[stream] reads the next expression; Read[stream, type] an object of type String (a line), Word,
    Number, Character, Byte or Expression; Read[stream, {type1, type2, ...}] several.

    >>> s = StringToStream["1 + 1\\nrest of it"]; {Read[s], Read[s, String], Read[s, String]}
    {2, rest of it, EndOfFile}
    """
    s = input_of(ev, "Read", stream)
    if s is None:
        return FAILED
    value = read_object(ev, s, kind)
    if value is None:
        ev.message("Read", "readf", kind)
    return value


@builtin("Skip", messages=STREAM, stateful=True)
def skip(ev: Any, stream: Any, kind: Any, n: Any = 1) -> Any:
    """Skip[stream, type] skips an object of a type; Skip[stream, type, n] skips n of them.

    >>> s = StringToStream["a b c"]; Skip[s, Word, 2]; Read[s, Word]
    c
    """
    s = input_of(ev, "Skip", stream)
    if s is None or type(n) is not int:
        return FAILED
    for _ in range(n):
        value = read_object(ev, s, kind)
        if value is None or value is S.EndOfFile:
            return value
    return NULL


@builtin("Find", messages=STREAM, stateful=True)
def find(ev: Any, stream: Any, text: Any) -> Any:
    """Find[stream, "text"] gives the next line that holds the text; Find[stream, {"a", "b"}] one that
    holds any.

    >>> s = StringToStream["one\\ntwo\\nthree"]; Find[s, "w"]
    two
    """
    s = input_of(ev, "Find", stream)
    wanted = items(text) if is_list(text) else (text,)
    if s is None or not all(type(t) is str for t in wanted):
        return FAILED
    while (line := s.line()) is not None:
        if any(t in line for t in wanted):
            return line
    return S.EndOfFile


@builtin("FindList", messages=STREAM, stateful=True)
def find_list(ev: Any, file: Any, text: Any, most: Any = None) -> Any:
    """FindList["file", "text"] gives the lines of a file that hold the text.

    >>> Export["f.txt", "one\\ntwo\\nthree"]; {FindList["f.txt", "t"], DeleteFile["f.txt"]}
    {{two, three}, Null}
    """
    path = path_of(ev, "FindList", file)
    wanted = items(text) if is_list(text) else (text,)
    if path is None or not all(type(t) is str for t in wanted):
        return FAILED

    def search() -> Any:
        lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
        found = [line for line in lines if any(t in line for t in wanted)]
        return make_list(found[:most] if type(most) is int else found)

    return attempt(ev, "FindList", search, held("FindList", file, text))


@builtin("StreamPosition", messages=STREAM, stateful=True)
def stream_position(ev: Any, stream: Any) -> Any:
    """StreamPosition[stream] gives how many characters of an input stream are read.

    >>> s = StringToStream["abc"]; Read[s, Character]; StreamPosition[s]
    1
    """
    s = input_of(ev, "StreamPosition", stream)
    return FAILED if s is None else s.at


@builtin("SetStreamPosition", messages=STREAM, stateful=True)
def set_stream_position(ev: Any, stream: Any, n: Any) -> Any:
    """SetStreamPosition[stream, n] goes on reading after n characters; Infinity goes to the end.

    >>> s = StringToStream["abc"]; SetStreamPosition[s, 2]; Read[s, Character]
    c
    """
    s = input_of(ev, "SetStreamPosition", stream)
    if s is None:
        return FAILED
    s.at = min(n, len(s.text)) if type(n) is int and n >= 0 else len(s.text)
    return s.at


# ------------------------------------------------------------------------------------------------- writing


def _output_of(ev: Any, name: str, x: Any) -> OutputFile | None:
    """An output stream; a file is opened to write, and stays open; None with a message."""
    found = stream_of(ev, x)
    if type(found) is OutputFile:
        return found
    if type(x) is Expr and x.head in (S.InputStream, S.OutputStream):
        ev.message(name, "openx", x)
        return None
    path = file_path(ev, x)
    for s in ev.state.streams.values():
        if type(s) is OutputFile and path is not None and s.name in (x, str(path)):
            return s
    opened = stream_of(ev, _open_output(ev, name, x, "w"))
    return opened if type(opened) is OutputFile else None


def write_to(ev: Any, name: str, stream: Any, text: str) -> Any:
    """Write text to an output stream, to "stdout" or "stderr", or to a file, which is opened if need be."""
    import sys

    if type(stream) is str and stream in ("stdout", "stderr"):
        out = sys.stdout if stream == "stdout" else sys.stderr
        out.write(text)
        out.flush()
        return NULL
    found = _output_of(ev, name, stream)
    if found is None:
        return FAILED

    def write() -> Any:
        found.write(text)
        return NULL

    return attempt(ev, name, write, held(name, stream))


@builtin("Write", messages=STREAM, stateful=True)
def write(ev: Any, stream: Any, *exprs: Any) -> Any:
    """Write[stream, e1, e2, ...] writes expressions in InputForm and a new line.

    >>> Write["v.txt", {a, "b"}]; {ReadString["v.txt"], DeleteFile["v.txt"]}
    {{a, "b"}
    , Null}
    """
    return write_to(ev, "Write", stream, "".join([ev.text(e, "InputForm") for e in exprs]) + "\n")


@builtin("WriteLine", messages=STREAM, stateful=True)
def write_line(ev: Any, stream: Any, text: Any) -> Any:
    """WriteLine[stream, "text"] writes a line.

    >>> WriteLine["u.txt", "a"]; {ReadString["u.txt"], DeleteFile["u.txt"]}
    {a
    , Null}
    """
    return write_to(
        ev, "WriteLine", stream, (text if type(text) is str else ev.text(text, "OutputForm")) + "\n"
    )


@builtin("WriteString", messages=STREAM, stateful=True)
def write_string(ev: Any, stream: Any, *parts: Any) -> Any:
    """WriteString[stream, "text", ...] writes text as it is; the stream may be a file name,
    "stdout" or "stderr".

    >>> WriteString["w.txt", "a", 1]; {ReadString["w.txt"], DeleteFile["w.txt"]}
    {a1, Null}
    """
    text = "".join([p if type(p) is str else ev.text(p, "OutputForm") for p in parts])
    return write_to(ev, "WriteString", stream, text)


@builtin("ReadLine", messages=STREAM, stateful=True)
def read_line(ev: Any, stream: Any) -> Any:
    """ReadLine[stream] gives the next line of a stream or file; EndOfFile at its end.

    >>> s = StringToStream["one\\ntwo"]; {ReadLine[s], ReadLine[s], ReadLine[s]}
    {one, two, EndOfFile}
    """
    s = input_of(ev, "ReadLine", stream)
    line = None if s is None else s.line()
    return FAILED if s is None else S.EndOfFile if line is None else line
