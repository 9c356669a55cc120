"""Reporting: what is written, where, and how often."""

from __future__ import annotations

import io
import time

import pytest

from wlnet.net import progress
from wlnet.net.progress import (
    Clockwork,
    Indicator,
    Panel,
    Print,
    Snapshot,
    curve,
    duration,
)


def snapshot(**changes: object) -> Snapshot:
    values = {
        "round": 3,
        "rounds": 10,
        "batch": 4,
        "batches_per_round": 8,
        "fraction": 0.25,
        "elapsed_s": 2.0,
        "remaining_s": 6.0,
        "loss": 0.125,
        "rate": 0.001,
        "examples_per_s": 1000.0,
        "losses": [1.0, 0.5, 0.25, 0.125],
        "round_loss": 0.2,
        "validation_loss": None,
        "measurements": {"ErrorRate": 0.1},
        "validation_measurements": {},
    }
    return Snapshot(**(values | changes))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.84, "0.8s"), (9.97, "10s"), (59.4, "59s"), (185, "3m05s"), (3720, "1h02m"), (None, "?")],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_a_falling_curve_goes_from_the_top_left_to_the_bottom_right() -> None:
    lines = curve([4.0, 3.0, 2.0, 1.0], width=4, height=4)
    assert len(lines) == 4 and all(len(line) == 4 for line in lines)
    blank = chr(0x2800)
    assert lines[0][0] != blank and lines[0][3] == blank
    assert lines[3][3] != blank and lines[3][0] == blank


def test_a_wide_span_is_drawn_by_its_logarithm() -> None:
    falling = [10.0**-k for k in range(9)]
    assert curve(falling, width=8, height=8) == curve([float(9 - k) for k in range(9)], width=8, height=8)


def test_a_long_curve_is_binned_and_not_a_number_is_left_out() -> None:
    lines = curve([float("nan"), *(1 / (i + 1) for i in range(5000))], width=10, height=3)
    assert all(len(line) == 10 for line in lines)
    assert curve([1.0], width=3, height=2) == ["   ", "   "]
    assert curve([2.0, 2.0], width=3, height=2)[0].strip() != ""


def test_printed_table_has_one_heading_and_one_line_a_report() -> None:
    stream = io.StringIO()
    report = Print(stream)
    report.batch(snapshot)
    report.finished(lambda: snapshot(round=10, fraction=1.0))
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["%", "round", "batch", "time", "left", "rate", "loss", "ErrorRate"]
    assert lines[1].split() == ["25", "3/10", "4/8", "2.0s", "6.0s", "0.001", "0.125", "0.1"]
    assert lines[2].split()[:2] == ["100", "10/10"]
    assert len(lines) == 3


def test_validation_appears_with_a_new_heading() -> None:
    stream = io.StringIO()
    report = Print(stream)
    report.batch(snapshot)
    report.batch(lambda: snapshot(validation_loss=0.5, validation_measurements={"ErrorRate": 0.2}))
    lines = stream.getvalue().splitlines()
    assert lines[2].split()[-2:] == ["validation", "v.ErrorRate"]
    assert lines[3].split()[-2:] == ["0.5", "0.2"]


def test_the_panel_shows_position_loss_and_curve() -> None:
    from rich.console import Console

    stream = io.StringIO()
    Console(file=stream, width=120).print(progress.panel(snapshot()))
    text = stream.getvalue()
    for piece in ("NetTrain", "3/10", "4/8", "0.125", "0.001", "6.0s", "ErrorRate"):
        assert piece in text
    assert any(0x2800 < ord(c) < 0x2900 for c in text)


def test_the_panel_draws_the_validation_loss_too() -> None:
    from rich.console import Console

    stream = io.StringIO()
    shot = snapshot(validation_loss=0.5, validation_losses=[0.9, 0.6, 0.5])
    Console(file=stream, width=100).print(progress.panel(shot))
    text = stream.getvalue()
    assert "validation 0.9" in text and "0.5" in text and "0.125" in text


def test_the_live_panel_runs_and_stops() -> None:
    stream = io.StringIO()
    report = Panel(stream)
    report.started(snapshot)
    report.batch(snapshot)
    report.finished(snapshot)
    assert "NetTrain" in stream.getvalue()
    assert report.live is None


def test_the_bar_is_one_line() -> None:
    stream = io.StringIO()
    report = Indicator(stream)
    report.batch(snapshot)
    report.finished(lambda: snapshot(fraction=1.0))
    text = stream.getvalue()
    assert text.count("\n") == 1 and "100 %" in text


def test_reports_come_at_their_intervals() -> None:
    class Count(progress.Reporter):
        def __init__(self, interval_s: float) -> None:
            self.interval_s = interval_s
            self.seen = 0

        def batch(self, take) -> None:
            self.seen += 1

    every, never = Count(0.0), Count(1e9)
    clock = Clockwork([every, never], snapshot)
    clock.start()
    for _ in range(3):
        clock.tick(time.perf_counter() + 1)
    assert (every.seen, never.seen) == (3, 0)
    silent = Clockwork()
    silent.start()
    silent.tick(time.perf_counter())
    assert silent.next == float("inf")


def test_what_is_not_a_terminal_gets_lines_unless_all_is_over_at_once() -> None:
    stream = io.StringIO()
    report = progress.automatic(stream)
    assert type(report) is Print
    report.finished(snapshot)
    assert stream.getvalue() == ""
    report.batch(snapshot)
    report.finished(snapshot)
    assert len(stream.getvalue().splitlines()) == 3
