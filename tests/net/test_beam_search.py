"""Prefix beam search against the sum over all paths."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from wlnet.net.beam_search import greedy, search


def collapse(path: tuple[int, ...], gap: int) -> tuple[int, ...]:
    """The text of a path: repeats joined, blanks left out."""
    return tuple(k for k, _ in itertools.groupby(path) if k != gap)


def by_paths(p: np.ndarray) -> dict[tuple[int, ...], float]:
    """Text -> probability, summed over every path."""
    found: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(p.shape[1]), repeat=len(p)):
        text = collapse(path, p.shape[1] - 1)
        found[text] = found.get(text, 0.0) + math.prod(row[k] for row, k in zip(p, path, strict=True))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_is_exact(seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(4) * 0.6, 6)
    wanted = by_paths(p)
    found = dict(search(p, 5000))
    assert found.keys() == {text for text, value in wanted.items() if value > 0}
    for text, nll in found.items():
        assert math.isclose(nll, -math.log(wanted[text]), rel_tol=1e-9)
    order = [nll for _, nll in search(p, 5000)]
    assert order == sorted(order)


def test_a_narrow_beam_finds_the_best_of_easy_ones() -> None:
    p = np.random.default_rng(1).dirichlet(np.ones(5) * 0.2, 8)
    best = max(by_paths(p).items(), key=lambda x: x[1])[0]
    assert search(p, 20)[0][0] == best


def test_beam_of_one_is_the_best_path() -> None:
    p = np.array([[0.4, 0.0, 0.6], [0.4, 0.0, 0.6]])
    assert search(p, 1) == greedy(p) == [((), -math.log(0.36))]
    assert search(p, 10)[0][0] == (0,)  # 0.64 over three paths


def test_long_sequences_do_not_underflow() -> None:
    p = np.full((3000, 3), 1e-3)
    p[np.arange(3000), np.arange(3000) % 3] = 0.998
    text, nll = search(p, 10)[0]
    assert len(text) == 2000 and math.isfinite(nll)


def test_decoder(wl: Any) -> None:
    wl.value(
        'd = NetDecoder[{"CTCBeamSearch", {"a", "b"}}]; p = {{.6, .1, .3}, {.2, .1, .7}, {.55, .25, .2}}'
    )
    paths = by_paths(np.array([[0.6, 0.1, 0.3], [0.2, 0.1, 0.7], [0.55, 0.25, 0.2]]))
    order = sorted(paths, key=lambda text: -paths[text])
    shown = ["{" + ", ".join("ab"[k] for k in text) + "}" for text in order]
    assert wl("d[p]") == shown[0]
    assert wl('d[p, "TopDecodings" -> 2]') == "{" + ", ".join(shown[:2]) + "}"
    assert wl('Length[d[p, "Decodings"]]') == str(len(paths))
    assert wl('d[p, "TopNegativeLogLikelihoods" -> 1][[1, 2]]') == f"{-math.log(paths[order[0]]):.6g}"
    assert wl("d[{p, p[[;; 2]]}]") == "{" + shown[0] + ", {a}}"
    assert wl('NetDecoder[{"CTCBeamSearch", "ab", "BeamSize" -> 1}][p]') == "{a, a}"
    assert wl('NetEncoder[d][{{"a", "b"}, {"b"}}]') == "{{1, 2}, {2}}"
    assert "vectors of 3 probabilities" in wl.error("d[{{.5, .5}}]")
    assert "takes a positive number" in wl.error('d[p, "TopDecodings"]')
    assert "different symbols" in wl.error('NetDecoder[{"CTCBeamSearch", {"a", "a"}}]')
