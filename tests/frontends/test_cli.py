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
from wlnet.runtime.backends import cuda

from wlnet.frontends.cli import UsageError, parse_arguments

ROOT = Path(__file__).resolve().parents[2]


def wlnet(
    *args: str, stdin: str | None = None, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wlnet", *args],
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
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


def test_a_script_runs_by_its_first_line(tmp_path: Path) -> None:
    command = tmp_path / "wlnet"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wlnet "$@"\n')
    script = tmp_path / "hello.wl"
    script.write_text('#!/usr/bin/env wlnet\nPrint["hello ", Last[$ScriptCommandLine]]\n')
    for file in (command, script):
        file.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([str(script), "you"], capture_output=True, text=True, env=environment, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("hello you\n", "", 0)


def test_pictures_are_saved_and_their_path_shown(tmp_path: Path) -> None:
    script = tmp_path / "a.wl"
    script.write_text("Graphics[Disk[]]\n1 + 1\n")
    done = wlnet("--print", str(script), WLNET_PICTURES=str(tmp_path / "pictures"))
    path = tmp_path / "pictures" / "picture-001.png"
    assert done.stdout == f"-Graphics- saved as {path}\n2\n"
    assert path.read_bytes().startswith(b"\x89PNG")
    done = wlnet("--sandbox", "--print", str(script), WLNET_PICTURES=str(tmp_path / "none"))
    assert (done.stdout, done.stderr) == ("-Graphics-\n2\n", "")
    assert not (tmp_path / "none").exists()


def test_device_reaches_the_nets() -> None:
    if cuda.available() is None:
        pytest.skip("a GPU is here")
    train = "NetTrain[LinearLayer[], {1 -> 2.}, MaxTrainingRounds -> 1"
    for program in (f"{train}]", 'NetInitialize[LinearLayer[2, "Input" -> 2]][{1., 2.}]'):
        done = wlnet("--device", "gpu", "-c", program)
        assert done.returncode == 1
        assert "CuPy" in done.stderr or "GPU" in done.stderr
    assert wlnet("--device", "gpu", "-c", f'Head[{train}, TargetDevice -> "CPU"]]').stdout == "LinearLayer\n"
    assert "cpu, gpu" in wlnet("--device", "tpu", "-c", "1").stderr


def test_the_sandbox_refuses() -> None:
    done = wlnet("--sandbox", "-c", 'Import["/etc/hostname"]')
    assert done.returncode == 1
    assert done.stderr.startswith("Import::sandbox: Import is refused")


def test_a_closed_pipe_ends_the_program_without_a_word() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "wlnet", "-c", "Do[Print[i], {i, 100000}]"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "1\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) == 141


def test_text_is_utf_8() -> None:
    assert wlnet("-c", 'Print["é → ∑"]', PYTHONUTF8="0", LC_ALL="C").stdout == "é → ∑\n"


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
