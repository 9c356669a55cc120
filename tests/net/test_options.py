"""Options of NetTrain: what every setting changes, what is said of settings and data that mean nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.expr import items
from wlnet.net.results import Results, Run

from .values import Values

wl = Values()
wl(
    """SeedRandom[1]; xs = RandomReal[{-1, 1}, {100, 2}]; ys = xs . {{1.}, {-2.}} + 0.5; data = xs -> ys;
    net = NetInitialize[NetChain[{4, Tanh, 1}, "Input" -> 2]];
    bare = NetChain[{4, Tanh, 1}, "Input" -> 2];
    one = LinearLayer[1, "Weights" -> {{2}}, "Biases" -> {1}, "Input" -> 1]; pair = {{3}} -> {{5}};
    cls = NetChain[{2, SoftmaxLayer[]}, "Input" -> 2, "Output" -> NetDecoder[{"Class", {"p", "n"}}]];"""
)
QUIET = "TrainingProgressReporting -> None"


def train(options: str, net: str = "net", data: str = "data") -> Run:
    found = wl(f"NetTrain[{net}, {data}, All, {options}, {QUIET}]")
    assert type(found) is Results
    return found.run


def arrays(run: Run) -> dict[tuple[str, ...], np.ndarray]:
    return dict(run.trained.all_arrays())


def same(a: Run, b: Run) -> bool:
    return all(np.array_equal(x, arrays(b)[path]) for path, x in arrays(a).items())


def refused(options: str, net: str = "net", data: str = "data") -> tuple[str, str]:
    """Tag and text of the only message of a call that gives $Failed."""
    assert (
        repr(wl.quietly(f"NetTrain[{net}, {data}, {options}, MaxTrainingRounds -> 1, {QUIET}]")) == "$Failed"
    )
    (message,) = wl.session.messages
    assert wl("2 + 2") == 4
    return message.tag, message.text


# ---- sizes, rounds, times


def test_batch_sizes() -> None:
    assert train("MaxTrainingRounds -> 1").batch_size == 64
    assert train('MaxTrainingRounds -> 1, PerformanceGoal -> "TrainingMemory"').batch_size == 16
    assert train('MaxTrainingRounds -> 1, PerformanceGoal -> "TrainingSpeed"').batch_size == 64
    more = train("MaxTrainingRounds -> 1, BatchSize -> 1000")
    assert (more.batch_size, more.batches) == (100, 1)
    single = train("MaxTrainingRounds -> 2, BatchSize -> 7", data="({First[xs]} -> {First[ys]})")
    assert (single.batch_size, single.batches, single.training_examples) == (1, 2, 1)


def test_rounds_and_goals_of_time_whichever_ends_first() -> None:
    assert train('MaxTrainingRounds -> Quantity[2, "Rounds"]').rounds == 2
    rounds = train('MaxTrainingRounds -> 2, TimeGoal -> Quantity[1, "Hours"]')
    assert rounds.rounds == 2 and rounds.reason == "MaxTrainingRounds"
    goal = train('MaxTrainingRounds -> 10^9, TimeGoal -> Quantity[0.05, "Seconds"]')
    assert goal.reason == "TimeGoal" and goal.seconds < 5
    assert train('TimeGoal -> Quantity[0.001, "Minutes"]').reason == "TimeGoal"


# ---- randomness, precision, devices


def test_seeds() -> None:
    options = "MaxTrainingRounds -> 2, BatchSize -> 10, RandomSeeding -> "
    by_number, by_text = train(options + "3", "bare"), train(options + '"three"', "bare")
    assert same(by_number, train(options + "3", "bare")) and same(by_text, train(options + '"three"', "bare"))
    assert not same(by_number, by_text) and not same(by_number, train(options + "4", "bare"))
    assert not same(train(options + "Automatic", "bare"), train(options + "Automatic", "bare"))
    wl("SeedRandom[1]")
    inherited = train(options + "Inherited", "bare")
    wl("SeedRandom[1]")
    assert same(inherited, train(options + "Inherited", "bare"))
    wl("SeedRandom[1]; RandomReal[];")
    assert not same(inherited, train(options + "Inherited", "bare"))


def test_a_seed_of_its_own_leaves_the_session_alone() -> None:
    wl("SeedRandom[8]")
    expected = wl("RandomReal[]")
    wl("SeedRandom[8]")
    train("MaxTrainingRounds -> 2, BatchSize -> 10, RandomSeeding -> 3", "bare")
    assert wl("RandomReal[]") == expected


def test_precision_and_devices() -> None:
    single = train("MaxTrainingRounds -> 3, RandomSeeding -> 1")
    double = train('MaxTrainingRounds -> 3, RandomSeeding -> 1, WorkingPrecision -> "Real64"')
    assert same(single, train('MaxTrainingRounds -> 3, RandomSeeding -> 1, WorkingPrecision -> "Real32"'))
    assert not same(single, double) and single.round_losses == pytest.approx(double.round_losses, rel=1e-5)
    assert train('MaxTrainingRounds -> 1, TargetDevice -> "CPU"').device == "CPU"
    for setting, needle in (
        ('"TPU"', '{"GPU", n}'),
        ('{"GPU", 0}', "positive"),
        ('{"GPU", 2}', "CUDA_VISIBLE"),
    ):
        tag, text = refused(f"TargetDevice -> {setting}")
        assert tag == "device" and needle in text


# ---- methods: one step from known arrays (w = 2, b = 1, x = 3, t = 5: y = 7, gradients 12 and 4)

GRADIENT = np.array([12.0, 4.0])
START = np.array([2.0, 1.0])


def stepped(method: str, steps: int = 1, options: str = "") -> np.ndarray:
    run = train(f"Method -> {method}, MaxTrainingRounds -> {steps}{options}", "one", "pair")
    return np.concatenate([x.reshape(-1) for x in run.trained.all_arrays().values()])


def gradient(w: np.ndarray) -> np.ndarray:
    error = 2 * (3 * w[0] + w[1] - 5)
    return np.array([3 * error, error])


def test_plain_steps_with_every_common_suboption() -> None:
    plain = '"Momentum" -> 0, "LearningRate" -> 0.01'
    assert stepped(f'{{"SGD", {plain}}}') == pytest.approx(START - 0.01 * GRADIENT)
    assert stepped('{"SGD", "Momentum" -> None}') == pytest.approx(START - 0.01 * GRADIENT)
    clipped = stepped(f'{{"SGD", {plain}, "GradientClipping" -> 5}}')
    assert clipped == pytest.approx(START - 0.01 * np.array([5, 4]))
    decayed = stepped(f'{{"SGD", {plain}, "L2Regularization" -> 0.5}}')
    assert decayed == pytest.approx(START - 0.01 * (GRADIENT + 0.5 * START))
    both = stepped(f'{{"SGD", {plain}, "L2Regularization" -> 0.5, "GradientClipping" -> 5}}')
    assert both == pytest.approx(START - 0.01 * (np.array([5, 4]) + 0.5 * START))
    assert stepped(f'{{"SGD", {plain}, "WeightClipping" -> 1.5}}') == pytest.approx([1.5, 0.96])
    parts = stepped(
        f'{{"SGD", {plain}, "WeightClipping" -> {{"Weights" -> 1.5}}, '
        '"GradientClipping" -> {"Biases" -> 1}}'
    )
    assert parts == pytest.approx([1.5, 0.99])


def test_schedules_of_the_rate() -> None:
    method = '{"SGD", "Momentum" -> 0, "LearningRate" -> 0.01, "LearningRateSchedule" -> '
    first = START - 0.01 * GRADIENT
    halved = stepped(method + "(1/#1 &)}", 2)
    assert halved == pytest.approx(first - 0.005 * gradient(first))
    linear = stepped(method + '"Polynomial"}', 2)
    assert linear == pytest.approx(first - 0.005 * gradient(first))
    squared = stepped(method + '{"Polynomial", "Power" -> 2}}', 2)
    assert squared == pytest.approx(first - 0.0025 * gradient(first))
    assert stepped(method + "None}", 2) == pytest.approx(first - 0.01 * gradient(first))


def test_two_steps_of_every_method_by_hand() -> None:
    w, change = START.copy(), np.zeros(2)
    for _ in range(2):
        change = 0.9 * change - 0.01 * gradient(w)
        w = w + change
    assert stepped('{"SGD", "Momentum" -> 0.9, "LearningRate" -> 0.01}', 2) == pytest.approx(w)
    w, mean, square = START.copy(), np.zeros(2), np.zeros(2)
    for t in (1, 2):
        g = gradient(w)
        mean, square = 0.8 * mean + 0.2 * g, 0.99 * square + 0.01 * g * g
        w = w - 0.1 * (mean / (1 - 0.8**t)) / (np.sqrt(square / (1 - 0.99**t)) + 0.01)
    adam = '{"ADAM", "Beta1" -> 0.8, "Beta2" -> 0.99, "Epsilon" -> 0.01, "LearningRate" -> 0.1}'
    assert stepped(adam, 2) == pytest.approx(w, rel=1e-6)
    w, mean, square, change = START.copy(), np.zeros(2), np.zeros(2), np.zeros(2)
    for _ in range(2):
        g = gradient(w)
        mean, square = 0.9 * mean + 0.1 * g, 0.9 * square + 0.1 * g * g
        change = 0.5 * change - 0.1 * g / np.sqrt(square - mean * mean + 0.001)
        w = w + change
    rmsprop = '{"RMSProp", "Beta" -> 0.9, "Epsilon" -> 0.001, "Momentum" -> 0.5, "LearningRate" -> 0.1}'
    assert stepped(rmsprop, 2) == pytest.approx(w, rel=1e-5)
    w, change = START.copy(), np.zeros(2)
    for _ in range(2):
        change = 0.5 * change - 0.5 * gradient(w)
        w = w + 0.1 * np.sign(change)
    assert stepped('{"SignSGD", "Momentum" -> 0.5, "LearningRate" -> 0.1}', 2) == pytest.approx(w, rel=1e-6)


@pytest.mark.parametrize(
    ("method", "needle"),
    [
        (
            '{"SGD", "WeightClipping" -> {"Wieghts" -> 1}}',
            "WeightClipping: no array of the net belongs to",
        ),
        ('{"SGD", "L2Regularization" -> {_ -> -1}}', "not negative"),
        ('{"SGD", "GradientClipping" -> x}', "GradientClipping"),
        ('{"SGD", "Beta1" -> 0.9}', "Possible are"),
        ('{"SGD", "LearningRateSchedule" -> "Polynomal"}', '"Polynomial"'),
        ('{"SGD", "LearningRateSchedule" -> (x &)}', "no number for batch 1"),
        ("7", "Method takes a name"),
    ],
)
def test_methods_that_mean_nothing(method: str, needle: str) -> None:
    assert needle in refused(f"Method -> {method}", "one", "pair")[1]


# ---- which arrays change when


def test_a_schedule_of_updates_takes_its_turns() -> None:
    wl('track = {}; gan = NetInitialize[NetChain[<|"a" -> 2, "b" -> 2, "c" -> 1|>, "Input" -> 2]];')
    wl('note[told_] := AppendTo[track, Map[Total[Abs[Normal[#]], Infinity] &, Values[told["Weights"]]]];')
    turns = 'TrainingUpdateSchedule -> {"a" -> 2, {"b", "Weights"} | "b"}'
    train(f"BatchSize -> 100, MaxTrainingRounds -> 7, {turns}, TrainingProgressFunction -> note", "gan")
    track = np.array([[float(x) for x in items(row)] for row in items(wl("track"))])
    moved = np.diff(track, axis=0) != 0  # one step lies between two rows
    pattern = [(row[0], row[2], row[4]) for row in moved.tolist()]
    turn_a, turn_b = (True, False, False), (False, True, False)
    assert pattern == [turn_a, turn_b, turn_a, turn_a, turn_b, turn_a]


@pytest.mark.parametrize(
    ("schedule", "still"),
    [('{"a"}', {"b", "c"}), ("{2}", {"a", "c"}), ("{1 ;; 2}", {"c"}), ("{_}", set()), ('{"a" | "c"}', {"b"})],
)
def test_groups_of_updates(schedule: str, still: set[str]) -> None:
    wl('abc = NetInitialize[NetChain[<|"a" -> 2, "b" -> 2, "c" -> 1|>, "Input" -> 2]];')
    run = train(f"MaxTrainingRounds -> 2, TrainingUpdateSchedule -> {schedule}", "abc")
    before = wl("abc").all_arrays()
    kept = {path[0] for path, x in arrays(run).items() if np.array_equal(x, before[path])}
    assert kept == still


def test_frozen_moving_statistics_stay() -> None:
    wl('norm = NetInitialize[NetChain[{BatchNormalizationLayer[], 1}, "Input" -> 2]];')
    free = arrays(train("MaxTrainingRounds -> 1", "norm"))
    held = arrays(train("MaxTrainingRounds -> 1, LearningRateMultipliers -> {1 -> None}", "norm"))
    start = wl("norm").all_arrays()
    assert not np.array_equal(free["1", "MovingMean"], start["1", "MovingMean"])
    assert all(
        np.array_equal(held["1", name], start["1", name])
        for name in ("MovingMean", "MovingVariance", "Scaling")
    )


# ---- validation and early stopping


def test_sets_for_validation() -> None:
    options = "MaxTrainingRounds -> 2, RandomSeeding -> 1, ValidationSet -> "
    explicit = train(options + "(Take[xs, 10] -> Take[ys, 10])")
    assert explicit.validation_examples == 10
    assert (
        explicit.validation_losses
        == train(options + "Thread[Take[xs, 10] -> Take[ys, 10]]").validation_losses
    )
    assert train(options + '{Scaled[0.1], "Interval" -> 2}').validation_positions == [4]
    assert train(options + "Automatic").validation_losses == []
    assert train(options + "None").best_round is None
    assert "lack the key" in refused("ValidationSet -> Take[xs, 3]")[1]
    assert refused('ValidationSet -> {data, "Interval" -> 0}')[0] == "interval"


def test_kinds_of_stopping() -> None:
    still = "MaxTrainingRounds -> 30, LearningRate -> 1.*^-12, ValidationSet -> data, "
    still += "TrainingStoppingCriterion -> "
    assert train(still + '<|"Criterion" -> "Loss", "RelativeChange" -> 0.01|>').rounds == 2
    assert train(still + '<|"RelativeChange" -> Quantity[1, "Percent"], "InitialPatience" -> 5|>').rounds == 6
    assert train(still + '<|"AbsoluteChange" -> 0.01, "Patience" -> 4|>').rounds == 6
    often = still.replace(
        "ValidationSet -> data", 'ValidationSet -> {data, "Interval" -> Quantity[1, "Batches"]}'
    )
    assert train(often + '<|"Criterion" -> (#ValidationLoss < 100 &)|>').batches == 1  # checked when measured
    for setting, needle in (
        ('<|"Patiense" -> 3|>', '"Patience"'),
        ('<|"Patience" -> -1|>', "not below 0"),
        ("7", "None"),
        ('<|"Criterion" -> 7|>', "a function"),
    ):
        assert needle in refused(f"TrainingStoppingCriterion -> {setting}")[1]


# ---- data that cannot be trained on


@pytest.mark.parametrize(
    ("net", "data", "tag", "needle"),
    [
        ("net", "{}", "data", "no examples"),
        ("net", "{} -> {}", "data", "no examples"),
        ("net", "xs -> Rest[ys]", "lengths", "100 at the left-hand side, 99 at the right-hand side"),
        ("net", '<|"Input" -> xs, "Output" -> Take[ys, 3]|>', "lengths", '100 at "Input", 3 at "Output"'),
        ("net", "{{1, 2} -> {1}, {1, Indeterminate} -> {1}}", "data", "example 2"),
        (
            "net",
            'NumericArray[{{1, 2}, {3, 1.*^300}}, "Real64"] -> {{1}, {2}}',
            "data",
            "example 2 holds an infinite",
        ),
        ("cls", '{{1, 2} -> "p", {1, 1} -> "q"}', "encoder", "example 2"),
        ("net", "{{1, 2} -> {1}, {1, 2, 3} -> {1}}", "data", "example 2"),
        ("net", "7", "data", "found 7"),
        ("NetChain[{3, 1}]", "{{1, 2} -> {1}, {I, 2} -> {1}}", "data", "example 2 is no number"),
        ("NetChain[{3, 1}]", '{"one" -> {1}, "two" -> {2}}', "data", "needs a NetEncoder"),
    ],
)
def test_data_that_mean_nothing(net: str, data: str, tag: str, needle: str) -> None:
    found, text = refused("BatchSize -> 8", net, data)
    assert found == tag and needle in text, text


def test_a_rate_far_too_large_gives_the_last_usable_net() -> None:
    found = wl.quietly(
        f'NetTrain[net, data, All, Method -> {{"SGD", "Momentum" -> 0}}, LearningRate -> 1.*^20, {QUIET}, '
        "MaxTrainingRounds -> 50, BatchSize -> 10]"
    )
    assert [m.tag for m in wl.session.messages] == ["arrdiv"] and found.run.reason == "Diverged"
    assert "LearningRate" in wl.session.messages[0].text
    assert all(np.isfinite(x).all() for x in arrays(found.run).values())
    assert wl("1 + 1") == 2


def test_unknown_options_name_the_nearest() -> None:
    found: Any = wl.quietly("NetTrain[net, data, MaxTrainingRuonds -> 3]")
    assert repr(found) == "$Failed" and "MaxTrainingRounds" in wl.session.messages[0].text
