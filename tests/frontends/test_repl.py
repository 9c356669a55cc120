"""The prompt, driven through a pipe: labels, several lines, history, interrupts, leaving."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from wlnet.frontends.display import LONGEST
from wlnet.frontends.repl import Prompt, fitted, is_incomplete
from wlnet.session import Session

CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"


def typed(
    keys: str, history: FileHistory | InMemoryHistory | None = None, session: Session | None = None
) -> int:
    """Type `keys` at a prompt and give its exit code."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        prompt = Prompt(session or Session(on_message=print), "OutputForm", history or InMemoryHistory())
        return prompt.run()


def test_results_have_their_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(f"1 + 1{ENTER}x = 5;{ENTER}{{%1, x}}{ENTER}{CTRL_D}") == 0
    shown = capsys.readouterr().out
    assert "Out[1]= 2\n" in shown
    assert "Out[2]" not in shown
    assert "Out[3]= {2, 5}\n" in shown


def test_enter_opens_a_line_until_brackets_close(capsys: pytest.CaptureFixture[str]) -> None:
    typed(f"{{1,{ENTER}2}}{ENTER}{CTRL_D}")
    assert "Out[1]= {1, 2}" in capsys.readouterr().out
    assert is_incomplete("f[1,")
    assert is_incomplete('"abc')
    assert not is_incomplete("1 + 1")
    assert not is_incomplete("f[1}")
    assert not is_incomplete("!ls *")


def test_a_syntax_error_keeps_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    typed(f"f[1}}{ENTER}7{ENTER}{CTRL_D}")
    shown = capsys.readouterr().out
    assert "In[1]:1:4: syntax error" in shown
    assert "Out[1]= 7" in shown


def test_ctrl_c_clears_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    typed(f"f[{CTRL_C}8{ENTER}{CTRL_D}")
    assert "Out[1]= 8" in capsys.readouterr().out


@pytest.mark.parametrize(("keys", "code"), [("Quit[]", 0), ("Exit[7]", 7)])
def test_leaving(keys: str, code: int) -> None:
    assert typed(keys + ENTER) == code


def test_history_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "history")
    typed(f"40 + 2{ENTER}{CTRL_D}", FileHistory(path))
    capsys.readouterr()
    typed(f"\x1b[A{ENTER}{CTRL_D}", FileHistory(path))
    assert "Out[1]= 42" in capsys.readouterr().out


def test_shell_commands(capfd: pytest.CaptureFixture[str]) -> None:
    typed(f"!echo one two{ENTER}{CTRL_D}")
    assert "one two\n" in capfd.readouterr().out
    typed(f"!echo one two{ENTER}{CTRL_D}", session=Session(sandbox=True))
    assert "one two\n" not in capfd.readouterr().out


def test_long_outputs_are_shortened(capsys: pytest.CaptureFixture[str]) -> None:
    typed(f"Range[10^6]{ENTER}Range[100]{ENTER}{CTRL_D}")
    shown = capsys.readouterr().out
    assert len(shown) < LONGEST
    assert "<<99" in shown
    assert "Print[%]" in shown
    assert "98, 99, 100}" in shown


def test_lines_break_at_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert fitted("Out[1]= {1000000, 2000000, 3}\nshort") == "Out[1]= {1000000,\n2000000, 3}\nshort"
