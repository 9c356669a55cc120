"""Compilation by numba, out of the reach of interrupts."""

from __future__ import annotations

import ctypes
import threading
import time

import numpy as np
import pytest
from wlnet.runtime.backends import numba_compile


def test_an_interrupt_of_the_caller_does_not_stop_the_action() -> None:
    finished = threading.Event()
    started = threading.Event()
    caught: list[str] = []

    def slow() -> None:
        started.set()
        time.sleep(0.2)
        finished.set()

    def caller() -> None:
        try:
            numba_compile.undisturbed(slow)
        except KeyboardInterrupt:
            caught.append("interrupt")

    thread = threading.Thread(target=caller)
    thread.start()
    assert started.wait(5)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(KeyboardInterrupt)
    )
    thread.join(5)
    assert caught == ["interrupt"]
    assert finished.wait(5)


def test_errors_and_values_come_back() -> None:
    def wrong() -> None:
        raise ValueError("no such kernel")

    with pytest.raises(ValueError, match="no such kernel"):
        numba_compile.undisturbed(wrong)
    assert numba_compile.undisturbed(lambda: 3) == 3


def double(x: np.ndarray) -> None:
    for i in range(x.size):
        x[i] *= 2


def test_kernels_are_compiled_once_for_each_type() -> None:
    if not numba_compile.available():
        pytest.skip("numba is not installed")
    x = np.ones(3)
    for _ in range(2):
        kernel, arguments = numba_compile.prepare(double, x)
        kernel(*arguments)
    assert list(x) == [4.0, 4.0, 4.0]
    assert len(kernel.overloads) == 1
