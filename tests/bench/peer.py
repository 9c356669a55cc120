"""A training step of PyTorch, the same for every workload of training.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Side = tuple[Callable[[], None], Callable[[], float]]


def stepping(loss_of: Callable[[], Any], parameters: Iterable[Any], rate: float, fused: bool) -> Side:
    """(a step of Adam, its loss), after a first step; `loss_of` is the forward pass."""
    import torch

    optimizer = torch.optim.Adam(parameters, lr=rate, eps=1e-5, fused=fused)
    last: list[Any] = []

    def step() -> None:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        last[:] = [loss]

    step()
    return step, lambda: last[0].item()
