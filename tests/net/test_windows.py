"""Convolution, deconvolution and pooling: against PyTorch, in both directions of inference, over sequences of
different length, and what they refuse.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.compile import compile

from wlnet.net.infer import array_dims
from wlnet.net.lower import Wire, input_type, lower
from wlnet.net.net import Net
from wlnet.runtime import autodiff, ir

RANDOM = np.random.default_rng(7)


def both(net: Net, arrays: dict[str, np.ndarray], x: np.ndarray) -> dict[str, np.ndarray]:
    """The output for a batch, and the gradients of a random linear function of it by input and arrays."""
    b = ir.Builder()
    value = b.input("Input", input_type(net.inputs["Input"], len(x), "f64"))
    y = lower(net, b, {"Input": Wire(value)}, training=False, dtype="f64")["Output"].value
    weight = np.random.default_rng(1).normal(size=y.shape)
    b.output("Output", y)
    total = b.sum(b.mul(y, weight))
    leaves = {"Input": value, **{name: b.values[name] for name in arrays}}
    for name, g in zip(leaves, autodiff.gradient(b, total, list(leaves.values())), strict=True):
        b.output("d " + name, g)
    program = b.program()
    exe = compile(program)
    for name, array in arrays.items():
        exe.store[name] = array
    return {**exe({"Input": x}), "weight": weight}


def draw(net: Net) -> dict[str, np.ndarray]:
    return {name: RANDOM.normal(size=dims) for name, dims in array_dims(net).items()}


def against(wl: Any, code: str, torch_function: Any) -> None:
    """`code` is a layer with fixed ports; torch_function (x, weights, biases) -> y on tensors."""
    torch = pytest.importorskip("torch")
    net = wl.value(code)
    assert net.specified, code
    arrays = draw(net)
    x = RANDOM.normal(size=(3, *net.inputs["Input"].shape))
    found = both(net, arrays, x)
    leaves = {"Input": x, **arrays}
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in leaves.items()}
    y = torch_function(torch, tensors["Input"], tensors.get("Weights"), tensors.get("Biases"))
    (y * torch.tensor(found["weight"])).sum().backward()
    assert found["Output"].shape[1:] == net.outputs["Output"].shape
    np.testing.assert_allclose(found["Output"], y.detach().numpy(), rtol=1e-10, atol=1e-11)
    for name in leaves:
        np.testing.assert_allclose(found["d " + name], tensors[name].grad.numpy(), rtol=1e-9, atol=1e-10)


# ---- against PyTorch


def padded(torch: Any, x: Any, pads: Any, value: float = 0.0) -> Any:
    flat = [each for pair in reversed(pads) for each in pair]
    return torch.nn.functional.pad(x, flat, value=value)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    ("options", "pads", "settings"),
    [
        ("", (0, 0), {}),
        ('"Stride" -> 2, PaddingSize -> 1', (1, 1), {"stride": 2}),
        ('"Dilation" -> 2, PaddingSize -> 2', (2, 2), {"dilation": 2}),
        ('"ChannelGroups" -> 2, PaddingSize -> "Same"', (0, 1), {"groups": 2}),
        (
            '"Biases" -> None, "Stride" -> 3, "Dilation" -> 2, PaddingSize -> "Valid"',
            (0, 0),
            {"stride": 3, "dilation": 2},
        ),  # noqa: E501
    ],
)
def test_convolution(wl: Any, rank: int, options: str, pads: Any, settings: Any) -> None:
    extents = (4, 7, 6, 5)[: rank + 1]
    text = f'ConvolutionLayer[6, 2{", " if options else ""}{options}, "Input" -> {wl_list(extents)}]'

    def reference(torch: Any, x: Any, w: Any, bias: Any) -> Any:
        function = getattr(torch.nn.functional, f"conv{rank}d")
        return function(padded(torch, x, [pads] * rank), w, bias, **settings)

    against(wl, text, reference)


def wl_list(values: Any) -> str:
    return "{" + ", ".join(map(str, values)) + "}"


def test_convolution_with_pairs_of_padding(wl: Any) -> None:
    options = 'PaddingSize -> {{0, 2}, {1, 3}}, "Stride" -> {2, 1}, "Input" -> {2, 6, 5}'

    def reference(torch: Any, x: Any, w: Any, bias: Any) -> Any:
        return torch.nn.functional.conv2d(padded(torch, x, [(0, 2), (1, 3)]), w, bias, stride=(2, 1))

    against(wl, f"ConvolutionLayer[3, {{3, 2}}, {options}]", reference)


def test_interleaved_convolution(wl: Any) -> None:
    code = 'ConvolutionLayer[3, {3, 2}, Interleaving -> True, "Stride" -> 2, "Input" -> {6, 5, 2}]'

    def reference(torch: Any, x: Any, w: Any, bias: Any) -> Any:
        return torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), w, bias, stride=2).permute(0, 2, 3, 1)

    against(wl, code, reference)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ('"Stride" -> 2, PaddingSize -> 1', {"stride": 2, "padding": 1}),
        (
            '"Stride" -> 2, PaddingSize -> "Same"',
            {"stride": 2, "padding": 0, "output_padding": 0, "cut": (0, 1)},
        ),
        ('"Dilation" -> 2, "ChannelGroups" -> 2, "Biases" -> None', {"dilation": 2, "groups": 2}),
    ],
)
def test_deconvolution(wl: Any, rank: int, options: str, settings: Any) -> None:
    extents = (4, 4, 3, 2)[: rank + 1]
    text = f'DeconvolutionLayer[6, 3{", " if options else ""}{options}, "Input" -> {wl_list(extents)}]'
    settings = dict(settings)
    first, last = settings.pop("cut", (0, 0))

    def reference(torch: Any, x: Any, w: Any, bias: Any) -> Any:
        y = getattr(torch.nn.functional, f"conv_transpose{rank}d")(x, w, bias, **settings)
        inside = tuple(slice(first, n - last) for n in y.shape[2:])
        return y[(slice(None), slice(None), *inside)]

    against(wl, text, reference)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("function", ["Max", "Mean", "Total"])
@pytest.mark.parametrize(("step", "pads"), [(1, 0), (2, 1), (3, 0)])
def test_pooling(wl: Any, rank: int, function: str, step: int, pads: int) -> None:
    extents = (2, 7, 6, 5)[: rank + 1]
    options = f'"Function" -> {function}, PaddingSize -> {pads}, "Input" -> {wl_list(extents)}'

    def reference(torch: Any, x: Any, w: Any, bias: Any) -> Any:
        functional = torch.nn.functional
        if function == "Max":
            return getattr(functional, f"max_pool{rank}d")(x, 3, step, pads)
        mean = getattr(functional, f"avg_pool{rank}d")(x, 3, step, pads)
        return mean * 3**rank if function == "Total" else mean

    against(wl, f"PoolingLayer[3, {step}, {options}]", reference)


def test_interleaved_pooling(wl: Any) -> None:
    def reference(torch: Any, x: Any, w: Any, bias: Any) -> Any:
        return torch.nn.functional.max_pool1d(x.permute(0, 2, 1), 2, 2).permute(0, 2, 1)

    against(wl, 'PoolingLayer[{2}, {2}, Interleaving -> True, "Input" -> {5, 3}]', reference)


def test_chain_of_convolutions(wl: Any) -> None:
    """Between two convolutions values stay in their inner layout, and the bias is added after the pooling."""
    code = (
        "NetChain[{ConvolutionLayer[4, 3, PaddingSize -> 1], Ramp, PoolingLayer[2, 2], "
        'ConvolutionLayer[2, 2], Tanh, FlattenLayer[], LinearLayer[3]}, "Input" -> {2, 6, 5}]'
    )
    torch = pytest.importorskip("torch")
    net = wl.value(f"NetInitialize[{code}]")
    arrays = {
        "/".join(path): np.asarray(value, float) + RANDOM.normal(size=value.shape) * 0.1
        for path, value in net.all_arrays().items()
    }
    x = RANDOM.normal(size=(3, 2, 6, 5))
    found = both(net, arrays, x)
    t = {name: torch.tensor(value, requires_grad=True) for name, value in {"Input": x, **arrays}.items()}
    functional = torch.nn.functional
    y = functional.conv2d(t["Input"], t["1/Weights"], t["1/Biases"], padding=1)
    y = functional.max_pool2d(functional.relu(y), 2)
    y = torch.tanh(functional.conv2d(y, t["4/Weights"], t["4/Biases"])).flatten(1)
    y = functional.linear(y, t["7/Weights"], t["7/Biases"])
    (y * torch.tensor(found["weight"])).sum().backward()
    np.testing.assert_allclose(found["Output"], y.detach().numpy(), rtol=1e-10)
    for name, tensor in t.items():
        np.testing.assert_allclose(found["d " + name], tensor.grad.numpy(), rtol=1e-9, atol=1e-12)


# ---- types


@pytest.mark.parametrize(
    ("layer", "part", "wanted"),
    [
        ('ConvolutionLayer[3, 2, "Output" -> {3, 4, 5}, "Input" -> {2, Automatic, Automatic}]', "Input",
         "{2, 5, 6}"),
        ('ConvolutionLayer[3, {2}, PaddingSize -> "Same", "Output" -> {3, 4}]', "Input", "{Automatic, 4}"),
        ('ConvolutionLayer[3, 2, "Weights" -> ConstantArray[1, {3, 2, 2}]]', "Input", "{2, Automatic}"),
        ('ConvolutionLayer[4, 3, "ChannelGroups" -> 2, "Weights" -> ConstantArray[1, {4, 3, 3}]]', "Input",
         "{6, Automatic}"),
        ('ConvolutionLayer[4, 3, "Dimensionality" -> 2]', "Output", "{4, Automatic, Automatic}"),
        ('ConvolutionLayer[4, 3, "Stride" -> {1, 2}, "Input" -> {1, 8, 8}]', "Output", "{4, 6, 3}"),
        ('ConvolutionLayer[4, 3, PaddingSize -> "Same", "Stride" -> 2, "Input" -> {1, 7, 8}]', "Output",
         "{4, 4, 4}"),
        ('DeconvolutionLayer[4, 3, PaddingSize -> "Same", "Stride" -> 2, "Output" -> {4, 6, 8}]', "Input",
         "{Automatic, 3, 4}"),
        ('DeconvolutionLayer[4, 2, PaddingSize -> "Same", "Stride" -> 3, "Input" -> {1, 5}]', "Output",
         "{4, 15}"),
        ('PoolingLayer[2, "Input" -> {3, 5, 5}]', "Output", "{3, 4, 4}"),
        ('PoolingLayer[{2}, 2, "Output" -> {3, 5}]', "Input", "{3, Automatic}"),
        ('ConvolutionLayer[3, {2}, "Input" -> {5, 4}]', "InputChannels", "5"),
        ('DeconvolutionLayer[3, {2}, Interleaving -> True]', "InputChannels", "Automatic"),
        ('PoolingLayer[3, 2, "Function" -> "Mean"]', "Function", "Mean"),
        ('ConvolutionLayer[2, {3, 3}, PaddingSize -> Same]', "PaddingSize", "Same"),
        ('ConvolutionLayer[2, {3}, Interleaving -> True, "Input" -> {"Varying", 4}]', "Output",
         "{Varying, 2}"),
    ],
)  # fmt: skip
def test_types_follow_both_ways(wl: Any, layer: str, part: str, wanted: str) -> None:
    assert wl(f'NetExtract[{layer}, "{part}"]') == wanted


def test_weights_of_deconvolutions_put_input_channels_first(wl: Any) -> None:
    code = 'NetInitialize[DeconvolutionLayer[4, {3}, "ChannelGroups" -> 2, "Input" -> {6, 5}]]'
    assert wl(f'Dimensions[NetExtract[{code}, "Weights"]]') == "{6, 2, 3}"


def test_fan_counts(wl: Any) -> None:
    code = 'StandardDeviation[Flatten[Normal[NetExtract[NetInitialize[{}, Method -> "{}"], "Weights"]]]]'
    layer = 'ConvolutionLayer[40, 5, "Input" -> {20, 9, 9}]'
    assert wl.value(code.format(layer, "Kaiming")) == pytest.approx((2 / 500) ** 0.5, rel=0.03)
    assert wl.value(code.format(layer, "Xavier")) == pytest.approx((2 / 1500) ** 0.5, rel=0.03)


# ---- what is refused


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('ConvolutionLayer[3, {2, 2}, "Input" -> {5, 5}]', "arrays of rank 3, {channels, height, width}"),
        ('ConvolutionLayer[3, {2, 2}, "Input" -> {5, 5}]', "ReshapeLayer[{1, 5, 5}]"),
        ('ConvolutionLayer[3, 9, "Input" -> {1, 5, 5}]', "a kernel that covers 9 along spatial dimension 1"),
        ('ConvolutionLayer[3, 4, "Dilation" -> 3, PaddingSize -> 1, "Input" -> {1, 6, 6}]',
         "has 6, 8 with its"),
        ('ConvolutionLayer[3, 2, "ChannelGroups" -> 2]', "3 output channels cannot be divided into 2 groups"),
        ('ConvolutionLayer[4, 2, "ChannelGroups" -> 2, "Input" -> {3, 5}]', "divided into 2 groups"),
        ('ConvolutionLayer[4, {2}, "Stride" -> {1, 2}]',
         'stated differently: 1 by "KernelSize" and 2 by "Stride"'),
        ('ConvolutionLayer[4, 2, PaddingSize -> -1]', '"Same", "Valid", an integer'),
        ("ConvolutionLayer[0, 2]", "must be a positive integer"),
        ("ConvolutionLayer[4]", "needs an argument"),
        ('ConvolutionLayer[4, 2, "Stride" -> 0]', "must be a positive integer"),
        ('ConvolutionLayer[4, {2}, "Weights" -> {{{1, 2, 3}}}]', "Weights"),
        ('ConvolutionLayer[4, {2}, "Input" -> {"Varying", 3}]', "Interleaving -> True"),
        ('DeconvolutionLayer[4, 2, "Stride" -> 2, "Output" -> {4, 3, 3}]', "arrays that some input gives"),
        ('DeconvolutionLayer[1, 2, PaddingSize -> 2, "Input" -> {1, 2}]', "something is left"),
        ('PoolingLayer[3, "Input" -> {2, 2}]', "a kernel that covers 3"),
        ('PoolingLayer[3, "Input" -> 4]', "arrays of rank 2, 3 or 4"),
        ('PoolingLayer[3, "Function" -> Median]', "Max, Mean or Total"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong(wl: Any, code: str, text: str) -> None:
    assert text in wl.error(code)


# ---- sequences of different length


@pytest.mark.parametrize(
    "layer",
    [
        "ConvolutionLayer[2, {3}, {}]",
        'ConvolutionLayer[2, {3}, PaddingSize -> {{1, 2}}, "Stride" -> 2, "Dilation" -> 2, {}]',
        'ConvolutionLayer[2, {4}, PaddingSize -> "Same", {}]',
        'ConvolutionLayer[2, {4}, PaddingSize -> "Same", "Stride" -> 3, {}]',
        'DeconvolutionLayer[2, {3}, "Stride" -> 2, PaddingSize -> 1, {}]',
        'DeconvolutionLayer[2, {2}, "Stride" -> 3, PaddingSize -> "Same", {}]',
        "PoolingLayer[{3}, 2, {}]",
        "PoolingLayer[{2}, PaddingSize -> 1, {}]",
        'PoolingLayer[{4}, 3, PaddingSize -> "Same", "Function" -> Mean, {}]',
    ],
)
def test_padded_sequences_equal_single_ones(wl: Any, layer: str) -> None:
    """In one batch each sequence gives what it gives alone, of the length that the formula says."""
    layer = layer.replace("{}", 'Interleaving -> True, "Input" -> {"Varying", 2}')
    wl.quietly(f"net = NetInitialize[{layer}];")
    wl.quietly(
        "data = Table[Sin[Range[2 n] + n], {n, {5, 9, 7, 12, 10, 6}}]; data = N[Partition[#, 2] & /@ data];"
    )
    batch = wl.value("Map[Normal, net[data]]")
    alone = wl.value("Map[Normal[net[#]] &, data]")
    for one, other in zip(batch.args, alone.args, strict=True):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_too_short_sequences_are_refused(wl: Any) -> None:
    layer = 'NetInitialize[ConvolutionLayer[2, {4}, Interleaving -> True, "Input" -> {"Varying", 1}]]'
    assert "sequences of at least 4 elements" in wl.error(
        layer + "[{{{1.}, {2.}}, {{1.}, {2.}, {3.}, {4.}}}]"
    )
    assert "sequences of at least 4 elements" in wl.error(layer + "[{{1.}, {2.}}]")
