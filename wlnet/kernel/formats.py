"""The registry of file formats for Import and Export. Rooms above register the formats that they own.

    register("CSV", ("csv",), read=read, write=write)

    read(ev, source, element, options) -> value      source: a Path or bytes; element: "Data", ... or None
    write(ev, target, value, options) -> None        target: a Path
    text(ev, value, options) -> str or bytes         the same for ExportString; a format with `text` needs
    no `write`

`options` maps option names to values of the language. A function raises FormatError with a text
that a user understands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import WlnetError

Read = Callable[[Any, Path | bytes, str | None, dict[str, Any]], Any]
Write = Callable[[Any, Path, Any, dict[str, Any]], None]
Text = Callable[[Any, Any, dict[str, Any]], str | bytes]


class FormatError(WlnetError):
    """A file or a value does not fit its format; the text says how."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name, its file extensions (lower case, no dot), and how it is read and written."""

    name: str
    extensions: tuple[str, ...]
    read: Read | None = None
    write: Write | None = None
    text: Text | None = None
    elements: tuple[str, ...] = ("Data",)


FORMATS: dict[str, Format] = {}


def register(
    name: str,
    extensions: tuple[str, ...],
    *,
    read: Read | None = None,
    write: Write | None = None,
    text: Text | None = None,
    elements: tuple[str, ...] = ("Data",),
) -> None:
    """Make a format known to Import and Export; parts left out are kept from an earlier registration
    of the name."""
    old = FORMATS.get(name)
    if old is not None:
        read, write, text = read or old.read, write or old.write, text or old.text
        extensions = tuple(dict.fromkeys((*old.extensions, *extensions)))
        elements = tuple(dict.fromkeys((*old.elements, *elements)))
    FORMATS[name] = Format(name, extensions, read, write, text, elements)


def by_name(name: str) -> Format | None:
    """The format of that name, case ignored."""
    found = FORMATS.get(name)
    if found is not None:
        return found
    return next((f for f in FORMATS.values() if f.name.lower() == name.lower()), None)


def by_extension(path: str | Path) -> Format | None:
    """The format of a file by its extension; a double one (.tar.gz) counts where it is registered."""
    parts = Path(path).name.lower().split(".")
    for k in range(1, len(parts)):
        extension = ".".join(parts[k:])
        for f in FORMATS.values():
            if extension in f.extensions:
                return f
    return None


def source_bytes(source: Path | bytes) -> bytes:
    """The content of a source."""
    return source if isinstance(source, bytes) else source.read_bytes()


def source_text(source: Path | bytes, encoding: str = "utf-8") -> str:
    """The content of a source as text; a byte order mark is dropped, CR LF becomes LF."""
    text = source_bytes(source).decode(encoding, errors="replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
