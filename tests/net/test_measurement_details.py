"""Measurements in detail: the keys of their associations, aggregators, every score against scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.expr import items
from wlnet.net.results import Run

from .values import Values

wl = Values()
wl(
    """SeedRandom[2]; xs = RandomReal[{-1, 1}, {60, 4}]; names = {"a", "b", "c"};
    labels = RandomChoice[{3, 2, 1} -> names, 60];
    cls = NetInitialize[NetChain[{3, SoftmaxLayer[]}, "Input" -> 4,
    "Output" -> NetDecoder[{"Class", names}]]];
    data = xs -> labels; ys = RandomReal[1, {60, 2}]; reg = NetInitialize[NetChain[{2}, "Input" -> 4]];
    points = xs -> ys;"""
)
STILL = "LearningRate -> 1.*^-12, BatchSize -> 25, MaxTrainingRounds -> 2, RandomSeeding -> 4"


def train(measurements: str, net: str = "cls", data: str = "data", options: str = STILL) -> Run:
    quiet = "TrainingProgressReporting -> None"
    return wl(
        f"NetTrain[{net}, {data}, All, {options}, {quiet}, TrainingProgressMeasurements -> {measurements}]"
    ).run


def measured(measurement: str, net: str = "cls", data: str = "data", options: str = "") -> Any:
    return wl(f"NetMeasurements[{net}, {data}, {measurement}{options}]")


# ---- against scikit-learn


@pytest.fixture(scope="module")
def found() -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, 3) and true classes (N) from 0."""
    probabilities = np.array([list(x.values()) for x in items(wl('cls[xs, "Probabilities"]'))])
    truth = np.array([("a", "b", "c").index(x) for x in items(wl("labels"))])
    return probabilities, truth


def per_class(name: str, details: str = "") -> list[float]:
    value = measured(f'<|"Measurement" -> "{name}"{details}|>' if details else f'"{name}"')
    return [float(x) for x in value.values()]


def test_scores_of_classes(found: tuple[np.ndarray, np.ndarray]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    p, truth = found
    guess = p.argmax(1)
    one = {"labels": [0, 1, 2], "average": None, "zero_division": np.nan}
    assert measured('"Accuracy"') == pytest.approx(metrics.accuracy_score(truth, guess))
    assert measured('"ErrorRate" -> 2') == pytest.approx(1 - metrics.top_k_accuracy_score(truth, p, k=2))
    assert np.array_equal(measured('"ConfusionMatrix"'), metrics.confusion_matrix(truth, guess))
    assert per_class("Precision") == pytest.approx(metrics.precision_score(truth, guess, **one))
    assert per_class("Recall") == pytest.approx(metrics.recall_score(truth, guess, **one))
    assert per_class("F1Score") == pytest.approx(metrics.f1_score(truth, guess, **one))
    beta = [float(x) for x in measured('"FScore" -> 2').values()]
    assert beta == pytest.approx(metrics.fbeta_score(truth, guess, beta=2, **one))
    assert measured('"CohenKappa"') == pytest.approx(metrics.cohen_kappa_score(truth, guess))
    matthews = measured('"MatthewsCorrelationCoefficient"')
    assert matthews == pytest.approx(metrics.matthews_corrcoef(truth, guess))
    assert np.log(measured('"Perplexity"')) == pytest.approx(
        metrics.log_loss(truth, p / p.sum(1, keepdims=True)), rel=1e-5
    )
    assert measured('"Entropy"') == pytest.approx(-(p * np.log(p)).sum(1).mean(), rel=1e-5)
    for k in range(3):
        assert per_class("AreaUnderROCCurve")[k] == pytest.approx(metrics.roc_auc_score(truth == k, p[:, k]))
        rates = metrics.roc_curve(truth == k, p[:, k], drop_intermediate=False)[:2]
        curve = list(measured('"ROCCurve"').values())[k]
        assert np.allclose(curve, np.column_stack(rates))


def test_counts_and_rates_of_each_class(found: tuple[np.ndarray, np.ndarray]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    tables = metrics.multilabel_confusion_matrix(found[1], found[0].argmax(1))
    tn, fp, fn, tp = (tables[:, i, j].astype(float) for i in (0, 1) for j in (0, 1))
    wanted = {
        "TruePositiveNumber": tp,
        "TrueNegativeNumber": tn,
        "FalsePositiveNumber": fp,
        "FalseNegativeNumber": fn,
        "TruePositiveRate": tp / (tp + fn),
        "TrueNegativeRate": tn / (tn + fp),
        "Specificity": tn / (tn + fp),
        "FalsePositiveRate": fp / (fp + tn),
        "FalseNegativeRate": fn / (fn + tp),
        "FalseDiscoveryRate": fp / (fp + tp),
        "FalseOmissionRate": fn / (fn + tn),
        "NegativePredictiveValue": tn / (tn + fn),
        "Informedness": tp / (tp + fn) + tn / (tn + fp) - 1,
        "Markedness": tp / (tp + fp) + tn / (tn + fn) - 1,
    }
    for name, values in wanted.items():
        assert per_class(name) == pytest.approx(values), name
    n, guess, truth = tp.sum() + fn.sum(), tp + fp, tp + fn
    expected = (((guess + truth) / (2 * n)) ** 2).sum()
    assert measured('"ScottPi"') == pytest.approx((tp.sum() / n - expected) / (1 - expected))


@pytest.mark.parametrize(
    ("averaging", "name"), [("Macro", "macro"), ("Micro", "micro"), ("Weighted", "weighted")]
)
def test_averages_of_classes(averaging: str, name: str, found: tuple[np.ndarray, np.ndarray]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    p, truth = found
    for score, of in (
        ("Precision", metrics.precision_score),
        ("Recall", metrics.recall_score),
        ("F1Score", metrics.f1_score),
    ):
        value = measured(f'<|"Measurement" -> "{score}", "ClassAveraging" -> "{averaging}"|>')
        assert value == pytest.approx(of(truth, p.argmax(1), average=name))


def test_scores_of_values() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    guess, ys = np.array(wl("reg[xs]")), np.array(wl("ys"))
    values = {
        name: measured(f'"{name}"', "reg", "points")
        for name in ("MeanSquare", "MeanDeviation", "StandardDeviation", "RSquared")
    }
    flat = ys.reshape(-1), guess.reshape(-1)
    assert values["MeanSquare"] == pytest.approx(metrics.mean_squared_error(*flat), rel=1e-5)
    assert values["MeanDeviation"] == pytest.approx(metrics.mean_absolute_error(*flat), rel=1e-5)
    assert values["StandardDeviation"] == pytest.approx(metrics.mean_squared_error(*flat) ** 0.5, rel=1e-5)
    assert values["RSquared"] == pytest.approx(metrics.r2_score(*flat), rel=1e-5)
    assert measured('"FractionVarianceUnexplained"', "reg", "points") == pytest.approx(1 - values["RSquared"])


# ---- the keys of an association


def test_the_interval_decides_whether_batches_are_measured() -> None:
    run = train('{"Accuracy", <|"Measurement" -> "Recall", "Interval" -> "Round"|>}')
    assert list(run.batch_values) == ["Output", "Accuracy"] and len(run.batch_values["Accuracy"]) == 6
    assert len(run.round_values["Recall"]) == 2


def test_an_aggregator_takes_the_values_of_the_batches() -> None:
    run = train(
        """{"Accuracy", <|"Measurement" -> "Accuracy", "Key" -> "worst", "Aggregator" -> Min|>,
        <|"Measurement" -> "Accuracy", "Key" -> "sum", "Aggregator" -> "Total"|>,
        <|"Measurement" -> "Accuracy", "Key" -> "two", "Aggregator" -> (2 First[#] &)|>}""",
        options=STILL + ", ValidationSet -> data",
    )
    batches = np.array(run.batch_values["Accuracy"]).reshape(2, 3)
    assert run.round_values["worst"] == pytest.approx(batches.min(1))
    assert run.round_values["sum"] == pytest.approx(batches.sum(1))
    assert run.round_values["two"] == pytest.approx(2 * batches[:, 0])
    assert run.round_values["Accuracy"] == pytest.approx([measured('"Accuracy"')] * 2)
    assert run.validation_values["worst"] == run.validation_values["Accuracy"]  # there are no batches


@pytest.mark.parametrize(
    ("aggregator", "of"),
    [
        ("Mean", lambda x: x.mean(0)),
        ('"Total"', lambda x: x.sum(0)),
        ("Max", lambda x: x.max(0)),
        ('"Min"', lambda x: x.min(0)),
        ('"RMS"', lambda x: np.sqrt((x**2).mean(0))),
        ("StandardDeviation", lambda x: x.std(0, ddof=1)),
        ("Variance", lambda x: x.var(0, ddof=1)),
        ("(Dimensions[#] &)", np.shape),
    ],
)
def test_the_aggregator_of_a_port_takes_all_examples(aggregator: str, of: Any) -> None:
    spec = f'<|"Measurement" -> NetPort["Output"], "Aggregator" -> {aggregator}|>'
    wanted = of(np.array(wl("reg[xs]")))
    run = train(spec, "reg", "points")
    for value in (measured(spec, "reg", "points"), run.round_values["Output"][-1]):
        assert np.allclose(np.array(items(value)), wanted, rtol=1e-5)


def test_the_aggregator_of_an_array_takes_all_its_elements() -> None:
    weights = np.array(wl('Normal[NetExtract[reg, {1, "Weights"}]]'))
    spec = '<|"Measurement" -> NetPort[{1, "Weights"}], "Aggregator" -> "RMS"|>'
    assert measured(spec, "reg", "points") == pytest.approx(np.sqrt((weights**2).mean()))
    assert np.allclose(measured('NetPort[{1, "Weights"}]', "reg", "points"), weights)


def test_data_at_a_port_can_be_measured() -> None:
    assert np.allclose(measured('NetPort["Input"]'), np.array(wl("Mean[xs]")))


def test_the_same_measurement_twice_has_two_keys() -> None:
    run = train('{"Accuracy", "Accuracy" -> 2, "Accuracy"}')
    assert list(run.round_values) == ["Output", "Accuracy1", "Accuracy -> 2", "Accuracy2"]
    values = items(measured('{"Accuracy", "Accuracy" -> 2, "Accuracy"}'))
    assert values[0] == values[2] <= values[1]


def test_a_function_may_be_measured_after_every_batch() -> None:
    spec = '{<|"Measurement" -> (10 #Round + #Batch &), "Key" -> "where", "Interval" -> "Batch"|>}'
    run = train(spec)
    assert run.batch_values["where"] == [11, 12, 13, 21, 22, 23] and run.round_values["where"] == [13, 23]


@pytest.mark.parametrize(
    ("spec", "needle"),
    [
        ('<|"Measurement" -> "Accuracy", "Agregator" -> Mean|>', 'Did you mean "Aggregator"?'),
        ('<|"Measurement" -> "Accuracy", "Aggregator" -> "Mode"|>', '"StandardDeviation"'),
        ('<|"Measurement" -> "ConfusionMatrix", "Aggregator" -> Mean|>', "is no number"),
        ('<|"Measurement" -> "Accuracy", "ClassAveraging" -> "Macro"|>', "no values of single classes"),
        ('<|"Measurement" -> "Recall", "ClassAveraging" -> "Macroo"|>', '"Weighted"'),
        ('<|"Measurement" -> "Accuracy", "Interval" -> 3|>', '"Batch" or "Round"'),
        ('<|"Measurement" -> "Accuracy", "PlotType" -> "Pie"|>', '"Linear" or "Log"'),
        ('<|"Measurement" -> "Accuracy", "Key" -> 3|>', "a string"),
        ('"MeanSquare"', "MeanSquaredLossLayer"),
        ('"Acuracy"', 'Did you mean "Accuracy"?'),
        ('"Accuracy" -> 0', '"Accuracy" -> 0'),
        ('NetPort[{1, "Nothing"}]', "no such output"),
        ("NetPort[]", "needs its name"),
    ],
)
def test_specifications_that_mean_nothing(spec: str, needle: str) -> None:
    wl.quietly(f"NetMeasurements[cls, data, {spec}]")
    message = wl.session.messages[0]
    assert message.name == "NetMeasurements::measurement" and needle in message.text


def test_any_net_and_any_batch_size() -> None:
    assert measured('"Accuracy"', 'SoftmaxLayer["Input" -> 2]', "{{1, 0}, {0, 1}} -> {1, 1}") == 0.5
    both = [list(items(measured('{"Accuracy", "Loss"}', options=each))) for each in ("", ", BatchSize -> 7")]
    assert both[0] == pytest.approx(both[1])
    assert measured('"Loss"', "reg", "points", ", LossFunction -> MeanAbsoluteLossLayer[]") == pytest.approx(
        measured('"MeanDeviation"', "reg", "points", ", LossFunction -> MeanAbsoluteLossLayer[]")
    )
    wl.quietly("NetMeasurements[cls, data, (#Round &)]")
    assert "TrainingProgressMeasurements alone" in wl.session.messages[0].text
