"""The `TestObject` and `TestReportObject` atoms: what a test found, and what a set of tests found."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Association, AtomType, Expr, S, make_list, register, same, truth
from wlnet.syntax.printer import to_text

NOT_EVALUATED = "NotEvaluated"
# Outcome -> name of the group of failed tests that a report puts it in.
FAILURES = {
    "Failure": "TestsFailedWrongResults",
    "MessagesFailure": "TestsFailedWithMessages",
    "Error": "TestsFailedWithErrors",
}


class TestObject:
    """A test: property -> value. "Outcome" is Success, a key of FAILURES, or NotEvaluated."""

    __slots__ = ("data",)
    __test__ = False  # no test class of pytest

    def __init__(self, data: Association) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return type(other) is TestObject and same(self.data, other.data)

    def __hash__(self) -> int:
        return hash((TestObject, self.outcome))

    @property
    def outcome(self) -> Any:
        return self.data.get("Outcome")


class TestReport:
    """Evaluated tests in the order in which they ran; time in seconds."""

    __slots__ = ("elapsed_s", "tests", "title")
    __test__ = False

    def __init__(self, title: Any, tests: list[TestObject], elapsed_s: float) -> None:
        self.title = title
        self.tests = tests
        self.elapsed_s = elapsed_s

    def with_outcome(self, *outcomes: str) -> list[int]:
        """The places, counted from 1, of the tests with one of these outcomes."""
        return [i for i, test in enumerate(self.tests, 1) if test.outcome in outcomes]


def _chosen(report: TestReport, places: list[int]) -> Association:
    return Association.of((i, report.tests[i - 1]) for i in places)


def report_properties(report: TestReport) -> dict[str, Any]:
    """Property -> value, as TestReportObject[...]["property"] gives it."""
    succeeded = report.with_outcome("Success")
    failed = report.with_outcome(*FAILURES)
    groups = {name: report.with_outcome(outcome) for outcome, name in FAILURES.items()}
    return {
        "Title": report.title,
        "AllTestsSucceeded": truth(not failed),
        "TimeElapsed": Expr(S.Quantity, (report.elapsed_s, "Seconds")),
        "TestsSucceededCount": len(succeeded),
        "TestsFailedCount": len(failed),
        **{f"{name}Count": len(places) for name, places in groups.items()},
        "TestsSucceededIndices": make_list(succeeded),
        "TestsFailedIndices": make_list(failed),
        "TestsSucceededKeys": make_list(succeeded),
        "TestsFailedKeys": make_list(failed),
        "TestsSucceeded": _chosen(report, succeeded),
        "TestsFailed": Association.of((name, _chosen(report, places)) for name, places in groups.items()),
        **{name: _chosen(report, places) for name, places in groups.items()},
        "TestResults": _chosen(report, list(range(1, len(report.tests) + 1))),
    }


def _test_call(ev: Any, test: TestObject, args: tuple[Any, ...]) -> Any:
    if args == ("Properties",):
        return make_list([*test.data.keys(), "Properties"])
    if len(args) != 1 or type(args[0]) is not str:
        return None
    found = test.data.get(args[0])
    return found if found is not None else Expr(S.Missing, ("KeyAbsent", args[0]))


def _report_call(ev: Any, report: TestReport, args: tuple[Any, ...]) -> Any:
    if len(args) != 1 or type(args[0]) is not str:
        return None
    known = report_properties(report)
    if args[0] == "Properties":
        return make_list([*known, "Properties"])
    return known[args[0]] if args[0] in known else Expr(S.Missing, ("KeyAbsent", args[0]))


def _test_text(test: TestObject) -> str:
    name = test.data.get("TestID")
    label = f", TestID: {name}" if type(name) is str else ""
    if test.outcome not in FAILURES:
        return f"TestObject[Outcome: {test.outcome}{label}]"
    found = to_text(test.data.get("ActualOutput"), "OutputForm")
    wanted = to_text(test.data.get("ExpectedOutput"), "OutputForm")
    return f"TestObject[Outcome: {test.outcome}{label}, found: {found}, expected: {wanted}]"


def _report_text(report: TestReport) -> str:
    good, bad = len(report.with_outcome("Success")), len(report.with_outcome(*FAILURES))
    title = f"Title: {report.title}, " if report.title is not S.Automatic else ""
    return f"TestReportObject[{title}Succeeded: {good}, Failed: {bad}]"


register(
    TestObject,
    AtomType(
        head=lambda x: S.TestObject,
        call=_test_call,
        normal=lambda x: x.data,
        full=lambda x: Expr(S.TestObject, (x.data,)),
        output=_test_text,
    ),
)
register(
    TestReport,
    AtomType(
        head=lambda x: S.TestReportObject,
        call=_report_call,
        full=lambda x: Expr(S.TestReportObject, (x.title, make_list(x.tests), x.elapsed_s)),
        output=_report_text,
    ),
)
