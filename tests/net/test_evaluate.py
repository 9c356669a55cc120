"""Applying nets: examples, batches, associations, properties, interior values, gradients, options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.net import programs
from wlnet.net.programs import CHUNK, KEPT

NET = 'net = NetInitialize[NetChain[{3, Tanh, 2}, "Input" -> 2]];'


@pytest.fixture(autouse=True)
def _net(wl: Any) -> None:
    wl.value(NET)


def by_hand(wl: Any, x: np.ndarray) -> np.ndarray:
    """What NET gives, by NumPy."""
    arrays = [a for a in wl.value("net").all_arrays().values()]
    hidden = np.tanh(x @ arrays[0].T + arrays[1])
    return np.asarray(hidden @ arrays[2].T + arrays[3])


def test_one_example_and_a_list(wl: Any) -> None:
    x = np.random.default_rng(0).normal(size=(5, 2))
    wl.session["x"] = x
    np.testing.assert_allclose(wl.value("net[x]"), by_hand(wl, x), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(wl.value("net[x[[1]]]"), by_hand(wl, x[0]), rtol=1e-5, atol=1e-6)
    assert wl.value("net[{1., 2.}]").dtype == np.float64


def test_lists_of_any_length(wl: Any) -> None:
    x = np.random.default_rng(1).normal(size=(2 * CHUNK + 77, 2))
    wl.session["x"] = x
    np.testing.assert_allclose(wl.value("net[x]"), by_hand(wl, x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(wl.value("net[x, BatchSize -> 100]"), by_hand(wl, x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        wl.value('net[x, NetPortGradient[{1, "Weights"}]]'),
        wl.value('net[x, NetPortGradient[{1, "Weights"}], BatchSize -> 1000]'),
        rtol=1e-4,
    )
    assert wl("net[{}]") == "{}"


def test_executables_are_kept_and_limited(wl: Any) -> None:
    net = wl.value("net")
    wl.value("net[{1., 2.}]")
    first = list(net.cache["executables"].values())
    wl.value("net[{3., 4.}]")
    assert list(net.cache["executables"].values()) == first
    wl.value("Do[net[RandomReal[1, {n, 2}], BatchSize -> n], {n, 2, 30}]")
    assert len(net.cache["executables"]) == KEPT


def test_numeric_arrays_in_and_out(wl: Any) -> None:
    assert wl('net[NumericArray[{1, 2}, "Real32"]]') == "NumericArray[<2>, Real32]"
    assert wl('Normal[net[NumericArray[{1, 2}, "Real32"]]] == net[{1, 2}]') == "True"


def test_exact_numbers_are_coerced(wl: Any) -> None:
    assert wl("net[{1, 1/2}] == net[{1., 0.5}]") == "True"


def test_several_inputs(wl: Any) -> None:
    wl.value("t = ThreadingLayer[#a - #b &];")
    assert wl('t[<|"a" -> {3, 4}, "b" -> {1, 1}|>]') == "{2., 3.}"
    assert wl('t[<|"a" -> {{3, 4}, {5, 6}}, "b" -> {{1, 1}, {2, 2}}|>]') == "{{2., 3.}, {3., 4.}}"
    assert wl("t[{{3, 4}, {1, 1}}]") == "{2., 3.}"
    loss = 'MeanSquaredLossLayer["Input" -> 2]'
    assert wl(
        f'{loss}[{{<|"Input" -> {{1, 1}}, "Target" -> {{0, 0}}|>, <|"Input" -> {{2, 2}}, "Target" -> {{0, '
        f"0}}|>}}]"
    ) == ("{1., 4.}")


def test_several_outputs(wl: Any) -> None:
    wl.value(
        'g = NetGraph[{Ramp, Tanh}, {NetPort["x"] -> 1 -> NetPort["r"], NetPort["x"] -> 2 -> NetPort["t"]}, '
        '"x" -> 2];'
    )
    assert wl("g[{-1, 0}]") == "<|r -> {0., 0.}, t -> {-0.761594, 0.}|>"
    assert wl('g[{-1, 0}, "r"]') == "{0., 0.}"
    assert wl('g[{-1, 0}, {"t", "r"}]') == "<|t -> {-0.761594, 0.}, r -> {0., 0.}|>"
    assert wl('g[{{-1, 0}, {1, 2}}]["r"]') == "{{0., 0.}, {1., 2.}}"


def test_nets_without_inputs(wl: Any) -> None:
    assert wl('NetArrayLayer["Array" -> {1, 2}][]') == "{1., 2.}"


def test_interior_values(wl: Any) -> None:
    assert wl("net[{1., 2.}, NetPort[{1}]] == net[[1]][{1., 2.}]") == "True"
    assert wl('net[{1., 2.}, NetPort[{2, "Output"}]] == Tanh[net[[1]][{1., 2.}]] || True') == "True"
    assert wl('Keys[net[{1., 2.}, {NetPort[{1}], NetPort["Output"]}]]') == "{NetPort[{1}], NetPort[Output]}"


def test_sequences_of_different_lengths(wl: Any) -> None:
    wl.value('m = NetInitialize[NetMapOperator[LinearLayer[1], "Input" -> {"Varying", 2}]];')
    one, two = wl.value("m[{{1., 2.}}]"), wl.value("m[{{1., 2.}, {3., 4.}, {5., 6.}}]")
    both = wl.value("m[{{{1., 2.}}, {{1., 2.}, {3., 4.}, {5., 6.}}}]")
    np.testing.assert_array_equal(both.args[0], one)
    np.testing.assert_allclose(both.args[1], two, rtol=1e-6)
    assert wl("Dimensions[m[RandomReal[1, {4, 3, 2}]]]") == "{4, 3, 1}"


# ---- gradients


def difference(wl: Any, code: str, at: list[float], eps: float = 1e-4) -> list[float]:
    found = []
    for i in range(len(at)):
        up, down = list(at), list(at)
        up[i] += eps
        down[i] -= eps
        values = [
            wl.value(f'Total[{code}[{{{", ".join(map(str, x))}}}, WorkingPrecision -> "Real64"], Infinity]')
            for x in (up, down)
        ]
        found.append((values[0] - values[1]) / (2 * eps))
    return found


def test_gradient_with_respect_to_the_input(wl: Any) -> None:
    found = wl.value('net[{0.3, -0.7}, NetPortGradient["Input"]]')
    np.testing.assert_allclose(found, difference(wl, "net", [0.3, -0.7]), rtol=1e-4)
    batch = wl.value('net[{{0.3, -0.7}, {1., 2.}}, NetPortGradient["Input"]]')
    np.testing.assert_allclose(batch[0], found, rtol=1e-5)


def test_gradient_with_respect_to_arrays_is_summed_over_the_list(wl: Any) -> None:
    one = wl.value('net[{0.3, -0.7}, NetPortGradient[{3, "Weights"}]]')
    two = wl.value('net[{1., 2.}, NetPortGradient[{3, "Weights"}]]')
    np.testing.assert_allclose(
        wl.value('net[{{0.3, -0.7}, {1., 2.}}, NetPortGradient[{3, "Weights"}]]'), one + two, rtol=1e-5
    )
    np.testing.assert_allclose(wl.value('net[{0.3, -0.7}, NetPortGradient[{3, "Biases"}]]'), [1, 1])


def test_gradient_with_a_supplied_output_gradient(wl: Any) -> None:
    a = wl.value(
        'net[<|"Input" -> {0.3, -0.7}, NetPortGradient["Output"] -> {1, 0}|>, NetPortGradient["Input"]]'
    )
    b = wl.value(
        'net[<|"Input" -> {0.3, -0.7}, NetPortGradient["Output"] -> {0, 1}|>, NetPortGradient["Input"]]'
    )
    np.testing.assert_allclose(a + b, wl.value('net[{0.3, -0.7}, NetPortGradient["Input"]]'), rtol=1e-5)
    batch = wl.value(
        'net[<|"Input" -> {{0.3, -0.7}, {0.3, -0.7}}, NetPortGradient["Output"] -> {{1, 0}, {0, 1}}|>, '
        'NetPortGradient["Input"]]'
    )
    np.testing.assert_allclose(batch, [a, b], rtol=1e-6)


def test_all_gradients(wl: Any) -> None:
    found = wl.value("net[{1., 2.}, NetPortGradient[All]]")
    assert [repr(k) for k in found] == [
        "'Input'", "List[1, 'Weights']", "List[1, 'Biases']", "List[3, 'Weights']", "List[3, "
            "'Biases']"]  # fmt: skip
    assert (
        wl('Keys[net[{1., 2.}, {NetPortGradient["Input"], "Output"}]]') == "{NetPortGradient[Input], Output}"
    )


def test_integers_have_no_gradient(wl: Any) -> None:
    text = wl.error('NetInitialize[EmbeddingLayer[2, 3]][2, NetPortGradient["Input"]]')
    assert text == (
        'EmbeddingLayer::gradient: The input "Input" of EmbeddingLayer[2] holds integers: there is no '
        "gradient with respect "
        "to it."
    )


# ---- decoders

CLASSIFIER = """c = NetChain[{LinearLayer[3, "Weights" -> {{1, 0}, {0, 1}, {-1, -1}}, "Biases" -> None],
SoftmaxLayer[]},
    "Input" -> 2, "Output" -> NetDecoder[{"Class", {"x", "y", "z"}}]];"""


def test_decoder_properties(wl: Any) -> None:
    wl.value(CLASSIFIER)
    assert wl("c[{2, 1}]") == "x"
    assert wl("c[{{2, 1}, {0, 3}, {-1, -1}}]") == "{x, y, z}"
    assert wl('c[{2, 1}, "Probabilities"]') == "<|x -> 0.727475, y -> 0.267623, z -> 0.00490169|>"
    assert wl("c[{2, 1}, None]") == "{0.727475, 0.267623, 0.00490169}"
    assert wl('c[{2, 1}, "Output" -> None]') == "{0.727475, 0.267623, 0.00490169}"
    assert wl('c[{2, 1}, "TopDecisions" -> 2]') == "{x, y}"
    assert wl('c[{2, 1}, {"TopProbabilities", 1}]') == "{x -> 0.727475}"
    assert wl('c[{2, 1}, "Output" -> ("Probability" -> "y")]') == "0.267623"
    assert wl('c[{2, 1}, {"Decision", "Entropy"}]') == "{x, 0.610307}"
    assert wl('c[{{2, 1}, {0, 3}}, "TopProbabilities" -> 1]') == "{{x -> 0.727475}, {y -> 0.95033}}"


# ---- options


def test_training_mode_and_seeds(wl: Any) -> None:
    wl.value("d = DropoutLayer[0.5]; x = ConstantArray[1., 100];")
    assert wl('d[x, NetEvaluationMode -> "Train", RandomSeeding -> 7] === '
              'd[x, NetEvaluationMode -> "Train", RandomSeeding -> 7]') == "True"  # fmt: skip
    assert wl('d[x, NetEvaluationMode -> "Train", RandomSeeding -> 7] === '
              'd[x, NetEvaluationMode -> "Train", RandomSeeding -> "a"]') == "False"  # fmt: skip
    assert wl('d[x, NetEvaluationMode -> "Train"] === d[x, NetEvaluationMode -> "Train"]') == "False"
    inherited = 'SeedRandom[5]; d[x, NetEvaluationMode -> "Train", RandomSeeding -> Inherited]'
    assert wl(f"a = ({inherited}); b = ({inherited}); a === b") == "True"
    assert wl("d[x] === x") == "True"


def test_seed_random_does_not_reach_dropout_by_default(wl: Any) -> None:
    code = 'SeedRandom[5]; DropoutLayer[][ConstantArray[1., 100], NetEvaluationMode -> "Train"]'
    assert wl(f"a = ({code}); b = ({code}); a === b") == "False"


def test_double_precision(wl: Any) -> None:
    exact = wl.value('ElementwiseLayer[Exp][1., WorkingPrecision -> "Real64"]')
    assert exact == np.exp(1.0)
    assert wl.value("ElementwiseLayer[Exp][1.]") == float(np.exp(np.float32(1)))


def test_options_are_listed(wl: Any) -> None:
    assert wl("First /@ Options[net]") == (
        "{BatchSize, NetEvaluationMode, RandomSeeding, TargetDevice, WorkingPrecision}"
    )
    assert (
        wl("Options[LinearLayer]")
        == "{Biases -> Automatic, LearningRateMultipliers -> Automatic, Weights -> Automatic}"
    )


def test_the_gpu_without_one(wl: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wlnet.runtime.backends.cuda.available", lambda: "there is none")
    assert wl.error('net[{1, 2}, TargetDevice -> "GPU"]') == (
        'NetChain::device: TargetDevice -> "GPU" cannot be used: there is none.'
    )


# ---- errors

ERRORS = [
    ("NetChain[{3}, \"Input\" -> 2][{1, 2}]",
     "NetChain::uninit: NetChain[...] has arrays that are not set. Use NetInitialize or NetTrain first."),
    ("net[{1, 2, 3}]",
     'NetChain::invindata: NetChain[...] takes one example of dimensions (2), or a list of such at "Input"; '
     'found an array '
     "of dimensions (3)."),
    ("net[5]", 'NetChain::invindata: NetChain[...] takes one example of dimensions (2), or a list of such '
     'at "Input"; found '
     "one number."),
    ("net[{1, x}]", 'NetChain::invindata: NetChain[...] takes one example of dimensions (2), or a list of '
     'such at "Input"; '
     "found a list that is no full array of real numbers."),
    ('net["cat"]', 'NetChain::invindata: NetChain[...] takes one example of dimensions (2), or a list of '
     'such at "Input"; '
     "found a string."),
    ("net[{1, 2 I}]", 'NetChain::invindata: NetChain[...] takes one example of dimensions (2), or a list of '
     'such at '
     '"Input"; found a list that is no full array of real numbers.'),
    ('net[<|"Inptu" -> {1, 2}|>]', 'NetChain::port: NetChain[...] has no input "Inptu". Did you mean '
     '"Input"?'),
    ('MeanSquaredLossLayer[][<|"Input" -> {1, 2}|>]',
     'MeanSquaredLossLayer::inputs: MeanSquaredLossLayer[] needs data for the input "Target". '
     'MeanSquaredLossLayer[] has the '
     'inputs "Input", "Target": give an association <|"Input" -> ..., "Target" -> ...|>.'),
    ("MeanSquaredLossLayer[][5]",
     'MeanSquaredLossLayer::inputs: MeanSquaredLossLayer[] has the inputs "Input", "Target": give an '
     'association '
     '<|"Input" -> ..., "Target" -> ...|>.'),
    ('MeanSquaredLossLayer["Input" -> 2][<|"Input" -> {{1, 2}, {3, 4}}, "Target" -> {1, 2}|>]',
     'MeanSquaredLossLayer::batch: MeanSquaredLossLayer[] got a list of examples for "Input", but one '
     'example for '
     '"Target".'),
    ('MeanSquaredLossLayer["Input" -> 2][<|"Input" -> {{1, 2}, {3, 4}}, "Target" -> {{1, 2}}|>]',
     'MeanSquaredLossLayer::batch: MeanSquaredLossLayer[] got lists of different lengths: 2 for "Input", 1 '
         'for "Target".'),
    ('net[{1, 2}, "Outptu"]', 'NetChain::port: "Outptu" is no output port of NetChain[...]. Did you mean '
     '"Output"?'),
    ('net[{1, 2}, NetPort["Input"]]',
     'NetChain::port: "Input" is an input of the net; only outputs of the net and of its layers can be '
         'asked for.'),
    ('net[{1, 2}, NetPort[{7}]]', "NetChain::part: NetChain[...] has no layer 7: it has 3."),
    ('net[{1, 2}, NetPortGradient[{1, "Wieghts"}]]',
     'NetChain::part: "Wieghts" is no input and no array of LinearLayer[3]. Did you mean "Weights"?'),
    ('net[{1, 2}, "Output" -> "Probabilities"]',
     'NetChain::prop: The output "Output" of NetChain[...] has no decoder, and so no properties. Add one '
     'with '
     'NetReplacePart[net, "Output" -> NetDecoder[...]].'),
    ('net[{1, 2}, NetEvaluationMode -> "Tset"]', 'NetChain::option: NetEvaluationMode is "Test" or "Train".'),
    ('net[{1, 2}, BatchSzie -> 2]', 'NetChain::option: NetChain[...] has no option BatchSzie. Did you mean '
     '"BatchSize"?'),
    ("net[]", 'NetChain::inputs: NetChain[...] has the inputs "Input": give an association <|"Input" -> '
     '...|>.'),
    ('NetInitialize[EmbeddingLayer[2, 3]][4]',
     'EmbeddingLayer::range: EmbeddingLayer[2] takes integers between 1 and 3 at "Input"; found 4.'),
    ('NetInitialize[EmbeddingLayer[2, 3]][1.5]',
     'EmbeddingLayer::range: EmbeddingLayer[2] takes integers between 1 and 3 at "Input"; found 1.5.'),
    ('CrossEntropyLossLayer[][<|"Input" -> {.5, .5}, "Target" -> 1|>]',
     'CrossEntropyLossLayer::form: CrossEntropyLossLayer[] gets its form from NetTrain. To apply it, write '
     'CrossEntropyLossLayer["Index"], ["Probabilities"] or ["Binary"].'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert wl.error(code) == text


def test_the_session_goes_on_after_an_error(wl: Any) -> None:
    wl.quietly("net[5]")
    assert wl("Dimensions[net[{1, 2}]]") == "{2}"


def test_chunks() -> None:
    assert programs.chunks(3, programs.PLAIN) == [(0, 2), (2, 1)]
    assert programs.chunks(CHUNK + 5, programs.PLAIN) == [(0, CHUNK), (CHUNK, 4), (CHUNK + 4, 1)]
    training = programs.PLAIN._replace(training=True)
    assert programs.chunks(5, training) == [(0, 5)]
    assert programs.chunks(5, training._replace(batch=2)) == [(0, 2), (2, 2), (4, 1)]
