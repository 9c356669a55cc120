"""The border of the nets' builtins: behind it everything raises NetError, here that becomes a message and
`$Failed`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from wlnet.expr import system

from .coders import show
from .errors import NetError
from .net import Net

FAILED = system("$Failed")


class Texts(dict[str, str]):
    """Message texts of nets: every tag but "usage" has one, which is the text that the error brings."""

    def __contains__(self, tag: object) -> bool:
        return tag != "usage"

    def __bool__(self) -> bool:
        return True

    def __missing__(self, tag: str) -> str:
        return "`1`"


TEXTS = Texts()


def report(ev: Any, error: NetError) -> Any:
    """The message of a user's mistake; `$Failed`."""
    ev.message(error.symbol, error.tag, error.text)
    return FAILED


def border(function: Callable[..., Any]) -> Callable[..., Any]:
    """A builtin in which NetError becomes a message and `$Failed`."""

    @wraps(function)
    def guarded(ev: Any, *args: Any, **options: Any) -> Any:
        try:
            return function(ev, *args, **options)
        except NetError as error:
            return report(ev, error)

    return guarded


def checked(net: Any, name: str) -> Net:
    if type(net) is not Net:
        raise NetError(name, "net", f"{name} takes a net, not {show(net)}.")
    return net
