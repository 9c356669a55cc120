"""Layers for pictures, and normalisation: against PyTorch, or plain definitions in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.compile import compile

from wlnet.net.infer import array_dims
from wlnet.net.lower import Wire, input_type, lower
from wlnet.runtime import autodiff, ir

RANDOM = np.random.default_rng(11)


def run(
    wl: Any, code: str, data: dict[str, np.ndarray], training: bool = False, arrays: Any = None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Output, gradients of a random linear function of it by inputs and arrays; and the arrays used.
    The state after the step is under its names.
    """
    net = wl.value(code)
    b = ir.Builder()
    count = len(next(iter(data.values())))
    ins = {name: Wire(b.input(name, input_type(port, count, "f64"))) for name, port in net.inputs.items()}
    y = lower(net, b, ins, training=training, dtype="f64")["Output"].value
    weight = np.random.default_rng(1).normal(size=y.shape)
    leaves = {name: wire.value for name, wire in ins.items()}
    leaves |= {name: b.values[name] for name, v in b.variables.items() if v.group == "parameters"}
    b.output("Output", y)
    for name, g in zip(
        leaves, autodiff.gradient(b, b.sum(b.mul(y, weight)), list(leaves.values())), strict=True
    ):
        b.output("d " + name, g)
    exe = compile(b.program())
    dims = array_dims(net)
    values = {name: RANDOM.uniform(0.5, 1.5, shape) for name, shape in dims.items()} | (arrays or {})
    for name, value in values.items():
        exe.store[name] = value
    found = {**exe(data), "weight": weight}
    return found | {name: exe.store[name].copy() for name in dims}, values


def compare(found: dict[str, np.ndarray], y: Any, tensors: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    (y * torch.tensor(found["weight"])).sum().backward()
    np.testing.assert_allclose(found["Output"], y.detach().numpy(), rtol=1e-9, atol=1e-10)
    for name, tensor in tensors.items():
        np.testing.assert_allclose(found["d " + name], tensor.grad.numpy(), rtol=1e-8, atol=1e-9)


def leaf(torch: Any, value: np.ndarray) -> Any:
    return torch.tensor(value, requires_grad=True)


# ---- resizing and sampling


@pytest.mark.parametrize("scheme", ["Point", "Bin"])
@pytest.mark.parametrize("size", [(7, 9), (3, 2), (5, 1)])
def test_linear_resize(wl: Any, scheme: str, size: tuple[int, int]) -> None:
    torch = pytest.importorskip("torch")
    x = RANDOM.normal(size=(2, 3, 5, 4))
    code = f'ResizeLayer[{{{size[0]}, {size[1]}}}, "Scheme" -> "{scheme}", "Input" -> {{3, 5, 4}}]'
    found, _ = run(wl, code, {"Input": x})
    t = leaf(torch, x)
    y = torch.nn.functional.interpolate(t, size, mode="bilinear", align_corners=scheme == "Point")
    compare(found, y, {"Input": t})


def test_nearest_resize(wl: Any) -> None:
    torch = pytest.importorskip("torch")
    x = RANDOM.normal(size=(2, 3, 4, 5))
    code = 'ResizeLayer[{Scaled[2], Scaled[3]}, Resampling -> "Nearest", "Input" -> {3, 4, 5}]'
    found, _ = run(wl, code, {"Input": x})
    t = leaf(torch, x)
    compare(found, torch.nn.functional.interpolate(t, (8, 15), mode="nearest"), {"Input": t})


def test_resize_types(wl: Any) -> None:
    assert wl('NetExtract[ResizeLayer[{Scaled[0.5], All}, "Input" -> {2, 5, 7}], "Output"]') == "{2, 2, 7}"
    assert wl('NetExtract[ResizeLayer[{4, All}, "Output" -> {2, 4, 7}], "Input"]') == "{2, Automatic, 7}"
    assert "of rank 3" in wl.error('ResizeLayer[{4, 4}, "Input" -> {2, 4}]')
    assert "Scaled[r] with r > 0" in wl.error("ResizeLayer[{0}]")
    assert '"Linear" or "Nearest"' in wl.error('ResizeLayer[{2}, Resampling -> "Cubic"]')


def test_spatial_transformation(wl: Any) -> None:
    torch = pytest.importorskip("torch")
    x, theta = RANDOM.normal(size=(4, 2, 5, 6)), RANDOM.normal(size=(4, 6))
    code = 'SpatialTransformationLayer[{3, 4}, "Input" -> {2, 5, 6}]'
    found, _ = run(wl, code, {"Input": x, "Parameters": theta})
    t, p = leaf(torch, x), leaf(torch, theta)
    grid = torch.nn.functional.affine_grid(p.reshape(4, 2, 3), (4, 2, 3, 4), align_corners=True)
    y = torch.nn.functional.grid_sample(t, grid, align_corners=True, padding_mode="zeros")
    compare(found, y, {"Input": t, "Parameters": p})


# ---- augmentation


def test_augmentation_draws_crops_and_reflections(wl: Any) -> None:
    """Every random result is one of the crops, turned or not; each kind comes up in 300 pictures."""
    x = np.arange(4 * 5, dtype=float).reshape(1, 4, 5)
    code = 'ImageAugmentationLayer[{3, 3}, "ReflectionProbabilities" -> {0.5, 0.25}, "Input" -> {1, 4, 5}]'
    found, _ = run(wl, code, {"Input": np.repeat(x[None], 300, 0)}, training=True)
    kinds = {}
    for top in range(2):
        for left in range(3):
            for v in (1, -1):
                for h in (1, -1):
                    crop = x[0, top : top + 3, left : left + 3][::v, ::h]
                    kinds[crop.tobytes()] = (top, left, v, h)
    seen = [kinds[np.ascontiguousarray(each[0]).tobytes()] for each in found["Output"]]
    assert len(set(seen)) == 24
    assert 0.4 < np.mean([v < 0 for _, _, v, _ in seen]) < 0.6
    assert 0.15 < np.mean([h < 0 for _, _, _, h in seen]) < 0.35


def test_augmentation_in_the_language(wl: Any) -> None:
    wl.value("layer = ImageAugmentationLayer[{2, 2}]; picture = {Partition[Range[16], 4]};")
    assert wl("layer[picture]") == "{{{6., 7.}, {10., 11.}}}"
    assert wl('Length[Union[Table[layer[picture, NetEvaluationMode -> "Train"], 40]]] > 4') == "True"
    assert "at least 2 x 2 pixels" in wl.error('ImageAugmentationLayer[{2, 2}, "Input" -> {3, 1, 5}]')
    assert "between 0 and 1" in wl.error(
        'ImageAugmentationLayer[{2, 2}, "ReflectionProbabilities" -> {2, 0}]'
    )


# ---- normalisation


@pytest.mark.parametrize("window", [0, 1, 2])
def test_local_response(wl: Any, window: int) -> None:
    torch = pytest.importorskip("torch")
    x = RANDOM.normal(size=(2, 5, 3, 2))
    options = f'"ChannelWindowSize" -> {window}, "Alpha" -> 1.5, "Beta" -> 0.75, "Bias" -> 2'
    code = f'LocalResponseNormalizationLayer[{options}, "Input" -> {{5, 3, 2}}]'
    found, _ = run(wl, code, {"Input": x})
    t = leaf(torch, x)
    y = torch.nn.functional.local_response_norm(t, 2 * window + 1, alpha=1.5, beta=0.75, k=2.0)
    compare(found, y, {"Input": t})


def test_local_response_needs_channels(wl: Any) -> None:
    text = wl.error('LocalResponseNormalizationLayer["Input" -> {4, 2, 2}]')
    assert "at least 5 channels" in text
    assert '"ChannelWindowSize" -> 1' in text


@pytest.mark.parametrize("interleaving", [False, True])
@pytest.mark.parametrize("shape", [(3,), (3, 4), (3, 4, 2)])
def test_batch_normalization(wl: Any, shape: tuple[int, ...], interleaving: bool) -> None:
    """Training: batch statistics, biased in both places; evaluation: the moving ones."""
    torch = pytest.importorskip("torch")
    channels_last = (*shape[1:], shape[0]) if interleaving else shape
    x = RANDOM.normal(size=(5, *channels_last)) + 1
    options = f'Interleaving -> {interleaving}, "Momentum" -> 0.75, "Epsilon" -> 0.01'
    dims = "{" + ", ".join(map(str, channels_last)) + "}"
    code = f'BatchNormalizationLayer[{options}, "Input" -> {dims}]'
    for training in (True, False):
        found, arrays = run(wl, code, {"Input": x}, training)
        t, scale, bias = (leaf(torch, v) for v in (x, arrays["Scaling"], arrays["Biases"]))
        moved = t.movedim(-1, 1) if interleaving else t
        mean, variance = (torch.tensor(arrays[name]) for name in ("MovingMean", "MovingVariance"))
        y = torch.nn.functional.batch_norm(
            moved, mean.clone(), variance.clone(), scale, bias, training=training, momentum=0.25, eps=0.01
        )
        compare(
            found, y.movedim(1, -1) if interleaving else y, {"Input": t, "Scaling": scale, "Biases": bias}
        )
        axes = tuple(k for k in range(x.ndim) if k != (x.ndim - 1 if interleaving else 1))
        for name, old, new in (
            ("MovingMean", arrays["MovingMean"], x.mean(axes)),
            ("MovingVariance", arrays["MovingVariance"], x.var(axes)),
        ):
            wanted = 0.75 * old + 0.25 * new if training else old
            np.testing.assert_allclose(found[name], wanted, rtol=1e-10)


def test_frozen_statistics(wl: Any) -> None:
    """ "Momentum" -> 1 keeps the moving statistics."""
    found, arrays = run(
        wl,
        'BatchNormalizationLayer["Momentum" -> 1, "Input" -> 3]',
        {"Input": RANDOM.normal(size=(4, 3))},
        True,
    )
    for name in ("MovingMean", "MovingVariance"):
        np.testing.assert_array_equal(found[name], arrays[name])


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("NormalizationLayer[", "instance"),
        ('NormalizationLayer[1 ;; 3, 1, "GroupNumber" -> 2, ', "group"),
        ('NormalizationLayer[3, "Same", ', "layer"),
        ('NormalizationLayer[3, "Same", Method -> "RMS", "Biases" -> None, ', "rms"),
    ],
)
def test_normalization(wl: Any, layer: str, name: str) -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    x = RANDOM.normal(size=(3, 4, 3, 5)) + 1
    found, arrays = run(wl, layer + '"Epsilon" -> 0.01, "Input" -> {4, 3, 5}]', {"Input": x})
    tensors = {"Input": leaf(torch, x), **{key: leaf(torch, value) for key, value in arrays.items()}}
    t, scale, bias = tensors["Input"], tensors["Scaling"], tensors.get("Biases")
    y = {
        "instance": lambda: functional.instance_norm(t, weight=scale, bias=bias, eps=0.01),
        "group": lambda: functional.group_norm(t, 2, scale, bias, 0.01),
        "layer": lambda: functional.layer_norm(t, (5,), scale, bias, 0.01),
        "rms": lambda: functional.rms_norm(t, (5,), scale, 0.01),
    }[name]()
    compare(found, y, tensors)
