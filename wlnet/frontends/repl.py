"""The prompt: In[n]/Out[n], history, input of several lines, highlighting, completion, `?Name`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from wlnet import __version__
from wlnet.expr import NULL
from wlnet.frontends.display import shown
from wlnet.session import Session
from wlnet.syntax.tokens import status, tokens

STYLE = Style.from_dict(
    {
        "in": "ansiblue",
        "out": "ansired",
        "number": "ansicyan",
        "string": "ansigreen",
        "comment": "ansibrightblack italic",
        "system": "ansimagenta",
        "pattern": "ansiyellow",
        "slot": "ansiyellow",
        "operator": "",
        "bracket": "bold",
        "error": "underline ansired",
    }
)

_WORD = re.compile(r"[$A-Za-z`][$A-Za-z0-9`]*$")
_STRING = re.compile(r'"([^"\\\n]*)$')
COMPLETIONS_FROM = 2  # letters typed before the menu of names opens; with one letter it lists hundreds


def history_file() -> Path:
    """Where typed lines are kept between sessions (the XDG state folder)."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "wlnet" / "history"


class Highlighter(Lexer):
    """Colours by the reader's own token classes."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def lex_document(self, document: Document) -> Any:
        lines: list[StyleAndTextTuples] = [[]]
        for style, text in self._spans(document.text):
            for i, part in enumerate(text.split("\n")):
                if i:
                    lines.append([])
                lines[-1].append((style, part))
        return lambda n: lines[n] if n < len(lines) else []

    def _spans(self, text: str) -> Iterable[tuple[str, str]]:
        at = 0
        for kind, start, end in tokens(text):
            if start > at:
                yield "", text[at:start]
            known = kind == "symbol" and self.session.knows(text[start:end])
            yield ("class:system" if known else f"class:{kind}"), text[start:end]
            at = end
        yield "", text[at:]


class Names(Completer):
    """Symbols of the contexts in sight; within quotes the strings that nets and options use."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.current_line_before_cursor
        inside = _STRING.search(before) if before.count('"') % 2 else None
        if inside:
            start, candidates = inside.group(1), self.session.strings()
        else:
            word = _WORD.search(before)
            if word is None or (
                len(word.group()) < COMPLETIONS_FROM and not complete_event.completion_requested
            ):
                return
            start, candidates = word.group(), self.session.names()
        for name in candidates:
            if name.startswith(start) and name != start:
                yield Completion(name, start_position=-len(start))


def bindings() -> KeyBindings:
    """Enter ends a complete input and opens a new line in an incomplete one; Alt-Enter always opens one."""
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif status(buffer.text) == "incomplete" and not buffer.text.endswith("\n\n"):
            buffer.insert_text("\n" + _indent(buffer.document))
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def _indent(document: Document) -> str:
    """Blanks that line a continuation up with the brackets still open before it."""
    text = document.text_before_cursor
    return "  " * max(0, sum(map(text.count, "([{")) - sum(map(text.count, ")]}")))


class Prompt:
    """The interactive loop over one session."""

    def __init__(self, session: Session, form: str, history: History | None = None) -> None:
        self.session = session
        self.form = form
        self.line: PromptSession[str] = PromptSession(
            history=history or self._history(),
            lexer=Highlighter(session),
            completer=Names(session),
            key_bindings=bindings(),
            style=STYLE,
            multiline=True,
            complete_while_typing=True,
            prompt_continuation=lambda width, number, wrapped: " " * width,
        )

    def _history(self) -> History:
        path = history_file()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=True)
        except OSError:
            return InMemoryHistory()  # a read-only home must not keep the prompt from opening
        return FileHistory(str(path))

    def run(self) -> int:
        """Read, evaluate, print until Ctrl-D, Quit[] or Exit[n]; the exit code."""
        print(f"wlnet {__version__}. ?NetTrain shows a page of the manual, Ctrl-D leaves.\n")
        while True:
            try:
                text = self.line.prompt(FormattedText([("class:in", f"In[{self.session.line}]:= ")]))
            except KeyboardInterrupt:
                continue
            except EOFError:
                return 0
            try:
                self.evaluate(text)
            except SystemExit as leaving:
                return int(leaving.code or 0)

    def evaluate(self, text: str) -> None:
        """Evaluate one input and show its results; Ctrl-C ends the evaluation and keeps the session."""
        for result in self.session.run(text, None):
            if result.value is not None and result.value is not NULL:
                text = shown(self.session, result.value, self.form)
                label = f"Out[{result.line}]= "
                separator = "\n" if "\n" in text else ""
                colour = ("\033[31m", "\033[0m") if sys.stdout.isatty() else ("", "")
                print(f"\n{colour[0]}{label}{colour[1]}{separator}{text}")
        print()
