"""VerificationTest, TestCreate, TestEvaluate, TestReport."""

from __future__ import annotations

import pytest

OUTCOMES = [
    ("VerificationTest[1 + 1, 2]", "Success"),
    ("VerificationTest[1 < 2]", "Success"),
    ("VerificationTest[1 + 1]", "Failure"),
    ("VerificationTest[1., 1]", "Failure"),
    ("VerificationTest[1., 1, SameTest -> Equal]", "Success"),
    ("VerificationTest[1/0, ComplexInfinity]", "MessagesFailure"),
    ("VerificationTest[1/0, ComplexInfinity, {Power::infy}]", "Success"),
    ("VerificationTest[1/0, ComplexInfinity, Power::infy]", "Success"),
    ("VerificationTest[1/0, 3, {Power::infy}]", "Failure"),
    ("VerificationTest[1, 1, {Power::infy}]", "MessagesFailure"),
    ("VerificationTest[Pause[2]; 1, 1, TimeConstraint -> 0.02]", "Error"),
    ("VerificationTest[Throw[1], 1]", "Error"),
    ("TestCreate[1, 1]", "NotEvaluated"),
    ("TestEvaluate[TestCreate[1, 1]]", "Success"),
]


@pytest.mark.parametrize(("test", "outcome"), OUTCOMES)
def test_outcomes(value, test, outcome):
    assert value(f'{test}["Outcome"]') == f'"{outcome}"'


def test_messages_of_a_test_are_not_shown(calculator):
    calculator.value("VerificationTest[1/0, 1]")
    assert calculator.messages == []


def test_input_is_held(value):
    assert value('VerificationTest[1 + 1, 2]["Input"]') == "HoldForm[1 + 1]"
    assert value('VerificationTest[1 + 1, 2, TestID -> "a" <> "b"]["TestID"]') == '"ab"'


def test_report_of_a_file(value, tmp_path):
    file = tmp_path / "sums.wlt"
    file.write_text(
        'BeginTestSection["sums"]\nVerificationTest[1 + 1, 2]\nf[x_] := x^2\n'
        "Do[VerificationTest[f[i], i^2], {i, 3}]\nVerificationTest[f[2], 5]\nEndTestSection[]\n"
    )
    report = f'r = TestReport["{file}"]; '
    assert value(report + 'r /@ {"TestsSucceededCount", "TestsFailedIndices"}') == "{4, {5}}"
    assert value('r["TestsFailed"]["TestsFailedWrongResults"][5]["ActualOutput"]') == "HoldForm[4]"
    assert value('VerificationTest[1, 1]; r["TestsSucceededCount"]') == "4"


def test_bad_requests(message):
    assert (
        message('TestReport["no such file"]') == "TestReport::nofile: Test file no such file was not found."
    )
    assert "TestReport::test" in message("TestReport[{1}]")


def test_objects_read_back(value):
    assert value('ToExpression[ToString[VerificationTest[1, 1], InputForm]]["Outcome"]') == '"Success"'
