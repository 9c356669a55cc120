"""Batches: encoded arrays by port, shuffled round by round and gathered into the buffers of a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

# Lengths of one batch at the ports that carry sequences, in the order of the ports; () where there are none.
Lengths = tuple[int, ...]


class Examples(NamedTuple):
    """A data set as programs read it.

    arrays   by port, (N, ...); sequences are padded to the longest
    size     N
    lengths  of the sequences (N), for every port that carries some
    """

    arrays: Mapping[str, np.ndarray]
    size: int
    lengths: Mapping[str, np.ndarray]

    def groups(self) -> list[tuple[np.ndarray, Lengths]]:
        """Examples of equal lengths together: (which ones, their lengths);
        all in one where nothing varies.
        """
        if not self.lengths:
            return [(np.arange(self.size), ())]
        table = np.column_stack(list(self.lengths.values()))
        rows, place = np.unique(table, axis=0, return_inverse=True)
        place = place.reshape(-1)
        return [(np.flatnonzero(place == k), tuple(int(x) for x in row)) for k, row in enumerate(rows)]

    def pieces(self, size: int) -> list[tuple[np.ndarray, Lengths]]:
        """All examples in order, at most `size` at a time and only those of equal lengths together."""
        found = []
        for members, lengths in self.groups():
            found += [(members[start : start + size], lengths) for start in range(0, len(members), size)]
        return found

    def gather(self, chosen: np.ndarray, lengths: Lengths, buffers: Mapping[str, np.ndarray]) -> None:
        """Copy the examples `chosen`, sequences cut to their `lengths`, into `buffers` by port."""
        cut = dict(zip(self.lengths, lengths, strict=True))
        for port, array in self.arrays.items():
            if port in cut:
                array = array[:, : cut[port]]
            # The indices are those of examples, so they need no check; mode "raise" would gather
            # through a copy.
            array.take(chosen, 0, buffers[port], "clip")


class Batches:
    """The examples of one data set, dealt out in batches of `size`, the last one smaller.

    `fill` writes a batch into the input buffers of an executable for its length. Nothing is allocated and
    nothing is done an example in Python.
    """

    __slots__ = ("examples", "length", "order", "size")

    def __init__(self, examples: Examples, size: int) -> None:
        self.examples = examples
        self.length = examples.size
        self.size = min(size, examples.size)
        self.order = np.arange(examples.size)

    @property
    def per_round(self) -> int:
        """Batches of a round: Ceiling[N/b]."""
        return -(-self.length // self.size)

    def shuffle(self, random: np.random.Generator) -> None:
        """A new order of all examples. A round of a single batch keeps the order of the data."""
        if self.per_round > 1:
            self.order = random.permutation(self.length)

    def indices(self, i: int) -> np.ndarray:
        """Which examples, from 0, batch `i` holds."""
        return self.order[i * self.size : (i + 1) * self.size]

    def count(self, i: int) -> int:
        """The number of examples of batch `i`, from 0."""
        return min(self.size, self.length - i * self.size)

    def lengths(self, i: int) -> Lengths:
        """The lengths of the sequences of batch `i`."""
        return ()

    def fill(self, i: int, buffers: Mapping[str, np.ndarray]) -> None:
        """Gather batch `i`, from 0, into `buffers` by port."""
        if self.size == self.length:
            for port, array in self.examples.arrays.items():
                buffers[port][...] = array
            return
        self.examples.gather(self.indices(i), (), buffers)


class SequenceBatches(Batches):
    """Batches of examples that hold sequences: all of a batch have the same lengths,
    so that nothing is padded.

    A round still visits every example once; which examples share a batch, and the order of the batches,
    is random.
    """

    __slots__ = ("groups", "round")

    def __init__(self, examples: Examples, size: int) -> None:
        super().__init__(examples, size)
        self.groups = examples.groups()
        self.round = examples.pieces(self.size)

    @property
    def per_round(self) -> int:
        """Batches of a round: those of every group of equal lengths."""
        return len(self.round)

    def shuffle(self, random: np.random.Generator) -> None:
        """A new division of all examples into batches, in a new order."""
        found = []
        for members, lengths in self.groups:
            members = random.permutation(members)
            found += [(members[k : k + self.size], lengths) for k in range(0, len(members), self.size)]
        self.round = [found[k] for k in random.permutation(len(found))]

    def indices(self, i: int) -> np.ndarray:
        return self.round[i][0]

    def count(self, i: int) -> int:
        return len(self.round[i][0])

    def lengths(self, i: int) -> Lengths:
        return self.round[i][1]

    def fill(self, i: int, buffers: Mapping[str, np.ndarray]) -> None:
        chosen, lengths = self.round[i]
        self.examples.gather(chosen, lengths, buffers)


def batches(examples: Examples, size: int) -> Batches:
    """The batches of a data set."""
    return SequenceBatches(examples, size) if examples.lengths else Batches(examples, size)
