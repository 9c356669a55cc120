"""Threads that take a share of one instruction's work.

NumPy's products and copies and numba's kernels let other Python threads run, so that calls over parts of an
array overlap.  How work is cut follows from its shapes and the number of threads, never from the load: the
same number of threads gives the same bits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter, sleep

import numpy as np

Call = Callable[[], None]

# FLOPs of an instruction from which its work is shared: about 400 us on one core.
SHARED_FLOPS = 30_000_000

# Seconds that a thread looks for work before it sleeps.  One that slept is woken on the core of who wakes it,
# and both run one after the other for some ms: products of 1.3 ms on two threads took 2.4 ms woken, 1.5 ms
# found awake.  sleep(0) gives the interpreter to the other threads.
LOOKING_S = 3e-3


class Worker:
    """A thread that runs one call after the other; who gave one waits for it.

    Calls are counted, so that one whose giver was interrupted is not taken for the next one.
    """

    def __init__(self, name: str) -> None:
        self.calls: deque[Call] = deque()
        self.error: BaseException | None = None
        self.given = self.finished = 0
        self.asleep = False
        self.waking = threading.Semaphore(0)
        threading.Thread(target=self.work, name=name, daemon=True).start()

    def work(self) -> None:
        np.seterr(all="ignore")  # as the step that it works for: floating-point exceptions are values
        until = perf_counter() + LOOKING_S
        while True:
            if not self.calls:
                sleep(0)
                if perf_counter() > until:
                    self.rest()
                    until = perf_counter() + LOOKING_S
                continue
            try:
                self.calls.popleft()()
            except BaseException as error:  # raised again where the call was given
                self.error = error
            self.finished += 1
            until = perf_counter() + LOOKING_S

    def rest(self) -> None:
        """Sleep until woken; a call that came in the meantime is seen, or wakes."""
        self.asleep = True
        if not self.calls:
            self.waking.acquire()
        self.asleep = False

    def give(self, call: Call) -> None:
        self.given += 1
        self.calls.append(call)
        if self.asleep:
            self.waking.release()

    def wait(self) -> BaseException | None:
        """Return when all calls are done, with what the last one raised."""
        until = perf_counter() + LOOKING_S
        while self.finished < self.given:
            sleep(0 if perf_counter() < until else 1e-4)
        error, self.error = self.error, None
        return error


class Workers:
    """Threads made when they are first wanted; one instruction at a time has them."""

    def __init__(self) -> None:
        self.all: list[Worker] = []
        self.lock = threading.Lock()

    def run(self, calls: Sequence[Call]) -> None:
        """All calls at once, the first on this thread; what one of them raises is raised at the end."""
        if not self.lock.acquire(blocking=False):  # another session has them
            for call in calls:
                call()
            return
        try:
            while len(self.all) < len(calls) - 1:
                self.all.append(Worker(f"wlnet-worker-{len(self.all)}"))
            busy = self.all[: len(calls) - 1]
            for worker, call in zip(busy, calls[1:]):
                worker.give(call)
            try:
                calls[0]()
            finally:
                errors = [worker.wait() for worker in busy]
            for error in errors:
                if error is not None:
                    raise error
        finally:
            self.lock.release()


WORKERS = Workers()


def side_by_side(calls: Sequence[Call]) -> Call:
    """One call that does all of them at once, the first on the thread that asks."""
    if len(calls) == 1:
        return calls[0]
    return lambda: WORKERS.run(calls)


def parts(count: int, threads: int) -> list[tuple[int, int]]:
    """`count` rows as (start, stop) of at most `threads` runs of nearly equal length."""
    number = max(1, min(threads, count))
    ends = [count * k // number for k in range(number + 1)]
    return list(zip(ends, ends[1:]))
