"""The operator table of `grammar/operators.toml`, as the reader, the printer and the prompt ask it.

`table()` loads it on first use. Rows that exist only as named characters need
`grammar/characters.toml` as well: `wide()` adds them, the first time a text holds a character beyond ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Any

from wlnet.expr.symbols import Symbol, system

from .characters import characters
from .kept import kept_table

# Shapes whose rows share one run although their heads differ: a + b - c, a < b == c.
_SHARED_RUNS = {"sum": "sum", "difference": "sum", "compare": "compare"}

ASSIGNMENT = 40  # the level of = := and =.


class Operator:
    """One row of the table: an operator text or character in one form (prefix, infix or postfix).

    level   its precedence; higher binds tighter
    bind    how strongly it holds its right operand while that is being read: twice the level, so that
            "tighter" and "as tight" are one integer comparison; a prefix stands half a step below, since
            what follows on its own level belongs to it
    reach   pending operators with `bind` >= `reach` are finished when this one arrives
    run     operators of one run build one node (`a + b - c`, `a < b == c`); None outside runs
    """

    __slots__ = (
        "bind",
        "example",
        "form",
        "full",
        "grouping",
        "head",
        "level",
        "names",
        "note",
        "reach",
        "run",
        "shape",
        "text",
    )

    def __init__(self, row: dict[str, Any], level: int, text: str) -> None:
        self.text = text
        self.head: Symbol = system(row["head"])
        self.form: str = row["form"]
        self.grouping: str = row.get("grouping", "")
        self.shape: str = row.get("shape", "")
        self.names: tuple[str, ...] = tuple(row.get("names", ()))
        self.level = level
        self.example: str = row.get("example", "")
        self.full: str = row.get("full", "")
        self.note: str = row.get("note", "")
        self.bind = 2 * level - (self.form == "prefix")
        self.reach = 2 * level + (self.grouping not in ("left", "none") or self.shape == "tilde")
        if self.shape == "tagged":
            self.bind = 2 * ASSIGNMENT  # waits for the assignment that belongs to it
        self.run: object = _SHARED_RUNS.get(self.shape, self.head) if self.grouping == "flat" else None

    def __repr__(self) -> str:
        return f"<{self.form} {self.text} {self.head.name} {self.level}>"


class Table:
    """All rows: `prefix`, `infix`, `postfix` by text, `named` (the two prefixes that a colon makes) by head.

    `character_heads`: names of heads that a character stands for, known without the table of characters.
    """

    def __init__(self, levels: Iterable[dict[str, Any]]) -> None:
        self.prefix: dict[str, Operator] = {}
        self.infix: dict[str, Operator] = {}
        self.postfix: dict[str, Operator] = {}
        self.named: dict[str, Operator] = {}
        self.rows: list[Operator] = []
        self.levels: list[int] = []
        self.is_wide = False
        self._characters: list[tuple[dict[str, Any], int]] = []
        self.character_heads: set[str] = set()
        for level in levels:
            number = level["precedence"]
            self.levels.append(number)
            for row in level.get("operators", ()):
                if "text" in row:
                    self._add(row, number, row["text"])
                if "names" in row:
                    self._characters.append((row, number))
            for group in level.get("same", ()):
                self._characters += [(_alone(group, name), number) for name in group["names"]]

        self.character_heads = {row["head"] for row, _ in self._characters}

    def _add(self, row: dict[str, Any], level: int, text: str) -> None:
        operator = Operator(row, level, text)
        self.rows.append(operator)
        if operator.shape == "named":
            self.named[operator.head.name] = operator
        else:
            self.forms(operator.form)[text] = operator

    def forms(self, form: str) -> dict[str, Operator]:
        """The rows of one form, by text."""
        return self.prefix if form == "prefix" else self.infix if form == "infix" else self.postfix

    def widen(self) -> None:
        """Add the rows of named characters, under the characters themselves."""
        code = characters().code
        for row, level in self._characters:
            for name in row["names"]:
                self._add({**row, "names": [name]}, level, code[name])
        self.is_wide = True

    def heads(self) -> Iterator[tuple[str, Operator]]:
        """(head name, row) of every ASCII row, in table order: what the printer builds its own table from."""
        for operator in self.rows:
            if operator.text.isascii():
                yield operator.head.name, operator


def _alone(group: dict[str, Any], name: str) -> dict[str, Any]:
    """The row of one character of a `same` group, with its example."""
    form = group["form"]
    mark = f"\\[{name}]"
    example = {"prefix": f"{mark} a", "infix": f"a {mark} b", "postfix": f"a {mark}"}[form]
    full = f"{name}[a, b]" if form == "infix" else f"{name}[a]"
    return {**group, "names": [name], "head": name, "example": example, "full": full}


def _load(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


_table: Table | None = None
_lock = Lock()


def table() -> Table:
    """The operator table, loaded on first use."""
    global _table
    if _table is None:
        with _lock:
            if _table is None:
                _table = Table(kept_table("operators.toml", _load)["level"])
    return _table


def wide() -> Table:
    """The operator table with the rows of named characters."""
    found = table()
    if not found.is_wide:
        with _lock:
            if not found.is_wide:
                found.widen()
    return found


def precedence(head: str) -> int | None:
    """The customary number of the operator with this head, infix before other forms;
    None where it has none.
    """
    rows = [row for row in wide().rows if row.head.name == head]
    rows.sort(key=lambda row: row.form != "infix")
    return rows[0].level if rows else None
