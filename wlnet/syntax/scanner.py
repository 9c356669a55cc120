"""The regular expression that cuts text into words, in a plain and in a wide version
(characters beyond ASCII).

One `match` per token; the number of the group tells what kind of word it is. Groups stand in the order of
their frequency in real code. White space before a token belongs to the match.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .characters import characters
from .operators import wide

SYMBOL, BRACKET, NUMBER, STRING, BLANK, SLOT, NAME, OPERATION, OUT, NEWLINE, JUNK = range(1, 12)

Match = Callable[[str, int], "re.Match[str] | None"]

# Longest first among those that begin alike. Not before a digit: =. and /. ; with blanks: `a = .`
_OPERATION = (
    r"::|:=|:>|:|;;|;|===|=!=|==|=[ \t]*+\.(?![.\d])|=|!==|!!|!=|!|\+\+|\+=|\+|--|->|-=|-"
    r"|\*\^|\*\*\*|\*\*|\*=|\*|//\.(?!\d)|//@|//=|//|/;|/:|/\.(?!\d)|/@|/\*|/=|/|@@@|@@|@\*|@"
    r"|&&|&|\|\||\|->|\||<->|<=|<<|<>|<|>>>|>>|>=|>|~~|~|\^:=|\^=|\^|'++|\?\?|\?|\.\.\.|\.\.|\."
)
_AMOUNT = r"(?:\d++(?:\.(?!\.)\d*+)?|\.\d++)"
_NUMBER = (
    rf"(?:\d++\^\^[0-9A-Za-z]*+(?:\.(?!\.)[0-9A-Za-z]*+)?|{_AMOUNT})"
    rf"(?:``[+-]?{_AMOUNT}|`(?:[+-]?{_AMOUNT})?)?(?:\*\^[+-]?\d++)?"
)
STRING_BODY = r'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"'

_plain: Match | None = None
_wide: Match | None = None


def scanner(text: str) -> Match:
    """The compiled scanner for `text`: the plain one where it is ASCII."""
    global _plain, _wide
    if text.isascii():
        if _plain is None:
            _plain = _compile(letters="", spaces="", newlines="", brackets="", operators="", solitary="")
        return _plain
    if _wide is None:
        known = characters()
        rows = wide()
        operators = "".join(
            c for form in (rows.prefix, rows.infix, rows.postfix) for c in form if not c.isascii()
        )
        brackets = "".join([*known.pairs, *(close for close, _ in known.pairs.values()), known.comma])
        spaces, newlines = "".join(known.spaces), "".join(known.newlines)
        solitary = "".join(known.solitary)
        others = re.escape(operators + brackets + spaces + newlines + solitary)
        _wide = _compile(
            letters=f"[^\\x00-\\x7f{others}]",
            spaces=re.escape(spaces),
            newlines=f"|[{re.escape(newlines)}]",
            brackets=f"|[{re.escape(brackets)}]",
            operators=f"|[{re.escape(operators)}]",
            solitary=f"|[{re.escape(solitary)}]",
        )
    return _wide


def _compile(
    *, letters: str, spaces: str, newlines: str, brackets: str, operators: str, solitary: str
) -> Match:
    """The scanner with these additions to the ASCII sets."""
    also = f"|{letters}" if letters else ""
    word = f"(?:[A-Za-z$]{also})(?:[A-Za-z0-9$]{also})*+" if letters else "[A-Za-z$][A-Za-z0-9$]*+"
    path = f"`?{word}(?:`{word})*+"
    groups = [
        f"{word}(?![`_])",
        r"\(\*|\[(?:\s*+\[)?|[\](){},]|<\||\|>|\*\)" + brackets,
        _NUMBER,
        STRING_BODY,
        rf"(?:{path})?_(?:\.|_{{0,2}}+(?:{path})?)",
        rf"##\d*+|#(?:\d++|{word}|{STRING_BODY})?",
        path + solitary,
        _OPERATION + operators,
        r"%(?:\d++|%*+)",
        r"\r\n?|\n" + newlines,
        r"[\s\S]",
    ]
    alternatives = "|".join(f"({group})" for group in groups)
    return re.compile(f"[ \\t\\f\\v{spaces}]*+(?:{alternatives})", re.ASCII).match
