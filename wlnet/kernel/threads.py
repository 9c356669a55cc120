"""Watches that end an evaluation from another thread: limits of time and memory."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

from .control import LimitReached

# Held while something runs that must not be cut in half, such as the import of a chapter: `raise_in` waits.
SHIELD = threading.RLock()
# Held by programs that ask not to be interrupted (AbortProtect): `raise_in` waits this long, in seconds.
# Without an end to its patience, an endless loop in there could not be stopped at all.
PROTECTION = threading.RLock()
PATIENCE_S = 30.0


def raise_in(thread_id: int, exception: type[BaseException] | None) -> None:
    """Make the thread raise `exception` as soon as it runs Python code; None takes one back."""
    target = ctypes.py_object(exception) if exception is not None else None
    waited = PROTECTION.acquire(timeout=PATIENCE_S)
    try:
        with SHIELD:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), target)
    finally:
        if waited:
            PROTECTION.release()


class Watch:
    """Raises LimitReached in the thread that made it once `exceeded()` says so, until it is closed.

    `exceeded` is asked every `interval_s` seconds, from another thread.
    """

    def __init__(self, exceeded: Callable[[], bool], interval_s: Callable[[], float]) -> None:
        self._exceeded = exceeded
        self._interval_s = interval_s
        self._target = threading.get_ident()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.fired = False
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def _look_on(self) -> None:
        while not self._closed.wait(self._interval_s()):
            with self._lock:
                if not self._closed.is_set() and self._exceeded():
                    self.fired = True
                    raise_in(self._target, LimitReached)
                    return

    def close(self) -> None:
        """Stop watching. An exception already sent but not yet raised is raised here."""
        with self._lock:
            self._closed.set()
        if self.fired:
            time.sleep(0)


def watch_time(limit_s: float) -> Watch:
    """A watch on the time from now."""
    deadline = time.monotonic() + limit_s
    return Watch(
        lambda: time.monotonic() >= deadline, lambda: max(0.0, min(deadline - time.monotonic(), 1e6))
    )


def resident_bytes() -> int:
    """Memory that this process uses now; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0


def watch_memory(limit_bytes: float) -> Watch:
    """A watch on the memory that this process takes beyond what it has now."""
    start = resident_bytes()
    return Watch(lambda: resident_bytes() - start > limit_bytes, lambda: 0.005)
