"""Tables made from the files of `grammar/`, kept between runs: what takes 60 ms to make is loaded in one.

The file lies in the user's cache folder and holds the sources it was made from; it counts only while they are
the same, character by character. Whatever is wrong with it (missing, damaged, not writable), the table is
simply made again.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from typing import Any

from .data import read_data


def folder() -> str:
    """The cache folder: $XDG_CACHE_HOME/wlnet, else the system's usual place in the user's home."""
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return os.path.join(base or os.path.join(os.path.expanduser("~"), ".cache"), "wlnet")


def kept(source: str, make: Callable[[str], Any]) -> Any:
    """What `make` gives for the text of `grammar/<source>`: plain dicts, lists, tuples, strings and
    numbers.
    """
    text = read_data(source)
    path = os.path.join(folder(), f"{source}.{sys.implementation.cache_tag}")
    try:
        with open(path, "rb") as file:
            written_for, value = marshal.load(file)
        if written_for == text:
            return value
    except (OSError, ValueError, EOFError, TypeError):
        pass
    value = make(text)
    _keep(path, (text, value))
    return value


def _keep(path: str, value: Any) -> None:
    """Write the file in one step, so that another process never sees half of it."""
    part = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(part, "wb") as file:
            marshal.dump(value, file)
        os.replace(part, path)
    except OSError:
        return
