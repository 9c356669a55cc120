"""Shape inference in both directions, and the messages of contradictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.net.errors import NetError
from wlnet.net.graph import make_chain, make_graph
from wlnet.net.infer import infer, make_layer
from wlnet.net.net import Net
from wlnet.net.types import INTEGER, VARYING, PortType, real


def linear(n: int | None = None, **fields: Any) -> Net:
    return make_layer("LinearLayer", {} if n is None else {"OutputDimensions": n}, **fields)


def chain(*nets: Net, **ports: PortType) -> Net:
    return make_chain({str(i): net for i, net in enumerate(nets, 1)}, ports, numbered=True)


def test_shapes_go_forwards() -> None:
    net = chain(linear(3), linear(2), Input=real(5))
    assert net.specified
    assert net.outputs["Output"].shape == (2,)
    assert net.nodes["2"].inputs["Input"].shape == (3,)


def test_shapes_go_backwards() -> None:
    net = chain(linear(), make_layer("SoftmaxLayer"), Output=real(4), Input=real(2))
    assert net.nodes["1"].outputs["Output"].shape == (4,)
    assert net.specified


def test_given_arrays_tell_shapes() -> None:
    net = chain(linear(7), linear(arrays={"Weights": np.zeros((2, 7))}))
    assert net.outputs["Output"].shape == (2,)
    net = chain(linear(), linear(arrays={"Weights": np.zeros((2, 7))}))
    assert net.nodes["1"].outputs["Output"].shape == (7,)


def test_unknown_shapes_stay_unknown() -> None:
    net = chain(linear(3), linear(2))
    assert not net.specified
    assert net.inputs["Input"].shape is None
    assert infer(net, {"Input": real(9)}).specified


def test_inference_changes_nothing_where_nothing_follows() -> None:
    net = chain(linear(3), linear(2), Input=real(5))
    assert infer(net) is net


def test_through_nested_nets() -> None:
    net = chain(chain(linear(3), linear()), linear(2, arrays={"Weights": np.zeros((2, 4))}), Input=real(5))
    assert net.nodes["1"].nodes["2"].outputs["Output"].shape == (4,)
    assert net.specified


def test_through_a_mapped_net() -> None:
    net = chain(make_layer("NetMapOperator", nodes={"Net": linear(3)}), Input=real(VARYING, 5))
    assert net.nodes["1"].nodes["Net"].inputs["Input"].shape == (5,)
    assert net.outputs["Output"].shape == (VARYING, 3)


def test_classes_of_an_encoder_reach_the_embedding() -> None:
    net = chain(make_layer("EmbeddingLayer", {"Size": 3}), Input=PortType("integer", (), (1, 4)))
    assert net.specified
    assert net.outputs["Output"].shape == (3,)


def test_a_graph_input_tells_all_that_it_feeds() -> None:
    nodes = {"a": linear(2), "b": linear(3)}
    net = make_graph(nodes, [((None, "x"), ("a", None)), ((None, "x"), ("b", None))], {"x": real(4)})
    assert net.specified
    assert list(net.inputs) == ["x"]
    assert net.nodes["b"].inputs["Input"].shape == (4,)


FORWARDS = [
    ("FlattenLayer", {}, (2, 3), (6,)),
    ("TransposeLayer", {}, (2, 3, 4), (3, 2, 4)),
    ("SummationLayer", {}, (2, 3), ()),
    ("ReplicateLayer", {"Counts": 5}, (2,), (5, 2)),
    ("PartLayer", {"Part": 2}, (4, 3), (3,)),
]


@pytest.mark.parametrize(("name", "params", "before", "after"), FORWARDS)
def test_shapes_of_layers(name: str, params: dict[str, Any], before: Any, after: Any) -> None:
    assert make_layer(name, params, ports={"Input": real(*before)}).outputs["Output"].shape == after


BACKWARDS = [
    ("TransposeLayer", {}, (3, 2, 4), (2, 3, 4)),
    ("ReplicateLayer", {"Counts": 5}, (5, 2), (2,)),
    ("SoftmaxLayer", {}, (3,), (3,)),
    ("ConstantTimesLayer", {}, (3, 2), (3, 2)),
    ("EmbeddingLayer", {"Size": 4}, (3, 4), (3,)),
    ("NetMapOperator", {}, (6, 3), (6, None)),
]


@pytest.mark.parametrize(("name", "params", "after", "before"), BACKWARDS)
def test_shapes_of_layers_backwards(name: str, params: dict[str, Any], after: Any, before: Any) -> None:
    nodes = {"Net": make_layer("LinearLayer", {"OutputDimensions": 3}, ports={"Input": real(None)})}
    inner = nodes if name == "NetMapOperator" else None
    net = make_layer(name, params, ports={"Output": real(*after)}, nodes=inner)
    assert net.inputs["Input"].shape == before


def test_a_dimension_that_the_number_of_elements_tells() -> None:
    flat = make_layer("FlattenLayer", ports={"Input": real(None, 3), "Output": real(12)})
    assert flat.inputs["Input"].shape == (4, 3)


CONFLICTS = [
    (
        lambda: chain(linear(784), linear(2, arrays={"Weights": np.zeros((2, 10))})),
        'NetChain::shape: Layer 2 (LinearLayer[2]) got "Input" of shape (784) from layer 1 '
        '(LinearLayer[784]), '
        "but takes (10).",
    ),
    (
        lambda: chain(linear(784), make_layer("PartLayer", {"Part": 800})),
        'NetChain::shape: Layer 2 (PartLayer[800]) got "Input" of shape (784) from layer 1 '
        '(LinearLayer[784]), '
        "but takes arrays with a part 800.",
    ),
    (
        lambda: chain(make_layer("SoftmaxLayer"), make_layer("EmbeddingLayer", {"Size": 2})),
        'NetChain::shape: Layer 2 (EmbeddingLayer[2]) got "Input" of type real from layer 1 '
        '(SoftmaxLayer[]), '
        'but takes arrays of integers. Integers come from a port of type "Integer" or from a Class encoder.',
    ),
    (
        lambda: chain(linear(3), Input=real(VARYING, 4)),
        'NetChain::shape: Layer 1 (LinearLayer[3]) got "Input" of shape (Varying, 4) from the input "Input" '
        'of the net, '
        "but takes arrays of fixed shape. Put it in a NetMapOperator to apply it to every element of a "
        "sequence.",
    ),
    (
        lambda: chain(make_layer("FlattenLayer", ports={"Input": real(28, 28)}), linear(2), Input=real(784)),
        'NetChain::shape: Layer 1 (FlattenLayer[]) got "Input" of shape (784) from the input "Input" of the '
        'net, '
        "but takes (28, 28). Put a layer such as ReshapeLayer[{28, 28}] before it.",
    ),
    (
        lambda: chain(linear(3), Output=real(2)),
        'NetChain::shape: The output "Output" of the net takes (2), but layer 1 (LinearLayer[3]) gives '
        'shape (3).',
    ),
    (
        lambda: make_graph({"a": linear(2), "b": linear(3), "t": make_layer("TotalLayer")},
                           [(("a", None), ("t", None)), (("b", None), ("t", None))]),
        'NetGraph::shape: Layer "t" (TotalLayer[]) got "Input2" of shape (3) from layer "b" '
        '(LinearLayer[3]), but takes '
        "(2).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), CONFLICTS)
def test_contradictions_name_layers_ports_and_shapes(make: Any, text: str) -> None:
    with pytest.raises(NetError) as caught:
        make()
    assert str(caught.value) == text


def test_two_uses_of_an_output_that_contradict_each_other() -> None:
    nodes = {
        "a": linear(),
        "b": linear(1, arrays={"Weights": np.zeros((1, 2))}),
        "c": linear(1, arrays={"Weights": np.zeros((1, 3))}),
    }
    with pytest.raises(NetError, match=r"NetGraph::shape: Layer \"[bc]\""):
        make_graph(nodes, [(("a", None), ("b", None)), (("a", None), ("c", None))])


def test_open_inputs_of_a_threading_layer_are_taken_to_be_like_the_others(wl: Any) -> None:
    net = wl.value('NetGraph[{3, ThreadingLayer[(#1 - #2)^2 &]}, {1 -> 2, NetPort["Target"] -> 2}]')
    assert net.inputs["Target"].shape == (3,)


def test_integers_stay_integers_through_structural_layers() -> None:
    net = chain(
        make_layer("PartLayer", {"Part": 1}), make_layer("EmbeddingLayer", {"Size": 2, "ClassCount": 3})
    )
    assert net.inputs["Input"].kind == INTEGER.kind
