"""Sequences of different lengths together give what each gives alone: values, gradients, trained arrays.

Alone, a sequence runs at its own length through programs without any padding: the oracle.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

from wlnet.net.batches import Examples
from wlnet.net.demands import check, exact
from wlnet.net.layer import LAYERS
from wlnet.net.lengths import Extent, joined, length_name
from wlnet.net.lower import Wire, input_type, input_wire, lower
from wlnet.net.net import Net
from wlnet.runtime import autodiff, ir, reference

# Lengths of four examples; the second has none of the sizes that sequences are padded to.
COUNTS = (3, 9, 1, 4)
PADDED = 10

# By layer one or more with inputs of varying length; None: it takes no sequence of varying length.
CODES: dict[str, list[str] | None] = {
    "LinearLayer": None,
    "NetArrayLayer": None,
    "ConstantTimesLayer": None,
    "ConstantPlusLayer": None,
    "ContrastiveLossLayer": None,
    "NetPairEmbeddingOperator": None,
    "NetGANOperator": None,
    "EmbeddingLayer": ['EmbeddingLayer[3, 4, "Input" -> {"Varying", Restricted["Integer", 4]}]'],
    "UnitVectorLayer": ['UnitVectorLayer[3, "Input" -> {"Varying", Restricted["Integer", 3]}]'],
    "ElementwiseLayer": ['ElementwiseLayer[Log[#] + 1/# &, "Input" -> {"Varying", 3}]'],
    "ParametricRampLayer": ['ParametricRampLayer[2, "Input" -> {"Varying", 3}]'],
    "DropoutLayer": ['DropoutLayer[0.5, "Input" -> "Varying"]'],
    "SoftmaxLayer": ['SoftmaxLayer[1, "Input" -> {"Varying", 3}]', 'SoftmaxLayer["Input" -> {"Varying", 3}]',
                     'NetChain[{SoftmaxLayer[], ElementwiseLayer[Log[#] + 1/# &]}, "Input" -> "Varying"]'],
    "ThreadingLayer": ['ThreadingLayer[#1 Log[#2] &, InputPorts -> {{"Varying", 3}, {"Varying", 3}}]',
                       'ThreadingLayer[Times, -1, InputPorts -> {"Varying", {"Varying", 3}}]'],
    "TotalLayer": ['TotalLayer["Input1" -> "Varying", "Input2" -> "Varying"]'],
    "FunctionLayer": ['FunctionLayer[#^2 + 1 &, "Input" -> {"Varying", 3}]'],
    "SummationLayer": ['SummationLayer["Input" -> {"Varying", 3}]'],
    "AggregationLayer": [
        f'AggregationLayer[{f}, {levels}, "Input" -> {{"Varying", 3, 2}}]'
        for f in ("Mean", "Min", "Max", "Total", "Times", "Median", "Variance", "StandardDeviation",
                  "MeanDeviation", "InterquartileRange")
        for levels in ("1", "{1, 3}", "2")
        if levels != "1" or f not in ("Variance", "StandardDeviation")  # undefined for one element
    ],
    "DotLayer": ['DotLayer["Input1" -> {"Varying", 3}, "Input2" -> {3, 2}]',
                 'DotLayer["Input1" -> "Varying", "Input2" -> {"Varying", 2}]',
                 'DotLayer["Input1" -> "Varying", "Input2" -> "Varying"]'],
    "FlattenLayer": ['FlattenLayer[-1, "Input" -> {"Varying", 3, 2}]'],
    "ReshapeLayer": ['ReshapeLayer[{Inherited, 3, 2}, "Input" -> {"Varying", 6}]'],
    "TransposeLayer": ['TransposeLayer[2 <-> 3, "Input" -> {"Varying", 3, 2}]'],
    "ReplicateLayer": ['ReplicateLayer[2, -1, "Input" -> {"Varying", 3}]'],
    "SequenceLastLayer": ['SequenceLastLayer["Input" -> {"Varying", 3}]'],
    "SequenceMostLayer": ['NetChain[{PaddingLayer[{{1, 1}}], SequenceMostLayer[]}, "Input" -> "Varying"]'],
    "SequenceRestLayer": ['NetChain[{PaddingLayer[{{1, 1}}], SequenceRestLayer[]}, "Input" -> "Varying"]'],
    "SequenceReverseLayer": ['SequenceReverseLayer["Input" -> {"Varying", 3}]'],
    "SequenceIndicesLayer": ['SequenceIndicesLayer["Input" -> {"Varying", 3}]'],
    "OrderingLayer": ['OrderingLayer["Input" -> "Varying"]', 'OrderingLayer[1, "Input" -> "Varying"]',
                      'OrderingLayer[-1, "Input" -> "Varying"]'],
    "ExtractLayer": ['ExtractLayer["Input" -> {"Varying", 3}, "Position" -> {2, Restricted["Integer", '
                     '{-3, -1}]}]',
                     'ExtractLayer["Input" -> {"Varying", 3}, "Position" -> {"Varying", 1, "Integer"}]'],
    "AttentionLayer": [
        'AttentionLayer["Key" -> {"Varying", 3}, "Value" -> {"Varying", 2}, "Query" -> {2, 2}]',
        'AttentionLayer["Dot", "MultiHead" -> True, "Key" -> {"Varying", 2, 3}, "Value" -> {"Varying", 2, 2},'
        ' "Query" -> {"Varying", 2, 3}]',
        'AttentionLayer["Dot", "Mask" -> ("Causal" -> 2), "Key" -> {"Varying", 3}, "Value" -> {"Varying", 2},'
        ' "Query" -> {"Varying", 3}]',
        'AttentionLayer["Dot", "Key" -> {"Varying", 2, 3}, "Value" -> {"Varying", 2, 2}, "Query" -> 3]',
        'AttentionLayer[NetGraph[{CatenateLayer[], LinearLayer[{}]}, {{NetPort["Input"], NetPort["Query"]}'
        ' -> 1 -> 2}], "Key" -> {"Varying", 2}, "Query" -> {"Varying", 1}, "Value" -> {"Varying", 3}]'],
    "PartLayer": [f'PartLayer[{part}, "Input" -> {{"Varying", 3}}]' for part in (
        "1", "-1", "1 ;; -1", "1 ;; 1", "-1 ;; -1", "{1, 2}", "{-1 ;; 1 ;; -1, 1 ;; 2}", "1 ;; -1 ;; 2",
        "{All, 2 ;; 3}", "-1 ;; All", "All ;; All ;; 3")],
    "CatenateLayer": ['CatenateLayer["Input1" -> {"Varying", 3}, "Input2" -> {"Varying", 3}]',
                      'CatenateLayer["Input1" -> {2, 3}, "Input2" -> {"Varying", 3}, "Input3" -> {1, 3}]',
                      'CatenateLayer[2, "Input1" -> {"Varying", 3}, "Input2" -> {"Varying", 2}]',
                      'CatenateLayer["Input1" -> {"Varying", 3}, "Input2" -> 2]'],
    "AppendLayer": ['AppendLayer["Input" -> {"Varying", 3}]'],
    "PrependLayer": ['PrependLayer["Input" -> {"Varying", 3}]'],
    "PaddingLayer": ['PaddingLayer[{{1, 2}, {0, 1}}, Padding -> 5, "Input" -> {"Varying", 2}]',
                     'PaddingLayer[{{1, 2}}, Padding -> "Fixed", "Input" -> {"Varying", 2}]',
                     'NetChain[{PaddingLayer[{{2, 2}}], PaddingLayer[{{2, 3}}, Padding -> "Reflected"]}, '
                     '"Input" -> "Varying"]'],
    "BatchNormalizationLayer": ['BatchNormalizationLayer[Interleaving -> True, "Input" -> {"Varying", 3}]'],
    "NormalizationLayer": ['NormalizationLayer[1, "Complement", "Unbiased" -> True, "Input" -> '
                           '{"Varying", 4}]',
                           'NormalizationLayer[2, "Same", "GroupNumber" -> 2, Method -> "RMS", "Input" -> '
                           '{"Varying", 4}]'],
    **{name: [f'{name}[2, "Input" -> {{"Varying", 3}}]']
       for name in ("BasicRecurrentLayer", "GatedRecurrentLayer", "LongShortTermMemoryLayer")},
    "RandomArrayLayer": None,
    "PlaceholderLayer": None,
    "CompiledLayer": None,  # its function sees one example: sequences of equal lengths alone run together
    "ImageAugmentationLayer": None,
    "SpatialTransformationLayer": None,
    "LocalResponseNormalizationLayer": None,
    "ConvolutionLayer": [
        f'ConvolutionLayer[2, 3, PaddingSize -> {p}, "Stride" -> {s}, Interleaving -> True, "Input" -> '
        '{"Varying", 3}]' for p, s in (("1", 1), ("{{2, 1}}", 2))],
    "DeconvolutionLayer": ['DeconvolutionLayer[2, 3, "Stride" -> 2, PaddingSize -> 1, Interleaving -> True, '
                           '"Input" -> {"Varying", 3}]'],
    "PoolingLayer": [f'PoolingLayer[2, 1, PaddingSize -> 1, Interleaving -> True, "Function" -> {f}, "Input" '
                     '-> {"Varying", 3}]' for f in ("Max", "Mean", "Total")],
    "ResizeLayer": None,
    "NetFoldOperator": ['NetFoldOperator[NetGraph[{ThreadingLayer[Plus], Tanh}, {1 -> 2, NetPort["State"] -> '
                        '1, NetPort["Input"] -> 1}], "Input" -> {"Varying", 3}]'],
    "NetNestOperator": ['NetNestOperator[ElementwiseLayer[Tanh], 2, "Input" -> {"Varying", 3}]'],
    "NetBidirectionalOperator": ['NetBidirectionalOperator[GatedRecurrentLayer[2], "Input" -> '
                                 '{"Varying", 3}]'],
    "NetMapThreadOperator": [
        'NetMapThreadOperator[DotLayer["Input1" -> {2, 3}, "Input2" -> 3], "Input1" -> {"Varying", 2, 3}]',
        'NetMapThreadOperator[TotalLayer["Input1" -> 3, "Input2" -> 3], <|"Input2" -> 2|>, "Input2" -> '
        '{"Varying", 2, 3}, "Input1" -> 3]',
        'NetMapThreadOperator[NetGraph[{AttentionLayer["Dot"]}, {}, "Key" -> {"Varying", 2}, "Value" -> '
        '{"Varying", 3}, "Query" -> 2], <|"Query" -> 1|>, "Query" -> {"Varying", 2}]'],
    "NetMapOperator": ['NetMapOperator[LinearLayer[2], "Input" -> {"Varying", 3}]',
                       'NetMapOperator[NetMapOperator[LinearLayer[2]], "Input" -> {"Varying", 2, 3}]'],
    "CTCLossLayer": ['CTCLossLayer["Input" -> {"Varying", 3}, "Target" -> {1, Restricted["Integer", 2]}]',
                     'NetGraph[{PaddingLayer[{{0, 30}}, Padding -> 0.3], CTCLossLayer[]}, {NetPort["Input"]'
                     ' -> 1 -> NetPort[2, "Input"], NetPort["Target"] -> NetPort[2, "Target"]}, "Input" -> '
                     '{"Varying", 3}, "Target" -> {"Varying", Restricted["Integer", 2]}]'],
    "MeanSquaredLossLayer": ['MeanSquaredLossLayer["Input" -> {"Varying", 2}]'],
    "MeanAbsoluteLossLayer": ['MeanAbsoluteLossLayer["Input" -> "Varying"]'],
    "CrossEntropyLossLayer": ['CrossEntropyLossLayer["Index", "Input" -> {"Varying", 3}]',
                              'CrossEntropyLossLayer["Probabilities", "Input" -> {"Varying", 3}]',
                              'CrossEntropyLossLayer["Probabilities", "Input" -> "Varying"]',
                              'CrossEntropyLossLayer["Binary", "Input" -> {"Varying", 2}]'],
}  # fmt: skip


def test_every_layer_is_here() -> None:
    assert set(CODES) == {name for name, record in LAYERS.items() if not record.container}


def data_for(net: Net, random: np.random.Generator) -> dict[str, list[np.ndarray]]:
    """Four examples for every port: numbers in (0.1, 0.9), or class numbers."""
    found = {}
    for name, port in net.inputs.items():
        rows = []
        for count in COUNTS:
            shape = input_type(port, 1, "f64", Extent(count, True)).shape[1:]
            low, high = port.range or (1, 3)
            if port.kind == "integer":
                rows.append(random.integers(low, (high or 3) + 1, shape))
            else:
                rows.append(random.uniform(0.1, 0.9, shape))
        found[name] = rows
    return found


def run(net: Net, data: dict[str, list[np.ndarray]], extents: dict[str, Extent]) -> list[Any]:
    """For every example the outputs and the gradients of the inputs; and the gradients of the arrays.

    What is differentiated is a fixed function of every valid element of the outputs.
    """
    b = ir.Builder()
    count = len(next(iter(data.values())))
    ins: dict[str, Wire] = {}
    for name, port in net.inputs.items():
        ins[name] = input_wire(b, name, input_type(port, count, "f64", extents.get(name)), extents.get(name))
    outs = lower(net, b, ins, training=False, dtype="f64", updates=False, batch=count)
    total = b.constant(0.0, "f64")
    for port, wire in outs.items():
        b.output(port, wire.value)
        value = wire.value
        if wire.lengths is not None:
            b.output(length_name(port), wire.lengths)
            inside = b.less(
                b.iota(shape=(1, value.shape[1]), axis=1, dtype="i32"), b.reshape(wire.lengths, (-1, 1))
            )
            value = b.select(b.reshape(inside, (*inside.shape, *(1,) * (value.rank - 2))), value, 0.5)
        if wire.value.type.is_float:
            total = b.add(total, b.sum(b.sin(b.mul(value, 3.0))))
    leaves = {name: wire.value for name, wire in ins.items() if wire.value.type.is_float and name != "Target"}
    arrays = [name for name, v in b.variables.items() if v.group == "parameters"]
    leaves |= {name: b.values[name] for name in arrays}
    for name, g in zip(leaves, autodiff.gradient(b, total, list(leaves.values())), strict=True):
        b.output(f"d {name}", g)
    program = b.program()
    random = np.random.default_rng(1)
    variables = {name: random.uniform(0.3, 1.0, v.type.shape) for name, v in program.variables.items()}
    buffers = {name: np.zeros(v.shape, v.type.numpy) for name, v in program.inputs.items()}
    own = {name: np.array([len(x) for x in rows], np.int32) for name, rows in data.items() if name in extents}
    columns = {name: joined(rows)[0] if name in extents else np.stack(rows) for name, rows in data.items()}
    kinds = {name: np.asarray(x, buffers[name].dtype) for name, x in columns.items()}
    Examples(kinds, count, own).gather(np.arange(count), tuple(extents[x] for x in own), buffers)
    outputs, _ = reference.run(program, buffers, variables)
    found: list[Any] = []
    for i in range(count):
        example = {}
        for port in outs:
            lengths = outputs.get(length_name(port))
            example[port] = outputs[port][i] if lengths is None else outputs[port][i][: lengths[i]]
        for name in leaves.keys() - set(arrays):
            example[f"d {name}"] = outputs[f"d {name}"][i][: own[name][i] if name in own else None]
            if name in own:  # nothing flows into padding
                assert not outputs[f"d {name}"][i][own[name][i] :].any(), name
        found.append(example)
    return [found, {name: outputs[f"d {name}"] for name in arrays}]


@pytest.mark.parametrize("code", [code for codes in CODES.values() for code in codes or ()])
def test_padded_sequences_give_what_each_gives_alone(wl: Any, code: str) -> None:
    net = wl.value(code)
    assert net.specified, code
    varying = [name for name, port in net.inputs.items() if port.varies]
    assert varying and not exact(net)
    data = data_for(net, np.random.default_rng(zlib.crc32(code.encode())))
    check(net, {name: np.array(COUNTS) for name in varying})
    together, arrays = run(net, data, {name: Extent(PADDED, False) for name in varying})
    sums: dict[str, Any] = dict.fromkeys(arrays, 0.0)
    for i, count in enumerate(COUNTS):
        one = {name: [rows[i]] for name, rows in data.items()}
        (alone,), gradients = run(net, one, {name: Extent(count, True) for name in varying})
        assert alone.keys() == together[i].keys()
        for name, wanted in alone.items():
            assert np.shape(together[i][name]) == np.shape(wanted), name
            np.testing.assert_allclose(together[i][name], wanted, rtol=1e-9, atol=1e-11, err_msg=name)
        for name, gradient in gradients.items():
            sums[name] = sums[name] + gradient
    for name, gradient in arrays.items():
        np.testing.assert_allclose(gradient, sums[name], rtol=1e-9, atol=1e-11, err_msg=name)
