"""Batches: every example once a round, gathered with its own target; similar sequences together."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.net.batches import Batches, Examples, SequenceBatches, batches
from wlnet.net.lengths import Extent, length_name


def rows(n: int) -> Examples:
    arrays = {
        "Input": np.arange(2 * n, dtype=np.float32).reshape(n, 2),
        "Output": np.arange(n, dtype=np.int64),
    }
    return Examples(arrays, n, {})


def buffers(n: int) -> dict[str, np.ndarray]:
    return {"Input": np.zeros((n, 2), np.float32), "Output": np.zeros(n, np.int64)}


@pytest.mark.parametrize(("n", "size"), [(10, 4), (8, 4), (3, 64), (1, 1)])
def test_every_example_comes_once_a_round_with_its_own_target(n: int, size: int) -> None:
    found = batches(rows(n), size)
    assert found.per_round == -(-n // min(size, n))
    found.shuffle(np.random.default_rng(1))
    seen = []
    for i in range(found.per_round):
        batch = buffers(found.count(i))
        found.fill(i, batch)
        assert (batch["Input"][:, 0] == 2 * batch["Output"]).all()
        assert batch["Output"].tolist() == found.indices(i).tolist()
        assert found.lengths(i) == ()
        seen += batch["Output"].tolist()
    assert sorted(seen) == list(range(n))


def test_rounds_differ_and_a_seed_repeats_them() -> None:
    def orders(seed: int) -> list[list[int]]:
        made, random = Batches(rows(20), 5), np.random.default_rng(seed)
        found = []
        for _ in range(2):
            made.shuffle(random)
            found.append(made.order.tolist())
        return found

    first, again = orders(3), orders(3)
    assert first == again
    assert first[0] != first[1]
    assert first != orders(4)


def test_one_batch_of_all_keeps_the_order_of_the_data() -> None:
    found = Batches(rows(5), 100)
    found.shuffle(np.random.default_rng(0))
    batch = buffers(5)
    found.fill(0, batch)
    assert found.count(0) == 5
    assert batch["Output"].tolist() == [0, 1, 2, 3, 4]


COUNTS = [1, 2, 9, 2, 10, 1, 2, 12]


def sequences(exact: bool = False) -> Examples:
    """Eight sequences, of COUNTS elements; element t of sequence k is 100 k + t."""
    rows = [100 * k + np.arange(n, dtype=np.float32) for k, n in enumerate(COUNTS)]
    arrays = {"Input": np.concatenate(rows), "Output": np.arange(len(COUNTS))}
    return Examples(arrays, len(COUNTS), {"Input": np.array(COUNTS, np.int32)}, exact)


def filled(examples: Examples, chosen: np.ndarray, lengths: tuple[Extent, ...]) -> dict[str, np.ndarray]:
    """The buffers of a program after `chosen` were gathered."""
    n, (extent,) = len(chosen), lengths
    found = {"Input": np.zeros((n, extent.size), np.float32), "Output": np.zeros(n, int)}
    if not extent.full:
        found[length_name("Input")] = np.zeros(n, np.int32)
    examples.gather(chosen, lengths, found)
    return found


def test_similar_sequences_share_a_batch_and_are_padded_with_their_last_element() -> None:
    found = batches(sequences(), 3)
    assert type(found) is SequenceBatches and found.per_round == 3
    orders, sizes = set(), set()
    for seed in range(5):
        found.shuffle(np.random.default_rng(seed))
        seen = []
        for i in range(found.per_round):
            sizes.add((found.count(i), found.lengths(i)))
            batch = filled(found.examples, found.indices(i), found.lengths(i))
            for row, k in zip(batch["Input"], batch["Output"], strict=True):
                wanted = 100 * k + np.minimum(np.arange(len(row)), COUNTS[k] - 1)
                assert row.tolist() == wanted.tolist()
            counts = batch.get(length_name("Input"))
            if counts is not None:
                assert counts.tolist() == [COUNTS[k] for k in batch["Output"]]
            seen += batch["Output"].tolist()
        assert sorted(seen) == list(range(8))
        orders.add(tuple(seen))
    assert len(orders) > 1
    # Of lengths 1 1 2 | 2 2 9 | 10 12, in order; 9 is padded to 10, and the last two to 12.
    assert sizes == {(3, (Extent(2, False),)), (3, (Extent(10, False),)), (2, (Extent(12, False),))}


def test_without_padding_only_equal_lengths_share_a_batch() -> None:
    found = batches(sequences(exact=True), 2)
    assert [(found.indices(i).tolist(), found.lengths(i)) for i in range(found.per_round)] == [
        ([0, 5], (Extent(1, True),)),
        ([1, 3], (Extent(2, True),)),
        ([6], (Extent(2, True),)),
        ([2], (Extent(9, True),)),
        ([4], (Extent(10, True),)),
        ([7], (Extent(12, True),)),
    ]


def test_pieces_cover_all_examples() -> None:
    assert [(p.tolist(), n) for p, n in rows(5).pieces(3)] == [([0, 1, 2], ()), ([3, 4], ())]
    found = [(p.tolist(), n) for p, n in sequences().pieces(5)]
    assert found == [([0, 5, 1, 3, 6], (Extent(2, False),)), ([2, 4, 7], (Extent(12, False),))]
