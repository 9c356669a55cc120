"""Encoders and decoders: Class, Boolean, Function; their parameters, properties, partners and errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from wlnet.expr import TRUE, Expr, S, make_list
from wlnet.net.coders import CODERS, Decoder, Encoder, encoder_for, make_coder
from wlnet.net.types import VARYING, PortType, real

ABC = '{"a", "b", "c"}'
VALUES = [
    (f'NetEncoder[{{"Class", {ABC}}}]["c"]', "3"),
    (f'NetEncoder[{{"Class", {ABC}}}][{{"c", "a"}}]', "{3, 1}"),
    (f'NetEncoder[{{"Class", {ABC}}}][2]', "2"),
    (f'NetEncoder[{{"Class", {ABC}, "IndicatorVector"}}]["c"]', "{0., 0., 1.}"),
    (f'NetEncoder[{{"Class", {ABC}, "UnitVector"}}][{{"c", "a"}}]', "{{0., 0., 1.}, {1., 0., 0.}}"),
    (f'NetEncoder[{{"Class", {ABC}, "IndicatorVector"}}][{{0, 1, 0}}]', "{0., 1., 0.}"),
    (f'NetEncoder[{{"Class", {ABC}, "Multilabel" -> True}}][{{"c", "a"}}]', "{1., 0., 1.}"),
    (f'NetEncoder[{{"Class", {ABC}, "Multilabel" -> True}}][{{{{"c", "a"}}, {{}}}}]', "{{1., 0., 1.}, {0., "
     "0., 0.}}"),
    (f'NetEncoder[{{"Class", {ABC}, "Dimensions" -> {{2}}}}][{{"c", "a"}}]', "{3, 1}"),
    (f'NetEncoder[{{"Class", {ABC}, "Dimensions" -> {{2}}}}][{{{{"c", "a"}}, {{"b", "b"}}}}]', "{{3, 1}, "
     "{2, 2}}"),
    ('NetEncoder[{"Class", {3, 1, 2}}][1]', "2"),  # the label wins over the code
    ('NetEncoder[{"Class", {Less, Greater}}][Greater]', "2"),
    ('NetEncoder[{"Class", {{1, 2}, x + y}}][{1, 2}]', "1"),
    ('NetEncoder["Boolean"][True]', "1."),
    ('NetEncoder["Boolean"][{True, False, 1}]', "{1., 0., 1.}"),
    ('NetEncoder[{"Boolean", "Dimensions" -> {2}}][{True, False}]', "{1., 0.}"),
    ('NetEncoder[{"Function", Total, "Real"}][{1, 2}]', "3."),
    ('NetEncoder[{"Function", {#, #^2} &, 2, "Pattern" -> _Integer}][{1, 2}]', "{{1., 1.}, {2., 4.}}"),
    ('NetEncoder[{"Function", Map[{#, -#} &], 2, "Batched" -> True, "Pattern" -> _Integer}][{1, 2}]', "{{1., "
     "-1.}, "
     "{2., "
     "-2.}}"),
    ('NetDecoder[{"Function", Total, 3}][{1, 2, 3}]', "6."),
    ('NetDecoder[{"Function", Map[Total], 3, "Batched" -> True}][{{1, 2, 3}, {1, 1, 1}}]', "{6., 3.}"),
    ('NetDecoder["Boolean"][0.3]', "False"),
    ('NetDecoder["Boolean"][0.5]', "True"),
    ('NetDecoder["Boolean"][{0.3, 0.6}]', "{False, True}"),
    ('NetDecoder["Boolean"][0.25, "Probability"]', "0.25"),
    ('NetDecoder[{"Boolean", "InputDepth" -> 1}][{0.3, 0.6}]', "{False, True}"),
    ('NetDecoder["Class"][{.1, .7, .2}]', "2"),
    (f'NetDecoder[{{"Class", {ABC}, "InputDepth" -> 2}}][{{{{.1, .7, .2}}, {{.5, .2, .3}}}}]', "{b, a}"),
    (f'NetDecoder[{{"Class", {ABC}, "Multilabel" -> True}}][{{.9, .2, .6}}]', "{a, c}"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), VALUES)
def test_values(wl: Any, code: str, text: str) -> None:
    assert wl(code) == text


PROPERTIES = [
    (None, "y"),
    ('"Decision"', "y"),
    ('"TopDecisions" -> 2', "{y, x}"),
    ('"TopProbabilities"', "{y -> 0.7, x -> 0.295}"),
    ('"TopProbabilities" -> 1', "{y -> 0.7}"),
    ('{"TopProbabilities", 1}', "{y -> 0.7}"),
    ('"Probabilities"', "<|x -> 0.295, y -> 0.7, z -> 0.005|>"),
    ('"Probability" -> "x"', "0.295"),
    ('"Entropy"', "0.636294"),
    ('"RandomSample" -> 0', "y"),
    ('"RandomSample" -> {"TopProbabilities" -> 1}', "y"),
    ('"RandomSample" -> {"TotalProbabilityCutoff" -> 0.5}', "y"),
    ("None", "{0.295, 0.7, 0.005}"),
    ('{"Decision", "Entropy"}', "{y, 0.636294}"),
    (
        '"Properties"',
        "{Decision, TopDecisions, TopProbabilities, Probabilities, Probability, Entropy, RandomSample}",
    ),
]


@pytest.mark.parametrize(("prop", "text"), PROPERTIES)
def test_properties_of_class_decoders(wl: Any, prop: str | None, text: str) -> None:
    wl.value('dec = NetDecoder[{"Class", {"x", "y", "z"}}];')
    assert wl("dec[{.295, .7, .005}" + ("]" if prop is None else f", {prop}]")) == text


def test_first_of_equal_probabilities(wl: Any) -> None:
    assert wl('NetDecoder[{"Class", {"x", "y"}}][{.5, .5}, "TopDecisions" -> 2]') == "{x, y}"


def test_samples_have_their_probabilities(wl: Any) -> None:
    wl.value(
        'SeedRandom[1]; dec = NetDecoder[{"Class", {"x", "y", "z"}}]; p = ConstantArray[{.1, .6, .3}, 4000];'
    )
    counts = wl.value('Counts[dec[p, "RandomSample"]]')
    for label, probability in (("x", 0.1), ("y", 0.6), ("z", 0.3)):
        assert counts.get(label) / 4000 == pytest.approx(probability, abs=4 * math.sqrt(0.25 / 4000))
    hot = wl.value('Counts[dec[p, "RandomSample" -> 2]]')
    weights = np.sqrt([0.1, 0.6, 0.3])
    assert hot.get("x") / 4000 == pytest.approx(weights[0] / weights.sum(), abs=0.03)
    assert "x" not in wl.value('Union[dec[p, "RandomSample" -> {"TopProbabilities" -> 2}]]').args
    assert wl('Union[dec[p, "RandomSample" -> {"TotalProbabilityCutoff" -> 0.9}]]') == "{y, z}"


def test_samples_follow_the_seed(wl: Any) -> None:
    code = 'SeedRandom[3]; NetDecoder["Boolean"][ConstantArray[.5, 20], "RandomSample"]'
    assert wl(code) == wl(code)


def test_boolean_entropy(wl: Any) -> None:
    assert wl('NetDecoder["Boolean"][0.25, "Entropy"]') == "0.562335"


def test_multilabel_probabilities_are_independent(wl: Any) -> None:
    wl.value(f'm = NetDecoder[{{"Class", {ABC}, "Multilabel" -> True}}];')
    assert wl('m[{.9, .2, .6}, "Probabilities"]') == "<|a -> 0.9, b -> 0.2, c -> 0.6|>"
    wanted = -sum(p * math.log(p) + (1 - p) * math.log(1 - p) for p in (0.9, 0.2, 0.6))
    assert wl.value('m[{.9, .2, .6}, "Entropy"]') == pytest.approx(wanted)


# ---- partners


def test_decoders_make_the_encoders_of_their_targets(wl: Any) -> None:
    assert (
        wl('InputForm[NetEncoder[NetDecoder[{"Class", {"a", "b"}}]]]')
        == 'NetEncoder[{"Class", {"a", "b"}, "Index"}]'
    )
    assert wl('InputForm[NetEncoder[NetDecoder["Boolean"]]]') == 'NetEncoder[{"Boolean"}]'
    assert (
        wl('InputForm[NetDecoder[NetEncoder[{"Class", {"a", "b"}}]]]') == 'NetDecoder[{"Class", {"a", "b"}}]'
    )


def test_encoders_for_ports() -> None:
    labels = ("a", "b")
    decoder = make_coder(Decoder, "Class", [make_list(labels), Expr(S.Rule, ("InputDepth", 2))])
    found = encoder_for(decoder, real(VARYING, 2))
    assert found is not None
    assert found.port_type.bare() == PortType("integer", (VARYING,), (1, 2))
    assert encoder_for(decoder, real(None, 2)) is None
    automatic = make_coder(Decoder, "Class", [])
    assert encoder_for(automatic, PortType("real", (None,))) is None
    sized = encoder_for(automatic, real(3))
    assert sized is not None
    assert sized.port_type.range == (1, 3)
    several = make_coder(Decoder, "Class", [make_list(labels), Expr(S.Rule, ("Multilabel", TRUE))])
    indicator = encoder_for(several, real(2))
    assert indicator is not None
    assert indicator.port_type.bare() == real(2)


def test_function_decoders_have_no_partner(wl: Any) -> None:
    assert wl.error('NetEncoder[NetDecoder[{"Function", Total, 3}]]') == (
        'NetEncoder::partner: There is no encoder that belongs to the decoder "Function".'
    )


# ---- at ports


def test_a_decoder_fixes_the_number_of_classes(wl: Any) -> None:
    net = wl.value(
        'NetChain[{LinearLayer[], SoftmaxLayer[]}, "Output" -> NetDecoder[{"Class", {"a", "b", "c"}}]]'
    )
    assert net.nodes["1"].outputs["Output"].shape == (3,)


def test_a_wrong_number_of_classes(wl: Any) -> None:
    assert wl.error(
        'NetChain[{LinearLayer[4], SoftmaxLayer[]}, "Output" -> NetDecoder[{"Class", {"a", "b", "c"}}]]'
    ) == ('NetChain::shape: Layer 2 (SoftmaxLayer[]) gives (4) at "Output", but shape (3) is wanted there.')


def test_coders_by_name_at_ports(wl: Any) -> None:
    net = wl.value(
        'NetChain[{LinearLayer[{}], LogisticSigmoid}, "Input" -> "Boolean", "Output" -> "Boolean"]'
    )
    assert net.inputs["Input"].coder.name == "Boolean"
    assert net.outputs["Output"].coder.name == "Boolean"


def test_encoded_input_passes_through(wl: Any) -> None:
    wl.value(
        'n = NetInitialize[NetChain[{EmbeddingLayer[2]}, "Input" -> NetEncoder[{"Class", {"a", "b"}}]]];'
    )
    assert wl('n["b"] === n[2]') == "True"
    assert wl('n[{"b", "a"}] === n[{2, 1}]') == "True"


def test_parts_of_coders(wl: Any) -> None:
    wl.value('e = NetEncoder[{"Class", {"a", "b"}}];')
    assert wl('NetExtract[e, "Type"]') == "Class"
    assert wl('NetExtract[e, "Labels"]') == "{a, b}"
    assert wl('NetExtract[e, "Output"]') == "Restricted[Integer, 2]"
    assert wl('NetReplacePart[e, "Labels" -> {"x", "y", "z"}]["z"]') == "3"
    assert wl('e[["Labels"]]') == "{a, b}"


@pytest.mark.parametrize(
    "code",
    ['NetEncoder[{"Class", {"a", b, 3}, "IndicatorVector", "Dimensions" -> {"Varying"}}]',
    'NetDecoder["Class"]',
     'NetDecoder[{"Class", {1, 2}, "InputDepth" -> 2, "Multilabel" -> True}]', 'NetEncoder["Boolean"]',
     'NetDecoder[{"Boolean", "InputDepth" -> 1}]', 'NetEncoder[{"Function", Total, {2, 3}, "Pattern" -> '
         '_List}]'],
)  # fmt: skip
def test_input_form_reads_back(wl: Any, code: str) -> None:
    assert wl(f"e = {code}; ToExpression[ToString[e, InputForm]] === e") == "True"


ERRORS = [
    ('NetEncoder[{"Class", {"a", "b"}}]["c"]', 'NetEncoder::invalid: The encoder "Class" takes one of {"a", '
     '"b"}, not "c".'),
    ('NetEncoder[{"Class", {"a", "b"}}][{"a", "c"}]',
     'NetEncoder::invalid: The encoder "Class" takes one of {"a", "b"}, not "c".'),
    ('NetEncoder[{"Class", {"a", "b"}}][3]', 'NetEncoder::invalid: The encoder "Class" takes one of {"a", '
     '"b"}, not 3.'),
    ('NetEncoder["Boolean"]["yes"]', 'NetEncoder::invalid: The encoder "Boolean" takes True or False, not '
     '"yes".'),
    ('NetEncoder[{"Class", {"a", "a"}}]',
     'NetEncoder::parameter: The parameter "Labels" of "Class" must be a list of different labels, not '
         '{"a", "a"}.'),
    ('NetEncoder["Class"]', 'NetEncoder::arguments: "Class" needs its labels: a list of different labels.'),
    ('NetEncoder["Clas"]', 'NetEncoder::type: There is no encoder of type "Clas". Did you mean "Class"?'),
    ('NetEncoder[{"Class", {"a", "b"}, "Multilable" -> True}]',
     'NetEncoder::parameter: "Class" has no parameter "Multilable". Did you mean "Multilabel"?'),
    ('NetEncoder[{"Class", {"a", "b"}, "Index", "Multilabel" -> True}]',
     'NetEncoder::parameter: Several labels at once are encoded as "IndicatorVector", not as "Index".'),
    ('NetEncoder[7]', 'NetEncoder::arguments: NetEncoder takes a type, such as NetEncoder["Boolean"] or '
     'NetEncoder[{"Class", {"a", "b"}}].'),
    ('NetDecoder[{"Class", {"a", "b"}}][{.1, .2, .7}]',
     'NetDecoder::invalid: The decoder "Class" takes 2 probabilities, not shape (3).'),
    ('NetDecoder[{"Class", {"a", "b"}}][.1]',
     'NetDecoder::invalid: The decoder "Class" takes an array of depth 1, or a list of such; found 0.1.'),
    ('NetDecoder[{"Class", {"a", "b"}}][{.1, .9}, "Probabilty" -> "a"]',
     'NetDecoder::prop: The decoder "Class" has no property "Probabilty" -> "a". Did you mean "Probability"? '
     'Known are '
     '"Decision", "TopDecisions", "TopProbabilities", "Probabilities", "Probability", "Entropy", '
         '"RandomSample".'),
    ('NetDecoder[{"Class", {"a", "b"}}][{.1, .9}, "Probability" -> "c"]',
     'NetDecoder::prop: "Probability" -> "c" names no class; the classes are {"a", "b"}.'),
    ('NetDecoder[{"Class", {"a", "b"}}][{.1, .9}, "TopDecisions"]',
     'NetDecoder::prop: "TopDecisions" needs a positive number of classes, as in "TopDecisions" -> 2.'),
    ('NetDecoder[{"Class", {"a", "b"}}][{.1, .9}, "RandomSample" -> "hot"]',
     'NetDecoder::prop: "RandomSample" takes a temperature of at least 0, or rules for "Temperature", '
     '"TotalProbabilityCutoff" and "TopProbabilities"; found "hot".'),
    ('NetEncoder[{"Function", Total, 3}][{1, 2}]',
     'NetEncoder::invalid: The function of an encoder must give (3); for {1, 2} it gave 3.'),
    ('NetChain[{EmbeddingLayer[2]}, "Input" -> NetEncoder[{"Class", {"a", "b"}}]]["c"]',
     "NetChain::uninit: NetChain[...] has arrays that are not set. Use NetInitialize or NetTrain first."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert wl.error(code) == text


def test_every_coder_has_a_side() -> None:
    for name, record in CODERS.items():
        assert record.encoder is not None or record.decoder is not None, name
        if record.decoder is not None:
            assert record.decoder.properties, name
    assert Encoder.symbol == "NetEncoder"
