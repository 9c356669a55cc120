"""The command line as a user runs it: output, errors, exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from wlnet.frontends.cli import UsageError, parse_arguments

ROOT = Path(__file__).resolve().parents[2]


def wlnet(*args: str, stdin: str | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wlnet", *args],
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_code_prints_the_last_value() -> None:
    done = wlnet("-c", "x = 3; x^2")
    assert (done.stdout, done.stderr, done.returncode) == ("9\n", "", 0)


@pytest.mark.parametrize(
    ("form", "text"),
    [("InputForm", '{"a", x^2}'), ("OutputForm", "{a, x^2}"), ("FullForm", 'List["a", Power[x, 2]]')],
)
def test_forms(form: str, text: str) -> None:
    assert wlnet("--form", form, "-c", '{"a", x^2}').stdout == text + "\n"


def test_null_prints_nothing() -> None:
    assert wlnet("-c", "x = 3;").stdout == ""


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("1 + 1", 0),
        ("1 +", 1),
        ("f[1}", 1),
        ("Throw[1]", 1),
        ("$Failed", 1),
        ("Exit[7]", 7),
        ("Quit[]", 0),
        ("1/0", 0),
        ("Abort[]", 1),
    ],
)
def test_exit_codes(code: str, exit_code: int) -> None:
    assert wlnet("-c", code).returncode == exit_code


def test_messages_go_to_standard_error() -> None:
    done = wlnet("-c", "1/0")
    assert done.stdout == "ComplexInfinity\n"
    assert done.stderr == "Power::infy: Infinite expression 1/0 encountered.\n"


def test_a_script_shows_print_and_messages_only(tmp_path: Path) -> None:
    script = tmp_path / "a.wl"
    script.write_text('#!/usr/bin/env wlnet\n1 + 1\nPrint["sum ", 1 + 1]\nx = {1,\n 2}\n')
    done = wlnet(str(script))
    assert (done.stdout, done.stderr, done.returncode) == ("sum 2\n", "", 0)
    shown = wlnet("--print", str(script))
    assert shown.stdout == "2\nsum 2\n{1, 2}\n"


def test_script_arguments(tmp_path: Path) -> None:
    script = tmp_path / "a.wl"
    script.write_text("Print[Rest[$ScriptCommandLine]]")
    assert wlnet(str(script), "one", "--two").stdout == "{one, --two}\n"


def test_a_syntax_error_does_not_stop_the_file(tmp_path: Path) -> None:
    script = tmp_path / "bad.wl"
    script.write_text("Print[1]\nx = {1, 2)\nPrint[2]\n")
    done = wlnet(str(script))
    assert done.stdout == "1\n2\n"
    assert "bad.wl:2:10: syntax error" in done.stderr
    assert done.returncode == 1


def test_standard_input() -> None:
    assert wlnet("-", stdin="Print[1 + 1]\n").stdout == "2\n"
    assert wlnet(stdin="Print[1 + 2]\n").stdout == "3\n"


def test_missing_file_and_bad_options() -> None:
    done = wlnet("nowhere.wl")
    assert done.returncode == 1
    assert "cannot read nowhere.wl" in done.stderr
    assert wlnet("--nonsense").returncode == 2
    assert "OutputForm" in wlnet("--form", "X", "-c", "1").stderr


def test_arguments() -> None:
    options = parse_arguments(["--print", "a.wl", "-c", "x"])
    assert (options.file, options.arguments, options.show_results) == ("a.wl", ["-c", "x"], True)
    options = parse_arguments(["-code", "1", "b"])
    assert (options.code, options.file, options.arguments) == ("1", None, ["b"])
    assert parse_arguments(["-file", "a.wl"]).file == "a.wl"
    with pytest.raises(UsageError, match="needs a value"):
        parse_arguments(["-c"])


def test_version_and_help() -> None:
    assert wlnet("--version").stdout.startswith("wlnet 0.")
    assert "exit code" in wlnet("--help").stdout


def test_interrupted_script(tmp_path: Path) -> None:
    script = tmp_path / "loop.wl"
    script.write_text('Print["started"]; While[True]; Print["never"]')
    process = subprocess.Popen(
        [sys.executable, "-m", "wlnet", str(script)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    assert process.stdout.readline() == "started\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    guard.cancel()
    assert process.returncode == 130
    assert rest == ""
