"""Workloads of training.py over sequences: embedded tokens, an LSTM or a GRU, a linear layer on its last
output.  Gates have arrays of their own, as in the layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import peer


class Recurrent(NamedTuple):
    """cell "lstm" or "gru"; `order`: for each gate of PyTorch's, in its order, ours."""

    cell: str
    order: tuple[int, ...]
    vocabulary: int = 5000
    width: int = 128
    units: int = 128
    length: int = 64
    batch: int = 32
    classes: int = 10

    def arrays(self) -> tuple[list[Any], Any, Any]:
        """Parameters (embedding; input weights, state weights and biases of each gate; linear layer), tokens,
        classes.
        """
        import numpy as np

        rng = np.random.default_rng(0)
        parameters = [rng.normal(size=(self.vocabulary, self.width)).astype("f4")]
        for _ in self.order:
            for width in (self.width, self.units):
                parameters.append(rng.normal(0, width**-0.5, (self.units, width)).astype("f4"))
            parameters.append(np.zeros(self.units, "f4"))
        parameters.append(rng.normal(0, self.units**-0.5, (self.classes, self.units)).astype("f4"))
        parameters.append(np.zeros(self.classes, "f4"))
        tokens = rng.integers(0, self.vocabulary, (self.batch, self.length))
        return parameters, tokens, rng.integers(0, self.classes, self.batch)

    def loss(self, b: Any, parameters: Sequence[Any], tokens: Any, target: Any) -> Any:
        """What the layers lower to."""
        table, *gates, weights, biases = parameters
        inputs, states, shifts = (b.concat(gates[k::3], axis=0) for k in range(3))
        x = b.swap_axes(b.gather(table, tokens), 0, 1)
        from wlnet.runtime.types import Type

        zero = b.zeros(Type("f32", (self.batch, self.units)))
        first = [zero, zero] if self.cell == "lstm" else [zero]
        y = getattr(b, self.cell)(b.dot(x, inputs, transpose_b=True), states, shifts, *first)[0]
        h = b.dot(b.index_axis(y, 0, self.length - 1), weights, transpose_b=True) + biases
        return b.mean(b.cross_entropy_index(b.softmax(h), target))

    def torch_step(self, rate: float, fused: bool) -> peer.Side:
        """A step of PyTorch, eager."""
        import torch

        (table, *gates, weights, biases), x, t = self.arrays()
        x, t = torch.from_numpy(x), torch.from_numpy(t)
        embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=False)
        layer = getattr(torch.nn, self.cell.upper())(self.width, self.units, batch_first=True)
        linear = torch.nn.Linear(self.units, self.classes)
        stacked = [
            torch.cat([torch.from_numpy(gates[3 * k + part]) for k in self.order]) for part in range(3)
        ]
        with torch.no_grad():
            for name, value in zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), stacked):
                getattr(layer, name).copy_(value)
            layer.bias_hh_l0.zero_()
            linear.weight.copy_(torch.from_numpy(weights))
            linear.bias.copy_(torch.from_numpy(biases))
        parameters = [*embedding.parameters(), *layer.parameters(), *linear.parameters()]
        criterion = torch.nn.CrossEntropyLoss()
        return peer.stepping(
            lambda: criterion(linear(layer(embedding(x))[0][:, -1]), t), parameters, rate, fused
        )


# PyTorch's gates: input, forget, cell, output of an LSTM; reset, update, new of a GRU.
WORKLOADS = {"lstm": Recurrent("lstm", (0, 2, 3, 1)), "gru": Recurrent("gru", (1, 0, 2))}
