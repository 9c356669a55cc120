"""Texts: words and sentences, readable text of expressions, syntax of strings."""

from __future__ import annotations

import re
from typing import Any

from wlnet.expr import FALSE, Association, make_list, truth
from wlnet.kernel.registry import builtin

from .strings import STRING, over_strings


@builtin("TextWords", messages=STRING)
def text_words(ev: Any, s: Any, *most: Any) -> Any:
    """TextWords["text"] gives the words of a text without punctuation.

    >>> TextWords["Don't panic, it's fine."]
    {Don't, panic, it's, fine}
    """
    limit = most[0] if most and type(most[0]) is int else None
    return over_strings(
        ev, "TextWords", (s,), lambda t: make_list(re.findall(r"\w+(?:['’-]\w+)*", t)[:limit])
    )


@builtin("TextSentences", messages=STRING)
def text_sentences(ev: Any, s: Any) -> Any:
    """TextSentences["text"] gives the sentences of a text.

    >>> TextSentences["One. Two! Three?"]
    {One., Two!, Three?}
    """

    def sentences(t: str) -> Any:
        found = re.split(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])", t.strip())
        return make_list(x for x in found if x)

    return over_strings(ev, "TextSentences", (s,), sentences)


@builtin("WordCount", messages=STRING)
def word_count(ev: Any, s: Any) -> Any:
    """WordCount["text"] gives the number of words.

    >>> WordCount["one two three"]
    3
    """
    return over_strings(ev, "WordCount", (s,), lambda t: len(re.findall(r"\w+(?:['’-]\w+)*", t)))


@builtin("WordCounts", messages=STRING)
def word_counts(ev: Any, s: Any) -> Any:
    """WordCounts["text"] gives how often each word occurs, most frequent first.

    >>> WordCounts["a b a"]
    <|a -> 2, b -> 1|>
    """

    def counts(t: str) -> Any:
        found: dict[str, int] = {}
        for w in re.findall(r"\w+(?:['’-]\w+)*", t):
            found[w] = found.get(w, 0) + 1
        return Association.of(sorted(found.items(), key=lambda pair: -pair[1]))

    return over_strings(ev, "WordCounts", (s,), counts)


@builtin("TextString")
def text_string(ev: Any, *parts: Any) -> Any:
    """TextString[expr] gives a readable text of expr; TextString[e1, e2, ...] of several, joined.

    >>> TextString[{1, "a", x}]
    {1, a, x}
    """
    return "".join([p if type(p) is str else ev.text(p, "OutputForm") for p in parts])


@builtin("SyntaxQ")
def syntax_q(ev: Any, s: Any) -> Any:
    """SyntaxQ["string"] gives True if the string is a complete, correct expression.

    >>> {SyntaxQ["1 + x"], SyntaxQ["f[1"]}
    {True, False}
    """
    from wlnet.syntax import ReadError

    if type(s) is not str:
        return FALSE
    try:
        ev.read(s)
    except ReadError:
        return FALSE
    return truth(True)
