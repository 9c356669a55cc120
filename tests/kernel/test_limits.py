"""Runaway programs end in a message, never in a crash, and leave the session usable."""

from __future__ import annotations

import threading
import time

import pytest

from wlnet.expr import Expr, Symbol, system
from wlnet.kernel.control import RUN
from wlnet.kernel.evaluator import Evaluator
from wlnet.kernel.threads import raise_in
from wlnet.worker import WORKER

from .conftest import Script

ENDED = 'TerminatedEvaluation["RecursionLimit"]'


def test_recursion(script: Script) -> None:
    assert script("x = x + 1") == ENDED
    assert script.messages == [
        "$RecursionLimit::reclim2: Recursion depth of 1024 exceeded during evaluation of 1 + x."
    ]
    assert script("1 + 1") == "2"
    assert RUN.depth == 0


def test_branching_recursion_ends_at_once(script: Script) -> None:
    assert script("f[n_] := f[n - 1] + f[n - 2]; f[1]") == ENDED


def test_iteration(script: Script) -> None:
    assert script("f[x_] := f[x + 1]; f[0]") == "Hold[f[4096]]"
    assert script.messages == ["$IterationLimit::itlim: Iteration limit of 4096 exceeded."]


def test_tail_calls_do_not_nest(script: Script) -> None:
    assert script("$IterationLimit = Infinity; f[n_] := If[n == 0, done, f[n - 1]]; f[20000]") == "done"
    assert script("g[0, s_] := s; g[n_, s_] := g[n - 1, s + n]; g[10000, 0]") == "50005000"
    assert script("h[n_] := (n; Which[n > 9000, n, True, Module[{m = n + 1}, h[m]]]); h[0]") == "9001"


def test_deep_recursion_under_a_raised_limit() -> None:
    def deep() -> str:
        script = Script()
        return script("$RecursionLimit = Infinity; f[0] = 0; f[n_] := 1 + f[n - 1]; f[20000]")

    assert WORKER.run(deep) == "20000"


def test_a_deep_expression(script: Script) -> None:
    x: object = Symbol("x", "Global`")
    head = script.ev.state.resolve("nest")
    for _ in range(5000):
        x = Expr(head, (x,))
    assert script.ev.top(x) == Expr(system("TerminatedEvaluation"), ("RecursionLimit",))
    assert script.messages[0].startswith("$RecursionLimit::reclim2")


def test_senseless_limits_are_refused(script: Script) -> None:
    script("$RecursionLimit = 3")
    assert script.messages[0].startswith("$RecursionLimit::limset")
    assert script("$RecursionLimit") == "1024"
    assert script("Block[{$RecursionLimit = 40}, x = x + 1]") == ENDED
    assert RUN.recursion == 1024


@pytest.mark.parametrize(
    "program",
    [
        "While[True]",
        "Do[n, {n, 10^9}]",
        "f[x_] := f[x + 1]; $IterationLimit = Infinity; f[0]",
        "NestList[# + 1 &, 0, 10^9]",
    ],
)
def test_time_constrained(script: Script, program: str) -> None:
    start = time.monotonic()
    assert script(f'TimeConstrained[{program}, 0.1, "late"]') == '"late"'
    assert time.monotonic() - start < 5
    assert script("1 + 1") == "2"


def test_nested_time_limits(script: Script) -> None:
    assert script('TimeConstrained[TimeConstrained[While[True], 5, "inner"], 0.1, "outer"]') == '"outer"'
    assert (
        script('TimeConstrained[{TimeConstrained[While[True], 0.05, "inner"], 1}, 5, "outer"]')
        == '{"inner", 1}'
    )


def test_an_unexpired_time_limit_changes_nothing(script: Script) -> None:
    assert script("Table[TimeConstrained[k^2, 10], {k, 20}][[-1]]") == "400"


def test_memory_constrained(script: Script) -> None:
    program = 'MemoryConstrained[l = {}; Do[l = {l, Range[10^5] + k}, {k, 10^5}], 5*10^7, "full"]'
    assert script(program) == '"full"'
    script("Clear[l]")


def test_abort_from_outside() -> None:
    """What Ctrl-C does: an exception sent into the evaluating thread."""
    script = Script()
    thread = threading.get_ident()
    timer = threading.Timer(0.1, raise_in, (thread, KeyboardInterrupt))
    timer.start()
    assert script("While[True]") == "$Aborted"
    timer.join()
    assert script("1 + 1") == "2"
    assert RUN.depth == 0


def test_abort_protection_of_state(script: Script) -> None:
    assert script("i = 7; CheckAbort[Do[If[i == 3, Abort[]], {i, 10}], caught]") == "caught"
    assert script("i") == "7"
    assert script("Block[{x = 2}, CheckAbort[Block[{x = 3}, Abort[]], x]]") == "2"


def test_evaluators_can_be_made_in_numbers() -> None:
    for _ in range(20):
        assert Evaluator().top(3) == 3
