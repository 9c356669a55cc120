"""The one thread on which programs are evaluated: its stack is big, and Ctrl-C reaches it from the main one.

Our own `$RecursionLimit` bounds the depth of an evaluation; the stack only has to be large enough for any
limit that a user sets within reason, so that depth ends in a message and never in a crash.
"""

from __future__ import annotations

import ctypes
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

STACK_BYTES = 1 << 30  # address space only: pages are taken as the depth grows


class _Job:
    """One action handed to the worker, and what came of it."""

    __slots__ = ("action", "done", "error", "value")

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action = action
        self.done = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None


class Worker:
    """Runs actions one at a time on its thread. An action that runs another one runs it in place."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self.thread: threading.Thread | None = None
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._starting = threading.Lock()

    def run(self, action: Callable[[], T]) -> T:
        """The value of `action()`, evaluated on the worker; what it raises is raised here.

        A KeyboardInterrupt that arrives here while the action runs is raised inside the action.
        """
        thread = self.thread
        if thread is threading.current_thread():
            return action()
        if thread is None or not thread.is_alive():
            thread = self._start()
        job = _Job(action)
        self._jobs.put(job)
        while not job.done.is_set():
            try:
                job.done.wait()
            except KeyboardInterrupt:
                _raise_in(thread, KeyboardInterrupt)
        if job.error is not None:
            raise job.error
        return job.value  # type: ignore[no-any-return]

    def _start(self) -> threading.Thread:
        with self._starting:
            if self.thread is not None and self.thread.is_alive():
                return self.thread
            before = threading.stack_size(STACK_BYTES)
            try:
                self.thread = threading.Thread(target=self._work, name="wlnet", daemon=True)
                self.thread.start()
            finally:
                threading.stack_size(before)
            return self.thread

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get()
            except KeyboardInterrupt:
                continue  # an interrupt that came too late for the action it was meant for
            limit = sys.getrecursionlimit()
            try:
                job.value = job.action()
            except BaseException as error:  # handed to the caller, whatever it is
                job.error = error
            finally:
                sys.setrecursionlimit(
                    limit
                )  # the evaluator raises it; on other threads' stacks that is not safe
                job.done.set()
                del job


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Raise `error` in `thread` at its next bytecode."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(error))


def interrupt(worker: Worker) -> None:
    """Do to the action that `worker` runs what Ctrl-C does."""
    if worker.thread is not None:
        _raise_in(worker.thread, KeyboardInterrupt)


WORKER = Worker()
