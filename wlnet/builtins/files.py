"""Get, Put and Needs' search for files; what all file functions share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wlnet.expr import NULL, Expr, S, is_list, items, make_list, system
from wlnet.kernel.registry import builtin, refused, symbol
from wlnet.syntax import ReadError

from .formats import file_path

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
    """`act()`, or $Failed with a message when the operating system refuses, or the sandbox does."""
    if refused(ev, name):
        return FAILED
    try:
        return act()
    except FileNotFoundError:
        ev.message(name, "nffil", shown)
    except OSError as error:
        ev.message(name, "err", f"{error.strerror or error}: {error.filename or shown}")
    return FAILED


def find_file(ev: Any, name: str) -> Path | None:
    """A file, or a context `a`b`` as a/b.wl, a/b.m or a/b/init.wl, sought
    in the current directory and $Path."""
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


@builtin("Get", messages=FILE | {"noopen": "Cannot open `1`.", "sntx": "`1`"}, stateful=True, outside=True)
def get(ev: Any, file: Any) -> Any:
    """<< file (or Get["file"]) reads and evaluates the expressions of a file, and gives the value of the last
    one. The file is sought in the current directory and in $Path; Get["context`"] seeks the file
    of a package.

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


@builtin("Put", messages=FILE, stateful=True, outside=True)
def put(ev: Any, *args: Any) -> Any:
    """Put[e1, e2, ..., "file"], or expr >> file, writes expressions to a file in InputForm, replacing what
    it held.

    >>> Put[a + b, "p.wl"]; {ReadString["p.wl"], DeleteFile["p.wl"]}
    {a + b
    , Null}
    """
    return _put(ev, "Put", args, "w")


@builtin("PutAppend", messages=FILE, stateful=True, outside=True)
def put_append(ev: Any, *args: Any) -> Any:
    """PutAppend[expr, "file"], or expr >>> file, appends an expression to a file in InputForm.

    >>> Put[1, "q.wl"]; PutAppend[2, "q.wl"]; {Get["q.wl"], DeleteFile["q.wl"]}
    {2, Null}
    """
    return _put(ev, "PutAppend", args, "a")


@builtin("FindFile", stateful=True, outside=True)
def find_file_(ev: Any, name: Any) -> Any:
    """FindFile["name"] gives the full name of the file that Get would read, or $Failed.

    >>> FindFile["no such file"]
    $Failed
    """
    if type(name) is not str:
        return None
    found = find_file(ev, name)
    return FAILED if found is None else str(found.resolve())
