"""Two runs of an example train the same net, to the last bit."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from wlnet.expr import items
from wlnet.session import Session

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "nets" / "uncertainty.wl"


def arrays_of_a_run() -> list[np.ndarray]:
    session = Session(script_arguments=[str(SCRIPT)])
    session.state.progress_stream = io.StringIO()
    for _ in session.run(SCRIPT.read_text(encoding="utf-8"), source=str(SCRIPT)):
        pass
    evaluator = session.evaluator
    evaluator.activate()
    found = [evaluator.evaluate(e) for e in evaluator.read_all('Information[trained, "ArraysList"]')][-1]
    return [each.array for each in items(found)]


def test_two_runs_train_the_same_net() -> None:
    first, second = arrays_of_a_run(), arrays_of_a_run()
    assert len(first) == 6
    assert [x.tobytes() for x in first] == [x.tobytes() for x in second]
