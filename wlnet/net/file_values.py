"""Files as values: File["path"] in the place of what the file holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from wlnet.expr import Expr, S
from wlnet.kernel.evaluator import RUN
from wlnet.kernel.formats import FormatError

from .errors import NetError


def is_file(value: Any) -> bool:
    """Whether `value` is File["path"]."""
    return (
        type(value) is Expr and value.head is S.File and len(value.args) == 1 and type(value.args[0]) is str
    )


def check_allowed(ev: Any, symbol: str, text: str) -> None:
    """NetError of `symbol`, which says by `text` what is refused, where the session is a sandbox."""
    if ev.state.sandbox:
        raise NetError(symbol, "sandbox", f"{text}: a sandbox has no files.")


def opened(value: Any, kind: str, load: Callable[[Path], Any]) -> Any:
    """What `load` makes of the file that `value`, File["path"], names. NetError where it cannot be read,
    which says what `kind` of file it should be.
    """
    check_allowed(RUN.ev, "NetEncoder", f"No {kind} file can be read")
    path = Path(value.args[0]).expanduser()
    try:
        return load(path)
    except (OSError, FormatError) as error:
        text = f"The {kind} file {path} cannot be read: {getattr(error, 'strerror', None) or error}."
        raise NetError("NetEncoder", "file", text) from None
