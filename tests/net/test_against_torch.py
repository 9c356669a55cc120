"""Values and gradients of layers against PyTorch, where it has the same: an independent word on both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
functional = torch.nn.functional

RANDOM = np.random.default_rng(7)
X = RANDOM.uniform(-1.5, 1.5, (4, 3, 5)).astype(np.float32)
POSITIVE = RANDOM.uniform(0.1, 0.9, (4, 5)).astype(np.float32)
W = RANDOM.normal(size=(2, 15)).astype(np.float32)
B = RANDOM.normal(size=2).astype(np.float32)


# Layer in the language (arrays w and b are set) -> the function of a batch (4, 3, 5) in PyTorch.
LAYERS = {
    'LinearLayer[2, "Weights" -> w, "Biases" -> b]': lambda x: functional.linear(
        x.flatten(1), torch.tensor(W), torch.tensor(B)
    ),
    "SoftmaxLayer[]": lambda x: x.softmax(-1),
    "SoftmaxLayer[1]": lambda x: x.softmax(1),
    "SummationLayer[]": lambda x: x.sum((1, 2)),
    "AggregationLayer[Mean]": lambda x: x.mean(2),
    "AggregationLayer[Max, 1]": lambda x: x.max(1).values,
    "AggregationLayer[StandardDeviation, 2]": lambda x: x.std(2),
    "AggregationLayer[Variance, {1, 2}]": lambda x: x.var((1, 2)),
    "AggregationLayer[Times, 1]": lambda x: x.prod(1),
    "FlattenLayer[]": lambda x: x.flatten(1),
    "TransposeLayer[]": lambda x: x.transpose(1, 2),
    "ReshapeLayer[{5, 3}]": lambda x: x.reshape(4, 5, 3),
    "ReplicateLayer[2, -1]": lambda x: x.unsqueeze(-1).repeat(1, 1, 1, 2),
    "PartLayer[{2, 2 ;; 4}]": lambda x: x[:, 1, 1:4],
    "PaddingLayer[{{1, 0}, {2, 1}}]": lambda x: functional.pad(x, (2, 1, 1, 0)),
    'PaddingLayer[{{0, 0}, {2, 1}}, Padding -> "Fixed"]': lambda x: functional.pad(x, (2, 1), "replicate"),
    'PaddingLayer[{{0, 0}, {2, 1}}, Padding -> "Reflected"]': lambda x: functional.pad(x, (2, 1), "reflect"),
    "ParametricRampLayer[]": lambda x: functional.prelu(x, torch.full((3,), 0.1)),
    'NormalizationLayer[2, "Same", "Epsilon" -> 0.01]': lambda x: functional.layer_norm(x, (5,), eps=0.01),
    'NormalizationLayer[1 ;; 2, "Scaling" -> None, "Biases" -> None]': lambda x: functional.layer_norm(
        x, (3, 5), eps=1e-3
    ),
    "FunctionLayer[Map[Norm, #] &]": lambda x: x.norm(dim=2),
    "FunctionLayer[# . Transpose[#] &]": lambda x: x @ x.transpose(1, 2),
    "FunctionLayer[Det[#[[All, 1 ;; 3]]] &]": lambda x: torch.linalg.det(x[:, :, :3]),
    "FunctionLayer[Fold[#1 Tanh[#2] &, #] &]": lambda x: x[:, 0] * x[:, 1].tanh() * x[:, 2].tanh(),
    "FunctionLayer[Accumulate[#] &]": lambda x: x.cumsum(1),
    "FunctionLayer[Sort[#[[1]]] &]": lambda x: x[:, 0].sort(-1).values,
    **{
        f'ElementwiseLayer["{name}"]': function
        for name, function in {
            "ReLU": functional.relu,
            "ELU": functional.elu,
            "SELU": functional.selu,
            "GELU": functional.gelu,
            "Swish": functional.silu,
            "HardSwish": functional.hardswish,
            "Mish": functional.mish,
            "SoftSign": functional.softsign,
            "SoftPlus": functional.softplus,
            "HardTanh": functional.hardtanh,
            "Sigmoid": torch.sigmoid,
        }.items()
    },
    **{
        f"ElementwiseLayer[{name}]": getattr(torch, function)
        for name, function in {
            "Tanh": "tanh", "Sin": "sin", "Cos": "cos", "Exp": "exp", "ArcTan": "atan", "Sinh": "sinh",
            "Erf": "erf", "Abs": "abs",
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("code", LAYERS)
def test_value_and_gradient(wl: Any, code: str) -> None:
    for name, array in (("x", X), ("w", W), ("b", B)):
        wl.session[name] = array.astype(np.float64)
    wl.value(f'net = NetInitialize[NetReplacePart[{code}, "Input" -> {{3, 5}}]]')
    given = torch.tensor(X, requires_grad=True)
    wanted = LAYERS[code](given)
    np.testing.assert_allclose(wl.session.evaluate("net[x]"), wanted.detach().numpy(), rtol=2e-5, atol=2e-6)
    weight = RANDOM.normal(size=tuple(wanted.shape))
    (wanted * torch.tensor(weight)).sum().backward()
    wl.session["dy"] = weight
    found = wl.session.evaluate(
        'net[<|"Input" -> x, NetPortGradient["Output"] -> dy|>, NetPortGradient["Input"]]'
    )
    np.testing.assert_allclose(found, given.grad.numpy(), rtol=2e-4, atol=2e-5)


LOSSES = {
    "MeanSquaredLossLayer[]": lambda p, t: ((p - t) ** 2).mean(1),
    "MeanAbsoluteLossLayer[]": lambda p, t: (p - t).abs().mean(1),
    'CrossEntropyLossLayer["Binary"]': lambda p, t: functional.binary_cross_entropy(
        p, t, reduction="none"
    ).mean(1),
    'CrossEntropyLossLayer["Probabilities"]': lambda p, t: -(t * p.log()).sum(1),
}


@pytest.mark.parametrize("code", LOSSES)
def test_losses(wl: Any, code: str) -> None:
    wl.session["p"], wl.session["t"] = POSITIVE.astype(np.float64), POSITIVE[::-1].astype(np.float64)
    p = torch.tensor(POSITIVE, requires_grad=True)
    wanted = LOSSES[code](p, torch.tensor(POSITIVE[::-1].copy()))
    data = '<|"Input" -> p, "Target" -> t|>'
    wl.value(f'loss = NetReplacePart[{code}, "Input" -> 5]')
    np.testing.assert_allclose(wl.session.evaluate(f"loss[{data}]"), wanted.detach().numpy(), rtol=2e-5)
    wanted.sum().backward()
    found = wl.session.evaluate(f'loss[{data}, NetPortGradient["Input"]]')
    np.testing.assert_allclose(found, p.grad.numpy(), rtol=2e-4, atol=1e-6)
