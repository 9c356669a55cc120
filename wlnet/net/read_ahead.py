"""Batches of a data set that lies on disk: each is read on a thread while the step before it runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .ahead import Ahead
from .batches import Batches
from .lengths import Lengths


class ReadAhead:
    """Deals the batches of `inner`; `spare` holds the one being read, `begun` is its number (-1: none)."""

    def __init__(self, inner: Batches) -> None:
        self.inner = inner
        self.size, self.length, self.per_round = inner.size, inner.length, inner.per_round
        self.ahead: Ahead | None = None
        self.spare: dict[str, np.ndarray] = {}
        self.begun = -1

    def shuffle(self, random: np.random.Generator) -> None:
        self.forget()
        self.inner.shuffle(random)

    def indices(self, i: int) -> np.ndarray:
        return self.inner.indices(i)

    def count(self, i: int) -> int:
        return self.inner.count(i)

    def lengths(self, i: int) -> Lengths:
        return self.inner.lengths(i)

    def fill(self, i: int, buffers: Mapping[str, np.ndarray]) -> None:
        """Copy batch `i` into `buffers`, and begin to read the next one if it has the same form."""
        if self.begun == i and self.ahead is not None:
            self.ahead.result()
            for port, array in self.spare.items():
                buffers[port][...] = array
        else:
            self.forget()
            self.inner.fill(i, buffers)
        self.begun = -1
        following, inner = i + 1, self.inner
        if following < self.per_round and self.form(following) == self.form(i):
            self.begin(following, {port: buffers[port] for port in inner.examples.arrays})

    def form(self, i: int) -> tuple[int, Lengths]:
        return self.inner.count(i), self.inner.lengths(i)

    def begin(self, i: int, like: Mapping[str, np.ndarray]) -> None:
        """Begin to read batch `i` into spare buffers like these."""
        if any(
            port not in self.spare or self.spare[port].shape != array.shape for port, array in like.items()
        ):
            self.spare = {port: np.empty_like(array) for port, array in like.items()}
        if self.ahead is None:
            self.ahead = Ahead()
        self.begun = i
        self.ahead.start(lambda: self.inner.fill(i, self.spare))

    def forget(self) -> None:
        """Wait for what is being read, and leave it."""
        if self.ahead is not None:
            self.ahead.settle()
        self.begun = -1

    def close(self) -> None:
        if self.ahead is not None:
            self.ahead.close()
            self.ahead = None
        self.begun = -1
