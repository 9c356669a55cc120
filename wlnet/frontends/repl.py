"""The prompt: In[n]/Out[n], history, input of several lines, highlighting, completion, `?Name`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from wlnet import __version__
from wlnet.expr import NULL
from wlnet.frontends.completion import Names
from wlnet.frontends.display import shown_briefly
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


def bindings() -> KeyBindings:
    """Enter ends a complete input and opens a new line in an incomplete one; Alt-Enter always opens one."""
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif is_incomplete(buffer.text):
            buffer.insert_text("\n" + _indent(buffer.document))
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def is_incomplete(text: str) -> bool:
    """Whether Enter opens another line; an empty line ends an input that nothing completes."""
    return not (text.startswith("!") or text.endswith("\n\n")) and status(text) == "incomplete"


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
            complete_in_thread=True,  # the first completion loads every chapter
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
            except KeyboardInterrupt:  # while reading or printing; evaluations end in $Aborted by themselves
                print("\n$Aborted\n")

    def evaluate(self, text: str) -> None:
        """Evaluate one input and show its results; Ctrl-C ends the evaluation and keeps the session."""
        if text.startswith("!"):
            self.shell(text[1:])
            return
        for result in self.session.run(text, None):
            if result.value is not None and result.value is not NULL:
                print_result(result.line, shown_briefly(self.session, result.value, self.form))
        print()

    def shell(self, command: str) -> None:
        """`!command`: run it in the system's shell."""
        if self.session.state.sandbox:
            print("The sandbox runs no processes.\n")
            return
        subprocess.run(command, shell=True, check=False)
        print()


def print_result(line: int, text: str) -> None:
    """`Out[n]= text`; a text of several lines begins in a line of its own."""
    label = f"Out[{line}]= "
    start = "\n" if "\n" in text else ""
    if not sys.stdout.isatty():
        print(f"\n{label}{start}{text}")
    elif "\033" in text:  # a picture drawn by the terminal
        print(f"\n\033[31m{label}\033[0m{text}")
    else:
        print("\n\033[31m" + fitted(label + start + text).replace(label, label + "\033[0m", 1))


def print_message(text: str) -> None:
    """A message on standard error, broken at blanks where the terminal ends."""
    print(fitted(text, "    ") if sys.stderr.isatty() else text, file=sys.stderr, flush=True)


def fitted(text: str, indent: str = "") -> str:
    """`text` with the lines that are longer than the terminal is wide broken at blanks."""
    width = shutil.get_terminal_size().columns
    return "\n".join(
        textwrap.fill(
            line,
            width,
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
            subsequent_indent=indent,
        )
        if len(line) > width
        else line
        for line in text.split("\n")
    )
