"""The one thread on which programs are evaluated: its stack is big, and Ctrl-C reaches it from the main one.

Our own `$RecursionLimit` bounds the depth of an evaluation; the stack only has to be large enough for any
limit that a user sets within reason, so that depth ends in a message and never in a crash.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from wlnet.kernel.threads import raise_in

T = TypeVar("T")

STACK_BYTES = 1 << 30  # address space only: pages are taken as the depth grows


class _Job:
    """One action handed to the worker, and what came of it. It can be interrupted while it is `running`."""

    __slots__ = ("action", "done", "error", "lock", "running", "value")

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action = action
        self.done = threading.Event()
        self.lock = threading.RLock()
        self.running = False
        self.value: Any = None
        self.error: BaseException | None = None


class Worker:
    """Runs actions one at a time on its thread. An action that runs another one runs it in place."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._thread: threading.Thread | None = None
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._current: _Job | None = None
        self._starting = threading.Lock()

    def run(self, action: Callable[[], T]) -> T:
        """The value of `action()`, evaluated on the worker; what it raises is raised here.

        A KeyboardInterrupt that arrives here while the action runs is raised inside the action.
        """
        thread = self._thread
        if thread is threading.current_thread():
            return action()
        if thread is None or not thread.is_alive():
            self._start()
        job = _Job(action)
        self._jobs.put(job)
        interrupted = False
        while not job.done.is_set():
            try:
                if interrupted:
                    interrupted = False
                    self._interrupt(job)
                job.done.wait()
            except KeyboardInterrupt:
                interrupted = True
        if job.error is not None:
            raise job.error
        return job.value  # type: ignore[no-any-return]

    def interrupt(self) -> None:
        """Do to the action that runs now what Ctrl-C does."""
        job = self._current
        if job is not None:
            self._interrupt(job)

    def _interrupt(self, job: _Job) -> None:
        with job.lock:
            if job.running and self._thread is not None:
                raise_in(self._thread.ident or 0, KeyboardInterrupt)

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return
            before = threading.stack_size(STACK_BYTES)
            try:
                self._thread = threading.Thread(target=self._work, name="wlnet", daemon=True)
                self._thread.start()
            finally:
                threading.stack_size(before)

    def _work(self) -> None:
        while True:
            job = self._current = self._jobs.get()
            limit = sys.getrecursionlimit()
            self._perform(job)
            sys.setrecursionlimit(limit)  # the evaluator raises it; on other threads' stacks that is not safe
            self._current = None
            job.done.set()
            del job

    @staticmethod
    def _perform(job: _Job) -> None:
        """Run the action. An interrupt may come between any two steps until `running` is False again."""
        try:
            try:
                job.running = True
                job.value = job.action()
            except BaseException as error:  # handed to the caller, whatever it is
                job.error = error
        except KeyboardInterrupt as error:
            job.error = job.error or error
        while True:
            try:
                with job.lock:
                    job.running = False
                raise_in(threading.get_ident(), None)  # one that came too late for the action
                return
            except KeyboardInterrupt:
                continue


WORKER = Worker()
