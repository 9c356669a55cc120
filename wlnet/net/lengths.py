"""Sequences of different lengths in arrays of one: which examples share a batch, and what they are padded to.

Lengths are rounded up to one of four sizes an octave (9 and 10 to 10, 11 and 12 to 12, 17 to 20), so that a
data set needs few programs whatever its lengths. Examples in order of their rounded lengths are cut into
batches; what a batch is padded to depends on the data set alone, never on how examples were shuffled.
Padding repeats the last element of the sequence: whatever is computed of it number by number is as finite as
what is computed of the sequence itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

# Sizes an octave: a sequence is padded by at most a quarter of its length, by an eighth on average.
PER_OCTAVE = 4
# Programs of one training; where lengths need more, sizes become coarser.
MOST_PROGRAMS = 20


class Extent(NamedTuple):
    """The sequences of a batch at one port: padded to `size`; `full` where every one has that length."""

    size: int
    full: bool


# Of one batch, for the ports that carry sequences, in the order of the ports; () where there are none.
Lengths = tuple[Extent, ...]


class Batch(NamedTuple):
    """Examples `start` to `stop` in the order of an arrangement, and what they are padded to."""

    start: int
    stop: int
    lengths: Lengths


class Arrangement(NamedTuple):
    """A data set in batches.

    kinds    (N) the number of each example's combination of rounded lengths, ascending with the lengths
    batches  consecutive runs of the examples in the order of `kinds`
    """

    kinds: np.ndarray
    batches: tuple[Batch, ...]

    def members(self, order: np.ndarray) -> list[tuple[np.ndarray, Lengths]]:
        """The examples of every batch where those of one kind come in the order of `order`, a permutation."""
        order = order[np.argsort(self.kinds[order], kind="stable")]
        return [(order[each.start : each.stop], each.lengths) for each in self.batches]


def length_name(port: str) -> str:
    """Name of the program's input that carries the lengths (N) of the sequences at a port."""
    return f" lengths {port}"


def rounded(lengths: np.ndarray, per_octave: int = PER_OCTAVE) -> np.ndarray:
    """Positive lengths rounded up to one of `per_octave` (a power of two) sizes from each power of two to the
    next; up to 2 `per_octave` every length is a size.
    """
    octave = np.frexp(np.maximum(lengths - 1, 1))[1] - 1
    step = 1 << np.maximum(octave - (per_octave.bit_length() - 1), 0)
    return -(-lengths // step) * step


def arranged(table: np.ndarray, size: int, exact: bool = False) -> Arrangement:
    """Batches of at most `size` examples whose sequences have the lengths `table` (N, ports).

    exact  only sequences of equal lengths share a batch, and nothing is padded
    """
    if exact:
        return with_keys(table, table, size, alone=True)
    found = None
    for per_octave in (PER_OCTAVE, 2, 1):
        found = with_keys(table, sizes_of(table, per_octave), size)
        for each in (found, merged(found)):
            if len({(x.stop - x.start, x.lengths) for x in each.batches}) <= MOST_PROGRAMS:
                return each
    assert found is not None
    return merged(found)


def sizes_of(table: np.ndarray, per_octave: int) -> np.ndarray:
    """What each sequence is padded to at least (N, ports); nothing where all at a port are of one length."""
    table = table.astype(np.int64)
    most = table.max(0)
    found = np.minimum(rounded(table, per_octave), rounded(most))
    return np.where(table.min(0) == most, most, found)


def with_keys(table: np.ndarray, keys: np.ndarray, size: int, alone: bool = False) -> Arrangement:
    """Batches along the order of `keys` (N, ports), the first port deciding first; `alone`: each key by
    itself.
    """
    kinds, place = np.unique(keys, axis=0, return_inverse=True)
    place = place.reshape(-1)
    even = np.ones(kinds.shape, bool)  # whether all sequences of a kind have the length that it is padded to
    np.logical_and.at(even, place, table == keys)
    counts = np.bincount(place, minlength=len(kinds))
    edges = np.concatenate(([0], np.cumsum(counts)))
    starts: list[tuple[int, int]] = []
    for first, last in zip(edges, edges[1:], strict=False) if alone else [(0, len(table))]:
        starts += [(k, min(k + size, int(last))) for k in range(int(first), int(last), size)]
    batches = []
    for start, stop in starts:
        held = slice(int(np.searchsorted(edges, start, "right")) - 1, int(np.searchsorted(edges, stop)))
        most = kinds[held].max(0)
        full = (kinds[held] == most).all(0) & even[held].all(0)
        extents = tuple(Extent(int(n), bool(f)) for n, f in zip(most, full, strict=True))
        batches.append(Batch(start, stop, extents))
    return Arrangement(place, tuple(batches))


def merged(found: Arrangement) -> Arrangement:
    """The same with the other ports of all batches of one size at the first port padded alike."""
    most: dict[int, list[Extent]] = {}
    for each in found.batches:
        known = most.setdefault(each.lengths[0].size, list(each.lengths))
        for place, extent in enumerate(each.lengths):
            if known[place] != extent:
                known[place] = Extent(max(known[place].size, extent.size), False)
    batches = tuple(x._replace(lengths=tuple(most[x.lengths[0].size])) for x in found.batches)
    return found._replace(batches=batches)


def padded(table: np.ndarray) -> Lengths:
    """What the sequences of one batch by itself are padded to: `table` (n, ports) holds their lengths."""
    sizes = rounded(table.max(0).astype(np.int64))
    full = table.min(0) == sizes
    return tuple(Extent(int(n), bool(f)) for n, f in zip(sizes, full, strict=True))


def places(lengths: np.ndarray, starts: np.ndarray, size: int) -> np.ndarray:
    """Where the elements of sequences padded to `size` lie (n, size), in an array that holds all sequences
    one after another: `lengths` and `starts` (n).
    """
    return np.minimum(np.arange(size), lengths[:, None] - 1) + starts[:, None]


def starts_of(lengths: np.ndarray) -> np.ndarray:
    """Where each sequence begins among all of them one after another."""
    return np.cumsum(lengths, dtype=np.int64) - lengths


def joined(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sequences one after another, and their lengths (N) as int32."""
    lengths = np.array([len(row) for row in rows], np.int32)
    return np.concatenate(rows), lengths


def table_of(lengths: Mapping[str, np.ndarray]) -> np.ndarray:
    """Lengths by port as one array (N, ports)."""
    return np.column_stack(list(lengths.values()))


def cut(rows: np.ndarray, lengths: np.ndarray | None) -> np.ndarray | list[np.ndarray]:
    """Rows (n, L, ...) without their padding: a list where they differ in length, an array where not."""
    if lengths is None:
        return rows
    if len(lengths) and (lengths == lengths[0]).all():
        return rows[:, : int(lengths[0])]
    return [row[:n] for row, n in zip(rows, lengths.tolist(), strict=True)]
