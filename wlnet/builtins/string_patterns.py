"""String patterns compiled to Python regular expressions: StringExpression, blanks,
character classes, conditions.

`compile_pattern` gives a `StringPattern`; its `find` and `full` yield matches with the bindings
of named patterns.
Conditions and tests that no regular expression can say are checked on each match; when one fails, shorter
matches from the same start are tried, longest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wlnet.expr import TRUE, Expr, S, Symbol, is_list, items, key
from wlnet.kernel.constructs import is_misshapen

LETTER = r"[^\W\d_]"
CLASSES: dict[str, str] = {
    "DigitCharacter": "[0-9]",
    "LetterCharacter": LETTER,
    "WordCharacter": r"[^\W_]",
    "WhitespaceCharacter": r"\s",
    "HexadecimalCharacter": "[0-9a-fA-F]",
    "PunctuationCharacter": r"[!-/:-@\[-`{-~\u2010-\u2027\u2030-\u205e]",
}
# Test functions that a character class expresses; `_?LetterQ` is one letter, `__?LetterQ` a run of them.
TESTS: dict[str, str] = {
    "LetterQ": LETTER,
    "DigitQ": "[0-9]",
    "UpperCaseQ": "[^\\W\\d_a-z\u00df-\u00f6\u00f8-\u00ff\u03b1-\u03c9\u0430-\u044f]",
    "LowerCaseQ": "[a-z\u00df-\u00f6\u00f8-\u00ff\u03b1-\u03c9\u0430-\u044f]",
}
NUMBER_STRING = r"(?:[+-]?(?:\d+\.?\d*|\.\d+))"
ANCHORS: dict[str, str] = {
    "StartOfString": r"\A",
    "EndOfString": r"\Z",
    "StartOfLine": "(?m:^)",
    "EndOfLine": "(?m:$)",
    "WordBoundary": r"\b",
}
RUNS: dict[str, str] = {"Whitespace": r"\s+", "NumberString": NUMBER_STRING}


class PatternError(Exception):
    """An element that no string pattern may hold; `element` is it."""

    def __init__(self, element: Any) -> None:
        super().__init__(element)
        self.element = element


class Match:
    """One match: its place in the subject, its text, and the strings bound to named patterns."""

    __slots__ = ("binds", "end", "groups", "start", "text")

    def __init__(self, m: re.Match[str], names: dict[Symbol, str]) -> None:
        self.start, self.end = m.span()
        self.text = m.group()
        self.binds = {symbol: m.group(group) or "" for symbol, group in names.items()}
        self.groups = m


class StringPattern:
    """A compiled string pattern."""

    __slots__ = ("_checks", "_ev", "_names", "numbered", "regex")

    def __init__(
        self, ev: Any, regex: re.Pattern[str], names: dict[Symbol, str], checks: list[Any], numbered: bool
    ):
        self.regex = regex
        self.numbered = numbered  # a RegularExpression: "$1" in a replacement names its groups
        self._ev = ev
        self._names = names
        self._checks = checks

    def find(self, text: str, *, overlaps: bool = False) -> Iterator[Match]:
        """The matches in `text`, left to right."""
        at = 0
        if not overlaps and not self._checks:
            for found in self.regex.finditer(text):
                if found.end() == found.start():  # from here on step by step
                    break
                yield Match(found, self._names)
                at = found.end()
            else:
                return
        while at <= len(text):
            m = self.next(text, at)
            if m is None:
                return
            yield m
            at = m.start + 1 if overlaps or m.end == m.start else m.end

    def group_of(self, name: Any) -> str | None:
        """The group of the regular expression that a variable is bound to; None where tests decide."""
        return None if self._checks or type(name) is not Symbol else self._names.get(name)

    def every(self, text: str) -> Iterator[Match]:
        """All matches in `text`: from each place the longest first."""
        for start in range(len(text) + 1):
            for end in range(len(text), start - 1, -1):
                m = self.regex.fullmatch(text, start, end)
                found = self._passes(m) if m is not None else None
                if found is not None:
                    yield found

    def matches(self, text: str, overlaps: Any) -> Iterator[Match]:
        """The matches that Overlaps -> `overlaps` asks for: False, True (one from each place), All."""
        return self.every(text) if overlaps is S.All else self.find(text, overlaps=overlaps is TRUE)

    def next(self, text: str, at: int) -> Match | None:
        """The first match that starts at or after `at`."""
        while at <= len(text):
            m = self.regex.search(text, at)
            if m is None:
                return None
            if not self._checks:
                return Match(m, self._names)
            found = self._checked(m, text)
            if found is not None:
                return found
            at = m.start() + 1
        return None

    def full(self, text: str) -> Match | None:
        """The match of the whole of `text`."""
        m = self.regex.fullmatch(text)
        return self._passes(m) if m is not None else None

    def _checked(self, m: re.Match[str], text: str) -> Match | None:
        found = self._passes(m)
        if found is not None:
            return found
        start = m.start()
        for end in range(len(text), start - 1, -1):
            shorter = self.regex.fullmatch(text, start, end)
            if shorter is not None and shorter.span() != m.span():
                found = self._passes(shorter)
                if found is not None:
                    return found
        return None

    def _passes(self, m: re.Match[str]) -> Match | None:
        found = Match(m, self._names)
        for group, condition in self._checks:
            if group is not None:
                held = Expr(condition, (m.group(group) or "",))
            else:
                held = substitute(condition, found.binds)
            if self._ev.evaluate(held) is not TRUE:
                return None
        return found


def substitute(expr: Any, binds: Mapping[Symbol, Any]) -> Any:
    """`expr` with every symbol in `binds` replaced by its value."""
    if not binds:
        return expr
    if type(expr) is Symbol:
        return binds.get(expr, expr)
    if type(expr) is not Expr:
        return expr
    head = substitute(expr.head, binds)
    args = tuple(substitute(a, binds) for a in expr.args)
    if head is expr.head and all(a is b for a, b in zip(args, expr.args, strict=True)):
        return expr
    return Expr(head, args)


class _Builder:
    """Builds the regular expression of one pattern."""

    def __init__(self) -> None:
        self.names: dict[Symbol, str] = {}
        self.checks: list[Any] = []
        self.lazy = ""  # "?" inside Shortest

    def build(self, p: Any) -> str:
        if type(p) is str:
            return re.escape(p)
        if type(p) is Symbol:
            return self._symbol(p)
        if is_list(p):
            return self._alternatives(items(p))
        if type(p) is Expr and type(p.head) is Symbol:
            method = getattr(self, "_" + p.head.name, None)
            if method is not None and p.head.shared and not is_misshapen(p):
                return method(p.args, p)  # type: ignore[no-any-return]
        raise PatternError(p)

    def _symbol(self, p: Symbol) -> str:
        name = p.name
        for table in (CLASSES, ANCHORS, RUNS):
            if name in table:
                return table[name]
        raise PatternError(p)

    def _alternatives(self, choices: tuple[Any, ...]) -> str:
        return "(?:" + "|".join(map(self.build, choices)) + ")"

    def _List(self, args: tuple[Any, ...], p: Any) -> str:
        return self._alternatives(args)

    def _Alternatives(self, args: tuple[Any, ...], p: Any) -> str:
        return self._alternatives(args)

    def _StringExpression(self, args: tuple[Any, ...], p: Any) -> str:
        return "".join(map(self.build, args))

    def _RegularExpression(self, args: tuple[Any, ...], p: Any) -> str:
        if len(args) != 1 or type(args[0]) is not str:
            raise PatternError(p)
        return "(?:" + args[0] + ")"

    def _Blank(self, args: tuple[Any, ...], p: Any) -> str:
        return "(?s:.)"

    def _BlankSequence(self, args: tuple[Any, ...], p: Any) -> str:
        return "(?s:.)+" + self.lazy

    def _BlankNullSequence(self, args: tuple[Any, ...], p: Any) -> str:
        return "(?s:.)*" + self.lazy

    def _Pattern(self, args: tuple[Any, ...], p: Any) -> str:
        name, inner = args
        group = self.names.get(name)
        if group is not None:
            return f"(?P={group})"
        group = f"g{len(self.names)}_{len(self.checks)}"
        self.names[name] = group
        return f"(?P<{group}>{self.build(inner)})"

    def _Repeated(self, args: tuple[Any, ...], p: Any) -> str:
        return f"(?:{self.build(args[0])}){self._count(args[1:], '+', 1)}{self.lazy}"

    def _RepeatedNull(self, args: tuple[Any, ...], p: Any) -> str:
        return f"(?:{self.build(args[0])}){self._count(args[1:], '*', 0)}{self.lazy}"

    def _count(self, spec: tuple[Any, ...], default: str, low: int) -> str:
        if not spec:
            return default
        (n,) = spec
        if type(n) is int:
            return f"{{{low},{n}}}"
        bounds = items(n) if is_list(n) else ()
        if len(bounds) == 1:
            return f"{{{bounds[0]}}}"
        if len(bounds) == 2:
            return f"{{{bounds[0]},{bounds[1] if type(bounds[1]) is int else ''}}}"
        raise PatternError(n)

    def _Shortest(self, args: tuple[Any, ...], p: Any) -> str:
        outer, self.lazy = self.lazy, "?"
        found = self.build(args[0])
        self.lazy = outer
        return found

    def _Longest(self, args: tuple[Any, ...], p: Any) -> str:
        outer, self.lazy = self.lazy, ""
        found = self.build(args[0])
        self.lazy = outer
        return found

    def _Except(self, args: tuple[Any, ...], p: Any) -> str:
        excluded = self.build(args[0])
        if len(args) == 2:
            return f"(?:(?!(?:{excluded})){self.build(args[1])})"
        return f"(?:(?!{excluded})(?s:.))"

    def _Optional(self, args: tuple[Any, ...], p: Any) -> str:
        return f"(?:{self.build(args[0])})?{self.lazy}"

    def _Verbatim(self, args: tuple[Any, ...], p: Any) -> str:
        return self.build(args[0])

    def _HoldPattern(self, args: tuple[Any, ...], p: Any) -> str:
        return self.build(args[0])

    def _PatternTest(self, args: tuple[Any, ...], p: Any) -> str:
        inner, test = args
        known = TESTS.get(test.name) if type(test) is Symbol else None
        plain = type(inner) is Expr and inner.head in (S.Blank, S.BlankSequence, S.BlankNullSequence)
        if known is not None and plain:
            return (
                known
                + {S.Blank: "", S.BlankSequence: "+", S.BlankNullSequence: "*"}[inner.head]
                + (self.lazy if inner.head is not S.Blank else "")
            )
        group = f"t{len(self.checks)}"
        self.checks.append((group, test))
        return f"(?P<{group}>{self.build(inner)})"

    def _Condition(self, args: tuple[Any, ...], p: Any) -> str:
        found = self.build(args[0])
        self.checks.append((None, args[1]))
        return found


_CACHE: dict[Any, StringPattern] = {}


def compile_pattern(
    ev: Any, pattern: Any, *, ignore_case: bool = False, wildcards: bool = False
) -> StringPattern:
    """The compiled form of a string pattern. Raises PatternError.

    With `wildcards`, a plain string is an abbreviated pattern: `*` any text,
    `@` lowercase text (StringMatchQ).
    """
    known = (key(pattern), ignore_case, wildcards)
    found = _CACHE.get(known)
    if found is not None:
        return found
    builder = _Builder()
    if wildcards and type(pattern) is str and ("*" in pattern or "@" in pattern or "\\" in pattern):
        text = abbreviated(pattern)
    else:
        text = builder.build(pattern)
    try:
        regex = re.compile(text, re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        raise PatternError(pattern) from error
    numbered = type(pattern) is Expr and pattern.head is S.RegularExpression
    compiled = StringPattern(ev, regex, builder.names, builder.checks, numbered)
    if not builder.checks:  # a check evaluates in one session
        if len(_CACHE) > 500:
            _CACHE.clear()
        _CACHE[known] = compiled
    return compiled


def abbreviated(text: str) -> str:
    """The regular expression of an abbreviated pattern such as "a*" or "x@"."""
    out = []
    quoted = False
    for c in text:
        if quoted:
            out.append(re.escape(c))
            quoted = False
        elif c == "\\":
            quoted = True
        else:
            out.append({"*": "(?s:.)*", "@": "[^A-Z]+"}.get(c) or re.escape(c))
    return "".join(out)
