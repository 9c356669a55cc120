"""A fresh session for each test of the kernel."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.script import Script
from wlnet.kernel.evaluator import DEPTH_OF_PYTHON

sys.setrecursionlimit(DEPTH_OF_PYTHON)  # before any test: hypothesis wants it to stay as it was


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def check(script: Script) -> Callable[[str, str], None]:
    """A function of a program and the InputForm expected of its last value."""

    def run(program: str, expected: str) -> None:
        assert script(program) == expected

    return run
