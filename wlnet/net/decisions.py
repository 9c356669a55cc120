"""What probabilities of classes say: decisions, the most likely classes, entropies, samples.
nets-encoders-decoders.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, is_list, items, key, make_list

from .coders import numeric, show
from .errors import NetError

# "TopProbabilities" without a number lists the classes with at least this part of the largest probability.
LIKELY = 0.01


def read_argument(name: str, argument: Any, labels: tuple[Any, ...]) -> Any:
    """The argument of a property in the form its function takes; NetError where it does not fit."""
    if name in ("TopDecisions", "TopProbabilities"):
        if argument is None and name == "TopProbabilities":
            return None
        if type(argument) is int and argument > 0:
            return min(argument, len(labels))
        raise NetError(
            "NetDecoder", "prop", f'"{name}" needs a positive number of classes, as in "{name}" -> 2.'
        )
    if name == "Probability":
        for place, label in enumerate(labels):
            if key(label) == key(argument):
                return place
        raise NetError(
            "NetDecoder",
            "prop",
            f'"Probability" -> {show(argument)} names no class; the classes are {show(make_list(labels))}.',
        )
    if name == "RandomSample":
        return read_sampling(argument)
    if argument is not None:
        raise NetError(
            "NetDecoder", "prop", f'The property "{name}" takes no argument; found {show(argument)}.'
        )
    return None


def read_sampling(argument: Any) -> tuple[float, float, int | None]:
    """(temperature, total probability kept, number of classes kept) of "RandomSample" -> argument."""
    temperature, total, count = 1.0, 1.0, None
    settings = items(argument) if is_list(argument) else ()
    if argument is not None and not is_list(argument):
        settings = (Expr(S.Rule, ("Temperature", argument)),)
    for rule in settings:
        if type(rule) is not Expr or rule.head is not S.Rule:
            raise bad_sampling(argument)
        option, value = rule.args
        number = numeric(value)
        if number is None or number.ndim:
            raise bad_sampling(argument)
        if option == "Temperature" and number >= 0:
            temperature = float(number)
        elif option == "TotalProbabilityCutoff" and 0 < number <= 1:
            total = float(number)
        elif option == "TopProbabilities" and type(value) is int and value > 0:
            count = value
        else:
            raise bad_sampling(argument)
    return temperature, total, count


def bad_sampling(argument: Any) -> NetError:
    text = (
        '"RandomSample" takes a temperature of at least 0, or rules for "Temperature", '
        '"TotalProbabilityCutoff" and '
        f'"TopProbabilities"; found {show(argument)}.'
    )
    return NetError("NetDecoder", "prop", text)


def descending(row: np.ndarray) -> np.ndarray:
    """Positions by falling probability, first ones first where equal."""
    return np.argsort(-row, kind="stable")


def rules(row: np.ndarray, places: Any, labels: tuple[Any, ...]) -> Expr:
    return make_list(Expr(S.Rule, (labels[i], float(row[i]))) for i in places)


def top_probabilities(ev: Any, rows: np.ndarray, labels: tuple[Any, ...], count: int | None) -> list[Any]:
    found = []
    for row in rows:
        places = descending(row)
        places = places[row[places] >= LIKELY * row.max()] if count is None else places[:count]
        found.append(rules(row, places, labels))
    return found


def entropy(rows: np.ndarray) -> np.ndarray:
    """-sum p log p of each row, in nats."""
    safe = np.where(rows > 0, rows, 1.0)
    return -(rows * np.log(safe)).sum(-1)


def sample(
    ev: Any, rows: np.ndarray, labels: tuple[Any, ...], how: tuple[float, float, int | None]
) -> list[Any]:
    """A label for each row, drawn with its probability: tempered, cut off, renormalized."""
    temperature, total, count = how
    found = []
    for row in rows:
        places = descending(row)
        if temperature == 0:
            found.append(labels[places[0]])
            continue
        p = np.maximum(row[places], 0)
        p = (p / p.max()) ** (1 / temperature)
        p /= p.sum()
        kept = len(p) if total >= 1 else int(np.searchsorted(np.cumsum(p), total - 1e-12)) + 1
        kept = min(kept, len(p) if count is None else count)
        cumulative = np.cumsum(p[:kept])
        at = int(np.searchsorted(cumulative, ev.random.random() * cumulative[-1], side="right"))
        found.append(labels[places[min(at, kept - 1)]])
    return found


SINGLE: dict[str, Any] = {
    "Decision": lambda ev, rows, labels, _: [labels[i] for i in rows.argmax(-1)],
    "TopDecisions": lambda ev, rows, labels, n: [
        make_list(labels[i] for i in descending(row)[:n]) for row in rows
    ],
    "TopProbabilities": top_probabilities,
    "Probabilities": lambda ev, rows, labels, _: [
        Association.of(zip(labels, map(float, row), strict=True)) for row in rows
    ],
    "Probability": lambda ev, rows, labels, i: [float(row[i]) for row in rows],
    "Entropy": lambda ev, rows, labels, _: [float(x) for x in entropy(rows)],
    "RandomSample": sample,
}


def several_entropy(rows: np.ndarray) -> np.ndarray:
    """Entropy of independent yes-or-no answers, in nats."""
    return (entropy(rows[..., None]) + entropy(1 - rows[..., None])).sum(-1)


MULTI: dict[str, Any] = {
    **SINGLE,
    "Decision": lambda ev, rows, labels, _: [
        make_list(labels[i] for i in np.flatnonzero(row > 0.5)) for row in rows
    ],
    "Entropy": lambda ev, rows, labels, _: [float(x) for x in several_entropy(rows)],
    "RandomSample": lambda ev, rows, labels, how: [
        make_list(labels[i] for i in np.flatnonzero(ev.random.random(len(row)) < tempered(row, how[0])))
        for row in rows
    ],
}


def tempered(p: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities of independent answers at a temperature."""
    if temperature == 0:
        return (p > 0.5).astype(np.float64)
    yes, no = np.maximum(p, 0) ** (1 / temperature), np.maximum(1 - p, 0) ** (1 / temperature)
    return np.asarray(yes / (yes + no))
