"""Characters: their codes, classes and case; alphabets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, is_list, items, make_list, packed, truth
from wlnet.expr.attributes import LISTABLE
from wlnet.kernel.registry import builtin
from wlnet.syntax.characters import characters as named_characters

from .strings import STRING, held, over_strings


@builtin("Characters", attributes=LISTABLE, messages=STRING)
def characters(ev: Any, s: Any) -> Any:
    """Characters["string"] gives the list of characters.

    >>> Characters["abc"]
    {a, b, c}
    """
    return over_strings(ev, "Characters", (s,), make_list)


@builtin("CharacterRange")
def character_range(ev: Any, first: Any, last: Any) -> Any:
    """CharacterRange["a", "e"] gives the characters from "a" to "e"; integers name them by code.

    >>> {CharacterRange["a", "e"], CharacterRange[65, 67]}
    {{a, b, c, d, e}, {A, B, C}}
    """
    low, high = _code(first), _code(last)
    if low is None or high is None:
        return None
    return make_list(map(chr, range(low, high + 1)))


def _code(c: Any) -> int | None:
    if type(c) is str and len(c) == 1:
        return ord(c)
    return c if type(c) is int and 0 <= c < 0x110000 else None


@builtin("ToCharacterCode", messages=STRING)
def to_character_code(ev: Any, s: Any, encoding: Any = None) -> Any:
    """ToCharacterCode["string"] gives the codes of the characters; ToCharacterCode["string", "UTF-8"] those
    of its bytes.

    >>> {ToCharacterCode["aB"], ToCharacterCode["\\[Alpha]", "UTF-8"]}
    {{97, 66}, {206, 177}}
    """
    if encoding is not None and (type(encoding) is not str or codec(encoding) is None):
        return None

    def codes(t: str) -> Any:
        values = (
            list(map(ord, t)) if encoding is None else list(t.encode(codec(encoding) or "", errors="replace"))
        )
        return packed(np.array(values, dtype=np.int64)) if values else make_list(())

    return over_strings(ev, "ToCharacterCode", (s,), codes)


def codec(name: str) -> str | None:
    """The Python codec of a WL character encoding name, or None."""
    known = {
        "UTF8": "utf-8",
        "UTF-8": "utf-8",
        "ASCII": "ascii",
        "ISO8859-1": "latin-1",
        "ISOLatin1": "latin-1",
    }
    known |= {"Unicode": "utf-16", "UTF-16": "utf-16", "UTF-32": "utf-32", "WindowsANSI": "cp1252"}
    if name in known:
        return known[name]
    import codecs

    try:
        found = codecs.lookup(name).name
        return found if type("".encode(found)) is bytes else None
    except (LookupError, ValueError):
        return None


def escaped(text: str, encoding: str) -> str:
    """The text with the characters that a Python codec has not written as escapes of the language."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join([_escape(c, encoding) for c in text])
    return text


def _escape(char: str, encoding: str) -> str:
    if char.encode(encoding, errors="ignore"):
        return char
    name = named_characters().name.get(char)
    if name is not None:
        return f"\\[{name}]"
    return f"\\:{ord(char):04x}" if ord(char) < 0x10000 else f"\\|{ord(char):06x}"


@builtin(
    "FromCharacterCode",
    messages={"notunicode": "A character code, which should be 0 to 1114111, is expected at `1`."},
)
def from_character_code(ev: Any, codes: Any, encoding: Any = None) -> Any:
    """FromCharacterCode[n] gives the character with code n; FromCharacterCode[{n1, n2, ...}]
    a string of them.
    FromCharacterCode[list, "UTF-8"] decodes bytes.

    >>> {FromCharacterCode[97], FromCharacterCode[{72, 105}], FromCharacterCode[{{97}, {98}}]}
    {a, Hi, {a, b}}
    """
    if type(codes) is int:
        codes = make_list((codes,))
    if not is_list(codes):
        return None
    values = items(codes)
    if any(is_list(v) for v in values):
        rest = () if encoding is None else (encoding,)
        return make_list(Expr(S.FromCharacterCode, (v, *rest)) for v in values)
    if not all(type(c) is int and 0 <= c < 0x110000 for c in values):
        ev.message("FromCharacterCode", "notunicode", codes)
        return None
    if encoding is not None:
        name = codec(encoding) if type(encoding) is str else None
        return (
            None
            if name is None or max(values, default=0) > 255
            else bytes(values).decode(name, errors="replace")
        )
    return "".join(map(chr, values))


@builtin("ToUpperCase", attributes=LISTABLE, messages=STRING)
def to_upper_case(ev: Any, s: Any) -> Any:
    """ToUpperCase["string"] makes every letter uppercase.

    >>> ToUpperCase["abC"]
    ABC
    """
    return over_strings(ev, "ToUpperCase", (s,), str.upper)


@builtin("ToLowerCase", attributes=LISTABLE, messages=STRING)
def to_lower_case(ev: Any, s: Any) -> Any:
    """ToLowerCase["string"] makes every letter lowercase.

    >>> ToLowerCase["ABc"]
    abc
    """
    return over_strings(ev, "ToLowerCase", (s,), str.lower)


@builtin("Capitalize", attributes=LISTABLE, messages=STRING)
def capitalize(ev: Any, s: Any, how: Any = None) -> Any:
    """Capitalize["string"] makes the first letter uppercase; Capitalize["string", "AllWords"]
    that of every word.

    >>> {Capitalize["hello world"], Capitalize["hello world", "AllWords"]}
    {Hello world, Hello World}
    """
    if how is None:
        return over_strings(ev, "Capitalize", (s,), lambda t: t[:1].upper() + t[1:])
    if type(how) is str and how == "AllWords":
        return over_strings(
            ev,
            "Capitalize",
            (s,),
            lambda t: "".join(c.upper() if i == 0 or t[i - 1].isspace() else c for i, c in enumerate(t)),
        )
    return None


@builtin("Decapitalize", attributes=LISTABLE, messages=STRING)
def decapitalize(ev: Any, s: Any) -> Any:
    """Decapitalize["string"] makes the first letter lowercase.

    >>> Decapitalize["Hello"]
    hello
    """
    return over_strings(ev, "Decapitalize", (s,), lambda t: t[:1].lower() + t[1:])


def _character_test(name: str, test: Callable[[str], bool], usage: str) -> None:
    def call(ev: Any, s: Any) -> Any:
        if type(s) is not str:
            ev.message(name, "string", 1, held(name, (s,)))
            return None
        return truth(all(map(test, s)))

    call.__doc__ = usage
    builtin(name, attributes=LISTABLE, messages=STRING)(call)


_character_test(
    "LetterQ",
    str.isalpha,
    """LetterQ["string"] gives True if all characters are letters.

    >>> LetterQ[{"abc", "a1"}]
    {True, False}
    """,
)
_character_test(
    "DigitQ",
    lambda c: "0" <= c <= "9",
    """DigitQ["string"] gives True if all characters are digits 0 to 9.

    >>> DigitQ[{"123", "1.5"}]
    {True, False}
    """,
)
_character_test(
    "UpperCaseQ",
    str.isupper,
    """UpperCaseQ["string"] gives True if all characters are uppercase letters.

    >>> UpperCaseQ[{"ABC", "Abc"}]
    {True, False}
    """,
)
_character_test(
    "LowerCaseQ",
    str.islower,
    """LowerCaseQ["string"] gives True if all characters are lowercase letters.

    >>> LowerCaseQ[{"abc", "Abc"}]
    {True, False}
    """,
)
_character_test(
    "PrintableASCIIQ",
    lambda c: " " <= c <= "~",
    """PrintableASCIIQ["string"] gives True if all characters are printable ASCII.

    >>> PrintableASCIIQ["a b!"]
    True
    """,
)


@builtin("Alphabet")
def alphabet(ev: Any, kind: Any = "English") -> Any:
    """Alphabet[] gives the lowercase letters a to z; Alphabet["Greek"], Alphabet["Russian"] other ones.

    >>> StringJoin[Alphabet[]]
    abcdefghijklmnopqrstuvwxyz
    """
    if type(kind) is not str:
        return None
    if kind in ("English", "Latin"):
        return make_list("abcdefghijklmnopqrstuvwxyz")
    if kind == "Greek":
        return make_list(chr(c) for c in range(0x3B1, 0x3CA) if c != 0x3C2)
    if kind in ("Russian", "Cyrillic"):
        return make_list("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
    return None


@builtin("LetterNumber")
def letter_number(ev: Any, c: Any) -> Any:
    """LetterNumber["c"] gives the place of the letter in the alphabet, 0 for other characters.

    >>> LetterNumber[{"a", "Z", "?"}]
    {1, 26, 0}
    """

    def number(t: str) -> Any:
        found = [ord(x) - 96 if "a" <= x <= "z" else 0 for x in t.lower()]
        return found[0] if len(found) == 1 else make_list(found)

    return over_strings(ev, "LetterNumber", (c,), number)


@builtin("CharacterCounts", messages=STRING)
def character_counts(ev: Any, s: Any, n: Any = 1) -> Any:
    """CharacterCounts["string"] gives how often each character occurs;
    CharacterCounts["string", n] each n-gram.

    >>> CharacterCounts["banana"]
    <|a -> 3, n -> 2, b -> 1|>
    """
    return _gram_counts(ev, "CharacterCounts", s, n, lambda gram: True)


@builtin("LetterCounts", messages=STRING)
def letter_counts(ev: Any, s: Any, n: Any = 1) -> Any:
    """LetterCounts["string"] gives how often each letter occurs, other characters left out;
    LetterCounts["string", n] each n-gram of letters.

    >>> LetterCounts["banana 3"]
    <|a -> 3, n -> 2, b -> 1|>
    """
    return _gram_counts(ev, "LetterCounts", s, n, str.isalpha)


def _gram_counts(ev: Any, name: str, s: Any, n: Any, counted: Callable[[str], bool]) -> Any:
    """How often each run of n characters that is `counted` occurs, the most frequent first."""
    if type(n) is not int or n < 1:
        return None

    def counts(t: str) -> Any:
        found: dict[str, int] = {}
        for i in range(len(t) - n + 1):
            gram = t[i : i + n]
            if counted(gram):
                found[gram] = found.get(gram, 0) + 1
        return Association.of(sorted(found.items(), key=lambda pair: -pair[1]))

    return over_strings(ev, name, (s,), counts)


@builtin("RemoveDiacritics", messages=STRING)
def remove_diacritics(ev: Any, s: Any) -> Any:
    """RemoveDiacritics["string"] replaces letters with accents by plain ones.

    >>> RemoveDiacritics["r\u00e9sum\u00e9"]
    resume
    """
    import unicodedata

    def plain(t: str) -> str:
        parts = unicodedata.normalize("NFD", t)
        return unicodedata.normalize("NFC", "".join([c for c in parts if not unicodedata.combining(c)]))

    return over_strings(ev, "RemoveDiacritics", (s,), plain)


@builtin("CharacterNormalize", messages=STRING)
def character_normalize(ev: Any, s: Any, form: Any) -> Any:
    """CharacterNormalize["string", "form"] gives the string in the Unicode normal form "NFD", "NFC", "NFKD"
    or "NFKC".

    >>> StringLength[CharacterNormalize["\u00e9", "NFD"]]
    2
    """
    import unicodedata

    if form not in ("NFD", "NFC", "NFKD", "NFKC"):
        return None
    return over_strings(ev, "CharacterNormalize", (s, form), lambda t: unicodedata.normalize(form, t))


@builtin("FromLetterNumber", attributes=LISTABLE)
def from_letter_number(ev: Any, n: Any, alphabet: Any = None) -> Any:
    """FromLetterNumber[n] gives the n-th letter of the alphabet, negative n counting from the end.

    >>> FromLetterNumber[{1, 26, -1}]
    {a, z, z}
    """
    letters = ev.evaluate(Expr(S.Alphabet, () if alphabet is None else (alphabet,)))
    if type(n) is not int or not is_list(letters):
        return None
    listed = items(letters)
    return listed[n - 1 if n > 0 else n] if n and abs(n) <= len(listed) else " "
