"""The decoder "CTCBeamSearch": the most probable texts under connectionist temporal classification.

A prefix of the text is a node of a tree; each step keeps the BeamSize most probable prefixes, with the
probabilities of the paths that end in a blank and of those that do not. Source: Graves 2012, section 7.5;
Hannun et al. 2014, algorithm 1. All extensions of all prefixes are one array operation a step.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, key, make_list

from . import types
from .coders import Encoder, Side, coder, make_coder, show, value_of
from .errors import NetError
from .layer import REQUIRED, Parameter
from .types import PortType

Found = list[tuple[tuple[int, ...], float]]  # (symbols from 0, negative log likelihood), the best first


def search(probabilities: np.ndarray, beam: int) -> Found:
    """The most probable texts for probabilities (T, n + 1), the last column being the blank's."""
    if beam == 1:
        return greedy(probabilities)
    nodes = Prefixes()
    current = np.zeros(1, np.int64)  # nodes of the prefixes kept
    blank, other = np.ones(1), np.zeros(1)  # probabilities of their paths, scaled by exp(-scale)
    scale = 0.0
    for row in probabilities.astype(np.float64):
        current, blank, other = step(nodes, current, blank, other, row[:-1], row[-1], beam)
        top = (blank + other).max(initial=0.0)
        if top <= 0:
            return []
        blank, other, scale = blank / top, other / top, scale + math.log(top)
    total = blank + other
    order = np.argsort(-total, kind="stable")
    return [(nodes.text(int(current[k])), -(math.log(total[k]) + scale)) for k in order if total[k] > 0]


class Prefixes:
    """The tree of prefixes: for every node its parent, its last symbol and its children by symbol."""

    def __init__(self) -> None:
        self.parents = [-1]
        self.symbols = [-1]
        self.children: list[dict[int, int]] = [{}]

    def child(self, node: int, symbol: int) -> int:
        found = self.children[node].get(symbol)
        if found is None:
            found = self.children[node][symbol] = len(self.parents)
            self.parents.append(node)
            self.symbols.append(symbol)
            self.children.append({})
        return found

    def text(self, node: int) -> tuple[int, ...]:
        found = []
        while node > 0:
            found.append(self.symbols[node])
            node = self.parents[node]
        return tuple(reversed(found))


def step(
    nodes: Prefixes,
    current: np.ndarray,
    blank: np.ndarray,
    other: np.ndarray,
    row: np.ndarray,
    gap: float,
    beam: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The prefixes kept after one more step: `row` (n): probabilities of symbols, `gap`: of the blank."""
    count, symbols = len(current), len(row)
    last = np.array([nodes.symbols[k] for k in current])
    total = blank + other
    more = total[:, None] * row
    ends = last >= 0
    # A symbol that repeats the last one begins anew only after a blank.
    more[ends, last[ends]] = blank[ends] * row[last[ends]]
    staying_blank = total * gap
    staying_other = np.where(ends, other * row[last], 0.0)
    place = {int(node): k for k, node in enumerate(current)}
    for k, node in enumerate(current):
        parent = place.get(nodes.parents[node], -1) if node > 0 else -1
        if parent >= 0:  # two ways to one prefix
            staying_other[k] += more[parent, last[k]]
            more[parent, last[k]] = 0.0
    scores = np.concatenate([staying_blank + staying_other, more.reshape(-1)])
    kept = np.arange(len(scores))
    if len(scores) > beam:
        kept = np.argpartition(-scores, beam - 1)[:beam]
    kept = np.sort(kept[scores[kept] > 0])
    old, new = kept[kept < count], kept[kept >= count] - count
    fresh = [nodes.child(int(current[k // symbols]), int(k % symbols)) for k in new]
    return (
        np.concatenate([current[old], np.array(fresh, np.int64)]),
        np.concatenate([staying_blank[old], np.zeros(len(new))]),
        np.concatenate([staying_other[old], more.reshape(-1)[new]]),
    )


def greedy(probabilities: np.ndarray) -> Found:
    """The text of the single most probable path."""
    path = probabilities.argmax(1)
    gap = probabilities.shape[1] - 1
    changed = np.concatenate([[True], path[1:] != path[:-1]])
    text = tuple(int(x) for x in path[changed & (path != gap)])
    best = probabilities.max(1).astype(np.float64)
    return [(text, float(-np.log(best).sum()))] if (best > 0).all() else []


# ---- the decoder

SINGLE = ("Decoding", "Decodings", "NegativeLogLikelihoods")
TOP = ("TopDecodings", "TopNegativeLogLikelihoods")


def read_alphabet(value: Any) -> Any:
    """A list of different symbols, or a string for its characters."""
    parts = tuple(value) if type(value) is str else items(value) if is_list(value) else ()
    return make_list(parts) if len(parts) and len({key(x) for x in parts}) == len(parts) else None


def decode(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    if name == "None":
        return [value_of(row) for row in array]
    alphabet = tuple(items(found.params["Alphabet"]))
    if array.ndim != 3 or array.shape[-1] != len(alphabet) + 1:
        text = (
            f'The decoder "CTCBeamSearch" takes a sequence of vectors of {len(alphabet) + 1} probabilities, '
        )
        text += f"those of the alphabet and of the blank, not shape {types.dims_text(array.shape[1:])}."
        raise NetError("NetDecoder", "invalid", text)
    if (name in TOP) != (argument is not None) or (
        name in TOP and (type(argument) is not int or argument < 1)
    ):
        wanted = f'takes a positive number, as in "{name}" -> 3' if name in TOP else "takes no argument"
        raise NetError("NetDecoder", "prop", f'The property "{name}" {wanted}; found {show(argument)}.')
    results = []
    for row in array:
        best = search(row, found.params["BeamSize"])
        texts = [make_list(alphabet[k] for k in text) for text, _ in best]
        if name == "Decoding":
            results.append(texts[0] if texts else make_list(()))
        elif name.endswith("Decodings"):
            results.append(make_list(texts[:argument]))
        else:
            rules = [Expr(S.Rule, (text, nll)) for text, (_, nll) in zip(texts, best, strict=True)]
            results.append(make_list(rules[:argument]))
    return results


def target_encoder(params: dict[str, Any], port: PortType) -> Encoder:
    """Targets are lists of elements of the alphabet, of any length."""
    dims = Expr(S.Rule, ("Dimensions", make_list(("Varying",))))
    return make_coder(Encoder, "Class", (params["Alphabet"], dims))  # type: ignore[no-any-return]


coder(
    "CTCBeamSearch",
    decoder=Side(
        arguments=(
            Parameter("Alphabet", read_alphabet, "a list of different symbols, or a string", REQUIRED),
        ),
        options=(
            Parameter(
                "BeamSize",
                lambda x: x if type(x) is int and x > 0 else None,
                "a positive number of texts",
                100,
            ),
        ),
        port=lambda params: PortType("real", (None, len(items(params["Alphabet"])) + 1)),
        decode=decode,
        properties=(*SINGLE, *TOP),
        summary=lambda found, port: f"text by beam search ({len(items(found.params['Alphabet']))} symbols)",
    ),
    to_encoder=target_encoder,
    loss="CTCLossLayer",
)
