"""Who watches a training: reports of every kind, functions, files, checkpoints that fail, Ctrl-C."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from wlnet.expr import items
from wlnet.net import files
from wlnet.net.progress import Snapshot
from wlnet.net.progress_file import FileReport, render
from wlnet.net.results import Results, Run

from .test_progress import snapshot
from .values import Values

wl = Values()
wl(
    """SeedRandom[1]; xs = RandomReal[{-1, 1}, {10, 2}]; ys = xs . {{1.}, {-2.}} + 0.5; data = xs -> ys;
    net = NetInitialize[NetChain[{4, Tanh, 1}, "Input" -> 2]];"""
)
OPTIONS = "BatchSize -> 4, MaxTrainingRounds -> 3, RandomSeeding -> 5"


def train(options: str) -> Run:
    found = wl(f"NetTrain[net, data, All, {OPTIONS}, {options}]")
    assert type(found) is Results
    return found.run


def reports(setting: str, stream: io.StringIO | None = None) -> str:
    """What a training writes while it runs."""
    stream = wl.session.state.progress_stream = stream or io.StringIO()
    train(f"TrainingProgressReporting -> {setting}")
    return stream.getvalue()


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


# ---- reports


def test_every_report_shows_the_training() -> None:
    assert "3/3" in reports('"Print"') and "loss" in reports('"Print"')
    assert "100 %" in reports('"ProgressIndicator"')
    assert "NetTrain" in reports('"Panel"', Terminal())
    assert reports("None") == ""
    both = reports('{"Print", "ProgressIndicator"}')
    assert "3/3" in both and "100 %" in both


def test_intervals_of_reports() -> None:
    lines = reports('{"Print", "Interval" -> Quantity[1, "Batches"]}').splitlines()
    assert len(lines) == 1 + 9 + 1  # a heading, every batch, the end
    assert len(reports('{"Print", "Interval" -> 100}').splitlines()) == 2


def test_the_value_of_a_function_is_shown() -> None:
    assert reports('(StringTemplate["round `1`"][#Round] &)').splitlines()[-1] == "round 3"
    every = '{((Pause[0.06]; #AbsoluteBatch) &), "Interval" -> Quantity[3, "Batches"]}'
    assert reports(every).split() == ["3", "6", "9"]
    wl('tell[a_] := (Pause[0.06]; a["Round"]);')
    assert "\x1b[1A" in reports("tell", Terminal())  # rewritten in place
    assert reports("(Null &)") == ""


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "wl"])
def test_files_of_progress_read_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"log.{suffix}"
    run = train(f'TrainingProgressReporting -> File["{path}"], ValidationSet -> data')
    if suffix == "json":
        rows = json.loads(path.read_text())
    elif suffix == "wl":
        rows = [{str(k): v for k, v in each.pairs()} for each in items(wl(f'Get["{path}"]'))]
    else:
        mark = "\t" if suffix == "tsv" else ","
        table = csv.DictReader(path.read_text().splitlines(), delimiter=mark)
        rows = [{k: float(v) for k, v in row.items()} for row in table]
    assert [row["Round"] for row in rows] == [1, 2, 3]
    assert [row["RoundLoss"] for row in rows] == run.round_losses
    assert [row["ValidationLoss"] for row in rows] == run.validation_losses


def test_a_file_at_an_interval(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    train(f'TrainingProgressReporting -> {{File["{path}"], "Interval" -> Quantity[2, "Batches"]}}')
    assert len(json.loads(path.read_text())) == 4


def test_rows_are_appended_and_new_columns_make_it_anew(tmp_path: Path) -> None:
    for suffix in (".csv", ".tsv", ".json", ".wl"):
        report = FileReport(str(tmp_path / f"log{suffix}"), pytest.fail)
        shots: list[Snapshot] = [snapshot(), snapshot(round=4), snapshot(round=5, validation_loss=0.3)]
        for each in [*shots, snapshot(round=6, validation_loss=0.2, measurements={"Recall": float("nan")})]:
            report.round(lambda each=each: each)
            assert report.path.read_text() == render(report.rows, suffix)
    rows = json.loads((tmp_path / "log.json").read_text())
    assert [row["Round"] for row in rows] == [3, 4, 5, 6] and rows[3]["Recall"] is None
    assert "Recall" in (tmp_path / "log.csv").read_text().splitlines()[0]
    assert wl.session.text(wl(f'Get["{tmp_path}/log.wl"][[4]]["Recall"]')) == "Indeterminate"


def test_a_file_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "log.csv").symlink_to("/dev/full")
    found = wl.quietly(
        f'NetTrain[net, data, All, {OPTIONS}, TrainingProgressReporting -> File["{tmp_path}/log.csv"]]'
    )
    assert [m.name for m in wl.session.messages] == ["NetTrain::report"] and found.run.rounds == 3
    assert "No space left" in wl.session.messages[0].text


@pytest.mark.parametrize(
    "options",
    [
        "TrainingProgressReporting -> Pannel",
        "TrainingProgressReporting -> 7",
        'TrainingProgressReporting -> {"Print", "Intervall" -> 3}',
        "TrainingProgressFunction -> 7",
        "TrainingProgressFunction -> Automatic",
        'TrainingProgressFunction -> {f, "Interval" -> Quantity[3, "Bananas"]}',
        'TrainingProgressCheckpointing -> {"File"}',
        'TrainingProgressCheckpointing -> "file.wlnet"',
    ],
)
def test_settings_that_mean_nothing(options: str) -> None:
    assert repr(wl.quietly(f"f[a_] := 1; NetTrain[net, data, {OPTIONS}, {options}]")) == "$Failed"
    assert wl.session.messages[0].tag in ("report", "interval")


# ---- functions


def test_several_functions_at_their_intervals() -> None:
    wl("rounds = {}; halves = {};")
    train(
        """TrainingProgressReporting -> None, TrainingProgressFunction -> {(AppendTo[rounds, #Round] &),
        {(AppendTo[halves, #ProgressFraction] &), "Interval" -> Quantity[50, "Percent"]}}"""
    )
    assert list(items(wl("rounds"))) == [1, 2, 3]
    assert [round(x, 2) for x in items(wl("halves"))] == [0.56, 1.0]


def test_seconds_and_least_intervals() -> None:
    wl("calls = 0;")
    each = '"Interval" -> Quantity[1, "Batches"], "MinimumInterval" -> 60'
    train(f"TrainingProgressFunction -> {{(calls++ &), {each}}}")
    assert wl("calls") == 1
    train('TrainingProgressFunction -> {(calls++ &), "Interval" -> Quantity[2, "Hours"]}')
    assert wl("calls") == 1


def test_what_a_function_may_answer() -> None:
    stopped = train('TrainingProgressFunction -> (If[#Round == 2, "StopTraining"] &)')
    assert stopped.reason == "UserStopped" and stopped.rounds == 2
    aborted = train('TrainingProgressFunction -> (If[#Round == 2, "AbortTraining"] &)')
    start = wl("net").all_arrays()
    assert all((array == start[path]).all() for path, array in aborted.trained.all_arrays().items())
    assert aborted.reason == "UserStopped"
    assert wl(f"Catch[NetTrain[net, data, {OPTIONS}, TrainingProgressFunction -> (Throw[#Round] &)]]") == 1


def test_messages_in_a_function_do_not_end_the_training() -> None:
    found = wl.quietly(f"NetTrain[net, data, All, {OPTIONS}, TrainingProgressFunction -> (1/0 &)]")
    assert found.run.rounds == 3 and {m.name for m in wl.session.messages} <= {"Power::infy", "General::stop"}


# ---- checkpoints


def test_a_full_disk_leaves_the_checkpoint_before_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real, count = tmp_path / "c.wlnet", os.fsync, [0]

    def full(file: int) -> None:
        count[0] += 1
        if count[0] > 1:
            raise OSError(28, "No space left on device")
        real(file)

    monkeypatch.setattr(files.os, "fsync", full)
    saving = f'TrainingProgressCheckpointing -> {{"File", "{path}"}}'
    found = wl.quietly(f"NetTrain[net, data, All, {OPTIONS}, {saving}]")
    monkeypatch.undo()
    assert found.run.rounds == 3 and found.run.checkpoints == [str(path)]
    texts = [m.text for m in wl.session.messages]
    assert len(texts) == 2 and all("No space left on device" in text for text in texts)
    assert [each.name for each in tmp_path.iterdir()] == ["c.wlnet"]
    resumed = wl(f'NetTrain[File["{path}"], data, All, {OPTIONS}]').run
    assert resumed.round_losses == found.run.round_losses


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    saving = f'TrainingProgressCheckpointing -> {{"Directory", "{tmp_path}/file/inside"}}'
    found = wl.quietly(f"NetTrain[net, data, All, {OPTIONS}, {saving}]")
    assert found.run.rounds == 3 and wl.session.messages[0].name == "NetTrain::checkpoint"


def test_names_of_checkpoints_in_a_folder(tmp_path: Path) -> None:
    run = train(f'ValidationSet -> data, TrainingProgressCheckpointing -> {{"Directory", "{tmp_path}"}}')
    names = sorted(each.name for each in tmp_path.iterdir())
    assert [Path(each).name for each in run.checkpoints] == sorted(names, key=lambda x: int(x.split("_")[2]))
    start, number, round_, batch, loss, validation = names[0].removesuffix(".wlnet").split("_")
    assert len(start) == 17 and int(number) > 0 and (round_, batch) == ("1", "3")
    assert float(loss) == pytest.approx(run.round_losses[0], rel=0.01)
    assert float(validation) == pytest.approx(run.validation_losses[0], rel=0.01)


@pytest.mark.parametrize(
    ("options", "needle"),
    [
        ("BatchSize -> 3", "BatchSize"),
        ('Method -> "SGD"', "Method"),
        ('WorkingPrecision -> "Real64"', "arrays of the net"),
        ("LossFunction -> {MeanAbsoluteLossLayer[], MeanSquaredLossLayer[]}", "losses"),
        ('TrainingProgressMeasurements -> "MeanSquare"', "TrainingProgressMeasurements"),
    ],
)
def test_a_training_goes_on_only_with_what_it_began_with(options: str, needle: str, tmp_path: Path) -> None:
    train(f'TrainingProgressCheckpointing -> {{"File", "{tmp_path}/c.wlnet"}}')
    call = f'NetTrain[File["{tmp_path}/c.wlnet"], data, {options}, {OPTIONS}]'
    assert repr(wl.quietly(call)) == "$Failed"
    text = wl.session.messages[0].text
    assert wl.session.messages[0].name == "NetTrain::resume" and needle in text and "Import[" in text


def test_more_rounds_than_were_planned(tmp_path: Path) -> None:
    train(f'TrainingProgressCheckpointing -> {{"File", "{tmp_path}/c.wlnet"}}')
    options = OPTIONS.replace("MaxTrainingRounds -> 3", "MaxTrainingRounds -> 5")
    further = wl(f'NetTrain[File["{tmp_path}/c.wlnet"], data, All, {options}]').run
    assert further.round_losses == wl(f"NetTrain[net, data, All, {options}]").run.round_losses
    again = wl(f'NetTrain[File["{tmp_path}/c.wlnet"], data, All, {OPTIONS}]').run
    assert again.rounds == 3 and again.reason == "MaxTrainingRounds"


def test_files_that_are_no_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "text.wlnet").write_text("no net")
    for name, needle in (("none.wlnet", "cannot be read: No such file"), ("text.wlnet", "holds no net")):
        assert repr(wl.quietly(f'NetTrain[File["{tmp_path}/{name}"], data]')) == "$Failed"
        assert needle in wl.session.messages[0].text
    wl(f'Export["{tmp_path}/net.wlnet", net]')
    plain = wl(f'NetTrain[File["{tmp_path}/net.wlnet"], data, All, {OPTIONS}]').run
    assert plain.round_losses == train("TrainingProgressReporting -> None").round_losses
    train(f'TrainingProgressCheckpointing -> {{"File", "{tmp_path}/c.wlnet"}}')
    assert wl(f'Import["{tmp_path}/c.wlnet"][xs]').shape == (10, 1)


# ---- Ctrl-C

INTERRUPTED = """xs = RandomReal[{-1, 1}, {100, 2}];
tell = If[#AbsoluteBatch == 50, Print["now"]] &;
r = NetTrain[NetChain[{4, 1}], xs -> xs, All, TimeGoal -> 60, BatchSize -> 10,
  TrainingProgressReporting -> None,
  TrainingProgressFunction -> {tell, "Interval" -> Quantity[1, "Batches"]}];
Print[r["ReasonTrainingStopped"], " ", Dimensions[r["TrainedNet"][xs]], " ", 1 + 1];
"""


def test_ctrl_c_ends_the_training_and_the_program_goes_on(tmp_path: Path) -> None:
    program = tmp_path / "train.wl"
    program.write_text(INTERRUPTED.replace("{4, 1}", "{4, 2}"))
    root = Path(__file__).resolve().parents[2]
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "wlnet", str(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None and process.stdout.readline() == "now\n"
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "UserStopped {100, 2} 2\n"
    assert process.returncode == 0
