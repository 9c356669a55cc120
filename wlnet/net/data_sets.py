"""Data sets by what stands for them: explicit data, the name of a data set, a file."""

from __future__ import annotations

from typing import Any

from .data import Table, read_table


def table_of(ev: Any, data: Any, what: str = "Training data", part: str = "TrainingData") -> Table:
    """The data set that `data` is or stands for; NetError where there is none.

    part  what a named data set is asked for: "TrainingData" or "TestData"
    """
    return read_table(data, what)
