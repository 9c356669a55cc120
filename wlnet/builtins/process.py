"""The process: environment variables, command line, other programs, the computer."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

from wlnet.expr import NULL, Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin, symbol

from .files import FAILED


@builtin("Environment", stateful=True, outside=True)
def environment(ev: Any, name: Any) -> Any:
    """Environment["name"] gives the value of an environment variable, or $Failed.

    >>> Environment["NO_SUCH_VARIABLE"]
    $Failed
    """
    return os.environ.get(name, FAILED) if type(name) is str else None


@builtin("SetEnvironment", stateful=True, outside=True)
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


@builtin("RunProcess", stateful=True, outside=True, messages={"pnfd": "The program `1` was not found."})
def run_process(ev: Any, command: Any, prop: Any = None, given: Any = "") -> Any:
    """RunProcess[{"program", "arg1", ...}] runs a program and gives its exit code,
    output and errors as an association.
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
