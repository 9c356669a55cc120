"""WorkingPrecision: which numbers programs compute with."""

from __future__ import annotations

from typing import Any

from wlnet.expr import S

from .errors import NetError, nearest
from .quantities import says

DTYPES = {"Real32": "f32", "Real64": "f64"}
HALF = ("Mixed", "Real16")


def dtype_of(value: Any, symbol: str, device: str = "cpu") -> str:
    """The runtime's dtype for a setting of WorkingPrecision; NetError `symbol::option` for one that the
    device cannot give.
    """
    if value is S.Automatic:
        return "f32"
    if says(value, *DTYPES):
        return DTYPES[str(getattr(value, "name", value))]
    if says(value, *HALF):
        name = str(getattr(value, "name", value))
        where = (
            "a CPU is no faster in half precision than in single, and wlnet does not compute in it there"
            if device == "cpu"
            else "the kernels for GPUs compute in single and double precision only"
        )
        text = f'WorkingPrecision -> "{name}" is not available: {where}. Use "Real32".'
        raise NetError(symbol, "option", text)
    hint = nearest(value, [*DTYPES]) if type(value) is str else ""
    text = f'WorkingPrecision must be "Real32" (also Automatic) or "Real64". {hint}'
    raise NetError(symbol, "option", text.strip())
