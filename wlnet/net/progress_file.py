"""Reports of a training into a file: a row a round, as csv, tsv, json (a list of objects) or wl (a list of
associations).

Rows are appended as they come: the file is complete after each of them, and its cost does not grow.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from .progress import Reporter, Take

SUFFIXES = (".csv", ".tsv", ".json", ".wl")
Row = dict[str, float]


class FileReport(Reporter):
    """One row a round, or as often as `batch` is called, into the file at `path`.

    `failed` is told, once, why the file cannot be written; nothing is written after that.
    """

    def __init__(self, path: str, failed: Callable[[str], None]) -> None:
        self.path = Path(path)
        self.failed = failed
        self.rows: list[Row] = []
        self.names: list[str] = []
        self.rounds = True
        self.broken = False

    def round(self, take: Take) -> None:
        if self.rounds:
            self.batch(take)

    def batch(self, take: Take) -> None:
        if self.broken:
            return
        s = take()
        row = {"Round": s.round, "Time": s.elapsed_s, "LearningRate": s.rate}
        row["RoundLoss"] = s.loss if s.round_loss is None else s.round_loss
        row |= s.measurements
        if s.validation_loss is not None:
            row["ValidationLoss"] = s.validation_loss
            row |= {"Validation" + name: value for name, value in s.validation_measurements.items()}
        self.rows.append(row)
        try:
            self.write()
        except OSError as error:
            self.broken = True
            self.failed(str(error.strerror))

    def write(self) -> None:
        """Append the last row; write all anew where it is the first, or has a column that none had before."""
        suffix, names = self.path.suffix.lower(), list(dict.fromkeys([*self.names, *self.rows[-1]]))
        if len(self.rows) == 1 or names != self.names:
            self.names = names
            self.path.write_text(render(self.rows, suffix), encoding="utf-8")
            return
        with self.path.open("r+b") as file:
            file.seek(-len(CLOSING[suffix]), 2)
            between = "" if suffix in MARKS else ",\n "
            file.write((between + line(self.rows[-1], names, suffix) + CLOSING[suffix]).encode())


# Separators of tables, and how the other forms end.
MARKS = {".csv": ",", ".tsv": "\t"}
CLOSING = {".csv": "", ".tsv": "", ".json": "\n]\n", ".wl": "}\n"}


def line(row: Row, names: Sequence[str], suffix: str) -> str:
    """One row in the form that a file name's `suffix` asks for."""
    if suffix == ".json":
        return json.dumps({name: x if math.isfinite(x) else None for name, x in row.items()})
    if suffix == ".wl":
        return "<|" + ", ".join(f'"{name}" -> {wl_number(x)}' for name, x in row.items()) + "|>"
    return MARKS[suffix].join(repr(row[name]) if name in row else "" for name in names) + "\n"


def wl_number(x: float) -> str:
    """A number as WL input: 1e-07 is written 1.*^-07."""
    if not math.isfinite(x):
        return "Indeterminate" if x != x else "Infinity" if x > 0 else "-Infinity"
    return repr(x).replace("e", "*^")


def render(rows: Sequence[Row], suffix: str) -> str:
    """All `rows` as the content of a file."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [line(row, names, suffix) for row in rows]
    if suffix in MARKS:
        return MARKS[suffix].join(names) + "\n" + "".join(lines)
    return ("[\n " if suffix == ".json" else "{") + ",\n ".join(lines) + CLOSING[suffix]
