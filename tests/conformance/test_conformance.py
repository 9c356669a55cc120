"""Every script of this folder prints what stands in the file beside it, messages included.

WLNET_UPDATE_EXPECTED=1 writes the expected files anew: read the difference before you commit it.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from wlnet.session import Session

FOLDER = Path(__file__).parent
SCRIPTS = sorted(FOLDER.rglob("*.wl"))


def output_of(script: Path) -> str:
    """What `script` prints and the messages it issues, in order."""
    lines: list[str] = []
    session = Session(on_print=lines.append, on_message=lines.append, script_arguments=[str(script)])
    session.state.progress_stream = io.StringIO()  # reports of trainings are no output
    for _ in session.run(script.read_text(encoding="utf-8"), source=str(script)):
        pass
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_script(script: Path) -> None:
    expected = script.with_suffix(".expected")
    found = output_of(script)
    if os.environ.get("WLNET_UPDATE_EXPECTED"):
        expected.write_text(found, encoding="utf-8")
    assert expected.exists(), f"{expected.name} is missing: run once with WLNET_UPDATE_EXPECTED=1 and read it"
    assert found == expected.read_text(encoding="utf-8")
