"""Every layer: documented values, gradients against differences, and what its record must hold. Generated
from the records, so that no layer can be added untested.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from wlnet.runtime.compile import compile
from wlnet.runtime.store import Store

from wlnet.net import formulas
from wlnet.net.layer import LAYERS
from wlnet.net.lower import Wire, declare, input_type, lower
from wlnet.net.net import Net
from wlnet.runtime import autodiff, ir

EXAMPLES = [(name, example) for name, record in LAYERS.items() for example in record.examples]
CONTAINERS = ("NetChain", "NetGraph")


def test_every_layer_has_usage_and_examples() -> None:
    for name, record in LAYERS.items():
        assert record.usage.startswith(name + "["), name
        assert record.examples or name in CONTAINERS, name


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EXAMPLES)])
def test_documented_values(wl: Any, name: str, example: Any) -> None:
    assert wl(example.code) == example.result


# ---- gradients

# One fully specified layer or more of each kind, with inputs where it is smooth.
SMOOTH = {
    "LinearLayer": ['LinearLayer[2, "Input" -> {3, 2}]', 'LinearLayer[{2, 2}, "Input" -> 3, "Biases" -> '
        'None]',
                    'LinearLayer[{}, "Input" -> "Real"]'],
    "EmbeddingLayer": ['EmbeddingLayer[3, 4, "Input" -> {2, Restricted["Integer", 4]}]'],
    "UnitVectorLayer": ['UnitVectorLayer[3, "Input" -> Restricted["Integer", 3]]'],
    "NetArrayLayer": ['NetArrayLayer["Output" -> {2, 3}]'],
    "ConstantTimesLayer": ['ConstantTimesLayer["Input" -> {2, 2}]'],
    "ConstantPlusLayer": ['ConstantPlusLayer["Input" -> {2, 2}]'],
    "ElementwiseLayer": ['ElementwiseLayer[Tanh[#]^2/(1 + Exp[-#]) &, "Input" -> {2, 3}]',
                         'ElementwiseLayer["GELU", "Input" -> 3]'],
    "ParametricRampLayer": ['ParametricRampLayer["Input" -> {2, 3}]', 'ParametricRampLayer[{}, "Input" -> '
        '3]'],
    "DropoutLayer": ['DropoutLayer[0.5, "Input" -> 4]'],
    "SoftmaxLayer": ['SoftmaxLayer["Input" -> {2, 3}]', 'SoftmaxLayer[1, "Input" -> {2, 3}]'],
    "ThreadingLayer": ['ThreadingLayer[#1 #2 - #1/(2 + #2^2) &, "Input1" -> {2, 3}, "Input2" -> {2, 1}]',
                       'ThreadingLayer[Times, -1, InputPorts -> {{2}, {2, 3}}]'],
    "TotalLayer": ['TotalLayer["Input1" -> 3, "Input2" -> 3]'],
    "FunctionLayer": ['FunctionLayer[Total[#^2] - Mean[#] &, "Input" -> {3, 2}]',
                      'FunctionLayer[#a . Reverse[#b] + Norm[#b] &, "a" -> 3, "b" -> 3]',
                      'FunctionLayer[Join[Take[#, 2], LinearLayer[2][#]] NetArray["w"] &, "Input" -> 3]'],
    "SummationLayer": ['SummationLayer["Input" -> {2, 3}]'],
    "AggregationLayer": [
        f'AggregationLayer[{f}, {{-1, 1}}, "Input" -> {{2, 3, 2}}]'
        for f in ("Mean", "Min", "Max", "Total", "Times", "Median", "Variance", "StandardDeviation",
        "MeanDeviation",
                  "InterquartileRange")
    ],
    "DotLayer": ['DotLayer["Input1" -> {2, 3}, "Input2" -> {3, 2}, "Input3" -> 2]'],
    "FlattenLayer": ['FlattenLayer["Input" -> {2, 3}]', 'FlattenLayer[{{3, 1}}, "Input" -> {2, 3, 2}]'],
    "ReshapeLayer": ['ReshapeLayer[{3, Automatic}, "Input" -> {2, 3}]'],
    "TransposeLayer": ['TransposeLayer[{2, 3, 1}, "Input" -> {2, 3, 4}]'],
    "ReplicateLayer": ['ReplicateLayer[{2, 3}, 2, "Input" -> {2}]'],
    "PartLayer": ['PartLayer[{3 ;; 1 ;; -1, 2}, "Input" -> {4, 3}]'],
    "CatenateLayer": ['CatenateLayer[2, "Input1" -> {2, 3}, "Input2" -> {2, 1}]',
                      'CatenateLayer["Input1" -> {2, 3}, "Input2" -> 2]'],
    "SequenceLastLayer": ['SequenceLastLayer["Input" -> {3, 2}]'],
    "SequenceMostLayer": ['SequenceMostLayer["Input" -> {3, 2}]'],
    "SequenceRestLayer": ['SequenceRestLayer["Input" -> {3, 2}]'],
    "SequenceReverseLayer": ['SequenceReverseLayer["Input" -> {3, 2}]'],
    "SequenceIndicesLayer": [],  # positions: no derivative
    "OrderingLayer": [],
    "ExtractLayer": ['ExtractLayer["Input" -> {3, 3}, "Position" -> {2, 1, Restricted["Integer", 3]}]',
                     'ExtractLayer["Input" -> {3, 3, "Real"}, "Position" -> {2, Restricted["Integer", 3]}]'],
    "AttentionLayer": [
        'AttentionLayer["Key" -> {2, 3}, "Value" -> {2, 2}, "Query" -> {3, 2}]',
        'AttentionLayer["Dot", "Mask" -> "Causal" -> 2, "ScoreRescaling" -> "DimensionSqrt", "MultiHead" -> '
        'True, "Key" -> {3, 2, 2}, "Value" -> {3, 2, 1}, "Query" -> {3, 2, 2}]',
        'AttentionLayer["Dot", "Dropout" -> 0.5, "Key" -> {2, 2, 3}, "Value" -> {2, 2, 2}, "Query" -> 3]',
        'AttentionLayer[NetGraph[{CatenateLayer[], LinearLayer[{}]}, {{NetPort["Input"], NetPort["Query"]}'
        ' -> 1 -> 2}], "Key" -> {2, 2}, "Query" -> {2, 1}, "Value" -> {2, 3}]'],
    "AppendLayer": ['AppendLayer["Input" -> {2, 3}]'],
    "PrependLayer": ['PrependLayer["Input" -> {2, 3}]'],
    "PaddingLayer": ['PaddingLayer[{{1, 2}, {0, 1}}, Padding -> "Reflected", "Input" -> {3, 2}]',
                     'PaddingLayer[{{1, 2}}, Padding -> 5, "Input" -> {3, 2}]'],
    "BatchNormalizationLayer": ['BatchNormalizationLayer["Input" -> {2, 3}]',
                                'BatchNormalizationLayer[Interleaving -> True, "Input" -> {3, 2}]'],
    "NormalizationLayer": ['NormalizationLayer["Input" -> {2, 4}]', 'NormalizationLayer[2, "Same", "Input" '
        '-> {2, 4}]',
                           'NormalizationLayer[2, "GroupNumber" -> 2, Method -> "RMS", "Input" -> {2, 4}]',
                           'NormalizationLayer[1 ;; 2, "Unbiased" -> True, "Input" -> {2, 4}]'],
    "ConvolutionLayer": [
        'ConvolutionLayer[2, {3}, "Input" -> {2, 5}]',
        'ConvolutionLayer[4, {2, 3}, "Stride" -> {1, 2}, "Dilation" -> 2, "ChannelGroups" -> 2, '
        'PaddingSize -> {{1, 2}, {2, 0}}, "Input" -> {2, 4, 5}]',
        'ConvolutionLayer[2, 2, PaddingSize -> "Same", "Biases" -> None, Interleaving -> True, "Input" -> '
        '{3, 2, 2, 1}]'],
    "DeconvolutionLayer": ['DeconvolutionLayer[2, 3, "Stride" -> 2, PaddingSize -> 1, "Input" -> {1, 3, 2}]',
                           'DeconvolutionLayer[2, {2}, "ChannelGroups" -> 2, PaddingSize -> "Same", '
                           '"Input" -> {2, 3}]'],
    "PoolingLayer": [f'PoolingLayer[2, {step}, "Function" -> {f}, PaddingSize -> 1, "Input" -> {{2, 3, 4}}]'
                     for f in ("Max", "Mean", "Total") for step in (1, 2)],
    "ResizeLayer": ['ResizeLayer[{4, All}, "Input" -> {2, 3, 2}]',
                    'ResizeLayer[{Scaled[2]}, Resampling -> "Nearest", Interleaving -> True, "Input" -> '
                    '{3, 2}]'],
    "SpatialTransformationLayer": ['SpatialTransformationLayer[{3, 2}, "Input" -> {2, 4, 3}]'],
    "ImageAugmentationLayer": ['ImageAugmentationLayer[{2, 3}, "ReflectionProbabilities" -> {0.5, 0.5}, '
                               '"Input" -> {2, 4, 5}]'],
    "LocalResponseNormalizationLayer": ['LocalResponseNormalizationLayer["ChannelWindowSize" -> 1, '
                                        '"Input" -> {4, 2, 3}]'],
    "NetMapOperator": ['NetMapOperator[LinearLayer[2], "Input" -> {3, 2}]'],
    "BasicRecurrentLayer": ['BasicRecurrentLayer[2, "Input" -> {3, 2}]'],
    "GatedRecurrentLayer": ['GatedRecurrentLayer[2, "Input" -> {3, 2}]',
                            'GatedRecurrentLayer[2, "Input" -> {3, 2}, "Dropout" -> {"StateUpdate" -> 0.5}]'],
    "LongShortTermMemoryLayer": [
        'LongShortTermMemoryLayer[2, "Input" -> {3, 2}]',
        'LongShortTermMemoryLayer[2, "Input" -> {2, 3}, "Dropout" -> {"VariationalInput" -> 0.2, '
        '"VariationalState" -> 0.2, "VariationalWeights" -> 0.2}]'],
    "NetFoldOperator": [
        'NetFoldOperator[NetGraph[{CatenateLayer[], 2, Tanh}, {{NetPort["Input"], NetPort["State"]} -> 1 -> 2'
        ' -> 3}], "Input" -> {3, 2}]'],
    "NetNestOperator": ['NetNestOperator[NetChain[{2, Tanh}], 3, "Input" -> 2]',
                        'NetNestOperator[NetChain[{2, Tanh}], 20, "Input" -> 2]'],
    "NetBidirectionalOperator": ['NetBidirectionalOperator[BasicRecurrentLayer[2], "Input" -> {3, 2}]',
                                 'NetBidirectionalOperator[GatedRecurrentLayer[2], Plus, "Input" -> {3, 2}]'],
    "CompiledLayer": [
        'CompiledLayer[Function[Typed[x, TypeSpecifier["PackedArray"]["MachineReal", 1]], Total[x] x^2], '
        '"Input" -> 3]'
    ],
    "RandomArrayLayer": ["RandomArrayLayer[NormalDistribution[#Mean, #Std] &, \"Mean\" -> 3]",
                         "RandomArrayLayer[GammaDistribution[#a, #b] &, \"a\" -> 3]"],
    "PlaceholderLayer": [],  # it has no value: test_special_layers.py
    "NetGANOperator": [],  # its gradients are no derivatives on purpose: test_adversarial.py
    "NetMapThreadOperator": [
        'NetMapThreadOperator[DotLayer["Input1" -> {2, 3}, "Input2" -> 3], "Input1" -> {4, 2, 3}]',
        'NetMapThreadOperator[TotalLayer["Input1" -> 3, "Input2" -> 3], 2, "Input1" -> {2, 4, 3}]',
        'NetMapThreadOperator[TotalLayer["Input1" -> 3, "Input2" -> 3], <|"Input2" -> 2|>, "Input2" -> '
        '{2, 4, 3}]'],
    "NetPairEmbeddingOperator": [
        'NetPairEmbeddingOperator[LinearLayer[3], "Input" -> {2, 2}]',
        'NetPairEmbeddingOperator[LinearLayer[3], DistanceFunction -> CosineDistance, "Input" -> {2, 2}]'],
    "MeanSquaredLossLayer": ['MeanSquaredLossLayer["Input" -> {2, 2}]'],
    "MeanAbsoluteLossLayer": ['MeanAbsoluteLossLayer["Input" -> {2, 2}]'],
    "CrossEntropyLossLayer": ['CrossEntropyLossLayer["Index", "Input" -> {2, 3}]',
                              'CrossEntropyLossLayer["Probabilities", "Input" -> {2, 3}]',
                              'CrossEntropyLossLayer["Binary", "Input" -> {2, 2}]'],
    "CTCLossLayer": ['CTCLossLayer["Input" -> {4, 3}, "Target" -> {2, Restricted["Integer", 2]}]'],
    "ContrastiveLossLayer": ["ContrastiveLossLayer[]"],
}  # fmt: skip


def test_every_layer_is_checked() -> None:
    assert set(SMOOTH) == set(LAYERS) - set(CONTAINERS)


def inputs_for(net: Net, count: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Values in (0.1, 0.9), so that logarithms and probabilities exist; class numbers at integer ports."""
    found = {}
    for name, port in net.inputs.items():
        type_ = input_type(port, count, "f64")
        if port.kind == "integer":
            low, high = port.range or (1, 3)
            found[name] = random.integers(low, (high or 3) + 1, type_.shape)
        else:
            found[name] = random.uniform(0.1, 0.9, type_.shape)
    return found


def program_for(net: Net, count: int, training: bool) -> tuple[ir.Program, dict[str, Any]]:
    """The program of a random linear function of the outputs, with its gradients;
    and the gradients' names.
    """
    b = ir.Builder()
    ins = {name: Wire(b.input(name, input_type(port, count, "f64"))) for name, port in net.inputs.items()}
    outs = lower(net, b, ins, training=training, dtype="f64", updates=False, batch=count)
    random = np.random.default_rng(3)
    total = b.constant(0.0, "f64")
    for wire in outs.values():
        weight = b.constant(random.uniform(0.5, 1.5, wire.value.shape), "f64")
        total = b.add(total, b.sum(b.mul(wire.value, weight)))
    b.output("total", total)
    leaves = {name: wire.value for name, wire in ins.items() if wire.value.type.is_float and name != "Target"}
    leaves |= {name: b.values[name] for name, v in b.variables.items() if v.group == "parameters"}
    for name, g in zip(leaves, autodiff.gradient(b, total, list(leaves.values())), strict=True):
        b.output("d " + name, g)
    return b.program(), leaves


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("code", [code for codes in SMOOTH.values() for code in codes])
def test_gradients_agree_with_differences(wl: Any, code: str, training: bool) -> None:
    net = wl.value(code)
    assert net.specified, code
    random = np.random.default_rng(zlib.crc32(code.encode()))
    b = ir.Builder()
    declare(net, b, "f64")
    program, leaves = program_for(net, 3, training)
    store = Store(program.variables)
    for name, variable in program.variables.items():
        if variable.group == "parameters":
            store[name] = random.uniform(0.3, 1.0, variable.type.shape)
    run = compile(program, store)
    data = inputs_for(net, 3, random)
    counter = "random/counter"
    start = store[counter].copy() if counter in store else None

    def total() -> float:
        if start is not None:
            store[counter] = start
        return float(run(data)["total"])

    total()
    if start is not None:
        store[counter] = start
    outputs = run(data)
    gradients = {name: outputs["d " + name] for name in leaves}
    for name, gradient in gradients.items():
        place = data[name] if name in data else store[name]
        direction = random.normal(size=place.shape)
        before, step = place.copy(), 1e-6
        place[...] = before + step * direction
        up = total()
        place[...] = before - step * direction
        down = total()
        place[...] = before
        assert (up - down) / (2 * step) == pytest.approx(
            float(np.sum(gradient * direction)), rel=2e-5, abs=2e-6
        ), name


# ---- definitions by hand


def close(found: Any, wanted: Any, tolerance: float = 2e-6) -> None:
    np.testing.assert_allclose(np.asarray(found, float), wanted, rtol=tolerance, atol=tolerance)


ACTIVATIONS = {
    "RectifiedLinearUnit": (1, 0), "ReLU": (1, 0),
    "ExponentialLinearUnit": (1, -0.632121), "ELU": (1, -0.632121),
    "ScaledExponentialLinearUnit": (1.0507, -1.111331), "SELU": (1.0507, -1.111331),
    "GaussianErrorLinearUnit": (0.841345, -0.158655), "GELU": (0.841345, -0.158655),
    "Swish": (0.731059, -0.268941), "HardSwish": (0.666667, -0.333333), "Mish": (0.865098, -0.303401),
    "SoftSign": (0.5, -0.5), "SoftPlus": (1.313262, 0.313262), "HardTanh": (1, -1), "HardSigmoid": (1, 0),
    "Sigmoid": (0.731059, 0.268941),
}  # fmt: skip


def test_the_table_of_activations_is_whole() -> None:
    assert set(ACTIVATIONS) == set(formulas.NAMED)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(wl: Any, name: str) -> None:
    close(wl.value(f'ElementwiseLayer["{name}"][{{1, -1}}]'), ACTIVATIONS[name], 1e-6)


# Where each function of one number is asked: within its domain, and negative where that is allowed.
POINTS = {
    "ArcTanh": 0.4, "ArcSin": -0.4, "ArcCos": 0.4, "ArcCosh": 1.4, "ArcCoth": 1.4, "ArcCsc": 1.4,
    "ArcSec": -1.4,
    "ArcSech": 0.4, "Log": 1.7, "Sqrt": 1.7, "LogGamma": 1.7, "InverseErf": -0.4, "InverseErfc": 1.4,
    "Gamma": 2.4,
    "InverseHaversine": 0.4, "InverseGudermannian": 0.4,
}  # fmt: skip
# Definitions of functions that the language may leave as they are.
DEFINITIONS = {
    "Haversine": "Sin[x/2]^2", "InverseHaversine": "2 ArcSin[Sqrt[x]]", "Gudermannian": "2 ArcTan[Tanh[x/2]]",
    "InverseGudermannian": "2 ArcTanh[Tan[x/2]]",
}  # fmt: skip


@pytest.mark.parametrize("name", formulas.UNARY)
def test_named_functions_agree_with_the_language(wl: Any, name: str) -> None:
    x = POINTS.get(name, -1.3)
    found = wl.value(f"ElementwiseLayer[{name}][{x}]")
    wanted = wl.value(f"N[{DEFINITIONS.get(name, name + '[x]')} /. x -> {x}]")
    assert found == pytest.approx(float(wanted), rel=3e-6)


COMPOUND = [
    "If[# > 0, #, # / 10] &", "Which[# < -1, -1, # > 1, 1, True, #^3] &", "Clip[#, {-1/2, 2}] &", "Max[#, "
        "0, #^2] &",
    "Mod[#, 3] &", "Surd[#, 3] &", "#^2 - 3 # + Pi &", "Piecewise[{{#, # > 0}}, 2 #] &",
    "Boole[And[# > 0, # < 1]] &", "If[Or[Negative[#], # == 1.5], 1, 0] &", "Composition[Tanh, # + 1 &]",
    "Sin /* Cos", "Function[x, x^2 + x]", "If[-1 <= # < 1, 5, 7] &", "Min[#, 2 - #] &", "1/(1 + #^2) &",
    "Power[2, "
        "#] &",
]  # fmt: skip


@pytest.mark.parametrize("code", COMPOUND)
def test_compound_functions_agree_with_the_language(wl: Any, code: str) -> None:
    for x in (-1.25, 0.5, 1.5):
        found = wl.value(f"ElementwiseLayer[{code}][{x}]")
        wanted = wl.value(f"N[({code})[{x}]]")
        assert found == pytest.approx(float(wanted), rel=3e-6), x


def test_threshold_and_chop(wl: Any) -> None:
    close(wl.value("ElementwiseLayer[Threshold[#, 1] &][{-1.25, 0.5, 1.5}]"), [-1.25, 0, 1.5])
    close(wl.value("ElementwiseLayer[Chop[#, 1] &][{-1.25, 0.5, 1.5}]"), [-1.25, 0, 1.5])


def test_user_defined_functions(wl: Any) -> None:
    wl.value("f[x_] := x^2 + 1; g[x_] := Total[(x - Mean[x])^2]; h[x_, y_] := x - 2 y;")
    close(wl.value("ElementwiseLayer[f][{1., 2.}]"), [2, 5])
    close(wl.value("FunctionLayer[g][{1., 2., 6.}]"), 14)
    close(wl.value("ThreadingLayer[h[#1, #2] &][{{1., 2.}, {3., 4.}}]"), [-5, -6])
    assert wl("Total[{1, 2, 3}]") == "6"


FUNCTIONS = [
    ("Total[#] &", "{{1., 2.}, {3., 5.}}"), ("Total[#, 2] &", "{{1., 2.}, {3., 5.}}"),
    ("Total[#, Infinity] &", "{{1., 2.}, {3., 5.}}"),
    ("Mean[#] &", "{{1., 2.}, {3., 5.}}"), ("Max[#] &", "{{1., 2.}, {3., 5.}}"), ("#[[2, 1]] &", "{{1., "
     "2.}, {3., 5.}}"),
    ("#[[All, 2]] &", "{{1., 2.}, {3., 5.}}"), ("Take[#, -1] &", "{{1., 2.}, {3., 5.}}"), ("Drop[#, 1] &",
     "{1., "
     "2., "
     "3.}"),
    ("Reverse[#] &", "{1., 2., 3.}"), ("Transpose[#] &", "{{1., 2.}, {3., 5.}}"), ("Flatten[#] &", "{{1., "
     "2.}, {3., 5.}}"),
    ("# . # &", "{{1., 2.}, {3., 5.}}"), ("Join[#, {7., 8.}] &", "{1., 2., 3.}"), ("Variance[#] &", "{1., "
     "2., "
     "4.}"),
    ("StandardDeviation[#] &", "{1., 2., 4.}"), ("Norm[#] &", "{1., 2., 4.}"), ("{Total[#], Max[#]} &",
     "{1., "
     "2., "
     "4.}"),
    ("Accumulate[#] &", "{1., 2., 4.}"), ("Differences[#] &", "{1., 2., 4.}"), ("Tr[#] &", "{{1., 2.}, {3., "
     "5.}}"),
    ("# {10., 20.} &", "{{1., 2.}, {3., 5.}}"), ("If[Total[#] > 0, #, -#] &", "{-3., 1.}"),
    ("SquaredEuclideanDistance[#, {1., 1.}] &", "{4., 5.}"), ("CosineDistance[#, {1., 1.}] &", "{4., 5.}"),
    ("With[{m = Mean[#]}, Total[(# - m)^2]] &", "{1., 2., 4.}"), ("Total /* Sqrt", "{1., 2., 6.}"),
    ("First[#] + Last[#] &", "{1., 2., 4.}"), ("ArrayReshape[#, {2, 2}] &", "{1., 2., 3., 4.}"),
     ("Median[#] &", "{4., 1., 3.}"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "data"), FUNCTIONS)
def test_function_layers_compute_their_function(wl: Any, code: str, data: str) -> None:
    found = wl.value(f"FunctionLayer[{code}][{data}]")
    wanted = wl.value(f"N[({code})[{data}]]")
    from wlnet.expr import is_list, to_array

    close(
        to_array(found, exact=False) if is_list(found) else found,
        to_array(wanted, exact=False) if is_list(wanted) else wanted,
    )


def test_function_layer_of_a_sequence(wl: Any) -> None:
    net = wl.value('FunctionLayer[Accumulate[#] &, "Input" -> {"Varying", 2}]')
    assert wl.session.text(net) == (
        "FunctionLayer[Accumulate[#1] & , Input: sequence of vectors (size: nx2), Output: sequence of "
        "vectors (size: nx2)]"
    )


def test_batch_normalization_against_numpy(wl: Any) -> None:
    wl.value(
        'bn = BatchNormalizationLayer["Input" -> {2, 3}, "Scaling" -> {2, 1}, "Biases" -> {0.5, -1}, '
        '"MovingMean" -> {0.1, 0.2}, "MovingVariance" -> {2, 3}]'
    )
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    wl.session["x"] = x
    scale, bias = np.array([2, 1.0])[:, None], np.array([0.5, -1.0])[:, None]
    mean, variance = x.mean((0, 2), keepdims=True), x.var((0, 2), keepdims=True)
    close(
        wl.value('bn[x, NetEvaluationMode -> "Train"]'),
        scale * (x - mean) / np.sqrt(variance + 1e-3) + bias,
        1e-5,
    )
    moving = np.array([0.1, 0.2])[:, None], np.array([2, 3.0])[:, None]
    close(wl.value("bn[x]"), scale * (x - moving[0]) / np.sqrt(moving[1] + 1e-3) + bias, 1e-5)
    assert wl('Normal[NetExtract[bn, "MovingMean"]]') == "{0.1, 0.2}"  # applying a net changes nothing in it


def test_moving_statistics_are_updated_by_the_program(wl: Any) -> None:
    net = wl.value('NetInitialize[BatchNormalizationLayer["Input" -> 2]]')
    b = ir.Builder()
    ins = {"Input": Wire(b.input("Input", input_type(net.inputs["Input"], 4)))}
    for port, wire in lower(net, b, ins, training=True).items():
        b.output(port, wire.value)
    program = b.program()
    store = Store(program.variables, dict(zip(["Scaling", "MovingVariance"], [[1, 1], [1, 1]], strict=True)))
    x = np.random.default_rng(1).normal(size=(4, 2)).astype(np.float32)
    compile(program, store)({"Input": x})
    close(store["MovingMean"], 0.1 * x.mean(0), 1e-5)
    close(store["MovingVariance"], 0.9 + 0.1 * x.var(0), 1e-5)


def test_frozen_statistics_stay(wl: Any) -> None:
    net = wl.value('NetInitialize[NetChain[<|"bn" -> BatchNormalizationLayer[]|>, "Input" -> 2]]')
    for frozen, count in (((), 2), ((("bn",),), 0), ((("bn", "MovingMean"),), 1)):
        b = ir.Builder()
        ins = {"Input": Wire(b.input("Input", input_type(net.inputs["Input"], 4)))}
        lower(net, b, ins, training=True, frozen=frozen)
        assert len(b.updates) == count


def test_alpha_dropout_keeps_mean_and_variance(wl: Any) -> None:
    x = np.random.default_rng(2).normal(size=(20000,))
    wl.session["x"] = x
    found = wl.value(
        'DropoutLayer[0.2, Method -> "AlphaDropout"][x, NetEvaluationMode -> "Train", RandomSeeding -> 1]'
    )
    assert found.mean() == pytest.approx(0, abs=0.05)
    assert found.std() == pytest.approx(1, abs=0.05)


def test_dropout_mask_port(wl: Any) -> None:
    found = wl.value(
        'DropoutLayer[0.5, "OutputPorts" -> {"Output", "BinaryMask"}]'
        '[{1., 2., 3., 4.}, NetEvaluationMode -> "Train", RandomSeeding -> 3]'
    )
    mask = np.asarray(found.get("BinaryMask"))
    assert set(mask) <= {0.0, 1.0}
    close(found.get("Output"), mask * np.array([2, 4, 6, 8.0]))


def test_group_normalization_against_numpy(wl: Any) -> None:
    x = np.random.default_rng(4).normal(size=(4, 6))
    wl.session["x"] = x
    found = wl.value(
        'NormalizationLayer[2, "GroupNumber" -> 3, "Scaling" -> None, "Biases" -> None, "Input" -> {4, 6}][x]'
    )
    groups = x.reshape(4, 3, 2)
    wanted = (groups - groups.mean(2, keepdims=True)) / np.sqrt(groups.var(2, keepdims=True) + 1e-3)
    close(found, wanted.reshape(4, 6), 1e-5)


LOSSES = [
    ('CrossEntropyLossLayer["Index"][<|"Input" -> {{.5, .5}, {.25, .75}}, "Target" -> {1, 2}|>, BatchSize '
     '-> 1]',
     [-np.log(0.5), -np.log(0.75)]),
    ('CrossEntropyLossLayer["Index", "Input" -> {2, 2}][<|"Input" -> {{.5, .5}, {.25, .75}}, "Target" -> '
     '{1, 2}|>]',
     (-np.log(0.5) - np.log(0.75)) / 2),
    ('CrossEntropyLossLayer["Probabilities", "Input" -> {2, 2}][<|"Input" -> {{.5, .5}, {.25, .75}}, '
     '"Target" -> {{1, 0}, {.5, .5}}|>]', (-np.log(0.5) - 0.5 * np.log(0.25) - 0.5 * np.log(0.75)) / 2),
    ('CrossEntropyLossLayer["Binary", "Input" -> 2][<|"Input" -> {.5, .25}, "Target" -> {1, 0}|>]',
     (-np.log(0.5) - np.log(0.75)) / 2),
    ('ContrastiveLossLayer[2][<|"Input" -> 0.5, "Target" -> True|>]', 1.5),
    ('ContrastiveLossLayer[][<|"Input" -> {0.5, 0.7}, "Target" -> {False, True}|>]', [0.5, 0.0]),
    ('MeanSquaredLossLayer["Input" -> {2, 2}][<|"Input" -> {{1, 2}, {3, 4}}, "Target" -> {{0, 0}, {0, '
     '0}}|>]', 7.5),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wanted"), LOSSES)
def test_losses_by_hand(wl: Any, code: str, wanted: Any) -> None:
    if '"Index"][' in code:
        code = code.replace('"Index"][', '"Index", "Input" -> 2][')
    close(wl.value(code), wanted)


def test_a_probability_of_zero_has_a_finite_loss_and_still_learns(wl: Any) -> None:
    wl.value(
        'loss = CrossEntropyLossLayer["Index", "Input" -> 2]; d = <|"Input" -> {1., 0.}, "Target" -> 2|>;'
    )
    assert 50 < wl.value("loss[d]") < 100
    assert wl.value('loss[d, NetPortGradient["Input"]]')[1] < -1e20


def test_targets_get_no_gradient(wl: Any) -> None:
    found = wl.value(
        'MeanSquaredLossLayer[][<|"Input" -> {1., 2.}, "Target" -> {3., 5.}|>, NetPortGradient["Target"]]'
    )
    close(found, [0, 0])
