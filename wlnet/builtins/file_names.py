"""Names of files and folders: FileNameJoin, FileBaseName, DirectoryName, FileNames, FileExistsQ."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, truth
from wlnet.kernel.registry import builtin

from .files import FAILED
from .formats import file_path


def _name_of(name: str, usage: str, act: Any, outside: bool = False) -> None:
    def call(ev: Any, file: Any) -> Any:
        if is_list(file):
            return make_list(Expr(getattr(S, name), (f,)) for f in items(file))
        path = file_path(ev, file)
        return None if path is None else act(path)

    call.__doc__ = usage
    builtin(name, outside=outside)(call)


_name_of(
    "FileBaseName",
    """FileBaseName["file"] gives the name of a file without folder and extension.

    >>> FileBaseName["a/b.tar.gz"]
    b.tar
    """,
    lambda p: p.stem,
)
_name_of(
    "FileExtension",
    """FileExtension["file"] gives the extension of a file name.

    >>> FileExtension["a/b.txt"]
    txt
    """,
    lambda p: p.suffix.removeprefix("."),
)


def _chosen(ev: Any, file: Any, n: Any, take: bool) -> Any:
    """The parts of a file name that n, -n or {m, n} choose, or those left, joined again."""
    path = file_path(ev, file)
    if path is None:
        return None
    parts = make_list(path.parts)
    kept = ev.evaluate(Expr(S.Take if take else S.Drop, (parts, n)))
    if not is_list(kept):
        return None
    return str(type(path)(*items(kept))) if items(kept) else ""


@builtin("FileNameTake")
def file_name_take(ev: Any, file: Any, n: Any = -1) -> Any:
    """FileNameTake["file"] gives the last part of a file name; FileNameTake["file", n] the first n parts,
    -n the last n.

    >>> {FileNameTake["a/b/c.txt"], FileNameTake["a/b/c.txt", -2]}
    {c.txt, b/c.txt}
    """
    return _chosen(ev, file, n, True)


@builtin("FileNameDrop")
def file_name_drop(ev: Any, file: Any, n: Any = -1) -> Any:
    """FileNameDrop["file"] gives a file name without its last part; FileNameDrop["file", n] without the first
    n parts, -n without the last n.

    >>> {FileNameDrop["a/b/c.txt"], FileNameDrop["a/b/c.txt", 1]}
    {a/b, b/c.txt}
    """
    return _chosen(ev, file, n, False)


@builtin("FileNameDepth")
def file_name_depth(ev: Any, file: Any) -> Any:
    """FileNameDepth["file"] gives the number of parts of a file name.

    >>> FileNameDepth["a/b/c"]
    3
    """
    path = file_path(ev, file)
    return None if path is None else len(path.parts)


_name_of(
    "FileNameSplit",
    """FileNameSplit["file"] gives the parts of a file name.

    >>> FileNameSplit["a/b/c.txt"]
    {a, b, c.txt}
    """,
    lambda p: make_list("" if part == os.sep else part for part in p.parts),
)
_name_of(
    "DirectoryName",
    """DirectoryName["file"] gives the folder of a file name, with a slash at its end.

    >>> {DirectoryName["a/b/c.txt"], DirectoryName["c.txt"]}
    {a/b/, }
    """,
    lambda p: "" if str(p.parent) == "." else str(p.parent).rstrip("/") + "/",
)
_name_of(
    "ParentDirectory",
    """ParentDirectory["folder"] gives the folder around a folder.

    >>> ParentDirectory["/a/b"]
    /a
    """,
    lambda p: str(p.resolve().parent),
    outside=True,
)
_name_of(
    "AbsoluteFileName",
    """AbsoluteFileName["file"] gives the full name of a file that exists, else $Failed.

    >>> AbsoluteFileName["no such file"]
    $Failed
    """,
    lambda p: str(p.resolve()) if p.exists() else FAILED,
    outside=True,
)
_name_of(
    "ExpandFileName",
    """ExpandFileName["file"] gives the full name of a file.

    >>> StringEndsQ[ExpandFileName["x.txt"], "x.txt"]
    True
    """,
    lambda p: str(p.absolute()),
    outside=True,
)
_name_of(
    "FileExistsQ",
    """FileExistsQ["file"] gives True if the file or folder exists.

    >>> FileExistsQ["no such file"]
    False
    """,
    lambda p: truth(p.exists()),
    outside=True,
)
_name_of(
    "DirectoryQ",
    """DirectoryQ["folder"] gives True if the folder exists.

    >>> {DirectoryQ["."], DirectoryQ["no such folder"]}
    {True, False}
    """,
    lambda p: truth(p.is_dir()),
    outside=True,
)
_name_of(
    "FileByteCount",
    """FileByteCount["file"] gives the number of bytes of a file.

    >>> Export["n.txt", "abc"]; {FileByteCount["n.txt"], DeleteFile["n.txt"]}
    {3, Null}
    """,
    lambda p: p.stat().st_size if p.is_file() else FAILED,
    outside=True,
)


@builtin("FileNameJoin")
def file_name_join(ev: Any, parts: Any, *rest: Any) -> Any:
    """FileNameJoin[{"a", "b", ...}] joins parts to a file name.

    >>> FileNameJoin[{"a", "b", "c.txt"}]
    a/b/c.txt
    """
    parts = items(parts) if is_list(parts) else (parts, *rest)
    if not all(type(p) is str for p in parts):
        return None
    head = "/" if parts and parts[0] == "" else ""
    return head + os.path.join(*parts) if parts else ""


@builtin("FileNames", stateful=True, outside=True)
def file_names(ev: Any, form: Any = "*", folders: Any = ".", depth: Any = 1) -> Any:
    """FileNames[] lists the files of the current folder; FileNames["*.wl"] those that match;
    FileNames[form, folder] those of a folder; FileNames[form, folder, n] also n levels deep, Infinity all.

    >>> FileNames["no such *"]
    {}
    """
    from .string_matching import compiled

    p = compiled(ev, form, None, wildcards=True)
    where = items(folders) if is_list(folders) else (folders,)
    if p is None or not all(type(f) is str for f in where):
        return None
    levels = depth if type(depth) is int else 1 << 30
    found = []
    for folder in where:
        base = Path(folder).expanduser()
        for path in _walk(base, levels):
            if p.full(path.name) is not None:
                found.append(
                    path.as_posix() if folder not in (".", "") else path.relative_to(base).as_posix()
                )
    return make_list(sorted(found))


def _walk(folder: Path, levels: int) -> Any:
    if levels < 1 or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, levels - 1)
