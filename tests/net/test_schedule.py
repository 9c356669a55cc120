"""Learning-rate schedules, stopping early, update groups."""

from __future__ import annotations

import pytest

from wlnet.expr import Association, Expr, S, make_list, system
from wlnet.net.errors import NetError
from wlnet.net.quantities import Amount, amount, seconds
from wlnet.net.schedule import Criterion, Turn, Watch, rate_schedule, read_criterion, read_turns, turn_of

NONE = system("None")


def quantity(n: float, unit: object) -> Expr:
    return Expr(S.Quantity, (n, unit))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, Amount(5.0, "Rounds")),
        (quantity(10, "Batches"), Amount(10.0, "Batches")),
        (quantity(2, "Minutes"), Amount(120.0, "Seconds")),
        (quantity(1, "Batch"), Amount(1.0, "Batches")),
        (quantity(0.5, "hours"), Amount(1800.0, "Seconds")),
        (quantity(3, "Apples"), None),
        (0, None),
        ("x", None),
    ],
)
def test_amounts(value: object, expected: Amount | None) -> None:
    assert amount(value, "Rounds") == expected


def test_a_time_goal_is_a_time() -> None:
    assert seconds(quantity(3, "Minutes"), "TimeGoal") == 180
    with pytest.raises(NetError, match="TimeGoal"):
        seconds(quantity(3, "Rounds"), "TimeGoal")


def test_schedules() -> None:
    assert rate_schedule(S.Automatic, None) is None
    falling = rate_schedule("Polynomial", None)
    assert [falling(k, 4) for k in (1, 2, 4)] == [1.0, 0.75, 0.25]
    square = rate_schedule(make_list(("Polynomial", Expr(S.Rule, ("Power", 2)))), None)
    assert square(3, 4) == 0.25
    own = rate_schedule(S.f, lambda f, batch, total: 1 / batch)
    assert own(4, 10) == 0.25


@pytest.mark.parametrize("setting", ["Exponential", 3, make_list(("Polynomial", 3))])
def test_unknown_schedules_are_errors(setting: object) -> None:
    with pytest.raises(NetError):
        rate_schedule(setting, None)


def test_a_schedule_that_gives_no_number_is_an_error() -> None:
    with pytest.raises(NetError, match="batch 1 of 2"):
        rate_schedule(S.f, lambda f, batch, total: S.x)(1, 2)


def test_criteria() -> None:
    assert read_criterion(NONE) is None
    assert read_criterion(S.Automatic) == Criterion("Loss")
    assert read_criterion("ErrorRate") == Criterion("ErrorRate")
    full = Association.of(
        [
            ("Criterion", "Loss"),
            ("Patience", 3),
            ("RelativeChange", quantity(5, "Percent")),
            ("InitialPatience", 2),
        ]
    )
    assert read_criterion(full) == Criterion("Loss", 3, 2, 0.0, 0.05)
    assert read_criterion(Association.of([("Criterion", S.f)])).is_function
    for wrong in (Association.of([("Patience", 1.5)]), Association.of([("Patients", 1)]), 7):
        with pytest.raises(NetError):
            read_criterion(wrong)


def stops_at(values: list[float], better: int = -1, **changes: float) -> int | None:
    watch = Watch(Criterion("Loss", **changes), better)
    for round_, value in enumerate(values, 1):
        if watch.see(round_, value):
            return round_
    return None


def test_patience_counts_from_the_best_round() -> None:
    falling_then_flat = [3.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert stops_at(falling_then_flat) == 4
    assert stops_at(falling_then_flat, patience=2) == 6  # best 3, stops after round 3 + 2 + 1
    assert stops_at([1.0, 2.0, 0.5, 0.4], patience=1) is None


def test_small_improvements_do_not_move_the_best() -> None:
    values = [1.0, 0.95, 0.9, 0.85]
    assert stops_at(values, absolute=0.2) == 2
    assert stops_at(values, relative=0.01) is None
    assert stops_at(values, relative=0.1) == 2


def test_initial_patience_and_larger_is_better() -> None:
    assert stops_at([1.0, 1.0, 1.0, 1.0], initial_patience=3) == 4
    assert stops_at([0.1, 0.2, 0.2], better=1) == 3


def test_not_a_number_is_no_improvement() -> None:
    assert stops_at([1.0, float("nan")]) == 2


def test_turns_cycle() -> None:
    turns = read_turns(make_list((Expr(S.Rule, ("a", 2)), "b")))
    assert turns == [Turn("a", 2), Turn("b", 1)]
    assert [turn_of(turns, k) for k in range(7)] == [0, 0, 1, 0, 0, 1, 0]
    assert read_turns(S.Automatic) is None
    for wrong in ("a", make_list(()), make_list((Expr(S.Rule, ("a", 0)),))):
        with pytest.raises(NetError):
            read_turns(wrong)
