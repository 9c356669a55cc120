"""Data sets by what stands for them: explicit data, the name of a data set, a file."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, make_list, system
from wlnet.kernel.registry import symbol

from . import hdf5
from .data import Table, read_table, table_from
from .errors import NetError
from .file_values import check_allowed, is_file

FAILED = system("$Failed")
# Names under which a session may keep data sets: none is shipped, none is downloaded.
RESOURCE = symbol(
    "ResourceData",
    usage='ResourceData["name", "TrainingData"] is what NetTrain[net, "name"] trains on. No data are '
    "shipped: a program defines it.",
    assignable=True,
)
EXAMPLE = symbol(
    "ExampleData",
    usage='ExampleData[{"MachineLearning", "name"}, "TrainingData"] is what NetTrain[net, "name"] trains '
    "on where ResourceData gives nothing. No data are shipped: a program defines it.",
    assignable=True,
)


def table_of(ev: Any, data: Any, what: str = "Training data", part: str = "TrainingData") -> Table:
    """The data set that `data` is or stands for; NetError where there is none.

    part  what a named data set is asked for: "TrainingData" or "TestData"
    """
    if type(data) is str:
        data = named(ev, data, part)
    if is_file(data):
        return file_table(ev, data.args[0], what)
    return read_table(data, what)


def file_table(ev: Any, path: str, what: str) -> Table:
    """The data in an HDF5 file."""
    check_allowed(ev, "NetTrain", f"{what} cannot be read from a file")
    if not path.lower().endswith((".h5", ".hdf5", ".hdf")):
        text = f'{what}: File["{path}"] must be an HDF5 file (.h5), with a data set for each port. '
        raise NetError("NetTrain", "data", text + "Import other files, and give their content.")
    return table_from(hdf5.columns(path, what), what)


def named(ev: Any, name: str, part: str) -> Any:
    """What ResourceData or ExampleData give under a name; NetError where neither does."""
    asked = (
        Expr(RESOURCE, (name, part)),
        Expr(EXAMPLE, (make_list(("MachineLearning", name)), part)),
    )
    for question in asked:
        found = ev.evaluate(question)
        if found is not FAILED and not (type(found) is Expr and found.head is question.head):
            return found
    text = (
        f'There is no data set called "{name}" at hand: none is shipped and none is downloaded. Import the '
    )
    text += f'data and give them as lists, or define ResourceData["{name}", "{part}"] to give them.'
    raise NetError("NetTrain", "data", text)
