"""Seeing inside programs from the language: their text, what they hold at the peak, where their time goes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, make_list
from wlnet.kernel.control import RUN
from wlnet.runtime import compile, profile, types

from .conflicts import describe
from .errors import NetError
from .lengths import Extent
from .lower import check_evaluable
from .net import Net
from .programs import PLAIN, executable
from .requests import default_request

# Examples of the program that a profile of a net runs, and elements of its sequences.
EXAMPLES, ELEMENTS = 64, 32
# Times that each instruction is run; the lowest counts.
REPEATS = 20
# Rows of the table as text.
LINES = 30


def inference(net: Net) -> compile.Executable:
    """The program of a net's inference on a batch, numbers at its inputs; NetError where there is none."""
    check_evaluable(net)
    if not net.initialized:
        text = f"{describe(net)} has arrays or shapes that are not set. Use NetInitialize or NetTrain first."
        raise NetError(net.record.name, "uninit", text)
    lengths: Any = ()
    if any(port.varies for port in net.inputs.values()):
        lengths = tuple(Extent(ELEMENTS, True) for port in net.inputs.values() if port.varies)
    wanted = default_request(net).wanted
    found = executable(net, EXAMPLES, lengths, wanted, PLAIN, ())
    random = np.random.default_rng(0)
    for name, array in found.inputs.items():
        port = net.inputs.get(name)
        if port is not None and port.kind == "integer":
            low, high = port.range or (1, 1)
            array[...] = random.integers(low, (low if high is None else high) + 1, array.shape)
        elif array.dtype.kind == "f":
            array[...] = random.uniform(0, 1, array.shape)
        else:
            array[...] = ELEMENTS
    return found


def peak_memory(exe: compile.Executable) -> Any:
    """Bytes at the peak of a step, or Missing on a device whose memory is not planned here."""
    found = exe.footprint()
    return Expr(S.Missing, ("NotAvailable",)) if found is None else found.total


def rows_of(exe: compile.Executable, symbol: str) -> list[profile.Row]:
    try:
        return profile.profile(exe, REPEATS)
    except types.TensorError as error:
        raise NetError(symbol, "profile", f"There is no profile: {error}.") from None


def profile_value(exe: compile.Executable, symbol: str) -> Any:
    """For every instruction, slowest first: what it is, seconds, FLOP, bytes, share of the machine's peak."""
    machine = profile.peak()
    rows = sorted(rows_of(exe, symbol), key=lambda row: -row.seconds)
    return make_list(
        Association.of(
            [
                ("Instruction", row.text),
                ("Seconds", row.seconds),
                ("FLOP", row.flops),
                ("Bytes", row.nbytes),
                ("PeakShare", machine.share(row)),
                ("Bound", machine.bound(row).capitalize()),
            ]
        )
        for row in rows
    )


def profile_table(exe: compile.Executable, symbol: str) -> str:
    return profile.table(rows_of(exe, symbol), LINES, profile.peak())


def profile_picture(exe: compile.Executable, symbol: str) -> Any:
    """The picture as an Image."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "profile.png"
        profile.picture(rows_of(exe, symbol), path, profile.peak())
        return imported(path)


def imported(path: Path) -> Any:
    """A picture file as a value of the language; it is read before the file goes."""
    return RUN.ev.evaluate(Expr(S.Import, (str(path),)))
