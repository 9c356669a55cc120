"""Functions compiled by numba for the arrays they will get: shared by the modules of kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Bound = tuple[Callable[..., None], tuple[Any, ...]]

# Functions whose sums may be taken in any (fixed) order, so that they use vectors: see `reordered`.
REORDERED: set[Callable[..., None]] = set()


def reordered(function: Callable[..., None]) -> Callable[..., None]:
    """Allow sums in another order than written, in the lanes of a vector.  NaN passes through."""
    REORDERED.add(function)
    return function


def available() -> bool:
    """Whether numba can be imported (which takes 0.2 to 0.6 s)."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


compiled: dict[Callable[..., None], Any] = {}


def prepare(function: Callable[..., None], *arguments: Any) -> Bound:
    """`function` compiled for the types of `arguments`."""
    import numba

    kernel = compiled.get(function)
    if kernel is None:
        options: dict[str, Any] = {
            "cache": True,
            "nogil": True,
            "error_model": "numpy",
            "fastmath": {"contract", "reassoc"} if function in REORDERED else {"contract"},
        }
        kernel = compiled[function] = numba.njit(**options)(function)
    kernel.compile(tuple(map(numba.typeof, arguments)))
    return kernel, arguments
