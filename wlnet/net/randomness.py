"""The state of a random generator as an array: what checkpoints keep, and what deals a past round again."""

from __future__ import annotations

import numpy as np

# Numbers of a Philox state: counter, key, buffered numbers, position in the buffer, half a number left over.
STATE_SIZE = 13


def state_of(random: np.random.Generator) -> np.ndarray:
    """The state of a Philox generator (13) uint64."""
    state = random.bit_generator.state
    inner = state["state"]
    rest = [state["buffer_pos"], state["has_uint32"], state["uinteger"]]
    return np.concatenate([inner["counter"], inner["key"], state["buffer"], np.array(rest, np.uint64)])


def set_state(random: np.random.Generator, state: np.ndarray) -> None:
    """Let a Philox generator go on from `state`."""
    counter, key, buffer, rest = np.split(np.asarray(state, np.uint64), (4, 6, 10))
    random.bit_generator.state = {
        "bit_generator": "Philox",
        "state": {"counter": counter, "key": key},
        "buffer": buffer,
        "buffer_pos": int(rest[0]),
        "has_uint32": int(rest[1]),
        "uinteger": int(rest[2]),
    }


def generator_at(state: np.ndarray) -> np.random.Generator:
    """A generator of its own that goes on from `state`."""
    random = np.random.Generator(np.random.Philox(0))
    set_state(random, state)
    return random
