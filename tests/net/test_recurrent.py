"""Recurrent layers and operators: PyTorch's values and gradients, padding, states, steps one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.store import Store

from wlnet.net import masks
from wlnet.net.infer import make_layer
from wlnet.net.initialize import initialize
from wlnet.net.lower import Wire, declare, lower
from wlnet.net.net import Net
from wlnet.net.types import VARYING, real
from wlnet.runtime import autodiff, compile, ir, types

T, N, K, UNITS = 5, 3, 4, 6

# Gates of ours in the order of PyTorch's.
TORCH = {
    "BasicRecurrentLayer": ("RNN", [""]),
    "GatedRecurrentLayer": ("GRU", ["ResetGate", "InputGate", "MemoryGate"]),
    "LongShortTermMemoryLayer": ("LSTM", ["InputGate", "ForgetGate", "MemoryGate", "OutputGate"]),
}
LAYERS = list(TORCH)


def ready(name: str, **params: Any) -> Net:
    """An initialized layer over vectors of length K, its biases drawn, too."""
    net = make_layer(name, {"Size": UNITS, **params}, ports={"Input": real(VARYING, K)})
    net, random = initialize(net, 7), np.random.default_rng(3)
    biases = {path: random.normal(size=x.shape) for path, x in net.all_arrays().items() if x.ndim == 1}
    return net.with_arrays(biases)


def values_and_gradients(
    net: Net, x: np.ndarray, lengths: Any = None, starts: dict[str, np.ndarray] | None = None
) -> dict[str, np.ndarray]:
    """The output, the final states, and the gradients of the sum of the squares of all of them."""
    b = ir.Builder()
    declare(net, b, "f64")
    value = b.input("x", types.type_of(x))
    known = None if lengths is None else b.constant(np.array(lengths), "i32")
    first = {k: b.input(k, types.type_of(v)) for k, v in (starts or {}).items()}
    taps: Any = {}
    given = {((), name): v for name, v in first.items()}
    outs = lower(net, b, {"Input": Wire(value, known)}, training=False, dtype="f64", taps=taps, given=given)
    y = outs["Output"].value
    if known is not None:
        y = masks.blank(b, y, masks.mask(b, known, y.shape[1], 3))
    finals = {name: taps[((), f"final {name}")].value for name in net.states}
    total = b.sum(b.square(y))
    for each in finals.values():
        total = total + b.sum(b.square(each))
    wrt = {"x": value, **first, **{n: b.values[n] for n in b.variables}}
    for name, each in {"y": y, **finals}.items():
        b.output(name, each)
    for name, each in zip(wrt, autodiff.gradient(b, total, list(wrt.values())), strict=True):
        b.output(f"d{name}", each)
    program = b.program()
    arrays = {"/".join(path): v.astype("f8") for path, v in net.all_arrays().items() if v is not None}
    exe = compile.compile(program, Store(program.variables, arrays))
    return exe({"x": x, **(starts or {})})


@pytest.mark.parametrize("name", LAYERS)
def test_values_and_gradients_are_those_of_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch")
    net, random = ready(name), np.random.default_rng(0)
    x = random.normal(size=(N, T, K))
    starts = {state: random.normal(size=(N, UNITS)) for state in net.states}
    have = values_and_gradients(net, x, starts=starts)
    kind, gates = TORCH[name]
    layer = getattr(torch.nn, kind)(K, UNITS, batch_first=True, dtype=torch.float64)
    places = {"InputWeights": "weight_ih_l0", "StateWeights": "weight_hh_l0", "Biases": "bias_ih_l0"}
    with torch.no_grad():
        layer.bias_hh_l0.zero_()
        for ours, theirs in places.items():
            stacked = np.concatenate([net.all_arrays()[(gate + ours,)] for gate in gates])
            getattr(layer, theirs).copy_(torch.from_numpy(stacked.astype("f8")))
    tx = torch.from_numpy(x).requires_grad_()
    first = {k: torch.from_numpy(v[None]).requires_grad_() for k, v in starts.items()}
    many: Any = tuple(first.values())
    y, last = layer(tx, many if len(many) > 1 else many[0])
    finals = dict(zip(starts, last if isinstance(last, tuple) else (last,), strict=True))
    (y.square().sum() + sum(each.square().sum() for each in finals.values())).backward()
    close(have["y"], y)
    close(have["dx"], tx.grad)
    for state, each in finals.items():
        close(have[state], each[0])
        close(have[f"d{state}"], first[state].grad[0])
    for ours, theirs in places.items():
        stacked = np.concatenate([have[f"d{gate}{ours}"] for gate in gates])
        close(stacked, getattr(layer, theirs).grad)


def close(ours: np.ndarray, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_a_padded_batch_gives_what_its_examples_give(name: str) -> None:
    net, random = ready(name), np.random.default_rng(1)
    x, lengths = random.normal(size=(N, T, K)), (5, 1, 3)
    starts = {state: random.normal(size=(N, UNITS)) for state in net.states}
    whole = values_and_gradients(net, x, lengths, starts)
    sums: dict[str, Any] = {}
    for k, length in enumerate(lengths):
        own = {state: each[k : k + 1] for state, each in starts.items()}
        single = values_and_gradients(net, x[k : k + 1, :length], starts=own)
        np.testing.assert_allclose(whole["y"][k, :length], single["y"][0], rtol=1e-12)
        np.testing.assert_allclose(whole["dx"][k, :length], single["dx"][0], rtol=1e-9, atol=1e-13)
        assert not whole["dx"][k, length:].any()
        for state in starts:
            np.testing.assert_allclose(whole[state][k], single[state][0], rtol=1e-12)
            np.testing.assert_allclose(whole[f"d{state}"][k], single[f"d{state}"][0], rtol=1e-9, atol=1e-13)
        for array in net.arrays:
            sums[array] = sums.get(array, 0) + single[f"d{array}"]
    for array, each in sums.items():
        np.testing.assert_allclose(whole[f"d{array}"], each, rtol=1e-9, atol=1e-12)


def test_shapes_spread_both_ways() -> None:
    net = make_layer("LongShortTermMemoryLayer", ports={"Output": real(7, 3), "Input": real(None, 2)})
    assert net.inputs["Input"].shape == (7, 2)
    assert net.states["CellState"].shape == (3,)
    weights = np.zeros((3, 2), np.float32)
    net = make_layer("GatedRecurrentLayer", arrays={"ResetGateInputWeights": weights})
    assert (net.inputs["Input"].shape, net.outputs["Output"].shape) == ((None, 2), (None, 3))


# ---- in the language

NEAR = "near[a_, b_] := Max[Abs[Flatten[a - b]]] < 10^-6; "

CHAIN = (
    'net = NetInitialize@NetChain[{EmbeddingLayer[3, 5], LongShortTermMemoryLayer[4], '
    'GatedRecurrentLayer[3], '
    'PartLayer[-1], SoftmaxLayer[]}, "Input" -> {"Varying", Restricted["Integer", 5]}]; '
    + NEAR
)  # fmt: skip


def test_states_come_with_the_data_and_are_asked_for(wl: Any) -> None:
    wl(CHAIN)
    wl('s = net[{1, 2, 3}, NetPort[All, "States"]];')
    assert wl("Keys[s]", "InputForm") == (
        '{NetPort[{2, "State"}], NetPort[{2, "CellState"}], NetPort[{3, "State"}]}'
    )
    assert wl('near[net[<|"Input" -> {4, 5}, NetPort[All, "States"] -> s|>], net[{1, 2, 3, 4, 5}]]') == "True"
    assert wl('near[net[Join[<|"Input" -> {4, 5}|>, s]], net[{1, 2, 3, 4, 5}]]') == "True"
    assert wl('near[net[{1, 2, 3}, NetPort[{3, "State"}]], Last[s]]') == "True"
    several = 'net[{{1, 2, 3}, {4}}, NetPort[{2, "CellState"}]]'
    assert (
        wl(f'near[{several}, Map[net[#, NetPort[{{2, "CellState"}}]] &, {{{{1, 2, 3}}, {{4}}}}]]') == "True"
    )
    each = 'net[<|"Input" -> {{4, 5}, {1}}, NetPort[{3, "State"}] -> {{1, 2, 3}, {0, 0, 0}}|>]'
    assert wl(f"near[Last[{each}], net[{{1}}]] && !near[First[{each}], net[{{4, 5}}]]") == "True"


def test_wrong_states_are_reported(wl: Any) -> None:
    wl(CHAIN)
    text = wl.error('net[<|"Input" -> {1}, NetPort[{1, "State"}] -> {0}|>]')
    assert text == 'NetChain::states: "State" is no recurrent state of EmbeddingLayer[3]. It has none.'
    assert "invindata" in wl.error('net[<|"Input" -> {1}, NetPort[{3, "State"}] -> {0, 1}|>]')
    text = wl.error('net[<|"Input" -> {{1}, {2}}, NetPort[{3, "State"}] -> ConstantArray[0, {3, 3}]|>]')
    assert "got 3 values of the state" in text
    assert "no output port" in wl.error('net[{1}, NetPort[{2, "Sate"}]]')


def test_a_state_object_keeps_states(wl: Any) -> None:
    wl(CHAIN)
    wl("object = NetStateObject[net]; object[{1}]; object[{2, 3}];")
    assert wl("near[object[{4}], net[{1, 2, 3, 4}]]") == "True"
    assert wl('near[Values[NetExtract[object, "States"]], Values[net[{1, 2, 3, 4}, NetPort[All, "States"]]]]')
    assert wl('near[NetStateObject[net, NetExtract[object, "States"]][{5}], net[{1, 2, 3, 4, 5}]]') == "True"
    assert wl("near[NetStateObject[object][{5}], net[{5}]]") == "True"  # a new one starts from zeros
    assert wl("near[object[{5}], net[{1, 2, 3, 4, 5}]]") == "True"  # and leaves the old one as it was
    assert wl("Head[object]") == "NetStateObject"
    assert wl('NetExtract[object, {2, "Size"}]') == "4"
    assert "no recurrent states" in wl.error('NetStateObject[NetInitialize@LinearLayer[2, "Input" -> 3]]')
    assert "not initialized" in wl.error('NetStateObject[GatedRecurrentLayer[2, "Input" -> {3, 3}]]')


def test_an_unfolded_net_does_one_step(wl: Any) -> None:
    wl(CHAIN)
    wl("step = NetUnfold[net];")
    assert wl('Keys[Information[step, "InputPorts"]]') == "{Input, State1, State2, State3}"
    assert wl('Keys[Information[step, "OutputPorts"]]') == "{Output, OutState1, OutState2, OutState3}"
    wl('states = <|"State1" -> {0, 0, 0, 0}, "State2" -> {0, 0, 0, 0}, "State3" -> {0, 0, 0}|>;')
    wl('Do[r = step[Append[states, "Input" -> i]]; '
       'states = KeyMap[StringDrop[#, 3] &, KeyDrop[r, "Output"]], {i, {3, 1, 4, 1, 5}}]')  # fmt: skip
    assert wl('near[r["Output"], net[{3, 1, 4, 1, 5}]]') == "True"
    assert "whole sequence" in wl.error(
        "NetUnfold[NetChain[{GatedRecurrentLayer[2], NetBidirectionalOperator[GatedRecurrentLayer[2]]}]]"
    )
    assert "no recurrent states" in wl.error("NetUnfold[LinearLayer[2]]")


def test_connections_start_states_and_take_them(wl: Any) -> None:
    """An encoder whose final states start a decoder."""
    wl(
        'coder = NetInitialize@NetGraph[<|"read" -> LongShortTermMemoryLayer[3], "write" -> '
        'LongShortTermMemoryLayer[3]|>, {NetPort["Source"] -> "read", NetPort["Target"] -> "write", '
        'NetPort["read", "State"] -> NetPort["write", "State"], NetPort["read", "CellState"] -> '
        'NetPort["write", "CellState"], NetPort["write", "CellState"] -> NetPort["Last"], '
        'NetPort["read", "Output"] -> None}, '
        '"Source" -> {"Varying", 2}, "Target" -> {"Varying", 2}]; '
        + NEAR
        + "source = {{1, 2}, {3, -1}}; target = {{0, 1}, {2, 2}, {1, 0}};"
    )
    wl('r = coder[<|"Source" -> source, "Target" -> target|>];')
    wl('read = NetExtract[coder, "read"]; write = NetExtract[coder, "write"];')
    wl('s = <|"Input" -> target, NetPort["State"] -> read[source, NetPort["State"]], '
       'NetPort["CellState"] -> read[source, NetPort["CellState"]]|>;')  # fmt: skip
    assert wl('near[r["Output"], write[s]] && near[r["Last"], write[s, NetPort["CellState"]]]') == "True"
    assert wl('Information[coder, "RecurrentStatesPositionList"]') == "{{read, State}, {read, CellState}}"
    assert "started by a connection" in wl.error(
        'coder[<|"Source" -> source, "Target" -> target, NetPort[{"write", "State"}] -> {0, 0, 0}|>]'
    )
    assert wl("ToExpression[ToString[coder, InputForm]] === coder") == "True"
    batch = '<|"Source" -> {source, {{5, 5}}}, "Target" -> {target, {{1, 1}, {2, 2}}}|>'
    assert wl(f'near[coder[{batch}]["Output"][[2]], coder[<|"Source" -> {{{{5, 5}}}}, "Target" -> '
              '{{1, 1}, {2, 2}}|>]["Output"]]') == "True"  # fmt: skip


CELL = (
    'cell = NetGraph[<|"cat" -> CatenateLayer[], "lin" -> LinearLayer[4], "t" -> Tanh|>, '
    '{{NetPort["Input"], NetPort["State"]} -> "cat" -> "lin" -> "t"}]; '
    'xs = {{{1, 2, 3}}, {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}; ' + NEAR
)  # fmt: skip


def test_a_folded_cell_is_the_recurrent_layer_it_spells(wl: Any) -> None:
    wl(CELL)
    wl('fold = NetInitialize@NetFoldOperator[cell, "Input" -> {"Varying", 3}];')
    wl(
        'w = Normal[NetExtract[fold, {"Net", "lin", "Weights"}]]; '
        'b = Normal[NetExtract[fold, {"Net", "lin", "Biases"}]];'
    )
    wl('layer = BasicRecurrentLayer[4, "InputWeights" -> w[[All, ;; 3]], "StateWeights" -> w[[All, 4 ;;]], '
       '"Biases" -> b, "Input" -> {"Varying", 3}];')  # fmt: skip
    assert wl("near[fold[xs], layer[xs]]") == "True"
    assert wl('near[fold[xs, NetPort["State"]], layer[xs, NetPort["State"]]]') == "True"
    g = 'NetPortGradient[{"Net", "lin", "Biases"}]'
    assert wl(f'near[fold[xs, {g}], layer[xs, NetPortGradient["Biases"]]]') == "True"


def test_forms_of_fold(wl: Any) -> None:
    wl('inner = NetGraph[{ThreadingLayer[#1 #2 + #3 &], ElementwiseLayer[2 # &]}, {{NetPort["x"], '
       'NetPort["k"], '
       'NetPort["s"]} -> 1 -> NetPort["new"], 1 -> 2 -> NetPort["twice"]}];')  # fmt: skip
    wl('fold = NetFoldOperator[inner, {"new" -> "s"}, {"k"}, {"twice"}];')
    assert wl('fold[<|"x" -> {{1}, {2}, {3}}, "k" -> {10}|>]') == "{{20.}, {60.}, {120.}}"
    assert wl('NetFoldOperator[inner, {"new" -> "s"}, {"k"}][<|"x" -> {{1}, {2}}, "k" -> {10}|>]') == (
        "<|new -> {{10.}, {30.}}, twice -> {{20.}, {60.}}|>"
    )
    assert wl('fold[<|"x" -> {{1}}, "k" -> {10}, NetPort["s"] -> {5}|>]') == "{{30.}}"
    assert wl('Information[fold, "RecurrentStatesPositionList"]') == "{{s}}"
    assert wl("ToExpression[ToString[fold, InputForm]] === fold") == "True"
    assert 'no output port "old"' in wl.error('NetFoldOperator[inner, {"old" -> "s"}]')
    assert "is left to map" in wl.error('NetFoldOperator[inner, {"new" -> "s"}, {"k", "x"}]')
    assert "but not both" in wl.error('NetFoldOperator[inner, {"new" -> "s"}, {"s"}]')


def test_each_step_of_a_fold_draws_its_own_dropout(wl: Any) -> None:
    wl('net = NetGraph[{DropoutLayer[0.5], ThreadingLayer[Plus]}, {NetPort["Input"] -> 1, '
       '{1, NetPort["State"]} -> 2}];')  # fmt: skip
    code = (
        'NetFoldOperator[net][ConstantArray[1., {6, 40}], NetEvaluationMode -> "Train", RandomSeeding -> 3]'
    )
    assert wl(f"Length[Union[Differences[{code}]]]") == "5"
    assert wl(f"{code} === {code}") == "True"


def test_nesting(wl: Any) -> None:
    wl('inner = NetInitialize@NetChain[{LinearLayer[2], Tanh}, "Input" -> 2]; ' + NEAR)
    assert wl("near[NetNestOperator[inner, 3][{1, 2}], Nest[inner, {1, 2}, 3]]") == "True"
    assert wl("near[NetNestOperator[inner, 20][{1, 2}], Nest[inner, {1, 2}, 20]]") == "True"
    assert (
        wl('Keys[Information[NetNestOperator[inner, 3], "Arrays"]]')
        == "{{Net, 1, Weights}, {Net, 1, Biases}}"
    )
    assert wl('shared = NetInitialize@NetNestOperator[LinearLayer["Weights" -> NetArray["w"], '
              '"Biases" -> None, '
              '"Input" -> 2], 2]; Keys[Information[shared, "Arrays"]]') == "{NetArray[w]}"  # fmt: skip
    assert "NetNestOperator" in wl.error('NetNestOperator[LinearLayer[3, "Input" -> 2], 2]')
    assert "positive integer" in wl.error("NetNestOperator[Tanh, 0]")


def test_both_directions(wl: Any) -> None:
    wl(CELL)
    wl(
        "both = NetInitialize@NetBidirectionalOperator[LongShortTermMemoryLayer[2], "
        '"Input" -> {"Varying", 3}];'
    )
    wl('f = NetExtract[both, "ForwardNet"]; r = NetExtract[both, "ReverseNet"];')
    assert wl("near[both[xs], Map[Join[f[#], Reverse[r[Reverse[#]]], 2] &, xs]]") == "True"
    assert wl('Normal[f[["InputGateInputWeights"]]] === Normal[r[["InputGateInputWeights"]]]') == "False"
    wl('sum = NetInitialize@NetBidirectionalOperator[{GatedRecurrentLayer[2], BasicRecurrentLayer[2]}, '
       'ThreadingLayer[Plus], "Input" -> {"Varying", 3}];')  # fmt: skip
    wl('f = NetExtract[sum, "ForwardNet"]; r = NetExtract[sum, "ReverseNet"];')
    assert wl("near[sum[xs], Map[f[#] + Reverse[r[Reverse[#]]] &, xs]]") == "True"
    assert wl("ToExpression[ToString[sum, InputForm]] === sum") == "True"
    assert "list of 3" in wl.error("NetBidirectionalOperator[{2, 3, 4}]")


@pytest.mark.parametrize(
    "method", ["VariationalWeights", "VariationalInput", "VariationalState", "StateUpdate"]
)
def test_dropout_is_for_training_alone_and_repeats_as_it_says(wl: Any, method: str) -> None:
    wl(
        f'layer = NetInitialize@GatedRecurrentLayer[50, "Input" -> {{4, 1}}, '
        f'"Dropout" -> {{"{method}" -> 0.5}}];'
    )
    wl('x = ConstantArray[1., {4, 1}]; train = layer[x, NetEvaluationMode -> "Train", RandomSeeding -> 1];')
    wl('plain = NetInitialize@GatedRecurrentLayer[50, "Input" -> {4, 1}];')
    assert wl("layer[x] === plain[x] && train =!= layer[x]") == "True"
    if method == "StateUpdate":  # what is dropped in the first step stays 0 for that step alone
        assert wl("Count[train[[1]], 0.] > 10 && Unitize[train[[1]]] =!= Unitize[train[[2]]]") == "True"
    if method == "VariationalState":  # the first step has no state yet
        assert wl("Max[Abs[train[[1]] - plain[x][[1]]]] < 10^-6") == "True"
    assert "must be None" in wl.error('GatedRecurrentLayer[2, "Dropout" -> {"Foo" -> 0.5}]')
    assert "must be None" in wl.error('GatedRecurrentLayer[2, "Dropout" -> 1.5]')


def test_a_recurrent_classifier_learns(wl: Any) -> None:
    """Whether a sequence of -1 and 1, of any length, begins with 1."""
    wl('data = Flatten@Table[SeedRandom[i]; With[{s = RandomChoice[{-1., 1.}, 3 + Mod[i, 5]]}, '
       '{List /@ s -> (s[[1]] == 1)}], {i, 60}];')  # fmt: skip
    wl('net = NetChain[{LongShortTermMemoryLayer[8], PartLayer[-1], LinearLayer[2], SoftmaxLayer[]}, '
       '"Output" -> NetDecoder[{"Class", {True, False}}]];')  # fmt: skip
    wl('net = NetTrain[net, data, MaxTrainingRounds -> 60, RandomSeeding -> 1, '
       'Method -> {"ADAM", "LearningRate" -> 0.02}, '
       'TrainingProgressReporting -> None];')  # fmt: skip
    assert wl("Count[MapThread[SameQ, {net[Keys[data]], Values[data]}], True]") == "60"
