"""Named characters: `\\[Alpha]` and kin, from `grammar/characters.toml`, loaded on first use.

A text that is plain ASCII and holds no backslash never needs this file.
"""

from __future__ import annotations

import bisect
import re
from typing import Any

from .kept import kept_table


class Characters:
    """What the reader must know of characters beyond ASCII. Whatever is not listed here counts as a letter.

    code        name -> character
    name        character -> name (the first of several)
    symbols     character -> the System` symbol that it is when it stands alone (π -> Pi)
    solitary    the ones among them that never join a longer name (∞, ⅇ, ⅈ)
    spaces, newlines   characters that count as white space, as line ends
    pairs       opening character -> (closing character, head)
    """

    def __init__(self, groups: dict[str, dict[str, str]]) -> None:
        symbols = groups.pop("symbols")
        pairs = groups.pop("pairs")
        self.code: dict[str, str] = {}
        for group in groups.values():
            self.code.update(group)
        self.name: dict[str, str] = {}
        for name, char in self.code.items():
            self.name.setdefault(char, name)
        self.symbols = {self.code[name]: symbol for name, symbol in symbols.items()}
        self.solitary = {char for char in self.symbols if not char.isalpha()} | {
            self.code[name] for name in ("ExponentialE", "ImaginaryI", "ImaginaryJ")
        }
        self.spaces = set(groups["spaces"].values()) - {"\t", " "}
        self.newlines = set(groups["newlines"].values()) - {"\n", "\r"}
        self.pairs = {
            self.code[f"Left{name}"]: (self.code[f"Right{name}"], head) for name, head in pairs.items()
        }
        self.comma = self.code["InvisibleComma"]


def _load(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


_characters: Characters | None = None


def characters() -> Characters:
    """The table of named characters, loaded on first use."""
    global _characters
    if _characters is None:
        _characters = Characters(kept_table("characters.toml", _load))
    return _characters


# Escapes that are decoded before tokens are formed. An escaped backslash is matched first, so that
# `\\[Alpha]` in a string stays what it is; a backslash before a line end joins the lines.
_ESCAPE = r"\\(?:\\|\[([A-Za-z0-9]*+)\]|:([0-9a-fA-F]{4})|\.([0-9a-fA-F]{2})|\|([0-9a-fA-F]{6})|(\r\n?|\n))"
# Characters that must stay escaped, since decoded they would end the string they stand in.
_KEPT = '"\\'


class Decoded:
    """A text with its escapes decoded, and the way back from its offsets to those of the original."""

    __slots__ = ("_shifts", "text")

    def __init__(self, text: str, shifts: list[tuple[int, int]]) -> None:
        self.text = text
        self._shifts = shifts

    def original(self, offset: int) -> int:
        """The offset in the text as it was written; behind an escape for the offset behind its character."""
        if not self._shifts:
            return offset
        before = bisect.bisect_right(self._shifts, (offset, len(self.text) * 16))
        return offset + (self._shifts[before - 1][1] if before else 0)


def decode(text: str) -> Decoded:
    r"""Replace `\[Name]`, `\:hhhh`, `\.hh`, `\|hhhhhh` by their characters, and join continued lines.

    Unknown names stay as they are: the lexer reports them where they matter, and strings keep them.
    """
    if "\\" not in text:
        return Decoded(text, [])
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    done = length = 0
    for match in re.finditer(_ESCAPE, text):
        char = _character(match)
        if char is None:
            continue
        start, end = match.span()
        pieces.append(text[done:start])
        length += start - done + len(char)
        pieces.append(char)
        done = end
        shifts.append((length, end - length))
    pieces.append(text[done:])
    return Decoded("".join(pieces), shifts)


def _character(match: re.Match[str]) -> str | None:
    """The character that one escape stands for; None where the text must stay."""
    name = match[1]
    if name is not None:
        char = characters().code.get(name)
    elif match[5] is not None:
        return ""
    else:
        digits = match[2] or match[3] or match[4]
        number = int(digits, 16) if digits else 0x110000
        char = chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else None
    return None if char is None or char in _KEPT else char
