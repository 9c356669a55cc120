"""A training that is killed and resumed, again and again, ends with the bits of one that is not."""

from __future__ import annotations

from pathlib import Path

from tests.bench.kill_resume import trial


def test_killed_and_resumed(tmp_path: Path) -> None:
    assert trial(tmp_path, 2, seed=2) >= 1
