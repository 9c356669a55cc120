"""Batches: every example once a round, gathered with its own target; sequences of one length together."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.net.batches import Batches, Examples, SequenceBatches, batches


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


def sequences() -> Examples:
    """Seven sequences of lengths 1, 2, 3, 2, 2, 1, 2, padded with -1 to 3; element t of sequence k is 10
    k + t.
    """
    lengths = np.array([1, 2, 3, 2, 2, 1, 2], np.int32)
    padded = np.full((7, 3), -1, np.float32)
    for k, length in enumerate(lengths):
        padded[k, :length] = 10 * k + np.arange(length)
    return Examples({"Input": padded, "Output": np.arange(7)}, 7, {"Input": lengths})


def test_sequences_of_one_length_share_a_batch_and_nothing_is_padded() -> None:
    found = batches(sequences(), 3)
    assert type(found) is SequenceBatches and found.per_round == 4  # 1 x 2, 2 x 3 + 1, 3 x 1
    orders = set()
    for seed in range(5):
        found.shuffle(np.random.default_rng(seed))
        seen = []
        for i in range(found.per_round):
            (length,) = found.lengths(i)
            batch = {
                "Input": np.zeros((found.count(i), length), np.float32),
                "Output": np.zeros(found.count(i), int),
            }
            found.fill(i, batch)
            assert (batch["Input"] >= 0).all()
            assert (batch["Input"][:, 0] == 10 * batch["Output"]).all()
            seen += batch["Output"].tolist()
        assert sorted(seen) == list(range(7))
        orders.add(tuple(seen))
    assert len(orders) > 1


def test_pieces_cover_all_examples() -> None:
    assert [(p.tolist(), n) for p, n in rows(5).pieces(3)] == [([0, 1, 2], ()), ([3, 4], ())]
    found = [(p.tolist(), n) for p, n in sequences().pieces(3)]
    assert found == [([0, 5], (1,)), ([1, 3, 4], (2,)), ([6], (2,)), ([2], (3,))]
