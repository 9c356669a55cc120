"""The training loop through NetTrain: data forms, rounds, seeds, rates, validation, stopping,
who may watch.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from wlnet.expr import Association, Expr, NumericArray, S, items
from wlnet.net.net import Net
from wlnet.net.results import PROPERTIES, Results
from wlnet.net.train import Trainer

from .values import Values

wl = Values()
quietly = wl.quietly
SESSION = wl.session


def train(options: str = "", net: str = "net", data: str = "data", prop: str = "All") -> Any:
    found = wl(f"NetTrain[{net}, {data}, {prop}, RandomSeeding -> 5{', ' + options if options else ''}]")
    return found.run if type(found) is Results else found


wl("SeedRandom[1]; xs = RandomReal[{-1, 1}, {10, 2}]; ys = xs . {{1.}, {-2.}} + 0.5;")
wl("data = xs -> ys;")
wl('net = NetInitialize[NetChain[{4, Tanh, 1}, "Input" -> 2]];')


def arrays(net: Net) -> dict[tuple[str, ...], np.ndarray]:
    return dict(net.all_arrays())


def same(a: Net, b: Net) -> bool:
    return all(np.array_equal(x, arrays(b)[path]) for path, x in arrays(a).items())


# ---- data


@pytest.mark.parametrize(
    "data",
    [
        "Thread[xs -> ys]",
        '<|"Input" -> xs, "Output" -> ys|>',
        'Map[<|"Input" -> #[[1]], "Output" -> #[[2]]|> &, Transpose[{xs, ys}]]',
        '<|"Output" -> ys, "Input" -> NumericArray[xs, "Real64"]|>',
        "xs -> Normal[ys]",
    ],
)
def test_all_forms_of_data_give_the_same_bits(data: str) -> None:
    options = "MaxTrainingRounds -> 3, BatchSize -> 4"
    assert same(train(options, data=data).trained, train(options).trained)


def test_the_net_itself_is_not_changed() -> None:
    before = arrays(wl("net"))
    run = train("MaxTrainingRounds -> 2")
    after = arrays(wl("net"))
    assert all(before[path] is after[path] for path in before)
    assert not same(wl("net"), run.trained)


def test_arrays_that_are_set_are_the_starting_point() -> None:
    run = train("MaxTrainingRounds -> 1, LearningRate -> 1.*^-12")
    assert all(np.allclose(x, arrays(run.trained)[path], atol=1e-9) for path, x in arrays(wl("net")).items())


def test_a_generator_makes_the_batches() -> None:
    run = train(
        "BatchSize -> 8, MaxTrainingRounds -> 5", data="(RandomSample[Thread[xs -> ys], #BatchSize] &)"
    )
    assert run.batches == 5 and run.batch_size == 8
    run = train(
        "BatchSize -> 5, MaxTrainingRounds -> 2",
        data='{xs[[1 ;; #BatchSize]] -> ys[[1 ;; #BatchSize]] &, "RoundLength" -> 12}',
    )
    assert run.batches_per_round == 3 and run.batches == 6


def test_sizes_and_encoders_come_from_the_data() -> None:
    trained = train(
        "MaxTrainingRounds -> 1",
        "NetChain[{LinearLayer[], SoftmaxLayer[]}]",
        '{{1, 2} -> "b", {3, 4} -> "a"}',
    ).trained
    assert items(trained.outputs["Output"].coder.params["Labels"]) == ("a", "b")
    assert trained.inputs["Input"].shape == (2,)


# ---- rounds and batches


@pytest.mark.parametrize(("size", "per_round"), [(4, 3), (5, 2), (10, 1), (64, 1)])
def test_rounds_batches_and_lists(size: int, per_round: int) -> None:
    run = train(f"BatchSize -> {size}, MaxTrainingRounds -> 4")
    assert run.batches_per_round == per_round
    assert run.batches == 4 * per_round and run.rounds == 4
    assert run.positions == [per_round * k for k in range(1, 5)]
    assert run.examples_done == 40


def test_the_round_loss_is_the_mean_over_examples() -> None:
    run = train("BatchSize -> 4, MaxTrainingRounds -> 1")
    a, b, c = run.batch_losses
    assert run.round_losses[0] == pytest.approx((4 * a + 4 * b + 2 * c) / 10)


def test_automatic_rounds_are_bounded_and_time_goals_end_training() -> None:
    run = train("TimeGoal -> 0.2")
    assert run.reason == "TimeGoal" and 0.2 <= run.seconds < 2
    run = train("TimeGoal -> 100, MaxTrainingRounds -> 3")
    assert run.reason == "MaxTrainingRounds" and run.rounds == 3


def test_one_seed_one_result() -> None:
    options = "BatchSize -> 4, MaxTrainingRounds -> 3"
    assert same(train(options).trained, train(options).trained)
    other = wl(f"NetTrain[net, data, RandomSeeding -> 6, {options}]")
    assert not same(train(options).trained, other)


def test_the_session_seeds_where_nothing_else_does() -> None:
    def once(seed: int) -> Net:
        return wl(f"SeedRandom[{seed}]; NetTrain[LinearLayer[1], data, MaxTrainingRounds -> 1]")

    assert same(once(1), once(1))
    assert not same(once(1), once(2))
    assert same(train("MaxTrainingRounds -> 1").trained, train("MaxTrainingRounds -> 1").trained)


def test_dropout_draws_anew_in_every_step_and_repeats_with_the_seed() -> None:
    net = 'NetInitialize[NetChain[{32, DropoutLayer[0.5], 1}, "Input" -> 2]]'
    options = "MaxTrainingRounds -> 3, LearningRate -> 1.*^-12"
    losses = train(options, net).batch_losses
    assert len(set(losses)) == 3
    assert losses == train(options, net).batch_losses


def test_double_precision() -> None:
    single, double = (
        train("MaxTrainingRounds -> 20"),
        train('MaxTrainingRounds -> 20, WorkingPrecision -> "Real64"'),
    )
    assert single.batch_losses != double.batch_losses
    assert np.allclose(single.batch_losses, double.batch_losses, rtol=1e-4)


# ---- rates


def test_frozen_arrays_stay() -> None:
    before = arrays(wl("net"))
    after = arrays(train("MaxTrainingRounds -> 3, LearningRateMultipliers -> {1 -> None}").trained)
    moved = {path for path in before if not np.array_equal(before[path], after[path])}
    assert moved == {("3", "Weights"), ("3", "Biases")}


@pytest.mark.parametrize(
    ("setting", "still"),
    [
        ('{{1, "Weights"} -> 0}', {("1", "Weights")}),
        ('{{1, "Biases"} -> 1, _ -> None}', {("1", "Weights"), ("3", "Weights"), ("3", "Biases")}),
        ("{1 ;; 2 -> 0}", {("1", "Weights"), ("1", "Biases")}),
        ("{1 | 2 -> None, _ -> 1}", {("1", "Weights"), ("1", "Biases")}),
        ("{-1 -> 0}", {("3", "Weights"), ("3", "Biases")}),
    ],
)
def test_parts_of_multipliers(setting: str, still: set[tuple[str, ...]]) -> None:
    before, after = (
        arrays(wl("net")),
        arrays(train(f"MaxTrainingRounds -> 2, LearningRateMultipliers -> {setting}").trained),
    )
    assert {path for path in before if np.array_equal(before[path], after[path])} == still


def test_a_layer_states_its_own_multiplier_and_the_training_overrides_it() -> None:
    net = 'NetInitialize[NetChain[{LinearLayer[2, LearningRateMultipliers -> None], 1}, "Input" -> 2]]'
    run = train("MaxTrainingRounds -> 2", net)
    assert run.multipliers[("1", "Weights")] == 0 and run.multipliers[("2", "Weights")] == 1
    run = train("MaxTrainingRounds -> 2, LearningRateMultipliers -> {1 -> 0.5}", net)
    assert run.multipliers[("1", "Weights")] == 0.5


def test_multipliers_scale_a_plain_step() -> None:
    sgd = 'Method -> {"SGD", "Momentum" -> 0}, LearningRate -> 0.01, MaxTrainingRounds -> 1'
    start = arrays(wl("net"))[("3", "Weights")]
    one = arrays(train(sgd).trained)[("3", "Weights")] - start
    back = arrays(train(f"{sgd}, LearningRateMultipliers -> {{3 -> -2}}").trained)[("3", "Weights")] - start
    assert np.allclose(back, -2 * one, atol=1e-6)


def test_schedules_and_bounds() -> None:
    run = train(
        'Method -> {"SGD", "LearningRateSchedule" -> (1/#1 &)}, LearningRate -> 0.1, MaxTrainingRounds -> 4'
    )
    assert run.initial_rate == 0.1 and run.final_rate == pytest.approx(0.025)
    clipped = train('Method -> {"SGD", "WeightClipping" -> {1 -> 0.01}}, MaxTrainingRounds -> 2').trained
    assert np.abs(arrays(clipped)[("1", "Weights")]).max() <= 0.01
    assert np.abs(arrays(clipped)[("3", "Weights")]).max() > 0.01
    shrunk = train(
        'Method -> {"SGD", "Momentum" -> 0, "L2Regularization" -> 10.}, LearningRate -> 0.05, '
        "MaxTrainingRounds -> 60"
    ).trained
    assert np.abs(arrays(shrunk)[("1", "Weights")]).max() < 0.05


def test_update_schedules_take_turns() -> None:
    before = arrays(wl("net"))
    first = arrays(train("BatchSize -> 10, MaxTrainingRounds -> 1, TrainingUpdateSchedule -> {3, 1}").trained)
    both = arrays(train("BatchSize -> 10, MaxTrainingRounds -> 2, TrainingUpdateSchedule -> {3, 1}").trained)
    assert np.array_equal(before[("1", "Weights")], first[("1", "Weights")])
    assert not np.array_equal(before[("3", "Weights")], first[("3", "Weights")])
    assert not np.array_equal(before[("1", "Weights")], both[("1", "Weights")])
    assert np.array_equal(first[("3", "Weights")], both[("3", "Weights")])


# ---- validation and stopping


def test_the_best_net_by_validation_is_returned() -> None:
    # The rate is far too large, so that the loss wanders: some round in the middle is the best.
    options = 'Method -> {"SGD", "Momentum" -> 0.9}, LearningRate -> 0.4, MaxTrainingRounds -> 25'
    run = train(f"{options}, ValidationSet -> data")
    assert len(run.validation_losses) == 25
    best = run.validation_losses.index(min(run.validation_losses)) + 1
    assert run.best_round == best
    again = train(f"{options.replace('25', str(best))}, ValidationSet -> data")
    assert same(run.trained, again.trained)


def test_a_share_is_set_aside() -> None:
    run = train("ValidationSet -> Scaled[0.3], MaxTrainingRounds -> 2")
    assert (run.training_examples, run.validation_examples) == (7, 3)


@pytest.mark.parametrize(("interval", "positions"), [('2, "Rounds"', [6]), ('2, "Batches"', [2, 4, 6, 8])])
def test_validation_at_an_interval(interval: str, positions: list[int]) -> None:
    validation = f'{{data, "Interval" -> Quantity[{interval}]}}'
    run = train(f"BatchSize -> 4, MaxTrainingRounds -> 3, ValidationSet -> {validation}")
    assert run.validation_positions == positions


def test_stopping_early() -> None:
    options = "MaxTrainingRounds -> 50, ValidationSet -> data, TrainingStoppingCriterion -> "
    patient = '<|"Criterion" -> "Loss", "AbsoluteChange" -> 0.01, "Patience" -> 3|>'
    run = train(f"LearningRate -> 1.*^-12, {options}{patient}")
    assert run.reason == "EarlyStopping" and run.rounds == 5
    assert train(options + '<|"Criterion" -> (#Round == 4 &)|>').rounds == 4


def test_stopping_without_validation_warns() -> None:
    quietly('NetTrain[net, data, MaxTrainingRounds -> 2, TrainingStoppingCriterion -> "Loss"]')
    assert [message.tag for message in SESSION.messages] == ["novalid"]


# ---- who watches


def test_a_function_sees_the_training_and_may_end_it() -> None:
    wl(
        """seen = {}; watch[a_] := (AppendTo[seen, {a["Round"], a["AbsoluteBatch"], a["RoundLoss"]}];
        If[a["Round"] == 3, "StopTraining"]);"""
    )
    run = train("BatchSize -> 4, MaxTrainingRounds -> 10, TrainingProgressFunction -> watch")
    assert run.rounds == 3 and run.reason == "UserStopped"
    seen = [tuple(items(row)) for row in items(wl("seen"))]
    assert [row[:2] for row in seen] == [(1, 3), (2, 6), (3, 9)]
    assert [row[2] for row in seen] == pytest.approx(run.round_losses)


def test_a_function_at_an_interval_of_batches() -> None:
    wl('seen = {}; note = Function[a, AppendTo[seen, a["AbsoluteBatch"]]];')
    function = '{note, "Interval" -> Quantity[2, "Batches"]}'
    train(f"BatchSize -> 4, MaxTrainingRounds -> 2, TrainingProgressFunction -> {function}")
    assert list(items(wl("seen"))) == [2, 4, 6]


def test_every_key_has_a_value() -> None:
    wl("all = None; look = Function[a, all = AssociationMap[Function[k, a[k]], Keys[a]]];")
    train("BatchSize -> 4, MaxTrainingRounds -> 1, ValidationSet -> data, TrainingProgressFunction -> look")
    found = wl("all")
    assert type(found) is Association and len(found) > 40
    kept = dict(found.pairs())
    assert type(kept["Net"]) is Net
    gradients, weights = kept["Gradients"], kept["Weights"]
    assert [np.shape(x.array) for x in gradients.values()] == [np.shape(x.array) for x in weights.values()]
    assert all(type(x) is NumericArray for x in gradients.values())
    assert len(items(kept["ExampleLosses"])) == 10
    assert kept["WeightsRMS"] > 0 and kept["GradientsRMS"] > 0


def test_ctrl_c_returns_what_is_trained_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Trainer) -> None:
        if self.run.batches == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "between_batches", interrupted)
    run = train("BatchSize -> 4, MaxTrainingRounds -> 10")
    assert run.reason == "UserStopped" and run.batches == 4
    assert not same(wl("net"), run.trained)


def test_reports_go_to_their_stream_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    stream = SESSION.state.progress_stream = io.StringIO()
    train('MaxTrainingRounds -> 3, TrainingProgressReporting -> "Print"')
    assert "loss" in stream.getvalue() and "3/3" in stream.getvalue()
    assert capsys.readouterr() == ("", "")
    stream = SESSION.state.progress_stream = io.StringIO()
    train("MaxTrainingRounds -> 3, TrainingProgressReporting -> None")
    assert stream.getvalue() == ""


def test_divergence_returns_the_last_usable_net() -> None:
    found = quietly(
        'NetTrain[net, data, All, Method -> {"SGD", "Momentum" -> 0}, LearningRate -> 1.*^30, '
        "MaxTrainingRounds -> 9]"
    )
    assert [message.tag for message in SESSION.messages] == ["arrdiv"]
    assert found.run.reason == "Diverged"
    assert same(found.run.trained, wl("net"))


# ---- results


def test_every_property_has_a_value() -> None:
    found = wl("NetTrain[net, data, All, BatchSize -> 4, MaxTrainingRounds -> 3, ValidationSet -> data]")
    for name in PROPERTIES:
        value = wl_property(found, name)
        assert value is not None
        assert not (type(value) is Expr and value.head is S.NetTrain), name
    assert len(items(wl_property(found, "ExampleLosses"))) == 10
    assert wl_property(found, "TotalRounds") == 3
    assert np.mean(wl_property(found, "ExampleLosses")) == pytest.approx(
        min(found.run.validation_losses), rel=1e-5
    )


def wl_property(found: Results, name: str) -> Any:
    return PROPERTIES[name](SESSION.evaluator, found.run)


def test_lists_of_properties_and_unknown_ones() -> None:
    found = wl('NetTrain[net, data, {"TotalRounds", "BatchSize"}, MaxTrainingRounds -> 2]')
    assert list(items(found)) == [2, 10]
    quietly('NetTrain[net, data, "RoundLos", MaxTrainingRounds -> 2]')
    assert 'Did you mean "RoundLoss"?' in SESSION.messages[0].text


def test_the_results_object_prints_and_answers() -> None:
    assert wl("ToString[NetTrain[net, data, All, MaxTrainingRounds -> 2], InputForm]").startswith(
        'NetTrainResultsObject["<NetChain, batch size 10, 2 rounds'
    )
    assert wl('NetTrain[net, data, All, MaxTrainingRounds -> 2]["TotalBatches"]') == 2


def test_the_training_net_is_a_net_with_losses_at_its_outputs() -> None:
    training = train("MaxTrainingRounds -> 1", prop='"TrainingNet"')
    assert training.head is S.NetGraph
    assert list(training.inputs) == ["Input", "Output"] and list(training.outputs) == ["Loss"]
    assert training.initialized


# ---- options that mean nothing


@pytest.mark.parametrize(
    ("options", "tag", "needle"),
    [
        ("BatchSize -> 0", "option", "BatchSize must be"),
        ("MaxTrainingRounds -> 2.5", "option", "MaxTrainingRounds must be"),
        ("TimeGoal -> -1", "time", "TimeGoal must be"),
        ('Method -> "ADAMM"', "method", 'Did you mean "ADAM"?'),
        ("LearningRate -> {1, 2}", "rate", "positive number"),
        ('TargetDevice -> "TPU"', "device", '"CPU"'),
        ("TargetDevice -> {1, 2}", "device", '"CPU"'),
        ('WorkingPrecision -> "Real8"', "option", '"Real64"'),
        ("WorkingPrecision -> {1, 2}", "option", '"Real64"'),
        ("RandomSeeding -> 1.5", "option", "RandomSeeding must be"),
        ("ValidationSet -> Scaled[2]", "validation", "0 < r < 1"),
        ("ValidationSet -> {{1, 2}, {3, 4}}", "missing", '"Output"'),
        ("LearningRateMultipliers -> {7 -> 0}", "multipliers", "no array of the net belongs to 7"),
        ("LearningRateMultipliers -> {1 -> x}", "multipliers", "takes Automatic"),
        ("TrainingStoppingCriterion -> {1, 2}", "stopping", "takes None"),
        ('TrainingStoppingCriterion -> "Accurracy"', "stopping", '"Accurracy"'),
        ("TrainingUpdateSchedule -> {9}", "schedule", "names no array"),
        ('TrainingProgressReporting -> "Pannel"', "report", '"Panel"'),
        ('TrainingProgressReporting -> File["x.doc"]', "report", ".csv"),
        ('TrainingProgressMeasurements -> "Accuracy"', "measurement", "CrossEntropyLossLayer"),
        ('TrainingProgressFunction -> {f, "Interval" -> {1, 2}}', "interval", '"Interval"'),
        ('TrainingProgressCheckpointing -> {"Folder", "x"}', "report", '"Directory"'),
        ('PerformanceGoal -> "Beauty"', "option", "PerformanceGoal"),
        ("BatchSizes -> 3", "optnear", "BatchSize"),
    ],
)
def test_wrong_options(options: str, tag: str, needle: str) -> None:
    assert quietly(f"NetTrain[net, data, {options}, MaxTrainingRounds -> 1]").name == "$Failed"
    assert SESSION.messages[0].tag == tag
    assert needle in SESSION.messages[0].text


def test_the_first_of_two_settings_counts() -> None:
    assert train("MaxTrainingRounds -> 2, MaxTrainingRounds -> 5").rounds == 2


def test_checkpoints_are_written(tmp_path: Any) -> None:
    name = tmp_path / "net.wlnet"
    run = train(f'MaxTrainingRounds -> 3, TrainingProgressCheckpointing -> {{"File", "{name}"}}')
    assert run.checkpoints == [str(name)] and name.exists()
    assert same(wl(f'Import["{name}"]'), run.trained)
    options = f'{{"Directory", "{tmp_path}", "Interval" -> Quantity[2, "Batches"]}}'
    run = train(f"BatchSize -> 4, MaxTrainingRounds -> 2, TrainingProgressCheckpointing -> {options}")
    assert len(run.checkpoints) == 3 and all(path.endswith(".wlnet") for path in run.checkpoints)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "wl"])
def test_a_file_of_progress(tmp_path: Any, suffix: str) -> None:
    path = tmp_path / f"log.{suffix}"
    train(f'MaxTrainingRounds -> 3, TrainingProgressReporting -> File["{path}"]')
    text = path.read_text()
    assert "RoundLoss" in text and len(text.splitlines()) >= 3


# ---- sequences of different lengths

SEQUENCES = "{{{1, 2}, {3, 4}} -> {1.}, {{1, 1}} -> {2.}, {{0, 1}, {1, 0}, {2, 2}} -> {0.}, {{5, 5}} -> {1.}}"
FOLD = """NetInitialize[NetChain[{NetMapOperator[LinearLayer[4]], Tanh, AggregationLayer[Total, 1],
    LinearLayer[1]}, "Input" -> {"Varying", 2}]]"""


def test_sequences_of_different_lengths_are_trained_on_as_they_are() -> None:
    wl(f"fold = {FOLD}; sequences = {SEQUENCES};")
    start = float(wl("Mean[Total[(fold[#[[1]]] - #[[2]])^2] & /@ sequences]"))
    run = train("LearningRate -> 1.*^-12, MaxTrainingRounds -> 1", "fold", "sequences")
    assert run.round_losses[0] == pytest.approx(start, rel=1e-5)
    assert run.batches_per_round == 1
    run = train(
        "LearningRate -> 0.02, MaxTrainingRounds -> 300, ValidationSet -> sequences", "fold", "sequences"
    )
    assert run.validation_losses[-1] < 0.01
    assert len(run.example_losses()) == 4
    assert run.example_losses().mean() == pytest.approx(min(run.validation_losses), rel=1e-4)


def test_sizes_of_sequences_come_from_the_data() -> None:
    net = "NetChain[{NetMapOperator[LinearLayer[4]], AggregationLayer[Total, 1], LinearLayer[1]}]"
    trained = train("MaxTrainingRounds -> 1", net, SEQUENCES).trained
    assert repr(trained.inputs["Input"].shape) == "(Varying, 2)"
