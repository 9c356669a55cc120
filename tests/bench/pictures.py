"""Workloads of tests/bench/training.py on pictures: LeNet, and residual blocks with batch normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peer


def drawn(shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Weights by He et al. 2015 for shapes of rank above 1; for vectors zeros, or ones where marked by -n."""
    import numpy as np

    rng = np.random.default_rng(0)
    found = []
    for shape in shapes:
        if len(shape) > 1:
            found.append(rng.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape).astype("f4"))
        else:
            found.append(np.full(abs(shape[0]), float(shape[0] < 0), "f4"))
    return found


class LeNet:
    """28 x 28, batch 64: twice [convolution 5 x 5, ramp, maxima of 2 x 2], 500, ramp, 10."""

    batch = 64

    def arrays(self) -> tuple[list[Any], Any, Any]:
        import numpy as np

        rng = np.random.default_rng(1)
        shapes = [(20, 1, 5, 5), (20,), (50, 20, 5, 5), (50,), (500, 800), (500,), (10, 500), (10,)]
        x = rng.normal(size=(self.batch, 1, 28, 28)).astype("f4")
        return drawn(shapes), x, rng.integers(0, 10, self.batch)

    def loss(self, b: Any, p: list[Any], x: Any, target: Any) -> Any:
        for w, bias in ((p[0], p[1]), (p[2], p[3])):
            x = b.convolution(x, w) + b.reshape(bias, (-1, 1, 1))
            x = b.pool(b.relu(x), "max", 2, 2)
        x = b.relu(b.dot(b.flatten(x, 1), p[4], transpose_b=True) + p[5])
        x = b.dot(x, p[6], transpose_b=True) + p[7]
        return b.mean(b.cross_entropy_index(b.softmax(x), target))

    def torch(self, values: list[Any]) -> Any:
        from torch import nn

        net = nn.Sequential(
            *(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU()),
            *(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10)),
        )
        return filled(net, values)


class Residual:
    """32 x 32 x 3, batch 32: a stem and four times x + block(x) of [convolution 3 x 3 with 64 channels, batch
    normalisation, ramp], the mean of each channel, 10 classes.  Convolutions have no biases.
    """

    batch, channels, blocks = 32, 64, 4

    def arrays(self) -> tuple[list[Any], Any, Any]:
        import numpy as np

        rng = np.random.default_rng(1)
        c, shapes = self.channels, []
        for k in range(self.blocks + 1):
            shapes += [(c, c if k else 3, 3, 3), (-c,), (c,)]
        shapes += [(10, c), (10,)]
        x = rng.normal(size=(self.batch, 3, 32, 32)).astype("f4")
        return drawn(shapes), x, rng.integers(0, 10, self.batch)

    def loss(self, b: Any, p: list[Any], x: Any, target: Any) -> Any:
        for k in range(self.blocks + 1):
            w, scale, bias = p[3 * k : 3 * k + 3]
            y, mean, variance = b.batch_norm(b.convolution(x, w, pads=1), scale, bias, epsilon=1e-3)
            for name, new in (("mean", mean), ("variance", variance)):
                old = b.variable(f"{name}{k}", new.type, group="state")
                b.update(old, old * 0.9 + b.stop_gradient(new) * 0.1)
            x = b.relu(y) + x if k else b.relu(y)
        x = b.dot(b.mean(x, (2, 3)), p[-2], transpose_b=True) + p[-1]
        return b.mean(b.cross_entropy_index(b.softmax(x), target))

    def torch(self, values: list[Any]) -> Any:
        from torch import nn

        class Block(nn.Module):
            def __init__(self, n_in: int, n_out: int) -> None:
                super().__init__()
                self.inner = nn.Sequential(
                    nn.Conv2d(n_in, n_out, 3, padding=1, bias=False),
                    nn.BatchNorm2d(n_out, eps=1e-3),
                    nn.ReLU(),
                )
                self.skips = n_in == n_out

            def forward(self, x: Any) -> Any:
                y = self.inner(x)
                return y + x if self.skips else y

        c = self.channels
        blocks = [Block(c if k else 3, c) for k in range(self.blocks + 1)]
        net = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 10))
        return filled(net, values)


def filled(net: Any, values: list[Any]) -> Any:
    """`net` with its parameters, in order, set to `values`."""
    import torch

    with torch.no_grad():
        for parameter, value in zip(net.parameters(), values, strict=True):
            parameter.copy_(torch.from_numpy(value))
    return net


def torch_step(work: Any, fused: bool, rate: float, channels_last: bool) -> peer.Side:
    """(a step, its loss) by PyTorch."""
    import torch

    values, x, t = work.arrays()
    net, x, t = work.torch(values), torch.from_numpy(x), torch.from_numpy(t)
    if channels_last:
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    criterion = torch.nn.CrossEntropyLoss()
    return peer.stepping(lambda: criterion(net(x), t), net.parameters(), rate, fused)


WORKLOADS = {"lenet": LeNet(), "resnet": Residual()}
