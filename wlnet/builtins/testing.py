"""Tests as values: VerificationTest, TestCreate, TestEvaluate, TestReport, and sections of test files."""

from __future__ import annotations

import os
import time
from typing import Any

from wlnet.expr import (
    FALSE,
    NULL,
    TRUE,
    Association,
    Expr,
    S,
    Symbol,
    is_list,
    items,
    make_list,
    same,
    system,
)
from wlnet.expr.attributes import HOLD_ALL_COMPLETE
from wlnet.kernel.control import RUN, Throw
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.messages import Catcher, Quieting
from wlnet.kernel.registry import builtin

from . import timing as _timing  # noqa: F401  (declares the constraints that run_test builds)
from .files import find_file, read_file
from .messages import name_expr
from .verification_values import NOT_EVALUATED, TestObject, TestReport

FAILED = system("$Failed")
ABORTED = system("$Aborted")
NONE = system("None")

# The tests that the running reports of files have met so far, innermost report last.
_recorders: list[list[TestObject]] = []
# The sections that are open, outermost first: whether the tests in them run.
_sections: list[bool] = []


def _held(expr: Any) -> Expr:
    return Expr(S.HoldForm, (expr,))


def _quantity(amount: float, unit: str) -> Expr:
    return Expr(S.Quantity, (amount, unit))


def _watched(expr: Any, ev: Any) -> tuple[Any, list[Any], bool]:
    """Evaluate quietly: the value, its messages as names, and whether a Throw came out of it."""
    state = ev.state
    level, depth = len(state.quiet), RUN.depth
    state.quiet.append(Quieting(None, set()))
    catcher = Catcher(level + 1, None)
    state.catchers.append(catcher)
    thrown = False
    try:
        value = evaluate(expr)
    except Throw as exit_:
        RUN.depth = depth
        value, thrown = Expr(S.Throw, (exit_.value,)), True
    finally:
        del state.quiet[level:]
        del state.catchers[state.catchers.index(catcher) :]
    return value, [name_expr((m.symbol, m.tag)) for m in catcher.found], thrown


def _message_names(spec: Any) -> list[Any]:
    """The messages that a test expects, as HoldForm[f::tag], from f::tag, {f::tag, ...} or None; each may
    be held.
    """
    if spec is NONE:
        return []
    if is_list(spec):
        return [name for x in items(spec) for name in _message_names(x)]
    if type(spec) is Expr and spec.head in (S.HoldForm, S.Hold, S.HoldComplete) and len(spec.args) == 1:
        return _message_names(spec.args[0])
    return [_held(spec)]


def _agree(found: list[Any], wanted: list[Any]) -> bool:
    return len(found) == len(wanted) and all(map(same, found, wanted))


def _constrained(expr: Any, seconds: Any, nbytes: Any, mark: Symbol) -> Any:
    """The input under its limits; `mark` is the value when one of them is exceeded."""
    if seconds is not S.Infinity:
        expr = Expr(S.TimeConstrained, (expr, seconds, mark))
    return expr if nbytes is S.Infinity else Expr(S.MemoryConstrained, (expr, nbytes, mark))


EXCEEDED = system("Private`limitExceeded")


def run_test(ev: Any, test: TestObject) -> TestObject:
    """The test with its outcome. Messages of the input are compared; those of the expected output hide."""
    get = test.data.get
    input_, wanted_names = get("Input").args[0], _message_names(get("ExpectedMessages"))
    start, cpu = time.perf_counter(), time.process_time()
    limited = _constrained(input_, get("TimeConstraint"), get("MemoryConstraint"), EXCEEDED)
    value, names, thrown = _watched(limited, ev)
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu

    wanted, _, _ = _watched(get("ExpectedOutput").args[0], ev)
    exceeded = value is EXCEEDED
    if exceeded:
        value = ABORTED
    if thrown or exceeded:
        outcome = "Error"
    elif not (same if get("SameTest") is S.SameQ else ev.predicate(get("SameTest")))(value, wanted):
        outcome = "Failure"
    else:
        outcome = "Success" if _agree(names, wanted_names) else "MessagesFailure"

    found = [
        ("Outcome", outcome),
        ("ExpectedOutput", _held(wanted)),
        ("ActualOutput", _held(value)),
        ("ActualMessages", make_list(names)),
        ("AbsoluteTimeUsed", _quantity(elapsed, "Seconds")),
        ("CPUTimeUsed", _quantity(cpu, "Seconds")),
    ]
    return TestObject(Association.of([*test.data.pairs(), *found]))


def _created(args: tuple[Any, ...], options: dict[str, Any]) -> TestObject:
    input_, expected, names = (*args, *(TRUE, make_list(()))[len(args) - 1 :])
    return TestObject(
        Association.of(
            [
                ("TestID", options["TestID"]),
                ("Outcome", NOT_EVALUATED),
                ("Input", _held(input_)),
                ("ExpectedOutput", _held(expected)),
                ("ExpectedMessages", make_list(_message_names(names))),
                *((name, value) for name, value in options.items() if name != "TestID"),
            ]
        )
    )


# ---------------------------------------------------------------- the functions

OPTIONS = {
    "SameTest": S.SameQ,
    "TestID": NONE,
    "MetaInformation": Association({}),
    "TimeConstraint": S.Infinity,
    "MemoryConstraint": S.Infinity,
}


def _made(ev: Any, args: tuple[Any, ...], given: dict[str, Any]) -> TestObject:
    """The unevaluated test of VerificationTest[...] or TestCreate[...]; options come in held."""
    return _created(args, OPTIONS | {name: ev.evaluate(value) for name, value in given.items()})


@builtin("VerificationTest", attributes=HOLD_ALL_COMPLETE, evaluated=True, options=OPTIONS, takes_rules=True)
def verification_test(ev: Any, test: Any, expected: Any = TRUE, messages: Any = NONE, **options: Any) -> Any:
    """VerificationTest[input] tests whether input evaluates to True.
    VerificationTest[input, expected] tests whether both evaluate to the same.
    VerificationTest[input, expected, {f::tag, ...}] tests that these messages are issued, too.
    The result is a TestObject: TestObject[...]["Outcome"] is "Success", "Failure" (another value),
    "MessagesFailure" (the value, with other messages) or "Error" (a limit was exceeded, or a Throw uncaught).

    >>> VerificationTest[1 + 1, 2]["Outcome"]
    Success
    >>> VerificationTest[1/0, ComplexInfinity, {Power::infy}, TestID -> "division"]
    TestObject[Outcome: Success, TestID: division]
    >>> VerificationTest[1/0, ComplexInfinity]["Outcome"]
    MessagesFailure
    """
    if not all(_sections):
        return NULL
    found = run_test(ev, _made(ev, (test, expected, messages), options))
    if _recorders:
        _recorders[-1].append(found)
    return found


@builtin("TestCreate", attributes=HOLD_ALL_COMPLETE, evaluated=True, options=OPTIONS, takes_rules=True)
def test_create(ev: Any, test: Any, expected: Any = TRUE, messages: Any = NONE, **options: Any) -> Any:
    """TestCreate[input, expected, {f::tag, ...}] gives a test that is not evaluated yet: TestEvaluate or
    TestReport do it.

    >>> TestCreate[1 + 1, 2]["Outcome"]
    NotEvaluated
    """
    return _made(ev, (test, expected, messages), options)


@builtin("TestEvaluate", messages={"test": "`1` is no test, as TestCreate makes it."}, stateful=True)
def test_evaluate(ev: Any, test: Any) -> Any:
    """TestEvaluate[test] evaluates a test made by TestCreate.

    >>> TestEvaluate[TestCreate[1 + 1, 3]]["Outcome"]
    Failure
    """
    if type(test) is not TestObject:
        ev.message("TestEvaluate", "test", test)
        return None
    return run_test(ev, test) if test.outcome == NOT_EVALUATED else test


@builtin("TestObject")
def test_object(ev: Any, data: Any) -> Any:
    """TestObject[...] is a test; TestObject[...]["Outcome"] and other properties tell what it found.

    >>> VerificationTest[2 + 2, 5]["ActualOutput"]
    4
    """
    return TestObject(data) if type(data) is Association and data.get("Outcome") is not None else None


@builtin("TestReportObject")
def test_report_object(ev: Any, title: Any, tests: Any, elapsed: Any) -> Any:
    """TestReportObject[...] is what TestReport gives; its properties, such as "TestsSucceededCount",
    "TestsFailedCount", "AllTestsSucceeded", "TestsFailedIndices" and "TestResults", tell what was found.

    >>> TestReport[{VerificationTest[True], VerificationTest[1, 2]}]["TestsFailedIndices"]
    {2}
    """
    if not is_list(tests) or type(elapsed) is not float:
        return None
    found = list(items(tests))
    return TestReport(title, found, elapsed) if all(type(t) is TestObject for t in found) else None


REPORT_MESSAGES = {
    "nofile": "Test file `1` was not found.",
    "test": "`1` is neither a test nor the name of a test file.",
}


@builtin("TestReport", messages=REPORT_MESSAGES, stateful=True)
def test_report(ev: Any, tests: Any, *, title: Any = S.Automatic) -> Any:
    """TestReport["file"] evaluates a file and reports on the tests in it.
    TestReport[{test1, test2, ...}] reports on tests (made by VerificationTest or TestCreate) and test files.

    >>> TestReport[{VerificationTest[1 + 1, 2], TestCreate[2 + 2, 5]}]
    TestReportObject[Succeeded: 1, Failed: 1]
    """
    start = time.perf_counter()
    found: list[TestObject] = []
    for item in items(tests) if is_list(tests) else [tests]:
        if type(item) is TestObject:
            found.append(test_evaluate(ev, item))
            continue
        file = item.args[0] if type(item) is Expr and item.head is S.File and len(item.args) == 1 else item
        if type(file) is not str:
            ev.message("TestReport", "test", item)
            return None
        of_file = _tests_of(ev, file)
        if of_file is None:
            return FAILED
        found.extend(of_file)
        if title is S.Automatic and tests is item:
            title = f"Test Report: {os.path.basename(file)}"
    return TestReport(title, found, time.perf_counter() - start)


def _tests_of(ev: Any, file: str) -> list[TestObject] | None:
    """The tests that a file runs, in order; None with a message when there is no such file."""
    path = find_file(ev, file)
    if path is None:
        ev.message("TestReport", "nofile", file)
        return None
    recorder: list[TestObject] = []
    _recorders.append(recorder)
    level, open_sections = len(_recorders), len(_sections)
    try:
        read_file(ev, path)
    finally:
        del _recorders[level - 1 :]
        del _sections[open_sections:]
    return recorder


@builtin("BeginTestSection")
def begin_test_section(ev: Any, title: Any, active: Any = TRUE) -> Any:
    """BeginTestSection["title"] begins a section of a test file; BeginTestSection["title", False] one whose
    tests are not run.

    >>> BeginTestSection["sums", False]; VerificationTest[1 + 1, 3]; EndTestSection[]
    """
    _sections.append(active is not FALSE)
    return NULL


@builtin("EndTestSection")
def end_test_section(ev: Any) -> Any:
    """EndTestSection[] ends a section of a test file."""
    if _sections:
        _sections.pop()
    return NULL
