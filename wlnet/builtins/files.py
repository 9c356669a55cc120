"""Files and folders: names, existence, reading, writing, deleting; Get and Put; the environment of the
process."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from wlnet.expr import FALSE, NULL, TRUE, ByteArray, Expr, S, is_list, items, make_list, system, truth
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax import ReadError

from .formats import cell, file_path

FAILED = system("$Failed")
FILE = {
    "nffil": "File not found during `1`.",
    "noopen": "Cannot open `1`.",
    "fstr": "File specification `1` is not a string of one or more characters.",
    "nodir": "Directory `1` not found.",
    "filex": "Cannot overwrite existing file `1`.",
    "cdir": "Cannot set current directory to `1`.",
    "err": "`1`",
}


def path_of(ev: Any, name: str, file: Any) -> Path | None:
    """A file argument as a path; None with `name::fstr`."""
    path = file_path(ev, file)
    if path is None:
        ev.message(name, "fstr", file)
    return path


def held(name: str, *args: Any) -> Expr:
    """HoldForm[name[args]], for messages."""
    return Expr(S.HoldForm, (Expr(getattr(S, name), args),))


def attempt(ev: Any, name: str, act: Any, shown: Any) -> Any:
    """`act()`, or $Failed with a message when the operating system refuses."""
    try:
        return act()
    except FileNotFoundError:
        ev.message(name, "nffil", shown)
    except OSError as error:
        ev.message(name, "err", f"{error.strerror or error}: {error.filename or shown}")
    return FAILED


# ------------------------------------------------------------------------------------------------ Get and Put


def find_file(ev: Any, name: str) -> Path | None:
    """A file, or a context `a`b`` as a/b.wl, a/b.m or a/b/init.wl, sought in the current directory and
    $Path."""
    names = [name]
    if name.endswith("`"):
        stem = name.rstrip("`").replace("`", "/")
        leaf = stem.rsplit("/", 1)[-1]
        names = [f"{stem}.wl", f"{stem}.m", f"{stem}/init.wl", f"{stem}/Kernel/init.wl", f"{stem}/{leaf}.wl"]
        names += [f"{stem}/Kernel/init.m", f"{stem}/init.m"]
    searched = PATH.own
    folders = [x for x in items(searched) if type(x) is str] if is_list(searched) else ["."]
    for n in names:
        direct = Path(n).expanduser()
        if direct.is_absolute():
            return direct if direct.is_file() else None
        for folder in (".", *folders):
            found = Path(folder).expanduser() / direct
            if found.is_file():
                return found
    return None


PATH = symbol(
    "$Path",
    usage="$Path is the list of folders in which Get and Needs seek files.",
    value=make_list((".",)),
    assignable=True,
)
INPUT_FILE = symbol(
    "$InputFileName", usage="$InputFileName is the full name of the file that is read.", value=""
)


@builtin("Get", messages=FILE | {"noopen": "Cannot open `1`.", "sntx": "`1`"}, stateful=True)
def get(ev: Any, file: Any) -> Any:
    """<< file (or Get["file"]) reads and evaluates the expressions of a file, and gives the value of the
    last one. The file is sought in the current directory and in $Path; Get["context`"] seeks the file of a
    package.

    >>> Put[{1, 2}, "z.wl"]; {Get["z.wl"], DeleteFile["z.wl"]}
    {{1, 2}, Null}
    """
    if type(file) is not str:
        path = path_of(ev, "Get", file)
        file = None if path is None else str(path)
    if file is None:
        return FAILED
    found = find_file(ev, file)
    if found is None:
        ev.message("Get", "noopen", file)
        return FAILED
    return read_file(ev, found)


def read_file(ev: Any, path: Path) -> Any:
    """Evaluate the expressions of a file in order; a bad one is reported and the rest still read."""
    before = INPUT_FILE.own
    INPUT_FILE.touch()
    INPUT_FILE.own = str(path.resolve())
    value: Any = NULL
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        if text.startswith("#!"):
            text = text.partition("\n")[2]
        for e in ev.read_all(text, str(path)):
            if isinstance(e, ReadError):
                ev.message("Get", "sntx", e.show())
                value = FAILED
                continue
            value = ev.evaluate(e)
    except OSError as error:
        ev.message("Get", "err", f"{error.strerror}: {path}")
        return FAILED
    finally:
        INPUT_FILE.touch()
        INPUT_FILE.own = before
    return value


def _put(ev: Any, name: str, args: tuple[Any, ...], mode: str) -> Any:
    if not args:
        return None
    *exprs, file = args
    path = path_of(ev, name, file)
    if path is None:
        return None
    text = "".join([ev.text(e, "InputForm") + "\n" for e in exprs])

    def write() -> Any:
        with path.open(mode, encoding="utf-8") as out:
            out.write(text)
        return NULL

    return attempt(ev, name, write, held(name, *args))


@builtin("Put", messages=FILE, stateful=True)
def put(ev: Any, *args: Any) -> Any:
    """Put[e1, e2, ..., "file"], or expr >> file, writes expressions to a file in InputForm, replacing what
    it held.

    >>> Put[a + b, "p.wl"]; {ReadString["p.wl"], DeleteFile["p.wl"]}
    {a + b
    , Null}
    """
    return _put(ev, "Put", args, "w")


@builtin("PutAppend", messages=FILE, stateful=True)
def put_append(ev: Any, *args: Any) -> Any:
    """PutAppend[expr, "file"], or expr >>> file, appends an expression to a file in InputForm.

    >>> Put[1, "q.wl"]; PutAppend[2, "q.wl"]; {Get["q.wl"], DeleteFile["q.wl"]}
    {2, Null}
    """
    return _put(ev, "PutAppend", args, "a")


@builtin("FindFile", stateful=True)
def find_file_(ev: Any, name: Any) -> Any:
    """FindFile["name"] gives the full name of the file that Get would read, or $Failed.

    >>> FindFile["no such file"]
    $Failed
    """
    if type(name) is not str:
        return None
    found = find_file(ev, name)
    return FAILED if found is None else str(found.resolve())


# ------------------------------------------------------------------------------------------------- reading


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


# ------------------------------------------------------------------------------------------------- names


def _name_of(name: str, usage: str, act: Any) -> None:
    def call(ev: Any, file: Any) -> Any:
        if is_list(file):
            return make_list(Expr(getattr(S, name), (f,)) for f in items(file))
        path = file_path(ev, file)
        return None if path is None else act(path)

    call.__doc__ = usage
    builtin(name)(call)


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
_name_of(
    "FileNameTake",
    """FileNameTake["file"] gives the last part of a file name.

    >>> FileNameTake["a/b/c.txt"]
    c.txt
    """,
    lambda p: p.name,
)
_name_of(
    "FileNameDrop",
    """FileNameDrop["file"] gives a file name without its last part.

    >>> FileNameDrop["a/b/c.txt"]
    a/b
    """,
    lambda p: str(p.parent) if str(p.parent) != "." else "",
)
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
)
_name_of(
    "AbsoluteFileName",
    """AbsoluteFileName["file"] gives the full name of a file that exists, else $Failed.

    >>> AbsoluteFileName["no such file"]
    $Failed
    """,
    lambda p: str(p.resolve()) if p.exists() else FAILED,
)
_name_of(
    "ExpandFileName",
    """ExpandFileName["file"] gives the full name of a file.

    >>> StringEndsQ[ExpandFileName["x.txt"], "x.txt"]
    True
    """,
    lambda p: str(p.absolute()),
)
_name_of(
    "FileExistsQ",
    """FileExistsQ["file"] gives True if the file or folder exists.

    >>> FileExistsQ["no such file"]
    False
    """,
    lambda p: truth(p.exists()),
)
_name_of(
    "DirectoryQ",
    """DirectoryQ["folder"] gives True if the folder exists.

    >>> {DirectoryQ["."], DirectoryQ["no such folder"]}
    {True, False}
    """,
    lambda p: truth(p.is_dir()),
)
_name_of(
    "FileByteCount",
    """FileByteCount["file"] gives the number of bytes of a file.

    >>> Export["n.txt", "abc"]; {FileByteCount["n.txt"], DeleteFile["n.txt"]}
    {3, Null}
    """,
    lambda p: p.stat().st_size if p.is_file() else FAILED,
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


@builtin("FileNames", stateful=True)
def file_names(ev: Any, form: Any = "*", folders: Any = ".", depth: Any = 1) -> Any:
    """FileNames[] lists the files of the current folder; FileNames["*.wl"] those that match;
    FileNames[form, folder] those of a folder; FileNames[form, folder, n] also n levels deep, Infinity all.

    >>> FileNames["no such *"]
    {}
    """
    from .string_matching import compiled

    p = compiled(ev, "FileNames", form, None, wildcards=True)
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


# ------------------------------------------------------------------------------------------------- operations


@builtin("Directory", stateful=True)
def directory(ev: Any) -> Any:
    """Directory[] gives the current folder.

    >>> DirectoryQ[Directory[]]
    True
    """
    return str(Path.cwd())


@builtin("SetDirectory", messages=FILE, stateful=True)
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


@builtin("ResetDirectory", messages={"dtop": "The stack of directories is empty."}, stateful=True)
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


@builtin("DirectoryStack", stateful=True)
def directory_stack(ev: Any) -> Any:
    """DirectoryStack[] gives the folders to which ResetDirectory goes back.

    >>> DirectoryStack[]
    {}
    """
    return make_list(reversed(ev.state.directories))


@builtin("CreateDirectory", messages=FILE, stateful=True)
def create_directory(
    ev: Any, folder: Any = None, *, create_intermediate_directories: Any = TRUE, overwrite_target: Any = None
) -> Any:
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


@builtin("CreateFile", messages=FILE, stateful=True)
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


@builtin("DeleteFile", messages=FILE, stateful=True)
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


@builtin("DeleteDirectory", messages=FILE, stateful=True)
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


@builtin("CopyFile", messages=FILE, stateful=True)
def copy_file(ev: Any, source: Any, target: Any, *, overwrite_target: Any = FALSE) -> Any:
    """CopyFile["file1", "file2"] copies a file, and gives the full name of the copy.

    >>> Export["c1.txt", "x"]; CopyFile["c1.txt", "c2.txt"]; ReadString["c2.txt"]
    x
    >>> DeleteFile[{"c1.txt", "c2.txt"}]
    """
    return _two_files(ev, "CopyFile", source, target, shutil.copyfile, overwrite_target is TRUE)


@builtin("RenameFile", messages=FILE, stateful=True)
def rename_file(ev: Any, source: Any, target: Any, *, overwrite_target: Any = FALSE) -> Any:
    """RenameFile["file1", "file2"] renames a file, and gives its new full name.

    >>> Export["m1.txt", "x"]; RenameFile["m1.txt", "m2.txt"]; {FileExistsQ["m1.txt"], DeleteFile["m2.txt"]}
    {False, Null}
    """
    return _two_files(ev, "RenameFile", source, target, lambda a, b: a.replace(b), overwrite_target is TRUE)


@builtin("FileDate", stateful=True)
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


# ------------------------------------------------------------------------------------------------ the process


@builtin("Environment", stateful=True)
def environment(ev: Any, name: Any) -> Any:
    """Environment["name"] gives the value of an environment variable, or $Failed.

    >>> Environment["NO_SUCH_VARIABLE"]
    $Failed
    """
    return os.environ.get(name, FAILED) if type(name) is str else None


@builtin("SetEnvironment", stateful=True)
def set_environment(ev: Any, rules: Any) -> Any:
    """SetEnvironment["name" -> "value"] sets an environment variable of this process; None removes it.

    >>> SetEnvironment["WLNET_X" -> "1"]; Environment["WLNET_X"]
    1
    """
    for r in items(rules) if is_list(rules) else (rules,):
        if type(r) is not Expr or r.head is not S.Rule or type(r.args[0]) is not str:
            return None
        if type(r.args[1]) is str:
            os.environ[r.args[0]] = r.args[1]
        else:
            os.environ.pop(r.args[0], None)
    return NULL


@builtin("RunProcess", stateful=True, messages={"pnfd": "The program `1` was not found."})
def run_process(ev: Any, command: Any, prop: Any = None, given: Any = "") -> Any:
    """RunProcess[{"program", "arg1", ...}] runs a program and gives its exit code, output and errors as an
    association.
    RunProcess[command, "StandardOutput"] gives one property; a third argument is the standard input.

    >>> RunProcess[{"echo", "hi"}, "StandardOutput"]
    hi
    """
    import subprocess

    from wlnet.expr import Association

    words = items(command) if is_list(command) else (command,)
    if not all(type(w) is str for w in words) or type(given) is not str:
        return None
    try:
        done = subprocess.run(list(words), input=given, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        ev.message("RunProcess", "pnfd", words[0])
        return FAILED
    found = {"ExitCode": done.returncode, "StandardOutput": done.stdout, "StandardError": done.stderr}
    return Association.of(found.items()) if prop is None or prop is S.All else found.get(prop, FAILED)


COMMAND_LINE = symbol(
    "$CommandLine", usage="$CommandLine is the command line of this process.", value=make_list(sys.argv)
)
SCRIPT_COMMAND_LINE = symbol(
    "$ScriptCommandLine",
    usage="$ScriptCommandLine is the name of the script that runs, with its arguments.",
    value=make_list(()),
)
symbol(
    "$OperatingSystem",
    usage="$OperatingSystem is the kind of operating system.",
    value={"Linux": "Unix", "Darwin": "MacOSX"}.get(platform.system(), platform.system()),
)
symbol(
    "$SystemID",
    usage="$SystemID names the kind of computer.",
    value=f"{platform.system()}-{platform.machine().replace('_', '-')}",
)
symbol("$ProcessID", usage="$ProcessID is the number of this process.", value=os.getpid())
symbol("$ProcessorCount", usage="$ProcessorCount is the number of processors.", value=os.cpu_count() or 1)
symbol("$MachineName", usage="$MachineName is the name of this computer.", value=platform.node() or "unknown")
symbol("$UserName", usage="$UserName is the name of the user.", value=os.environ.get("USER", ""))
symbol(
    "$HomeDirectory",
    usage="$HomeDirectory is the home folder of the user.",
    value=str(Path("~").expanduser()),
)
symbol("$TemporaryDirectory", usage="$TemporaryDirectory is the folder for temporary files.", value="/tmp")
symbol("$PathnameSeparator", usage="$PathnameSeparator separates the parts of file names.", value=os.sep)
