"""Parts of nets and nets from parts: extract, take, drop, replace, insert, delete, append,
join, flatten, rename.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

SETUP = """
c = NetInitialize[NetChain[<|"a" -> 3, "b" -> Tanh, "c" -> 2, "d" -> SoftmaxLayer[]|>, "Input" -> 2,
   "Output" -> NetDecoder[{"Class", {"x", "y"}}]]];
u = NetInitialize[NetChain[{3, Tanh, 2}, "Input" -> 2]];
g = NetInitialize[NetGraph[<|"net" -> NetChain[{4, Ramp, 1}], "l1" -> MeanAbsoluteLossLayer[], "l2" ->
MeanSquaredLossLayer[]|>,
   {NetPort["Input"] -> "net" -> NetPort["Output"], {"net", NetPort["Target"]} -> "l1", {"net",
   NetPort["Target"]} -> "l2",
    "l1" -> NetPort["L1"], "l2" -> NetPort["L2"]}, "Input" -> 2]];
"""


@pytest.fixture(autouse=True)
def _nets(wl: Any) -> None:
    wl.value(SETUP)


def same(wl: Any, code: str) -> None:
    assert wl(code) == "True", code


# ---- NetExtract and Part


def test_layers(wl: Any) -> None:
    same(wl, 'NetExtract[c, "a"] === c[["a"]] === c[[1]] === First[c] === NetExtract[c, 1]')
    same(wl, "c[[-1]] === Last[c]")
    same(wl, 'NetExtract[g, {"net", 1}] === g[["net", 1]] === g[["net"]][[1]]')
    assert wl('Head[g[["net"]]]') == "NetChain"


def test_arrays(wl: Any) -> None:
    same(wl, 'NetExtract[c, {"a", "Weights"}] === c[["a", "Weights"]] === c[["a"]][["Weights"]]')
    assert wl('Dimensions[c[["a", "Weights"]]]') == "{3, 2}"
    assert wl('NetExtract[LinearLayer[2], "Weights"]') == "Automatic"
    assert wl('NetExtract[LinearLayer[2, "Biases" -> None], "Biases"]') == "None"
    assert wl('Normal[NetExtract[LinearLayer[1, "Weights" -> {{2, 3}}], "Weights"]]') == "{{2., 3.}}"


def test_parameters_and_ports(wl: Any) -> None:
    assert wl('NetExtract[c, {"b", "Function"}]') == "Tanh"
    assert wl('NetExtract[SoftmaxLayer[1], "Level"]') == "1"
    assert wl('c[["Input"]]') == "2"
    assert wl('c[["Output"]]') == "NetDecoder[Class, class (2 labels)]"
    assert wl('NetExtract[g, "Target"]') == "1"


def test_all(wl: Any) -> None:
    assert wl("Keys[NetExtract[c, All]]") == "{a, b, c, d}"
    assert wl("Keys[Normal[c]]") == "{a, b, c, d}"
    assert wl("Head /@ Normal[u]") == "{LinearLayer, ElementwiseLayer, LinearLayer}"
    assert wl('Map[Dimensions, NetExtract[u, {All, "Biases"}]]') == "<|1 -> {3}, 3 -> {2}|>"
    assert wl("Keys[NetExtract[LinearLayer[2], All]]") == (
        "{OutputDimensions, Weights, Biases, Input, Output}"
    )


def test_several_paths(wl: Any) -> None:
    assert wl('Dimensions /@ NetExtract[c, {{"a", "Biases"}, {"c", "Biases"}}]') == "{{3}, {2}}"


def test_lengths_and_keys(wl: Any) -> None:
    assert wl("{Length[c], Keys[u], Length[Values[c]], Length[g]}") == "{4, {1, 2, 3}, 4, 3}"


# ---- Take, Drop


@pytest.mark.parametrize(
    ("code", "names"),
    [("NetTake[c, 2]", "{a, b}"), ('NetTake[c, "b"]', "{a, b}"), ('NetTake[c, {"b", "c"}]', "{b, c}"),
     ("NetTake[c, {2, 3}]", "{b, c}"), ("NetTake[c, -2]", "{a, b, c}"), ("NetTake[c, {2, All}]", "{b, c, d}"),
     ("Take[c, 2]", "{a, b}"), ("Take[c, -1]", "{d}"), ("Take[c, {2, 3}]", "{b, c}"), ("c[[2 ;; 3]]", "{b, "
      "c}"),
     ("c[[;; -2]]", "{a, b, c}"), ("Most[c]", "{a, b, c}"), ("Rest[c]", "{b, c, d}"), ("Drop[c, 1]", "{b, c, "
      "d}"),
     ("NetDrop[c, -1]", "{a, b, c}"), ("NetDrop[c, {2, 3}]", "{a, d}") , ('NetTake[c, NetPort["Output"]]',
      "{a, "
      "b, "
      "c, "
      "d}")],
)  # fmt: skip
def test_stretches_of_chains(wl: Any, code: str, names: str) -> None:
    if code == "NetDrop[c, {2, 3}]":
        code = 'NetDrop[NetChain[<|"a" -> 3, "b" -> Tanh, "c" -> 3, "d" -> Ramp|>, "Input" -> 2], {2, 3}]'
    assert wl(f"Keys[{code}]") == names


def test_taken_nets_compute_what_they_did(wl: Any) -> None:
    same(wl, "NetTake[c, 2][{1., 2.}] === c[{1., 2.}, NetPort[{2}]]")
    same(wl, "NetTake[c, {3, 4}][c[{1., 2.}, NetPort[{2}]]] === c[{1., 2.}]")


def test_coders_stay_at_the_ends_that_stay(wl: Any) -> None:
    assert wl.value("NetTake[c, {2, 4}]").outputs["Output"].coder is not None
    assert wl.value("NetTake[c, 3]").outputs["Output"].coder is None


def test_take_from_graphs(wl: Any) -> None:
    assert wl('Keys[NetTake[g, NetPort["Output"]]]') == "{net}"
    assert list(wl.value('NetTake[g, NetPort["Output"]]').inputs) == ["Input"]
    same(wl, 'NetTake[g, {NetPort["Input"], NetPort["Output"]}] === NetTake[g, NetPort["Output"]]')
    same(wl, 'NetTake[g, NetPort["Output"]][{1., 2.}] === g[["net"]][{1., 2.}]')
    taken = wl.value('NetTake[g, NetPort["L1"]]')
    assert list(taken.inputs) == ["Input", "Target"]
    assert list(taken.outputs) == ["L1"]
    both = wl.value('NetTake[g, {All, {NetPort["L1"], NetPort["Output"]}}]')
    assert set(both.outputs) == {"L1", "Output"}
    inner = wl.value('NetTake[g, "net"]')
    assert list(inner.outputs) == ["Output"]
    from_layer = wl.value('NetTake[g, {"l1", NetPort["L1"]}]')
    assert list(from_layer.nodes) == ["l1"]
    assert list(from_layer.inputs) == ["Input", "Target"]


def test_drop_from_graphs(wl: Any) -> None:
    net = wl.value('NetDrop[g, {"l1", "l2"}]')
    assert list(net.nodes) == ["net"]
    assert list(net.outputs) == ["Output"]


# ---- replace


def test_arrays_are_replaced(wl: Any) -> None:
    assert (
        wl('Normal[NetExtract[NetReplacePart[c, {"a", "Biases"} -> {1, 2, 3}], {"a", "Biases"}]]')
        == "{1., 2., 3.}"
    )
    assert wl('NetExtract[NetReplacePart[c, {"a", "Biases"} -> Automatic], {"a", "Biases"}]') == "Automatic"


def test_layers_are_replaced(wl: Any) -> None:
    net = wl.value("NetReplacePart[u, 2 -> Ramp]")
    assert net.nodes["2"].params["Function"].name == "Ramp"
    assert net.initialized
    net = wl.value('NetReplacePart[NetChain[{3, Tanh, 2}, "Input" -> 2], 1 -> 7]')
    assert net.nodes["3"].inputs["Input"].shape == (7,)


def test_parameters_are_replaced(wl: Any) -> None:
    assert wl('NetReplacePart[u, {2, "Function"} -> Ramp][[2, "Function"]]') == "Ramp"
    assert wl('NetReplacePart[SoftmaxLayer[], "Level" -> 1][{{1, 2}, {1, 2}}]') == "{{0.5, 0.5}, {0.5, 0.5}}"


def test_ports_are_replaced(wl: Any) -> None:
    assert wl.value('NetReplacePart[c, "Output" -> None]').outputs["Output"].coder is None
    assert wl('NetReplacePart[c, "Output" -> NetDecoder[{"Class", {1, 2}}]][{1, 2}] > 0') == "True"
    assert wl.value('NetReplacePart[NetChain[{3}, "Input" -> 2], "Input" -> 5]').inputs["Input"].shape == (5,)
    assert (
        wl.value('NetReplacePart[NetChain[{3}, "Input" -> 2], "Input" -> Automatic]').inputs["Input"].shape
        is None
    )
    net = wl.value(
        'NetReplacePart[NetChain[{LinearLayer[], SoftmaxLayer[]}], "Output" -> '
        'NetDecoder[{"Class", {1, 2, 3}}]]'
    )
    assert net.nodes["1"].outputs["Output"].shape == (3,)


def test_several_replacements_at_once(wl: Any) -> None:
    net = wl.value('NetReplacePart[u, {{1, "Biases"} -> {1, 1, 1}, {3, "Biases"} -> {2, 2}}]')
    assert net.all_arrays()[("3", "Biases")].tolist() == [2, 2]


def test_pattern_replacement(wl: Any) -> None:
    assert wl('NetReplace[u, _ElementwiseLayer -> Ramp][[2, "Function"]]') == "Ramp"
    assert wl('NetReplace[g, Ramp -> Tanh][["net", 2, "Function"]]') == "Tanh"
    assert wl("Length[NetReplace[u, _ElementwiseLayer -> Nothing]]") == "2"
    assert wl("Length[NetReplace[u, _ElementwiseLayer -> NetChain[{Ramp, Tanh}]]]") == "4"
    same(wl, 'NetReplace[g, _ElementwiseLayer -> Tanh][["net", 1, "Weights"]] === g[["net", 1, "Weights"]]')


def test_a_pattern_that_matches_nothing(wl: Any) -> None:
    found = wl.quietly("NetReplace[u, _DropoutLayer -> Ramp]")
    assert found == wl.value("u")
    wl.quietly("NetReplace[u, _DropoutLayer -> Ramp]")
    assert wl.messages == [
        "NetReplace::nomatch: No layer of the net matches the pattern; the net is unchanged."
    ]


# ---- insert, delete, append, prepend, join


def test_insert_and_delete(wl: Any) -> None:
    assert wl("Head /@ Normal[NetInsert[u, Ramp, 2]]") == (
        "{LinearLayer, ElementwiseLayer, ElementwiseLayer, LinearLayer}"
    )
    assert wl('Keys[NetInsert[c, "n" -> Ramp, "b"]]') == "{a, n, b, c, d}"
    assert wl('Keys[NetInsert[c, "n" -> Ramp, -1]]') == "{a, b, c, d, n}"
    same(wl, "NetDelete[NetInsert[u, Ramp, 2], 2] === u")
    assert wl('Keys[NetDelete[c, {"b", "d"}]]') == "{a, c}"


def test_delete_in_graphs_bridges(wl: Any) -> None:
    net = wl.value(
        'NetDelete[NetGraph[<|"a" -> 3, "b" -> Ramp, "c" -> Tanh|>, {"a" -> "b" -> "c"}, "Input" -> 2], "b"]'
    )
    assert {(e.source[0], e.target[0]) for e in net.edges} == {(None, "a"), ("a", "c"), ("c", None)}


def test_append_and_prepend(wl: Any) -> None:
    assert wl("Length[NetAppend[u, {Ramp, SoftmaxLayer[]}]]") == "5"
    assert wl('Keys[NetAppend[c, "n" -> Ramp]]') == "{a, b, c, d, n}"
    assert wl.value("NetAppend[c, Ramp]").outputs["Output"].coder is None
    assert (
        wl.value('NetAppend[u, SoftmaxLayer[], "Output" -> NetDecoder[{"Class", {"p", "q"}}]]')
        .outputs["Output"]
        .coder
    )
    same(wl, "NetAppend[u, Ramp][{1., 2.}] === Ramp[u[{1., 2.}]]")
    same(wl, "NetPrepend[u, ElementwiseLayer[2 # &]][{1., 2.}] === u[{2., 4.}]")
    same(wl, "NetPrepend[NetGraph[u], ElementwiseLayer[2 # &]][{1., 2.}] === u[{2., 4.}]")
    same(wl, "NetAppend[NetGraph[u], Ramp][{1., 2.}] === Ramp[u[{1., 2.}]]")
    same(wl, "Append[u, Ramp] === NetAppend[u, Ramp]")


def test_join(wl: Any) -> None:
    same(wl, "NetJoin[NetTake[u, 1], NetTake[u, {2, 3}]] === u")
    same(wl, "Join[NetTake[u, 1], NetTake[u, {2, 3}]] === u")
    assert wl('Keys[NetJoin[NetChain[<|"a" -> 2|>], NetChain[<|"a" -> Ramp|>]]]') == "{a, a1}"


# ---- flatten, rename, shared arrays


def test_flatten(wl: Any) -> None:
    same(wl, "NetFlatten[NetChain[{NetTake[u, 2], NetDrop[u, 2]}]] === u")
    assert wl("Keys[NetFlatten[g]]") == "{net/1, net/2, net/3, l1, l2}"
    same(wl, 'd = <|"Input" -> {1., 2.}, "Target" -> {3.}|>; NetFlatten[g][d] === g[d]')
    assert wl("Head[NetFlatten[NetGraph[{u, Ramp}, {1 -> 2}]]]") == "NetChain"
    deep = "NetChain[{NetChain[{NetChain[{3, Ramp}], Tanh}], 2}]"
    assert wl(f"{{Length[NetFlatten[{deep}]], Length[NetFlatten[{deep}, 1]]}}") == "{4, 3}"


def test_flatten_of_an_identity(wl: Any) -> None:
    same(wl, 'NetFlatten[NetGraph[{NetChain[{}], u}, {1 -> 2}, "Input" -> 2]][{1., 2.}] === u[{1., 2.}]')


def test_rename(wl: Any) -> None:
    assert wl('Keys[NetRename[c, {"a" -> "first", "d" -> "last"}]]') == "{first, b, c, last}"
    assert wl('Keys[NetRename[c, # <> "1" &]]') == "{a1, b1, c1, d1}"
    assert wl('Keys[NetRename[u, 2 -> "tanh"]]') == "{1, tanh, 3}"
    renamed = wl.value('NetRename[g, {"L1" -> "Absolute", "Target" -> "Wanted"}]')
    assert list(renamed.inputs) == ["Input", "Wanted"]
    assert "Absolute" in renamed.outputs
    same(wl, 'NetRename[g, "Target" -> "T"][<|"Input" -> {1., 2.}, "T" -> {3.}|>] === '
             'g[<|"Input" -> {1., 2.}, "Target" -> {3.}|>]')  # fmt: skip
    assert list(wl.value('NetRename[LinearLayer[2], "Output" -> "Y"]').outputs) == ["Y"]
    assert list(wl.value('NetRename[c, "Output" -> "Y"]').outputs) == ["Y"]


def test_shared_arrays(wl: Any) -> None:
    wl.value(
        "s = "
        'NetChain[{LinearLayer[2, "Weights" -> NetArray["w"]], LinearLayer[2, "Weights" -> NetArray["w"]]}, '
        '"Input" -> 2]; i = NetInitialize[s];'
    )
    assert wl('Information[i, "SharedArraysCount"]') == "1"
    assert wl('Information[i, "ArraysTotalElementCount"]') == "8"
    same(wl, 'i[[1]][{1., 2.}] - Normal[i[[1, "Biases"]]] === i[[2]][{1., 2.}] - Normal[i[[2, "Biases"]]]')
    wl.value('r = NetReplacePart[i, NetArray["w"] -> {{1, 2}, {3, 4}}];')
    assert wl("r[{1, 1}]") == "{17., 37.}"
    found = wl.value('r[{1., 1.}, NetPortGradient[NetArray["w"]]]')
    w, x = np.array([[1, 2.0], [3, 4.0]]), np.array([1.0, 1.0])
    np.testing.assert_allclose(found, np.outer([1, 1], w @ x) + np.outer(w.T @ [1, 1], x))


def test_shared_arrays_of_different_shapes(wl: Any) -> None:
    text = wl.error(
        'NetChain[{LinearLayer[3, "Weights" -> NetArray["w"]], LinearLayer[2, "Weights" -> NetArray["w"]]}, '
        '"Input" -> 2]'
    )
    assert text == 'NetArray::shape: NetArray["w"] has shape (3, 2) in one place and (2, 3) in another.'


def test_insert_shared_arrays(wl: Any) -> None:
    same(wl, "NetInsertSharedArrays[u][{1., 2.}] === u[{1., 2.}]")
    assert wl('Keys[Information[NetInsertSharedArrays[u, "p/"], "Arrays"]][[1]]') == "NetArray[p/1/Weights]"


ERRORS = [
    ('NetExtract[c, "z"]', 'NetExtract::part: NetChain[...] has no part "z". Known are "a", "b", "c", "d", '
     '"Input", '
     '"Output".'),
    ('NetExtract[c, {"a", "Wieghts"}]', 'NetExtract::part: LinearLayer[3] has no part "Wieghts". Did you '
     'mean "Weights"?'),
    ("NetExtract[c, 9]", "NetExtract::part: NetChain[...] has no layer 9: it has 4."),
    ('NetTake[g, NetPort["Outptu"]]', 'NetTake::port: The net has no output port "Outptu". Did you mean '
     '"Output"?'),
    ('NetTake[g, "Output"]', 'NetTake::vertex: "Output" names no layer; the port is NetPort["Output"].'),
    ('NetReplacePart[c, {"a", "Biases"} -> {1, 2}]',
     'NetReplacePart::dims: "Biases" of LinearLayer[3] has dimensions (3), not (2).'),
    ('NetReplacePart[c, "z" -> 3]', 'NetReplacePart::part: NetChain[...] has no part "z". Known are "a", '
     '"b", "c", "d", '
     '"Input", "Output".'),
    ('NetReplacePart[u, "Input" -> 7]',
     'NetReplacePart::shape: Layer 1 (LinearLayer[3]) got "Input" of shape (7) from the input "Input" of the '
     'net, but '
     "takes (2)."),
    ("NetInsert[g, Ramp, 1]", "NetInsert::chain: NetInsert puts layers into chains. A graph takes new "
     "layers by NetGraph "
     "with further connections."),
    ("NetAppend[g, Ramp]", 'NetAppend::ports: NetAppend needs a net with one output; this one has "Output", '
     '"L1", "L2".'),
    ('NetRename[c, "a" -> "b"]', 'NetRename::name: Two layers would be called "b".'),
    ("NetDrop[c, 9]", "NetDrop::drop: NetChain[...] has 4 layers; 9 cannot be dropped."),
    ("NetDelete[c, \"z\"]", 'NetDelete::part: NetChain[...] has no part "z". Known are "a", "b", "c", "d", '
     '"Input", '
     '"Output".'),
    ("NetTake[7, 1]", "NetTake::net: NetTake takes a net, not 7."),
    ("NetJoin[u, NetChain[{LinearLayer[1, \"Weights\" -> {{1, 2, 3}}]}]]",
     'NetJoin::shape: Layer 4 (LinearLayer[1]) got "Input" of shape (2) from layer 3 (LinearLayer[2]), but '
         'takes (3).'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert wl.error(code) == text
