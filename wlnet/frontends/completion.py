"""What the prompt offers while a name or a string is typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from wlnet.session import Session
from wlnet.syntax.tokens import tokens

_WORD = re.compile(r"[$A-Za-z`][$A-Za-z0-9`]*$")
COMPLETIONS_FROM = 2  # letters typed before the menu of names opens; with one letter it lists hundreds
_OPENING, _CLOSING = "([{", ")]}"


class Names(Completer):
    """The options of the function whose brackets are open, symbols in sight; within quotes the strings that
    nets, options and properties use.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        words = tokens(before)
        last = words[-1] if words and words[-1].end == len(before) else None
        if last is not None and last.kind == "comment":
            return
        if last is not None and last.kind == "string" and _is_open(before[last.start :]):
            start = before[last.start + 1 :]
            yield from _offers(start, self.session.strings(), "")
            return
        word = _WORD.search(before)
        if word is None or (len(word.group()) < COMPLETIONS_FROM and not complete_event.completion_requested):
            return
        start = word.group()
        function = enclosing(before[: word.start()])
        options = self.session.options(function) if function else []
        yield from _offers(start, options, f"option of {function}")
        yield from _offers(start, [name for name in self.session.names() if name not in options], "")


def _offers(start: str, candidates: list[str], meta: str) -> Iterator[Completion]:
    for name in candidates:
        if name.startswith(start) and name != start:
            yield Completion(name, start_position=-len(start), display_meta=meta)


def _is_open(literal: str) -> bool:
    """Whether the string literal that begins here has not been closed."""
    return len(literal) == 1 or not literal.endswith('"') or literal.endswith('\\"')


def enclosing(text: str) -> str | None:
    """The function in whose brackets the end of `text` stands: "NetTrain" for `NetTrain[net, {1, 2}, `."""
    depth = 0
    words = tokens(text)
    part = {w.start for w, v in zip(words, words[1:], strict=False) if text[w.start : v.end] == "[["}
    for i in range(len(words) - 1, -1, -1):
        word = text[words[i].start : words[i].end]
        if words[i].kind != "bracket":
            continue
        if word[-1] in _CLOSING or word == "|>":
            depth += 1
        elif depth:
            depth -= 1
        elif (
            word == "["
            and i
            and words[i].start not in part
            and words[i - 1].kind == "symbol"
            and words[i - 1].end == words[i].start
        ):
            return text[words[i - 1].start : words[i - 1].end]
    return None
