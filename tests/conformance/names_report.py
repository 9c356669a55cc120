"""COVERAGE.md: every name of the language that we know, and whether wlnet has it.

`python -m tests.conformance.names_report` writes the file anew.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from wlnet.expr import SYSTEM
from wlnet.kernel import registry
from wlnet.kernel.evaluator import Evaluator
from wlnet.kernel.known_names import known_names
from wlnet.worker import WORKER

FILE = Path(__file__).parent / "COVERAGE.md"
WIDTH = 118


def supported() -> set[str]:
    """The names of System` that some chapter declares, and those of options."""

    def load() -> None:
        Evaluator()
        registry.load_all()

    WORKER.run(load)
    declared = {name: s.builtin for name, s in SYSTEM.items() if s.builtin is not None and name.isascii()}
    options = {option for record in declared.values() for option in record.options}
    return declared.keys() | (options & known_names())


def _order(name: str) -> tuple[str, str]:
    return name.lstrip("$").lower(), name


def _lines(names: list[str]) -> list[str]:
    """Names in lines of at most WIDTH characters."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) + 1 > WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {name}".strip()
    return [line for line in lines if line]


def report() -> str:
    """The text of COVERAGE.md."""
    ours, known = supported(), known_names()
    have = ours & known
    text = [
        "# Coverage of the language",
        "",
        f"wlnet has {len(have)} of the {len(known)} names of the `` System` `` context that we know"
        f" (`grammar/names.txt`), and {len(ours - known)} of its own.",
        "A name counts as supported when a chapter declares it or it is an option. The scripts",
        "beside it show what functions do. Written by `python -m tests.conformance.names_report`; a",
        "test keeps it right.",
        "",
    ]
    for letter, group in groupby(sorted(known | ours, key=_order), key=lambda n: _order(n)[0][0].upper()):
        names = list(group)
        lacking = [n for n in names if n not in ours]
        text += [f"## {letter}", "", f"Supported ({len(names) - len(lacking)}):", ""]
        text += _lines([n for n in names if n in ours]) or ["none"]
        if lacking:
            text += ["", f"Not supported ({len(lacking)}):", "", *_lines(lacking)]
        text.append("")
    return "\n".join(text)


if __name__ == "__main__":
    FILE.write_text(report(), encoding="utf-8")
