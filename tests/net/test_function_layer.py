"""FunctionLayer: what it computes is what its function computes, for one example and for several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.expr import is_list, to_array

MATRIX, VECTOR = "{{1., 2.}, {3., 5.}}", "{1., 2., 4.}"
SQUARE = "{{1., 2., 0.5}, {3., 5., -1.}, {0., 1.5, 2.}}"
CASES = [
    ("Map[Total, #] &", MATRIX), ("Total /@ # &", MATRIX), ("Map[# + 1 &]", MATRIX),
    ("Function[v, v^2 + Total[v]] /@ # &", MATRIX), ("Map[Total] /* Total", MATRIX),
    ("Map[#^2 &, #, {2}] &", MATRIX), ("Function[x, Map[# Total[x] &, x]]", MATRIX),
    ("Function[m, Map[Function[r, Map[r . # &, m]], m]]", MATRIX),
    ("Map[Max, Transpose[#]] &", MATRIX), ("Map[If[# > 1, #, -#] &, #] &", VECTOR),
    ("MapThread[Plus, {#, 2 #}] &", VECTOR), ("MapThread[#1 - #2 &, #] &", MATRIX),
    ("MapThread[#1 . #2 &, {#, Reverse[#]}] &", MATRIX),
    ("Table[#[[i]]^2, {i, 3}] &", VECTOR), ("Table[#[[i]] + #[[i + 1]], {i, Length[#] - 1}] &", VECTOR),
    ("Table[#[[i]] #[[j]], {i, 2}, {j, 3}] &", VECTOR), ("Table[x^2, {x, #}] &", VECTOR),
    ("Table[#[[i]], {i, 1, 3, 2}] &", VECTOR), ("Table[i #, {i, 0, 1, 1/2}] &", VECTOR),
    ("Table[#, 2] &", VECTOR),
    ("Sum[#[[i]]/i, {i, Length[#]}] &", VECTOR), ("Product[x + 1, {x, #}] &", VECTOR),
    ("Fold[Plus, 0, #] &", VECTOR), ("Fold[#1 + 2 #2 &, #] &", VECTOR), ("FoldList[Times, 1, #] &", VECTOR),
    ("Fold[#2 . #1 &, {1., 1.}, {#, #}] &", MATRIX),
    ("Nest[Tanh, #, 2] &", VECTOR), ("NestList[#^2 &, #, 3] &", "1.5"),
    ("Det[#] &", SQUARE), ("Det[# . Transpose[#]] &", MATRIX), ("Tr[#] &", SQUARE),
    ("ConstantArray[#, 3] &", "2."), ("ConstantArray[#, {2, 2}] &", VECTOR), ("Dimensions[#] &", MATRIX),
    ("RotateLeft[#] &", VECTOR), ("RotateRight[#, 2] &", VECTOR),
    ("HammingDistance[#, {1., 2., 3.}] &", VECTOR), 
    ("CanberraDistance[#, {1., -2., 3.}] &", VECTOR), ("CorrelationDistance[#, {1., -2., 3.}] &", VECTOR),
    ("ManhattanDistance[#, {1., -2., 3.}] &", VECTOR), ("ChessboardDistance[#, {1., -2., 3.}] &", VECTOR),
    ("EuclideanDistance[#, {1., -2., 3.}] &", VECTOR),
    ("Times @@ # &", VECTOR), ("Apply[#1 - #2 &, #] &", MATRIX), ("Max @@ # &", VECTOR),
    ("Which[Total[#] > 3, #, True, -#] &", VECTOR), ("Ramp[# - 2] + Round[#/3] &", VECTOR),
    ("Part[#, {1, 3}] &", VECTOR), ("#[[-1 ;; 1 ;; -1]] &", VECTOR), ("Take[#, {2, 3}] &", VECTOR),
]  # fmt: skip


def numbers(value: Any) -> Any:
    return to_array(value, exact=False) if is_list(value) else value


@pytest.mark.parametrize(("code", "data"), CASES)
def test_value_alone_and_in_a_batch(wl: Any, code: str, data: str) -> None:
    wanted = numbers(wl.value(f"N[({code})[{data}]]"))
    layer = f'FunctionLayer[{code}, "Input" -> Replace[Dimensions[{data}], {{}} -> "Real"]]'
    np.testing.assert_allclose(numbers(wl.value(f"{layer}[{data}]")), wanted, rtol=2e-5, atol=1e-6)
    second = numbers(wl.value(f"N[({code})[1.5 {data}]]"))
    both = numbers(wl.value(f"{layer}[{{{data}, 1.5 {data}}}]"))
    np.testing.assert_allclose(both, np.stack([wanted, second]), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(("code", "data"), CASES)
def test_its_graph_computes_the_same(wl: Any, code: str, data: str) -> None:
    wl.value(
        f'f = FunctionLayer[{code}, "Input" -> Replace[Dimensions[{data}], {{}} -> "Real"]]; g = NetGraph[f];'
    )
    assert wl("Head[g]") == "NetGraph"
    found, wanted = (numbers(wl.value(f"{net}[{data}]")) for net in "gf")
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    text = "ToString[%s, InputForm]"
    assert wl(text % f"ToExpression[{text % 'g'}]") == wl(text % "g")


def test_a_graph_of_its_pieces(wl: Any) -> None:
    wl.value(
        'f = NetInitialize[FunctionLayer[<|"a" -> Total[Tanh[LinearLayer[2][#x]]^2] + Max[#y], "b" -> #y|> '
        '&, "x" -> 3, "y" -> 2]]'
    )
    wl.value("g = NetGraph[f]")
    kinds = "{LinearLayer, ElementwiseLayer, AggregationLayer, AggregationLayer, ThreadingLayer}"
    assert wl("Head /@ Normal[g]") == kinds
    data = '[<|"x" -> {1, 2, 3}, "y" -> {4, 5}|>]'
    assert wl("g" + data) == wl("f" + data)
    assert wl('NetExtract[g, {1, "Weights"}] === NetExtract[f, {"1", "Weights"}]') == "True"


def test_a_net_applied_twice_stays_one(wl: Any) -> None:
    wl.value(
        'f = FunctionLayer[Function[x, With[{net = LinearLayer[2, "Input" -> 2]}, net[net[x]]]], '
        '"Input" -> 2]'
    )
    assert wl('Information[NetGraph[f], "SharedArraysCount"]') == "2"


def test_gradient_through_functions_of_functions(wl: Any) -> None:
    wl.session["x"] = x = np.array([[0.3, -0.5], [0.8, 0.2], [1.1, -0.7]])
    wl.value(
        "f = FunctionLayer[Fold[#1 Tanh[#2] + 1 &, Map[# . {1., 2.} &, #]] + "
        "Total[Table[#[[i, 1]]^2, {i, 3}]] &, "
        '"Input" -> {3, 2}]'
    )

    def value(x: np.ndarray) -> float:
        rows = x @ [1.0, 2.0]
        return float((rows[0] * np.tanh(rows[1]) + 1) * np.tanh(rows[2]) + 1 + (x[:, 0] ** 2).sum())

    found = wl.session.evaluate('f[x, NetPortGradient["Input"]]')
    for place in np.ndindex(3, 2):
        step = np.zeros((3, 2))
        step[place] = 1e-5
        slope = (value(x + step) - value(x - step)) / 2e-5
        assert found[place] == pytest.approx(slope, abs=2e-5)


def test_nets_inside(wl: Any) -> None:
    wl.value('f = NetInitialize[FunctionLayer[Map[LinearLayer[2], #] . {1, 1} &, "Input" -> {3, 4}]]')
    wl.session["x"] = x = np.arange(24.0).reshape(2, 3, 4)
    weights = wl.session.evaluate('Normal[NetExtract[f, {"1", "Weights"}]]')
    np.testing.assert_allclose(wl.session.evaluate("f[x]"), (x @ weights.T).sum(-1), rtol=1e-5)
    loss = 'MeanSquaredLossLayer[][<|"Input" -> #a, "Target" -> #b|>]'
    assert wl(f'FunctionLayer[{loss} &][<|"a" -> {{1, 2}}, "b" -> {{3, 3}}|>]') == "2.5"
    assert wl("FunctionLayer[ThreadingLayer[Plus][{#, # + 1}] &][{1, 2}]") == "{3., 5.}"
    embedding = 'EmbeddingLayer[2, 3, "Weights" -> {{1, 2}, {3, 4}, {5, 6}}]'
    assert wl(f"FunctionLayer[2 {embedding}[#] &][{{1, 3}}]") == "{{2., 4.}, {10., 12.}}"
    gan = "NetGANOperator[{ElementwiseLayer[2 # &], SummationLayer[]}]"
    assert (
        wl(f'FunctionLayer[{gan}[{{#a, #b}}, "LossFake"] &][<|"a" -> {{1, 2}}, "b" -> {{3, 4}}|>]') == "14."
    )


def test_a_distance_that_the_language_leaves_alone(wl: Any) -> None:
    assert wl("FunctionLayer[BrayCurtisDistance[#, {1, -2, 3}] &][{1, 2, 4}]") == "0.555556"


def test_arrays_inside(wl: Any) -> None:
    assert wl('FunctionLayer[NetArray[<|"Array" -> {1, 2, 3}|>] # &][{1, 2, 4}]') == "{1., 4., 12.}"
    wl.value('f = FunctionLayer[EuclideanDistance[#, NetArray["c"]] &, "Input" -> 3]')
    assert wl('Information[f, "ArraysDimensions"]') == "<|NetArray[c] -> {3}|>"


def test_functions_that_users_defined(wl: Any) -> None:
    wl.value("g[x_] := Table[x[[i]]^2, {i, Length[x]}]; h[x_] := Total[Map[Norm, x]]")
    assert wl("FunctionLayer[g][{1, 2, 3}]") == "{1., 4., 9.}"
    assert wl("FunctionLayer[h][{{3, 4}, {6, 8}}]") == "15."
    assert wl("Map[f, {1, 2}]") == "{f[1], f[2]}"


def test_it_prints_saves_and_trains(wl: Any, tmp_path: Any) -> None:
    wl.value('f = NetInitialize[FunctionLayer[Map[LinearLayer[2], #] + NetArray["b"] &, "Input" -> {3, 4}]]')
    assert wl("ToExpression[ToString[f, InputForm]] === f") == "True"
    path = str(tmp_path / "f.wlnet")
    assert wl(f'Export["{path}", f]; Import["{path}"] === f') == "True"
    assert wl(
        "NetTrain[FunctionLayer[NetArray[\"s\"] Total[Map[#^2 &, #]] &], "
        "{{1, 2} -> 10, {2, 2} -> 16, {1, 0} -> 2}, MaxTrainingRounds -> 500, LearningRate -> 0.05, "
        "TrainingProgressReporting -> None][{3, 1}] // Round"
    ) == "20"  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("FunctionLayer[Map[Foo, #] &]", "Foo cannot be part of the function"),
        ("FunctionLayer[StringJoin[#] &]", "StringJoin cannot be part"),
        ("FunctionLayer[Table[#[[i]], {i, Total[#]}] &][{1, 2}]", "known beforehand"),
        ("FunctionLayer[Nest[Tanh, #, 5000] &][{1, 2}]", "NetNestOperator"),
        ("FunctionLayer[MapThread[Plus, {#, {1, 2, 3}}] &][{1, 2}]", "same length"),
        ("FunctionLayer[#1 + #2 &]", "FunctionLayer[Apply[f]]"),
        (
            "FunctionLayer[CatenateLayer[][#] + MeanSquaredLossLayer[][#] &]",
            "each of its inputs (Input, Target)",
        ),
        ("FunctionLayer[Det[#] &][{{1, 2, 3}, {3, 4, 5}}]", "square matrix"),
        ("FunctionLayer[#[[4]] &][{1, 2}]", "no part 4"),
    ],
)
def test_errors(wl: Any, code: str, text: str) -> None:
    wl.quietly(code)
    assert len(wl.messages) == 1, wl.messages
    assert text in wl.messages[0]


def test_its_net_is_the_graph_of_its_pieces(wl: Any) -> None:
    wl.value('f = NetInitialize[FunctionLayer[LinearLayer[2][#] + Total[#] &, "Input" -> 3]]')
    inner, outer = (numbers(wl.value(f"{x}[{{1, 2, 4}}]")) for x in ('NetExtract[f, "Net"]', "f"))
    np.testing.assert_allclose(inner, outer, rtol=1e-6)
    assert wl('Head[NetExtract[f, "Net"]]') == "NetGraph"
