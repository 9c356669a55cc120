"""Batches: every example once a round, gathered with its own target."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.net.batches import Batches


def rows(n: int) -> dict[str, np.ndarray]:
    return {"Input": np.arange(2 * n, dtype=np.float32).reshape(n, 2), "Output": np.arange(n, dtype=np.int64)}


def buffers(n: int) -> dict[str, np.ndarray]:
    return {"Input": np.zeros((n, 2), np.float32), "Output": np.zeros(n, np.int64)}


@pytest.mark.parametrize(("n", "size", "lengths"), [(10, 4, [4, 2]), (8, 4, [4]), (3, 64, [3]), (1, 1, [1])])
def test_every_example_comes_once_a_round_with_its_own_target(n: int, size: int, lengths: list[int]) -> None:
    batches = Batches(rows(n), n, size)
    assert batches.lengths() == lengths
    assert batches.per_round == -(-n // min(size, n))
    batches.shuffle(np.random.default_rng(1))
    seen = []
    for i in range(batches.per_round):
        start, stop = batches.span(i)
        batch = buffers(stop - start)
        assert batches.count(i) == stop - start
        batches.fill(i, batch)
        assert (batch["Input"][:, 0] == 2 * batch["Output"]).all()
        assert batch["Output"].tolist() == batches.indices(i).tolist()
        seen += batch["Output"].tolist()
    assert sorted(seen) == list(range(n))


def test_rounds_differ_and_a_seed_repeats_them() -> None:
    def orders(seed: int) -> list[list[int]]:
        batches, random = Batches(rows(20), 20, 5), np.random.default_rng(seed)
        found = []
        for _ in range(2):
            batches.shuffle(random)
            found.append(batches.order.tolist())
        return found

    first, again = orders(3), orders(3)
    assert first == again
    assert first[0] != first[1]
    assert first != orders(4)


def test_one_batch_of_all_keeps_the_order_of_the_data() -> None:
    batches = Batches(rows(5), 5, 100)
    batches.shuffle(np.random.default_rng(0))
    batch = buffers(5)
    batches.fill(0, batch)
    assert batch["Output"].tolist() == [0, 1, 2, 3, 4]


def test_chunks_in_order() -> None:
    assert Batches(rows(10), 10, 4).serial(6) == [(0, 6), (6, 10)]
