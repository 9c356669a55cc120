"""Sequences of unequal length: evaluation, gradients, training, messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def rows(value: Any) -> list[np.ndarray]:
    return [np.array(x, float) for x in (value.args if hasattr(value, "args") else value)]


TAGGER = """NetInitialize @ NetChain[{EmbeddingLayer[4, 5], NetMapOperator[LinearLayer[3]], SoftmaxLayer[]},
  "Input" -> {"Varying", Restricted["Integer", 5]}]"""


def test_a_list_of_sequences_gives_what_each_gives(wl: Any) -> None:
    wl.value(f"net = {TAGGER}; xs = {{{{1, 2, 3}}, {{4}}, Table[Mod[k, 5] + 1, {{k, 9}}], {{5, 5, 1}}}};")
    together, alone = rows(wl.value("net[xs]")), rows(wl.value("net /@ xs"))
    assert [len(x) for x in together] == [3, 1, 9, 3]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_gradients_of_lists_are_sums_over_what_is_there(wl: Any) -> None:
    wl.value(f"net = {TAGGER}; xs = {{{{1, 2, 3}}, {{4}}, {{5, 5, 1, 1, 1, 2, 3, 4, 5}}}};")
    weights = 'NetPortGradient[{2, "Net", "Weights"}]'
    together = np.array(wl.value(f"net[xs, {weights}] + 0."))
    np.testing.assert_allclose(together, np.array(wl.value(f"Total[net[#, {weights}] & /@ xs]")), atol=1e-5)
    assert wl('SummationLayer["Input" -> "Varying"][{{1, 2}, {3}}, NetPortGradient["Input"]]') == (
        "{{1., 1.}, {1.}}"
    )


def test_supplied_gradients_may_be_sequences(wl: Any) -> None:
    code = 'net = NetMapOperator[ElementwiseLayer[#^2 &], "Input" -> "Varying"]; '
    code += 'net[<|"Input" -> {{1, 2}, {3}}, NetPortGradient["Output"] -> {{1, 2}, {3}}|>, '
    assert wl(code + 'NetPortGradient["Input"]]') == "{{2., 8.}, {18.}}"


def test_activations_inside_a_map_come_by_sequence(wl: Any) -> None:
    wl.value(f"net = {TAGGER};")
    found = rows(wl.value('net[{{1, 2, 3}, {4, 5}}, NetPort[{2, "Net", "Output"}]]'))
    assert [x.shape for x in found] == [(3, 3), (2, 3)]


def test_few_executables_serve_all_lengths(wl: Any) -> None:
    net = wl.value(f"net = {TAGGER}")
    for n in range(17, 25):
        wl.value(f"net[Table[1, {n}]]")
    assert len(net.cache["executables"]) == 4  # 20 and 24, each padded and full


def test_training_on_mixed_lengths(wl: Any) -> None:
    value = wl.value(
        """
        SeedRandom[1];
        xs = Table[RandomInteger[{1, 5}, RandomInteger[{1, 20}]], 150];
        ys = Map[Mod[#, 3] + 1 &, xs, {2}];
        net = NetTrain[NetChain[{EmbeddingLayer[6, 5], NetMapOperator[LinearLayer[3]], SoftmaxLayer[]},
          "Input" -> {"Varying", Restricted["Integer", 5]}], <|"Input" -> xs, "Output" -> ys|>,
          MaxTrainingRounds -> 40, RandomSeeding -> 1, TrainingProgressReporting -> None];
        NetMeasurements[net, <|"Input" -> xs, "Output" -> ys|>, {"Accuracy", "Loss"}]
        """
    )
    accuracy, loss = rows(value)
    assert accuracy == 1
    # The loss of a list is the mean over examples of each one's mean over its own elements.
    each = wl.value("Mean[MapThread[Mean[MapThread[-Log[#1[[#2]]] &, {net[#1], #2}]] &, {xs, ys}]]")
    assert float(loss) == pytest.approx(float(each), rel=1e-4)


def test_a_step_on_a_padded_batch_is_the_mean_of_the_examples_gradients(wl: Any) -> None:
    code = """
    net = NetChain[{NetMapOperator[LinearLayer[1, "Weights" -> {{0.5, -1.}}, "Biases" -> {0.25}]],
      AggregationLayer[Total, 1]}, "Input" -> {"Varying", 2}];
    xs = {{{1., 2.}}, {{1., 0.}, {0., 1.}, {2., 2.}}, Table[{k, 1. - k}, {k, 0., 0.9, 0.1}]};
    ys = {{1.}, {-1.}, {0.5}};
    trained = NetTrain[net, xs -> ys, MaxTrainingRounds -> 1, BatchSize -> 3, LearningRate -> 1,
      Method -> {"SGD", "Momentum" -> 0}, TrainingProgressReporting -> None];
    Normal[NetExtract[trained, {1, "Net", "Weights"}]]
    """
    xs = [np.array([[1, 2.0]]), np.array([[1, 0], [0, 1], [2, 2.0]])]
    xs.append(np.array([[k, 1 - k] for k in np.arange(0, 0.95, 0.1)]))
    w, bias, gradient = np.array([0.5, -1.0]), 0.25, np.zeros(2)
    for x, y in zip(xs, (1, -1, 0.5), strict=True):
        gradient += 2 * ((x @ w + bias).sum() - y) * x.sum(0) / 3
    np.testing.assert_allclose(np.array(wl.value(code))[0], w - gradient, atol=1e-4)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (
            'PartLayer[3, "Input" -> "Varying"][{{1, 2, 3}, {4, 5}}]',
            "PartLayer::lengths: PartLayer[3] takes sequences of at least 3 elements; example 2 has 2.",
        ),
        (
            'PartLayer[-2, "Input" -> "Varying"][{1}]',
            "PartLayer::lengths: PartLayer[-2] takes sequences of at least 2 elements; found are 1.",
        ),
        (
            'TotalLayer["Input1" -> "Varying", "Input2" -> "Varying"][{{{1, 2}, {3}}, {{1, 2}, {3, 4}}}]',
            'TotalLayer::lengths: TotalLayer[] takes sequences of one length at "Input1" and "Input2"; '
            "example 2 has 1 and 2.",
        ),
        (
            'NetTrain[NetChain[{NetMapOperator[LinearLayer[]]}, "Input" -> "Varying"], '
            "{{1., 2.} -> {1., 2.}, {1., 2., 3.} -> {1., 2.}, {1.} -> {1.}}, MaxTrainingRounds -> 1]",
            "NetTrain::lengths: Training data: MeanSquaredLossLayer[] takes sequences of one length at "
            '"Input" and "Target"; example 2 has 3 and 2.',
        ),
        (
            'SummationLayer["Input" -> "Varying"][{{1, 2}, {}}]',
            'SummationLayer::lengths: The sequences at "Input" must have at least one element; example 2 has '
            "none.",
        ),
        (
            'ReplicateLayer[3, "Input" -> {"Varying", 2}]',
            'ReplicateLayer::shape: ReplicateLayer[3] got "Input" of shape (Varying, 2), but takes arrays '
            "whose varying dimension stays first.",
        ),
    ],
)
def test_messages(wl: Any, code: str, wanted: str) -> None:
    assert wl.error(code) == wanted
