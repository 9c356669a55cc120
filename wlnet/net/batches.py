"""Batches: encoded arrays by port, shuffled round by round and gathered into the buffers of a program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .errors import NetError
from .lengths import Arrangement, Lengths, arranged, length_name, padded, places, starts_of, table_of


class Examples:
    """A data set as programs read it.

    arrays   by port, (N, ...); sequences one after another, (sum of their lengths, ...)
    size     N
    lengths  of the sequences (N), for every port that carries some
    exact    whether only sequences of equal lengths may share a batch (see `demands.exact`)
    """

    __slots__ = ("arrays", "exact", "lengths", "size", "starts")

    def __init__(
        self,
        arrays: Mapping[str, np.ndarray],
        size: int,
        lengths: Mapping[str, np.ndarray],
        exact: bool = False,
    ) -> None:
        self.arrays = arrays
        self.size = size
        self.lengths = lengths
        self.exact = exact
        self.starts = {port: starts_of(each) for port, each in lengths.items()}

    def arranged(self, size: int) -> Arrangement:
        """All examples, at most `size` at a time."""
        return arranged(table_of(self.lengths), size, self.exact)

    def pieces(self, size: int) -> list[tuple[np.ndarray, Lengths]]:
        """All examples, at most `size` at a time, in order but for sequences, of which similar ones go
        together.
        """
        order = np.arange(self.size)
        if self.lengths:
            return self.arranged(size).members(order)
        return [(order[start : start + size], ()) for start in range(0, self.size, size)]

    def together(self) -> tuple[np.ndarray, Lengths]:
        """All examples as one batch; NetError where sequences must be of equal lengths and are not."""
        order = np.arange(self.size)
        if not self.lengths:
            return order, ()
        if not self.exact:
            return order, padded(table_of(self.lengths))
        batches = self.arranged(self.size).batches
        if len(batches) > 1:
            text = "All sequences of a generated batch must be of one length: a layer of this net takes no "
            raise NetError("NetTrain", "data", text + "padding.")
        return order, next(iter(batches)).lengths

    def gather(self, chosen: np.ndarray, lengths: Lengths, buffers: Mapping[str, np.ndarray]) -> None:
        """Copy the examples `chosen`, sequences padded as `lengths` says, into `buffers` by port."""
        cut = dict(zip(self.lengths, lengths, strict=True))
        for port, array in self.arrays.items():
            # The indices are those of examples, so they need no check; mode "raise" would gather
            # through a copy.
            if port not in cut:
                array.take(chosen, 0, buffers[port], "clip")
                continue
            counts, extent = self.lengths[port], cut[port]
            own = counts[chosen]
            array.take(places(own, self.starts[port][chosen], extent.size), 0, buffers[port], "clip")
            if not extent.full:
                buffers[length_name(port)][...] = own


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
    """Batches of examples that hold sequences: those of a batch have similar lengths and are padded to one of
    few sizes.

    A round visits every example once; which examples of similar lengths share a batch, and the order of the
    batches, is random.
    """

    __slots__ = ("arrangement", "round")

    def __init__(self, examples: Examples, size: int) -> None:
        super().__init__(examples, size)
        self.arrangement = examples.arranged(self.size)
        self.round = self.arrangement.members(self.order)

    @property
    def per_round(self) -> int:
        """Batches of a round: Ceiling[N/b]; more where only sequences of equal lengths share one."""
        return len(self.round)

    def shuffle(self, random: np.random.Generator) -> None:
        """A new division of all examples into batches, in a new order."""
        if self.per_round > 1:
            found = self.arrangement.members(random.permutation(self.length))
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
