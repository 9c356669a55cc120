"""Sessions from Python: values both ways, isolation, messages, interruption."""

from __future__ import annotations

import os
import signal
import threading
import time
from fractions import Fraction

import numpy as np
import pytest

import wlnet
from wlnet import Session, wl, wlexpr
from wlnet.interop import ConversionError
from wlnet.session import EvaluationError
from wlnet.syntax import ReadError


@pytest.fixture
def session() -> Session:
    return Session()


def test_values_come_back_as_python_objects(session: Session) -> None:
    assert session.evaluate("1 + 1") == 2
    assert session.evaluate("1/3") == Fraction(1, 3)
    assert session.evaluate("N[Pi]") == pytest.approx(3.141592653589793)
    assert session.evaluate('"a" <> "b"') == "ab"
    assert session.evaluate("{True, False, None, Null}") == [True, False, None, None]
    assert session.evaluate('<|"a" -> {1, "x"}, 2 -> 3|>') == {"a": [1, "x"], 2: 3}
    assert session.evaluate("2. + 3. I") == 2 + 3j
    squares = session.evaluate("Range[3]^2")
    assert isinstance(squares, np.ndarray)
    assert squares.tolist() == [1, 4, 9]
    assert repr(session.evaluate("f[x]")) == "f[x]"


def test_the_last_of_several_expressions_counts(session: Session) -> None:
    assert session.evaluate("a = 3\nb = a + 1; 2 b") == 8


@pytest.mark.parametrize("dtype", ["i8", "f8", "c16", "f4", "u1", "i4"])
def test_arrays_pass_both_ways_without_a_copy(session: Session, dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    session["x"] = array
    back = session["x"]
    assert back.dtype == array.dtype
    assert np.shares_memory(back, array)
    assert array.flags.writeable, "taking an array over must not freeze the caller's"


def test_python_values_go_in(session: Session) -> None:
    session["data"] = {"a": [1, 2.5, "s"], "b": (True, None), 3: Fraction(1, 2)}
    text = session.text(session.evaluate_expression(session.convert(wlexpr("data"))), "InputForm")
    assert text == '<|"a" -> {1, 2.5, "s"}, "b" -> {True, None}, 3 -> 1/2|>'
    with pytest.raises(ConversionError, match="type object"):
        session["bad"] = object()


def test_expressions_built_in_python(session: Session) -> None:
    assert session.evaluate(wl.Total([1, 2, 3])) == 6
    session.evaluate("f[x_] := x + 1")
    assert session.evaluate(wl.Map(wl.f, [1, 2])) == [2, 3]
    assert session.evaluate(wl.StringReplace("abc", wl.Rule("b", "x"))) == "axc"
    assert session.evaluate(wl.Sort([3, 1, 2], wlexpr("Greater"))) == [3, 2, 1]
    assert session.evaluate(wl.ToString(wl.Sin(wl.Global.y), wl.InputForm)) == "Sin[y]"
    assert session.evaluate(wlexpr("1 + 2")) == 3


def test_sessions_do_not_see_each_other() -> None:
    one, two = Session(), Session()
    one.evaluate("x = 5; f[a_] := 7; Unprotect[Plus]; Plus[1, 1] = 3; SetOptions[Sort, SameTest -> 1]")
    assert one.evaluate("1 + 1") == 3
    assert two.evaluate("1 + 1") == 2
    assert repr(two.evaluate("{x, f[1]}")) == repr(two.evaluate("{x, f[1]}"))
    assert two.evaluate("Head[x]") is two.evaluate("Symbol")
    one.evaluate("1/0")
    assert [m.name for m in one.messages] == ["Power::infy"]
    assert two.messages == []
    one.evaluate("SeedRandom[1]")
    two.evaluate("SeedRandom[1]")
    first = one.evaluate("RandomReal[]")
    one.evaluate("RandomReal[{0, 1}, 10]")
    assert two.evaluate("RandomReal[]") == first


def test_an_expression_of_one_session_evaluates_in_another() -> None:
    one, two = Session(), Session()
    expression = one.evaluate("g[h]")
    two.evaluate("g[x_] := {x, x}; h = 4")
    assert two.evaluate(expression) == [4, 4]


def test_messages_and_check(session: Session) -> None:
    session.evaluate("1/0")
    assert [repr(m) for m in session.messages] == ["Power::infy: Infinite expression 1/0 encountered."]
    session.evaluate("1 + 1")
    assert session.messages == []
    with pytest.raises(EvaluationError, match="Power::infy") as raised:
        session.evaluate("1/0", check=True)
    assert session.text(raised.value.value) == "ComplexInfinity"


def test_syntax_errors_are_raised(session: Session) -> None:
    with pytest.raises(ReadError) as raised:
        session.evaluate("f[1, 2")
    assert raised.value.incomplete
    assert session.evaluate("1 + 1") == 2


def test_history(session: Session) -> None:
    session.evaluate("6")
    session.evaluate("7")
    assert session.evaluate("{%, %%, %1, Out[2]}") == [7, 6, 6, 7]


def test_interruption_keeps_the_session(session: Session) -> None:
    session.evaluate("count = 0")
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    result = session.evaluate("While[True, count++]; 1")
    assert time.monotonic() - started < 10
    assert repr(result) == "$Aborted"
    assert session.evaluate("count") > 0
    assert session.evaluate("1 + 1") == 2


def test_deep_recursion_ends_in_a_message(session: Session) -> None:
    session.evaluate("f[n_] := 1 + f[n + 1]; f[0]")
    assert any(m.name == "$RecursionLimit::reclim2" for m in session.messages)
    assert session.evaluate("$RecursionLimit = 50000; g[0] = 0; g[n_] := 1 + g[n - 1]; g[15000]") == 15000


def test_exit_leaves_python(session: Session) -> None:
    with pytest.raises(SystemExit) as leaving:
        session.evaluate("Exit[3]")
    assert leaving.value.code == 3


def test_print_and_messages_reach_the_sinks() -> None:
    printed: list[str] = []
    messages: list[str] = []
    session = Session(on_print=printed.append, on_message=messages.append)
    session.evaluate('Print["a", 1/2]; 1/0')
    assert printed == ["a1/2"]
    assert messages == ["Power::infy: Infinite expression 1/0 encountered."]


def test_wolframclient_spelling() -> None:
    from wlnet import WolframLanguageSession

    with WolframLanguageSession() as session:
        session.start()
        assert session.evaluate_many(["1 + 1", wl.Range(2)])[0] == 2


def test_module_level_shortcuts() -> None:
    assert wlnet.evaluate("2^10") == 1024
    assert repr(wlnet.parse("a + b")) == "Plus[a, b]"


def test_an_internal_error_is_reported_and_keeps_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()

    def fail(e: object) -> object:
        raise TypeError("planted")

    session.evaluate("x = 1")
    with monkeypatch.context() as patch:
        patch.delenv("WLNET_DEBUG", raising=False)
        patch.setattr(session.evaluator, "top", fail)
        assert repr(session.evaluate("1 + 1")) == "$Failed"
    assert "TypeError in fail" in repr(session.messages[0])
    assert session.evaluate("x + 1") == 2


def test_an_internal_error_while_printing_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    session = Session(on_message=messages.append)
    original = session.evaluator.text

    def fail(e: object, form: str = "OutputForm") -> str:
        if e == 7:
            raise TypeError("planted")
        return original(e, form)

    monkeypatch.delenv("WLNET_DEBUG", raising=False)
    monkeypatch.setattr(session.evaluator, "text", fail)
    assert session.text(7) == "$Failed"
    assert len(messages) == 1 and messages[0].startswith("General::internal")
    assert session.text(8) == "8"
