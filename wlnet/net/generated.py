"""Batches that a function of the user makes: f[<|"BatchSize" -> b, "Round" -> r, ...|>] gives one.

The function is called once a batch, in order. While a step runs, the next batch is made and encoded on a
thread of its own (`ahead`). Specification: nettrain.md, section 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, Symbol, is_list, items

from .ahead import Ahead
from .batches import Examples
from .data import Table, read_table
from .encode import encode_table
from .errors import NetError
from .lengths import Lengths
from .quantities import says
from .randomness import set_state, state_of
from .step import examples_of
from .training_net import TrainingNet, aligned

# Heads of expressions that are functions, though no symbol and no Function.
FUNCTIONS = (S.Function, S.Composition, S.RightComposition, S.CompiledFunction)


class GeneratorError(Exception):
    """The generator gave no batch in the middle of a training; `text` says which, and what it gave."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Spec:
    """A generator as given: its function, and how many examples make a round (None: one batch)."""

    def __init__(self, function: Any, round_length: int | None) -> None:
        self.function = function
        self.round_length = round_length


def read_generator(data: Any) -> Spec | None:
    """The generator that `data` is: a function, or {f, "RoundLength" -> n}; None for explicit data."""
    if is_function(data):
        return Spec(data, None)
    if is_list(data) and len(items(data)) == 2:
        function, rule = items(data)
        if type(rule) is Expr and rule.head is S.Rule and says(rule.args[0], "RoundLength"):
            length = rule.args[1]
            if type(length) is not int or length < 1:
                raise NetError("NetTrain", "data", '"RoundLength" must be a positive number of examples.')
            return Spec(function, length)
    return None


def is_function(data: Any) -> bool:
    """Whether `data` can only be a function: a symbol, Function[...], a composition,
    f[x] of a symbol of the user's with definitions for f[x][y].
    """
    if type(data) is Symbol:
        return True
    if type(data) is not Expr:
        return False
    if type(data.head) is Symbol:
        return data.head in FUNCTIONS or bool(data.head.sub)
    return False


class Source:
    """Calls the function, one batch after the other. `size` is the number of examples asked for."""

    def __init__(self, ev: Any, spec: Spec, size: int, what: str = "Generated data") -> None:
        self.ev = ev
        self.spec = spec
        self.size = size
        self.what = what

    @property
    def per_round(self) -> int:
        length = self.spec.round_length
        return -(-length // self.size) if length else 1

    def call(self, number: int) -> Table:
        """Batch `number` from 0 of the whole training, as the function gives it."""
        told = [
            ("BatchSize", self.size),
            ("Round", number // self.per_round + 1),
            ("Batch", number % self.per_round + 1),
            ("AbsoluteBatch", number + 1),
        ]
        value = self.ev.call(self.spec.function, Association.of(told))
        try:
            return read_table(value, self.what)
        except NetError as error:
            where = f"batch {number + 1} (round {number // self.per_round + 1})"
            text = f"The generator gave no batch of data for {where}: {error.text}"
            raise NetError("NetTrain", "generator", text) from error


class Generator(Source):
    """The batches of a training, dealt like those of a data set (`batches.Batches`).

    last      the number of batches after which none is wanted, None where that is not known
    ahead     makes the next batch while a step runs
    before    the state of the session's random numbers before the batch under way was begun
    """

    def __init__(self, ev: Any, spec: Spec, size: int) -> None:
        super().__init__(ev, spec, size)
        self.last: int | None = None
        self.round = 0
        self.number = -1  # of the batch at hand
        self.started = -1  # of the batch begun last
        self.batch = Examples({}, 0, {})
        self.known: Table | None = None
        self.before = np.zeros(0, np.uint64)
        self.ahead: Ahead | None = None

    @property
    def length(self) -> int:
        return self.per_round * self.size

    def first(self) -> Table:
        """The first batch, from which shapes and encoders are inferred; it is trained on, too."""
        self.before = state_of(self.ev.random)
        self.known = self.call(0)
        return self.known

    def ready(self, training: TrainingNet, ports: Any, dtype: str) -> None:
        """What it needs from now on to make batches for the programs."""
        self.training, self.ports, self.dtype = training, ports, dtype

    def made(self, number: int) -> Examples:
        """Batch `number`, encoded."""
        table, self.known = self.known or self.call(number), None
        table = aligned(self.training, table)
        encoded = encode_table(self.ev, table, self.ports, self.dtype, self.what)
        return examples_of(self.training.net, encoded, table.length, self.what)

    # ---- the next one

    def begin(self, number: int) -> None:
        """Begin to make batch `number`."""
        if self.known is None:
            self.before = state_of(self.ev.random)
        self.started = number
        if self.ahead is None:
            self.ahead = Ahead()
        self.ahead.start(lambda: self.made(number))

    def advance(self, number: int) -> None:
        """Have batch `number` at hand, and begin the one after it."""
        if self.started != number:
            self.begin(number)
        assert self.ahead is not None
        try:
            self.batch = self.ahead.result()
        except NetError as error:
            if number == 0:
                raise
            raise GeneratorError(error.text) from error
        self.number = number
        self.begin_next()

    def begin_next(self) -> None:
        """Begin the batch after the one at hand, if one is wanted."""
        if self.last is None or self.number + 1 < self.last:
            self.begin(self.number + 1)

    def before_next(self) -> np.ndarray:
        """The state of the session's random numbers before the next batch was begun, or now if it was not."""
        return self.before if self.started > self.number else state_of(self.ev.random)

    def plan(self, rounds: int | None) -> None:
        """So many rounds are wanted: the first batch being at hand, begin the second."""
        self.last = None if rounds is None else rounds * self.per_round
        self.begin_next()

    def settle(self) -> None:
        """Wait until no evaluation is under way."""
        if self.ahead is not None:
            self.ahead.settle()

    def close(self) -> None:
        if self.ahead is not None:
            self.ahead.close()
            self.ahead = None

    def resume(self, number: int, before: np.ndarray, rounds: int | None) -> None:
        """Go on after batch `number`, made by an earlier process, in which the next one was begun with random
        numbers from `before`.
        """
        self.settle()
        self.known = None
        self.number = number
        self.round = number // self.per_round + 1
        self.last = None if rounds is None else rounds * self.per_round
        set_state(self.ev.random, before)
        self.begin_next()
        self.settle()

    # ---- dealing

    def shuffle(self, random: np.random.Generator) -> None:
        """A new round begins. There is nothing to shuffle."""
        self.round += 1

    def indices(self, i: int) -> np.ndarray:
        return np.arange(0)

    def count(self, i: int) -> int:
        """Have batch `i` of the round at hand; its number of examples."""
        number = (max(self.round, 1) - 1) * self.per_round + i
        if number != self.number:
            self.advance(number)
        return self.batch.size

    def lengths(self, i: int) -> Lengths:
        """What the sequences of the batch at hand are padded to."""
        return self.batch.together()[1]

    def fill(self, i: int, buffers: Mapping[str, np.ndarray]) -> None:
        """Copy the batch at hand into `buffers`."""
        chosen, lengths = self.batch.together()
        self.batch.gather(chosen, lengths, buffers)
