"""Functions compiled by numba for the arrays they will get: shared by the modules of kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Bound = tuple[Callable[..., None], tuple[Any, ...]]

# Functions whose sums may be taken in any (fixed) order, so that they use vectors: see `reordered`.
REORDERED: set[Callable[..., None]] = set()


def reordered(function: Callable[..., None]) -> Callable[..., None]:
    """Allow sums in another order than written, in the lanes of a vector.  NaN passes through."""
    REORDERED.add(function)
    return function


_compiling = threading.Lock()


def undisturbed(action: Callable[[], T]) -> T:
    """The value of `action()`, worked out on a thread of its own.

    An interrupt of the calling thread (Ctrl-C, a limit of time) does not reach it: numba stopped in the
    middle of its first compilation has lost part of its type tables for good.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with _compiling:
                done.append(action())
        except BaseException as error:  # raised again where the value is wanted
            failed.append(error)

    thread = threading.Thread(target=run, name="wlnet compiler", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


def available() -> bool:
    """Whether numba can be imported (which takes 0.2 to 0.6 s)."""
    try:
        module()
    except ImportError:
        return False
    return True


def module() -> Any:
    """numba, imported on first use."""
    if not _loaded:
        _loaded.append(undisturbed(_import))
    return _loaded[0]


_loaded: list[Any] = []


def _import() -> Any:
    import numba

    return numba


compiled: dict[Callable[..., None], Any] = {}


def prepare(function: Callable[..., None], *arguments: Any) -> Bound:
    """`function` compiled for the types of `arguments`."""
    numba = module()
    kernel = compiled.get(function)
    if kernel is None:
        options: dict[str, Any] = {
            "cache": True,
            "nogil": True,
            "error_model": "numpy",
            "fastmath": {"contract", "reassoc"} if function in REORDERED else {"contract"},
        }
        kernel = compiled[function] = numba.njit(**options)(function)
    types = tuple(map(numba.typeof, arguments))
    if types not in kernel.overloads:
        undisturbed(lambda: kernel.compile(types))
    return kernel, arguments
