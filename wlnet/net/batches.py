"""Batches: encoded arrays by port, shuffled round by round and gathered into buffers that are used again
and again.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class Batches:
    """The examples of one data set as arrays (N, ...) by port, dealt out in batches of `size`, the last
    one smaller.

    `deal` fills a buffer of its own for each batch length and returns it: what it holds is overwritten by
    the next
    batch of that length. Nothing is allocated and nothing is done an example in Python.
    """

    __slots__ = ("arrays", "length", "order", "size")

    def __init__(self, arrays: Mapping[str, np.ndarray], length: int, size: int) -> None:
        self.arrays = dict(arrays)
        self.length = length
        self.size = min(size, length)
        self.order = np.arange(length)

    @property
    def per_round(self) -> int:
        """Batches of a round: Ceiling[N/b]."""
        return -(-self.length // self.size)

    def lengths(self) -> list[int]:
        """The different batch lengths of a round, the full one first."""
        rest = self.length % self.size
        return [self.size, rest] if rest else [self.size]

    def shuffle(self, random: np.random.Generator) -> None:
        """A new order of all examples. A round of a single batch keeps the order of the data."""
        if self.per_round > 1:
            self.order = random.permutation(self.length)

    def span(self, i: int) -> tuple[int, int]:
        """First place and place after the last of batch `i`, from 0, in the order of the round."""
        start = i * self.size
        return start, min(start + self.size, self.length)

    def indices(self, i: int) -> np.ndarray:
        """Which examples, from 0, batch `i` holds."""
        start, stop = self.span(i)
        return self.order[start:stop]

    def count(self, i: int) -> int:
        """The number of examples of batch `i`, from 0."""
        return min(self.size, self.length - i * self.size)

    def fill(self, i: int, buffers: Mapping[str, np.ndarray]) -> None:
        """Gather batch `i`, from 0, into `buffers` by port."""
        if self.size == self.length:
            for port, array in self.arrays.items():
                buffers[port][...] = array
            return
        start, stop = self.span(i)
        chosen = self.order[start:stop]
        for port, array in self.arrays.items():
            # The indices are a permutation's, so they need no check; mode "raise" would gather through a
            # copy.
            array.take(chosen, 0, buffers[port], "clip")

    def serial(self, size: int) -> list[tuple[int, int]]:
        """The spans of consecutive chunks of at most `size` examples: for measuring, where order does not
        matter.
        """
        return [(start, min(start + size, self.length)) for start in range(0, self.length, size)]
