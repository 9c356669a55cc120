"""NetMeasurements, and measurements during training: which are possible, and their values in the language."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.expr import Association, items

from .values import Values

wl = Values()
quietly = wl.quietly
SESSION = wl.session


# A net that says "a" where the first number is larger, and data in which one "a" of three is called "b".
wl(
    """cls = NetChain[{LinearLayer[2, "Weights" -> {{1, 0}, {0, 1}}, "Biases" -> {0, 0}], SoftmaxLayer[]},
    "Input" -> 2, "Output" -> NetDecoder[{"Class", {"a", "b"}}]];
    data = {{3, 0} -> "a", {2, 0} -> "a", {0, 1} -> "a", {0, 2} -> "b", {0, 3} -> "b"};
    reg = LinearLayer[1, "Weights" -> {{2}}, "Biases" -> {0}, "Input" -> 1];
    points = {{1} -> {2}, {2} -> {5}, {3} -> {6}};"""
)


def measured(name: str, net: str = "cls", data: str = "data") -> Any:
    return wl(f"NetMeasurements[{net}, {data}, {name}]")


def test_numbers() -> None:
    assert measured('"Accuracy"') == pytest.approx(0.8)
    assert measured('"ErrorRate"') == pytest.approx(0.2)
    assert measured('"Accuracy" -> 2') == 1.0
    values = items(measured('{"Accuracy", "Loss", "ErrorRate"}'))
    assert values[0] == pytest.approx(0.8) and values[2] == pytest.approx(0.2)
    p = lambda a, b: 1 / (1 + np.exp(b - a))  # noqa: E731
    loss = -np.mean(np.log([p(3, 0), p(2, 0), p(0, 1), p(2, 0), p(3, 0)]))
    assert values[1] == pytest.approx(loss, rel=1e-5)
    assert measured('"Perplexity"') == pytest.approx(np.exp(loss), rel=1e-5)


def test_matrices_and_classes() -> None:
    assert measured('"ConfusionMatrix"').tolist() == [[2, 1], [0, 2]]
    recall = measured('"Recall"')
    assert type(recall) is Association
    assert dict(recall.pairs()) == {"a": pytest.approx(2 / 3), "b": 1.0}
    macro = '<|"Measurement" -> "Recall", "ClassAveraging" -> "Macro"|>'
    assert measured(macro) == pytest.approx(5 / 6)
    weighted = '<|"Measurement" -> "Recall", "ClassAveraging" -> "Weighted"|>'
    assert measured(weighted) == pytest.approx(0.8)
    assert dict(measured('"AreaUnderROCCurve"').pairs()) == {"a": 1.0, "b": 1.0}
    assert measured('"FScore" -> 2').get("a") == pytest.approx(5 * 1 * (2 / 3) / (4 * 1 + 2 / 3))


def test_a_class_without_examples_is_indeterminate() -> None:
    assert wl('NetMeasurements[cls, {{3, 0} -> "a"}, "Recall"]["b"]').name == "Indeterminate"


def test_yes_or_no() -> None:
    wl(
        """yes = NetChain[{LinearLayer[{}, "Weights" -> {{1, -1}}, "Biases" -> {0}], LogisticSigmoid},
        "Input" -> 2,
        "Output" -> NetDecoder["Boolean"]];"""
    )
    data = "{{1, 0} -> True, {0, 1} -> False, {0, 2} -> True}"
    assert measured('"Accuracy"', "yes", data) == pytest.approx(2 / 3)
    assert measured('"ConfusionMatrix"', "yes", data).tolist() == [[1, 0], [1, 1]]


def test_values() -> None:
    assert measured('"MeanSquare"', "reg", "points") == pytest.approx(1 / 3)
    assert measured('"MeanDeviation"', "reg", "points") == pytest.approx(1 / 3)
    target = np.array([2, 5, 6.0])
    assert measured('"RSquared"', "reg", "points") == pytest.approx(
        1 - 1 / np.sum((target - target.mean()) ** 2)
    )


def test_pictures() -> None:
    assert wl('Head[NetMeasurements[cls, data, "ConfusionMatrixPlot"]]').name in ("Graphics", "ArrayPlot")


@pytest.mark.parametrize(
    ("code", "needle"),
    [
        ('NetMeasurements[cls, data, "Acuracy"]', 'Did you mean "Accuracy"?'),
        ('NetMeasurements[reg, points, "Accuracy"]', "CrossEntropyLossLayer"),
        ('NetMeasurements[cls, data, "RSquared"]', "MeanSquaredLossLayer"),
        ('NetMeasurements[cls, data, "Recall" -> 3]', "is not possible"),
        ('NetMeasurements[LinearLayer[2, "Input" -> 2], data, "Loss"]', "not initialized"),
        ('NetMeasurements[3, data, "Loss"]', "must be a net"),
    ],
)
def test_errors(code: str, needle: str) -> None:
    assert quietly(code).name == "$Failed"
    assert needle in SESSION.messages[0].text


def test_measurements_of_a_training() -> None:
    run = wl(
        """NetTrain[cls, data, All, MaxTrainingRounds -> 2, BatchSize -> 2, ValidationSet -> data,
        TrainingProgressMeasurements -> {"Accuracy", "ConfusionMatrix", "Precision"}]"""
    ).run
    assert list(run.round_values) == ["Output", "Accuracy", "ConfusionMatrix", "Precision"]
    assert int(np.sum(run.round_values["ConfusionMatrix"][0])) == 5
    assert len(run.batch_values["Accuracy"]) == 6
    assert len(run.validation_values["Accuracy"]) == 2
    assert type(run.round_values["Precision"][0]) is Association


def test_the_error_rate_is_measured_of_classifiers_alone() -> None:
    train = "NetTrain[{}, {}, All, MaxTrainingRounds -> 1]"
    assert list(wl(train.format("cls", "data")).run.round_values) == ["Output", "ErrorRate"]
    assert list(wl(train.format("reg", "points")).run.round_values) == ["Output"]


def test_a_loss_inside_the_net_is_looked_at_too() -> None:
    run = wl(
        """NetTrain[NetGraph[<|"c" -> cls, "l" -> CrossEntropyLossLayer["Index"]|>, {NetPort["Input"] -> "c",
        "c" -> NetPort["l", "Input"], NetPort["Class"] -> NetPort["l", "Target"]}],
        <|"Input" -> data[[All, 1]], "Class" -> {1, 1, 1, 2, 2}|>, All, LearningRate -> 1.*^-12,
        MaxTrainingRounds -> 1]"""
    ).run
    assert run.round_values["ErrorRate"][0] == pytest.approx(0.2)


def test_stopping_follows_a_measurement() -> None:
    run = wl(
        """NetTrain[cls, data, All, MaxTrainingRounds -> 30, ValidationSet -> data, LearningRate -> 1.*^-12,
        TrainingStoppingCriterion -> "ErrorRate"]"""
    ).run
    assert run.reason == "EarlyStopping" and run.rounds == 2


def test_stopping_follows_the_mean_of_a_measurement_of_classes() -> None:
    run = wl(
        """NetTrain[cls, data, All, MaxTrainingRounds -> 30, ValidationSet -> data, LearningRate -> 1.*^-12,
        TrainingProgressMeasurements -> "Recall", TrainingStoppingCriterion -> "Recall"]"""
    ).run
    assert run.reason == "EarlyStopping" and run.best_round == 1


def test_values_are_measured_during_training_too() -> None:
    run = wl(
        """NetTrain[reg, points, All, MaxTrainingRounds -> 1, LearningRate -> 1.*^-12,
        TrainingProgressMeasurements -> {"MeanSquare", "RSquared"}]"""
    ).run
    assert run.round_values["MeanSquare"][0] == pytest.approx(run.round_losses[0])
    assert run.batch_values["MeanSquare"][0] == pytest.approx(1 / 3)


def test_places_of_the_net_are_shown() -> None:
    wl('deep = NetChain[<|"l" -> cls[[1]], "s" -> SoftmaxLayer[]|>, "Output" -> NetExtract[cls, "Output"]];')
    inside = wl('NetMeasurements[deep, data, NetPort[{"l", "Output"}]]')
    assert inside.tolist() == pytest.approx([1.0, 1.2])  # the means of the first and of the second numbers
    assert wl('NetMeasurements[deep, data, NetPort["Output"]]').sum() == pytest.approx(1)
    weights = wl('NetMeasurements[deep, data, <|"Measurement" -> NetPort[{"l", "Weights"}], "Key" -> "w"|>]')
    assert weights.tolist() == [[1, 0], [0, 1]]
    run = wl(
        """NetTrain[deep, data, All, MaxTrainingRounds -> 2, LearningRate -> 1.*^-12,
        TrainingProgressMeasurements ->
        {NetPort[{"l", "Output"}], <|"Measurement" -> NetPort[{"l", "Biases"}], "Key" -> "b"|>,
        "Accuracy"}]"""
    ).run
    assert run.round_values["l/Output"][0].tolist() == pytest.approx([1.0, 1.2])
    assert run.round_values["b"][1].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert run.round_values["Accuracy"] == pytest.approx([0.8, 0.8])
    quietly('NetMeasurements[deep, data, NetPort[{"x", "Output"}]]')
    assert "no such layer" in SESSION.messages[0].text


def test_functions_are_measurements() -> None:
    run = wl(
        """NetTrain[reg, points, All, MaxTrainingRounds -> 3, TrainingProgressMeasurements ->
        {"MeanSquare", <|"Measurement" -> (2 #Round &), "Key" -> "twice"|>, (#RoundLoss > 0 &)}]"""
    ).run
    assert run.round_values["twice"] == [2, 4, 6]
    assert [x.name for x in run.round_values["Function2"]] == ["True"] * 3
