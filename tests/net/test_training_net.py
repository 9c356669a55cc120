"""What NetTrain attaches by itself, the net that is trained, the names of losses and ports,
and what is returned.
"""

from __future__ import annotations

import pytest

from wlnet.net.automatic import producer
from wlnet.net.data import read_table
from wlnet.net.errors import NetError
from wlnet.net.net import Net
from wlnet.net.training_net import TrainingNet, build, unique

from .values import Values

wl = Values()
SESSION = wl.session


def built(net: str, data: str, setting: str = "Automatic") -> TrainingNet:
    return build(wl(net), wl(setting), read_table(wl(data)))[0]


def attached(net: str, data: str) -> str:
    """The loss attached to the only output, as it is written, and the coders of target and output by name."""
    training = built(net, data)
    loss = training.attached[0].choice.loss
    target = training.net.inputs["Output"].coder
    output = training.inner.outputs["Output"].coder
    form = "" if loss is None else loss.params.get("TargetForm", "")
    name = "none" if loss is None else loss.record.name + (f" {form}" if form else "")
    return ", ".join([name, target.name if target else "-", output.name if output else "-"])


SOFT = 'NetChain[{{LinearLayer[{}], SoftmaxLayer[]}}, "Input" -> 2{}]'
SIGMOID = 'NetChain[{{LinearLayer[{}], LogisticSigmoid}}, "Input" -> 2{}]'
CLASS = ', "Output" -> NetDecoder[{"Class", {"a", "b"}}]'
BOOLEAN = ', "Output" -> NetDecoder["Boolean"]'


@pytest.mark.parametrize(
    ("net", "data", "expected"),
    [
        (SOFT.format(2, CLASS), '{{1, 2} -> "a"}', "CrossEntropyLossLayer Index, Class, Class"),
        (SOFT.format(2, ""), "{{1, 2} -> 1, {2, 1} -> 2}", "CrossEntropyLossLayer Index, -, -"),
        (SOFT.format("", ""), "{{1, 2} -> 1, {2, 1} -> 3}", "CrossEntropyLossLayer Index, -, -"),
        (SOFT.format(2, ""), '{{1, 2} -> "b", {2, 1} -> "a"}', "CrossEntropyLossLayer Index, Class, Class"),
        (SOFT.format("", ""), "{{1, 2} -> yes, {2, 1} -> no}", "CrossEntropyLossLayer Index, Class, Class"),
        (SOFT.format(2, ""), "{{1, 2} -> {0.1, 0.9}}", "CrossEntropyLossLayer Probabilities, -, -"),
        (SOFT.format(2, ""), "{{1, 2} -> {0, 1}}", "CrossEntropyLossLayer Probabilities, -, -"),
        (SIGMOID.format("{}", BOOLEAN), "{{1, 2} -> True}", "CrossEntropyLossLayer Binary, Boolean, Boolean"),
        (SIGMOID.format("{}", ""), "{{1, 2} -> True}", "CrossEntropyLossLayer Binary, Boolean, -"),
        (SIGMOID.format("{}", ""), "{{1, 2} -> 0}", "CrossEntropyLossLayer Binary, -, -"),
        (SIGMOID.format("3", ""), "{{1, 2} -> {0, 1, 0.5}}", "CrossEntropyLossLayer Binary, -, -"),
        (
            'NetChain[{2, "Sigmoid"}, "Input" -> 2]',
            "{{1, 2} -> {0, 1}}",
            "CrossEntropyLossLayer Binary, -, -",
        ),
        ('LinearLayer[2, "Input" -> 2]', "{{1, 2} -> {0, 1}}", "MeanSquaredLossLayer, -, -"),
        ("LinearLayer[]", "{1 -> 2, 2 -> 3}", "MeanSquaredLossLayer, -, -"),
        ('LinearLayer[{}, "Input" -> 2]', "{{1, 2} -> True}", "MeanSquaredLossLayer, Boolean, -"),
        (
            'NetChain[{3, SoftmaxLayer[], ReshapeLayer[{1, 3}]}, "Input" -> 2]',
            "{{1, 2} -> {{0, 1, 0}}}",
            "MeanSquaredLossLayer, -, -",
        ),
        (
            'NetMapOperator[NetChain[{2, SoftmaxLayer[]}], "Input" -> {3, 2}]',
            "{{{1, 2}, {1, 2}, {1, 2}} -> {1, 2, 1}}",
            "CrossEntropyLossLayer Index, -, -",
        ),
        (
            'NetPairEmbeddingOperator[LinearLayer[2, "Input" -> 2]]',
            "{{{1, 2}, {2, 1}} -> True}",
            "ContrastiveLossLayer, Boolean, -",
        ),
    ],
)
def test_the_automatic_choice(net: str, data: str, expected: str) -> None:
    assert attached(net, data) == expected


def test_the_number_of_classes_comes_from_the_data() -> None:
    training = built(SOFT.format("", ""), "{{1, 2} -> 1, {2, 1} -> 3}")
    assert training.inner.outputs["Output"].shape == (3,)


def test_the_producing_layer_is_found_through_nets() -> None:
    net = wl(
        """NetGraph[<|"a" -> NetGraph[<|"x" -> LinearLayer[2], "y" -> SoftmaxLayer[]|>, {"x" -> "y" ->
        NetPort["P"],
        "x" -> NetPort["Q"]}], "b" -> NetChain[{}]|>, {"a" -> "b", NetPort["a", "P"] ->
        NetPort["Out"]}]""".replace(', "b" -> NetChain[{}]', "").replace('"a" -> "b", ', "")
    )
    assert producer(net, "Out").record.name == "SoftmaxLayer"
    assert producer(wl("NetChain[{}]"), "Output") is None


GRAPH = """NetGraph[<|"n" -> LinearLayer[2], "l" -> MeanSquaredLossLayer[]|>,
    {NetPort["Input"] -> "n" -> NetPort["Out"], "n" -> NetPort["l", "Input"],
    NetPort["Target"] -> NetPort["l", "Target"], NetPort["l", "Loss"] -> NetPort["Loss"]}, "Input" -> 2]"""
DATA = '<|"Input" -> {{1, 2}}, "Target" -> {{1, 2}}|>'


def test_existing_losses_come_first_and_a_key_adds_another() -> None:
    assert [loss.name for loss in built(GRAPH, DATA).losses] == ["Loss"]
    both = built(GRAPH, DATA.replace("|>", ', "Out" -> {{3, 4}}|>'))
    assert [loss.name for loss in both.losses] == ["Loss", "Out"]
    assert both.attached[1].choice.loss.record.name == "MeanSquaredLossLayer"


def test_the_net_that_is_trained() -> None:
    training = built(
        GRAPH, DATA.replace("|>", ', "Out" -> {{3, 4}}|>'), '{"Loss", "Out" -> MeanSquaredLossLayer[]}'
    )
    assert list(training.net.inputs) == ["Input", "Target", "Out"]
    assert list(training.net.outputs) == ["Loss", "Loss1"]
    assert list(training.net.nodes) == ["Net", "Loss"]
    assert list(training.inner.outputs) == ["Out", "Loss"]
    assert training.targets == ("Out",)


@pytest.mark.parametrize(
    ("setting", "names", "factors"),
    [
        ('"Loss"', ["Loss"], [1]),
        ('{"Loss" -> Scaled[3], "Out" -> Automatic -> Scaled[-1]}', ["Loss", "Out"], [3, -1]),
        ('{"Out" -> MeanSquaredLossLayer[], "Out" -> MeanAbsoluteLossLayer[]}', ["Out1", "Out2"], [1, 1]),
    ],
)
def test_names_and_factors_of_losses(setting: str, names: list[str], factors: list[float]) -> None:
    training = built(GRAPH, DATA.replace("|>", ', "Out" -> {{3, 4}}|>'), setting)
    assert [loss.name for loss in training.losses] == names
    assert [loss.factor for loss in training.losses] == factors
    assert len({loss.port for loss in training.losses}) == len(names)


def test_unique_names() -> None:
    assert unique(["Y", "Z", "Y"]) == ["Y1", "Z", "Y2"]
    assert unique(["Y", "Y1", "Y"]) == ["Y2", "Y1", "Y3"]
    assert unique(["Y"]) == ["Y"]


@pytest.mark.parametrize(
    ("net", "data", "setting", "tag", "needle"),
    [
        (GRAPH, '<|"Input" -> {{1, 2}}|>', "Automatic", "missing", '"Target"'),
        (GRAPH, DATA.replace("|>", ', "Outt" -> {{1, 2}}|>'), "Automatic", "extra", 'Did you mean "Out"?'),
        (GRAPH, "{{1, 2} -> {1, 2}}", "Automatic", "assoc", "<|"),
        ("LinearLayer[2]", "{{1, 2}, {3, 4}}", "Automatic", "missing", '"Output"'),
        ('LinearLayer["Input" -> 2]', "{{1, 2} -> {1, 2}}", "LinearLayer[1]", "assoc", "<|"),
    ],
)
def test_errors_of_data(net: str, data: str, setting: str, tag: str, needle: str) -> None:
    with pytest.raises(NetError) as caught:
        built(net, data, setting)
    assert caught.value.tag == tag
    assert needle in caught.value.text


def trained(code: str) -> Net:
    return wl(f"NetTrain[{code}, MaxTrainingRounds -> 1, RandomSeeding -> 1]")


def test_what_is_returned() -> None:
    """Attached losses are gone, existing ones stay, in a mixture the net is as it was given."""
    assert trained("LinearLayer[], {1 -> 2}").head.name == "LinearLayer"
    assert list(trained(f"{GRAPH}, {DATA}").nodes) == ["n", "l"]
    data = DATA.replace("|>", ', "Out" -> {{3, 4}}|>')
    mixed = trained(f'{GRAPH}, {data}, LossFunction -> {{"Loss", "Out" -> MeanSquaredLossLayer[]}}')
    assert list(mixed.nodes) == ["n", "l"] and list(mixed.outputs) == ["Out", "Loss"]


def test_arrays_of_an_attached_loss_net_are_trained_along_and_left_behind() -> None:
    wl(
        """learned = NetGraph[<|"w" -> NetArrayLayer["Array" -> {5.}, "Output" -> 1], "t" ->
        ThreadingLayer[(#1 - #2)^2 &],
        "s" -> SummationLayer[]|>, {{NetPort["Input"], "w"} -> "t" -> "s" -> NetPort["Loss"]}];"""
    )
    code = 'NetTrain[LinearLayer[1, "Input" -> 1], <|"Input" -> {{1.}}|>, {}, LossFunction -> learned, '
    code += 'LearningRate -> 0.1, Method -> "SGD", MaxTrainingRounds -> 3, RandomSeeding -> 1]'
    net, training = wl(code.replace("{}", '"TrainedNet"')), wl(code.replace("{}", '"TrainingNet"'))
    assert net.head.name == "LinearLayer"
    moved = training.all_arrays()[("Loss", "w", "Array")]
    assert float(moved[0]) != 5.0


def test_a_loss_without_gradient_warns() -> None:
    SESSION.messages.clear()
    wl("stuck = NetChain[{ElementwiseLayer[Round], SummationLayer[]}];")
    SESSION.evaluator.evaluate(
        SESSION.evaluator.read(
            'NetTrain[LinearLayer[1, "Input" -> 1], <|"Input" -> {{1.}}|>, LossFunction -> stuck, '
            "MaxTrainingRounds -> 1]"
        )
    )
    assert [message.tag for message in SESSION.messages] == ["nograd"]
