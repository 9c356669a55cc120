"""Threads that take a share of one instruction's work.

NumPy's products and copies and numba's kernels let other Python threads run, so that calls over parts of an
array overlap.  How work is cut follows from its shapes and the number of threads, never from the load: the
same number of threads gives the same bits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

import numpy as np

Call = Callable[[], None]
Task = tuple[Call, "SimpleQueue[BaseException | None]"]

# FLOPs of an instruction from which its work is shared.  Waking a thread takes 20 to 50 us, 30 million FLOPs
# about 400 us.
SHARED_FLOPS = 30_000_000


class Workers:
    """Threads made when they are first wanted; they wait without using the processor."""

    def __init__(self) -> None:
        self.queues: list[SimpleQueue[Task]] = []
        self.lock = threading.Lock()

    def queue(self, number: int) -> SimpleQueue[Task]:
        """Where the thread of this number takes its work from."""
        with self.lock:
            while len(self.queues) <= number:
                tasks: SimpleQueue[Task] = SimpleQueue()
                name = f"wlnet-worker-{len(self.queues)}"
                threading.Thread(target=work, args=(tasks,), name=name, daemon=True).start()
                self.queues.append(tasks)
            return self.queues[number]


WORKERS = Workers()


def work(tasks: SimpleQueue[Task]) -> None:
    """What a worker does: one call after the other; what a call raises goes back to who waits for it."""
    np.seterr(all="ignore")  # as the step that it works for: floating-point exceptions are values
    while True:
        call, done = tasks.get()
        try:
            call()
        except BaseException as error:  # noqa: BLE001
            done.put(error)
        else:
            done.put(None)


def side_by_side(calls: Sequence[Call]) -> Call:
    """One call that does all of them at once, the first on the thread that asks."""
    if len(calls) == 1:
        return calls[0]
    first, others = calls[0], list(calls[1:])
    done: SimpleQueue[BaseException | None] = SimpleQueue()

    def call() -> None:
        for number, other in enumerate(others):
            WORKERS.queue(number).put((other, done))
        try:
            first()
        finally:
            errors = [done.get() for _ in others]
        for error in errors:
            if error is not None:
                raise error

    return call


def parts(count: int, threads: int) -> list[tuple[int, int]]:
    """`count` rows as (start, stop) of at most `threads` runs of nearly equal length."""
    number = max(1, min(threads, count))
    ends = [count * k // number for k in range(number + 1)]
    return list(zip(ends, ends[1:]))
