"""wlnet: an interpreter for Wolfram-style symbolic expressions whose main job is neural nets.

>>> from wlnet import Session
>>> Session().evaluate("Range[3]^2")
array([1, 4, 9])
"""

import os as _os
from typing import TYPE_CHECKING, Any

# In a checkout `grammar/` and `runtime/` lie beside this package; installed, they lie inside it. Either way
# they are imported as wlnet.grammar and wlnet.runtime.
if not _os.path.isdir(_os.path.join(_os.path.dirname(__file__), "runtime")):
    __path__.append(_os.path.dirname(_os.path.dirname(_os.path.abspath(__file__))))

__version__ = "0.1.0"

if TYPE_CHECKING:
    from wlnet.interop import wl, wlexpr
    from wlnet.session import Session, WolframLanguageSession

# The names below are loaded on first use: `import wlnet.runtime` alone needs no interpreter.
_PLACES = {"Session": "session", "WolframLanguageSession": "session", "wl": "interop", "wlexpr": "interop"}
__all__ = ["Session", "WolframLanguageSession", "evaluate", "parse", "wl", "wlexpr"]


def __getattr__(name: str) -> Any:
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'wlnet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"wlnet.{place}"), name)


def evaluate(program: Any) -> Any:
    """The value of `program` in a session of its own, as a Python object."""
    from wlnet.session import Session

    return Session().evaluate(program)


def parse(text: str) -> Any:
    """The expression that `text` holds, unevaluated, with the symbols of a session of its own."""
    from wlnet.session import Session

    session = Session()
    return session.convert(session.evaluator.read(text))
