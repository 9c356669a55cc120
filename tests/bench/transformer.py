"""The workload `transformer` of training.py: embedded tokens, two encoder layers (attention with several
heads, a perceptron with GELU, layer normalisation after each), the mean over the sequence, a linear layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import peer

EPSILON = 1e-5


class Transformer(NamedTuple):
    layers: int = 2
    width: int = 128
    heads: int = 4
    inner: int = 512
    vocabulary: int = 5000
    length: int = 64
    batch: int = 16
    classes: int = 10

    def arrays(self) -> tuple[list[Any], Any, Any]:
        """Parameters (embedding; of each layer the weights and biases of queries, keys, values and of the map
        behind them, the scaling and shift of the normalisation, the same of the perceptron; last linear
        layer), tokens, classes.
        """
        import numpy as np

        rng = np.random.default_rng(0)

        def linear(n_in: int, n_out: int) -> list[Any]:
            return [rng.normal(0, n_in**-0.5, (n_out, n_in)).astype("f4"), np.zeros(n_out, "f4")]

        def norm() -> list[Any]:
            return [np.ones(self.width, "f4"), np.zeros(self.width, "f4")]

        parameters = [rng.normal(size=(self.vocabulary, self.width)).astype("f4")]
        for _ in range(self.layers):
            for _ in range(4):
                parameters += linear(self.width, self.width)
            parameters += norm() + linear(self.width, self.inner) + linear(self.inner, self.width) + norm()
        parameters += linear(self.width, self.classes)
        tokens = rng.integers(0, self.vocabulary, (self.batch, self.length))
        return parameters, tokens, rng.integers(0, self.classes, self.batch)

    def loss(self, b: Any, parameters: Sequence[Any], tokens: Any, target: Any) -> Any:
        """What the layers lower to."""
        given = iter(parameters)
        shape = (self.batch, self.length, self.width)

        def linear(x: Any) -> Any:
            return b.dot(x, next(given), transpose_b=True) + next(given)

        x = b.reshape(b.gather(next(given), tokens), (self.batch * self.length, self.width))
        for _ in range(self.layers):
            heads = []
            for _ in range(3):
                each = b.reshape(linear(x), (*shape[:2], self.heads, self.width // self.heads))
                heads.append(b.transpose(each, (0, 2, 1, 3)))
            query, key, value = heads
            query = b.mul(query, (self.width // self.heads) ** -0.5)
            weights = b.softmax(b.dot(query, key, transpose_b=True))
            found = b.transpose(b.dot(weights, value), (0, 2, 1, 3))
            x = normalized(b, x + linear(b.reshape(found, x.shape)), given)
            x = normalized(b, x + linear_after_gelu(b, linear(x), given), given)
        mean = b.mean(b.reshape(x, shape), 1)
        return b.mean(b.cross_entropy_index(b.softmax(linear(mean)), target))

    def torch_step(self, rate: float, fused: bool) -> peer.Side:
        """A step of PyTorch, eager."""
        import torch

        values, x, t = self.arrays()
        x, t = torch.from_numpy(x), torch.from_numpy(t)
        given = [torch.nn.Parameter(torch.from_numpy(each)) for each in values]
        functional = torch.nn.functional

        def forward() -> Any:
            rest = iter(given)
            h = functional.embedding(x, next(rest))
            for _ in range(self.layers):
                parts = []
                for _ in range(3):
                    each = functional.linear(h, next(rest), next(rest))
                    parts.append(each.view(*each.shape[:2], self.heads, -1).transpose(1, 2))
                found = functional.scaled_dot_product_attention(*parts).transpose(1, 2).reshape(h.shape)
                h = h + functional.linear(found, next(rest), next(rest))
                h = functional.layer_norm(h, (self.width,), next(rest), next(rest), EPSILON)
                inner = functional.gelu(functional.linear(h, next(rest), next(rest)))
                h = h + functional.linear(inner, next(rest), next(rest))
                h = functional.layer_norm(h, (self.width,), next(rest), next(rest), EPSILON)
            return functional.linear(h.mean(1), next(rest), next(rest))

        return peer.stepping(lambda: functional.cross_entropy(forward(), t), given, rate, fused)


def normalized(b: Any, x: Any, given: Any) -> Any:
    return b.layer_norm(x, next(given), next(given), EPSILON)


def linear_after_gelu(b: Any, x: Any, given: Any) -> Any:
    return b.dot(b.gelu(x), next(given), transpose_b=True) + next(given)


WORKLOADS = {"transformer": Transformer()}
