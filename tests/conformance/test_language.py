"""The language by chapters: what is typed and what comes back, worked out from its documented behaviour.

A chapter is a text file `language/<chapter>.txt`:

    # A line of prose.

    === Map: levels                      a section: its pairs share one fresh session
    >>> Map[f, {{a, b}, {c}}, {2}]
    {{f[a], f[b]}, {f[c]}}

    >>> f[x_] :=                         further lines of an input begin with three dots
    ...   x^2
    >>> f[1/0]
    Power::infy: Infinite expression 1/0 encountered.
    ComplexInfinity

Below an input stands everything that it shows, in order: what it prints, its messages, and its value in
InputForm unless that is Null. A line that ends in `...` stands for any line that begins like it, a line that
is `.` for an empty one. Blank lines separate pairs. Another form has to be asked for, as a string:
`ToString[1/2, OutputForm]`.
`python -m pytest tests/conformance/test_language.py -k CHAPTER` runs one chapter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wlnet.expr import NULL
from wlnet.session import Session

FOLDER = Path(__file__).parent / "language"
SECTION, INPUT, MORE, PROSE, ANYTHING, EMPTY = "=== ", ">>> ", "... ", "#", "...", "."


class Pair:
    """An input with the lines that it should show; `line` is where it stands in its file."""

    def __init__(self, line: int, source: str) -> None:
        self.line = line
        self.source = source
        self.expected: list[str] = []


class Section:
    """Pairs that share a session."""

    def __init__(self, file: Path, title: str) -> None:
        self.file = file
        self.title = title
        self.pairs: list[Pair] = []

    @property
    def id(self) -> str:
        return f"{self.file.stem}: {self.title}"


def sections(file: Path) -> Iterator[Section]:
    """The sections of a chapter, in order."""
    section: Section | None = None
    pair: Pair | None = None
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(SECTION):
            if section is not None:
                yield section
            section, pair = Section(file, line[len(SECTION) :].strip()), None
        elif line.startswith(INPUT):
            assert section is not None, f"{file.name}:{number}: an input before the first section"
            pair = Pair(number, line[len(INPUT) :])
            section.pairs.append(pair)
        elif line.startswith(MORE) and pair is not None and not pair.expected:
            pair.source += "\n" + line[len(MORE) :]
        elif not line.strip():
            pair = None
        elif pair is not None:
            pair.expected.append("" if line == EMPTY else line.rstrip())
        else:
            assert line.startswith(PROSE), f"{file.name}:{number}: belongs to no input: {line}"
    if section is not None:
        yield section


CHAPTERS = sorted(FOLDER.glob("*.txt"))
SECTIONS = [section for file in CHAPTERS for section in sections(file)]


def shown(session: Session, lines: list[str], source: str) -> list[str]:
    """The lines that an input shows."""
    lines.clear()
    for result in session.run(source):
        if result.value is not None and result.value is not NULL:
            lines.append(session.text(result.value, "InputForm"))
    return [line.rstrip() for text in lines for line in text.split("\n")]


def agrees(found: list[str], expected: list[str]) -> bool:
    return len(found) == len(expected) and all(
        f.startswith(e[: -len(ANYTHING)]) if e.endswith(ANYTHING) else f == e
        for f, e in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.id)
def test_section(section: Section) -> None:
    lines: list[str] = []
    session = Session(on_print=lines.append, on_message=lines.append)
    wrong = []
    for pair in section.pairs:
        found = shown(session, lines, pair.source)
        if not agrees(found, pair.expected):
            block = [f"{section.file.name}:{pair.line}", *(f"  in    {s}" for s in pair.source.split("\n"))]
            block += [f"  want  {s}" for s in pair.expected or ["(nothing)"]]
            block += [f"  got   {s}" for s in found or ["(nothing)"]]
            wrong.append("\n".join(block))
    if wrong:
        pytest.fail(f"{len(wrong)} of {len(section.pairs)} pairs differ\n" + "\n".join(wrong), pytrace=False)


def test_titles_are_different() -> None:
    ids = [section.id for section in SECTIONS]
    assert len(ids) == len(set(ids))
