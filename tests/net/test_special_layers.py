"""CompiledLayer, RandomArrayLayer, PlaceholderLayer, and names that have no meaning here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from wlnet.net.layers.random_arrays import DISTRIBUTIONS

# ---- CompiledLayer

VECTOR = 'TypeSpecifier["PackedArray"]["MachineReal", 1]'
SLOW = "CompiledLayer::remark"


def test_compiled_layer_of_a_function_that_layers_can_compute(wl: Any) -> None:
    wl.value(f"c = CompiledLayer[Function[Typed[x, {VECTOR}], Total[x^2] x]]")
    assert wl("c[{1, 2, 3}]") == "{14., 28., 42.}"
    assert wl("c[{{1, 2, 3}, {1, 0, 0}}]") == "{{14., 28., 42.}, {1., 0., 0.}}"
    assert wl('c[{1, 1}, NetPortGradient["Input"]]') == "{6., 6.}"


def test_compiled_layer_run_by_the_evaluator(wl: Any) -> None:
    wl.quietly(f"c = CompiledLayer[Function[Typed[x, {VECTOR}], x^3], Function[{{x, g}}, 3 x^2 g]]")
    assert [m[: len(SLOW)] for m in wl.messages] == [SLOW]
    assert wl("c[{{1, 2, 3}, {2, 2, 2}}]") == "{{1., 8., 27.}, {8., 8., 8.}}"
    assert wl('c[{1, 2, 3}, NetPortGradient["Input"]]') == "{3., 12., 27.}"
    wl.quietly(f"c = CompiledLayer[Function[Typed[x, {VECTOR}], Exp[x]], Function[{{x, g, y}}, g y]]")
    assert wl('c[{0, 1}, NetPortGradient["Input"]]') == "{1., 2.71828}"


def test_compiled_layer_of_a_whole_batch(wl: Any) -> None:
    matrix = 'TypeSpecifier["PackedArray"]["MachineReal", 2]'
    wl.quietly(
        f'c = CompiledLayer[Function[Typed[x, {matrix}], Sort /@ x], Function[{{x, g}}, g], "Input" -> 3]'
    )
    assert wl("c[{3, 1, 2}]") == "{1., 2., 3.}"
    assert wl("c[{{3, 1, 2}, {6, 5, 4}}]") == "{{1., 2., 3.}, {4., 5., 6.}}"


def test_training_goes_through_a_gradient_function(wl: Any) -> None:
    wl.quietly(f"c = CompiledLayer[Function[Typed[x, {VECTOR}], 2 x], Function[{{x, g}}, 2 g]]")
    wl.value(
        "net = NetTrain[NetChain[{LinearLayer[1], c}], {1 -> {2}, 2 -> {4}, 3 -> {6}}, RandomSeeding -> 1, "
        "MaxTrainingRounds -> 300, LearningRate -> .05, TrainingProgressReporting -> None]"
    )
    assert wl("Round[net[5]]") == "{10}"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            'CompiledLayer[Function[Typed[x, "Real"], StringLength[ToString[x]]]]',
            "derivative of this function",
        ),
        ("CompiledLayer[Sin]", "Function[Typed[x, type], body]"),
        ('CompiledLayer[Function[Typed[x, "Real"], x], Function[{g}, g]]', "input and output gradient"),
    ],
)
def test_compiled_layers_that_cannot_be(wl: Any, code: str, text: str) -> None:
    assert text in wl.error(code)


def test_no_gradient(wl: Any) -> None:
    wl.quietly(f"c = CompiledLayer[Function[Typed[x, {VECTOR}], x^3], None]")
    assert "has none" in wl.error('c[{1, 2, 3}, NetPortGradient["Input"]]')
    wl.quietly(f'c = CompiledLayer[Function[Typed[x, {VECTOR}], foo[x]], None, "Input" -> 2, "Output" -> 2]')
    assert "must give numbers" in wl.error("c[{1, 2}]")


# ---- RandomArrayLayer

# Distribution -> (parameters, mean, variance).
G = math.gamma
MOMENTS = {
    "Normal": ("2, 3", 2, 9),
    "Uniform": ("{1, 4}", 2.5, 0.75),
    "Gamma": ("2.5, 2", 5, 10),
    "Exponential": ("0.5", 2, 4),
    "Poisson": ("3.5", 3.5, 3.5),
    "Maxwell": ("2", 4 * math.sqrt(2 / math.pi), 4 * (3 * math.pi - 8) / math.pi),
    "Rayleigh": ("2", 2 * math.sqrt(math.pi / 2), 4 * (4 - math.pi) / 2),
    "Chi": ("3", math.sqrt(2) * G(2) / G(1.5), 3 - 2 * (G(2) / G(1.5)) ** 2),
    "HalfNormal": ("1", 1, (math.pi - 2) / 2),
    "Weibull": ("2, 3", 3 * G(1.5), 9 * (G(2) - G(1.5) ** 2)),
    "Nakagami": ("2, 3", G(2.5) / G(2) * math.sqrt(1.5), 3 * (1 - (G(2.5) / G(2)) ** 2 / 2)),
    "ChiSquare": ("4", 4, 8),
    "Erlang": ("3, 2", 1.5, 0.75),
    "LogGamma": ("2, 0.1", (1 - 0.1) ** -2 - 1, (1 - 0.2) ** -2 - (1 - 0.1) ** -4),
    "ExpGamma": ("2", 1 - 0.5772156649, math.pi**2 / 6 - 1),
    "InverseGamma": ("5, 3", 0.75, 9 / (16 * 3)),
    "Bernoulli": ("0.3", 0.3, 0.21),
    "Binomial": ("12, 0.3", 3.6, 2.52),
    "NegativeBinomial": ("3, 0.4", 4.5, 11.25),
    "DiscreteUniform": ("{2, 6}", 4, 2),
}


def test_every_distribution_is_checked() -> None:
    assert set(MOMENTS) == set(DISTRIBUTIONS)


@pytest.mark.parametrize("name", MOMENTS)
def test_mean_and_variance(wl: Any, name: str) -> None:
    parameters, mean, variance = MOMENTS[name]
    wl.value(f'r = RandomArrayLayer[{name}Distribution[{parameters}], "Output" -> 20000]')
    found = np.asarray(wl.session.evaluate('r[NetEvaluationMode -> "Train", RandomSeeding -> 3]'))
    assert np.isfinite(found).all()
    assert found.mean() == pytest.approx(mean, abs=5 * math.sqrt(variance / 20000))
    assert found.var() == pytest.approx(variance, rel=0.12)


def test_gamma_with_a_small_shape(wl: Any) -> None:
    found = np.asarray(
        wl.session.evaluate('RandomArrayLayer[GammaDistribution[0.4, 3], "Output" -> 20000][]')
    )
    assert found.mean() == pytest.approx(1.2, rel=0.08)


def test_parameters_as_inputs(wl: Any) -> None:
    wl.value("r = RandomArrayLayer[NormalDistribution[#Mean, #Std] &]")
    data = '<|"Mean" -> {5., 100.}, "Std" -> {0., 0.}|>'
    assert wl(f"r[{data}]") == "{5., 100.}"
    assert wl(f'r[{data}, NetPortGradient["Mean"]]') == "{1., 1.}"
    assert wl('Sort[Keys[Information[r, "InputPorts"]]]') == "{Mean, Std}"
    assert wl("RandomArrayLayer[UniformDistribution[{#, #}] &][{3., 4.}]") == "{3., 4.}"


def test_numbers_are_new_at_each_use_and_repeat_with_a_seed(wl: Any) -> None:
    wl.value('r = RandomArrayLayer[NormalDistribution[], "Output" -> 3]')
    assert wl("r[] === r[]") == "False"
    seeded = 'r[NetEvaluationMode -> "Train", RandomSeeding -> 5]'
    assert wl(f"{seeded} === {seeded}") == "True"


def test_unknown_distributions(wl: Any) -> None:
    assert "one of these distributions" in wl.error("RandomArrayLayer[CauchyDistribution[0, 1]]")
    assert "one of these distributions" in wl.error("RandomArrayLayer[GammaDistribution[1]]")


def test_a_generator_may_draw_by_itself(wl: Any) -> None:
    wl.value(
        'noisy = NetGraph[<|"r" -> RandomArrayLayer[NormalDistribution[]], "sum" -> ThreadingLayer[Plus]|>, '
        '{{NetPort["Input"], "r"} -> "sum"}, "Input" -> 4]'
    )
    assert wl("Dimensions[noisy[{1, 2, 3, 4}]]") == "{4}"


# ---- PlaceholderLayer and names from elsewhere


def test_placeholders_have_a_place_but_no_value(wl: Any) -> None:
    placeholder = 'PlaceholderLayer["conv", <|"a" -> 1|>, "Input" -> 3, "Output" -> 2]'
    wl.value(f'p = NetChain[{{3, {placeholder}, 4}}, "Input" -> 2]')
    assert 'stands for the operation "conv"' in wl.error("NetInitialize[p][{1, 2}]")
    assert 'stands for the operation "conv"' in wl.error("NetTrain[p, {{1, 2} -> {1, 2, 3, 4}}]")
    assert wl("NetReplacePart[p, 2 -> LinearLayer[2]] // Head") == "NetChain"
    assert wl("ToExpression[ToString[p, InputForm]] === p") == "True"
    ports = 'PlaceholderLayer["x", InputPorts -> {"a", "b"}, "OutputPorts" -> 2]'
    assert (
        wl(f'Information[{ports}, {{"InputPortNames", "OutputPortNames"}}]') == "{{a, b}, {Output1, Output2}}"
    )


def test_names_from_elsewhere(wl: Any) -> None:
    assert wl('Head[ConstantArrayLayer["Array" -> {1, 2}]]') == "NetArrayLayer"
    assert "no repository" in wl.error('NetModel["LeNet"]')
    assert "ONNX" in wl.error('NetExternalObject["file"]')


@pytest.mark.parametrize("operator", ["NetMapThreadOperator", "NetFoldOperator"])
def test_operator_of_a_layer_whose_inputs_come_from_connections(wl: Any, operator: str) -> None:
    assert "InputPorts -> 2" in wl.error(f"{operator}[ThreadingLayer[Plus]]")


def test_map_thread_of_a_layer_with_stated_inputs(wl: Any) -> None:
    code = 'NetMapThreadOperator[ThreadingLayer[Plus, InputPorts -> {"Real", "Real"}]][{{1, 2}, {3, 4}}]'
    assert wl(code) == "{4., 6.}"


def test_a_test_for_zero_is_not_decided_of_the_symbol(wl: Any) -> None:
    assert wl("ElementwiseLayer[If[PossibleZeroQ[#], 1, 2] &][{0, 0.7}]") == "{1., 2.}"


@pytest.mark.parametrize("data", ["{a, b}", "a", "{{1, 2}, {3}}"])
def test_data_that_are_no_array_for_a_port_of_unknown_shape(wl: Any, data: str) -> None:
    assert "ElementwiseLayer::invindata" in wl.error(f"ElementwiseLayer[Ramp][{data}]")
