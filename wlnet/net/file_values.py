"""Files as values: File["path"] in the place of what the file holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from wlnet.expr import Expr, S
from wlnet.kernel.formats import FormatError

from .errors import NetError


def is_file(value: Any) -> bool:
    """Whether `value` is File["path"]."""
    return (
        type(value) is Expr and value.head is S.File and len(value.args) == 1 and type(value.args[0]) is str
    )


def opened(value: Any, kind: str, load: Callable[[Path], Any]) -> Any:
    """What `load` makes of the file that `value`, File["path"], names. NetError where it cannot be read,
    which says what `kind` of file it should be.
    """
    path = Path(value.args[0]).expanduser()
    try:
        return load(path)
    except (OSError, FormatError) as error:
        text = f"The {kind} file {path} cannot be read: {getattr(error, 'strerror', None) or error}."
        raise NetError("NetEncoder", "file", text) from None
