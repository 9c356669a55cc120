"""Where training data come from: generators, HDF5 files, arrays mapped from disk, names of data sets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wlnet.expr import items
from wlnet.net.results import Results, Run
from wlnet.net.stored import Stored, is_mapped
from wlnet.session import Session

from .values import Values

wl = Values()
wl(
    """SeedRandom[1]; xs = RandomReal[{-1, 1}, {20, 2}]; ys = xs . {{1.}, {-2.}} + 0.5; data = xs -> ys;
    net = NetInitialize[NetChain[{4, Tanh, 1}, "Input" -> 2]];"""
)
OPTIONS = "BatchSize -> 6, MaxTrainingRounds -> 3, RandomSeeding -> 5, TrainingProgressReporting -> None"


def train(data: str, options: str = OPTIONS, net: str = "net") -> Run:
    found = wl(f"NetTrain[{net}, {data}, All, {options}]")
    assert type(found) is Results
    return found.run


def refused(data: str, options: str = OPTIONS) -> str:
    assert repr(wl.quietly(f"NetTrain[net, {data}, {options}]")) == "$Failed"
    assert len(wl.session.messages) == 1
    return str(wl.session.messages[0].text)


def bits(run: Run) -> dict[Any, bytes]:
    return {path: array.tobytes() for path, array in run.trained.all_arrays().items()}


# ---- generators


def test_a_generator_is_called_once_a_batch_and_told_where_it_is() -> None:
    wl(
        """told = {};
        make[a_] := (AppendTo[told, Lookup[a, {"BatchSize", "Round", "Batch", "AbsoluteBatch"}]]; data);"""
    )
    run = train('{make, "RoundLength" -> 12}')
    assert run.batches == 6 and run.batches_per_round == 2
    told = [tuple(items(row)) for row in items(wl("told"))]
    assert told == [(6, 1, 1, 1), (6, 1, 2, 2), (6, 2, 1, 3), (6, 2, 2, 4), (6, 3, 1, 5), (6, 3, 2, 6)]


@pytest.mark.parametrize(
    "form",
    [
        "data",
        "Thread[xs -> ys]",
        '<|"Input" -> xs, "Output" -> ys|>',
        'MapThread[<|"Input" -> #1, "Output" -> #2|> &, {xs, ys}]',
    ],
)
def test_a_generator_may_give_every_form_of_data(form: str) -> None:
    whole = train("data", "MaxTrainingRounds -> 3, RandomSeeding -> 5, TrainingProgressReporting -> None")
    assert bits(train(f"({form}) &")) == bits(whole)


def test_what_may_stand_for_a_generator() -> None:
    wl("curried[k_][a_] := Take[xs, k] -> Take[ys, k]; sample[a_] := curried[6][a];")
    wanted = bits(train("sample"))
    for function in ("curried[6]", "curried[6] @* Identity", "Identity /* curried[6]", "(curried[6][#] &)"):
        assert bits(train(function)) == wanted


def test_random_numbers_of_a_generator_repeat_whatever_the_threads_do() -> None:
    wl('noisy[a_] := With[{x = RandomReal[1, {a["BatchSize"], 2}]}, x -> x . {{1.}, {1.}}]; seen = {};')
    watch = f"{OPTIONS}, TrainingProgressFunction -> (AppendTo[seen, RandomReal[]] &)"
    wl("SeedRandom[3]")
    first = bits(train('{noisy, "RoundLength" -> 30}', watch))
    wl("SeedRandom[3]")
    assert bits(train('{noisy, "RoundLength" -> 30}', watch)) == first
    assert wl("seen[[;; 3]] == seen[[4 ;;]]").name == "True"


def test_a_generator_that_gives_no_data_at_once_is_refused() -> None:
    text = refused("(oops[#] &)")
    assert "batch 1 (round 1)" in text and "oops[...]" in text
    assert "hold no examples" in refused("({} &)")


def test_a_generator_that_fails_in_the_middle_leaves_the_net_trained_so_far() -> None:
    wl('weak[a_] := If[a["AbsoluteBatch"] < 4, data, $Failed];')
    found = wl.quietly(f"NetTrain[net, weak, All, {OPTIONS.replace('Rounds -> 3', 'Rounds -> 9')}]")
    assert [m.tag for m in wl.session.messages] == ["genstop"]
    assert "batch 4 (round 4)" in wl.session.messages[0].text
    assert found.run.reason == "GeneratorFailed" and found.run.batches == 3
    assert bits(found.run) == bits(train("(data &)"))
    assert wl("1 + 1") == 2  # the session is as it was


def test_throws_and_aborts_of_a_generator_leave_the_training() -> None:
    wl('thrower[a_] := If[a["AbsoluteBatch"] < 3, data, Throw["enough"]];')
    assert wl(f"Catch[NetTrain[net, thrower, {OPTIONS}]]") == "enough"
    wl('aborter[a_] := If[a["AbsoluteBatch"] < 3, data, Abort[]];')
    assert wl(f"CheckAbort[NetTrain[net, aborter, {OPTIONS}], 7]") == 7
    assert wl("Nest[1 + # &, 0, 50]") == 50


def test_a_generator_for_validation() -> None:
    wl('calls = {}; check[a_] := (AppendTo[calls, a["AbsoluteBatch"]]; data);')
    run = train("data", OPTIONS + ', ValidationSet -> {check, "RoundLength" -> 12}')
    assert list(items(wl("calls"))) == [1, 2, 3, 4, 5, 6]
    assert run.validation_losses == pytest.approx(
        train("data", OPTIONS + ", ValidationSet -> data").validation_losses
    )


# ---- files and arrays on disk


@pytest.fixture
def h5(tmp_path: Path) -> Path:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["Input"] = np.asarray(wl("xs"))
        file.create_dataset("Output", data=np.asarray(wl("ys")), chunks=(4, 1), compression="gzip")
    return path


def test_an_hdf5_file_trains_to_the_same_bits(h5: Path) -> None:
    run = train(f'File["{h5}"]')
    assert bits(run) == bits(train("data"))
    arrays = run.source.inner.examples.arrays
    assert all(type(x) is Stored for x in arrays.values())
    assert is_mapped(arrays["Input"].source) and not isinstance(arrays["Output"].source, np.ndarray)


def test_an_hdf5_file_validates_and_is_shared_out(h5: Path) -> None:
    run = train("data", f'{OPTIONS}, ValidationSet -> File["{h5}"]')
    assert run.validation_losses == train("data", f"{OPTIONS}, ValidationSet -> data").validation_losses
    share = f"{OPTIONS}, ValidationSet -> Scaled[0.3]"
    assert bits(train(f'File["{h5}"]', share)) == bits(train("data", share))
    assert len(train(f'File["{h5}"]').example_losses()) == 20


def test_labels_in_an_hdf5_file(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    wl(f'Export["{tmp_path}/c.h5", <|"Input" -> xs, "Output" -> Map[If[First[#] > 0, "p", "n"] &, xs]|>]')
    run = train(f'File["{tmp_path}/c.h5"]', net="NetChain[{2, SoftmaxLayer[]}]")
    assert wl.session.text(run.trained.outputs["Output"].coder.params["Labels"]) == "{n, p}"


def test_import_gives_what_export_wrote(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    wl(f'Export["{tmp_path}/a.h5", <|"x" -> {{{{1, 2}}, {{3, 4}}}}, "s" -> {{"a", "b"}}|>]')
    assert wl.session.text(wl(f'Import["{tmp_path}/a.h5"]')) == "<|s -> {a, b}, x -> {{1, 2}, {3, 4}}|>"
    assert wl.session.text(wl(f'Import["{tmp_path}/a.h5", "Datasets"]')) == "{s, x}"


def test_files_that_give_no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    h5py = pytest.importorskip("h5py")
    (tmp_path / "text.h5").write_text("no data")
    with h5py.File(tmp_path / "empty.h5", "w"):
        pass
    assert "does not exist" in refused(f'File["{tmp_path}/none.h5"]')
    assert "no HDF5 file" in refused(f'File["{tmp_path}/text.h5"]')
    assert "holds no data set" in refused(f'File["{tmp_path}/empty.h5"]')
    assert "must be an HDF5 file" in refused('File["data.csv"]')
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert 'pip install "wlnet[hdf5]"' in refused(f'File["{tmp_path}/empty.h5"]')


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int16"])
def test_arrays_mapped_from_disk_stay_there(dtype: str, tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).integers(0, 9, (20, 3)).astype(dtype)
    np.save(tmp_path / "x.npy", numbers)
    session = Session()
    program = (
        "NetTrain[LinearLayer[1], x -> y, All, BatchSize -> 6, MaxTrainingRounds -> 3, RandomSeeding -> 5]"
    )
    found = []
    for array in (np.load(tmp_path / "x.npy", mmap_mode="r"), np.array(numbers, np.float64)):
        session["x"], session["y"] = array, numbers.sum(1, keepdims=True).astype(np.float32)
        found.append(session.evaluate(f'run = {program}; Normal[run["TrainedNet"][["Weights"]]]', check=True))
        results = session.evaluator.evaluate(session.evaluator.read("run"))
        held = getattr(results.run.source, "inner", results.run.source).examples.arrays["Input"]
        source = held.source if type(held) is Stored else held
        assert is_mapped(source) == isinstance(array, np.memmap)
    assert np.array_equal(found[0], found[1])


def test_float32_arrays_from_python_are_not_copied() -> None:
    x, session = np.random.default_rng(1).random((20, 3), np.float32), Session()
    session["x"], session["y"] = x, x[:, :1]
    session.evaluate("run = NetTrain[LinearLayer[1], x -> y, All, MaxTrainingRounds -> 1]", check=True)
    results = session.evaluator.evaluate(session.evaluator.read("run"))
    assert np.shares_memory(results.run.source.examples.arrays["Input"], x)


def test_rows_of_stored_arrays() -> None:
    stored = Stored(np.arange(20).reshape(10, 2), np.float32)
    assert stored.shape == (10, 2) and stored.dtype == np.float32
    part = stored.only(np.array([5, 1, 7]))
    out = np.zeros((2, 2), np.float32)
    part.take(np.array([2, 0]), 0, out)
    assert out.tolist() == [[14, 15], [10, 11]] and part.max() == 15
    assert np.asarray(part).tolist() == [[10, 11], [2, 3], [14, 15]] and part[1].tolist() == [2, 3]


def test_undefined_numbers_on_disk_are_named_when_they_are_met(tmp_path: Path) -> None:
    numbers = np.ones((20, 3), np.float32)
    numbers[13, 1] = np.nan
    np.save(tmp_path / "x.npy", numbers)
    session = Session()
    session["x"], session["y"] = np.load(tmp_path / "x.npy", mmap_mode="r"), np.ones((20, 1), np.float32)
    session.evaluate("NetTrain[LinearLayer[1], x -> y, BatchSize -> 6, MaxTrainingRounds -> 1]")
    assert "undefined number in example 14" in session.messages[0].text
    session["x"] = numbers
    session.evaluate("NetTrain[LinearLayer[1], x -> y, BatchSize -> 6, MaxTrainingRounds -> 1]")
    assert "example 14 holds an infinite or undefined number" in session.messages[0].text


# ---- named data sets


def test_named_data_sets_are_what_the_session_defines() -> None:
    assert "none is shipped" in refused('"MNIST"')
    wl(
        """ResourceData["Mine", "TrainingData"] = data;
        ResourceData["Mine", "TestData"] = Take[xs, 5] -> Take[ys, 5];"""
    )
    run = train('"Mine"', OPTIONS + ', ValidationSet -> "Mine"')
    assert (run.training_examples, run.validation_examples) == (20, 5)
    assert bits(train('"Mine"')) == bits(train("data"))
    wl('ClearAll[ResourceData]; ExampleData[{"MachineLearning", "Mine"}, "TrainingData"] = data;')
    assert bits(train('"Mine"')) == bits(train("data"))
