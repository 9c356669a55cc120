"""The kept tables: used while their source is the same, made again whatever is wrong with them."""

from __future__ import annotations

import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from wlnet.syntax import kept as module
from wlnet.syntax.kept import folder, kept_table


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "wlnet"


def made(counter: list[str]):
    def make(text: str) -> int:
        counter.append(text)
        return len(text)

    return make


def test_made_once(cache: Path) -> None:
    counter: list[str] = []
    first = kept_table("wolfram.lark", made(counter))
    assert kept_table("wolfram.lark", made(counter)) == first
    assert len(counter) == 1
    assert folder() == str(cache)
    assert len(list(cache.iterdir())) == 1


def test_made_again_when_the_source_changes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter: list[str] = []
    kept_table("wolfram.lark", made(counter))
    monkeypatch.setattr(module, "read_data", lambda name: "another text")
    assert kept_table("wolfram.lark", made(counter)) == len("another text")
    assert len(counter) == 2


@pytest.mark.parametrize("damage", [b"", b"junk", b"\x00" * 50, marshal.dumps(5), marshal.dumps(("x",))])
def test_made_again_when_the_file_is_damaged(cache: Path, damage: bytes) -> None:
    counter: list[str] = []
    value = kept_table("wolfram.lark", made(counter))
    for file in cache.iterdir():
        file.write_bytes(damage)
    assert kept_table("wolfram.lark", made(counter)) == value
    assert kept_table("wolfram.lark", made(counter)) == value
    assert len(counter) == 2


def test_works_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    counter: list[str] = []
    assert kept_table("wolfram.lark", made(counter)) == kept_table("wolfram.lark", made(counter))
    assert len(counter) == 2


def test_a_second_start_needs_neither_lark_nor_tomllib(cache: Path) -> None:
    program = (
        "import sys\n"
        "from wlnet.syntax import parse\n"
        "from wlnet.syntax.printer import to_text\n"
        "parse('1 + 1', None); to_text(2.5, 'OutputForm')\n"
        "print([m for m in ('lark', 'tomllib', 'mpmath', 'inspect', 'difflib') if m in sys.modules])\n"
    )
    root = Path(__file__).parents[2]
    loaded = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert "lark" in loaded[0]
    assert "lark" not in loaded[1]
    assert "tomllib" not in loaded[1]
    assert "mpmath" not in loaded[1]
