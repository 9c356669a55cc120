"""How nets print: summaries for people, and InputForm that reads back to an equal net."""

from __future__ import annotations

from typing import Any

import pytest

from wlnet.net.layer import LAYERS

from .test_layers import SMOOTH

CHAIN = """\
NetChain[ uninitialized
     Input                   vector (size: 2)
  1  LinearLayer[32]         vector (size: 32)
  2  ElementwiseLayer[Tanh]  vector (size: 32)
  3  LinearLayer[2]          vector (size: 2)
  4  SoftmaxLayer[]          vector (size: 2)
     Output                  class (2 labels)
]"""


def test_summary_of_a_chain(wl: Any) -> None:
    wl.value(
        'n = NetChain[{32, Tanh, 2, SoftmaxLayer[]}, "Input" -> 2, "Output" -> '
        'NetDecoder[{"Class", {"a", "b"}}]];'
    )
    assert wl("n") == CHAIN
    assert wl("NetInitialize[n]") == CHAIN.replace(" uninitialized", "")


def test_summary_of_a_graph_shows_connections(wl: Any) -> None:
    text = wl(
        'NetGraph[<|"a" -> 2, "loss" -> MeanSquaredLossLayer[]|>, {"a" -> NetPort["loss", "Input"]}, "Input" '
        "-> 3]"
    )
    assert text.splitlines() == [
        "NetGraph[ uninitialized",
        "        Input                   vector (size: 3)",
        "        Target                  vector (size: 2)",
        "     a  LinearLayer[2]          vector (size: 2)  <- Input",
        "  loss  MeanSquaredLossLayer[]  real              <- a, Target",
        "        Loss                    real              <- loss",
        "]",
    ]


SHORT = [
    ("LinearLayer[3]", "LinearLayer[3, uninitialized, Input: array, Output: vector (size: 3)]"),
    ('LinearLayer[{2, 2}, "Input" -> "Real"]',
     "LinearLayer[{2, 2}, uninitialized, Input: real, Output: matrix (size: 2x2)]"),
    ("SoftmaxLayer[]", "SoftmaxLayer[Input: array, Output: array]"),
    ('EmbeddingLayer[3, 5]', "EmbeddingLayer[3, uninitialized, Input: array of integers, Output: array]"),
    ('UnitVectorLayer["Input" -> Restricted["Integer", 4]]',
     "UnitVectorLayer[Input: integer between 1 and 4, Output: vector (size: 4)]"),
    ("NetMapOperator[LinearLayer[2]]",
     "NetMapOperator[LinearLayer[2], uninitialized, Input: array, Output: matrix (size: ?x2)]"),
    ('DropoutLayer[0.25, "Input" -> 3]', "DropoutLayer[0.25, Input: vector (size: 3), Output: vector (size: "
     "3)]"),
    ('CrossEntropyLossLayer["Index", "Input" -> 3]',
     'CrossEntropyLossLayer["Index", Input: vector (size: 3), Target: integer between 1 and 3, Loss: real]'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), SHORT)
def test_layers_print_in_one_line(wl: Any, code: str, text: str) -> None:
    assert wl(code) == text


# ---- InputForm

NETS = [
    'NetChain[{3, Ramp, NetChain[<|"x" -> 2|>]}]',
    'NetChain[<|"a" -> 3, "b" -> Tanh|>, "Input" -> 2, LearningRateMultipliers -> {"a" -> 0}]',
    'NetChain[{EmbeddingLayer[2]}, "Input" -> NetEncoder[{"Class", {"a", x}}]]',
    'NetChain[{LinearLayer[], SoftmaxLayer[]}, "Output" -> NetDecoder[{"Class", {Less, Greater}}]]',
    'NetGraph[{2, Ramp, Tanh, TotalLayer[]}, {1 -> {2, 3}, {2, 3, NetPort["x"]} -> 4 -> NetPort["y"]}]',
    'NetGraph[{2, Ramp}, {1 -> 2, 1 -> NetPort["mid"], NetPort[{2, "Output"}] -> None}, "Input" -> 3]',
    'NetGraph[<|"n" -> NetChain[{2}], "l" -> MeanSquaredLossLayer[]|>, {"n" -> NetPort["l", "Input"]}]',
    'NetChain[{LinearLayer[2, "Weights" -> NetArray["w"]], LinearLayer[2, "Weights" -> NetArray["w"]]}, '
    '"Input" -> 2]',
    'NetChain[{}]', 'NetMapOperator[NetChain[{2, Ramp}], "Input" -> {"Varying", 3}]',
    'NetChain[{ReshapeLayer[{Automatic, 2}], TransposeLayer[{1 <-> 2}], FlattenLayer[]}, "Input" -> 6]',
    'LinearLayer[2, "Biases" -> None, LearningRateMultipliers -> 0]', "ThreadingLayer[#a^2 - #b &]",
    'NetChain[{ThreadingLayer[(#Input - #Target)^2 &], SummationLayer[]}]',
    "BatchNormalizationLayer[\"Momentum\" -> 0.5]",
    "ElementwiseLayer[If[# > 0, #, -# / 3] &]", "ThreadingLayer[Plus, InputPorts -> {\"a\", \"b\"}]",
    'FunctionLayer[<|"s" -> Total[#], "t" -> Tanh[#]|> &, "Input" -> 3]',
]  # fmt: skip
EVERY = [*NETS, *(code for codes in SMOOTH.values() for code in codes)]


@pytest.mark.parametrize("code", EVERY)
def test_input_form_reads_back_to_an_equal_net(wl: Any, code: str) -> None:
    wl.value(f"net = {code};")
    assert wl("ToExpression[ToString[net, InputForm]] === net") == "True"
    net = wl.value("net")
    if net.specified and net.all_arrays():
        wl.value("done = NetInitialize[net];")
        assert wl("ToExpression[ToString[done, InputForm]] === done") == "True"
        assert wl("done === net") == ("False" if not net.initialized else "True")


def test_every_layer_reads_back() -> None:
    assert set(SMOOTH) | {"NetChain", "NetGraph"} == set(LAYERS)


def test_input_form_of_a_layer(wl: Any) -> None:
    assert wl('InputForm[LinearLayer[1, "Weights" -> {{2, 3}}, "Biases" -> None]]') == (
        'LinearLayer[1, "Weights" -> NumericArray[{{2., 3.}}, "Real32"], "Biases" -> None, "Input" -> 2, '
        '"Output" -> 1]'
    )


def test_coders_print(wl: Any) -> None:
    assert wl('NetEncoder[{"Class", {"a", "b"}}]') == "NetEncoder[Class, class (2 labels)]"
    assert wl('InputForm[NetEncoder[{"Class", {"a", "b"}}]]') == 'NetEncoder[{"Class", {"a", "b"}}]'


# ---- equality


def test_nets_of_equal_parts_are_the_same(wl: Any) -> None:
    assert wl(
        'NetChain[{3, Ramp}, "Input" -> 2] === NetChain[{LinearLayer[3], ElementwiseLayer[Ramp]}, "Input" -> '
        "2]"
    ) == ("True")
    assert wl("NetChain[{3}] === NetChain[{4}]") == "False"
    assert wl('LinearLayer[1, "Weights" -> {{1}}] === LinearLayer[1, "Weights" -> {{2}}]') == "False"
    assert wl('LinearLayer[3] === LinearLayer[3, "Input" -> 2]') == "False"


def test_patterns_see_the_head(wl: Any) -> None:
    assert wl("{MatchQ[LinearLayer[3], _LinearLayer], Head[NetChain[{3}]], AtomQ[LinearLayer[3]]}") == (
        "{True, NetChain, True}"
    )


# ---- Information


def test_information(wl: Any) -> None:
    wl.value('n = NetInitialize[NetChain[<|"a" -> 3, "n" -> NetChain[{Tanh, 2}]|>, "Input" -> 2]];')
    assert wl(
        'Information[n, {"ArraysCount", "ArraysTotalElementCount", "ArraysTotalByteCount", "LayersCount"}]'
    ) == ("{4, 17, 68, 3}")
    assert wl('Information[n, "LayerTypeCounts"]') == "<|ElementwiseLayer -> 1, LinearLayer -> 2|>"
    assert wl('Keys[Information[n, "Layers"]]') == "{{a}, {n, 1}, {n, 2}}"
    assert wl('Information[n, "ArraysDimensions"]') == (
        "<|{a, Weights} -> {3, 2}, {a, Biases} -> {3}, {n, 2, Weights} -> {2, 3}, {n, 2, Biases} -> {2}|>"
    )
    assert wl('Information[n, "InputPorts"]') == "<|Input -> 2|>"
    assert wl('Information[n, "OutputPortNames"]') == "{Output}"
    assert wl('Information[NetChain[{3}], "ArraysTotalElementCount"]') == "Automatic"
    assert wl(
        'Information[LinearLayer[2, LearningRateMultipliers -> {"Biases" -> 0}], '
        '"ArraysLearningRateMultipliers"]'
    ) == ("<|Weights -> 1, Biases -> 0|>")


def test_structure_hash(wl: Any) -> None:
    wl.value('h[net_] := Information[net, "TopologyHash"]')
    assert wl('h[NetChain[{3, Ramp}]] === h[NetInitialize[NetChain[{3, Ramp}, "Input" -> 2]]]') == "True"
    assert wl("h[NetChain[{3, Ramp}]] === h[NetChain[{4, Ramp}]]") == "False"


def test_unknown_property(wl: Any) -> None:
    assert wl.error('Information[NetChain[{3}], "ArrayCount"]') == (
        'NetChain::prop: Nets have no property "ArrayCount". Did you mean "ArraysCount"?'
    )
