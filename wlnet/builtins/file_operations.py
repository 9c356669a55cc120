"""Folders and files made, copied, renamed and deleted; the current directory."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from wlnet.expr import FALSE, NULL, TRUE, Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin

from .files import FAILED, FILE, attempt, held, path_of
from .formats import file_path


@builtin("Directory", stateful=True, outside=True)
def directory(ev: Any) -> Any:
    """Directory[] gives the current folder.

    >>> DirectoryQ[Directory[]]
    True
    """
    return str(Path.cwd())


@builtin("SetDirectory", messages=FILE, stateful=True, outside=True)
def set_directory(ev: Any, folder: Any = "~") -> Any:
    """SetDirectory["folder"] makes a folder the current one, and gives its name; ResetDirectory[] goes back.

    >>> SetDirectory["no such folder"] // Quiet
    $Failed
    """
    path = path_of(ev, "SetDirectory", folder)
    if path is None:
        return FAILED
    before = str(Path.cwd())
    try:
        os.chdir(path)
    except OSError:
        ev.message("SetDirectory", "cdir", folder)
        return FAILED
    ev.state.directories.append(before)
    return str(Path.cwd())


@builtin(
    "ResetDirectory", messages={"dtop": "The stack of directories is empty."}, stateful=True, outside=True
)
def reset_directory(ev: Any) -> Any:
    """ResetDirectory[] makes the folder current again that was so before the last SetDirectory.

    >>> SetDirectory["."]; ResetDirectory[] === Directory[]
    True
    """
    if not ev.state.directories:
        ev.message("ResetDirectory", "dtop")
        return str(Path.cwd())
    os.chdir(ev.state.directories.pop())
    return str(Path.cwd())


@builtin("DirectoryStack", stateful=True, outside=True)
def directory_stack(ev: Any) -> Any:
    """DirectoryStack[] gives the folders to which ResetDirectory goes back.

    >>> DirectoryStack[]
    {}
    """
    return make_list(reversed(ev.state.directories))


@builtin("CreateDirectory", messages=FILE, stateful=True, outside=True)
def create_directory(ev: Any, folder: Any = None, *, create_intermediate_directories: Any = TRUE) -> Any:
    """CreateDirectory["folder"] makes a folder, and gives its full name; CreateDirectory[] a temporary one.

    >>> CreateDirectory["dd/ee"]; {DirectoryQ["dd/ee"], DeleteDirectory["dd", DeleteContents -> True]}
    {True, Null}
    """
    import tempfile

    if folder is None:
        return tempfile.mkdtemp()
    path = path_of(ev, "CreateDirectory", folder)
    if path is None:
        return FAILED
    if path.exists():
        ev.message("CreateDirectory", "filex", folder)
        return str(path.resolve()) if path.is_dir() else FAILED

    def make() -> Any:
        path.mkdir(parents=create_intermediate_directories is TRUE)
        return str(path.resolve())

    return attempt(ev, "CreateDirectory", make, held("CreateDirectory", folder))


@builtin("CreateFile", messages=FILE, stateful=True, outside=True)
def create_file(ev: Any, file: Any = None) -> Any:
    """CreateFile["file"] makes an empty file, and gives its full name; CreateFile[] a temporary one.

    >>> CreateFile["e.txt"]; {FileByteCount["e.txt"], DeleteFile["e.txt"]}
    {0, Null}
    """
    import tempfile

    if file is None:
        handle, name = tempfile.mkstemp()
        os.close(handle)
        return name
    path = path_of(ev, "CreateFile", file)
    if path is None:
        return FAILED
    if path.exists():
        ev.message("CreateFile", "filex", file)
        return FAILED

    def make() -> Any:
        path.touch()
        return str(path.resolve())

    return attempt(ev, "CreateFile", make, held("CreateFile", file))


@builtin("DeleteFile", messages=FILE, stateful=True, outside=True)
def delete_file(ev: Any, file: Any) -> Any:
    """DeleteFile["file"] deletes a file; DeleteFile[{"file1", ...}] several.

    >>> DeleteFile["no such file"] // Quiet
    $Failed
    """
    for f in items(file) if is_list(file) else (file,):
        path = path_of(ev, "DeleteFile", f)
        if path is None:
            return FAILED

        def remove(path: Path = path) -> Any:
            path.unlink()
            return NULL

        if attempt(ev, "DeleteFile", remove, held("DeleteFile", f)) is FAILED:
            return FAILED
    return NULL


@builtin("DeleteDirectory", messages=FILE, stateful=True, outside=True)
def delete_directory(ev: Any, folder: Any, *, delete_contents: Any = FALSE) -> Any:
    """DeleteDirectory["folder"] deletes an empty folder; with DeleteContents -> True also what it holds.

    >>> DeleteDirectory["no such folder"] // Quiet
    $Failed
    """
    path = path_of(ev, "DeleteDirectory", folder)
    if path is None:
        return FAILED
    if not path.is_dir():
        ev.message("DeleteDirectory", "nodir", folder)
        return FAILED

    def remove() -> Any:
        if delete_contents is TRUE:
            shutil.rmtree(path)
        else:
            path.rmdir()
        return NULL

    return attempt(ev, "DeleteDirectory", remove, held("DeleteDirectory", folder))


def _two_files(ev: Any, name: str, source: Any, target: Any, act: Any, overwrite: bool) -> Any:
    a, b = path_of(ev, name, source), path_of(ev, name, target)
    if a is None or b is None:
        return FAILED
    if b.exists() and not overwrite:
        ev.message(name, "filex", target)
        return FAILED

    def do() -> Any:
        act(a, b)
        return str(b.resolve())

    return attempt(ev, name, do, held(name, source, target))


@builtin("CopyFile", messages=FILE, stateful=True, outside=True)
def copy_file(ev: Any, source: Any, target: Any, *, overwrite_target: Any = FALSE) -> Any:
    """CopyFile["file1", "file2"] copies a file, and gives the full name of the copy.

    >>> Export["c1.txt", "x"]; CopyFile["c1.txt", "c2.txt"]; ReadString["c2.txt"]
    x
    >>> DeleteFile[{"c1.txt", "c2.txt"}]
    """
    return _two_files(ev, "CopyFile", source, target, shutil.copyfile, overwrite_target is TRUE)


@builtin("RenameFile", messages=FILE, stateful=True, outside=True)
def rename_file(ev: Any, source: Any, target: Any, *, overwrite_target: Any = FALSE) -> Any:
    """RenameFile["file1", "file2"] renames a file, and gives its new full name.

    >>> Export["m1.txt", "x"]; RenameFile["m1.txt", "m2.txt"]; {FileExistsQ["m1.txt"], DeleteFile["m2.txt"]}
    {False, Null}
    """
    return _two_files(ev, "RenameFile", source, target, lambda a, b: a.replace(b), overwrite_target is TRUE)


@builtin("FileDate", stateful=True, outside=True)
def file_date(ev: Any, file: Any) -> Any:
    """FileDate["file"] gives the time of the last change of a file, as a DateObject.

    >>> Head[FileDate["."]]
    DateObject
    """
    path = file_path(ev, file)
    if path is None or not path.exists():
        return None
    t = time.localtime(path.stat().st_mtime)
    return Expr(
        S.DateObject, (make_list((t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, float(t.tm_sec))),)
    )
