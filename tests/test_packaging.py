"""What is installed: one top-level name, every data file, as in the checkout (design, section 4)."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(wheel, sdist), the wheel built from the sdist, as an index would serve it."""
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


def test_wheel_installs_the_one_name(distributions: tuple[Path, Path]) -> None:
    names = zipfile.ZipFile(distributions[0]).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"wlnet"}
    for needed in ("wlnet/grammar/operators.toml", "wlnet/grammar/wolfram.lark", "wlnet/runtime/ir.py"):
        assert needed in names, needed
    assert any(name.startswith("wlnet/runtime/kernels/") and name.endswith(".cu") for name in names)


def test_sdist_holds_tests_and_examples(distributions: tuple[Path, Path]) -> None:
    with tarfile.open(distributions[1]) as archive:
        names = archive.getnames()
    for folder in ("wlnet", "grammar", "runtime", "tests", "examples"):
        assert any(name.split("/")[1:2] == [folder] for name in names), folder


def test_the_installed_package_trains(distributions: tuple[Path, Path], tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site)]
    subprocess.run([*install, str(distributions[0])], check=True, capture_output=True)
    program = (
        "net = NetTrain[LinearLayer[], {1 -> 2.0, 2 -> 4.0, 3 -> 6.0}, MaxTrainingRounds -> 5,"
        " RandomSeeding -> 1, TrainingProgressReporting -> None]; Head[net]"
    )
    done = subprocess.run(
        [sys.executable, "-m", "wlnet", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert done.stdout.strip() == "LinearLayer"
