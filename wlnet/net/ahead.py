"""A thread that evaluates one thing ahead: the next batch of a generator, while a step runs.

The evaluator serves one thread at a time. The training thread evaluates nothing of its own while an action
is under way here: it waits (`settle`) first. So the order of evaluations is fixed, and random numbers repeat.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from wlnet.kernel.control import RUN
from wlnet.kernel.threads import raise_in

STACK_BYTES = 1 << 28  # address space only: user programs may recurse deeply
WAIT_S = 0.05  # an interrupt reaches a thread that waits only when it wakes up


class Ahead:
    """Runs one action at a time on a thread of its own."""

    def __init__(self) -> None:
        self._actions: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._done = threading.Event()
        self._done.set()
        self._value: Any = None
        self._error: BaseException | None = None
        before = threading.stack_size(STACK_BYTES)
        try:
            self._thread = threading.Thread(target=self._work, name="wlnet batches", daemon=True)
            self._thread.start()
        finally:
            threading.stack_size(before)

    def start(self, action: Callable[[], Any]) -> None:
        """Begin `action`; the one before must have ended."""
        self._done.clear()
        self._value = self._error = None
        self._actions.put(action)

    def settle(self) -> None:
        """Wait until nothing is under way. What the action raised is kept for `result`."""
        while not self._done.wait(WAIT_S):
            pass

    def result(self) -> Any:
        """The value of the action begun last, or what it raised."""
        self.settle()
        if self._error is not None:
            raise self._error
        return self._value

    def close(self) -> None:
        """End the thread; an action under way is interrupted."""
        if not self._done.is_set():
            raise_in(self._thread.ident or 0, KeyboardInterrupt)
        self._actions.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            while (action := self._actions.get()) is not None:
                self._perform(action)
        except KeyboardInterrupt:  # from `close`, too late for the action
            return

    def _perform(self, action: Callable[[], Any]) -> None:
        depth = RUN.depth
        try:
            self._value = action()
        except BaseException as error:  # handed to whoever asks for the result, whatever it is
            RUN.depth = depth
            self._error = error
        finally:
            self._done.set()
