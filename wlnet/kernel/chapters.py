"""The chapters: the modules that declare System` symbols, and an index of the names that their sources hold.

Chapters are the modules of `wlnet.builtins` (found by name, nothing is listed twice), the nets,
the graphics, images and sounds.
"""

from __future__ import annotations

import os
import re
from zlib import crc32

from wlnet.syntax.kept import kept

# Loaded at the start; the rest on demand.
CORE: tuple[str, ...] = (
    "wlnet.builtins.evaluation",
    "wlnet.builtins.limits",
    "wlnet.builtins.control",
    "wlnet.builtins.scoping",
    "wlnet.builtins.pattern_forms",
    "wlnet.builtins.assignment",
    "wlnet.builtins.part_assignment",
    "wlnet.builtins.attributes",
    "wlnet.builtins.messages",
    "wlnet.builtins.contexts",
    "wlnet.builtins.options",
    "wlnet.builtins.arithmetic",
    "wlnet.builtins.rules",
)
OUTSIDE: tuple[str, ...] = (
    "wlnet.net.builtins",
    "wlnet.net.training_builtins",
    "wlnet.net.foreign_builtins",
    "wlnet.net.recurrent_builtins",
    "wlnet.graphics.builtins",
    "wlnet.media.builtins",
)

# A name in quotes right after `builtin(` or `symbol(`, or among those of `wl_rules(`; or anywhere in quotes.
_DECLARED = rb'\b(?:builtin|symbol|wl_rules)\(\s*"([^"\n]*)"'
_QUOTED = rb'"([ $A-Za-z0-9]+)"'
_NAME = rb"[$A-Z][$A-Za-z0-9]*"
# Options are keyword-only parameters: same_test is SameTest.
_KEYWORDS = rb"\*(?:\w+: \w+)?,\s+(\w+: [^)]*)\)"
_KEYWORD = rb"(?:^|, |\n +)(\w+): \w+ ="

_index: dict[str, list[str]] = {}


def chapters() -> list[str]:
    """The names of all chapter modules, core ones first."""
    names = sorted(f[:-3] for f in os.listdir(os.path.join(_folder(), "builtins")) if f.endswith(".py"))
    inside = [f"wlnet.builtins.{n}" for n in names if n != "__init__"]
    return [*CORE, *(m for m in inside if m not in CORE), *(m for m in OUTSIDE if os.path.exists(_file(m)))]


def likely(name: str) -> list[str]:
    """The chapters that may declare a name, the likeliest first.

    They are told by their text, which is some fifty times faster than importing them: a declared name stands
    in quotes, alone or among others, and nearly always right after `builtin(` or `symbol(`. The index of
    these names, and of the names of options, is kept between runs for as long as no source changes.
    """
    if not _index:
        files = {chapter: _files(chapter) for chapter in chapters()}
        sources = [__file__, *(path for paths in files.values() for path in paths)]
        stamps = tuple((path, *_stamp(path)) for path in sources)
        place = f"chapters-{crc32(_folder().encode()):08x}"
        _index.update(kept(place, stamps, lambda: _make_index(files)))
    return _index.get(name, [])


def _make_index(files: dict[str, list[str]]) -> dict[str, list[str]]:
    """Name -> chapters that hold it, those that declare it in so many words first."""
    declared: dict[str, list[str]] = {}
    quoted: dict[str, list[str]] = {}
    for chapter, paths in files.items():
        text = b"".join(map(_read, paths))
        for found, pattern in ((declared, _DECLARED), (quoted, _QUOTED)):
            names = {name for group in re.findall(pattern, text) for name in re.findall(_NAME, group)}
            for name in names:
                found.setdefault(name.decode(), []).append(chapter)
        for group in re.findall(_KEYWORDS, text):
            for parameter in set(re.findall(_KEYWORD, group)):
                option = "".join(word.capitalize() for word in parameter.decode().split("_"))
                if chapter not in quoted.setdefault(option, []):
                    quoted[option].append(chapter)
    return {
        name: [*declared.get(name, ()), *(c for c in others if c not in declared.get(name, ()))]
        for name, others in (declared | quoted).items()
    }


def _folder() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _file(chapter: str) -> str:
    return os.path.join(_folder(), *chapter.split(".")[1:]) + ".py"


def _files(chapter: str) -> list[str]:
    """The sources whose names count: the chapter's own, or those of its whole folder outside `builtins`."""
    path = _file(chapter)
    if chapter.startswith("wlnet.builtins."):
        return [path]
    walk = os.walk(os.path.dirname(path))
    return sorted(os.path.join(folder, f) for folder, _, files in walk for f in files if f.endswith(".py"))


def _stamp(path: str) -> tuple[int, int]:
    """Size in bytes and time of the last change in nanoseconds."""
    now = os.stat(path)
    return now.st_size, now.st_mtime_ns


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
