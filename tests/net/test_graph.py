"""NetChain and NetGraph: every way of writing connections, the names of ports, errors."""

from __future__ import annotations

from typing import Any

import pytest

LAYERS = (
    '<|"a" -> LinearLayer[2], "b" -> Ramp, "c" -> Tanh, "t" -> TotalLayer[], "l" -> MeanSquaredLossLayer[]|>'
)


def edges(net: Any) -> set[tuple[str, str]]:
    """The edges as "node/port" pairs; a port of the net itself begins with "/"."""
    return {(f"{a[0] or ''}/{a[1]}", f"{b[0] or ''}/{b[1]}") for a, b in net.edges}


FORMS = [
    ('{"a", "b"}', '"a" -> "b"', {("/Input", "a/Input"), ("a/Output", "b/Input"), ("b/Output", "/Output")}),
    ('{"a", "b", "c"}', '"a" -> "b" -> "c"',
     {("/Input", "a/Input"), ("a/Output", "b/Input"), ("b/Output", "c/Input"), ("c/Output", "/Output")}),
    ('{"a", "b", "t"}', '{"a", "b"} -> "t"',
     {("/Input1", "a/Input"), ("/Input2", "b/Input"), ("a/Output", "t/Input1"), ("b/Output", "t/Input2"),
      ("t/Output", "/Output")}),
    ('{"a", "b", "c"}', '"a" -> {"b", "c"}',
     {("/Input", "a/Input"), ("a/Output", "b/Input"), ("a/Output", "c/Input"), ("b/Output", "/Output1"),
      ("c/Output", "/Output2")}),
    ('{"a"}', 'NetPort["x"] -> "a" -> NetPort["y"]', {("/x", "a/Input"), ("a/Output", "/y")}),
    ('{"a", "l"}', '"a" -> NetPort["l", "Input"]',
     {("/Input", "a/Input"), ("a/Output", "l/Input"), ("/Target", "l/Target"), ("l/Loss", "/Loss")}),
    ('{"a", "l"}', '"a" -> NetPort[{"l", "Target"}]',
     {("/Input1", "a/Input"), ("a/Output", "l/Target"), ("/Input2", "l/Input"), ("l/Loss", "/Loss")}),
    ('{"a", "l"}', '{"a", NetPort["T"]} -> "l"',
     {("/Input", "a/Input"), ("a/Output", "l/Input"), ("/T", "l/Target"), ("l/Loss", "/Loss")}),
    ('{"a", "b"}', '"a" -> "b", "a" -> NetPort["Mid"]',
     {("/Input", "a/Input"), ("a/Output", "b/Input"), ("a/Output", "/Mid"), ("b/Output", "/Output")}),
    ('{"a", "b"}', '"a" -> "b", NetPort["b", "Output"] -> None', {("/Input", "a/Input"), ("a/Output",
     "b/Input")}),
    ('{"a", "b", "t"}', '"a" -> "t", "b" -> "t", NetPort["x"] -> {"a", "b"}',
     {("/x", "a/Input"), ("/x", "b/Input"), ("a/Output", "t/Input1"), ("b/Output", "t/Input2"), ("t/Output",
     "/Output")}),
    ('{"b", "t"}', '{"b", "b"} -> "t"',
     {("/Input", "b/Input"), ("b/Output", "t/Input1"), ("b/Output", "t/Input2"), ("t/Output", "/Output")}),
]  # fmt: skip


@pytest.mark.parametrize(("names", "connections", "wanted"), FORMS)
def test_connections(wl: Any, names: str, connections: str, wanted: set[tuple[str, str]]) -> None:
    net = wl.value(f"NetGraph[KeyTake[{LAYERS}, {names}], {{{connections}}}]")
    assert edges(net) == wanted


def test_vertices_by_number_and_shorthands(wl: Any) -> None:
    net = wl.value('NetGraph[{3, Ramp, {2, Tanh}, Plus}, {1 -> 2 -> 3, {3, NetPort["x"]} -> 4}]')
    assert [node.record.name for node in net.nodes.values()] == [
        "LinearLayer", "ElementwiseLayer", "NetChain", "ThreadingLayer"]  # fmt: skip
    assert list(net.inputs) == ["x", "Input"]
    assert list(net.outputs) == ["Output"]


def test_negative_numbers_count_from_the_end(wl: Any) -> None:
    assert wl.value("NetGraph[{3, Ramp}, {1 -> -1}]") == wl.value("NetGraph[{3, Ramp}, {1 -> 2}]")


def test_inputs_named_by_slots(wl: Any) -> None:
    assert list(wl.value("ThreadingLayer[#x + #y &]").inputs) == ["x", "y"]


@pytest.mark.parametrize(
    ("ports", "names"),
    [("3", ["Input1", "Input2", "Input3"]), ('{"a", "b"}', ["a", "b"]), ("{2, 2}", ["Input1", "Input2"]),
     ('<|"u" -> 4, "v" -> 4|>', ["u", "v"])],
)  # fmt: skip
def test_input_ports(wl: Any, ports: str, names: list[str]) -> None:
    assert list(wl.value(f"ThreadingLayer[Plus, InputPorts -> {ports}]").inputs) == names


def test_a_taken_name_is_skipped(wl: Any) -> None:
    net = wl.value('NetGraph[{2, 2, 2}, {1 -> NetPort["Output1"]}]')
    assert list(net.outputs) == ["Output1", "Output2", "Output3"]
    net = wl.value('NetGraph[{2, 2}, {NetPort["Input"] -> 1}]')
    assert list(net.inputs) == ["Input", "Input1"]


def test_an_output_of_a_layer_inside_a_vertex(wl: Any) -> None:
    net = wl.value(
        'NetInitialize[NetGraph[<|"n" -> NetChain[<|"p" -> 2, "q" -> Tanh|>], "z" -> Ramp|>, '
        '{NetPort[{"n", "p", "Output"}] -> "z", "n" -> NetPort["y"]}, "Input" -> 2]]'
    )
    assert set(net.outputs) == {"y", "Output"}
    wl.session["net"] = net
    assert wl('r = net[{1., -2.}]; Max[Abs[r["y"] - Tanh[net[["n", "p"]][{1., -2.}]]]] < 10^-6') == "True"


def test_coders_of_vertices_move_to_the_ports_of_the_graph(wl: Any) -> None:
    net = wl.value(
        'NetGraph[{NetChain[{2, SoftmaxLayer[]}, "Output" -> NetDecoder[{"Class", {"a", "b"}}]]}, {}]'
    )
    assert net.outputs["Output"].coder.name == "Class"


ERRORS = [
    ('NetGraph[{2, Ramp}, {1 -> 2 -> 1}]',
     "NetGraph::cycle: The connections between these layers form a cycle: 1 (LinearLayer[2]), 2 "
     "(ElementwiseLayer[Ramp]). "
     "A net must be free of cycles."),
    ('NetGraph[{2}, {1 -> 1}]',
     "NetGraph::cycle: The connections between these layers form a cycle: 1 (LinearLayer[2]). A net must be "
         "free of cycles."),
    ('NetGraph[<|"conv" -> 2|>, {"cnov" -> NetPort["y"]}]',
     'NetGraph::vertex: There is no layer "cnov" in the graph. Did you mean "conv"?'),
    ("NetGraph[{2, 3}, {1 -> 3}]", "NetGraph::vertex: There is no layer 3: the graph has 2 layers."),
    ('NetGraph[<|"a" -> 2|>, {NetPort["a", "Outptu"] -> NetPort["y"]}]',
     'NetGraph::port: Layer "a" (LinearLayer[2]) has no output port "Outptu"; it has "Output". Did you mean '
         '"Output"?'),
    ('NetGraph[<|"a" -> 2, "b" -> 3, "c" -> Ramp|>, {"a" -> "c", "b" -> "c"}]',
     'NetGraph::inputs: Layer "c" (ElementwiseLayer[Ramp]) takes only 1 input, and one more connection '
         'leads to it.'),
    ('NetGraph[<|"a" -> 2, "b" -> 3, "c" -> Ramp|>, {"a" -> "c", "b" -> NetPort["c", "Input"]}]',
     'NetGraph::portdup: The input port "Input" of layer "c" (ElementwiseLayer[Ramp]) is connected twice. '
     'Combine the two '
     "first, for example with a TotalLayer or a CatenateLayer."),
    ('NetGraph[{2, 3}, {1 -> NetPort["y"], 2 -> NetPort["y"]}]',
     'NetGraph::portdup: The output port "y" of the graph is connected twice.'),
    ("NetGraph[{TotalLayer[]}, {}]",
     "NetGraph::inputs: Layer 1 (TotalLayer[]) takes any number of inputs, and nothing is connected to it. "
     "Say how many "
     "with the option InputPorts, for example InputPorts -> 2."),
    ("NetGraph[{2, 3}, {f[1, 2]}]",
     "NetGraph::edge: A connection is written a -> b, {a, b} -> c or a -> b -> c, where each is the name or "
     "number of a "
     'layer or a NetPort such as NetPort["Input"] or NetPort["layer", "port"].'),
    ('NetGraph[{2}, {}, "Inptu" -> 3]',
     'NetGraph::port: NetGraph has no port "Inptu"; its ports are "Input", "Output". Did you mean "Input"?'),
    ("NetChain[{2, MeanSquaredLossLayer[], 3}]",
     'NetChain::ports: Layer 2 (MeanSquaredLossLayer[]) has 2 inputs ("Input", "Target"), but between two '
     'layers of a '
     "chain there is exactly one. Use a NetGraph, which can connect every port."),
    ("NetChain[{2, q}]",
     "NetChain::layer: Layer 2 is q, which is no layer. A layer may be written as LinearLayer[3], as a "
     "number n for "
     "LinearLayer[n], or as a function such as Ramp or Tanh."),
    ('NetChain[{"a" -> 2, "a" -> 3}]', 'NetChain::name: Two layers are called "a".'),
    ("NetChain[7]", "NetChain::arguments: NetChain needs a list or an association of layers, not 7."),
    ("NetChain[{2}, 7]", 'NetChain::arguments: NetChain takes "port" -> type and options after its layers; '
     'found 7.'),
    ('NetChain[{2}, "Input" -> "Foo"]',
     'NetEncoder::porttype: "Foo" is no port type. Write for example 5, {3, 28, 28}, "Real", "Integer", '
     '"Varying", '
     '{"Varying", 7}, or a NetEncoder such as NetEncoder[{"Class", {"a", "b"}}].'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert wl.error(code) == text


# ---- chains


def test_the_empty_chain_gives_its_input(wl: Any) -> None:
    assert wl('NetChain[{}, "Input" -> 2][{3, 4}]') == "{3., 4.}"


def test_a_chain_has_all_inputs_of_its_first_and_all_outputs_of_its_last_layer(wl: Any) -> None:
    net = wl.value("NetChain[{ThreadingLayer[(#Input - #Target)^2 &], SummationLayer[]}]")
    assert list(net.inputs) == ["Input", "Target"]
    assert wl.value('NetChain[{ThreadingLayer[(#Input - #Target)^2 &], SummationLayer[]}]'
                    '[<|"Input" -> {1, 2}, "Target" -> {3, 5}|>]') == 13.0  # fmt: skip


@pytest.mark.parametrize("code", ['<|"a" -> 3, "b" -> Ramp|>', '{"a" -> 3, "b" -> Ramp}'])
def test_named_chains(wl: Any, code: str) -> None:
    assert wl(f"Keys[NetChain[{code}]]") == "{a, b}"


def test_conversions(wl: Any) -> None:
    wl.value('c = NetChain[<|"a" -> 3, "b" -> Ramp|>, "Input" -> 2]; g = NetGraph[c];')
    assert wl("Head[g]") == "NetGraph"
    assert wl("NetChain[g] === c") == "True"
    assert wl("NetChain[c] === c") == "True"
    assert wl("Length[NetChain[LinearLayer[2]]]") == "1"
    assert wl("Head[NetGraph[LinearLayer[2]]]") == "NetGraph"
    assert wl.error("NetChain[NetGraph[{2, 2, TotalLayer[]}, {{1, 2} -> 3}]]") == (
        "NetChain::linear: This graph is no chain: its layers do not stand in one row, each feeding the next."
    )


# ---- arguments of layers

ARGUMENTS = [
    ("LinearLayer[-1]", 'LinearLayer::parameter: "OutputDimensions" of LinearLayer must be a positive '
     'integer, a list of '
     "them, or Automatic, not -1."),
    ("LinearLayer[2, 3]", "LinearLayer::arguments: LinearLayer takes at most 1 argument besides its "
     "options; found 2."),
    ('LinearLayer[2, "Bias" -> None]', 'LinearLayer::option: LinearLayer has no option "Bias". Did you mean '
     '"Biases"?'),
    ('LinearLayer[2, "Weights" -> {{1, 2}, {3}}]',
     'LinearLayer::array: "Weights" of LinearLayer must be an array of real numbers, not {{1, 2}, {3}}.'),
    ('LinearLayer[2, "Weights" -> None]', 'LinearLayer::array: LinearLayer cannot do without "Weights".'),
    ('LinearLayer[2, "Weights" -> {{1}, {2}, {3}}]',
     'LinearLayer::shape: LinearLayer[2] got "Weights" of shape (3, 1), but takes array "Weights" of shape '
         '(2, ?).'),
    ("SoftmaxLayer[0]", 'SoftmaxLayer::parameter: "Level" of SoftmaxLayer must be a level: an integer other '
     'than 0, not 0.'),
    ("DropoutLayer[1.5]", 'DropoutLayer::parameter: "DropoutProbability" of DropoutLayer must be a number '
     'between 0 and '
     "1, not 1.5."),
    ('CrossEntropyLossLayer["Foo"]', 'CrossEntropyLossLayer::parameter: "TargetForm" of '
     'CrossEntropyLossLayer must be '
     '"Index", "Probabilities", "Binary" or Automatic, not "Foo".'),
    ("ElementwiseLayer[]", "ElementwiseLayer::arguments: ElementwiseLayer needs an argument: a function of "
     "one number, or "
     "the name of one."),
    ('ElementwiseLayer["Gelu2"]', 'ElementwiseLayer::function: There is no activation function "Gelu2". Did '
     'you mean '
     '"GELU"?'),
    ("ElementwiseLayer[Foo]", "ElementwiseLayer::function: Foo cannot be part of the function of "
     "ElementwiseLayer: it takes "
     "arithmetic, elementary functions, Min, Max, Clip, comparisons, If and numbers."),
    ("ElementwiseLayer[StringLength[#] &]", "ElementwiseLayer::function: StringLength cannot be part of the "
     "function "
     "of ElementwiseLayer: it takes arithmetic, elementary functions, Min, Max, Clip, comparisons, If and "
         "numbers."),
    ("AggregationLayer[Foo]", 'AggregationLayer::parameter: "Function" of AggregationLayer must be one of '
     'Mean, Min, Max, '
     "Total, Times, Median, Variance, StandardDeviation, MeanDeviation, InterquartileRange, not Foo."),
    ('ReshapeLayer[{2, 2}, "Input" -> 3]', 'ReshapeLayer::shape: ReshapeLayer[{2, 2}] got "Input" of shape '
     '(3), but takes '
     "arrays of 4 numbers. Its dimensions (2, 2) hold 4 numbers; the input has 3."),
    ('BatchNormalizationLayer["MovingMean" -> NetArray["m"]]',
     'BatchNormalizationLayer::array: "MovingMean" is a moving statistic and cannot be shared.'),
    ('NetMapOperator[MeanSquaredLossLayer[]]', 'NetMapOperator::shape: '
     'NetMapOperator[MeanSquaredLossLayer[]] got "Net" of '
     "a net with 2 inputs and 1 outputs, but takes a net with one input and one output."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ARGUMENTS)
def test_arguments_that_do_not_fit(wl: Any, code: str, text: str) -> None:
    assert wl.error(code) == text
