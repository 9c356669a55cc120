"""The command line: `wlnet`, `wlnet FILE ARGS...`, `wlnet -c EXPR`, `wlnet -`."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, TextIO

from wlnet import __version__
from wlnet.expr import NULL, system
from wlnet.frontends.display import shown
from wlnet.session import DEBUG, Session

USAGE = """\
usage: wlnet [OPTIONS]                 open the prompt
       wlnet [OPTIONS] FILE [ARGS...]  run a script; only Print and messages show
       wlnet [OPTIONS] -c EXPR         print the value of the last expression
       wlnet [OPTIONS] -               read a program from standard input

options:
  -c, -code EXPR     evaluate EXPR (expressions separated by newlines or ;)
  -file FILE         the same as FILE
  --print            show the value of each top-level expression of a script
  --form FORM        InputForm, OutputForm (default), FullForm or TeXForm
  --device DEVICE    cpu (default) or gpu: where nets run when TargetDevice does not say
  --sandbox          no files, no processes, no network
  --strict           a name of the language that wlnet does not have is an error, not only a message
  --version          print the version
  --help             print this text

results go to standard output, messages to standard error.
exit code: 0; 1 after a syntax error, an uncaught Throw or a failed -c; n after Exit[n]; 130 after Ctrl-C."""

FORMS = ("InputForm", "OutputForm", "FullForm", "TeXForm")
DEVICES = ("cpu", "gpu")
PIPE_CLOSED = 141  # the exit code of a program that the closed pipe itself ended


class UsageError(Exception):
    """A command line that makes no sense; the text says what is wrong and what is allowed."""


class Options:
    """The parsed command line; at most one of `code`, `file` and `stdin` is set."""

    __slots__ = ("arguments", "code", "device", "file", "form", "sandbox", "show_results", "stdin", "strict")

    def __init__(self) -> None:
        self.code: str | None = None
        self.file: str | None = None
        self.stdin = False
        self.arguments: list[str] = []
        self.form = "OutputForm"
        self.device = "cpu"
        self.sandbox = False
        self.strict = False
        self.show_results = False


def parse_arguments(argv: list[str]) -> Options:
    """Options from `argv` (without the program's name). Everything after FILE belongs to the script."""
    options = Options()
    rest = list(argv)

    def value_of(flag: str) -> str:
        if not rest:
            raise UsageError(f"{flag} needs a value")
        return rest.pop(0)

    def choice(flag: str, allowed: tuple[str, ...]) -> str:
        given = value_of(flag)
        if given not in allowed:
            raise UsageError(f"{flag} takes one of {', '.join(allowed)}, not {given!r}")
        return given

    while rest and options.code is None and options.file is None and not options.stdin:
        flag = rest.pop(0)
        if flag in ("-c", "-code", "--code"):
            options.code = value_of(flag)
        elif flag in ("-file", "--file", "-f"):
            options.file = value_of(flag)
        elif flag == "-":
            options.stdin = True
        elif flag == "--print":
            options.show_results = True
        elif flag == "--form":
            options.form = choice(flag, FORMS)
        elif flag == "--device":
            options.device = choice(flag, DEVICES)
        elif flag == "--sandbox":
            options.sandbox = True
        elif flag == "--strict":
            options.strict = True
        elif flag.startswith("-"):
            raise UsageError(f"unknown option {flag!r}; wlnet --help lists the options")
        else:
            options.file = flag
    options.arguments = rest
    return options


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if not sys.warnoptions and not os.environ.get(DEBUG):
        warnings.simplefilter("ignore")  # notes of Python libraries to Python programmers
    if "--version" in argv[:1]:
        print(f"wlnet {__version__}")
        return 0
    if argv[:1] in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    try:
        options = parse_arguments(argv)
    except UsageError as error:
        print(f"wlnet: {error}", file=sys.stderr)
        return 2
    if options.code is not None:
        return run_code(options)
    if options.file is not None or options.stdin or not sys.stdin.isatty():
        return run_program(options)
    from wlnet.frontends.repl import Prompt, print_message  # prompt_toolkit is loaded only for the prompt

    return Prompt(make_session(options, print_message), options.form).run()


def write(text: str, stream: TextIO) -> None:
    """A line at once. Where its reader has gone (`wlnet FILE | head`), the program ends without a word."""
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # for what Python flushes at the end
        raise SystemExit(PIPE_CLOSED) from None


def print_text(text: str) -> None:
    write(text, sys.stdout)


def print_error(text: str) -> None:
    write(text, sys.stderr)


def make_session(options: Options, on_message: Callable[[str], None] = print_error) -> Session:
    """A session that prints to this process's streams."""
    script = [options.file or ("-" if options.stdin else "-c"), *options.arguments]
    return Session(
        on_print=print_text,
        on_message=on_message,
        command_line=["wlnet", *script],
        script_arguments=script,
        sandbox=options.sandbox,
        strict=options.strict,
        device=options.device.upper(),
    )


def show(session: Session, value: Any, form: str) -> None:
    """Print a result, unless it is Null."""
    if value is not NULL:
        print_text(shown(session, value, form))


def run_code(options: Options) -> int:
    """`-c EXPR`: print the value of the last expression; 1 when it could not be read or failed."""
    assert options.code is not None
    session = make_session(options)
    failed = False
    last: Any = NULL

    def remember(value: Any) -> None:
        nonlocal last
        last = value

    code, failed = run_text(session, options.code, None, remember)
    show(session, last, options.form)
    return code or int(failed or last is system("$Failed") or last is system("$Aborted"))


def run_program(options: Options) -> int:
    """A script file or standard input: evaluate every expression of it, syntax errors notwithstanding."""
    try:
        text = sys.stdin.read() if options.file is None else read_file(options.file)
    except OSError as error:
        print(f"wlnet: cannot read {options.file}: {error.strerror}", file=sys.stderr)
        return 1
    except UnicodeDecodeError as error:
        print(f"wlnet: {options.file} is not UTF-8 text (byte {error.start})", file=sys.stderr)
        return 1
    session = make_session(options)

    def present(value: Any) -> None:
        if options.show_results:
            show(session, value, options.form)

    code, failed = run_text(session, text, options.file, present)
    return code or int(failed)


def read_file(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def run_text(
    session: Session, text: str, source: str | None, present: Callable[[Any], None]
) -> tuple[int, bool]:
    """Evaluate `text` expression by expression. (exit code asked for, whether anything failed)."""
    failed = False
    try:
        for result in session.run(text, source):
            if result.failed:
                failed = True
            elif result.value is not None:
                present(result.value)
    except SystemExit as leaving:
        return (int(leaving.code or 0), False)
    except KeyboardInterrupt:
        return (130, False)
    return (0, failed)
