"""What a training leaves behind: properties against what was done, pictures, custom properties, the box."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.expr import Association, Expr, items
from wlnet.net.results import PROPERTIES, Results

from .values import Values

wl = Values()
wl(
    """SeedRandom[1]; xs = RandomReal[{-1, 1}, {10, 2}]; ys = xs . {{1.}, {-2.}} + 0.5; data = xs -> ys;
    net = NetInitialize[NetChain[{4, Tanh, 1}, "Input" -> 2]];
    cls = NetInitialize[NetChain[{2, SoftmaxLayer[]}, "Input" -> 2,
    "Output" -> NetDecoder[{"Class", {"p", "n"}}]]];
    labels = xs -> Map[If[First[#] > 0, "p", "n"] &, xs];"""
)
OPTIONS = "BatchSize -> 4, MaxTrainingRounds -> 3, RandomSeeding -> 5, TrainingProgressReporting -> None"


def results(options: str = "ValidationSet -> data", net: str = "net", data: str = "data") -> Results:
    found = wl(f"NetTrain[{net}, {data}, All, {OPTIONS}, {options}]")
    assert type(found) is Results
    return found


@pytest.fixture(scope="module")
def done() -> Results:
    wl(f"done = NetTrain[net, data, All, {OPTIONS}, ValidationSet -> data]")
    return wl("done")  # type: ignore[no-any-return]


def value(name: str) -> Any:
    return wl(f'done["{name}"]')


def test_numbers_of_batches_rounds_and_examples(done: Results) -> None:
    assert [value(x) for x in ("BatchesPerRound", "BatchSize", "TotalBatches", "TotalRounds")] == [3, 4, 9, 3]
    assert [value(x) for x in ("ExamplesProcessed", "TrainingExamples", "ValidationExamples")] == [30, 10, 10]
    assert list(items(value("RoundPositions"))) == list(items(value("ValidationPositions"))) == [3, 6, 9]
    assert value("ReasonTrainingStopped") == "MaxTrainingRounds" and value("TargetDevice") == "CPU"


def test_losses_agree_with_one_another(done: Results) -> None:
    batches, rounds = np.array(value("BatchLossList")), np.array(value("RoundLossList"))
    weights = np.array([4, 4, 2])
    assert rounds == pytest.approx((batches.reshape(3, 3) * weights).sum(1) / 10)
    assert value("RoundLoss") == rounds[-1]
    validation = np.array(value("ValidationLossList"))
    assert (
        value("ValidationLoss") == validation[-1] and value("BestValidationRound") == validation.argmin() + 1
    )
    assert np.mean(value("ExampleLosses")) == pytest.approx(validation.min(), rel=1e-5)
    measured = wl('NetMeasurements[done["TrainedNet"], data, "Loss"]')
    assert measured == pytest.approx(validation.min(), rel=1e-5)
    assert np.array(value("RoundMeasurementsLists").get("Output")) == pytest.approx(rounds)
    assert value("RoundMeasurements").get("Output") == pytest.approx(rounds[-1])
    assert value("ValidationMeasurements").get("Output") == pytest.approx(validation[-1])
    assert len(items(value("BatchMeasurementsLists").get("Output"))) == 9


def test_the_permutation_of_the_examples_is_the_one_trained_with(done: Results) -> None:
    rows = [np.array(items(row)) for row in items(value("BatchPermutation"))]
    assert [len(row) for row in rows] == [4, 4, 2] * 3
    for k in range(3):
        assert sorted(np.concatenate(rows[3 * k : 3 * k + 3])) == list(range(1, 11))
    wl("seen = {};")
    results('TrainingProgressFunction -> {(AppendTo[seen, #BatchIndices] &), "Interval" -> 1/3}')
    assert all(np.array_equal(a, items(b)) for a, b in zip(rows, items(wl("seen")), strict=True))


def test_rates_and_times(done: Results) -> None:
    assert value("InitialLearningRate") == value("FinalLearningRate") == 0.001
    seconds = value("TotalTrainingTime")
    assert value("MeanBatchesPerSecond") == pytest.approx(9 / seconds)
    assert value("MeanExamplesPerSecond") == pytest.approx(30 / seconds)
    schedule = results('Method -> {"SGD", "LearningRateSchedule" -> (1/#1 &)}').run
    assert schedule.final_rate == pytest.approx(0.01 / 9)
    text = wl.session.text(value("OptimizationMethod"))
    assert text.startswith("{ADAM, Beta1 -> 0.9, Beta2 -> 0.999, Epsilon -> 0.00001, LearningRate -> 0.001")


def test_nets_and_arrays(done: Results) -> None:
    assert wl('done["TrainedNet"][xs]').shape == (10, 1)
    assert wl.session.text(wl('Information[done["TrainingNet"], "OutputPortNames"]')) == "{Loss}"
    multipliers = wl(
        'NetTrain[net, data, "ArraysLearningRateMultipliers", MaxTrainingRounds -> 1, '
        "LearningRateMultipliers -> {1 -> 0.5, _ -> None}]"
    )
    assert wl.session.text(multipliers).count("0.5") == 2 and wl.session.text(multipliers).count("0.,") == 1


def test_the_call_is_told_with_its_options() -> None:
    form = wl.session.text(wl(f'NetTrain[net, data, "NetTrainInputForm", {OPTIONS}]'), "InputForm")
    assert form.startswith("HoldForm[NetTrain[NetChain[") and "BatchSize -> 4" in form
    assert "RandomSeeding -> 5" in form and "Method" not in form


def test_lists_of_properties_and_the_list_of_all(done: Results) -> None:
    assert list(items(wl('done[{"BatchSize", "TotalRounds"}]'))) == [4, 3]
    assert set(items(value("Properties"))) == set(PROPERTIES)
    assert type(value("ResultsObject")) is Results
    wl.quietly('done["RoundLos"]')
    assert 'Did you mean "RoundLoss"?' in wl.session.messages[0].text


# ---- pictures


def is_picture(found: Any) -> bool:
    return type(found) is Expr and found.head.name in ("Graphics", "Legended")


def test_pictures_of_a_training() -> None:
    run = results(
        """ValidationSet -> labels, TrainingProgressMeasurements -> {"Accuracy", "ConfusionMatrixPlot",
        "ROCCurvePlot", <|"Measurement" -> "Recall", "PlotType" -> "Log"|>, "ConfusionMatrix"}""",
        "cls",
        "labels",
    )
    wl.session.evaluator.state.resolve("pictures")
    plots = PROPERTIES["FinalPlots"](wl.session.evaluator, run.run)
    assert list(plots) == ["Loss", "Output", "Accuracy", "ConfusionMatrixPlot", "ROCCurvePlot", "Recall"]
    assert all(is_picture(each) for each in plots.values())
    assert is_picture(value_of(run, "LossPlot"))
    assert "n (training)" in wl.session.text(plots.get("Recall"), "InputForm")


def value_of(found: Results, name: str) -> Any:
    return PROPERTIES[name](wl.session.evaluator, found.run)


def test_one_round_is_drawn_by_batches() -> None:
    run = wl(
        "NetTrain[net, data, All, BatchSize -> 2, MaxTrainingRounds -> 1, TrainingProgressReporting -> None]"
    )
    assert '"batch"' in wl.session.text(value_of(run, "LossPlot"), "InputForm")


# ---- custom properties


def custom(spec: str) -> Any:
    return wl(f"NetTrain[net, data, {spec}, {OPTIONS}]")


def test_a_custom_property_is_collected() -> None:
    assert list(items(custom('<|"Property" -> "Round"|>'))) == [1, 2, 3]
    spec = '<|"Property" -> "AbsoluteBatch", "Interval" -> Quantity[2, "Batches"]|>'
    assert list(items(custom(spec))) == [2, 4, 6, 8]
    assert list(items(custom('<|"Property" -> (#Round^2 &), "Form" -> "List"|>'))) == [1, 4, 9]


def test_forms_of_a_custom_property() -> None:
    pairs = custom('<|"Property" -> ({#Round, -#Round} &), "Form" -> "TransposedList"|>')
    assert wl.session.text(pairs) == "{{1, 2, 3}, {-1, -2, -3}}"
    named = custom('<|"Property" -> (<|"r" -> #Round|> &), "Form" -> "TransposedList"|>')
    assert type(named) is Association and wl.session.text(named) == "<|r -> {1, 2, 3}|>"
    assert is_picture(custom('<|"Property" -> "WeightsRMS", "Form" -> "Plot"|>'))
    assert is_picture(custom('<|"Property" -> ({#Round, -#Round} &), "Form" -> "Plot"|>'))


def test_custom_properties_among_others() -> None:
    found = items(custom('{"TotalRounds", <|"Property" -> "Round"|>, <|"Property" -> "Batch"|>}'))
    assert found[0] == 3 and list(items(found[1])) == [1, 2, 3] and list(items(found[2])) == [3, 3, 3]


@pytest.mark.parametrize(
    ("spec", "needle"),
    [
        ('<|"Property" -> "Weight"|>', 'Did you mean "Weights"?'),
        ('<|"Property" -> 7|>', "must be the name of a value"),
        ('<|"Property" -> "Round", "Form" -> "Pie"|>', '"TransposedList"'),
        ('<|"Property" -> "Round", "Interval" -> 0|>', '"Interval" must be'),
        ('<|"Proprety" -> "Round"|>', 'Did you mean "Property"?'),
        ('<|"Property" -> "Net", "Form" -> "Plot"|>', "needs values that are numbers"),
    ],
)
def test_custom_properties_that_mean_nothing(spec: str, needle: str) -> None:
    assert repr(wl.quietly(f"NetTrain[net, data, {spec}, {OPTIONS}]")) == "$Failed"
    assert wl.session.messages[0].name == "NetTrain::prop" and needle in wl.session.messages[0].text


# ---- the box


def test_the_results_print_as_a_box(done: Results) -> None:
    lines = wl.session.text(done).splitlines()
    assert lines[0] == "NetTrainResultsObject[" and lines[-1] == "]"
    assert lines[1].split(maxsplit=1) == ["net", "NetChain of 3 layers"]
    assert "10, 10 for validation" in lines[2] and "ADAM, learning rate 0.001, batch size 4" in lines[3]
    assert "3 of 3 batches, ended by MaxTrainingRounds" in lines[4] and "best in round 3" in lines[7]
    assert len(lines) == 13  # four lines of a curve
    assert wl.session.text(done, "InputForm").startswith('NetTrainResultsObject["<NetChain, batch size 4')
