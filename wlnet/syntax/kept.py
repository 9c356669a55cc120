"""Tables kept between runs: what takes 60 ms to make is loaded in one.

A file lies in the user's cache folder and holds what it was made from: the text of a grammar file, or the
sizes and times of sources. It counts only while that is the same. Whatever is wrong with it (missing,
damaged, not writable), the table is simply made again.
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


def kept_table(source: str, make: Callable[[str], Any]) -> Any:
    """What `make` gives for the text of `grammar/<source>`."""
    text = read_data(source)
    return kept(source, text, lambda: make(text))


def kept(name: str, made_from: Any, make: Callable[[], Any]) -> Any:
    """What `make` gives, kept under `name` until `made_from` changes.

    Both are plain: None, dicts, lists, tuples, strings and numbers.
    """
    path = os.path.join(folder(), f"{name}.{sys.implementation.cache_tag}")
    try:
        with open(path, "rb") as file:
            was_made_from, value = marshal.load(file)
        if was_made_from == made_from:
            return value
    except (OSError, ValueError, EOFError, TypeError):
        pass
    value = make()
    _keep(path, (made_from, value))
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
