"""Every program of `examples/` prints what stands beside it, run as a user runs it.

WLNET_UPDATE_EXPECTED=1 writes the expected files anew: read the difference before you commit it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
# Programs that need a package which is no dependency.
NEEDS = {"out_of_core.wl": "h5py"}
PROGRAMS = sorted([*EXAMPLES.rglob("*.wl"), *EXAMPLES.rglob("*.py")])


def output_of(program: Path, folder: Path) -> str:
    """What `program` writes to standard output, run in an empty folder."""
    command = [sys.executable, *(["-m", "wlnet"] if program.suffix == ".wl" else []), str(program)]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(folder)}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert program.suffix == ".py" or "::" not in done.stderr, done.stderr  # no messages
    return done.stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_program(program: Path, tmp_path: Path) -> None:
    if program.name in NEEDS:
        pytest.importorskip(NEEDS[program.name])
    expected = program.with_suffix(".expected")
    found = output_of(program, tmp_path)
    if os.environ.get("WLNET_UPDATE_EXPECTED"):
        expected.write_text(found, encoding="utf-8")
    assert expected.exists(), f"{expected.name} is missing: run once with WLNET_UPDATE_EXPECTED=1 and read it"
    assert found == expected.read_text(encoding="utf-8")


def test_every_program_is_in_the_tour() -> None:
    tour = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for program in PROGRAMS:
        assert str(program.relative_to(EXAMPLES)) in tour
