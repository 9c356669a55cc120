"""Sizes that sequences are padded to, and batches of similar lengths."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.net.lengths import MOST_PROGRAMS, Extent, arranged, cut, padded, places, rounded, starts_of


def test_four_sizes_an_octave() -> None:
    sizes = sorted(set(rounded(np.arange(1, 129)).tolist()))
    assert sizes == [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128]
    lengths = np.arange(1, 5000)
    assert (rounded(lengths) >= lengths).all()
    assert (rounded(lengths) < 1.25 * lengths + 1).all()
    assert sorted(set(rounded(np.arange(1, 33), 1).tolist())) == [1, 2, 4, 8, 16, 32]


@pytest.mark.parametrize("most", [12, 200, 5000])
@pytest.mark.parametrize("ports", [1, 2])
def test_any_mix_of_lengths_needs_few_programs_and_full_batches(most: int, ports: int) -> None:
    random = np.random.default_rng(0)
    table = random.integers(1, most + 1, (3000, ports))
    found = arranged(table, 16)
    assert len(found.batches) == -(-3000 // 16)
    assert len({(x.stop - x.start, x.lengths) for x in found.batches}) <= MOST_PROGRAMS
    seen = []
    for members, lengths in found.members(random.permutation(3000)):
        own = table[members]
        assert (own <= [x.size for x in lengths]).all()
        for place, extent in enumerate(lengths):
            assert not extent.full or (own[:, place] == extent.size).all()
        seen += members.tolist()
    assert sorted(seen) == list(range(3000))


def test_sequences_of_one_length_are_not_padded() -> None:
    (batch,) = arranged(np.full((5, 1), 9), 8).batches
    assert batch.lengths == (Extent(9, True),)


def test_a_batch_by_itself() -> None:
    assert padded(np.array([[9, 4], [3, 4]])) == (Extent(10, False), Extent(4, True))


def test_places_repeat_the_last_element() -> None:
    lengths = np.array([2, 3])
    assert places(lengths, starts_of(lengths), 4).tolist() == [[0, 1, 1, 1], [2, 3, 4, 4]]


def test_cut() -> None:
    rows = np.arange(6).reshape(2, 3)
    assert cut(rows, None) is rows
    assert np.asarray(cut(rows, np.array([2, 2]))).tolist() == [[0, 1], [3, 4]]
    assert [x.tolist() for x in cut(rows, np.array([1, 3]))] == [[0], [3, 4, 5]]
