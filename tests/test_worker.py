"""The thread that evaluates: errors and interrupts arrive where they belong, and none is left over."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time

import pytest

from wlnet.worker import Worker


def endless() -> None:
    while True:
        time.sleep(0.001)


def test_values_and_errors() -> None:
    worker = Worker()
    assert worker.run(lambda: 1 + 1) == 2
    with pytest.raises(ZeroDivisionError):
        worker.run(lambda: 1 // 0)
    assert worker.run(lambda: worker.run(lambda: threading.current_thread().name)) == "wlnet"


def test_an_interrupt_ends_the_action_that_runs() -> None:
    worker = Worker()
    threading.Timer(0.05, worker.interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        worker.run(endless)
    assert worker.run(lambda: 3) == 3


def test_an_interrupt_that_comes_too_late_is_forgotten() -> None:
    worker = Worker()
    assert worker.run(lambda: 1) == 1
    worker.interrupt()
    assert worker.run(lambda: 2) == 2


def test_interrupts_at_any_moment_lose_no_action() -> None:
    """Many short actions under a rain of interrupts: each ends with its value or with the interrupt."""
    worker = Worker()
    stop = threading.Event()

    def rain() -> None:
        while not stop.wait(0.0002):
            worker.interrupt()

    thread = threading.Thread(target=rain)
    thread.start()
    ended = 0
    try:
        for i in range(3000):
            with contextlib.suppress(KeyboardInterrupt):
                assert worker.run(lambda i=i: i) == i
            ended += 1
    finally:
        stop.set()
        thread.join()
    assert ended == 3000


def test_ctrl_c_reaches_the_action() -> None:
    worker = Worker()
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        worker.run(endless)


def test_the_recursion_limit_is_put_back() -> None:
    limit = sys.getrecursionlimit()
    Worker().run(lambda: sys.setrecursionlimit(limit + 12345))
    assert sys.getrecursionlimit() == limit
